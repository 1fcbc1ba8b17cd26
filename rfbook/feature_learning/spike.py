r"""The first gradient of many neurons at once, and where its largest part points.

The sweep draws d = 512 inputs, as many neurons, and batches of half to eight times as
many samples, for three targets; it keeps the two largest singular values of the
gradient and the squared cosine of its first left singular vector with theta. For four
times as many samples all singular values of one draw are kept.

``python -m rfbook.feature_learning.spike FILE`` computes all of it, in less than a
minute, and writes it with its provenance in the format of `rfbook.records`.

The chapter is ``book/feature-learning.md``.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rfbook.feature_learning.step import coefficients
from rfbook.ledger.digest import tree_digest
from rfbook.ranges import finite_array, generator_from, integer_from
from rfbook.records import Record, data_folder, provenance, read_record, write_record
from rfbook.single_neuron import random_directions
from rfbook.special import hermite

KIND = "feature-learning-spike"

DIMENSION, NEURONS, SEEDS = 512, 512, 20
RATIOS = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Samples for each dimension of the input."""
SHOWN = 4.0
"""The ratio for which all singular values are kept."""
LINKS = {
    "degree 1": (0.0, 1.0),
    "degrees 1 and 2": (0.0, 0.5**0.5, 0.5**0.5),
    "degree 2": (0.0, 0.0, 1.0),
}
"""The targets, by their Hermite coefficients, of mean square 1."""


def link_values(link, a) -> np.ndarray:
    r"""Evaluate :math:`H(a) = \sum_k \hat H_k \operatorname{he}_k(a)`.

    Parameters
    ----------
    link : array_like of float
        Hermite coefficients.
    a : array_like of float

    Returns
    -------
    ndarray of float
        In the shape of a.

    Raises
    ------
    ValueError
        If a number is not finite.

    Examples
    --------
    >>> link_values([1, 0, 2**0.5], [0.0, 3.0]).round(9)
    array([0., 9.])
    """
    a = finite_array("a", a)
    parts = enumerate(coefficients("link", link))
    return sum((c * hermite(k, a) for k, c in parts if c), np.zeros_like(a))


def batch_gradient(X, y, W) -> np.ndarray:
    r"""Return the steps of N ReLU neurons on a batch.

    .. math:: \frac1n \sum_j y_j\, x_j\, 1\{ \langle w_i, x_j \rangle > 0 \}

    Parameters
    ----------
    X : array_like of float, shape (n, d)
    y : array_like of float, shape (n,)
    W : array_like of float, shape (d, N)

    Returns
    -------
    ndarray of float, shape (d, N)

    Raises
    ------
    ValueError
        If the shapes do not fit.

    Examples
    --------
    >>> batch_gradient([[1.0, 2.0], [-1.0, 0.0]], [1.0, 5.0], [[1.0], [0.0]])
    array([[0.5],
           [1. ]])
    """
    X, y, W = finite_array("X", X), finite_array("y", y), finite_array("W", W)
    if X.ndim != 2 or y.shape != X.shape[:1] or W.ndim != 2 or len(W) != X.shape[1]:
        raise ValueError(
            f"X must be n x d, y (n,) and W d x N: got {X.shape}, {y.shape}, {W.shape}"
        )
    return X.T @ (y[:, None] * (X @ W > 0)) / len(X)


def first_gradient(link, d: int, N: int, n: int, seed) -> tuple[np.ndarray, np.ndarray]:
    """Draw theta, N neurons and n samples; return the gradient and theta.

    Parameters
    ----------
    link : array_like of float
        Hermite coefficients of the target.
    d, N, n : int
        Dimension, at least 2, neurons and samples, at least 1.
    seed : int or numpy.random.Generator

    Returns
    -------
    gradient : ndarray of float, shape (d, N)
    theta : ndarray of float, shape (d,)

    Raises
    ------
    ValueError
        If a size is out of range.

    Examples
    --------
    >>> gradient, theta = first_gradient([0, 1], 5, 3, 4000, seed=0)
    >>> bool(np.allclose(gradient, np.outer(theta, [0.5] * 3), atol=0.1))
    True
    """
    rng = generator_from(seed)
    W = random_directions(d, N + 1, rng)
    X = rng.standard_normal((integer_from("n", n, 1), d))
    y = link_values(link, X @ W[:, 0])
    return batch_gradient(X, y, W[:, 1:]), W[:, 0]


def spike_values(link, d: int, N: int, n: int, seed) -> tuple[np.ndarray, float]:
    """Return the singular values of the first gradient, and where it points.

    Parameters
    ----------
    link, d, N, n, seed
        As in `first_gradient`.

    Returns
    -------
    values : ndarray of float
        Singular values, largest first.
    alignment : float
        Squared cosine of the first left singular vector with theta.

    Raises
    ------
    ValueError
        If a size is out of range.

    Examples
    --------
    >>> values, alignment = spike_values([0, 1], 20, 10, 20000, seed=1)
    >>> bool(values[0] > 5 * values[1]), bool(alignment > 0.99)
    (True, True)
    """
    gradient, theta = first_gradient(link, d, N, n, seed)
    left, values, _ = np.linalg.svd(gradient, full_matrices=False)
    return values, float((left[:, 0] @ theta) ** 2)


def parameters() -> dict[str, object]:
    """Return what a record of the sweep was asked for."""
    return {
        "d": DIMENSION,
        "N": NEURONS,
        "ratios": list(RATIOS),
        "links": {name: list(link) for name, link in LINKS.items()},
    }


def sweep() -> dict[str, np.ndarray]:
    """Compute the sweep: arrays over targets, ratios and seeds."""
    shape = (len(LINKS), len(RATIOS), SEEDS)
    alignment, top = np.empty(shape), np.empty((*shape, 2))
    shown = np.empty((len(LINKS), DIMENSION))
    for i, link in enumerate(LINKS.values()):
        for j, ratio in enumerate(RATIOS):
            for seed in range(SEEDS):
                n = int(ratio * DIMENSION)
                values, alignment[i, j, seed] = spike_values(
                    link, DIMENSION, NEURONS, n, seed
                )
                top[i, j, seed] = values[:2]
                if ratio == SHOWN and seed == 0:
                    shown[i] = values
    return {"alignment": alignment, "top": top, "values": shown}


def recorded_spikes(path: str | Path | None = None) -> dict[str, np.ndarray]:
    """Read the recorded sweep.

    Parameters
    ----------
    path : str or Path, optional
        Another file than the book's.

    Returns
    -------
    dict of ndarray
        ``alignment`` (targets, ratios, seeds), ``top`` (the same and 2), ``values``
        (targets, 512).

    Raises
    ------
    rfbook.records.RecordError
        If the file is not a record of this sweep.

    Examples
    --------
    >>> recorded_spikes()["values"].shape
    (3, 512)
    """
    path = path or data_folder() / f"{KIND}.npz"
    return read_record(path, kind=KIND, expect=parameters()).arrays


def main(argv: Sequence[str] | None = None) -> int:
    """Compute the sweep and write it to a file."""
    parser = argparse.ArgumentParser(description="compute and record the sweep")
    parser.add_argument("file", help="where to write, ending in .npz")
    path = parser.parse_args(argv).file
    start = time.perf_counter()
    results = sweep()
    made = provenance(
        range(SEEDS),
        seconds=time.perf_counter() - start,
        source_digest=tree_digest(),
        packages=("numpy", "scipy"),
    )
    record = Record(
        kind=KIND,
        parameters=parameters(),
        sizes={"seeds": SEEDS},
        results=results,
        **made,
    )
    write_record(path, record)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
