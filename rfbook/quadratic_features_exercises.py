"""The exercises on random features for a quadratic target, and their judges.

Importing the module registers them. Each judge computes in another way than the
solution that the chapter gives.
"""

from __future__ import annotations

import math

from rfbook.exercises import Exercise, Function, Numeric, register
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


register(
    Exercise(
        "ex-quadratic-scale",
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
            words={1 - relu_limit(10.0): "That is what the features capture."},
        ),
    )
)
