r"""Frozen random features: their laws, second moments, and the equation of the limit.

The neurons are the columns of W, independent and Gaussian; the features are
:math:`\sigma(\langle w_i, x \rangle)`.

The functions serve the chapters on quadratic targets and on the Gaussian mixture.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.optimize import brentq

from rfbook.activations import Activation
from rfbook.matrices import eigenvalues, symmetric, trace
from rfbook.ranges import (
    finite_answers,
    finite_array,
    finite_scalar,
    flag,
    generator_from,
    instance_of,
    integer_from,
)

_UNIT = 1e-9
"""How far the trace of a covariance may be from 1."""

_CENTRED = 1e-9
"""How large the mean of a centred activation may be, over its norm."""


@finite_answers
def isotropic_weights(d: int, N: int, seed) -> np.ndarray:
    """Draw N neurons from N(0, I_d / d), the columns of a d x N matrix.

    Parameters
    ----------
    d, N : int
        At least 1.
    seed : int or numpy.random.Generator

    Raises
    ------
    ValueError
        If d or N is out of range.

    Notes
    -----
    Source: Ghorbani et al., NeurIPS 2019, Section 2.2. The first neurons of a seed do
    not depend on how many are drawn.

    Examples
    --------
    >>> W = isotropic_weights(3, 5, seed=1)
    >>> np.array_equal(W[:, :2], isotropic_weights(3, 2, seed=1))
    True
    """
    d, N = integer_from("d", d, 1), integer_from("N", N, 1)
    return generator_from(seed).standard_normal((N, d)).T / np.sqrt(d)


@finite_answers
def gaussian_weights(Gamma, N: int, seed) -> np.ndarray:
    """Draw N neurons from N(0, Gamma), the columns of a d x N matrix.

    Parameters
    ----------
    Gamma : array_like of float, shape (d, d) or (d,)
        Covariance, positive semidefinite, of trace 1.
    N : int
        At least 1.
    seed : int or numpy.random.Generator

    Returns
    -------
    ndarray of float, shape (d, N)
        The first neurons of a seed do not depend on how many are drawn.

    Raises
    ------
    ValueError
        If Gamma is no covariance of trace 1, or N is out of range.

    Notes
    -----
    Source: Ghorbani et al., NeurIPS 2019, Section 2.1 (assumption A2).

    Examples
    --------
    >>> bool(gaussian_weights([1.0, 0.0], 3, seed=0)[1].any())
    False
    """
    Gamma, N = covariance(Gamma), integer_from("N", N, 1)
    normal = generator_from(seed).standard_normal((N, len(Gamma))).T
    if Gamma.ndim == 1:
        return np.sqrt(Gamma)[:, None] * normal
    values, basis = np.linalg.eigh(Gamma)
    return basis @ (np.sqrt(np.maximum(values, 0))[:, None] * normal)


def covariance(Gamma, d: int | None = None) -> np.ndarray:
    """Check a covariance of trace 1; a vector stays a vector.

    Raises
    ------
    ValueError
        If Gamma is not symmetric, not positive semidefinite, of another trace than 1,
        or of another dimension than d.

    Examples
    --------
    >>> covariance([1.0, 1.0])
    Traceback (most recent call last):
        ...
    ValueError: Gamma must have trace 1, got 2.0
    """
    Gamma = symmetric(Gamma, "Gamma")
    if d is not None and len(Gamma) != integer_from("d", d, 1):
        raise ValueError(f"Gamma must have dimension {d}, got {len(Gamma)}")
    least = eigenvalues(Gamma)[-1]
    if least < -_UNIT:
        raise ValueError(f"Gamma must be positive semidefinite, got eigenvalue {least}")
    if abs(trace(Gamma) - 1) > _UNIT:
        raise ValueError(f"Gamma must have trace 1, got {trace(Gamma)}")
    return Gamma


@finite_answers
def rf_moments(W, sigma: Activation, offset: bool = False) -> np.ndarray:
    """Second moments U of the features, or with an offset their covariances.

    Parameters
    ----------
    W : array_like of float, shape (d, N)
    sigma : rfbook.activations.Activation
    offset : bool

    Returns
    -------
    ndarray of float, shape (N, N)

    Raises
    ------
    ValueError
        If W is refused.

    Examples
    --------
    >>> from rfbook.activations import QUADRATIC
    >>> rf_moments([[2.0]], QUADRATIC), rf_moments([[2.0]], QUADRATIC, offset=True)
    (array([[41.]]), array([[32.]]))
    """
    sigma = instance_of("sigma", sigma, Activation)
    return sigma.covariance(W) if flag("offset", offset) else sigma.kernel(W)


@finite_answers
def fixed_point(rho: float, linear: float, beyond: float, spectrum=(1.0,)) -> float:
    r"""Root nu > 0 of the fixed-point equation of the proportional limit.

    .. math:: \rho = \hat\sigma_{\ge 2}^2\, \nu + \int
              \frac{\hat\sigma_1^2\, t\, \nu}{1 + \hat\sigma_1^2\, t\, \nu}\,
              \mathcal D(dt)

    The right-hand side increases from 0, so that there is one root at most; for a law
    of mean m it lies between :math:`\rho / (\hat\sigma_{\ge 2}^2 + m \hat\sigma_1^2)`
    and :math:`\rho / \hat\sigma_{\ge 2}^2`.

    Claim: `rf-fixed-point`.

    Parameters
    ----------
    rho : float
        Neurons per dimension, positive.
    linear : float
        :math:`\hat\sigma_1^2`, at least 0.
    beyond : float
        :math:`\hat\sigma_{\ge 2}^2`, at least 0.
    spectrum : array_like of float, shape (m,)
        Equally likely values of the law D of the eigenvalues of d Gamma, at least 0.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If an argument is out of range, or there is no root: for `beyond` = 0 there is
        one iff linear > 0 and rho is below the part of the law that is not 0.

    Notes
    -----
    Source: Ghorbani et al., NeurIPS 2019, equation (9), where the root is called psi;
    nu is the limit of Tr A^-1 / d with
    :math:`A = \hat\sigma_{\ge 2}^2 I + \hat\sigma_1^2 W^{\mathsf T} W`.

    Examples
    --------
    >>> fixed_point(3.0, 0.0, 2.0)
    1.5
    >>> round(fixed_point(0.5, 1.0, 0.0), 12)
    1.0
    """
    rho = finite_scalar("rho", rho, 0, strict=True)
    linear = finite_scalar("linear", linear, 0)
    beyond = finite_scalar("beyond", beyond, 0)
    t = linear * np.ravel(finite_array("spectrum", spectrum, 0))
    if not t.size:
        raise ValueError("spectrum must have a value, got none")
    if beyond == 0 and rho >= np.mean(t > 0):
        raise ValueError(
            "without energy beyond degree 1 there is a root iff rho < "
            f"{np.mean(t > 0)}, the part of the law that counts; got rho = {rho}"
        )
    if not t.any():
        return rho / beyond

    def excess(nu: float) -> float:
        return beyond * nu + np.mean(t * nu / (1 + t * nu)) - rho

    low = rho / (beyond + t.mean())
    high = rho / beyond if beyond else low
    while excess(high) < 0:  # only without `beyond`, or by rounding
        high *= 2
    try:
        return float(brentq(excess, low / 2, high, xtol=1e-16 * low, rtol=1e-14))
    except RuntimeError:
        raise ValueError(
            "linear, beyond and spectrum must be of sizes that can be compared, "
            f"got {linear}, {beyond} and {spectrum}"
        ) from None


def limit_coefficients(sigma: Activation) -> tuple[float, float, float]:
    r"""Return the three numbers of an activation that the proportional limit needs.

    .. math:: \hat\sigma_1^2, \qquad \hat\sigma_2^2, \qquad
              \hat\sigma_{\ge 2}^2 = \sum_{k \ge 2} \hat\sigma_k^2

    Parameters
    ----------
    sigma : rfbook.activations.Activation

    Raises
    ------
    ValueError
        If the mean at radius 1 is not 0, because the limit is then another one; and if
        sigma is linear.

    Examples
    --------
    >>> from rfbook.activations import QUADRATIC
    >>> [round(number, 12) for number in limit_coefficients(QUADRATIC)]
    [0.0, 2.0, 2.0]
    """
    size = math.sqrt(instance_of("sigma", sigma, Activation).second_moment())
    mean = float(sigma.hermite(0))
    if abs(mean) > _CENTRED * size:
        raise ValueError(
            f"the limit needs an activation of mean 0 at radius 1, got {mean}: "
            "subtract the mean"
        )
    linear, second = (float(sigma.hermite(k)) ** 2 for k in (1, 2))
    beyond = sigma.energy(2)
    if beyond <= _CENTRED * size**2:
        raise ValueError(f"the activation must not be linear, got {sigma}")
    return linear, second, beyond
