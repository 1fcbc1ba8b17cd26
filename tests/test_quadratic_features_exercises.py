"""The exercises on features for quadratic targets: answers, and words for slips."""

import math
from fractions import Fraction

import numpy as np
import pytest
from scipy.optimize import brentq

import rfbook.quadratic_features_exercises as room
from rfbook.exercises import check, exercises
from rfbook.quadratic_gap import rf_risk, rf_risk_limit


def cubic(W, b):
    """Take U from Wick's rule, as the chapter's solution does."""
    W, b = np.asarray(W), np.asarray(b)
    t = W.T @ W
    p = np.diag(t)
    U = 6 * t**3 + 9 * t * np.outer(p, p) + 2 * t**2 + np.outer(p - 1, p - 1)
    z = 2 * b @ W**2
    return 1 - z @ np.linalg.solve(U, z) / (2 * b @ b)


def one_sign(rho, b):
    """Solve the equation of the threshold by a root finder."""
    b = np.asarray(b, dtype=float)
    if b.max() <= 0:
        return 1.0

    def excess(t):
        return rho * len(b) * t - np.maximum(b - t, 0).sum()

    t = brentq(excess, 0, b.max(), xtol=1e-15)
    return 1 - np.sum(b * np.maximum(b - t, 0)) / np.sum(b**2)


def least(rho, b):
    return min(one_sign(rho, b), one_sign(rho, -np.asarray(b)))


RIGHT = {"ex-quadratic-cubic": cubic, "ex-quadratic-best": least}


def test_the_module_registers_the_chapter_s_exercises():
    assert {*RIGHT, "ex-quadratic-scale", "ex-quadratic-excess"} <= set(exercises())


@pytest.mark.parametrize("name", RIGHT)
def test_an_independent_solution_is_right(name):
    assert check(name, RIGHT[name]).ok


@pytest.mark.parametrize("name", RIGHT)
def test_a_wrong_sign_has_its_word(name):
    reply = check(name, lambda *call: -RIGHT[name](*call))
    assert (reply.ok, reply.word) == (False, "The sign is wrong.")


@pytest.mark.parametrize("name", RIGHT)
def test_a_wrong_constant_has_its_word(name):
    reply = check(name, lambda *call: 2 * RIGHT[name](*call))
    assert reply.word.startswith("The constant factor is wrong: it is 2 times")


def test_the_cubic_kernel_has_both_kinds_of_pairings():
    def without(W, b):
        return rf_risk(W, b)

    def cross_pairs_only(W, b):
        W, b = np.asarray(W), np.asarray(b)
        t = W.T @ W
        p = np.diag(t)
        U = 15 * t**3 + 2 * t**2 + np.outer(p - 1, p - 1)
        z = 2 * b @ W**2
        return 1 - z @ np.linalg.solve(U, z) / (2 * b @ b)

    assert not check("ex-quadratic-cubic", without).ok
    assert not check("ex-quadratic-cubic", cross_pairs_only).ok


def test_the_dimension_of_the_scale_is_exact():
    def bound(d):
        return Fraction((d - 1) ** 2, d**2 + 1)

    assert bound(199) < Fraction(99, 100) <= bound(200)
    assert room.scale_dimension(0.99) == 200
    assert check("ex-quadratic-scale", 200).ok
    assert "still below" in check("ex-quadratic-scale", 199).word
    assert not check("ex-quadratic-scale", 201).ok


def test_one_sign_and_absolute_values_are_not_the_best_covariance():
    def in_proportion(rho, b):
        return rf_risk_limit(rho, b, np.abs(b) / np.sum(np.abs(b)))

    assert not check("ex-quadratic-best", one_sign).ok
    assert not check("ex-quadratic-best", in_proportion).ok


def test_the_limit_of_the_relu_is_a_root_of_a_quadratic():
    one, two, rest = 1 / 4, 1 / (4 * math.pi), 1 / 4 - 1 / (2 * math.pi)
    nu = max(np.roots([one * rest, rest + one - 10 * one, -10]))
    value = 1 / (1 + two * nu)
    assert check("ex-quadratic-excess", value).ok
    assert check("ex-quadratic-excess", 1 - value).word.startswith("That is what")
