"""Training on the mixture: gradient, critical points, flow, samples, and the record."""

import itertools

import numpy as np
import pytest
import torch

from rfbook.descent import descend, initial_weights
from rfbook.ledger.deciders import standard_errors
from rfbook.mixture_gap import (
    difference_spectrum,
    mixture_risk,
    nn_risk,
    nt_risk,
    runs,
)
from rfbook.mixture_gap.training import (
    Mixture,
    critical_escape,
    critical_risk,
    flow_matrices,
    flow_risk,
    layer_risk,
    mixture_gradient,
    nt_gradient_limit,
)
from rfbook.records import RecordError
from rfbook.training import generators

VALUES = np.array([0.7, 0.5, 0.3, -0.2])


def turned(values, seed=0):
    """Return a matrix with these eigenvalues whose eigenvectors are no axes."""
    size = len(values)
    Q = np.linalg.qr(np.random.default_rng(seed).standard_normal((size, size)))[0]
    return (Q * values) @ Q.T


def centred_risk(W, Delta, layer=-1.0):
    M = (W * layer) @ W.T
    return mixture_risk((M + M.T) / 2, -np.trace(M), Delta)


# --- the gradient ---------------------------------------------------------------------


def test_the_gradient_is_the_slope_of_the_risk():
    rng = np.random.default_rng(1)
    Delta = turned(VALUES)
    A, H = rng.standard_normal((2, 4, 4))
    M, H, c, h = A + A.T, H + H.T, 0.3, 1e-5
    G, slope = mixture_gradient(M, c, Delta)
    # the risk is quadratic, so that central differences are exact up to rounding
    up, down = (mixture_risk(M + s * h * H, c, Delta) for s in (1, -1))
    assert np.sum(G * H) == pytest.approx((up - down) / (2 * h), rel=1e-7, abs=0)
    up, down = (mixture_risk(M, c + s * h, Delta) for s in (1, -1))
    assert slope == pytest.approx((up - down) / (2 * h), rel=1e-7, abs=0)


def test_a_diagonal_and_its_matrix_have_one_gradient():
    M = turned([1.0, -2.0, 0.5, 0.1], seed=3)
    for part, other in zip(
        mixture_gradient(M, -0.2, VALUES),
        mixture_gradient(M, -0.2, np.diag(VALUES)),
        strict=True,
    ):
        assert np.allclose(part, other, rtol=1e-13, atol=0)


def test_a_matrix_of_another_size_is_refused():
    with pytest.raises(ValueError, match=r"4 x 4 matrix, got shape \(3, 3\)"):
        mixture_gradient(np.eye(3), 0.0, VALUES)


# --- critical points ------------------------------------------------------------------


def critical_network(chosen, N):
    """Return a network with output weights -1 at the critical point of a set."""
    level, W = critical_risk(VALUES, chosen), np.zeros((4, N))
    for n, i in enumerate(chosen):
        W[i, n] = np.sqrt(level * VALUES[i] / 2 / (1 + VALUES[i] ** 2))
    rotation = np.linalg.qr(np.random.default_rng(5).standard_normal((N, N)))[0]
    return W @ rotation


SETS = [S for k in range(3) for S in itertools.combinations(range(3), k)]


@pytest.mark.parametrize("chosen", SETS)
def test_the_gradient_vanishes_at_the_critical_points(chosen):
    W = critical_network(chosen, 2)
    assert centred_risk(W, VALUES) == pytest.approx(critical_risk(VALUES, chosen))
    G, _ = mixture_gradient(-W @ W.T, np.sum(W * W), VALUES)
    assert np.abs(G @ W).max() < 1e-14


@pytest.mark.parametrize("chosen", SETS)
def test_the_way_out_is_a_direction_of_the_hessian(chosen):
    """The least eigenvalue of the Hessian is at most the second derivative known."""
    W = torch.as_tensor(critical_network(chosen, 2))
    D = torch.as_tensor(VALUES)

    def risk(flat):
        M = -flat.reshape(4, 2) @ flat.reshape(4, 2).T
        noise = (M * M * (1 + torch.outer(D, D))).sum()
        return (1 + M.diagonal() @ D) ** 2 + 2 * noise

    hessian = torch.autograd.functional.hessian(risk, W.flatten())
    least = float(torch.linalg.eigvalsh(hessian)[0])
    known = critical_escape(VALUES, chosen, 2)
    assert least <= known + 1e-12
    if known == 0:
        assert chosen == (0, 1)
        assert least > -1e-12


def test_fixed_output_weights_reach_what_the_closed_forms_say():
    for N in (1, 2, 3, 7):
        minus, plus = layer_risk(VALUES, -np.ones(N)), layer_risk(VALUES, np.ones(N))
        assert minus == pytest.approx(nn_risk(VALUES, N, "minus"), rel=1e-14, abs=0)
        assert plus == pytest.approx(nn_risk(VALUES, N, "plus"), rel=1e-14, abs=0)
    both = layer_risk(turned(VALUES), [-1, 2, -0.5, -3])
    assert both == pytest.approx(nn_risk(VALUES, 4), rel=1e-12, abs=0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: critical_risk(VALUES, [4]), r"different places below 4, got \[4\]"),
        (lambda: critical_risk(VALUES, [1, 1]), r"different places below 4"),
        (lambda: critical_risk(VALUES, [-1]), "place must be an integer >= 0, got -1"),
        (lambda: critical_escape([0.5, 0.0], [1], 1), "at most 1 positive eigenvalues"),
        (lambda: critical_escape(VALUES, [3], 2), r"at most 2 positive eigenvalues"),
        (lambda: critical_escape(VALUES, [0, 1, 2], 2), "at most 2"),
        (lambda: layer_risk(VALUES, [1.0, 0.0]), "numbers not 0"),
        (lambda: flow_matrices("RF", VALUES, np.eye(4), [1.0]), "one of NT, NN"),
        (lambda: flow_risk("NN", VALUES, np.eye(4), [1.0, 1.0]), "increasing"),
        (lambda: flow_risk("NN", VALUES, np.eye(3), [1.0]), "4 x N"),
        (lambda: nt_gradient_limit(np.zeros((4, 1)), VALUES), "must not be 0"),
        (lambda: runs.trained_difference("flat"), "figure or balanced, got 'flat'"),
        (lambda: runs.sample_cell("RF", 2), "one of NT, NN"),
    ],
)
def test_bad_arguments_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# --- gradient flow --------------------------------------------------------------------


def test_the_flow_starts_along_the_gradient():
    Delta, W0 = turned(VALUES), initial_weights(4, 3, 2)
    layer, h = np.array([-1.0, 2.0, -0.5]), 1e-6
    M = (W0 * layer) @ W0.T
    G, _ = mixture_gradient((M + M.T) / 2, -np.trace(M), Delta)
    moved = W0 - h * 2 * G @ (W0 * layer)
    found = flow_matrices("NN", Delta, W0, [h], layer=layer)[0]
    assert np.allclose(
        (found - M) / h, ((moved * layer) @ moved.T - M) / h, rtol=1e-4, atol=0
    )


def test_the_network_s_flow_ends_at_the_least_risk_of_its_signs():
    both = np.array([0.7, 0.5, -0.4, -0.6])
    for values, layer, close in (
        (VALUES, -np.ones(2), 1e-10),
        (VALUES, -np.ones(6), 1e-10),
        # neurons of both signs begin by cancelling each other, and take their time
        (both, np.array([-1.0, -1.0, 1.0]), 1e-6),
    ):
        for seed in range(2):
            W0 = initial_weights(4, len(layer), seed)
            end = flow_risk("NN", turned(values), W0, [150.0], layer=layer)[0]
            assert abs(end - layer_risk(values, layer)) < close


def test_the_tangent_model_s_flow_ends_at_its_least_risk():
    W0, Delta = initial_weights(4, 2, 1), turned(VALUES)
    ends = flow_risk("NT", Delta, W0, [0.0, 1.0, 300.0])
    assert ends[0] == 1
    assert ends[0] > ends[1] > ends[2]
    assert ends[2] == pytest.approx(nt_risk(W0, Delta), abs=1e-9)


def test_a_start_that_misses_the_top_direction_ends_in_a_saddle():
    W0 = initial_weights(4, 1, 0)
    W0[0] = 0
    end = flow_risk("NN", VALUES, W0, [150.0])[0]
    assert end == pytest.approx(critical_risk(VALUES, [1]), abs=1e-10)


def test_descent_of_the_tangent_model_converges_below_the_limit_only():
    Delta, W = turned(VALUES), initial_weights(4, 3, 4)
    limit = nt_gradient_limit(W, Delta)

    def after(step):
        V = np.zeros_like(W)
        for _ in range(3000):
            M = W @ V.T + V @ W.T
            V = V - step * 2 * mixture_gradient(M, -np.trace(M), Delta)[0] @ W
        M = W @ V.T + V @ W.T
        return mixture_risk(M, -np.trace(M), Delta)

    assert after(0.97 * limit) == pytest.approx(nt_risk(W, Delta), abs=1e-8)
    assert after(1.03 * limit) > 1
    bound = 1 / (8 * np.linalg.norm(W, 2) ** 2 * (1 + np.sum(VALUES**2) / 2 + 0.49))
    assert bound <= limit


# --- samples --------------------------------------------------------------------------


@pytest.mark.parametrize("Delta", [VALUES, turned(VALUES)])
def test_the_examples_have_the_covariances_of_their_classes(Delta):
    count = 20_000
    x, y = Mixture(Delta).examples([generators(3)[1]], count)
    x, y = x[0].numpy(), y[0].numpy()
    dense = np.diag(Delta) if Delta.ndim == 1 else Delta
    limit = standard_errors(33)
    assert abs(y.sum()) < limit * np.sqrt(count)
    for label in (1, -1):
        kept = x[y == label]
        C = np.eye(4) - label * dense
        # the product x_i x_j has the variance C_ii C_jj + C_ij^2
        spread = np.sqrt((np.outer(C.diagonal(), C.diagonal()) + C**2) / len(kept))
        assert (np.abs(kept.T @ kept / len(kept) - C) < limit * spread).all()


def test_a_stream_draws_the_same_beside_others():
    problem = Mixture(VALUES)
    alone = problem.examples([generators(2)[1]], 5)
    both = problem.examples([generators(9)[1], generators(2)[1]], 5)
    for one, two in zip(alone, both, strict=True):
        assert torch.equal(one[0], two[1])


@pytest.mark.parametrize("Delta", [VALUES, turned(VALUES)])
def test_the_problem_s_risk_is_the_mixture_s(Delta):
    M = np.stack([turned([1.0, 2.0, 0.0, -1.0], seed) for seed in range(3)])
    mean = np.array([0.0, 0.5, -2.0])
    found = Mixture(Delta).risk(torch.as_tensor(M), torch.as_tensor(mean))
    expected = [
        mixture_risk(A, m - np.trace(A), Delta) for A, m in zip(M, mean, strict=True)
    ]
    assert np.allclose(found.numpy(), expected, rtol=1e-12, atol=0)


@pytest.mark.parametrize("model", ["NT", "NN"])
def test_descent_on_the_mixture_is_what_autograd_trains(model):
    problem, W0 = Mixture(turned(VALUES)), initial_weights(4, 3, 8)
    layer = torch.tensor([-1.0, 1.0, -2.0], dtype=torch.float64)
    run = descend(
        model,
        problem,
        W=W0,
        layer=layer.numpy() if model == "NN" else None,
        seeds=[6],
        looks=[0, 20],
        step=0.005,
        batch=7,
    )
    W = torch.as_tensor(W0)
    V = torch.zeros_like(W) if model == "NT" else W.clone()
    x_all, y_all = problem.examples([generators(6)[1]], 140)
    for x, y in zip(x_all[0].split(7), y_all[0].split(7), strict=True):
        V.requires_grad_()
        M = W @ V.T + V @ W.T if model == "NT" else (V * layer) @ V.T
        f = ((x @ M) * x).sum(1) - M.trace()
        (y - f).square().mean().backward()
        with torch.no_grad():
            V = V - 0.005 * V.grad
    M = (W @ V.T + V @ W.T if model == "NT" else (V * layer) @ V.T).numpy()
    expected = mixture_risk((M + M.T) / 2, -np.trace(M), turned(VALUES))
    assert run.risk[0, 1] == pytest.approx(expected, rel=1e-10, abs=0)


# --- the record -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def recorded():
    return runs.recorded_samples()


def test_the_record_has_every_cell(recorded):
    assert tuple(recorded) == runs.CELLS
    for (model, _, _, slower), curves in recorded.items():
        assert curves.risk.shape == curves.flow.shape == (10, len(curves.samples))
        assert np.isfinite(curves.risk).all()
        assert curves.samples[-1] == runs.BATCH * runs.STEPS[model][1] * slower
        np.testing.assert_allclose(curves.risk[:, 0], curves.flow[:, 0], rtol=1e-10)


@pytest.mark.parametrize("model", ["NT", "NN"])
def test_a_part_of_the_record_is_what_the_room_computes(recorded, model):
    old = recorded[model, 6, "figure", 1]
    # 66 steps are two of the portions in which the long run draws its points
    new = runs.sample_cell(model, 6, starts=runs.STARTS[:2], steps=66)
    kept = int(np.sum(old.samples <= 6600))
    # the looks of a shorter run are others; those that both have are compared
    both = np.isin(old.samples[:kept], new.samples)
    place = np.searchsorted(new.samples, old.samples[:kept][both])
    assert both.sum() >= 5
    # another processor may round otherwise; the draws come from the same generators
    for name in ("risk", "flow"):
        seen, stored = getattr(new, name)[:, place], getattr(old, name)[:2, :kept]
        np.testing.assert_allclose(seen, stored[:, both], rtol=1e-5)
    np.testing.assert_allclose(new.least, old.least[:2], rtol=1e-9)


def test_no_run_is_below_the_least_risk(recorded):
    for curves in recorded.values():
        assert (curves.risk > curves.least[:, None] - 1e-12).all()
        assert (curves.flow > curves.least[:, None] - 1e-6).all()


def test_the_networks_have_reached_their_least_risk_up_to_the_noise(recorded):
    """The flow is there, and what descent adds is a few per cent."""
    for (model, _, kind, _), curves in recorded.items():
        if (model, kind) == ("NN", "figure"):
            assert (curves.flow[:, -1] - curves.least).max() < 0.01 * curves.least[0]
            mean, error = curves.excess()
            assert mean - 4 * error > 0
            assert mean < 0.05 * curves.least[0]


def test_half_the_step_size_leaves_about_half_the_noise(recorded):
    means, errors = [], []
    for slower in (1, runs.SLOWER):
        curves = recorded["NN", 30, "figure", slower]
        noise = (curves.risk - curves.flow)[:, -1]
        means.append(noise.mean())
        errors.append(noise.std(ddof=1) / np.sqrt(len(noise)) / means[-1])
    ratio = means[0] / means[1]
    # terms of second order are of the order of the noise over the risk: a per cent
    assert abs(ratio / runs.SLOWER - 1) < 4 * np.hypot(*errors) + 0.02


def test_a_record_that_lacks_a_cell_is_refused(tmp_path, monkeypatch):
    def tiny(*cell):
        return runs.SampleCurves(
            np.arange(3), np.ones((2, 3)), np.ones((2, 3)), np.ones(2)
        )

    monkeypatch.setattr(runs, "sample_cell", tiny)
    path = tmp_path / "half.npz"
    runs.record_samples(path, runs.CELLS[:2])
    with pytest.raises(RecordError, match="cells are missing"):
        runs.recorded_samples(path)
    runs.record_samples(path)  # goes on with the others
    assert tuple(runs.recorded_samples(path)) == runs.CELLS


def test_the_balanced_experiment_has_both_signs():
    layer = runs.output_weights("balanced", 4)
    Delta = runs.trained_difference("balanced")
    assert layer_risk(Delta, layer) == pytest.approx(
        nn_risk(Delta, 4), rel=1e-14, abs=0
    )
    half = difference_spectrum("balanced", 60, 1.0)
    assert np.array_equal(Delta, half)
