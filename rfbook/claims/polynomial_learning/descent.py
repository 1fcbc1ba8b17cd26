"""Descent on both layers against frozen features: regret, drift, and their balance.

The checks train small networks literally, in fractions, along every sequence of
examples where a mean is claimed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from sympy import (
    Integer,
    Max,
    Rational,
    Symbol,
    ceiling,
    factor,
    simplify,
    sqrt,
    symbols,
)

from rfbook.claims.polynomial_learning.sources import CHAPTER, later
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
    fails,
    holds,
    identity,
    unknown,
)

t = Symbol("t", integer=True, nonnegative=True)
C, H, L, N, T = symbols("C H L N T", positive=True)
eta, eps = symbols("eta varepsilon", positive=True)
p, q = symbols("p q", nonnegative=True)
square = Symbol("F", nonnegative=True)

AT_MOST, AT_LEAST = Relation("<="), Relation(">=")
POSITIVE = Reals(0, open_low=True)
LOST = "The constants are not in the text that could be read; these are our own."
STEP_ONE = later("the theorem on the optimisation, first step", "implied", LOST)


# --- regret ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Trial:
    """Features and labels, one a step, a step size and a comparator."""

    features: tuple[tuple[Fraction, ...], ...]
    labels: tuple[int, ...]
    eta: Fraction
    comparator: tuple[Fraction, ...]


def _dot(one: Sequence, two: Sequence):
    return sum((a * b for a, b in zip(one, two, strict=True)), Fraction(0))


def _hinge(margin):
    return max(Fraction(0), 1 - margin)


def _trials(steps: int) -> Iterator[Trial]:
    """Yield sequences of the given length: some tight, some with changing features."""
    half = Fraction(1, 2)
    one = ((Fraction(1),),) * steps
    yield Trial(one, (1,) * steps, Fraction(1, 100), (half,))
    yield Trial(one, (1, -1) * (steps // 2) + (1,) * (steps % 2), half, (Fraction(0),))
    turning = tuple((Fraction(1), Fraction((-1) ** s, 1 + s)) for s in range(steps))
    yield Trial(turning, (1,) * steps, Fraction(1, 7), (2 * half, -half))
    yield Trial(turning, (1, 1, -1) * steps, Fraction(3), (half, 3 * half))


def _regret_sides(trial: Trial, statement, steps: int) -> tuple:
    """Run the descent literally; return both sides of the inequality."""
    u = (Fraction(0),) * len(trial.comparator)
    left = energy = Fraction(0)
    for z, y in zip(trial.features[:steps], trial.labels, strict=False):
        margin = y * _dot(u, z)
        left += _hinge(margin) - _hinge(y * _dot(trial.comparator, z))
        energy += _dot(z, z)
        if margin < statement.margin:
            u = tuple(a + trial.eta * y * b for a, b in zip(u, z, strict=True))
    gap = tuple(a - b for a, b in zip(u, trial.comparator, strict=True))
    far = _dot(trial.comparator, trial.comparator) - _dot(gap, gap)
    start, step = Fraction(statement.start), Fraction(statement.step)
    return left, start * far / trial.eta + step * trial.eta * energy


def _regret_runs(statement, domain) -> Result:
    """Compare the two sides along the trials, in fractions."""

    def decide(case):
        steps, number = case
        left, right = _regret_sides(trials[case], statement, steps)
        words = f"{left} {statement.relation.symbol} {right} (trial {number})"
        return statement.relation.exact(left, right), words

    trials = {(s, i): trial for s in domain["T"] for i, trial in enumerate(_trials(s))}
    return every(trials, decide)


def _regret_base(statement, domain) -> Result:
    """No step: u = 0, so that the distances to the comparator cancel."""
    distance = Symbol("D", nonnegative=True)
    right = statement.start / eta * (distance - distance)
    if domain["T"].low != 0:
        return unknown("the induction starts at T = 0")
    true = statement.relation.exact(0, int(right))
    words = f"0 {statement.relation.symbol} {right}"
    return holds(words) if true else fails(f"at T = 0: {words} is false")


def _regret_step(statement, domain) -> Result:
    """See that a step adds at least as much to the right side as to the left.

    With a = y <u, z> and b = y <u_*, z>, coordinate by coordinate, a step p = 1 changes
    the squared distance by 2 eta (a - b) + eta^2 |z|^2; p = 0 does not change it.
    """
    u, v, z = symbols("u v z", real=True)
    moved = identity(
        (u + eta * z - v) ** 2 - (u - v) ** 2, 2 * eta * (u - v) * z + eta**2 * z**2
    )
    if moved.verdict is not Verdict.HOLDS or statement.relation != AT_MOST:
        return unknown("the change of the squared distance")
    if statement.margin != 1:
        return unknown("steps are made exactly where the hinge loss is positive")
    start, step = statement.start, statement.step
    for b, loss_b in ((1 - q, q), (1 + q, Integer(0))):
        idle = step * eta * square + loss_b  # a = 1 + p: no loss, no step
        a = 1 - p
        active = -start * (2 * (a - b) + eta * square) + step * eta * square
        active += loss_b - p
        for name, gain in (("no step", idle), ("a step", active)):
            if not simplify(gain).is_nonnegative:
                return unknown(f"{name}, y <u_*, z> = {b}: the sign of {gain}")
    return holds("the four cases of the two hinge losses")


REGRET = Claim(
    id="descent-regret",
    title="Descent on the hinge loss, against any fixed weights",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[T]]$, every $[[eta]]$, all vectors $z_0, z_1, \\dots$ of one "
        "$\\mathbb R^N$ and all labels $y_s = \\pm 1$ let $u^{(0)} = 0$ and\n\n"
        "$$u^{(s+1)} = \\begin{cases} u^{(s)} + \\eta\\, y_s z_s & \\text{if } "
        "y_s \\langle u^{(s)}, z_s \\rangle < [[margin]], \\\\ "
        "u^{(s)} & \\text{otherwise.} \\end{cases}$$\n\n"
        "With the hinge loss $\\ell_s(u) = \\max(0, 1 - y_s \\langle u, z_s "
        "\\rangle)$, for every $u_* \\in \\mathbb R^N$,\n\n"
        "$$\\sum_{s=0}^{T-1} \\bigl( \\ell_s(u^{(s)}) - \\ell_s(u_*) \\bigr) "
        "[[relation]] \\frac{[[start]]}{\\eta} \\Bigl( \\lVert u_* \\rVert^2 - \\lVert "
        "u^{(T)} - u_* \\rVert^2 \\Bigr) + [[step]]\\, \\eta \\sum_{s=0}^{T-1} "
        "\\lVert z_s \\rVert^2.$$",
        {"T": Integers(0), "eta": POSITIVE},
        {
            "margin": 1,
            "relation": AT_MOST,
            "start": Rational(1, 2),
            "step": Rational(1, 2),
        },
    ),
    sources=(STEP_ONE,),
    checks=(
        Check(
            "symbolic",
            "no step at all",
            _regret_base,
            {"T": Integers(0, 0)},
            role="base",
            over="T",
        ),
        Check(
            "symbolic",
            "one more step, for symbolic vectors, in each case of the hinge losses",
            _regret_step,
            role="induction",
            over="T",
        ),
        Check(
            "exact",
            "four sequences of features, T <= 12, in fractions",
            _regret_runs,
            {"T": Integers(1, 12)},
            role="step",
        ),
    ),
    planted=(
        Planted("19/40 of the steps", {"step": Rational(19, 40)}, near=True),
        Planted("21/40 of the start", {"start": Rational(21, 40)}, near=True),
        Planted("a quarter of the start", {"start": Rational(1, 4)}),
        Planted("no step between the margins 1/2 and 1", {"margin": Rational(1, 2)}),
        Planted(
            "strictly less: false without a step",
            {"relation": Relation("<")},
            near=True,
        ),
        Planted("the other way round", {"relation": AT_LEAST}),
    ),
    weak=Check("exact", "one step", _regret_runs, {"T": Integers(1, 1)}, role="step"),
    spec="YS-3.2",
)


# --- drift of the first layer ---------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """An activation: a line of slope L that is H at the reach, and steep beyond it.

    The corner can be rounded off to the right of the reach.
    """

    height: Fraction
    slope: Fraction
    reach: Fraction

    def value(self, z: Fraction) -> Fraction:
        """Return sigma(z)."""
        beyond = max(Fraction(0), z - self.reach)
        inside = self.height - self.slope * (self.reach - min(z, self.reach))
        return inside + 100 * self.slope * beyond

    def derivative(self, z: Fraction) -> Fraction:
        """Return the slope at z, at the corner that to the left."""
        return self.slope if z <= self.reach else 100 * self.slope


Network = tuple[tuple[tuple[Fraction, ...], ...], tuple[Fraction, ...]]


def margin(network: Network, sigma, example) -> Fraction:
    """Return y f(x) of a network (w, u) at an example (x, y)."""
    w, u = network
    x, y = example
    return y * sum(
        (b * sigma.value(_dot(a, x)) for a, b in zip(w, u, strict=True)), Fraction(0)
    )


def trained(network: Network, sigma, example, rate: Fraction) -> Network:
    """Make one step of descent on both layers."""
    if margin(network, sigma, example) >= 1:
        return network
    w, u = network
    x, y = example
    products = [_dot(a, x) for a in w]
    slopes = [
        rate * y * b * sigma.derivative(z) for b, z in zip(u, products, strict=True)
    ]
    return (
        tuple(
            tuple(a + slope * b for a, b in zip(row, x, strict=True))
            for row, slope in zip(w, slopes, strict=True)
        ),
        tuple(b + rate * y * sigma.value(z) for b, z in zip(u, products, strict=True)),
    )


def _fraction(value) -> Fraction:
    return Fraction(int(value.p), int(value.q))


SMALL = (Fraction(1, 100), Fraction(1, 10**4))
RATES = (Rational(1, 2), Rational(100), Rational(140))


def _drift_runs(statement, domain, rates=RATES) -> Result:
    """Train one neuron on the label 1, start and input as large as they may be."""

    def decide(case):
        rate, steps = case
        start = Fraction(statement.begin)
        network = (((start,),), (Fraction(0),))
        for _ in range(steps):
            network = trained(network, sigma, example, _fraction(rate))
        point = {t: steps, eta: rate, H: Rational(height), L: Rational(slope)}
        way, output = (
            _fraction(Rational(part.subs(point)))
            for part in (statement.drift, statement.output)
        )
        if way > statement.room:
            return True, "the statement says nothing"
        moved, grown = abs(network[0][0][0] - start), abs(network[1][0])
        words = f"{float(moved):.6g} <= {float(way):.6g} and "
        words += f"|u| = {float(grown):.6g} <= {float(output):.6g}"
        return moved <= way and grown <= output, words

    height, slope = SMALL
    example = (Fraction(statement.inputs),), 1
    sigma = Line(height, slope, Fraction(statement.reach))
    return every(product(rates, domain["t"]), decide)


def _drift_induction(statement, domain) -> Result:
    """Add up the steps while the weights stay in the ball where H and L are bounds."""
    output, drift, size = statement.output, statement.drift, statement.inputs
    increments = (
        output.subs(t, t + 1) - output - eta * H,
        drift.subs(t, t + 1) - drift - eta * output * L * size,
        drift.subs(t, t + 1) - drift,
        output.subs(t, 0),
        drift.subs(t, 0),
    )
    for value in increments:
        if not simplify(value).is_nonnegative:
            return unknown(f"the sign of {simplify(value)}")
    end = statement.begin + statement.room
    if end * size > statement.reach:
        return unknown(f"norms up to {end}, reach {statement.reach}")
    return holds("both bounds grow at least as the weights do")


DRIFT = Claim(
    id="descent-drift",
    title="The first layer hardly moves",
    chapter=CHAPTER,
    statement=Statement(
        "Let $\\sigma$ be differentiable with $\\lvert \\sigma \\rvert \\le H$ and "
        "$\\lvert \\sigma' \\rvert \\le L$ on $[-[[reach]], [[reach]]]$, for any "
        "$[[H]]$ and $[[L]]$, and let a network start from $u^{(0)} = 0$ and "
        "$\\lVert w_i^{(0)} \\rVert \\le [[begin]]$. Along any examples with "
        "$\\lVert x_s \\rVert \\le [[inputs]]$, after $[[t]]$ steps of descent on both "
        "layers, of size $[[eta]]$, for every $i$,\n\n"
        "$$\\lvert u_i^{(t)} \\rvert \\le [[output]] \\qquad\\text{and}\\qquad "
        "\\lVert w_i^{(t)} - w_i^{(0)} \\rVert \\le [[drift]],$$\n\n"
        "as long as the last bound is at most $[[room]]$.",
        {"t": Integers(0), "eta": POSITIVE, "H": POSITIVE, "L": POSITIVE},
        {
            "reach": 2,
            "begin": 1,
            "inputs": 1,
            "room": 1,
            "output": eta * t * H,
            "drift": eta**2 * t * (t - 1) * H * L / 2,
        },
    ),
    sources=(STEP_ONE,),
    checks=(
        Check(
            "symbolic",
            "the two recursions and the ball, for symbolic t, eta, H and L",
            _drift_induction,
            role="step",
        ),
        Check(
            "exact",
            "one neuron, three step sizes, t <= 12, in fractions",
            _drift_runs,
            {"t": Integers(0, 12)},
            role="step",
        ),
    ),
    planted=(
        Planted(
            "19/20 of the drift",
            {"drift": 19 * eta**2 * t * (t - 1) * H * L / 40},
            near=True,
        ),
        Planted(
            "t^2/4 for t(t-1)/2: right up to t = 2",
            {"drift": eta**2 * t**2 * H * L / 4},
            near=True,
        ),
        Planted("bounds on [-1, 1] only", {"reach": 1}),
        Planted("inputs of norm 21/20", {"inputs": Rational(21, 20)}, near=True),
        Planted("a start of norm 3/2", {"begin": Rational(3, 2)}, near=True),
        Planted("a drift of up to 3/2", {"room": Rational(3, 2)}, near=True),
        Planted("19/20 of the outer layer", {"output": 19 * eta * t * H / 20}),
    ),
    weak=Check(
        "exact",
        "the smallest step size, t <= 2",
        lambda statement, domain: _drift_runs(statement, domain, RATES[:1]),
        {"t": Integers(0, 2)},
        role="step",
    ),
    spec="YS-3.2",
)


# --- the balance of the three terms ---------------------------------------------------


def named(points) -> dict[str, dict]:
    """Name the points by their values."""
    return {", ".join(f"{k} = {v}" for k, v in p.items()): p for p in points}


FIRST = sqrt(27 * C**5 * H * L**2 / (8 * eps**3))
SECOND = 3 * C**2 / (2 * eps) * sqrt(H * L / 2)
LEAST_STEPS = 9 * C**2 * H**2 / (4 * eps**2)
RATE = 3 * C**2 / (2 * eps * N * T)

SIZES = named(
    {C: Rational(c), H: Rational(h), L: Rational(s), eps: Rational(e)}
    for c, h, s, e in (
        ("1/2", 10_000, "1/4", 1),
        *product(("1/2", 1, 10), ("1/4", 1, 7), ("1/4", 1, 7), ("1/10", 1)),
    )
)
"""Numbers at which the inequalities are evaluated at the least width and time."""


def least_integer(formula, point) -> Integer:
    """Return the least integer >= 1 that is at least a formula's value at a point."""
    return max(Integer(1), ceiling((Integer(0) + formula).subs(point)))


def least_sizes(domain, point) -> dict:
    """Return the least integers N and T of the domain at a point."""
    return {symbol: least_integer(domain[symbol.name].low, point) for symbol in (N, T)}


def at_most(part, bound, lows) -> bool:
    """Tell whether part <= bound for all N, T from their lows on, symbolically.

    The larger of the lows of N may be any of the arguments of a maximum. The symbols
    are positive, so that SymPy takes powers of products apart by itself.
    """
    widths = lows["N"].args if isinstance(lows["N"], Max) else (lows["N"],)
    for width in widths:
        ratio = part.subs({N: width * (1 + p) ** 2, T: lows["T"] * (1 + q)}) / bound
        if factor(1 - ratio).is_nonnegative:
            return True
    return False


def _scales_proof(statement, domain) -> Result:
    """Bound each of the three terms by a third, and the drift of the weights by 1."""
    lows = {name: domain[name].low for name in ("N", "T")}
    if statement.relation != AT_MOST:
        return unknown("upper bounds only")
    terms = (
        (statement.start, eps / 3),
        (statement.steps, eps / 3),
        (statement.drift, eps / 3),
        (statement.weights, Integer(1)),
    )
    for part, bound in terms:
        if not at_most(part.subs(eta, statement.rate), bound, lows):
            return unknown(f"whether {part} is at most {bound}")
    return holds("each term at most a third of epsilon")


def _scales_numbers(statement, domain, points=SIZES) -> Result:
    """Evaluate both inequalities at the least integers N and T, exactly."""

    def decide(name):
        point = points[name]
        full = point | least_sizes(domain, point)
        full[eta] = statement.rate.subs(full)
        terms = [statement.start, statement.steps, statement.drift]
        total = sum(term.subs(full) for term in terms)
        far = statement.weights.subs(full)
        relation = statement.relation
        true = relation.exact(total, point[eps]) and relation.exact(far, 1)
        words = f"N = {full[N]}, T = {full[T]}: {float(total):.6g} {relation.symbol} "
        words += f"{point[eps]}, {float(far):.6g} {relation.symbol} 1"
        return true, words

    return every(points, decide)


SCALES = Claim(
    id="descent-scales",
    title="Width, time and step size in balance",
    chapter=CHAPTER,
    statement=Statement(
        "For all positive $C$, $H$, $L$ and $\\varepsilon$, every\n\n"
        "$$[[N]], \\qquad [[T]], \\qquad\\text{and}\\quad \\eta = [[rate]],$$\n\n"
        "$$[[start]] + [[steps]] + [[drift]] [[relation]] \\varepsilon, \\qquad "
        "[[weights]] [[relation]] 1.$$",
        {"N": Reals(Max(FIRST, SECOND)), "T": Reals(LEAST_STEPS)},
        {
            "rate": RATE,
            "start": C**2 / (2 * eta * N * T),
            "steps": eta * N * H**2 / 2,
            "drift": C * H * L**2 * eta**2 * T**2 / 2,
            "weights": eta**2 * T**2 * H * L / 2,
            "relation": AT_MOST,
        },
    ),
    sources=(STEP_ONE,),
    checks=(
        Check(
            "symbolic",
            "each term is at most a third, for symbolic C, H, L, epsilon, N and T",
            _scales_proof,
        ),
        Check(
            "exact",
            "55 choices of C, H, L and epsilon at the least integers N and T",
            _scales_numbers,
            role="step",
        ),
    ),
    planted=(
        Planted(
            "26 for 27",
            {"N": Reals(Max(FIRST * sqrt(Rational(26, 27)), SECOND))},
            near=True,
        ),
        Planted("the second width dropped", {"N": Reals(FIRST)}, near=True),
        Planted(
            "the square of epsilon for its cube: right for epsilon = 1",
            {"N": Reals(Max(FIRST * sqrt(eps), SECOND))},
            near=True,
        ),
        Planted("2 for 9/4 in the time", {"T": Reals(LEAST_STEPS * Rational(8, 9))}),
        Planted("twice the step size", {"rate": 2 * RATE}),
        Planted("the other way round", {"relation": AT_LEAST}),
    ),
    weak=Check(
        "exact",
        "C = H = L = 1 = epsilon only",
        lambda statement, domain: _scales_numbers(
            statement, domain, named([dict.fromkeys((C, H, L, eps), Integer(1))])
        ),
        role="step",
    ),
    spec="YS-3.2",
)


# --- the theorem on descent -----------------------------------------------------------


@dataclass(frozen=True)
class Task:
    """A small learning problem: examples with their probabilities, and a start."""

    name: str
    sigma: Line
    start: tuple[tuple[Fraction, ...], ...]
    law: tuple[tuple[Fraction, tuple[tuple[Fraction, ...], int]], ...]
    C: Fraction
    eps: Fraction

    def network(self, width: int) -> Network:
        """Return the start with as many neurons as asked for, by turns."""
        rows = tuple(self.start[i % len(self.start)] for i in range(width))
        return rows, (Fraction(0),) * width

    def loss(self, network: Network) -> Fraction:
        """Return the mean hinge loss."""
        return sum(
            chance * _hinge(margin(network, self.sigma, example))
            for chance, example in self.law
        )


def mean_loss(task: Task, network: Network, steps: int, rate: Fraction) -> Fraction:
    """Sum the mean losses before each of the steps, over all sequences of examples."""
    total = task.loss(network)
    if steps == 1:
        return total
    for chance, example in task.law:
        after = trained(network, task.sigma, example, rate)
        total += chance * mean_loss(task, after, steps - 1, rate)
    return total


def _tasks() -> tuple[Task, ...]:
    half, one, zero = Fraction(1, 2), Fraction(1), Fraction(0)
    nearly = Line(one, Fraction(1, 1000), Fraction(2))
    slanted = Line(one, half, Fraction(2))
    third, cross = Fraction(1, 3), ((half, half), (half, -half))
    return (
        Task("one label", nearly, ((half,),), ((one, ((half,), 1)),), one, half),
        Task(
            "two labels",
            nearly,
            ((half,),),
            ((1 - third, ((one,), 1)), (third, ((one,), -1))),
            one,
            half,
        ),
        Task(
            "two directions",
            slanted,
            cross,
            ((half, ((one, zero), 1)), (half, ((zero, one), -1))),
            one,
            half,
        ),
    )


TASKS = _tasks()


def _theorem_runs(statement, domain, tasks=TASKS) -> Result:
    """Average over every sequence of examples, at the least N and T, in fractions."""

    def decide(name):
        task = {task.name: task for task in tasks}[name]
        point = {C: task.C, H: task.sigma.height, L: task.sigma.slope, eps: task.eps}
        point = {symbol: Rational(value) for symbol, value in point.items()}
        sizes = least_sizes(domain, point)
        rate = _fraction(Rational(statement.rate.subs(point | sizes)))
        width, steps = int(sizes[N]), int(sizes[T])
        start = task.network(width)
        found = mean_loss(task, start, steps, rate) / steps
        most = task.C if statement.target == SMALL_TARGET else 20 * task.C
        best = min(
            task.loss((start[0], tuple(most * Fraction(s) / width for s in signs)))
            for signs in _signs(width)
        )
        right = best + _fraction(Rational(statement.excess.subs(point)))
        true = statement.relation.exact(found, right)
        words = f"{float(found):.6g} {statement.relation.symbol} {float(right):.6g}"
        return true, f"N = {width}, T = {steps}: {words}"

    return every([task.name for task in tasks], decide)


def _signs(width: int) -> Iterator[tuple[int, ...]]:
    """Yield comparators in units of C/N: constant on the even and the odd neurons."""
    for even, odd in product((-1, 0, 1), repeat=2):
        yield tuple((even, odd)[i % 2] for i in range(width))


def _theorem_sum(statement, domain) -> Result:
    """Put regret and drift together: the three terms of the balance."""
    if statement.target != SMALL_TARGET:
        return unknown("the regret is against weights of at most C/N")
    regret, scales = REGRET.statement, SCALES.statement
    norm, energy = N * (C / N) ** 2, N * H**2
    drift = C * L * DRIFT.statement.drift.subs(t, T)
    given = (
        regret.start * norm / (eta * T) - scales.start,
        regret.step * eta * energy - scales.steps,
        simplify(drift / scales.drift - 1).subs(T, 1 + p),
        simplify(DRIFT.statement.drift.subs(t, T) / scales.weights - 1).subs(T, 1 + p),
    )
    if any(simplify(value) != 0 for value in given[:2]):
        return unknown("the regret is not the start and the steps")
    if not all(simplify(value).is_nonpositive for value in given[2:]):
        return unknown("the drift is not that of the balance")
    same = statement.rate == scales.rate and domain["N"] == SCALES.statement.domain["N"]
    if not same or domain["T"] != SCALES.statement.domain["T"]:
        return unknown("the balance is that of other sizes")
    if statement.relation != AT_MOST or not (statement.excess - eps).is_nonnegative:
        return unknown("the balance bounds by epsilon")
    return holds("regret and drift are the three terms of the balance")


SMALL_TARGET = "with $\\lvert u_{*,i} \\rvert \\le C/N$"

THEOREM = Claim(
    id="descent-theorem",
    title="Descent on both layers competes with frozen features",
    chapter=CHAPTER,
    statement=Statement(
        "Let $\\sigma$ be differentiable with $\\lvert \\sigma \\rvert \\le H$ and "
        "$\\lvert \\sigma' \\rvert \\le L$ on $[-2, 2]$, and $\\lVert x \\rVert \\le "
        "1$, $y = \\pm 1$ for all examples. Let the network start from $u^{(0)} = "
        "0$ and $\\lVert w_i^{(0)} \\rVert \\le 1$. For all positive $C$ and "
        "$\\varepsilon$, all integers\n\n"
        "$$[[N]], \\qquad [[T]], \\qquad\\text{and}\\quad \\eta = [[rate]],$$\n\n"
        "stochastic gradient descent on both layers, with one fresh example a step, "
        "has for every $u_*$ [[target]] that does not "
        "depend on the examples\n\n"
        "$$\\frac1T \\sum_{t=0}^{T-1} \\mathbb E\\, \\mathcal L(W^{(t)}, u^{(t)}) "
        "[[relation]] \\mathcal L(W^{(0)}, u_*) + [[excess]].$$",
        {"N": Reals(Max(FIRST, SECOND)), "T": Reals(LEAST_STEPS)},
        {"rate": RATE, "target": SMALL_TARGET, "relation": AT_MOST, "excess": eps},
    ),
    sources=(
        later(
            "the theorem on the optimisation, first step",
            "implied",
            "The statement can be read; width, step size and time cannot.",
        ),
    ),
    uses=("descent-regret", "descent-drift", "descent-scales"),
    checks=(
        Check(
            "symbolic",
            "regret and drift are the three terms of the balance",
            _theorem_sum,
            given=("descent-regret", "descent-drift", "descent-scales"),
            role="step",
        ),
        Check(
            "exact",
            "three tasks at the least N and T, over every sequence of examples",
            _theorem_runs,
            role="step",
        ),
    ),
    planted=(
        Planted("two fifths of epsilon", {"excess": 2 * eps / 5}),
        Planted("no condition on the time", {"T": Reals(Integer(1))}, near=True),
        Planted("the step size without 1/T", {"rate": RATE * T}),
        Planted("T^2 for T in the step size", {"rate": RATE / T}),
        Planted("weights of any size to compete with", {"target": "of any size"}, True),
        Planted("the other way round", {"relation": AT_LEAST}),
    ),
    weak=Check(
        "exact",
        "two labels only",
        lambda statement, domain: _theorem_runs(statement, domain, TASKS[1:2]),
        role="step",
    ),
    spec="YS-3.2",
)


CLAIMS = (REGRET, DRIFT, SCALES, THEOREM)
