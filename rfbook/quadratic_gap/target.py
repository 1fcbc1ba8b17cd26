r"""The quadratic target: its matrix, its norm, and the spectra that the chapter uses.

The target is :math:`f_*(x) = \langle x, B x\rangle - \operatorname{Tr} B` for
x ~ N(0, I_d) and a symmetric matrix B, not 0. Its mean is 0 and its mean square
:math:`\lVert f_* \rVert^2 = 2 \lVert B \rVert_F^2`, by which every risk of this room is
divided: the trivial predictor 0 has risk 1. B is a symmetric d x d matrix, or a vector,
which stands for the diagonal matrix with these entries.

The chapter is ``book/quadratic-gap.md``.
"""

from __future__ import annotations

import numpy as np

from rfbook.ranges import finite_array, finite_scalar, integer_from

_SYMMETRY = 1e-12
"""The largest |B_ij - B_ji| that rounding may leave, over the largest |B_ij|."""

SPECTRA = ("identity", "exponential", "rank", "power")


def symmetric(B, name: str = "B") -> np.ndarray:
    """Check a symmetric matrix that is not 0; a vector stays a vector.

    Parameters
    ----------
    B : array_like of float, shape (d, d) or (d,)
        A symmetric matrix, or its diagonal if it has nothing else.
    name : str
        The argument, for the error.

    Returns
    -------
    ndarray of float, shape (d, d) or (d,)
        Exactly symmetric.

    Raises
    ------
    ValueError
        If a number is not finite, the shape is another one, B is 0, or the matrix and
        its transpose differ by more than rounding.

    Examples
    --------
    >>> symmetric([3, 1])
    array([3., 1.])
    >>> symmetric([[1, 2], [0, 1]])
    Traceback (most recent call last):
        ...
    ValueError: B must be symmetric, got B[0, 1] = 2.0 and B[1, 0] = 0.0
    """
    B = finite_array(name, B)
    if (
        B.size == 0
        or B.ndim not in (1, 2)
        or (B.ndim == 2 and B.shape[0] != B.shape[1])
    ):
        raise ValueError(
            f"{name} must be a symmetric matrix or its diagonal, got shape {B.shape}"
        )
    size = np.abs(B).max()
    if size == 0:
        raise ValueError(f"{name} must not be 0")
    if B.ndim == 1:
        return B
    off = np.abs(B - B.T)
    if off.max() > _SYMMETRY * size:
        i, j = sorted(np.unravel_index(off.argmax(), off.shape))
        raise ValueError(
            f"{name} must be symmetric, got {name}[{i}, {j}] = {B[i, j]} "
            f"and {name}[{j}, {i}] = {B[j, i]}"
        )
    return (B + B.T) / 2


def dense(B) -> np.ndarray:
    """Return the d x d matrix of a target; see `symmetric` for what is refused.

    Examples
    --------
    >>> dense([3, 1])
    array([[3., 0.],
           [0., 1.]])
    """
    B = symmetric(B)
    return np.diag(B) if B.ndim == 1 else B


def eigenvalues(B) -> np.ndarray:
    r"""Eigenvalues :math:`\lambda_1(B) \ge \dots \ge \lambda_d(B)`, largest first.

    Parameters
    ----------
    B : array_like of float, shape (d, d) or (d,)

    Returns
    -------
    ndarray of float, shape (d,)

    Raises
    ------
    ValueError
        See `symmetric`.

    Examples
    --------
    >>> eigenvalues([[0, 1], [1, 0]])
    array([ 1., -1.])
    """
    B = symmetric(B)
    return np.sort(B if B.ndim == 1 else np.linalg.eigvalsh(B))[::-1]


def positive_eigenvalues(B) -> np.ndarray:
    """Eigenvalues of a matrix that must have none below 0 (up to rounding).

    Raises
    ------
    ValueError
        See `symmetric`; and if an eigenvalue is negative.

    Examples
    --------
    >>> positive_eigenvalues([2, -1])
    Traceback (most recent call last):
        ...
    ValueError: B must be positive semidefinite, got the eigenvalue -1.0
    """
    values = eigenvalues(B)
    if values[-1] < -1e-12 * np.abs(values).max():
        raise ValueError(
            f"B must be positive semidefinite, got the eigenvalue {values[-1]}"
        )
    return np.maximum(values, 0)


def trace(B) -> float:
    """Tr B; see `symmetric` for what is refused."""
    B = symmetric(B)
    return float(B.sum() if B.ndim == 1 else np.trace(B))


def square_norm(B) -> float:
    r"""Squared Frobenius norm :math:`\lVert B \rVert_F^2`, half the target's square.

    Examples
    --------
    >>> square_norm([[0, 1], [1, 0]])
    2.0
    """
    B = symmetric(B)
    return float(np.sum(B * B))


def trace_ratio(B) -> float:
    r"""Share of the target that is its trace part.

    .. math:: \chi(B) = \frac{\operatorname{Tr}(B)^2}{d\, \lVert B \rVert_F^2}
              \in [0, 1],

    1 for multiples of the identity and only for them, by the inequality of Cauchy and
    Schwarz.

    Parameters
    ----------
    B : array_like of float, shape (d, d) or (d,)

    Raises
    ------
    ValueError
        See `symmetric`.

    Notes
    -----
    Source: Ghorbani et al., NeurIPS 2019, Section 2, where it is written out.

    Examples
    --------
    A projection of rank k has the ratio k / d:

    >>> trace_ratio([1, 1, 1, 0])
    0.75
    """
    B = symmetric(B)
    scaled = B / np.abs(B).max()  # so that no square leaves the range of float64
    share = trace(scaled) ** 2 / (len(B) * square_norm(scaled))
    return min(1.0, share)


def quadratic_values(x, B) -> np.ndarray:
    r"""Values :math:`\langle x_j, B x_j \rangle` at the columns x_j of a matrix.

    Parameters
    ----------
    x : array_like of float, shape (d, n)
    B : array_like of float, shape (d, d) or (d,)

    Returns
    -------
    ndarray of float, shape (n,)

    Raises
    ------
    ValueError
        See `symmetric`; and if x is not a finite d x n matrix.

    Examples
    --------
    >>> quadratic_values([[1, 2], [1, 0]], [3, -1])
    array([ 2., 12.])
    """
    B = symmetric(B)
    x = columns("x", x, len(B))
    product = B[:, None] * x if B.ndim == 1 else B @ x
    return np.einsum("ij,ij->j", x, product)


def mean_square(A, a: float = 0.0) -> float:
    r"""Mean square of a quadratic function, by Wick's formula.

    .. math:: E \big( \langle x, A x \rangle + a \big)^2
              = 2 \lVert A \rVert_F^2 + (\operatorname{Tr} A + a)^2

    Claim: `quadratic-risk`.

    Parameters
    ----------
    A : array_like of float, shape (d, d) or (d,)
        Symmetric, not 0.
    a : float
        The constant.

    Raises
    ------
    ValueError
        See `symmetric`; and if `a` is not finite.

    Examples
    --------
    E g^4 = 3:

    >>> mean_square([1.0])
    3.0
    """
    return 2 * square_norm(A) + (trace(A) + finite_scalar("a", a)) ** 2


def risk(M, c: float, B) -> float:
    r"""Risk of the quadratic function :math:`\langle x, M x \rangle + c`.

    .. math:: \mathcal R = \frac{2 \lVert B - M \rVert_F^2
              + (c + \operatorname{Tr} M)^2}{2 \lVert B \rVert_F^2}

    Claim: `quadratic-risk`.

    Parameters
    ----------
    M : array_like of float, shape (d, d)
        Symmetric; may be 0.
    c : float
    B : array_like of float, shape (d, d) or (d,)

    Returns
    -------
    float
        At least 0; 0 for M = B and c = - Tr B.

    Raises
    ------
    ValueError
        See `symmetric`; and if the shapes of M and B do not fit.

    Examples
    --------
    >>> risk([[0, 0], [0, 0]], 0.0, [2, 1]), risk([[2, 0], [0, 1]], -3.0, [2, 1])
    (1.0, 0.0)
    """
    B = dense(B)
    M = finite_array("M", M)
    if M.shape != B.shape:
        raise ValueError(f"M must have shape {B.shape}, got {M.shape}")
    if M.any():
        M = symmetric(M, "M")
    gap = finite_scalar("c", c) + np.trace(M)
    return float((2 * np.sum((B - M) ** 2) + gap**2) / (2 * np.sum(B * B)))


def exponential_target(d: int, seed) -> np.ndarray:
    """Draw the diagonal of the target of Figure 1: independent, exponential, mean 1.

    Parameters
    ----------
    d : int
        Dimension, at least 1.
    seed : int or numpy.random.Generator

    Returns
    -------
    ndarray of float, shape (d,)
        In the order of the draws, not sorted.

    Raises
    ------
    ValueError
        If d is out of range.

    Notes
    -----
    Source: Ghorbani et al., NeurIPS 2019, Section 4.

    Examples
    --------
    >>> b = exponential_target(4, seed=0)
    >>> b.shape, bool((b > 0).all())
    ((4,), True)
    """
    d = integer_from("d", d, 1)
    return np.random.default_rng(seed).standard_exponential(d)


def spectrum(kind: str, d: int, parameter: float = 1.0) -> np.ndarray:
    r"""Eigenvalues of a model target, largest first, without chance.

    ``identity``
        all 1;
    ``exponential``
        the quantiles :math:`\ln \frac{d}{i - 1/2}` of the exponential law;
    ``rank``
        1 for the first `parameter` d of them (rounded up), 0 for the others;
    ``power``
        :math:`i^{-a}` with the exponent a = `parameter`.

    Parameters
    ----------
    kind : {"identity", "exponential", "rank", "power"}
    d : int
        Dimension, at least 1.
    parameter : float
        For ``rank`` in (0, 1], for ``power`` at least 0; not read by the others.

    Returns
    -------
    ndarray of float, shape (d,)

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> spectrum("rank", 4, 0.5), spectrum("power", 2, 1)
    (array([1., 1., 0., 0.]), array([1. , 0.5]))
    """
    if kind not in SPECTRA:
        raise ValueError(f"kind must be one of {', '.join(SPECTRA)}, got {kind!r}")
    i = np.arange(1, integer_from("d", d, 1) + 1)
    a = finite_scalar("parameter", parameter, 0, strict=kind == "rank")
    if kind == "rank":
        if a > 1:
            raise ValueError(f"parameter must lie in (0, 1], got {a}")
        return (i <= np.ceil(a * d)).astype(float)
    if kind == "exponential":
        return np.log(d / (i - 0.5))
    return np.ones(d) if kind == "identity" else i**-a


# --- checks that other modules of the room share ------------------------------------


def columns(name: str, x, d: int | None = None) -> np.ndarray:
    """Check a matrix whose columns are points or neurons in R^d.

    Parameters
    ----------
    name : str
        The argument, for the error.
    x : array_like of float, shape (d, n)
        At least one column.
    d : int, optional
        The dimension it must have.

    Raises
    ------
    ValueError
        If a number is not finite or the shape is another one.

    Examples
    --------
    >>> columns("W", [[1, 2, 3]], 2)
    Traceback (most recent call last):
        ...
    ValueError: W must be a 2 x N matrix with N >= 1, got shape (1, 3)
    """
    x = finite_array(name, x)
    if x.ndim != 2 or not x.size or (d is not None and len(x) != d):
        rows = "d" if d is None else d
        raise ValueError(
            f"{name} must be a {rows} x N matrix with N >= 1, got shape {x.shape}"
        )
    return x


def ratio(rho) -> np.ndarray:
    """Check the number N / d of neurons per dimension: finite, not below 0."""
    return finite_array("rho", rho, 0)
