r"""The recorded experiments on training: risk against samples, and the slow constant.

``python -m rfbook.quadratic_gap.runs samples FILE.npz``
    One-pass descent of the tangent model and of the network in d = 60 dimensions at
    six widths, and of the network with its constant trained, each from `SEEDS` starts;
    beside it the theory for the same starts: the exact recursion of the tangent model's
    mean risk, the gradient flow of the network, and the least risks.
``python -m rfbook.quadratic_gap.runs constant FILE.json``
    The time that the gradient flow needs until the risk is within 5 per cent of the
    least one, with the constant slaved and with the constant flowing from 0.

Either file is written after each cell, and a run that was cut off goes on from it. The
first takes some two minutes on one core, the second some five.

The chapter is ``book/quadratic-flow.md``.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rfbook.descent import OFFSETS, initial_weights
from rfbook.quadratic_gap.descent import descend, nt_sgd_risk
from rfbook.quadratic_gap.flow import flow_risk
from rfbook.quadratic_gap.network import nn_risk
from rfbook.quadratic_gap.tangent import nt_risk
from rfbook.quadratic_gap.target import exponential_target
from rfbook.ranges import finite_scalar
from rfbook.records import (
    Record,
    data_folder,
    read_record,
)
from rfbook.sweeps import complete, fill

KINDS = {"samples": "quadratic-flow-samples", "constant": "quadratic-flow-constant"}

DIMENSION, SEEDS = 60, tuple(range(10))
STEP, BATCH, STEPS = 0.001, 100, 2000
LOOKS = (0, *np.unique(np.geomspace(1, STEPS, 24).round().astype(int)).tolist())
CELLS = (
    *(("NT", N, "slaved") for N in (6, 15, 30, 45, 60, 90)),
    *(("NN", N, "slaved") for N in (6, 15, 30, 45, 60, 90)),
    ("NN", 30, "flow"),
)
ARRAYS = ("risk", "theory", "least")

SHARE = 0.05
FLOW_DIMENSIONS, FLOW_SEEDS = (10, 20, 40, 80), tuple(range(5))


# --- risk against samples -------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class SampleCurves:
    """One model of the recorded experiment, from each start.

    Parameters
    ----------
    samples : ndarray of int, shape (k,)
        Numbers of samples n.
    risk : ndarray, shape (seeds, k)
        Exact risks of what one-pass descent reached.
    theory : ndarray, shape (seeds, k)
        Of the same starts: the mean of the risk over the samples (NT), the risk along
        the gradient flow (NN).
    least : ndarray, shape (seeds,)
        The least risk of the model.
    """

    samples: np.ndarray
    risk: np.ndarray
    theory: np.ndarray
    least: np.ndarray

    def summary(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the mean risk over the starts and its standard error, (k,) each."""
        return self.risk.mean(0), self.risk.std(0, ddof=1) / np.sqrt(len(self.risk))

    def gap(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the mean of risk minus theory, start by start, and its error."""
        gap = self.risk - self.theory
        return gap.mean(0), gap.std(0, ddof=1) / np.sqrt(len(gap))


def sample_cell(
    model: str,
    N: int,
    offset: str = "slaved",
    *,
    seeds: Sequence[int] = SEEDS,
    looks: Sequence[int] = LOOKS,
) -> SampleCurves:
    """Train one model from several starts and compute its theory.

    Parameters
    ----------
    model : {"NT", "NN"}
    N : int
        Number of neurons, at least 1.
    offset : {"slaved", "flow"}
        With "flow", which has a theory for the network only, the constant is trained.
    seeds, looks : sequence of int
        See `rfbook.quadratic_gap.descent.descend`.

    Returns
    -------
    SampleCurves

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> sample_cell("NN", 3, seeds=[0, 1], looks=[0]).gap()[0].round(12) == 0
    array([ True])
    """
    if (model, offset) == ("NT", "flow"):
        raise ValueError("offset must be slaved for NT, got 'flow'")
    B = exponential_target(DIMENSION, seed=0)
    run = descend(
        model, B, N, seeds=seeds, looks=looks, step=STEP, batch=BATCH, offset=offset
    )
    starts = [initial_weights(DIMENSION, N, seed) for seed in seeds]
    if model == "NT":
        theory = [
            nt_sgd_risk(W, B, step=STEP, batch=BATCH, looks=looks) for W in starts
        ]
        least = [nt_risk(W, B) for W in starts]
    else:
        theory = [flow_risk(B, W, run.times, offset) for W in starts]
        least = [nn_risk(B, N, "ones")] * len(starts)
    return SampleCurves(run.samples, run.risk, np.array(theory), np.array(least))


def sample_parameters() -> dict:
    """Return what the experiment was asked to do, as a record keeps it."""
    return {
        "d": DIMENSION,
        "target": "exponential, seed 0",
        "step": STEP,
        "batch": BATCH,
        "looks": list(LOOKS),
        "seeds": list(SEEDS),
    }


def record_samples(path: str | Path, cells=CELLS) -> Record:
    """Compute every cell that a file does not hold yet, writing after each.

    Parameters
    ----------
    path : str or pathlib.Path
        Ends in ``.npz``; created, or gone on from.
    cells : sequence of (model, N, offset), optional

    Returns
    -------
    rfbook.records.Record

    Raises
    ------
    rfbook.records.RecordError
        If the file is a record of another experiment, or was begun with other code or
        on another device.
    """
    return _record("samples", path, cells, sample_parameters(), _sample_results)


def _sample_results(cell, old: dict) -> dict:
    """Return the results with one more cell."""
    curves = sample_cell(*cell)
    new = {name: getattr(curves, name)[None] for name in ARRAYS}
    return {
        name: np.concatenate([old[name], new[name]]) if name in old else new[name]
        for name in ARRAYS
    }


def recorded_samples(path: str | Path | None = None) -> dict:
    """Return the recorded experiment.

    Parameters
    ----------
    path : str or pathlib.Path, optional
        The record; without it, the one that comes with the book.

    Returns
    -------
    dict of (model, N, offset) to SampleCurves

    Raises
    ------
    rfbook.records.RecordError
        If the file is damaged, incomplete, or of another experiment.
    """
    path = path or data_folder() / f"{KINDS['samples']}.npz"
    record = read_record(path, kind=KINDS["samples"], expect=sample_parameters())
    cells = complete(record, CELLS, path)
    samples = BATCH * np.array(LOOKS)
    return {
        cell: SampleCurves(samples, *(record.results[name][i] for name in ARRAYS))
        for i, cell in enumerate(cells)
    }


# --- the slow constant ----------------------------------------------------------------


def settling_time(
    B, W0, offset: str = "slaved", *, c0: float = 0.0, share: float = SHARE
) -> float:
    r"""Time at which the flow's risk has come within a share of the least risk.

    The least tau with :math:`\mathcal R(\tau) \le (1 + s) \min \mathcal R`. The flow
    descends on the risk, so it stays there.

    Parameters
    ----------
    B, W0, offset, c0
        See `rfbook.quadratic_gap.flow.gradient_flow`. The least risk must be positive,
        and the start must not lie in an exceptional set from which it is not reached.
    share : float
        The share s, positive.

    Returns
    -------
    float
        To about six digits.

    Raises
    ------
    ValueError
        If an argument is out of range, the least risk is 0, or the risk is not that
        close to it at tau = 2^14, divided by the largest eigenvalue.

    Examples
    --------
    One neuron in one dimension at its limit has nothing to wait for, but a floor:

    >>> settling_time([2.0, 1.0], [[2**0.5], [0.0]])
    0.0
    """
    share = finite_scalar("share", share, 0, strict=True)
    least = nn_risk(B, np.shape(W0)[1], "ones")
    if least <= 0:
        raise ValueError("the least risk must be positive, got 0")

    horizon = 4 / float(np.abs(B).max())
    for _ in range(13):
        # One path costs about as much as its last point: many points, interpolated.
        times = np.linspace(0, horizon, 1001)
        risks = flow_risk(B, W0, times, offset, c0=c0)
        inside = risks <= (1 + share) * least
        if inside.any():
            break
        horizon *= 2
    else:
        raise ValueError(f"the risk is not within {share} of {least} at {horizon / 2}")
    after = int(inside.argmax())
    if after == 0:
        return 0.0
    # The excess decays about exponentially: its logarithm is about linear.
    excess = np.log(risks[after - 1 : after + 1] / least - 1)
    return float(np.interp(-np.log(share), -excess, times[after - 1 : after + 1]))


def constant_parameters() -> dict:
    """Return what the experiment was asked to do, as a record keeps it."""
    return {"share": SHARE, "target": "exponential", "seeds": list(FLOW_SEEDS)}


def constant_cell(d: int, offset: str) -> list[float]:
    """Return the settling times of N = d / 2 neurons for each seed.

    Parameters
    ----------
    d : int
        At least 2.
    offset : {"slaved", "flow"}

    Raises
    ------
    ValueError
        See `settling_time`.
    """
    return [
        settling_time(
            exponential_target(d, seed), initial_weights(d, d // 2, seed), offset
        )
        for seed in FLOW_SEEDS
    ]


def record_constant(path: str | Path, cells=None) -> Record:
    """Compute the settling times that a file does not hold yet, writing after each.

    Parameters
    ----------
    path : str or pathlib.Path
        Ends in ``.json``; created, or gone on from.
    cells : sequence of (d, offset), optional

    Returns
    -------
    rfbook.records.Record

    Raises
    ------
    rfbook.records.RecordError
        See `record_samples`.
    """

    def results(cell, old: dict) -> dict:
        return {"times": [*old.get("times", ()), constant_cell(*cell)]}

    cells = _constant_cells() if cells is None else cells
    return _record("constant", path, cells, constant_parameters(), results)


def recorded_constant(path: str | Path | None = None) -> dict:
    """Return the recorded settling times.

    Parameters
    ----------
    path : str or pathlib.Path, optional
        The record; without it, the one that comes with the book.

    Returns
    -------
    dict of str to ndarray, shape (len(FLOW_DIMENSIONS), seeds)
        For each of "slaved" and "flow".

    Raises
    ------
    rfbook.records.RecordError
        If the file is damaged, incomplete, or of another experiment.
    """
    path = path or data_folder() / f"{KINDS['constant']}.json"
    record = read_record(path, kind=KINDS["constant"], expect=constant_parameters())
    cells = complete(record, _constant_cells(), path)
    found = dict(zip(cells, record.results["times"], strict=True))
    return {
        offset: np.array([found[d, offset] for d in FLOW_DIMENSIONS])
        for offset in OFFSETS
    }


def _constant_cells() -> list[tuple[int, str]]:
    return [(d, offset) for d in FLOW_DIMENSIONS for offset in OFFSETS]


# --- the files ------------------------------------------------------------------------


def _record(name: str, path, cells, parameters: dict, results_with) -> Record:
    def extend(results: dict, cell: tuple) -> dict:
        done = [*results.get("cells", ()), cell]
        return {**results, **results_with(cell, results), "cells": done}

    return fill(
        path,
        cells,
        extend,
        kind=KINDS[name],
        parameters=parameters,
        seeds=lambda results: parameters["seeds"],
        modules=("rfbook.quadratic_gap.descent", "rfbook.quadratic_gap.flow"),
        found=lambda results: [tuple(cell) for cell in results.get("cells", ())],
        sizes=lambda results: {"cells": len(results["cells"])},
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Compute one of the experiments and write it to a file."""
    parser = argparse.ArgumentParser(description="compute and record an experiment")
    parser.add_argument("experiment", choices=tuple(KINDS))
    parser.add_argument("file", help="where to write, ending in .npz or .json")
    options = parser.parse_args(argv)
    record = {"samples": record_samples, "constant": record_constant}
    record[options.experiment](options.file)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
