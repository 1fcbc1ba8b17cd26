"""One-pass descent: each model against autograd, sweeps, and interrupted runs."""

import os
import subprocess
import sys
from contextlib import contextmanager

import numpy as np
import pytest
import torch

from rfbook.descent import Setting, descend, descend_all, engine, models
from rfbook.descent.protocol import Protocol
from rfbook.quadratic_gap import QuadraticTarget
from rfbook.quadratic_gap.protocol_scan import GRID
from rfbook.records import RecordError, read_record
from rfbook.training import generators

LAYER = [-1.0, 0.5, 2.0]


def target(d, seed):
    A = np.random.default_rng(seed).standard_normal((d, d))
    return (A + A.T) / 2


@pytest.mark.parametrize("offset", ["slaved", "flow"])
def test_output_weights_are_kept_and_counted(offset):
    B, W0 = target(4, 1), np.random.default_rng(2).standard_normal((4, 3)) / 2
    steps, step, batch = 40, 0.003, 5
    run = descend(
        "NN", QuadraticTarget(B), W=W0, layer=LAYER, seeds=[6], looks=[steps],
        step=step, batch=batch, offset=offset, c0=0.3,
    )  # fmt: skip

    u, target_matrix = torch.tensor(LAYER, dtype=torch.float64), torch.as_tensor(B)
    W, c = torch.as_tensor(W0).clone(), torch.tensor(0.3, dtype=torch.float64)
    x_all = torch.randn(
        steps * batch, 4, generator=generators(6)[1], dtype=torch.float64
    )
    for x in x_all.split(batch):
        W, c = W.detach().requires_grad_(), c.detach().requires_grad_()
        trace = (u * W.square()).sum()
        f = (x @ W).square() @ u + (c if offset == "flow" else -trace)
        y = ((x @ target_matrix) * x).sum(1) - target_matrix.trace()
        (y - f).square().mean().backward()
        with torch.no_grad():
            W = W - step * W.grad
            c = c - step * c.grad if offset == "flow" else c
    M = (u * W) @ W.T
    mean = c + M.trace() if offset == "flow" else torch.tensor(0.0)
    error = 2 * (target_matrix - M).square().sum() + mean.square()
    expected = float((error / (2 * target_matrix.square().sum())).detach())
    # both round in float64 over 40 steps
    np.testing.assert_allclose(run.risk[0, 0], expected, rtol=1e-11)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"layer": [1.0]}, r"layer must have the N of all settings, got \(1,\)"),
        ({"layer": [1.0, np.nan, 1.0]}, "layer must be finite"),
        ({"model": "NT", "layer": LAYER}, "layer is for the network"),
        ({"W": np.ones((3, 3))}, "W must be a 4 x N matrix"),
    ],
)
def test_descent_refuses(change, message):
    arguments = {"model": "NN", "W": np.ones((4, 3)), "layer": LAYER} | change
    with pytest.raises(ValueError, match=message):
        descend(
            arguments.pop("model"), QuadraticTarget(np.ones(4)), seeds=[0], looks=[1],
            step=0.1, batch=1, **arguments,
        )  # fmt: skip


# --- many models at once --------------------------------------------------------------

SETTINGS = [
    Setting("NN", 3, 0.002),
    Setting("NN", 3, 0.001),
    Setting("NT", 5, 0.002),
    Setting("RF", 4, 0.003),
    Setting("NN", 5, 0.002),
]
OPTIONS = {"seeds": [4, 1], "looks": [0, 7, 60], "batch": 6}


def test_a_sweep_is_its_settings_one_by_one():
    problem = QuadraticTarget(target(5, 3))
    for offset in ("slaved", "flow"):
        together = descend_all(problem, SETTINGS, offset=offset, **OPTIONS)
        for setting, found in zip(SETTINGS, together, strict=True):
            alone = descend(
                setting.model, problem, setting.N, step=setting.step, offset=offset,
                **OPTIONS,
            )  # fmt: skip
            assert (found.model, found.N, found.step) == (
                setting.model, setting.N, setting.step,
            )  # fmt: skip
            # the same numbers in products of other sizes
            np.testing.assert_allclose(found.risk, alone.risk, rtol=1e-11)
            assert (found.risk[:, 2] < found.risk[:, 0]).all()


@pytest.mark.parametrize("offset", ["slaved", "flow"])
def test_random_features_are_what_autograd_trains(offset):
    B, W0 = target(4, 5), np.random.default_rng(6).standard_normal((4, 3)) / 2
    steps, step, batch = 50, 0.004, 5
    run = descend(
        "RF", QuadraticTarget(B), W=W0, seeds=[2], looks=[steps], step=step,
        batch=batch, offset=offset, c0=-0.2,
    )  # fmt: skip
    W, B = torch.as_tensor(W0), torch.as_tensor(B)
    u, c = torch.zeros(3).double(), torch.tensor(-0.2, dtype=torch.float64)
    x_all = torch.randn(
        steps * batch, 4, generator=generators(2)[1], dtype=torch.float64
    )
    for x in x_all.split(batch):
        u, c = u.detach().requires_grad_(), c.detach().requires_grad_()
        shift = c if offset == "flow" else -(u * W.square().sum(0)).sum()
        y = ((x @ B) * x).sum(1) - B.trace()
        (y - (x @ W).square() @ u - shift).square().mean().backward()
        with torch.no_grad():
            u = u - step * u.grad
            c = c - step * c.grad if offset == "flow" else c
    M = (u * W) @ W.T
    mean = c + M.trace() if offset == "flow" else torch.tensor(0.0)
    error = 2 * (B - M).square().sum() + mean.square()
    expected = float((error / (2 * B.square().sum())).detach())
    np.testing.assert_allclose(run.risk[0, 0], expected, rtol=1e-11)


def test_step_sizes_drop_when_they_are_told_to():
    problem, W = QuadraticTarget([2.0, 1.0, 0.5]), np.eye(3)[:, :2]
    options = {"seeds": [3], "looks": [10, 11], "batch": 16, "step": 0.01}
    dropped = descend("NN", problem, W=W, drops=[(5, 0.1), (10, 0.0)], **options)
    assert dropped.risk[0, 0] == dropped.risk[0, 1]
    until = descend("NN", problem, W=W, **options | {"looks": [5]})
    early = descend("NN", problem, W=W, drops=[(5, 0.0)], **options)
    assert early.risk[0, 0] == until.risk[0, 0]
    assert early.risk[0, 0] != dropped.risk[0, 0]


def test_single_precision_is_double_precision_up_to_its_rounding():
    problem = QuadraticTarget(target(30, 7))
    options = OPTIONS | {"looks": [50]}
    single = descend_all(problem, SETTINGS, dtype=torch.float32, **options)
    double = descend_all(problem, SETTINGS, **options)
    for one, two in zip(single, double, strict=True):
        # 50 steps, each of some hundred roundings of 6e-8 that add up in the worst case
        np.testing.assert_allclose(one.risk, two.risk, rtol=50 * 100 * 6e-8)
        assert (one.risk != two.risk).all()


def test_training_ends_where_all_have_diverged():
    problem = QuadraticTarget(np.ones(6))
    settings = [Setting("NN", 6, 0.5), Setting("NN", 6, 0.7)]
    options = {"seeds": [0], "batch": 2, "looks": [0, 20, 10**9]}
    for run in descend_all(problem, settings, **options):
        assert run.diverged.tolist() == [20]
        assert np.isnan(run.risk[0, 1:]).all()
    mixed = [Setting("NN", 6, 0.5), Setting("NN", 6, 1e-4)]
    lost, kept = descend_all(problem, mixed, **options | {"looks": [0, 20, 100]})
    assert lost.diverged.tolist() == [20]
    assert kept.diverged.tolist() == [-1]


# --- interrupted and resumed ----------------------------------------------------------

KILLED = """
import numpy as np, os, sys
from rfbook.descent import Setting, descend_all
from rfbook.descent import engine
from rfbook.quadratic_gap import QuadraticTarget

class Killed(engine._Keeper):
    def keep(self):
        if self.run.done == int(sys.argv[2]):
            super().keep()
        if self.run.done == int(sys.argv[2]) + 2:
            os.kill(os.getpid(), 9)

engine._Keeper = Killed
engine._SHARD = 720
settings = [Setting("NN", 3, 0.002), Setting("NT", 5, 0.002), Setting("RF", 4, 0.003)]
descend_all(
    QuadraticTarget(np.arange(1.0, 7.0)), settings, seeds=[4, 1], looks=[0, 7, 60],
    batch=6, checkpoint=sys.argv[1], every=0.0, offset=sys.argv[3],
)
"""


@pytest.mark.slow
@pytest.mark.parametrize(("steps", "offset"), [(1, "flow"), (44, "slaved")])
def test_a_killed_run_goes_on_to_the_same_bits(tmp_path, monkeypatch, steps, offset):
    monkeypatch.setattr(engine, "_SHARD", 720)  # a shard ends after 720 / 36 = 20 steps
    file = tmp_path / "run.npz"
    process = subprocess.run(
        [sys.executable, "-c", KILLED, str(file), str(steps), offset],
        env=os.environ | {"OMP_NUM_THREADS": "1"}, check=False,
    )  # fmt: skip
    assert process.returncode == -9
    assert int(read_record(file).results["done"]) == steps
    problem = QuadraticTarget(np.arange(1.0, 7.0))
    settings = [Setting("NN", 3, 0.002), Setting("NT", 5, 0.002)]
    settings.append(Setting("RF", 4, 0.003))
    options = OPTIONS | {"offset": offset}
    with threads(1):
        resumed = descend_all(problem, settings, checkpoint=file, **options)
        whole = descend_all(problem, settings, **options)
    for one, two in zip(resumed, whole, strict=True):
        np.testing.assert_array_equal(one.risk, two.risk)
    assert not file.exists()


@contextmanager
def threads(count):
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def test_a_checkpoint_of_another_run_is_refused(tmp_path):
    file, problem = tmp_path / "run.npz", QuadraticTarget(np.ones(3))
    with pytest.raises(RecordError, match=r"must end in \.npz, got run\.json"):
        descend_all(problem, SETTINGS, checkpoint=tmp_path / "run.json", **OPTIONS)
    arguments = [sys.executable, "-c", KILLED, str(file), "30", "slaved"]
    subprocess.run(arguments, env=os.environ | {"OMP_NUM_THREADS": "1"}, check=False)
    with pytest.raises(RecordError, match="settings is"):
        descend_all(problem, SETTINGS, checkpoint=file, **OPTIONS)
    content = file.read_bytes()
    with pytest.raises(RecordError):
        descend_all(problem, SETTINGS[:1], checkpoint=file, **OPTIONS)
    assert file.read_bytes() == content


def test_a_batch_may_be_larger_than_what_is_drawn_at_once(monkeypatch):
    problem, W = QuadraticTarget([2.0, 1.0]), np.eye(2)
    options = {"W": W, "seeds": [3], "looks": [1], "step": 0.01, "batch": 9}
    # one step draws one batch, wherever a shard would end
    together = descend("NN", problem, **options)
    monkeypatch.setattr(engine, "_SHARD", 17)
    assert descend("NN", problem, **options).risk == together.risk


def test_what_is_kept_in_factors_are_the_neurons_and_the_directions():
    rng = torch.Generator().manual_seed(4)
    start = torch.randn(1, 4, 3, generator=rng, dtype=torch.float64)
    layer = torch.tensor([1.0, -0.5, 2.0], dtype=torch.float64)
    network = models.Network(start, 2, layer, True, 0.0)
    network.s *= torch.rand(network.s.shape, generator=rng, dtype=torch.float64) + 0.5
    W = network.neurons()
    torch.testing.assert_close((W * layer) @ W.mT, network.matrix())
    torch.testing.assert_close(W[0, 0, :, 1], start[0, :, 1] * network.s[0, 0, 1])
    tangent = models.Tangent(start, 2, None, True, 0.0)
    tangent.A += torch.randn(tangent.A.shape, generator=rng, dtype=torch.float64)
    tangent.q += 0.25
    expected = tangent.A + 0.25 * start
    torch.testing.assert_close(tangent.directions(), expected)


def test_the_steps_of_a_protocol_are_the_grid_that_was_scanned():
    assert Protocol(d=2, widths=(1,), seeds=(0,), steps=20).step_sizes == GRID


@pytest.mark.parametrize("step", [0.0, -0.5])
def test_a_protocol_refuses_steps_that_lead_nowhere(step):
    with pytest.raises(ValueError, match="step must be finite and > 0"):
        Protocol(d=2, widths=(1,), seeds=(0,), steps=20, step_sizes=(step,))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"settings": []}, "settings must be one or more"),
        ({"settings": [Setting("NN", 2, 0.1)] * 2}, "all different"),
        ({"drops": [(5, 0.1), (5, 0.2)]}, "drops must have increasing"),
        ({"drops": [(5, -0.1)]}, "factor must be finite and >= 0"),
        ({"W": np.ones((3, 2))}, "W must have the N of all settings"),
        ({"every": -1}, "every must be finite and >= 0"),
    ],
)
def test_a_sweep_refuses(change, message):
    arguments = OPTIONS | {"settings": SETTINGS, "checkpoint": None} | change
    with pytest.raises(ValueError, match=message):
        descend_all(QuadraticTarget(np.ones(3)), arguments.pop("settings"), **arguments)
