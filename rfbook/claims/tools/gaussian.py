"""Expectations over g ~ N(0, 1), tails, and the Hermite polynomials.

Nothing here calls `rfbook.gaussian` or `rfbook.special`: integrals are SymPy's, moments
are double factorials, tails are Arb's erfc.
"""

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from math import comb, factorial, prod

import sympy
from flint import arb
from sympy import Integer, Poly, Rational, Symbol, diff, erfc, exp, oo, pi, sqrt

from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Reals,
    Relation,
    Result,
    Statement,
    every,
    every_ball,
    every_identity,
    exact_ball,
    holds,
    identity,
    unknown,
)

CHAPTER = "tools"

h = Symbol("h", real=True)
j = Symbol("j", integer=True, nonnegative=True)
k = Symbol("k", integer=True, nonnegative=True)
s = Symbol("s", real=True)
t = Symbol("t", real=True)
x = Symbol("x", real=True)
z = Symbol("z", real=True)

PHI = exp(-(x**2) / 2) / sqrt(2 * pi)
TAIL = erfc(h / sqrt(2)) / 2


@cache
def mean(function):
    """Return E function(g), integrated by SymPy over the whole line."""
    return sympy.integrate(function * PHI, (x, -oo, oo))


def moment(power: int) -> int:
    """Return E g^power: (power - 1)!! for even powers, 0 for odd ones."""
    return 0 if power % 2 else prod(range(1, power, 2))


# --- cosine and sine ------------------------------------------------------------------


def _taylor(value, terms: int) -> list:
    """Return the first Taylor coefficients of a formula in z at 0."""
    series = Poly(sympy.series(value, z, 0, terms).removeO(), z)
    return [series.coeff_monomial(z**power) for power in range(terms)]


def _cosine_integral(statement, domain) -> Result:
    return identity(mean(sympy.cos(z * x)), statement.value)


def _cosine_equation(statement, domain) -> Result:
    """Integration by parts gives m'(z) = -E g sin(zg) = -z m(z); and m(0) = 1."""
    value = statement.value
    return every_identity(
        [("m' = -zm", diff(value, z), -z * value), ("m(0)", value.subs(z, 0), 1)]
    )


def _cosine_moments(statement, domain) -> Result:
    found = _taylor(statement.value, 24)

    def compare(power):
        sign = [1, 0, -1, 0][power % 4]
        true = Rational(sign * moment(power), factorial(power))
        return true == found[power], f"coefficient {true} = {found[power]}"

    return every(range(len(found)), compare)


def _cosine_point(statement, domain) -> Result:
    """Two digits at z = 1/8, against 1 - z^2/2 + z^4/8."""
    point = Rational(1, 8)
    close = abs(statement.value.subs(z, point) - (1 - point**2 / 2 + point**4 / 8))
    return every([point], lambda at: (bool(close < Rational(1, 100)), "two digits"))


COSINE = Claim(
    id="gaussian-cosine",
    title="The mean of a cosine",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[z]]$,\n\n$$\\mathbb E \\cos(z g) = [[value]].$$",
        {"z": Reals()},
        {"value": exp(-(z**2) / 2)},
    ),
    checks=(
        Check("symbolic", "the integral, for symbolic z", _cosine_integral),
        Check("symbolic", "the equation m' = -zm", _cosine_equation, role="step"),
        Check("exact", "24 Taylor coefficients", _cosine_moments, role="step"),
    ),
    planted=(
        Planted("the half is lost", {"value": exp(-(z**2))}),
        Planted("the sign", {"value": exp(z**2 / 2)}),
        Planted(
            "0.51 for a half", {"value": exp(-Rational(51, 100) * z**2)}, near=True
        ),
        Planted("right to second order", {"value": 1 - z**2 / 2}, near=True),
    ),
    weak=Check("exact", "two digits at z = 1/8", _cosine_point, role="step"),
)


def _sine_integral(statement, domain) -> Result:
    return identity(mean(x * sympy.sin(z * x)), statement.value)


def _sine_derivative(statement, domain) -> Result:
    return identity(-diff(COSINE.statement.value, z), statement.value)


def _sine_moments(statement, domain) -> Result:
    found = _taylor(statement.value, 24)

    def compare(power):
        sign = [0, 1, 0, -1][power % 4]
        true = Rational(sign * moment(power + 1), factorial(power))
        return true == found[power], f"coefficient {true} = {found[power]}"

    return every(range(len(found)), compare)


def _sine_slope(statement, domain) -> Result:
    slope = diff(statement.value, z).subs(z, 0)
    return every([0], lambda at: (slope == 1, f"slope {slope} = 1"))


SINE = Claim(
    id="gaussian-sine",
    title="The correlation with a sine",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[z]]$,\n\n$$\\mathbb E\\, g \\sin(z g) = [[value]].$$",
        {"z": Reals()},
        {"value": z * exp(-(z**2) / 2)},
    ),
    uses=("gaussian-cosine",),
    checks=(
        Check("symbolic", "the integral, for symbolic z", _sine_integral),
        Check(
            "symbolic",
            "minus the derivative of the mean of the cosine",
            _sine_derivative,
            role="step",
            given=("gaussian-cosine",),
        ),
        Check("exact", "24 Taylor coefficients", _sine_moments, role="step"),
    ),
    planted=(
        Planted("the half is lost", {"value": z * exp(-(z**2))}),
        Planted("the sign", {"value": -z * exp(-(z**2) / 2)}),
        Planted("the factor z is lost", {"value": exp(-(z**2) / 2)}),
        Planted("0.51 for a half", {"value": z * exp(-Rational(51, 100) * z**2)}, True),
        Planted("sin z: right near 0", {"value": sympy.sin(z)}, near=True),
    ),
    weak=Check("exact", "the slope at z = 0", _sine_slope, role="step"),
)


# --- the tail -------------------------------------------------------------------------


def grid(values: Reals, step: Fraction) -> list[Fraction]:
    """Return the multiples of ``step`` in a bounded interval, 0 left out."""
    low, high = -(-Fraction(values.low) // step), Fraction(values.high) // step
    return [step * i for i in range(int(low), int(high) + 1) if i]


def cover(values: Reals, sides: Callable, relation: Relation, depth: int) -> Result:
    """Cover an interval by boxes, each halved until its two balls are in order.

    ``sides(low, high)`` bounds one side from above and the other from below over the
    whole box: balls out of order say nothing, so that this never gives FAILS.
    """
    if relation.symbol not in ("<", "<="):
        return unknown("the boxes bound the left side from above")
    todo, count = [(*box, depth) for box in values.boxes(16)], 0
    while todo:
        low, high, left = todo.pop()
        if relation.ball(*sides(low, high)):
            count += 1
        elif left:
            middle = (low + high) / 2
            todo += [(low, middle, left - 1), (middle, high, left - 1)]
        else:
            return unknown(f"the box from {low} to {high} was not decided")
    return holds(f"{count} boxes")


def at(formula, point: Fraction):
    """Return the exact value of a formula in h at a rational point."""
    return sympy.sympify(formula).subs(h, Rational(point.numerator, point.denominator))


def tail(point: Fraction):
    """Enclose Q(point) by Arb's complementary error function."""
    return (exact_ball(point) / arb(2).sqrt()).erfc() / 2


def _tail_shape(statement, domain) -> Result:
    """D = bound - Q is >= 0 at the start, rises, then falls to 0: so D >= 0."""
    if statement.relation.symbol != "<=" or domain["h"].low != 0:
        return unknown("the argument gives <= on h >= 0")
    bound = statement.bound
    slope = sympy.simplify(diff(bound - TAIL, h) * sqrt(2 * pi) * exp(h**2 / 2))
    if not slope.is_polynomial(h) or Poly(slope, h).degree() != 1:
        return unknown(f"the slope {slope} times the density is not linear")
    falls = slope.subs(h, 0) > 0 and slope.coeff(h, 1) < 0
    ends = (bound - TAIL).subs(h, 0) >= 0 and sympy.limit(bound - TAIL, h, oo) == 0
    shown = f"D' = phi(h) ({slope})"
    return holds(shown) if falls and ends else unknown(shown)


def _tail_boxes(statement, domain) -> Result:
    """Q falls, and the bound, a falling exponential, is least at the right end."""

    def sides(low, high):
        return tail(low), exact_ball(at(statement.bound, high))

    return cover(domain["h"], sides, statement.relation, 16)


def _tail_points(statement, domain) -> Result:
    def sides(point):
        return tail(point), exact_ball(at(statement.bound, point))

    return every_ball(grid(domain["h"], Fraction(1, 32)), sides, statement.relation)


TAIL_BOUND = Claim(
    id="gaussian-tail",
    title="The tail of a Gaussian",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[h]]$,\n\n$$Q(h) [[relation]] [[bound]].$$",
        {"h": Reals(0)},
        {"relation": Relation("<="), "bound": exp(-(h**2) / 2) / 2},
    ),
    checks=(
        Check(
            "symbolic",
            "the difference rises once, then falls to 0",
            _tail_shape,
            role="step",
        ),
        Check(
            "interval",
            "at the multiples of 1/32, but 0",
            _tail_points,
            {"h": Reals(-40, 40)},
            role="step",
        ),
        Check("interval", "boxes", _tail_boxes, {"h": Reals(Fraction(1, 64), 40)}),
    ),
    planted=(
        Planted(
            "the factor 19/40 for 1/2", {"bound": 19 * exp(-(h**2) / 2) / 40}, True
        ),
        Planted(
            "the exponent 0.525 for 0.5",
            {"bound": exp(-Rational(21, 40) * h**2) / 2},
            near=True,
        ),
        Planted("for h >= -1", {"h": Reals(-1)}, near=True),
        Planted("the half in the exponent is lost", {"bound": exp(-(h**2)) / 2}),
        Planted("the other relation", {"relation": Relation(">=")}),
    ),
    weak=Check(
        "interval",
        "h = 1 only",
        lambda statement, domain: _tail_points(statement, {"h": Reals(1, 1)}),
        role="step",
    ),
)


# --- the truncated second moment ------------------------------------------------------


def excess(point: Fraction, weight=lambda at: 1 + at**2, density=lambda at: at):
    """Enclose weight Q(h) - density phi(h), by default the mean E (g - h)_+^2."""
    c = exact_ball(point)
    phi = (-c * c / 2).exp() / (2 * arb.pi()).sqrt()
    return exact_ball(weight(point)) * tail(point) - exact_ball(density(point)) * phi


@cache
def _excess_integral():
    """Return E (g - h)_+^2 as SymPy integrates it."""
    return sympy.simplify(sympy.integrate((x - h) ** 2 * PHI, (x, h, oo)))


def _excess_formula(statement, domain) -> Result:
    claimed = statement.weight * TAIL - statement.density * PHI.subs(x, h)
    return identity(_excess_integral(), claimed)


def rational_function(formula) -> Callable[[Fraction], Fraction]:
    """Return a quotient of polynomials in h as a function of exact points."""
    above, below = (
        [Fraction(int(c.p), int(c.q)) for c in Poly(part, h).all_coeffs()]
        for part in sympy.fraction(sympy.together(formula))
    )

    def value(point):
        sides = [Fraction(0), Fraction(0)]
        for side, coefficients in enumerate((above, below)):
            for c in coefficients:
                sides[side] = sides[side] * point + c
        return sides[0] / sides[1]

    return value


def _mills_proves(ratio, low) -> bool:
    """Whether Q <= ratio phi beyond ``low``: the difference falls to 0 at infinity.

    Its derivative is phi (1 - h ratio + ratio'), whose sign is that of a polynomial.
    """
    slope = sympy.fraction(sympy.together(1 - h * ratio + diff(ratio, h)))
    sign = Poly(sympy.expand(slope[0] * slope[1]), h)
    never_up = all(root <= low for root in sign.real_roots()) and sign.eval(low + 1) < 0
    return never_up and sympy.limit(ratio * exp(-(h**2) / 2), h, oo) == 0


def _excess_mills(statement, domain) -> Result:
    """Show (weight - c) Q <= density phi: trivial for a bracket <= 0, Mills beyond."""
    if statement.relation.symbol != "<=" or domain["h"].low != 0:
        return unknown("the argument gives <= on h > 0")
    starts = []
    for bound in (statement.first, statement.second):
        bracket = sympy.together(statement.weight - bound)
        sign = Poly(sympy.expand(sympy.prod(sympy.fraction(bracket))), h)
        roots = sorted({root for root in sign.real_roots() if root > 0})
        start = roots[0] if roots else Integer(0)
        single = len(roots) <= 1 and sign.eval(start + 1) > 0
        below = not roots or sign.eval(start / 2) < 0
        ratio = statement.density / bracket
        if not (single and below and _mills_proves(ratio, start)):
            return unknown(f"the bound {bound} does not follow from Mills' argument")
        starts.append(f"{bound}: Mills for h > {start}")
    return holds("; ".join(starts))


def _excess_boxes(statement, domain) -> Result:
    """Both means fall; the bounds, constants times powers, are least at an end."""
    parts = [rational_function(part) for part in (statement.first, statement.second)]

    def sides(low, high):
        bound = min(part(end) for part in parts for end in (low, high))
        return excess(low), exact_ball(bound) * tail(high)

    return cover(domain["h"], sides, statement.relation, 16)


def _excess_points(statement, domain) -> Result:
    names = ("weight", "density", "first", "second")
    weight, density, *parts = (rational_function(statement.parts[n]) for n in names)

    def sides(point):
        bound = min(part(point) for part in parts)
        return excess(point, weight, density), exact_ball(bound) * tail(point)

    return every_ball(grid(domain["h"], Fraction(1, 32)), sides, statement.relation)


MOMENT = Claim(
    id="tail-moment",
    title="The second moment of the excess",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[h]]$,\n\n"
        "$$\\mathbb E\\, (g - h)_+^2 = \\bigl([[weight]]\\bigr)\\, Q(h) - "
        "[[density]]\\, \\varphi(h) [[relation]] "
        "\\min\\Bigl([[first]], [[second]]\\Bigr)\\, Q(h).$$",
        {"h": Reals(0, None, open_low=True)},
        {
            "weight": 1 + h**2,
            "density": h,
            "relation": Relation("<="),
            "first": 1,
            "second": 2 / h**2,
        },
    ),
    checks=(
        Check(
            "symbolic",
            "two bounds of Mills' kind, for symbolic h",
            _excess_mills,
            role="step",
        ),
        Check("symbolic", "the moment by Q and phi", _excess_formula, role="step"),
        Check(
            "interval",
            "at the multiples of 1/32",
            _excess_points,
            {"h": Reals(-40, 40)},
            role="step",
        ),
        Check("interval", "boxes", _excess_boxes, {"h": Reals(Fraction(1, 64), 8)}),
    ),
    planted=(
        Planted("39/20 for 2", {"second": Rational(39, 20) / h**2}, near=True),
        Planted("19/20 for 1", {"first": Fraction(19, 20)}, near=True),
        Planted("for h >= -1", {"h": Reals(-1)}, near=True),
        Planted("the mean of Exp(h) for its square's", {"second": 1 / h**2}),
        Planted("a power too many", {"second": 2 / h**3}),
        Planted("1.05 for the density", {"density": 21 * h / 20}, near=True),
        Planted("twice the square: right for h = 1", {"weight": 2 * h**2}, near=True),
    ),
    weak=Check(
        "interval",
        "h = 3/2 only",
        lambda statement, domain: _excess_points(
            statement, {"h": Reals(Fraction(3, 2), Fraction(3, 2))}
        ),
        role="step",
    ),
)


# --- Hermite polynomials --------------------------------------------------------------


def hermite_recurrence(top: int) -> list[list[int]]:
    """Return coefficients of He_0, ..., He_top: He_{k+1} = x He_k - k He_{k-1}."""
    found = [[1], [0, 1]]
    for degree in range(1, top):
        after = [0, *found[-1]]
        for power, c in enumerate(found[-2]):
            after[power] -= degree * c
        found.append(after)
    return found[: top + 1]


def hermite_generated(generating, top: int) -> list[list]:
    """Return k! times the coefficients of t^k in exp(p(t)), by F' = p' F."""
    slope = Poly(diff(generating.args[0], t), t).all_coeffs()[::-1]
    found = [sympy.sympify(generating.subs(t, 0))]
    for n in range(top):
        terms = (c * found[n - i] for i, c in enumerate(slope) if i <= n)
        found.append(sympy.expand(sum(terms) / (n + 1)))
    return [
        Poly(factorial(n) * term, x).all_coeffs()[::-1] for n, term in enumerate(found)
    ]


def product_mean(left: list, right: list):
    """Return E of the product of two polynomials in g, by the moments of g."""
    return sum(
        a * b * moment(p + q)
        for p, a in enumerate(left)
        for q, b in enumerate(right)
        if (p + q) % 2 == 0
    )


def exponential_mean(exponent):
    """Return E exp(c g + r) = exp(c^2 / 2 + r) for an exponent linear in x."""
    linear = Poly(exponent, x)
    if linear.degree() > 1:
        raise ValueError(f"the exponent {exponent} is not linear in x")
    c, r = linear.coeff_monomial(x), linear.coeff_monomial(1)
    return exp(sympy.expand(c**2 / 2 + r))


def _complete_square() -> tuple:
    """Return the identity behind `exponential_mean`: a shifted normal density."""
    c = Symbol("c", real=True)
    return "the square", c * x - x**2 / 2, c**2 / 2 - (x - c) ** 2 / 2


def _orthonormal_generating(statement, domain) -> Result:
    """E F(s) F(t) = e^{st}, whose coefficient of s^j t^k is 1/k! if j = k, else 0."""
    exponent = statement.generating.args[0]
    left = exponential_mean(exponent + exponent.subs(t, s))
    square = sympy.factorial(k) ** 2 / sympy.factorial(k)
    return every_identity(
        [
            _complete_square(),
            ("E F(s) F(t)", left, exp(s * t)),
            ("E He_k^2", square, statement.square),
        ]
    )


def _orthonormal_exact(statement, domain) -> Result:
    top = max(domain["j"].high, domain["k"].high)
    table = hermite_generated(statement.generating, top)

    def compare(pair):
        found = product_mean(*(table[i] for i in pair))
        claimed = sympy.sympify(statement.square).subs(k, pair[1])
        claimed = claimed if pair[0] == pair[1] else 0
        return found == claimed, f"E He_j He_k: {found} = {claimed}"

    return every([(a, b) for a in domain["j"] for b in domain["k"]], compare)


ORTHONORMAL = Claim(
    id="hermite-orthonormal",
    title="Hermite polynomials are orthogonal",
    chapter=CHAPTER,
    statement=Statement(
        "Let $\\sum_{k \\ge 0} \\mathrm{He}_k(x)\\, t^k / k! = [[generating]]$. "
        "For all $[[j]]$ and $[[k]]$,\n\n"
        "$$\\mathbb E\\, \\mathrm{He}_j(g)\\, \\mathrm{He}_k(g) = "
        "\\begin{cases} [[square]] & \\text{if } j = k, \\\\ "
        "0 & \\text{if } j \\ne k. \\end{cases}$$\n\n"
        "So the polynomials $\\operatorname{he}_k = \\mathrm{He}_k / \\sqrt{k!}$ are "
        "orthonormal.",
        {"j": Integers(0), "k": Integers(0)},
        {"generating": exp(t * x - t**2 / 2), "square": sympy.factorial(k)},
    ),
    checks=(
        Check(
            "exact",
            "every pair, by the moments of g",
            _orthonormal_exact,
            {"j": Integers(0, 20), "k": Integers(0, 20)},
        ),
        Check(
            "symbolic",
            "the generating functions, for symbolic s, t and k",
            _orthonormal_generating,
            role="step",
        ),
    ),
    planted=(
        Planted("the physicists' exponent", {"generating": exp(2 * t * x - t**2)}),
        Planted(
            "0.525 for a half", {"generating": exp(t * x - 21 * t**2 / 40)}, near=True
        ),
        Planted("already normalised: right for k < 2", {"square": Integer(1)}, True),
        Planted(
            "right for k < 3", {"square": sympy.expand(1 + k * (k - 1) / 2)}, near=True
        ),
        Planted("a power of 2", {"square": 2**k * sympy.factorial(k)}),
    ),
    weak=Check(
        "exact",
        "j, k < 3 only",
        _orthonormal_exact,
        {"j": Integers(0, 2), "k": Integers(0, 2)},
    ),
)


def _mehler_generating(statement, domain) -> Result:
    """With g_t = t g + sqrt(1 - t^2) g', E F(s; g) F(u; g_t) = exp(t s u)."""
    if not Reals(-1, 1).contains(domain["t"]):
        return unknown("a correlation lies in [-1, 1]")
    u = Symbol("u", real=True)
    over_g = exponential_mean((s + u * t) * x - s**2 / 2 - u**2 / 2)
    over_other = exponential_mean(u * sqrt(1 - t**2) * x)
    coefficient = sympy.factorial(k) * t**k / sympy.factorial(k)
    return every_identity(
        [
            _complete_square(),
            ("E F(s) F(u)", over_g * over_other, exp(t * s * u)),
            ("the coefficient of (su)^k times k!", coefficient, statement.value),
        ]
    )


def correlated_mean(left: list[int], right: list[int], c: Fraction) -> Fraction:
    """Return E left(g) right(c g + sqrt(1 - c^2) g'), exactly."""
    total = Fraction(0)
    for p, a in enumerate(left):
        for q, b in enumerate(right):
            if not a * b:
                continue
            for i in range(0, q + 1, 2):
                weight = comb(q, i) * c ** (q - i) * (1 - c * c) ** (i // 2)
                total += a * b * weight * moment(i) * moment(p + q - i)
    return total


def _mehler_exact(statement, domain) -> Result:
    """Both sides are polynomials in t of degree at most 8: 17 values decide them."""
    top = max(domain["j"].high, domain["k"].high)
    table = hermite_recurrence(top)

    def compare(case):
        a, b, c = case
        exact = Fraction(int(c.p), int(c.q))
        found = correlated_mean(table[a], table[b], exact) / factorial(b)
        claimed = statement.value.subs(k, b).subs(t, c) if a == b else 0
        return sympy.sympify(found) == claimed, f"(j, k, t): {found} = {claimed}"

    points = [Rational(i, 8) for i in range(-8, 9)]
    pairs = [(a, b) for a in domain["j"] for b in domain["k"]]
    return every([(a, b, c) for a, b in pairs for c in points], compare)


MEHLER = Claim(
    id="hermite-mehler",
    title="Hermite polynomials of correlated Gaussians",
    chapter=CHAPTER,
    statement=Statement(
        "Let $g, g_t$ be standard normal with correlation $t$, where $[[t]]$. "
        "For all $[[j]]$ and $[[k]]$,\n\n"
        "$$\\mathbb E\\, \\operatorname{he}_j(g)\\, \\operatorname{he}_k(g_t) = "
        "\\begin{cases} [[value]] & \\text{if } j = k, \\\\ "
        "0 & \\text{if } j \\ne k. \\end{cases}$$",
        {"t": Reals(-1, 1), "j": Integers(0), "k": Integers(0)},
        {"value": t**k},
    ),
    uses=("hermite-orthonormal",),
    checks=(
        Check(
            "exact",
            "every pair, as polynomials in t",
            _mehler_exact,
            {"j": Integers(0, 8), "k": Integers(0, 8)},
        ),
        Check(
            "symbolic",
            "the generating functions, for symbolic s, t, u and k",
            _mehler_generating,
            role="step",
        ),
    ),
    planted=(
        Planted("the square of the correlation", {"value": t ** (2 * k)}),
        Planted("right for k < 2 only", {"value": 1 + k * (t - 1)}, near=True),
        Planted("right for t >= 0 only", {"value": sympy.Abs(t) ** k}, near=True),
        Planted("normalised twice", {"value": t**k / sympy.factorial(k)}, near=True),
        Planted("a power too many", {"value": t ** (k + 1)}),
    ),
    weak=Check(
        "exact",
        "j, k < 2 only",
        _mehler_exact,
        {"j": Integers(0, 1), "k": Integers(0, 1)},
    ),
)

CLAIMS = (COSINE, SINE, TAIL_BOUND, MOMENT, ORTHONORMAL, MEHLER)
