r"""One gradient step on one neuron, exactly.

The target is y = H(<theta, x>) with x ~ N(0, I_d) and a unit vector theta, the neuron
sigma(<w, x>) with a unit vector w, and t = <theta, w>. Functions of one variable enter
by their coefficients in the orthonormal Hermite polynomials he_k.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from numpy.polynomial import hermite_e

from rfbook.ranges import (
    finite_array,
    finite_scalar,
    integer_from,
    no_lost_square,
)


def coefficients(name: str, values) -> np.ndarray:
    """Return Hermite coefficients as a float array of at least one entry.

    Raises
    ------
    ValueError
        If the values are not a vector of finite numbers.

    Examples
    --------
    >>> coefficients("link", [0, 1])
    array([0., 1.])
    """
    array = finite_array(name, values)
    if array.ndim != 1 or not array.size:
        raise ValueError(f"{name} must be a vector, got shape {array.shape}")
    return array


def overlap(t) -> np.ndarray:
    """Return cosines as an array.

    Raises
    ------
    ValueError
        If one is outside [-1, 1].

    Examples
    --------
    >>> overlap(0.5)
    array(0.5)
    """
    t = finite_array("t", t)
    if (np.abs(t) > 1).any():
        raise ValueError(f"t must lie in [-1, 1], got {t[np.abs(t) > 1].flat[0]}")
    return t


_MOST_DEGREE = 30
"""Degree up to which squares are right to 1e-12 of their largest coefficient."""


def _polynomial(name: str, t, row) -> np.ndarray:
    """Evaluate a polynomial, and refuse what overflows.

    Raises
    ------
    ValueError
        If a value is not finite.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        values = np.polynomial.polynomial.polyval(t, row if len(row) else [0.0])
    return finite_array(name, values)


def _together(link, neuron, shift: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Cut two lists of coefficients to the degrees k and k + shift that both have."""
    link, neuron = coefficients("link", link), coefficients("neuron", neuron)
    size = max(0, min(len(link), len(neuron) - shift))
    return link[:size], neuron[shift : shift + size]


def slope_coefficients(values) -> np.ndarray:
    r"""Hermite coefficients of the derivative of a function.

    .. math:: \widehat{(\sigma')}_k = \sqrt{k + 1}\; \hat\sigma_{k+1}

    Parameters
    ----------
    values : array_like of float, shape (n,)
        Coefficients of the function.

    Returns
    -------
    ndarray of float, shape (n - 1,), or (1,) for n = 1

    Raises
    ------
    ValueError
        If the values are not a vector of finite numbers.

    Examples
    --------
    he_3' = sqrt(3) he_2:

    >>> bool(np.allclose(slope_coefficients([0, 0, 0, 1]), [0, 0, math.sqrt(3)]))
    True
    """
    values = coefficients("values", values)
    if len(values) == 1:
        return np.zeros(1)
    return np.sqrt(np.arange(1, len(values))) * values[1:]


def square_coefficients(values) -> np.ndarray:
    r"""Hermite coefficients of the square of a polynomial.

    Parameters
    ----------
    values : array_like of float, shape (n,)
        All coefficients of the polynomial.

    Returns
    -------
    ndarray of float, shape (2 n - 1,)

    Raises
    ------
    ValueError
        If the values are not a vector of finite numbers, the degree is above 30, or
        the square overflows or underflows.

    Examples
    --------
    The first one is the mean square:

    >>> bool(np.isclose(square_coefficients([0.5, 1, 2])[0], 0.25 + 1 + 4))
    True
    """
    values = coefficients("values", values)
    with np.errstate(over="ignore"):
        no_lost_square("square_coefficients", values @ values, values)
    if len(values) > _MOST_DEGREE + 1:
        raise ValueError(
            f"the degree must be at most {_MOST_DEGREE}, got {len(values) - 1}"
        )
    roots = np.sqrt([float(math.factorial(k)) for k in range(2 * len(values) - 1)])
    monic = values / roots[: len(values)]
    product = np.zeros(len(roots))
    with np.errstate(over="ignore", invalid="ignore"):
        found = hermite_e.hermemul(monic, monic)
    product[: len(found)] = found
    return finite_array("the square", product * roots)


def information_exponent(link, tolerance: float = 1e-12) -> int:
    r"""Return the first degree k >= 1 that a function has.

    .. math:: k_* = \min \{ k \ge 1 : \hat H_k \ne 0 \}

    Parameters
    ----------
    link : array_like of float, shape (n,)
        Hermite coefficients.
    tolerance : float, optional
        Coefficients of at most this modulus count as 0.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If all coefficients from degree 1 on are 0.

    Examples
    --------
    >>> information_exponent([3, 0, 0, -1])
    3
    """
    link = coefficients("link", link)
    seen = np.flatnonzero(np.abs(link[1:]) > finite_scalar("tolerance", tolerance, 0))
    if not len(seen):
        raise ValueError(
            "link must have a coefficient of degree >= 1 that is not 0, "
            f"got {link.tolist()} with tolerance {tolerance}"
        )
    return int(seen[0]) + 1


def correlation(link, neuron, t):
    r"""Product of the target with the neuron.

    .. math:: z(t) = E\, H(\langle \theta, x \rangle)\, \sigma(\langle w, x \rangle)
              = \sum_k \hat H_k\, \hat\sigma_k\, t^k

    Parameters
    ----------
    link, neuron : array_like of float
        Hermite coefficients of H and sigma; degrees that one of them lacks count as 0.
    t : array_like of float
        In [-1, 1].

    Returns
    -------
    float or ndarray
        In the shape of t.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    Claim: ``hermite-mehler``.

    Examples
    --------
    >>> float(correlation([0, 0, 3], [1, 1, 2], 0.5))
    1.5
    """
    H, s = _together(link, neuron)
    with np.errstate(over="ignore"):
        row = H * s
    return _polynomial("z(t)", overlap(t), row)[()]


def step_parts(link, neuron, t):
    r"""Return the step of one neuron: its parts along theta and along w.

    .. math::
        E\, H(\langle \theta, x \rangle)\, \sigma'(\langle w, x \rangle)\, x
        = \alpha\, \theta + \beta\, w, \qquad
        \alpha = z'(t) = \sum_k (k + 1)\, \hat H_{k+1} \hat\sigma_{k+1}\, t^k, \quad
        \beta = \sum_k \sqrt{(k+1)(k+2)}\; \hat H_k \hat\sigma_{k+2}\, t^k

    Parameters
    ----------
    link, neuron : array_like of float
        Hermite coefficients. For a polynomial H of degree p those of sigma are needed
        up to the degree p + 2; what is missing counts as 0.
    t : array_like of float
        In [-1, 1].

    Returns
    -------
    alpha, beta : float or ndarray
        In the shape of t.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    Claims: ``step-gradient``, ``relu-step``.

    Examples
    --------
    H(u) = u and sigma(u) = u^2 / 2: the product of three coordinates has mean 0:

    >>> parts = step_parts([0, 1], [0.5, 0, 1 / math.sqrt(2)], 0.3)
    >>> [float(part) for part in parts]
    [0.0, 0.0]
    """
    t = overlap(t)
    with np.errstate(over="ignore"):
        H, s = _together(link, neuron)
        along = (np.arange(len(H)) * H * s)[1:]
        H, s = _together(link, neuron, 2)
        k = np.arange(len(H))
        across = np.sqrt((k + 1.0) * (k + 2)) * H * s
    alpha, beta = _polynomial("alpha", t, along), _polynomial("beta", t, across)
    return alpha[()], beta[()]


def population_step(link, neuron, W, theta) -> np.ndarray:
    r"""Return the steps of N neurons: rank one, plus multiples of the neurons.

    .. math:: \theta\, \alpha^{\mathsf T} + W \operatorname{diag}(\beta)

    Parameters
    ----------
    link, neuron : array_like of float
        As in `step_parts`.
    W : array_like of float, shape (d, N)
        Unit vectors as columns.
    theta : array_like of float, shape (d,)
        Unit vector.

    Returns
    -------
    ndarray of float, shape (d, N)

    Raises
    ------
    ValueError
        If a vector does not have norm 1, or the shapes differ.

    Notes
    -----
    Claim: ``step-gradient``.

    Examples
    --------
    >>> population_step([0, 1], [0, 0.5], np.eye(2), [0, 1])
    array([[0. , 0. ],
           [0.5, 0.5]])
    """
    W, theta = unit_columns("W", W), unit_columns("theta", theta)
    if W.ndim != 2 or theta.ndim != 1 or len(W) != len(theta):
        raise ValueError(
            f"W must be d x N and theta have d entries, got {W.shape}, {theta.shape}"
        )
    alpha, beta = step_parts(link, neuron, np.clip(theta @ W, -1, 1))
    return np.outer(theta, alpha) + W * beta


def unit_columns(name: str, values) -> np.ndarray:
    """Return a vector or a matrix whose columns have norm 1, to 12 digits.

    Raises
    ------
    ValueError
        If a norm is not 1.

    Examples
    --------
    >>> unit_columns("theta", [0, 1])
    array([0., 1.])
    """
    array = finite_array(name, values)
    if array.ndim not in (1, 2) or not array.size:
        raise ValueError(f"{name} must be a vector or a matrix, got {array.shape}")
    with np.errstate(over="ignore"):
        norms = np.linalg.norm(array, axis=0)
    if (np.abs(norms - 1) > 1e-12).any():
        raise ValueError(f"{name} must have norm 1, got {np.ravel(norms)[0]}")
    return array


def mean_signal(d: int, k: int) -> Fraction:
    r"""Mean of t^{2k-2} (1 - t^2) for a uniformly random unit vector w.

    .. math:: E\, t^{2k-2} (1 - t^2)
              = \frac{(2k-3)!!\, (d - 1)}{d (d+2) \cdots (d+2k-2)}

    Times :math:`k^2 \hat H_k^2 \hat\sigma_k^2` it is the mean square of the step of a
    target of the pure degree k, tangent to the sphere.

    Parameters
    ----------
    d : int
        Dimension, at least 1.
    k : int
        Degree, at least 1.

    Returns
    -------
    Fraction

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    Claim: ``step-signal``.

    Examples
    --------
    >>> from rfbook.special import sphere_moment
    >>> mean_signal(5, 1) == 1 - sphere_moment(5, 2)
    True
    """
    d, k = integer_from("d", d, 1), integer_from("k", k, 1)
    top = math.prod(range(1, 2 * k - 2, 2)) * (d - 1)
    return Fraction(top, math.prod(range(d, d + 2 * k, 2)))


def tangent_energy(link, neuron_slope_square, t, d: int):
    r"""Mean square of one sample's step, tangent to the sphere.

    With :math:`A = H^2` and :math:`B = (\sigma')^2`

    .. math::
        E\, \lVert (I - w w^{\mathsf T})\, y\, \sigma'(\langle w, x \rangle)\, x
        \rVert^2 = (d - 1) \sum_k \hat A_k \hat B_k t^k + (1 - t^2)
        \sum_k \sqrt{(k+1)(k+2)}\, \hat A_{k+2} \hat B_k t^k

    Parameters
    ----------
    link : array_like of float, shape (p + 1,)
        All Hermite coefficients of a polynomial H.
    neuron_slope_square : array_like of float
        Hermite coefficients of B, up to the degree 2 p.
    t : array_like of float
        In [-1, 1].
    d : int
        Dimension, at least 2.

    Returns
    -------
    float or ndarray
        In the shape of t.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    Claim: ``step-noise``.

    Examples
    --------
    H(u) = u and sigma(u) = u: the mean of x_1^2 |x|^2 over the tangent plane at w:

    >>> [float(tangent_energy([0, 1], [1], t, 7)) for t in (0, 1)]
    [8.0, 6.0]
    """
    t, d = overlap(t), integer_from("d", d, 2)
    A = square_coefficients(link)
    with np.errstate(over="ignore"):
        first, second = _together(A, neuron_slope_square)
        value = _polynomial("the mean", t, first * second)
        later, early = _together(A[2:] if len(A) > 2 else [0.0], neuron_slope_square)
        k = np.arange(len(later))
        terms = np.sqrt((k + 1.0) * (k + 2)) * later * early
        bent = _polynomial("the second derivative", t, terms)
        return finite_array("the energy", (d - 1) * value + (1 - t**2) * bent)[()]


def relu_batch_size(d: int, k: int, neuron_square: Fraction | float):
    r"""Return the batch at which signal and noise of a ReLU's step are equal.

    .. math:: n_0 = \frac{(d+2)(d+4) \cdots (d+2k)}{2 k^2 \hat\sigma_k^2\, (2k-3)!!} - 1

    Parameters
    ----------
    d : int
        Dimension, at least 2.
    k : int
        Degree of the target, at least 1.
    neuron_square : Fraction or float
        The ReLU's :math:`\hat\sigma_k^2`, positive: not for odd k >= 3.

    Returns
    -------
    Fraction or float
        As the last argument.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    Claim: ``step-batch-size``.

    Examples
    --------
    >>> relu_batch_size(10, 1, Fraction(1, 4))
    Fraction(23, 1)
    """
    d, k = integer_from("d", d, 2), integer_from("k", k, 1)
    if not isinstance(neuron_square, int | Fraction):
        neuron_square = finite_scalar("neuron_square", neuron_square, 0, strict=True)
    if not neuron_square > 0:
        raise ValueError(f"neuron_square must be > 0, got {neuron_square}")
    top = math.prod(range(d + 2, d + 2 * k + 1, 2))
    return top / (2 * k**2 * neuron_square * math.prod(range(1, 2 * k - 2, 2))) - 1


def batch_direction(link, d: int, n: int, noise: float = 0.0) -> tuple[float, float]:
    r"""Mean squares of :math:`v = \frac1n X^{\mathsf T} y`: along theta, and in all.

    .. math::
        E \langle v, \theta \rangle^2 = \hat H_1^2
        + \frac{E\, y^2 a^2 - \hat H_1^2}{n}, \qquad
        E \lVert v \rVert^2 = E \langle v, \theta \rangle^2
        + \frac{(d - 1)\, E\, y^2}{n}

    with :math:`a = \langle \theta, x \rangle`. Every neuron's step on a batch is a
    multiple of v up to the fluctuation of its slope.

    Parameters
    ----------
    link : array_like of float
        All Hermite coefficients of a polynomial H.
    d, n : int
        Dimension and samples, at least 1.
    noise : float, optional
        Variance of independent noise in y, at least 0.

    Returns
    -------
    along, total : float

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    Claims: ``batch-direction``, ``batch-alignment``.

    Examples
    --------
    >>> batch_direction([0, 1], 10, 4)
    (1.5, 3.75)
    """
    d, n = integer_from("d", d, 1), integer_from("n", n, 1)
    noise = finite_scalar("noise", noise, 0)
    link = coefficients("link", link)
    A = np.concatenate([square_coefficients(link), np.zeros(2)])
    energy, weighted = A[0] + noise, A[0] + math.sqrt(2) * A[2] + noise
    first = link[1] ** 2 if len(link) > 1 else 0.0
    along = first + (weighted - first) / n
    return float(along), float(along + (d - 1) * energy / n)
