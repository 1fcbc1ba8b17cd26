"""A claim's history on its record, how to report an error in it, and all changes.

The address of a report is made from the repository that is configured; without one the
record says which facts to send.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from rfbook import __version__
from rfbook.ledger import Claim, claims
from rfbook.ledger.citation import entry, history
from rfbook.ledger.history import FILE, Change, lines, what_words, when
from rfbook.sphinxext.claims import FOLDER, record_link

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sphinx.application import Sphinx

FORM = "claim-error.yml"
PAGE = f"{FOLDER}/history"


def report_address(repository: str, claim_id: str, version: str) -> str:
    """Return where an error in a claim is reported, with its form filled in.

    Parameters
    ----------
    repository : str
        The repository's address; '' if there is none.
    claim_id, version : str
        What the form's fields of these names are filled with.

    Examples
    --------
    >>> report_address("https://git.example/book/", "psi-odd", "0.1.0").split("&")[1:]
    ['title=Claim%3A+psi-odd', 'claim=psi-odd', 'version=0.1.0']
    >>> report_address("", "psi-odd", "0.1.0")
    ''
    """
    if not repository:
        return ""
    filled = {"template": FORM, "title": f"Claim: {claim_id}"}
    filled |= {"claim": claim_id, "version": version}
    return f"{repository.rstrip('/')}/issues/new?{urlencode(filled)}"


def version_words(claim: Claim, verdicts: dict) -> str:
    """Return the version and the code that a report names.

    Examples
    --------
    >>> words = version_words(claims()["psi-odd"], {"claims": {}})
    >>> words.startswith(f"{__version__}, code ")
    True
    """
    return f"{__version__}, code {entry(claim.id, verdicts).digest}"


def report_words(app: Sphinx, docname: str, claim: Claim) -> list[nodes.Node]:
    """Return how to report an error in a claim: a filled form, or what to send."""
    version = version_words(claim, {"claims": app.rfbook_verdicts})
    address = report_address(app.config.rfbook_repository_url, claim.id, version)
    if address:
        words = "report an error in this claim"
        return [nodes.reference("", words, internal=False, refuri=address)]
    told = f"send the id, the version ({version}), and what "
    found: list[nodes.Node] = [nodes.Text(told)]
    if app.builder.format != "html" or PAGE not in app.env.found_docs:
        return [*found, nodes.Text("you find, with the evidence")]
    uri = app.builder.get_relative_uri(docname, PAGE) + "#report-an-error"
    link = nodes.reference("", "a report needs", internal=True, refuri=uri)
    return [*found, link]


def history_lines(claim: Claim) -> list[str]:
    """Return a claim's releases and changes as Markdown, or that there are none yet."""
    kept = history()
    none = "no change, and no release so far" if not kept.releases else "new"
    return lines(claim.id, kept) or [none]


def grouped(changes: Iterable[Change]) -> list[list[Change]]:
    """Return the changes with those together that say the same of several claims.

    Examples
    --------
    >>> made = [
    ...     Change(name, "chapter", "one", "two", "", "2026-11-21", "", "divided")
    ...     for name in ("a-b", "a-c")
    ... ]
    >>> [len(alike) for alike in grouped(made)]
    [2]
    """
    groups: dict[tuple[str, ...], list[Change]] = {}
    for change in changes:
        told = (what_words(change), when(change), change.date, change.reason)
        groups.setdefault(told, []).append(change)
    return list(groups.values())


class HistoryDirective(SphinxDirective):
    """``{rfbook-history}``: the releases, and every change with its reason."""

    def run(self) -> list[nodes.Node]:
        """Return a sentence on the releases and the list of all changes."""
        self.env.note_dependency(str(FILE))
        kept = history()
        versions = [f"{r.version} ({r.date})" for r in kept.releases]
        said = ", ".join(versions) or "none so far"
        words = (
            f"Released versions: {said}. Changes: {len(kept.changes)}, "
            f"of {len({change.claim for change in kept.changes})} claims."
        )
        rows = [self._row(alike) for alike in grouped(kept.changes)]
        made = nodes.bullet_list("", *rows, classes=["history"])
        return [nodes.paragraph("", words), *([made] if rows else [])]

    def _row(self, alike: list[Change]) -> nodes.list_item:
        first, names = alike[0], []
        for change in alike:
            names += [nodes.Text(", ")] if names else []
            names.append(self._name(change.claim))
        commit = f", commit {first.commit}" if first.commit else ""
        what = what_words(first)
        head = nodes.strong("", f"{what[0].upper()}{what[1:]}.")
        day = nodes.Text(f" {first.date}, {when(first)}{commit}: ")
        why = self.state.inline_text(first.reason, self.lineno)[0]
        told = nodes.paragraph("", "", head, day, *names, nodes.Text(". "), *why)
        return nodes.list_item("", told)

    def _name(self, name: str) -> nodes.Node:
        if name not in claims():
            return nodes.literal("", name)
        return record_link(self.env.app, self.env.docname, claims()[name], name)
