"""Sweeps on a local Dask cluster: the same numbers, and nothing lost with a worker."""

import logging
import os
import signal
import threading
import time
from concurrent.futures import Future

import numpy as np
import pytest

from rfbook.descent import Setting, descend_all, engine
from rfbook.quadratic_gap import QuadraticTarget
from rfbook.sweeps import Sweep

pytestmark = pytest.mark.slow

distributed = pytest.importorskip("distributed")

STEPS, HELD, PATIENCE = 6, 4, 120.0
HOLD = "waiting"
"""A file with this name in the folder of the cells makes the cell (3, 0) wait."""


# --- cells ----------------------------------------------------------------------------


class Slow(engine._Keeper):
    """In (3, 0), tell which process made which step; wait after one if asked to."""

    def keep(self):
        super().keep()
        folder = self.path.parent
        if self.path.name != "3-0.checkpoint.npz":
            return
        with (folder / f"{self.path.stem}.log").open("a") as log:
            log.write(f"{os.getpid()} {self.run.done}\n")
        end = time.monotonic() + PATIENCE
        while self.run.done == HELD and (folder / HOLD).exists():
            assert time.monotonic() < end, "nobody came to kill this process"
            time.sleep(0.02)


def train_cell(sweep, key, checkpoint):
    """Train one small network with a checkpoint after each step."""
    N, seed = key
    engine._Keeper = Slow
    (run,) = descend_all(
        QuadraticTarget(np.arange(1.0, 5.0)), [Setting("NN", N, 0.002)], seeds=[seed],
        looks=[0, STEPS], batch=16, checkpoint=checkpoint, every=0,
    )  # fmt: skip
    return {"risk": run.risk, "process": os.getpid()}


def cell_seeds(key):
    return [key[1]]


SWEEP = Sweep(
    kind="small-sweep", parameters={"steps": STEPS}, keys=((2, 0), (2, 1), (3, 0)),
    compute=train_cell, seeds=cell_seeds, modules=("rfbook.descent",),
)  # fmt: skip


def risks(folder):
    return {key: record.results["risk"] for key, record in SWEEP.read(folder).items()}


def assert_equal_risks(folder, expected):
    found = risks(folder)
    assert list(found) == list(expected) == list(SWEEP.keys)
    for key, risk in expected.items():
        # 4 x 3 weights: products too small for more than one thread
        np.testing.assert_array_equal(found[key], risk)


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """Return the risks that this process computes, one cell after the other."""
    folder = tmp_path_factory.mktemp("alone")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "_Keeper", engine._Keeper)  # put back at the end
        SWEEP.run(folder, progress=False)
    return risks(folder)


# --- the cluster ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def client():
    """Start two worker processes on this machine, each with one thread.

    Without stealing a worker takes its cells in order: none waits behind the last one.
    """
    import dask

    with (
        dask.config.set({"distributed.scheduler.work-stealing": False}),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1",
            dashboard_address=None, silence_logs=logging.CRITICAL,
        ) as cluster,
        distributed.Client(cluster) as client,
    ):  # fmt: skip
        client.wait_for_workers(2, PATIENCE)
        yield client


def in_background(call, *args, **options):
    """Call in a thread that nothing waits for, should the cluster never answer."""
    job = Future()

    def work():
        try:
            job.set_result(call(*args, **options))
        except BaseException as error:
            job.set_exception(error)

    threading.Thread(target=work, daemon=True).start()
    return job


def kill_the_waiting(folder):
    """Kill the process that waits inside the cell (3, 0); return its id."""
    end, pid = time.monotonic() + PATIENCE, None
    while pid is None:
        assert time.monotonic() < end, "the cell did not come so far"
        time.sleep(0.02)
        pid = {done: process for process, done in steps(folder)}.get(HELD)
    os.kill(pid, signal.SIGKILL)
    (folder / HOLD).unlink()
    return pid


def steps(folder):
    """Return (process, steps done) for each step of the cell (3, 0)."""
    log = folder / "3-0.checkpoint.log"
    text = log.read_text() if log.exists() else ""
    return [tuple(map(int, line.split())) for line in text.splitlines()]


def processes(client):
    """Return the ids of the workers' processes."""
    return set(client.run(os.getpid).values())


# --- the tests ------------------------------------------------------------------------


def test_a_killed_worker_s_cell_goes_on_elsewhere(client, tmp_path, alone):
    """Two workers compute the same; then one is killed in the middle of a cell."""
    whole, folder = tmp_path / "whole", tmp_path / "killed"
    folder.mkdir()
    (folder / HOLD).touch()
    pool, here = client.get_executor(pure=False), processes(client)
    job = in_background(SWEEP.run, whole, pool, progress=False)
    assert job.result(PATIENCE) == list(SWEEP.keys)
    assert_equal_risks(whole, alone)
    used = {record.results["process"] for record in SWEEP.read(whole).values()}
    assert used <= here

    job = in_background(SWEEP.run, folder, pool, progress=False)
    killed = kill_the_waiting(folder)
    assert job.result(PATIENCE) == list(SWEEP.keys)
    assert killed in here
    assert_equal_risks(folder, alone)
    # each step was made once: what the dead worker had done, another went on from
    assert [done for _, done in steps(folder)] == list(range(1, STEPS))
    assert [pid == killed for pid, _ in steps(folder)] == [True] * HELD + [False]
    assert sorted(path.name for path in folder.glob("*.npz")) == [
        "2-0.npz", "2-1.npz", "3-0.npz",
    ]  # fmt: skip


def test_a_sweep_that_the_scheduler_gave_up_is_run_again(client, tmp_path, alone):
    """Where a lost worker ends the run, the finished cells stay; the rest is made."""
    client.wait_for_workers(2, PATIENCE)
    client.cluster.scheduler.allowed_failures = 0
    pool = client.get_executor(pure=False)
    (tmp_path / HOLD).touch()
    job = in_background(SWEEP.run, tmp_path, pool, progress=False)
    end = time.monotonic() + PATIENCE
    while SWEEP.missing(tmp_path) != [(3, 0)]:
        assert time.monotonic() < end, "the other cells did not end"
        time.sleep(0.02)
    finished = {p.name: p.read_bytes() for p in tmp_path.glob("2-*.npz")}
    kill_the_waiting(tmp_path)
    with pytest.raises(distributed.KilledWorker):
        job.result(PATIENCE)
    assert SWEEP.missing(tmp_path) == [(3, 0)]
    job = in_background(SWEEP.run, tmp_path, pool, progress=False)
    assert job.result(PATIENCE) == [(3, 0)]
    assert_equal_risks(tmp_path, alone)
    assert [done for _, done in steps(tmp_path)] == list(range(1, STEPS))
    for name, content in finished.items():
        assert (tmp_path / name).read_bytes() == content
