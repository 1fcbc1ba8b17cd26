"""The formal proofs as pages of the book, and the links to them from the records."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING, Any

from docutils import nodes

from rfbook.ledger import Claim, Proved
from rfbook.ledger.formal import FOLDER, axiom_words, read_record
from rfbook.sphinxext.claims import SOURCE, coloured

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_THEOREM = re.compile(r"(?:Theorem|Corollary)\s+(\w+)")


def proof_page(file: str) -> str:
    """Return the name of the page with a file of proofs.

    Examples
    --------
    >>> proof_page("psi.v")
    'sources/psi.v'
    """
    return f"{SOURCE}/{file}"


def formal_links(app: Sphinx, docname: str, claim: Claim) -> list[nodes.Node]:
    """Return the theorems that stand behind a claim, with links to their proofs."""
    found: list[nodes.Node] = []
    for proof in (c.decide for c in claim.checks if isinstance(c.decide, Proved)):
        words = f"{proof.theorem} in {proof.file}"
        if app.builder.format == "html":
            page = app.builder.get_relative_uri(docname, proof_page(proof.file))
            uri = f"{page}#{proof.theorem}"
            link = nodes.reference("", words, internal=True, refuri=uri)
        else:
            link = nodes.Text(words)
        found += [nodes.Text(", "), link]
    return found[1:]


def proof_pages(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield a page for every file of proofs, with an anchor at each theorem."""
    if app.builder.format != "html":
        return
    from pygments.lexers import get_lexer_by_name

    for path in sorted(FOLDER.glob("*.v")):
        text, record = path.read_text(encoding="utf-8"), read_record(path)
        matches = {i: _THEOREM.match(line) for i, line in enumerate(text.split("\n"))}
        anchors = {i: match[1] for i, match in matches.items() if match}
        said = (
            f"Accepted by the proof assistant Coq, version {record['coq']}, on "
            f"{record['date']}; it rests on {axiom_words(record['axioms'])}. "
            "Coq reads the theorems as they stand here: that they say what the claims "
            "of the book say is for a reader to judge."
        )
        body = f"<h1>{path.name}</h1>\n<p>{escape(said)}</p>\n"
        body += coloured(text, get_lexer_by_name("coq"), anchors)
        yield proof_page(path.name), {"title": path.name, "body": body}, "page.html"


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the pages to the build."""
    app.connect("html-collect-pages", proof_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
