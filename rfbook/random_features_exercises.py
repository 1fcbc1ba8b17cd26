"""The exercises of the chapter on random features that `rfbook.exercises` judges.

Importing the module registers them. Each judge computes in another way than the
solution that the chapter gives.
"""

from __future__ import annotations

import math
from fractions import Fraction

from rfbook.exercises import (
    Exercise,
    Expression,
    Function,
    Mistake,
    Numeric,
    register,
)
from rfbook.random_features.coupling import coupling_bound
from rfbook.random_features.drift import layer_drift_bound


def sign_kernel(x, y) -> float:
    r"""Return E sgn<w, x> sgn<w, y> for standard normal w.

    .. math:: \frac2\pi \arcsin \frac{\langle x, y \rangle}{|x|\, |y|}

    Parameters
    ----------
    x, y : sequence of float
        Points of one dimension, not 0.

    Examples
    --------
    >>> math.isclose(sign_kernel([1.0, 2.0], [-1.0, -2.0]), -1)
    True
    """
    inner = sum(a * b for a, b in zip(x, y, strict=True))
    cosine = inner / math.hypot(*x) / math.hypot(*y)
    return 2 / math.pi * math.asin(max(-1.0, min(1.0, cosine)))


def paired_error(d: int, N: int) -> float:
    r"""Return the error for x_1 of N neurons that come in pairs w, -w.

    The average over N/2 pairs of ``d w_1 <w, x>`` is linear in x, with the matrix
    (2d/N) sum w w^T in place of the identity; the error is the mean squared distance
    of the first columns, by the fourth moments of a uniform direction,
    E w_1^2 |w|^2 = 1/d.

    Parameters
    ----------
    d : int
    N : int
        Even.

    Examples
    --------
    >>> paired_error(1, 2)
    0.0
    """
    moment = Fraction(d * d, 1) * Fraction(1, d)
    return float((moment - 1) / Fraction(N, 2))


def least_width(S: float, n: int, delta: float, gap: float) -> int:
    """Return the least N with a coupling bound of at most `gap`, by bisection.

    Parameters
    ----------
    S, gap, delta : float
        Positive, `delta` below 1.
    n : int
        At least 1.

    Examples
    --------
    >>> N = least_width(2.0, 5, 0.1, 0.05)
    >>> coupling_bound(2.0, N, 5, 0.1) <= 0.05 < coupling_bound(2.0, N - 1, 5, 0.1)
    True
    """
    high = 1
    while coupling_bound(S, high, n, delta) > gap:
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        if coupling_bound(S, middle, n, delta) > gap:
            low = middle
        else:
            high = middle
    return high


def largest_rate(N: int, steps: int, distance: float) -> float:
    """Return the largest step size that `layer_drift_bound` allows, by bisection.

    Examples
    --------
    >>> rate = largest_rate(10, 5, 0.1)
    >>> abs(layer_drift_bound(10 * 5 * rate, 10) - 0.1) < 1e-12
    True
    """
    low, high = 0.0, 1.0
    while layer_drift_bound(N * steps * high, N) <= distance:
        high *= 2
    # halved until float64 has no number in between
    while low < (middle := (low + high) / 2) < high:
        if layer_drift_bound(N * steps * middle, N) > distance:
            high = middle
        else:
            low = middle
    return low


_RATE = largest_rate(1000, 500, 0.01)

register(
    Exercise(
        "ex-features-width",
        "numeric",
        "The least N with a mean error of at most 1/100 for x_1 in dimension 10.",
        Numeric(
            100 * (2 * 10 - 1),
            rtol=0,
            mistakes=[
                Mistake(100 * 2 * 10, "The norm of x_1 itself is not subtracted."),
                Mistake(
                    100 * (10 - 1),
                    "The weight has a factor of two. Its square meets half of the "
                    "space, and one factor of two is left.",
                ),
            ],
            hint="The mean error is a variance divided by the number of neurons.",
        ),
    )
)
register(
    Exercise(
        "ex-features-pairs",
        "expression",
        "What a phase costs against pairs, at equal numbers of features.",
        Expression(
            "exp(-q) - exp(-2*q)/2",
            positive=["q"],
            mistakes=[
                Mistake(
                    "1/2",
                    "At equal numbers of features there are half as many pairs.",
                ),
                Mistake(
                    "1 - exp(-q) + exp(-2*q)/2",
                    "That is the phase alone: the pairs are to be subtracted.",
                ),
            ],
            hint="Each version has a variance per draw; count the draws.",
        ),
    )
)
register(
    Exercise(
        "ex-features-sign",
        "function",
        "The kernel of the features sgn<w, x>.",
        Function(
            sign_kernel,
            [
                ([1.0, 0.0], [1.0, 1.0]),
                ([0.5, -1.0, 2.0], [3.0, 1.0, -0.2]),
                ([1.0, 2.0, 3.0, 4.0], [4.0, 3.0, 2.0, 1.0]),
                ([2.0, -1.0], [-3.0, 1.0]),
            ],
            mistakes=[
                Mistake(
                    lambda x, y: (1 + sign_kernel(x, y)) / 2,
                    "That is the probability that the signs are equal.",
                ),
                Mistake(
                    lambda x, y: (1 - sign_kernel(x, y)) / 2,
                    "That is the probability that the signs differ.",
                ),
            ],
            hint="It depends on the angle alone. When do the two signs differ?",
        ),
    )
)
register(
    Exercise(
        "ex-features-antipodal",
        "function",
        "The mean error for x_1 of N neurons in pairs w, -w.",
        Function(
            paired_error,
            [(2, 2), (3, 8), (5, 10), (10, 100)],
            mistakes=[
                Mistake(
                    lambda d, N: (2 * d - 1) / N,
                    "That is for independent directions, without pairs.",
                ),
                Mistake(
                    lambda d, N: paired_error(d, N) + 2 / N,
                    "The norm of x_1 itself is not subtracted.",
                ),
            ],
            hint="A pair together is a linear function: how many are independent?",
        ),
    )
)
register(
    Exercise(
        "ex-features-wide",
        "function",
        "The least width for a given distance from the companion.",
        Function(
            least_width,
            [(2.0, 5, 0.1, 0.05), (0.5, 1, 0.01, 0.1), (10.0, 100, 0.01, 0.3)],
            mistakes=[
                Mistake(
                    lambda S, n, delta, gap: least_width(S, 1, delta, gap),
                    "That is for one input: the bound is a union over all of them.",
                ),
                Mistake(
                    lambda S, n, delta, gap: math.isqrt(least_width(S, n, delta, gap)),
                    "A square is missing: the bound falls like the root of N.",
                ),
                Mistake(
                    lambda S, n, delta, gap: least_width(S, n, delta, gap) - 1,
                    "It is one short: there the bound is still above.",
                ),
            ],
            hint="Solve the bound for the root of N, and round up.",
        ),
    )
)
register(
    Exercise(
        "ex-features-clock",
        "numeric",
        "The largest step size for N = 1000, T = 500 and a distance of 0.01.",
        Numeric(
            _RATE,
            rtol=1e-3,
            mistakes=[
                Mistake(500 * _RATE, "That is eta T."),
                Mistake(1000 * 500 * _RATE, "That is N eta T."),
                Mistake(2 ** (-1 / 3) * _RATE, "The half of the bound is missing."),
            ],
            hint="The bound is a cube of the time: take a cube root.",
        ),
    )
)
