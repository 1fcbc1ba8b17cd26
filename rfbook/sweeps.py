r"""Sweeps: many cells computed one after another or side by side, and nothing lost.

`fill` keeps all cells in one record and writes it after each cell. A `Sweep` keeps a
file for each cell, and a cell may keep a checkpoint of its own: what is killed goes on
where it was. A sweep takes any executor of the kind of `concurrent.futures`, so that
who outgrows one machine brings another.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rfbook import devices
from rfbook.ledger.digest import module_digest, tree_digest
from rfbook.records import (
    PACKAGES,
    Record,
    RecordError,
    provenance,
    read_record,
    write_record,
)

Key = tuple
"""What tells a cell from the others: words and numbers."""


# --- one file -------------------------------------------------------------------------


def fill(
    path: str | Path,
    keys: Iterable[Key],
    extend: Callable[[dict, Key], dict],
    *,
    kind: str,
    parameters: Mapping[str, Any],
    modules: Sequence[str],
    found: Callable[[Mapping], Iterable[Key]],
    seeds: Callable[[Mapping], Sequence[int]],
    sizes: Callable[[Mapping], Mapping[str, int]],
    packages: Sequence[str] = PACKAGES,
) -> Record:
    """Compute every cell that a record does not hold yet, writing it after each.

    Parameters
    ----------
    path : str or pathlib.Path
        The record; created, or gone on from.
    keys : iterable of tuple
        The cells, in the order in which they are computed.
    extend : callable
        From the results so far and a key to the results with one more cell.
    kind, parameters, packages
        Of the record; see `rfbook.records.Record`.
    modules : sequence of str
        The modules of rfbook that compute: a record that was begun while they, or what
        they import, had another text is not gone on with.
    found : callable
        From results to the keys of the cells that they hold.
    seeds, sizes : callable
        From results to the seeds and the sizes that the record tells.

    Returns
    -------
    rfbook.records.Record

    Raises
    ------
    rfbook.records.RecordError
        If the file is a record of something else, or was begun with other code or on
        another device; and if there is no cell at all.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     record = fill(
    ...         f"{folder}/squares.json", [(2,), (3,)],
    ...         lambda results, key: results | {f"n{key[0]}": key[0] ** 2},
    ...         kind="squares", parameters={}, modules=["rfbook.ranges"],
    ...         found=lambda results: [(int(n[1:]),) for n in results if n[0] == "n"],
    ...         seeds=lambda results: [0],
    ...         sizes=lambda results: {"cells": len(results)})
    >>> record.results["n3"]
    9
    """
    path, code, results, spent, record = (
        Path(path),
        module_digest(*modules),
        {},
        0.0,
        None,
    )
    if path.exists():
        record = read_record(path, kind=kind, expect=parameters)
        if record.results.get("code") != code or record.device != devices.describe():
            raise RecordError(
                f"{path}: begun with other code or on another device; move it away"
            )
        spent = record.seconds
        results = {k: v for k, v in record.results.items() if k != "code"}
    done = set(found(results))
    todo = [key for key in keys if key not in done]
    for key in _bar(todo):
        begun = time.perf_counter()
        results = extend(results, key)
        spent += time.perf_counter() - begun
        made = _made(seeds(results), spent, packages)
        record = Record(
            kind=kind,
            parameters=parameters,
            sizes=sizes(results),
            results=results | {"code": code},
            **made,
        )
        write_record(path, record)
    if record is None:
        raise RecordError(f"{path}: there is no cell to compute")
    return record


def complete(record: Record, keys: Sequence[Key], path: str | Path) -> list[tuple]:
    """Return the cells of a record, listed under ``cells``, that must hold all keys.

    Parameters
    ----------
    record : rfbook.records.Record
    keys : sequence of tuple
    path : str or pathlib.Path
        Of the record, for the error.

    Returns
    -------
    list of tuple
        In the order of the record.

    Raises
    ------
    rfbook.records.RecordError
        If a cell is missing.
    """
    found = [tuple(cell) for cell in record.results["cells"]]
    missing = [key for key in keys if key not in found]
    if missing:
        raise RecordError(
            f"{path}: {len(missing)} cells are missing: {missing[0]}, ..."
        )
    return found


# --- a file for each cell -------------------------------------------------------------


@dataclass(frozen=True)
class Sweep:
    """Cells that are computed each by itself and kept each in a file.

    Parameters
    ----------
    kind : str
        Of the records, in lower-case words joined by hyphens.
    parameters : mapping of str to JSON values
        What all cells have in common.
    keys : tuple of tuple
        The cells, in the order in which they are computed; words and numbers.
    compute : callable
        ``compute(sweep, key, checkpoint)`` returns the results of a cell, a mapping for
        `rfbook.records.Record`; a function of a module, so that it can be sent to
        another process. It may keep what it likes in the file `checkpoint`, which ends
        in ``.npz`` and is there if the cell was interrupted, and must remove it.
    seeds : callable
        ``seeds(key)`` returns the seeds of a cell; a function of a module.
    modules : tuple of str
        The modules of rfbook that compute.

    Raises
    ------
    ValueError
        If two cells would share a file.
    """

    kind: str
    parameters: Mapping[str, Any]
    keys: tuple[Key, ...]
    compute: Callable[[Sweep, Key, Path], Mapping[str, Any]]
    seeds: Callable[[Key], Sequence[int]]
    modules: tuple[str, ...]

    def __post_init__(self) -> None:
        names = [name(key) for key in self.keys]
        if len(set(names)) < len(names):
            raise ValueError(f"keys must have different names, got {self.keys}")

    def path(self, folder: str | Path, key: Key) -> Path:
        """Return the file of a cell."""
        return Path(folder) / f"{name(key)}.npz"

    def read(self, folder: str | Path) -> dict[Key, Record]:
        """Return the cells that a folder holds.

        Raises
        ------
        rfbook.records.RecordError
            If a file is damaged or of another sweep.
        """
        paths = {key: self.path(folder, key) for key in self.keys}
        return {
            key: read_record(path, kind=self.kind, expect=self._expected(key))
            for key, path in paths.items()
            if path.exists()
        }

    def missing(self, folder: str | Path) -> list[Key]:
        """Return the cells that a folder does not hold, in order."""
        return [key for key in self.keys if not self.path(folder, key).exists()]

    def run(
        self,
        folder: str | Path,
        executor: Executor | None = None,
        progress: bool = True,
    ) -> list[Key]:
        """Compute every cell that a folder does not hold yet.

        Parameters
        ----------
        folder : str or pathlib.Path
            Created if it is not there.
        executor : concurrent.futures.Executor, optional
            Whose workers see the same folder; without it, one cell after another in
            this process. Dask's is ``client.get_executor(pure=False)``: see
            `rfbook.reproduce`.
        progress : bool
            Show a bar.

        Returns
        -------
        list of tuple
            The cells that were computed now.

        Raises
        ------
        rfbook.records.RecordError
            If a checkpoint is of other code or from another device.

        Notes
        -----
        What an executor raises for a worker that was lost is raised here. Nothing is
        lost with it: another call computes the missing cells only, and those that were
        begun go on from their checkpoints.
        """
        Path(folder).mkdir(parents=True, exist_ok=True)
        todo = self.missing(folder)
        if executor is None:
            for key in _bar(todo, progress):
                compute_cell(self, key, str(folder))
            return todo
        jobs = [executor.submit(compute_cell, self, key, str(folder)) for key in todo]
        for job in _bar(as_completed(jobs), progress, len(jobs)):
            job.result()
        return todo

    def _expected(self, key: Key) -> dict[str, Any]:
        return {**self.parameters, "key": list(key)}


def compute_cell(sweep: Sweep, key: Key, folder: str) -> None:
    """Compute one cell and write its file, all of it or nothing."""
    path = sweep.path(folder, key)
    if path.exists():
        return
    checkpoint = path.with_name(f"{path.stem}.checkpoint.npz")
    begun = time.perf_counter()
    results = dict(sweep.compute(sweep, key, checkpoint))
    seconds = float(results.pop("seconds", time.perf_counter() - begun))
    record = Record(
        kind=sweep.kind,
        parameters=sweep._expected(key),
        sizes={"cells": 1},
        results=results | {"code": module_digest(*sweep.modules)},
        **_made(sweep.seeds(key), seconds, PACKAGES),
    )
    write_record(path, record)


def name(key: Key) -> str:
    """Return the name of a cell's file, without its ending.

    Examples
    --------
    >>> name(("NN", 450, "1/20"))
    'nn-450-1_20'
    """
    words = "-".join(str(part) for part in key).lower()
    return words.replace(" ", "-").replace("/", "_")


# --- helpers --------------------------------------------------------------------------


def _made(seeds: Sequence[int], seconds: float, packages: Sequence[str]) -> dict:
    return provenance(
        seeds,
        seconds=seconds,
        source_digest=tree_digest(),
        device=devices.describe(),
        packages=packages,
    )


def _bar(cells: Iterable, progress: bool = True, total: int | None = None):
    """Wrap cells in a bar, which writes a line now and then where nobody watches."""
    from tqdm import tqdm

    quiet = 0.1 if sys.stderr.isatty() else 30.0
    return tqdm(
        cells, total=total, unit="cell", disable=not progress, mininterval=quiet
    )
