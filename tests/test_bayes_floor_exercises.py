"""The exercises of the Bayes floor: right answers, and the words for usual slips."""

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import chi2

import rfbook.bayes_floor_exercises  # noqa: F401 - registers them
from rfbook.exercises import check, exercises
from rfbook.mixture_gap import bayes_risk_limit, linear_mmse


def slope(s, step=0.02):
    """Integrate the first correction by the trapezoidal rule."""
    u = np.arange(-10, 10, step)
    weight = np.exp(-s / 2 - 2 * s * u**2) / np.cosh(np.pi * u)
    phase = 8 * s**3 / 18 * (u + 4 * u**3) ** 2
    return step * np.sum(weight * (4 * s**2 * (2 * u**4 - 1 / 8) - phase))


def flat_error(d, delta):
    """Take the two tails of a chi-square law."""
    plus, minus = d / (1 - delta), d / (1 + delta)
    return (chi2.sf(plus, d) + chi2.cdf(minus, d)) / 2


TWICE = brentq(lambda s: linear_mmse(s) - 2 * bayes_risk_limit(s), 1, 10)


def test_the_module_registers_the_chapter_s_exercises():
    names = {"ex-bayes-twice", "ex-bayes-expansion", "ex-bayes-flat"}
    assert names <= set(exercises())


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("ex-bayes-twice", TWICE),
        ("ex-bayes-expansion", slope),
        ("ex-bayes-flat", flat_error),
        ("ex-bayes-one-coordinate", chi2.cdf(0.5, 1) / 2),
    ],
)
def test_an_independent_solution_is_right(name, answer):
    assert check(name, answer).ok


def test_the_norm_is_not_the_signal_to_noise_ratio():
    assert check("ex-bayes-twice", 2 * TWICE).word == "That is |Delta|_F^2."


def test_a_wrong_sign_has_its_word():
    assert check("ex-bayes-expansion", lambda s: -slope(s)).word == "The sign is wrong."


def test_the_phase_must_not_be_forgotten():
    def even_terms_only(s):
        u = np.arange(-10, 10, 0.02)
        weight = np.exp(-s / 2 - 2 * s * u**2) / np.cosh(np.pi * u)
        return 0.02 * np.sum(weight * 4 * s**2 * (2 * u**4 - 1 / 8))

    assert not check("ex-bayes-expansion", even_terms_only).ok


def test_the_error_of_one_class_is_not_that_of_both():
    word = check("ex-bayes-one-coordinate", chi2.cdf(0.5, 1)).word
    assert word == "That is the error in one class only."
