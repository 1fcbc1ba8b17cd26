"""Citations of claims: id, version, permalink and the status that a machine gave."""

from __future__ import annotations

import json
import re

from rfbook import __version__
from rfbook.ledger.claim import Claim
from rfbook.ledger.runner import current, find, load_verdicts, outcome_word
from rfbook.ledger.settings import book_url, permalink

AUTHOR = "The rfbook authors"
BOOK = "Random Features, Power and Limits"
YEAR = 2026
FORMATS = ("bibtex", "csl", "text")


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


def plain_title(title: str) -> str:
    r"""Return a title without Markdown's math marks.

    Examples
    --------
    >>> plain_title(r"The sign of $\psi$")
    'The sign of psi'
    """
    return re.sub(r"\\([A-Za-z]+)", r"\1", title).replace("$", "")


def cite(id: str, format: str = "bibtex") -> str:  # noqa: A002 (readers' names)
    """Return a citation of a claim.

    Parameters
    ----------
    id : str
        A claim's id.
    format : {"bibtex", "csl", "text"}

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
    if format not in FORMATS:
        raise ValueError(f"format is one of {FORMATS}, got {format!r}")
    claim = find(id)
    return {"bibtex": _bibtex, "csl": _csl, "text": _text}[format](claim)


def _bibtex(claim: Claim) -> str:
    fields = {
        "author": "{" + AUTHOR + "}",
        "title": f"{BOOK}: {_tex_title(claim.title)}",
        "year": str(YEAR),
        "version": __version__,
        "note": f"Claim {claim.id}, rfbook {__version__}. Status: {status(claim)}",
    }
    fields |= {"url": permalink(claim.id)} if book_url() else {}
    body = ",\n".join(f"  {key} = {{{value}}}" for key, value in fields.items())
    return f"@misc{{rfbook:{claim.id},\n{body}\n}}"


def _tex_title(title: str) -> str:
    return title.replace("%", r"\%").replace("&", r"\&")


def _csl(claim: Claim) -> str:
    item = {
        "id": f"rfbook:{claim.id}",
        "type": "software",
        "author": [{"literal": AUTHOR}],
        "title": f"{BOOK}: {plain_title(claim.title)}",
        "version": __version__,
        "issued": {"date-parts": [[YEAR]]},
        "note": f"Claim {claim.id}. Status: {status(claim)}",
    }
    item |= {"URL": permalink(claim.id)} if book_url() else {}
    return json.dumps([item], indent=2)


def _text(claim: Claim) -> str:
    where = f" {permalink(claim.id)}." if book_url() else ""
    return (
        f"{AUTHOR}. {BOOK}, version {__version__} ({YEAR}), claim {claim.id}: "
        f"{plain_title(claim.title)}. Status: {status(claim)}.{where}"
    )
