"""The exercises of all chapters on one page, and a word under those nobody judges.

The page is made from the chapters: an exercise that is added to one of them is on it.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

import rfbook
from rfbook.exercises import Exercise, exercises
from rfbook.ledger import Claim, claims
from rfbook.places import page_title, places, without_code
from rfbook.sphinxext.claims import FOLDER

if TYPE_CHECKING:
    from sphinx.application import Sphinx

ANSWERS = {
    "numeric": "a number, judged",
    "function": "a function, judged",
    "expression": "a formula, judged",
}
ON_PAPER = "on paper"
NOT_JUDGED = "To be answered on paper: check does not judge it."

_REFERENCE = re.compile(r"\{prf:ref\}`(?:[^`<]*<)?([\w-]+)>?`")
_NEXT = re.compile(r"^(?:`{3,}|:{3,})\{exercise(?:-start)?\}|^## ", re.MULTILINE)


@dataclass(frozen=True)
class Listed:
    """An exercise as its chapter has it.

    Parameters
    ----------
    label : str
    chapter : str
        The page's name.
    title : str
        In Markdown.
    needs : tuple of str
        Ids of the claims that the exercise or its solution refers to.
    """

    label: str
    chapter: str
    title: str
    needs: tuple[str, ...]


def registered() -> Mapping[str, Exercise]:
    """Return all exercises that are judged, after importing the modules with them."""
    for module in pkgutil.iter_modules(rfbook.__path__):
        if module.name.endswith("_exercises"):
            importlib.import_module(f"rfbook.{module.name}")
    return exercises()


def chapters_in_order(registry: Mapping[str, Claim]) -> list[str]:
    """Return the chapters in the order of the book, which is that of their claims."""
    return list(dict.fromkeys(claim.chapter for claim in registry.values()))


def exercises_of(text: str, chapter: str, registry: Iterable[str]) -> list[Listed]:
    r"""Return the exercises of a page in order.

    Parameters
    ----------
    text : str
        The page's source.
    chapter : str
        Its name.
    registry : iterable of str
        The ids that are claims.

    Examples
    --------
    >>> text = "```{exercise} One\n:label: ex-one\nBy {prf:ref}`psi-odd`.\n```\n"
    >>> exercises_of(text, "psi", ["psi-odd"])[0].needs
    ('psi-odd',)
    """
    known, text, found = set(registry), without_code(text), []
    for place in places(text, chapter):
        if place.kind == "exercise":
            # The solution stands between an exercise and the next.
            start = text.index(f":label: {place.label}\n")
            after = _NEXT.search(text, start)
            part = text[start : after.start() if after else len(text)]
            needs = dict.fromkeys(i for i in _REFERENCE.findall(part) if i in known)
            found.append(Listed(place.label, chapter, place.title, tuple(needs)))
    return found


def table_of(listed: Iterable[Listed], judged: Mapping[str, Exercise]) -> list[str]:
    """Return the Markdown table of some exercises, line by line.

    Examples
    --------
    >>> table_of([Listed("ex-one", "psi", "One", ("psi-odd",))], {})[-1]
    '| {ref}`ex-one` | One | on paper | {prf:ref}`psi-odd` |'
    """
    lines = ["| number | exercise | answer | it uses |", "| --- | --- | --- | --- |"]
    for one in listed:
        answer = ANSWERS[judged[one.label].kind] if one.label in judged else ON_PAPER
        needs = ", ".join(f"{{prf:ref}}`{name}`" for name in one.needs) or "–"
        lines.append(f"| {{ref}}`{one.label}` | {one.title} | {answer} | {needs} |")
    return lines


class ExercisesDirective(SphinxDirective):
    """``{rfbook-exercises}``: the exercises of the chapters, a table for each."""

    def run(self) -> list[nodes.Node]:
        """Return a section for every chapter of this build that has exercises."""
        judged, registry, found = registered(), claims(), []
        for chapter in chapters_in_order(registry):
            if f"{FOLDER}/{chapter}" not in self.env.found_docs:
                continue
            path = Path(self.env.srcdir, FOLDER, f"{chapter}.md")
            self.env.note_dependency(str(path))
            text = path.read_text(encoding="utf-8")
            if listed := exercises_of(text, chapter, registry):
                found.append(self._chapter(page_title(text), chapter, listed, judged))
        return found

    def _chapter(
        self,
        title: str,
        chapter: str,
        listed: list[Listed],
        judged: Mapping[str, Exercise],
    ) -> nodes.section:
        section = nodes.section(ids=[f"exercises-{chapter}"])
        section += nodes.title("", "", *self.state.inline_text(title, self.lineno)[0])
        lines = StringList(table_of(listed, judged), "exercises")
        self.state.nested_parse(lines, 0, section)
        return section


def say_who_judges(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Say under each exercise that has no judge that it has none."""
    judged = registered()
    for box in doctree.findall(nodes.Admonition):
        label = box.get("label", "")
        if type(box).__name__.startswith("exercise") and label not in judged:
            body = next(iter(box.findall(nodes.section)), box)
            body += nodes.paragraph("", NOT_JUDGED, classes=["exercise-on-paper"])


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the exercises to the build."""
    app.add_directive("rfbook-exercises", ExercisesDirective)
    app.connect("doctree-resolved", say_who_judges)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
