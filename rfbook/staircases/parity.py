r"""One step towards a parity: the gradient of one neuron, exactly.

x is uniform on {1, -1}^d. A neuron [<w, x>]_+ with weights 1 opens where the sum of the
bits is positive, so that the gradient of its correlation with a parity is a Fourier
coefficient of the majority.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from rfbook.ranges import finite_array, finite_scalar, generator_from, integer_from

BLOCK = 1 << 22
"""Signs that are drawn at a time."""

MOST = 10_000
"""The largest d; a coefficient is a fraction of so many digits."""

MOST_SAMPLES = 10**9


def threshold_coefficient(d: int, m: int, t: int) -> Fraction:
    r"""Fourier coefficient, on a set of t bits, of the event of at most m bits -1.

    .. math:: 2^{-d} \sum_{i} (-1)^i \binom{t-1}{i} \binom{d-t}{m-i}, \qquad t \ge 1

    Parameters
    ----------
    d : int
        Number of bits, 1 <= d <= 10,000.
    m : int
        The most bits that may be -1, >= 0.
    t : int
        Size of the set, 0 <= t <= d; for t = 0 it is the probability of the event.

    Returns
    -------
    Fraction

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    Claim: ``threshold-coefficients``.

    Examples
    --------
    At most d bits are always -1, so that all other coefficients are 0:

    >>> [threshold_coefficient(5, 5, t) == (t == 0) for t in range(6)]
    [True, True, True, True, True, True]
    """
    d, m, t = integer_from("d", d, 1), integer_from("m", m, 0), integer_from("t", t, 0)
    if d > MOST:
        raise ValueError(f"d must be at most {MOST}, got {d}")
    m = min(m, d)
    if t > d:
        raise ValueError(f"t must be at most d = {d}, got {t}")
    if t == 0:
        total = sum(math.comb(d, i) for i in range(m + 1))
    else:
        total = sum(
            (-1) ** i * math.comb(t - 1, i) * math.comb(d - t, m - i)
            for i in range(min(t - 1, m) + 1)
        )
    return Fraction(total, 2**d)


def majority_coefficient(d: int, t: int) -> Fraction:
    r"""Fourier coefficient of the majority of d bits on a set of t bits.

    .. math:: \xi_t = (-1)^{(t-1)/2}\, 2^{1-d} \binom{d-1}{(d-1)/2}
              \frac{\binom{(d-1)/2}{(t-1)/2}}{\binom{d-1}{t-1}}, \qquad t \text{ odd},

    and 0 for even t.

    Parameters
    ----------
    d : int
        Number of bits, odd, at most 10,000.
    t : int
        Size of the set, 0 <= t <= d.

    Returns
    -------
    Fraction

    Raises
    ------
    ValueError
        If d is not odd or too large, or t is out of range.

    Notes
    -----
    Claim: ``majority-coefficients``.

    Examples
    --------
    The majority is a sign, so that the squares sum to 1:

    >>> sum(math.comb(9, t) * majority_coefficient(9, t) ** 2 for t in range(10)) == 1
    True
    """
    d, t = odd("d", d), integer_from("t", t, 0)
    if t > d:
        raise ValueError(f"t must be at most d = {d}, got {t}")
    if t % 2 == 0:
        return Fraction(0)
    half, i = (d - 1) // 2, (t - 1) // 2
    top = (-1) ** i * math.comb(2 * half, half) * math.comb(half, i)
    return Fraction(top, 4**half * math.comb(2 * half, 2 * i))


def odd(name: str, value) -> int:
    """Return an odd number >= 1.

    Examples
    --------
    >>> odd("d", 3)
    3
    """
    value = integer_from(name, value, 1)
    if value % 2 == 0 or value > MOST:
        raise ValueError(f"{name} must be odd and at most {MOST}, got {value}")
    return value


def parity_gradient(d: int, k: int) -> tuple[Fraction, Fraction]:
    r"""Coordinates of the first gradient of a ReLU neuron towards a parity of k bits.

    .. math:: \mathbb E\, \chi_S(x)\, x_j\, 1\{x_1 + \dots + x_d > 0\}
              = \tfrac12 \xi_{k-1} \text{ for } j \in S,
              \quad \tfrac12 \xi_{k+1} \text{ for } j \notin S

    Parameters
    ----------
    d : int
        Number of bits, odd, at most 10,000.
    k : int
        Bits of the parity, even, 2 <= k < d.

    Returns
    -------
    (Fraction, Fraction)
        Of the coordinates of the parity, and of the others.

    Raises
    ------
    ValueError
        If d or k is out of range.

    Notes
    -----
    Claim: ``parity-gradient``.

    Examples
    --------
    >>> parity_gradient(5, 2) == (Fraction(3, 16), Fraction(-1, 16))
    True
    """
    d, k = _sizes(d, k)
    return majority_coefficient(d, k - 1) / 2, majority_coefficient(d, k + 1) / 2


def parity_gap(d: int, k: int) -> Fraction:
    r"""How much larger the moduli of the parity's own coordinates are.

    .. math:: \tfrac12 (\lvert \xi_{k-1} \rvert - \lvert \xi_{k+1} \rvert)
              = \frac{d + 1 - 2k}{2 (d - k)} \lvert \xi_{k-1} \rvert

    Parameters
    ----------
    d, k : int
        As for `parity_gradient`.

    Returns
    -------
    Fraction
        Positive if 2 k < d + 1.

    Raises
    ------
    ValueError
        If d or k is out of range.

    Notes
    -----
    Claim: ``parity-gap``.

    Examples
    --------
    Half of the bits and one more: no gap.

    >>> parity_gap(7, 4), parity_gap(11, 6)
    (Fraction(0, 1), Fraction(0, 1))
    """
    inside, outside = parity_gradient(d, k)
    return abs(inside) - abs(outside)


def _sizes(d: int, k: int) -> tuple[int, int]:
    """Return d and k in their ranges."""
    d, k = odd("d", d), integer_from("k", k, 2)
    if k % 2 or k >= d:
        raise ValueError(f"k must be even and below d = {d}, got {k}")
    return d, k


def one_step_samples(d: int, k: int, failure: float) -> int:
    r"""Return so many samples that the largest coordinates are the parity's.

    .. math:: n \ge \frac{8}{\mathrm{gap}^2} \ln \frac{2 d}{\delta}

    Parameters
    ----------
    d, k : int
        As for `parity_gradient`, with 2 k < d + 1.
    failure : float
        Probability delta of failure allowed, 0 < delta < 1.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If an argument is out of range, or there is no gap.

    Notes
    -----
    By Hoeffding's inequality. Claim: ``parity-one-step``.

    Examples
    --------
    Twice the gap needs a quarter of the samples:

    >>> n, gap = one_step_samples(5, 2, 0.01), parity_gap(5, 2)
    >>> n == math.ceil(8 / gap**2 * math.log(1000))
    True
    """
    gap = parity_gap(d, k)
    failure = finite_scalar("failure", failure, 0, strict=True)
    if failure >= 1:
        raise ValueError(f"failure must be below 1, got {failure}")
    if gap <= 0:
        raise ValueError(f"2 k must be below d + 1 = {d + 1}, got k = {k}")
    return math.ceil(8 / gap**2 * math.log(2 * d / failure))


def sampled_gradient(d: int, k: int, n: int, seed=0) -> np.ndarray:
    """Return the mean gradient over n samples; the parity has the first k bits.

    Parameters
    ----------
    d, k : int
        As for `parity_gradient`.
    n : int
        Number of samples, 1 <= n <= 10^9.
    seed : int or numpy.random.Generator

    Returns
    -------
    ndarray of float, shape (d,)

    Raises
    ------
    ValueError
        If a size is out of range.

    Examples
    --------
    One sample moves all coordinates by the same amount, or none:

    >>> len(set(np.abs(sampled_gradient(9, 2, 1)).tolist()))
    1
    """
    (d, k), n = _sizes(d, k), integer_from("n", n, 1)
    if n > MOST_SAMPLES:
        raise ValueError(f"n must be at most {MOST_SAMPLES}, got {n}")
    rng, total, left = generator_from(seed), np.zeros(d), n
    while left:
        rows = min(left, max(1, BLOCK // d))
        x = 1.0 - 2.0 * rng.integers(0, 2, (rows, d), dtype=np.int8)
        weight = x[:, :k].prod(1) * (x.sum(1) > 0)
        total += weight @ x
        left -= rows
    return total / n


def step_succeeds(gradient, k: int) -> bool:
    """Tell whether the k largest moduli are those of the first k coordinates.

    Parameters
    ----------
    gradient : array_like of float, shape (d,)
    k : int
        1 <= k < d.

    Returns
    -------
    bool
        False for a tie.

    Raises
    ------
    ValueError
        If k is out of range, or a number is not finite.

    Examples
    --------
    >>> step_succeeds([0.3, -0.2, 0.1], 2), step_succeeds([0.3, 0.1, 0.1], 2)
    (True, False)
    """
    moduli = np.abs(finite_array("gradient", gradient))
    k = integer_from("k", k, 1)
    if moduli.ndim != 1 or k >= len(moduli):
        raise ValueError(f"k must be below the length of a vector, got {k}")
    return bool(moduli[:k].min() > moduli[k:].max())
