"""The exercises on staircases: right answers, and the word for each usual slip."""

from fractions import Fraction

import rfbook.staircases_exercises as room
from rfbook.exercises import check, exercises
from rfbook.staircases import flow, leap, majority_coefficient, paired_start, target

IDS = {
    "ex-staircases-leap",
    "ex-staircases-program",
    "ex-staircases-left",
    "ex-staircases-power",
    "ex-staircases-majority",
}


def test_the_module_registers_the_chapter_s_exercises():
    assert set(exercises()) >= IDS


def test_one_sum_and_its_slips():
    assert check("ex-staircases-leap", 3).ok
    assert check("ex-staircases-leap", 4).word.startswith("That is the degree")


def test_programs_and_their_slips():
    assert check("ex-staircases-program", leap).ok
    for wrong, word in (
        (room.degree, "degree"),
        (room.as_given, "order is yours"),
        (room.by_size, "not of all"),
    ):
        assert word in check("ex-staircases-program", wrong).word


def test_the_error_left_is_that_of_a_long_flow():
    assert check("ex-staircases-left", 10).ok
    values = target(4, {(0,): 2.0, (0, 1): 1.0, (1, 2, 3): -1.0, (2, 3): 3.0})
    path = flow(values, *paired_start(20, 1, 3.0, 2.0), [8.0])
    assert 10 <= path.error[0] < 11


def test_powers_of_the_dimension():
    assert check("ex-staircases-power", "k/2 - 1").ok
    assert "one power less" in check("ex-staircases-power", "k/2 - 1/2").word


def test_the_majority_of_nine_bits():
    assert room.majority_sum(9, 3) == majority_coefficient(9, 3) == Fraction(-5, 128)
    assert check("ex-staircases-majority", Fraction(-5, 128)).ok
    assert (
        check("ex-staircases-majority", Fraction(5, 128)).word == "The sign is wrong."
    )
