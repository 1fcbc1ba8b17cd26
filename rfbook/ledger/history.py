"""What became of each claim: its state in every release, and the reasons for changes.

``rfbook/history.json`` has the state of all claims in each released version, written by
``rfbook history --record``, and the changes of outcome, fidelity, statement or chapter.
A machine finds a change; its reason is written by a human, and without one the tests
fail. Before the first release only changes are kept: there is no version to compare.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from rfbook.ledger.claim import Claim
from rfbook.ledger.digest import PACKAGE, tree_digest
from rfbook.ledger.pages import squeeze
from rfbook.ledger.registry import claims
from rfbook.ledger.runner import current, digest_of, load_verdicts, outcome_word
from rfbook.records import write_whole

FORMAT = 1
FILE = PACKAGE / "history.json"
COMPARED = ("outcome", "fidelity", "statement", "chapter")
WITHDRAWN = "withdrawn"
UNDECIDED = ("UNKNOWN", "RED")
"""Outcomes with which no version is released."""


@dataclass(frozen=True)
class State:
    """What a version says of a claim.

    Parameters
    ----------
    title, chapter : str
    statement : str
        Digest of the statement as the page prints it: `statement_digest`.
    outcome : str
        ``checked``, ``refuted``, ``cited``, ``open``, ``RED`` or ``UNKNOWN``.
    fidelity, planted : str
        The grade, and how many planted changes were told apart, ``4 of 4``; '' where
        there is no verdict.
    code : str
        The first digits of the digest of the code that the verdict is of.
    """

    title: str
    chapter: str
    statement: str
    outcome: str
    fidelity: str
    planted: str
    code: str

    @property
    def status(self) -> str:
        """The verdict in words."""
        return status_words(self.outcome, self.fidelity, self.planted)


@dataclass(frozen=True)
class Release:
    """A released version: its day, the digest of its code, its pages and claims."""

    version: str
    date: str
    code: str
    pages: Mapping[str, str]
    claims: Mapping[str, State]


class Flip(NamedTuple):
    """One difference between two versions: which claim, in what, from what to what."""

    claim: str
    what: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.claim}: {self.what} {self.before} → {self.after or 'gone'}"


@dataclass(frozen=True)
class Change:
    """A flip that a human has explained.

    Parameters
    ----------
    claim, what, before, after : str
        As in `Flip`.
    since : str
        The release after which it happened; '' before the first one.
    date, commit : str
        Its day, as 2026-11-21, and the commit that made it; '' while there is none.
    reason : str
        Why, in a sentence for the reader; Markdown with formulas.
    """

    claim: str
    what: str
    before: str
    after: str
    since: str
    date: str
    commit: str
    reason: str

    def __post_init__(self) -> None:
        if self.what not in (*COMPARED, WITHDRAWN):
            raise ValueError(f"{self.claim}: no change is one of {self.what!r}")
        if self.before == self.after:
            raise ValueError(f"{self.claim}: {self.what} stays {self.before!r}")
        if not self.reason.strip():
            raise ValueError(f"{self.claim}: a change of {self.what} needs its reason")
        day(self.date)

    @property
    def flip(self) -> Flip:
        """What changed, without the reason."""
        return Flip(self.claim, self.what, self.before, self.after)


@dataclass(frozen=True)
class History:
    """The released versions, the oldest first, and the changes in order."""

    releases: tuple[Release, ...] = ()
    changes: tuple[Change, ...] = ()

    def release(self, version: str) -> Release:
        """Return a released version.

        Raises
        ------
        ValueError
            If it was never released, naming those that were.
        """
        for found in self.releases:
            if found.version == version:
                return found
        known = ", ".join(r.version for r in self.releases) or "none so far"
        raise ValueError(f"{version!r} is no released version; released: {known}")

    @property
    def latest(self) -> str:
        """The version released last, or ''."""
        return self.releases[-1].version if self.releases else ""


def day(text: str) -> date:
    """Return a day; ValueError unless it is written as 2026-11-21.

    Examples
    --------
    >>> day("2026-11-21").year
    2026
    """
    return date.fromisoformat(text)


# --- the present ----------------------------------------------------------------------


def statement_digest(claim: Claim) -> str:
    """Return the digest of a statement as the page prints it, white space left out.

    Examples
    --------
    >>> first, second = claims()["psi-odd"], claims()["psi-period"]
    >>> statement_digest(first) == statement_digest(second)
    False
    """
    text = squeeze(claim.statement.latex())
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def verdict_of(claim: Claim, row: Mapping | None) -> tuple[str, str, str]:
    """Return outcome, fidelity and planted changes told apart, as a `State` has them.

    Examples
    --------
    >>> verdict_of(claims()["psi-odd"], None)
    ('UNKNOWN', '', '')
    """
    if claim.status != "checked":
        return claim.status, "", ""
    if row is None:
        return "UNKNOWN", "", ""
    if not row["ok"]:
        return outcome_word(row), "", ""
    told = sum(change["caught"] for change in row["planted"])
    return outcome_word(row), row["fidelity"], f"{told} of {len(row['planted'])}"


def status_words(outcome: str, fidelity: str, planted: str) -> str:
    """Return a verdict in words.

    Examples
    --------
    >>> status_words("checked", "whole", "4 of 4")
    'checked, whole; 4 of 4 planted changes told apart'
    """
    if not fidelity:
        return outcome
    return f"{outcome}, {fidelity}; {planted} planted changes told apart"


def state_of(claim: Claim, row: Mapping | None) -> State:
    """Return a claim's state from its recorded outcome; UNKNOWN without one."""
    made = (claim.title, claim.chapter, statement_digest(claim))
    return State(*made, *verdict_of(claim, row), digest_of(claim)[:12])


def present(verdicts: Mapping | None = None) -> dict[str, State]:
    """Return the states of all claims by the verdicts of this very code."""
    verdicts = load_verdicts() if verdicts is None else verdicts
    return {i: state_of(c, current(c, verdicts)) for i, c in claims().items()}


# --- what changed ---------------------------------------------------------------------


def flips(before: Mapping[str, State], after: Mapping[str, State]) -> list[Flip]:
    """Return what changed of the claims of one version in another.

    A claim that is new there is no flip.

    Examples
    --------
    >>> now = present({"claims": {}})
    >>> flips(now, {i: s for i, s in now.items() if i != "psi-odd"})[0].what
    'withdrawn'
    """
    found = []
    for name, old in before.items():
        new = after.get(name)
        if new is None:
            found.append(Flip(name, WITHDRAWN, old.outcome, ""))
            continue
        for what in known(new):
            first, last = getattr(old, what), getattr(new, what)
            found += [Flip(name, what, first, last)] if first != last else []
    return found


def faults(history: History, now: Mapping[str, State]) -> list[str]:
    """Return what the file does not explain, or explains otherwise than it is.

    Between two versions, and from the last one to the present, the changes of one thing
    of a claim must form a chain that ends at what the later version has, and starts at
    what the earlier one had.
    """
    versions = [("", {}), *((r.version, r.claims) for r in history.releases)]
    found = [
        f"{change.claim}: {change.since!r} is no released version"
        for change in history.changes
        if change.since not in dict(versions)
    ]
    for (version, old), (_, new) in pairwise([*versions, ("", now)]):
        chains: dict[tuple[str, str], list[Change]] = {}
        for change in history.changes:
            if change.since == version:
                chains.setdefault((change.claim, change.what), []).append(change)
        found += [
            f"{flip}: no reason is given"
            for flip in flips(old, new)
            if flip[:2] not in chains
        ]
        for chain in chains.values():
            found += list(_broken(chain, old, new))
    return found


def _broken(
    chain: list[Change], old: Mapping[str, State], new: Mapping[str, State]
) -> Iterator[str]:
    """Yield where the changes of one thing of a claim do not fit together."""
    name, what = chain[0].claim, chain[0].what
    for one, two in pairwise(chain):
        if one.after != two.before:
            yield f"{name}: {what} became {one.after}, and then was {two.before}"
    if (name in new) == (what == WITHDRAWN):
        yield f"{name}: there is {'such a' if name in new else 'no such'} claim"
    for state, said in (
        (old.get(name), chain[0].before),
        (new.get(name), chain[-1].after),
    ):
        if state and what in known(state) and getattr(state, what) != said:
            yield f"{name}: {what} is {getattr(state, what)}, not {said}"


def known(state: State) -> tuple[str, ...]:
    """Return what can be compared: where nothing was decided, nothing has changed.

    Examples
    --------
    >>> known(present({"claims": {}})["psi-odd"])
    ('statement', 'chapter')
    """
    return COMPARED[2:] if state.outcome == "UNKNOWN" else COMPARED


def lines(name: str, history: History) -> list[str]:
    """Return a claim's history, a line for each release and each change, as Markdown.

    Examples
    --------
    >>> lines("psi-odd", History())
    []
    """
    found = []
    for since in ("", *(r.version for r in history.releases)):
        if since:
            release = history.release(since)
            if name in release.claims:
                status = release.claims[name].status
                found.append(f"{since} ({release.date}): {status}")
        found += [
            f"{c.date}, {when(c)}: {what_words(c)}. {c.reason}"
            for c in history.changes
            if c.claim == name and c.since == since
        ]
    return found


def when(change: Change) -> str:
    """Return before or after which release a change was made, in words."""
    return f"after {change.since}" if change.since else "before the first release"


def what_words(change: Change) -> str:
    """Return a change in words; digests of statements say nothing to a reader.

    Examples
    --------
    >>> change = Change("a-b", "outcome", "open", "checked", "", "2026-11-21", "", "x")
    >>> what_words(change)
    'outcome open → checked'
    """
    if change.what == "statement":
        return "statement reworded"
    if change.what == WITHDRAWN:
        return "withdrawn"
    return f"{change.what} {change.before} → {change.after}"


# --- the file -------------------------------------------------------------------------


def load(path: Path = FILE) -> History:
    """Read the history.

    Raises
    ------
    ValueError
        If the file is damaged or of another format, naming it.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["format"] != FORMAT:
            raise ValueError(f"format {data['format']!r}, not {FORMAT}")
        releases = [
            Release(**{**r, "claims": {i: State(**s) for i, s in r["claims"].items()}})
            for r in data["releases"]
        ]
        changes = [Change(**change) for change in data["changes"]]
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path} is damaged: {error}") from error
    return History(tuple(releases), tuple(changes))


def dumps(history: History) -> str:
    """Return the file's text, a line for each claim and each change.

    Examples
    --------
    >>> print(dumps(History()))
    {"format": 1,
    "releases": [],
    "changes": []}
    """

    def plain(value: object) -> str:
        return json.dumps(value, ensure_ascii=False)

    def block(rows: Iterable[str], ends: str) -> str:
        joined = ",\n".join(rows)
        return f"{ends[0]}\n{joined}\n{ends[1]}" if joined else ends

    def release(r: Release) -> str:
        own = [f'"{key}": {plain(getattr(r, key))}' for key in ("version", "date")]
        own += [f'"code": {plain(r.code)}', f'"pages": {plain(dict(r.pages))}']
        rows = (f"{plain(i)}: {plain(asdict(s))}" for i, s in r.claims.items())
        return "{" + ",\n".join([*own, f'"claims": {block(rows, "{}")}']) + "}"

    releases = block(map(release, history.releases), "[]")
    changes = block((plain(asdict(change)) for change in history.changes), "[]")
    return f'{{"format": {FORMAT},\n"releases": {releases},\n"changes": {changes}}}'


def recorded(
    history: History,
    version: str,
    released: str,
    states: Mapping[str, State],
    pages: Mapping[str, str],
) -> History:
    """Return the history with one more release.

    Raises
    ------
    ValueError
        If the version is there, a claim is not decided, or a change has no reason.
    """
    day(released)
    if version in [release.version for release in history.releases]:
        raise ValueError(f"{version} is recorded already")
    undecided = [
        f"{i} is {s.outcome}" for i, s in states.items() if s.outcome in UNDECIDED
    ]
    if wrong := undecided + faults(history, states):
        raise ValueError(f"{version} cannot be released: {'; '.join(wrong)}")
    made = Release(version, released, tree_digest()[:12], dict(pages), dict(states))
    return History((*history.releases, made), history.changes)


def differences(release: Release, states: Mapping[str, State]) -> list[str]:
    """Return how a release differs from the present, which is to be released as it.

    Examples
    --------
    >>> now = present({"claims": {}})
    >>> differences(Release("1.0.0", "2026-12-01", tree_digest()[:12], {}, now), now)
    []
    """
    found = [str(flip) for flip in flips(release.claims, states)]
    found += [f"{i} is not in it" for i in states if i not in release.claims]
    if release.code != tree_digest()[:12]:
        found.append(f"its code was {release.code}, now it is {tree_digest()[:12]}")
    return found


def save(history: History, path: Path = FILE) -> None:
    """Write the file in one step."""
    write_whole(path, (dumps(history) + "\n").encode())
