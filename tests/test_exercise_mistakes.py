"""Every judged exercise: its usual mistakes have their words, any other has a hint."""

from __future__ import annotations

import importlib
import pkgutil
import re
from dataclasses import dataclass
from fractions import Fraction

import pytest

import rfbook
from rfbook import exercises as ex

for module in pkgutil.iter_modules(rfbook.__path__):
    if module.name.endswith("_exercises"):
        importlib.import_module(f"rfbook.{module.name}")

ALL = ex.exercises()
NUMBER = re.compile(r"\d+(?:\.\d+)?(?:/\d+)?")


def right(judge):
    """Return the right answer to the exercise of a judge, as the judge has it."""
    return judge.reference if isinstance(judge, ex.Function) else judge.expected


def elsewhere(judge):
    """Return an answer that is neither right nor near a usual mistake."""
    if isinstance(judge, ex.Function):
        return lambda *call: 0.7719 * float(judge.reference(*call)) + 0.3137
    if isinstance(judge, ex.Expression):
        return f"({judge.expected})**2 + 1/7"
    return 0.7719 * float(judge.expected) + 0.3137


def values(judge):
    """Return the numbers that an answer must give."""
    if isinstance(judge, ex.Expression):
        return []
    if isinstance(judge, ex.Function):
        return [float(judge.reference(*call)) for call in judge.calls]
    return [float(judge.expected)]


@dataclass(frozen=True)
class Judged:
    """What an exercise's judge says, asked once."""

    judge: ex.Judge
    right: str | None
    mistakes: list[str | None]
    other: str


@pytest.fixture(scope="module", params=ALL)
def judged(request):
    judge = ALL[request.param].judge
    mistakes = [judge(mistake.answer) for mistake in judge.mistakes]
    return Judged(judge, judge(right(judge)), mistakes, judge(elsewhere(judge)))


def test_the_right_answer_passes(judged):
    assert judged.right is None


def test_each_mistake_gets_its_own_word_and_no_two_coincide(judged):
    words = [mistake.word for mistake in judged.judge.mistakes]
    assert 1 <= len(words) <= 4
    assert len(set(words)) == len(words)
    assert judged.mistakes == words


def test_another_wrong_answer_gets_the_hint(judged):
    assert judged.judge.hint.endswith((".", "?"))
    assert judged.other.endswith(judged.judge.hint)


def test_no_word_says_the_answer(judged):
    told = judged.other.split("it gives")[-1].split(", and that")[-1]
    words = [told, *(mistake.word for mistake in judged.judge.mistakes)]
    if isinstance(judged.judge, ex.Expression):
        assert not any(judged.judge.expected in word for word in words)
    # A single digit is a name, as in "degree 1" or "R^2", and says nothing.
    found = [Fraction(n) for n in NUMBER.findall(" ".join(words)) if len(n) > 1]
    for value in values(judged.judge):
        near = [n for n in found if abs(float(n) - value) <= 0.01 * abs(value)]
        assert not near, f"{near} is {value}"


def test_the_words_are_sentences(judged):
    for mistake in judged.judge.mistakes:
        assert mistake.word[0].isupper(), mistake.word
        assert mistake.word.endswith("."), mistake.word
