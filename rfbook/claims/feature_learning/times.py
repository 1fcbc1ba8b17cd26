"""How long the flow of one pure degree takes: solutions, times, bounds, limits."""

from fractions import Fraction
from itertools import product

from flint import ctx
from sympy import (
    Rational,
    Symbol,
    atanh,
    cancel,
    diff,
    exp,
    limit,
    log,
    oo,
    simplify,
    sqrt,
    tanh,
)

from rfbook.claims.feature_learning.known import AT_LEAST, AT_MOST, CHAPTER, c, k, tau
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Reals,
    Result,
    Statement,
    Verdict,
    every_ball,
    every_identity,
    exact_ball,
    identity,
)

start = Symbol("t_0", real=True)
end = Symbol("t_1", positive=True)
j = Symbol("j", integer=True, nonnegative=True)
size = Symbol("d", positive=True)
BITS = 200
INSIDE = Reals(0, 1, open_low=True, open_high=True)


def _one_solves(statement, domain) -> Result:
    """Insert the solution into t' = c (1 - t^2), and the start."""
    found = statement.solution
    rate = diff(found, tau) - c * (1 - found**2)
    return every_identity(
        (
            ("the equation", simplify(rate), 0),
            ("the start", found.subs(tau, 0), start),
        )
    )


ONE = Claim(
    id="flow-time-one",
    title="Degree 1: the time does not depend on the dimension",
    chapter=CHAPTER,
    statement=Statement(
        "For $z(t) = c\\, t$ with $c > 0$, and $t_0 \\in (-1, 1)$, the flow of "
        "{prf:ref}`sphere-flow` from $t_0$ is\n\n"
        "$$t(\\tau) = [[solution]] .$$",
        {},
        {"solution": tanh(c * tau + atanh(start))},
    ),
    uses=("sphere-flow",),
    checks=(Check("symbolic", "the equation and the start", _one_solves, role="step"),),
    planted=(
        Planted("2 c for c", {"solution": tanh(2 * c * tau + atanh(start))}),
        Planted("started at 0", {"solution": tanh(c * tau)}),
        Planted(
            "the sum outside: right at the start",
            {"solution": tanh(c * tau) + start},
            True,
        ),
    ),
    weak=Check(
        "symbolic",
        "the start alone",
        lambda statement, domain: identity(statement.solution.subs(tau, 0), start),
        role="step",
    ),
    spec="frontier-3",
)


def _two_solves(statement, domain) -> Result:
    """Insert the solution into t' = 2 c t (1 - t^2), and the start; solve for tau."""
    found = statement.solution
    square = found**2
    rate = diff(square, tau) - 4 * c * square * (1 - square)
    time = statement.factor * log(end**2 * (1 - start**2) / (start**2 * (1 - end**2)))
    slope = diff(time, end) - 1 / (2 * c * end * (1 - end**2))
    return every_identity(
        (
            ("the equation", simplify(rate), 0),
            ("the start", simplify(square.subs(tau, 0)), start**2),
            ("the time", simplify(slope), 0),
        )
    )


PARABOLA = start / sqrt(start**2 + (1 - start**2) * exp(-4 * c * tau))

TWO = Claim(
    id="flow-time-two",
    title="Degree 2: the time is a logarithm",
    chapter=CHAPTER,
    statement=Statement(
        "For $z(t) = c\\, t^2$ with $c > 0$, and $0 < t_0 < t_1 < 1$, the flow of "
        "{prf:ref}`sphere-flow` from $t_0$, and the time in which it reaches $t_1$, "
        "are\n\n"
        "$$t(\\tau) = [[solution]], \\qquad \\tau = [[factor]] \\ln \\frac{t_1^2\\, (1 "
        "- t_0^2)}{t_0^2\\, (1 - t_1^2)} .$$",
        {},
        {"solution": PARABOLA, "factor": 1 / (4 * c)},
    ),
    uses=("sphere-flow",),
    checks=(
        Check(
            "symbolic", "the equation, the start, the time", _two_solves, role="step"
        ),
    ),
    planted=(
        Planted(
            "2 c for 4 c: right at the start",
            {"solution": start / sqrt(start**2 + (1 - start**2) * exp(-2 * c * tau))},
            True,
        ),
        Planted("half the time", {"factor": 1 / (8 * c)}),
        Planted("no limit at 1", {"solution": start * exp(2 * c * tau)}),
    ),
    weak=Check(
        "symbolic",
        "the start alone",
        lambda statement, domain: identity(
            statement.solution.subs(tau, 0) ** 2, start**2
        ),
        role="step",
    ),
    spec="frontier-3",
)


def _power_slopes(statement, domain) -> Result:
    """Differentiate the terms: minus their slopes, and the last one, make the rate."""
    rows = []
    for degree in domain["k"]:
        value = 0
        for index in range((degree - 1) // 2):
            value -= statement.term.subs({k: degree, j: index})
        last = statement.odd if degree % 2 else statement.even
        slope = diff(value, end) + diff(last, end)
        rate = 1 / (end ** (degree - 1) * (1 - end**2))
        rows.append((f"k = {degree}", cancel(slope - rate), 0))
    return every_identity(rows)


POWER = Claim(
    id="flow-time-power",
    title="Degree 3 and more: the time is a power",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[k]]$ and $z(t) = c\\, t^k$ with $c > 0$ the flow of "
        "{prf:ref}`sphere-flow` goes from $t_0$ to $t_1$, $0 < t_0 < t_1 < 1$, in the "
        "time $\\frac{1}{k c} \\bigl( P(t_1) - P(t_0) \\bigr)$ with\n\n"
        "$$P(t_1) = \\ell(t_1) - \\sum_{0 \\le j < (k-2)/2} [[term]],$$\n\n"
        "where $\\ell(t_1)$ is $[[odd]]$ for odd $k$ and $[[even]]$ for even $k$.",
        {"k": Integers(3)},
        {
            "term": end ** (2 * j + 2 - k) / (k - 2 - 2 * j),
            "odd": atanh(end),
            "even": log(end) - log(1 - end**2) / 2,
        },
    ),
    uses=("sphere-flow",),
    checks=(
        Check(
            "symbolic",
            "the derivative, k <= 16",
            _power_slopes,
            {"k": Integers(3, 16)},
        ),
    ),
    planted=(
        Planted(
            "k - 2 in each term: right for k = 3, 4",
            {"term": end ** (2 * j + 2 - k) / (k - 2)},
            True,
        ),
        Planted("log t alone", {"even": log(end)}),
        Planted("one power more", {"term": end ** (2 * j + 1 - k) / (k - 1 - 2 * j)}),
    ),
    weak=Check(
        "symbolic",
        "k = 3 and 4",
        _power_slopes,
        {"k": Integers(3, 4)},
        role="step",
    ),
    spec="frontier-3",
)


def _primitive(degree: int, at: Fraction):
    """Enclose the integral of 1 / (t^(k-1) (1 - t^2)), term by term."""
    x = exact_ball(at)
    value = x.atanh() if degree % 2 else x.log() - (1 - x * x).log() / 2
    for power in range(degree - 2, 0, -2):
        value -= 1 / (power * x**power)
    return value


ENDS = (
    (Fraction(1, 100), Fraction(1, 2)),
    (Fraction(1, 10), Fraction(1, 5)),
    (Fraction(1, 3), Fraction(9, 10)),
    (Fraction(1, 20), Fraction(99, 100)),
)


def _bounds_balls(statement, domain, ends=ENDS) -> Result:
    """Compare with the exact time, for c = 1."""
    cases = list(product(domain["k"], ends))

    def ratio(case):
        degree, (low, high) = case
        first = exact_ball(low) ** (2 - degree) - exact_ball(high) ** (2 - degree)
        exact = (_primitive(degree, high) - _primitive(degree, low)) / degree
        return exact / first

    def sides(part):
        def compare(case):
            degree, (_, high) = case
            value = part.subs({k: degree, end: Rational(str(high)), c: 1})
            return ratio(case), exact_ball(value)

        return compare

    with ctx.workprec(BITS):
        below = every_ball(cases, sides(statement.below), AT_LEAST)
        if below.verdict is not Verdict.HOLDS:
            return below
        return every_ball(cases, sides(statement.above), AT_MOST)


BELOW = 1 / (k * (k - 2) * c)

BOUNDS = Claim(
    id="flow-time-bounds",
    title="The time within a factor",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[k]]$, $z(t) = c\\, t^k$ with $c > 0$, and $0 < t_0 < t_1 < 1$, "
        "the time $\\tau$ of the flow from $t_0$ to $t_1$ has\n\n"
        "$$[[below]] \\le \\frac{\\tau}{t_0^{2-k} - t_1^{2-k}} \\le [[above]] .$$",
        {"k": Integers(3)},
        {"below": BELOW, "above": BELOW / (1 - end**2)},
    ),
    uses=("flow-time-power",),
    checks=(
        Check(
            "interval",
            "four pairs of ends, k <= 12",
            _bounds_balls,
            {"k": Integers(3, 12)},
            role="step",
        ),
    ),
    planted=(
        Planted("21/20 of the lower bound", {"below": 21 * BELOW / 20}, True),
        Planted("no factor above", {"above": BELOW}),
        Planted("1 - t_1 squared above", {"above": BELOW * (1 - end**2)}),
        Planted("k - 1 for k - 2 above", {"above": 1 / (k * (k - 1) * c)}),
    ),
    weak=Check(
        "interval",
        "one far end",
        lambda statement, domain: _bounds_balls(statement, domain, ENDS[3:]),
        {"k": Integers(3, 3)},
        role="step",
    ),
    spec="frontier-3",
)


def _dimension_limits(statement, domain, degrees=range(1, 9)) -> Result:
    """Take the limits of the exact times from 1 / sqrt(d), degree by degree."""
    rows = []
    for degree in degrees:
        low = 1 / sqrt(size)
        if degree == 1:
            found, claimed = limit(atanh(end) - atanh(low), size, oo) / c, statement.one
        elif degree == 2:
            time = log(end**2 * (1 - low**2) / (low**2 * (1 - end**2))) / (4 * c)
            found, claimed = limit(time / log(size), size, oo), statement.two
        else:
            time = 0
            for power in range(degree - 2, 0, -2):
                time += (size ** Rational(power, 2) - end**-power) / power
            last = (
                atanh(end) - atanh(low)
                if degree % 2
                else log(end / low) - log((1 - end**2) / (1 - low**2)) / 2
            )
            scale = size ** Rational(degree - 2, 2)
            terms = [
                limit(time.expand() / scale, size, oo),
                limit(last / scale, size, oo),
            ]
            found, claimed = sum(terms) / (degree * c), statement.more.subs(k, degree)
        rows.append((f"k = {degree}", found, claimed))
    return every_identity(rows)


DIMENSION = Claim(
    id="search-times",
    title="The time of the search in d dimensions",
    chapter=CHAPTER,
    statement=Statement(
        "Let $z(t) = c\\, t^k$ with $c > 0$, and $\\tau_d$ the time of the flow from "
        "$t_0 = \\frac{1}{\\sqrt d}$ to a fixed $t_1 \\in (0, 1)$. As $d \\to "
        "\\infty$\n\n"
        "$$\\tau_d \\to [[one]] \\quad (k = 1), \\qquad \\frac{\\tau_d}{\\ln d} \\to "
        "[[two]] \\quad (k = 2), \\qquad \\frac{\\tau_d}{d^{(k-2)/2}} \\to [[more]] "
        "\\quad (k \\ge 3) .$$",
        {},
        {"one": atanh(end) / c, "two": 1 / (4 * c), "more": 1 / (k * (k - 2) * c)},
    ),
    uses=("flow-time-one", "flow-time-two", "flow-time-power"),
    checks=(Check("symbolic", "the limits, k <= 8", _dimension_limits, role="step"),),
    planted=(
        Planted("1 / (2 c) for degree 2", {"two": 1 / (2 * c)}),
        Planted("k - 1 for k - 2", {"more": 1 / (k * (k - 1) * c)}),
        Planted("3 for k: right for k = 3", {"more": 1 / (3 * (k - 2) * c)}, True),
        Planted("the end itself", {"one": end / c}),
    ),
    weak=Check(
        "symbolic",
        "k = 3 alone",
        lambda statement, domain: _dimension_limits(statement, domain, (3,)),
        role="step",
    ),
    spec="frontier-3",
)

distance = Symbol("r", positive=True)
power = Symbol("p", positive=True)


def _wrong_solves(statement, domain, at_start=False) -> Result:
    """Insert into u' = -k c u^(k-1), k = p + 2, the flow's bound for u = -t."""
    found = statement.floor.subs(k, power + 2)
    rows = [("the start", simplify(found.subs(tau, 0)), distance)]
    if not at_start:
        rate = diff(found, tau) / found + (power + 2) * c * found**power
        rows.append(("the equation", simplify(rate), 0))
    return every_identity(rows)


FLOOR = distance * (1 + k * (k - 2) * c * distance ** (k - 2) * tau) ** (-1 / (k - 2))

WRONG = Claim(
    id="wrong-start",
    title="Odd degrees: half of all starts never arrive",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[k]]$ and $z(t) = c\\, t^k$ with $c > 0$ the flow of "
        "{prf:ref}`sphere-flow` from $-r$, $0 < r < 1$, stays negative, and\n\n"
        "$$- t(\\tau) \\ge [[floor]] \\qquad \\text{for every } \\tau \\ge 0 .$$",
        {"k": Integers(3, step=2)},
        {"floor": FLOOR},
    ),
    uses=("sphere-flow",),
    checks=(
        Check(
            "symbolic",
            "the bound solves the equation without the factor 1 - t^2",
            _wrong_solves,
            role="step",
        ),
    ),
    planted=(
        Planted(
            "k - 1 for k (k - 2)",
            {
                "floor": distance
                * (1 + (k - 1) * c * distance ** (k - 2) * tau) ** (-1 / (k - 2))
            },
            True,
        ),
        Planted("no decay", {"floor": distance + 0 * k}),
        Planted("an exponential", {"floor": distance * exp(-k * c * tau)}),
    ),
    weak=Check(
        "symbolic",
        "the start alone",
        lambda statement, domain: _wrong_solves(statement, domain, at_start=True),
        role="step",
    ),
    spec="frontier-3",
)

CLAIMS = (ONE, TWO, POWER, BOUNDS, DIMENSION, WRONG)
