"""How many samples: interpolation, what any method needs, and the noise of a fit.

X stands for x x' - I, so that a centred quadratic function is <X, M>.
"""

from fractions import Fraction
from functools import cache
from itertools import combinations_with_replacement, product
from math import comb

import numpy as np
from flint import fmpz_mat
from sympy import (
    Expr,
    Integer,
    Matrix,
    Rational,
    Symbol,
    exp,
    expand,
    eye,
    gamma,
    gammasimp,
    integrate,
    oo,
    symbols,
    zeros,
)

from rfbook.claims.quadratic_flow.moments import (
    centred_form,
    gaussian_mean,
    polynomials_agree,
    rotated_squares,
    sides_of,
    square_norm,
    symmetric,
)
from rfbook.claims.quadratic_flow.noise import MOMENT
from rfbook.claims.quadratic_gap.sources import printed
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Relation,
    Result,
    Statement,
    agree,
    every,
    identity,
)

CHAPTER = "quadratic-flow"

d, N, n, p = symbols("d N n p", integer=True, positive=True)
alpha = Symbol("alpha", nonnegative=True)
chi = Symbol("chi", nonnegative=True)

FRAME = printed("Figure 1, right frame", "background")
PROTOCOL = printed("Section 4", "background")
AT_LEAST, AT_MOST = Relation(">="), Relation("<=")
DIMENSION = d * (d + 1) / 2


def inputs(count: int, size: int) -> list[Matrix]:
    """Return small integer points, the same ones for every check.

    A determinant that does not vanish at one list of points vanishes almost nowhere.
    """
    value, points = 7, []
    for _ in range(count):
        entries = []
        for _ in range(size):
            value = (value * 5003 + 11) % 10007
            entries.append(value // 101 % 13 - 5)
        points.append(Matrix(entries))
    return points


def centred(point: Matrix, shift=1) -> Matrix:
    """Return x x' - shift I."""
    return point * point.T - shift * eye(len(point))


def gram(matrices) -> Matrix:
    """Return the matrix of all Frobenius products."""
    rows = [[(a.T * b).trace() for b in matrices] for a in matrices]
    return Matrix(rows)


def whole(value, size: int) -> int:
    """Return an integer-valued formula in d at d = size."""
    return int(Integer(0) + value.subs(d, size))


# --- the interpolant of least norm ----------------------------------------------------

EQUAL = "W W^{\\mathsf T} = s I"
CENTRED = "x_j x_j^{\\mathsf T} - I"
RAW = "x_j x_j^{\\mathsf T}"
ANY = "W W^{\\mathsf T} \\succ 0"


def _weights(hypothesis: str, size: int) -> list[Matrix]:
    """Return matrices W that the hypothesis allows."""
    turn = Matrix([[3, -4], [4, 3]]) / 5
    block = eye(size)
    block[:2, :2] = turn
    equal = [2 * eye(size), block, Matrix.hstack(block, eye(size))]
    if hypothesis == EQUAL:
        return equal
    uneven = Matrix(size, size, lambda i, j: (i + 1) * int(i == j) + int(j == i + 1))
    return [*equal, uneven]


def least_norm(W: Matrix, features: list[Matrix], B: Matrix) -> Matrix | None:
    """Return M = W V' + V W' for the V of least norm with <X_j, M> = <X_j, B>.

    <X, W V' + V W'> = 2 <X W, V>, so V is a combination of the 2 X_j W.
    """
    rows = [2 * X * W for X in features]
    system = gram(rows)
    if system.det() == 0:
        return None
    weights = system.LUsolve(Matrix([(X * B).trace() for X in features]))
    V = sum((c * row for c, row in zip(weights, rows, strict=True)), zeros(*W.shape))
    return W * V.T + V * W.T


def projection(features: list[Matrix], B: Matrix) -> Matrix | None:
    """Return the Frobenius-orthogonal projection of B onto the span."""
    system = gram(features)
    if system.det() == 0:
        return None
    weights = system.LUsolve(Matrix([(X * B).trace() for X in features]))
    return sum((c * X for c, X in zip(weights, features, strict=True)), 0 * B)


def _interpolant_exact(statement, domain) -> Result:
    """Solve both problems exactly at integer points, for n up to the stated most."""

    def decide(case):
        size, count, place = case
        points = inputs(count, size)
        B = Matrix(size, size, lambda i, j: min(i, j) + 2 * int(i == j) - 1)
        W = _weights(statement.hypothesis, size)[place]
        fitted = least_norm(W, [centred(x) for x in points], B)
        span = [centred(x, int(statement.features == CENTRED)) for x in points]
        projected = projection(span, B)
        if fitted is None or projected is None:
            return False, "the matrices are independent"
        same = fitted == projected
        return same, f"M_11 = {fitted[0, 0]}, projection {projected[0, 0]}: equal"

    cases = [
        (size, count, place)
        for size in domain["d"]
        for count in range(1, whole(statement.most, size) + 1)
        for place in range(len(_weights(statement.hypothesis, size)))
    ]
    return every(cases, decide)


INTERPOLANT = Claim(
    id="nt-interpolant",
    title="Few samples: the tangent model projects",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, symmetric $B$, $W$ with $[[hypothesis]]$ and almost all "
        "$x_1, \\dots, x_n \\in \\mathbb{R}^d$ with $n \\le [[most]]$: the matrices "
        "$X_j = [[features]]$ are linearly independent, "
        "and among all $V$ whose $M = W V^{\\mathsf T} + V W^{\\mathsf T}$ has "
        "$\\langle x_j, M x_j \\rangle - \\operatorname{Tr} M = \\langle x_j, B x_j "
        "\\rangle - \\operatorname{Tr} B$ for all $j$, the one of least norm has\n\n"
        "$$M = \\mathcal{P} B, \\qquad \\mathcal{P} \\text{ the "
        "orthogonal projection onto } \\operatorname{span} \\{X_1, \\dots, X_n\\}.$$",
        {"d": Integers(2)},
        {"hypothesis": EQUAL, "most": DIMENSION, "features": CENTRED},
    ),
    sources=(FRAME,),
    checks=(
        Check(
            "exact",
            "both problems solved exactly, d = 2, 3, every n, three W",
            _interpolant_exact,
            {"d": Integers(2, 3)},
            role="step",
        ),
    ),
    planted=(
        Planted("any S of full rank", {"hypothesis": ANY}, near=True),
        Planted("one sample more", {"most": DIMENSION + 1}, near=True),
        Planted("features that are not centred", {"features": RAW}),
        Planted("any S, and raw features", {"hypothesis": ANY, "features": RAW}),
    ),
    weak=Check(
        "exact",
        "as many samples as dimensions of the space only",
        lambda statement, domain: every(
            [2],
            lambda size: (
                projection([centred(x) for x in inputs(3, size)], eye(size))
                == eye(size),
                "everything is interpolated",
            ),
        ),
        role="step",
    ),
    spec="GM-RF-Schur",
)


# --- its mean risk --------------------------------------------------------------------


def schur_risk(statement, size, trace, samples, share):
    """Fill in the statement's formula: chi, n and alpha may be numbers or symbols."""
    found = (statement.found / statement.dimension).subs(
        {d: size, n: samples, alpha: share}, simultaneous=True
    )
    seen = statement.seen.subs({d: size, n: samples, alpha: share}, simultaneous=True)
    return trace * (1 - seen) + (1 - trace) * (1 - found)


def _schur_exact(statement, domain) -> Result:
    """Average one squared product over all rotations, for symbolic B and X.

    A projection is the sum of its unit matrices X, n and alpha are sums over them, and
    so is the formula. X is diagonal: another rotation does nothing to the mean.
    """

    def pairs():
        for size in domain["d"]:
            B, xi = symmetric("B", size), symbols(f"xi:{size}", real=True)
            squares, length = rotated_squares(size), sum(v**2 for v in xi)
            seen = sum(xi[a] ** 2 * squares[a, a] for a in range(size))
            for a, b in combinations_with_replacement(range(size), 2):
                if a < b:
                    seen += 2 * xi[a] * xi[b] * squares[a, a, b, b]
            # alpha |X|^2 = Tr(X)^2 / d and chi |B|^2 = Tr(B)^2 / d
            share, trace = sum(xi) ** 2 / size, B.trace() ** 2 / size
            one = 1 - schur_risk(statement, size, 1, 1, alpha)
            rest = 1 - schur_risk(statement, size, 0, 1, alpha)
            parts = [
                expand(part.subs(alpha, 0) * length + part.coeff(alpha) * share)
                for part in map(expand, (one, rest))
            ]
            norm = square_norm(B)
            claimed = trace * parts[0] + (norm - trace) * parts[1]
            yield f"d = {size}", expand(seen), expand(claimed)

    return polynomials_agree(pairs())


def _schur_sampled(statement, domain, rng) -> Result:
    """Project with random Gaussian inputs; each draw brings its own alpha."""
    rows, count = [], 2000
    for size in domain["d"]:
        samples = size + 1
        B = np.diag([1.0] + [0.0] * (size - 1))
        none, whole_trace = (
            float(schur_risk(statement, size, Rational(1, size), samples, Integer(a)))
            for a in (0, 1)
        )
        x = rng.standard_normal((count, samples, size))
        X = np.einsum("tki,tkj->tkij", x, x) - np.eye(size)
        flat = np.swapaxes(X.reshape(count, samples, -1), 1, 2)
        basis = np.linalg.qr(flat)[0]
        risk = 1 - np.sum((B.ravel() @ basis) ** 2, axis=1)
        share = np.sum((np.eye(size).ravel() @ basis) ** 2, axis=1) / size
        values = risk - (none + share * (whole_trace - none))
        error = values.std(ddof=1) / np.sqrt(count)
        rows.append((f"d = {size}, n = {samples}", values.mean(), error, 0.0))
    return agree(rows)


SCHUR = Claim(
    id="interpolant-mean",
    title="The mean risk of the projection: two numbers",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, symmetric $B \\ne 0$, $n \\le \\frac{d (d + 1)}{2}$ and "
        "$x_1, \\dots, x_n$ whose joint law no rotation changes, with $X_j$ almost "
        "surely independent: the projection $\\mathcal{P}$ onto their span has\n\n"
        "$$\\mathbb{E}\\, \\frac{\\lVert B - \\mathcal{P} B \\rVert_F^2}{\\lVert B "
        "\\rVert_F^2} = \\chi\\, \\bigl(1 - [[seen]]\\bigr) + (1 - \\chi) "
        "\\Bigl(1 - \\frac{[[found]]}{[[dimension]]}\\Bigr), \\qquad "
        "\\alpha = \\frac1d \\mathbb{E} \\langle I, \\mathcal{P} I \\rangle, "
        "\\quad \\chi = \\chi(B).$$",
        {"d": Integers(2)},
        {"seen": alpha, "found": n - alpha, "dimension": (d - 1) * (d + 2) / 2},
    ),
    sources=(FRAME,),
    uses=("nt-interpolant", "nt-flow-mean"),
    checks=(
        Check(
            "exact",
            "all rotations of dimensions 2 and 3, for symbolic B and X",
            _schur_exact,
            {"d": Integers(2, 3)},
            role="step",
        ),
        Check(
            "statistical",
            "Gaussian inputs, B of rank one, d = 3, 4, 5, n = d + 1",
            _schur_sampled,
            {"d": Integers(3, 5)},
            seed=72,
        ),
    ),
    planted=(
        Planted("n for n - alpha", {"found": n}),
        Planted(
            "the trace counted in the dimension", {"dimension": DIMENSION}, near=True
        ),
        Planted("n - 1: the trace always seen", {"found": n - 1}, near=True),
        Planted("the trace never seen", {"seen": 0 * alpha}),
    ),
    weak=Check(
        "exact",
        "all samples and the trace seen, d = 2",
        lambda statement, domain: every(
            [2],
            lambda size: (
                schur_risk(statement, size, Rational(1), 3, Integer(1)) == 0,
                "no risk at chi = 1",
            ),
        ),
        role="step",
    ),
    spec="GM-RF-Schur",
)


# --- what any method needs ------------------------------------------------------------


def _needed_rank(statement, domain) -> Result:
    """Count independent data matrices at integer points: one more each time, up to n_0.

    A determinant that does not vanish at one list of points vanishes almost nowhere.
    """

    def decide(case):
        size, count = case
        entries = [int(v) for x in inputs(count, size) for v in centred(x)]
        rank = fmpz_mat(count, size**2, entries).rank()
        needed = whole(statement.needed, size)
        return rank == min(count, needed), f"rank {rank} = min({count}, {needed})"

    cases = [
        (size, count)
        for size in domain["d"]
        for count in (
            1,
            comb(size + 1, 2) - 1,
            comb(size + 1, 2),
            comb(size + 1, 2) + 2,
        )
        if count
    ]
    return every(cases, decide)


def _needed_prior(statement, domain) -> Result:
    """Average over a Gaussian B: what the projection leaves, by its trace.

    With B = sum_ab of independent standard coordinates in an orthonormal basis of the
    symmetric matrices, E |B - P B|^2 / E |B|^2 = 1 - Tr P / dim.
    """

    def decide(case):
        size, count = case
        basis = [
            sides_of(a, b, size) * (1 if a == b else 2)
            for a, b in combinations_with_replacement(range(size), 2)
        ]
        features = [centred(x) for x in inputs(count, size)]
        left = [
            square_norm(B - projection(features, B)) / square_norm(B) for B in basis
        ]
        mean = sum(left) / Integer(len(basis))
        bound = statement.bound.subs({d: size, n: count})
        words = f"mean {mean} {statement.relation.symbol} bound {bound}"
        return mean == bound and statement.relation.exact(mean, bound), words

    cases = [
        (size, count)
        for size in domain["d"]
        for count in range(1, comb(size + 1, 2) + 1)
    ]
    return every(cases, decide)


SAMPLES = Claim(
    id="nt-samples",
    title="Without knowledge of B, about d²/2 samples are needed",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ let $n_0 = [[needed]]$. For almost all $x_1, \\dots, "
        "x_n$ with $n \\ge n_0$ the values $\\langle x_j, B x_j \\rangle - "
        "\\operatorname{Tr} B$ determine $B$. For every $n \\le n_0$, every law of "
        "$x_1, \\dots, x_n$ and every rule that turns these points and values into a "
        "function there is a symmetric $B \\ne 0$ at which the rule's mean risk is\n\n"
        "$$\\mathbb{E}\\, \\mathcal{R} [[relation]] [[bound]].$$",
        {"d": Integers(1)},
        {"needed": DIMENSION, "relation": AT_LEAST, "bound": 1 - 2 * n / (d * (d + 1))},
    ),
    sources=(FRAME,),
    uses=("nt-interpolant",),
    checks=(
        Check(
            "exact",
            "the rank of the data at integer points, d <= 6",
            _needed_rank,
            {"d": Integers(1, 6)},
            role="step",
        ),
        Check(
            "exact",
            "the mean over a Gaussian B, d <= 3, every n",
            _needed_prior,
            {"d": Integers(1, 3)},
            role="step",
        ),
    ),
    planted=(
        Planted("d^2 instead: B not symmetric", {"needed": d**2}, near=True),
        Planted("the trace for free: one less", {"needed": DIMENSION - 1}),
        Planted(
            "a constant fitted too",
            {"bound": 1 - 2 * n / (d * (d + 1) + 2)},
        ),
        Planted("at most", {"relation": Relation("<")}),
        Planted(
            "d^2 in the bound: right for d = 1", {"bound": 1 - n / d**2}, near=True
        ),
    ),
    weak=Check(
        "exact", "the rank in dimension 1", _needed_rank, {"d": Integers(1, 1)}, "step"
    ),
    spec="GM-RF-Schur",
)


# --- least squares from n samples -----------------------------------------------------


def _inverse_mean(statement, domain) -> Result:
    """Integrate 1/t against chi^2 with n - p + 1 degrees: one entry of (Z'Z)^-1."""
    k, t = symbols("k t", positive=True)
    density = t ** (k / 2 - 1) * exp(-t / 2) / (2 ** (k / 2) * gamma(k / 2))
    mean = gammasimp(integrate(density / t, (t, 0, oo), conds="none"))
    spare = Symbol("m", integer=True, positive=True)  # n - p - 1
    left = (p * mean.subs(k, n - p + 1)).subs(n, p + 1 + spare)
    return identity(left, statement.excess.subs(n, p + 1 + spare))


def _least_squares_sampled(statement, domain, rng) -> Result:
    """Fit correlated Gaussian features, and measure the exact excess of each fit."""
    rows, count = [], 4000
    for size in domain["p"]:
        samples = 2 * size + 9
        mix = np.triu(np.ones((size, size)))
        Z = rng.standard_normal((count, samples, size)) @ mix
        noise = rng.standard_normal((count, samples, 1))
        off = np.linalg.solve(np.swapaxes(Z, 1, 2) @ Z, np.swapaxes(Z, 1, 2) @ noise)
        excess = np.sum((mix @ off) ** 2, axis=(1, 2))
        claimed = float(statement.excess.subs({n: samples, p: size}))
        error = excess.std(ddof=1) / np.sqrt(count)
        rows.append((f"p = {size}, n = {samples}", excess.mean(), error, claimed))
    return agree(rows)


LEAST_SQUARES = Claim(
    id="least-squares-inflation",
    title="Least squares from n samples, Gaussian design",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[p]]$ and $n \\ge p + 2$: fit $y = \\langle z, \\theta "
        "\\rangle + e$ by least squares to $n$ samples, $z \\sim N(0, \\Sigma)$ in "
        "$\\mathbb{R}^p$ with $\\Sigma \\succ 0$, and $e$ independent of $z$ with mean "
        "$0$ and variance $\\sigma^2$. The mean risk on a new sample is\n\n"
        "$$\\sigma^2 \\Bigl(1 + [[excess]]\\Bigr).$$",
        {"p": Integers(1)},
        {"excess": p / (n - p - 1)},
    ),
    sources=(PROTOCOL,),
    checks=(
        Check(
            "symbolic",
            "the mean of 1/chi^2, for symbolic n and p",
            _inverse_mean,
            role="step",
        ),
        Check(
            "statistical",
            "4000 fits each, p = 1, ..., 6, n = 2p + 9",
            _least_squares_sampled,
            {"p": Integers(1, 6)},
            seed=73,
        ),
    ),
    planted=(
        Planted("large n only", {"excess": p / n}),
        Planted("n - p: no last degree of freedom", {"excess": p / (n - p)}, near=True),
        Planted("n - p + 1", {"excess": p / (n - p + 1)}),
        Planted("n - 2p: right for p = 1", {"excess": p / (n - 2 * p)}, near=True),
    ),
    weak=Check(
        "symbolic",
        "the limit of many samples",
        lambda statement, domain: identity(
            (statement.excess * n / p).limit(n, oo), Integer(1)
        ),
        role="step",
    ),
    spec="GM-NT-params",
)


@cache
def _brute_leverage(size: int, count: int) -> tuple[Expr, Expr]:
    """Sum E r^2 phi^2 over the tangent model's orthonormal features; and E r^2."""
    x = symbols(f"x:{size}", real=True)
    E = zeros(size, size)
    E[count:, count:] = symmetric("E", size - count)
    r = centred_form(E, x)
    total = Integer(0)
    for a, b in combinations_with_replacement(range(size), 2):
        if a < count:
            form = centred_form(sides_of(a, b, size), x)
            norm = gaussian_mean(form**2, x)
            total += gaussian_mean(r**2 * form**2, x) / norm
    return expand(total), gaussian_mean(r**2, x)


def _inflation_exact(statement, domain) -> Result:
    def pairs():
        for size, count in product(domain["d"], domain["N"]):
            if count < size:
                total, risk = _brute_leverage(size, count)
                factor = statement.parameters + statement.extra
                claimed = factor.subs({d: size, N: count}) * risk
                yield f"d = {size}, N = {count}", total, expand(claimed)

    return polynomials_agree(pairs())


def _inflation_sum(statement, domain) -> Result:
    """Sum the moments of one sample: E vanishes outside the last d - N places."""
    risk = Symbol("R", positive=True)
    inside = N * (N + 1) / 2 * risk
    # Places (a, b) with a <= N < b; the (E^2)_bb sum to |E|^2 = R / 2.
    across = N * (d - N) * risk + N * MOMENT.statement.rows * risk / 2
    claimed = (statement.parameters + statement.extra) * risk
    return identity(expand(inside + across), expand(claimed))


INFLATION = Claim(
    id="tangent-inflation",
    title="The tangent model pays more: its residual is not independent noise",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[N]]$ with $N < d$ let $r = \\langle X, E \\rangle$ with "
        "$E$ symmetric and $E_{ab} = 0$ unless $a, b > N$, and let $\\varphi_{ab} = "
        "X_{ab} / \\sqrt{1 + \\delta_{ab}}$, $a \\le b$, $a \\le N$: an orthonormal "
        "basis of the tangent model when the columns of $W$ span the first $N$ "
        "coordinates. Then\n\n"
        "$$\\sum_{a \\le b,\\, a \\le N} \\mathbb{E}\\, r^2 \\varphi_{ab}^2 = "
        "\\Bigl( [[parameters]] + [[extra]] \\Bigr) \\, \\mathbb{E}\\, r^2.$$",
        {"d": Integers(2), "N": Integers(1)},
        {"parameters": N * d - N * (N - 1) / 2, "extra": 4 * N},
    ),
    sources=(PROTOCOL,),
    uses=(
        "nt-parameters",
        "noise-fourth-moment",
    ),
    checks=(
        Check(
            "exact",
            "every monomial of x, for symbolic E, d <= 4",
            _inflation_exact,
            {"d": Integers(2, 4), "N": Integers(1, 3)},
        ),
        Check(
            "symbolic",
            "the sum over all places, for symbolic d and N",
            _inflation_sum,
            given=("noise-fourth-moment",),
            role="step",
        ),
    ),
    planted=(
        Planted("independent noise: no further term", {"extra": 0 * N}),
        Planted("N d parameters: right for N = 1", {"parameters": N * d}, near=True),
        Planted("8 for 4", {"extra": 8 * N}),
        Planted("4 for 4N: right for N = 1", {"extra": Integer(4)}, near=True),
    ),
    weak=Check(
        "exact",
        "one neuron",
        _inflation_exact,
        {"d": Integers(2, 3), "N": Integers(1, 1)},
    ),
    spec="GM-NT-params",
)


# --- the noise of a test error --------------------------------------------------------


@cache
def _brute_kurtosis(size: int) -> tuple[Expr, Expr, Expr]:
    """Return Var r^2, |A|^4 and Tr A^4 for r = <x, A x> - Tr A, with symbolic A."""
    A, x = symmetric("A", size), symbols(f"x:{size}", real=True)
    r = centred_form(A, x)
    variance = gaussian_mean(r**4, x) - gaussian_mean(r**2, x) ** 2
    return expand(variance), expand(square_norm(A) ** 2), expand((A**4).trace())


def _kurtosis_exact(statement, domain) -> Result:
    def pairs():
        for size in domain["d"]:
            variance, fourth, trace = _brute_kurtosis(size)
            claimed = 4 * (statement.gaussian * fourth + statement.further * trace)
            yield f"d = {size}", variance, expand(claimed)

    return polynomials_agree(pairs())


def _kurtosis_range(statement, domain) -> Result:
    """Compare Tr A^4 / |A|^4 with its bounds at integer eigenvalues."""

    def decide(case):
        values = case
        size, square = len(values), sum(v**2 for v in values)
        ratio = Fraction(sum(v**4 for v in values), square**2)
        low = Fraction(str(statement.low.subs(d, size)))
        return low <= ratio <= statement.high, f"{low} <= {ratio} <= {statement.high}"

    cases = [
        case
        for size in domain["d"]
        for case in product(range(-1, 3), repeat=size)
        if any(case)
    ]
    return every(cases, decide)


TEST_ERROR = Claim(
    id="test-error-noise",
    title="The noise of a measured risk",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and symmetric $A \\ne 0$ let $r = \\langle x, A x "
        "\\rangle - \\operatorname{Tr} A$, $x \\sim N(0, I_d)$. Then\n\n"
        "$$\\frac{\\operatorname{Var} r^2}{(\\mathbb{E}\\, r^2)^2} = [[gaussian]] + "
        "[[further]]\\, \\frac{\\operatorname{Tr} A^4}{\\lVert A \\rVert_F^4}, \\qquad "
        "[[low]] \\le \\frac{\\operatorname{Tr} A^4}{\\lVert A \\rVert_F^4} \\le "
        "[[high]].$$",
        {"d": Integers(1)},
        {"gaussian": 2, "further": 12, "low": 1 / d, "high": 1},
    ),
    sources=(PROTOCOL,),
    uses=("noise-fourth-moment",),
    checks=(
        Check(
            "exact",
            "every monomial of x, for symbolic A, d <= 3",
            _kurtosis_exact,
            {"d": Integers(1, 3)},
            role="step",
        ),
        Check(
            "exact",
            "the range at eigenvalues -1, ..., 2, d <= 5",
            _kurtosis_range,
            {"d": Integers(1, 5)},
            role="step",
        ),
    ),
    planted=(
        Planted("a Gaussian residual", {"further": 0}),
        Planted("right for d = 1: 8 and 6", {"gaussian": 8, "further": 6}, near=True),
        Planted("48 for 12", {"further": 48}),
        Planted("the lower end 2/d", {"low": 2 / d}),
        Planted("the upper end 19/20", {"high": Fraction(19, 20)}, near=True),
    ),
    weak=Check(
        "exact", "dimension 1", _kurtosis_exact, {"d": Integers(1, 1)}, role="step"
    ),
    spec="GM-fig1",
)


# --- the figures of the protocol ------------------------------------------------------


def _protocol_exact(statement, domain) -> Result:
    """Multiply the protocol's numbers out."""
    neurons, fitted = 4500, 5 * 10**5
    rows = (
        ("samples", statement.steps * statement.batch, statement.seen),
        ("dimension", comb(statement.size + 1, 2), statement.dimension),
        ("quotient", statement.seen // statement.dimension, statement.quotient),
        ("excess", Fraction(neurons, fitted - neurons - 1), statement.excess),
    )
    return every(rows, lambda row: (row[1] == row[2], f"{row[1]} = {row[2]}"))


PROTOCOL_CLAIM = Claim(
    id="protocol-samples",
    title="Samples in the paper's experiment, and parameters",
    chapter=CHAPTER,
    statement=Statement(
        "In dimension $d = [[size]]$ a run of $[[steps]]$ steps with batches of "
        "$[[batch]]$ fresh samples uses $[[seen]]$ samples. A quadratic function with "
        "known mean has $\\frac{d (d + 1)}{2} = [[dimension]]$ parameters: there are "
        "more than $[[quotient]]$ samples for each. A fit of $4500$ independent "
        "Gaussian features to $5 \\cdot 10^5$ samples raises the risk by the share "
        "$[[excess]]$.",
        {},
        {
            "size": 450,
            "steps": 200_000,
            "batch": 100,
            "seen": 20_000_000,
            "dimension": 101_475,
            "quotient": 197,
            "excess": Fraction(4500, 495_499),
        },
    ),
    sources=(PROTOCOL,),
    uses=("least-squares-inflation",),
    checks=(Check("exact", "the products and quotients", _protocol_exact),),
    planted=(
        Planted("the steps of the mixture's runs", {"steps": 140_000}),
        Planted("d squared parameters", {"dimension": 202_500}),
        Planted("the mean fitted too", {"dimension": 101_476}, near=True),
        Planted("n - N for n - N - 1", {"excess": Fraction(4500, 495_500)}, near=True),
    ),
    weak=Check(
        "exact",
        "the samples only",
        lambda statement, domain: every(
            [statement.steps * statement.batch],
            lambda seen: (seen == statement.seen, f"{seen} = {statement.seen}"),
        ),
        role="step",
    ),
    spec="GM-fig1",
)


CLAIMS = (
    INTERPOLANT,
    SCHUR,
    SAMPLES,
    LEAST_SQUARES,
    INFLATION,
    TEST_ERROR,
    PROTOCOL_CLAIM,
)
