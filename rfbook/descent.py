r"""One-pass stochastic gradient descent for quadratic models, on any problem.

Each step draws `batch` fresh points x with their labels y and moves against the
gradient of the mean of :math:`r^2`, :math:`r = y - f(x)`. The network (NN) has fixed
output weights :math:`u_i` and trains W; the tangent model (NT) keeps W and trains the
directions v_i:

.. math:: f_{NN}(x) = \sum_i u_i \langle w_i, x \rangle^2 + c , \qquad
          f_{NT}(x) = 2 \sum_i \langle w_i, x \rangle \langle v_i, x \rangle + c .

With ``offset="slaved"`` the features are centred,
:math:`\langle w_i, x \rangle^2 - \lVert w_i \rVert^2` and
:math:`\langle w_i, x \rangle \langle v_i, x \rangle - \langle w_i, v_i \rangle`, and
there is no constant to train; with ``offset="flow"`` they are as above and c is trained
with the same step size. Either model is a quadratic function with a matrix M, and its
risk is evaluated exactly from M: there is no test noise.

What is learned is a `Problem`: where the points come from, and what the exact risk of a
quadratic function is. Torch is imported by the functions that need it, not by this
module. The functions serve the chapters on quadratic targets and on the Gaussian
mixture.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from rfbook.devices import default_dtype, device
from rfbook.matrices import columns
from rfbook.ranges import finite_array, finite_scalar, integer_from
from rfbook.training import generators

if TYPE_CHECKING:
    import torch

MODELS = ("NT", "NN")
OFFSETS = ("slaved", "flow")

_SHARD = 200_000
"""Normal numbers that one seed draws at once, about."""


# --- what is learned ------------------------------------------------------------------


class Problem(Protocol):
    """Points with labels, of covariance I, and the exact risk of quadratic functions.

    Attributes
    ----------
    d : int
        Dimension of the points.
    """

    d: int

    def examples(
        self, streams: Sequence[torch.Generator], count: int
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Draw points (seeds, count, d) and labels (seeds, count), float64, on the CPU.

        What a stream draws must not depend on the other streams.
        """

    def risk(self, M: torch.Tensor, mean: torch.Tensor) -> torch.Tensor:
        r"""Exact risks of :math:`\langle x, M x \rangle - \operatorname{Tr} M + m`.

        Parameters
        ----------
        M : torch.Tensor, shape (k, d, d)
            Symmetric.
        mean : torch.Tensor, shape (k,)
            The means m.

        Returns
        -------
        torch.Tensor, shape (k,)
        """


# --- what came out --------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Descent:
    """What one-pass descent gave, for each seed.

    Parameters
    ----------
    model : {"NT", "NN"}
    offset : {"slaved", "flow"}
    d, N, batch : int
    step : float
        The step size.
    seeds : tuple of int
    steps : ndarray of int, shape (k,)
        The numbers of steps after which the models were looked at.
    risk : ndarray, shape (seeds, k)
        Exact risks; NaN from where a seed has diverged.
    diverged : ndarray of int, shape (seeds,)
        Of `steps`, the first at which the risk was not finite or above the limit; -1
        for a seed that did not diverge.
    seconds : float
        Wall time.
    """

    model: str
    offset: str
    d: int
    N: int
    batch: int
    step: float
    seeds: tuple[int, ...]
    steps: np.ndarray
    risk: np.ndarray
    diverged: np.ndarray
    seconds: float

    @property
    def samples(self) -> np.ndarray:
        """Numbers of samples n seen, one for each look."""
        return self.batch * self.steps

    @property
    def times(self) -> np.ndarray:
        """Times tau of the gradient flow: step size times steps."""
        return self.step * self.steps

    def summary(self) -> tuple[np.ndarray, np.ndarray, int]:
        """Return mean, standard error and number of the seeds that did not diverge.

        Returns
        -------
        mean, error : ndarray, shape (k,)
        count : int

        Raises
        ------
        ValueError
            If fewer than two seeds are left.
        """
        kept = self.risk[self.diverged < 0]
        if len(kept) < 2:
            raise ValueError(
                f"a standard error needs 2 seeds that did not diverge, "
                f"got {len(kept)} of {len(self.seeds)}"
            )
        return kept.mean(0), kept.std(0, ddof=1) / np.sqrt(len(kept)), len(kept)


def initial_weights(d: int, N: int, seed: int) -> np.ndarray:
    """Draw the neurons that `descend` starts with: columns N(0, I / d).

    Parameters
    ----------
    d, N : int
        Dimension and number of neurons, at least 1.
    seed : int
        At least 0.

    Returns
    -------
    ndarray of float, shape (d, N)
        The same on every device.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> initial_weights(3, 2, seed=0).shape
    (3, 2)
    """
    import torch

    d, N = integer_from("d", d, 1), integer_from("N", N, 1)
    drawn = torch.randn(d, N, generator=generators(seed)[0], dtype=torch.float64)
    return drawn.numpy() / np.sqrt(d)


# --- the models -----------------------------------------------------------------------


class _Models:
    r"""One model for each seed, in one set of tensors.

    Both kinds take the same step from the residuals r_j: with z_j = W^T x_j at the
    weights W that are kept (NT) or reached so far (NN),

    .. math:: V \leftarrow V + 4 \eta \Big[ \frac1b \sum_j r_j\, x_j z_j^{\mathsf T}
              - \bar r\, W \Big] \operatorname{diag}(u), \qquad
              c \leftarrow c + 2 \eta\, \bar r,

    V being what is trained; the term with the mean residual belongs to centred
    features, the step of c to the others; u is 1 in the tangent model.
    """

    def __init__(
        self, model: str, W: torch.Tensor, layer: torch.Tensor, offset: str, c0: float
    ) -> None:
        self.tangent, self.centred = model == "NT", offset == "slaved"
        self.W, self.layer = W.clone(), layer
        self.V = W.new_zeros(W.shape) if self.tangent else self.W
        self.c = W.new_full((len(W),), 0.0 if self.centred else c0)

    def step(self, x: torch.Tensor, y: torch.Tensor, step: float) -> None:
        """Take one step; `x` has the shape (seeds, b, d), `y` (seeds, b)."""
        import torch

        z = torch.bmm(x, self.W)
        if self.tangent:
            values = 2 * (z * torch.bmm(x, self.V)).sum(2)
        else:
            values = z.square() @ self.layer
        shift = -self.trace() if self.centred else self.c
        r = y - values - shift[:, None]
        mean = r.mean(1)
        move = torch.bmm(x.mT, r[..., None] * z) / x.shape[1]
        if self.centred:
            move -= mean[:, None, None] * self.W
        else:
            self.c += 2 * step * mean
        self.V += 4 * step * self.layer * move

    def trace(self) -> torch.Tensor:
        """Return Tr M for each seed."""
        factor = 2 if self.tangent else 1
        return factor * (self.layer * self.W * self.V).sum((1, 2))

    def matrix(self) -> torch.Tensor:
        """Return M for each seed."""
        import torch

        M = torch.bmm(self.layer * self.W, self.V.mT)
        return M + M.mT if self.tangent else M

    def risk(self, problem: Problem) -> torch.Tensor:
        """Return the exact risks, (seeds,)."""
        mean = self.c if self.centred else self.c + self.trace()
        return problem.risk(self.matrix(), mean)


def descend(
    model: str,
    problem: Problem,
    N: int | None = None,
    *,
    seeds: Sequence[int],
    looks: Sequence[int],
    step: float,
    batch: int,
    W=None,
    layer=None,
    offset: str = "slaved",
    c0: float = 0.0,
    limit: float = 100.0,
    dtype: torch.dtype | None = None,
    progress: bool = False,
) -> Descent:
    r"""Train one model for each seed by one-pass descent, all of them at once.

    Parameters
    ----------
    model : {"NT", "NN"}
    problem : Problem
    N : int, optional
        Number of neurons, at least 1; the weights are `initial_weights` of each seed.
        Not needed where `W` is given.
    seeds : sequence of int
        Different from each other, at least one.
    looks : sequence of int
        The numbers of steps after which the risk is evaluated, increasing, the first at
        least 0; the last one is the number of steps taken.
    step : float
        The step size, positive. It times the number of steps is the time tau of the
        gradient flow.
    batch : int
        Fresh points for each step, at least 1.
    W : array_like of float, shape (d, N), optional
        The same start for every seed.
    layer : array_like of float, shape (N,), optional
        Output weights u of the network, which are not trained; all 1 by default.
    offset : {"slaved", "flow"}
        Centred features, or the constant trained from c0.
    c0 : float
        Read with ``offset="flow"`` only.
    limit : float
        A risk above it counts as divergence; positive.
    dtype : torch.dtype, optional
        `rfbook.devices.default_dtype` by default. The draws are the same in all.
    progress : bool
        Show a bar.

    Returns
    -------
    Descent

    Raises
    ------
    ValueError
        If an argument is out of its range.
    rfbook.devices.DeviceError
        See `rfbook.devices.device`.

    Examples
    --------
    Labels that are 0 teach a network to vanish; one step of it by hand:

    >>> class Nothing:
    ...     d = 1
    ...     def examples(self, streams, count):
    ...         import torch
    ...         shape = len(streams), count
    ...         return torch.ones(*shape, 1).double(), torch.zeros(*shape).double()
    ...     def risk(self, M, mean):
    ...         return 2 * M[:, 0, 0] ** 2 + mean**2
    >>> run = descend(
    ...     "NN", Nothing(), W=[[1.0]], seeds=[0], looks=[0, 1], step=0.125, batch=1,
    ...     offset="flow", c0=-2.0)
    >>> run.risk.tolist()  # w and c move by 1/2 and 1/4: 2 (3/2)^4 + (9/4 - 7/4)^2
    [[3.0, 10.375]]
    """
    from tqdm import tqdm

    one_of("model", model, MODELS)
    one_of("offset", offset, OFFSETS)
    seeds, looks = _seeds(seeds), increasing(looks)
    step = finite_scalar("step", step, 0, strict=True)
    limit = finite_scalar("limit", limit, 0, strict=True)
    batch, c0 = integer_from("batch", batch, 1), finite_scalar("c0", c0)
    if (N is None) == (W is None):
        raise ValueError(f"one of N and W is needed, got N = {N!r} and W = {W!r}")

    begin = time.perf_counter()
    if W is None:
        starts = np.stack([initial_weights(problem.d, N, seed) for seed in seeds])
    else:
        starts = np.stack([columns("W", W, problem.d)] * len(seeds))
    d, N = starts.shape[1:]
    place, dtype = device(), dtype or default_dtype()
    weights = _tensor(_layer(layer, N, model), place, dtype)
    models = _Models(model, _tensor(starts, place, dtype), weights, offset, c0)
    examples = _examples(problem, seeds, looks[-1], batch, place, dtype)
    risks, done = [], 0
    with tqdm(total=int(looks[-1]), disable=not progress, desc=model) as bar:
        for look in looks:
            for _ in range(look - done):
                models.step(*next(examples), step)
                bar.update()
            done = look
            risks.append(models.risk(problem).double().cpu().numpy())
    risk, diverged = _divergence(np.stack(risks, axis=1), looks, limit)
    took = time.perf_counter() - begin
    return Descent(model, offset, d, N, batch, step, seeds, looks, risk, diverged, took)


def _examples(problem, seeds, steps, batch, place, dtype) -> Iterator[tuple]:
    """Yield minibatches with their labels, drawn on the CPU in shards."""
    streams = [generators(seed)[1] for seed in seeds]
    shard = max(1, _SHARD // (batch * problem.d))
    for first in range(0, steps, shard):
        count = min(shard, steps - first) * batch
        x, y = (part.to(place, dtype) for part in problem.examples(streams, count))
        yield from zip(x.split(batch, 1), y.split(batch, 1), strict=True)


def _divergence(risk, looks, limit) -> tuple[np.ndarray, np.ndarray]:
    """Blank what follows a divergence; say after how many steps it was seen."""
    good = np.isfinite(risk) & (risk <= limit)
    diverged = np.where(good.all(1), -1, looks[np.argmin(good, axis=1)])
    risk[~np.logical_and.accumulate(good, axis=1)] = np.nan
    return risk, diverged


# --- checks ---------------------------------------------------------------------------


def one_of(name: str, value: str, choices: Sequence[str]) -> None:
    """Refuse a word that is not one of the choices.

    Raises
    ------
    ValueError
        Naming the value and the choices.

    Examples
    --------
    >>> one_of("model", "RF", MODELS)
    Traceback (most recent call last):
        ...
    ValueError: model must be one of NT, NN, got 'RF'
    """
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(choices)}, got {value!r}")


def increasing(looks: Sequence[int]) -> np.ndarray:
    """Check numbers of steps: increasing, at least one, the first not below 0.

    Raises
    ------
    ValueError
        If they are not.

    Examples
    --------
    >>> increasing([0, 10])
    array([ 0, 10])
    """
    looks = np.array([integer_from("look", look, 0) for look in looks])
    if not looks.size or (np.diff(looks) <= 0).any():
        raise ValueError(f"looks must be increasing, at least one, got {looks}")
    return looks


def _seeds(seeds) -> tuple[int, ...]:
    seeds = tuple(integer_from("seed", seed, 0) for seed in seeds)
    if not seeds or len(set(seeds)) < len(seeds):
        raise ValueError(f"seeds must be one or more, all different, got {seeds}")
    return seeds


def _layer(layer, N: int, model: str) -> np.ndarray:
    if layer is None:
        return np.ones(N)
    if model == "NT":
        raise ValueError("layer is for the network, got one for NT")
    layer = finite_array("layer", layer)
    if layer.shape != (N,):
        raise ValueError(f"layer must have shape {(N,)}, got {layer.shape}")
    return layer


def _tensor(values, place, dtype) -> torch.Tensor:
    import torch

    return torch.as_tensor(values).to(place, dtype)
