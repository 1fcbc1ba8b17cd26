r"""The ReLU neuron at norm 1: Hermite coefficients, moments, inner products.

The neuron is :math:`\sigma_w(x) = [\langle w, x\rangle + \beta]_+` with |w| = 1 and
x ~ N(0, I_d), so that <w, x> has the law of g ~ N(0, 1).

Source of the kernel at bias 0: Cho & Saul, Kernel Methods for Deep Learning, NeurIPS
2009, Section 2.1, the arc-cosine kernel with n = 1, divided by 2.

The chapter is ``book/single-neuron.md``.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from scipy.special import ndtr, owens_t

from rfbook.activations import arc_cosine
from rfbook.gaussian import phi, truncated_moment, truncated_moment_ball
from rfbook.ranges import (
    ball,
    finite_answers,
    finite_array,
    finite_scalar,
    integer_from,
)
from rfbook.single_neuron.exact import enclose, exact

_LARGEST_FLOAT_BIAS = 37.0
"""Beyond it the Gaussian density leaves the range of float64."""

_INTEGRAL_BELOW = -1.0
"""The bias below which the kernel's closed form loses digits."""

_NODES = 160
"""Nodes of the kernel's integral: from 80 on its error is that of rounding."""


@finite_answers
def relu_coefficients(kmax: int, bias: float = 0.0) -> np.ndarray:
    r"""Hermite coefficients c_0, ..., c_kmax of t -> [t + beta]_+.

    .. math::
        c_0 = \beta \Phi(\beta) + \varphi(\beta), \quad c_1 = \Phi(\beta), \quad
        c_k = (-1)^k \varphi(\beta)\, \frac{he_{k-2}(\beta)}{\sqrt{k (k-1)}}
        \quad (k \ge 2)

    Parameters
    ----------
    kmax : int
        Last degree, at least 0.
    bias : float
        beta, of modulus at most 37.

    Returns
    -------
    ndarray of float, shape (kmax + 1,)

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    Two integrations by parts; at bias 0 the squares are 1/(2 pi), 1/4 and
    ((k-3)!!)^2 / (2 pi k!) for even k.

    Examples
    --------
    >>> c = relu_coefficients(4)
    >>> bool(np.allclose(2 * np.pi * c**2, [1, np.pi / 2, 1 / 2, 0, 1 / 24]))
    True
    """
    kmax, beta = integer_from("kmax", kmax, 0), _float_bias(bias)
    scaled = np.empty(max(kmax - 1, 2))
    scaled[:2] = 1, beta
    scaled[:2] *= phi(beta)
    for m in range(1, kmax - 2):
        step = beta * scaled[m] - math.sqrt(m) * scaled[m - 1]
        scaled[m + 1] = step / math.sqrt(m + 1)
    k = np.arange(2, kmax + 1)
    high = (-1.0) ** k * scaled[: len(k)] / np.sqrt(k * (k - 1.0))
    low = [truncated_moment(-beta, 1), ndtr(beta)]
    return np.concatenate([low, high])[: kmax + 1]


def relu_second_moment(bias: float = 0.0) -> float:
    r"""Second moment E [g + beta]_+^2 of the neuron.

    .. math:: (1 + \beta^2) \Phi(\beta) + \beta \varphi(\beta)

    Parameters
    ----------
    bias : float
        beta, of modulus at most 37.

    Raises
    ------
    ValueError
        If the bias is out of range.

    Examples
    --------
    >>> relu_second_moment()
    0.5
    """
    return truncated_moment(-_float_bias(bias), 2)


@finite_answers
def relu_second_moment_ball(bias=0):
    """Enclose `relu_second_moment` in an Arb ball at the current precision.

    Parameters
    ----------
    bias : int, Fraction, decimal string, float, SymPy number or flint.arb
        beta, of any size; see `rfbook.single_neuron.exact.exact`.

    Returns
    -------
    flint.arb

    Examples
    --------
    >>> bool((2 * relu_second_moment_ball()).contains(1))
    True
    """
    return truncated_moment_ball(-_bias_ball(bias), 2)


@finite_answers
def relu_variance_ball(bias=0):
    r"""Enclose the variance :math:`E \sigma^2 - c_0^2` of the neuron in an Arb ball.

    Parameters
    ----------
    bias : int, Fraction, decimal string, float, SymPy number or flint.arb
        beta, of any size.

    Returns
    -------
    flint.arb
        At the current precision of ``flint.ctx``.

    Examples
    --------
    >>> from flint import arb
    >>> bool(relu_variance_ball().overlaps(arb(1) / 2 - 1 / (2 * arb.pi())))
    True
    """
    beta = _bias_ball(bias)
    return truncated_moment_ball(-beta, 2) - truncated_moment_ball(-beta, 1) ** 2


def relu_kernel(t, bias: float = 0.0):
    r"""Inner product K(t) of two neurons whose unit weights have inner product t.

    .. math::
        K(t) = (t + \beta^2) L(t) + 2 \beta \varphi(\beta)
        \Phi\Big(\beta \sqrt{\tfrac{1-t}{1+t}}\Big)
        + \frac{\sqrt{1-t^2}}{2\pi}\, e^{-\beta^2 / (1+t)},

    where L(t) is the probability that both are active,
    :math:`L = \Phi(\beta) - 2 T(\beta, \sqrt{(1-t)/(1+t)})` with Owen's function T. At
    bias 0, with the arc-cosine :math:`\vartheta = \arccos t`,

    .. math:: K(t) = \frac{\sin \vartheta + (\pi - \vartheta) \cos \vartheta}{2 \pi} .

    Below bias -1, where these terms cancel,

    .. math::
        K(t) = \frac{1}{2\pi} \int_{-1}^{t}
        \frac{(t - s)\, e^{-\beta^2 / (1 + s)}}{\sqrt{1 - s^2}}\, ds .

    Parameters
    ----------
    t : array_like of float
        Inner products, in [-1, 1], any shape.
    bias : float
        beta, the same for both, of modulus at most 37.

    Returns
    -------
    float or ndarray
        In the shape of t; the error is below 1e-14 K(1), and 1e-13 K(1) for biases
        below -10.

    Raises
    ------
    ValueError
        If t or the bias is out of range.

    Notes
    -----
    Source: Cho & Saul 2009 (bias 0). For other biases, E (X - a)_+ (Y - a)_+ of the
    bivariate normal law by parts; and K'' is the density of the pair at (-beta, -beta).

    Examples
    --------
    K(1) is the second moment, K(0) the square of the mean:

    >>> for beta in (0.7, -4.0):
    ...     mean, second = relu_coefficients(0, beta)[0], relu_second_moment(beta)
    ...     print(np.allclose(relu_kernel([0, 1], beta), [mean**2, second], atol=0))
    True
    True
    """
    t, beta = finite_array("t", t), _float_bias(bias)
    if (np.abs(t) > 1).any():
        raise ValueError(f"t must lie in [-1, 1], got {t[np.abs(t) > 1].flat[0]}")
    if beta < _INTEGRAL_BELOW:
        return _kernel_integral(t, beta)[()]
    if beta == 0:
        return arc_cosine(t)
    sine = np.sqrt((1 - t) * (1 + t))
    with np.errstate(divide="ignore"):
        ratio = np.sqrt((1 - t) / (1 + t))
        density = np.exp(-beta * beta / (1 + t))
    both = ndtr(beta) - 2 * owens_t(beta, ratio)
    value = (t + beta * beta) * both + 2 * beta * phi(beta) * ndtr(beta * ratio)
    # the mean of a product of two functions that are not negative
    return np.maximum(value + sine / (2 * np.pi) * density, 0)[()]


# --- private ------------------------------------------------------------------------


def _float_bias(bias) -> float:
    """Check a bias at which the density is a float64 number."""
    beta = finite_scalar("bias", bias)
    if abs(beta) > _LARGEST_FLOAT_BIAS:
        raise ValueError(f"|bias| must be at most {_LARGEST_FLOAT_BIAS}, got {beta}")
    return beta


def _kernel_integral(t, beta: float):
    """Integrate over the angle of s; for beta < 0 the kernel starts with slope 0."""
    angle = np.arccos(-t)
    total = np.zeros_like(t)
    for node, weight in zip(*_unit_nodes(), strict=True):
        s = node * angle
        # cos(s) - cos(angle), without its cancellation
        height = 2 * np.sin((angle + s) / 2) * np.sin((angle - s) / 2)
        with np.errstate(divide="ignore"):
            total += weight * height * np.exp(-((beta / np.sin(s / 2)) ** 2) / 2)
    return total * angle / (2 * np.pi)


@lru_cache(maxsize=1)
def _unit_nodes():
    """Nodes and weights of Gauss and Legendre on [0, 1]."""
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    return (1 + nodes) / 2, weights / 2


def _bias_ball(bias):
    """Enclose an exact bias, or take a ball as it is."""
    if type(bias).__name__ == "arb":
        return ball(bias)
    return enclose(exact("bias", bias))
