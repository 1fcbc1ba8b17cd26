"""The exercises of the chapter on training that `rfbook.exercises.check` judges.

Importing the module registers them. Each judge computes in another way than the
solution that the chapter gives.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.optimize import brentq

from rfbook.exercises import Exercise, Function, Mistake, Numeric, register
from rfbook.quadratic_gap.flow import gradient_flow


def squared_length(values, w, tau: float) -> float:
    r"""Return Tr M(tau) for one neuron, from the whole matrix.

    Parameters
    ----------
    values : sequence of float
        Eigenvalues of B, whose eigenvectors are the axes.
    w : sequence of float, of the same length
    tau : float
        At least 0.

    Examples
    --------
    >>> squared_length((2.0, 1.0), (0.5, 0.5), 0.0)
    0.5
    """
    start = np.asarray(w, dtype=float)[:, None]
    return float(np.trace(gradient_flow(values, start, tau)))


def largest_step(d: int, q: int, s: float) -> float:
    r"""Return the largest stable step of the tangent model's descent at S = s I.

    The recursion of (R, T) is a matrix A; this is the first root of det(I - A). At the
    upper end of the search the mean of A's two eigenvalues is 1: one is above.

    Examples
    --------
    In dimension 1 the two numbers are one, E^2, and the rule is elementary:

    >>> round(largest_step(1, 1, 1.0) * 2 * 60, 6)
    1.0
    """
    first, second = 2 * (d + 2) * (d + 7), 2 * (d + 12)

    def balance(step: float) -> float:
        noise, keep = 64 * step**2 * s**2 / q, (1 - 16 * step * s) ** 2
        left = 1 - keep - noise * first, 1 - keep - noise * 4
        return left[0] * left[1] - noise**2 * 16 * second

    end = q / (2 * s * (4 * q + (first + 4) / 2))
    return brentq(balance, end * 1e-6, end, xtol=1e-15)


def price(d: int, N: int) -> float:
    r"""Return n times the relative excess of least squares, as n grows.

    Place by place: an entry (a, b) of the tangent model counts 1, and an entry with
    one index outside the span 4 / (d - N) more, which is 8 (E^2)_bb over E r^2 for
    E = I there.

    Examples
    --------
    One neuron of two: the entries (1, 1) and (1, 2), and 4 more for the second:

    >>> price(2, 1)
    6.0
    """
    places = [(a, b) for a in range(N) for b in range(a, d)]
    return float(sum(1 + (4 / (d - N) if b >= N else 0) for a, b in places))


def apart(values, w, tau: float) -> float:
    """Return the squared length if every coordinate grew for itself, a usual mistake.

    Examples
    --------
    In one dimension there is no other coordinate:

    >>> math.isclose(apart((1.0,), (0.1,), 0.3), squared_length((1.0,), (0.1,), 0.3))
    True
    """
    return sum(squared_length((b,), (x,), tau) for b, x in zip(values, w, strict=True))


_HALF = math.log(99) / 16
"""Where 99 exp(-16 tau) = 1."""

register(
    Exercise(
        "ex-flow-half",
        "numeric",
        "The time at which M = 1/2, for w_0^2 = 1/100 and B = 1.",
        Numeric(
            _HALF,
            rtol=1e-4,
            mistakes=[
                Mistake(
                    2 * _HALF, "M grows like e^(16 tau): W itself grows like e^(8 tau)."
                ),
                Mistake(math.log(100) / 16, "The bracket is 1 + (e^(16 tau) - 1)/100."),
            ],
            hint="M solves the logistic equation: which quotient is then one half?",
        ),
    )
)
register(
    Exercise(
        "ex-flow-one",
        "function",
        "Tr M(tau) for one neuron w and diagonal B with positive entries.",
        Function(
            squared_length,
            [
                ((1.0,), (0.1,), 0.3),
                ((2.0, 1.0), (0.1, 0.5), 0.0),
                ((2.0, 1.0), (0.1, 0.5), 0.1),
                ((3.0, 2.0, 0.5), (0.2, 0.4, 0.3), 0.25),
            ],
            mistakes=[
                Mistake(
                    lambda values, w, tau: squared_length(values, w, tau / 2),
                    "The time runs at half the speed: M grows twice as fast as W.",
                ),
                Mistake(apart, "The coordinates share one denominator: they compete."),
            ],
            hint="For one neuron the bracket of the closed form is a number.",
        ),
    )
)
register(
    Exercise(
        "ex-flow-step",
        "function",
        "The largest step size of one-pass descent at S = s I.",
        Function(
            largest_step,
            [(1, 1, 1.0), (3, 2, 0.5), (10, 40, 1.0), (40, 5, 2.0)],
            mistakes=[
                Mistake(
                    lambda d, q, s: 1 / (8 * s),
                    "That is without noise, for an infinite batch.",
                ),
                Mistake(
                    lambda d, q, s: largest_step(d, 1, s),
                    "That is for one sample a step: the batch lowers the noise.",
                ),
            ],
            hint="The recursion of (R, T) is a matrix: where is its eigenvalue one?",
        ),
    )
)
register(
    Exercise(
        "ex-flow-price",
        "function",
        "n times the relative excess of least squares in the tangent model.",
        Function(
            price,
            [(2, 1), (5, 2), (10, 7), (40, 39)],
            mistakes=[
                Mistake(
                    lambda d, N: price(d, N) - 4 * N,
                    "Those are the parameters; the residual costs something too.",
                ),
                Mistake(
                    lambda d, N: N * d + 4 * N,
                    "Symmetric entries inside the span count once.",
                ),
            ],
            hint="Count the free entries, and add what the residual's square costs.",
        ),
    )
)
