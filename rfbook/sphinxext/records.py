"""The ledger's records: a generated page for each chapter.

``book/ledger.md`` is read with all records, so that their Markdown and their formulas
meet every transform of a page. Before it is written they are taken out, and those of
each chapter go to a page of their own: ``records/psi.html``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective

from rfbook.ledger import Claim, ancestors, claims, descendants
from rfbook.ledger.citation import FORMATS, cite
from rfbook.ledger.history import FILE
from rfbook.ledger.runner import verdict_path
from rfbook.sphinxext.ancestry import picture
from rfbook.sphinxext.claims import (
    FOLDER,
    LEDGER,
    RECORD,
    id_links,
    links,
    record_link,
    record_page,
    status_line,
    table,
)
from rfbook.sphinxext.formal import formal_links
from rfbook.sphinxext.history import HistoryDirective, history_lines, report_words
from rfbook.sphinxext.moved import moved_section

if TYPE_CHECKING:
    from sphinx.application import Sphinx

AUTHORS = {"YehudaiShamir2019": "Yehudai and Shamir", "Ghorbani2019": "Ghorbani et al."}
# What a relation to a source says of the print, the gravest first.
PRINT = {
    "refutes": "false as printed",
    "corrects": "false as printed",
    "gap": "with a gap in print",
    "as printed": "true as printed",
    "sharper": "sharper than printed",
    "implied": "implied by the print",
}
FORM_NAMES = {"bibtex": "BibTeX", "csl-json": "CSL-JSON", "text": "Text"}


# --- reading --------------------------------------------------------------------------


class RecordsDirective(SphinxDirective):
    """``{rfbook-records}``: every claim's record, by chapters."""

    def run(self) -> list[nodes.Node]:
        """Return one box that holds a section for each chapter."""
        self.env.note_dependency(str(verdict_path()))
        self.env.note_dependency(str(FILE))
        # Sections in a box stay out of the ledger page's own contents.
        box = nodes.container(classes=[RECORD])
        for chapter in dict.fromkeys(claim.chapter for claim in claims().values()):
            box += self._chapter(chapter)
        return [nodes.raw("", facets_script(), format="html"), box]

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
        section += cite_block(self.env.app, chapter)
        for claim in own:
            section += self._record(claim)
        section += moved_section(self.env.app, chapter)
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
        drawn = picture(claims(), claim.id, lambda i: self._address(page, i))
        known = facts(app, claim, row)
        known += self._later(claim)
        section += nodes.container(
            "",
            known,
            nodes.raw("", drawn, format="html"),
            classes=["claim-facts"],
        )
        if row:
            section += checks_table(row)
        section += cite_block(app, claim.id)
        return section

    def _later(self, claim: Claim) -> list[nodes.field]:
        """Return the fields on what became of a claim, and on errors in it."""
        rows = [
            nodes.paragraph("", "", *self.state.inline_text(text, self.lineno)[0])
            for text in history_lines(claim)
        ]
        report = report_words(self.env.app, record_page(claim), claim)
        return [
            field("history", *rows),
            field("errors", nodes.paragraph("", "", *report)),
        ]

    def _address(self, page: str, name: str) -> str:
        return record_link(self.env.app, page, claims()[name], "").get("refuri", "")


def facets_script() -> str:
    """Return what the ledger's filters know of the claims beside its table's columns.

    The kinds of a claim's checks, its sources, and how it stands to the print, as data
    in the page: a page opened as a file may not fetch any. For each filter the values
    are listed once; a claim has their places in that list.
    """
    rows = {claim.id: facets(claim) for claim in claims().values()}
    names = list(next(iter(rows.values())))
    values = {n: sorted({v for row in rows.values() for v in row[n]}) for n in names}
    places = {
        i: [[values[n].index(v) for v in row[n]] for n in names]
        for i, row in rows.items()
    }
    data = {"values": values, "claims": places}
    text = json.dumps(data, separators=(",", ":"))
    return f'<script type="application/json" id="ledger-facets">{text}</script>'


def facets(claim: Claim) -> dict[str, list[str]]:
    """Return a claim's facets: what each filter of the ledger may be set to, to see it.

    Examples
    --------
    >>> facets(claims()["psi-odd"])["kind"]
    ['symbolic', 'exact', 'formal']
    """
    relations = [source.relation for source in claim.sources]
    printed = next((PRINT[r] for r in PRINT if r in relations), "not printed")
    sources = [AUTHORS.get(s.key, "another text") for s in claim.sources]
    return {
        "kind": list(dict.fromkeys(c.kind for c in claim.checks)) or ["none"],
        "source": list(dict.fromkeys(sources)) or ["this book alone"],
        "print": ["false as printed" if claim.corrects else printed],
    }


def cite_block(app: Sphinx, name: str) -> list[nodes.Node]:
    """Return a closed box with the citations of a page or a claim in every format.

    Its first paragraph carries the id ``cite-NAME``, so that a browser opens the box
    for whoever follows a link there. Outside HTML it is the BibTeX alone, in the open.
    """
    forms = FORMATS if app.builder.format == "html" else FORMATS[:1]
    summary = f'<details class="cite"><summary>Cite {name}</summary>'
    found: list[nodes.Node] = [nodes.raw("", summary, format="html")]
    for form in forms:
        ids = [f"cite-{name}"] if form == FORMATS[0] else []
        found.append(nodes.paragraph("", FORM_NAMES[form], ids=ids))
        text = cite(name, form, verdicts={"claims": app.rfbook_verdicts})
        found.append(nodes.literal_block("", text, language="none"))
    return [*found, nodes.raw("", "</details>", format="html")]


def field(name: str, *content: nodes.Node) -> nodes.field:
    """Return one field of a list."""
    return nodes.field("", nodes.field_name("", name), nodes.field_body("", *content))


def facts(app: Sphinx, claim: Claim, row: dict | None = None) -> nodes.field_list:
    """Return what is known of a claim besides its checks, as a list of fields.

    The row of its verdict adds how long the checks took.
    """
    found = nodes.field_list()

    def add(name: str, *content: nodes.Node) -> None:
        found.append(field(name, nodes.paragraph("", "", *content)))

    def ids(names: Iterable[str]) -> list[nodes.Node]:
        return id_links(app, record_page(claim), names)

    add("id", nodes.literal("", claim.id))
    for source in claim.sources:
        note = f" {source.note}" if source.note else ""
        who = AUTHORS.get(source.key, source.key)
        place = f"{who} ({source.version}), {source.where}: {source.relation}.{note}"
        add("source", nodes.Text(place))
    add("proof", *proof(app, claim))
    formal = formal_links(app, record_page(claim), claim)
    if formal:
        add("formal proof", *formal)
    below = list(claim.uses)
    deeper = len(ancestors(claims(), claim.id))
    more = f" ({deeper} with what these rest on)" if deeper > len(below) else ""
    add("rests on", *ids(below), nodes.Text(more))
    given = list(dict.fromkeys(i for check in claim.checks for i in check.given))
    if given:
        add("taken for true", *ids(given))
    add("carries", *ids(sorted(descendants(claims(), claim.id))))
    if claim.corrects:
        add("corrects", *ids([claim.corrects]))
    corrections = [c.id for c in claims().values() if c.corrects == claim.id]
    if corrections:
        add("corrected by", *ids(corrections))
    if row:
        add("processor time", nodes.Text(f"{row['seconds']:.2g} s"))
    return found


def proof(app: Sphinx, claim: Claim) -> list[nodes.Node]:
    """Return where a claim is proved: a link into its chapter, or the text it cites."""
    if claim.status == "cited":
        return [nodes.Text(claim.reference)]
    words = f"in the chapter {claim.chapter}"
    if app.builder.format != "html":
        return [nodes.Text(words)]
    page = app.builder.get_relative_uri(record_page(claim), f"{FOLDER}/{claim.chapter}")
    link = nodes.reference("", words, internal=True, refuri=f"{page}#{claim.id}")
    return [link]


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
    app.add_directive("rfbook-history", HistoryDirective)
    app.connect("doctree-resolved", take_out)
    app.connect("html-collect-pages", record_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
