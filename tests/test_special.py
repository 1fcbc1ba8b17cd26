"""Special functions against other definitions of the same numbers."""

from __future__ import annotations

import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from flint import arb, ctx
from scipy import special as reference
from scipy.special import roots_jacobi

from rfbook import special
from rfbook.ranges import ball, finite_array, integer_from

DIMENSIONS = (1, 2, 3, 5, 8)


def rank_of_homogeneous_harmonics(d, degree):
    """Kernel dimension of the Laplacian on homogeneous polynomials."""

    def monomials(total):
        if total < 0:
            return []
        return [m for m in np.ndindex(*(total + 1,) * d) if sum(m) == total]

    source, target = monomials(degree), monomials(degree - 2)
    matrix = np.zeros((len(target), len(source)))
    for column, m in enumerate(source):
        for i in range(d):
            if m[i] >= 2:
                image = tuple(p - 2 * (j == i) for j, p in enumerate(m))
                matrix[target.index(image), column] += m[i] * (m[i] - 1)
    return len(source) - (np.linalg.matrix_rank(matrix) if target else 0)


@pytest.mark.parametrize("d", [1, 2, 3, 4])
def test_harmonic_dimension_is_the_kernel_of_the_laplacian(d):
    for degree in range(6):
        assert special.harmonic_dimension(d, degree) == rank_of_homogeneous_harmonics(
            d, degree
        )


def test_harmonic_dimension_is_exact_beyond_float64():
    # (1 + z) / (1 - z)^(d-1) generates the dimensions
    d, degree = 200, 400
    expected = math.comb(degree + d - 2, d - 2) + math.comb(degree + d - 3, d - 2)
    assert special.harmonic_dimension(d, degree) == expected > 2**400


def test_hermite_polynomials_are_orthonormal():
    x, weights = reference.roots_hermitenorm(40)
    table = np.array([special.hermite(k, x) for k in range(30)])
    gram = (table * weights) @ table.T / math.sqrt(2 * math.pi)
    # rounding of 40 summands of size 1 and of the recurrence
    np.testing.assert_allclose(gram, np.eye(30), atol=1e-12, rtol=0)


def test_hermite_coefficients_are_those_of_the_recurrence():
    for k in (0, 1, 2, 5, 11):
        exact = sum(
            c * Fraction(3, 2) ** j
            for j, c in enumerate(special.hermite_coefficients(k))
        )
        assert special.hermite(k, 1.5) == pytest.approx(
            float(exact) / math.sqrt(math.factorial(k)), rel=1e-12, abs=1e-13
        )


def test_hermite_that_overflows_is_an_error():
    with pytest.raises(ValueError, match="he_400 overflows"):
        special.hermite(400, 1e10)


@pytest.mark.parametrize("d", DIMENSIONS[1:])
def test_gegenbauer_polynomials_are_orthogonal_with_norm_one_over_dimension(d):
    t, weights = roots_jacobi(30, (d - 3) / 2, (d - 3) / 2)
    weights = weights / weights.sum()
    table = np.array([special.gegenbauer(d, degree, t) for degree in range(20)])
    gram = (table * weights) @ table.T
    inverse = [1 / special.harmonic_dimension(d, degree) for degree in range(20)]
    np.testing.assert_allclose(gram, np.diag(inverse), atol=1e-13, rtol=0)


def test_results_do_not_share_memory_with_the_points():
    t = np.linspace(-1, 1, 5)
    for degree in (0, 1, 2):
        assert not np.shares_memory(special.gegenbauer(3, degree, t), t)
        assert not np.shares_memory(special.hermite(degree, t), t)


def test_gegenbauer_in_two_and_three_dimensions():
    t = np.linspace(-1, 1, 101)
    for degree in (0, 1, 2, 7, 60):
        chebyshev = np.cos(degree * np.arccos(t))
        np.testing.assert_allclose(
            special.gegenbauer(2, degree, t), chebyshev, atol=1e-12, rtol=0
        )
        legendre = reference.eval_legendre(degree, t)
        np.testing.assert_allclose(
            special.gegenbauer(3, degree, t), legendre, atol=1e-12, rtol=0
        )


@pytest.mark.parametrize("d", DIMENSIONS)
def test_gegenbauer_coefficients_agree_with_the_recurrence(d):
    for degree in range(2 if d == 1 else 8):
        coefficients = special.gegenbauer_coefficients(d, degree)
        assert len(coefficients) == degree + 1
        exact = sum(c * Fraction(1, 4) ** j for j, c in enumerate(coefficients))
        assert special.gegenbauer(d, degree, 0.25) == pytest.approx(
            float(exact), abs=1e-14
        )


@pytest.mark.parametrize("d", DIMENSIONS)
def test_overlap_is_the_integral_of_power_times_polynomial(d):
    for degree in range(2 if d == 1 else 7):
        coefficients = special.gegenbauer_coefficients(d, degree)
        for k in range(12):
            integral = sum(
                c * special.sphere_moment(d, k + j) for j, c in enumerate(coefficients)
            )
            assert special.sphere_overlap(d, k, degree) == integral


@pytest.mark.parametrize("d", [2, 3, 6, 11])
def test_parts_of_a_hermite_polynomial_obey_the_two_sum_rules(d):
    for k in (1, 4, 9, 16):
        parts = [
            special.harmonic_dimension(d, degree) * special.sphere_overlap(d, k, degree)
            for degree in range(k + 1)
        ]
        assert sum(parts) == 1
        energy = sum(p * degree * (degree + d - 2) for degree, p in enumerate(parts))
        assert energy == k * (d - 1)


def test_sphere_moments_against_the_density():
    for d in (2, 3, 7):
        t, weights = roots_jacobi(20, (d - 3) / 2, (d - 3) / 2)
        for k in range(10):
            mean = weights @ t**k / weights.sum()
            assert mean == pytest.approx(float(special.sphere_moment(d, k)), abs=1e-14)


@pytest.mark.parametrize("b", [0.5, 1, 2.5, 20, 50.5, 51, 52, 100, 1000])
def test_scaled_hyp0f1_against_mpmath(b):
    arguments = [0, 1e-9, 0.3, 7, 49.9, 50, 50.1, 400, 1e5, 4e9]
    with mpmath.workdps(40):
        for kappa in arguments:
            k = mpmath.mpf(kappa)
            if kappa < 1e3:
                exact = mpmath.log(mpmath.hyp0f1(b, k * k / 4)) - k
            else:
                scaled = mpmath.besseli(b - 1, k) * mpmath.exp(-k)
                exact = mpmath.log(mpmath.gamma(b) * (2 / k) ** (b - 1) * scaled)
            scale = max(1, min(kappa, 50), b * math.log(b + kappa))
            error = abs(float(exact - special.log_scaled_hyp0f1(b, kappa)))
            assert error < 1e-15 * scale, kappa


def test_scaled_hyp0f1_against_scipy():
    kappa = np.linspace(0, 20, 50)
    for b in (0.5, 1.0, 4.5, 10.0):
        expected = np.log(reference.hyp0f1(b, kappa**2 / 4)) - kappa
        np.testing.assert_allclose(
            special.log_scaled_hyp0f1(b, kappa), expected, rtol=1e-12, atol=1e-13
        )


def test_scaled_hyp0f1_is_the_mean_of_an_exponential_on_the_sphere():
    t, weights = roots_jacobi(60, 1, 1)  # d = 5
    for kappa in (0.1, 3.0, 20.0):
        mean = weights @ np.exp(-kappa * (1 - t)) / weights.sum()
        assert special.log_scaled_hyp0f1(2.5, kappa) == pytest.approx(
            math.log(mean), abs=1e-12
        )


@pytest.mark.parametrize(("b", "kappa"), [(Fraction(1, 2), 3), (1, 0), (100, 10**9)])
def test_scaled_hyp0f1_ball_contains_the_float(b, kappa):
    with ctx.workprec(100):
        enclosure = special.scaled_hyp0f1_ball(b, kappa).log()
        value = arb(float(special.log_scaled_hyp0f1(float(b), float(kappa))))
        assert enclosure.rad() < 1e-20
        assert abs(enclosure - value) < 1e-11


@pytest.mark.parametrize("kappa", [Fraction(1, 7), Fraction(9, 10), 1, Fraction(7, 2)])
def test_the_ball_of_the_hypergeometric_function_is_cosh_and_sinh(kappa):
    """On both sides of 1, where the way to compute it changes."""
    k = ball(kappa)
    half = special.scaled_hyp0f1_ball(Fraction(1, 2), kappa)
    assert half.overlaps((1 + (-2 * k).exp()) / 2)
    other = special.scaled_hyp0f1_ball(Fraction(3, 2), kappa)
    assert other.overlaps((1 - (-2 * k).exp()) / (2 * k))
    assert max(half.rad(), other.rad()) < 1e-14


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: special.harmonic_dimension(0, 1), "d must be an integer >= 1, got 0"),
        (lambda: special.harmonic_dimension(2.5, 1), "d must be an integer"),
        (lambda: special.harmonic_dimension(3, -1), "degree must be an integer >= 0"),
        (lambda: special.harmonic_dimension(True, 1), "got True"),
        (lambda: special.hermite(-1, 0.0), "k must be"),
        (lambda: special.hermite_coefficients(-1), "k must be .* >= 0, got -1"),
        (lambda: special.hermite(2, math.nan), "x must be finite, got nan"),
        (lambda: special.hermite(2, "one"), "real numbers"),
        (lambda: special.gegenbauer(1, 2, 0.5), "degrees are 0 and 1, got degree 2"),
        (lambda: special.gegenbauer(3, 2, 1.5), r"\[-1, 1\], got 1.5"),
        (lambda: special.sphere_moment(3, -2), "k must be"),
        (lambda: special.sphere_moment(3, -1), "k must be"),
        (lambda: special.sphere_overlap(1, 2, 2), "S\\^0"),
        (lambda: special.log_scaled_hyp0f1(0.4, 1.0), "b must be .* >= 0.5, got 0.4"),
        (lambda: special.log_scaled_hyp0f1(1.0, -1.0), "kappa .* got -1.0"),
        (lambda: special.scaled_hyp0f1_ball(1, -1), "kappa >= 0"),
        (lambda: ball("0.1"), "exact number or a ball"),
        (lambda: ball(math.inf), "finite number"),
        (lambda: finite_array("x", [1j]), "real numbers"),
        (lambda: integer_from("n", 7.0, 1), "n must be an integer >= 1, got 7.0"),
    ],
)
def test_values_out_of_range_are_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()
