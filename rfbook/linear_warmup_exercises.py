"""The exercises of the linear warm-up whose answers `rfbook.exercises.check` judges.

Importing the module registers them. Each judge computes in another way than the
solution that the chapter gives.
"""

from __future__ import annotations

from rfbook.exercises import Exercise, Expression, Function, Numeric, register
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


_RATIO = largest_ratio(0.05)

register(
    Exercise(
        "ex-linear-variance",
        "expression",
        "The variance of dist(w_*, V)^2 in d and N.",
        Expression("2*N*(d - N)/(d**2*(d + 2))", positive=["d", "N"]),
    )
)
register(
    Exercise(
        "ex-linear-half",
        "function",
        "P(dist(w_*, V)^2 <= 1/4) for N = d/2 and d a multiple of 4.",
        Function(half_success, [(4,), (8,), (40,), (120,)]),
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
            words={
                1 - _RATIO: "That is 1 - N/d.",
                largest_ratio(0.025): "The half before KL is missing.",
            },
        ),
    )
)
