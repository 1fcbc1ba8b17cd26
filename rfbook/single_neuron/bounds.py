r"""Lower bounds for one ReLU neuron as numbers: straight from the series, by the wave.

w is uniform on the sphere of radius R in R^d, or the target is fixed and the features
have a law that rotations leave as it is; N features span V, and neither side has seen
the other. Two events are rare:

* direct: V reaches [<w, .>]_+ up to the error `direct_error_floor`, with probability at
  most `direct_success_bound`;
* by the wave: V + constants reaches [<w, .> + b]_+ for each kink b of a triangle wave
  up to `wave_error_floor`, with probability at most `wave_success_bound`.

None of these bounds is the exact width: that is `rfbook.single_neuron.width_needed`.

Source: the theorems of ``book/single-neuron.md``. The route by the wave is that of
Yehudai & Shamir, NeurIPS 2019, Section 4.2, with its constants made explicit.
"""

from __future__ import annotations

import math
from fractions import Fraction
from functools import lru_cache

from rfbook.ranges import (
    ball,
    finite_answers,
    finite_scalar,
    integer_from,
    no_underflow,
)
from rfbook.single_neuron.exact import exact

_LARGEST_DEGREE = 100_000
"""Up to here the energies are summed one by one."""

_GUARD = 40
"""Bits beyond float64 that the difference 1/4 - sum costs, with room to spare."""


# --- the energy of high degrees -----------------------------------------------------


@lru_cache(maxsize=64)
def energy_tail_ball(m: int):
    r"""Enclose the ReLU's Hermite energy from degree m on, for one unit of the norm.

    .. math:: \hat\sigma_{\ge m}^2 = \sum_{k \ge m} \hat\sigma_k^2, \qquad
              \hat\sigma_k^2 = \frac{((k-3)!!)^2}{2 \pi\, k!} \quad (k \ge 2
              \text{ even}),

    with 1/(2 pi) for k = 0, 1/4 for k = 1 and 0 for odd k >= 3; the whole is 1/2.

    Parameters
    ----------
    m : int
        Degree, 0 to 100000.

    Returns
    -------
    flint.arb
        Computed with 93 bits, so that the radius is below 1e-20.

    Raises
    ------
    ValueError
        If m is not an integer or out of range.

    Examples
    --------
    >>> energy_tail_ball(0).overlaps(ball(Fraction(1, 2)))
    True
    >>> bool((energy_tail_ball(3) - energy_tail_ball(4)).contains(0))
    True
    """
    from flint import arb, ctx

    m = integer_from("m", m, 0)
    if m > _LARGEST_DEGREE:
        raise ValueError(f"m must be at most {_LARGEST_DEGREE}, got {m}")
    with ctx.workprec(53 + _GUARD):
        rest = arb(1) / 2
        term = 1 / (2 * arb.pi())  # degree 0; degree 2 has half of it
        if m > 0:
            rest -= term
        if m > 1:
            rest -= arb(1) / 4
        term /= 2
        for k in range(2, m, 2):
            rest -= term
            term *= arb((k - 1) ** 2) / ((k + 1) * (k + 2))
        return rest


def energy_tail(m: int) -> float:
    r"""Return the ReLU's Hermite energy from degree m on, rounded from a ball.

    It lies between :math:`c\,(m-1)^{-3/2}` and :math:`c\,(m-2)^{-3/2}` for even m >= 4,
    with :math:`c = \sqrt2 / (6 \pi^{3/2})`.

    Parameters
    ----------
    m : int
        Degree, 0 to 100000.

    Raises
    ------
    ValueError
        If m is not an integer or out of range.

    Examples
    --------
    >>> c = math.sqrt(2) / (6 * math.pi**1.5)
    >>> c * 99**-1.5 < energy_tail(100) < c * 98**-1.5
    True
    """
    return float(energy_tail_ball(m))


# --- straight from the series -------------------------------------------------------


def direct_error_floor(d: int, norm: float = 1.0) -> float:
    r"""Return the mean squared error that the direct bound excludes.

    .. math:: \tfrac12 R^2\, \hat\sigma_{\ge m}^2 \ge 0.0211\, R^2 d^{-3/2},

    m the even one of d and d + 1; polynomials of degree below d may be added.

    Parameters
    ----------
    d : int
        Dimension, 2 to 99999.
    norm : float, optional
        Norm R of the weights, finite and positive.

    Raises
    ------
    ValueError
        If d or norm is out of range, or the floor leaves the range of float64.

    Examples
    --------
    >>> direct_error_floor(40, 40**0.75) > 1 / 50
    True
    >>> math.isclose(direct_error_floor(9, 3.0), 9 * direct_error_floor(9))
    True
    """
    d = integer_from("d", d, 2)
    norm = finite_scalar("norm", norm, 0, strict=True)
    floor = finite_scalar("the floor", norm * norm * energy_tail(d + d % 2) / 2)
    return no_underflow("direct_error_floor", floor, "energy_tail")


def direct_success_bound(d: int, N: int) -> Fraction:
    r"""Bound the probability that N features get below `direct_error_floor`.

    .. math:: \mathbb P \le N\, 2^{2-d}

    Parameters
    ----------
    d : int
        Dimension, at least 2.
    N : int
        Number of features, at least 0.

    Returns
    -------
    Fraction
        Exactly; above 1 it says nothing.

    Raises
    ------
    ValueError
        If d or N is not an integer or out of range.

    Examples
    --------
    >>> direct_success_bound(12, 512)
    Fraction(1, 2)
    """
    d, N = integer_from("d", d, 2), integer_from("N", N, 0)
    return Fraction(N, 2 ** (d - 2))


def direct_least_features(d: int, probability=Fraction(1, 2)) -> int:
    r"""Return the least N that the direct bound leaves possible.

    The least N with :math:`N\, 2^{2-d} \ge p`: fewer features reach the error
    `direct_error_floor` with a probability below p.

    Parameters
    ----------
    d : int
        Dimension, at least 2.
    probability : int, Fraction or float, optional
        p, in (0, 1]; a float stands for its exact binary value.

    Raises
    ------
    ValueError
        If d or the probability is out of range.

    Examples
    --------
    >>> N = direct_least_features(30)
    >>> direct_success_bound(30, N - 1) < Fraction(1, 2) <= direct_success_bound(30, N)
    True
    """
    d = integer_from("d", d, 2)
    return math.ceil(_probability(probability) * 2 ** (d - 2))


# --- by the wave --------------------------------------------------------------------


def wave_least_norm(d: int) -> float:
    r"""Return the least norm for the route by the wave, :math:`\frac2\pi \sqrt d`.

    Parameters
    ----------
    d : int
        Dimension, at least 2.

    Raises
    ------
    ValueError
        If d is not an integer or is below 2.

    Examples
    --------
    >>> math.isclose(wave_least_norm(25), 10 / math.pi)
    True
    """
    return 2 / math.pi * math.sqrt(integer_from("d", d, 2))


def wave_kinks(R: float) -> int:
    """Return the least odd integer a >= 4R: the wave turns at -a, -a + 2, ..., a.

    Parameters
    ----------
    R : int, float or Fraction
        Norm of the weights, finite and positive.

    Raises
    ------
    ValueError
        If R is not finite or not positive.

    Examples
    --------
    >>> wave_kinks(1.25), wave_kinks(1.26)
    (5, 7)
    """
    finite_scalar("R", R, 0, strict=True)
    size = math.ceil(4 * exact("R", R))
    return size + 1 - size % 2


def wave_error_floor(R: float) -> float:
    r"""Return the error that the route by the wave excludes for some kink.

    .. math:: \frac{1}{18\, a^2}, \qquad a \text{ the least odd integer} \ge 4R .

    Parameters
    ----------
    R : int, float or Fraction
        Norm of the weights, finite, at least `wave_least_norm` for the bound to hold.

    Raises
    ------
    ValueError
        If R is not finite or not positive, or the floor underflows.

    Examples
    --------
    >>> wave_error_floor(1.25) == 1 / (18 * 5**2)
    True
    """
    floor = float(Fraction(1, 18 * wave_kinks(R) ** 2))
    return no_underflow("wave_error_floor", floor, "wave_kinks")


def wave_success_bound(d: int, N: int) -> float:
    r"""Bound the probability that N features get below `wave_error_floor` at all kinks.

    .. math:: \mathbb P \le 12\, N\, e^{-d/2}

    Parameters
    ----------
    d : int
        Dimension, at least 2.
    N : int
        Number of features, at least 1.

    Returns
    -------
    float
        Above 1 it says nothing.

    Raises
    ------
    ValueError
        If d or N is out of range, or the bound leaves the range of float64.

    Examples
    --------
    >>> math.isclose(wave_success_bound(40, 7), 84 * math.exp(-20))
    True
    """
    d, N = integer_from("d", d, 2), integer_from("N", N, 1)
    logarithm = math.log(12 * N) - d / 2
    if not -708 < logarithm < 709:
        raise ValueError(
            f"the bound leaves float64's range: its log is {logarithm:.6g}"
        )
    return math.exp(logarithm)


@finite_answers
def wave_least_features(d: int, probability=Fraction(1, 2)) -> int:
    r"""Return the least N with :math:`12\, N e^{-d/2} \ge p`, decided in balls.

    Parameters
    ----------
    d : int
        Dimension, at least 2.
    probability : int, Fraction or float, optional
        p, in (0, 1]; a float stands for its exact binary value.

    Raises
    ------
    ValueError
        If d or the probability is out of range.

    Examples
    --------
    >>> N = wave_least_features(40)
    >>> wave_success_bound(40, N - 1) < 0.5 <= wave_success_bound(40, N)
    True
    """
    d = integer_from("d", d, 2)
    share = _probability(probability)
    return _ceiling(d, lambda: ball(share) * ball(Fraction(d, 2)).exp() / 12)


@finite_answers
def fixed_bias_least_features(d: int, R: float, probability=Fraction(1, 2)) -> int:
    r"""Return the least N that the bound with one bias for all features allows.

    .. math:: \mathbb P \le 16\, (a + 1)\, N\, (\ln(4a + 4) + 1)\, e^{-d/2}

    Parameters
    ----------
    d : int
        Dimension, at least 2.
    R : int, float or Fraction
        Norm of the weights, finite, at least `wave_least_norm` for the bound to hold.
    probability : int, Fraction or float, optional
        p, in (0, 1]; a float stands for its exact binary value.

    Raises
    ------
    ValueError
        If d, R or the probability is out of range.

    Examples
    --------
    >>> fixed_bias_least_features(80, 6.0) < wave_least_features(80)
    True
    """
    d, size = integer_from("d", d, 2), wave_kinks(R)
    share = _probability(probability)

    def value():
        factor = 16 * (size + 1) * (ball(4 * size + 4).log() + 1)
        return ball(share) * ball(Fraction(d, 2)).exp() / factor

    return _ceiling(d, value)


# --- the printed theorems -----------------------------------------------------------


def printed_weight_bound_log(d: int, rate: float = 0.1) -> float:
    r"""Return the logarithm of the printed bound on N max |u_i|.

    .. math:: \frac{e^{c d}}{48\, d^2}

    at norm d^2 and mean squared error 1/50. The universal constant c is not printed;
    1/10 is one for which the theorems are true.

    Parameters
    ----------
    d : int
        Dimension, at least 2.
    rate : float, optional
        c, finite and positive.

    Raises
    ------
    ValueError
        If d or rate is out of range.

    Notes
    -----
    Source: Yehudai & Shamir, NeurIPS 2019, Theorems 4.2 and 4.8.

    Examples
    --------
    >>> math.isclose(printed_weight_bound_log(50), 5 - math.log(48 * 50**2))
    True
    """
    d = integer_from("d", d, 2)
    return finite_scalar("rate", rate, 0, strict=True) * d - math.log(48 * d**2)


def proved_weight_bound_log(d: int) -> float:
    r"""Return the logarithm of the bound on N max |u_i| that the direct proof gives.

    At norm R = d^2, mean squared error 1/50 and features of norm at most e^{d/40},
    with probability 1 - e^{-d/10} over the features and m the even one of d and d + 1,

    .. math:: N \max_i |u_i| \ge
              \frac{R^2 \hat\sigma_{\ge m}^2 - \frac1{50}}
              {2\, e^{d/40} R \sqrt{\hat\sigma_{\ge m}^2\, 2^{1-d}}}\; e^{-d/10}
              \ge \tfrac1{16}\, d^{5/4} e^{d/5} .

    Parameters
    ----------
    d : int
        Dimension, 2 to 99999.

    Raises
    ------
    ValueError
        If d is not an integer or out of range.

    Examples
    --------
    >>> d = 60
    >>> proved_weight_bound_log(d) > 1.25 * math.log(d) + d / 5 - math.log(16)
    True
    """
    d = integer_from("d", d, 2)
    energy = energy_tail(d + d % 2)
    gain = math.log(d**4 * energy - 1 / 50)
    spread = 2 * math.log(d) + (math.log(energy) + (1 - d) * math.log(2)) / 2
    return gain - spread - math.log(2) - d / 40 - d / 10


def _probability(value) -> Fraction:
    """Return a probability in (0, 1] as an exact fraction."""
    finite_scalar("probability", value, 0, strict=True)
    share = exact("probability", value)
    if share > 1:
        raise ValueError(f"probability must be at most 1, got {value}")
    return share


def _ceiling(d: int, value) -> int:
    """Return the least integer >= value(), with as many bits as e^(d/2) asks for."""
    from flint import ctx

    bits = 64 + d
    while True:
        with ctx.workprec(bits):
            number = value()
            upper = number.ceil().unique_fmpz()
        if upper is not None:
            return int(upper)
        bits *= 2
