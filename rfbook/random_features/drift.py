r"""All layers trained: how far the hidden layer is from where it started.

The network is :math:`f_t(x) = \sum_i u_i^t\, \sigma(\langle w_i^t, x \rangle)` with
:math:`u_i^0 = 0`. Step t sees one sample, and both layers follow the gradient of a
loss whose slope is at most 1 in modulus, such as the hinge loss:

.. math::
    u_i^{t+1} &= u_i^t - \eta\, \ell_t\, \sigma(\langle w_i^t, x_t \rangle), \\
    w_i^{t+1} &= w_i^t - \eta\, \ell_t\, u_i^t\,
        \sigma'(\langle w_i^t, x_t \rangle)\, x_t, \qquad |\ell_t| \le 1 .

The output of the network moves at the rate :math:`N \eta`, so after T steps the time
on its own clock is :math:`\bar\tau = N \eta T`.

Source: Yehudai & Shamir, On the Power and Limitations of Random Features for
Understanding Neural Networks, NeurIPS 2019, Section 2.2, which tells the method in
words. The rate and its constant are derived in the chapter.

The chapter is ``book/random-features.md``.
"""

from __future__ import annotations

import math

import numpy as np

from rfbook.ranges import finite_answers, finite_scalar, integer_from


@finite_answers
def layer_drift_bound(time: float, N: int, B: float = 1.0, L: float = 1.0) -> float:
    r"""Distance of a network from the one with the hidden layer of the start.

    For every t up to T and every x of norm at most 1, with :math:`\bar\tau = N \eta T`,
    an activation bounded by B and Lipschitz with constant L,

    .. math:: \Big| \sum_i u_i^t \sigma(\langle w_i^t, x \rangle)
              - \sum_i u_i^t \sigma(\langle w_i^0, x \rangle) \Big|
              \le \frac{\bar\tau^3 B^2 L^2}{2 N^2} .

    Parameters
    ----------
    time : float
        The product N eta T, not negative.
    N : int
        Number of neurons, at least 1.
    B, L : float
        Supremum of the activation and its Lipschitz constant, not negative.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> layer_drift_bound(2.0, 10)
    0.04
    """
    time, N = finite_scalar("time", time, 0), integer_from("N", N, 1)
    B, L = finite_scalar("B", B, 0), finite_scalar("L", L, 0)
    return time**3 * (B * L) ** 2 / (2 * N**2)


@finite_answers
def inner_drift_bound(time: float, N: int, B: float = 1.0, L: float = 1.0) -> float:
    r"""How far training can move one neuron of the hidden layer.

    .. math:: \max_i |w_i^t - w_i^0| \le \frac{\bar\tau^2 B L}{2 N^2} .

    Parameters
    ----------
    time, N, B, L
        As in `layer_drift_bound`.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    It is :math:`1 / (\bar\tau B L)` of the distance between the functions:

    >>> inner, whole = inner_drift_bound(4, 10, 2, 3), layer_drift_bound(4, 10, 2, 3)
    >>> math.isclose(inner * 4 * 2 * 3, whole)
    True
    """
    time, N = finite_scalar("time", time, 0), integer_from("N", N, 1)
    B, L = finite_scalar("B", B, 0), finite_scalar("L", L, 0)
    return time**2 * B * L / (2 * N**2)


@finite_answers
def layered_descent(
    N: int,
    *,
    time: float = 20.0,
    steps: int = 200,
    d: int = 5,
    runs: int = 20,
    fresh: int = 200,
    seed: int = 0,
) -> dict[str, np.ndarray]:
    r"""Train both layers of networks of one width, and measure how they moved.

    The activation is tanh, with B = L = 1; the inputs are uniform on the sphere, the
    label is the sign of :math:`x_1 x_2 + x_3 / 2`, the loss is the hinge loss, every
    step sees a fresh sample. The start is uniform on the cube of side
    :math:`2 / \sqrt d`, the output weights are 0, and :math:`\eta = \bar\tau / (N T)`.

    All runs are computed together in torch, on the device of `rfbook.devices`.

    Parameters
    ----------
    N : int
        Number of neurons, at least 1.
    time : float
        The product N eta T, positive.
    steps : int
        Number of steps T, at least 1.
    d : int
        Dimension, at least 3.
    runs, fresh : int
        Numbers of runs and of inputs on which functions are compared, at least 1.
    seed : int
        Seed of the one generator.

    Returns
    -------
    dict of str to ndarray of float, shape (runs,)
        ``move``: largest :math:`|w_i^T - w_i^0|`. ``relative``: movement of all hidden
        weights divided by their size at the start. ``outer``: largest N |u_i^T|.
        ``gap``: largest distance, over fresh inputs, between the network and the one
        with the hidden layer of the start. ``size``: root mean square of the output.
        ``loss``: mean hinge loss at fresh inputs, 1 at the start.

    Raises
    ------
    ValueError
        If an argument is out of range.
    rfbook.devices.DeviceError
        See `rfbook.devices.device`.

    Examples
    --------
    >>> run = layered_descent(50, steps=20, runs=2)
    >>> bool((run["gap"] <= layer_drift_bound(20.0, 50)).all())
    True
    """
    import torch

    from rfbook.devices import default_dtype, device

    N, d = integer_from("N", N, 1), integer_from("d", d, 3)
    steps, runs = integer_from("steps", steps, 1), integer_from("runs", runs, 1)
    fresh = integer_from("fresh", fresh, 1)
    rate = finite_scalar("time", time, 0, strict=True) / (N * steps)
    generator = torch.Generator(device()).manual_seed(integer_from("seed", seed, 0))
    look = {"generator": generator, "device": device(), "dtype": default_dtype()}
    start = (2 * torch.rand(runs, d, N, **look) - 1) / math.sqrt(d)
    W, u = start.clone(), torch.zeros_like(start[:, 0])
    for _ in range(steps):
        x, y = _samples(torch, runs, 1, d, look)
        values = torch.tanh(x @ W)[:, 0]
        margin = y[:, 0] * (values * u).sum(dim=1)
        pull = rate * (y[:, 0] * (margin < 1))[:, None]
        inner = x[:, 0, :, None] * (pull * u * (1 - values**2))[:, None, :]
        u = u + pull * values
        W = W + inner
    x, y = _samples(torch, runs, fresh, d, look)
    output, frozen = (torch.tanh(x @ V) @ u[:, :, None] for V in (W, start))
    moved = (W - start).norm(dim=1)
    found = {
        "move": moved.amax(dim=1),
        "relative": moved.norm(dim=1) / start.flatten(1).norm(dim=1),
        "outer": N * u.abs().amax(dim=1),
        "gap": (output - frozen).abs().amax(dim=(1, 2)),
        "size": output.square().mean(dim=(1, 2)).sqrt(),
        "loss": (1 - y * output[:, :, 0]).clamp(min=0).mean(dim=1),
    }
    return {name: value.cpu().numpy() for name, value in found.items()}


def _samples(torch, runs: int, count: int, d: int, look: dict):
    """Draw inputs, shape (runs, count, d), and labels, shape (runs, count)."""
    x = torch.randn(runs, count, d, **look)
    x = x / x.norm(dim=2, keepdim=True)
    return x, torch.sign(x[..., 0] * x[..., 1] + x[..., 2] / 2)
