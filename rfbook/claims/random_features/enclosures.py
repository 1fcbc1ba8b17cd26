"""Formulas in Arb balls, exact binomial tails, and samples held against a level.

Nothing here calls the room `rfbook.random_features`.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import comb, prod

import sympy
from flint import arb
from sympy import Expr, Function

from rfbook.ledger import Relation, Result, exact_ball, fails, holds, unknown
from rfbook.ledger.deciders import standard_errors

AT_MOST = Relation("<=")
AT_LEAST = Relation(">=")
BITS = 128

arctan, ln = Function("arctan"), Function("ln")
"""Printed as one writes them; `closed` turns them into SymPy's."""

_FUNCTIONS = {
    sympy.exp: "exp",
    sympy.log: "log",
    sympy.sin: "sin",
    sympy.cos: "cos",
    sympy.atan: "atan",
}


def closed(expression) -> Expr:
    """Return the formula with SymPy's own functions."""
    return sympy.sympify(expression).replace(arctan, sympy.atan).replace(ln, sympy.log)


def enclose(expression, point: Mapping) -> arb:
    """Evaluate a formula in balls, given exact numbers or balls for its symbols."""
    expression = closed(expression)
    if expression in point:
        value = point[expression]
        return value if isinstance(value, arb) else exact_ball(value)
    if not expression.args:
        return exact_ball(expression)
    balls = [enclose(argument, point) for argument in expression.args]
    if expression.is_Add:
        return sum(balls[1:], balls[0])
    if expression.is_Mul:
        return prod(balls[1:], start=balls[0])
    if expression.is_Pow and (2 * expression.exp).is_Integer:
        root = balls[0] if expression.exp.is_Integer else balls[0].sqrt()
        return root ** int(expression.exp.as_numer_denom()[0])
    if expression.func in _FUNCTIONS:
        return getattr(balls[0], _FUNCTIONS[expression.func])()
    raise ValueError(f"no rigorous evaluation for {expression}")


def whole_part(ball: arb) -> int:
    """Return the floor of a ball that contains no integer but perhaps its floor."""
    value = ball.floor().unique_fmpz()
    if value is None:
        raise ValueError(f"the floor of {ball} is not decided at this precision")
    return int(value)


def heads_tail(N: int, k: int) -> arb:
    """Enclose the probability of at least k heads in N fair coins.

    Up to N = 4096 the sum of the binomial coefficients. Beyond it, for k > N/2, terms
    are added until one is 2^-64 of the first; the rest falls by factors of at most
    r = (N - k) / (k + 1), so that it is at most that term over 1 - r.
    """
    if k <= 0:
        return arb(1)
    if k > N:
        return arb(0)
    if 2 * k <= N:
        return 1 - heads_tail(N, N - k + 1)
    if N <= 4096:
        term, total = comb(N, k), 0
        for i in range(k, N + 1):
            total += term
            term = term * (N - i) // (i + 1)
        return arb(total) / arb(2) ** N
    logarithms = (arb(m + 1).lgamma() for m in (N, k, N - k))
    whole, *parts = logarithms
    first = (whole - sum(parts, arb(0)) - N * arb(2).log()).exp()
    total, term, i = arb(0), first, k
    while not term < first * arb(2) ** -64:
        total += term
        term *= arb(N - i) / (i + 1)
        i += 1
    return total + term / (1 - arb(N - k) / (k + 1)) * arb(0.5, 0.5)


def at_most(rows: Iterable[tuple[str, int, int, Fraction]]) -> Result:
    """Hold frequencies against a probability that they should not exceed.

    Parameters
    ----------
    rows : iterable of (name, how often, out of, largest probability)
        A frequency counts as too large from the normal quantile (Bonferroni, level
        1e-3) times its standard error at the largest probability on.
    """
    rows = list(rows)
    limit = standard_errors(len(rows))
    for name, count, trials, level in rows:
        level = float(level)
        if not 0 < level < 1:
            return unknown(f"{name}: the level {level}")
        score = (count / trials - level) / (level * (1 - level) / trials) ** 0.5
        if score > limit:
            return fails(
                f"{name}: {count} of {trials} draws, {score:.1f} standard errors above "
                f"{level} (limit {limit:.1f})"
            )
    return holds(f"{len(rows)} frequencies")
