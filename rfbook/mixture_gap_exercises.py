"""The exercises of the chapter on the mixture gap that `rfbook.exercises.check` judges.

Importing the module registers them. Each judge computes in another way than the
solution that the chapter gives.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from rfbook.exercises import Exercise, Function, register
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


register(
    Exercise(
        "ex-mixture-plane",
        "function",
        "What one neuron of the tangent model captures in the plane.",
        Function(plane_snr, [(0.5, 0.0), (0.5, 0.7), (0.9, 0.3), (0.2, 2.0)]),
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
        ),
    )
)
