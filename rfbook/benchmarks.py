r"""The recorded benchmarks: how the suite's results become one record, and its rows.

``make benchmarks`` runs the modules of ``benchmarks/``, each in a process of its own
that leaves a file of pytest-benchmark. `condense` puts these files together: a row for
each way of doing each case, with the median and the quartiles of its seconds. The page
``book/benchmarks.md`` reads the record and computes every number that it prints.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rfbook.ranges import finite_array
from rfbook.records import Record, RecordError, data_folder, read_record

KIND = "benchmarks"
COMPARISONS = (
    "exact-curves",
    "engine",
    "hinge",
    "gram",
    "width",
    "psi",
    "growth",
)
"""The comparisons of the page, in its order."""

LEAST_BYTES = 2**18
"""Less memory than this tells little: a few pages of the system come and go."""


# --- from the suite's files to the record -----------------------------------------


def condense(files: Iterable[str | Path]) -> Record:
    """Put the files of pytest-benchmark, one for each comparison, together.

    Parameters
    ----------
    files : iterable of str or pathlib.Path
        At least one.

    Returns
    -------
    Record
        Of the kind `KIND`. Its result ``rows`` is a list of mappings: ``comparison``,
        ``case``, ``way``, ``unit``, ``median``, ``low`` and ``high`` (the quartiles
        over the calls of all turns) in seconds a unit, ``rounds``, ``extra``, and for a
        way that was compared ``against``, ``gap`` (of the last turn) and ``tolerance``.
        Its result ``states`` has the digest of each comparison's sources, ``seconds``
        the time that its calls took.

    Raises
    ------
    rfbook.records.RecordError
        If there is no file, or two of them are from different machines, versions or
        modes.
    """
    parts = [json.loads(Path(file).read_text(encoding="utf-8")) for file in files]
    if not parts:
        raise RecordError("at least one comparison is needed, got no file")
    where = parts[0]["machine_info"]
    for part in parts[1:]:
        if part["machine_info"] != where:
            raise RecordError(
                "comparisons must be of one machine, one mode and the same versions, "
                f"got {where} and {part['machine_info']}"
            )
    rows = [_row(turns) for turns in _turns(parts)]
    if not rows:
        raise RecordError("at least one row is needed, got files without any")
    states = {name: digest for part in parts for name, digest in part["states"].items()}
    # the unscaled time of the calls: what was extrapolated was not spent
    seconds = {
        name: sum(
            test["stats"]["total"]
            for part in parts
            for test in part["benchmarks"]
            if test["extra_info"]["comparison"] == name
        )
        for name in states
    }
    text = "\n".join(f"{name} {digest}" for name, digest in sorted(states.items()))
    return Record(
        kind=KIND,
        parameters={"quick": where["quick"], "machine": where["machine"]},
        sizes={
            "rows": len(rows),
            "cores": where["cores"],
            "threads": where["threads"],
        },
        seeds=[0],
        device=where["device"],
        versions=where["versions"],
        source_digest=hashlib.sha256(text.encode()).hexdigest(),
        seconds=sum(seconds.values()),
        results={"rows": rows, "states": states, "seconds": seconds},
    )


def _turns(parts: Iterable[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Return the tests of each way of each case: one for every turn that it took."""
    found: dict[str, list[dict[str, Any]]] = {}
    for part in parts:
        for test in part["benchmarks"]:
            told = test["extra_info"]
            key = json.dumps([told["comparison"], told["case"], told["way"]])
            found.setdefault(key, []).append(test)
    return list(found.values())


def _row(turns: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the row of one way; its seconds times the scale that it tells."""
    told = dict(turns[-1]["extra_info"])
    scale = told.pop("scale")
    seconds = [second for test in turns for second in test["stats"]["data"]]
    low, median, high = (
        scale * float(value) for value in np.percentile(seconds, (25, 50, 75))
    )
    return told | {"median": median, "low": low, "high": high, "rounds": len(seconds)}


# --- what the page reads ----------------------------------------------------------


def recorded_benchmarks(path: str | Path | None = None) -> Record:
    """Return the recorded run of the suite.

    Parameters
    ----------
    path : str or pathlib.Path, optional
        By default the book's own.

    Raises
    ------
    FileNotFoundError
        If there is none.
    rfbook.records.RecordError
        If it is damaged or of another kind.

    Examples
    --------
    >>> {row["comparison"] for row in recorded_benchmarks().results["rows"]} <= set(
    ...     COMPARISONS)
    True
    """
    return read_record(path or data_folder() / "benchmarks.json", kind=KIND)


def heading(record: Record) -> str:
    """Return device, threads, versions and mode in one line.

    Examples
    --------
    >>> heading(recorded_benchmarks()).count("threads")
    1
    """
    versions = ", ".join(f"{name} {v}" for name, v in sorted(record.versions.items()))
    threads = f"{record.sizes['threads']} threads on {record.sizes['cores']} cores"
    mode = (
        ". QUICK MODE: small cases, no benchmark" if record.parameters["quick"] else ""
    )
    return f"{record.device}, {threads}; {versions}{mode}"


def rows(record: Record, comparison: str, **case) -> list[dict[str, Any]]:
    """Return the rows of a comparison whose case has these values.

    Parameters
    ----------
    record : Record
    comparison : str
        One of `COMPARISONS`.
    **case : JSON values
        For example ``model="NT"``; a row whose case lacks the name is left out.

    Returns
    -------
    list of dict
        Empty where the comparison was not run.

    Raises
    ------
    ValueError
        For a name that no comparison has.
    """
    if comparison not in COMPARISONS:
        raise ValueError(
            f"comparison must be one of {', '.join(COMPARISONS)}, got {comparison!r}"
        )
    return [
        row
        for row in record.results["rows"]
        if row["comparison"] == comparison
        and all(row["case"].get(name) == value for name, value in case.items())
    ]


def by_case(chosen: Sequence[dict[str, Any]]) -> list[dict[str, dict[str, Any]]]:
    """Return, for each case in turn, its rows by the names of their ways.

    Examples
    --------
    >>> one = {"case": {"d": 2}, "way": "a"}, {"case": {"d": 2}, "way": "b"}
    >>> [sorted(ways) for ways in by_case([*one, {"case": {"d": 3}, "way": "a"}])]
    [['a', 'b'], ['a']]
    """
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for row in chosen:
        found.setdefault(json.dumps(row["case"]), {})[row["way"]] = row
    return list(found.values())


def ratio(row: dict[str, Any], other: dict[str, Any]) -> float:
    """Return how many times as long as `row` the `other` way takes, by the medians.

    Examples
    --------
    >>> ratio({"median": 2.0}, {"median": 3.0})
    1.5
    """
    return other["median"] / row["median"]


def three_digits(value: float) -> str:
    """Return a positive number with three significant digits, thousands with commas.

    Examples
    --------
    >>> [three_digits(value) for value in (0.01234, 1.0, 71.04, 710.4, 84737)]
    ['0.0123', '1.00', '71.0', '710', '84,700']
    """
    # the exponent after rounding: 9.999 is 10.0
    places = 2 - int(f"{value:.2e}".partition("e")[2])
    return f"{round(value, places):,.{max(places, 0)}f}"


def duration(seconds: float) -> str:
    """Return a time with three digits and a unit that suits it.

    Examples
    --------
    >>> [duration(s) for s in (3.21e-8, 6e-5, 0.0123, 4.5, 86400)]
    ['32.1 ns', '60.0 µs', '12.3 ms', '4.50 s', '24.0 h']
    """
    units = (("h", 3600), ("s", 1), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9))
    unit, size = next((u for u in units if seconds >= u[1]), units[-1])
    return f"{three_digits(seconds / size)} {unit}"


def table(
    chosen: Sequence[dict[str, Any]], first: str, names: Sequence[str] = ()
) -> str:
    """Return the rows as a table in Markdown, a case a line.

    A cell has a way's median and, in brackets, the distance of its quartiles in per
    cent of it; behind them, how many times as long as the first way it takes.

    Parameters
    ----------
    chosen : sequence of dict
        Rows of one comparison, whose cases have the same names.
    first : str
        The way with which the others are compared; each case must have it.
    names : sequence of str, optional
        The parts of the case to show; all by default.

    Raises
    ------
    ValueError
        If there is no row.
    """
    if not chosen:
        raise ValueError("a table needs rows, got none")
    names = names or list(chosen[0]["case"])
    ways = list(dict.fromkeys(row["way"] for row in chosen))
    lines = []
    for found in by_case(chosen):
        case = found[first]["case"]
        cells = [_cell(found.get(way), found[first]) for way in ways]
        lines.append([str(case[name]) for name in names] + cells)
    return _markdown([*names, *ways], len(ways), lines)


def _cell(row: dict[str, Any] | None, first: dict[str, Any]) -> str:
    """Return a way's median, spread and ratio."""
    if row is None:
        return "not run"
    spread = (row["high"] - row["low"]) / row["median"]
    text = f"{duration(row['median'])} ({spread:.0%})"
    return text if row is first else f"{text}, {three_digits(ratio(first, row))} ×"


def _markdown(head: Sequence[str], right: int, lines: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown whose last columns, `right` of them, are numbers."""
    rule = ["---"] * (len(head) - right) + ["---:"] * right
    return "\n".join(f"| {' | '.join(line)} |" for line in [head, rule, *lines])


def curves_table(record: Record) -> str:
    """Return the table of the exact curves against the procedure, a curve a line.

    Times are sums over the numbers of neurons; the last lines are whole figures, whose
    exact values are computed in one pass. The error of the procedure is how far
    recorded runs ended above the least risk.
    """
    lines = []
    found = rows(record, "exact-curves")
    curves = dict.fromkeys(
        (row["case"]["figure"], row["case"]["model"])
        for row in found
        if row["way"] == "procedure"
    )
    for figure, model in curves:
        points = by_case(rows(record, "exact-curves", figure=figure, model=model))
        exact, text = (
            sum(ways[way]["median"] for ways in points)
            for way in ("exact", "procedure")
        )
        error = max(ways["exact"]["extra"]["error"] for ways in points)
        ends = [ways["procedure"]["extra"].get("reached", {}) for ways in points]
        excess = [end["excess"] for end in ends if "excess" in end]
        reached = (
            f"{min(excess):.1g} to {max(excess):.1g}" if excess else "not recorded"
        )
        times = [duration(exact), duration(text), three_digits(text / exact)]
        lines.append([str(figure), model, *times, f"{error:.0e}", reached])
    for row in found:
        if "widths" in row["case"]:
            figure = row["case"]["figure"]
            text = sum(
                other["median"]
                for other in rows(record, "exact-curves", figure=figure)
                if other["way"] == "procedure"
            )
            times = [duration(row["median"]), duration(text)]
            ratios = [three_digits(text / row["median"])]
            error = f"{row['extra']['error']:.0e}"
            lines.append([str(figure), "all at once", *times, *ratios, error, ""])
    head = ["figure", "model", "exact", "procedure", "ratio"]
    return _markdown([*head, "error, exact", "error, procedure"], 5, lines)


def summary_table(record: Record) -> str:
    """Return what the engine reaches: of the limit of products, and over other ways."""
    lines = []
    for model in ("NT", "NN"):
        found = by_case(rows(record, "engine", model=model))
        for ways in found:
            ours = ways["rfbook"]
            rate = ours["extra"]["operations"] / ours["median"] / 1e9
            jax = [ratio(ours, row) for way, row in ways.items() if "JAX" in way]
            gains = [ratio(ours, ways[way]) for way in ("torch loop", "torch.func")]
            lines.append(
                [
                    model,
                    str(ours["case"]["N"]),
                    f"{ratio(ours, ways['products']):.0%}",
                    three_digits(rate),
                    *map(three_digits, gains),
                    three_digits(min(jax)) if jax else "not run",
                ]
            )
    head = ["model", "N", "of the limit", "Gflop/s", "torch loop", "torch.func"]
    return _markdown([*head, "faster JAX"], 5, lines)


def kernel_errors_table(record: Record) -> str:
    """Return the largest errors of each way of a kernel, over all cases."""
    found = rows(record, "gram")
    lines = []
    for kernel, way in dict.fromkeys((r["case"]["kernel"], r["way"]) for r in found):
        told = [
            r["extra"]
            for r in found
            if (r["case"]["kernel"], r["way"]) == (kernel, way)
        ]
        errors = [max(part[name] for part in told) for name in ("error", "error_close")]
        lines.append([kernel, way, *(f"{error:.0e}" for error in errors)])
    return _markdown(["kernel", "way", "largest error", "of neighbours"], 2, lines)


def width_errors_table(record: Record) -> str:
    """Return how far off the errors from the drawn Gram matrix are."""
    lines = []
    for row in rows(record, "width"):
        if row["way"] == "Gram matrix":
            told, case = row["extra"], row["case"]
            for r, error in zip(told["features"], told["relative_errors"], strict=True):
                lines.append([str(case["d"]), str(case["n"]), str(r), f"{error:.1%}"])
    head = ["d", "n", "features", "relative error of the Gram matrix"]
    return _markdown(head, 1, lines)


def growth_table(record: Record) -> str:
    """Return how time and memory grow, with the exponents of the larger sizes."""
    found, lines = rows(record, "growth"), []
    parts = ("model", "grows")
    kinds = dict.fromkeys(
        (*(row["case"][part] for part in parts), row["unit"], row["way"])
        for row in found
    )
    for model, grows, unit, way in kinds:
        taken = sorted(
            (
                row
                for row in rows(record, "growth", model=model, grows=grows)
                if (row["unit"], row["way"]) == (unit, way)
            ),
            key=lambda row: row["case"][grows],
        )
        sizes, last = [row["case"][grows] for row in taken], taken[-1]
        times = [row["median"] for row in taken]
        held = [row["extra"]["bytes"] for row in taken]
        shown = held[-1] >= LEAST_BYTES
        lines.append(
            [
                model,
                f"{unit}: {way}",
                f"${'s' if grows == 'seeds' else grows}$",
                f"{sizes[0]} to {sizes[-1]}",
                duration(last["median"]),
                f"{three_digits(held[-1] / 2**20)} MiB" if shown else "-",
                _exponent(sizes, times, 0),
                _exponent(sizes, held, LEAST_BYTES),
            ]
        )
    head = ["model", "way", "grows", "sizes", "time at the largest", "memory there"]
    return _markdown([*head, "time: exponent", "memory: exponent"], 4, lines)


def _exponent(sizes: Sequence[int], costs: Sequence[float], least: float) -> str:
    """Return the exponent of the larger half of the costs that are at least `least`."""
    pairs = [pair for pair in zip(sizes, costs, strict=True) if pair[1] >= least]
    pairs = pairs[-max(3, (len(pairs) + 1) // 2) :]
    if len(pairs) < 2:
        return "-"
    fitted, low, high = growth_exponent(*zip(*pairs, strict=True))
    return f"{fitted:.2f} ({low:.2f} to {high:.2f})"


def growth_exponent(sizes, costs) -> tuple[float, float, float]:
    r"""Fit :math:`\text{cost} \propto \text{size}^\beta`: least squares of logarithms.

    Parameters
    ----------
    sizes, costs : array_like of float, shape (n,)
        Positive, at least two different sizes.

    Returns
    -------
    fitted, least, most : float
        The exponent, and the least and the largest exponent between neighbours.

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    >>> fitted, least, most = growth_exponent([1, 2, 4], [3, 12, 48])
    >>> [round(beta, 12) for beta in (fitted, least, most)]
    [2.0, 2.0, 2.0]
    """
    x = finite_array("sizes", sizes, 0, strict=True)
    y = finite_array("costs", costs, 0, strict=True)
    if x.shape != y.shape or x.ndim != 1 or len(np.unique(x)) != len(x) or len(x) < 2:
        raise ValueError(
            f"sizes must be two or more, different, one for each cost, got {sizes!r}"
        )
    order = np.argsort(x)
    x, y = np.log(x[order]), np.log(y[order])
    between = np.diff(y) / np.diff(x)
    return float(np.polyfit(x, y, 1)[0]), float(between.min()), float(between.max())
