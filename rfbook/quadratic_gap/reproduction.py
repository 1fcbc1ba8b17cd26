r"""The training runs of Figure 1, at the text's size or at one for two cores.

A cell is one model, one width and one start, with every step size of the grid. Random
features are fitted by the normal equations, as in the text.

``rfbook reproduce figure1`` runs the cells and keeps a file for each. The chapters are
``book/quadratic-gap.md`` and ``book/quadratic-flow.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from rfbook.descent import initial_weights
from rfbook.descent.protocol import Protocol, train_cell
from rfbook.quadratic_gap.descent import QuadraticTarget
from rfbook.quadratic_gap.figure import (
    DIMENSION,
    PAPER_WIDTHS,
    TARGET_SEED,
    draw_weights,
    fit_features,
)
from rfbook.quadratic_gap.network import nn_risk
from rfbook.quadratic_gap.tangent import nt_risk
from rfbook.quadratic_gap.target import exponential_target
from rfbook.records import Record, data_folder
from rfbook.sweeps import Key, Sweep

KIND = "figure-one"

SCALES = {
    "laptop": (
        Protocol(d=60, widths=(6, 15, 30, 45, 60, 90), seeds=(0, 1, 2), steps=20_000),
        50_000,
    ),
    "paper": (
        Protocol(d=DIMENSION, widths=PAPER_WIDTHS, seeds=(0,), steps=200_000),
        500_000,
    ),
}
"""For each scale the protocol, and how many samples random features are fitted to."""


def figure_one(scale: str = "laptop") -> Sweep:
    """Return the cells of Figure 1, the narrow ones first.

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
    >>> figure_one().keys[:3]
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
        What ``rfbook reproduce figure1 --scale paper`` wrote; without it, the folder
        ``figure1`` in the book's folder of data.

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
    return figure_one("paper").read(folder or data_folder() / "figure1")


def _seeds(key: Key) -> list[int]:
    return sorted({TARGET_SEED, key[2]})


def _cell(sweep: Sweep, key: Key, checkpoint: Path) -> Mapping[str, Any]:
    """Fit or train one model, and compute its least risk."""
    model, N, seed = key
    protocol = Protocol.of(sweep.parameters)
    B = exponential_target(protocol.d, TARGET_SEED)
    if model == "RF":
        W = draw_weights("RF", B, N, seed)
        samples = sweep.parameters["samples"]
        fit = fit_features(W, B, widths=[N], samples=samples, seed=seed)
        return {
            "population": fit.population,
            "test": fit.test,
            "test_error": fit.test_error,
        }
    found = train_cell(
        QuadraticTarget(B), model, N, seed, protocol, checkpoint=checkpoint
    )
    W = initial_weights(protocol.d, N, seed)
    least = nt_risk(W, B) if model == "NT" else nn_risk(B, N, "ones")
    return found | {"least": np.array(least)}
