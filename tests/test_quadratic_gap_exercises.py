"""The exercises of the quadratic gap: right answers, and the words for usual slips."""

import math

import numpy as np
import pytest

import rfbook.quadratic_gap_exercises  # noqa: F401 - registers them
from rfbook.exercises import check, exercises


def variance(d, N):
    """Take the moments of a Beta variable as products."""
    factors = [(d - N + 2 * j) / (d + 2 * j) for j in range(4)]
    return math.prod(factors) - math.prod(factors[:2]) ** 2


def ahead(values, N):
    """Compare both risks in their closed forms."""
    values = np.asarray(values, dtype=float)
    d, squares = len(values), np.sort(values**2)[::-1]
    chi, m = values.sum() ** 2 / (d * squares.sum()), max(d - N, 0)
    tangent = m / d - (1 - chi) * N * m / ((d + 2) * (d - 1))
    return tangent - squares[N:].sum() / squares.sum()


RIGHT = {"ex-gap-tangent-rank": variance, "ex-gap-ahead": ahead}


def test_the_module_registers_the_chapter_s_exercises():
    assert set(RIGHT) <= set(exercises())


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


def test_singular_values_decide_who_is_ahead():
    def eigenvalues_in_order(values, N):
        values = np.sort(np.asarray(values, dtype=float))[::-1]
        lost = np.sum(values[N:] ** 2) / np.sum(values**2)
        return (
            ahead(values, N)
            + np.sort(values**2)[::-1][N:].sum() / np.sum(values**2)
            - lost
        )

    assert not check("ex-gap-ahead", eigenvalues_in_order).ok
