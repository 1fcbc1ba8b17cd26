"""The exercises on feature learning: right answers, and the word for each slip."""

import math

import pytest

import rfbook.feature_learning_exercises as room
from rfbook.exercises import check, exercises
from rfbook.feature_learning import correlation, flow_time, step_parts

IDS = {
    "ex-feature-exponent",
    "ex-feature-turn",
    "ex-feature-batch",
    "ex-feature-time",
    "ex-feature-cosine",
}


def test_the_module_registers_the_chapter_s_exercises():
    assert set(exercises()) >= IDS


def test_the_exponent_is_not_read_off_the_powers():
    assert check("ex-feature-exponent", 4).ok
    assert check("ex-feature-exponent", 2).word.startswith("The powers are not")


def test_the_turn_and_its_slips():
    assert check("ex-feature-turn", lambda H, s, t: step_parts(H, s, t)[0]).ok
    word = check("ex-feature-turn", lambda H, s, t: correlation(H, s, t)).word
    assert word.startswith("That is the product")
    word = check(
        "ex-feature-turn", lambda H, s, t: (1 - t**2) * room.turn(H, s, t)
    ).word
    assert word.startswith("That is the velocity")


def test_the_batch_is_rounded_up():
    exact = math.pi * 102 * 104 / 2 - 1
    assert check("ex-feature-batch", math.ceil(exact)).ok
    assert "round up" in check("ex-feature-batch", math.floor(exact)).word
    assert "degree 1" in check("ex-feature-batch", 203).word
    assert "one sample less" in check("ex-feature-batch", math.ceil(exact) + 1).word


def test_the_time_and_its_slips():
    assert check("ex-feature-time", flow_time).ok
    assert "sphere" in check("ex-feature-time", room.flat).word
    word = check("ex-feature-time", lambda k, c, a, b: k * flow_time(k, c, a, b)).word
    assert "factor k" in word


def test_the_cosine_counts_all_of_the_target():
    assert check("ex-feature-cosine", 2).ok
    assert "degree 3" in check("ex-feature-cosine", 1.0).word


@pytest.mark.parametrize("id", sorted(IDS))
def test_nonsense_is_no_answer(id):  # noqa: A002 - the word of the book
    assert not check(id, -7.5).ok
