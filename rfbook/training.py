r"""Networks with one hidden layer, trained by stochastic gradient descent.

The network is ``f(x) = sum_i u_i sigma(<w_i, x>)``, the loss of a prediction f(x) for
the label y = +1 or -1 is the hinge loss ``max(0, 1 - y f(x))``. Many networks, one for
each seed, are trained by one tensor program: every step is three batched products of
matrices. What a seed draws does not depend on the other seeds, on the number of
neurons or on the device.

Torch is imported by the functions that need it, not by this module.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rfbook.devices import default_dtype, device
from rfbook.ranges import finite_scalar, instance_of, integer_from, one_of

if TYPE_CHECKING:
    import torch

    Target = Callable[[torch.Tensor], torch.Tensor]

LAYERS = ("both", "outer")

_LAST_SEED = 2**61
"""Three times it, and 2, is a seed of torch."""

_SHARD = 200
"""Steps whose examples are drawn at once."""

_TEST_CHUNK = 100
"""Test points that are evaluated at once."""


# --- activations ----------------------------------------------------------------------


def _exp(z):
    import torch

    return torch.exp(z)


def _tanh(z):
    import torch

    return torch.tanh(z)


def _relu(z):
    return z.clamp_min(0)


ACTIVATIONS = {
    # From z to sigma(z); from z and a = sigma(z) to sigma'(z).
    "exp": (_exp, lambda z, a: a),
    "tanh": (_tanh, lambda z, a: 1 - a * a),
    "relu": (_relu, lambda z, a: (z > 0).to(z.dtype)),
}


# --- what came out --------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Training:
    """What the training of one network for each seed gave.

    Parameters
    ----------
    width : int
        Number of neurons N.
    layers : {"both", "outer"}
    seeds : tuple of int
    steps : ndarray of int, shape (k,)
        The numbers of steps after which the networks were looked at; 0 is the first.
    loss : ndarray, shape (seeds, k)
        Mean hinge loss on test points; NaN from where a network has diverged.
    moved, moved_most : ndarray, shape (seeds, k)
        Mean and maximum over the neurons of the distance of w_i from its start.
    diverged : ndarray of int, shape (seeds,)
        Of `steps`, the first at which a weight or the loss was not finite or the loss
        was above the limit; -1 for a network that did not diverge.
    seconds : float
        Wall time.
    """

    width: int
    layers: str
    seeds: tuple[int, ...]
    steps: np.ndarray
    loss: np.ndarray
    moved: np.ndarray
    moved_most: np.ndarray
    diverged: np.ndarray
    seconds: float

    def summary(self, name: str) -> tuple[np.ndarray, np.ndarray, int]:
        """Return mean, standard error and number of the seeds that did not diverge.

        Parameters
        ----------
        name : {"loss", "moved", "moved_most"}

        Returns
        -------
        mean, error : ndarray, shape (k,)
        count : int

        Raises
        ------
        ValueError
            If fewer than two networks are left, or for another name.
        """
        if name not in ("loss", "moved", "moved_most"):
            raise ValueError(f"name must be loss, moved or moved_most, got {name!r}")
        kept = getattr(self, name)[self.diverged < 0]
        if len(kept) < 2:
            raise ValueError(
                f"a standard error needs 2 networks that did not diverge, "
                f"got {len(kept)} of {len(self.seeds)}"
            )
        return kept.mean(0), kept.std(0, ddof=1) / np.sqrt(len(kept)), len(kept)


def join(parts: Sequence[Training]) -> Training:
    """Join trainings that differ in their seeds alone.

    Raises
    ------
    ValueError
        If there is none, widths, layers or steps differ, or a seed occurs twice.
    """
    parts = [instance_of("parts", part, Training) for part in parts]
    if not parts:
        raise ValueError("at least one training is needed, got none")
    first = parts[0]
    for part in parts:
        same = (part.width, part.layers) == (first.width, first.layers)
        if not (same and np.array_equal(part.steps, first.steps)):
            raise ValueError(
                f"trainings must agree in all but their seeds, got {first.width} "
                f"({first.layers}) and {part.width} ({part.layers})"
            )
    seeds = tuple(seed for part in parts for seed in part.seeds)
    if len(set(seeds)) < len(seeds):
        raise ValueError(f"seeds must differ, got {seeds}")
    return Training(
        first.width,
        first.layers,
        seeds,
        first.steps,
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("loss", "moved", "moved_most", "diverged")
        ),
        seconds=sum(part.seconds for part in parts),
    )


# --- draws ----------------------------------------------------------------------------


def generators(seed: int) -> tuple[torch.Generator, torch.Generator, torch.Generator]:
    """Return the generators of a seed: of the start, the examples, the test points.

    They run on the CPU, so that every device trains the same networks.

    Raises
    ------
    ValueError
        If `seed` is not an integer >= 0.

    Examples
    --------
    >>> [generator.initial_seed() for generator in generators(2)]
    [6, 7, 8]
    """
    import torch

    seed = integer_from("seed", seed, 0)
    if seed > _LAST_SEED:
        raise ValueError(f"seed must be at most {_LAST_SEED}, got {seed}")
    return tuple(torch.Generator().manual_seed(3 * seed + i) for i in range(3))


def sphere_points(count: int, d: int, generator: torch.Generator) -> torch.Tensor:
    """Draw uniform points of the unit sphere, shape (count, d), in float64.

    Examples
    --------
    >>> x = sphere_points(4, 3, generators(0)[1])
    >>> (x.square().sum(1) - 1).abs().max().item() < 1e-14
    True
    """
    import torch

    count, d = integer_from("count", count, 1), integer_from("d", d, 1)
    x = torch.randn(count, d, generator=generator, dtype=torch.float64)
    return x / x.norm(dim=1, keepdim=True)


def cube_weights(d: int, width: int, generator: torch.Generator) -> torch.Tensor:
    """Draw the start of the inner layer, uniform with |w_ji| <= 1/sqrt(d), (d, N).

    Examples
    --------
    >>> w = cube_weights(4, 1000, generators(0)[0])
    >>> tuple(w.shape), w.abs().max().item() <= 0.5
    ((4, 1000), True)
    """
    import torch

    d, width = integer_from("d", d, 1), integer_from("width", width, 1)
    uniform = torch.rand(d, width, generator=generator, dtype=torch.float64)
    return (2 * uniform - 1) / d**0.5


def labels(target: Target, x: torch.Tensor) -> torch.Tensor:
    """Return the sign of the target at each point, +1 where it is 0."""
    import torch

    x = instance_of("x", x, torch.Tensor)
    return torch.where(target(x) < 0, -1.0, 1.0).to(x.dtype)


# --- the networks ---------------------------------------------------------------------


class Networks:
    r"""One network for each seed, of one width, in one set of tensors.

    A step with the minibatch :math:`(x_j, y_j)`, j = 1, ..., b, and the step size eta
    is, for every network at once and from the old values on the right,

    .. math::
        u_i &\leftarrow u_i + \frac{\eta}{b} \sum_j c_j\, \sigma(\langle w_i, x_j
        \rangle), \\
        w_i &\leftarrow w_i + \frac{\eta}{b} u_i \sum_j c_j\, \sigma'(\langle w_i, x_j
        \rangle)\, x_j,

    with :math:`c_j = y_j` where :math:`y_j f(x_j) < 1` and 0 elsewhere.

    Parameters
    ----------
    start : torch.Tensor, shape (seeds, d, N)
        The inner layers' start; the outer layers start at 0.
    activation : {"exp", "tanh", "relu"}
    """

    def __init__(self, start: torch.Tensor, activation: str) -> None:
        import torch

        one_of("activation", activation, ACTIVATIONS)
        self.start = instance_of("start", start, torch.Tensor)
        self.W = start.clone()
        self.U = start.new_zeros(start.shape[0], 1, start.shape[2])
        self.value, self.slope = ACTIVATIONS[activation]

    def step(self, x: torch.Tensor, y: torch.Tensor, rate: float, layers: str) -> None:
        """Take one step; `x` has the shape (seeds, b, d), `y` (seeds, b)."""
        import torch

        z = torch.bmm(x, self.W)
        a = self.value(z)
        f = torch.bmm(a, self.U.mT)[..., 0]
        c = (y * (y * f < 1)).unsqueeze(1) * (rate / y.shape[1])
        outer = torch.bmm(c, a)
        if layers == "both":
            inner = torch.bmm(c * x.mT, self.slope(z, a))
            self.W.addcmul_(self.U, inner)
        self.U += outer

    def loss(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """Return the mean hinge loss on points (seeds, n, d), shape (seeds,)."""
        import torch

        total = 0
        for part, sign in zip(
            x.split(_TEST_CHUNK, 1), y.split(_TEST_CHUNK, 1), strict=True
        ):
            f = torch.bmm(self.value(torch.bmm(part, self.W)), self.U.mT)[..., 0]
            total = total + (1 - sign * f).clamp_min(0).sum(1)
        return total / y.shape[1]

    def moved(self) -> torch.Tensor:
        """Return how far each neuron's w_i is from its start, (seeds, N)."""
        return (self.W - self.start).norm(dim=1)


def train(
    target: Target,
    d: int,
    width: int,
    *,
    seeds: Sequence[int],
    steps: int,
    rate: float,
    layers: str = "both",
    activation: str = "exp",
    batch: int = 10,
    looks: int = 10,
    test_points: int = 2000,
    limit: float = 100.0,
    dtype: torch.dtype | None = None,
    progress: bool = False,
) -> Training:
    r"""Train one network for each seed, all of them at once.

    The examples are uniform on the unit sphere with the label sign P(x); every step
    sees `batch` fresh ones. The inner layer starts uniformly on the cube with
    :math:`|w_{ji}| \le 1/\sqrt d`, the outer layer at 0.

    Parameters
    ----------
    target : callable
        P, from a tensor of points (..., d) to one of values (...).
    d : int
        Dimension, at least 2.
    width : int
        Number of neurons N, at least 1.
    seeds : sequence of int
        Different from each other, at least one.
    steps : int
        At least 1.
    rate : float
        The step size is rate / N; positive.
    layers : {"both", "outer"}
        What is trained; "outer" keeps the inner layer at its start: random features.
    activation : {"exp", "tanh", "relu"}
    batch : int
        Examples of one step, at least 1.
    looks : int
        How often the networks are looked at after the start; a divisor of `steps`.
    test_points : int
        For each seed its own, at least 1.
    limit : float
        A loss above it counts as divergence; positive. The start has the loss 1.
    dtype : torch.dtype, optional
        `rfbook.devices.default_dtype` by default. The draws are the same in all.
    progress : bool
        Show a bar.

    Returns
    -------
    Training

    Raises
    ------
    ValueError
        If an argument is out of its range.
    rfbook.devices.DeviceError
        See `rfbook.devices.device`.

    Examples
    --------
    Where the target has one sign, the constant 1 is a fit:

    >>> one = train(lambda x: 0 * x[..., 0] + 1, 3, 50, seeds=[0], steps=100, rate=1)
    >>> one.loss[0, [0, -1]].tolist()
    [1.0, 0.0]
    """
    from tqdm import tqdm

    d, width = integer_from("d", d, 2), integer_from("width", width, 1)
    steps, batch = integer_from("steps", steps, 1), integer_from("batch", batch, 1)
    looks = integer_from("looks", looks, 1)
    test_points = integer_from("test_points", test_points, 1)
    rate = finite_scalar("rate", rate, 0, strict=True)
    limit = finite_scalar("limit", limit, 0, strict=True)
    seeds = tuple(integer_from("seed", seed, 0) for seed in seeds)
    if not seeds or len(set(seeds)) < len(seeds):
        raise ValueError(f"seeds must be one or more, all different, got {seeds}")
    one_of("layers", layers, LAYERS)
    one_of("activation", activation, ACTIVATIONS)
    if steps % looks:
        raise ValueError(f"looks must divide steps = {steps}, got {looks}")

    begin = time.perf_counter()
    source = _Source(target, d, width, seeds, dtype or default_dtype(), device())
    networks = Networks(source.start(), activation)
    test = source.test(test_points)
    seen = [_look(networks, test)]
    with tqdm(total=steps, disable=not progress, desc=f"N = {width}, {layers}") as bar:
        for _ in range(looks):
            for x, y in source.examples(steps // looks, batch):
                networks.step(x, y, rate / width, layers)
                bar.update()
            seen.append(_look(networks, test))
    loss, moved, most = (np.stack(part, axis=1) for part in zip(*seen, strict=True))
    good = np.isfinite(loss) & np.isfinite(most) & (loss <= limit)
    when = np.arange(looks + 1) * (steps // looks)
    diverged = np.where(good.all(1), -1, when[np.argmin(good, axis=1)])
    # What follows a divergence is no result, finite or not.
    lost = ~np.logical_and.accumulate(good, axis=1)
    for values in (loss, moved, most):
        values[lost] = np.nan
    took = time.perf_counter() - begin
    return Training(width, layers, seeds, when, loss, moved, most, diverged, took)


class _Source:
    """Draws of several seeds, stacked and sent to the device."""

    def __init__(self, target, d, width, seeds, dtype, place) -> None:
        self.target, self.d, self.width = target, d, width
        self.dtype, self.place = dtype, place
        self.streams = [generators(seed) for seed in seeds]

    def _send(self, tensors: Sequence[torch.Tensor]) -> torch.Tensor:
        import torch

        return torch.stack(list(tensors)).to(self.place, self.dtype)

    def start(self) -> torch.Tensor:
        return self._send(cube_weights(self.d, self.width, g[0]) for g in self.streams)

    def _labelled(self, count: int, stream: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Draw points and label them before they are rounded to the type."""
        x = [sphere_points(count, self.d, g[stream]) for g in self.streams]
        return self._send(x), self._send(labels(self.target, part) for part in x)

    def test(self, count: int) -> tuple[torch.Tensor, torch.Tensor]:
        return self._labelled(count, 2)

    def examples(self, steps: int, batch: int):
        """Yield the minibatches of some steps, drawn in shards."""
        for first in range(0, steps, _SHARD):
            count = min(_SHARD, steps - first)
            x, y = self._labelled(count * batch, 1)
            yield from zip(x.split(batch, 1), y.split(batch, 1), strict=True)


def _look(networks: Networks, test) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    moved = networks.moved()
    found = networks.loss(*test), moved.mean(1), moved.amax(1)
    return tuple(value.double().cpu().numpy() for value in found)
