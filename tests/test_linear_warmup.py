"""The law of the distance, its probabilities and samplers, by independent routes."""

import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from flint import ctx
from scipy.stats import kstest

from rfbook import linear_warmup as room
from rfbook.claims.linear_warmup.enclosures import beta_ball
from rfbook.linear_warmup import (
    chernoff_exponent,
    distance_law,
    distance_squared,
    divergence,
    least_weights,
    sample_distance,
    sample_features,
    success_bounds_log,
    success_probability,
    success_probability_ball,
    success_probability_exact,
    success_probability_log,
)

SIZES = [(2, 1), (3, 1), (3, 2), (5, 3), (8, 4), (20, 19), (41, 7), (200, 100)]
THRESHOLDS = [0.01, 0.25, 0.5, 0.9]


def integral(d: int, r: int, x: float):
    """Integrate the Beta density, with t = sin(angle)^2: slow and literal."""
    with mpmath.workdps(50):
        a, b = mpmath.mpf(d - r) / 2, mpmath.mpf(r) / 2
        end = mpmath.asin(mpmath.sqrt(x))

        def density(angle):
            s, c = mpmath.sin(angle), mpmath.cos(angle)
            return 2 * s ** (2 * a - 1) * c ** (2 * b - 1)

        # mpmath's goal is an absolute one: bring the integrand to the size of 1
        size = density(min(end, mpmath.asin(mpmath.sqrt(a / (a + b)))))
        pieces = mpmath.linspace(0, end, 33)
        value = mpmath.quad(
            lambda angle: density(angle) / size, pieces, method="gauss-legendre"
        )
        return size * value / mpmath.beta(a, b)


# --- probabilities ------------------------------------------------------------------


@pytest.mark.parametrize(("d", "r"), SIZES)
@pytest.mark.parametrize("x", THRESHOLDS)
def test_the_probability_integrates_the_density(d, r, x):
    exact = integral(d, r, x)
    # scipy's incomplete Beta keeps about twelve digits at these sizes
    assert math.isclose(success_probability(d, r, x), exact, rel_tol=1e-11)
    log = float(mpmath.log(exact))
    assert math.isclose(success_probability_log(d, r, x), log, rel_tol=1e-11)
    assert math.isclose(distance_law(d, r).cdf(x), exact, rel_tol=1e-11)


@pytest.mark.parametrize("d", [2, 3, 12, 57, 200])
def test_the_balls_of_two_routes_overlap(d):
    for r in range(1, d, max(1, d // 9)):
        for x in (Fraction(1, 100), Fraction(1, 4), Fraction(9, 10)):
            with ctx.workprec(1600):
                ball = success_probability_ball(d, r, x)
            other = beta_ball(d - r, r, x)
            assert ball.overlaps(other)
            assert other.rad() < 1e-30 * other.mid()


@pytest.mark.parametrize("d", [2, 4, 10, 40, 200])
def test_the_coin_agrees_with_the_ball(d):
    for r in range(0, d + 1, 2):
        exact = success_probability_exact(d, r)
        with ctx.workprec(400):
            assert success_probability_ball(d, r).overlaps(room.ball(exact))
        assert math.isclose(success_probability(d, r), exact, rel_tol=1e-12)


def test_no_features_and_too_many():
    assert success_probability(5, 0) == 0
    assert success_probability(5, 0, 1) == 1
    assert success_probability(5, 5) == success_probability(5, 9, 0) == 1
    assert success_probability(1, 1) == 1
    assert success_probability(1, 0) == 0
    assert success_probability_log(5, 0) == -math.inf
    assert success_probability_log(5, 7) == 0
    assert success_probability_exact(4, 0, 1) == 1
    assert success_probability_ball(5, 0) == 0
    assert success_probability_ball(5, 6) == 1


def test_thresholds_of_any_shape():
    x = np.array([[0, 0.25], [1, 3]])
    assert success_probability(4, 2, x).tolist() == [[0, 0.25], [1, 1]]
    logs = success_probability_log(4, 2, x)
    assert logs.shape == (2, 2)
    assert logs[0, 0] == -math.inf
    assert logs[1, 1] == 0


def test_more_features_are_never_worse():
    for d in (7, 40):
        chances = [success_probability(d, r) for r in range(d + 1)]
        assert np.all(np.diff(chances) >= 0)


def test_the_logarithm_goes_on_where_the_probability_underflows():
    with pytest.raises(ValueError, match="success_probability_log"):
        success_probability(4000, 800)
    with ctx.workprec(4000):
        exact = float(success_probability_ball(4000, 800).log())
    assert math.isclose(success_probability_log(4000, 800), exact, abs_tol=1e-11)


def test_both_branches_meet():
    """Around the size at which the series takes over, the logarithm has no jump."""
    d = 1500
    sizes = np.arange(60, 400)
    logs = [success_probability_log(d, int(r)) for r in sizes]
    switch = np.log(room._SAFE)
    assert logs[0] < switch < logs[-1]
    bends = np.diff(logs, 3)
    assert np.abs(bends).max() < 0.01


# --- exponents ----------------------------------------------------------------------


def test_the_divergence_at_its_ends_and_near_equality():
    assert divergence(0, 0.5) == divergence(1, 0.5) == math.log(2)
    assert divergence(0.3, 0.3) == 0
    step = 1e-6
    near = float(divergence(0.3 + step, 0.3))
    assert math.isclose(near, step**2 / (2 * 0.21), rel_tol=1e-5)
    p, x = mpmath.mpf("0.7"), mpmath.mpf("0.2")
    exact = p * mpmath.log(p / x) + (1 - p) * mpmath.log((1 - p) / (1 - x))
    assert math.isclose(divergence(0.7, 0.2), exact, rel_tol=1e-14)


def test_the_exponent_is_the_rate_of_the_probability():
    for ratio, x in ((0.5, 0.25), (0.3, 0.1), (0.1, 0.6)):
        d = 10**5
        rate = -success_probability_log(d, int(ratio * d), x) / d
        limit = chernoff_exponent(ratio, x)
        # the bound from below has the factor 2r / (d (d + 2))
        assert 0 <= rate - limit <= math.log(d * (d + 2) / (2 * ratio * d)) / d
    assert chernoff_exponent(0.8) == chernoff_exponent(2.0) == 0


@pytest.mark.parametrize(("d", "r"), SIZES)
def test_the_bounds_enclose(d, r):
    for x in (1e-9, 0.3 * (1 - r / d), 1 - r / d):
        lower, upper = success_bounds_log(d, r, x)
        assert lower <= success_probability_log(d, r, x) <= upper


# --- given features -----------------------------------------------------------------


@pytest.mark.parametrize("shape", [(5, 2), (5, 5), (3, 8), (4, 1)])
def test_the_distance_is_that_of_least_squares(shape):
    rng = np.random.default_rng(0)
    W, target = rng.standard_normal(shape), rng.standard_normal(shape[0])
    u = np.linalg.lstsq(W, target, rcond=None)[0]
    error = np.sum((W @ u - target) ** 2)
    assert math.isclose(distance_squared(W, target), error, abs_tol=1e-13)


def test_the_distance_is_the_mean_squared_error_of_the_functions():
    """Fit the functions on samples of x, without the formula."""
    rng = np.random.default_rng(1)
    W, target = rng.standard_normal((6, 3)), np.eye(6)[0]
    x = rng.standard_normal((200_000, 6))
    fit = np.linalg.lstsq(x @ W, x @ target, rcond=None)[0]
    losses = (x @ W @ fit - x @ target) ** 2
    error = losses.std() / math.sqrt(len(x))
    assert abs(losses.mean() - distance_squared(W, target)) < 5 * error


def test_scales_do_not_matter_and_degenerate_columns_count_once():
    rng = np.random.default_rng(2)
    W, target = rng.standard_normal((6, 3)), rng.standard_normal(6)
    exact = distance_squared(W, target)
    scaled = W * [1e-200, 1, 1e200]
    assert math.isclose(distance_squared(scaled, target), exact, rel_tol=1e-12)
    more = np.column_stack([W, W[:, 0], np.zeros(6), W @ [1, 2, 3]])
    assert math.isclose(distance_squared(more, target), exact, rel_tol=1e-9)
    first = np.column_stack([W[:, 0], W[:, 0], W])
    assert math.isclose(distance_squared(first, target), exact, rel_tol=1e-9)
    assert math.isclose(distance_squared(np.zeros((6, 2)), target), target @ target)


def test_a_stack_is_taken_matrix_by_matrix():
    W = np.random.default_rng(3).standard_normal((2, 3, 5, 2))
    target = np.arange(5.0)
    stacked = distance_squared(W, target)
    assert stacked.shape == (2, 3)
    assert math.isclose(stacked[1, 2], distance_squared(W[1, 2], target))


@pytest.mark.parametrize("law", ["gaussian", "sphere", "cauchy"])
@pytest.mark.parametrize(("d", "r"), [(4, 1), (9, 6)])
def test_samples_of_symmetric_features_have_the_law(law, d, r):
    sample = sample_distance(d, r, law, size=3000, seed=11)
    # six tests in this file, together at the level 1e-3
    assert kstest(sample, distance_law(d, r).cdf).pvalue > 1e-3 / 6


def test_any_target_serves_for_symmetric_features_but_not_for_others():
    diagonal = np.ones(20) / math.sqrt(20)
    args = {"size": 3000, "seed": 5, "target": diagonal}
    law = distance_law(20, 10)
    assert kstest(sample_distance(20, 10, "cauchy", **args), law.cdf).pvalue > 1e-3
    favoured = sample_distance(20, 10, "entries", size=3000, seed=5)
    assert kstest(favoured, law.cdf).pvalue < 1e-20


def test_features_have_their_laws():
    assert np.isclose(sample_features(50, 400, size=3).var(), 1 / 50, rtol=0.05, atol=0)
    lengths = np.linalg.norm(sample_features(7, 5000, "cauchy")[0], axis=0)
    # the median of the modulus of a Cauchy number is 1; its error is pi / (2 sqrt n)
    assert abs(np.median(lengths) - 1) < 5 * math.pi / (2 * math.sqrt(5000))


def test_samples_repeat_with_their_seed_and_blocks_do_not_show(monkeypatch):
    whole = sample_distance(6, 3, size=50, seed=4)
    assert np.array_equal(whole, sample_distance(6, 3, size=50, seed=4))
    monkeypatch.setattr(room, "_BLOCK", 6 * 3 * 7)
    assert np.allclose(whole, sample_distance(6, 3, size=50, seed=4))


def test_least_weights_solve_their_problem():
    rng = np.random.default_rng(6)
    W, target = rng.standard_normal((4, 9)), rng.standard_normal(4)
    exact = np.sum((np.linalg.pinv(W) @ target) ** 2)
    assert math.isclose(least_weights(W, target), exact, rel_tol=1e-9)
    error = 0.3
    found = least_weights(W, target, error)
    # any multiplier gives a lower bound by duality, and the best one is the value
    bounds = [
        float(target @ np.linalg.solve(np.eye(4) / m + W @ W.T, target)) - m * error
        for m in np.geomspace(1e-3, 1e3, 20001)
    ]
    assert max(bounds) <= found * (1 + 1e-12)
    assert math.isclose(max(bounds), found, rel_tol=1e-6)


def test_least_weights_out_of_reach_and_for_nothing():
    W = np.eye(3)[:, :1]
    assert least_weights(W, [0.6, 0.8, 0], 0.5) == math.inf
    assert least_weights(W, [0.6, 0.8, 0], 1.0) == 0
    exact = (0.6 - math.sqrt(0.7 - 0.64)) ** 2
    assert math.isclose(least_weights(W, [0.6, 0.8, 0], 0.7), exact, rel_tol=1e-9)


@pytest.mark.parametrize("scale", [1e-5, 1e5])
def test_what_is_out_of_reach_does_not_depend_on_the_unit(scale):
    W = np.eye(3)[:, :1]
    target = scale * np.array([0.6, 0.8, 0])
    assert least_weights(W, target, 0.5 * scale**2) == math.inf
    found = least_weights(W, target, 0.64 * (1 + 1e-13) * scale**2)
    assert math.isclose(found, (0.6 * scale) ** 2, rel_tol=1e-5)


@pytest.mark.parametrize("scale", [1e-9, 1e9])
def test_features_of_small_rank_are_as_good_in_every_unit(scale):
    rng = np.random.default_rng(8)
    W = rng.standard_normal((5, 2)) @ rng.standard_normal((2, 4))
    target = W @ [1.0, 0.0, -1.0, 0.5]
    expected = np.sum((np.linalg.pinv(W) @ target) ** 2)
    found = least_weights(scale * W, target) * scale**2
    assert math.isclose(found, expected, rel_tol=1e-6)


@pytest.mark.parametrize("power", [-70, 70])
def test_least_weights_of_scaled_features_are_scaled(power):
    # a power of two changes no digit of W, and the sum of squares by its square
    W, target = np.random.default_rng(9).standard_normal((3, 5)), [1.0, -0.5, 2.0]
    for error in (0.0, 0.4):
        found = least_weights(2.0**power * W, target, error) * 4.0**power
        assert math.isclose(found, least_weights(W, target, error), rel_tol=1e-12)


def test_a_target_whose_square_has_few_digits_is_reached():
    # 1e-12 of the square is 0 here; squares are multiples of 2^-1074
    found = least_weights([[1.0]], [1e-160])
    assert math.isclose(found, 1e-320, rel_tol=0, abs_tol=2.0**-1074)


@pytest.mark.parametrize("size", [1, 2, 5])
def test_as_many_distances_are_drawn_as_were_asked_for(size):
    assert sample_distance(4, 2, size=size).shape == (size,)


def test_as_many_features_as_dimensions_reach_everything():
    assert success_probability(4, 4, 0.0) == success_probability(4, 5, 0.0) == 1


def test_a_single_feature_can_be_drawn():
    assert sample_features(5, 1).shape == (1, 5, 1)
    assert sample_features(1, 1).shape == (1, 1, 1)


# --- ranges -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: distance_law(1, 1), "d must be an integer >= 2, got 1"),
        (lambda: distance_law(4, 4), "r must be less than d = 4, got 4"),
        (lambda: distance_law(4, 0), "r must be an integer >= 1, got 0"),
        (lambda: success_probability(0, 0), "d must be an integer >= 1"),
        (lambda: success_probability(3, -1), "r must be an integer >= 0, got -1"),
        (lambda: success_probability(3, 1.0), "r must be an integer"),
        (lambda: success_probability(3, 1, -0.1), "threshold .* got -0.1"),
        (lambda: success_probability(3, 1, math.nan), "threshold .* got nan"),
        (lambda: success_probability_log(3, 1, math.inf), "threshold .* got inf"),
        (lambda: success_probability_exact(4, 1), "must be even"),
        (lambda: success_probability_exact(4, 6), "r <= d"),
        (lambda: success_probability_exact(4, 2, 0.25), "an int or a Fraction"),
        (lambda: success_probability_exact(4, 2, 2), r"lie in \[0, 1\], got 2"),
        (lambda: success_probability_ball(4, 2, Fraction(5, 4)), r"lie in \[0, 1\]"),
        (lambda: divergence(1.5, 0.5), "p is too large: 1.5"),
        (lambda: divergence(0.5, 1.0), "x is too large: 1.0"),
        (lambda: divergence(0.5, 0.0), "x must be finite and > 0"),
        (lambda: chernoff_exponent(-0.1), "ratio .* got -0.1"),
        (lambda: chernoff_exponent(0.5, -0.5), "threshold .* got -0.5"),
        (lambda: success_bounds_log(4, 2, 0.75), "at most 1 - r/d = 0.5, got 0.75"),
        (lambda: distance_squared([1, 2], [1, 2]), "W must have shape"),
        (lambda: distance_squared([[1], [2]], [1]), "target must have shape"),
        (lambda: distance_squared([[math.nan]], [1]), "W must be finite"),
        (lambda: least_weights(np.ones((2, 3, 1)), np.ones(3)), "W must have shape"),
        (lambda: least_weights([[1.0]], [1], -1), "error .* got -1"),
        (lambda: sample_features(3, 2, "levy"), "law must be one of"),
        (lambda: sample_features(0, 2), "d must be an integer >= 1, got 0"),
        (lambda: sample_distance(3, 0), "r must be an integer >= 1, got 0"),
        (lambda: sample_distance(3, 2, size=0), "size must be an integer >= 1"),
    ],
)
def test_a_wrong_call_names_what_is_wrong(call, message):
    with pytest.raises(ValueError, match=message):
        call()
