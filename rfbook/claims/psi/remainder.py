"""The source's psi: a triangle wave and a rest that no direction can tell from zero.

The rest is integrated here piece by piece, from the literal sum of ReLUs.
"""

from itertools import product

import numpy as np
from flint import arb, ctx
from sympy import Integer, Rational, Symbol, exp, floor, log, simplify, sqrt

from rfbook.claims.psi.correlation import DIMENSIONS, FUNCTIONS, ITEM_3, POSITIVE
from rfbook.claims.psi.enclosures import (
    AT_LEAST,
    AT_MOST,
    BITS,
    FREQUENCY,
    R,
    bound_ball,
    compare,
    d,
    density_ball,
    eigenvalue_ball,
    integer_at,
    rest_norm_ball,
)
from rfbook.claims.psi.sources import CHAPTER, printed
from rfbook.claims.psi.wave import OUTSIDE, twice_psi, twice_triangle
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Result,
    Statement,
    Verdict,
    ball_at,
    every,
    every_ball,
    exact_ball,
    holds,
    unknown,
)

a = Symbol("a", integer=True, positive=True)
k = Symbol("k", integer=True, positive=True)
x = Symbol("x", real=True)
y = Symbol("y", nonnegative=True)


# --- psi is the wave and a rest -------------------------------------------------------


def _rest_proof(statement, domain) -> Result:
    """|psi_a -+ tri| <= (|x| - a)_+ on one period beyond a, then Gaussian tails."""
    if domain["a"].low % 2 == 0 or domain["a"].step % 2:
        return unknown("the wave is odd for odd a only")
    turn = simplify((statement.sign * (-1) ** ((a - 1) / 2)).subs(a, 2 * k - 1))
    if turn != 1:
        return unknown(f"the sign is {turn} times that of psi_a at 1")
    line = OUTSIDE.statement.right.subs(x, a + y).subs(a, 2 * k - 1)
    if simplify(line - (1 - y)) != 0:
        return unknown(f"the line beyond a is {line}")
    lemma = every(range(5), _rest_on_period)
    if lemma.verdict is not Verdict.HOLDS:
        return lemma
    h = a / R
    proved = 2 * R**2 * (2 / h**2) * exp(-(h**2) / 2) / 2
    quotient = simplify(statement.bound / proved)
    if statement.relation != AT_MOST or not (quotient - 1).is_nonnegative:
        return unknown(f"whether {quotient} is at least 1")
    return holds(f"{quotient} times 2 R^2 (2/h^2) exp(-h^2/2) / 2 with h = a / R")


def _rest_on_period(distance: int):
    """At x = a + v and x = -a - v: sign tri is tri(1 + v) and -tri(1 + v).

    The differences are linear between the integers, and v -> v + 4 changes the right
    one by -4 and the left one not at all.
    """
    wave = int(twice_triangle(np.array([2 * (1 + distance)]))[0]) // 2
    right, left = 1 - distance - wave, -1 + wave
    largest = max(abs(right), abs(left))
    return largest <= distance, f"{largest} <= {distance}"


def _rest_pointwise(statement, domain) -> Result:
    """Compare the literal sum with the wave at half-integers, to 14 beyond a."""

    def compare(size):
        halves = np.arange(-2 * size - 28, 2 * size + 29)
        sign = _sign_at(statement, size)
        gap = abs(twice_psi(size, halves) - sign * twice_triangle(halves))
        room = np.maximum(abs(halves) - 2 * size, 0)
        worst = int(np.argmax(gap - room))
        words = f"x = {halves[worst]}/2: {gap[worst]}/2 <= {room[worst]}/2"
        return bool((gap <= room).all()), words

    return every(domain["a"], compare)


REST_NORMS = (Integer(1), Rational(1, 2), Integer(2), Integer(5))


def _sign_at(statement, size: int) -> int:
    sign = statement.sign.subs(a, size)
    if sign not in (-1, 1):
        raise ValueError(f"a = {size} gives no sign but {sign}")
    return int(sign)


def _rest_balls(statement, domain, norms=REST_NORMS) -> Result:
    def sides(a, R):
        left = rest_norm_ball(a, R, _sign_at(statement, a))
        return left, ball_at(statement.bound, a=a, R=R)

    points = [{"a": size, "R": norm} for size, norm in product(domain["a"], norms)]
    with ctx.workprec(BITS):
        return compare(points, sides, statement.relation)


TAIL_NORM = Claim(
    id="psi-tail-norm",
    title="Beyond the last kink",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[a]]$ and $[[R]]$,\n\n"
        "$$\\mathbb{E}\\, \\big(\\psi_a(R g) - [[sign]] "
        "\\operatorname{tri}(R g)\\big)^2 [[relation]] [[bound]].$$",
        {"a": Integers(1, step=2), "R": POSITIVE},
        {
            "sign": (-1) ** ((a - 1) / 2),
            "relation": AT_MOST,
            "bound": 2 * R**4 / a**2 * exp(-(a**2) / (2 * R**2)),
        },
    ),
    sources=(ITEM_3,),
    uses=("psi-triangle", "psi-outside", "tail-moment", "gaussian-tail"),
    checks=(
        Check(
            "symbolic",
            "the difference on one period, then the tail, for symbolic a and R",
            _rest_proof,
            given=("psi-triangle", "psi-outside", "tail-moment", "gaussian-tail"),
            role="step",
        ),
        Check(
            "exact",
            "the difference is at most the distance from [-a, a]",
            _rest_pointwise,
            {"a": Integers(1, 41)},
            role="step",
        ),
        Check(
            "interval",
            "the mean square itself at R = 1/2, 1, 2, 5",
            _rest_balls,
            {"a": Integers(1, 9)},
            role="step",
        ),
    ),
    planted=(
        Planted(
            "for even a as well",
            {"a": Integers(1), "sign": (-1) ** floor(a / 2)},
            near=True,
        ),
        Planted("no sign: right for a = 1", {"sign": Integer(1)}, near=True),
        Planted(
            "the 2 of the exponent lost",
            {"bound": 2 * R**4 / a**2 * exp(-(a**2) / R**2)},
        ),
        Planted(
            "R^2/5 for 2R^4: right for R = 1",
            {"bound": R**2 / a**2 / 5 * exp(-(a**2) / (2 * R**2))},
        ),
    ),
    weak=Check(
        "interval",
        "a = 1, R = 1",
        lambda statement, domain: _rest_balls(statement, domain, (Integer(1),)),
        {"a": Integers(1, 1)},
        role="step",
    ),
    spec="YS-4.6.3",
)


def _source_rest_proof(statement, domain) -> Result:
    """2 d^4 / a^2 <= 1/18 and a^2 / (2 d^2) >= 18 d^2, for a = 6 d^2 + 1."""
    sign = TAIL_NORM.statement.sign.subs(a, statement.size)
    turns = [simplify((sign / statement.sign).subs(d, v)) for v in (2 * k, 2 * k - 1)]
    if turns != [1, 1]:
        return unknown(f"{turns} times the sign for even and odd d")
    general = TAIL_NORM.statement.bound.subs({a: statement.size, R: d})
    factor, power = general.as_independent(exp)[0], -log(general.atoms(exp).pop())
    spare = (
        simplify(1 / (factor * statement.divisor) - 1).expand(),
        simplify(power.expand(force=True) - statement.exponent).expand(),
    )
    if statement.relation != AT_MOST or not all(v.is_nonnegative for v in spare):
        return unknown(f"the signs of {spare}")
    return holds(f"margins {spare[0]} and {spare[1]}")


def _source_rest_balls(statement, domain) -> Result:
    """Enclose the mean square itself."""

    def sides(d):
        size, sign = (integer_at(part, d) for part in (statement.size, statement.sign))
        return rest_norm_ball(size, Integer(d), sign), _source_bound(statement, d)

    with ctx.workprec(BITS):
        points = [{"d": value} for value in domain["d"]]
        return compare(points, sides, statement.relation)


def _source_bound(statement, dimension: int) -> arb:
    """Enclose the statement's right side."""
    return (-ball_at(statement.exponent, d=dimension)).exp() / statement.divisor


FAR = (10**3, 10**4, 10**5, 10**6)


def _source_rest_far(statement, domain) -> Result:
    """Between the bound for general a and R and the mean square on one unit.

    At x = -a - v the difference is v up to v = 1 (`_rest_on_period`), so that the mean
    square is at least the density at a + 1 times 1/3, the integral of v^2. The ends
    are too far apart for one ball, their logarithms are not.
    """

    def sides(d):
        size = integer_at(statement.size, d)
        wanted = integer_at(statement.sign, d)
        if size % 2 == 0 or _sign_at(TAIL_NORM.statement, size) != wanted:
            raise ValueError(f"a = {size} at d = {d}: the rest is not small")
        low = density_ball(arb(size + 1) / d) / d / 3
        high = ball_at(TAIL_NORM.statement.bound, a=size, R=d)
        return low.log().union(high.log()), _source_bound(statement, d).log()

    with ctx.workprec(BITS):
        far = [value for value in FAR if value in domain["d"]]
        return every_ball(far, sides, statement.relation)


TAIL_SOURCE = Claim(
    id="psi-tail-source",
    title="Beyond the last kink, for the source's numbers",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and $a = [[size]]$,\n\n"
        "$$\\mathbb{E}\\, \\big(\\psi_a(d g) - [[sign]] "
        "\\operatorname{tri}(d g)\\big)^2 [[relation]] "
        "\\frac{1}{[[divisor]]}\\, e^{-[[exponent]]}.$$",
        {"d": Integers(1)},
        {
            "size": 6 * d**2 + 1,
            "sign": (-1) ** d,
            "relation": AT_MOST,
            "divisor": 18,
            "exponent": 18 * d**2,
        },
    ),
    sources=(ITEM_3,),
    uses=("psi-tail-norm", "psi-outside"),
    checks=(
        Check(
            "symbolic",
            "factor and exponent, for symbolic d",
            _source_rest_proof,
            given=("psi-tail-norm",),
        ),
        Check(
            "interval",
            "the mean square itself, d = 1, ..., 12",
            _source_rest_balls,
            {"d": Integers(1, 12)},
        ),
        Check(
            "interval",
            "between two bounds, d = 10^3, 10^4, 10^5 and 10^6",
            _source_rest_far,
            {"d": Integers(FAR[0], FAR[-1])},
            given=("psi-tail-norm", "psi-outside"),
            role="step",
        ),
    ),
    planted=(
        Planted("18 d^4: right for d = 1", {"exponent": 18 * d**4}, near=True),
        Planted("28 for 18", {"exponent": 28 * d**2}),
        Planted(
            "20 for 18 in the exponent: right for d = 1",
            {"exponent": 20 * d**2},
            near=True,
        ),
        Planted("6d + 1 for 6d^2 + 1: right for d = 1", {"size": 6 * d + 1}, near=True),
        Planted(
            "e^(-d/1000) too much: right up to d = 12",
            {"exponent": 18 * d**2 + d / 1000},
            near=True,
        ),
        Planted("the other way round", {"relation": AT_LEAST}),
    ),
    weak=Check("interval", "d = 1 only", _source_rest_balls, {"d": Integers(1, 1)}),
    spec="YS-4.6.3",
)


# --- the source's psi -----------------------------------------------------------------

UNIFORM, ANYWHERE = "uniform on", "any fixed point of"


def _paper_balls(statement, domain) -> Result:
    """Enclose the supremum's root: that of tri, give or take the norm of the rest.

    Where w is fixed the best f is the wave itself, with the mean square of tri at its
    norm, which is the eigenvalue of dimension 1.
    """

    def sides(d):
        norm = norms[d]
        size = integer_at(statement.size, d)
        if size % 2 == 0:
            raise ValueError(f"a = {size} is even: the rest is not small")
        rest = ball_at(TAIL_NORM.statement.bound, a=size, R=norm).sqrt()
        root = eigenvalue_ball(d if drawn else 1, norm).sqrt()
        low = (root - rest).lower().max(arb(0))
        bound = bound_ball(d, ball_at(FREQUENCY, R=norm)).sqrt() + rest
        high = (root + rest).upper()
        high = high.min(bound.upper()) if drawn else high
        right = (-ball_at(statement.exponent, d=d)).exp() * exact_ball(statement.factor)
        return low.union(high) ** 2, right

    norms = {value: statement.radius.subs(d, value) for value in domain["d"]}
    drawn = statement.law == UNIFORM
    with ctx.workprec(BITS):
        return compare([{"d": value} for value in norms], sides, statement.relation)


def _paper_far(statement, domain) -> Result:
    """Go where a wrong power of d shows, however small its factor."""
    far = [value for value in FAR if value in domain["d"]]
    return _paper_balls(statement, {**domain, "d": far})


def _paper_tail(statement, domain) -> Result:
    """Compare (1 + rest e^(d/4))^2 with the factor at the start; the rest decreases."""
    start = domain["d"].low
    if statement.law != UNIFORM:
        return unknown("the mean is over the sphere")
    if statement.radius != d or statement.size != 6 * d**2 + 1:
        return unknown("the norm of the rest is known for R = d, a = 6 d^2 + 1")
    if statement.relation != AT_MOST or simplify(d / 2 - statement.exponent) != 0:
        return unknown("the tail is compared with e^(-d/2)")
    logarithm = -TAIL_SOURCE.statement.exponent / 2 + d / 4
    slope = logarithm.diff(d).subs(d, start - 1 + k)
    if not slope.is_negative:
        return unknown(f"the sign of {slope}")
    with ctx.workprec(BITS):
        rest = (
            ball_at(exp(logarithm), d=start) / arb(TAIL_SOURCE.statement.divisor).sqrt()
        )
        ball, factor = (1 + rest) ** 2, exact_ball(statement.factor)
    if not ball < factor:
        return unknown(f"(1 + rest)^2 against {statement.factor} at d = {start}")
    return holds(
        f"(1 + rest)^2 <= {statement.factor} at d = {start}, the rest decreases"
    )


PAPER_TEMPLATE = (
    "For every $[[d]]$ and $[[f]]$, with $w$ [[law]] the sphere of radius "
    "$R = [[radius]]$ and $a = [[size]]$,\n\n"
    "$$\\mathbb{E}_w \\langle f, \\psi_{a,w} \\rangle^2 [[relation]] "
    "[[factor]]\\, e^{-[[exponent]]}\\, \\lVert f \\rVert^2.$$"
)
PAPER_PARTS = {
    "law": UNIFORM,
    "radius": d,
    "size": 6 * d**2 + 1,
    "relation": AT_MOST,
    "factor": Rational(101, 100),
    "exponent": d / 2,
}
TAIL_START = 100

PAPER_TAIL = Claim(
    id="psi-correlation-tail",
    title="The source's psi in large dimension",
    chapter=CHAPTER,
    statement=Statement(
        PAPER_TEMPLATE, {"d": Integers(TAIL_START), "f": FUNCTIONS}, PAPER_PARTS
    ),
    sources=(printed("Proposition 4.6, item 3", "sharper"),),
    uses=(
        "psi-correlation",
        "correlation-decay",
        "psi-degree-one",
        "psi-tail-norm",
        "psi-tail-source",
    ),
    checks=(
        Check(
            "symbolic",
            "the rest decreases for symbolic d, with a ball at the start",
            _paper_tail,
            given=("psi-correlation", "correlation-decay", "psi-tail-source"),
        ),
        Check(
            "interval",
            "the supremum itself for the first hundred d",
            _paper_balls,
            {"d": Integers(TAIL_START, TAIL_START + 100)},
            given=("psi-correlation", "psi-degree-one", "psi-tail-norm"),
        ),
        Check(
            "interval",
            "the supremum itself for d = 10^3, 10^4, 10^5 and 10^6",
            _paper_far,
            {"d": Integers(FAR[0], FAR[-1])},
            given=("psi-correlation", "psi-degree-one", "psi-tail-norm"),
            role="step",
        ),
    ),
    planted=(
        Planted("the norm sqrt(d)/2", {"radius": sqrt(d) / 2}),
        Planted("e^(-d^2/2)", {"exponent": d**2 / 2}),
        Planted("e^(-3.5 d): false only at first", {"exponent": 7 * d / 2}, near=True),
        Planted(
            "e^(-d^2/100): right up to d = 200", {"exponent": d**2 / 100}, near=True
        ),
        Planted("the other way round", {"relation": AT_LEAST}),
    ),
    weak=Check("interval", "d = 200 only", _paper_balls, {"d": Integers(200, 200)}),
    spec="YS-4.6.3",
)

PAPER = Claim(
    id="psi-correlation-paper",
    title="No function sees the source's psi",
    chapter=CHAPTER,
    statement=Statement(
        PAPER_TEMPLATE, {"d": Integers(1), "f": FUNCTIONS}, PAPER_PARTS
    ),
    sources=(
        printed(
            "Proposition 4.6, item 3",
            "sharper",
            "Printed with the factor 20 and e^(-cd) for an unspecified c: true.",
        ),
    ),
    uses=(
        "psi-correlation",
        "correlation-decay",
        "psi-degree-one",
        "psi-tail-norm",
        "psi-correlation-tail",
    ),
    cases=("psi-correlation-tail",),
    checks=(
        Check(
            "interval",
            "the supremum itself, for d = 1, ..., 200",
            _paper_balls,
            {"d": DIMENSIONS},
            given=("psi-correlation", "psi-degree-one", "psi-tail-norm"),
        ),
    ),
    planted=(
        Planted("the factor 1/2: false for d = 1 only", {"factor": Rational(1, 2)}),
        Planted("e^(-d^2/2): right for d = 1, 2", {"exponent": d**2 / 2}, near=True),
        Planted(
            "the norm sqrt(d)/4: right for d = 1", {"radius": sqrt(d) / 4}, near=True
        ),
        Planted(
            "w fixed instead of drawn: right for d = 1, 2",
            {"law": ANYWHERE},
            near=True,
        ),
        Planted("the other way round", {"relation": AT_LEAST}),
    ),
    weak=Check("interval", "d = 1 and 2 only", _paper_balls, {"d": Integers(1, 2)}),
    spec="YS-4.6.3",
)


CLAIMS = (TAIL_NORM, TAIL_SOURCE, PAPER_TAIL, PAPER)
