"""Theorem 3: descent follows the flow, and the flow reaches the least error."""

from functools import cache
from itertools import product

from flint import arb, ctx
from sympy import (
    Integer,
    Matrix,
    Max,
    Poly,
    Rational,
    Symbol,
    log,
    numer,
    simplify,
    sqrt,
    symbols,
    sympify,
    together,
)

from rfbook.claims.quadratic_flow.exact import AT_MOST, nonnegative
from rfbook.claims.quadratic_flow.flow import (
    ALL,
    FIELD,
    SYMMETRIC,
    at_infinity,
    flow_entries,
    generic,
    rational,
)
from rfbook.claims.quadratic_flow.landscape import (
    CHAPTER,
    POSITIVE,
    SIZES,
    index_sets,
    least,
    shown,
)
from rfbook.claims.quadratic_gap.sources import printed
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Reals,
    Result,
    Statement,
    every,
    every_ball,
    exact_ball,
    holds,
    unknown,
)

N, T = Symbol("N", integer=True, positive=True), Symbol("T", integer=True)
eta, varsigma, G, L = symbols("eta varsigma G L", positive=True)
THEOREM = "Section 2.3, Theorem 3"


# --- the top block stays invertible ---------------------------------------------------

TOP = ((2, 1), (2, 2), (3, 1, 1), (2, 1, -1), (1, 1, -1), (2, 2, 2))


def pseudo_inverse(block: Matrix) -> Matrix:
    """Return the right inverse X' (X X')^{-1} of a matrix of full row rank."""
    return block.T * (block * block.T).inv()


def plain(start) -> Matrix:
    """Turn a start into a matrix of Rationals."""
    return Matrix(
        [[Rational(int(v.numerator), int(v.denominator)) for v in row] for row in start]
    )


def _block_exact(statement, domain) -> Result:
    """Compare at e^{8 tau} = 2 and 2^12 as matrices, for every k and 0 change of c."""

    def decide(trial):
        values, neurons, k, power = trial
        start = generic(len(values), neurons)
        entries = flow_entries(values, start)
        at = Integer(2) ** power
        block = Matrix(k, k, lambda i, j: entries[i][j].as_expr().subs("z", at))
        W = plain(start)
        right = pseudo_inverse(W[:k, :])
        rest = sum(v**2 for v in W[k:, :] * right)
        first = sum(v**2 for v in right) / at ** (
            statement.rate / Integer(8) * values[k - 1]
        )
        bound = first + (statement.one + rest) / Integer(values[k - 1])
        more = bound * block - Matrix.eye(k)
        return nonnegative(more), f"{bound} E'ME - I is positive semidefinite"

    found = [
        (values, neurons, k, power)
        for values in TOP
        for neurons in domain["N"]
        for k in range(1, min(neurons, sum(v > 0 for v in values)) + 1)
        for power in (1, 12)
        if len(values) in domain["d"]
    ]
    return every(found, decide)


def _block_jump(statement, domain) -> Result:
    """Let c fall by omega at the last moment, for d = N = 1."""

    def sides(point):
        rate, x, omega, time = (arb(v) for v in point)
        fade = (-16 * rate * time).exp()
        found = (4 * omega).exp() * (fade / x**2 + (1 - fade) / rate)
        bound = (
            fade ** (exact_ball(statement.rate) / 16) / x**2
            + exact_ball(statement.one) / rate
        )
        return found, (exact_ball(statement.power) * omega).exp() * bound

    with ctx.workprec(512):
        return every_ball(product((1, 2), (1, 3), (0, 2), (1, 5)), sides, AT_MOST)


BLOCK = Claim(
    id="flow-top-block",
    title="What has been met is not lost",
    chapter=CHAPTER,
    statement=Statement(
        "Let $[[d]]$, $[[N]]$, $[[B]]$, $k \\le N$ with $\\lambda_k > 0$, $E_k = (e_1, "
        "\\dots, e_k)$, and let $X = E_k^{\\mathsf T} W_0$ have rank $k$. Let "
        "$E_{\\perp}$ hold the other eigenvectors, $X^+ = X^{\\mathsf T} (X "
        "X^{\\mathsf T})^{-1}$ and $Y = E_{\\perp}^{\\mathsf T} W_0 X^+$. Along "
        "gradient flow in $(W, c)$, if $\\omega$ is the greatest difference of two "
        "values of $c$ up to the time $[[tau]]$,\n\n"
        "$$\\bigl( E_k^{\\mathsf T} M(\\tau) E_k \\bigr)^{-1} \\preceq "
        "e^{[[power]] \\omega} \\Bigl( e^{-[[rate]] \\lambda_k \\tau} \\lVert X^+ "
        "\\rVert_F^2 + \\frac{[[one]] + \\lVert Y \\rVert_F^2}{\\lambda_k} \\Bigr) "
        "I.$$",
        ALL,
        {"power": 4, "rate": 16, "one": 1},
    ),
    sources=(printed(THEOREM, "implied"),),
    uses=("flow-offset",),
    checks=(
        Check(
            "exact",
            "matrices at e^{8 tau} = 2 and 4096 with c at rest, six spectra",
            _block_exact,
            {"d": Integers(2, 3), "N": Integers(1, 3)},
            role="step",
        ),
        Check(
            "interval",
            "d = N = 1 with a fall of c at the last moment",
            _block_jump,
            {"d": Integers(1, 1), "N": Integers(1, 1)},
            role="step",
        ),
    ),
    planted=(
        Planted("19/20 for 1", {"one": Rational(19, 20)}, near=True),
        Planted("without the learned directions", {"one": 0}),
        Planted("39/10 in the exponent of omega", {"power": Rational(39, 10)}, True),
        Planted("c at rest", {"power": 0}),
        Planted("the start forgotten twice as fast", {"rate": 32}),
    ),
    weak=Check(
        "interval",
        "c at rest, a long time",
        lambda statement, domain: every_ball(
            [1],
            lambda rate: (arb(1) / rate, exact_ball(statement.one) + arb(10) ** -9),
            AT_MOST,
        ),
        role="step",
    ),
    spec="GM-T3",
)


# --- the flow reaches the least error -------------------------------------------------

FLOORS = ((3, 1), (2, 2), (2, 0), (3, 2, 1), (2, 2, 1), (2, 1, 1), (1, 0, 0), (1, 1, 1))
INDEFINITE = ((2, -1), (1, -1, -2))
BLOCK_WORDS = r"\operatorname{rank} E_k^{\mathsf T} W_0 = k"
FULL_WORDS = r"\operatorname{rank} W_0 = \min(d, N)"


def spectra(domain) -> tuple:
    """List the eigenvalues to be tried: indefinite ones if the statement has them."""
    return FLOORS if domain["B"] == POSITIVE else FLOORS + INDEFINITE


def starts(values, neurons: int):
    """Yield a generic start, and one that misses the first eigenvector."""
    start = generic(len(values), neurons)
    yield start
    yield (tuple(0 * v for v in start[0]), *start[1:])


def allowed(words: str, values, start) -> bool:
    """Tell whether a start satisfies the hypothesis in words."""
    W = plain(start)
    k = min(W.cols, sum(v > 0 for v in values))
    if words == FULL_WORDS:
        return W.rank() == min(W.shape)
    return k == 0 or W[:k, :].rank() == k


@cache
def limit_error(values, start):
    """Return the limit of the error along the flow with g = 0."""
    error = FIELD(0)
    for i, row in enumerate(flow_entries(values, start)):
        for j, entry in enumerate(row):
            error += 2 * ((values[i] if i == j else 0) - entry) ** 2
    return rational(at_infinity(at_infinity(error), 1))


def stated_floor(statement, values, neurons: int):
    """Return factor times the sum of lambda_i^2 from the statement's first index on."""
    first = int(statement.first.subs(N, neurons))
    return statement.factor * sum(v**2 for v in values[first - 1 :])


def _floor_flow(statement, domain) -> Result:
    """Take the limit of the error along the solved flow, ties and zeros included."""

    def decide(trial):
        values, neurons, start = trial
        found = limit_error(values, start)
        claimed = stated_floor(statement, values, neurons)
        return found == claimed, f"the error goes to {found} = {claimed}"

    found = [
        (values, neurons, start)
        for values in spectra(domain)
        if len(values) in domain["d"]
        for neurons in domain["N"]
        for start in starts(values, neurons)
        if allowed(statement.start, values, start)
    ]
    return every(found, decide)


def _floor_sets(statement, domain) -> Result:
    """Find the index sets whose top block is invertible: all have the least error."""

    def decide(trial):
        values, neurons = trial
        k = min(neurons, sum(v > 0 for v in values))
        claimed = stated_floor(statement, values, neurons)
        if least(values, neurons) != claimed:
            return False, f"the least error {least(values, neurons)} = {claimed}"
        for S in index_sets(values, neurons):
            if set(range(k)) <= set(S):
                error = 2 * sum(v**2 for i, v in enumerate(values) if i not in S)
                if error != claimed:
                    return False, f"{shown(S)}: the error {error} = {claimed}"
        return True, "every set"

    found = [
        (values, neurons)
        for values in spectra(domain)
        for neurons in domain["N"]
        if len(values) in domain["d"]
    ]
    return every(found, decide)


FLOOR_PARTS = {"factor": 2, "first": N + 1}
WINDOW = {"d": Integers(2, 3), "N": Integers(1, 3)}
FLOOR_CHECKS = (
    Check(
        "exact",
        "the limit of the error along the solved flow, eight spectra, N <= 3",
        _floor_flow,
        WINDOW,
        role="step",
    ),
    Check(
        "exact",
        "the index sets whose top block is invertible",
        _floor_sets,
        WINDOW,
        role="step",
    ),
)
FLOOR_PLANTED = (
    Planted("one term too many", {"first": N}),
    Planted("without the factor 2", {"factor": 1}),
    Planted("41/20 for 2", {"factor": Rational(41, 20)}, near=True),
    Planted("indefinite B as well", {"B": SYMMETRIC}, near=True),
)
FLOOR_WEAK = Check(
    "exact",
    "N = 3 neurons only",
    _floor_sets,
    {"d": Integers(2, 3), "N": Integers(3, 3)},
    role="step",
)

FLOOR = Claim(
    id="flow-reaches-floor",
    title="The flow reaches the least error from almost every start",
    chapter=CHAPTER,
    statement=Statement(
        "Let $[[d]]$, $[[N]]$ and $[[B]]$, let $k = \\min(N, \\operatorname{rank} B)$ "
        "and $E_k = (e_1, \\dots, e_k)$. Along gradient flow of $\\mathcal E$ in "
        "$(W, c)$, from every $c_0$ and every $W_0$ with $[[start]]$,\n\n"
        "$$\\mathcal E\\bigl( W(\\tau), c(\\tau) \\bigr) \\to \\inf \\mathcal E = "
        "[[factor]] \\sum_{i = [[first]]}^{d} \\lambda_i^2 \\qquad (\\tau \\to "
        "\\infty).$$\n\nThe same holds with centred features, and with $g = 0$.",
        {**SIZES, "B": POSITIVE},
        {**FLOOR_PARTS, "start": BLOCK_WORDS},
    ),
    sources=(printed(THEOREM, "sharper"),),
    uses=("flow-top-block", "risk-critical-points", "nn-infimum"),
    checks=FLOOR_CHECKS,
    planted=(
        *FLOOR_PLANTED,
        Planted("every start of full rank", {"start": FULL_WORDS}, near=True),
    ),
    weak=FLOOR_WEAK,
    spec="GM-T3",
)


# --- descent follows the flow ---------------------------------------------------------


def _close_step(statement, domain) -> Result:
    """See that one step enlarges the mean square distance no more than the bound.

    Young's inequality with the weight eta separates the distance, which grows at most
    by 1 + eta L, from the curvature of the path, at most eta^2 L G/2; the noise is
    orthogonal to both. With n = 1/eta - 1 >= 0 the signs are those of polynomials.
    """
    if statement.mean != CENTRED:
        return unknown("the noise must be orthogonal to the past")
    n = Symbol("n", nonnegative=True)
    spare = statement.rate * eta - log(1 + eta) - 2 * log(1 + eta * L)
    above = numer(together(spare.diff(eta)))
    if spare.subs(eta, 0) != 0 or min(Poly(above, eta, L).coeffs()) < 0:
        return unknown(f"the sign of {above}, the growth of the distance")
    path = (1 + 1 / eta) * (eta**2 * L * G / 2) ** 2 / eta**2
    rows = (
        ("the noise", varsigma**2, statement.noise),
        ("the curvature of the path", path, statement.path),
    )
    for name, needed, stated in rows:
        spare = simplify((stated - needed).expand().subs(eta, 1 / (1 + n)))
        if not (spare == 0 or simplify(spare).is_nonnegative):
            return unknown(f"{name}: the sign of {spare}")
    return holds("the distance, the noise and the curvature")


def _close_scalar(statement, domain, points=None) -> Result:
    """Climb -L theta^2/2 from a start a, with noise +s or -s in every step.

    Noise that need not have mean 0 is -s in every step.
    """

    def sides(point):
        slope, noise, size, steps, start = map(exact_ball, point)
        count = int(point[3])
        factor = 1 + size * slope
        flow = (slope * size * steps).exp()
        bias = start * (flow - factor**count)
        spread = sum((factor ** (2 * j) for j in range(count)), arb(0))
        values = {L: point[0], varsigma: point[1], eta: point[2]}
        rate, kick = (
            exact_ball(sympify(part).subs(values))
            for part in (statement.rate, statement.noise)
        )
        # The gradient is at most G = L a e^{L t} along the path.
        curve = exact_ball(sympify(statement.path).subs(values).subs(G, 1))
        steep = (slope * start * flow) ** 2
        bound = size**2 * steps * (rate * size * steps).exp() * (kick + curve * steep)
        if statement.mean != CENTRED:
            drift = sum((factor**j for j in range(count)), arb(0))
            return (size * noise * drift - bias) ** 2, bound
        return bias**2 + size**2 * noise**2 * spread, bound

    return every_ball(points or POINTS, sides, AT_MOST)


POINTS = [
    tuple(map(Rational, point))
    for point in (
        ("1/1000", 1, "1/100", 1, 0),
        (5, 1, "1/100", 100, 0),
        (1, 0, "1/10", 10, 1),
        (2, "1/2", 1, 3, 1),
    )
]
"""Values of L, s = varsigma, eta, T and the start."""

CENTRED = "mean 0 and mean square"

CLOSE = Claim(
    id="sgd-to-flow",
    title="Stochastic descent stays with the flow",
    chapter=CHAPTER,
    statement=Statement(
        "Let $\\nabla \\mathcal E$ be Lipschitz with the constant $L$, let "
        "$\\frac{d\\theta}{d\\tau} = -\\nabla \\mathcal E(\\theta)$ with $\\lVert "
        "\\nabla \\mathcal E(\\theta(s)) \\rVert \\le G$, and let\n\n"
        "$$\\theta_{k+1} = \\theta_k - \\eta \\bigl( \\nabla \\mathcal E(\\theta_k) + "
        "\\xi_k \\bigr), \\qquad \\theta_0 = \\theta(0),$$\n\n"
        "where, given the past, $\\xi_k$ has [[mean]] at most "
        "$\\varsigma^2$. For "
        "every $[[eta]]$ and $[[T]]$\n\n"
        "$$\\mathbb E\\, \\lVert \\theta_T - \\theta(\\eta T) \\rVert^2 \\le \\eta^2 "
        "T\\, "
        "e^{([[rate]]) \\eta T} \\Bigl( [[noise]] + [[path]] \\Bigr).$$",
        {"eta": Reals(0, 1, open_low=True), "T": Integers(0)},
        {
            "mean": CENTRED,
            "rate": 1 + 2 * L,
            "noise": varsigma**2,
            "path": eta * L**2 * G**2 / 2,
        },
    ),
    sources=(printed(THEOREM, "implied"),),
    checks=(
        Check(
            "symbolic",
            "one step: the distance, the noise, the curvature of the path",
            _close_step,
            role="step",
        ),
        Check(
            "interval",
            "a hill in one dimension with noise of two values",
            _close_scalar,
            role="step",
        ),
    ),
    planted=(
        Planted("19/20 of the noise", {"noise": 19 * varsigma**2 / 20}, near=True),
        Planted("no noise", {"noise": Integer(0)}),
        Planted("the path taken for straight", {"path": Integer(0)}, near=True),
        Planted("the distance grows by L only", {"rate": L}),
        Planted(
            "noise of any mean: right for one step", {"mean": "mean square"}, near=True
        ),
    ),
    weak=Check(
        "interval",
        "three long steps",
        lambda statement, domain: _close_scalar(statement, domain, POINTS[3:]),
        role="step",
    ),
    spec="GM-T3",
)


# --- Theorem 3 ------------------------------------------------------------------------

CONTINUOUS, ANY = "an absolutely continuous", "any"


def _theorem_flow(statement, domain) -> Result:
    """Take the limit of the error from the starts that the law may not exclude."""

    def decide(trial):
        values, neurons, start = trial
        if not any(any(row) for row in start):
            found = 2 * sum(v**2 for v in values)  # W = 0 stays where it is
        else:
            found = limit_error(values, start)
        claimed = stated_floor(statement, values, neurons)
        return found == claimed, f"the error goes to {found} = {claimed}"

    found = []
    for values, neurons in product(spectra(domain), domain["N"]):
        start = generic(len(values), neurons)
        if len(values) in domain["d"]:
            found.append((values, neurons, start))
            if statement.law == ANY:
                zero = tuple(tuple(0 * v for v in row) for row in start)
                found.append((values, neurons, zero))
    return every(found, decide)


THREE = Claim(
    id="theorem-three",
    title="Theorem 3: the limit of stochastic descent",
    chapter=CHAPTER,
    statement=Statement(
        "Let $[[d]]$, $[[N]]$ and $[[B]]$, and let $(W_0, c_0)$ have [[law]] law. For "
        "one-pass SGD on $\\mathcal E$ with steps of size $\\eta$ and every $\\delta > "
        "0$,\n\n"
        "$$\\lim_{\\tau \\to \\infty}\\, \\lim_{\\eta \\to 0}\\, \\mathbb P \\Bigl( "
        "\\Bigl\\lvert \\mathcal E(W_T, c_T) - [[factor]] \\sum_{i = [[first]]}^{d} "
        "\\lambda_i^2 \\Bigr\\rvert \\ge \\delta \\Bigr) = 0, \\qquad T = \\lfloor "
        "\\tau "
        "/ \\eta \\rfloor,$$\n\nand the sum is $\\inf \\mathcal E$.",
        {**SIZES, "B": POSITIVE},
        {**FLOOR_PARTS, "law": CONTINUOUS},
    ),
    sources=(
        printed(THEOREM),
        printed("equation (6), the equality", "as printed"),
    ),
    uses=("sgd-to-flow", "flow-reaches-floor"),
    checks=(
        Check(
            "exact",
            "the limit of the error along the solved flow, eight spectra, N <= 3",
            _theorem_flow,
            WINDOW,
            role="step",
        ),
        FLOOR_CHECKS[1],
    ),
    planted=(
        *FLOOR_PLANTED,
        Planted("any law of the start", {"law": ANY}, near=True),
    ),
    weak=FLOOR_WEAK,
    spec="GM-T3",
)


# --- divergence -----------------------------------------------------------------------

w, B, b_0, c, x = symbols("w B b_0 c x", real=True)


def _worst_steps(statement) -> list:
    """List steps with b_0, c and B at their ends and x^4 = kappa/w^2, exactly."""
    rows = []
    for size in (Rational(1), Rational(3, 64), Rational(3, 100)):
        kappa = Max(statement.least, 3 / size)
        for at, sign in product((4, 10), (-1, 0, 1)):
            square, form = sqrt(kappa) / at, sign * Rational(at) ** 2 / 4
            for first, second in ((at, -at), (-at, at), (0, 0), (at, at)):
                rows.append((size, kappa, at, square, form, first, second))
    return rows


def _divergence_exact(statement, domain) -> Result:
    """Make the step at the ends of the conditions."""

    def decide(row):
        size, kappa, at, square, form, first, second = row
        residual = form * square + first - at**2 * square - second
        moved = at * (1 + 4 * size * residual * square)
        shifted = second + 2 * size * residual
        growth = (statement.twice * size * kappa - 1) * at
        words = f"|w| = {at} becomes {abs(moved)} >= {growth}, |c| = {abs(shifted)}"
        return abs(moved) >= growth and abs(shifted) <= abs(moved), words

    return every(_worst_steps(statement), decide)


def _divergence_bounds(statement, domain) -> Result:
    """Bound the residual, the step of w and the step of c by signs of polynomials."""
    if statement.least < 64 or statement.twice > 2:
        return unknown("constants that the bounds do not give")
    a, y, e = symbols("a y e", nonnegative=True)
    square = (8 + y) / a  # x^2, and |w| = a
    quarter = a**2 * square / 4  # at least 2a, which bounds |b_0| + |c|
    p = 3 + e  # eta w^2 x^4; |w'| >= (2p - 1) a, |c'| <= a + 4p/x^2 <= (1 + p/2) a
    spare = [quarter - 2 * a, Rational(1, 2) - 4 / (8 + y), 2 * p - 1 - (1 + p / 2)]
    spare = [together(value) for value in spare]
    if all(simplify(value).is_nonnegative for value in spare):
        return holds("three signs")
    return unknown(f"the signs of {spare}")


DIVERGENCE = Claim(
    id="sgd-divergence",
    title="With a fixed step, stochastic descent can explode",
    chapter=CHAPTER,
    statement=Statement(
        "Let $d = N = 1$. One step of SGD with a sample $x$ is $w' = w (1 + 4 \\eta r "
        "x^2)$, $c' = c + 2 \\eta r$ with $r = B x^2 + b_0 - w^2 x^2 - c$. For every "
        "$[[eta]]$ let $\\kappa = \\max([[least]], 3/\\eta)$. If $\\lvert w \\rvert "
        "\\ge "
        "\\max(2 \\sqrt{\\lvert B \\rvert}, \\lvert b_0 \\rvert)$, $\\lvert c \\rvert "
        "\\le "
        "\\lvert w \\rvert$ and $w^2 x^4 \\ge \\kappa$, then\n\n"
        "$$\\lvert w' \\rvert \\ge ([[twice]] \\eta \\kappa - 1) \\lvert w \\rvert "
        "\\ge "
        "5\\, \\lvert w \\rvert, \\qquad \\lvert c' \\rvert \\le \\lvert w' "
        "\\rvert.$$\n\n"
        "Hence from every start with $w_0 \\ne 0$ and a positive error, "
        "$\\lvert w_T \\rvert \\to \\infty$ with positive probability.",
        {"eta": Reals(0, open_low=True)},
        {"least": 64, "twice": 2},
    ),
    sources=(printed(THEOREM, "background"),),
    checks=(
        Check(
            "symbolic",
            "the residual, the step of w, the step of c",
            _divergence_bounds,
            role="step",
        ),
        Check(
            "exact",
            "the step at the ends of the conditions",
            _divergence_exact,
            role="step",
        ),
    ),
    planted=(
        Planted("41/20 for 2", {"twice": Rational(41, 20)}, near=True),
        Planted("36 for 64", {"least": 36}),
        Planted("4 eta kappa", {"twice": 4}),
        Planted("61 for 64", {"least": 61}, near=True),
    ),
    weak=Check(
        "exact",
        "B = b_0 = c = 0",
        lambda statement, domain: every(
            [Rational(1)],
            lambda size: (
                4 * size * statement.least - 1
                >= statement.twice * size * statement.least - 1,
                "the step of w",
            ),
        ),
        role="step",
    ),
    spec="GM-T3",
)


CLAIMS = (BLOCK, FLOOR, CLOSE, THREE, DIVERGENCE)
