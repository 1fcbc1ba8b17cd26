"""Polynomials as averages of neurons, against quadrature, SymPy and sampling."""

import math
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
import sympy

from rfbook.polynomial_learning import representation as room

ODD, EVEN = {(1, 0): 2, (1, 2): -3}, {(0, 0): 1, (1, 1): "-5/2", (2, 2): 1}


def on_the_cube(d, size):
    """Nodes and weights of the product Gauss rule on the cube of w."""
    nodes, weights = np.polynomial.legendre.leggauss(size)
    w = np.array(list(product(nodes / math.sqrt(d), repeat=d)))
    return w, np.array([math.prod(p) for p in product(weights / 2, repeat=d)])


def in_the_ball(d, count, seed=0):
    x = np.random.default_rng(seed).standard_normal((count, d))
    return x / np.linalg.norm(x, axis=1, keepdims=True)


# --- activations ----------------------------------------------------------------------


@pytest.mark.parametrize("name", room.ACTIVATIONS)
def test_taylor_coefficients_are_sympy_s(name):
    t = sympy.Symbol("t")
    formulas = {
        "exp": sympy.exp(t),
        "sigmoid": 1 / (1 + sympy.exp(-t)),
        "tanh": sympy.tanh(t),
        "erf": sympy.erf(t) * sympy.sqrt(sympy.pi) / 2,
    }
    series = sympy.series(formulas[name], t, 0, 12).removeO()
    found = room.activation(name).coefficients(11)
    assert found == [Fraction(str(series.coeff(t, n))) for n in range(12)]


@pytest.mark.parametrize("name", room.ACTIVATIONS)
def test_the_series_gives_the_function(name):
    sigma = room.activation(name)
    t = np.linspace(-1, 1, 9)
    series = [float(a) for a in sigma.coefficients(100)]
    value = sigma.factor * np.polynomial.polynomial.polyval(t, series)
    assert np.allclose(value, sigma.value(t), rtol=0, atol=1e-14)


@pytest.mark.parametrize("name", room.ACTIVATIONS)
@pytest.mark.parametrize("M", [0, 1, 2, 7, 12, 30])
def test_the_tail_is_an_upper_bound(name, M):
    sigma = room.activation(name)
    beyond = sum(abs(float(sigma.coefficient(n))) for n in range(M + 1, M + 80))
    assert beyond <= sigma.tail(M) <= 20 * beyond + 1e-30


def test_a_polynomial_activation_ends():
    sigma = room.activation([0, "1/2", 0, -3])
    assert sigma.coefficients(5) == [0, Fraction(1, 2), 0, -3, 0, 0]
    assert sigma.tail(1) == 3
    assert sigma.tail(3) == 0
    assert float(sigma.value(2.0)) == -23


# --- exact ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("P", "sigma", "K"),
    [
        ({(0,): 2, (3,): -1}, "exp", 6),
        ({(1,): 1}, "erf", 7),
        (ODD, "tanh", 5),
        (EVEN, "exp", 5),
        ({(1, 0, 0, 0): 1, (1, 0, 2, 0): 2}, "sigmoid", 4),
        ({(1, 1): 3, (0, 0): 7}, [1, 0, "2/3"], 2),
    ],
)
def test_the_cut_activation_gives_the_polynomial_exactly(P, sigma, K):
    g = room.weight_function(P, sigma, K)
    assert room.truncated_mean(g, K) == room.polynomial(P)


def test_the_same_by_multiplying_out_in_sympy():
    w1, w2, x1, x2 = sympy.symbols("w1 w2 x1 x2")
    g = room.weight_function(EVEN, "exp", 4)
    weight = sum(
        sympy.Rational(c.numerator, c.denominator) * w1**i * w2**j
        for (i, j), c in room.weight_monomials(g).items()
    )
    activation = sum((w1 * x1 + w2 * x2) ** n / sympy.factorial(n) for n in range(5))
    side = 1 / sympy.sqrt(2)
    integral = sympy.expand(activation * weight)
    for w in (w1, w2):
        integral = sympy.integrate(integral, (w, -side, side)) / (2 * side)
    P = 1 - sympy.Rational(5, 2) * x1 * x2 + x1**2 * x2**2
    assert sympy.expand(integral - P) == 0


def test_a_longer_activation_adds_the_error_that_is_summed():
    g = room.weight_function(EVEN, "exp", 4)
    longer = room.truncated_mean(g, 9)
    x = in_the_ball(2, 5)
    cut = room.power_means(g, x, 9)[:, 5:] @ [
        1 / math.factorial(n) for n in range(5, 10)
    ]
    assert np.allclose(
        room.evaluate(longer, x) - room.evaluate(EVEN, x), cut, atol=1e-12, rtol=0
    )


# --- the error ------------------------------------------------------------------------


@pytest.mark.parametrize("sigma", room.ACTIVATIONS)
@pytest.mark.parametrize(
    ("P", "K"), [({(1,): 1}, 3), (ODD, 3), ({(1, 0, 0): 1, (1, 1, 1): 1}, 3)]
)
def test_the_error_is_the_quadrature_s(P, sigma, K):
    if sigma == "sigmoid":
        P = {**P, (0,) * len(next(iter(P))): 1}
    g = room.weight_function(P, sigma, K)
    w, mass = on_the_cube(g.d, 24)
    x = in_the_ball(g.d, 6)
    mean = g.activation.value(x @ w.T) @ (mass * g(w))
    # float64 rounding of a mean whose terms are at most sup |g|
    tolerance = 1e-14 * room.weight_bound(g)
    error = mean - room.evaluate(P, x)
    assert np.allclose(room.representation_error(g, x), error, rtol=0, atol=tolerance)


def test_the_exponential_has_a_closed_form_in_bessel_functions():
    from scipy.special import spherical_in

    g = room.weight_function({(1, 0, 0): 1, (0, 1, 1): 2}, "exp", 4)
    x = in_the_ball(3, 4)
    closed = sum(
        c
        * math.prod(
            spherical_in(n, abs(x[:, i]) / math.sqrt(3)) * np.sign(x[:, i]) ** n
            for i, n in enumerate(L)
        )
        for L, c in g.coefficients().items()
    )
    error = closed - room.evaluate(g.target, x)
    tolerance = 1e-14 * room.weight_bound(g)
    assert np.allclose(room.representation_error(g, x), error, rtol=0, atol=tolerance)


def test_sampled_neurons_agree_in_dimension_eight():
    P = {(1, 1) + (0,) * 6: 1, (0,) * 8: 1}
    g = room.weight_function(P, "exp", 2)
    rng = np.random.default_rng(5)
    w = rng.uniform(-1, 1, (200_000, 8)) / math.sqrt(8)
    x = in_the_ball(8, 1, seed=3)[0]
    values = np.exp(w @ x) * g(w)
    claimed = float(room.evaluate(P, x) + room.representation_error(g, x[None])[0])
    # 3.3 standard errors: one comparison at the level 1e-3
    assert abs(values.mean() - claimed) < 3.3 * values.std() / math.sqrt(len(values))


@pytest.mark.parametrize("sigma", ["exp", "tanh", "erf"])
@pytest.mark.parametrize("K", [1, 3, 5, 7])
def test_the_error_stays_below_its_bound_and_falls_with_K(sigma, K):
    g, longer = (room.weight_function({(1, 0): 1}, sigma, k) for k in (K, K + 2))
    assert 0 < room.sampled_error(g, 50) <= room.error_bound(g)
    assert room.sampled_error(longer, 50) < room.sampled_error(g, 50) / 2
    assert room.error_bound(g, K + 60) < 1e-9


def test_a_polynomial_activation_has_no_error():
    g = room.weight_function(ODD, [0, 1, 5, -2], 3)
    assert room.error_bound(g) == 0
    assert room.sampled_error(g, 20) == 0


# --- the size -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("P", "K", "bound", "error"),
    [
        ({(1,): 1}, 1, 3, 0.1036),
        ({(1,): 1}, 3, 13.5, 2.045e-3),
        ({(1, 1, 0): 1}, 2, 27, 1.690e-2),
        ({(1, 1, 0): 1}, 4, 283.5, 2.282e-4),
        ({(2, 0, 0, 0, 0): 1}, 2, 75, 1.469e-2),
    ],
)
def test_sizes_and_errors_of_the_exponential(P, K, bound, error):
    g = room.weight_function(P, "exp", K)
    assert math.isclose(room.weight_bound(g), bound, rel_tol=1e-12)
    assert math.isclose(room.sampled_error(g, 2000), error, rel_tol=1e-2)


def test_the_norm_is_the_quadrature_s():
    g = room.weight_function(ODD, "tanh", 5)
    w, mass = on_the_cube(2, 8)
    assert math.isclose(room.weight_norm(g) ** 2, mass @ g(w) ** 2, rel_tol=1e-12)


@pytest.mark.parametrize("K", [2, 4, 6])
def test_norm_sampled_maximum_and_bound_are_in_order(K):
    g = room.weight_function({(1, 1, 0): 1}, "exp", K)
    largest = room.weight_sample_max(g)
    assert room.weight_norm(g) <= largest <= room.weight_bound(g) * (1 + 1e-12)


def test_the_sampled_maximum_is_that_of_seed_zero_where_none_is_named():
    g = room.weight_function({(1, 1, 0): 1, (0, 1, 0): 3}, "exp", 3)
    plain, zero, one = (
        room.weight_sample_max(g, 4, **seed) for seed in ({}, {"seed": 0}, {"seed": 1})
    )
    assert plain == zero != one


def test_factor_and_linearity():
    one = room.weight_function({(1, 0): 1}, "erf", 3)
    two = room.weight_function({(1, 0): 1}, [0, 1, 0, "-1/3"], 3)
    both = room.weight_function({(1, 0): 3, (2, 1): 1}, "erf", 3)
    alone = room.weight_function({(2, 1): 1}, "erf", 3)
    w = np.random.default_rng(0).uniform(-1, 1, (5, 2)) / math.sqrt(2)
    assert np.allclose(one(w) * 2 / math.sqrt(math.pi), two(w))
    assert np.allclose(both(w), 3 * one(w) + alone(w))


def test_real_sizes_are_reached():
    g = room.weight_function({(1, 1) + (0,) * 12: 1}, "exp", 8)
    assert len(g.legendre) == math.comb(14 + 3, 3)
    assert room.weight_norm(g) < room.weight_bound(g)


# --- bad input ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: room.weight_function({}, "exp", 2), "the polynomial has no monomial"),
        (lambda: room.weight_function({(1,): 0}, "exp", 2), "has no monomial"),
        (lambda: room.weight_function({(1.5,): 1}, "exp", 2), "an integer >= 0"),
        (lambda: room.weight_function({(2,): 1}, "exp", 2.0), "K must be an integer"),
        (
            lambda: room.weight_function({(2,): 1}, "exp", 1),
            "K must be >= the degree 2",
        ),
        (lambda: room.weight_function({(2,): 1}, "tanh", 3), "a_2 = 0, needed for"),
        (lambda: room.weight_function({(0,): 1}, "erf", 3), "a_0 = 0, needed for"),
        (lambda: room.weight_function({(1,): 1}, "relu", 3), "no activation 'relu'"),
        (lambda: room.weight_function({(1,): 1}, [0, 0], 3), "no coefficient other"),
        (lambda: room.weight_function({(1,): 1}, [math.nan], 3), "rational number"),
        (lambda: room.polynomial({(1,): 1, (1, 0): 1}), "of one length"),
        (lambda: room.polynomial({(1,): math.inf}), "must be a rational number"),
        (lambda: room.polynomial([1, 2]), "a mapping or a sympy.Poly"),
    ],
)
def test_bad_input_is_named(call, word):
    with pytest.raises(ValueError, match=word):
        call()


def test_points_outside_are_refused():
    g = room.weight_function({(1, 0): 1}, "exp", 3)
    with pytest.raises(ValueError, match="w must lie in the cube"):
        g([1.0, 0.0])
    with pytest.raises(ValueError, match="x must lie in the unit ball"):
        room.representation_error(g, [[1.0, 1.0]])
    with pytest.raises(ValueError, match="x must lie in the unit ball"):
        room.representation_error(g, [[0.0, 1 + 1.5e-12]])
    with pytest.raises(ValueError, match="x must have shape"):
        room.power_means(g, [0.5, 0.5], 3)
    with pytest.raises(ValueError, match="M must be an integer >= 3"):
        room.error_bound(g, 2)
