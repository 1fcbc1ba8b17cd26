"""Random features: exact risks by least squares on a grid, the limit, the best law."""

import math
from fractions import Fraction

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq, minimize
from scipy.stats import ortho_group

from rfbook.activations import RELU, Quadrature, activation
from rfbook.features import covariance
from rfbook.matrices import explained
from rfbook.quadratic_gap import (
    best_covariance,
    eigenvalues,
    exponential_limits,
    exponential_target,
    fixed_point,
    gaussian_weights,
    isotropic_weights,
    nn_risk_limit,
    nt_risk_limit,
    rf_moments,
    rf_products,
    rf_risk,
    rf_risk_limit,
    rf_risk_mean,
    rf_risk_path,
    spectrum,
    square_norm,
    trace_ratio,
    trace_share,
)


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


def grid_risk(W, B, offset):
    """Least squares of the features u^2 - 1 on the grid."""
    x, weights = tensor_grid(len(B))
    features = (W.T @ x) ** 2 - 1
    if offset:
        features = np.vstack([features, np.ones(x.shape[1])])
    goal = np.einsum("ij,ik,kj->j", x, B, x) - np.trace(B)
    root = np.sqrt(weights)
    A, y = (features * root).T, goal * root
    left = y - A @ np.linalg.lstsq(A, y, rcond=None)[0]
    return left @ left / (y @ y)


def exact_risk(W, b, offset):
    """Solve the normal equations in fractions, for a matrix of integers over 8."""
    W = [[Fraction(int(8 * w), 8) for w in row] for row in W]
    b = [Fraction(int(8 * x), 8) for x in b]
    d, N = len(W), len(W[0])

    def inner(i, j):
        return sum(W[k][i] * W[k][j] for k in range(d))

    U = [[2 * inner(i, j) ** 2 for j in range(N)] for i in range(N)]
    if not offset:
        m = [inner(i, i) - 1 for i in range(N)]
        U = [[U[i][j] + m[i] * m[j] for j in range(N)] for i in range(N)]
    V = [2 * sum(b[k] * W[k][i] ** 2 for k in range(d)) for i in range(N)]
    # elimination: what is left of the target's square after each feature
    left = 2 * sum(x * x for x in b)
    for i in range(N):
        if U[i][i] == 0:
            continue
        left -= V[i] ** 2 / U[i][i]
        for j in range(i + 1, N):
            factor = U[j][i] / U[i][i]
            V[j] -= factor * V[i]
            U[j] = [U[j][k] - factor * U[i][k] for k in range(N)]
    return left / (2 * sum(x * x for x in b))


# --- finite size ----------------------------------------------------------------------


@pytest.mark.parametrize("offset", [False, True])
@pytest.mark.parametrize("N", [1, 2, 4, 5, 8])
def test_the_risk_is_that_of_least_squares(N, offset):
    for values in ([3.0, 1.0, 0.5], [2.0, -1.0, -1.0]):
        B, W = rotated(values, N), isotropic_weights(3, N, seed=N)
        assert rf_risk(W, B, offset=offset) == pytest.approx(
            grid_risk(W, B, offset), abs=1e-12
        )


@pytest.mark.parametrize("offset", [False, True])
def test_the_risk_in_fractions(offset):
    rng = np.random.default_rng(2)
    for N in (1, 3, 6, 9, 12):
        W = np.round(8 * rng.standard_normal((4, N)) / 2) / 8
        b = np.round(8 * rng.standard_normal(4)) / 8
        exact = exact_risk(W, b, offset)
        assert rf_risk(W, b, offset=offset) == pytest.approx(float(exact), abs=1e-12)


@pytest.mark.parametrize("d", [1, 2, 3, 5])
def test_the_risk_vanishes_from_its_threshold_on(d):
    """With an offset at d (d + 1) / 2 neurons, without one at one more; not before."""
    threshold = d * (d + 1) // 2
    B = rotated(np.arange(1.0, d + 1), 1)
    W = isotropic_weights(d, threshold + 3, seed=d)
    for offset, enough in ((True, threshold), (False, threshold + 1)):
        for N in (enough, enough + 2):
            assert rf_risk(W[:, :N], B, offset=offset) < 1e-20
        if enough > 1:
            assert rf_risk(W[:, : enough - 1], B, offset=offset) > 1e-6


def test_a_target_in_the_span_is_fitted_at_the_figure_s_size():
    """Exactly 0 in theory; a few digits of 1 are lost to the sums."""
    d, N = 450, 1200
    W = isotropic_weights(d, N, seed=3)
    B = W[:, :700] @ W[:, :700].T
    assert rf_risk(W, B, offset=True) < 1e-11


@pytest.mark.parametrize("name", ["relu", "quadratic"])
@pytest.mark.parametrize("offset", [False, True])
def test_the_best_weights_have_the_risk_on_samples(name, offset):
    """The mean squared error of the best function, within four standard errors."""
    rng = np.random.default_rng(4)
    W = rng.standard_normal((4, 7)) * rng.uniform(0.4, 1.2, 7) / 2
    B, sigma = rotated([2.0, 1.0, 0.0, -0.5], 1), activation(name)
    U, V = rf_moments(W, sigma, offset), rf_products(W, B, sigma)
    u = np.linalg.solve(U, V)
    c = -u @ sigma.means(W) if offset else 0.0
    x = rng.standard_normal((4, 400_000))
    error = u @ sigma(W.T @ x) + c - np.einsum("ij,ij->j", x, B @ x) + np.trace(B)
    squares = error**2 / (2 * square_norm(B))
    deviation = squares.std() / math.sqrt(len(squares))
    assert abs(squares.mean() - rf_risk(W, B, name, offset)) < 4 * deviation


def test_any_other_weights_are_worse():
    rng = np.random.default_rng(5)
    W, b = isotropic_weights(4, 5, 1), np.array([2.0, 1.0, 0.5, 0.1])
    U, V = RELU.centred().kernel(W), rf_products(W, b, RELU)
    best = rf_risk(W, b, "relu") * 2 * square_norm(b)
    for _ in range(50):
        u = rng.standard_normal(5)
        assert 2 * square_norm(b) - 2 * u @ V + u @ U @ u >= best


@pytest.mark.parametrize("name", ["erf", "tanh"])
@pytest.mark.parametrize("offset", [False, True])
def test_an_odd_activation_learns_nothing_exactly(name, offset):
    W = isotropic_weights(4, 30, 1)
    b = [4.0, 1, 1, 1]
    assert rf_risk(W, b, name, offset) == 1
    assert rf_risk_path(W, b, name, offset).tolist() == [1] * 30
    assert rf_risk_limit(7.0, b, activation=name) == 1


def test_the_activations_agree_with_quadrature():
    W, B = isotropic_weights(4, 6, 2), rotated([3.0, 1, 1, -1], 2)
    for offset in (False, True):
        blind = rf_risk(W, B, lambda u: u * u - 1, offset)
        assert blind == pytest.approx(rf_risk(W, B, offset=offset), rel=1e-9, abs=0)
        centred = Quadrature(lambda u: np.maximum(u, 0) - RELU.hermite(0), "r")
        risk = rf_risk(W, B, "relu", offset)
        assert rf_risk(W, B, centred, offset) == pytest.approx(risk, rel=1e-9, abs=0)


def test_with_an_offset_a_constant_in_the_activation_does_not_matter():
    W, b = isotropic_weights(3, 4, 3), [3.0, 1, 1]
    risks = [rf_risk(W, b, lambda u, c=c: u * u + c, True) for c in (-1, 0, 5)]
    assert np.allclose(risks, risks[0], rtol=1e-9, atol=0)
    # without one it does: the features then have a mean that they cannot shed
    assert rf_risk(W, b, lambda u: u * u + 5) > 1.05 * risks[0]


def test_sizes_of_the_neurons_do_not_matter_with_an_offset():
    W, b = isotropic_weights(4, 6, 4), [3.0, 2, 1, 0]
    scaled = W * np.array([1e-6, 1, 1e6, 2, 3, 0.1])
    expected = rf_risk(W, b, offset=True)
    assert rf_risk(scaled, b, offset=True) == pytest.approx(expected, rel=1e-10, abs=0)


def test_dependent_features_count_once():
    W, B = isotropic_weights(4, 5, 5), rotated([3.0, 1, 1, -1], 2)
    more = np.column_stack([W, W[:, :2], -W[:, 2], 0 * W[:, 0]])
    for offset in (False, True):
        expected = rf_risk(W, B, offset=offset)
        features = more if offset else more[:, :-1]
        assert rf_risk(features, B, offset=offset) == pytest.approx(expected, abs=1e-9)
    twice = np.column_stack([W, W[:, :2]])
    assert rf_risk(twice, B, "relu") == pytest.approx(rf_risk(W, B, "relu"), abs=1e-9)


def test_the_constant_feature_of_a_neuron_that_is_zero():
    """Without an offset the neuron 0 is the constant -1, and so gives the offset."""
    W, b = isotropic_weights(4, 5, 6), [3.0, 2, 1, 0]
    more = np.column_stack([W, np.zeros(4)])
    assert rf_risk(more, b) == pytest.approx(
        rf_risk(W, b, offset=True), rel=1e-9, abs=0
    )


@pytest.mark.parametrize("name", ["quadratic", "relu"])
def test_the_risk_is_invariant_under_rotations(name):
    W, B = isotropic_weights(5, 7, 4), rotated([6.0, 1, 0, -2, -3], 5)
    Q = ortho_group.rvs(5, random_state=1)
    turned = rf_risk(Q @ W, Q @ B @ Q.T, name)
    assert turned == pytest.approx(rf_risk(W, B, name), rel=1e-10, abs=0)


@pytest.mark.parametrize("name", ["quadratic", "relu"])
@pytest.mark.parametrize("offset", [False, True])
def test_the_path_is_the_risk_of_each_number_of_neurons(name, offset):
    W, B = isotropic_weights(6, 9, 4), rotated([6.0, 1, 0, -2, -3, 1], 5)
    path = rf_risk_path(W, B, name, offset)
    expected = [rf_risk(W[:, :n], B, name, offset) for n in range(1, 10)]
    assert np.allclose(path, expected, atol=1e-11, rtol=0)
    assert (np.diff(path) <= 0).all()


def test_the_mean_formula_with_a_measured_share():
    """Measure alpha at B = I; predict the others within four standard errors."""
    d, N, draws = 5, 6, 1500
    rng = np.random.default_rng(6)
    targets = [np.ones(d), np.array([1.0, 0, 0, 0, 0]), np.array([2.0, 1, 0, -1, -2])]
    risks = np.empty((draws, 3))
    for k in range(draws):
        W = isotropic_weights(d, N, rng)
        risks[k] = [rf_risk(W, b, offset=True) for b in targets]
    alpha = 1 - risks[:, 0].mean()
    for b, sample in zip(targets[1:], risks.T[1:], strict=True):
        # the prediction's own error is that of alpha, times chi - (1 - chi) / p
        chi, p = trace_ratio(b), d * (d + 1) / 2 - 1
        slope = (1 - chi) / p - chi
        error = (sample - slope * (1 - risks[:, 0])).std() / math.sqrt(draws)
        assert abs(sample.mean() - rf_risk_mean(b, N, alpha)) < 4 * error


def test_the_approximate_share_gets_better_with_the_dimension():
    """At d = 5 it is off by more than four standard errors, at 20 by less than half."""
    misses = []
    for d, N, draws in ((5, 6, 400), (20, 40, 100)):
        rng = np.random.default_rng(d)
        risks = np.array(
            [
                rf_risk(isotropic_weights(d, N, rng), np.ones(d), offset=True)
                for _ in range(draws)
            ]
        )
        error = risks.std(ddof=1) / math.sqrt(draws)
        misses.append((abs(1 - risks.mean() - trace_share(d, N)), error))
    (small, small_error), (large, large_error) = misses
    assert small > 4 * small_error
    assert large < small / 2 + 4 * large_error


def test_the_mean_formula_at_its_ends():
    b = np.array([2.0, 1.0, -1.0])
    d, p = 3, 5
    for N in (p + 1, p + 5):
        assert rf_risk_mean(b, N) == 0
        assert trace_share(d, N) == 1
    assert rf_risk_mean([2.0], 1) == 0
    # one neuron: E <w, B w>^2 / |w|^4 = (2 |B|^2 + (Tr B)^2) / (d (d + 2))
    part = (2 * square_norm(b) + b.sum() ** 2) / (d * (d + 2)) / square_norm(b)
    assert rf_risk_mean(b, 1, 1 / d) == pytest.approx(1 - part)


def test_explained_refuses_what_does_not_fit():
    with pytest.raises(ValueError, match="U and V must have shapes"):
        explained(np.eye(2), np.ones(3))
    assert explained(np.zeros((2, 2)), np.zeros(2)) == 0


# --- the limit ------------------------------------------------------------------------


def test_the_root_solves_the_equation_within_its_bracket():
    rng = np.random.default_rng(7)
    for _ in range(200):
        rho, linear, beyond = np.exp(rng.uniform(-4, 4, 3))
        law = rng.exponential(size=int(rng.integers(1, 9)))
        nu = fixed_point(rho, linear, beyond, law)
        t = linear * law
        assert beyond * nu + np.mean(t * nu / (1 + t * nu)) == pytest.approx(rho)
        least = rho / (beyond + linear * law.mean())
        assert least * (1 - 1e-9) <= nu <= rho / beyond * (1 + 1e-9)


def test_the_root_of_one_eigenvalue_is_that_of_a_quadratic():
    for rho in (0.1, 1.0, 3.0, 50.0):
        s, t = 0.3, 0.7
        roots = np.roots([s * t, s + t - rho * t, -rho])
        assert fixed_point(rho, t, s) == pytest.approx(max(roots), rel=1e-12, abs=0)


def test_without_energy_beyond_degree_one_there_is_a_root_below_the_rank_only():
    law = [0.0, 1.0, 3.0, 0.0]
    nu = fixed_point(0.49, 1.0, 0.0, law)
    assert np.mean(np.array(law) * nu / (1 + np.array(law) * nu)) == pytest.approx(0.49)
    for rho in (0.5, 0.9):
        with pytest.raises(ValueError, match=r"root iff rho < 0\.5"):
            fixed_point(rho, 1.0, 0.0, law)


def other_sign(nu, beyond, part, rho):
    """The fixed-point equation with the sign of its integral changed."""
    return beyond * nu - np.mean(part * nu / (1 + part * nu)) - rho


def test_the_root_is_the_limit_of_a_trace():
    """The error at d = 600 is below half of that at 150, up to four standard errors."""
    linear, beyond, rho = 0.25, 0.1, 1.5
    means, errors, wrong = [], [], []
    for d in (150, 600):
        law = np.linspace(0.2, 1.8, d)
        nu = fixed_point(rho, linear, beyond, law)
        found = []
        for seed in range(6):
            W = gaussian_weights(law / d, int(rho * d), seed)
            values = np.linalg.eigvalsh(W.T @ W)
            found.append(np.sum(1 / (beyond + linear * values)) / d / nu - 1)
        part = linear * law
        wrong.append(brentq(other_sign, 0, 1e4, (beyond, part, rho)) / nu - 1)
        means.append(abs(np.mean(found)))
        errors.append(np.std(found, ddof=1) / math.sqrt(6))
    assert means[1] < means[0] / 2 + 4 * (errors[0] + errors[1])
    # four standard errors stay nearer to the root than to that of the other sign
    assert means[1] + 4 * errors[1] < abs(wrong[1]) / 2


@pytest.mark.parametrize("name", ["quadratic", "relu"])
def test_the_limit_is_that_of_the_exact_risk(name):
    """The bias is of order 1 / d: at d = 400 below half of that at 100."""
    bias, errors = [], []
    for d in (100, 400):
        law = np.linspace(0.2, 1.8, d)
        b = np.linspace(0.0, 2.0, d)
        limit = rf_risk_limit(1.5, b, law / d, name)
        risks = [
            rf_risk(gaussian_weights(law / d, 3 * d // 2, seed), b, name) - limit
            for seed in range(8)
        ]
        bias.append(abs(np.mean(risks)))
        errors.append(np.std(risks, ddof=1) / math.sqrt(8))
    assert bias[1] < bias[0] / 2 + 4 * (errors[0] + errors[1])
    # four standard errors stay nearer to this limit than to that of half the square of
    # the coefficient of degree 2: the limit is 1 - s k / (1 + s q) with s halved
    k = d * np.dot(law / d, b) ** 2 / np.dot(b, b)
    q = d * np.dot(law / d, law / d)
    s = (1 - limit) / (k - (1 - limit) * q)
    wrong = 1 - s / 2 * k / (1 + s / 2 * q)
    assert bias[1] + 4 * errors[1] < abs(wrong - limit) / 2


def test_a_limit_beyond_floats_is_refused():
    with pytest.raises(ValueError, match="cannot be computed in float64"):
        rf_risk_limit(6e307, [1.0, 1.0, 1.0])


def test_the_quadratic_limit_in_closed_form():
    b = np.array([3.0, 1.0, 0.5, 0.0])
    rho = np.array([0.0, 0.3, 1.0, 7.0])
    chi = trace_ratio(b)
    assert np.allclose(rf_risk_limit(rho, b), 1 - rho / (1 + rho) * chi)
    assert np.allclose(rf_risk_limit(rho, b, b / b.sum()), 1 / (1 + rho / chi))
    assert np.allclose(rf_risk_limit(rho, [1.0, -1.0]), 1)


def test_a_rotation_of_target_and_covariance_changes_nothing():
    Q = ortho_group.rvs(3, random_state=2)
    b, gamma = np.array([3.0, 1.0, -1.0]), np.array([0.5, 0.3, 0.2])
    expected = rf_risk_limit(2.0, b, gamma, "relu")
    turned = rf_risk_limit(2.0, (Q * b) @ Q.T, (Q * gamma) @ Q.T, "relu")
    assert turned == pytest.approx(expected, rel=1e-12, abs=0)
    # a matrix beside a diagonal
    mixed = rf_risk_limit(2.0, np.diag(b), gamma, "relu")
    assert mixed == pytest.approx(expected, rel=1e-14, abs=0)


def test_wide_random_features_depend_on_the_alignment_alone():
    b, gamma = np.array([3.0, 1.0, -1.0]), np.array([0.5, 0.3, 0.2])
    aligned = (b @ gamma) ** 2 / (b @ b) / (gamma @ gamma)
    for name in ("quadratic", "relu"):
        found = rf_risk_limit(1e9, b, gamma, name)
        assert found == pytest.approx(1 - aligned, abs=1e-7)


# --- the best covariance --------------------------------------------------------------


@pytest.mark.parametrize(
    "values",
    [
        [3.0, 2.0, 1.0, 0.5],
        [5.0, 0.1, 0.1, 0.0],
        [2.0, 1.0, -1.0, -3.0],
        [-1.0, -2.0, -2.0, -4.0],
    ],
)
@pytest.mark.parametrize("rho", [0.2, 1.0, 20.0])
def test_no_other_law_is_better(values, rho):
    """Search the simplex, from several starts, by another method."""
    best = rf_risk_limit(rho, values, best_covariance(rho, values))
    rng = np.random.default_rng(9)

    def other(z):
        gamma = z**2 / np.sum(z**2)
        part = rho * 4 * (gamma @ values) ** 2
        return 1 - part / (np.sum(np.square(values)) * (1 + rho * 4 * gamma @ gamma))

    found = [
        minimize(other, rng.standard_normal(4), method="BFGS", tol=1e-10).fun
        for _ in range(6)
    ]
    assert min(found) == pytest.approx(best, abs=1e-7)
    assert best <= min(found) + 1e-12


def test_a_law_that_does_not_commute_is_not_better():
    rng, b = np.random.default_rng(10), np.array([3.0, 1.0, 0.0])
    best = rf_risk_limit(2.0, b, best_covariance(2.0, b))
    for _ in range(100):
        A = rng.standard_normal((3, 3))
        Gamma = A @ A.T / np.trace(A @ A.T)
        assert rf_risk_limit(2.0, b, Gamma) >= best - 1e-12


def test_a_spread_law_is_a_shift_of_the_target():
    b, rho = np.array([3.0, 2.5, 2.0]), 4.0
    shifted = b - b.sum() / (3 * (1 + rho))
    assert np.allclose(best_covariance(rho, b), shifted / shifted.sum())


def test_the_best_law_of_a_matrix_has_its_basis():
    b = np.array([3.0, 1.0, 0.5, -0.2])
    B = rotated(b, 3)
    found = eigenvalues(best_covariance(1.5, B))
    assert np.allclose(
        found, np.sort(best_covariance(1.5, b))[::-1], atol=1e-13, rtol=0
    )
    assert np.allclose(B @ best_covariance(1.5, B), best_covariance(1.5, B) @ B)


# --- Figure 1 -------------------------------------------------------------------------


def test_the_closed_forms_of_the_figure():
    """The exponential law cut into 20000 equal parts has them up to 1e-3.

    The largest part has the mean square ln(2 d)^2 / d instead of its exact one, which
    is what the error is made of.
    """
    d = 20_000
    b = spectrum("exponential", d)
    rho = np.array([0.0, 0.1, 0.35, 0.8, 1.0, 2.5])
    error = 3 * math.log(2 * d) ** 2 / d
    expected = exponential_limits(rho)
    assert np.allclose(rf_risk_limit(rho, b), expected["RF"], atol=error, rtol=0)
    found = rf_risk_limit(rho, b, b / b.sum())
    assert np.allclose(found, expected["RF, aligned"], atol=error, rtol=0)
    assert np.allclose(nt_risk_limit(rho, b), expected["NT"], atol=error, rtol=0)
    assert np.allclose(nn_risk_limit(rho, b), expected["NN"], atol=error, rtol=0)


def test_the_network_s_closed_form_is_the_integral():
    for rho in (0.05, 0.3, 0.9):
        kept = quad(lambda s: math.log(1 / s) ** 2, 0, rho)[0]
        assert exponential_limits(rho)["NN"] == pytest.approx(
            1 - kept / 2, rel=1e-9, abs=0
        )


def test_weights_have_their_covariance():
    """Each entry of W W' / N within five standard errors; 10 entries."""
    Gamma = rotated([0.4, 0.3, 0.2, 0.1], 1)
    W = gaussian_weights(Gamma, 40_000, seed=2)
    products = np.einsum("in,jn->ijn", W, W)
    error = products.std(-1) / math.sqrt(W.shape[1])
    assert (np.abs(products.mean(-1) - Gamma) < 5 * error).all()
    assert np.array_equal(gaussian_weights(Gamma, 3, 2), W[:, :3])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: rf_risk([1.0], [1.0]), "W must be a 1 x N matrix"),
        (lambda: rf_risk(np.ones((2, 0)), [1.0, 2.0]), "N >= 1"),
        (lambda: rf_risk(np.ones((3, 1)), [1.0, 2.0]), "2 x N matrix"),
        (lambda: rf_risk([[np.nan]], [1.0]), "W must be finite"),
        (lambda: rf_risk([[1.0]], [0.0]), "B must not be 0"),
        (lambda: rf_risk(np.ones((2, 1)), [[0, 1], [0, 0]]), "B must be symmetric"),
        (lambda: rf_risk([[1.0]], [1.0], "cubic"), "activation must be one of"),
        (
            lambda: rf_risk_path([[1.0, 1.0]], [1.0], offset=True),
            "the 2 features must be linearly independent",
        ),
        (lambda: rf_risk_mean([1.0, 2.0], 0), "N must be an integer >= 1"),
        (lambda: rf_risk_mean([1.0, 2.0], 1, 1.5), r"alpha must lie in \[0, 1\]"),
        (lambda: trace_share(3, 0), "N must be an integer >= 1"),
        (lambda: fixed_point(0.0, 1.0, 1.0), "rho must be finite and > 0"),
        (lambda: fixed_point(1.0, -1.0, 1.0), "linear must be finite and >= 0"),
        (lambda: fixed_point(1.0, 1.0, -1.0), "beyond must be finite and >= 0"),
        (lambda: fixed_point(1.0, 1.0, 1.0, [-1.0]), "spectrum must be finite and >="),
        (lambda: fixed_point(1.0, 1.0, 1.0, []), "spectrum must have a value"),
        (lambda: fixed_point(0.5, 0.0, 0.0), "root iff rho < 0"),
        (lambda: rf_risk_limit(-1.0, [1.0]), "rho must be finite and >= 0"),
        (lambda: rf_risk_limit(1.0, [1.0, 1.0], [1.0]), "Gamma must have dimension 2"),
        (lambda: rf_risk_limit(1.0, [1.0, 1.0], [1.0, 1.0]), "trace 1, got 2"),
        (lambda: rf_risk_limit(1.0, [1.0, 1.0], [2.0, -1.0]), "positive semidefinite"),
        (
            lambda: rf_risk_limit(1.0, [1.0], activation=lambda u: u * u),
            "mean 0 at radius 1, got",
        ),
        (
            lambda: rf_risk_limit(1.0, [1.0], activation=lambda u: 2 * u),
            "must not be linear",
        ),
        (lambda: best_covariance(0.0, [1.0]), "rho must be finite and > 0"),
        (lambda: best_covariance(1.0, [0.0]), "B must not be 0"),
        (lambda: covariance([[0.5, 0.1], [0.0, 0.5]]), "Gamma must be symmetric"),
        (lambda: gaussian_weights([1.0], 0, 0), "N must be an integer >= 1"),
        (lambda: exponential_limits(-0.1), "rho must be finite and >= 0"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_the_target_of_the_figure_is_close_to_its_law():
    """For one draw at d = 450 the ratio is 1/2 within four standard errors.

    By the delta method its variance is that of 2 (x - 1) - (x^2 - 2) / 2, over 4 d:
    moments 1, 2, 6, 24 of the exponential law give 4 - 2 * 4 + 5 = 1 for the bracket.
    """
    chi = trace_ratio(exponential_target(450, 0))
    assert abs(chi - 1 / 2) < 4 * math.sqrt(1 / (4 * 450))


@pytest.mark.parametrize("N", [3, 12])
def test_a_neuron_that_is_zero_adds_nothing_where_a_constant_is_free(N):
    """With more neurons than coordinates another way is gone; a direction is left."""
    W = np.random.default_rng(3).standard_normal((4, N))
    W[3] = 0
    more = np.hstack([W, np.zeros((4, 1))])
    B = [3.0, 1.0, 0.5, -1.0]
    risk = rf_risk(W, B, offset=True)
    assert risk > 0.01
    assert rf_risk(more, B, offset=True) == pytest.approx(risk)
