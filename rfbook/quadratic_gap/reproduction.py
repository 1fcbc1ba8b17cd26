r"""The training runs of Figure 1: its problem, its cells, and where they are kept.

``rfbook reproduce figure1`` runs the cells and keeps a file for each; see
`rfbook.experiments`. The chapters are ``book/quadratic-gap.md`` and
``book/quadratic-flow.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rfbook.experiments import figure_cell, figure_sweep
from rfbook.quadratic_gap.descent import QuadraticTarget
from rfbook.quadratic_gap.figure import TARGET_SEED
from rfbook.quadratic_gap.network import nn_risk
from rfbook.quadratic_gap.tangent import nt_risk
from rfbook.quadratic_gap.target import exponential_target
from rfbook.records import Record, data_folder
from rfbook.sweeps import Key, Sweep

KIND, STEPS = "figure-one", 200_000


def figure_one(scale: str = "laptop") -> Sweep:
    """Return the cells of Figure 1; see `rfbook.experiments.figure_sweep`.

    Examples
    --------
    >>> figure_one().keys[:3]
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
    B = exponential_target(sweep.parameters["d"], TARGET_SEED)

    def least(model: str, W) -> float:
        return nt_risk(W, B) if model == "NT" else nn_risk(B, key[1], "ones")

    return figure_cell(
        sweep, key, checkpoint, QuadraticTarget(B), output_weight=1.0, least=least
    )
