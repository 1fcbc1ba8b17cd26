"""What random features need of their activation and of the scale of their weights.

A mean that no constant removes costs the trace of the target, and an odd activation
sees nothing at all.
"""

from functools import cache

from sympy import (
    Integer,
    Rational,
    Symbol,
    cos,
    diff,
    integrate,
    oo,
    simplify,
    sin,
    solve,
    sqrt,
    symbols,
)

from rfbook.claims.quadratic_features.features import (
    DENSITY,
    MATRICES,
    SYMMETRIC,
    inner,
    quadratic_distance,
    target,
)
from rfbook.claims.quadratic_features.polynomials import (
    mean,
    vector,
)
from rfbook.claims.quadratic_features.sources import CHAPTER, printed
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Relation,
    Result,
    Statement,
    Verdict,
    every,
    every_identity,
    exact_ball,
    fails,
    identity,
    unknown,
)

u, x = symbols("u x", real=True)
r = Symbol("r", positive=True)
chi, K = symbols("chi K", real=True)
d = Symbol("d", integer=True, positive=True)

ZERO = Symbol(r"{\hat\sigma_0(r)}", real=True)
TWO = Symbol(r"{\hat\sigma_2(r)}", real=True)
AT_LEAST, AT_MOST = Relation(">="), Relation("<=")


# --- what a mean costs ----------------------------------------------------------------


def _centring_symbolic(statement, domain) -> Result:
    """Keep the mean of the fit and its share of f_*: least over the sum of weights.

    E f = s_0 t and <f, f_*> = sqrt 2 s_2 t for the sum t of the output weights, and
    |f_*|^2 = 2 d. By Bessel the error is at least what these two leave.
    """
    t = Symbol("t", real=True)
    least = (ZERO * t) ** 2 / (2 * d) + (1 - sqrt(2) * TWO * t / (2 * d)) ** 2
    (best,) = solve(diff(least, t), t)
    result = identity(simplify(least.subs(t, best)), statement.bound)
    if result.verdict is Verdict.HOLDS:
        # the fit t (s_0 + weight f_*) has that mean, and all of it lies along f_*
        result = identity(statement.weight, sqrt(2) * TWO / (2 * d))
    if result.verdict is Verdict.HOLDS and statement.relation != AT_LEAST:
        return unknown("Bessel's inequality bounds from below")
    return result


RADII = (Rational(1, 2), Integer(1), Rational(3, 2), Integer(2))


def _square_bound(bound, dimension, radius):
    """Return the bound for u^2 - 1: the coefficients are r^2 - 1 and sqrt 2 r^2."""
    values = {ZERO: radius**2 - 1, TWO: sqrt(2) * radius**2, d: dimension, r: radius}
    return simplify(bound.subs(values))


def _columns(dimension: int, count: int, radius):
    """Return columns of one norm: axes first, then (3, 4)/5 in pairs of axes."""
    columns = []
    for index in range(count):
        column = [Integer(0)] * dimension
        first = index % dimension
        if index < dimension or dimension == 1:
            column[first] = radius
        else:
            column[first], column[first - 1] = 3 * radius / 5, 4 * radius / 5
        columns.append(column)
    return columns


def _scale_exact(statement, domain) -> Result:
    """Squares in fractions: the inequality for every N, equality from N = d on."""

    def compare(point):
        dimension, count, radius = point
        unit = [
            [Integer(int(i == j)) for j in range(dimension)] for i in range(dimension)
        ]
        found = quadratic_distance(unit, _columns(dimension, count, radius))
        bound = _square_bound(statement.bound, dimension, radius)
        true = statement.relation.exact(found, bound)
        words = f"risk {found} {statement.relation.symbol} {bound}"
        if count >= dimension:
            true, words = true and found == bound, words + ", with equality"
        return true, words

    points = [
        (dimension, count, radius)
        for dimension in domain["d"]
        for count in domain["N"]
        for radius in RADII
    ]
    return every(points, compare)


@cache
def _line_means(activation):
    """Return E s(g), E s(g)(g^2 - 1) and E s(g)^2 for an even s, from a half-line."""
    weighted = (activation, activation * (x**2 - 1), activation**2)
    return [simplify(2 * integrate(f * DENSITY, (x, 0, oo))) for f in weighted]


def _centring_line(statement, domain) -> Result:
    """Take even activations at w = 1 in dimension 1, compared as balls.

    Two ReLUs, of w = 1 and w = -1, have the sum |u|.
    """

    def compare(activation):
        zero, overlap, size = _line_means(activation)
        bound = statement.bound.subs({ZERO: zero, TWO: overlap / sqrt(2), d: 1})
        found = 1 - overlap**2 / (2 * size)
        true = statement.relation.ball(exact_ball(found), exact_ball(bound))
        return true, f"risk {found} {statement.relation.symbol} {bound}"

    return every((x, cos(x), x**4), compare)


CENTRING_BOUND = d * ZERO**2 / (d * ZERO**2 + TWO**2)

CENTRING = Claim(
    id="rf-centring-needed",
    title="Features with a mean see no trace",
    chapter=CHAPTER,
    statement=Statement(
        "Let $[[d]]$, $[[N]]$ and $r > 0$, let all columns of "
        "$W \\in \\mathbb{R}^{d \\times N}$ have the norm $r$, and let "
        "$\\mathbb E\\, \\sigma(r g)^2 < \\infty$ and $\\hat\\sigma_0(r) \\ne 0$. For "
        "the target with $B = I$ random features without a constant have\n\n"
        "$$\\mathcal R_{\\mathrm{RF}} [[relation]] [[bound]],$$\n\n"
        "with equality where the function $\\hat\\sigma_0(r) + [[weight]] f_*$ is a "
        "combination of the features.",
        {"d": Integers(1), "N": Integers(1)},
        {
            "relation": AT_LEAST,
            "bound": CENTRING_BOUND,
            "weight": TWO / (sqrt(2) * d),
        },
    ),
    sources=(
        printed(
            "Theorem 1, the hypothesis on the mean of the activation",
            "implied",
            "The theorem assumes the mean to be zero; this says why it must.",
        ),
    ),
    uses=("rf-activation-exact",),
    checks=(
        Check(
            "symbolic",
            "least over the sum of the output weights, for symbolic coefficients",
            _centring_symbolic,
            role="step",
        ),
        Check(
            "exact",
            "squares in fractions: every N <= 5, equality from N = d on",
            _scale_exact,
            {"d": Integers(1, 3), "N": Integers(1, 5)},
            role="step",
        ),
        Check(
            "interval",
            "three activations on the line",
            _centring_line,
            role="step",
        ),
    ),
    planted=(
        Planted("the other way round", {"relation": AT_MOST}),
        Planted(
            "d forgotten: right for d = 1",
            {"bound": ZERO**2 / (ZERO**2 + TWO**2)},
            near=True,
        ),
        Planted(
            "the monic coefficient", {"bound": d * ZERO**2 / (d * ZERO**2 + 2 * TWO**2)}
        ),
        Planted("nothing at all is learned", {"bound": Integer(1) + 0 * ZERO}),
        Planted(
            "20/21 of the second coefficient's square",
            {"bound": d * ZERO**2 / (d * ZERO**2 + 20 * TWO**2 / 21)},
            near=True,
        ),
    ),
    weak=Check(
        "exact",
        "d = 1 only",
        _scale_exact,
        {"d": Integers(1, 1), "N": Integers(1, 1)},
        role="step",
    ),
    spec="GM-offset",
)


def _scale_symbolic(statement, domain) -> Result:
    """Put the coefficients of u^2 - 1 at radius r into the bound for any activation."""
    zero = mean((r * x) ** 2 - 1, [x])
    two = mean(((r * x) ** 2 - 1) * (x**2 - 1), [x]) / sqrt(2)
    general = CENTRING.statement.bound.subs({ZERO: zero, TWO: two})
    if statement.relation != AT_LEAST:
        return unknown("the bound for any activation is from below")
    return every_identity(
        [
            ("the bound", general, statement.bound),
            ("r^2 = d", general.subs(r, sqrt(d)), statement.printed),
            ("r = 1", general.subs(r, 1), statement.unit),
        ]
    )


SCALE_BOUND = d * (r**2 - 1) ** 2 / (d * (r**2 - 1) ** 2 + 2 * r**4)

SCALE = Claim(
    id="weight-scale",
    title="The scale of the weights matters without a constant",
    chapter=CHAPTER,
    statement=Statement(
        "Let $[[d]]$, $[[N]]$ and $r > 0$, let all columns of "
        "$W \\in \\mathbb{R}^{d \\times N}$ have the norm $r$, and let "
        "$\\sigma(u) = u^2 - 1$. For the target with $B = I$ random features without "
        "a constant have\n\n"
        "$$\\mathcal R_{\\mathrm{RF}} [[relation]] [[bound]],$$\n\n"
        "with equality where $I$ is a combination of the $w_i w_i^{\\mathsf T}$. "
        "The bound is $[[unit]]$ at $r = 1$ and $\\displaystyle [[printed]]$ at "
        "$r^2 = d$.",
        {"d": Integers(1), "N": Integers(1)},
        {
            "relation": AT_LEAST,
            "bound": SCALE_BOUND,
            "unit": Integer(0),
            "printed": (d - 1) ** 2 / (d**2 + 1),
        },
    ),
    sources=(
        printed(
            "section 1, the law of the weights after equation (3)",
            "implied",
            "There the weights are N(0, I); assumption A2 sets Tr Gamma = 1.",
        ),
    ),
    uses=("rf-centring-needed",),
    checks=(
        Check(
            "symbolic",
            "the coefficients of u^2 - 1, for symbolic d and r",
            _scale_symbolic,
            given=("rf-centring-needed",),
            role="step",
        ),
        Check(
            "exact",
            "squares in fractions: every N <= 5, equality from N = d on",
            _scale_exact,
            {"d": Integers(1, 3), "N": Integers(1, 5)},
            role="step",
        ),
    ),
    planted=(
        Planted("the other way round", {"relation": AT_MOST}),
        Planted(
            "the scale forgotten: right for r = 1", {"bound": Integer(0) * r}, near=True
        ),
        Planted(
            "the root of the bound's weight",
            {"bound": d * (r**2 - 1) ** 2 / (d * (r**2 - 1) ** 2 + 2 * r**2)},
        ),
        Planted(
            "19/10 for 2",
            {"bound": d * (r**2 - 1) ** 2 / (d * (r**2 - 1) ** 2 + 19 * r**4 / 10)},
            near=True,
        ),
        Planted("one dimension more", {"printed": d**2 / ((d + 1) ** 2 + 1)}),
    ),
    weak=Check(
        "exact",
        "d = 1, one feature",
        _scale_exact,
        {"d": Integers(1, 1), "N": Integers(1, 1)},
        role="step",
    ),
    spec="GM-def-w",
)


# --- odd activations ------------------------------------------------------------------


def _odd_overlaps(statement, domain, radius=None) -> Result:
    """Integrate odd powers, and half the even part, against f_*, d = 2."""
    variables = vector(2)
    direction = (Rational(3, 5), Rational(4, 5))
    w = [(radius or r) * entry for entry in direction]
    b = symbols("b1:4", real=True)
    goal = target([[b[0], b[1]], [b[1], b[2]]], variables)
    inside = inner(w, variables)
    pairs = [
        (f"u^{power}", mean(inside**power * goal, variables), 0)
        for power in (1, 3, 5, 7)
    ]
    even = statement.even.subs(u, inside) / 2
    pairs.append(("the even part", mean(even * goal, variables), 0))
    result = every_identity(pairs)
    if result.verdict is Verdict.HOLDS and simplify(statement.risk - 1) != 0:
        return fails(
            f"no overlap, so every fit has risk at least 1, not {statement.risk}"
        )
    return result


@cache
def _sine_overlap():
    """Return E sin(r g)(g^2 - 1), integrated by SymPy."""
    return simplify(integrate(sin(r * x) * (x**2 - 1) * DENSITY, (x, -oo, oo)))


def _odd_sine(statement, domain) -> Result:
    """Take sin u and half the even part on the line, against x^2 - 1."""
    even = mean(statement.even.subs(u, r * x) / 2 * (x**2 - 1), [x])
    result = identity(_sine_overlap() + even, 0)
    if result.verdict is Verdict.HOLDS and simplify(statement.risk - 1) != 0:
        return fails(
            f"no overlap, so every fit has risk at least 1, not {statement.risk}"
        )
    return result


ODD = Claim(
    id="rf-odd-activation",
    title="Odd activations see nothing",
    chapter=CHAPTER,
    statement=Statement(
        "Let $\\sigma(u) + \\sigma(-u) = [[even]]$ for every $u$, with a number $K$, "
        "and $\\mathbb E\\, \\sigma(r g)^2 < \\infty$ for every $r$. Then for every "
        "$[[d]]$, $[[N]]$, $[[W]]$ and every symmetric $[[B]]$\n\n"
        "$$\\mathbb E\\, \\sigma(\\langle w_i, x \\rangle)\\, f_*(x) = 0 "
        "\\quad (i = 1, \\dots, N), \\qquad "
        "\\mathcal R_{\\mathrm{RF}} = [[risk]].$$",
        {"d": Integers(1), "N": Integers(1), "W": MATRICES, "B": SYMMETRIC},
        {"even": K + 0 * u, "risk": Integer(1)},
    ),
    sources=(
        printed(
            "equation (11)",
            "implied",
            "There the second coefficient must not vanish.",
        ),
    ),
    uses=("rf-activation-exact",),
    checks=(
        Check(
            "symbolic",
            "odd powers and the even part, for symbolic target and radius, d = 2",
            _odd_overlaps,
            role="step",
        ),
        Check(
            "symbolic",
            "the sine on the line, for symbolic radius",
            _odd_sine,
            role="step",
        ),
    ),
    planted=(
        Planted("an even part u^2", {"even": K + u**2}),
        Planted(
            "an even part that is seen at no unit vector",
            {"even": K + u**4 - 6 * u**2 + 3},
            near=True,
        ),
        Planted("the limit of many neurons as printed", {"risk": 1 - chi}),
        Planted("an even part u^4", {"even": K + u**4}),
    ),
    weak=Check(
        "symbolic",
        "unit vectors only",
        lambda statement, domain: _odd_overlaps(statement, domain, Integer(1)),
        role="step",
    ),
    spec="GM-eq11",
)


CLAIMS = (CENTRING, SCALE, ODD)
