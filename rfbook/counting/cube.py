"""Functions of n bits: parities, translates of one function, features on the cube.

A function on the cube {1, -1}^n is the vector of its 2^n values. Point number p has the
coordinate -1 at i where bit i of p is 1, so that the product of two points is the
exclusive or of their numbers, and the parity of the set S is (-1)^|p & S|.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from rfbook.counting.spans import dimension
from rfbook.ranges import finite_answers, finite_array, generator_from, integer_from

MOST_BITS = 20
"""Bits of the largest cube: 2^20 values of 8 bytes."""


def walsh_transform(values) -> np.ndarray:
    r"""Return the sums of a function against all parities, by the fast transform.

    .. math:: a_S = \sum_{x} f(x)\, \chi_S(x), \qquad S = 0, \dots, 2^n - 1

    in n 2^n additions. The Fourier coefficients are a_S / 2^n.

    Parameters
    ----------
    values : array_like of int or float, shape (2^n,)
        f at point p; integers stay exact integers.

    Returns
    -------
    ndarray, shape (2^n,)

    Raises
    ------
    ValueError
        If the length is not a power of two, or integers are too large to be summed
        in 64 bits.

    Notes
    -----
    Claim ``walsh-orthogonal``.

    Examples
    --------
    The transform of the transform is 2^n f:

    >>> walsh_transform(walsh_transform([3, 1, -2, 0]))
    array([12,  4, -8,  0])
    """
    raw = np.asarray(values)
    a = raw.astype(np.int64) if raw.dtype.kind in "biu" else finite_array("values", raw)
    if a.ndim != 1 or len(a) < 1 or len(a) & (len(a) - 1):
        raise ValueError(f"values must be a vector of length 2^n, got {a.shape}")
    if a.dtype.kind == "i" and np.abs(a).max() > 2**62 // len(a):
        raise ValueError(f"values must be at most 2^62 / 2^n, got {np.abs(a).max()}")
    a, half = a.copy(), 1
    while half < len(a):
        pairs = a.reshape(-1, 2, half)
        a = np.stack([pairs[:, 0] + pairs[:, 1], pairs[:, 0] - pairs[:, 1]], 1).ravel()
        half *= 2
    return a


def _bits(n: int) -> np.ndarray:
    """Return the number of ones of 0, ..., 2^n - 1."""
    count = np.zeros(1, dtype=np.int64)
    for _ in range(n):
        count = np.concatenate([count, count + 1])
    return count


def inner_product(n: int) -> np.ndarray:
    r"""Return the inner product modulo 2 of the two halves of n bits, as signs.

    .. math:: f(x) = (-1)^{p_1 p_{n/2+1} + \dots + p_{n/2} p_n}

    where p_i is 1 if x_i = -1 and 0 otherwise.

    Parameters
    ----------
    n : int
        Even, 2 <= n <= 20.

    Returns
    -------
    ndarray of int, shape (2^n,)

    Raises
    ------
    ValueError
        If n is out of range or odd.

    Notes
    -----
    Claim ``bent-function``.

    Examples
    --------
    All its Fourier coefficients have the same modulus:

    >>> np.unique(np.abs(walsh_transform(inner_product(6))))
    array([8])
    """
    n = _even(n)
    p = np.arange(2**n)
    return 1 - 2 * (_bits(n)[(p & (2 ** (n // 2) - 1)) & (p >> n // 2)] % 2)


def _even(n: int) -> int:
    n = integer_from("n", n, 2)
    if n % 2 or n > MOST_BITS:
        raise ValueError(f"n must be even and at most {MOST_BITS}, got {n}")
    return n


def majority(n: int) -> np.ndarray:
    """Return the sign of x_1 + ... + x_n for odd n, as an array of shape (2^n,).

    Parameters
    ----------
    n : int
        Odd, 1 <= n <= 19.

    Raises
    ------
    ValueError
        If n is out of range or even.

    Examples
    --------
    >>> majority(3)
    array([ 1,  1,  1, -1,  1, -1, -1, -1])
    """
    n = integer_from("n", n, 1)
    if n % 2 == 0 or n > MOST_BITS:
        raise ValueError(f"n must be odd and at most {MOST_BITS}, got {n}")
    return np.where(2 * _bits(n) < n, 1, -1)


def majority_first_degree(n: int) -> Fraction:
    r"""Return the energy of the majority of n bits in the parities of one bit.

    .. math:: n \left( \binom{n-1}{(n-1)/2}\, 2^{-(n-1)} \right)^2

    Parameters
    ----------
    n : int
        Odd, >= 1.

    Returns
    -------
    Fraction
        It falls to 2 / pi as n grows.

    Raises
    ------
    ValueError
        If n is even or below 1.

    Notes
    -----
    Claim ``majority-first-degree``.

    Examples
    --------
    >>> majority_first_degree(1), majority_first_degree(3)
    (Fraction(1, 1), Fraction(3, 4))
    """
    n = integer_from("n", n, 1)
    if n % 2 == 0:
        raise ValueError(f"n must be odd, got {n}")
    return n * Fraction(math.comb(n - 1, (n - 1) // 2), 2 ** (n - 1)) ** 2


def translate_dimension(values, error) -> int:
    r"""Return how many features all translates of one function need.

    .. math:: \min \Bigl\{ N : \text{the } N \text{ largest } \hat f(S)^2
              \text{ sum to at least } (1 - \varepsilon) \lVert f \rVert^2 \Bigr\}

    Parameters
    ----------
    values : array_like of int, shape (2^n,)
        f on the cube, not zero everywhere.
    error : int, Fraction, str or float
        The share of the energy that may be left, >= 0, taken exactly.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If the values are no integers, or an argument is out of range.

    Notes
    -----
    Claim ``translate-dimension``.

    Examples
    --------
    One parity alone is its own translate up to its sign; a point's translates need
    every parity.

    >>> translate_dimension([1, -1, -1, 1], 0), translate_dimension([1, 0, 0, 0], 0)
    (1, 4)
    """
    if np.asarray(values).dtype.kind not in "biu":
        raise ValueError(f"values must be integers (exact energies), got {values!r}")
    return dimension([int(a) ** 2 for a in walsh_transform(values)], error)


def parity_weights(s: int) -> list[int]:
    r"""Return the weights that make a parity of s bits out of s neurons.

    .. math:: (-1)^t = 1 + \sum_{k=0}^{s-1} c_k\, [t - k]_+ \quad (t = 0, \dots, s),
              \qquad c_0 = -2,\; c_k = 4 (-1)^{k+1}

    Parameters
    ----------
    s : int
        Size of the set, >= 1.

    Returns
    -------
    list of int, length s

    Raises
    ------
    ValueError
        If s is below 1.

    Notes
    -----
    Claim ``parity-from-relus``.

    Examples
    --------
    >>> c = parity_weights(3)
    >>> [1 + sum(a * max(t - k, 0) for k, a in enumerate(c)) for t in range(4)]
    [1, -1, 1, -1]
    """
    s = integer_from("s", s, 1)
    return [-2] + [4 * (-1) ** (k + 1) for k in range(1, s)]


@finite_answers
def relu_features(n: int, N: int, seed=0) -> np.ndarray:
    r"""Sample N random ReLU features on the cube of n bits.

    .. math:: f_i(x) = [\langle w_i, x \rangle + b_i]_+, \qquad
              w_i \sim \mathcal N(0, I_n / n),\; b_i \sim \mathcal N(0, \tfrac14)

    Parameters
    ----------
    n, N : int
        Bits, 1 <= n <= 20, and features, >= 1.
    seed : int or numpy.random.Generator

    Returns
    -------
    ndarray, shape (2^n, N)

    Raises
    ------
    ValueError
        If a size is out of range.

    Examples
    --------
    >>> relu_features(3, 5, 1).shape
    (8, 5)
    """
    n, N = integer_from("n", n, 1), integer_from("N", N, 1)
    if n > MOST_BITS:
        raise ValueError(f"n must be at most {MOST_BITS}, got {n}")
    rng = generator_from(seed)
    points = 1 - 2 * ((np.arange(2**n)[:, None] >> np.arange(n)) & 1)
    w, b = rng.standard_normal((n, N)) / math.sqrt(n), rng.standard_normal(N) / 2
    return np.maximum(points @ w + b, 0.0)


@finite_answers
def parity_errors(features) -> np.ndarray:
    r"""Return the squared distance of every parity from the span of the features.

    .. math:: \operatorname{dist}(\chi_S, V)^2, \qquad S = 0, \dots, 2^n - 1

    Their mean is 1 - dim V / 2^n, whatever the features are.

    Parameters
    ----------
    features : array_like of float, shape (2^n, N)
        The columns are the features at all points.

    Returns
    -------
    ndarray, shape (2^n,)

    Raises
    ------
    ValueError
        If the number of rows is not a power of two.

    Notes
    -----
    Claim ``parity-average``.

    Examples
    --------
    >>> errors = parity_errors(np.eye(16)[:, :6])
    >>> bool(np.isclose(errors.mean(), 1 - 6 / 16))
    True
    """
    F = finite_array("features", features)
    if F.ndim != 2 or not F.size or len(F) & (len(F) - 1):
        raise ValueError(f"features must have 2^n rows, got shape {F.shape}")
    left, sizes, _ = np.linalg.svd(F, full_matrices=False)
    # Directions below the rounding error of the largest are no directions of V.
    basis = left[:, sizes > sizes[0] * len(F) * np.finfo(float).eps]
    held = np.zeros(len(F))
    for column in basis.T:
        held += walsh_transform(column) ** 2
    return 1 - held / len(F)
