"""Sweeps: cells in one file or in many, interrupted, side by side, and refused."""

import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from rfbook.descent import Setting, descend_all
from rfbook.quadratic_gap import QuadraticTarget
from rfbook.records import RecordError, read_record
from rfbook.sweeps import Sweep, fill

# --- a file for each cell -------------------------------------------------------------


def train_cell(sweep, key, checkpoint):
    """Train one small network; a function of a module, so that it can be sent."""
    N, seed = key
    (run,) = descend_all(
        QuadraticTarget(np.arange(1.0, 5.0)), [Setting("NN", N, 0.002)], seeds=[seed],
        looks=[0, sweep.parameters["steps"]], batch=16, checkpoint=checkpoint, every=0,
    )  # fmt: skip
    return {"risk": run.risk}


def cell_seeds(key):
    return [key[1]]


def small_sweep(steps=6, keys=((2, 0), (2, 1), (3, 0))):
    return Sweep(
        kind="small-sweep", parameters={"steps": steps}, keys=keys, compute=train_cell,
        seeds=cell_seeds, modules=("rfbook.descent",),
    )  # fmt: skip


def risks(sweep, folder):
    return {key: record.results["risk"] for key, record in sweep.read(folder).items()}


def test_a_sweep_computes_what_is_missing_and_nothing_else(tmp_path):
    sweep = small_sweep()
    few = small_sweep(keys=sweep.keys[:1])
    assert few.run(tmp_path, progress=False) == [(2, 0)]
    before = sweep.path(tmp_path, (2, 0)).read_bytes()
    assert sweep.missing(tmp_path) == [(2, 1), (3, 0)]
    assert sweep.run(tmp_path, progress=False) == [(2, 1), (3, 0)]
    assert sweep.run(tmp_path, progress=False) == []
    assert sweep.path(tmp_path, (2, 0)).read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "2-0.npz", "2-1.npz", "3-0.npz",
    ]  # fmt: skip
    record = sweep.read(tmp_path)[2, 1]
    assert record.seeds == (1,)
    assert record.parameters == {"steps": 6, "key": [2, 1]}


@pytest.mark.slow
def test_other_processes_compute_the_same(tmp_path):
    sweep = small_sweep()
    sweep.run(tmp_path / "here", progress=False)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        sweep.run(tmp_path / "there", pool, progress=False)
    here, there = (risks(sweep, tmp_path / place) for place in ("here", "there"))
    assert list(here) == list(there) == list(sweep.keys)
    for key, risk in here.items():
        # another number of threads may add in another order
        np.testing.assert_allclose(there[key], risk, rtol=1e-12)


KILLED = """
import os, sys
sys.path.insert(0, sys.argv[2])
from rfbook.descent import engine
from test_sweeps import small_sweep

class Killed(engine._Keeper):
    def keep(self):
        super().keep()
        if self.path.name.startswith("3-0") and self.run.done == 4:
            os.kill(os.getpid(), 9)

engine._Keeper = Killed
small_sweep().run(sys.argv[1], progress=False)
"""


@pytest.mark.slow
def test_a_killed_sweep_goes_on_inside_the_cell(tmp_path):
    folder, tests = tmp_path / "killed", str(Path(__file__).parent)
    process = subprocess.run(
        [sys.executable, "-c", KILLED, str(folder), tests],
        env=os.environ | {"OMP_NUM_THREADS": "1"}, check=False,
    )  # fmt: skip
    assert process.returncode == -9
    sweep = small_sweep()
    assert sweep.missing(folder) == [(3, 0)]
    assert int(read_record(folder / "3-0.checkpoint.npz").results["done"]) == 4
    sweep.run(folder, progress=False)
    sweep.run(tmp_path / "whole", progress=False)
    for key, risk in risks(sweep, tmp_path / "whole").items():
        # 4 x 3 weights: products too small for more than one thread
        np.testing.assert_array_equal(risks(sweep, folder)[key], risk)
    assert not (folder / "3-0.checkpoint.npz").exists()


def test_cells_of_another_sweep_and_damaged_ones_are_refused(tmp_path):
    sweep = small_sweep()
    sweep.run(tmp_path, progress=False)
    with pytest.raises(RecordError, match="steps is 6, expected 7"):
        small_sweep(steps=7).read(tmp_path)
    path = sweep.path(tmp_path, (2, 1))
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(RecordError, match=r"2-1\.npz"):
        sweep.read(tmp_path)
    with pytest.raises(ValueError, match="keys must have different names"):
        small_sweep(keys=(("A", 1), ("a", 1)))


# --- one file -------------------------------------------------------------------------


def fill_squares(path, keys, computed, *, modules=("rfbook.ranges",), d=1):
    def extend(results, key):
        computed.append(key)
        if key == "broken":
            raise KeyboardInterrupt
        return {"squares": results.get("squares", {}) | {str(key): key**2}}

    return fill(
        path, keys, extend, kind="squares", parameters={"d": d},
        seeds=lambda results: [0],
        modules=modules, packages=("numpy",),
        found=lambda results: [int(key) for key in results.get("squares", {})],
        sizes=lambda results: {"cells": len(results["squares"])},
    )  # fmt: skip


def test_a_file_is_written_after_each_cell_and_gone_on_with(tmp_path):
    path, computed = tmp_path / "squares.json", []
    with pytest.raises(KeyboardInterrupt):
        fill_squares(path, [2, 3, "broken", 4], computed)
    assert read_record(path).results["squares"] == {"2": 4, "3": 9}
    first = read_record(path).seconds
    record = fill_squares(path, [2, 3, 4], computed)
    assert computed == [2, 3, "broken", 4]
    assert record.results["squares"] == {"2": 4, "3": 9, "4": 16}
    assert record.sizes == {"cells": 3}
    assert record.seconds > first
    assert fill_squares(path, [3], computed).checksum == record.checksum


def test_a_file_of_other_code_or_of_something_else_is_refused(tmp_path):
    path = tmp_path / "squares.json"
    with pytest.raises(RecordError, match="there is no cell to compute"):
        fill_squares(path, [], [])
    fill_squares(path, [2], [])
    with pytest.raises(RecordError, match="begun with other code"):
        fill_squares(path, [3], [], modules=("rfbook.special",))
    with pytest.raises(RecordError, match="d is 1, expected 2"):
        fill_squares(path, [3], [], d=2)
    assert read_record(path).results["squares"] == {"2": 4}
