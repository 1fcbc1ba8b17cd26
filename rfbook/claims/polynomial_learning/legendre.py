"""Legendre products on the cube, their dual functions, and the cube's moments."""

import math
from fractions import Fraction
from itertools import product

from sympy import (
    Integer,
    Poly,
    Rational,
    Symbol,
    factorial,
    factorial2,
    gammasimp,
    integrate,
    simplify,
    sqrt,
)

from rfbook.claims.polynomial_learning.exact import (
    FACTOR,
    cosine_coefficients,
    d,
    dual_mean,
    ell,
    factor_at,
    fraction,
    indices,
    j,
    li,
    mean,
    n,
    rodrigues,
)
from rfbook.claims.polynomial_learning.sources import CHAPTER, later
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Relation,
    Result,
    Space,
    Statement,
    Verdict,
    every,
    every_identity,
    fails,
    holds,
    identity,
    unknown,
)

AT_MOST, AT_LEAST = Relation("<="), Relation(">=")
THIRD_STEP = later("section on polynomials, third step of the proof", "background")
ik = Symbol("i_k", integer=True, nonnegative=True)
m = Symbol("m", integer=True, nonnegative=True)
size = Symbol(r"\lvert I \rvert", integer=True, nonnegative=True)
t = Symbol("t", real=True)


# --- orthonormal products -------------------------------------------------------------


def _rodrigues(statement, degree: int) -> list[Fraction]:
    """Differentiate the statement's base^l and scale it, as Rodrigues does."""
    power = Poly(statement.base, t) ** degree
    scale = simplify(statement.scale.subs(ell, degree))
    coefficients = (power.diff((0, degree)) * scale).all_coeffs()
    return [fraction(c) for c in reversed(coefficients)]


def _orthonormal(statement, domain) -> Result:
    """Integrate every pair of products; expand every P_l in cosines."""
    top = max(domain["K"])
    legendre = [_rodrigues(statement, k) for k in range(top + 1)]
    single = {
        pair: mean(_times(legendre[pair[0]], legendre[pair[1]]))
        for pair in product(range(top + 1), repeat=2)
    }

    def compare(case):
        dimension, K = case
        for left, right in product(indices(dimension, K), repeat=2):
            value = math.prod(single[pair] for pair in zip(left, right, strict=True))
            if left == right:
                value *= math.prod(factor_at(statement.factor, k) for k in left)
            if value != (left == right):
                return False, f"E p_L p_M = {value} for L = {left}, M = {right}"
        for k in range(K + 1):
            if sum(legendre[k]) != statement.end:
                return False, f"P_{k}(1) = {sum(legendre[k])} is {statement.end}"
            if legendre[k] != list(rodrigues(k)) or min(cosine_coefficients(k)) < 0:
                return None, f"|P_{k}| <= 1"
        return True, ""

    return every(product(domain["d"], domain["K"]), compare)


def _times(left, right) -> list[Fraction]:
    found = [Fraction(0)] * (len(left) + len(right) - 1)
    for i, a in enumerate(left):
        for k, b in enumerate(right):
            found[i + k] += a * b
    return found


def _norm_symbolic(statement, domain) -> Result:
    """E P_l^2 for symbolic l: l integrations by parts leave the Beta integral.

    E P_l^2 = (leading coefficient) (2^-l) int (1 - t^2)^l dt / 2, and the integral is
    2^(2l+1) l!^2 / (2l+1)!.
    """
    leading = statement.scale * factorial(2 * ell) / factorial(ell)
    integral = 2 ** (2 * ell) * factorial(ell) ** 2 / factorial(2 * ell + 1)
    norm = leading * statement.scale * factorial(ell) * integral
    return identity(gammasimp(norm * statement.factor.subs(li, ell)), Integer(1))


ORTHONORMAL = Claim(
    id="legendre-orthonormal",
    title="Legendre products on the cube",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and $[[K]]$ let $v$ be uniform on $[-1, 1]^d$ and, for "
        "multi-indices $L = (l_1, \\dots, l_d)$,\n\n"
        "$$p_L(v) = \\prod_{i=1}^d \\sqrt{[[factor]]}\\, P_{l_i}(v_i), "
        "\\qquad P_l(t) = [[scale]] "
        "\\Big(\\frac{d}{dt}\\Big)^{l} \\big([[base]]\\big)^l .$$\n\n"
        "Then $\\mathbb{E}\\, p_L(v)\\, p_M(v)$ is 1 if $L = M$ and 0 if not, for all "
        "$\\lvert L \\rvert, \\lvert M \\rvert \\le K$. For $l \\le K$, $P_l(1) = "
        "[[end]]$ and $\\lvert P_l(t) \\rvert \\le 1$ for $-1 \\le t \\le 1$.",
        {"d": Integers(1), "K": Integers(0)},
        {
            "factor": FACTOR,
            "scale": 1 / (2**ell * factorial(ell)),
            "base": t**2 - 1,
            "end": 1,
        },
    ),
    sources=(THIRD_STEP,),
    checks=(
        Check(
            "exact",
            "all pairs of products, and the cosine coefficients, d = 1, K <= 16",
            _orthonormal,
            {"d": Integers(1, 1), "K": Integers(0, 16)},
        ),
        Check(
            "exact",
            "the same for d = 2, K <= 6",
            _orthonormal,
            {"d": Integers(2, 2), "K": Integers(0, 6)},
        ),
        Check(
            "exact",
            "the same for d = 3 and 4, K <= 3",
            _orthonormal,
            {"d": Integers(3, 4), "K": Integers(0, 3)},
        ),
        Check(
            "symbolic",
            "the norm, for symbolic l",
            _norm_symbolic,
            role="step",
        ),
    ),
    planted=(
        Planted("2l - 1 for 2l + 1", {"factor": 2 * li - 1}),
        Planted("right for l = 0 and 1", {"factor": li**2 + li + 1}, near=True),
        Planted("a twentieth more", {"factor": Rational(21, 20) * FACTOR}, near=True),
        Planted("no normalisation", {"factor": Integer(1)}),
        Planted("the base 1 - t^2: signs alternate", {"base": 1 - t**2}, near=True),
        Planted("l! dropped", {"scale": 2**-ell}),
    ),
    weak=Check(
        "exact",
        "K <= 1",
        _orthonormal,
        {"d": Integers(1, 2), "K": Integers(0, 1)},
    ),
    spec="YS-3.5",
)


# --- how the coefficients grow --------------------------------------------------------


def _coefficient(degree, power):
    """[t^j] P_l for even l - j: Rodrigues with the binomial theorem."""
    half = (degree - power) / 2
    chosen = factorial(degree) / factorial(half) / factorial(degree - half)
    derivative = factorial(degree + power) / factorial(power)
    return (-1) ** half * chosen * derivative / (2**degree * factorial(degree))


def _ratio(above, below):
    return simplify(gammasimp(above / below))


def _growth_symbolic(statement, domain) -> Result:
    """Both ratios for l = j + 2m, then the sign of the difference of the energies."""
    low, high = j + 2 * m, j + 2 * m + 2
    up = _ratio(_coefficient(high, j), _coefficient(low, j))
    across = _ratio(_coefficient(high, j + 2), _coefficient(high, j))
    ratios = every_identity(
        (
            ("next degree", up, -statement.up.subs(ell, low)),
            ("next power", across, -statement.across.subs({ell: high, j: j + 2})),
        )
    )
    if ratios.verdict is not Verdict.HOLDS:
        return ratios
    quotient = (2 * low + 5) * up**2 / statement.factor.subs(ell, low)
    for point in ({j: 0, m: 0}, {j: 0, m: 1}, {j: 1, m: 0}):
        value = quotient.subs(point)
        if not statement.relation.exact(fraction(value), Fraction(1)):
            return fails(f"{point}: the quotient {value} {statement.relation.symbol} 1")
    sides = [Poly(part, j, m) for part in simplify(quotient - 1).as_numer_denom()]
    positive = all(c > 0 for side in sides for c in side.coeffs())
    if positive and all(side.eval({j: 0, m: 0}) > 0 for side in sides):
        return holds("the quotient exceeds 1: only positive coefficients")
    return unknown(f"the sign of {sides}")


def _growth_exact(statement, domain) -> Result:
    """Compare the ratios and the energies of the coefficients of Rodrigues' formula."""

    def compare(case):
        power, half = case
        degree = power + 2 * half
        low, high = rodrigues(degree)[power], rodrigues(degree + 2)[power]
        point = {ell: degree, j: power}
        up = fraction(statement.up.subs(point))
        if -high / low != up:
            return False, f"l = {degree}, j = {power}: the ratio {-high / low} is {up}"
        if power >= 2:
            across = fraction(statement.across.subs(point))
            found = -low / rodrigues(degree)[power - 2]
            if found != across:
                return False, f"l = {degree}, j = {power}: {found} is {across}"
        right = fraction(statement.factor.subs(ell, degree)) * low**2
        left = (2 * degree + 5) * high**2
        true = statement.relation.exact(left, right)
        return true, f"{left} {statement.relation.symbol} {right}"

    return every(product(domain["j"], domain["m"]), compare)


GROWTH = Claim(
    id="legendre-growth",
    title="The coefficients of Legendre polynomials grow with the degree",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[j]]$ and $[[m]]$ put $l = j + 2m$. Then\n\n"
        "$$\\frac{[t^j] P_{l+2}}{[t^j] P_l} = - [[up]], \\qquad "
        "(2 l + 5) \\big([t^j] P_{l+2}\\big)^2 [[relation]] "
        "\\big([[factor]]\\big) \\big([t^j] P_l\\big)^2,$$\n\n"
        "and if $j \\ge 2$,\n\n"
        "$$\\frac{[t^j] P_l}{[t^{j-2}] P_l} = - [[across]].$$",
        {"j": Integers(0), "m": Integers(0)},
        {
            "up": (ell + j + 1) / (ell - j + 2),
            "across": (ell + j - 1) * (ell - j + 2) / (j * (j - 1)),
            "factor": 2 * ell + 1,
            "relation": Relation(">"),
        },
    ),
    checks=(
        Check(
            "symbolic", "the ratios and the sign, for symbolic l, j", _growth_symbolic
        ),
        Check(
            "exact",
            "coefficients from Rodrigues' formula, j <= 8, m <= 8",
            _growth_exact,
            {"j": Integers(0, 8), "m": Integers(0, 8)},
            role="step",
        ),
    ),
    planted=(
        Planted("l + j for l + j + 1", {"up": (ell + j) / (ell - j + 2)}),
        Planted("the same factor on both sides", {"factor": 2 * ell + 5}),
        Planted("the other way round", {"relation": Relation("<")}),
        Planted(
            "a factor right for l = 0",
            {"up": (2 * ell + j + 1) / (ell - j + 2)},
            near=True,
        ),
        Planted(
            "the next power, right for j = 2",
            {"across": (ell + 1) * ell / 2},
            near=True,
        ),
        Planted(
            "26/25 of the ratio",
            {"up": 26 * (ell + j + 1) / (25 * (ell - j + 2))},
            True,
        ),
    ),
    weak=Check(
        "exact",
        "j = 0, m = 0 only",
        _growth_exact,
        {"j": Integers(0, 0), "m": Integers(0, 0)},
        role="step",
    ),
    uses=("legendre-orthonormal",),
    spec="YS-3.5",
)


# --- the dual functions ---------------------------------------------------------------


def _dual(statement, domain) -> Result:
    """E v^I G_J for all I and J, a sum over L that factors over the coordinates."""

    def compare(case):
        dimension, K = case
        last = int(statement.last.subs(Symbol("K"), K))
        reach = int(statement.reach.subs(Symbol("K"), K))
        for powers, index in product(indices(dimension, reach), indices(dimension, K)):
            value = dual_mean(powers, index, statement.factor, last)
            if value != (powers == index):
                return False, f"E v^I G_J = {value} for I = {powers}, J = {index}"
        return True, ""

    return every(product(domain["d"], domain["K"]), compare)


K = Symbol("K")

DUAL = Claim(
    id="legendre-dual",
    title="The functions dual to the monomials",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and $[[K]]$ and every multi-index $J$ with "
        "$\\lvert J \\rvert \\le K$ let\n\n"
        "$$G_J(v) = \\sum_{\\lvert L \\rvert \\le [[last]]} [v^J] p_L\\; p_L(v) = "
        "\\sum_{\\lvert L \\rvert \\le [[last]]}\\, \\prod_{i=1}^d "
        "\\big([[factor]]\\big)\\, [t^{j_i}] P_{l_i}\\; P_{l_i}(v_i) .$$\n\n"
        "Then $\\mathbb{E}\\, v^I G_J(v)$ is 1 if $I = J$ and 0 if not, for every "
        "multi-index $I$ with $\\lvert I \\rvert \\le [[reach]]$.",
        {"d": Integers(1), "K": Integers(0)},
        {"last": K, "factor": FACTOR, "reach": K},
    ),
    sources=(THIRD_STEP,),
    uses=("legendre-orthonormal",),
    checks=(
        Check(
            "exact",
            "every I and J, d = 1, K <= 10",
            _dual,
            {"d": Integers(1, 1), "K": Integers(0, 10)},
        ),
        Check(
            "exact",
            "every I and J, d = 2, K <= 5",
            _dual,
            {"d": Integers(2, 2), "K": Integers(0, 5)},
        ),
        Check(
            "exact",
            "every I and J, d = 3, K <= 4",
            _dual,
            {"d": Integers(3, 3), "K": Integers(0, 4)},
        ),
        Check(
            "exact",
            "every I and J, d = 4 and 5, K <= 2",
            _dual,
            {"d": Integers(4, 5), "K": Integers(0, 2)},
        ),
    ),
    planted=(
        Planted("the factor 2l + 1 dropped", {"factor": Integer(1)}),
        Planted("2l - 1 for 2l + 1", {"factor": 2 * li - 1}),
        Planted("the sum stops at K - 1", {"last": K - 1}),
        Planted("I one degree further: right at K = 0", {"reach": K + 1}, near=True),
        Planted("a factor right for l = 0, 1", {"factor": li**2 + li + 1}, True),
    ),
    weak=Check(
        "exact", "K = 0 only", _dual, {"d": Integers(1, 3), "K": Integers(0, 0)}
    ),
    spec="YS-3.5",
)


# --- moments of the cube --------------------------------------------------------------


def _cube(statement, domain) -> Result:
    """Integrate every monomial, one coordinate after the other."""

    def compare(case):
        dimension, degree = case
        side = statement.side.subs(d, dimension)
        for powers in indices(dimension, degree):
            value = _integral(powers, side)
            if all(power % 2 == 0 for power in powers):
                stated = statement.power.subs({d: dimension, size: sum(powers)})
                for power in powers:
                    stated /= statement.below.subs(ik, power)
            else:
                stated = Integer(0)
            if simplify(value - stated) != 0:
                return False, f"E w^I = {value} is {stated} for I = {powers}"
        square = sum(
            _integral(tuple(2 * (i == k) for k in range(dimension)), side)
            for i in range(dimension)
        )
        stated = Rational(statement.square.numerator, statement.square.denominator)
        return square == stated, f"E |w|^2 = {square} is {stated}"

    return every(product(domain["d"], domain["n"]), compare)


def _integral(powers, side):
    value = Integer(1)
    for power in powers:
        ends = side ** (power + 1) - (-side) ** (power + 1)
        value *= ends / (power + 1) / (2 * side)
    return value


def _one_coordinate(statement, domain) -> Result:
    """Integrate one coordinate for symbolic d and even n; odd powers cancel."""
    s = Symbol("s", positive=True)
    even = 2 * integrate(t ** (2 * m), (t, 0, s)) / (2 * s)
    stated = statement.power.subs(size, 2 * m) / statement.below.subs(ik, 2 * m)
    return identity(simplify(even.subs(s, statement.side)), stated)


MOMENTS = Claim(
    id="cube-moments",
    title="Moments of the cube",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and $[[n]]$ let $w$ be uniform on the cube $\\lvert w_i "
        "\\rvert \\le [[side]]$, and let $I$ be a multi-index with $\\lvert I \\rvert "
        "\\le n$. If all its entries $i_1, \\dots, i_d$ are even,\n\n"
        "$$\\mathbb{E}\\, w^I = [[power]]\\, \\prod_{k=1}^d \\frac{1}{[[below]]},$$\n\n"
        "and if not, $\\mathbb{E}\\, w^I = 0$. In particular $\\mathbb{E} \\lVert w "
        "\\rVert^2 = [[square]]$.",
        {"d": Integers(1), "n": Integers(0)},
        {
            "side": 1 / sqrt(d),
            "power": d ** (-size / 2),
            "below": ik + 1,
            "square": Fraction(1, 3),
        },
    ),
    sources=(
        later("section on polynomials, initialization of the weights", "background"),
    ),
    checks=(
        Check(
            "exact",
            "every monomial integrated, d <= 3, degree <= 6",
            _cube,
            {"d": Integers(1, 3), "n": Integers(0, 6)},
        ),
        Check(
            "symbolic",
            "one coordinate, for symbolic d and even n",
            _one_coordinate,
            role="step",
        ),
    ),
    planted=(
        Planted("the side 1/d", {"side": 1 / d}),
        Planted("the power d^(-n)", {"power": d ** (-size)}),
        Planted("17/50 for 1/3", {"square": Fraction(17, 50)}, near=True),
        Planted("n + 2 for n + 1", {"below": ik + 2}),
        Planted("right for n <= 2", {"below": ik**2 / 2 + 1}, near=True),
    ),
    weak=Check(
        "exact",
        "degree <= 3 in dimension 1",
        _cube,
        {"d": Integers(1, 1), "n": Integers(0, 3)},
    ),
    spec="YS-3.5",
)


# --- one projection of the cube -------------------------------------------------------


def _projection_coefficients(dimension: int, half: int) -> dict:
    """E <w, x>^(2n) and |x|^(2n), monomial by monomial of x: both are even in x."""
    found = {}
    for index in indices(dimension, half):
        if sum(index) == half:
            twice = [2 * i for i in index]
            many = math.factorial(2 * half)
            for i in twice:
                many //= math.factorial(i)
            below = math.prod(i + 1 for i in twice) * dimension**half
            plain = math.factorial(half) // math.prod(map(math.factorial, index))
            found[index] = Fraction(many, below), plain
    return found


def _projection(statement, domain) -> Result:
    """Compare coefficient by coefficient: all monomials x^(2I) are non-negative."""

    def compare(case):
        dimension, half = case
        bound = fraction(statement.bound.subs({d: dimension, n: half}))
        terms = _projection_coefficients(dimension, half)
        if all(statement.relation.exact(a, bound * b) for a, b in terms.values()):
            return True, ""
        for point in ((1,) * dimension, (1,) + (0,) * (dimension - 1)):
            left, right = (
                sum(
                    pair[side]
                    * math.prod(x ** (2 * i) for x, i in zip(point, index, strict=True))
                    for index, pair in terms.items()
                )
                for side in (0, 1)
            )
            if not statement.relation.exact(left, bound * right):
                symbol = statement.relation.symbol
                return False, f"x = {point}: {left} {symbol} {bound * right}"
        return None, "the comparison of coefficients"

    return every(product(domain["d"], domain["n"]), compare)


PROJECTION = Claim(
    id="cube-projection",
    title="A projection of the cube has smaller moments than a Gaussian",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[n]]$ and $[[x]]$, with $w$ uniform on the cube $\\lvert "
        "w_i \\rvert \\le d^{-1/2}$,\n\n"
        "$$\\mathbb{E} \\langle w, x \\rangle^{2n} [[relation]] [[bound]]\\, "
        "\\lVert x \\rVert^{2n} .$$",
        {"d": Integers(1), "n": Integers(0), "x": Space(r"\mathbb{R}^d")},
        {"relation": AT_MOST, "bound": factorial2(2 * n - 1) / (3 * d) ** n},
    ),
    uses=("cube-moments",),
    checks=(
        Check(
            "exact",
            "coefficient by coefficient, d <= 3, n <= 8",
            _projection,
            {"d": Integers(1, 3), "n": Integers(0, 8)},
        ),
        Check(
            "exact",
            "coefficient by coefficient, d = 4, ..., 7, n <= 4",
            _projection,
            {"d": Integers(4, 7), "n": Integers(0, 4)},
        ),
    ),
    planted=(
        Planted(
            "n! for (2n - 1)!!: right for d = 1",
            {"bound": factorial(n) / (3 * d) ** n},
            near=True,
        ),
        Planted(
            "31/10 for 3", {"bound": factorial2(2 * n - 1) / (31 * d / 10) ** n}, True
        ),
        Planted(
            "the square of d: right for d = 1",
            {"bound": factorial2(2 * n - 1) / (3 * d**2) ** n},
            near=True,
        ),
        Planted("the other way round", {"relation": AT_LEAST}),
    ),
    weak=Check(
        "exact",
        "d = 1 only",
        _projection,
        {"d": Integers(1, 1), "n": Integers(0, 8)},
    ),
    spec="YS-3.5",
)

CLAIMS = (ORTHONORMAL, GROWTH, DUAL, MOMENTS, PROJECTION)
