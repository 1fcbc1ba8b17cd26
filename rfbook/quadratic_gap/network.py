r"""The trained network with the activation u^2: the least risk of N neurons.

A network :math:`c + \sum_i u_i \langle w_i, x \rangle^2` is a quadratic function whose
matrix :math:`\sum_i u_i w_i w_i^{\mathsf T}` has at most rank N; the constant fits the
mean. The best matrix of that rank keeps the N largest eigenvalues.

The chapter is ``book/quadratic-gap.md``.
"""

from __future__ import annotations

import numpy as np

from rfbook.matrices import (
    eigenvalues,
    in_range,
    positive_eigenvalues,
    ratio,
    symmetric,
)
from rfbook.ranges import LONGEST, finite_answers, finite_scalar, integer_from

LAYERS = ("free", "ones")


def captured(B, second_layer: str = "free") -> np.ndarray:
    r"""Squares of the eigenvalues that neurons can fit, in the order in which they do.

    .. math:: |\lambda|_{(1)}^2 \ge |\lambda|_{(2)}^2 \ge \dots
              \quad (\text{free signs}), \qquad
              (\lambda_1)_+^2 \ge (\lambda_2)_+^2 \ge \dots \quad (\text{ones})

    Parameters
    ----------
    B : array_like of float, shape (d, d) or (d,)
        Any symmetric matrix, not 0.
    second_layer : {"free", "ones"}
        Output weights of any sign, or all equal to 1.

    Returns
    -------
    ndarray of float, shape (d,)

    Raises
    ------
    ValueError
        If B or the layer is refused.

    Examples
    --------
    >>> captured([1, -2]), captured([1, -2], "ones")
    (array([4., 1.]), array([1., 0.]))
    """
    if second_layer not in LAYERS:
        raise ValueError(f"second_layer must be 'free' or 'ones', got {second_layer!r}")
    values = eigenvalues(B)
    if second_layer == "ones":
        return np.maximum(values, 0) ** 2
    return np.sort(values**2)[::-1]


@finite_answers
def nn_risk(B, N: int, second_layer: str = "free") -> float:
    r"""Least risk of a network with N neurons: an infimum that is attained.

    .. math:: \mathcal R_{\mathrm{NN}} = \frac{1}{\lVert B \rVert_F^2} \sum_{i > N}
              |\lambda|_{(i)}^2 \quad (\text{free}), \qquad
              \frac{1}{\lVert B \rVert_F^2} \Big( \sum_i (\lambda_i)_-^2 +
              \sum_{i > N} (\lambda_i)_+^2 \Big) \quad (\text{ones})

    For positive semidefinite B both are the formula of Theorem 3.

    Claim: `nn-infimum`; for indefinite B `nn-infimum-free` and `nn-infimum-ones`.

    Parameters
    ----------
    B : array_like of float, shape (d, d) or (d,)
        Any symmetric matrix, not 0.
    N : int
        Number of neurons, at least 1.
    second_layer : {"free", "ones"}
        "ones" is the network of Theorem 3, whose output weights are all 1.

    Returns
    -------
    float
        In [0, 1]; exactly 0 for N >= d with free signs.

    Raises
    ------
    ValueError
        If an argument is refused.

    Notes
    -----
    Source: Ghorbani et al., NeurIPS 2019, Theorem 3, for positive semidefinite B.

    Examples
    --------
    >>> nn_risk([2, 1, -1], 2), nn_risk([2, 1, -1], 2, "ones")
    (0.16666666666666666, 0.16666666666666666)
    >>> nn_risk([2, 1, -1], 3), nn_risk([2, 1, -1], 3, "ones")
    (0.0, 0.16666666666666666)
    """
    B, N = symmetric(B), integer_from("N", N, 1)
    return float(nn_risk_path(B, min(N, len(B)), second_layer)[-1])


@finite_answers
def nn_risk_path(B, N: int, second_layer: str = "free") -> np.ndarray:
    """`nn_risk` for 1, ..., N neurons.

    Parameters
    ----------
    B, second_layer
        See `nn_risk`.
    N : int
        At least 1.

    Returns
    -------
    ndarray of float, shape (N,)

    Raises
    ------
    ValueError
        If an argument is refused.

    Examples
    --------
    >>> nn_risk_path([2, 1, 1], 4).round(3).tolist()
    [0.333, 0.167, 0.0, 0.0]
    """
    B, N = in_range(B), integer_from("N", N, 1, LONGEST)
    squares = captured(B, second_layer)
    values = eigenvalues(B)
    never = np.sum(np.minimum(values, 0) ** 2) if second_layer == "ones" else 0.0
    # summed from the small end, so that the last entries are exact
    missed = np.append(np.cumsum(squares[::-1])[::-1], 0.0) + never
    return missed[np.minimum(np.arange(1, N + 1), len(values))] / np.sum(values**2)


def nn_risk_limit(rho, spectrum, second_layer: str = "free"):
    r"""Limit of the network's risk for a limiting law of the eigenvalues of B.

    With the decreasing quantile function q of the squares that neurons can fit,

    .. math:: \mathcal R_{\mathrm{NN}} \to 1 -
              \frac{\int_0^{\rho \wedge 1} q(s)\, ds}{\int \lambda^2\, d\mu(\lambda)} .

    The law is given by d equally likely values: then the limit at rho = N / d is
    `nn_risk` of N neurons, and between these points it is linear.

    Claim: `nn-infimum`.

    Parameters
    ----------
    rho : array_like of float
        Neurons per dimension, at least 0.
    spectrum : array_like of float, shape (d,) or (d, d)
        Eigenvalues in any order, or a symmetric matrix; not all 0.
    second_layer : {"free", "ones"}

    Returns
    -------
    float or ndarray
        In the shape of rho.

    Raises
    ------
    ValueError
        If an argument is refused.

    Examples
    --------
    >>> nn_risk_limit([0.0, 0.25, 0.5, 2.0], [1, 1]).tolist()
    [1.0, 0.75, 0.5, 0.0]
    """
    rho = ratio(rho)
    values = eigenvalues(spectrum)
    d = len(values)
    path = np.append(1.0, nn_risk_path(values, d, second_layer))
    return np.interp(rho, np.arange(d + 1) / d, path)[()]


def fitted_diagonal(rho: float, B) -> dict[str, np.ndarray]:
    r"""Return what the three models fit of each eigendirection, in the limit.

    For the eigenvector v_i of B, and M the matrix of the best function, on average over
    isotropic neurons,

    .. math::
        \langle v_i, M v_i \rangle &\to \frac{\rho}{1 + \rho}\, \bar\lambda
            && (\text{RF}), \\
        &\to \lambda_i - (1 - \rho)_+^2\, \lambda_i
            - \rho\, (1 - \rho)_+\, \bar\lambda && (\text{NT}), \\
        &\to \lambda_i\, 1\{i \le \rho d\} && (\text{NN}),

    where lambda-bar is the mean eigenvalue. At :math:`i = \lceil \rho d \rceil` the
    network has the fraction of a direction that is left of rho d.

    Parameters
    ----------
    rho : float
        Neurons per dimension, at least 0.
    B : array_like of float, shape (d, d) or (d,)
        Positive semidefinite, not 0.

    Returns
    -------
    dict of str to ndarray, shape (d,)
        ``"RF"``, ``"NT"`` and ``"NN"``, the largest eigenvalue first.

    Raises
    ------
    ValueError
        If an argument is refused.

    Notes
    -----
    For the tangent model M = B - P B P with the projection P onto the complement of N
    random directions, and :math:`E\, P B P \to (1 - \rho)^2 B + \rho (1 - \rho)
    \bar\lambda I`. Random features fit no part of the traceless target in the limit.

    Examples
    --------
    >>> fitted_diagonal(0.5, [3.0, 1.0])["NN"].tolist()
    [3.0, 0.0]
    """
    rho = finite_scalar("rho", rho, 0)
    values = positive_eigenvalues(B)
    mean, rest = values.mean(), max(0.0, 1 - rho)
    count = np.arange(1, len(values) + 1)
    whole = np.clip(rho * len(values) - count + 1, 0, 1)
    return {
        "RF": np.full(len(values), rho / (1 + rho) * mean),
        "NT": values - rest**2 * values - rho * rest * mean,
        "NN": values * whole,
    }
