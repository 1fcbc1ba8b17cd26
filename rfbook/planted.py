"""Which check catches which planted error: every check on every error, recorded.

`rfbook verify` stops at the first check that refutes a planted error. This asks all of
them, so that a check which refutes none is seen, and so is a claim that rests on one
check alone. ``python -m rfbook.planted`` runs it, claim by claim, and resumes.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rfbook.footprints import commit
from rfbook.ledger import Claim, Verdict, claims
from rfbook.ledger.digest import tree_digest
from rfbook.ledger.runner import digest_of
from rfbook.records import Record, data_folder, provenance, read_record, write_record

KIND = "planted-errors"
FILE = f"{KIND}.json"
PACKAGES = ("numpy", "scipy", "sympy", "python-flint", "mpmath")


def tried(claim: Claim) -> dict:
    """Run every check of a claim, and the weak one, on each of its planted errors.

    Parameters
    ----------
    claim : Claim
        One that is expected to hold.

    Returns
    -------
    dict
        ``checks``: for each check its ``kind``, ``role`` and ``title``; ``errors``: for
        each planted error ``what``, ``near``, ``caught`` (the places of the checks that
        refute it with a witness), ``unknown`` (of those that could not decide) and
        ``fools`` (whether the weak check lets it pass); ``seconds``.
    """
    started = time.perf_counter()
    errors = []
    for planted in claim.planted:
        statement = claim.statement.changed(**planted.changes)
        verdicts = [check.run(statement).verdict for check in claim.checks]
        weak = claim.weak.run(statement).verdict if claim.weak else Verdict.FAILS
        errors.append(
            {
                "what": planted.what,
                "near": planted.near,
                "caught": _places(verdicts, Verdict.FAILS),
                "unknown": _places(verdicts, Verdict.UNKNOWN),
                "fools": weak is Verdict.HOLDS,
            }
        )
    checks = [{"kind": c.kind, "role": c.role, "title": c.title} for c in claim.checks]
    seconds = round(time.perf_counter() - started, 2)
    return {"checks": checks, "errors": errors, "seconds": seconds}


def _places(verdicts: Sequence[Verdict], wanted: Verdict) -> list[int]:
    return [i for i, verdict in enumerate(verdicts) if verdict is wanted]


def with_errors(registry: Mapping[str, Claim]) -> list[Claim]:
    """Return the claims that hold and keep planted errors."""
    return [
        claim
        for claim in registry.values()
        if claim.status == "checked"
        and claim.expects is Verdict.HOLDS
        and claim.planted
    ]


# --- the record -------------------------------------------------------------------


def run(path: Path, registry: Mapping[str, Claim], root: Path, say=print) -> Record:
    """Ask all checks of all claims, and leave the record.

    What the record has of the very same code is kept: a run that was stopped goes on.

    Parameters
    ----------
    path : pathlib.Path
        The record, made where there is none.
    registry : mapping of str to Claim
    root : pathlib.Path
        The checkout.
    say : callable
        Told of each claim that was run.
    """
    rows = (
        dict(read_record(path, kind=KIND).results["claims"]) if path.is_file() else {}
    )
    wanted = with_errors(registry)
    rows = {c.id: rows[c.id] for c in wanted if c.id in rows}
    for claim in wanted:
        digest = digest_of(claim)
        if rows.get(claim.id, {}).get("digest") != digest:
            rows[claim.id] = {**tried(claim), "digest": digest}
            write_record(path, make_record(rows, root))
            say(f"{claim.id}: {rows[claim.id]['seconds']:.1f} s")
    record = make_record(rows, root)
    write_record(path, record)
    return record


def make_record(rows: Mapping[str, dict], root: Path) -> Record:
    """Return the record of a run."""
    made = provenance(
        0,
        seconds=round(sum(row["seconds"] for row in rows.values()), 1),
        source_digest=tree_digest(),
        packages=PACKAGES,
    )
    date = datetime.now(UTC).date().isoformat()
    return Record(
        kind=KIND,
        parameters={"date": date, "revision": commit(root)},
        sizes={"claims": len(rows)},
        results={"claims": dict(sorted(rows.items()))},
        **made,
    )


def recorded_planted(path: Path | None = None) -> Record:
    """Return the record, by default the book's own.

    Raises
    ------
    FileNotFoundError
        If there is none.
    rfbook.records.RecordError
        If it is damaged or of another kind.
    """
    return read_record(path or data_folder() / FILE, kind=KIND)


# --- what it says -----------------------------------------------------------------


@dataclass(frozen=True)
class Tally:
    """What all planted errors together say.

    Attributes
    ----------
    claims, errors, near, caught, fools : int
        The claims; their planted errors; of these the near misses, those that at least
        one check refutes, and those that the weak check lets pass.
    several : int
        The errors that at least two checks refute.
    """

    claims: int
    errors: int
    near: int
    caught: int
    fools: int
    several: int


def tally(rows: Mapping[str, dict]) -> Tally:
    """Count the planted errors of all claims.

    Examples
    --------
    >>> error = {"near": True, "caught": [0, 2], "unknown": [], "fools": True}
    >>> tally({"one-two": {"errors": [error]}})
    Tally(claims=1, errors=1, near=1, caught=1, fools=1, several=1)
    """
    errors = [error for row in rows.values() for error in row["errors"]]
    return Tally(
        claims=len(rows),
        errors=len(errors),
        near=sum(error["near"] for error in errors),
        caught=sum(bool(error["caught"]) for error in errors),
        fools=sum(error["fools"] for error in errors),
        several=sum(len(error["caught"]) > 1 for error in errors),
    )


def kinds_table(rows: Mapping[str, dict]) -> str:
    """Return, for each kind and role of check, what became of the errors, in Markdown.

    A check refutes an error, or is undecided, or lets it pass.
    """
    counts: dict[tuple[str, str], list[int]] = {}
    for row in rows.values():
        for i, check in enumerate(row["checks"]):
            found = counts.setdefault((check["kind"], _role(check)), [0] * 6)
            for place, more in enumerate((1, *fates(row, i), _alone(row, i))):
                found[place] += more
            found[5] += is_blind(row, i)
    head = ("kind", "decides", "checks", "refuted", "undecided", "let pass")
    head += ("by no other check", "checks that let all pass")
    lines = [(*key, *found) for key, found in sorted(counts.items())]
    table = [head, ("---",) * len(head), *lines]
    return "\n".join("| " + " | ".join(map(str, row)) + " |" for row in table)


def fates(row: Mapping[str, list], i: int) -> tuple[int, int, int]:
    """Return how many errors check i of a claim refutes, leaves open, lets pass.

    Examples
    --------
    >>> errors = [{"caught": [0], "unknown": [1]}, {"caught": [0], "unknown": []}]
    >>> fates({"errors": errors}, 0), fates({"errors": errors}, 1)
    ((2, 0, 0), (0, 1, 1))
    """
    refuted = sum(i in error["caught"] for error in row["errors"])
    undecided = sum(i in error["unknown"] for error in row["errors"])
    return refuted, undecided, len(row["errors"]) - refuted - undecided


def _alone(row: Mapping[str, list], i: int) -> int:
    return sum(error["caught"] == [i] for error in row["errors"])


def is_blind(row: Mapping[str, list], i: int) -> bool:
    """Tell whether check i of a claim lets every planted error pass."""
    return fates(row, i)[2] == len(row["errors"])


def _role(check: Mapping[str, str]) -> str:
    return "the statement" if check["role"] == "statement" else "a step"


def blind(rows: Mapping[str, dict]) -> list[tuple[str, str]]:
    """Return (claim, check) for each check that lets all errors of its claim pass.

    Nothing that is planted shows that such a check can do anything else.
    """
    return [
        (name, check["title"])
        for name, row in sorted(rows.items())
        for i, check in enumerate(row["checks"])
        if is_blind(row, i)
    ]


def easy(rows: Mapping[str, dict]) -> list[str]:
    """Return the claims of which one check refutes every error, and no other any.

    Only claims with several checks of the statement are looked at.
    """
    return [
        name
        for name, row in sorted(rows.items())
        if sum(check["role"] == "statement" for check in row["checks"]) > 1
        and len({i for error in row["errors"] for i in error["caught"]}) == 1
    ]


def tally_words(record: Record) -> str:
    """Say in a sentence or two what all planted errors together came to."""
    found = tally(record.results["claims"])
    return (
        f"On {record.parameters['date']}: {found.claims} claims with {found.errors} "
        f"planted errors, {found.near} of them near misses. At least one check refuted "
        f"{found.caught} of them, at least two {found.several}. The deliberately weak "
        f"checks let {found.fools} pass."
    )


def blind_list(rows: Mapping[str, dict]) -> str:
    """Return the checks of `blind` with their claims, in Markdown."""
    lines = [f"- {{prf:ref}}`{name}`: {title}" for name, title in blind(rows)]
    return "\n".join(lines) or "None."


def easy_list(rows: Mapping[str, dict]) -> str:
    """Return the claims of `easy`, in Markdown."""
    return ", ".join(f"{{prf:ref}}`{name}`" for name in easy(rows)) or "None."


def main(argv: Sequence[str] | None = None, root: Path | None = None) -> int:
    """Run the command.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments; the process's own by default.
    root : pathlib.Path, optional
        The checkout; the one this package runs from by default.
    """
    parser = argparse.ArgumentParser(
        prog="python -m rfbook.planted",
        description="Ask every check about every planted error, and record it.",
    )
    parser.parse_args(argv)
    root = root or Path(__file__).resolve().parents[1]
    path = root / "book" / "_static" / "data" / FILE
    run(path, claims(), root, lambda text: sys.stdout.write(text + "\n"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
