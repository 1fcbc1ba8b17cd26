"""The command that runs recorded experiments anew, and the protocol of the figures."""

import json
from dataclasses import replace

import numpy as np
import pytest

from rfbook import cli, reproduce
from rfbook.descent import initial_weights
from rfbook.descent.protocol import Protocol, best_step
from rfbook.mixture_gap import reproduction as two
from rfbook.quadratic_gap import nn_risk, nt_risk
from rfbook.quadratic_gap import reproduction as one
from rfbook.quadratic_gap.target import exponential_target
from rfbook.records import RecordError, data_folder
from rfbook.sweeps import Sweep

pytestmark = pytest.mark.slow

TINY = Protocol(d=6, widths=(2, 8), seeds=(0,), steps=60, batch=20)


def tiny(sweep: Sweep) -> Sweep:
    """The same cells, small: keys and parameters of TINY."""
    parameters = {**sweep.parameters, **TINY.parameters(), "samples": 300}
    keys = tuple((model, N, 0) for N in TINY.widths for model in ("RF", "NT", "NN"))
    return replace(sweep, parameters=parameters, keys=keys)


@pytest.fixture
def small(monkeypatch):
    """Make every experiment a tiny one."""
    real = reproduce.experiment
    monkeypatch.setattr(reproduce, "experiment", lambda name: tiny_of(real(name)))


def tiny_of(function):
    return lambda scale: tiny(function(scale))


@pytest.mark.parametrize("name", ["figure1", "figure2"])
def test_cells_hold_curves_and_least_risks(small, tmp_path, name, capsys):
    folder = tmp_path / "runs"
    assert cli.main(["reproduce", name, "--folder", str(folder)]) == 0
    assert "6 of 6 cells to compute" in capsys.readouterr().out
    room = one if name == "figure1" else two
    sweep = tiny((one.figure_one if room is one else two.figure_two)("laptop"))
    cells = sweep.read(folder)
    assert set(cells) == set(sweep.keys)
    for (model, N, _), record in cells.items():
        found = record.results
        if model == "RF":
            assert found["population"].shape == (1,)
            continue
        assert found["risk"].shape == (4, len(TINY.looks))
        assert found["steps"].tolist() == list(TINY.looks)
        assert found["unit"] == (1 / N if model == "NT" else 1 / np.sqrt(6))
        # no quadratic function of the model is better; rounding is in single precision
        best = found["risk"][best_step(found["risk"]), -1]
        assert best > found["least"] * (1 - 1e-5)
        assert best < found["risk"][0, 0]


def test_least_risks_are_those_of_the_start(small, tmp_path):
    sweep = tiny(one.figure_one("laptop"))
    sweep = replace(sweep, keys=(("NT", 2, 0), ("NN", 2, 0)))
    sweep.run(tmp_path, progress=False)
    cells, B = sweep.read(tmp_path), exponential_target(6, 0)
    assert cells["NT", 2, 0].results["least"] == nt_risk(initial_weights(6, 2, 0), B)
    assert cells["NN", 2, 0].results["least"] == nn_risk(B, 2, "ones")


def test_a_folder_in_use_needs_resume(small, tmp_path, capsys):
    folder = str(tmp_path / "runs")
    assert cli.main(["reproduce", "figure1", "--folder", folder]) == 0
    before = {p.name: p.read_bytes() for p in (tmp_path / "runs").iterdir()}
    assert cli.main(["reproduce", "figure1", "--folder", folder]) == 2
    assert "6 files: add --resume" in capsys.readouterr().err
    (tmp_path / "runs" / "nn-2-0.npz").unlink()
    command = ["reproduce", "figure1", "--folder", folder, "--resume"]
    assert cli.main([*command, "--only", "RF"]) == 0
    assert "0 of 2 cells to compute" in capsys.readouterr().out
    assert cli.main([*command, "--workers", "2"]) == 0
    assert "1 of 6 cells to compute" in capsys.readouterr().out
    after = {p.name: p.read_bytes() for p in (tmp_path / "runs").iterdir()}
    same = [name for name in before if before[name] == after[name]]
    assert set(before) - set(same) <= {"nn-2-0.npz"}
    assert set(after) == set(before)


def test_wrong_calls(capsys, tmp_path):
    assert cli.main(["reproduce", "list"]) == 0
    assert capsys.readouterr().out.split() == ["figure1", "figure2", "width-table"]
    folder = ["--folder", str(tmp_path / "none")]
    for arguments, message in (
        (["figure3"], "experiment must be one of figure1, figure2, width-table"),
        (["figure1", "--scale", "huge"], "scale must be one of laptop, paper"),
        (["width-table", "--scale", "huge"], "scale must be one of laptop, paper"),
        (["figure1", "--workers", "0"], "workers must be an integer >= 1"),
        (["figure1", "--only", "nt-4"], "only must begin a cell's name (rf-6-0, ..."),
    ):
        assert cli.main(["reproduce", *arguments, *folder]) == 2
        assert message in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


def stand_in(sweep, key, checkpoint):
    """Stand for a cell that takes hours."""
    return {"risk": np.ones((4, 2))}


@pytest.mark.parametrize(
    ("room", "function"), [(one, one.figure_one), (two, two.figure_two)]
)
def test_runs_of_the_paper_s_size_are_read_where_they_are(tmp_path, room, function):
    assert room.paper_runs(tmp_path) == {}
    sweep = function("paper")
    key = sweep.keys[4]
    replace(sweep, keys=(key,), compute=stand_in).run(tmp_path, progress=False)
    assert set(room.paper_runs(tmp_path)) == {key}
    wrong = replace(function("laptop"), keys=(key,), compute=stand_in)
    sweep.path(tmp_path, key).unlink()
    wrong.run(tmp_path, progress=False)
    with pytest.raises(RecordError, match="expected"):
        room.paper_runs(tmp_path)


@pytest.mark.parametrize(
    ("function", "steps"), [(one.figure_one, 200_000), (two.figure_two, 140_000)]
)
def test_the_paper_scale_is_that_of_the_text(function, steps):
    protocol = Protocol.of(function("paper").parameters)
    assert (protocol.d, protocol.steps, protocol.batch) == (450, steps, 100)
    assert (min(protocol.widths), max(protocol.widths)) == (45, 4500)
    assert (protocol.step_sizes[0], protocol.step_sizes[-1]) == (0.001, 0.03)
    assert function("paper").parameters["samples"] == 500_000


def test_the_width_table_is_the_recorded_grid(tmp_path):
    sweep = reproduce.experiment("width-table")("laptop")
    key = ("1/10", "0")
    replace(sweep, keys=(key,)).run(tmp_path, progress=False)
    found = replace(sweep, keys=(key,)).read(tmp_path)[key].results["widths"]
    recorded = json.loads((data_folder() / "single-neuron-widths.json").read_text())
    place = sweep.parameters["biases"].index("0")
    assert found == recorded["results"]["widths"][0][place]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"d": 0}, "d must be an integer >= 1"),
        ({"steps": 19}, "steps must be an integer >= 20"),
        ({"widths": (0,)}, "widths must be an integer >= 1"),
        ({"step_sizes": (0.0,)}, "step must be finite and > 0"),
    ],
)
def test_a_protocol_refuses(change, message):
    with pytest.raises(ValueError, match=message):
        replace(TINY, **change)
    with pytest.raises(ValueError, match="every step size has diverged"):
        best_step(np.array([[1.0, np.nan]]))
