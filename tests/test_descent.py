"""One-pass descent on a problem of one's own: output weights, and what is refused."""

import numpy as np
import pytest
import torch

from rfbook.descent import descend
from rfbook.quadratic_gap import QuadraticTarget
from rfbook.training import generators

LAYER = [-1.0, 0.5, 2.0]


def target(d, seed):
    A = np.random.default_rng(seed).standard_normal((d, d))
    return (A + A.T) / 2


@pytest.mark.parametrize("offset", ["slaved", "flow"])
def test_output_weights_are_kept_and_counted(offset):
    B, W0 = target(4, 1), np.random.default_rng(2).standard_normal((4, 3)) / 2
    steps, step, batch = 40, 0.003, 5
    run = descend(
        "NN", QuadraticTarget(B), W=W0, layer=LAYER, seeds=[6], looks=[steps],
        step=step, batch=batch, offset=offset, c0=0.3,
    )  # fmt: skip

    u, target_matrix = torch.tensor(LAYER, dtype=torch.float64), torch.as_tensor(B)
    W, c = torch.as_tensor(W0).clone(), torch.tensor(0.3, dtype=torch.float64)
    x_all = torch.randn(
        steps * batch, 4, generator=generators(6)[1], dtype=torch.float64
    )
    for x in x_all.split(batch):
        W, c = W.detach().requires_grad_(), c.detach().requires_grad_()
        trace = (u * W.square()).sum()
        f = (x @ W).square() @ u + (c if offset == "flow" else -trace)
        y = ((x @ target_matrix) * x).sum(1) - target_matrix.trace()
        (y - f).square().mean().backward()
        with torch.no_grad():
            W = W - step * W.grad
            c = c - step * c.grad if offset == "flow" else c
    M = (u * W) @ W.T
    mean = c + M.trace() if offset == "flow" else torch.tensor(0.0)
    error = 2 * (target_matrix - M).square().sum() + mean.square()
    expected = float((error / (2 * target_matrix.square().sum())).detach())
    # both round in float64 over 40 steps
    np.testing.assert_allclose(run.risk[0, 0], expected, rtol=1e-11)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"layer": [1.0]}, r"layer must have shape \(3,\), got \(1,\)"),
        ({"layer": [1.0, np.nan, 1.0]}, "layer must be finite"),
        ({"model": "NT", "layer": LAYER}, "layer is for the network"),
        ({"W": np.ones((3, 3))}, "W must be a 4 x N matrix"),
    ],
)
def test_descent_refuses(change, message):
    arguments = {"model": "NN", "W": np.ones((4, 3)), "layer": LAYER} | change
    with pytest.raises(ValueError, match=message):
        descend(
            arguments.pop("model"), QuadraticTarget(np.ones(4)), seeds=[0], looks=[1],
            step=0.1, batch=1, **arguments,
        )  # fmt: skip
