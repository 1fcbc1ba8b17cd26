r"""Random features fitted to samples by the normal equations, for any problem.

The features are those of u^2 - 1, :math:`\Phi_i(x) = \langle w_i, x \rangle^2 - 1`,
without an offset, as in the experiments of Ghorbani et al. (NeurIPS 2019, Section 4). A
sum of them is a quadratic function, so that the risk of what was fitted is evaluated
exactly; beside it stands the error on fresh samples.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rfbook import devices
from rfbook.descent import Problem
from rfbook.descent.problem import problem_from
from rfbook.matrices import columns
from rfbook.ranges import integer_from

TEST, BATCH = 10_000, 5_000


@dataclass(frozen=True, eq=False)
class Fit:
    """What a fit of random features on samples gave, for several numbers of neurons.

    Parameters
    ----------
    widths : tuple of int
    population : ndarray, shape (m,)
        Exact risk of the fitted function.
    test, test_error : ndarray, shape (m,)
        Its mean squared error on fresh samples over the mean square of the labels, and
        the standard error of that mean.
    """

    widths: tuple[int, ...]
    population: np.ndarray
    test: np.ndarray
    test_error: np.ndarray


def fit_features(
    W,
    problem: Problem,
    *,
    widths: Sequence[int],
    samples: int,
    test: int = TEST,
    batch: int = BATCH,
    seed: int = 0,
    progress: bool = False,
) -> Fit:
    r"""Fit random features of u^2 - 1 to samples by the normal equations.

    .. math:: \Big( \sum_j \Phi(x_j) \Phi(x_j)^{\mathsf T} \Big) u
              = \sum_j \Phi(x_j)\, y_j

    The sums are gathered in batches, once for all widths: with N neurons the first N
    columns of W count, and the samples are the same.

    Parameters
    ----------
    W : array_like of float, shape (d, N)
        The frozen neurons.
    problem : rfbook.descent.Problem
    widths : sequence of int
        From 1 to N.
    samples : int
        At least the largest width.
    test : int
        Fresh samples for the test error, at least 2.
    batch : int
        Samples that are on the device at once, at least 1.
    seed : int
        Of the samples, which are drawn on the CPU: they are the same on every device.
    progress : bool
        Show a bar.

    Returns
    -------
    Fit

    Raises
    ------
    ValueError
        If an argument is out of range.
    rfbook.devices.DeviceError
        See `rfbook.devices.device`.
    """
    import torch
    from tqdm import tqdm

    W = columns("W", W, problem_from(problem).d)
    widths = tuple(integer_from("width", N, 1) for N in widths)
    if not widths or max(widths) > W.shape[1]:
        raise ValueError(f"widths must be from 1 to {W.shape[1]}, got {widths}")
    samples = integer_from("samples", samples, max(widths))
    test, batch = integer_from("test", test, 2), integer_from("batch", batch, 1)
    source = _Source(W[:, : max(widths)], problem, integer_from("seed", seed, 0))
    gram, right = 0, 0
    bar = tqdm(
        source.batches(samples, batch),
        total=-(-samples // batch),
        unit="batch",
        disable=not progress,
    )
    for features, y in bar:
        gram = gram + features.T @ features
        right = right + features.T @ y
    try:
        layers = [torch.linalg.solve(gram[:N, :N], right[:N]) for N in widths]
    except torch.linalg.LinAlgError:
        raise ValueError(f"W must have independent features, got {W}") from None
    if not all(bool(u.isfinite().all()) for u in layers):
        raise ValueError(f"W must have features in float64's range, got {W}")
    squares = [[] for _ in widths]
    for features, y in source.batches(test, batch):
        for found, u in zip(squares, layers, strict=True):
            found.append((features[:, : len(u)] @ u - y).square())
    squares = [torch.cat(found).cpu().numpy() / problem.size for found in squares]
    means = np.array([values.mean() for values in squares])
    errors = np.array([values.std(ddof=1) for values in squares]) / np.sqrt(test)
    population = np.array([source.risk(u) for u in layers])
    return Fit(widths, population, means, errors)


class _Source:
    """Labelled samples of one seed as features of a set of neurons, on the device."""

    def __init__(self, W, problem: Problem, seed: int) -> None:
        import torch

        self.problem = problem
        self.dtype, self.place = devices.default_dtype(), devices.device()
        self.streams = [torch.Generator().manual_seed(seed)]
        self.W = torch.from_numpy(np.ascontiguousarray(W)).to(self.place, self.dtype)

    def batches(self, count: int, size: int):
        """Yield the features of `count` fresh points and their labels, in batches."""
        for first in range(0, count, size):
            drawn = self.problem.examples(self.streams, min(size, count - first))
            x, y = (part[0].to(self.place, self.dtype) for part in drawn)
            yield (x @ self.W).square() - 1, y

    def risk(self, u) -> float:
        """Return the exact risk of the sum of the first features with weights u."""
        W = self.W[:, : len(u)]
        M = (u * W) @ W.T
        return self.problem.risk(M[None], (M.trace() - u.sum())[None]).item()
