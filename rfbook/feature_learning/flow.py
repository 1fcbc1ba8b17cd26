r"""The overlap of one neuron with the target: under flow, and under online descent.

The neuron stays on the unit sphere and follows the gradient of its product z(t) with
the target; t is the cosine between the two directions, tau the time of the flow.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.integrate import solve_ivp

from rfbook.feature_learning.step import coefficients, overlap, step_parts
from rfbook.ranges import (
    finite_answers,
    finite_array,
    finite_scalar,
    generator_from,
    integer_from,
    list_from,
)


def velocity(link, neuron, t):
    r"""Velocity of the overlap: :math:`(1 - t^2)\, z'(t)`.

    Parameters
    ----------
    link, neuron : array_like of float
        Hermite coefficients, as in `rfbook.feature_learning.step_parts`.
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
    Claim: ``sphere-flow``.

    Examples
    --------
    >>> float(velocity([0, 0, 1], [0, 0, 1], 0.5))
    0.75
    """
    t = overlap(t)
    return ((1 - t**2) * step_parts(link, neuron, t)[0])[()]


def flow_time(k: int, rate: float, start: float, end: float) -> float:
    r"""Time in which the overlap goes from `start` to `end` for :math:`z = c\, t^k`.

    .. math::
        \tau = \frac1{k c} \int \frac{dt}{t^{k-1} (1 - t^2)}
        = \frac{1}{k c} \Bigl[ \ell_k(t) - \sum_{0 \le j < (k-2)/2}
        \frac{t^{-(k-2-2j)}}{k - 2 - 2j} \Bigr]_{\text{start}}^{\text{end}}

    where :math:`\ell_k` is artanh t for odd k and
    :math:`\tfrac12 \ln \frac{t^2}{1 - t^2}` for even k.

    Parameters
    ----------
    k : int
        Degree, at least 1.
    rate : float
        c, positive.
    start, end : float
        0 < start <= end < 1; for k = 1 the start may be 0 or negative.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    Claims: ``flow-time-one``, ``flow-time-two``, ``flow-time-power``.

    Examples
    --------
    Times add up:

    >>> parts = flow_time(3, 0.7, 0.1, 0.4) + flow_time(3, 0.7, 0.4, 0.9)
    >>> bool(np.isclose(parts, flow_time(3, 0.7, 0.1, 0.9)))
    True
    """
    k, rate = integer_from("k", k, 1), finite_scalar("rate", rate, 0, strict=True)
    start, end = finite_scalar("start", start), finite_scalar("end", end)
    low = -1.0 if k == 1 else 0.0
    if not low < start <= end < 1:
        raise ValueError(f"{low} < start <= end < 1 is needed, got {start} and {end}")
    try:
        return (_primitive(k, end) - _primitive(k, start)) / (k * rate)
    except OverflowError:
        raise ValueError(
            f"the time from start = {start} overflows for k = {k}"
        ) from None


def _primitive(k: int, t: float) -> float:
    """Integrate 1 / (t^(k-1) (1 - t^2))."""
    value = math.atanh(t) if k % 2 else math.log(t) - math.log1p(-t * t) / 2
    return value - sum(t ** -float(p) / p for p in range(k - 2, 0, -2))


def flow(link, neuron, start: float, times) -> np.ndarray:
    r"""Solve :math:`\dot t = (1 - t^2)\, z'(t)` from t(0) = start.

    Parameters
    ----------
    link, neuron : array_like of float
        Hermite coefficients.
    start : float
        In (-1, 1).
    times : array_like of float, shape (m,)
        Increasing, from 0 to 1e5, and at most 1e7 over the sum of k |H_k s_k|: beyond
        it the solver would not end.

    Returns
    -------
    ndarray of float, shape (m,)
        With an absolute error of about 1e-9.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    Claim: ``sphere-flow``.

    Examples
    --------
    >>> found = flow([0, 1], [0, 2], 0.1, [0.0, 0.3])
    >>> bool(np.allclose(found, np.tanh(np.arctanh(0.1) + 2 * np.array([0, 0.3]))))
    True
    """
    return noisy_flow(link, neuron, start, times)


_LATEST = 1e5
"""The latest time of a flow; the solver's steps do not grow at the end."""


_FARTHEST = 1e7
"""The longest way of a flow, time by the bound of its speed: the work of the solver."""


def _fastest(link: np.ndarray, neuron: np.ndarray) -> float:
    """Bound the modulus of z' on [-1, 1]."""
    size = min(len(link), len(neuron))
    return float(np.arange(size) @ np.abs(link[:size] * neuron[:size]))


@finite_answers
def noisy_flow(link, neuron, start: float, times, shrink=None) -> np.ndarray:
    r"""Solve the flow with the mean shrinking that the noise of online descent causes.

    .. math:: \dot t = (1 - t^2)\, z'(t) - \tfrac12\, \eta\, t\, G(t)

    Parameters
    ----------
    link, neuron, start, times
        As in `flow`.
    shrink : callable, optional
        Maps t to :math:`\eta\, G(t)`, G the mean square of one sample's tangent step;
        without it there is no noise.

    Returns
    -------
    ndarray of float, shape (m,)

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    Claim: ``step-second-order``.

    Examples
    --------
    Without a signal the overlap decays:

    >>> found = noisy_flow([0.0], [0.0], 0.5, [0.0, 1.0], lambda t: 2.0)
    >>> bool(np.isclose(found[1], 0.5 * math.exp(-1)))
    True
    """
    link, neuron = coefficients("link", link), coefficients("neuron", neuron)
    start, times = finite_scalar("start", start), finite_array("times", times, 0)
    if not -1 < start < 1:
        raise ValueError(f"start must lie in (-1, 1), got {start}")
    if times.ndim != 1 or not times.size or (np.diff(times) <= 0).any():
        raise ValueError(f"times must increase, got {times}")
    if times[-1] > _LATEST:
        raise ValueError(f"times must be at most {_LATEST}, got {times[-1]}")
    way = float(times[-1]) * _fastest(link, neuron)
    if way > _FARTHEST:
        raise ValueError(
            f"the last time by the sum of k |H_k s_k| must be at most {_FARTHEST:g}, "
            f"got {way:g}"
        )

    def rate(_, state):
        t = np.clip(state, -1, 1)
        drift = velocity(link, neuron, t)
        return drift if shrink is None else drift - t * shrink(t) / 2

    end = max(float(times[-1]), 1e-300)
    found = solve_ivp(
        rate, (0.0, end), [start], t_eval=times, rtol=1e-10, atol=1e-12, method="DOP853"
    )
    return found.y[0]


@finite_answers
def online_overlaps(
    link_function, slope_function, d: int, step: float, start: float, looks, seeds: int
) -> np.ndarray:
    r"""Overlaps under online descent on the sphere, one fresh sample a step.

    .. math:: w \leftarrow \frac{w + \eta\, s}{\lVert w + \eta\, s \rVert}, \qquad
              s = y\, \sigma'(b)\, (x - b\, w), \quad b = \langle w, x \rangle

    Only the overlap is followed, which loses nothing: given t it changes to

    .. math:: \frac{t + \eta\, y\, \sigma'(b)\, (a - t b)}
              {\sqrt{1 + \eta^2 y^2 \sigma'(b)^2 (u^2 + \chi^2)}}

    with :math:`b = t a + \sqrt{1 - t^2}\, b'`, independent normal a, b',
    :math:`u = \sqrt{1 - t^2}\, a - t\, b'`, and a chi-squared number of d - 2 degrees
    of freedom.

    Parameters
    ----------
    link_function, slope_function : callable
        H and the derivative of sigma, on arrays.
    d : int
        Dimension, at least 3.
    step : float
        eta, positive.
    start : float
        First overlap, in (-1, 1).
    looks : array_like of int, shape (m,)
        Increasing numbers of steps, at least 0, after which the overlap is kept.
    seeds : int
        Runs; run i has the generator of seed i.

    Returns
    -------
    ndarray of float, shape (seeds, m)

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    Claim: ``overlap-chain``.

    Examples
    --------
    >>> found = online_overlaps(lambda a: a, np.ones_like, 50, 0.01, 0.0, [0, 400], 3)
    >>> found.shape, bool((found[:, 1] > 0.7).all())
    ((3, 2), True)
    """
    d, seeds = integer_from("d", d, 3), integer_from("seeds", seeds, 1)
    step = finite_scalar("step", step, 0, strict=True)
    start = finite_scalar("start", start)
    looks = [integer_from("looks", look, 0) for look in np.atleast_1d(looks)]
    list_from("looks", looks)
    if not -1 < start < 1:
        raise ValueError(f"start must lie in (-1, 1), got {start}")
    if sorted(looks) != looks:
        raise ValueError(f"looks must increase, got {looks}")
    rngs = [generator_from(seed) for seed in range(seeds)]
    t, kept, done = np.full(seeds, start), [], 0
    for look in looks:
        while done < look:
            size = min(_CHUNK, look - done)
            normals = np.stack([rng.standard_normal((size, 2)) for rng in rngs], 1)
            rests = np.stack([rng.chisquare(d - 2, size) for rng in rngs], 1)
            for (a, other), rest in zip(np.moveaxis(normals, 2, 1), rests, strict=True):
                t = _move(t, a, other, rest, link_function, slope_function, step)
            done += size
        kept.append(t)
    return np.stack(kept, axis=1)


_CHUNK = 4096
"""Steps whose random numbers are drawn at once."""


def _move(t, a, other, rest, link_function, slope_function, step):
    """One step of the chain, for all runs at once."""
    side = np.sqrt(1 - t * t)
    b = t * a + side * other
    u = side * a - t * other
    force = step * link_function(a) * slope_function(b)
    moved = t + force * side * u
    return np.clip(moved / np.sqrt(1 + force**2 * (u * u + rest)), -1, 1)
