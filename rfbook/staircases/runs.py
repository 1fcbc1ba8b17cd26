r"""Four Gaussian clouds at larger sizes: kernel regression and a small network.

``python -m rfbook.staircases.runs FILE`` computes, for each dimension, the share of
wrong labels of `kernel_error` and of `network_errors` over the number of samples, means
and standard errors over all seeds, and writes them in the format of `rfbook.records`.
The file is written after every cell, and a run that was cut off goes on from it.

The chapter is ``book/staircases.md``.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from rfbook.ranges import integer_from, one_of
from rfbook.records import Record, RecordError, data_folder, read_record
from rfbook.staircases.xor import kernel_error, network_errors
from rfbook.sweeps import fill

KIND = "staircases-xor"
LENGTH = 3.0
DIMENSIONS = (100, 200, 400)
SEEDS = 20
KERNEL_SAMPLES = (125, 250, 500, 1000, 2000, 4000)
NETWORK_SAMPLES = (500, 1000, 2000, 4000, 8000, 16000, 32000)
METHODS = ("kernel", "network")
PARAMETERS = {
    "mu": LENGTH,
    "neurons": 8,
    "rate": 0.02,
    "batch": 8,
    "ridges": [0.01, 0.1, 1.0],
}


def xor_cell(method: str, d: int, seeds: int = SEEDS) -> dict[str, list]:
    """Run one method in one dimension; return means and standard errors of its errors.

    Parameters
    ----------
    method : {"kernel", "network"}
    d : int
        Dimension, >= 2.
    seeds : int
        Number of runs, at least 2, with the seeds 0, 1, ...

    Returns
    -------
    dict
        Lists under ``samples``, ``mean`` and ``error``.

    Raises
    ------
    ValueError
        If there is no such method, or a size is out of range.

    Examples
    --------
    >>> xor_cell("forest", 100)
    Traceback (most recent call last):
        ...
    ValueError: method must be one of kernel, network, got 'forest'
    """
    one_of("method", method, METHODS)
    seeds = integer_from("seeds", seeds, 2)
    p = PARAMETERS
    if method == "kernel":
        samples = KERNEL_SAMPLES
        rows = [
            [kernel_error(d, n, p["mu"], seed, ridges=p["ridges"]) for n in samples]
            for seed in range(seeds)
        ]
    else:
        samples = NETWORK_SAMPLES
        options = {"N": p["neurons"], "rate": p["rate"], "batch": p["batch"]}
        rows = [
            network_errors(d, samples, p["mu"], seed, **options)
            for seed in range(seeds)
        ]
    table = np.array(rows)
    error = table.std(0, ddof=1) / np.sqrt(seeds)
    return {
        "samples": list(samples),
        "mean": table.mean(0).tolist(),
        "error": error.tolist(),
    }


def keys() -> list[tuple[str, int]]:
    """Return the cells: each method in each dimension.

    Examples
    --------
    >>> keys()[0]
    ('kernel', 100)
    """
    return [(method, d) for method in METHODS for d in DIMENSIONS]


def _name(key: Sequence) -> str:
    return f"{key[0]}_{key[1]}"


def compute(path: str | Path) -> Record:
    """Compute what a file lacks; see the module."""
    names = {_name(key): key for key in keys()}
    return fill(
        path,
        keys(),
        lambda results, key: {**results, _name(key): xor_cell(*key)},
        kind=KIND,
        parameters=PARAMETERS,
        modules=["rfbook.staircases.xor", "rfbook.staircases.runs"],
        found=lambda results: [names[name] for name in results if name in names],
        seeds=lambda results: list(range(SEEDS)),
        sizes=lambda results: {"cells": len(results), "test": 2000},
    )


def load(path: str | Path | None = None) -> Mapping[str, dict]:
    """Return the recorded cells by name, such as ``kernel_200``.

    Parameters
    ----------
    path : str or pathlib.Path, optional
        By default the book's own record.

    Returns
    -------
    mapping of str to dict
        See `xor_cell`.

    Raises
    ------
    rfbook.records.RecordError
        If a cell is missing, or the file is something else.

    Examples
    --------
    >>> load()["network_400"]["samples"][-1]
    32000
    """
    path = path or data_folder() / "staircases" / "xor.json"
    record = read_record(path, kind=KIND, expect=PARAMETERS)
    missing = [_name(key) for key in keys() if _name(key) not in record.results]
    if missing:
        raise RecordError(f"{path}: cells are missing: {missing}")
    return {_name(key): record.results[_name(key)] for key in keys()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Compute the record."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("file", help="where to write, ending in .json")
    compute(parser.parse_args(arguments).file)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
