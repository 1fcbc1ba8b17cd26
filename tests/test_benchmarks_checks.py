"""The benchmarks' own checks notice what is wrong."""

import importlib
import sys
from pathlib import Path

import numpy as np
import pytest

FOLDER = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture
def module(monkeypatch):
    """Import a module of the suite with its small cases."""
    monkeypatch.setenv("RFBOOK_BENCH_QUICK", "1")
    monkeypatch.setenv("RFBOOK_DEVICE", "cpu")
    monkeypatch.syspath_prepend(FOLDER)
    loaded = []

    def load(name):
        loaded.extend(("suite", name))
        return importlib.import_module(name)

    yield load
    for name in loaded:
        sys.modules.pop(name, None)


# Points of the figures


@pytest.mark.parametrize("model", ["NT", "NN"])
def test_a_step_that_is_slightly_wrong_is_noticed(module, monkeypatch, model):
    bench = module("bench_exact_curves")
    x, y = bench.draws(1, 50)
    assert bench.step_gap(model, 5, x, y) <= 1
    name = {"NT": "tangent_step", "NN": "network_step"}[model]
    right = getattr(bench, name)
    monkeypatch.setattr(
        bench, name, lambda *given: right(*given[:-1], given[-1] * (1 + 1e-9))
    )
    assert bench.step_gap(model, 5, x, y) > 1


def test_a_batch_that_is_slightly_wrong_is_noticed(module, monkeypatch):
    bench = module("bench_exact_curves")
    x, y = bench.draws(2, 50)
    assert bench.batch_gap(5, x, y) <= 1
    right = bench.add_batch
    monkeypatch.setattr(
        bench,
        "add_batch",
        lambda gram, right_side, W, x, y: right(gram, right_side, W, x * (1 + 1e-9), y),
    )
    assert bench.batch_gap(5, x, y) > 1


@pytest.mark.parametrize("figure", [1, 2])
@pytest.mark.parametrize("model", ["RF", "NT", "NN"])
def test_an_exact_risk_is_that_of_a_function(module, figure, model):
    bench = module("bench_exact_curves")
    figure = bench.FIGURES[figure]
    risk = figure.exact(model, 4)
    error, bound = figure.exact_error(model, 4, risk)
    assert error <= bound < 1e-10
    error, bound = figure.exact_error(model, 4, risk * (1 + 1e-9))
    assert error > bound


def test_recorded_runs_end_above_the_least_risk(module):
    bench = module("bench_exact_curves")
    small = bench.reached_small(1, "NN", 450)
    assert (small["d"], small["samples"]) == (60, 200_000)
    assert small["excess"] > 5 * small["standard_error"] > 0
    fit = bench.reached_fit(2, 450)
    assert fit["samples"] == 50_000
    assert fit["test_error"] > fit["excess"] > 5 * fit["standard_error"] > 0
    assert bench.reached_small(1, "NN", 135) == {}
    assert bench.reached_fit(1, 135) == {}


# Matrices of kernels


@pytest.mark.parametrize("kernel", ["arc-cosine", "tangent", "gaussian", "quadratic"])
def test_an_entry_that_is_slightly_wrong_is_noticed(module, kernel):
    bench = module("bench_gram")
    x = bench.points(20, 10)
    gap = bench.gap_in_roundings(kernel, x)
    first = bench.WAYS[kernel]["rfbook"](x)
    assert bench.errors(kernel, first, 20, 10)["error_close"] < 1e-14
    assert gap(first, first) == 0
    wrong = first.copy()
    wrong[3, 3] *= 1 + 1e-6
    assert gap(wrong, first) > 1
    assert gap(first.astype(np.float32), first) <= 1
    assert not gap(np.full_like(first, np.nan), first) <= 1


def test_a_worker_that_cannot_start_says_so(module):
    bench = module("bench_gram")
    worker = bench.Worker(sys.executable)
    with pytest.raises(RuntimeError, match="neural-tangents stopped at load"):
        worker.load(bench.points(5, 3), "float64")
    worker.close()
    assert worker.process.returncode != 0


# Exact widths


def test_a_wrong_kernel_is_noticed(module, monkeypatch):
    bench = module("bench_width")
    found = bench.monte_carlo(10, 400)
    assert bench.standard_errors(found, 10) <= bench.STANDARD_ERRORS
    right = bench.relu_kernel
    monkeypatch.setattr(bench, "relu_kernel", lambda t: 1.03 * right(t))
    found = bench.monte_carlo(10, 400)
    assert bench.standard_errors(found, 10) > bench.STANDARD_ERRORS


def test_the_gram_matrix_finds_widths_of_its_own_spectrum(module):
    bench = module("bench_width")
    errors, widths, _ = bench.monte_carlo(3, 400)
    assert bench.exact(3)[1] == widths
    assert errors == pytest.approx(bench.exact(3)[0], rel=0.1, abs=0)
