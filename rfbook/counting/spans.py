"""Counting in any Hilbert space: what N features can hold of m functions.

Everything is read off the Gram matrix G of the functions, whose entries are their inner
products. The errors are mean squared errors.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from rfbook.ranges import finite_array, finite_scalar, integer_from


def exact(name: str, value) -> Fraction:
    """Return an int, a Fraction, a decimal string or a float as an exact number.

    A float stands for its exact binary value, which is seldom the one that is meant:
    1/10 is better given as a string.

    Raises
    ------
    ValueError
        If it is none of these, or not finite.

    Examples
    --------
    >>> exact("error", "0.1") == Fraction(1, 10)
    True
    >>> exact("error", 0.1) == Fraction(1, 10)
    False
    """
    if isinstance(value, bool | np.bool_):
        raise ValueError(f"{name} must be a number, got {value!r}")
    if isinstance(value, np.integer | np.floating):
        value = value.item()  # whose products do not wrap around
    try:
        return Fraction(value)
    except (TypeError, ValueError, OverflowError, ZeroDivisionError):
        raise ValueError(
            f"{name} must be a finite number or a decimal string, got {value!r}"
        ) from None


def dimension(energies, error) -> int:
    r"""Return the least N such that the N largest energies leave at most `error`.

    .. math:: \min \Bigl\{ N : \sum_{i > N} \lambda_i
              \le \varepsilon \sum_i \lambda_i \Bigr\},
              \qquad \lambda_1 \ge \lambda_2 \ge \dots

    Parameters
    ----------
    energies : sequence of int or Fraction
        Numbers >= 0, not all 0: eigenvalues of a Gram matrix, or squared coefficients.
    error : int, Fraction, str or float
        The share that may be left out, >= 0, taken exactly.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If an energy is negative or all are 0, or the error is negative.

    Notes
    -----
    Claims ``counting-transitive`` and ``translate-dimension``.

    Examples
    --------
    Equal energies: the dimension of a class of orthonormal functions.

    >>> dimension([1] * 16, "0.25")
    12
    >>> dimension([9, 4, 1, 1, 1], 0), dimension([9, 4, 1, 1, 1], 1)
    (5, 0)
    """
    allowed = exact("error", error)
    if allowed < 0:
        raise ValueError(f"error must be >= 0, got {error!r}")
    values = sorted((exact("energies", e) for e in map(_plain, energies)), reverse=True)
    if not values or values[-1] < 0 or values[0] == 0:
        raise ValueError(f"energies must be >= 0 and not all 0, got {values[:3]} ...")
    left, budget, count = sum(values), allowed * sum(values), 0
    while left > budget:
        left -= values[count]
        count += 1
    return count


def _plain(value):
    """Return a NumPy integer as an int, anything else as it is."""
    return int(value) if isinstance(value, np.integer) else value


def mean_error(gram, N: int) -> float:
    r"""Return the least mean squared error of m functions, for N features.

    .. math:: \min_{\dim V \le N} \frac1m \sum_{i=1}^m \operatorname{dist}(f_i, V)^2
              = \frac1m \sum_{i > N} \lambda_i(G)

    Parameters
    ----------
    gram : array_like of float, shape (m, m)
        G, symmetric and positive semidefinite.
    N : int
        Number of features, >= 0.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If G is not a square symmetric matrix or has a negative eigenvalue.

    Notes
    -----
    Claim ``counting-average``.

    Examples
    --------
    >>> mean_error(np.eye(8), 2)
    0.75
    """
    values = _spectrum(gram)
    return float(values[: max(len(values) - integer_from("N", N, 0), 0)].sum()) / len(
        values
    )


def _spectrum(gram) -> np.ndarray:
    """Return the eigenvalues of a Gram matrix, smallest first, none below 0."""
    G = finite_array("gram", gram)
    if G.ndim != 2 or G.shape[0] != G.shape[1] or not len(G):
        raise ValueError(f"gram must be a square matrix, got shape {G.shape}")
    if not np.array_equal(G, G.T):
        raise ValueError("gram must be symmetric, got a matrix that is not")
    values = np.linalg.eigvalsh(G)
    # eigvalsh is backward stable: a zero comes out as a few rounding errors of |G|.
    if values[0] < -64 * len(G) * np.finfo(float).eps * max(values[-1], 0.0):
        raise ValueError(f"gram must be positive semidefinite, got {values[0]}")
    return np.maximum(values, 0.0)


def coherence(gram) -> float:
    r"""Return the coherence of m unit functions.

    .. math:: \kappa = \max_i \sum_{j \ne i} |\langle f_i, f_j \rangle|

    Parameters
    ----------
    gram : array_like of float, shape (m, m)
        Their inner products.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If the matrix is not square.

    Examples
    --------
    >>> coherence([[1, -0.5], [-0.5, 1]])
    0.5
    """
    G = finite_array("gram", gram)
    if G.ndim != 2 or G.shape[0] != G.shape[1] or not len(G):
        raise ValueError(f"gram must be a square matrix, got shape {G.shape}")
    return float((np.abs(G).sum(1) - np.abs(np.diag(G))).max())


def coherence_bound(m: int, N: int, kappa: float = 0.0) -> float:
    r"""Bound the error of one of m unit functions of coherence kappa from below.

    .. math:: 1 - \frac{N (1 + \kappa)}{m}

    Parameters
    ----------
    m, N : int
        Functions, >= 1, and features, >= 0.
    kappa : float
        Their coherence, >= 0.

    Returns
    -------
    float
        At least 0: where the formula is negative it says nothing.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    Source: Hsu, Sanford, Servedio and Vlatakis-Gkaragkounis 2021, Theorem 29; claim
    ``counting-coherence``.

    Examples
    --------
    >>> coherence_bound(16, 4)
    0.75
    """
    m, N = integer_from("m", m, 1), integer_from("N", N, 0)
    kappa = finite_scalar("kappa", kappa, 0)
    return max(0.0, 1 - N * (1 + kappa) / m)


def eigenvalue_bound(m: int, least, error) -> Fraction:
    r"""Bound the number of features for m functions with a Gram matrix >= `least`.

    .. math:: N \ge \Bigl(1 - \frac{\varepsilon}{\lambda}\Bigr) m

    Parameters
    ----------
    m : int
        Number of functions, >= 1.
    least : int, Fraction, str or float
        Least eigenvalue of the Gram matrix, > 0, taken exactly.
    error : int, Fraction, str or float
        Mean squared error allowed, >= 0, taken exactly.

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
    Source: Kamath, Montasser and Srebro 2020, Theorem 19, whose loss is half the
    square; claim ``counting-eigenvalue``.

    Examples
    --------
    >>> eigenvalue_bound(32, 1, "0.25")
    Fraction(24, 1)
    """
    m, least, error = (
        integer_from("m", m, 1),
        exact("least", least),
        exact("error", error),
    )
    if least <= 0 or error < 0:
        raise ValueError(f"need least > 0 and error >= 0, got {least} and {error}")
    return max(Fraction(0), (1 - error / least) * m)
