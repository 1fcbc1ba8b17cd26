"""The index of terms in the page: letters as headings, a list under each."""

from __future__ import annotations

from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from rfbook.places import Place, page_titles, read_places
from rfbook.sphinxext.claims import FOLDER
from rfbook.terms import FILE, Term, by_letter, faults, load

if TYPE_CHECKING:
    from sphinx.application import Sphinx

LOGGER = logging.getLogger(__name__)


class TermsDirective(SphinxDirective):
    """``{rfbook-terms}``: the index, with a list of its letters before it."""

    def run(self) -> list[nodes.Node]:
        """Return the letters and a section for each of them."""
        folder = Path(self.env.srcdir, FOLDER)
        self.env.note_dependency(str(files("rfbook") / FILE))
        self.places, self.titles = read_places(folder), page_titles(folder)
        terms = load()
        for fault in faults(terms, self.places):
            LOGGER.warning("index of terms: %s", fault)
        letters = by_letter(terms)
        return [
            self._letters(letters),
            *(self._section(*row) for row in letters.items()),
        ]

    def _letters(self, letters: dict[str, list[Term]]) -> nodes.paragraph:
        links = nodes.paragraph("", "", classes=["index-letters"])
        for letter in letters:
            link = nodes.reference("", letter, internal=True, refid=anchor(letter))
            links += [nodes.Text(" · ")] if len(links) else []
            links += link
        return links

    def _section(self, letter: str, terms: list[Term]) -> nodes.section:
        section = nodes.section(ids=[anchor(letter)])
        section += nodes.title("", letter)
        entries = nodes.definition_list(classes=["index-terms"])
        for term in terms:
            definition = nodes.definition("", self._places(term))
            head = nodes.term("", term.term)
            entries += nodes.definition_list_item("", head, definition)
        section += entries
        return section

    def _places(self, term: Term) -> nodes.paragraph:
        """Return the other words for a term, then its places by chapters."""
        found = nodes.paragraph("", "")
        if term.also:
            found += nodes.emphasis("", f"also {', '.join(term.also)}: ")
        places = [self.places[label] for label in term.at]
        for number, (page, own) in enumerate(groupby(places, lambda place: place.page)):
            found += [nodes.Text("; ")] if number else []
            links = [self._link(p, strong=p is places[0]) for p in own]
            for link in links:
                found += [nodes.Text(", ")] if link is not links[0] else []
                found += link
            if links[0].astext() != self._title(page):
                found += nodes.Text(f" ({self._title(page)})")
        return found

    def _link(self, place: Place, *, strong: bool) -> nodes.Element:
        words = self.state.inline_text(place.title or place.kind, self.lineno)[0]
        docname, builder = f"{FOLDER}/{place.page}", self.env.app.builder
        if builder.format != "html" or docname not in self.env.found_docs:
            return nodes.inline("", "", *words)
        page = builder.get_relative_uri(self.env.docname, docname)
        uri = f"{page}#{place.label}"
        link = nodes.reference("", "", *words, internal=True, refuri=uri)
        return nodes.strong("", "", link) if strong else link

    def _title(self, page: str) -> str:
        return self.titles[page].replace("$", "")


def anchor(letter: str) -> str:
    """Return the id of a letter's section.

    Examples
    --------
    >>> anchor("P")
    'letter-p'
    """
    return f"letter-{letter.lower()}"


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the index to the build."""
    app.add_directive("rfbook-terms", TermsDirective)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
