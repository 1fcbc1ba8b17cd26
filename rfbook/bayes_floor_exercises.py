"""The exercises of the chapter on the Bayes floor that `rfbook.exercises.check` judges.

Importing the module registers them. Each judge computes in another way than the
solution that the chapter gives.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.integrate import quad
from scipy.optimize import brentq

from rfbook.exercises import Exercise, Function, Numeric, register
from rfbook.gaussian import tail
from rfbook.mixture_gap import bayes_risk, bayes_risk_limit, classification_error


def channel_risk(s: float) -> float:
    r"""Return 1 - E tanh(s + sqrt(s) g), integrated over the noise.

    Examples
    --------
    >>> math.isclose(channel_risk(2.0), bayes_risk_limit(2.0), rel_tol=1e-10)
    True
    """

    def integrand(z):
        density = math.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
        return (1 - math.tanh(s + math.sqrt(s) * z)) * density

    return quad(integrand, -12, 12, epsabs=1e-14, epsrel=1e-12, limit=200)[0]


def flat_slope(s: float) -> float:
    """Return the limit of d (R_Bayes - R_Bayes(s)) for Delta = sqrt(2 s / d) I.

    Exact risks in two large dimensions; what is left is of the order 1/d, which the
    second dimension, four times the first, removes.

    Examples
    --------
    >>> flat_slope(1.0) < 0
    True
    """
    scaled = []
    for d in (10_000, 40_000):
        risk = bayes_risk(np.full(d, math.sqrt(2 * s / d)))
        scaled.append(d * (risk - bayes_risk_limit(s)))
    return (4 * scaled[1] - scaled[0]) / 3


def flat_error(d: int, delta: float) -> float:
    r"""Error of the sign of d - |x|^2 for Delta = delta I, by the contour integral.

    Examples
    --------
    Two coordinates have an exponential law:

    >>> found = flat_error(2, 0.5)
    >>> bool(np.isclose(found, (np.exp(-2) + 1 - np.exp(-2 / 3)) / 2))
    True
    """
    return classification_error(-np.ones(d), float(d), np.full(d, delta))


_TWICE = brentq(lambda s: 1 / (1 + s) - 2 * channel_risk(s), 1, 10, xtol=1e-12)
"""Where the linear error is twice the Bayes risk."""

register(
    Exercise(
        "ex-bayes-twice",
        "numeric",
        "The snr at which the linear error is twice the Bayes risk.",
        Numeric(_TWICE, rtol=1e-4, words={2 * _TWICE: "That is |Delta|_F^2."}),
    )
)
register(
    Exercise(
        "ex-bayes-expansion",
        "function",
        "The limit of d (R_Bayes - R_Bayes(s)) for Delta = sqrt(2 s / d) I.",
        Function(flat_slope, [(0.5,), (1.0,), (2.0,), (4.0,)], rtol=1e-6),
    )
)
register(
    Exercise(
        "ex-bayes-flat",
        "function",
        "The error of the best quadratic predictor for Delta = delta I.",
        Function(flat_error, [(1, 0.5), (2, 0.5), (10, 0.3), (200, 0.1)]),
    )
)
register(
    Exercise(
        "ex-bayes-one-coordinate",
        "numeric",
        "The limit of the error of one neuron as delta tends to 1.",
        Numeric(
            0.5 - tail(0.5**0.5),
            rtol=1e-4,
            words={1 - 2 * tail(0.5**0.5): "That is the error in one class only."},
        ),
    )
)
