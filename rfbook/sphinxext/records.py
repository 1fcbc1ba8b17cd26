"""The ledger's records: a generated page for each chapter.

``book/ledger.md`` is read with all records, so that their Markdown and their formulas
meet every transform of a page. Before it is written they are taken out, and those of
each chapter go to a page of their own: ``records/psi.html``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective

from rfbook.ledger import Claim, ancestors, claims, descendants
from rfbook.ledger.citation import cite
from rfbook.ledger.runner import verdict_path
from rfbook.sphinxext.claims import (
    FOLDER,
    LEDGER,
    RECORD,
    id_links,
    links,
    record_page,
    status_line,
    table,
)

if TYPE_CHECKING:
    from sphinx.application import Sphinx

AUTHORS = {"YehudaiShamir2019": "Yehudai and Shamir", "Ghorbani2019": "Ghorbani et al."}


# --- reading --------------------------------------------------------------------------


class RecordsDirective(SphinxDirective):
    """``{rfbook-records}``: every claim's record, by chapters."""

    def run(self) -> list[nodes.Node]:
        """Return one box that holds a section for each chapter."""
        self.env.note_dependency(str(verdict_path()))
        # Sections in a box stay out of the ledger page's own contents.
        box = nodes.container(classes=[RECORD])
        for chapter in dict.fromkeys(claim.chapter for claim in claims().values()):
            box += self._chapter(chapter)
        return [box]

    def _chapter(self, chapter: str) -> nodes.section:
        own = [claim for claim in claims().values() if claim.chapter == chapter]
        section = nodes.section(ids=[f"claims-{chapter}"], chapter=chapter)
        section += nodes.title("", f"Claims of the chapter {chapter}")
        section += nodes.paragraph(
            "",
            "",
            nodes.Text("What the "),
            self._page_link("ledger", LEDGER, record_page(own[0])),
            nodes.Text(" holds of each claim of the "),
            self._page_link("chapter", f"{FOLDER}/{chapter}", record_page(own[0])),
            nodes.Text(
                ": the statement, its checks with their evidence, the planted errors, "
                "and a citation."
            ),
        )
        for claim in own:
            section += self._record(claim)
        return section

    def _page_link(self, word: str, target: str, page: str) -> nodes.Node:
        builder = self.env.app.builder
        if builder.format != "html" or target not in self.env.found_docs:
            return nodes.Text(word)
        uri = builder.get_relative_uri(page, target)
        return nodes.reference("", word, internal=True, refuri=uri)

    def _record(self, claim: Claim) -> nodes.section:
        app, page = self.env.app, record_page(claim)
        row = app.rfbook_verdicts.get(claim.id)
        section = nodes.section(ids=[f"claim-{claim.id}"])
        title, _ = self.state.inline_text(claim.title, self.lineno)
        section += nodes.title("", "", *title)
        section += status_line(claim, row)
        section[-1][0] += links(app, page, claim)[:2]
        self.state.nested_parse(
            StringList(claim.statement.latex().splitlines(), claim.id), 0, section
        )
        section += facts(app, claim)
        if row:
            section += checks_table(row)
        section += nodes.paragraph("", "Cite as", ids=[f"cite-{claim.id}"])
        bibtex = nodes.literal_block("", cite(claim.id), language="bibtex")
        section += nodes.container("", bibtex, classes=["copy"])
        return section


def facts(app: Sphinx, claim: Claim) -> nodes.field_list:
    """Return what is known of a claim besides its checks, as a list of fields."""
    found = nodes.field_list()

    def add(name: str, *content: nodes.Node) -> None:
        body = nodes.field_body("", nodes.paragraph("", "", *content))
        found.append(nodes.field("", nodes.field_name("", name), body))

    def ids(names: Iterable[str]) -> list[nodes.Node]:
        return id_links(app, record_page(claim), names)

    add("id", nodes.literal("", claim.id))
    for source in claim.sources:
        note = f" {source.note}" if source.note else ""
        who = AUTHORS.get(source.key, source.key)
        place = f"{who} ({source.version}), {source.where}: {source.relation}.{note}"
        add("source", nodes.Text(place))
    below = list(claim.uses)
    deeper = len(ancestors(claims(), claim.id))
    more = f" ({deeper} with what these rest on)" if deeper > len(below) else ""
    add("rests on", *ids(below), nodes.Text(more))
    add("carries", *ids(sorted(descendants(claims(), claim.id))))
    if claim.corrects:
        add("corrects", *ids([claim.corrects]))
    return found


def checks_table(row: dict) -> nodes.Element:
    """Return a claim's checks and planted changes as one table."""
    body = [
        [c["kind"], c["title"], c["verdict"], c["witness"] or c["detail"]]
        for c in row["checks"]
    ]
    for planted in row["planted"]:
        kind = "near miss" if planted["near"] else "planted"
        body.append([kind, planted["what"], planted["verdict"], planted["witness"]])
    return table(["kind", "what", "verdict", "evidence"], body, ["checks"])


# --- writing --------------------------------------------------------------------------


def chapters(doctree: nodes.document) -> list[nodes.section]:
    """Return the sections with the records of the chapters."""
    boxes = doctree.findall(nodes.container)
    return [part for box in boxes if RECORD in box["classes"] for part in box]


def take_out(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Leave the records off the ledger's own page."""
    if docname == LEDGER and app.builder.format == "html":
        for section in chapters(doctree):
            section.parent.remove(section)


def record_pages(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield a page for every chapter that has claims."""
    if app.builder.format != "html":
        return
    ledger = app.env.get_doctree(LEDGER)
    for section in chapters(ledger):
        name = f"{RECORD}/{section['chapter']}"
        page = ledger.copy()
        page += section
        for reference in page.findall(addnodes.pending_xref):
            reference["refdoc"] = name
        app.env.apply_post_transforms(page, name)
        # Those of the page written last would number these headings.
        app.builder.secnumbers = {}
        body = app.builder.render_partial(section)["fragment"]
        title = section[0].astext()
        context = {"title": title, "body": body, "toc": contents(section)}
        yield name, context, "page.html"


def contents(chapter: nodes.section) -> str:
    """Return the list of a page's claims for the margin, by their ids."""
    ids = [s["ids"][0] for s in chapter.children if isinstance(s, nodes.section)]
    rows = [f'<li><a href="#{i}">{i.removeprefix("claim-")}</a></li>' for i in ids]
    inner = f"<ul>{''.join(rows)}</ul>"
    return f'<ul><li><a href="#">{chapter[0].astext()}</a>{inner}</li></ul>'


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the records to the build."""
    app.add_directive("rfbook-records", RecordsDirective)
    app.connect("doctree-resolved", take_out)
    app.connect("html-collect-pages", record_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
