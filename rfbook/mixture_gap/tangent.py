r"""The tangent model with the activation u^2 on the mixture: exact, bounds, limit.

Its functions are the quadratic functions whose matrix M has :math:`P_\perp M P_\perp =
0`, with a free constant; P_perp projects onto the complement of the columns of W. On
the quadratic target B the best of them leaves the block :math:`P_\perp B P_\perp`.
Here the noise depends on the label and weighs the entry (i, j) of M by
:math:`1 + \lambda_i \lambda_j`, so that the best M solves a linear system in as many
unknowns as that block has. As the weights are between
:math:`1 \mp \lVert \Delta \rVert_{\mathrm{op}}^2`, the block of Delta itself gives the
risk up to terms of order 1/d where the eigenvalues are of order :math:`d^{-1/2}`.

The chapter is ``book/mixture-gap.md``.
"""

from __future__ import annotations

import numpy as np

from rfbook.matrices import columns, complement, ratio, symmetric
from rfbook.mixture_gap.mixture import captured_risk, difference, snr
from rfbook.quadratic_gap import tangent as quadratic
from rfbook.ranges import finite_answers, integer_from

_ACCURACY = 1e-16
"""What the solver may leave out of the signal-to-noise ratio, relative to all of it."""


# --- the exact risk -------------------------------------------------------------------


@finite_answers
def nt_risk(W, Delta) -> float:
    r"""Risk of the best function of the tangent model, for these neurons exactly.

    With a basis Z of the complement of the neurons and :math:`\mathcal Q M = 2 (M +
    \Delta M \Delta)`,

    .. math::
        \mathcal R_{\mathrm{NT}} = \frac{1}{1 + \operatorname{snr}_{\mathrm{NT}}},
        \qquad \operatorname{snr}_{\mathrm{NT}} &= \langle \Delta, \mathcal Q^{-1}
        \Delta \rangle - \langle b, K^{-1} b \rangle, \\
        b = Z^{\mathsf T} (\mathcal Q^{-1} \Delta) Z, \qquad
        K(\Lambda) &= Z^{\mathsf T} \mathcal Q^{-1} (Z \Lambda Z^{\mathsf T}) Z .

    Claim: `nt-mixture-exact`; for N >= d `nt-mixture-wide`.

    Parameters
    ----------
    W : array_like of float, shape (d, N)
        The neurons at the start, as columns, of any rank.
    Delta : array_like of float, shape (d, d) or (d,)

    Returns
    -------
    float
        In (0, 1]; 1 where Delta is 0.

    Raises
    ------
    ValueError
        If W is not a finite d x N matrix, or Delta is refused by
        `rfbook.mixture_gap.difference`.

    Notes
    -----
    In the eigenbasis of Delta, :math:`(\mathcal Q^{-1} M)_{ij} = M_{ij} / (2 (1 +
    \lambda_i \lambda_j))`. The system is solved by conjugate gradients; their number
    of steps is small, because K has its eigenvalues in a short interval.

    Examples
    --------
    For a multiple of the identity each of N < d neurons captures one direction:

    >>> W = [[1.0, 0.0], [1.0, 1.0], [1.0, 3.0]]
    >>> round(nt_risk(W, [0.5, 0.5, 0.5]), 12) == round(1 / (1 + 2 * 0.5 * 0.2), 12)
    True
    """
    values, _, Z = _frame(W, Delta)
    return captured_risk(_captured(values, Z)[0])


@finite_answers
def nt_risk_path(W, Delta, widths) -> np.ndarray:
    r"""`nt_risk` of the first neurons of W, for each of several widths.

    Claim: `nt-mixture-exact`.

    Parameters
    ----------
    W : array_like of float, shape (d, N)
        The first min(d, N) neurons must be linearly independent.
    Delta : array_like of float, shape (d, d) or (d,)
    widths : array_like of int
        Numbers of neurons, from 1 to N, in any order.

    Returns
    -------
    ndarray of float
        In the shape of `widths`.

    Raises
    ------
    ValueError
        As in `nt_risk`; for a width out of range; and for linearly dependent neurons.

    Examples
    --------
    >>> from rfbook.features import isotropic_weights
    >>> W, Delta = isotropic_weights(4, 6, seed=0), [0.4, 0.3, 0.2, -0.1]
    >>> path = nt_risk_path(W, Delta, [2, 6])
    >>> np.allclose(path, [nt_risk(W[:, :2], Delta), nt_risk(W, Delta)])
    True
    """
    Delta = difference(Delta)
    W = columns("W", W, len(Delta))
    d, N = W.shape
    counts = [integer_from("width", width, 1) for width in np.ravel(widths)]
    if max(counts, default=1) > N:
        raise ValueError(f"W has {N} neurons, got the width {max(counts)}")
    values, basis = _eigen(Delta)
    W = W[:, :d] if basis is None else basis.T @ W[:, :d]
    Q, R = np.linalg.qr(W, mode="complete")
    sizes = np.abs(np.diag(R))
    if sizes.min() <= d * np.finfo(float).eps * sizes.max():
        raise ValueError(
            f"the first {min(d, N)} neurons must be linearly independent, "
            f"got W of rank below {min(d, N)}"
        )
    found = [_captured(values, Q[:, count:])[0] for count in counts]
    return captured_risk(np.reshape(found, np.shape(widths)))


@finite_answers
def nt_predictor(W, Delta) -> tuple[np.ndarray, float]:
    r"""Best function :math:`\langle x, M x \rangle + c` of the tangent model.

    With the solution Lambda of :math:`K(\Lambda) = b`, see `nt_risk`,

    .. math:: M = - \mathcal R_{\mathrm{NT}}\; \mathcal Q^{-1} (\Delta - Z \Lambda
              Z^{\mathsf T}), \qquad c = - \operatorname{Tr} M .

    Claim: `nt-mixture-exact`.

    Parameters
    ----------
    W : array_like of float, shape (d, N)
    Delta : array_like of float, shape (d, d) or (d,)

    Returns
    -------
    M : ndarray of float, shape (d, d)
        Symmetric, with :math:`P_\perp M P_\perp = 0`.
    c : float

    Raises
    ------
    ValueError
        As in `nt_risk`.

    Examples
    --------
    >>> from rfbook.mixture_gap.mixture import mixture_risk
    >>> W, Delta = [[1.0], [2.0], [0.0]], [0.5, -0.3, 0.2]
    >>> M, c = nt_predictor(W, Delta)
    >>> bool(np.isclose(mixture_risk(M, c, Delta), nt_risk(W, Delta)))
    True
    """
    values, basis, Z = _frame(W, Delta)
    captured, multiplier = _captured(values, Z)
    rest = np.diag(values) - Z @ multiplier @ Z.T
    M = -captured_risk(captured) * _inverse_noise(values) * rest
    trace = np.trace(M)
    M = M if basis is None else basis @ M @ basis.T
    return (M + M.T) / 2, float(-trace)


def _eigen(Delta) -> tuple[np.ndarray, np.ndarray | None]:
    """Return the eigenvalues and eigenvectors; a vector is its own eigenvalues."""
    return (Delta, None) if Delta.ndim == 1 else np.linalg.eigh(Delta)


def _frame(W, Delta) -> tuple[np.ndarray, np.ndarray | None, np.ndarray]:
    """Return eigenvalues, eigenvectors, and the neurons' complement in that basis."""
    Delta = difference(Delta)
    Z = complement(columns("W", W, len(Delta)))
    values, basis = _eigen(Delta)
    return values, basis, (Z if basis is None else basis.T @ Z)


def _inverse_noise(values) -> np.ndarray:
    r"""Entries :math:`1 / (2 (1 + \lambda_i \lambda_j))` of the inverse of Q."""
    return 1 / (2 * (1 + np.outer(values, values)))


def _captured(values, Z) -> tuple[float, np.ndarray]:
    r"""Return the captured signal-to-noise ratio and the solution of K(Lambda) = b.

    After each step of conjugate gradients from 0, with the residual r, the rest is
    :math:`\langle b, K^{-1} b - \Lambda \rangle = \langle r, K^{-1} r \rangle \le
    2 (1 + \lVert \Delta \rVert_{\mathrm{op}}^2) \lVert r \rVert_F^2`; so it is known
    when to stop.
    """
    inverse = _inverse_noise(values)
    total = float(values @ (np.diag(inverse) * values))
    block = (Z.T * (np.diag(inverse) * values)) @ Z
    residual = block
    worst = 2 * (1 + np.max(values**2))
    solution, step = np.zeros_like(residual), residual
    square = np.sum(residual**2)
    while worst * square > _ACCURACY * total:
        image = Z.T @ (inverse * (Z @ step @ Z.T)) @ Z
        image = (image + image.T) / 2
        length = square / np.sum(step * image)
        solution = solution + length * step
        residual = residual - length * image
        before, square = square, np.sum(residual**2)
        step = residual + square / before * step
    return total - float(np.sum(block * solution)), solution


# --- between two bounds, and the leading term -----------------------------------------


@finite_answers
def nt_leading_snr(W, Delta) -> float:
    r"""Evaluate the leading term of the signal-to-noise ratio that is captured.

    .. math:: \tfrac12 \big( \lVert \Delta \rVert_F^2 - \lVert P_\perp \Delta P_\perp
              \rVert_F^2 \big),

    the share of `snr` that the tangent model would fit of the quadratic target
    :math:`\langle x, \Delta x \rangle - \operatorname{Tr} \Delta`.

    Claim: `nt-mixture-bounds`.

    Parameters
    ----------
    W : array_like of float, shape (d, N)
    Delta : array_like of float, shape (d, d) or (d,)

    Raises
    ------
    ValueError
        As in `nt_risk`.

    Examples
    --------
    Two axes of three:

    >>> W = [[1.0, 1.0], [0.0, 2.0], [0.0, 0.0]]
    >>> nt_leading_snr(W, [0.5, 0.1, 0.2]) == (0.5**2 + 0.1**2) / 2
    True
    """
    values, _, Z = _frame(W, Delta)
    block = (Z.T * values) @ Z
    return max(0.0, float(np.sum(values**2) - np.sum(block**2)) / 2)


def nt_leading(W, Delta) -> float:
    r"""Risk with the leading term in place of the captured signal-to-noise ratio.

    .. math:: \frac{2}{2 + \lVert \Delta \rVert_F^2 - \lVert P_\perp \Delta P_\perp
              \rVert_F^2},

    which `nt_risk` differs from by less than :math:`\lVert \Delta
    \rVert_{\mathrm{op}}^2`.

    Claim: `nt-mixture-leading`.

    Parameters
    ----------
    W : array_like of float, shape (d, N)
    Delta : array_like of float, shape (d, d) or (d,)

    Raises
    ------
    ValueError
        As in `nt_risk`.

    Notes
    -----
    Source: Ghorbani et al., NeurIPS 2019, Theorem 5. For N > d the inverse that is
    printed there does not exist; P_perp is then 0.

    Examples
    --------
    >>> W, Delta = [[1.0], [2.0], [0.0]], [0.05, -0.03, 0.02]
    >>> abs(nt_leading(W, Delta) - nt_risk(W, Delta)) < 0.05**2
    True
    """
    return captured_risk(nt_leading_snr(W, Delta))


def nt_risk_bounds(W, Delta) -> tuple[float, float]:
    r"""Bounds of the risk from the leading term s of the signal-to-noise ratio.

    .. math:: \frac{1}{1 + s / (1 - (- \lambda_1 \lambda_d)_+)} \le
              \mathcal R_{\mathrm{NT}} \le \frac{1}{1 + s / (1 + q)}, \qquad
              q = \lVert \Delta \rVert_{\mathrm{op}}^2 .

    Claim: `nt-mixture-bounds`.

    Parameters
    ----------
    W : array_like of float, shape (d, N)
    Delta : array_like of float, shape (d, d) or (d,)

    Returns
    -------
    low, high : float
        For semidefinite Delta `low` is `nt_leading`.

    Raises
    ------
    ValueError
        As in `nt_risk`.

    Examples
    --------
    >>> W, Delta = [[1.0], [2.0], [0.0]], [0.5, -0.3, 0.2]
    >>> low, high = nt_risk_bounds(W, Delta)
    >>> low < nt_risk(W, Delta) < high
    True
    """
    leading = nt_leading_snr(W, Delta)
    values, _ = _eigen(difference(Delta))
    cross = max(0.0, -values.max() * values.min())
    square = np.max(values**2)
    return captured_risk(leading / (1 - cross)), captured_risk(leading / (1 + square))


# --- the mean and the limit -----------------------------------------------------------


def nt_leading_mean(Delta, N: int) -> float:
    r"""Mean of `nt_leading_snr` over neurons whose span is uniformly distributed.

    With :math:`m = (d - N)_+` and :math:`\chi` the `rfbook.matrices.trace_ratio`,

    .. math:: \frac{\lVert \Delta \rVert_F^2}{2} \Big( 1 - \chi\, \frac md - (1 - \chi)
              \frac{m\, [d (m + 1) - 2]}{d (d + 2)(d - 1)} \Big) .

    Claim: `nt-mixture-mean`.

    Parameters
    ----------
    Delta : array_like of float, shape (d, d) or (d,)
    N : int
        Number of neurons, at least 1; independent, from one rotation-invariant law
        with a density.

    Raises
    ------
    ValueError
        If Delta or N is refused.

    Examples
    --------
    A multiple of the identity: N of d directions are captured.

    >>> nt_leading_mean([0.5, 0.5, 0.5, 0.5], 3) == 3 / 4 * 0.5
    True
    """
    Delta, N = difference(Delta), integer_from("N", N, 1)
    if not Delta.any():
        return 0.0
    return snr(Delta) * (1 - quadratic.nt_risk_mean(Delta, N))


def nt_kappa(rho, Delta):
    r"""Share :math:`\kappa(\rho, \Delta)` of the signal that is captured in the limit.

    .. math:: \kappa(\rho, \Delta) = 1 - (1 - \rho)_+^2\, (1 - \chi)
              - (1 - \rho)_+\, \chi , \qquad \chi = \chi(\Delta) .

    Claim: `nt-mixture-share`.

    Parameters
    ----------
    rho : array_like of float
        Neurons per dimension, at least 0.
    Delta : array_like of float, shape (d, d) or (d,)
        Not 0; only its `rfbook.matrices.trace_ratio` counts.

    Returns
    -------
    float or ndarray of float
        In the shape of rho, between 0 and 1.

    Raises
    ------
    ValueError
        If rho or Delta is refused.

    Notes
    -----
    Source: Ghorbani et al., NeurIPS 2019, Theorem 5.

    Examples
    --------
    >>> float(nt_kappa(0.5, [0.3, 0.3])), float(nt_kappa(0.5, [0.3, -0.3]))
    (0.5, 0.75)
    """
    Delta = symmetric(difference(Delta), "Delta")
    return 1 - quadratic.nt_risk_limit(rho, Delta)


def nt_risk_limit(rho, Delta):
    r"""Limit of the tangent model's risk for N, d to infinity with N / d to rho.

    .. math:: \frac{1}{1 + \kappa(\rho, \Delta)\, \lVert \Delta \rVert_F^2 / 2}

    The mean distance of `nt_risk` from it, over isotropic neurons at :math:`\rho =
    N / d`, is below :math:`\tfrac98 q + q / (4 - 3 q)` with :math:`q = \lVert \Delta
    \rVert_{\mathrm{op}}^2`.

    Claim: `nt-mixture-limit`.

    Parameters
    ----------
    rho : array_like of float
        Neurons per dimension, at least 0.
    Delta : array_like of float, shape (d, d) or (d,)

    Returns
    -------
    float or ndarray of float
        In the shape of rho; 1 where Delta is 0.

    Raises
    ------
    ValueError
        If rho or Delta is refused.

    Notes
    -----
    Source: Ghorbani et al., NeurIPS 2019, Theorem 5 and Equation (17), for isotropic
    neurons and Sigma = I.

    Examples
    --------
    >>> nt_risk_limit([0, 0.5, 2], [0.5, -0.5]).round(4).tolist()
    [1.0, 0.8421, 0.8]
    """
    Delta = difference(Delta)
    if not Delta.any():
        return captured_risk(0 * ratio(rho))
    return captured_risk(snr(Delta) * nt_kappa(rho, Delta))
