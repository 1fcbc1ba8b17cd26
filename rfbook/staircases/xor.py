r"""Two classes in four Gaussian clouds, as in the exclusive or.

The points are +-mu e_1 + g with the label 1 and +-mu e_2 + g with the label -1, all
four clouds equally likely, g ~ N(0, I_d). Any other two orthonormal directions are as
good: nothing here changes under rotations.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.special import ndtr

from rfbook.activations import arc_cosine
from rfbook.ranges import (
    finite_answers,
    finite_array,
    finite_scalar,
    generator_from,
    integer_from,
)

LONGEST = 1e6
"""The largest distance of the clouds; from about 10 on they hardly overlap."""

DIVERGED = 1e6
"""An output weight beyond this has left for infinity."""


def _length(mu) -> float:
    """Return the distance of the clouds in its range."""
    mu = finite_scalar("mu", mu, 0)
    if mu > LONGEST:
        raise ValueError(f"mu must be at most {LONGEST:g}, got {mu}")
    return mu


@finite_answers
def xor_sample(d: int, n: int, mu: float, seed=0) -> tuple[np.ndarray, np.ndarray]:
    """Draw points and labels.

    Parameters
    ----------
    d : int
        Dimension, >= 2.
    n : int
        Number of points, >= 1.
    mu : float
        Distance of the clouds from 0, 0 <= mu <= 10^6.
    seed : int or numpy.random.Generator

    Returns
    -------
    x : ndarray, shape (n, d)
    y : ndarray, shape (n,)
        Labels 1 and -1.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> x, y = xor_sample(3, 4, 100.0)
    >>> bool((np.sign(abs(x[:, 0]) - abs(x[:, 1])) == y).all())
    True
    """
    d, n = integer_from("d", d, 2), integer_from("n", n, 1)
    mu, rng = _length(mu), generator_from(seed)
    x = rng.standard_normal((n, d))
    second = rng.integers(0, 2, n)
    x[np.arange(n), second] += mu * (1 - 2 * rng.integers(0, 2, n))
    return x, 1.0 - 2.0 * second


def xor_bayes_error(mu: float) -> float:
    r"""Return the least probability of a wrong label.

    .. math:: 2 p (1 - p), \qquad p = Q(\mu / \sqrt2)

    Parameters
    ----------
    mu : float
        Distance of the clouds from 0, 0 <= mu <= 10^6.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If mu is out of range.

    Notes
    -----
    Reached by the sign of x_1^2 - x_2^2. Claim: ``xor-bayes-error``.

    Examples
    --------
    >>> xor_bayes_error(0.0)
    0.5
    """
    q = float(ndtr(-_length(mu) / math.sqrt(2)))
    return 2 * q * (1 - q)


def xor_quadratic_risk(mu: float) -> float:
    r"""Return the risk of the best quadratic predictor.

    .. math:: 1 - \Bigl( \frac{\mu^2}{\mu^2 + 2} \Bigr)^2

    Parameters
    ----------
    mu : float
        Distance of the clouds from 0, 0 <= mu <= 10^6.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If mu is out of range.

    Notes
    -----
    Claim: ``xor-quadratic-risk``.

    Examples
    --------
    >>> xor_quadratic_risk(0.0)
    1.0
    """
    mu = _length(mu)
    return 1 - (mu / math.hypot(mu, math.sqrt(2))) ** 4


def xor_features_bound(d: int, N: int, mu: float) -> float:
    r"""Bound from below the mean risk of N fixed features over all orientations.

    .. math:: 1 - \frac{e^{\mu^2 / 2} (\cosh \mu^2 - 1)}{(d - 1)(d + 2)}\, N

    Parameters
    ----------
    d : int
        Dimension, >= 2.
    N : int
        Number of features, of any kind, >= 0.
    mu : float
        Distance of the clouds from 0, 0 <= mu <= 10^6.

    Returns
    -------
    float
        At least 0.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    Claim: ``xor-features-bound``.

    Examples
    --------
    >>> xor_features_bound(100, 0, 1.0)
    1.0
    """
    d, N = integer_from("d", d, 2), integer_from("N", N, 0)
    mu = _length(mu)
    a = mu * mu / 2
    if N == 0 or a == 0:
        return 1.0
    # cosh(2 a) - 1 = 2 sinh(a)^2, in logarithms: the factor overflows early.
    log_held = 3 * a - math.log(2) + 2 * math.log(-math.expm1(-2 * a))
    log_share = log_held + math.log(N) - math.log((d - 1) * (d + 2))
    return max(0.0, -math.expm1(log_share)) if log_share < 1 else 0.0


def xor_quadratic_bound(d: int, N: int, mu: float) -> float:
    r"""Bound from below the mean risk of N fixed quadratic features.

    .. math:: 1 - \frac{\mu^4 N}{2 (d - 1)(d + 2)}

    Parameters
    ----------
    d, N, mu
        As for `xor_features_bound`; the features are polynomials of degree 2.

    Returns
    -------
    float
        At least 0.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    Claim: ``xor-quadratic-bound``.

    Examples
    --------
    >>> xor_quadratic_bound(100, 0, 1.0)
    1.0
    """
    d, N = integer_from("d", d, 2), integer_from("N", N, 0)
    mu = _length(mu)
    return max(0.0, 1 - mu * mu * mu * mu * N / (2 * (d - 1) * (d + 2)))


@finite_answers
def xor_features_risk(W, mu: float) -> float:
    r"""Return the risk of the best combination of <w_i, x>^2 and a constant, exactly.

    .. math:: 1 - z^{\mathsf T} U^{-1} z, \qquad
              z_i = \tfrac{\mu^2}{2} (w_{i1}^2 - w_{i2}^2), \quad
              U = \operatorname{Cov}(\langle w_i, x \rangle^2, \langle w_j, x \rangle^2)

    Parameters
    ----------
    W : array_like, shape (d, N)
        The directions as columns, d >= 2.
    mu : float
        Distance of the clouds from 0, 0 <= mu <= 10^6.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If W is not a finite matrix of at least two rows.

    Examples
    --------
    The two axes hold the best quadratic predictor:

    >>> risk = xor_features_risk([[1.0, 0.0], [0.0, 1.0]], 1.5)
    >>> abs(risk - xor_quadratic_risk(1.5)) < 1e-12
    True
    """
    W, mu = finite_array("W", W), _length(mu)
    if W.ndim != 2 or W.shape[0] < 2 or not W.shape[1]:
        raise ValueError(f"W must be d x N with d >= 2, got shape {W.shape}")
    gram = W.T @ W
    z = mu**2 / 2 * (W[0] ** 2 - W[1] ** 2)
    U = 2 * gram**2
    means = []
    for row in W[:2] * mu:
        means.append(row**2)
        U += 2 * gram * np.outer(row, row)
    first, second = means
    # What the clusters' own means add: their covariance over the two classes.
    U += np.outer(first - second, first - second) / 4
    return float(1 - z @ np.linalg.lstsq(U, z, rcond=None)[0])


@finite_answers
def kernel_error(
    d: int, n: int, mu: float, seed=0, *, ridges=(0.01, 0.1, 1.0), test: int = 2000
) -> float:
    r"""Return the share of wrong labels of ridge regression with the ReLU kernel.

    The kernel is that of infinitely many random ReLU features,
    :math:`\lVert x \rVert \lVert x' \rVert\, K(\cos)` with the arc-cosine function,
    over d. The best of the ridges counts, as judged by the test points themselves: in
    the kernel's favour.

    Parameters
    ----------
    d, n : int
        Dimension >= 2, and training points >= 1.
    mu : float
        Distance of the clouds from 0, 0 <= mu <= 10^6.
    seed : int or numpy.random.Generator
    ridges : sequence of float
        Each is added to the kernel's diagonal, > 0.
    test : int
        Points that judge, >= 1.

    Returns
    -------
    float
        Of the `test` points.

    Raises
    ------
    ValueError
        If an argument is out of range, or there is no ridge.

    Examples
    --------
    >>> kernel_error(2, 200, 8.0) < 0.05
    True
    """
    rng = generator_from(seed)
    ridges = np.atleast_1d(finite_array("ridges", ridges, 0, strict=True))
    if not ridges.size:
        raise ValueError(f"ridges must not be empty, got {ridges}")
    x, y = xor_sample(d, n, mu, rng)
    x_test, y_test = xor_sample(d, integer_from("test", test, 1), mu, rng)
    gram, across, errors = _kernel(x, x), _kernel(x_test, x), []
    for ridge in ridges.ravel():
        weights = cho_solve(cho_factor(gram + ridge * np.eye(len(gram))), y)
        errors.append(np.mean(np.sign(across @ weights) != y_test))
    return float(min(errors))


def _kernel(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return |x| |x'| K(cos) / d between the rows."""
    a, b = np.linalg.norm(left, axis=1), np.linalg.norm(right, axis=1)
    sizes = np.outer(a, b)
    cosines = np.clip(left @ right.T / sizes, -1, 1)
    return sizes * arc_cosine(cosines) / left.shape[1]


@finite_answers
def network_errors(
    d: int,
    marks,
    mu: float,
    seed=0,
    *,
    N: int = 8,
    rate: float = 0.02,
    batch: int = 8,
    test: int = 2000,
) -> np.ndarray:
    r"""Train a small ReLU network on fresh samples; return its share of wrong labels.

    .. math:: \hat f(x) = \sum_{i \le N} u_i
              \bigl[ \langle w_i, x \rangle + b_i \bigr]_+

    with all parameters trained on the square loss, from w_i ~ N(0, I / d). Where the
    network is 0 its label counts as wrong.

    Parameters
    ----------
    d : int
        Dimension, >= 2.
    marks : array_like of int
        Numbers of samples after which the error is measured, increasing.
    mu, seed, test
        As for `kernel_error`.
    N : int
        Number of neurons, >= 1.
    rate : float
        The step size, > 0.
    batch : int
        Samples of a step, >= 1.

    Returns
    -------
    ndarray of float, shape (len(marks),)

    Raises
    ------
    ValueError
        If the marks do not increase, or the descent diverges.

    Examples
    --------
    >>> network_errors(2, [8], 2.0).shape
    (1,)
    """
    marks = [integer_from("a mark", mark, 0) for mark in marks]
    if sorted(set(marks)) != marks:
        raise ValueError(f"marks must increase, got {marks}")
    rng, rate = generator_from(seed), finite_scalar("rate", rate, 0, strict=True)
    d, N = integer_from("d", d, 2), integer_from("N", N, 1)
    batch = integer_from("batch", batch, 1)
    w = rng.standard_normal((N, d)) / math.sqrt(d)
    u, b = rng.standard_normal(N) / math.sqrt(N), np.zeros(N)
    seen, found = 0, []
    x_test, y_test = xor_sample(d, test, mu, rng)
    for mark in marks:
        while seen < mark:
            x, y = xor_sample(d, batch, mu, rng)
            h = np.maximum(x @ w.T + b, 0)
            r = (y - h @ u) * (rate / batch)
            back = (r[:, None] * (h > 0)) * u
            u += r @ h
            w += back.T @ x
            b += back.sum(0)
            seen += batch
            if not np.abs(u).max() < DIVERGED:
                break
        if not np.abs(u).max() < DIVERGED:
            raise ValueError(f"the descent diverges: rate must be less, got {rate}")
        fitted = np.maximum(x_test @ w.T + b, 0) @ u
        found.append(np.mean(np.sign(fitted) != y_test))
    return np.array(found)
