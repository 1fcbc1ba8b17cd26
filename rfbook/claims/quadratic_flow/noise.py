"""One-pass SGD of the tangent model: its noise, when it is stable, what it leaves.

Centred features; S = W W' = diag(s_1, ..., s_d) in its eigenbasis, E = B - M, and
g_ab = s_a + s_b. A step of size eta with a batch of q fresh samples is

    E <- E - (4 eta / q) sum_k r_k (S X_k + X_k S),  X = x x' - I,  r = <X, E>.
"""

from fractions import Fraction
from functools import cache
from itertools import combinations_with_replacement, product

from sympy import (
    Expr,
    Integer,
    Matrix,
    Rational,
    Symbol,
    diff,
    expand,
    eye,
    sqrt,
    symbols,
)

from rfbook.claims.quadratic_flow.moments import (
    centred_form,
    gaussian_mean,
    polynomials_agree,
    sides_of,
    square_norm,
    symmetric,
)
from rfbook.claims.quadratic_gap.sources import printed
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Result,
    Statement,
    every,
    every_identity,
)

CHAPTER = "quadratic-flow"

d, q = symbols("d q", integer=True, positive=True)
eta = Symbol("eta", positive=True)
s = Symbol("s", positive=True)
delta = Symbol(r"\delta_{ab}")

SGD = printed("Section 2.3", "background", "the paper defines SGD for the network only")
FRAME = printed("Figure 1, right frame", "background")
SETTING = (
    "let $S = \\operatorname{diag}(s_1, \\dots, s_d)$, $s_a \\ge 0$, "
    "$g_{ab} = s_a + s_b$"
)


# --- one sample -----------------------------------------------------------------------


def residual_square(E: Matrix, a: int, b: int) -> Expr:
    """Return (E^2)_ab."""
    return (E * E)[a, b]


def own_moment(statement, E: Matrix, a: int, b: int) -> Expr:
    """Fill in the statement's E r^2 X_ab^2."""
    same = int(a == b)
    rows = residual_square(E, a, a) + residual_square(E, b, b)
    return (
        (1 + same) * 2 * square_norm(E)
        + statement.own * E[a, b] ** 2
        + statement.cross * E[a, a] * E[b, b]
        + statement.rows * (1 + same) * rows
    )


def pair_moment(statement, E: Matrix, a: int, b: int) -> Expr:
    """Fill in the statement's E r^2 X_aa X_bb for a != b."""
    return statement.both * E[a, a] * E[b, b] + statement.mixed * E[a, b] ** 2


@cache
def _brute_moments(size: int) -> dict:
    """Average r^2 X_ab^2 and r^2 X_aa X_bb monomial by monomial, for symbolic E."""
    x = symbols(f"x:{size}", real=True)
    r = centred_form(symmetric("E", size), x)
    forms = {
        (a, b): centred_form(sides_of(a, b, size), x)
        for a, b in combinations_with_replacement(range(size), 2)
    }
    means = {}
    for (a, b), form in forms.items():
        means[a, b] = gaussian_mean(r**2 * form**2, x)
        if a < b:
            means[a, a, b, b] = gaussian_mean(r**2 * forms[a, a] * forms[b, b], x)
    return means


def _moment_exact(statement, domain) -> Result:
    def pairs():
        for size in domain["d"]:
            E = symmetric("E", size)
            for place, mean in _brute_moments(size).items():
                a, b = place[0], place[-1]
                formula = own_moment if len(place) == 2 else pair_moment
                yield f"d = {size}, a, b = {a}, {b}", mean, formula(statement, E, a, b)

    return polynomials_agree(pairs())


MOMENT = Claim(
    id="noise-fourth-moment",
    title="The noise of one sample",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, symmetric $E$ and $x \\sim N(0, I_d)$ let "
        "$X = x x^{\\mathsf T} - I$, $r = \\langle X, E \\rangle_F$ and "
        "$R = \\mathbb{E}\\, r^2 = 2 \\lVert E \\rVert_F^2$. For all $a$, $b$\n\n"
        "$$\\mathbb{E}\\, r^2 X_{ab}^2 = (1 + \\delta_{ab}) R + [[own]]\\, E_{ab}^2 + "
        "[[cross]]\\, E_{aa} E_{bb} + [[rows]]\\, (1 + \\delta_{ab}) "
        "\\bigl( (E^2)_{aa} + (E^2)_{bb} \\bigr),$$\n\n"
        "and for $a \\ne b$\n\n"
        "$$\\mathbb{E}\\, r^2 X_{aa} X_{bb} = [[both]]\\, E_{aa} E_{bb} + "
        "[[mixed]]\\, E_{ab}^2.$$",
        {"d": Integers(1)},
        {"own": 16, "cross": 8, "rows": 8, "both": 8, "mixed": 16},
    ),
    sources=(SGD,),
    uses=("quadratic-risk",),
    checks=(
        Check(
            "exact",
            "every monomial of x, for symbolic E",
            _moment_exact,
            {"d": Integers(1, 4)},
        ),
    ),
    planted=(
        Planted(
            "only R: independent factors",
            {"own": 0, "cross": 0, "rows": 0, "both": 0, "mixed": 0},
        ),
        Planted("the cyclic terms forgotten", {"own": 8, "cross": 0, "rows": 0}),
        Planted("right in dimension 1: 20 and 4", {"own": 20, "cross": 4}, near=True),
        Planted("8 for 16 in the mixed term", {"mixed": 8}),
        Planted(
            "right on the diagonal: rows 8, own 24, cross 0", {"own": 24, "cross": 0}
        ),
    ),
    weak=Check("exact", "dimension 1", _moment_exact, {"d": Integers(1, 1)}),
    spec="GM-NTflow",
)


# --- one step -------------------------------------------------------------------------


@cache
def _brute_step(size: int, batch: int) -> dict:
    """Average one literal SGD step on V from V = 0, for symbolic W = diag(w) and B.

    E = B before the step, and any E occurs in this way.
    """
    B, w = symmetric("B", size), symbols(f"w:{size}", positive=True)
    V = Matrix(size, size, symbols(f"v:{size**2}", real=True))
    E, W = B - Matrix.diag(*w) * V.T - V * Matrix.diag(*w), Matrix.diag(*w)
    x = symbols(f"x:{batch * size}", real=True)
    loss = sum(centred_form(E, x[k * size : (k + 1) * size]) ** 2 for k in range(batch))
    at_zero = dict.fromkeys(V, 0)
    slope = V.applyfunc(lambda entry: diff(loss, entry).subs(at_zero) / batch)
    after = B + eta * (W * slope.T + slope * W)
    means = {}
    for a, b in combinations_with_replacement(range(size), 2):
        means[a, b] = gaussian_mean(after[a, b] ** 2, x)
        if a < b:
            means[a, a, b, b] = gaussian_mean(after[a, a] * after[b, b], x)
    return means


def next_square(statement, P, D, spectrum, batch, a, b):
    """Fill in the statement's next P_ab, from any second moments P, D."""
    same, size = int(a == b), len(spectrum)
    g = spectrum[a] + spectrum[b]
    risk = 2 * sum(P[i][j] for i in range(size) for j in range(size))
    rows = sum(P[a][c] + P[b][c] for c in range(size))
    noise = (
        (1 + same) * risk
        + statement.own * P[a][b]
        + statement.cross * D[a][b]
        + statement.rows * (1 + same) * rows
    )
    drift = (1 - statement.drift * eta * g) ** 2 * P[a][b]
    return drift + statement.noise * eta**2 / batch * g**2 * noise


def next_product(statement, P, D, spectrum, batch, a, b):
    """Fill in the statement's next D_ab for a != b."""
    s_a, s_b = spectrum[a], spectrum[b]
    drift = (1 - 2 * statement.drift * eta * s_a) * (
        1 - 2 * statement.drift * eta * s_b
    )
    noise = statement.pair * eta**2 / batch * s_a * s_b
    return drift * D[a][b] + noise * (D[a][b] + 4 * P[a][b])


def _recursion_exact(statement, domain) -> Result:
    """Compare with literal steps of SGD, for symbolic W, B and eta."""
    sizes = [
        (size, batch)
        for size, batch in product(domain["d"], domain["q"])
        if size * batch <= 4
    ]

    def pairs():
        for size, batch in sizes:
            B, w = symmetric("B", size), symbols(f"w:{size}", positive=True)
            P = [[B[i, j] ** 2 for j in range(size)] for i in range(size)]
            D = [[B[i, i] * B[j, j] for j in range(size)] for i in range(size)]
            given = (P, D, [v**2 for v in w], batch)
            for place, mean in _brute_step(size, batch).items():
                a, b = place[0], place[-1]
                formula = next_square if len(place) == 2 else next_product
                name = f"d = {size}, q = {batch}, entry {place}"
                yield name, mean, formula(statement, *given, a, b)

    return polynomials_agree(pairs())


RECURSION = Claim(
    id="noise-recursion",
    title="One-pass SGD of the tangent model: second moments close",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and batch of $[[q]]$ fresh samples: "
        + SETTING
        + ", and let $E = B - M$ after a number of steps of size $\\eta$ of SGD on "
        "$V$. With $P_{ab} = \\mathbb{E}\\, E_{ab}^2$, $D_{ab} = \\mathbb{E}\\, E_{aa} "
        "E_{bb}$, $R = 2 \\sum_{ab} P_{ab}$ and $p_a = \\sum_c P_{ac}$ the next step "
        "has\n\n"
        "$$\\begin{aligned} P_{ab}^+ &= (1 - [[drift]] \\eta g_{ab})^2 P_{ab} + "
        "\\frac{[[noise]] \\eta^2}{q} g_{ab}^2 \\Bigl[ (1 + \\delta_{ab}) R + "
        "[[own]]\\, P_{ab} + [[cross]]\\, D_{ab} + [[rows]]\\, (1 + \\delta_{ab}) "
        "(p_a + p_b) \\Bigr], \\\\ D_{ab}^+ &= (1 - [[drift]] \\eta g_{aa}) "
        "(1 - [[drift]] \\eta g_{bb}) D_{ab} + \\frac{[[pair]] \\eta^2}{q} s_a s_b "
        "\\bigl[ D_{ab} + 4 P_{ab} \\bigr] \\quad (a \\ne b). \\end{aligned}$$",
        {"d": Integers(1), "q": Integers(1)},
        {"drift": 8, "noise": 16, "own": 12, "cross": 8, "rows": 8, "pair": 256},
    ),
    sources=(SGD, FRAME),
    uses=("noise-fourth-moment", "nt-flow"),
    checks=(
        Check(
            "exact",
            "literal steps of SGD on V with d q <= 4, for symbolic W, B, eta",
            _recursion_exact,
            {"d": Integers(1, 2), "q": Integers(1, 2)},
        ),
    ),
    planted=(
        Planted("the terms besides R dropped", {"own": 0, "cross": 0, "rows": 0}),
        Planted(
            "the square of the mean not taken off: right for large batches",
            {"own": 16},
            near=True,
        ),
        Planted("the noise of half the gradient", {"noise": 4}),
        Planted("128 for 256", {"pair": 128}),
        Planted("the drift of half the gradient", {"drift": 4}),
        Planted("right in dimension 1", {"own": 16, "cross": 4}, near=True),
    ),
    weak=Check(
        "exact",
        "dimension 1, one sample",
        _recursion_exact,
        {"d": Integers(1, 1), "q": Integers(1, 1)},
    ),
    spec="GM-NTflow",
)


# --- equal eigenvalues ----------------------------------------------------------------


def _plane(statement, size=d):
    """Return the 2 x 2 matrix of the noise on (R, T)."""
    names = ("risk_risk", "risk_trace", "trace_risk", "trace_trace")
    entries = [Integer(0) + getattr(statement, name) for name in names]
    return Matrix(2, 2, [entry.subs(d, size) for entry in entries])


def _plane_sum(statement, domain) -> Result:
    """Sum the moments of one sample over all places, for symbolic d.

    R = 2 |E|^2 and T = (Tr E)^2 at a given E: the sums over a and b are theirs.
    """
    risk, trace = symbols("R T", positive=True)
    terms = RECURSION.statement
    every_place = (
        (d**2 + d) * risk
        + terms.own * risk / 2
        + terms.cross * trace
        + terms.rows * (2 * d * risk / 2 + 2 * risk / 2)
    )
    # The trace moves by -(8 eta s / q) sum r Tr X, and Tr X = sum X_aa.
    moment = MOMENT.statement
    square = symbols("F", positive=True)  # the sum of the E_aa^2
    diagonal = (
        2 * d * risk + (moment.own + moment.cross) * square + 4 * moment.rows * risk / 2
    )
    others = moment.both * (trace - square) + moment.mixed * (risk / 2 - square)
    whole = diagonal + others - 4 * trace
    first, second = _plane(statement) * Matrix([risk, trace])
    return every_identity(
        (
            ("R", expand(2 * every_place), expand(first)),
            ("T", expand(whole), expand(second)),
        )
    )


def _plane_exact(statement, domain) -> Result:
    """Compare with literal steps of SGD at W = sqrt(s) I."""

    def pairs():
        for size, batch in product(domain["d"], domain["q"]):
            if size * batch > 4:
                continue
            B, w = symmetric("B", size), symbols(f"w:{size}", positive=True)
            equal = dict.fromkeys(w, sqrt(s))
            means = {k: v.subs(equal) for k, v in _brute_step(size, batch).items()}
            start = Matrix([2 * square_norm(B), B.trace() ** 2])
            after = _after(means, size)
            noise = statement.noise * eta**2 * s**2 / batch * _plane(statement, size)
            claimed = (1 - statement.drift * eta * s) ** 2 * start + noise * start
            for name, left, right in zip("RT", after, claimed, strict=True):
                yield f"{name}, d = {size}, q = {batch}", expand(left), expand(right)

    return polynomials_agree(pairs())


def _after(means, size):
    """Return the mean of 2 |E|^2 and of (Tr E)^2 from those of the entries."""
    risk, trace = 0, 0
    for place, mean in means.items():
        if len(place) == 4:
            trace += 2 * mean
            continue
        same = place[0] == place[1]
        risk += 2 * mean * (1 if same else 2)
        trace += mean if same else 0
    return risk, trace


def _plane_threshold(statement, domain) -> Result:
    """Decide contraction by exact determinants just below and above the threshold."""

    def decide(case):
        size, batch, share = case
        value = statement.threshold.subs({d: size, q: batch, s: 1}).evalf(40)
        step = share * Fraction(str(value))
        noise = _plane(statement, size) * Rational(
            Fraction(statement.noise) * step**2 / batch
        )
        matrix = eye(2) * Rational((1 - statement.drift * step) ** 2) + noise
        # A matrix with positive entries contracts iff I - A has positive minors.
        rest = eye(2) - matrix
        stable = bool(rest[0, 0] > 0 and rest.det() > 0)
        return stable == (share < 1), f"{share} of the threshold: stable {stable}"

    shares = (Fraction(1, 2), Fraction(99, 100), Fraction(101, 100))
    return every(product(domain["d"], domain["q"], shares), decide)


MEAN_SQUARE = d**2 + 9 * d + 16
TOP = MEAN_SQUARE + sqrt(MEAN_SQUARE**2 - 8 * (d**2 + 5 * d - 34))

ISOTROPIC = Claim(
    id="noise-isotropic",
    title="Equal eigenvalues: two numbers, and the exact threshold",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and $[[q]]$ and $S = s I$, $s > 0$, let "
        "$R = 2\\, \\mathbb{E} \\lVert E \\rVert_F^2$ and "
        "$T = \\mathbb{E} (\\operatorname{Tr} E)^2$. A step of SGD has\n\n"
        "$$\\begin{pmatrix} R \\\\ T \\end{pmatrix}^{+} = \\Bigl[ "
        "(1 - [[drift]] \\eta s)^2 + \\frac{[[noise]] \\eta^2 s^2}{q} "
        "\\begin{pmatrix} [[risk_risk]] & [[risk_trace]] \\\\ [[trace_risk]] & "
        "[[trace_trace]] \\end{pmatrix} \\Bigr] "
        "\\begin{pmatrix} R \\\\ T \\end{pmatrix},$$\n\n"
        "and $R \\to 0$ from every start if and only if\n\n"
        "$$\\eta < [[threshold]].$$",
        {"d": Integers(1), "q": Integers(1)},
        {
            "drift": 16,
            "noise": 64,
            "risk_risk": 2 * (d + 2) * (d + 7),
            "risk_trace": 16,
            "trace_risk": 2 * (d + 12),
            "trace_trace": 4,
            "threshold": q / (2 * s * (4 * q + TOP)),
        },
    ),
    sources=(SGD, FRAME),
    uses=("noise-recursion", "noise-fourth-moment"),
    checks=(
        Check(
            "symbolic",
            "the sums over all places, for symbolic d",
            _plane_sum,
            given=("noise-recursion", "noise-fourth-moment"),
            role="step",
        ),
        Check(
            "exact",
            "literal steps of SGD on V with d q <= 4",
            _plane_exact,
            {"d": Integers(1, 2), "q": Integers(1, 2)},
            role="step",
        ),
        Check(
            "exact",
            "determinants at 1/2, 0.99 and 1.01 of the threshold, d, q <= 12",
            _plane_threshold,
            {"d": Integers(1, 12), "q": Integers(1, 12)},
            role="step",
        ),
    ),
    planted=(
        Planted(
            "only R in the noise: the threshold of the closed approximation",
            {"threshold": q / (2 * s * (4 * q + 2 * d * (d + 1)))},
        ),
        Planted("d + 6 for d + 7", {"risk_risk": 2 * (d + 2) * (d + 6)}, near=True),
        Planted(
            "the trace left out of the threshold",
            {"threshold": q / (2 * s * (4 * q + 2 * (d + 2) * (d + 7)))},
        ),
        Planted(
            "49/48 of the threshold",
            {"threshold": 49 * q / (96 * s * (4 * q + TOP))},
            near=True,
        ),
        Planted("half the drift", {"drift": 8}),
    ),
    weak=Check(
        "exact",
        "dimension 1 with one sample, and no threshold",
        _plane_exact,
        {"d": Integers(1, 1), "q": Integers(1, 1)},
        role="step",
    ),
    spec="GM-NTflow",
)


# --- the closed approximation ---------------------------------------------------------


def approximate(spectrum, batch, step):
    """Return the matrix of the recursion with R alone in the noise, and its places.

    Only places with g > 0: the others do not move.
    """
    size = len(spectrum)
    places = [
        (a, b)
        for a in range(size)
        for b in range(size)
        if spectrum[a] + spectrum[b] > 0
    ]
    rows = []
    for a, b in places:
        g = spectrum[a] + spectrum[b]
        noise = 16 * step**2 / batch * g**2 * (1 + (a == b)) * 2
        keep = (1 - 8 * step * g) ** 2
        rows.append([noise + (keep if other == (a, b) else 0) for other in places])
    return places, rows


def positive_minors(rows) -> bool:
    """Whether all leading principal minors are positive, by exact elimination."""
    rows = [list(map(Fraction, row)) for row in rows]
    for k, pivot in enumerate(rows):
        if pivot[k] <= 0:
            return False
        for row in rows[k + 1 :]:
            factor = row[k] / pivot[k]
            for i in range(k, len(row)):
                row[i] -= factor * pivot[i]
    return True


def contracts(rows) -> bool:
    """Whether a matrix with entries >= 0 has spectral radius below 1.

    It has iff all leading principal minors of I - A are positive.
    """
    size = len(rows)
    rest = [[int(i == j) - rows[i][j] for j in range(size)] for i in range(size)]
    return positive_minors(rest)


SPECTRA = (
    (1,),
    (1, 1),
    (1, 0),
    (2, 1),
    (1, 1, 1),
    (3, 1, 0),
    (Fraction(5, 2), 1, Fraction(1, 3)),
    (1, 1, 1, 1),
)
STEPS = [Fraction(k, 480) for k in range(1, 67)]


def _gaps(spectrum):
    """List (g_ab, delta_ab) over all places."""
    pairs = product(enumerate(spectrum), repeat=2)
    return [(x + y, int(a == b)) for (a, x), (b, y) in pairs]


def _claimed_sum(statement, spectrum, batch, step):
    """Return the statement's sum over all places."""
    total = sum(
        g * int(statement.weight.subs(delta, same)) / (1 - statement.inner * step * g)
        for g, same in _gaps(spectrum)
    )
    return statement.outer * step / batch * total


def _claimed_stable(statement, spectrum, batch, step) -> bool:
    """Whether both of the statement's conditions hold."""
    if statement.first * step * max(g for g, _ in _gaps(spectrum)) >= 1:
        return False
    return _claimed_sum(statement, spectrum, batch, step) < 1


def _stable_exact(statement, domain) -> Result:
    """Compare with exact elimination over a grid of step sizes."""

    def decide(case):
        spectrum, batch, step = case
        stable = contracts(approximate(spectrum, batch, step)[1])
        claimed = _claimed_stable(statement, spectrum, batch, step)
        return stable == claimed, f"claimed {claimed}, stable {stable}"

    spectra = [v for v in SPECTRA if len(v) in domain["d"]]
    return every(product(spectra, domain["q"], STEPS), decide)


def _stable_weak(statement, domain) -> Result:
    """Decide a very small and a very large step only."""

    def decide(step):
        claimed = _claimed_stable(statement, (1, 1), 4, step)
        return claimed == (step < 1), f"eta = {step}: claimed {claimed}"

    return every([Fraction(1, 10**4), Fraction(10)], decide)


STABILITY = Claim(
    id="noise-stability",
    title="When the closed approximation is stable",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and $[[q]]$: " + SETTING + ", not all $s_a = 0$. "
        "The recursion\n\n"
        "$$P_{ab}^+ = (1 - 8 \\eta g_{ab})^2 P_{ab} + \\frac{16 \\eta^2}{q} g_{ab}^2 "
        "(1 + \\delta_{ab})\\, R, \\qquad R = 2 \\sum_{ab} P_{ab},$$\n\n"
        "on the places with $g_{ab} > 0$ tends to $0$ from every start if and only "
        "if\n\n"
        "$$[[first]]\\, \\eta \\max_{ab} g_{ab} < 1 \\quad\\text{and}\\quad "
        "\\frac{[[outer]] \\eta}{q} \\sum_{ab} \\frac{g_{ab}\\, "
        "([[weight]])}{1 - [[inner]] \\eta g_{ab}} < 1.$$",
        {"d": Integers(1), "q": Integers(1)},
        {"first": 4, "outer": 2, "weight": 1 + delta, "inner": 4},
    ),
    sources=(SGD, FRAME),
    uses=("noise-recursion",),
    checks=(
        Check(
            "exact",
            "exact elimination, 8 spectra, 66 step sizes, d, q <= 4",
            _stable_exact,
            {"d": Integers(1, 4), "q": Integers(1, 4)},
            role="step",
        ),
    ),
    planted=(
        Planted("no second condition: the flow's own limit", {"outer": 0}),
        Planted("the diagonal counted once", {"weight": Integer(1)}),
        Planted("the denominator dropped: small steps", {"inner": 0}, near=True),
        Planted("41/20 for 2", {"outer": Fraction(41, 20)}, near=True),
        Planted("half the sum", {"outer": 1}),
    ),
    weak=Check("exact", "two step sizes far apart", _stable_weak, role="step"),
    spec="GM-NTflow",
)


# --- what it leaves -------------------------------------------------------------------


def _solve(rows, right):
    """Solve a linear system exactly."""
    from sympy import Matrix as Exact

    matrix = Exact([[Rational(v) for v in row] for row in rows])
    return matrix.LUsolve(Exact([Rational(v) for v in right]))


def _floor_exact(statement, domain) -> Result:
    """Solve for the fixed point exactly, and compare the risk there."""

    def decide(case):
        spectrum, batch, step = case
        places, rows = approximate(spectrum, batch, step)
        still = Fraction(7, 3)  # the risk of the places that do not move
        source = [
            16
            * step**2
            / batch
            * (spectrum[a] + spectrum[b]) ** 2
            * (1 + (a == b))
            * still
            for a, b in places
        ]
        size = len(places)
        rest = [[int(i == j) - rows[i][j] for j in range(size)] for i in range(size)]
        risk = Rational(still) + 2 * sum(_solve(rest, source))
        total = _claimed_sum(statement, spectrum, batch, step)
        claimed = Rational(still) / (1 - Rational(total))
        return risk == claimed, f"R = {risk}, claimed {claimed}"

    spectra = [v for v in SPECTRA if 0 in v and len(v) in domain["d"]]
    steps = (Fraction(1, 960), Fraction(1, 480), Fraction(1, 240))
    cases = [
        case
        for case in product(spectra, domain["q"], steps)
        if contracts(approximate(*case)[1])
    ]
    return every(cases, decide)


def _floor_weak(statement, domain) -> Result:
    """Compare to one digit at a tiny step, where nothing is added to the floor."""
    total = _claimed_sum(statement, (1, 0), 4, Fraction(1, 10**5))
    return every([Fraction(1, 10**5)], lambda _: (abs(total) < 0.01, "near the floor"))


FLOOR = Claim(
    id="noise-floor",
    title="What a fixed step size leaves",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and $[[q]]$, where the recursion with $R$ alone in the "
        "noise is stable: let $R_0$ be "
        "the part of the risk on the places with $g_{ab} = 0$, which do not move. With "
        "$R$ the whole risk the recursion tends to\n\n"
        "$$R_\\infty = \\frac{R_0}{1 - \\kappa}, \\qquad \\kappa = "
        "\\frac{[[outer]] \\eta}{q} \\sum_{ab} \\frac{g_{ab}\\, "
        "([[weight]])}{1 - [[inner]] \\eta g_{ab}}.$$",
        {"d": Integers(2), "q": Integers(1)},
        {"outer": 2, "weight": 1 + delta, "inner": 4},
    ),
    sources=(SGD, FRAME),
    uses=("noise-recursion", "noise-stability"),
    checks=(
        Check(
            "exact",
            "the fixed point solved exactly, singular S, d <= 3, q <= 4",
            _floor_exact,
            {"d": Integers(2, 3), "q": Integers(1, 4)},
            role="step",
        ),
    ),
    planted=(
        Planted("half the excess", {"outer": 1}),
        Planted("the diagonal counted once", {"weight": Integer(1)}),
        Planted("the denominator dropped", {"inner": 0}, near=True),
        Planted("51/50 of the excess", {"outer": Fraction(51, 25)}, near=True),
        Planted("no excess", {"outer": 0}),
    ),
    weak=Check("exact", "a tiny step, one digit", _floor_weak, role="step"),
    spec="GM-NTflow",
)


CLAIMS = (MOMENT, RECURSION, ISOTROPIC, STABILITY, FLOOR)
