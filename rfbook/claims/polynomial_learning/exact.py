"""Legendre polynomials from Rodrigues' formula, and exact means over [-1, 1]^d.

What the checks compare with. None of it comes from `rfbook.polynomial_learning`, which
has closed forms instead.
"""

import math
from fractions import Fraction
from functools import cache
from itertools import product

from sympy import Symbol

d = Symbol("d", integer=True, positive=True)
j = Symbol("j", integer=True, nonnegative=True)
ji = Symbol("j_i", integer=True, nonnegative=True)
ell = Symbol("l", integer=True, nonnegative=True)
li = Symbol("l_i", integer=True, nonnegative=True)
n = Symbol("n", integer=True, nonnegative=True)
FACTOR = 2 * li + 1


def indices(dimension: int, degree: int) -> list[tuple[int, ...]]:
    """List the multi-indices with sum at most `degree`."""
    ranges = [range(degree + 1)] * dimension
    return [index for index in product(*ranges) if sum(index) <= degree]


def factorials(index) -> int:
    """Return J! = prod j_i!."""
    return math.prod(map(math.factorial, index))


@cache
def rodrigues(degree: int) -> tuple[Fraction, ...]:
    """Coefficients of the l-th derivative of (t^2 - 1)^l / (2^l l!), lowest first."""
    found = [Fraction(0)] * (2 * degree + 1)
    for m in range(degree + 1):
        found[2 * m] = Fraction((-1) ** (degree - m) * math.comb(degree, m))
    for _ in range(degree):
        found = [i * c for i, c in enumerate(found)][1:]
    return tuple(c / (2**degree * math.factorial(degree)) for c in found)


def mean(coefficients) -> Fraction:
    """Mean of a polynomial in t, uniform on [-1, 1]."""
    even = (Fraction(c) / (i + 1) for i, c in enumerate(coefficients) if i % 2 == 0)
    return sum(even, Fraction(0))


@cache
def moment(power: int, degree: int) -> Fraction:
    """Mean of t^n P_l(t)."""
    return mean((0,) * power + rodrigues(degree))


def fraction(value) -> Fraction:
    """Turn a rational SymPy number into a Fraction."""
    return Fraction(int(value.p), int(value.q))


@cache
def factor_at(expression, degree: int) -> Fraction:
    """Evaluate the normalisation (2 l + 1 in the true statements) at a degree."""
    return fraction(expression.subs(li, degree))


def sum_to(series, degree: int) -> Fraction:
    """Sum prod_i series[i](l_i) over all l_1 + ... + l_d <= degree."""
    total = [Fraction(1)] + [Fraction(0)] * max(degree, 0)
    for one in series:
        values = [one(k) for k in range(degree + 1)]
        total = [
            sum((total[i] * values[k - i] for i in range(k + 1)), Fraction(0))
            for k in range(degree + 1)
        ]
    return sum(total[: degree + 1], Fraction(0))


def dual_mean(powers, index, factor, degree: int) -> Fraction:
    """E v^I G_J, the sum over |L| <= degree of factor [t^j] P_l E t^i P_l."""

    def one(power, entry):
        return lambda k: (
            factor_at(factor, k) * rodrigues(k)[entry] * moment(power, k)
            if entry <= k
            else Fraction(0)
        )

    return sum_to([one(p, e) for p, e in zip(powers, index, strict=True)], degree)


def cosine_coefficients(degree: int) -> list[Fraction]:
    """Coefficients of P_l(cos phi) in cos(k phi), k = 0, ..., l.

    Powers of cosines are expanded: cos^n is the mean of cos((n - 2 i) phi) over the
    binomial weights.
    """
    found = [Fraction(0)] * (degree + 1)
    for power, c in enumerate(rodrigues(degree)):
        for i in range(power + 1):
            found[abs(power - 2 * i)] += c * Fraction(math.comb(power, i), 2**power)
    return found


@cache
def least_norms(dimension: int, degree: int) -> dict[tuple[int, ...], Fraction]:
    """Diagonal of the inverse of the matrix E v^(I + J), |I|, |J| <= K.

    It is the least E g^2 with E v^I g = 1 for I = J and 0 for the other I: the g that
    attains it is the combination of the v^I whose coefficients are the row of J.
    """
    from flint import fmpq, fmpq_mat

    names = indices(dimension, degree)
    entries = []
    for left, right in product(names, repeat=2):
        sums = [a + b for a, b in zip(left, right, strict=True)]
        odd = any(s % 2 for s in sums)
        entries.append(fmpq(0 if odd else 1, math.prod(s + 1 for s in sums)))
    inverse = fmpq_mat(len(names), len(names), entries).inv()
    return {name: fraction(inverse[i, i]) for i, name in enumerate(names)}
