"""The exercises of the chapter on a single neuron whose answers are judged.

Importing the module makes them known to `rfbook.exercises.check`. Each judge computes
in another way than the solution that the chapter gives.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations, pairwise

from rfbook.exercises import Exercise, Expression, Function, Mistake, register
from rfbook.single_neuron.bounds import energy_tail


def atoms(c: Sequence[float], N: int) -> float:
    """Return the least error of N features for sigma_w = c_w e_w, w uniform.

    Every best space is spanned by axes, so that the least over all subsets is enough.

    Parameters
    ----------
    c : sequence of float
        Lengths along orthonormal axes, a few.
    N : int
        At least 0, at most the number of axes.

    Examples
    --------
    >>> atoms((2, 1, 1, 0.5), 4)
    0.0
    """
    total = sum(x * x for x in c)
    kept = max(sum(x * x for x in part) for part in combinations(c, N))
    return (total - kept) / len(c)


def error_at(r: float, angle: float) -> float:
    r"""Return E ([<v, x>]_+ - [<w, x>]_+)^2 for |v| = 1, |w| = r, and their angle.

    In the plane of v and w the squared radius has the mean 2 and the direction is
    uniform, so that the error is

    .. math:: \frac1\pi \int_{-\pi}^{\pi} \big([\cos z]_+
        - r\, [\cos(z - \text{angle})]_+\big)^2\, dz ,

    integrated between the four kinks.

    Parameters
    ----------
    r : float
        Not negative.
    angle : float
        Between v and w, from 0 to pi.

    Examples
    --------
    >>> math.isclose(error_at(2.0, 0.0), 1 / 2)
    True
    """
    from scipy.integrate import quad

    def square(z):
        return (max(math.cos(z), 0) - r * max(math.cos(z - angle), 0)) ** 2

    half = math.pi / 2
    places = sorted({-half, half, angle - half, angle + half})
    return sum(quad(square, *ends)[0] for ends in pairwise(places)) / math.pi


register(
    Exercise(
        "ex-neuron-atoms",
        "function",
        "The least mean squared error of N features for sigma_w = c_w e_w.",
        Function(
            atoms,
            [((3, 2, 1, 1), 1), ((2, 2, 1), 2), ((5, 4, 3, 2, 1), 3), ((1, 1), 0)],
            mistakes=[
                Mistake(
                    lambda c, N: len(c) * atoms(c, N),
                    "That is a sum over w: the mean is asked for.",
                ),
                Mistake(
                    lambda c, N: atoms(c, 0) - atoms(c, N),
                    "That is what the features catch, not what they leave.",
                ),
                Mistake(
                    lambda c, N: sum(sorted(c)[: len(c) - N]) / len(c),
                    "The error is a mean of squares: square the lengths.",
                ),
            ],
            hint="What are the eigenvalues of the correlation operator here?",
        ),
    )
)
register(
    Exercise(
        "ex-neuron-energy",
        "function",
        "The ReLU's Hermite energy from an even degree m on.",
        Function(
            energy_tail,
            [(2,), (4,), (10,), (60,), (400,)],
            mistakes=[
                Mistake(
                    lambda m: energy_tail(m + 2), "The degree m itself belongs to it."
                ),
                Mistake(
                    lambda m: energy_tail(m) + 1 / 4,
                    "The energy of degree 1 is not subtracted.",
                ),
                Mistake(
                    lambda m: energy_tail(m) + 1 / (2 * math.pi),
                    "The energy of degree 0 is not subtracted.",
                ),
            ],
            hint="The whole energy is known. Subtract the first degrees from it.",
        ),
    )
)
register(
    Exercise(
        "ex-neuron-error",
        "function",
        "E ([<v, x>]_+ - [<w, x>]_+)^2 for |v| = 1, |w| = r and the angle.",
        Function(
            error_at,
            [(1.0, 0.5), (0.5, 2.0), (2.0, 1.0), (1.5, math.pi)],
            mistakes=[
                Mistake(
                    lambda r, angle: 2 * error_at(r, angle) - (1 + r**2) / 2,
                    "The kernel is twice too large: each ReLU is zero on a half.",
                ),
                Mistake(
                    lambda r, angle: (error_at(r, angle) + (1 + r**2) / 2) / 2,
                    "The mixed term of a square comes twice.",
                ),
                Mistake(
                    lambda r, angle: error_at(r, angle) + (1 + r**2) / 2,
                    "The second moment of a ReLU is half of that of a line.",
                ),
            ],
            hint="Multiply the square out: two second moments and one kernel.",
        ),
    )
)
register(
    Exercise(
        "ex-neuron-rate",
        "expression",
        "The step size that shrinks E |w - v|^2 fastest near v, for one sample a step.",
        Expression(
            "1/(2*(d + 2))",
            positive=["d"],
            mistakes=[
                Mistake(
                    "1/(d + 2)",
                    "There the factor is one again: its least value is half way.",
                ),
                Mistake(
                    "1/(2*d)",
                    "The mean of <delta, x>^2 |x|^2 is not |delta|^2 times d.",
                ),
            ],
            hint="The factor is quadratic in eta: the mean of <delta, x>^2 |x|^2 "
            "is needed.",
        ),
    )
)
