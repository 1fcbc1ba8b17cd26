"""The error of linear features: its least value, its law, and what the law needs.

Gaussian means are exact, from `rfbook.claims.tools`; distances come from Gram and
Schmidt in fractions, and the sampled ones from a QR factorisation, not from the room.
"""

from fractions import Fraction
from itertools import product
from math import comb, factorial, prod

import numpy as np
import sympy
from sympy import Matrix, MatrixSymbol, Symbol, exp, symbols

from rfbook.claims.linear_warmup.enclosures import N, d, half, pairs, rational
from rfbook.claims.linear_warmup.sources import CHAPTER, later, printed
from rfbook.claims.tools.gaussian import moment
from rfbook.claims.tools.sphere import squared_norm_moment
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Reals,
    Result,
    Statement,
    every,
    every_identity,
    fails,
    holds,
)
from rfbook.ledger.deciders import LEVEL

k = Symbol("k", integer=True, positive=True)
n = Symbol("n", integer=True, nonnegative=True)
t, s = symbols("t s", real=True)

PROPOSITION = printed("Proposition 4.1", "implied")
CONDITION = printed("equation (3)", "implied")
LATER = later("the proposition on linear features", "implied", "formulas not readable")


def squared_distance(vectors, target):
    """Return dist(target, span)^2 by Gram and Schmidt, for exact numbers."""
    basis = []
    for vector in [*vectors, target]:
        rest = list(vector)
        for other in basis:
            share = dot(rest, other) / dot(other, other)
            rest = [p - share * q for p, q in zip(rest, other, strict=True)]
        if any(rest):
            basis.append(rest)
        else:
            rest = [Fraction(0)] * len(target)
    return dot(rest, rest)


def dot(left, right):
    """Return the inner product of two sequences of exact numbers."""
    return sum(p * q for p, q in zip(left, right, strict=True))


# --- the least error ------------------------------------------------------------------

W = MatrixSymbol("W", d, N)
u = MatrixSymbol("u", N, 1)
w = MatrixSymbol("w_*", d, 1)


def _filled(formula, matrix, weights, target):
    """Evaluate a matrix formula whose value is one number."""
    sizes = {d: matrix.rows, N: matrix.cols}
    filled = formula.subs(sizes)
    for symbol, value in ((W, matrix), (u, weights), (w, target)):
        filled = filled.subs(symbol.subs(sizes), value)
    return filled.doit()[0]


def _mean_square(combination, inputs):
    """Return E (linear function of x ~ N(0, I))^2, monomial by monomial."""
    polynomial = sympy.Poly(sympy.expand(combination**2), *inputs)
    return sum(
        c * prod(moment(power) for power in powers) for powers, c in polynomial.terms()
    )


def _distance_symbolic(statement, domain) -> Result:
    """Expand the mean, then complete the square where the columns are independent."""
    rows = []
    for dimension, count in product(domain["d"], domain["N"]):
        matrix = Matrix(dimension, count, symbols(f"w:{dimension * count}", real=True))
        weights = Matrix(count, 1, symbols(f"u:{count}", real=True))
        target = Matrix(dimension, 1, symbols(f"v:{dimension}", real=True))
        inputs = symbols(f"x:{dimension}", real=True)
        linear = (matrix * weights - target).dot(Matrix(inputs))
        error = _filled(statement.error, matrix, weights, target)
        name = f"d = {dimension}, N = {count}"
        rows.append((f"{name}, the error", _mean_square(linear, inputs), error))
        if count <= dimension:
            gram = matrix.T * matrix
            gap = weights - gram.inv() * matrix.T * target
            square = (gap.T * gram * gap)[0]
            least = _filled(statement.least, matrix, weights, target)
            rows.append((f"{name}, the least error", error - least, square))
    return every_identity(rows)


def _distance_exact(statement, domain) -> Result:
    """Compare with Gram and Schmidt at small integer vectors."""

    def compare(point):
        dimension, count = point
        entries = [(3 * i * i + 5 * i + 1) % 7 - 3 for i in range(dimension * count)]
        matrix = Matrix(dimension, count, entries)
        if matrix.rank() < count:
            return True, ""
        target = Matrix([(2 * i + 1) % 5 - 2 for i in range(dimension)])
        columns = [[Fraction(int(v)) for v in matrix[:, i]] for i in range(count)]
        found = squared_distance(columns, [Fraction(int(v)) for v in target])
        least = _filled(statement.least, matrix, sympy.zeros(count, 1), target)
        claimed = Fraction(int(least.p), int(least.q))
        return found == claimed, f"{found} = {claimed}"

    return every(product(domain["d"], domain["N"]), compare)


ERROR = u.T * W.T * W * u - 2 * u.T * W.T * w + w.T * w
LEAST = w.T * w - w.T * W * (W.T * W) ** -1 * W.T * w

DISTANCE = Claim(
    id="linear-distance",
    title="The error is a distance",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and $[[N]]$ let $W$ be the matrix with the columns "
        "$w_1, \\dots, w_N \\in \\mathbb R^d$, $V$ their span, "
        "$w_* \\in \\mathbb R^d$ and $x \\sim \\gamma_d$. For every "
        "$u \\in \\mathbb R^N$\n\n"
        "$$\\mathbb E\\Bigl(\\sum_{i=1}^N u_i \\langle w_i, x \\rangle - "
        "\\langle w_*, x \\rangle\\Bigr)^2 = \\lVert W u - w_* \\rVert^2 = "
        "[[error]],$$\n\n"
        "with the least value $\\operatorname{dist}(w_*, V)^2$ over $u$. It equals "
        "$[[least]]$ if $w_1, \\dots, w_N$ are linearly independent.",
        {"d": Integers(1), "N": Integers(1)},
        {"error": ERROR, "least": LEAST},
    ),
    sources=(CONDITION, PROPOSITION, LATER),
    checks=(
        Check(
            "symbolic",
            "the mean and the completed square, all entries symbols, d, N <= 2",
            _distance_symbolic,
            {"d": Integers(1, 2), "N": Integers(1, 2)},
        ),
        Check(
            "exact",
            "the least error by Gram and Schmidt, d <= 5, N <= 4",
            _distance_exact,
            {"d": Integers(1, 5), "N": Integers(1, 4)},
            "step",
        ),
    ),
    planted=(
        Planted(
            "the mixed term once: right at u = 0",
            {"error": u.T * W.T * W * u - u.T * W.T * w + w.T * w},
            near=True,
        ),
        Planted(
            "the inverse forgotten: right for orthonormal columns",
            {"least": w.T * w - w.T * W * W.T * w},
            near=True,
        ),
        Planted("the constant term dropped", {"error": ERROR - w.T * w}),
        Planted("the sign of the projection", {"least": 2 * w.T * w - LEAST}),
    ),
    weak=Check(
        "exact",
        "the least error for d = 2, N = 2 only",
        _distance_exact,
        {"d": Integers(2, 2), "N": Integers(2, 2)},
        "step",
    ),
    spec="YS-4.1",
)


# --- its law --------------------------------------------------------------------------


def _law_moments(statement, domain) -> Result:
    """Compare E dist^(2m) = E |x_{>N}|^(2m) / E |x|^(2m), x ~ N(0, I_d)."""
    first, second = rational(statement.first), rational(statement.second)

    def compare(point):
        (dimension, count), power = point
        above = squared_norm_moment(dimension - count, power)
        found = Fraction(above, squared_norm_moment(dimension, power))
        p, q = first(dimension, count), second(dimension, count)
        claimed = prod((p + i) / (p + q + i) for i in range(power))
        return found == claimed, f"moment {power}: {found} = {claimed}"

    return every(product(pairs(domain), range(1, 7)), compare)


def _law_ratio(statement, domain) -> Result:
    """Integrate by parts: E |x|^(2n+2) = (k + 2n) E |x|^(2n) in R^k, for every n."""
    radius = Symbol("r", positive=True)
    weight = radius ** (k - 1) * exp(-(radius**2) / 2)
    slope = sympy.diff(radius ** (2 * n + 1) * weight, radius)
    parts = (k + 2 * n) * radius ** (2 * n) * weight - radius ** (2 * n + 2) * weight
    growth = k + 2 * n
    found = growth.subs(k, d - N) / growth.subs(k, d)
    p, q = statement.first, statement.second
    return every_identity(
        (
            ("by parts", sympy.simplify(slope / weight), sympy.expand(parts / weight)),
            ("successive moments", found, (p + n) / (p + q + n)),
        )
    )


def _radii(law: str, rng, shape):
    """Draw the lengths of the features: of any law, since only spans matter."""
    if law == "sphere":
        return np.ones(shape)
    if law == "Cauchy":
        return np.abs(rng.standard_cauchy(shape))
    return np.sqrt(rng.chisquare(3, shape))


def _law_sampled(statement, domain, rng) -> Result:
    """Kolmogorov's test of real spans; the level is shared by all the tests."""
    from scipy.stats import beta, kstest

    first, second = rational(statement.first), rational(statement.second)
    sizes = ((3, 1), (6, 2), (8, 5), (12, 9))
    tests = list(product(sizes, ("sphere", "Cauchy", "chi")))
    worst = 1.0
    for (dimension, count), law in tests:
        features = rng.standard_normal((2000, dimension, count))
        features /= np.linalg.norm(features, axis=1, keepdims=True)
        features *= _radii(law, rng, (2000, 1, count))
        basis, _ = np.linalg.qr(features)
        sample = 1 - np.sum(basis[:, 0, :] ** 2, axis=1)
        claimed = beta(float(first(dimension, count)), float(second(dimension, count)))
        found = kstest(sample, claimed.cdf)
        words = f"d = {dimension}, N = {count}, {law}: D = {found.statistic:.4f}"
        if found.pvalue < LEVEL / len(tests):
            return fails(f"{words} has p = {found.pvalue:.1e}")
        worst = min(worst, found.pvalue)
    return holds(f"{len(tests)} tests, least p = {worst:.3f} against {LEVEL}/12")


def _law_mean(statement, domain) -> Result:
    """Compare the mean alone: E dist^2 = 1 - N/d."""
    first, second = rational(statement.first), rational(statement.second)

    def compare(point):
        p, q = first(*point), second(*point)
        claimed, found = p / (p + q), 1 - Fraction(point[1], point[0])
        return found == claimed, f"{found} = {claimed}"

    return every(pairs(domain), compare)


LAW = Claim(
    id="linear-distance-law",
    title="The law of the squared distance",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and $[[N]]$ with $N < d$ let $w_1, \\dots, w_N$ be "
        "independent random vectors in $\\mathbb R^d$, each with a law that is "
        "invariant under rotations and has no atom at 0. Let $V$ be their span and "
        "$w_*$ a unit vector. Then\n\n"
        "$$\\operatorname{dist}(w_*, V)^2 \\sim \\mathrm{Beta}\\Bigl([[first]],\\, "
        "[[second]]\\Bigr).$$",
        {"d": Integers(2), "N": Integers(1)},
        {"first": half(d - N), "second": half(N)},
    ),
    sources=(PROPOSITION, LATER),
    checks=(
        Check(
            "exact",
            "six moments against those of Gaussian vectors, N < d <= 12",
            _law_moments,
            {"d": Integers(2, 12), "N": Integers(1, 11)},
            "step",
        ),
        Check(
            "symbolic",
            "the quotient of successive moments, for symbolic n, d and N",
            _law_ratio,
            role="step",
        ),
        Check(
            "statistical",
            "Kolmogorov's test of sampled spans, radii constant, chi or Cauchy",
            _law_sampled,
            role="step",
            seed=4101,
        ),
    ),
    planted=(
        Planted("parameters exchanged", {"first": half(N), "second": half(d - N)}),
        Planted(
            "twice both: the mean is right", {"first": d - N, "second": N}, near=True
        ),
        Planted("one dimension more", {"first": half(d - N + 1)}),
        Planted("one feature more", {"first": half(d - N - 1), "second": half(N + 1)}),
        Planted("d for N in the second", {"second": half(d)}),
    ),
    weak=Check(
        "exact",
        "the mean alone",
        _law_mean,
        {"d": Integers(2, 12), "N": Integers(1, 11)},
        "step",
    ),
    spec="YS-4.1",
)


# --- throws of a coin -----------------------------------------------------------------


def _coin(first: int, throws: int) -> list[int]:
    """Return the coefficients in x of P(at least ``first`` heads in ``throws``)."""
    coefficients = [0] * (throws + 1)
    for heads in range(first, throws + 1):
        for j in range(throws - heads + 1):
            sign = (-1) ** j * comb(throws, heads) * comb(throws - heads, j)
            coefficients[heads + j] += sign
    return coefficients


def _beta_distribution(p: int, q: int) -> list[Fraction]:
    """Return the coefficients of the integral of the Beta density from 0 to x."""
    constant = Fraction(factorial(p + q - 1), factorial(p - 1) * factorial(q - 1))
    coefficients = [Fraction(0)] * (p + q)
    for j in range(q):
        coefficients[p + j] = constant * (-1) ** j * comb(q - 1, j) / (p + j)
    return coefficients


def _binomial_exact(statement, domain) -> Result:
    """Compare two polynomials in x, coefficient by coefficient."""
    least, throws = rational(statement.least), rational(statement.throws)

    def compare(point):
        dimension, count = point
        ends = least(*point), throws(*point)
        found = _beta_distribution((dimension - count) // 2, count // 2)
        if any(end.denominator > 1 for end in ends):
            return False, f"{ends[0]} of {ends[1]} throws"
        claimed = _coin(*(int(end) for end in ends))
        size = max(len(found), len(claimed))
        padded = [side + [0] * (size - len(side)) for side in (found, claimed)]
        for power, (left, right) in enumerate(zip(*padded, strict=True)):
            if left != right:
                return False, f"coefficient of x^{power}: {left} = {right}"
        return True, ""

    points = (point for point in pairs(domain) if domain["varepsilon"] == Reals(0, 1))
    return every(points, compare)


BINOMIAL = Claim(
    id="linear-coin-throws",
    title="The probability for even numbers",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and $[[N]]$ with $N < d$ let "
        "$X \\sim \\mathrm{Beta}(\\frac{d - N}{2}, \\frac{N}{2})$, "
        "$a = [[least]]$ and $m = [[throws]]$. For every $[[varepsilon]]$\n\n"
        "$$\\mathbb P(X \\le \\varepsilon) = \\sum_{k=a}^{m} \\binom{m}{k}\\, "
        "\\varepsilon^k (1 - \\varepsilon)^{m - k}.$$",
        {"d": Integers(4, step=2), "N": Integers(2, step=2), "varepsilon": Reals(0, 1)},
        {"least": half(d - N), "throws": d / 2 - 1},
    ),
    sources=(PROPOSITION,),
    uses=("linear-distance-law",),
    checks=(
        Check(
            "exact",
            "as polynomials in x, even N < d <= 60",
            _binomial_exact,
            {"d": Integers(4, 60, 2), "N": Integers(2, 58, 2)},
        ),
    ),
    planted=(
        Planted("d/2 throws", {"throws": d / 2}),
        Planted("one head less", {"least": half(d - N) - 1}),
        Planted("N/2 heads: right for N = d/2", {"least": half(N)}, near=True),
        Planted("d - 3 throws: right for d = 4", {"throws": d - 3}, near=True),
    ),
    weak=Check(
        "exact",
        "d = 4, N = 2 only",
        _binomial_exact,
        {"d": Integers(4, 4, 2), "N": Integers(2, 2, 2)},
        "step",
    ),
    spec="YS-4.1",
)


# --- without independence -------------------------------------------------------------


def _mirror_symbolic(statement, domain) -> Result:
    """w_1 = t w_* + s v with v orthogonal to w_* and t^2 + s^2 = 1."""
    along = statement.factor * t - t
    length = (along**2 + s**2).subs(s**2, 1 - t**2)
    area = sympy.expand(t * (-s) - s * along)
    distance = 0 if area != 0 else s**2
    return every_identity(
        (
            ("the length of w_2", sympy.expand(length), 1),
            ("the distance", distance, statement.distance),
        )
    )


def _mirror_exact(statement, domain) -> Result:
    """Take rational points (t, s) of the circle, v a coordinate vector."""

    def compare(point):
        dimension, q = point
        first = [Fraction(0)] * dimension
        first[0], first[-1] = (1 - q * q) / (1 + q * q), 2 * q / (1 + q * q)
        target = [Fraction(int(i == 0)) for i in range(dimension)]
        scale = Fraction(statement.factor) * dot(first, target)
        second = [scale * p - r for p, r in zip(target, first, strict=True)]
        if dot(second, second) != 1:
            return False, f"|w_2|^2 = {dot(second, second)} = 1"
        found = squared_distance([first, second], target)
        return found == statement.distance, f"{found} = {statement.distance}"

    points = [Fraction(1, 2), Fraction(2, 3), Fraction(-3, 4)]
    return every(product(domain["d"], points), compare)


MIRROR = Claim(
    id="linear-independence",
    title="Independence is needed",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ let $w_*$ be a unit vector, $w_1$ uniform on the unit "
        "sphere of $\\mathbb R^d$ and\n\n"
        "$$w_2 = [[factor]]\\, \\langle w_1, w_* \\rangle\\, w_* - w_1.$$\n\n"
        "Then $w_2$ is uniform on the sphere as well, and the span $V$ of $w_1$ and "
        "$w_2$ has $\\operatorname{dist}(w_*, V)^2 = [[distance]]$ almost surely.",
        {"d": Integers(2)},
        {"factor": 2, "distance": 0},
    ),
    sources=(PROPOSITION,),
    checks=(
        Check(
            "symbolic",
            "in the plane of w_1 and the target",
            _mirror_symbolic,
            role="step",
        ),
        Check(
            "exact",
            "rational points of the sphere, d <= 6",
            _mirror_exact,
            {"d": Integers(2, 6)},
            "step",
        ),
    ),
    planted=(
        Planted("the projection in place of the mirror image", {"factor": 1}),
        Planted("39/20 for 2", {"factor": Fraction(39, 20)}, near=True),
        Planted("minus w_1: also uniform", {"factor": 0}, near=True),
        Planted("the distance of the bound", {"distance": Fraction(1, 4)}),
    ),
    weak=Check(
        "exact",
        "the length of w_2 where w_1 is orthogonal to the target",
        lambda statement, domain: every(
            [Fraction(0)],
            lambda along: (
                (Fraction(statement.factor) * along - along) ** 2 + 1 == 1,
                "|w_2| = 1",
            ),
        ),
        role="step",
    ),
    spec="YS-4.1",
)


# --- without symmetry -----------------------------------------------------------------


def _axes_exact(statement, domain) -> Result:
    """Count the draws of coordinate axes whose span has distance 0 from e_1."""

    def compare(point):
        dimension, count = point
        axes = [
            [Fraction(int(i == j)) for i in range(dimension)] for j in range(dimension)
        ]
        draws = list(product(axes, repeat=count))
        hits = sum(squared_distance(draw, axes[0]) == 0 for draw in draws)
        found = Fraction(hits, len(draws))
        value = statement.chance.subs({d: dimension, N: count})
        claimed = Fraction(int(value.p), int(value.q))
        return found == claimed, f"{found} = {claimed}"

    return every(product(domain["d"], domain["N"]), compare)


def _axes_symbolic(statement, domain) -> Result:
    """One feature hits with probability 1/d; one more misses independently."""
    chance = statement.chance
    return every_identity(
        (
            ("one feature", chance.subs(N, 1), 1 / d),
            ("one more", 1 - chance.subs(N, N + 1), (1 - 1 / d) * (1 - chance)),
        )
    )


AXES = Claim(
    id="linear-symmetry-needed",
    title="Symmetry is needed",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and $[[N]]$ let $w_1, \\dots, w_N$ be independent, each "
        "uniform on the $2d$ vectors $\\pm e_1, \\dots, \\pm e_d$ of the coordinate "
        "axes, and $w_* = e_1$. Then $\\mathbb E\\, w_i w_i^{\\mathsf T} = I_d / d$, "
        "and for the span $V$\n\n"
        "$$\\mathbb P\\Bigl(\\operatorname{dist}(w_*, V) = 0\\Bigr) = [[chance]].$$",
        {"d": Integers(1), "N": Integers(1)},
        {"chance": 1 - (1 - 1 / d) ** N},
    ),
    sources=(PROPOSITION,),
    checks=(
        Check(
            "exact",
            "every draw, d <= 4 and N <= 5",
            _axes_exact,
            {"d": Integers(1, 4), "N": Integers(1, 5)},
            "step",
        ),
        Check(
            "symbolic",
            "one feature, and one feature more, for symbolic d and N",
            _axes_symbolic,
            role="step",
        ),
    ),
    planted=(
        Planted("the union bound: right for N = 1", {"chance": N / d}, near=True),
        Planted("2d axes: right for no d", {"chance": 1 - (1 - 1 / (2 * d)) ** N}),
        Planted("all features hit", {"chance": d ** (-N)}),
        Planted("one feature less", {"chance": 1 - (1 - 1 / d) ** (N - 1)}),
    ),
    weak=Check(
        "exact",
        "N = 1 only",
        _axes_exact,
        {"d": Integers(1, 4), "N": Integers(1, 1)},
        "step",
    ),
    spec="YS-4.1",
)


CLAIMS = (DISTANCE, LAW, BINOMIAL, MIRROR, AXES)
