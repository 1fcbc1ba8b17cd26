r"""Many models trained at once by one-pass descent, with checkpoints.

All models of a seed see the same examples. Models of one kind and width, whatever their
step sizes and seeds, are one tensor (`rfbook.descent.models`), so that a sweep is a few
large products at each step.

What is computed does not depend on when it was interrupted: a checkpoint holds the
weights, the state of the generators and what was measured, and a run that goes on from
it ends, on the same processor with the same number of threads, in the same bits.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rfbook import devices
from rfbook.descent.models import KINDS
from rfbook.descent.problem import (
    OFFSETS,
    Descent,
    Problem,
    increasing,
    initial_weights,
    problem_from,
)
from rfbook.ledger.digest import module_digest
from rfbook.matrices import columns
from rfbook.ranges import (
    finite_array,
    finite_scalar,
    instance_of,
    integer_from,
    one_of,
)
from rfbook.records import Record, RecordError, provenance, read_record, write_record
from rfbook.training import generators

if TYPE_CHECKING:
    import torch

CHECKPOINT = "descent-checkpoint"
"""The kind of the records in which an unfinished run is kept."""

_SHARD = 200_000
"""Normal numbers that one seed draws at once, about."""


# --- what is asked for ----------------------------------------------------------------


@dataclass(frozen=True)
class Setting:
    """One model to be trained.

    Parameters
    ----------
    model : {"RF", "NT", "NN"}
    N : int
        Number of neurons, at least 1.
    step : float
        The step size, positive.

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    >>> Setting("NN", 3, 0.1).N
    3
    """

    model: str
    N: int
    step: float

    def __post_init__(self) -> None:
        one_of("model", self.model, tuple(KINDS))
        object.__setattr__(self, "N", integer_from("N", self.N, 1))
        step = finite_scalar("step", self.step, 0, strict=True)
        object.__setattr__(self, "step", step)


def descend(
    model: str,
    problem: Problem,
    N: int | None = None,
    *,
    step: float,
    W=None,
    **options,
) -> Descent:
    r"""Train one kind of model at one width and step size, for several seeds.

    Parameters
    ----------
    model : {"RF", "NT", "NN"}
    problem : Problem
    N : int, optional
        Number of neurons, at least 1; the weights are `initial_weights` of each seed.
        Not needed where `W` is given.
    step : float
        The step size, positive. It times the number of steps is the time tau of the
        gradient flow.
    W : array_like of float, shape (d, N), optional
        The same start for every seed.
    **options
        ``seeds``, ``looks`` and ``batch``, and whatever else `descend_all` takes.

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
    one_of("model", model, tuple(KINDS))
    if (N is None) == (W is None):
        raise ValueError(f"one of N and W is needed, got N = {N!r} and W = {W!r}")
    if W is not None:
        W = columns("W", W, problem_from(problem).d)
        N = W.shape[1]
    return descend_all(problem, [Setting(model, N, step)], W=W, **options)[0]


def descend_all(
    problem: Problem,
    settings: Sequence[Setting],
    *,
    seeds: Sequence[int],
    looks: Sequence[int],
    batch: int,
    drops: Sequence[tuple[int, float]] = (),
    W=None,
    layer=None,
    offset: str = "slaved",
    c0: float = 0.0,
    limit: float = 100.0,
    dtype: torch.dtype | None = None,
    checkpoint: str | Path | None = None,
    every: float = 60.0,
    progress: bool = False,
) -> list[Descent]:
    r"""Train every setting for every seed, all of them on the same examples.

    Parameters
    ----------
    problem : Problem
    settings : sequence of Setting
        Different from each other, at least one.
    seeds : sequence of int
        Different from each other, at least one.
    looks : sequence of int
        The numbers of steps after which the risk is evaluated, increasing, the first at
        least 0; the last one is the number of steps taken.
    batch : int
        Fresh points for each step, at least 1.
    drops : sequence of (int, float), optional
        After so many steps the step sizes are those of the settings times this factor.
    W : array_like of float, shape (d, N), optional
        The same start for every seed, where all settings have N neurons; without it,
        `initial_weights`.
    layer : array_like of float, shape (N,), optional
        Output weights u of the network, which are not trained, where all settings have
        N neurons; all 1 by default.
    offset : {"slaved", "flow"}
        Centred features, or the constant trained from c0.
    c0 : float
        Read with ``offset="flow"`` only.
    limit : float
        A risk above it counts as divergence; positive. Training ends at a look at which
        every model has diverged.
    dtype : torch.dtype, optional
        `rfbook.devices.default_dtype` by default. The draws are the same in all, and
        risks are evaluated in float64.
    checkpoint : str or pathlib.Path, optional
        A file ending in ``.npz``, written while training runs and gone on from where it
        is there already; removed at the end.
    every : float
        Seconds between checkpoints, at least 0.
    progress : bool
        Show a bar.

    Returns
    -------
    list of Descent
        One for each setting.

    Raises
    ------
    ValueError
        If an argument is out of its range.
    rfbook.records.RecordError
        If the checkpoint is of another run, of other code or from another device.
    rfbook.devices.DeviceError
        See `rfbook.devices.device`.
    """
    problem = problem_from(problem)
    settings, seeds, looks = _settings(settings), _seeds(seeds), increasing(looks)
    one_of("offset", offset, OFFSETS)
    limit = finite_scalar("limit", limit, 0, strict=True)
    run = _Run(
        problem,
        settings,
        seeds,
        looks,
        integer_from("batch", batch, 1),
        _drops(drops),
        _starts(problem.d, settings, seeds, W),
        _layers(layer, settings),
        offset,
        finite_scalar("c0", c0),
        dtype or devices.default_dtype(),
    )
    every = finite_scalar("every", every, 0)
    keeper = None if checkpoint is None else _Keeper(Path(checkpoint), run, every)
    run.train(limit, keeper, progress)
    if keeper is not None:
        keeper.path.unlink(missing_ok=True)
    return run.outcome(limit)


# --- a run ----------------------------------------------------------------------------


class _Run:
    """The groups of models of one run, how far they are, and what was measured."""

    def __init__(
        self, problem, settings, seeds, looks, batch, drops, starts, layers, offset, c0,
        dtype,
    ) -> None:  # fmt: skip
        self.problem, self.settings, self.seeds = problem, settings, seeds
        self.looks, self.batch, self.drops = looks, batch, drops
        self.offset, self.c0, self.dtype = offset, c0, dtype
        self.place = devices.device()
        self.done, self.seconds = 0, 0.0
        self.risk = np.full((len(settings), len(seeds), len(looks)), np.nan)
        self.groups, self.places, self.rates = [], [], []
        for model, N in dict.fromkeys((s.model, s.N) for s in settings):
            members = [
                i for i, s in enumerate(settings) if (s.model, s.N) == (model, N)
            ]
            group = KINDS[model](
                self._tensor(starts[N]),
                len(members),
                self._tensor(layers[N]),
                offset == "slaved",
                c0,
            )
            self.groups.append(group)
            self.places.append(members)
            steps = np.array([[settings[i].step] for i in members])
            self.rates.append(self._tensor(steps))
        self.examples = _Examples(problem, seeds, batch, self.place, dtype)

    def _tensor(self, values) -> torch.Tensor:
        import torch

        return torch.as_tensor(np.array(values, order="C")).to(self.place, self.dtype)

    def factor(self) -> float:
        """Return what multiplies the step sizes at the next step."""
        passed = [factor for after, factor in self.drops if after <= self.done]
        return passed[-1] if passed else 1.0

    def train(self, limit: float, keeper: _Keeper | None, progress: bool) -> None:
        """Take all steps that are left, and look where a look is due."""
        from tqdm import tqdm

        total, began, before = int(self.looks[-1]), time.perf_counter(), self.seconds
        quiet = 0.1 if sys.stderr.isatty() else 30.0
        with tqdm(
            total=total, initial=self.done, disable=not progress, mininterval=quiet
        ) as bar:
            self._look()
            while self.done < total and not self._lost(limit):
                x, y = self.examples.draw(total - self.done)
                for group, rate in zip(self.groups, self.rates, strict=True):
                    group.step(x, y, rate * self.factor())
                self.done += 1
                self._look()
                bar.update()
                self.seconds = before + time.perf_counter() - began
                if keeper is not None and self.done < total:
                    keeper.keep()
        self.seconds = before + time.perf_counter() - began

    def _look(self) -> None:
        """Evaluate the risks, if a look is due now."""
        (due,) = np.nonzero(self.looks == self.done)
        if not due.size:
            return
        for group, members in zip(self.groups, self.places, strict=True):
            M = group.matrix()
            mean = group.c.double()
            if not group.centred:
                mean = mean + M.diagonal(dim1=2, dim2=3).sum(2)
            risk = self.problem.risk(M.flatten(0, 1), mean.flatten())
            self.risk[members, :, due[0]] = risk.cpu().numpy().reshape(len(members), -1)

    def _lost(self, limit: float) -> bool:
        """Tell whether every model had diverged at the last look."""
        (seen,) = np.nonzero(self.looks <= self.done)
        if not seen.size:
            return False
        last = self.risk[:, :, seen[-1]]
        return not (np.isfinite(last) & (last <= limit)).any()

    def outcome(self, limit: float) -> list[Descent]:
        """Return what came out, a `Descent` for each setting."""
        found = []
        for setting, risk in zip(self.settings, self.risk, strict=True):
            risk, diverged = _divergence(risk.copy(), self.looks, limit)
            found.append(
                Descent(
                    model=setting.model,
                    offset=self.offset,
                    d=self.problem.d,
                    N=setting.N,
                    batch=self.batch,
                    step=setting.step,
                    seeds=self.seeds,
                    steps=self.looks,
                    risk=risk,
                    diverged=diverged,
                    seconds=self.seconds,
                )
            )
        return found


class _Examples:
    """Minibatches with their labels, drawn on the CPU in shards.

    Where a shard ends depends on the number of steps in all and on nothing else, so
    that what a seed draws does not depend on when the run was looked at or interrupted.
    """

    def __init__(self, problem, seeds, batch: int, place, dtype) -> None:
        self.problem, self.batch = problem, batch
        self.place, self.dtype = place, dtype
        self.streams = [generators(seed)[1] for seed in seeds]
        self.size = max(1, _SHARD // (batch * problem.d))
        self.before = self.used = None
        self.shard: Iterator = iter(())

    def draw(self, left: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the next batch; `left` steps remain, this one among them."""
        batch = next(self.shard, None)
        if batch is None:
            self._fill(left)
            batch = next(self.shard)
        self.used += 1
        return batch

    def _fill(self, left: int) -> None:
        self.before = [stream.get_state() for stream in self.streams]
        count = min(self.size, left) * self.batch
        x, y = self.problem.examples(self.streams, count)
        x, y = x.to(self.place, self.dtype), y.to(self.place, self.dtype)
        self.shard = zip(x.split(self.batch, 1), y.split(self.batch, 1), strict=True)
        self.used = 0

    def state(self) -> dict[str, np.ndarray]:
        """Return the generators before the shard in use, and how much of it is used."""
        import torch

        return {
            "streams": torch.stack(self.before).numpy(),
            "used": np.array(self.used),
        }

    def load(self, streams: np.ndarray, used: int, left: int) -> None:
        """Go back to a state; `left` steps remain."""
        import torch

        for stream, state in zip(self.streams, streams, strict=True):
            stream.set_state(torch.as_tensor(state.copy()))
        self._fill(left + used)
        for _ in range(used):
            self.draw(left)


def _divergence(risk, looks, limit) -> tuple[np.ndarray, np.ndarray]:
    """Blank what follows a divergence; say after how many steps it was seen."""
    good = np.isfinite(risk) & (risk <= limit)
    diverged = np.where(good.all(1), -1, looks[np.argmin(good, axis=1)])
    risk[~np.logical_and.accumulate(good, axis=1)] = np.nan
    return risk, diverged


# --- checkpoints ----------------------------------------------------------------------


class _Keeper:
    """Writes a run to a file from time to time, and goes on from it."""

    def __init__(self, path: Path, run: _Run, every: float) -> None:
        if path.suffix != ".npz":
            raise RecordError(f"a checkpoint must end in .npz, got {path.name}")
        self.path, self.run, self.every = path, run, every
        self.last = time.monotonic()
        self.parameters, self.digest = self._parameters(), module_digest(__name__)
        if path.exists():
            self._load()

    def _parameters(self) -> dict:
        """Return what a checkpoint must agree in with the run that goes on from it."""
        run = self.run
        return {
            "settings": [[s.model, s.N, s.step] for s in run.settings],
            "seeds": list(run.seeds),
            "looks": run.looks.tolist(),
            "batch": run.batch,
            "drops": [list(drop) for drop in run.drops],
            "offset": run.offset,
            "c0": run.c0,
            "dtype": str(run.dtype),
            "start": _digest([group.start for group in run.groups]),
            "layer": _digest([group.layer for group in run.groups]),
            "code": module_digest(type(run.problem).__module__, __name__),
        }

    def keep(self) -> None:
        """Write a checkpoint if it is time."""
        if time.monotonic() - self.last < self.every:
            return
        run, results = self.run, {}
        for place, group in enumerate(run.groups):
            for name, tensor in group.state().items():
                results[f"{name}_{place}"] = tensor.cpu().numpy()
        results |= run.examples.state() | {"risk": run.risk, "done": np.array(run.done)}
        made = provenance(
            run.seeds,
            seconds=run.seconds,
            source_digest=self.digest,
            device=devices.describe(),
            packages=("numpy", "torch"),
        )
        record = Record(
            kind=CHECKPOINT,
            parameters=self.parameters,
            sizes={"steps": run.done},
            results=results,
            **made,
        )
        write_record(self.path, record)
        self.last = time.monotonic()

    def _load(self) -> None:
        import torch

        record = read_record(self.path, kind=CHECKPOINT, expect=self.parameters)
        if record.device != devices.describe():
            raise RecordError(f"{self.path}: from another device, {record.device}")
        run, results = self.run, record.results
        for place, group in enumerate(run.groups):
            for name, tensor in group.state().items():
                tensor.copy_(torch.tensor(results[f"{name}_{place}"]))
        run.risk, run.done = results["risk"].copy(), int(results["done"])
        run.seconds = record.seconds
        left = int(run.looks[-1]) - run.done
        run.examples.load(results["streams"], int(results["used"]), left)


def _digest(tensors) -> str:
    """Return a digest of the numbers of some tensors."""
    import hashlib

    digest = hashlib.sha256()
    for tensor in tensors:
        digest.update(np.ascontiguousarray(tensor.cpu().numpy()).tobytes())
    return digest.hexdigest()


# --- checks ---------------------------------------------------------------------------


def _settings(settings) -> tuple[Setting, ...]:
    settings = tuple(instance_of("settings", setting, Setting) for setting in settings)
    if not settings or len(set(settings)) < len(settings):
        raise ValueError(f"settings must be one or more, all different, got {settings}")
    return settings


def _seeds(seeds) -> tuple[int, ...]:
    seeds = tuple(integer_from("seed", seed, 0) for seed in seeds)
    if not seeds or len(set(seeds)) < len(seeds):
        raise ValueError(f"seeds must be one or more, all different, got {seeds}")
    return seeds


def _drops(drops) -> tuple[tuple[int, float], ...]:
    drops = tuple(
        (integer_from("drop", after, 0), finite_scalar("factor", factor, 0))
        for after, factor in drops
    )
    if any(a >= b for (a, _), (b, _) in pairwise(drops)):
        raise ValueError(f"drops must have increasing numbers of steps, got {drops}")
    return drops


def _starts(d: int, settings, seeds, W) -> dict[int, np.ndarray]:
    """Return the neurons of each seed, (seeds, d, N), for each width N."""
    widths = {setting.N for setting in settings}
    if W is None:
        return {
            N: np.stack([initial_weights(d, N, seed) for seed in seeds]) for N in widths
        }
    W = columns("W", W, d)
    if widths != {W.shape[1]}:
        raise ValueError(f"W must have the N of all settings, got shape {W.shape}")
    return {W.shape[1]: np.stack([W] * len(seeds))}


def _layers(layer, settings) -> dict[int, np.ndarray]:
    """Return the output weights, (N,), for each width N."""
    widths = {setting.N for setting in settings}
    if layer is None:
        return {N: np.ones(N) for N in widths}
    if any(setting.model != "NN" for setting in settings):
        raise ValueError("layer is for the network, got one for another model")
    layer = finite_array("layer", layer)
    if layer.ndim != 1 or widths != {len(layer)}:
        raise ValueError(f"layer must have the N of all settings, got {layer.shape}")
    return {len(layer): layer}
