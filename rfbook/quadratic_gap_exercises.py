"""The exercises of the quadratic gap whose answers `rfbook.exercises.check` judges.

Importing the module registers them. Each judge computes in another way than the
solution that the chapter gives.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from rfbook.exercises import Exercise, Function, Numeric, register
from rfbook.quadratic_gap import (
    best_covariance,
    fixed_point,
    nn_risk,
    nt_risk_mean,
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


def rank_one_variance(d: int, N: int) -> float:
    r"""Return the variance of the tangent model's risk for a target of rank one.

    The risk is the square of a Beta variable with parameters (d - N)/2 and N/2, whose
    moments are quotients of Gamma functions.

    Examples
    --------
    In the plane the risk is sin^4 of a uniform angle, with variance 35/128 - 9/64:

    >>> math.isclose(rank_one_variance(2, 1), 17 / 128)
    True
    """
    a, total = (d - N) / 2, d / 2

    def moment(k: int) -> float:
        up = math.lgamma(a + k) - math.lgamma(a)
        return math.exp(up - math.lgamma(total + k) + math.lgamma(total))

    return moment(4) - moment(2) ** 2


def ahead(values: Sequence[float], N: int) -> float:
    r"""Return how far the network is ahead of the tangent model, in the mean.

    Examples
    --------
    One of the eigenvalues 1 and -1 is half of the target; the tangent model gets more:

    >>> ahead([1, -1], 1)
    -0.25
    """
    return nt_risk_mean(values, N) - nn_risk(values, N)


register(
    Exercise(
        "ex-gap-scale",
        "numeric",
        "The least d from which risk 0.99 is the best, for columns of norm sqrt(d).",
        Numeric(
            scale_dimension(0.99),
            rtol=0,
            words={199: "At d = 199 the bound is 0.98995, still below 0.99."},
        ),
    )
)
register(
    Exercise(
        "ex-gap-cubic",
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
        ),
    )
)
register(
    Exercise(
        "ex-gap-best",
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
        ),
    )
)
register(
    Exercise(
        "ex-gap-excess",
        "numeric",
        "The limit for centred ReLU features, isotropic weights, B = I and rho = 10.",
        Numeric(
            relu_limit(10.0),
            rtol=1e-5,
            words={1 - relu_limit(10.0): "That is what the features capture."},
        ),
    )
)
register(
    Exercise(
        "ex-gap-tangent-rank",
        "function",
        "The variance of the tangent model's risk for a target of rank one.",
        Function(rank_one_variance, [(2, 1), (5, 2), (8, 7), (40, 10)]),
    )
)
register(
    Exercise(
        "ex-gap-ahead",
        "function",
        "The tangent model's mean risk minus the network's least risk.",
        Function(
            ahead,
            [([1, -1], 1), ([3, 2, 1], 1), ([1, 1, 1], 2), ([2, -3, 1, 0], 2)],
        ),
    )
)
