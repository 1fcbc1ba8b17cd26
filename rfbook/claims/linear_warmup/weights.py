"""What one random feature sees of the target, and how large the weights must be.

The later text of the source has two statements of this kind, whose formulas are lost in
the text that we could read; the statements here are not readings of them.
"""

from fractions import Fraction
from itertools import product

from flint import arb, ctx
from sympy import Rational, diff, expand, simplify, sqrt, symbols

from rfbook.claims.linear_warmup.enclosures import (
    AT_LEAST,
    AT_MOST,
    BITS,
    N,
    beta_ball,
    compare,
    d,
)
from rfbook.claims.linear_warmup.sources import CHAPTER, later
from rfbook.claims.tools.sphere import sphere_mean
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Reals,
    Result,
    Statement,
    Verdict,
    every,
    every_identity,
    exact_ball,
    unknown,
)

s = symbols("s", nonnegative=True)
delta, error = symbols("delta varepsilon", positive=True)
p = symbols("p", positive=True)

LOST = "formulas not readable; stated and proved here in a form of our own"


# --- one direction --------------------------------------------------------------------


def _direction_proof(statement, domain) -> Result:
    """Show that the gap of the two sides is 0 at both ends, rises and falls.

    For d >= 2 the density of t is c (1 - t^2)^((d-3)/2), so that the slope of the gap
    is (2c - (d - 1) s) (1 - s^2)^((d-3)/2).
    """
    slope = diff(statement.bound, s) / (1 - s**2) ** ((d - 3) / 2)
    result = every_identity(
        (
            ("the slope of the bound", simplify(slope), -(d - 1) * s),
            ("the bound at 0", statement.bound.subs(s, 0), 1),
        )
    )
    if result.verdict is not Verdict.HOLDS:
        return result
    at_one = statement.bound.subs(d, d + 1).subs(s, 1)
    if at_one != 0 or statement.relation != AT_MOST:
        return unknown(f"the gap at s = 1: {at_one}")
    return result


def _direction_square(statement, domain) -> Result:
    """Compare with the second moment of a coordinate, from Gaussian moments."""

    def decide(dimension):
        found = sphere_mean((2,) + (0,) * (dimension - 1))
        claimed = statement.square.subs(d, dimension)
        return Rational(found) == claimed, f"{found} = {claimed}"

    return every(domain["d"], decide)


POINTS = tuple(Rational(*q) for q in ((1, 100), (1, 10), (1, 4), (1, 2), (9, 10)))


def _direction_balls(statement, domain, points=POINTS) -> Result:
    """Enclose the tail: 1 - t^2 has the law Beta((d-1)/2, 1/2) for d >= 2."""

    def sides(dimension, point):
        bound = exact_ball(statement.bound.subs({d: dimension, s: point}))
        if dimension == 1:
            return arb(1), bound
        return beta_ball(dimension - 1, 1, 1 - point**2), bound

    with ctx.workprec(BITS):
        return compare(product(domain["d"], points), sides, statement.relation)


DIRECTION = Claim(
    id="linear-one-direction",
    title="One random direction sees little",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ let $\\theta$ be uniform on the unit sphere of "
        "$\\mathbb R^d$ and $w_*$ a unit vector. Then\n\n"
        "$$\\mathbb E\\, \\langle \\theta, w_* \\rangle^2 = [[square]],$$\n\n"
        "and for every $[[s]]$\n\n"
        "$$\\mathbb P\\bigl(\\lvert \\langle \\theta, w_* \\rangle \\rvert \\ge "
        "s\\bigr) [[relation]] [[bound]].$$",
        {"d": Integers(1), "s": Reals(0, 1, open_high=True)},
        {
            "square": 1 / d,
            "relation": AT_MOST,
            "bound": (1 - s**2) ** ((d - 1) / 2),
        },
    ),
    sources=(later("the first further statement on linear features", "implied", LOST),),
    uses=("sphere-moments",),
    checks=(
        Check(
            "exact",
            "the mean square, from Gaussian moments, d <= 30",
            _direction_square,
            {"d": Integers(1, 30)},
            "step",
        ),
        Check(
            "interval",
            "the tail at s = 1/100, 1/10, 1/4, 1/2, 9/10, every d <= 200",
            _direction_balls,
            {"d": Integers(1, 200)},
            "step",
        ),
        Check(
            "symbolic",
            "the slope of the gap and its ends, for symbolic d and s",
            _direction_proof,
            role="step",
        ),
    ),
    planted=(
        Planted("the power d/2", {"bound": (1 - s**2) ** (d / 2)}),
        Planted(
            "19/20 of the bound", {"bound": 19 * (1 - s**2) ** ((d - 1) / 2) / 20}, True
        ),
        Planted("right for d = 1 only", {"square": 2 / (d * (d + 1))}, near=True),
        Planted("the root of the mean square", {"square": 1 / sqrt(d)}),
        Planted(
            "21/20 of the power", {"bound": (1 - s**2) ** (21 * (d - 1) / 40)}, True
        ),
    ),
    weak=Check(
        "interval",
        "d = 1, 2 and 3 at s = 1/2 only",
        lambda statement, domain: _direction_balls(
            statement, domain, (Rational(1, 2),)
        ),
        {"d": Integers(1, 3)},
        "step",
    ),
    spec="YS-4.1",
)


# --- the output weights ---------------------------------------------------------------


def _weights_proof(statement, domain) -> Result:
    """Put v = sum u_i w_i and S = sum <w_i, w_*>^2, of mean N/d.

    Then 1 - sqrt(error) <= <v, w_*> <= (sum u_i^2 S)^(1/2), and S <= N / (d delta) with
    probability at least 1 - delta, by Markov's inequality.
    """
    if domain["varepsilon"].high > 1:
        return unknown("for errors beyond 1 the first member is negative")
    along, across = symbols("v_1 v_2", real=True)
    squared = (along - 1) ** 2 + across**2
    slack = expand(squared - across**2 - (1 - along) ** 2)
    markov = N * (1 / d) / delta
    result = every_identity(
        (
            ("the error along the target", slack, 0),
            ("the least sum", (1 - sqrt(error)) ** 2 / markov, statement.bound),
        )
    )
    if result.verdict is Verdict.HOLDS and statement.relation != AT_LEAST:
        return unknown("the argument gives >=")
    return result


ROOTS = (Fraction(0), Fraction(1, 2), Fraction(3, 4), Fraction(9, 10), Fraction(3, 2))
LEVELS = (Fraction(1, 10), Fraction(1, 2), Fraction(99, 100))


def _weights_frames(statement, domain, roots=ROOTS) -> Result:
    """Rotate an orthonormal basis, each vector taken k times: N = k d features.

    For each draw |W u|^2 <= k |u|^2, and W u must reach 1 - sqrt(error) along the
    target; multiples of W^T w_* do it with |u|^2 = (1 - sqrt(error))^2 / k. So the
    least sum of squares is a constant, and a bound above it fails with probability 1.
    An error of 1 or more needs no weights.
    """
    allowed = domain["varepsilon"].among(root**2 for root in roots)

    def compare(point):
        dimension, count, root, level = point
        least = max(1 - root, Fraction(0)) ** 2 * dimension / count
        values = {d: dimension, N: count, delta: Rational(level)}
        filled = statement.bound.subs(values).subs(error, Rational(root) ** 2)
        claimed = Fraction(int(filled.p), int(filled.q))
        words = f"(d, N, root of the error, delta): {least}"
        true = statement.relation.exact(least, claimed)
        return true, f"{words} {statement.relation.symbol} {claimed}"

    kept = [root for root in roots if root**2 in allowed]
    sizes = product(domain["d"], domain["N"], kept, LEVELS)
    return every((point for point in sizes if point[1] % point[0] == 0), compare)


WEIGHTS = Claim(
    id="linear-output-weights",
    title="How small the output weights can be",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[N]]$, $[[varepsilon]]$ and $[[delta]]$ let each of "
        "$w_1, \\dots, w_N$ be uniform on the unit sphere of $\\mathbb R^d$, "
        "independent or not, and $w_*$ a unit vector. With probability at least "
        "$1 - \\delta$ over the features, every $u \\in \\mathbb R^N$ with "
        "$\\lVert \\sum_i u_i w_i - w_* \\rVert^2 \\le \\varepsilon$ has\n\n"
        "$$\\sum_{i=1}^N u_i^2 [[relation]] [[bound]].$$",
        {
            "d": Integers(1),
            "N": Integers(1),
            "varepsilon": Reals(0, 1, open_high=True),
            "delta": Reals(0, 1, open_low=True, open_high=True),
        },
        {"relation": AT_LEAST, "bound": delta * d * (1 - sqrt(error)) ** 2 / N},
    ),
    sources=(
        later("the second further statement on linear features", "implied", LOST),
    ),
    uses=("linear-distance", "linear-one-direction"),
    checks=(
        Check(
            "exact",
            "rotated bases, where the least sum is known, d <= 12",
            _weights_frames,
            {"d": Integers(1, 12), "N": Integers(1, 60)},
            "step",
        ),
        Check(
            "symbolic",
            "Cauchy and Schwarz, then Markov, for symbolic d, N, epsilon and delta",
            _weights_proof,
            role="step",
        ),
    ),
    planted=(
        Planted(
            "epsilon for its root: right for error 0",
            {"bound": delta * d * (1 - error) ** 2 / N},
            near=True,
        ),
        Planted(
            "errors up to 4: right below 1", {"varepsilon": Reals(0, 4)}, near=True
        ),
        Planted("the square forgotten", {"bound": delta * d * (1 - sqrt(error)) / N}),
        Planted("d^2 for d", {"bound": delta * d**2 * (1 - sqrt(error)) ** 2 / N}),
        Planted("N dropped", {"bound": delta * d * (1 - sqrt(error)) ** 2}),
        Planted("the other way round", {"relation": AT_MOST}),
    ),
    weak=Check(
        "exact",
        "error 0 only",
        lambda statement, domain: _weights_frames(statement, domain, ROOTS[:1]),
        {"d": Integers(1, 12), "N": Integers(1, 60)},
        "step",
    ),
    spec="YS-4.1",
)


CLAIMS = (DIRECTION, WEIGHTS)
