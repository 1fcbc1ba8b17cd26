r"""Interactive figures: sliders over numbers that Python has computed, with no server.

A `Panel` holds polylines, of which one slider shows one at a time. A `CountPanel`
holds whole numbers on a grid, with a slider for each of its directions; a `CurvePanel`
has such a grid of curves, and a `LinePanel` one of pictures with several lines. In the
book the shared script ``book/_static/panels.js`` finds their HTML, reads the numbers
that stand in it as JSON and draws; the controls work with a mouse, a finger and the
keyboard. Where scripts do not run (print, a notebook that is not trusted or stands
alone) the same HTML shows a picture, and in either case a table.

The chapters use them as ``rfbook.panels.relu_panel(7)``,
``rfbook.panels.width_panel()``, ``rfbook.panels.weight_panel()``,
``rfbook.panels.risk_panel()``, ``rfbook.panels.learning_panel()`` and
``rfbook.panels.mixture_panel()``.
"""

from __future__ import annotations

import io
import json
import math
import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from itertools import pairwise
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


class _Interactive:
    """What both kinds of panel put on a page; they bring numbers, picture and table."""

    alt: str
    caption: str

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


def _table(summary: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a table that can be folded away; heads, cells and summary are HTML."""
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    body = "\n".join(
        "<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows
    )
    return (
        f"<details open><summary>{summary}</summary>\n"
        '<div class="pst-scrollable-table-container"><table>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n"
        "</table></div></details>"
    )


def _text_table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines of a plain table."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


@dataclass(frozen=True)
class Panel(_Interactive):
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
        head = f"Panel of {count} frame" + "s" * (count != 1)
        rows = [self.columns, *(frame.cells for frame in self.frames)]
        return "\n".join([head, *_text_table(rows)])

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

    def _table(self) -> str:
        heads = map(escape, self.columns)
        rows = [[escape(cell) for cell in frame.cells] for frame in self.frames]
        return _table("All steps in a table", [*heads], rows)


@dataclass(frozen=True)
class Control:
    """One slider of a `CountPanel` or a `CurvePanel`.

    Parameters
    ----------
    name : str
        What is chosen.
    labels : sequence of str
        The choices, at least one; ``^{3/4}`` raises the 3/4.
    start : int
        The place of the choice that is shown first.
    """

    name: str
    labels: Sequence[str]
    start: int = 0


@dataclass(frozen=True, repr=False)
class CountPanel(_Interactive):
    """Whole numbers on a grid, of any size, with a slider for each direction.

    The picture shows the power of ten against the first control. Grey curves show
    the other choices of the second.

    Parameters
    ----------
    quantity : str
        What the numbers count.
    controls : sequence of Control
        Two or more. The first one's labels are numbers, in increasing order.
    counts : nested sequences
        ``counts[k]...[j][i]``, the last control outermost: each is a whole number as a
        text, ``"12"``, or its leading digits, ``"1.234e57"``.
    marks : sequence of (str, float)
        Counts that a reader knows, as powers of ten, to compare with.
    alt, caption : str
        As in `Panel`.

    Raises
    ------
    ValueError
        If the counts do not fill the grid, one of them is no count, or a control's
        start is not one of its labels.

    Examples
    --------
    >>> controls = [Control("d", ["2", "3"]), Control("norm", ["1", "d^{2}"])]
    >>> CountPanel("width", controls, [["4", "5"], ["70", "8.123e45"]], [], "", "")
    CountPanel of 2 x 2 counts
    d  1  d^{2}
    2  4  70
    3  5  8.123e45
    """

    quantity: str
    controls: Sequence[Control]
    counts: Sequence
    marks: Sequence[tuple[str, float]]
    alt: str
    caption: str

    def __post_init__(self) -> None:
        for control in self.controls:
            if not 0 <= control.start < len(control.labels):
                raise ValueError(
                    f"{control.name}: start must name one of "
                    f"{len(control.labels)} labels, got {control.start}"
                )
        shape = tuple(len(control.labels) for control in reversed(self.controls))
        cells = np.array(self.counts, dtype=object)
        if cells.shape != shape:
            raise ValueError(f"counts must have the shape {shape}, got {cells.shape}")
        for cell in cells.flat:
            power_of_ten(cell)

    def __repr__(self) -> str:
        sizes = " x ".join(str(len(control.labels)) for control in self.controls)
        rows = _text_table([self._heads(), *self._rows()])
        return "\n".join([f"CountPanel of {sizes} counts", *rows])

    def data(self) -> dict:
        """Return what the script draws; the counts of one curve are one text."""
        return {
            "kind": "count",
            "quantity": self.quantity,
            "summary": self._summary(),
            "controls": [
                {"name": c.name, "labels": list(c.labels), "start": c.start}
                for c in self.controls
            ],
            "counts": _join_innermost(self.counts),
            "marks": [list(mark) for mark in self.marks],
        }

    def slice(self) -> list[list[str]]:
        """Return the counts shown first: a row for each label of the second control."""
        shown = self.counts
        for control in reversed(self.controls[2:]):
            shown = shown[control.start]
        return [list(row) for row in shown]

    def figure(self) -> Figure:
        """Draw all curves of the choice shown first."""
        from matplotlib.figure import Figure

        from rfbook import plots

        x = [float(label) for label in self.controls[0].labels]
        with plots.style():
            figure = Figure(figsize=(plots.WIDTH, 3.8))
            axes = figure.subplots()
            powers = np.array([[power_of_ten(c) for c in row] for row in self.slice()])
            ends = _apart(powers[:, -1], 0.05 * powers.max())
            for place, (y, end) in enumerate(zip(powers, ends, strict=True)):
                chosen = place == self.controls[1].start
                colour = plots.colour("theory" if chosen else "bound")
                axes.plot(x, y, color=colour, lw=2.4 if chosen else 1.2)
                label = f"${self.controls[1].labels[place]}$"
                axes.text(1.015 * x[-1], end, label, color=colour, va="center")
            for _, power in self.marks:
                axes.axhline(power, color=plots.colour("simulation"), lw=1, ls=":")
            right = axes.secondary_yaxis("right")
            names = [name.replace(" of ", "\nof ") for name, _ in self.marks]
            right.set_yticks([power for _, power in self.marks], names, fontsize=9)
            axes.yaxis.set_major_formatter(lambda value, _: f"$10^{{{value:g}}}$")
            axes.set(xlabel=self.controls[0].name, ylabel=self.quantity)
            axes.set(xlim=(0, 1.1 * x[-1]), ylim=(0, None))
        return figure

    def _heads(self) -> list[str]:
        return [self.controls[0].name, *self.controls[1].labels]

    def _rows(self) -> list[list[str]]:
        columns = [self.controls[0].labels, *self.slice()]
        return [list(row) for row in zip(*columns, strict=True)]

    def _table(self) -> str:
        """Write the choice shown first; the script fills the table again."""
        others = [f"{c.name} = {c.labels[c.start]}" for c in self.controls[2:]]
        heads = [_raised(head) for head in self._heads()]
        rows = [[_count_html(cell) for cell in row] for row in self._rows()]
        return _table(_raised(", ".join([self._summary(), *others])), heads, rows)

    def _summary(self) -> str:
        first, second = self.controls[:2]
        return f"{self.quantity}, for each {first.name} and {second.name}"


@dataclass(frozen=True)
class Curves:
    """One choice of a `CurvePanel`.

    Parameters
    ----------
    curves : sequence of sequence of float
        The values of one curve for each picture.
    goals : sequence of sequence of float
        What each is compared with, in the background; empty for nothing.
    cells : sequence of str
        The choice's part of the table.
    """

    curves: Sequence[Sequence[float]]
    goals: Sequence[Sequence[float]]
    cells: Sequence[str]


class _Choices(_Interactive):
    """What panels with two sliders share: a frame and a row for each choice."""

    controls: Sequence[Control]
    frames: Sequence
    columns: Sequence[str]

    def _check_choices(self) -> None:
        for control in self.controls:
            if not 0 <= control.start < len(control.labels):
                raise ValueError(
                    f"{control.name}: start must name one of "
                    f"{len(control.labels)} labels, got {control.start}"
                )
        choices = math.prod(len(control.labels) for control in self.controls)
        if len(self.controls) != 2 or len(self.frames) != choices:
            raise ValueError(
                f"two controls with {choices} choices need as many frames, "
                f"got {len(self.controls)} and {len(self.frames)}"
            )

    def __repr__(self) -> str:
        sizes = " x ".join(str(len(control.labels)) for control in self.controls)
        rows = _text_table([self._heads(), *self._rows()])
        return "\n".join([f"{type(self).__name__} of {sizes} choices", *rows])

    def _controls(self) -> list[dict]:
        return [
            {"name": c.name, "labels": list(c.labels), "start": c.start}
            for c in self.controls
        ]

    def _heads(self) -> list[str]:
        return [*(control.name for control in self.controls), *self.columns]

    def _rows(self) -> list[list[str]]:
        first, second = self.controls
        places = [[a, b] for a in first.labels for b in second.labels]
        return [
            [*place, *frame.cells]
            for place, frame in zip(places, self.frames, strict=True)
        ]

    def _table(self) -> str:
        rows = [list(map(escape, row)) for row in self._rows()]
        heads = list(map(escape, self._heads()))
        return _table("All choices in a table", heads, rows)


@dataclass(frozen=True, repr=False)
class CurvePanel(_Choices):
    """Curves on a grid of choices, with a slider for each direction.

    Parameters
    ----------
    controls : sequence of Control
        Two.
    titles : sequence of str
        One for each picture.
    x : sequence of float
        Where all curves are evaluated, increasing.
    frames : sequence of Curves
        One for each choice, the last control's fastest.
    columns : sequence of str
        Heads of the table, behind those of the controls.
    alt, caption : str
        As in `Panel`.

    Raises
    ------
    ValueError
        If the frames do not fill the grid, a curve has not the length of `x`, a number
        is not finite, or a control's start is not one of its labels.

    Examples
    --------
    >>> frames = [Curves([[0, n]], [[]], [str(n)]) for n in range(4)]
    >>> controls = [Control("a", ["1", "2"]), Control("b", ["1", "2"])]
    >>> CurvePanel(controls, ["line"], [0, 1], frames, ["end"], "", "")
    CurvePanel of 2 x 2 choices
    a  b  end
    1  1  0
    1  2  1
    2  1  2
    2  2  3
    """

    controls: Sequence[Control]
    titles: Sequence[str]
    x: Sequence[float]
    frames: Sequence[Curves]
    columns: Sequence[str]
    alt: str
    caption: str

    def __post_init__(self) -> None:
        self._check_choices()
        for frame in self.frames:
            lines = [*frame.curves, *(goal for goal in frame.goals if len(goal))]
            if any(len(line) != len(self.x) for line in lines):
                raise ValueError(f"a curve has {len(self.x)} values, got {lines}")
            if not all(math.isfinite(value) for line in lines for value in line):
                raise ValueError(f"a curve's values must be finite, got {lines}")

    def data(self) -> dict:
        """Return the numbers that the script draws, to five digits."""
        return {
            "kind": "curves",
            "controls": self._controls(),
            "titles": list(self.titles),
            "x": _short(self.x),
            "frames": [
                {
                    "curves": [_short(line) for line in frame.curves],
                    "goals": [_short(line) for line in frame.goals],
                }
                for frame in self.frames
            ],
        }

    def shown_first(self) -> list[Curves]:
        """Return the frames of the first control's start."""
        first, second = self.controls
        width = len(second.labels)
        return list(self.frames[first.start * width : (first.start + 1) * width])

    def figure(self) -> Figure:
        """Draw the frames of the first control's start, a column for each."""
        from matplotlib.figure import Figure

        from rfbook import plots

        first, second = self.controls
        frames, titles = self.shown_first(), self.titles
        shown = f"{first.name} = {first.labels[first.start]}"
        with plots.style():
            figure = Figure(figsize=(plots.WIDTH, 1.9 * len(titles) + 0.3))
            grid = figure.subplots(len(titles), len(frames), sharex=True, squeeze=False)
            for axes_of_one, frame, label in zip(
                grid.T, frames, second.labels, strict=True
            ):
                for axes, curve, goal in zip(
                    axes_of_one, frame.curves, frame.goals, strict=True
                ):
                    if len(goal):
                        axes.plot(self.x, goal, color="#b9c0c7", lw=3)
                    axes.plot(self.x, curve, color=plots.colour("theory"), lw=1.5)
                axes_of_one[0].set_title(
                    f"{shown}, {second.name} = {label}", fontsize=9
                )
            for axes, title in zip(grid[:, 0], titles, strict=True):
                axes.set_ylabel(title)
        return figure


@dataclass(frozen=True)
class Picture:
    """One picture of a `LinePanel`.

    Parameters
    ----------
    title : str
    across : str
        The name of the horizontal axis.
    x : sequence of float
        Where the lines are evaluated, increasing.
    """

    title: str
    across: str
    x: Sequence[float]


@dataclass(frozen=True)
class Lines:
    """One choice of a `LinePanel`.

    Parameters
    ----------
    lines : sequence of sequences of sequence of float
        For each picture the values of every line.
    goals : sequence of sequence of float
        What the lines of each picture are compared with; empty for nothing.
    marks : sequence of (float or None)
        For each picture the place of an upright line.
    cells : sequence of str
        The choice's part of the table.
    """

    lines: Sequence[Sequence[Sequence[float]]]
    goals: Sequence[Sequence[float]]
    marks: Sequence[float | None]
    cells: Sequence[str]


@dataclass(frozen=True, repr=False)
class LinePanel(_Choices):
    """Several lines in every picture, on a grid of choices with two sliders.

    Parameters
    ----------
    controls : sequence of Control
        Two.
    names : sequence of str
        Of the lines, the same in every picture; models of `rfbook.plots`, whose
        colours they have.
    pictures : sequence of Picture
    frames : sequence of Lines
        One for each choice, the last control's fastest.
    columns : sequence of str
        Heads of the table, behind those of the controls.
    goal : str
        What the goals are, for the legend.
    alt, caption : str
        As in `Panel`.

    Raises
    ------
    ValueError
        If the frames do not fill the grid, a picture has not its lines, a line has not
        its picture's length, a number is not finite, or a control's start is not one
        of its labels.

    Examples
    --------
    >>> picture = Picture("risk", "N", [0, 1])
    >>> frames = [Lines([[[1, n]]], [[]], [None], [str(n)]) for n in range(2)]
    >>> controls = [Control("a", ["1", "2"]), Control("b", ["1"])]
    >>> LinePanel(controls, ["RF"], [picture], frames, ["end"], "", "", "")
    LinePanel of 2 x 1 choices
    a  b  end
    1  1  0
    2  1  1
    """

    controls: Sequence[Control]
    names: Sequence[str]
    pictures: Sequence[Picture]
    frames: Sequence[Lines]
    columns: Sequence[str]
    goal: str
    alt: str
    caption: str

    def __post_init__(self) -> None:
        self._check_choices()
        for frame in self.frames:
            parts = zip(
                self.pictures, frame.lines, frame.goals, frame.marks, strict=True
            )
            for picture, lines, goal, mark in parts:
                if len(lines) != len(self.names):
                    raise ValueError(
                        f"{picture.title} has {len(self.names)} lines, got {len(lines)}"
                    )
                shown = [*lines, goal] if len(goal) else list(lines)
                if any(len(line) != len(picture.x) for line in shown):
                    raise ValueError(
                        f"a line of {picture.title} has {len(picture.x)} values, "
                        f"got {[len(line) for line in shown]}"
                    )
                numbers = [*(v for line in shown for v in line), mark or 0.0]
                if not all(map(math.isfinite, numbers)):
                    raise ValueError(
                        f"the numbers of {picture.title} must be finite, got {numbers}"
                    )

    def data(self) -> dict:
        """Return the numbers that the script draws, to five digits."""
        return {
            "kind": "lines",
            "controls": self._controls(),
            "names": list(self.names),
            "goal": self.goal,
            "pictures": [
                {"title": p.title, "across": p.across, "x": _short(p.x)}
                for p in self.pictures
            ],
            "frames": [
                {
                    "lines": [[_short(line) for line in part] for part in frame.lines],
                    "goals": [_short(line) for line in frame.goals],
                    "marks": list(frame.marks),
                }
                for frame in self.frames
            ],
        }

    def shown_first(self) -> list[Lines]:
        """Return the frames of the second control's start."""
        return list(self.frames[self.controls[1].start :: len(self.controls[1].labels)])

    def figure(self) -> Figure:
        """Draw the frames of the second control's start, a column for each."""
        from matplotlib.figure import Figure

        from rfbook import plots

        first, second = self.controls
        frames, count = self.shown_first(), len(self.pictures)
        with plots.style():
            figure = Figure(figsize=(plots.WIDTH, 2.3 * count + 0.5))
            grid = figure.subplots(count, len(frames), sharey="row", squeeze=False)
            for column, frame, label in zip(grid.T, frames, first.labels, strict=True):
                parts = zip(
                    column,
                    self.pictures,
                    frame.lines,
                    frame.goals,
                    frame.marks,
                    strict=True,
                )
                for axes, picture, lines, goal, mark in parts:
                    if len(goal):
                        axes.plot(
                            picture.x, goal, color="#b9c0c7", lw=4, label=self.goal
                        )
                    # the later lines are thinner, to be seen on the others
                    widths = np.linspace(3, 1.3, len(lines))
                    for name, line, lw in zip(self.names, lines, widths, strict=True):
                        look = {"color": plots.colour(name), "lw": lw, "label": name}
                        axes.plot(picture.x, line, **look)
                    if mark is not None:
                        axes.axvline(mark, color=plots.colour("bound"), lw=1, ls=":")
                    axes.set_xlabel(picture.across)
                column[0].set_title(label, fontsize=9)
            for axes, picture in zip(grid[:, 0], self.pictures, strict=True):
                axes.set_ylabel(picture.title)
            handles, labels = grid[-1, 0].get_legend_handles_labels()
            figure.legend(handles, labels, loc="outside upper right", ncols=len(labels))
            figure.suptitle(
                f"{second.name} = {second.labels[second.start]}", x=0.02, ha="left"
            )
        return figure


def power_of_ten(count: str) -> float:
    """Return the logarithm to base ten of a count as a `CountPanel` writes it.

    Zero, which has none, is drawn at the foot like one.

    Raises
    ------
    ValueError
        If the text is not a whole number or its leading digits.

    Examples
    --------
    >>> power_of_ten("1000"), power_of_ten("1.000e57")
    (3.0, 57.0)
    """
    if not re.fullmatch(r"0|[1-9]\d{0,14}|[1-9]\.\d+e\d+", count):
        raise ValueError(f"a count must look like 12 or 1.234e57, got {count!r}")
    digits, _, exponent = count.partition("e")
    return math.log10(float(digits) or 1) + int(exponent or 0)


def _apart(heights: Sequence[float], gap: float) -> np.ndarray:
    """Move heights up, as little as needed, until no two are closer than `gap`."""
    moved = np.array(heights, dtype=float)
    order = np.argsort(moved)
    for below, above in pairwise(order):
        moved[above] = max(moved[above], moved[below] + gap)
    return moved


def _join_innermost(counts: Sequence) -> list | str:
    if isinstance(counts[0], str):
        return " ".join(counts)
    return [_join_innermost(part) for part in counts]


def _raised(text: str) -> str:
    """Write ``d^{2}`` as HTML."""
    return re.sub(r"\^\{(.*?)\}", r"<sup>\1</sup>", escape(text))


def _count_html(count: str) -> str:
    digits, _, exponent = count.partition("e")
    if exponent:
        return f"{digits} \N{MULTIPLICATION SIGN} 10<sup>{exponent}</sup>"
    return f"{int(digits):,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


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


def width_panel() -> CountPanel:
    r"""Show how many features one ReLU neuron needs, for many d, norms, biases, errors.

    Each number is the least N for which some N features, fixed before the direction of
    w is drawn, have a mean squared error of at most the chosen one for the neuron
    :math:`[\langle w, x \rangle + b]_+`, as `rfbook.single_neuron.width_needed` counts
    them. The numbers are recorded; `rfbook.single_neuron.grid` computes them.

    Returns
    -------
    CountPanel

    Raises
    ------
    rfbook.records.RecordError
        If the record is damaged, or of another grid than the sources name.

    Examples
    --------
    The first direction is the dimension:

    >>> width_panel().controls[0].labels[:3]
    ('2', '3', '4')
    """
    from rfbook.records import data_folder, read_record
    from rfbook.single_neuron import grid

    path = data_folder() / f"{grid.KIND}.json"
    record = read_record(path, kind=grid.KIND, expect=grid.parameters())
    marks = [(name, math.log10(number)) for name, number in grid.EVERYDAY]
    return CountPanel(
        quantity="features needed",
        controls=(
            Control("d", tuple(map(str, grid.DIMENSIONS)), 8),
            Control("norm R", tuple(map(_power_text, grid.EXPONENTS)), 3),
            Control("b / R", tuple(_signed(b) for b in grid.BIASES), 3),
            Control("error", tuple(map(str, grid.ERRORS)), 2),
        ),
        counts=record.results["widths"],
        marks=marks,
        alt=(
            "The number of features needed, on a logarithmic axis, against the "
            "dimension from 2 to 200, for bias 0 and error 1/50. Seven curves, one for "
            "each norm of the weights. For norm 1 the curve is flat. For norm d to the "
            "power 3/4 it is a straight line that reaches ten to the power 111. For "
            "norm d squared it bends upwards and reaches ten to the power 488."
        ),
        caption=(
            "The least number of features with which some choice, made before the "
            "direction of the neuron is known, reaches the mean squared error. The "
            "norm R of the neuron's weights, its bias b and the error are chosen below "
            "the picture; grey curves are the other norms. The numbers are exact; of "
            "those with more than nine digits the first four are shown."
        ),
    )


def weight_panel(degrees: int = 5, extras: int = 4) -> CurvePanel:
    r"""Show the weight function of x^k in dimension one, and the average that it gives.

    The activation is the exponential, treated exactly up to the power K. One picture is
    g, the other the average :math:`E\, e^{w x} g(w)` of neurons over x^k. K takes the
    values k, k + 2, ...: an odd step changes nothing, because g is odd or even.

    Parameters
    ----------
    degrees : int
        The degrees k are 1, ..., `degrees`; from 1 to 8.
    extras : int
        How many K there are for each; from 1 to 6.

    Returns
    -------
    CurvePanel

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    At k = K = 1 the weight function is 3 w:

    >>> weight_panel(2, 1).frames[0].curves[0][-1]
    3.0
    """
    degrees = integer_from("degrees", degrees, 1)
    extras = integer_from("extras", extras, 1)
    if degrees > 8 or extras > 6:
        raise ValueError(
            f"degrees must be <= 8 and extras <= 6, got {degrees} and {extras}"
        )
    x = np.linspace(-1, 1, 81)
    frames = [
        _weight_frame(k, k + 2 * extra, x)
        for k in range(1, degrees + 1)
        for extra in range(extras)
    ]
    return CurvePanel(
        controls=(
            Control(
                "degree k", tuple(map(str, range(1, degrees + 1))), min(1, degrees - 1)
            ),
            Control("K", tuple(_more_text(2 * e) for e in range(extras)), 0),
        ),
        titles=("g(w)", "average of neurons"),
        x=x.tolist(),
        frames=frames,
        columns=("largest |g|", "largest error"),
        alt=(
            "Two rows of small graphs for the square of x. Above, the weight function "
            "g for four values of K. It has more and more bends, and its largest value "
            "grows with K. Below, the average of neurons on the same parabola: for the "
            "least K there is a small gap between them, for the others there is none."
        ),
        caption=(
            "Dimension one, the exponential as activation. Above or left, the weight "
            "function g of the monomial of degree k; below or right, the average of "
            "neurons that it gives (blue) over the monomial (grey). The degree and K, "
            "up to which powers are matched exactly, are chosen below."
        ),
    )


RISK_RATIOS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.5, 2.0)
"""The numbers of neurons per dimension among which `risk_panel` lets choose."""

RISK_SPECTRA = {
    "identity": ("identity", 1.0),
    "exponential": ("exponential", 1.0),
    "rank d/4": ("rank", 0.25),
    "power 1/i": ("power", 1.0),
}
"""Names of the spectra in `risk_panel`, and what `quadratic_gap.spectrum` is given."""


def risk_panel(d: int = 40) -> LinePanel:
    r"""Show the three risks of a quadratic target, and what is fitted of it.

    One picture has the limits of the risks over rho = N / d, and marks the chosen rho.
    The other has for each eigenvector v_i of B its eigenvalue and what the fitted
    quadratic functions have there, :math:`\langle v_i, M v_i \rangle`, as
    `rfbook.quadratic_gap.fitted_diagonal` computes it.

    Parameters
    ----------
    d : int
        Number of eigenvalues, from 4 to 100.

    Returns
    -------
    LinePanel

    Raises
    ------
    ValueError
        If d is out of range.

    Examples
    --------
    >>> panel = risk_panel(8)
    >>> panel.controls[0].labels
    ('identity', 'exponential', 'rank d/4', 'power 1/i')
    """
    from rfbook.quadratic_gap import spectrum

    d = integer_from("d", d, 4)
    if d > 100:
        raise ValueError(f"d must be at most 100 in a panel, got {d}")
    frames = [
        frame
        for kind, parameter in RISK_SPECTRA.values()
        for frame in _risk_frames(spectrum(kind, d, parameter))
    ]
    return LinePanel(
        controls=(
            Control("spectrum", tuple(RISK_SPECTRA), 1),
            Control("N / d", tuple(f"{rho:g}" for rho in RISK_RATIOS), 2),
        ),
        names=("RF", "NT", "NN"),
        pictures=(
            Picture("risk", "N / d", _RISK_X.tolist()),
            Picture("eigenvalue fitted", "direction i", list(range(1, d + 1))),
        ),
        frames=frames,
        columns=("\N{GREEK SMALL LETTER CHI}", "RF", "NT", "NN"),
        goal="eigenvalue",
        alt=(
            "Two rows of four small graphs, one column for each spectrum: identity, "
            "exponential, rank d/4 and power law. Above, three risks fall with the "
            "number of neurons per dimension. That of the network falls fastest, "
            "except for the identity, where it is the tangent model's; that of random "
            "features never reaches 0. Below, the eigenvalues and what each model fits "
            "of them: the network fits the largest ones and nothing of the others, "
            "the tangent model a part of each, random features one number for all."
        ),
        caption=(
            "Above or left, the limits of the risks; the dotted line is the chosen "
            "number of neurons per dimension. Below or right, the eigenvalues of B "
            "(grey) and what random features, tangent model and network fit in the "
            "direction of each eigenvector. Its spectrum and N / d are chosen below."
        ),
    )


_RISK_X = np.linspace(0, 2, 41)


def _risk_frames(b: np.ndarray) -> list[Lines]:
    from rfbook.quadratic_gap import (
        fitted_diagonal,
        nn_risk_limit,
        nt_risk_limit,
        rf_risk_limit,
        trace_ratio,
    )

    limits = rf_risk_limit, nt_risk_limit, nn_risk_limit
    risks = [limit(_RISK_X, b).tolist() for limit in limits]
    ratio = trace_ratio(b)
    frames = []
    for rho in RISK_RATIOS:
        fitted = fitted_diagonal(rho, b)
        here = [ratio, *(limit(rho, b) for limit in limits)]
        frames.append(
            Lines(
                [risks, [fitted[name].tolist() for name in ("RF", "NT", "NN")]],
                [[], b.tolist()],
                [rho, None],
                [f"{value:.3f}" for value in here],
            )
        )
    return frames


MIXTURE_SPECTRA = {
    "equal": ("flat", None),
    "both signs": ("balanced", None),
    "rank d/10": ("rank", 0.1),
    "power": ("power", 0.4),
}
"""Names of the spectra in `mixture_panel`, for `mixture_gap.difference_spectrum`."""

MIXTURE_SIGNALS = (0.25, 0.5, 1, 2, 4)
"""The signal-to-noise ratios among which `mixture_panel` lets choose."""

_MIXTURE_SIZE = 200  # of the spectra: large enough for eigenvalues below 1
_MIXTURE_SHOWN = 0.5  # the N / d of the table and the dotted line


def mixture_panel() -> LinePanel:
    r"""Show the risks and errors of the three models on a mixture, and the Bayes floor.

    The spectrum of Delta and its signal-to-noise ratio are chosen. One picture has the
    limits of the risks over rho = N / d, the other those of the classification errors,
    :math:`Q(\sqrt{1 / \mathcal R - 1})`; in both the floor is that of Bayes.

    Returns
    -------
    LinePanel

    Examples
    --------
    >>> panel = mixture_panel()
    >>> panel.controls[0].labels
    ('equal', 'both signs', 'rank d/10', 'power')
    """
    frames = [
        _mixture_frame(kind, parameter, signal)
        for kind, parameter in MIXTURE_SPECTRA.values()
        for signal in MIXTURE_SIGNALS
    ]
    return LinePanel(
        controls=(
            Control("spectrum", tuple(MIXTURE_SPECTRA), 3),
            Control(
                "signal-to-noise ratio", tuple(f"{s:g}" for s in MIXTURE_SIGNALS), 2
            ),
        ),
        names=("RF", "NT", "NN"),
        pictures=(
            Picture("risk", "N / d", _RISK_X.tolist()),
            Picture("error", "N / d", _RISK_X.tolist()),
        ),
        frames=frames,
        columns=("\N{GREEK SMALL LETTER CHI}", "RF", "NT", "NN", "wide", "Bayes"),
        goal="Bayes",
        alt=(
            "Two rows of four small graphs, one column for each spectrum: equal "
            "eigenvalues, equal ones of both signs, rank d/10, and a power law. Above, "
            "three risks fall with the number of neurons per dimension, those of the "
            "tangent model and the network to one floor above the grey line of Bayes. "
            "The network falls faster for rank d/10 and the power law, the tangent "
            "model for both signs, and they agree for equal eigenvalues. Random "
            "features stay above, at 1 for both signs. Below, the classification "
            "errors in the same order; there the floor is the line of Bayes itself."
        ),
        caption=(
            "Above or left, the limits of the risks of random features, tangent model "
            "and network; below or right, those of their classification errors. The "
            "grey line is Bayes, the dotted one N = d/2, where the table has the "
            "risks; its last two columns are the risk of wide models and the Bayes "
            "risk. Spectrum and signal-to-noise ratio of Delta are chosen below."
        ),
    )


def _mixture_frame(kind: str, parameter: float | None, signal: float) -> Lines:
    from rfbook import mixture_gap as room
    from rfbook.matrices import trace_ratio

    Delta = room.difference_spectrum(kind, _MIXTURE_SIZE, signal, parameter)
    limits = room.rf_risk_limit, room.nt_risk_limit, room.nn_risk_limit
    risks = [limit(_RISK_X, Delta) for limit in limits]
    errors = [room.error_limit(np.maximum(1 / risk - 1, 0)) for risk in risks]
    floors = room.bayes_risk_limit(signal), room.error_limit(signal)
    here = [limit(_MIXTURE_SHOWN, Delta) for limit in limits]
    cells = [trace_ratio(Delta), *here, room.linear_mmse(signal), floors[0]]
    return Lines(
        [[line.tolist() for line in lines] for lines in (risks, errors)],
        [[float(floor)] * len(_RISK_X) for floor in floors],
        [_MIXTURE_SHOWN] * 2,
        [f"{float(value):.3f}" for value in cells],
    )


LEARNING_TIMES = (0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 5)
"""Times tau of the frames of `learning_panel`."""


def learning_panel(d: int = 24, N: int = 8, start: int = 3) -> Panel:
    r"""Show a network learning one eigendirection of its target after the other.

    The dots are what the trained network has in the direction of each eigenvector b_i
    of B, :math:`\langle b_i, M(\tau)\, b_i \rangle`, along the gradient flow from one
    random start, as `rfbook.quadratic_gap.flow_diagonal` computes it; the goal are the
    eigenvalues, the quantiles of the exponential law.

    Parameters
    ----------
    d : int
        Number of eigenvalues, from 2 to 100.
    N : int
        Number of neurons, at least 1.
    start : int
        The frame shown first, 0 to 8.

    Returns
    -------
    Panel

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> [frame.cells[2] for frame in learning_panel(6, 2).frames[::8]]
    ['0 of 2', '2 of 2']
    """
    from rfbook.quadratic_gap.flow import flow_diagonal, flow_risk
    from rfbook.quadratic_gap.target import spectrum

    d, N = integer_from("d", d, 2), integer_from("N", N, 1)
    if d > 100:
        raise ValueError(f"d must be at most 100 in a panel, got {d}")
    W0 = np.random.default_rng(0).standard_normal((d, N)) / math.sqrt(d)
    b = spectrum("exponential", d)
    values, learned = flow_diagonal(b, W0, LEARNING_TIMES)
    risks = flow_risk(b, W0, LEARNING_TIMES)
    places, most = range(1, d + 1), min(N, d)
    frames = []
    for tau, height, risk in zip(LEARNING_TIMES, learned, risks, strict=True):
        # More digits than a picture shows are those of one processor.
        line = list(zip(places, (height.round(6) + 0).tolist(), strict=True))
        count = int((height[:most] > values[:most] / 2).sum())
        frames.append(
            Frame(line, line, [f"{tau:g}", f"{risk:.3f}", f"{count} of {most}"])
        )
    top = 1.1 * max(values[0], learned.max())
    return Panel(
        control="frame",
        alt=(
            "Nine small graphs, one for each time, over the eigendirections of the "
            f"target, the largest eigenvalue first; N = {N}. The eigenvalues are a "
            "falling grey curve. At time 0 the network has small random numbers. The "
            "first directions rise to the curve early, the later ones of the first N "
            "take longer, and all others fall to 0."
        ),
        caption=(
            f"What a network with {N} neurons has learned in the direction of each of "
            f"{d} eigenvectors of B (blue; dashed, one frame earlier), and the "
            "eigenvalues (grey). Above each small picture: time and risk. A direction "
            "counts as learned from half of its eigenvalue on."
        ),
        columns=("time \N{GREEK SMALL LETTER TAU}", "risk", "learned"),
        frames=frames,
        goal=list(zip(places, values.tolist(), strict=True)),
        limits=(0.5, d + 0.5, -0.05 * top, top),
        start=integer_from("start", start, 0),
    )


def _weight_frame(k: int, K: int, x: np.ndarray) -> Curves:
    from rfbook.polynomial_learning import representation_error, weight_function

    g = weight_function({(k,): 1}, "exp", K)
    error = representation_error(g, x[:, None])
    fine = np.linspace(-1, 1, 2001)[:, None]
    sizes = np.abs(g(fine)).max(), np.abs(representation_error(g, fine)).max()
    goal = x**k
    return Curves(
        [g(x[:, None]).tolist(), (goal + error).tolist()],
        [[], goal.tolist()],
        [f"{size:#.3g}".rstrip(".") for size in sizes],
    )


def _more_text(extra: int) -> str:
    return f"k + {extra}" if extra else "k"


def _short(values: Sequence[float]) -> list[float]:
    return [float(f"{value:.5g}") for value in values]


def _power_text(exponent: Fraction) -> str:
    """Write a power of d: ``1``, ``d``, ``d^{3/4}``."""
    if exponent in (0, 1):
        return ("1", "d")[int(exponent)]
    return f"d^{{{exponent}}}"


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
