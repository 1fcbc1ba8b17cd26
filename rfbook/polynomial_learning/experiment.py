r"""Training that works: a quadratic in five variables, learned at several widths.

The label is the sign of ``P(x) = 4 (x_1 x_2 + x_3^2 - 1/5)`` for x uniform on the unit
sphere of R^5. Networks with the exponential activation are trained on the hinge loss,
both layers or the outer one alone, with ``eta N = 1/2``.

``python -m rfbook.polynomial_learning.experiment FILE`` trains all networks, in some
half an hour, and writes the result with its provenance in the format of
`rfbook.records`. The file is written anew whenever one block of seeds is done; a run
that was interrupted goes on where the file ends.

The chapter is ``book/polynomial-learning.md``.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rfbook.devices import describe
from rfbook.ledger.digest import tree_digest
from rfbook.polynomial_learning.representation import evaluate, polynomial
from rfbook.ranges import generator_from, integer_from
from rfbook.records import Record, provenance, read_record, write_record
from rfbook.training import LAYERS, Training, join, train

if TYPE_CHECKING:
    import torch

KIND = "polynomial-learning-widths"

TARGET = {
    (1, 1, 0, 0, 0): Fraction(4),
    (0, 0, 2, 0, 0): Fraction(4),
    (0, 0, 0, 0, 0): Fraction(-4, 5),
}
"""The polynomial P."""

DIMENSION = 5
RATE = 0.5
BATCH = 10
STEPS = 40_000
LOOKS = 20
WIDTHS = (100, 200, 400, 800, 1600, 3200)
BLOCKS = (tuple(range(10)), tuple(range(10, 20)))
"""The seeds, in the blocks that are trained at once."""

ARRAYS = (
    "width",
    "seeds",
    "steps",
    "loss",
    "moved",
    "moved_most",
    "diverged",
    "seconds",
)
"""What a record keeps of each block, stacked."""


def tensor_function(P):
    """Return a polynomial as a function of a torch tensor of points, (..., d).

    Parameters
    ----------
    P : mapping or sympy.Poly
        See `rfbook.polynomial_learning.representation.polynomial`.

    Raises
    ------
    ValueError
        See `rfbook.polynomial_learning.representation.polynomial`.

    Examples
    --------
    >>> import torch
    >>> P = tensor_function({(1, 1): 4, (0, 0): -1})
    >>> P(torch.tensor([0.5, 0.25])).item()
    -0.5
    """
    terms = [
        (float(b), [(i, n) for i, n in enumerate(J) if n])
        for J, b in polynomial(P).items()
    ]

    def function(x: torch.Tensor) -> torch.Tensor:
        total = x.new_zeros(x.shape[:-1])
        for b, powers in terms:
            total = total + b * math.prod(x[..., i] ** n for i, n in powers)
        return total

    return function


def target_hinge(P=TARGET, count: int = 400_000, seed=0) -> tuple[float, float]:
    r"""Hinge loss of P for its own labels, and the standard error of the estimate.

    .. math:: E \max(0, 1 - |P(x)|)

    for x uniform on the unit sphere.

    Parameters
    ----------
    P : mapping or sympy.Poly
    count : int
        Number of points, at least 2.
    seed : int or numpy.random.Generator

    Raises
    ------
    ValueError
        If `count` is not an integer >= 2, or P is no polynomial.

    Examples
    --------
    >>> target_hinge({(0, 0): 2}, 10)
    (0.0, 0.0)
    """
    count = integer_from("count", count, 2)
    P = polynomial(P)
    x = generator_from(seed).standard_normal((count, len(next(iter(P)))))
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    loss = np.maximum(0, 1 - np.abs(evaluate(P, x)))
    return float(loss.mean()), float(loss.std(ddof=1) / math.sqrt(count))


def run(
    width: int,
    layers: str = "both",
    seeds: Iterable[int] = range(10),
    steps: int = STEPS,
    **options,
) -> Training:
    """Train networks of one width on P, one for each seed.

    Parameters
    ----------
    width, layers, seeds, steps
        See `rfbook.training.train`.
    **options
        Handed to `rfbook.training.train`: ``activation``, ``looks``, ``progress``, ...

    Raises
    ------
    ValueError
        See `rfbook.training.train`.

    Examples
    --------
    >>> run(20, "outer", seeds=[3], steps=20).moved_most.max().item()
    0.0
    """
    settings = {"rate": RATE, "batch": BATCH, "looks": LOOKS, **options}
    return train(
        tensor_function(TARGET),
        DIMENSION,
        width,
        layers=layers,
        seeds=tuple(seeds),
        steps=steps,
        **settings,
    )


# --- the recorded sweep ---------------------------------------------------------------


def parameters() -> dict[str, object]:
    """Return what the sweep was asked to do, as a record keeps it."""
    return {
        "polynomial": {" ".join(map(str, J)): str(b) for J, b in TARGET.items()},
        "activation": "exp",
        "rate": RATE,
        "batch": BATCH,
        "steps": STEPS,
        "looks": LOOKS,
    }


def sweep(path: str | Path, *, progress: bool = True) -> None:
    """Train every width and block of seeds that the file does not hold yet.

    Raises
    ------
    rfbook.records.RecordError
        If the file is there and is not a record of this sweep.
    """
    path = Path(path)
    parts = _parts(path) if path.exists() else []
    done = {(part.width, part.layers, part.seeds) for part in parts}
    for width in WIDTHS:
        for layers in LAYERS:
            for seeds in BLOCKS:
                if (width, layers, seeds) not in done:
                    parts.append(run(width, layers, seeds, progress=progress))
                    _write(path, parts)


def _write(path: Path, parts: Sequence[Training]) -> None:
    made = provenance(
        sorted({seed for part in parts for seed in part.seeds}),
        seconds=sum(part.seconds for part in parts),
        source_digest=tree_digest(),
        device=describe(),
        packages=("numpy", "torch"),
    )
    networks = sum(len(part.seeds) for part in parts)
    results = {"layers": [part.layers for part in parts]} | {
        name: np.array([getattr(part, name) for part in parts]) for name in ARRAYS
    }
    record = Record(
        kind=KIND,
        parameters=parameters(),
        sizes={"networks": networks, "steps": networks * STEPS},
        results=results,
        **made,
    )
    write_record(path, record)


def _parts(path: Path) -> list[Training]:
    results = read_record(path, kind=KIND, expect=parameters()).results
    parts = []
    for place, layers in enumerate(results["layers"]):
        part = {name: results[name][place] for name in ARRAYS}
        part["width"], part["seconds"] = int(part["width"]), float(part["seconds"])
        part["seeds"] = tuple(part["seeds"].tolist())
        parts.append(Training(layers=layers, **part))
    return parts


def read_sweep(path: str | Path) -> dict[tuple[str, int], Training]:
    """Return the recorded trainings by layers and width, all blocks joined.

    Raises
    ------
    rfbook.records.RecordError
        If the file is damaged or not a record of this sweep.
    FileNotFoundError
        If there is none.
    """
    groups: dict[tuple[str, int], list[Training]] = {}
    for part in _parts(Path(path)):
        groups.setdefault((part.layers, part.width), []).append(part)
    return {key: join(group) for key, group in groups.items()}


def main(argv: Sequence[str] | None = None) -> int:
    """Train all networks and write what came out to a file."""
    parser = argparse.ArgumentParser(description="train the chapter's networks")
    parser.add_argument("file", help="where to write, ending in .npz")
    sweep(parser.parse_args(argv).file)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
