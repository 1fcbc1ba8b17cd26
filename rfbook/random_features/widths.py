r"""The experiments on coupling and on training all layers, over the width.

Three settings of `rfbook.random_features.coupling` and one of
`rfbook.random_features.drift`, each at the widths 2^7, ..., 2^14:

``balanced``
    20 inputs, half of the signs positive.
``positive``
    20 inputs, all signs positive.
``single``
    One input, half of the signs positive.
``layers``
    Both layers trained by stochastic gradient descent.

``python -m rfbook.random_features.widths FILE`` computes them all and writes means and
standard errors with their provenance in the format of `rfbook.records`. The file is
written after every cell, and a run that was cut off goes on from it.

The chapter is ``book/random-features.md``.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rfbook.random_features.coupling import coupled_descent
from rfbook.random_features.drift import layered_descent
from rfbook.ranges import finite_array, integer_from
from rfbook.records import (
    Record,
    RecordError,
    data_folder,
    read_record,
)
from rfbook.sweeps import fill

KIND = "random-features-widths"
WIDTHS = tuple(2**k for k in range(7, 15))
RUNS = 32
STEPS, RATE, INPUTS, DIMENSION = 20, 1.0, 20, 10
TIME, LAYER_STEPS, LAYER_DIMENSION = 20.0, 200, 5
SETTINGS = ("balanced", "positive", "single", "layers")


@dataclass(frozen=True)
class PowerLaw:
    """A fitted power of the width, c N^exponent.

    Parameters
    ----------
    exponent, error : float
        The slope on logarithmic axes and its standard error.
    constant : float
        The factor c.
    """

    exponent: float
    error: float
    constant: float

    def __call__(self, N):
        """Return c N^exponent.

        Examples
        --------
        >>> PowerLaw(-0.5, 0.01, 3.0)(4)
        np.float64(1.5)
        """
        return self.constant * np.asarray(N, dtype=float) ** self.exponent

    def __str__(self) -> str:
        return f"{self.exponent:.3f} +- {self.error:.3f}"


def fit_power(widths, means, errors) -> PowerLaw:
    r"""Fit a power of the width to means by weighted least squares.

    On logarithmic axes, with the weights :math:`(m_k / s_k)^2` of means m_k with
    standard errors s_k. The standard error of the slope is that of the sampling alone:
    it does not know whether the true curve is a power.

    Parameters
    ----------
    widths, means, errors : array_like of float, shape (m,)
        At least two; all positive.

    Returns
    -------
    PowerLaw

    Raises
    ------
    ValueError
        If shapes differ, or a value is not positive.

    Examples
    --------
    >>> N = np.array([10, 100, 1000])
    >>> law = fit_power(N, 7 / N, [0.1, 0.01, 0.002])
    >>> round(law.exponent, 12), round(law.constant, 12)
    (-1.0, 7.0)
    """
    widths, means, errors = (
        finite_array(name, values, 0, strict=True)
        for name, values in (("widths", widths), ("means", means), ("errors", errors))
    )
    if widths.ndim != 1 or not len(widths) == len(means) == len(errors) > 1:
        shapes = widths.shape, means.shape, errors.shape
        raise ValueError(f"two or more of each are needed, got shapes {shapes}")
    x, y, weight = np.log(widths), np.log(means), (means / errors) ** 2
    centre = np.average(x, weights=weight)
    spread = weight @ (x - centre) ** 2
    slope = weight @ ((x - centre) * y) / spread
    level = np.average(y, weights=weight) - slope * centre
    return PowerLaw(float(slope), float(spread**-0.5), float(np.exp(level)))


def width_cell(setting: str, N: int, runs: int = RUNS) -> dict[str, list[float]]:
    """Run one setting at one width; return each quantity's mean and standard error.

    Parameters
    ----------
    setting : {"balanced", "positive", "single", "layers"}
    N : int
        Width, also the seed.
    runs : int
        Number of runs, at least 2.

    Returns
    -------
    dict of str to [mean, standard error]
        The quantities of `coupled_descent` or of `layered_descent`.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> mean, error = width_cell("single", 16, runs=3)["path"]
    >>> 0 < error < mean
    True
    """
    if setting not in SETTINGS:
        raise ValueError(f"setting must be one of {SETTINGS}, got {setting!r}")
    runs = integer_from("runs", runs, 2)
    if setting == "layers":
        found = layered_descent(
            N,
            time=TIME,
            steps=LAYER_STEPS,
            d=LAYER_DIMENSION,
            runs=runs,
            seed=N,
        )
    else:
        found = coupled_descent(
            N,
            d=DIMENSION,
            n=1 if setting == "single" else INPUTS,
            rate=RATE,
            steps=STEPS,
            signs="positive" if setting == "positive" else "balanced",
            runs=runs,
            seed=N,
        )
    return {
        name: [float(values.mean()), float(values.std(ddof=1) / np.sqrt(runs))]
        for name, values in found.items()
    }


def column(cells: dict, quantity: str):
    """Return the widths, means and standard errors of one quantity of one setting.

    Parameters
    ----------
    cells : dict
        From widths to what `width_cell` returns; widths may be written as text, and
        stand in any order.
    quantity : str

    Returns
    -------
    widths, means, errors : ndarray of float, shape (m,)

    Raises
    ------
    ValueError
        If there is no such quantity.

    Examples
    --------
    >>> column({"16": {"move": [0.4, 0.1]}, "8": {"move": [0.5, 0.1]}}, "move")[1]
    array([0.5, 0.4])
    """
    known = set.intersection(*(set(cell) for cell in cells.values()))
    if quantity not in known:
        raise ValueError(f"quantity must be one of {sorted(known)}, got {quantity!r}")
    rows = sorted((int(N), *cell[quantity]) for N, cell in cells.items())
    return tuple(np.array(rows).T)


def parameters() -> dict:
    """Return what the experiments were asked to do, as a record keeps it."""
    return {
        "settings": list(SETTINGS),
        "widths": list(WIDTHS),
        "coupling": {"d": DIMENSION, "n": INPUTS, "rate": RATE, "steps": STEPS},
        "layers": {"d": LAYER_DIMENSION, "time": TIME, "steps": LAYER_STEPS},
    }


def recorded_widths(path: str | Path | None = None) -> dict:
    """Return the recorded experiments: by setting, width and quantity.

    Parameters
    ----------
    path : str or pathlib.Path, optional
        The record; without it, the one that comes with the book.

    Returns
    -------
    dict of str to dict
        For each setting, what `column` reads.

    Raises
    ------
    rfbook.records.RecordError
        If the file is damaged, incomplete, or of other experiments.
    """
    path = path or data_folder() / f"{KIND}.json"
    cells = read_record(path, kind=KIND, expect=parameters()).results["cells"]
    missing = [f"{s}, N = {N}" for s, N in _plan() if str(N) not in cells.get(s, {})]
    if missing:
        raise RecordError(
            f"{path}: {len(missing)} cells are missing: {missing[0]}, ..."
        )
    return cells


def record_widths(path: str | Path, plan=None) -> Record:
    """Compute every cell that a file does not hold yet, writing after each.

    Parameters
    ----------
    path : str or pathlib.Path
        Ends in ``.json``; created, or gone on from.
    plan : sequence of (setting, width), optional
        The cells; without it, every setting at every width.

    Returns
    -------
    rfbook.records.Record

    Raises
    ------
    rfbook.records.RecordError
        If the file is a record of other experiments, or was begun with other training
        code or on another device.
    """
    return fill(
        path,
        _plan() if plan is None else plan,
        _with_cell,
        kind=KIND,
        parameters=parameters(),
        seeds=lambda results: WIDTHS,
        modules=("rfbook.random_features.coupling", "rfbook.random_features.drift"),
        found=_found,
        sizes=lambda results: {"cells": len(_found(results)), "runs": RUNS},
        packages=("numpy", "torch"),
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Compute the experiments and write them to a file."""
    parser = argparse.ArgumentParser(description="compute and record the experiments")
    parser.add_argument("file", help="where to write, ending in .json")
    record_widths(parser.parse_args(argv).file)
    return 0


# --- helpers ------------------------------------------------------------------------


def _plan() -> list[tuple[str, int]]:
    """Every cell, the quick ones first."""
    return [(setting, N) for N in WIDTHS for setting in SETTINGS]


def _found(results: Mapping) -> list[tuple[str, int]]:
    """Return the cells that results hold."""
    cells = results.get("cells", {})
    return [(setting, int(N)) for setting, cell in cells.items() for N in cell]


def _with_cell(results: dict, key: tuple[str, int]) -> dict:
    """Compute one more cell."""
    setting, N = key
    cells = dict(results.get("cells", {}))
    cells[setting] = {**cells.get(setting, {}), str(N): width_cell(setting, N)}
    return results | {"cells": cells}


if __name__ == "__main__":
    raise SystemExit(main())
