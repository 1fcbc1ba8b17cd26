"""Time the exact widths and spectra of one ReLU neuron, and the obvious alternative.

The table of widths is exact and rigorous, for every d up to 200 at nine thresholds. The
alternative draws n directions and takes the eigenvalues of their Gram matrix over n; it
is timed in the same run, and what it leaves after r eigenvalues stands beside the exact
best error of r features.

    python benchmarks/single_neuron.py
    python benchmarks/single_neuron.py --last 40 --directions 1000
"""

from __future__ import annotations

import argparse
import platform
import time

import numpy as np

from rfbook.ranges import integer_from
from rfbook.single_neuron import (
    THRESHOLDS,
    best_error,
    relu_kernel,
    relu_spectrum_ball,
    relu_spectrum_log,
    width_table,
)

FEATURES = (11, 65, 275, 935, 2000)
"""Numbers of features at which the two errors are compared."""


def timed(function, *arguments, **options):
    """Call once; return the result and the wall time."""
    start = time.perf_counter()
    result = function(*arguments, **options)
    return result, time.perf_counter() - start


def least_time(function, *arguments, repeats: int = 5) -> float:
    """Least wall time of several calls."""
    return min(timed(function, *arguments)[1] for _ in range(repeats))


def gram_eigenvalues(d: int, n: int, seed: int) -> np.ndarray:
    """Eigenvalues of K(<w_i, w_j>) / n for n uniform directions, largest first."""
    w = np.random.default_rng(seed).standard_normal((n, d))
    w /= np.linalg.norm(w, axis=1, keepdims=True)
    # rounding takes the inner products of a direction with itself beyond 1
    kernel = relu_kernel(np.clip(w @ w.T, -1, 1))
    return np.linalg.eigvalsh(kernel / n)[::-1]


def main() -> None:
    """Run the comparison and print tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--last", type=int, default=200, help="last d of the table")
    parser.add_argument("--dimension", type=int, default=10)
    parser.add_argument("--directions", type=int, default=3000)
    options = parser.parse_args()
    last = integer_from("last", options.last, 2)
    d = integer_from("dimension", options.dimension, 2)
    n = integer_from("directions", options.directions, 1)

    print(f"NumPy {np.__version__}, Python {platform.python_version()}, ", end="")
    print(platform.machine())
    table, seconds = timed(width_table, range(2, last + 1), progress=True)
    print(f"exact widths, d = 2..{last}, {len(THRESHOLDS)} thresholds: {seconds:.2f} s")
    print(f"  at d = {last}:")
    for column in THRESHOLDS:
        digits = str(table[column.label][-1])
        print(f"  {column.label:14s} {digits[:12]:12s} ({len(digits)} digits)")

    print("spectrum up to degree 400, least of 5 runs")
    for dimension in (3, 10, 200):
        for bias in (0.0, 0.5, -1.3, 3.0):
            case = f"d = {dimension:3d}, bias {bias:4.1f}"
            times = [
                1e3 * least_time(function, dimension, 400, bias)
                for function in (relu_spectrum_log, relu_spectrum_ball)
            ]
            print(f"  {case}: doubles {times[0]:7.2f} ms, balls {times[1]:7.2f} ms")

    rs = [r for r in FEATURES if r < n]
    exact, seconds = timed(lambda: [best_error(d, r) for r in rs])
    sampled, gram_seconds = timed(gram_eigenvalues, d, n, 0)
    print(f"errors at d = {d}: exact {1e3 * seconds:.2f} ms, ", end="")
    print(f"Gram matrix of {n} directions {gram_seconds:.2f} s")
    print("       r        exact         Gram   relative error")
    for r, value in zip(rs, exact, strict=True):
        left = float(sampled[r:].sum())
        print(f"  {r:6d} {value:12.5e} {left:12.5e} {left / value - 1:12.1%}")


if __name__ == "__main__":
    main()
