"""The network's least risk against a search over its weights."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import ortho_group

from rfbook.activations import QUADRATIC
from rfbook.quadratic_gap import (
    complement,
    fitted_diagonal,
    isotropic_weights,
    nn_risk,
    nn_risk_limit,
    nn_risk_path,
    rf_moments,
    rf_products,
)
from rfbook.quadratic_gap.network import captured

KINDS = {
    "definite": [4.0, 2.0, 1.0, 0.5],
    "indefinite": [3.0, 1.0, -1.0, -2.5],
    "negative": [-0.5, -1.0, -2.0, -3.0],
    "singular": [2.0, 0.0, 0.0, -1.0],
}


def rotated(values, seed):
    Q = ortho_group.rvs(len(values), random_state=seed)
    return (Q * np.asarray(values)) @ Q.T


def searched(B, N, signs, seed):
    """Least risk with these output weights, by descent from several starts.

    The mean squared error is the sum over an exact grid, not the formula.
    """
    x, weights = np.polynomial.hermite_e.hermegauss(3)
    weights = weights / weights.sum()
    d = len(B)
    points = np.stack([axis.ravel() for axis in np.meshgrid(*[x] * d)])
    product = np.prod(np.stack(np.meshgrid(*[weights] * d)), axis=0).ravel()
    goal = np.einsum("ij,ik,kj->j", points, B, points) - np.trace(B)

    def error(flat):
        W, c = flat[:-1].reshape(d, N), flat[-1]
        z = W.T @ points
        left = signs @ z**2 + c - goal
        slope = 4 * (points * product * left) @ (z * signs[:, None]).T
        return product @ left**2, np.append(slope.ravel(), 2 * product @ left)

    rng = np.random.default_rng(seed)
    starts = rng.standard_normal((8, d * N + 1))
    found = [minimize(error, start, jac=True, tol=1e-12).fun for start in starts]
    return min(found) / (product @ goal**2)


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("N", [1, 2, 4])
def test_the_infimum_is_what_a_search_finds(kind, N):
    B = rotated(KINDS[kind], N)
    ones = searched(B, N, np.ones(N), 1)
    assert ones == pytest.approx(nn_risk(B, N, "ones"), abs=1e-7)
    free = min(
        searched(B, N, np.repeat([1.0, -1.0], [k, N - k]), 2) for k in range(N + 1)
    )
    assert free == pytest.approx(nn_risk(B, N), abs=1e-7)


@pytest.mark.parametrize("kind", list(KINDS))
def test_the_two_layers(kind):
    b = KINDS[kind]
    for N in range(1, 6):
        assert nn_risk(b, N) <= nn_risk(b, N, "ones")
    assert nn_risk(b, 4) == 0
    if min(b) >= 0:
        expected = [nn_risk(b, N) for N in range(1, 6)]
        assert [nn_risk(b, N, "ones") for N in range(1, 6)] == expected


def test_the_printed_formula_holds_until_a_negative_eigenvalue_comes():
    """The sum over i > N of the squares, eigenvalues in decreasing order."""
    b = np.array([2.0, 1.0, 0.0, -1.0, -1.5])
    printed = [np.sum(b[N:] ** 2) / np.sum(b**2) for N in range(1, 6)]
    found = [nn_risk(b, N, "ones") for N in range(1, 6)]
    assert np.allclose(found[:3], printed[:3])
    assert (np.array(found[3:]) > np.array(printed[3:])).all()


def test_the_path_and_the_limit_are_the_same_numbers():
    for layer in ("free", "ones"):
        b = np.array([2.0, -3.0, 1.0, 0.5])
        path = nn_risk_path(b, 7, layer)
        assert np.allclose(path, [nn_risk(b, N, layer) for N in range(1, 8)], atol=0)
        limit = nn_risk_limit(np.arange(1, 8) / 4, b, layer)
        assert np.allclose(limit, path, atol=0)
        assert nn_risk_limit(0.0, b, layer) == pytest.approx(1)
        between = nn_risk_limit(0.375, b, layer)
        assert between == pytest.approx((path[0] + path[1]) / 2)


def test_the_risk_is_invariant_under_rotations():
    b = KINDS["indefinite"]
    for layer in ("free", "ones"):
        assert nn_risk(rotated(b, 3), 2, layer) == pytest.approx(nn_risk(b, 2, layer))


def test_what_neurons_can_fit_comes_largest_first():
    assert captured([2.0, -3.0]).tolist() == [9, 4]
    assert captured([2.0, -3.0], "ones").tolist() == [4, 0]


def test_what_is_fitted_of_each_direction():
    """Means over 40 draws at d = 60; four standard errors and the bias 2 max / d."""
    d, N, b = 60, 24, np.linspace(3, 0, 60)
    tangent, features = [], []
    for seed in range(40):
        W = isotropic_weights(d, N, seed)
        Z = complement(W)
        P = Z @ Z.T
        tangent.append(b - np.diag(P @ np.diag(b) @ P))
        u = np.linalg.solve(rf_moments(W, QUADRATIC), rf_products(W, b, QUADRATIC))
        features.append(W**2 @ u)
    found = fitted_diagonal(N / d, b)
    for name, sample in (("NT", tangent), ("RF", features)):
        mean, error = np.mean(sample, 0), np.std(sample, 0, ddof=1) / np.sqrt(40)
        assert (np.abs(mean - found[name]) < 4 * error + 2 * b.max() / d).all()
    assert np.allclose(found["NN"], np.where(np.arange(d) < N, b, 0), atol=0)
    assert fitted_diagonal(2.0, b)["NT"] == pytest.approx(b, rel=1e-6, abs=0)
    half = fitted_diagonal(0.625, [4.0, 3.0, 2.0, 1.0])["NN"]
    assert half.tolist() == [4, 3, 1, 0]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nn_risk([1.0], 0), "N must be an integer >= 1, got 0"),
        (lambda: nn_risk([1.0], 2.0), "N must be an integer >= 1, got 2.0"),
        (lambda: nn_risk([1.0], 1, "two"), "must be 'free' or 'ones', got 'two'"),
        (lambda: nn_risk([0.0], 1), "B must not be 0"),
        (lambda: nn_risk([[0, 1], [0, 1]], 1), "B must be symmetric"),
        (lambda: nn_risk([np.nan], 1), "B must be finite"),
        (lambda: nn_risk_limit(-1, [1.0]), "rho must be finite and >= 0"),
        (lambda: nn_risk_limit(1, [0.0]), "B must not be 0"),
        (lambda: nn_risk_path([1.0], 0), "N must be an integer >= 1"),
        (lambda: fitted_diagonal(0.5, [1, -1]), "positive semidefinite"),
        (lambda: fitted_diagonal(-1, [1]), "rho must be finite and >= 0"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
