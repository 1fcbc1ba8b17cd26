"""The batched training against a plain loop, its draws, and what it refuses."""

import numpy as np
import pytest
import torch

from rfbook import training
from rfbook.polynomial_learning.experiment import tensor_function
from rfbook.training import (
    ACTIVATIONS,
    Networks,
    Training,
    cube_weights,
    generators,
    join,
    labels,
    sphere_points,
    train,
)

SQUARE = tensor_function({(2, 0, 0): 3, (0, 0, 0): -1})


class Plain(torch.nn.Module):
    """One network, as a user of torch writes it."""

    def __init__(self, start, activation):
        super().__init__()
        self.inner = torch.nn.Parameter(start.clone())
        self.outer = torch.nn.Parameter(torch.zeros(start.shape[1], dtype=start.dtype))
        self.activation = activation

    def forward(self, x):
        return self.activation(x @ self.inner) @ self.outer


def plain_run(seed, *, width, steps, rate, layers, activation, batch):
    """Train one network with autograd and torch's own optimiser."""
    first, second, third = generators(seed)
    start = cube_weights(3, width, first)
    function = {"exp": torch.exp, "tanh": torch.tanh, "relu": torch.relu}[activation]
    network = Plain(start, function)
    trained = [network.outer] + [network.inner] * (layers == "both")
    optimiser = torch.optim.SGD(trained, lr=rate / width)
    x = sphere_points(steps * batch, 3, second)  # one shard, as the engine draws them
    for points in x.split(batch):
        loss = (1 - labels(SQUARE, points) * network(points)).clamp_min(0).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    test = sphere_points(300, 3, third)
    loss = (1 - labels(SQUARE, test) * network(test)).clamp_min(0).mean()
    moved = (network.inner - start).norm(dim=0)
    return loss.item(), moved.mean().item(), moved.max().item()


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("layers", ["both", "outer"])
def test_every_network_is_what_autograd_and_an_optimiser_train(activation, layers):
    options = {"width": 7, "steps": 150, "rate": 2.0, "batch": 4}
    options |= {"layers": layers, "activation": activation}
    width = options.pop("width")
    found = train(
        SQUARE, 3, width, seeds=[5, 0, 2], looks=1, test_points=300, **options
    )
    for place, seed in enumerate((5, 0, 2)):
        loss, moved, most = plain_run(seed, width=width, **options)
        row = found.loss[place, -1], found.moved[place, -1], found.moved_most[place, -1]
        # both sides round in float64, over 150 steps of size one
        np.testing.assert_allclose(row, (loss, moved, most), rtol=0, atol=1e-10)
    assert (found.moved[:, -1] > 0.01).all() == (layers == "both")


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_slope_is_the_derivative(activation):
    value, slope = ACTIVATIONS[activation]
    z = torch.linspace(-2.05, 2, 40, dtype=torch.float64, requires_grad=True)
    (derivative,) = torch.autograd.grad(value(z).sum(), z)
    torch.testing.assert_close(slope(z, value(z)).detach(), derivative)


def test_a_seed_does_not_depend_on_the_others_nor_on_when_it_is_looked_at():
    options = {"steps": 60, "rate": 1.0, "test_points": 50}
    alone = train(SQUARE, 3, 20, seeds=[4], looks=1, **options)
    among = train(SQUARE, 3, 20, seeds=[1, 4, 9], looks=1, **options)
    np.testing.assert_allclose(among.loss[1], alone.loss[0], rtol=1e-12)
    assert among.loss[0, 1] != among.loss[1, 1]


def test_the_looks_see_the_same_networks():
    options = {"steps": 400, "rate": 1.0, "seeds": [1], "test_points": 50}
    often = train(SQUARE, 3, 5, looks=2, **options)
    once = train(SQUARE, 3, 5, looks=1, **options)
    assert often.steps.tolist() == [0, 200, 400]
    assert once.loss[0, 1] == often.loss[0, 2]


def test_a_training_says_what_was_trained():
    options = {"steps": 3, "rate": 1.0, "layers": "outer", "looks": 1}
    parts = [train(SQUARE, 3, 5, seeds=[s], test_points=20, **options) for s in (1, 2)]
    for found in (*parts, join(parts)):
        assert (found.width, found.layers) == (5, "outer")


def test_a_seed_below_zero_is_refused():
    with pytest.raises(ValueError, match="seed must be an integer >= 0, got -1"):
        generators(-1)


def test_the_last_seed_has_generators():
    last = 2**61
    found = [generator.initial_seed() for generator in generators(last)]
    assert found == [3 * last, 3 * last + 1, 3 * last + 2]
    with pytest.raises(ValueError, match="seed must be at most"):
        generators(last + 1)


def test_a_layer_has_a_neuron():
    with pytest.raises(ValueError, match="width must be an integer >= 1, got 0"):
        cube_weights(3, 0, generators(0)[0])


def test_no_bar_is_shown_where_nothing_is_said(capsys):
    options = {"seeds": [0], "steps": 2, "rate": 1.0, "looks": 1, "test_points": 2}
    train(SQUARE, 3, 2, **options)
    assert capsys.readouterr().err == ""
    train(SQUARE, 3, 2, progress=True, **options)
    assert "N = 2" in capsys.readouterr().err


def test_the_shards_together_have_as_many_batches_as_there_are_steps(monkeypatch):
    monkeypatch.setattr(training, "_SHARD", 3)
    source = training._Source(SQUARE, 3, 2, [0], torch.float64, "cpu")
    batches = list(source.examples(7, 2))
    assert [tuple(x.shape) for x, _ in batches] == [(1, 2, 3)] * 7


def test_a_batch_has_ten_examples_where_nothing_is_said():
    options = {"steps": 5, "rate": 1.0, "seeds": [1], "looks": 1, "test_points": 50}
    plain, ten = (
        train(SQUARE, 3, 5, **options),
        train(SQUARE, 3, 5, batch=10, **options),
    )
    assert (plain.loss == ten.loss).all()
    assert (plain.loss != train(SQUARE, 3, 5, batch=11, **options).loss).any()


def test_single_precision_trains_the_same_networks():
    options = {"steps": 100, "rate": 1.0, "seeds": [0, 1], "looks": 1}
    double = train(SQUARE, 3, 10, **options)
    single = train(SQUARE, 3, 10, dtype=torch.float32, **options)
    # 100 steps, each of some hundred roundings that add up in the worst case; no margin
    # of these examples is so near 1 that rounding turns its example off or on
    rounding = 100 * 100 * np.finfo(np.float32).eps / 2
    np.testing.assert_allclose(single.loss, double.loss, atol=rounding, rtol=0)
    assert (single.loss != double.loss).any()


def test_the_loss_starts_at_one_and_falls():
    found = train(SQUARE, 3, 100, seeds=range(4), steps=3000, rate=2.0, looks=3)
    assert (found.loss[:, 0] == 1).all()
    assert (found.diverged == -1).all()
    mean, error, count = found.summary("loss")
    assert count == 4
    assert mean[-1] + 4 * error[-1] < 0.8


def test_a_divergence_is_reported_and_not_averaged_in():
    # At this step size some of the networks explode and others do not.
    wild = train(
        SQUARE, 3, 4, seeds=range(12), steps=60, rate=8.0, looks=6, test_points=20
    )
    lost = wild.diverged >= 0
    assert 0 < lost.sum() < 11
    for row, first in zip(wild.loss, wild.diverged, strict=True):
        good = np.isfinite(row)
        if first < 0:
            assert good.all()
            assert (row <= 100).all()
        else:
            assert np.array_equal(good, wild.steps < first)
    mean, _, count = wild.summary("loss")
    assert count == 12 - lost.sum()
    np.testing.assert_allclose(mean, wild.loss[~lost].mean(axis=0))


def test_no_mean_without_two_networks():
    one = train(SQUARE, 3, 4, seeds=[0], steps=10, rate=1.0)
    with pytest.raises(ValueError, match=r"needs 2 networks .* got 1 of 1"):
        one.summary("loss")
    with pytest.raises(ValueError, match="name must be loss"):
        one.summary("weights")


def test_blocks_of_seeds_join_to_one_training():
    options = {"steps": 20, "rate": 1.0, "looks": 2, "test_points": 20}
    whole = train(SQUARE, 3, 6, seeds=[0, 1, 2], **options)
    parts = [train(SQUARE, 3, 6, seeds=s, **options) for s in ([0, 1], [2])]
    joined = join(parts)
    assert joined.seeds == whole.seeds
    for name in ("loss", "moved", "moved_most", "diverged"):
        np.testing.assert_allclose(getattr(joined, name), getattr(whole, name))
    with pytest.raises(ValueError, match="seeds must differ"):
        join([parts[0], parts[0]])
    with pytest.raises(ValueError, match="must agree"):
        join([whole, train(SQUARE, 3, 7, seeds=[5], **options)])
    with pytest.raises(ValueError, match="at least one"):
        join([])


def test_the_start_is_uniform_on_the_cube():
    w = cube_weights(5, 4000, generators(1)[0])
    assert tuple(w.shape) == (5, 4000)
    assert w.abs().max().item() <= 5**-0.5
    # E |w|^2 = 1/3; the variance of one square is 4/45 of 1/d^2
    error = (4 / 45 / 5 / 4000) ** 0.5
    assert abs(w.square().sum(0).mean().item() - 1 / 3) < 5 * error


def test_the_label_of_zero_is_plus_one():
    x = torch.tensor([[-0.5], [0.0], [2.0]], dtype=torch.float64)
    assert labels(lambda x: x[..., 0], x).tolist() == [-1, 1, 1]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"d": 1}, "d must be an integer >= 2, got 1"),
        ({"width": 0}, "width must be an integer >= 1, got 0"),
        ({"steps": 2.5}, "steps must be an integer"),
        ({"rate": 0.0}, "rate must be finite and > 0"),
        ({"rate": float("nan")}, "rate must be finite and > 0, got nan"),
        ({"limit": -1.0}, "limit must be finite and > 0"),
        ({"seeds": []}, "seeds must be one or more"),
        ({"seeds": [1, 1]}, r"all different, got \(1, 1\)"),
        ({"seeds": [-1]}, "seed must be an integer >= 0, got -1"),
        ({"layers": "inner"}, "layers must be one of both, outer, got 'inner'"),
        ({"activation": "cosine"}, "one of exp, tanh, relu, got 'cosine'"),
        ({"looks": 3}, "looks must divide steps = 10, got 3"),
        ({"batch": 0}, "batch must be an integer >= 1"),
        ({"test_points": 0}, "test_points must be an integer >= 1"),
    ],
)
def test_out_of_range(change, message):
    options = {"d": 3, "width": 4, "seeds": [0], "steps": 10, "rate": 1.0} | change
    d, width = options.pop("d"), options.pop("width")
    with pytest.raises(ValueError, match=message):
        train(SQUARE, d, width, **options)


def test_a_training_is_a_plain_record_of_arrays():
    found = train(SQUARE, 3, 4, seeds=[2], steps=4, rate=1.0, looks=2, test_points=5)
    assert isinstance(found, Training)
    assert found.seconds > 0
    assert found.loss.shape == found.moved.shape == found.moved_most.shape == (1, 3)
    assert found.loss.dtype == np.float64


@pytest.mark.gpu
def test_cuda_trains_the_same_networks(monkeypatch):
    options = {"steps": 100, "rate": 1.0, "seeds": [0, 1], "looks": 1}
    monkeypatch.setenv("RFBOOK_DEVICE", "cpu")
    here = train(SQUARE, 3, 10, **options)
    monkeypatch.setenv("RFBOOK_DEVICE", "cuda")
    there = train(SQUARE, 3, 10, **options)
    # 100 steps of some hundred roundings, in another order of summation
    rounding = 100 * 100 * np.finfo(np.float64).eps / 2
    np.testing.assert_allclose(there.loss, here.loss, atol=rounding)


def test_one_step_by_hand():
    start = torch.tensor(
        [[[0.5]], [[-0.25]]], dtype=torch.float64
    )  # 2 seeds, d = N = 1
    networks = Networks(start, "exp")
    networks.U += torch.tensor([[[0.5]], [[4.0]]], dtype=torch.float64)
    x, y = torch.ones(2, 1, 1, dtype=torch.float64), torch.ones(2, 1).double()
    networks.step(x, y, 0.1, "both")
    a = np.exp(0.5)
    # the second network's margin is 4 exp(-1/4) > 1: it stays
    np.testing.assert_allclose(networks.U.flatten(), [0.5 + 0.1 * a, 4.0])
    np.testing.assert_allclose(networks.W.flatten(), [0.5 + 0.05 * a, -0.25])


def test_an_example_with_margin_one_is_left_alone():
    start = torch.ones(1, 1, 1, dtype=torch.float64)
    networks = Networks(start, "relu")
    networks.U += 1.0
    x = torch.ones(1, 1, 1, dtype=torch.float64)
    networks.step(x, torch.ones(1, 1).double(), 0.1, "both")
    assert networks.U.item() == networks.W.item() == 1
