r"""How often the sign of a quadratic predictor is the wrong label.

The predictor decides for y = +1 where :math:`c + \langle x, M x \rangle > 0`. Within a
class this is a Gaussian quadratic form, whose law is known; so the share of mistakes
is, for every model, a sum of two of its tails.

The chapter is ``book/bayes-floor.md``.
"""

from __future__ import annotations

import numpy as np

from rfbook.features import isotropic_weights
from rfbook.forms import form_cdf, form_tail
from rfbook.gaussian import tail
from rfbook.matrices import symmetric
from rfbook.mixture_gap.features import rf_predictor
from rfbook.mixture_gap.mixture import (
    class_roots,
    difference,
    mixture_risk,
    sample,
)
from rfbook.mixture_gap.network import best_network
from rfbook.mixture_gap.tangent import nt_predictor
from rfbook.ranges import (
    finite_answers,
    finite_array,
    finite_scalar,
    integer_from,
    list_from,
)


@finite_answers
def form_weights(M, Delta) -> tuple[np.ndarray, np.ndarray]:
    r"""Weights of the form :math:`\langle x, M x \rangle` within each class.

    Given y the form has the law of :math:`\sum_i a_i z_i^2` with independent standard
    normal :math:`z_i`, where the :math:`a_i` are the eigenvalues of

    .. math:: (I - y \Delta)^{1/2}\, M\, (I - y \Delta)^{1/2} .

    Claim: `error-two-forms`.

    Parameters
    ----------
    M : array_like of float, shape (d, d) or (d,)
        Symmetric, or the diagonal; may be 0.
    Delta : array_like of float, shape (d, d) or (d,)

    Returns
    -------
    plus, minus : ndarray of float, shape (d,)
        Of the classes y = +1 and y = -1.

    Raises
    ------
    ValueError
        If Delta is refused (see `difference`), or M is not symmetric or not of its
        size.

    Examples
    --------
    >>> plus, minus = form_weights([1.0, 2.0], [0.5, -0.25])
    >>> plus.tolist(), minus.tolist()
    ([0.5, 2.5], [1.5, 1.5])
    """
    Delta, M = difference(Delta), symmetric(M, "M", zero=True)
    if len(M) != len(Delta):
        raise ValueError(f"M must have the size {len(Delta)} of Delta, got {len(M)}")
    if M.ndim == 1 and Delta.ndim == 1:
        return M * (1 - Delta), M * (1 + Delta)
    M = np.diag(M) if M.ndim == 1 else M
    weights = []
    for root in class_roots(Delta):
        product = root[:, None] * M * root if root.ndim == 1 else root @ M @ root
        weights.append(np.linalg.eigvalsh((product + product.T) / 2))
    return weights[0], weights[1]


@finite_answers
def classification_error(M, c: float, Delta) -> float:
    r"""Probability that the sign of :math:`c + \langle x, M x \rangle` is not y.

    .. math:: \frac12 \Big[ \mathbb P \Big( \sum_i a_i^+ z_i^2 \le -c \Big)
              + \mathbb P \Big( \sum_i a_i^- z_i^2 > -c \Big) \Big]

    with the weights of `form_weights`. A positive factor of the predictor changes
    nothing.

    Claim: `error-two-forms`.

    Parameters
    ----------
    M : array_like of float, shape (d, d) or (d,)
        Symmetric, or the diagonal. Where it is 0 the decision does not depend on x, and
        the error is 1/2.
    c : float
    Delta : array_like of float, shape (d, d) or (d,)

    Returns
    -------
    float
        In [0, 1].

    Raises
    ------
    ValueError
        See `form_weights`; if c is not finite; and if the integral of `form_tail` did
        not converge.

    Examples
    --------
    The other sign makes all the other mistakes:

    >>> M, c, Delta = [-1.0, 0.5], 0.3, [0.5, -0.25]
    >>> error = classification_error(M, c, Delta)
    >>> other = classification_error([1.0, -0.5], -0.3, Delta)
    >>> bool(np.isclose(error + other, 1.0, rtol=1e-12, atol=0))
    True
    """
    c = finite_scalar("c", c)
    plus, minus = form_weights(M, Delta)
    if not plus.any():
        return 0.5
    return float(form_cdf(-c, plus) + form_tail(-c, minus)) / 2


@finite_answers
def bayes_error(Delta) -> float:
    r"""Least classification error of all: that of the sign of the likelihood ratio.

    .. math:: \operatorname{llr}(x) = \sum_i \operatorname{artanh} \lambda_i -
              \langle x, \Delta (I - \Delta^2)^{-1} x \rangle

    is itself quadratic, so that this is a `classification_error`.

    Claim: `bayes-error-integral`, which gives it by another integral.

    Parameters
    ----------
    Delta : array_like of float, shape (d, d) or (d,)

    Returns
    -------
    float
        In (0, 1/2]; 1/2 for the matrix 0.

    Raises
    ------
    ValueError
        See `difference`.

    Examples
    --------
    The order of the coordinates is immaterial:

    >>> Delta = [0.5, -0.2, 0.1]
    >>> turned = bayes_error(Delta[::-1])
    >>> bool(np.isclose(bayes_error(Delta), turned, rtol=1e-12, atol=0))
    True
    """
    Delta = difference(Delta)
    values = Delta if Delta.ndim == 1 else np.linalg.eigvalsh(Delta)
    return classification_error(
        -values / (1 - values**2), np.arctanh(values).sum(), values
    )


def error_limit(captured):
    r"""Classification error of a model whose predictions are nearly normal.

    .. math:: Q \big( \sqrt s \big),

    where s is the signal-to-noise ratio that the model captures: its risk is then
    :math:`1 / (1 + s)`. At `snr` of Delta this is the limit for Bayes, too.

    Claim: `error-risk-bound`, `bayes-error-limit`.

    Parameters
    ----------
    captured : array_like of float
        At least 0, any shape.

    Returns
    -------
    float or ndarray of float

    Raises
    ------
    ValueError
        If a number is negative or not finite, or the tail underflows.

    Examples
    --------
    >>> error_limit(0)
    0.5
    """
    return tail(np.sqrt(finite_array("captured", captured, 0)))


@finite_answers
def sampled_error(M, c: float, Delta, n: int, seed) -> tuple[float, float]:
    r"""Share of mistakes of a quadratic predictor on n labelled points.

    Parameters
    ----------
    M, c, Delta
        See `classification_error`.
    n : int
        At least 1.
    seed : int or numpy.random.Generator

    Returns
    -------
    share, error : float
        The share and its standard error, by the binomial law.

    Raises
    ------
    ValueError
        See `classification_error`; and if n is out of range.

    Examples
    --------
    >>> share, error = sampled_error([-1.0], 1.0, [0.5], 1000, seed=0)
    >>> bool(abs(share - classification_error([-1.0], 1.0, [0.5])) < 5 * error)
    True
    """
    n = integer_from("n", n, 1)
    M, c = symmetric(M, "M", zero=True), finite_scalar("c", c)
    x, y = sample(Delta, n, seed)
    if len(M) != len(x):
        raise ValueError(f"M must have the size {len(x)} of Delta, got {len(M)}")
    product = M[:, None] * x if M.ndim == 1 else M @ x
    decision = np.where(np.einsum("ij,ij->j", x, product) + c > 0, 1, -1)
    share = float(np.mean(decision != y))
    return share, float(np.sqrt(share * (1 - share) / n))


@finite_answers
def model_errors(Delta, widths, seed, n: int = 0) -> dict[str, np.ndarray]:
    r"""Risk and classification error of the best RF, NT and NN predictors.

    The features and the tangent model have one draw of isotropic weights; its first N
    neurons serve the width N. All three predictors are those of least squared risk.

    Parameters
    ----------
    Delta : array_like of float, shape (d, d) or (d,)
    widths : sequence of int
        Each at least 1.
    seed : int
    n : int
        If positive, also the share of mistakes on as many points, with its error.

    Returns
    -------
    dict from "RF", "NT", "NN" to ndarray of float, shape (m, 2) or (m, 4)
        A row for each width: risk, error, and if n > 0 the sampled share and its
        standard error.

    Raises
    ------
    ValueError
        If an argument is refused.

    Examples
    --------
    With as many neurons as dimensions the tangent model is the network:

    >>> found = model_errors([0.5, 0.3, -0.2], [3], seed=0)
    >>> bool(np.allclose(found["NT"], found["NN"]))
    True
    """
    Delta = difference(Delta)
    widths = [integer_from("widths", N, 1) for N in list_from("widths", widths)]
    n, seed = integer_from("n", n, 0), integer_from("seed", seed, 0)
    W = isotropic_weights(len(Delta), max(widths), seed)
    rng = np.random.default_rng([seed, 1])  # new points for every predictor
    found = {name: [] for name in ("RF", "NT", "NN")}
    for N in widths:
        predictors = (
            rf_predictor(W[:, :N], Delta),
            nt_predictor(W[:, :N], Delta),
            best_network(Delta, N),
        )
        for rows, (M, c) in zip(found.values(), predictors, strict=True):
            row = [mixture_risk(M, c, Delta), classification_error(M, c, Delta)]
            rows.append([*row, *(sampled_error(M, c, Delta, n, rng) if n else ())])
    return {name: np.array(rows) for name, rows in found.items()}
