r"""The training runs of Figure 2, at the text's size or at one for two cores.

A cell is one model, one width and one start, with every step size of the grid. The
network has the output weights -1: Delta is positive definite. Random features are
fitted by the normal equations, as in the text.

``rfbook reproduce figure2`` runs the cells and keeps a file for each. The chapters are
``book/mixture-gap.md`` and ``book/mixture-training.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from rfbook.descent import initial_weights
from rfbook.descent.protocol import Protocol, train_cell
from rfbook.features import isotropic_weights
from rfbook.mixture_gap.figure import DELTA_SEED, DIMENSION, PAPER_WIDTHS, fit_features
from rfbook.mixture_gap.mixture import figure_difference
from rfbook.mixture_gap.network import nn_risk
from rfbook.mixture_gap.tangent import nt_risk
from rfbook.mixture_gap.training import Mixture
from rfbook.records import Record, data_folder
from rfbook.sweeps import Key, Sweep

KIND = "figure-two"

SCALES = {
    "laptop": (
        Protocol(d=60, widths=(6, 15, 30, 45, 60, 90), seeds=(0, 1, 2), steps=20_000),
        50_000,
    ),
    "paper": (
        Protocol(d=DIMENSION, widths=PAPER_WIDTHS, seeds=(0,), steps=140_000),
        500_000,
    ),
}
"""For each scale the protocol, and how many samples random features are fitted to."""


def figure_two(scale: str = "laptop") -> Sweep:
    """Return the cells of Figure 2, the narrow ones first.

    Parameters
    ----------
    scale : {"laptop", "paper"}

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
    >>> figure_two().keys[:3]
    (('RF', 6, 0), ('NT', 6, 0), ('NN', 6, 0))
    """
    if scale not in SCALES:
        raise ValueError(f"scale must be one of {', '.join(SCALES)}, got {scale!r}")
    protocol, samples = SCALES[scale]
    keys = tuple(
        (model, N, seed)
        for N in protocol.widths
        for seed in protocol.seeds
        for model in ("RF", "NT", "NN")
    )
    return Sweep(
        kind=KIND,
        parameters={**protocol.parameters(), "scale": scale, "samples": samples},
        keys=keys,
        compute=_cell,
        seeds=_seeds,
        modules=(__name__,),
    )


def paper_runs(folder: str | Path | None = None) -> dict[Key, Record]:
    """Return the cells that are recorded at the text's size.

    Parameters
    ----------
    folder : str or pathlib.Path, optional
        What ``rfbook reproduce figure2 --scale paper`` wrote; without it, the folder
        ``figure2`` in the book's folder of data.

    Returns
    -------
    dict of (model, N, seed) to rfbook.records.Record
        Empty where there is none.

    Raises
    ------
    rfbook.records.RecordError
        If a file is damaged or of another experiment.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as empty:
    ...     paper_runs(empty)
    {}
    """
    return figure_two("paper").read(folder or data_folder() / "figure2")


def _seeds(key: Key) -> list[int]:
    return sorted({DELTA_SEED, key[2]})


def _cell(sweep: Sweep, key: Key, checkpoint: Path) -> Mapping[str, Any]:
    """Fit or train one model, and compute its least risk."""
    model, N, seed = key
    protocol = Protocol.of(sweep.parameters)
    Delta = figure_difference(protocol.d, DELTA_SEED)
    if model == "RF":
        W = isotropic_weights(protocol.d, N, seed)
        samples = sweep.parameters["samples"]
        fit = fit_features(W, Delta, widths=[N], samples=samples, seed=seed)
        return {
            "population": fit.population,
            "test": fit.test,
            "test_error": fit.test_error,
        }
    layer = -np.ones(N) if model == "NN" else None
    found = train_cell(
        Mixture(Delta), model, N, seed, protocol, layer=layer, checkpoint=checkpoint
    )
    W = initial_weights(protocol.d, N, seed)
    least = nt_risk(W, Delta) if model == "NT" else nn_risk(Delta, N)
    return found | {"least": np.array(least)}
