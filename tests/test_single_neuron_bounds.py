"""The lower bounds as numbers, against independent routes and against real features."""

from __future__ import annotations

import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from flint import ctx
from scipy.special import eval_hermitenorm, gammaln

from rfbook.ranges import ball
from rfbook.single_neuron import bounds as room

CONSTANT = math.sqrt(2) / (6 * math.pi**1.5)


# --- the energies -------------------------------------------------------------------


def half_moment(power: int) -> mpmath.mpf:
    """Return E g^power over g > 0."""
    return (
        mpmath.gamma(mpmath.mpf(power + 1) / 2)
        * mpmath.power(2, power / 2 - 1)
        / (mpmath.sqrt(mpmath.pi))
    )


def energy(k: int) -> mpmath.mpf:
    """Return (E [g]_+ he_k(g))^2, from the coefficients of He_k and half moments."""
    below, row = [0], [1]
    for n in range(k):
        above = [0, *row]
        for power, value in enumerate(below):
            above[power] -= n * value
        below, row = row, above
    mean = sum(value * half_moment(power + 1) for power, value in enumerate(row))
    return mean**2 / mpmath.factorial(k)


def test_the_energy_from_degree_m_on_is_what_lower_degrees_leave():
    with mpmath.workdps(60):
        rest = mpmath.mpf(1) / 2
        for m in range(40):
            enclosure = room.energy_tail_ball(m)
            gap = abs(float(enclosure.mid()) - float(rest))
            assert gap <= 2e-16 + float(enclosure.rad())
            assert enclosure.rad() < 1e-20
            rest -= energy(m)


def test_the_energy_by_quadrature_of_the_square():
    """Project [g]_+ on degrees below 9 by an integral over g > 0."""
    nodes, weights = np.polynomial.legendre.leggauss(200)
    x, weights = 6 * (nodes + 1), 6 * weights
    density = np.exp(-x * x / 2) / math.sqrt(2 * math.pi)
    total = 0.5
    for k in range(9):
        value = weights @ (x * eval_hermitenorm(k, x) * density)
        total -= value**2 / math.exp(gammaln(k + 1))
    # beyond x = 12 the density is below 1e-31; the integrand is entire
    assert abs(total - room.energy_tail(9)) < 1e-12


@pytest.mark.parametrize("m", [4, 10, 100, 1000, 20_000, 100_000])
def test_the_energy_lies_between_its_bounds(m):
    assert CONSTANT * (m - 1) ** -1.5 < room.energy_tail(m) < CONSTANT * (m - 2) ** -1.5


# --- straight from the series -------------------------------------------------------


@pytest.mark.parametrize("d", [2, 3, 10, 57, 200, 3000])
def test_the_floor_is_above_its_short_form(d):
    assert room.direct_error_floor(d, d**0.75) > 0.0211
    assert math.isclose(
        room.direct_error_floor(d, 3.0), 9 * room.direct_error_floor(d, 1.0)
    )


@pytest.mark.parametrize("d", [2, 5, 31, 400])
@pytest.mark.parametrize("share", [Fraction(1, 2), 1, 0.1, Fraction(1, 10**9)])
def test_the_least_number_of_features_is_the_least(d, share):
    N = room.direct_least_features(d, share)
    assert room.direct_success_bound(d, N) >= Fraction(share)
    assert room.direct_success_bound(d, N - 1) < Fraction(share)


def relu_kernel(t):
    """Return E [<v, x>]_+ [<w, x>]_+ for unit vectors with product t."""
    t = np.clip(t, -1, 1)
    return (np.sqrt(1 - t * t) + t * (math.pi - np.arccos(t))) / (2 * math.pi)


def test_random_features_stay_within_the_bounds():
    # the mean error is above that of the theorem, with m = 10 and E t^10 <= 2^-8
    rng = np.random.default_rng(7)
    d, N = 9, 12

    def sphere(count):
        points = rng.standard_normal((count, d))
        return points / np.linalg.norm(points, axis=1, keepdims=True)

    features, targets = sphere(N), sphere(4000)
    gram = relu_kernel(features @ features.T)
    cross = relu_kernel(features @ targets.T)
    errors = 0.5 - np.einsum("ij,ij->j", cross, np.linalg.solve(gram, cross))
    reached = np.mean(errors <= room.direct_error_floor(d))
    assert reached <= room.direct_success_bound(d, N)
    # and the mean error is above that of the theorem, with m = 10 and E t^10 <= 2^-8
    assert errors.mean() > room.energy_tail(10) * (1 - N * 2.0 ** (1 - d))


# --- by the wave --------------------------------------------------------------------


@pytest.mark.parametrize("R", [0.25, 1, 1.2, Fraction(9, 4), 7.25, 100.0, 1e15])
def test_the_kinks_are_the_least_odd_number(R):
    a = room.wave_kinks(R)
    assert a % 2 == 1
    assert a >= 4 * Fraction(R) > a - 2


def test_the_wave_excludes_less_than_the_wave_has():
    """The excluded error is below that of constants for the steepest neuron, R^2."""
    for d in range(2, 60):
        R = room.wave_least_norm(d)
        assert room.wave_error_floor(R) < R * R / 288


@pytest.mark.parametrize("d", [2, 20, 61, 700])
def test_the_least_number_by_the_wave(d):
    N = room.wave_least_features(d)
    with ctx.workprec(800):
        allowed = ball(Fraction(1, 24)) * ball(Fraction(d, 2)).exp()
        assert bool(allowed <= N)
        assert bool(allowed > N - 1)


@pytest.mark.parametrize("d", [20, 61, 200])
def test_one_bias_for_all_costs_its_factor(d):
    R = room.wave_least_norm(d)
    a = room.wave_kinks(R)
    factor = Fraction(16, 12) * (a + 1) * Fraction(math.log(4 * a + 4) + 1)
    every, single = room.wave_least_features(d), room.fixed_bias_least_features(d, R)
    # each is a number rounded up, and the logarithm is rounded
    assert abs(single * factor - every) <= factor + every * Fraction(1, 10**14)


def test_the_direct_bound_is_the_better_one():
    for d in range(2, 300):
        assert room.direct_least_features(d) >= room.wave_least_features(d)
        assert room.direct_error_floor(d) > (1 / 92) / d**2


# --- the printed theorems -----------------------------------------------------------


@pytest.mark.parametrize("d", [*range(2, 60), 200, 1000, 10_000])
def test_what_is_proved_is_more_than_what_is_printed(d):
    short = 1.25 * math.log(d) + d / 5 - math.log(16)
    assert room.proved_weight_bound_log(d) >= short >= room.printed_weight_bound_log(d)


def test_the_proved_bound_is_the_chain_of_the_proof():
    with mpmath.workdps(40):
        d = mpmath.mpf(30)
        energy = mpmath.mpf(room.energy_tail(30))
        spread = mpmath.exp(d / 40) * d**2 * mpmath.sqrt(energy * 2 ** (1 - d))
        value = (
            (d**4 * energy - mpmath.mpf(1) / 50) / (2 * spread) * mpmath.exp(-d / 10)
        )
        assert math.isclose(room.proved_weight_bound_log(30), float(mpmath.log(value)))


# --- bad input ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: room.energy_tail(-1), "m must be an integer >= 0, got -1"),
        (lambda: room.energy_tail(2.0), "m must be an integer"),
        (lambda: room.energy_tail(100_001), "m must be at most 100000"),
        (lambda: room.direct_error_floor(1), "d must be an integer >= 2, got 1"),
        (lambda: room.direct_error_floor(5, 0.0), "norm must be finite and > 0"),
        (lambda: room.direct_error_floor(5, math.inf), "norm must be finite"),
        (lambda: room.direct_error_floor(5, 1e200), "the floor must be finite"),
        (lambda: room.direct_error_floor(5, 1e-160), "underflows"),
        (lambda: room.direct_success_bound(5, -1), "N must be an integer >= 0"),
        (
            lambda: room.direct_least_features(5, 0),
            "probability must be finite and > 0",
        ),
        (lambda: room.direct_least_features(5, 2), "probability must be at most 1"),
        (lambda: room.wave_least_norm(1), "d must be an integer >= 2"),
        (lambda: room.wave_kinks(-1.0), "R must be finite and > 0"),
        (lambda: room.wave_kinks(math.nan), "R must be finite"),
        (lambda: room.wave_error_floor(1e160), "underflows"),
        (lambda: room.wave_success_bound(3000, 1), "leaves float64's range"),
        (lambda: room.wave_success_bound(30, 0), "N must be an integer >= 1"),
        (lambda: room.wave_least_features(40, True + 1), "at most 1, got 2"),
        (lambda: room.fixed_bias_least_features(40, 0), "R must be finite and > 0"),
        (lambda: room.printed_weight_bound_log(9, -0.1), "rate must be finite and > 0"),
        (lambda: room.proved_weight_bound_log(1), "d must be an integer >= 2"),
    ],
)
def test_bad_input_is_named(call, word):
    with pytest.raises(ValueError, match=word):
        call()
