"""How far training moves the neurons of one hidden layer, in two ways of training.

The checks share no code with `rfbook.random_features`: networks are trained in
fractions, step by step, and compared with the bounds in exact arithmetic.
"""

from fractions import Fraction
from functools import cache
from itertools import product
from math import isqrt

from sympy import Rational, Symbol, simplify, sqrt, symbols

from rfbook.claims.random_features.sources import CHAPTER, printed
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Reals,
    Relation,
    Result,
    Statement,
    Verdict,
    every,
    every_identity,
    holds,
    unknown,
)

N = Symbol("N", integer=True, positive=True)
t = Symbol("t", integer=True, nonnegative=True)
T = Symbol("T", integer=True, positive=True)
eta, B, L = symbols("eta B L", positive=True)
clock = Symbol(r"\bar\tau", positive=True)

AT_MOST, AT_LEAST = Relation("<="), Relation(">=")
POSITIVE = Reals(0, open_low=True)
COUPLING = printed("Section 2.1", "sharper", "told in words, without a rate")
LAYERS = printed(
    "Section 2.2", "sharper", "for one iteration and in words; here for all of them"
)


def dot(left, right) -> Fraction:
    """Return the inner product of two vectors of fractions."""
    return sum((u * v for u, v in zip(left, right, strict=True)), Fraction(0))


def add(left, right, factor) -> tuple:
    """Return left + factor * right."""
    return tuple(u + factor * v for u, v in zip(left, right, strict=True))


def square(left, right) -> Fraction:
    """Return the squared distance of two vectors."""
    gap = add(left, right, -1)
    return dot(gap, gap)


def exact(formula, values: dict) -> Rational:
    """Insert exact numbers; the symbols that a formula does not have are left out."""
    return Rational(formula.subs(values)) if hasattr(formula, "subs") else formula


# --- the hidden layer alone -----------------------------------------------------------

UNIT = tuple((Fraction(u), Fraction(v)) for u, v in ((1, 0), (-1, 0)))
UNIT += ((Fraction(3, 5), Fraction(4, 5)), (Fraction(-5, 13), Fraction(12, 13)))


def _start(kind: str, size: int, count: int, radius: Fraction):
    """Return inputs, labels, signs and weights: all alike, or mixed.

    Where all are alike the neurons stay active, and the first residual is 1.
    """
    if kind == "alike":
        inputs, signs = [UNIT[0]] * count, [1] * size
        weights = [(Fraction(100), Fraction(0))] * size
        labels = [100 * radius * isqrt(size) - 1] * count
    else:
        inputs = [UNIT[(j + 1) % 4] for j in range(count)]
        signs = [(-1) ** i for i in range(size)]
        weights = [
            (Fraction(3 * i % 5 - 2, 4), Fraction(2 * i % 7 - 3, 4))
            for i in range(1, size + 1)
        ]
        labels = [Fraction((-1) ** j * (j + 2)) for j in range(count)]
    return [tuple(radius * v for v in x) for x in inputs], labels, signs, weights


def _descend(size: int, inputs, labels, signs, weights, rate, steps: int):
    """Follow the gradient in fractions; yield the weights and m_t at each time.

    The width is a square, so that its root is an integer.
    """
    root, count = isqrt(size), len(inputs)
    for _ in range(steps + 1):
        values = [[dot(w, x) for w in weights] for x in inputs]
        outputs = [
            sum(u * max(v, Fraction(0)) for u, v in zip(signs, row, strict=True)) / root
            for row in values
        ]
        residuals = [f - y for f, y in zip(outputs, labels, strict=True)]
        yield weights, sum(map(abs, residuals)) / count
        moved = []
        for i, w in enumerate(weights):
            for r, x, row in zip(residuals, inputs, values, strict=True):
                if row[i] >= 0:
                    w = add(w, x, -rate * signs[i] * r / (count * root))
            moved.append(w)
        weights = moved


RATES = tuple(map(Fraction, ("1/2", "1", "3")))


def _drift_exact(statement, domain) -> Result:
    """Train in fractions; compare squares, since a distance need not be rational."""

    def decide(name):
        kind, size, count, rate, steps = points[name]
        radius = Fraction(str(statement.radius))
        start = _start(kind, size, count, radius)
        path, first = Fraction(0), None
        for time, (weights, mean) in enumerate(_descend(size, *start, rate, steps)):
            first = mean if first is None else first
            values = {N: size, t: time, eta: Rational(rate)}
            far = max(square(w, w0) for w, w0 in zip(weights, start[3], strict=True))
            allowed = Rational(path) / exact(statement.root, values)
            if not statement.relation.exact(Rational(far), allowed**2):
                words = f"{far} {statement.relation.symbol} ({allowed})^2"
                return False, f"t = {time}, squared movement {words}"
            limit = exact(statement.growth, values) * Rational(first)
            if not statement.relation.exact(Rational(path), limit):
                words = f"{path} {statement.relation.symbol} {limit}"
                return False, f"t = {time}, S = {words}"
            path += rate * mean
        return True, ""

    squares = [size for size in domain["N"] if isqrt(size) ** 2 == size]
    points = {
        f"{kind}, N = {size}, n = {count}, eta = {rate}": (
            kind,
            size,
            count,
            rate,
            domain["t"].high,
        )
        for kind, size, count, rate in product(
            ("alike", "mixed"), squares, domain["n"], RATES
        )
    }
    return every(points, decide)


def _drift_proof(statement, domain) -> Result:
    """One step moves f at an input by N (1/root)^2 eta m_t, so that m_t <= m_0 + S_t.

    Then S_(t+1) <= (1 + eta) S_t + eta m_0, which the claimed growth solves.
    """
    if statement.relation != AT_MOST or simplify(1 - statement.radius) < 0:
        return unknown("inputs of norm at most 1, and a bound from above")
    growth = statement.growth
    spare = growth.subs(t, t + 1) - (1 + eta) * growth - eta
    result = every_identity(
        (("the change of f", N / statement.root**2, 1), ("S_0", growth.subs(t, 0), 0))
    )
    if result.verdict is not Verdict.HOLDS:
        return result
    if not simplify(spare).is_nonnegative:
        return unknown(f"the sign of {simplify(spare)}")
    return holds("the step of the induction, for symbolic N, t and eta")


GROWTH = (1 + eta) ** t - 1

DRIFT = Claim(
    id="coupling-drift",
    title="How far gradient descent moves one neuron",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[N]]$, $[[n]]$, $[[eta]]$ and $[[t]]$, all signs $u_i = \\pm 1$, "
        "weights $w_i^0$, labels $y_j$ and inputs with $\\lVert x_j \\rVert \\le "
        "[[radius]]$: gradient descent\n\n"
        "$$w_i^{s+1} = w_i^s - \\frac{\\eta}{n \\sqrt N} \\sum_{j=1}^n r_j^s\\, u_i\\, "
        "1\\{\\langle w_i^s, x_j \\rangle \\ge 0\\}\\, x_j, \\qquad "
        "r_j^s = f_{W^s}(x_j) - y_j ,$$\n\n"
        "moves every neuron by\n\n"
        "$$\\lVert w_i^t - w_i^0 \\rVert [[relation]] \\frac{S_t}{[[root]]}, \\qquad "
        "S_t = \\eta \\sum_{s < t} m_s [[relation]] \\bigl( [[growth]] \\bigr)\\, m_0 "
        ", \\qquad m_s = \\frac1n \\sum_{j=1}^n \\lvert r_j^s \\rvert .$$",
        {"N": Integers(1), "n": Integers(1), "eta": POSITIVE, "t": Integers(0)},
        {"radius": 1, "relation": AT_MOST, "root": sqrt(N), "growth": GROWTH},
    ),
    sources=(COUPLING,),
    checks=(
        Check(
            "symbolic",
            "the recursion for S_t, for symbolic N, t and eta",
            _drift_proof,
            role="step",
        ),
        Check(
            "exact",
            "networks trained in fractions, N = 1, 4, 9, up to 4 steps",
            _drift_exact,
            {"N": Integers(1, 9), "n": Integers(1, 3), "t": Integers(0, 4)},
            role="step",
        ),
    ),
    planted=(
        Planted(
            "residuals do not grow: right for t <= 1", {"growth": eta * t}, near=True
        ),
        Planted("the rate 1/N: right for N = 1", {"root": N}, near=True),
        Planted("inputs of norm 21/20", {"radius": Fraction(21, 20)}, near=True),
        Planted(
            "19/20 of the step size",
            {"growth": (1 + 19 * eta / 20) ** t - 1},
            near=True,
        ),
        Planted("one step less", {"growth": (1 + eta) ** (t - 1) - 1}),
        Planted("at least", {"relation": AT_LEAST}),
    ),
    weak=Check(
        "exact",
        "one neuron, one input, one step",
        _drift_exact,
        {"N": Integers(1, 1), "n": Integers(1, 1), "t": Integers(0, 1)},
        role="step",
    ),
    spec="YS-2.1",
)


# --- both layers ----------------------------------------------------------------------


def _clip(value, high: Fraction, slope: Fraction):
    """Return slope * z, cut off at -high and high, and the derivative."""
    raised = slope * value
    if abs(raised) > high:
        return (high if raised > 0 else -high), Fraction(0)
    return raised, slope


def _forward(outer, inner, point, high, slope) -> Fraction:
    return sum(
        (
            u * _clip(dot(w, point), high, slope)[0]
            for u, w in zip(outer, inner, strict=True)
        ),
        Fraction(0),
    )


def _train(size, steps, rate, high, slope, begin, sample):
    """Train both layers in fractions; yield outer and inner weights at each time."""
    outer = [begin] * size
    # Just below the place where the activation is cut off, both factors are largest.
    near = (high / slope) * Fraction(199, 200)
    inner = [(near if i % 2 == 0 else -near,) for i in range(size)]
    for time in range(steps + 1):
        yield outer, inner
        point, pull = sample(time)
        values = [_clip(dot(w, point), high, slope) for w in inner]
        stepped = [
            add(w, point, -rate * pull * u * v[1])
            for w, u, v in zip(inner, outer, values, strict=True)
        ]
        outer = [u - rate * pull * v[0] for u, v in zip(outer, values, strict=True)]
        inner = stepped


def _steady(time: int):
    """Return always the same input and the same slope of the loss."""
    return (Fraction(1),), Fraction(-1)


def _varied(time: int):
    """Return inputs and slopes of the loss that change."""
    point = (Fraction((-1) ** time * (time % 5 + 1), 5),)
    return point, Fraction((time * 3) % 7 - 3, 3)


def _layers_exact(statement, domain) -> Result:
    """Train in fractions; compare at inputs -1, 1/2 and 1 at every time."""

    def decide(name):
        sample, size, steps, high, slope, scaled = points[name]
        rate = scaled / (size * steps)
        begin = Fraction(str(statement.start))
        values = {N: size, T: steps}
        values |= {eta: Rational(rate), B: Rational(high), L: Rational(slope)}
        values[clock] = exact(statement.time, values)
        run = _movements(size, steps, rate, high, slope, begin, sample)
        for time, found in enumerate(run):
            for part, left in found.items():
                right = exact(getattr(statement, part), values | {t: time})
                if not statement.relation.exact(left, right):
                    words = f"{float(left):.6g} {statement.relation.symbol} "
                    return False, f"t = {time}, {part}: {words}{float(right):.6g}"
        return True, ""

    points = {}
    last = {domain["T"].low, domain["T"].high}
    cases = product(
        (_steady, _varied), domain["N"], last, ((1, 1), (2, 3)), ("1/20", "1/2")
    )
    for sample, size, steps, (high, slope), scaled in cases:
        name = (
            f"{sample.__name__[1:]}, N = {size}, T = {steps}, B = {high}, L = {slope}"
        )
        numbers = tuple(map(Fraction, (high, slope, scaled)))
        points[f"{name}, N eta T = {scaled}"] = (sample, size, steps, *numbers)
    return every(points, decide)


@cache
def _movements(size, steps, rate, high, slope, begin, sample) -> list[dict]:
    """Return, at every time of a run, the three quantities that are bounded."""
    found, frozen = [], None
    for outer, inner in _train(size, steps, rate, high, slope, begin, sample):
        frozen = inner if frozen is None else frozen
        gaps = [
            _forward(outer, inner, (x,), high, slope)
            - _forward(outer, frozen, (x,), high, slope)
            for x in map(Fraction, ("-1", "1/2", "1"))
        ]
        moved = [w[0] - v[0] for w, v in zip(inner, frozen, strict=True)]
        largest = [Rational(max(map(abs, each))) for each in (outer, moved, gaps)]
        found.append(dict(zip(("outer", "inner", "gap"), largest, strict=True)))
    return found


OUTER = eta * B * t
INNER = eta**2 * B * L * t * (t - 1) / 2
GAP = clock**3 * B**2 * L**2 / (2 * N**2)


def _layers_proof(statement, domain) -> Result:
    """Sum the steps: each moves u_i by eta B and w_i by eta L |u_i|."""
    if statement.relation != AT_MOST or statement.start != 0:
        return unknown("output weights that start at 0, and bounds from above")
    outer, inner = statement.outer, statement.inner
    result = every_identity(
        (
            ("u_i at 0", outer.subs(t, 0), 0),
            ("w_i at 0", inner.subs(t, 0), 0),
            ("a step of u_i", outer.subs(t, t + 1) - outer, eta * B),
            ("a step of w_i", inner.subs(t, t + 1) - inner, eta * L * outer),
        )
    )
    if result.verdict is not Verdict.HOLDS:
        return result
    # t^2 (t - 1) increases and is at most T^3.
    largest = (N * outer * L * inner).subs(t, T)
    spare = simplify(statement.gap.subs(clock, statement.time) - largest)
    ratio = simplify(spare / (N * eta**3 * T**2 * B**2 * L**2))
    if not ratio.is_nonnegative:
        return unknown(f"the sign of {spare}")
    return holds("two sums, and their product at t = T")


LAYER = Claim(
    id="layer-drift",
    title="All layers trained, one layer almost unmoved",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[N]]$, $[[T]]$, $[[eta]]$, $[[B]]$ and $[[L]]$ let $\\sigma$ be "
        "bounded by $B$ and Lipschitz with constant $L$, $u_i^0 = [[start]]$, "
        "$\\lVert x_s \\rVert \\le 1$, $\\lvert \\ell_s \\rvert \\le 1$, and\n\n"
        "$$u_i^{s+1} = u_i^s - \\eta\\, \\ell_s\\, \\sigma(\\langle w_i^s, x_s "
        "\\rangle), \\qquad w_i^{s+1} = w_i^s - \\eta\\, \\ell_s\\, u_i^s\\, "
        "\\sigma'(\\langle w_i^s, x_s \\rangle)\\, x_s .$$\n\n"
        "Then for every $t \\in \\{0, \\dots, T\\}$, every $i$ and every $x$ with "
        "$\\lVert x \\rVert \\le 1$\n\n"
        "$$\\lvert u_i^t \\rvert [[relation]] [[outer]], \\qquad "
        "\\lVert w_i^t - w_i^0 \\rVert [[relation]] [[inner]],$$\n\n"
        "$$\\Bigl\\lvert \\sum_{i=1}^N u_i^t\\, \\sigma(\\langle w_i^t, x \\rangle) - "
        "\\sum_{i=1}^N u_i^t\\, \\sigma(\\langle w_i^0, x \\rangle) \\Bigr\\rvert "
        "[[relation]] [[gap]], \\qquad \\bar\\tau = [[time]].$$",
        {
            "N": Integers(1),
            "T": Integers(1),
            "eta": POSITIVE,
            "B": POSITIVE,
            "L": POSITIVE,
        },
        {
            "start": 0,
            "relation": AT_MOST,
            "outer": OUTER,
            "inner": INNER,
            "gap": GAP,
            "time": N * eta * T,
        },
    ),
    sources=(LAYERS,),
    checks=(
        Check(
            "symbolic",
            "two sums over the steps, for symbolic N, T, eta, B and L",
            _layers_proof,
            role="step",
        ),
        Check(
            "exact",
            "networks trained in fractions, N = 1, 2, at every t up to 40",
            _layers_exact,
            {"N": Integers(1, 2), "T": Integers(1, 40)},
            role="step",
        ),
    ),
    planted=(
        Planted("19/40 for one half", {"gap": 19 * GAP / 20}, near=True),
        Planted("the rate N^(-3): right for N = 1", {"gap": GAP / N}, near=True),
        Planted("output weights that start at 1/10", {"start": Fraction(1, 10)}, True),
        Planted("B for B^2: right for B = 1", {"gap": GAP / B}, near=True),
        Planted("L for L^2: right for L = 1", {"gap": GAP / L}, near=True),
        Planted("the fourth power of the time", {"gap": GAP * clock}),
        Planted("one step less", {"inner": eta**2 * B * L * (t - 1) ** 2 / 2}),
        Planted("the time of one neuron", {"time": eta * T}),
    ),
    weak=Check(
        "exact",
        "one neuron, one step",
        _layers_exact,
        {"N": Integers(1, 1), "T": Integers(1, 1)},
        role="step",
    ),
    spec="YS-2.2",
)


CLAIMS = (DRIFT, LAYER)
