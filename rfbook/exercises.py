r"""Exercises that a chapter's reader has checked: ``check(id, answer)``.

A room registers its exercises, each with the judge that decides::

    from rfbook.exercises import Exercise, Numeric, register

    register(Exercise("psi-count", "numeric", "How many ReLUs?", Numeric(8)))

Three judges serve most exercises: `Numeric` for a number, `Function` for a
programming task, `Expression` for a formula in SymPy. Each knows the usual wrong
answers of its exercise, see `Mistake`, has a word for a wrong sign and another for a
wrong constant factor, and has a hint for every other answer. None of them says what
the right answer is. Any other judge is a function of the answer that returns None when
it is right and says what is wrong otherwise::

    @exercise("psi-odd", "function", "Write an odd function.")
    def judge(answer):
        return None if answer(-1) == -answer(1) else "f(-1) is not -f(1)."

The chapter then says ``check("psi-count", 8)``. The reply shows no time and no
address, so that a page that shows it can be repeated.
"""

from __future__ import annotations

import difflib
import html
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

KINDS = ("numeric", "function", "expression")

FACTORS = {
    "2": 2.0,
    "1/2": 0.5,
    "4": 4.0,
    "1/4": 0.25,
    "\N{GREEK SMALL LETTER PI}": math.pi,
    "1/\N{GREEK SMALL LETTER PI}": 1 / math.pi,
    "\N{GREEK SMALL LETTER PI}/2": math.pi / 2,
    "2/\N{GREEK SMALL LETTER PI}": 2 / math.pi,
    "\N{GREEK SMALL LETTER PI}\N{SUPERSCRIPT TWO}": math.pi**2,
    "1/\N{GREEK SMALL LETTER PI}\N{SUPERSCRIPT TWO}": math.pi**-2,
}
"""The constant factors that are lost most often, by the name a reader knows."""

Judge = Callable[[Any], "str | None"]


@dataclass(frozen=True)
class Reply:
    """What `check` says about an answer.

    Parameters
    ----------
    id : str
        The exercise.
    ok : bool
        Whether the answer is right.
    word : str
        What is wrong; empty when nothing is.
    """

    id: str
    ok: bool
    word: str = ""

    def __repr__(self) -> str:
        return f"{self.id}: {'right' if self.ok else f'not yet. {self.word}'}"

    def _repr_html_(self) -> str:
        mark, state = ("\N{CHECK MARK}", "ok") if self.ok else ("\N{BALLOT X}", "no")
        word = "right" if self.ok else f"not yet. {self.word}"
        return (
            f'<p class="exercise-reply {state}">{mark} '
            f"<code>{html.escape(self.id)}</code>: {html.escape(word)}</p>"
        )


@dataclass(frozen=True)
class Exercise:
    """An exercise and its judge.

    Parameters
    ----------
    id : str
        Its label in the chapter.
    kind : {"numeric", "function", "expression"}
        What an answer is.
    task : str
        The question in a line.
    judge : callable
        Takes the answer; returns None when it is right, else what is wrong.
    """

    id: str
    kind: str
    task: str
    judge: Judge

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of {KINDS}, got {self.kind!r}")


_REGISTRY: dict[str, Exercise] = {}


def register(new: Exercise) -> Exercise:
    """Add an exercise to those that `check` knows; return it.

    Raises
    ------
    ValueError
        If another exercise has its id.
    """
    if new.id in _REGISTRY:
        raise ValueError(f"there is an exercise {new.id!r} already")
    _REGISTRY[new.id] = new
    return new


def exercise(id: str, kind: str, task: str) -> Callable[[Judge], Judge]:  # noqa: A002
    """Register the decorated judge as an exercise, see `Exercise`."""

    def decorate(judge: Judge) -> Judge:
        register(Exercise(id, kind, task, judge))
        return judge

    return decorate


def exercises() -> Mapping[str, Exercise]:
    """Return the registered exercises by id."""
    return dict(_REGISTRY)


def check(id: str, answer: Any) -> Reply:  # noqa: A002 - the word of the book
    """Judge an answer to an exercise.

    Parameters
    ----------
    id : str
        The label of an exercise whose room has been imported.
    answer : object
        A number, a function or an expression, as the exercise asks.

    Returns
    -------
    Reply
        Shown as a line in a notebook.

    Raises
    ------
    ValueError
        If no exercise has the id; the message names those that are near.
    """
    if id not in _REGISTRY:
        near = difflib.get_close_matches(id, _REGISTRY, n=3, cutoff=0.4)
        hint = f"; near it: {', '.join(near)}" if near else ""
        raise ValueError(
            f"no exercise {id!r}{hint} (a chapter's exercises come with its room: "
            "import that first)"
        )
    word = _REGISTRY[id].judge(answer)
    return Reply(id, word is None, word or "")


# ---- judges ----------------------------------------------------------------


@dataclass(frozen=True)
class Mistake:
    """A usual wrong answer to an exercise.

    Parameters
    ----------
    answer : float, callable or str
        What its judge compares: a number, a function or a formula. It is computed
        from the mistake that leads there, as the right answer is from the solution.
    word : str
        What went wrong. It does not say the right answer.
    """

    answer: Any
    word: str


def _mistake(answers: Sequence[float], expected: Sequence[float], rtol: float) -> str:
    """Name the common mistake that turns `expected` into `answers`, if one does."""
    ratio = _common_ratio(answers, expected, rtol)
    if ratio is None:
        return ""
    names = {name: f for name, f in FACTORS.items() if abs(abs(ratio) - f) <= rtol * f}
    if abs(abs(ratio) - 1) <= rtol:
        return "The sign is wrong." if ratio < 0 else ""
    if not names and len(expected) == 1:
        return ""
    name = next(iter(names), f"{abs(ratio):.6g}")
    fault = "sign and the constant factor are" if ratio < 0 else "constant factor is"
    minus = "-" if ratio < 0 else ""
    return f"The {fault} wrong: it is {minus}{name} times what it should be."


def _common_ratio(
    answers: Sequence[float], expected: Sequence[float], rtol: float
) -> float | None:
    pairs = zip(answers, expected, strict=True)
    ratio = next((a / b for a, b in pairs if b), 0.0)
    scaled = [ratio * b for b in expected]
    return ratio if ratio and _first_far(answers, scaled, rtol) is None else None


def _first_far(
    answers: Sequence[float], expected: Sequence[float], rtol: float
) -> int | None:
    """Return where the first answer is that differs; a zero has the others' scale."""
    scale = max((abs(value) for value in expected), default=0.0)
    for place, (a, b) in enumerate(zip(answers, expected, strict=True)):
        if abs(a - b) > rtol * (abs(b) or scale):
            return place
    return None


def _number(value: Any) -> float | None:
    """Return a finite real number as a float; None for anything else."""
    if isinstance(value, (bool, str, bytes)):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


@dataclass(frozen=True)
class Numeric:
    r"""Judge of a number: right if :math:`|a - e| \le \mathrm{rtol}\,|e|`.

    Parameters
    ----------
    expected : int, float or fractions.Fraction
        The right answer e.
    rtol : float
        Relative tolerance, >= 0; 0 asks for the exact number.
    mistakes : sequence of Mistake
        The usual wrong numbers.
    hint : str
        What to say of any other number.

    Examples
    --------
    >>> Numeric(0.5)(Fraction(1, 2)) is None
    True
    >>> Numeric(0.5)(-0.5), Numeric(0.5)(1)
    ('The sign is wrong.',
     'The constant factor is wrong: it is 2 times what it should be.')
    """

    expected: int | float | Fraction
    rtol: float = 1e-6
    mistakes: Sequence[Mistake] = ()
    hint: str = ""

    def __call__(self, answer: Any) -> str | None:
        """Return None for the right number, else what is wrong."""
        number = _number(answer)
        if number is None:
            return f"A finite number is asked for, not {type(answer).__name__}."
        right = float(self.expected)
        if self.rtol == 0 and answer == self.expected:
            return None
        if _first_far([number], [right], self.rtol or 1e-12) is None:
            inexact = "It is near, but the exact number is asked for: try Fraction."
            return None if self.rtol else inexact
        for mistake in self.mistakes:
            wrong = float(mistake.answer)
            if _first_far([number], [wrong], self.rtol or 1e-12) is None:
                return mistake.word
        word = _mistake([number], [right], self.rtol or 1e-12)
        return word or f"The number is another one. {self.hint}".rstrip()


@dataclass(frozen=True)
class Function:
    """Judge of a programming task: a function compared with one that is right.

    Parameters
    ----------
    reference : callable
        Takes the arguments of a call, returns a number.
    calls : sequence of tuple
        The arguments to try, at least one call with a value other than 0.
    rtol : float
        Relative tolerance.
    mistakes : sequence of Mistake
        The usual wrong functions.
    hint : str
        What to say of any other function.

    Examples
    --------
    >>> judge = Function(lambda x: x**3, [(0.5,), (1.0,), (2.0,)])
    >>> judge(lambda x: x * x * x) is None
    True
    >>> judge(lambda x: -(x**3))
    'The sign is wrong.'
    """

    reference: Callable[..., float]
    calls: Sequence[tuple[Any, ...]]
    rtol: float = 1e-9
    mistakes: Sequence[Mistake] = ()
    hint: str = ""

    def __call__(self, answer: Any) -> str | None:
        """Return None for the right function, else what is wrong."""
        if not callable(answer):
            return f"A function is asked for, not {type(answer).__name__}."
        found = []
        for call in self.calls:
            shown = ", ".join(map(repr, call))
            try:
                value = answer(*call)
            # Whatever a reader's function raises is a reply, not a failure here.
            except Exception as error:
                return f"At ({shown}) it raises {type(error).__name__}: {error}"
            if _number(value) is None:
                return f"At ({shown}) it gives {value!r}, not a finite number."
            found.append(float(value))
        expected = self._values(self.reference)
        place = _first_far(found, expected, self.rtol)
        if place is None:
            return None
        for mistake in self.mistakes:
            if _first_far(found, self._values(mistake.answer), self.rtol) is None:
                return mistake.word
        shown = ", ".join(map(repr, self.calls[place]))
        first = f"At ({shown}) it gives {found[place]:.6g}, and that is not right."
        other = f"{first} {self.hint}".rstrip()
        return _mistake(found, expected, self.rtol) or other

    def _values(self, function: Callable[..., float]) -> list[float]:
        return [float(function(*call)) for call in self.calls]


@dataclass(frozen=True)
class Expression:
    """Judge of a formula: right if SymPy reduces the difference to 0.

    Parameters
    ----------
    expected : str
        The right formula, as SymPy reads it.
    positive : sequence of str
        Its symbols, all taken as positive reals.
    mistakes : sequence of Mistake
        The usual wrong formulas.
    hint : str
        What to say of any other formula.

    Examples
    --------
    >>> judge = Expression("(a + 1)/2", positive=["a"])
    >>> judge("a/2 + 1/2") is None
    True
    >>> judge("a + 1")
    'The constant factor is wrong: it is 2 times what it should be.'
    """

    expected: str
    positive: Sequence[str] = ()
    mistakes: Sequence[Mistake] = ()
    hint: str = ""

    def __call__(self, answer: Any) -> str | None:
        """Return None for an equal formula, else what is wrong."""
        import sympy

        names = {name: sympy.Symbol(name, positive=True) for name in self.positive}
        try:
            given = sympy.sympify(answer, locals=names)
            given = given.subs({s: names.get(s.name, s) for s in given.free_symbols})
        except (sympy.SympifyError, AttributeError, TypeError, SyntaxError):
            return f"SymPy cannot read {answer!r} as a formula."
        right = sympy.sympify(self.expected, locals=names)
        if extra := given.free_symbols - right.free_symbols:
            shown = ", ".join(sorted(symbol.name for symbol in extra))
            return f"It has symbols that the answer does not need: {shown}."
        if sympy.simplify(given - right) == 0:
            return None
        for mistake in self.mistakes:
            wrong = sympy.sympify(mistake.answer, locals=names)
            if sympy.simplify(given - wrong) == 0:
                return mistake.word
        ratio = sympy.simplify(given / right)
        if ratio == -1:
            return "The sign is wrong."
        if ratio.is_number and ratio != 0:
            word = f"it is {ratio} times what it should be."
            return f"The constant factor is wrong: {word}"
        return f"The formula is another one. {self.hint}".rstrip()
