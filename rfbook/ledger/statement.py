"""Statements as objects: what the page prints is what the checks decide."""

from __future__ import annotations

import operator
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from types import MappingProxyType

from rfbook.ledger.domain import Domain, Integers, Reals, Space

_PLACE = re.compile(r"\[\[(\w+)\]\]")
_RELATIONS = {
    "=": ("=", operator.eq),
    "<": ("<", operator.lt),
    "<=": (r"\le", operator.le),
    ">": (">", operator.gt),
    ">=": (r"\ge", operator.ge),
}


@dataclass(frozen=True)
class Relation:
    r"""One of ``=  <  <=  >  >=``, decidable for exact numbers and for balls.

    Examples
    --------
    >>> Relation("<=").exact(Fraction(1, 3), Fraction(1, 2))
    True
    >>> Relation("<=").latex()
    '\\le'
    """

    symbol: str

    def __post_init__(self) -> None:
        if self.symbol not in _RELATIONS:
            raise ValueError(f"a relation is one of {list(_RELATIONS)}: {self.symbol}")

    def latex(self) -> str:
        """Write the relation in LaTeX."""
        return _RELATIONS[self.symbol][0]

    def exact(self, left, right) -> bool:
        """Decide the relation between two exact numbers."""
        for value in (left, right):
            if isinstance(value, float):
                raise TypeError(f"exact arithmetic only, got the float {value!r}")
        return bool(_RELATIONS[self.symbol][1](left, right))

    def ball(self, left, right) -> bool | None:
        """Decide the relation between two Arb balls; None where they overlap."""
        if not ((left - right).is_finite()):
            return None
        if self.symbol == "=":
            overlap = left.overlaps(right)
            return None if overlap else False
        compare = _RELATIONS[self.symbol][1]
        opposite = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}[self.symbol]
        if compare(left, right):
            return True
        return False if _RELATIONS[opposite][1](left, right) else None


@dataclass(frozen=True)
class Statement:
    r"""A claim's constants, ranges, relations and formulas, and the words around them.

    Parameters
    ----------
    template : str
        Markdown with LaTeX in which ``[[name]]`` stands for a part or a variable.
    domain : mapping of str to Integers, Reals or Space
        The variables and the sets over which the statement quantifies.
    parts : mapping of str to object
        Constants (int, Fraction, or a str that is printed as it is), SymPy formulas and
        `Relation` objects.

    Every part and every variable must stand in the template, so that nothing a check
    reads is hidden from the page.

    Examples
    --------
    >>> s = Statement("$[[n]]$: $2n [[rel]] [[c]]$", {"n": Integers(1)},
    ...               {"rel": Relation(">="), "c": 2})
    >>> s.latex()
    '$n \\in \\{1, 2, 3, \\dots\\}$: $2n \\ge 2$'
    >>> s.changed(c=3).c
    3
    """

    template: str
    domain: Domain = field(default_factory=dict)
    parts: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "domain", MappingProxyType(dict(self.domain)))
        object.__setattr__(self, "parts", MappingProxyType(dict(self.parts)))
        both = set(self.domain) & set(self.parts)
        if both:
            raise ValueError(f"both a variable and a part: {sorted(both)}")
        placed, known = set(_PLACE.findall(self.template)), {*self.domain, *self.parts}
        if placed != known:
            raise ValueError(
                f"placed but unknown: {sorted(placed - known)}; "
                f"known but not placed: {sorted(known - placed)}"
            )

    def __getattr__(self, name: str):
        if name.startswith("_") or name in ("domain", "parts", "template"):
            raise AttributeError(name)
        if name not in self.parts:
            raise AttributeError(f"the statement has no part {name!r}")
        return self.parts[name]

    def changed(self, **changes) -> Statement:
        """Return a copy in which the named parts or variables are replaced."""
        stray = set(changes) - set(self.domain) - set(self.parts)
        if stray:
            raise ValueError(f"no such part or variable: {sorted(stray)}")
        domain = {k: changes.get(k, v) for k, v in self.domain.items()}
        parts = {k: changes.get(k, v) for k, v in self.parts.items()}
        return replace(self, domain=domain, parts=parts)

    def latex(self) -> str:
        """Fill the template: the text of the theorem's box."""
        return _PLACE.sub(lambda place: self._render(place[1]), self.template)

    def _render(self, name: str) -> str:
        if name in self.domain:
            # A name of several letters, such as ell or omega, is a TeX command.
            return self.domain[name].latex(name if len(name) == 1 else f"\\{name}")
        return render(self.parts[name])


def render(value: object) -> str:
    """Write a part of a statement in LaTeX."""
    if isinstance(value, Relation):
        return value.latex()
    if isinstance(value, str):
        return value
    if isinstance(value, Fraction) and value.denominator > 1:
        sign = "-" if value < 0 else ""
        return rf"{sign}\frac{{{abs(value.numerator)}}}{{{value.denominator}}}"
    if isinstance(value, (int, Fraction)):
        return str(value)
    if isinstance(value, (Integers, Reals, Space)):
        raise TypeError("a set belongs in the domain, not among the parts")
    from sympy import latex

    return latex(value)
