"""The network on the mixture against searches over its weights, and its order."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import ortho_group

from rfbook.features import isotropic_weights
from rfbook.mixture_gap import (
    best_network,
    difference_spectrum,
    gap_bound,
    mixture_risk,
    nn_risk,
    nn_risk_limit,
    nn_risk_path,
    nn_snr,
    nt_leading_mean,
    nt_risk,
    quadratic_snr,
    snr,
)

KINDS = {
    "definite": [0.9, 0.5, 0.2],
    "indefinite": [0.8, -0.4, -0.7],
    "negative": [-0.1, -0.5, -0.9],
    "singular": [0.7, 0.0, -0.5],
}
SIGNS = {"minus": -1.0, "plus": 1.0}


def rotated(values, seed):
    Q = ortho_group.rvs(len(values), random_state=seed)
    return (Q * np.asarray(values)) @ Q.T


def searched(Delta, N, signs, seed):
    """Least risk with these output weights, by descent from several starts.

    The mean squared error is a sum over a grid that is exact for polynomials of degree
    five in each coordinate of either class, not a formula.
    """
    x, weights = np.polynomial.hermite_e.hermegauss(3)
    weights = weights / weights.sum()
    d = len(Delta)
    grid = np.stack([axis.ravel() for axis in np.meshgrid(*[x] * d)])
    product = np.prod(np.stack(np.meshgrid(*[weights] * d)), axis=0).ravel() / 2
    values, basis = np.linalg.eigh(Delta)
    points = np.hstack(
        [basis @ (np.sqrt(1 - y * values)[:, None] * grid) for y in (1, -1)]
    )
    product, label = np.tile(product, 2), np.repeat([1.0, -1.0], len(product))

    def error(flat):
        W, c = flat[:-1].reshape(d, N), flat[-1]
        z = W.T @ points
        left = signs @ z**2 + c - label
        slope = 4 * (points * product * left) @ (z * signs[:, None]).T
        return product @ left**2, np.append(slope.ravel(), 2 * product @ left)

    rng = np.random.default_rng(seed)
    starts = rng.standard_normal((6, d * N + 1))
    return min(minimize(error, start, jac=True, tol=1e-12).fun for start in starts)


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("N", [1, 2, 3])
def test_the_infimum_is_what_a_search_finds(kind, N):
    Delta = rotated(KINDS[kind], N)
    for layer, sign in SIGNS.items():
        found = searched(Delta, N, np.full(N, sign), 1)
        assert found == pytest.approx(nn_risk(Delta, N, layer), abs=1e-7)
    free = min(
        searched(Delta, N, np.repeat([1.0, -1.0], [k, N - k]), 2) for k in range(N + 1)
    )
    assert free == pytest.approx(nn_risk(Delta, N), abs=1e-7)


@pytest.mark.parametrize("layer", ["free", *SIGNS])
@pytest.mark.parametrize("kind", list(KINDS))
def test_the_best_network_has_the_least_risk(kind, layer):
    Delta = rotated(KINDS[kind], 5)
    for N in range(1, 5):
        M, c = best_network(Delta, N, layer)
        assert np.linalg.matrix_rank(M, tol=1e-12) <= N
        assert mixture_risk(M, c, Delta) == pytest.approx(nn_risk(Delta, N, layer))
        values = np.linalg.eigvalsh(M)
        if layer != "free":
            assert (SIGNS[layer] * values > -1e-12).all()
    vector, constant = best_network(KINDS[kind], 2, layer)
    assert vector.ndim == 1
    assert mixture_risk(vector, constant, KINDS[kind]) == pytest.approx(
        nn_risk(KINDS[kind], 2, layer)
    )


@pytest.mark.parametrize("kind", list(KINDS))
def test_paths_limits_and_layers(kind):
    Delta = np.array(KINDS[kind])
    for layer in ("free", *SIGNS):
        path = nn_risk_path(Delta, 7, layer)
        assert path.tolist() == [nn_risk(Delta, N, layer) for N in range(1, 8)]
        assert (np.diff(path) <= 0).all()
        assert (path >= nn_risk_path(Delta, 7)).all()
        limit = nn_risk_limit(np.arange(1, 8) / 3, Delta, layer)
        assert (limit <= path + 1e-15).all()
        assert (path - limit <= np.abs(Delta).max() ** 2 / 4).all()
    assert nn_snr(Delta, 3) == pytest.approx(quadratic_snr(Delta))
    assert nn_risk(Delta, 2, "plus") == nn_risk(-Delta, 2, "minus")
    assert nn_risk_limit(0.0, Delta) == 1


def test_without_a_difference_nothing_is_learned():
    zero = np.zeros(3)
    assert nn_risk(zero, 2) == 1
    M, c = best_network(zero, 2)
    assert not M.any()
    assert c == 0
    assert gap_bound([0.3, 2.0], zero).tolist() == [0, 0]


def test_semidefinite_the_network_is_ahead_for_every_draw():
    rng = np.random.default_rng(0)
    for _ in range(200):
        d = int(rng.integers(2, 7))
        N = int(rng.integers(1, d + 1))
        values = 0.99 * rng.random(d) ** rng.choice([0.1, 1, 4])
        W = rng.standard_normal((d, N))
        if rng.random() < 0.5:  # near the best eigenvectors, where both are equal
            W = np.eye(d)[:, np.argsort(-values)[:N]] + rng.random() ** 4 * W
        assert nn_risk(values, N) <= nt_risk(W, values) + 1e-12
        assert nn_risk(-values, N) <= nt_risk(W, -values) + 1e-12


def test_equal_sizes_of_both_signs_the_network_is_behind():
    rng = np.random.default_rng(1)
    for _ in range(100):
        d = int(rng.integers(2, 8))
        N = int(rng.integers(1, d))
        values = rng.random() * rng.permutation([1, -1, *rng.choice([1, -1], d - 2)])
        W = rng.standard_normal((d, N))
        assert nt_risk(W, values) < nn_risk(values, N)


@pytest.mark.parametrize("kind", ["figure", "spike", "rank", "power"])
def test_the_bound_is_below_the_gap(kind):
    """Against the mean of 40 draws, less four standard errors."""
    d, s = 40, 0.3
    values = difference_spectrum(kind, d, s)
    for N in (5, 20, 34):
        draws = [
            1 / nt_risk(isotropic_weights(d, N, seed), values) - 1 for seed in range(40)
        ]
        error = np.std(draws, ddof=1) / np.sqrt(40)
        gap = nn_snr(values, N) - np.mean(draws)
        assert gap + 4 * error >= gap_bound(N / d, values)
        assert gap_bound(N / d, values) <= snr(values)


def test_the_bound_is_not_vacuous():
    values = np.append(np.full(30, 0.03), np.zeros(30))
    bound = gap_bound(0.5, values)
    assert bound == pytest.approx(snr(values) * (0.25 * 0.5 - 0.0009 / 1.0009))
    assert bound > 0
    assert bound <= nn_snr(values, 30) - nt_leading_mean(values, 30)


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="second_layer must be"):
        nn_risk([0.5], 1, "ones")
    with pytest.raises(ValueError, match="N must be an integer >= 1, got 0"):
        nn_snr([0.5], 0)
    with pytest.raises(ValueError, match=r"positive definite, got the eigenvalue 1\.5"):
        nn_risk([1.5], 1)
    with pytest.raises(ValueError, match="Delta must be semidefinite"):
        gap_bound(0.5, [0.5, -0.5])
    with pytest.raises(ValueError, match="rho"):
        nn_risk_limit(-1, [0.5])
