"""The quadratic target: its norm and risks against an exact Gaussian grid."""

import math

import numpy as np
import pytest

from rfbook import matrices
from rfbook.quadratic_gap import target


@pytest.fixture(scope="module")
def grid():
    """Points and weights that are exact for polynomials of degree 7 in R^3."""
    x, weights = np.polynomial.hermite_e.hermegauss(4)
    weights = weights / weights.sum()
    points = np.stack(np.meshgrid(x, x, x, indexing="ij")).reshape(3, -1)
    w = np.einsum("i,j,k->ijk", weights, weights, weights).ravel()
    return points, w


def symmetric_matrix(d, seed):
    """Draw a symmetric matrix with eigenvalues of both signs."""
    A = np.random.default_rng(seed).standard_normal((d, d))
    return (A + A.T) / 2


def rotated(values, seed):
    """Return a matrix with these eigenvalues in a random basis."""
    d = len(values)
    Q = np.linalg.qr(np.random.default_rng(seed).standard_normal((d, d)))[0]
    return (Q * np.asarray(values)) @ Q.T


def test_the_mean_square_is_the_integral(grid):
    x, w = grid
    for seed in range(5):
        A = symmetric_matrix(3, seed)
        values = np.einsum("ij,ik,kj->j", x, A, x) + 0.7
        assert target.mean_square(A, 0.7) == pytest.approx(
            w @ values**2, rel=1e-12, abs=0
        )
        shown = matrices.quadratic_values(x, A) + 0.7
        assert np.allclose(shown, values, atol=1e-12, rtol=0)


def test_the_risk_is_the_integral(grid):
    x, w = grid
    B, M = symmetric_matrix(3, 1), symmetric_matrix(3, 2)
    goal = np.einsum("ij,ik,kj->j", x, B, x) - np.trace(B)
    error = goal - np.einsum("ij,ik,kj->j", x, M, x) + 0.3
    expected = (w @ error**2) / (w @ goal**2)
    assert target.risk(M, -0.3, B) == pytest.approx(expected, rel=1e-12, abs=0)


def test_the_trivial_predictor_has_risk_one():
    assert target.risk(np.zeros((2, 2)), 0.0, [3, -1]) == 1


def test_a_vector_is_the_diagonal_matrix():
    b = np.array([3.0, -1.0, 0.5])
    full = np.diag(b)
    x = np.random.default_rng(0).standard_normal((3, 7))
    for f in (
        matrices.eigenvalues,
        matrices.trace,
        matrices.square_norm,
        matrices.trace_ratio,
    ):
        assert np.allclose(f(b), f(full))
    assert np.array_equal(matrices.dense(b), full)
    assert np.allclose(
        matrices.quadratic_values(x, b), matrices.quadratic_values(x, full)
    )


def test_eigenvalues_come_largest_first():
    values = [2.0, 5.0, -3.0, 0.0]
    found = matrices.eigenvalues(rotated(values, 3))
    assert np.allclose(found, [5, 2, 0, -3], atol=1e-14, rtol=0)


def test_the_trace_ratio_is_one_for_the_identity_alone():
    assert matrices.trace_ratio(np.full(7, -2.5)) == 1
    assert matrices.trace_ratio([1, -1]) == 0
    assert 0 < matrices.trace_ratio([1, 1.01]) < 1
    # sizes whose squares leave the range of float64
    assert matrices.trace_ratio([1e300, 1e300, 0]) == pytest.approx(2 / 3)
    assert matrices.trace_ratio([1e-300, 0]) == pytest.approx(1 / 2)


def test_the_exponential_target_has_its_moments():
    """Mean 1 and second moment 2, within four standard errors."""
    b = target.exponential_target(20_000, seed=5)
    assert abs(b.mean() - 1) < 4 * b.std() / math.sqrt(len(b))
    squares = b**2
    assert abs(squares.mean() - 2) < 4 * squares.std() / math.sqrt(len(b))
    assert np.array_equal(b[:9], target.exponential_target(9, seed=5))


def test_the_model_spectra():
    d = 1000
    assert np.array_equal(target.spectrum("identity", d), np.ones(d))
    # midpoints of the quantile function: the k-th value splits the law at i - 1/2
    shares = np.exp(-target.spectrum("exponential", d))
    assert np.allclose(shares, (np.arange(1, d + 1) - 0.5) / d, atol=0)
    assert matrices.trace_ratio(target.spectrum("rank", d, 0.123)) == pytest.approx(
        0.123
    )
    assert target.spectrum("rank", 3, 0.34).tolist() == [1, 1, 0]
    assert np.allclose(target.spectrum("power", d, 0.5) ** -2, np.arange(1, d + 1))


def test_the_model_spectra_in_one_dimension():
    found = [float(*target.spectrum(kind, 1)) for kind in target.SPECTRA]
    assert found == [1, math.log(2), 1, 1]


def test_rounding_does_not_make_a_matrix_asymmetric():
    B = rotated(np.linspace(1, 2, 60), 1)
    B[3, 5] += 1e-15
    found = matrices.symmetric(B)
    assert np.array_equal(found, found.T)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: matrices.symmetric([0.0, 0.0]), "B must not be 0"),
        (
            lambda: matrices.symmetric([[1.0, np.nan], [0, 1]]),
            "B must be finite, got nan",
        ),
        (lambda: matrices.symmetric(3.0), r"B must be a symmetric .* shape \(\)"),
        (lambda: matrices.symmetric([]), r"shape \(0,\)"),
        (lambda: matrices.symmetric(np.ones((2, 3))), r"shape \(2, 3\)"),
        (
            lambda: matrices.symmetric([[0, 1e-9], [0, 1]]),
            r"B must be symmetric, got B\[0, 1\] = 1e-09 and B\[1, 0\] = 0.0",
        ),
        (lambda: matrices.symmetric(["a"]), "B must be real numbers"),
        (
            lambda: matrices.positive_eigenvalues([1, -0.5]),
            "B must be positive semidefinite, got the eigenvalue -0.5",
        ),
        (
            lambda: matrices.quadratic_values(np.ones((2, 3)), [1, 2, 3]),
            r"3 x N matrix",
        ),
        (lambda: target.risk(np.ones((2, 2)), 0, [1, 2, 3]), r"M must have shape"),
        (lambda: target.risk([[0, 1], [0, 0]], 0, [1, 2]), "M must be symmetric"),
        (lambda: target.risk(np.eye(2), np.inf, [1, 2]), "c must be finite"),
        (lambda: target.exponential_target(0, 1), "d must be an integer >= 1, got 0"),
        (lambda: target.spectrum("flat", 3), "kind must be one of .* got 'flat'"),
        (lambda: target.spectrum("rank", 3, 0), "parameter must be finite and > 0"),
        (lambda: target.spectrum("rank", 3, 1.5), r"parameter must lie in \(0, 1\]"),
        (lambda: target.spectrum("power", 3, -1), "parameter must be finite and >= 0"),
        (lambda: matrices.ratio(-0.1), "rho must be finite and >= 0, got -0.1"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
