"""The room of the chapter on feature learning, against slow and literal twins."""

import math
from fractions import Fraction

import numpy as np
import pytest
from scipy.integrate import quad

from rfbook import feature_learning as room
from rfbook.activations import RELU, arc_cosine
from rfbook.feature_learning import spike, step, stepped
from rfbook.gaussian import expect
from rfbook.single_neuron import random_directions, relu_coefficients, relu_spectrum
from rfbook.special import gegenbauer, harmonic_dimension, hermite

LINK = [0.3, 0.5, -0.4, 0.2]
NEURON = [0.1, 0.7, 0.2, -0.3, 0.25, 0.1]


def value(coefficients, u):
    return sum(c * hermite(k, u) for k, c in enumerate(coefficients))


def slope(coefficients, u):
    """Differentiate: he_k' = sqrt(k) he_(k-1)."""
    return sum(
        c * math.sqrt(k) * hermite(k - 1, u)
        for k, c in enumerate(coefficients)
        if k and c
    )


def plane_mean(f, nodes=24):
    """Integrate f(a, a') over two independent normal numbers."""
    return expect(
        lambda a: np.array([expect(lambda o, x=x: f(x, o), nodes) for x in a]), nodes
    )


# --- the step -------------------------------------------------------------------------


@pytest.mark.parametrize("t", [-0.8, 0.0, 0.35, 0.9])
def test_the_step_is_an_integral_in_the_plane(t):
    side = math.sqrt(1 - t * t)

    def term(axis):
        def f(a, o):
            b = t * a + side * o
            return value(LINK, a) * slope(NEURON, b) * (a if axis == 0 else b)

        return plane_mean(f)

    alpha, beta = room.step_parts(LINK, NEURON, t)
    assert term(0) == pytest.approx(alpha + t * beta, abs=1e-12)
    assert term(1) == pytest.approx(t * alpha + beta, abs=1e-12)


@pytest.mark.parametrize("t", [-0.8, 0.0, 0.35, 0.9])
def test_the_noise_is_an_integral_in_the_plane(t):
    side, d = math.sqrt(1 - t * t), 9

    def f(a, o):
        b, u = t * a + side * o, side * a - t * o
        return (value(LINK, a) * slope(NEURON, b)) ** 2 * (u * u + d - 2)

    squares = room.square_coefficients(room.slope_coefficients(NEURON))
    found = room.tangent_energy(LINK, squares, t, d)
    assert plane_mean(f) == pytest.approx(found, rel=1e-12, abs=0)


def test_the_step_of_a_relu_along_itself():
    neuron = relu_coefficients(8)
    for t in (-0.5, 0.0, 0.7):
        smooth = sum(
            c * float(hermite(k, 0.0)) * t**k for k, c in enumerate(LINK)
        ) / math.sqrt(2 * math.pi)
        assert room.step_parts(LINK, neuron, t)[1] == pytest.approx(smooth, abs=1e-14)


def test_the_population_step_is_the_mean_of_batches():
    rng = np.random.default_rng(0)
    W, X = random_directions(4, 3, 1), rng.standard_normal((300_000, 4))
    theta = np.array([0.0, 0.6, 0.8, 0.0])
    y = value(LINK, X @ theta)
    found = spike.batch_gradient(X, y, W)
    exact = room.population_step(LINK, relu_coefficients(8), W, theta)
    # a term has a variance below 2, so that 12 entries stay within 5 standard errors
    assert np.abs(found - exact).max() < 5 * math.sqrt(2 / len(X))


def test_squares_and_slopes_are_those_of_the_functions():
    u = np.linspace(-2, 2, 5)
    assert np.allclose(value(room.square_coefficients(LINK), u), value(LINK, u) ** 2)
    assert np.allclose(value(room.slope_coefficients(NEURON), u), slope(NEURON, u))


def test_the_information_exponent_of_a_quartic():
    # u^4 - 6 u^2 = He_4 - 3
    assert room.information_exponent([-3, 0, 0, 0, math.sqrt(24)]) == 4


@pytest.mark.parametrize(("d", "k"), [(2, 1), (5, 2), (9, 3), (30, 4)])
def test_the_signal_of_random_neurons(d, k):
    """Against the integral over a coordinate of the sphere, by its angle."""

    def mean(f):
        return quad(lambda a: f(math.cos(a)) * math.sin(a) ** (d - 2), 0, math.pi)[0]

    slow = mean(lambda t: t ** (2 * k - 2) * (1 - t * t)) / mean(lambda t: 1.0)
    assert float(room.mean_signal(d, k)) == pytest.approx(slow, rel=1e-9, abs=0)


@pytest.mark.parametrize("k", [1, 2, 4])
def test_at_the_batch_size_signal_and_noise_are_equal(k):
    d, link = 12, [0.0] * k + [1.0]
    neuron = relu_coefficients(2 * k + 4)
    squares = room.slope_coefficients(neuron)  # a step is its own square
    t = np.cos((np.arange(4000) + 0.5) * np.pi / 4000)
    weights = (1 - t * t) ** ((d - 2) / 2)
    weights /= weights.sum()
    alpha = room.step_parts(link, neuron, t)[0]
    signal = weights @ (alpha**2 * (1 - t * t))
    noise = weights @ room.tangent_energy(link, squares, t, d) - signal
    assert room.relu_batch_size(d, k, neuron[k] ** 2) == pytest.approx(noise / signal)


def test_the_direction_of_a_batch():
    rng = np.random.default_rng(4)
    x = rng.standard_normal((40_000, 7, 5))
    y = value(LINK, x[:, :, 0]) + 0.5 * rng.standard_normal((40_000, 7))
    v = np.einsum("ij,ijk->ik", y, x) / 7
    along, total = room.batch_direction(LINK, 5, 7, noise=0.25)
    for found, exact in ((v[:, 0] ** 2, along), ((v**2).sum(1), total)):
        assert abs(found.mean() - exact) < 4 * found.std() / 200


# --- after the step -------------------------------------------------------------------


def test_the_fit_is_that_of_many_samples():
    rng = np.random.default_rng(2)
    W, theta = random_directions(5, 8, 3), np.eye(5)[0]
    x = rng.standard_normal((400_000, 5))
    features = np.maximum(x @ W, 0)
    features = np.column_stack([np.ones(len(x)), features])
    y = value(LINK, x[:, 0])
    coefficients = np.linalg.lstsq(features, y, rcond=None)[0]
    squares = (y - features @ coefficients) ** 2
    exact = room.fit_errors(W, theta, LINK)[-1]
    assert abs(squares.mean() - exact) < 4 * squares.std() / math.sqrt(len(x))


def test_classes_are_means_over_the_sphere():
    rng, t = np.random.default_rng(6), np.array([0.3, -0.7])
    v = random_directions(4, 1000, rng)
    W = [np.vstack([np.full(1000, s), math.sqrt(1 - s * s) * v]) for s in t]
    both = np.hstack(W)
    cov = RELU.covariance(both)
    np.fill_diagonal(cov, np.nan)
    blocks = cov.reshape(2, 1000, 2, 1000)
    means = np.array([[np.nanmean(blocks[i, :, j]) for j in (0, 1)] for i in (0, 1)])
    # 1000 independent directions: each mean is within a few percent of its spread
    assert np.abs(means - room.class_gram(5, t)).max() < 5e-3


@pytest.mark.parametrize("m", [150, 250])
def test_the_rule_of_the_sphere_has_its_moments(m):
    c, weights = stepped._coordinate_rule(m)
    assert weights @ c**2 == pytest.approx(1 / m, rel=1e-12, abs=0)
    assert weights @ c**4 == pytest.approx(3 / (m * (m + 2)), rel=1e-12, abs=0)


def test_many_neurons_come_between_the_two_risks():
    t, link, theta = [0.6, -0.6], [0, 0.5**0.5, 0.5**0.5], np.eye(12)[0]
    low, high = (room.class_risk(12, t, link, n) for n in (None, 30))
    errors = []
    for seed in range(20):
        v = random_directions(11, 60, seed)
        overlaps = np.repeat(t, 30)
        W = np.vstack([overlaps, np.sqrt(1 - overlaps**2) * v])
        errors.append(room.fit_errors(W, theta, link)[-1])
    assert low < min(errors)
    assert np.mean(errors) < high


def test_the_limit_of_the_classes_is_that_of_large_dimensions():
    t, link = [0.5, -0.5, 0.8], [0, 1, 1, 0.5]
    limit = room.class_gram(None, t)
    gaps = [np.abs(room.class_gram(d, t) - limit).max() for d in (100, 200)]
    assert gaps[1] < 0.6 * gaps[0] < 1e-3
    low = [room.class_risk(d, t, link) for d in (None, 50)]
    assert all(0 < risk < 1 for risk in low)


def test_the_mirrored_risk_has_a_closed_form():
    for t in (0.4, 0.8, 1.0):
        s = t * t
        U = (math.sqrt(1 - s * s) + s * math.asin(s) - 1) / (2 * math.pi)
        found = room.class_risk(None, [t, -t], [0, 1, 1])
        assert found == pytest.approx((1 - s * s / (4 * math.pi * U)) / 2, abs=1e-9)


def test_stepped_weights_are_unit_vectors():
    W = room.stepped_weights(random_directions(4, 6, 0), [3, 0, 4, 0], [1, -1] * 3)
    assert np.allclose(np.linalg.norm(W, axis=0), 1)


# --- the flow -------------------------------------------------------------------------


@pytest.mark.parametrize("k", [1, 2, 3, 4, 7, 10])
def test_times_are_integrals(k):
    slow = quad(lambda t: 1 / (k * 0.3 * t ** (k - 1) * (1 - t * t)), 0.2, 0.9)[0]
    assert room.flow_time(k, 0.3, 0.2, 0.9) == pytest.approx(slow, rel=1e-9, abs=0)


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_the_flow_arrives_in_its_time(k):
    link, neuron = [0.0] * k + [0.5], [0.0] * k + [0.8]
    time = room.flow_time(k, 0.4, 0.1, 0.8)
    found = room.flow(link, neuron, 0.1, [0.0, time])
    assert found == pytest.approx([0.1, 0.8], abs=1e-7)


def test_a_wrong_start_stays_wrong():
    found = room.flow([0, 0, 0, 1.0], [0, 0, 0, 1.0], -0.5, np.linspace(0, 50, 6))
    floor = 0.5 / (1 + 3 * 0.5 * np.linspace(0, 50, 6))
    assert (-found >= floor - 1e-8).all()
    assert (np.diff(found) > 0).all()


def test_the_chain_of_overlaps_has_the_law_of_vectors():
    """Compare mean overlaps after 60 steps, over 400 runs of each."""
    d, step, runs = 6, 0.05, 400
    rng = np.random.default_rng(9)
    w = np.tile([0.5, math.sqrt(0.75), 0, 0, 0, 0], (runs, 1))
    for _ in range(60):
        x = rng.standard_normal((runs, d))
        b = np.sum(w * x, 1)
        force = step * (x[:, 0] ** 2 - 1) * (b > 0)
        w = w + force[:, None] * (x - b[:, None] * w)
        w /= np.linalg.norm(w, axis=1, keepdims=True)
    chain = room.online_overlaps(
        lambda a: a * a - 1, lambda b: b > 0, d, step, 0.5, [60], runs
    )[:, 0]
    for power in (1, 2):
        left, right = w[:, 0] ** power, chain**power
        error = math.sqrt((left.var() + right.var()) / runs)
        assert abs(left.mean() - right.mean()) < 4 * error


# --- the staircase --------------------------------------------------------------------


def test_the_floor_of_a_link_is_the_sorted_sum():
    squares = [Fraction(1, 7), Fraction(1, 2), Fraction(1, 3), Fraction(1, 5)]
    kappa = room.link_spectrum(4, squares)
    row = sorted(
        (
            x
            for degree, x in enumerate(kappa)
            for _ in range(harmonic_dimension(4, degree))
        ),
        reverse=True,
    )
    for N in (0, 1, 5, 9, 30, 40):
        assert room.link_floor(4, N, squares) == sum(squares) - sum(row[:N])


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_the_floor_of_a_degree_is_below(k):
    squares = [0] * k + [1]
    for N in range(0, 40, 3):
        assert room.degree_floor(4, N, k) <= room.link_floor(4, N, squares)


def test_shares_are_errors_of_the_parts_and_sum_to_the_number():
    """Draw directions and project the part of degree 2, with its own products."""
    d, N = 4, 10
    W = random_directions(d, N, 5)
    shares = room.captured_shares(W, 80)
    dims = np.array([harmonic_dimension(d, degree) for degree in range(81)])
    U = arc_cosine(np.clip(W.T @ W, -1, 1))
    # The degrees above 80 hold the rest, Tr(U^-1 R): R is positive semidefinite and has
    # on its diagonal what the second moment of a neuron leaves above degree 80.
    rest = arc_cosine(1.0) - relu_spectrum(d, 80) @ dims
    assert 0 <= N - shares @ dims <= N * rest / np.linalg.eigvalsh(U)[0]
    part = relu_spectrum(d, 2)[2] * dims[2]
    z = part * gegenbauer(d, 2, np.clip(W.T @ random_directions(d, 20_000, 6), -1, 1))
    held = np.sum(z * np.linalg.solve(U, z), 0) / part
    assert abs(held.mean() - shares[2]) < 4 * held.std() / math.sqrt(20_000)


# --- the recorded gradients -----------------------------------------------------------


def test_the_record_is_that_of_the_code():
    record = spike.recorded_spikes()
    link = spike.LINKS["degree 1"]
    values, alignment = spike.spike_values(link, 512, 512, 256, 3)
    assert record["alignment"][0, 0, 3] == pytest.approx(alignment, rel=1e-8, abs=0)
    assert record["top"][0, 0, 3] == pytest.approx(values[:2], rel=1e-8, abs=0)


def test_the_recorded_directions_are_those_of_the_formula():
    record = spike.recorded_spikes()
    for i, link in enumerate(spike.LINKS.values()):
        for j, ratio in enumerate(spike.RATIOS):
            along, total = room.batch_direction(link, 512, int(512 * ratio))
            found = record["alignment"][i, j]
            error = found.std(ddof=1) / math.sqrt(spike.SEEDS)
            # What the formula leaves out, the slopes' fluctuation and the mean of a
            # quotient, is below the error of these runs.
            assert abs(found.mean() - along / total) < 4 * error


# --- what is out of range -------------------------------------------------------------

UNIT = np.eye(3)


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: room.step_parts([], [1], 0), "link"),
        (lambda: room.step_parts([1], [1], 1.5), "t must"),
        (lambda: room.correlation([1], [[1]], 0), "neuron"),
        (lambda: room.population_step([1], [1], UNIT * 2, [1, 0, 0]), "norm 1"),
        (lambda: room.population_step([1], [1], UNIT, [1, 0]), "entries"),
        (lambda: room.information_exponent([1, 0, 0]), "degree >= 1"),
        (lambda: room.mean_signal(0, 1), "d must"),
        (lambda: room.mean_signal(5, 0), "k must"),
        (lambda: room.tangent_energy([0, 1], [1], 0, 1), "d must"),
        (lambda: room.relu_batch_size(5, 3, 0.0), "neuron_square"),
        (lambda: room.relu_batch_size(5, 1, float("inf")), "neuron_square"),
        (lambda: room.correlation([1e200], [1e200], 0), "finite"),
        (lambda: room.step_parts([0, 1e200], [0, 1e200], 0), "finite"),
        (lambda: room.square_coefficients([1e200]), "finite"),
        (lambda: room.square_coefficients([0] * 40), "degree"),
        (lambda: room.tangent_energy([1e150], [1e150], 0, 5), "finite"),
        (lambda: room.flow_time(12, 1.0, 1e-300, 0.5), "overflows"),
        (lambda: room.flow([0, 1], [0, 1], 0.5, [1e6]), "at most"),
        (lambda: room.flow([0, 1e6], [0, 1], 0.5, [100]), "the last time"),
        (lambda: room.flow([0, 1], [0, 1], 0.5, [1, 1]), "increase"),
        (lambda: room.square_coefficients([0, 1e-200]), "underflows"),
        (lambda: room.online_overlaps(np.sin, np.cos, 3, 0.1, 0, [1.5], 1), "looks"),
        (lambda: room.link_spectrum(5, [[1, 0]]), "vector"),
        (lambda: room.link_spectrum(1, [1, 1]), "d must"),
        (lambda: room.fit_errors(UNIT[:, None, None], UNIT, [0, 1]), "W must"),
        (lambda: room.batch_direction([0, 1], 5, 0), "n must"),
        (lambda: room.batch_direction([0, 1], 5, 5, noise=-1), "noise"),
        (lambda: room.stepped_weights(UNIT, [1, 0], 1.0), "direction"),
        (lambda: room.stepped_weights(UNIT, [-1, 0, 0], 1.0), "become 0"),
        (lambda: room.fit_errors(UNIT, [1, 0, 0], [1]), "constant"),
        (lambda: room.class_gram(2, [0.5]), "d must"),
        (lambda: room.class_gram(5, 0.5), "vector"),
        (lambda: room.class_risk(5, [0.5], [0, 1], neurons=0), "neurons"),
        (lambda: room.flow_time(3, 1.0, 0.0, 0.5), "start"),
        (lambda: room.flow_time(1, 0.0, 0.1, 0.5), "rate"),
        (lambda: room.flow([0, 1], [0, 1], 1.0, [1.0]), "start"),
        (lambda: room.flow([0, 1], [0, 1], 0.5, [1.0, 0.5]), "increase"),
        (lambda: room.online_overlaps(np.sin, np.cos, 2, 0.1, 0, [1], 1), "d must"),
        (lambda: room.online_overlaps(np.sin, np.cos, 3, 0.1, 2, [1], 1), "start"),
        (lambda: room.online_overlaps(np.sin, np.cos, 3, 0.1, 0, [2, 1], 1), "looks"),
        (lambda: room.link_spectrum(5, [-1]), "squares"),
        (lambda: room.link_floor(5, -1, [1]), "N must"),
        (lambda: room.degree_floor(1, 0, 2), "d must"),
        (lambda: room.captured_shares(np.ones(3) / 3**0.5, 2), "matrix"),
        (lambda: room.captured_shares(np.ones((2, 2)) / 2**0.5, 2), "independent"),
        (lambda: spike.batch_gradient(UNIT, [1, 2], UNIT), "X must"),
    ],
)
def test_what_is_out_of_range_is_named(call, word):
    with pytest.raises(ValueError, match=word):
        call()


def test_the_ends_of_the_ranges_belong_to_them():
    assert room.slope_coefficients([3.0]).tolist() == [0.0]
    assert len(room.square_coefficients([1.0] * (step._MOST_DEGREE + 1))) > 1
    assert room.information_exponent([0, 0.5, 1], tolerance=0.5) == 2
    assert room.degree_floor(5, 0, 0) == 1
    assert room.degree_floor(5, 10**6, 2) == 0


def test_a_batch_of_one_in_one_dimension_and_a_constant_link():
    """E y^2 a^2 = E a^4 = 3; a constant 2 has y^2 = 4 along each of the axes."""
    assert np.allclose(room.batch_direction([0, 1], 1, 1), 3, rtol=1e-14, atol=0)
    assert room.batch_direction([2.0], 3, 1) == (4.0, 12.0)


@pytest.mark.parametrize("t", [-0.9, 0.3, 1.0])
def test_one_neuron_of_one_class_is_a_single_neuron(t):
    link = np.array([0, 1, 1.0])
    alone = room.fit_errors([[t], [math.sqrt(1 - t * t)]], [1, 0], link)[1]
    found = room.class_risk(5, [t], link, neurons=1)
    assert found == pytest.approx(alone / (link @ link), rel=1e-12, abs=0)


def test_one_neuron_of_each_class_leaves_more_than_two():
    one, two = (room.class_risk(5, [0.5, -0.5], [0, 1, 1], neurons=n) for n in (1, 2))
    assert two < one < 1
