"""The few ways in which checks decide: symbols, exact numbers, balls, samples."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction

from rfbook.ledger.statement import Relation
from rfbook.ledger.verdict import Result, Verdict, fails, holds, unknown

LEVEL = 1e-3  # family-wise level of one statistical check


def every(values: Iterable, decide: Callable[[object], tuple[bool, str]]) -> Result:
    """Decide exactly, instance by instance; the first that fails is the witness.

    Parameters
    ----------
    values : iterable
        The instances, finitely many and at least one.
    decide : callable
        Maps an instance to whether it holds and to the words of the comparison.

    Examples
    --------
    >>> every(range(4), lambda n: (n < 3, f"{n} < 3")).witness
    'at 3: 3 < 3 is false'
    """
    count = 0
    for value in values:
        true, words = decide(value)
        if true is None:
            return unknown(f"at {value}: {words} was not decided")
        if not true:
            return fails(f"at {value}: {words} is false")
        count += 1
    if not count:
        return unknown("no instance in the domain")
    return holds(f"{count} instances")


def every_ball(values: Iterable, sides: Callable, relation: Relation) -> Result:
    """Decide ``left relation right`` rigorously at each value with Arb balls.

    ``sides(value)`` returns the two balls. Overlapping balls give UNKNOWN, unless an
    instance elsewhere fails outright.

    Examples
    --------
    >>> from flint import arb
    >>> every_ball([1, 2], lambda n: (arb(n), arb(2)), Relation("<=")).verdict.value
    'HOLDS'
    """
    count, open_at = 0, None
    for value in values:
        left, right = sides(value)
        true = relation.ball(left, right)
        words = f"{_short(left)} {relation.symbol} {_short(right)}"
        if true is False:
            return fails(f"at {_name(value)}: {words} is false")
        if true is None and open_at is None:
            open_at = f"at {_name(value)}: {words} is not decided by these balls"
        count += 1
    if open_at:
        return unknown(open_at)
    return holds(f"{count} balls") if count else unknown("no instance in the domain")


def identity(left, right, *, digits: int = 30) -> Result:
    """Decide whether two SymPy expressions agree for all values of their symbols.

    The difference must reduce to 0. Where it does not, rational points that respect the
    symbols' assumptions are tried: a difference beyond the evaluation's precision is a
    witness; otherwise nothing is decided.

    Examples
    --------
    >>> from sympy.abc import x
    >>> identity((x + 1) ** 2, x**2 + 2 * x + 1).verdict.value
    'HOLDS'
    >>> identity((x + 1) ** 2, x**2 + 1).witness
    'x = 1: 4.0000000 is not 2.0000000'
    """
    import sympy

    left, right = sympy.sympify(left), sympy.sympify(right)
    difference = left - right
    if difference == 0 or sympy.simplify(difference) == 0:
        return holds("the difference reduces to 0")
    symbols = sorted(left.free_symbols | right.free_symbols, key=str)
    for start in range(6):
        point = {s: _sample(s, start + 3 * i) for i, s in enumerate(symbols)}
        values = [side.subs(point).doit().evalf(digits) for side in (left, right)]
        if not all(v.is_number and v.is_finite for v in values):
            continue
        if abs(values[0] - values[1]) > sympy.Float(10) ** (10 - digits):
            at = ", ".join(f"{s} = {v}" for s, v in point.items()) or "constants"
            shown = [str(value.evalf(8)) for value in values]
            return fails(f"{at}: {shown[0]} is not {shown[1]}")
    return unknown(f"the difference {difference} was not reduced")


def every_identity(pairs: Iterable) -> Result:
    """Decide several identities ``(name, left, right)``; the first failure is named."""
    count = 0
    for name, left, right in pairs:
        result = identity(left, right)
        if result.verdict is Verdict.FAILS:
            return fails(f"{name}: {result.witness}")
        if result.verdict is Verdict.UNKNOWN:
            return unknown(f"{name}: {result.detail}")
        count += 1
    return holds(f"{count} identities reduce to 0") if count else unknown("none given")


def standard_errors(comparisons: int, level: float = LEVEL) -> float:
    """Two-sided normal quantile for ``comparisons`` tests at a family-wise level.

    Examples
    --------
    >>> round(standard_errors(1, 0.05), 3)
    1.96
    """
    from statistics import NormalDist

    if comparisons < 1:
        raise ValueError(f"at least one comparison, got {comparisons}")
    return NormalDist().inv_cdf(1 - level / (2 * comparisons))


def agree(rows: Iterable[tuple[str, float, float, float]]) -> Result:
    """Compare Monte Carlo means with claimed values at the family-wise level `LEVEL`.

    Parameters
    ----------
    rows : iterable of (name, estimate, standard error, claimed)
        The tolerance is the normal quantile (Bonferroni) times the standard error.

    Examples
    --------
    >>> agree([("mean", 0.1, 0.1, 0.0)]).verdict.value
    'HOLDS'
    """
    rows = list(rows)
    limit = standard_errors(len(rows))
    worst = 0.0
    for name, estimate, error, claimed in rows:
        if not error > 0:
            return unknown(f"{name}: standard error {error}")
        score = abs(estimate - claimed) / error
        if not score <= limit:
            return fails(
                f"{name}: {estimate:.6g} +- {error:.2g} is {score:.1f} standard errors "
                f"from {claimed:.6g} (limit {limit:.1f})"
            )
        worst = max(worst, score)
    return holds(
        f"{len(rows)} means, worst {worst:.1f} standard errors, limit {limit:.1f}"
    )


def ball_at(formula, **point):
    """Evaluate a formula in balls, its symbols replaced by exact numbers by name.

    Names of symbols that the formula does not have are left out.

    Examples
    --------
    >>> from sympy.abc import x
    >>> ball_at(x**2 / 3, x=Fraction(1, 2), y=7).contains(exact_ball(Fraction(1, 12)))
    True
    """
    from sympy import sympify

    formula = sympify(formula)
    names = {s: point[s.name] for s in formula.free_symbols if s.name in point}
    return exact_ball(formula.subs(names))


def exact_ball(value):
    """Turn an int, a Fraction or an exact SymPy number into an Arb ball.

    Examples
    --------
    >>> (3 * exact_ball(Fraction(1, 3))).contains(1)
    True
    """
    from rfbook.ranges import ball

    if isinstance(value, float):
        raise TypeError(f"exact numbers only, got the float {value!r}")
    if isinstance(value, (int, Fraction)) or type(value).__name__ == "arb":
        return ball(value)
    return _sympy_ball(value)


def _sympy_ball(value):
    """Evaluate a closed SymPy expression in balls, node by node."""
    import sympy
    from flint import arb

    from rfbook.ranges import ball

    value = sympy.sympify(value)
    if value.is_Rational:
        return ball(Fraction(int(value.p), int(value.q)))
    if value is sympy.pi:
        return arb.pi()
    if value is sympy.E:
        return arb(1).exp()
    balls = [_sympy_ball(argument) for argument in value.args]
    if value.is_Add:
        return sum(balls[1:], balls[0])
    if value.is_Mul:
        product = arb(1)
        for factor in balls:
            product *= factor
        return product
    if value.is_Pow:
        if value.args[0] is sympy.E:
            return balls[1].exp()
        if value.args[1].is_Integer:
            return balls[0] ** int(value.args[1])
        return balls[0] ** balls[1]
    functions = {sympy.exp: "exp", sympy.log: "log", sympy.sin: "sin", sympy.cos: "cos"}
    if value.func in functions:
        return getattr(balls[0], functions[value.func])()
    raise ValueError(f"no rigorous evaluation for {value}")


def _sample(symbol, k: int):
    """Return a rational point for a symbol, within its assumptions."""
    import sympy

    if symbol.is_odd:
        return sympy.Integer(2 * k + 1)
    if symbol.is_even:
        return sympy.Integer(2 * k + 2)
    if symbol.is_integer:
        return sympy.Integer(k + 1)
    return sympy.Rational(2 * k + 2, 2 + k)


def _short(ball) -> str:
    return ball.str(10, radius=False) if hasattr(ball, "str") else str(ball)


def _name(value) -> str:
    if isinstance(value, tuple):
        return "(" + ", ".join(str(v) for v in value) + ")"
    return str(value)
