"""Runs tests on a copy of the tree, each time in a fresh child of one process.

The process has imported what the tests need besides the book itself, so that a run
costs what its tests cost. It reads one request a line and answers each with one line;
both are JSON. Started in the root of the copy, by `rfbook.mutants.work.Server`.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

PRELOADED = (
    "numpy",
    "scipy.integrate",
    "scipy.linalg",
    "scipy.optimize",
    "scipy.special",
    "scipy.stats",
    "sympy",
    "mpmath",
    "flint",
    "torch",
    "matplotlib.pyplot",
    "pytest",
    "_pytest.doctest",
    "hypothesis",
    "nbval.plugin",
    "tqdm",
)
"""What is imported before the first run, as far as it is installed."""

MEMORY = 12 * 2**30
"""Bytes of address space of a run: a mutant may ask for a matrix of any size."""

OPTIONS = (
    # What is imported beforehand includes plugins, which pytest would have rewritten.
    "-W",
    "ignore::pytest.PytestAssertRewriteWarning",
    "-q",
    "-x",
    "--no-header",
    "-p",
    "no:cacheprovider",
    "-m",
    "not notebook and not browser and not coq and not gpu",
)


class Chosen:
    """Keeps a run to the tests that are asked for, in the order of the request.

    A test of a name that the unchanged tree does not have is run too, after the
    others: a change can rename tests.
    """

    def __init__(self, wanted: Sequence[str], known: Sequence[str]) -> None:
        self.place = {name: i for i, name in enumerate(wanted)}
        self.known = frozenset(known)
        self.ran, self.by, self.why = 0, "", ""

    def pytest_collection_modifyitems(self, config: Any, items: list) -> None:
        """Sort the tests and drop those that nobody asked for."""
        kept = [
            item
            for item in items
            if item.nodeid in self.place or item.nodeid not in self.known
        ]
        kept.sort(key=lambda item: self.place.get(item.nodeid, len(self.place)))
        dropped = [item for item in items if item not in kept]
        config.hook.pytest_deselected(items=dropped)
        items[:] = kept

    def pytest_collectreport(self, report: Any) -> None:
        """Remember a file that cannot be read any more."""
        if report.failed and not self.by:
            self.by = report.nodeid or "collection"
            self.why = _last_line(report.longreprtext)

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Count the tests and remember the first that fails."""
        self.ran += report.when == "call"
        if report.failed and not self.by:
            self.by, self.why = report.nodeid, _last_line(report.longreprtext)


class Timed:
    """Notes how long each test takes and which lines it runs."""

    def __init__(self, sources: Sequence[str]) -> None:
        from coverage import Coverage

        include = [str(Path(source).resolve()) for source in sources]
        self.sources = sources
        self.coverage = Coverage(data_file=None, config_file=False, include=include)
        self.seconds: dict[str, float] = {}
        self.failed: list[str] = []
        self.coverage.start()

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Write the lines that follow on this test's account."""
        self.coverage.switch_context(nodeid)

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """Write the lines that follow on nobody's account."""
        self.coverage.switch_context("")

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Add up the seconds of setup, call and teardown."""
        spent = self.seconds.get(report.nodeid, 0.0)
        self.seconds[report.nodeid] = spent + report.duration
        if report.failed:
            self.failed.append(report.nodeid)

    def lines(self) -> dict[str, dict[int, list[str]]]:
        """Return, for each file, the tests that ran each line; "" is the import."""
        self.coverage.stop()
        data = self.coverage.get_data()
        return {
            source: data.contexts_by_lineno(str(Path(source).resolve()))
            for source in self.sources
        }


def _last_line(text: str) -> str:
    """Return the line of a report that says what was wrong."""
    lines = [line for line in text.splitlines() if line.startswith("E ")]
    return (lines or text.splitlines() or [""])[0].removeprefix("E ").strip()[:200]


def run_tests(request: dict) -> dict:
    """Run the tests of a request; ``by`` is the first that fails, or empty."""
    import pytest

    plugin = Chosen(request["tests"], request["known"])
    status = pytest.main([*OPTIONS, *request["files"]], plugins=[plugin])
    # 5: no test was left to be run, which no failure is.
    if status not in (0, 1, 5) and not plugin.by:
        plugin.by, plugin.why = "pytest", f"status {int(status)}"
    return {"by": plugin.by, "why": plugin.why, "ran": plugin.ran}


def time_tests(request: dict) -> dict:
    """Run all tests of a request once on the unchanged tree."""
    import pytest

    options = [option for option in OPTIONS if option != "-x"]
    plugin = Timed(request["sources"])
    status = pytest.main([*options, *request["files"]], plugins=[plugin])
    found = {"times": plugin.seconds, "failed": plugin.failed, "status": int(status)}
    return {**found, "lines": plugin.lines()}


JOBS = {"run": run_tests, "time": time_tests}


def in_child(job: Callable[[dict], dict], request: dict) -> dict:
    """Do a job in a child process, for a limited time.

    Parameters
    ----------
    job : callable
        Takes the request, returns what JSON can hold.
    request : dict
        Its ``limit`` is the time in seconds; None for none.

    Returns
    -------
    dict
        The job's answer; or ``error``, what it raised; or ``died`` with ``timeout`` or
        the exit status.
    """
    with NamedTemporaryFile("r", suffix=".json") as answer:
        started = time.monotonic()
        child = os.fork()
        if child == 0:
            _be_child(job, request, Path(answer.name))
        status = _wait(child, request["limit"])
        seconds = round(time.monotonic() - started, 2)
        text = answer.read()
    if text:
        return {**json.loads(text), "seconds": seconds}
    return {"died": status, "seconds": seconds}


def _be_child(job: Callable[[dict], dict], request: dict, answer: Path) -> None:
    """Do the job and end the process, whatever happens."""
    try:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        silence = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silence, stream)
        try:
            found = job(request)
        except Exception:  # ours, not the tests': told, never taken for a failure
            found = {"error": traceback.format_exc()}
        answer.write_text(json.dumps(found), encoding="utf-8")
    finally:
        os._exit(0)


def _wait(child: int, limit: float | None) -> str:
    """Wait for a child and end it, and all it started, when its time is over."""
    end = None if limit is None else time.monotonic() + limit
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            break
        if end is not None and time.monotonic() > end:
            os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return "timeout"
        time.sleep(0.02)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    return f"status {os.waitstatus_to_exitcode(status)}"


def main() -> None:
    """Answer requests until there are no more."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    # A changed file must not be taken for its compiled twin of the same second.
    sys.dont_write_bytecode = True
    for name in PRELOADED:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    for line in sys.stdin:
        request = json.loads(line)
        answers.write(json.dumps(in_child(JOBS[request["job"]], request)) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
