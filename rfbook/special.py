"""Special functions: Hermite, Gegenbauer, harmonics and scaled Bessel functions.

``mu_d`` is the law of one coordinate of a uniform point on the sphere S^{d-1} of R^d:
density proportional to (1 - t^2)^((d-3)/2) on [-1, 1] for d >= 2, and the two points
-1, 1 with weight 1/2 each for d = 1. Exact functions return integers and fractions;
the others work in float64.
"""

from __future__ import annotations

import math
from fractions import Fraction
from functools import lru_cache

import numpy as np
from scipy.special import gammaln

from rfbook.ranges import (
    ball,
    finite_answers,
    finite_array,
    finite_scalar,
    integer_from,
)

_SERIES_BELOW = 50.0
"""The sqrt(order^2 + argument^2) from which on Debye's expansion is used."""

_LARGEST_B = 1e12
"""Beyond it the logarithm of Gamma(b) has lost the digits that are left of it."""

_DEBYE_TERMS = 13
"""At `_SERIES_BELOW` the next Debye term is below 1e-16."""


def harmonic_dimension(d: int, degree: int) -> int:
    r"""Dimension of the spherical harmonics of one degree on S^{d-1}, exactly.

    .. math:: N(d, l) = \binom{d+l-1}{l} - \binom{d+l-3}{l-2}

    Parameters
    ----------
    d : int
        Dimension of the space, at least 1. On S^0 (two points) the dimensions are
        1, 1, 0, 0, ...: constants, the odd function, nothing else.
    degree : int
        Degree l, at least 0.

    Raises
    ------
    ValueError
        If d < 1, degree < 0, or either is not an integer.

    Notes
    -----
    Source: Dai & Xu, Approximation Theory and Harmonic Analysis on Spheres and Balls,
    2013, Corollary 1.1.4.

    Examples
    --------
    Homogeneous polynomials of degree 4 in 3 variables split into harmonics times powers
    of the squared norm:

    >>> sum(harmonic_dimension(3, l) for l in (4, 2, 0)) == math.comb(3 + 4 - 1, 4)
    True
    """
    d = integer_from("d", d, 1)
    degree = integer_from("degree", degree, 0)
    below = math.comb(d + degree - 3, degree - 2) if degree >= 2 else 0
    return math.comb(d + degree - 1, degree) - below


def hermite_coefficients(k: int) -> list[int]:
    """Coefficients of the monic Hermite polynomial He_k, exact integers.

    He_{k+1}(x) = x He_k(x) - k He_{k-1}(x), He_0 = 1, He_1 = x.

    Parameters
    ----------
    k : int
        Degree, at least 0.

    Returns
    -------
    list of int
        The k + 1 coefficients, lowest power first.

    Raises
    ------
    ValueError
        If k is not an integer or is negative.

    Examples
    --------
    Appell's property, He_k' = k He_{k-1}:

    >>> [j * c for j, c in enumerate(hermite_coefficients(5))][1:] == [
    ...     5 * c for c in hermite_coefficients(4)]
    True
    """
    k = integer_from("k", k, 0)
    before, now = [0], [1]
    for j in range(k):
        after = [0, *now]
        for i, c in enumerate(before if j else ()):
            after[i] -= j * c
        before, now = now, after
    return now


def hermite(k: int, x):
    r"""Orthonormal probabilists' Hermite polynomial he_k = He_k / sqrt(k!).

    .. math:: \sqrt{k+1}\, he_{k+1}(x) = x\, he_k(x) - \sqrt{k}\, he_{k-1}(x)

    so that E he_j(g) he_k(g) = 1 if j = k, else 0, for g ~ N(0, 1).

    Parameters
    ----------
    k : int
        Degree, at least 0.
    x : array_like of float
        Points, finite, any shape.

    Returns
    -------
    float or ndarray
        The values, in the shape of x.

    Raises
    ------
    ValueError
        If k is not a nonnegative integer, x is not finite, or a value overflows.

    Examples
    --------
    >>> bool(np.isclose(hermite(3, 1.7), (1.7**3 - 3 * 1.7) / math.sqrt(6)))
    True
    """
    k = integer_from("k", k, 0)
    x = finite_array("x", x)
    before, now = np.zeros_like(x), np.ones_like(x)
    with np.errstate(over="ignore", invalid="ignore"):
        for j in range(k):
            after = (x * now - math.sqrt(j) * before) / math.sqrt(j + 1)
            before, now = now, after
    if not np.isfinite(now).all():
        worst = float(np.abs(x).max())
        raise ValueError(f"he_{k} overflows float64 at |x| = {worst}")
    return now[()]


def gegenbauer(d: int, degree: int, t):
    r"""Gegenbauer polynomial P_l of dimension d, normalised to P_l(1) = 1.

    .. math:: (l + d - 2) P_{l+1}(t) = (2l + d - 2)\, t P_l(t) - l P_{l-1}(t)

    Orthogonal under mu_d with E P_l(t)^2 = 1 / N(d, l). d = 2 gives the Chebyshev
    polynomials cos(l arccos t), d = 3 the Legendre polynomials.

    Parameters
    ----------
    d : int
        Dimension, at least 1; for d = 1 only the degrees 0 and 1 exist.
    degree : int
        Degree l, at least 0.
    t : array_like of float
        Points of [-1, 1], where the recurrence is stable; any shape.

    Returns
    -------
    float or ndarray
        The values, in the shape of t.

    Raises
    ------
    ValueError
        If d < 1, degree < 0, d = 1 < degree, or a point lies outside [-1, 1].

    Notes
    -----
    Source: DLMF 18.9.1 and Table 18.9.1, divided by the value at 1 (Table 18.6.1).

    Examples
    --------
    >>> bool(np.isclose(gegenbauer(2, 7, math.cos(0.3)), math.cos(7 * 0.3)))
    True
    """
    d, degree = _sphere_degree(d, degree)
    t = finite_array("t", t)
    if (np.abs(t) > 1).any():
        raise ValueError(f"t must lie in [-1, 1], got {t[np.abs(t) > 1].flat[0]}")
    before, now = np.ones_like(t), +t if degree else np.ones_like(t)
    for j in range(1, degree):
        after = ((2 * j + d - 2) * t * now - j * before) / (j + d - 2)
        before, now = now, after
    return now[()]


def gegenbauer_coefficients(d: int, degree: int) -> list[Fraction]:
    """Coefficients of `gegenbauer`, exact fractions, lowest power first.

    Parameters
    ----------
    d : int
        Dimension, at least 1; for d = 1 only the degrees 0 and 1 exist.
    degree : int
        Degree, at least 0.

    Returns
    -------
    list of Fraction
        The degree + 1 coefficients.

    Raises
    ------
    ValueError
        As in `gegenbauer`.

    Examples
    --------
    >>> [str(c) for c in gegenbauer_coefficients(3, 2)]
    ['-1/2', '0', '3/2']
    >>> sum(gegenbauer_coefficients(7, 12)) == 1
    True
    """
    d, degree = _sphere_degree(d, degree)
    before, now = [Fraction(0)], [Fraction(1)]
    for j in range(degree):
        scale = Fraction(1, max(j + d - 2, 1)) if j else Fraction(1)
        after = [Fraction(0), *((2 * j + d - 2 if j else 1) * scale * c for c in now)]
        for i, c in enumerate(before if j else ()):
            after[i] -= j * scale * c
        before, now = now, after
    return now


def sphere_moment(d: int, k: int) -> Fraction:
    r"""Moment E t^k of mu_d, exactly.

    .. math:: E\, t^k = \frac{(k-1)!!}{d (d+2) \cdots (d+k-2)} \quad (k\ \text{even})

    and 0 for odd k.

    Parameters
    ----------
    d : int
        Dimension, at least 1.
    k : int
        Power, at least 0.

    Raises
    ------
    ValueError
        If d < 1, k < 0, or either is not an integer.

    Examples
    --------
    The squared coordinates of a unit vector sum to 1:

    >>> 5 * sphere_moment(5, 2)
    Fraction(1, 1)
    """
    d, k = integer_from("d", d, 1), integer_from("k", k, 0)
    if k % 2:
        return Fraction(0)
    return Fraction(math.prod(range(1, k, 2)), math.prod(range(d, d + k, 2)))


def sphere_overlap(d: int, k: int, degree: int) -> Fraction:
    r"""Overlap E t^k P_l(t) of a power with a Gegenbauer polynomial under mu_d.

    .. math:: q(d; k, l) = \frac{k!}{2^k\, j!\, (d/2)_{l+j}}, \qquad k = l + 2j

    and 0 when k < l or k - l is odd. ``(b)_n`` is the rising factorial.

    Parameters
    ----------
    d : int
        Dimension, at least 1; for d = 1 only the degrees 0 and 1 exist.
    k : int
        Power, at least 0.
    degree : int
        Degree l, at least 0.

    Raises
    ------
    ValueError
        As in `gegenbauer`, and if k < 0.

    Examples
    --------
    The parts of he_k(<w, x>) in the degrees of harmonics exhaust it:

    >>> sum(harmonic_dimension(4, l) * sphere_overlap(4, 9, l) for l in range(10))
    Fraction(1, 1)
    """
    d, degree = _sphere_degree(d, degree)
    k = integer_from("k", k, 0)
    if k < degree or (k - degree) % 2:
        return Fraction(0)
    j = (k - degree) // 2
    # 2^(l+j) (d/2)_{l+j} = d (d+2) ... (d + 2(l+j) - 2), an integer
    rising = math.prod(range(d, d + 2 * (degree + j), 2))
    return Fraction(math.factorial(k), 2**j * math.factorial(j) * rising)


@finite_answers
def log_scaled_hyp0f1(b: float, kappa):
    r"""Logarithm of exp(-kappa) 0F1(; b; kappa^2/4), which lies in (0, 1] for b >= 1/2.

    With nu = b - 1 this is the scaled Bessel function
    :math:`\Gamma(\nu+1) (2/\kappa)^{\nu} e^{-\kappa} I_\nu(\kappa)`, and with b = d/2
    the mean of exp(-kappa (1 - t)) under mu_d. Nothing under- or overflows.

    Parameters
    ----------
    b : float
        Parameter, from 1/2 to 1e12.
    kappa : array_like of float
        Argument, finite, at least 0, any shape.

    Returns
    -------
    float or ndarray
        Natural logarithms, in the shape of kappa. The absolute error is a few units of
        1e-16 times the largest of 1, kappa where the power series is used
        (nu^2 + kappa^2 < 2500) and b ln(b + kappa) elsewhere.

    Raises
    ------
    ValueError
        If b or kappa is out of range or not finite.

    Notes
    -----
    Source: DLMF 10.25.2 (power series, all terms positive) and 10.41.3 (Debye's
    expansion, uniform in the order, rewritten so that the order may be 0).

    Examples
    --------
    0F1(; 1/2; k^2/4) = cosh k and 0F1(; 3/2; k^2/4) = sinh(k) / k:

    >>> k = np.array([0.5, 3.0, 100.0])
    >>> bool(np.allclose(log_scaled_hyp0f1(0.5, k), np.log((1 + np.exp(-2 * k)) / 2)))
    True
    >>> bool(np.allclose(log_scaled_hyp0f1(1.5, k), np.log(-np.expm1(-2 * k) / 2 / k)))
    True
    """
    b = finite_scalar("b", b, 0.5)
    kappa = finite_array("kappa", kappa, 0)
    if b > _LARGEST_B:
        raise ValueError(f"b must be at most {_LARGEST_B}, got {b}")
    result = np.empty_like(kappa)
    series = np.hypot(b - 1, kappa) < _SERIES_BELOW
    result[series] = _log_0f1_series(b, kappa[series])
    result[~series] = _log_0f1_debye(b - 1, kappa[~series])
    return result[()]


def scaled_hyp0f1_ball(b, kappa):
    """Enclose exp(-kappa) 0F1(; b; kappa^2/4) in an Arb ball.

    Parameters
    ----------
    b : int, Fraction or flint.arb
        Parameter, at least 1/2.
    kappa : int, Fraction or flint.arb
        Argument, at least 0.

    Returns
    -------
    flint.arb
        At the current precision of ``flint.ctx``.

    Raises
    ------
    ValueError
        If b >= 1/2 or kappa >= 0 is not certain.

    Examples
    --------
    >>> from flint import arb
    >>> scaled_hyp0f1_ball(Fraction(1, 2), 3).overlaps((1 + arb(-6).exp()) / 2)
    True
    """
    from flint import arb

    b, kappa = ball(b), ball(kappa)
    if not (2 * b >= 1 and kappa >= 0):
        raise ValueError(f"b >= 1/2 and kappa >= 0 are needed, got {b} and {kappa}")
    # d/dkappa ln of the result is -E (1 - t) under a law on [-1, 1] with E t >= 0, so
    # that it lies in [-1, 0]: the radius of kappa enters as a factor
    value = _scaled_hyp0f1_exact(b, kappa.mid())
    return value * arb(0, kappa.rad()).exp()


def _sphere_degree(d: int, degree: int) -> tuple[int, int]:
    """Check a dimension and a degree that has harmonics in it."""
    d, degree = integer_from("d", d, 1), integer_from("degree", degree, 0)
    if d == 1 and degree > 1:
        raise ValueError(f"on S^0 the degrees are 0 and 1, got degree {degree}")
    return d, degree


def _scaled_hyp0f1_exact(b, kappa):
    """Enclose at an exact kappa, raising the precision while digits are lost."""
    from flint import ctx

    goal = ctx.prec
    for extra in (20, goal, 3 * goal, 7 * goal, 15 * goal):
        with ctx.extraprec(extra):
            if kappa < 1:
                value = (-kappa).exp() * (kappa * kappa / 4).hypgeom_0f1(b)
            else:
                scaled = kappa.bessel_i(b - 1, scaled=True)
                value = b.gamma() * (2 / kappa) ** (b - 1) * scaled
        if value.rel_accuracy_bits() >= goal:
            break
    return +value


def _log_0f1_series(b: float, kappa):
    """Sum the positive power series; z < 625, so its sum is below exp(50)."""
    z = kappa * kappa / 4
    total, term = np.ones_like(z), np.ones_like(z)
    n = 0
    while z.size and term.max() > 0 and (term > 1e-18 * total).any():
        n += 1
        term = term * (z / (n * (b + n - 1)))
        total += term
    return np.log(total) - kappa


def _log_0f1_debye(nu: float, kappa):
    """Debye's expansion in s = sqrt(nu^2 + kappa^2), DLMF 10.41.3."""
    s = np.hypot(nu, kappa)
    square = (nu / s) ** 2
    correction = np.zeros_like(s)
    for polynomial in reversed(_debye_polynomials()):
        correction = (
            correction + np.polynomial.polynomial.polyval(square, polynomial)
        ) / s
    return (
        gammaln(nu + 1)
        + nu * math.log(2)
        - nu * np.log(nu + s)
        + nu * nu / (s + kappa)
        - np.log(2 * np.pi * s) / 2
        + np.log1p(correction)
    )


@lru_cache(maxsize=1)
def _debye_polynomials() -> list[np.ndarray]:
    """Return the polynomials U_k(p) / p^k in p^2, k >= 1, from DLMF 10.41.9."""
    polynomials, u = [], {0: Fraction(1)}
    for k in range(1, _DEBYE_TERMS + 1):
        after: dict[int, Fraction] = {}
        for i, c in u.items():
            low = c * (Fraction(i, 2) + Fraction(1, 8 * (i + 1)))
            high = c * (Fraction(i, 2) + Fraction(5, 8 * (i + 3)))
            after[i + 1] = after.get(i + 1, 0) + low
            after[i + 3] = after.get(i + 3, 0) - high
        u = after
        polynomials.append(np.array([float(u.get(k + 2 * j, 0)) for j in range(k + 1)]))
    return polynomials
