"""The tangent model: least squares on an exact grid, sampling, and its inclusions."""

import numpy as np
import pytest
from scipy.stats import ortho_group

from rfbook.quadratic_gap import (
    complement,
    gap_bound,
    isotropic_weights,
    nn_risk,
    nt_risk,
    nt_risk_limit,
    nt_risk_mean,
    nt_risk_path,
    rf_risk,
    trace_ratio,
)

KINDS = {
    "definite": [4.0, 2.0, 1.0, 0.5],
    "indefinite": [3.0, 1.0, -1.0, -2.0],
    "traceless": [2.0, -1.0, -1.0, 0.0],
    "identity": [1.0, 1.0, 1.0, 1.0],
}


def rotated(values, seed):
    Q = ortho_group.rvs(len(values), random_state=seed)
    return (Q * np.asarray(values)) @ Q.T


def tensor_grid(d):
    """Points and weights that are exact for polynomials of degree 5 in R^d."""
    x, weights = np.polynomial.hermite_e.hermegauss(3)
    weights = weights / weights.sum()
    axes = np.meshgrid(*[x] * d, indexing="ij")
    product = np.ones(1)
    for _ in range(d):
        product = np.outer(product, weights).ravel()
    return np.stack([axis.ravel() for axis in axes]), product


def least_squares_risk(features, goal, weights):
    """Risk of the best combination of functions on a grid with weights."""
    root = np.sqrt(weights)
    A, y = features * root[:, None], goal * root
    fitted = A @ np.linalg.lstsq(A, y, rcond=None)[0]
    return np.sum((y - fitted) ** 2) / np.sum(y**2)


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("N", [1, 2, 3, 4, 6])
def test_the_risk_is_that_of_least_squares(kind, N):
    """All functions c + <w_i, x> x_k, fitted on a grid that integrates exactly."""
    d = 4
    B, W = rotated(KINDS[kind], N), isotropic_weights(d, N, seed=N)
    x, weights = tensor_grid(d)
    z = W.T @ x
    features = np.concatenate([np.ones((1, x.shape[1]))] + [z[i] * x for i in range(N)])
    goal = np.einsum("ij,ik,kj->j", x, B, x) - np.trace(B)
    expected = least_squares_risk(features.T, goal, weights)
    assert nt_risk(W, B) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("d", "N"), [(3, 1), (5, 2), (8, 3), (6, 5)])
def test_the_mean_over_directions_is_exact(d, N):
    """Four standard errors of 4000 draws; the formula has no error term."""
    rng = np.random.default_rng(10 * d + N)
    b = rng.standard_normal(d) + 0.5
    risks = np.array([nt_risk(isotropic_weights(d, N, rng), b) for _ in range(4000)])
    error = risks.std(ddof=1) / np.sqrt(len(risks))
    assert abs(risks.mean() - nt_risk_mean(b, N)) < 4 * error
    if (d, N) == (8, 3):  # the limit's formula is another number at this size
        assert abs(risks.mean() - nt_risk_limit(N / d, b)) > 8 * error


def test_the_mean_tends_to_the_limit():
    """The two coefficients differ by less than 2 / d."""
    for d in (10, 100, 1000):
        b = np.linspace(0, 1, d)
        for N in (1, d // 3, d - 1, d, 2 * d):
            assert abs(nt_risk_mean(b, N) - nt_risk_limit(N / d, b)) < 2 / d


def test_the_path_is_the_risk_of_each_number_of_neurons():
    B, W = rotated(KINDS["indefinite"], 1), isotropic_weights(4, 7, seed=2)
    path = nt_risk_path(W, B)
    expected = [nt_risk(W[:, :n], B) for n in range(1, 8)]
    assert np.allclose(path, expected, atol=1e-13, rtol=0)
    assert path[3:].tolist() == [0, 0, 0, 0]


def test_at_full_width_nothing_is_lost_exactly():
    for d in (1, 2, 5, 30):
        W = isotropic_weights(d, d, seed=d)
        assert nt_risk(W, np.arange(1.0, d + 1)) == 0
        assert nt_risk_mean(np.arange(1.0, d + 1), d) == 0


def test_dependent_neurons_count_once():
    W = isotropic_weights(5, 2, seed=1)
    B = rotated([5.0, 4, 3, 2, 1], 0)
    more = np.column_stack([W, W @ [1.0, -3.0], 0 * W[:, 0]])
    assert complement(more).shape == (5, 3)
    assert nt_risk(more, B) == pytest.approx(nt_risk(W, B), rel=1e-12, abs=0)
    assert nt_risk(np.zeros((5, 2)), B) == pytest.approx(1, rel=1e-14, abs=0)


def test_the_risk_depends_on_the_span_alone():
    W, B = isotropic_weights(6, 3, seed=4), rotated([6.0, 1, 1, 0, -2, -3], 5)
    mixed = W @ np.array([[1.0, 2, 0], [0, 1e-3, 5], [3, 0, 1]])
    assert nt_risk(mixed, B) == pytest.approx(nt_risk(W, B), rel=1e-10, abs=0)


def test_the_risk_is_invariant_under_rotations():
    W, B = isotropic_weights(5, 3, seed=4), rotated([6.0, 1, 0, -2, -3], 5)
    Q = ortho_group.rvs(5, random_state=1)
    assert nt_risk(Q @ W, Q @ B @ Q.T) == pytest.approx(nt_risk(W, B), rel=1e-12, abs=0)


def test_a_multiple_of_the_identity_loses_the_missed_share():
    for N in range(1, 6):
        W = isotropic_weights(5, N, seed=N)
        # at N = 5 no direction is missed: the risk is 0, without a rounding
        share = pytest.approx(1 - N / 5, rel=1e-6, abs=0)
        assert nt_risk(W, np.full(5, -3.0)) == share
        assert nt_risk_mean(np.full(5, -3.0), N) == share


@pytest.mark.parametrize("kind", list(KINDS))
def test_the_three_models_contain_each_other(kind):
    """2 N neurons of any sign <= tangent model <= random features with an offset."""
    for seed in range(20):
        B = rotated(KINDS[kind], seed)
        for N in (1, 2, 3, 5):
            W = isotropic_weights(4, N, seed)
            nn, nt = nn_risk(B, 2 * N), nt_risk(W, B)
            assert nn <= nt + 1e-13
            assert nt <= rf_risk(W, B, offset=True) + 1e-13


def test_for_definite_targets_the_network_is_below_for_all_neurons():
    rng = np.random.default_rng(7)
    for _ in range(200):
        d = int(rng.integers(2, 8))
        N = int(rng.integers(1, d + 1))
        b = rng.exponential(size=d) ** rng.integers(0, 4)
        assert nn_risk(b, N) <= nt_risk(isotropic_weights(d, N, rng), b) + 1e-13


def test_for_an_indefinite_target_the_order_can_be_the_other_one():
    b = np.repeat([1.0, -1.0], 20)
    assert nt_risk_mean(b, 16) < nn_risk(b, 16)


def test_the_gap_is_never_below_its_bound():
    rng = np.random.default_rng(8)
    for _ in range(500):
        d = int(rng.integers(2, 30))
        N = int(rng.integers(1, d + 1))
        b = rng.exponential(size=d) ** rng.integers(0, 6)
        gap = nt_risk_mean(b, N) - nn_risk(b, N)
        assert gap >= gap_bound(N / d, b) - 1e-13
    assert gap_bound(0.5, [1.0, 0.0]) == pytest.approx((1 - 1 / 2) / 4)
    assert gap_bound([0.0, 1.0, 3.0], [1.0, 0.0]).tolist() == [0, 0, 0]


def test_the_limit_is_between_its_two_extremes():
    rho = np.linspace(0, 2, 9)
    rest = np.maximum(1 - rho, 0)
    assert np.allclose(nt_risk_limit(rho, [1, 1]), rest, atol=0)
    assert np.allclose(nt_risk_limit(rho, [1, -1]), rest**2, atol=0)
    middle = nt_risk_limit(rho, [1.0, 0.5])
    assert ((rest**2 <= middle) & (middle <= rest)).all()
    chi = trace_ratio([1.0, 0.5])
    assert np.allclose(middle, rest**2 + rho * rest * chi, atol=0)


def test_one_dimension():
    assert nt_risk_mean([2.0], 1) == 0
    assert nt_risk([[0.3]], [2.0]) == 0


def test_the_figure_s_size_takes_one_pass():
    b = np.random.default_rng(0).exponential(size=450)
    W = isotropic_weights(450, 500, seed=1)
    path = nt_risk_path(W, b)
    assert path[224] == pytest.approx(nt_risk(W[:, :225], b), rel=1e-11, abs=0)
    assert (np.diff(path) <= 0).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nt_risk([1.0, 2.0], [1.0, 2.0]), r"W must be a 2 x N .* shape \(2,\)"),
        (lambda: nt_risk(np.ones((3, 1)), [1.0, 2.0]), r"2 x N matrix .* \(3, 1\)"),
        (lambda: nt_risk(np.ones((2, 0)), [1.0, 2.0]), r"N >= 1, got shape \(2, 0\)"),
        (lambda: nt_risk([[np.inf], [1]], [1.0, 2.0]), "W must be finite"),
        (lambda: nt_risk(np.ones((2, 1)), [[0, 1], [0, 0]]), "B must be symmetric"),
        (lambda: nt_risk(np.ones((2, 1)), [0, 0]), "B must not be 0"),
        (lambda: nt_risk_mean([1.0], 0), "N must be an integer >= 1, got 0"),
        (lambda: nt_risk_mean([1.0], 1.5), "N must be an integer >= 1, got 1.5"),
        (lambda: nt_risk_limit(-1, [1.0]), "rho must be finite and >= 0, got -1"),
        (lambda: nt_risk_limit(np.nan, [1.0]), "rho must be finite"),
        (lambda: gap_bound(0.5, [1, -1]), "positive semidefinite, got the eigenvalue"),
        (lambda: nt_risk_path(np.ones((3, 2)), [1, 2, 3]), "linearly independent"),
        (lambda: isotropic_weights(0, 1, 0), "d must be an integer >= 1"),
        (lambda: isotropic_weights(1, 0, 0), "N must be an integer >= 1"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
