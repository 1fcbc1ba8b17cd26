"""The features against slow and literal twins, simulation and the exact optimum."""

from __future__ import annotations

import math
from itertools import pairwise, product

import mpmath as mp
import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from rfbook.single_neuron.features import (
    BIAS_LAWS,
    best_combination_errors,
    orthant_probability,
    random_directions,
    random_feature_errors,
    relu_gram,
    relu_inner_product,
    relu_products,
    tangent_feature_errors,
    tangent_gram,
    tangent_products,
    zero_bias_floor,
)

BIASES = (-3.0, -1.0, -1e-9, 0.0, 0.4, 2.0)
COSINES = (-1.0, -0.999, -0.5, 0.0, 0.3, 0.95, 1 - 1e-6, 1.0)


# --- twins --------------------------------------------------------------------------


def conditional(t, b, c, of_g):
    """E 1{h + c > 0} of_g(h), split where the conditional mean of g + b is 0."""
    s = math.sqrt(1 - t * t)
    layer = [(k * s - b) / t for k in (-8, -3, 0, 3, 8)] if t else []
    places = [-c, *sorted(p for p in layer if -c < p < 9), 9.0]
    tolerances = {"epsabs": 1e-14, "epsrel": 1e-13, "limit": 200}
    pieces = pairwise(places)
    return sum(
        quad(lambda y: norm.pdf(y) * of_g(y), *p, **tolerances)[0] for p in pieces
    )


def both_active(t, b, c):
    s = math.sqrt(1 - t * t)
    return conditional(t, b, c, lambda y: norm.cdf((b + t * y) / s))


def inner_product(t, b, c):
    s = math.sqrt(1 - t * t)

    def mean(y):
        m = b + t * y
        return (y + c) * (m * norm.cdf(m / s) + s * norm.pdf(m / s))

    return conditional(t, b, c, mean)


def least_error(gram, products, energy):
    """Return the least error and its coefficients, in 60 digits."""
    with mp.workdps(60):
        k = mp.matrix(products.tolist())
        u = mp.lu_solve(mp.matrix(gram.tolist()), k)
        return float(energy - (k.T * u)[0]), np.array([float(x) for x in u])


def best_errors(d, N):
    """Tail of the spectrum at bias 0 beyond 0, 1, ..., N features, from gammas."""
    eigenvalues = [1 / (4 * d)] * d
    for degree in range(0, 400, 2):
        pochhammer = (
            math.gamma(degree / 2 - 0.5) / math.gamma(0.5) if degree < 300 else 0
        )
        logs = 2 * math.log(abs(pochhammer)) if pochhammer else -math.inf
        logs += math.lgamma(d / 2) + math.lgamma(d / 2 + 1)
        kappa = math.exp(logs - 2 * math.lgamma((d + degree + 1) / 2)) / (8 * math.pi)
        size = math.comb(degree + d - 1, d - 1)
        size -= math.comb(degree + d - 3, d - 1) if degree >= 2 else 0
        eigenvalues += [kappa] * min(size, N + 1)
        if len(eigenvalues) > N and kappa < eigenvalues[d]:
            break
    first = np.sort(eigenvalues)[::-1][:N]
    return 0.5 - np.concatenate([[0.0], np.cumsum(first)])


# --- inner products of two neurons --------------------------------------------------


@pytest.mark.parametrize("t", COSINES[1:-1])
def test_the_orthant_probability_is_the_integral(t):
    for b in BIASES:
        for c in BIASES:
            found = orthant_probability(t, b, c)
            assert found == pytest.approx(both_active(t, b, c), abs=2e-13)


@pytest.mark.parametrize("t", COSINES[1:-1])
def test_the_inner_product_is_the_integral(t):
    for b in BIASES:
        for c in BIASES:
            size = 1 + b * b + c * c
            expected = inner_product(t, b, c)
            assert relu_inner_product(t, b, c) == pytest.approx(
                expected, abs=2e-13 * size
            )


@pytest.mark.parametrize("sign", [-1, 1])
def test_equal_and_opposite_directions_have_their_integrals(sign):
    for b, c in product(BIASES, BIASES):

        def integrand(x, b=b, c=c):
            return norm.pdf(x) * max(x + b, 0) * max(sign * x + c, 0)

        places = sorted({-9.0, 9.0, -b, sign * -c})
        expected = sum(quad(integrand, *p)[0] for p in pairwise(places))
        assert relu_inner_product(sign, b, c) == pytest.approx(expected, abs=1e-12)


def test_the_inner_product_has_thirty_digit_company():
    with mp.workdps(30):
        for t, b, c in (
            (0.3, 1.0, -0.5),
            (-0.8, 0.5, 0.5),
            (0.99, -1.0, -1.25),
            (1 - 1e-6, 1e-3, 1.001e-3),
        ):
            s = mp.sqrt(1 - mp.mpf(t) ** 2)

            def mean(y, t=t, b=b, c=c, s=s):
                m = b + t * y
                inner = m * mp.ncdf(m / s) + s * mp.npdf(m / s)
                return mp.npdf(y) * (y + c) * inner

            expected = mp.quad(mean, mp.linspace(-c, 15, 20))
            assert abs(relu_inner_product(t, b, c) - float(expected)) < 1e-15


def test_the_derivative_of_the_inner_product_is_the_orthant_probability():
    place, weights = np.polynomial.legendre.leggauss(40)
    t = 0.1 + 0.7 * place
    for b in BIASES:
        for c in BIASES:
            rise = relu_inner_product(0.8, b, c) - relu_inner_product(-0.6, b, c)
            slope = 0.7 * weights @ orthant_probability(t, b, c)
            assert rise == pytest.approx(slope, abs=1e-14 * (1 + b * b + c * c))


def test_inner_products_are_continuous_up_to_the_ends():
    for end in (-1.0, 1.0):
        for b in BIASES:
            for c in BIASES:
                near = relu_inner_product(end * (1 - 1e-12), b, c)
                # The slope is a probability.
                assert abs(near - relu_inner_product(end, b, c)) < 2e-12


def test_biases_of_zero_take_the_short_way_to_the_same_numbers():
    t = np.linspace(-1, 1, 101)
    general = relu_inner_product(t, np.full(101, 1e-200), 0.0)
    # Each side rounds a handful of numbers below 1.
    assert np.allclose(general, relu_inner_product(t), rtol=0, atol=1e-15)


def test_the_inner_product_is_symmetric_and_bounded_by_cauchy_and_schwarz():
    b, c = np.array(BIASES)[:, None], np.array(BIASES)
    for t in COSINES:
        found = relu_inner_product(t, b, c)
        assert np.allclose(found, found.T, rtol=0, atol=1e-15)
        norms = relu_inner_product(1.0, b, b) * relu_inner_product(1.0, c, c)
        assert (found**2 <= norms * (1 + 1e-13) + 1e-16).all()


# --- Gram matrices ------------------------------------------------------------------


def test_every_matrix_agrees_with_simulation():
    rng = np.random.default_rng(1)
    d, size = 3, 400_000
    W, V = random_directions(d, 4, rng), random_directions(d, 2, rng)
    b = rng.standard_normal(4)
    x = rng.standard_normal((size, d))
    features, targets = np.maximum(x @ W + b, 0), np.maximum(x @ V + 0.5, 0)
    plain = np.maximum(x @ V, 0)
    tangent = ((x @ W > 0)[:, :, None] * x[:, None, :]).reshape(size, -1)
    cases = [
        (features, features, relu_gram(W, b)),
        (features, targets, relu_products(W, V, b, 0.5)),
        (tangent, tangent, tangent_gram(W)),
        (tangent, plain, tangent_products(W, V)),
    ]
    entries = sum(exact.size for *_, exact in cases)
    bar = norm.isf(1e-3 / 2 / entries)
    for left, right, exact in cases:
        mean = left.T @ right / size
        square = (left**2).T @ (right**2) / size
        error = np.sqrt((square - mean**2) / size)
        # Products that vanish for every x have no spread, and then no error either.
        assert (np.abs(mean - exact) <= bar * error + 1e-14).all()


def test_tangent_blocks_of_equal_and_opposite_neurons():
    e = np.array([[0.6, 0.6, -0.6], [0.8, 0.8, -0.8]])
    G = tangent_gram(e)
    assert np.allclose(G[:2, 2:4], np.eye(2) / 2, atol=1e-8, rtol=0)
    assert np.allclose(G[:2, 4:], 0, atol=1e-8, rtol=0)
    assert np.array_equal(np.diag(G), np.full(6, 0.5))


def test_tangent_matrix_is_symmetric_and_positive():
    G = tangent_gram(random_directions(5, 12, 0))
    assert np.allclose(G, G.T, rtol=0, atol=1e-16)
    # Features of different neurons are independent: the least eigenvalue is positive.
    assert np.linalg.eigvalsh(G)[0] > 1e-4


def test_tangent_features_contain_the_random_ones():
    W, V = random_directions(4, 10, 0), random_directions(4, 30, 1)
    tangent = best_combination_errors(tangent_gram(W), tangent_products(W, V), 0.5)
    random = best_combination_errors(relu_gram(W), relu_products(W, V), 0.5)
    assert (tangent[4::4] <= random[1:] + 1e-13).all()


def test_a_rotation_of_features_and_targets_changes_nothing():
    rng = np.random.default_rng(3)
    W, V = random_directions(4, 30, rng), random_directions(4, 5, rng)
    Q = np.linalg.qr(rng.standard_normal((4, 4)))[0]
    pairs = (W, V), (Q @ W, Q @ V)
    plain, turned = (
        best_combination_errors(relu_gram(w, 0.5), relu_products(w, v, 0.5, 1.0), 2.0)
        for w, v in pairs
    )
    assert np.allclose(plain, turned, rtol=0, atol=1e-12)


# --- the best combination -----------------------------------------------------------


@pytest.mark.parametrize("close", [1.0, 0.1, 1e-3])
def test_the_error_is_never_below_the_least_and_the_ridge_bounds_it_above(close):
    angles = close * np.linspace(0.1, 3, 30)
    W = np.array([np.cos(angles), np.sin(angles)])
    V = np.array([[math.cos(close * 1.234)], [math.sin(close * 1.234)]])
    gram, products = relu_gram(W), relu_products(W, V)
    found = best_combination_errors(gram, products, 0.5)[:, 0]
    ridge = 2 * np.finfo(float).eps * 31 * np.trace(gram)
    for n in (5, 15, 30):
        least, u = least_error(gram[:n, :n], products[:n], 0.5)
        assert least - 1e-15 * n <= found[n] <= least + 2 * ridge * (u @ u) + 1e-15 * n


def test_all_widths_come_from_one_factorisation():
    W, V = random_directions(5, 20, 0), random_directions(5, 3, 1)
    gram, products = relu_gram(W), relu_products(W, V)
    every = best_combination_errors(gram, products, 0.5)
    for n in range(1, 21):
        u = np.linalg.solve(gram[:n, :n], products[:n])
        assert np.allclose(
            every[n], 0.5 - (products[:n] * u).sum(axis=0), atol=1e-12, rtol=0
        )


def test_a_target_among_the_features_has_no_error():
    W = random_directions(6, 40, 0)
    errors = best_combination_errors(relu_gram(W), relu_products(W, W), 0.5)
    assert (np.abs(errors[-1]) < 1e-10).all()
    assert (np.diff(errors, axis=0) <= 0).all()


@pytest.mark.parametrize("d", [2, 3, 6])
def test_no_features_beat_the_spectrum_of_any_set_of_targets(d):
    """For each draw: mean error over m targets >= tail of the spectrum of K / m."""
    rng = np.random.default_rng(d)
    V = random_directions(d, 150, rng)
    spectrum = np.linalg.eigvalsh(relu_gram(V))[::-1] / 150
    tails = 0.5 - np.concatenate([[0], np.cumsum(spectrum)])
    for law in (0.0, 0.5, rng.standard_normal(60)):
        W = random_directions(d, 60, rng)
        errors = best_combination_errors(
            relu_gram(W, law), relu_products(W, V, law), 0.5
        )
        mean = errors.mean(axis=1)
        assert (mean >= tails[:61] - 1e-13).all()
        assert (mean[1:] > 1.01 * tails[1:61]).all()


# --- averages over draws ------------------------------------------------------------


@pytest.mark.parametrize("d", [3, 10, 20])
def test_random_features_lie_above_the_exact_best_error(d):
    runs = random_feature_errors(d, 300, draws=20, targets=50, seed=d)
    mean, error = runs.mean(axis=0), runs.std(axis=0, ddof=1) / math.sqrt(20)
    best = best_errors(d, 300)
    assert (mean >= best - 4 * error - 1e-13).all()
    # One feature is nearly as good as another, and hundreds stay behind the optimum.
    assert mean[0] == best[0] == 0.5
    assert mean[300] - 4 * error[300] > 1.2 * best[300]


def test_tangent_features_lie_above_the_exact_best_error():
    d = 5
    runs = tangent_feature_errors(d, 40, draws=20, targets=50)
    mean, error = runs.mean(axis=0), runs.std(axis=0, ddof=1) / math.sqrt(20)
    assert (mean >= best_errors(d, 200)[::d] - 4 * error).all()
    assert (np.diff(runs, axis=1) <= 0).all()


def test_the_mean_over_targets_is_that_of_the_zonal_kernel():
    """E_w k_w k_w^T is known in d = 2: a sum over the circle, exact on 720 points."""
    W = random_directions(2, 6, 0)
    angles = 2 * np.pi * np.arange(720) / 720
    V = np.array([np.cos(angles), np.sin(angles)])
    k = relu_products(W, V)
    exact = 0.5 - np.trace(np.linalg.solve(relu_gram(W), k @ k.T / 720))
    sampled = best_combination_errors(
        relu_gram(W), relu_products(W, random_directions(2, 20_000, 1)), 0.5
    )[-1]
    error = sampled.std(ddof=1) / math.sqrt(20_000)
    assert abs(sampled.mean() - exact) < 4 * error


def test_without_biases_the_error_stays_above_its_floor():
    floor = zero_bias_floor(3, 1.0)
    runs = random_feature_errors(3, 400, 1.0, "zero", draws=20, seed=2)
    error = runs[:, -1].std(ddof=1) / math.sqrt(20)
    mean = runs[:, -1].mean()
    assert floor - 4 * error < mean < 1.01 * floor
    own = random_feature_errors(3, 400, 1.0, "own", draws=2, seed=2)
    assert own[:, -1].max() < floor / 100


@pytest.mark.parametrize("bias", [-1.5, -0.2, 0.7, 2.0])
def test_the_floor_is_the_sum_over_degrees_that_can_be_seen(bias):
    """Twin in d = 3: sum of dim kappa_l(0, b)^2 / kappa_l(0, 0), l = 1 and even l."""
    place, weights = np.polynomial.legendre.leggauss(400)
    seen, last = 0.0, 60
    for degree in (0, 1, *range(2, last, 2)):
        legendre = weights * np.polynomial.Legendre.basis(degree)(place) / 2
        mixed = legendre @ relu_inner_product(place, 0.0, bias)
        plain = legendre @ relu_inner_product(place)
        seen += (2 * degree + 1) * mixed**2 / plain
    energy = relu_inner_product(1.0, bias, bias)
    # The terms fall like l^-4: those of even degree from 60 on add less than 1e-5.
    assert energy - seen == pytest.approx(zero_bias_floor(3, bias), abs=1e-5)


def test_a_seed_repeats_a_draw_and_a_generator_goes_on():
    first = random_feature_errors(3, 5, draws=2, seed=7)
    assert np.array_equal(first, random_feature_errors(3, 5, draws=2, seed=7))
    rng = np.random.default_rng(7)
    assert np.array_equal(first, random_feature_errors(3, 5, draws=2, seed=rng))
    assert not np.array_equal(first, random_feature_errors(3, 5, draws=2, seed=rng))
    assert set(BIAS_LAWS) == {"zero", "gaussian", "own"}


# --- bad input ----------------------------------------------------------------------

UNIT = np.eye(2)


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: orthant_probability(1.5), r"t must lie in \[-1, 1\], got 1.5"),
        (lambda: relu_inner_product(math.nan), "t must be finite"),
        (lambda: relu_inner_product(0.5, math.inf), "b must be finite"),
        (lambda: random_directions(1, 3, 0), "d must be an integer >= 2, got 1"),
        (lambda: random_directions(2, 0, 0), "N must be an integer >= 1, got 0"),
        (
            lambda: relu_gram(2 * UNIT),
            "W must have unit columns, got one of length 2.0",
        ),
        (lambda: relu_gram([1.0, 0.0]), "W must be a d x N matrix"),
        (lambda: relu_gram(UNIT, [math.nan, 0]), "biases must be finite"),
        (lambda: relu_products(UNIT, np.eye(3)), "rows of one dimension, got 2 and 3"),
        (lambda: tangent_products(UNIT, 3 * UNIT), "V must have unit columns"),
        (lambda: best_combination_errors([[1, 2]], [[1]], 1.0), "gram must be N x N"),
        (
            lambda: best_combination_errors([[1, 0.5], [0, 1]], [[1], [1]], 1),
            "symmetric",
        ),
        (
            lambda: best_combination_errors([[1]], [[1]], 0.0),
            "energy must be finite and >",
        ),
        (lambda: random_feature_errors(3, 5, law="own "), "law must be one of zero"),
        (lambda: random_feature_errors(3, 5, draws=0), "draws must be an integer >= 1"),
        (lambda: random_feature_errors(3, 5, math.inf), "bias must be finite"),
        (lambda: random_feature_errors(3, 2.5), "N must be an integer >= 1, got 2.5"),
        (lambda: tangent_feature_errors(3, 5, targets=0), "targets must be an integer"),
        (lambda: zero_bias_floor(1, 0.0), "d must be an integer >= 2, got 1"),
        (lambda: zero_bias_floor(3, math.nan), "bias must be finite"),
    ],
)
def test_bad_input_is_named(call, word):
    with pytest.raises(ValueError, match=word):
        call()
