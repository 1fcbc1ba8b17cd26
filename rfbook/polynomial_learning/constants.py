r"""The constants of the theorem on polynomials, as functions that return numbers.

The network is ``sum_i u_i sigma(<w_i, x>)`` with N neurons, ``|w_i| <= 1`` and
``u_i = 0`` at the start. It is trained by T steps of size eta of stochastic gradient
descent on the hinge loss, one fresh example a step, ``|x| <= 1``, both layers at once.
H and L bound the activation and its slope on [-2, 2]; C bounds the weight function g.

Numbers are taken as exact: a float stands for its binary value. Widths and times come
out as integers that satisfy their inequalities exactly.

Source: Yehudai & Shamir 2019, Theorem 3.1 and, in the later arXiv text, the theorems on
its three steps. Their constants are not in the texts that could be read: those here are
the ones of ``book/polynomial-learning.md``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from rfbook.polynomial_learning.representation import (
    ACTIVATIONS,
    Activation,
    WeightFunction,
    activation,
    degree,
    error_bound,
    rational,
    weight_function,
)
from rfbook.ranges import ball, finite_answers, finite_scalar, instance_of, integer_from

MOST_POWERS = 40
"""`least_power` looks no further."""


def positive(name: str, value) -> Fraction:
    """Return an exact number that is above 0.

    Raises
    ------
    ValueError
        If it is not a finite rational number, or not positive.

    Examples
    --------
    >>> positive("C", 0.25)
    Fraction(1, 4)
    >>> positive("C", 0)
    Traceback (most recent call last):
        ...
    ValueError: C must be positive, got 0
    """
    number = rational(name, value)
    if number <= 0:
        raise ValueError(f"{name} must be positive, got {value}")
    return number


def _least_root(square: Fraction) -> int:
    """Return the least integer whose square is at least the given number."""
    root = math.isqrt(math.ceil(square))
    return root if root * root >= square else root + 1


# --- descent against frozen features --------------------------------------------------


@finite_answers
def drift_bound(eta, t: int, H, L) -> Fraction:
    r"""Bound of the way of one first-layer weight in t steps.

    .. math:: \lVert w_i^{(t)} - w_i^{(0)} \rVert
        \le \tfrac12\, \eta^2\, t (t - 1)\, H L,

    as long as the right side is at most 1.

    Parameters
    ----------
    eta : number
        Step size, positive.
    t : int
        Number of steps, at least 0.
    H, L : number
        Bounds of the activation and of its slope on [-2, 2], positive.

    Raises
    ------
    ValueError
        If an argument is out of range, or the bound is above 1: then it is not proved.

    Examples
    --------
    It is the sum of eta |u_i| L, with |u_i| at most eta s H after s steps:

    >>> steps = [Fraction(1, 10) ** 2 * s * 2 * 3 for s in range(5)]
    >>> drift_bound(Fraction(1, 10), 5, 2, 3) == sum(steps)
    True
    """
    t = integer_from("t", t, 0)
    eta, H, L = positive("eta", eta), positive("H", H), positive("L", L)
    way = eta**2 * t * (t - 1) / 2 * H * L
    if way > 1:
        raise ValueError(
            f"the bound must be at most 1, got {float(way):g}: beyond norm 2 the "
            "activation is not bounded by H and L"
        )
    return way


def descent_terms(C, H, L, N: int, T: int, eta) -> tuple[Fraction, Fraction, Fraction]:
    r"""Three terms whose sum bounds the excess over frozen features.

    .. math:: \frac{C^2}{2 \eta T N}, \qquad \frac{\eta N H^2}{2}, \qquad
        \frac{C H L^2 \eta^2 T^2}{2}

    for every comparator with |u_i| <= C/N: the start, the steps and the drift.

    Parameters
    ----------
    C, H, L, eta : number
        Positive.
    N, T : int
        At least 1.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    At the width, time and step size below all three are eps/3, where these come out
    without rounding:

    >>> C, H, L, eps = 2, 1, 1, Fraction(3, 4)
    >>> N, T = descent_width(C, H, L, eps), descent_time(C, H, eps)
    >>> descent_terms(C, H, L, N, T, descent_step(C, N, T, eps)) == (eps / 3,) * 3
    True
    """
    C, H, L, eta = (
        positive(name, value)
        for name, value in zip(("C", "H", "L", "eta"), (C, H, L, eta), strict=True)
    )
    N, T = integer_from("N", N, 1), integer_from("T", T, 1)
    start = C**2 / (2 * eta * T * N)
    steps = eta * N * H**2 / 2
    return start, steps, C * H * L**2 * eta**2 * T**2 / 2


def descent_time(C, H, eps) -> int:
    r"""Least number of steps for an excess loss of at most eps.

    .. math:: T = \Big\lceil \frac{9\, C^2 H^2}{4\, \varepsilon^2} \Big\rceil

    Parameters
    ----------
    C, H, eps : number
        Positive.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> descent_time(2, 1, 1), descent_time(2, 1, Fraction(1, 2))
    (9, 36)
    """
    C, H, eps = positive("C", C), positive("H", H), positive("eps", eps)
    return math.ceil(9 * C**2 * H**2 / (4 * eps**2))


def descent_width(C, H, L, eps) -> int:
    r"""Least number of neurons for an excess loss of at most eps.

    .. math:: N = \Big\lceil \max\Big\{ \sqrt{\frac{27\, C^5 H L^2}{8\,
        \varepsilon^3}},\; \frac{3\, C^2}{2\, \varepsilon} \sqrt{\frac{H L}{2}}
        \Big\} \Big\rceil

    The first keeps the features close to their start, the second keeps the weights in
    the ball of radius 2.

    Parameters
    ----------
    C, H, L, eps : number
        Positive.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    The weights then move by at most 1:

    >>> N, T = descent_width(3, 2, 5, 1), descent_time(3, 2, 1)
    >>> drift_bound(descent_step(3, N, T, 1), T, 2, 5) <= 1
    True
    """
    C, H, L = positive("C", C), positive("H", H), positive("L", L)
    eps = positive("eps", eps)
    drift = 27 * C**5 * H * L**2 / (8 * eps**3)
    inside = 9 * C**4 * H * L / (8 * eps**2)
    return _least_root(max(drift, inside))


def descent_step(C, N: int, T: int, eps) -> Fraction:
    r"""Step size for N neurons and T steps.

    .. math:: \eta = \frac{3\, C^2}{2\, \varepsilon\, N\, T}

    Parameters
    ----------
    C, eps : number
        Positive.
    N, T : int
        At least 1.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    The product eta T N does not depend on the rounding of T:

    >>> descent_step(2, 5, 10, 1) * 10 == descent_step(2, 5, 11, 1) * 11
    True
    """
    C, eps = positive("C", C), positive("eps", eps)
    N, T = integer_from("N", N, 1), integer_from("T", T, 1)
    return 3 * C**2 / (2 * eps * N * T)


# --- concentration --------------------------------------------------------------------


def _deviation_ball(L, H, delta):
    """Enclose 2 L / sqrt(3) + H sqrt(2 ln(2/delta))."""
    logarithm = ball(2 / delta).log()
    return 2 * ball(L) / ball(3).sqrt() + ball(H) * (2 * logarithm).sqrt()


def _probability(delta) -> Fraction:
    delta = positive("delta", delta)
    if delta >= 1:
        raise ValueError(f"delta must be below 1, got {delta}")
    return delta


def concentration_bound(C, L, H, N: int, delta) -> float:
    r"""Uniform distance of N random features from their mean.

    .. math:: \frac{C}{\sqrt N} \Big( \frac{2 L}{\sqrt 3}
        + H \sqrt{2 \ln \frac{2}{\delta}} \Big)

    bounds the supremum over |x| <= 1 of
    ``|sum_i g(w_i) sigma(<w_i, x>) / N - E g(w) sigma(<w, x>)|``
    with a probability of at least 1 - delta.

    Parameters
    ----------
    C : number
        Bound of |g|, positive.
    L, H : number
        Bounds of the slope of the activation and of itself on [-1, 1], positive.
    N : int
        Number of features, at least 1.
    delta : number
        Probability of failure, between 0 and 1.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    Four times as many features halve it:

    >>> ratio = concentration_bound(2, 1, 1, 50, 0.1)
    >>> ratio /= concentration_bound(2, 1, 1, 200, 0.1)
    >>> math.isclose(ratio, 2)
    True
    """
    C, L, H = positive("C", C), positive("L", L), positive("H", H)
    delta, N = _probability(delta), integer_from("N", N, 1)
    return float(ball(C) * _deviation_ball(L, H, delta) / ball(N).sqrt())


def concentration_width(C, L, H, eps, delta) -> int:
    r"""Least number of features with a `concentration_bound` of at most eps.

    .. math:: N = \Big\lceil \frac{C^2}{\varepsilon^2} \Big( \frac{2 L}{\sqrt 3}
        + H \sqrt{2 \ln \frac{2}{\delta}} \Big)^2 \Big\rceil

    Parameters
    ----------
    C, L, H, eps : number
        Positive.
    delta : number
        Between 0 and 1.

    Returns
    -------
    int
        From a ball of 256 bits, rounded up.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> N = concentration_width(2, 1, 1, 0.5, 0.1)
    >>> bound = [concentration_bound(2, 1, 1, n, 0.1) for n in (N, N - 1)]
    >>> bound[0] <= 0.5 < bound[1]
    True
    """
    from flint import ctx

    C, L, H = positive("C", C), positive("L", L), positive("H", H)
    eps, delta = positive("eps", eps), _probability(delta)
    with ctx.workprec(256):
        size = ball(C**2 / eps**2) * _deviation_ball(L, H, delta) ** 2
        return int(size.upper().ceil().unique_fmpz())


# --- the whole theorem ----------------------------------------------------------------


@finite_answers
def activation_bounds(sigma, radius) -> tuple[Fraction, Fraction]:
    """Bounds of an activation and of its slope on [-radius, radius].

    For the named activations they are the suprema, rounded up in float64; for a
    polynomial the sums of the moduli of its terms at the end.

    Parameters
    ----------
    sigma : str, Activation or sequence
        A name, its activation, or the Taylor coefficients of a polynomial.
    radius : number
        Positive.

    Returns
    -------
    tuple of Fraction
        The height and the slope; a slope is positive.

    Raises
    ------
    ValueError
        If the radius is not positive, or the activation is of another kind.

    Examples
    --------
    >>> [float(value) for value in activation_bounds([1, 0, 3], 2)]
    [13.0, 12.0]
    >>> height, slope = activation_bounds("exp", 1)
    >>> height == slope > math.e
    True
    """
    from flint import arb

    r = positive("radius", radius)
    if isinstance(sigma, Activation):
        if sigma.name not in ACTIVATIONS:
            raise ValueError(f"no bounds are known for the activation {sigma.name}")
        sigma = sigma.name
    if not isinstance(sigma, str):
        series = [abs(rational("a Taylor coefficient", a)) for a in sigma]
        activation(series)
        height = sum(a * r**n for n, a in enumerate(series))
        return height, sum(n * a * r ** (n - 1) for n, a in enumerate(series) if n)
    end, one = ball(r), arb(1)
    found = {
        "exp": lambda: (end.exp(), end.exp()),
        "sigmoid": lambda: (1 / (1 + (-end).exp()), one / 4),
        "tanh": lambda: (end.tanh(), one),
        "erf": lambda: (end.erf(), 2 / arb.pi().sqrt()),
    }
    height, slope = found[activation(sigma).name]()
    return _above(height), _above(slope)


def _above(enclosure) -> Fraction:
    """Round a ball up to a float, as an exact number; a dyadic one stays."""
    if enclosure.is_exact():
        return Fraction(float(enclosure))
    return Fraction(math.nextafter(float(enclosure.upper()), math.inf))


def weight_ceiling(g: WeightFunction) -> Fraction:
    r"""Upper bound of sup |g|, as an exact number.

    The sum of the moduli of the Legendre coefficients. It is exact for a polynomial
    whose monomials have even degrees and an activation with rational coefficients;
    otherwise roots are rounded up.

    Examples
    --------
    >>> weight_ceiling(weight_function({(1, 1, 0): 1}, "exp", 2))
    Fraction(27, 1)
    """
    g = instance_of("g", g, WeightFunction)
    even = sum((abs(c) for L, c in g.legendre.items() if sum(L) % 2 == 0), Fraction(0))
    odd = sum((abs(c) for L, c in g.legendre.items() if sum(L) % 2), Fraction(0))
    if odd:
        odd *= _above(ball(g.d).sqrt())
    factor = g.activation.factor
    # A factor other than 1 is a float with an error of less than 2^-50.
    return (even + odd) / (1 if factor == 1 else Fraction(factor) * (1 - 2**-50))


def least_power(P, sigma, eps) -> int:
    """Least K for which the weight function is proved to represent P up to eps.

    Parameters
    ----------
    P : mapping or sympy.Poly
    sigma : str, Activation or sequence
        See `rfbook.polynomial_learning.weight_function`.
    eps : number
        Positive.

    Raises
    ------
    ValueError
        If no K <= 40 is enough, or an argument is not what `weight_function` takes.

    Examples
    --------
    An activation that is a polynomial leaves nothing behind its degree:

    >>> least_power({(1, 0): 1}, [0, 1, 1], 1e-9)
    2
    """
    eps = positive("eps", eps)
    for K in range(degree(P), MOST_POWERS + 1):
        if error_bound(weight_function(P, sigma, K)) <= eps:
            return K
    raise ValueError(f"no K <= {MOST_POWERS} is enough for eps = {float(eps):g}")


@dataclass(frozen=True)
class Sizes:
    """What the theorem asks for; made by `theorem_sizes`.

    Parameters
    ----------
    K : int
        Powers of the activation that the weight function treats exactly.
    representation : float
        Bound of the error of the representation, at most eps/3.
    C : Fraction
        Bound of the weight function.
    descent : int
        Width that descent asks for, with eps/3.
    concentration : int
        Width that concentration asks for, with eps/3.
    N : int
        Width: the larger of the two.
    T : int
        Number of steps.
    eta : Fraction
        Step size.
    """

    K: int
    representation: float
    C: Fraction
    descent: int
    concentration: int
    N: int
    T: int
    eta: Fraction


def theorem_sizes(P, sigma, K: int, eps, delta) -> Sizes:
    r"""Return width, time and step size with which the theorem holds.

    A third of eps goes to the representation, one to concentration and one to descent:

    .. math:: N \ge \max\Big\{ \frac{27}{2 \sqrt 2}\,
        \frac{C^{5/2} H^{1/2} L}{\varepsilon^{3/2}},\;
        \frac{9\, C^2}{2\, \varepsilon} \sqrt{\frac{H L}{2}},\;
        \frac{9\, C^2}{\varepsilon^2} \Big( \frac{2 L_1}{\sqrt 3}
        + H_1 \sqrt{2 \ln \tfrac{2}{\delta}} \Big)^2 \Big\},

    .. math:: T \ge \frac{81\, C^2 H^2}{4\, \varepsilon^2}, \qquad
        \eta = \frac{9\, C^2}{2\, \varepsilon N T},

    with H, L for [-2, 2] and :math:`H_1`, :math:`L_1` for [-1, 1].

    Parameters
    ----------
    P : mapping or sympy.Poly
        The polynomial to compete with.
    sigma : str, Activation or sequence
        See `activation_bounds`.
    K : int
        At least the degree of P; see `least_power`.
    eps : number
        Excess of the mean hinge loss, positive.
    delta : number
        Probability of failure over the initial weights, between 0 and 1.

    Returns
    -------
    Sizes

    Raises
    ------
    ValueError
        If the error of the representation is not proved to be at most eps/3, or an
        argument is out of range.

    Examples
    --------
    >>> sizes = theorem_sizes({(1, 0): 1}, "exp", 3, 0.5, 0.1)
    >>> sizes.N == max(sizes.descent, sizes.concentration)
    True
    >>> theorem_sizes({(1, 0): 1}, "exp", 1, 0.1, 0.1)
    Traceback (most recent call last):
        ...
    ValueError: K = 1 represents P up to 0.5, which is more than eps/3 = 0.033
    """
    eps, delta = positive("eps", eps), _probability(delta)
    g = weight_function(P, sigma, K)
    C, third, error = weight_ceiling(g), eps / 3, error_bound(g)
    if error > third:
        raise ValueError(
            f"K = {K} represents P up to {error:.2g}, which is more than "
            f"eps/3 = {float(third):.2g}"
        )
    H, L = activation_bounds(sigma, 2)
    H_1, L_1 = activation_bounds(sigma, 1)
    descent = descent_width(C, H, L, third)
    concentration = concentration_width(C, L_1, H_1, third, delta)
    N, T = max(descent, concentration), descent_time(C, H, third)
    eta = descent_step(C, N, T, third)
    return Sizes(K, finite_scalar("error", error), C, descent, concentration, N, T, eta)
