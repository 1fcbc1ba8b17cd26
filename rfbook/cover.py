"""The book's cover picture and its favicon, drawn by the book's own code.

``python -m rfbook.cover`` draws both again into ``book/_static``; a test compares
what is kept there with what this module draws.

The cover shows the function of the psi chapter being built: after each further
ReLU the sum follows the triangle wave up to one more corner and then leaves it
along a ray.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LinearSegmentedColormap

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike, NDArray

STATIC = Path(__file__).resolve().parent.parent / "book" / "_static"
CORNERS = 9
GROUND = "#12263a"
WAVE = "#f4f7fa"
RAYS = ("#5fb4e8", "#f0a35c")


def partial_sum(x: ArrayLike, a: int, count: int) -> NDArray[np.float64]:
    r"""Return the triangle wave's ReLU sum after its first `count` corners.

    .. math:: [x + a]_+ + 2 \sum_{n=1}^{count} (-1)^n [x + a - 2n]_+ - 1

    Source: Yehudai & Shamir, Proposition 4.6, the sum cut off.

    Parameters
    ----------
    x : array_like
        Any shape.
    a : int
        Half the length of the interval, at least 1.
    count : int
        Corners so far, 0 to `a`.

    Returns
    -------
    ndarray
        The shape of `x`.

    Raises
    ------
    ValueError
        If `a` is below 1 or `count` is not in 0..a.

    Examples
    --------
    Each further corner leaves everything to its left as it was:

    >>> x = np.linspace(-5, -1, 50)
    >>> bool(np.all(partial_sum(x, 5, 2) == partial_sum(x, 5, 3)))
    True
    """
    if a < 1 or not 0 <= count <= a:
        raise ValueError(f"0 <= count <= a and a >= 1 are needed, got {count}, {a}")
    s = np.asarray(x, dtype=float) + a
    total = np.maximum(s, 0.0) - 1.0
    for n in range(1, count + 1):
        total += 2 * (-1) ** n * np.maximum(s - 2 * n, 0.0)
    return total


def draw_cover() -> Figure:
    """Return the cover: a wave built corner by corner, 1600 by 480 dots."""
    a = CORNERS
    colours = LinearSegmentedColormap.from_list("rays", RAYS)
    with mpl.rc_context({"savefig.facecolor": GROUND, "savefig.bbox": None}):
        figure = plt.figure(figsize=(16, 4.8), dpi=100, facecolor=GROUND)
        axes = figure.add_axes((0, 0, 1, 1))
        for count in range(a):
            corner = 2.0 * (count + 1) - a
            x = np.array([corner, a + 6.0])
            tint = colours(count / (a - 1))
            axes.plot(x, partial_sum(x, a, count), color=tint, lw=2.4)
        x = np.arange(-a, a + 1, 2.0)
        axes.plot(x, partial_sum(x, a, a), color=WAVE, lw=4, solid_joinstyle="round")
        axes.plot(x[1:], partial_sum(x[1:], a, a), "o", color=WAVE, ms=9)
        axes.plot([-a - 3, -a], [-1, -1], color=WAVE, lw=4, alpha=0.55)
        axes.set(xlim=(-a - 2, a + 2), ylim=(-3.3, 3.3))
        axes.axis("off")
    return figure


def favicon() -> str:
    """Return the favicon: three corners of the wave, as SVG.

    Examples
    --------
    >>> favicon().count("<path")
    1
    """
    x = np.linspace(-3, 3, 4)
    y = partial_sum(x, 3, 3)
    corners = " L".join(
        f"{32 + 8 * s:g} {32 - 14 * t:g}" for s, t in zip(x, y, strict=True)
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">'
        f'<rect width="64" height="64" rx="13" fill="{GROUND}"/>'
        f'<path d="M{corners}" fill="none" stroke="{RAYS[1]}" stroke-width="7" '
        'stroke-linejoin="round" stroke-linecap="round"/></svg>\n'
    )


def main(folder: Path = STATIC) -> None:
    """Draw the cover and the favicon into `folder`."""
    figure = draw_cover()
    figure.savefig(folder / "cover.png", metadata={"Software": None})
    plt.close(figure)
    (folder / "favicon.svg").write_text(favicon(), encoding="utf-8")


if __name__ == "__main__":
    main()
