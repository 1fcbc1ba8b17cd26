"""Gradient flow of the population risk: its solution, its limits, its rates."""

from fractions import Fraction
from functools import cache
from math import factorial

from flint import arb
from sympy import (
    QQ,
    Matrix,
    Rational,
    Symbol,
    binomial,
    diag,
    exp,
    eye,
    field,
    limit,
    oo,
    simplify,
    symbols,
)
from sympy.polys.matrices import DomainMatrix

from rfbook.claims.quadratic_flow.exact import (
    AT_LEAST,
    AT_MOST,
    TRACE,
    b_0,
    c,
    derive,
    g,
    mean_square,
    same,
    tau,
    words_agree,
)
from rfbook.claims.quadratic_flow.landscape import (
    CHAPTER,
    POSITIVE,
    SIZES,
    SMALL,
    li,
    lj,
    sizes,
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
    Space,
    Statement,
    every,
    every_ball,
    every_identity,
    exact_ball,
    unknown,
)

SYMMETRIC = Space(r"\operatorname{Sym}_d")
STARTS = Space(r"\mathbb R^{d \times N}")
TIMES = Reals(0)
ALL = {**SIZES, "B": SYMMETRIC, "tau": TIMES}
FLOW = printed("Section 2.3, the step of SGD, as its size goes to 0", "implied")
FEW = {"d": Integers(1, 3), "N": Integers(1, 4)}

B, F, G, K, X, P, W, V, Q = symbols("B F G K X P W V Q", commutative=False)
"""Letters: G = F', X = K^{-1}, V = W', P = M^{-1}; they do not commute."""


# --- power series in time, with rational matrices -------------------------------------

ORDER = 5


def matrices(d: int, N: int) -> tuple[Matrix, Matrix]:
    """Return a rational symmetric B, indefinite for d > 1, and a start W_0."""
    B = Matrix(d, d, lambda i, j: Rational(1 + i * j, 1 + i + j) - (i == j) * i)
    start = Matrix(d, N, lambda i, j: Rational(i - 2 * j + 1, 2 + i))
    return B, start


def product_series(one: list, two: list) -> list:
    """Multiply two series of matrices or numbers."""
    rows = ([one[m] * two[k - m] for m in range(k + 1)] for k in range(ORDER + 1))
    return [sum(row[1:], row[0]) for row in rows]


def power_series(B: Matrix, rate, lag: int = 0) -> list:
    """Return the terms of e^{rate B tau}; with lag 1, of (e^{rate B tau} - I)/B."""
    return [
        Rational(rate) ** k * B ** (k - lag) / factorial(k) if k >= lag else 0 * B
        for k in range(ORDER + 1)
    ]


def inverse_series(series: list) -> list:
    """Invert a series of matrices that starts from I."""
    found = [series[0]]
    for k in range(1, ORDER + 1):
        terms = (series[m] * found[k - m] for m in range(1, k + 1))
        found.append(-sum(terms, 0 * series[0]))
    return found


def integral(series: list) -> list:
    """Integrate a series from 0."""
    return [0 * series[0], *(series[k] / (k + 1) for k in range(ORDER))]


def solution_series(drift, loss, B: Matrix, start: Matrix, gaps=None) -> list:
    """Solve dM/dtau = drift (BM + MB) - loss M^2 + 8 g M, order by order."""
    M = [start * start.T]
    for k in range(ORDER):
        square = sum((M[m] * M[k - m] for m in range(k + 1)), 0 * B)
        change = drift * (B * M[k] + M[k] * B) - loss * square
        if gaps:
            change += 8 * sum((gaps[m] * M[k - m] for m in range(k + 1)), 0 * B)
        M.append(change / (k + 1))
    return M


# --- the solution ---------------------------------------------------------------------


def _closed_words(statement, domain) -> Result:
    """Differentiate F K^{-1} F' and K as words, for matrices of every size."""
    if statement.double != 2 * statement.rate:
        return unknown("K' is a multiple of F'F only for twice the rate")
    b = Symbol("b", real=True)
    scalar = (exp(statement.double * b * tau) - 1) / b
    growth = simplify(scalar.diff(tau) / exp(2 * statement.rate * b * tau))
    rules = {
        F: statement.rate * B * F,
        G: statement.rate * G * B,
        X: -X * (growth * G * F) * X,
    }
    M = F * X * G
    change = statement.drift * (B * M + M * B) - statement.loss * M * M
    # The flow of W with g = 0 moves W W' in the same way.
    step = 8 * (B * W - W * V * W), 8 * (V * B - V * W * V)
    moved = derive(W * V, {W: step[0], V: step[1]})
    claimed = statement.drift * (B * W * V + W * V * B) - statement.loss * W * V * W * V
    return words_agree(
        (
            ("the solution's derivative", derive(M, rules), change),
            ("the flow of W W'", moved, claimed),
        )
    )


def _closed_series(statement, domain) -> Result:
    """Compare power series in tau at rational matrices."""

    def decide(size):
        B, start = matrices(*size)
        claimed = _claimed_series(statement.rate, statement.double, B, start)
        found = solution_series(8, 16, B, start)
        stated = solution_series(statement.drift, statement.loss, B, start)
        for k in range(ORDER + 1):
            if claimed[k] != stated[k] or stated[k] != found[k]:
                gap = claimed[k][0] - stated[k][0], stated[k][0] - found[k][0]
                return False, f"order {k}: the first entries differ by {gap}"
        return True, "equal"

    return every(sizes(domain), decide)


def _claimed_series(rate, double, B: Matrix, start: Matrix) -> list:
    grown = [term * start for term in power_series(B, rate)]
    rest = [start.T * term * start for term in power_series(B, double, lag=1)]
    rest[0] = eye(start.cols)
    back = [term.T for term in grown]
    return product_series(product_series(grown, inverse_series(rest)), back)


CLOSED = Claim(
    id="flow-closed-form",
    title="Gradient flow of the network, solved",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[N]]$, $[[B]]$, $[[W]]$ and $[[tau]]$ let $F = "
        "e^{[[rate]] B \\tau} W$ and\n\n"
        "$$M(\\tau) = F\\, K^{-1} F^{\\mathsf T}, \\qquad K = I_N + W^{\\mathsf T} "
        "\\frac{e^{[[double]] B \\tau} - I}{B}\\, W.$$\n\n"
        "Then $M(0) = W W^{\\mathsf T}$ and\n\n"
        "$$\\frac{dM}{d\\tau} = [[drift]] (B M + M B) - [[loss]] M^2,$$\n\n"
        "the equation that $W W^{\\mathsf T}$ obeys when $\\frac{dW}{d\\tau} = "
        "-\\nabla_W \\mathcal E$ with $g = 0$.",
        {**ALL, "W": STARTS},
        {"rate": 8, "double": 16, "drift": 8, "loss": 16},
    ),
    sources=(FLOW,),
    uses=("risk-gradient",),
    checks=(
        Check(
            "symbolic",
            "the derivative of F K^{-1} F' in letters that do not commute",
            _closed_words,
        ),
        Check(
            "exact",
            "power series to order 5 at rational matrices, N < d to N > d",
            _closed_series,
            FEW,
            role="step",
        ),
    ),
    planted=(
        Planted("time runs at half speed", {"rate": 4, "double": 8}),
        Planted("82/5 for 16", {"double": Rational(82, 5)}, near=True),
        Planted("the last term once only", {"loss": 8}),
        Planted("the same exponent twice", {"double": 8}),
        Planted(
            "41/5 in both exponents and the drift",
            {
                "rate": Rational(41, 5),
                "double": Rational(82, 5),
                "drift": Rational(41, 5),
            },
            near=True,
        ),
    ),
    weak=Check(
        "exact",
        "the start only",
        lambda statement, domain: every(
            [(2, 1)],
            lambda size: (
                _claimed_series(statement.rate, statement.double, *matrices(*size))[0]
                == matrices(*size)[1] * matrices(*size)[1].T,
                "M(0) = W W'",
            ),
        ),
        role="step",
    ),
    spec="GM-flow",
)


# --- centred features -----------------------------------------------------------------


def _centred(statement, domain) -> Result:
    """Differentiate the mean squared error of centred features in W and in c."""

    def sides(d, N):
        form, weights, mean = mean_square(d, N, centred=True)
        slope = Matrix([mean.diff(entry) for entry in weights])
        claimed = -statement.outer * (form - weights * weights.T) * weights
        path = statement.path.subs(TRACE, form.trace())
        speed = (path.diff(tau) + mean.diff(c).subs(c, path)).expand()
        start = path.subs(tau, 0) - START
        rows = [*slope, speed, start]
        return f"d = {d}, N = {N}", Matrix(rows), Matrix([*claimed, 0, 0])

    return same(sides(d, N) for d, N in sizes(domain))


START = Symbol("c_0", real=True)

CENTRED = Claim(
    id="flow-centred",
    title="With centred features the constant goes its own way",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[N]]$, $[[B]]$ and $[[tau]]$, gradient flow of the mean "
        "squared error of\n\n"
        "$$\\hat f(x) = \\sum_{i \\le N} \\bigl( \\langle w_i, x \\rangle^2 - \\lVert "
        "w_i \\rVert^2 \\bigr) + c$$\n\n"
        "against $\\langle x, B x \\rangle + b_0$ is\n\n"
        "$$\\frac{dW}{d\\tau} = [[outer]] (B - W W^{\\mathsf T}) W, \\qquad "
        "c(\\tau) = [[path]].$$",
        ALL,
        {
            "outer": 8,
            "path": b_0 + TRACE + (START - b_0 - TRACE) * exp(-2 * tau),
        },
    ),
    sources=(FLOW,),
    uses=("population-risk",),
    checks=(
        Check(
            "symbolic",
            "the mean from its definition, its derivatives, the path of c",
            _centred,
            SMALL,
        ),
    ),
    planted=(
        Planted("41/5 for 8", {"outer": Rational(41, 5)}, near=True),
        Planted(
            "the constant twice as fast",
            {"path": b_0 + TRACE + (START - b_0 - TRACE) * exp(-4 * tau)},
        ),
        Planted(
            "the constant goes to b_0",
            {"path": b_0 + (START - b_0) * exp(-2 * tau)},
            near=True,
        ),
        Planted("half as fast", {"outer": 4}),
    ),
    weak=Check(
        "symbolic",
        "c at time 0",
        lambda statement, domain: same(
            [("the start", statement.path.subs(tau, 0), START)]
        ),
        role="step",
    ),
    spec="GM-flow",
)


# --- the constant flows too -----------------------------------------------------------


def _offset_words(statement, domain) -> Result:
    """Differentiate the solution with a scalar factor e^{power (c - c_0)/2} in F."""
    if statement.double != 2 * statement.rate or statement.factor != statement.double:
        return unknown("K' is a multiple of F'F only for twice the rate")
    stretch = statement.power * statement.speed * g / 2
    rules = {
        F: statement.rate * B * F + stretch * F,
        G: statement.rate * G * B + stretch * G,
        X: -X * (statement.factor * G * F) * X,
    }
    step = (8 * (B * W - W * V * W) + 4 * g * W, 8 * (V * B - V * W * V) + 4 * g * V)
    moved = derive(W * V, {W: step[0], V: step[1]})
    M = F * X * G
    claimed = 8 * (B * M + M * B) - 16 * M * M + 8 * g * M
    flowing = 8 * (B * W * V + W * V * B) - 16 * W * V * W * V + 8 * g * W * V
    return words_agree(
        (
            ("the solution's derivative", derive(M, rules), claimed),
            ("the flow of W W'", moved, flowing),
        )
    )


def _offset_series(statement, domain) -> Result:
    """Solve for M and c together, order by order, and put c into the formula."""

    def decide(size):
        B, start = matrices(*size)
        level, first = Rational(1, 3), Rational(-1, 2)  # b_0 and c_0
        path, gaps = [first], []
        for k in range(ORDER + 1):  # M needs the gap up to order k - 1
            M = solution_prefix(B, start, gaps)
            gap = (level + B.trace()) * int(k == 0) - path[k] - M[k].trace()
            gaps.append(gap)
            path.append(statement.speed * gap / (k + 1))
        scale = exponential_series([0, *path[1 : ORDER + 1]], statement.power)
        claimed = _offset_claimed(statement, B, start, scale)
        for k in range(ORDER + 1):
            if claimed[k] != M[k]:
                gap = claimed[k][0] - M[k][0]
                return False, f"order {k}: the first entries differ by {gap}"
        return True, "equal"

    return every(sizes(domain), decide)


def solution_prefix(B: Matrix, start: Matrix, gaps: list) -> list:
    """Return the terms of M that the known terms of the gap determine."""
    full = [*gaps, *([0] * (ORDER + 1 - len(gaps)))]
    return solution_series(8, 16, B, start, full)


def exponential_series(series: list, power) -> list:
    """Return the terms of e^{power s} for a series s without constant term."""
    found = [Rational(1)]
    for k in range(1, ORDER + 1):
        terms = (m * power * series[m] * found[k - m] for m in range(1, k + 1))
        found.append(sum(terms) / Rational(k))
    return found


def _offset_claimed(statement, B: Matrix, start: Matrix, scale: list) -> list:
    grown = [term * start for term in power_series(B, statement.rate)]
    inside = [start.T * t * start for t in power_series(B, statement.double)]
    rest = integral(product_series([s * eye(start.cols) for s in scale], inside))
    rest = [statement.factor * term for term in rest]
    rest[0] = eye(start.cols)
    middle = product_series(grown, inverse_series(rest))
    whole = product_series(middle, [term.T for term in grown])
    return product_series([s * eye(B.rows) for s in scale], whole)


OFFSET = Claim(
    id="flow-offset",
    title="The flow of the network and its constant together",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[N]]$, $[[B]]$ and $[[tau]]$ let $\\frac{dW}{d\\tau} = "
        "-\\nabla_W \\mathcal E$ and $\\frac{dc}{d\\tau} = [[speed]] g$, from $(W_0, "
        "c_0)$, and let $\\phi(s) = e^{[[power]] (c(s) - c_0)}$. Then "
        "$M = W W^{\\mathsf T}$ is\n\n"
        "$$\\phi(\\tau)\\, e^{[[rate]] B \\tau} W_0 \\Bigl[ I_N + [[factor]] "
        "\\int_0^\\tau \\phi(s)\\, W_0^{\\mathsf T} e^{[[double]] B s} W_0\\, ds "
        "\\Bigr]^{-1} W_0^{\\mathsf T} e^{[[rate]] B \\tau}.$$",
        ALL,
        {"speed": 2, "power": 4, "rate": 8, "factor": 16, "double": 16},
    ),
    sources=(FLOW,),
    uses=("risk-gradient", "flow-closed-form"),
    checks=(
        Check(
            "symbolic",
            "the derivative of the formula in letters that do not commute",
            _offset_words,
        ),
        Check(
            "exact",
            "power series of M and c to order 5 at rational matrices",
            _offset_series,
            FEW,
            role="step",
        ),
    ),
    planted=(
        Planted("2 in the exponent of phi", {"power": 2}),
        Planted("the constant left where it is", {"power": 0}, near=True),
        Planted("39/10 for 4", {"power": Rational(39, 10)}, near=True),
        Planted("8 before the integral", {"factor": 8}),
        Planted("the rate 8 under the integral", {"double": 8}),
    ),
    weak=Check(
        "exact",
        "d = N = 1 to order 0",
        lambda statement, domain: every(
            [(1, 1)],
            lambda size: (
                _offset_claimed(
                    statement, *matrices(*size), [Rational(1)] + [Rational(0)] * ORDER
                )[0]
                == matrices(*size)[1] ** 2,
                "M(0) = W W'",
            ),
        ),
        role="step",
    ),
    spec="GM-flow",
)


# --- the columns' span ----------------------------------------------------------------


def _span_words(statement, domain) -> Result:
    """Put W = F Q: what is left is Q' = Q (inner g - 8 W'W), a linear equation."""
    gram = Symbol("A", commutative=False)  # W'W
    step = 8 * (B * W - W * gram) + 4 * g * W
    rules = {
        F: statement.rate * B * F,
        Q: Q * (statement.inner * g - statement.outer * gram),
    }
    moved = derive(F * Q, rules)
    return words_agree([("the derivative of W", moved, step.subs(W, F * Q).expand())])


def _span_exact(statement, domain) -> Result:
    """Compare column spaces at e^{8 tau} = 2, for integer eigenvalues."""

    def decide(size):
        d, N = size
        values = range(1, d + 1)
        start = matrices(d, N)[1]
        grown = diag(*(2**v for v in values)) * start
        inside = diag(*(Rational(4**v - 1, v) for v in values))
        M = grown * (eye(N) + start.T * inside * start).inv() * grown.T
        claimed = (
            diag(*(2 ** (Rational(v * statement.rate) / 8) for v in values)) * start
        )
        rank = Matrix.hstack(M, claimed).rank()
        words = f"M has rank {M.rank()}, with the claimed columns {rank}"
        return M.rank() == rank == claimed.rank(), words

    return every(sizes(domain), decide)


SPAN = Claim(
    id="flow-column-space",
    title="The span of the neurons knows nothing of the errors",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[N]]$, $[[B]]$ and $[[tau]]$, along gradient flow from "
        "$W_0$, whatever $c$ does,\n\n"
        "$$W(\\tau) = e^{[[rate]] B \\tau} W_0\\, Q(\\tau), \\qquad \\frac{dQ}{d\\tau} "
        "= Q \\bigl( [[inner]] g\\, I - [[outer]] W^{\\mathsf T} W \\bigr), \\quad "
        "Q(0) = I_N,$$\n\n"
        "with $Q(\\tau)$ invertible: the columns of $W(\\tau)$ span $e^{[[rate]] B "
        "\\tau}$ times the span of those of $W_0$.",
        ALL,
        {"rate": 8, "inner": 4, "outer": 8},
    ),
    sources=(FLOW,),
    uses=("risk-gradient",),
    checks=(
        Check("symbolic", "the derivative of W = F Q, for every size", _span_words),
        Check(
            "exact",
            "ranks at e^{8 tau} = 2, eigenvalues 1, ..., d",
            _span_exact,
            {"d": Integers(2, 4), "N": Integers(1, 2)},
            role="step",
        ),
    ),
    planted=(
        Planted("twice the rate", {"rate": 16}),
        Planted("41/5 for 8", {"rate": Rational(41, 5)}, near=True),
        Planted("the span does not move", {"rate": 0}),
        Planted("8 g in the equation of Q", {"inner": 8}),
        Planted("39/10 g in it", {"inner": Rational(39, 10)}, near=True),
    ),
    weak=Check(
        "exact",
        "d = 1",
        _span_exact,
        {"d": Integers(1, 1), "N": Integers(1, 1)},
        role="step",
    ),
    spec="GM-flow",
)


# --- limits: rational functions of z = e^{8 tau} --------------------------------------

FIELD, z, time = field("z t", QQ)


@cache
def flow_entries(values: tuple[int, ...], start: tuple) -> list[list]:
    """Return M(tau) in B's eigenbasis, in rational functions of e^{8 tau} and tau."""
    d, N = len(values), len(start[0])
    inside = [
        (z ** (2 * v) - 1) / v
        if v > 0
        else (1 / z ** (-2 * v) - 1) / v
        if v
        else 16 * time
        for v in values
    ]
    grown = [
        [(z**v if v >= 0 else 1 / z**-v) * row[k] for k in range(N)]
        for v, row in zip(values, start, strict=True)
    ]
    rest = [
        [
            sum((inside[i] * start[i][a] * start[i][b] for i in range(d)), FIELD(0))
            + FIELD(int(a == b))
            for b in range(N)
        ]
        for a in range(N)
    ]
    domain = FIELD.to_domain()
    inverse = DomainMatrix(rest, (N, N), domain).inv()
    left = DomainMatrix(grown, (d, N), domain)
    return (left * inverse * left.transpose()).to_list()


def generic(d: int, N: int) -> tuple:
    """Return a start all of whose minors are nonzero: columns of binomials."""
    return tuple(
        tuple(QQ(int(binomial(2 + i + j, i))) for j in range(N)) for i in range(d)
    )


def leading(value, variable: int = 0) -> tuple[int, object]:
    """Return the exponent of z (or t) at infinity, and the coefficient's function."""

    def top(polynomial):
        degree = max((m[variable] for m in polynomial), default=0)
        ring = polynomial.ring
        rest = ring.zero
        for monomial, coefficient in polynomial.terms():
            if monomial[variable] == degree:
                shorter = tuple(
                    0 if k == variable else e for k, e in enumerate(monomial)
                )
                rest[shorter] = rest.get(shorter, 0) + coefficient
        return degree, rest

    above, below = top(value.numer), top(value.denom)
    return above[0] - below[0], FIELD(above[1]) / FIELD(below[1])


def at_infinity(value, variable: int = 0):
    """Return the limit of a rational function as z (or t) goes to infinity."""
    if value == 0:
        return FIELD(0)
    degree, coefficient = leading(value, variable)
    if degree > 0:
        raise ValueError(f"{value} has no limit")
    return coefficient if degree == 0 else FIELD(0)


def rational(value):
    """Turn a constant of the field into a Rational."""
    return Rational(str(value.as_expr()))


SPECTRA = ((3, 1), (2, 2), (3, 2, 0), (2, 1, -1), (2, 1, 1), (2, -1, -2), (4, 2, 1, 0))


def limit_trials(domain) -> dict:
    """Map names to (eigenvalues, N, start)."""
    found = {}
    for values in SPECTRA:
        if len(values) not in domain["d"]:
            continue
        for N in domain["N"]:
            if len(values) >= N:
                start = generic(len(values), N)
                found[f"eigenvalues {values}, N = {N}"] = values, N, start
                bad = (tuple(QQ(0) for _ in range(N)), *generic(len(values), N)[1:])
                found[f"eigenvalues {values}, N = {N}, first row 0"] = values, N, bad
    return found


GAP_WORDS = r"$E_N^{\mathsf T} W_0$ be invertible"
RANK_WORDS = r"$W_0$ be of rank $N$"


def admitted(statement, values, N: int, start) -> bool:
    """Tell whether the statement's hypotheses hold at a trial."""
    after = values[N] if len(values) > N else None
    gap = after is None or statement.gap.exact(values[N - 1], after)
    positive = statement.sign.exact(values[N - 1], 0)
    rows = {GAP_WORDS: start[:N], RANK_WORDS: start}[statement.start]
    return gap and positive and Matrix(rows).rank() == N


def _limit_exact(statement, domain) -> Result:
    """Take the limit of every entry of M, as a rational function of e^{8 tau}."""

    def decide(name):
        values, N, start = known[name]
        if not admitted(statement, values, N, start):
            return True, "not admitted"
        entries = flow_entries(values, start)
        for i, row in enumerate(entries):
            for j, entry in enumerate(row):
                found = rational(at_infinity(at_infinity(entry), 1))
                claimed = statement.weight.subs(li, values[i]) if i == j < N else 0
                if found != claimed:
                    return False, f"M_{i + 1}{j + 1} goes to {found} = {claimed}"
        return True, "every entry"

    known = limit_trials(domain)
    return every(known, decide)


def _limit_symbolic(statement, domain) -> Result:
    """Take the limit for d = 2, N = 1 and symbolic eigenvalues with a gap."""
    low, gap, x, y = symbols("l gamma x y", positive=True)
    high = low + gap
    inverse = (
        exp(-16 * high * tau) / x**2
        + (1 - exp(-16 * high * tau)) / high
        + y**2 / x**2 * (exp(-16 * gap * tau) - exp(-16 * high * tau)) / low
    )
    found = 1 / limit(inverse, tau, oo)
    return every_identity([("M_11", found, statement.weight.subs(li, high))])


LIMIT = Claim(
    id="flow-limit",
    title="Where the flow goes",
    chapter=CHAPTER,
    statement=Statement(
        "Let $[[d]]$, $[[N]]$ with $N \\le d$, and let $[[B]]$ have orthonormal "
        "eigenvectors $e_i$, $\\lambda_N [[sign]] 0$ and $\\lambda_N [[gap]] "
        "\\lambda_{N+1}$ (if $N < d$). With $E_N = (e_1, \\dots, e_N)$ let "
        "[[start]]. Then, for the solution with $g = 0$,\n\n"
        "$$M(\\tau) \\to M_* = \\sum_{i \\le N} [[weight]]\\, e_i e_i^{\\mathsf T} "
        "\\qquad (\\tau \\to \\infty).$$",
        {**SIZES, "B": SYMMETRIC},
        {
            "sign": Relation(">"),
            "gap": Relation(">"),
            "start": GAP_WORDS,
            "weight": li,
        },
    ),
    sources=(printed("Section 2.3, Theorem 3", "implied"),),
    uses=("flow-closed-form",),
    checks=(
        Check(
            "exact",
            "limits of rational functions of e^{8 tau}, seven spectra, N <= 3",
            _limit_exact,
            {"d": Integers(2, 4), "N": Integers(1, 3)},
            role="step",
        ),
        Check(
            "symbolic",
            "d = 2, N = 1 for symbolic eigenvalues",
            _limit_symbolic,
            {"d": Integers(2, 2), "N": Integers(1, 1)},
            role="step",
        ),
    ),
    planted=(
        Planted("no gap", {"gap": AT_LEAST}, near=True),
        Planted("any start of rank N", {"start": RANK_WORDS}, near=True),
        Planted("negative eigenvalues as well", {"sign": Relation("<")}),
        Planted("half the eigenvalues", {"weight": li / 2}),
        Planted("21/20 of the eigenvalues", {"weight": 21 * li / 20}, near=True),
    ),
    weak=Check(
        "symbolic",
        "d = 2, N = 1 only",
        _limit_symbolic,
        {"d": Integers(2, 2), "N": Integers(1, 1)},
        role="step",
    ),
    spec="GM-flow",
)


# --- rates ----------------------------------------------------------------------------

SEMIDEFINITE = ((3, 1), (2, 0), (3, 2, 0), (4, 2, 1), (3, 2, 2), (4, 3, 1, 0))


def _rates_exact(statement, domain) -> Result:
    """Read the exponents of e^{8 tau} and the leading coefficients."""

    def decide(trial):
        values, N = trial
        gap = values[N - 1] - values[N]
        entries = flow_entries(values, generic(len(values), N))
        distance = error = lead = FIELD(0)
        for i, row in enumerate(entries):
            for j, entry in enumerate(row):
                top = values[i] if i == j < N else 0
                distance += (entry - top) ** 2
                error += 2 * ((values[i] if i == j else 0) - entry) ** 2
                if j < N <= i:
                    weight = statement.weight.subs({lj: values[i], li: values[j]})
                    weight = QQ(weight.p, weight.q) * QQ.convert(statement.lead)
                    lead += weight * entry**2
        error -= 2 * sum(v**2 for v in values[N:])
        power, _ = leading(distance)
        stated = -2 * Rational(statement.matrix_rate) / 8 * gap
        if power != stated:
            return False, f"|M - M_*|^2 decays as e^({8 * power} tau), {8 * stated}"
        power, _ = leading(error)
        stated = -Rational(statement.risk_rate) / 8 * gap
        if power != stated:
            return False, f"the risk decays as e^({8 * power} tau), not {8 * stated}"
        ratio = rational(at_infinity(at_infinity(error / lead), 1))
        return ratio == 1, f"the excess over the sum tends to {ratio} = 1"

    found = [
        (values, N)
        for values in SEMIDEFINITE
        for N in domain["N"]
        if len(values) in domain["d"] and len(values) > N and values[N - 1] > values[N]
    ]
    return every(found, decide)


RATES = Claim(
    id="flow-rates",
    title="How fast: the matrix at half the rate of the risk",
    chapter=CHAPTER,
    statement=Statement(
        "Let $[[d]]$, $[[N]]$ with $N < d$, and let $[[B]]$ have the gap $\\gamma = "
        "\\lambda_N - \\lambda_{N+1} > 0$. For the solution with $g = 0$ and almost "
        "every $W_0$,\n\n"
        "$$e^{[[matrix_rate]] \\gamma \\tau} \\lVert M(\\tau) - M_* \\rVert_F "
        "\\quad\\text{and}\\quad e^{[[risk_rate]] \\gamma \\tau} \\bigl( \\mathcal "
        "E(\\tau) - \\inf \\mathcal E \\bigr)$$\n\n"
        "have positive limits as $\\tau \\to \\infty$, and, with $M_{ji} = \\langle "
        "e_j, M(\\tau) e_i \\rangle$,\n\n"
        "$$\\frac{\\mathcal E(\\tau) - \\inf \\mathcal E}{[[lead]] "
        "\\sum_{i \\le N < j} \\bigl( [[weight]] \\bigr) M_{ji}^2} \\to 1.$$",
        {**SIZES, "B": POSITIVE},
        {"matrix_rate": 8, "risk_rate": 16, "lead": 4, "weight": 1 - lj / li},
    ),
    sources=(FLOW,),
    uses=("flow-closed-form", "flow-limit", "population-risk"),
    checks=(
        Check(
            "exact",
            "exponents and leading coefficients, six spectra, N <= 3",
            _rates_exact,
            {"d": Integers(2, 4), "N": Integers(1, 3)},
            role="step",
        ),
    ),
    planted=(
        Planted("the matrix as fast as the risk", {"matrix_rate": 16}),
        Planted("the risk as slow as the matrix", {"risk_rate": 8}),
        Planted("41/10 for 4", {"lead": Rational(41, 10)}, near=True),
        Planted("right where lambda_j = 0", {"weight": li / li}, near=True),
        Planted("the square of the ratio", {"weight": 1 - lj**2 / li**2}),
    ),
    weak=Check(
        "exact",
        "B = diag(2, 0), N = 1",
        lambda statement, domain: every(
            [((2, 0), 1)],
            lambda trial: (
                statement.lead * statement.weight.subs({lj: 0, li: 2}) == 4,
                "the leading coefficient 4",
            ),
        ),
        role="step",
    ),
    spec="GM-flow",
)


# --- eigenvalue zero ------------------------------------------------------------------


def _zero_exact(statement, domain) -> Result:
    """First e^{8 tau} to infinity, then tau: a projection, and the risk."""

    def decide(trial):
        values, N = trial
        rank = sum(v > 0 for v in values)
        entries = flow_entries(values, generic(len(values), N))
        d = len(values)
        block = Matrix(
            d - rank,
            d - rank,
            lambda i, j: rational(
                at_infinity(time * at_infinity(entries[rank + i][rank + j]), 1)
            ),
        )
        block *= statement.speed
        if block * block != block or block.rank() != N - rank:
            return False, f"{statement.speed} tau times the block is {block.tolist()}"
        error = FIELD(0)
        for i, row in enumerate(entries):
            for j, entry in enumerate(row):
                error += 2 * ((values[i] if i == j else 0) - entry) ** 2
        found = rational(at_infinity(time**2 * at_infinity(error), 1))
        claimed = (N - rank) / Rational(statement.risk)
        return found == claimed, f"tau^2 times the risk goes to {found} = {claimed}"

    found = [
        (values, N)
        for values in ((0, 0), (1, 0), (1, 0, 0), (2, 1, 0), (0, 0, 0), (2, 1, 0, 0))
        for N in domain["N"]
        if len(values) in domain["d"] and sum(v > 0 for v in values) < N <= len(values)
    ]
    return every(found, decide)


ZERO = Claim(
    id="flow-zero-eigenvalue",
    title="Neurons without a direction to learn die out slowly",
    chapter=CHAPTER,
    statement=Statement(
        "Let $[[d]]$, $[[N]]$ with $N \\le d$, and let $[[B]]$ have rank $r < N$. For "
        "the solution with $g = 0$ and almost every $W_0$, with an orthonormal basis "
        "$E_0$ of the kernel of $B$, as $\\tau \\to \\infty$\n\n"
        "$$[[speed]]\\, \\tau\\, E_0^{\\mathsf T} M(\\tau) E_0 \\to "
        "\\text{a projection of rank } N - r, \\qquad \\tau^2\\, \\mathcal E(\\tau) "
        "\\to "
        "\\frac{N - r}{[[risk]]}.$$",
        {**SIZES, "B": POSITIVE},
        {"speed": 16, "risk": 128},
    ),
    sources=(FLOW,),
    uses=("flow-closed-form", "population-risk"),
    checks=(
        Check(
            "exact",
            "limits of rational functions of e^{8 tau} and tau, six spectra",
            _zero_exact,
            {"d": Integers(2, 4), "N": Integers(1, 3)},
            role="step",
        ),
    ),
    planted=(
        Planted("8 for 16", {"speed": 8}),
        Planted("82/5 for 16", {"speed": Rational(82, 5)}, near=True),
        Planted("256: the factor 2 of the risk forgotten", {"risk": 256}),
        Planted("130 for 128", {"risk": 130}, near=True),
    ),
    weak=Check(
        "exact",
        "B = 0, N = d = 1: one limit",
        lambda statement, domain: every(
            [1],
            lambda start: (
                limit(statement.speed * tau * start / (1 + 16 * tau * start), tau, oo)
                == 1,
                "the limit is 1",
            ),
        ),
        role="step",
    ),
    spec="GM-flow",
)


# --- at least as many neurons as dimensions -------------------------------------------


def _wide_words(statement, domain) -> Result:
    """Invert the equation: P = M^{-1}, and put P = B^{-1} + F D F."""
    M, D, S = symbols("M D S", commutative=False)  # S = B^{-1}
    R, T = symbols("R T", commutative=False)  # both e^{-rate B tau}
    change = 8 * (B * M + M * B) - 16 * M * M
    moved = (-P * change * P).expand()
    for _ in range(3):
        moved = moved.subs(M * P, 1).subs(P * M, 1).expand()
    stated = -statement.outer * (P * B + B * P) + statement.source
    rest = R * D * T
    rules = {R: -statement.rate * B * R, T: -statement.rate * T * B}
    balance = (
        (-statement.outer * (S * B + B * S) + statement.source)
        .subs(S * B, 1)
        .subs(B * S, 1)
    )
    return words_agree(
        (
            ("the equation of the inverse", moved, stated),
            ("B^{-1} is at rest", balance, 0 * B),
            (
                "the rest decays",
                derive(rest, rules),
                -statement.outer * (rest * B + B * rest),
            ),
        )
    )


def _wide_exact(statement, domain) -> Result:
    """Compare with the solution at e^{8 tau} = 2, for integer eigenvalues."""

    def decide(size):
        d, N = size
        values = [v + 1 for v in range(d)]
        start = Matrix(generic(d, N))
        start = start.applyfunc(
            lambda v: Rational(int(v.numerator), int(v.denominator))
        )
        grown = diag(*(2**v for v in values)) * start
        inside = diag(*(Rational(4**v - 1, v) for v in values))
        M = grown * (eye(N) + start.T * inside * start).inv() * grown.T
        rest = diag(*(Rational(1, v) for v in values))
        fade = diag(*(2 ** (-v * Rational(statement.rate) / 8) for v in values))
        claimed = rest + fade * ((start * start.T).inv() - rest) * fade
        gap = simplify((M.inv() - claimed)[0])
        return M.inv() == claimed, f"the first entries of M^(-1) differ by {gap}: 0"

    found = [(d, N) for d, N in sizes(domain) if d <= N]
    return every(found, decide)


WIDE = Claim(
    id="flow-wide",
    title="With as many neurons as dimensions the inverse is linear",
    chapter=CHAPTER,
    statement=Statement(
        "Let $[[d]]$, $[[N]]$ with $N \\ge d$, let $[[B]]$ be invertible and $W_0$ of "
        "rank $d$. For the solution with $g = 0$ and every $[[tau]]$ the inverse $P = "
        "M(\\tau)^{-1}$ exists, and\n\n"
        "$$\\frac{dP}{d\\tau} = [[source]] I - [[outer]] (P B + B P), \\qquad "
        "P(\\tau) - B^{-1} = e^{-[[rate]] B \\tau} \\bigl( P(0) - B^{-1} \\bigr) "
        "e^{-[[rate]] B \\tau}.$$\n\n"
        "If $B \\succ 0$, then $M(\\tau) \\to B$.",
        ALL,
        {"source": 16, "outer": 8, "rate": 8},
    ),
    sources=(FLOW,),
    uses=("flow-closed-form",),
    checks=(
        Check(
            "symbolic",
            "the equation of the inverse in letters that do not commute",
            _wide_words,
            role="step",
        ),
        Check(
            "exact",
            "the solution at e^{8 tau} = 2, d <= 3, N <= 4",
            _wide_exact,
            {"d": Integers(1, 3), "N": Integers(1, 4)},
            role="step",
        ),
    ),
    planted=(
        Planted("8 for 16", {"source": 8}),
        Planted("twice the rate", {"rate": 16}),
        Planted("41/5 for 8 in the equation", {"outer": Rational(41, 5)}, near=True),
        Planted("half the rate", {"rate": 4, "outer": 4, "source": 8}),
    ),
    weak=Check(
        "symbolic",
        "B^{-1} is at rest",
        lambda statement, domain: same(
            [("the balance", 2 * statement.outer, statement.source)]
        ),
        role="step",
    ),
    spec="GM-flow",
)


# --- the slow constant ----------------------------------------------------------------

d_ = Symbol("d", integer=True, positive=True)


def _slow_cauchy(statement, domain) -> Result:
    """Compare (Tr A - g)^2 with room (2 |A|^2 + g^2), where |A|^2 >= Tr(A)^2/d."""
    T = Symbol("T", real=True)
    if statement.relation != AT_MOST:
        return unknown("upper bounds only")
    spare = (1 + d_ / 2) * (2 * T**2 / d_ + g**2) - (T - g) ** 2
    square = simplify(spare - 2 / d_ * (T + d_ * g / 2) ** 2)
    more = simplify(statement.room - 1 - d_ / 2)
    if square != 0 or not (more.is_nonnegative or more == 0):
        return unknown(f"{square}, and the sign of {more}")
    return same([("the difference is a square", square, 0)])


def _slow_equal(statement, domain) -> Result:
    """Take B - W W' = I and g = -2, where both sides agree."""

    def decide(d):
        left, error = (d + 2) ** 2, 2 * d + 4
        right = Rational(statement.room.subs(d_, d)) * error
        words = f"{left} {statement.relation.symbol} {right}"
        return statement.relation.exact(left, right), words

    return every(domain["d"], decide)


def _slow_still(statement, domain) -> Result:
    """Take W = 0, where c - c_0 = g_0 (1 - e^{-2 tau}) and E - 2|B|^2 = g^2."""

    def sides(start):
        still = arb(start.numerator) / start.denominator
        fade = (-2 * still).exp()
        wait = exact_ball(statement.wait.subs(tau, Rational(start)))
        return (1 - fade) ** 2, wait * (1 - fade**2)

    times = [Fraction(1, 1000), Fraction(1, 10), Fraction(1), Fraction(10)]
    return every_ball(times, sides, statement.relation)


SLOW = Claim(
    id="slow-offset",
    title="A constant far away keeps the whole network waiting",
    chapter=CHAPTER,
    statement=Statement(
        "Along gradient flow of $\\mathcal E$ in $(W, c)$, from any start, for every "
        "$[[d]]$, $[[N]]$, $[[B]]$ and $[[tau]]$,\n\n"
        "$$\\bigl( c(\\tau) - c_0 \\bigr)^2 [[relation]] [[wait]] \\bigl( "
        "\\mathcal E(0) - \\mathcal E(\\tau) \\bigr), \\qquad \\bigl( c(\\tau) - b_0 "
        "\\bigr)^2 [[relation]] \\Bigl( [[room]] \\Bigr) \\mathcal E(\\tau).$$\n\n"
        "Hence $\\mathcal E(\\tau) \\ge \\bigl[ \\lvert c_0 - b_0 \\rvert - "
        "\\sqrt{[[wait]]\\, \\mathcal E(0)} \\bigr]_+^2 / "
        "\\bigl( [[room]] \\bigr)$.",
        ALL,
        {"relation": AT_MOST, "wait": tau, "room": 1 + d_ / 2},
    ),
    sources=(printed("Section 2.3, the step of SGD", "implied"),),
    uses=("population-risk", "risk-gradient"),
    checks=(
        Check(
            "symbolic",
            "the second inequality: the difference is a square, for symbolic d",
            _slow_cauchy,
            role="step",
        ),
        Check(
            "exact",
            "the case of equality, d <= 50",
            _slow_equal,
            {"d": Integers(1, 50)},
            role="step",
        ),
        Check(
            "interval",
            "the first inequality at W = 0, for short and long times",
            _slow_still,
            role="step",
        ),
    ),
    planted=(
        Planted("19/20 of the time", {"wait": 19 * tau / 20}, near=True),
        Planted("d/2 alone", {"room": d_ / 2}),
        Planted("1 + 19 d/40", {"room": 1 + 19 * d_ / 40}, near=True),
        Planted("1 + d^2/8: right for d = 4", {"room": 1 + d_**2 / 8}, near=True),
        Planted("the other way round", {"relation": AT_LEAST}),
    ),
    weak=Check(
        "exact",
        "d = 4",
        _slow_equal,
        {"d": Integers(4, 4)},
        role="step",
    ),
    spec="GM-flow",
)


CLAIMS = (
    CLOSED,
    CENTRED,
    OFFSET,
    SPAN,
    LIMIT,
    RATES,
    ZERO,
    WIDE,
    SLOW,
)
