"""The judges of the exercises and their words."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest

from rfbook import exercises as ex


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch):
    monkeypatch.setattr(ex, "_REGISTRY", {})


def cube(x):
    return x**3


def test_check_says_right_and_what_is_wrong():
    ex.register(ex.Exercise("psi-count", "numeric", "How many?", ex.Numeric(8)))
    assert ex.check("psi-count", 8).ok
    reply = ex.check("psi-count", 7)
    assert not reply.ok
    assert repr(reply) == "psi-count: not yet. The number is another one."


def test_a_wrong_id_raises_with_the_near_ones():
    ex.register(ex.Exercise("psi-count", "numeric", "", ex.Numeric(8)))
    with pytest.raises(ValueError, match="no exercise 'psi-cuont'; near it: psi-count"):
        ex.check("psi-cuont", 8)
    with pytest.raises(ValueError, match="import that first"):
        ex.check("zzz", 8)


def test_an_id_is_used_once():
    new = ex.Exercise("one", "numeric", "", ex.Numeric(1))
    ex.register(new)
    with pytest.raises(ValueError, match="'one' already"):
        ex.register(new)
    assert list(ex.exercises()) == ["one"]


def test_a_kind_outside_the_three_is_refused():
    with pytest.raises(ValueError, match="got 'essay'"):
        ex.Exercise("one", "essay", "", ex.Numeric(1))


def test_the_decorator_registers_a_judge():
    @ex.exercise("odd", "function", "Write an odd function.")
    def judge(answer):
        return None if answer(-1) == -answer(1) else "f(-1) is not -f(1)."

    assert ex.check("odd", cube).ok
    assert ex.check("odd", abs).word == "f(-1) is not -f(1)."


def test_the_html_of_a_reply_is_escaped():
    page = ex.Reply("one", ok=False, word="a < b")._repr_html_()
    assert "a &lt; b" in page
    assert 'class="exercise-reply no"' in page
    assert 'class="exercise-reply ok"' in ex.Reply("one", ok=True)._repr_html_()


@pytest.mark.parametrize("answer", [0.25, Fraction(1, 4), 0.25 * (1 + 5e-7)])
def test_a_number_within_the_tolerance_is_right(answer):
    assert ex.Numeric(Fraction(1, 4))(answer) is None


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (-0.25, "The sign is wrong."),
        (0.5, "The constant factor is wrong: it is 2 times"),
        (-0.5, "The sign and the constant factor are wrong: it is -2 times"),
        (0.25 * math.pi, "The constant factor is wrong: it is π times"),
        (0.25 / math.pi**2, "The constant factor is wrong: it is 1/π² times"),
        (0.25 * (1 + 2e-6), "The number is another one."),
        (0.3, "The number is another one."),
        (0, "The number is another one."),
        (math.nan, "A finite number is asked for, not float."),
        (math.inf, "A finite number is asked for, not float."),
        (10**400, "A finite number is asked for, not int."),
        (1j, "A finite number is asked for, not complex."),
        ("0.25", "A finite number is asked for, not str."),
        (True, "A finite number is asked for, not bool."),
        (None, "A finite number is asked for, not NoneType."),
    ],
)
def test_a_wrong_number_gets_its_word(answer, word):
    assert ex.Numeric(Fraction(1, 4))(answer).startswith(word)


def test_an_exact_number_is_asked_for_exactly():
    judge = ex.Numeric(Fraction(1, 3), rtol=0)
    assert judge(Fraction(1, 3)) is None
    assert "try Fraction" in judge(1 / 3)
    assert judge(Fraction(-1, 3)) == "The sign is wrong."


def test_an_exercise_may_have_words_of_its_own():
    missed = ex.Mistake(7, "Count the constant too.")
    judge = ex.Numeric(8, mistakes=[missed], hint="Count again.")
    assert judge(7) == "Count the constant too."
    assert judge(9) == "The number is another one. Count again."
    assert judge(16).startswith("The constant factor is wrong")
    assert judge(8) is None


def test_a_function_may_have_mistakes_and_a_hint():
    missed = ex.Mistake(lambda x: x**2, "That is the square.")
    judge = ex.Function(cube, [(0.5,), (2.0,)], mistakes=[missed], hint="Cube it.")
    assert judge(lambda x: x * x) == "That is the square."
    other = "At (0.5) it gives 1.125, and that is not right. Cube it."
    assert judge(lambda x: cube(x) + 1) == other
    assert judge(cube) is None


def test_a_formula_may_have_mistakes_and_a_hint():
    missed = ex.Mistake("a**2", "That is the square.")
    judge = ex.Expression("a**3", ["a"], mistakes=[missed], hint="Cube it.")
    assert judge("a*a") == "That is the square."
    assert judge("a**4") == "The formula is another one. Cube it."
    assert judge("-a**3") == "The sign is wrong."


def test_a_right_function_is_right():
    judge = ex.Function(cube, [(0.0,), (0.5,), (-2.0,)])
    assert judge(lambda x: x * x * x) is None


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (lambda x: -(x**3), "The sign is wrong."),
        (lambda x: 3 * x**3, "The constant factor is wrong: it is 3 times"),
        (lambda x: -(x**3) / 2, "The sign and the constant factor are wrong"),
        (lambda x: x**3 + 1, "At (0.0) it gives 1, and that is not right."),
        (lambda x: x**2, "At (0.5) it gives 0.25, and that is not right."),
        (lambda x: 1 / x, "At (0.0) it raises ZeroDivisionError"),
        (lambda x: None, "At (0.0) it gives None, not a finite number."),
        (lambda: 0, "At (0.0) it raises TypeError"),
        (7, "A function is asked for, not int."),
    ],
)
def test_a_wrong_function_gets_its_word(answer, word):
    assert ex.Function(cube, [(0.0,), (0.5,), (-2.0,)])(answer).startswith(word)


def test_a_formula_is_right_in_any_form():
    judge = ex.Expression("sqrt(a**2)*(a + 1)/2", positive=["a"])
    assert judge("a**2/2 + a/2") is None


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        ("-a/2", "The sign is wrong."),
        ("a", "The constant factor is wrong: it is 2 times"),
        ("a**2/2", "The formula is another one."),
        ("a*b/2", "It has symbols that the answer does not need: b."),
        ("a +* 2", "SymPy cannot read"),
        (None, "SymPy cannot read"),
    ],
)
def test_a_wrong_formula_gets_its_word(answer, word):
    assert ex.Expression("a/2", positive=["a"])(answer).startswith(word)


def test_a_formula_may_be_given_with_a_reader_s_own_symbols():
    import sympy

    a = sympy.Symbol("a")
    assert ex.Expression("a/2", positive=["a"])(a / 2) is None
