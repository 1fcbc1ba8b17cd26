"""The experiments of the figures: what a cell says, and the scan of the protocol."""

import math

import numpy as np
import pytest
import torch

from rfbook.descent import Setting, descend_all, initial_weights
from rfbook.experiments import figure_sweep, outcome
from rfbook.quadratic_gap import QuadraticTarget, nn_risk, nt_risk
from rfbook.quadratic_gap import protocol_scan as scan
from rfbook.quadratic_gap.target import exponential_target
from rfbook.records import RecordError, read_record
from rfbook.training import generators

# --- what a cell says -----------------------------------------------------------------


def trained(risk):
    return {
        "risk": np.array(risk), "steps": np.array([0, 50]), "least": np.array(0.25),
        "step_sizes": np.array([0.001, 0.003]),
    }  # fmt: skip


def test_the_outcome_is_the_step_that_fits_best():
    seen = outcome(trained([[1.0, 0.5], [1.0, 0.4]]))
    assert (seen.risk, seen.least, seen.step) == (0.4, 0.25, 0.003)
    assert seen.path.tolist() == [1.0, 0.4]
    assert math.isnan(seen.test)
    lost = outcome(trained([[1.0, np.nan], [1.0, np.nan]]))
    assert math.isnan(lost.risk)
    assert math.isnan(lost.step)
    assert lost.path.size == 0


def test_fitted_features_have_an_exact_risk_and_a_test():
    found = {"population": [0.9], "test": [0.8], "test_error": [0.01]}
    seen = outcome({name: np.array(value) for name, value in found.items()})
    assert (seen.risk, seen.test, seen.error) == (0.9, 0.8, 0.01)
    assert math.isnan(seen.least)
    assert seen.steps.size == 0


def test_there_are_two_scales():
    with pytest.raises(ValueError, match="scale must be one of laptop, paper"):
        figure_sweep("huge", kind="k", steps=9, compute=dict, seeds=list, module="m")


# --- training with every choice -------------------------------------------------------

PROBLEM = QuadraticTarget(exponential_target(8, 0))
SIZES, SEEDS, STEPS = (0.001, 0.003), (0, 2), 60
BATCH = 900  # two shards of draws


@pytest.mark.parametrize("model", ["NT", "NN"])
@pytest.mark.parametrize("offset", ["flow", "slaved"])
def test_the_scan_trains_as_the_engine_does(model, offset):
    found = scan.final_risks(
        model, PROBLEM, 3, sizes=SIZES, seeds=SEEDS, steps=STEPS, batch=BATCH,
        multiples=[1, 1] if offset == "flow" else None, dtype=torch.float64,
    )  # fmt: skip
    for row, drops in zip(found, ((), ((42, 0.1), (51, 0.01))), strict=True):
        for risk, size in zip(row, SIZES, strict=True):
            (run,) = descend_all(
                PROBLEM, [Setting(model, 3, size)], seeds=SEEDS, looks=[STEPS],
                batch=BATCH, drops=drops, offset=offset, dtype=torch.float64,
            )  # fmt: skip
            # both round in float64 over 60 steps
            np.testing.assert_allclose(risk, run.risk[:, 0], rtol=1e-12)


@pytest.mark.parametrize("model", ["NT", "NN"])
def test_the_constant_takes_a_multiple_of_the_step(model):
    q, step, steps, batch = 7.0, 0.002, 30, 20
    found = scan.final_risks(
        model, PROBLEM, 3, sizes=[step], multiples=[q], seeds=[5], steps=steps,
        batch=batch, dtype=torch.float64,
    )  # fmt: skip

    B, W0 = torch.as_tensor(PROBLEM.B), torch.as_tensor(initial_weights(8, 3, 5))
    moved = torch.zeros_like(W0) if model == "NT" else W0.clone()
    c = torch.tensor(0.0, dtype=torch.float64)
    stream = generators(5)[1]
    x_all = torch.randn(steps * batch, 8, generator=stream, dtype=torch.float64)
    for x in x_all.split(batch):
        moved, c = moved.detach().requires_grad_(), c.detach().requires_grad_()
        if model == "NT":
            f = 2 * ((x @ W0) * (x @ moved)).sum(1)
        else:
            f = (x @ moved).square().sum(1)
        ((x.square() - 1) @ B - f - c).square().mean().backward()
        moved, c = moved - step * moved.grad, c - q * step * c.grad
    half = W0 @ moved.T if model == "NT" else moved @ moved.T / 2
    M = half + half.T
    error = 2 * (torch.diag(B) - M).square().sum() + (c + M.trace()).square()
    expected = float((error / (2 * B.square().sum())).detach())
    # both round in float64 over 30 steps
    np.testing.assert_allclose(found[0, 0, 0], expected, rtol=1e-11)


def test_a_run_that_diverges_is_no_number():
    found = scan.final_risks(
        "NN", PROBLEM, 3, sizes=[0.001, 3.0], multiples=None, seeds=[0], steps=20
    )
    assert np.isfinite(found[:, 0]).all()
    assert np.isnan(found[:, 1]).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model": "RF"}, "model must be one of NT, NN"),
        ({"sizes": [0.0]}, "size must be finite and > 0"),
        ({"multiples": [1, 2]}, r"multiples must be one for each of 1 sizes"),
        ({"multiples": [-1]}, "multiple must be finite and >= 0"),
        ({"steps": 0}, "steps must be an integer >= 1"),
    ],
)
def test_what_is_refused(change, message):
    wrong = {"sizes": [0.1], "multiples": [1], "seeds": [0], "steps": 1} | change
    with pytest.raises(ValueError, match=message):
        scan.final_risks(wrong.pop("model", "NN"), PROBLEM, 2, **wrong)
    with pytest.raises(ValueError, match="unit must be one of"):
        scan.unit_size("d", 4, 2)
    with pytest.raises(ValueError, match="N must be below d = 8, got 8"):
        scan.scan_cell("NN", 8, 8, "1", 1)


@pytest.mark.parametrize("model", ["NT", "NN"])
def test_the_axes_of_a_cell_are_choice_fall_step_start(monkeypatch, model):
    monkeypatch.setattr(scan, "steps_at", lambda d: 20)
    unit = scan.UNITS[model][1]
    cell = scan.scan_cell(model, 8, 3, unit, 2)
    assert cell.risk.shape == (len(scan.CHOICES), 2, len(scan.GRID), 2)
    size = scan.GRID[2] * scan.unit_size(unit, 8, 3)
    for choice, multiple in ((1, scan.MULTIPLES[1]), (len(scan.MULTIPLES), None)):
        alone = scan.final_risks(
            model, PROBLEM, 3, sizes=[size], seeds=[0, 1], steps=20,
            multiples=None if multiple is None else [multiple],
        )  # fmt: skip
        # 20 steps, each of which rounds in float32
        np.testing.assert_allclose(cell.risk[choice, :, 2], alone[:, 0], rtol=1e-5)
    starts = [initial_weights(8, 3, seed) for seed in (0, 1)]
    assert cell.least.tolist() == [
        nt_risk(W, PROBLEM.B) if model == "NT" else nn_risk(PROBLEM.B, 3, "ones")
        for W in starts
    ]


# --- the record -----------------------------------------------------------------------


def test_the_record_goes_on_and_is_read_whole(monkeypatch, tmp_path):
    done, path = [], tmp_path / "scan.json"

    def cell(*key):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(key)
        risk = np.full((len(scan.CHOICES), 2, len(scan.GRID), key[-1]), 0.5)
        risk[0, 1, 3, 0] = np.nan
        return scan.ScanCell(risk, np.full(key[-1], 0.25))

    monkeypatch.setattr(scan, "scan_cell", cell)
    cells = scan.CELLS[:3]
    with pytest.raises(KeyboardInterrupt):
        scan.record_scan(path, cells)
    assert read_record(path).sizes == {"cells": 2}
    with pytest.raises(RecordError, match="16 cells are missing"):
        scan.recorded_scan(path)
    done[:] = done[:1]
    scan.record_scan(path, cells)
    assert done == [cells[0], cells[2]]
    monkeypatch.setattr(scan, "CELLS", cells)
    monkeypatch.setattr(scan, "parameters", lambda: {"batch": scan.BATCH})
    found = scan.recorded_scan(path)
    assert list(found) == list(cells)
    for seen in found.values():
        assert np.isnan(seen.risk).sum() == 1
        assert (seen.best() == 2).all()


def test_the_command_writes_the_record(monkeypatch, tmp_path):
    asked = []
    monkeypatch.setattr(scan, "record_scan", asked.append)
    assert scan.main([str(tmp_path / "scan.json")]) == 0
    assert asked == [str(tmp_path / "scan.json")]


@pytest.mark.parametrize("model", ["NT", "NN"])
def test_recorded_numbers_are_those_of_the_engine(model):
    d, N = 60, 6
    cell, unit = scan.recorded_scan()[model, d, N, "1/d", 3], 1 / d
    steps, place = scan.steps_at(d), 2
    drops = ((steps * 70 // 100, 0.1), (steps * 85 // 100, 0.01))
    B = exponential_target(d, scan.TARGET_SEED)
    (run,) = descend_all(
        QuadraticTarget(B), [Setting(model, N, scan.GRID[place] * unit)], seeds=[1],
        looks=[steps], batch=scan.BATCH, drops=drops, dtype=torch.float32,
    )  # fmt: skip
    # each step rounds in float32
    rounding = steps * np.finfo(np.float32).eps
    np.testing.assert_allclose(
        cell.risk[-1, 1, place, 1], run.risk[0, 0], rtol=rounding
    )


def test_what_the_page_says_of_the_scan():
    found = scan.recorded_scan()
    for (model, d, N, _, _), cell in found.items():
        best = cell.best()
        finite = best[np.isfinite(best)]
        # no model is better than its least risk; the risk is evaluated in float64
        assert finite.min() > 1
        if d // 2 == N:
            # q = 100 and centred features, with a fall
            assert best[[2, 4], 1].max() < (1.03 if model == "NT" else 1.06)
            assert best[0].min() > (1.05 if model == "NT" else 3)
        else:
            assert best[[2, 4], 1].max() < 1.02
