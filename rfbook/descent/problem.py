r"""What one-pass descent learns, where it starts, and what comes out.

A problem is points with labels, and the exact risk of every quadratic function.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from rfbook.ranges import integer_from
from rfbook.training import generators

if TYPE_CHECKING:
    import torch

MODELS = ("NT", "NN")
"""The models of which the chapters tell how they train."""
OFFSETS = ("slaved", "flow")


# --- what is learned ------------------------------------------------------------------


class Problem(Protocol):
    """Points with labels, of covariance I, and the exact risk of quadratic functions.

    Attributes
    ----------
    d : int
        Dimension of the points.
    size : float
        Mean square of the labels.
    """

    d: int
    size: float

    def examples(
        self, streams: Sequence[torch.Generator], count: int
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Draw points (seeds, count, d) and labels (seeds, count), float64, on the CPU.

        What a stream draws must not depend on the other streams.
        """

    def risk(self, M: torch.Tensor, mean: torch.Tensor) -> torch.Tensor:
        r"""Exact risks of :math:`\langle x, M x \rangle - \operatorname{Tr} M + m`.

        Parameters
        ----------
        M : torch.Tensor, shape (k, d, d)
            Symmetric.
        mean : torch.Tensor, shape (k,)
            The means m.

        Returns
        -------
        torch.Tensor, shape (k,)
        """


def problem_from(problem) -> Problem:
    """Return what has all that a problem needs.

    Raises
    ------
    ValueError
        If a part is missing.

    Examples
    --------
    >>> problem_from("a word")
    Traceback (most recent call last):
        ...
    ValueError: problem must have d, examples and risk, got 'a word'
    """
    if not all(hasattr(problem, part) for part in ("d", "examples", "risk")):
        raise ValueError(f"problem must have d, examples and risk, got {problem!r}")
    return problem


# --- what came out --------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Descent:
    """What one-pass descent gave, for each seed.

    Parameters
    ----------
    model : {"RF", "NT", "NN"}
    offset : {"slaved", "flow"}
    d, N, batch : int
    step : float
        The step size.
    seeds : tuple of int
    steps : ndarray of int, shape (k,)
        The numbers of steps after which the models were looked at.
    risk : ndarray, shape (seeds, k)
        Exact risks; NaN from where a seed has diverged.
    diverged : ndarray of int, shape (seeds,)
        Of `steps`, the first at which the risk was not finite or above the limit; -1
        for a seed that did not diverge.
    seconds : float
        Wall time.
    """

    model: str
    offset: str
    d: int
    N: int
    batch: int
    step: float
    seeds: tuple[int, ...]
    steps: np.ndarray
    risk: np.ndarray
    diverged: np.ndarray
    seconds: float

    @property
    def samples(self) -> np.ndarray:
        """Numbers of samples n seen, one for each look."""
        return self.batch * self.steps

    @property
    def times(self) -> np.ndarray:
        """Times tau of the gradient flow: step size times steps."""
        return self.step * self.steps

    def summary(self) -> tuple[np.ndarray, np.ndarray, int]:
        """Return mean, standard error and number of the seeds that did not diverge.

        Returns
        -------
        mean, error : ndarray, shape (k,)
        count : int

        Raises
        ------
        ValueError
            If fewer than two seeds are left.
        """
        kept = self.risk[self.diverged < 0]
        if len(kept) < 2:
            raise ValueError(
                f"a standard error needs 2 seeds that did not diverge, "
                f"got {len(kept)} of {len(self.seeds)}"
            )
        return kept.mean(0), kept.std(0, ddof=1) / np.sqrt(len(kept)), len(kept)


def initial_weights(d: int, N: int, seed: int) -> np.ndarray:
    """Draw the neurons that `descend` starts with: columns N(0, I / d).

    Parameters
    ----------
    d, N : int
        Dimension and number of neurons, at least 1.
    seed : int
        At least 0.

    Returns
    -------
    ndarray of float, shape (d, N)
        The same on every device.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> initial_weights(3, 2, seed=0).shape
    (3, 2)
    """
    import torch

    d, N = integer_from("d", d, 1), integer_from("N", N, 1)
    drawn = torch.randn(d, N, generator=generators(seed)[0], dtype=torch.float64)
    return drawn.numpy() / np.sqrt(d)


# --- checks ---------------------------------------------------------------------------


def increasing(looks: Sequence[int]) -> np.ndarray:
    """Check numbers of steps: increasing, at least one, the first not below 0.

    Raises
    ------
    ValueError
        If they are not.

    Examples
    --------
    >>> increasing([0, 10])
    array([ 0, 10])
    """
    looks = np.array([integer_from("look", look, 0) for look in looks])
    if not looks.size or (np.diff(looks) <= 0).any():
        raise ValueError(f"looks must be increasing, at least one, got {looks}")
    return looks
