"""The exercises of the chapter on counting that `rfbook.exercises.check` judges.

Importing the module registers them. Each judge computes in another way than the
solution that the chapter gives.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from rfbook.counting import dimension, integer_points, orthant_points
from rfbook.counting import translate_dimension as needed
from rfbook.exercises import Exercise, Function, Mistake, Numeric, register

PARITY = (1, -1, -1, 1, -1, 1, 1, -1)
CALLS = [
    ((1, 1, 1, -1), 0.25),
    (PARITY, 0.5),
    ((1, 1, 1, -1, 1, -1, -1, -1), 0.25),
    ((3, 1, 0, -2, 1, 1, 0, 2), 0.0625),
]


def literal_sums(values: Sequence[int]) -> list[int]:
    """Return the sums of a function against all parities, by the definition.

    Examples
    --------
    >>> literal_sums([1, 1, 1, -1])
    [2, 2, 2, -2]
    """
    size = range(len(values))
    return [sum(values[p] * (-1) ** (p & s).bit_count() for p in size) for s in size]


def by_moduli(values: Sequence[int], error: float) -> int:
    """Return the count if the moduli are summed and not their squares.

    Examples
    --------
    >>> by_moduli([3, 1, 1, -1], 0.25), needed([3, 1, 1, -1], 0.25)
    (3, 3)
    """
    return dimension([abs(a) for a in literal_sums(values)], error)


def by_degree(values: Sequence[int], error: float) -> int:
    """Return the count if the parities are taken in the order of their sizes.

    Examples
    --------
    >>> by_degree(PARITY, 0.5)
    8
    """
    order = sorted(range(len(values)), key=int.bit_count)
    sums = literal_sums(values)
    left, count = sum(a * a for a in sums), 0
    allowed = Fraction(error) * left
    while left > allowed:
        left, count = left - sums[order[count]] ** 2, count + 1
    return count


def open_ball(square: int, d: int) -> int:
    """Return the number of integer points without those at the radius itself.

    Examples
    --------
    >>> open_ball(1, 2), integer_points(1, 2)
    (1, 5)
    """
    return integer_points(square - 1, d) if square else 0


def game(squares: Sequence[int], features: int) -> Fraction:
    """Return the least largest mean error for orthogonal functions, by bisection.

    Examples
    --------
    >>> game([1, 1, 1, 1], 1)
    Fraction(3, 4)
    """
    low, high = Fraction(0), Fraction(max(squares))
    for _ in range(60):
        level = (low + high) / 2
        held = sum(max(Fraction(0), 1 - level / a) for a in squares)
        low, high = (level, high) if held > features else (low, level)
    return high.limit_denominator(1000)


register(
    Exercise(
        "ex-counting-parity",
        "numeric",
        "How many features the parities of ten bits need for the error 1/3.",
        Numeric(
            dimension([1] * 2**10, Fraction(1, 3)),
            rtol=0,
            mistakes=[
                Mistake(
                    2 * 2**10 // 3, "That many leave a little more than one third."
                ),
                Mistake(
                    dimension([1] * 2**10, Fraction(2, 3)),
                    "That is for the error of half the square.",
                ),
                Mistake(2**10, "So many leave nothing at all."),
            ],
            hint="On average over the parities each feature holds the same share.",
        ),
    )
)
register(
    Exercise(
        "ex-counting-translates",
        "function",
        "How many features all translates of a function on the cube need.",
        Function(
            needed,
            CALLS,
            mistakes=[
                Mistake(by_moduli, "The energies are squares of the coefficients."),
                Mistake(by_degree, "The largest energies come first, of any degree."),
                Mistake(
                    lambda f, error: len(f) - needed(f, error),
                    "That is how many may be left out.",
                ),
            ],
            hint="Take the largest squared Fourier coefficients until enough is held.",
        ),
    )
)
register(
    Exercise(
        "ex-counting-points",
        "function",
        "The number of integer points in a ball of squared radius `square`.",
        Function(
            integer_points,
            [(0, 3), (1, 2), (5, 2), (9, 3), (16, 8), (64, 32)],
            mistakes=[
                Mistake(orthant_points, "Entries may be negative, too."),
                Mistake(open_ball, "The points at the radius itself belong to it."),
                Mistake(
                    lambda square, d: integer_points(min(square**2, 400), d),
                    "The first argument is the square of the radius.",
                ),
            ],
            hint="Add one coordinate after the other, by squared lengths.",
        ),
    )
)
register(
    Exercise(
        "ex-counting-lengths",
        "numeric",
        "The least largest mean error of one feature for squared norms 4, 1, 1.",
        Numeric(
            game([4, 1, 1], 1),
            mistakes=[
                Mistake(game([4, 1], 1), "The third function is forgotten."),
                Mistake(
                    1.0, "So much is left by the best fixed axis: draw it at random."
                ),
                Mistake(Fraction(2, 3), "That is the mean over equal weights."),
            ],
            hint="Draw the feature among the functions so that all errors are equal.",
        ),
    )
)
