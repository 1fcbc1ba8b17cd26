r"""Interactive figures: frames that a slider steps through, with no server.

A `Panel` holds polylines that Python has computed. In the book the shared script
``book/_static/panels.js`` finds its HTML, reads the numbers that stand in it as JSON
and draws one frame at a time; the slider and the two buttons work with a mouse, a
finger and the keyboard. Where scripts do not run (print, a notebook that is not
trusted or stands alone) the same HTML shows all frames side by side as a picture,
and in either case a table of them.

The chapters use it as ``rfbook.panels.relu_panel(7)``.
"""

from __future__ import annotations

import io
import json
import math
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from rfbook.psi import psi_weights
from rfbook.ranges import integer_from

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Point = tuple[float, float]

MINUS = "\N{MINUS SIGN}"
_COLUMNS = 3
_LARGEST_PANEL = 15


@dataclass(frozen=True)
class Frame:
    """One step of a panel.

    Parameters
    ----------
    line : sequence of (x, y)
        Corners of the polyline.
    dots : sequence of (x, y)
        Points marked on it.
    cells : sequence of str
        The step's row in the table.
    """

    line: Sequence[Point]
    dots: Sequence[Point]
    cells: Sequence[str]


@dataclass(frozen=True)
class Panel:
    """Frames to step through, drawn against one goal.

    Parameters
    ----------
    control : str
        What the slider counts.
    alt : str
        What the picture of all frames shows, for a reader who cannot see it.
    caption : str
    columns : sequence of str
        Heads of the table.
    frames : sequence of Frame
        At least one, each with as many cells as there are columns.
    goal : sequence of (x, y)
        A polyline that every frame shows in the background.
    limits : tuple of float
        Least and largest x, least and largest y that are shown.
    start : int
        The frame shown first.

    Raises
    ------
    ValueError
        If there is no frame, a row of the wrong length, a number that is not finite,
        empty limits, or no frame `start`.

    Examples
    --------
    >>> frame = Frame([(0, 0), (1, 1)], [], ["0"])
    >>> Panel("step", "a line", "A line.", ["n"], [frame], [], (0, 1, 0, 1))
    Panel of 1 frame
    n
    0
    """

    control: str
    alt: str
    caption: str
    columns: Sequence[str]
    frames: Sequence[Frame]
    goal: Sequence[Point]
    limits: tuple[float, float, float, float]
    start: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.start < len(self.frames):
            raise ValueError(
                f"start must name one of {len(self.frames)} frames, got {self.start}"
            )
        for frame in self.frames:
            if len(frame.cells) != len(self.columns):
                raise ValueError(
                    f"a row has {len(self.columns)} cells, got {list(frame.cells)}"
                )
        lines = [self.goal, *(line for f in self.frames for line in (f.line, f.dots))]
        numbers = [*self.limits, *(v for line in lines for p in line for v in p)]
        if not all(map(math.isfinite, numbers)):
            wrong = next(v for v in numbers if not math.isfinite(v))
            raise ValueError(f"a panel's numbers must be finite, got {wrong}")
        left, right, low, high = self.limits
        if not (left < right and low < high):
            raise ValueError(f"limits must be increasing, got {self.limits}")

    def __repr__(self) -> str:
        count = len(self.frames)
        rows = [self.columns, *(frame.cells for frame in self.frames)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [
            "  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
        head = f"Panel of {count} frame" + "s" * (count != 1)
        return "\n".join([head, *lines])

    def data(self) -> dict:
        """Return the numbers that the script draws, as plain lists."""
        return {
            "control": self.control,
            "limits": list(self.limits),
            "start": self.start,
            "goal": [list(point) for point in self.goal],
            "frames": [
                {"line": [list(p) for p in f.line], "dots": [list(p) for p in f.dots]}
                for f in self.frames
            ],
        }

    def figure(self) -> Figure:
        """Draw every frame, as small pictures side by side."""
        from matplotlib.figure import Figure

        from rfbook import plots

        rows = math.ceil(len(self.frames) / _COLUMNS)
        with plots.style():
            figure = Figure(figsize=(plots.WIDTH, 1.75 * rows + 0.2))
            grid = figure.subplots(
                rows, _COLUMNS, sharex=True, sharey=True, squeeze=False
            )
            before = (None, *self.frames)
            for axes, frame, last in zip(grid.flat, self.frames, before, strict=False):
                axes.plot(*_columns(self.goal), color="#b9c0c7", lw=1.2)
                if last:
                    axes.plot(
                        *_columns(last.line), "--", color=plots.colour("theory"), lw=1
                    )
                axes.plot(*_columns(frame.line), color=plots.colour("theory"), lw=1.8)
                axes.plot(
                    *_columns(frame.dots), "o", ms=4, color=plots.colour("simulation")
                )
                axes.set(xlim=self.limits[:2], ylim=self.limits[2:])
                axes.set_title(": ".join(frame.cells[:2]), fontsize=10)
            for axes in grid.flat[len(self.frames) :]:
                axes.axis("off")
        return figure

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, object]:
        """Return the panel for the page, as a picture for print, and as text."""
        png = self._png()
        return {
            "text/html": self._html(png),
            "image/png": b64encode(png).decode("ascii"),
            "text/plain": repr(self),
        }

    def _png(self) -> bytes:
        from rfbook import plots

        buffer = io.BytesIO()
        with plots.style():
            self.figure().savefig(
                buffer, format="png", dpi=150, metadata={"Software": None}
            )
        return buffer.getvalue()

    def _html(self, png: bytes) -> str:
        # "</" must not end the script's element, whatever a text says.
        data = json.dumps(self.data(), separators=(",", ":")).replace("</", r"<\/")
        source = f"data:image/png;base64,{b64encode(png).decode('ascii')}"
        return (
            '<figure class="rf-panel">\n'
            f'<div class="rf-panel-static"><img alt="{escape(self.alt)}" '
            f'src="{source}"></div>\n'
            f"{self._table()}\n"
            f"<figcaption>{escape(self.caption)}</figcaption>\n"
            f'<script type="application/json">{data}</script>\n'
            "</figure>"
        )

    def _table(self) -> str:
        head = "".join(f'<th scope="col">{escape(name)}</th>' for name in self.columns)
        rows = "\n".join(
            "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in f.cells) + "</tr>"
            for f in self.frames
        )
        return (
            "<details open><summary>All steps in a table</summary>\n"
            '<div class="pst-scrollable-table-container"><table>\n'
            f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n"
            "</table></div></details>"
        )


def relu_panel(a: int, start: int | None = None) -> Panel:
    r"""Show psi_a being built, one ReLU after the other.

    Frame n is the sum of the constant and the first n ReLUs,

    .. math:: -1 + \sum_{j=1}^{n} \alpha_j [x - k_j]_+ , \qquad n = 0, \dots, a + 1,

    with the kinks k_j and weights of `rfbook.psi.psi_weights`.

    Parameters
    ----------
    a : int
        Parameter of psi_a, 1 to 15.
    start : int, optional
        ReLUs in the frame shown first, 0 to a + 1; about half by default.

    Returns
    -------
    Panel

    Raises
    ------
    ValueError
        If a or start is out of range.

    Examples
    --------
    Each further ReLU leaves everything to the left of its kink as it was:

    >>> frames = relu_panel(5).frames
    >>> frames[3].line[:3] == frames[4].line[:3]
    True
    """
    a = integer_from("a", a, 1)
    if a > _LARGEST_PANEL:
        raise ValueError(f"a must be at most {_LARGEST_PANEL} in a panel, got {a}")
    start = (a + 1) // 2 if start is None else integer_from("start", start, 0)
    kinks, weights, constant = psi_weights(a)
    left, right = -a - 2, a + 3
    nodes = np.array([left, *kinks, right])
    terms = weights * np.maximum(nodes[:, None] - kinks, 0)
    frames = []
    for n in range(a + 2):
        values = constant + terms[:, :n].sum(axis=1)
        line = list(zip(nodes.tolist(), values.tolist(), strict=True))
        added = relu_text(weights[n - 1], kinks[n - 1]) if n else f"{MINUS}1"
        row = [n, added, weights[:n].sum(), np.abs(weights[:n]).sum()]
        frames.append(Frame(line, line[1 : n + 1], [_signed(v) for v in row]))
    return Panel(
        control="ReLUs in the sum",
        alt=(
            f"{a + 2} small graphs. The first is the constant -1. Each further one "
            "adds a ReLU: it agrees with the one before up to a new kink, two units "
            "to the right of the last, and there turns the other way. The last one "
            f"is a triangle wave with {a} edges, then a straight line."
        ),
        caption=(
            f"The sum that defines \N{GREEK SMALL LETTER PSI} for a = {a}, cut off "
            "after n ReLUs (blue, kinks orange; dashed, one ReLU fewer), and the whole "
            "sum (grey)."
        ),
        columns=("n", "term added", "last slope", "sum of |weights|"),
        frames=frames,
        goal=frames[-1].line,
        limits=(left, right, -3.4, 3.4),
        start=start,
    )


def relu_text(weight: int, kink: int) -> str:
    """Write a ReLU with its output weight.

    Examples
    --------
    >>> relu_text(2, -3), relu_text(1, 0)
    ('2 [x + 3]₊', '[x]₊')
    """
    factor = "" if weight == 1 else f"{_signed(weight)} "
    shift = f" {MINUS if kink > 0 else '+'} {abs(kink)}" if kink else ""
    return f"{factor}[x{shift}]\N{SUBSCRIPT PLUS SIGN}"


def _signed(value: object) -> str:
    return str(value).replace("-", MINUS)


def _columns(points: Sequence[Point]) -> np.ndarray:
    return np.array(points, dtype=float).reshape(-1, 2).T
