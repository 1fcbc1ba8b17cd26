"""Integer points in balls, which count the smooth functions on a cube.

On [-1, 1]^d with the uniform law the waves sin(pi <K, x>) and cos(pi <K, x>) of integer
vectors K are orthogonal, and their slopes are at most pi |K|.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from rfbook.counting.spans import exact
from rfbook.ranges import finite_answers, finite_scalar, generator_from, integer_from


def _counts(square: int, d: int, weights: dict[int, int]) -> list[int]:
    """Count vectors by squared length; weights[j] entries have the square j^2.

    The row for d coordinates is the d-fold convolution of that for one, by squaring.
    """
    one = [0] * (square + 1)
    for j, weight in weights.items():
        one[j * j] += weight
    total, power = [1] + [0] * square, one
    while d:
        if d & 1:
            total = _product(total, power)
        power, d = _product(power, power), d >> 1
    return total


def _product(left: list[int], right: list[int]) -> list[int]:
    """Multiply two polynomials, up to their degree."""
    size = len(left)
    out = [0] * size
    for i, a in enumerate(left):
        if a:
            for j in range(size - i):
                out[i + j] += a * right[j]
    return out


def integer_points(square: int, d: int) -> int:
    r"""Count the integer points of the ball of squared radius `square`.

    .. math:: Q_{k,d} = \#\{ K \in \mathbb Z^d : \lVert K \rVert^2 \le k^2 \}

    Parameters
    ----------
    square : int
        k^2, >= 0: of a real radius k take the integer part of its square.
    d : int
        Dimension, >= 1.

    Returns
    -------
    int
        Exact, by dynamic programming over the squared length.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    Source: Hsu, Sanford, Servedio and Vlatakis-Gkaragkounis 2021, Q_{k,d}; claim
    ``integer-points-formula``.

    Examples
    --------
    >>> [integer_points(s, 2) for s in range(6)]
    [1, 5, 9, 9, 13, 21]
    """
    square, d = integer_from("square", square, 0), integer_from("d", d, 1)
    root = math.isqrt(square)
    return sum(_counts(square, d, {0: 1, **dict.fromkeys(range(1, root + 1), 2)}))


@finite_answers
def orthant_points(square: int, d: int) -> int:
    r"""Count the points with entries >= 0 in the ball of squared radius `square`.

    .. math:: Q^+_{k,d} = \#\{ K \in \mathbb N_0^d : \lVert K \rVert^2 \le k^2 \}

    Parameters
    ----------
    square : int
        k^2, >= 0.
    d : int
        Dimension, >= 1.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> [orthant_points(s, 2) for s in range(6)]
    [1, 3, 4, 4, 6, 8]
    """
    square, d = integer_from("square", square, 0), integer_from("d", d, 1)
    return sum(_counts(square, d, dict.fromkeys(range(math.isqrt(square) + 1), 1)))


PI_SQUARE_LOW = Fraction(98696, 10000)
PI_SQUARE_HIGH = Fraction(98697, 10000)
"""Two fractions around pi^2 = 9.86960440..."""


@finite_answers
def lipschitz_lower(d: int, L, error, most: int = 400) -> Fraction:
    r"""Bound from below how many features all L-Lipschitz functions need.

    .. math:: N \ge \max_k \Bigl( 1 - \frac{2 \pi^2 k^2 \varepsilon}{L^2} \Bigr)
              Q_{k,d}

    for the uniform law on [-1, 1]^d. The maximum is over the integers k^2, and pi^2 is
    rounded up, so that the result is a bound still.

    Parameters
    ----------
    d : int
        Dimension, >= 1.
    L : int, Fraction, str or float
        Lipschitz constant, > 0, taken exactly.
    error : int, Fraction, str or float
        Mean squared error allowed, > 0, taken exactly.
    most : int, optional
        The largest k^2 that is tried, >= 0.

    Returns
    -------
    Fraction
        At least 0.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    Claim ``lipschitz-lower``.

    Examples
    --------
    >>> bool(lipschitz_lower(2, 1, "0.002") <= lipschitz_upper(2, 1, "0.002"))
    True
    """
    d, L, error = integer_from("d", d, 1), *_positive(L, error)
    limit = math.floor(L**2 / (2 * PI_SQUARE_HIGH * error))
    squares = range(min(limit, integer_from("most", most, 0)) + 1)
    return max(
        (1 - 2 * PI_SQUARE_HIGH * square * error / L**2) * integer_points(square, d)
        for square in squares
    )


def _positive(L, error) -> tuple[Fraction, Fraction]:
    L, error = exact("L", L), exact("error", error)
    if L <= 0 or error <= 0:
        raise ValueError(f"L and error must be > 0, got {L} and {error}")
    return L, error


def lipschitz_upper(d: int, L, error) -> int:
    r"""Return a number of features that is enough for all L-Lipschitz functions.

    .. math:: Q^+_{k,d}, \qquad k = \frac{2 L}{\pi \sqrt\varepsilon}

    products of cosines on [-1, 1]^d, chosen once for all. pi^2 is rounded down, which
    can only enlarge the number.

    Parameters
    ----------
    d : int
        Dimension, >= 1.
    L : int, Fraction, str or float
        Lipschitz constant, > 0, taken exactly.
    error : int, Fraction, str or float
        Mean squared error allowed, > 0, taken exactly.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    Claim ``lipschitz-upper``.

    Examples
    --------
    One feature, the constant, is enough if its error is allowed:

    >>> lipschitz_upper(3, 1, "0.5")
    1
    """
    d, L, error = integer_from("d", d, 1), *_positive(L, error)
    return orthant_points(math.floor(4 * L**2 / (PI_SQUARE_LOW * error)), d)


def sine_degree(d: int, L, error) -> int:
    r"""Return how many coordinates the explicit hard function adds up.

    .. math:: l = \min\Bigl( \Bigl\lceil \frac d2 \Bigr\rceil,
              \Bigl\lfloor \frac{L^2}{32 \pi^2 \varepsilon} \Bigr\rfloor \Bigr),
              \qquad f(x) = 4 \sqrt{2 \varepsilon} \sin\Bigl( \pi \sum_{i \le l} x_i
              \Bigr)

    is then L-Lipschitz.

    Parameters
    ----------
    d : int
        Dimension, >= 1.
    L : int, Fraction, str or float
        Lipschitz constant, > 0, taken exactly.
    error : int, Fraction, str or float
        Mean squared error, > 0, taken exactly. In the source epsilon is its root.

    Returns
    -------
    int
        0 where no such function is L-Lipschitz.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    Source: Hsu, Sanford, Servedio and Vlatakis-Gkaragkounis 2021, Theorem 13; claim
    ``symmetric-sine``.

    Examples
    --------
    >>> sine_degree(10, 10, "0.1"), sine_degree(10, 100, "0.1"), sine_degree(2, 1, 1)
    (3, 5, 0)
    """
    d, L, error = integer_from("d", d, 1), *_positive(L, error)
    return min(-(-d // 2), math.floor(L**2 / (32 * PI_SQUARE_HIGH * error)))


@finite_answers
def cosine_errors(d: int, N: int, degree: int, seed=0, scale: float = math.pi):
    r"""Fit one wave on the cube by N random cosines, exactly in the population.

    The target is :math:`\sqrt2 \sin(\pi (x_1 + \dots + x_l))` of norm 1 for uniform x
    on [-1, 1]^d, the features are :math:`\cos(\langle w_i, x \rangle + b_i)` with
    Gaussian w_i of the given scale and uniform b_i. All inner products are products of

    .. math:: \mathbb E\, e^{i \langle w, x \rangle} = \prod_j \frac{\sin w_j}{w_j} .

    Parameters
    ----------
    d, N : int
        Dimension and number of features, >= 1.
    degree : int
        l, between 1 and d.
    seed : int or numpy.random.Generator
    scale : float, optional
        Standard deviation of the entries of w.

    Returns
    -------
    ndarray, shape (N + 1,)
        The squared distance from the span of the first 0, 1, ..., N features.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> errors = cosine_errors(3, 8, 2, seed=1)
    >>> float(errors[0]), bool((np.diff(errors) <= 1e-12).all())
    (1.0, True)
    """
    d, N = integer_from("d", d, 1), integer_from("N", N, 1)
    if integer_from("degree", degree, 1) > d:
        raise ValueError(f"degree must be at most d = {d}, got {degree}")
    scale = finite_scalar("scale", scale, 0, strict=True)
    rng = generator_from(seed)
    w, b = scale * rng.standard_normal((N, d)), rng.uniform(0, 2 * np.pi, N)
    wave = np.pi * (np.arange(d) < degree)
    gram = (
        np.cos(b[:, None] - b) * _mean_wave(w[:, None] - w)
        + np.cos(b[:, None] + b) * _mean_wave(w[:, None] + w)
    ) / 2
    # cos(A) sin(B) = (sin(A + B) - sin(A - B)) / 2, and E sin(<v, x> + b) = sin b E.
    products = np.sin(b) * (_mean_wave(w + wave) - _mean_wave(w - wave)) / np.sqrt(2)
    lower = np.linalg.cholesky(gram)
    parts = np.linalg.solve(lower, products)
    return 1 - np.concatenate([[0.0], np.cumsum(parts**2)])


def _mean_wave(w: np.ndarray) -> np.ndarray:
    """Return E cos(<w, x>) for uniform x on the cube; the last axis is the vector."""
    return np.sinc(w / np.pi).prod(-1)
