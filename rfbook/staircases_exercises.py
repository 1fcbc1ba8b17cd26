"""The exercises of the chapter on staircases that `rfbook.exercises.check` judges.

Importing the module registers them. Each judge computes in another way than the
solution that the chapter gives.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import permutations, product
from math import prod

from rfbook.exercises import (
    Exercise,
    Expression,
    Function,
    Mistake,
    Numeric,
    register,
)

Sets = Sequence[Sequence[int]]

CALLS: list[tuple[Sets]] = [
    ([(1,), (1, 2), (1, 2, 3)],),
    ([(1, 2), (2, 3, 4), (5, 6, 7, 8, 4)],),
    ([(1,), (1, 2), (3, 4), (1, 2, 3)],),
    ([(3, 4, 5), (1, 2), (2, 3)],),
    ([(4,), (1, 2, 3)],),
    ([(2, 3, 4, 5), (1,), (1, 2), (1, 3), (1, 4)],),
]


def by_orders(sets: Sets) -> int:
    """Return the leap by trying every order.

    Examples
    --------
    >>> by_orders([(1,), (1, 2), (3, 4), (1, 2, 3)])
    1
    """
    return min(as_given(order) for order in permutations(sets))


def as_given(sets: Sets) -> int:
    """Return the largest new part if the sets come in the given order.

    Examples
    --------
    >>> as_given([(3, 4, 5), (1, 2), (2, 3)]), by_orders([(3, 4, 5), (1, 2), (2, 3)])
    (3, 2)
    """
    seen: set[int] = set()
    worst = 0
    for S in sets:
        worst = max(worst, len(set(S) - seen))
        seen |= set(S)
    return worst


def by_size(sets: Sets) -> int:
    """Return the largest new part if small sets come first.

    Examples
    --------
    >>> by_size([(1,), (1, 2), (3, 4), (1, 2, 3)])
    2
    """
    return as_given(sorted(sets, key=len))


def degree(sets: Sets) -> int:
    """Return the size of the largest set.

    Examples
    --------
    >>> degree([(1,), (1, 2)])
    2
    """
    return max(map(len, sets))


def majority_sum(d: int, t: int) -> Fraction:
    """Return the Fourier coefficient of the majority, by all points.

    Examples
    --------
    >>> majority_sum(3, 1)
    Fraction(1, 2)
    """
    total = sum(
        prod(x[:t]) * (1 if sum(x) > 0 else -1) for x in product((1, -1), repeat=d)
    )
    return Fraction(total, 2**d)


# What is left of 2 x1 + x1 x2 - x2 x3 x4 + 3 x3 x4: x1 and x2 are reached.
LEFT = (-1) ** 2 + 3**2

register(
    Exercise(
        "ex-staircases-leap",
        "numeric",
        "The leap of x1 x2 + x1 x2 x3 + x3 x4 x5 + x5 x6 x7 x8.",
        Numeric(
            by_orders([(1, 2), (1, 2, 3), (3, 4, 5), (5, 6, 7, 8)]),
            rtol=0,
            mistakes=[
                Mistake(4, "That is the degree. Of the last set one bit is known."),
                Mistake(2, "The last set has more than two new coordinates."),
                Mistake(8, "The largest step counts, not their sum."),
            ],
            hint="Take the sets from left to right and count what is new in each.",
        ),
    )
)
register(
    Exercise(
        "ex-staircases-program",
        "function",
        "The leap of a list of sets.",
        Function(
            by_orders,
            CALLS,
            mistakes=[
                Mistake(degree, "That is the degree: bits that are known count less."),
                Mistake(as_given, "The order is yours to choose."),
                Mistake(by_size, "Take the set with the fewest new bits, not of all."),
            ],
            hint="Next comes always a set with the fewest bits that are not yet known.",
        ),
    )
)
register(
    Exercise(
        "ex-staircases-left",
        "numeric",
        "The error that the flow from zero leaves, at least.",
        Numeric(
            LEFT,
            mistakes=[
                Mistake(0, "Not all coordinates can be reached one at a time."),
                Mistake(9, "There is one more set with two new coordinates."),
                Mistake(4, "Errors are squares of the coefficients."),
                Mistake(15, "That is all of it: some bits can be reached."),
            ],
            hint="Find the bits that can be reached one by one; sum over the sets "
            "that are not among them.",
        ),
    )
)
register(
    Exercise(
        "ex-staircases-power",
        "expression",
        "The power of d in the time of a leap of k >= 3 from weights d^(-1/2).",
        Expression(
            "(k - 2)/2",
            positive=["k"],
            mistakes=[
                Mistake("k - 2", "The weights at the start are the root of 1/d."),
                Mistake("(k - 1)/2", "The integral of w^(1 - k) has one power less."),
                Mistake("(2 - k)/2", "Smaller weights take longer."),
                Mistake("k - 1", "That counts samples in the conjecture, not time."),
            ],
            hint="Insert the start into the time of the escape.",
        ),
    )
)
register(
    Exercise(
        "ex-staircases-majority",
        "numeric",
        "The coefficient of the majority of 9 bits on three of them.",
        Numeric(
            majority_sum(9, 3),
            mistakes=[
                Mistake(majority_sum(9, 1), "That is the one on a single bit."),
                Mistake(majority_sum(9, 5), "That is the one on five bits."),
            ],
            hint="The ratio of neighbours is -t / (d - 1 - t).",
        ),
    )
)
