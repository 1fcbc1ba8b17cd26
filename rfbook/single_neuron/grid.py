r"""The exact widths that the chapter's panel shows, computed once and recorded.

One cell of the grid is the least number of oblivious features for a neuron of norm
R = d^gamma and relative bias beta = b / R at mean squared error epsilon, as
`rfbook.single_neuron.width_needed` returns it. A cell keeps nine digits or fewer as
they are, and of a longer number its first four digits and its power of ten.

``python -m rfbook.single_neuron.grid FILE`` computes all cells, in some minutes, and
writes them with their provenance in the format of `rfbook.records`.

The chapter is ``book/neuron-width.md``.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from rfbook.ledger.digest import tree_digest
from rfbook.ranges import integer_from
from rfbook.records import Record, provenance, write_record
from rfbook.single_neuron.width import radius, width_needed
from rfbook.sweeps import Sweep

KIND = "single-neuron-widths"

DIMENSIONS = (2, 3, 4, 5, 7, 10, 14, 20, 30, 45, 70, 100, 150, 200)
EXPONENTS = tuple(map(Fraction, ("0", "1/4", "1/2", "3/4", "1", "3/2", "2")))
BIASES = tuple(map(Fraction, ("-2", "-1", "-1/2", "0", "1/2", "1", "2")))
ERRORS = tuple(map(Fraction, ("1/10", "1/20", "1/50", "1/100")))

EVERYDAY = (
    ("the weights of GPT-3", 175 * 10**9),
    ("the atoms of the visible universe", 10**80),
)
"""Counts to compare with: Brown et al. 2020, Table 2.1; and, to the nearest power of
ten, 0.25 protons and neutrons per cubic metre (Planck Collaboration 2020) in a ball of
radius 4.4e26 m, most of them nuclei of hydrogen."""

_LONGEST = 9
"""Digits up to which a count is written out."""


def width_cell(d: int, exponent: Fraction, bias: Fraction, error: Fraction) -> str:
    r"""Return the width needed at norm d^exponent, as the grid writes it.

    Parameters
    ----------
    d : int
        Dimension, at least 2.
    exponent : Fraction
        gamma, with norm :math:`R = d^\gamma`.
    bias : Fraction
        beta = b / R.
    error : Fraction
        Mean squared error, positive.

    Raises
    ------
    ValueError
        See `rfbook.single_neuron.width_needed`.

    Examples
    --------
    Only error / R^2 and b / R matter:

    >>> cell = width_cell(4, Fraction(1, 2), Fraction(1), Fraction(1, 50))
    >>> cell == width_cell(4, Fraction(0), Fraction(1), Fraction(1, 200))
    True
    """
    from sympy import Rational

    norm = radius(d, exponent)
    beta = Rational(bias.numerator, bias.denominator)
    return short_count(width_needed(d, error, norm=norm, bias=beta * norm))


def short_count(n: int) -> str:
    """Write an integer, not negative, in nine digits or fewer, else its leading four.

    Examples
    --------
    >>> short_count(123456789), short_count(1234567890), short_count(10**500 - 1)
    ('123456789', '1.234e9', '9.999e499')
    """
    digits = str(integer_from("n", n, 0))
    if len(digits) <= _LONGEST:
        return digits
    return f"{digits[0]}.{digits[1:4]}e{len(digits) - 1}"


def width_grid() -> list[list[list[list[str]]]]:
    """Compute every cell: by error, then bias, then exponent, then dimension."""
    from tqdm import tqdm

    cells = [
        (d, exponent, bias, error)
        for error in ERRORS
        for bias in BIASES
        for exponent in EXPONENTS
        for d in DIMENSIONS
    ]
    found = iter([width_cell(*cell) for cell in tqdm(cells)])
    return [
        [[[next(found) for _ in DIMENSIONS] for _ in EXPONENTS] for _ in BIASES]
        for _ in ERRORS
    ]


def parameters() -> dict[str, list]:
    """Return the grid's directions as a record keeps them."""
    return {
        "dimensions": list(DIMENSIONS),
        "exponents": list(map(str, EXPONENTS)),
        "biases": list(map(str, BIASES)),
        "errors": list(map(str, ERRORS)),
    }


def width_table(scale: str = "laptop") -> Sweep:
    """Return the grid as cells that are computed each by itself.

    Parameters
    ----------
    scale : {"laptop", "paper"}
        The grid is exact and has one size.

    Returns
    -------
    rfbook.sweeps.Sweep
        The keys are (error, bias); a cell has the widths by exponent and dimension.

    Raises
    ------
    ValueError
        If there is no such scale.

    Examples
    --------
    >>> width_table().keys[0]
    ('1/10', '-2')
    """
    if scale not in ("laptop", "paper"):
        raise ValueError(f"scale must be one of laptop, paper, got {scale!r}")
    return Sweep(
        kind=f"{KIND}-rows",
        parameters=parameters(),
        keys=tuple((str(error), str(bias)) for error in ERRORS for bias in BIASES),
        compute=_rows,
        seeds=_no_seeds,
        modules=(__name__,),
    )


def _rows(sweep: Sweep, key: tuple[str, str], checkpoint: Path) -> dict[str, list]:
    error, bias = map(Fraction, key)
    rows = [
        [width_cell(d, exponent, bias, error) for d in DIMENSIONS]
        for exponent in EXPONENTS
    ]
    return {"widths": rows}


def _no_seeds(key: tuple[str, str]) -> list[int]:
    """Return 0: nothing is drawn at random."""
    return [0]


def main(argv: Sequence[str] | None = None) -> int:
    """Compute the grid and write it to a file."""
    parser = argparse.ArgumentParser(description="compute and record the panel's grid")
    parser.add_argument("file", help="where to write, ending in .json")
    path = parser.parse_args(argv).file
    start = time.perf_counter()
    widths = width_grid()
    made = provenance(
        # nothing is drawn at random
        0,
        seconds=time.perf_counter() - start,
        source_digest=tree_digest(),
        packages=("python-flint", "numpy", "sympy"),
    )
    sizes = {"cells": sum(len(row) for e in widths for b in e for row in b)}
    results = {"widths": widths}
    record = Record(
        kind=KIND, parameters=parameters(), sizes=sizes, results=results, **made
    )
    write_record(path, record)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
