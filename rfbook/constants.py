r"""Bounds, exact values and measurements of the same quantities, side by side.

Where a source has a universal constant or an error term, the book has a number. How
good is it? Each function here takes one size and returns a `Comparison`: the explicit
bound, the exact value where there is one, and a measurement where one is possible.
Nothing new is computed; the rooms of the chapters do that.

The page is ``book/constants.md``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from rfbook.features import isotropic_weights
from rfbook.linear_warmup import sample_distance, success_probability_log
from rfbook.matrices import trace_ratio
from rfbook.mixture_gap import bayes, mixture, network
from rfbook.mixture_gap import tangent as mixture_tangents
from rfbook.psi import correlation_supremum_log
from rfbook.quadratic_gap import tangent
from rfbook.quadratic_gap.features import rf_risk, rf_risk_limit
from rfbook.quadratic_gap.network import nn_risk
from rfbook.quadratic_gap.target import spectrum
from rfbook.random_features.drift import layer_drift_bound
from rfbook.random_features.rate import (
    average_error,
    directions,
    error_bound,
    linear_error,
    linear_weights,
)
from rfbook.random_features.widths import TIME, column, recorded_widths
from rfbook.ranges import finite_scalar, integer_from
from rfbook.single_neuron.width import radius, width_needed

FEWEST_HITS = 10
"""An event that is expected less often in a sample is not measured."""


@dataclass(frozen=True)
class Comparison:
    """One quantity at one size: bounded, exact, measured.

    Parameters
    ----------
    size : int
        The dimension d, or the width N where the quantity goes with it.
    bound : float
        Decimal logarithm of the explicit bound.
    exact : float, optional
        Decimal logarithm of the exact value, where there is a formula.
    measured, error : float, optional
        Mean of a simulation and its standard error.
    lower : bool, optional
        Whether the bound is one from below.

    Raises
    ------
    ValueError
        If there is neither an exact value nor a measurement.
    """

    size: int
    bound: float
    exact: float | None = None
    measured: float | None = None
    error: float | None = None
    lower: bool = False

    def __post_init__(self):
        if self.exact is None and self.measured is None:
            raise ValueError("a bound needs an exact or a measured value beside it")

    @property
    def slack(self) -> float:
        """Decimal logarithm of how many times the bound misses the value.

        Below 0 the bound is violated. The value is the exact one, else the measured.

        Examples
        --------
        >>> Comparison(5, bound=-1.0, exact=-3.0).slack
        2.0
        >>> Comparison(5, bound=-1.0, exact=-3.0, lower=True).slack
        -2.0
        """
        value = self.exact
        if value is None:
            value = math.log10(self.measured)
        return value - self.bound if self.lower else self.bound - value


def scientific(log: float, digits: int = 2) -> str:
    """Write 10^log with its exponent, however large or small it is.

    Parameters
    ----------
    log : float
        Decimal logarithm, finite.
    digits : int, optional
        Digits behind the point, at least 0.

    Raises
    ------
    ValueError
        If log is not finite, or digits is out of range.

    Examples
    --------
    >>> scientific(math.log10(0.0125)), scientific(-781.775, 1), scientific(-1e-9)
    ('1.25e-02', '1.7e-782', '1.00e+00')
    """
    log, digits = finite_scalar("log", log), integer_from("digits", digits, 0)
    exponent = math.floor(log)
    mantissa = f"{10 ** (log - exponent):.{digits}f}"
    if mantissa.startswith("10"):  # what rounds up to 10
        exponent, mantissa = exponent + 1, f"{1:.{digits}f}"
    return f"{mantissa}e{exponent:+03d}"


def table(rows: Iterable[Comparison], size: str = "d") -> str:
    """Lay comparisons out as text, a line each.

    The column "times" is the ratio of bound and value: how many times the bound is too
    large, or too small where it is one from below.

    Parameters
    ----------
    rows : iterable of Comparison
    size : str, optional
        What the sizes are.

    Examples
    --------
    >>> print(table([Comparison(5, -1.0, -2.0, 0.011, 0.002)]))
       d       bound       exact    times     measured (s.e.)
       5    1.00e-01    1.00e-02       10    1.10e-02 (2e-03)
    """
    lines = [f"{size:>4}{'bound':>12}{'exact':>12}{'times':>9}{'measured (s.e.)':>20}"]
    for row in rows:
        exact = "-" if row.exact is None else scientific(row.exact)
        small = abs(row.slack) < 4
        times = f"{10**row.slack:.3g}" if small else scientific(row.slack, 0)
        seen = "-"
        if row.measured is not None:
            seen = f"{row.measured:.2e} ({row.error:.0e})"
        bound = scientific(row.bound)
        lines.append(f"{row.size:4d}{bound:>12}{exact:>12}{times:>9}{seen:>20}")
    return "\n".join(lines)


def _half(d: int) -> int:
    """Return the number N of neurons at which most comparisons are made."""
    return integer_from("d", d, 2) // 2


def _mean(values) -> tuple[float, float]:
    values = np.asarray(values, dtype=float)
    return float(values.mean()), float(values.std(ddof=1) / math.sqrt(len(values)))


def _drawn(d: int, draws: int, look: Callable) -> np.ndarray:
    """Return what is seen at `draws` independent choices of d/2 isotropic neurons."""
    draws = integer_from("draws", draws, 2)
    return np.array(
        [look(isotropic_weights(d, _half(d), [d, s])) for s in range(draws)]
    )


# --- one neuron -----------------------------------------------------------------------


def warm_up(d: int, draws: int = 4000, seed: int = 0) -> Comparison:
    r"""Compare the probability that d/2 linear features come within 1/4.

    .. math:: \mathbb P \Bigl( \operatorname{dist}(w_*, V)^2 \le \tfrac14 \Bigr) \le
              \Bigl( \tfrac34 \Bigr)^{d/4}, \qquad \dim V = \lfloor d/2 \rfloor,

    with the exact Beta law, and with spans drawn at random.

    Claim: `linear-warmup-bound`, `linear-distance-law`.

    Parameters
    ----------
    d : int
        Dimension, at least 2.
    draws : int, optional
        Number of spans, at least 1. They are drawn only where `FEWEST_HITS` of them are
        expected to be that close.
    seed : int, optional

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    Source: Yehudai & Shamir, NeurIPS 2019, Proposition 4.1.

    Examples
    --------
    >>> row = warm_up(40, draws=100)
    >>> math.isclose(10**row.bound, 0.75**10), row.measured is None
    (True, True)
    """
    N, draws = _half(d), integer_from("draws", draws, 1)
    exact = success_probability_log(d, N) / math.log(10)
    bound = d / 4 * math.log10(3 / 4)
    if draws * 10**exact < FEWEST_HITS:
        return Comparison(d, bound, exact)
    share = np.mean(sample_distance(d, N, size=draws, seed=seed) <= 1 / 4)
    error = math.sqrt(share * (1 - share) / draws)
    return Comparison(d, bound, exact, float(share), error)


def wave(d: int) -> Comparison:
    r"""Compare what any function can see of the paper's wave of norm d.

    .. math:: \mathbb E_w \langle f, \psi_{a,w} \rangle^2 \le \tfrac{101}{100}\,
              e^{-d/2}\, \lVert f \rVert^2

    with the exact supremum over f for the triangle wave, which differs from
    :math:`\psi_a` by less than :math:`e^{-9 d^2}` in norm.

    Claim: `psi-correlation-paper`, `psi-degree-one`, `psi-tail-source`.

    Parameters
    ----------
    d : int
        Dimension, 1 to 10^6.

    Raises
    ------
    ValueError
        If d is out of range.

    Notes
    -----
    Source: Yehudai & Shamir, NeurIPS 2019, Proposition 4.6, item 3.

    Examples
    --------
    >>> wave(40).slack > 35
    True
    """
    d = integer_from("d", d, 1)
    bound = math.log10(1.01) - d / 2 / math.log(10)
    return Comparison(d, bound, correlation_supremum_log(d, float(d)) / math.log(10))


def neuron(d: int) -> Comparison:
    r"""Compare the number of features that one neuron of norm d^(3/4) needs.

    .. math:: N_* > 2^{d-2}, \qquad \varepsilon = \tfrac1{50},

    with the exact width.

    Claim: `width-exponential`.

    Parameters
    ----------
    d : int
        Dimension, 2 to 1000, where float64 still holds the numbers.

    Raises
    ------
    ValueError
        If d is out of range.

    Examples
    --------
    >>> row = neuron(10)
    >>> round(10**row.bound), round(10**row.exact)
    (256, 38069)
    """
    d = integer_from("d", d, 2)
    if d > 1000:
        raise ValueError(f"d must be at most 1000, got {d}")
    exact = math.log10(width_needed(d, "0.02", radius(d, "3/4")))
    return Comparison(d, (d - 2) * math.log10(2), exact, lower=True)


# --- averages of neurons and short training -------------------------------------------


def average(d: int, N: int = 50, draws: int = 100) -> Comparison:
    r"""Compare the error of an average of N ReLUs for the target x_1.

    .. math:: \mathbb P \Bigl( \lVert \hat f_N - f \rVert^2 > \tfrac{2 d^2}{N}
              \bigl( 1 + \sqrt{2 \ln 20} \bigr)^2 \Bigr) \le \tfrac1{20}, \qquad
              \mathbb E\, \lVert \hat f_N - f \rVert^2 = \frac{2 d - 1}{N} .

    Claim: `features-rate-probability`, `features-rate`, `linear-from-relus`.

    Parameters
    ----------
    d, N : int
        Dimension and number of neurons, at least 1.
    draws : int, optional
        Number of averages for the measured mean, at least 2.

    Returns
    -------
    Comparison
        Its exact value is the mean, its bound one that holds in 19 of 20 cases.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> math.isclose(10 ** average(3, 10, draws=5).exact, 0.5)
    True
    """
    d, draws = integer_from("d", d, 1), integer_from("draws", draws, 2)
    rng = np.random.default_rng(d)
    errors = []
    for _ in range(draws):
        W = directions(d, N, rng)
        errors.append(linear_error(W, linear_weights(W)))
    bound = 2 * math.log10(error_bound(math.sqrt(2) * d, N, 1 / 20))
    exact = math.log10(average_error(2 * d, 1, N))
    return Comparison(d, bound, exact, *_mean(errors))


def layers(N: int) -> Comparison:
    r"""Compare the distance of a network from the one with its first hidden layer.

    .. math:: \frac{\bar\tau^3}{2 N^2}, \qquad \bar\tau = N T \eta = 20, \qquad
              B = L = 1,

    with the recorded training of tanh networks on both layers, at fresh inputs.

    Claim: `layer-drift`.

    Parameters
    ----------
    N : int
        One of the recorded widths.

    Raises
    ------
    ValueError
        If there is no record of this width.

    Notes
    -----
    Source: Yehudai & Shamir, NeurIPS 2019, Section 2.2.

    Examples
    --------
    >>> round(layers(128).slack, 1) == round(layers(1024).slack, 1)
    True
    """
    widths, means, errors = column(recorded_widths()["layers"], "gap")
    if N not in widths:
        known = ", ".join(str(int(n)) for n in sorted(widths))
        raise ValueError(f"N must be one of {known}, got {N}")
    place = int(np.flatnonzero(widths == N)[0])
    seen = float(means[place]), float(errors[place])
    return Comparison(N, math.log10(layer_drift_bound(TIME, N)), None, *seen)


# --- quadratic targets ----------------------------------------------------------------


def tangent_mean(d: int, draws: int = 100) -> Comparison:
    r"""Compare the remainder of Theorem 2 at N = d/2, for exponential eigenvalues.

    .. math:: \mathbb E_W\, \mathcal R_{\mathrm{NT}} - \lim \le
              \frac{\rho\, (1 - \rho)_+\, (1 - \chi)}{d}, \qquad \rho = N/d,

    with the exact mean, and with drawn neurons.

    Claim: `nt-limit`, `nt-quadratic-mean`.

    Parameters
    ----------
    d : int
        Dimension, at least 3; for d = 2 there is no remainder.
    draws : int, optional
        At least 2.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    Source: Ghorbani et al., NeurIPS 2019, Theorem 2.

    Examples
    --------
    >>> tangent_mean(100, draws=2).slack < tangent_mean(10, draws=2).slack
    True
    """
    N, B = _half(integer_from("d", d, 3)), spectrum("exponential", d)
    limit = tangent.nt_risk_limit(N / d, B)
    bound = N * (d - N) * (1 - trace_ratio(B)) / d**3
    exact = tangent.nt_risk_mean(B, N) - limit
    seen, error = _mean(_drawn(d, draws, lambda W: tangent.nt_risk(W, B)))
    seen = float(seen - limit)
    return Comparison(d, math.log10(bound), math.log10(exact), seen, error)


def tangent_spread(d: int, draws: int = 100) -> Comparison:
    r"""Compare the variance of the tangent model's risk over draws of N = d/2 neurons.

    .. math:: \operatorname{Var}_W \mathcal R_{\mathrm{NT}}(W) \le \frac1d

    with a measured variance; its standard error is that of the mean of the squared
    deviations.

    Claim: `nt-concentration`.

    Parameters
    ----------
    d : int
        Dimension, at least 2.
    draws : int, optional
        At least 2.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> tangent_spread(8, draws=20).slack > 0
    True
    """
    B = spectrum("exponential", integer_from("d", d, 2))
    risks = _drawn(d, draws, lambda W: tangent.nt_risk(W, B))
    squares = (risks - risks.mean()) ** 2 * draws / (draws - 1)
    return Comparison(d, -math.log10(d), None, *_mean(squares))


def features_limit(d: int, draws: int = 100) -> tuple[float, float, float]:
    r"""Return the limit of Corollary 1 at N = d/2, and how far off a finite size is.

    There is no bound of this distance in the book, so it is measured only, for
    isotropic neurons and exponential eigenvalues.

    Claim: `rf-quadratic-limit`, `rf-quadratic-exact`.

    Parameters
    ----------
    d : int
        Dimension, at least 2.
    draws : int, optional
        At least 2.

    Returns
    -------
    limit, distance, error : float
        The distance is the mean of the exact risks minus the limit.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    Source: Ghorbani et al., NeurIPS 2019, Corollary 1.

    Examples
    --------
    >>> limit, distance, error = features_limit(20, draws=20)
    >>> -0.1 < distance < 0
    True
    """
    B = spectrum("exponential", integer_from("d", d, 2))
    limit = float(rf_risk_limit(_half(d) / d, B))
    mean, error = _mean(_drawn(d, draws, lambda W: rf_risk(W, B)))
    return limit, mean - limit, error


def gap(d: int, kind: str = "exponential") -> Comparison:
    r"""Compare the gap between tangent model and network at N = d/2 with its bound.

    .. math:: \mathbb E_W\, \mathcal R_{\mathrm{NT}} - \mathcal R_{\mathrm{NN}} \ge
              \min(\rho, 1 - \rho)^2\, (1 - \chi)

    Claim: `gap-finite`, `gap-spike`.

    Parameters
    ----------
    d : int
        Dimension, at least 2.
    kind : {"exponential", "spike"}, optional
        The quantiles of the exponential law, or one eigenvalue :math:`1 + \sqrt d` and
        all others 1.

    Raises
    ------
    ValueError
        If d or kind is out of range.

    Notes
    -----
    Source: Ghorbani et al., NeurIPS 2019, equation (6).

    Examples
    --------
    >>> gap(10**4, "spike").slack < 0.05
    True
    """
    N = _half(d)
    if kind not in ("exponential", "spike"):
        raise ValueError(f"kind must be 'exponential' or 'spike', got {kind!r}")
    B = spectrum("exponential" if kind == "exponential" else "identity", d)
    if kind == "spike":
        B[0] += math.sqrt(d)
    exact = tangent.nt_risk_mean(B, N) - nn_risk(B, N)
    bound = math.log10(tangent.gap_bound(N / d, B))
    return Comparison(d, bound, math.log10(exact), lower=True)


# --- two Gaussian classes -------------------------------------------------------------


def _difference(d: int) -> np.ndarray:
    """Return eigenvalues in the proportions of Figure 2, with the limit's snr."""
    return mixture.difference_spectrum("figure", d, 29 / 24)


def mixture_tangent(d: int, draws: int = 20) -> Comparison:
    r"""Compare the remainder of Theorem 5 for given neurons, N = d/2.

    .. math:: \Bigl\lvert \mathcal R_{\mathrm{NT}}(W) - \frac{2}{2 + \lVert \Delta
              \rVert_F^2 - \lVert P_\perp \Delta P_\perp \rVert_F^2} \Bigr\rvert \le
              \frac{\lVert \Delta \rVert_{\mathrm{op}}^2}
              {4 - 3 \lVert \Delta \rVert_{\mathrm{op}}^2}

    with the mean over draws of the neurons; each of its terms is exact.

    Claim: `nt-mixture-leading`, `nt-mixture-exact`.

    Parameters
    ----------
    d : int
        Dimension, at least 5.
    draws : int, optional
        At least 2.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    Source: Ghorbani et al., NeurIPS 2019, Theorem 5.

    Examples
    --------
    >>> mixture_tangent(50, draws=2).slack > 0
    True
    """
    Delta = _difference(d)
    t = float(Delta.max() ** 2)

    def remainder(W):
        leading = mixture_tangents.nt_leading(W, Delta)
        return abs(mixture_tangents.nt_risk(W, Delta) - leading)

    seen = _mean(_drawn(d, draws, remainder))
    return Comparison(d, math.log10(t / (4 - 3 * t)), None, *seen)


def mixture_network(d: int) -> Comparison:
    r"""Compare the remainder of Theorem 6 at N = d/2.

    .. math:: 0 \le \mathcal R_{\mathrm{NN}} - \frac{1}{1 + \frac12 \sum_{i \le N}
              \lvert \lambda \rvert_{(i)}(\Delta)^2} \le
              \tfrac14\, \lVert \Delta \rVert_{\mathrm{op}}^2

    Claim: `mixture-network-leading`, `mixture-network`.

    Parameters
    ----------
    d : int
        Dimension, at least 5.

    Raises
    ------
    ValueError
        If d is out of range.

    Notes
    -----
    Source: Ghorbani et al., NeurIPS 2019, Theorem 6.

    Examples
    --------
    >>> 0 < mixture_network(450).slack < mixture_network(10).slack
    True
    """
    Delta, N = _difference(d), _half(d)
    leading = network.nn_risk_limit(N / d, Delta)
    exact = math.log10(network.nn_risk(Delta, N) - leading)
    return Comparison(d, math.log10(Delta.max() ** 2 / 4), exact)


def bayes_floor(d: int, points: int = 10**6, seed: int = 0) -> Comparison:
    r"""Compare how far the Bayes risk is below its limit.

    .. math:: \lvert \mathcal R_{\mathrm{Bayes}} - \mathcal R_{\mathrm{Bayes}}(s) \rvert
              \le \frac{\frac34 + 2 s}{(1 - \lVert \Delta \rVert_{\mathrm{op}}^2)^2}\,
              e^{-s/2} \sum_i \lambda_i^4, \qquad s = \tfrac{29}{24},

    with the integral over the line, and with samples from the two classes.

    Claim: `bayes-limit`, `bayes-fourier`.

    Parameters
    ----------
    d : int
        Dimension, at least 5.
    points : int, optional
        Number of samples, at least 2.
    seed : int, optional

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> bayes_floor(10, points=10).slack > 1
    True
    """
    Delta = _difference(d)
    limit = bayes.bayes_risk_limit(mixture.snr(Delta))
    exact = math.log10(abs(limit - bayes.bayes_risk(Delta)))
    # d in the seed, so that the samples of two dimensions are independent
    rng = np.random.default_rng([integer_from("seed", seed, 0), d])
    mean, error = bayes.bayes_risk_sampled(Delta, points, rng)
    bound = math.log10(bayes.bayes_limit_bound(Delta))
    return Comparison(d, bound, exact, limit - mean, error)
