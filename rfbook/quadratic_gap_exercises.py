"""The exercises of the quadratic gap whose answers `rfbook.exercises.check` judges.

Importing the module registers them. Each judge computes in another way than the
solution that the chapter gives.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from rfbook.exercises import Exercise, Function, Mistake, register
from rfbook.quadratic_gap import nn_risk, nt_risk_mean


def rank_one_variance(d: int, N: int) -> float:
    r"""Return the variance of the tangent model's risk for a target of rank one.

    The risk is the square of a Beta variable with parameters (d - N)/2 and N/2, whose
    moments are quotients of Gamma functions.

    Examples
    --------
    In the plane the risk is sin^4 of a uniform angle, with variance 35/128 - 9/64:

    >>> math.isclose(rank_one_variance(2, 1), 17 / 128)
    True
    """
    a, total = (d - N) / 2, d / 2

    def moment(k: int) -> float:
        up = math.lgamma(a + k) - math.lgamma(a)
        return math.exp(up - math.lgamma(total + k) + math.lgamma(total))

    return moment(4) - moment(2) ** 2


def ahead(values: Sequence[float], N: int) -> float:
    r"""Return how far the network is ahead of the tangent model, in the mean.

    Examples
    --------
    One of the eigenvalues 1 and -1 is half of the target; the tangent model gets more:

    >>> ahead([1, -1], 1)
    -0.25
    """
    return nt_risk_mean(values, N) - nn_risk(values, N)


def _axis(d: int) -> list[int]:
    return [1] + [0] * (d - 1)


def flat_ahead(values: Sequence[float], N: int) -> float:
    """Return `ahead` with chi = 0 in the tangent model's mean, a usual mistake.

    Examples
    --------
    For a target of trace 0 it is no mistake:

    >>> math.isclose(flat_ahead([1, -1], 1), ahead([1, -1], 1))
    True
    """
    d = len(values)
    alternating = [1 if i % 2 else -1 for i in range(d)]
    traceless = alternating if d % 2 == 0 else [*alternating[:-3], 1, 1, -2]
    return nt_risk_mean(traceless, N) - nn_risk(values, N)


register(
    Exercise(
        "ex-gap-tangent-rank",
        "function",
        "The variance of the tangent model's risk for a target of rank one.",
        Function(
            rank_one_variance,
            [(2, 1), (5, 2), (8, 7), (40, 10)],
            mistakes=[
                Mistake(
                    lambda d, N: (
                        rank_one_variance(d, N) + nt_risk_mean(_axis(d), N) ** 2
                    ),
                    "That is the second moment: subtract the square of the mean.",
                ),
                Mistake(
                    lambda d, N: 2 * N * (d - N) / (d**2 * (d + 2)),
                    "The risk is the square of that length squared.",
                ),
            ],
            hint="The projected length squared has a Beta law, with known moments.",
        ),
    )
)
register(
    Exercise(
        "ex-gap-ahead",
        "function",
        "The tangent model's mean risk minus the network's least risk.",
        Function(
            ahead,
            [([1, -1], 1), ([3, 2, 1], 1), ([1, 1, 1], 2), ([2, -3, 1, 0], 2)],
            mistakes=[
                Mistake(
                    nt_risk_mean,
                    "That is the tangent model's risk: the network's is to be "
                    "subtracted.",
                ),
                Mistake(flat_ahead, "The trace of the target is forgotten: chi."),
                Mistake(
                    lambda values, N: (
                        nt_risk_mean(values, N) - nn_risk(values, N, "ones")
                    ),
                    "The output weights are free: moduli count, not signs.",
                ),
            ],
            hint="Subtract the two risks; each has an exact formula.",
        ),
    )
)
