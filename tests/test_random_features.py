"""Feature maps against their kernels, and both against independent implementations."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product

import mpmath
import numpy as np
import pytest
from sklearn.kernel_approximation import RBFSampler
from sklearn.metrics.pairwise import rbf_kernel

from rfbook import random_features as room
from rfbook.ledger.deciders import standard_errors
from rfbook.random_features import kernels
from rfbook.random_features.kernels import FeatureMap
from rfbook.random_features.rate import directions
from rfbook.single_neuron import relu_kernel

POINTS = np.array(
    [[0.3, -1.2, 0.5], [1.0, 0.4, -0.2], [-0.3, 1.2, -0.5], [0.6, -2.4, 1.0]]
)
"""Generic points, one opposite to another and one parallel to it."""

MAPS = {**room.MAPS, "Fourier, narrow": room.FourierFeatures(0.7)}


def approximations(feature_map, x, y, *, N, seeds):
    """Return k_N for independent seeds, shape (seeds, n, m)."""
    draws = (feature_map.sample(x.shape[1], N, seed) for seed in range(seeds))
    return np.array([feature_map.approximate(draw, x, y) for draw in draws])


# --- one test for all maps ------------------------------------------------------------


@pytest.mark.parametrize("name", MAPS)
def test_the_mean_over_seeds_is_the_kernel(name):
    seeds, x, y = 400, POINTS, POINTS[1:]
    found = approximations(MAPS[name], x, y, N=50, seeds=seeds)
    error = found.std(axis=0, ddof=1) / math.sqrt(seeds)
    claimed = MAPS[name].kernel(x, y)
    # the family is all pairs of points of all maps, at level 1e-3 together; where
    # nothing varies, as for pairs at x = y, only rounding is left
    limit = standard_errors(claimed.size * len(MAPS))
    assert np.all(np.abs(found.mean(axis=0) - claimed) <= limit * error + 1e-14)


@pytest.mark.parametrize("name", MAPS)
@pytest.mark.parametrize("factor", [0.9, 1.1])
def test_the_test_above_sees_a_wrong_constant(name, factor):
    seeds, x, y = 400, POINTS, POINTS[1:]
    found = approximations(MAPS[name], x, y, N=50, seeds=seeds)
    error = found.std(axis=0, ddof=1) / math.sqrt(seeds)
    claimed = factor * MAPS[name].kernel(x, y)
    limit = standard_errors(claimed.size * len(MAPS))
    assert not np.all(np.abs(found.mean(axis=0) - claimed) <= limit * error + 1e-14)


@pytest.mark.parametrize("name", MAPS)
def test_the_kernel_is_symmetric_and_has_no_negative_direction(name):
    x = np.random.default_rng(5).standard_normal((30, 4))
    gram = MAPS[name].kernel(x, x)
    np.testing.assert_allclose(gram, gram.T, atol=1e-15, rtol=0)
    # rounding of the entries moves an eigenvalue by at most 30 of them
    assert np.linalg.eigvalsh(gram).min() >= -30 * np.abs(gram).max() * 1e-15


@pytest.mark.parametrize("name", MAPS)
def test_a_draw_is_repeated_by_its_seed_and_only_by_it(name):
    sample, x = MAPS[name].sample, POINTS
    first, again, other = (MAPS[name].features(sample(3, 8, s), x) for s in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    generator = np.random.default_rng(1)
    np.testing.assert_array_equal(
        first, MAPS[name].features(sample(3, 8, generator), x)
    )
    assert isinstance(MAPS[name], FeatureMap)


# --- second implementations -----------------------------------------------------------


@pytest.mark.parametrize("scale", [0.5, 1.0, 3.0])
def test_the_gaussian_kernel_is_that_of_scikit_learn(scale):
    mine = room.FourierFeatures(scale).kernel(POINTS, POINTS)
    theirs = rbf_kernel(POINTS, POINTS, gamma=1 / (2 * scale**2))
    np.testing.assert_allclose(mine, theirs, rtol=1e-13)


def test_the_features_with_their_weights_are_those_of_rbf_sampler():
    sampler = RBFSampler(gamma=0.5, n_components=40, random_state=3).fit(POINTS)
    draw = room.Sample(sampler.random_weights_, b=sampler.random_offset_)
    mine = room.FourierFeatures().features(draw, POINTS)
    np.testing.assert_allclose(mine, sampler.transform(POINTS), rtol=1e-12, atol=1e-14)


def test_rbf_sampler_has_our_kernel_in_the_mean():
    seeds = 400
    found = []
    for seed in range(seeds):
        sampler = RBFSampler(gamma=0.5, n_components=50, random_state=seed)
        features = sampler.fit_transform(POINTS)
        found.append(features @ features.T)
    error = np.std(found, axis=0, ddof=1) / math.sqrt(seeds)
    claimed = room.FourierFeatures().kernel(POINTS, POINTS)
    limit = standard_errors(claimed.size)
    assert np.all(np.abs(np.mean(found, axis=0) - claimed) <= limit * error)


def arc_cosine_integral(order, turn):
    """Integrate over g the mean given g of the second factor, at unit vectors.

    The second argument is t g + s h with h independent: given g > 0 it is positive
    with probability Phi(t g / s), and its positive part has the mean
    s phi(t g / s) + t g Phi(t g / s).
    """
    t, s = mpmath.cos(turn), mpmath.sin(turn)

    def inner(g):
        ratio = t * g / s
        if order == 0:
            return mpmath.ncdf(ratio)
        return g * (s * mpmath.npdf(ratio) + t * g * mpmath.ncdf(ratio))

    return mpmath.quad(lambda g: mpmath.npdf(g) * inner(g), [0, 2, 6, 14])


@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize("turn", [0.05, 0.8, math.pi / 2, 2.5, 3.1])
def test_the_arc_cosine_kernels_are_gaussian_integrals(order, turn):
    x, y = [[2.0, 0.0]], [[3 * math.cos(turn), 3 * math.sin(turn)]]
    scale = 6 if order else 1
    mine = room.ArcCosineFeatures(order).kernel(x, y)[0, 0]
    integral = scale * float(arc_cosine_integral(order, mpmath.mpf(turn)))
    assert math.isclose(mine, integral, rel_tol=1e-12, abs_tol=1e-15)


def test_order_one_on_the_sphere_is_the_kernel_of_the_neuron():
    turns = np.linspace(0, np.pi, 41)
    x, y = [[1.0, 0.0]], np.column_stack([np.cos(turns), np.sin(turns)])
    mine = room.ArcCosineFeatures(1).kernel(x, y)[0]
    theirs = relu_kernel(np.clip(y[:, 0], -1, 1))
    np.testing.assert_allclose(mine, theirs, atol=1e-15, rtol=0)


@pytest.mark.parametrize("layers", ["first", "both"])
def test_tangent_features_are_torch_s_gradients(layers):
    torch = pytest.importorskip("torch")
    feature_map = room.TangentFeatures(layers)
    draw = feature_map.sample(3, 7, seed=4)

    def network(W, u, x):
        return u @ torch.relu(x @ W) / math.sqrt(7)

    W, u = torch.tensor(draw.W), torch.tensor(draw.u)
    gradient = torch.func.vmap(
        torch.func.grad(network, argnums=(0, 1)), in_dims=(None, None, 0)
    )
    by_W, by_u = gradient(W, u, torch.tensor(POINTS))
    columns = [by_W.transpose(1, 2).reshape(len(POINTS), -1)]
    if layers == "both":
        columns.append(by_u)
    mine = feature_map.features(draw, POINTS)
    np.testing.assert_allclose(mine, torch.cat(columns, 1).numpy(), atol=1e-15, rtol=0)


# --- details of the maps --------------------------------------------------------------


@pytest.mark.parametrize("pairs", [False, True])
def test_the_variance_of_fourier_features(pairs):
    seeds, N = 4000, 1
    feature_map = room.FourierFeatures(1.3, pairs)
    found = approximations(feature_map, POINTS[:1], POINTS[1:], N=N, seeds=seeds)[:, 0]
    squares = (found - found.mean(axis=0)) ** 2
    error = squares.std(axis=0, ddof=1) / math.sqrt(seeds)
    claimed = feature_map.variance(POINTS[:1], POINTS[1:])[0]
    limit = standard_errors(2 * claimed.size)
    assert np.all(np.abs(squares.mean(axis=0) - claimed) <= limit * error)


def test_the_angle_of_nearly_parallel_and_nearly_opposite_points_keeps_its_digits():
    for small in (1e-15, 1e-9, 1e-3):
        x, y = [[1.0, 0.0]], [[math.cos(small), math.sin(small)]]
        assert math.isclose(room.angle(x, y)[0, 0], small, rel_tol=1e-12)
        opposite = room.angle([[-1.0, 0.0]], y)[0, 0]
        assert math.isclose(math.pi - opposite, small, rel_tol=1e-6, abs_tol=1e-15)


def test_a_point_that_is_zero_has_the_kernel_of_its_features():
    zero = np.zeros((1, 3))
    for name in set(MAPS) - {n for n in MAPS if n.startswith("Fourier")}:
        draw = MAPS[name].sample(3, 5, seed=1)
        assert not MAPS[name].features(draw, zero).any()
        assert not MAPS[name].kernel(zero, POINTS).any()


# --- the rate -------------------------------------------------------------------------


def exact_average_error(atoms, N):
    """Enumerate all N-tuples of a law of vectors with Fractions as coordinates."""
    mean = [sum(p * v[i] for p, v in atoms) for i in range(len(atoms[0][1]))]
    total = Fraction(0)
    for draw in product(atoms, repeat=N):
        probability = math.prod((p for p, _ in draw), start=Fraction(1))
        average = [sum(v[i] for _, v in draw) / Fraction(N) for i in range(len(mean))]
        total += probability * sum(
            (a - m) ** 2 for a, m in zip(average, mean, strict=True)
        )
    moment = sum(p * sum(c * c for c in v) for p, v in atoms)
    return total, moment, sum(m * m for m in mean)


@pytest.mark.parametrize("N", [1, 2, 3, 5])
def test_the_error_of_an_average_by_enumeration(N):
    atoms = [
        (Fraction(1, 5), (2, -1)),
        (Fraction(1, 2), (0, 3)),
        (Fraction(3, 10), (1, 1)),
    ]
    exact, moment, norm_squared = exact_average_error(atoms, N)
    found = room.average_error(moment, norm_squared, N)
    assert math.isclose(found, exact, rel_tol=1e-15)


def sampled_error(W, u, count, rng):
    """Sample the error of the network at Gaussian inputs: mean and standard error."""
    x = rng.standard_normal((count, len(W)))
    squares = (x[:, 0] - np.maximum(x @ W, 0) @ u) ** 2
    return squares.mean(), squares.std(ddof=1) / math.sqrt(count)


def test_the_error_of_a_network_by_simulation():
    rng = np.random.default_rng(11)
    limit = standard_errors(6)
    for d, N in ((1, 2), (3, 5), (6, 40)):
        W = room.directions(d, N, rng)
        for u in (room.linear_weights(W), rng.standard_normal(N)):
            mean, error = sampled_error(W, u, 40_000, rng)
            assert abs(room.linear_error(W, u) - mean) <= limit * error


@pytest.mark.parametrize("d", [1, 2, 5, 12])
def test_the_average_has_its_exact_rate(d):
    widths, seeds = [1, 4, 32], 400
    found = room.rate_experiment(d, widths, seeds, seed=2)[0]
    for errors, N in zip(found, widths, strict=True):
        claimed = room.average_error(2 * d, 1, N)
        error = errors.std(ddof=1) / math.sqrt(seeds)
        assert abs(errors.mean() - claimed) <= standard_errors(12) * error + 1e-12


@pytest.mark.parametrize(("d", "N"), [(2, 3), (4, 10), (3, 40)])
def test_no_change_of_the_best_weights_helps(d, N):
    rng = np.random.default_rng(8)
    W = room.directions(d, N, rng)
    best = room.best_linear_weights(W)
    least = room.linear_error(W, best)
    for step in 0.05 * rng.standard_normal((20, N)):
        assert room.linear_error(W, best + step) > least - 1e-12
    assert least <= room.linear_error(W, room.linear_weights(W))


def test_the_bound_in_probability_holds_over_draws():
    d, N, seeds, delta = 4, 20, 400, 0.3
    errors = np.sqrt(room.rate_experiment(d, [N], seeds, seed=9)[0, 0])
    # |g(w) f_w| = 2 d |theta_1| / sqrt 2 is at most sqrt 2 d
    bound = room.error_bound(math.sqrt(2) * d, N, delta)
    assert np.mean(errors > bound) <= delta


def test_the_bounds_of_the_kernel_hold_over_draws():
    x = np.random.default_rng(3).uniform(-0.5, 0.5, (60, 2))
    distance = np.linalg.norm(x[:, None] - x[None], axis=2).max()
    feature_map, N, delta, seeds = room.FourierFeatures(pairs=True), 64, 0.2, 200
    found = approximations(feature_map, x, x, N=N, seeds=seeds)
    errors = np.abs(found - feature_map.kernel(x, x))
    point = errors[:, 0, 1] > room.kernel_error_bound(1, N, delta)
    uniform = room.kernel_error_uniform(2, distance, N, delta)
    assert np.mean(point) <= delta
    assert np.mean(errors.max(axis=(1, 2)) > uniform) <= delta


def test_the_width_that_a_bound_asks_for_is_enough():
    assert room.kernel_error_bound(1, 10_000, 0.05) < 0.03
    assert math.isclose(room.error_bound(2, 100, math.exp(-2)), 0.6)
    assert math.isclose(
        room.kernel_error_uniform(9, 0.5, 100, math.exp(-2)), 0.8, rel_tol=1e-15
    )


def test_least_squares_and_ridge_solve_their_normal_equations():
    rng = np.random.default_rng(6)
    features, values = rng.standard_normal((30, 4)), rng.standard_normal(30)
    for ridge in (0.0, 2.0):
        u = room.fit(features, values, ridge)
        residual = features.T @ (values - features @ u) - ridge * u
        np.testing.assert_allclose(residual, 0, atol=1e-12, rtol=0)


# --- what is refused ------------------------------------------------------------------


def test_the_maps_are_what_their_names_say():
    x = np.eye(3)[:2]
    at_right_angles = {
        name: float(kernels.MAPS[name].kernel(x, x)[0, 1])
        for name in ("arc-cosine, order 0", "arc-cosine, order 1")
    }
    # the mean of 1[u > 0] 1[v > 0] and that of u_+ v_+ for independent u and v
    expected = [1 / 4, 1 / (2 * math.pi)]
    assert list(at_right_angles.values()) == pytest.approx(expected)


@pytest.mark.parametrize(("N", "delta"), [(1, 1.0), (7, 0.3), (100, 1e-6)])
def test_the_two_bounds_are_where_the_probabilities_say(N, delta):
    B = 1.7
    at = room.kernel_error_bound(B, N, delta)
    # Hoeffding: for means of N numbers in [-B, B], two sides
    assert math.isclose(2 * math.exp(-N * at**2 / (2 * B**2)), delta)
    # McDiarmid: beyond the mean B / sqrt(N), with differences 2 B / N
    more = room.error_bound(B, N, delta) - B / math.sqrt(N)
    assert math.isclose(math.exp(-N * more**2 / (2 * B**2)), delta)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: room.FourierFeatures(0.0), "scale must be finite and > 0, got 0.0"),
        (lambda: room.ArcCosineFeatures(2), "order must be 0 or 1, got 2"),
        (lambda: room.ArcCosineFeatures(0.5), "order must be an integer >= 0"),
        (lambda: room.TangentFeatures("last"), "'first' or 'both', got 'last'"),
        (lambda: room.MAPS["Fourier, pairs"].sample(0, 3, 1), "d must be an integer"),
        (lambda: room.ArcCosineFeatures(0).sample(3, 0, 1), "N must be an integer"),
        (lambda: room.angle([1.0, 2.0], [[1.0]]), r"x must have shape \(n, d\)"),
        (lambda: room.angle([[1.0, 2.0]], [[1.0]]), r"y must have shape \(n, 2\)"),
        (lambda: room.angle([[np.nan]], [[1.0]]), "x must be finite, got nan"),
        (lambda: room.average_error(1.0, 2.0, 3), "second_moment must be .* >= 2.0"),
        (lambda: room.average_error(2.0, 1.0, 0), "N must be an integer >= 1, got 0"),
        (lambda: room.error_bound(1.0, 3, 0.0), "delta must be finite and > 0"),
        (lambda: room.error_bound(1.0, 3, 1.5), r"delta must lie in \(0, 1\], got 1.5"),
        (lambda: room.kernel_error_bound(-1.0, 3, 0.5), "B must be finite and >= 0"),
        (lambda: room.error_bound(-0.5, 3, 0.5), "C must be finite and >= 0"),
        (lambda: directions(0, 3, 1), "d must be an integer >= 1"),
        (lambda: directions(3, 0, 1), "N must be an integer >= 1"),
        (lambda: room.kernel_error_uniform(2, -1.0, 3, 0.5), "distance must be"),
        (lambda: room.linear_weights([[2.0], [0.0]]), "must have norm 1, got 2.0"),
        (lambda: room.linear_weights([1.0]), "W must be a d x N matrix"),
        (lambda: room.linear_error([[1.0]], [1.0, 2.0]), r"u must have shape \(1,\)"),
        (lambda: room.rate_experiment(2, [4], 1), "seeds must be an integer >= 2"),
        (lambda: room.fit([[1.0]], [1.0, 2.0]), "features and values must have shapes"),
        (lambda: room.fit([[1.0]], [1.0], -1.0), "ridge must be finite and >= 0"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_points_of_another_dimension_are_refused_by_the_features():
    draw = room.ArcCosineFeatures(1).sample(3, 5, seed=1)
    with pytest.raises(ValueError, match=r"x must have shape \(n, 3\)"):
        room.ArcCosineFeatures(1).features(draw, [[1.0, 2.0]])
