"""The exercises on random features for a quadratic target, and their judges.

Importing the module registers them. Each judge computes in another way than the
solution that the chapter gives.
"""

from __future__ import annotations

import math
from fractions import Fraction

from rfbook.exercises import Exercise, Function, Mistake, Numeric, register
from rfbook.quadratic_gap import (
    best_covariance,
    fixed_point,
    rf_risk,
    rf_risk_limit,
)


def cubic_risk(W, b) -> float:
    r"""Return the risk of the features of u^3 + u^2 - 1, by quadrature.

    Parameters
    ----------
    W : array_like of float, shape (d, N)
        The neurons, as columns.
    b : array_like of float, shape (d,)
        The diagonal of the target.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If an argument is refused.

    Examples
    --------
    One unit neuron in dimension 1: the overlap is 2 b, the square 15 + 3 - 2 + 1.

    >>> abs(cubic_risk([[1.0]], [2.0]) - (1 - 4 / (2 * 17))) < 1e-9
    True
    """
    return rf_risk(W, b, lambda u: u**3 + u**2 - 1)


def scale_dimension(risk: float) -> int:
    """Return the first dimension from which (d - 1)^2 / (d^2 + 1) stays above a risk.

    Examples
    --------
    >>> scale_dimension(0.25)
    3
    """
    d = 1
    while (d - 1) ** 2 < risk * (d**2 + 1):
        d += 1
    return d


def least_limit(rho: float, b) -> float:
    r"""Return the limit of the risk at the best covariance.

    Parameters
    ----------
    rho : float
        Positive.
    b : array_like of float, shape (d,)
        Eigenvalues of the target, not all 0.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If an argument is refused.

    Examples
    --------
    Where nothing is cut off it is chi / (1 + rho):

    >>> math.isclose(least_limit(4.0, [3.0, 2.0, 1.0]), 36 / (3 * 14) / 5)
    True
    """
    return float(rf_risk_limit(rho, b, best_covariance(rho, b)))


def relu_limit(rho: float) -> float:
    r"""Return the limit for centred ReLU features and B = I: 1 / (1 + s nu).

    Parameters
    ----------
    rho : float
        Positive.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If rho is refused.

    Examples
    --------
    >>> 0 < relu_limit(100.0) < relu_limit(10.0) < 1
    True
    """
    nu = fixed_point(rho, 1 / 4, 1 / 4 - 1 / (2 * math.pi))
    return 1 / (1 + nu / (4 * math.pi))


_HALF, _REST = 1 / 4, 1 / 4 - 1 / (2 * math.pi)
_LINEAR_NOISE = 1 / (1 + 10 / (4 * math.pi) / (_HALF + _REST))
"""What is left at rho = 10 if the coefficient of degree 1 counts as one of degree 3."""


def one_sign(rho: float, b) -> float:
    r"""Return the least limit over covariances with <Gamma, B> >= 0 only.

    With k eigenvalues above the threshold t = (b_1 + ... + b_k) / (rho d + k) it is
    1 - sum_i b_i (b_i - t)_+ / |b|^2.

    Examples
    --------
    For a positive semidefinite B nothing is lost:

    >>> math.isclose(one_sign(4.0, [3.0, 2.0, 1.0]), least_limit(4.0, [3.0, 2.0, 1.0]))
    True
    """
    ordered = sorted(b, reverse=True)
    sums = [sum(ordered[: k + 1]) for k in range(len(b))]
    levels = [total / (rho * len(b) + k) for k, total in enumerate(sums, 1)]
    above = [t for value, t in zip(ordered, levels, strict=True) if value > t]
    if ordered[0] <= 0:
        return 1.0
    kept = sum(value * max(value - above[-1], 0) for value in ordered)
    return 1 - kept / sum(value**2 for value in ordered)


def in_proportion(rho: float, b) -> float:
    """Return the limit for the covariance |B| / Tr |B|, a usual guess.

    Examples
    --------
    >>> in_proportion(4.0, [3.0, 2.0, 1.0]) > least_limit(4.0, [3.0, 2.0, 1.0])
    True
    """
    total = sum(abs(value) for value in b)
    return float(rf_risk_limit(rho, b, [abs(value) / total for value in b]))


register(
    Exercise(
        "ex-quadratic-scale",
        "numeric",
        "The least d from which risk 0.99 is the best, for columns of norm sqrt(d).",
        Numeric(
            scale_dimension(0.99),
            rtol=0,
            mistakes=[
                Mistake(
                    scale_dimension(0.99) - 1,
                    "There the bound is still below: it is one short.",
                ),
                Mistake(
                    math.ceil(1 / (1 - Fraction(99, 100))),
                    "The numerator is a square: (d - 1)^2.",
                ),
            ],
            hint="The bound is reached, and it is a quotient of quadratics in d.",
        ),
    )
)
register(
    Exercise(
        "ex-quadratic-cubic",
        "function",
        "The exact risk of the features of u^3 + u^2 - 1, for a diagonal target.",
        Function(
            cubic_risk,
            [
                ([[1.0]], [2.0]),
                ([[0.5], [1.0]], [1.0, -0.5]),
                ([[1.0, 0.5], [0.5, -0.5]], [2.0, 1.0]),
                (
                    [[0.5, -1.0, 0.75], [0.0, 0.5, 1.0], [1.0, 0.25, -0.5]],
                    [3.0, 1.0, -1.0],
                ),
            ],
            mistakes=[
                Mistake(rf_risk, "That is the risk of u^2 - 1: the cube adds noise."),
                Mistake(
                    lambda W, b: rf_risk(W, b, lambda u: u**3 + u**2 - 1, offset=True),
                    "There is no free constant in this model.",
                ),
            ],
            hint="Odd and even terms do not meet: U is a sum of two kernels.",
        ),
    )
)
register(
    Exercise(
        "ex-quadratic-best",
        "function",
        "The least limit over all covariances, for B = diag(b).",
        Function(
            least_limit,
            [
                (4.0, [3.0, 2.0, 1.0]),
                (0.5, [3.0, 2.0, 1.0]),
                (1.0, [1.0, -2.0, -3.0]),
                (0.2, [5.0, 0.0, -1.0, -1.0]),
            ],
            mistakes=[
                Mistake(one_sign, "Try B and -B: both signs are allowed."),
                Mistake(
                    in_proportion,
                    "A covariance proportional to the moduli is not the best one.",
                ),
            ],
            hint="Subtract a threshold from the eigenvalues and cut off at zero.",
        ),
    )
)
register(
    Exercise(
        "ex-quadratic-excess",
        "numeric",
        "The limit for centred ReLU features, isotropic weights, B = I and rho = 10.",
        Numeric(
            relu_limit(10.0),
            rtol=1e-5,
            mistakes=[
                Mistake(1 - relu_limit(10.0), "That is what the features capture."),
                Mistake(
                    _LINEAR_NOISE,
                    "That is the bound, which counts the linear part as noise.",
                ),
            ],
            hint="Three squared coefficients enter, and the root of one quadratic.",
        ),
    )
)
