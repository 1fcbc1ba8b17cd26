r"""A scan of what the text leaves open about training by descent.

Section 4 of Ghorbani et al. (NeurIPS 2019) gives a grid of step sizes, a batch and a
number of steps. It leaves open what a step size of 1 means for a block of weights. Here
every choice is tried on a quadratic target: whether the constant is trained, with which
multiple of the step size, or slaved by centred features; the unit in which the grid
counts; and whether the step size falls at the end.

Each choice is judged by the least final risk over the grid, divided by the least risk
of the model. In d dimensions :math:`2 \cdot 10^5 (d/450)^2` steps are taken: the
largest stable step size falls like :math:`1 / d^2` at a fixed ratio N / d, so that the
flow's time is that of the text's size.

``python -m rfbook.quadratic_gap.protocol_scan FILE.json`` makes the scan, in some ten
minutes on one core, writes the file after each cell and goes on from it. The page is
``book/paper-size.md``.
"""

from __future__ import annotations

import argparse
import copy
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rfbook.descent import MODELS, Problem, initial_weights, one_of
from rfbook.descent.models import KINDS, Group
from rfbook.quadratic_gap.descent import QuadraticTarget
from rfbook.quadratic_gap.network import nn_risk
from rfbook.quadratic_gap.tangent import nt_risk
from rfbook.quadratic_gap.target import exponential_target
from rfbook.ranges import finite_scalar, integer_from
from rfbook.records import Record, data_folder, read_record
from rfbook.sweeps import complete, fill
from rfbook.training import generators

if TYPE_CHECKING:
    import torch

KIND, TARGET_SEED = "protocol-scan", 0

GRID, BATCH = (0.001, 0.003, 0.01, 0.03), 100
"""Of the text: the ends of the grid, between them one and three, and the batch."""

MULTIPLES = (1.0, 10.0, 100.0, 1000.0)
"""Of the step size, for the constant; the choice after them is centred features."""

CHOICES = (*MULTIPLES, None)
UNITS = {"NN": ("1", "1/sqrt(d)", "1/d"), "NT": ("1", "1/d", "1/N")}
FALLS = (False, True)

CELLS = (
    *(
        (model, 60, N, unit, 3)
        for model in MODELS
        for N in (6, 30)
        for unit in UNITS[model]
    ),
    *((model, 100, 50, unit, 1) for model in MODELS for unit in UNITS[model]),
)
"""Model, d, N, unit of the grid, number of starts."""

_DRAWN = 200_000
_LIMIT = 1e4


# --- one choice after the other -------------------------------------------------------


def steps_at(d: int) -> int:
    r"""Return the number of steps, :math:`2 \cdot 10^5 (d / 450)^2`, rounded.

    Parameters
    ----------
    d : int
        At least 5.

    Raises
    ------
    ValueError
        If d is out of its range.

    Examples
    --------
    >>> steps_at(450), steps_at(45)
    (200000, 2000)
    """
    return round(2e5 * (integer_from("d", d, 5) / 450) ** 2)


def unit_size(unit: str, d: int, N: int) -> float:
    """Return the step size that the grid counts as 1.

    Parameters
    ----------
    unit : {"1", "1/sqrt(d)", "1/d", "1/N"}
    d, N : int

    Raises
    ------
    ValueError
        For another unit.

    Examples
    --------
    >>> unit_size("1/sqrt(d)", 4, 3), unit_size("1/d", 4, 8), unit_size("1/N", 4, 8)
    (0.5, 0.25, 0.125)
    """
    sizes = {"1": 1.0, "1/sqrt(d)": 1 / math.sqrt(d), "1/d": 1 / d, "1/N": 1 / N}
    one_of("unit", unit, tuple(sizes))
    return sizes[unit]


def final_risks(
    model: str,
    problem: Problem,
    N: int,
    *,
    sizes: Sequence[float],
    multiples: Sequence[float] | None,
    seeds: Sequence[int],
    steps: int,
    batch: int = BATCH,
    dtype: torch.dtype | None = None,
) -> np.ndarray:
    r"""Train with several step sizes and return the last risks, with and without falls.

    The constant starts at 0 and takes its own steps, with the mean residual
    :math:`\bar r` of a batch and the multiple q,

    .. math:: c \leftarrow c + 2 q \eta\, \bar r .

    After 70 and 85 per cent of the steps every model goes on twice: as it is, and with
    a tenth, then a hundredth of the step size.

    Parameters
    ----------
    model : {"NT", "NN"}
    problem : rfbook.descent.Problem
    N : int
        Number of neurons, at least 1.
    sizes : sequence of float
        The k step sizes, positive.
    multiples : sequence of float or None
        For each step size the multiple q, at least 0; None for centred features.
    seeds : sequence of int
        Of the starts and of the examples, s of them.
    steps, batch : int
        At least 1.
    dtype : torch.dtype, optional
        float32 by default.

    Returns
    -------
    ndarray, shape (2, k, s)
        Without falls, with falls; NaN for a risk that is not finite or above 10^4.

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    A constant that takes no steps stays away from the mean, here 1:

    >>> class One:
    ...     d = 1
    ...     def examples(self, streams, count):
    ...         import torch
    ...         return torch.zeros(1, count, 1).double(), torch.ones(1, count).double()
    ...     def risk(self, M, mean):
    ...         return (mean - M[:, 0, 0] - 1) ** 2
    >>> final_risks("NT", One(), 1, sizes=[0.125] * 2, multiples=[0, 2], seeds=[0],
    ...             steps=2)[0, :, 0].tolist()
    [1.0, 0.0625]
    """
    import torch

    one_of("model", model, MODELS)
    steps, batch = integer_from("steps", steps, 1), integer_from("batch", batch, 1)
    sizes = [[finite_scalar("size", size, 0, strict=True)] for size in sizes]
    dtype = dtype or torch.float32
    pace = None
    if multiples is not None:
        if len(multiples) != len(sizes):
            raise ValueError(
                f"multiples must be one for each of {len(sizes)} sizes, got {multiples}"
            )
        pace = torch.tensor([[finite_scalar("multiple", q, 0)] for q in multiples])
        pace = pace.to(dtype)
    W = np.stack([initial_weights(problem.d, N, seed) for seed in seeds])
    start = torch.as_tensor(W).to(dtype)
    group = KINDS[model](start, len(sizes), start.new_ones(N), pace is None, 0.0)
    rates, falling = torch.tensor(sizes, dtype=dtype), None
    falls = {steps * 70 // 100: 0.1, steps * 85 // 100: 0.01}
    for step, (x, y) in enumerate(_batches(problem, seeds, steps, batch, dtype)):
        if step in falls:
            falling, factor = falling or copy.deepcopy(group), falls[step]
        _step(group, x, y, rates, pace)
        if falling is not None:
            _step(falling, x, y, rates * factor, pace)
    return np.stack([_risks(problem, g) for g in (group, falling or group)])


def _step(group: Group, x, y, rates, pace) -> None:
    """Take one step; the constant's is multiplied by its pace."""
    before = group.c.clone()
    group.step(x, y, rates)
    if pace is not None:
        group.c = before + pace * (group.c - before)


def _batches(problem, seeds, steps, batch, dtype) -> Iterator:
    """Draw what `rfbook.descent` draws for the same seeds, in shards of many steps."""
    streams = [generators(seed)[1] for seed in seeds]
    size = max(1, _DRAWN // (batch * problem.d))
    for first in range(0, steps, size):
        x, y = problem.examples(streams, min(size, steps - first) * batch)
        x, y = x.to(dtype), y.to(dtype)
        yield from zip(x.split(batch, 1), y.split(batch, 1), strict=True)


def _risks(problem: Problem, group: Group) -> np.ndarray:
    """Return the exact risks of a group, (k, s), NaN for what has diverged."""
    M, mean = group.matrix(), group.c.double()
    if not group.centred:
        mean = mean + M.diagonal(dim1=2, dim2=3).sum(2)
    risk = problem.risk(M.flatten(0, 1), mean.flatten()).numpy()
    risk = np.where(np.isfinite(risk) & (risk <= _LIMIT), risk, np.nan)
    return risk.reshape(mean.shape)


# --- the scan -------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class ScanCell:
    """What one unit of the grid gave for one model and one width.

    Parameters
    ----------
    risk : ndarray, shape (len(CHOICES), 2, len(GRID), s)
        Last risks without and with falling steps; NaN for a run that diverged.
    least : ndarray, shape (s,)
        The least risk of the model, for each start.
    """

    risk: np.ndarray
    least: np.ndarray

    def best(self) -> np.ndarray:
        """Least mean of risk over least risk, of the steps that no start diverged with.

        Returns
        -------
        ndarray, shape (len(CHOICES), 2)
            Infinite where every step size diverges.

        Examples
        --------
        >>> risk = np.full((5, 2, 4, 2), np.nan)
        >>> risk[4, 1, :2] = [[0.2, np.nan], [0.2, 0.3]]
        >>> ScanCell(risk, np.array([0.1, 0.1])).best()[4].round(9).tolist()
        [inf, 2.5]
        """
        ratio = (self.risk / self.least).mean(axis=3)
        return np.where(np.isnan(ratio), np.inf, ratio).min(axis=2)


def scan_cell(model: str, d: int, N: int, unit: str, starts: int) -> ScanCell:
    """Train one model with every choice and every step size, in one unit.

    Parameters
    ----------
    model : {"NT", "NN"}
    d, N : int
        Dimension and number of neurons, N < d: the least risk must not be 0.
    unit : str
        See `unit_size`.
    starts : int
        Seeds 0, 1, ..., at least one.

    Returns
    -------
    ScanCell

    Raises
    ------
    ValueError
        If an argument is out of its range.
    """
    B, seeds = exponential_target(d, TARGET_SEED), range(integer_from("s", starts, 1))
    if d <= N:
        raise ValueError(f"N must be below d = {d}, got {N}")
    sizes = [step * unit_size(unit, d, N) for step in GRID]
    common = {"seeds": seeds, "steps": steps_at(d)}
    problem = QuadraticTarget(B)
    trained = final_risks(
        model,
        problem,
        N,
        sizes=sizes * len(MULTIPLES),
        multiples=np.repeat(MULTIPLES, len(GRID)),
        **common,
    )
    slaved = final_risks(model, problem, N, sizes=sizes, multiples=None, **common)
    risk = np.concatenate([trained, slaved], axis=1)
    risk = risk.reshape(len(FALLS), len(CHOICES), len(GRID), starts)
    least = [
        nt_risk(initial_weights(d, N, seed), B)
        if model == "NT"
        else nn_risk(B, N, "ones")
        for seed in seeds
    ]
    return ScanCell(risk.swapaxes(0, 1), np.array(least))


# --- the record -----------------------------------------------------------------------


def parameters() -> dict:
    """Return what the scan was asked to do, as a record keeps it."""
    return {
        "target": {"law": "exponential", "seed": TARGET_SEED},
        "grid": list(GRID),
        "batch": BATCH,
        "choices": list(CHOICES),
        "steps": {str(d): steps_at(d) for d in sorted({cell[1] for cell in CELLS})},
    }


def record_scan(path: str | Path, cells: Sequence[tuple] = CELLS) -> Record:
    """Compute every cell that a file does not hold yet, writing after each.

    Parameters
    ----------
    path : str or pathlib.Path
        Ends in ``.json``; created, or gone on from.
    cells : sequence of (model, d, N, unit, starts), optional

    Returns
    -------
    rfbook.records.Record

    Raises
    ------
    rfbook.records.RecordError
        If the file is a record of another scan, or was begun with other code or on
        another device.
    """

    def extend(results: dict, key: tuple) -> dict:
        cell = scan_cell(*key)
        # in JSON there is no NaN
        risk = np.where(np.isnan(cell.risk), None, cell.risk).tolist()
        new = {"cells": list(key), "risk": risk, "least": cell.least.tolist()}
        return {name: [*results.get(name, ()), value] for name, value in new.items()}

    return fill(
        path,
        cells,
        extend,
        kind=KIND,
        parameters=parameters(),
        modules=(__name__,),
        found=lambda results: [tuple(cell) for cell in results.get("cells", ())],
        seeds=lambda results: sorted(
            {TARGET_SEED, *range(max(c[-1] for c in results["cells"]))}
        ),
        sizes=lambda results: {"cells": len(results["cells"])},
    )


def recorded_scan(path: str | Path | None = None) -> dict[tuple, ScanCell]:
    """Return the recorded scan.

    Parameters
    ----------
    path : str or pathlib.Path, optional
        The record; without it, the one that comes with the book.

    Returns
    -------
    dict of (model, d, N, unit, starts) to ScanCell

    Raises
    ------
    rfbook.records.RecordError
        If the file is damaged, incomplete, or of another scan.
    """
    path = path or data_folder() / f"{KIND}.json"
    record = read_record(path, kind=KIND, expect=parameters())
    rows = zip(record.results["risk"], record.results["least"], strict=True)
    return {
        key: ScanCell(np.array(risk, dtype=float), np.array(least))
        for key, (risk, least) in zip(complete(record, CELLS, path), rows, strict=True)
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Make the scan and write it to a file."""
    parser = argparse.ArgumentParser(description="scan what the text leaves open")
    parser.add_argument("file", help="where to write, ending in .json")
    record_scan(parser.parse_args(argv).file)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
