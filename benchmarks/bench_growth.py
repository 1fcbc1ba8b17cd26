"""(6) How time and memory grow with d, N and the number of seeds.

Exact risks: one value, and all values up to N in one pass, for random features and the
tangent model; for the network one value, against the singular values of the target.
The target is a dense matrix. A step of the descent engine, of the network and of the
tangent model, for four step sizes in single precision: as d and N grow with one seed,
and as the seeds grow, all together against one after the other.

Memory is what the process needs beyond its largest size before the call: each case runs
once more, on the CPU, in a process of its own that ``python bench_growth.py`` forks.
"""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
import torch
from suite import QUICK, cases, relative_gap

from rfbook.descent.models import KINDS
from rfbook.devices import device
from rfbook.features import isotropic_weights
from rfbook.quadratic_gap import (
    exponential_target,
    nn_risk,
    nt_risk,
    nt_risk_path,
    rf_risk,
    rf_risk_path,
)

DIMENSIONS = (50, 100) if QUICK else (100, 200, 400, 800, 1600)
FIXED = 90 if QUICK else 450
RF_WIDTHS = (45, 90) if QUICK else (225, 450, 900, 1800, 3600)
NT_WIDTHS = (22, 44) if QUICK else (28, 56, 112, 224, 448)
STEP_WIDTHS = (45, 90) if QUICK else (45, 225, 450, 900, 2250, 4500)
STEP_DIMENSIONS = (50, 100) if QUICK else (112, 225, 450, 900, 1800)
SEEDS = (1, 2) if QUICK else (1, 2, 4, 8, 16, 32)
BATCH, FRACTIONS = 100, (0.25, 0.5, 0.75, 1.0)


def steps_of(case: dict) -> int:
    """Return the steps of one call: fewer where they are long."""
    return 20 if case["d"] * case["N"] * case.get("seeds", 1) < 5e5 else 4


# --- exact risks ------------------------------------------------------------------


@lru_cache(1)
def target_and_neurons(d: int, N: int):
    """Return a dense target with exponential eigenvalues, and neurons."""
    Q = np.linalg.qr(np.random.default_rng(0).standard_normal((d, d)))[0]
    B = (Q * exponential_target(d, 0)) @ Q.T
    return (B + B.T) / 2, isotropic_weights(d, N, seed=1)


def missed_singular_values(W, B) -> float:
    """Return the risk of the network from singular values."""
    values = np.linalg.svd(B, compute_uv=False)
    return float(np.sum(values[W.shape[1] :] ** 2) / np.sum(values**2))


EXACT = {
    ("RF", "one value"): rf_risk,
    ("RF", "all values"): lambda W, B: float(rf_risk_path(W, B)[-1]),
    ("NT", "one value"): nt_risk,
    ("NT", "all values"): lambda W, B: float(nt_risk_path(W, B)[-1]),
    ("NN", "one value"): lambda W, B: nn_risk(B, W.shape[1]),
    ("NN", "singular values"): missed_singular_values,
}
WIDTHS_OF = {"RF": RF_WIDTHS, "NT": NT_WIDTHS, "NN": NT_WIDTHS}


def exact_cases(model: str) -> list[dict]:
    """Return the cases of a model: d grows with N = d / 2, and N at one d."""
    grown = [{"model": model, "grows": "d", "d": d, "N": d // 2} for d in DIMENSIONS]
    return grown + [
        {"model": model, "grows": "N", "d": FIXED, "N": N} for N in WIDTHS_OF[model]
    ]


def exact(case: dict, way: str):
    """Return the call that evaluates the risk, its arguments made."""
    B, W = target_and_neurons(case["d"], case["N"])
    return lambda: EXACT[case["model"], way](W, B)


def race_exact(race, peak, case, way):
    """Time an exact risk and take its memory."""
    # Both ways subtract from 1 what N features explain, and solve a system of which the
    # condition is that of the Gram matrix, below 1e3 for these neurons; d N eps times
    # it bounds the rounding.
    race(
        case,
        way,
        exact(case, way),
        gap=lambda found, first: abs(found - first),
        tolerance=1e3 * case["d"] * case["N"] * np.finfo(float).eps,
        unit="value" if way != "all values" else "curve",
        bytes=peak("exact", case, way),
    )


@cases(exact_cases("RF") + exact_cases("NT"), ["one value", "all values"])
def test_exact(race, peak, case, way):
    """One value against the curve that ends in it."""
    race_exact(race, peak, case, way)


@cases(exact_cases("NN"), ["one value", "singular values"])
def test_exact_network(race, peak, case, way):
    """One value against the singular values."""
    race_exact(race, peak, case, way)


# --- steps of the engine ----------------------------------------------------------


@lru_cache(1)
def draws(d: int, N: int, seeds: int, steps: int):
    """Return starts, step sizes, examples and labels on the device."""
    generator = torch.Generator().manual_seed(0)
    W = torch.randn(seeds, d, N, generator=generator) / d**0.5
    x = torch.randn(steps, seeds, BATCH, d, generator=generator)
    y = (x.square() - 1).sum(3)
    rate = torch.tensor(FRACTIONS)[:, None] * 0.2 / (d * N)
    return [part.to(device()) for part in (W, rate, x, y)]


def trained(model: str, W, rate, x, y):
    """Take the steps for all seeds together; return what was trained, (k, s, d, N)."""
    group = KINDS[model](W, len(rate), W.new_ones(W.shape[2]), True, 0.0)
    for points, labels in zip(x, y, strict=True):
        group.step(points, labels, rate)
    return group.directions() if model == "NT" else group.neurons()


def one_by_one(model: str, W, rate, x, y):
    """Take the steps for one seed after the other."""
    parts = [
        trained(model, W[s : s + 1], rate, x[:, s : s + 1], y[:, s : s + 1])
        for s in range(len(W))
    ]
    return torch.cat(parts, 1)


def step(case: dict, way: str):
    """Return the call that takes steps, its arguments made."""
    given = draws(case["d"], case["N"], case.get("seeds", 1), steps_of(case))
    run = one_by_one if way == "one by one" else trained
    return lambda: run(case["model"], *given)


def race_step(race, peak, case, way):
    """Time steps and take their memory."""
    # Together and alone differ in the order of sums over the batch and over d and N at
    # most: eps times the number of steps and of terms.
    terms = case["d"] + case["N"] + BATCH
    race(
        case,
        way,
        step(case, way),
        gap=relative_gap,
        tolerance=steps_of(case) * terms * torch.finfo(torch.float32).eps,
        scale=1 / steps_of(case),
        unit="step",
        step_sizes=len(FRACTIONS),
        batch=BATCH,
        dtype="float32",
        bytes=peak("step", case, way),
    )


STEP_CASES = [
    {"model": model, "grows": grows, "d": d, "N": N}
    for model in ("NT", "NN")
    for grows, d, N in [
        *(("d", d, d // 2) for d in STEP_DIMENSIONS),
        *(("N", FIXED, N) for N in STEP_WIDTHS),
    ]
]
SEED_CASES = [
    {"model": model, "grows": "seeds", "d": FIXED, "N": 45, "seeds": seeds}
    for model in ("NT", "NN")
    for seeds in SEEDS
]


@cases(STEP_CASES, ["together"])
def test_step(race, peak, case, way):
    """A step as d or N grows."""
    race_step(race, peak, case, way)


@cases(SEED_CASES, ["together", "one by one"])
def test_seeds(race, peak, case, way):
    """A step as the seeds grow."""
    race_step(race, peak, case, way)


# --- memory -----------------------------------------------------------------------

CALLS = {"exact": exact, "step": step}


@pytest.fixture(scope="module")
def peak():
    """Return a function that runs a case in a process of its own: its peak in bytes."""
    worker = subprocess.Popen(
        [sys.executable, Path(__file__).name],
        cwd=Path(__file__).parent,
        env={**os.environ, "RFBOOK_DEVICE": "cpu", "OMP_NUM_THREADS": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def bytes_of(kind: str, case: dict, way: str) -> int:
        worker.stdin.write(json.dumps([kind, case, way]) + "\n")
        worker.stdin.flush()
        return int(worker.stdout.readline())

    yield bytes_of
    worker.stdin.close()
    worker.wait()


def serve() -> None:
    """Fork for every case that is read, one a line; the child answers and ends."""
    for line in sys.stdin:
        if os.fork() == 0:
            measure(*json.loads(line))
            sys.stdout.flush()
            os._exit(0)
        os.wait()


def measure(kind: str, case: dict, way: str) -> None:
    """Print how far a case takes this process beyond its largest size before it.

    A small case goes first, so that what libraries set up once is not counted.
    """
    CALLS[kind](case | {"d": 8, "N": 4}, way)()
    call = CALLS[kind](case, way)
    before = high_water()
    call()
    sys.stdout.write(f"{high_water() - before}\n")


def high_water() -> int:
    """Return the largest size of this process so far, in bytes."""
    status = Path("/proc/self/status")
    if status.is_file():
        # not getrusage: on Linux its maximum is the parent's too
        return 1024 * int(re.search(r"VmHWM:\s+(\d+)", status.read_text())[1])
    unit = 1 if sys.platform == "darwin" else 1024
    return unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    serve()
