"""What is too long for every run, and how it went when it was last tried.

``make test-oldest``, ``make test-latest``, ``make test-threads``, ``make twice`` and
``make audit`` end here: each leaves a record in ``book/_static/data/trials/`` with its
outcome, green or red, its date, and what it was run with. The page *How to check us*
shows them; what has no record there is UNKNOWN.
"""

from __future__ import annotations

import argparse
import datetime
import difflib
import io
import json
import os
import platform
import re
import sys
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rfbook.chapters import checkout
from rfbook.footprints import commit
from rfbook.ledger.digest import tree_digest
from rfbook.records import Record, data_folder, provenance, read_record, write_record

KIND = "trial"
FOLDER = "trials"
TRIALS = {
    "oldest": "all tests on the oldest releases that the ranges allow",
    "latest": "all tests on the newest releases that the ranges allow",
    "threads": "the notebooks with two threads of linear algebra instead of one",
    "twice": "the book built twice from fresh clones",
    "audit": "the locked packages looked up among known vulnerabilities",
}
"""What is tried, by name."""
PACKAGES = (
    *("numpy", "scipy", "sympy", "matplotlib", "python-flint", "torch"),
    *("jupyter-book", "sphinx", "nbval", "pytest"),
)

EXPECTED = {
    "a time of the run": re.compile(rb"\b\d+(?:\.\d+)?(?:e-?\d+)? ?(?:s|ms|min)\b"),
    "a ratio of times": re.compile(rb"\b\d+ times the exact curves"),
}
"""What may differ between two builds of the same sources, and how it is recognised."""
NUMBERS = re.compile(rb'"\d+": ?(?:\d+|\[[^\]]*\]),? ?')
"""The entries of numbers in the index of the search: a time that is shown is a word."""

TEXTS = {".html", ".js", ".css", ".json", ".txt", ".xml", ".svg", ".ipynb", ".bib"}


class TrialError(ValueError):
    """A result that is not there or that is none."""


# ---- tests -------------------------------------------------------------------------


def count_outcomes(result: str | Path) -> dict[str, int]:
    """Return the counts of a run of pytest from its JUnit file.

    Parameters
    ----------
    result : str or pathlib.Path
        What ``pytest --junitxml`` has written.

    Returns
    -------
    dict of str to int
        ``passed``, ``failed`` (errors among them) and ``skipped``.

    Raises
    ------
    TrialError
        If the file is missing, damaged, or tells of no test.
    """
    try:
        # Written by our own run of the tests a moment ago.
        suites = ET.parse(result).getroot().iter("testsuite")  # noqa: S314
        sums = dict.fromkeys(("tests", "failures", "errors", "skipped"), 0)
        for suite in suites:
            for name in sums:
                sums[name] += int(suite.get(name, 0))
    except (OSError, ET.ParseError, ValueError) as error:
        raise TrialError(f"{result} holds no result of tests: {error}") from None
    failed = sums["failures"] + sums["errors"]
    if not sums["tests"]:
        raise TrialError(f"{result} tells of no test")
    passed = sums["tests"] - failed - sums["skipped"]
    return {"passed": passed, "failed": failed, "skipped": sums["skipped"]}


def failed_tests(result: str | Path) -> list[str]:
    """Return the names of the tests that failed, at most twenty."""
    # The same file as that of `count_outcomes`.
    cases = ET.parse(result).getroot().iter("testcase")  # noqa: S314
    names = [
        f"{case.get('classname')}::{case.get('name')}"
        for case in cases
        if case.find("failure") is not None or case.find("error") is not None
    ]
    return sorted(names)[:20]


def seconds_of(result: str | Path) -> float:
    """Return the wall time of a run of pytest from its JUnit file."""
    # The same file as that of `count_outcomes`.
    suites = ET.parse(result).getroot().iter("testsuite")  # noqa: S314
    return sum(float(suite.get("time", 0)) for suite in suites)


# ---- two books ---------------------------------------------------------------------


def differences(first: Path, second: Path) -> dict[str, list[str]]:
    """Compare two built books file by file.

    Parameters
    ----------
    first, second : pathlib.Path
        The folders of their pages.

    Returns
    -------
    dict of str to list of str
        ``missing``: files of one book only; ``differing``: files that differ in more
        than `EXPECTED`, each with its first differing line; ``expected``: files that
        differ in no more than that.

    Raises
    ------
    TrialError
        If a folder holds no book.
    """
    trees = [_files(folder) for folder in (first, second)]
    found = {"missing": sorted(trees[0] ^ trees[1]), "differing": [], "expected": []}
    for name in sorted(trees[0] & trees[1]):
        one, other = (folder.joinpath(name).read_bytes() for folder in (first, second))
        if one == other:
            continue
        if _members(name, one) == _members(name, other):
            found["expected"].append(name)
        else:
            found["differing"].append(f"{name}: {_first_difference(one, other)}")
    return found


def _files(folder: Path) -> set[str]:
    if not (folder / "index.html").is_file():
        raise TrialError(f"{folder} holds no book")
    return {
        str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()
    }


def _members(name: str, content: bytes) -> dict[str, bytes]:
    """Return what a file holds without what is expected to differ; of a zip each part.

    What is no text is compared as it is.
    """
    if Path(name).suffix == ".zip":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = {part: archive.read(part) for part in archive.namelist()}
        return {part: _masked(inner) for part, inner in parts.items()}
    if Path(name).name == "searchindex.js":
        content = NUMBERS.sub(b"", content)
    return {name: _masked(content) if Path(name).suffix in TEXTS else content}


def _masked(content: bytes) -> bytes:
    for pattern in EXPECTED.values():
        content = pattern.sub(b"@", content)
    return content


def _first_difference(one: bytes, other: bytes) -> str:
    """Return the first line, cut, that only one of two files has."""
    pairs = [_masked(content).decode("utf-8", "replace") for content in (one, other)]
    lines = difflib.unified_diff(*(text.splitlines() for text in pairs), n=0)
    changed = (
        line for line in lines if line[:1] in "+-" and line[:3] not in {"+++", "---"}
    )
    return next(changed, "")[:160]


# ---- vulnerabilities ---------------------------------------------------------------


def audited(result: str | Path) -> dict[str, Any]:
    """Return what a run of pip-audit found, from its JSON file.

    Parameters
    ----------
    result : str or pathlib.Path
        What ``pip-audit --format json`` has written.

    Returns
    -------
    dict
        ``packages``: how many were looked up; ``vulnerable``: package, version and
        names of the reports, a line for each package that has some; ``left_out``: the
        packages that could not be looked up.

    Raises
    ------
    TrialError
        If the file is missing, damaged, or tells of no package.
    """
    try:
        rows = json.loads(Path(result).read_text(encoding="utf-8"))["dependencies"]
        left_out = sorted(row["name"] for row in rows if "skip_reason" in row)
        known = [row for row in rows if "skip_reason" not in row]
        reports = {
            f"{row['name']} {row['version']}": [report["id"] for report in row["vulns"]]
            for row in known
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TrialError(f"{result} holds no result of an audit: {error}") from None
    if not known:
        raise TrialError(f"{result} tells of no package")
    vulnerable = [f"{name}: {', '.join(ids)}" for name, ids in reports.items() if ids]
    return {
        "packages": len(known),
        "vulnerable": sorted(vulnerable),
        "left_out": left_out,
    }


# ---- the record --------------------------------------------------------------------


def make_record(
    name: str, results: Mapping[str, Any], *, seconds: float, root: Path, words: str
) -> Record:
    """Return the record of a trial.

    Parameters
    ----------
    name : str
        A key of `TRIALS`.
    results : mapping of str to JSON values
        What came out; its value ``green`` tells whether it is as it should be.
    seconds : float
        Wall time.
    root : pathlib.Path
        The checkout.
    words : str
        What of the trial was run, where it was a part of it; else empty.
    """
    if name not in TRIALS:
        raise TrialError(f"no trial {name!r}; there are: {', '.join(TRIALS)}")
    return Record(
        kind=KIND,
        parameters={
            "commit": commit(root),
            "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
            "machine": platform.machine(),
            "name": name,
            "selection": words,
            "system": platform.system(),
        },
        sizes={"cores": os.cpu_count() or 1},
        results=dict(results),
        # Nothing is drawn here: the tests have their own seeds.
        **provenance(
            0, seconds=seconds, source_digest=tree_digest(), packages=PACKAGES
        ),
    )


def recorded_trials(folder: str | Path | None = None) -> dict[str, Record | None]:
    """Return the last record of each trial, None where there is none.

    Raises
    ------
    rfbook.records.RecordError
        If a record is damaged or of another kind.
    """
    place = Path(folder) if folder else data_folder() / FOLDER
    files = {name: place / f"{name}.json" for name in TRIALS}
    return {
        name: read_record(path, kind=KIND) if path.is_file() else None
        for name, path in files.items()
    }


def outcome_words(record: Record | None) -> str:
    """Return how a trial went, in words; UNKNOWN where it was never run."""
    if record is None:
        return "UNKNOWN: not tried yet"
    found = record.results
    if record.parameters["name"] == "twice":
        parts = [f"{len(found['missing'])} files in one only"]
        parts += [f"{len(found['differing'])} different"]
        parts += [f"{len(found['expected'])} different in times only"]
    elif record.parameters["name"] == "audit":
        parts = [f"{found['packages']} packages", *found["vulnerable"]]
        parts += [f"{name}: not looked up" for name in found["left_out"]]
        parts += ["no report"] * found["green"]
    else:
        parts = [f"{found[name]} {name}" for name in ("passed", "failed", "skipped")]
    selection = record.parameters["selection"]
    return ", ".join(parts) + (f" ({selection})" if selection else "")


def trials_table(folder: str | Path | None = None) -> str:
    """Return the trials as a table in Markdown: what, outcome, date, versions."""
    lines = ["| tried | outcome | day | with |", "| --- | --- | --- | --- |"]
    for name, record in recorded_trials(folder).items():
        day = record.parameters["date"] if record else "never"
        packages = sorted(record.versions.items()) if record else []
        versions = ", ".join(f"{package} {v}" for package, v in packages)
        what = TRIALS[name]
        lines.append(f"| {what} | {outcome_words(record)} | {day} | {versions} |")
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None, *, root: Path | None = None) -> int:
    """Run ``python -m rfbook.trials``; return 0, or 1 where there is no result."""
    parser = argparse.ArgumentParser(
        prog="python -m rfbook.trials", description="Record how a long trial went."
    )
    parser.add_argument("name", choices=TRIALS)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--selection", default="", help="what of it was run")
    parser.add_argument("--seconds", type=float, help="wall time, if not of the tests")
    options = parser.parse_args(argv)
    root = root or checkout()
    if root is None:
        parser.error("not in a checkout of the book")
    try:
        results, seconds = _results_of(options.name, options.files)
        record = make_record(
            options.name,
            results,
            seconds=seconds if options.seconds is None else options.seconds,
            root=root,
            words=options.selection,
        )
    except TrialError as error:
        sys.stderr.write(f"rfbook.trials: {error}\n")
        return 1
    path = root / "book" / "_static" / "data" / FOLDER / f"{options.name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_record(path, record)
    sys.stdout.write(f"{TRIALS[options.name]}: {outcome_words(record)}\n")
    return 0


def _results_of(name: str, files: Sequence[Path]) -> tuple[dict[str, Any], float]:
    """Return what came out, and the seconds that the files tell."""
    if name == "twice":
        _want(files, 2, "the folders of two books")
        found: dict[str, Any] = differences(*files)
        found["green"] = not (found["missing"] or found["differing"])
        return found, 0.0
    if name == "audit":
        _want(files, 1, "the JSON file of the audit")
        found = audited(files[0])
        found["green"] = not (found["vulnerable"] or found["left_out"])
        return found, 0.0
    _want(files, 1, "the JUnit file of the tests")
    counts = count_outcomes(files[0])
    green = not counts["failed"]
    results = {**counts, "green": green, "names": failed_tests(files[0])}
    return results, seconds_of(files[0])


def _want(files: Sequence[Path], number: int, words: str) -> None:
    if len(files) != number:
        raise TrialError(f"{words} are wanted, not {[str(path) for path in files]}")


if __name__ == "__main__":
    sys.exit(main())
