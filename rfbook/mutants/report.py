"""What the records of mutants say: counts, intervals, and who argues what away."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

from rfbook.mutants.rooms import ROOMS
from rfbook.mutants.work import KIND, proportion, record_name
from rfbook.records import Record, data_folder, read_record

SEEDS = (0, 1)
"""The seeds of the samples that the book keeps."""

LEVEL = 0.95
"""The level of the intervals."""


def recorded_rooms(folder: Path | None = None, seed: int = 0) -> dict[str, Record]:
    """Return the records that there are, by room, in the order of `ROOMS`.

    Parameters
    ----------
    folder : pathlib.Path, optional
        By default the book's own.
    seed : int
        Of the samples.
    """
    folder = folder or data_folder() / "mutants"
    paths = {name: folder / record_name(name, seed) for name in ROOMS}
    return {n: read_record(p, kind=KIND) for n, p in paths.items() if p.is_file()}


def arguments() -> dict[str, str]:
    """Return why a mutant changes nothing that a function promises, by its name.

    Examples
    --------
    >>> all(len(reason) > 20 for reason in arguments().values())
    True
    """
    text = files("rfbook.mutants").joinpath("equivalent.json").read_text("utf-8")
    return json.loads(text)


def clopper_pearson(hits: int, tries: int, level: float = LEVEL) -> tuple[float, float]:
    r"""Return the exact two-sided interval for a probability.

    .. math::
        \Big( B\big(\tfrac{1-\gamma}{2}; k, n - k + 1\big),\;
        B\big(\tfrac{1+\gamma}{2}; k + 1, n - k\big) \Big)

    with the quantiles B of the Beta law, k hits in n tries and the level gamma.

    Parameters
    ----------
    hits, tries : int
        0 <= hits <= tries, tries >= 1.
    level : float
        Strictly between 0 and 1.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    No hit in n tries: the upper end p has (1 - p)^n = (1 - gamma) / 2.

    >>> low, high = clopper_pearson(0, 10)
    >>> low, round((1 - high) ** 10, 12)
    (0.0, 0.025)
    """
    from scipy.stats import beta

    if not 0 <= hits <= tries or tries < 1:
        raise ValueError(f"0 <= hits <= tries >= 1 is needed, got {hits} of {tries}")
    if not 0 < level < 1:
        raise ValueError(f"level must be > 0 and < 1, got {level}")
    tail = (1 - level) / 2
    low = beta.ppf(tail, hits, tries - hits + 1) if hits else 0.0
    high = beta.ppf(1 - tail, hits + 1, tries - hits) if hits < tries else 1.0
    return float(low), float(high)


@dataclass(frozen=True)
class Count:
    """How the mutants of a sample fared.

    Attributes
    ----------
    sampled, possible : int
        Mutants that were tried, and that there are.
    equivalent : int
        Those that change nothing that is promised, as argued.
    first : int
        Of the others, those that the tests of the first run told apart.
    killed, timeout : int
        Those that are told apart now: by a failure, by a run without end.
    alive : tuple of str
        The names of the rest.
    """

    sampled: int
    possible: int
    equivalent: int
    first: int
    killed: int
    timeout: int
    alive: tuple[str, ...]

    @property
    def counted(self) -> int:
        """The mutants that a test could tell apart."""
        return self.sampled - self.equivalent

    @property
    def interval(self) -> tuple[float, float]:
        """The interval for the share that the tests of the first run tell apart.

        Tests written after the sample was seen are left out: they aim at it.
        """
        return clopper_pearson(self.first, self.counted)


def count(records: Iterable[Record], equivalent: Mapping[str, str]) -> Count:
    """Count the mutants of one or more samples.

    Parameters
    ----------
    records : iterable of rfbook.records.Record
    equivalent : mapping of str to str
        What `arguments` returns.
    """
    records = list(records)
    rows = [row for record in records for row in record.results["rows"]]
    counted = [row for row in rows if row["name"] not in equivalent]
    return Count(
        sampled=len(rows),
        possible=sum(record.sizes["possible"] for record in records),
        equivalent=len(rows) - len(counted),
        first=sum(row["first"] != "survived" for row in counted),
        killed=sum(row["outcome"] == "killed" for row in counted),
        timeout=sum(row["outcome"] == "timeout" for row in counted),
        alive=tuple(r["name"] for r in counted if r["outcome"] == "survived"),
    )


_JOIN = "\N{NO-BREAK SPACE}"
"""Between a number and its unit: a table's cell does not break there."""
_TO = "\N{WORD JOINER}–\N{WORD JOINER}"
"""Between the ends of a range, for the same reason."""


def percent(share: float) -> str:
    """Return a share in whole per cent.

    Examples
    --------
    >>> percent(0.954)
    '95'
    """
    return f"{100 * share:.0f}"


def in_proportion(
    records: Iterable[Record], equivalent: Mapping[str, str], share: float
) -> Count:
    """Count the same share of each room: the head of its sample, which is a sample.

    Parameters
    ----------
    records : iterable of rfbook.records.Record
    equivalent : mapping of str to str
        What `arguments` returns.
    share : float
        From 0 to 1.

    Returns
    -------
    Count
        Its interval is the binomial's. That is on the safe side: a sum of draws of
        several probabilities has lighter tails than the binomial of the same mean
        (Hoeffding 1956), and to draw without replacement lowers the variance again.

    Raises
    ------
    ValueError
        If a sample has less than the share.
    """
    heads = []
    for record in records:
        rows, possible = record.results["rows"], record.sizes["possible"]
        if len(rows) < (size := proportion(possible, share)):
            raise ValueError(f"share {share} of {possible} needs {size}: {len(rows)}")
        heads.append(replace(record, results={"rows": rows[:size]}))
    return count(heads, equivalent)


def rooms_table(
    records: Mapping[str, Record], equivalent: Mapping[str, str], share: float = 0
) -> str:
    """Return the table of the rooms, in Markdown, with a last line for all.

    That line has no interval: the rooms are of different sizes and their samples are
    not, so that together they are no uniform sample. With a share it is followed by a
    line for this share of each room, which has one (`in_proportion`).
    """
    head = (
        "room",
        "places",
        "tried",
        "equivalent",
        "noticed at first",
        "95 % interval",
        "noticed now",
        "without end",
        "alive",
    )
    lines = [
        (name, *_cells(count([record], equivalent))) for name, record in records.items()
    ]
    together = list(_cells(count(records.values(), equivalent)))
    together[4] = "–"
    lines.append(("**all**", *together))
    if share:
        found = in_proportion(records.values(), equivalent, share)
        words = f"**{percent(share)}{_JOIN}% of each room**"
        lines.append((words, *_cells(found)))
    rows = [head, ("---",) * len(head), *lines]
    return "\n".join("| " + " | ".join(map(str, row)) + " |" for row in rows)


def _cells(found: Count) -> tuple[object, ...]:
    """Return the cells of one line, after the room."""
    low, high = found.interval
    return (
        found.possible,
        found.sampled,
        found.equivalent,
        f"{found.first}{_JOIN}({percent(found.first / found.counted)}{_JOIN}%)",
        f"{percent(low)}{_TO}{percent(high)}{_JOIN}%",
        found.killed + found.timeout,
        found.timeout,
        len(found.alive),
    )


def days_words(records: Mapping[str, Record]) -> str:
    """Return the days on which the samples were run, in words.

    Examples
    --------
    >>> days_words({})
    'No sample was run.'
    """
    days = sorted({record.parameters["date"] for record in records.values()})
    if not days:
        return "No sample was run."
    ends = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
    return f"The samples were run on {ends}."


def arguments_list(equivalent: Mapping[str, str]) -> str:
    """Return each mutant that is argued away, with its argument, in Markdown."""
    return "\n".join(f"- `{_bare(name)}`: {why}" for name, why in equivalent.items())


def alive_list(records: Iterable[Record], equivalent: Mapping[str, str]) -> str:
    """Return the mutants that nothing notices, in Markdown; a sentence if none."""
    alive = dict.fromkeys(count(records, equivalent).alive)
    return "\n".join(f"- `{_bare(name)}`" for name in alive) or "None."


def _bare(name: str) -> str:
    """Return a mutant's name without what a code span would stumble over."""
    return name.removeprefix("rfbook/").replace("`", "'")
