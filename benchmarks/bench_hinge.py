"""(2b) Networks with the hinge loss: trained together, against a plain torch loop.

The networks are those of the chapter on learning polynomials, with its dimension,
activation, batch and step size, in double precision. Both ways train the same networks
on the same examples, drawn before the clock starts: the plain loop one after the other,
a module with autograd and torch's own SGD; rfbook.training all seeds at once.
"""

from __future__ import annotations

from functools import lru_cache

import torch
from suite import QUICK, cases, relative_gap

from rfbook.devices import device
from rfbook.polynomial_learning.experiment import (
    BATCH,
    DIMENSION,
    RATE,
    TARGET,
    tensor_function,
)
from rfbook.training import (
    LAYERS,
    Networks,
    cube_weights,
    generators,
    labels,
    sphere_points,
)

WIDTHS = (100,) if QUICK else (100, 800, 3200)
SEEDS = 3 if QUICK else 20
STEPS = 5 if QUICK else 60


@lru_cache(1)
def draws(width: int):
    """Return starts, examples and labels on the device."""
    target = tensor_function(TARGET)
    streams = [generators(seed) for seed in range(SEEDS)]
    starts = torch.stack([cube_weights(DIMENSION, width, g[0]) for g in streams])
    x = torch.stack([sphere_points(STEPS * BATCH, DIMENSION, g[1]) for g in streams])
    return [part.to(device()) for part in (starts, x, labels(target, x))]


class Plain(torch.nn.Module):
    """One network, as a user of torch writes it."""

    def __init__(self, start: torch.Tensor) -> None:
        super().__init__()
        self.inner = torch.nn.Parameter(start.clone())
        self.outer = torch.nn.Parameter(start.new_zeros(start.shape[1]))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return f at the rows of x."""
        return torch.exp(x @ self.inner) @ self.outer


def torch_loop(starts, x, y, rate: float, layers: str) -> torch.Tensor:
    """Train one network after the other; return the outer layers."""
    found = []
    for start, points, signs in zip(starts, x, y, strict=True):
        network = Plain(start)
        trained = [network.outer] + [network.inner] * (layers == "both")
        network.inner.requires_grad_(layers == "both")
        optimiser = torch.optim.SGD(trained, lr=rate)
        for batch, sign in zip(points.split(BATCH), signs.split(BATCH), strict=True):
            loss = (1 - sign * network(batch)).clamp_min(0).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        found.append(network.outer.detach())
    return torch.stack(found)


def together(starts, x, y, rate: float, layers: str) -> torch.Tensor:
    """Train all networks at once; return the outer layers."""
    networks = Networks(starts, "exp")
    for batch, sign in zip(x.split(BATCH, 1), y.split(BATCH, 1), strict=True):
        networks.step(batch, sign, rate, layers)
    return networks.U[:, 0]


WAYS = {"rfbook": together, "torch loop": torch_loop}
CASES = [{"layers": layers, "N": N} for N in WIDTHS for layers in LAYERS]


@cases(CASES, list(WAYS))
def test_hinge(race, case, way):
    """A step of each way."""
    N = case["N"]
    given = draws(N)
    # Every step rounds sums of N terms, each by eps of its size; the loss is piecewise
    # linear, and no example of these draws lies that close to its kink.
    race(
        case,
        way,
        lambda: WAYS[way](*given, RATE / N, case["layers"]),
        gap=relative_gap,
        tolerance=STEPS * N * torch.finfo(torch.float64).eps,
        scale=1 / STEPS,
        unit="step",
        d=DIMENSION,
        batch=BATCH,
        networks=SEEDS,
        dtype="float64",
    )
