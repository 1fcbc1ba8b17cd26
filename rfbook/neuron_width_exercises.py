"""The exercises of the chapter on the exact width whose answers are judged.

Importing the module makes them known to `rfbook.exercises.check`. Each judge computes
in another way than the solution that the chapter gives.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from rfbook.exercises import Exercise, Function, Mistake, register
from rfbook.single_neuron import width_needed
from rfbook.special import gegenbauer, harmonic_dimension

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(400)


def share(d: int, ell: int) -> float:
    r"""Return the share of one degree in the second moment 1/2 of the ReLU.

    With t = cos a it is 2 N(d, l) times the mean of K(t) P_l(t) under mu_d,

    .. math:: \int_0^\pi \frac{\sin a + (\pi - a) \cos a}{2 \pi}\,
        P_l(\cos a) \sin^{d-2} a\, da \Big/ \int_0^\pi \sin^{d-2} a\, da .

    Parameters
    ----------
    d : int
        At least 2, at most 30.
    ell : int
        At least 0, at most 6: there 400 nodes give eleven digits.

    Examples
    --------
    Half of it is in degree 1:

    >>> abs(share(7, 1) - 0.5) < 1e-11
    True
    """
    angle = np.pi * (_NODES + 1) / 2
    kernel = (np.sin(angle) + (np.pi - angle) * np.cos(angle)) / (2 * np.pi)
    weight = _WEIGHTS * np.sin(angle) ** (d - 2)
    mean = weight @ (kernel * gegenbauer(d, ell, np.cos(angle))) / weight.sum()
    return 2 * harmonic_dimension(d, ell) * float(mean)


def count(d: int, ratio: float) -> int:
    """Return the exact width of a ReLU of norm 1 without bias, by balls.

    Examples
    --------
    >>> count(5, 0.02)
    18
    """
    return width_needed(d, Fraction(ratio))


def whole_degrees(d: int, ratio: float) -> int:
    """Return the least number of features that uses whole degrees only.

    The eigenvalues come in the order of the degrees 0, 1, 2, 4, 6, ...

    Examples
    --------
    Degrees 0, 1 and 2 in five dimensions:

    >>> whole_degrees(5, 0.02)
    20
    """
    total, degree, needed = 0, 0, count(d, ratio)
    while total < needed:
        total += harmonic_dimension(d, degree)
        degree += 1 if degree < 2 else 2
    return total


register(
    Exercise(
        "ex-neuron-share",
        "function",
        "The share of degree l in the second moment of the ReLU without bias.",
        Function(
            share,
            [(2, 0), (3, 1), (3, 2), (10, 4), (30, 2), (20, 6)],
            mistakes=[
                Mistake(
                    lambda d, ell: share(d, ell) / harmonic_dimension(d, ell),
                    "That is the share of one harmonic: the degree has many.",
                ),
                Mistake(
                    lambda d, ell: 0.0 if ell % 2 else share(d, ell),
                    "One odd degree is not empty.",
                ),
            ],
            hint="Start the recursion at degree 0; odd degrees stand apart.",
        ),
    )
)
register(
    Exercise(
        "ex-neuron-count",
        "function",
        "The least number of features for a ReLU without bias.",
        Function(
            count,
            [(5, 0.02), (10, 0.02), (10, 0.002), (20, 0.0005)],
            mistakes=[
                Mistake(
                    lambda d, ratio: count(d, ratio) - 1,
                    "It is one short: the rest is still above the error.",
                ),
                Mistake(
                    whole_degrees,
                    "Of the last degree only a part of the harmonics is needed.",
                ),
                Mistake(
                    lambda d, ratio: count(d, ratio / 2),
                    "The error is relative to R^2; the second moment is half of it.",
                ),
            ],
            hint="Take eigenvalues with their multiplicity until the rest is small.",
        ),
    )
)
