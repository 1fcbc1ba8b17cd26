"""The exercises on feature learning that `rfbook.exercises.check` judges.

Importing the module registers them. Each judge computes in another way than the
solution that the chapter gives.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from scipy.integrate import quad

from rfbook.exercises import Exercise, Function, Mistake, Numeric, register
from rfbook.feature_learning import (
    correlation,
    information_exponent,
    mean_signal,
    relu_batch_size,
)

PAIRS = [
    ([0.0, 1.0], [0.4, 0.5], 0.3),
    ([0.0, 0.0, 1.0], [0.4, 0.5, 0.28], 0.5),
    ([0.2, 0.5, 0.0, -0.3], [0.1, 0.7, 0.2, 0.4], -0.6),
    ([1.0, 0.0, 0.0, 0.0, 2.0], [0.0, 1.0, 0.5, 0.25, 0.125], 0.8),
]
TIMES = [
    (1, 0.5, 0.1, 0.9),
    (2, 0.3, 0.05, 0.5),
    (3, 1.0, 0.2, 0.8),
    (4, 0.7, 0.1, 0.6),
]


def turn(link: Sequence[float], neuron: Sequence[float], t: float) -> float:
    """Return z'(t) as a difference quotient of the products.

    Examples
    --------
    >>> round(turn([0.0, 0.0, 1.0], [0.0, 0.0, 0.5], 0.25), 8)
    0.25
    """
    h = 1e-4
    # the fourth order of the step is left out: 1e-16 for polynomials of low degree
    near = correlation(link, neuron, t + h) - correlation(link, neuron, t - h)
    far = correlation(link, neuron, t + 2 * h) - correlation(link, neuron, t - 2 * h)
    return float((8 * near - far) / (12 * h))


def search(k: int, c: float, start: float, end: float) -> float:
    """Return the time of the flow, by quadrature.

    Examples
    --------
    >>> round(search(1, 2.0, 0.0, 0.5), 6) == round(math.atanh(0.5) / 2, 6)
    True
    """

    def rate(t):
        return 1 / (k * c * t ** (k - 1) * (1 - t * t))

    return quad(rate, start, end, epsabs=1e-13)[0]


def flat(k: int, c: float, start: float, end: float) -> float:
    """Return the time if the factor 1 - t^2 of the sphere is forgotten.

    Examples
    --------
    >>> flat(2, 0.5, 0.5, 0.5)
    0.0
    """
    return quad(lambda t: 1 / (k * c * t ** (k - 1)), start, end)[0]


def least_batch(d: int, k: int, square: float) -> int:
    """Return the least batch whose exact step is at least as long as its noise.

    Examples
    --------
    >>> least_batch(10, 1, 0.25)
    23
    """
    return math.ceil(relu_batch_size(d, k, square) - 1e-9)


def samples_per_dimension(link: Sequence[float], share: float) -> float:
    """Return n / d for a given squared cosine, by bisection.

    Examples
    --------
    >>> round(samples_per_dimension([0.0, 1.0], 0.5), 9)
    1.0
    """
    energy, first, low, high = sum(c * c for c in link), link[1] ** 2, 0.0, 1e6
    for _ in range(200):
        middle = (low + high) / 2
        found = middle * first / (middle * first + energy)
        low, high = (middle, high) if found < share else (low, middle)
    return high


QUARTIC = [-3.0, 0.0, 0.0, 0.0, math.sqrt(24.0)]
"""Hermite coefficients of u^4 - 6 u^2 = He_4(u) - 3."""
SECOND = 1 / (4 * math.pi)
"""The ReLU's squared coefficient of degree 2."""

register(
    Exercise(
        "ex-feature-exponent",
        "numeric",
        "The information exponent of u^4 - 6 u^2.",
        Numeric(
            information_exponent(QUARTIC),
            rtol=0,
            mistakes=[
                Mistake(2, "The powers are not orthogonal: use Hermite polynomials."),
                Mistake(0, "The constant does not count: degrees start at 1."),
            ],
            hint="Write the function in He_4, He_2 and 1.",
        ),
    )
)
register(
    Exercise(
        "ex-feature-turn",
        "function",
        "The part of one step along theta, from two lists of Hermite coefficients.",
        Function(
            turn,
            PAIRS,
            rtol=1e-7,
            mistakes=[
                Mistake(
                    lambda H, s, t: float(correlation(H, s, t)),
                    "That is the product z(t), not its slope.",
                ),
                Mistake(
                    lambda H, s, t: turn(H, s, t) * math.sqrt(1 - t * t),
                    "That is the length of the tangent part.",
                ),
                Mistake(
                    lambda H, s, t: (1 - t * t) * turn(H, s, t),
                    "That is the velocity of the overlap.",
                ),
            ],
            hint="Each degree k gives k times the two coefficients times t^(k-1).",
        ),
    )
)
register(
    Exercise(
        "ex-feature-batch",
        "numeric",
        "The least batch that sees he_2 in 100 dimensions with one ReLU neuron.",
        Numeric(
            least_batch(100, 2, SECOND),
            rtol=0,
            mistakes=[
                Mistake(least_batch(100, 1, 0.25), "That is for the degree 1."),
                Mistake(
                    math.floor(relu_batch_size(100, 2, SECOND)),
                    "That many are a little too few: round up.",
                ),
                Mistake(
                    least_batch(100, 2, math.sqrt(SECOND)),
                    "The coefficient of the ReLU enters with its square.",
                ),
                Mistake(
                    math.ceil(
                        (99 / 2 + 2 * 99 / 100) / (4 * SECOND * mean_signal(100, 2))
                    ),
                    "The exact step itself is no noise: one sample less.",
                ),
            ],
            hint="The claim step-batch-size with k = 2 and the square 1 / (4 pi).",
        ),
    )
)
register(
    Exercise(
        "ex-feature-time",
        "function",
        "The time of the flow from one overlap to another, for one pure degree.",
        Function(
            search,
            TIMES,
            rtol=1e-7,
            mistakes=[
                Mistake(flat, "The neuron stays on the sphere: the factor 1 - t^2."),
                Mistake(
                    lambda k, c, start, end: k * search(k, c, start, end),
                    "The slope of c t^k has the factor k.",
                ),
            ],
            hint="Integrate 1 / ((1 - t^2) z'(t)).",
        ),
    )
)
register(
    Exercise(
        "ex-feature-cosine",
        "numeric",
        "Samples for each dimension until the squared cosine of a batch is one half.",
        Numeric(
            samples_per_dimension([0.0, 0.5**0.5, 0.0, 0.5**0.5], 0.5),
            mistakes=[
                Mistake(1.0, "The degree 3 is noise, too: all of y counts."),
                Mistake(0.5, "Divide the other way round."),
            ],
            hint="Set the limit of the squared cosine to one half.",
        ),
    )
)
