"""The two pictures of the first page, drawn by the book's own code.

``python -m rfbook.headlines`` draws them again into ``book/_static``; a test compares
what is kept there with what this module draws.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np

from rfbook import plots
from rfbook.cover import STATIC
from rfbook.experiments import DIMENSION
from rfbook.features import isotropic_weights
from rfbook.quadratic_gap import (
    exponential_target,
    nn_risk,
    nn_risk_limit,
    nt_risk,
    nt_risk_limit,
    rf_risk,
    rf_risk_limit,
)
from rfbook.single_neuron import radius, width_needed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike

DIMENSIONS = (2, 3, 5, 7, 10, 14, 20, 28, 40)
ERROR, POWER = "0.02", "3/4"
SIZE = (5.4, 3.9)


def draw_neuron() -> Figure:
    """Return the exact number of random features that one neuron needs."""
    needed = [width_needed(d, ERROR, radius(d, POWER)) for d in DIMENSIONS]
    with plots.style():
        figure, ax = plt.subplots(figsize=SIZE)
        _marks(ax, "RF", DIMENSIONS, needed, "random features that are needed")
        _marks(ax, "NN", DIMENSIONS, np.ones(len(DIMENSIONS)), "trained neurons")
        ax.set(yscale="log", xlabel="dimension $d$", ylabel="number of neurons")
        ax.legend(loc="upper left")
    return figure


def draw_gap() -> Figure:
    """Return the three risks on a quadratic target: limits, and exact at d = 450."""
    d, rho = DIMENSION, np.linspace(0.02, 2, 200)
    B, widths = exponential_target(d, seed=0), np.arange(45, 901, 95)
    W = isotropic_weights(d, int(widths.max()), seed=0)
    exact = {
        "RF": [rf_risk(W[:, :N], B) for N in widths],
        "NT": [nt_risk(W[:, :N], B) for N in widths],
        "NN": [nn_risk(B, int(N), "ones") for N in widths],
    }
    limits = {"RF": rf_risk_limit, "NT": nt_risk_limit, "NN": nn_risk_limit}
    names = {"RF": "random features", "NT": "tangent model", "NN": "trained network"}
    with plots.style():
        figure, ax = plt.subplots(figsize=SIZE)
        for model, limit in limits.items():
            plots.curve(ax, "theory", rho, limit(rho, B), model=model)
            _marks(ax, model, widths / d, exact[model], names[model])
        ax.set(xlabel="neurons per dimension $N / d$", ylabel="risk")
        ax.set(xlim=(0, 2.05), ylim=(-0.02, 1.02))
        ax.legend(loc="upper right")
    return figure


def _marks(ax: Axes, model: str, x: ArrayLike, y: ArrayLike, label: str) -> None:
    """Draw exact values, which have no error."""
    look = {"color": plots.colour(model), "marker": plots.MARKERS[model]}
    ax.plot(x, y, linestyle="none", markersize=6, label=label, **look)


PICTURES = {"headline-neuron.png": draw_neuron, "headline-gap.png": draw_gap}


def main(folder: Path = STATIC) -> None:
    """Draw both pictures into `folder`."""
    for name, draw in PICTURES.items():
        figure = draw()
        figure.savefig(folder / name, dpi=150, metadata={"Software": None})
        plt.close(figure)


if __name__ == "__main__":
    main()
