r"""Symmetric matrices, columns of neurons, and projections.

A symmetric matrix is given as a d x d array, or as a vector, which stands for the
diagonal matrix with these entries. Neurons and points are the columns of a matrix.

The functions serve the chapters on quadratic targets and on the Gaussian mixture.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import LinAlgError, cholesky, eigh, qr, solve_triangular

from rfbook.ranges import (
    finite_answers,
    finite_array,
    flag,
    integer_from,
    no_lost_square,
)

_SYMMETRY = 1e-12
"""The largest |B_ij - B_ji| that rounding may leave, over the largest |B_ij|."""


_EXPONENT = 256
"""Numbers between 2^-257 and 2^256 have squares, and sums of them, in range."""


# --- symmetric matrices ---------------------------------------------------------------


@finite_answers
def symmetric(B, name: str = "B", *, zero: bool = False) -> np.ndarray:
    """Check a symmetric matrix that is not 0; a vector stays a vector.

    Parameters
    ----------
    B : array_like of float, shape (d, d) or (d,)
        A symmetric matrix, or its diagonal if it has nothing else.
    name : str
        The argument, for the error.
    zero : bool
        Whether the matrix 0 is allowed.

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
    B, zero = finite_array(name, B), flag("zero", zero)
    if (
        B.size == 0
        or B.ndim not in (1, 2)
        or (B.ndim == 2 and B.shape[0] != B.shape[1])
    ):
        raise ValueError(
            f"{name} must be a symmetric matrix or its diagonal, got shape {B.shape}"
        )
    size = np.abs(B).max()
    if size == 0 and not zero:
        raise ValueError(f"{name} must not be 0, got it with shape {B.shape}")
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


def in_range(B) -> np.ndarray:
    """Return a symmetric matrix in a unit in which its squares stay in range.

    Where an entry is beyond 2^256, or all are below 2^-257, the matrix is divided by a
    power of two, which changes no digit. For what does not depend on the unit.

    Raises
    ------
    ValueError
        See `symmetric`.

    Examples
    --------
    >>> in_range([2.0**300, 2.0**299])
    array([0.5 , 0.25])
    >>> in_range([3.0, 1.0])
    array([3., 1.])
    """
    B = symmetric(B)
    exponent = int(np.frexp(np.abs(B).max())[1])
    return B if abs(exponent) <= _EXPONENT else np.ldexp(B, -exponent)


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


@finite_answers
def trace(B) -> float:
    """Tr B; see `symmetric` for what is refused."""
    B = symmetric(B)
    return float(B.sum() if B.ndim == 1 else np.trace(B))


@finite_answers
def square_norm(B) -> float:
    r"""Squared Frobenius norm :math:`\lVert B \rVert_F^2`, half the target's square.

    Examples
    --------
    >>> square_norm([[0, 1], [1, 0]])
    2.0
    """
    B = symmetric(B)
    return no_lost_square("square_norm", float(np.sum(B * B)), B)


@finite_answers
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
    B = in_range(B)
    scaled = B / np.abs(B).max()  # so that no square leaves the range of float64
    share = trace(scaled) ** 2 / (len(B) * square_norm(scaled))
    return min(1.0, share)


@finite_answers
def inner(A, B) -> float:
    r"""Frobenius product :math:`\langle A, B \rangle = \operatorname{Tr} A B`.

    Parameters
    ----------
    A, B : array_like of float, shape (d, d) or (d,)
        Symmetric, or the diagonal, either of them.

    Raises
    ------
    ValueError
        If a number is not finite.

    Examples
    --------
    >>> inner([3.0, 1.0], [[2.0, 7.0], [7.0, 1.0]])
    7.0
    """
    A, B = finite_array("A", A), finite_array("B", B)
    square = A.ndim in (1, 2) and B.ndim in (1, 2) and len(A) > 0
    if not square or {*A.shape, *B.shape} != {len(A)}:
        raise ValueError(
            f"A and B must be d x d or diagonals, got shapes {A.shape} and {B.shape}"
        )
    if A.ndim == B.ndim:
        return float(np.sum(A * B))
    a, b = (np.diag(x) if x.ndim == 2 else x for x in (A, B))
    return float(a @ b)


@finite_answers
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


# --- columns and projections ----------------------------------------------------------


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
    d = None if d is None else integer_from("d", d, 1)
    if x.ndim != 2 or not x.size or (d is not None and len(x) != d):
        rows = "d" if d is None else d
        raise ValueError(
            f"{name} must be a {rows} x N matrix with N >= 1, got shape {x.shape}"
        )
    return x


def ratio(rho) -> np.ndarray:
    """Check the number N / d of neurons per dimension: finite, not below 0."""
    return finite_array("rho", rho, 0)


def complement(W) -> np.ndarray:
    r"""Orthonormal basis Z of the complement of the columns of W.

    .. math:: P_\perp = Z Z^{\mathsf T}, \qquad Z^{\mathsf T} W = 0 .

    Parameters
    ----------
    W : array_like of float, shape (d, N)
        Of any rank.

    Returns
    -------
    ndarray of float, shape (d, d - rank)
        No column where the neurons span the space.

    Raises
    ------
    ValueError
        If W is not a finite matrix.

    Examples
    --------
    >>> complement([[1.0, 2.0], [1.0, 2.0]]).shape
    (2, 1)
    """
    W = columns("W", W)
    Q, R, _ = qr(W, mode="full", pivoting=True, check_finite=False)
    sizes = np.abs(np.diag(R))
    cutoff = max(W.shape) * np.finfo(float).eps * sizes[0]
    return Q[:, np.count_nonzero(sizes > cutoff) :]


@finite_answers
def explained(U, V) -> float:
    r"""Evaluate :math:`V^{\mathsf T} U^{+} V` for a Gram matrix U.

    Parameters
    ----------
    U : array_like of float, shape (N, N)
        Symmetric, positive semidefinite, of any rank.
    V : array_like of float, shape (N,)
        In the range of U.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If a number is not finite or the shapes do not fit.

    Notes
    -----
    The features are scaled to norm 1 first. Where the factor of Cholesky shows that
    one is nearly a combination of those before, the eigenvalues decide.

    Examples
    --------
    >>> round(explained([[4.0, 2.0], [2.0, 1.0]], [2.0, 1.0]), 12)
    1.0
    """
    U, V = _scaled(U, V)
    if not len(V):
        return 0.0
    cutoff = len(V) * np.finfo(float).eps
    try:
        factor = cholesky(U, lower=True, check_finite=False)
        if np.diag(factor).min() ** 2 > 100 * cutoff:
            y = solve_triangular(factor, V, lower=True, check_finite=False)
            return float(y @ y)
    except LinAlgError:
        pass
    values, basis = eigh(U, check_finite=False)
    kept = values > cutoff * values[-1]
    return float(np.sum((basis[:, kept].T @ V) ** 2 / values[kept]))


@finite_answers
def explained_path(U, V) -> np.ndarray:
    r"""`explained` for the first feature, for the first two, and so on, in one pass.

    With the factor of Cholesky :math:`U = L L^{\mathsf T}` and :math:`L y = V`, the
    first N features explain :math:`y_1^2 + \dots + y_N^2`.

    Parameters
    ----------
    U : array_like of float, shape (N, N)
        Symmetric, positive definite.
    V : array_like of float, shape (N,)

    Returns
    -------
    ndarray of float, shape (N,)
        Never decreasing.

    Raises
    ------
    ValueError
        As in `explained`; and for features that are linearly dependent, up to rounding.

    Examples
    --------
    >>> explained_path([[4.0, 0.0], [0.0, 1.0]], [2.0, 3.0])
    array([ 1., 10.])
    """
    count = finite_array("V", V).size
    U, V = _scaled(U, V)
    try:
        factor = cholesky(U, lower=True, overwrite_a=True, check_finite=False)
        least = np.diag(factor).min(initial=1.0) ** 2
    except LinAlgError:
        least = 0.0
    if len(V) < count or least <= 100 * count * np.finfo(float).eps:
        raise ValueError(
            f"the {count} features must be linearly independent, got one whose "
            f"square keeps only {least:.1e} of it beside those before"
        )
    y = solve_triangular(factor, V, lower=True, check_finite=False)
    return np.cumsum(y * y)


def _scaled(U, V) -> tuple[np.ndarray, np.ndarray]:
    """Scale the features to norm 1, and leave out those that are 0."""
    U, V = finite_array("U", U), finite_array("V", V)
    if V.ndim != 1 or U.shape != (len(V), len(V)):
        raise ValueError(
            f"U and V must have shapes (N, N) and (N,), got {U.shape} and {V.shape}"
        )
    norms = np.sqrt(np.maximum(np.diag(U), 0))
    kept = norms > 0
    if not kept.all():
        U, V, norms = U[np.ix_(kept, kept)], V[kept], norms[kept]
    U = U / norms
    U /= norms[:, None]
    return U, V / norms
