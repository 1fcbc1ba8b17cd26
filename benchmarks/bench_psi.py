r"""psi_a in constant time, against the sum of ReLUs and a table with numpy.interp.

The function is that of Yehudai & Shamir (NeurIPS 2019, Proposition 4.6) at
a = 6 d^2 + 1: a network of a + 1 ReLUs with integer kinks. Its definition sums them at
every point. The obvious shortcut is a table of the values at the kinks, between which
numpy.interp finds its way by bisection; it needs the table, and a number of operations
that grows like log a. The points reach a tenth beyond the kinks on either side.

All three are equal to the last bit: the points are multiples of 2^-10, so that with
a <= 60001 every partial sum of the ReLUs is a multiple of 2^-10 below 2^34, a number
that float64 holds, and so are the values of the table and what lies between them.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from suite import QUICK, cases

from rfbook.psi import psi, psi_relu_sum, psi_weights

POINTS = {"psi": 10**6, "numpy.interp": 10**6, "ReLU sum": 10**4}
"""How many points each way takes; seconds are told for one point."""

DIMENSIONS = (10, 30, 100)
if QUICK:
    POINTS, DIMENSIONS = dict.fromkeys(POINTS, 1000), (5,)

GRID = 2.0**10


@lru_cache(1)
def draws(a: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return points on the grid, and the table: psi_a at the kinks and far beyond."""
    reach = int(1.1 * a * GRID)
    points = np.random.default_rng(a).integers(-reach, reach, max(POINTS.values()))
    knots = np.concatenate([[-2 * a], psi_weights(a)[0], [2 * a]]).astype(float)
    return points / GRID, knots, psi(knots, a)


WAYS = {
    "psi": lambda x, a, knots, heights: psi(x, a),
    "numpy.interp": lambda x, a, knots, heights: np.interp(x, knots, heights),
    "ReLU sum": lambda x, a, knots, heights: psi_relu_sum(x, a),
}


def difference(found: np.ndarray, first: np.ndarray) -> float:
    """Return the largest difference, at the points that both ways took."""
    return float(np.abs(found - first[: len(found)]).max())


@cases([{"d": d, "a": 6 * d * d + 1} for d in DIMENSIONS], WAYS)
def test_psi(race, case, way):
    """Evaluate psi_a at random points."""
    x, knots, heights = draws(case["a"])
    points = POINTS[way]
    race(
        case,
        way,
        lambda: WAYS[way](x[:points], case["a"], knots, heights),
        gap=difference,
        tolerance=0.0,
        scale=1 / points,
        unit="point",
        points=points,
    )
