"""Probabilities of the Beta law by finite sums, apart from the room.

``X`` has the law Beta(a, b) with 2a and 2b positive integers. Integration by parts
moves one unit from a to b,

    P(X <= x; a - 1, b + 1) = P(X <= x; a, b) + T,
    T = x^(a-1) (1-x)^b Gamma(a+b) / (Gamma(a) Gamma(b+1)),

which ends at b = 0, where P = 0, or at b = 1/2; there the unit is taken off a,

    P(X <= x; a + 1, 1/2) = P(X <= x; a, 1/2)
        - x^a (1-x)^(1/2) Gamma(a + 1/2) / (Gamma(a+1) Gamma(1/2)),

down to a = 1, where P = 1 - (1-x)^(1/2), or a = 1/2, where P = (2/pi) asin x^(1/2).
"""

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from functools import lru_cache
from math import ceil, log2

from flint import arb, ctx
from sympy import Mul, Poly, Rational, S, Symbol, fraction, sympify, together

from rfbook.ledger import Integers, Relation, Result, every, exact_ball

d = Symbol("d", integer=True, positive=True)
# SymPy prints terms in the order of their names: so d stands before N
N = Symbol("{N}", integer=True, positive=True)

AT_MOST, AT_LEAST = Relation("<="), Relation(">=")
BITS = 128


def half(value):
    """Return value / 2, printed as one fraction."""
    return Mul(S.Half, value, evaluate=False)


def rational(formula) -> Callable[[int, int], Fraction]:
    """Return a quotient of polynomials in d and N as a function of integers."""
    above, below = fraction(together(sympify(formula)))
    scale, top = Poly(above, d, N).clear_denoms()
    top, bottom = top.terms(), Poly(below * scale, d, N).terms()
    if not all(c.is_Integer for _, c in bottom):
        raise ValueError(f"no rational function of d and N: {formula}")

    def value(dimension: int, count: int) -> Fraction:
        return Fraction(
            *(
                sum(int(c) * dimension**i * count**j for (i, j), c in terms)
                for terms in (top, bottom)
            )
        )

    return value


def pairs(domain) -> Iterator[tuple[int, int]]:
    """Yield the (d, N) of a domain with N < d."""
    for dimension in domain["d"]:
        most = Integers(1, dimension - 1)
        yield from ((dimension, count) for count in domain["N"].cut(most))


def compare(points: Iterable, sides: Callable, relation: Relation) -> Result:
    """Decide ``left relation right`` at each point (d, N, ...) in balls."""

    def decide(point):
        left, right = sides(*point)
        true = relation.ball(left, right)
        if true:  # writing numbers out would take most of the time
            return True, ""
        return true, f"{interval(left)} {relation.symbol} {interval(right)}"

    return every(points, decide)


def beta_ball(first: int, second: int, x):
    """Enclose P(X <= x) for X ~ Beta(first/2, second/2) and a rational 0 < x < 1."""
    if not 0 < x < 1:
        raise ValueError(f"0 < x < 1 is needed, got {x}")
    return table(first + second, Rational(x))[second]


@lru_cache(maxsize=4096)
def table(total: int, x) -> tuple:
    """Enclose P(X <= x) for X ~ Beta((total - n)/2, n/2), for n = 0, ..., total - 1."""
    # the differences cancel down to about x^(total/2)
    with ctx.workprec(BITS + ceil(total * abs(log2(x)))):
        point = exact_ball(x)
        values = [arb(0)] * total
        for start in (0, 1):
            if start < total:
                _climb(values, total, start, point)
        return tuple(values)


def _climb(values: list, total: int, start: int, x) -> None:
    """Fill in the entries start, start + 2, ... of the table."""
    a, b = arb(total - start) / 2, arb(start) / 2
    value = _one_half(total, x) if start else arb(0)
    term = x ** (a - 1) * (1 - x) ** b * (a + b).gamma()
    term /= a.gamma() * (b + 1).gamma()
    for n in range(start, total, 2):
        values[n] = value
        value += term
        term *= (1 - x) / x * (a - 1) / (b + 1)
        a, b = a - 1, b + 1


def _one_half(total: int, x):
    """Enclose P(X <= x) for X ~ Beta((total - 1)/2, 1/2)."""
    if total % 2:
        twice, value = 2, 1 - (1 - x).sqrt()
    else:
        twice, value = 1, 2 / arb.pi() * x.sqrt().asin()
    while twice < total - 1:
        a = arb(twice) / 2
        drop = x**a * (1 - x).sqrt() * (a + arb(1) / 2).gamma()
        value -= drop / ((a + 1).gamma() * arb.pi().sqrt())
        twice += 2
    return value


@lru_cache(maxsize=2**17)
def divergence_ball(p, x):
    """Enclose KL(p || x) for rationals 0 < p, x < 1."""
    p, x = exact_ball(p), exact_ball(x)
    return p * (p / x).log() + (1 - p) * ((1 - p) / (1 - x)).log()


def interval(ball) -> str:
    """Write a ball with six digits, or its two ends where they differ."""
    ends = [end.str(6, radius=False) for end in (ball.lower(), ball.upper())]
    return ends[0] if ends[0] == ends[1] else f"[{ends[0]}, {ends[1]}]"
