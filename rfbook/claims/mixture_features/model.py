"""The mixture of two Gaussians: the risk of a quadratic predictor, and whitening.

Given y the point x has the covariance I - y Delta. The risk of <x, M x> + c, the best
multiple of a direction M, the best of all quadratic predictors, and how a common
covariance Sigma of the classes is brought to I.
"""

from itertools import combinations_with_replacement, product

from sympy import (
    Expr,
    Integer,
    Matrix,
    Mul,
    Rational,
    Symbol,
    expand,
    eye,
    ones,
    solve,
    sqrt,
    symbols,
    sympify,
    zeros,
)

from rfbook.claims.mixture_features.sources import CHAPTER, printed
from rfbook.claims.quadratic_flow.moments import polynomials_agree, symmetric
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
    every_identity,
    fails,
    holds,
    identity,
    unknown,
)

MATRICES = Space(r"\mathbb{R}^{d \times d}")
PLUS, MINUS = "+", "-"
SIGNS = {PLUS: 1, MINUS: -1}

INNER = Symbol(r"{\langle M, \Delta \rangle}", real=True)
TRACE = Symbol(r"{\operatorname{Tr} M}", real=True)
SIZE = Symbol(r"{\lVert M \rVert_F^2}", nonnegative=True)
CROSS = Symbol(r"{\operatorname{Tr} M \Delta M \Delta}", real=True)
OTHER = Symbol(r"{\operatorname{Tr} M^2 \Delta^2}", nonnegative=True)
MIXED = Symbol(r"{\operatorname{Tr} M^2 \Delta}", real=True)

c = Symbol("c", real=True)
q = Symbol("{q(M)}", positive=True)
NORM = Symbol(r"{\lVert \Delta \rVert_{\mathrm{op}}^2}", positive=True)
HALF = Rational(1, 2)
lam = Symbol("lambda_i", real=True)


# --- the risk of a quadratic predictor ------------------------------------------------


def _second_moment(M: Matrix, C: Matrix) -> Expr:
    """Return E <x, M x>^2 for x ~ N(0, C): the sum over the three pairings."""
    indices = range(M.rows)
    return sum(
        M[i, j] * M[k, n] * (C[i, j] * C[k, n] + C[i, k] * C[j, n] + C[i, n] * C[j, k])
        for i, j, k, n in product(indices, repeat=4)
    )


def expanded_risk(
    M: Matrix, constant, Delta: Matrix, sign: int, chance=HALF, shift=0
) -> Expr:
    """Return E (y - c - <x, M x>)^2 where x has the covariance I + sign y Delta.

    The label 1 has the probability ``chance``, and y x_1 the mean ``shift``.
    """
    total, turned = Integer(0), shift * M[:, 0]
    for y, weight in ((1, chance), (-1, 1 - chance)):
        C = eye(M.rows) + sign * y * Delta
        mean = sum(M[i, j] * C[i, j] for i, j in product(range(M.rows), repeat=2))
        moved = shift**2 * M[0, 0]
        cross = 2 * mean * moved + moved**2 + 4 * (turned.T * C * turned)[0]
        rest, square = y - constant, _second_moment(M, C) + cross
        total += weight * (rest**2 - 2 * rest * (mean + moved) + square)
    return expand(total)


def _invariants(M: Matrix, Delta: Matrix) -> dict:
    return {
        INNER: (M * Delta).trace(),
        TRACE: M.trace(),
        SIZE: (M * M).trace(),
        CROSS: (M * Delta * M * Delta).trace(),
        OTHER: (M * M * Delta * Delta).trace(),
    }


def _risk_terms(statement, domain) -> Result:
    """Sum over the pairings, with symbols for the entries of M and Delta.

    Of other probabilities 1/3 and 2/3 are taken, of other means that of one coordinate.
    """
    chance = HALF if statement.chance == EACH else Rational(1, 3)
    shift = 0 if statement.centre == ZERO else 1

    def pairs():
        for side in domain["d"]:
            M, Delta = symmetric("M", side), symmetric("D", side)
            sign = SIGNS[statement.sign]
            found = expanded_risk(M, c, Delta, sign, chance, shift)
            claimed = statement.value.subs(_invariants(M, Delta), simultaneous=True)
            yield f"d = {side}", found, expand(claimed)

    return polynomials_agree(pairs())


def _trace(product_of_matrices) -> Expr:
    """Return the trace of a polynomial in M and D by the cycle of each word."""
    names = {
        "M": TRACE,
        "MD": INNER,
        "MM": SIZE,
        "MMD": MIXED,
        "MDMD": CROSS,
    }
    total = Integer(0)
    for term in expand(product_of_matrices).as_ordered_terms():
        factor, word = term.args_cnc()
        letters = "".join(w.base.name * w.exp if w.is_Pow else w.name for w in word)
        turns = {letters[i:] + letters[:i] for i in range(len(letters))}
        (name,) = turns & set(names)
        total += Mul(*factor) * names[name]
    return total


def _risk_traces(statement, domain) -> Result:
    """Take A = C^(1/2) M C^(1/2) in E (<g, A g> + a)^2 = 2 |A|^2 + (Tr A + a)^2."""
    if statement.chance != EACH or statement.centre != ZERO:
        return unknown("two centred classes of the same probability are compared")
    M, D = symbols("M D", commutative=False)
    total = Integer(0)
    for y in (1, -1):
        C = 1 + SIGNS[statement.sign] * y * D
        total += 2 * _trace(M * C * M * C) + (_trace(M * C) + c - y) ** 2
    return identity(total / 2, statement.value)


EACH, ZERO = "probability $\\tfrac12$ each", "0"

VALUE = (1 + INNER) ** 2 + (c + TRACE) ** 2 + 2 * SIZE + 2 * CROSS

RISK = Claim(
    id="mixture-risk",
    title="The risk of a quadratic predictor of the class",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, every symmetric $[[Delta]]$ with eigenvalues between $-1$ "
        "and $1$, every symmetric $[[M]]$ and $[[c]]$: let $y = \\pm 1$ with "
        "[[chance]], and given $y$ let $x$ be Gaussian with mean $[[centre]]$ "
        "and covariance $I [[sign]] y \\Delta$. Then\n\n"
        "$$\\mathbb E \\big( y - c - \\langle x, M x \\rangle \\big)^2 = [[value]].$$",
        {"d": Integers(1), "Delta": MATRICES, "M": MATRICES, "c": Reals()},
        {"chance": EACH, "centre": ZERO, "sign": MINUS, "value": VALUE},
    ),
    sources=(printed("Section 3, the model and its risks", "implied"),),
    uses=("quadratic-risk",),
    checks=(
        Check(
            "exact",
            "term by term, with symbols for all entries, d = 1, 2, 3",
            _risk_terms,
            {"d": Integers(1, 3)},
        ),
        Check(
            "symbolic",
            "both classes by the mean square of a form, for every d",
            _risk_traces,
            given=("quadratic-risk",),
        ),
    ),
    planted=(
        Planted("the last trace dropped", {"value": VALUE - 2 * CROSS}),
        Planted("the classes swapped", {"sign": PLUS}),
        Planted("41/20 for 2", {"value": VALUE + SIZE / 20}, near=True),
        Planted(
            "Tr M^2 Delta^2 at the end: right for d = 1",
            {"value": VALUE - 2 * CROSS + 2 * OTHER},
            near=True,
        ),
        Planted("classes of other probabilities", {"chance": "any probabilities"}),
        Planted("classes with opposite means", {"centre": "y v"}),
        Planted(
            "one square for both means",
            {"value": (1 + INNER + c + TRACE) ** 2 + 2 * SIZE + 2 * CROSS},
        ),
    ),
    weak=Check("exact", "d = 1 only", _risk_terms, {"d": Integers(1, 1)}, role="step"),
    spec="GM-mg-exact",
)


# --- the noise of a direction ---------------------------------------------------------


def _noise_symbolic(statement, domain) -> Result:
    """Look at the corners: lambda_i lambda_j is largest and least at +-|Delta|_op."""
    size = sqrt(NORM)
    for a, b in product((size, -size), repeat=2):
        weight = 2 * (1 + a * b)
        for gap in (weight - statement.low, statement.high - weight):
            gap = expand(gap)
            if gap != 0 and not gap.is_positive:
                at = gap.subs(NORM, Rational(1, 2))
                if at < 0:
                    return fails(
                        f"eigenvalues {a.subs(NORM, Rational(1, 2))} and "
                        f"{b.subs(NORM, Rational(1, 2))}: the distance to the bound is "
                        f"{at} |M|^2"
                    )
                return unknown(f"the sign of {gap}")
    return holds("four corners of a bilinear function")


def _directions(side: int):
    """Yield symmetric matrices: one entry and its mirror, a full one, the identity."""
    for i, j in combinations_with_replacement(range(side), 2):
        unit = zeros(side, side)
        unit[i, j] = unit[j, i] = 1
        yield unit
    yield Matrix(side, side, lambda a, b: a + b + 1)
    yield eye(side)


def _noise_exact(statement, domain) -> Result:
    """Take diagonal Delta with eigenvalues in quarters, and several M."""
    values = [Rational(n, 4) for n in (-3, 0, 2, 3)]

    def compare(case):
        M, spectrum = Matrix(case[0]), case[1]
        Delta = Matrix.diag(*spectrum)
        at = {NORM: max(v**2 for v in spectrum)}
        size = (M * M).trace()
        noise = 2 * size + 2 * (M * Delta * M * Delta).trace()
        low, high = (sympify(s).subs(at) for s in (statement.low, statement.high))
        words = f"{low * size} <= {noise} <= {high * size}"
        return low * size <= noise <= high * size, words

    return every(
        (
            (M.tolist(), spectrum)
            for side in domain["d"]
            for spectrum in product(values, repeat=side)
            for M in _directions(side)
        ),
        compare,
    )


NOISE = Claim(
    id="noise-bounds",
    title="The noise of a direction is nearly twice its square",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and all symmetric $[[Delta]]$ and $[[M]]$,\n\n"
        "$$([[low]]) \\lVert M \\rVert_F^2 \\le 2 \\lVert M \\rVert_F^2 + 2 "
        "\\operatorname{Tr} M \\Delta M \\Delta \\le ([[high]]) \\lVert M "
        "\\rVert_F^2 .$$",
        {"d": Integers(1), "Delta": MATRICES, "M": MATRICES},
        {"low": 2 - 2 * NORM, "high": 2 + 2 * NORM},
    ),
    sources=(
        printed(
            "Theorems 5 and 6, the remainders",
            "sharper",
            "The text has remainders without a rate; this is what makes them explicit.",
        ),
    ),
    uses=("mixture-captured",),
    checks=(
        Check(
            "symbolic",
            "the weights 2 (1 + lambda_i lambda_j) at their extremes",
            _noise_symbolic,
            role="step",
        ),
        Check(
            "exact",
            "eigenvalues in quarters, d <= 3",
            _noise_exact,
            {"d": Integers(1, 3)},
            role="step",
        ),
    ),
    planted=(
        Planted(
            "low without the norm: right for d = 1", {"low": Integer(2)}, near=True
        ),
        Planted("41/20 for 2", {"low": Rational(41, 20) - 2 * NORM}, near=True),
        Planted("half of the norm", {"high": 2 + NORM}),
        Planted("the fourth power", {"high": 2 + 2 * NORM**2}),
    ),
    weak=Check("exact", "d = 1 only", _noise_exact, {"d": Integers(1, 1)}, role="step"),
    spec="GM-T5",
)


# --- the best multiple of a direction -------------------------------------------------

BELOW = Relation("<")


def _multiple(statement, domain) -> Result:
    """Complete the square in s; on the half line the sign of <M, Delta> decides."""
    s = Symbol("s", real=True)
    risk = (1 + s * INNER) ** 2 + s**2 * q
    vertex = -INNER / (INNER**2 + q)
    lowest = every_identity(
        (
            ("the square", risk - (INNER**2 + q) * (s - vertex) ** 2, statement.line),
            ("at s = 0", risk.subs(s, 0), statement.rest),
        )
    )
    if lowest.verdict.value != "HOLDS" or statement.relation != BELOW:
        return lowest if statement.relation == BELOW else _multiple_at(statement)
    return holds(
        "a square, whose centre is positive if and only if the signal is negative"
    )


def _multiple_at(statement, domain=None) -> Result:
    """Try s in eighths of the exact minimiser, for both numbers in fractions."""

    def compare(case):
        slope, noise = case
        at = {INNER: slope, q: noise}
        centre = -slope / (slope**2 + noise)
        grid = [centre * k / 8 for k in range(-16, 17)]

        def least(points):
            return min((1 + s * slope) ** 2 + s**2 * noise for s in points)

        found = least(grid), least([s for s in grid if s >= 0])
        first = sympify(statement.line).subs(at)
        below = statement.relation.exact(slope, Integer(0))
        second = first if below else sympify(statement.rest).subs(at)
        words = f"{found} = {(first, second)}"
        return found == (first, second), words

    points = [Rational(n, 3) for n in (-4, -1, 0, 2, 5)]
    return every(product(points, (Rational(1, 7), Integer(2))), compare)


def _multiple_weak(statement, domain) -> Result:
    """Look at <M, Delta> = -1 and q(M) = 1 only."""
    at = {INNER: -1, q: 1}
    return identity(sympify(statement.line).subs(at), Rational(1, 2))


LINE = q / (q + INNER**2)

CAPTURED = Claim(
    id="mixture-captured",
    title="The best multiple of a direction captures a signal-to-noise ratio",
    chapter=CHAPTER,
    statement=Statement(
        "For all symmetric $[[Delta]]$ with eigenvalues between $-1$ and $1$ and "
        "$[[M]]$ that are symmetric and not $0$, with $q(M) = 2 \\lVert M \\rVert_F^2 "
        "+ 2 \\operatorname{Tr} M \\Delta M \\Delta > 0$, the least risk of the "
        "multiples $s \\langle x, M x \\rangle + c$ is\n\n"
        "$$\\min_{s \\in \\mathbb R,\\, c} \\mathcal R = [[line]] = \\frac{1}{1 + "
        "\\langle M, \\Delta \\rangle^2 / q(M)}, \\qquad \\min_{s \\ge 0,\\, c} "
        "\\mathcal R = \\begin{cases} [[line]] & \\text{if } \\langle M, \\Delta "
        "\\rangle [[relation]] 0, \\\\ [[rest]] & \\text{otherwise.} \\end{cases}$$\n\n"
        "So over a set $\\mathcal K$ of symmetric matrices that contains $s M$ for all "
        "$M \\in \\mathcal K$ and real $s$, the infimum of the risk is $1 / (1 + "
        "\\sup_{M \\in \\mathcal K, M \\ne 0} \\langle M, \\Delta \\rangle^2 / q(M))$. "
        "If $\\mathcal K$ contains $s M$ for $s \\ge 0$ only, the supremum runs over "
        "those $M$ with $\\langle M, \\Delta \\rangle [[relation]] 0$ and is $0$ if "
        "there is none.",
        {"Delta": MATRICES, "M": MATRICES},
        {"line": LINE, "relation": BELOW, "rest": Integer(1)},
    ),
    sources=(printed("Section 3, the risks of RF, NT and NN", "implied"),),
    uses=("mixture-risk",),
    checks=(
        Check("symbolic", "completing the square", _multiple, role="step"),
        Check("exact", "s on a grid through the minimiser", _multiple_at, role="step"),
    ),
    planted=(
        Planted("the signal is positive", {"relation": Relation(">")}),
        Planted("the linear term only", {"line": 1 - INNER**2 / q}),
        Planted("right for q(M) = 1", {"line": 1 / (1 + INNER**2)}, near=True),
        Planted("the sign hypothesis dropped", {"rest": LINE}, near=True),
    ),
    weak=Check(
        "exact", "<M, Delta> = -1 and q(M) = 1 only", _multiple_weak, role="step"
    ),
    spec="GM-mg-exact",
)


# --- the best quadratic predictor -----------------------------------------------------


def _least_squares(Delta: Matrix):
    """Solve the normal equations for the products x_i x_j and 1, by the pairings."""
    side = Delta.rows
    unknowns = symmetric("M", side)
    names = sorted(unknowns.free_symbols, key=str)
    risk = expanded_risk(unknowns, c, Delta, -1)
    (found,) = solve([risk.diff(v) for v in (*names, c)], [*names, c], dict=True)
    return unknowns.subs(found), found[c], sympify(risk.subs(found))


def _quadratic_exact(statement, domain) -> Result:
    """Fit by least squares with every product of two coordinates."""
    spectra = (Rational(1, 2), Rational(-1, 3), Rational(3, 4))

    def cases():
        for side in domain["d"]:
            Delta = Matrix.diag(*spectra[:side])
            yield Delta
            if side > 1:
                turn = eye(side) - Rational(2, side) * ones(side, side)
                yield turn * Delta * turn

    def compare(Delta):
        M, constant, least = _least_squares(Delta)
        values = Delta.eigenvals(multiple=True)
        claimed = 1 / (1 + sum(statement.share.subs(lam, v) for v in values))
        square = (eye(Delta.rows) + Delta**2).inv()
        expected = statement.scale * claimed * Delta * square
        true = least == claimed and expected == M and constant == -M.trace()
        words = f"{least} = {claimed}, M = {M.tolist()} = {expected.tolist()}"
        return true, words

    return every(cases(), compare)


def _quadratic_gradient(statement, domain) -> Result:
    """Differentiate the risk in the eigenbasis; entries off the diagonal stay 0."""
    total = Symbol("S", nonnegative=True)
    entry = statement.scale * lam / ((1 + total) * (1 + lam**2))
    inner = -total / (1 + total)
    slope = 2 * (1 + inner) * lam + 4 * entry * (1 + lam**2)
    return every_identity(
        (
            ("the sum of lambda_i M_ii", -entry * lam * (1 + total), statement.share),
            ("the gradient", slope, Integer(0)),
            ("the least risk", 1 + inner, 1 / (1 + total)),
        )
    )


SHARE = lam**2 / (2 * (1 + lam**2))

QUADRATIC = Claim(
    id="mixture-quadratic",
    title="The best of all quadratic predictors",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and every symmetric $[[Delta]]$ with eigenvalues "
        "$\\lambda_1, \\dots, \\lambda_d$ between $-1$ and $1$,\n\n"
        "$$\\min_{M = M^{\\mathsf T},\\, c} \\mathbb E \\big( y - c - \\langle x, M x "
        "\\rangle \\big)^2 = \\frac{1}{1 + \\operatorname{snr}_{\\mathrm{quad}}}, "
        "\\qquad \\operatorname{snr}_{\\mathrm{quad}} = \\sum_{i=1}^d [[share]],$$\n\n"
        "attained for $M = [[scale]] \\, \\frac{1}{1 + "
        "\\operatorname{snr}_{\\mathrm{quad}}}\\, \\Delta (I + \\Delta^2)^{-1}$ and $c "
        "= - \\operatorname{Tr} M$, and for no others.",
        {"d": Integers(1), "Delta": MATRICES},
        {"share": SHARE, "scale": Rational(-1, 2)},
    ),
    sources=(
        printed(
            "Theorem 5, the case of wide models",
            "sharper",
            "The text has the limit of this number.",
        ),
    ),
    uses=("mixture-risk", "mixture-captured", "noise-bounds"),
    checks=(
        Check(
            "symbolic",
            "the gradient in the eigenbasis, for every d",
            _quadratic_gradient,
            role="step",
        ),
        Check(
            "exact",
            "normal equations for diagonal and rotated Delta, d <= 3",
            _quadratic_exact,
            {"d": Integers(1, 3)},
            role="step",
        ),
    ),
    planted=(
        Planted("the leading order", {"share": lam**2 / 2}, near=True),
        Planted("no half", {"share": lam**2 / (1 + lam**2)}),
        Planted("the other sign", {"scale": Rational(1, 2)}),
        Planted("19/20 of the share", {"share": 19 * SHARE / 20}, near=True),
        Planted("noise of one class", {"share": lam**2 / (2 * (1 - lam) ** 2)}),
    ),
    weak=Check(
        "exact",
        "the least risk at lambda = 0 only",
        lambda statement, domain: identity(statement.share.subs(lam, 0), 0),
        role="step",
    ),
    spec="GM-T5",
)


# --- a common covariance of the classes -----------------------------------------------

a, b = Rational(-1, 2), Rational(1, 2)


def _whitening_symbolic(statement, domain) -> Result:
    """Compute with R = Sigma^(1/2), which does not commute with Delta."""
    R, D = symbols("R D", commutative=False)
    y = Symbol("y", real=True)

    def power(exponent):
        return R ** (2 * exponent)

    moved = power(-b) * (R**2 - y * D) * power(-b)
    claimed = 1 - y * power(statement.left) * D * power(statement.right)
    kept = expand(power(statement.weights) * power(-b))
    if expand(moved - claimed) != 0:
        return unknown(f"{expand(moved)} is not {expand(claimed)} as a word")
    return identity(kept, 1) if kept.is_commutative else unknown(f"{kept} is not 1")


ROOTS = {
    1: Matrix([[3]]) / 2,
    2: Matrix([[2, 1], [1, 3]]) / 2,
    3: Matrix([[4, 1, 0], [1, 3, 1], [0, 1, 5]]) / 3,
}


def _root_power(root: Matrix, exponent) -> Matrix:
    """Return Sigma^exponent for Sigma = root^2 and a multiple of 1/2."""
    return root ** int(2 * exponent)


def _whitening_exact(statement, domain) -> Result:
    """Take Sigma as the square of a rational matrix."""

    def compare(side):
        root = ROOTS[side]
        Delta = Matrix(side, side, lambda i, j: Rational(i + j + 1 - side, 8))
        back = root.inv()
        found = back * (root**2 - Delta) * back
        left, right = (_root_power(root, e) for e in (statement.left, statement.right))
        claimed = eye(side) - left * Delta * right
        kept = _root_power(root, statement.weights) * back
        words = f"{found.tolist()} = {claimed.tolist()}, {kept.tolist()} = I"
        return found == claimed and kept == eye(side), words

    return every(domain["d"], compare)


WHITENING = Claim(
    id="mixture-whitening",
    title="A common covariance of the classes can be taken away",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, positive definite $[[Sigma]]$ and symmetric $[[Delta]]$, "
        "let $x$ have the covariance $\\Sigma - y \\Delta$ given $y$, and let\n\n"
        "$$\\tilde x = \\Sigma^{-1/2} x, \\qquad \\widetilde\\Delta = "
        "\\Sigma^{[[left]]} \\Delta\\, \\Sigma^{[[right]]}, \\qquad \\widetilde W = "
        "\\Sigma^{[[weights]]} W .$$\n\n"
        "Then $\\tilde x$ has the covariance $I - y \\widetilde\\Delta$ given $y$, and "
        "$\\langle w_i, x \\rangle = \\langle \\tilde w_i, \\tilde x \\rangle$ for "
        "every neuron. So each of the three models has the same functions and the same "
        "risk for $\\Sigma, \\Delta, W$ as for $I, \\widetilde\\Delta, \\widetilde W$.",
        {"d": Integers(1), "Sigma": MATRICES, "Delta": MATRICES},
        {"left": a, "right": a, "weights": b},
    ),
    sources=(
        printed("Theorem 5, the matrix with a tilde and the projection", "implied"),
        printed("Theorem 6, the matrix with a tilde", "implied"),
    ),
    checks=(
        Check(
            "symbolic",
            "words in the root of Sigma and Delta, for every d",
            _whitening_symbolic,
        ),
        Check(
            "exact",
            "a matrix Sigma with a rational root, d = 1, 2, 3",
            _whitening_exact,
            {"d": Integers(1, 3)},
            role="step",
        ),
    ),
    planted=(
        Planted(
            "all on one side: right for d = 1",
            {"left": Integer(-1), "right": Integer(0)},
            near=True,
        ),
        Planted("the weights divided too", {"weights": a}),
        Planted("roots the wrong way", {"left": b, "right": b}),
        Planted("the weights left alone", {"weights": Integer(0)}),
    ),
    weak=Check(
        "exact", "d = 1 only", _whitening_exact, {"d": Integers(1, 1)}, role="step"
    ),
    spec="GM-T5",
)


# --- what whitening does to the weights -----------------------------------------------

PRODUCT_TRACE = Symbol(r"{\operatorname{Tr} \Gamma \Sigma}", nonnegative=True)
GAMMA_TRACE = Symbol(r"{\operatorname{Tr} \Gamma}", nonnegative=True)
SIGMA_TRACE = Symbol(r"{\operatorname{Tr} \Sigma}", positive=True)


GAMMA_ROOT = Matrix([[1, 2, 0], [2, 1, -1], [0, -1, 3]]) / 2


def _weights_exact(statement, domain) -> Result:
    """Take symbols in Gamma^(1/2) for d <= 2, and a rational root of Sigma."""

    def pairs():
        z = Symbol("z")
        for side in domain["d"]:
            R, G = ROOTS[side], GAMMA_ROOT if side > 2 else symmetric("G", side)
            Gamma, Sigma = G * G, ROOTS[side] ** 2
            left, right = (_root_power(R, e) for e in (statement.left, statement.right))
            whitened = left * Gamma * right
            for i, j in product(range(side), repeat=2):
                name = f"d = {side}, covariance at {i + 1}, {j + 1}"
                yield name, whitened[i, j], (R * Gamma * R)[i, j]
            traces = {
                PRODUCT_TRACE: (Gamma * Sigma).trace(),
                GAMMA_TRACE: Gamma.trace(),
                SIGMA_TRACE: Sigma.trace(),
            }
            claimed = sympify(statement.trace).subs(traces, simultaneous=True)
            yield f"d = {side}, trace", whitened.trace(), claimed
            sides = (whitened, G * Sigma * G)
            yield (
                f"d = {side}, polynomial",
                *((z * eye(side) - matrix).det(method="berkowitz") for matrix in sides),
            )

    return polynomials_agree(pairs())


WEIGHTS = Claim(
    id="mixture-weights",
    title="The law of the weights after whitening",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, positive definite $[[Sigma]]$ and positive semidefinite "
        "$[[Gamma]]$, let $w$ be Gaussian with mean $0$ and covariance $\\Gamma$. Then "
        "$\\tilde w = \\Sigma^{1/2} w$ is Gaussian with mean $0$ and covariance\n\n"
        "$$\\widetilde\\Gamma = \\Sigma^{[[left]]} \\Gamma\\, \\Sigma^{[[right]]}, "
        "\\qquad \\mathbb E\\, \\lVert \\tilde w \\rVert^2 = \\operatorname{Tr} "
        "\\widetilde\\Gamma = [[trace]],$$\n\n"
        "and $\\widetilde\\Gamma$ has the eigenvalues of $\\Gamma^{1/2} \\Sigma\\, "
        "\\Gamma^{1/2}$.",
        {"d": Integers(1), "Sigma": MATRICES, "Gamma": MATRICES},
        {"left": b, "right": b, "trace": PRODUCT_TRACE},
    ),
    sources=(printed("Section 3.1, assumption B2"),),
    uses=("mixture-whitening",),
    checks=(
        Check(
            "exact",
            "covariance, trace and eigenvalues, with symbols for d = 1, 2",
            _weights_exact,
            {"d": Integers(1, 3)},
            role="step",
        ),
    ),
    planted=(
        Planted("the trace of Gamma alone", {"trace": GAMMA_TRACE}),
        Planted(
            "a product of traces: right for d = 1",
            {"trace": GAMMA_TRACE * SIGMA_TRACE},
            near=True,
        ),
        Planted(
            "all on one side: right for d = 1",
            {"left": Integer(1), "right": Integer(0)},
            near=True,
        ),
        Planted("inverse roots", {"left": a, "right": a}),
    ),
    weak=Check(
        "exact", "d = 1 only", _weights_exact, {"d": Integers(1, 1)}, role="step"
    ),
    spec="GM-A2",
)


CLAIMS = (RISK, NOISE, CAPTURED, QUADRATIC, WHITENING, WEIGHTS)
