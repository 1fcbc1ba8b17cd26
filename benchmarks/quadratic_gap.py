"""Time Figure 1, left: every exact value, and the text's procedure for the same points.

The exact values are those of all numbers of neurons from 1 to 4500 in d = 450, for
random features of two laws, the tangent model and the network. The text's procedure is
2e5 steps of stochastic gradient descent with batches of 100 for the tangent model and
for the network, at each number of neurons and one step size (the text tries several),
and the normal equations on 5e5 samples for 10 draws of the random features of each law.
Single steps and batches are timed, in float32 as such training usually is; the least
time counts, and is multiplied up: the procedure itself is not run to its end.

    python benchmarks/quadratic_gap.py
    python benchmarks/quadratic_gap.py --seconds 0.5 --widths 45 450
"""

from __future__ import annotations

import argparse
import platform
import time

import numpy as np

from rfbook import devices
from rfbook.experiments import DIMENSION, PAPER_WIDTHS
from rfbook.quadratic_gap import exponential_target
from rfbook.quadratic_gap.figure import (
    exact_curves,
    limit_curves,
)
from rfbook.ranges import finite_scalar, integer_from

STEPS, BATCH = 200_000, 100
SAMPLES, DRAWS, LAWS = 500_000, 10, 2
CHUNK = 5_000


def network_step(W, x, y, rate: float) -> None:
    """Take one step of the network sum <w_i, x>^2, in place."""
    z = x @ W
    residual = (z * z).sum(1) - y
    W -= (4 * rate / len(x)) * (x.T @ (residual[:, None] * z))


def tangent_step(W, V, x, y, rate: float) -> None:
    """Take one step of the tangent model 2 sum <w_i, x> <v_i, x>, in place."""
    z = x @ W
    residual = 2 * (z * (x @ V)).sum(1) - y
    V -= (4 * rate / len(x)) * (x.T @ (residual[:, None] * z))


def features_batch(W, x, y, gram, right) -> None:
    """Add a batch to the normal equations of the features <w_i, x>^2 - 1, in place."""
    features = (x @ W) ** 2 - 1
    gram += features.T @ features
    right += features.T @ y


def seconds_each(call, least: float) -> float:
    """Least seconds of a call, repeated for at least this long after a first one."""
    import torch

    def timed() -> float:
        start = time.perf_counter()
        call()
        if devices.device().type == "cuda":
            torch.cuda.synchronize()
        return time.perf_counter() - start

    timed()
    times = [timed()]
    while sum(times) < least:
        times.append(timed())
    return min(times)


def procedure(N: int, least: float) -> dict[str, float]:
    """Seconds of one run of each model at one width, multiplied up."""
    import torch

    place = devices.device()
    generator = torch.Generator().manual_seed(N)

    def draw(*shape):
        return torch.randn(*shape, generator=generator).to(place)

    x, W = draw(BATCH, DIMENSION), draw(DIMENSION, N) / DIMENSION**0.5
    y, V = (x * x).sum(1) - DIMENSION, torch.zeros_like(W)
    start = W.clone()
    found = {
        "NN": STEPS * seconds_each(lambda: network_step(start, x, y, 1e-9), least),
        "NT": STEPS * seconds_each(lambda: tangent_step(W, V, x, y, 1e-9), least),
    }
    many = draw(CHUNK, DIMENSION)
    gram, right = torch.zeros(N, N, device=place), torch.zeros(N, device=place)
    values = (many * many).sum(1) - DIMENSION
    batch = seconds_each(lambda: features_batch(W, many, values, gram, right), least)
    eye = torch.eye(N, device=place)
    solve = seconds_each(lambda: torch.linalg.solve(eye + 1e-9 * gram, right), 0)
    found["RF"] = DRAWS * LAWS * (batch * SAMPLES / CHUNK + solve)
    return found


def main() -> None:
    """Run the comparison and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=2.0, help="of each timing")
    parser.add_argument("--widths", type=int, nargs="+", default=PAPER_WIDTHS)
    options = parser.parse_args()
    least = finite_scalar("seconds", options.seconds, 0)
    widths = [integer_from("width", N, 1) for N in options.widths]

    print(f"NumPy {np.__version__}, Python {platform.python_version()}, ", end="")
    print(devices.describe())
    begin = time.perf_counter()
    B = exponential_target(DIMENSION, 0)
    curves = exact_curves(B, max(widths), seed=1)
    exact = time.perf_counter() - begin
    begin = time.perf_counter()
    limits = limit_curves(np.array(widths) / DIMENSION, B)
    theory = time.perf_counter() - begin
    print(f"exact risks of 1, 2, ..., {max(widths)} neurons, 4 curves: {exact:.2f} s")
    print(f"limits at {len(widths)} points, 4 curves: {theory:.3f} s")
    print("       N    exact: RF  aligned       NT       NN   procedure: RF  NT  NN, s")
    total = dict.fromkeys(("RF", "NT", "NN"), 0.0)
    for N in widths:
        risks = "  ".join(f"{curves[model][N - 1]:.5f}" for model in limits)
        seconds = procedure(N, least)
        total = {model: total[model] + seconds[model] for model in total}
        shown = "  ".join(f"{seconds[model]:8.0f}" for model in total)
        print(f"  {N:6d}      {risks}   {shown}", flush=True)
    hours = sum(total.values()) / 3600
    each = ", ".join(f"{model} {s / 3600:.2f} h" for model, s in total.items())
    print(f"the procedure, from the least time of each step: {hours:.2f} h ({each})")
    print(f"ratio to the exact values: {3600 * hours / (exact + theory):.0f}")


if __name__ == "__main__":
    main()
