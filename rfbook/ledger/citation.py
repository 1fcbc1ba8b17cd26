"""Citations of the book, a page or a claim: version, status, permanent address.

What a citation is pinned to: the version of rfbook, the digest of the code that the
verdicts are of, and the status that a machine gave.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from rfbook import __version__
from rfbook.ledger.claim import Claim
from rfbook.ledger.digest import PACKAGE, tree_digest
from rfbook.ledger.registry import claims
from rfbook.ledger.runner import current, digest_of, load_verdicts, outcome_word
from rfbook.ledger.settings import book_url, permalink

AUTHOR = "The rfbook authors"
BOOK = "Random Features: Power and Limits"
YEAR = 2026
FORMATS = ("bibtex", "csl-json", "text")
WHOLE = "book"
"""The name under which the book itself is cited."""

NO_ADDRESS = "No public address is set"
_OLD_NAMES = {"csl": "csl-json"}
_HEADING = re.compile(r"^# (.+)$", re.MULTILINE)
# BibTeX is read by programs that know ASCII only; ^ outside a formula is an error.
_TEX = {c: f"\\{c}" for c in "%&#_"} | {
    "^": r"\^{}",
    "²": "$^2$",
    "ψ": r"$\psi$",
    "“": "``",
    "”": "''",
    "’": "'",
    "–": "--",
}


@dataclass(frozen=True)
class Entry:
    """What a citation says, before it is put into a format.

    Parameters
    ----------
    key : str
        The BibTeX key, ``rfbook:psi-odd``.
    title : str
        Markdown with ``$`` around formulas.
    place : str
        What it is a part of the book as, ``claim psi-odd``; '' for the book.
    status : str
        The state of its claims; '' for a page without any.
    digest : str
        The first digits of the digest of the code that the status is of.
    address : str
        The permanent address; '' while the book has none.
    """

    key: str
    title: str
    place: str
    status: str
    digest: str
    address: str

    def notes(self) -> list[str]:
        """Return version and code, status, and whether there is no address."""
        found = [f"rfbook {__version__}, code {self.digest}"]
        found += [f"Status: {self.status}"] if self.status else []
        return found + ([] if self.address else [NO_ADDRESS])


# --- what there is to cite, and its state ---------------------------------------------


@cache
def pages() -> Mapping[str, str]:
    """Return the titles of the book's pages by name; the landing page is the book.

    Examples
    --------
    >>> pages()["single-neuron"]
    'A single neuron'
    """
    root = PACKAGE.parent
    whole = (root / "_config.yml").is_file()
    folder = root / "book" if whole else PACKAGE / "_book"
    texts = {p.stem: p.read_text("utf-8") for p in sorted(folder.glob("*.md"))}
    found = {name: _HEADING.search(text) for name, text in texts.items()}
    return {n: found[n][1].strip() for n in found if found[n] and n != "index"}


def status(claim: Claim, verdicts: dict | None = None) -> str:
    """Return a claim's status in words; UNKNOWN unless recorded for this very code."""
    if claim.status != "checked":
        return claim.status
    row = current(claim, load_verdicts() if verdicts is None else verdicts)
    if row is None:
        return "UNKNOWN (not verified for this code: run rfbook verify)"
    if not row["ok"]:
        return "RED"
    caught = sum(planted["caught"] for planted in row["planted"])
    told = f"{caught} of {len(row['planted'])} planted changes told apart"
    return f"{outcome_word(row)}, {row['fidelity']}; {told}"


def counts(some: Iterable[Claim], verdicts: dict) -> str:
    """Return how many claims there are and how many have each outcome.

    A claim whose verdict is not of this very code counts as UNKNOWN.

    Examples
    --------
    >>> counts([claims()["psi-odd"]], {"claims": {}})
    '1 claim: 1 UNKNOWN'
    """
    words = []
    for claim in some:
        row = current(claim, verdicts)
        state = "UNKNOWN" if claim.status == "checked" else claim.status
        words.append(outcome_word(row) if row else state)
    if not words:
        return ""
    each = ", ".join(f"{words.count(word)} {word}" for word in dict.fromkeys(words))
    return f"{len(words)} claim{'s' if len(words) > 1 else ''}: {each}"


def entry(name: str, verdicts: dict | None = None) -> Entry:
    """Return what there is to say of the book, a page or a claim.

    Raises
    ------
    KeyError
        For an unknown name, with the nearest known ones.
    """
    verdicts = load_verdicts() if verdicts is None else verdicts
    base, every = book_url(), claims()
    if name in every:
        claim = every[name]
        address = permalink(name) if base else ""
        code, state = digest_of(claim), status(claim, verdicts)
        place = f"claim {name}"
        return Entry(f"rfbook:{name}", claim.title, place, state, code[:12], address)
    if name == WHOLE:
        state = counts(every.values(), verdicts)
        return Entry("rfbook", BOOK, "", state, tree_digest()[:12], base)
    if name not in pages():
        known = [WHOLE, *pages(), *every]
        near = get_close_matches(name, known, n=3, cutoff=0.3)
        raise KeyError(
            f"no book, page or claim {name!r}; near: {', '.join(near) or 'none'}"
        )
    own = [claim for claim in every.values() if claim.chapter == name]
    code = digest_of(own[0]) if own else tree_digest()
    address = f"{base}/book/{name}.html" if base else ""
    place = f"{'chapter' if own else 'page'} {name}"
    state = counts(own, verdicts)
    return Entry(f"rfbook:{name}", pages()[name], place, state, code[:12], address)


# --- the formats ----------------------------------------------------------------------


def plain_title(title: str) -> str:
    r"""Return a title without Markdown's math marks.

    Examples
    --------
    >>> plain_title(r"The sign of $\psi$")
    'The sign of psi'
    """
    return re.sub(r"\\([A-Za-z]+)", r"\1", title).replace("$", "")


def tex_title(title: str) -> str:
    r"""Return a title as TeX; outside formulas, what TeX would misread is written out.

    Examples
    --------
    >>> tex_title("Norm d^(3/4) & the function ψ, $a_1$")
    'Norm d\\^{}(3/4) \\& the function $\\psi$, $a_1$'
    """
    parts = title.split("$")
    parts[::2] = ["".join(_TEX.get(c, c) for c in part) for part in parts[::2]]
    return "$".join(parts)


def cite(
    id: str,  # noqa: A002 (readers' names)
    format: str = "bibtex",  # noqa: A002
    *,
    verdicts: dict | None = None,
) -> str:
    """Return a citation of the book, of a page of it, or of a claim.

    Parameters
    ----------
    id : str
        ``book``, a page's name such as ``psi``, or a claim's id.
    format : {"bibtex", "csl-json", "text"}
    verdicts : dict, optional
        The recorded verdicts; read from their file by default.

    Raises
    ------
    KeyError
        For an unknown id, with the nearest known ones.
    ValueError
        For an unknown format.

    Examples
    --------
    >>> cite("psi-counts").splitlines()[0]
    '@misc{rfbook:psi-counts,'
    """
    return cite_all([id], format, verdicts=verdicts)


def cite_all(
    ids: Iterable[str],
    format: str = "bibtex",  # noqa: A002
    *,
    verdicts: dict | None = None,
) -> str:
    """Return the citations of several things as one text, CSL-JSON as one array.

    Parameters and errors are those of `cite`.

    Examples
    --------
    >>> [item["id"] for item in json.loads(cite_all(["book", "psi"], "csl-json"))]
    ['rfbook', 'rfbook:psi']
    """
    form = _OLD_NAMES.get(format, format)
    if form not in FORMATS:
        raise ValueError(f"format is one of {FORMATS}, got {format!r}")
    verdicts = load_verdicts() if verdicts is None else verdicts
    entries = [entry(name, verdicts) for name in ids]
    if form == "csl-json":
        return "[\n" + ",\n".join(map(_csl, entries)) + "\n]"
    return "\n\n".join({"bibtex": _bibtex, "text": _text}[form](e) for e in entries)


def _bibtex(entry: Entry) -> str:
    # Twice in braces: no style may change a title's capitals.
    fields = {"author": f"{{{AUTHOR}}}", "title": f"{{{tex_title(entry.title)}}}"}
    if entry.place:
        place = entry.place[0].upper() + entry.place[1:]
        fields["howpublished"] = rf"{place} of \emph{{{BOOK}}}"
    fields |= {"year": str(YEAR), "version": __version__}
    fields["note"] = tex_title(". ".join(entry.notes()))
    fields |= {"url": entry.address} if entry.address else {}
    body = ",\n".join(f"  {key} = {{{value}}}" for key, value in fields.items())
    return f"@misc{{{entry.key},\n{body}\n}}"


def _csl(entry: Entry) -> str:
    item = {
        "id": entry.key,
        "type": "chapter" if entry.place else "book",
        "author": [{"literal": AUTHOR}],
        "title": plain_title(entry.title),
        "container-title": BOOK,
        "version": __version__,
        "issued": {"date-parts": [[YEAR]]},
        "note": ". ".join([*filter(None, [entry.place.capitalize()]), *entry.notes()]),
        "URL": entry.address,
    }
    unsaid = [] if entry.place else ["container-title"]
    unsaid += [] if entry.address else ["URL"]
    lines = [
        f"  {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}"
        for key, value in item.items()
        if key not in unsaid
    ]
    return " {\n" + ",\n".join(lines) + "\n }"


def _text(entry: Entry) -> str:
    title = plain_title(entry.title)
    parts = [f"{AUTHOR} ({YEAR})", f"{title}, {entry.place} of {BOOK}"]
    parts[1] = parts[1] if entry.place else title
    address = [entry.address] if entry.address else []
    return ". ".join([*parts, *entry.notes(), *address]) + ("" if address else ".")
