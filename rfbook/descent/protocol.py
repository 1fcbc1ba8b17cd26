r"""How the experiments of the figures are trained: sizes, steps, and what is recorded.

The text of Ghorbani et al. (NeurIPS 2019, Section 4) gives the dimension, the widths'
range, the batch, the number of steps and the ends of the grid of step sizes, and keeps
the step size with the best fit. It says nothing of the scale of target and weights, of
the step sizes of single blocks of weights, or of their decrease. Here the features are
centred, so that the constant needs no steps; the step size falls to a tenth and to a
hundredth in the last 30 and 15 per cent of the steps; and the grid counts in the units
of `Protocol.unit`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rfbook.descent.engine import Setting, descend_all
from rfbook.descent.problem import Problem
from rfbook.ranges import finite_scalar, integer_from

_LOOKS = 60

_LIMIT = 1e4
"""A risk above it counts as divergence: wide networks start with risks of hundreds."""


@dataclass(frozen=True)
class Protocol:
    """Sizes and steps of an experiment.

    Parameters
    ----------
    d : int
        Dimension.
    widths : tuple of int
        Numbers N of neurons.
    seeds : tuple of int
        Of the starts and the examples.
    steps : int
        Number of steps, at least 20.
    step_sizes : tuple of float
        All of them are taken, on the same examples.
    batch : int

    Raises
    ------
    ValueError
        If a number is out of its range.

    Examples
    --------
    >>> small = Protocol(d=4, widths=(2,), seeds=(0,), steps=100)
    >>> small.drops
    ((70, 0.1), (85, 0.01))
    >>> Protocol.of(small.parameters()) == small
    True
    """

    d: int
    widths: tuple[int, ...]
    seeds: tuple[int, ...]
    steps: int
    step_sizes: tuple[float, ...] = (0.001, 0.003, 0.01, 0.03)
    batch: int = 100

    def __post_init__(self) -> None:
        integer_from("d", self.d, 1)
        integer_from("steps", self.steps, 20)
        integer_from("batch", self.batch, 1)
        for name, least in (("widths", 1), ("seeds", 0)):
            values = tuple(integer_from(name, n, least) for n in getattr(self, name))
            object.__setattr__(self, name, values)
        steps = tuple(finite_scalar("step", s, 0, strict=True) for s in self.step_sizes)
        object.__setattr__(self, "step_sizes", steps)

    @property
    def drops(self) -> tuple[tuple[int, float], ...]:
        """After how many steps the step sizes fall, and to which factor."""
        return ((self.steps * 70 // 100, 0.1), (self.steps * 85 // 100, 0.01))

    @property
    def looks(self) -> tuple[int, ...]:
        """Numbers of steps after which the risk is evaluated."""
        spread = np.geomspace(1, self.steps, _LOOKS).round().astype(int)
        kept = {0, *spread.tolist(), *(after for after, _ in self.drops)}
        return tuple(sorted(kept))

    def unit(self, model: str, N: int) -> float:
        r"""Return the step size that the grid counts as 1.

        :math:`1 / \sqrt d` for the network, as if target and output were divided by
        :math:`\sqrt d`; 1 / N for the tangent model and random features, as if their
        output was divided by :math:`\sqrt N`. With these units the grid of the text has
        step sizes that converge and step sizes that diverge at every width.

        Examples
        --------
        >>> small = Protocol(d=4, widths=(2,), seeds=(0,), steps=100)
        >>> small.unit("NN", 8), small.unit("NT", 8)
        (0.5, 0.125)
        """
        return 1 / math.sqrt(self.d) if model == "NN" else 1 / N

    def parameters(self) -> dict[str, Any]:
        """Return the fields as a record keeps them."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
        }

    @classmethod
    def of(cls, parameters: Mapping[str, Any]) -> Protocol:
        """Return the protocol that a record tells."""
        return cls(
            **{
                name: tuple(value) if isinstance(value, list) else value
                for name, value in parameters.items()
                if name in cls.__dataclass_fields__
            }
        )


def train_cell(
    problem: Problem,
    model: str,
    N: int,
    seed: int,
    protocol: Protocol,
    *,
    layer=None,
    checkpoint: str | Path | None = None,
    progress: bool = False,
) -> dict[str, Any]:
    """Train one model from one start with every step size, in single precision.

    Parameters
    ----------
    problem : Problem
    model : {"RF", "NT", "NN"}
    N, seed : int
    protocol : Protocol
        Of which widths and seeds are not read.
    layer : array_like of float, shape (N,), optional
        Output weights of the network.
    checkpoint : str or pathlib.Path, optional
        See `rfbook.descent.descend_all`; written every minute.
    progress : bool
        Show a bar.

    Returns
    -------
    dict
        ``steps`` (k,), ``step_sizes`` (s,) in the protocol's unit, the ``unit``,
        ``risk`` (s, k), ``diverged`` (s,) and ``seconds``.

    Raises
    ------
    ValueError
        If an argument is out of its range.
    rfbook.records.RecordError
        If the checkpoint is of something else.
    """
    import torch

    unit = protocol.unit(model, N)
    runs = descend_all(
        problem,
        [Setting(model, N, step * unit) for step in protocol.step_sizes],
        seeds=[seed],
        looks=protocol.looks,
        batch=protocol.batch,
        drops=protocol.drops,
        layer=layer,
        limit=_LIMIT,
        dtype=torch.float32,
        checkpoint=checkpoint,
        progress=progress,
    )
    return {
        "steps": np.array(protocol.looks),
        "step_sizes": np.array(protocol.step_sizes),
        "unit": np.array(unit),
        "risk": np.concatenate([run.risk for run in runs]),
        "diverged": np.concatenate([run.diverged for run in runs]),
        "seconds": runs[0].seconds,
    }


def best_step(risk: np.ndarray) -> int:
    """Return the row whose last risk is the least, of those that did not diverge.

    Raises
    ------
    ValueError
        If every row has diverged.

    Examples
    --------
    >>> best_step(np.array([[1.0, 0.5], [1.0, np.nan], [1.0, 0.4]]))
    2
    """
    last = np.asarray(risk)[:, -1]
    if np.isnan(last).all():
        raise ValueError("every step size has diverged")
    return int(np.nanargmin(last))
