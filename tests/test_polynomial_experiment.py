"""The chapter's training experiment: its target, its record, and what it shows."""

import numpy as np
import pytest
import torch

from rfbook.chapters import source_folder
from rfbook.polynomial_learning import experiment
from rfbook.polynomial_learning.experiment import (
    BLOCKS,
    LAYERS,
    LOOKS,
    STEPS,
    TARGET,
    WIDTHS,
    read_sweep,
    run,
    sweep,
    target_hinge,
    tensor_function,
)
from rfbook.polynomial_learning.representation import evaluate
from rfbook.records import RecordError, read_record

FILE = source_folder() / "_static" / "data" / f"{experiment.KIND}.npz"


@pytest.fixture(scope="module")
def recorded():
    return read_sweep(FILE)


def test_the_tensor_function_is_the_polynomial():
    x = np.random.default_rng(0).uniform(-1, 1, (7, 3, 5))
    by_hand = 4 * (x[..., 0] * x[..., 1] + x[..., 2] ** 2 - 0.2)
    found = tensor_function(TARGET)(torch.from_numpy(x)).numpy()
    np.testing.assert_allclose(found, by_hand, rtol=1e-14, atol=1e-14)


def test_the_hinge_loss_of_a_linear_function():
    """On the sphere of R^3 a coordinate is uniform on [-1, 1]: E (1 - c|t|)_+."""
    for c, exact in ((1, 0.5), (4, 0.125)):
        found, error = target_hinge({(1, 0, 0): c}, 100_000)
        assert abs(found - exact) < 4 * error


@pytest.mark.slow
def test_the_hinge_loss_of_the_target_by_quadrature():
    """x_1 x_2 has the law of (p - q)/2 with p + q = x_1^2 + x_2^2 on a circle."""
    # On S^4 write |(x_1, x_2)|^2 = s, x_3^2 = (1 - s) c^2: s is Beta(1, 3/2), c is
    # uniform on [-1, 1], and the angle is uniform.
    s = 1 - (1 - (np.arange(400) + 0.5) / 400) ** (2 / 3)
    c = (np.arange(400) + 0.5) / 400
    angle = np.pi * (np.arange(400) + 0.5) / 400
    value = 4 * (
        s[:, None, None] * np.sin(2 * angle) / 2
        + (1 - s[:, None, None]) * c[:, None] ** 2
        - 0.2
    )
    exact = np.maximum(0, 1 - np.abs(value)).mean()
    found, error = target_hinge()
    # the midpoint rule of a Lipschitz function errs by less than 1e-3 at this step
    assert abs(found - exact) < 4 * error + 1e-4


def test_on_the_sphere_relus_give_the_target_exactly():
    """E 32 P(w) [<w, x>]_+ = P(x) for w uniform on the sphere, by sampling."""
    rng = np.random.default_rng(1)
    w = rng.standard_normal((400_000, 5))
    w /= np.linalg.norm(w, axis=1, keepdims=True)
    x = w[:4]
    terms = 32 * evaluate(TARGET, w)[:, None] * np.maximum(w @ x.T, 0)
    errors = terms.std(axis=0, ddof=1) / np.sqrt(len(w))
    # four comparisons at 5 standard errors: a false alarm in 4e5 runs
    assert (np.abs(terms.mean(axis=0) - evaluate(TARGET, x)) < 5 * errors).all()
    assert (errors < 0.1).all()
    bounds = evaluate(TARGET, w).min(), evaluate(TARGET, w).max()
    assert -2.8 <= bounds[0] < -2.7
    assert 3.1 < bounds[1] <= 3.2


def test_the_record_has_every_network(recorded):
    assert set(recorded) == {(layers, width) for layers in LAYERS for width in WIDTHS}
    for one in recorded.values():
        assert one.seeds == tuple(seed for block in BLOCKS for seed in block)
        assert one.steps.tolist() == list(range(0, STEPS + 1, STEPS // LOOKS))
        assert one.loss.shape == one.moved.shape == (20, LOOKS + 1)


def test_a_part_of_the_record_is_what_the_engine_trains(recorded):
    for layers in LAYERS:
        again = run(100, layers, [0, 7], steps=4000, looks=2)
        old = recorded[layers, 100]
        for name in ("loss", "moved", "moved_most"):
            # rounding, which thousands of steps may enlarge, is far below a standard
            # error of 1e-3
            np.testing.assert_allclose(
                getattr(again, name), getattr(old, name)[[0, 7], :3], atol=1e-6, rtol=0
            )


def test_what_the_chapter_says_of_the_record(recorded):
    ends = {key: one.summary("loss") for key, one in recorded.items()}
    assert all(count == 20 for _, _, count in ends.values())
    for width in WIDTHS:
        outer, both = ends["outer", width], ends["both", width]
        spread = 2 * (outer[1][-1] + both[1][-1])
        assert both[0][-1] + spread < outer[0][-1]
    own = target_hinge()[0]
    assert ends["both", 100][0][-1] < own / 6
    assert all(ends["outer", width][0][-1] > own for width in WIDTHS)
    both = [ends["both", width][0][-1] for width in WIDTHS]
    moved = [recorded["both", width].summary("moved_most")[0][-1] for width in WIDTHS]
    assert both == sorted(both)
    assert moved == sorted(moved, reverse=True)


def test_an_interrupted_sweep_goes_on(tmp_path, monkeypatch):
    monkeypatch.setattr(experiment, "STEPS", 4)
    monkeypatch.setattr(experiment, "LOOKS", 2)
    monkeypatch.setattr(experiment, "WIDTHS", (3, 5))
    monkeypatch.setattr(experiment, "BLOCKS", ((0, 1), (2, 3)))
    trained = []

    def stopping(width, layers, seeds, progress):
        if len(trained) == 3:
            raise KeyboardInterrupt
        trained.append((width, layers, seeds))
        return run(width, layers, seeds, 4, looks=2, test_points=10)

    monkeypatch.setattr(experiment, "run", stopping)
    path = tmp_path / "sweep.npz"
    with pytest.raises(KeyboardInterrupt):
        sweep(path, progress=False)
    assert read_record(path).sizes["networks"] == 6
    before, trained[:] = list(trained), []
    with pytest.raises(KeyboardInterrupt):
        sweep(path, progress=False)
    trained_first, trained[:] = list(trained), []
    sweep(path, progress=False)
    everything = [*before, *trained_first, *trained]
    assert len(everything) == len(set(everything)) == 8
    assert {key: one.seeds for key, one in read_sweep(path).items()} == {
        (layers, width): (0, 1, 2, 3) for layers in LAYERS for width in (3, 5)
    }


def test_a_record_of_another_sweep_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(experiment, "STEPS", 41)
    with pytest.raises(RecordError, match="steps is 40000, expected 41"):
        read_sweep(FILE)
