r"""The training experiment of the figures: cells, sizes, and what a cell holds.

Either figure of Ghorbani et al. (NeurIPS 2019, Section 4) has random features, fitted
by the normal equations, and the tangent model and the network, trained by one-pass
descent, over the number of neurons. A cell is one model, one width and one start, with
every step size of the grid. A room gives its problem and its least risks; the rest is
the same for both.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from rfbook.descent import Problem, initial_weights
from rfbook.descent.protocol import Protocol, best_step, train_cell
from rfbook.features import isotropic_weights
from rfbook.fits import fit_features
from rfbook.sweeps import Key, Sweep

DIMENSION = 450
PAPER_WIDTHS = (45, 90, 135, 225, 315, 450, 675, 900, 1350, 2250, 3375, 4500)
"""Numbers of neurons from the text's least to its largest, N / d from 1/10 to 10."""

LAPTOP_WIDTHS = (6, 15, 30, 45, 60, 90)
MODELS = ("RF", "NT", "NN")
SCALES = ("laptop", "paper")


def figure_sweep(
    scale: str,
    *,
    kind: str,
    steps: int,
    compute: Callable[[Sweep, Key, Path], Mapping[str, Any]],
    seeds: Callable[[Key], list[int]],
    module: str,
) -> Sweep:
    """Return the cells of a figure, the narrow ones first.

    Parameters
    ----------
    scale : {"laptop", "paper"}
        d = 60 and 20,000 steps from three starts, for two cores; or the text's size.
    kind, compute, seeds
        See `rfbook.sweeps.Sweep`.
    steps : int
        Number of steps at the text's size.
    module : str
        The room's module that computes.

    Returns
    -------
    rfbook.sweeps.Sweep
        The keys are (model, N, seed).

    Raises
    ------
    ValueError
        If there is no such scale.

    Examples
    --------
    >>> sweep = figure_sweep(
    ...     "paper", kind="nothing", steps=100, compute=dict, seeds=list,
    ...     module="rfbook.experiments")
    >>> sweep.keys[:2], len(sweep.keys)
    ((('RF', 45, 0), ('NT', 45, 0)), 36)
    """
    if scale not in SCALES:
        raise ValueError(f"scale must be one of {', '.join(SCALES)}, got {scale!r}")
    if scale == "paper":
        sizes, samples = (DIMENSION, PAPER_WIDTHS, (0,), steps), 500_000
    else:
        sizes, samples = (60, LAPTOP_WIDTHS, (0, 1, 2), 20_000), 50_000
    protocol = Protocol(*sizes)
    return Sweep(
        kind=kind,
        parameters={**protocol.parameters(), "scale": scale, "samples": samples},
        keys=tuple(
            (model, N, seed)
            for N in protocol.widths
            for seed in protocol.seeds
            for model in MODELS
        ),
        compute=compute,
        seeds=seeds,
        modules=(__name__, module),
    )


def figure_cell(
    sweep: Sweep,
    key: Key,
    checkpoint: Path,
    problem: Problem,
    *,
    output_weight: float,
    least: Callable[[str, np.ndarray], float],
) -> dict[str, Any]:
    """Fit or train one model of a figure.

    Parameters
    ----------
    sweep : rfbook.sweeps.Sweep
        Made by `figure_sweep`.
    key : tuple
        Model, number of neurons, seed.
    checkpoint : pathlib.Path
        See `rfbook.descent.descend_all`.
    problem : rfbook.descent.Problem
    output_weight : float
        The network's fixed output weights, all equal.
    least : callable
        From "NT" or "NN" and the start to the model's least risk.

    Returns
    -------
    dict
        For random features ``population``, ``test`` and ``test_error``, see
        `rfbook.fits.Fit`; for the others what `rfbook.descent.protocol.train_cell`
        returns, and ``least``.
    """
    model, N, seed = key
    if model == "RF":
        W = isotropic_weights(problem.d, N, seed)
        samples = sweep.parameters["samples"]
        fit = fit_features(W, problem, widths=[N], samples=samples, seed=seed)
        return {
            "population": fit.population,
            "test": fit.test,
            "test_error": fit.test_error,
        }
    found = train_cell(
        problem,
        model,
        N,
        seed,
        Protocol.of(sweep.parameters),
        layer=np.full(N, output_weight) if model == "NN" else None,
        checkpoint=checkpoint,
    )
    start = initial_weights(problem.d, N, seed)
    return found | {"least": np.array(least(model, start))}


# --- what a cell says -----------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a figure shows of one cell: the fit, or the run with the best step size.

    Parameters
    ----------
    risk : float
        Exact risk of the function that was fitted, or of the model after the last step;
        NaN if every step size diverged.
    least : float
        The model's least risk for the same start; NaN for random features.
    test, error : float
        Mean squared error of fitted features on fresh samples, and its standard error;
        NaN for the others.
    step : float
        The step size, in the protocol's unit; NaN where there is none.
    steps, path : ndarray, shape (k,)
        Numbers of steps, and the exact risk after them; empty for random features.
    """

    risk: float
    least: float = math.nan
    test: float = math.nan
    error: float = math.nan
    step: float = math.nan
    steps: np.ndarray = field(default_factory=lambda: np.array([]))
    path: np.ndarray = field(default_factory=lambda: np.array([]))


def outcome(results: Mapping[str, Any]) -> Outcome:
    """Choose what a figure shows of a cell, as the text does: the step that fits best.

    Parameters
    ----------
    results : mapping
        Of a cell, as `figure_cell` returns them.

    Returns
    -------
    Outcome

    Examples
    --------
    >>> outcome({"risk": np.array([[1, 0.5], [1, np.nan]]), "steps": np.array([0, 9]),
    ...          "step_sizes": np.array([0.1, 0.3]), "least": np.array(0.25)}).step
    0.1
    """
    if "test" in results:
        fit = (results[name].item() for name in ("population", "test", "test_error"))
        risk, test, error = fit
        return Outcome(risk, test=test, error=error)
    risk, least = results["risk"], float(results["least"])
    if np.isnan(risk[:, -1]).all():
        return Outcome(math.nan, least)
    best = best_step(risk)
    return Outcome(
        float(risk[best, -1]),
        least,
        step=float(results["step_sizes"][best]),
        steps=results["steps"],
        path=risk[best],
    )
