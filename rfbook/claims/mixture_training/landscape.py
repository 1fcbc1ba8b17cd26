"""Training on the mixture: gradient, critical points, saddles, and gradient flow.

The network is f(x) = c + sum u_i <w_i, x>^2, its matrix M = W diag(u) W'. Everything
rests on one fact: at a critical point the neurons span an invariant subspace of Delta.
"""

from functools import cache
from itertools import combinations

from sympy import (
    Expr,
    ImmutableMatrix,
    Integer,
    Matrix,
    Rational,
    Symbol,
    diag,
    expand,
    eye,
    simplify,
    solve,
    sqrt,
    symbols,
    zeros,
)

from rfbook.claims.mixture_gap.sources import printed
from rfbook.claims.quadratic_flow.exact import nonnegative, rectangle, reflection
from rfbook.claims.quadratic_flow.moments import polynomials_agree, symmetric
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Relation,
    Result,
    Space,
    Statement,
    Verdict,
    every,
    every_identity,
    fails,
    holds,
    unknown,
)

CHAPTER = "mixture-training"
SIZES = {"d": Integers(1), "N": Integers(1)}
SMALL = {"d": Integers(1, 2), "N": Integers(1, 2)}
DIFFERENCE = Space(r"\operatorname{Sym}_d \text{ with } -I \prec \Delta \prec I")
POSITIVE = Space(r"\operatorname{Sym}_d \text{ with } 0 \preceq \Delta \prec I")
NETWORK = "f(x) = c + \\sum_{i \\le N} u_i \\langle w_i, x \\rangle^2"
HOPE = "Section 3.3, below Theorem 6"

li, lj = symbols("lambda_i lambda_j", real=True)
R = Symbol(r"\mathcal{R}", positive=True)
WEIGHT = li / (2 * (1 + li**2))
SHARE = li**2 / (2 * (1 + li**2))
HALF = Rational(1, 2)


def risk(M: Matrix, Delta: Matrix, constant=None) -> Expr:
    """Return E (y - c - <x, M x>)^2 by the mean and variance of each class's form.

    Without a constant it is c = -Tr M, with which the predictor has mean 0.
    """
    constant = -M.trace() if constant is None else constant
    total = Integer(0)
    for y in (1, -1):
        MC = M * (eye(M.rows) - y * Delta)
        total += 2 * (MC * MC).trace() + (MC.trace() + constant - y) ** 2
    return total / 2


def slope(statement, M: Matrix, constant, Delta: Matrix) -> Matrix:
    """Return the statement's G."""
    signal = 1 + (M * Delta).trace()
    gap = constant + M.trace()
    return (
        statement.signal * signal * Delta
        + statement.mean * gap * eye(M.rows)
        + statement.size * M
        + statement.cross * Delta * M * Delta
    )


# --- the gradient ---------------------------------------------------------------------

LEVEL = Symbol("c", real=True)


def _derivatives(value: Expr, variables) -> list:
    return [value.diff(v) for v in variables]


def _gradient_network(statement, domain) -> Result:
    """Differentiate the mean squared error in every entry of W and u, and in c."""

    def sides():
        for d in domain["d"]:
            Delta = symmetric("D", d)
            for N in domain["N"]:
                W, u = rectangle("W", d, N), Matrix(symbols(f"u1:{N + 1}", real=True))
                M = W * diag(*u) * W.T
                value = risk(M, Delta, LEVEL)
                G = slope(statement, M, LEVEL, Delta)
                claimed = list(statement.network * G * W * diag(*u))
                claimed += [(W[:, i].T * G * W[:, i])[0] for i in range(N)]
                claimed += [statement.last * (LEVEL + M.trace())]
                found = _derivatives(value, [*W, *u, LEVEL])
                for k, (left, right) in enumerate(zip(found, claimed, strict=True)):
                    yield f"d = {d}, N = {N}, derivative {k + 1}", left, right

    return polynomials_agree(sides())


def _gradient_tangent(statement, domain) -> Result:
    """Differentiate the risk of M = W V' + V W' in every entry of V."""

    def sides():
        for d in domain["d"]:
            Delta = symmetric("D", d)
            for N in domain["N"]:
                W, V = rectangle("W", d, N), rectangle("V", d, N)
                M = W * V.T + V * W.T
                found = _derivatives(risk(M, Delta, LEVEL), V)
                claimed = statement.tangent * slope(statement, M, LEVEL, Delta) * W
                for k, (left, right) in enumerate(zip(found, claimed, strict=True)):
                    yield f"d = {d}, N = {N}, derivative {k + 1}", left, right

    return polynomials_agree(sides())


def _gradient_start(statement, domain) -> Result:
    """Look at W = 0 and u = 0 in one dimension: there is no slope in W."""
    G = slope(statement, zeros(1, 1), 0, Matrix([[Rational(1, 2)]]))
    return polynomials_agree([("at M = 0", G[0], Integer(1))])


GRADIENT = Claim(
    id="mixture-gradient",
    title="The gradient of the risk on the mixture",
    chapter=CHAPTER,
    statement=Statement(
        "Let $[[d]]$, $[[N]]$ and $[[Delta]]$. With\n\n"
        "$$G = [[signal]] \\big( 1 + \\langle M, \\Delta \\rangle \\big) \\Delta + "
        "[[mean]] (c + \\operatorname{Tr} M)\\, I + [[size]] M + [[cross]] \\Delta M "
        "\\Delta$$\n\n"
        f"the risk of ${NETWORK}$, where $M = W \\operatorname{{diag}}(u)\\, "
        "W^{\\mathsf T}$, has the derivatives\n\n"
        "$$\\nabla_W \\mathcal R = [[network]] G W \\operatorname{diag}(u), \\qquad "
        "\\partial_{u_i} \\mathcal R = \\langle w_i, G w_i \\rangle, \\qquad "
        "\\partial_c \\mathcal R = [[last]] (c + \\operatorname{Tr} M),$$\n\n"
        "and for the tangent model, $M = W V^{\\mathsf T} + V W^{\\mathsf T}$, it is "
        "$\\nabla_V \\mathcal R = [[tangent]] G W$.",
        {**SIZES, "Delta": DIFFERENCE},
        {
            "signal": 2,
            "mean": 2,
            "size": 4,
            "cross": 4,
            "network": 2,
            "last": 2,
            "tangent": 2,
        },
    ),
    sources=(printed("Section 3.3, the network", "implied"),),
    uses=("mixture-risk",),
    checks=(
        Check(
            "symbolic",
            "derivatives of the network's mean squared error, every entry a symbol",
            _gradient_network,
            SMALL,
            role="step",
        ),
        Check(
            "symbolic",
            "derivatives of the tangent model's risk, every entry a symbol",
            _gradient_tangent,
            SMALL,
            role="step",
        ),
    ),
    planted=(
        Planted("41/10 for 4", {"size": Rational(41, 10)}, near=True),
        Planted("Delta M Delta dropped", {"cross": 0}),
        Planted("the signal's slope halved", {"signal": 1}),
        Planted("the mean's share dropped", {"mean": 0}),
        Planted("the tangent model counted once", {"tangent": 1}),
    ),
    weak=Check("exact", "M = 0 in one dimension", _gradient_start, role="step"),
)


# --- critical points ------------------------------------------------------------------

SPECTRA = {
    1: (("1/2",), ("-1/3",)),
    2: (("1/2", "1/3"), ("1/2", "-1/3"), ("1/2", "0")),
    3: (("1/2", "1/3", "1/4"), ("1/2", "1/2", "-3/4"), ("2/3", "0", "-1/5")),
}
ABOVE = Relation(">")


def trials(domain):
    """Map names to (Delta, N, eigenvectors, eigenvalues): rational, axes turned."""
    found = {}
    for d in domain["d"]:
        axes = reflection(d) if d > 1 else eye(1)
        for spectrum in SPECTRA.get(d, ()):
            values = [Rational(v) for v in spectrum]
            Delta = axes * diag(*values) * axes.T
            for N in domain["N"]:
                found[f"eigenvalues {spectrum}, N = {N}"] = Delta, N, axes, values
    return found


def shown(S) -> str:
    """Write an index set, counting from 1."""
    return "indices {" + ", ".join(str(i + 1) for i in S) + "}"


def index_sets(values, most: int, allowed):
    """List the sets of at most `most` indices of the allowed eigenvalues."""
    kept = [i for i, value in enumerate(values) if allowed(value)]
    return [S for k in range(most + 1) for S in combinations(kept, k)]


def stated_point(statement, axes: Matrix, values, S):
    """Return the statement's risk of an index set, and its W W'."""
    captured = sum((statement.share.subs(li, values[i]) for i in S), Integer(0))
    value = 1 / (1 + captured)
    P = zeros(*axes.shape)
    for i in S:
        weight = value * statement.weight.subs(li, values[i])
        P += weight * axes[:, i] * axes[:, i].T
    return value, P


@cache
def slope_form(Delta: ImmutableMatrix) -> tuple[Matrix, Matrix]:
    """Differentiate the risk of M = -P for a symmetric matrix P of symbols."""
    P = symmetric("p", Delta.rows)
    value = risk(-P, Delta)

    def entry(i, j):
        share = 1 if i == j else Rational(1, 2)
        return expand(share * value.diff(P[i, j]))

    return P, Matrix(*Delta.shape, entry)


def true_slope(P: Matrix, Delta: Matrix) -> Matrix:
    """Return the derivative of the risk of M = -P at a rational P."""
    names, form = slope_form(ImmutableMatrix(Delta))
    return form.subs(dict(zip(names, P, strict=True)))


def _critical_exact(statement, domain) -> Result:
    """Build the stated W W' for every index set: its slope, its rank, its risk."""

    def decide(name):
        Delta, N, axes, values = known[name]
        stated = index_sets(
            values, len(values), lambda v: statement.positive.exact(v, 0)
        )
        for S in stated:
            if not statement.relation.exact(len(S), N):
                continue
            value, P = stated_point(statement, axes, values, S)
            if len(S) > N:
                return False, f"{shown(S)}: rank {P.rank()} <= {N}"
            if not nonnegative(P):
                return False, f"{shown(S)}: W W' is positive semidefinite"
            if any(true_slope(P, Delta) * P):
                return False, f"{shown(S)}: the gradient vanishes"
            if (found := expand(risk(-P, Delta))) != value:
                return False, f"{shown(S)}: the risk {found} = {value}"
        needed = index_sets(values, min(N, len(values)), lambda v: v > 0)
        missing = [S for S in needed if not statement.relation.exact(len(S), N)] or [
            S for S in needed if S not in stated
        ]
        if missing:
            return False, f"{shown(missing[0])}: no critical point but those stated"
        return True, "all index sets"

    known = trials(domain)
    return every(known, decide)


def _critical_solved(statement, domain) -> Result:
    """Solve G P = 0 for symmetric P of size 2, Delta = diag(1/2, 1/3)."""
    values = [Rational(1, 2), Rational(1, 3)]
    Delta, P = diag(*values), symmetric("p", 2)
    product = slope_form(ImmutableMatrix(Delta))[1] * P
    names = sorted(P.free_symbols, key=str)
    found = {
        tuple(simplify(entry.subs(point)) for entry in P)
        for point in solve(list(product), names, dict=True)
    }
    real = {point for point in found if all(v.is_real for v in point)}
    known = index_sets(values, 2, lambda v: statement.positive.exact(v, 0))
    stated = {tuple(stated_point(statement, eye(2), values, S)[1]) for S in known}
    if real == stated:
        return holds("the matrices of the four index sets")
    return fails(f"Delta = diag(1/2, 1/3): G P = 0 has the solutions {sorted(real)}")


def _critical_compressed(statement, domain) -> Result:
    """Solve sA + 2AQA + 2Q = 0 for A = diag(a_1, a_2), and invert sI + 2QA."""
    s = Symbol("s", positive=True)
    a = symbols("a1:3", real=True)
    A, Q = diag(*a), symmetric("q", 2)
    equations = list(s * A + 2 * A * Q * A + 2 * Q)
    (point,) = solve(equations, sorted(Q.free_symbols, key=str), dict=True)
    Q = Q.subs(point)
    rows = [("off the diagonal", Q[0, 1], Integer(0))]
    signal = Integer(1)
    for i in range(2):
        rows.append((f"entry {i + 1}", Q[i, i], -s * statement.weight.subs(li, a[i])))
        rows.append((f"factor {i + 1}", s + 2 * Q[i, i] * a[i], s / (1 + a[i] ** 2)))
        signal -= s * statement.share.subs(li, a[i])
    rows.append(("the signal that is left", signal, 1 + (Q * A).trace()))
    return every_identity(rows)


def _critical_empty(statement, domain) -> Result:
    value, P = stated_point(statement, eye(1), [Rational(1, 2)], ())
    return every(["no index"], lambda _: (risk(-P, diag(HALF)) == value, "the risk"))


CRITICAL = Claim(
    id="mixture-critical-points",
    title="The critical points on the mixture, exactly",
    chapter=CHAPTER,
    statement=Statement(
        f"Let $[[d]]$, $[[N]]$, $[[Delta]]$ and ${NETWORK}$ with $u_i \\ne 0$. At "
        "every point $(W, c)$ where the gradient of $\\mathcal R$ in $(W, c)$ "
        "vanishes $c = - \\operatorname{Tr} M$ and, for some orthonormal eigenvectors "
        "$v_1, \\dots, v_d$ of $\\Delta$ with eigenvalues $\\lambda_i$ and some set "
        "$\\mathcal I$ of indices,\n\n"
        "$$M = - \\mathcal R \\sum_{i \\in \\mathcal I} [[weight]]\\, v_i "
        "v_i^{\\mathsf T}, \\qquad \\mathcal R = \\Big( 1 + \\sum_{i \\in \\mathcal I} "
        "[[share]] \\Big)^{-1}, \\qquad \\lvert \\mathcal I \\rvert [[relation]] "
        "N.$$\n\n"
        "If all $u_i = -1$, then $\\lambda_i [[positive]] 0$ for all $i \\in \\mathcal "
        "I$, every such set occurs, and the points with such an $M$ and $c$ are all "
        "critical.",
        {**SIZES, "Delta": DIFFERENCE},
        {
            "weight": WEIGHT,
            "share": SHARE,
            "relation": Relation("<="),
            "positive": ABOVE,
        },
    ),
    sources=(printed("Section 3.3, Theorem 6", "background"),),
    uses=("mixture-gradient",),
    checks=(
        Check(
            "exact",
            "u = -1: every index set of eight spectra, N <= 3, axes turned",
            _critical_exact,
            {"d": Integers(1, 3), "N": Integers(1, 3)},
            role="step",
        ),
        Check(
            "symbolic",
            "u = -1 and d = N = 2: the equation solved for one Delta",
            _critical_solved,
            {"d": Integers(2, 2), "N": Integers(2, 2)},
            role="step",
        ),
        Check(
            "symbolic",
            "the equation inside the span of the neurons, for symbolic eigenvalues",
            _critical_compressed,
            role="step",
        ),
    ),
    planted=(
        Planted("41/40 of the weight", {"weight": 41 * WEIGHT / 40}, near=True),
        Planted("1 + lambda^2 left out", {"weight": li / 2}),
        Planted("the leading share", {"share": li**2 / 2}),
        Planted("every set, however large", {"relation": Relation(">=")}),
        Planted("negative eigenvalues instead", {"positive": Relation("<")}),
        Planted("fewer than N", {"relation": Relation("<")}),
    ),
    weak=Check("exact", "no index in one dimension", _critical_empty, role="step"),
)


# --- saddles --------------------------------------------------------------------------

OPEN, SWAP = -4 * R * lj, 4 * R * (li - lj) / (1 + li**2)
NOT_LEAST = " that is not a global minimum"
UNUSED = " that leaves out some positive eigenvalue"


def tested(statement, values, S, N: int) -> bool:
    """Tell whether the statement speaks of the critical points of an index set."""
    level = stated_point(CRITICAL.statement, eye(len(values)), values, S)[0]
    clauses = {
        "": True,
        UNUSED: any(v > 0 for i, v in enumerate(values) if i not in S),
        NOT_LEAST: level > least_risk(values, N),
    }
    return clauses[statement.clause]


def least_risk(values, N: int):
    """Return the least risk over all index sets, by trying them all."""
    sets = index_sets(values, N, lambda v: v > 0)
    captured = (sum((SHARE.subs(li, values[i]) for i in S), Integer(0)) for S in sets)
    return min(1 / (1 + share) for share in captured)


def second_derivative(Delta: Matrix, P: Matrix, v: Matrix, a: Matrix, size):
    """Return the second derivative of the risk along W + s v q', where W q = a t.

    W W' moves by s t (v a' + a v') + s^2 v v', and c follows. With size = t^2 the
    factor t is taken into s, so that all numbers are rational; the risk is of degree 4
    in s, and five values of it give the derivative exactly.
    """

    def value(s):
        moved = P + s * (v * a.T + a * v.T) + s**2 / size * v * v.T
        return risk(-moved, Delta)

    near, far = value(1) + value(-1), value(2) + value(-2)
    return size * (16 * near - far - 30 * value(0)) / 12


def _ways(statement, values, S, N: int, level):
    """Yield the statement's ways: j, i or None, the claimed second derivative."""
    for j in (j for j in range(len(values)) if j not in S):
        known = {lj: values[j], R: level}
        if len(S) < N and values[j] > 0:
            yield j, None, statement.open.subs(known)
        for i in S:
            if values[j] > values[i]:
                yield j, i, statement.swap.subs(known | {li: values[i]})


def _saddles_exact(statement, domain) -> Result:
    """Follow every way at every critical point in question, on the exact risk."""

    def decide(name):
        Delta, N, axes, values = known[name]
        for S in index_sets(values, N, lambda v: v > 0):
            if not tested(statement, values, S, N):
                continue
            level, P = stated_point(CRITICAL.statement, axes, values, S)
            ways = list(_ways(statement, values, S, N, level))
            if not ways:
                return False, f"{shown(S)}: a way down"
            for j, i, claimed in ways:
                a, size = zeros(axes.rows, 1), Integer(1)
                if i is not None:
                    a, size = axes[:, i], level * WEIGHT.subs(li, values[i])
                found = second_derivative(Delta, P, axes[:, j], a, size)
                if found != claimed or not found < 0:
                    return False, f"{shown(S)}, j = {j + 1}: {found} = {claimed} < 0"
        return True, "every critical point in question"

    known = trials(domain)
    return every(known, decide)


def _saddles_symbolic(statement, domain) -> Result:
    """Take the plane of v_i and v_j for symbolic eigenvalues and a symbolic risk.

    The other indices enter through the signal that is left, which is the risk.
    """
    s = Symbol("s")
    first = R * WEIGHT
    rows = []
    for name, kept, way in (
        ("a free neuron", 0, Matrix([[0, 0], [0, s**2]])),
        ("an exchange", first, Matrix([[0, s * sqrt(first)], [0, s**2]])),
    ):
        way[1, 0] = way[0, 1]
        P, Delta = diag(kept, 0) + way, diag(li, lj)
        rest = R + kept * li  # 1 minus what the other indices contribute
        PD = P * Delta
        value = (rest - PD.trace()) ** 2 + 2 * (P * P).trace() + 2 * (PD * PD).trace()
        found = 2 * expand(value).coeff(s, 2)
        claimed = statement.open if name == "a free neuron" else statement.swap
        rows.append((name, found, claimed))
    return every_identity(rows)


def whole_hessian(values, P, S, N: int) -> Matrix:
    """Return the second derivatives of the risk in W at an index set, in rationals.

    In eigenvectors of Delta, and right singular vectors of W. The columns of the way
    that meet a learned direction carry its singular value, the root of an entry of P:
    this changes no sign, and Z = W H' + H W' and Y = H H' become rational.
    """
    Delta, size = diag(*values), len(values)
    here, G = risk(-P, Delta), true_slope(P, Delta)

    def second(way):
        Z, Y = zeros(size), zeros(size)
        for k in range(N):
            column, learned = way[:, k], k < len(S)
            scale = P[S[k], S[k]] if learned else 1
            Y += scale * column * column.T
            if learned:
                Z[:, S[k]] += scale * column
        Z += Z.T
        # W W' moves by s Z + s^2 Y, and the risk is quadratic in it
        bend = risk(-P - Z, Delta) - here if any(Z) else 0
        return 2 * (bend + (G * (Y - Z)).trace())

    units = []
    for k in range(size * N):
        units.append(zeros(size, N))
        units[-1][k] = 1
    alone = [second(unit) for unit in units]

    def entry(i, j):
        if i == j:
            return alone[i]
        return (second(units[i] + units[j]) - alone[i] - alone[j]) / 2

    upper = {(i, j): entry(i, j) for j in range(len(units)) for i in range(j + 1)}
    return Matrix(len(units), len(units), lambda i, j: upper[min(i, j), max(i, j)])


@cache
def is_minimum(values: tuple, S: tuple, N: int) -> bool:
    """Tell whether the Hessian has no negative eigenvalue at an index set."""
    P = stated_point(CRITICAL.statement, eye(len(values)), values, S)[1]
    return nonnegative(whole_hessian(values, P, S, N))


def _saddles_nowhere_else(statement, domain) -> Result:
    """Compare the risk of rational networks with the least risk of an index set.

    The Hessian must have a negative eigenvalue where the statement says so, and none
    where it says nothing.
    """
    left_out = []

    def decide(name):
        Delta, N, _axes, values = known[name]
        least = least_risk(values, N)
        for k in range(6):
            W = Matrix(Delta.rows, N, lambda i, j, k=k: Rational(i - 2 * j + k, 9 - k))
            found = risk(-W * W.T, Delta)
            if found < least:
                return False, f"network {k + 1}: {found} >= {least}"
        for S in index_sets(values, N, lambda v: v > 0):
            minimum = is_minimum(tuple(values), S, N)
            if not tested(statement, values, S, N):
                left_out.extend([] if minimum else [f"{name}: {shown(S)}"])
            elif minimum:
                return False, f"{shown(S)}: some second derivative < 0"
        return True, "six networks, and every critical point"

    known = trials(domain)
    result = every(known, decide)
    if result.verdict is Verdict.HOLDS and left_out:
        return unknown(f"a saddle of which the statement says nothing: {left_out[0]}")
    return result


def _saddles_at_zero(statement, domain) -> Result:
    """Let one free neuron grow from W = 0, where the risk is 1."""
    value = Rational(1, 2)
    nothing = zeros(1, 1)
    found = second_derivative(diag(value), nothing, eye(1), nothing, Integer(1))
    claimed = statement.open.subs({lj: value, R: 1})
    return every(["W = 0"], lambda _: (found == claimed, f"{found} = {claimed}"))


SADDLES = Claim(
    id="mixture-saddles",
    title="On the mixture, too, there are only global minima and strict saddles",
    chapter=CHAPTER,
    statement=Statement(
        "Let $[[d]]$, $[[N]]$, $[[Delta]]$, all $u_i = -1$, and let $(W, c)$ be a "
        "critical point with index set $\\mathcal I$[[clause]]. There are $j \\notin "
        "\\mathcal I$ and a unit vector $q \\in \\mathbb R^N$ for which the second "
        "derivative of $\\mathcal R$ along $W + s\\, v_j q^{\\mathsf T}$, with the "
        "best $c$, is\n\n"
        "$$[[open]] < 0 \\quad (W q = 0) \\qquad \\text{or} \\qquad [[swap]] < 0 "
        "\\quad (i \\in \\mathcal I,\\ W q \\parallel v_i).$$\n\n"
        "Hence every local minimum of $\\mathcal R$ is a global one.",
        {**SIZES, "Delta": DIFFERENCE},
        {"clause": NOT_LEAST, "open": OPEN, "swap": SWAP},
    ),
    sources=(printed(HOPE, "background"),),
    uses=("mixture-critical-points", "mixture-network-signs"),
    checks=(
        Check(
            "exact",
            "the ways down at all index sets of eight spectra, N <= 3",
            _saddles_exact,
            {"d": Integers(1, 3), "N": Integers(1, 3)},
            role="step",
        ),
        Check(
            "symbolic",
            "both second derivatives for symbolic eigenvalues",
            _saddles_symbolic,
            role="step",
        ),
        Check(
            "exact",
            "no network of the trials is below the least index set; the whole Hessian",
            _saddles_nowhere_else,
            {"d": Integers(1, 3), "N": Integers(1, 3)},
            role="step",
        ),
    ),
    planted=(
        Planted("the clause dropped", {"clause": ""}, near=True),
        Planted(
            "an eigenvalue to spare: right if N neurons have room for all",
            {"clause": UNUSED},
            near=True,
        ),
        Planted("41/10 for 4", {"open": 41 * OPEN / 40}, near=True),
        Planted("1 + lambda_i^2 left out", {"swap": 4 * R * (li - lj)}),
        Planted("the risk's factor left out", {"open": OPEN / R, "swap": SWAP / R}),
        Planted("the exchange as deep as the way out of 0", {"swap": OPEN}),
    ),
    weak=Check("exact", "W = 0 in one dimension", _saddles_at_zero, role="step"),
)


CLAIMS = (GRADIENT, CRITICAL, SADDLES)
