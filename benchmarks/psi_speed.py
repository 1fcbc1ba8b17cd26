"""Time psi(x, a) at a = 6 * 100^2 + 1 against the ReLU sum and numpy.interp.

All three evaluate the same points in one run; the ReLU sum may take fewer of them
(``--relu-points``), and its time is then scaled by their number, which is said.

    python benchmarks/psi_speed.py
    python benchmarks/psi_speed.py --relu-points 20000
"""

from __future__ import annotations

import argparse
import platform
import sys
import time

import numpy as np

from rfbook.psi import psi, psi_relu_sum, psi_weights
from rfbook.ranges import integer_from

BLOCK = 5000


def best_time(function, repeats: int) -> float:
    """Least wall time of several calls, after one that is not counted."""
    function()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times)


def relu_time(x: np.ndarray, a: int) -> tuple[float, float]:
    """Wall time of the ReLU sum, and its largest deviation from psi."""
    total, worst = 0.0, 0.0
    for start in range(0, len(x), BLOCK):
        block = x[start : start + BLOCK]
        begin = time.perf_counter()
        values = psi_relu_sum(block, a)
        total += time.perf_counter() - begin
        worst = max(worst, float(np.abs(values - psi(block, a)).max()))
        done = start + len(block)
        left = total / done * (len(x) - done)
        line = f"\rReLU sum: {done} of {len(x)} points, {left:.0f} s left "
        print(line, end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return total, worst


def main() -> None:
    """Run the comparison and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--relu-points", type=int, help="default: all points")
    parser.add_argument("--dimension", type=int, default=100, help="a = 6 d^2 + 1")
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    d = integer_from("dimension", options.dimension, 1)
    points = integer_from("points", options.points, 1)
    relu_points = options.relu_points
    relu_points = integer_from("relu-points", relu_points or points, 1)
    repeats = integer_from("repeats", options.repeats, 1)

    a = 6 * d * d + 1
    x = np.random.default_rng(0).uniform(-1.1 * a, 1.1 * a, points)
    kinks = psi_weights(a)[0].astype(np.float64)
    # one point beyond each end makes the interpolant reach over the tails
    knots = np.concatenate([[-1.2 * a], kinks, [1.2 * a]])
    heights = psi(knots, a)

    fast = best_time(lambda: psi(x, a), repeats)
    table = best_time(lambda: np.interp(x, knots, heights), repeats)
    gap = float(np.abs(np.interp(x, knots, heights) - psi(x, a)).max())
    measured, worst = relu_time(x[:relu_points], a)
    relu = measured * points / min(relu_points, points)
    scaled = "" if relu_points >= points else f" (scaled from {relu_points} points)"

    print(f"a = {a}, {points} points, NumPy {np.__version__}, {platform.machine()}")
    print(f"psi           {fast:12.4f} s")
    print(f"numpy.interp  {table:12.4f} s  {table / fast:10.1f} x   gap {gap:.1e}")
    print(
        f"ReLU sum      {relu:12.4f} s  {relu / fast:10.0f} x   gap {worst:.1e}{scaled}"
    )


if __name__ == "__main__":
    main()
