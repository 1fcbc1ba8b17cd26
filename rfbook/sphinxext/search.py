"""What the search knows beside the words of the pages: names, ids, synonyms.

Sphinx's search splits a query into words. It so loses a claim's id, a theorem's number
and the name of a Greek letter, and it never sees the claims' records, which are pages
that no source stands for. A list of entries, loaded on the search page alone, has them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rfbook.ledger import Claim, claims
from rfbook.ledger.citation import plain_title
from rfbook.ledger.claim import Source
from rfbook.places import Place, page_titles, read_places
from rfbook.sphinxext.claims import FOLDER, record_page
from rfbook.sphinxext.records import AUTHORS
from rfbook.terms import Term, load

if TYPE_CHECKING:
    from sphinx.application import Sphinx

FILE = "search-entries.js"
VARIABLE = "rfbookSearch"
PAPER_KINDS = (
    "theorem",
    "proposition",
    "lemma",
    "corollary",
    "remark",
    "assumption",
    "equation",
    "section",
    "figure",
    "table",
)

_NUMBERED = re.compile(
    rf"\b({'|'.join(PAPER_KINDS)})(s?)\s+"
    r"(\(?[A-Z]?\d+(?:\.\d+)*\)?(?:\s*(?:,|and|to|or)\s*\(?[A-Z]?\d+(?:\.\d+)*\)?)*)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[A-Za-z]?\d+(?:\.\d+)*")


def paper_keys(where: str) -> list[str]:
    """Return the numbered places of a paper that a source names, in plain words.

    Examples
    --------
    >>> paper_keys("Theorem 4, equations (14) and (15)")
    ['theorem 4', 'equation 14', 'equation 15']
    """
    found = []
    for kind, _, numbers in _NUMBERED.findall(where):
        found += [f"{kind.lower()} {n.lower()}" for n in _NUMBER.findall(numbers)]
    return list(dict.fromkeys(found))


def claim_entries(claim: Claim, page_title: str) -> list[dict[str, Any]]:
    """Return the entries of a claim: its box in the chapter, its record.

    The record is found by the claim's id and by the words of its checks too.
    """
    title, keys = plain_title(claim.title), [claim.id]
    for source in claim.sources:
        keys += source_keys(source)
    checks = " ".join(check.title for check in claim.checks)
    numbered = [s for s in claim.sources if paper_keys(s.where) and s.key in AUTHORS]
    printed = [f"{AUTHORS[source.key]}, {source.where}" for source in numbered]
    about = "; ".join([page_title, *printed])
    box = entry(title, f"{FOLDER}/{claim.chapter}", claim.id, about, keys, title)
    record = f"{title} {checks} {' '.join(source.where for source in claim.sources)}"
    words = f"record of {claim.id} in the ledger"
    page = record_page(claim)
    return [box, entry(title, page, f"claim-{claim.id}", words, [claim.id], record)]


def says_of_print(claim: Claim) -> bool:
    """Tell whether a claim decides what is printed: those are found first.

    Examples
    --------
    >>> says_of_print(claims()["psi-norm-printed"])
    True
    """
    relations = {source.relation for source in claim.sources}
    return bool(relations & {"as printed", "refutes", "corrects"})


def source_keys(source: Source) -> list[str]:
    """Return the numbered places of a source, with and without the authors' names.

    Examples
    --------
    >>> given = claims()["psi-norm-printed"].sources[0]
    >>> source_keys(given)
    ['proposition 4.6', 'yehudai and shamir proposition 4.6']
    """
    numbers = paper_keys(source.where)
    who = AUTHORS.get(source.key, "").lower().replace(".", "")
    return [*numbers, *(f"{who} {n}" for n in numbers if who)]


def term_entries(
    term: Term, places: Mapping[str, Place], titles: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return an entry for each place of a term."""
    name = re.sub(r"[()]", "", term.term)
    keys = [name, term.name, *name.split()[:1], *term.also]
    found = []
    for label in term.at:
        place = places[label]
        title = plain_title(place.title or place.kind)
        about = f"{term.term}, in {titles[place.page]}"
        page = f"{FOLDER}/{place.page}"
        found.append(entry(title, page, label, about, keys, " ".join(keys)))
    return found


def entry(
    title: str, page: str, anchor: str, about: str, keys: Iterable[str], words: str
) -> dict[str, Any]:
    """Return an entry of the search, as the page's script reads it: its text as HTML.

    Examples
    --------
    >>> entry("Odd", "book/psi", "psi-odd", "ψ", ["psi-odd", "Psi-odd"], "odd")["keys"]
    ['psi-odd']
    """
    lower = dict.fromkeys(key.lower() for key in keys if key)
    return {
        "title": escape(title, quote=False),
        "page": page,
        "anchor": anchor,
        "about": escape(about, quote=False),
        "keys": list(lower),
        "words": words.lower(),
    }


def entries(folder: Path, pages: Iterable[str]) -> list[dict[str, Any]]:
    """Return all entries that lead to pages of this build.

    Parameters
    ----------
    folder : pathlib.Path
        The book's sources.
    pages : iterable of str
        Names of the pages that are built, ``book/psi``.
    """
    built, places, titles = set(pages), read_places(folder), page_titles(folder)
    found = []
    for claim in sorted(claims().values(), key=lambda claim: not says_of_print(claim)):
        if f"{FOLDER}/{claim.chapter}" in built:
            found += claim_entries(claim, titles[claim.chapter])
    for term in load():
        found += [e for e in term_entries(term, places, titles) if e["page"] in built]
    for place in places.values():
        page = f"{FOLDER}/{place.page}"
        if place.kind == "exercise" and page in built:
            title = plain_title(place.title)
            about = f"exercise, in {titles[place.page]}"
            keys = [place.label, title]
            found.append(entry(title, page, place.label, about, keys, title))
    return found


def write_entries(app: Sphinx, env: Any) -> None:
    """Write the entries as a script: a page opened as a file may not fetch data."""
    if app.builder.format != "html":
        return
    found = entries(Path(app.srcdir, FOLDER), env.found_docs)
    data = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    target = Path(app.outdir, "_static", FILE)
    target.parent.mkdir(parents=True, exist_ok=True)
    text = data.replace("</", "<\\/")
    target.write_text(f"window.{VARIABLE} = {text};\n", encoding="utf-8")


def load_entries(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Load the entries on the search page."""
    if pagename == "search":
        app.add_js_file(FILE)


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the entries to the build."""
    app.connect("env-updated", write_entries)
    app.connect("html-page-context", load_entries)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
