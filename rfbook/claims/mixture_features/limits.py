r"""Random features on the mixture when N and d grow together: the limit, and its ends.

Finite risks come from the Gaussian moments of both classes and one linear solve, the
bias of order 1/d is extrapolated away; the room is not called. The text's formula is
compared with that for a quadratic target.
"""

from fractions import Fraction
from functools import cache
from itertools import product

import numpy as np
from sympy import (
    Add,
    Expr,
    Integer,
    Matrix,
    Rational,
    Symbol,
    limit,
    oo,
    simplify,
    sqrt,
    symbols,
)

from rfbook.claims.mixture_features.sources import CHAPTER, printed
from rfbook.claims.quadratic_features.fixed_point import (
    ATOMS,
    ENERGIES,
    FIXED_POINT,
    HALF,
    KERNEL,
    LAWS,
    POSITIVE,
    averaged,
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
from rfbook.claims.quadratic_features.limits import (
    ACTIVATIONS as COEFFICIENTS,
)
from rfbook.claims.quadratic_features.limits import (
    CUBIC,
    SAMPLES,
    blind,
    coefficient,
)
from rfbook.ledger import (
    Check,
    Claim,
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
)
from rfbook.ledger.deciders import standard_errors

EQUAL, AT_LEAST, AT_MOST = Relation("="), Relation(">="), Relation("<=")
STRENGTH = second**2 * nu

# --- exact risks at finite size -------------------------------------------------------

BLOCK = np.array([[1.0, 0.5], [0.5, 2.0]])
"""Delta, times the root of d, repeats this block: it does not commute with Gamma."""


def difference(size: int, block=BLOCK) -> np.ndarray:
    """Return Delta: one half of the axes coupled with the other half."""
    return np.kron(block, np.eye(size // 2)) / np.sqrt(size)


def overlaps(atoms=ATOMS, block=BLOCK) -> dict[str, float]:
    """Return d <Gamma, Delta>^2 and d |Gamma|_F^2; they do not depend on d."""
    return {
        "overlap": float((np.dot(atoms, np.diag(block)) / 2) ** 2),
        "spread": float(np.mean(np.square(atoms))),
    }


def relu_moments(K: np.ndarray):
    """Return second moments and means of max(0, u) - E max(0, g), from E u_i u_j."""
    norms = np.sqrt(np.diag(K))
    cos = np.clip(K / np.outer(norms, norms), -1, 1)
    raw = np.sqrt(1 - cos**2) + (np.pi - np.arccos(cos)) * cos
    moments = np.outer(norms, norms) * raw / (2 * np.pi)
    mean = 1 / np.sqrt(2 * np.pi)
    return moments - mean**2 * (np.add.outer(norms, norms) - 1), mean * (norms - 1)


def cubic_moments(K: np.ndarray):
    """Return second moments and means of the cubic features, from E u_i u_j."""
    linear, square, cube = CUBIC
    r = np.diag(K)
    odd = linear - 3 * cube
    mixed = 3 * odd * cube * K * np.add.outer(r, r)
    cubes = cube**2 * (9 * np.outer(r, r) * K + 6 * K**3)
    means = square * (r - 1)
    moments = odd**2 * K + mixed + cubes + 2 * square**2 * K**2
    return moments + np.outer(means, means), means


def square_moments(K: np.ndarray):
    """Return second moments and means of the features u^2 - 1, from E u_i u_j."""
    means = np.diag(K) - 1
    return 2 * K**2 + np.outer(means, means), means


MOMENTS = {"ReLU": relu_moments, "cubic": cubic_moments, "square": square_moments}


def finite_risk(name, W, Delta, centre: float = 0.0, constant: bool = False) -> float:
    """Fit the label by the features plus the number ``centre``: normal equations."""
    (U, plus), (V, minus) = (
        MOMENTS[name](W.T @ W - y * (W.T @ Delta @ W)) for y in (1, -1)
    )
    U, middle, z = (U + V) / 2, (plus + minus) / 2, (plus - minus) / 2
    if constant:
        U = U - np.outer(middle, middle)
    else:
        U = U + centre * np.add.outer(middle, middle) + centre**2
    return 1 - z @ np.linalg.solve(U, z)


@cache
def risk_estimate(name, width, atoms, centre, constant, repeats: int, seed: int):
    """Extrapolate the mean of the exact risk; the planted errors share the sample."""
    rng = np.random.default_rng(seed)

    def sample(size):
        W = gaussian_weights(size, int(width * size), atoms, rng)
        return finite_risk(name, W, difference(size), centre, constant)

    return extrapolated(sample, 60, repeats)


def compared(relation: Relation, rows) -> Result:
    """Compare means with claimed values, on both sides or on one."""
    if relation == EQUAL:
        return agree(rows)
    allowed = standard_errors(len(rows))
    for name, estimate, error, claimed in rows:
        below = (claimed - estimate) / error
        beyond = below if relation == AT_LEAST else -below
        if beyond > allowed:
            return fails(
                f"{name}: {estimate:.6g} +- {error:.2g} is {beyond:.1f} standard "
                f"errors on the wrong side of {claimed:.6g}"
            )
    return holds(f"{len(rows)} means on the claimed side")


# --- the limit of the risk ------------------------------------------------------------


def claimed_limit(statement, name: str, width) -> float:
    """Return the statement's limit for the weights and Delta of the simulation."""
    _, one, two, above = COEFFICIENTS[name]
    root = fixed_point(statement.kernel, float(width), one, above, ATOMS)
    strength = float(statement.strength.subs({nu: root, second: two}))
    parts = overlaps()
    lower = float(statement.unit) + strength * parts["spread"]
    return 1 / (1 + float(statement.half) * strength * parts["overlap"] / lower)


LIMIT_CASES = (
    ("ReLU", HALF),
    ("ReLU", 1),
    ("ReLU", 3),
    ("cubic", HALF),
    ("cubic", 1),
)


def _limit_sample(statement, domain, rng, repeats=50, cases=LIMIT_CASES) -> Result:
    rows, centre = [], float(statement.centre)
    allowed = widths(domain, {width for _, width in cases})
    for name, width in cases:
        if width in allowed:
            seed = int(rng.integers(2**32))
            estimate = risk_estimate(name, width, ATOMS, centre, False, repeats, seed)
            claimed = claimed_limit(statement, name, width)
            rows.append((f"{name}, rho = {width}", *estimate, claimed))
    return agree(rows)


def _limit_woodbury(statement, domain) -> Result:
    """Sherman and Morrison's formula for the leading parts of U and z.

    U = A + second^2 (|Gamma|^2 + <Gamma, Delta>^2 / 2) 1 1^T, where the last term is
    z z^T, and z = - second <Gamma, Delta> 1 / sqrt 2, with 1^T A^-1 1 = d nu.
    """
    spread, overlap = symbols("s o", positive=True)  # |Gamma|^2, <Gamma, Delta>^2
    z = second**2 * overlap / 2
    gram = second**2 * spread + z
    risk = 1 - z * d * nu / (1 + gram * d * nu)
    strength = statement.strength
    lower = statement.unit + strength * d * spread
    claimed = 1 / (1 + Rational(statement.half) * strength * d * overlap / lower)
    return every_identity((("risk", risk, claimed),))


SETTING = (
    "Let $\\sigma$ be a function with $\\sigma(u)^2 \\le c_0\\, e^{c_1 u^2/2}$, "
    "$c_1 < 1$, which is not affine"
)
WEIGHTS = (
    "Let the $w_i$ be independent with law $\\mathcal N(0, \\Gamma)$, "
    "$\\operatorname{Tr} \\Gamma = 1$, $d\\, \\lVert \\Gamma \\rVert_{\\mathrm{op}}$ "
    "bounded, and let the spectral law of $d\\, \\Gamma$ converge to $\\mathcal D$ "
    "while $N, d \\to \\infty$ and $N/d \\to \\rho$, $[[rho]]$. "
)

LIMIT = Claim(
    id="mixture-rf-limit",
    title="The risk of random features on the mixture in the limit",
    chapter=CHAPTER,
    statement=Statement(
        SETTING + ", with $\\hat\\sigma_0 = [[centre]]$. " + WEIGHTS + "Let $\\Delta$ "
        "be symmetric with $-I \\prec \\Delta \\prec I$, and let $\\lVert \\Delta "
        "\\rVert_F$ be bounded. Let $\\nu$ be the positive root of\n\n"
        "$$-\\hat\\sigma_{\\ge 2}^2 = -\\frac{\\rho}{\\nu} + \\int [[kernel]]\\, "
        "\\mathcal D(dt).$$\n\n"
        "Then, in probability,\n\n"
        "$$\\mathcal R_{\\mathrm{RF}} - \\frac{1}{1 + "
        "\\operatorname{snr}_{\\mathrm{RF}}} \\to 0, \\qquad "
        "\\operatorname{snr}_{\\mathrm{RF}} = \\frac{[[half]]\\, [[strength]]\\, d\\, "
        "\\langle \\Gamma, \\Delta \\rangle^2}{[[unit]] + [[strength]]\\, d\\, "
        "\\lVert \\Gamma \\rVert_F^2}.$$",
        {"rho": POSITIVE},
        {
            "centre": 0,
            "kernel": KERNEL,
            "half": HALF,
            "strength": STRENGTH,
            "unit": 1,
        },
    ),
    sources=(
        printed(
            "Theorem 4, equations (14) and (15)",
            "corrects",
            "The mean of the activation is a hypothesis here. The rest is as printed, "
            "after whitening, and with the monic Hermite polynomials, whose "
            "coefficients are σ̂_k times the root of k!; of the assumption M2 a "
            "bounded Frobenius norm is kept.",
        ),
    ),
    uses=(
        "mixture-rf-activation",
        "rf-limit",
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
            seed=20190604,
        ),
    ),
    planted=(
        Planted("the sign of the integral", {"kernel": -KERNEL}),
        Planted("monic coefficients: a factor 2", {"strength": 2 * STRENGTH}),
        Planted("the half forgotten", {"half": 1}),
        Planted("21/40 for the half", {"half": Fraction(21, 40)}, near=True),
        Planted("2 in place of 1 below", {"unit": 2}),
        Planted("features that are not centred", {"centre": HALF}, near=True),
        Planted("no linear part", {"kernel": Integer(0) * t}),
    ),
    weak=Check(
        "statistical",
        "ten samples of one case",
        lambda statement, domain, rng: _limit_sample(
            statement, domain, rng, 10, LIMIT_CASES[:1]
        ),
    ),
    corrects="mixture-rf-mean-printed",
    spec="GM-T4",
)


# --- a mean, without loss of generality? ----------------------------------------------

ANY, ZERO = r"whatever number $\hat\sigma_0$ is", r"with $\hat\sigma_0 = 0$"
WITHOUT, WITH = "without a constant", "with a free constant"
CENTRES = {ANY: (0.0, 1 / np.sqrt(2 * np.pi)), ZERO: (0.0,)}
CAPTURED = Symbol(r"{\operatorname{snr}_{\mathrm{RF}}}", nonnegative=True)


def _mean_sample(statement, domain, rng, repeats=40) -> Result:
    """ReLU features, with and without their mean, at rho = 1/2 and 1."""
    constant = {WITHOUT: False, WITH: True}[statement.constant]
    rows = []
    for centre, width in product(CENTRES[statement.mean], widths(domain, (HALF, 1))):
        seed = int(rng.integers(2**32))
        estimate = risk_estimate("ReLU", width, ATOMS, centre, constant, repeats, seed)
        below = 1 / claimed_limit(LIMIT.statement, "ReLU", width) - 1
        claimed = float(statement.limit.subs(CAPTURED, below))
        name = f"ReLU of mean {centre:.2g}, rho = {width}"
        rows.append((name, *estimate, claimed))
    return compared(statement.relation, rows)


MEAN_PRINTED = Claim(
    id="mixture-rf-mean-printed",
    title="The mean of the activation without loss of generality, which is false",
    chapter=CHAPTER,
    statement=Statement(
        "In the setting of {prf:ref}`mixture-rf-limit`, but [[mean]], the risk of "
        "random features [[constant]] satisfies, for $[[rho]]$,\n\n"
        "$$\\mathcal R_{\\mathrm{RF}} [[relation]] [[limit]] + o(1),$$\n\n"
        "in probability, where $\\operatorname{snr}_{\\mathrm{RF}}$ has the "
        "coefficients $\\hat\\sigma_1, \\hat\\sigma_2, \\dots$ of $\\sigma$.",
        {"rho": POSITIVE},
        {
            "mean": ANY,
            "constant": WITHOUT,
            "relation": EQUAL,
            "limit": 1 / (1 + CAPTURED),
        },
    ),
    sources=(
        printed(
            "Theorem 4, the hypothesis on the mean of the activation",
            "refutes",
            "the text has lambda_0 = 0 without loss of generality; the class of "
            "equation (2) has no constant. Only this wording is at fault.",
        ),
    ),
    uses=("mixture-rf-limit", "mixture-rf-centring"),
    checks=(
        Check(
            "statistical",
            "the ReLU as it is, and centred, at rho = 1/2 and 1",
            _mean_sample,
            seed=20190605,
        ),
    ),
    planted=(
        Planted("mean zero as a hypothesis", {"mean": ZERO}, near=True),
        Planted("a constant in the model", {"constant": WITH}),
        Planted("a lower bound only", {"relation": AT_LEAST}),
    ),
    expects=Verdict.FAILS,
    spec="GM-offset",
)


# --- the text's formula, and that of the quadratic target -----------------------------

zeta = symbols("zeta_1 zeta_2", positive=True)
LAMBDA = Symbol("lambda_2", positive=True)
SNR = Symbol(r"\operatorname{snr}", positive=True)
SHARE = Symbol(r"{\mathcal R(\widetilde\Delta)}", real=True)
SQUARE_TRACE = Symbol(
    r"{\operatorname{Tr} (\Sigma \Gamma \Sigma \Gamma)}", positive=True
)
FULL_TRACE = Symbol(r"{\operatorname{Tr} (\Sigma \Gamma)}", positive=True)
TRACE = Symbol(r"{\operatorname{Tr} (\Delta \Gamma)}", positive=True)
CROSS_TRACE = Symbol(
    r"{\operatorname{Tr} (\Delta \Gamma \Delta \Gamma)}", positive=True
)


def quadratic_risk(square: Expr, norm: Expr, overlap: Expr) -> Expr:
    """Return the limit for a quadratic target, from |Gamma|^2, |B|^2, <Gamma, B>^2."""
    return 1 - STRENGTH * d * overlap / (norm * (1 + STRENGTH * d * square))


def _dictionary_algebra(statement, domain) -> Result:
    """Put both definitions into both formulas, for symbolic traces."""
    norm = Symbol("b", positive=True)  # |Delta~|_F^2
    at = {zeta[0]: statement.first, zeta[1]: statement.other}
    text = statement.printed.subs(at).subs(LAMBDA**2, statement.monic)
    same = quadratic_risk(SQUARE_TRACE, norm, TRACE**2)
    ours = statement.ours.subs({SNR: norm / 2, SHARE: same})
    traces = {FULL_TRACE: 1}  # the normalisation of the weights
    return every_identity((("the risk", text.subs(traces), ours),))


def _matrices():
    """Return rational matrices R = Sigma^{1/2}, T = Gamma^{1/2} and Delta."""
    yield Matrix([[2, 1], [1, 2]]), Matrix([[1, 0], [0, 3]]), Matrix([[1, 1], [1, -2]])
    yield (
        Matrix([[1, 0, 0], [0, 3, 1], [0, 1, 1]]),
        Matrix([[2, 1, 0], [1, 1, 0], [0, 0, 1]]),
        Matrix([[0, 1, 2], [1, 1, 0], [2, 0, 3]]),
    )


def _dictionary_matrices(statement, domain) -> Result:
    """Compare the traces before and after whitening, in fractions."""

    def decide(matrices):
        root, weight, Delta = matrices
        size, Sigma, Gamma = root.shape[0], root**2, weight**2
        Gamma = Gamma / (Sigma * Gamma).trace()
        white, inverse = root * Gamma * root, root.inv()
        after = inverse * Delta * inverse
        traces = {
            SQUARE_TRACE: (Sigma * Gamma * Sigma * Gamma).trace(),
            FULL_TRACE: (Sigma * Gamma).trace(),
            TRACE: (Delta * Gamma).trace(),
            CROSS_TRACE: (Delta * Gamma * Delta * Gamma).trace(),
            d: size,
        }
        found = (
            statement.first.subs(traces, simultaneous=True),
            statement.other.subs(traces, simultaneous=True),
        )
        exact = (
            Rational(size, 2) * (white * white).trace(),
            Rational(size, 4) * (white * after).trace() ** 2,
        )
        return found == exact, f"zeta = {found}, after whitening {exact}"

    return every(_matrices(), decide)


DICTIONARY = Claim(
    id="mixture-rf-dictionary",
    title="The text's formula is that of a quadratic target",
    chapter=CHAPTER,
    statement=Statement(
        "Let $\\Sigma$ be positive definite, $\\operatorname{Tr}(\\Sigma \\Gamma) = "
        "1$, "
        "$\\widetilde\\Gamma = \\Sigma^{1/2} \\Gamma\\, \\Sigma^{1/2}$ and "
        "$\\widetilde\\Delta = \\Sigma^{-1/2} \\Delta\\, \\Sigma^{-1/2} \\ne 0$. "
        "With\n\n"
        "$$\\zeta_1 = [[first]], \\qquad \\zeta_2 = [[other]], \\qquad "
        "\\lambda_2^2 = [[monic]],$$\n\n"
        "and $\\nu$ for the root that the text calls $\\psi$,\n\n"
        "$$[[printed]] = [[ours]], \\qquad \\operatorname{snr} = \\tfrac12 \\lVert "
        "\\widetilde\\Delta \\rVert_F^2,$$\n\n"
        "where $\\mathcal R(\\widetilde\\Delta)$ is the limit of {prf:ref}`rf-limit` "
        "for the target $B = \\widetilde\\Delta$ and weights of covariance "
        "$\\widetilde\\Gamma$, which has the same root $\\nu$.",
        {},
        {
            "first": d * SQUARE_TRACE / 2,
            "other": d * TRACE**2 / 4,
            "monic": 2 * second**2,
            "printed": (1 + zeta[0] * LAMBDA**2 * nu)
            / (1 + Add(*zeta) * LAMBDA**2 * nu),
            "ours": 1 / (1 + SNR * (1 - SHARE)),
        },
    ),
    sources=(
        printed(
            "Theorem 4, equation (15)",
            "implied",
            "In zeta_2 the square is that of the trace.",
        ),
    ),
    uses=("rf-limit", "mixture-rf-limit", "mixture-weights"),
    checks=(
        Check(
            "symbolic",
            "both formulas, for symbolic traces",
            _dictionary_algebra,
            role="step",
        ),
        Check(
            "exact",
            "traces before and after whitening, in fractions",
            _dictionary_matrices,
            role="step",
        ),
    ),
    planted=(
        Planted("orthonormal coefficients in the text", {"monic": second**2}),
        Planted(
            "the square of the trace in the first: right for one dimension",
            {"first": d * FULL_TRACE**2 / 2},
            near=True,
        ),
        Planted("the trace of the square in the other", {"other": d * CROSS_TRACE / 4}),
        Planted("half in the other", {"other": d * TRACE**2 / 2}),
        Planted(
            "the share that is left",
            {"ours": 1 / (1 + SNR * SHARE)},
        ),
        Planted("5/21 for 1/4", {"other": 5 * d * TRACE**2 / 21}, near=True),
    ),
    weak=Check(
        "symbolic",
        "no difference of the classes",
        lambda statement, domain: every_identity(
            (("at zero", statement.printed.subs(zeta[1], 0), Integer(1)),)
        ),
        role="step",
    ),
    spec="GM-T4",
)


# --- many features --------------------------------------------------------------------

ENERGY = Symbol(r"\mathbb E \sigma(g)^2", positive=True)
END = zeta[0] / Add(*zeta)


def wide_risk(activation: dict, ones) -> Rational:
    """Return the limit for many features of a polynomial, at values of zeta_1, zeta_2.

    Blind features have z = 0 at every width. Without a second coefficient the formula
    of the limit is 1 at every rho. Otherwise the strength tends to infinity.
    """
    if blind(activation) or coefficient(activation, 2) == 0:
        return Integer(1)
    strength = Symbol("S", positive=True)
    below, above = (1 + 2 * value * strength for value in (ones[0], sum(ones)))
    return limit(below / above, strength, oo)


ZETAS = tuple(
    tuple(map(Rational, pair)) for pair in ((HALF, HALF), (1, 3), (2, Fraction(1, 3)))
)


def _wide_examples(statement, domain, samples=SAMPLES) -> Result:
    def decide(point):
        index, values = point
        activation = samples[index]
        energy = coefficient(activation, 2) ** 2 / 2
        if not statement.condition.exact(energy, 0):
            return True, ""
        value = wide_risk(activation, values)
        claimed = statement.limit.subs(dict(zip(zeta, values, strict=True)))
        true = statement.relation.exact(value, claimed)
        powers = " + ".join(f"{w} He_{k}" for k, w in activation.items())
        return true, (
            f"sigma = {powers}, zeta = {values}: "
            f"{value} {statement.relation.symbol} {claimed}"
        )

    return every(product(range(len(samples)), ZETAS), decide)


WIDE_TEXT = (
    "let $\\zeta_1 = \\tfrac d2 \\lVert \\Gamma \\rVert_F^2$ and "
    "$\\zeta_2 = \\tfrac d4 \\langle \\Gamma, \\Delta \\rangle^2$ converge, to numbers "
    "of the same names. "
)
WIDE_FORMULA = (
    "$$\\lim_{\\rho \\to \\infty}\\; \\lim_{N, d \\to \\infty,\\, N/d \\to \\rho} "
    "\\mathcal R_{\\mathrm{RF}} [[relation]] [[limit]]"
)

WIDE_PRINTED = Claim(
    id="mixture-rf-wide-printed",
    title="Many features for every activation, which is false",
    chapter=CHAPTER,
    statement=Statement(
        "In the setting of {prf:ref}`mixture-rf-limit` " + WIDE_TEXT + "Then for every "
        "activation, which means $\\hat\\sigma_2^2 [[condition]] 0$ and no more,\n\n"
        + WIDE_FORMULA
        + ".$$",
        {},
        {"condition": AT_LEAST, "relation": EQUAL, "limit": END},
    ),
    sources=(
        printed(
            "Theorem 4, equation (16)",
            "refutes",
            "the text makes no assumption on the second coefficient",
        ),
    ),
    uses=("mixture-rf-limit", "mixture-rf-odd"),
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
        Planted("at least, not equal", {"relation": AT_LEAST}),
        Planted(
            "without a second coefficient: the trivial risk",
            {"condition": EQUAL, "limit": Integer(1) + 0 * zeta[0]},
        ),
    ),
    expects=Verdict.FAILS,
    spec="GM-eq11",
)


def limit_risk(ones, strength) -> Expr:
    """Return the text's formula at values of zeta_1, zeta_2 and sigma_2^2 nu."""
    above = 1 + 2 * sum(ones) * strength
    return (1 + 2 * ones[0] * strength) / above


def _wide_excess(statement, domain) -> Result:
    """Put the lower end of the root into the formula, which falls in the root."""
    lowest = FIXED_POINT.statement.low.subs(first, sqrt(ENERGY - rest**2))
    excess = simplify(limit_risk(zeta, second**2 * lowest) - END)
    return every_identity((("excess", excess, statement.excess),))


@cache
def _below_root(law, one, above, width) -> Rational:
    """Return a rational number at or below the root of the fixed-point equation."""
    values = {first: Rational(one), rest: Rational(above), rho: Rational(width)}
    parts = FIXED_POINT.statement
    low, high = parts.low.subs(values), parts.high.subs(values)
    equation = (rest**2 * nu + nu * averaged(KERNEL, law) - rho).subs(values)
    for _ in range(20):  # the equation's left side increases
        middle = (low + high) / 2
        low, high = (middle, high) if equation.subs(nu, middle) <= 0 else (low, middle)
    return low


def _wide_roots(statement, domain) -> Result:
    """Bound the excess at a rational number just below the root, for four laws."""

    def decide(point):
        law, (one, above), width, ones = point
        two = Rational(above) * Rational(3, 5)  # sigma_2 <= sigma_{>= 2}
        low = _below_root(law, one, above, width)
        at = dict(zip(zeta, ones, strict=True))
        excess = limit_risk(ones, two**2 * low) - END.subs(at)
        energy = Rational(one) ** 2 + Rational(above) ** 2
        values = at | {ENERGY: energy, second: two, rho: Rational(width)}
        bound = statement.excess.subs(values)
        return bool(excess <= bound), f"{excess} <= {bound}"

    return every(product(LAWS, ENERGIES, (HALF, 3, 20), ZETAS), decide)


EXCESS = zeta[1] * ENERGY / (Add(*zeta) * (ENERGY + 2 * rho * second**2 * Add(*zeta)))

WIDE = Claim(
    id="mixture-rf-wide",
    title="Many features",
    chapter=CHAPTER,
    statement=Statement(
        "In the setting of {prf:ref}`mixture-rf-limit` let $\\hat\\sigma_2^2 "
        "[[condition]] 0$, and " + WIDE_TEXT + "Then\n\n" + WIDE_FORMULA + ".$$\n\n"
        "At every $\\rho > 0$ the limit of the risk exceeds it by at most\n\n"
        "$$[[excess]].$$",
        {},
        {
            "condition": Relation(">"),
            "relation": EQUAL,
            "limit": END,
            "excess": EXCESS,
        },
    ),
    sources=(
        printed(
            "Theorem 4, equation (16)",
            "corrects",
            "one hypothesis added, and a rate",
        ),
    ),
    uses=("mixture-rf-limit", "mixture-rf-dictionary", "rf-fixed-point"),
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
            {"condition": AT_LEAST},
            near=True,
        ),
        Planted("the other one above", {"limit": zeta[1] / Add(*zeta)}),
        Planted("the excess of order 1/rho^2", {"excess": EXCESS.subs(rho, rho**2)}),
        Planted("19/20 of the excess", {"excess": Rational(19, 20) * EXCESS}, True),
        Planted("a strict lower bound", {"relation": Relation(">")}),
    ),
    weak=Check(
        "exact",
        "a pure square, with equal zeta_1 and zeta_2",
        lambda statement, domain: _wide_examples(statement, domain, SAMPLES[:1]),
        role="step",
    ),
    corrects="mixture-rf-wide-printed",
    spec="GM-T4",
)


CLAIMS = (LIMIT, MEAN_PRINTED, DICTIONARY, WIDE_PRINTED, WIDE)
