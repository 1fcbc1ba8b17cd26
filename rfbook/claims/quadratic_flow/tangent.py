"""The tangent model in time: gradient flow, its mean over rotations, its limit.

The risk is that of centred features, <x, M x> - Tr M with M = W V' + V W', so that the
constant plays no part. S stands for W W', and E for B - M.
"""

from functools import cache
from itertools import combinations, product
from math import comb

import numpy as np
from flint import acb, arb, ctx
from sympy import (
    Expr,
    Integer,
    Matrix,
    Max,
    Rational,
    Symbol,
    besseli,
    cancel,
    diff,
    exp,
    expand,
    factorial,
    integrate,
    limit,
    oo,
    pi,
    simplify,
    sqrt,
    symbols,
    together,
)

from rfbook.claims.quadratic_flow.moments import (
    centred_form,
    gaussian_mean,
    polynomials_agree,
    rotated_squares,
    sphere_mean,
    square_norm,
    symmetric,
)
from rfbook.claims.quadratic_gap.sources import printed
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
    agree,
    every,
    every_ball,
    every_identity,
    exact_ball,
)

CHAPTER = "quadratic-flow"

d = Symbol("d", integer=True, positive=True)
s = Symbol("s", positive=True)
u = Symbol("u", positive=True)
rho = Symbol("rho", positive=True)
chi = Symbol("chi", nonnegative=True)
tau = Symbol("tau", nonnegative=True)

MODEL = printed("Section 2.2", "background", "the paper has the tangent model at rest")
THEOREM = printed("Theorem 2", "implied", "the limit of large times")
FRAME = printed("Figure 1, right frame", "background")
LESS = Relation("<")


# --- the flow -------------------------------------------------------------------------


def _flow_gradient(statement, domain) -> Result:
    """Differentiate the mean of the squared residual, for symbolic W, V and B."""

    def pairs():
        for size, count in product(domain["d"], domain["N"]):
            at = f"d = {size}, N = {count}"
            W, V = (
                Matrix(size, count, symbols(f"{name}:{size * count}", real=True))
                for name in "wv"
            )
            E = symmetric("B", size) - W * V.T - V * W.T
            x = symbols(f"x:{size}", real=True)
            risk = gaussian_mean(centred_form(E, x) ** 2, x)
            yield f"risk, {at}", risk, statement.factor * square_norm(E)
            down = V.applyfunc(lambda entry, risk=risk: -diff(risk, entry))
            speed = -(W * down.T + down * W.T)
            claimed = -statement.rate * (W * W.T * E + E * W * W.T)
            for place, (left, right) in enumerate(zip(speed, claimed, strict=True)):
                yield f"dE/dt, {at}, entry {place}", left, right

    return polynomials_agree(pairs())


def _flow_solution(statement, domain) -> Result:
    """Solve the equation entry by entry where S is diagonal."""
    s_a, s_b, B_ab = symbols("s_a s_b B_ab", positive=True)
    entry = B_ab * exp(-statement.exponent * (s_a + s_b) * tau)
    return every_identity(
        (
            ("start", entry.subs(tau, 0), B_ab),
            (
                "dE/dt over E",
                simplify(diff(entry, tau) / entry),
                -statement.rate * (s_a + s_b),
            ),
        )
    )


def _flow_weak(statement, domain) -> Result:
    """Look at the start only, where every exponent gives B."""
    start = exp(-statement.exponent * s * tau).subs(tau, 0)
    return every([0], lambda _: (start == 1, f"E(0) = {start} B"))


FLOW = Claim(
    id="nt-flow",
    title="The tangent model in time",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[N]]$, $W \\in \\mathbb{R}^{d \\times N}$ and symmetric "
        "$B$ let $\\mathcal{E}(V)$ be the risk of $\\langle x, M x \\rangle - "
        "\\operatorname{Tr} M$ with $M = W V^{\\mathsf T} + V W^{\\mathsf T}$, and let "
        "$\\dot V = -\\nabla \\mathcal{E}(V)$ from $V(0) = 0$. With "
        "$S = W W^{\\mathsf T}$ and $E = B - M$\n\n"
        "$$\\dot E = -[[rate]]\\, (S E + E S), \\qquad E(\\tau) = "
        "e^{-[[exponent]] S \\tau} B\\, e^{-[[exponent]] S \\tau}, \\qquad "
        "\\mathcal{E}(V(\\tau)) = [[factor]]\\, \\lVert E(\\tau) \\rVert_F^2.$$",
        {"d": Integers(1), "N": Integers(1)},
        {"rate": 8, "exponent": 8, "factor": 2},
    ),
    sources=(MODEL, FRAME),
    uses=("quadratic-risk",),
    checks=(
        Check(
            "exact",
            "the risk and its gradient, for symbolic W, V and B",
            _flow_gradient,
            {"d": Integers(1, 2), "N": Integers(1, 2)},
            role="step",
        ),
        Check(
            "symbolic",
            "the solution in the eigenbasis of S",
            _flow_solution,
            role="step",
        ),
    ),
    planted=(
        Planted("half the exponent: the flow of the halved risk", {"exponent": 4}),
        Planted("E instead of V is moved: half the rate", {"rate": 4}),
        Planted("the exponent of the risk", {"exponent": 16}),
        Planted("the norm of B without Gaussian factor", {"factor": 1}),
        Planted(
            "rate and exponent 7: right at the start",
            {"rate": 7, "exponent": 7},
            near=True,
        ),
    ),
    weak=Check("symbolic", "the start only", _flow_weak, role="step"),
    spec="GM-NTflow",
)


# --- the mean over the eigenbasis -----------------------------------------------------


def mean_risk(statement, once, twice, trace, size):
    """Fill the statement's formula in; once and twice are the traces at both times."""
    pair, diagonal, dimension = (
        part.subs(d, size)
        for part in (statement.pair, statement.diagonal, statement.dimension)
    )
    traceless = (pair * once**2 + diagonal * twice) / dimension
    return trace * twice + (1 - trace) * traceless


def _mean_rotations(statement, domain) -> Result:
    """Average over all rotations with exact sphere moments, for symbolic S and B."""

    def pairs():
        for size in domain["d"]:
            B = symmetric("B", size)
            y = symbols(f"y:{size}", positive=True)  # y_a = exp(-16 s_a tau)
            squares, norm = rotated_squares(size), square_norm(B)
            risk = sum(y[a] ** 2 * squares[a, a] for a in range(size))
            for a, b in combinations(range(size), 2):
                risk += 2 * y[a] * y[b] * squares[a, b]
            once, twice = (
                sum(v ** Rational(time, 16) for v in y) / size
                for time in (statement.once, statement.twice)
            )
            # chi |B|^2 = Tr(B)^2 / d: times |B|^2 the formula is a polynomial.
            share = B.trace() ** 2 / size
            right = share * mean_risk(statement, once, twice, 1, size)
            right += (norm - share) * mean_risk(statement, once, twice, 0, size)
            yield f"d = {size}", expand(risk), expand(right)

    return polynomials_agree(pairs())


def _mean_moments(statement, domain) -> Result:
    """E (o'Bo)^2 from the sphere; the rest from the norm, for symbolic d."""
    once, twice, trace = symbols("h_1 h_2 chi", positive=True)
    fourth, mixed = 3 / (d * (d + 2)), 1 / (d * (d + 2))
    total = trace * d  # Tr(B)^2 where |B|_F = 1
    diagonal = fourth + mixed * (total - 1)
    other = (1 - d * diagonal) / (d * (d - 1))
    risk = d * twice * diagonal + (d**2 * once**2 - d * twice) * other
    return every_identity(
        [("mean risk", risk, mean_risk(statement, once, twice, trace, d))]
    )


def _mean_sampled(statement, domain, rng) -> Result:
    """Turn B by QR factors of Gaussian matrices."""
    rows, count = [], 4000
    for size in domain["d"]:
        spectrum = np.linspace(0, 2, size)
        B = np.diag(np.arange(size, dtype=float) ** 2 - size)
        trace = np.trace(B) ** 2 / (size * np.sum(B**2))
        turns, upper = np.linalg.qr(rng.standard_normal((count, size, size)))
        turns = turns * np.sign(np.einsum("kii->ki", upper))[:, None, :]
        time = 0.05
        decay = np.exp(-8 * time * spectrum)
        turned = np.einsum("kia,ij,kjb->kab", turns, B, turns)
        values = np.sum((decay[:, None] * turned * decay) ** 2, axis=(1, 2))
        values /= np.sum(B**2)
        once, twice = (
            np.exp(-rate * time * spectrum).mean()
            for rate in (statement.once, statement.twice)
        )
        claimed = float(mean_risk(statement, once, twice, trace, size))
        error = values.std(ddof=1) / np.sqrt(count)
        rows.append((f"d = {size}", values.mean(), error, claimed))
    return agree(rows)


def _mean_weak(statement, domain) -> Result:
    """Look at time 0, where both traces are 1, in dimension 3."""
    value = mean_risk(statement, Integer(1), Integer(1), Rational(1, 2), 3)
    return every([3], lambda _: (value == 1, f"{value} = 1"))


MEAN = Claim(
    id="nt-flow-mean",
    title="The mean over the eigenbasis",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, symmetric $B \\ne 0$, $\\tau \\ge 0$ and eigenvalues "
        "$s_1, \\dots, s_d \\ge 0$ let $S = O \\operatorname{diag}(s) O^{\\mathsf T}$ "
        "with $O$ uniform on the orthogonal group, and $h(u) = \\frac1d \\sum_a "
        "e^{-u s_a}$. The gradient flow of the tangent model from $V = 0$ has the mean "
        "risk\n\n"
        "$$\\mathbb{E}\\, \\mathcal{R}(\\tau) = \\chi\\, h([[twice]] \\tau) + "
        "(1 - \\chi)\\, \\frac{[[pair]]\\, h([[once]] \\tau)^2 + "
        "\\Big([[diagonal]]\\Big)\\, h([[twice]] \\tau)}{[[dimension]]}, "
        "\\qquad \\chi = \\chi(B).$$",
        {"d": Integers(2)},
        {
            "once": 16,
            "twice": 32,
            "pair": d**2 / 2,
            "diagonal": d / 2 - 1,
            "dimension": (d - 1) * (d + 2) / 2,
        },
    ),
    sources=(THEOREM, FRAME),
    uses=("nt-flow", "sphere-moments"),
    checks=(
        Check(
            "exact",
            "all rotations of dimensions 2 and 3, for symbolic S and B",
            _mean_rotations,
            {"d": Integers(2, 3)},
        ),
        Check(
            "symbolic",
            "two moments of one column, for symbolic d",
            _mean_moments,
            given=("sphere-moments",),
            role="step",
        ),
        Check(
            "statistical",
            "QR factors at d = 4, ..., 8",
            _mean_sampled,
            {"d": Integers(4, 8)},
            seed=71,
        ),
    ),
    planted=(
        Planted("the diagonal counted as a pair", {"diagonal": d / 2}),
        Planted("d + 1 for d + 2", {"dimension": (d - 1) * (d + 1) / 2}, near=True),
        Planted("the trace part at half the time", {"twice": 16}),
        Planted(
            "the limit of large d: no diagonal",
            {"pair": d**2, "diagonal": Integer(0), "dimension": d**2},
            near=True,
        ),
        Planted(
            "right at time 0: the diagonal's share moved",
            {"pair": d**2 / 2 - 1, "diagonal": d / 2},
            near=True,
        ),
    ),
    weak=Check("exact", "time 0 in dimension 3", _mean_weak, role="step"),
    spec="GM-NTflow",
)


# --- the limit of large dimension -----------------------------------------------------


def narayana(k: int) -> Expr:
    """Return the k-th moment of the limit law of S: a polynomial in rho, 1 at k = 0."""
    if k == 0:
        return Integer(1)
    return sum(
        Rational(comb(k, j) * comb(k, j - 1), k) * rho**j for j in range(1, k + 1)
    )


def _pairings(places):
    """Yield all ways to join the places two by two."""
    if not places:
        yield []
        return
    first, rest = places[0], places[1:]
    for i, other in enumerate(rest):
        for joined in _pairings(rest[:i] + rest[i + 1 :]):
            yield [(first, other), *joined]


def _classes(size: int, links) -> int:
    """Count the classes into which the links divide 0, ..., size - 1."""
    label = list(range(size))
    for a, b in links:
        label = [label[a] if value == label[b] else value for value in label]
    return len(set(label))


def trace_moment(*powers: int) -> Expr:
    r"""Return the mean of a product of traces Tr S^k, exact, as a polynomial in d, rho.

    Wick: :math:`\operatorname{Tr} S^k` is a cycle of 2k Gaussian entries; each way to
    join them two by two identifies rows and columns, and the free ones are counted.

    Examples
    --------
    >>> trace_moment(1), expand(trace_moment(2))
    (d*rho, d*rho**2 + d*rho + rho)
    """
    before, row = [], 0
    for power in powers:  # Z[row_i, column_i] Z[row_{i+1}, column_i], cyclically
        for i in range(power):
            before += [(row + i, row + i), (row + (i + 1) % power, row + i)]
        row += power
    total = Integer(0)
    for joined in _pairings(list(range(len(before)))):
        links = [(before[a], before[b]) for a, b in joined]
        rows = _classes(row, [(a[0], b[0]) for a, b in links])
        columns = _classes(row, [(a[1], b[1]) for a, b in links])
        total += d**rows * (rho * d) ** columns
    return expand(total / d**row)


@cache
def _grown(order: int) -> Expr:
    """Return a power of the time in the mean risk, as d grows: exact Gaussian means."""
    exact, small = Integer(0), Symbol("small", positive=True)
    whole = trace_moment(order) / d if order else Integer(1)
    for i in range(order + 1):
        share = Rational((-16) ** order) / (factorial(i) * factorial(order - i))
        both = _two_traces(i, order - i)
        traceless = (both / 2 + (d / 2 - 1) * whole) / ((d - 1) * (d + 2) / 2)
        exact += share * (chi * whole + (1 - chi) * traceless)
    return expand(cancel(together(exact.subs(d, 1 / small))).subs(small, 0))


def _limit_series(statement, domain) -> Result:
    """Compare powers of the time: exact Gaussian means as d grows, and the formula."""
    return every_identity(
        (
            f"power {order} of tau",
            _grown(order),
            _formula_coefficient(statement, order),
        )
        for order in range(5)
    )


def _two_traces(i: int, j: int) -> Expr:
    """Return the mean of Tr S^i Tr S^j, with Tr S^0 = d."""
    powers = [k for k in (i, j) if k]
    return d ** (2 - len(powers)) * (trace_moment(*powers) if powers else 1)


def _formula_coefficient(statement, order: int) -> Expr:
    """Expand the statement's formula in the time, with the moments of its law."""
    once, twice = -statement.once, -statement.twice
    squares = sum(
        Rational(once**order)
        / (factorial(i) * factorial(order - i))
        * narayana(i)
        * narayana(order - i)
        for i in range(order + 1)
    )
    single = Rational(twice**order) / factorial(order) * narayana(order)
    return expand((1 - chi) * squares + chi * single)


def _height(statement) -> Expr:
    """Return the factor c with (2 pi s density)^2 = c (4 rho - (s - 1 - rho)^2)."""
    square = expand(simplify((2 * pi * s * statement.density) ** 2))
    return simplify(square.subs(s, 1 + rho) / (4 * rho))


def _limit_law(statement, domain) -> Result:
    """Integrate powers of s against the density, with s = 1 + rho + 2 sqrt(rho) c.

    (c, t) is a point of the unit circle, and the substitution turns the integral into
    a mean over it.
    """
    square = expand(simplify((2 * pi * s * statement.density) ** 2))
    rows = [
        (
            "the density at an end",
            expand(square.subs(s, (1 + sign * sqrt(rho)) ** 2)),
            0,
        )
        for sign in (1, -1)
    ]
    height = sqrt(_height(statement))
    rows += [
        (f"moment {k}", expand(_circle_moment(k) * height), narayana(k))
        for k in range(1, 5)
    ]
    return every_identity(rows)


@cache
def _circle_moment(k: int) -> Expr:
    """Return the mean of s^(k-1) 2 rho t^2 over the unit circle."""
    c, t, root = symbols("c t r", real=True)
    place = 1 + root**2 + 2 * root * c
    mean = sphere_mean(place ** (k - 1) * 2 * root**2 * t**2, (c, t))
    return expand(mean.subs(root, sqrt(rho)))


@ctx.workprec(80)
def _limit_mass(statement, domain) -> Result:
    """Integrate the density rigorously, and add the atom: the mass is 1."""
    points = [Rational(k, 8) for k in (1, 4, 7, 9, 16, 40)]
    points = [r for r in points if domain["rho"].contains(Reals(r, r))]

    def decide(ratio):
        end = exact_ball(ratio)
        height = exact_ball(_height(statement).subs(rho, ratio)).sqrt()

        def integrand(angle, _):
            place = 1 + end + 2 * end.sqrt() * angle.cos()
            return 2 * height * end * angle.sin() ** 2 / (acb.pi() * place)

        mass = acb.integral(integrand, 0, acb.pi()).real
        total = mass + exact_ball(statement.atom.subs(rho, ratio))
        close = bool(abs(total - 1) < arb(2) ** -60)
        return close, f"mass {total.str(8, radius=False)} = 1"

    return every(points, decide)


def _limit_end(statement, domain) -> Result:
    """At large times only the atom is left in h."""
    left = (1 - chi) * statement.atom**2 + chi * statement.atom
    ratios = [Rational(1, 3), Integer(1), Integer(2)]
    return every_identity(
        (f"rho = {r}", left.subs(rho, r), statement.end.subs(rho, r)) for r in ratios
    )


def _limit_weak(statement, domain) -> Result:
    first = _formula_coefficient(statement, 1)
    at_one = first.subs({chi: 1, rho: 1})
    return every([1], lambda _: (at_one == -32, f"first power: {at_one} = -32"))


DENSITY = sqrt(4 * rho - (s - 1 - rho) ** 2) / (2 * pi * s)

LIMIT = Claim(
    id="nt-flow-limit",
    title="The tangent model in time, as the dimension grows",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[rho]]$, $[[chi]]$ and $\\tau \\ge 0$: let $d \\to \\infty$, "
        "$N / d \\to \\rho$, $\\chi(B) \\to \\chi$ and $w_i \\sim N(0, I/d)$ "
        "independent. Then\n\n"
        "$$\\mathbb{E}\\, \\mathcal{R}(\\tau) \\to "
        "(1 - \\chi)\\, h([[once]] \\tau)^2 + \\chi\\, h([[twice]] \\tau), "
        "\\qquad h(u) = [[atom]] + "
        "\\int e^{-u s}\\, [[density]]\\, ds$$\n\n"
        "over $(1 - \\sqrt\\rho)^2 \\le s \\le (1 + \\sqrt\\rho)^2$, and as "
        "$\\tau \\to \\infty$ the limit tends to\n\n"
        "$$[[end]].$$",
        {"rho": Reals(0, open_low=True), "chi": Reals(0, 1)},
        {
            "once": 16,
            "twice": 32,
            "atom": Max(0, 1 - rho),
            "density": DENSITY,
            "end": (1 - chi) * Max(0, 1 - rho) ** 2 + chi * Max(0, 1 - rho),
        },
    ),
    sources=(THEOREM, FRAME),
    uses=("nt-flow-mean",),
    checks=(
        Check(
            "symbolic",
            "four moments of the density, for symbolic rho",
            _limit_law,
            role="step",
        ),
        Check(
            "interval",
            "the density and the atom have mass 1, at six rho",
            _limit_mass,
            role="step",
        ),
        Check(
            "exact",
            "four powers of the time, from exact Gaussian means as d grows",
            _limit_series,
            given=("nt-flow-mean",),
            role="step",
        ),
        Check("symbolic", "large times", _limit_end, role="step"),
    ),
    planted=(
        Planted("no atom: right from rho = 1 on", {"atom": Integer(0)}, near=True),
        Planted("the trace part at half the time", {"twice": 16}),
        Planted(
            "the law of the other product, W'W",
            {"density": DENSITY / rho, "atom": Max(0, 1 - 1 / rho)},
        ),
        Planted(
            "39/10 for 4 under the root",
            {
                "density": sqrt(Rational(39, 10) * rho - (s - 1 - rho) ** 2)
                / (2 * pi * s)
            },
            near=True,
        ),
        Planted(
            "the two powers of 1 - rho exchanged",
            {"end": chi * Max(0, 1 - rho) ** 2 + (1 - chi) * Max(0, 1 - rho)},
        ),
    ),
    weak=Check("exact", "one power at rho = chi = 1", _limit_weak, role="step"),
    spec="GM-NTflow",
)


# --- as many neurons as dimensions ----------------------------------------------------


def _edge_integrals(statement, domain) -> Result:
    """Bound sqrt(4 - s) by 2 and by 2 - s/2, and integrate over the half-line."""
    base = exp(-u * s) / (2 * pi * sqrt(s))
    upper = integrate(base * 2, (s, 0, oo))
    lower = integrate(base * (2 - s / 2), (s, 0, oo))
    return every_identity(
        (
            ("4 - s - (2 - s/2)^2", 4 - s - (2 - s / 2) ** 2, s * (4 - s) / 4),
            ("upper", upper, statement.upper),
            ("lower", lower, statement.lower),
        )
    )


def _points(domain):
    points = (Rational(1, 100), Rational(1, 4), 1, 3, 10, 100, 10**4)
    return [p for p in map(Rational, points) if domain["u"].contains(Reals(p, p))]


def _bessel(expression, point) -> arb:
    """Evaluate a formula in exponentials, powers and I_0, I_1 in balls."""
    zero, one = symbols("I_0 I_1")
    order_0, order_1 = besseli(0, 2 * u), besseli(1, 2 * u)
    coefficients = expand(expression.subs({order_0: zero, order_1: one}))
    ball = exact_ball(point)
    values = {zero: (2 * ball).bessel_i(0), one: (2 * ball).bessel_i(1)}
    total = exact_ball(coefficients.subs({zero: 0, one: 0, u: point}))
    for symbol, value in values.items():
        total += exact_ball(coefficients.coeff(symbol).subs(u, point)) * value
    return total


@ctx.workprec(200)
def _edge_closed(statement, domain) -> Result:
    """Integrate e^(-us) against the density at rho = 1, with s = 4 sin^2."""

    def decide(point):
        ball = exact_ball(point)

        def integrand(angle, _):
            square = angle.sin() ** 2
            return 4 / acb.pi() * (-4 * ball * square).exp() * (1 - square)

        value = acb.integral(integrand, 0, acb.pi() / 2).real
        closed = _bessel(statement.closed, point)
        close = bool(abs(value - closed) < arb(10) ** -20)
        shown = [v.str(8, radius=False) for v in (value, closed)]
        return close, f"h = {shown[0]}, closed form {shown[1]}"

    return every(_points(domain), decide)


@ctx.workprec(200)
def _edge_bounds(statement, domain) -> Result:
    """Compare the closed form with both bounds at seven u."""
    points = _points(domain)

    def sides(left, right):
        return lambda point: (_bessel(left, point), _bessel(right, point))

    below = every_ball(points, sides(statement.lower, statement.closed), LESS)
    above = every_ball(points, sides(statement.closed, statement.upper), LESS)
    if Verdict.FAILS in (below.verdict, above.verdict):
        return below if below.verdict is Verdict.FAILS else above
    return below if below.verdict is Verdict.UNKNOWN else above


def _edge_weak(statement, domain) -> Result:
    ratio = limit(statement.lower / statement.upper, u, oo)
    return every(["u -> oo"], lambda _: (ratio == 1, f"quotient of the bounds {ratio}"))


EDGE = Claim(
    id="nt-flow-edge",
    title="As many neurons as dimensions: only a power of the time",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[u]]$ let $h(u) = \\frac{1}{2 \\pi} \\int_0^4 e^{-u s} "
        "\\sqrt{(4 - s) / s}\\; ds$, the function of the limit at $\\rho = 1$. "
        "Then\n\n"
        "$$h(u) = [[closed]], \\qquad [[lower]] < h(u) < [[upper]].$$",
        {"u": Reals(0, open_low=True)},
        {
            "closed": exp(-2 * u) * (besseli(0, 2 * u) + besseli(1, 2 * u)),
            "lower": 1 / sqrt(pi * u) - 1 / (8 * sqrt(pi) * u ** Rational(3, 2)),
            "upper": 1 / sqrt(pi * u),
        },
    ),
    sources=(THEOREM, FRAME),
    uses=("nt-flow-limit",),
    checks=(
        Check(
            "symbolic",
            "both bounds under the integral, for symbolic u",
            _edge_integrals,
            role="step",
        ),
        Check(
            "interval",
            "the closed form against the integral, at seven u",
            _edge_closed,
            role="step",
        ),
        Check(
            "interval",
            "the closed form between the bounds, at seven u",
            _edge_bounds,
            role="step",
        ),
    ),
    planted=(
        Planted(
            "1/17 for 1/8 in the correction: right for small u",
            {"lower": 1 / sqrt(pi * u) - 1 / (17 * sqrt(pi) * u ** Rational(3, 2))},
            near=True,
        ),
        Planted(
            "the difference of the Bessel functions",
            {"closed": exp(-2 * u) * (besseli(0, 2 * u) - besseli(1, 2 * u))},
        ),
        Planted(
            "20/21 of the upper bound",
            {"upper": Rational(20, 21) / sqrt(pi * u)},
            near=True,
        ),
        Planted("1/u for its root", {"upper": 1 / (sqrt(pi) * u)}),
        Planted("no pi", {"upper": 1 / sqrt(u), "lower": 1 / sqrt(u) * (1 - 1 / u)}),
    ),
    weak=Check("symbolic", "the quotient of the bounds", _edge_weak, role="step"),
    spec="GM-NTflow",
)


CLAIMS = (FLOW, MEAN, LIMIT, EDGE)
