r"""Random features when N and d grow together: the limit of the risk, and its ends.

The checks share no code with `rfbook.quadratic_gap`: finite risks come from Gaussian
moments and one linear solve; the bias of order 1/d is extrapolated away.
"""

from fractions import Fraction
from functools import cache
from itertools import product

import numpy as np
from sympy import (
    Expr,
    Integer,
    Rational,
    Symbol,
    limit,
    oo,
    simplify,
    sqrt,
)

from rfbook.claims.quadratic_features.fixed_point import (
    ATOMS,
    ENERGIES,
    FIXED_POINT,
    HALF,
    KERNEL,
    LAWS,
    POSITIVE,
    N,
    averaged,
    chi,
    cosine,
    d,
    extrapolated,
    first,
    fixed_point,
    gaussian_weights,
    nu,
    rest,
    rho,
    second,
    t,
    widths,
)
from rfbook.claims.quadratic_features.sources import CHAPTER, printed
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Relation,
    Result,
    Statement,
    Verdict,
    agree,
    every,
    every_identity,
    fails,
    holds,
    unknown,
)
from rfbook.ledger.deciders import standard_errors

# --- the limit of the risk ------------------------------------------------------------

BLOCK = np.array([[1.0, 0.5], [0.5, 3.0]])
"""B repeats this block: it does not commute with Gamma."""


def target(size: int) -> np.ndarray:
    """Return B: one half of the axes coupled with the other half."""
    return np.kron(BLOCK, np.eye(size // 2))


def overlaps(atoms=ATOMS, block=BLOCK) -> dict[str, float]:
    """Return d <Gamma, B>^2 / |B|_F^2 and d |Gamma|_F^2; they do not depend on d."""
    product_ = np.dot(atoms, np.diag(block)) / 2
    square = np.sum(block**2) / 2
    return {
        "overlap": float(product_**2 / square),
        "spread": float(np.mean(np.square(atoms))),
    }


def relu_features(W: np.ndarray, B: np.ndarray):
    """Return U, V and the means of the features max(0, u) - E max(0, g).

    U from the angles between the weights, V from E sigma(r g)(g^2 - 1).
    """
    norms = np.linalg.norm(W, axis=0)
    cos = np.clip(W.T @ W / np.outer(norms, norms), -1, 1)
    raw = np.sqrt(1 - cos**2) + (np.pi - np.arccos(cos)) * cos
    mean = 1 / np.sqrt(2 * np.pi)
    means = mean * (norms - 1)
    moments = np.outer(norms, norms) * raw / (2 * np.pi)
    U = moments - mean**2 * np.add.outer(norms, norms) + mean**2
    return U, mean * np.einsum("ij,ik,kj->j", W, B, W) / norms, means


CUBIC = (1.0, 0.5, 0.25)
"""sigma(u) = CUBIC[0] u + CUBIC[1] (u^2 - 1) + CUBIC[2] (u^3 - 3 u)."""


def cubic_features(W: np.ndarray, B: np.ndarray):
    """Return U, V and the means of the cubic features, from Gaussian moments."""
    linear, square, cube = CUBIC
    K = W.T @ W
    r = np.diag(K)
    odd = linear - 3 * cube
    mixed = 3 * odd * cube * K * np.add.outer(r, r)
    cubes = cube**2 * (9 * np.outer(r, r) * K + 6 * K**3)
    means = square * (r - 1)
    U = odd**2 * K + mixed + cubes + 2 * square**2 * K**2 + np.outer(means, means)
    return U, 2 * square * np.einsum("ij,ik,kj->j", W, B, W), means


ACTIVATIONS = {
    "ReLU": (
        relu_features,
        0.5,
        1 / np.sqrt(4 * np.pi),
        np.sqrt(0.25 - 1 / (2 * np.pi)),
    ),
    "cubic": (
        cubic_features,
        CUBIC[0],
        np.sqrt(2) * CUBIC[1],
        np.sqrt(2 * CUBIC[1] ** 2 + 6 * CUBIC[2] ** 2),
    ),
}
"""Features, and their coefficients sigma_1, sigma_2 and sigma_{>= 2}."""


def finite_risk(features, W: np.ndarray, B: np.ndarray, centre: float = 0.0) -> float:
    """Return the exact risk of the features plus the constant ``centre``."""
    U, V, means = features(W, B)
    U = U + centre * np.add.outer(means, means) + centre**2
    return 1 - V @ np.linalg.solve(U, V) / (2 * np.sum(B**2))


def claimed_limit(statement, name: str, width) -> float:
    """Return the statement's limit for the weights and the target of the simulation."""
    _, one, two, above = ACTIVATIONS[name]
    root = fixed_point(statement.kernel, float(width), one, above, ATOMS)
    strength = float(statement.strength.subs({nu: root, second: two}))
    parts = overlaps()
    lower = float(statement.unit) + strength * parts["spread"]
    return 1 - strength * parts["overlap"] / lower


LIMIT_CASES = (
    ("ReLU", HALF),
    ("ReLU", 1),
    ("ReLU", 3),
    ("cubic", HALF),
    ("cubic", 1),
)


GAUSSIAN = "independent with law $\\mathcal N(0, \\Gamma)$"
EQUAL_PAIRS = "of law $\\mathcal N(0, \\Gamma)$, independent or not"
ON_AXES = "independent with mean 0 and covariance $\\Gamma$"


def weights_of(law: str, size: int, count: int, rng) -> np.ndarray:
    """Draw weights of covariance Gamma under a law, each of several equal ones once.

    Dependent ones are equal in pairs; those that need not be Gaussian are drawn from
    the axes, with both signs.
    """
    if law == GAUSSIAN:
        return gaussian_weights(size, count, ATOMS, rng)
    if law == EQUAL_PAIRS:
        return gaussian_weights(size, count // 2, ATOMS, rng)
    lengths = np.sqrt(np.repeat(ATOMS, size // len(ATOMS)))
    rows, signs = rng.integers(size, size=count), rng.choice((-1.0, 1.0), count)
    return np.unique(np.diag(lengths)[:, rows] * signs, axis=1)


@cache
def _risk_estimate(name: str, law: str, width, centre: float, repeats: int, seed: int):
    """Extrapolate the mean of the exact risk; the planted errors share the sample."""
    rng = np.random.default_rng(seed)

    def sample(size):
        W = weights_of(law, size, int(width * size), rng)
        return finite_risk(ACTIVATIONS[name][0], W, target(size), centre)

    return extrapolated(sample, 60, repeats)


def _limit_sample(statement, domain, rng, repeats=100, cases=LIMIT_CASES) -> Result:
    rows, centre = [], float(statement.centre)
    cases = cases if statement.law == GAUSSIAN else cases[:1]  # one is enough
    allowed = widths(domain, {width for _, width in cases})
    for name, width in cases:
        if width in allowed:
            seed = int(rng.integers(2**32))
            case = name, statement.law, width, centre
            estimate = _risk_estimate(*case, repeats, seed)
            claimed = claimed_limit(statement, name, width)
            rows.append((f"{name}, rho = {width}", *estimate, claimed))
    return agree(rows)


def _limit_woodbury(statement, domain) -> Result:
    """Sherman and Morrison's formula for the leading parts of U and V.

    U = A + second^2 |Gamma|^2 1 1^T and V = sqrt 2 second <Gamma, B> 1, where
    1^T A^-1 1 = d nu: what is captured is V^T U^-1 V / (2 |B|^2).
    """
    spread, overlap = Symbol("s", positive=True), Symbol("o", positive=True)
    # spread stands for |Gamma|^2 and overlap for <Gamma, B>^2 / |B|^2
    captured = 2 * second**2 * overlap * d * nu / 2
    captured /= 1 + second**2 * spread * d * nu
    strength = statement.strength
    claimed = strength * d * overlap / (statement.unit + strength * d * spread)
    return every_identity((("captured", captured, claimed),))


LIMIT = Claim(
    id="rf-limit",
    title="The risk of random features in the limit",
    chapter=CHAPTER,
    statement=Statement(
        "Let $\\sigma$ be a function with $\\sigma(u)^2 \\le c_0\\, e^{c_1 u^2/2}$, "
        "$c_1 < 1$, which is not affine, with $\\hat\\sigma_0 = [[centre]]$. Let the "
        "$w_i$ be [[law]], "
        "$\\operatorname{Tr} \\Gamma = 1$, $d\\, \\lVert \\Gamma "
        "\\rVert_{\\mathrm{op}}$ "
        "bounded, and let the spectral law of $d\\, \\Gamma$ converge to $\\mathcal D$ "
        "while $N, d \\to \\infty$ and $N/d \\to \\rho$, $[[rho]]$. Let $\\nu$ be the "
        "positive root of\n\n"
        "$$-\\hat\\sigma_{\\ge 2}^2 = -\\frac{\\rho}{\\nu} + \\int [[kernel]]\\, "
        "\\mathcal D(dt).$$\n\n"
        "Then for all symmetric $B \\ne 0$, in probability,\n\n"
        "$$\\mathcal R_{\\mathrm{RF}} - \\left( 1 - \\frac{[[strength]]\\, d\\, "
        "\\langle \\Gamma, B \\rangle^2}{\\lVert B \\rVert_F^2 \\left( [[unit]] + "
        "[[strength]]\\, d\\, \\lVert \\Gamma \\rVert_F^2 \\right)} \\right) \\to 0.$$",
        {"rho": POSITIVE},
        {
            "centre": 0,
            "law": GAUSSIAN,
            "kernel": KERNEL,
            "strength": second**2 * nu,
            "unit": 1,
        },
    ),
    sources=(
        printed(
            "Theorem 1, Equation (10)",
            "as printed",
            "with the monic Hermite polynomials, whose coefficients are "
            "σ̂_k times the root of k!; the text does not say which it means",
        ),
    ),
    uses=(
        "quadratic-risk",
        "rf-activation-exact",
        "rf-fixed-point",
        "rf-resolvent",
        "rf-overlap-fluctuation",
        "hermite-mehler",
    ),
    checks=(
        Check(
            "symbolic",
            "Sherman and Morrison's formula for the leading parts",
            _limit_woodbury,
            role="step",
        ),
        Check(
            "statistical",
            "exact risks at d = 60 and 120, extrapolated in 1/d: ReLU and a cubic",
            _limit_sample,
            seed=20190602,
        ),
    ),
    planted=(
        Planted("the sign of the integral", {"kernel": -KERNEL}),
        Planted("monic coefficients: a factor 2", {"strength": 2 * second**2 * nu}),
        Planted("2 in place of 1 below", {"unit": 2}),
        Planted("21/20 in place of 1 below", {"unit": Rational(21, 20)}, near=True),
        Planted("features that are not centred", {"centre": HALF}, near=True),
        Planted("no linear part", {"kernel": Integer(0) * t}),
        Planted("weights that may be equal in pairs", {"law": EQUAL_PAIRS}, near=True),
        Planted("weights on the axes", {"law": ON_AXES}, near=True),
    ),
    weak=Check(
        "statistical",
        "ten samples of one case",
        lambda statement, domain, rng: _limit_sample(
            statement, domain, rng, 10, LIMIT_CASES[:1]
        ),
    ),
    spec="GM-T1",
)


# --- many features --------------------------------------------------------------------

SAMPLES = (
    {2: 1},
    {1: 1, 2: 1},
    {1: 1, 2: Fraction(1, 3), 3: 2},
    {2: 1, 4: 1},
    {3: 1},
    {1: 1, 3: Fraction(1, 2)},
    {1: 2, 5: 1},
)
"""Activations: the monic Hermite polynomials of these degrees, times the weights."""


@cache
def monic_hermite(degree: int) -> tuple[int, ...]:
    """Return the coefficients of the monic Hermite polynomial, lowest first."""
    if degree < 2:
        return ((1,), (0, 1))[degree]
    above, below = monic_hermite(degree - 1), monic_hermite(degree - 2)
    shifted = (0, *above)
    return tuple(
        a - (degree - 1) * (below[i] if i < len(below) else 0)
        for i, a in enumerate(shifted)
    )


def gaussian_moment(power: int) -> int:
    """Return E g^power."""
    value = 1
    for k in range(1, power, 2):
        value *= k
    return 0 if power % 2 else value


def coefficient(activation: dict, degree: int, norm=1) -> Fraction:
    """Return E sigma(norm g) He_degree(g), exactly."""
    total = Fraction(0)
    for k, weight in activation.items():
        for i, a in enumerate(monic_hermite(k)):
            for j, b in enumerate(monic_hermite(degree)):
                total += weight * a * b * Fraction(norm) ** i * gaussian_moment(i + j)
    return total


def blind(activation: dict) -> bool:
    """Whether no weights of any norm see a quadratic function: odd activations."""
    return all(coefficient(activation, 2, r) == 0 for r in (HALF, 1, 2, 3, 5, 7))


def wide_limit(activation: dict, share: Fraction) -> Fraction | None:
    """Return the risk for rho -> oo, where the squared cosine is ``share``.

    Blind features have V = 0 and risk 1 at every width. Where sigma_2 != 0 the strength
    nu sigma_2^2 tends to infinity. Anything else is not decided here.
    """
    if blind(activation):
        return Fraction(1)
    if coefficient(activation, 2) == 0:
        return None
    strength, spread = Symbol("S", positive=True), Rational(5, 4)
    value = 1 - Rational(share) * strength * spread / (1 + strength * spread)
    return Fraction(int(limit(value, strength, oo) * 100), 100)


def _wide_examples(statement, domain, samples=SAMPLES) -> Result:
    def decide(point):
        index, share = point
        activation = samples[index]
        energy = coefficient(activation, 2) ** 2 / 2
        if not statement.condition.exact(energy, 0):
            return True, ""
        value = wide_limit(activation, share)
        claimed = statement.limit.subs(cosine, Rational(share))
        true = value is not None and statement.relation.exact(Rational(value), claimed)
        powers = " + ".join(f"{w} He_{k}" for k, w in activation.items())
        return true, (
            f"sigma = {powers}, squared cosine {share}: "
            f"{value} {statement.relation.symbol} {claimed}"
        )

    shares = (Fraction(1), HALF, Fraction(1, 4), Fraction(0))
    return every(product(range(len(samples)), shares), decide)


WIDE_TEXT = (
    "let $\\cos^2(\\Gamma, B) = \\langle \\Gamma, B \\rangle^2 / (\\lVert \\Gamma "
    "\\rVert_F^2\\, \\lVert B \\rVert_F^2)$ have a limit. "
)
WIDE_FORMULA = (
    "$$\\lim_{\\rho \\to \\infty}\\; \\lim_{N, d \\to \\infty,\\, N/d \\to \\rho} "
    "\\mathcal R_{\\mathrm{RF}} [[relation]] \\lim_{d \\to \\infty} \\left( [[limit]] "
    "\\right)"
)

WIDE_PRINTED = Claim(
    id="rf-limit-wide-printed",
    title="Many features see all that is aligned, for every activation, which is false",
    chapter=CHAPTER,
    statement=Statement(
        "In the setting of {prf:ref}`rf-limit` " + WIDE_TEXT + "Then for every "
        "activation, which means $\\hat\\sigma_2^2 [[condition]] 0$ and no more,\n\n"
        + WIDE_FORMULA
        + ".$$",
        {},
        {
            "condition": Relation(">="),
            "relation": Relation("="),
            "limit": 1 - cosine,
        },
    ),
    sources=(
        printed(
            "Theorem 1, Equation (11)",
            "refutes",
            "the text makes no assumption on the second coefficient",
        ),
    ),
    uses=("rf-limit", "rf-odd-activation"),
    checks=(
        Check(
            "exact",
            "seven polynomial activations, odd ones among them",
            _wide_examples,
            role="step",
        ),
    ),
    planted=(
        Planted(
            "a second coefficient required", {"condition": Relation(">")}, near=True
        ),
        Planted("at least, not equal", {"relation": Relation(">=")}),
        Planted(
            "without a second coefficient: the trivial risk",
            {"condition": Relation("="), "limit": Integer(1) + 0 * cosine},
        ),
    ),
    expects=Verdict.FAILS,
    spec="GM-eq11",
)


def _wide_excess(statement, domain) -> Result:
    """Bound the excess from the lower end of the root and d |Gamma|^2 >= 1."""
    lowest = second**2 * FIXED_POINT.statement.low
    worst = cosine / (1 + lowest)
    claimed = statement.excess.subs(NORM, first**2 + rest**2)
    return every_identity((("excess", worst, claimed),))


def _wide_roots(statement, domain) -> Result:
    """Bound the excess with a rational number just below the root."""

    def decide(point):
        law, (one, above), width, share = point
        two = Rational(above) * Rational(3, 5)  # sigma_2 <= sigma_{>= 2}
        values = {first: Rational(one), rest: Rational(above), rho: Rational(width)}
        spread = sum(Rational(x) ** 2 * Rational(weight) for x, weight in law)
        equation = rest**2 * nu + nu * averaged(KERNEL, law) - rho
        low = _below_root(equation.subs(values), values)
        strength = two**2 * low * spread
        excess = Rational(share) / (1 + strength)  # above the true one: low <= nu
        bound = statement.excess.subs(
            {NORM: Rational(one) ** 2 + Rational(above) ** 2, second: two}
        ).subs({rho: Rational(width), cosine: Rational(share)})
        return bool(excess <= bound), f"{excess} <= {bound}"

    points = product(LAWS, ENERGIES, (HALF, 3, 20), (Fraction(1), HALF))
    return every(points, decide)


def _below_root(equation: Expr, values) -> Rational:
    """Return a rational number at or below the root of an increasing function."""
    low, high = (
        FIXED_POINT.statement.parts[end].subs(values) for end in ("low", "high")
    )
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (middle, high) if equation.subs(nu, middle) <= 0 else (low, middle)
    return low


NORM = Symbol(r"\mathbb E \sigma(g)^2", positive=True)
EXCESS = NORM * cosine / (NORM + rho * second**2)

WIDE = Claim(
    id="rf-limit-wide",
    title="Many features see all that is aligned",
    chapter=CHAPTER,
    statement=Statement(
        "In the setting of {prf:ref}`rf-limit` let $\\hat\\sigma_2^2 [[condition]] "
        "0$, and "
        + WIDE_TEXT
        + "Then\n\n"
        + WIDE_FORMULA
        + ".$$\n\nAt every $\\rho > 0$ the limit of the risk exceeds it by at most\n\n"
        "$$[[excess]].$$",
        {},
        {
            "condition": Relation(">"),
            "relation": Relation("="),
            "limit": 1 - cosine,
            "excess": EXCESS,
        },
    ),
    sources=(
        printed(
            "Theorem 1, Equation (11)",
            "corrects",
            "one hypothesis added, and a rate",
        ),
    ),
    uses=("rf-limit", "rf-fixed-point"),
    checks=(
        Check(
            "exact",
            "seven polynomial activations, odd ones among them",
            _wide_examples,
            role="step",
        ),
        Check(
            "symbolic",
            "the excess at the lower end of the root",
            _wide_excess,
            role="step",
        ),
        Check(
            "exact",
            "the excess for four laws, with a root from below",
            _wide_roots,
            role="step",
        ),
    ),
    planted=(
        Planted(
            "no condition on the second coefficient",
            {"condition": Relation(">=")},
            near=True,
        ),
        Planted("half of the cosine", {"limit": 1 - cosine / 2}),
        Planted("the excess of order 1/rho^2", {"excess": EXCESS.subs(rho, rho**2)}),
        Planted("19/20 of the excess", {"excess": Rational(19, 20) * EXCESS}, True),
        Planted("the lower bound only, strictly", {"relation": Relation(">")}),
    ),
    weak=Check(
        "exact",
        "a pure square",
        lambda statement, domain: _wide_examples(statement, domain, SAMPLES[:1]),
        role="step",
    ),
    corrects="rf-limit-wide-printed",
    spec="GM-eq11",
)


# --- the quadratic activation ---------------------------------------------------------

OVERLAP = Symbol(
    r"\frac{d\, \langle \Gamma, B \rangle^2}{\lVert B \rVert_F^2}", nonnegative=True
)
SPREAD = Symbol(r"d\, \lVert \Gamma \rVert_F^2", positive=True)


def covariance_risk(statement) -> Expr:
    """Return the statement's limit as a function of the overlap and the spread."""
    strength = statement.strength
    return 1 - strength * OVERLAP / (1 + strength * SPREAD)


def special(statement, name: str) -> Expr:
    """Return the statement's limit for isotropic or for aligned weights."""
    return 1 - statement.isotropic if name == "isotropic" else statement.aligned


def _quadratic_algebra(statement, domain) -> Result:
    """Put sigma_1 = 0 and sigma_2^2 = sigma_{>= 2}^2 = 2 into the general limit."""
    root = FIXED_POINT.statement.low.subs({first: 0, rest: sqrt(2)})
    strength = LIMIT.statement.strength.subs({second: sqrt(2), nu: root})
    unit = LIMIT.statement.unit
    general = 1 - strength * OVERLAP / (unit + strength * SPREAD)
    isotropic = {OVERLAP: chi, SPREAD: 1}  # Gamma = I / d
    aligned = {OVERLAP: 1 / chi, SPREAD: 1 / chi}  # Gamma = B / Tr B
    return every_identity(
        (
            ("the root", root, statement.root),
            ("every covariance", general, covariance_risk(statement)),
            ("isotropic", general.subs(isotropic), 1 - statement.isotropic),
            ("aligned", general.subs(aligned), statement.aligned),
        )
    )


def _quadratic_covariances(statement, domain) -> Result:
    """Compare the two special covariances for diagonal B, in fractions."""

    def decide(point):
        spectrum, width = point
        size, total = len(spectrum), sum(spectrum)
        square = sum(b * b for b in spectrum)
        ratio = Rational(total**2, size * square)
        rows = []
        for weights, name in (
            ([Fraction(1, size)] * size, "isotropic"),
            ([Fraction(b, total) for b in spectrum], "aligned"),
        ):
            inner = sum(g * b for g, b in zip(weights, spectrum, strict=True))
            values = {
                OVERLAP: Rational(size * inner**2 / square),
                SPREAD: Rational(size * sum(g * g for g in weights)),
                rho: Rational(width),
            }
            exact = covariance_risk(statement).subs(values)
            claimed = special(statement, name).subs({chi: ratio, rho: Rational(width)})
            rows.append((name, exact, claimed))
        words = "; ".join(f"{name} {a} = {b}" for name, a, b in rows)
        return all(a == b for _, a, b in rows), words

    spectra = [(1, 1), (2, 1), (3, 2, 0), (1, 1, 0, 0), (5, 1, 1, -1)]
    return every(product(spectra, widths(domain)), decide)


def square_features(W: np.ndarray, B: np.ndarray):
    """Return U, V and the means of the features u^2 - 1, from Gaussian moments."""
    K = W.T @ W
    means = np.diag(K) - 1
    return (
        2 * K**2 + np.outer(means, means),
        2 * np.einsum("ij,ik,kj->j", W, B, W),
        means,
    )


@cache
def _square_estimate(atoms: tuple, width, repeats: int, seed: int):
    """Extrapolate the mean of the exact risk of the squares, B = diag(1/2, 3/2)."""
    rng = np.random.default_rng(seed)

    def sample(size):
        W = gaussian_weights(size, int(width * size), atoms, rng)
        return finite_risk(square_features, W, np.diag(np.repeat(ATOMS, size // 2)))

    return extrapolated(sample, 60, repeats)


def _quadratic_sample(statement, domain, rng, repeats=120) -> Result:
    rows = []
    ratio = np.mean(ATOMS) ** 2 / np.mean(np.square(ATOMS))
    cases = {"isotropic": (1.0, 1.0), "aligned": ATOMS}
    for (name, atoms), width in product(cases.items(), widths(domain, (HALF, 1))):
        formula = special(statement, name).subs({chi: ratio, rho: float(width)})
        seed = int(rng.integers(2**32))
        estimate = _square_estimate(atoms, width, repeats, seed)
        rows.append((f"{name}, rho = {width}", *estimate, float(formula)))
    return agree(rows)


QUADRATIC_LIMIT = Claim(
    id="rf-quadratic-limit",
    title="The limit for the quadratic activation",
    chapter=CHAPTER,
    statement=Statement(
        "In the setting of {prf:ref}`rf-limit` let $\\sigma(u) = u^2 - 1$ and "
        "$[[rho]]$. "
        "Then $\\nu = [[root]]$ and\n\n"
        "$$\\mathcal R_{\\mathrm{RF}} - \\left( 1 - \\frac{[[strength]]\\, d\\, "
        "\\langle \\Gamma, B \\rangle^2}{\\lVert B \\rVert_F^2 \\left( 1 + "
        "[[strength]]\\, "
        "d\\, \\lVert \\Gamma \\rVert_F^2 \\right)} \\right) \\to 0$$\n\n"
        "in probability. With $\\chi = \\chi(B)$ the bracket is\n\n"
        "$$1 - [[isotropic]] \\quad (\\Gamma = I_d / d), \\qquad "
        "[[aligned]] \\quad (\\Gamma = B / \\operatorname{Tr} B).$$",
        {"rho": POSITIVE},
        {
            "root": rho / 2,
            "strength": rho,
            "isotropic": rho * chi / (1 + rho),
            "aligned": chi / (chi + rho),
        },
    ),
    sources=(
        printed("Corollary 1, Equation (12)"),
        printed("Equation (13), first row"),
    ),
    uses=("rf-limit", "rf-fixed-point"),
    checks=(
        Check(
            "exact",
            "the two covariances for five spectra, in fractions",
            _quadratic_covariances,
            role="step",
        ),
        Check(
            "symbolic",
            "from the general limit, for all symbols",
            _quadratic_algebra,
            given=("rf-limit",),
            role="step",
        ),
        Check(
            "statistical",
            "exact risks at d = 60 and 120, extrapolated, for two covariances",
            _quadratic_sample,
            seed=20190603,
        ),
    ),
    planted=(
        Planted("rho for rho/2", {"root": rho}),
        Planted(
            "orthonormal coefficients: rho/2 for rho",
            {"strength": rho / 2},
        ),
        Planted(
            "chi on the wrong side: right for chi = 1",
            {"aligned": 1 / (1 + rho * chi)},
            near=True,
        ),
        Planted("chi forgotten", {"isotropic": rho / (1 + rho)}),
        Planted(
            "1 + 2 rho below",
            {"isotropic": rho * chi / (1 + 2 * rho)},
        ),
    ),
    weak=Check(
        "exact",
        "B = I only",
        lambda statement, domain: every(
            [Fraction(1)],
            lambda value: (
                statement.aligned.subs({rho: value, chi: 1}) == HALF,
                "1/2 at rho = chi = 1",
            ),
        ),
        role="step",
    ),
    spec="GM-C1",
)


# --- a target of trace zero -----------------------------------------------------------


def _traceless_dimension(statement, domain) -> Result:
    """Count the symmetric matrices of trace 0: one projector's trace is at most N."""
    from sympy import Matrix

    for size in domain["d"]:
        pairs = [(i, j) for i in range(size) for j in range(i, size)]
        trace = Matrix([[1 if i == j else 0 for i, j in pairs]])
        exact = len(pairs) - trace.rank()
        claimed = statement.seen.subs(d, size)
        if simplify(claimed - N / Integer(exact)) != 0:
            return unknown(f"d = {size}: the trace gives N/{exact}, not {claimed}")
    return holds("N over the dimension")


@cache
def _traceless_mean(size: int, count: int, trace: float, repeats: int, seed: int):
    """Return the mean exact risk of isotropic weights, and its standard error."""
    rng = np.random.default_rng(seed)
    B = np.diag(np.repeat((1.0, -1.0), size // 2)) + trace / size * np.eye(size)
    risks = np.empty(repeats)
    for k in range(repeats):
        W = rng.standard_normal((size, count)) / np.sqrt(size)
        risks[k] = finite_risk(square_features, W, B)
    return risks.mean(), risks.std(ddof=1) / np.sqrt(repeats)


def _traceless_sample(statement, domain, rng, repeats=2000) -> Result:
    """Compare mean risks with both bounds, one-sided at the family-wise level."""
    cases = [(4, 1), (4, 6), (6, 8), (8, 5)]
    cases = [(s, n) for s, n in cases if s in domain["d"] and n in domain["N"]]
    quantile = standard_errors(2 * len(cases))
    rows = []
    for size, count in cases:
        trace, seed = float(statement.trace.subs(d, size)), int(rng.integers(2**32))
        mean, error = _traceless_mean(size, count, trace, repeats, seed)
        claimed = 1 - float(statement.seen.subs({d: size, N: count}))
        words = f"d = {size}, N = {count}: {mean:.4f} +- {error:.4f}"
        if mean + quantile * error < claimed or mean - quantile * error > 1:
            return fails(f"{words} is not between {claimed:.4f} and 1")
        rows.append(words)
    return holds("; ".join(rows)) if rows else unknown("no case in the domain")


TRACELESS = 2 * N / ((d - 1) * (d + 2))

TRACE_ZERO = Claim(
    id="rf-trace-zero",
    title="Isotropic features do not see a target of trace zero",
    chapter=CHAPTER,
    statement=Statement(
        "For $[[d]]$ and $[[N]]$ let the joint law of the weights be invariant under "
        "rotations, and let $\\operatorname{Tr} B = [[trace]]$, $B \\ne 0$. Then, for "
        "every activation whose features are square integrable,\n\n"
        "$$1 - [[seen]] \\le \\mathbb E_W\\, \\mathcal R_{\\mathrm{RF}} \\le 1.$$\n\n"
        "So the risk tends to 1 whenever $N / d^2 \\to 0$.",
        {"d": Integers(2), "N": Integers(1)},
        {"trace": Integer(0), "seen": TRACELESS},
    ),
    sources=(
        printed(
            "Section 2.1, after Equation (11)",
            "sharper",
            "a bound at every size, and for every activation",
        ),
    ),
    checks=(
        Check(
            "exact",
            "the dimension of the traceless symmetric matrices, d = 2, ..., 12",
            _traceless_dimension,
            {"d": Integers(2, 12)},
            role="step",
        ),
        Check(
            "statistical",
            "mean exact risks at four sizes against the bound",
            _traceless_sample,
            {"d": Integers(2, 8), "N": Integers(1, 8)},
            seed=20190604,
        ),
    ),
    planted=(
        Planted("a target of trace d", {"trace": d}, near=True),
        Planted("twice the dimension", {"seen": N / ((d - 1) * (d + 2))}),
        Planted(
            "one feature less",
            {"seen": 2 * (N - 1) / ((d - 1) * (d + 2))},
            near=True,
        ),
    ),
    weak=Check(
        "statistical",
        "ten samples",
        lambda statement, domain, rng: _traceless_sample(statement, domain, rng, 10),
        {"d": Integers(2, 8), "N": Integers(2, 8)},
    ),
    spec="GM-RF-Schur",
)


CLAIMS = (
    LIMIT,
    WIDE_PRINTED,
    WIDE,
    QUADRATIC_LIMIT,
    TRACE_ZERO,
)
