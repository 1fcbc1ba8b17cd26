r"""Random features on the mixture, exactly and in the proportional limit.

The functions are :math:`\sum_i u_i\, \sigma(\langle w_i, x \rangle)` with the neurons
frozen. The best output weights separate the two means of the features, measured by how
much the features spread within the classes. With

.. math:: z_i = \mathbb E\, y\, \sigma(\langle w_i, x \rangle), \qquad
          m_i = \mathbb E\, \sigma(\langle w_i, x \rangle),

and C the mean of the two covariances of the features given the label, they capture

.. math:: \operatorname{snr}_{\mathrm{RF}} =
          z^{\mathsf T} (C + m m^{\mathsf T})^{+} z ,

and their risk is :math:`1 / (1 + \operatorname{snr}_{\mathrm{RF}})`. With a free
constant the term of the means is absent. Nothing is sampled.

The chapter is ``book/mixture-features.md``.
"""

from __future__ import annotations

import numpy as np

from rfbook.activations import QUADRATIC, Activation, activation
from rfbook.matrices import columns, explained, explained_path
from rfbook.mixture_gap.mixture import captured_risk, class_roots, difference, snr
from rfbook.quadratic_gap.features import rf_risk_limit as quadratic_limit
from rfbook.ranges import finite_answers, flag, instance_of

# --- finite size ----------------------------------------------------------------------


@finite_answers
def rf_means(W, Delta, sigma: Activation) -> tuple[np.ndarray, np.ndarray]:
    r"""Means of the features, and their products with the label.

    .. math:: m_i = \frac{\hat\sigma_0(r_i^+) + \hat\sigma_0(r_i^-)}2, \qquad
              z_i = \frac{\hat\sigma_0(r_i^+) - \hat\sigma_0(r_i^-)}2, \qquad
              (r_i^\pm)^2 = \langle w_i, (I \mp \Delta) w_i \rangle ,

    since given the label :math:`\langle w_i, x \rangle` is Gaussian with the variance
    :math:`(r_i^\pm)^2`.

    Claim: `mixture-rf-activation`.

    Parameters
    ----------
    W : array_like of float, shape (d, N)
    Delta : array_like of float, shape (d, d) or (d,)
    sigma : rfbook.activations.Activation

    Returns
    -------
    m, z : ndarray of float, shape (N,)
        z is 0 for an odd activation.

    Raises
    ------
    ValueError
        If an argument is refused.

    Examples
    --------
    For u^2 - 1 the class means are 1/2 - 1 and 3/2 - 1:

    >>> rf_means([[1.0]], [0.5], QUADRATIC)
    (array([0.]), array([-0.5]))
    """
    Delta = difference(Delta)
    W = columns("W", W, len(Delta))
    if instance_of("sigma", sigma, Activation) is QUADRATIC:
        form = np.einsum("ij,ij->j", W, _times(Delta, W))
        return np.sum(W * W, axis=0) - 1, -form
    plus, minus = (sigma.means(_times(root, W)) for root in class_roots(Delta))
    return (plus + minus) / 2, (plus - minus) / 2


@finite_answers
def rf_spread(W, Delta, sigma: Activation) -> np.ndarray:
    r"""Mean of the two covariances of the features given the label.

    .. math:: C_{ij} = \frac12 \sum_{y = \pm 1} \operatorname{Cov} \big( \sigma(\langle
              w_i, x \rangle), \sigma(\langle w_j, x \rangle) \,\big|\, y \big)

    For u^2 - 1 it is :math:`2 (W^{\mathsf T} W)^{\circ 2} + 2 (W^{\mathsf T} \Delta
    W)^{\circ 2}`.

    Claim: `mixture-rf-activation`.

    Parameters
    ----------
    W : array_like of float, shape (d, N)
    Delta : array_like of float, shape (d, d) or (d,)
    sigma : rfbook.activations.Activation

    Returns
    -------
    ndarray of float, shape (N, N)
        Symmetric, positive semidefinite.

    Raises
    ------
    ValueError
        If an argument is refused.

    Examples
    --------
    >>> rf_spread([[1.0]], [0.5], QUADRATIC)
    array([[2.5]])
    """
    Delta = difference(Delta)
    W = columns("W", W, len(Delta))
    if instance_of("sigma", sigma, Activation) is QUADRATIC:
        inner = W.T @ _times(Delta, W)
        inner *= inner
        inner *= 2
        inner += sigma.covariance(W)
        return inner
    plus, minus = class_roots(Delta)
    spread = sigma.covariance(_times(plus, W))
    spread += sigma.covariance(_times(minus, W))
    spread /= 2
    return spread


@finite_answers
def rf_risk(W, Delta, activation="quadratic", offset: bool = False) -> float:
    r"""Risk of the best sum of these random features, exactly.

    .. math:: \mathcal R_{\mathrm{RF}} = \frac1{1 + \operatorname{snr}_{\mathrm{RF}}},
              \qquad \operatorname{snr}_{\mathrm{RF}} =
              z^{\mathsf T} (C + m m^{\mathsf T})^{+} z

    with the means of `rf_means` and the covariances of `rf_spread`. For u^2 - 1

    .. math:: C = 2 (W^{\mathsf T} W)^{\circ 2} + 2 (W^{\mathsf T} \Delta W)^{\circ 2},
              \qquad m_i = \lVert w_i \rVert^2 - 1, \qquad
              z_i = - \langle w_i, \Delta w_i \rangle .

    With an offset, a free constant, the term :math:`m m^{\mathsf T}` is absent.

    Claim: `mixture-rf-quadratic`, `mixture-rf-activation`.

    Parameters
    ----------
    W : array_like of float, shape (d, N)
        The frozen neurons, as columns, of any norm. The text has them of norm about 1
        after `whiten`.
    Delta : array_like of float, shape (d, d) or (d,)
        Half the difference of the two covariances, whose mean is I; see `whiten`.
    activation : {"quadratic", "relu", "erf", "tanh"} or callable
        "quadratic" is u^2 - 1; the others are centred to mean 0 at radius 1. A callable
        is taken as it is: see `rfbook.activations.Quadrature` for which.
    offset : bool
        Whether a free constant is fitted too.

    Returns
    -------
    float
        In (0, 1]; exactly 1 for an odd activation.

    Raises
    ------
    ValueError
        If an argument is refused.

    Notes
    -----
    Source: Ghorbani et al., NeurIPS 2019, Section 3.1.

    Linearly dependent features are allowed: the pseudo-inverse drops the directions
    below N * 2e-16 times the largest.

    Examples
    --------
    One feature on the line, with a constant: 1 + z^2 / C = 1 + 0.5^2 / 2.5.

    >>> round(rf_risk([[1.0]], [0.5]), 12) == round(1 / 1.1, 12)
    True
    >>> rf_risk([[1.0]], [0.5], "tanh")
    1.0
    """
    gram, z = _separation(W, Delta, activation, offset)
    return captured_risk(explained(gram, z)) if z.any() else 1.0


@finite_answers
def rf_risk_path(W, Delta, activation="quadratic", offset: bool = False) -> np.ndarray:
    r"""`rf_risk` of the first neuron, of the first two, and so on, in one pass.

    With the factor of Cholesky :math:`C + m m^{\mathsf T} = L L^{\mathsf T}` and
    :math:`L q = z`, the first N neurons capture :math:`q_1^2 + \dots + q_N^2`.

    Parameters
    ----------
    W, Delta, activation, offset
        As in `rf_risk`; the features must be linearly independent.

    Returns
    -------
    ndarray of float, shape (N,)
        Never increasing.

    Raises
    ------
    ValueError
        As in `rf_risk`; and for features that are linearly dependent, up to rounding.

    Examples
    --------
    >>> from rfbook.features import isotropic_weights
    >>> W, Delta = isotropic_weights(5, 9, seed=0), [0.5, 0.4, 0.3, 0.2, -0.1]
    >>> path = rf_risk_path(W, Delta)
    >>> bool(np.isclose(path[3], rf_risk(W[:, :4], Delta)))
    True
    """
    gram, z = _separation(W, Delta, activation, offset)
    return captured_risk(explained_path(gram, z)) if z.any() else np.ones(len(z))


@finite_answers
def rf_predictor(W, Delta, offset: bool = False) -> tuple[np.ndarray, float]:
    r"""Matrix and constant of the best sum of the features u^2 - 1.

    .. math:: \sum_i u_i (\langle w_i, x \rangle^2 - 1) = \langle x, M x \rangle + c,
              \qquad M = \sum_i u_i w_i w_i^{\mathsf T}, \quad c = - \sum_i u_i ;

    with an offset :math:`c = - \operatorname{Tr} M`, which makes the mean 0.

    Claim: `mixture-rf-quadratic`.

    Parameters
    ----------
    W : array_like of float, shape (d, N)
    Delta : array_like of float, shape (d, d) or (d,)
    offset : bool

    Returns
    -------
    M : ndarray of float, shape (d, d)
        Symmetric.
    c : float

    Raises
    ------
    ValueError
        If an argument is refused.

    Examples
    --------
    >>> from rfbook.mixture_gap import mixture_risk
    >>> W, Delta = [[1.0, 0.5], [0.0, 1.0]], [0.5, 0.3]
    >>> M, c = rf_predictor(W, Delta)
    >>> bool(np.isclose(mixture_risk(M, c, Delta), rf_risk(W, Delta)))
    True
    """
    gram, z = _separation(W, Delta, QUADRATIC, offset)
    u = np.linalg.lstsq(gram, z, rcond=None)[0]
    u /= 1 + z @ u
    W = columns("W", W)
    M = (W * u) @ W.T
    return M, float(-np.trace(M) if flag("offset", offset) else -np.sum(u))


# --- the limit ------------------------------------------------------------------------


def rf_risk_limit(rho, Delta, Gamma=None, activation="quadratic"):
    r"""Limit of the random features' risk for N, d to infinity with N / d to rho.

    .. math:: \frac1{1 + \operatorname{snr}_{\mathrm{RF}}}, \qquad
              \operatorname{snr}_{\mathrm{RF}} = \frac{\nu\, \hat\sigma_2^2\, d\,
              \langle \Gamma, \Delta \rangle^2 / 2}
              {1 + \nu\, \hat\sigma_2^2\, d\, \lVert \Gamma \rVert_F^2} ,

    with the root nu of `rfbook.features.fixed_point`: the signal-to-noise ratio times
    the share of the quadratic target with the matrix Delta that the same features
    capture. For u^2 - 1 it is :math:`\nu \hat\sigma_2^2 = \rho`.

    Claim: `mixture-rf-limit`, `mixture-rf-dictionary`, `mixture-rf-isotropic`.

    Parameters
    ----------
    rho : array_like of float
        Neurons per dimension, at least 0.
    Delta : array_like of float, shape (d, d) or (d,)
        Half the difference of the two covariances, whose mean is I. For a general
        Sigma it is :math:`\Sigma^{-1/2} \Delta\, \Sigma^{-1/2}`; see `whiten`.
    Gamma : array_like of float, shape (d, d) or (d,), optional
        Covariance of the neurons, of trace 1; without it I / d. For a general Sigma it
        is :math:`\Sigma^{1/2} \Gamma\, \Sigma^{1/2}`.
    activation : {"quadratic", "relu", "erf", "tanh"} or callable
        As in `rf_risk`; a callable must have mean 0 at radius 1.

    Returns
    -------
    float or ndarray
        In the shape of rho; 1 where sigma has no coefficient of degree 2.

    Raises
    ------
    ValueError
        If an argument is refused; if a callable has another mean, because the limit is
        then 1 (claim `mixture-rf-centring`); and if sigma is linear.

    Notes
    -----
    Source: Ghorbani et al., NeurIPS 2019, Theorem 4, equations (14) and (15), in
    orthonormal coefficients: the text's lambda_2^2 is twice our square.

    Examples
    --------
    >>> from rfbook.quadratic_gap import best_covariance
    >>> Delta = [0.5, 0.4, 0.3]
    >>> rf_risk_limit([0.0, 1.0], Delta).round(12).tolist()
    [1.0, 0.892857142857]
    >>> best = best_covariance(1.0, Delta)
    >>> bool(rf_risk_limit(1.0, Delta, best) < rf_risk_limit(1.0, Delta))
    True
    """
    strength = snr(Delta)
    # the share of 0 is that of any other matrix, times 0
    target = Delta if strength else np.ones(len(Delta))
    share = 1 - quadratic_limit(rho, target, Gamma, activation)
    return captured_risk(strength * share)


# --- private --------------------------------------------------------------------------

_activation = activation
"""The look-up, under a name that no argument covers."""


def _separation(W, Delta, activation, offset) -> tuple[np.ndarray, np.ndarray]:
    """Return the matrix that measures the spread, and the products with the label."""
    sigma = _activation(activation)
    m, z = rf_means(W, Delta, sigma)
    gram = rf_spread(W, Delta, sigma)
    if not flag("offset", offset):
        gram += np.outer(m, m)
    return gram, z


def _times(matrix, W) -> np.ndarray:
    """Multiply W by a matrix, or by the diagonal matrix of a vector."""
    return matrix[:, None] * W if matrix.ndim == 1 else matrix @ W
