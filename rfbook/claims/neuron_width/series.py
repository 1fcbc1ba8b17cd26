"""Numbers for the claims on the neuron's spectrum, apart from `rfbook.single_neuron`.

`projections` integrates Hermite polynomials over a half-line, `eigenvalue_ball` sums
the series of an eigenvalue with a rigorous rest, `integral_ball` is its integral by
rigorous quadrature, `eigenvalue_exact` integrates the arc-cosine kernel in closed form.
"""

from fractions import Fraction
from functools import lru_cache
from math import comb

import sympy
from flint import acb, arb
from sympy import Integer, Rational

from rfbook.claims.tools.gaussian import hermite_recurrence, moment
from rfbook.claims.tools.sphere import zonal
from rfbook.ledger import exact_ball

# --- half-line moments ----------------------------------------------------------------


def half_line(top: int) -> list[tuple[int, list[int]]]:
    """Return E g^n 1{g > -bias} = A Phi(bias) + B(bias) phi(bias) as pairs (A, B).

    By parts, M_n = (n - 1) M_{n-2} + (-bias)^(n-1) phi(bias) with M_0 = Phi(bias).
    """
    found = [(1, [0]), (0, [1])]
    for n in range(2, top + 1):
        constant, before = found[n - 2]
        polynomial = [(n - 1) * c for c in before] + [0] * (n - len(before))
        polynomial[n - 1] += (-1) ** (n - 1)
        found.append(((n - 1) * constant, polynomial))
    return found


def is_half_line(moments: list) -> bool:
    """Whether each pair (A, B) differentiates to (-bias)^n phi; at -oo all vanish."""
    for n, (constant, polynomial) in enumerate(moments):
        slope = [0] * max(len(polynomial) + 1, n + 1)
        slope[0] += constant
        for power, c in enumerate(polynomial):
            slope[power + 1] -= c
            if power:
                slope[power - 1] += power * c
        slope[n] -= (-1) ** n
        if any(slope):
            return False
    return True


@lru_cache(maxsize=4)
def projections(top: int) -> list[tuple[list[int], list[int]]]:
    """Return E He_k(g) [g + bias]_+ = A(bias) Phi(bias) + B(bias) phi(bias), k <= top.

    Both polynomials have integer coefficients, lowest power first.
    """
    moments = half_line(top + 1)
    if not is_half_line(moments):
        raise ArithmeticError("the moments over a half-line")
    found = []
    for hermite in hermite_recurrence(top):
        sides = [[0] * (top + 3), [0] * (top + 3)]
        for power, c in enumerate(hermite):
            for shift, n in ((0, power + 1), (1, power)):
                constant, polynomial = moments[n]
                sides[0][shift] += c * constant
                for q, b in enumerate(polynomial):
                    sides[1][q + shift] += c * b
        found.append(tuple(sides))
    return found


# --- an eigenvalue in balls -----------------------------------------------------------


def normal_ball(bias):
    """Enclose Phi(bias) and phi(bias)."""
    density = (-bias * bias / 2).exp() / (2 * arb.pi()).sqrt()
    return (-bias / arb(2).sqrt()).erfc() / 2, density


@lru_cache(maxsize=32)
def energies_ball(bias: Fraction, top: int) -> list:
    """Enclose the squared Hermite coefficients of [z + bias]_+ up to degree top."""
    b = exact_ball(bias)
    mass, density = normal_ball(b)
    before, now = arb(0), arb(1)
    found = [(b * mass + density) ** 2, mass**2]
    for k in range(2, top + 1):
        found.append((density * now) ** 2 / (k * (k - 1)))
        root = arb(k - 1).sqrt()
        before, now = now, (b * now - arb(k - 2).sqrt() * before) / root
    return found


def ends_ball(bias: Fraction):
    """Enclose K(1) = E [g + bias]_+^2 and K(-1) = E [g + bias]_+ [bias - g]_+."""
    b = exact_ball(bias)
    mass, density = normal_ball(b)
    opposite = (b * b - 1) * (2 * mass - 1) + 2 * b * density
    return (1 + b * b) * mass + b * density, opposite if bias > 0 else arb(0)


@lru_cache(maxsize=4096)
def eigenvalue_ball(d: int, degree: int, bias: Fraction, top: int = 1000):
    """Enclose kappa of one degree for the ReLU with a bias at unit norm.

    The rest beyond the degree top is at most the energy of the same parity that is left
    times the next overlap, as the overlaps fall from where the test below says so.
    """
    energies = energies_ball(bias, top)
    same, opposite = ends_ball(bias)
    left = (same + (-1) ** degree * opposite) / 2
    left -= sum(energies[degree % 2 : degree : 2], arb(0))
    overlap = arb(1)
    for i in range(degree):
        overlap *= arb(i + 1) / (d + 2 * i)
    total, j = arb(0), 0
    for k in range(degree, top + 1, 2):
        total += energies[k] * overlap
        left -= energies[k]
        overlap *= arb((k + 2) * (k + 1)) / ((2 * j + 2) * (2 * j + d + 2 * degree))
        j += 1
    k = degree + 2 * j
    if (k + 2) * (k + 1) > (2 * j + 2) * (2 * j + d + 2 * degree):
        raise ArithmeticError(f"the overlaps still rise at degree {top}")
    return total + arb(0).union(left.upper() * overlap)


# --- the integral of exp(-bias^2/(1+t)) -----------------------------------------------


def integral_ball(d: int, degree: int, bias, extra: int = 0):
    """Enclose the integral of e^(-bias^2/(1+t)) (1-t^2)^((d + extra)/2) P(t) over t.

    P has the degree minus 2 and the dimension d + 4; t = cos a. Within 1/16 of a = pi,
    where 1 + t < 1/500 =: s, the integrand is at most e^(-bias^2/s) in modulus.
    """
    eigenvalue = Fraction((degree - 2) * (degree + d))
    polynomial = zonal(d + 4, degree - 2, eigenvalue, Fraction(1))
    balls = [exact_ball(c) for c in polynomial]
    square = exact_ball(bias) ** 2

    def integrand(angle, _):
        cosine = angle.cos()
        value = angle.sin() ** (d + 1 + extra)
        value *= sum((c * cosine**n for n, c in enumerate(balls)), acb(0))
        return value * (-square / (1 + cosine)).exp() if bias else value

    if not bias:
        return acb.integral(integrand, 0, arb.pi()).real
    small = arb(1) / 500
    rest = small * (-square / small).exp()
    whole = acb.integral(integrand, 0, arb.pi() - arb(1) / 16).real
    return whole + rest.union(-rest)


# --- the arc-cosine kernel, exactly ---------------------------------------------------


def wallis(n: int):
    """Return the integral of sin^n over [0, pi], a rational multiple of 1 or pi."""
    value = Integer(2) if n % 2 else sympy.pi
    for i in range(3 if n % 2 else 2, n + 1, 2):
        value *= Rational(i - 1, i)
    return value


def even_cosine(power: int, sine: int):
    """Return the integral of cos^power sin^sine over [0, pi] for an even power."""
    half = power // 2
    return sum(
        (-1) ** i * comb(half, i) * wallis(sine + 2 * i) for i in range(half + 1)
    )


def weighted_cosine(power: int, sine: int):
    """Return the integral of (pi - a) cos^power(a) sin^sine(a) over [0, pi].

    For an odd power the integrand without pi - a is the slope of S(sin a) with
    S(0) = 0, so that what is left is the integral of S(sin a).
    """
    if power % 2 == 0:
        return sympy.pi / 2 * even_cosine(power, sine)
    half = (power - 1) // 2
    return sum(
        Rational((-1) ** i * comb(half, i), sine + 2 * i + 1) * wallis(sine + 2 * i + 1)
        for i in range(half + 1)
    )


@lru_cache(maxsize=1024)
def eigenvalue_exact(d: int, degree: int):
    """Integrate the arc-cosine kernel against P of one degree under mu_d, exactly."""
    eigenvalue = Fraction(degree * (degree + d - 2))
    total = Integer(0)
    for n, c in enumerate(zonal(d, degree, eigenvalue, Fraction(1))):
        if c:
            root = even_cosine(n, d - 1) if n % 2 == 0 else 0
            term = root + weighted_cosine(n + 1, d - 2)
            total += Rational(c.numerator, c.denominator) * term
    return sympy.expand(total / (2 * sympy.pi * wallis(d - 2)))


def half_line_energy(k: int):
    """Return E(He_k(g) [g]_+)^2 / k! for [z]_+, by the moments of g over g > 0."""
    odd = even = 0
    for power, c in enumerate(hermite_recurrence(max(k, 1))[k]):
        if power % 2:
            even += c * moment(power + 1)
        else:
            rising = 1
            for i in range(2, power + 1, 2):
                rising *= i
            odd += c * rising
    mean = Rational(even, 2) + odd / sympy.sqrt(2 * sympy.pi)
    return sympy.expand(mean**2) / sympy.factorial(k)
