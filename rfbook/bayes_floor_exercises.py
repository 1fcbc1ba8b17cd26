"""The exercises of the chapter on the Bayes floor that `rfbook.exercises.check` judges.

Importing the module registers them. Each judge computes in another way than the
solution that the chapter gives.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import gammaincc

from rfbook.exercises import Exercise, Function, Mistake, Numeric, register
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


def expansion_part(s: float, *, quartic: bool) -> float:
    r"""Return one of the two parts of the limit that `flat_slope` computes.

    .. math:: \int \frac{e^{-s/2 - 2 s u^2}}{\cosh \pi u}\, p(u)\, du , \qquad
        p = 4 s^2 \Big(2 u^4 - \frac18\Big) \quad\text{or}\quad
        p = -\frac{8 s^3}{18} (u + 4 u^3)^2

    Parameters
    ----------
    s : float
        Positive.
    quartic : bool
        Whether the first part is asked for, else the second, that of the phase.

    Examples
    --------
    >>> parts = [expansion_part(1.0, quartic=part) for part in (True, False)]
    >>> math.isclose(sum(parts), flat_slope(1.0), rel_tol=1e-6)
    True
    """

    def integrand(u):
        weight = math.exp(-s / 2 - 2 * s * u**2) / math.cosh(math.pi * u)
        phase = -8 * s**3 / 18 * (u + 4 * u**3) ** 2
        return weight * (4 * s**2 * (2 * u**4 - 1 / 8) if quartic else phase)

    return quad(integrand, -12, 12, epsabs=1e-14, epsrel=1e-12, limit=200)[0]


def likelihood_error(d: int, delta: float) -> float:
    """Error of the likelihood ratio for Delta = delta I, which has another threshold.

    Examples
    --------
    It is the least error:

    >>> likelihood_error(2, 0.5) < flat_error(2, 0.5)
    True
    """
    threshold = d * (1 - delta**2) * math.atanh(delta) / delta
    return classification_error(-np.ones(d), threshold, np.full(d, delta))


def one_class_error(d: int, delta: float) -> float:
    """Error in the class y = +1 alone, where |x|^2 is at least d.

    Examples
    --------
    >>> math.isclose(one_class_error(2, 0.5), math.exp(-2))
    True
    """
    return float(gammaincc(d / 2, d / (1 - delta) / 2))


_TWICE = brentq(lambda s: 1 / (1 + s) - 2 * channel_risk(s), 1, 10, xtol=1e-12)
"""Where the linear error is twice the Bayes risk."""

register(
    Exercise(
        "ex-bayes-twice",
        "numeric",
        "The snr at which the linear error is twice the Bayes risk.",
        Numeric(
            _TWICE,
            rtol=1e-4,
            mistakes=[Mistake(2 * _TWICE, "That is |Delta|_F^2.")],
            hint="The quotient of the two risks grows with snr: halve an interval.",
        ),
    )
)
register(
    Exercise(
        "ex-bayes-expansion",
        "function",
        "The limit of d (R_Bayes - R_Bayes(s)) for Delta = sqrt(2 s / d) I.",
        Function(
            flat_slope,
            [(0.5,), (1.0,), (2.0,), (4.0,)],
            rtol=1e-6,
            mistakes=[
                Mistake(
                    lambda s: expansion_part(s, quartic=True),
                    "The phase is missing: its square is of the same order.",
                ),
                Mistake(
                    lambda s: expansion_part(s, quartic=False),
                    "That is the phase alone: the logarithms have a next term too.",
                ),
            ],
            hint="Both the modulus and the phase have a term of the order 1/d.",
        ),
    )
)
register(
    Exercise(
        "ex-bayes-flat",
        "function",
        "The error of the best quadratic predictor for Delta = delta I.",
        Function(
            flat_error,
            [(1, 0.5), (2, 0.5), (10, 0.3), (200, 0.1)],
            mistakes=[
                Mistake(one_class_error, "That is the error in the class y = +1 only."),
                Mistake(
                    likelihood_error,
                    "That is the likelihood ratio's error. The best predictor for the "
                    "squared risk has another threshold.",
                ),
            ],
            hint="In each class |x|^2 is a multiple of a chi-square variable.",
        ),
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
            mistakes=[
                Mistake(1 - 2 * tail(0.5**0.5), "That is the error in one class only."),
                Mistake(
                    0.5 - tail(0.5),
                    "The standard deviation is the square root of 1 + delta.",
                ),
                Mistake(
                    tail(0.5**0.5), "That is a tail: the error is where z^2 is small."
                ),
            ],
            hint="In the limit one of the two classes makes no errors.",
        ),
    )
)
