r"""Coupling: ReLU neurons that are trained and the pattern they start with.

A network whose output weights are fixed signs,

.. math:: f_W(x) = \frac{1}{\sqrt N} \sum_{i=1}^N u_i\, [\langle w_i, x \rangle]_+ ,
          \qquad u_i = \pm 1, \quad w_i^0 \sim N(0, I_d),

and beside it the function with the same weights and the pattern of the start,

.. math:: \bar f_W(x) = \frac{1}{\sqrt N} \sum_{i=1}^N u_i\, \langle w_i, x \rangle\,
          1\{\langle w_i^0, x \rangle \ge 0\} ,

which is linear in the features x_j 1{<w_i^0, x> >= 0}. A neuron whose pattern at x is
no longer that of the start has *flipped* at x. The functions return how many neurons
can flip, how far training can move them and how far f can be from its companion;
`coupled_descent` trains such networks and measures the same quantities.

Source: Yehudai & Shamir, On the Power and Limitations of Random Features for
Understanding Neural Networks, NeurIPS 2019, Section 2.1, which tells the method in
words. The rates and constants are derived in the chapter.

The chapter is ``book/random-features.md``.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.special import erf

from rfbook.ranges import finite_answers, finite_array, finite_scalar, integer_from

SIGNS = ("balanced", "positive")


def flip_probability(q):
    r"""Probability that a normal number is closer to 0 than q.

    .. math:: P(|g| \le q) = \operatorname{erf}(q / \sqrt 2)
              \le \sqrt{2 / \pi}\; q .

    A neuron that moves by at most q can flip at a unit vector x only if
    :math:`|\langle w^0, x \rangle| \le q`.

    Parameters
    ----------
    q : float or array_like of float
        Not negative.

    Returns
    -------
    float or ndarray of float

    Raises
    ------
    ValueError
        If `q` is negative or not finite.

    Examples
    --------
    >>> bool(flip_probability(0.1) < math.sqrt(2 / math.pi) * 0.1)
    True
    """
    value = erf(finite_array("q", q, 0) / math.sqrt(2))
    return float(value) if value.ndim == 0 else value


@finite_answers
def mean_excess(q):
    r"""Mean of what is left of a movement q behind the kink of a neuron.

    .. math:: E (q - |g|)_+ = q \operatorname{erf}(q / \sqrt 2)
              - \sqrt{2 / \pi}\, \big(1 - e^{-q^2 / 2}\big)
              \le q^2 / \sqrt{2 \pi} .

    A neuron that flips differs from the pattern of the start by at most
    :math:`|\langle w - w^0, x \rangle| - |\langle w^0, x \rangle|`.

    Parameters
    ----------
    q : float or array_like of float
        Not negative.

    Returns
    -------
    float or ndarray of float

    Raises
    ------
    ValueError
        If `q` is negative or not finite.

    Examples
    --------
    It is the integral of `flip_probability` from 0 to q:

    >>> s = (np.arange(1000) + 0.5) / 1000
    >>> math.isclose(mean_excess(1.0), flip_probability(s).mean(), rel_tol=1e-6)
    True
    """
    q = finite_array("q", q, 0)
    # For small q the first term is twice the second: nothing cancels.
    rest = math.sqrt(2 / math.pi) * np.expm1(-(q**2) / 2)
    value = q * erf(q / math.sqrt(2)) + rest
    return float(value) if value.ndim == 0 else value


def flip_bound(q: float, N: int, n: int = 1, delta: float = 0.01) -> float:
    r"""Fraction of neurons that can flip when none moves by more than q.

    With probability at least 1 - delta over the start, at each of n unit vectors and
    however the weights have moved by at most q,

    .. math:: \frac{1}{N} \#\text{flips} \le \sqrt{2 / \pi}\; q
              + \sqrt{\frac{\ln(n / \delta)}{2 N}} .

    Parameters
    ----------
    q : float
        Not negative.
    N, n : int
        Numbers of neurons and of inputs, at least 1.
    delta : float
        Between 0 and 1, both excluded.

    Returns
    -------
    float
        It may exceed 1, and then says nothing.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> math.isclose(flip_bound(0.0, 50, delta=math.exp(-1)), 0.1)
    True
    """
    q = finite_scalar("q", q, 0)
    N = integer_from("N", N, 1)
    return math.sqrt(2 / math.pi) * q + _deviation(n, delta) / math.sqrt(N)


@finite_answers
def drift_bound(rate: float, steps: int, residual: float, N: int) -> float:
    r"""How far gradient descent can move one neuron.

    With m the mean modulus of the residuals at the start, for inputs of norm at most 1,

    .. math:: \max_i |w_i^T - w_i^0| \le \frac{S}{\sqrt N}, \qquad
              S = \eta \sum_{t < T} \frac1n \sum_j |r_j^t|
              \le \big((1 + \eta)^T - 1\big)\, m .

    Parameters
    ----------
    rate : float
        Step size eta, positive.
    steps : int
        Number of steps T, at least 0.
    residual : float
        The mean m, not negative.
    N : int
        Number of neurons, at least 1.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> drift_bound(0.5, 2, 1.0, 25)
    0.25
    """
    rate = finite_scalar("rate", rate, 0, strict=True)
    steps, N = integer_from("steps", steps, 0), integer_from("N", N, 1)
    residual = finite_scalar("residual", residual, 0)
    growth = math.expm1(steps * math.log1p(rate))
    return growth * residual / math.sqrt(N)


@finite_answers
def coupling_bound(S: float, N: int, n: int = 1, delta: float = 0.01) -> float:
    r"""Distance of a network from its companion.

    With probability at least 1 - delta over the start, at each of n unit vectors and
    for all weights with :math:`\max_i |w_i - w_i^0| \le S / \sqrt N`,

    .. math:: |f_W(x) - \bar f_W(x)| \le \frac{S}{\sqrt N} \bigg(
              \frac{S}{\sqrt{2 \pi}} + \sqrt{\frac{\ln(n / \delta)}{2}} \bigg) .

    Parameters
    ----------
    S : float
        Not negative; for gradient descent see `drift_bound`.
    N, n, delta
        As in `flip_bound`.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    Four times the width, half the distance:

    >>> math.isclose(coupling_bound(2.0, 400), coupling_bound(2.0, 100) / 2)
    True
    """
    S, N = finite_scalar("S", S, 0), integer_from("N", N, 1)
    return S / math.sqrt(N) * (S / math.sqrt(2 * math.pi) + _deviation(n, delta))


@finite_answers
def first_step_mean(S: float, N: int) -> float:
    r"""Mean distance from the companion after one step on one input.

    With independent signs, the output at the start subtracted, one unit vector x, a
    label y and :math:`\eta |y|` = S, :math:`q = S / \sqrt N`,

    .. math:: |E (f - \bar f)(x)| = \frac{\sqrt N}{4}\, E (q - |g|)_+
              \approx \frac{S^2}{4 \sqrt{2 \pi N}} .

    Parameters
    ----------
    S : float
        Not negative.
    N : int
        Number of neurons, at least 1.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> limit = 1 / (4 * math.sqrt(2 * math.pi))
    >>> math.isclose(100 * first_step_mean(1.0, 10**4), limit, rel_tol=1e-4)
    True
    """
    S, N = finite_scalar("S", S, 0), integer_from("N", N, 1)
    return math.sqrt(N) / 4 * mean_excess(S / math.sqrt(N))


@finite_answers
def coupled_descent(
    N: int,
    *,
    d: int = 10,
    n: int = 20,
    rate: float = 1.0,
    steps: int = 20,
    signs: str = "balanced",
    runs: int = 20,
    seed: int = 0,
) -> dict[str, np.ndarray]:
    r"""Train networks of one width by gradient descent, and measure the coupling.

    Every run has inputs of its own, uniform on the sphere, the labels
    :math:`y_j = \operatorname{sign}(x_{j1})`, and a start of its own. The output at the
    start is subtracted, so that the residuals begin as -y at every width:

    .. math:: L(W) = \frac{1}{2 n} \sum_j r_j^2, \qquad
              r_j = f_W(x_j) - f_{W^0}(x_j) - y_j .

    All runs are computed together in torch, on the device of `rfbook.devices`.

    Parameters
    ----------
    N : int
        Number of neurons, at least 1; even for balanced signs.
    d, n : int
        Dimension and number of inputs, at least 1.
    rate : float
        Step size, positive.
    steps : int
        Number of steps, at least 1.
    signs : {"balanced", "positive"}
        Half of the u_i are 1 and half -1, or all are 1.
    runs : int
        Number of runs, at least 1.
    seed : int
        Seed of the one generator.

    Returns
    -------
    dict of str to ndarray of float, shape (runs,)
        ``move``: largest :math:`|w_i - w_i^0|`. ``relative``: movement of all weights
        divided by their size at the start. ``path``: the sum S of `drift_bound`.
        ``loss``: the last loss divided by the first. ``flips``, ``gap``: fraction of
        flipped neurons and modulus of f minus its companion, means over the n inputs.
        ``flips_fresh``, ``gap_fresh``: the same at n inputs not trained on. ``worst``:
        largest modulus of f minus its companion at the n inputs.

    Raises
    ------
    ValueError
        If an argument is out of range.
    rfbook.devices.DeviceError
        See `rfbook.devices.device`.

    Examples
    --------
    >>> run = coupled_descent(64, d=3, n=4, steps=5, runs=2)
    >>> bool((run["move"] * 8 <= run["path"]).all())
    True
    """
    import torch

    from rfbook.devices import default_dtype, device

    N, d, n = (integer_from(k, v, 1) for k, v in (("N", N), ("d", d), ("n", n)))
    steps, runs = integer_from("steps", steps, 1), integer_from("runs", runs, 1)
    rate = finite_scalar("rate", rate, 0, strict=True)
    look = {"device": device(), "dtype": default_dtype()}
    u = torch.tensor(sign_vector(N, signs), **look) / math.sqrt(N)
    generator = torch.Generator(device()).manual_seed(integer_from("seed", seed, 0))
    x = torch.randn(runs, 2 * n, d, generator=generator, **look)
    x = x / x.norm(dim=2, keepdim=True)
    x, fresh = x[:, :n], x[:, n:]
    start = torch.randn(runs, d, N, generator=generator, **look)
    label = x[:, :, 0].sign() + (x @ start).clamp(min=0) @ u
    W, path, losses = start.clone(), torch.zeros(runs, **look), []
    for _ in range(steps):
        values = x @ W
        residual = values.clamp(min=0) @ u - label
        losses.append((residual**2).mean(dim=1))
        path += rate * residual.abs().mean(dim=1)
        slope = residual[:, :, None] * (values >= 0)
        W -= rate / n * (x.transpose(1, 2) @ slope) * u
    residual = (x @ W).clamp(min=0) @ u - label
    moved = (W - start).norm(dim=1)
    flips, gap = _compare(x, W, start, u)
    flips_fresh, gap_fresh = _compare(fresh, W, start, u)
    found = {
        "move": moved.amax(dim=1),
        "relative": moved.norm(dim=1) / start.flatten(1).norm(dim=1),
        "path": path,
        "loss": (residual**2).mean(dim=1) / losses[0],
        "flips": flips.mean(dim=1),
        "gap": gap.mean(dim=1),
        "flips_fresh": flips_fresh.mean(dim=1),
        "gap_fresh": gap_fresh.mean(dim=1),
        "worst": gap.amax(dim=1),
    }
    return {name: value.cpu().numpy() for name, value in found.items()}


@finite_answers
def sign_vector(N: int, signs: str = "balanced") -> np.ndarray:
    """Return the fixed output weights, before the factor 1 / sqrt N.

    Parameters
    ----------
    N : int
        At least 1, and even for balanced signs.
    signs : {"balanced", "positive"}

    Returns
    -------
    ndarray of float, shape (N,)

    Raises
    ------
    ValueError
        If `signs` is another word, or N odd and the signs balanced.

    Examples
    --------
    >>> sign_vector(4).sum(), sign_vector(4, "positive").sum()
    (np.float64(0.0), np.float64(4.0))
    """
    N = integer_from("N", N, 1)
    if signs not in SIGNS:
        raise ValueError(f"signs must be one of {', '.join(SIGNS)}, got {signs!r}")
    if signs == "positive":
        return np.ones(N)
    if N % 2:
        raise ValueError(f"N must be even for balanced signs, got {N}")
    return np.repeat([1.0, -1.0], N // 2)


# --- helpers ------------------------------------------------------------------------


def _deviation(n: int, delta: float) -> float:
    """sqrt(ln(n / delta) / 2): Hoeffding's deviation times sqrt N, for n events."""
    n, delta = integer_from("n", n, 1), finite_scalar("delta", delta, 0, strict=True)
    if delta >= 1:
        raise ValueError(f"delta must be below 1, got {delta}")
    return math.sqrt(math.log(n / delta) / 2)


def _compare(x, W, start, u):
    """Flipped fraction and |f - companion| at every input, shapes (runs, n)."""
    values, before = x @ W, x @ start >= 0
    flipped = (values >= 0) != before
    companion = (values * before) @ u
    gap = (values.clamp(min=0) @ u - companion).abs()
    return flipped.to(values.dtype).mean(dim=2), gap
