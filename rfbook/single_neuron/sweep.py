r"""Errors of random features at thousands of features, computed once and recorded.

For each dimension the sweep holds the mean over 20 draws, and its standard error, of
the least error of the first N random ReLU features, N = 1, 2, 4, ..., 4096, and of the
tangent features of n neurons, which are N = n d features, as far as N <= 2048. The
target has norm 1 and no bias. See `rfbook.single_neuron.features`.

``python -m rfbook.single_neuron.sweep FILE`` computes all of it, in some minutes, and
writes it with its provenance in the format of `rfbook.records`.

The chapter is ``book/single-neuron.md``.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence

import numpy as np

from rfbook.ledger.digest import tree_digest
from rfbook.ranges import finite_array
from rfbook.records import Record, provenance, write_record
from rfbook.single_neuron.features import random_feature_errors, tangent_feature_errors

KIND = "single-neuron-features"

DIMENSIONS = (3, 5, 10, 20)
MOST_RANDOM, MOST_TANGENT = 4096, 2048
DRAWS, TARGETS = 20, 100


def mean_and_error(runs) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean over the rows, and its standard error.

    Parameters
    ----------
    runs : array_like of float, shape (draws, n)
        At least two rows.

    Returns
    -------
    mean, error : ndarray of float, shape (n,)

    Raises
    ------
    ValueError
        For another shape, or values that are not finite.

    Examples
    --------
    >>> mean, error = mean_and_error([[1.0, 5.0], [3.0, 5.0]])
    >>> mean.tolist(), error.tolist()
    ([2.0, 5.0], [1.0, 0.0])
    """
    runs = finite_array("runs", runs)
    if runs.ndim != 2 or len(runs) < 2:
        raise ValueError(f"runs must have two rows or more, got shape {runs.shape}")
    return runs.mean(axis=0), runs.std(axis=0, ddof=1) / np.sqrt(len(runs))


def powers_of_two(most: int) -> list[int]:
    """Return 1, 2, 4, ... up to `most`.

    Examples
    --------
    >>> powers_of_two(10)
    [1, 2, 4, 8]
    """
    return [2**k for k in range(int(most).bit_length())]


def feature_sweep() -> list[dict]:
    """Compute the sweep: a row for each kind of features and each dimension."""
    rows = []
    for d in DIMENSIONS:
        sizes = powers_of_two(MOST_RANDOM)
        errors = random_feature_errors(
            d, MOST_RANDOM, draws=DRAWS, targets=TARGETS, seed=d
        )
        rows.append(_row("random", d, sizes, errors[:, sizes], 1))
        neurons = powers_of_two(MOST_TANGENT // d)
        errors = tangent_feature_errors(
            d, neurons[-1], draws=DRAWS, targets=TARGETS, seed=d
        )
        rows.append(_row("tangent", d, neurons, errors[:, neurons], d))
    return rows


def _row(features: str, d: int, sizes: list[int], errors, each: int) -> dict:
    mean, error = mean_and_error(errors)
    return {
        "features": features,
        "d": d,
        "N": [each * n for n in sizes],
        "mean": mean.tolist(),
        "standard_error": error.tolist(),
    }


def parameters() -> dict[str, object]:
    """Return what a record of the sweep was asked for."""
    return {
        "dimensions": list(DIMENSIONS),
        "most_random": MOST_RANDOM,
        "most_tangent": MOST_TANGENT,
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Compute the sweep and write it to a file."""
    parser = argparse.ArgumentParser(description="compute and record the sweep")
    parser.add_argument("file", help="where to write, ending in .json")
    path = parser.parse_args(argv).file
    start = time.perf_counter()
    rows = feature_sweep()
    made = provenance(
        DIMENSIONS,
        seconds=time.perf_counter() - start,
        source_digest=tree_digest(),
        packages=("numpy", "scipy"),
    )
    record = Record(
        kind=KIND,
        parameters=parameters(),
        sizes={"draws": DRAWS, "targets": TARGETS},
        results={"rows": rows},
        **made,
    )
    write_record(path, record)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
