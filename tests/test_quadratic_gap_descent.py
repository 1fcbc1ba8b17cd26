"""One-pass descent, its exact mean, interpolation, and the records of the runs."""

import itertools
import math

import numpy as np
import pytest
import torch

from rfbook.ledger.deciders import standard_errors
from rfbook.quadratic_gap import (
    descend,
    exponential_target,
    flow_risk,
    initial_weights,
    min_norm_mean,
    min_norm_risk,
    nn_risk,
    nn_sgd_floor,
    nt_flow,
    nt_noise_gain,
    nt_risk,
    nt_sgd_floor,
    nt_sgd_risk,
    nt_step_limit,
    sample_share,
)
from rfbook.training import generators


def target(d, seed):
    A = np.random.default_rng(seed).standard_normal((d, d))
    return (A + A.T) / 2


def start(d, N, seed):
    return np.random.default_rng(seed).standard_normal((d, N)) / np.sqrt(d)


def spectrum_of(W):
    return np.maximum(np.linalg.eigvalsh(W @ W.T), 0) * (np.linalg.norm(W) > 0)


# --- the engine -----------------------------------------------------------------------


def plain_run(model, offset, B, W0, *, seed, steps, step, batch, c0):
    """Train one model with autograd, as a user of torch writes it."""
    B, W = torch.as_tensor(B), torch.as_tensor(W0).clone()
    V = torch.zeros_like(W) if model == "NT" else W
    c = torch.tensor(c0, dtype=torch.float64)
    x_all = torch.randn(
        steps * batch, len(B), generator=generators(seed)[1], dtype=torch.float64
    )
    for x in x_all.split(batch):
        V.requires_grad_()
        c.requires_grad_()
        A = W @ V.T + V @ W.T if model == "NT" else V @ V.T
        f = ((x @ A) * x).sum(1) + (c if offset == "flow" else -A.trace())
        y = ((x @ B) * x).sum(1) - B.trace()
        (y - f).square().mean().backward()
        with torch.no_grad():
            V = V - step * V.grad
            if offset == "flow":
                c = c - step * c.grad
        c = c.detach()
        if model == "NN":
            W = V
    A = W @ V.T + V @ W.T if model == "NT" else V @ V.T
    g = (c + A.trace()) if offset == "flow" else torch.tensor(0.0)
    error = 2 * (B - A).square().sum() + g.square()
    return float(error / (2 * B.square().sum()))


@pytest.mark.parametrize("model", ["NT", "NN"])
@pytest.mark.parametrize("offset", ["slaved", "flow"])
def test_every_model_is_what_autograd_trains(model, offset):
    B, W0 = target(4, 1), start(4, 3, 2)
    options = {"step": 0.003, "batch": 5, "c0": 0.4}
    run = descend(model, B, W=W0, seeds=[7, 0], looks=[0, 60], offset=offset, **options)
    for place, seed in enumerate((7, 0)):
        plain = plain_run(model, offset, B, W0, seed=seed, steps=60, **options)
        # both round in float64 over 60 steps
        np.testing.assert_allclose(run.risk[place, 1], plain, rtol=1e-11)
    assert (run.risk[:, 1] < run.risk[:, 0]).all()


def test_a_seed_is_the_same_alone_and_whenever_it_is_looked_at():
    options = {"step": 0.002, "batch": 3}
    B = exponential_target(5, 0)
    both = descend("NN", B, 2, seeds=[3, 9], looks=[0, 4, 50], **options)
    alone = descend("NN", B, 2, seeds=[9], looks=[50], **options)
    np.testing.assert_allclose(alone.risk[0, 0], both.risk[1, 2], rtol=1e-12)
    assert both.samples.tolist() == [0, 12, 150]
    np.testing.assert_allclose(both.times, [0, 0.008, 0.1], rtol=1e-15)
    first = [flow_risk(B, initial_weights(5, 2, seed), 0.0) for seed in (3, 9)]
    np.testing.assert_allclose(both.risk[:, 0], first, rtol=1e-12)


def test_a_diagonal_target_may_be_given_as_a_vector():
    options = {"step": 0.002, "batch": 3, "seeds": [1], "looks": [40]}
    b = exponential_target(4, 3)
    one, two = (descend("NT", B, 2, **options) for B in (b, np.diag(b)))
    np.testing.assert_allclose(one.risk, two.risk, rtol=1e-11)


def test_divergence_is_noticed_and_blanks_what_follows():
    B = exponential_target(6, 0)
    run = descend("NN", B, 6, seeds=range(3), looks=[0, 1, 200], step=0.2, batch=2)
    assert (run.diverged > 0).all()
    assert np.isnan(run.risk[:, 2]).all()
    assert np.isfinite(run.risk[:, 0]).all()
    with pytest.raises(ValueError, match="needs 2 seeds that did not diverge, got 0"):
        run.summary()
    calm = descend("NN", B, 6, seeds=range(3), looks=[0, 100], step=1e-3, batch=10)
    mean, error, count = calm.summary()
    assert count == 3
    np.testing.assert_allclose(mean, calm.risk.mean(0))
    np.testing.assert_allclose(error, calm.risk.std(0, ddof=1) / math.sqrt(3))


@pytest.mark.gpu
def test_a_gpu_trains_the_same_models(monkeypatch):
    risks = []
    for word in ("cpu", "cuda"):
        monkeypatch.setenv("RFBOOK_DEVICE", word)
        run = descend(
            "NN", exponential_target(8, 0), 4, seeds=[0, 1], looks=[100], step=1e-3,
            batch=10,
        )  # fmt: skip
        risks.append(run.risk)
    # 100 steps of some hundred roundings, in another order of summation
    np.testing.assert_allclose(*risks, rtol=100 * 100 * np.finfo(np.float64).eps / 2)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model": "SVM"}, "model must be one of RF, NT, NN, got 'SVM'"),
        ({"offset": "free"}, "offset must be one of slaved, flow"),
        ({"N": 0}, "N must be an integer >= 1, got 0"),
        ({"N": None}, "one of N and W is needed"),
        ({"W": [[1.0], [0.0]]}, "one of N and W is needed"),
        ({"seeds": [1, 1]}, r"all different, got \(1, 1\)"),
        ({"seeds": []}, r"one or more, all different, got \(\)"),
        ({"looks": [3, 3]}, "looks must be increasing"),
        ({"looks": []}, "at least one"),
        ({"step": 0}, "step must be finite and > 0"),
        ({"batch": 0}, "batch must be an integer >= 1"),
        ({"limit": 0}, "limit must be finite and > 0"),
        ({"B": [1.0, np.nan]}, "B must be finite"),
        ({"c0": np.inf}, "c0 must be finite"),
    ],
)
def test_descent_refuses(change, message):
    arguments = {"model": "NN", "B": [2.0, 1.0], "N": 1, "seeds": [0]}
    arguments |= {"looks": [1], "step": 0.1, "batch": 1} | change
    with pytest.raises(ValueError, match=message):
        descend(arguments.pop("model"), arguments.pop("B"), **arguments)


def test_the_network_approaches_its_flow_with_the_step_size():
    d, N, tau = 6, 2, 0.2
    B, W0 = exponential_target(d, 1), initial_weights(d, N, 5)
    gaps, errors = [], []
    for step in (0.002, 0.0005):
        steps = round(tau / step)
        run = descend(
            "NN", B, W=W0, seeds=range(400), looks=[steps], step=step, batch=10
        )
        mean, error, _ = run.summary()
        gaps.append(float(mean[0] - flow_risk(B, W0, tau)))
        errors.append(float(error[0]))
    # Of first order: a quarter of the step size leaves a quarter of the gap, up to
    # terms of second order, for which the gap itself has room.
    k = standard_errors(2)
    assert gaps[0] > k * errors[0]
    assert abs(gaps[1] - gaps[0] / 4) < k * math.hypot(errors[1], errors[0] / 4) + (
        gaps[0] / 8
    )


# --- the exact mean -------------------------------------------------------------------


def exact_mean(B, W, step, steps, nodes=5):
    """Mean risk after some steps of batch 1, by a tensor grid: exact in two dimensions.

    The risk is a polynomial of degree 8 in every coordinate of every sample.
    """
    points, weights = np.polynomial.hermite_e.hermegauss(nodes)
    weights = weights / weights.sum()
    d, S = len(B), W @ W.T
    x = np.array(list(itertools.product(points, repeat=d)))
    w = np.array([math.prod(p) for p in itertools.product(weights, repeat=d)])
    E, mass = B[None], np.ones(1)
    Phi = np.einsum("ja,jb->jab", x, x) - np.eye(d)
    move = 4 * step * (S @ Phi + Phi @ S)
    for _ in range(steps):
        r = np.einsum("eab,jab->ej", E, Phi)
        E = (E[:, None] - r[..., None, None] * move).reshape(-1, d, d)
        mass = np.outer(mass, w).ravel()
    return mass @ (E**2).sum((1, 2)) / np.sum(B**2)


@pytest.mark.parametrize("N", [1, 2, 4])
def test_the_recursion_is_the_exact_mean(N):
    B, W = target(2, 11), start(2, N, 12)
    found = nt_sgd_risk(W, B, step=0.01, batch=1, looks=[1, 2, 3])
    expected = [exact_mean(B, W, 0.01, steps) for steps in (1, 2, 3)]
    np.testing.assert_allclose(found, expected, rtol=1e-11)
    leading = nt_sgd_risk(W, B, step=0.01, batch=1, looks=[1, 2, 3], closure="leading")
    assert (np.abs(leading / expected - 1) > 1e-3).all()


def test_one_step_in_three_dimensions():
    B, W = target(3, 13), start(3, 2, 14)
    found = nt_sgd_risk(W, B, step=0.02, batch=1, looks=[1])[0]
    np.testing.assert_allclose(found, exact_mean(B, W, 0.02, 1), rtol=1e-11)


def test_a_batch_averages_the_gradient():
    B, W, step = target(2, 15), start(2, 2, 16), 0.01
    one = nt_sgd_risk(W, B, step=step, batch=1, looks=[1])[0]
    # the variance of the mean over b samples is 1 / b of that of one
    E, S = B, W @ W.T
    still = E - 8 * step * (S @ E + E @ S)
    mean_only = np.sum(still**2) / np.sum(B**2)
    for batch in (2, 10, 10**9):
        found = nt_sgd_risk(W, B, step=step, batch=batch, looks=[1])[0]
        expected = mean_only + (one - mean_only) / batch
        np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_simulation_agrees_with_the_exact_mean_and_not_with_the_leading_one():
    B, W, looks = target(4, 17), start(4, 3, 18), [2, 10, 40]
    options = {"step": 0.004, "batch": 2}
    run = descend("NT", B, W=W, seeds=range(3000), looks=looks, limit=1e9, **options)
    mean, error, count = run.summary()
    assert count == 3000
    exact = nt_sgd_risk(W, B, looks=looks, **options)
    leading = nt_sgd_risk(W, B, looks=looks, closure="leading", **options)
    k = standard_errors(2 * len(looks))
    assert (np.abs(mean - exact) <= k * error).all()
    assert (np.abs(mean - leading) > k * error).any()


def test_small_steps_follow_the_gradient_flow():
    B, W, tau = target(5, 19), start(5, 3, 20), 0.05
    gaps = [
        nt_sgd_risk(W, B, step=tau / steps, batch=4, looks=[steps])[0]
        - nt_flow(W, B, tau)
        for steps in (1000, 2000, 4000)
    ]
    np.testing.assert_allclose(gaps[:2], 2 * np.array(gaps[1:]), rtol=0.03)


@pytest.mark.parametrize("closure", ["exact", "leading"])
@pytest.mark.parametrize(("d", "N", "batch"), [(4, 6, 1), (5, 5, 7), (6, 2, 3)])
def test_the_recursion_turns_unstable_at_the_limit(closure, d, N, batch):
    B, W = target(d, 21), start(d, N, 22)
    limit = nt_step_limit(spectrum_of(W), batch, closure)
    late = {}
    for share in (0.95, 1.05):
        risks = nt_sgd_risk(
            W, B, step=share * limit, batch=batch, looks=[4000, 8000], closure=closure
        )
        late[share] = risks
    assert late[1.05][1] > 2 * late[1.05][0]
    assert late[0.95][1] < 1.01 * late[0.95][0]


@pytest.mark.parametrize("closure", ["exact", "leading"])
def test_the_floor_is_where_the_recursion_ends(closure):
    B, W = target(6, 23), start(6, 3, 24)
    s = spectrum_of(W)
    step = nt_step_limit(s, 5, closure) / 2
    floor = nt_sgd_floor(W, B, step=step, batch=5, closure=closure)
    end = nt_sgd_risk(W, B, step=step, batch=5, looks=[20_000], closure=closure)[0]
    np.testing.assert_allclose(end, floor, rtol=1e-9)
    if closure == "leading":
        gain = nt_noise_gain(s, step, 5, closure)
        np.testing.assert_allclose(floor, nt_risk(W, B) / (1 - gain), rtol=1e-10)
    with pytest.raises(ValueError, match="step must be below nt_step_limit"):
        nt_sgd_floor(W, B, step=2.1 * step, batch=5, closure=closure)


def test_the_leading_gain_is_the_written_sum():
    s, step, batch = [1.5, 0.3, 0.0], 0.01, 3
    total = 0.0
    for a, b in itertools.product(range(3), repeat=2):
        pair = s[a] + s[b]
        total += pair * (2 if a == b else 1) / (1 - 4 * step * pair)
    expected = 2 * step / batch * total
    np.testing.assert_allclose(nt_noise_gain(s, step, batch, "leading"), expected)
    assert nt_noise_gain(s, 1 / 12, batch, "leading") == np.inf


@pytest.mark.parametrize(("d", "batch", "s"), [(1, 1, 1.0), (3, 2, 0.7), (10, 30, 2.0)])
def test_the_exact_limit_where_all_eigenvalues_are_equal(d, batch, s):
    # For S = s I the means of |E|^2 and of (Tr E)^2 close by themselves: a matrix of
    # two rows, M0 + eta^2 M2 / b, whose spectral radius is 1 at the limit.
    step = nt_step_limit(s * np.ones(d), batch)
    noise = np.array([[(d + 7) * (2 * d + 4), 16], [2 * d + 24, 4]])
    matrix = (1 - 16 * step * s) ** 2 * np.eye(2) + 64 * (step * s) ** 2 / batch * noise
    np.testing.assert_allclose(np.abs(np.linalg.eigvals(matrix)).max(), 1, rtol=1e-12)


def test_large_batches_are_limited_by_the_range_that_is_looked_at():
    assert nt_step_limit([2.0], 10**9) == 1 / 32
    assert nt_noise_gain([2.0, 1.0], 1 / 32, 1) == np.inf


def test_the_network_settles_at_its_floor():
    B, N, batch = np.array([3.0, 2.0, 1.0, 0.5, 0.25, 0.2]), 2, 2
    W = np.diag(np.sqrt(B))[:, :N]
    looks, least = [800, 1000, 1200], nn_risk(B, N)
    options = {"seeds": range(400), "looks": looks, "step": 0.0005, "batch": batch}
    mean, error, _ = descend("NN", B, W=W, **options).summary()
    floor = nn_sgd_floor(B, N, step=0.0005, batch=batch)
    # at 0.4 = 800 steps the slowest mode, of rate 16 (2 - 1), is down to e^-6; terms of
    # second order are of the order of the square of the first one
    allowed = standard_errors(3) * error + 2 * (floor - least) ** 2 / least
    assert (np.abs(mean - floor) <= allowed).all()
    assert (np.abs(mean - least) > allowed).all()
    with pytest.raises(ValueError, match=r"step must make Sigma < 1, got 0\.1"):
        nn_sgd_floor(B, N, step=0.1, batch=batch)
    with pytest.raises(ValueError, match="positive semidefinite"):
        nn_sgd_floor([1.0, -1.0], 1, step=0.001, batch=batch)


def test_the_limits_agree_in_high_dimension():
    # dropped terms are smaller by about 1 / d than those kept
    ratios = []
    for d in (20, 80):
        s = spectrum_of(start(d, d, d))
        ratios.append(nt_step_limit(s, d, "exact") / nt_step_limit(s, d, "leading"))
    assert ratios[0] < ratios[1] < 1


@pytest.mark.parametrize(
    ("function", "arguments", "message"),
    [
        (nt_step_limit, ([0.0, 0.0], 1), "s must be eigenvalues, not all 0"),
        (nt_step_limit, ([1.0, -1.0], 1), "s must be finite and >= 0"),
        (nt_step_limit, ([1.0], 0), "batch must be an integer >= 1"),
        (nt_step_limit, ([1.0], 1, "none"), "closure must be one of exact, leading"),
        (nt_noise_gain, ([1.0], 0.1, 1), r"step must be at most 1 / \(16 max s\)"),
        (nt_noise_gain, ([[1.0]], 0.01, 1), "s must be eigenvalues"),
    ],
)
def test_the_noise_refuses(function, arguments, message):
    with pytest.raises(ValueError, match=message):
        function(*arguments)


def test_the_recursion_refuses_and_overflows_to_infinity():
    with pytest.raises(ValueError, match="W must be a 2 x N matrix"):
        nt_sgd_risk([[1.0]], [1.0, 2.0], step=0.1, batch=1, looks=[1])
    with pytest.raises(ValueError, match="step must be finite and > 0"):
        nt_sgd_risk([[1.0]], [1.0], step=0.0, batch=1, looks=[1])
    assert nt_sgd_risk([[1.0]], [1.0], step=1.0, batch=1, looks=[9999])[0] == np.inf


# --- few samples ----------------------------------------------------------------------


@pytest.mark.parametrize(("d", "N", "n"), [(5, 3, 8), (6, 6, 12), (4, 20, 10)])
def test_the_interpolant_is_that_of_least_squares(d, N, n):
    B, W = target(d, 31), start(d, N, 32)
    x = np.random.default_rng(7).standard_normal((n, d))
    Phi = np.einsum("ja,jb->jab", x, x) - np.eye(d)
    y = np.einsum("jab,ab->j", Phi, B)
    V = np.linalg.lstsq(2 * (Phi @ W).reshape(n, -1), y, rcond=None)[0].reshape(d, N)
    expected = np.sum((B - W @ V.T - V @ W.T) ** 2) / np.sum(B**2)
    found = min_norm_risk(B, n, seed=7, S=W @ W.T)
    np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-12)
    M = np.linalg.lstsq(Phi.reshape(n, -1), y, rcond=None)[0].reshape(d, d)
    expected = np.sum((B - M) ** 2) / np.sum(B**2)
    found = min_norm_risk(B, n, seed=7)
    np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-12)
    scaled = min_norm_risk(B, n, seed=7, S=3 * np.ones(d))
    np.testing.assert_allclose(scaled, found, rtol=1e-8, atol=1e-12)


def test_the_mean_over_samples_is_schurs_formula():
    d, n, draws = 12, 40, 400
    share, share_error = sample_share(d, n, draws=draws, seed=41)
    full = d * (d + 1) // 2
    for b in (exponential_target(d, 0), np.arange(d) - (d - 1) / 2):
        risks = [min_norm_risk(b, n, seed=1000 + k) for k in range(draws)]
        error = np.std(risks, ddof=1) / math.sqrt(draws)
        expected = min_norm_mean(b, n, share)
        chi = np.sum(b) ** 2 / (d * np.sum(b**2))
        from_share = abs(chi - (1 - chi) / (full - 1)) * share_error
        allowed = standard_errors(2) * math.hypot(error, from_share)
        assert abs(np.mean(risks) - expected) <= allowed


def test_about_half_the_square_of_the_dimension_is_needed():
    d = 9
    full = d * (d + 1) // 2
    b = exponential_target(d, 1)
    assert min_norm_risk(b, full, seed=3) < 1e-10
    assert min_norm_risk(b, full - 1, seed=3) > 1e-6
    # traceless targets: exactly the share of the dimensions not spanned yet
    traceless = np.array([1.0, -1.0] + [0.0] * 7)
    np.testing.assert_allclose(
        min_norm_mean(traceless, full, 1.0), 0, atol=1e-15, rtol=0
    )
    np.testing.assert_allclose(min_norm_mean(np.ones(d), 5, 0.25), 0.75)


def test_samples_refuse():
    with pytest.raises(ValueError, match="n must be an integer >= 1"):
        min_norm_risk([1.0, 2.0], 0, seed=0)
    with pytest.raises(ValueError, match=r"S must have shape \(2, 2\), got \(3, 3\)"):
        min_norm_risk([1.0, 2.0], 1, seed=0, S=np.ones(3))
    with pytest.raises(ValueError, match=r"n must be at most d \(d \+ 1\) / 2 = 3"):
        min_norm_mean([1.0, 2.0], 4, 0.5)
    with pytest.raises(ValueError, match="share must be at most 1"):
        min_norm_mean([1.0, 2.0], 1, 1.5)
    with pytest.raises(ValueError, match="draws must be an integer >= 2"):
        sample_share(3, 2, draws=1, seed=0)
