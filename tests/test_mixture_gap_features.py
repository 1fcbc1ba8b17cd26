"""Random features on the mixture: exact risks by least squares, and the limit."""

import math

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import norm, ortho_group

from rfbook.activations import QUADRATIC, RELU, activation
from rfbook.features import gaussian_weights, isotropic_weights
from rfbook.mixture_gap import (
    captured_risk,
    class_roots,
    figure_difference,
    mixture_risk,
    quadratic_snr,
    rf_means,
    rf_predictor,
    rf_risk,
    rf_risk_limit,
    rf_risk_path,
    rf_spread,
    sample,
    snr,
    whiten,
)
from rfbook.quadratic_gap import best_covariance, trace_ratio
from rfbook.quadratic_gap import rf_risk_limit as of_target

VALUES = np.array([0.6, 0.3, -0.4])


def rotated(values, seed):
    Q = ortho_group.rvs(len(values), random_state=seed)
    return (Q * np.asarray(values)) @ Q.T


def root(matrix):
    values, basis = np.linalg.eigh(matrix)
    return (basis * np.sqrt(values)) @ basis.T


def class_grid(covariance):
    """Points and weights that are exact for polynomials of degree 5 in R^d."""
    d = len(covariance)
    x, weights = np.polynomial.hermite_e.hermegauss(3)
    weights = weights / weights.sum()
    axes = np.meshgrid(*[x] * d, indexing="ij")
    product = np.ones(1)
    for _ in range(d):
        product = np.outer(product, weights).ravel()
    return root(covariance) @ np.stack([axis.ravel() for axis in axes]), product


def grid_risk(W, Sigma, Delta, offset):
    """Least squares of the features u^2 - 1 on the grids of both classes."""
    rows, labels = [], []
    for y in (1, -1):
        x, weights = class_grid(Sigma - y * Delta)
        features = (W.T @ x) ** 2 - 1
        if offset:
            features = np.vstack([features, np.ones(x.shape[1])])
        rows.append(features * np.sqrt(weights / 2))
        labels.append(y * np.sqrt(weights / 2))
    A, y = np.hstack(rows).T, np.concatenate(labels)
    left = y - A @ np.linalg.lstsq(A, y, rcond=None)[0]
    return left @ left


# --- finite size ----------------------------------------------------------------------


@pytest.mark.parametrize("offset", [False, True])
@pytest.mark.parametrize("N", [1, 4, 6, 7, 9])
def test_quadratic_features_solve_least_squares_on_a_grid(N, offset):
    W = 1.3 * isotropic_weights(3, N, seed=N)
    Delta = rotated(VALUES, 1)
    expected = grid_risk(W, np.eye(3), Delta, offset)
    assert rf_risk(W, Delta, offset=offset) == pytest.approx(expected, rel=1e-10, abs=0)


@pytest.mark.parametrize("offset", [False, True])
def test_whitening_brings_a_common_covariance_here(offset):
    W = isotropic_weights(3, 4, seed=0)
    Sigma, Delta = rotated([2.0, 1.0, 0.5], 2), 0.4 * rotated(VALUES, 3)
    white, weights = whiten(Sigma, Delta, W)
    expected = grid_risk(W, Sigma, Delta, offset)
    assert rf_risk(weights, white, offset=offset) == pytest.approx(
        expected, rel=1e-10, abs=0
    )


@pytest.mark.parametrize("offset", [False, True])
@pytest.mark.parametrize("Delta", [VALUES, rotated(VALUES, 5)])
def test_closed_form_is_that_of_any_activation(Delta, offset):
    W = isotropic_weights(3, 5, seed=4)
    closed = rf_risk(W, Delta, "quadratic", offset)
    general = rf_risk(W, Delta, lambda u: u**2 - 1, offset)
    assert general == pytest.approx(closed, rel=1e-9, abs=0)


def test_cosine_features_have_closed_moments():
    W = isotropic_weights(3, 4, seed=6)
    cosine = activation(np.cos)
    plus, minus = (W.T @ (np.eye(3) - y * np.diag(VALUES)) @ W for y in (1, -1))
    means = [np.exp(-np.diag(K) / 2) for K in (plus, minus)]
    spread = [
        np.outer(m, m) * (np.cosh(K) - 1)
        for m, K in zip(means, (plus, minus), strict=True)
    ]
    m, z = rf_means(W, VALUES, cosine)
    assert np.allclose(m, np.mean(means, axis=0), rtol=1e-12, atol=0)
    assert np.allclose(z, (means[0] - means[1]) / 2, rtol=1e-10, atol=0)
    assert np.allclose(rf_spread(W, VALUES, cosine), np.mean(spread, axis=0))


def test_pairs_of_relu_are_the_absolute_value():
    """[u]_+ and [-u]_+ span |u| and u, and u does not see the label."""
    W, Delta = isotropic_weights(4, 3, seed=7), rotated([*VALUES, 0.2], 8)
    both = rf_risk(np.hstack([W, -W]), Delta, RELU)
    assert both == pytest.approx(rf_risk(W, Delta, np.abs), rel=1e-9, abs=0)


@pytest.mark.parametrize("kind", ["quadratic", "relu", np.cos])
@pytest.mark.parametrize("offset", [False, True])
def test_no_fit_of_samples_finds_another_risk(kind, offset):
    """The plug-in estimate of E (y - f)^2 at the exact weights, against the risk."""
    W, Delta = isotropic_weights(6, 8, seed=9), figure_difference(6, 1) / 2
    sigma = activation(kind)
    m, z = rf_means(W, Delta, sigma)
    gram = rf_spread(W, Delta, sigma) + (0 if offset else np.outer(m, m))
    u = np.linalg.solve(gram, z)
    u /= 1 + z @ u
    x, y = sample(Delta, 100_000, seed=10)
    fit = u @ sigma(W.T @ x) - (u @ m if offset else 0)
    losses = (y - fit) ** 2
    error = losses.std() / math.sqrt(len(y))
    limit = norm.isf(0.5e-4)
    assert abs(losses.mean() - rf_risk(W, Delta, kind, offset)) < limit * error


@pytest.mark.parametrize("kind", ["quadratic", "relu"])
@pytest.mark.parametrize("offset", [False, True])
def test_path_is_the_risk_of_the_first_neurons(kind, offset):
    W, Delta = isotropic_weights(6, 12, seed=11), rotated(np.linspace(-0.5, 0.7, 6), 1)
    path = rf_risk_path(W, Delta, kind, offset)
    each = [rf_risk(W[:, :n], Delta, kind, offset) for n in range(1, 13)]
    assert np.allclose(path, each, rtol=1e-10, atol=0)
    assert (np.diff(path) <= 0).all()


@pytest.mark.parametrize(("offset", "N"), [(True, 10), (False, 11), (True, 15)])
def test_enough_quadratic_features_are_the_best_quadratic_predictor(offset, N):
    Delta = rotated([0.6, 0.3, -0.4, 0.1], 12)
    W = isotropic_weights(4, N, seed=13)
    floor = captured_risk(quadratic_snr(Delta))
    assert rf_risk(W, Delta, offset=offset) == pytest.approx(floor, rel=1e-8, abs=0)
    fewer = rf_risk(W[:, : 9 + (not offset)], Delta, offset=offset)
    assert fewer > floor + 1e-6


@pytest.mark.parametrize("offset", [False, True])
@pytest.mark.parametrize("N", [2, 30])
def test_predictor_attains_the_risk(offset, N):
    W, Delta = isotropic_weights(5, N, seed=14), rotated(np.linspace(-0.5, 0.5, 5), 3)
    M, c = rf_predictor(W, Delta, offset)
    # an entry and its twin are sums of up to 30 products of three, 64 roundings of what
    # is together at most five times the largest entry
    rounding = 64 * 2.0**-53 * 5 * np.abs(M).max()
    assert np.allclose(M, M.T, rtol=0, atol=rounding)
    risk = rf_risk(W, Delta, offset=offset)
    assert mixture_risk(M, c, Delta) == pytest.approx(risk, rel=1e-9, abs=0)


@pytest.mark.parametrize("kind", ["quadratic", "relu", "erf"])
def test_risk_ignores_rotations_signs_and_the_names_of_the_classes(kind):
    W, Delta = isotropic_weights(4, 5, seed=15), np.array([0.5, -0.2, 0.1, 0.3])
    Q = ortho_group.rvs(4, random_state=16)
    risk = rf_risk(W, Delta, kind)
    turned = (Q * Delta) @ Q.T
    assert rf_risk(Q @ W, (turned + turned.T) / 2, kind) == pytest.approx(
        risk, rel=1e-10, abs=0
    )
    assert rf_risk(W, -Delta, kind) == pytest.approx(risk, rel=1e-10, abs=0)
    if kind == "quadratic":
        signs = np.array([1, -1, 1, -1, -1])
        assert rf_risk(W * signs, Delta, kind) == pytest.approx(risk, rel=1e-12, abs=0)


@pytest.mark.parametrize("kind", ["erf", "tanh", "relu", "quadratic"])
def test_equal_classes_and_odd_activations_have_risk_one(kind):
    W = isotropic_weights(3, 4, seed=17)
    assert rf_risk(W, np.zeros(3), kind) == 1.0
    assert (rf_risk_path(W, np.zeros(3), kind) == 1).all()
    if kind in ("erf", "tanh"):
        assert rf_risk(W, VALUES, kind) == 1.0


def test_repeated_neurons_change_nothing():
    W = isotropic_weights(3, 3, seed=18)
    more = np.hstack([W, -W[:, :1], np.zeros((3, 1))])
    with_constant = rf_risk(more, VALUES, offset=True)
    assert with_constant == pytest.approx(
        rf_risk(W, VALUES, offset=True), rel=1e-9, abs=0
    )
    assert rf_risk(np.hstack([W, W]), VALUES) == pytest.approx(
        rf_risk(W, VALUES), rel=1e-9, abs=0
    )


@pytest.mark.parametrize("size", [0.05, 0.5])
def test_uncentred_relu_stays_above_its_bound(size):
    """Claim mixture-rf-centring, for weights of any norms."""
    W = isotropic_weights(10, 200, seed=19)
    risk = rf_risk(W, np.full(10, size), RELU)
    assert risk >= (1 + math.sqrt(1 - size**2)) / 2
    assert rf_risk(W, np.full(10, size), RELU, offset=True) < risk


def test_colours_of_the_classes_give_their_inner_products():
    Delta, W = rotated(VALUES, 20), isotropic_weights(3, 4, seed=21)
    plus, minus = class_roots(Delta)
    inner = sum(QUADRATIC.covariance(r @ W) for r in (plus, minus)) / 2
    assert np.allclose(rf_spread(W, Delta, QUADRATIC), inner)


# --- the limit ------------------------------------------------------------------------


def printed_limit(rho, Sigma, Delta, Gamma, one, two, energy):
    """Equations (14) and (15) of the text, with its monic coefficients."""
    d, weight = len(Delta), root(Gamma)
    law = d * np.linalg.eigvalsh(weight @ Sigma @ weight)

    def excess(psi):
        part = np.mean(one**2 * law / (1 + one**2 * law * psi))
        return energy - rho / psi + part

    psi = brentq(excess, 1e-9, 1e9, xtol=1e-15)
    first = d * np.trace(Sigma @ Gamma @ Sigma @ Gamma) / 2
    other = d * np.trace(Delta @ Gamma) ** 2 / 4
    strength = two**2 * psi
    return (1 + first * strength) / (1 + (first + other) * strength)


@pytest.mark.parametrize("rho", [0.3, 2.0])
def test_limit_is_the_printed_formula_after_whitening(rho):
    Sigma, Delta = rotated([2.0, 1.0, 0.5], 22), 0.4 * rotated(VALUES, 23)
    Gamma = rotated([3.0, 1.0, 1.0], 24)
    Gamma /= np.trace(Sigma @ Gamma)
    m = 1 / math.sqrt(2 * math.pi)
    expected = printed_limit(rho, Sigma, Delta, Gamma, 0.5, m, 0.25 - m**2)
    white, _ = whiten(Sigma, Delta)
    weights = root(Sigma) @ Gamma @ root(Sigma)
    weights = (weights + weights.T) / 2
    assert rf_risk_limit(rho, white, weights, "relu") == pytest.approx(
        expected, rel=1e-8, abs=0
    )


def test_limit_captures_the_share_of_a_quadratic_target():
    Delta, Gamma = rotated(VALUES, 25), np.array([0.5, 0.3, 0.2])
    share = 1 - of_target(1.5, Delta, Gamma, "relu")
    expected = 1 / (1 + snr(Delta) * share)
    assert rf_risk_limit(1.5, Delta, Gamma, "relu") == pytest.approx(
        expected, rel=1e-12, abs=0
    )


def test_limit_of_isotropic_quadratic_features():
    rho = np.array([0.0, 0.5, 3.0])
    captured = snr(VALUES) * trace_ratio(VALUES) * rho / (1 + rho)
    assert np.allclose(
        rf_risk_limit(rho, VALUES), 1 / (1 + captured), rtol=1e-12, atol=0
    )


def test_best_covariance_captures_the_most():
    Delta, rho = np.array([0.4, 0.3, 0.3]), 4.0
    best = best_covariance(rho, Delta)
    least = rf_risk_limit(rho, Delta, best)
    share = 1 - trace_ratio(Delta) / (1 + rho)
    assert least == pytest.approx(1 / (1 + snr(Delta) * share), rel=1e-12, abs=0)
    for seed in range(20):
        other = np.random.default_rng(seed).dirichlet(np.ones(3))
        assert rf_risk_limit(rho, Delta, other) >= least


@pytest.mark.parametrize("kind", ["erf", "tanh"])
def test_limit_of_odd_activations_is_one(kind):
    assert (rf_risk_limit([1.0, 5.0], VALUES, activation=kind) == 1).all()


def test_limit_without_a_difference_is_one():
    assert rf_risk_limit(2.0, np.zeros(4)) == 1.0


@pytest.mark.parametrize("kind", ["quadratic", "relu"])
def test_finite_risks_tend_to_the_limit(kind):
    """The mean over draws, extrapolated in 1/d, within its standard error."""
    atoms, scale, means, errors = np.array([0.5, 1.5]), np.array([1.0, 2.0]), [], []
    for d, draws in ((60, 100), (120, 60)):
        Delta = np.repeat(scale, d // 2) / np.sqrt(d)
        Gamma = np.repeat(atoms, d // 2) / d
        risks = [
            rf_risk(gaussian_weights(Gamma, d, [26, seed]), Delta, kind)
            for seed in range(draws)
        ]
        means.append(np.mean(risks))
        errors.append(np.std(risks, ddof=1) / math.sqrt(draws))
    estimate = 2 * means[1] - means[0]
    error = math.hypot(2 * errors[1], errors[0])
    limit = rf_risk_limit(1.0, Delta, Gamma, kind)
    assert abs(estimate - limit) < norm.isf(0.5e-4) * error
    halved = 1 / (1 + (1 / limit - 1) / 2)
    assert abs(estimate - halved) > 10 * error


# --- bad input ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: rf_risk([[1.0]], [1.0]), "eigenvalue 1.0 of Delta"),
        (lambda: rf_risk([[1.0]], [-1.5]), "eigenvalue -1.5 of Delta"),
        (lambda: rf_risk([[1.0]], [0.5, 0.5]), "W must be a 2 x N matrix"),
        (lambda: rf_risk([[np.nan]], [0.5]), "W"),
        (lambda: rf_risk([[1.0]], [0.5], "sine"), "'sine'"),
        (lambda: rf_risk([[1.0], [1.0]], [[0.1, 0.2], [0.0, 0.1]]), "symmetric"),
        (lambda: rf_risk_path([[1.0, 1.0]], [0.5]), "linearly independent"),
        (lambda: rf_risk_limit(-1.0, [0.5]), "rho"),
        (lambda: rf_risk_limit(1.0, [0.5], [2.0]), "trace 1"),
        (lambda: rf_risk_limit(1.0, [0.5], None, np.cos), "mean 0 at radius 1"),
        (lambda: rf_risk_limit(1.0, [1.5]), "eigenvalue 1.5"),
        (lambda: rf_predictor([[1.0]], [2.0]), "eigenvalue 2.0"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
