"""The recorded experiments on training: complete, of this engine, near the theory."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import t as student

from rfbook import sweeps
from rfbook.ledger.deciders import LEVEL
from rfbook.quadratic_gap import (
    exponential_target,
    flow_risk,
    initial_weights,
    nn_risk,
    nn_sgd_floor,
    nt_risk,
    runs,
)
from rfbook.quadratic_gap.figure import TARGET_SEED
from rfbook.quadratic_gap.protocol_scan import final_risks
from rfbook.quadratic_gap.reproduction import figure_one
from rfbook.quadratic_gap.runs import (
    BATCH,
    CELLS,
    DIMENSION,
    FLOW_DIMENSIONS,
    FLOW_SEEDS,
    LOOKS,
    SEEDS,
    STEP,
    recorded_constant,
    recorded_samples,
    sample_cell,
    settling_time,
)
from rfbook.records import RecordError


@pytest.fixture(scope="module")
def samples():
    return recorded_samples()


def test_the_record_has_every_cell(samples):
    assert tuple(samples) == CELLS
    shape = (len(SEEDS), len(LOOKS))
    for curves in samples.values():
        assert curves.risk.shape == curves.theory.shape == shape
        assert np.isfinite(curves.risk).all()
        assert curves.samples.tolist() == [BATCH * look for look in LOOKS]
        np.testing.assert_allclose(curves.risk[:, 0], curves.theory[:, 0], rtol=1e-10)


@pytest.mark.parametrize("model", ["NT", "NN"])
def test_a_part_of_the_record_is_what_the_room_computes(samples, model):
    old = samples[model, 6, "slaved"]
    new = sample_cell(model, 6, looks=LOOKS[:6], seeds=SEEDS[:3])
    np.testing.assert_allclose(new.theory, old.theory[:3, :6], rtol=1e-9)
    np.testing.assert_allclose(new.least, old.least[:3], rtol=1e-9)
    # another processor may round otherwise; the draws come from the same generators
    np.testing.assert_allclose(new.risk, old.risk[:3, :6], rtol=1e-6)


def test_the_least_risks_are_those_of_the_models(samples):
    B = exponential_target(DIMENSION, 0)
    for (model, N, _), curves in samples.items():
        if model == "NN":
            assert (curves.least == nn_risk(B, N)).all()
        else:
            W = initial_weights(DIMENSION, N, SEEDS[0])
            np.testing.assert_allclose(
                curves.least[0], nt_risk(W, B), atol=1e-12, rtol=0
            )


def test_the_tangent_model_follows_its_exact_mean(samples):
    cells = [cell for cell in CELLS if cell[0] == "NT"]
    comparisons = len(cells) * (len(LOOKS) - 1)
    k = student.isf(LEVEL / (2 * comparisons), len(SEEDS) - 1)
    for cell in cells:
        gap, error = samples[cell].gap()
        assert (np.abs(gap[1:]) <= k * error[1:]).all(), cell


def test_the_network_ends_above_its_flow_by_its_noise(samples):
    B = exponential_target(DIMENSION, 0)
    for N in (6, 15, 30):
        curves = samples["NN", N, "slaved"]
        end, flow = curves.summary()[0][-1], curves.theory.mean(0)[-1]
        gain = 1 - nn_risk(B, N) / nn_sgd_floor(B, N, step=STEP, batch=BATCH)
        # a term of first order in the step size, with others of the order of its square
        excess = end / flow - 1
        assert gain - gain**2 < excess < gain + 4 * gain**2, (N, excess, gain)


def test_the_trained_constant_holds_the_network_back(samples):
    slaved, flow = (samples["NN", 30, offset] for offset in ("slaved", "flow"))
    assert (flow.risk[:, -1] > 5 * slaved.risk[:, -1]).all()


def test_settling_times_are_recorded_for_every_dimension():
    times = recorded_constant()
    for found in times.values():
        assert found.shape == (len(FLOW_DIMENSIONS), len(FLOW_SEEDS))
        assert (found > 0).all()
    mean = {offset: found.mean(1) for offset, found in times.items()}
    # about proportional to d where the constant flows, about constant where it does not
    assert 4 < mean["flow"][-1] / mean["flow"][0] < 16
    assert 0.25 < mean["slaved"][-1] / mean["slaved"][0] < 4
    assert (times["flow"] > times["slaved"]).all()


def test_the_experiment_is_for_half_as_many_neurons_as_dimensions(monkeypatch):
    monkeypatch.setattr(runs, "FLOW_SEEDS", (2,))
    B, W0 = exponential_target(6, 2), initial_weights(6, 3, 2)
    assert runs.constant_cell(6, "flow") == [settling_time(B, W0, "flow")]


@pytest.mark.parametrize("offset", ["slaved", "flow"])
def test_at_the_settling_time_the_risk_is_that_close(offset):
    B, W0 = exponential_target(6, 2), initial_weights(6, 3, 2)
    tau = settling_time(B, W0, offset, share=0.1)
    found = flow_risk(B, W0, tau, offset)
    np.testing.assert_allclose(found, 1.1 * nn_risk(B, 3), rtol=1e-5)
    recorded = recorded_constant()[offset][0, 0]
    B, W0 = exponential_target(10, 0), initial_weights(10, 5, 0)
    risk = flow_risk(B, W0, recorded, offset)
    np.testing.assert_allclose(risk, 1.05 * nn_risk(B, 5), rtol=1e-5)


def test_a_settling_time_needs_a_floor_that_is_reached():
    with pytest.raises(ValueError, match="least risk must be positive, got 0"):
        settling_time([2.0, 1.0], np.eye(2))
    with pytest.raises(ValueError, match="share must be finite and > 0"):
        settling_time([2.0, 1.0], [[1.0], [1.0]], share=0)
    # started in the second direction, the network never finds the first
    with pytest.raises(ValueError, match="the risk is not within"):
        settling_time([2.0, 1.0], [[0.0], [1.0]])
    with pytest.raises(ValueError, match="offset must be slaved for NT"):
        sample_cell("NT", 2, "flow")


@pytest.mark.parametrize("name", ["samples", "constant"])
def test_recording_goes_on_from_a_file(tmp_path, monkeypatch, name):
    suffix, cells = {
        "samples": ("npz", (("NN", 1, "slaved"), ("NT", 2, "slaved"))),
        "constant": ("json", ((10, "slaved"), (20, "slaved"))),
    }[name]
    path, calls = tmp_path / f"run.{suffix}", []

    def curves(*cell):
        calls.append(cell)
        two = np.zeros((2, 2))
        return runs.SampleCurves(np.arange(2), two, two, np.zeros(2))

    def times(*cell):
        calls.append(cell)
        return [1.0, 2.0]

    monkeypatch.setattr(runs, "sample_cell", curves)
    monkeypatch.setattr(runs, "constant_cell", times)
    record = {"samples": runs.record_samples, "constant": runs.record_constant}[name]
    recorded = {"samples": recorded_samples, "constant": recorded_constant}[name]
    record(path, cells[:1])
    record(path, cells)
    assert calls == list(cells)
    with pytest.raises(RecordError, match="cells are missing"):
        recorded(path)
    monkeypatch.setattr(sweeps, "module_digest", lambda *names: "another")
    with pytest.raises(RecordError, match="begun with other code"):
        record(path, cells)


def test_the_command_writes_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr(runs, "constant_cell", lambda d, offset: [1.0] * 5)
    path = tmp_path / "run.json"
    assert runs.main(["constant", str(path)]) == 0
    assert recorded_constant(path)["flow"].tolist() == [[1.0] * 5] * 4


# --- the scan and the figure's cells --------------------------------------------------


def test_the_steps_of_the_scan_fall_after_70_and_85_per_cent():
    import torch

    class One:
        """A target 1 that only the constant can learn: all examples are at 0."""

        d = 1

        def examples(self, streams, count):
            return torch.zeros(1, count, 1), torch.ones(1, count)

        def risk(self, M, mean):
            return (mean - M[:, 0, 0] - 1) ** 2

    plain, falling = final_risks(
        "NT", One(), 1, sizes=[0.01], multiples=[1.0], seeds=[0], steps=100,
        dtype=torch.float64,
    ).ravel()  # fmt: skip
    # c - 1 takes the factor 1 - 2 eta in each step
    np.testing.assert_allclose(plain, 0.98**200, rtol=1e-12)
    expected = (0.98**70 * 0.998**15 * 0.9998**15) ** 2
    np.testing.assert_allclose(falling, expected, rtol=1e-12)


def test_a_cell_of_the_figure_tells_the_seeds_that_it_draws_from(tmp_path):
    def stand_in(sweep, key, checkpoint):
        return {"risk": np.ones((4, 2))}

    keys = (("NT", 6, 2), ("NT", 6, TARGET_SEED))
    sweep = replace(figure_one("laptop"), keys=keys, compute=stand_in)
    sweep.run(tmp_path, progress=False)
    found = [list(record.seeds) for record in sweep.read(tmp_path).values()]
    assert found == [[TARGET_SEED, 2], [TARGET_SEED]]
