r"""The recorded experiments on the mixture: fits on samples, and descent on samples.

``python -m rfbook.mixture_gap.runs features FILE.json``
    Random features fitted to 50,000 samples in d = 450 dimensions, for each of `SEEDS`
    draws of the neurons and of the samples; see `rfbook.mixture_gap.figure.fit_cell`.
``python -m rfbook.mixture_gap.runs samples FILE.npz``
    One-pass descent of the tangent model and of the network in d = 60 dimensions at
    six widths, each from `STARTS`; of the network with half the step size, and with
    output weights of both signs for a Delta of both signs. Beside it stand the
    gradient flow from the same starts and the least risks.

Either file is written after each cell, and a run that was cut off goes on from it. The
first takes some two minutes on one core, the second half an hour.

The chapters are ``book/mixture-gap.md`` and ``book/mixture-training.md``.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rfbook.descent import MODELS, descend, initial_weights, one_of
from rfbook.fits import TEST
from rfbook.mixture_gap.figure import (
    DELTA_SEED,
    DIMENSION,
    SAMPLES,
    WIDTHS,
    fit_cell,
)
from rfbook.mixture_gap.mixture import difference_spectrum, figure_difference
from rfbook.mixture_gap.tangent import nt_risk
from rfbook.mixture_gap.training import Mixture, flow_risk, layer_risk
from rfbook.records import Record, data_folder, read_record
from rfbook.sweeps import complete, fill

KINDS = {"features": "mixture-gap-rf", "samples": "mixture-gap-samples"}

SEEDS = tuple(range(1, 7))
"""Of the fits of random features."""

TRAINED_DIMENSION, STARTS = 60, tuple(range(10))
BATCH = 100
STEPS = {"NT": (0.0003, 10_000), "NN": (0.002, 10_000)}
"""Step size and number of steps of each model."""

LOOKS = 26
SLOWER = 2
CELLS = (
    *(("NT", N, "figure", 1) for N in (6, 15, 30, 45, 60, 90)),
    *(("NN", N, "figure", 1) for N in (6, 15, 30, 45, 60, 90)),
    *(("NN", N, "balanced", 1) for N in (30, 60, 90)),
    ("NN", 30, "figure", SLOWER),
)
"""Model, number of neurons, kind of Delta, and the divisor of the step size."""

ARRAYS = ("samples", "risk", "flow", "least")


# --- descent on samples ---------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class SampleCurves:
    """One model of the recorded experiment, from each start.

    Parameters
    ----------
    samples : ndarray of int, shape (k,)
        Numbers of samples n.
    risk : ndarray, shape (starts, k)
        Exact risks of what one-pass descent reached.
    flow : ndarray, shape (starts, k)
        Risks along gradient flow from the same starts, at the same times.
    least : ndarray, shape (starts,)
        The least risk of the model.
    """

    samples: np.ndarray
    risk: np.ndarray
    flow: np.ndarray
    least: np.ndarray

    def summary(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the mean risk over the starts and its standard error, (k,) each."""
        return _mean_error(self.risk)

    def excess(self) -> tuple[float, float]:
        """Return the mean excess over the least risk at the end, and its error."""
        mean, error = _mean_error(self.risk[:, -1] - self.least)
        return float(mean), float(error)


def _mean_error(values: np.ndarray) -> tuple:
    return values.mean(0), values.std(0, ddof=1) / np.sqrt(len(values))


def trained_difference(kind: str) -> np.ndarray:
    """Return the Delta of the experiment: Figure 2's law, or both signs in balance.

    Parameters
    ----------
    kind : {"figure", "balanced"}
        For "balanced" the sizes are equal and `rfbook.mixture_gap.snr` is 1.

    Raises
    ------
    ValueError
        For another kind.

    Examples
    --------
    >>> int((trained_difference("balanced") < 0).sum())
    30
    """
    if kind == "figure":
        return figure_difference(TRAINED_DIMENSION, DELTA_SEED)
    if kind == "balanced":
        return difference_spectrum("balanced", TRAINED_DIMENSION, 1.0)
    raise ValueError(f"kind must be figure or balanced, got {kind!r}")


def output_weights(kind: str, N: int) -> np.ndarray:
    """Return the fixed output weights: -1, or -1 and +1 in turn for "balanced".

    Examples
    --------
    >>> output_weights("balanced", 4)
    array([-1.,  1., -1.,  1.])
    """
    layer = -np.ones(N)
    if kind == "balanced":
        layer[1::2] = 1
    return layer


def sample_cell(
    model: str,
    N: int,
    kind: str = "figure",
    slower: int = 1,
    *,
    starts: Sequence[int] = STARTS,
    steps: int | None = None,
) -> SampleCurves:
    """Train one model from several starts, and follow its gradient flow.

    Parameters
    ----------
    model : {"NT", "NN"}
    N : int
        Number of neurons, at least 1.
    kind : {"figure", "balanced"}
        See `trained_difference`; output weights are those of `output_weights`.
    slower : int
        Divides the step size of `STEPS` and multiplies the number of steps.
    starts : sequence of int
        Seeds, see `rfbook.descent.descend`.
    steps : int, optional
        Number of steps, in place of that of `STEPS`.

    Returns
    -------
    SampleCurves

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> curves = sample_cell("NN", 3, starts=[0, 1], steps=1)
    >>> bool(np.allclose(curves.risk[:, 0], curves.flow[:, 0], rtol=1e-12, atol=0))
    True
    """
    Delta, layer = trained_difference(kind), output_weights(kind, N)
    one_of("model", model, MODELS)
    step, most = STEPS[model]
    step, most = step / slower, (most if steps is None else steps) * slower
    looks = np.unique(np.geomspace(1, most, LOOKS - 1).round().astype(int))
    run = descend(
        model,
        Mixture(Delta),
        N,
        seeds=starts,
        looks=[0, *looks.tolist()],
        step=step,
        batch=BATCH,
        layer=layer if model == "NN" else None,
        limit=1e4,
    )
    weights = [initial_weights(len(Delta), N, seed) for seed in starts]
    flows = [
        flow_risk(model, Delta, W, run.times, layer=layer, accuracy=1e-7)
        for W in weights
    ]
    if model == "NT":
        least = [nt_risk(W, Delta) for W in weights]
    else:
        least = [layer_risk(Delta, layer)] * len(weights)
    return SampleCurves(run.samples, run.risk, np.array(flows), np.array(least))


def sample_parameters() -> dict:
    """Return what the experiment was asked to do, as a record keeps it."""
    return {
        "d": TRAINED_DIMENSION,
        "differences": {"figure": f"seed {DELTA_SEED}", "balanced": "snr 1"},
        "steps": {model: list(pair) for model, pair in STEPS.items()},
        "batch": BATCH,
        "looks": LOOKS,
        "starts": list(STARTS),
    }


def record_samples(path: str | Path, cells=CELLS) -> Record:
    """Compute every cell that a file does not hold yet, writing after each.

    Parameters
    ----------
    path : str or pathlib.Path
        Ends in ``.npz``; created, or gone on from.
    cells : sequence of (model, N, kind, slower), optional

    Returns
    -------
    rfbook.records.Record

    Raises
    ------
    rfbook.records.RecordError
        If the file is a record of another experiment, or was begun with other code or
        on another device.
    """

    def results(cell, old: dict) -> dict:
        curves = sample_cell(*cell)
        new = {name: getattr(curves, name)[None] for name in ARRAYS}
        return {
            name: np.concatenate([old[name], new[name]]) if name in old else new[name]
            for name in ARRAYS
        }

    return _record(path, "samples", sample_parameters(), STARTS, cells, results)


def recorded_samples(path: str | Path | None = None) -> dict:
    """Return the recorded experiment.

    Parameters
    ----------
    path : str or pathlib.Path, optional
        The record; without it, the one that comes with the book.

    Returns
    -------
    dict of (model, N, kind, slower) to SampleCurves

    Raises
    ------
    rfbook.records.RecordError
        If the file is damaged, incomplete, or of another experiment.
    """
    path = path or data_folder() / f"{KINDS['samples']}.npz"
    record = read_record(path, kind=KINDS["samples"], expect=sample_parameters())
    cells = complete(record, CELLS, path)
    return {
        cell: SampleCurves(*(record.results[name][i] for name in ARRAYS))
        for i, cell in enumerate(cells)
    }


# --- fits on samples ------------------------------------------------------------------


def fit_parameters() -> dict:
    """Return what the recorded fits were asked to do."""
    return {
        "d": DIMENSION,
        "difference": f"figure, seed {DELTA_SEED}",
        "widths": list(WIDTHS),
        "samples": SAMPLES,
        "test": TEST,
    }


def record_fits(path: str | Path, seeds: Sequence[int] = SEEDS) -> Record:
    """Fit random features for every seed that a file does not hold yet.

    Parameters
    ----------
    path : str or pathlib.Path
        Ends in ``.json``; created, or gone on from. It is written after each seed.
    seeds : sequence of int, optional

    Returns
    -------
    rfbook.records.Record

    Raises
    ------
    rfbook.records.RecordError
        See `record_samples`.
    """

    def results(cell, old: dict) -> dict:
        return {"fits": [*old.get("fits", ()), fit_cell(cell[0], progress=True)]}

    cells = [(seed,) for seed in seeds]
    return _record(path, "features", fit_parameters(), seeds, cells, results)


def recorded_fits(path: str | Path | None = None) -> dict[str, np.ndarray]:
    """Return the recorded fits of random features.

    Parameters
    ----------
    path : str or pathlib.Path, optional
        The record; without it, the one that comes with the book.

    Returns
    -------
    dict of str to ndarray, shape (seeds, widths)
        The quantities of `rfbook.mixture_gap.figure.fit_cell`.

    Raises
    ------
    rfbook.records.RecordError
        If the file is damaged, incomplete, or of other fits.
    """
    path = path or data_folder() / f"{KINDS['features']}.json"
    record = read_record(path, kind=KINDS["features"], expect=fit_parameters())
    cells = complete(record, [(seed,) for seed in SEEDS], path)
    fits = dict(zip(cells, record.results["fits"], strict=True))
    rows = [fits[seed,] for seed in SEEDS]
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


# --- the files ------------------------------------------------------------------------


def _record(
    path,
    name: str,
    parameters: dict,
    seeds: Sequence[int],
    cells: Sequence[tuple],
    results_with: Callable[[tuple, dict], dict],
) -> Record:
    """Compute the cells that a file lacks, writing it after each."""

    def extend(results: dict, cell: tuple) -> dict:
        done = [*results.get("cells", ()), cell]
        return {**results, **results_with(cell, results), "cells": done}

    return fill(
        path,
        cells,
        extend,
        kind=KINDS[name],
        parameters=parameters,
        seeds=lambda results: seeds,
        modules=("rfbook.mixture_gap.figure", "rfbook.mixture_gap.training"),
        found=lambda results: [tuple(cell) for cell in results.get("cells", ())],
        sizes=lambda results: {"cells": len(results["cells"])},
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Compute one of the experiments and write it to a file."""
    parser = argparse.ArgumentParser(description="compute and record an experiment")
    parser.add_argument("experiment", choices=tuple(KINDS))
    parser.add_argument("file", help="where to write, ending in .npz or .json")
    options = parser.parse_args(argv)
    record = {"samples": record_samples, "features": record_fits}
    record[options.experiment](options.file)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
