r"""Which covariance of the weights is best, for many features and at every width.

In the eigenbasis of B the best Gamma is diagonal, so the exact checks compare vectors:
the spectrum b of B and the spectrum of Gamma. On a face of the orthant, where just the
coordinates in a set S are positive, the quotient has one critical direction; the best
of the faces is the maximum. No formula of `rfbook.quadratic_gap` is used.
"""

from fractions import Fraction
from itertools import combinations, combinations_with_replacement, product

import numpy as np
from flint import arb, ctx
from sympy import (
    Max,
    Min,
    Rational,
    Symbol,
    expand,
    factor,
    simplify,
    sqrt,
)

from rfbook.claims.quadratic_features.fixed_point import (
    HALF,
    POSITIVE,
    chi,
    d,
    rho,
    widths,
)
from rfbook.claims.quadratic_features.sources import CHAPTER, printed
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Reals,
    Relation,
    Result,
    Statement,
    Verdict,
    every,
    every_ball,
    every_identity,
    exact_ball,
    holds,
    unknown,
)

z = Symbol("z", real=True)
b = Symbol("b", nonnegative=True)
t = Symbol("t", positive=True)
plus = Symbol(r"\lVert B_{+} \rVert_F", nonnegative=True)
minus = Symbol(r"\lVert B_{-} \rVert_F", nonnegative=True)
trace = Symbol(r"\operatorname{Tr} B", positive=True)
square = Symbol(r"\lVert B \rVert_F^{2}", positive=True)

AFTER_11 = "Section 2.1, after Equation (11)"


def faces(size: int):
    """Return the non-empty subsets of the coordinates."""
    for count in range(1, size + 1):
        yield from combinations(range(size), count)


def spectra(sizes, entries) -> list[tuple[int, ...]]:
    """Return the non-zero multisets of entries, largest first."""
    return [
        spectrum
        for size in sizes
        for spectrum in combinations_with_replacement(sorted(entries)[::-1], size)
        if any(spectrum)
    ]


# --- alignment ------------------------------------------------------------------------


def _alignment_algebra(statement, domain) -> Result:
    """For unit vectors the two squared distances are 2 - 2 z and 2 + 2 z."""
    cos = Symbol("c", nonnegative=True)  # |z|
    nearest = 2 - 2 * cos
    low = factor(nearest - statement.low * (1 - cos**2))
    high = factor(statement.high * (1 - cos**2) - nearest)
    rest = Symbol("e", nonnegative=True)  # c = 1 / (1 + e): every value in (0, 1]
    for name, margin in (("lower", low), ("upper", high)):
        inside = simplify(margin.subs(cos, 1 / (1 + rest)) * (1 + rest) ** 2)
        if not expand(inside).is_nonnegative:
            return unknown(f"the sign of the {name} margin {margin}")
    return holds("both margins are nonnegative")


def _alignment_vectors(statement, domain, cosines=None) -> Result:
    """Compare both sides at rational cosines, exactly."""

    def decide(cos):
        if not domain["z"].contains(Reals(cos, cos)):
            return True, ""
        nearest = min(2 - 2 * cos, 2 + 2 * cos)
        low = statement.low * (1 - cos**2)
        high = statement.high * (1 - cos**2)
        return low <= nearest <= high, f"z = {cos}: {low} <= {nearest} <= {high}"

    grid = [Fraction(k, 40) for k in range(-40, 41)] if cosines is None else cosines
    return every(grid, decide)


def _alignment_matrices(statement, domain) -> Result:
    """Random matrices of small integers, with balls for the norms."""
    rng = np.random.default_rng(20190605)
    pairs = [
        rng.integers(-3, 4, (2, size, size)) for size in (2, 3, 4) for _ in range(8)
    ]

    def margins(index):
        first, other = pairs[index]
        gamma, target = first @ first.T, other + other.T
        inner = arb(int(np.sum(gamma * target)))
        norms = arb(int(np.sum(gamma**2))).sqrt(), arb(int(np.sum(target**2))).sqrt()
        scaled = [
            (arb(int(g)) / norms[0], arb(int(v)) / norms[1])
            for g, v in zip(gamma.flat, target.flat, strict=True)
        ]
        nearest = min(
            sum(((g - sign * v) ** 2 for g, v in scaled), arb(0)) for sign in (1, -1)
        )
        sine = 1 - (inner / norms[0] / norms[1]) ** 2
        return sine, nearest

    def oblique(index):
        """Whether the pair is neither orthogonal nor parallel: no side is sharp."""
        gamma, target = pairs[index][0] @ pairs[index][0].T, pairs[index][1]
        inner = int(np.sum(gamma * (target + target.T))) ** 2
        return 0 < inner < int(np.sum(gamma**2)) * int(np.sum((target + target.T) ** 2))

    indices = [index for index in range(len(pairs)) if oblique(index)]
    with ctx.workprec(128):
        low = every_ball(
            indices,
            lambda i: (exact_ball(statement.low) * margins(i)[0], margins(i)[1]),
            Relation("<="),
        )
        if low.verdict is not Verdict.HOLDS:
            return low
        return every_ball(
            indices,
            lambda i: (margins(i)[1], exact_ball(statement.high) * margins(i)[0]),
            Relation("<="),
        )


ALIGNMENT = Claim(
    id="rf-alignment",
    title="Small wide risk means aligned, up to the sign",
    chapter=CHAPTER,
    statement=Statement(
        "Let $\\Gamma$ and $B$ be symmetric and not 0, and let $z = \\langle \\Gamma, "
        "B "
        "\\rangle / (\\lVert \\Gamma \\rVert_F\\, \\lVert B \\rVert_F)$, so that "
        "$[[z]]$. Then\n\n"
        "$$[[low]]\\, (1 - z^2) \\le \\min_{\\pm} \\left\\lVert "
        "\\frac{\\Gamma}{\\lVert "
        "\\Gamma \\rVert_F} \\pm \\frac{B}{\\lVert B \\rVert_F} \\right\\rVert_F^2 "
        "\\le "
        "[[high]]\\, (1 - z^2).$$\n\n"
        "So the limit $1 - z^2$ of {prf:ref}`rf-limit-wide` tends to 0 if and only if "
        "$\\Gamma$ and $B$, divided by their norms, come together up to a sign.",
        {"z": Reals(-1, 1)},
        {"low": 1, "high": 2},
    ),
    sources=(
        printed(
            AFTER_11,
            "sharper",
            "the text says: proportional; a negative factor and asymptotic alignment "
            "also do",
        ),
    ),
    checks=(
        Check(
            "symbolic", "both margins, for all cosines", _alignment_algebra, role="step"
        ),
        Check(
            "exact",
            "both sides at 81 rational cosines",
            _alignment_vectors,
            role="step",
        ),
        Check(
            "interval",
            "oblique pairs of matrices of integers, with balls",
            _alignment_matrices,
            role="step",
        ),
    ),
    planted=(
        Planted("21/20 below", {"low": Fraction(21, 20)}, near=True),
        Planted("19/10 above", {"high": Fraction(19, 10)}, near=True),
        Planted("2 below", {"low": 2}),
        Planted("1 above: right for parallel matrices", {"high": 1}),
    ),
    weak=Check(
        "exact",
        "z = 1/2 only",
        lambda statement, domain: _alignment_vectors(statement, domain, [HALF]),
        role="step",
    ),
    spec="GM-eq11",
)


# --- many features --------------------------------------------------------------------


def _wide_faces(statement, domain, entries=(-2, -1, 0, 1, 3)) -> Result:
    """Find the supremum of (b . g)^2 / |g|^2 over the orthant, face by face."""

    def decide(spectrum):
        best = 0
        for face in faces(len(spectrum)):
            part = [spectrum[i] for i in face]
            if all(v > 0 for v in part) or all(v < 0 for v in part):
                best = max(best, sum(v * v for v in part))
        halves = (
            sum(v * v for v in spectrum if v > 0),
            sum(v * v for v in spectrum if v < 0),
        )
        values = {s: sqrt(v) for s, v in zip((plus, minus), halves, strict=True)}
        claimed = statement.best.subs(values)
        return best == claimed, f"{best} = {claimed}"

    return every(spectra(domain["d"], entries), decide)


def _wide_pinching(statement, domain) -> Result:
    """No full matrix beats the bound: B diagonal, Gamma = G G^T of small integers."""
    rng = np.random.default_rng(20190606)

    def decide(spectrum):
        values = {
            plus: sqrt(sum(v * v for v in spectrum if v > 0)),
            minus: sqrt(sum(v * v for v in spectrum if v < 0)),
        }
        bound = statement.best.subs(values)
        for _ in range(20):
            factor_ = rng.integers(-3, 4, (len(spectrum), len(spectrum)))
            gamma = factor_ @ factor_.T
            inner = int(np.sum(np.diag(gamma) * spectrum))
            if inner**2 > bound * int(np.sum(gamma**2)):
                return False, f"{inner}^2 <= {bound} * {int(np.sum(gamma**2))}"
        return True, ""

    return every(spectra(domain["d"], (-2, 0, 1, 3)), decide)


COVARIANCE_WIDE = Claim(
    id="covariance-wide",
    title="The best covariance for many features",
    chapter=CHAPTER,
    statement=Statement(
        "For $[[d]]$ let $B \\ne 0$ be symmetric, and let $B = B_{+} - B_{-}$ with "
        "positive semidefinite $B_{\\pm}$, $B_{+} B_{-} = 0$. Over the covariances "
        "$\\Gamma$ with $\\operatorname{Tr} \\Gamma = 1$\n\n"
        "$$\\max_\\Gamma \\frac{\\langle \\Gamma, B \\rangle^2}{\\lVert \\Gamma "
        "\\rVert_F^2} = [[best]].$$\n\n"
        "It is attained at $\\Gamma \\propto B_{+}$ or at $\\Gamma \\propto B_{-}$, "
        "whichever has the larger norm.",
        {"d": Integers(1)},
        {"best": Max(plus**2, minus**2)},
    ),
    sources=(
        printed(
            "Section 1.1",
            "sharper",
            "the text has B positive semidefinite there: the best is proportional to B",
        ),
    ),
    uses=("rf-limit-wide",),
    checks=(
        Check(
            "exact",
            "every face of the orthant, integer spectra, d <= 4",
            _wide_faces,
            {"d": Integers(1, 4)},
            role="step",
        ),
        Check(
            "exact",
            "full matrices against the bound, d <= 3",
            _wide_pinching,
            {"d": Integers(1, 3)},
            role="step",
        ),
    ),
    planted=(
        Planted(
            "always the positive part: right for positive B",
            {"best": plus**2 + 0 * minus},
            near=True,
        ),
        Planted("no loss: the norm of B", {"best": plus**2 + minus**2}),
        Planted("the smaller part", {"best": Min(plus**2, minus**2)}),
        Planted("the difference", {"best": Max(plus**2 - minus**2, 0)}),
    ),
    weak=Check(
        "exact",
        "positive semidefinite B only",
        lambda statement, domain: _wide_faces(statement, domain, (0, 1, 3)),
        {"d": Integers(1, 3)},
        role="step",
    ),
    spec="GM-Gopt",
)


# --- finitely many features a dimension -----------------------------------------------


def level(spectrum, scale: Fraction) -> Fraction | None:
    """Solve scale t = sum of (b - t)_+ exactly, trying each number of active terms."""
    ordered = sorted(spectrum, reverse=True)
    for count in range(1, len(ordered) + 1):
        value = Fraction(sum(ordered[:count])) / (scale + count)
        following = ordered[count] if count < len(ordered) else None
        if ordered[count - 1] > value and (following is None or following <= value):
            return value
    return None


def objective(spectrum, gamma, width: Fraction) -> Fraction:
    """Return the limit of the risk for Gamma = diag(gamma), of any trace."""
    size = len(spectrum)
    inner = sum(x * y for x, y in zip(spectrum, gamma, strict=True))
    norm = sum(gamma) ** 2 + width * size * sum(g * g for g in gamma)
    return 1 - width * size * inner**2 / (norm * sum(v * v for v in spectrum))


def best_of_faces(spectrum, width: Fraction) -> tuple[Fraction, int]:
    """Return the least limit with <Gamma, B> >= 0, and how many faces attain it.

    On a face the critical direction solves (1 1^T + width d I) gamma = b.
    """
    size, values = len(spectrum), []
    for face in faces(size):
        part = [Fraction(spectrum[i]) for i in face]
        shift = sum(part) / (width * size + len(part))
        if all(v > shift for v in part):
            gamma = [Fraction(0)] * size
            for i, v in zip(face, part, strict=True):
                gamma[i] = v - shift
            if sum(x * y for x, y in zip(spectrum, gamma, strict=True)) > 0:
                values.append(objective(spectrum, gamma, width))
    return min(values), values.count(min(values))


def _optimal_faces(statement, domain, entries=(-2, 0, 1, 2, 5), sizes=(1, 2, 3, 4)):
    """Compare the statement's covariance and value with the best of all faces."""

    def decide(point):
        spectrum, width = point
        size, values = len(spectrum), {rho: Rational(width), d: len(spectrum)}
        scale = statement.scale.subs(values)
        root = level(spectrum, Fraction(int(scale.p), int(scale.q)))
        gamma = [max(v - root, Fraction(0)) for v in spectrum]
        exact, count = best_of_faces(spectrum, Fraction(width))
        reached = objective(spectrum, gamma, Fraction(width))
        energy = sum(v * v for v in spectrum)
        value = 1 - sum(x * y for x, y in zip(spectrum, gamma, strict=True)) / energy
        true = exact == reached == value and count == 1
        words = f"best {exact} on {count} face, reached {reached}, claimed {value}"
        if true and min(spectrum) >= root:
            total = Fraction(sum(spectrum))
            shift = statement.shift.subs({trace: Rational(total), **values})
            least = statement.least.subs(
                {chi: Rational(total**2, size * energy), **values}
            )
            true = root == shift and exact == least
            words = f"t = {root} = {shift}, least {exact} = {least}"
        return true, words

    chosen = [s for s in spectra(sizes, entries) if max(s) > 0]
    return every(product(chosen, widths(domain, (Fraction(1, 10), 1, 5))), decide)


def _optimal_algebra(statement, domain) -> Result:
    """Where nothing is cut off, derive the level and the value."""
    shift = statement.shift
    value = 1 - (square - shift * trace) / square
    ratio = trace**2 / (d * square)
    return every_identity(
        (
            ("the level", statement.scale * shift, trace - d * shift),
            ("the least risk", value, statement.least.subs(chi, ratio)),
        )
    )


COVARIANCE_OPTIMAL = Claim(
    id="covariance-optimal",
    title="The best covariance at every width",
    chapter=CHAPTER,
    statement=Statement(
        "Let $[[rho]]$, and let the symmetric $B$ have a positive eigenvalue. The "
        "equation\n\n"
        "$$[[scale]]\\, t = \\operatorname{Tr} (B - t I)_+$$\n\n"
        "has one root $t > 0$. Among the covariances with $\\operatorname{Tr} \\Gamma "
        "= "
        "1$ and $\\langle \\Gamma, B \\rangle \\ge 0$ the limit of "
        "{prf:ref}`rf-quadratic-limit` is least at $\\Gamma \\propto (B - t I)_+$ and "
        "nowhere else, and there it is\n\n"
        "$$1 - \\frac{\\langle B, (B - t I)_+ \\rangle}{\\lVert B \\rVert_F^2}.$$\n\n"
        "If no eigenvalue of $B$ is below $t$, then $t = [[shift]]$, and the least "
        "limit "
        "is $[[least]]$. Among all covariances the best is this one or that of $-B$.",
        {"rho": POSITIVE},
        {
            "scale": rho * d,
            "shift": trace / (d * (1 + rho)),
            "least": chi / (1 + rho),
        },
    ),
    sources=(
        printed(
            "Section 1.1",
            "sharper",
            "the text recommends Γ proportional to B for large ρ",
        ),
    ),
    uses=("rf-quadratic-limit",),
    checks=(
        Check(
            "exact",
            "every face of the orthant, spectra of at most four integers",
            _optimal_faces,
            role="step",
        ),
        Check(
            "symbolic",
            "level and value where nothing is cut off",
            _optimal_algebra,
            role="step",
        ),
    ),
    planted=(
        Planted(
            "the value of B / Tr B: right for one eigenvalue",
            {"least": chi / (chi + rho)},
            near=True,
        ),
        Planted("rho in place of 1 + rho", {"shift": trace / (d * rho)}),
        Planted("rho for rho d: right for d = 1", {"scale": rho + 0 * d}, near=True),
        Planted(
            "21/20 of the level",
            {"shift": Rational(21, 20) * trace / (d * (1 + rho))},
            True,
        ),
    ),
    weak=Check(
        "exact",
        "one dimension",
        lambda statement, domain: _optimal_faces(statement, domain, sizes=(1,)),
        role="step",
    ),
    spec="GM-Gopt",
)


CLAIMS = (
    ALIGNMENT,
    COVARIANCE_WIDE,
    COVARIANCE_OPTIMAL,
)
