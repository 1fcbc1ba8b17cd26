"""The exercises on polynomials: right answers, and the word for each usual slip."""

import itertools
import math
from fractions import Fraction

import pytest
import sympy as sp

import rfbook.polynomial_learning_exercises as room
from rfbook.exercises import check, exercises

IDS = {
    "ex-polynomials-norm",
    "ex-polynomials-order",
    "ex-polynomials-tail",
    "ex-polynomials-drift",
    "ex-polynomials-lazy",
}


def least_square(j, K):
    """Invert the matrix of moments."""
    entry = lambda i, q: sp.Rational((i + q + 1) % 2, i + q + 1)  # noqa: E731
    return sp.Matrix(K + 1, K + 1, entry).inv()[j, j]


def test_the_module_registers_the_chapter_s_exercises():
    assert set(exercises()) >= IDS


def test_the_least_norm():
    assert check("ex-polynomials-norm", least_square).ok
    assert not check("ex-polynomials-norm", lambda j, K: least_square(j, j)).ok
    word = check("ex-polynomials-norm", lambda j, K: -least_square(j, K)).word
    assert word == "The sign is wrong."


@pytest.mark.parametrize(
    ("answer", "ok", "start"),
    [
        (Fraction(45, 2), True, ""),
        (9, False, "That is K = 2"),
        (7.5, False, "That is the constant for x_1"),
        (45, False, "The constant factor is wrong"),
    ],
)
def test_the_order_in_the_dimension(answer, ok, start):
    reply = check("ex-polynomials-order", answer)
    assert reply.ok is ok
    assert ok or reply.word.startswith(start)


def test_the_tail_of_two_numbers_by_hand():
    """P(|s + t| >= 3) with s, t in +-[1, 2]: equal signs and a sum of at least 3."""
    assert room.mixed_tail(2, 3) == 0.25
    assert room.mixed_tail(2, 1) == 0.5 + 0.0  # opposite signs: the modulus is below 1


def test_the_tail_of_uniform_numbers_is_a_volume():
    """Count the permutations with k descents: n! P(k <= I < k + 1)."""
    n = 5
    for level in range(n + 1):
        count = sum(
            sum(a > b for a, b in itertools.pairwise(order)) >= level
            for order in itertools.permutations(range(n))
        )
        assert room.uniform_tail(n, level) == Fraction(count, math.factorial(n))
    assert not check("ex-polynomials-tail", lambda N, a: room.mixed_tail(N, a) / 2).ok


def width(C, H, L, eps):
    """Return the width from the two closed forms."""
    drift = (9 * C**5 * H * L**2 / (8 * eps**3)) ** 0.5
    return max(drift, 3 * C**2 / (2 * eps) * (H * L / 2) ** 0.5)


def test_the_mean_drift():
    assert check("ex-polynomials-drift", width).ok
    assert not check("ex-polynomials-drift", lambda *a: 3**0.5 * width(*a)).ok


def test_the_width_of_the_lazy_bound():
    assert check("ex-polynomials-lazy", 104_496).ok
    word = check("ex-polynomials-lazy", 20_000 * math.e / math.sqrt(2)).word
    assert word == "The ball has radius 2, not 1."
    word = check("ex-polynomials-lazy", 20_000 * math.e**2).word
    assert word == "The half of the bound is missing."
