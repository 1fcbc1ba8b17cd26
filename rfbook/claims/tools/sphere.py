"""Kernels, moments and harmonics on the sphere.

Integrals over the sphere are exact: products of coordinates have rational means, and
these come from the Gaussian moments, not from `rfbook.special`. P_l comes from its
differential equation, the dimension of the harmonics from the rank of the Laplacian.
"""

from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from itertools import combinations_with_replacement, product
from math import comb, factorial, prod

import sympy
from flint import acb, arb, fmpz_mat
from sympy import Integer, Rational, RisingFactorial, Symbol, binomial, diff

from rfbook.claims.tools.gaussian import CHAPTER, moment
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
    identity,
    unknown,
)

M = Symbol("M", nonnegative=True)
d = Symbol("d", integer=True, positive=True)
ell = Symbol(r"\ell", integer=True, nonnegative=True)
i = Symbol("i", integer=True, nonnegative=True)
j = Symbol("j", integer=True, nonnegative=True)
k = Symbol("k", integer=True, positive=True)
n = Symbol("n", integer=True, nonnegative=True)
t = Symbol("t", positive=True)
z = Symbol("z", real=True)


def half(value):
    """Return value / 2, printed as one fraction."""
    return sympy.Mul(sympy.S.Half, value, evaluate=False)


def exact(value) -> Fraction:
    """Return a rational SymPy number as a Fraction."""
    value = sympy.Rational(value)
    return Fraction(int(value.p), int(value.q))


# --- Schur's test ---------------------------------------------------------------------


def _schur_pointwise(statement, domain) -> Result:
    """|K f f'| <= K (f^2 + f'^2) / 2, and the right side integrates to M |f|^2."""
    if statement.rows.symbol != "=" or not Reals(0).contains(domain["K"]):
        return unknown("the argument needs K >= 0 with equal integrals")
    kernel, left, right = sympy.symbols("K f_u f_v", real=True)
    squares = kernel * (left**2 + right**2) / 2
    return every_identity(
        [
            (
                "above",
                squares - kernel * left * right,
                kernel * (left - right) ** 2 / 2,
            ),
            (
                "below",
                squares + kernel * left * right,
                kernel * (left + right) ** 2 / 2,
            ),
            ("the norm, as constants reach it", M / 2 + M / 2, statement.norm),
        ]
    )


def _symmetric(values: Reals, size: int) -> Iterator[list[tuple[int, ...]]]:
    """Yield the symmetric integer matrices with entries in a bounded interval."""
    pairs = list(combinations_with_replacement(range(size), 2))
    for entries in product(range(values.high, values.low - 1, -1), repeat=len(pairs)):
        table = dict(zip(pairs, entries, strict=True))
        yield [
            tuple(table[min(a, b), max(a, b)] for b in range(size)) for a in range(size)
        ]


def _schur_exact(statement, domain) -> Result:
    """Uniform nu on 2 or 3 points; f runs over the vectors of -1, 0, 1."""
    norms = {}

    def compare(case):
        matrix, level = case
        size = len(matrix)
        if level not in norms:
            norms[level] = exact(statement.norm.subs(M, Rational(level)))
        for f in product((1, 0, -1), repeat=size):
            form = sum(
                matrix[a][b] * f[a] * f[b] for a, b in product(range(size), repeat=2)
            )
            value, most = Fraction(abs(form), size**2), Fraction(sum(map(abs, f)), size)
            true = value <= norms[level] * most
            true = true and (min(f) < 1 or value == norms[level])
            if not true:
                return False, f"f = {f}: {value} against {norms[level] * most}"
        return True, "the form"

    def cases():
        for size in (2, 3):
            for matrix in _symmetric(domain["K"], size):
                rows = [Fraction(sum(row), size) for row in matrix]
                for level in {min(rows), max(rows)}:
                    if all(statement.rows.exact(row, level) for row in rows):
                        yield matrix, level

    return every(cases(), compare)


SCHUR = Claim(
    id="schur-test",
    title="Schur's test with equal integrals",
    chapter=CHAPTER,
    statement=Statement(
        "Let $\\nu$ be a probability measure and $K(u, v) = K(v, u)$ a kernel with "
        "values $[[K]]$ and, for every $u$, with "
        "$\\int K(u, v)\\, \\nu(dv) [[rows]] M$. Then\n\n"
        "$$\\sup_{\\int f^2 d\\nu = 1} \\left\\lvert \\iint K(u, v) f(u) f(v)\\, "
        "\\nu(du)\\, \\nu(dv) \\right\\rvert = [[norm]],$$\n\n"
        "and $f = 1$ reaches it.",
        {"K": Reals(0)},
        {"rows": Relation("="), "norm": M},
    ),
    checks=(
        Check(
            "exact",
            "matrices of 2 or 3 rows with small integer entries",
            _schur_exact,
            {"K": Reals(-1, 2)},
            role="step",
        ),
        Check(
            "symbolic", "the bound under the integral", _schur_pointwise, role="step"
        ),
    ),
    planted=(
        Planted("K may be negative", {"K": Reals()}, near=True),
        Planted("19/20 of the norm", {"norm": 19 * M / 20}, near=True),
        Planted("the square: right for M = 1", {"norm": M**2}, near=True),
        Planted("integrals at most M", {"rows": Relation("<=")}, near=True),
        Planted("integrals at least M", {"rows": Relation(">=")}),
    ),
    weak=Check(
        "exact",
        "K = 1 only",
        lambda statement, domain: _schur_exact(statement, {"K": Reals(1, 1)}),
        role="step",
    ),
)


# --- moments of one coordinate --------------------------------------------------------


@cache
def squared_norm_moment(dimension: int, power: int) -> int:
    """Return E |x|^(2 power) for x ~ N(0, I), adding one coordinate at a time."""
    if dimension == 0:
        return int(power == 0)
    return sum(
        comb(power, q) * moment(2 * q) * squared_norm_moment(dimension - 1, power - q)
        for q in range(power + 1)
    )


@cache
def sphere_mean(powers: tuple[int, ...]) -> Fraction:
    """Return the mean of v_1^a v_2^b ... over the unit sphere.

    In polar coordinates E x_1^a x_2^b ... = E |x|^(a+b+...) times this mean.
    """
    total = sum(powers)
    if any(power % 2 for power in powers):
        return Fraction(0)
    gaussian = prod(moment(power) for power in powers)
    return Fraction(gaussian, squared_norm_moment(len(powers), total // 2))


def _moments_ratio(statement, domain) -> Result:
    """Integrate d/dt [t^(2n+1) (1 - t^2)^((d-1)/2)] over [-1, 1]: 0; or d = 1, t^2 = 1.

    The bracket is t (1 - t^2) times t^(2n) and the weight of mu_d.
    """
    logarithm = (2 * n + 1) * sympy.log(t) + half(d - 1) * sympy.log(1 - t**2)
    slope = sympy.Poly(sympy.cancel(diff(logarithm, t) * t * (1 - t**2)), t)
    ratio = -slope.coeff_monomial(1) / slope.coeff_monomial(t**2)
    return every_identity(
        [
            ("no other powers", slope.as_expr(), slope.nth(0) + slope.nth(2) * t**2),
            ("E t^(2n+2) / E t^(2n)", ratio, statement.factor.subs(i, n)),
            ("d = 1", Integer(1), statement.factor.subs(d, 1)),
        ]
    )


def _moments_exact(statement, domain) -> Result:
    def compare(case):
        dimension, power = case
        found = sphere_mean((2 * power,) + (0,) * (dimension - 1))
        factors = (statement.factor.subs({d: dimension, i: q}) for q in range(power))
        claimed = prod((exact(factor) for factor in factors), start=Fraction(1))
        return found == claimed, f"(d, n): {found} = {claimed}"

    return every(product(domain["d"], domain["n"]), compare)


MOMENTS = Claim(
    id="sphere-moments",
    title="Moments of one coordinate on the sphere",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and $[[n]]$,\n\n"
        "$$\\mathbb E_{t \\sim \\mu_d}\\, t^{2n} = \\prod_{i=0}^{n-1} [[factor]],$$\n\n"
        "and the odd moments vanish.",
        {"d": Integers(1), "n": Integers(0)},
        {"factor": (2 * i + 1) / (d + 2 * i)},
    ),
    checks=(
        Check(
            "exact",
            "against Gaussian moments",
            _moments_exact,
            {"d": Integers(1, 12), "n": Integers(0, 12)},
        ),
        Check(
            "symbolic",
            "consecutive moments, for symbolic n and d",
            _moments_ratio,
            role="step",
        ),
    ),
    planted=(
        Planted("right for n = 1 only", {"factor": (2 * i + 1) / (d + i)}, near=True),
        Planted(
            "right for d = 1 only", {"factor": (2 * i + 1) / (2 * d * i + d)}, True
        ),
        Planted("d + 1 for d", {"factor": (2 * i + 1) / (d + 1 + 2 * i)}),
        Planted("a Gaussian of variance 1/d", {"factor": (2 * i + 1) / d}, near=True),
    ),
    weak=Check(
        "exact",
        "n < 2 only",
        _moments_exact,
        {"d": Integers(1, 12), "n": Integers(0, 1)},
    ),
)


def _exponential_ratio(statement, domain) -> Result:
    """Compare consecutive terms: z^2n E t^2n / (2n)! with y^n / (n! (b)_n)."""
    moments = z**2 / ((2 * n + 1) * (2 * n + 2)) * MOMENTS.statement.factor.subs(i, n)
    hypergeometric = statement.argument / ((n + 1) * (statement.parameter + n))
    return identity(moments, hypergeometric)


def _exponential_integral(statement, domain) -> Result:
    """Integrate rigorously over a, t = cos(a): mu_d becomes sin(a)^(d-2) on [0, pi]."""

    def sides(case):
        dimension, point = case

        def mean(function):
            def integrand(angle, _):
                return function(angle) * angle.sin() ** (dimension - 2)

            return acb.integral(integrand, 0, arb.pi()).real

        frequency = exact_ball(point)
        left = mean(lambda a: (frequency * a.cos()).exp()) / mean(lambda a: a**0)
        parameter = exact_ball(statement.parameter.subs(d, dimension))
        argument = exact_ball(statement.argument.subs({z: point, d: dimension}))
        return _near(left, argument.hypgeom_0f1(parameter))

    points = [Rational(-5, 2), Rational(1, 3), Rational(4)]
    return every_ball(product(domain["d"], points), sides, Relation("<"))


def _near(left: arb, right: arb) -> tuple[arb, arb]:
    """Return how far apart two balls are, and 1e-12 of the second."""
    return abs(left - right), abs(right) * exact_ball(Fraction(1, 10**12))


EXPONENTIAL = Claim(
    id="sphere-exponential",
    title="The mean of an exponential on the sphere",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and $[[z]]$,\n\n"
        "$$\\mathbb E_{t \\sim \\mu_d}\\, e^{z t} = "
        "{}_0F_1\\Bigl(;\\, [[parameter]];\\, [[argument]]\\Bigr), \\qquad "
        "{}_0F_1(;\\, b;\\, y) = \\sum_{n \\ge 0} "
        "\\frac{y^n}{n!\\, b (b+1) \\cdots (b+n-1)}.$$",
        {"d": Integers(1), "z": Reals()},
        {"parameter": d / 2, "argument": z**2 / 4},
    ),
    uses=("sphere-moments",),
    checks=(
        Check(
            "interval",
            "the integral, for d = 2 to 9 at three z, to 12 digits",
            _exponential_integral,
            {"d": Integers(2, 9)},
            role="step",
        ),
        Check(
            "symbolic",
            "consecutive terms, for symbolic n, d and z",
            _exponential_ratio,
            given=("sphere-moments",),
            role="step",
        ),
    ),
    planted=(
        Planted("a half for a quarter", {"argument": z**2 / 2}),
        Planted("0.26 for a quarter", {"argument": 13 * z**2 / 50}, near=True),
        Planted("the order of the Bessel function", {"parameter": d / 2 - 1}),
        Planted("right for d = 1 only", {"parameter": d - Rational(1, 2)}, near=True),
        Planted("the sign", {"argument": -(z**2) / 4}),
    ),
    weak=Check(
        "exact",
        "E t^2 for d = 1",
        lambda statement, domain: every(
            [1],
            lambda one: (
                2 * (statement.argument / statement.parameter).subs(d, one) == z**2,
                "z^2 E t^2 = z^2",
            ),
        ),
        role="step",
    ),
)


# --- harmonics ------------------------------------------------------------------------


def monomials(dimension: int, degree: int) -> list[tuple[int, ...]]:
    """Return the exponents of all monomials of one degree."""
    picks = combinations_with_replacement(range(dimension), degree)
    return [tuple(pick.count(axis) for axis in range(dimension)) for pick in picks]


def laplacian_kernel(dimension: int, degree: int) -> int:
    """Return the dimension of the Laplacian's kernel on one degree, by exact rank."""
    columns = monomials(dimension, degree)
    if degree < 2:
        return len(columns)
    rows = {powers: r for r, powers in enumerate(monomials(dimension, degree - 2))}
    matrix = [[0] * len(columns) for _ in rows]
    for c, powers in enumerate(columns):
        for axis, power in enumerate(powers):
            if power > 1:
                lower = (*powers[:axis], power - 2, *powers[axis + 1 :])
                matrix[rows[lower]][c] = power * (power - 1)
    return len(columns) - fmpz_mat(matrix).rank()


def _dimension_exact(statement, domain) -> Result:
    def compare(case):
        claimed = (statement.all - statement.taken).subs({d: case[0], ell: case[1]})
        found = laplacian_kernel(*case)
        return found == claimed, f"(d, l): {found} = {claimed}"

    return every(product(domain["d"], domain["ell"]), compare)


def _dimension_counted(statement, domain) -> Result:
    """Count monomials; the Laplacian is onto, as it is adjoint to times |x|^2.

    In Fischer's product <x^a, x^b> = a! if a = b, else 0, both <D_1^2 x^a, x^b> and
    <x^a, x_1^2 x^b> are a! if a = b + 2 e_1, else 0; times |x|^2 is one to one.
    """
    count = binomial(d + ell - 1, ell)
    power = Symbol("a", integer=True, positive=True) + 1
    lowered = power * (power - 1) * sympy.factorial(power - 2)
    one_more = count.subs(d, d + 1).subs(ell, ell + 1)
    by_last = count.subs(d, d + 1) + count.subs(ell, ell + 1)
    return every_identity(
        [
            ("Fischer", lowered, sympy.factorial(power)),
            ("monomials, by the power of the last", one_more, by_last),
            ("degree 0", count.subs(ell, 0), 1),
            ("dimension 1", count.subs(d, 1), 1),
            ("all", count, statement.all),
            ("taken away", count.subs(ell, ell - 2), statement.taken),
        ]
    )


DIMENSION = Claim(
    id="harmonic-dimension",
    title="How many spherical harmonics there are",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and $[[ell]]$, "
        "with $\\binom{m}{-1} = \\binom{m}{-2} = 0$,\n\n"
        "$$\\dim \\mathcal H_\\ell^d = [[all]] - [[taken]].$$",
        {"d": Integers(2), "ell": Integers(0)},
        {
            "all": binomial(d + ell - 1, ell),
            "taken": binomial(d + ell - 3, ell - 2),
        },
    ),
    checks=(
        Check(
            "exact",
            "the rank of the Laplacian",
            _dimension_exact,
            {"d": Integers(2, 5), "ell": Integers(0, 6)},
        ),
        Check(
            "symbolic",
            "counted, for symbolic d and degree",
            _dimension_counted,
            role="step",
        ),
    ),
    planted=(
        Planted(
            "all polynomials: right for degrees 0 and 1", {"taken": Integer(0)}, True
        ),
        Planted(
            "one degree less is taken away", {"taken": binomial(d + ell - 2, ell - 1)}
        ),
        Planted("right for d = 2", {"taken": binomial(ell - 1, ell - 2)}, near=True),
        Planted("one variable more", {"all": binomial(d + ell, ell)}),
    ),
    weak=Check(
        "exact",
        "degrees 0 and 1 only",
        _dimension_exact,
        {"d": Integers(2, 5), "ell": Integers(0, 1)},
    ),
)


def zonal(dimension: int, degree: int, eigenvalue: Fraction, at_one: Fraction):
    """Return P of one degree with (1 - t^2) P'' - (d - 1) t P' + eigenvalue P = 0.

    Coefficients, lowest power first, scaled to P(1) = at_one; None where no polynomial
    of this degree solves the equation.
    """
    if eigenvalue != degree * (degree + dimension - 2):
        return None
    found = [Fraction(0)] * (degree + 1)
    found[degree] = Fraction(1)
    for power in range(degree - 2, -1, -2):
        gap = eigenvalue - power * (power + dimension - 2)
        found[power] = -(power + 1) * (power + 2) * found[power + 2] / gap
    return [at_one * c / sum(found) for c in found]


def weighted_mean(coefficients: list, exponent: Fraction) -> Fraction:
    """Return the mean of a polynomial under the weight (1 - t^2)^exponent.

    The mean of t^(2n), a Beta integral, is the product over i < n of
    (2i + 1) / (2i + 3 + 2 exponent).
    """
    return sum(
        c
        * prod(Fraction(2 * q + 1) / (2 * q + 3 + 2 * exponent) for q in range(p // 2))
        for p, c in enumerate(coefficients)
        if p % 2 == 0
    )


UNIT = {
    2: (Fraction(3, 5), Fraction(4, 5)),
    3: (Fraction(1, 3), Fraction(2, 3), Fraction(2, 3)),
    4: (Fraction(1, 2),) * 4,
    5: (Fraction(1, 5), Fraction(2, 5), Fraction(2, 5), Fraction(4, 5), Fraction(0)),
}


def linear_power(weights: tuple, power: int) -> dict:
    """Return <weights, v>^power as a mapping from exponents to coefficients."""
    return {
        powers: factorial(power)
        * prod(
            weight**q * Fraction(1, factorial(q))
            for weight, q in zip(weights, powers, strict=True)
        )
        for powers in monomials(len(weights), power)
    }


def isotropic(dimension: int, degree: int) -> list[dict]:
    """Return real and imaginary part of (v_1 + i <b, v>)^degree, |b| = 1, b_1 = 0.

    Powers of <c, v> with c isotropic are harmonic, as D_c^2 multiplies by <c, c> = 0.
    """
    last = (Fraction(3, 5), Fraction(4, 5)) if dimension > 2 else (Fraction(1),)
    parts: list[dict] = [{}, {}]
    for turned in range(degree + 1):
        sign = -1 if turned % 4 > 1 else 1
        across = linear_power(last, turned)
        for powers, c in across.items():
            full = (degree - turned, *powers)
            full += (0,) * (dimension - len(full))
            parts[turned % 2][full] = sign * comb(degree, turned) * c
    return [part for part in parts if part]


def evaluate(polynomial: dict, point: tuple) -> Fraction:
    """Return the value of a polynomial at a point."""
    return sum(
        c * prod(x**p for x, p in zip(point, powers, strict=True))
        for powers, c in polynomial.items()
    )


def product_over_sphere(left: dict, right: dict) -> Fraction:
    """Return the mean of a product of two polynomials over the sphere."""
    return sum(
        a * b * sphere_mean(tuple(sorted(p + q for p, q in zip(u, v, strict=True))))
        for u, a in left.items()
        for v, b in right.items()
    )


def _funk_hecke_exact(statement, domain) -> Result:
    """K = t^k for k up to l + 3, Y an isotropic power, u a rational unit vector."""

    def compare(case):
        dimension, degree = case
        values = {d: dimension, ell: degree}
        parts = (statement.eigenvalue, statement.at_one, statement.exponent)
        eigenvalue, at_one, exponent = (
            exact(sympy.sympify(part).subs(values)) for part in parts
        )
        polynomial = zonal(dimension, degree, eigenvalue, at_one)
        if polynomial is None:
            return False, f"(d, l): P exists for the coefficient {eigenvalue}"
        u = UNIT[dimension]
        for power in range(degree + 4):
            kappa = weighted_mean([Fraction(0)] * power + polynomial, exponent)
            kernel = linear_power(u, power)
            for harmonic in isotropic(dimension, degree):
                left = product_over_sphere(kernel, harmonic)
                right = kappa * evaluate(harmonic, u)
                if left != right:
                    return False, f"(d, l), K = t^{power}: {left} = {right}"
        return True, "both sides"

    return every(product(domain["d"], domain["ell"]), compare)


def _funk_hecke_zonal(statement, domain) -> Result:
    """Decide the algebra of the proof: averages about u are zonal, zonal means P.

    The Laplacian of r^l P(x/r) gives the equation, by its monomials P = t^m; at t = 1
    its m-th derivative fixes P^(m+1)(1) by P^(m)(1), as 2m + d - 1 > 0; the slice at
    height t is a sphere of dimension d - 2 and radius sqrt(1 - t^2).
    """
    m = Symbol("m", integer=True, nonnegative=True)
    x, rest = sympy.symbols("x rho", positive=True)
    solid = x**m * (x**2 + rest**2) ** ((ell - m) / 2)
    laplacian = (
        diff(solid, x, 2) + diff(solid, rest, 2) + (d - 2) * diff(solid, rest) / rest
    )
    on_sphere = sympy.simplify((laplacian / solid).subs(rest, sympy.sqrt(1 - x**2)))
    equation = m * (m - 1) * (1 - x**2) / x**2 - (d - 1) * m + statement.eigenvalue
    slice_exponent = (d - 2) / sympy.S(2) - Rational(1, 2)
    return every_identity(
        [
            ("Laplacian", on_sphere, equation),
            ("the degree", statement.eigenvalue, ell * (ell + d - 2)),
            ("the density", slice_exponent, statement.exponent),
            ("the average at u itself", Integer(1), statement.at_one),
        ]
    )


FUNK_HECKE = Claim(
    id="funk-hecke",
    title="Zonal kernels act on harmonics by numbers (Funk and Hecke)",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and $[[ell]]$ let $P_\\ell^{(d)}$ be the polynomial "
        "of degree "
        "$\\ell$ with\n\n"
        "$$(1 - t^2) P'' - (d - 1)\\, t P' + [[eigenvalue]]\\, P = 0, "
        "\\qquad P(1) = [[at_one]].$$\n\n"
        "Then for every bounded measurable $K$ on $[-1, 1]$, every "
        "$Y \\in \\mathcal H_\\ell^d$ and every unit vector $u$,\n\n"
        "$$\\int_{S^{d-1}} K(\\langle u, v \\rangle)\\, Y(v)\\, \\sigma(dv) = "
        "\\kappa_\\ell\\, Y(u), \\qquad \\kappa_\\ell = "
        "\\frac{\\int_{-1}^1 K P_\\ell^{(d)} (1 - t^2)^{[[exponent]]}\\, dt}"
        "{\\int_{-1}^1 (1 - t^2)^{[[exponent]]}\\, dt}.$$",
        {"d": Integers(2), "ell": Integers(0)},
        {
            "eigenvalue": ell * (ell + d - 2),
            "at_one": 1,
            "exponent": half(d - 3),
        },
    ),
    checks=(
        Check(
            "exact",
            "powers K against isotropic powers Y at a rational point",
            _funk_hecke_exact,
            {"d": Integers(2, 5), "ell": Integers(0, 4)},
            role="step",
        ),
        Check(
            "symbolic",
            "zonal harmonics, for symbolic d and degree",
            _funk_hecke_zonal,
            role="step",
        ),
    ),
    planted=(
        Planted("Legendre's: right for d = 3", {"eigenvalue": ell * (ell + 1)}, True),
        Planted("d - 1 for d - 2", {"eigenvalue": ell * (ell + d - 1)}),
        Planted("P(1) is 0.95", {"at_one": Fraction(19, 20)}, near=True),
        Planted("one dimension more", {"exponent": half(d - 2)}),
        Planted("right for d = 2", {"exponent": d - Rational(5, 2)}, near=True),
    ),
    weak=Check(
        "exact",
        "the constant harmonic only",
        _funk_hecke_exact,
        {"d": Integers(2, 5), "ell": Integers(0, 0)},
        role="step",
    ),
)


# --- the overlap of a power with a harmonic -------------------------------------------


@cache
def overlap_means(dimension: int, degree: int, top: int) -> tuple[Fraction, ...]:
    """Return E t^k P for k = 0, ..., top, by the moments of one coordinate."""
    eigenvalue = Fraction(degree * (degree + dimension - 2))
    polynomial = zonal(dimension, degree, eigenvalue, Fraction(1))
    others = (0,) * (dimension - 1)
    return tuple(
        sum(c * sphere_mean((p + power, *others)) for p, c in enumerate(polynomial))
        for power in range(top + 1)
    )


def _overlap_exact(statement, domain) -> Result:
    """Compare the value, what is said to be zero, and the step in the degree."""

    def compare(case):
        dimension, degree, extra = case
        top = degree + 2 * extra
        means = overlap_means(dimension, degree, top)
        claimed = exact(statement.value.subs({d: dimension, ell: degree, j: extra}))
        zeros = not any(means[:degree]) and not any(means[degree + 1 :: 2])
        if not zeros or means[-1] != claimed:
            return False, f"(d, l, j): {means[-1]} = {claimed}"
        for power in range(1, top + 1) if degree else ():
            below = overlap_means(dimension + 2, degree - 1, top - 1)[power - 1]
            factor = statement.step.subs({d: dimension, ell: degree, k: power})
            if means[power] != exact(factor) * below:
                return False, f"(d, l, j), k = {power}: {means[power]} from {below}"
        return True, "value and step"

    return every(product(domain["d"], domain["ell"], domain["j"]), compare)


def _overlap_base(statement, domain) -> Result:
    """Compare l = 0 with the moments: the start j = 0, and consecutive j."""
    value = statement.value.subs(ell, 0)
    ratio = sympy.gammasimp(value.subs(j, j + 1) / value)
    factor = MOMENTS.statement.factor.subs(i, j)
    return every_identity(
        [("j = 0", value.subs(j, 0), 1), ("j + 1 against j", ratio, factor)]
    )


def _overlap_step(statement, domain) -> Result:
    """Compare the values of (d, l + 1) and (d + 2, l), with the same j, by the step."""
    value = statement.value
    ratio = sympy.gammasimp(value.subs(ell, ell + 1) / value.subs(d, d + 2))
    return identity(ratio, statement.step.subs(ell, ell + 1).subs(k, ell + 1 + 2 * j))


def _overlap_lowering(statement, domain) -> Result:
    """(1 - t^2)^((d-1)/2) P_(l-1)^(d+2) has the slope -(d - 1) (...)^((d-3)/2) P_l^(d).

    The slope solves the equation of (d, l) because P_(l-1)^(d+2) =: y solves its own,
    and at t = 1 it is -(d - 1). So t^k P_l^(d), integrated by parts, leaves k / (d - 1)
    times t^(k-1) P_(l-1)^(d+2), and E (1 - t^2) is the quotient of the normalisations.
    """
    y, y1 = sympy.symbols("y y1")
    rate = (ell - 1) * (ell - 1 + d)
    y2 = ((d + 1) * t * y1 - rate * y) / (1 - t**2)

    def slope(f):
        return diff(f, t) + diff(f, y) * y1 + diff(f, y1) * y2

    lowered = (1 - t**2) * y1 - (d - 1) * t * y
    once = slope(lowered)
    equation = (1 - t**2) * slope(once) - (d - 1) * t * once
    at_one = lowered.subs({t: 1, y: 1})
    quotient = 1 - MOMENTS.statement.factor.subs(i, 0)
    return every_identity(
        [
            ("the equation", equation + ell * (ell + d - 2) * lowered, Integer(0)),
            ("at t = 1", at_one, -(d - 1)),
            ("the step", -k / at_one * quotient, statement.step),
        ]
    )


def overlap(power, factor=1):
    """Return (l + 2j)! / (2^(l + 2j) factor (d/2)^(power)), power a rising one."""
    degree = ell + 2 * j
    below = 2**degree * factor * RisingFactorial(d / 2, power)
    return sympy.factorial(degree) / below


OVERLAP = Claim(
    id="sphere-overlap",
    title="The overlap of a power with a harmonic",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[ell]]$ and $[[j]]$, with $x^{(n)} = x (x+1) \\cdots "
        "(x+n-1)$,\n\n"
        "$$\\mathbb E_{t \\sim \\mu_d}\\, t^{\\ell + 2j} P_\\ell^{(d)}(t) = [[value]],"
        "$$\n\nand $\\mathbb E_{t \\sim \\mu_d}\\, t^k P_\\ell^{(d)}(t) = 0$ if "
        "$k < \\ell$ or $k - \\ell$ is odd. For all $k, \\ell \\ge 1$\n\n"
        "$$\\mathbb E_{t \\sim \\mu_d}\\, t^k P_\\ell^{(d)}(t) = [[step]]\\, "
        "\\mathbb E_{t \\sim \\mu_{d+2}}\\, t^{k-1} P_{\\ell-1}^{(d+2)}(t).$$",
        {"d": Integers(2), "ell": Integers(0), "j": Integers(0)},
        {"value": overlap(ell + j, sympy.factorial(j)), "step": k / d},
    ),
    uses=("sphere-moments", "funk-hecke"),
    checks=(
        Check(
            "exact",
            "by the moments",
            _overlap_exact,
            {"d": Integers(2, 6), "ell": Integers(0, 6), "j": Integers(0, 4)},
        ),
        Check(
            "symbolic",
            "l = 0: the moments",
            _overlap_base,
            {"ell": Integers(0, 0)},
            role="base",
            over="ell",
            given=("sphere-moments",),
        ),
        Check(
            "symbolic",
            "from (d + 2, l) to (d, l + 1)",
            _overlap_step,
            {},
            "induction",
            "ell",
        ),
        Check(
            "symbolic",
            "the integration by parts",
            _overlap_lowering,
            role="step",
            given=("sphere-moments",),
        ),
    ),
    planted=(
        Planted("j! is lost: right for j < 2", {"value": overlap(ell + j)}, near=True),
        Planted("(2j)! for j!", {"value": overlap(ell + j, sympy.factorial(2 * j))}),
        Planted(
            "a rising power too short: right for l = 0",
            {"value": overlap(j, sympy.factorial(j))},
            near=True,
        ),
        Planted(
            "one step too long", {"value": overlap(ell + j + 1, sympy.factorial(j))}
        ),
        Planted(
            "1.05 times too much",
            {"value": Rational(21, 20) * overlap(ell + j, sympy.factorial(j))},
            near=True,
        ),
        Planted("the degree for k: right for j = 0", {"step": ell / d}, near=True),
        Planted("the quotient of the normalisations lost", {"step": k / (d - 1)}),
    ),
    weak=Check(
        "exact",
        "j = 0 only",
        _overlap_exact,
        {"d": Integers(2, 6), "ell": Integers(0, 6), "j": Integers(0, 0)},
    ),
)

CLAIMS = (SCHUR, MOMENTS, EXPONENTIAL, DIMENSION, FUNK_HECKE, OVERLAP)
