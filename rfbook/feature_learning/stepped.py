r"""Features after one step: ReLU neurons that lean towards the target's direction.

A stepped neuron is t theta + sqrt(1 - t^2) v with a random unit vector v orthogonal to
theta. All neurons with one t are a class. A free constant is always fitted too, so that
targets and neurons count without their means.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.special import roots_jacobi

from rfbook.activations import RELU, arc_cosine
from rfbook.feature_learning.step import (
    coefficients,
    correlation,
    overlap,
    unit_columns,
)
from rfbook.ranges import finite_answers, finite_array, integer_from
from rfbook.single_neuron import best_combination_errors, relu_coefficients

_NODES = 200
"""Nodes for the mean over the sphere; the kernel's only kinks are at the ends."""
_WIDE = 200
"""Dimensions up to which the rule is that of Gauss and Jacobi."""


@finite_answers
def stepped_weights(W, direction, sizes) -> np.ndarray:
    r"""Move unit vectors along one direction, and back to the sphere.

    .. math:: w_i \mapsto \frac{w_i + s_i v}{\lVert w_i + s_i v \rVert}

    Parameters
    ----------
    W : array_like of float, shape (d, N)
        Unit vectors as columns.
    direction : array_like of float, shape (d,)
        v, of any norm other than 0.
    sizes : array_like of float, shape (N,) or ()
        s_i, of either sign.

    Returns
    -------
    ndarray of float, shape (d, N)

    Raises
    ------
    ValueError
        If the shapes differ, or a vector becomes 0.

    Examples
    --------
    >>> stepped_weights(np.eye(2), [1, 0], 0.75).round(3)
    array([[1. , 0.6],
           [0. , 0.8]])
    """
    W, v = unit_columns("W", W), finite_array("direction", direction)
    sizes = finite_array("sizes", sizes)
    if W.ndim != 2 or v.shape != W.shape[:1] or sizes.shape not in ((), W.shape[1:]):
        raise ValueError(
            f"W must be d x N, direction (d,), sizes (N,): got {W.shape}, {v.shape}, "
            f"{sizes.shape}"
        )
    moved = W + v[:, None] * sizes
    norms = np.linalg.norm(moved, axis=0)
    if (norms == 0).any():
        raise ValueError("a neuron must not become 0, got a norm of 0.0")
    return moved / norms


@finite_answers
def fit_errors(W, theta, link) -> np.ndarray:
    r"""Mean squared error of the best combination of a constant and n ReLU neurons.

    .. math:: \min_{c, u}\; E \Bigl( H(\langle \theta, x \rangle) - c
              - \sum_{i \le n} u_i\, [\langle w_i, x \rangle]_+ \Bigr)^2

    Parameters
    ----------
    W : array_like of float, shape (d, N)
        Unit vectors as columns.
    theta : array_like of float, shape (d,)
        Unit vector.
    link : array_like of float
        All Hermite coefficients of a polynomial H, not constant.

    Returns
    -------
    ndarray of float, shape (N + 1,)
        Entry n is the error with the first n neurons.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    A neuron and its mirror image make every linear function:

    >>> fit_errors([[0.6, -0.6], [0.8, -0.8]], [0.6, 0.8], [0, 1]).round(6)
    array([1.      , 0.266529, 0.      ])
    """
    W, theta = unit_columns("W", W), unit_columns("theta", theta)
    link = _centred(link)
    neuron = relu_coefficients(max(len(link), 2))
    z = correlation(link, neuron, np.clip(theta @ W, -1, 1))
    gram = RELU.covariance(W)
    gram = (gram + gram.T) / 2
    return best_combination_errors(gram, np.reshape(z, (-1, 1)), link @ link)[:, 0]


def class_gram(d: int | None, overlaps) -> np.ndarray:
    r"""Covariances of the mean neurons of classes of overlaps.

    .. math:: U_{ab} = E_{c}\; K\bigl( t_a t_b + \sqrt{1 - t_a^2} \sqrt{1 - t_b^2}\, c
              \bigr) - \tfrac{1}{2 \pi}, \qquad c \sim \mu_{d-1}

    Parameters
    ----------
    d : int or None
        Dimension, at least 3; None for its limit, c = 0.
    overlaps : array_like of float, shape (m,)
        In [-1, 1].

    Returns
    -------
    ndarray of float, shape (m, m)

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    Claim: ``overlap-classes``.

    Examples
    --------
    Neurons in the target's direction are all the same:

    >>> bool(np.isclose(class_gram(10, [1.0])[0, 0], 1 / 2 - 1 / (2 * np.pi)))
    True
    """
    t = overlap(overlaps)
    if t.ndim != 1 or not t.size:
        raise ValueError(f"overlaps must be a vector, got shape {t.shape}")
    side = np.sqrt((1 - t) * (1 + t))
    base, spread = np.outer(t, t), np.outer(side, side)
    if d is None:
        return arc_cosine(base) - 1 / (2 * np.pi)
    c, weights = _coordinate_rule(integer_from("d", d, 3) - 1)
    values = arc_cosine(np.clip(base[..., None] + spread[..., None] * c, -1, 1))
    return values @ weights - 1 / (2 * np.pi)


def _coordinate_rule(m: int) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights for the law of a coordinate of the sphere of R^m, m >= 2.

    Beyond `_WIDE` dimensions the weights of Gauss and Jacobi underflow. There the
    density is below e^-70 outside of 12 / sqrt(m) and smooth on that scale.
    """
    power = (m - 3) / 2
    if m <= _WIDE:
        c, weights = roots_jacobi(_NODES, power, power)
    else:
        c, weights = np.polynomial.legendre.leggauss(_NODES)
        c = min(1.0, 12 / math.sqrt(m)) * c
        weights = weights * np.exp(power * np.log1p(-c * c))
    return c, weights / weights.sum()


@finite_answers
def class_risk(d: int | None, overlaps, link, neurons: int | None = None) -> float:
    r"""Risk that classes of stepped neurons leave.

    With infinitely many neurons in each class it is
    :math:`\lVert H \rVert^2 - z^{\mathsf T} U^{-1} z` with `class_gram` and the
    products :math:`z_a = z(t_a)`. With finitely many, and equal output weights in each
    class, it is the mean

    .. math:: \lVert H \rVert^2 - z^{\mathsf T} \Bigl( U + \frac1n \operatorname{diag}
              \bigl( \tfrac12 - \tfrac1{2 \pi} - U_{aa} \bigr) \Bigr)^{-1} z .

    Parameters
    ----------
    d : int or None
        Dimension, at least 3; None for its limit.
    overlaps : array_like of float, shape (m,)
        In [-1, 1].
    link : array_like of float
        All Hermite coefficients of a polynomial H, not constant.
    neurons : int, optional
        n, neurons in each class, at least 1; infinitely many without it.

    Returns
    -------
    float
        Divided by the variance of H: between 0 and 1.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    Claims: ``overlap-classes``, ``overlap-average``, ``mirrored-risk``.

    Examples
    --------
    >>> low, high = class_risk(50, [0.7, -0.7], [0, 1, 1]), class_risk(
    ...     50, [0.7, -0.7], [0, 1, 1], neurons=100)
    >>> bool(0 < low < high < 0.2)
    True
    """
    link = _centred(link)
    U = class_gram(d, overlaps)
    z = correlation(link, relu_coefficients(max(len(link), 2)), overlaps)
    if neurons is not None:
        n = integer_from("neurons", neurons, 1)
        U = U + np.diag(0.5 - 0.5 / np.pi - np.diag(U)) / n
    held = z @ np.linalg.lstsq(U, z, rcond=1e-13)[0]
    return float(1 - held / (link @ link))


def _centred(link) -> np.ndarray:
    """Take out the constant, which is fitted anyway."""
    link = np.array(coefficients("link", link))
    link[0] = 0.0
    if not link.any():
        raise ValueError("link must not be constant, got only degree 0")
    return link
