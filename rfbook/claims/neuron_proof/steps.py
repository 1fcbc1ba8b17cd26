"""Symbols and small functions for the claims on the source's proof."""

from fractions import Fraction

from flint import arb
from sympy import Rational, Symbol, sympify

from rfbook.claims.psi.moments import ball, excess
from rfbook.ledger import Reals, Relation

N = Symbol("N", integer=True, positive=True)
R = Symbol("R", positive=True)
a = Symbol("a", integer=True, positive=True)
b = Symbol("b", real=True)
c = Symbol("c", positive=True)
d = Symbol("d", integer=True, positive=True)
delta = Symbol("delta", positive=True)
epsilon = Symbol("varepsilon", nonnegative=True)
j = Symbol("j", integer=True, positive=True)
p = Symbol("p", nonnegative=True)
q = Symbol("q", positive=True)
s = Symbol("s", positive=True)

POSITIVE = Reals(0, None, open_low=True)
AT_MOST, AT_LEAST, MORE = Relation("<="), Relation(">="), Relation(">")
LINEAR, SQUARE = "\\lVert f \\rVert", "\\lVert f \\rVert^2"
POWERS = {LINEAR: 1, SQUARE: 2}
PROOF = "proof of Theorem 4.2"
UNREAD = "The later text has the step too; its formulas could not be read."


def number(part, **values) -> Fraction:
    """Evaluate a part at exact values of its symbols, by name."""
    part = sympify(part)
    named = {symbol: values[symbol.name] for symbol in part.free_symbols}
    value = Rational(part.subs({k: Rational(v) for k, v in named.items()}))
    return Fraction(int(value.p), int(value.q))


def source_size(dimension: int) -> int:
    """Return the source's a = 6d^2 + 1."""
    return 6 * dimension**2 + 1


def psi_mean(size: int, radius: int) -> arb:
    """Enclose |E psi_a(Rg)| for odd a: it is E (Rg - a)_+ = R E (g - a/R)_+.

    On the whole line psi_a is the odd repaired function minus [x - a]_+.
    """
    return radius * excess(ball(Fraction(size, radius)))
