"""The exercises on the mixture gap: right answers, and the words for usual slips."""

import numpy as np
import pytest

import rfbook.mixture_gap_exercises  # noqa: F401 - registers them
from rfbook.exercises import check, exercises


def plane_snr(a, theta):
    """Use the formula of the solution."""
    C = np.cos(2 * theta) ** 2
    return a**2 / (1 + a**2) * (1 - (1 - a**2) * C / (2 * (1 - a**2 * C)))


def neurons_needed(values, r):
    """Add up the strongest directions."""
    squares = np.sort(np.asarray(values, dtype=float) ** 2)[::-1]
    risks = 1 / (1 + np.cumsum(squares / (1 + squares)) / 2)
    enough = np.flatnonzero(risks <= r)
    return int(enough[0]) + 1 if enough.size else 0


RIGHT = {
    "ex-mixture-plane": plane_snr,
    "ex-mixture-neurons": neurons_needed,
}


def test_the_module_registers_the_chapter_s_exercises():
    assert set(RIGHT) <= set(exercises())


@pytest.mark.parametrize("name", RIGHT)
def test_an_independent_solution_is_right(name):
    assert check(name, RIGHT[name]).ok


@pytest.mark.parametrize("name", RIGHT)
def test_a_wrong_constant_has_its_word(name):
    reply = check(name, lambda *call: 2 * RIGHT[name](*call))
    assert reply.word.startswith("The constant factor is wrong: it is 2 times")


def test_the_leading_order_is_not_exact():
    def leading(a, theta):
        return a**2 * (1 - np.cos(2 * theta) ** 2 / 2)

    assert not check("ex-mixture-plane", leading).ok


def test_absolute_values_decide_which_neuron_comes_first():
    def signed(values, r):
        return neurons_needed(np.maximum(values, 0), r)

    assert not check("ex-mixture-neurons", signed).ok
