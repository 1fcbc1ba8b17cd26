"""The sets over which statements quantify, with containment, cut and cover.

A *domain* is a mapping from the names of a statement's variables to such sets. What a
check covers is computed from these sets, never typed by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise


@dataclass(frozen=True)
class Integers:
    r"""The integers ``low, low + step, ...`` up to ``high`` (None: without end).

    Examples
    --------
    >>> list(Integers(1, 7, step=2))
    [1, 3, 5, 7]
    >>> Integers(1, step=2).latex("a")
    'a \\in \\{1, 3, 5, \\dots\\}'
    >>> Integers(1).cut(Integers(3, 5)) == Integers(3, 5)
    True
    """

    low: int
    high: int | None = None
    step: int = 1

    def __post_init__(self) -> None:
        if self.step < 1:
            raise ValueError(f"step must be at least 1, got {self.step}")

    @property
    def finite(self) -> bool:
        """Whether the set has an end."""
        return self.high is not None

    def __iter__(self) -> Iterator[int]:
        if self.high is None:
            raise ValueError(f"{self} has no end: give the check a window")
        return iter(range(self.low, self.high + 1, self.step))

    def __contains__(self, value: object) -> bool:
        if not isinstance(value, int) or value < self.low:
            return False
        below = self.high is None or value <= self.high
        return below and (value - self.low) % self.step == 0

    def contains(self, other: object) -> bool:
        """Whether every element of ``other`` is an element of this set."""
        if not isinstance(other, Integers):
            return False
        if other.finite:
            return all(value in self for value in other)
        steps = other.step % self.step == 0
        return not self.finite and steps and other.low in self

    def cut(self, window: Integers) -> Integers:
        """Keep the elements between the ends of ``window``."""
        low = self.low
        if window.low > low:
            low += -(-(window.low - low) // self.step) * self.step
        ends = [end for end in (self.high, window.high) if end is not None]
        return Integers(low, min(ends) if ends else None, self.step)

    def latex(self, name: str) -> str:
        """Write the set as a condition on the variable ``name``."""
        a, b, s = self.low, self.high, self.step
        if b is None:
            return rf"{name} \in \{{{a}, {a + s}, {a + 2 * s}, \dots\}}"
        if a + s >= b:
            return rf"{name} \in \{{{', '.join(str(v) for v in self)}\}}"
        return rf"{name} \in \{{{a}, {a + s}, \dots, {b}\}}"

    def __str__(self) -> str:
        if self.high is None:
            return f"{self.low}, {self.low + self.step}, ..."
        if self.high - self.low <= 2 * self.step:
            return ", ".join(str(value) for value in self)
        second = f" {self.low + self.step}," if self.step > 1 else ""
        return f"{self.low},{second} ..., {self.high}"


@dataclass(frozen=True)
class Reals:
    """An interval of reals; None is an infinite end, ``open_*`` leaves an end out.

    The ends are exact: ints, Fractions, or SymPy expressions in other variables (which
    are compared as expressions).

    Examples
    --------
    >>> Reals(0, None, open_low=True).latex("R")
    'R > 0'
    >>> Reals(0, 2).contains(Reals(0, 1, open_low=True))
    True
    >>> Reals(0, 1).contains(Reals(0, 2))
    False
    """

    low: object = None
    high: object = None
    open_low: bool = False
    open_high: bool = False

    @property
    def finite(self) -> bool:
        """Whether both ends are finite."""
        return self.low is not None and self.high is not None

    def contains(self, other: object) -> bool:
        """Whether every element of ``other`` is an element of this set."""
        if not isinstance(other, Reals):
            return False
        return _end_inside(
            other.low, other.open_low, self.low, self.open_low, 1
        ) and _end_inside(other.high, other.open_high, self.high, self.open_high, -1)

    def cut(self, window: Reals) -> Reals:
        """Keep the part inside ``window``, whose ends are exact numbers."""
        low, open_low = self.low, self.open_low
        if window.low is not None and (low is None or window.low > low):
            low, open_low = window.low, window.open_low
        high, open_high = self.high, self.open_high
        if window.high is not None and (high is None or window.high < high):
            high, open_high = window.high, window.open_high
        return Reals(low, high, open_low, open_high)

    def among(self, points: Iterable[object]) -> list[Fraction]:
        """Return those of the exact points that lie in the set.

        Examples
        --------
        >>> Reals(0, 1, open_low=True).among((0, "1/3", 1, 2))
        [Fraction(1, 3), Fraction(1, 1)]
        """
        exact = map(Fraction, points)
        return [point for point in exact if self.contains(Reals(point, point))]

    def boxes(self, count: int) -> list[tuple[Fraction, Fraction]]:
        """Split a finite interval into ``count`` closed boxes with exact ends."""
        if not self.finite:
            raise ValueError(f"{self} is not bounded: give the check a window")
        low, width = Fraction(self.low), Fraction(self.high) - Fraction(self.low)
        ends = [low + width * k / count for k in range(count + 1)]
        return list(pairwise(ends))

    def latex(self, name: str) -> str:
        """Write the set as a condition on the variable ``name``."""
        less = "<" if self.open_low else r"\le"
        under = "<" if self.open_high else r"\le"
        if self.low is None and self.high is None:
            return rf"{name} \in \mathbb{{R}}"
        if self.high is None:
            more = ">" if self.open_low else r"\ge"
            return rf"{name} {more} {_tex(self.low)}"
        if self.low is None:
            return rf"{name} {under} {_tex(self.high)}"
        return rf"{_tex(self.low)} {less} {name} {under} {_tex(self.high)}"

    def __str__(self) -> str:
        left = "(" if self.open_low or self.low is None else "["
        right = ")" if self.open_high or self.high is None else "]"
        low = "-∞" if self.low is None else self.low
        high = "∞" if self.high is None else self.high
        return f"{left}{low}, {high}{right}"


@dataclass(frozen=True)
class Space:
    """A set without coordinates, such as all of L2: only equal to itself."""

    tex: str

    finite = False

    def contains(self, other: object) -> bool:
        """Whether the other set is this very set."""
        return self == other

    def cut(self, window: object) -> Space:
        """Refuse: a space has no windows."""
        raise ValueError(f"{self.tex} cannot be cut to {window}")

    def latex(self, name: str) -> str:
        """Write membership of the variable ``name``."""
        return rf"{name} \in {self.tex}"

    def __str__(self) -> str:
        return self.tex


Set = Integers | Reals | Space
Domain = Mapping[str, Set]


def _tex(value: object) -> str:
    if isinstance(value, Fraction) and value.denominator > 1:
        return rf"\tfrac{{{value.numerator}}}{{{value.denominator}}}"
    if isinstance(value, (int, Fraction)):
        return str(value)
    from sympy import latex

    return latex(value)


def _end_inside(inner: object, inner_open: bool, outer: object, outer_open: bool, sign):
    if outer is None:
        return True
    if inner is None:
        return False
    if inner == outer:
        return inner_open or not outer_open
    gap = sign * (inner - outer)
    return bool(gap > 0) if isinstance(gap, (int, Fraction)) else gap.is_positive


def cut(domain: Domain, windows: Domain) -> dict[str, Set]:
    """Cut the named variables of a domain to their windows."""
    stray = set(windows) - set(domain)
    if stray:
        raise ValueError(f"windows for unknown variables: {sorted(stray)}")
    return {
        name: values.cut(windows[name]) if name in windows else values
        for name, values in domain.items()
    }


def contains(outer: Domain, inner: Domain) -> bool:
    """Whether a domain contains another one over the same variables."""
    return set(outer) == set(inner) and all(
        outer[name].contains(inner[name]) for name in inner
    )


def covers(pieces: Sequence[Domain], target: Domain) -> bool:
    """Whether the union of the pieces contains the target.

    One piece may contain it outright, or the pieces may be joined along one variable,
    while each of them contains the target in all the others.

    Examples
    --------
    >>> pieces = [{"d": Integers(1, 200)}, {"d": Integers(150)}]
    >>> covers(pieces, {"d": Integers(1)})
    True
    >>> covers([{"d": Integers(1, 200)}, {"d": Integers(202)}], {"d": Integers(1)})
    False
    """
    if any(contains(piece, target) for piece in pieces):
        return True
    for name, wanted in target.items():
        others = {key: value for key, value in target.items() if key != name}
        usable = [
            piece[name]
            for piece in pieces
            if name in piece
            and contains({k: v for k, v in piece.items() if k != name}, others)
        ]
        if _union_contains(usable, wanted):
            return True
    return False


def _union_contains(pieces: Sequence[Set], wanted: Set) -> bool:
    if isinstance(wanted, Integers):
        return _integers_covered([p for p in pieces if isinstance(p, Integers)], wanted)
    if isinstance(wanted, Reals):
        return _reals_covered([p for p in pieces if isinstance(p, Reals)], wanted)
    return any(piece.contains(wanted) for piece in pieces)


def _integers_covered(pieces: Sequence[Integers], wanted: Integers) -> bool:
    if wanted.finite:
        return all(any(value in piece for piece in pieces) for value in wanted)
    for tail in pieces:
        if tail.finite:
            continue
        rest = wanted.cut(Integers(max(tail.low, wanted.low)))
        if tail.contains(rest):
            head = wanted.cut(Integers(wanted.low, rest.low - 1))
            return _integers_covered(pieces, head)
    return False


def _reals_covered(pieces: Sequence[Reals], wanted: Reals) -> bool:
    """Walk from the low end: the next piece must leave no gap after what is covered."""
    plain = [p for p in pieces if _numeric(p.low) and _numeric(p.high)]
    if not (_numeric(wanted.low) and _numeric(wanted.high)):
        return False
    reach, included = wanted.low, wanted.open_low
    while True:
        steps = [p for p in plain if _starts(p, reach, included)]
        steps = [p for p in steps if _extends(p, reach, included)]
        if not steps:
            return False
        if any(p.high is None for p in steps):
            return True
        best = max(steps, key=lambda p: (p.high, not p.open_high))
        reach, included = best.high, not best.open_high
        if wanted.high is None:
            continue
        if reach > wanted.high:
            return True
        if reach == wanted.high and (included or wanted.open_high):
            return True


def _numeric(end: object) -> bool:
    return end is None or isinstance(end, (int, Fraction))


def _starts(piece: Reals, reach, included: bool) -> bool:
    if piece.low is None or reach is None:
        return piece.low is None
    return piece.low < reach or (
        piece.low == reach and (included or not piece.open_low)
    )


def _extends(piece: Reals, reach, included: bool) -> bool:
    if piece.high is None or reach is None or piece.high > reach:
        return True
    return piece.high == reach and not included and not piece.open_high
