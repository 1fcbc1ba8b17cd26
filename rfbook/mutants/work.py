"""Draws mutants of a room, runs the room's tests on each, and keeps what came out.

The tests run in a copy of the tree. After each mutant the room's record is written
anew, whole, so that a run that is stopped goes on where it was.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rfbook.footprints import commit
from rfbook.mutants.operators import Mutant, cached_functions, mutants
from rfbook.mutants.rooms import Room
from rfbook.records import Record, provenance, read_record, write_record

KIND = "mutants"
FOLDER = Path("book", "_static", "data", "mutants")
"""Where the records are, from the root of the tree."""

SLOW = 20.0
"""Seconds above which a test is left out, and counted."""

MARGIN = 12.0
"""Seconds that a mutant has beyond five times what its tests take."""

PACKAGES = ("numpy", "scipy", "sympy", "python-flint", "torch", "pytest", "hypothesis")

LEFT = (".git", ".venv*", "build", "_build", "dist", "__pycache__", ".*_cache")
"""What a copy of the tree does not need."""


class WorkError(Exception):
    """Why a room's tests cannot be used."""


# --- the copy and its server ------------------------------------------------------


@contextmanager
def copied(root: Path) -> Iterator[Path]:
    """Give a copy of the tree, compiled, for as long as it is needed."""
    with TemporaryDirectory(prefix="rfbook-mutants-") as folder:
        copy = Path(folder) / "tree"
        shutil.copytree(root, copy, ignore=shutil.ignore_patterns(*LEFT))
        # By their texts no more: an unchanged module is never compiled twice.
        mode = "--invalidation-mode=unchecked-hash"
        compile_all = [sys.executable, "-m", "compileall", "-q", mode, "rfbook"]
        subprocess.run(compile_all, cwd=copy, check=True)
        yield copy


class Server:
    """The process of `rfbook.mutants.server` in a copy of the tree."""

    def __init__(self, copy: Path) -> None:
        one_thread = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "rfbook.mutants.server"],
            cwd=copy,
            env={**os.environ, **one_thread, "PYTHONPATH": str(copy)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def ask(self, job: str, *, limit: float | None = None, **request: Any) -> dict:
        """Send a request and wait for the answer.

        Raises
        ------
        WorkError
            If the server is gone, or could not run the tests.
        """
        request |= {"job": job, "limit": limit}
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if not answer:
            raise WorkError(f"the process that runs the tests ended: {job}")
        found = json.loads(answer)
        if "error" in found:
            raise WorkError(f"the tests could not be run: {found['error']}")
        return found

    def close(self) -> None:
        """End the process."""
        self.process.stdin.close()
        self.process.wait(timeout=60)
        self.process.stdout.close()


# --- which tests, which mutants ---------------------------------------------------


def draw(found: Sequence[Mutant], count: int, seed: int, room: str) -> list[Mutant]:
    """Return a uniform sample; a larger one begins with the smaller.

    Examples
    --------
    >>> found = mutants("x = a + b * (c - 1)", "a.py")
    >>> draw(found, 5, 0, "room")[:3] == draw(found, 3, 0, "room")
    True
    """
    order = list(found)
    random.Random(f"{room} {seed}").shuffle(order)  # noqa: S311, a sample, no secret
    return order[:count]


def proportion(possible: int, share: float) -> int:
    """Return the size of a sample that has a given share of a room, rounded up.

    Parameters
    ----------
    possible : int
        The room's mutants.
    share : float
        From 0 to 1.

    Raises
    ------
    ValueError
        If the share is out of range.

    Examples
    --------
    >>> proportion(101, 0.07), proportion(100, 0.07)
    (8, 7)
    """
    if not 0 <= share <= 1:
        raise ValueError(f"share must be >= 0 and <= 1, got {share}")
    # A product like 100 * 0.07 is a little more than the integer that is meant.
    return math.ceil(round(possible * share, 9))


class Baseline:
    """What the tests do on the unchanged tree.

    Parameters
    ----------
    seconds : mapping of str to float
        How long each test takes, in the order in which they ran.
    lines : mapping of str to (mapping of str to list of str)
        For each file and line the tests that run it; "" stands for the import.
    """

    def __init__(
        self,
        seconds: Mapping[str, float],
        lines: Mapping[str, Mapping[str, Sequence[str]]],
    ) -> None:
        self.seconds, self.lines = seconds, lines
        self.left_out = sorted(name for name, s in seconds.items() if s > SLOW)
        self.usable = sorted(set(seconds) - set(self.left_out), key=seconds.get)
        self.files = list(dict.fromkeys(name.partition("::")[0] for name in seconds))

    def reached(self, mutant: Mutant) -> list[str]:
        """Return the tests that run a mutant's lines, the fastest first."""
        rows = self.lines.get(mutant.path, {})
        lines = range(mutant.line, mutant.last + 1)
        names = {name for line in lines for name in rows.get(str(line), ())}
        if "" in names:
            return list(self.usable)
        return [name for name in self.usable if name in names]

    def choose(self, mutant: Mutant, cached: bool) -> list[str]:
        """Return the tests to run on a mutant, the likeliest and fastest first.

        Behind those that run its lines stand the others of the same files, for which
        a fixture or a cache may have run them.
        """
        first = self.reached(mutant)
        files = {name.partition("::")[0] for name in first}
        rest = [
            name
            for name in self.usable
            if name not in first and (cached or name.partition("::")[0] in files)
        ]
        return first + rest


def measure(server: Server, room: Room, root: Path) -> Baseline:
    """Run the room's tests once on the unchanged tree.

    Raises
    ------
    WorkError
        If one fails: it would kill every mutant.
    """
    found = server.ask("time", files=room.suite(root), sources=room.files(root))
    if "died" in found or found["failed"] or found["status"]:
        raise WorkError(f"{room.name}: the unchanged tree does not pass: {found}"[:900])
    return Baseline(found["times"], found["lines"])


def try_mutant(server: Server, copy: Path, mutant: Mutant, baseline: Baseline) -> dict:
    """Put a mutant into the copy, run the tests, and put the old text back.

    Returns
    -------
    dict
        ``outcome``: ``killed``, ``timeout`` or ``survived``; ``by``, the test that
        failed, and ``why``; ``reached``, how many tests run the mutant's lines;
        ``ran``, how many were run; ``seconds``.
    """
    path = copy / mutant.path
    text = path.read_text(encoding="utf-8")
    cached = mutant.function.split(".")[0] in cached_functions(text)
    tests = baseline.choose(mutant, cached)
    limit = MARGIN + 5 * sum(baseline.seconds[name] for name in tests)
    compiled = (
        path.parent / "__pycache__" / f"{path.stem}.{sys.implementation.cache_tag}.pyc"
    )
    kept = compiled.read_bytes()
    compiled.unlink()
    path.write_text(mutant.apply(text), encoding="utf-8")
    wanted = {name.partition("::")[0] for name in tests}
    files = [name for name in baseline.files if name in wanted]
    try:
        found = (
            server.ask(
                "run",
                tests=tests,
                known=list(baseline.seconds),
                files=files,
                limit=limit,
            )
            if tests
            else {"by": "", "why": "no test reaches it", "ran": 0, "seconds": 0}
        )
    finally:
        path.write_text(text, encoding="utf-8")
        compiled.write_bytes(kept)
    # The copy's own name is of one run, and of one machine.
    found["why"] = found.get("why", "").replace(f"{copy}/", "")
    return _row(mutant, found, len(baseline.reached(mutant)))


def _row(mutant: Mutant, found: Mapping[str, Any], reached: int) -> dict:
    """Return the row of a mutant."""
    outcome = "killed" if found.get("by") or "died" in found else "survived"
    if found.get("died") == "timeout":
        outcome = "timeout"
    return {
        "name": mutant.name,
        "line": mutant.line,
        "outcome": outcome,
        "by": found.get("by") or found.get("died", ""),
        "why": found.get("why", ""),
        "reached": reached,
        "ran": found.get("ran", 0),
        "seconds": found["seconds"],
    }


# --- the record -------------------------------------------------------------------


def digests(root: Path, files: Sequence[str]) -> dict[str, str]:
    """Return the SHA-256 of files, by their names."""
    return {f: hashlib.sha256((root / f).read_bytes()).hexdigest() for f in files}


def digest(parts: Mapping[str, str]) -> str:
    """Return one digest of many."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def record_name(room: str, seed: int = 0) -> str:
    """Return the name of the record of a room's sample: each seed has its own.

    Examples
    --------
    >>> record_name("psi"), record_name("psi", 1)
    ('psi.json', 'psi-seed-1.json')
    """
    return f"{room}-seed-{seed}.json" if seed else f"{room}.json"


def record_path(root: Path, room: str, seed: int = 0) -> Path:
    """Return where the record of a room's sample is."""
    return root / FOLDER / record_name(room, seed)


def kept_rows(path: Path, sources: Mapping[str, str]) -> dict[str, dict]:
    """Return the rows of an earlier run that still count, by the mutants' names.

    A row counts as long as its file is the same.
    """
    if not path.is_file():
        return {}
    old = read_record(path, kind=KIND)
    same = {
        f for f, text in old.parameters["sources"].items() if sources.get(f) == text
    }
    rows = old.results["rows"]
    return {r["name"]: dict(r) for r in rows if r["name"].partition("::")[0] in same}


def is_done(row: Mapping[str, Any], suite: str) -> bool:
    """Tell whether a row needs no other run: a survivor does when the tests changed.

    Examples
    --------
    >>> is_done({"outcome": "killed", "suite": "old"}, "new")
    True
    >>> is_done({"outcome": "survived", "suite": "old"}, "new")
    False
    """
    return row["outcome"] != "survived" or row["suite"] == suite


def run_room(
    room: Room,
    root: Path,
    *,
    count: int,
    share: float = 0.0,
    seed: int = 0,
    say: Callable[[str], None] = lambda text: None,
) -> Record:
    """Run or resume a room's sample, and leave its record.

    Parameters
    ----------
    room : Room
    root : pathlib.Path
        The checkout.
    count : int
        The least number of mutants in the sample; fewer where the room has fewer.
    share : float
        The least share of the room's mutants in the sample, from 0 to 1.
    seed : int
        Of the sample.
    say : callable
        Told of each mutant that is tried.

    Raises
    ------
    WorkError
        If the room's tests fail on the unchanged tree.
    """
    files = room.files(root)
    found = [
        mutant
        for file in files
        for mutant in mutants((root / file).read_text(encoding="utf-8"), file)
    ]
    size = max(count, proportion(len(found), share))
    sample = draw(found, size, seed, room.name)
    sources = digests(root, files)
    suite = digest(digests(root, room.suite(root)))[:12]
    path = record_path(root, room.name, seed)
    rows = kept_rows(path, sources)
    todo = [m for m in sample if m.name not in rows or not is_done(rows[m.name], suite)]
    if not todo:
        return read_record(path, kind=KIND)
    parameters = {
        "room": room.name,
        "sources": sources,
        "date": datetime.now(UTC).date().isoformat(),
        "revision": commit(root),
    }
    with copied(root) as copy:
        server = Server(copy)
        try:
            baseline = measure(server, room, copy)
            sizes = {
                "possible": len(found),
                "tests": len(baseline.usable),
                "left_out": len(baseline.left_out),
            }
            for mutant in todo:
                row = try_mutant(server, copy, mutant, baseline)
                first = rows.get(mutant.name, row).get("first", row["outcome"])
                rows[mutant.name] = {**row, "first": first, "suite": suite}
                record = make_record(sample, rows, parameters, sizes, seed)
                path.parent.mkdir(parents=True, exist_ok=True)
                write_record(path, record)
                say(f"{row['outcome']:<9}{row['seconds']:6.1f} s  {mutant.name}")
        finally:
            server.close()
    return record


def make_record(
    sample: Sequence[Mutant],
    rows: Mapping[str, dict],
    parameters: Mapping[str, Any],
    sizes: Mapping[str, int],
    seed: int,
) -> Record:
    """Return the record of what is known of a sample, in the order of its drawing."""
    known = [rows[m.name] for m in sample if m.name in rows]
    seconds = sum(row["seconds"] for row in known)
    made = provenance(
        seed,
        seconds=round(seconds, 1),
        source_digest=digest(parameters["sources"]),
        packages=PACKAGES,
    )
    return Record(
        kind=KIND,
        parameters=parameters,
        sizes={**sizes, "sampled": len(sample)},
        results={"rows": known},
        **made,
    )
