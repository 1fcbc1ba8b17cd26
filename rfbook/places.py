r"""What the source of a page holds: sections, boxes and exercises, with their labels.

A page is MyST Markdown. A box is a fence ``{prf:...}`` or ``{exercise}`` with a label,
a section a heading, and a label on the line above a heading, ``(label)=``, is that
section's. Other parts of the book build lists from this: the index of terms, the list
of the exercises, the search.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_BOX = re.compile(
    r"^(?P<fence>`{3,}|:{3,})\{(?P<kind>prf:[\w-]+|exercise|exercise-start)\}"
    r"(?P<title>[^\n]*)\n:label: *(?P<label>[\w-]+)\n(?P<body>.*?)^(?P=fence)[ \t]*$",
    re.MULTILINE | re.DOTALL,
)
_HEADING = re.compile(
    r"^(?:\((?P<label>[\w-]+)\)=\n+)?(?P<marks>#{1,4}) (?P<title>[^\n]+)$", re.MULTILINE
)
_CODE = re.compile(r"^(`{3,})\{code-cell\}.*?^\1[ \t]*$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Place:
    """A part of a page that a link may lead to.

    Parameters
    ----------
    label : str
        Its id in the page.
    page : str
        The page's name, ``psi``.
    kind : str
        ``section``, ``exercise``, or what the box is: ``theorem``, ``definition``, ...
    title : str
        Its title, in Markdown; empty for a box without one.
    text : str
        What it says, in Markdown: for a section up to the next of its level or above.
    under : tuple of str
        The titles of the sections that it is in, the page's first.
    """

    label: str
    page: str
    kind: str
    title: str
    text: str
    under: tuple[str, ...] = ()


def page_title(text: str) -> str:
    r"""Return a page's first heading.

    Examples
    --------
    >>> page_title("---\nx: y\n---\n# Tools\n\n## One\n")
    'Tools'
    """
    heading = next((h for h in headings(text) if len(h["marks"]) == 1), None)
    return heading["title"].strip() if heading else ""


def headings(text: str) -> Iterator[re.Match[str]]:
    r"""Yield the headings of a page, code cells apart.

    Examples
    --------
    >>> page = "# Title\n\n```{code-cell}\n# not one\n```\n(here)=\n## Two\n"
    >>> [(h["marks"], h["title"], h["label"]) for h in headings(page)]
    [('#', 'Title', None), ('##', 'Two', 'here')]
    """
    yield from _HEADING.finditer(without_code(text))


def without_code(text: str) -> str:
    r"""Return a page with spaces in place of its code cells, so that places stay.

    Examples
    --------
    >>> page = "a\n```{code-cell}\n1\n```\nb"
    >>> len(without_code(page)) == len(page), without_code(page).split()
    (True, ['a', 'b'])
    """
    return _CODE.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)


def places(text: str, page: str) -> list[Place]:
    r"""Return the labelled places of a page, in the order of their beginnings.

    Examples
    --------
    >>> text = "# One\n(two)=\n## Two\n```{prf:lemma} Three\n:label: three\n4\n```\n"
    >>> [(p.label, p.kind, p.title) for p in places(text, "page")]
    [('two', 'section', 'Two'), ('three', 'lemma', 'Three')]
    """
    text = without_code(text)
    found = []
    every = list(_HEADING.finditer(text))
    for box in _BOX.finditer(text):
        kind = box["kind"].removeprefix("prf:").removesuffix("-start")
        title, body = box["title"].strip(), _whole_body(text, box)
        under = _titles_above(every, box.start())
        place = Place(box["label"], page, kind, title, body, under)
        found.append((box.start(), place))
    for number, heading in enumerate(every):
        if heading["label"]:
            level = len(heading["marks"])
            after = (h for h in every[number + 1 :] if len(h["marks"]) <= level)
            end = next((h.start() for h in after), len(text))
            title, body = heading["title"].strip(), text[heading.end() : end]
            under = _titles_above(every, heading.start())
            place = Place(heading["label"], page, "section", title, body, under)
            found.append((heading.start(), place))
    return [place for _, place in sorted(found, key=lambda pair: pair[0])]


def _whole_body(text: str, box: re.Match[str]) -> str:
    """Return what a box says; an exercise with a gate goes on after its fence."""
    if box["kind"] != "exercise-start":
        return box["body"]
    end = re.compile(r"^`{3,}\{exercise-end\}", re.MULTILINE).search(text, box.end())
    return text[box.end() : end.start() if end else len(text)]


def _titles_above(every: list[re.Match[str]], position: int) -> tuple[str, ...]:
    open_titles: dict[int, str] = {}
    for heading in every:
        if heading.start() >= position:
            break
        level = len(heading["marks"])
        open_titles = {k: t for k, t in open_titles.items() if k < level}
        open_titles[level] = heading["title"].strip()
    return tuple(open_titles.values())


def read_places(folder: Path) -> dict[str, Place]:
    """Return the labelled places of every page in the book's folder, by label."""
    found: dict[str, Place] = {}
    for path in sorted(folder.glob("*.md")):
        for place in places(path.read_text(encoding="utf-8"), path.stem):
            found[place.label] = place
    return found


def page_titles(folder: Path) -> dict[str, str]:
    """Return the first heading of every page in the book's folder, by page."""
    pages = sorted(folder.glob("*.md"))
    return {path.stem: page_title(path.read_text(encoding="utf-8")) for path in pages}
