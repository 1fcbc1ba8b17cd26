r"""The Bayes risk of the mixture of two Gaussians, exactly and in the limit.

Given y the point x is N(0, I - y Delta). The least risk of all functions of x is that
of the posterior mean, :math:`\tanh(\operatorname{llr}(x)/2)` with the log-likelihood
ratio llr. The density in the middle, proportional to :math:`\sqrt{p_+ p_-}`, turns the
risk into one integral over the line,

.. math:: \mathcal R_{\mathrm{Bayes}} = A\, \mathbb E_0 \operatorname{sech}
          \tfrac12 \operatorname{llr}(x)
          = A \int_{-\infty}^{\infty} \operatorname{sech}(\pi u)\,
          \mathbb E_0\, e^{i u \operatorname{llr}(x)}\, du ,

whose integrand is smooth and bounded in a strip. The trapezoidal rule then converges
exponentially, with a bound that is known in advance.

The chapter is ``book/bayes-floor.md``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rfbook.mixture_gap.mixture import affinity, captured_risk, difference
from rfbook.ranges import finite_answers, finite_array, generator_from, integer_from

_TILTS = np.linspace(0.02, 0.49, 48)
"""Half-widths of the strip that are tried; 1/2 is where sech(pi u) has its pole."""

_LARGEST_SNR = 1400.0
"""The limit of the risk is below exp(-snr / 2), at 1400 about 1e-304."""

_GOAL = 1e-17
"""Bound on the discretisation error, over the integral's part without oscillation."""

_END = 13.0
"""Where the sum ends: sech(13 pi) is below 4e-18."""


class RiskBound(NamedTuple):
    """A computed risk, and a bound on the error of the rule that computed it."""

    risk: float
    error: float


# --- the log-likelihood ratio ---------------------------------------------------------


@finite_answers
def log_likelihood_ratio(x, Delta):
    r"""Logarithm of the likelihood ratio of y = +1 against y = -1.

    .. math:: \operatorname{llr}(x) = \ln \frac{p_+(x)}{p_-(x)}
              = \sum_i \operatorname{artanh} \lambda_i
              - \big\langle x, \Delta (I - \Delta^2)^{-1} x \big\rangle

    Claim: `likelihood-ratio`.

    Parameters
    ----------
    x : array_like of float, shape (d,) or (d, n)
        A point, or points as columns.
    Delta : array_like of float, shape (d, d) or (d,)
        See `difference`.

    Returns
    -------
    float or ndarray of float, shape (n,)

    Raises
    ------
    ValueError
        If Delta is refused, or x is not finite or has another number of rows.

    Examples
    --------
    Two centred normal densities of variances 1/2 and 3/2, at 0:

    >>> bool(np.isclose(log_likelihood_ratio([0.0], [0.5]), np.log(3) / 2))
    True
    """
    Delta, x = difference(Delta), finite_array("x", x)
    if x.ndim not in (1, 2) or len(x) != len(Delta):
        raise ValueError(f"x must have {len(Delta)} rows, got shape {x.shape}")
    values, basis = (Delta, None) if Delta.ndim == 1 else np.linalg.eigh(Delta)
    turned = x if basis is None else basis.T @ x
    weights = values / ((1 - values) * (1 + values))
    ratio = np.sum(np.arctanh(values)) - weights @ turned**2
    return float(ratio) if x.ndim == 1 else ratio


@finite_answers
def posterior_mean(x, Delta):
    r"""Best predictor of the label: :math:`\mathbb E[y \mid x]`.

    .. math:: \mathbb E[y \mid x] = \tanh \tfrac12 \operatorname{llr}(x)

    Claim: `posterior-mean`.

    Parameters
    ----------
    x, Delta
        See `log_likelihood_ratio`.

    Returns
    -------
    float or ndarray of float, shape (n,)
        Between -1 and 1.

    Raises
    ------
    ValueError
        See `log_likelihood_ratio`.

    Examples
    --------
    Equal densities decide nothing; a large coordinate speaks for the wider class:

    >>> posterior_mean([[2.0]], [0.0]), posterior_mean([[9.0]], [0.5]).round(3)
    (array([0.]), array([-1.]))
    """
    return np.tanh(log_likelihood_ratio(x, Delta) / 2)


@finite_answers
def llr_moments(Delta, label: int = 1) -> tuple[float, float]:
    r"""Mean and variance of the log-likelihood ratio given the label.

    .. math:: \mathbb E_\pm \operatorname{llr} = \sum_i \Big( \operatorname{artanh}
              \lambda_i - \frac{\lambda_i}{1 \pm \lambda_i} \Big), \qquad
              \operatorname{Var}_\pm \operatorname{llr}
              = 2 \sum_i \frac{\lambda_i^2}{(1 \pm \lambda_i)^2}

    Claim: `llr-moments`.

    Parameters
    ----------
    Delta : array_like of float, shape (d, d) or (d,)
    label : {1, -1}

    Raises
    ------
    ValueError
        If Delta is refused or the label is another one.

    Examples
    --------
    Given the other label, the mean changes its sign with Delta:

    >>> plus, minus = llr_moments([0.3, -0.1]), llr_moments([-0.3, 0.1], -1)
    >>> bool(np.allclose(plus, (-minus[0], minus[1])))
    True
    """
    if integer_from("label", label, -1) not in (1, -1):
        raise ValueError(f"label must be 1 or -1, got {label!r}")
    values = _spectrum(Delta)
    weights = values / (1 + label * values)
    return float(np.sum(np.arctanh(values) - weights)), float(2 * np.sum(weights**2))


@finite_answers
def log_hellinger(u, Delta):
    r"""Logarithm of the characteristic function of llr under the middle law.

    The middle law is N(0, I - Delta^2), whose density is proportional to
    :math:`\sqrt{p_+ p_-}`:

    .. math:: \ln \mathbb E_0\, e^{i u \operatorname{llr}(x)} = \sum_i \Big(
              i u \operatorname{artanh} \lambda_i - \tfrac12 \ln (1 + 2 i u \lambda_i)
              \Big) .

    Claim: `llr-laws`.

    Parameters
    ----------
    u : array_like of float, any shape
    Delta : array_like of float, shape (d, d) or (d,)

    Returns
    -------
    complex or ndarray of complex, shape of u
        The imaginary part is the continuous one that is 0 at u = 0.

    Raises
    ------
    ValueError
        If u is not finite or Delta is refused.

    Examples
    --------
    >>> log_hellinger(0.0, [0.5, -0.2])
    0j
    >>> bool(np.isclose(log_hellinger(1.5, [0.5, -0.5]), -np.log(1 + 1.5**2) / 2))
    True
    """
    u = finite_array("u", u)
    values, counts = np.unique(_spectrum(Delta), return_counts=True)
    # Summed eigenvalue by eigenvalue: the two parts of the phase nearly cancel.
    total = np.zeros(u.shape, complex)
    for value, count in zip(values, counts, strict=True):
        slope = 2 * value * u
        phase = u * np.arctanh(value) - np.arctan(slope) / 2
        total += count * (-np.log1p(slope**2) / 4 + 1j * phase)
    return complex(total) if total.ndim == 0 else total


def _spectrum(Delta) -> np.ndarray:
    """Return the eigenvalues of a difference, in any order."""
    Delta = difference(Delta)
    return Delta if Delta.ndim == 1 else np.linalg.eigvalsh(Delta)


# --- the Bayes risk -------------------------------------------------------------------


def bayes_risk(Delta) -> float:
    r"""Least risk of all predictors of the label, exact up to rounding.

    .. math:: \mathcal R_{\mathrm{Bayes}} = \mathbb E\, (y - \mathbb E[y \mid x])^2
              = A \int_{-\infty}^{\infty} \operatorname{sech}(\pi u)
              \prod_i \frac{e^{i u \operatorname{artanh} \lambda_i}}
              {(1 + 2 i u \lambda_i)^{1/2}}\, du

    with the `affinity` A. No digits cancel, however small the risk is.

    Claim: `bayes-fourier`, `bayes-trapezoid`.

    Parameters
    ----------
    Delta : array_like of float, shape (d, d) or (d,)
        See `difference`; 0 has the risk 1.

    Returns
    -------
    float
        In [0, 1]; it falls below the range of float64, and is 0 there, where the
        affinity does.

    Raises
    ------
    ValueError
        If Delta is refused.

    Notes
    -----
    Source: the Bayes error of Ghorbani et al., NeurIPS 2019, Figure 2, for which the
    text gives no formula.

    Examples
    --------
    Only the size of an eigenvalue counts when all signs change:

    >>> bool(np.isclose(bayes_risk([0.6, -0.2]), bayes_risk([-0.6, 0.2])))
    True
    """
    return bayes_risk_bound(Delta).risk


def bayes_risk_bound(Delta) -> RiskBound:
    r"""`bayes_risk` with a bound on what the trapezoidal rule leaves out.

    With the step h, K nodes on either side and any 0 < a < 1/2, the error is at most

    .. math:: A\, \frac{\mathbb E_0\, e^{a \operatorname{llr}} + \mathbb E_0\,
              e^{-a \operatorname{llr}}}{\cos(\pi a)\, (e^{2 \pi a / h} - 1)}
              + \frac{4 A}{\pi}\, e^{-\pi K h} .

    Rounding comes on top, a few units of the last place for each eigenvalue.

    Claim: `bayes-trapezoid`.

    Parameters
    ----------
    Delta : array_like of float, shape (d, d) or (d,)

    Returns
    -------
    RiskBound
        The fields ``risk`` and ``error``, both absolute.

    Raises
    ------
    ValueError
        If Delta is refused.

    Examples
    --------
    >>> risk, error = bayes_risk_bound([0.5, 0.1])
    >>> error < 1e-15 * risk
    True
    """
    values = _spectrum(Delta)
    if not values.any():
        return RiskBound(1.0, 0.0)
    growth = np.logaddexp(*(_log_tilted(sign * values) for sign in (1, -1)))
    step, discrete = _step(growth)
    u = step * np.arange(int(np.ceil(_END / step)) + 1)
    logarithm = log_hellinger(u, values)
    terms = np.exp(logarithm.real) * np.cos(logarithm.imag) / np.cosh(np.pi * u)
    total = step * (2 * np.sum(terms) - terms[0])
    scale = affinity(values)
    error = scale * (discrete + 4 / np.pi * np.exp(-np.pi * u[-1]))
    return RiskBound(min(float(scale * total), 1.0), float(error))


def _log_tilted(values: np.ndarray) -> np.ndarray:
    """Return ln E_0 exp(-a llr) at all tilts a."""
    tilts = _TILTS[:, None]
    return np.sum(
        -tilts * np.arctanh(values) - np.log1p(-2 * tilts * values) / 2, axis=1
    )


def _step(growth: np.ndarray) -> tuple:
    """Return the largest step that keeps the discretisation error at the goal.

    ``growth`` is the logarithm, at all tilts in its last axis, of the sum of the two
    exponential moments; the second result is the bound at the step.
    """
    sides = growth - np.log(np.cos(np.pi * _TILTS))
    steps = 2 * np.pi * _TILTS / np.logaddexp(0, sides - np.log(_GOAL))
    best = steps.argmax(-1)
    step = np.take_along_axis(steps, best[..., None], -1)[..., 0]
    return step, _GOAL


# --- the limit ------------------------------------------------------------------------


@finite_answers
def bayes_risk_limit(snr):
    r"""Limit of the Bayes risk: a sign in Gaussian noise.

    .. math:: 1 - \mathbb E \tanh(s + \sqrt s\, g) = e^{-s/2}\, \mathbb E
              \operatorname{sech}(\sqrt s\, g) = e^{-s/2} \int_{-\infty}^{\infty}
              \operatorname{sech}(\pi u)\, e^{-2 s u^2}\, du, \qquad g \sim N(0, 1)

    It is the least mean squared error for y seen through :math:`\sqrt s\, y + g`.

    Claim: `bayes-limit`, `channel-mmse`.

    Parameters
    ----------
    snr : array_like of float
        At least 0: the limit s of `snr`.

    Returns
    -------
    float or ndarray of float, shape of snr
        In [0, 1].

    Raises
    ------
    ValueError
        If a number is negative or not finite.

    Examples
    --------
    >>> round(bayes_risk_limit(0.0), 12)
    1.0
    >>> bool(np.all(bayes_risk_limit([0.5, 5.0]) < linear_mmse([0.5, 5.0])))
    True
    """
    s = finite_array("snr", snr, 0)
    if (s > _LARGEST_SNR).any():
        raise ValueError(
            f"bayes_risk_limit underflows float64 beyond {_LARGEST_SNR}, got snr = {s}"
        )
    risk = np.minimum(_channel_mean(s, lambda u: 1.0), 1.0)
    return float(risk) if risk.ndim == 0 else risk


def _channel_mean(s: np.ndarray, weight) -> np.ndarray:
    r"""Integrate :math:`e^{-s/2} \operatorname{sech}(\pi u) e^{-2 s u^2} w(u)`."""
    if not s.size:
        return np.zeros(s.shape)
    flat = s.reshape(-1, 1)
    step = _step(np.log(2) + 2 * flat * _TILTS**2)[0][:, None]
    # e^(-2 s u^2) is below 4e-18 from u^2 = 20/s on.
    ends = np.minimum(_END, np.sqrt(20 / np.maximum(flat, 1e-3)))
    u = step * np.arange(int(np.ceil((ends / step).max())) + 1)
    with np.errstate(under="ignore"):
        terms = weight(u) * np.exp(-flat / 2 - 2 * flat * u**2) / np.cosh(np.pi * u)
    sums = step[:, 0] * (2 * terms.sum(1) - terms[:, 0])
    return sums.reshape(s.shape)


def linear_mmse(snr):
    r"""Least error of affine functions of the same channel: :math:`1 / (1 + s)`.

    Tangent model and network reach it in the limit, for N >= d, and not more.

    Claim: `channel-linear`.

    Parameters
    ----------
    snr : array_like of float
        At least 0.

    Returns
    -------
    float or ndarray of float, shape of snr

    Raises
    ------
    ValueError
        If a number is negative or not finite.

    Examples
    --------
    >>> linear_mmse(1.0)
    0.5
    """
    return captured_risk(finite_array("snr", snr, 0))


def bayes_limit_bound(Delta) -> float:
    r"""Bound on the distance of the Bayes risk from its limit, for every Delta.

    .. math:: \lvert \mathcal R_{\mathrm{Bayes}}(\Delta) - \mathcal
              R_{\mathrm{Bayes}}(s) \rvert \le \frac{\frac34 + 2 s}{(1 - \lVert \Delta
              \rVert_{\mathrm{op}}^2)^2}\, e^{-s/2} \sum_i \lambda_i^4, \qquad
              s = \tfrac12 \lVert \Delta \rVert_F^2

    Claim: `bayes-limit`.

    Parameters
    ----------
    Delta : array_like of float, shape (d, d) or (d,)

    Raises
    ------
    ValueError
        If Delta is refused.

    Examples
    --------
    >>> Delta = [0.3, 0.2, -0.1]
    >>> gap = abs(bayes_risk(Delta) - bayes_risk_limit(np.sum(np.square(Delta)) / 2))
    >>> bool(0 < gap < bayes_limit_bound(Delta))
    True
    """
    squares = _spectrum(Delta) ** 2
    s, largest = np.sum(squares) / 2, squares.max()
    return float(
        (0.75 + 2 * s) / (1 - largest) ** 2 * np.exp(-s / 2) * np.sum(squares**2)
    )


def bayes_risk_expansion(Delta) -> float:
    r"""Add to the limit the first correction, of order :math:`\sum_i \lambda_i^4`.

    .. math:: e^{-s/2} \int_{-\infty}^{\infty} \operatorname{sech}(\pi u)\, e^{-2 s u^2}
              \Big( 1 + \big( 2 u^4 - \tfrac18 \big) \sum_i \lambda_i^4 - \tfrac{1}{18}
              \big( u + 4 u^3 \big)^2 \Big( \sum_i \lambda_i^3 \Big)^2 \Big) du

    For eigenvalues of the order :math:`d^{-1/2}` what is left out is of the order
    :math:`d^{-2}`. An expansion, not a bound: for large eigenvalues it is useless.

    Parameters
    ----------
    Delta : array_like of float, shape (d, d) or (d,)

    Raises
    ------
    ValueError
        If Delta is refused.

    Examples
    --------
    >>> Delta = [0.05] * 200
    >>> left = bayes_risk(Delta) - bayes_risk_expansion(Delta)
    >>> bool(abs(left) < 0.1 * abs(bayes_risk(Delta) - bayes_risk_limit(0.25)))
    True
    """
    values = _spectrum(Delta)
    third, fourth = np.sum(values**3), np.sum(values**4)

    def weight(u):
        phase = (u + 4 * u**3) * third / 3
        return 1 + (2 * u**4 - 0.125) * fourth - phase**2 / 2

    return float(_channel_mean(np.sum(values**2) / 2, weight))


# --- by sampling ----------------------------------------------------------------------


@finite_answers
def bayes_risk_sampled(Delta, n: int, seed) -> tuple[float, float]:
    r"""Monte Carlo mean of :math:`1 - \tanh^2 \frac12 \operatorname{llr}(x)`.

    The coordinates along one eigenvalue enter through the sum of their squares. Given
    the label this is drawn as a multiple of a chi-square variable.

    Claim: `posterior-mean`, `llr-laws`.

    Parameters
    ----------
    Delta : array_like of float, shape (d, d) or (d,)
    n : int
        Number of points of both classes, at least 2.
    seed : int or numpy.random.Generator

    Returns
    -------
    mean, error : float
        The mean and its standard error.

    Raises
    ------
    ValueError
        If Delta is refused or n is below 2.

    Examples
    --------
    >>> mean, error = bayes_risk_sampled([0.5, -0.3], 1000, seed=0)
    >>> abs(mean - bayes_risk([0.5, -0.3])) < 4 * error
    True
    """
    values, counts = np.unique(_spectrum(Delta), return_counts=True)
    n, rng = integer_from("n", n, 2), generator_from(seed)
    y = rng.choice([-1.0, 1.0], n)
    ratio = np.full(n, counts @ np.arctanh(values))
    for value, count in zip(values, counts, strict=True):
        ratio -= value / (1 + y * value) * rng.chisquare(count, n)
    errors = 1 - np.tanh(ratio / 2) ** 2
    return float(errors.mean()), float(errors.std(ddof=1) / np.sqrt(n))
