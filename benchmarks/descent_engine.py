"""Time one step of the descent engine against other ways, and against the products.

The models are those of Figure 1: the network and the tangent model at d = 450 in single
precision, batch 100, for a grid of step sizes at once. Every way takes the same steps
on the same examples:

engine      rfbook.descent.models, all step sizes in one tensor
autograd    a plain torch loop, one model after the other, with torch's own SGD
vmap        torch.func.grad under torch.func.vmap over the step sizes
products    no training: only the products of matrices that a step cannot do without,
            in tensors of the same shapes; what is left is the engine's overhead

The ways take turns; the table has medians in milliseconds a step (all step sizes), the
quartiles' distance, ratios, and how far the weights differ at the end.

    python benchmarks/descent_engine.py
    python benchmarks/descent_engine.py --widths 45 450 --steps 50
    python benchmarks/descent_engine.py --json engine.json
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import sys
import time
from pathlib import Path

import torch

from rfbook.descent.models import KINDS
from rfbook.devices import describe, device
from rfbook.ranges import integer_from

DIMENSION, BATCH = 450, 100
STEP_SIZES = (1e-6, 2e-6, 3e-6, 4e-6)


def draws(model: str, N: int, steps: int):
    """Return start, examples and labels on the device, drawn before timing."""
    generator = torch.Generator().manual_seed(0)
    W = torch.randn(DIMENSION, N, generator=generator) / DIMENSION**0.5
    x = torch.randn(steps, BATCH, DIMENSION, generator=generator)
    y = (x.square() - 1).sum(2)
    return [part.to(device()) for part in (W, x, y)]


def engine(model: str, W, x, y):
    """Take the steps with the engine; return what was trained."""
    layer = W.new_ones(W.shape[1])
    group = KINDS[model](W[None].clone(), len(STEP_SIZES), layer, True, 0.0)
    rate = W.new_tensor(STEP_SIZES)[:, None]
    for points, labels in zip(x, y, strict=True):
        group.step(points[None], labels[None], rate)
    return group.state()["V" if model == "NT" else "W"][:, 0]


def residual_square(model: str, trained, W, x, y):
    """Mean square of the residual with centred features, as one writes it."""
    if model == "NT":
        f = 2 * ((x @ W) * (x @ trained)).sum(1) - 2 * (W * trained).sum()
    else:
        f = (x @ trained).square().sum(1) - trained.square().sum()
    return (y - f).square().mean()


def initial(model: str, W):
    """Return what is trained, at the start."""
    return torch.zeros_like(W) if model == "NT" else W.clone()


def autograd(model: str, W, x, y):
    """Train one step size after the other with autograd and torch's SGD."""
    found = []
    for step in STEP_SIZES:
        trained = torch.nn.Parameter(initial(model, W))
        optimiser = torch.optim.SGD([trained], lr=step)
        for points, labels in zip(x, y, strict=True):
            optimiser.zero_grad()
            residual_square(model, trained, W, points, labels).backward()
            optimiser.step()
        found.append(trained.detach())
    return torch.stack(found)


def vmapped(model: str, W, x, y):
    """Train all step sizes with a gradient that torch.func maps over them."""

    def loss(trained, points, labels):
        return residual_square(model, trained, W, points, labels)

    slope = torch.func.vmap(torch.func.grad(loss), in_dims=(0, None, None))
    trained = initial(model, W).expand(len(STEP_SIZES), *W.shape).clone()
    rate = W.new_tensor(STEP_SIZES)[:, None, None]
    for points, labels in zip(x, y, strict=True):
        trained -= rate * slope(trained, points, labels)
    return trained


def products(model: str, W, x, y):
    """Multiply only: x W (and x V) forward, x' z back, added to the weights."""
    k = len(STEP_SIZES)
    trained = W.expand(k, *W.shape).clone()
    kept = W[None].clone()
    for points in x:
        many = points.expand(k, *points.shape).contiguous()
        z = torch.bmm(many, trained)
        if model == "NT":
            torch.bmm(points[None], kept)
        trained.baddbmm_(many.mT, z, alpha=1e-12)
    return trained


WAYS = {"engine": engine, "autograd": autograd, "vmap": vmapped, "products": products}


def timed(function, *arguments):
    """Return wall time and result, with the device's work done."""
    start = time.perf_counter()
    result = function(*arguments)
    if result.is_cuda:
        torch.cuda.synchronize()
    return time.perf_counter() - start, result


def compare(model: str, N: int, steps: int, repeats: int) -> dict:
    """Time every way at one width; milliseconds a step."""
    W, x, y = draws(model, N, steps)
    taken, ends = {way: [] for way in WAYS}, {}
    for turn in range(repeats + 1):
        for way, function in WAYS.items():
            print(f"\r{model} {N}: turn {turn} {way:9}", end="", file=sys.stderr)
            seconds, ends[way] = timed(function, model, W, x, y)
            taken[way].append(1000 * seconds / steps)
    print("\r" + " " * 40 + "\r", end="", file=sys.stderr)
    # the first turn warms up and is not counted
    row = {"model": model, "N": N}
    for way, times in taken.items():
        quartiles = statistics.quantiles(times[1:], n=4)
        row[way] = statistics.median(times[1:])
        row[f"{way}_spread"] = quartiles[2] - quartiles[0]
    size = ends["engine"].abs().max().item()
    gaps = [(ends[way] - ends["engine"]).abs().max() for way in ("autograd", "vmap")]
    row["gap"] = max(gap.item() for gap in gaps) / size
    return row


def main() -> None:
    """Run the comparison, print a table and, if asked, write it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--widths", type=int, nargs="+", default=[45, 225, 450, 900, 2250, 4500]
    )
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", type=Path, help="also write the rows here")
    options = parser.parse_args()
    steps = integer_from("steps", options.steps, 1)
    repeats = integer_from("repeats", options.repeats, 3)

    head = {
        "torch": torch.__version__,
        "device": describe(),
        "machine": platform.machine(),
        "threads": torch.get_num_threads(),
        "d": DIMENSION,
        "batch": BATCH,
        "step_sizes": len(STEP_SIZES),
        "dtype": "float32",
    }
    print(", ".join(f"{name} {value}" for name, value in head.items()))
    print("model    N  engine [ms]  autograd/engine  vmap/engine  products/engine  gap")
    rows = []
    for N in options.widths:
        for model in ("NT", "NN"):
            row = compare(model, integer_from("width", N, 1), steps, repeats)
            rows.append(row)
            ratios = [row[way] / row["engine"] for way in ("autograd", "vmap")]
            print(
                f"{model:5} {N:4} {row['engine']:8.2f} +-{row['engine_spread']:.2f}"
                f" {ratios[0]:12.2f} {ratios[1]:14.2f}"
                f" {row['products'] / row['engine']:14.2f} {row['gap']:10.0e}"
            )
    if options.json:
        options.json.write_text(json.dumps({**head, "rows": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
