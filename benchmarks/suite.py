"""What all benchmarks share: cases, the race between ways, and where it was run."""

from __future__ import annotations

import ast
import hashlib
import math
import os
import platform
from collections.abc import Callable, Iterable, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from rfbook import devices
from rfbook.ledger.digest import module_digest

HERE = Path(__file__).resolve().parent
QUICK = os.environ.get("RFBOOK_BENCH_QUICK") == "1"
"""Whether to take small cases only, to see that everything runs."""

ROUNDS = 5
"""The least number of timed calls of a way, over all turns."""

TURNS = 1 if QUICK else 4
"""How often the ways of a case take turns, so that none has the quiet minutes alone."""

PACKAGES = (
    "numpy",
    "scipy",
    "torch",
    "jax",
    "jaxlib",
    "scikit-learn",
    "python-flint",
    "pytest-benchmark",
)
"""The packages whose versions are told, those of them that are installed."""


def cases(chosen: Iterable[dict], ways: Sequence[str]):
    """Return the decorator that gives a test its ``case`` and its ``way``.

    The ways of one case follow each other, `TURNS` times over, the first of them being
    the one with which the others are compared.

    Parameters
    ----------
    chosen : iterable of dict
        Each names sizes and kinds by JSON values.
    ways : sequence of str
    """
    turns = range(1, TURNS + 1)
    rounds = [(case, way, turn) for case in chosen for turn in turns for way in ways]
    return pytest.mark.parametrize(
        ("case", "way"),
        [(case, way) for case, way, _ in rounds],
        ids=[f"{label(case)}-{way}-turn {turn}" for case, way, turn in rounds],
    )


def label(case: dict) -> str:
    """Return a case in a few words: ``d=450, N=45``."""
    return ", ".join(f"{name}={value}" for name, value in case.items())


class Race:
    """Times the ways of a case, and compares what they return.

    Parameters
    ----------
    benchmark : the fixture of pytest-benchmark, or `Once`
    comparison : str
        The name of the module without ``bench_``.
    firsts : dict
        What the first way of the case in hand returned; shared by all races.
    """

    def __init__(self, benchmark, comparison: str, firsts: dict) -> None:
        self.benchmark, self.comparison, self.firsts = benchmark, comparison, firsts

    def __call__(
        self,
        case: dict,
        way: str,
        call: Callable[[], Any],
        *,
        gap: Callable[[Any, Any], float] | None,
        tolerance: float | None = None,
        scale: float = 1.0,
        unit: str = "call",
        rounds: int = ROUNDS,
        **extra,
    ):
        """Time a way; fail if what it returns is not what the first way returned.

        Parameters
        ----------
        case : dict
        way : str
        call : callable
            Does the work and returns its result; what is not to be timed is done
            before. In each turn it is called once more than it is timed, and must give
            the same each time.
        gap : callable or None
            ``gap(result, first)`` is a distance; None for a way that computes
            something else on purpose, such as a lower bound of the cost.
        tolerance : float, optional
            The largest gap allowed, derived from the rounding or from the standard
            error, and said where the module defines it. Needed with `gap`.
        scale : float
            What the seconds of a call are multiplied with: 1/20 where a call takes 20
            steps and seconds a step are told, 2e5 where one step stands for as many.
        unit : str
            What the scaled seconds are seconds of: ``"step"``.
        rounds : int
            Timed calls, at least `ROUNDS`; each turn makes its share, rounded up.
        **extra : JSON values
            What else is told: accuracy, operations, bytes.

        Returns
        -------
        object
            What the last call returned.
        """
        if rounds < ROUNDS:
            raise ValueError(f"rounds must be >= {ROUNDS}, got {rounds!r}")
        self.benchmark.group = f"{self.comparison}: {label(case)}"
        share = -(-rounds // TURNS)
        result = self.benchmark.pedantic(settled(call), rounds=share, warmup_rounds=1)
        told = {
            "comparison": self.comparison,
            "case": case,
            "way": way,
            "scale": scale,
            "unit": unit,
            "extra": extra,
        }
        if gap is not None:
            first_way, first = self._first(case, way, result)
            told["against"] = first_way
            if first_way != way:
                if tolerance is None:
                    raise ValueError("a gap needs a tolerance, got None")
                found = float(gap(result, first))
                told |= {"gap": found, "tolerance": tolerance}
                # not (a <= b), so that NaN fails
                if not found <= tolerance:
                    pytest.fail(f"{way} is {found:.2e} from {first_way}: {tolerance}")
        self.benchmark.extra_info.update(told)
        return result

    def _first(self, case: dict, way: str, result) -> tuple[str, Any]:
        """Return the case's first way and its result; keep those of one case only."""
        key = self.comparison, label(case)
        if key not in self.firsts:
            self.firsts.clear()
            self.firsts[key] = way, result
        return self.firsts[key]


class Once:
    """Stands in where pytest-benchmark is not installed: calls, and times nothing."""

    def __init__(self) -> None:
        self.group, self.extra_info = None, {}

    def pedantic(self, target, **options):
        """Call the target once."""
        return target()


def settled(call: Callable[[], Any]) -> Callable[[], Any]:
    """Return the call, waiting for a CUDA device to have done its work."""
    if devices.device().type != "cuda":
        return call
    import torch

    def waiting():
        result = call()
        torch.cuda.synchronize()
        return result

    return waiting


def relative_gap(found, first) -> float:
    """Return the largest difference of two arrays over the first one's largest entry.

    Tensors count as arrays; shapes must agree.
    """
    import numpy as np

    found, first = (
        np.asarray(part.detach().cpu() if hasattr(part, "detach") else part, float)
        for part in (found, first)
    )
    if found.shape != first.shape:
        return math.inf
    return float(np.abs(found - first).max() / np.abs(first).max())


# --- where and with what ----------------------------------------------------------


def surroundings() -> dict[str, Any]:
    """Return the device, threads, versions and mode of this run; no name of a host."""
    import torch

    versions = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return {
        "device": devices.describe(),
        "machine": platform.machine(),
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        "threads": torch.get_num_threads(),
        "versions": versions,
        "quick": QUICK,
    }


def module_state(path: Path) -> str:
    """Return a digest of a comparison: its file, its worker, what it imports."""
    text, names = path.read_text(encoding="utf-8"), set()
    files = [HERE / "suite.py", HERE / "conftest.py", path]
    files += [p for p in sorted(HERE.glob("*_worker.py")) if p.name in text]
    lines = [hashlib.sha256(p.read_bytes()).hexdigest() for p in files]
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{a.name}" for a in node.names)}
    lines.append(module_digest(*sorted(names)))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
