"""The reader's path: what rests on what, and what each chapter costs.

Which chapter rests on which is computed from what the claims use; reading times from
the pages; what running takes is recorded. The same facts stand under each chapter's
title.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx import addnodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from rfbook import weights as weights_of
from rfbook.footprints import (
    FILE,
    footprints,
    provenance_words,
    reading_minutes,
    recorded_footprints,
    run_words,
)
from rfbook.ledger import Claim, claims
from rfbook.places import page_title, page_titles
from rfbook.records import data_folder
from rfbook.sphinxext.claims import FOLDER, table

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

LOGGER = logging.getLogger(__name__)
ROW = 26
LEFT = 70
WIDTH = 430
BULGE = 72


def rests_on(registry: Mapping[str, Claim]) -> dict[str, Counter[str]]:
    """Return how many uses of each other chapter's claims a chapter's claims make.

    Parameters
    ----------
    registry : mapping of str to Claim

    Returns
    -------
    dict of str to Counter
        For every chapter, in the order of the book.

    Examples
    --------
    >>> rests_on(claims())["linear-warmup"]
    Counter({'tools': 1})
    """
    found: dict[str, Counter[str]] = {}
    for claim in registry.values():
        own = found.setdefault(claim.chapter, Counter())
        below = (registry[name].chapter for name in claim.uses)
        own.update(chapter for chapter in below if chapter != claim.chapter)
    return found


def picture(below: Mapping[str, Mapping[str, int]], titles: Mapping[str, str]) -> str:
    """Return the chapters as rows of an SVG, an arc for each that rests on another.

    The arc is thicker the more claims are used. Where a chapter uses claims of a later
    one the arc is dashed.

    Examples
    --------
    >>> drawn = picture({"a": {}, "b": {"a": 2}}, {"a": "A", "b": "B"})
    >>> drawn.count("<path"), drawn.count("<a ")
    (1, 2)
    """
    at = {chapter: ROW * row + ROW // 2 for row, chapter in enumerate(below)}
    arcs = [
        _arc(at[lower], at[chapter], count)
        for chapter, used in below.items()
        for lower, count in used.items()
    ]
    rows = [
        f'<circle cx="{LEFT}" cy="{y}" r="4"/><a href="{chapter}.html">'
        f'<text x="{LEFT + 12}" y="{y + 5}">{titles[chapter]}</text></a>'
        for chapter, y in at.items()
    ]
    height = ROW * len(at)
    return (
        f'<svg class="claim-graph chapter-graph" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" role="group" aria-labelledby="graph-path">'
        '<title id="graph-path">Which chapter rests on which</title>'
        "<desc>The table below says the same in words.</desc>"
        f"{''.join(arcs)}{''.join(rows)}</svg>"
    )


def _arc(top: int, bottom: int, count: int) -> str:
    # Two chapters that use each other have two arcs: the dashed one stands out.
    bulge = min(14 + abs(bottom - top) // 4, BULGE) + (18 if top > bottom else 0)
    bend = f"M{LEFT} {top}C{LEFT - bulge} {top} {LEFT - bulge} {bottom} {LEFT} {bottom}"
    width = 1 if count < 3 else 2 if count < 9 else 3
    dashes = ' stroke-dasharray="4 3"' if top > bottom else ""
    return f'<path d="{bend}" style="stroke-width:{width}"{dashes}/>'


class Chapters:
    """The chapters of a build: their titles, and what each takes."""

    def __init__(self, env: BuildEnvironment) -> None:
        self.env = env
        self.below = rests_on(claims())
        self.texts = {}
        for chapter in self.below:
            path = Path(env.srcdir, FOLDER, f"{chapter}.md")
            if path.is_file():
                self.texts[chapter] = path.read_text(encoding="utf-8")

    def title(self, chapter: str) -> str:
        """Return a chapter's title, its name if it is not there."""
        return page_title(self.texts.get(chapter, "")) or chapter

    def links(self, docname: str, chapter: str) -> list[nodes.Node]:
        """Return links to the chapters that one rests on, in the order of the book."""
        found: list[nodes.Node] = []
        for lower in self.below:
            if lower in self.below[chapter]:
                found += [nodes.Text(", ")] if found else []
                found.append(self.link(docname, lower))
        return found or [nodes.Text("no other chapter")]

    def link(self, docname: str, chapter: str) -> nodes.Node:
        """Return a link to a chapter, its title alone where it is not built."""
        words = nodes.inline("", self.title(chapter))
        target = f"{FOLDER}/{chapter}"
        if target not in self.env.found_docs:
            return words
        return addnodes.pending_xref(
            "",
            words,
            refdomain="std",
            reftype="doc",
            reftarget=f"/{target}",
            refexplicit=True,
            refdoc=docname,
        )

    def running(self, chapter: str) -> str:
        """Return what running a chapter takes, as recorded; '' where it is not."""
        try:
            found = footprints(recorded_footprints()).get(chapter)
        except FileNotFoundError:
            return ""
        return run_words(found) if found else ""

    def reading(self, chapter: str) -> int:
        """Return the minutes that reading a chapter once takes."""
        return reading_minutes(self.texts[chapter])


class PictureDirective(SphinxDirective):
    """``{rfbook-path-picture}``: which chapter rests on which."""

    def run(self) -> list[nodes.Node]:
        """Return the picture, for HTML."""
        chapters = Chapters(self.env)
        built = [c for c in chapters.below if f"{FOLDER}/{c}" in self.env.found_docs]
        below = {
            chapter: {k: n for k, n in chapters.below[chapter].items() if k in built}
            for chapter in built
        }
        titles = {chapter: chapters.title(chapter) for chapter in built}
        return [nodes.raw("", picture(below, titles), format="html")]


class TableDirective(SphinxDirective):
    """``{rfbook-path-table}``: what each chapter rests on and what it takes."""

    def run(self) -> list[nodes.Node]:
        """Return the table, with the record that the last column is from."""
        chapters, body = Chapters(self.env), []
        for chapter in chapters.texts:
            self.env.note_dependency(f"{self.env.srcdir}/{FOLDER}/{chapter}.md")
            own = nodes.inline("", "", chapters.link(self.env.docname, chapter))
            below = nodes.inline("", "", *chapters.links(self.env.docname, chapter))
            # A number and its unit stay on one line.
            read = f"{chapters.reading(chapter)} min".replace(" ", "\N{NO-BREAK SPACE}")
            run = chapters.running(chapter).replace(" ", "\N{NO-BREAK SPACE}")
            time, _, memory = run.partition(",\N{NO-BREAK SPACE}")
            body.append([own, below, read, time, memory])
        head = ["chapter", "rests on", "to read once", "to run", "memory"]
        return [table(head, body, []), *self._record()]

    def _record(self) -> list[nodes.Node]:
        try:
            record = recorded_footprints()
        except FileNotFoundError:
            return []
        self.env.note_dependency(str(data_folder() / FILE))
        return [nodes.paragraph("", f"Recorded: {provenance_words(record)}.")]


class WeightsDirective(SphinxDirective):
    """``{rfbook-path-weights}``: what the pages weigh, when they show their text."""

    def run(self) -> list[nodes.Node]:
        """Return the table, with the record that it is from; nothing without one."""
        try:
            record = weights_of.recorded_weights()
        except FileNotFoundError:
            return []
        self.env.note_dependency(str(data_folder() / weights_of.FILE))
        titles = page_titles(Path(self.env.srcdir, FOLDER))
        rows = weight_rows(weights_of.weights(record), record.results["shared"], titles)
        words = weights_of.provenance_words(record)
        return [
            table(["what", "how much", "which page"], rows, []),
            nodes.paragraph("", f"Recorded: {words}."),
        ]


def weight_rows(
    found: Mapping[str, weights_of.Weight], shared: int, titles: Mapping[str, str]
) -> list[list[str]]:
    """Return the rows of the table of weights: the middle and the end of two orders.

    Of an even number of pages the middle is the larger of the two.

    Examples
    --------
    >>> one, two = weights_of.Weight(9, 5, (0.2,)), weights_of.Weight(8, 6, (0.3,))
    >>> for row in weight_rows({"a": one, "b": two}, 7, {"a": "A", "b": "B"}):
    ...     print(row[0], row[2], sep=": ")
    the heaviest of 2 pages: A
    the page in the middle: A
    what all pages share: –
    first text, the slowest page: B
    first text, the page in the middle: B
    """
    heavy = sorted(found, key=lambda name: found[name].plain)
    slow = sorted(found, key=lambda name: found[name].first_text)

    def weight(name: str) -> str:
        one = found[name]
        plain, sent = map(weights_of.size_words, (one.plain, one.sent))
        return f"{plain}, compressed {sent}"

    def wait(name: str) -> str:
        return f"{found[name].first_text:.2f} s"

    middle = len(found) // 2
    drawn = [
        (f"the heaviest of {len(found)} pages", weight, heavy[-1]),
        ("the page in the middle", weight, heavy[middle]),
        ("first text, the slowest page", wait, slow[-1]),
        ("first text, the page in the middle", wait, slow[middle]),
    ]
    rows = [[what, of(name), titles.get(name, name)] for what, of, name in drawn]
    return [
        *rows[:2],
        ["what all pages share", weights_of.size_words(shared), "–"],
        *rows[2:],
    ]


def add_lines(app: Sphinx, doctree: nodes.document) -> None:
    """Put a chapter's own line under its title."""
    docname, env = app.env.docname, app.env
    chapter = docname.removeprefix(f"{FOLDER}/")
    if not docname.startswith(f"{FOLDER}/") or chapter not in rests_on(claims()):
        return
    chapters = Chapters(env)
    running = chapters.running(chapter)
    if not running:
        LOGGER.warning(
            "no record of what running takes: python -m rfbook.footprints makes one",
            location=docname,
        )
    title = next(iter(doctree.findall(nodes.title)))
    line = nodes.line("", "", nodes.Text("Rests on "))
    line += chapters.links(docname, chapter)
    line += nodes.Text(f". To read once: {chapters.reading(chapter)} minutes.")
    line += nodes.Text(f" To run: {running}." if running else "")
    block = nodes.line_block("", line, classes=["chapter-line"])
    title.parent.insert(title.parent.index(title) + 1, block)
    if running:
        env.note_dependency(str(data_folder() / FILE))


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the path to the build."""
    app.add_directive("rfbook-path-picture", PictureDirective)
    app.add_directive("rfbook-path-table", TableDirective)
    app.add_directive("rfbook-path-weights", WeightsDirective)
    app.connect("doctree-read", add_lines)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
