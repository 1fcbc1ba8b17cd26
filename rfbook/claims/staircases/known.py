"""Where the sources say what, symbols, families of sets and exact means."""

import math
from fractions import Fraction
from functools import cache
from itertools import product
from math import comb, prod

from sympy import Expr, Symbol, binomial, factorial, sympify

from rfbook.ledger import Relation, Source

CHAPTER = "staircases"

d = Symbol("d", integer=True, positive=True)
k = Symbol("k", integer=True, positive=True)
l_jump = Symbol("l", integer=True, nonnegative=True)
m = Symbol("m", integer=True, nonnegative=True)
N = Symbol("N", integer=True, positive=True)
P = Symbol("P", integer=True, positive=True)
mu = Symbol("mu", positive=True)
t = Symbol("t", integer=True, positive=True)

EQUAL, AT_MOST, AT_LEAST = Relation("="), Relation("<="), Relation(">=")
BELOW, ABOVE = Relation("<"), Relation(">")


def leap_paper(where: str, relation: str = "as printed", note: str = "") -> Source:
    """Name a place in Abbe, Boix-Adsera and Misiakiewicz 2023."""
    return Source("Abbe2023", "COLT 2023", where, relation, note)


def staircase_paper(where: str, relation: str = "as printed", note: str = "") -> Source:
    """Name a place in Abbe, Boix-Adsera and Misiakiewicz 2022."""
    return Source("Abbe2022", "COLT 2022", where, relation, note)


def exact(formula: Expr, *names: str):
    """Return a formula as a function of integers, with a Fraction as its value."""
    formula = sympify(formula)
    return lambda *values: _value(formula, dict(zip(names, values, strict=True)))


def _value(formula: Expr, at: dict) -> Fraction:
    """Evaluate node by node, in fractions."""
    if formula.is_Symbol:
        return Fraction(at[formula.name])
    if formula.is_Rational:
        return Fraction(int(formula.p), int(formula.q))
    parts = [_value(part, at) for part in formula.args]
    if formula.is_Add:
        return sum(parts, Fraction(0))
    if formula.is_Mul:
        return prod(parts, start=Fraction(1))
    if any(part.denominator > 1 for part in parts[1:]):
        raise ValueError(f"{formula} at {at} is not rational arithmetic")
    if formula.is_Pow:
        return parts[0] ** int(parts[1])
    if any(part.denominator > 1 for part in parts):
        raise ValueError(f"{formula} at {at} needs integers")
    known = {binomial: comb, factorial: math.factorial}
    return Fraction(known[formula.func](*map(int, parts)))


@cache
def every_family(bits: int) -> tuple[tuple[int, int], ...]:
    """Return leap and union of every family of non-empty subsets of P coordinates.

    The leap of a family is the least, over the set that comes last, of the larger of
    what the others need and of what is new in it: all orders, by recursion.
    """
    sets = range(1, 2**bits)
    found = [(0, 0)]
    for family in range(1, 2 ** len(sets)):
        members = [i for i in range(len(sets)) if family >> i & 1]
        first = members[0]
        union = found[family ^ (1 << first)][1] | sets[first]
        best = bits
        for i in members:
            rest, before = found[family ^ (1 << i)]
            best = min(best, max(rest, (sets[i] & ~before).bit_count()))
        found.append((best, union))
    return tuple(found)


def members_of(family: int) -> list[int]:
    """Return the sets of a family, as bit masks; bit i stands for the set i + 1."""
    return [i + 1 for i in range(family.bit_length()) if family >> i & 1]


@cache
def points(bits: int) -> tuple[tuple[int, ...], ...]:
    """Return the points of the cube."""
    return tuple(product((1, -1), repeat=bits))


def parity(S: int, x: tuple[int, ...]) -> int:
    """Return the product of the entries in the set with the bit mask S."""
    value = 1
    for i, entry in enumerate(x):
        if S >> i & 1:
            value *= entry
    return value


def mean(values) -> Fraction:
    """Return the mean of exact numbers."""
    values = list(values)
    return sum(values, Fraction(0)) / len(values)
