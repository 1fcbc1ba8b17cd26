"""What a hidden layer can express under output weights that are fixed signs.

The checks share no code with `rfbook.random_features`: inner products of ReLUs are
those of the arc-cosine formula, in balls.
"""

from fractions import Fraction
from itertools import product

from flint import arb, ctx
from sympy import Abs, Rational, Symbol, exp, integrate, oo, pi, sqrt, symbols

from rfbook.claims.random_features.sources import CHAPTER, printed
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
    every,
    every_ball,
    every_identity,
    exact_ball,
    fails,
    unknown,
)

N = Symbol("N", integer=True, positive=True)
alpha, z = symbols("alpha z", real=True)
k = Symbol("k", positive=True)
x = Symbol("x", real=True)

SECTION = printed(
    "Section 2.1",
    "sharper",
    "that fixing the output layer does not change the expressiveness, by homogeneity; "
    "it does unless both signs occur",
)
AT_LEAST, AT_MOST = Relation(">="), Relation("<=")
BITS = 128


# --- both signs are enough ------------------------------------------------------------


def _suffice(statement, domain) -> Result:
    """Take alpha = k, -k and 0, with k > 0, and z of either sign or 0."""
    if domain["alpha"] != Reals() or domain["z"] != Reals():
        return unknown("the cases cover all real alpha and z")
    pairs = []
    for sign, weight in ((1, k), (-1, -k), (1, 0)):
        factor = statement.factor.subs(alpha, weight)
        if not factor.is_nonnegative:
            return unknown(f"alpha = {weight}: the sign of {factor}")
        # A factor >= 0 passes through the ReLU, whatever z is.
        left = sign / sqrt(N) * factor
        pairs.append((f"alpha = {weight}", left, weight))
    return every_identity(pairs)


NUMBERS = tuple(Fraction(i, 4) for i in (-9, -4, -1, 0, 1, 4, 9))


def _suffice_exact(statement, domain) -> Result:
    """Compare both sides at fractions, for square widths."""

    def decide(name):
        size, weight, value = points[name]
        sign = 1 if weight >= 0 else -1
        factor = statement.factor.subs({N: size, alpha: Rational(weight)})
        raised = max(factor * Rational(value), 0)
        left = sign * raised / sqrt(Rational(size))
        right = Rational(weight) * max(Rational(value), 0)
        return left == right, f"{left} = {right}"

    squares = [size for size in domain["N"] if size in (1, 4, 9, 16)]
    points = {
        f"N = {size}, alpha = {weight}, z = {value}": (size, weight, value)
        for size, weight, value in product(squares, NUMBERS, NUMBERS)
    }
    return every(points, decide)


SUFFICE = Claim(
    id="signs-suffice",
    title="Both signs are enough",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[N]]$, $[[alpha]]$ and $[[z]]$, with $u = 1$ for "
        "$\\alpha \\ge 0$ and $u = -1$ for $\\alpha < 0$,\n\n"
        "$$\\frac{u}{\\sqrt N}\\, \\bigl[ [[factor]]\\, z \\bigr]_+ = "
        "\\alpha\\, [z]_+ .$$",
        {"N": Integers(1), "alpha": Reals(), "z": Reals()},
        {"factor": sqrt(N) * Abs(alpha)},
    ),
    sources=(SECTION,),
    checks=(
        Check("symbolic", "alpha positive, negative and 0, for symbolic N", _suffice),
        Check(
            "exact",
            "49 pairs of fractions at N = 1, 4, 9, 16",
            _suffice_exact,
            {"N": Integers(1, 16)},
            role="step",
        ),
    ),
    planted=(
        Planted("no factor sqrt N: right for N = 1", {"factor": Abs(alpha)}, near=True),
        Planted(
            "without the modulus: right for alpha >= 0",
            {"factor": sqrt(N) * alpha},
            True,
        ),
        Planted("N for its root", {"factor": N * Abs(alpha)}),
        Planted("alpha squared", {"factor": sqrt(N) * alpha**2}),
        Planted(
            "21/20 of the factor", {"factor": 21 * sqrt(N) * Abs(alpha) / 20}, True
        ),
    ),
    weak=Check(
        "exact", "N = 1 only", _suffice_exact, {"N": Integers(1, 1)}, role="step"
    ),
    spec="YS-2.1",
)


# --- one sign is not ------------------------------------------------------------------

PART = exp(-(x**2) / 2) / sqrt(2 * pi)


def _needed_proof(statement, domain) -> Result:
    """With h = a - b, a = [z]_+, b = [-z]_+: |f - h|^2 = |f - a|^2 + 2<f, b> + |b|^2.

    Here <a, b> = 0, and <f, b> >= 0 as long as no output weight is negative.
    """
    if not Reals(0).contains(domain["u"]):
        return unknown("a negative output weight makes f negative somewhere")
    f, left, right = symbols("f a b", real=True)
    expanded = (f - left + right) ** 2
    parts = (f - left) ** 2 + 2 * f * right + right**2 - 2 * left * right
    rest = integrate(x**2 * PART, (x, -oo, 0))
    result = every_identity(
        (
            ("the square", expanded, parts),
            ("the energy of [-z]_+", rest, statement.least),
        )
    )
    if result.verdict is Verdict.HOLDS and statement.relation != AT_LEAST:
        return unknown("the three terms are not negative")
    return result


def relu_product(left, right) -> arb:
    """Return E [<v, x>]_+ [<w, x>]_+ for two vectors of the plane, in fractions."""
    norm = exact_ball(sum(i * i for i in left) * sum(i * i for i in right)).sqrt()
    if norm == 0:
        return arb(0)
    inner = exact_ball(sum(i * j for i, j in zip(left, right, strict=True)))
    across = exact_ball(abs(left[0] * right[1] - left[1] * right[0]))
    angle = arb.atan2(across, inner)
    return (across + (arb.pi() - angle) * inner) / (2 * arb.pi())


TARGET = (Fraction(1), Fraction(0))
NEURONS = tuple(
    tuple(map(Fraction, pair))
    for pair in ((1, 0), (-1, 0), (1, 1), (-1, 2), (2, -3), (0, 1))
)


def error_ball(neurons, weights) -> arb:
    """Return |sum_i u_i [<w_i, x>]_+ - x_1|^2; E [<w, x>]_+ x_1 is w_1 / 2."""
    pairs = list(zip(neurons, map(exact_ball, weights), strict=True))
    total = arb(1)
    for w, u in pairs:
        total -= u * exact_ball(w[0])
        for other, factor in pairs:
            total += u * factor * relu_product(w, other)
    return total


def _needed_balls(statement, domain) -> Result:
    """Evaluate networks with up to three neurons in the plane; one attains 1/2."""
    low = domain["u"].low
    weights = [
        i for i in map(Fraction, ("-1", "0", "1/3", "1")) if low is None or i >= low
    ]
    choices = {
        f"neurons {trio}, u = ({', '.join(map(str, chosen))})": (trio, chosen)
        for trio in ((0, 1, 2), (0, 3, 4), (1, 2, 5), (2, 4, 5))
        for chosen in product(weights, repeat=3)
        # the best network, where balls cannot decide
        if chosen != (1, 0, 0) or trio[0] != 0
    }

    def sides(name):
        trio, chosen = choices[name]
        found = error_ball([NEURONS[i] for i in trio], chosen)
        return found, exact_ball(statement.least)

    with ctx.workprec(BITS):
        result = every_ball(choices, sides, statement.relation)
        if result.verdict is not Verdict.HOLDS:
            return result
        attained = error_ball([TARGET], [Fraction(1)])
        if not attained.overlaps(exact_ball(statement.least)):
            return fails(f"[x_1]_+ has the error {attained.str(8, radius=False)}")
    return result


def _needed_weak(statement, domain) -> Result:
    found = error_ball([NEURONS[1]], [Fraction(1)])
    return every_ball(
        ["w = (-1, 0)"],
        lambda _: (found, exact_ball(statement.least)),
        statement.relation,
    )


NEEDED = Claim(
    id="signs-needed",
    title="One sign is not enough",
    chapter=CHAPTER,
    statement=Statement(
        "For every $d \\ge 1$, every unit vector $\\theta$ in $\\mathbb R^d$, every "
        "$[[N]]$, all $w_1, \\dots, w_N$ and all output weights $u_1, \\dots, u_N$ "
        "with $[[u]]$ for each of them,\n\n"
        "$$\\Bigl\\lVert \\sum_{i=1}^N u_i\\, [\\langle w_i, \\cdot \\rangle]_+ - "
        "\\langle \\theta, \\cdot \\rangle \\Bigr\\rVert^2 [[relation]] [[least]],"
        "$$\n\n"
        "and $[\\langle \\theta, \\cdot \\rangle]_+$ attains this. The error of "
        "predicting 0 is 1.",
        {"N": Integers(1), "u": Reals(0)},
        {"relation": AT_LEAST, "least": Rational(1, 2)},
    ),
    sources=(SECTION,),
    checks=(
        Check("symbolic", "the square and its last term", _needed_proof, role="step"),
        Check(
            "interval",
            "networks of three neurons in the plane",
            _needed_balls,
            {"N": Integers(3, 3)},
            role="step",
        ),
    ),
    planted=(
        Planted("21/40 for one half", {"least": Rational(21, 40)}, near=True),
        Planted("weights of both signs", {"u": Reals()}, near=True),
        Planted("the error of predicting 0", {"least": Rational(1)}),
        Planted("at most", {"relation": AT_MOST}),
    ),
    weak=Check("interval", "one neuron, along -x_1", _needed_weak, role="step"),
    spec="YS-2.1",
)


CLAIMS = (SUFFICE, NEEDED)
