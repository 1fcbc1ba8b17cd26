r"""How fast averages over random features converge.

If f is an average over features, :math:`f = E_w\, g(w) f_w`, then N independent draws
give an approximation with output weights g(w_i) / N,

.. math:: \hat f_N = \frac1N \sum_{i=1}^N g(w_i)\, f_{w_i} .

The example of the chapter has :math:`f(x) = x_1` and ReLU neurons of random unit
directions: there everything is known in closed form, for the weights of the average and
for the best ones. Norms are those of L^2 under x ~ N(0, I_d).

Sources: Rahimi & Recht 2007; the rate for averages goes back to Barron 1993 and before.
The chapter is ``book/random-features.md``.
"""

from __future__ import annotations

import math

import numpy as np

from rfbook.random_features.kernels import ArcCosineFeatures
from rfbook.ranges import (
    finite_answers,
    finite_array,
    finite_scalar,
    generator_from,
    integer_from,
)

# --- errors as functions of N ---------------------------------------------------------


def average_error(second_moment: float, norm_squared: float, N: int) -> float:
    r"""Mean squared error of an average over N features, exactly.

    .. math:: E \lVert \hat f_N - f \rVert^2
              = \frac{E\, g(w)^2 \lVert f_w \rVert^2 - \lVert f \rVert^2}{N}

    Parameters
    ----------
    second_moment : float
        E g(w)^2 |f_w|^2, at least `norm_squared`.
    norm_squared : float
        |f|^2, at least 0.
    N : int
        At least 1.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> average_error(3.0, 1.0, 4)
    0.5
    """
    norm_squared = finite_scalar("norm_squared", norm_squared, 0)
    second_moment = finite_scalar("second_moment", second_moment, norm_squared)
    return (second_moment - norm_squared) / integer_from("N", N, 1)


def error_bound(C: float, N: int, delta: float) -> float:
    r"""Bound the norm of the error, but for a probability delta.

    .. math:: \lVert \hat f_N - f \rVert \le \frac{C}{\sqrt N}
              \Big( 1 + \sqrt{2 \ln \tfrac1\delta} \Big)

    Parameters
    ----------
    C : float
        Bound of the norm of g(w) f_w, for every w; at least 0.
    N : int
        At least 1.
    delta : float
        In (0, 1].

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> error_bound(3.0, 9, 1.0)
    1.0
    """
    C, N = finite_scalar("C", C, 0), integer_from("N", N, 1)
    return C / math.sqrt(N) * (1 + math.sqrt(2 * _log_inverse(delta)))


def kernel_error_bound(B: float, N: int, delta: float) -> float:
    r"""Bound the error of k_N at one pair of points, but for a probability delta.

    .. math:: |k_N - k| \le B \sqrt{\frac{2}{N} \ln \frac2\delta}

    Parameters
    ----------
    B : float
        Bound of the product of two features; at least 0.
    N : int
        At least 1.
    delta : float
        In (0, 1].

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    Four times as many features halve it:

    >>> kernel_error_bound(2, 100, 0.01) == 2 * kernel_error_bound(2, 400, 0.01)
    True
    """
    B, N = finite_scalar("B", B, 0), integer_from("N", N, 1)
    return B * math.sqrt(2 * (math.log(2) + _log_inverse(delta)) / N)


@finite_answers
def kernel_error_uniform(d: int, distance: float, N: int, delta: float) -> float:
    r"""Bound the error of Fourier pairs at all points at once, but for delta.

    .. math:: \sup_{|x - y| \le D} |k_N - k| \le \frac{1}{\sqrt N}
              \Big( \frac{4 D \sqrt d}{s} + \sqrt{2 \ln \tfrac1\delta} \Big)

    Parameters
    ----------
    d : int
        At least 1.
    distance : float
        D / s, the largest distance in widths of the kernel; at least 0.
    N : int
        Number of frequencies, at least 1.
    delta : float
        In (0, 1].

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> kernel_error_uniform(4, 2.0, 256, 1.0)
    1.0
    """
    d, N = integer_from("d", d, 1), integer_from("N", N, 1)
    reach = 4 * finite_scalar("distance", distance, 0) * math.sqrt(d)
    return (reach + math.sqrt(2 * _log_inverse(delta))) / math.sqrt(N)


# --- the example: a linear function from ReLUs ----------------------------------------


@finite_answers
def directions(d: int, N: int, seed) -> np.ndarray:
    """Draw N independent uniform unit vectors, the columns of a d x N matrix.

    Examples
    --------
    >>> bool(np.allclose(np.linalg.norm(directions(3, 5, seed=1), axis=0), 1))
    True
    """
    rng = generator_from(seed)
    W = rng.standard_normal((integer_from("d", d, 1), integer_from("N", N, 1)))
    return W / np.linalg.norm(W, axis=0)


@finite_answers
def linear_weights(W) -> np.ndarray:
    r"""Output weights of the average that represents x -> x_1.

    .. math:: x_1 = E_\theta\, 2 d\, \theta_1 [\langle \theta, x \rangle]_+ ,
              \qquad u_i = \frac{2 d\, \theta_{i,1}}{N}

    Parameters
    ----------
    W : array_like, shape (d, N)
        Unit directions as columns.

    Returns
    -------
    ndarray, shape (N,)

    Raises
    ------
    ValueError
        If W is not a finite matrix with unit columns.

    Examples
    --------
    For d = 1 and both directions: x = [x]_+ - [-x]_+.

    >>> linear_weights([[1.0, -1.0]])
    array([ 1., -1.])
    """
    W = _unit_columns(W)
    return 2 * len(W) * W[0] / W.shape[1]


@finite_answers
def best_linear_weights(W) -> np.ndarray:
    """Output weights with the least mean squared error for x -> x_1.

    They solve K u = W[0] / 2 with the Gram matrix K of the neurons.

    Parameters
    ----------
    W : array_like, shape (d, N)
        Unit directions as columns.

    Returns
    -------
    ndarray, shape (N,)
        The solution of least norm where the neurons are linearly dependent.

    Raises
    ------
    ValueError
        If W is not a finite matrix with unit columns.

    Examples
    --------
    >>> np.round(best_linear_weights([[1.0, -1.0]]), 12)
    array([ 1., -1.])
    """
    W = _unit_columns(W)
    gram = ArcCosineFeatures(1).kernel(W.T, W.T)
    return np.linalg.lstsq(gram, W[0] / 2, rcond=None)[0]


@finite_answers
def linear_error(W, u) -> float:
    r"""Mean squared error of a sum of ReLUs for x -> x_1, exactly.

    .. math:: E \Big( x_1 - \sum_i u_i [\langle w_i, x \rangle]_+ \Big)^2
              = 1 - \langle e_1, W u \rangle + u^{\mathsf T} K u

    with the Gram matrix K of the neurons and
    :math:`E\, x_1 [\langle w, x \rangle]_+ = w_1 / 2`.

    Parameters
    ----------
    W : array_like, shape (d, N)
        Unit directions as columns.
    u : array_like, shape (N,)

    Returns
    -------
    float
        Not below 0: what rounding leaves under it is cut off.

    Raises
    ------
    ValueError
        If W is not a finite matrix with unit columns, or u does not fit.

    Examples
    --------
    >>> linear_error([[1.0, -1.0]], [1.0, -1.0])
    0.0
    >>> linear_error([[1.0, -1.0]], [0.0, 0.0])
    1.0
    """
    W, u = _unit_columns(W), finite_array("u", u)
    if u.shape != (W.shape[1],):
        raise ValueError(f"u must have shape ({W.shape[1]},), got {u.shape}")
    gram = ArcCosineFeatures(1).kernel(W.T, W.T)
    return max(0.0, float(1 - W[0] @ u + u @ gram @ u))


@finite_answers
def rate_experiment(d: int, widths, seeds: int, seed: int = 0) -> np.ndarray:
    """Errors of the two choices of weights over fresh draws of the directions.

    Parameters
    ----------
    d : int
        At least 1.
    widths : sequence of int
        The numbers N of neurons, each at least 1.
    seeds : int
        Draws for each width, at least 2.
    seed : int
        Of the generator that all draws come from.

    Returns
    -------
    ndarray, shape (2, len(widths), seeds)
        Errors with the weights of the average, and with the best weights.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    The best weights are never worse:

    >>> average, best = rate_experiment(3, [4, 16], seeds=5)
    >>> bool(np.all(best <= average))
    True
    """
    rng = generator_from(seed)
    errors = np.empty((2, len(widths), integer_from("seeds", seeds, 2)))
    for i, N in enumerate(widths):
        for j in range(seeds):
            W = directions(d, N, rng)
            for k, weights in enumerate((linear_weights, best_linear_weights)):
                errors[k, i, j] = linear_error(W, weights(W))
    return errors


def fit(features, values, ridge: float = 0.0) -> np.ndarray:
    r"""Least squares over frozen features: the only step of training.

    .. math:: \min_u \sum_j \Big( y_j - \sum_i u_i f_i(x_j) \Big)^2
              + \lambda \sum_i u_i^2

    Parameters
    ----------
    features : array_like, shape (n, N)
        f_i(x_j) in row j.
    values : array_like, shape (n,)
        y_j.
    ridge : float
        lambda, at least 0; for 0 the solution of least norm.

    Returns
    -------
    ndarray, shape (N,)

    Raises
    ------
    ValueError
        If the shapes do not fit, a number is not finite, or the ridge is negative.

    Examples
    --------
    >>> np.round(fit([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]], [1.0, 3.0, 5.0]), 12)
    array([1., 2.])
    """
    features, values = (
        finite_array("features", features),
        finite_array("values", values),
    )
    if features.ndim != 2 or values.shape != features.shape[:1]:
        raise ValueError(
            "features and values must have shapes (n, N) and (n,), got "
            f"{features.shape} and {values.shape}"
        )
    root = math.sqrt(finite_scalar("ridge", ridge, 0))
    if root:
        N = features.shape[1]
        features = np.vstack([features, root * np.eye(N)])
        values = np.append(values, np.zeros(N))
    return np.linalg.lstsq(features, values, rcond=None)[0]


# --- private --------------------------------------------------------------------------


def _log_inverse(delta) -> float:
    """Return ln(1 / delta) for a probability delta > 0."""
    delta = finite_scalar("delta", delta, 0, strict=True)
    if delta > 1:
        raise ValueError(f"delta must lie in (0, 1], got {delta}")
    return -math.log(delta)


def _unit_columns(W) -> np.ndarray:
    """Check a matrix whose columns are unit vectors, to eight digits."""
    W = finite_array("W", W)
    if W.ndim != 2 or not W.size:
        raise ValueError(f"W must be a d x N matrix, got shape {W.shape}")
    norms = np.linalg.norm(W, axis=0)
    if (np.abs(norms - 1) > 1e-8).any():
        worst = float(norms[np.argmax(np.abs(norms - 1))])
        raise ValueError(f"the columns of W must have norm 1, got {worst}")
    return W
