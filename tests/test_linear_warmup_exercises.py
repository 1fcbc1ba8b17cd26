"""The linear warm-up's exercises: right answers, and the word for each usual slip."""

from fractions import Fraction

import pytest

import rfbook.linear_warmup_exercises as room
from rfbook.exercises import check, exercises
from rfbook.linear_warmup import chernoff_exponent, success_probability_exact

IDS = {"ex-linear-variance", "ex-linear-half", "ex-linear-budget"}


def half(d):
    """Throw the coin, in fractions."""
    return success_probability_exact(d, d // 2, Fraction(1, 4))


def test_the_module_registers_the_chapter_s_exercises():
    assert set(exercises()) >= IDS


def test_the_exact_probability_is_right_and_slips_have_their_words():
    assert check("ex-linear-half", half).ok
    assert check("ex-linear-half", lambda d: -half(d)).word == "The sign is wrong."
    word = check("ex-linear-half", lambda d: half(d) / 2).word
    assert word.startswith("The constant factor is wrong: it is 1/2 times")
    assert not check("ex-linear-half", lambda d: 0.75 ** (d / 4)).ok


@pytest.mark.parametrize(
    ("answer", "ok"),
    [
        ("2*N*(d - N)/(d**2*(d + 2))", True),
        ("2*(N/d)*(1 - N/d)/(d + 2)", True),
        ("N*(d - N)/(d**2*(d + 2))", False),
        ("2*N*(d - N)/(d**2*(d + 1))", False),
    ],
)
def test_the_variance(answer, ok):
    assert check("ex-linear-variance", answer).ok is ok


def test_the_budget_solves_its_equation():
    assert abs(chernoff_exponent(room._RATIO) - 0.05) < 1e-12
    assert check("ex-linear-budget", round(room._RATIO, 5)).ok
    assert check("ex-linear-budget", 1 - room._RATIO).word == "That is 1 - N/d."
    word = check("ex-linear-budget", room.largest_ratio(0.025)).word
    assert word == "The half before KL is missing."
