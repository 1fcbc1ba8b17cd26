r"""The training runs of Figure 2: its problem, its cells, and where they are kept.

The network has the output weights -1: Delta is positive definite.

``rfbook reproduce figure2`` runs the cells and keeps a file for each; see
`rfbook.experiments`. The chapters are ``book/mixture-gap.md`` and
``book/mixture-training.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rfbook.experiments import figure_cell, figure_sweep
from rfbook.mixture_gap.figure import DELTA_SEED
from rfbook.mixture_gap.mixture import figure_difference
from rfbook.mixture_gap.network import nn_risk
from rfbook.mixture_gap.tangent import nt_risk
from rfbook.mixture_gap.training import Mixture
from rfbook.records import Record, data_folder
from rfbook.sweeps import Key, Sweep

KIND, STEPS = "figure-two", 140_000


def figure_two(scale: str = "laptop") -> Sweep:
    """Return the cells of Figure 2; see `rfbook.experiments.figure_sweep`.

    Examples
    --------
    >>> figure_two().keys[:3]
    (('RF', 6, 0), ('NT', 6, 0), ('NN', 6, 0))
    """
    return figure_sweep(
        scale, kind=KIND, steps=STEPS, compute=_cell, seeds=_seeds, module=__name__
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
    Delta = figure_difference(sweep.parameters["d"], DELTA_SEED)

    def least(model: str, W) -> float:
        return nt_risk(W, Delta) if model == "NT" else nn_risk(Delta, key[1])

    return figure_cell(
        sweep, key, checkpoint, Mixture(Delta), output_weight=-1.0, least=least
    )
