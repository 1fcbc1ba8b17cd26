"""What a chapter costs the reader: pages of reading, seconds of running, memory.

``python -m rfbook.footprints`` runs every chapter in a fresh kernel with one thread,
one after the other, and records the seconds and the largest resident memory in
``book/_static/data/footprints.json``. Seconds are those of the machine that the record
names and are to be taken on a quiet one; the memory depends little on it. Reading times
are not recorded: they are computed from the page by a rule, see `reading_minutes`.
"""

from __future__ import annotations

import argparse
import datetime
import json
import math
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rfbook.chapters import checkout, front_matter, list_chapters
from rfbook.ledger.digest import tree_digest
from rfbook.places import without_code
from rfbook.records import Record, data_folder, provenance, read_record, write_record

KIND = "footprints"
FILE = "footprints.json"
MIB = 2**20
WORDS_A_MINUTE = 200
WORDS_OF_FORMULA = 2
WORDS_OF_DISPLAY = 50
WORDS_OF_CODE_LINE = 5
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

_DISPLAY = re.compile(r"\$\$.*?\$\$", re.DOTALL)
_INLINE = re.compile(r"(?<!\\)\$[^$]+\$")
_CODE = re.compile(r"^(`{3,})\{code-cell\}[^\n]*\n(.*?)^\1[ \t]*$", re.M | re.DOTALL)
_OPTION = re.compile(
    r"^(?::[\w-]+:|---|#\||\(\S+\)=$|`{3,}|:{3,})[^\n]*$", re.MULTILINE
)
_METADATA = re.compile(r"\A---\n.*?^---\n", re.MULTILINE | re.DOTALL)


class FootprintError(ValueError):
    """A chapter that does not run, or a record that is not there."""


# ---- reading -----------------------------------------------------------------------


def weighted_words(text: str) -> int:
    r"""Return the length of a page in words, with formulas and code counted as words.

    A displayed formula counts as 50 words, one in a line as 2, a line of code as 5.

    Parameters
    ----------
    text : str
        The page's source.

    Examples
    --------
    >>> weighted_words("# Two words\n\n$$x$$\n\nand $y$.\n")
    55
    """
    cells = [_METADATA.sub("", match[2]) for match in _CODE.finditer(text)]
    lines = [line for cell in cells for line in cell.splitlines() if line.strip()]
    prose = without_code(text).replace(f"---\n{front_matter(text)}\n---", "")
    displays, prose = len(_DISPLAY.findall(prose)), _DISPLAY.sub(" ", prose)
    inline, prose = len(_INLINE.findall(prose)), _INLINE.sub(" ", prose)
    words = re.findall(r"\w+(?:[-'’]\w+)*", _OPTION.sub(" ", prose))
    formulas = WORDS_OF_DISPLAY * displays + WORDS_OF_FORMULA * inline
    return len(words) + formulas + WORDS_OF_CODE_LINE * len(lines)


def reading_minutes(text: str) -> int:
    r"""Return how long a page takes to read once, without pen and exercises.

    The length of `weighted_words` at 200 words a minute, rounded up to 5 minutes.

    Examples
    --------
    >>> reading_minutes("word " * 1000), reading_minutes("word " * 1001)
    (5, 10)
    """
    return 5 * math.ceil(weighted_words(text) / WORDS_A_MINUTE / 5)


# ---- running -----------------------------------------------------------------------


@dataclass(frozen=True)
class Footprint:
    """What running a chapter took.

    Parameters
    ----------
    seconds : float
        Wall time from the start of a fresh kernel to its end.
    mebibytes : float
        Largest resident memory of the kernel or of a process that it started.
    """

    seconds: float
    mebibytes: float


def largest_child() -> float:
    """Return the largest resident memory in MiB of the processes that have ended.

    Raises
    ------
    FootprintError
        Where the system does not tell, as on Windows.
    """
    try:
        import resource
    except ImportError as error:
        raise FootprintError("this system does not tell a process's memory") from error
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    # macOS counts bytes, Linux kibibytes.
    return peak / MIB if sys.platform == "darwin" else peak / 1024


def measure(root: Path, name: str) -> Footprint:
    """Run one chapter in a fresh kernel of a process of its own; return what it took.

    Parameters
    ----------
    root : pathlib.Path
        The checkout.
    name : str
        The chapter.

    Raises
    ------
    FootprintError
        If the chapter fails.
    """
    environment = os.environ | dict.fromkeys(THREADS, "1")
    own = [str(root), *filter(None, [environment.get("PYTHONPATH")])]
    environment["PYTHONPATH"] = os.pathsep.join(own)
    command = [sys.executable, "-m", "rfbook.footprints", "--only-print", name]
    result = subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True, check=False
    )
    if result.returncode:
        raise FootprintError(f"{name}: {result.stderr.strip()[-400:]}")
    return Footprint(**json.loads(result.stdout.splitlines()[-1]))


def run_here(root: Path, name: str) -> Footprint:
    """Run one chapter in a fresh kernel that is the only child of this process."""
    from rfbook.golden import execute, read_chapter

    chapter = read_chapter(root / "book" / f"{name}.md")
    if chapter is None:
        raise FootprintError(f"{name} is no chapter: it has no kernel or no code")
    before = largest_child()
    start = time.perf_counter()
    execute(chapter, root / "book")
    seconds = time.perf_counter() - start
    return Footprint(round(seconds, 1), round(max(before, largest_child()), 1))


# ---- the record --------------------------------------------------------------------


def commit(root: Path) -> str:
    """Return the checkout's commit, ``unknown`` where there is none."""
    command = ["git", "-C", str(root), "rev-parse", "HEAD"]
    try:
        result = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return "unknown"
    return result.stdout.strip() if result.returncode == 0 else "unknown"


def make_record(
    found: Mapping[str, Footprint], *, seconds: float, revision: str
) -> Record:
    """Return the record of a run: the chapters' footprints and where they are from.

    Parameters
    ----------
    found : mapping of str to Footprint
    seconds : float
        Wall time of the whole run.
    revision : str
        The commit.

    Examples
    --------
    >>> record = make_record({"psi": Footprint(9.0, 300.0)}, seconds=9.0, revision="x")
    >>> footprints(record)["psi"].mebibytes
    300.0
    """
    chapters = {name: vars(footprint) for name, footprint in found.items()}
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    return Record(
        kind=KIND,
        parameters={
            "commit": revision,
            "date": today,
            "machine": platform.machine(),
            "system": platform.system(),
        },
        sizes={"threads": 1, "cores": os.cpu_count() or 1},
        results={"chapters": chapters},
        # Nothing is drawn here: the chapters have their own seeds.
        **provenance(0, seconds=seconds, source_digest=tree_digest()),
    )


def recorded_footprints(path: str | Path | None = None) -> Record:
    """Return the recorded footprints of the chapters.

    Parameters
    ----------
    path : str or pathlib.Path, optional
        By default the book's own.

    Raises
    ------
    FileNotFoundError
        If there is none.
    rfbook.records.RecordError
        If it is damaged or of another kind.
    """
    return read_record(path or data_folder() / FILE, kind=KIND)


def footprints(record: Record) -> dict[str, Footprint]:
    """Return the footprints of a record, by chapter."""
    chapters = record.results["chapters"]
    return {name: Footprint(**row) for name, row in chapters.items()}


def provenance_words(record: Record) -> str:
    """Return when, where and with what a record was made, in one line."""
    versions = ", ".join(f"{name} {v}" for name, v in sorted(record.versions.items()))
    made = record.parameters
    return (
        f"{made['date']}, commit {made['commit'][:10]}, {record.device}, "
        f"{made['system']}, one thread; {versions}"
    )


def run_words(footprint: Footprint) -> str:
    """Return what running takes, rounded as far as it means something.

    Examples
    --------
    >>> run_words(Footprint(23.4, 412.3)), run_words(Footprint(130.0, 1500.0))
    ('25 s, 450 MB', '2 min 10 s, 1.6 GB')
    """
    seconds = 5 * math.ceil(footprint.seconds / 5)
    minutes, rest = divmod(seconds, 60)
    span = f"{minutes} min {rest} s" if minutes else f"{rest} s"
    megabytes = 50 * math.ceil(footprint.mebibytes * MIB / 10**6 / 50)
    size = f"{megabytes} MB" if megabytes < 1000 else f"{megabytes / 1000:.2g} GB"
    return f"{span}, {size}"


def say(line: str) -> None:
    """Write a line at once: a run takes minutes."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(argv: Sequence[str] | None = None, *, root: Path | None = None) -> int:
    """Run ``python -m rfbook.footprints``; return its exit status.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments; the process's own by default.
    root : pathlib.Path, optional
        The checkout; the one this package runs from by default.

    Returns
    -------
    int
        0; 1 if a chapter fails; 2 on a wrong call.
    """
    parser = argparse.ArgumentParser(
        prog="python -m rfbook.footprints",
        description="Record what running each chapter takes: seconds and memory.",
    )
    parser.add_argument("names", nargs="*", metavar="CHAPTER", help="default: all")
    parser.add_argument(
        "--only-print", action="store_true", help="write no record, print the numbers"
    )
    args = parser.parse_args(argv)
    root = root or checkout()
    if root is None:
        parser.error("not in a checkout of the book")
    known = list_chapters(root / "book")
    if unknown := sorted(set(args.names) - set(known)):
        parser.error(f"no chapter {', '.join(unknown)}; there are: {', '.join(known)}")
    if args.names and not args.only_print:
        parser.error("a record is of all chapters: chapters are named to --only-print")
    try:
        if args.only_print:
            for name in args.names or known:
                say(json.dumps(vars(run_here(root, name))))
        else:
            record_all(root, known)
    except ValueError as error:
        sys.stderr.write(f"rfbook.footprints: {error}\n")
        return 1
    return 0


def record_all(root: Path, names: Sequence[str]) -> None:
    """Measure the chapters one after the other and write the record."""
    start, found = time.perf_counter(), {}
    for name in names:
        found[name] = measure(root, name)
        say(f"{name}: {run_words(found[name])}")
    seconds = time.perf_counter() - start
    record = make_record(found, seconds=seconds, revision=commit(root))
    write_record(root / "book" / "_static" / "data" / FILE, record)


if __name__ == "__main__":
    sys.exit(main())
