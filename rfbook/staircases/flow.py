r"""A two-layer network with few relevant coordinates, trained from first weights zero.

The network on x in {1, -1}^d is

.. math:: \hat f(x) = \frac1N \sum_{i=1}^N u_i \tanh(\langle w_i, x \rangle + b_i)

with all w_i = 0 at the start, and the target depends on the first P bits alone. Then
the population flow moves only the first P entries of each w_i, whatever d is, and means
over the cube are sums over 2^P points.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.integrate import solve_ivp

from rfbook.ranges import (
    finite_answers,
    finite_array,
    finite_scalar,
    flag,
    generator_from,
    instance_of,
    integer_from,
    no_lost_square,
)

MOST_BITS = 8
MOST_STEPS = 10**7
ACCURACY = 1e-9
"""Relative and absolute accuracy asked of the integrator."""


def cube(P: int) -> np.ndarray:
    """Return the points of {1, -1}^P as rows, in the order of `walsh_transform`.

    Parameters
    ----------
    P : int
        1 <= P <= 8.

    Returns
    -------
    ndarray of float, shape (2^P, P)
        Row p has -1 where bit i of p is 1.

    Raises
    ------
    ValueError
        If P is out of range.

    Examples
    --------
    >>> bool((cube(3).T @ cube(3) == 8 * np.eye(3)).all())
    True
    """
    P = integer_from("P", P, 1)
    if P > MOST_BITS:
        raise ValueError(f"P must be at most {MOST_BITS}, got {P}")
    return 1.0 - 2.0 * (np.arange(2**P)[:, None] >> np.arange(P) & 1)


def characters(P: int) -> np.ndarray:
    """Return the parities of P bits as columns, the sets counted by their bits.

    Parameters
    ----------
    P : int
        1 <= P <= 8.

    Returns
    -------
    ndarray of float, shape (2^P, 2^P)

    Raises
    ------
    ValueError
        If P is out of range.

    Examples
    --------
    >>> bool((characters(2).T @ characters(2) == 4 * np.eye(4)).all())
    True
    """
    points = np.arange(len(cube(P)))
    overlap = points[:, None] & points
    return 1.0 - 2.0 * (np.vectorize(int.bit_count)(overlap.astype(object)) % 2)


def target(P: int, coefficients: Mapping[tuple[int, ...], float]) -> np.ndarray:
    r"""Return the values of a sum of parities at all points of the cube.

    .. math:: f_*(x) = \sum_S c_S \chi_S(x)

    Parameters
    ----------
    P : int
        1 <= P <= 8.
    coefficients : mapping of tuple of int to float
        The number c_S for each set S of coordinates 0, ..., P - 1.

    Returns
    -------
    ndarray of float, shape (2^P,)

    Raises
    ------
    ValueError
        If a coordinate is not below P, a coefficient is not finite, or there is no
        mapping.

    Examples
    --------
    >>> target(2, {(0,): 1, (0, 1): 1}).tolist()
    [2.0, -2.0, 0.0, 0.0]
    """
    instance_of("coefficients", coefficients, Mapping)
    points, total = cube(P), np.zeros(2**P)
    for S, c in coefficients.items():
        if any(integer_from("a coordinate", i, 0) >= P for i in S):
            raise ValueError(f"coordinates must be below P = {P}, got {S}")
        total += finite_scalar("a coefficient", c) * points[:, list(S)].prod(1)
    return total


def staircase(P: int) -> dict[tuple[int, ...], float]:
    """Return the coefficients of x1 + x1 x2 + ... + x1 x2 ... xP.

    Parameters
    ----------
    P : int
        1 <= P <= 8.

    Raises
    ------
    ValueError
        If P is out of range.

    Examples
    --------
    >>> staircase(3)
    {(0,): 1.0, (0, 1): 1.0, (0, 1, 2): 1.0}
    """
    P = len(cube(P)).bit_length() - 1
    return {tuple(range(k)): 1.0 for k in range(1, P + 1)}


@finite_answers
def paired_start(N: int, seed=0, size: float = 2.0, bias: float = 1.0):
    """Return output weights and biases in pairs that cancel: the network starts as 0.

    Parameters
    ----------
    N : int
        Number of neurons, even.
    seed : int or numpy.random.Generator
    size : float
        Modulus of the output weights, > 0.
    bias : float
        The biases are uniform in [-bias, bias], > 0.

    Returns
    -------
    u, b : ndarray of float, shape (N,)
        u is +size for the first half and -size for the second, with the same biases.

    Raises
    ------
    ValueError
        If N is odd or below 2, or a size is not positive.

    Examples
    --------
    >>> u, b = paired_start(6)
    >>> abs(float(u @ np.tanh(b))) < 1e-14
    True
    """
    N = integer_from("N", N, 2)
    if N % 2:
        raise ValueError(f"N must be even, got {N}")
    size = finite_scalar("size", size, 0, strict=True)
    bias = finite_scalar("bias", bias, 0, strict=True)
    half = generator_from(seed).uniform(-bias, bias, N // 2)
    return np.repeat([size, -size], N // 2), np.concatenate([half, half])


@dataclass(frozen=True)
class Path:
    r"""What a training run left at each time.

    Parameters
    ----------
    times : ndarray, shape (m,)
        The time tau = eta T.
    left : ndarray, shape (m, 2^P)
        Fourier coefficients of the target minus the network, by sets of relevant bits.
    error : ndarray, shape (m,)
        The mean squared error.
    weights : ndarray, shape (m, N, P)
        The first-layer weights of the relevant coordinates.
    """

    times: np.ndarray
    left: np.ndarray
    error: np.ndarray
    weights: np.ndarray

    def energy(self, S: tuple[int, ...]) -> np.ndarray:
        """Return the squared coefficient that is left on one set, at all times."""
        return self.left[:, sum(1 << i for i in S)] ** 2


def network(u, w, b, x) -> np.ndarray:
    r"""Return the network at points x.

    .. math:: \frac1N \sum_i u_i \tanh(\langle w_i, x \rangle + b_i)

    Parameters
    ----------
    u, b : array_like, shape (N,)
    w : array_like, shape (N, P)
        A row for each neuron.
    x : array_like, shape (m, P)

    Returns
    -------
    ndarray, shape (m,)

    Raises
    ------
    ValueError
        If the sizes do not fit, or a number is not finite.

    Examples
    --------
    >>> network([1.0], [[0.0]], [0.0], [[1.0], [-1.0]]).tolist()
    [0.0, 0.0]
    """
    u, b = finite_array("u", u), finite_array("b", b)
    w, x = finite_array("w", w), finite_array("x", x)
    fits = u.ndim == b.ndim == 1 and w.ndim == x.ndim == 2 and len(u) > 0
    if not fits or not len(u) == len(b) == len(w) or w.shape[1] != x.shape[1]:
        shapes = u.shape, w.shape, b.shape, x.shape
        raise ValueError(f"shapes must be (N,), (N, P), (N,), (m, P), got {shapes}")
    return np.tanh(x @ w.T + b) @ u / len(u)


@finite_answers
def flow(values, u, b, times, *, second_layer: bool = True) -> Path:
    r"""Integrate the population flow from w = 0, by sums over 2^P points.

    .. math::
        \dot w_i = \mathbb E\, r\, u_i \tanh'(\langle w_i, x \rangle + b_i)\, x, \qquad
        \dot u_i = \mathbb E\, r \tanh(\langle w_i, x \rangle + b_i), \qquad
        r = f_* - \hat f

    Parameters
    ----------
    values : array_like, shape (2^P,)
        The target on the cube, see `target`.
    u, b : array_like, shape (N,)
        Output weights at the start, and biases, which stay.
    times : array_like, shape (m,)
        Increasing, >= 0.
    second_layer : bool, optional
        Whether the output weights are trained too.

    Returns
    -------
    Path

    Raises
    ------
    ValueError
        If sizes do not fit, times are negative or do not increase, the numbers are
        too large to integrate, or the squares of the values underflow.

    Notes
    -----
    Claims: ``flow-obstruction``, ``flow-descent``.

    Examples
    --------
    A parity of two bits alone gives the weights nothing to start with:

    >>> run = flow(target(2, {(0, 1): 1.0}), *paired_start(4), [0.0, 5.0])
    >>> float(abs(run.weights).max()), round(float(run.error[-1]), 6)
    (0.0, 1.0)
    """
    values, u, b, times, P = _checked(values, u, b, times)
    second_layer = flag("second_layer", second_layer)
    way = times[-1] * _speed(values, u)
    if way > MOST_STEPS:
        raise ValueError(f"times by speed must be at most {MOST_STEPS:g}, got {way:g}")
    x, N = cube(P), len(u)

    def field(_, state):
        w, out = state[: N * P].reshape(N, P), state[N * P :]
        t = np.tanh(x @ w.T + b)
        r = (values - t @ out / N) / len(x)
        step = ((r[:, None] * (1 - t**2)).T @ x) * out[:, None]
        return np.concatenate([step.ravel(), r @ t * second_layer])

    start = np.concatenate([np.zeros(N * P), u])
    done = solve_ivp(
        field,
        (0.0, times[-1]),
        start,
        "DOP853",
        times,
        rtol=ACCURACY,
        atol=ACCURACY,
    )
    if not done.success:
        raise ValueError(f"the flow was not integrated to {times[-1]}: {done.message}")
    w = done.y[: N * P].T.reshape(len(times), N, P)
    residual = np.array(
        [
            values - network(out, row, b, x)
            for out, row in zip(done.y[N * P :].T, w, strict=True)
        ]
    )
    return Path(times, residual @ characters(P) / len(x), (residual**2).mean(1), w)


def _speed(values: np.ndarray, u: np.ndarray) -> float:
    """Bound the entries of the flow's field at the start."""
    largest = float(np.abs(u).max())
    return (float(np.abs(values).max()) + largest) * max(1.0, largest)


def _checked(values, u, b, times):
    """Return the arguments of `flow` as arrays in their ranges, and P."""
    values, u = finite_array("values", values), finite_array("u", u)
    b, times = finite_array("b", b), finite_array("times", times, 0)
    P = len(values).bit_length() - 1 if values.ndim == 1 else 0
    if values.ndim != 1 or not 1 <= P <= MOST_BITS or len(values) != 2**P:
        raise ValueError(f"values must be 2^P numbers, got shape {values.shape}")
    no_lost_square("the error", np.square(values).max(), values)
    if u.ndim != 1 or u.shape != b.shape or not len(u):
        raise ValueError(f"u and b must have one length, got {u.shape}, {b.shape}")
    if times.ndim != 1 or not len(times) or (np.diff(times) <= 0).any():
        raise ValueError(f"times must increase, got {times}")
    return values, u, b, times, P


@finite_answers
def train(
    values, u, b, times, *, d: int, rate: float, batch: int = 16, seed=0, probes=64
) -> Path:
    r"""Train a network on d bits by descent on fresh samples, from w = 0.

    Step: the flow's field with the mean over `batch` fresh points in place of the
    expectation, times the rate eta; tau = eta T.

    Parameters
    ----------
    values, u, b, times
        As for `flow`; the target depends on the first P bits.
    d : int
        Dimension, >= P.
    rate : float
        The step size eta, > 0.
    batch : int
        Samples of a step, >= 1.
    seed : int or numpy.random.Generator
    probes : int
        For each point of the relevant bits, so many draws of the others measure.

    Returns
    -------
    Path

    Raises
    ------
    ValueError
        If sizes do not fit, d < P, or the run would be too long.

    Examples
    --------
    >>> run = train(target(2, staircase(2)), *paired_start(4), [0.0, 0.1], d=5,
    ...             rate=0.05)
    >>> run.left.shape, float(run.error[0])
    ((2, 4), 2.0)
    """
    values, u, b, times, P = _checked(values, u, b, times)
    d, batch = integer_from("d", d, P), integer_from("batch", batch, 1)
    rate = finite_scalar("rate", rate, 0, strict=True)
    probes = integer_from("probes", probes, 1)
    if max(times[-1] / rate, batch, probes, d) > MOST_STEPS:
        raise ValueError(
            f"steps, batch, probes and d must be at most {MOST_STEPS}, got "
            f"{times[-1] / rate:.3g}, {batch}, {probes} and {d}"
        )
    rng, N = generator_from(seed), len(u)
    w, out, powers = np.zeros((N, d)), u.copy(), 1 << np.arange(P)
    test = _probes(P, d, probes, rng)
    left, errors, weights, steps = [], [], [], 0
    for time in times:
        while steps < round(time / rate):
            x = 1.0 - 2.0 * rng.integers(0, 2, (batch, d), dtype=np.int8)
            t = np.tanh(x @ w.T + b)
            y = values[(x[:, :P] < 0) @ powers]
            r = (y - t @ out / N) * (rate / batch)
            move = ((r[:, None] * (1 - t**2)).T @ x) * out[:, None]
            out += r @ t
            w += move
            steps += 1
        residual = values - network(out, w, b, test).reshape(-1, 2**P)
        left.append(residual.mean(0) @ characters(P) / 2**P)
        errors.append((residual**2).mean())
        weights.append(w[:, :P].copy())
    return Path(times, np.array(left), np.array(errors), np.array(weights))


def _probes(P: int, d: int, count: int, rng) -> np.ndarray:
    """Return the points of the cube `count` times over, with random other bits."""
    relevant = np.tile(cube(P), (count, 1))
    others = 1.0 - 2.0 * rng.integers(0, 2, (len(relevant), d - P), dtype=np.int8)
    return np.hstack([relevant, others])


@finite_answers
def leading_weight(k: int, u: float, b: float, tau) -> np.ndarray:
    r"""First term of the weight of coordinate k on the staircase, for small times.

    .. math:: w_k \approx C_k \tau^{2^{k-1}}, \qquad
              C_k = \frac{u\, \sigma^{(k)}(b)}{2^{k-1}} \prod_{j < k} C_j

    Parameters
    ----------
    k : int
        1 <= k <= 4, counted from 1.
    u, b : float
        Output weight at the start, and bias.
    tau : array_like of float
        Times, >= 0.

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    Claim: ``staircase-orders``.

    Examples
    --------
    The first weight grows with the slope of the neuron at its bias:

    >>> float(leading_weight(1, 2.0, 0.0, 0.5))
    1.0
    """
    k, tau = integer_from("k", k, 1), finite_array("tau", tau, 0)
    if k > 4:
        raise ValueError(f"k must be at most 4, got {k}")
    u, t = finite_scalar("u", u), math.tanh(finite_scalar("b", b))
    slopes = [1 - t**2, -2 * t * (1 - t**2), (6 * t**2 - 2) * (1 - t**2)]
    slopes.append((16 * t - 24 * t**3) * (1 - t**2))
    constants: list[float] = []
    for j in range(k):
        constants.append(u * slopes[j] * math.prod(constants) / 2**j)
    with np.errstate(over="ignore"):
        return finite_array("w", constants[-1] * tau ** (2 ** (k - 1)))


def escape_time(k: int, start: float) -> float:
    r"""Time that k equal weights take from `start` to 1 under their own product.

    .. math:: \dot w = w^{k-1}: \qquad 1 - \delta, \quad \ln \frac1\delta, \quad
              \frac{\delta^{2-k} - 1}{k - 2}
              \qquad \text{for } k = 1, \; k = 2, \; k \ge 3

    Parameters
    ----------
    k : int
        At least 1: the leap.
    start : float
        delta, 0 < delta <= 1.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If an argument is out of range, or the time is beyond float64.

    Notes
    -----
    Claim: ``saddle-escape``.

    Examples
    --------
    >>> escape_time(3, 0.01)
    99.0
    """
    k, start = integer_from("k", k, 1), finite_scalar("start", start, 0, strict=True)
    if start > 1:
        raise ValueError(f"start must be at most 1, got {start}")
    if k == 2:
        return -math.log(start)
    try:
        return (start ** (2 - k) - 1) / (k - 2)
    except OverflowError:
        raise ValueError(f"the time from {start} with k = {k} is too large") from None
