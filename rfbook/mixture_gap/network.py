r"""The network with the activation u^2 on the mixture: the least risk of N neurons.

A network :math:`c + \sum_i u_i \langle w_i, x \rangle^2` is a quadratic predictor whose
matrix has at most rank N, with the signs of the output weights. The best one keeps
directions in which the two covariances differ most.

The chapter is ``book/mixture-gap.md``.
"""

from __future__ import annotations

import numpy as np

from rfbook.matrices import ratio, trace_ratio
from rfbook.mixture_gap.mixture import captured_risk, difference, snr
from rfbook.ranges import LONGEST, finite_answers, integer_from

LAYERS = ("free", "minus", "plus")


# --- the signal that neurons capture --------------------------------------------------


def _signals(values, second_layer: str) -> np.ndarray:
    r"""Return the eigenvalues that the output weights can use, the others as 0.

    The label is +1 where x is short along a positive eigenvalue, so that output weights
    -1 use the positive eigenvalues.
    """
    if second_layer not in LAYERS:
        raise ValueError(
            f"second_layer must be 'free', 'minus' or 'plus', got {second_layer!r}"
        )
    if second_layer == "minus":
        return np.maximum(values, 0)
    return np.minimum(values, 0) if second_layer == "plus" else values


def _spectrum(Delta) -> tuple[np.ndarray, np.ndarray | None]:
    """Return the eigenvalues, and the eigenvectors where Delta is not a vector."""
    Delta = difference(Delta)
    return (Delta, None) if Delta.ndim == 1 else np.linalg.eigh(Delta)


def _squares(Delta, second_layer: str) -> np.ndarray:
    """Return the squares of the eigenvalues that neurons can use, largest first."""
    return np.sort(_signals(_spectrum(Delta)[0], second_layer) ** 2)[::-1]


def _path(shares, N: int) -> np.ndarray:
    """Return what the first neuron captures, the first two, ..., in all N numbers."""
    N = integer_from("N", N, 1, LONGEST)
    return np.cumsum(shares)[np.minimum(np.arange(N), len(shares) - 1)]


@finite_answers
def nn_snr(Delta, N: int, second_layer: str = "free") -> float:
    r"""Signal-to-noise ratio that the best network with N neurons captures.

    .. math::
        \operatorname{snr}_{\mathrm{NN}} &= \frac12 \sum_{i=1}^{N \wedge d}
            \frac{|\lambda|_{(i)}(\Delta)^2}{1 + |\lambda|_{(i)}(\Delta)^2}
            && (\text{free}), \\
        \operatorname{snr}_{\mathrm{NN}} &= \frac12 \sum_{i=1}^{N \wedge d}
            \frac{\mu_i^2}{1 + \mu_i^2}, \quad
            \mu_i = \lambda_i(\Delta)_+ \ (\text{minus})
            \ \text{or}\ \lambda_i(-\Delta)_+ \ (\text{plus}) .

    Claim: `mixture-network`; for fixed output weights `mixture-network-signs`.

    Parameters
    ----------
    Delta : array_like of float, shape (d, d) or (d,)
    N : int
        Number of neurons, at least 1.
    second_layer : {"free", "minus", "plus"}
        Output weights of any sign, or all equal to -1, or all equal to +1.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        See `difference`; and if N or the layer is refused.

    Notes
    -----
    Source: Ghorbani et al., NeurIPS 2019, Theorem 6, which has the squares alone, up
    to o(1).

    Examples
    --------
    >>> nn_snr([0.5, -0.5, 0.0], 1), nn_snr([0.5, -0.5, 0.0], 5)
    (0.1, 0.2)
    >>> nn_snr([0.5, -0.5, 0.0], 5, "minus")
    0.1
    """
    squares = _squares(Delta, second_layer)
    N = min(integer_from("N", N, 1), len(squares))
    return float(_path(squares / (1 + squares), N)[-1] / 2)


@finite_answers
def nn_risk(Delta, N: int, second_layer: str = "free") -> float:
    r"""Least risk of a network with N neurons: an infimum that is attained.

    .. math:: \mathcal R_{\mathrm{NN}} = \frac{1}{1 + \operatorname{snr}_{\mathrm{NN}}}

    with `nn_snr`, exactly, for every dimension.

    Claim: `mixture-network`; for fixed output weights `mixture-network-signs`.

    Parameters
    ----------
    Delta, N, second_layer
        See `nn_snr`.

    Returns
    -------
    float
        In (0, 1].

    Raises
    ------
    ValueError
        See `nn_snr`.

    Examples
    --------
    >>> nn_risk([0.5, -0.5, 0.0], 2) == 1 / 1.2
    True
    """
    return captured_risk(nn_snr(Delta, N, second_layer))


@finite_answers
def nn_risk_path(Delta, N: int, second_layer: str = "free") -> np.ndarray:
    """`nn_risk` for 1, ..., N neurons.

    Parameters
    ----------
    Delta, N, second_layer
        See `nn_snr`.

    Returns
    -------
    ndarray of float, shape (N,)
        Never increasing; constant from the d-th entry on.

    Raises
    ------
    ValueError
        See `nn_snr`.

    Examples
    --------
    >>> path = nn_risk_path([0.5, -0.5, 0.0], 4)
    >>> path.tolist() == [nn_risk([0.5, -0.5, 0.0], N) for N in (1, 2, 3, 4)]
    True
    """
    squares = _squares(Delta, second_layer)
    return captured_risk(_path(squares / (1 + squares), N) / 2)


def nn_risk_limit(rho, Delta, second_layer: str = "free"):
    r"""Leading term of the network's risk at rho d neurons.

    .. math:: \frac{1}{1 + \frac12 \sum_{i \le \rho d} |\lambda|_{(i)}(\Delta)^2}

    for free output weights, and for fixed ones with the eigenvalues of their sign. It
    is at most :math:`\lVert \Delta \rVert_{\mathrm{op}}^2 / 4` below `nn_risk`. Between
    multiples of 1/d the sum is linear.

    Claim: `mixture-network-leading`.

    Parameters
    ----------
    rho : array_like of float
        Neurons per dimension, at least 0.
    Delta, second_layer
        See `nn_snr`.

    Returns
    -------
    float or ndarray
        In the shape of rho.

    Raises
    ------
    ValueError
        See `nn_snr`; and if a rho is refused.

    Notes
    -----
    Source: Ghorbani et al., NeurIPS 2019, Theorem 6 and equation (17).

    Examples
    --------
    >>> nn_risk_limit([0.0, 0.5, 1.0, 3.0], [0.5, 0.5]).round(3).tolist()
    [1.0, 0.889, 0.8, 0.8]
    """
    rho = ratio(rho)
    squares = _squares(Delta, second_layer)
    d = len(squares)
    sums = np.append(0.0, np.cumsum(squares))
    return captured_risk(np.interp(rho, np.arange(d + 1) / d, sums) / 2)


@finite_answers
def best_network(Delta, N: int, second_layer: str = "free") -> tuple:
    r"""Matrix and constant of the network with the least risk.

    With the eigenvectors :math:`v_i` of the N eigenvalues that `nn_snr` sums over,

    .. math:: M = - \frac{1}{1 + \operatorname{snr}_{\mathrm{NN}}} \sum_i
              \frac{\lambda_i}{2 (1 + \lambda_i^2)}\, v_i v_i^{\mathsf T}, \qquad
              c = - \operatorname{Tr} M .

    Claim: `mixture-network`; for fixed output weights `mixture-network-signs`.

    Parameters
    ----------
    Delta, N, second_layer
        See `nn_snr`.

    Returns
    -------
    M : ndarray of float, shape (d, d) or (d,)
        Of rank at most N; a vector where Delta is one.
    c : float

    Raises
    ------
    ValueError
        See `nn_snr`.

    Examples
    --------
    >>> from rfbook.mixture_gap.mixture import mixture_risk
    >>> M, c = best_network([0.5, -0.5, 0.25], 2)
    >>> bool(np.isclose(mixture_risk(M, c, [0.5, -0.5, 0.25]), 1 / 1.2))
    True
    """
    values, basis = _spectrum(Delta)
    used = _signals(values, second_layer)
    scale = -nn_risk(Delta, N, second_layer) / 2
    entries = scale * used / (1 + used**2)
    entries[np.argsort(-np.abs(used), kind="stable")[N:]] = 0
    M = entries if basis is None else (basis * entries) @ basis.T
    return M, float(-entries.sum())


# --- the network and the tangent model ------------------------------------------------


def gap_bound(rho, Delta):
    r"""Lower bound of what the network captures beyond the tangent model.

    For semidefinite Delta, isotropic neurons and :math:`N = \rho d`,

    .. math:: \operatorname{snr}_{\mathrm{NN}} - \mathbb E_W \operatorname{snr}_{
              \mathrm{NT}} \ge \operatorname{snr} \cdot \Big( \min(\rho, 1 - \rho)_+^2\,
              (1 - \chi(\Delta)) - \frac{\lVert \Delta \rVert_{\mathrm{op}}^2}
              {1 + \lVert \Delta \rVert_{\mathrm{op}}^2} \Big)_+ .

    Claim: `mixture-gap-finite`; where the bound is 0, `mixture-order`.

    Parameters
    ----------
    rho : array_like of float
        Neurons per dimension, at least 0.
    Delta : array_like of float, shape (d, d) or (d,)
        Positive or negative semidefinite.

    Returns
    -------
    float or ndarray
        In the shape of rho.

    Raises
    ------
    ValueError
        See `difference`; if rho is refused; and if Delta has eigenvalues of both
        signs: the order of the two can then be the other one.

    Examples
    --------
    >>> gap_bound([0.5, 1.0], [0.1, 0.0]).round(5).tolist()
    [0.00058, 0.0]
    >>> gap_bound(0.5, [0.1, -0.1])
    Traceback (most recent call last):
        ...
    ValueError: Delta must be semidefinite, got the eigenvalues -0.1 and 0.1
    """
    rho = ratio(rho)
    values = _spectrum(Delta)[0]
    low, high, size = values.min(), values.max(), np.abs(values).max()
    if low < -1e-12 * size and high > 1e-12 * size:
        raise ValueError(
            f"Delta must be semidefinite, got the eigenvalues {low} and {high}"
        )
    if size == 0:
        return np.zeros_like(rho)[()]
    side = np.maximum(np.minimum(rho, 1 - rho), 0)
    lost = size**2 / (1 + size**2)
    share = side**2 * (1 - trace_ratio(values)) - lost
    return (snr(values) * np.maximum(share, 0))[()]
