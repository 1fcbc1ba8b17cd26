r"""Gaussian quadratic forms: their transform, and their law by a contour integral.

A form is :math:`q = \sum_i a_i z_i^2` with independent standard normal :math:`z_i` and
weights :math:`a_i` of any sign. Its law is known through :math:`\mathbb E\, e^{s q}`.

The functions serve the chapters on the Gaussian mixture.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.optimize import brentq

from rfbook.ranges import finite_answers, finite_array, finite_scalar

_SLOPE = 0.5
"""Tangent of the angle by which the path leaves the vertical line.

Below 1, so that the transform of a nearly normal form still decays along the path.
"""

_STEP = 0.25
"""First step of the trapezoidal rule; it is halved until two sums agree."""

_HALVINGS = 6
_NEGLIGIBLE = 1e-18
"""Size of the integrand, over its largest, where the path is cut."""

_LENGTH = 200.0
"""Longest path, in the variable of the rule: e^(-v/2) is below 1e-40 there."""


@finite_answers
def form_logtransform(s, weights) -> np.ndarray:
    r"""Logarithm of :math:`\mathbb E\, e^{s q}` for complex s.

    .. math:: \ln \mathbb E\, e^{s q} = -\frac12 \sum_i \ln(1 - 2 s a_i),

    with the principal logarithm: the branch is right wherever no :math:`1 - 2 s a_i`
    is negative or 0, on the imaginary axis for one.

    Claim: `form-transform`.

    Parameters
    ----------
    s : array_like of complex
        Any shape.
    weights : array_like of float, shape (d,)
        The weights of the form, of any sign.

    Returns
    -------
    ndarray of complex, in the shape of s

    Raises
    ------
    ValueError
        If the weights are not a finite vector.

    Examples
    --------
    >>> value = np.exp(form_logtransform(1j, [1.0]))
    >>> bool(np.isclose(value**-2, 1 - 2j))
    True
    """
    weights = _weights(weights)
    try:
        s = np.asarray(s, dtype=complex)
    except (TypeError, ValueError):
        raise ValueError(f"s must be complex numbers, got {s!r}") from None
    total = np.zeros(s.shape, dtype=complex)
    values, counts = np.unique(weights, return_counts=True)
    for value, count in zip(values, counts, strict=True):
        total -= count / 2 * np.log(1 - 2 * value * s)
    return total


@finite_answers
def contour_integral(
    log_integrand: Callable[[np.ndarray], np.ndarray],
    centre: float,
    radius: float,
    slope: float = 0.0,
    accuracy: float = 1e-13,
) -> tuple[float, float]:
    r"""Integrate a transform up a vertical line, or along a path bent away from it.

    .. math:: \frac{1}{2 \pi i} \int F(s)\, ds, \qquad
              s(v) = c + \kappa\, r (\cosh v - 1) + i\, r \sinh v, \quad v \in \mathbb R

    for an F that is real on the real axis. The slope :math:`\kappa` does not change the
    value where F has no singularity between the path and the line and decays there; it
    turns an oscillation into a decay. In v the trapezoidal rule converges like
    :math:`e^{-C / \text{step}}`.

    Parameters
    ----------
    log_integrand : callable
        Maps an array of complex s to ln F(s).
    centre : float
        Where the path crosses the real axis.
    radius : float
        Length on which F varies there, at most the distance to its singularities.
    slope : float
        0 for the vertical line; positive for a path that opens to the right.
    accuracy : float
        Least relative difference of two sums, steps halved, that ends the search; the
        scale is the integral of the modulus.

    Returns
    -------
    value, error : float
        The error is the difference of the last two sums.

    Raises
    ------
    ValueError
        If the sums do not agree to 1e-9 of the integral of the modulus.

    Examples
    --------
    The exponential law: :math:`\mathbb P(X > t) = e^{-t}` has the transform 1/(1 - s).

    >>> value, error = contour_integral(
    ...     lambda s: -s - np.log(s) - np.log(1 - s), 0.5, 0.5, 1.0
    ... )
    >>> bool(np.isclose(value, np.exp(-1), rtol=1e-12, atol=0)), error < 1e-12
    (True, True)
    """
    centre, slope = finite_scalar("centre", centre), finite_scalar("slope", slope)
    radius = finite_scalar("radius", radius, 0, strict=True)
    accuracy = finite_scalar("accuracy", accuracy, 0)
    height = float(np.real(log_integrand(np.array([complex(centre)]))[0]))

    def terms(v):
        s = centre + radius * (slope * (np.cosh(v) - 1) + 1j * np.sinh(v))
        speed = radius * (slope * np.sinh(v) + 1j * np.cosh(v))
        return np.exp(log_integrand(s) - height) * speed

    length = _path_length(terms)
    v = np.arange(0, length + _STEP, _STEP)
    parts = terms(v)
    parts[0] /= 2  # the other half of the path is the conjugate
    total, size, step = parts.imag.sum(), np.abs(parts).sum(), _STEP
    value = total * step
    for _ in range(_HALVINGS):
        between = terms(np.arange(step / 2, length + _STEP, step))
        total, size = total + between.imag.sum(), size + np.abs(between).sum()
        step /= 2
        value, previous = total * step, value
        error = abs(value - previous)
        if error <= accuracy * size * step:
            break
    if not error <= 1e-9 * size * step:
        raise ValueError(
            f"the sums over the path must agree, got {previous} and {value}"
        )
    scale = np.exp(height) / np.pi
    return float(value * scale), float(error * scale)


@finite_answers
def form_tail(t, weights):
    r"""Upper tail :math:`\mathbb P(q > t)` of a Gaussian quadratic form.

    .. math:: \mathbb P(q > t) = \frac{1}{2 \pi i} \int_{c - i \infty}^{c + i \infty}
              \frac{e^{-s t}}{s}\, \mathbb E\, e^{s q}\, ds, \qquad c > 0,

    along a path through the saddle point of the integrand, so that small tails keep
    their relative accuracy.

    Claim: `form-inversion`.

    Parameters
    ----------
    t : array_like of float
        Any shape.
    weights : array_like of float, shape (d,)
        Of any sign; weights 0 add nothing.

    Returns
    -------
    float or ndarray, in the shape of t

    Raises
    ------
    ValueError
        If an argument is not finite, or the integral did not converge.

    Notes
    -----
    Source: Gil-Pelaez (Biometrika, 1951) for the inversion, Imhof (Biometrika, 1961)
    for quadratic forms, Rice (SIAM J. Sci. Stat. Comput., 1980) for the saddle point.

    Examples
    --------
    >>> bool(np.isclose(form_tail(3.0, [1.0, 1.0]), np.exp(-1.5), rtol=1e-12, atol=0))
    True
    >>> round(float(form_tail(0.0, [1.0, -1.0])), 12)
    0.5
    """
    weights = _weights(weights)
    t = finite_array("t", t)
    tails = [_tail(point, weights) for point in t.ravel()]
    return np.reshape(tails, t.shape)[()]


@finite_answers
def form_cdf(t, weights):
    r"""Distribution function :math:`\mathbb P(q \le t)`; see `form_tail`.

    Examples
    --------
    A form of both signs is as often above t as its negative is below -t:

    >>> a = np.array([2.0, 0.5, -1.0])
    >>> bool(np.isclose(form_cdf(1.3, a), form_tail(-1.3, -a), rtol=1e-12, atol=0))
    True
    """
    weights = _weights(weights)
    t = finite_array("t", t)
    values = [
        1.0 - _tail(x, weights) if x >= weights.sum() else _tail(-x, -weights)
        for x in t.ravel()
    ]
    return np.reshape(values, t.shape)[()]


def _tail(t: float, weights: np.ndarray) -> float:
    """P(q > t); below the mean as 1 minus the other tail."""
    top, bottom = weights.max(), weights.min()
    if top <= 0 and t >= 0:
        return 0.0
    if bottom >= 0 and t < 0:
        return 1.0
    if t < weights.sum():
        return 1.0 - _tail(-t, -weights)
    scale = np.abs(weights).max()
    kept, t = weights[weights != 0] / scale, t / scale
    centre, radius = _saddle(t, kept)

    def log_integrand(s):
        return form_logtransform(s, kept) - s * t - np.log(s)

    value, _ = contour_integral(log_integrand, centre, radius, _SLOPE * np.sign(t))
    return min(1.0, max(0.0, value))


def _saddle(t: float, weights: np.ndarray) -> tuple[float, float]:
    """Return the c > 0 where E e^(c q) e^(-c t) / c is least, and a radius there."""

    def slope(c):
        return np.sum(weights / (1 - 2 * c * weights)) - t - 1 / c

    top = weights.max()
    end = 1 / (2 * top) if top > 0 else np.inf  # where the transform ends
    low = high = min(end / 2, 1.0)
    while slope(low) > 0:
        low /= 2
    while slope(high) < 0:
        higher = (high + end) / 2 if top > 0 else 2 * high
        if not high < higher < end:
            # The saddle is nearer to the transform's end than two floats are.
            raise ValueError(
                f"weights must be of sizes that float64 can add, got {weights}"
            )
        high = higher
    centre = brentq(slope, low, high, xtol=1e-14 * high) if low < high else high
    return centre, min(centre, end - centre)


def _path_length(terms) -> float:
    """Return where the integrand has become negligible against its largest value."""
    v = np.arange(0, _LENGTH, 1.0)
    with np.errstate(over="ignore", invalid="ignore"):
        sizes = np.abs(terms(v))
    sizes = np.where(np.isfinite(sizes), sizes, 0.0)
    large = np.flatnonzero(sizes > _NEGLIGIBLE * sizes.max())
    return float(v[large[-1]] + 1)


def _weights(weights) -> np.ndarray:
    weights = finite_array("weights", weights)
    if weights.ndim != 1 or not weights.size:
        raise ValueError(
            f"weights must be a vector with an entry, got shape {weights.shape}"
        )
    return weights
