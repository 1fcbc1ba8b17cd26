"""Gradient flows in closed form against solvers, limits, identities, and bad input."""

import numpy as np
import pytest
from mpmath import mp
from scipy.integrate import quad, solve_ivp

from rfbook.ledger.deciders import standard_errors
from rfbook.quadratic_gap import (
    flow_constant,
    flow_diagonal,
    flow_limit,
    flow_rate,
    flow_risk,
    gradient_flow,
    mp_laplace,
    nn_risk,
    nt_flow,
    nt_flow_limit,
    nt_flow_mean,
    nt_risk,
    nt_risk_limit,
    risk,
    spectrum,
)

SOLVED = 1e-9
"""Error allowed to scipy's solver, run with rtol = 1e-12 over a time of order 1, and to
the room's own with rtol = 1e-9, whose errors the flow damps."""


def target(d, seed):
    """Draw an indefinite symmetric matrix with entries of order 1."""
    A = np.random.default_rng(seed).standard_normal((d, d))
    return (A + A.T) / 2


def start(d, N, seed):
    return np.random.default_rng(seed).standard_normal((d, N)) / np.sqrt(d)


def loss(B, W, c):
    """Return the mean squared error from its definition as a quadratic form."""
    A = B - W @ W.T
    return 2 * np.trace(A @ A) + (np.trace(A) - c - np.trace(B)) ** 2


def slope(B, W, c):
    """Return minus the gradient of `loss` by central differences."""
    h = 1e-5
    by_W = np.zeros_like(W)
    for place in np.ndindex(W.shape):
        step = np.zeros_like(W)
        step[place] = h
        by_W[place] = (loss(B, W - step, c) - loss(B, W + step, c)) / (2 * h)
    return by_W, (loss(B, W, c - h) - loss(B, W, c + h)) / (2 * h)


def solved(B, W0, t, c0=None):
    """Return M and c by a general solver; c slaved without c0."""
    shape = W0.shape

    def right(_, state):
        W, c = state[:-1].reshape(shape), state[-1]
        M = W @ W.T
        g = 0.0 if c0 is None else -c - np.trace(M)
        return np.append((8 * (B - M) @ W + 4 * g * W).ravel(), 2 * g)

    y0 = np.append(W0.ravel(), 0.0 if c0 is None else c0)
    y = solve_ivp(right, (0, t), y0, "DOP853", rtol=1e-12, atol=1e-12).y[:, -1]
    W = y[:-1].reshape(shape)
    M = W @ W.T
    return M, -np.trace(M) if c0 is None else y[-1]


SIZES = [(1, 1), (2, 1), (5, 2), (4, 4), (3, 7)]


@pytest.mark.parametrize(("d", "N"), SIZES)
@pytest.mark.parametrize("t", [1e-3, 0.05, 0.4])
def test_the_closed_form_is_what_a_solver_finds(d, N, t):
    B, W0 = target(d, d), start(d, N, N)
    M, c = solved(B, W0, t)
    np.testing.assert_allclose(gradient_flow(B, W0, t), M, rtol=0, atol=SOLVED)
    np.testing.assert_allclose(flow_constant(B, W0, t), c, rtol=0, atol=SOLVED)


@pytest.mark.parametrize(("d", "N"), SIZES)
@pytest.mark.parametrize("c0", [0.0, -3.0])
def test_the_flowing_constant_is_what_a_solver_finds(d, N, c0):
    B, W0 = target(d, d), start(d, N, N)
    for t in (1e-3, 0.05, 0.4):
        M, c = solved(B, W0, t, c0)
        found = gradient_flow(B, W0, t, "flow", c0=c0)
        np.testing.assert_allclose(found, M, rtol=0, atol=10 * SOLVED)
        c_found = flow_constant(B, W0, t, "flow", c0=c0)
        np.testing.assert_allclose(c_found, c, rtol=0, atol=10 * SOLVED)


def test_the_solver_follows_the_gradient_of_the_mean_squared_error():
    B, W = target(4, 1), start(4, 3, 2)
    for c in (0.7, -np.trace(W @ W.T)):
        by_W, by_c = slope(B, W, c)
        g = -c - np.trace(W @ W.T)
        # central differences of a polynomial of degree 4: h^2 times its third
        # derivative, which is below 24 (|W| + h) per entry, plus rounding over h
        np.testing.assert_allclose(
            by_W, 8 * (B - W @ W.T) @ W + 4 * g * W, atol=1e-7, rtol=0
        )
        np.testing.assert_allclose(by_c, 2 * g, atol=1e-7, rtol=0)


@pytest.mark.parametrize("offset", ["slaved", "flow"])
def test_the_flow_starts_against_the_gradient(offset):
    B, W0, c0 = target(3, 5), start(3, 2, 6), 0.3
    c = c0 if offset == "flow" else -np.trace(W0 @ W0.T)
    by_W, by_c = slope(B, W0, c)
    expected = by_W @ W0.T + W0 @ by_W.T
    errors = []
    for h in (1e-4, 5e-5):
        M = gradient_flow(B, W0, [h, 2 * h], offset, c0=c0)
        one_sided = (4 * M[0] - M[1] - 3 * W0 @ W0.T) / (2 * h)
        errors.append(np.abs(one_sided - expected).max())
        if offset == "flow":
            k = flow_constant(B, W0, [h, 2 * h], offset, c0=c0)
            errors[-1] += abs((4 * k[0] - k[1] - 3 * c0) / (2 * h) - by_c)
    # of second order in h, and already small
    assert 3.8 < errors[0] / errors[1] < 4.2
    assert errors[1] < 1e-3 * np.abs(expected).max()


@pytest.mark.parametrize(("d", "N"), SIZES)
def test_a_flow_may_be_cut_anywhere(d, N):
    B, W0 = target(d, 11), start(d, N, 12)
    first, second = 0.03, 0.11
    values, basis = np.linalg.eigh(gradient_flow(B, W0, first))
    middle = basis * np.sqrt(np.maximum(values, 0))
    once = gradient_flow(B, W0, first + second)
    twice = gradient_flow(B, middle, second)
    np.testing.assert_allclose(once, twice, rtol=0, atol=1e-12)


def test_euler_steps_converge_with_first_order():
    B, W0, t = target(5, 21), start(5, 2, 22), 0.1
    exact = gradient_flow(B, W0, t)
    errors = []
    for steps in (2000, 4000, 8000):
        W = W0.copy()
        for _ in range(steps):
            W += t / steps * 8 * (B - W @ W.T) @ W
        errors.append(np.abs(W @ W.T - exact).max())
    ratios = np.array(errors[:-1]) / errors[1:]
    # halving the step halves the error up to a term of second order: its share of
    # the error is (8 |B| t) / steps, a few thousandths
    np.testing.assert_allclose(ratios, 2, rtol=0.02)


def test_the_formula_holds_in_fifty_digits_where_float64_overflows():
    # 16 lambda_1 tau = 1600: the bracket spans 1e-1000 to 1e+690.
    d, N, t = 4, 2, 20.0
    b = np.array([5.0, 1.0, 0.5, -3.0])
    W0 = start(d, N, 3)
    with mp.workdps(2000):
        E = mp.matrix(d, N)
        K = mp.eye(N)
        W = mp.matrix(W0.tolist())
        for i in range(d):
            growth = mp.exp(8 * b[i] * t)
            weight = (mp.exp(16 * b[i] * t) - 1) / b[i]
            for j in range(N):
                E[i, j] = growth * W[i, j]
                for k in range(N):
                    K[j, k] += weight * W[i, j] * W[i, k]
        M = E * mp.inverse(K) * E.T
        exact = np.array([[float(M[i, j]) for j in range(d)] for i in range(d)])
    found = gradient_flow(b, W0, t)
    np.testing.assert_allclose(found, exact, rtol=0, atol=1e-14 * b.max())


@pytest.mark.parametrize("offset", ["slaved", "flow"])
def test_the_risk_falls_from_the_start_to_the_least_risk(offset):
    b = np.array([3.0, 2.0, 1.2, 0.5, 0.3])
    W0 = start(5, 2, 31)
    t = np.concatenate([[0], np.geomspace(1e-4, 60, 60)])
    values = flow_risk(b, W0, t, offset)
    # the solver of the flowing constant has a relative tolerance of 1e-9
    assert (np.diff(values) <= 1e-9).all()
    np.testing.assert_allclose(values[-1], nn_risk(b, 2, "ones"), atol=1e-9, rtol=0)
    M = gradient_flow(b, W0, 60, offset)
    np.testing.assert_allclose(M, flow_limit(b, 2), atol=1e-9, rtol=0)


@pytest.mark.parametrize("offset", ["slaved", "flow"])
def test_the_risk_is_that_of_the_quadratic_function(offset):
    B, W0, t = target(4, 41), start(4, 2, 42), [0.0, 0.07]
    M = gradient_flow(B, W0, t, offset, c0=0.4)
    c = flow_constant(B, W0, t, offset, c0=0.4)
    expected = [risk(*pair, B) for pair in zip(M, c, strict=True)]
    found = flow_risk(B, W0, t, offset, c0=0.4)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize("N", [1, 3, 4, 9])
def test_rank_and_column_space_are_kept(N):
    b, W0, t = np.array([2.0, 1.0, 0.2, -1.0]), start(4, N, 51), 0.2
    M = gradient_flow(b, W0, t)
    moved = np.exp(8 * b * t)[:, None] * W0
    Q = np.linalg.qr(moved)[0][:, :N]
    np.testing.assert_allclose(Q @ (Q.T @ M), M, atol=1e-12, rtol=0)
    values = np.linalg.eigvalsh(M)
    assert values[0] > -1e-14
    assert (values > 1e-12).sum() == min(N, 4)


def test_late_times_reach_the_limit_and_stay():
    b = np.array([1.0, 3.0, -2.0, 2.0])
    W0 = start(4, 2, 61)
    late = gradient_flow(b, W0, [1e2, 1e6, 1e15])
    np.testing.assert_allclose(late, [flow_limit(b, 2)] * 3, rtol=0, atol=1e-13)
    wide = gradient_flow(b, start(4, 6, 62), 1e3)
    np.testing.assert_allclose(wide, np.diag([1, 3, 0, 2]), atol=1e-13, rtol=0)


def test_an_eigenvalue_zero_decays_like_one_over_the_time():
    # d M / d tau = -16 M^2 from 4: 4 / (1 + 64 tau)
    t = np.array([0.1, 1.0, 1e4])
    b = np.array([0.0, 1.0])
    M = gradient_flow(b, np.array([[2.0], [0.0]]), t)
    np.testing.assert_allclose(M[:, 0, 0], 4 / (1 + 64 * t), rtol=1e-13)
    assert not M[:, 1, 1].any()


def test_the_rates_are_those_of_the_matrix_and_of_the_risk():
    for b, N in (([3.0, 2.0, 1.4, 0.3], 2), ([2.0, 0.4, -1.5], 2), ([1.5, 0.5], 2)):
        b = np.array(b)
        rate, limit = flow_rate(b, N), flow_limit(b, N)
        W0 = start(len(b), N, 71)
        # Between two times at which about e^-10 and e^-14 are left, e^-28 of the risk.
        t = np.array([10.0, 14.0]) / rate
        far = np.sqrt(np.sum((gradient_flow(b, W0, t) - limit) ** 2, axis=(1, 2)))
        slope = np.log(far[0] / far[1]) / (t[1] - t[0])
        excess = flow_risk(b, W0, t) - nn_risk(b, N, "ones")
        twice = np.log(excess[0] / excess[1]) / (t[1] - t[0])
        # further terms have at least twice the rate, and their share is about e^-10
        # times the square of the inverse of the start's block, a few hundred
        np.testing.assert_allclose([slope, twice], [rate, 2 * rate], rtol=0.01)


def test_the_leading_term_of_the_excess_risk():
    b, N, t = np.array([3.0, 2.0, 1.4, 0.3]), 2, 2.5
    M = gradient_flow(b, start(4, N, 81), t)
    lead = 4 * sum((1 - b[j] / b[i]) * M[j, i] ** 2 for i in range(N) for j in (2, 3))
    excess = 2 * np.sum((np.diag(b) - M) ** 2) - 2 * np.sum(b[N:] ** 2)
    assert lead > 1e-12
    # the next term is smaller by e^(-8 gap tau), the gap being 0.6
    assert abs(excess / lead - 1) < 100 * np.exp(-8 * 0.6 * t)


def test_a_rotation_rotates_everything():
    B, W0 = target(5, 91), start(5, 3, 92)
    Q = np.linalg.qr(target(5, 93))[0]
    t = [0.0, 0.05, 2.0]
    plain, turned = gradient_flow(B, W0, t), gradient_flow(Q @ B @ Q.T, Q @ W0, t)
    np.testing.assert_allclose(turned, Q @ plain @ Q.T, atol=1e-11, rtol=0)
    values, diagonal = flow_diagonal(B, W0, t)
    again = flow_diagonal(Q @ B @ Q.T, Q @ W0, t)
    np.testing.assert_allclose(values, again[0], atol=1e-12, rtol=0)
    np.testing.assert_allclose(diagonal, again[1], atol=1e-11, rtol=0)
    mixed = W0 @ np.linalg.qr(target(3, 94))[0]
    np.testing.assert_allclose(gradient_flow(B, mixed, t), plain, atol=1e-11, rtol=0)


def test_the_slow_constant_delays_the_network():
    b, W0 = spectrum("exponential", 10), start(10, 5, 0)
    goal = 1.05 * nn_risk(b, 5, "ones")
    assert flow_risk(b, W0, 2.0) < goal
    assert flow_risk(b, W0, 2.0, "flow") > 1.5 * goal
    # started where it ends, the constant has nowhere to go
    end = -float(np.sort(b)[5:].sum())
    assert flow_risk(b, W0, 2.0, "flow", c0=end) < goal


# --- the tangent model ----------------------------------------------------------------


@pytest.mark.parametrize(("d", "N"), [(3, 1), (4, 2), (4, 9)])
def test_the_tangent_flow_is_what_a_solver_finds(d, N):
    B, W, t = target(d, 101), start(d, N, 102), 0.05

    def right(_, v):
        V = v.reshape(d, N)
        return (8 * (B - W @ V.T - V @ W.T) @ W).ravel()

    v = solve_ivp(right, (0, t), np.zeros(d * N), "DOP853", rtol=1e-12, atol=1e-13)
    V = v.y[:, -1].reshape(d, N)
    expected = np.sum((B - W @ V.T - V @ W.T) ** 2) / np.sum(B**2)
    np.testing.assert_allclose(nt_flow(W, B, t), expected, atol=SOLVED, rtol=0)


def test_the_tangent_flow_starts_at_one_and_ends_at_the_least_risk():
    B, W = target(6, 111), start(6, 3, 112)
    np.testing.assert_allclose(
        nt_flow(W, B, [0.0, 1e4]), [1, nt_risk(W, B)], atol=1e-12, rtol=0
    )


def test_the_mean_over_the_basis_is_that_of_random_rotations():
    rng = np.random.default_rng(121)
    d, t, draws = 6, 0.03, 1000
    s = np.array([2.0, 1.5, 1.0, 0.5, 0.0, 0.0])
    for b in (
        np.array([3.0, 1.0, 1.0, 0.2, 0.0, -0.5]),
        np.ones(d),
        np.arange(-2.5, 3),
    ):
        found = []
        for _ in range(draws):
            Q, R = np.linalg.qr(rng.standard_normal((d, d)))
            Q *= np.sign(np.diag(R))
            found.append(float(nt_flow(Q * np.sqrt(s), b, t)))
        error = np.std(found, ddof=1) / np.sqrt(draws)
        allowed = standard_errors(3) * error + 1e-12
        assert abs(np.mean(found) - nt_flow_mean(s, b, t)) <= allowed


def test_one_dimension_has_no_traceless_part():
    np.testing.assert_allclose(nt_flow_mean([2.0], [3.0], 0.01), np.exp(-0.64))


@pytest.mark.parametrize("rho", [0.05, 0.5, 0.999, 1.0, 1.5, 6.0])
@pytest.mark.parametrize("u", [0.0, 0.3, 7.0, 400.0])
def test_the_transform_is_the_integral_over_the_law(rho, u):
    low, high = (1 - np.sqrt(rho)) ** 2, (1 + np.sqrt(rho)) ** 2

    def density(s):
        return np.exp(-u * s) / (2 * np.pi * s)

    # the algebraic weight takes the square roots at both ends; at rho = 1 the lower
    # root and 1 / s join
    if rho == 1:
        bulk = quad(
            lambda s: np.exp(-u * s) / (2 * np.pi),
            0,
            4,
            weight="alg",
            wvar=(-0.5, 0.5),
            epsabs=1e-11,
        )[0]
    else:
        bulk = quad(
            density,
            low,
            high,
            weight="alg",
            wvar=(0.5, 0.5),
            epsabs=1e-11,
            limit=400,
        )[0]
    np.testing.assert_allclose(
        mp_laplace(u, rho), max(0, 1 - rho) + bulk, atol=1e-9, rtol=0
    )


def test_the_transform_of_the_edge_is_a_power_law():
    u = np.array([1e3, 1e5])
    # the next term of the expansion is smaller by 1 / (16 u)
    found = mp_laplace(u, 1) * np.sqrt(np.pi * u)
    assert (np.abs(found - 1) <= 1 / (8 * u)).all()


def test_finite_sizes_approach_the_limit():
    t = np.array([0.02, 0.2, 2.0])
    errors = []
    for d in (50, 400):
        W = start(d, d // 2, 131)
        s = np.linalg.eigvalsh(W @ W.T)
        b = np.log(d / (np.arange(d) + 0.5))
        gap = nt_flow_mean(np.maximum(s, 0), b, t) - nt_flow_limit(0.5, b, t)
        errors.append(np.abs(gap).max())
    # eight times the dimension; the linear statistics of S have errors of order 1 / d
    assert errors[1] < errors[0] / 3
    late = nt_flow_limit(0.5, b, 1e6)
    np.testing.assert_allclose(late, nt_risk_limit(0.5, b), atol=1e-12, rtol=0)


# --- bad input ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"t": -0.1}, "t must be finite and >= 0, got -0.1"),
        ({"t": [0.1, np.nan]}, "t must be finite"),
        ({"B": [[1.0, 2.0], [0.0, 1.0]]}, "B must be symmetric"),
        ({"B": [0.0, 0.0]}, "B must not be 0"),
        ({"B": [1.0, np.inf]}, "B must be finite"),
        ({"W0": [[1.0], [1.0], [1.0]]}, "W0 must be a 2 x N matrix"),
        ({"W0": [1.0, 1.0]}, "W0 must be a 2 x N matrix"),
        ({"W0": np.zeros((2, 0))}, "W0 must be a 2 x N matrix with N >= 1"),
        ({"W0": [[np.nan], [1.0]]}, "W0 must be finite"),
        ({"offset": "free"}, "offset must be slaved or flow, got 'free'"),
        ({"c0": np.inf}, "c0 must be finite"),
    ],
)
def test_the_flow_refuses(change, message):
    arguments = {"B": [2.0, 1.0], "W0": [[1.0], [0.5]], "t": 0.1} | change
    for function in (gradient_flow, flow_risk, flow_constant, flow_diagonal):
        with pytest.raises(ValueError, match=message):
            function(**arguments)


@pytest.mark.parametrize("t", [1e-101, [0.0, 1e-101, 0.1]])
def test_the_flowing_constant_has_an_earliest_time(t):
    W0 = [[1.0], [0.5]]
    with pytest.raises(ValueError, match=r"must be 0 or at least 1e-100 .* got 1e-101"):
        flow_constant([2.0, 1.0], W0, t, "flow")
    assert flow_constant([2.0, 1.0], W0, 1e-100, "flow", c0=0.5) == 0.5


def test_limits_and_rates_refuse_what_has_none():
    with pytest.raises(ValueError, match="not unique: eigenvalues 1 and 2 are both 2"):
        flow_limit([2.0, 2.0], 1)
    with pytest.raises(ValueError, match=r"positive and larger than the next, got 2.0"):
        flow_rate([2.0, 2.0], 1)
    with pytest.raises(ValueError, match=r"got 0.0 and -inf"):
        flow_rate([2.0, 0.0], 2)
    with pytest.raises(ValueError, match="N must be an integer >= 1, got 0"):
        flow_limit([2.0, 1.0], 0)
    assert not flow_limit([-1.0, -2.0], 1).any()


def test_the_tangent_flow_refuses():
    with pytest.raises(ValueError, match="t must be finite and >= 0"):
        nt_flow([[1.0], [0.0]], [1.0, 2.0], -1)
    with pytest.raises(ValueError, match="W must be a 2 x N matrix"):
        nt_flow([[1.0]], [1.0, 2.0], 1)
    with pytest.raises(ValueError, match=r"s must have shape \(2,\), got \(1,\)"):
        nt_flow_mean([1.0], [1.0, 2.0], 1)
    with pytest.raises(ValueError, match="s must be finite and >= 0"):
        nt_flow_mean([1.0, -1.0], [1.0, 2.0], 1)
    with pytest.raises(ValueError, match="rho must be finite and > 0"):
        nt_flow_limit(0, [1.0, 2.0], 1)
    with pytest.raises(ValueError, match="must be at most 1e10"):
        mp_laplace(1e11, 1)
