"""Coupling and layer drift: bounds, training loops, the experiments over the width."""

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import binom, norm

from rfbook import sweeps
from rfbook.chapters import source_folder
from rfbook.ledger.deciders import standard_errors
from rfbook.random_features import coupling, drift, widths
from rfbook.records import RecordError, read_record

RECORD = source_folder() / "_static" / "data" / f"{widths.KIND}.json"


# --- numbers --------------------------------------------------------------------------


def test_flip_probability_is_the_mass_between_minus_rho_and_rho():
    q = np.array([0.0, 1e-9, 0.03, 0.4, 1.7, 6.0])
    np.testing.assert_allclose(
        coupling.flip_probability(q), 1 - 2 * norm.sf(q), atol=1e-15, rtol=1e-6
    )


@pytest.mark.parametrize("q", [1e-3, 0.2, 1.0, 4.0])
def test_mean_excess_is_the_integral_it_stands_for(q):
    value, error = quad(lambda g: 2 * (q - g) * norm.pdf(g), 0, q)
    assert abs(coupling.mean_excess(q) - value) <= 10 * error


def test_mean_excess_keeps_its_digits_for_small_rho():
    q = 1e-6
    leading = q**2 / math.sqrt(2 * math.pi)
    # the next term of the series is q^2 / 12 of the first
    assert math.isclose(coupling.mean_excess(q), leading, rel_tol=1e-12)


@pytest.mark.parametrize(
    ("q", "N", "n", "delta"), [(0.3, 50, 4, 0.1), (0.01, 9, 1, 0.5)]
)
def test_flip_bound_is_exceeded_less_often_than_allowed(q, N, n, delta):
    """The law of the number of flips at one input is binomial."""
    most = math.floor(N * coupling.flip_bound(q, N, n, delta))
    assert n * binom.sf(most, N, coupling.flip_probability(q)) <= delta


def test_flip_bound_grows_like_the_mass_near_zero():
    start = coupling.flip_bound(0.0, 50)
    for q in (0.1, 2.0):
        grown = coupling.flip_bound(q, 50) - start
        assert math.isclose(grown, 2 * norm.pdf(0) * q)
        assert grown >= coupling.flip_probability(q)


def test_layer_drift_bound_is_half_the_cube_for_one_neuron():
    assert drift.layer_drift_bound(2.0, 1) == 4.0
    assert drift.layer_drift_bound(2.0, 3, 0.5, 6.0) == 4.0


def test_one_neuron_of_a_small_activation_moves_little():
    assert drift.inner_drift_bound(2.0, 1, 0.5, 0.25) == 0.25
    assert drift.inner_drift_bound(2.0, 1, 0.0, 0.25) == 0.0


def test_drift_bound_solves_its_recursion():
    S, residual, rate = 0.0, 0.7, 0.3
    for steps in range(6):
        assert math.isclose(coupling.drift_bound(rate, steps, residual, 1), S)
        S += rate * (residual + S)


def test_coupling_bound_is_the_excess_and_a_deviation():
    S, N, n, delta = 3.0, 10**10, 5, 0.2
    q = S / math.sqrt(N)
    deviation = q * math.sqrt(math.log(n / delta) / 2)
    parts = math.sqrt(N) * coupling.mean_excess(q) + deviation
    # mean_excess is below q^2 / sqrt(2 pi) by the fraction q^2 / 12
    assert math.isclose(coupling.coupling_bound(S, N, n, delta), parts, rel_tol=1e-9)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: coupling.flip_probability(-0.1), "q must be finite and >= 0"),
        (lambda: coupling.mean_excess(math.nan), "q must be finite"),
        (lambda: coupling.flip_bound(0.1, 0), "N must be an integer >= 1"),
        (lambda: coupling.flip_bound(0.1, 5, 1, 1.0), "delta must be below 1"),
        (lambda: coupling.coupling_bound(1.0, 5, 0), "n must be an integer >= 1"),
        (lambda: coupling.drift_bound(0.0, 1, 1.0, 1), "rate must be finite and > 0"),
        (lambda: coupling.first_step_mean(-1.0, 3), "S must be finite and >= 0"),
        (lambda: coupling.sign_vector(3), "N must be even"),
        (lambda: coupling.sign_vector(4, "odd"), "signs must be one of"),
        (lambda: coupling.coupled_descent(8, steps=0), "steps must be an integer >= 1"),
        (lambda: coupling.coupled_descent(8, rate=-1.0), "rate must be"),
        (lambda: drift.layer_drift_bound(-1.0, 3), "time must be finite and >= 0"),
        (lambda: drift.layer_drift_bound(1.0, 3, -0.5), "B must be finite and >= 0"),
        (lambda: drift.inner_drift_bound(1.0, 3, math.inf), "B must be finite"),
        (lambda: drift.layered_descent(8, d=2), "d must be an integer >= 3"),
        (lambda: drift.layered_descent(8, time=0.0), "time must be finite and > 0"),
        (lambda: widths.width_cell("odd", 8), "setting must be one of"),
        (lambda: widths.width_cell("single", 8, 1), "runs must be an integer >= 2"),
        (lambda: widths.fit_power([1, 2], [1, 0], [1, 1]), "means must be"),
        (lambda: widths.fit_power([1], [1], [1]), "two or more of each"),
        (lambda: widths.column({"8": {"move": [1, 1]}}, "gap"), "quantity must be one"),
    ],
)
def test_arguments_out_of_range_are_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()


# --- training the hidden layer --------------------------------------------------------


def literal_descent(N, *, d, n, rate, steps, signs, seed):
    """Follow autograd's gradient of the loss, one run; the draws of the room."""
    import torch

    from rfbook.devices import default_dtype, device

    look = {"device": device(), "dtype": default_dtype()}
    generator = torch.Generator(device()).manual_seed(seed)
    x = torch.randn(1, 2 * n, d, generator=generator, **look)[0]
    x = x / x.norm(dim=1, keepdim=True)
    start = torch.randn(1, d, N, generator=generator, **look)[0]
    u = torch.as_tensor(coupling.sign_vector(N, signs), **look)

    def network(W, points):
        return torch.relu(points @ W) @ u / math.sqrt(N)

    label = x[:n, 0].sign() + network(start, x[:n])
    W, path = start.clone().requires_grad_(), 0.0
    for _ in range(steps):
        residual = network(W, x[:n]) - label
        path += rate * float(residual.detach().abs().mean())
        (slope,) = torch.autograd.grad((residual**2).sum() / (2 * n), W)
        W = (W - rate * slope).detach().requires_grad_()
    W = W.detach()
    patterns = [(x @ V >= 0) for V in (start, W)]
    companion = ((x @ W) * patterns[0]) @ u / math.sqrt(N)
    gap = (network(W, x) - companion).abs()
    flips = (patterns[0] != patterns[1]).double().mean(dim=1)
    return {
        "move": float((W - start).norm(dim=0).max()),
        "relative": float((W - start).norm() / start.norm()),
        "path": path,
        "gap": float(gap[:n].mean()),
        "gap_fresh": float(gap[n:].mean()),
        "worst": float(gap[:n].max()),
        "flips": float(flips[:n].mean()),
        "flips_fresh": float(flips[n:].mean()),
    }


@pytest.mark.parametrize("signs", coupling.SIGNS)
def test_one_run_is_what_autograd_does(signs):
    options = {"d": 3, "n": 5, "rate": 0.7, "steps": 6, "signs": signs, "seed": 11}
    found, literal = (
        coupling.coupled_descent(40, runs=1, **options),
        literal_descent(40, **options),
    )
    for name, value in literal.items():
        # two orders of the same sums
        assert math.isclose(found[name][0], value, rel_tol=1e-9, abs_tol=1e-13), name


def test_runs_side_by_side_are_independent_of_each_other():
    many = coupling.coupled_descent(16, d=3, n=4, steps=3, runs=4, seed=5)
    assert len(np.unique(many["move"])) == 4
    again = coupling.coupled_descent(16, d=3, n=4, steps=3, runs=4, seed=5)
    assert all((many[name] == again[name]).all() for name in many)


@pytest.mark.parametrize("signs", coupling.SIGNS)
def test_every_run_keeps_the_proved_bounds(signs):
    N, n, steps = 200, 6, 8
    found = coupling.coupled_descent(N, n=n, steps=steps, signs=signs, runs=20)
    S = found["path"]
    assert S.max() <= coupling.drift_bound(1.0, steps, 1.0, 1) * (1 + 1e-12)
    assert (found["move"] <= S / math.sqrt(N) * (1 + 1e-12)).all()
    for worst, flips, path in zip(found["worst"], found["flips"], S, strict=True):
        # both hold with probability 1 - 1e-9 each: over the starts
        assert worst <= coupling.coupling_bound(path, N, n, 1e-9)
        assert flips <= coupling.flip_bound(path / math.sqrt(N), N, n, 1e-9)


def test_the_first_step_on_one_input_has_the_computed_mean():
    N, runs = 64, 20_000
    gap = coupling.coupled_descent(N, d=4, n=1, steps=1, runs=runs)["gap"]
    # With one sign of the label every term has the same sign: |mean| = mean of |.|.
    error = gap.std(ddof=1) / math.sqrt(runs)
    claimed = coupling.first_step_mean(1.0, N)
    assert abs(gap.mean() - claimed) <= standard_errors(1) * error


# --- training all layers --------------------------------------------------------------


def test_all_layers_keep_the_proved_bounds():
    N, time = 60, 6.0
    found = drift.layered_descent(N, time=time, steps=30, runs=8)
    assert (found["gap"] <= drift.layer_drift_bound(time, N)).all()
    assert (found["move"] <= drift.inner_drift_bound(time, N)).all()
    assert (found["outer"] <= time).all()


def test_the_coupling_is_the_one_of_seed_zero_where_none_is_named():
    small = {"d": 3, "n": 4, "steps": 2, "runs": 2}
    plain, zero, one = (
        coupling.coupled_descent(8, **small, **seed)
        for seed in ({}, {"seed": 0}, {"seed": 1})
    )
    assert all((plain[name] == zero[name]).all() for name in plain)
    assert any((plain[name] != one[name]).any() for name in plain)


def test_the_experiment_is_the_one_of_seed_zero_where_none_is_named():
    small = {"time": 1.0, "steps": 2, "runs": 2, "fresh": 2}
    plain, zero, one = (
        drift.layered_descent(4, **small, **seed)["gap"]
        for seed in ({}, {"seed": 0}, {"seed": 1})
    )
    assert (plain == zero).all()
    assert (plain != one).any()


def test_the_experiment_has_its_sizes_where_none_is_named():
    sizes = {"time": 20.0, "steps": 200, "d": 5, "runs": 20, "fresh": 200}
    plain, named = drift.layered_descent(3), drift.layered_descent(3, **sizes)
    assert all((plain[name] == named[name]).all() for name in plain)


def test_one_run_of_both_layers_is_what_autograd_does():
    import torch

    from rfbook.devices import default_dtype, device

    N, d, time, steps, fresh = 12, 3, 5.0, 15, 7
    look = {"device": device(), "dtype": default_dtype()}
    look["generator"] = torch.Generator(device()).manual_seed(3)
    start = (2 * torch.rand(1, d, N, **look)[0] - 1) / math.sqrt(d)
    W = start.clone().requires_grad_()
    u = torch.zeros_like(start[0]).requires_grad_()

    def sample(count):
        x = torch.randn(1, count, d, **look)[0]
        x = x / x.norm(dim=1, keepdim=True)
        return x, torch.sign(x[:, 0] * x[:, 1] + x[:, 2] / 2)

    for _ in range(steps):
        x, y = sample(1)
        loss = torch.relu(1 - y * (torch.tanh(x @ W) @ u)).sum()
        slopes = torch.autograd.grad(loss, (W, u))
        with torch.no_grad():
            W -= time / (N * steps) * slopes[0]
            u -= time / (N * steps) * slopes[1]
    x, y = sample(fresh)
    with torch.no_grad():
        output, frozen = torch.tanh(x @ W) @ u, torch.tanh(x @ start) @ u
        expected = {
            "move": float((W - start).norm(dim=0).max()),
            "outer": N * float(u.abs().max()),
            "gap": float((output - frozen).abs().max()),
            "loss": float(torch.relu(1 - y * output).mean()),
        }
    found = drift.layered_descent(
        N, time=time, steps=steps, d=d, runs=1, fresh=fresh, seed=3
    )
    for name, value in expected.items():
        assert math.isclose(found[name][0], value, rel_tol=1e-9, abs_tol=1e-13), name


# --- over the width -------------------------------------------------------------------


def test_a_fit_recovers_a_power_within_its_standard_error():
    rng, N = np.random.default_rng(8), 2.0 ** np.arange(7, 15)
    slopes, stated = [], []
    for _ in range(400):
        exact = 3 * N**-0.6
        law = widths.fit_power(
            N, exact * (1 + 0.02 * rng.standard_normal(8)), 0.02 * exact
        )
        slopes.append(law.exponent)
        stated.append(law.error)
    error = np.std(slopes, ddof=1)
    assert abs(np.mean(slopes) + 0.6) <= standard_errors(1) * error / math.sqrt(400)
    # The spread of a standard deviation from 400 samples is 1 / sqrt(800) of it.
    assert abs(error / np.mean(stated) - 1) <= standard_errors(1) / math.sqrt(800)


def test_the_record_is_complete_and_of_these_experiments():
    cells = widths.recorded_widths()
    assert set(cells) == set(widths.SETTINGS)
    record = read_record(RECORD)
    assert record.sizes == {"cells": 32, "runs": widths.RUNS}
    assert widths.RUNS >= 20
    for setting in widths.SETTINGS:
        found = widths.column(cells[setting], "move")[0]
        assert found.tolist() == list(widths.WIDTHS)


@pytest.mark.parametrize("setting", widths.SETTINGS)
def test_the_smallest_cells_are_what_the_room_computes(setting):
    recorded = widths.recorded_widths()[setting]["128"]
    again = widths.width_cell(setting, 128)
    for name, (mean, error) in recorded.items():
        # Another device draws other numbers: then the two means are independent.
        gap = math.hypot(error, again[name][1])
        assert abs(again[name][0] - mean) <= standard_errors(9 * 4) * gap, name


def test_the_recorded_means_keep_the_proved_bounds():
    cells = widths.recorded_widths()
    for setting in ("balanced", "positive", "single"):
        N, move, _ = widths.column(cells[setting], "move")
        path = widths.column(cells[setting], "path")[1]
        # On one input the bound is attained: only rounding separates the two sides.
        assert (move * np.sqrt(N) <= path * (1 + 1e-12)).all()
    N, gap, _ = widths.column(cells["layers"], "gap")
    assert (gap <= [drift.layer_drift_bound(widths.TIME, int(n)) for n in N]).all()


def test_recording_goes_on_from_a_file(tmp_path, monkeypatch):
    path = tmp_path / "widths.json"
    monkeypatch.setattr(widths, "RUNS", 2)
    calls = []

    def cell(setting, N, runs=2):
        calls.append((setting, N))
        return {"move": [1.0, 0.1]}

    monkeypatch.setattr(widths, "width_cell", cell)
    widths.record_widths(path, [("balanced", 128)])
    widths.record_widths(path, [("balanced", 128), ("single", 128)])
    assert calls == [("balanced", 128), ("single", 128)]
    with pytest.raises(RecordError, match="30 cells are missing"):
        widths.recorded_widths(path)
    monkeypatch.setattr(sweeps, "module_digest", lambda *names: "another")
    with pytest.raises(RecordError, match="begun with other code"):
        widths.record_widths(path, [("layers", 128)])
