"""Matrices of signs: rank, sign-rank, statistical-query dimension, shattering."""

from __future__ import annotations

import math
from itertools import combinations, permutations, product

import numpy as np

from rfbook.ranges import finite_array, integer_from

MOST_COLUMNS = 7
"""Columns up to which `sign_rank` lists all orders and signs: 7! 2^6 = 322 560."""


def sign_matrix(values) -> np.ndarray:
    """Return a matrix of entries 1 and -1 as integers.

    Raises
    ------
    ValueError
        If it is not a matrix or has another entry.

    Examples
    --------
    >>> sign_matrix([[1, -1]])
    array([[ 1, -1]])
    """
    A = finite_array("matrix", values)
    if A.ndim != 2 or not A.size:
        raise ValueError(f"a matrix is needed, got shape {A.shape}")
    if not (np.abs(A) == 1).all():
        raise ValueError(f"entries must be 1 or -1, got {A[np.abs(A) != 1][0]}")
    return A.astype(np.int64)


def walsh_matrix(n: int) -> np.ndarray:
    r"""Return the matrix of all parities of n bits at all points.

    .. math:: A_{S, p} = (-1)^{|S \cap p|}

    Parameters
    ----------
    n : int
        Bits, 0 <= n <= 12.

    Returns
    -------
    ndarray of int, shape (2^n, 2^n)

    Raises
    ------
    ValueError
        If n is out of range.

    Examples
    --------
    >>> A = walsh_matrix(3)
    >>> bool((A @ A.T == 8 * np.eye(8)).all())
    True
    """
    n = integer_from("n", n, 0)
    if n > 12:
        raise ValueError(f"n must be at most 12, got {n}")
    A = np.ones((1, 1), dtype=np.int64)
    for _ in range(n):
        A = np.block([[A, A], [A, -A]])
    return A


def forster_bound(matrix) -> float:
    r"""Bound the sign-rank of a matrix without zeros from below.

    .. math:: \operatorname{sign-rank} \ge
              \frac{\sqrt{m n}\, \min_{ij} |A_{ij}|}{\lVert A \rVert_{\mathrm{op}}}

    Parameters
    ----------
    matrix : array_like of float, shape (m, n)
        No entry 0. Any matrix with the same signs may be tried.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If it is not a matrix or an entry is 0.

    Notes
    -----
    Source: Forster 2002; Forster et al. 2001. Claim ``forster-argument``.

    Examples
    --------
    >>> round(forster_bound(walsh_matrix(4)), 12)
    4.0
    """
    A = finite_array("matrix", matrix)
    if A.ndim != 2 or not A.size:
        raise ValueError(f"a matrix is needed, got shape {A.shape}")
    least = np.abs(A).min()
    if least == 0:
        raise ValueError("no entry may be 0, got a matrix with a zero")
    return float(math.sqrt(A.size) * least / np.linalg.norm(A, 2))


def sign_rank(matrix) -> int:
    r"""Return the sign-rank of a small matrix of signs, by enumeration.

    The least rank of a real matrix with these signs. Rank 1: every row is the first or
    its negative. Rank 2: after some columns change their sign and all are put in some
    order, every row changes its sign at most once. Rank n, the largest: all
    :math:`2^{n-1}` rows occur up to their sign.

    Parameters
    ----------
    matrix : array_like of int, shape (m, n)
        Entries 1 and -1. After equal or opposite rows and columns are dropped, at most
        4 rows or columns may be left if the rank is 3 or more, and at most 7 in any
        case.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If the matrix is too large for the enumeration to decide.

    Notes
    -----
    Claims ``sign-rank-full``, ``sign-rank-two`` and ``walsh-four``.

    Examples
    --------
    >>> sign_rank(walsh_matrix(1)), sign_rank(walsh_matrix(2))
    (2, 3)
    """
    A = _reduced(_reduced(sign_matrix(matrix)).T)
    if A.shape[1] > A.shape[0]:
        A = A.T
    n = A.shape[1]
    if n <= 2:
        return n
    if n > MOST_COLUMNS:
        raise ValueError(f"at most {MOST_COLUMNS} columns can be decided, got {n}")
    if _one_change(A):
        return 2
    if len(A) == 2 ** (n - 1):
        return n
    if n <= 4:
        return 3
    raise ValueError(f"the rank is between 3 and {n - 1}: not decided by enumeration")


def _reduced(A: np.ndarray) -> np.ndarray:
    """Drop rows that are equal or opposite to an earlier one; first entries are 1."""
    return np.unique(A * A[:, :1], axis=0)


def _one_change(A: np.ndarray) -> bool:
    """Decide whether signs and an order leave each row at most one change."""
    n = A.shape[1]
    orders = np.array([order for order in permutations(range(n)) if order[0] == 0])
    for signs in product((1, -1), repeat=n - 1):
        turned = A * np.array((1, *signs))
        rows = turned[:, orders]
        changes = (rows[:, :, 1:] != rows[:, :, :-1]).sum(2)
        if (changes <= 1).all(0).any():
            return True
    return False


def sq_dimension(gram) -> int:
    r"""Return the statistical-query dimension of m unit functions, by enumeration.

    .. math:: \max \Bigl\{ s : \text{some } s \text{ of them have }
              |\langle f_i, f_j \rangle| \le \tfrac1s \text{ for } i \ne j \Bigr\}

    Parameters
    ----------
    gram : array_like of float, shape (m, m)
        Their inner products, m <= 16.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If the matrix is not square or too large.

    Notes
    -----
    Claims ``query-lower`` and ``query-upper``.

    Examples
    --------
    >>> sq_dimension(np.eye(8)), sq_dimension([[1, -1], [-1, 1]])
    (8, 1)
    """
    G = np.abs(finite_array("gram", gram))
    if G.ndim != 2 or G.shape[0] != G.shape[1] or not 1 <= len(G) <= 16:
        raise ValueError(f"gram must be m x m with m <= 16, got shape {G.shape}")
    for s in range(len(G), 1, -1):
        for chosen in combinations(range(len(G)), s):
            part = G[np.ix_(chosen, chosen)] * s
            if (part[~np.eye(s, dtype=bool)] <= 1 + 1e-12).all():
                return s
    return 1


def projective_plane(q: int) -> np.ndarray:
    r"""Return which points of the projective plane over q elements lie on which lines.

    Points and lines are the directions of the vectors of three residues modulo q, and
    a point lies on a line if their product is 0.

    Parameters
    ----------
    q : int
        A prime.

    Returns
    -------
    ndarray of int, shape (N, N), N = q^2 + q + 1
        Symmetric, entries 0 and 1, row sums q + 1.

    Raises
    ------
    ValueError
        If q is not a prime.

    Notes
    -----
    Claims ``plane-gram``, ``plane-shattering`` and ``plane-sign-rank``.

    Examples
    --------
    >>> M = projective_plane(2)
    >>> bool((M @ M.T == 2 * np.eye(7) + 1).all())
    True
    """
    q = integer_from("q", q, 2)
    if any(q % p == 0 for p in range(2, math.isqrt(q) + 1)):
        raise ValueError(f"q must be a prime, got {q}")
    points = [(1, a, b) for a in range(q) for b in range(q)]
    points += [(0, 1, a) for a in range(q)] + [(0, 0, 1)]
    P = np.array(points)
    return ((P @ P.T) % q == 0).astype(np.int64)


def vc_dimension(matrix, most: int = 4) -> int:
    r"""Return the size of the largest set of columns that the rows shatter.

    Parameters
    ----------
    matrix : array_like of int, shape (m, n)
        Two values.
    most : int, optional
        Sizes up to which sets are tried, >= 0.

    Returns
    -------
    int
        At most `most`.

    Raises
    ------
    ValueError
        If it is not a matrix of two values.

    Notes
    -----
    Claim ``plane-shattering``.

    Examples
    --------
    >>> vc_dimension(walsh_matrix(2)), vc_dimension(projective_plane(2))
    (2, 2)
    """
    A = finite_array("matrix", matrix)
    if A.ndim != 2 or not A.size or len(np.unique(A)) > 2:
        raise ValueError(f"a matrix of two values is needed, got shape {A.shape}")
    A = (A.max() == A).astype(np.int64)
    shattered, size = True, 0
    while shattered and size < min(integer_from("most", most, 0), A.shape[1]):
        size += 1
        weights = 2 ** np.arange(size)
        shattered = any(
            len(np.unique(A[:, chosen] @ weights)) == 2**size
            for chosen in combinations(range(A.shape[1]), size)
        )
        size -= not shattered
    return size
