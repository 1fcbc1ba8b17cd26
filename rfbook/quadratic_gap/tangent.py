r"""The neural tangent model with the activation u^2, exactly and in the limit.

Its functions are :math:`c + 2 \sum_i \langle w_i, x \rangle \langle v_i, x \rangle`,
the quadratic functions whose matrix has the form :math:`W A^{\mathsf T} + A W^{\mathsf
T}`. These are the symmetric matrices M with :math:`P_\perp M P_\perp = 0`, where P_perp
projects onto the complement of the columns of W. What the model cannot fit is therefore
the block :math:`P_\perp B P_\perp`, and nothing else.

The chapter is ``book/quadratic-gap.md``.
"""

from __future__ import annotations

import numpy as np

from rfbook.matrices import (
    columns,
    complement,
    dense,
    in_range,
    positive_eigenvalues,
    ratio,
    square_norm,
    symmetric,
    trace_ratio,
)
from rfbook.ranges import finite_answers, integer_from


@finite_answers
def nt_risk(W, B) -> float:
    r"""Risk of the best function of the tangent model, for these neurons exactly.

    .. math:: \mathcal R_{\mathrm{NT}} =
              \frac{\lVert P_\perp B P_\perp \rVert_F^2}{\lVert B \rVert_F^2}

    Claim: `nt-quadratic-exact`.

    Parameters
    ----------
    W : array_like of float, shape (d, N)
        The neurons at the start, as columns.
    B : array_like of float, shape (d, d) or (d,)
        Any symmetric matrix, not 0; it need not be semidefinite.

    Returns
    -------
    float
        In [0, 1]; 0 where the neurons span the space.

    Raises
    ------
    ValueError
        If W is not a finite d x N matrix, or B is refused by
        `rfbook.matrices.symmetric`.

    Notes
    -----
    The model has a free constant, and a second layer that is trained as well adds
    nothing: w_i w_i' is of the form W A' + A W' already.

    Examples
    --------
    Along the first two axes the third eigenvalue alone is lost:

    >>> W = [[1.0, 1.0], [0.0, 2.0], [0.0, 0.0]]
    >>> round(nt_risk(W, [3.0, 2.0, 6.0]), 12) == round(36 / 49, 12)
    True
    """
    B = in_range(B)
    W = columns("W", W, len(B))
    Z = complement(W)
    block = Z.T @ (B[:, None] * Z if B.ndim == 1 else B @ Z)
    return float(np.sum(block * block) / square_norm(B))


def nt_risk_path(W, B) -> np.ndarray:
    r"""`nt_risk` of the first neuron, of the first two, and so on, in one pass.

    With an orthonormal basis q_1, ..., q_d whose first vectors span the first neurons,
    and :math:`C = Q^{\mathsf T} B Q`, the risk of N neurons is the part of
    :math:`\lVert C \rVert_F^2` in the rows and columns behind N.

    Claim: `nt-quadratic-exact`.

    Parameters
    ----------
    W : array_like of float, shape (d, N)
        The first min(d, N) neurons must be linearly independent.
    B : array_like of float, shape (d, d) or (d,)

    Returns
    -------
    ndarray of float, shape (N,)
        Never increasing; 0 from the d-th entry on.

    Raises
    ------
    ValueError
        As in `nt_risk`; and for linearly dependent neurons.

    Examples
    --------
    >>> from rfbook.features import isotropic_weights
    >>> W = isotropic_weights(4, 6, seed=0)
    >>> np.allclose(nt_risk_path(W, [4, 3, 2, 1])[1], nt_risk(W[:, :2], [4, 3, 2, 1]))
    True
    """
    B = dense(in_range(B))
    W = columns("W", W, len(B))
    d, N = W.shape
    Q, R = np.linalg.qr(W[:, :d], mode="complete")
    sizes = np.abs(np.diag(R))
    if sizes.min() <= d * np.finfo(float).eps * sizes.max():
        raise ValueError(
            f"the first {min(d, N)} neurons must be linearly independent, "
            f"got W of rank below {min(d, N)}"
        )
    C = Q.T @ B @ Q
    # what row and column n add to the block that begins at n
    shells = 2 * np.sum(np.triu(C, 1) ** 2, axis=1) + np.diag(C) ** 2
    blocks = np.append(np.cumsum(shells[::-1])[::-1], 0.0)
    return blocks[np.minimum(np.arange(1, N + 1), d)] / blocks[0]


def nt_risk_mean(B, N: int) -> float:
    r"""Mean of `nt_risk` over neurons whose span is uniformly distributed.

    With :math:`m = (d - N)_+` and :math:`\chi` the `trace_ratio` of B,

    .. math:: E\, \mathcal R_{\mathrm{NT}} = \chi \frac md + (1 - \chi)
              \frac{m\, [d (m + 1) - 2]}{d (d + 2)(d - 1)} .

    Claim: `nt-quadratic-mean`.

    Parameters
    ----------
    B : array_like of float, shape (d, d) or (d,)
        Any symmetric matrix, not 0.
    N : int
        Number of neurons, at least 1; independent, from one rotation-invariant law
        with a density.

    Raises
    ------
    ValueError
        If B or N is refused.

    Notes
    -----
    Exact for every d and N: the text of Theorem 2 has this mean up to o(1). For d = 1
    the second term is absent, because then chi = 1.

    Examples
    --------
    A multiple of the identity loses the share of the space that is missed:

    >>> nt_risk_mean([2, 2, 2, 2], 3)
    0.25
    """
    B, N = symmetric(B), integer_from("N", N, 1)
    d, chi = len(B), trace_ratio(B)
    m = max(d - N, 0)
    if d == 1:
        return float(m)
    traceless = m * (d * (m + 1) - 2) / (d * (d + 2) * (d - 1))
    return float(chi * m / d + (1 - chi) * traceless)


def nt_risk_limit(rho, B):
    r"""Limit of the tangent model's risk for N, d to infinity with N / d to rho.

    .. math:: (1 - \rho)_+^2\, (1 - \chi) + (1 - \rho)_+\, \chi

    Claim: `nt-limit`.

    Parameters
    ----------
    rho : array_like of float
        Neurons per dimension, at least 0.
    B : array_like of float, shape (d, d) or (d,)
        Any symmetric matrix, not 0; only its `trace_ratio` chi counts.

    Returns
    -------
    float or ndarray
        In the shape of rho.

    Raises
    ------
    ValueError
        If rho or B is refused.

    Notes
    -----
    Source: Ghorbani et al., NeurIPS 2019, Theorem 2.

    Examples
    --------
    >>> nt_risk_limit(0.5, [1, 1]), nt_risk_limit(0.5, [1, -1])
    (np.float64(0.5), np.float64(0.25))
    """
    rest, chi = np.maximum(1 - ratio(rho), 0), trace_ratio(B)
    return (rest**2 * (1 - chi) + rest * chi)[()]


def gap_bound(rho, B):
    r"""Lower bound of the gap between the tangent model and the trained network.

    .. math:: E\, \mathcal R_{\mathrm{NT}} - \mathcal R_{\mathrm{NN}} \ge
              \min(\rho, 1 - \rho)^2\, (1 - \chi(B)), \qquad 0 \le \rho \le 1,

    for positive semidefinite B, at :math:`N = \rho d` with no error term, and so in the
    limit too.

    Claim: `gap-finite`, `gap-bound`.

    Parameters
    ----------
    rho : array_like of float
        Neurons per dimension, at least 0; beyond 1 both risks and the bound are 0.
    B : array_like of float, shape (d, d) or (d,)
        Positive semidefinite.

    Returns
    -------
    float or ndarray
        In the shape of rho.

    Raises
    ------
    ValueError
        If rho or B is refused, or B has a negative eigenvalue: the order of the two
        risks can then be the other one.

    Examples
    --------
    There is no gap for a multiple of the identity:

    >>> gap_bound([0.25, 0.5, 2.0], [1, 1, 1]).tolist()
    [0.0, 0.0, 0.0]
    """
    rho = ratio(rho)
    chi = trace_ratio(positive_eigenvalues(B))
    return (np.maximum(np.minimum(rho, 1 - rho), 0) ** 2 * (1 - chi))[()]
