"""The tables of the page "How to check us", made from what was recorded.

The page is ``book/trust.md``. Nothing here says that something holds: it counts
what was run, and says when and on what.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from rfbook.ledger.coverage import PAPERS, Row
from rfbook.ledger.formal import FOLDER, axiom_words, read_record
from rfbook.ledger.hypotheses import (
    NEEDED,
    NOT_NEEDED,
    PLANTED,
    REASON,
    WAYS,
    Hypothesis,
    Key,
)
from rfbook.records import Record, RecordError, data_folder
from rfbook.records import read_record as read_run


def table(head: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    """Return a table in Markdown.

    Examples
    --------
    >>> print(table(["n", "square"], [[2, 4]]))
    | n | square |
    | --- | --- |
    | 2 | 4 |
    """
    rows = [head, ["---"] * len(head), *lines]
    return "\n".join("| " + " | ".join(map(str, row)) + " |" for row in rows)


# --- second routes ----------------------------------------------------------------


def second_routes() -> list[dict]:
    """Return the headline numbers that come out of two ways, and how well they agree.

    The second ways are functions of ``tests/second_routes.py``, which imports nothing
    of the book; ``tests/test_second_routes.py`` compares.

    Examples
    --------
    >>> {"name", "what", "claim", "first", "second"} <= set(second_routes()[0])
    True
    """
    text = files("rfbook").joinpath("second_routes.json").read_text("utf-8")
    return json.loads(text)


def routes_table(rows: Iterable[Mapping]) -> str:
    """Return the table of the second routes."""
    head = ("number", "the book's way", "second way", "agree within", "why")
    lines = [
        (
            f"{row['what']} ({{prf:ref}}`{row['claim']}`)",
            f"`{row['first']}`",
            row["second"],
            within(row),
            row["why"],
        )
        for row in rows
    ]
    return table(head, lines)


def within(row: Mapping) -> str:
    """Say how far two ways may differ.

    Examples
    --------
    >>> within({"tolerance": 0.0}), within({"tolerance": 4.0})
    ('equal', '4 standard errors')
    >>> within({"tolerance": 1e-9})
    '1e-09 of it'
    """
    tolerance = row["tolerance"]
    if tolerance == 0:
        return "equal"
    if tolerance >= 1:
        return f"{tolerance:.0f} standard errors"
    return f"{tolerance:.0e} of it"


# --- coverage ---------------------------------------------------------------------


def coverage_table(rows: Iterable[Row]) -> str:
    """Return, for each text, how its rows stand."""
    head = ("text", "rows", "with claims", "with a reason", "neither")
    lines = []
    for name, found in by_text(rows).items():
        states = [row.state for row in found]
        counts = map(states.count, ("covered", "reasoned", "not yet"))
        lines.append((name, len(found), *counts))
    return table(head, lines)


def by_text(things: Iterable) -> dict[str, list]:
    """Sort rows or hypotheses by their text, in the order in which they come.

    Examples
    --------
    >>> row = Row("ys", "NeurIPS 2019", "remark", "1", "", "a title", "psi")
    >>> list(by_text([row, row]))
    ['Yehudai and Shamir, NeurIPS 2019']
    """
    groups: dict[str, list] = {}
    for thing in things:
        paper, version = thing.key[:2]
        groups.setdefault(f"{PAPERS[paper]}, {version}", []).append(thing)
    return groups


# --- hypotheses -------------------------------------------------------------------


def hypotheses_table(hypotheses: Iterable[Hypothesis]) -> str:
    """Return, for each text, how many of its hypotheses are held, and by what."""
    head = (
        "text",
        "statements",
        "hypotheses",
        "an error planted",
        "shown to be needed",
        "not needed",
        "a reason",
        "none of these",
    )
    lines = []
    for name, found in by_text(hypotheses).items():
        held = [one.held for one in found]
        statements = len({one.key for one in found})
        lines.append((name, statements, len(found), *map(held.count, (*WAYS, ""))))
    return table(head, lines)


def hypotheses_list(hypotheses: Iterable[Hypothesis], rows: Iterable[Row]) -> str:
    """Return every hypothesis under its statement, and what holds it, in Markdown."""
    known = {row.key: row for row in rows}
    blocks = []
    for name, found in by_text(hypotheses).items():
        blocks.append(f"**{name}**")
        statements: dict[Key, list[str]] = {}
        for one in found:
            words = f"  - {one.what}: {held_words(one)}"
            statements.setdefault(one.key, []).append(words)
        for key, lines in statements.items():
            row = known[key]
            blocks.append("\n".join([f"- {row.label}: {row.title}", *lines]))
    return "\n\n".join(blocks)


def held_words(one: Hypothesis) -> str:
    """Say what holds a hypothesis.

    Examples
    --------
    >>> held_words(Hypothesis("d > 40", NOT_NEEDED, "psi-odd", note="every d"))
    'not needed in {prf:ref}`psi-odd` (every d)'
    """
    if one.held == REASON:
        return f"no check; {one.note}"
    words = {
        PLANTED: f"“{one.error}” is refuted in {{prf:ref}}`{one.claim}`",
        NEEDED: f"needed, see {{prf:ref}}`{one.claim}`",
        NOT_NEEDED: f"not needed in {{prf:ref}}`{one.claim}`",
        "": "held by nothing so far",
    }[one.held]
    return words + (f" ({one.note})" if one.note else "")


# --- formal proofs ----------------------------------------------------------------


def formal_table(folder: Path = FOLDER) -> str:
    """Return the files with formal proofs: what Coq said, and when."""
    lines = []
    for path in sorted(folder.glob("*.v")):
        record = read_record(path)
        lines.append(
            (
                f"`{path.name}`",
                len(record["theorems"]),
                record["coq"],
                record["date"],
                axiom_words(record["axioms"]),
            )
        )
    return table(("file", "theorems", "Coq", "accepted on", "rests on"), lines)


# --- what was run, and where ------------------------------------------------------


def recorded_runs(folder: Path | None = None) -> dict[str, Record]:
    """Return every record of the book, by its file's name; other files are left out."""
    folder = folder or data_folder()
    found = {}
    for path in sorted([*folder.rglob("*.json"), *folder.rglob("*.npz")]):
        try:
            found[path.relative_to(folder).as_posix()] = read_run(path)
        except RecordError:
            continue
    return found


def runs_table(runs: Mapping[str, Record]) -> str:
    """Return how many records each device and version of Python made."""
    counts: dict[tuple[str, str], int] = {}
    for record in runs.values():
        key = (record.device, record.versions["python"])
        counts[key] = counts.get(key, 0) + 1
    lines = [(*key, count) for key, count in sorted(counts.items())]
    return table(("device", "Python", "records"), lines)


# --- what the pages carry ---------------------------------------------------------


def vendored() -> list[dict]:
    """Return what the pages carry besides their text: whose it is, under which licence.

    ``files`` are patterns of paths below the pages' ``_static``; a test of the built
    book finds each file there under exactly one of them.

    Examples
    --------
    >>> [row["licence"] for row in vendored() if row["what"].startswith("MathJax")]
    ['Apache 2.0']
    """
    text = files("rfbook").joinpath("vendored.json").read_text("utf-8")
    return json.loads(text)


def vendored_table(rows: Iterable[Mapping]) -> str:
    """Return the table of what the pages carry, in Markdown."""
    lines = [(row["what"], row["from"], row["licence"]) for row in rows]
    return table(("what", "from", "licence"), lines)
