"""The recorded errors of random and tangent features."""

import numpy as np
import pytest

from rfbook.chapters import source_folder
from rfbook.records import read_record
from rfbook.single_neuron import best_error, sweep
from rfbook.single_neuron.features import random_feature_errors, tangent_feature_errors


@pytest.fixture(scope="module")
def record():
    path = source_folder() / "_static" / "data" / f"{sweep.KIND}.json"
    return read_record(path, kind=sweep.KIND, expect=sweep.parameters())


@pytest.fixture(scope="module")
def rows(record):
    return {(row["features"], row["d"]): row for row in record.results["rows"]}


def test_the_record_has_every_row(record, rows):
    assert set(rows) == {(f, d) for f in ("random", "tangent") for d in (3, 5, 10, 20)}
    assert rows["random", 3]["N"] == [2**k for k in range(13)]
    assert rows["tangent", 20]["N"] == [20 * 2**k for k in range(7)]
    assert record.sizes == {"draws": 20, "targets": 100}


def test_more_features_do_better_and_none_beats_the_best(rows):
    for (_, d), row in rows.items():
        mean, error = np.array(row["mean"]), np.array(row["standard_error"])
        assert (np.diff(mean) < 0).all()
        assert (error > 0).all()
        best = np.array([best_error(d, N) for N in row["N"]])
        # twenty means of 100 targets each: 5 standard errors for some sixty numbers
        assert (mean > best - 5 * error).all()


@pytest.mark.parametrize("d", [3, 20])
def test_other_draws_agree_with_the_record(rows, d):
    """Sixteen comparisons: 4.5 standard errors are a level of 1e-3 for normal means.

    The errors come from 20 draws, and Student's tails are wider: 6 of them.
    """
    neurons = 32
    fresh = {
        "random": (random_feature_errors(d, neurons, seed=1000 + d), 1),
        "tangent": (tangent_feature_errors(d, neurons, seed=1000 + d), d),
    }
    for kind, (runs, each) in fresh.items():
        mean, error = sweep.mean_and_error(runs)
        row = rows[kind, d]
        for N, old, spread in zip(
            row["N"], row["mean"], row["standard_error"], strict=True
        ):
            if N // each in (4, 8, 16, 32):
                n = N // each
                assert abs(mean[n] - old) < 6 * np.hypot(error[n], spread), (kind, N)


def test_the_command_writes_what_is_read(tmp_path, monkeypatch):
    for name, value in (("DIMENSIONS", (4,)), ("DRAWS", 3), ("TARGETS", 2)):
        monkeypatch.setattr(sweep, name, value)
    monkeypatch.setattr(sweep, "MOST_RANDOM", 8)
    monkeypatch.setattr(sweep, "MOST_TANGENT", 9)
    path = tmp_path / "features.json"
    assert sweep.main([str(path)]) == 0
    record = read_record(path, kind=sweep.KIND, expect=sweep.parameters())
    random, tangent = record.results["rows"]
    runs = random_feature_errors(4, 8, draws=3, targets=2, seed=4)
    mean, error = sweep.mean_and_error(runs[:, [1, 2, 4, 8]])
    assert random["N"] == [1, 2, 4, 8]
    assert tangent["N"] == [4, 8]
    assert np.allclose(random["mean"], mean, rtol=1e-12, atol=0)
    assert np.allclose(random["standard_error"], error, rtol=1e-12, atol=0)
    assert record.seeds == (4,)


@pytest.mark.parametrize("runs", [[1.0, 2.0], [[1.0, 2.0]], [[1.0], [np.nan]]])
def test_runs_without_a_standard_error_are_refused(runs):
    with pytest.raises(ValueError, match="runs must"):
        sweep.mean_and_error(runs)
