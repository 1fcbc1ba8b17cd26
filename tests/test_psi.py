"""The function psi and its spectrum against independent routes to the same numbers."""

from __future__ import annotations

import math
import subprocess
import sys
from fractions import Fraction
from functools import lru_cache, partial

import mpmath
import numpy as np
import pytest
from flint import arb, ctx
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ive, roots_hermitenorm, roots_jacobi
from scipy.stats import chi, norm

from rfbook import psi as room
from rfbook.ranges import ball
from rfbook.special import (
    gegenbauer,
    harmonic_dimension,
    hermite,
    sphere_overlap,
)

HALVES = [Fraction(n, 2) for n in range(-60, 61)]
RATIONALS = st.fractions(min_value=-200, max_value=200, max_denominator=10**6)
SIZES = st.integers(min_value=1, max_value=60)
quick = settings(deadline=None, max_examples=200)


# --- the function -------------------------------------------------------------------


@pytest.mark.parametrize("a", [*range(1, 14), 20, 25])
def test_psi_is_the_literal_sum_at_all_half_integers(a):
    # both sides are linear between integers, so that this decides [-30, 30]
    for x in HALVES:
        assert room.psi(x, a) == room.psi_relu_sum(x, a)


def test_psi_of_a_fraction_is_a_fraction_and_of_an_int_a_float():
    assert isinstance(room.psi(Fraction(1, 3), 7), Fraction)
    assert isinstance(room.psi(1, 7), float)
    far = 4 * 10**39 + Fraction(1, 3)
    assert room.psi(far, 10**40) == room.psi(Fraction(1, 3), 4)


@given(RATIONALS, SIZES)
@quick
def test_psi_equals_the_sum_at_rational_points(x, a):
    assert room.psi(x, a) == room.psi_relu_sum(x, a)


@given(RATIONALS, SIZES)
@quick
def test_psi_has_the_parity_of_a_inside(x, a):
    x = max(min(x, Fraction(a)), Fraction(-a))
    sign = -1 if a % 2 else 1
    assert room.psi(-x, a) == sign * room.psi(x, a)


@given(RATIONALS, SIZES)
@quick
def test_psi_is_bounded_and_periodic_inside(x, a):
    x = max(min(x, Fraction(a)), Fraction(-a))
    assert abs(room.psi(x, a)) <= 1
    if x + 4 <= a:
        assert room.psi(x + 4, a) == room.psi(x, a)


@given(RATIONALS, SIZES)
@quick
def test_repaired_psi_keeps_parity_and_bound_on_the_line(x, a):
    sign = -1 if a % 2 else 1
    assert room.psi_repaired(-x, a) == sign * room.psi_repaired(x, a)
    assert abs(room.psi_repaired(x, a)) <= 1
    kinks, weights, constant = room.psi_weights(a)
    weights[-1] = (-1) ** a
    relus = sum(
        w * max(x - k, 0) for w, k in zip(weights.tolist(), kinks.tolist(), strict=True)
    )
    assert room.psi_repaired(x, a) == relus + constant


@given(st.floats(-1e18, 1e18), st.integers(1, 2**52))
@quick
def test_float_psi_is_the_exact_value_rounded_once(x, a):
    assert room.psi(x, a) == float(room.psi(Fraction(x), a))
    assert room.psi_repaired(x, a) == float(room.psi_repaired(Fraction(x), a))


@given(st.floats(allow_nan=False, allow_infinity=False))
@quick
def test_triangle_wave_of_a_float_is_exact(x):
    assert Fraction(float(room.triangle_wave(x))) == room.triangle_wave(Fraction(x))


def test_psi_is_not_odd_beyond_its_last_kink():
    a = 7
    x = np.array([a + 0.5, a + 3.0])
    assert (room.psi(-x, a) == -1).all()
    np.testing.assert_array_equal(room.psi(x, a), 1 - (x - a))


@pytest.mark.parametrize("d", range(1, 12))
def test_the_papers_psi_is_the_wave_with_the_sign_of_d(d):
    a = 6 * d * d + 1
    x = np.linspace(-a, a, 4001)
    np.testing.assert_array_equal(room.psi(x, a), (-1) ** d * room.triangle_wave(x))


def test_triangle_wave_is_its_fourier_series():
    x = np.linspace(-5, 5, 201)
    m = np.arange(1, 4001, 2)
    signs = (-1.0) ** ((m - 1) // 2)
    series = (np.sin(np.pi / 2 * np.outer(x, m)) * signs / m**2).sum(1)
    # what is left of the series is below (8 / pi^2) / (2 * 4000)
    np.testing.assert_allclose(
        8 / np.pi**2 * series, room.triangle_wave(x), atol=8 / np.pi**2 / 8000, rtol=0
    )


def test_weights_have_the_papers_counts():
    for d in (1, 2, 5):
        a = 6 * d * d + 1
        kinks, weights, constant = room.psi_weights(a)
        assert len(kinks) == len(set(kinks.tolist())) == a + 1
        assert np.abs(weights).sum() == 12 * d * d + 3
        assert (weights**2).sum() == 24 * d * d + 5
        assert constant == -1


def test_literal_sum_takes_its_points_in_blocks_of_any_shape():
    a = 6 * 20**2 + 1
    x = np.linspace(-1.2 * a, 1.2 * a, 600).reshape(20, 30)
    values = room.psi_relu_sum(x, a)
    assert values.shape == x.shape
    # a + 1 terms of size up to 4.4 a, added with one rounding each
    np.testing.assert_allclose(
        values, room.psi(x, a), atol=4.4 * a * (a + 1) * 2e-16, rtol=0
    )


# --- the second moment --------------------------------------------------------------


def moment_by_quadrature(R, a):
    """Integrate the square piece by piece, 30 digits, from the definition."""
    with mpmath.workdps(30):
        R, reach = mpmath.mpf(R), 14 * mpmath.mpf(R)
        if a is None:
            kinks = range(-2 * int(reach) - 3, 2 * int(reach) + 4, 2)

            def function(t):
                return 1 - abs((t + 1) % 4 - 2)
        else:
            kinks = range(-a, a + 1, 2)

            def function(t):
                relus = (2 * (-1) ** n * max(t + a - 2 * n, 0) for n in range(1, a + 1))
                return max(t + a, 0) + sum(relus) - 1

        cuts = [-reach, *(k for k in kinks if abs(k) < reach), reach]
        return mpmath.quad(lambda t: function(t) ** 2 * mpmath.npdf(t / R) / R, cuts)


@pytest.mark.parametrize("R", [0.05, 0.3, 0.499, 0.5, 0.9, 2.0])
@pytest.mark.parametrize("a", [None, 1, 2, 5, 8])
def test_second_moment_against_quadrature(R, a):
    exact = moment_by_quadrature(R, a)
    assert room.second_moment(R, a) == pytest.approx(float(exact), rel=1e-13, abs=0)
    enclosure = room.second_moment_ball(R, a)
    with mpmath.workdps(40):
        assert abs(mpmath.mpf(enclosure.str(35, radius=False)) - exact) < 1e-22
    assert enclosure.rel_accuracy_bits() > 100


@pytest.mark.parametrize("R", [19.99, 20.0, 300.0])
@pytest.mark.parametrize("a", [1, 40, 601])
def test_second_moment_of_wide_laws_agrees_with_the_ball(R, a):
    enclosure = room.second_moment_ball(R, a, prec=64)
    assert room.second_moment(R, a) == pytest.approx(float(enclosure), rel=1e-13, abs=0)


def test_second_moment_balls_of_two_precisions_are_nested():
    for R in (Fraction(1, 100), Fraction(1, 2), Fraction(7, 10), 3):
        for a in (None, 1, 4, 25):
            coarse = room.second_moment_ball(R, a, prec=60)
            fine = room.second_moment_ball(R, a, prec=300)
            assert coarse.overlaps(fine)
            assert fine.rel_accuracy_bits() > 270


def test_a_wide_second_moment_ball_holds_what_its_sum_over_kinks_leaves_out():
    # 8 R times what is left, which is below R 2^-(prec + 10): here some 80 units of
    # 2^-prec, more than the last rounding could hide
    coarse = room.second_moment_ball(100, 201, prec=60)
    assert coarse.overlaps(room.second_moment_ball(100, 201, prec=200))


def test_second_moment_by_simulation():
    # 8 comparisons at 4 standard errors: family-wise level 8 * 6.3e-5 = 5e-4
    g = np.random.default_rng(5).standard_normal(400_000)
    for R in (0.4, 3.0):
        for a in (None, 1, 2, 7):
            function = partial(room.psi_relu_sum, a=a) if a else room.triangle_wave
            sample = function(R * g) ** 2
            error = sample.std(ddof=1) / math.sqrt(len(sample))
            assert abs(sample.mean() - room.second_moment(R, a)) < 4 * error


def test_the_printed_lower_bound_d_is_wrong_and_one_sixth_is_right():
    for d in range(1, 61):
        value = room.second_moment_ball(d, 6 * d * d + 1)
        assert value < d
        assert value < ball(Fraction(1, 3) + Fraction(1, 10**10))
        assert value > ball(Fraction(1, 6))


def test_second_moment_of_arrays_and_limits():
    R = np.array([[0.0, 0.2], [1.0, 1e100]])
    for a in (None, 3, 4):
        values = room.second_moment(R, a)
        single = [[room.second_moment(r, a) for r in row] for row in R.tolist()]
        np.testing.assert_array_equal(values, single)
    assert room.second_moment(0.0, 3) == room.second_moment_ball(0, 3) == 0
    assert room.second_moment(0.0, 4) == room.second_moment_ball(0, 4) == 1
    assert room.second_moment(1e150) == pytest.approx(1 / 3, rel=1e-15, abs=0)


# --- the bound ----------------------------------------------------------------------


@pytest.mark.parametrize("d", [2, 3, 5, 10])
@pytest.mark.parametrize("R", [0.3, 1.0, 3.0])
def test_correlation_bound_is_the_mean_over_the_sphere(d, R):
    t, weights = roots_jacobi(200, (d - 3) / 2, (d - 3) / 2)
    kappa = (math.pi * R / 2) ** 2
    mean = weights @ np.exp(-kappa * (1 - t)) / weights.sum()
    assert room.correlation_bound(d, R) == pytest.approx(mean, rel=1e-11, abs=0)


@pytest.mark.parametrize("d", [1, 2, 3, 7, 40, 199, 200])
def test_correlation_bound_ball_is_tight_and_agrees_with_the_logarithm(d):
    with ctx.workprec(128):
        root = arb(d).sqrt()
        for R in (root, arb(d), 2 / arb.pi() * root):
            enclosure = room.correlation_bound_ball(d, R)
            # R and the steps to kappa carry a few units of 2^-128 each, together below
            # 2^-120; the radius of kappa is the relative radius of the result
            lost = 8 + math.log2(1 + (math.pi * float(R) / 2) ** 2)
            assert enclosure.rel_accuracy_bits() > 128 - lost
            logarithm = room.correlation_bound_log(d, float(R))
            assert logarithm == pytest.approx(float(enclosure.log()), rel=1e-12, abs=0)
            if arb.pi() * R >= 2 * root:
                assert enclosure < (-arb(d) / 2).exp()


def test_correlation_rate_is_the_limit_and_the_minimum():
    t = np.linspace(0, 1, 200001)[:-1]
    for beta in (0.1, 1.0, math.pi**2 / 4, 30.0):
        rate = room.correlation_rate(beta)
        exponent = beta * (1 - t) - np.log1p(-t * t) / 2
        # a minimum on a grid of step 5e-6 is off by curvature * step^2
        assert rate == pytest.approx(exponent.min(), rel=1e-6, abs=0)
        assert rate <= exponent.min()
        gaps = [
            -room.correlation_bound_log(d, 2 / math.pi * math.sqrt(beta * d)) / d - rate
            for d in (10**4, 10**5)
        ]
        # Laplace: the gap is constant / d
        assert gaps[0] / gaps[1] == pytest.approx(10, rel=0.01, abs=0)


@pytest.mark.parametrize(
    ("a", "R"), [(1, 1.0), (7, 1.0), (7, 5.0), (25, 2.0), (25, 9.0)]
)
def test_tail_bound_dominates_the_exact_tail(a, R):
    # Gauss's rule on each unit interval, where the difference is linear
    x, lengths = np.polynomial.legendre.leggauss(30)
    starts = np.arange(a, a + 40 * R)
    t = (starts[:, None] + (x + 1) / 2).ravel()
    mass = np.tile(lengths / 2, len(starts)) * norm.pdf(t, scale=R)
    sign = (-1) ** ((a - 1) // 2)
    square = sum(
        mass
        @ (room.psi_relu_sum(side * t, a) - sign * room.triangle_wave(side * t)) ** 2
        for side in (1, -1)
    )
    bound = room.psi_tail_norm_bound_log(a, R)
    assert math.log(square) / 2 <= bound < math.log(square) / 2 + 1.5
    exact = room.psi_tail_norm_bound_ball(a, R).log()
    assert bound == pytest.approx(float(exact), rel=1e-12, abs=0)


def test_bound_for_the_papers_psi():
    with ctx.workprec(128):
        for d in range(1, 201):
            lead = room.correlation_bound_ball(d, d).sqrt()
            rest = room.psi_tail_norm_bound_ball(6 * d * d + 1, d)
            assert (lead + rest) ** 2 < arb("1.01") * (-arb(d) / 2).exp()


# --- the spectrum -------------------------------------------------------------------


gauss_legendre = lru_cache(np.polynomial.legendre.leggauss)


def pieces(cuts, nodes):
    """Gauss's rule between neighbouring cuts."""
    x, lengths = gauss_legendre(nodes)
    widths = np.diff(cuts)[:, None]
    return (cuts[:-1, None] + widths * (x + 1) / 2).ravel(), (
        widths * lengths / 2
    ).ravel()


def eigenvalues_by_profile(d, R, degrees, nodes):
    """E over |x| of the squared Funk-Hecke profile, cut at the kinks of the wave."""
    top = chi.isf(1e-16, d)
    kinks = np.arange(1, R * top, 2)
    radii, mass = pieces(np.array([0, *kinks / R, top]), nodes)
    whole = pieces(np.array([0, np.pi]), 60)
    area = whole[1] @ np.sin(whole[0]) ** (d - 2)
    values = np.zeros(len(degrees))
    for radius, weight in zip(radii, mass * chi.pdf(radii, d), strict=True):
        inner = np.arccos(kinks[kinks < R * radius] / (R * radius))
        cuts = np.sort([0, *inner, *(np.pi - inner), np.pi])
        theta, lengths = pieces(cuts, nodes)
        t = np.cos(theta)
        measure = lengths * np.sin(theta) ** (d - 2) / area
        wave = measure * room.triangle_wave(R * radius * t)
        profile = np.array([wave @ gegenbauer(d, degree, t) for degree in degrees])
        values += weight * profile**2
    return values


@pytest.mark.parametrize("d", [2, 3, 5, 10])
@pytest.mark.parametrize("R", [0.5, 1.0, 3.0])
def test_spectrum_against_the_funk_hecke_profile(d, R):
    degrees = [1, 3, 5, 7]
    coarse = eigenvalues_by_profile(d, R, degrees, 20)
    fine = eigenvalues_by_profile(d, R, degrees, 30)
    exact = np.exp(room.triangle_spectrum_log(d, R, 7))[degrees]
    # between cuts the integrands are smooth inside and algebraic at the ends, so that
    # the finer rule is better; 1e-13 is rounding
    tolerance = np.abs(fine - coarse) + 1e-13 * exact[0]
    assert (np.abs(fine - exact) <= tolerance).all()
    assert (tolerance < 1e-3 * exact).all()
    other = np.exp(room.triangle_spectrum_log(d + 1, R, 7))[degrees]
    assert (np.abs(fine - other) > tolerance).all()


@pytest.mark.parametrize("R", [0.5, 1.0, 2.0])
def test_spectrum_against_the_hermite_series(R):
    d, largest = 10, 400
    # c_k from the kinks: the second derivative of tri(R g) is a row of point masses
    h = (2 * np.arange(int(20 * R) + 2) + 1) / R
    masses = (-1.0) ** np.arange(len(h)) * np.exp(-h * h / 2) / math.sqrt(2 * math.pi)
    spectrum = np.exp(room.triangle_spectrum_log(d, R, 9))
    for degree in (3, 5, 9):
        total = 0.0
        for k in range(degree, largest, 2):
            c = -4 * R / math.sqrt(k * (k - 1)) * (masses @ hermite(k - 2, h))
            total += c * c * float(sphere_overlap(d, k, degree))
        # sum of c_k^2 is below 1/3; what is left has overlaps below the next one
        rest = float(sphere_overlap(d, largest + 1, degree)) / 3
        slack = 1e-9 * spectrum[degree]
        assert total - slack <= spectrum[degree] <= total + rest + slack


def test_spectrum_in_the_plane_against_singular_values():
    R, directions, radial = 1.0, 64, 300
    angle = 2 * np.pi * np.arange(directions) / directions
    x, lengths = np.polynomial.legendre.leggauss(radial)
    radii = 4.5 * (x + 1)
    mass = 4.5 * lengths * radii * np.exp(-(radii**2) / 2)
    cosine = np.cos(angle[:, None] - angle[None, :])
    wave = room.triangle_wave(R * radii[:, None, None] * cosine)
    scaled = np.sqrt(mass[:, None, None]) / directions * wave
    scaled = scaled.reshape(-1, directions)
    squares = np.linalg.eigvalsh(scaled.T @ scaled)[::-1]
    exact = np.exp(room.triangle_spectrum_log(2, R, 7))[[1, 1, 3, 3, 5, 5]]
    # aliasing of the angular grid adds eigenvalues of degree >= 64 - 7; the kinks in
    # the radius leave order (9 / 300)^2 = 9e-4 of the total
    np.testing.assert_allclose(squares[:6], exact, atol=9e-4 * squares.sum(), rtol=0)
    assert exact[4] > 9e-4 * squares.sum()


@pytest.mark.parametrize(("d", "R"), [(3, 1.0), (5, 1.5)])
def test_spectrum_by_simulation(d, R):
    # kappa_l = E tri_w(x) tri_w'(x) P_l(<w, w'>); 2 * 2 comparisons at 4 standard
    # errors: family-wise level 4 * 6.3e-5 = 2.5e-4
    rng = np.random.default_rng(d)
    w, v = rng.standard_normal((2, 200_000, d))
    w /= np.linalg.norm(w, axis=1, keepdims=True)
    v /= np.linalg.norm(v, axis=1, keepdims=True)
    x = rng.standard_normal(w.shape)
    waves = [room.triangle_wave(R * (u * x).sum(1)) for u in (w, v)]
    t = np.clip((w * v).sum(1), -1, 1)
    spectrum = np.exp(room.triangle_spectrum_log(d, R, 3))
    for degree in (1, 3):
        sample = waves[0] * waves[1] * gegenbauer(d, degree, t)
        error = sample.std(ddof=1) / math.sqrt(len(sample))
        assert abs(sample.mean() - spectrum[degree]) < 4 * error


@pytest.mark.parametrize(("d", "R", "lmax"), [(2, 0.6, 61), (3, 0.7, 101), (5, 1, 61)])
def test_trace_is_the_second_moment(d, R, lmax):
    parts = np.exp(room.triangle_spectrum_log(d, R, lmax))
    parts *= [float(harmonic_dimension(d, degree)) for degree in range(lmax + 1)]
    missing = room.second_moment(R) - parts.sum()
    # the kinks make N kappa_l fall like s^-4, s = l + d/2 - 1, up to order s^-2;
    # the odd degrees beyond lmax then add up to half the integral from s + 1 on
    s = lmax + d / 2 - 1
    beyond = parts[lmax] * s**4 / (6 * (s + 1) ** 3)
    assert missing == pytest.approx(beyond, rel=20 / s**2, abs=0)


@pytest.mark.parametrize("d", [2, 3, 10, 40, 200])
def test_degree_one_is_the_largest_and_odd_degrees_decrease(d):
    for R in (0.7, math.sqrt(d), float(d), float(d) ** 2):
        logs = room.triangle_spectrum_log(d, R, 15)
        assert np.isneginf(logs[::2]).all()
        assert np.isfinite(logs[1::2]).all()
        assert (np.diff(logs[1::2]) < 0).all()
        assert logs[1] == room.correlation_supremum_log(d, R)
        assert logs[1] < room.correlation_bound_log(d, R)


@pytest.mark.parametrize("d", [2, 3, 8])
def test_spectra_of_neighbouring_dimensions_are_linked(d):
    # kappa_l(d) - kappa_{l+2}(d) = (d + 2l) / d * kappa_l(d + 2)
    here = np.exp(room.triangle_spectrum_log(d, 1.1, 21))
    above = np.exp(room.triangle_spectrum_log(d + 2, 1.1, 21))
    odd = np.arange(1, 20, 2)
    left = here[odd] - here[odd + 2]
    np.testing.assert_allclose(left, (d + 2 * odd) / d * above[odd], rtol=1e-9)


def test_a_high_degree_is_the_literal_sum_over_frequencies():
    d, R, degree, last = 2, 1.0, 201, 20001
    square, n, total = (math.pi * R / 2) ** 2, np.arange(1, last + 1, 2.0), 0.0
    for p in range(4):  # exp(-2 p^2 tau^2) is below 1e-34 from p = 4 on
        m = n + 2 * p
        rows = math.exp(-2 * p * p * square) / (n * m) ** 2
        rows *= ive(degree + d / 2 - 1, n * m * square)
        # beyond `last` a power of n + p, but for a share of (degree / last)^2: 1e-4 of
        # a part that is 1e-9 of the sum; the sum over odd n is half the integral
        at = last + p
        rest = rows[-1] * at**5 / (8 * (at + 1) ** 4)
        total += (1 if p == 0 else 2 * (-1) ** p) * (math.fsum(rows) + rest)
    exact = 2 * math.log(8 / math.pi**2) + math.log(total)  # Gamma(1) = 1
    # the Bessel functions of order 201 have some 13 digits
    found = room.triangle_spectrum_log(d, R, degree)[degree]
    assert abs(found - exact) < 3e-13


@pytest.mark.parametrize("d", [2, 3])
def test_supremum_ball_encloses_wherever_its_sum_stops(monkeypatch, d):
    with ctx.workprec(128):
        fine = room.correlation_supremum_ball(d, 2)
        monkeypatch.setattr(room, "_LAST_FREQUENCY", 100)
        coarse = room.correlation_supremum_ball(d, 2)
    # the bound on the rest is nearly sharp: the rest is 0.95 of it
    assert coarse.overlaps(fine)
    assert coarse.rad() > 1000 * fine.rad()


@pytest.mark.parametrize("R", [Fraction(1, 100), 1, 3, 10])
@pytest.mark.parametrize("prec", [53, 300])
def test_the_ball_is_as_narrow_as_it_says(R, prec):
    for a in (None, 11, 12, 101):
        assert room.second_moment_ball(R, a, prec).rad() < 16 * arb(2) ** -prec


@pytest.mark.parametrize("d", [1, 2, 3, 10, 60, 200])
def test_supremum_ball_agrees_with_the_float(d):
    with ctx.workprec(128):
        for R in (Fraction(1, 2), Fraction(9, 8), d, d * d):
            enclosure = room.correlation_supremum_ball(d, R)
            assert enclosure.rel_accuracy_bits() > (36 if d == 2 else 46)
            logarithm = room.correlation_supremum_log(d, float(R))
            assert abs(enclosure.log() - arb(logarithm)) < 1e-11


def test_supremum_is_at_least_what_a_linear_function_sees():
    # f(x) = x_1 has E_w <f, tri_w>^2 / ||f||^2 = E[tri(R g) g]^2 / d
    x, weights = roots_hermitenorm(100)
    for R in (0.02, 0.09, 0.11, 0.3, 1.0):
        first = 0.0
        for part in (x, -x):
            first += weights @ (room.triangle_wave(R * part) * part) / 2
        linear = first / math.sqrt(2 * math.pi)
        gap = room.correlation_supremum_log(7, R) - math.log(linear**2 / 7)
        # 100 nodes resolve the kinks at 1 / R to a few percent at R = 1
        assert gap > (-1e-12 if R < 0.12 else -0.05)


def test_values_of_the_literature_for_the_supremum():
    assert room.correlation_supremum_log(200, 200.0) / math.log(10) == pytest.approx(
        math.log10(1.72) - 312, abs=2e-3
    )
    assert room.correlation_supremum_log(200, 200.0**2) / math.log(10) == pytest.approx(
        math.log10(2) - 770, abs=0.1
    )


# --- errors -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: room.psi(0.5, 0), "a must be an integer >= 1, got 0"),
        (lambda: room.psi(0.5, Fraction(7, 3)), r"a must be .* got Fraction\(7, 3\)"),
        (lambda: room.psi(0.5, 2.5), "got 2.5"),
        (lambda: room.psi(0.5, math.nan), "got nan"),
        (lambda: room.psi(math.nan, 3), "x must be finite, got nan"),
        (lambda: room.psi([0.0, math.inf], 3), "x must be finite, got inf"),
        (lambda: room.psi(0.5, 2**52 + 1), r"at most 2\^52"),
        (lambda: room.psi_weights(0), "a must be"),
        (lambda: room.psi_relu_sum(math.nan, 3), "x must be finite"),
        (lambda: room.psi_repaired(0.0, -3), "a must be"),
        (lambda: room.triangle_wave(-math.inf), "x must be finite, got -inf"),
        (lambda: room.second_moment(-1.0), "R must be finite and >= 0, got -1.0"),
        (lambda: room.second_moment(1e-200), "range at R = 1e-200"),
        (lambda: room.second_moment(1e200, 3), r"range at R = 1e\+200"),
        (lambda: room.second_moment(1.0, 1.5), "a must be"),
        (lambda: room.second_moment_ball(-1), "R must lie"),
        (lambda: room.second_moment_ball(arb(0, 1)), "R must"),
        (lambda: room.second_moment_ball(1, 0), "a must be"),
        (lambda: room.correlation_bound(0, 1.0), "d must be an integer >= 1, got 0"),
        (lambda: room.correlation_bound(3, math.nan), "R must be finite"),
        (lambda: room.correlation_bound(800, 800.0), "use correlation_bound_log"),
        (lambda: room.correlation_bound_log(3, 1e200), "at most 1e150"),
        (lambda: room.correlation_bound_ball(3, -1), "R must be certainly"),
        (lambda: room.correlation_rate(-1.0), "beta must be"),
        (lambda: room.psi_tail_norm_bound_log(4, 1.0), "a must be odd, got 4"),
        (lambda: room.second_moment([2.0, 1e-200, 1e-160]), "at R = 1e-200"),
        (lambda: room.psi_tail_norm_bound_log(3, 0.0), "R must be finite and > 0"),
        (lambda: room.psi_tail_norm_bound_ball(3, 0), "R must be certainly positive"),
        (lambda: room.triangle_spectrum_log(3, 0.01, 3), "R must be .* >= 0.05"),
        (lambda: room.triangle_spectrum_log(3, 1e7, 3), "R must be at most 1e6"),
        (lambda: room.triangle_spectrum_log(3, [1.0, 2.0], 3), r"got shape \(2,\)"),
        (lambda: room.triangle_spectrum_log(3, 1.0, -1), "lmax must be"),
        (lambda: room.triangle_spectrum_log(5, 0.06, 3), "degree 3 is out of reach"),
        (lambda: room.correlation_supremum_log(3, 0.0), "R must be finite and > 0"),
        (lambda: room.correlation_supremum_log(10**7, 1.0), r"d must be at most 10\^6"),
        (lambda: room.correlation_supremum_ball(3, Fraction(1, 5)), "at least 1/4"),
    ],
)
def test_values_out_of_range_are_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_balls_are_imported_only_when_asked_for():
    code = "import rfbook.psi, sys; sys.exit('flint' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
