"""The look of the book's figures: one size, one type, one meaning for each colour.

A colour says which model a curve belongs to, the way it is drawn says what
kind of statement it is: theory is a solid line, a simulation is points with
error bars, a bound is dashed, a value claimed by a paper is dotted. So theory and
simulation of one model share a colour on one set of axes, and a figure can be
read without colour. Where only one model is in play the kinds have colours of
their own.

The ground is opaque and nearly white: the same picture stands on the light
page, on the dark page and in print. Alternative text belongs to the cell that
draws the figure (``mystnb: image: {alt: ...}``), because the page is made
without running this module.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D
    from numpy.typing import ArrayLike, NDArray

PANEL = "#fcfcfa"
INK = "#1f2328"
WIDTH = 7.2

# After Okabe & Ito's colours for all kinds of colour vision, the light ones darkened
# until each keeps a contrast of 3 with the ground (WCAG 2.2, 1.4.11).
MODELS = {"RF": "#0072b2", "NT": "#007a5a", "NN": "#c44e00", "Bayes": "#1f2328"}
KINDS = {
    "theory": "#0072b2",
    "simulation": "#c44e00",
    "bound": "#626a73",
    "claimed": "#882255",
}
COLOURS = {**MODELS, **KINDS}
MARKERS = {"RF": "o", "NT": "s", "NN": "^", "Bayes": "D"}
LINES = {"theory": "-", "bound": (0, (5, 2)), "claimed": (0, (1, 1.6))}


def settings() -> dict[str, Any]:
    """Return the book's matplotlib settings.

    Examples
    --------
    >>> settings()["figure.facecolor"] == PANEL
    True
    """
    return {
        "axes.axisbelow": True,
        "axes.edgecolor": "#59616a",
        "axes.facecolor": PANEL,
        "axes.grid": True,
        "axes.labelcolor": INK,
        "axes.labelsize": 11,
        "axes.prop_cycle": cycler(color=list(dict.fromkeys(COLOURS.values()))),
        "axes.spines.right": False,
        "axes.spines.top": False,
        "axes.titlelocation": "left",
        "axes.titlesize": 11.5,
        "figure.autolayout": False,
        "figure.constrained_layout.use": True,
        "figure.dpi": 100,
        "figure.facecolor": PANEL,
        "figure.figsize": (WIDTH, 3.8),
        "font.family": "DejaVu Sans",
        "font.size": 10.5,
        "grid.color": "#e2e5e8",
        "grid.linewidth": 0.7,
        "legend.edgecolor": "#c9cfd5",
        "legend.facecolor": PANEL,
        "legend.fontsize": 9.5,
        "legend.framealpha": 0.92,
        "lines.linewidth": 1.8,
        "lines.markersize": 5.0,
        "mathtext.fontset": "cm",
        "savefig.dpi": 200,
        "savefig.facecolor": PANEL,
        "text.color": INK,
        "xtick.color": "#3c434b",
        "ytick.color": "#3c434b",
    }


@contextmanager
def style() -> Iterator[None]:
    """Draw with the book's settings inside a ``with`` block.

    Examples
    --------
    >>> before = mpl.rcParams["figure.facecolor"]
    >>> with style():
    ...     mpl.rcParams["figure.facecolor"] == PANEL
    True
    >>> mpl.rcParams["figure.facecolor"] == before
    True
    """
    with mpl.rc_context(settings()):
        yield


def use_style() -> None:
    """Draw with the book's settings from here on, as a chapter's first cell does.

    In a notebook the pictures get twice the dots, for sharp screens and print.
    """
    mpl.rcParams.update(settings())
    from IPython import get_ipython

    if get_ipython() is not None:
        from matplotlib_inline.backend_inline import set_matplotlib_formats

        set_matplotlib_formats("retina")


def colour(name: str) -> str:
    """Return the colour that a model or a kind of statement has in the whole book.

    Parameters
    ----------
    name : str
        One of ``COLOURS``.

    Raises
    ------
    ValueError
        For any other name.

    Examples
    --------
    >>> colour("theory") == KINDS["theory"]
    True
    """
    if name not in COLOURS:
        raise ValueError(f"no colour for {name!r}: it must be one of {list(COLOURS)}")
    return COLOURS[name]


def subplots(
    rows: int = 1, cols: int = 1, *, height: float = 3.8, **options: Any
) -> tuple[Figure, Any]:
    """Return a figure of the book's width and its axes.

    Parameters
    ----------
    rows, cols : int
        Panels, both at least 1.
    height : float
        Inches of one row of panels, positive.
    **options
        Handed to ``matplotlib.pyplot.subplots``.

    Returns
    -------
    figure : matplotlib.figure.Figure
    axes : matplotlib.axes.Axes or ndarray of them
        As ``matplotlib.pyplot.subplots`` gives them.

    Raises
    ------
    ValueError
        If `rows` or `cols` is below 1 or `height` is not positive and finite.

    Examples
    --------
    >>> with style():
    ...     figure, axes = subplots(2, 3, height=2.0)
    >>> axes.shape, figure.get_size_inches().tolist() == [WIDTH, 4.0]
    ((2, 3), True)
    >>> plt.close(figure)
    """
    if rows < 1 or cols < 1:
        raise ValueError(f"rows and cols must be at least 1, got {rows} and {cols}")
    if not (np.isfinite(height) and height > 0):
        raise ValueError(f"height must be positive and finite, got {height}")
    return plt.subplots(rows, cols, figsize=(WIDTH, rows * height), **options)


def curve(
    axes: Axes,
    kind: str,
    x: ArrayLike,
    y: ArrayLike,
    *,
    model: str | None = None,
    **options: Any,
) -> Line2D:
    """Draw a curve of theory, a bound, or a claimed value.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    kind : {"theory", "bound", "claimed"}
        Decides the line; and the colour too where there is no `model`.
    x, y : array_like, shape (n,)
        Finite, of one length.
    model : {"RF", "NT", "NN", "Bayes"}, optional
        Decides the colour.
    **options
        Handed to ``Axes.plot``.

    Returns
    -------
    matplotlib.lines.Line2D

    Raises
    ------
    ValueError
        For another kind or model, or for `x` and `y` that are not finite
        vectors of one length.

    Examples
    --------
    >>> figure, axes = subplots()
    >>> line = curve(axes, "bound", [0, 1], [0, 1], model="NT")
    >>> line.get_color() == colour("NT")
    True
    >>> plt.close(figure)
    """
    if kind not in LINES:
        raise ValueError(f"kind must be one of {list(LINES)}, got {kind!r}")
    x, y = _vectors(x=x, y=y)
    look = {"color": colour(model or kind), "linestyle": LINES[kind], **options}
    (line,) = axes.plot(x, y, **look)
    return line


def points(
    axes: Axes,
    x: ArrayLike,
    mean: ArrayLike,
    standard_error: ArrayLike,
    *,
    model: str | None = None,
    **options: Any,
) -> Any:
    """Draw a simulation: means with bars of two standard errors to each side.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    x, mean, standard_error : array_like, shape (n,)
        Finite, of one length; standard errors not negative.
    model : {"RF", "NT", "NN", "Bayes"}, optional
        Decides the colour and the marker.
    **options
        Handed to ``Axes.errorbar``.

    Returns
    -------
    matplotlib.container.ErrorbarContainer

    Raises
    ------
    ValueError
        For another model, for arguments that are not finite vectors of one
        length, or for a negative standard error.

    Examples
    --------
    >>> figure, axes = subplots()
    >>> bars = points(axes, [1, 2], [0.5, 0.4], [0.1, 0.1], model="RF")
    >>> bars.lines[0].get_marker() == MARKERS["RF"]
    True
    >>> plt.close(figure)
    """
    x, mean, error = _vectors(x=x, mean=mean, standard_error=standard_error)
    if (error < 0).any():
        raise ValueError(f"standard_error must not be negative, got {error.min()}")
    look = {
        "color": colour(model or "simulation"),
        "marker": MARKERS.get(model or "", "o"),
        "linestyle": "none",
        "capsize": 2.5,
        "elinewidth": 1.2,
        "markerfacecolor": PANEL,
        "markeredgewidth": 1.4,
        **options,
    }
    return axes.errorbar(x, mean, yerr=2 * error, **look)


def _vectors(**arrays: ArrayLike) -> list[NDArray[np.float64]]:
    found = {name: np.asarray(array, dtype=float) for name, array in arrays.items()}
    shapes = {name: array.shape for name, array in found.items()}
    if len(set(shapes.values())) > 1 or any(a.ndim != 1 for a in found.values()):
        raise ValueError(f"vectors of one length are needed, got shapes {shapes}")
    for name, array in found.items():
        if not np.isfinite(array).all():
            wrong = array[~np.isfinite(array)][0]
            raise ValueError(f"{name} must be finite, got {wrong}")
    return list(found.values())
