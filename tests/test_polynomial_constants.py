"""The theorem's constants against literal sums, searches and the claims' numbers."""

import math
from fractions import Fraction
from itertools import product

import mpmath
import numpy as np
import pytest

import rfbook
from rfbook.polynomial_learning import (
    WeightFunction,
    error_bound,
    weight_bound,
    weight_function,
    weight_sample_max,
)
from rfbook.polynomial_learning.constants import (
    activation_bounds,
    concentration_bound,
    concentration_width,
    descent_step,
    descent_terms,
    descent_time,
    descent_width,
    drift_bound,
    least_power,
    positive,
    theorem_sizes,
    weight_ceiling,
)
from rfbook.polynomial_learning.representation import activation, evaluate

EXAMPLE = {(1, 1, 0, 0, 0): 4, (0, 0, 2, 0, 0): 4, (0,) * 5: Fraction(-4, 5)}
SIZES = tuple(product((Fraction(1, 2), 3), (Fraction(1, 4), 2), (1, 7), ("1/10", 1)))


# Here the second of the two lower bounds is the larger.
INSIDE = (Fraction(1, 100), 10**12, 1, 2)


@pytest.mark.parametrize(("C", "H", "L", "eps"), [*SIZES, INSIDE])
def test_width_and_time_are_the_least_integers(C, H, L, eps):
    eps = Fraction(eps)
    N, T = descent_width(C, H, L, eps), descent_time(C, H, eps)

    def enough(width):
        drift = 8 * eps**3 * width**2 >= 27 * C**5 * H * L**2
        return drift and 8 * eps**2 * width**2 >= 9 * C**4 * H * L

    assert enough(N)
    assert N == 1 or not enough(N - 1)
    assert 4 * eps**2 * T >= 9 * C**2 * H**2 > 4 * eps**2 * (T - 1)


@pytest.mark.parametrize(("C", "H", "L", "eps"), SIZES)
@pytest.mark.parametrize("longer", [0, 1, 50])
def test_no_term_exceeds_a_third_however_the_time_is_rounded(C, H, L, eps, longer):
    eps = Fraction(eps)
    N, T = descent_width(C, H, L, eps), descent_time(C, H, eps) + longer
    eta = descent_step(C, N, T, eps)
    assert all(term <= eps / 3 for term in descent_terms(C, H, L, N, T, eta))
    assert drift_bound(eta, T, H, L) <= 1


def test_terms_are_those_of_a_literal_sum():
    C, H, L, N, T, eta = 3, Fraction(5, 4), 2, 7, 11, Fraction(1, 50)
    u = [Fraction(C, N)] * N
    start, steps, drift = descent_terms(C, H, L, N, T, eta)
    assert start == sum(a * a for a in u) / (2 * eta) / T
    assert steps == sum(eta / 2 * N * H**2 for _ in range(T)) / T
    assert drift >= sum(u) * L * sum(eta * (eta * s * H) * L for s in range(T))


def test_a_longer_drift_is_refused():
    with pytest.raises(ValueError, match="at most 1"):
        drift_bound(1, 3, 1, 1)


@pytest.mark.parametrize("delta", [Fraction(1, 100), 0.5, Fraction(1, 10**30)])
def test_concentration_width_is_where_the_bound_reaches_eps(delta):
    C, L, H, eps = Fraction(7, 2), Fraction(1, 3), Fraction(4, 5), Fraction(1, 8)
    N = concentration_width(C, L, H, eps, delta)
    with mpmath.workdps(50):
        exact = mpmath.mpf(7) / 2 / mpmath.sqrt(N)
        exact *= 2 * mpmath.mpf(1) / 3 / mpmath.sqrt(3) + mpmath.mpf(4) / 5 * (
            mpmath.sqrt(
                2
                * mpmath.log(
                    2
                    / mpmath.mpf(Fraction(delta).numerator)
                    * Fraction(delta).denominator
                )
            )
        )
        assert exact <= 0.125 < exact * mpmath.sqrt(mpmath.mpf(N) / (N - 1))
        # The float rounds a ball whose radius is far below its last digit.
        assert math.isclose(
            concentration_bound(C, L, H, N, delta), exact, rel_tol=1e-15
        )


def test_the_concentration_bound_holds_in_simulation():
    # sigma(z) = z and g = 1 in dimension 2: the supremum is the norm of the mean of w.
    rng, N, runs, delta = np.random.default_rng(5), 30, 4000, 0.5
    w = rng.uniform(-1, 1, (runs, N, 2)) / math.sqrt(2)
    found = np.linalg.norm(w.mean(axis=1), axis=-1)
    failures = int((found > concentration_bound(1, 1, 1, N, delta)).sum())
    # Four standard errors of a frequency delta.
    assert failures <= runs * delta + 4 * math.sqrt(runs * delta * (1 - delta))


@pytest.mark.parametrize("name", ["exp", "sigmoid", "tanh", "erf"])
@pytest.mark.parametrize("radius", [1, 2, Fraction(1, 3)])
def test_activation_bounds_are_the_suprema(name, radius):
    height, slope = activation_bounds(name, radius)
    grid = np.linspace(-float(radius), float(radius), 4001)
    values = activation(name).value(grid)
    steepest = np.abs(np.diff(values) / np.diff(grid)).max()
    # The chord of two neighbours is within spacing^2 |sigma'''| of the slope.
    spacing = grid[1] - grid[0]
    assert math.isclose(float(height), np.abs(values).max(), rel_tol=1e-15)
    assert height >= Fraction(float(np.abs(values).max()))
    assert steepest <= float(slope) * (1 + 1e-11)
    assert steepest >= float(slope) - spacing * 8


def test_activation_bounds_of_a_polynomial():
    height, slope = activation_bounds([1, -2, 0, 1], 2)
    assert (height, slope) == (1 + 4 + 8, 2 + 12)
    assert activation_bounds(activation("tanh"), 1) == activation_bounds("tanh", 1)
    with pytest.raises(ValueError, match="no bounds are known"):
        activation_bounds(activation([0, 1]), 1)


@pytest.mark.parametrize(
    ("P", "sigma", "K"),
    [
        (EXAMPLE, "exp", 5),
        ({(1, 0, 0): 2, (1, 1, 1): -1}, "tanh", 5),
        ({(1, 0): 1}, "erf", 3),
        ({(1, 0): 1, (0, 0): 2, (1, 1): 1}, [1, 2, 3], 2),
    ],
)
def test_the_ceiling_is_the_bound_rounded_up(P, sigma, K):
    g = weight_function(P, sigma, K)
    ceiling = weight_ceiling(g)
    # sums of at most a thousand floats, each with a few roundings
    assert math.isclose(float(ceiling), weight_bound(g), rel_tol=1e-12)
    assert float(ceiling) >= weight_sample_max(g)
    assert ceiling >= exact_weight_bound(g)


def exact_weight_bound(g: WeightFunction) -> Fraction:
    """Sum the moduli with 60 digits, rounded down."""
    with mpmath.workdps(60):
        root, total = mpmath.sqrt(g.d), mpmath.mpf(0)
        factor = 2 / mpmath.sqrt(mpmath.pi) if g.activation.name == "erf" else 1
        for L, value in g.legendre.items():
            size = mpmath.mpf(abs(value).numerator) / value.denominator
            total += size * (root if sum(L) % 2 else 1) / factor
        return Fraction(int(mpmath.floor(total * 10**40)), 10**40)


def test_the_sizes_are_those_of_the_claim():
    statement = rfbook.claims()["theorem-sizes"].statement
    sizes = theorem_sizes(EXAMPLE, "exp", statement.K, statement.eps, statement.delta)
    assert (sizes.C, sizes.N, sizes.T) == (statement.C, statement.N, statement.T)
    assert sizes.representation <= statement.error
    assert least_power(EXAMPLE, "exp", statement.eps / 3) == statement.K


@pytest.mark.parametrize("K", [39, 40])
def test_the_powers_are_sought_up_to_forty(K):
    errors = [
        error_bound(weight_function({(1,): 1}, "exp", k)) for k in range(1, K + 1)
    ]
    assert min(errors[:-1]) > errors[-1]
    assert least_power({(1,): 1}, "exp", errors[-1]) == K


@pytest.mark.parametrize("K", [5, 6])
def test_the_sizes_are_the_printed_formulas(K):
    sizes = theorem_sizes(EXAMPLE, "exp", K, Fraction(1, 10), Fraction(1, 100))
    C, square = float(sizes.C), math.exp(2)  # H = L = e^2
    width = math.sqrt(729 * C**5 * square**3 * 1000 / 8)
    spread = 900 * C**2 * math.e**2 * (2 / 3**0.5 + (2 * math.log(200)) ** 0.5) ** 2
    # The room rounds e up in float64, and each size to an integer.
    assert math.isclose(sizes.descent, width, rel_tol=1e-14, abs_tol=1)
    assert math.isclose(sizes.concentration, spread, rel_tol=1e-14, abs_tol=1)
    assert math.isclose(sizes.T, 2025 * C**2 * square**2, rel_tol=1e-14, abs_tol=1)
    assert sizes.eta == 45 * sizes.C**2 / (sizes.N * sizes.T)
    assert max(sizes.descent, sizes.concentration) == sizes.N


def test_the_representation_keeps_its_third():
    g = weight_function(EXAMPLE, "exp", 5)
    rng = np.random.default_rng(1)
    w = rng.uniform(-1, 1, (400_000, 5)) / math.sqrt(5)
    x = np.array([0.3, -0.4, 0.5, 0.1, 0.2])
    values = np.exp(w @ x) * g(w)
    error = values.std() / math.sqrt(len(values))
    far = abs(values.mean() - float(evaluate(EXAMPLE, x)))
    assert far <= error_bound(g) + 5 * error


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: positive("C", -1), "C must be positive, got -1"),
        (lambda: positive("C", math.nan), "rational"),
        (lambda: descent_time(0, 1, 1), "C must be positive"),
        (lambda: descent_width(1, 1, 1, 0), "eps must be positive"),
        (lambda: descent_step(1, 0, 1, 1), "N must be an integer >= 1, got 0"),
        (lambda: descent_step(1, 1, 2.0, 1), "T must be an integer >= 1, got 2.0"),
        (lambda: concentration_bound(1, 1, 1, 5, 1), "delta must be below 1, got 1"),
        (lambda: concentration_width(1, 1, 1, 1, 0), "delta must be positive"),
        (lambda: activation_bounds("relu", 1), "no activation 'relu'"),
        (lambda: activation_bounds("exp", 0), "radius must be positive"),
        (lambda: theorem_sizes(EXAMPLE, "tanh", 5, 1, 0.1), "a_2 = 0"),
        (lambda: theorem_sizes(EXAMPLE, "exp", 1, 1, 0.1), "K must be >= the degree 2"),
        (lambda: theorem_sizes(EXAMPLE, "exp", 4, 0.1, 0.1), "more than eps/3"),
        (lambda: theorem_sizes({}, "exp", 4, 0.1, 0.1), "no monomial"),
        (lambda: least_power({(1,): 1}, "tanh", 1e-30), "no K <= 40 is enough"),
    ],
)
def test_bad_input_names_the_value_and_the_rule(call, word):
    with pytest.raises(ValueError, match=word):
        call()
