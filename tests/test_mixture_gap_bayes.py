"""The Bayes risk of the mixture: other routes to it, its limit, its bounds."""

import math

import mpmath as mp
import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import multivariate_normal, ortho_group

from rfbook.mixture_gap import (
    affinity,
    bayes_limit_bound,
    bayes_risk,
    bayes_risk_bound,
    bayes_risk_expansion,
    bayes_risk_limit,
    bayes_risk_sampled,
    captured_risk,
    difference_spectrum,
    figure_difference,
    linear_mmse,
    llr_moments,
    log_hellinger,
    log_likelihood_ratio,
    posterior_mean,
    quadratic_snr,
    sample,
    snr,
)

EPS = np.finfo(float).eps
SPECTRA = (
    [0.5],
    [-0.9, 0.3],
    [0.999],
    np.linspace(-0.6, 0.4, 17),
    difference_spectrum("figure", 200, 1.2),
)


def one_coordinate(value: float) -> float:
    """Integrate 2 p q / (p + q) over the line."""
    wide, narrow = 1 + abs(value), 1 - abs(value)

    def integrand(x):
        p, q = (
            np.exp(-(x**2) / (2 * v)) / np.sqrt(2 * np.pi * v) for v in (wide, narrow)
        )
        return 2 * p * q / (p + q)

    kinks = np.sqrt(np.array([0.1, 1, 3, 10]) * narrow)
    options = {"epsabs": 1e-14, "epsrel": 1e-12, "limit": 400}
    return 2 * quad(integrand, 0, 12, points=kinks, **options)[0]


def by_one_class(Delta) -> float:
    """Evaluate 1 - E_+ tanh(llr / 2), whose transform is 1 / sinh, adaptively."""
    values = np.asarray(Delta, float)
    weights = values / (1 + values)

    def integrand(u):
        size = np.exp(-np.sum(np.log1p((2 * u * weights) ** 2)) / 4)
        phase = np.sum(u * np.arctanh(values) - np.arctan(2 * u * weights) / 2)
        return size * np.sin(phase) / np.sinh(np.pi * u)

    start = 1e-9  # where the integrand is bounded and flat
    tail = quad(integrand, start, 13, epsabs=1e-13, epsrel=1e-12, limit=400)[0]
    return 1 - 2 * (tail + start * integrand(start))


@pytest.mark.parametrize("value", [0.01, 0.5, -0.8, 0.99])
def test_one_coordinate_is_an_integral_over_the_line(value):
    assert bayes_risk([value]) == pytest.approx(one_coordinate(value), rel=1e-10, abs=0)


@pytest.mark.parametrize("Delta", SPECTRA, ids=lambda Delta: f"d{len(Delta)}")
def test_the_transform_of_one_class_gives_the_same_risk(Delta):
    assert bayes_risk(Delta) == pytest.approx(by_one_class(Delta), abs=1e-10)


@pytest.mark.parametrize("d", [20, 450, 4000])
def test_the_figures_risk_agrees_with_another_integral_and_with_samples(d):
    Delta = figure_difference(d, seed=1)
    risk = bayes_risk(Delta)
    assert risk == pytest.approx(by_one_class(Delta), abs=1e-9)
    mean, error = bayes_risk_sampled(Delta, 200_000, seed=d)
    assert abs(mean - risk) < 4 * error


def test_a_finer_rule_moves_the_risk_by_no_more_than_the_bound_and_rounding():
    for Delta in SPECTRA:
        risk, error = bayes_risk_bound(Delta)
        u = np.linspace(0, 14, 28_001)
        logarithm = log_hellinger(u, Delta)
        terms = np.exp(logarithm.real) * np.cos(logarithm.imag) / np.cosh(np.pi * u)
        fine = affinity(Delta) * 2 * (np.sum(terms) - terms[0] / 2) * u[1]
        assert abs(risk - fine) <= error + 1e-14 * risk
        assert 0 <= error < 1e-14 * risk


def test_the_risk_depends_on_the_eigenvalues_alone():
    values = np.array([0.7, 0.2, -0.4])
    turn = ortho_group.rvs(3, random_state=0)
    turned = (turn * values) @ turn.T
    assert bayes_risk(turned) == pytest.approx(bayes_risk(values), rel=1e-13, abs=0)
    assert bayes_risk(-values) == pytest.approx(bayes_risk(values), rel=1e-13, abs=0)
    padded = np.append(values, np.zeros(5))
    assert bayes_risk(padded) == pytest.approx(bayes_risk(values), rel=1e-13, abs=0)


def test_equal_classes_have_risk_one_and_far_ones_almost_none():
    assert bayes_risk([0.0, 0.0]) == 1.0
    assert bayes_risk(np.zeros((3, 3))) == 1.0
    far = np.full(4000, 0.6)
    assert 0 < bayes_risk(far) < affinity(far) < 1e-190
    assert bayes_risk(np.full(4000, 0.99)) == 0.0


def test_the_risk_is_below_affinity_and_below_every_quadratic_predictor():
    rng = np.random.default_rng(5)
    for _ in range(40):
        Delta = rng.uniform(-1, 1, rng.integers(1, 30)) * rng.uniform(0.05, 1)
        risk = bayes_risk(Delta)
        assert risk < affinity(Delta) <= np.exp(-snr(Delta) / 2)
        assert risk < captured_risk(quadratic_snr(Delta))


def test_the_log_likelihood_ratio_is_that_of_the_densities():
    turn = ortho_group.rvs(3, random_state=2)
    Delta = (turn * [0.6, 0.1, -0.3]) @ turn.T
    x, _ = sample(Delta, 50, seed=3)
    plus, minus = (
        multivariate_normal(np.zeros(3), np.eye(3) - y * Delta) for y in (1, -1)
    )
    expected = plus.logpdf(x.T) - minus.logpdf(x.T)
    assert log_likelihood_ratio(x, Delta) == pytest.approx(expected, abs=1e-12)
    assert posterior_mean(x, Delta) == pytest.approx(np.tanh(expected / 2), abs=1e-12)
    assert posterior_mean(x[:, 0], Delta) == pytest.approx(np.tanh(expected[0] / 2))


@pytest.mark.parametrize("label", [1, -1])
def test_the_moments_given_a_label_are_those_of_samples(label):
    Delta = np.array([0.5, 0.2, -0.3])
    x, y = sample(Delta, 100_000, seed=4)
    ratio = log_likelihood_ratio(x[:, y == label], Delta)
    mean, variance = llr_moments(Delta, label)
    assert abs(ratio.mean() - mean) < 4 * np.sqrt(variance / len(ratio))
    squares = (ratio - mean) ** 2
    assert abs(squares.mean() - variance) < 4 * squares.std() / np.sqrt(len(ratio))


@pytest.mark.parametrize("s", [0.01, 0.5, 29 / 24, 10.0, 300.0])
def test_the_limit_is_a_sign_in_noise(s):
    def middle(x):
        return np.exp(-(x**2) / 2 - s / 2) / np.sqrt(2 * np.pi) / np.cosh(x * s**0.5)

    end = min(38.0, 38 / np.sqrt(s))
    expected = 2 * quad(middle, 0, end, epsabs=0, epsrel=1e-12, limit=400)[0]
    assert bayes_risk_limit(s) == pytest.approx(expected, rel=1e-10, abs=0)


@pytest.mark.parametrize("s", [1, 10, 60, 100, 300])
def test_the_limit_loses_no_digits_to_its_step(s):
    def middle(u):
        return mp.exp(-2 * s * u**2) * mp.sech(mp.pi * u)

    with mp.workdps(30):
        pieces = mp.linspace(0, mp.mpf(8) / mp.sqrt(s), 17)
        expected = 2 * mp.exp(-mp.mpf(s) / 2) * mp.quad(middle, pieces)
    # The exponents, up to s/2 + 40, are rounded, and a hundred terms are added up.
    rounding = EPS * (s + 100)
    assert bayes_risk_limit(s) == pytest.approx(float(expected), rel=rounding, abs=0)


def test_the_limit_takes_arrays_and_stays_below_the_linear_error():
    s = np.array([[1e-3, 0.1, 1.0], [3.0, 30.0, 1e3]])
    risk = bayes_risk_limit(s)
    assert risk.shape == s.shape
    # each within the rounding of the test above
    expected = pytest.approx(risk.ravel(), rel=2 * EPS * (s.max() + 100), abs=0)
    assert [bayes_risk_limit(v) for v in s.ravel()] == expected
    assert (risk < linear_mmse(s)).all()
    assert bayes_risk_limit(0) == pytest.approx(1, abs=1e-14)


def test_small_and_strong_signals_follow_their_expansions():
    s = 1e-2
    third = (linear_mmse(s) - bayes_risk_limit(s)) / s**3
    assert third == pytest.approx(2 / 3, abs=104 / 24 * s + s)
    s = 500.0
    leading = np.sqrt(np.pi / (2 * s)) * np.exp(-s / 2)
    assert 1 - np.pi**2 / (8 * s) <= bayes_risk_limit(s) / leading <= 1


def test_the_distance_to_the_limit_is_within_its_bound():
    rng = np.random.default_rng(6)
    for _ in range(40):
        Delta = rng.uniform(-1, 1, rng.integers(1, 60)) * rng.uniform(0.02, 1)
        gap = abs(bayes_risk(Delta) - bayes_risk_limit(snr(Delta)))
        assert gap <= bayes_limit_bound(Delta)


def test_the_bound_of_the_limit_is_its_formula():
    """Four eigenvalues 1/2 and one -1/2: s = 5/8, the fourth powers sum to 5/16."""
    expected = 2 / (3 / 4) ** 2 * math.exp(-5 / 16) * 5 / 16
    assert math.isclose(bayes_limit_bound([0.5, 0.5, 0.5, 0.5, -0.5]), expected)


@pytest.mark.parametrize("kind", ["flat", "balanced", "figure"])
def test_ten_times_the_dimension_divides_gap_and_rest_by_ten_and_a_hundred(kind):
    gaps, rests = [], []
    for d in (600, 6000):
        Delta = difference_spectrum(kind, d, 1.0)
        risk = bayes_risk(Delta)
        gaps.append(risk - bayes_risk_limit(1.0))
        rests.append(risk - bayes_risk_expansion(Delta))
    # What the expansion leaves out is of the order 1/d of what it keeps.
    assert gaps[0] / gaps[1] == pytest.approx(10, rel=0.05, abs=0)
    assert rests[0] / rests[1] == pytest.approx(100, rel=0.05, abs=0)


def test_refusals_name_the_value_and_the_rule():
    with pytest.raises(ValueError, match=r"eigenvalue 1\.5"):
        bayes_risk([0.2, 1.5])
    with pytest.raises(ValueError, match=r"eigenvalue -1\.0"):
        bayes_limit_bound([-1.0])
    with pytest.raises(ValueError, match="2 rows, got shape"):
        log_likelihood_ratio([1.0, 2.0, 3.0], [0.1, 0.2])
    with pytest.raises(ValueError, match="x must be finite"):
        posterior_mean([np.nan], [0.1])
    with pytest.raises(ValueError, match="label must be 1 or -1, got 0"):
        llr_moments([0.1], 0)
    with pytest.raises(ValueError, match=r"snr must be finite and >= 0, got -1\.0"):
        bayes_risk_limit(-1)
    with pytest.raises(ValueError, match=r"snr must be finite and >= 0, got -0\.5"):
        linear_mmse([1.0, -0.5])
    with pytest.raises(ValueError, match="n must be an integer >= 2, got 1"):
        bayes_risk_sampled([0.1], 1, seed=0)
    with pytest.raises(ValueError, match="u must be finite"):
        log_hellinger(np.inf, [0.1])
