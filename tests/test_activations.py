"""Activations: coefficients and kernels against integrals that share no code."""

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import erf, ndtr

from rfbook.activations import (
    ACTIVATIONS,
    ERF,
    QUADRATIC,
    RELU,
    TANH,
    Activation,
    Quadrature,
    activation,
    arc_cosine,
)
from rfbook.random_features import ArcCosineFeatures
from rfbook.single_neuron import relu_inner_product, relu_kernel

RADII = (0.3, 1.0, 1.7)


def density(g):
    return math.exp(-g * g / 2) / math.sqrt(2 * math.pi)


def monic(k, g):
    """Evaluate the monic Hermite polynomial by its power series."""
    return np.polynomial.hermite_e.hermeval(g, [0] * k + [1])


def relu_given(a, b):
    """Mean of [a + b h]_+ for a standard normal h."""
    return a * ndtr(a / b) + b * density(a / b)


CONDITIONAL = {
    # the mean of sigma(a + b h) over a standard normal h
    "quadratic": lambda a, b: a * a + b * b - 1,
    "relu": relu_given,
    "erf": lambda a, b: erf(a / math.sqrt(1 + 2 * b * b)),
}


def by_quad(name, v, w):
    """Second moment of two neurons, one integral over the first argument."""
    r, s = np.linalg.norm(v), np.linalg.norm(w)
    t = v @ w / (r * s)
    sigma, given = ACTIVATIONS[name], CONDITIONAL[name]
    side = s * math.sqrt(1 - t * t)
    halves = (
        quad(
            lambda g: density(g) * float(sigma(r * g)) * given(s * t * g, side),
            low,
            high,
            epsabs=1e-12,
        )[0]
        for low, high in ((-12, 0), (0, 12))
    )
    return sum(halves)


@pytest.mark.parametrize("name", list(CONDITIONAL))
def test_the_kernel_is_the_integral(name):
    rng = np.random.default_rng(1)
    W = rng.standard_normal((3, 4)) * [0.3, 0.6, 1.0, 1.5]
    U = ACTIVATIONS[name].kernel(W)
    for i in range(4):
        for j in range(i):
            expected = by_quad(name, W[:, i], W[:, j])
            assert U[i, j] == pytest.approx(expected, rel=1e-9, abs=1e-11)
            assert U[j, i] == U[i, j]


@pytest.mark.parametrize("name", list(ACTIVATIONS))
@pytest.mark.parametrize("r", RADII)
def test_coefficients_and_second_moment_are_integrals(name, r):
    sigma = ACTIVATIONS[name]

    def mean(f):
        ends = ((-13, 0), (0, 13))
        pieces = (
            quad(lambda g: density(g) * f(g), *end, epsabs=1e-13, limit=200)[0]
            for end in ends
        )
        return sum(pieces)

    for k in range(7):
        expected = mean(lambda g, k=k: float(sigma(r * g)) * monic(k, g))
        found = sigma.hermite(k, r) * math.sqrt(math.factorial(k))
        assert found == pytest.approx(expected, abs=1e-9)
    second = mean(lambda g: float(sigma(r * g)) ** 2)
    assert sigma.second_moment(r) == pytest.approx(second, rel=1e-11, abs=0)


@pytest.mark.parametrize("name", list(ACTIVATIONS))
def test_the_coefficients_exhaust_the_second_moment(name):
    sigma = ACTIVATIONS[name]
    squares = [float(sigma.hermite(k)) ** 2 for k in range(60)]
    assert sum(squares) <= sigma.second_moment() * (1 + 1e-12)
    for m in range(4):
        rest = sigma.energy(m) - sigma.energy(60)
        assert rest == pytest.approx(sum(squares[m:]), abs=1e-12)


@pytest.mark.parametrize("name", ["quadratic", "relu", "erf"])
@pytest.mark.parametrize(("d", "N"), [(1, 3), (2, 5), (5, 9), (40, 12)])
def test_quadrature_finds_the_closed_forms(name, d, N):
    """In one and two dimensions cosines are near 1: polar coordinates are needed."""
    rng = np.random.default_rng(d)
    W = rng.standard_normal((d, N)) * rng.uniform(0.3, 1.5, N) / math.sqrt(d)
    sigma = ACTIVATIONS[name]
    blind = Quadrature(sigma, "blind")
    exact = sigma.kernel(W)
    assert np.allclose(blind.kernel(W), exact, rtol=0, atol=1e-11 * exact.max())
    assert np.allclose(blind.means(W), sigma.means(W), atol=1e-12, rtol=0)


def test_tanh_against_a_dense_tensor_rule():
    # the trapezoidal rule: its error is exp(-2 pi a / h) with a > 1 and h = 1/10
    x = np.linspace(-9, 9, 181)
    weights = np.exp(-x * x / 2) / np.exp(-x * x / 2).sum()
    rng = np.random.default_rng(3)
    W = rng.standard_normal((3, 4)) / math.sqrt(3)
    r = np.linalg.norm(W, axis=0)
    found = TANH.covariance(W)
    for i in range(4):
        for j in range(i):
            t = W[:, i] @ W[:, j] / (r[i] * r[j])
            second = r[j] * (t * x[:, None] + math.sqrt(1 - t * t) * x)
            mean = weights @ (np.tanh(r[i] * x)[:, None] * np.tanh(second)) @ weights
            assert found[i, j] == pytest.approx(mean, abs=1e-10)


def test_covariances_of_the_relu_do_not_cancel():
    """At a cosine of 1e-9 they are t / 4, ten digits below the kernel."""
    t = 1e-9
    W = np.array([[1.0, t], [0.0, 1.0]])
    found = RELU.covariance(W)[0, 1]
    assert found == pytest.approx(t / 4 + t * t / (4 * math.pi), rel=1e-12, abs=0)


def test_a_neuron_that_is_zero_is_a_constant():
    W = np.array([[0.0, 1.0], [0.0, 1.0]])
    # the mean of a constant is a sum of 768 weights, rounded some ten times each; the
    # covariance takes the mean of the square and the square of the mean
    rounding = 2.0**-53 * (768 + 10)
    for sigma in (*ACTIVATIONS.values(), Quadrature(np.cos, "cos", "even")):
        assert np.allclose(sigma.covariance(W)[0], 0, rtol=0, atol=3 * rounding)
        constant = float(sigma(np.array(0.0)))
        assert sigma.means(W)[0] == pytest.approx(constant, rel=rounding, abs=0)


def test_equal_and_opposite_neurons():
    W = np.array([[1.0, 1.0, -1.0], [0.5, 0.5, -0.5]])
    for sigma in (*ACTIVATIONS.values(), Quadrature(np.abs, "abs", "even")):
        U = sigma.kernel(W)
        assert np.isclose(U[0, 1], U[0, 0])
        if sigma.parity:
            sign = 1 if sigma.parity == "even" else -1
            assert np.isclose(U[0, 2], sign * U[0, 0])


def test_a_name_is_centred_and_a_callable_is_not():
    for name in ACTIVATIONS:
        assert activation(name).hermite(0) == 0
    assert activation("quadratic") is QUADRATIC
    assert activation("erf") is ERF
    assert activation(lambda u: u * u).hermite(0) == pytest.approx(1)
    assert activation(RELU) is RELU


def test_centring_changes_the_mean_alone():
    centred, r = RELU.centred(), 1.3
    u = np.linspace(-2, 2, 9)
    shift = RELU.hermite(0)
    assert np.array_equal(centred(u), RELU(u) - shift)
    second = centred.covariance(np.array([[r]]))[0, 0] + centred.hermite(0, r) ** 2
    assert centred.second_moment(r) == pytest.approx(second)
    assert [centred.hermite(k, r) for k in (1, 2, 3)] == [
        RELU.hermite(k, r) for k in (1, 2, 3)
    ]


def test_the_second_moment_is_at_radius_one_where_nothing_is_said():
    # the square of the centred function has the mean of the square less the square
    # of the mean; a few roundings each
    variance = RELU.second_moment() - RELU.hermite(0) ** 2
    np.testing.assert_allclose(RELU.centred().second_moment(), variance, rtol=1e-14)


def test_parity_makes_coefficients_exactly_zero():
    assert TANH.hermite(2) == 0
    assert TANH.hermite(0, [0.5, 2.0]).tolist() == [0, 0]
    assert Quadrature(np.cos, "cos", "even").hermite(3) == 0


def test_one_formula_serves_all_chapters():
    t = np.linspace(-1, 1, 41)
    v = np.stack([t, np.sqrt(1 - t * t)], axis=1)
    e = np.array([[1.0, 0.0]])
    assert np.array_equal(relu_kernel(t), arc_cosine(t))
    assert np.array_equal(relu_inner_product(t), arc_cosine(t))
    # the angle of two points is rounded before the kernel is
    kernel = ArcCosineFeatures(1).kernel(e, v)[0]
    assert np.allclose(kernel, arc_cosine(t), rtol=0, atol=1e-15)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: arc_cosine(1.5), r"t must lie in \[-1, 1\], got 1.5"),
        (lambda: arc_cosine(np.nan), "t must be finite"),
        (lambda: RELU.hermite(-1), "k must be an integer >= 0, got -1"),
        (lambda: RELU.hermite(1, -0.5), "radius must be finite and >= 0, got -0.5"),
        (lambda: TANH.second_moment(np.inf), "radius must be finite"),
        (lambda: RELU.energy(1.5), "m must be an integer >= 0, got 1.5"),
        (lambda: RELU.covariance([1.0, 2.0]), r"W must be a d x N .* shape \(2,\)"),
        (lambda: ERF.covariance(np.zeros((0, 3))), "W must be a d x N matrix"),
        (lambda: ERF.covariance([[np.nan]]), "W must be finite"),
        (lambda: activation("sine"), "must be one of quadratic, relu, .* got 'sine'"),
        (lambda: activation(3), "a name or a callable, got 3"),
        (
            lambda: Quadrature(lambda u: np.sign(u - 0.4), "jump").hermite(0),
            "jump: the coefficient of degree 0 is not resolved",
        ),
        (
            lambda: Quadrature(lambda u: np.exp(u * u / 4.01), "fast").second_moment(),
            "fast: the second moment is not resolved",
        ),
        (
            lambda: Quadrature(lambda u: np.tanh(200 * u - 50), "steep").hermite(1),
            "steep: the coefficient of degree 1 is not resolved",
        ),
        (
            lambda: Quadrature(lambda u: u[..., :1], "short").hermite(0),
            "short must keep the shape",
        ),
        (
            lambda: Quadrature(lambda u: np.full_like(u, np.nan), "nan").hermite(0),
            r"nan\(u\) must be finite",
        ),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_the_base_class_is_no_activation():
    with pytest.raises(TypeError):
        Activation()
