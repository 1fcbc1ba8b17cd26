"""How large the weight function is: its supremum, its order in d, its least norm."""

import math
from fractions import Fraction
from itertools import product

from sympy import Integer, Rational, Symbol, factorial, floor, simplify

from rfbook.claims.polynomial_learning.exact import (
    FACTOR,
    cosine_coefficients,
    d,
    factor_at,
    factorials,
    fraction,
    indices,
    ji,
    least_norms,
    n,
    rodrigues,
    sum_to,
)
from rfbook.claims.polynomial_learning.sources import CHAPTER, later
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Relation,
    Result,
    Statement,
    every,
)

BOUND_ON_G = later("section on polynomials, third step: bound on g(w)", "background")
LEAD = (2 * ji + 1) * factorial(2 * ji) / (2**ji * factorial(ji) ** 2)
k, K = Symbol("k", integer=True), Symbol("K", integer=True)
m = Symbol("m", integer=True, nonnegative=True)
J_FACTORIAL = Symbol("J!", positive=True)


def _bounded(degree: int) -> bool:
    """Whether |P_l| <= 1 = P_l(1): its cosine coefficients are >= 0, with sum 1."""
    cosines = cosine_coefficients(degree)
    return min(cosines) >= 0 and sum(cosines) == 1


# --- the supremum for K = k -----------------------------------------------------------


def _supremum(statement, domain) -> Result:
    """Of the sum over L one term is left; its Legendre polynomials are 1 at the corner.

    The bound |P_l| <= 1 is decided by the cosine coefficients. Squares are compared:
    the power of d may be half an integer.
    """

    def compare(case):
        dimension, degree = case
        for index in indices(dimension, degree):
            if sum(index) < degree:
                continue
            left = _dual_terms(index, degree)
            if set(left) != {index} or not all(map(_bounded, index)):
                return None, f"G_J has the terms {left}"
            many = Fraction(factorials(index), math.factorial(degree))
            true = (left[index] * many) ** 2 * dimension**degree
            stated = statement.orders.subs(
                {J_FACTORIAL: factorials(index), n: degree}
            ) * statement.power.subs({d: dimension, n: degree})
            for entry in index:
                stated *= statement.lead.subs(ji, entry)
            if simplify(stated**2 - Rational(true.numerator, true.denominator)) != 0:
                return False, f"sup g^2 = {true} is {stated**2} for J = {index}"
        return True, ""

    return every(product(domain["d"], domain["n"]), compare)


def _dual_terms(index, degree: int) -> dict:
    """Coefficients of prod P_{l_i} in G_J, from [v^J] p_L p_L."""
    found = {}
    for degrees in indices(len(index), degree):
        if all(a >= b for a, b in zip(degrees, index, strict=True)):
            value = math.prod(
                (2 * a + 1) * rodrigues(a)[b]
                for a, b in zip(degrees, index, strict=True)
            )
            if value:
                found[degrees] = value
    return found


SIZE = Claim(
    id="weight-size",
    title="The largest weight of a monomial",
    chapter=CHAPTER,
    statement=Statement(
        "Let $[[d]]$, $[[n]]$ and let $g$ be the weight function of the monomial $b\\, "
        "x^J$ with $\\lvert J \\rvert = n$ and $K = n$. Then\n\n"
        "$$\\sup_w \\lvert g(w) \\rvert = "
        "\\frac{\\lvert b \\rvert}{\\lvert a_n \\rvert}\\; [[orders]]\\; [[power]]\\, "
        "\\prod_{i=1}^d [[lead]],$$\n\n"
        "attained at the corner $w = (1, \\dots, 1) / \\sqrt d$.",
        {"d": Integers(1), "n": Integers(0)},
        {"orders": J_FACTORIAL / factorial(n), "power": d ** (n / 2), "lead": LEAD},
    ),
    sources=(BOUND_ON_G,),
    uses=("legendre-orthonormal", "legendre-dual"),
    checks=(
        Check(
            "exact",
            "every J, d = 1, n <= 12",
            _supremum,
            {"d": Integers(1, 1), "n": Integers(0, 12)},
        ),
        Check(
            "exact",
            "every J, d = 2 and 3, n <= 4",
            _supremum,
            {"d": Integers(2, 3), "n": Integers(0, 4)},
        ),
        Check(
            "exact",
            "every J, d = 4 and 5, n <= 3",
            _supremum,
            {"d": Integers(4, 5), "n": Integers(0, 3)},
        ),
    ),
    planted=(
        Planted("2j + 1 dropped", {"lead": LEAD / (2 * ji + 1)}),
        Planted("right for j = 0 and 1", {"lead": 3**ji}, near=True),
        Planted(
            "the fraction inverted: right for d = 1",
            {"orders": factorial(n) / J_FACTORIAL},
            near=True,
        ),
        Planted("the power of d dropped", {"power": Integer(1)}),
        Planted("the power d^n", {"power": d**n}),
    ),
    weak=Check(
        "exact",
        "d = 1, n <= 1",
        _supremum,
        {"d": Integers(1, 1), "n": Integers(0, 1)},
    ),
    spec="YS-3.5",
)


# --- the order in d -------------------------------------------------------------------


def _partitions(total: int, largest: int):
    if total == 0:
        yield ()
    for first in range(min(total, largest), 0, -1):
        for rest in _partitions(total - first, first):
            yield (first, *rest)


def _leading(index, degree: int, extra: int, size) -> Fraction:
    """Coefficient of d^m in a sum over |L| <= K, m = floor((K - k)/2).

    The sum over the d - s other coordinates is that of binom(d - s, r) times the terms
    in which exactly r of them have a degree other than 0, r <= m.
    """
    own = [lambda q, e=e: size(q, e) for e in index]
    others = [lambda q: size(q, 0) if q else Fraction(0)] * extra
    return sum_to(own + others, degree) / math.factorial(extra)


def _signed(degree: int, power: int) -> Fraction:
    """(2l + 1) [t^j] P_l: the value at the corner."""
    row = rodrigues(degree)
    return (2 * degree + 1) * row[power] if power <= degree else Fraction(0)


def _modulus(degree: int, power: int) -> Fraction:
    return abs(_signed(degree, power))


def _order(statement, domain) -> Result:
    """Squeeze: the corner's value from below, the sum of moduli from above."""

    def compare(degree):
        for total in range(degree + 1):
            extra = (degree - total) // 2
            if not all(_bounded(q) for q in range(degree + 1)):
                return None, "|P_l| <= 1"
            stated_power = statement.exponent.subs({K: degree, k: total})
            for index in _partitions(total, total):
                above = _leading(index, degree, extra, _modulus)
                corner = abs(_leading(index, degree, extra, _signed))
                if above != corner:
                    return None, f"the limit lies between {corner} and {above}"
                if stated_power != extra:
                    words = f"J = {index}, K = {degree}: d^{extra} is d^{stated_power}"
                    return False, words
                stated = fraction(statement.limit.subs(m, extra)) * math.prod(
                    fraction(statement.lead.subs(ji, e)) for e in index
                )
                if above != stated:
                    return False, f"J = {index}, K = {degree}: {above} = {stated}"
        return True, ""

    return every(domain["K"], compare)


ORDER = Claim(
    id="weight-order",
    title="How the largest weight grows with the dimension",
    chapter=CHAPTER,
    statement=Statement(
        "Let $[[K]]$, and let $j_1, \\dots, j_s \\ge 1$ be integers with sum $k \\le "
        "K$. Put $m = [[exponent]]$ and let $G_J$ be the dual function of $x_1^{j_1} "
        "\\cdots x_s^{j_s}$ in $d \\ge s$ variables. Then\n\n"
        "$$\\lim_{d \\to \\infty} d^{-m} \\sup_v \\lvert G_J(v) \\rvert = [[limit]] "
        "\\prod_{i=1}^s [[lead]] .$$\n\n"
        "So the weight function of this monomial is of the order $d^{k/2 + m}$.",
        {"K": Integers(0)},
        {
            "exponent": floor((K - k) / 2),
            "limit": Rational(5, 2) ** m / factorial(m),
            "lead": LEAD,
        },
    ),
    sources=(BOUND_ON_G,),
    uses=("legendre-orthonormal", "legendre-dual"),
    checks=(
        Check(
            "exact",
            "the coefficients of d^m below and above, every J, K <= 9",
            _order,
            {"K": Integers(0, 9)},
            role="step",
        ),
    ),
    planted=(
        Planted("the order of K = k for every K", {"exponent": Integer(0)}, near=True),
        Planted("K - k for its half", {"exponent": K - k}),
        Planted("51/20 for 5/2", {"limit": Rational(51, 20) ** m / factorial(m)}, True),
        Planted("m! dropped: right for m <= 1", {"limit": Rational(5, 2) ** m}, True),
        Planted("2j + 1 dropped", {"lead": LEAD / (2 * ji + 1)}),
    ),
    weak=Check("exact", "K = 0 only", _order, {"K": Integers(0, 0)}, role="step"),
    spec="YS-3.5",
)


# --- the least norm -------------------------------------------------------------------


def _least(statement, domain) -> Result:
    """Compare the sum with the inverse Gram matrix, and with the bound."""

    def energy(degree, power):
        if degree < power:
            return Fraction(0)
        return factor_at(statement.factor, degree) * rodrigues(degree)[power] ** 2

    def compare(case):
        dimension, degree = case
        for index, least in least_norms(dimension, degree).items():
            found = sum_to([lambda q, e=e: energy(q, e) for e in index], degree)
            if found != least:
                return False, f"the least E g^2 = {least} is {found} for J = {index}"
            count = statement.count.subs({K: degree, k: sum(index)})
            first = math.prod(
                fraction(statement.first.subs(ji, e)) * rodrigues(e)[e] ** 2
                for e in index
            )
            if not statement.relation.exact(found, int(count) * first):
                words = f"J = {index}, K = {degree}: {found} >= {int(count) * first}"
                return False, words
        return True, ""

    return every(product(domain["d"], domain["K"]), compare)


FORCED = Claim(
    id="weight-forced",
    title="The least norm, and that it grows with K",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and $[[K]]$ and every multi-index $J$ with $k = \\lvert J "
        "\\rvert \\le K$: among all $g \\in L^2([-1, 1]^d)$ for which $\\mathbb{E}\\, "
        "v^I g(v)$ is 1 for $I = J$ and 0 for the other $\\lvert I \\rvert \\le K$, "
        "the least $\\mathbb{E}\\, g^2$ is that of $G_J$,\n\n"
        "$$\\mathbb{E}\\, G_J^2 = \\sum_{\\lvert L \\rvert \\le K}\\, \\prod_{i=1}^d "
        "\\big([[factor]]\\big) \\big([t^{j_i}] P_{l_i}\\big)^2 "
        "[[relation]] \\Big([[count]]\\Big) \\prod_{i=1}^d "
        "\\big([[first]]\\big) \\big([t^{j_i}] P_{j_i}\\big)^2 .$$",
        {"d": Integers(1), "K": Integers(0)},
        {
            "factor": FACTOR,
            "first": 2 * ji + 1,
            "relation": Relation(">="),
            "count": 1 + floor((K - k) / 2),
        },
    ),
    sources=(BOUND_ON_G,),
    uses=("legendre-orthonormal", "legendre-dual", "legendre-growth"),
    checks=(
        Check(
            "exact",
            "the inverse of the matrix of moments, d = 1, K <= 14",
            _least,
            {"d": Integers(1, 1), "K": Integers(0, 14)},
        ),
        Check(
            "exact",
            "the same for d = 2, K <= 7",
            _least,
            {"d": Integers(2, 2), "K": Integers(0, 7)},
        ),
        Check(
            "exact",
            "the same for d = 3, K <= 4",
            _least,
            {"d": Integers(3, 3), "K": Integers(0, 4)},
        ),
    ),
    planted=(
        Planted("the factor dropped", {"factor": Integer(1)}),
        Planted(
            "21/20 of the factor", {"factor": Rational(21, 20) * FACTOR}, near=True
        ),
        Planted(
            "the half rounded up: right for K = k",
            {"count": 1 + floor((K - k + 1) / 2)},
            near=True,
        ),
        Planted(
            "2j + 2 for 2j + 1 in the bound",
            {"first": 2 * ji + 2},
        ),
        Planted("the other way round", {"relation": Relation("<=")}),
    ),
    weak=Check(
        "exact", "K = 0 only", _least, {"d": Integers(1, 2), "K": Integers(0, 0)}
    ),
    spec="YS-3.5",
)

CLAIMS = (SIZE, ORDER, FORCED)
