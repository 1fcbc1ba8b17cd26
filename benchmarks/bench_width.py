r"""Exact errors and widths for one ReLU neuron, against a Monte Carlo Gram matrix.

The question: how well do the best r features approximate a neuron of unit norm, and how
many does a given share of its variance take? `rfbook.single_neuron` answers from the
exact spectrum of the kernel K on the sphere. The obvious alternative draws n directions
and takes the eigenvalues of their Gram matrix K(<w_i, w_j>) / n in place of the
spectrum. It costs n^3, never finds a width beyond n, and errs to one side: the sum of
the r largest eigenvalues is a convex function of the matrix, so that its mean is too
large and the error that is left is too small. How far off it is stands in the results.

Two checks say that both ways see the same kernel. The mean of K^2 over the pairs of
directions has the sum of the squared eigenvalues as its mean. Pairs are uncorrelated,
which gives the standard error, and the law is that of a mixture of centred chi-squares:
ten standard errors have a probability below 1e-5, even if the degree with the fewest
harmonics, d >= 3 of them, had all the weight. And one direction changes the error that
is left by at most K(1) / n = 1 / (2n), so that it exceeds the exact error by more than
sqrt(log(1e9) / (8n)) with a probability below 1e-9 (McDiarmid's inequality).
"""

from __future__ import annotations

import math

import numpy as np
from suite import QUICK, ROUNDS, cases

from rfbook.single_neuron import (
    THRESHOLDS,
    best_error,
    relu_kernel,
    relu_spectrum,
    relu_variance_ball,
    width_for_share,
    width_table,
)
from rfbook.special import harmonic_dimension

FEATURES = (11, 65, 275, 935)
"""Numbers of features r whose best error is asked for."""

SHARES = (0.1, 0.01)
"""Shares of the variance whose width is asked for."""

DEGREES = 60
"""The squares beyond sum to at most kappa_60 times the energy left, below 1e-15."""

SIZES = {3: (1000, 2000), 10: (1000, 2000, 4000), 50: (1000, 2000)}
"""Dimensions, and the numbers of directions of the Gram matrices."""

LAST = 200
if QUICK:
    FEATURES, SIZES, LAST = (3, 11), {3: (200,), 10: (200,)}, 10

STANDARD_ERRORS = 10
WAYS = ("exact", "Gram matrix")


def exact(d: int) -> tuple[list[float], list[int]]:
    """Return the best errors of r features, and the widths, from the spectrum."""
    errors = [best_error(d, r) for r in FEATURES]
    return errors, [width_for_share(d, share) for share in SHARES]


def monte_carlo(d: int, n: int) -> tuple[list[float], list[int], tuple[float, float]]:
    """Return the same from n directions, and the pairs' mean of K^2 with its error."""
    w = np.random.default_rng(d).standard_normal((n, d))
    w /= np.linalg.norm(w, axis=1, keepdims=True)
    # rounding takes the inner products of a direction with itself beyond 1
    kernel = relu_kernel(np.clip(w @ w.T, -1, 1))
    left = np.cumsum(np.maximum(np.linalg.eigvalsh(kernel / n), 0))[::-1]
    allowed = np.array(SHARES) * float(relu_variance_ball())
    widths = [int((left > error).sum()) for error in allowed]
    squares = kernel[np.triu_indices(n, 1)] ** 2
    moment = squares.mean(), squares.std() / math.sqrt(len(squares))
    return [float(left[r]) for r in FEATURES], widths, moment


def standard_errors(found, d: int) -> float:
    """Return how far the pairs' mean of K^2 is from the exact one."""
    kappa = relu_spectrum(d, DEGREES)
    dimensions = [harmonic_dimension(d, degree) for degree in range(DEGREES + 1)]
    mean, error = found[2]
    return abs(mean - float(kappa**2 @ np.array(dimensions, float))) / error


@cases([{"d": d, "n": n} for d, sizes in SIZES.items() for n in sizes], WAYS)
def test_errors(race, case, way):
    """Find the best errors of r features, and the widths of shares of the variance."""
    call = {
        "exact": lambda: exact(case["d"]),
        "Gram matrix": lambda: monte_carlo(**case),
    }
    errors, widths, *_ = race(
        case,
        way,
        call[way],
        gap=lambda found, first: standard_errors(found, case["d"]),
        tolerance=STANDARD_ERRORS,
        features=FEATURES,
        shares=SHARES,
        rounds={"exact": 50, "Gram matrix": ROUNDS}[way],
    )
    best = np.array([best_error(case["d"], r) for r in FEATURES])
    assert (errors - best).max() <= math.sqrt(math.log(1e9) / (8 * case["n"]))
    race.benchmark.extra_info["extra"] |= {
        "errors": errors,
        "widths": widths,
        "relative_errors": (errors / best - 1).tolist(),
    }


@cases([{"dimensions": f"2 to {LAST}", "thresholds": len(THRESHOLDS)}], ["exact"])
def test_table(race, case, way):
    """Find the whole table of widths; a Gram matrix would need as many directions."""
    table = race(case, way, lambda: width_table(range(2, LAST + 1)), gap=None)
    largest = max(max(table[column.label]) for column in THRESHOLDS)
    race.benchmark.extra_info["extra"] |= {"digits": len(str(largest))}
