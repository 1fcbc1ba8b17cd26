"""The ledger in the page: boxes compared, status lines, the tables, the sources.

The build stops without a verdict file of this very code, and warns (so that a strict
build fails) about every theorem box that is not its claim's statement.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from rfbook.api import frozen, lines
from rfbook.ledger import Claim, claims
from rfbook.ledger.coverage import load as load_coverage
from rfbook.ledger.coverage import summary
from rfbook.ledger.digest import closure, module_path
from rfbook.ledger.pages import THEOREMS, differences, read_pages
from rfbook.ledger.runner import current, load_verdicts, outcome_word, verdict_path

if TYPE_CHECKING:
    from sphinx.application import Sphinx

LOGGER = logging.getLogger(__name__)
FOLDER = "book"
LEDGER = f"{FOLDER}/ledger"
SOURCE = "sources"
RECORD = "records"

DEFINITION = re.compile(r"^(?:def|class) ([a-zA-Z]\w*)", re.MULTILINE)
"""A function or class of a module, where its source has an anchor."""


# --- what must be true before a page is built -----------------------------------------


def check_ledger(app: Sphinx) -> None:
    """Refuse to build without current verdicts; warn of every box that differs."""
    registry, verdicts = claims(), load_verdicts()
    checked = [claim for claim in registry.values() if claim.status == "checked"]
    stale = [claim.id for claim in checked if current(claim, verdicts) is None]
    if stale:
        raise ExtensionError(
            f"no verdict of this code for {', '.join(stale)} in {verdict_path()}: "
            "run `rfbook verify` (make book does)"
        )
    for claim in checked:
        for problem in verdicts["claims"][claim.id]["problems"]:
            LOGGER.warning("the claim %s is red: %s", claim.id, problem)
    app.rfbook_verdicts = verdicts["claims"]
    pages = read_pages(Path(app.srcdir, FOLDER))
    found = [box for boxes in pages.values() for box in boxes]
    for box, fault in differences(found, registry, pages):
        where = (f"{FOLDER}/{box.page}", box.line) if box else None
        LOGGER.warning(fault, location=where)


def depend_on_verdicts(app: Sphinx, doctree: nodes.document) -> None:
    """Have the pages with theorems read again when the verdicts change."""
    if any(True for _ in theorem_nodes(doctree)):
        app.env.note_dependency(str(verdict_path()))


def theorem_nodes(doctree: nodes.Node) -> Iterator[nodes.Element]:
    """Yield the theorem boxes that carry a claim's id."""
    for node in doctree.findall(nodes.Element):
        if node.get("realtype") in THEOREMS and node.get("label") in claims():
            yield node


# --- the line under a theorem ---------------------------------------------------------


def add_status_lines(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the status line under every theorem box of a page."""
    for node in list(theorem_nodes(doctree)):
        claim = claims()[node["label"]]
        line = status_line(claim, app.rfbook_verdicts.get(claim.id))
        line[0] += links(app, docname, claim)
        node.parent.insert(node.parent.index(node) + 1, line)


def status_line(claim: Claim, row: dict | None) -> nodes.container:
    """Say what a machine made of a claim: verdict, fidelity, planted errors, print."""
    line = nodes.container(classes=["claim-status", colour(claim, row)])
    head, _, rest = status_words(claim, row).partition(": ")
    words = []
    if row:
        told = sum(planted["caught"] for planted in row["planted"])
        kind = "mended forms told apart" if row["expects"] == "FAILS" else "planted "
        kind += "" if row["expects"] == "FAILS" else "errors caught"
        words.append(f"{told} of {len(row['planted'])} {kind}")
    words += [word for word in (print_words(claim),) if word]
    paragraph = nodes.paragraph("", "")
    paragraph += nodes.strong("", head, classes=["claim-verdict"])
    paragraph += nodes.Text(": " + rest if rest else "")
    paragraph += nodes.Text("".join(f" · {word}" for word in words))
    line += paragraph
    return line


def colour(claim: Claim, row: dict | None) -> str:
    """Return the class of a status line: ok, refuted, no or grey."""
    if claim.status != "checked":
        return "grey"
    if not (row and row["ok"]):
        return "no"
    return "refuted" if row["expects"] == "FAILS" else "ok"


def status_words(claim: Claim, row: dict | None) -> str:
    """Return outcome and fidelity in words.

    Examples
    --------
    >>> status_words(claims()["psi-odd"], None)
    'UNKNOWN'
    """
    if claim.status == "cited":
        return f"cited, not checked here: {claim.reference}"
    if claim.status == "open":
        return "open"
    if row is None:
        return "UNKNOWN"
    if not row["ok"]:
        return "RED: " + "; ".join(row["problems"])
    if row["expects"] == "FAILS":
        return f"refuted: {next(c['witness'] for c in row['checks'])}"
    return f"{outcome_word(row)}, {row['fidelity']}: {row['why']}"


def print_words(claim: Claim) -> str:
    """Say how a claim stands to what is printed."""
    if claim.corrects:
        return "as printed: false, corrected here"
    relations = {source.relation for source in claim.sources}
    if "refutes" in relations:
        return "printed, and false"
    if "as printed" in relations:
        return "as printed: true"
    return "sharper than printed" if "sharper" in relations else ""


def links(app: Sphinx, docname: str, claim: Claim) -> list[nodes.Node]:
    """Return the links of a status line: the check's source, the record, a citation."""
    if app.builder.format != "html":
        return []
    source = app.builder.get_relative_uri(docname, source_page(claim))
    record = app.builder.get_relative_uri(docname, record_page(claim))
    targets = (
        ("check", f"{source}#{claim.id}", f"source of the check of {claim.id}"),
        ("ledger", f"{record}#claim-{claim.id}", f"{claim.id} in the ledger"),
        ("cite", f"{record}#cite-{claim.id}", f"cite {claim.id}"),
    )
    found: list[nodes.Node] = []
    for word, uri, title in targets:
        link = nodes.reference("", word, internal=True, refuri=uri, reftitle=title)
        found += [nodes.Text(" · "), link]
    return found


def record_page(claim: Claim) -> str:
    """Return the name of the page with a claim's record.

    Examples
    --------
    >>> record_page(claims()["psi-odd"])
    'records/psi'
    """
    return f"{RECORD}/{claim.chapter}"


def record_link(
    app: Sphinx, docname: str, claim: Claim, word: str, place: str = "claim"
) -> nodes.reference:
    """Return a link from a page to a claim's record.

    Outside HTML the records stand on the ledger's own page.
    """
    anchor = f"{place}-{claim.id}"
    if app.builder.format != "html":
        return nodes.reference("", word, refid=anchor)
    page = app.builder.get_relative_uri(docname, record_page(claim))
    return nodes.reference("", word, internal=True, refuri=f"{page}#{anchor}")


def id_links(app: Sphinx, docname: str, ids: Iterable[str]) -> list[nodes.Node]:
    """Return links to the records of claims, or the word nothing."""
    found: list[nodes.Node] = []
    for name in ids:
        found += [nodes.Text(", ")] if found else []
        found.append(record_link(app, docname, claims()[name], name))
    return found or [nodes.Text("nothing")]


# --- the ledger page ------------------------------------------------------------------


class LedgerDirective(SphinxDirective):
    """``{rfbook-ledger}``: the counts, and a row for every claim.

    The rows carry the ids of the claims' permalinks and lead to the records.
    """

    def run(self) -> list[nodes.Node]:
        """Return the counts and the table of all claims."""
        self.env.note_dependency(str(verdict_path()))
        rows = self.env.app.rfbook_verdicts
        return [self._counts(rows), self._table(rows)]

    def _counts(self, rows: dict) -> nodes.paragraph:
        words = [
            outcome_word(rows[c.id]) if c.id in rows else c.status
            for c in claims().values()
        ]
        counts = [f"{words.count(word)} {word}" for word in dict.fromkeys(words)]
        planted = [planted for row in rows.values() for planted in row["planted"]]
        told = sum(change["caught"] for change in planted)
        return nodes.paragraph(
            "",
            f"{len(words)} claims: {', '.join(counts)}. "
            f"{told} of {len(planted)} planted changes told apart.",
        )

    def _table(self, rows: dict) -> nodes.Element:
        app, body, ids = self.env.app, [], []
        for claim in claims().values():
            link = record_link(app, LEDGER, claim, claim.id)
            citation = record_link(app, LEDGER, claim, "cite", "cite")
            if app.builder.format == "html":
                ids.append(f"claim-{claim.id}")
                citation["ids"] = [f"cite-{claim.id}"]
                citation["reftitle"] = f"cite {claim.id}"
            words = table_words(claim, rows.get(claim.id))
            body.append([link, claim.chapter, *words, citation])
        head = ["claim", "chapter", "outcome", "fidelity", "planted", "citation"]
        return table(head, body, ["ledger"], ids)


def table(
    head: list, body: list[list], classes: list[str], ids: Iterable[str] = ()
) -> nodes.Element:
    """Return a docutils table, in a container that scrolls on a phone.

    `ids` are the rows' own; they may end early.
    """
    group = nodes.tgroup(cols=len(head))
    group += [nodes.colspec(colwidth=1) for _ in head]
    group += nodes.thead("", _row(head))
    rows = [_row(cells) for cells in body]
    for made, name in zip(rows, ids, strict=False):
        made["ids"] = [name]
    group += nodes.tbody("", *rows)
    return nodes.container("", nodes.table("", group, classes=classes))


def _row(cells: list) -> nodes.row:
    made = nodes.row()
    for cell in cells:
        content = cell if isinstance(cell, nodes.Node) else nodes.Text(str(cell))
        made += nodes.entry("", nodes.paragraph("", "", content))
    return made


def table_words(claim: Claim, row: dict | None) -> tuple[str, str, str]:
    """Return outcome, fidelity and planted changes told apart, for the table.

    Examples
    --------
    >>> table_words(claims()["fourier-uniqueness"], None)
    ('cited', '', '')
    """
    if row is None:
        return claim.status, "", ""
    told = sum(planted["caught"] for planted in row["planted"])
    return outcome_word(row), row["fidelity"], f"{told} of {len(row['planted'])}"


class CoverageDirective(SphinxDirective):
    """``{rfbook-coverage}``: what both papers state, and what the book has of it."""

    def run(self) -> list[nodes.Node]:
        """Return the counts and the table of rows."""
        rows = load_coverage()
        counts = summary(rows, claims())
        words = (
            f"{counts.total} things stated in the two papers: {counts.covered} covered "
            f"by claims, {counts.reasoned} with a reason why none is needed, "
            f"{counts.not_yet} not yet."
        )
        body = [[row.label, row.title, *self._state(row)] for row in rows]
        head = ["where", "what", "state", "claims or reason"]
        return [nodes.paragraph("", words), table(head, body, ["ledger", "coverage"])]

    def _state(self, row) -> tuple[str, nodes.Node]:
        if row.claims:
            found = id_links(self.env.app, LEDGER, row.claims)
            return row.state, nodes.inline("", "", *found)
        return row.state, nodes.Text(row.reason)


# --- the checks' sources as pages of the book -----------------------------------------


def source_page(claim: Claim) -> str:
    """Return the name of the page with the source of a claim's checks."""
    return f"{SOURCE}/{claim_module(claim)}"


def claim_module(claim: Claim) -> str:
    """Return the module in whose text a claim's id is written."""
    package = "rfbook.claims." + claim.chapter.replace("-", "_")
    mark = f'id="{claim.id}"'
    for name, text in package_texts(package).items():
        if mark in text:
            return name
    raise ExtensionError(f"no module of {package} writes {mark}")


@cache
def package_texts(package: str) -> dict[str, str]:
    """Return the texts of a chapter's claim modules, by name."""
    names = [name for name in closure(package) if name.startswith(package)]
    return {name: module_path(name).read_text("utf-8") for name in names}


def source_pages(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield a page for every module of checks, their imports and public names."""
    if app.builder.format != "html":
        return
    packages = {
        f"rfbook.claims.{c.chapter.replace('-', '_')}" for c in claims().values()
    }
    modules = {module for p in packages for module in closure(p)}
    modules |= {row.home for _, _, row in lines(frozen())}
    for name in sorted(modules):
        body = f"<h1>{name}</h1>\n{highlight(module_path(name))}"
        yield f"{SOURCE}/{name}", {"title": name, "body": body}, "page.html"


def highlight(path: Path) -> str:
    """Return a module's text in colours, with anchors at claims and definitions."""
    from pygments.lexers import PythonLexer

    text, anchors = path.read_text(encoding="utf-8"), {}
    for i, plain in enumerate(text.split("\n")):
        name = plain.strip().removeprefix('id="').removesuffix('",')
        if plain.strip().startswith('id="') and name in claims():
            anchors[i] = name
        elif defined := DEFINITION.match(plain):
            anchors[i] = defined[1]
    return coloured(text, PythonLexer(), anchors)


def coloured(text: str, lexer: Any, anchors: Mapping[int, str]) -> str:
    """Return a text in the colours of a Pygments lexer, with anchors before lines."""
    from pygments import highlight as colour_text
    from pygments.formatters import HtmlFormatter

    lines = colour_text(text, lexer, HtmlFormatter(nowrap=True)).split("\n")
    for i, name in anchors.items():
        lines[i] = f'<span id="{name}"></span>{lines[i]}'
    code = "\n".join(lines)
    return f'<div class="highlight"><pre tabindex="0">{code}</pre></div>'


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the ledger to the build."""
    app.add_directive("rfbook-ledger", LedgerDirective)
    app.add_directive("rfbook-coverage", CoverageDirective)
    app.connect("builder-inited", check_ledger)
    app.connect("doctree-read", depend_on_verdicts)
    app.connect("doctree-resolved", add_status_lines)
    app.connect("html-collect-pages", source_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
