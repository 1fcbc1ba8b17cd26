"""Run the suite, each comparison in a process of its own, and write the record.

    python benchmarks/run.py                 all of them, from the start
    python benchmarks/run.py engine gram     these; the others' last results are kept
    python benchmarks/run.py --resume        those that have no result of this state

A comparison that has finished leaves its result in ``build/benchmarks/``, so that a run
that is killed loses the comparison in hand only. Results count together that are of one
machine, the same versions and the same mode (RFBOOK_BENCH_QUICK=1: small cases); a
quick run is recorded under ``build/`` unless ``--output`` says otherwise.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from suite import HERE, QUICK, module_state, surroundings

from rfbook.benchmarks import COMPARISONS, condense, heading
from rfbook.records import write_record

ROOT = HERE.parent
RESULTS = ROOT / "build" / "benchmarks"
RECORD = ROOT / "book" / "_static" / "data" / "benchmarks.json"


def module(name: str) -> Path:
    """Return the file of a comparison."""
    return HERE / f"bench_{name.replace('-', '_')}.py"


def result_of(name: str) -> Path:
    """Return where a comparison's result is kept."""
    mode = "quick-" if QUICK else ""
    return RESULTS / f"{mode}{name}.json"


def is_done(name: str, where: dict) -> bool:
    """Tell whether there is a result of this machine and of these sources."""
    try:
        found = json.loads(result_of(name).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return found["machine_info"] == where and found["states"].get(name) == module_state(
        module(name)
    )


def run(name: str) -> int:
    """Run one comparison; its result takes its place when it is complete."""
    result = result_of(name)
    part = result.with_suffix(".part")
    command = [
        *(sys.executable, "-m", "pytest", str(module(name)), "-v"),
        *("--benchmark-json", str(part), "--benchmark-disable-gc"),
        *("--benchmark-columns", "median,iqr,rounds", "--benchmark-sort", "fullname"),
    ]
    status = subprocess.run(command, cwd=HERE, check=False).returncode
    if status == 0:
        part.replace(result)
    part.unlink(missing_ok=True)
    return status


def main() -> int:
    """Run what is asked for; write the record of all that has a result."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(COMPARISONS))
    parser.add_argument("--resume", action="store_true", help="leave out what is done")
    parser.add_argument("--output", type=Path, help="the record's file")
    options = parser.parse_args()
    if unknown := set(options.names) - set(COMPARISONS):
        parser.error(f"no comparison {', '.join(sorted(unknown))}")
    if importlib.util.find_spec("pytest_benchmark") is None:
        parser.error("pytest-benchmark is not installed: run `make benchmarks`")
    output = options.output or (RESULTS / "quick.json" if QUICK else RECORD)
    RESULTS.mkdir(parents=True, exist_ok=True)
    where = surroundings()
    failed = []
    chosen = options.names or list(COMPARISONS)
    for number, name in enumerate(chosen, 1):
        print(f"\n{name}: {number} of {len(chosen)}", flush=True)
        if options.resume and is_done(name, where):
            print("has a result already")
            continue
        begin = time.perf_counter()
        if run(name):
            failed.append(name)
        print(f"{name}: {time.perf_counter() - begin:.0f} s", flush=True)
    done = [name for name in COMPARISONS if is_done(name, where)]
    if not done:
        print("no comparison has a result", file=sys.stderr)
        return 1
    record = condense(result_of(name) for name in done)
    write_record(output, record)
    print(
        f"\n{len(record.results['rows'])} rows of {', '.join(done)}: {heading(record)}"
    )
    missing = [name for name in COMPARISONS if name not in done]
    if missing:
        print(f"without a result of these sources: {', '.join(missing)}")
    print(f"the record is {os.path.relpath(output)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
