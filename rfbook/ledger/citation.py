"""Citations of the book, a page or a claim: version, status, permanent address.

What a citation is pinned to: the version of rfbook and its day, the digest of the code
that the verdicts are of, and the status that a machine gave. That of a released version
is drawn from `rfbook.ledger.history`.
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
from rfbook.ledger.history import History, load, status_words, verdict_of
from rfbook.ledger.registry import claims
from rfbook.ledger.runner import current, digest_of, load_verdicts
from rfbook.ledger.settings import book_url

AUTHOR = "The rfbook authors"
BOOK = "Random Features: Power and Limits"
YEAR = 2026
FORMATS = ("bibtex", "csl-json", "text")
WHOLE = "book"
"""The name under which the book itself is cited."""

NO_ADDRESS = "No public address is set"
NOT_RELEASED = "not released"
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
    version : str
        The version of rfbook.
    date : str
        The day on which this version was released; '' if it is not.
    """

    key: str
    title: str
    place: str
    status: str
    digest: str
    address: str
    version: str
    date: str

    @property
    def year(self) -> int:
        """The year of the release, or that of the book."""
        return int(self.date[:4]) if self.date else YEAR

    def notes(self) -> list[str]:
        """Return version and code, status, and whether there is no address."""
        released = self.date or NOT_RELEASED
        found = [f"rfbook {self.version} ({released}), code {self.digest}"]
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
    row = current(claim, load_verdicts() if verdicts is None else verdicts)
    found = verdict_of(claim, row)
    if found[0] == "UNKNOWN":
        return "UNKNOWN (not verified for this code: run rfbook verify)"
    return status_words(*found)


def counts(outcomes: Iterable[str]) -> str:
    """Return how many claims there are and how many have each outcome.

    A claim whose verdict is not of this very code counts as UNKNOWN.

    Examples
    --------
    >>> counts(["checked", "refuted", "checked"])
    '3 claims: 2 checked, 1 refuted'
    """
    words = list(outcomes)
    if not words:
        return ""
    each = ", ".join(f"{words.count(word)} {word}" for word in dict.fromkeys(words))
    return f"{len(words)} claim{'s' if len(words) > 1 else ''}: {each}"


@cache
def history() -> History:
    """Return the history of the verdicts, read once."""
    return load()


@cache
def release_date() -> str:
    """Return the day of the present version's release; '' if this code is not its own.

    After a release the code goes on under the same version until the next one is named:
    only the digest of all its modules tells the two apart.
    """
    own = [r for r in history().releases if r.version == __version__]
    return own[0].date if own and tree_digest().startswith(own[0].code) else ""


def address_of(path: str, version: str = "") -> str:
    """Return the permanent address of a page or a place of it; '' without one.

    Every release keeps its own copy of the book in the folder of its version; without a
    version the address is that of the latest.

    Examples
    --------
    >>> from unittest import mock
    >>> with mock.patch.dict("os.environ", RFBOOK_BOOK_URL="https://book.example/"):
    ...     print(address_of("book/psi.html", "1.2.0"))
    https://book.example/1.2.0/book/psi.html
    """
    parts = [book_url(), version, path]
    return "/".join(filter(None, parts)) if parts[0] else ""


def path_of(name: str, paged: bool) -> str:
    """Return where the book, a page or a claim stands, from the book's root.

    Examples
    --------
    >>> path_of("psi", True), path_of("psi-odd", False), path_of("book", False)
    ('book/psi.html', 'book/ledger.html#claim-psi-odd', '')
    """
    if name == WHOLE:
        return ""
    return f"book/{name}.html" if paged else f"book/ledger.html#claim-{name}"


def entry(name: str, verdicts: dict | None = None, at: str = "") -> Entry:
    """Return what there is to say of the book, a page or a claim.

    Parameters
    ----------
    name : str
    verdicts : dict, optional
        The recorded verdicts; read from their file by default.
    at : str
        The released version to speak of; '' for the present one.

    Raises
    ------
    KeyError
        For an unknown name, with the nearest known ones.
    ValueError
        If the version was not released, or had no such claim or page.
    """
    if at:
        return _past(name, at)
    verdicts = load_verdicts() if verdicts is None else verdicts
    every = claims()
    path = path_of(name, name not in every)
    version = (address_of(path), __version__, release_date())
    if name in every:
        claim = every[name]
        code, state = digest_of(claim)[:12], status(claim, verdicts)
        title, place = claim.title, f"claim {name}"
        return Entry(f"rfbook:{name}", title, place, state, code, *version)
    if name != WHOLE:
        _refuse_unknown(name)
    own = [c for c in every.values() if name in (WHOLE, c.chapter)]
    state = counts(verdict_of(c, current(c, verdicts))[0] for c in own)
    if name == WHOLE:
        return Entry("rfbook", BOOK, "", state, tree_digest()[:12], *version)
    code = digest_of(own[0])[:12] if own else tree_digest()[:12]
    place = f"{'chapter' if own else 'page'} {name}"
    return Entry(f"rfbook:{name}", pages()[name], place, state, code, *version)


def _refuse_unknown(name: str) -> None:
    if name not in pages():
        known = [WHOLE, *pages(), *claims()]
        near = ", ".join(get_close_matches(name, known, n=3, cutoff=0.3))
        raise KeyError(f"no book, page or claim {name!r}; near: {near or 'none'}")


def _past(name: str, at: str) -> Entry:
    """Return the entry of a released version, from the history alone."""
    release = history().release(at)
    path = path_of(name, name in release.pages)
    version = (address_of(path, at), at, release.date)
    if name in release.claims:
        was = release.claims[name]
        told = (was.title, f"claim {name}", was.status, was.code)
        return Entry(f"rfbook:{name}:{at}", *told, *version)
    own = [s for s in release.claims.values() if name in (WHOLE, s.chapter)]
    state = counts(was.outcome for was in own)
    if name == WHOLE:
        return Entry(f"rfbook:{at}", BOOK, "", state, release.code, *version)
    if name not in release.pages:
        raise ValueError(f"version {at} had no page or claim {name!r}")
    code, kind = (own[0].code, "chapter") if own else (release.code, "page")
    told = (release.pages[name], f"{kind} {name}", state, code)
    return Entry(f"rfbook:{name}:{at}", *told, *version)


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
    at: str = "",
) -> str:
    """Return a citation of the book, of a page of it, or of a claim.

    Parameters
    ----------
    id : str
        ``book``, a page's name such as ``psi``, or a claim's id.
    format : {"bibtex", "csl-json", "text"}
    verdicts : dict, optional
        The recorded verdicts; read from their file by default.
    at : str
        A released version: statement, verdict and code are those that it had.

    Raises
    ------
    KeyError
        For an unknown id, with the nearest known ones.
    ValueError
        For an unknown format, a version that was not released, and an id that the
        version did not have.

    Examples
    --------
    >>> cite("psi-counts").splitlines()[0]
    '@misc{rfbook:psi-counts,'
    """
    return cite_all([id], format, verdicts=verdicts, at=at)


def cite_all(
    ids: Iterable[str],
    format: str = "bibtex",  # noqa: A002
    *,
    verdicts: dict | None = None,
    at: str = "",
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
    entries = [entry(name, verdicts, at) for name in ids]
    if form == "csl-json":
        return "[\n" + ",\n".join(map(_csl, entries)) + "\n]"
    return "\n\n".join({"bibtex": _bibtex, "text": _text}[form](e) for e in entries)


def _bibtex(entry: Entry) -> str:
    # Twice in braces: no style may change a title's capitals.
    fields = {"author": f"{{{AUTHOR}}}", "title": f"{{{tex_title(entry.title)}}}"}
    if entry.place:
        place = entry.place[0].upper() + entry.place[1:]
        fields["howpublished"] = rf"{place} of \emph{{{BOOK}}}"
    fields |= {"year": str(entry.year), "version": entry.version}
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
        "version": entry.version,
        "issued": {"date-parts": [[entry.year]]},
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
    parts = [f"{AUTHOR} ({entry.year})", f"{title}, {entry.place} of {BOOK}"]
    parts[1] = parts[1] if entry.place else title
    address = [entry.address] if entry.address else []
    return ". ".join([*parts, *entry.notes(), *address]) + ("" if address else ".")
