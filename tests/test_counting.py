"""The room of the chapter on counting, against slow and literal twins."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest

from rfbook import counting
from rfbook.counting.lattice import PI_SQUARE_HIGH, PI_SQUARE_LOW


def literal_transform(values):
    """Sum against every parity, by the definition."""
    size = range(len(values))
    return [sum(values[p] * (-1) ** (p & s).bit_count() for p in size) for s in size]


def listed(square, d, low):
    """Count integer points by listing them, with entries from `low` times the root."""
    root = math.isqrt(square)
    side = range(low * root, root + 1)
    return sum(
        sum(a * a for a in K) <= square for K in itertools.product(side, repeat=d)
    )


# --- spans ----------------------------------------------------------------------------


def test_the_mean_error_is_that_of_the_best_of_many_spaces():
    rng = np.random.default_rng(0)
    F = rng.standard_normal((6, 5))
    for N in range(5):
        best = counting.mean_error(F @ F.T, N)
        errors = []
        for _ in range(200):
            q = np.linalg.qr(rng.standard_normal((5, N)))[0] if N else np.zeros((5, 0))
            errors.append(np.mean(np.sum(F**2, 1) - np.sum((F @ q) ** 2, 1)))
        assert min(errors) >= best - 1e-12
        left = np.linalg.svd(F)[2][:N]
        reached = np.mean(np.sum(F**2, 1) - np.sum((F @ left.T) ** 2, 1))
        assert reached == pytest.approx(best, abs=1e-12)


@pytest.mark.parametrize("error", ["0", "0.1", "1/3", "0.5", "0.99", "1"])
def test_the_dimension_counts_what_is_left(error):
    energies = [5, 1, 3, 1, 0, 2]
    allowed = Fraction(error) * sum(energies)
    order = sorted(energies, reverse=True)
    slow = next(N for N in range(7) if sum(order[N:]) <= allowed)
    assert counting.dimension(energies, error) == slow


def test_coherence_bounds_the_largest_eigenvalue():
    rng = np.random.default_rng(1)
    for _ in range(50):
        F = rng.standard_normal((5, 8))
        F /= np.linalg.norm(F, axis=1, keepdims=True)
        G = F @ F.T
        assert np.linalg.eigvalsh(G)[-1] <= 1 + counting.coherence(G) + 1e-12
        for N in range(6):
            bound = counting.coherence_bound(5, N, counting.coherence(G))
            assert bound <= counting.mean_error((G + G.T) / 2, N) + 1e-12


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: counting.dimension([1, -1], 0), "energies"),
        (lambda: counting.dimension([0, 0], 0), "energies"),
        (lambda: counting.dimension([1], -1), "error"),
        (lambda: counting.dimension([1], "many"), "error"),
        (lambda: counting.dimension([1], True), "error"),
        (lambda: counting.mean_error([[1, 2], [0, 1]], 1), "symmetric"),
        (lambda: counting.mean_error([[1, 2], [2, 1]], 1), "semidefinite"),
        (lambda: counting.mean_error([1, 2], 1), "square"),
        (lambda: counting.coherence([[1, 2]]), "square"),
        (lambda: counting.coherence_bound(0, 1), "m must"),
        (lambda: counting.eigenvalue_bound(4, 0, 0), "least"),
        (lambda: counting.walsh_transform([1, 2, 3]), "2\\^n"),
        (lambda: counting.walsh_transform([2**62, 0]), "at most"),
        (lambda: counting.inner_product(3), "even"),
        (lambda: counting.majority(4), "odd"),
        (lambda: counting.majority_first_degree(2), "odd"),
        (lambda: counting.translate_dimension([0.5, 1.0], 0), "integers"),
        (lambda: counting.parity_weights(0), "s must"),
        (lambda: counting.relu_features(21, 1), "at most 20"),
        (lambda: counting.parity_errors(np.ones((3, 1))), "2\\^n rows"),
        (lambda: counting.integer_points(-1, 2), "square"),
        (lambda: counting.lipschitz_lower(2, 0, 1), "L and error"),
        (lambda: counting.cosine_errors(2, 3, 5), "degree"),
        (lambda: counting.sign_rank([[1, 0]]), "1 or -1"),
        (lambda: counting.sign_rank(np.ones(3)), "matrix"),
        (lambda: counting.sign_rank(counting.walsh_matrix(3)), "columns"),
        (lambda: counting.forster_bound([[1.0, 0.0]]), "no entry"),
        (lambda: counting.forster_bound([1.0]), "matrix"),
        (lambda: counting.sq_dimension(np.eye(17)), "16"),
        (lambda: counting.projective_plane(4), "prime"),
        (lambda: counting.vc_dimension([[1, 2, 3]]), "two values"),
        (lambda: counting.walsh_matrix(13), "at most 12"),
    ],
)
def test_what_is_out_of_range_is_named(call, word):
    with pytest.raises(ValueError, match=word):
        call()


# --- the cube -------------------------------------------------------------------------


@pytest.mark.parametrize("n", range(6))
def test_the_fast_transform_is_the_literal_one(n):
    values = np.random.default_rng(n).integers(-9, 10, 2**n)
    found = counting.walsh_transform(values)
    assert found.tolist() == literal_transform(values.tolist())
    assert counting.walsh_transform(values / 8).tolist() == (found / 8).tolist()


@pytest.mark.parametrize("n", [2, 4, 6, 8, 10, 12])
def test_the_inner_product_is_flat(n):
    f = counting.inner_product(n)
    assert set(np.abs(counting.walsh_transform(f)).tolist()) == {2 ** (n // 2)}
    assert counting.translate_dimension(f, "0.25") == 3 * 2 ** (n - 2)


@pytest.mark.parametrize("n", [1, 3, 5, 7, 9])
def test_the_majority_and_its_first_degree(n):
    f = counting.majority(n)
    points = itertools.product((1, -1), repeat=n)
    assert sorted(f) == sorted(1 if sum(p) > 0 else -1 for p in points)
    sums = counting.walsh_transform(f)
    first = sum(Fraction(int(sums[1 << i]), 2**n) ** 2 for i in range(n))
    assert first == counting.majority_first_degree(n)
    assert first > 2 / math.pi


def test_parity_errors_are_least_squares():
    F = counting.relu_features(4, 5, seed=3)
    chi = np.array(
        [[(-1) ** (p & s).bit_count() for s in range(16)] for p in range(16)]
    )
    fit = F @ np.linalg.lstsq(F, chi, rcond=None)[0]
    slow = np.mean((chi - fit) ** 2, 0)
    assert counting.parity_errors(F) == pytest.approx(slow, abs=1e-10)
    again = np.column_stack([F, F[:, 0], np.zeros(16)])  # adds no dimension
    assert counting.parity_errors(again) == pytest.approx(slow, abs=1e-10)
    assert counting.parity_errors(np.zeros((8, 2))).tolist() == [1.0] * 8


def test_random_features_have_the_covariance_of_their_law():
    n, N = 3, 20_000
    F = counting.relu_features(n, N, seed=2)
    points = np.array(list(itertools.product((1, -1), repeat=n)))[:, ::-1]
    size = 1 + 1 / 4  # the variance of <w, x> + b, at every point of the cube
    t = (points @ points.T / n + 1 / 4) / size
    exact = size * (np.sqrt(1 - t * t) + t * np.arccos(-t)) / (2 * math.pi)
    mean = F @ F.T / N
    error = np.sqrt((F**2 @ (F**2).T / N - mean**2) / N)
    # 36 pairs of points, together at a level below 1e-4
    assert (np.abs(mean - exact) < 5 * error).all()


def test_the_weights_make_a_parity():
    for s in range(1, 9):
        c = counting.parity_weights(s)
        for t in range(s + 1):
            value = 1 + sum(a * max(t - k, 0) for k, a in enumerate(c))
            assert value == (-1) ** t
        assert sum(map(abs, c)) == 4 * s - 2


# --- the lattice ----------------------------------------------------------------------


@pytest.mark.parametrize(("square", "d"), [(0, 3), (3, 3), (4, 4), (10, 3), (25, 2)])
def test_points_are_those_of_a_list(square, d):
    assert counting.integer_points(square, d) == listed(square, d, -1)
    assert counting.orthant_points(square, d) == listed(square, d, 0)


def test_pi_is_enclosed():
    assert float(PI_SQUARE_LOW) < math.pi**2 < float(PI_SQUARE_HIGH)


def test_the_bounds_are_ordered_and_grow():
    for d, error in itertools.product((1, 2, 3, 5), ("0.1", "0.01", "0.003")):
        low = counting.lipschitz_lower(d, 1, error)
        assert low <= counting.lipschitz_upper(d, 1, error)
        assert counting.lipschitz_lower(d, 2, error) >= low


def test_the_lower_bound_is_the_best_of_its_formula():
    tried = [
        (1 - 2 * math.pi**2 * s * 0.01 / 4) * counting.integer_points(s, 3)
        for s in range(30)
    ]
    found = float(counting.lipschitz_lower(3, 2, "0.01"))
    assert found == pytest.approx(max(tried), rel=1e-4, abs=0)


def test_sine_degree_keeps_the_slope():
    for d, L, error in itertools.product((1, 6, 11), (1, 5, 30), ("0.01", "0.1", "1")):
        taken = counting.sine_degree(d, L, error)
        slope = 4 * math.sqrt(2 * float(error)) * math.pi * math.sqrt(taken)
        assert slope <= L * (1 + 1e-12)
        assert taken <= (d + 1) // 2


def test_cosine_errors_agree_with_sampled_inputs():
    d, N, degree = 2, 3, 1
    exact = counting.cosine_errors(d, N, degree, seed=5)
    rng = np.random.default_rng(5)
    w, b = math.pi * rng.standard_normal((N, d)), rng.uniform(0, 2 * np.pi, N)
    grid = (np.arange(400) + 0.5) / 200 - 1
    x = np.stack(np.meshgrid(grid, grid), -1).reshape(-1, d)
    F, y = np.cos(x @ w.T + b), np.sqrt(2) * np.sin(np.pi * x[:, 0])
    for count in range(1, N + 1):
        rest = y - F[:, :count] @ np.linalg.lstsq(F[:, :count], y, rcond=None)[0]
        # the midpoint rule with 400 points a side is right to about 1e-4 here
        assert exact[count] == pytest.approx(np.mean(rest**2), abs=1e-3)


# --- signs ----------------------------------------------------------------------------


def test_five_columns_of_rank_three_or_more_are_not_decided():
    with pytest.raises(ValueError, match="between 3 and 4: not decided"):
        counting.sign_rank(1 - 2 * np.eye(5))


def test_shattered_sets_are_sought_up_to_four():
    every = 1 - 2 * ((np.arange(32)[:, None] >> np.arange(5)) & 1)
    assert counting.vc_dimension(every) == 4
    assert counting.vc_dimension(every, 5) == 5


def test_an_error_above_the_least_eigenvalue_needs_no_feature():
    assert counting.eigenvalue_bound(4, 1, 2) == 0


def test_sign_ranks_of_small_matrices():
    assert counting.sign_rank(np.ones((3, 4))) == 1
    assert counting.sign_rank([[1, 1], [1, -1]]) == 2
    assert counting.sign_rank(1 - 2 * np.eye(4)) == 3
    assert counting.sign_rank(np.triu(np.full((5, 5), 2)) - 1) == 2
    every = [(1, *row) for row in itertools.product((1, -1), repeat=3)]
    assert counting.sign_rank(every) == 4
    assert counting.sign_rank(np.array(every).T) == 4


def test_signs_of_rank_two_have_rank_two():
    rng = np.random.default_rng(2)
    for _ in range(10):
        A = np.sign(rng.standard_normal((5, 2)) @ rng.standard_normal((2, 5)))
        assert counting.sign_rank(A) <= 2


def test_a_wide_gap_is_not_decided():
    rng = np.random.default_rng(0)
    A = np.sign(rng.standard_normal((9, 6)))
    with pytest.raises(ValueError, match="not decided"):
        counting.sign_rank(A)


@pytest.mark.parametrize("q", [2, 3, 5, 7])
def test_the_plane_has_its_axioms(q):
    M = counting.projective_plane(q)
    size = q * q + q + 1
    assert M.shape == (size, size)
    assert (M.sum(1) == q + 1).all()
    assert (q * np.eye(size) + 1 == M @ M.T).all()
    A = np.where(M == 1, q * q, -(q + 1))
    assert counting.forster_bound(A) == pytest.approx((q + 1) / math.sqrt(q))


def test_shattering_is_that_of_a_list():
    for rows, known in (
        ([[0, 0], [0, 1], [1, 0], [1, 1]], 2),
        ([[0, 0], [1, 1]], 1),
        ([[1, 1], [1, 1]], 0),
        (list(itertools.product((0, 1), repeat=3)), 3),
    ):
        assert counting.vc_dimension(rows) == known


def test_the_query_dimension_needs_moduli():
    assert counting.sq_dimension([[1, -1], [-1, 1]]) == 1
    assert counting.sq_dimension([[1, 0.5], [0.5, 1]]) == 2
    assert counting.sq_dimension([[1, 0.51], [0.51, 1]]) == 1
