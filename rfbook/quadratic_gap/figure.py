r"""The experiment of Figure 1, left: theory, exact values, and the fit on samples.

The target is diagonal with independent exponential entries, d = 450. There are four
curves over the number N of neurons: random features with isotropic neurons, and with
neurons of covariance Gamma proportional to B; the tangent model; the trained network.

`exact_curves` has the exact risks of all N at once: the neurons of a seed are added one
by one. `fit_features` is the text's own way with random features: the normal equations
on samples, then the error on fresh ones. ``python -m rfbook.quadratic_gap.figure FILE``
makes these fits, in some minutes, and writes them with their provenance in the format
of `rfbook.records`. The file is written after every seed, and a run that was cut off
goes on from it.

The chapter is ``book/quadratic-gap.md``.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rfbook import fits
from rfbook.experiments import DIMENSION
from rfbook.features import gaussian_weights, isotropic_weights
from rfbook.fits import TEST, Fit
from rfbook.matrices import positive_eigenvalues, symmetric, trace
from rfbook.quadratic_gap.descent import QuadraticTarget
from rfbook.quadratic_gap.features import rf_risk_limit, rf_risk_path
from rfbook.quadratic_gap.network import nn_risk_limit, nn_risk_path
from rfbook.quadratic_gap.tangent import nt_risk_limit, nt_risk_path
from rfbook.quadratic_gap.target import exponential_target
from rfbook.records import (
    Record,
    RecordError,
    data_folder,
    read_record,
)
from rfbook.sweeps import fill

KIND = "quadratic-gap-rf"
MODELS = ("RF", "RF, aligned", "NT", "NN")
TARGET_SEED = 0

WIDTHS = (45, 90, 180, 270, 450, 675, 900)
SAMPLES = 50_000
SEEDS = tuple(range(1, 7))


# --- theory and exact values ----------------------------------------------------------


def limit_curves(rho, B) -> dict[str, np.ndarray]:
    """Limits of the four risks, with the trace ratio and the spectrum of this B.

    Parameters
    ----------
    rho : array_like of float
        Neurons per dimension, at least 0.
    B : array_like of float, shape (d, d) or (d,)
        Positive semidefinite, not 0.

    Returns
    -------
    dict of str to ndarray
        For each of `MODELS`, in the shape of rho.

    Raises
    ------
    ValueError
        If an argument is refused.

    Examples
    --------
    >>> {name: float(risk) for name, risk in limit_curves(0.5, [1, 1]).items()}["NN"]
    0.5
    """
    B = symmetric(B)
    positive_eigenvalues(B)
    return {
        "RF": rf_risk_limit(rho, B),
        "RF, aligned": rf_risk_limit(rho, B, B / trace(B)),
        "NT": nt_risk_limit(rho, B),
        "NN": nn_risk_limit(rho, B),
    }


def draw_weights(model: str, B, N: int, seed: int) -> np.ndarray:
    """Draw the neurons of one seed for random features or the tangent model.

    Parameters
    ----------
    model : {"RF", "RF, aligned", "NT"}
        The covariance is I / d, or B / Tr B for the aligned ones.
    B : array_like of float, shape (d, d) or (d,)
        Positive semidefinite, not 0.
    N : int
        At least 1.
    seed : int

    Returns
    -------
    ndarray, shape (d, N)

    Raises
    ------
    ValueError
        If an argument is refused.

    Examples
    --------
    >>> bool(draw_weights("RF, aligned", [1.0, 0.0], 2, seed=1)[1].any())
    False
    """
    if model not in MODELS[:3]:
        raise ValueError(f"model must be one of {MODELS[:3]}, got {model!r}")
    B = symmetric(B)
    if model == "RF, aligned":
        return gaussian_weights(B / trace(B), N, seed)
    return isotropic_weights(len(B), N, seed)


def exact_curves(
    B, N: int, seed: int, models: Sequence[str] = MODELS
) -> dict[str, np.ndarray]:
    """Exact risks of the first neuron, of the first two, ..., of N neurons.

    Random features are those of u^2 - 1 without an offset, as in the text.

    Parameters
    ----------
    B : array_like of float, shape (d, d) or (d,)
        Positive semidefinite, not 0.
    N : int
        At least 1, below the number d (d + 1) / 2 of linearly independent features.
    seed : int
        Of the neurons.
    models : sequence of str, optional
        Some of `MODELS`.

    Returns
    -------
    dict of str to ndarray of shape (N,)

    Raises
    ------
    ValueError
        If an argument is refused.

    Examples
    --------
    >>> curves = exact_curves([4.0, 3.0, 2.0, 1.0], 5, seed=0)
    >>> bool((curves["NN"] <= curves["NT"]).all())
    True
    """
    B = symmetric(B)
    positive_eigenvalues(B)
    found = {}
    for model in models:
        if model == "NN":
            found[model] = nn_risk_path(B, N)
            continue
        W = draw_weights(model, B, N, seed)
        found[model] = nt_risk_path(W, B) if model == "NT" else rf_risk_path(W, B)
    return found


# --- the fit on samples ---------------------------------------------------------------


def fit_features(W, B, **options) -> Fit:
    r"""Fit random features of u^2 - 1 to samples of a quadratic target.

    Parameters
    ----------
    W : array_like of float, shape (d, N)
        The frozen neurons.
    B : array_like of float, shape (d, d) or (d,)
        Symmetric, not 0.
    **options
        ``widths`` and ``samples``, and whatever else `rfbook.fits.fit_features` takes.

    Returns
    -------
    rfbook.fits.Fit

    Raises
    ------
    ValueError
        If an argument is out of range.
    rfbook.devices.DeviceError
        See `rfbook.devices.device`.

    Examples
    --------
    In one dimension one feature is the target:

    >>> fit = fit_features([[1.0]], [2.0], widths=[1], samples=10, test=10)
    >>> bool(fit.population[0] < 1e-20 and fit.test[0] < 1e-20)
    True
    """
    return fits.fit_features(W, QuadraticTarget(B), **options)


# --- the record -----------------------------------------------------------------------


def parameters() -> dict:
    """Return what the recorded fits were asked to do."""
    return {
        "d": DIMENSION,
        "target": {"law": "exponential", "seed": TARGET_SEED},
        "widths": list(WIDTHS),
        "samples": SAMPLES,
        "test": TEST,
    }


def fit_cell(seed: int, progress: bool = False) -> dict[str, dict[str, list[float]]]:
    """Fit both kinds of random features for one seed, at the recorded size.

    Parameters
    ----------
    seed : int
        Of the neurons and of the samples.
    progress : bool

    Returns
    -------
    dict of str to dict
        For ``"RF"`` and ``"RF, aligned"``: ``exact`` (the best risk of these neurons),
        ``population``, ``test`` and ``test_error``, a number for each of `WIDTHS`.

    Raises
    ------
    ValueError
        If the seed is out of range.
    """
    B = exponential_target(DIMENSION, TARGET_SEED)
    found = {}
    for model in MODELS[:2]:
        W = draw_weights(model, B, max(WIDTHS), seed)
        fit = fit_features(
            W, B, widths=WIDTHS, samples=SAMPLES, seed=seed, progress=progress
        )
        found[model] = {
            "exact": rf_risk_path(W, B)[np.array(WIDTHS) - 1].tolist(),
            "population": fit.population.tolist(),
            "test": fit.test.tolist(),
            "test_error": fit.test_error.tolist(),
        }
    return found


def record_fits(path: str | Path, seeds: Sequence[int] = SEEDS) -> Record:
    """Fit for every seed that a file does not hold yet, writing after each.

    Parameters
    ----------
    path : str or pathlib.Path
        Ends in ``.json``; created, or gone on from.
    seeds : sequence of int, optional

    Returns
    -------
    rfbook.records.Record

    Raises
    ------
    rfbook.records.RecordError
        If the file is a record of other fits, or was begun with other code or on
        another device.
    """
    return fill(
        path,
        seeds,
        _with_fits,
        kind=KIND,
        parameters=parameters(),
        seeds=lambda results: [int(seed) for seed in results["cells"]],
        modules=(__name__,),
        found=lambda results: [int(seed) for seed in results.get("cells", {})],
        sizes=lambda results: {
            "fits": 2 * len(results["cells"]) * len(WIDTHS),
            "samples": SAMPLES,
        },
    )


def _with_fits(results: dict, seed: int) -> dict:
    """Make the fits of one more seed."""
    cells = {**results.get("cells", {}), str(seed): fit_cell(seed, progress=True)}
    return results | {"cells": cells}


def recorded_fits(path: str | Path | None = None) -> dict[str, dict[str, np.ndarray]]:
    """Return the recorded fits of both kinds of random features.

    Parameters
    ----------
    path : str or pathlib.Path, optional
        The record; without it, the one that comes with the book.

    Returns
    -------
    dict of str to dict of str to ndarray
        For each model the quantities of `fit_cell`, of shape (seeds, widths).

    Raises
    ------
    rfbook.records.RecordError
        If the file is damaged, incomplete, or of other fits.
    """
    path = path or data_folder() / f"{KIND}.json"
    cells = read_record(path, kind=KIND, expect=parameters()).results["cells"]
    missing = [seed for seed in SEEDS if str(seed) not in cells]
    if missing:
        raise RecordError(f"{path}: the seeds {missing} are missing")
    rows = [cells[str(seed)] for seed in SEEDS]
    return {
        model: {
            name: np.array([row[model][name] for row in rows])
            for name in rows[0][model]
        }
        for model in MODELS[:2]
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Make the fits and write them to a file."""
    parser = argparse.ArgumentParser(description="fit random features on samples")
    parser.add_argument("file", help="where to write, ending in .json")
    record_fits(parser.parse_args(argv).file)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
