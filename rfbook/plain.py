r"""A chapter's text for programs that do not read the book's Markdown.

The chapters are written in MyST: theorems in boxes, links by name to boxes, equations
and the bibliography. JupyterLab's extension knows the boxes, but only of the chapter
that is open, and Colab or an editor knows none of it. Here the links to other chapters
and to the bibliography become words (`resolve`), and what is left of MyST becomes plain
Markdown (`plain`): a box its heading and its text, a labelled equation a numbered one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

_BOX = re.compile(
    r"^(?P<fence>`{3,})\{(?P<kind>[\w:-]+)\}[ \t]*(?P<title>.*)\n"
    r"(?P<options>(?::[\w-]+:.*\n)*)(?P<body>(?s:.*?))^(?P=fence)[ \t]*$",
    re.MULTILINE,
)
_LABEL = re.compile(r"^:label: *(\S+)", re.MULTILINE)
_TARGET = re.compile(r"^\([\w-]+\)=\n", re.MULTILINE)
_INSIDE = re.compile(r"\[([^\]$]*)\]\(#?([a-z][\w-]{2,})\)")
_EQUATION = re.compile(r"\$\$ *\((?P<name>[\w-]+)\) *$", re.MULTILINE)
_ROLE = re.compile(
    r"\{(?P<role>[\w:]+)\}`(?:(?P<words>[^`<]*?)\s*<)?(?P<name>[^`>]+)>?`"
)
_ENTRY = re.compile(
    r"^@\w+\{(?P<key>[^,\s]+),(?P<fields>.*?)^\}", re.MULTILINE | re.DOTALL
)
_FIELD = re.compile(r"\b(author|year)\s*=\s*\{(.*?)\}\s*(?:,|\Z)", re.DOTALL)
_GATES = ("exercise-start", "solution-start", "exercise-end", "solution-end")
_WORDS = {"exercise-start": "Exercise", "solution-start": "Solution"}


class Box(NamedTuple):
    """Where a labelled box or equation stands and what it is called."""

    page: str
    word: str
    title: str

    @property
    def name(self) -> str:
        """Its title, or what kind of box it is."""
        return self.title or self.word.lower()


class Sources(NamedTuple):
    """What the chapters and the bibliography say of the names in a text."""

    boxes: Mapping[str, Box]
    authors: Mapping[str, tuple[str, str]]


def word_of(kind: str) -> str:
    """Return what a reader calls a kind of box.

    Examples
    --------
    >>> word_of("prf:theorem"), word_of("exercise-start")
    ('Theorem', 'Exercise')
    """
    return _WORDS.get(kind, kind.removeprefix("prf:").capitalize())


def find_boxes(pages: Mapping[str, str]) -> dict[str, Box]:
    r"""Return the labelled boxes and equations of some pages, by label.

    Parameters
    ----------
    pages : mapping of str to str
        Names of pages to their Markdown.

    Examples
    --------
    >>> find_boxes({"psi": "```{prf:lemma} One\n:label: one\n\n$1 = 1$\n```\n"})["one"]
    Box(page='psi', word='Lemma', title='One')
    """
    found = {}
    for page, text in pages.items():
        for equation in _EQUATION.finditer(text):
            found[equation["name"]] = Box(page, "Equation", "an equation")
        for box in _BOX.finditer(text):
            if label := _LABEL.search(box["options"]):
                title = box["title"].strip()
                found[label[1]] = Box(page, word_of(box["kind"]), title)
    return found


def find_equations(texts: Iterable[str]) -> dict[str, int]:
    r"""Return the numbers of the labelled equations of a chapter, in their order.

    Examples
    --------
    >>> find_equations(["$$\n1\n$$ (one)\n\n$$\n2\n$$ (two)"])
    {'one': 1, 'two': 2}
    """
    names = [found["name"] for text in texts for found in _EQUATION.finditer(text)]
    return {name: number for number, name in enumerate(names, start=1)}


def read_authors(bibliography: str) -> dict[str, tuple[str, str]]:
    r"""Return the authors, in the form of a citation, and the year of each entry.

    Examples
    --------
    >>> read_authors("@misc{A, author = {Bo, A. and Fej{\\'e}r, B.}, year = {1999},\n}")
    {'A': ('Bo and Fejér', '1999')}
    """
    found = {}
    for entry in _ENTRY.finditer(bibliography):
        fields = {
            key: " ".join(x.split()) for key, x in _FIELD.findall(entry["fields"])
        }
        names = [_family(name) for name in fields["author"].split(" and ")]
        both = len(names) < 3 and names[-1] != "others"
        whole = " and ".join(names) if both else f"{names[0]} et al."
        found[entry["key"]] = (whole, fields["year"])
    return found


def _family(name: str) -> str:
    family = re.sub(r"[{}]", "", name.partition(",")[0])
    # A letter of TeX with its accent before it.
    accent = {"'": "\N{COMBINING ACUTE ACCENT}", '"': "\N{COMBINING DIAERESIS}"}
    marked = re.sub(r"""\\(['"])(\w)""", lambda m: m[2] + accent[m[1]], family)
    return unicodedata.normalize("NFC", marked)


def read_sources(folder: Path) -> Sources:
    """Return what the pages of a folder, and the bibliography there, say of names."""
    pages = {path.stem: path.read_text("utf-8") for path in sorted(folder.glob("*.md"))}
    path = folder / "references.bib"
    authors = read_authors(path.read_text("utf-8")) if path.is_file() else {}
    return Sources(find_boxes(pages), authors)


def resolve(
    text: str,
    page: str,
    sources: Sources,
) -> str:
    """Write out what MyST cannot know in a single cell of a single notebook.

    Citations, links to what other chapters hold, and the gates of an exercise whose box
    would reach over several cells: a heading takes their place, with the same label. A
    link to a label of the page gets the sign that JupyterLab's extension wants.

    Parameters
    ----------
    text : str
        Markdown of a cell.
    page : str
        The chapter's name.
    sources : Sources
        As `read_sources` returns them; a name that is not among them stays.

    Examples
    --------
    >>> boxes = {"one": Box("tools", "Lemma", "One is one")}
    >>> sources = Sources(boxes, {"A": ("Bo and Co", "1999")})
    >>> resolve("By {prf:ref}`one`, {cite:t}`A` say", "psi", sources)
    'By [One is one](tools.ipynb), Bo and Co (1999) say'
    """
    boxes, authors = sources

    def write_out(role: re.Match) -> str:
        kind, name = role["role"], role["name"]
        if kind.startswith("cite"):
            return _citation(kind, name, authors) or role[0]
        if name in boxes and boxes[name].page != page:
            return f"[{role['words'] or boxes[name].name}]({boxes[name].page}.ipynb)"
        return role[0]

    text = _INSIDE.sub(r"[\1](#\2)", _BOX.sub(_open_gate(boxes), text))
    return _ROLE.sub(write_out, text)


def _open_gate(boxes: Mapping[str, Box]):
    def opened(box: re.Match) -> str:
        if box["kind"] not in _GATES:
            return box[0]
        label = _LABEL.search(box["options"])
        target = f"({label[1]})=\n" if label else ""
        return target + _heading(box["kind"], box["title"].strip(), boxes)

    return opened


def _heading(kind: str, title: str, boxes: Mapping[str, Box]) -> str:
    if kind.endswith("-end"):
        return ""
    if kind.startswith("solution"):
        title = boxes[title].name if title in boxes else ""
    if kind == "admonition":
        return f"**{title}.**"
    return f"**{word_of(kind)}" + (f"** ({title})**.**" if title else ".**")


def _citation(role: str, keys: str, authors: Mapping[str, tuple[str, str]]) -> str:
    entries = [authors.get(key.strip()) for key in keys.split(",")]
    if None in entries:
        return ""
    if role == "cite:t":
        return ", ".join(f"{names} ({year})" for names, year in entries)
    return "(" + "; ".join(f"{names}, {year}" for names, year in entries) + ")"


def plain(text: str, sources: Sources, equations: Mapping[str, int]) -> str:
    r"""Return a cell's text as plain Markdown.

    Parameters
    ----------
    text : str
        Markdown of a cell, after `resolve`.
    sources : Sources
        As `read_sources` returns them.
    equations : mapping of str to int
        As `find_equations` returns them.

    Examples
    --------
    >>> text = "```{prf:lemma} One\n:label: one\n\n$1 = 1$\n```"
    >>> print(plain(text, Sources({}, {}), {}))
    **Lemma** (One)**.**
    <BLANKLINE>
    $1 = 1$
    """
    text = _INSIDE.sub(r"\1", _TARGET.sub("", text))
    text = _EQUATION.sub(lambda e: f"\\tag{{{equations[e['name']]}}}\n$$", text)
    text = _BOX.sub(_open_box(sources.boxes), text)
    return _ROLE.sub(_role_words(sources.boxes, equations), text)


def _open_box(boxes: Mapping[str, Box]):
    def opened(box: re.Match) -> str:
        kind, body = box["kind"], box["body"].strip()
        if kind == "prf:proof":
            # Behind a formula or a list the sign would become a part of it.
            return f"*Proof.* {body}" + (" ∎" if body.endswith(".") else "\n\n∎")
        return f"{_heading(kind, box['title'].strip(), boxes)}\n\n{body}".rstrip()

    return opened


def _role_words(boxes: Mapping[str, Box], equations: Mapping[str, int]):
    def words(role: re.Match) -> str:
        name = role["name"]
        if role["words"]:
            return role["words"]
        if role["role"] == "eq" and name in equations:
            return f"({equations[name]})"
        if role["role"] == "numref":
            return "the figure"
        return f"*{boxes[name].name}*" if name in boxes else role[0]

    return words
