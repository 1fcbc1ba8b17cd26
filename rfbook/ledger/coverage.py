"""What the book covers of the two papers, row by row.

``rfbook/coverage.json`` has one row for each numbered statement, equation, remark,
example and figure of both papers, and for their unnumbered claims. A row names the
claims that decide it, or the reason why none is needed; a row with neither is counted
as "not yet". A result of which the book has only a part stands in several rows, told
apart by ``part``, so that a claim never covers more than it decides.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files

PAPERS = {
    "ys": "Yehudai and Shamir",
    "gm": "Ghorbani, Mei, Misiakiewicz and Montanari",
}
NEURIPS = "NeurIPS 2019"
LATER = "arXiv (later)"
VERSIONS = {"ys": (NEURIPS, LATER), "gm": (NEURIPS,)}
KINDS = (
    "assumption",
    "corollary",
    "definition",
    "equation",
    "example",
    "figure",
    "footnote",
    "proposition",
    "remark",
    "section-claim",
    "statement",
    "theorem",
)


@dataclass(frozen=True)
class Row:
    """One thing that a paper states, and what the book has about it.

    Parameters
    ----------
    paper : {"ys", "gm"}
    version : str
        The text that states it: a version named in ``VERSIONS[paper]``.
    kind : str
        One of ``KINDS``; ``section-claim`` is unnumbered running text, ``statement`` a
        displayed result of unreadable kind.
    number : str
        The printed number; for running text the section. Empty where it cannot be
        read, as in the later text of the first paper, whose mathematics is lost.
    part : str
        Which part of it, where a row does not stand for the whole.
    title : str
        What it says, in a few words of our own.
    chapter : str
        The chapter that treats it, or will.
    claims : tuple of str
        Ids of the claims that decide it.
    reason : str
        Why there is no claim; excludes ``claims``.

    Examples
    --------
    >>> row = Row("ys", "NeurIPS 2019", "proposition", "4.6", "item 2", "norm", "psi")
    >>> row.label, row.state
    ('Proposition 4.6, item 2', 'not yet')
    """

    paper: str
    version: str
    kind: str
    number: str
    part: str
    title: str
    chapter: str
    claims: tuple[str, ...] = ()
    reason: str = ""

    def __post_init__(self) -> None:
        allowed = {
            "paper": (self.paper, tuple(PAPERS)),
            "version": (self.version, VERSIONS.get(self.paper, ())),
            "kind": (self.kind, KINDS),
        }
        for name, (value, values) in allowed.items():
            if value not in values:
                raise ValueError(f"{name} is one of {values}, got {value!r}")
        if not (self.number or self.part):
            raise ValueError(f"a row needs a number or a part: {self.title!r}")
        if not (self.title and self.chapter):
            raise ValueError(f"{self.label}: a row needs a title and a chapter")
        if self.claims and self.reason:
            raise ValueError(f"{self.label}: a reason stands only where no claim does")
        if len(set(self.claims)) < len(self.claims):
            raise ValueError(f"{self.label}: a claim is named twice: {self.claims}")

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """What identifies the row."""
        return self.paper, self.version, self.kind, self.number, self.part

    @property
    def label(self) -> str:
        """How the book refers to the row: ``Proposition 4.6, item 2``."""
        if self.kind == "section-claim":
            name = self.number
        elif self.kind == "equation" and self.number:
            name = f"Equation ({self.number})"
        else:
            name = f"{self.kind.capitalize()} {self.number}".strip()
        return ", ".join(filter(None, (name, self.part)))

    @property
    def state(self) -> str:
        """``covered`` by claims, ``reasoned`` (none needed), or ``not yet``."""
        if self.claims:
            return "covered"
        return "reasoned" if self.reason else "not yet"


@dataclass(frozen=True)
class Summary:
    """How many rows are covered, need no claim, or wait.

    Examples
    --------
    >>> Summary(covered=1, reasoned=2, not_yet=3).total
    6
    """

    covered: int
    reasoned: int
    not_yet: int

    @property
    def total(self) -> int:
        """The number of rows."""
        return self.covered + self.reasoned + self.not_yet


def load() -> tuple[Row, ...]:
    """Read the table that comes with the package.

    Raises
    ------
    ValueError
        If a row is malformed, or stands there twice.

    Examples
    --------
    >>> rows = load()
    >>> len({row.key for row in rows}) == len(rows)
    True
    """
    text = files("rfbook").joinpath("coverage.json").read_text(encoding="utf-8")
    return parse(json.loads(text))


def parse(entries: Iterable[Mapping[str, object]]) -> tuple[Row, ...]:
    """Make rows of JSON objects and refuse malformed and repeated ones.

    Parameters
    ----------
    entries : iterable of mapping
        Every field of `Row` by its name; ``claims`` is a list of strings.

    Raises
    ------
    ValueError
        If a field is missing, unknown or of the wrong type, if a row breaks a rule of
        `Row`, or if two rows have the same key.

    Examples
    --------
    >>> parse([{"paper": "ys"}])
    Traceback (most recent call last):
        ...
    ValueError: a row has the fields chapter, ..., got paper
    """
    rows: dict[tuple[str, ...], Row] = {}
    for entry in entries:
        row = _row(entry)
        if row.key in rows:
            raise ValueError(f"two rows for {row.label} ({row.paper}, {row.version})")
        rows[row.key] = row
    return tuple(rows.values())


def summary(rows: Iterable[Row], claim_ids: Collection[str]) -> Summary:
    """Count the rows by state.

    Parameters
    ----------
    rows : iterable of Row
    claim_ids : collection of str
        The ids in the ledger.

    Raises
    ------
    ValueError
        If a row names a claim that the ledger does not have.

    Examples
    --------
    >>> rows = load()
    >>> ids = {name for row in rows for name in row.claims}
    >>> summary(rows, ids).total == len(rows)
    True
    """
    counts = {"covered": 0, "reasoned": 0, "not yet": 0}
    for row in rows:
        unknown = [name for name in row.claims if name not in claim_ids]
        if unknown:
            raise ValueError(f"{row.label}: no such claim in the ledger: {unknown}")
        counts[row.state] += 1
    return Summary(counts["covered"], counts["reasoned"], counts["not yet"])


def _row(entry: Mapping[str, object]) -> Row:
    fields = set(Row.__dataclass_fields__)
    if set(entry) != fields:
        wanted, got = (", ".join(sorted(names)) for names in (fields, entry))
        raise ValueError(f"a row has the fields {wanted}, got {got}")
    claims = entry["claims"]
    texts = [value for name, value in entry.items() if name != "claims"]
    if not isinstance(claims, list):
        raise ValueError(f"claims is a list of strings, got {claims!r}")
    for value in [*texts, *claims]:
        if not isinstance(value, str):
            raise ValueError(f"a field of a row is a string, got {value!r}")
    return Row(**{**entry, "claims": tuple(claims)})
