"""The ReLU with a bias on the line: Hermite coefficients, energies, kernel.

The checks integrate Hermite polynomials over a half-line, sum Taylor series, or leave
the integral to SymPy.
"""

from functools import cache

import sympy
from sympy import (
    Function,
    Integer,
    Poly,
    Rational,
    Symbol,
    acos,
    cos,
    diff,
    erfc,
    exp,
    factorial,
    factorial2,
    integrate,
    oo,
    pi,
    sin,
    sqrt,
)

from rfbook.claims.neuron_width.series import half_line_energy, projections
from rfbook.claims.neuron_width.sources import CHAPTER
from rfbook.claims.tools.gaussian import hermite_recurrence
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Reals,
    Result,
    Source,
    Statement,
    Verdict,
    every,
    every_identity,
    fails,
)

b = Symbol("b", real=True)
k = Symbol("k", integer=True, nonnegative=True)
n = Symbol("n", integer=True, nonnegative=True)
s = Symbol("s", real=True)
t = Symbol("t", real=True)
x, y = sympy.symbols("x y", real=True)
Q = Function("Q")
arccos = Function("arccos")
varphi = Function("varphi")

DENSITY = exp(-(x**2) / 2) / sqrt(2 * pi)
TAIL = erfc(x / sqrt(2)) / 2

CHO_SAUL = Source(
    "ChoSaul2009",
    "NeurIPS 2009",
    "the arc-cosine kernel of order 1",
    "background",
    "The kernel there is twice ours. The text was not at hand: no equation number.",
)


def closed(formula):
    """Replace Q, phi and arccos in a formula by functions that SymPy knows."""
    formula = sympy.sympify(formula).replace(Q, lambda z: TAIL.subs(x, z))
    return formula.replace(varphi, lambda z: DENSITY.subs(x, z)).replace(arccos, acos)


# --- Hermite coefficients -------------------------------------------------------------


MASS, HEIGHT = sympy.symbols("Phi phi")


def _split(formula):
    """Write a formula in b, Phi = 1 - Q(b) and phi = phi(b)."""
    tails = {Q(b): 1 - MASS, Q(-b): MASS, varphi(b): HEIGHT}
    return sympy.sympify(formula).subs(tails)


def polynomial(coefficients) -> sympy.Expr:
    """Return the polynomial in b with the given coefficients, lowest first."""
    return sum((c * b**n for n, c in enumerate(coefficients)), Integer(0))


def projection(degree: int, top: int):
    """Return E He_k(g) [g + b]_+ in b, Phi and phi."""
    left, right = projections(top)[degree]
    return polynomial(left) * MASS + polynomial(right) * HEIGHT


def _hermite_half_line(statement, domain) -> Result:
    """Compare with integrals over a half-line, as polynomials in b."""
    top = domain["k"].high
    claimed = {0: _split(statement.zero), 1: _split(statement.one)}
    table = hermite_recurrence(top + 2)
    for degree in domain["k"]:
        index = int(sympy.sympify(statement.index).subs(k, degree))
        factor = sympy.sympify(statement.factor).subs(k, degree)
        value = factor * HEIGHT * polynomial(table[index]) / sqrt(factorial(index))
        claimed[degree] = value * sqrt(factorial(degree))

    def compare(degree):
        found = projection(degree, top)
        same = sympy.expand(claimed[degree] - found) == 0
        return same, f"sqrt(k!) times coefficient k: {claimed[degree]} = {found}"

    return every(sorted(claimed), compare)


@cache
def _mean_relu():
    """Return E [g + b]_+, integrated by SymPy."""
    return sympy.simplify(integrate((x + b) * DENSITY, (x, -b, oo)))


def _hermite_generating(statement, domain) -> Result:
    """E e^{sg - s^2/2} [g + b]_+ = G(b + s), whose derivatives are the means.

    G'' is the density, and phi(b + s) = phi(b) e^{-b s - s^2/2} generates the
    He_m at -s: the coefficient of s^m / m! is (-1)^m He_m(b) phi(b).
    """
    zero, one = closed(statement.zero), closed(statement.one)
    density = DENSITY.subs(x, b)
    shifted = density * exp(-b * s - s**2 / 2)
    tilt = exp(s * x - s**2 / 2) * DENSITY
    coefficient = statement.factor * sqrt(factorial(k) / factorial(k - 2))
    return every_identity(
        [
            ("the tilted density", tilt, DENSITY.subs(x, x - s)),
            ("G", zero, _mean_relu()),
            ("G'", one, diff(zero, b)),
            ("G''", density, diff(one, b)),
            ("the shifted density", density.subs(b, b + s), shifted),
            ("the index", statement.index, k - 2),
            ("the factor", sympy.simplify(coefficient), (-1) ** k),
        ]
    )


HERMITE = Claim(
    id="neuron-hermite",
    title="Hermite coefficients of the ReLU with a bias",
    chapter=CHAPTER,
    statement=Statement(
        "Let $\\sigma(z) = [z + b]_+$. For every $[[b]]$\n\n"
        "$$\\hat\\sigma_0 = [[zero]], \\qquad \\hat\\sigma_1 = [[one]],$$\n\n"
        "and for every $[[k]]$\n\n"
        "$$\\hat\\sigma_k = [[factor]]\\, \\varphi(b) "
        "\\operatorname{he}_{[[index]]}(b).$$",
        {"b": Reals(), "k": Integers(2)},
        {
            "zero": b * Q(-b) + varphi(b),
            "one": Q(-b),
            "factor": (-1) ** k / sqrt(k * (k - 1)),
            "index": k - 2,
        },
    ),
    uses=("hermite-orthonormal",),
    checks=(
        Check(
            "symbolic",
            "integrals over a half-line, as polynomials in b",
            _hermite_half_line,
            {"k": Integers(2, 24)},
        ),
        Check(
            "symbolic",
            "the generating function, for symbolic b, s and k",
            _hermite_generating,
            role="step",
        ),
    ),
    planted=(
        Planted(
            "no sign: right for even k", {"factor": 1 / sqrt(k * (k - 1))}, near=True
        ),
        Planted(
            "2(2k - 3) for k(k - 1): right for k = 2 and 3",
            {"factor": (-1) ** k / sqrt(2 * (2 * k - 3))},
            near=True,
        ),
        Planted("the index k - 1", {"index": k - 1}),
        Planted("the wrong side of the kink", {"one": Q(b)}),
        Planted("the density is lost", {"zero": b * Q(-b)}),
    ),
    weak=Check(
        "symbolic", "k = 2 only", _hermite_half_line, {"k": Integers(2, 2)}, role="step"
    ),
    spec="NW-2",
)


# --- bias zero ------------------------------------------------------------------------


def _energies_exact(statement, domain) -> Result:
    """Integrate He_k(x) x over x > 0, term by term."""

    def compare(degree):
        claims = {degree: statement.even, degree + 1: statement.odd}
        if degree == domain["k"].low:
            claims |= {0: statement.zero, 1: statement.one}
        for at, value in claims.items():
            claimed = sympy.sympify(value).subs(k, degree)
            found = half_line_energy(at)
            if sympy.simplify(claimed - found) != 0:
                return False, f"energy of degree {at}: {claimed} = {found}"
        return True, "both energies"

    return every(domain["k"], compare)


def _energies_recursion(statement, domain) -> Result:
    """He_{m+2}(0) = -(m + 1) He_m(0), He_0(0) = 1 and He_1(0) = 0, with m = k - 2."""
    even = sympy.sympify(statement.even).subs(k, 2 * n + 2).rewrite(sympy.gamma)
    ratio = sympy.expand_func(sympy.gammasimp(even.subs(n, n + 1) / even))
    step = (2 * n + 1) ** 2 / ((2 * n + 4) * (2 * n + 3))
    density = closed(varphi(0))
    hermite = HERMITE.statement
    first = hermite.factor.subs(k, 2) * density
    ends = {b: 0, varphi(b): density, Q(-b): Rational(1, 2)}
    return every_identity(
        [
            ("degree 0", statement.zero, hermite.zero.subs(ends) ** 2),
            ("degree 1", statement.one, hermite.one.subs(ends) ** 2),
            ("degree 2", sympy.sympify(statement.even).subs(k, 2), first**2),
            ("from k = 2n + 2 to k + 2", ratio, step),
            ("odd degrees", statement.odd, Integer(0)),
        ]
    )


ENERGIES = Claim(
    id="relu-energies",
    title="The energies of the ReLU",
    chapter=CHAPTER,
    statement=Statement(
        "Let $\\sigma(z) = [z]_+$, and let $(-1)!! = 1$. Then\n\n"
        "$$\\hat\\sigma_0^2 = [[zero]], \\qquad \\hat\\sigma_1^2 = [[one]],$$\n\n"
        "and for every $[[k]]$\n\n"
        "$$\\hat\\sigma_k^2 = [[even]], \\qquad \\hat\\sigma_{k+1}^2 = [[odd]].$$",
        {"k": Integers(2, step=2)},
        {
            "zero": 1 / (2 * pi),
            "one": Rational(1, 4),
            "even": factorial2(k - 3) ** 2 / (2 * pi * factorial(k)),
            "odd": 0,
        },
    ),
    uses=("neuron-hermite",),
    checks=(
        Check(
            "exact",
            "integrals over the half-line",
            _energies_exact,
            {"k": Integers(2, 60)},
        ),
        Check(
            "symbolic",
            "the recursion of He_k(0), for symbolic k",
            _energies_recursion,
            given=("neuron-hermite",),
            role="step",
        ),
    ),
    planted=(
        Planted(
            "(k - 1)!! for (k - 3)!!: right at k = 2",
            {"even": factorial2(k - 1) ** 2 / (2 * pi * factorial(k))},
            near=True,
        ),
        Planted(
            "k! without its factor k - 1: right at k = 2",
            {"even": (k - 1) * factorial2(k - 3) ** 2 / (2 * pi * factorial(k))},
            near=True,
        ),
        Planted("the odd degrees like the even ones", {"odd": 1 / (48 * pi)}),
        Planted("20/21 of degree 1", {"one": Rational(5, 21)}, near=True),
        Planted("a factor 2 in degree 0", {"zero": 1 / pi}),
    ),
    weak=Check("exact", "k = 2 only", _energies_exact, {"k": Integers(2, 2)}),
    spec="NW-2",
)


# --- the arc-cosine kernel ------------------------------------------------------------


ANGLE = Symbol("alpha", positive=True)


@cache
def _sector():
    """Return E [g]_+ [g_t]_+ in polar coordinates, g = r cos u, g_t = r cos(u - alpha).

    Both are positive for alpha - pi/2 < u < pi/2. Without the cut the same integral is
    the correlation cos(alpha).
    """
    r = Symbol("r", positive=True)
    radial = integrate(r**3 * exp(-(r**2) / 2), (r, 0, oo)) / (2 * pi)
    product = cos(x) * cos(x - ANGLE)
    whole = radial * integrate(product, (x, 0, 2 * pi))
    part = radial * integrate(product, (x, ANGLE - pi / 2, pi / 2))
    return sympy.simplify(whole), sympy.simplify(part)


def _arc_cosine_sector(statement, domain) -> Result:
    """Compare for symbolic alpha in [0, pi], where sqrt(1 - cos^2) = sin."""
    if domain["t"] != Reals(-1, 1):
        return fails("t = 2: a correlation lies in [-1, 1]")
    value = statement.value.replace(arccos, lambda z: ANGLE).subs(t, cos(ANGLE))
    value = sympy.trigsimp(value).subs(sympy.Abs(sin(ANGLE)), sin(ANGLE))
    correlation, found = _sector()
    return every_identity(
        [("correlation", correlation, cos(ANGLE)), ("mean", found, value)]
    )


def _arc_cosine_taylor(statement, domain) -> Result:
    """Compare the Taylor coefficients at 0 with the energies."""
    series = sympy.series(closed(statement.value), t, 0, 16).removeO()

    def compare(degree):
        found, claimed = half_line_energy(degree), series.coeff(t, degree)
        same = sympy.simplify(found - claimed) == 0
        return same, f"coefficient of t^{degree}: {found} = {claimed}"

    return every(range(16), compare)


def _arc_cosine_ends(statement, domain) -> Result:
    """Two values only: K(1) = 1/2 and K(-1) = 0."""

    def compare(case):
        point, found = case
        value = closed(statement.value).subs(t, point)
        return sympy.simplify(value - found) == 0, f"K({point}): {value} = {found}"

    return every([(1, Rational(1, 2)), (-1, 0)], compare)


ARC_COSINE = Claim(
    id="arc-cosine-kernel",
    title="The arc-cosine kernel",
    chapter=CHAPTER,
    statement=Statement(
        "Let $g, g_t$ be standard normal with correlation $t$. For every $[[t]]$\n\n"
        "$$\\mathbb E\\, [g]_+ [g_t]_+ = [[value]].$$",
        {"t": Reals(-1, 1)},
        {"value": (sqrt(1 - t**2) + t * (pi - arccos(t))) / (2 * pi)},
    ),
    sources=(CHO_SAUL,),
    uses=("hermite-mehler", "relu-energies"),
    checks=(
        Check(
            "symbolic",
            "the integral over a sector of the plane, for symbolic angle",
            _arc_cosine_sector,
        ),
        Check(
            "symbolic",
            "16 Taylor coefficients are the energies",
            _arc_cosine_taylor,
            role="step",
        ),
    ),
    planted=(
        Planted(
            "the angle itself",
            {"value": (sqrt(1 - t**2) + t * arccos(t)) / (2 * pi)},
        ),
        Planted(
            "a straight line, right at both ends", {"value": (1 + t) / 4}, near=True
        ),
        Planted(
            "right up to degree 3",
            {"value": 1 / (2 * pi) + t / 4 + t**2 / (4 * pi)},
            near=True,
        ),
        Planted(
            "the kernel of the source, twice ours",
            {"value": (sqrt(1 - t**2) + t * (pi - arccos(t))) / pi},
        ),
        Planted(
            "22/21 of it",
            {"value": 11 * (sqrt(1 - t**2) + t * (pi - arccos(t))) / (21 * pi)},
            near=True,
        ),
    ),
    weak=Check("exact", "t = 1 and t = -1 only", _arc_cosine_ends, role="step"),
    spec="NW-1.1",
)


# --- the kernel with a bias -----------------------------------------------------------

PAIR = exp(-(x**2 - 2 * t * x * y + y**2) / (2 * (1 - t**2))) / (
    2 * pi * sqrt(1 - t**2)
)
"""The density of two standard normals with correlation t."""


def _kernel_flow(statement, domain) -> Result:
    """Differentiate the density, p_t = p_xy: two integrals by parts leave the kink."""
    inside = (y - 1) / (y + 1)
    kink = {x: -b, y: -b}
    at_kink = (PAIR.subs(kink) / statement.value).subs(t, inside)
    at_kink = sympy.simplify(at_kink.subs(y, Symbol("y", positive=True)))
    flow, cross = diff(PAIR, t) / PAIR, diff(PAIR, x, y) / PAIR
    return every_identity(
        [
            ("p_t = p_xy", sympy.simplify(flow), sympy.simplify(cross)),
            ("p at the kink, t = (y - 1)/(y + 1)", at_kink, Integer(1)),
        ]
    )


def _taylor(value, terms: int) -> list:
    """Return Taylor coefficients in t of a product of powers and an exponential.

    Its logarithmic derivative is rational, and f' = L f is a recursion for them.
    """
    slope = sympy.together(sympy.simplify(diff(sympy.log(value), t)))
    rates = Poly(sympy.series(slope, t, 0, terms).removeO(), t).all_coeffs()[::-1]
    found = [sympy.simplify(value.subs(t, 0))]
    for m in range(terms - 1):
        total = sum(c * found[m - i] for i, c in enumerate(rates) if i <= m)
        found.append(sympy.expand(total / (m + 1)))
    return found


def _kernel_taylor(statement, domain, degrees=range(2, 13)) -> Result:
    """Compare k(k-1) times the energies with the Taylor coefficients of K''."""
    series = _taylor(statement.value / closed(varphi(b)) ** 2, len(degrees))

    def compare(degree):
        right = polynomial(projections(24)[degree][1]) ** 2
        found = sympy.expand(degree * (degree - 1) * right / factorial(degree))
        claimed = series[degree - 2]
        same = sympy.expand(found - claimed) == 0
        return same, f"t^{degree - 2} in K''/phi^2: {found} = {claimed}"

    return every(degrees, compare)


KERNEL_VALUE = exp(-(b**2) / (1 + t)) / (2 * pi * sqrt(1 - t**2))

KERNEL = Claim(
    id="neuron-kernel",
    title="The kernel with a bias",
    chapter=CHAPTER,
    statement=Statement(
        "Let $g, g_t$ be standard normal with correlation $t$, and "
        "$K(t) = \\mathbb E\\, [g + b]_+ [g_t + b]_+$. For every $[[b]]$ "
        "and $[[t]]$\n\n"
        "$$K'(t) = \\mathbb P(g > -b,\\ g_t > -b), \\qquad "
        "K''(t) = [[value]].$$",
        {"b": Reals(), "t": Reals(-1, 1, open_low=True, open_high=True)},
        {"value": KERNEL_VALUE},
    ),
    uses=("hermite-mehler", "neuron-hermite"),
    checks=(
        Check(
            "symbolic",
            "11 Taylor coefficients are energies, for symbolic b",
            _kernel_taylor,
            role="step",
        ),
        Check(
            "symbolic",
            "the pair's density, for symbolic b and t",
            _kernel_flow,
            role="step",
        ),
    ),
    planted=(
        Planted(
            "1 - t in the exponent: right at t = 0",
            {"value": exp(-(b**2) / (1 - t)) / (2 * pi * sqrt(1 - t**2))},
            near=True,
        ),
        Planted(
            "a half in the exponent",
            {"value": exp(-(b**2) / (2 * (1 + t))) / (2 * pi * sqrt(1 - t**2))},
        ),
        Planted(
            "the root is lost: right at t = 0",
            {"value": exp(-(b**2) / (1 + t)) / (2 * pi)},
            near=True,
        ),
        Planted(
            "the wrong power of 1 - t^2",
            {"value": exp(-(b**2) / (1 + t)) / (2 * pi * (1 - t**2))},
        ),
    ),
    weak=Check(
        "symbolic",
        "at t = 0 only",
        lambda statement, domain: _kernel_taylor(statement, domain, range(2, 3)),
        role="step",
    ),
    spec="NW-2",
)


@cache
def _ends():
    """Return E [g+b]_+^2 and, for b > 0, E [g+b]_+ [b-g]_+, by SymPy."""
    same = integrate((x + b) ** 2 * DENSITY, (x, -b, oo))
    opposite = integrate((b**2 - x**2) * DENSITY, (x, -b, b))
    return sympy.simplify(same), sympy.simplify(opposite)


def _ends_integrals(statement, domain) -> Result:
    """Leave both integrals to SymPy; for b <= 0 the half-lines do not meet."""
    same, opposite = (side.rewrite(sympy.erf) for side in _ends())
    claims = (closed(statement.same), closed(statement.opposite))
    claimed = [sympy.expand(side.rewrite(sympy.erf)) for side in claims]
    start = sympy.sympify(statement.start)
    result = every_identity(
        [
            ("K(1)", sympy.expand(same), claimed[0]),
            ("K(-1)", sympy.expand(opposite), claimed[1]),
        ]
    )
    if result.verdict is not Verdict.HOLDS or start == 0:
        return result
    value = opposite.subs(b, start)
    return fails(f"b = {start}: the formula gives {value}, and 0 on its other side")


def _ends_zero(statement, domain) -> Result:
    """K(1) at b = 0 only, where it is 1/2."""
    value = closed(statement.same).subs(b, 0)
    return every([0], lambda at: (value == Rational(1, 2), f"K(1): {value} = 1/2"))


ENDS = Claim(
    id="neuron-kernel-ends",
    title="The kernel at both ends",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[b]]$, $K(t) = \\mathbb E\\, [g + b]_+ [g_t + b]_+$ "
        "has\n\n"
        "$$K(1) = [[same]],$$\n\n"
        "$$K(-1) = [[opposite]] \\quad \\text{if } b > [[start]], "
        "\\qquad K(-1) = 0 \\quad \\text{otherwise}.$$",
        {"b": Reals()},
        {
            "same": (1 + b**2) * Q(-b) + b * varphi(b),
            "opposite": (b**2 - 1) * (1 - 2 * Q(b)) + 2 * b * varphi(b),
            "start": 0,
        },
    ),
    checks=(Check("symbolic", "both integrals, for symbolic b", _ends_integrals),),
    planted=(
        Planted(
            "the wrong side: right at b = 0",
            {"same": (1 + b**2) * Q(b) + b * varphi(b)},
            near=True,
        ),
        Planted(
            "the density is lost: right at b = 0",
            {"same": (1 + b**2) * Q(-b)},
            near=True,
        ),
        Planted(
            "the sign of 1",
            {"opposite": (b**2 + 1) * (1 - 2 * Q(b)) + 2 * b * varphi(b)},
        ),
        Planted("for b > -1", {"start": -1}),
    ),
    weak=Check("exact", "K(1) at b = 0 only", _ends_zero, role="step"),
    spec="NW-2",
)

CLAIMS = (HERMITE, ENERGIES, ARC_COSINE, KERNEL, ENDS)
