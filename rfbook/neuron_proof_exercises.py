"""The exercises of the chapter on the printed proof whose answers are judged.

Importing the module makes them known to `rfbook.exercises.check`. Each judge computes
in another way than the solution that the chapter gives.
"""

from __future__ import annotations

import math
from fractions import Fraction

from rfbook.exercises import Exercise, Function, Mistake, register
from rfbook.ranges import ball, integer_from


def log_psi_mean(d: int) -> float:
    r"""Return ln |E psi_a(d g)| for a = 6 d^2 + 1, from balls at 256 bits.

    For odd a the mean is

    .. math:: -E\,[d g - a]_+ = -d\,(\varphi(h) - h\,Q(h)), \qquad h = a / d .

    Parameters
    ----------
    d : int
        At least 1.

    Raises
    ------
    ValueError
        If d is not an integer of at least 1.

    Examples
    --------
    The logarithm is -h^2/2 with h^2 = 36 d^2 + 12 + 1/d^2, and a rest that is small:

    >>> round(log_psi_mean(41) + 18 * 41**2 + 6)
    -8
    """
    from flint import arb, ctx

    integer_from("d", d, 1)
    with ctx.workprec(256):
        h = arb(6 * d**2 + 1) / d
        density = (-h * h / 2).exp() / (2 * arb.pi()).sqrt()
        tail = (h / arb(2).sqrt()).erfc() / 2
        return float((d * (density - h * tail)).log())


def pooled_features(d: int, counts: list[int]) -> int:
    r"""Return sum N ceil(L / q) over the counts N, decided in balls.

    .. math:: q = 16\, B N (L + 1)\, e^{-d/2}, \qquad L = \ln(4 B)

    for a list of B = a + 1 counts.

    Raises
    ------
    ValueError
        If some q is not below 1.

    Examples
    --------
    For small q the sum is a little above the number of counts times N L / q:

    >>> import math
    >>> L, q = math.log(8), 32 * (math.log(8) + 1) * math.exp(-15)
    >>> pooled_features(30, [1, 1]) == 2 * math.ceil(L / q)
    True
    """
    from flint import ctx

    biases, total = len(counts), 0
    with ctx.workprec(128):
        logarithm = ball(4 * biases).log()
        for count in counts:
            q = 16 * biases * count * (logarithm + 1) * ball(Fraction(-d, 2)).exp()
            if not q < 1:
                raise ValueError(f"q must be below 1, got {float(q)} for N = {count}")
            copies = (logarithm / q).ceil().unique_fmpz()
            total += count * int(copies)
    return total


def loose_pool(d: int, counts: list[int], *, biases: int, copies=float) -> float:
    """Return sum N copies(L / q) in float64, for another number B of biases.

    Examples
    --------
    >>> copies = loose_pool(30, [1, 2], biases=2, copies=math.ceil)
    >>> copies == pooled_features(30, [1, 2])
    True
    """
    logarithm = math.log(4 * biases)
    scale = 16 * biases * (logarithm + 1) * math.exp(-d / 2)
    return sum(N * copies(logarithm / (scale * N)) for N in counts)


register(
    Exercise(
        "ex-neuron-psi-mean",
        "function",
        "ln |E psi_a(d g)| for a = 6 d^2 + 1.",
        Function(
            log_psi_mean,
            [(1,), (2,), (5,), (41,), (100,)],
            mistakes=[
                Mistake(
                    lambda d: log_psi_mean(d) / math.log(10),
                    "That is the logarithm to the base ten.",
                ),
                Mistake(
                    lambda d: log_psi_mean(d) - math.log(d),
                    "The factor d is missing: the argument is d g, not g.",
                ),
                Mistake(
                    lambda d: -(((6 * d**2 + 1) / d) ** 2) / 2,
                    "That is the leading term of the logarithm only.",
                ),
            ],
            hint="Take the density out as a logarithm before anything underflows.",
        ),
    )
)
register(
    Exercise(
        "ex-neuron-pool",
        "function",
        "How many features the pool of the fixed bias has.",
        Function(
            pooled_features,
            [(30, [1, 2]), (20, [3] * 6), (40, [5, 70, 900, 11000]), (30, [5700] * 8)],
            mistakes=[
                Mistake(
                    lambda d, counts: loose_pool(d, counts, biases=len(counts)),
                    "The number of copies of each bias is an integer: round it up.",
                ),
                Mistake(
                    lambda d, counts: loose_pool(
                        d, counts, biases=len(counts), copies=math.floor
                    ),
                    "The number of copies is rounded up, not down.",
                ),
                Mistake(
                    lambda d, counts: loose_pool(
                        d, counts, biases=len(counts) + 1, copies=math.ceil
                    ),
                    "The list has one entry for each bias already: do not add one.",
                ),
            ],
            hint="Each bias has its own q, and its own number of copies.",
        ),
    )
)
