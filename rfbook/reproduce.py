"""The command ``rfbook reproduce``: the recorded experiments, run anew.

Every cell is a file of its own, written when it is finished, and a cell that takes long
keeps a checkpoint: a command that was cut off goes on with ``--resume``.

``--workers`` takes processes of this machine. Who has more hands any executor of the
kind of `concurrent.futures` to the cells themselves, Dask's for instance::

    with Client(cluster) as client:
        folder = Path("runs/figure1-paper").resolve()
        figure_one("paper").run(folder, client.get_executor(pure=False))

The workers must see the folder. A cell writes a file, so it is not pure: Dask must not
answer from its memory. The cell of a worker that dies goes on from its checkpoint on
another one; if the scheduler gives it up, run the same line again.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path

from rfbook.devices import SWITCH, describe
from rfbook.ranges import integer_from
from rfbook.sweeps import Sweep
from rfbook.sweeps import name as cell_name

EXPERIMENTS = {
    "figure1": ("rfbook.quadratic_gap.reproduction", "figure_one"),
    "figure2": ("rfbook.mixture_gap.reproduction", "figure_two"),
    "width-table": ("rfbook.single_neuron.grid", "width_table"),
}
"""For each experiment the module and the function that lists its cells."""


def experiment(name: str) -> Callable[[str], Sweep]:
    """Return the function from a scale to the cells of an experiment.

    Raises
    ------
    ValueError
        If there is no such experiment.

    Examples
    --------
    >>> experiment("figure1")("laptop").keys[0]
    ('RF', 6, 0)
    """
    if name not in EXPERIMENTS:
        raise ValueError(
            f"experiment must be one of {', '.join(EXPERIMENTS)}, got {name!r}"
        )
    module, function = EXPERIMENTS[name]
    return getattr(import_module(module), function)


def chosen(sweep: Sweep, only: str | None) -> Sweep:
    """Return the cells of a sweep whose names begin with these words.

    Raises
    ------
    ValueError
        If there is none.

    Examples
    --------
    >>> chosen(experiment("figure1")("paper"), "nt-450").keys
    (('NT', 450, 0),)
    """
    if only is None:
        return sweep
    begin = f"{only.lower()}-"
    keys = tuple(key for key in sweep.keys if f"{cell_name(key)}-".startswith(begin))
    if not keys:
        names = f"{cell_name(sweep.keys[0])}, ..., {cell_name(sweep.keys[-1])}"
        raise ValueError(f"only must begin a cell's name ({names}), got {only!r}")
    return replace(sweep, keys=keys)


def reproduce(
    name: str,
    *,
    scale: str = "laptop",
    folder: str | Path | None = None,
    only: str | None = None,
    device: str | None = None,
    workers: int = 1,
    resume: bool = False,
) -> int:
    """Run the cells of an experiment that a folder does not hold yet.

    Parameters
    ----------
    name : str
        One of `EXPERIMENTS`, or ``list``, which prints them.
    scale : {"laptop", "paper"}
    folder : str or pathlib.Path, optional
        ``runs/NAME-SCALE`` by default.
    only : str, optional
        The first words of the cells' names: ``rf`` for all random features, ``nt-450``.
    device : {"auto", "cpu", "cuda"}, optional
        Sets the switch of `rfbook.devices` for this process and its workers.
    workers : int
        Processes side by side, at least 1.
    resume : bool
        Go on with a folder that holds cells already.

    Returns
    -------
    int
        0.

    Raises
    ------
    ValueError
        For another experiment, scale or device, if no cell's name begins with `only`,
        and for a folder that holds cells or checkpoints already if `resume` is not set.
    """
    if name == "list":
        print("\n".join(EXPERIMENTS))
        return 0
    sweep = chosen(experiment(name)(scale), only)
    workers = integer_from("workers", workers, 1)
    folder = Path("runs", f"{name}-{scale}") if folder is None else Path(folder)
    there = len(list(folder.glob("*.npz"))) if folder.is_dir() else 0
    if there and not resume:
        raise ValueError(
            f"folder must be empty, got {folder} with {there} files: "
            "add --resume to go on with it"
        )
    if device is not None:
        os.environ[SWITCH] = device
    missing = len(sweep.missing(folder))
    print(f"{name}, {scale}: {missing} of {len(sweep.keys)} cells to compute")
    print(f"on {describe()}, into {folder}")
    if workers == 1:
        sweep.run(folder)
    else:
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            sweep.run(folder, pool)
    print(f"all {len(sweep.keys)} cells are in {folder}")
    return 0
