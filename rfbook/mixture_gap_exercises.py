"""The exercises of the chapter on the mixture gap that `rfbook.exercises.check` judges.

Importing the module registers them. Each judge computes in another way than the
solution that the chapter gives.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from rfbook.exercises import Exercise, Function, Mistake, register
from rfbook.mixture_gap import nn_risk, nt_risk


def plane_snr(a: float, theta: float) -> float:
    r"""Return what one neuron of the tangent model captures in the plane.

    The eigenvalues of Delta are a and -a, the neuron has the angle theta with the
    first axis. The room solves the linear system; no closed form is used.

    Parameters
    ----------
    a : float
        Between -1 and 1.
    theta : float

    Returns
    -------
    float

    Examples
    --------
    A neuron on an axis captures that axis alone:

    >>> round(plane_snr(0.5, 0.0), 12)
    0.1
    """
    W = [[math.cos(theta)], [math.sin(theta)]]
    return 1 / nt_risk(W, [a, -a]) - 1


def least_neurons(values: Sequence[float], r: float) -> int:
    r"""Return the least N whose network has at most the risk r, or 0.

    Examples
    --------
    >>> least_neurons([0.5, -0.5], 0.85), least_neurons([0.5, -0.5], 0.8)
    (2, 0)
    """
    widths = range(1, len(values) + 1)
    return next((N for N in widths if nn_risk(values, N) <= r), 0)


def neurons_by_shares(shares: Sequence[float], r: float) -> int:
    r"""Return the least N at which shares, the largest first, sum to 1/r - 1, or 0.

    Examples
    --------
    With the shares of the network it is `least_neurons`, up to rounding:

    >>> neurons_by_shares([0.1, 0.1], 0.85), neurons_by_shares([0.1, 0.1], 0.8)
    (2, 0)
    """
    ordered = sorted(shares, reverse=True)
    widths = range(1, len(ordered) + 1)
    return next((N for N in widths if sum(ordered[:N]) >= 1 / r - 1), 0)


register(
    Exercise(
        "ex-mixture-plane",
        "function",
        "What one neuron of the tangent model captures in the plane.",
        Function(
            plane_snr,
            [(0.5, 0.0), (0.5, 0.7), (0.9, 0.3), (0.2, 2.0)],
            mistakes=[
                Mistake(
                    lambda a, theta: a**2 / (1 + a**2) / 2,
                    "That is the best network's share: here the direction is given.",
                ),
                Mistake(
                    lambda a, theta: a**2 / (1 + a**2),
                    "That is all quadratic functions' share: the part that this "
                    "neuron misses is not subtracted.",
                ),
                Mistake(
                    lambda a, theta: 1 / (1 + plane_snr(a, theta)),
                    "That is the risk. What is captured is asked for.",
                ),
            ],
            hint="The complement of the neuron is one direction: K is a number.",
        ),
    )
)
register(
    Exercise(
        "ex-mixture-neurons",
        "function",
        "The least number of neurons for a risk.",
        Function(
            least_neurons,
            [
                ([0.5, -0.5], 0.85),
                ([0.5, -0.5], 0.8),
                ([0.1, -0.6, 0.3], 0.8),
                ([0.2], 0.99),
            ],
            mistakes=[
                Mistake(
                    lambda values, r: max(least_neurons(values, r) - 1, 0),
                    "It is one short: a list counts from zero.",
                ),
                Mistake(
                    lambda values, r: neurons_by_shares(
                        [v * v / (1 + v * v) for v in values], r
                    ),
                    "A half before the sum of the shares is missing.",
                ),
                Mistake(
                    lambda values, r: neurons_by_shares([v * v / 2 for v in values], r),
                    "That is the leading term only: a neuron captures less.",
                ),
            ],
            hint="Sort by the modulus, and sum what each neuron captures.",
        ),
    )
)
