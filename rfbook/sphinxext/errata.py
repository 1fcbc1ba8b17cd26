"""The errata in the page: counts, an overview, an entry for each, and the file itself.

What an entry says of its evidence is drawn from the verdicts; the build warns where
they, or the ledger, say something else.
"""

from __future__ import annotations

import shutil
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from rfbook.errata import CERTAINTIES, FILE, Erratum, faults, load, standing
from rfbook.ledger import Verdict, claims
from rfbook.ledger.coverage import load as load_coverage
from rfbook.ledger.runner import outcome_word, verdict_path
from rfbook.sphinxext.claims import FOLDER, record_link, status_words, table
from rfbook.sphinxext.records import AUTHORS

if TYPE_CHECKING:
    from sphinx.application import Sphinx

LOGGER = logging.getLogger(__name__)
PAGE = f"{FOLDER}/errata"
COVERAGE_KEYS = {"YehudaiShamir2019": "ys", "Ghorbani2019": "gm"}


# --- what the build insists on, and what it writes ------------------------------------


def check_errata(app: Sphinx) -> None:
    """Warn wherever an erratum and the ledger disagree."""
    for fault in faults(load(), claims()):
        LOGGER.warning("errata: %s", fault)


def copy_file(app: Sphinx, exception: Exception | None) -> None:
    """Put the machine-readable file where the page's link leads."""
    if exception is None and app.builder.format == "html":
        with as_file(files("rfbook") / FILE) as source:
            shutil.copyfile(source, Path(app.outdir, "_static", FILE))


# --- the page -------------------------------------------------------------------------


class ErrataPart(SphinxDirective):
    """What the directives of the page share."""

    def errata(self, paper: str = "") -> list[Erratum]:
        """Return the errata, all or of one paper.

        The page is read again when they or the verdicts change.
        """
        self.env.note_dependency(str(verdict_path()))
        self.env.note_dependency(str(files("rfbook") / FILE))
        return [erratum for erratum in load() if paper in ("", erratum.paper)]

    def inline(self, text: str) -> list[nodes.Node]:
        """Return the inline Markdown of a line."""
        return self.state.inline_text(text, self.lineno)[0]


class ErrataCountsDirective(ErrataPart):
    """``{rfbook-errata-counts}``: how most of what is printed stands."""

    def run(self) -> list[nodes.Node]:
        """Return a table with a row for each paper, and the link to the file."""
        errata, registry, body = self.errata(), claims(), []
        for key, paper in COVERAGE_KEYS.items():
            rows = [row for row in load_coverage() if row.paper == paper]
            decided, refuted = standing(rows, registry)
            own = sum(erratum.paper == key for erratum in errata)
            body.append([AUTHORS[key], decided, decided - refuted, refuted, own])
        head = [
            "paper",
            "decided by claims",
            "none refuted",
            "a part refuted",
            "errata",
        ]
        return [table(head, body, []), *self._file()]

    def _file(self) -> list[nodes.Node]:
        if self.env.app.builder.format != "html":
            return []
        link = nodes.reference("", FILE, internal=True, refuri=f"../_static/{FILE}")
        words = nodes.Text("All entries of this page in a form for machines: ")
        return [nodes.paragraph("", "", words, link, nodes.Text("."))]


class ErrataTableDirective(ErrataPart):
    """``{rfbook-errata-table} KEY``: one row for every erratum of one paper."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the table, with links to the entries."""
        body = []
        for erratum in self.errata(self.arguments[0]):
            link = nodes.reference("", "", *self.inline(erratum.title))
            link["refid"] = erratum.anchor
            place = nodes.inline("", "", *self.inline(where(erratum)))
            claim = nodes.inline("", "")
            for name in list(erratum.claims)[:1]:
                claim += box_link(self.env.app, name)
            body.append([link, place, erratum.kind, claim])
        return [table(["what", "where", "kind", "claim"], body, ["ledger"])]


class ErrataDirective(ErrataPart):
    """``{rfbook-errata} KEY``: an entry for each erratum of one paper."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the entries as sections with permanent ids."""
        return [self._entry(erratum) for erratum in self.errata(self.arguments[0])]

    def _entry(self, erratum: Erratum) -> nodes.section:
        section = nodes.section(ids=[erratum.anchor])
        section += nodes.title("", "", *self.inline(erratum.title))
        place = self.inline(f"{erratum.version}, {where(erratum)}.")
        section += labelled(sentence(erratum.kind), place)
        for name in ("printed", "observation", "correction"):
            section += labelled(sentence(name), self.inline(getattr(erratum, name)))
        section += self._evidence(erratum)
        certain = f"{sentence(CERTAINTIES[erratum.certainty])} {erratum.doubt}"
        section += labelled("Certainty.", self.inline(certain.strip()))
        later = self.inline(f"{sentence(erratum.mended)} {erratum.later}")
        section += labelled("Mended later?", later)
        section += labelled("Id.", [nodes.literal("", erratum.id)])
        return section

    def _evidence(self, erratum: Erratum) -> list[nodes.Node]:
        if not erratum.claims:
            return [labelled("Evidence.", [nodes.Text("The text itself.")])]
        app, rows = self.env.app, nodes.bullet_list()
        for name, outcome in erratum.claims.items():
            verdict, rest = evidence_words(name, app.rfbook_verdicts.get(name), outcome)
            line = nodes.paragraph("", "", *box_link(app, name), nodes.Text(": "))
            line += [nodes.strong("", verdict), nodes.Text(rest)]
            if app.builder.format == "html":
                record = record_link(app, PAGE, claims()[name], "ledger")
                record["reftitle"] = f"{name} in the ledger"
                line += [nodes.Text(" · "), record]
            rows += nodes.list_item("", line)
        head = labelled("Evidence.", [nodes.Text("In the last run of the checks:")])
        return [head, rows]


def labelled(label: str, content: list[nodes.Node]) -> nodes.paragraph:
    """Return a paragraph that begins with its label."""
    head = [nodes.strong("", label), nodes.Text(" ")]
    return nodes.paragraph("", "", *head, *content)


def where(erratum: Erratum) -> str:
    """Return section and place of an erratum.

    Examples
    --------
    >>> where(load()[0])
    '§1, Theorem 1.2'
    """
    return f"§{erratum.section}, {erratum.place}" if erratum.section else erratum.place


def sentence(words: str) -> str:
    """Return words as a sentence.

    Examples
    --------
    >>> sentence("omitted hypothesis")
    'Omitted hypothesis.'
    """
    return f"{words[0].upper()}{words[1:]}."


def evidence_words(name: str, row: dict | None, outcome: str) -> tuple[str, str]:
    """Return a claim's outcome of the last run, and what belongs to it.

    Parameters
    ----------
    name : str
        Id of the claim.
    row : dict or None
        What the last run of the checks recorded of it.
    outcome : str
        What the erratum says: FAILS for the printed statement, else HOLDS.

    Examples
    --------
    >>> evidence_words("psi-odd", None, "HOLDS")
    ('UNKNOWN', '')
    """
    if row is None or not row["ok"] or row["expects"] != outcome:
        LOGGER.warning("errata: %s was not found to be %s", name, outcome)
        return ("UNKNOWN", "") if row is None else ("RED", "")
    if outcome == Verdict.FAILS:
        head, _, witness = status_words(claims()[name], row).partition(": ")
        return head, f", {witness}"
    return outcome_word(row), f", {row['fidelity']}"


def box_link(app: Sphinx, name: str) -> list[nodes.Node]:
    """Return a link to a claim's box in its chapter, or its id where there is none."""
    target = f"{FOLDER}/{claims()[name].chapter}"
    if app.builder.format != "html" or target not in app.env.found_docs:
        return [nodes.literal("", name)]
    uri = f"{app.builder.get_relative_uri(PAGE, target)}#{name}"
    return [nodes.reference("", name, internal=True, refuri=uri)]


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the errata to the build."""
    app.add_directive("rfbook-errata-counts", ErrataCountsDirective)
    app.add_directive("rfbook-errata-table", ErrataTableDirective)
    app.add_directive("rfbook-errata", ErrataDirective)
    app.connect("builder-inited", check_errata)
    app.connect("build-finished", copy_file)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
