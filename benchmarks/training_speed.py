"""Time the batched training of rfbook.training against a plain torch loop.

Both train the same networks on the same examples: the plain loop one after the other,
as a module with autograd and torch's own SGD, the batched one all seeds at once. The
runs take turns; the table has the medians, and how far the trained weights differ.

    python benchmarks/training_speed.py
    python benchmarks/training_speed.py --widths 200 3200 --steps 500
"""

from __future__ import annotations

import argparse
import platform
import statistics
import sys
import time

import torch

from rfbook.devices import describe, device
from rfbook.polynomial_learning.experiment import (
    BATCH,
    DIMENSION,
    RATE,
    TARGET,
    tensor_function,
)
from rfbook.ranges import integer_from
from rfbook.training import (
    LAYERS,
    Networks,
    cube_weights,
    generators,
    labels,
    sphere_points,
)


class Plain(torch.nn.Module):
    """One network, as a user of torch writes it."""

    def __init__(self, start: torch.Tensor) -> None:
        super().__init__()
        self.inner = torch.nn.Parameter(start.clone())
        self.outer = torch.nn.Parameter(start.new_zeros(start.shape[1]))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return f at the rows of x."""
        return torch.exp(x @ self.inner) @ self.outer


def plain(starts, x, y, width: int, layers: str) -> torch.Tensor:
    """Train one network after the other; return the outer layers."""
    found = []
    for start, points, signs in zip(starts, x, y, strict=True):
        network = Plain(start)
        trained = [network.outer] + [network.inner] * (layers == "both")
        network.inner.requires_grad_(layers == "both")
        optimiser = torch.optim.SGD(trained, lr=RATE / width)
        for batch, sign in zip(points.split(BATCH), signs.split(BATCH), strict=True):
            loss = (1 - sign * network(batch)).clamp_min(0).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        found.append(network.outer.detach())
    return torch.stack(found)


def batched(starts, x, y, width: int, layers: str) -> torch.Tensor:
    """Train all networks at once; return the outer layers."""
    networks = Networks(starts, "exp")
    for batch, sign in zip(x.split(BATCH, 1), y.split(BATCH, 1), strict=True):
        networks.step(batch, sign, RATE / width, layers)
    return networks.U[:, 0]


def draws(width: int, seeds: int, steps: int):
    """Return starts, examples and labels, drawn before anything is timed."""
    target = tensor_function(TARGET)
    streams = [generators(seed) for seed in range(seeds)]
    starts = torch.stack([cube_weights(DIMENSION, width, g[0]) for g in streams])
    x = torch.stack([sphere_points(steps * BATCH, DIMENSION, g[1]) for g in streams])
    return [part.to(device()) for part in (starts, x, labels(target, x))]


def timed(function, *arguments) -> tuple[float, torch.Tensor]:
    """Return wall time and result, with the device's work done."""
    start = time.perf_counter()
    result = function(*arguments)
    if result.is_cuda:
        torch.cuda.synchronize()
    return time.perf_counter() - start, result


def main() -> None:
    """Run the comparison and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--widths", type=int, nargs="+", default=[100, 800, 3200])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    seeds = integer_from("seeds", options.seeds, 1)
    steps = integer_from("steps", options.steps, 1)
    repeats = integer_from("repeats", options.repeats, 1)

    print(f"torch {torch.__version__}, {describe()}, {platform.machine()}")
    print(f"{seeds} networks, {torch.get_num_threads()} threads, float64")
    print("width layers   plain [steps/s]  batched [steps/s]   ratio   gap")
    for width in options.widths:
        given = draws(integer_from("width", width, 1), seeds, steps)
        for layers in LAYERS:
            times = {plain: [], batched: []}
            for turn in range(repeats + 1):
                print(f"\rturn {turn} of {repeats} ", end="", file=sys.stderr)
                ends = {}
                for way, taken in times.items():
                    seconds, ends[way] = timed(way, *given, width, layers)
                    taken.append(seconds)
            print("\r", end="", file=sys.stderr)
            # the first turn warms up and is not counted
            slow, fast = (statistics.median(taken[1:]) for taken in times.values())
            gap = (ends[plain] - ends[batched]).abs().max().item()
            print(
                f"{width:5} {layers:5} {seeds * steps / slow:15.0f}"
                f" {seeds * steps / fast:18.0f} {slow / fast:9.1f} {gap:8.0e}"
            )


if __name__ == "__main__":
    main()
