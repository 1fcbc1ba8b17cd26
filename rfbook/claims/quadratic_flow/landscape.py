"""The population risk of the network with unit output weights, and its landscape."""

from itertools import combinations

from sympy import Matrix, Rational, Symbol, diag, expand, solve, sqrt, zeros

from rfbook.claims.quadratic_flow.exact import (
    AT_MOST,
    SQUARE,
    TRACE,
    b_0,
    c,
    curvature,
    excess,
    g,
    hessian,
    mean_square,
    nonnegative,
    reflection,
    same,
)
from rfbook.claims.quadratic_flow.moments import square_norm, symmetric
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
    Verdict,
    every,
    fails,
    holds,
    unknown,
)

CHAPTER = "quadratic-flow"
SIZES = {"d": Integers(1), "N": Integers(1)}
SMALL = {"d": Integers(1, 3), "N": Integers(1, 2)}
MATRICES = {
    "B": Space(r"\operatorname{Sym}_d"),
    "W": Space(r"\mathbb R^{d \times N}"),
    "c": Reals(),
}
POSITIVE = Space(r"\operatorname{Sym}_d \text{ with } B \succeq 0")
MODEL = (
    "Let $f_*(x) = \\langle x, B x \\rangle + b_0$ and $\\hat f(x) = "
    "\\sum_{i \\le N} \\langle w_i, x \\rangle^2 + c$, with $x [[law]]$."
)
NORMAL = "\\sim \\gamma_d"
UNIT = "\\text{ of independent entries with mean 0 and variance 1}"
li, lj = Symbol("lambda_i", nonnegative=True), Symbol("lambda_j", nonnegative=True)


def sizes(domain):
    """List the pairs (d, N) of a domain."""
    return [(d, N) for d in domain["d"] for N in domain["N"]]


# --- the risk -------------------------------------------------------------------------


def _values(B: Matrix, W: Matrix) -> dict:
    return {TRACE: B.trace(), SQUARE: square_norm(W)}


def _risk_defined(statement, domain) -> Result:
    """Take the mean of the squared residual, monomial by monomial, in every entry."""
    if statement.law != NORMAL:
        return unknown("the moments are Gaussian")

    def sides(d, N):
        B, W, mean = mean_square(d, N)
        gap = statement.mean.subs(_values(B, W))
        claimed = statement.factor * square_norm(B - W * W.T) + gap**statement.power
        return f"d = {d}, N = {N}", mean, expand(claimed)

    return same(sides(d, N) for d, N in sizes(domain))


def _risk_diagonal(statement, domain) -> Result:
    """Add up E(sum a_i x_i^2 + e)^2 for every d, in the power sums of the a_i.

    Entries that need not be Gaussian are signs, with fourth moment 1 in place of 3.
    """
    fourth = 3 if statement.law == NORMAL else 1
    first, second, level = (Symbol(name) for name in ("p_1", "p_2", "e"))
    pairs = first**2 - second  # of a_i a_j over i != j, each with E x_i^2 x_j^2 = 1
    mean = fourth * second + pairs + 2 * level * first + level**2
    gap = statement.mean.subs(TRACE, first + SQUARE).subs(b_0, level + c)
    claimed = statement.factor * second + gap**statement.power
    return same([("the mean of the square", mean, expand(claimed))])


def _risk_at_zero(statement, domain) -> Result:
    """Look at W = 0 and B = 1, where the gap of the means is b_0 + 1."""
    gap = statement.mean.subs({b_0: -1, TRACE: 1, SQUARE: 0, c: 0})
    return same([("the error", 2, statement.factor + gap**statement.power)])


RISK = Claim(
    id="population-risk",
    title="The population risk of the network",
    chapter=CHAPTER,
    statement=Statement(
        f"{MODEL} For every $[[d]]$, $[[N]]$, $[[B]]$, $[[W]]$ and $[[c]]$ the mean "
        "squared error is\n\n"
        "$$\\mathcal E(W, c) = [[factor]] \\lVert B - W W^{\\mathsf T} \\rVert_F^2 "
        "+ g^[[power]], \\qquad g = [[mean]].$$",
        {**SIZES, **MATRICES},
        {"law": NORMAL, "factor": 2, "power": 2, "mean": b_0 + TRACE - c - SQUARE},
    ),
    sources=(
        printed("Section 2.3, the population risk", "implied"),
        printed("Section 2.3, the network with unit output weights", "background"),
    ),
    uses=("quadratic-risk",),
    checks=(
        Check(
            "symbolic",
            "the mean of the squared residual, every entry of B and W a symbol",
            _risk_defined,
            SMALL,
        ),
        Check(
            "symbolic",
            "for every d, in the eigenbasis of B - W W'",
            _risk_diagonal,
            role="step",
        ),
    ),
    planted=(
        Planted("41/20 for 2", {"factor": Rational(41, 20)}, near=True),
        Planted("without the factor 2", {"factor": 1}),
        Planted(
            "the neurons' own mean forgotten", {"mean": b_0 + TRACE - c}, near=True
        ),
        Planted("the constant counted twice", {"mean": b_0 + TRACE - 2 * c - SQUARE}),
        Planted("the gap of the means not squared", {"power": 1}),
        Planted("entries of variance 1, not Gaussian", {"law": UNIT}, near=True),
    ),
    weak=Check("exact", "W = 0, B = 1, b_0 = -1, c = 0", _risk_at_zero, role="step"),
    spec="GM-L",
)


# --- its gradient ---------------------------------------------------------------------


def gradient(statement, B: Matrix, W: Matrix, gap) -> tuple[Matrix, object]:
    """Return the statement's gradient in W and in c."""
    first = -statement.outer * (B - W * W.T) * W - statement.inner * gap * W
    return first, -statement.last * gap


def _gradient_defined(statement, domain) -> Result:
    """Differentiate the mean squared error, taken from its definition."""

    def sides(d, N):
        B, W, mean = mean_square(d, N)
        gap = b_0 + B.trace() - c - square_norm(W)
        first, last = gradient(statement, B, W, gap)
        found = Matrix([*(mean.diff(entry) for entry in W), mean.diff(c)])
        claimed = Matrix([*first, last])
        return f"d = {d}, N = {N}", found, claimed

    return same(sides(d, N) for d, N in sizes(domain))


def _gradient_slopes(statement, domain) -> Result:
    """Compare slopes at rational networks of other sizes, along rational ways."""
    s = Symbol("s")

    def decide(size):
        d, N = size
        B = Matrix(d, d, lambda i, j: Rational(1 + i * j, 1 + i + j))
        W = Matrix(d, N, lambda i, j: Rational(i - 2 * j + 1, 2 + i))
        H = Matrix(d, N, lambda i, j: Rational((-1) ** i, 1 + j))
        moved, start = W + s * H, Rational(2, 3)
        gap = B.trace() - start - s - square_norm(moved)
        slope = expand(excess(B, moved, gap)).coeff(s, 1)
        first, last = gradient(statement, B, W, gap.subs(s, 0))
        claimed = (first.T * H).trace() + last
        return slope == claimed, f"the slope {slope} = {claimed}"

    return every(sizes(domain), decide)


GRADIENT = Claim(
    id="risk-gradient",
    title="The gradient of the population risk",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[N]]$, $[[B]]$, $[[W]]$ and $[[c]]$, with the gap $g = "
        "b_0 + \\operatorname{Tr} B - c - \\lVert W \\rVert_F^2$ of the means,\n\n"
        "$$\\nabla_W \\mathcal E = -[[outer]] (B - W W^{\\mathsf T}) W - [[inner]] "
        "g\\, W, \\qquad \\partial_c \\mathcal E = -[[last]] g.$$",
        {**SIZES, **MATRICES},
        {"outer": 8, "inner": 4, "last": 2},
    ),
    sources=(printed("Section 2.3, the step of SGD", "implied"),),
    uses=("population-risk",),
    checks=(
        Check(
            "symbolic",
            "derivatives in every entry of W and in c",
            _gradient_defined,
            SMALL,
        ),
        Check(
            "exact",
            "slopes of the risk at rational networks, d = 4 and 5, N <= 6",
            _gradient_slopes,
            {"d": Integers(4, 5), "N": Integers(1, 6)},
            role="step",
        ),
    ),
    planted=(
        Planted("41/5 for 8", {"outer": Rational(41, 5)}, near=True),
        Planted("as for an asymmetric factor: 4", {"outer": 4}),
        Planted("the gap's share dropped", {"inner": 0}),
        Planted("the constant's step halved", {"last": 1}),
    ),
    weak=Check(
        "exact",
        "the slope in c only",
        lambda statement, domain: same(
            [("in c", ((g - c) ** 2).diff(c), -statement.last * (g - c))]
        ),
        role="step",
    ),
    spec="GM-L",
)


# --- critical points ------------------------------------------------------------------

SPECTRA = {2: ((9, 4), (4, 0)), 3: ((9, 4, 1), (4, 4, 1)), 4: ((9, 4, 1, 0),)}
INDEFINITE = {2: ((4, -1),), 3: ((9, 4, -1),)}


def trials(domain):
    """Map names to (B, N, eigenvectors, eigenvalues): roots rational, axes turned."""
    found = {}
    signed = {} if domain["B"] == POSITIVE else INDEFINITE
    for d in domain["d"]:
        for values in (*SPECTRA.get(d, ()), *signed.get(d, ())):
            axes = reflection(d)
            B = axes * diag(*values) * axes.T
            for N in domain["N"]:
                found[f"eigenvalues {values}, N = {N}"] = B, N, axes, values
    return found


def shown(S) -> str:
    """Write an index set, counting from 1."""
    return "indices {" + ", ".join(str(i + 1) for i in S) + "}"


def index_sets(values, most: int):
    """List the sets of at most `most` indices of positive eigenvalues."""
    positive = [i for i, value in enumerate(values) if value > 0]
    return [S for k in range(most + 1) for S in combinations(positive, k)]


def least(values, N: int):
    """Return the least error over all index sets, by trying them all."""
    return min(
        2 * sum(v**2 for i, v in enumerate(values) if i not in S)
        for S in index_sets(values, N)
    )


def network(axes: Matrix, values, S, N: int) -> Matrix:
    """Return W = sum over S of sqrt(lambda_i) e_i q_i', the q_i rational."""
    turns, W = reflection(N, 2), zeros(axes.rows, N)
    for k, i in enumerate(S):
        W += sqrt(values[i]) * axes[:, i] * turns[:, k].T
    return W


def _critical_exact(statement, domain) -> Result:
    """Build a network for every index set: its gradient, its matrix, its error."""

    def decide(name):
        B, N, axes, values = known[name]
        for S in index_sets(values, len(values)):
            allowed = statement.relation.exact(len(S), N)
            if not allowed:
                continue
            if len(S) > N:
                return (
                    False,
                    f"{shown(S)}: a matrix of rank {len(S)} = W W' for N = {N}",
                )
            W = network(axes, values, S, N)
            if any((B - W * W.T) * W):
                return False, f"{shown(S)}: the gradient vanishes"
            M = zeros(*B.shape)
            for i in S:
                weight = statement.weight.subs(li, values[i])
                M += weight * axes[:, i] * axes[:, i].T
            rest = sum(values[i] ** 2 for i in range(len(values)) if i not in S)
            error, claimed = excess(B, W), statement.factor * rest
            if W * W.T != M or error != claimed:
                return (
                    False,
                    f"{shown(S)}: W W' as stated, and the error {error} = {claimed}",
                )
        return True, "all index sets"

    known = trials(domain)
    return every(known, decide)


def _critical_solved(statement, domain) -> Result:
    """Solve M^2 = BM for symmetric M of size 2, B = diag(9, 4)."""
    B, M = diag(9, 4), symmetric("m", 2)
    found = {
        tuple(entry.subs(point) for entry in M)
        for point in solve(
            list(M * M - B * M), sorted(M.free_symbols, key=str), dict=True
        )
    }
    weights = [statement.weight.subs(li, value) for value in (9, 4)]
    stated = {(x, 0, 0, y) for x in (0, weights[0]) for y in (0, weights[1])}
    if found == stated:
        return holds("the four matrices of the four index sets")
    return fails(f"B = diag(9, 4): M^2 = BM has the solutions {sorted(found)}")


def _critical_empty(statement, domain) -> Result:
    return same([("the error of W = 0", 2 * (81 + 16), statement.factor * (81 + 16))])


CRITICAL = Claim(
    id="risk-critical-points",
    title="The critical points of the population risk",
    chapter=CHAPTER,
    statement=Statement(
        "Let $[[d]]$, $[[N]]$ and $[[B]]$. A point $(W, c)$ is critical for "
        "$\\mathcal E$ exactly if $g = 0$ and, for some orthonormal eigenvectors "
        "$e_1, \\dots, e_d$ of $B$ with eigenvalues $\\lambda_i$ and some set "
        "$\\mathcal I$ of "
        "indices with $\\lambda_i > 0$ and $\\lvert \\mathcal I \\rvert [[relation]] "
        "N$,\n\n"
        "$$W W^{\\mathsf T} = \\sum_{i \\in \\mathcal I} [[weight]]\\, e_i "
        "e_i^{\\mathsf T}. "
        "\\qquad \\text{There } \\mathcal E = [[factor]] "
        "\\sum_{i \\notin \\mathcal I} \\lambda_i^2.$$",
        {**SIZES, "B": MATRICES["B"]},
        {"relation": AT_MOST, "weight": li, "factor": 2},
    ),
    sources=(printed("Section 2.3, Proposition 1", "background"),),
    uses=("risk-gradient",),
    checks=(
        Check(
            "exact",
            "a network for every index set, seven spectra, N <= 3",
            _critical_exact,
            {"d": Integers(2, 4), "N": Integers(1, 3)},
            role="step",
        ),
        Check(
            "symbolic",
            "no other critical points for d = 2: the equation solved",
            _critical_solved,
            {"d": Integers(2, 2), "N": Integers(2, 2)},
            role="step",
        ),
    ),
    planted=(
        Planted("41/20 for 2", {"factor": Rational(41, 20)}, near=True),
        Planted("every set, however large", {"relation": Relation(">=")}),
        Planted("the square roots of the eigenvalues", {"weight": sqrt(li)}),
        Planted("the eigenvalues halved", {"weight": li / 2}),
    ),
    weak=Check("exact", "no index, B = diag(9, 4)", _critical_empty, role="step"),
    spec="GM-P1",
)


# --- saddles --------------------------------------------------------------------------

BEYOND = r" and $\mathcal E(W, c) \ge \inf \mathcal E + \alpha$"
ABOVE_ZERO = r" and $\mathcal E(W, c) \ge \alpha$"
AT_ZERO = " and $W = 0$"


def tested(statement, values, S, N: int) -> bool:
    """Tell whether the statement speaks of the critical points of an index set."""
    rest = sum(v**2 for i, v in enumerate(values) if i not in S)
    clauses = {
        "": True,
        AT_ZERO: not S,
        ABOVE_ZERO: rest > 0,
        BEYOND: 2 * rest > least(values, N),
    }
    return clauses[statement.clause]


def _lowest(statement, domain) -> Result:
    """Look for a negative second derivative at every critical point in question."""

    def decide(name):
        B, N, axes, values = known[name]
        for S in index_sets(values, N):
            if not tested(statement, values, S, N):
                continue
            if statement.depth == 0 and statement.relation == AT_MOST:
                # A flat direction is enough.
                W = network(axes, values, S, N)
                H = hessian(B, W)
                if nonnegative(H) and H.det() != 0:
                    return False, f"{shown(S)}: lambda_min = 0"
            elif nonnegative(hessian(B, network(axes, values, S, N))):
                words = f"gradient 0 at {shown(S)}, where the Hessian has no negative "
                return False, words + "eigenvalue: lambda_min < 0"
        return True, "every critical point in question"

    known = trials(domain)
    return every(known, decide)


delta = Symbol("delta", positive=True)

PRINTED = Claim(
    id="strict-saddle-printed",
    title="A strict saddle everywhere, as printed, which is false",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[N]]$, $[[B]]$ and every level $B_0$ there are "
        "$\\varepsilon, \\delta > 0$ such that every $(W, c)$ with $\\mathcal E(W, c) "
        "\\le B_0$ and $\\lVert \\nabla \\mathcal E \\rVert \\le \\varepsilon$"
        "[[clause]] has\n\n"
        "$$\\lambda_{\\min}\\bigl( \\nabla^2 \\mathcal E(W, c) \\bigr) [[relation]] "
        "[[depth]].$$",
        {**SIZES, "B": POSITIVE},
        {"clause": "", "relation": Relation("<"), "depth": -delta},
    ),
    sources=(
        printed(
            "Section 2.3, Proposition 1",
            "refutes",
            "An omitted clause: the usual definition of a strict saddle also allows "
            "points near a local minimum, and the proof of Theorem 3 needs no more.",
        ),
    ),
    expects=Verdict.FAILS,
    checks=(
        Check(
            "exact",
            "the Hessian at a critical point of every index set",
            _lowest,
            {"d": Integers(2, 3), "N": Integers(1, 2)},
            role="step",
        ),
    ),
    planted=(
        Planted("away from the least error", {"clause": BEYOND}, near=True),
        Planted("at W = 0 only", {"clause": AT_ZERO}),
        Planted(
            "at most 0, from N = 2 on",
            {"N": Integers(2), "relation": AT_MOST, "depth": 0},
        ),
    ),
    spec="GM-P1",
)


def _saddles(statement, domain) -> Result:
    """Follow the statement's way down at every critical point in question."""

    def decide(name):
        B, N, axes, values = known[name]
        for S in index_sets(values, N):
            if not tested(statement, values, S, N):
                continue
            W, turns = network(axes, values, S, N), reflection(N, 2)
            out = [j for j in range(len(values)) if j not in S]
            ways = [
                (j, len(S), statement.open.subs(lj, values[j]))
                for j in out
                if len(S) < N and values[j] > 0
            ]
            ways += [
                (j, k, statement.swap.subs({li: values[i], lj: values[j]}))
                for j in out
                for k, i in enumerate(S)
                if values[j] > values[i]
            ]
            if not ways:
                return False, f"a way down at {shown(S)}"
            for j, k, claimed in ways:
                H = (axes[:, j] * turns[:, k].T, 0)
                found = curvature(B, W, (H, H))
                if found != claimed or not found < 0:
                    return False, f"{shown(S)}, j = {j + 1}: {found} = {claimed} < 0"
        return True, "a way down from every other critical point"

    known = trials(domain)
    return every(known, decide)


def _saddles_block(statement, domain) -> Result:
    """Follow both ways in the plane of e_i and e_j, for symbolic eigenvalues."""
    s, root = Symbol("s"), sqrt(li)
    still = Matrix([[root, 0], [0, 0]])  # e_i is learned, the second neuron is free
    free, learned = Matrix([[0, 0], [0, s]]), Matrix([[0, 0], [s, 0]])
    B = diag(li, lj)
    cases = []
    for name, way, claimed in (
        ("a free neuron", free, statement.open),
        ("a learned direction exchanged", learned, statement.swap),
    ):
        W = still + way
        offset = square_norm(still) - square_norm(W)  # g = 0 at the critical point
        second = expand(excess(B, W, offset)).coeff(s, 2) * 2
        cases.append((name, second, claimed))
    return same(cases)


def _whole_hessian(statement, domain) -> Result:
    """See that the Hessian has a negative eigenvalue exactly where the statement says.

    Where it says nothing there must be none, or a saddle would be left out.
    """
    left_out = []

    def decide(name):
        B, N, axes, values = known[name]
        for S in index_sets(values, N):
            minimum = nonnegative(hessian(B, network(axes, values, S, N)))
            if not tested(statement, values, S, N):
                left_out.extend([] if minimum else [f"{name}: {shown(S)}"])
            elif minimum:
                return False, f"{shown(S)}: some second derivative < 0"
        return True, "a way down from every point in question"

    known = trials(domain)
    result = every(known, decide)
    if result.verdict is Verdict.HOLDS and left_out:
        return unknown(f"a saddle of which the statement says nothing: {left_out[0]}")
    return result


def _saddle_at_zero(statement, domain) -> Result:
    """Let one free neuron grow from 0 along e_j."""
    s, way = Symbol("s"), Symbol("s") ** 2
    second = expand(2 * (lj - way) ** 2).coeff(s, 2) * 2
    return same([("a free neuron", second, statement.open)])


SADDLE = Claim(
    id="strict-saddle",
    title="Every critical point but the global minima is a strict saddle",
    chapter=CHAPTER,
    statement=Statement(
        "Let $[[d]]$, $[[N]]$ and $[[B]]$. At a critical point with index set "
        "$\\mathcal I$ that "
        "is not a global minimum there are $j \\notin \\mathcal I$ and a unit vector "
        "$q \\in "
        "\\mathbb R^N$ for which the second derivative of $\\mathcal E$ along "
        "$W + s\\, e_j q^{\\mathsf T}$ is\n\n"
        "$$[[open]] < 0 \\quad (W q = 0) \\qquad \\text{or} \\qquad [[swap]] < 0 "
        "\\quad (i \\in \\mathcal I,\\ W q = \\sqrt{\\lambda_i}\\, e_i).$$\n\n"
        "Hence for all $B_0$ and $[[alpha]]$ there are $\\varepsilon, \\delta > 0$ "
        "such that every $(W, c)$ with $\\mathcal E(W, c) \\le B_0$ and $\\lVert "
        "\\nabla \\mathcal E \\rVert \\le \\varepsilon$[[clause]] has "
        "$\\lambda_{\\min}(\\nabla^2 \\mathcal E(W, c)) < -\\delta$.",
        {**SIZES, "B": POSITIVE, "alpha": Reals(0, open_low=True)},
        {"open": -8 * lj, "swap": -8 * (lj - li), "clause": BEYOND},
    ),
    sources=(printed("Section 2.3, Proposition 1", "corrects"),),
    uses=("risk-critical-points",),
    corrects="strict-saddle-printed",
    checks=(
        Check(
            "exact",
            "the ways down at all index sets, five spectra, N <= 3",
            _saddles,
            {"d": Integers(2, 4), "N": Integers(1, 3)},
            role="step",
        ),
        Check(
            "symbolic",
            "both second derivatives for symbolic eigenvalues",
            _saddles_block,
            role="step",
        ),
        Check(
            "exact",
            "the whole Hessian: no way down at the points left out, and at no others",
            _whole_hessian,
            {"d": Integers(2, 3), "N": Integers(1, 2)},
            role="step",
        ),
    ),
    planted=(
        Planted("the clause dropped: as printed", {"clause": ""}, near=True),
        Planted("the least error taken for 0", {"clause": ABOVE_ZERO}, near=True),
        Planted("41/5 for 8", {"open": -41 * lj / 5}, near=True),
        Planted("the sum of the eigenvalues", {"swap": -8 * (lj + li)}),
        Planted("the exchange as deep as the way out of 0", {"swap": -8 * lj}),
        Planted("half as deep", {"open": -4 * lj, "swap": -4 * (lj - li)}),
    ),
    weak=Check("symbolic", "at W = 0 only", _saddle_at_zero, role="step"),
    spec="GM-P1",
)


CLAIMS = (RISK, GRADIENT, CRITICAL, PRINTED, SADDLE)
