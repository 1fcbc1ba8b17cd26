"""The tangent model on the mixture: least squares, bounds, mean and limit."""

import numpy as np
import pytest
from scipy.stats import ortho_group

from rfbook.features import isotropic_weights
from rfbook.mixture_gap import (
    captured_risk,
    difference_spectrum,
    figure_difference,
    mixture_risk,
    nn_risk,
    nt_kappa,
    nt_leading,
    nt_leading_mean,
    nt_leading_snr,
    nt_predictor,
    nt_risk,
    nt_risk_bounds,
    nt_risk_limit,
    nt_risk_path,
    quadratic_snr,
    snr,
    whiten,
)

KINDS = {
    "positive": [0.8, 0.5, 0.3],
    "both signs": [0.7, -0.2, -0.6],
    "flat": [0.5, 0.5, 0.5],
    "singular": [0.9, 0.0, 0.0],
    "near one": [0.999, -0.999, 0.5],
}


def rotated(values, seed):
    Q = ortho_group.rvs(len(values), random_state=seed)
    return (Q * np.asarray(values)) @ Q.T


def class_grid(covariances, nodes=3):
    """Points, labels and weights, exact for polynomials of degree 5 in each class."""
    x, weight = np.polynomial.hermite_e.hermegauss(nodes)
    d = len(covariances[0])
    axes = np.meshgrid(*[x] * d, indexing="ij")
    z = np.stack([axis.ravel() for axis in axes])
    product = np.ones(1)
    for _ in range(d):
        product = np.outer(product, weight / weight.sum()).ravel()
    points = [np.linalg.cholesky(C) @ z for C in covariances]
    labels = np.repeat([1.0, -1.0], z.shape[1])
    return np.hstack(points), labels, np.tile(product, 2) / 2


def fitted_risk(W, covariances):
    """Least squares of the label on 1 and all <w_i, x> x_k, weighted on the grid."""
    x, y, weights = class_grid(covariances)
    products = (W.T @ x)[:, None, :] * x
    features = np.vstack([np.ones((1, x.shape[1])), products.reshape(-1, x.shape[1])])
    root = np.sqrt(weights)
    A, goal = (features * root).T, y * root
    rest = goal - A @ np.linalg.lstsq(A, goal, rcond=None)[0]
    return rest @ rest


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("N", [1, 2, 3, 5])
def test_the_risk_is_that_of_least_squares(kind, N):
    Delta, W = rotated(KINDS[kind], N), isotropic_weights(3, N, seed=N)
    covariances = np.eye(3) - Delta, np.eye(3) + Delta
    assert nt_risk(W, Delta) == pytest.approx(fitted_risk(W, covariances), abs=1e-12)


@pytest.mark.parametrize("N", [1, 2, 4])
def test_a_common_covariance_is_whitened_away(N):
    Sigma, white = rotated([2.0, 1.0, 0.3], 5), rotated(KINDS["both signs"], 6)
    root = np.linalg.cholesky(Sigma)
    Delta, W = root @ white @ root.T, isotropic_weights(3, N, seed=7)
    found = nt_risk(*reversed(whiten(Sigma, Delta, W)))
    expected = fitted_risk(W, (Sigma - Delta, Sigma + Delta))
    assert found == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("N", [3, 6, 11])
def test_gradients_agree_with_a_dense_solution(N):
    """The class is spanned by w_i e_j' + e_j w_i'; take its best by least squares."""
    values, W = difference_spectrum("power", 12, 0.6), isotropic_weights(12, N, seed=1)
    root = np.sqrt(2 * (1 + np.outer(values, values)))
    spanning = [np.outer(w, e) + np.outer(e, w) for w in W.T for e in np.eye(12)]
    A = np.array([(root * M).ravel() for M in spanning]).T
    goal = (np.diag(values) / root).ravel()
    fitted = A @ np.linalg.lstsq(A, goal, rcond=None)[0]
    assert nt_risk(W, values) == pytest.approx(
        1 / (1 + fitted @ fitted), rel=1e-12, abs=0
    )


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("N", [1, 2, 3])
def test_the_predictor_attains_the_risk_and_stays_in_the_class(kind, N):
    Delta, W = rotated(KINDS[kind], 3), isotropic_weights(3, N, seed=4)
    M, c = nt_predictor(W, Delta)
    assert mixture_risk(M, c, Delta) == pytest.approx(nt_risk(W, Delta), abs=1e-12)
    P = np.eye(3) - W @ np.linalg.pinv(W)
    assert np.abs(P @ M @ P).max() < 1e-12
    assert np.array_equal(M, M.T)


def test_no_other_member_of_the_class_is_better():
    rng, Delta = np.random.default_rng(0), rotated([0.6, 0.3, -0.2, 0.1, -0.5], 8)
    W = isotropic_weights(5, 2, seed=9)
    M, c = nt_predictor(W, Delta)
    best = mixture_risk(M, c, Delta)
    for _ in range(50):
        A = 0.05 * rng.standard_normal((5, 2))
        other = M + W @ A.T + A @ W.T
        assert mixture_risk(other, c + 0.05 * rng.standard_normal(), Delta) > best


def test_the_risk_only_depends_on_the_span_and_turns_with_it():
    Q = ortho_group.rvs(6, random_state=2)
    values, W = np.array([0.5, 0.4, 0.1, -0.1, -0.3, -0.6]), isotropic_weights(6, 3, 3)
    risk = nt_risk(W, values)
    mixed = W @ [[1.0, 2.0, 0.0, 1.0], [0.0, 1.0, 5.0, 1.0], [0.0, 0.0, 1.0, 1.0]]
    assert nt_risk(mixed, values) == pytest.approx(risk, rel=1e-12, abs=0)
    turned = nt_risk(Q @ W, (Q * values) @ Q.T)
    assert turned == pytest.approx(risk, rel=1e-12, abs=0)
    assert nt_risk(W, -values) == pytest.approx(risk, rel=1e-12, abs=0)


def test_a_path_has_the_risks_of_the_first_neurons():
    Delta, W = rotated(np.linspace(-0.5, 0.9, 7), 1), isotropic_weights(7, 9, seed=2)
    widths = np.array([[9, 1, 4], [7, 6, 2]])
    path = nt_risk_path(W, Delta, widths)
    expected = [[nt_risk(W[:, :N], Delta) for N in row] for row in widths]
    assert path == pytest.approx(np.array(expected), rel=1e-12, abs=0)
    everywhere = nt_risk_path(W, Delta, range(1, 10))
    assert (np.diff(everywhere) <= 1e-15).all()
    assert everywhere[6:] == pytest.approx(captured_risk(quadratic_snr(Delta)))


@pytest.mark.parametrize("seed", range(40))
def test_the_risk_lies_between_the_bounds(seed):
    rng = np.random.default_rng(seed)
    d = int(rng.integers(2, 9))
    values = rng.uniform(-1, 1, d)
    W = isotropic_weights(d, int(rng.integers(1, d + 2)), seed=rng)
    low, high = nt_risk_bounds(W, values)
    risk, leading = nt_risk(W, values), nt_leading(W, values)
    assert low - 1e-14 <= risk <= high + 1e-14
    q = np.max(values**2)
    assert abs(risk - leading) <= q / (4 - 3 * q)
    assert nt_risk_bounds(W, np.abs(values))[0] == nt_leading(W, np.abs(values))


def test_the_upper_bound_is_attained():
    W, values = isotropic_weights(5, 5, seed=0), [0.4, 0.4, 0.4, 0.4, -0.4]
    assert nt_risk(W, values) == pytest.approx(
        nt_risk_bounds(W, values)[1], rel=1e-13, abs=0
    )


@pytest.mark.parametrize("N", [1, 3, 6, 7, 9])
def test_for_a_multiple_of_the_identity_the_network_is_not_ahead(N):
    W = np.random.default_rng(N).standard_normal((7, N)) * np.geomspace(1, 50, N)
    assert nt_risk(W, [0.3] * 7) == pytest.approx(
        nn_risk([0.3] * 7, N), rel=1e-13, abs=0
    )


def test_eigenvalues_near_one_are_solved_too():
    values, W = [1 - 1e-12, -1 + 1e-12, 0.5, -0.3], isotropic_weights(4, 2, seed=1)
    M, c = nt_predictor(W, values)
    assert mixture_risk(M, c, values) == pytest.approx(nt_risk(W, values), abs=1e-10)


@pytest.mark.parametrize(("d", "N"), [(3, 1), (6, 2), (8, 5)])
def test_the_mean_of_the_leading_term_is_exact(d, N):
    """Four standard errors of 3000 draws."""
    rng, values = np.random.default_rng(d), difference_spectrum("power", d, 0.2, 1.0)
    draws = [nt_leading_snr(isotropic_weights(d, N, rng), values) for _ in range(3000)]
    error = np.std(draws, ddof=1) / np.sqrt(len(draws))
    assert abs(np.mean(draws) - nt_leading_mean(values, N)) < 4 * error


@pytest.mark.parametrize("kind", ["flat", "balanced", "rank"])
@pytest.mark.parametrize("N", [30, 75, 120, 200])
def test_one_draw_is_near_the_limit(kind, N):
    """The claim bounds the mean distance; at this size a draw keeps it as well."""
    values = difference_spectrum(kind, 150, 1.0, 0.4)
    q = np.max(values**2)
    far = nt_risk(isotropic_weights(150, N, seed=N), values) - nt_risk_limit(
        N / 150, values
    )
    assert abs(far) < 9 * q / 8 + q / (4 - 3 * q)


def test_the_limit_starts_at_one_and_ends_at_the_linear_floor():
    values = figure_difference(300, 0)
    rho = np.array([0.0, 0.3, 1.0, 2.5])
    limits = nt_risk_limit(rho, values)
    assert limits[0] == 1
    assert limits[2:] == pytest.approx(1 / (1 + snr(values)))
    assert limits == pytest.approx(captured_risk(snr(values) * nt_kappa(rho, values)))
    mean = captured_risk(nt_leading_mean(values, 90))
    assert limits[1] == pytest.approx(mean, abs=1 / 300)


def test_without_a_difference_nothing_is_captured():
    W = isotropic_weights(3, 2, seed=0)
    assert nt_risk(W, [0, 0, 0]) == nt_leading(W, [0, 0, 0]) == 1
    assert nt_risk_bounds(W, np.zeros((3, 3))) == (1, 1)
    assert nt_leading_mean([0, 0], 1) == 0
    assert nt_risk_limit([0.5, 1], [0, 0]).tolist() == [1, 1]


W = np.ones((3, 2))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nt_risk(W, [0.5, 1.0, 0.1]), "eigenvalue 1.0 of Delta"),
        (lambda: nt_risk(W, [0.5, 0.5]), "W must be a 2 x N matrix"),
        (lambda: nt_predictor(W * np.nan, [0.5] * 3), "W must be finite"),
        (lambda: nt_risk_path(W, [0.5] * 3, [1, 2]), "linearly independent"),
        (lambda: nt_risk_path(W, [0.5] * 3, [3]), "2 neurons, got the width 3"),
        (lambda: nt_risk_path(W, [0.5] * 3, [0]), "width must be"),
        (lambda: nt_leading_mean([0.5], 0), "N must be"),
        (lambda: nt_kappa(0.5, [0.0, 0.0]), "Delta must not be 0"),
        (lambda: nt_kappa(-0.5, [0.1, 0.0]), "rho must be"),
        (lambda: nt_risk_limit(-1, [0.0, 0.0]), "rho must be"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
