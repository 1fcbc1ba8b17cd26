r"""Random features for a quadratic target, exactly and in the proportional limit.

The functions are :math:`\sum_i u_i\, \sigma(\langle w_i, x \rangle)` with the neurons
frozen, and the best output weights solve a linear system. With

.. math:: U_{ij} = E\, \sigma(\langle w_i, x \rangle)\, \sigma(\langle w_j, x \rangle),
          \qquad V_i = E\, \sigma(\langle w_i, x \rangle)\, f_*(x)

the risk is :math:`1 - V^{\mathsf T} U^{-1} V / \lVert f_* \rVert^2`. Both are closed
forms or quadratures of `rfbook.activations`; nothing is sampled.

The chapter is ``book/quadratic-features.md``.
"""

from __future__ import annotations

import math

import numpy as np

from rfbook.activations import QUADRATIC, Activation, activation
from rfbook.features import covariance, fixed_point, limit_coefficients, rf_moments
from rfbook.matrices import (
    columns,
    dense,
    eigenvalues,
    explained,
    explained_path,
    in_range,
    inner,
    quadratic_values,
    ratio,
    square_norm,
    symmetric,
    trace_ratio,
)
from rfbook.ranges import finite_answers, finite_scalar, flag, instance_of, integer_from

# --- finite size ----------------------------------------------------------------------


@finite_answers
def rf_products(W, B, sigma: Activation) -> np.ndarray:
    r"""Inner products of the neurons with the target.

    .. math:: V_i = E\, \sigma(\langle w_i, x \rangle)\, f_*(x)
              = \sqrt2\, \hat\sigma_2(r_i)\, \frac{\langle w_i, B w_i \rangle}{r_i^2},
              \qquad r_i = \lVert w_i \rVert

    Claim: `rf-activation-exact`.

    Parameters
    ----------
    W : array_like of float, shape (d, N)
    B : array_like of float, shape (d, d) or (d,)
    sigma : rfbook.activations.Activation

    Returns
    -------
    ndarray of float, shape (N,)
        0 for a neuron that is 0, and for every neuron if sigma is odd.

    Raises
    ------
    ValueError
        If an argument is refused.

    Examples
    --------
    >>> from rfbook.activations import QUADRATIC
    >>> rf_products([[1.0, 0.0], [0.0, 3.0]], [2.0, 1.0], QUADRATIC).round(12)
    array([ 4., 18.])
    """
    B = symmetric(B)
    W = columns("W", W, len(B))
    instance_of("sigma", sigma, Activation)
    r = np.linalg.norm(W, axis=0)
    unit = W / np.where(r > 0, r, 1)
    return math.sqrt(2) * sigma.hermite(2, r) * quadratic_values(unit, B)


@finite_answers
def rf_risk(W, B, activation="quadratic", offset: bool = False) -> float:
    r"""Risk of the best sum of these random features, exactly.

    .. math:: \mathcal R_{\mathrm{RF}} =
              1 - \frac{V^{\mathsf T} U^{+}\, V}{2 \lVert B \rVert_F^2}

    For the activation u^2 - 1

    .. math:: U = 2 (W^{\mathsf T} W)^{\circ 2} + m m^{\mathsf T}, \qquad
              m_i = \lVert w_i \rVert^2 - 1, \qquad V_i = 2 \langle w_i, B w_i \rangle .

    With an offset, a free constant, U is the covariance of the features: for
    u^2 - 1 the term :math:`m m^{\mathsf T}` is absent, and the risk is the squared
    distance of B from the span of the :math:`w_i w_i^{\mathsf T}`, over
    :math:`\lVert B \rVert_F^2`.

    Claim: `rf-quadratic-exact`, `rf-quadratic-offset`, `rf-activation-exact`,
    `rf-relu-exact`.

    Parameters
    ----------
    W : array_like of float, shape (d, N)
        The frozen neurons, as columns, of any norm. The text has them of norm about 1.
    B : array_like of float, shape (d, d) or (d,)
        Any symmetric matrix, not 0.
    activation : {"quadratic", "relu", "erf", "tanh"} or callable
        "quadratic" is u^2 - 1; the others are centred to mean 0 at radius 1. A callable
        is taken as it is: see `rfbook.activations.Quadrature` for which.
    offset : bool
        Whether a free constant is fitted too.

    Returns
    -------
    float
        In [0, 1]; exactly 1 for an odd activation. For u^2 - 1 it is 0 up to
        rounding, below 1e-20, for almost every W from N = d(d+1)/2 neurons on, without
        an offset from one more.

    Raises
    ------
    ValueError
        If an argument is refused.

    Notes
    -----
    Source: Ghorbani et al., NeurIPS 2019, equations (2) and (4).

    Linearly dependent features are allowed: U^+ is the pseudo-inverse, which drops the
    directions below N * 2e-16 times the largest.

    Examples
    --------
    The matrices of two orthogonal neurons span the diagonal ones:

    >>> rf_risk([[1.0, 0.0], [0.0, 1.0]], [3.0, -1.0])
    0.0
    >>> round(rf_risk([[1.0, 0.0], [0.0, 1.0]], [[0, 1], [1, 0]]), 12)
    1.0
    """
    B = in_range(B)
    W, sigma = columns("W", W, len(B)), _activation(activation)
    offset = flag("offset", offset)
    V = rf_products(W, B, sigma)
    if not V.any():
        return 1.0
    d, N = W.shape
    coordinates = d * (d + 1) // 2 + (not offset)
    if sigma is QUADRATIC and coordinates <= N:
        return _distance(W, B, offset)
    part = explained(rf_moments(W, sigma, offset), V)
    return min(1.0, max(0.0, 1 - part / (2 * square_norm(B))))


@finite_answers
def rf_risk_path(W, B, activation="quadratic", offset: bool = False) -> np.ndarray:
    r"""`rf_risk` of the first neuron, of the first two, and so on, in one pass.

    With the factor of Cholesky :math:`U = L L^{\mathsf T}` and :math:`L y = V`, the
    first N neurons explain :math:`y_1^2 + \dots + y_N^2`.

    Parameters
    ----------
    W, B, activation, offset
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
    >>> W = isotropic_weights(5, 9, seed=0)
    >>> path = rf_risk_path(W, [5, 4, 3, 2, 1])
    >>> bool(np.isclose(path[3], rf_risk(W[:, :4], [5, 4, 3, 2, 1])))
    True
    """
    B = in_range(B)
    W, sigma = columns("W", W, len(B)), _activation(activation)
    offset = flag("offset", offset)
    V = rf_products(W, B, sigma)
    if not V.any():
        return np.ones(len(V))
    part = explained_path(rf_moments(W, sigma, offset), V)
    return np.clip(1 - part / (2 * square_norm(B)), 0, 1)


def trace_share(d: int, N: int) -> float:
    r"""Approximate how much of the identity N uniform directions span, on average.

    .. math:: \alpha \approx \frac{a}{1 + a}, \qquad
              a = \frac{N}{(d - 1)(1 - N / p)}, \qquad p = \frac{d (d + 1)}2 - 1,

    as if the traceless parts of the :math:`w_i w_i^{\mathsf T}` were Gaussian. For
    N = 1 it is the exact 1 / d up to O(1 / d^2); from N = p + 1 on it is exactly 1.

    Parameters
    ----------
    d, N : int
        At least 1.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> trace_share(3, 6), 0 < trace_share(3, 4) < 1
    (1.0, True)
    """
    d, N = integer_from("d", d, 1), integer_from("N", N, 1)
    p = d * (d + 1) // 2 - 1
    if p <= N:
        return 1.0
    a = N / ((d - 1) * (1 - N / p))
    return a / (1 + a)


def rf_risk_mean(B, N: int, alpha: float | None = None) -> float:
    r"""Mean risk of random features of u^2, with an offset and uniform directions.

    .. math:: E\, \mathcal R_{\mathrm{RF}} = \chi (1 - \alpha)
              + (1 - \chi) \Big( 1 - \frac{N - \alpha}{p} \Big), \qquad
              p = \frac{d (d + 1)}2 - 1, \quad N \le p + 1,

    where alpha, a number that depends on d and N alone, is the mean of the square that
    the projection onto the span of the :math:`w_i w_i^{\mathsf T}` leaves of
    :math:`I / \sqrt d`. The formula is exact for the exact alpha. Without one,
    `trace_share` is used, and the result is an approximation.

    Claim: `rf-mean-exact`.

    Parameters
    ----------
    B : array_like of float, shape (d, d) or (d,)
        Any symmetric matrix, not 0.
    N : int
        Number of neurons, at least 1.
    alpha : float, optional
        In [0, 1].

    Returns
    -------
    float
        0 for N > p.

    Raises
    ------
    ValueError
        If an argument is refused.

    Examples
    --------
    One neuron spans the share 1 / d of the identity, and of each matrix on average
    2 / (d (d + 1)):

    >>> bool(np.isclose(rf_risk_mean([1.0, -1.0, 0.0], 1, 1 / 3), 1 - 2 / 15))
    True
    """
    B, N = symmetric(B), integer_from("N", N, 1)
    d, chi = len(B), trace_ratio(B)
    p = d * (d + 1) // 2 - 1
    alpha = trace_share(d, N) if alpha is None else finite_scalar("alpha", alpha, 0)
    if alpha > 1:
        raise ValueError(f"alpha must lie in [0, 1], got {alpha}")
    if p < N:
        return 0.0
    return chi * (1 - alpha) + (1 - chi) * (1 - (N - alpha) / p)


# --- the limit ------------------------------------------------------------------------


@finite_answers
def rf_risk_limit(rho, B, Gamma=None, activation="quadratic"):
    r"""Limit of the random features' risk for N, d to infinity with N / d to rho.

    .. math:: 1 - \frac{\nu\, \hat\sigma_2^2\, d\, \langle \Gamma, B \rangle^2}
              {\lVert B \rVert_F^2\,
              (1 + \nu\, \hat\sigma_2^2\, d\, \lVert \Gamma \rVert_F^2)}

    with the root nu of `fixed_point`. For the activation u^2 - 1 it is
    :math:`\nu \hat\sigma_2^2 = \rho`.

    Claim: `rf-limit`, `rf-quadratic-limit`.

    Parameters
    ----------
    rho : array_like of float
        Neurons per dimension, at least 0.
    B : array_like of float, shape (d, d) or (d,)
        Any symmetric matrix, not 0.
    Gamma : array_like of float, shape (d, d) or (d,), optional
        Covariance of the neurons, of trace 1; without it I / d.
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
        then another one; and if sigma is linear.

    Notes
    -----
    Source: Ghorbani et al., NeurIPS 2019, Theorem 1 and Corollary 1, in orthonormal
    coefficients: the text's lambda_2^2 is twice our square.

    Examples
    --------
    >>> rf_risk_limit([0.0, 1.0], [1, 1, 1]).round(12).tolist()
    [1.0, 0.5]
    >>> bool(rf_risk_limit(4.0, [1, 1, 1], activation="erf") == 1)
    True
    """
    rho, B = ratio(rho), in_range(B)
    d, sigma = len(B), _activation(activation)
    Gamma = np.full(d, 1 / d) if Gamma is None else covariance(Gamma, d)
    linear, second, beyond = limit_coefficients(sigma)
    law = d * np.maximum(eigenvalues(Gamma), 0)
    nu = np.array(
        [fixed_point(r, linear, beyond, law) if r else 0.0 for r in rho.flat]
    ).reshape(rho.shape)
    weight = nu * second * d
    aligned = inner(Gamma, B) ** 2 / square_norm(B)
    return (1 - weight * aligned / (1 + weight * square_norm(Gamma)))[()]


@finite_answers
def best_covariance(rho: float, B) -> np.ndarray:
    r"""Covariance of the neurons with the least limit for u^2 - 1, at this rho.

    .. math:: \Gamma \propto (B - t I)_+ , \qquad
              \rho\, d\, t = \operatorname{Tr} (B - t I)_+ ,

    for B or for -B, whichever is better. Where :math:`B - t I` is positive
    semidefinite, :math:`t = \operatorname{Tr} B / (d (1 + \rho))`. For rho to infinity
    it becomes the positive or the negative part of B, over its trace.

    Claim: `covariance-optimal`, `covariance-wide`.

    Parameters
    ----------
    rho : float
        Neurons per dimension, positive.
    B : array_like of float, shape (d, d) or (d,)
        Any symmetric matrix, not 0.

    Returns
    -------
    ndarray of float, in the shape of B
        Of trace 1.

    Raises
    ------
    ValueError
        If an argument is refused.

    Examples
    --------
    >>> best_covariance(1.0, [3.0, 1.0])
    array([1., 0.])
    >>> best_covariance(1e12, [3.0, 1.0]).round(9)
    array([0.75, 0.25])
    """
    rho, B = finite_scalar("rho", rho, 0, strict=True), symmetric(B)
    if B.ndim == 1:
        values, basis = B, None
    else:
        values, basis = np.linalg.eigh(B)
    choices = [_threshold(rho, b) for b in (values, -values) if b.max() > 0]
    best = min(choices, key=lambda gamma: rf_risk_limit(rho, values, gamma))
    return best if basis is None else (basis * best) @ basis.T


def exponential_limits(rho) -> dict[str, np.ndarray]:
    r"""Limits of Figure 1 for eigenvalues with the exponential law, whose chi is 1/2.

    .. math::
        \text{RF} &: 1 - \frac{\rho}{2 (1 + \rho)}, \qquad
        \text{RF, } \Gamma \propto B: \frac{1}{1 + 2 \rho}, \\
        \text{NT} &: \frac{(1 - \rho)_+ + (1 - \rho)_+^2}2, \qquad
        \text{NN}: 1 - \rho \Big( 1 + \ell + \frac{\ell^2}2 \Big), \quad
        \ell = \ln \frac1\rho, \ \rho < 1, \text{ else } 0 .

    Claim: `exponential-limits`.

    Parameters
    ----------
    rho : array_like of float
        Neurons per dimension, at least 0.

    Returns
    -------
    dict of str to ndarray
        ``"RF"``, ``"RF, aligned"``, ``"NT"`` and ``"NN"``, in the shape of rho.

    Raises
    ------
    ValueError
        If rho is refused.

    Examples
    --------
    >>> {name: float(risk) for name, risk in exponential_limits(1.0).items()}
    {'RF': 0.75, 'RF, aligned': 0.3333333333333333, 'NT': 0.0, 'NN': 0.0}
    """
    rho = ratio(rho)
    rest = np.maximum(1 - rho, 0)
    log = -np.log(np.where(rho > 0, rho, 1))
    network = 1 - rho * (1 + log + log**2 / 2)
    return {
        "RF": 1 - rho / (2 * (1 + rho)),
        "RF, aligned": 1 / (1 + 2 * rho),
        "NT": (rest + rest**2) / 2,
        "NN": np.where(rho < 1, network, 0.0),
    }


# --- private --------------------------------------------------------------------------

_activation = activation
"""The look-up, under a name that no argument covers."""


def _distance(W, B, offset: bool) -> float:
    """Least squares among matrices, where the neurons are as many as coordinates.

    A quadratic function has the coordinates of its matrix, orthonormal in the Frobenius
    product and times sqrt(2), and its mean.
    """
    row, column = np.triu_indices(len(W))
    factor = np.where(row == column, math.sqrt(2), 2.0)
    features = factor[:, None] * W[row] * W[column]
    target = factor * dense(B)[row, column]
    if not offset:
        features = np.vstack([features, np.sum(W * W, axis=0) - 1])
        target = np.append(target, 0.0)
    norms = np.linalg.norm(features, axis=0)
    features = features / np.where(norms > 0, norms, 1)
    u = np.linalg.lstsq(features, target, rcond=None)[0]
    left = target - features @ u
    return float(min(1.0, left @ left / (target @ target)))


def _threshold(rho: float, b: np.ndarray) -> np.ndarray:
    """Return (b - t)_+ over its sum, with rho d t = sum (b - t)_+, for max b > 0."""
    ordered = np.sort(b)[::-1]
    count = np.arange(1, len(b) + 1)
    t = np.cumsum(ordered) / (rho * len(b) + count)
    # with k values above the threshold; the last k for which this is consistent
    above = np.flatnonzero(ordered > t)
    k = above[-1] if len(above) else 0  # by rounding, where rho is tiny
    gamma = np.maximum(b - t[k], 0)
    return gamma / gamma.sum()
