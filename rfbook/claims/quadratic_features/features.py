"""Random features at finite size: exact risks, and how many features fit everything.

The checks build the features as polynomials of the input and integrate them term by
term, or integrate the activation itself; the formulas of the room are not called.
"""

from functools import cache

import numpy as np
from flint import fmpq, fmpq_mat
from sympy import (
    Function,
    Integer,
    Matrix,
    Rational,
    Symbol,
    cos,
    diff,
    exp,
    expand,
    integrate,
    oo,
    pi,
    sin,
    sqrt,
    symbols,
)

from rfbook.claims.quadratic_features.polynomials import (
    form,
    mean,
    squared_distance,
    vector,
)
from rfbook.claims.quadratic_features.sources import CHAPTER, printed
from rfbook.claims.quadratic_features.target import SIZE, SQUARE, TRACE
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Reals,
    Result,
    Space,
    Statement,
    Verdict,
    every,
    every_identity,
    fails,
    identity,
    unknown,
)

a, c, x = symbols("a c x", real=True)
r, s, theta = symbols("r s theta", positive=True)
d = Symbol("d", integer=True, positive=True)

INNER = Symbol(r"{\langle w_i, w_j \rangle}", real=True)
FIRST = Symbol(r"{\lVert w_i \rVert^2}", nonnegative=True)
SECOND = Symbol(r"{\lVert w_j \rVert^2}", nonnegative=True)
VALUE = Symbol(r"{\langle w_i, B w_i \rangle}", real=True)
RADIUS = Symbol("r_i", positive=True)
TARGET = Symbol(r"{\lVert B \rVert_F^2}", positive=True)
TRACES = symbols(r"{\operatorname{Tr}B} {\operatorname{Tr}M}", real=True)
DIFFERENCE = Symbol(r"{\lVert B - M \rVert_F^2}", nonnegative=True)
second_coefficient = Function(r"\hat\sigma_2")

DENSITY = exp(-(x**2) / 2) / sqrt(2 * pi)
MATRICES = Space(r"\mathbb{R}^{d \times N}")
SYMMETRIC = Space(r"\mathbb{R}^{d \times d} \setminus \{0\}")
THEOREM = printed("Theorem 1", "implied")


# --- targets, weights and exact linear algebra ----------------------------------------


def target(rows, variables):
    """Return <x, B x> - Tr B."""
    return form(rows, variables) - sum(rows[i][i] for i in range(len(rows)))


def inner(first, second):
    """Return the inner product of two vectors."""
    return sum(one * other for one, other in zip(first, second, strict=True))


def value_at(rows, vector_):
    """Return <w, B w>."""
    return inner(vector_, [inner(row, vector_) for row in rows])


def frobenius(rows):
    """Return the squared Frobenius norm."""
    return sum(entry**2 for row in rows for entry in row)


def drawn(rng, d: int, count: int):
    """Draw a symmetric matrix that is not zero, and weights, with halves as entries."""
    halves = [Rational(int(value), 2) for value in rng.integers(-4, 5, d * (d + count))]
    entries = {(i, j): halves[i * d + j] for i in range(d) for j in range(d)}
    rows = [[entries[min(i, j), max(i, j)] for j in range(d)] for i in range(d)]
    rows[0][0] = Integer(3)
    weights = [halves[i * d : i * d + d] for i in range(d, d + count)]
    return rows, weights


def explained(gram, overlaps):
    """Return z^T U^+ z by elimination, or None where U u = z has no solution."""
    size = len(overlaps)
    table = Matrix([[*gram[i], overlaps[i]] for i in range(size)])
    reduced, pivots = table.rref()
    if size in pivots:
        return None
    return sum(
        overlaps[column] * reduced[row, size] for row, column in enumerate(pivots)
    )


# --- the quadratic activation, without a constant -------------------------------------


def _quadratic_claimed(statement, rows, weights):
    """Return the claimed risk at numbers, None where the system has no solution."""
    gram = [
        [
            statement.gram.subs(
                {INNER: inner(v, w), FIRST: inner(v, v), SECOND: inner(w, w)}
            )
            for w in weights
        ]
        for v in weights
    ]
    overlaps = [statement.overlap.subs(VALUE, value_at(rows, w)) for w in weights]
    share = explained(gram, overlaps)
    if share is None:
        return None
    return 1 - share / statement.norm.subs(TARGET, frobenius(rows))


def quadratic_distance(rows, weights):
    """Return the risk of the features <w, x>^2 - 1, by orthogonal polynomials."""
    variables = vector(len(rows))
    features = [inner(w, variables) ** 2 - 1 for w in weights]
    goal = target(rows, variables)
    least = squared_distance(goal, features, variables)
    return least / mean(goal**2, variables)


def _quadratic_exact(statement, domain, unit=False) -> Result:
    """Least squares over polynomials, in fractions; some columns are repeated."""
    rng = np.random.default_rng(19)

    def compare(point):
        dimension, count = point
        rows, weights = drawn(rng, dimension, count)
        if unit:
            weights = [[1, *[0] * (dimension - 1)] for _ in weights]
        elif count > 2:
            weights[-1] = [2 * entry for entry in weights[0]]
        found = quadratic_distance(rows, weights)
        claimed = _quadratic_claimed(statement, rows, weights)
        return claimed == found, f"B = {rows}, W^T = {weights}: {claimed} = {found}"

    return every([(i, n) for i in domain["d"] for n in domain["N"]], compare)


def _quadratic_moments(statement, domain) -> Result:
    """Integrate products of features, with symbols for weights and target, d = 2."""
    variables = vector(2)
    v, w = symbols("v1:3", real=True), symbols("w1:3", real=True)
    b = symbols("b1:4", real=True)
    rows = [[b[0], b[1]], [b[1], b[2]]]
    one, other = (inner(weights, variables) ** 2 - 1 for weights in (v, w))
    goal = target(rows, variables)
    at = {INNER: inner(v, w), FIRST: inner(v, v), SECOND: inner(w, w)}
    return every_identity(
        [
            ("U", mean(one * other, variables), statement.gram.subs(at)),
            (
                "z",
                mean(one * goal, variables),
                statement.overlap.subs(VALUE, value_at(rows, v)),
            ),
            (
                "the norm of the target",
                mean(goal**2, variables),
                statement.norm.subs(TARGET, frobenius(rows)),
            ),
        ]
    )


QUADRATIC = Claim(
    id="rf-quadratic-exact",
    title="Random features with a quadratic activation, exactly",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[N]]$, $[[W]]$ and every symmetric $[[B]]$ the features "
        "$\\langle w_i, x \\rangle^2 - 1$ have the risk\n\n"
        "$$\\mathcal R_{\\mathrm{RF}} = "
        "1 - \\frac{z^{\\mathsf T} U^+ z}{[[norm]]},$$\n\n"
        "$$U_{ij} = [[gram]], \\qquad z_i = [[overlap]],$$\n\n"
        "where $U^+$ is the pseudo-inverse.",
        {"d": Integers(1), "N": Integers(1), "W": MATRICES, "B": SYMMETRIC},
        {
            "norm": 2 * TARGET,
            "gram": 2 * INNER**2 + (FIRST - 1) * (SECOND - 1),
            "overlap": 2 * VALUE,
        },
    ),
    sources=(printed("Corollary 1, equation (12)", "sharper", "At finite size."),),
    uses=("quadratic-risk", "rf-activation-exact"),
    checks=(
        Check(
            "symbolic",
            "U, z and the target's norm, for symbolic weights and target, d = 2",
            _quadratic_moments,
            role="step",
        ),
        Check(
            "exact",
            "least squares over polynomials, d <= 3, N <= 5, with repeated columns",
            _quadratic_exact,
            {"d": Integers(1, 3), "N": Integers(1, 5)},
            role="step",
        ),
    ),
    planted=(
        Planted(
            "the means of the features forgotten: right for unit vectors",
            {"gram": 2 * INNER**2},
            near=True,
        ),
        Planted(
            "means of size |w|^2", {"gram": 2 * INNER**2 + FIRST * SECOND}, near=False
        ),
        Planted(
            "the inner product not squared", {"gram": 2 * INNER + (FIRST - 1) ** 2}
        ),
        Planted("half the overlap", {"overlap": VALUE}),
        Planted(
            "41/20 for 2",
            {"gram": 41 * INNER**2 / 20 + (FIRST - 1) * (SECOND - 1)},
            near=True,
        ),
    ),
    weak=Check(
        "exact",
        "equal unit vectors only",
        lambda statement, domain: _quadratic_exact(statement, domain, unit=True),
        {"d": Integers(1, 2), "N": Integers(1, 2)},
        role="step",
    ),
    spec="GM-RF-exact",
)


# --- with a constant: a distance between matrices -------------------------------------

CENTRED = " - \\operatorname{Tr} B"


def _offset_symbolic(statement, domain) -> Result:
    """Apply the mean square of a quadratic form to B - M and minimise over c."""
    trace, fitted = TRACES
    at = {SIZE: DIFFERENCE, TRACE: trace - fitted}
    level = trace if statement.level == CENTRED else 0
    error = SQUARE.statement.value.subs(at).subs(a, -level - c)
    error = expand(error)
    if diff(error, c, 2) != 2:
        return unknown(f"whether the error is convex in c: {error}")
    result = identity(diff(error, c).subs(c, statement.constant), 0)
    if result.verdict is not Verdict.HOLDS:
        return fails(f"the derivative at c = {statement.constant}: {result.witness}")
    return identity(error.subs(c, statement.constant), statement.error)


def _offset_exact(statement, domain, mean_zero=False) -> Result:
    """Expand the squared error, d <= 3, at three values of c around the claimed one."""
    rng = np.random.default_rng(5)

    def compare(dimension):
        rows, weights = drawn(rng, dimension, dimension + 1)
        fitted = [
            [sum(w[i] * w[j] for w in weights) for j in range(dimension)]
            for i in range(dimension)
        ]
        if mean_zero:
            fitted = [[Integer(0)] * dimension for _ in fitted]
        variables = vector(dimension)
        gap = [
            [rows[i][j] - fitted[i][j] for j in range(dimension)]
            for i in range(dimension)
        ]
        at = {
            TRACES[0]: sum(rows[i][i] for i in range(dimension)),
            TRACES[1]: sum(fitted[i][i] for i in range(dimension)),
            DIFFERENCE: frobenius(gap),
        }
        best, claimed = statement.constant.subs(at), statement.error.subs(at)
        aim = target if statement.level == CENTRED else form
        rest = aim(rows, variables) - form(fitted, variables)
        errors = [mean((rest - best - shift) ** 2, variables) for shift in (0, 1, -1)]
        least = errors[0] < min(errors[1:])
        words = f"B = {rows}, M = {fitted}: {errors[0]} = {claimed}, least of {errors}"
        return errors[0] == claimed and least, words

    return every(domain["d"], compare)


OFFSET = Claim(
    id="rf-quadratic-offset",
    title="With a constant the risk is a distance between matrices",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, all symmetric $[[B]]$ and $M \\in "
        "\\mathbb{R}^{d \\times d}$, and $f_*(x) = \\langle x, B x \\rangle"
        "[[level]]$,\n\n"
        "$$\\min_{c}\\, \\mathbb E \\big( f_*(x) - \\langle x, M x \\rangle - c "
        "\\big)^2 = [[error]], \\qquad \\text{at } c = [[constant]].$$\n\n"
        "So random features with a quadratic activation and a free constant have\n\n"
        "$$\\mathcal R_{\\mathrm{RF}} = \\frac{\\operatorname{dist}_F^2\\big(B, "
        "\\operatorname{span}\\{w_i w_i^{\\mathsf T}\\}\\big)}"
        "{\\lVert B \\rVert_F^2}.$$",
        {"d": Integers(1), "B": SYMMETRIC},
        {"level": CENTRED, "error": 2 * DIFFERENCE, "constant": -TRACES[1]},
    ),
    sources=(printed("footnote 2, the offset", "implied"),),
    uses=("quadratic-risk",),
    checks=(
        Check(
            "symbolic",
            "the minimum over c, for symbolic norms and traces",
            _offset_symbolic,
            given=("quadratic-risk",),
        ),
        Check(
            "exact",
            "the squared error expanded, d = 1, 2, 3",
            _offset_exact,
            {"d": Integers(1, 3)},
            role="step",
        ),
    ),
    planted=(
        Planted("the constant of the target", {"constant": -TRACES[0]}),
        Planted("a target that is not centred: right for trace 0", {"level": ""}, True),
        Planted("no constant: right for M = 0", {"constant": Integer(0)}, near=True),
        Planted("the sign of the constant", {"constant": TRACES[1]}),
        Planted("the norm alone", {"error": DIFFERENCE}),
        Planted("41/20 for 2", {"error": 41 * DIFFERENCE / 20}, near=True),
    ),
    weak=Check(
        "exact",
        "M = 0 only",
        lambda statement, domain: _offset_exact(statement, domain, mean_zero=True),
        {"d": Integers(1, 2)},
        role="step",
    ),
    spec="GM-RF-exact",
)


# --- where the risk vanishes ----------------------------------------------------------


def _rank(rows) -> int:
    """Return the rank of a matrix of integers."""
    return fmpq_mat([[fmpq(int(entry)) for entry in row] for row in rows]).rank()


def _upper(w) -> list:
    """Return the entries of w w^T on and above the diagonal."""
    return [w[i] * w[j] for i in range(len(w)) for j in range(i, len(w))]


def _fits_all(dimension: int, count: int, constant: bool) -> bool:
    """Tell whether generic features fit every centred quadratic target.

    With a constant: whether the w w^T span the symmetric matrices. Without one: whether
    the span of the pairs (w w^T, -1) contains every (B, -Tr B).
    """
    rng = np.random.default_rng((dimension, count))
    weights = rng.integers(-50, 51, (count, dimension)).tolist()
    features = [_upper(w) for w in weights]
    size = dimension * (dimension + 1) // 2
    if constant:
        return _rank(features) == size
    pairs = [[*row, -1] for row in features]
    units = np.eye(size, dtype=int).tolist()
    goals = []
    for i in range(dimension):
        for j in range(i, dimension):
            goals.append([*units[len(goals)], -1 if i == j else 0])
    return _rank(pairs) == _rank(pairs + goals)


def _zero_exact(statement, domain) -> Result:
    """Count ranks at one integer W: a rank that is reached once is reached generically.

    One feature fewer is too few for every W with a constant, by counting; without one
    the span has the right dimension, and is the wrong space for this W already.
    """

    def compare(point):
        dimension, constant = point
        first = statement.with_constant if constant else statement.without
        number = int(first.subs(d, dimension))
        enough = _fits_all(dimension, number, constant)
        fewer = number > 1 and _fits_all(dimension, number - 1, constant)
        words = "with" if constant else "without"
        return enough and not fewer, (
            f"{words} a constant N = {number} is the first that fits every target "
            f"(it fits: {enough}, one feature fewer fits: {fewer})"
        )

    points = [(value, flag) for value in domain["d"] for flag in (True, False)]
    return every(points, compare)


THRESHOLD = d * (d + 1) / 2

VANISHES = Claim(
    id="rf-quadratic-zero",
    title="How many quadratic features fit every target",
    chapter=CHAPTER,
    statement=Statement(
        "Let $[[d]]$ and $\\sigma(u) = u^2 - 1$. For almost every "
        "$W \\in \\mathbb{R}^{d \\times N}$ random features have "
        "$\\mathcal R_{\\mathrm{RF}} = 0$ for all symmetric $B \\ne 0$ "
        "if and only if\n\n"
        "$$N \\ge [[with_constant]] \\ \\text{ with a free constant}, \\qquad "
        "N \\ge [[without]] \\ \\text{ without one}.$$",
        {"d": Integers(1)},
        {"with_constant": THRESHOLD, "without": THRESHOLD + 1},
    ),
    sources=(printed("section 1.1, risk of random features bounded away", "sharper"),),
    uses=("rf-quadratic-offset",),
    checks=(
        Check(
            "exact",
            "ranks of integer matrices, d = 1, ..., 8",
            _zero_exact,
            {"d": Integers(1, 8)},
        ),
    ),
    planted=(
        Planted(
            "the same number without a constant", {"without": THRESHOLD}, near=True
        ),
        Planted("one feature fewer", {"with_constant": THRESHOLD - 1}),
        Planted("right for d = 1", {"with_constant": d}, near=True),
        Planted("the square", {"with_constant": d**2}, near=True),
        Planted("two more without a constant", {"without": THRESHOLD + 2}),
    ),
    weak=Check("exact", "d = 1 only", _zero_exact, {"d": Integers(1, 1)}, role="step"),
    spec="GM-RF-exact",
)


# --- any activation -------------------------------------------------------------------


def _coefficient(power: int, radius):
    """Return E (r g)^k he_2(g)."""
    return mean((radius * x) ** power * (x**2 - 1) / sqrt(2), [x])


def _activation_monomials(statement, domain, powers=range(9), unit=False) -> Result:
    """Integrate <w, x>^k f_*(x) with symbols for w and B, d = 2, k <= 8."""
    variables = vector(2)
    w, b = symbols("w1:3", real=True), symbols("b1:4", real=True)
    if unit:
        w = (Rational(3, 5), Rational(4, 5))
    rows = [[b[0], b[1]], [b[1], b[2]]]
    goal, square = target(rows, variables), inner(w, w)

    def pairs():
        for power in powers:
            found = mean(inner(w, variables) ** power * goal, variables)
            claimed = statement.overlap.replace(
                second_coefficient, lambda z, k=power: _coefficient(k, z)
            )
            claimed = claimed.subs({VALUE: value_at(rows, w), RADIUS: sqrt(square)})
            yield f"u^{power}", found, claimed
        norm = statement.norm.subs(TARGET, frobenius(rows))
        yield "the norm of the target", mean(goal**2, variables), norm

    return every_identity(pairs())


@cache
def _cosine_coefficient():
    """Return E cos(r g) he_2(g), integrated by SymPy."""
    return integrate(cos(r * x) * (x**2 - 1) / sqrt(2) * DENSITY, (x, -oo, oo))


def _activation_cosine(statement, domain) -> Result:
    """Take cos u at w = r e_1: given the other coordinates, x^2 - 1 stands for f_*."""
    entry = Symbol("b", real=True)  # <e_1, B e_1>
    overlap = entry * sqrt(2) * _cosine_coefficient()
    claimed = statement.overlap.replace(
        second_coefficient, lambda z: _cosine_coefficient().subs(r, z)
    )
    return identity(overlap, claimed.subs({VALUE: r**2 * entry, RADIUS: r}))


ACTIVATION = Claim(
    id="rf-activation-exact",
    title="Random features with any activation, exactly",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[N]]$, every symmetric $[[B]]$, every $[[W]]$ whose "
        "columns have norms $r_i > 0$, and every $\\sigma$ with "
        "$\\mathbb E\\, \\sigma(r_i g)^2 < \\infty$, random features without a "
        "constant have the risk\n\n"
        "$$\\mathcal R_{\\mathrm{RF}} = 1 - \\frac{z^{\\mathsf T} U^+ z}{[[norm]]}, "
        "\\qquad U_{ij} = \\mathbb E\\, \\sigma(\\langle w_i, x \\rangle)\\, "
        "\\sigma(\\langle w_j, x \\rangle),$$\n\n"
        "$$z_i = [[overlap]], \\qquad "
        "\\hat\\sigma_k(r) = \\mathbb E\\, \\sigma(r g) \\operatorname{he}_k(g).$$",
        {"d": Integers(1), "N": Integers(1), "W": MATRICES, "B": SYMMETRIC},
        {
            "norm": 2 * TARGET,
            "overlap": sqrt(2) * second_coefficient(RADIUS) * VALUE / RADIUS**2,
        },
    ),
    sources=(THEOREM,),
    uses=("quadratic-risk", "hermite-orthonormal"),
    checks=(
        Check(
            "symbolic",
            "monomials up to degree 8, for symbolic weights and target, d = 2",
            _activation_monomials,
            role="step",
        ),
        Check(
            "symbolic",
            "the cosine along one axis, for symbolic radius",
            _activation_cosine,
            role="step",
        ),
    ),
    planted=(
        Planted(
            "the coefficient at radius 1: right for unit vectors",
            {"overlap": sqrt(2) * second_coefficient(Integer(1)) * VALUE / RADIUS**2},
            near=True,
        ),
        Planted(
            "not divided by the norm: right for unit vectors",
            {"overlap": sqrt(2) * second_coefficient(RADIUS) * VALUE},
            near=True,
        ),
        Planted(
            "orthonormal and monic polynomials confused",
            {"overlap": second_coefficient(RADIUS) * VALUE / RADIUS**2},
        ),
        Planted(
            "the factor 2",
            {"overlap": 2 * second_coefficient(RADIUS) * VALUE / RADIUS**2},
        ),
        Planted("41/20 for 2", {"norm": 41 * TARGET / 20}, near=True),
    ),
    weak=Check(
        "symbolic",
        "a square at one unit vector",
        lambda statement, domain: _activation_monomials(
            statement, domain, powers=(2,), unit=True
        ),
        role="step",
    ),
    spec="GM-RF-exact",
)


# --- the centred ReLU -----------------------------------------------------------------


def _half_mean(formula):
    """Return E 1{g > 0} formula(g)."""
    return integrate(formula * DENSITY, (x, 0, oo))


def _relu_symbolic(statement, domain) -> Result:
    """Integrate in the plane of the two weights, in polar coordinates."""
    phi = Symbol("phi", real=True)
    radial = integrate(r**3 * exp(-(r**2) / 2), (r, 0, oo)) / (2 * pi)
    sector = integrate(
        expand(cos(phi) * expand(cos(phi - theta), trig=True)),
        (phi, theta - pi / 2, pi / 2),
    )
    middle = _half_mean(x)
    product = r * s * radial * sector - middle * (r + s) * middle + middle**2
    second = _half_mean(r * x * (x**2 - 1))
    energy = _half_mean(x**2) - middle**2 - _half_mean(x**2) ** 2
    return every_identity(
        [
            ("the kernel", product, statement.kernel),
            ("the second coefficient", second, statement.second),
            ("the energy", energy, statement.energy),
        ]
    )


def _relu_ends(statement, domain) -> Result:
    """Integrate on the line at the angles 0, pi/2 and pi."""
    middle = _half_mean(x)
    means = middle * (r - 1), middle * (s - 1)
    cross = -(middle**2) * (r + s) + middle**2
    return every_identity(
        [
            ("0", _half_mean(r * s * x**2) + cross, statement.kernel.subs(theta, 0)),
            ("pi/2", means[0] * means[1], statement.kernel.subs(theta, pi / 2)),
            ("pi", cross, statement.kernel.subs(theta, pi)),
        ]
    )


def _relu_weak(statement, domain) -> Result:
    """Look at equal unit vectors only: E sigma(g)^2 = 1/2 - 1/(2 pi)."""
    at = statement.kernel.subs({r: 1, s: 1, theta: 0})
    return identity(at, Rational(1, 2) - 1 / (2 * pi))


ARC = sin(theta) + (pi - theta) * cos(theta)
RELU_KERNEL = r * s * ARC / (2 * pi) - (r + s - 1) / (2 * pi)

RELU = Claim(
    id="rf-relu-exact",
    title="Kernel and coefficients of the centred ReLU",
    chapter=CHAPTER,
    statement=Statement(
        "Let $\\sigma(u) = [u]_+ - 1/\\sqrt{2 \\pi}$, and let $w, w'$ have the norms "
        "$[[r]]$ and $[[s]]$ and the angle $[[theta]]$ between them. Then\n\n"
        "$$\\mathbb E\\, \\sigma(\\langle w, x \\rangle)\\, "
        "\\sigma(\\langle w', x \\rangle) = [[kernel]],$$\n\n"
        "$$\\sqrt 2\\, \\hat\\sigma_2(r) = [[second]], \\qquad "
        "\\hat\\sigma_{\\ge 2}^2 = [[energy]] \\ \\text{ at } r = 1.$$",
        {
            "r": Reals(0, open_low=True),
            "s": Reals(0, open_low=True),
            "theta": Reals(0, pi),
        },
        {
            "kernel": RELU_KERNEL,
            "second": r / sqrt(2 * pi),
            "energy": Rational(1, 4) - 1 / (2 * pi),
        },
    ),
    sources=(THEOREM,),
    checks=(
        Check("symbolic", "integrals over a sector and a half-line", _relu_symbolic),
        Check("symbolic", "three angles, on the line", _relu_ends, role="step"),
    ),
    planted=(
        Planted(
            "the cross terms forgotten: right for unit vectors",
            {"kernel": r * s * ARC / (2 * pi) - 1 / (2 * pi)},
            near=True,
        ),
        Planted("not centred", {"kernel": r * s * ARC / (2 * pi)}),
        Planted(
            "the angle itself",
            {
                "kernel": r * s * (sin(theta) + theta * cos(theta)) / (2 * pi)
                - (r + s - 1) / (2 * pi)
            },
        ),
        Planted("the orthonormal coefficient", {"second": r / (2 * sqrt(pi))}),
        Planted(
            "the energy from degree 1 on", {"energy": Rational(1, 2) - 1 / (2 * pi)}
        ),
        Planted("1/(2 pi) as 4/25", {"energy": Rational(9, 100)}, near=True),
    ),
    weak=Check("symbolic", "equal unit vectors only", _relu_weak, role="step"),
    spec="GM-RF-exact",
)


CLAIMS = (QUADRATIC, OFFSET, VANISHES, ACTIVATION, RELU)
