"""The random-features exercises: right answers, and the word for each usual slip."""

import math

import numpy as np
import pytest

import rfbook.random_features_exercises as room
from rfbook.exercises import check, exercises
from rfbook.random_features import FourierFeatures, average_error, linear_error


def sign(x, y):
    """Read the kernel off the angle, as the chapter's solution does."""
    x, y = np.asarray(x), np.asarray(y)
    norms = np.linalg.norm(x) * np.linalg.norm(y)
    return 1 - 2 * np.arccos(np.clip(x @ y / norms, -1, 1)) / np.pi


def paired(d, N):
    return 2 * (d - 1) / N


def width(S, n, delta, gap):
    """Solve the bound for the width, as the chapter's solution does."""
    inner = S / math.sqrt(2 * math.pi) + math.sqrt(math.log(n / delta) / 2)
    return math.ceil((S / gap * inner) ** 2)


RIGHT = {
    "ex-features-sign": sign,
    "ex-features-antipodal": paired,
    "ex-features-wide": width,
}


def test_the_module_registers_the_chapter_s_exercises():
    numbers = {"ex-features-width", "ex-features-clock"}
    wanted = {*RIGHT, *numbers, "ex-features-pairs"}
    assert wanted <= set(exercises())


@pytest.mark.parametrize("name", RIGHT)
def test_an_independent_solution_is_right(name):
    assert check(name, RIGHT[name]).ok


@pytest.mark.parametrize("name", RIGHT)
def test_a_wrong_sign_and_a_wrong_constant_have_their_words(name):
    reply = check(name, lambda *call: -RIGHT[name](*call))
    assert (reply.ok, reply.word) == (False, "The sign is wrong.")
    reply = check(name, lambda *call: RIGHT[name](*call) / 2)
    assert reply.word.startswith("The constant factor is wrong: it is 1/2 times")


def test_the_kernel_of_signs_is_a_mean_of_signs():
    x, y = np.array([0.5, -1.0, 2.0]), np.array([3.0, 1.0, -0.2])
    w = np.random.default_rng(1).standard_normal((40_000, 3))
    draws = np.sign(w @ x) * np.sign(w @ y)
    # five standard errors, which are below 1/200
    assert abs(draws.mean() - room.sign_kernel(x, y)) < 5 / 200


def test_the_error_of_pairs_is_that_of_networks():
    d, pairs, rng = 4, 5, np.random.default_rng(2)
    errors = []
    for _ in range(2000):
        W = rng.standard_normal((d, pairs))
        W /= np.linalg.norm(W, axis=0)
        both = np.hstack([W, -W])
        errors.append(linear_error(both, 2 * d * both[0] / (2 * pairs)))
    error = np.std(errors, ddof=1) / math.sqrt(len(errors))
    assert abs(np.mean(errors) - room.paired_error(d, 2 * pairs)) < 4 * error


def test_the_width_is_the_least():
    assert average_error(20, 1, 1900) <= 0.01 < average_error(20, 1, 1899)
    assert check("ex-features-width", 1900).ok
    reply = check("ex-features-width", 2000)
    assert reply.word == "The norm of x_1 itself is not subtracted."


def test_the_step_size_and_its_two_usual_slips():
    eta = 20000 ** (1 / 3) / 500_000
    assert check("ex-features-clock", eta).ok
    assert check("ex-features-clock", 500 * eta).word == "That is eta T."
    assert check("ex-features-clock", 500_000 * eta).word == "That is N eta T."
    assert not check("ex-features-clock", 1.01 * eta).ok


def test_what_a_phase_costs():
    point = ([[0.0]], [[0.9]])
    phase, pairs = (
        FourierFeatures(pairs=p).variance(*point)[0, 0] for p in (False, True)
    )
    q = 0.81
    assert math.isclose(phase - 2 * pairs, math.exp(-q) - math.exp(-2 * q) / 2)
    assert check("ex-features-pairs", "exp(-q)*(1 - exp(-q)/2)").ok
    assert not check("ex-features-pairs", "1/2").ok
