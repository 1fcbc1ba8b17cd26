"""What gradient flow from first weights zero can and cannot reach.

Activations are polynomials with rational coefficients, weights are fractions, and means
over the cube are sums, so that gradients are exact. Powers of time are kept as
coefficients.
"""

from fractions import Fraction
from math import prod

import numpy as np
from sympy import (
    Integer,
    Rational,
    Symbol,
    diff,
    expand,
    factorial,
    log,
    sympify,
)

from rfbook.claims.staircases.known import (
    ABOVE,
    AT_LEAST,
    CHAPTER,
    EQUAL,
    N,
    every_family,
    exact,
    k,
    leap_paper,
    mean,
    parity,
    points,
    staircase_paper,
)
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Result,
    Statement,
    every,
    every_identity,
    identity,
)

SIZES = Integers(1)


def fractions(rng, count: int) -> list[Fraction]:
    """Return small fractions, none of them 0."""
    top = rng.integers(1, 8, count) * rng.choice([-1, 1], count)
    return [
        Fraction(int(a), int(b))
        for a, b in zip(top, rng.integers(2, 6, count), strict=True)
    ]


def horner(coefficients: list[Fraction], z):
    """Return a polynomial's value, the lowest coefficient first."""
    total = coefficients[-1]
    for c in reversed(coefficients[:-1]):
        total = total * z + c
    return total


def slope(coefficients: list[Fraction]) -> list[Fraction]:
    """Return the coefficients of the derivative."""
    return [j * c for j, c in enumerate(coefficients)][1:]


# --- obstructions ---------------------------------------------------------------------


def _still(statement, bits: int, degree: int, feedback: bool):
    """Look for a coordinate outside U whose gradient is not zero."""
    rng, outside = np.random.default_rng(bits), statement.start
    sigma = fractions(rng, degree + 1)
    for U in range(2**bits):
        w, v = (
            [c if U >> i & 1 else outside for i, c in enumerate(fractions(rng, bits))]
            for _ in range(2)
        )
        drive = {
            x: horner(slope(sigma), sum(map(prod, zip(w, x, strict=True))) + 1)
            for x in points(bits)
        }
        other = {
            x: horner(sigma, sum(map(prod, zip(v, x, strict=True))) - 1)
            for x in points(bits)
        }
        for j in (i for i in range(bits) if not U >> i & 1):
            if feedback and mean(x[j] * drive[x] * other[x] for x in points(bits)):
                return f"U = {U:b}, coordinate {j + 1}: the network moves it"
            for S in range(2**bits):
                new = (S & ~U).bit_count()
                if new and not statement.relation.exact(new, statement.least):
                    continue
                if mean(x[j] * drive[x] * parity(S, x) for x in points(bits)):
                    return f"U = {U:b}, S = {S:b}: coordinate {j + 1} moves"
    return ""


def _obstruction_exact(statement, domain, degree=4, feedback=True) -> Result:
    """Take every U and every set that the statement allows."""

    def compare(bits):
        found = _still(statement, bits, degree, feedback)
        return not found, f"P: no gradient outside U ({found or 'none'})"

    return every(domain["P"], compare)


OBSTRUCTION = Claim(
    id="flow-obstruction",
    title="An obstruction stops the flow",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[P]]$ let $x$ be uniform on $\\{1, -1\\}^P$, "
        "$f_* = \\sum_S c_S \\chi_S$, and let $U$ be a set of coordinates such that "
        "every $S$ with $c_S \\ne 0$ is a subset of $U$ or has "
        "$\\lvert S \\setminus U \\rvert [[relation]] [[least]]$. If the first-layer "
        "weights $w_{ij}$ with $j \\notin U$ of a two-layer network with a smooth "
        "activation are $[[start]]$ at the start, they stay so under "
        "gradient flow of the mean squared error and under gradient descent with any "
        "step sizes, whether or not output weights and biases are trained.",
        {"P": SIZES},
        {"relation": ABOVE, "least": 1, "start": Fraction(0)},
    ),
    sources=(staircase_paper("necessity of the merged-staircase property", "implied"),),
    uses=("leap-obstruction",),
    checks=(
        Check(
            "exact",
            "all U and all sets, P <= 4, an activation of degree 4, in fractions",
            _obstruction_exact,
            {"P": Integers(1, 4)},
            "step",
        ),
    ),
    planted=(
        Planted("one new coordinate is an obstruction", {"relation": AT_LEAST}),
        Planted("every set is an obstruction", {"least": 0}),
        Planted("a start near zero", {"start": Fraction(1, 100)}, near=True),
    ),
    weak=Check(
        "exact",
        "a linear activation, and the target alone",
        lambda statement, domain: _obstruction_exact(statement, domain, 1, False),
        {"P": Integers(2, 3)},
        "step",
    ),
    spec="frontier-3",
)

OUTSIDE, APART = "S \\not\\subseteq U", "S \\cap U = \\emptyset, S \\ne \\emptyset"
CHOICES = {
    OUTSIDE: lambda S, U: bool(S & ~U),
    APART: lambda S, U: bool(S) and not S & U,
}


def _floor_exact(statement, domain, full=False) -> Result:
    """Compute the conditional mean given the coordinates in U, literally."""
    chosen, power = CHOICES[statement.which], int(statement.power)

    def compare(bits):
        rng = np.random.default_rng(bits)
        for U in [0] if full else range(2**bits):
            c = fractions(rng, 2**bits)
            f = {
                x: sum(a * parity(S, x) for S, a in enumerate(c)) for x in points(bits)
            }
            seen = {x: tuple(x[i] for i in range(bits) if U >> i & 1) for x in f}
            best = {
                key: mean(f[x] for x in f if seen[x] == key)
                for key in set(seen.values())
            }
            least = mean((f[x] - best[seen[x]]) ** 2 for x in f)
            claimed = sum(abs(a) ** power for S, a in enumerate(c) if chosen(S, U))
            if not statement.relation.exact(least, claimed):
                return False, f"P, U = {U:b}: {least} = {claimed}"
        return True, "every U"

    return every(domain["P"], compare)


FLOOR = Claim(
    id="flow-floor",
    title="What is left behind an obstruction",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[P]]$ let $x$ be uniform on $\\{1, -1\\}^P$ and "
        "$f_* = \\sum_S c_S \\chi_S$. For every set $U$ of coordinates the least mean "
        "squared error $\\mathcal E$ of a function of the coordinates in $U$ satisfies"
        "\n\n$$\\mathcal E [[relation]] \\sum_{[[which]]} "
        "\\lvert c_S \\rvert^{[[power]]} .$$",
        {"P": SIZES},
        {"relation": EQUAL, "which": OUTSIDE, "power": 2},
    ),
    checks=(
        Check(
            "exact",
            "the conditional mean of random functions, P <= 4, every U",
            _floor_exact,
            {"P": Integers(1, 4)},
            "step",
        ),
    ),
    planted=(
        Planted(
            "sets that do not meet U: right for U empty", {"which": APART}, near=True
        ),
        Planted("moduli, not squares", {"power": 1}),
        Planted("only a bound", {"relation": ABOVE}),
    ),
    weak=Check(
        "exact",
        "U empty",
        lambda statement, domain: _floor_exact(statement, domain, True),
        {"P": Integers(1, 3)},
        "step",
    ),
)

# --- descent --------------------------------------------------------------------------


def _descent_exact(statement, domain, sizes=(1, 2, 3)) -> Result:
    """Differentiate the error along the flow of a cubic network on two bits."""
    rate = exact(statement.rate, "N")
    shift = Symbol("h")

    def compare(neurons):
        rng = np.random.default_rng(neurons)
        sigma, target = fractions(rng, 4), fractions(rng, 4)
        u, b = fractions(rng, neurons), fractions(rng, neurons)
        w = [fractions(rng, 2) for _ in range(neurons)]
        cube = list(zip(points(2), target, strict=True))

        def inner(i, x):
            return w[i][0] * x[0] + w[i][1] * x[1] + b[i]

        left = [
            y - sum(u[i] * horner(sigma, inner(i, x)) for i in range(neurons)) / neurons
            for x, y in cube
        ]
        dw = [
            [
                mean(
                    r * u[i] * horner(slope(sigma), inner(i, x)) * x[j]
                    for r, (x, _) in zip(left, cube, strict=True)
                )
                for j in range(2)
            ]
            for i in range(neurons)
        ]
        du = [
            mean(
                r * horner(sigma, inner(i, x))
                for r, (x, _) in zip(left, cube, strict=True)
            )
            for i in range(neurons)
        ]
        error = Integer(0)
        for x, y in cube:
            value = sum(
                (_q(u[i]) + shift * _q(du[i]))
                * horner(
                    [_q(c) for c in sigma],
                    _q(inner(i, x)) + shift * _q(dw[i][0] * x[0] + dw[i][1] * x[1]),
                )
                for i in range(neurons)
            )
            error += (_q(y) - value / neurons) ** 2 / 4
        found = expand(error).coeff(shift, 1)
        speed = sum(a * a for row in dw for a in row) + sum(a * a for a in du)
        claimed = _q(-rate(neurons) * speed)
        return found == claimed, f"N: the derivative {found} is {claimed}"

    return every(sizes, compare)


def _q(value: Fraction) -> Rational:
    """Return a fraction as a SymPy number."""
    return Rational(value.numerator, value.denominator)


DESCENT = Claim(
    id="flow-descent",
    title="The error falls along the flow",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[N]]$ let $\\hat f(x) = \\frac1N \\sum_i u_i "
        "\\sigma(\\langle w_i, x \\rangle + b_i)$ and $r = f_* - \\hat f$. Along "
        "$\\dot w_i = \\mathbb E\\, r\\, u_i \\sigma'(\\langle w_i, x \\rangle + b_i)"
        "\\, x$, $\\dot u_i = \\mathbb E\\, r\\, \\sigma(\\langle w_i, x \\rangle "
        "+ b_i)$ the mean squared error changes at the rate\n\n"
        "$$\\frac{d \\mathcal E}{d \\tau} = - [[rate]] \\sum_{i=1}^N "
        "\\bigl( \\lVert \\dot w_i \\rVert^2 + \\dot u_i^2 \\bigr) .$$",
        {"N": SIZES},
        {"rate": 2 / N},
    ),
    checks=(
        Check(
            "exact",
            "cubic networks of one, two and three neurons on two bits",
            lambda statement, domain: _descent_exact(statement, domain, domain["N"]),
            {"N": Integers(1, 3)},
            "step",
        ),
    ),
    planted=(
        Planted("the mean over the neurons forgotten", {"rate": sympify(2)}, True),
        Planted("half the error", {"rate": 1 / N}),
        Planted("averaged twice", {"rate": 2 / N**2}),
    ),
    weak=Check(
        "exact",
        "one neuron",
        lambda statement, domain: _descent_exact(statement, domain, (1,)),
        {"N": Integers(1, 1)},
        "step",
    ),
)


# --- the staircase, by powers of time -------------------------------------------------


def times_series(a: list, b: list, order: int) -> list:
    """Multiply two power series up to an order."""
    out = [Fraction(0)] * (order + 1)
    for i, x in enumerate(a[: order + 1]):
        if x:
            for j, y in enumerate(b[: order + 1 - i]):
                out[i + j] += x * y
    return out


def series_horner(coefficients: list[Fraction], z: list, order: int) -> list:
    """Insert a power series into a polynomial."""
    total = [coefficients[-1]] + [Fraction(0)] * order
    for c in reversed(coefficients[:-1]):
        total = times_series(total, z, order)
        total[0] += c
    return total


def staircase_series(bits: int, sigma, start, order: int) -> list[list[list]]:
    """Return the weights of the flow on the staircase as power series in time.

    Row i, entry j: the weight of coordinate j of neuron i. The output weights are
    trained, too. Each order of the field gives the next one of the weights.
    """
    u = [[a] for a, _ in start]
    w = [[[Fraction(0)] for _ in range(bits)] for _ in start]
    stairs = [2**j - 1 for j in range(1, bits + 1)]
    target = {x: sum(parity(S, x) for S in stairs) for x in points(bits)}
    for n in range(order):
        inner = {
            (i, x): _inner(w[i], x, b, n)
            for i, (_, b) in enumerate(start)
            for x in points(bits)
        }
        value = {key: series_horner(sigma, z, n) for key, z in inner.items()}
        steep = {key: series_horner(slope(sigma), z, n) for key, z in inner.items()}
        left = {}
        for x in points(bits):
            outputs = [times_series(u[i], value[i, x], n) for i in range(len(start))]
            left[x] = [-sum(c) / len(start) for c in zip(*outputs, strict=True)]
            left[x][0] += target[x]
        for i in range(len(start)):
            pull = {x: times_series(left[x], steep[i, x], n) for x in left}
            drive = {x: times_series(pull[x], u[i], n)[n] for x in left}
            rise = mean(times_series(left[x], value[i, x], n)[n] for x in left)
            for j in range(bits):
                w[i][j].append(mean(drive[x] * x[j] for x in left) / (n + 1))
            u[i].append(rise / (n + 1))
    return w


def _inner(row, x, b, order):
    """Return <w, x> + b as a power series."""
    total = [
        sum(a[m] * e for a, e in zip(row, x, strict=True)) for m in range(order + 1)
    ]
    total[0] += b
    return total


START = ((Fraction(2), Fraction(1, 3)), (Fraction(-3, 2), Fraction(-1, 2)))
SIGMA = [Fraction(a, 4) for a in (1, 3, 2, -1, 5)]


def _orders_exact(statement, domain) -> Result:
    """Compare the first term of each weight with the recursion of the constants."""
    power, divisor = exact(statement.power, "k"), exact(statement.divisor, "k")
    top = max(domain["k"])
    series = staircase_series(top, SIGMA, START, 2 ** (top - 1))
    wanted = {}
    for i, (u, b) in enumerate(START):
        derivative, constants = SIGMA, []
        for j in range(1, top + 1):
            derivative = slope(derivative)
            new = u * horner(derivative, b) * prod(constants) / divisor(j)
            constants.append(new)
            wanted[i, j] = new

    def compare(j):
        for i in range(len(START)):
            row = series[i][j - 1]
            first = next((n for n, c in enumerate(row) if c), None)
            if first != power(j) or row[first] != wanted[i, j]:
                found = "0" if first is None else f"{row[first]} tau^{first}"
                return False, f"k, neuron {i}: {found} is the first term"
        return True, "two neurons"

    return every(domain["k"], compare)


ORDERS = Claim(
    id="staircase-orders",
    title="One step after the other",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[k]]$ let $f_* = x_1 + x_1 x_2 + \\dots + x_1 x_2 \\cdots x_P$, "
        "$P \\ge k$, and let a two-layer network with a smooth activation start with "
        "all first-layer weights 0. Along the flow of {prf:ref}`flow-descent` the "
        "weight of coordinate $k$ of a neuron with the output weight $u$ at the start "
        "and the bias $b$ is, for small times,\n\n"
        "$$w_k = C_k\\, \\tau^{[[power]]} + O\\bigl(\\tau^{[[power]] + 1}\\bigr), "
        "\\qquad C_k = \\frac{u\\, \\sigma^{(k)}(b)}{[[divisor]]} "
        "\\prod_{j < k} C_j .$$",
        {"k": SIZES},
        {"power": 2 ** (k - 1), "divisor": 2 ** (k - 1)},
    ),
    uses=("flow-descent",),
    checks=(
        Check(
            "exact",
            "the power series of a network of two neurons, k <= 4, in fractions",
            _orders_exact,
            {"k": Integers(1, 4)},
            "step",
        ),
    ),
    planted=(
        Planted("one power each: right for k = 1, 2", {"power": k}, near=True),
        Planted("k! below: right for k = 1, 2", {"divisor": k * (k - 1) / 2 + 1}, True),
        Planted("not integrated", {"divisor": sympify(1)}),
        Planted("as the product of all before", {"power": 2**k - 1}),
    ),
    weak=Check(
        "exact",
        "the first two coordinates",
        _orders_exact,
        {"k": Integers(1, 2)},
        "step",
    ),
    spec="frontier-3",
)


# --- leap 1 and no way up -------------------------------------------------------------


def _degenerate_exact(statement, domain, size=Fraction(1)) -> Result:
    """Take weights with w_1 = w_2 and w_3 = 0: the gradient must keep both.

    Biases and output weights are as they come; `size` scales the weights.
    """
    c = Fraction(statement.c)
    target = {x: x[0] + x[1] + x[0] * x[2] + c * x[1] * x[2] for x in points(3)}
    sets = [0b001, 0b010, 0b101, *([0b110] if c else [])]
    family = sum(1 << (S - 1) for S in sets)

    def compare(seed):
        rng = np.random.default_rng(seed)
        sigma = fractions(rng, 5)
        u, b, a = (fractions(rng, 2) for _ in range(3))

        def inner(i, x):
            return size * a[i] * (x[0] + x[1]) + b[i]

        pull = {
            x: y - sum(u[i] * horner(sigma, inner(i, x)) for i in range(2)) / 2
            for x, y in target.items()
        }
        for i in range(2):
            drive = [
                mean(
                    r * u[i] * horner(slope(sigma), inner(i, x)) * x[j]
                    for x, r in pull.items()
                )
                for j in range(3)
            ]
            if drive[0] != drive[1] or drive[2] != statement.kept:
                return False, f"{seed}, neuron {i}: the gradient {drive} keeps both"
        return True, "two neurons"

    level = every_family(3)[family][0]
    if level != statement.leap:
        return every((c,), lambda _: (False, f"the leap {level} is {statement.leap}"))
    least = mean(
        (y - mean(target[z] for z in target if z[:2] == x[:2])) ** 2
        for x, y in target.items()
    )
    if least != statement.floor:
        return every((c,), lambda _: (False, f"{least} is left, {statement.floor}"))
    return every(range(6), compare)


DEGENERATE = Claim(
    id="staircase-degenerate",
    title="Leap 1 is not always enough",
    chapter=CHAPTER,
    statement=Statement(
        "The function $f_* = x_1 + x_2 + x_1 x_3 + c\\, x_2 x_3$ with $c = [[c]]$ has "
        "the leap $[[leap]]$. Along the flow of {prf:ref}`flow-descent` from "
        "first-layer weights 0, with a smooth activation, every neuron has $w_1 = w_2$ "
        "and $w_3 = [[kept]]$ at all times, and the mean squared error is at least "
        "$[[floor]]$.",
        {},
        {"c": -1, "leap": 1, "kept": 0, "floor": 2},
    ),
    sources=(staircase_paper("the exceptional coefficients", "background"),),
    uses=("flow-floor",),
    checks=(
        Check(
            "exact",
            "the gradient at random weights with w_1 = w_2, w_3 = 0, in fractions",
            _degenerate_exact,
            role="step",
        ),
    ),
    planted=(
        Planted("the sign", {"c": 1}),
        Planted("1 % off", {"c": Fraction(-99, 100)}, near=True),
        Planted("leap 2", {"leap": 2}),
        Planted("one of the two parts is learned", {"floor": 1}),
    ),
    weak=Check(
        "exact",
        "the start alone",
        lambda statement, domain: _degenerate_exact(statement, domain, Fraction(0)),
        role="step",
    ),
)


# --- one monomial alone ---------------------------------------------------------------


def _correlation_symbolic(statement, domain) -> Result:
    """Expand the mean over the cube for symbols as weights."""
    factor = exact(statement.factor, "k")

    def compare(degree):
        w = [Symbol(f"w_{i}") for i in range(degree)]
        total = sum(
            prod(x) * sum(a * e for a, e in zip(w, x, strict=True)) ** degree
            for x in points(degree)
        )
        left = expand(total / 2**degree - _q(factor(degree)) * prod(w))
        return left == 0, f"k: the difference {left} is 0"

    return every(domain["k"], compare)


CORRELATION = Claim(
    id="monomial-correlation",
    title="A power sees a product of weights",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[k]]$ let $x$ be uniform on $\\{1, -1\\}^k$. Then\n\n"
        "$$\\mathbb E\\, x_1 \\cdots x_k\\, \\langle w, x \\rangle^k = [[factor]]\\, "
        "w_1 \\cdots w_k .$$",
        {"k": SIZES},
        {"factor": factorial(k)},
    ),
    checks=(
        Check(
            "symbolic",
            "the polynomial in the weights, k <= 5",
            _correlation_symbolic,
            {"k": Integers(1, 5)},
        ),
    ),
    planted=(
        Planted("right for k = 1, 2: k for k!", {"factor": k}, near=True),
        Planted("no factor", {"factor": sympify(1)}),
        Planted("two to the k", {"factor": 2**k}),
    ),
    weak=Check("symbolic", "k <= 2", _correlation_symbolic, {"k": Integers(1, 2)}),
)

w_i, w_j, rest = (Symbol(name, positive=True) for name in ("w_i", "w_j", "q"))


def _conserved_symbolic(statement, domain) -> Result:
    """Differentiate along the flow; q stands for the product of the other weights."""
    left = (
        diff(statement.kept, w_i) * w_j * rest + diff(statement.kept, w_j) * w_i * rest
    )
    return identity(left, 0)


CONSERVED = Claim(
    id="saddle-conserved",
    title="What the flow of a product keeps",
    chapter=CHAPTER,
    statement=Statement(
        "Along $\\dot w_j = \\prod_{i \\ne j} w_i$, $j = 1, \\dots, k$, with "
        "$k \\ge 2$ the differences $[[kept]]$ do not change.",
        {},
        {"kept": w_i**2 - w_j**2},
    ),
    checks=(Check("symbolic", "the derivative along the flow", _conserved_symbolic),),
    planted=(
        Planted("the sum of squares", {"kept": w_i**2 + w_j**2}),
        Planted("the differences", {"kept": w_i - w_j}),
        Planted(
            "nearly squares",
            {"kept": w_i ** Rational(41, 20) - w_j ** Rational(41, 20)},
            True,
        ),
        Planted("the ratio: right for equal weights", {"kept": w_i / w_j}),
    ),
    weak=Check(
        "symbolic",
        "equal weights",
        lambda statement, domain: identity(
            (diff(statement.kept, w_i) + diff(statement.kept, w_j)).subs(w_j, w_i), 0
        ),
    ),
)

first = Symbol("w_0", positive=True)


def _escape_symbolic(statement, domain) -> Result:
    """Differentiate in the start: a start further on saves 1 / speed; at 1 nothing."""
    rows = []
    for name, degree, formula in (
        ("k = 1", Integer(1), statement.one),
        ("k = 2", Integer(2), statement.two),
        ("k >= 3", k, statement.many),
    ):
        rows.append((f"{name}, slope", diff(formula, first), -(first ** (1 - degree))))
        rows.append((f"{name}, end", formula.subs(first, 1), Integer(0)))
    return every_identity(rows)


ESCAPE = Claim(
    id="saddle-escape",
    title="How long a leap takes",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[k]]$ and $0 < w_0 \\le 1$ let $w_1 = \\dots = w_k = w_0$ "
        "at time 0 and $\\dot w_j = \\prod_{i \\ne j} w_i$. The weights are 1 at the "
        "time $[[one]]$ for $k = 1$, $[[two]]$ for $k = 2$, and $[[many]]$ for "
        "$k \\ge 3$.",
        {"k": SIZES},
        {
            "one": 1 - first,
            "two": log(1 / first),
            "many": (first ** (2 - k) - 1) / (k - 2),
        },
    ),
    sources=(leap_paper("the picture of saddles", "background"),),
    uses=("monomial-correlation", "saddle-conserved"),
    checks=(
        Check(
            "symbolic",
            "slope and end of each formula",
            _escape_symbolic,
            role="step",
        ),
    ),
    planted=(
        Planted(
            "the factor k - 2 forgotten: right for k = 3",
            {"many": first ** (2 - k) - 1},
            near=True,
        ),
        Planted("one power more", {"many": (first ** (1 - k) - 1) / (k - 1)}),
        Planted("no logarithm", {"two": 1 / first - 1}),
        Planted("from zero", {"one": sympify(1) + 0 * first}),
    ),
    weak=Check(
        "symbolic",
        "k = 3 only",
        lambda statement, domain: identity(
            diff(statement.many.subs(k, 3), first), -(first**-2)
        ),
    ),
    spec="frontier-3",
)

CLAIMS = (
    OBSTRUCTION,
    FLOOR,
    DESCENT,
    ORDERS,
    DEGENERATE,
    CORRELATION,
    CONSERVED,
    ESCAPE,
)
