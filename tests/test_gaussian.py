"""Gaussian expectations against quadrature, recurrences and balls."""

from __future__ import annotations

import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from flint import ctx

from rfbook import gaussian
from rfbook.ranges import ball

THRESHOLDS = (-9.0, -2.5, -0.1, 0.0, 0.7, 1.999, 2.0, 2.001, 5.0, 12.0, 36.0)


def accuracy(h, k, moment):
    """Bound the relative error of `truncated_moment`, from the way it is computed.

    Roundings, in units u = 2^-53: sqrt(2), the quotient and the square within erfc move
    its value by at most 2.5 h^2 u, all the others together by 20 u. For h < 2 the terms
    cancel, and their errors count against the sum of their moduli.

    From h = 2 on the fraction starts at its term n between two known bounds of it,
    2 / (h + sqrt(h^2 + 4j)) for j = n and n + 1. A relative error of r_(j+1) is one of
    r_j = 1 / (h + (j+1) r_(j+1)), 1 - h r_j times as large.
    """
    rounding = 2.0**-53 * (20 + 2.5 * h * h)
    if h < 2:
        q, density = math.erfc(h / math.sqrt(2)) / 2, gaussian.phi(h)
        parts = (q, density + abs(h) * q, (1 + h * h) * q + abs(h) * density)
        return rounding * parts[k] / moment

    def ratio(j):
        return 2 / (h + math.sqrt(h * h + 4 * j))

    depth = gaussian._FRACTION_DEPTH
    start = ratio(depth) / ratio(depth + 1) - 1
    shrinks = [1 - h * ratio(j + 1) for j in range(depth)]
    left = sum(start * math.prod(shrinks[i:]) for i in range(1, k + 1))
    assert left < 2e-17
    return rounding + left


@pytest.mark.parametrize("h", THRESHOLDS)
@pytest.mark.parametrize("k", [0, 1, 2])
def test_truncated_moments_against_quadrature(h, k):
    with mpmath.workdps(30):
        # substituting g = h + u keeps the digits of small moments; phi(h) stays outside
        # since mpmath stops at an absolute error
        def integrand(u):
            return u**k * mpmath.exp(-u * (h + u / 2))

        cuts = [0, 1 / (1 + abs(h)), 1, 4, 10, max(20, 20 - h)]
        exact = float(mpmath.npdf(h) * mpmath.quad(integrand, cuts))
    assert gaussian.truncated_moment(h, k) == pytest.approx(
        exact, rel=accuracy(h, k, exact), abs=0
    )


def test_truncated_moments_of_opposite_thresholds_add_up_to_plain_moments():
    h = np.linspace(-6, 6, 49)
    both = [
        gaussian.truncated_moment(h, k) + gaussian.truncated_moment(-h, k)
        for k in (0, 2)
    ]
    np.testing.assert_allclose(both[0], 1, rtol=1e-14)
    np.testing.assert_allclose(both[1], 1 + h * h, rtol=1e-14)


def test_derivative_of_a_moment_is_minus_the_one_before():
    h, step = np.linspace(0, 6, 13), 1e-4
    high = gaussian.truncated_moment(h + step, 2)
    low = gaussian.truncated_moment(h - step, 2)
    # the third derivative is -2 phi, at most 0.8: error step^2 * 0.8 / 6 = 1.4e-9
    np.testing.assert_allclose(
        (high - low) / (2 * step),
        -2 * gaussian.truncated_moment(h, 1),
        atol=2e-9,
        rtol=0,
    )


def test_logarithms_agree_where_both_exist():
    h = np.linspace(-5, 37, 100)
    np.testing.assert_allclose(
        np.exp(gaussian.log_tail(h)), gaussian.tail(h), rtol=1e-12
    )
    np.testing.assert_allclose(np.exp(gaussian.log_phi(h)), gaussian.phi(h), rtol=1e-12)
    assert gaussian.log_tail(1e6) < -4e11


def test_quadrature_is_exact_for_polynomials_and_slow_at_a_kink():
    for n in (1, 5, 30):
        moment = gaussian.expect(lambda x, n=n: x ** (2 * n - 2), nodes=n)
        exact = math.prod(range(1, 2 * n - 2, 2))
        assert moment == pytest.approx(exact, rel=1e-12, abs=0)
    errors = [gaussian.expect(np.abs, n) - math.sqrt(2 / math.pi) for n in (100, 400)]
    assert errors[0] / errors[1] == pytest.approx(4, rel=0.02, abs=0)


def test_a_function_that_writes_on_the_nodes_is_refused():
    with pytest.raises(ValueError, match="read-only"):
        gaussian.expect(lambda x: np.sin(x, out=x), nodes=7)
    # the nodes are kept for the next call
    assert gaussian.expect(np.square, nodes=7) == pytest.approx(1, rel=1e-14, abs=0)


@pytest.mark.parametrize("h", [-4, 0, 1, Fraction(7, 3), 30, 3600])
@pytest.mark.parametrize("k", [0, 1, 2])
def test_moment_balls_are_tight_and_contain_a_finer_ball(h, k):
    coarse = gaussian.truncated_moment_ball(h, k)
    with ctx.workprec(300):
        fine = gaussian.truncated_moment_ball(h, k)
    assert coarse.contains(fine)
    assert coarse.rel_accuracy_bits() > 45
    assert ctx.prec == 53


def test_balls_contain_the_floats_up_to_rounding():
    for h in (-3.0, 0.5, 2.0, 10.0):
        for k in range(3):
            enclosure = float(gaussian.truncated_moment_ball(h, k))
            assert gaussian.truncated_moment(h, k) == pytest.approx(
                enclosure, rel=accuracy(h, k, enclosure), abs=0
            )
        # the exponent -h^2/2 - 0.92 is rounded thrice, its exponential once
        assert gaussian.phi(h) == pytest.approx(
            float(gaussian.phi_ball(h)), rel=2.0**-53 * (h * h + 5), abs=0
        )


def test_moments_by_simulation():
    # 6 comparisons at 4 standard errors: family-wise level 6 * 6.3e-5 = 4e-4
    g = np.random.default_rng(11).standard_normal(1_000_000)
    for h in (-0.5, 1.2):
        for k in (0, 1, 2):
            sample = np.where(g > h, (g - h) ** k, 0.0)
            error = sample.std(ddof=1) / math.sqrt(len(sample))
            assert abs(sample.mean() - gaussian.truncated_moment(h, k)) < 4 * error


def test_the_ends_of_the_ranges_belong_to_them(monkeypatch):
    assert gaussian.log_phi(1e150) < -1e299
    monkeypatch.setattr(gaussian, "_MAX_NODES", 20)
    assert math.isclose(gaussian.expect(np.cos, 20), math.exp(-1 / 2))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: gaussian.tail(40.0), "tail underflows .* use log_tail"),
        (lambda: gaussian.phi(-40.0), "phi underflows .* use log_phi"),
        (lambda: gaussian.truncated_moment(50.0, 1), "underflows"),
        (lambda: gaussian.truncated_moment(0.0, 3), "k must be 0, 1 or 2, got 3"),
        (lambda: gaussian.truncated_moment_ball(0, 3), "k must be 0, 1 or 2, got 3"),
        (lambda: gaussian.tail(math.inf), "h must be finite, got inf"),
        (lambda: gaussian.log_tail([0, math.nan]), "h must be finite, got nan"),
        (lambda: gaussian.log_phi(1e200), "at most 1e150"),
        (lambda: gaussian.log_phi([0.0, 1e200, -1e160]), r"got 1e\+200"),
        (lambda: gaussian.expect(np.cos, 0), "nodes must be"),
        (lambda: gaussian.expect(np.cos, 2001), "at most 2000, got 2001"),
        (lambda: gaussian.expect(lambda x: 1.0), "must return shape"),
        (lambda: gaussian.expect(lambda x: x * np.nan), r"f\(x\) must be finite"),
        (lambda: gaussian.tail_ball(ball(1) / 0), "finite number"),
    ],
)
def test_values_out_of_range_are_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()
