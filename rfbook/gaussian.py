"""Expectations over g ~ N(0, 1): density, tail, truncated moments, quadrature.

Functions that end in ``_ball`` return rigorous Arb enclosures at the current precision
of ``flint.ctx``; the others work in float64. A positive quantity below float64's range
is an error that names its logarithm.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from scipy.special import erfc, log_ndtr, roots_hermitenorm

from rfbook.ranges import ball, finite_answers, finite_array, integer_from, no_underflow

_FORWARD_BELOW = 2.0
"""Threshold h below which the moments follow from phi and Q without loss of digits."""

_FRACTION_DEPTH = 100
"""Depth of the continued fraction: its start leaves 2e-17 at h = 2, less beyond."""

_MAX_NODES = 2000


def phi(h):
    r"""Density of N(0, 1).

    .. math:: \varphi(h) = e^{-h^2/2} / \sqrt{2\pi}

    Parameters
    ----------
    h : array_like of float
        Points, finite, any shape.

    Returns
    -------
    float or ndarray
        The density, in the shape of h.

    Raises
    ------
    ValueError
        If a point is not finite or the density underflows (beyond 37.6): `log_phi`.

    Examples
    --------
    >>> bool(np.isclose(phi(2.0), phi(0.0) * math.exp(-2)))
    True
    """
    h = finite_array("h", h)
    return no_underflow("phi", np.exp(_log_phi(h)), "log_phi")


def log_phi(h):
    r"""Natural logarithm of the density, :math:`-h^2/2 - \ln(2\pi)/2`.

    Parameters
    ----------
    h : array_like of float
        Points, finite, of modulus at most 1e150, any shape.

    Returns
    -------
    float or ndarray
        The logarithm, in the shape of h.

    Raises
    ------
    ValueError
        If a point is not finite or its square overflows.

    Examples
    --------
    >>> bool(np.isclose(log_phi(100.0) - log_phi(0.0), -5000))
    True
    """
    return _log_phi(_bounded("h", h))[()]


def tail(h):
    r"""Tail Q(h) = P(g > h).

    .. math:: Q(h) = \tfrac12 \operatorname{erfc}(h / \sqrt2)

    Parameters
    ----------
    h : array_like of float
        Thresholds, finite, any shape.

    Returns
    -------
    float or ndarray
        The probability, in the shape of h.

    Raises
    ------
    ValueError
        If a threshold is not finite or Q underflows (beyond 37.5): `log_tail`.

    Examples
    --------
    >>> bool(np.isclose(tail(1.3) + tail(-1.3), 1))
    True
    """
    h = finite_array("h", h)
    return no_underflow("tail", erfc(h / math.sqrt(2)) / 2, "log_tail")


def log_tail(h):
    r"""Natural logarithm of the tail Q(h), for thresholds of any size.

    Parameters
    ----------
    h : array_like of float
        Thresholds, finite, of modulus at most 1e150, any shape.

    Returns
    -------
    float or ndarray
        The logarithm, in the shape of h.

    Raises
    ------
    ValueError
        If a threshold is not finite or its square overflows.

    Examples
    --------
    Gordon's inequality, h phi / (1 + h^2) < Q < phi / h:

    >>> h = 200.0
    >>> low, high = log_phi(h) + np.log(h / (1 + h * h)), log_phi(h) - np.log(h)
    >>> bool(low < log_tail(h) < high)
    True
    """
    return log_ndtr(-_bounded("h", h))[()]


@finite_answers
def truncated_moment(h, k: int):
    r"""Moment E (g - h)_+^k, k = 0, 1, 2, of a truncated Gaussian.

    .. math::
        E(g-h)_+^0 = Q, \quad E(g-h)_+ = \varphi - hQ, \quad
        E(g-h)_+^2 = (1+h^2)Q - h\varphi

    For h >= 2, where these differences cancel, the same numbers come from the continued
    fraction of the repeated integrals of Q, whose terms are positive.

    Parameters
    ----------
    h : array_like of float
        Thresholds, finite, any shape.
    k : int
        Power: 0, 1 or 2.

    Returns
    -------
    float or ndarray
        The moments, in the shape of h; relative error about (20 + h^2) 2e-16, for k = 2
        and 1 < h < 2 up to 2e-14.

    Raises
    ------
    ValueError
        If k is another power, a threshold is not finite, or a moment underflows
        (beyond about 37).

    Notes
    -----
    Source: DLMF 7.18.7, the recurrence of the repeated integrals of erfc:
    k I_k = I_{k-2} - h I_{k-1} for I_k = E (g - h)_+^k / k!.

    Examples
    --------
    >>> bool(np.isclose(truncated_moment(3.0, 2) + truncated_moment(-3.0, 2), 1 + 9))
    True
    """
    k = integer_from("k", k, 0)
    if k > 2:
        raise ValueError(f"k must be 0, 1 or 2, got {k}")
    h = finite_array("h", h)
    values = np.empty_like(h)
    low = h < _FORWARD_BELOW
    values[low] = _moment_from_tail(h[low], k)
    values[~low] = _moment_from_fraction(h[~low], k)
    return no_underflow("truncated_moment", values, "log_tail")


def expect(f, nodes: int = 100) -> float:
    r"""Gauss-Hermite quadrature of E f(g).

    Exact, up to rounding, for polynomials of degree below 2 * nodes; geometric
    convergence for entire functions that grow less than exp(x^2/4). A kink costs the
    order: for |x| the error is about 0.3 / nodes. Functions with kinks belong to the
    truncated moments.

    Parameters
    ----------
    f : callable
        Maps a float64 array of shape (nodes,) to one of the same shape.
    nodes : int, optional
        Number of nodes, 1 to 2000.

    Returns
    -------
    float
        The quadrature sum.

    Raises
    ------
    ValueError
        If nodes is out of range, or f returns another shape or non-finite numbers.

    Examples
    --------
    >>> bool(np.isclose(expect(np.cos), math.exp(-1 / 2)))
    True
    """
    nodes = integer_from("nodes", nodes, 1)
    if nodes > _MAX_NODES:
        raise ValueError(f"nodes must be at most {_MAX_NODES}, got {nodes}")
    x, weights = _gauss_hermite(nodes)
    values = finite_array("f(x)", f(x))
    if values.shape != x.shape:
        raise ValueError(f"f must return shape {x.shape}, got {values.shape}")
    return float(weights @ values)


def phi_ball(h):
    """Enclose the density `phi` in an Arb ball.

    Parameters
    ----------
    h : int, Fraction or flint.arb
        Point.

    Returns
    -------
    flint.arb

    Raises
    ------
    ValueError
        If h is not an exact finite number or a finite ball.

    Examples
    --------
    >>> from flint import arb
    >>> (phi_ball(1) / phi_ball(3)).overlaps(arb(4).exp())
    True
    """
    from flint import arb

    h = ball(h)
    return (-h * h / 2).exp() / (2 * arb.pi()).sqrt()


def tail_ball(h):
    """Enclose the tail Q(h) in an Arb ball.

    Parameters
    ----------
    h : int, Fraction or flint.arb
        Threshold.

    Returns
    -------
    flint.arb

    Raises
    ------
    ValueError
        If h is not an exact finite number or a finite ball.

    Examples
    --------
    >>> (tail_ball(2) + tail_ball(-2)).overlaps(tail_ball(0) * 2)
    True
    """
    from flint import arb

    return (ball(h) / arb(2).sqrt()).erfc() / 2


def truncated_moment_ball(h, k: int):
    """Enclose the truncated moment E (g - h)_+^k, k = 0, 1, 2, in an Arb ball.

    Parameters
    ----------
    h : int, Fraction or flint.arb
        Threshold. An exact one gives a ball of full relative precision: the digits that
        cancel are added beforehand.
    k : int
        Power: 0, 1 or 2.

    Returns
    -------
    flint.arb

    Raises
    ------
    ValueError
        If k is another power, or h is not an exact finite number or a finite ball.

    Examples
    --------
    >>> (truncated_moment_ball(3, 2) + truncated_moment_ball(-3, 2)).overlaps(ball(10))
    True
    """
    from flint import ctx

    k = integer_from("k", k, 0)
    if k > 2:
        raise ValueError(f"k must be 0, 1 or 2, got {k}")
    size = abs(ball(h)).upper()
    cancelled = 10 + 8 * max(0, int(float((1 + size).log().upper())) + 1)
    with ctx.extraprec(cancelled):
        h = ball(h)
        if k == 0:
            moment = tail_ball(h)
        elif k == 1:
            moment = phi_ball(h) - h * tail_ball(h)
        else:
            moment = (1 + h * h) * tail_ball(h) - h * phi_ball(h)
    return +moment


def _bounded(name: str, values):
    """Check that the squares stay finite."""
    values = finite_array(name, values)
    if (np.abs(values) > 1e150).any():
        worst = values[np.abs(values) > 1e150].flat[0]
        raise ValueError(f"|{name}| must be at most 1e150, got {worst}")
    return values


def _log_phi(h):
    """Logarithm of the density, without checks."""
    with np.errstate(over="ignore"):
        return -h * h / 2 - math.log(2 * math.pi) / 2


def _moment_from_tail(h, k: int):
    """Moment for h below `_FORWARD_BELOW` from Q and phi."""
    q, density = erfc(h / math.sqrt(2)) / 2, np.exp(_log_phi(h))
    if k == 0:
        return q
    return density - h * q if k == 1 else (1 + h * h) * q - h * density


def _moment_from_fraction(h, k: int):
    """Moment for h from `_FORWARD_BELOW` on: Q times ratios r_k = I_k / I_{k-1}."""
    moment = erfc(h / math.sqrt(2)) / 2
    ratio = 2 / (h + np.sqrt(h * h + 4 * _FRACTION_DEPTH))
    ratios = {}
    for j in range(_FRACTION_DEPTH - 1, 0, -1):
        ratio = 1 / (h + (j + 1) * ratio)
        ratios[j] = ratio
    for j in range(1, k + 1):
        moment = moment * j * ratios[j]
    return moment


@lru_cache(maxsize=8)
def _gauss_hermite(nodes: int):
    """Nodes and weights for N(0, 1)."""
    x, weights = roots_hermitenorm(nodes)
    weights = weights / math.sqrt(2 * math.pi)
    x.flags.writeable = weights.flags.writeable = False
    return x, weights
