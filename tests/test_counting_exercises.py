"""The exercises on counting: right answers, and the word for each usual slip."""

from fractions import Fraction

import rfbook.counting_exercises as room
from rfbook.counting import integer_points, translate_dimension
from rfbook.exercises import check, exercises

IDS = {
    "ex-counting-parity",
    "ex-counting-translates",
    "ex-counting-points",
    "ex-counting-lengths",
}


def test_the_module_registers_the_chapter_s_exercises():
    assert set(exercises()) >= IDS


def test_the_parities_are_rounded_up():
    assert check("ex-counting-parity", 683).ok
    assert check("ex-counting-parity", 682).word.startswith("That many leave")
    assert not check("ex-counting-parity", 2048 / 3).ok


def test_translates_and_their_slips():
    assert check("ex-counting-translates", translate_dimension).ok
    word = check("ex-counting-translates", room.by_moduli).word
    assert word.startswith("The energies are squares")
    word = check("ex-counting-translates", room.by_degree).word
    assert word.startswith("The largest energies")


def test_points_and_their_slips():
    assert check("ex-counting-points", integer_points).ok
    assert "radius itself" in check("ex-counting-points", room.open_ball).word


def test_the_game_of_three_lengths():
    assert room.game([4, 1, 1], 1) == Fraction(8, 9)
    assert check("ex-counting-lengths", 8 / 9).ok
    assert "third function" in check("ex-counting-lengths", 0.8).word
