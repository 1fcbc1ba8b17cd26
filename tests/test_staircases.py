"""The room of the chapter on staircases, against slow and literal twins."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest

from rfbook import staircases as room
from rfbook.staircases import runs
from rfbook.staircases.leap import closure, masks

EXAMPLES = [
    ([(0,), (0, 1), (0, 1, 2), (0, 1, 2, 3)], 1),
    ([(0,), (1,), (1, 2, 3)], 2),
    ([(0,), (0, 1, 2), (1, 2, 3, 4, 5, 6)], 4),
    ([(0, 1, 2), (1, 2, 3)], 3),
    ([], 0),
    ([()], 0),
    ([(5,)], 1),
]


def literal_leap(sets):
    """Take the least over all orders of the largest new part."""
    best = max((len(S) for S in sets), default=0)
    for order in itertools.permutations(map(set, sets)):
        seen, worst = set(), 0
        for S in order:
            worst = max(worst, len(S - seen))
            seen |= S
        best = min(best, worst)
    return best


def random_families(count=200, bits=5):
    """Draw families of up to five sets."""
    rng = np.random.default_rng(3)
    for _ in range(count):
        sets = rng.random((rng.integers(1, 6), bits)) < 0.5
        yield [tuple(np.flatnonzero(row).tolist()) for row in sets]


# --- leap -----------------------------------------------------------------------------


@pytest.mark.parametrize(("sets", "level"), EXAMPLES)
def test_the_leap_of_the_examples(sets, level):
    assert room.leap(sets) == level
    assert literal_leap(sets) == level


def test_the_leap_is_the_least_over_all_orders():
    for sets in random_families():
        assert room.leap(sets) == literal_leap(sets), sets


def test_degrees_count_in_the_gaussian_case():
    assert room.hermite_leap([(7,)]) == 7
    assert room.hermite_leap([(1, 0), (3, 2)]) == 2
    assert room.hermite_leap([(2, 0, 0), (0, 2, 0), (0, 0, 2), (3, 0, 8)]) == 2
    for sets in random_families(60):
        rows = [tuple(int(i in S) for i in range(5)) for S in sets]
        assert room.hermite_leap(rows) == room.leap(sets)


def test_a_closure_is_an_obstruction():
    for sets in random_families():
        level = room.leap(sets)
        everything = sum(1 << i for i in set().union(*map(set, sets)))
        for jump in range(6):
            U = closure(masks(sets), jump)
            assert (everything == U) is (level <= jump)
            outside = [(S & ~U).bit_count() for S in masks(sets) if S & ~U]
            assert all(count > jump for count in outside)


def test_families_are_counted():
    for P in (1, 2, 3):
        sets = [tuple(i for i in range(P) if S >> i & 1) for S in range(1, 2**P)]
        levels = [
            literal_leap([S for j, S in enumerate(sets) if family >> j & 1])
            if family.bit_count() <= 4
            else room.leap([S for j, S in enumerate(sets) if family >> j & 1])
            for family in range(2 ** len(sets))
        ]
        for jump in range(P + 1):
            assert room.families(P, jump) == sum(a <= jump for a in levels)


def test_the_census_is_that_of_all_functions():
    for P in (1, 2, 3):
        found = [0] * (P + 1)
        for signs in itertools.product((1, -1), repeat=2**P):
            found[room.leap(room.supports_of(signs))] += 1
        assert room.census(P) == found


# --- flow -----------------------------------------------------------------------------


def test_the_flow_is_that_of_many_small_steps_of_descent():
    values = room.target(2, {(0,): 1.0, (0, 1): -0.5})
    u, b = room.paired_start(6, 1)
    x, w, out, step = room.cube(2), np.zeros((6, 2)), u.copy(), 1e-4
    for _ in range(10_000):
        t = np.tanh(x @ w.T + b)
        r = values - t @ out / 6
        w_step = np.einsum("p,pi,i,pj->ij", r, 1 - t**2, out, x) / 4
        out += step * (r @ t) / 4
        w += step * w_step
    path = room.flow(values, u, b, [1.0])
    # One step of length h errs by the order of h^2, all of them by that of h.
    assert np.abs(path.weights[0] - w).max() < 20 * step
    assert path.error[0] == pytest.approx(path.left[0] @ path.left[0], rel=1e-12, abs=0)


def test_the_error_falls_along_the_flow():
    path = room.flow(
        room.target(3, room.staircase(3)),
        *room.paired_start(20, 2),
        np.linspace(0, 5, 40),
    )
    assert (np.diff(path.error) < 0).all()


@pytest.mark.parametrize(
    ("coefficients", "moving"),
    [
        ({(0, 1, 2): 1.0}, ()),
        ({(0,): 1.0, (0, 1, 2): 1.0}, (0,)),
        ({(0,): 1.0, (0, 1): 1.0}, (0, 1)),
        (room.staircase(3), (0, 1, 2)),
    ],
)
def test_the_coordinates_that_move_are_those_of_the_closure(coefficients, moving):
    path = room.flow(room.target(3, coefficients), *room.paired_start(10), [1.0, 4.0])
    assert closure(masks(coefficients), 1) == sum(1 << i for i in moving)
    for i in range(3):
        largest = np.abs(path.weights[-1, :, i]).max()
        # Sums of floats over the cube leave rounding errors where the sum is 0.
        assert largest > 1e-3 if i in moving else largest < 1e-12


def test_a_symmetry_can_hide_a_coordinate():
    hidden = {(0,): 1.0, (1,): 1.0, (0, 2): 1.0, (1, 2): -1.0}
    assert room.leap(hidden) == 1
    start = room.paired_start(10, 1, bias=2.0)
    for c, moves in ((-1.0, False), (-0.9, True)):
        path = room.flow(room.target(3, hidden | {(1, 2): c}), *start, [3.0])
        third = np.abs(path.weights[0, :, 2]).max()
        assert third > 1e-3 if moves else third < 1e-12
    assert room.flow(room.target(3, hidden), *start, [3.0]).error[0] > 2


def taylor_weights(values, u, b, order):
    """Return the weights' Taylor coefficients at time 0, shape (order + 1, N, P)."""
    x = room.cube((len(values) - 1).bit_length())
    w, out = np.zeros((order + 1, len(u), x.shape[1])), np.zeros((order + 1, len(u)))
    left = np.zeros((order + 1, len(x)))
    inner, y, slope = np.zeros((3, order + 1, len(u), len(x)))
    out[0], inner[0], y[0] = u, b[:, None], np.tanh(b)[:, None]
    slope[0], left[0] = 1 - y[0] ** 2, values
    for n in range(order):
        left[n] -= sum(out[a] @ y[n - a] for a in range(n + 1)) / len(u)
        for a in range(n + 1):
            push = sum(out[c, :, None] * slope[n - a - c] for c in range(n - a + 1))
            w[n + 1] += (push * left[a]) @ x / len(x) / (n + 1)
            out[n + 1] += y[n - a] @ left[a] / len(x) / (n + 1)
        inner[n + 1] = w[n + 1] @ x.T
        y[n + 1] = sum(
            slope[n - c] * (c + 1) * inner[c + 1] / (n + 1) for c in range(n + 1)
        )
        slope[n + 1] = -sum(y[c] * y[n + 1 - c] for c in range(n + 2))
    return w


def test_the_first_terms_of_the_weights():
    """The Taylor series at time 0: nothing before the order that is claimed."""
    u, b = room.paired_start(4, 5)
    series = taylor_weights(room.target(4, room.staircase(4)), u, b, 8)
    for i, k in itertools.product(range(4), (1, 2, 3, 4)):
        order = 2 ** (k - 1)
        scale = np.abs(series[: order + 1, i]).max()
        assert np.abs(series[:order, i, k - 1]).max() < 1e-13 * scale
        claimed = room.leading_weight(k, u[i], b[i], 1.0)
        assert series[order, i, k - 1] == pytest.approx(claimed, rel=1e-9, abs=0)


def test_the_series_is_that_of_the_flow():
    u, b = room.paired_start(4, 5)
    values, tau = room.target(3, room.staircase(3)), 0.05
    series = taylor_weights(values, u, b, 24)
    path = room.flow(values, u, b, [tau])
    # The integrator is asked for 1e-9; ten times that for its steps together.
    sums = np.tensordot(tau ** np.arange(25), series, 1)
    np.testing.assert_allclose(path.weights[0], sums, atol=1e-8, rtol=0)


def test_descent_on_samples_follows_the_flow():
    """With half the step size: what is linear in it cancels."""
    values = room.target(2, room.staircase(2))
    u, b = room.paired_start(40, 0, bias=2.0)
    times = [0.0, 1.0, 4.0]
    theory = room.flow(values, u, b, times).error[1:]
    mean, error = {}, {}
    for rate in (0.02, 0.01):
        runs_ = [
            room.train(values, u, b, times, d=20, rate=rate, batch=64, seed=seed).error
            for seed in range(8)
        ]
        mean[rate] = np.mean(runs_, axis=0)[1:]
        error[rate] = np.std(runs_, axis=0, ddof=1)[1:] / 8**0.5
    gap = np.abs(2 * mean[0.01] - mean[0.02] - theory)
    assert (gap < 4 * np.hypot(2 * error[0.01], error[0.02])).all()


@pytest.mark.parametrize("k", [1, 2, 3, 5])
def test_the_escape_takes_as_long_as_said(k):
    from scipy.integrate import solve_ivp

    start, time = 0.2, room.escape_time(k, 0.2)
    run = solve_ivp(
        lambda _, w: w ** (k - 1), (0, time), [start], rtol=1e-10, atol=1e-12
    )
    assert run.y[0, -1] == pytest.approx(1, rel=1e-6, abs=0)


# --- parity ---------------------------------------------------------------------------


@pytest.mark.parametrize("d", [3, 5, 7, 9])
def test_gradients_are_sums_over_the_cube(d):
    points = list(itertools.product((1, -1), repeat=d))
    for k in range(2, d, 2):
        inside, outside = room.parity_gradient(d, k)
        for j, claimed in ((0, inside), (d - 1, outside)):
            total = sum(math.prod(x[:k]) * x[j] * (sum(x) > 0) for x in points)
            assert claimed == Fraction(total, 2**d)
        assert room.parity_gap(d, k) == abs(inside) - abs(outside)
        assert (room.parity_gap(d, k) > 0) == (2 * k < d + 1)


@pytest.mark.parametrize("d", [1, 4, 7])
def test_thresholds_are_sums_over_the_cube(d):
    points = list(itertools.product((1, -1), repeat=d))
    for m, t in itertools.product(range(d + 1), repeat=2):
        total = sum(math.prod(x[:t]) * (x.count(-1) <= m) for x in points)
        assert room.threshold_coefficient(d, m, t) == Fraction(total, 2**d)


def test_the_majority_is_twice_its_event():
    for d, t in itertools.product((1, 9, 51, 101), (1, 3, 7)):
        if t <= d:
            event = room.threshold_coefficient(d, (d - 1) // 2, t)
            assert room.majority_coefficient(d, t) == 2 * event


def test_sampled_gradients_are_near_the_exact_ones():
    n = 40_000
    found = room.sampled_gradient(7, 2, n, seed=1)
    inside, outside = map(float, room.parity_gradient(7, 2))
    claimed = np.array([inside] * 2 + [outside] * 5)
    # Each summand is at most 1; four standard errors.
    assert np.abs(found - claimed).max() < 4 / n**0.5
    assert room.step_succeeds(found, 2)


def test_so_many_samples_are_enough():
    n = room.one_step_samples(7, 2, 0.1)
    failures = sum(
        not room.step_succeeds(room.sampled_gradient(7, 2, n, seed), 2)
        for seed in range(50)
    )
    # 5 are expected at most; four standard deviations more are 13.
    assert failures <= 13


# --- four clouds ----------------------------------------------------------------------


def test_the_risk_of_squares_is_that_of_a_fit():
    rng = np.random.default_rng(0)
    W = rng.standard_normal((4, 3))
    x, y = room.xor_sample(4, 400_000, 1.5, 1)
    F = np.column_stack([(x @ W) ** 2, np.ones(len(x))])
    residual = y - F @ np.linalg.lstsq(F, y, rcond=None)[0]
    risk = room.xor_features_risk(W, 1.5)
    assert abs(np.mean(residual**2) - risk) < 4 * np.std(residual**2) / len(y) ** 0.5


def test_the_bounds_are_below_the_mean_risk():
    rng = np.random.default_rng(2)
    for N, mu in ((3, 1.0), (10, 1.5), (20, 0.7)):
        risks = [
            room.xor_features_risk(rng.standard_normal((8, N)), mu) for _ in range(50)
        ]
        assert np.mean(risks) >= room.xor_quadratic_bound(8, N, mu)
        assert np.mean(risks) >= room.xor_features_bound(8, N, mu)


def test_all_squares_reach_the_best_quadratic_predictor():
    W = np.random.default_rng(4).standard_normal((5, 15))
    risk = room.xor_features_risk(W, 2.0)
    assert risk == pytest.approx(room.xor_quadratic_risk(2.0), abs=1e-9)


def test_the_bound_is_that_of_its_formula():
    held = math.exp(0.5) * (math.cosh(1.0) - 1) * 5 / (9 * 12)
    assert room.xor_features_bound(10, 5, 1.0) == pytest.approx(
        1 - held, rel=1e-13, abs=0
    )
    assert room.xor_features_bound(10**9, 1, 100.0) == 0.0
    assert room.xor_features_bound(10, 5, 0.0) == 1.0


def test_no_label_rule_beats_the_least_error():
    x, y = room.xor_sample(2, 200_000, 2.0, 6)
    wrong = np.mean(np.sign(x[:, 0] ** 2 - x[:, 1] ** 2) != y)
    least = room.xor_bayes_error(2.0)
    assert abs(wrong - least) < 4 * (least / len(y)) ** 0.5


def test_a_network_learns_where_a_kernel_does_not():
    least = room.xor_bayes_error(3.0)
    network = room.network_errors(200, [32_000], 3.0, 0)[0]
    kernel = room.kernel_error(200, 250, 3.0, 0)
    assert network < 2 * least < 0.3 < kernel


# --- records and ranges ---------------------------------------------------------------


def test_the_record_holds_every_cell():
    cells = runs.load()
    assert len(cells) == len(runs.keys())
    for name, cell in cells.items():
        size = len(cell["samples"])
        assert size == len(cell["mean"]) == len(cell["error"]), name


def test_a_cell_has_means_and_standard_errors(monkeypatch):
    monkeypatch.setattr(runs, "KERNEL_SAMPLES", (20, 40))
    monkeypatch.setattr(runs, "NETWORK_SAMPLES", (64, 128))
    kernel = [[room.kernel_error(3, n, 3.0, seed) for n in (20, 40)] for seed in (0, 1)]
    network = [room.network_errors(3, (64, 128), 3.0, seed) for seed in (0, 1)]
    for method, rows in (("kernel", kernel), ("network", network)):
        cell = runs.xor_cell(method, 3, seeds=2)
        # of two numbers the standard error is half their distance
        assert cell["mean"] == pytest.approx(np.mean(rows, axis=0), rel=1e-12, abs=0)
        error = np.abs(np.subtract(*rows)) / 2
        assert cell["error"] == pytest.approx(error, rel=1e-12, abs=0)
        assert len(cell["samples"]) == 2
    with pytest.raises(ValueError, match="seeds must be an integer >= 2"):
        runs.xor_cell("network", 3, seeds=1)


def test_a_recorded_value_is_computed_again():
    cell = runs.load()["network_100"]
    again = [
        room.network_errors(100, runs.NETWORK_SAMPLES[:3], 3.0, seed)
        for seed in range(runs.SEEDS)
    ]
    assert np.mean(again, axis=0) == pytest.approx(cell["mean"][:3], abs=1e-3)
    cell = runs.load()["kernel_200"]
    again = [
        room.kernel_error(200, runs.KERNEL_SAMPLES[1], 3.0, seed)
        for seed in range(runs.SEEDS)
    ]
    # One of 2000 test points may change its sign with the rounding.
    assert np.mean(again) == pytest.approx(cell["mean"][1], abs=1e-3)


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: room.leap([3]), "set of integers"),
        (lambda: room.leap([(1, 1)]), "once"),
        (lambda: room.leap([(-1,)]), "a coordinate"),
        (lambda: room.hermite_leap([(1,), (1, 2)]), "one length"),
        (lambda: room.hermite_leap([(1, -2)]), "a degree"),
        (lambda: room.supports_of([0.5, 1.0]), "integers"),
        (lambda: room.supports_of([1, 2, 3]), "2\\^n"),
        (lambda: room.families(-1, 1), "P must"),
        (lambda: room.families(2, -1), "jump"),
        (lambda: room.census(5), "at most 4"),
        (lambda: room.cube(9), "at most 8"),
        (lambda: room.target(2, {(2,): 1.0}), "below P"),
        (lambda: room.target(2, {(0,): math.inf}), "coefficient"),
        (lambda: room.staircase(0), "P must"),
        (lambda: room.paired_start(3), "even"),
        (lambda: room.paired_start(2, size=0), "size"),
        (lambda: room.flow([1, 2, 3], [1], [1], [1]), "2\\^P"),
        (lambda: room.flow([1, 2], [1], [1, 2], [1]), "one length"),
        (lambda: room.flow([1, 2], [1], [1], [2, 1]), "increase"),
        (lambda: room.train([1, 2, 3, 4], [1], [1], [1], d=1, rate=0.1), "d must"),
        (lambda: room.train([1, 2], [1], [1], [1], d=1, rate=0), "rate"),
        (lambda: room.network([1.0], [[0.0]], [0.0], [[1.0, 2.0]]), "shapes"),
        (lambda: room.network([np.nan], [[0.0]], [0.0], [[1.0]]), "finite"),
        (lambda: room.leading_weight(5, 1, 0, 0.1), "at most 4"),
        (lambda: room.escape_time(3, 0), "start"),
        (lambda: room.escape_time(3, 1.5), "at most 1"),
        (lambda: room.escape_time(900, 0.1), "too large"),
        (lambda: room.threshold_coefficient(3, 1, 4), "at most d"),
        (lambda: room.threshold_coefficient(3, 1, -1), "t must"),
        (lambda: room.threshold_coefficient(3, -1, 1), "m must"),
        (lambda: room.majority_coefficient(4, 1), "odd"),
        (lambda: room.parity_gradient(5, 3), "even"),
        (lambda: room.parity_gradient(5, 6), "below d"),
        (lambda: room.one_step_samples(7, 4, 0.1), "below d \\+ 1"),
        (lambda: room.one_step_samples(7, 2, 1), "failure"),
        (lambda: room.step_succeeds([1.0], 1), "below the length"),
        (lambda: room.step_succeeds([1.0, np.nan], 1), "finite"),
        (lambda: room.xor_sample(1, 1, 1), "d must"),
        (lambda: room.xor_bayes_error(-1), "mu must"),
        (lambda: room.xor_quadratic_risk(1e7), "mu must be at most"),
        (lambda: room.network_errors(2, [80], 1.0, rate=50.0), "rate must be less"),
        (lambda: room.network_errors(2, [8], 1.0, rate=-0.1), "rate must be .* > 0"),
        (lambda: room.kernel_error(2, 4, 1.0, ridges=[0.1, 0.0]), "ridges must be"),
        (lambda: room.families(15, 1), "at most 14"),
        (lambda: room.threshold_coefficient(10**5, 1, 1), "at most 10000"),
        (lambda: room.target(2, [1.0]), "Mapping"),
        (lambda: room.hermite_leap([1]), "set of integers"),
        (lambda: room.flow([1, 2], [1], [1], [1], second_layer=0), "True or False"),
        (lambda: room.flow([1e4, 2], [1], [1], [1e4]), "times by speed"),
        (lambda: room.flow([1e-200, 0], [1], [1], [1]), "underflows"),
        (lambda: room.train([1, 2], [1], [1], [1], d=2, rate=1e-9), "steps"),
        (lambda: room.sampled_gradient(5, 2, 10**10), "n must"),
        (lambda: room.xor_features_risk([1.0], 1), "d x N"),
        (lambda: room.network_errors(2, [2, 1], 1), "increase"),
        (lambda: runs.xor_cell("tree", 3), "method"),
    ],
)
def test_what_is_out_of_range_is_named(call, word):
    with pytest.raises(ValueError, match=word):
        call()


def test_the_bound_for_quadratic_features_in_numbers():
    """Seven of the 14 = (d - 1)(d + 2) / 2 traceless forms of d = 5, a quarter each."""
    assert room.xor_quadratic_bound(5, 7, 1.0) == 1 - 1 / 8
