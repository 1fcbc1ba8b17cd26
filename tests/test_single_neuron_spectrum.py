"""The neuron and its spectrum against independent routes to the same numbers."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy
from flint import arb, ctx
from scipy.integrate import quad
from scipy.special import eval_legendre, hyp2f1, ndtr
from scipy.stats import multivariate_normal

from rfbook.ranges import ball
from rfbook.single_neuron import exact as numbers
from rfbook.single_neuron import neuron, spectrum
from rfbook.special import (
    gegenbauer,
    harmonic_dimension,
    hermite,
    sphere_overlap,
)

BIASES = (0, "1/2", "-1.3", 2.5)
"""One of each kind: none, a fraction, a decimal, a float."""


def floats(balls) -> np.ndarray:
    return np.array([float(x) for x in balls])


def enclosed(d, lmax, bias, prec=128):
    with ctx.workprec(prec):
        return spectrum.relu_spectrum_ball(d, lmax, bias)


def over_angles(function) -> tuple[float, float]:
    """Integrate over [0, pi] by Gauss and Legendre, with twice the nodes as a check."""
    values = []
    for nodes in (150, 300):
        points, weights = np.polynomial.legendre.leggauss(nodes)
        values.append(math.pi / 2 * weights @ function(math.pi / 2 * (points + 1)))
    return values[1], abs(values[1] - values[0])


# --- the neuron ---------------------------------------------------------------------


@pytest.mark.parametrize("beta", [0.0, 0.5, -1.3, 3.0])
def test_coefficients_are_means_against_hermite_polynomials(beta):
    c = neuron.relu_coefficients(12, beta)
    for k in range(13):

        def integrand(t, k=k):
            return (t + beta) * hermite(k, t) * math.exp(-t * t / 2)

        # the integrand is below 1e-60 from 20 on
        value, error = quad(integrand, -beta, 20, epsabs=1e-13, limit=200)
        assert abs(c[k] - value / math.sqrt(2 * math.pi)) <= error + 1e-13


def test_energies_at_bias_zero_are_double_factorials():
    squares = neuron.relu_coefficients(40) ** 2
    for k in range(2, 41):
        double = math.prod(range(1, k - 2, 2))
        energy = double**2 / (2 * math.pi * math.factorial(k)) if k % 2 == 0 else 0
        # some 3k roundings in the recurrence
        assert squares[k] == pytest.approx(energy, rel=40 * 3 * 2e-16, abs=0)


@pytest.mark.parametrize("beta", [0.0, 0.7, -0.7, -2.0])
def test_second_moment_is_the_sum_of_the_energies(beta):
    c = neuron.relu_coefficients(4000, beta)
    rest = neuron.relu_second_moment(beta) - float((c**2).sum())
    # c_k^2 <= C k^(-5/2) by Cramer's bound |he_m| e^{-beta^2/4} <= 1.0865
    bound = 1.19 / (2 * math.pi) * (2 / 3) * 3997**-1.5
    assert -1e-14 < rest < bound
    inside = float(neuron.relu_second_moment_ball(beta))
    # 23 roundings, of terms that cancel to a quarter at -0.7; at -2 the fraction's 30
    assert neuron.relu_second_moment(beta) == pytest.approx(inside, rel=1e-14, abs=0)


@pytest.mark.parametrize("bias", BIASES)
def test_variance_is_the_second_moment_less_the_squared_mean(bias):
    beta = float(numbers.exact("bias", bias))
    mean = neuron.relu_coefficients(0, beta)[0]
    value = neuron.relu_second_moment(beta) - mean**2
    assert float(neuron.relu_variance_ball(bias)) == pytest.approx(
        value, rel=1e-13, abs=0
    )


@pytest.mark.parametrize("t", [-1.0, -0.9, -0.3, 0.0, 0.4, 0.99, 1.0])
def test_kernel_at_bias_zero_is_the_published_arc_cosine_kernel(t):
    # Cho & Saul 2009: k_1 = (1/pi) (sin a + (pi - a) cos a), with twice our mean
    angle = math.acos(t)
    published = (math.sin(angle) + (math.pi - angle) * math.cos(angle)) / math.pi
    assert neuron.relu_kernel(t) == pytest.approx(published / 2, rel=1e-14, abs=1e-16)


@pytest.mark.parametrize("beta", [0.0, 0.5, -1.3, 2.5])
@pytest.mark.parametrize("t", [-0.95, -0.3, 0.0, 0.6, 0.999])
def test_kernel_is_the_mean_of_the_product(t, beta):
    def inner(g):
        # E [t g + s z + beta]_+ over z
        s, m = math.sqrt(1 - t * t), t * g + beta
        density = math.exp(-((m / s) ** 2) / 2) / math.sqrt(2 * math.pi)
        mean = m * ndtr(m / s) + s * density
        return (g + beta) * mean * math.exp(-g * g / 2) / math.sqrt(2 * math.pi)

    kink = min(max(-beta / t if t else 0.0, -beta + 1e-3), 14.0)
    parts = [
        quad(inner, *ends, epsabs=1e-11, epsrel=1e-11, limit=200)
        for ends in ((-beta, kink), (kink, 15))
    ]
    value, error = map(sum, zip(*parts, strict=True))
    assert abs(neuron.relu_kernel(t, beta) - value) <= error + 1e-13


@pytest.mark.parametrize("beta", [-1.0, -1.5])
def test_the_two_forms_of_the_kernel_agree(beta, monkeypatch):
    t = np.linspace(-1, 1, 41)
    values = []
    for switch in (-np.inf, np.inf):
        monkeypatch.setattr(neuron, "_INTEGRAL_BELOW", switch)
        values.append(neuron.relu_kernel(t, beta))
    # both are good to 1e-14 K(1) here
    scale = neuron.relu_second_moment(beta)
    np.testing.assert_allclose(*values, rtol=0, atol=2e-14 * scale)


@pytest.mark.parametrize("beta", [0.5, -1.3, 2.5])
def test_kernel_is_its_hermite_series(beta):
    t = np.linspace(-0.9, 0.9, 19)
    c = neuron.relu_coefficients(400, beta)
    series = np.polynomial.polynomial.polyval(t, c**2)
    # what is left is below 0.9^401 / (1 - 0.9) < 1e-17
    np.testing.assert_allclose(neuron.relu_kernel(t, beta), series, atol=1e-14, rtol=0)


@pytest.mark.parametrize("beta", [0.5, 2.0, -0.5])
def test_kernel_at_the_ends(beta):
    # at t = -1 both are active for |g| < beta: the mean of beta^2 - g^2 there
    inside, _ = quad(
        lambda g: (beta**2 - g * g) * math.exp(-g * g / 2), 0, max(beta, 0)
    )
    opposite = 2 * inside / math.sqrt(2 * math.pi)
    ends = neuron.relu_kernel([-1.0, 1.0], beta)
    expected = [opposite, neuron.relu_second_moment(beta)]
    np.testing.assert_allclose(ends, expected, atol=1e-14, rtol=0)


def test_second_derivative_of_the_kernel_is_the_density_of_the_pair():
    beta, h = 0.8, 1e-3
    for t in (-0.5, 0.0, 0.7):
        law = multivariate_normal(cov=[[1, t], [t, 1]])
        values = neuron.relu_kernel([t - h, t, t + h], beta)
        second = (values[0] - 2 * values[1] + values[2]) / h**2
        # h^2/12 times the fourth derivative, and rounding by h^-2
        assert second == pytest.approx(law.pdf([-beta, -beta]), abs=1e-5)


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), 37.5, -40, [0.5, 1]])
@pytest.mark.parametrize("function", ["relu_second_moment", "relu_kernel"])
def test_float_biases_out_of_range_are_named(function, bad):
    arguments = (0.5, bad) if function == "relu_kernel" else (bad,)
    with pytest.raises(ValueError, match="bias"):
        getattr(neuron, function)(*arguments)


def test_bad_degrees_and_inner_products_are_named():
    with pytest.raises(ValueError, match=r"kmax must be an integer >= 0, got -1"):
        neuron.relu_coefficients(-1)
    with pytest.raises(ValueError, match=r"t must lie in \[-1, 1\], got 1.5"):
        neuron.relu_kernel([0.0, 1.5])
    with pytest.raises(ValueError, match="t must be finite"):
        neuron.relu_kernel(math.nan)


# --- the spectrum against outside values --------------------------------------------


@pytest.mark.parametrize("bias", BIASES)
def test_in_dimension_three_the_eigenvalues_are_legendre_integrals(bias):
    beta = float(numbers.exact("bias", bias))
    kappa = spectrum.relu_spectrum(3, 12, bias)
    for degree in range(13):

        def integrand(angle, degree=degree):
            t = np.cos(angle)
            kernel = neuron.relu_kernel(t, beta)
            return kernel * eval_legendre(degree, t) * np.sin(angle) / 2

        value, error = over_angles(integrand)
        # the kernel itself is good to 1e-14 K(1)
        kernel_error = 1e-14 * neuron.relu_second_moment(beta)
        assert abs(kappa[degree] - value) <= error + kernel_error


@pytest.mark.parametrize("d", [2, 3, 10, 77])
def test_at_bias_zero_the_series_is_a_hypergeometric_function(d):
    kappa = spectrum.relu_spectrum(d, 30)
    c = neuron.relu_coefficients(30)
    for degree in (0, 1, *range(2, 31, 2)):
        a = (degree - 1) / 2
        sums = hyp2f1(a, a, degree + d / 2, 1.0)
        value = c[degree] ** 2 * float(sphere_overlap(d, degree, degree)) * sums
        assert kappa[degree] == pytest.approx(value, rel=1e-12, abs=0)
    assert not kappa[3::2].any()


@pytest.mark.parametrize(("d", "beta"), [(3, "0.5"), (5, "-1.3"), (31, "7")])
def test_at_other_biases_they_are_confluent_hypergeometric_sums(d, beta):
    # the integral term by term in ((1 - t)/2)^i: no recurrence; 120 digits may cancel
    with mpmath.workdps(160), ctx.workprec(200):
        square = mpmath.mpf(beta) ** 2
        half, c = mpmath.mpf(d) / 2, square / 2
        scale = mpmath.gamma(half) / (
            8 * mpmath.pi**1.5 * mpmath.gamma(half + mpmath.mpf(3) / 2)
        )
        scale *= 2 ** (d + 1) * mpmath.exp(-c)
        powers = [
            mpmath.gamma(half + 1 + i) * mpmath.hyperu(half + 1 + i, -half, c)
            for i in range(60)
        ]
        for degree in (2, 3, 4, 7, 20, 61):
            m = degree - 2
            total = sum(
                mpmath.rf(-m, i)
                * mpmath.rf(m + d + 2, i)
                / (mpmath.rf(half + mpmath.mpf(3) / 2, i) * mpmath.factorial(i))
                * powers[i]
                for i in range(m + 1)
            )
            value = enclosed(d, degree, beta, 128)[degree]
            expected = arb(mpmath.nstr(scale * total, 60))
            assert abs(value / expected - 1) < arb(2) ** -120


@pytest.mark.parametrize("bias", BIASES)
@pytest.mark.parametrize("d", [2, 4, 9])
def test_low_degrees_are_integrals_of_the_kernel(d, bias):
    beta = float(numbers.exact("bias", bias))
    kappa = floats(enclosed(d, 1, bias))
    density = math.gamma(d / 2) / math.sqrt(math.pi) / math.gamma((d - 1) / 2)
    for degree in (0, 1):

        def integrand(angle, degree=degree):
            t = np.cos(angle)
            weight = np.sin(angle) ** (d - 2) * gegenbauer(d, degree, t)
            return neuron.relu_kernel(t, beta) * weight

        value, error = over_angles(integrand)
        kernel_error = 1e-14 * neuron.relu_second_moment(beta)
        assert abs(kappa[degree] - density * value) <= density * error + kernel_error


@pytest.mark.parametrize("beta", [0.0, 0.5, -1.3])
def test_in_the_plane_a_circle_of_directions_has_the_aliased_spectrum(beta):
    # n equal angles: the eigenvalue of frequency l is kappa_l plus those of n +- l, ...
    n = 60
    angles = 2 * math.pi * np.arange(n) / n
    gram = neuron.relu_kernel(np.cos(angles[:, None] - angles), beta) / n
    found = np.sort(np.linalg.eigvalsh(gram))
    kappa = spectrum.relu_spectrum(2, 3000, beta)
    folded = np.zeros(n)
    for frequency in range(-3000, 3001):
        folded[frequency % n] += kappa[abs(frequency)]
    # beyond degree 3000 there is less than the sum of C l^-4
    np.testing.assert_allclose(found, np.sort(folded), atol=1e-12, rtol=0)


# --- doubles and balls test each other ----------------------------------------------


@pytest.mark.parametrize("d", [2, 3, 10, 200])
@pytest.mark.parametrize("bias", BIASES)
def test_doubles_agree_with_balls(d, bias):
    lmax = 300
    balls = enclosed(d, lmax, bias)
    kappa = spectrum.relu_spectrum(d, lmax, bias)
    expected = floats(balls)
    np.testing.assert_allclose(kappa, expected, rtol=2e-16 * (lmax + 4), atol=0)
    logs = spectrum.relu_spectrum_log(d, lmax, bias)
    positive = expected > 0
    assert (positive == ((np.arange(lmax + 1) % 2 == 0) | (bias != 0))).sum() >= lmax
    exact_logs = [
        float(x.log()) for x, keep in zip(balls, positive, strict=True) if keep
    ]
    np.testing.assert_allclose(logs[positive], exact_logs, rtol=1e-13)
    assert np.isneginf(logs[~positive]).all()


@pytest.mark.parametrize("bias", [0.0, 0.5, -1.3, 2.5])
@pytest.mark.parametrize("d", [2, 5, 10, 30, 200])
def test_the_positive_series_brackets_the_eigenvalues(d, bias):
    logs = spectrum.relu_spectrum_log(d, 30, bias)
    gaps = []
    for terms in (2000, 8000):
        low, high = spectrum.relu_spectrum_series(d, 30, bias, terms=terms)
        assert (low <= logs + 1e-11).all()
        assert (logs <= high + 1e-11).all()
        gaps.append(np.exp(high[2]) - np.exp(low[2]))
    if d < 10:
        # q falls like J^(-(d-1)/2), the energies beyond J like 1/J
        closing = math.log(gaps[0] / gaps[1], 4)
        assert closing == pytest.approx((d + 1) / 2, abs=0.02)


def test_balls_of_different_precision_contain_each_other():
    for bias in BIASES:
        for few, many in zip(
            enclosed(7, 60, bias, 53), enclosed(7, 60, bias, 500), strict=True
        ):
            assert few.overlaps(many)
            assert many == 0 or many.rel_accuracy_bits() >= 497
            assert few == 0 or few.rel_accuracy_bits() >= 50


@pytest.mark.parametrize(("d", "bias"), [(2, -20), (200, -5), (500, 30), (3, 1000)])
def test_large_biases_have_sharp_balls(d, bias):
    kappa = enclosed(d, 30, bias, 100)
    assert min(k.rel_accuracy_bits() for k in kappa) >= 97
    assert all(k > 0 for k in kappa)


def test_irrational_biases_are_enclosed():
    kappa = enclosed(6, 40, sympy.sqrt(2))
    for low, high in ((1.414213, 1.414214),):
        bounds = sorted((enclosed(6, 5, low)[5], enclosed(6, 5, high)[5]), key=float)
        assert bounds[0] < kappa[5] < bounds[1]
    assert enclosed(6, 8, sympy.Rational(1, 2))[8].overlaps(enclosed(6, 8, "0.5")[8])


# --- identities ---------------------------------------------------------------------


@pytest.mark.parametrize("bias", BIASES)
@pytest.mark.parametrize("d", [2, 3, 8, 61])
def test_shift_of_the_dimension(d, bias):
    here, there = enclosed(d, 42, bias), enclosed(d + 2, 40, bias)
    for degree in range(41):
        left = d * (here[degree] - here[degree + 2])
        assert left.overlaps((d + 2 * degree) * there[degree])


@pytest.mark.parametrize("bias", BIASES)
@pytest.mark.parametrize("d", [2, 3, 5])
def test_traces_of_the_even_and_odd_halves(d, bias):
    beta = float(numbers.exact("bias", bias))
    ends = neuron.relu_kernel([1.0, -1.0], beta)
    halves = (ends[0] + ends[1]) / 2, (ends[0] - ends[1]) / 2
    kappa = spectrum.relu_spectrum(d, 4000, bias)
    masses = np.array([harmonic_dimension(d, k) for k in range(4001)]) * kappa
    for parity, half in enumerate(halves):
        terms = masses[parity::2]
        rest = half - terms.sum()
        # the masses fall like l^-4: what is left of one parity is at most l/6 terms
        assert -1e-13 * (1 + beta**4) <= rest <= 4000 * terms[-200:].max() + 1e-13


@pytest.mark.parametrize("k", [1, 2, 5, 12])
@pytest.mark.parametrize("d", [2, 3, 10])
def test_mean_of_the_degree_in_a_hermite_polynomial(d, k):
    # he_k(<w, .>) sits at l (l + d - 2) = k (d - 1) on average
    mean = sum(
        harmonic_dimension(d, degree)
        * sphere_overlap(d, k, degree)
        * degree
        * (degree + d - 2)
        for degree in range(k + 1)
    )
    assert mean == k * (d - 1)


@pytest.mark.parametrize("beta", [0.5, 1.3, 4.0])
@pytest.mark.parametrize("d", [2, 7, 40])
def test_the_sign_of_the_bias_moves_the_first_two_eigenvalues_only(d, beta):
    plus, minus = enclosed(d, 20, beta), enclosed(d, 20, -beta)
    for degree in range(2, 21):
        assert plus[degree].overlaps(minus[degree])
    # sigma_beta(g) = sigma_{-beta}(-g) + g + beta
    mean, slope = neuron.relu_coefficients(1, -beta)
    shift = float(plus[0] - minus[0]) - (beta**2 + 2 * beta * mean)
    assert abs(shift) < 1e-14 * (1 + beta**2)
    tilt = float(plus[1] - minus[1]) - (1 - 2 * slope) / d
    assert abs(tilt) < 1e-15


@pytest.mark.parametrize("bias", [0, "1/2", "-1.3", 2.5, -6])
@pytest.mark.parametrize("d", [2, 3, 30])
def test_order_of_the_eigenvalues(d, bias):
    kappa = enclosed(d, 60, bias)
    assert kappa[0] >= kappa[1] >= kappa[2]
    for degree in range(59):
        after, now = kappa[degree + 2], kappa[degree]
        assert after < now if now > 0 else after == now == 0


@pytest.mark.parametrize("beta", [0.0, 0.9, -0.6])
def test_the_derivative_of_the_kernel_gives_the_next_dimension(beta):
    # K' is the probability that both are active
    d, h = 5, 1e-6
    kappa = spectrum.relu_spectrum(d, 6, beta)
    density = math.gamma(d / 2 + 1) / math.sqrt(math.pi) / math.gamma((d + 1) / 2)

    def slope(t):
        above, below = min(t + h, 1.0), max(t - h, -1.0)
        ends = neuron.relu_kernel([above, below], beta)
        return (ends[0] - ends[1]) / (above - below)

    for degree in range(1, 7):
        value, _ = quad(
            lambda a, degree=degree: (
                slope(math.cos(a))
                * gegenbauer(d + 2, degree - 1, math.cos(a))
                * math.sin(a) ** d
            ),
            0,
            math.pi,
            epsabs=1e-9,
        )
        # differences of the kernel by 2e-6
        assert kappa[degree] == pytest.approx(density * value / d, abs=1e-8)


# --- the range of float64, and bad input --------------------------------------------


def test_underflow_names_the_logarithm():
    for bias in (0, "1/2"):
        with pytest.raises(ValueError, match=r"relu_spectrum underflows .*_log"):
            spectrum.relu_spectrum(2000, 400, bias)
        logs = spectrum.relu_spectrum_log(2000, 400, bias)
        assert logs[400] < -1000
        assert np.isfinite(logs[::2]).all()


def test_lmax_zero_and_one():
    for bias in (0, 1):
        long = spectrum.relu_spectrum(4, 5, bias)
        for lmax in (0, 1, 2):
            np.testing.assert_array_equal(
                spectrum.relu_spectrum(4, lmax, bias), long[: lmax + 1]
            )
            assert len(enclosed(4, lmax, bias)) == lmax + 1
            assert len(spectrum.relu_spectrum_log(4, lmax, bias)) == lmax + 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((1, 3), "d must be an integer >= 2, got 1"),
        ((2.5, 3), "d must be an integer >= 2, got 2.5"),
        ((True, 3), "d must be an integer >= 2, got True"),
        ((3, -1), "lmax must be an integer >= 0, got -1"),
        ((3, 1.5), "lmax must be an integer >= 0, got 1.5"),
        ((3, 2, math.nan), "bias must be a finite real number, got nan"),
        ((3, 2, math.inf), "bias must be a finite real number, got inf"),
        ((3, 2, "a"), "bias must be a finite real number, got 'a'"),
        ((3, 2, "1/0"), "bias must be a finite real number"),
        ((3, 2, True), "bias must be a finite real number, got True"),
        ((3, 2, None), "bias must be a finite real number, got None"),
        ((3, 2, 1j), "bias must be a finite real number"),
        ((3, 2, sympy.I), "bias must be a finite real number, got I"),
        ((3, 2, sympy.oo), "bias must be a finite real number, got oo"),
        ((3, 2, sympy.Symbol("x", real=True)), "bias must be a finite real number"),
        ((3, 2, sympy.erf(1)), "bias must be a finite real number"),
        ((3, 2, 1001), r"bias / norm must lie in \[-100, 1000\], got 1001"),
        ((3, 2, -101), r"bias / norm must lie in \[-100, 1000\], got -101"),
        ((3, 60001, 1), "degree is at most 60000, got 60001"),
    ],
)
@pytest.mark.parametrize(
    "function",
    [spectrum.relu_spectrum, spectrum.relu_spectrum_log, spectrum.relu_spectrum_ball],
)
def test_bad_arguments_are_named(function, arguments, message):
    with pytest.raises(ValueError, match=message):
        function(*arguments)


def test_series_refuses_too_few_terms():
    with pytest.raises(ValueError, match=r"terms must reach .* degree"):
        spectrum.relu_spectrum_series(2, 200, terms=2)
    with pytest.raises(ValueError, match="terms must be an integer >= 2, got 1"):
        spectrum.relu_spectrum_series(2, 2, terms=1)


def test_closed_form_refuses_odd_degrees():
    with pytest.raises(ValueError, match="degree must be even, got 3"):
        spectrum.relu_zero_bias_ball(4, 3)
    with pytest.raises(ValueError, match="d must be an integer >= 1, got 0"):
        spectrum.relu_zero_bias_ball(0, 2)


# --- exact numbers ------------------------------------------------------------------


@pytest.mark.parametrize(
    "value", [Fraction(1, 50), "0.02", "1/50", "2e-2", Decimal("0.02"), sympy.S(1) / 50]
)
def test_one_fiftieth_is_one_fiftieth(value):
    assert numbers.exact("error", value) == Fraction(1, 50)


def test_floats_are_their_binary_values():
    for value in (0.02, np.float64(0.02), np.float32(0.02), 5e-324):
        assert numbers.exact("error", value) == Fraction(float(value))
    assert numbers.exact("d", np.int64(7)) == 7


def test_powers_squares_and_quotients_stay_exact():
    norm = sympy.Integer(40) ** sympy.Rational(3, 4)
    assert numbers.square(numbers.square(norm)) == 64000
    assert numbers.quotient(norm, norm) == 1
    assert isinstance(numbers.quotient(norm, norm), Fraction)
    with ctx.workprec(200):
        power = numbers.enclose(norm)
        assert (power**4).contains(64000)
        assert power.rel_accuracy_bits() > 190
        assert numbers.enclose(Fraction(1, 3)).overlaps(ball(1) / 3)


def test_positive_numbers():
    assert numbers.positive("norm", sympy.exp(-1) - sympy.Rational(1, 3)) > 0
    for bad in (0, -1, "-0.5", -sympy.pi, sympy.exp(-1) - sympy.Rational(1, 2)):
        with pytest.raises(ValueError, match="norm must be > 0"):
            numbers.positive("norm", bad)
