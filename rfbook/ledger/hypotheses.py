"""What the papers assume, hypothesis by hypothesis, and what holds each of them.

``rfbook/hypotheses.json`` has one object for each statement of a paper that assumes
something, under the same names as its row of ``rfbook/coverage.json``. A hypothesis is
held by a planted error that drops or widens it, by a claim that shows that it is
needed, by one that does without it, or by the reason why no machine can tell.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from importlib.resources import files

from rfbook.ledger.claim import Claim
from rfbook.ledger.coverage import Row
from rfbook.ledger.verdict import Verdict

PLANTED, NEEDED, NOT_NEEDED, REASON = WAYS = (
    "planted",
    "needed",
    "not needed",
    "reason",
)
STATEMENTS = (
    "assumption",
    "corollary",
    "example",
    "proposition",
    "remark",
    "statement",
    "theorem",
)
"""The kinds of which every row has its hypotheses listed."""

Key = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class Hypothesis:
    """One thing that a statement assumes, or should.

    Parameters
    ----------
    what : str
        The hypothesis in a few words of our own.
    held : {"planted", "needed", "not needed", "reason", ""}
        By what: a planted error, a claim that shows that it is needed, a claim that
        does without it, a reason, or nothing so far.
    claim : str
        The claim; empty for a reason.
    error : str
        The planted error, in its claim's own words.
    place : str
        The variable or the part of the claim's statement that the error changes.
    note : str
        More on it. A claim that is not among those of the statement needs one.
    key : tuple of str
        Which row of the coverage: paper, version, kind, number, part.

    Examples
    --------
    >>> Hypothesis("d > 40", "not needed", "psi-odd", note="every d").held
    'not needed'
    >>> Hypothesis("d > 40", "planted", "psi-odd")
    Traceback (most recent call last):
        ...
    ValueError: 'd > 40': planted goes with claim, error and place, got claim
    """

    what: str
    held: str = ""
    claim: str = ""
    error: str = ""
    place: str = ""
    note: str = ""
    key: Key = ("", "", "", "", "")

    def __post_init__(self) -> None:
        if not self.what:
            raise ValueError(f"a hypothesis needs words: {self}")
        wanted = {
            PLANTED: ("claim", "error", "place"),
            NEEDED: ("claim",),
            NOT_NEEDED: ("claim",),
            REASON: (),
            "": (),
        }
        if self.held not in wanted:
            raise ValueError(f"{self.what!r} is held by {WAYS}, got {self.held!r}")
        given = [name for name in ("claim", "error", "place") if getattr(self, name)]
        if tuple(given) != wanted[self.held]:
            needs, has = (_listed(names) for names in (wanted[self.held], given))
            raise ValueError(
                f"{self.what!r}: {self.held or 'nothing'} goes with {needs}, got {has}"
            )
        if self.held == REASON and not self.note:
            raise ValueError(f"{self.what!r}: a reason is given in the note")


def _listed(names: Iterable[str]) -> str:
    """Write names one after the other.

    Examples
    --------
    >>> _listed(["claim", "error", "place"]), _listed([])
    ('claim, error and place', 'none of these')
    """
    *most, last = names or ("none of these",)
    return f"{', '.join(most)} and {last}" if most else last


def load() -> tuple[Hypothesis, ...]:
    """Read the hypotheses that come with the package.

    Raises
    ------
    ValueError
        If an entry is malformed, or a statement stands there twice.

    Examples
    --------
    >>> {h.held for h in load()} <= {*WAYS, ""}
    True
    """
    text = files("rfbook").joinpath("hypotheses.json").read_text(encoding="utf-8")
    return parse(json.loads(text))


def parse(entries: Iterable[Mapping[str, object]]) -> tuple[Hypothesis, ...]:
    """Make hypotheses of JSON objects and refuse malformed and repeated ones.

    Parameters
    ----------
    entries : iterable of mapping
        ``paper``, ``version``, ``kind``, ``number``, ``part`` of each statement, and
        its ``hypotheses``: objects with the fields of `Hypothesis` but ``key``, of
        which the empty ones may be left out.

    Raises
    ------
    ValueError
        If a field is missing, unknown or no string, if a statement has no hypothesis or
        stands there twice, or one of them breaks a rule of `Hypothesis`.

    Examples
    --------
    >>> parse([{"paper": "ys"}])
    Traceback (most recent call last):
        ...
    ValueError: a statement has the fields hypotheses, kind, ..., got paper
    """
    found: dict[Key, tuple[Hypothesis, ...]] = {}
    for entry in entries:
        names = {"paper", "version", "kind", "number", "part", "hypotheses"}
        if set(entry) != names:
            wanted, got = (", ".join(sorted(some)) for some in (names, entry))
            raise ValueError(f"a statement has the fields {wanted}, got {got}")
        key = tuple(
            str(entry[name]) for name in ("paper", "version", "kind", "number", "part")
        )
        if key in found:
            raise ValueError(f"{key} stands twice among the hypotheses")
        found[key] = tuple(_hypothesis(one, key) for one in entry["hypotheses"])
        if not found[key]:
            raise ValueError(f"{key}: an entry without a hypothesis")
    return tuple(one for some in found.values() for one in some)


def _hypothesis(entry: Mapping[str, object], key: Key) -> Hypothesis:
    names = {field.name for field in fields(Hypothesis)} - {"key"}
    if not set(entry) <= names:
        raise ValueError(f"{key}: unknown fields {sorted(set(entry) - names)}")
    for value in entry.values():
        if not isinstance(value, str) or not value:
            raise ValueError(f"{key}: a field is a string, and not '', got {value!r}")
    return Hypothesis(**entry, key=key)


def faults(
    hypotheses: Iterable[Hypothesis],
    rows: Iterable[Row],
    registry: Mapping[str, Claim],
    refuted: Mapping[str, Iterable[str]],
) -> Iterator[str]:
    """Say what is wrong with the hypotheses, seen from the coverage and the claims.

    Parameters
    ----------
    hypotheses : iterable of Hypothesis
    rows : iterable of Row
        The coverage: every statement named must have its row there, and every row of
        `STATEMENTS` its hypotheses.
    registry : mapping of str to Claim
    refuted : mapping of str to iterable of str
        For each claim the planted errors that a check was seen to refute.
    """
    hypotheses = list(hypotheses)
    known = {row.key: row for row in rows}
    listed = {one.key for one in hypotheses}
    for key, row in known.items():
        if row.kind in STATEMENTS and key not in listed:
            yield f"{row.label} ({row.version}): no hypotheses"
    for one in hypotheses:
        row = known.get(one.key)
        where = f"{row.label if row else one.key}, {one.what!r}"
        if row is None:
            yield f"{where}: no such row of the coverage"
        elif one.claim and one.claim not in row.claims and not one.note:
            yield f"{where}: {one.claim} is none of its claims, and no note says why"
        for fault in _claim_faults(one, registry.get(one.claim), refuted):
            yield f"{where}: {fault}"


def _claim_faults(one: Hypothesis, claim: Claim | None, refuted) -> Iterator[str]:
    if not one.claim:
        return
    if claim is None:
        yield f"no such claim: {one.claim}"
        return
    if one.held != NEEDED and claim.expects is not Verdict.HOLDS:
        yield f"{claim.id} is expected to fail: it can show a need and no more"
    if one.held != PLANTED:
        return
    changes = {error.what: error.changes for error in claim.planted}
    if one.error not in changes:
        yield f"{claim.id} has no planted error {one.error!r}"
    elif one.place not in changes[one.error]:
        yield f"{one.error!r} does not change {one.place!r} of {claim.id}"
    elif one.error not in refuted.get(claim.id, ()):
        yield f"no check of {claim.id} was seen to refute {one.error!r}"
