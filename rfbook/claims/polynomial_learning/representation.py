"""Polynomials as averages of neurons: exactly, nearly, and why not exactly."""

import math
from fractions import Fraction
from functools import cache
from itertools import chain, product

from sympy import (
    Integer,
    Poly,
    Rational,
    Symbol,
    erf,
    exp,
    factorial,
    factorial2,
    sqrt,
    tanh,
)

from rfbook.claims.polynomial_learning.exact import (
    FACTOR,
    d,
    dual_mean,
    factorials,
    fraction,
    indices,
    least_norms,
    n,
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
    every_ball,
    exact_ball,
)

INTEGRAL_FORM = later(
    "section on polynomials, third step: integral representation",
    "implied",
    "the formulas, with the condition on the error, could not be read",
)
AT_MOST = Relation("<=")
J_FACTORIAL = Symbol("J!", positive=True)
K = Symbol("K", integer=True)
t = Symbol("t", real=True)


# --- up to the power K ----------------------------------------------------------------


def _bilinear(statement, domain) -> Result:
    """Every power t^n against every monomial x^J: E sigma g is linear in both.

    For |I| = n the coefficient of x^I in E <w, x>^n g is (n!/I!) E w^I g, which is to
    be 1 for I = J and 0 otherwise.
    """

    def compare(case):
        dimension, degree = case
        top = int(statement.top.subs(K, degree))
        for index in indices(dimension, degree):
            scale = statement.orders.subs(
                {J_FACTORIAL: factorials(index), n: sum(index)}
            ) * statement.power.subs({d: dimension, n: sum(index)})
            for powers in indices(dimension, top):
                size = sum(powers)
                mean = dual_mean(powers, index, FACTOR, degree)
                many = Fraction(math.factorial(size), factorials(powers)) * mean
                value = scale * Rational(many.numerator, many.denominator)
                value *= Integer(dimension) ** Rational(-size, 2)
                if value != (powers == index):
                    words = f"J = {index}: x^{powers} has the coefficient {value}"
                    return False, f"{words}, which is {int(powers == index)}"
        return True, ""

    return every(product(domain["d"], domain["K"]), compare)


POLYNOMIAL = Claim(
    id="representation-polynomial",
    title="A polynomial as an average of cut activations",
    chapter=CHAPTER,
    statement=Statement(
        "Let $[[d]]$ and $[[K]]$, let $w$ be uniform on the cube $\\lvert w_i \\rvert "
        "\\le d^{-1/2}$, and let $P(x) = \\sum_{\\lvert J \\rvert \\le K} b_J x^J$ and "
        "$\\sigma_K(t) = \\sum_{n \\le [[top]]} a_n t^n$, with $a_n \\ne 0$ for each "
        "$n$ for which $P$ has a monomial of degree $n$. Put\n\n"
        "$$g(w) = \\sum_{J : b_J \\ne 0} \\frac{b_J}{a_n}\\, [[orders]]\\, "
        "[[power]]\\, G_J(\\sqrt d\\, w), \\qquad n = \\lvert J \\rvert .$$\n\n"
        "Then $\\mathbb{E}\\, \\sigma_K(\\langle w, x \\rangle)\\, g(w) = P(x)$ for "
        "every $x \\in \\mathbb{R}^d$.",
        {"d": Integers(1), "K": Integers(0)},
        {"top": K, "orders": J_FACTORIAL / factorial(n), "power": d ** (n / 2)},
    ),
    sources=(INTEGRAL_FORM,),
    uses=("legendre-dual",),
    checks=(
        Check(
            "exact",
            "every power against every monomial, d = 1, K <= 8",
            _bilinear,
            {"d": Integers(1, 1), "K": Integers(0, 8)},
        ),
        Check(
            "exact",
            "every power against every monomial, d = 2, K <= 4",
            _bilinear,
            {"d": Integers(2, 2), "K": Integers(0, 4)},
        ),
        Check(
            "exact",
            "every power against every monomial, d = 3 and 4, K <= 2",
            _bilinear,
            {"d": Integers(3, 4), "K": Integers(0, 2)},
        ),
    ),
    planted=(
        Planted(
            "the fraction inverted: right for d = 1",
            {"orders": factorial(n) / J_FACTORIAL},
            near=True,
        ),
        Planted("the power of d dropped: right for d = 1", {"power": Integer(1)}, True),
        Planted("d^n for its root", {"power": d**n}),
        Planted("the activation cut one power later", {"top": K + 1}, near=True),
        Planted("1/n! for J!/n!", {"orders": 1 / factorial(n)}),
    ),
    weak=Check(
        "exact",
        "d = 1, K <= 1",
        _bilinear,
        {"d": Integers(1, 1), "K": Integers(0, 1)},
    ),
    spec="YS-3.5",
)


# --- polynomial activations -----------------------------------------------------------

SIGNS = {"\\ne": lambda a: a != 0, ">": lambda a: a > 0}


@cache
def _images(dimension: int, degree: int) -> list:
    """Rows I of the map from g in the span of v^J, |J| <= K, to (n!/I!) E v^I g."""
    rows = []
    for left in indices(dimension, degree):
        many = Fraction(math.factorial(sum(left)), factorials(left))
        row = []
        for right in indices(dimension, degree):
            sums = [a + b for a, b in zip(left, right, strict=True)]
            even = not any(s % 2 for s in sums)
            row.append(many / math.prod(s + 1 for s in sums) if even else 0)
        rows.append(row)
    return rows


def _rank(rows) -> int:
    from flint import fmpq, fmpq_mat

    if not rows:
        return 0
    flat = [fmpq(Fraction(c).numerator, Fraction(c).denominator) for c in chain(*rows)]
    return fmpq_mat(len(rows), len(rows[0]), flat).rank()


def _reached(statement, domain) -> Result:
    """Which degrees the average has, by the rank of the rows with a_n not 0.

    The projection of g onto the polynomials of degree K has the same moments. If the
    rows are independent, every polynomial is reached whose degrees are among them, and
    no other: the coefficient of x^I has the factor a_|I|.
    """

    def compare(case):
        dimension, degree = case
        first = int(statement.first)
        last = int(statement.last.subs(K, degree))
        allowed = SIGNS[statement.condition]
        names = indices(dimension, degree)
        rows = dict(zip(names, _images(dimension, degree), strict=True))
        for series in product((-1, 0, 1), repeat=degree + 1):
            chosen = [rows[index] for index in names if series[sum(index)]]
            if _rank(chosen) != len(chosen):
                return None, "the range of the map"
            for degrees in product((False, True), repeat=degree + 1):
                used = [q for q, one in enumerate(degrees) if one]
                reached = all(series[q] for q in used)
                stated = all(allowed(series[q]) for q in used if first <= q <= last)
                if reached != stated:
                    words = f"a = {series}, degrees {used} in P: g exists is {reached}"
                    return False, f"{words}, stated {stated}"
        return True, ""

    return every(product(domain["d"], domain["K"]), compare)


def _reached_weak(statement, domain) -> Result:
    """All the coefficients are 1: every polynomial is reached, and stated to be."""
    allowed = SIGNS[statement.condition]
    return every(
        domain["K"],
        lambda degree: (
            _rank(_images(1, degree)) == degree + 1 and allowed(1),
            "every polynomial is reached",
        ),
    )


EXACT = Claim(
    id="representation-exact",
    title="Which polynomials a polynomial activation gives exactly",
    chapter=CHAPTER,
    statement=Statement(
        "Let $[[d]]$ and $[[K]]$, let $\\sigma(t) = \\sum_{n \\le K} a_n t^n$, and let "
        "$P$ be a polynomial of degree at most $K$ in $d$ variables. There is a "
        "$g \\in L^2$ of the cube with "
        "$\\mathbb{E}\\, \\sigma(\\langle w, x \\rangle)\\, g(w) = P(x)$ for every "
        "$x \\in \\mathbb{R}^d$ if and only if $a_n [[condition]] 0$ for every $n$ "
        "with $[[first]] \\le n \\le [[last]]$ for which $P$ has a monomial of "
        "degree $n$.",
        {"d": Integers(1), "K": Integers(0)},
        {"condition": "\\ne", "first": 0, "last": K},
    ),
    sources=(
        later(
            "section on polynomials, main theorem: condition on the Taylor series",
            "implied",
        ),
    ),
    uses=("representation-polynomial",),
    checks=(
        Check(
            "exact",
            "the rank of the map from g to E sigma g, d = 1, K <= 4",
            _reached,
            {"d": Integers(1, 1), "K": Integers(0, 4)},
            role="step",
        ),
        Check(
            "exact",
            "the rank of the map from g to E sigma g, d = 2 and 3, K <= 2",
            _reached,
            {"d": Integers(2, 3), "K": Integers(0, 2)},
            role="step",
        ),
    ),
    planted=(
        Planted("nothing asked of a_0", {"first": 1}, near=True),
        Planted("nothing asked of a_K", {"last": K - 1}, near=True),
        Planted("positive coefficients needed", {"condition": ">"}),
    ),
    weak=Check(
        "exact",
        "the activation 1 + t + ... + t^K only",
        _reached_weak,
        {"d": Integers(1, 1), "K": Integers(0, 3)},
        role="step",
    ),
    spec="YS-3.5",
)


# --- the error of the powers beyond K -------------------------------------------------


@cache
def _term(dimension: int, degree: int, index, power: int) -> dict:
    """E <w, x>^n G_J(sqrt(d) w) as a polynomial in x, times d^(n/2)."""
    found = {}
    for powers in indices(dimension, power):
        if sum(powers) == power:
            mean = dual_mean(powers, index, FACTOR, degree)
            if mean:
                found[powers] = (
                    Fraction(math.factorial(power), factorials(powers)) * mean
                )
    return found


POINTS = {
    1: ((Fraction(1),), (Fraction(-1, 2),)),
    2: ((Fraction(1), Fraction(0)), (Fraction(3, 5), Fraction(4, 5))),
    3: ((Fraction(2, 3), Fraction(2, 3), Fraction(1, 3)),),
}


def _at(terms, x) -> Fraction:
    values = (
        c * math.prod(a**p for a, p in zip(x, powers, strict=True))
        for powers, c in terms.items()
    )
    return sum(values, Fraction(0))


def _powers(statement, domain) -> Result:
    """One power t^n beyond K at a time, squared: rational on both sides."""

    def compare(case):
        dimension, degree = case
        first = int(statement.first.subs(K, degree))
        for index in indices(dimension, degree):
            norm = least_norms(dimension, degree)[index]
            for power in range(degree + 1, degree + 4):
                size = fraction(statement.size.subs({d: dimension, n: power}) ** 2)
                square = min(Fraction(1), size)
                right = norm * square if power >= first else Fraction(0)
                for x in POINTS[dimension]:
                    value = _at(_term(dimension, degree, index, power), x)
                    left = value**2 / dimension**power
                    if not statement.relation.exact(left, right):
                        at = f"J = {index}, n = {power}, x = {tuple(map(str, x))}"
                        words = f"{left} {statement.relation.symbol} {right}"
                        return False, f"{at}, squared: {words}"
        return True, ""

    return every(product(domain["d"], domain["K"]), compare)


def _series(name: str, power: int):
    """Taylor coefficient as a ball, from the function's own closed form."""
    from flint import arb, fmpq
    from sympy import bernoulli

    if name == "exp":
        return 1 / arb(math.factorial(power))
    if name == "erf":
        half, odd = divmod(power, 2)
        value = arb(fmpq((-1) ** half, math.factorial(half) * power)) if odd else arb(0)
        return 2 / arb.pi().sqrt() * value
    number = bernoulli(power + 1) * (2 ** (power + 1) - 1)
    value = arb(fmpq(int(number.p), int(number.q))) / arb(math.factorial(power + 1))
    if name == "tanh":
        return value * 2 ** (power + 1) if power % 2 else arb(0)
    return value if power % 2 else arb(fmpq(1, 2)) * (power == 0)


LAST = 30
BEYOND = Fraction(3, 10**6)  # above (2/pi)^30 / (1 - 4/pi^2), the tail of tanh


def _activations(statement, domain) -> Result:
    """Sum the series of exp, sigmoid, tanh and erf, and enclose the rest."""
    from flint import arb

    def sides(case):
        dimension, degree, name, index, x = case
        norm = exact_ball(least_norms(dimension, degree)[index]).sqrt()
        rest = norm * exact_ball(BEYOND)
        left, right = arb(0), arb(0)
        for power in range(degree + 1, LAST + 1):
            a = _series(name, power)
            value = exact_ball(_at(_term(dimension, degree, index, power), x))
            left += a * value / exact_ball(dimension).sqrt() ** power
            if power >= int(statement.first.subs(K, degree)):
                size = exact_ball(statement.size.subs({d: dimension, n: power}))
                right += abs(a) * size.min(arb(1))
        return abs(left) + rest * arb(0, 1), norm * right + rest * arb(0.5, 0.5)

    cases = (
        (dimension, degree, name, index, x)
        for dimension, degree in product(domain["d"], domain["K"])
        for name in ("exp", "sigmoid", "tanh", "erf")
        for index in indices(dimension, degree)
        for x in POINTS[dimension][:1]
    )
    return every_ball(cases, sides, statement.relation)


APPROXIMATE = Claim(
    id="representation-approximate",
    title="A polynomial as an average of neurons, up to the Taylor tail",
    chapter=CHAPTER,
    statement=Statement(
        "Let $[[d]]$, $[[K]]$ and $\\sigma(t) = \\sum_n a_n t^n$ with $\\sum_n \\lvert "
        "a_n \\rvert < \\infty$, let $P$ be a polynomial of degree at most $K$, and "
        "let $g$ be its weight function. Then for every $\\lVert x \\rVert \\le 1$\n\n"
        "$$\\big\\lvert \\mathbb{E}\\, \\sigma(\\langle w, x \\rangle)\\, g(w) - P(x) "
        "\\big\\rvert [[relation]] \\big(\\mathbb{E}\\, g(w)^2\\big)^{1/2} "
        "\\sum_{n \\ge [[first]]} \\lvert a_n \\rvert \\min\\Big\\{1, [[size]]\\Big\\} "
        ".$$",
        {"d": Integers(1), "K": Integers(0)},
        {
            "relation": AT_MOST,
            "first": K + 1,
            "size": sqrt(factorial2(2 * n - 1) / (3 * d) ** n),
        },
    ),
    sources=(INTEGRAL_FORM,),
    uses=("representation-polynomial", "cube-projection"),
    checks=(
        Check(
            "exact",
            "one power beyond K at a time, every J, d = 1, K <= 5",
            _powers,
            {"d": Integers(1, 1), "K": Integers(0, 5)},
            role="step",
        ),
        Check(
            "exact",
            "one power beyond K at a time, every J, d = 2 and 3, K <= 2",
            _powers,
            {"d": Integers(2, 3), "K": Integers(0, 2)},
            role="step",
        ),
        Check(
            "interval",
            "the series of exp, sigmoid, tanh, erf, every J, d <= 2, K <= 2",
            _activations,
            {"d": Integers(1, 2), "K": Integers(0, 2)},
            role="step",
        ),
    ),
    planted=(
        Planted("the sum starts one power later", {"first": K + 2}, near=True),
        Planted(
            "the root dropped",
            {"size": factorial2(2 * n - 1) / (3 * d) ** n},
        ),
        Planted(
            "a power of d more",
            {"size": sqrt(factorial2(2 * n - 1) / (3 * d) ** n / d**2)},
            near=True,
        ),
        Planted("the other way round", {"relation": Relation(">=")}),
    ),
    weak=Check(
        "exact",
        "d = 1, K = 0 only",
        _powers,
        {"d": Integers(1, 1), "K": Integers(0, 0)},
        role="step",
    ),
    spec="YS-3.5",
)


# --- why not exactly ------------------------------------------------------------------

LONG = 24  # Taylor coefficients looked at


@cache
def _support(formula) -> tuple[int, ...]:
    """Return the n <= LONG whose Taylor coefficient is not 0."""
    from sympy import series

    expansion = series(formula, t, 0, LONG + 1).removeO()
    return tuple(sorted(int(power[0]) for power in Poly(expansion, t).monoms()))


def _representable(formula) -> list[int]:
    """Degrees n with an exact g for x^n in dimension 1, as far as LONG can tell.

    If only finitely many a_m with m - n even are not 0, g is a dual function: it has
    E v^m g = 1 for m = n and 0 for the other m. Tested here: support up to LONG/2.
    """
    support = _support(formula)
    found = []
    for power in support:
        same = [q for q in support if (q - power) % 2 == 0]
        if max(same) <= LONG // 2:
            top = max(same)
            means = [dual_mean((q,), (power,), FACTOR, top) for q in same]
            if means == [Fraction(int(q == power)) for q in same]:
                found.append(power)
    return found


def _table(statement, domain) -> Result:
    """Which monomials have an exact g: none, or the constant alone."""

    def compare(name):
        formula = getattr(statement, name)
        found = _representable(formula)
        allowed = [0] if name == "constant" else []
        words = f"{formula}: x^{found[-1] if found else 0} has an exact g"
        return found == allowed, f"no degree but {allowed} is represented; {words}"

    return every(("first", "second", "third", "constant"), compare)


def _table_weak(statement, domain) -> Result:
    """Look at the odd coefficients a_1, ..., a_5 of the first two only."""

    def compare(name):
        support = _support(getattr(statement, name))
        return {1, 3, 5} <= set(support), f"a_1, a_3, a_5 in the support {support}"

    return every(("first", "second"), compare)


IMPOSSIBLE = Claim(
    id="representation-impossible",
    title="Which polynomials no average of neurons gives exactly",
    chapter=CHAPTER,
    statement=Statement(
        "Let $[[d]]$, let $\\sigma(t) = \\sum_n a_n t^n$ with $\\sum_n \\lvert a_n "
        "\\rvert < \\infty$, let $P$ be a polynomial and let $g \\in L^2$ of the cube "
        "$\\lvert w_i \\rvert \\le d^{-1/2}$ satisfy\n\n"
        "$$\\mathbb{E}\\, \\sigma(\\langle w, x \\rangle)\\, g(w) = P(x) \\qquad "
        "\\text{for all } \\lVert x \\rVert \\le 1 .$$\n\n"
        "If $a_n \\ne 0$ for all odd $n$ but finitely many, the odd part of $P$ is 0; "
        "if $a_n \\ne 0$ for all even $n$ but finitely many, the even part of $P$ is "
        "0. So $P = 0$ for $\\sigma(t) = [[first]]$, $[[second]]$ and $[[third]]$, and "
        "$P$ is constant for $\\sigma(t) = [[constant]]$, where every constant occurs.",
        {"d": Integers(1)},
        {
            "first": exp(t),
            "second": tanh(t),
            "third": erf(t),
            "constant": 1 / (1 + exp(-t)),
        },
    ),
    sources=(INTEGRAL_FORM,),
    uses=("legendre-orthonormal", "legendre-growth", "weight-forced"),
    checks=(
        Check(
            "exact",
            "the Taylor coefficients up to 24 and what they leave in dimension 1",
            _table,
            role="step",
            window={"d": Integers(1, 1)},
        ),
    ),
    planted=(
        Planted("the sigmoid in the list", {"second": 1 / (1 + exp(-t))}, near=True),
        Planted("a Taylor polynomial of erf", {"third": t - t**3 / 3}, near=True),
        Planted("one odd power beside even ones", {"first": t + exp(t**2)}),
        Planted(
            "the sigmoid with a square added",
            {"constant": t**2 + 1 / (1 + exp(-t))},
            near=True,
        ),
    ),
    weak=Check(
        "exact",
        "a_1, a_3, a_5 of the first two",
        _table_weak,
        role="step",
        window={"d": Integers(1, 1)},
    ),
    spec="YS-3.5",
)

CLAIMS = (POLYNOMIAL, EXACT, APPROXIMATE, IMPOSSIBLE)
