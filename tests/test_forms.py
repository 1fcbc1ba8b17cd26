"""Gaussian quadratic forms: the law by a contour integral, against other routes."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import chi2

from rfbook.forms import (
    _saddle,
    contour_integral,
    form_cdf,
    form_logtransform,
    form_tail,
)


@pytest.mark.parametrize("d", [1, 2, 3, 10, 450, 4000])
@pytest.mark.parametrize("p", [1e-30, 1e-8, 0.01, 0.3, 0.5, 0.9, 1 - 1e-6])
def test_equal_weights_give_the_chi_square_law(d, p):
    t = chi2.isf(p, d)
    weights = np.full(d, 2.5)
    # chi2.isf itself is only good to a few units in the last place of t
    assert form_tail(2.5 * t, weights) == pytest.approx(p, rel=1e-11, abs=0)
    assert form_cdf(2.5 * t, weights) == pytest.approx(chi2.cdf(t, d), rel=1e-11, abs=0)


def twice_each(values, t):
    """P(q > t), t >= 0, for weights that come twice: a sum of exponentials."""
    total = 0.0
    for b in values:
        if b > 0:
            others = [other for other in values if other != b]
            share = np.prod([b / (b - other) for other in others])
            total += share * np.exp(-t / (2 * b))
    return total


@pytest.mark.parametrize("values", [[1.0, -1.0], [2.0, 0.5, -0.3], [0.1, -3.0]])
@pytest.mark.parametrize("t", [0.0, 1e-9, 0.3, 4.0])
def test_weights_that_come_twice(values, t):
    found = form_tail(t, np.repeat(values, 2))
    assert found == pytest.approx(twice_each(values, t), rel=1e-11, abs=0)


def test_two_weights_of_both_signs_against_quadrature():
    a, b, t = 1.0, 0.4, 0.7  # a z^2 - b w^2 > t

    def given(w):
        return chi2.sf((t + b * w * w) / a, 1) * np.exp(-w * w / 2)

    exact = quad(given, -np.inf, np.inf, epsabs=1e-13)[0] / np.sqrt(2 * np.pi)
    assert form_tail(t, [a, -b]) == pytest.approx(exact, rel=1e-10, abs=0)


@pytest.mark.parametrize("scale", [1e-8, 1.0, 1e8])
def test_the_scale_is_immaterial(scale):
    weights = np.array([2.0, 0.5, -1.0])
    reference = form_tail(1.3, weights)
    assert form_tail(1.3 * scale, weights * scale) == pytest.approx(reference)


def test_a_nearly_singular_mixture_of_signs():
    """One weight far smaller than the other hardly moves the law."""
    assert form_tail(1.0, [1.0, -1e-12]) == pytest.approx(
        chi2.sf(1.0, 1), rel=1e-9, abs=0
    )


def test_both_functions_sum_to_one():
    weights = np.random.default_rng(0).standard_normal(30)
    t = np.linspace(-40, 40, 9)
    assert form_tail(t, weights) + form_cdf(t, weights) == pytest.approx(
        1, rel=1e-12, abs=0
    )
    assert np.all(np.diff(form_cdf(t, weights)) > 0)


def test_outside_the_support():
    assert form_tail(-1.0, [1.0, 2.0]) == 1
    assert form_cdf(0.0, [1.0, 2.0]) == 0
    assert form_tail(0.0, [-1.0, -2.0]) == 0
    assert form_cdf(0.0, [0.0]) == 1
    assert form_tail(-1.0, [0.0, 0.0]) == 1


def test_simulation():
    rng = np.random.default_rng(1)
    weights, n = np.array([3.0, 1.0, -2.0, 0.5, -0.1]), 200_000
    values = rng.standard_normal((n, 5)) ** 2 @ weights
    for t in (-3.0, 0.0, 5.0):
        p = form_tail(t, weights)
        # five standard errors of a share
        assert abs(np.mean(values > t) - p) < 5 * np.sqrt(p * (1 - p) / n)


def test_the_transform_is_analytic_across_the_imaginary_axis():
    weights = np.linspace(-1, 1, 50)
    u = np.linspace(-40, 40, 4001)
    phase = form_logtransform(1j * u, weights).imag
    # the argument of each factor changes by at most |a| / (1 + 4 a^2 u^2) du
    assert np.abs(np.diff(phase)).max() <= np.abs(weights).sum() * np.diff(u).max()


def test_two_sums_that_agree_are_enough():
    """The integrand is 1 / cosh v: of the order of e^(-pi^2 / step), 1e-17, at once."""
    value, error = contour_integral(
        lambda s: -np.log(1 - s) - np.log(1 + s), 0.0, 1.0, 0.0, accuracy=100.0
    )
    np.testing.assert_allclose(value, 0.5, rtol=1e-14)
    assert error < 1e-14


@pytest.mark.parametrize("t", [1.0, 3.0, 80.0])
def test_the_path_crosses_at_the_saddle(t):
    # with one weight 1: 1 / (1 - 2 c) = t + 1 / c, a quadratic equation for c
    exact = (t - 3 + np.sqrt((t - 3) ** 2 + 8 * t)) / (4 * t)
    centre, radius = _saddle(t, np.array([1.0]))
    np.testing.assert_allclose(centre, exact, rtol=1e-12)
    # the singularities are the pole at 0 and the transform's end at 1/2
    np.testing.assert_allclose(radius, min(exact, 0.5 - exact), rtol=1e-10)


def test_an_integral_that_does_not_converge_is_refused():
    with pytest.raises(ValueError, match="sums over the path must agree"):
        # an oscillation without decay
        contour_integral(lambda s: -3e4 * s - 1.01 * np.log(s), 0.5, 0.5, 0.0)


@pytest.mark.parametrize("weights", [[], [[1.0]], [np.nan], [np.inf], ["a"]])
def test_weights_that_are_refused(weights):
    with pytest.raises(ValueError, match="weights must be"):
        form_tail(0.0, weights)


def test_a_point_that_is_not_finite_is_refused():
    with pytest.raises(ValueError, match="t must be finite"):
        form_cdf(np.inf, [1.0])


@pytest.mark.parametrize("factor", [0.7, 1.5])
def test_the_path_is_refined_until_the_accuracy_and_no_further(factor):
    """The scale of the accuracy is the integral of the modulus along the path."""
    calls = []

    def log_integrand(s):
        calls.append(s.size)
        return -s - np.log(s) - np.log(1 - s)

    def modulus(v):
        s = np.array([0.5 + 0.25 * (np.cosh(v) - 1) + 0.5j * np.sinh(v)])
        speed = abs(0.25 * np.sinh(v) + 0.5j * np.cosh(v))
        return np.exp(log_integrand(s).real)[0] * speed / np.pi

    path, scale = (0.5, 0.5, 0.5), quad(modulus, 0, 8)[0]
    calls.clear()
    _, first = contour_integral(log_integrand, *path, accuracy=1e-9)
    rough = len(calls)
    calls.clear()
    accuracy = factor * first / scale
    _, error = contour_integral(log_integrand, *path, accuracy=accuracy)
    assert error <= accuracy * scale
    assert len(calls) == rough + (factor < 1)


def test_a_saddle_that_no_float_resolves_is_refused_and_not_sought_without_end():
    with pytest.raises(ValueError, match="sizes that float64 can add"):
        form_cdf(9e-86, [1e-286, -0.24])
