"""Time Figure 2, left: every exact value, and the text's procedure for the same points.

The exact values are those of four curves at the 12 numbers of neurons in d = 450, for
random features, the tangent model, the network and Bayes. The text's procedure is 1.4e5
steps of stochastic gradient descent with batches of 100 for the tangent model and for
the network, at each number of neurons and one step size (the text tries several), and
the normal equations on 5e5 samples for 10 draws of the random features. Single steps
and batches are timed, in float32 as such training usually is; the least time counts,
and is multiplied up: the procedure itself is not run to its end. Drawing the points is
not counted. Agreement is that of the recorded fits on 50,000 samples with the limit and
with the row that is printed, in standard errors.

    python benchmarks/mixture_gap.py
    python benchmarks/mixture_gap.py --seconds 0.5 --widths 45 450
"""

from __future__ import annotations

import argparse
import platform
import time

import numpy as np
from quadratic_gap import features_batch, network_step, seconds_each, tangent_step

from rfbook import devices
from rfbook.experiments import DIMENSION, PAPER_WIDTHS
from rfbook.mixture_gap.figure import (
    WIDTHS,
    exact_curves,
    figure_difference,
    limit_curves,
    printed_limit,
)
from rfbook.mixture_gap.runs import recorded_fits
from rfbook.ranges import finite_scalar, integer_from

STEPS, BATCH = 140_000, 100
SAMPLES, DRAWS, CHUNK = 500_000, 10, 5_000


def procedure(Delta, N: int, least: float) -> dict[str, float]:
    """Seconds of one run of each model at one width, multiplied up."""
    import torch

    place = devices.device()
    generator = torch.Generator().manual_seed(N)
    roots = torch.as_tensor(np.sqrt([1 - Delta, 1 + Delta]), dtype=torch.float32)

    def draw(count: int):
        y = torch.randint(0, 2, (count,), generator=generator)
        x = torch.randn(count, DIMENSION, generator=generator) * roots[1 - y]
        return x.to(place), (2.0 * y - 1).to(place)

    # The network has output weights -1: it is the one for -y with output weights 1.
    x, y = draw(BATCH)
    W = torch.randn(DIMENSION, N, generator=generator).to(place) / DIMENSION**0.5
    V, start = torch.zeros_like(W), W.clone()
    found = {
        "NN": STEPS * seconds_each(lambda: network_step(start, x, -y, 1e-9), least),
        "NT": STEPS * seconds_each(lambda: tangent_step(W, V, x, y, 1e-9), least),
    }
    many, labels = draw(CHUNK)
    gram, right = torch.zeros(N, N, device=place), torch.zeros(N, device=place)
    batch = seconds_each(lambda: features_batch(W, many, labels, gram, right), least)
    eye = torch.eye(N, device=place)
    solve = seconds_each(lambda: torch.linalg.solve(eye + 1e-9 * gram, right), 0)
    found["RF"] = DRAWS * (batch * SAMPLES / CHUNK + solve)
    return found


def agreement(Delta) -> None:
    """Print how far the recorded fits are from the limit and from the printed row."""
    found = recorded_fits()["test"]
    error = found.std(0, ddof=1) / np.sqrt(len(found))
    rho = np.array(WIDTHS) / DIMENSION
    rows = {"limit": limit_curves(rho, Delta)["RF"], "(17)": printed_limit(rho, Delta)}
    for name, row in rows.items():
        far = "  ".join(f"{z:6.1f}" for z in (found.mean(0) - row) / error)
        print(f"fits on 50,000 samples minus {name:5}, standard errors: {far}")


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
    Delta = figure_difference(DIMENSION, 0)
    begin = time.perf_counter()
    curves = exact_curves(Delta, widths, seed=1)
    exact = time.perf_counter() - begin
    begin = time.perf_counter()
    limit_curves(np.array(widths) / DIMENSION, Delta)
    theory = time.perf_counter() - begin
    print(f"exact risks at {len(widths)} points, 4 curves: {exact:.2f} s")
    print(f"limits at {len(widths)} points, 4 curves: {theory:.3f} s")
    agreement(Delta)
    print("       N    exact: RF       NT       NN    Bayes   procedure: RF  NT  NN, s")
    total = dict.fromkeys(("RF", "NT", "NN"), 0.0)
    for place, N in enumerate(widths):
        risks = "  ".join(f"{curve[place]:.5f}" for curve in curves.values())
        seconds = procedure(Delta, N, least)
        total = {model: total[model] + seconds[model] for model in total}
        shown = "  ".join(f"{seconds[model]:8.0f}" for model in total)
        print(f"  {N:6d}      {risks}   {shown}", flush=True)
    hours = sum(total.values()) / 3600
    each = ", ".join(f"{model} {s / 3600:.2f} h" for model, s in total.items())
    print(f"the procedure, from the least time of each step: {hours:.2f} h ({each})")
    print(f"ratio to the exact values: {3600 * hours / (exact + theory):.0f}")


if __name__ == "__main__":
    main()
