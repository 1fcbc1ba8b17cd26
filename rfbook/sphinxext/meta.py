"""What a page says of itself in its head: to reference managers, and to link previews.

Highwire Press and Dublin Core tags, from which a reference manager takes a chapter, and
Open Graph tags, from which a preview of a link is made. Addresses are absolute where
the book has one; without it no tag claims any.
"""

from __future__ import annotations

import re
from html import escape
from textwrap import shorten
from typing import TYPE_CHECKING, Any

from docutils import nodes

from rfbook.ledger.citation import AUTHOR, BOOK, YEAR, plain_title
from rfbook.ledger.settings import book_url
from rfbook.sphinxext.claims import FOLDER, RECORD

if TYPE_CHECKING:
    from sphinx.application import Sphinx

LANDING = f"{FOLDER}/index"
COVER = "_static/cover.png"
COVER_WORDS = "The cover of the book"
LONGEST = 200
RECORD_WORDS = (
    "Each claim of a chapter: statement, checks, planted errors and citation."
)
# What a reader should know first is no description of a page.
PREAMBLE = "You need:"


def description(doctree: nodes.document) -> str:
    r"""Return the first sentences of a page, up to 200 characters of plain text.

    It ends before the first sentence with a formula in TeX; where that is the first of
    all, the formula's commands are left as words.

    Examples
    --------
    >>> from docutils.core import publish_doctree
    >>> description(publish_doctree("*You need:* time.\n\nOne is one.  Two is two."))
    'One is one. Two is two.'
    """
    texts = [" ".join(p.astext().split()) for p in doctree.findall(nodes.paragraph)]
    text = next((t for t in texts if t and not t.startswith(PREAMBLE)), "")
    taken = ""
    for sentence in re.split(r"(?<=[.?!])\s+", text):
        longer = f"{taken} {sentence}".strip()
        if "\\" in sentence or len(longer) > LONGEST:
            break
        taken = longer
    return taken or shorten(plain_title(text), LONGEST, placeholder=" …")


def meta_tags(page: str, title: str, words: str, root: str, address: str) -> str:
    """Return the tags of a page.

    Parameters
    ----------
    page : str
        The page's name, ``book/psi``.
    title, words : str
        Its title and its description, as plain text.
    root : str
        The way from the page to the book's root: ``../`` or ''.
    address : str
        The published book's address without a final slash, or ''.

    Examples
    --------
    >>> print(meta_tags("book/psi", "Psi", "A wave.", "../", "").splitlines()[0])
    <meta name="citation_title" content="Psi">
    """
    whole = page == LANDING
    own = f"{address}/{page}.html" if address else ""
    name = BOOK if whole else title
    found = [
        ("name", "citation_title", name),
        ("name", "citation_author", AUTHOR),
        ("name", "citation_publication_date", str(YEAR)),
        ("name", "citation_inbook_title", "" if whole else BOOK),
        ("name", "citation_language", "en"),
        ("name", "citation_public_url", own),
        ("name", "DC.title", name),
        ("name", "DC.creator", AUTHOR),
        ("name", "DC.date", str(YEAR)),
        ("name", "DC.type", "Text"),
        ("name", "DC.language", "en"),
        ("name", "DC.description", words),
        ("name", "DC.relation.isPartOf", "" if whole else BOOK),
        ("name", "DC.identifier", own),
        ("name", "description", words),
        ("property", "og:type", "website" if whole else "article"),
        ("property", "og:title", name),
        ("property", "og:site_name", BOOK),
        ("property", "og:description", words),
        ("property", "og:image", f"{address}/{COVER}" if address else root + COVER),
        ("property", "og:image:alt", COVER_WORDS),
        ("property", "og:url", own),
    ]
    return "\n".join(
        f'<meta {kind}="{key}" content="{escape(value)}">'
        for kind, key, value in found
        if value
    )


def add_tags(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Put the tags into the head of every page of the book and of its records."""
    if pagename.startswith(f"{RECORD}/"):
        title, words = context["title"], RECORD_WORDS
    elif doctree is not None and pagename.startswith(f"{FOLDER}/"):
        title = plain_title(app.env.titles[pagename].astext())
        words = description(doctree)
    else:
        return
    root = "../" * pagename.count("/")
    tags = meta_tags(pagename, title, words, root, book_url())
    context["metatags"] = f"{context.get('metatags', '')}\n{tags}\n"


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the tags to the build."""
    app.connect("html-page-context", add_tags)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
