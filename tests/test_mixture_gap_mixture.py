"""The mixture: its samples, the risk of quadratic predictors, and whitening."""

import math

import numpy as np
import pytest

from rfbook.mixture_gap import mixture

KINDS = (
    ("flat", None),
    ("balanced", None),
    ("figure", None),
    ("rank", 0.25),
    ("power", 0.7),
    ("spike", None),
)


def symmetric_matrix(d, seed, size=1.0):
    """Draw a symmetric matrix with a given largest absolute eigenvalue."""
    A = np.random.default_rng(seed).standard_normal((d, d))
    A = (A + A.T) / 2
    return A * size / np.abs(np.linalg.eigvalsh(A)).max()


def quadrature(d):
    """Points and weights that are exact for polynomials of degree 5."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(3)
    weights = weights / weights.sum()
    points = np.stack(np.meshgrid(*[nodes] * d, indexing="ij")).reshape(d, -1)
    return points, np.prod(np.meshgrid(*[weights] * d, indexing="ij"), axis=0).ravel()


def integrated_risk(M, c, Delta):
    """Integrate the squared error over both classes."""
    g, weights = quadrature(len(Delta))
    total = 0.0
    for y in (1, -1):
        x = np.linalg.cholesky(np.eye(len(Delta)) - y * Delta) @ g
        value = np.einsum("ai,ab,bi->i", x, M, x) + c
        total += weights @ (y - value) ** 2 / 2
    return total


@pytest.mark.parametrize("seed", range(4))
def test_the_risk_is_the_integral(seed):
    Delta, M = symmetric_matrix(3, seed, 0.8), symmetric_matrix(3, seed + 10)
    expected = integrated_risk(M, 0.3, Delta)
    assert mixture.mixture_risk(M, 0.3, Delta) == pytest.approx(
        expected, rel=1e-12, abs=0
    )


def test_a_vector_is_the_diagonal_matrix():
    Delta, M = np.array([0.5, -0.3, 0.1]), np.array([1.0, -2.0, 0.5])
    full = np.diag(Delta)
    for m in (M, np.diag(M)):
        for delta in (Delta, full):
            assert mixture.mixture_risk(m, 0.2, delta) == pytest.approx(
                mixture.mixture_risk(M, 0.2, Delta), rel=1e-14, abs=0
            )
            assert mixture.captured_snr(m, delta) == pytest.approx(
                mixture.captured_snr(M, Delta), rel=1e-14, abs=0
            )
    for f in (mixture.snr, mixture.quadratic_snr, mixture.affinity):
        assert f(Delta) == pytest.approx(f(full), rel=1e-14, abs=0)
    for vector, matrix in zip(
        mixture.class_roots(Delta), mixture.class_roots(full), strict=True
    ):
        assert np.allclose(np.diag(vector), matrix, atol=1e-14, rtol=0)
    M, c = mixture.best_quadratic(Delta)
    N, e = mixture.best_quadratic(full)
    assert M.shape == (3,)
    assert np.allclose(np.diag(M), N, atol=1e-14, rtol=0)
    assert c == pytest.approx(e, rel=1e-12, abs=0)


def test_no_quadratic_predictor_beats_the_best():
    Delta = symmetric_matrix(4, 1, 0.9)
    M, c = mixture.best_quadratic(Delta)
    least = mixture.mixture_risk(M, c, Delta)
    assert least == pytest.approx(
        1 / (1 + mixture.quadratic_snr(Delta)), rel=1e-12, abs=0
    )
    for seed in range(20):
        step = symmetric_matrix(4, seed, 0.05)
        gained = mixture.mixture_risk(M + step, c - np.trace(step), Delta) - least
        # at a minimum the first order vanishes: what is left is a square
        signal = np.sum(step * Delta)
        noise = 2 * np.sum(step**2) + 2 * np.trace(step @ Delta @ step @ Delta)
        assert gained == pytest.approx(signal**2 + noise, rel=1e-9, abs=0)


def test_the_best_multiple_of_a_direction():
    Delta, M = symmetric_matrix(3, 5, 0.7), symmetric_matrix(3, 6)
    best = 1 / (1 + mixture.captured_snr(M, Delta))
    scales = np.linspace(-2, 2, 4001)
    seen = min(mixture.mixture_risk(s * M, -s * np.trace(M), Delta) for s in scales)
    assert 0 <= seen - best < 1e-5  # a parabola, met to half a step of the grid
    assert mixture.captured_snr(1e200 * M, Delta) == pytest.approx(
        mixture.captured_snr(M, Delta), rel=1e-12, abs=0
    )


def test_the_samples_have_the_covariances_and_the_risk():
    """Four standard errors, of every entry and of the risk."""
    Delta, n = symmetric_matrix(3, 2, 0.8), 40_000
    x, y = mixture.sample(Delta, n, seed=3)
    assert abs(y.mean()) < 4 / math.sqrt(n)
    for label in (1, -1):
        seen = x[:, y == label]
        products = np.einsum("ai,bi->abi", seen, seen)
        error = products.std(axis=2) / math.sqrt(seen.shape[1])
        assert (
            np.abs(products.mean(axis=2) - np.eye(3) + label * Delta) < 4 * error
        ).all()
    M = symmetric_matrix(3, 8)
    squares = (y - 0.3 - np.einsum("ai,ab,bi->i", x, M, x)) ** 2
    error = squares.std() / math.sqrt(n)
    assert abs(squares.mean() - mixture.mixture_risk(M, 0.3, Delta)) < 4 * error


def test_a_diagonal_difference_samples_alike():
    Delta = np.array([0.5, -0.2])
    x, y = mixture.sample(Delta, 5, seed=1)
    full, labels = mixture.sample(np.diag(Delta), 5, seed=1)
    assert np.array_equal(y, labels)
    assert np.allclose(x, full, atol=1e-14, rtol=0)


@pytest.mark.parametrize("diagonal", [False, True])
def test_whitening_brings_both_classes_to_the_standard_form(diagonal):
    rng = np.random.default_rng(4)
    Sigma = np.diag(rng.uniform(0.5, 2, 4))
    Delta = 0.3 * np.diag(rng.uniform(-1, 1, 4))
    if not diagonal:
        turn = np.linalg.qr(rng.standard_normal((4, 4)))[0]
        Sigma, Delta = turn @ Sigma @ turn.T, symmetric_matrix(4, 9, 0.3)
    W = rng.standard_normal((4, 6))
    given = (np.diag(Sigma), np.diag(Delta)) if diagonal else (Sigma, Delta)
    whitened, moved = mixture.whiten(*given, W)
    assert whitened.ndim == (1 if diagonal else 2)
    full = np.diag(whitened) if diagonal else whitened
    # <w, x> has the variance w' (Sigma - y Delta) w before and after
    for y in (1, -1):
        before = W.T @ (Sigma - y * Delta) @ W
        after = moved.T @ (np.eye(4) - y * full) @ moved
        assert np.allclose(before, after, atol=1e-12, rtol=0)
    # the eigenvalues of Sigma^-1 Delta do not depend on the root that was taken
    values = np.sort(np.linalg.eigvals(np.linalg.solve(Sigma, Delta)).real)
    assert np.allclose(np.sort(np.linalg.eigvalsh(full)), values, atol=1e-12, rtol=0)


def test_vectors_and_matrices_mix_in_whitening():
    Sigma, Delta = np.array([2.0, 0.5]), np.array([[0.1, 0.2], [0.2, -0.1]])
    first, none = mixture.whiten(Sigma, Delta)
    assert none is None
    assert np.allclose(
        first, mixture.whiten(np.diag(Sigma), Delta)[0], atol=1e-15, rtol=0
    )
    second = mixture.whiten(np.diag(Sigma), np.array([0.1, 0.2]))[0]
    assert np.allclose(second, np.diag([0.05, 0.4]), atol=1e-15, rtol=0)


def test_the_affinity_is_the_integral():
    t = np.linspace(-12, 12, 20_001)
    plus, minus = 1 - 0.6, 1 + 0.6
    density = np.exp(-(t**2) * (1 / plus + 1 / minus) / 4)
    density /= math.sqrt(2 * math.pi) * (plus * minus) ** 0.25
    # the trapezoid of a Gaussian converges faster than any power of the step
    assert mixture.affinity([0.6]) == pytest.approx(density.sum() * (t[1] - t[0]))
    assert mixture.affinity([0.6, 0.6]) == pytest.approx(mixture.affinity([0.6]) ** 2)
    assert mixture.affinity(np.full(450, 0.9)) < 1e-80


@pytest.mark.parametrize(("kind", "parameter"), KINDS)
def test_the_model_differences_have_the_ratio_asked_for(kind, parameter):
    d, ratio = 60, 0.4
    values = mixture.difference_spectrum(kind, d, ratio, parameter)
    assert mixture.snr(values) == pytest.approx(ratio, rel=1e-12, abs=0)
    assert (np.diff(values) <= 0).all()
    assert np.array_equal(
        mixture.difference_spectrum(kind, d, 0.0, parameter), np.zeros(d)
    )


def test_the_shapes_of_the_model_differences():
    signs = np.sign(mixture.difference_spectrum("balanced", 5, 1.0))
    assert signs.tolist() == [1, 1, 1, -1, -1]
    assert np.count_nonzero(mixture.difference_spectrum("spike", 9, 0.3)) == 1
    assert np.count_nonzero(mixture.difference_spectrum("rank", 45, 1.0)) == 5
    levels = np.unique(
        mixture.difference_spectrum("figure", 30, 1.0), return_counts=True
    )
    assert np.allclose(levels[0] / levels[0][0], mixture.FIGURE_VALUES)
    assert levels[1].tolist() == [10, 10, 10]
    power = mixture.difference_spectrum("power", 9, 0.5, 1.0)
    assert np.allclose(power[0] / power, np.arange(1, 10))


def test_the_difference_of_the_figure():
    d = 3000
    values = mixture.figure_difference(d, seed=0)
    squares = d * values**2 / 2
    assert set(np.unique(np.round(values * math.sqrt(d), 12))) == {1, 1.5, 2}
    # the mean of the three squares is 29/12
    assert abs(squares.mean() - 29 / 24) < 4 * squares.std() / math.sqrt(d)


def test_captured_risks():
    assert mixture.captured_risk(0.0) == 1.0
    assert np.allclose(mixture.captured_risk([1.0, 3.0]), [0.5, 0.25])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: mixture.difference([0.5, 1.0]),
            r"I - Delta must be positive definite, got the eigenvalue 1.0 of Delta",
        ),
        (
            lambda: mixture.difference([[0.0, -1.5], [-1.5, 0.0]]),
            r"must be positive definite, got the eigenvalue -?1.5",
        ),
        (
            lambda: mixture.difference([[0.0, 0.1], [0.2, 0.0]]),
            "Delta must be symmetric",
        ),
        (lambda: mixture.difference([]), r"got shape \(0,\)"),
        (lambda: mixture.snr([np.nan]), "Delta must be finite, got nan"),
        (
            lambda: mixture.whiten([1.0, -2.0], [0.0, 0.0]),
            "Sigma must be positive definite, got the eigenvalue -2.0",
        ),
        (
            lambda: mixture.whiten([4.0, 1.0], [1.0, -1.5]),
            r"Sigma \+ Delta must be positive definite, got the eigenvalue -1.5 of "
            r"Sigma\^\{-1/2\} Delta Sigma\^\{-1/2\}",
        ),
        (
            lambda: mixture.whiten([1.0, 1.0], [0.1]),
            "Sigma and Delta must have the same size, got 2 and 1",
        ),
        (
            lambda: mixture.whiten([0.0, 1.0], [0.1, 0.1]),
            "Sigma must be positive definite, got the eigenvalue 0.0",
        ),
        (
            lambda: mixture.whiten([1.0], [0.1], [[1.0], [2.0]]),
            r"W must be a 1 x N matrix with N >= 1, got shape \(2, 1\)",
        ),
        (
            lambda: mixture.mixture_risk([0.1], 0.0, [0.1, 0.2]),
            "M must have the size 2 of Delta, got 1",
        ),
        (
            lambda: mixture.mixture_risk([0.1], np.inf, [0.1]),
            "c must be finite, got inf",
        ),
        (lambda: mixture.captured_snr([0.0], [0.1]), "M must not be 0"),
        (
            lambda: mixture.captured_snr([1.0, 2.0], [0.1]),
            "M must have the size 1 of Delta, got 2",
        ),
        (lambda: mixture.captured_risk(-0.1), "captured must be finite and >= 0"),
        (lambda: mixture.sample([0.1], 0, seed=0), "n must be an integer >= 1, got 0"),
        (
            lambda: mixture.figure_difference(4, seed=0),
            "d must be an integer >= 5, got 4",
        ),
        (
            lambda: mixture.difference_spectrum("step", 3, 1.0),
            "kind must be one of flat, balanced, .*, got 'step'",
        ),
        (
            lambda: mixture.difference_spectrum("flat", 4, 2.0),
            r"snr must be below 2 for flat and d = 4 \(eigenvalues < 1\), got 2.0",
        ),
        (
            lambda: mixture.difference_spectrum("rank", 4, 0.1, 1.5),
            r"parameter must lie in \(0, 1\], got 1.5",
        ),
        (
            lambda: mixture.difference_spectrum("power", 4, 0.1, -1.0),
            "parameter must be finite and >= 0, got -1.0",
        ),
    ],
)
def test_bad_input_is_refused_by_name(call, message):
    with pytest.raises(ValueError, match=message):
        call()
