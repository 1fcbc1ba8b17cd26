"""Training one neuron: exact gradients, what they reach, and what stops them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm

from rfbook.devices import DeviceError
from rfbook.single_neuron.descent import (
    gradient_descent,
    neuron_error,
    neuron_gradient,
    sgd_errors,
)
from rfbook.single_neuron.features import random_directions, relu_inner_product

CASES = [  # b, c
    (0.0, 0.0),
    (0.7, 0.0),
    (0.0, -1.2),
    (0.4, 1.1),
    (-2.0, 0.5),
    (1.0, 1.0),
]


def cosine(W, v):
    return v @ W / np.linalg.norm(W, axis=0) / np.linalg.norm(v)


# --- the error and its gradient -----------------------------------------------------


@pytest.mark.parametrize(("b", "c"), CASES)
def test_the_error_agrees_with_simulation(b, c):
    rng = np.random.default_rng(0)
    W, v = rng.standard_normal((3, 5)), rng.standard_normal(3)
    x = rng.standard_normal((200_000, 3))
    squares = (np.maximum(x @ W + b, 0) - np.maximum(x @ v + c, 0)[:, None]) ** 2
    error = squares.std(axis=0) / math.sqrt(len(x))
    bar = norm.isf(1e-3 / 2 / (5 * len(CASES)))
    assert (np.abs(squares.mean(axis=0) - neuron_error(W, v, b, c)) < bar * error).all()


@pytest.mark.parametrize(("b", "c"), CASES)
def test_the_gradient_is_that_of_the_error(b, c):
    rng = np.random.default_rng(1)
    W, v, h = rng.standard_normal((3, 4)), rng.standard_normal(3), 1e-5
    in_weights, in_bias = neuron_gradient(W, v, b, c)
    for j in range(3):
        step = h * np.eye(3)[:, [j]]
        slope = neuron_error(W + step, v, b, c) - neuron_error(W - step, v, b, c)
        # h^2 / 6 times a third derivative of order 10, and rounding / h.
        assert np.allclose(slope / (2 * h), in_weights[j], rtol=0, atol=2e-9)
    slope = neuron_error(W, v, b + h, c) - neuron_error(W, v, b - h, c)
    assert np.allclose(slope / (2 * h), in_bias, rtol=0, atol=2e-9)


def test_without_biases_the_gradient_is_the_closed_form():
    rng = np.random.default_rng(2)
    W, v = rng.standard_normal((4, 50)), rng.standard_normal(4)
    angle = np.arccos(cosine(W, v))
    pull = (np.pi - angle) * v[:, None]
    pull += np.sin(angle) * np.linalg.norm(v) * W / np.linalg.norm(W, axis=0)
    assert np.allclose(neuron_gradient(W, v)[0], W - pull / np.pi, rtol=0, atol=1e-14)


@pytest.mark.parametrize("c", [-1.5, 0.0, 2.0])
def test_the_target_is_a_stationary_point_without_error(c):
    v = np.array([1.5, -0.5, 2.0])
    in_weights, in_bias = neuron_gradient(v[:, None], v, c, c)
    assert np.allclose(
        in_weights, 0, atol=1e-7, rtol=0
    )  # rounding of the cosine, its root
    assert np.allclose(in_bias, 0, atol=1e-7, rtol=0)
    assert neuron_error(v[:, None], v, c, c)[0] < 1e-14


# --- descent ------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [0.1, 0.5, 1.0])
def test_without_biases_every_random_start_arrives_and_the_angle_only_falls(rate):
    v = 2 * random_directions(10, 1, 0)[:, 0]
    W = 3 * random_directions(10, 100, 1)
    before = cosine(W, v)
    for _ in range(20):
        W, _ = gradient_descent(W, v, 1, rate)
        after = cosine(W, v)
        assert (after >= before - 1e-15).all()
        before = after
    W, _ = gradient_descent(W, v, int(60 / rate), rate)
    assert (neuron_error(W, v) < 1e-12).all()
    assert np.allclose(W, v[:, None], atol=1e-5, rtol=0)


def test_the_opposite_start_shrinks_to_nothing():
    v = np.array([2.0, 0.0])
    W, _ = gradient_descent(-v[:, None], v, 40, 0.5)
    assert np.allclose(W[:, 0], -v * 2.0**-40, rtol=1e-12, atol=0)
    assert neuron_error(W, v)[0] == pytest.approx(v @ v / 2)
    with pytest.raises(ValueError, match="weights must not be 0"):
        gradient_descent(-v[:, None], v, 2, 1.0)


def test_a_trained_bias_can_kill_the_neuron():
    v = np.eye(10)[0]
    W = random_directions(10, 200, 1)
    W, b = gradient_descent(W, v, 500, 0.5, 0.0, -1.0, train_bias=True)
    dead = neuron_error(W, v, b, -1.0) > 0.99 * relu_inner_product(1.0, -1.0, -1.0)
    assert 0 < dead.sum() < 100
    active = norm.cdf(b / np.linalg.norm(W, axis=0))
    assert active[dead].max() < norm.cdf(-1.0) / 10
    assert active[~dead].min() > norm.cdf(-1.0) / 10


def test_the_scale_of_the_target_does_not_change_the_path():
    v, W = np.array([1.0, 0.5]), np.array([[0.3], [-1.0]])
    for b, c in ((0.0, 0.0), (0.3, -0.5)):
        small = gradient_descent(W, v, 30, 0.3, b, c)[0]
        large = gradient_descent(100 * W, 100 * v, 30, 0.3, 100 * b, 100 * c)[0]
        assert np.allclose(large, 100 * small, rtol=1e-9, atol=0)


# --- one pass over samples ----------------------------------------------------------


def test_one_step_near_the_target_shrinks_as_stated():
    """Mean of |w' - v|^2 / |w - v|^2 is 1 - 2 eta + 2 eta^2 (d + 2)."""
    d, size = 5, 400_000
    x = np.random.default_rng(4).standard_normal((size, d))
    v, gap = np.eye(d)[0], 1e-9 * np.eye(d)[1]
    for rate in (0.5 / (d + 2), 1 / (d + 2)):
        moved = 2 * rate * (x @ gap)[:, None] * x * (x @ v > 0)[:, None]
        ratio = ((gap - moved) ** 2).sum(axis=1) / (gap @ gap)
        error = ratio.std() / math.sqrt(size)
        expected = 1 - 2 * rate + 2 * rate**2 * (d + 2)
        assert abs(ratio.mean() - expected) < 4 * error


@pytest.mark.parametrize("d", [2, 10])
def test_every_run_learns_the_neuron(d):
    errors = sgd_errors(d, [0, 100 * (d + 2)], seed=1)
    assert errors.shape == (2, 20)
    assert errors[0].min() > 0.05
    assert errors[1].max() < 1e-9


def test_the_steps_are_the_stated_ones(monkeypatch):
    """Twin: the same draws, one run and one sample at a time."""
    import torch

    monkeypatch.setenv("RFBOOK_DEVICE", "cpu")
    d, runs, steps, rate = 4, 3, 30, 0.05
    draws = torch.Generator().manual_seed(11)
    look = {"generator": draws, "dtype": torch.float64}
    W, V = torch.randn(2, runs, d, **look).numpy()
    W = 0.7 * W / np.linalg.norm(W, axis=1)[:, None]
    for _ in range(steps):
        for w, v, x in zip(W, V, torch.randn(runs, d, **look).numpy(), strict=True):
            if w @ x > 0:
                w -= 2 * rate * (w @ x - max(v @ x / np.linalg.norm(v), 0)) * x
    pairs = zip(W, V, strict=True)
    expected = [neuron_error(w[:, None], v / np.linalg.norm(v))[0] for w, v in pairs]
    found = sgd_errors(d, [steps], rate=rate, start=0.7, runs=runs, seed=11)
    assert np.allclose(found[0], expected, rtol=1e-10, atol=1e-14)


def test_the_start_is_what_was_asked_for():
    errors = sgd_errors(4, [0], start=1e-9, runs=7)
    assert np.allclose(errors, 0.5, atol=1e-8, rtol=0)


def test_a_seed_repeats_a_run_and_reports_do_not_change_it():
    often = sgd_errors(3, [0, 5, 10], runs=3, seed=2)
    assert np.array_equal(often[2:], sgd_errors(3, [10], runs=3, seed=2))
    assert not np.array_equal(often, sgd_errors(3, [0, 5, 10], runs=3, seed=3))


def test_the_switch_of_the_book_decides_the_device(monkeypatch):
    import torch

    monkeypatch.setenv("RFBOOK_DEVICE", "cuda")
    if torch.cuda.is_available():
        assert sgd_errors(3, [500]).max() < 1e-9
    else:
        with pytest.raises(DeviceError):
            sgd_errors(3, [5])


# --- bad input ----------------------------------------------------------------------

V = np.array([1.0, 0.0])


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: neuron_error(np.zeros((2, 1)), V), "weights must not be 0"),
        (lambda: neuron_error(np.ones((2, 1)), 0 * V), "weights must not be 0"),
        (lambda: neuron_error(np.ones((3, 1)), V), "W must be d x m and v of length d"),
        (lambda: neuron_error(np.ones((2, 1)), V, math.nan), "b must be finite"),
        (lambda: neuron_error(np.ones((2, 1)), V, 0, math.inf), "c must be finite"),
        (lambda: neuron_gradient(np.full((2, 1), math.nan), V), "W must be finite"),
        (lambda: gradient_descent(np.ones((2, 1)), V, -1, 0.1), "steps must be an int"),
        (
            lambda: gradient_descent(np.ones((2, 1)), V, 1, 0.0),
            "rate must be finite and >",
        ),
        (lambda: sgd_errors(1, [1]), "d must be an integer >= 2, got 1"),
        (lambda: sgd_errors(2, []), "samples must be increasing"),
        (lambda: sgd_errors(2, [3, 3]), "samples must be increasing numbers, got"),
        (lambda: sgd_errors(2, [-1]), "samples must be an integer >= 0, got -1"),
        (lambda: sgd_errors(2, [1], rate=-0.1), "rate must be finite and > 0"),
        (lambda: sgd_errors(2, [1], start=0), "start must be finite and > 0"),
        (lambda: sgd_errors(2, [1], runs=0), "runs must be an integer >= 1"),
        (lambda: sgd_errors(2, [1], seed=-1), "seed must be an integer >= 0"),
    ],
)
def test_bad_input_is_named(call, word):
    with pytest.raises(ValueError, match=word):
        call()
