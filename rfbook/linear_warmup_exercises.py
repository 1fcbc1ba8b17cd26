"""The exercises of the linear warm-up whose answers `rfbook.exercises.check` judges.

Importing the module registers them. Each judge computes in another way than the
solution that the chapter gives.
"""

from __future__ import annotations

import math

from scipy.optimize import brentq

from rfbook.exercises import (
    Exercise,
    Expression,
    Function,
    Mistake,
    Numeric,
    register,
)
from rfbook.linear_warmup import divergence, success_probability


def half_success(d: int) -> float:
    """Return P(dist^2 <= 1/4) for N = d/2, by the incomplete Beta function.

    Examples
    --------
    >>> abs(half_success(4) - 1 / 4) < 1e-15
    True
    """
    return float(success_probability(d, d // 2))


def largest_ratio(rate: float) -> float:
    """Return the N/d at which the exponent for the threshold 1/4 falls to `rate`.

    The interval that contains it is halved until it is empty in float64.

    Examples
    --------
    >>> abs(largest_ratio(float(divergence(0.5, 0.25)) / 2) - 0.5) < 1e-12
    True
    """
    low, high = 0.0, 0.75
    for _ in range(60):
        middle = (low + high) / 2
        if divergence(1 - middle, 0.25) / 2 > rate:
            low = middle
        else:
            high = middle
    return low


def throws(d: int, first: int, count: int) -> float:
    r"""Return P(first <= heads) in `count` throws of a coin with heads 1/4.

    Examples
    --------
    With d/4 and d/2 - 1 it is `half_success`, with one head more it is less:

    >>> abs(throws(8, 2, 3) - half_success(8)) < 1e-15
    True
    """
    ways = (math.comb(count, k) * 3 ** (count - k) for k in range(first, count + 1))
    return sum(ways) / 4**count


_RATIO = largest_ratio(0.05)

register(
    Exercise(
        "ex-linear-variance",
        "expression",
        "The variance of dist(w_*, V)^2 in d and N.",
        Expression(
            "2*N*(d - N)/(d**2*(d + 2))",
            positive=["d", "N"],
            mistakes=[
                Mistake(
                    "(d - N)*(d - N + 2)/(d*(d + 2))",
                    "That is the second moment: subtract the square of the mean.",
                ),
                Mistake(
                    "N*(d - N)/(d**2*(d + 1))",
                    "The parameters of the Beta law are halves of d - N and N.",
                ),
            ],
            hint="The two first moments of the Beta law are in the proof.",
        ),
    )
)
register(
    Exercise(
        "ex-linear-half",
        "function",
        "P(dist(w_*, V)^2 <= 1/4) for N = d/2 and d a multiple of 4.",
        Function(
            half_success,
            [(4,), (8,), (40,), (120,)],
            mistakes=[
                Mistake(
                    lambda d: 0.75 ** (d / 4),
                    "That is the exponential rate alone, without its factor.",
                ),
                Mistake(
                    lambda d: 1 - half_success(d),
                    "That is the probability of the opposite.",
                ),
                Mistake(
                    lambda d: throws(d, d // 4 + 1, d // 2 - 1),
                    "The sum begins one term too late.",
                ),
                Mistake(
                    lambda d: throws(d, d // 4, d // 2),
                    "That is one throw of the coin too many.",
                ),
            ],
            hint="The event is one about throws of a coin that is not fair.",
        ),
    )
)
register(
    Exercise(
        "ex-linear-budget",
        "numeric",
        "The largest N/d for which (1/2) KL(1 - N/d || 1/4) >= 1/20.",
        Numeric(
            _RATIO,
            rtol=1e-4,
            mistakes=[
                Mistake(1 - _RATIO, "That is 1 - N/d."),
                Mistake(largest_ratio(0.025), "The half before KL is missing."),
                Mistake(
                    brentq(lambda r: divergence(0.25, 1 - r) / 2 - 0.05, 0.1, 0.74),
                    "The two arguments of KL are exchanged.",
                ),
            ],
            hint="The exponent decreases in the ratio: halve an interval.",
        ),
    )
)
