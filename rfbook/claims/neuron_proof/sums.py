"""Errors, weights and scales in the source's proof, mended.

In the order of that proof; the printed steps are in `printed`. The wave is psi_a, or
the repaired one, which is odd on the whole line for odd a.
"""

from fractions import Fraction
from functools import cache
from itertools import product

import numpy as np
from flint import arb, ctx
from sympy import (
    Integer,
    Poly,
    Rational,
    expand,
    simplify,
    sqrt,
    summation,
    sympify,
)

from rfbook.claims.neuron_proof.sources import CHAPTER, printed
from rfbook.claims.neuron_proof.steps import (
    AT_LEAST,
    AT_MOST,
    MORE,
    POSITIVE,
    PROOF,
    UNREAD,
    a,
    b,
    d,
    epsilon,
    j,
    number,
    psi_mean,
    s,
    source_size,
)
from rfbook.claims.psi.moments import excess
from rfbook.claims.psi.wave import literal_weights, twice_psi, twice_triangle
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
    every_identity,
    holds,
    unknown,
)

# --- adding up the approximations -----------------------------------------------------


def _summed_identity(statement, domain) -> Result:
    """Compare the literal sum with the wave, which it is on [-a, a]."""

    def compare(size):
        halves = np.arange(-2 * size, 2 * size + 1)
        sums = twice_psi(size, halves) + 2 * (
            1 + int(statement.constant.replace(" ", ""))
        )
        wave = twice_triangle(halves + 2 * (size - 1))
        wrong = np.flatnonzero(sums != wave)
        at = wrong[0] if wrong.size else 0
        words = (
            f"x = {Fraction(int(halves[at]), 2)}: 2 * (sum) = {sums[at]} = {wave[at]}"
        )
        return not wrong.size, words

    return every(domain["a"], compare)


def _summed_aligned(statement, domain) -> Result:
    """Errors sign(alpha_j) e with E e^2 = 1: no others give more (Schwarz)."""

    def compare(size):
        total = int(abs(literal_weights(size)[1]).sum()) ** 2
        bound = number(statement.factor, a=size)
        return total == bound, f"{total} = {bound}"

    return every(domain["a"], compare)


def _summed_symbolic(statement, domain) -> Result:
    total = 1 + summation(Integer(2), (j, 1, a))
    return every_identity(
        [("the sum of the moduli, squared", total**2, statement.factor)]
    )


SUMMED = Claim(
    id="summed-error",
    title="The error of the sum",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[a]]$ and $w$, let $\\psi_{a,w} = \\sum_j \\alpha_j\\, \\sigma_j "
        "- 1$ with the ReLUs $\\sigma_j(x) = [\\langle w, x \\rangle + c_j]_+$. If "
        "each $g_j$ has $\\lVert g_j - \\sigma_j \\rVert^2 \\le \\varepsilon$, then\n\n"
        "$$\\Big\\lVert \\sum_j \\alpha_j\\, g_j [[constant]] - \\psi_{a,w} "
        "\\Big\\rVert^2 \\le [[factor]]\\; \\varepsilon,$$\n\n"
        "with equality for some $g_j$.",
        {"a": Integers(1)},
        {"constant": "- 1", "factor": (2 * a + 1) ** 2},
    ),
    sources=(
        printed(
            "equation (5)",
            "corrects",
            "For a = 6d^2 + 1 the factor is (12d^2 + 3)^2. Both texts subtract 1 from "
            "the difference where it has to be added.",
        ),
    ),
    uses=("psi-triangle", "psi-counts"),
    corrects="printed-summed-error",
    checks=(
        Check(
            "exact",
            "the combination is the wave on [-a, a], at half-integers",
            _summed_identity,
            {"a": Integers(1, 60)},
            role="step",
        ),
        Check(
            "exact",
            "errors of one shape, with the signs of the weights",
            _summed_aligned,
            {"a": Integers(1, 200)},
            role="step",
        ),
        Check(
            "symbolic",
            "the sum of the moduli, for symbolic a",
            _summed_symbolic,
            role="step",
        ),
    ),
    planted=(
        Planted("the constant with the printed sign", {"constant": "+ 1"}),
        Planted("the sum of the squares", {"factor": 4 * a + 1}),
        Planted("the first weight forgotten", {"factor": 4 * a**2}, near=True),
        Planted("the square forgotten", {"factor": 2 * a + 1}),
        Planted(
            "Cauchy and Schwarz instead: an upper bound, not reached",
            {"factor": (a + 1) * (4 * a + 1)},
        ),
        Planted("9a^2: right for a = 1", {"factor": 9 * a**2}, near=True),
    ),
    weak=Check(
        "exact", "a = 1 only", _summed_aligned, {"a": Integers(1, 1)}, role="step"
    ),
    spec="YS-4.2.c",
)


# --- small combinations stay far from the wave ----------------------------------------

REPAIRED, PRINTED_WAVE = "\\tilde\\psi_{a,w}", "\\psi_{a,w}"


def repaired_weights(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the kinks and weights of the repaired function: the last one halved."""
    kinks, weights = literal_weights(size)
    return kinks, np.append(weights[:-1], weights[-1] // 2)


@cache
def wave_mean(wave: str, size: int) -> arb:
    """Enclose E wave(g), from its ReLUs; 0 where the wave is odd on the line."""
    if wave == REPAIRED and size % 2:
        return arb(0)
    if wave == PRINTED_WAVE and size % 2:
        return -psi_mean(size, 1)
    kinks, weights = (repaired_weights if wave == REPAIRED else literal_weights)(size)
    terms = zip(kinks, weights, strict=True)
    return sum((int(v) * excess(arb(int(k))) for k, v in terms), arb(-1))


def _combination_weights(statement, domain) -> Result:
    """2 |u~_1| is at most the slope times the largest |u_1^j|: reached by the signs."""

    def compare(size):
        _, weights = repaired_weights(size)
        reached = 2 * int(abs(weights).sum())
        slope = number(statement.slope, a=size)
        return reached == slope, f"{reached} = {slope}"

    return every(domain["a"], compare)


def _combination_line(statement, domain) -> Result:
    """One feature, the wave itself: (1 - t)^2 against 1 - (slope / 2a) t."""

    def compare(point):
        size, t = point
        left, right = (1 - t) ** 2, 1 - number(statement.slope, a=size) * t / (2 * size)
        return statement.relation.exact(
            left, right
        ), f"{left} {AT_LEAST.symbol} {right}"

    steps = [Fraction(k, 40) for k in range(81)]
    return every(product(domain["a"], steps), compare)


def _combination_constant(statement, domain) -> Result:
    """No feature at all: the best constant must not come closer, at R = 1."""

    def compare(size):
        gain = wave_mean(statement.wave, size) ** 2
        true = Relation("<=").ball(gain, arb(0)) if gain != 0 else True
        return true, f"(E wave)^2 = {gain.str(5, radius=False)} <= 0"

    with ctx.workprec(128):
        return every(domain["a"], compare)


COMBINATIONS = Claim(
    id="small-combinations",
    title="Small combinations stay far from the wave",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[a]]$, $w \\ne 0$, features $f_1, \\dots, f_N$ and reals $u_i^j$, "
        "let $\\tilde u_i = \\sum_j \\tilde\\alpha_j u_i^j$ with the weights "
        "$\\tilde\\alpha_j$ of $\\tilde\\psi_a$. Then for every real $c$\n\n"
        "$$\\Big\\lVert c + \\sum_{i=1}^N \\tilde u_i f_i - [[wave]] \\Big\\rVert^2 "
        "[[relation]] \\lVert [[wave]] \\rVert^2 - [[slope]]\\, \\max_{i,j} "
        "\\lvert u_i^j \\rvert \\sum_{i=1}^N \\lvert \\langle f_i, [[wave]] \\rangle "
        "\\rvert.$$\n\n"
        "The factor is the least for which $2 \\max_i \\lvert \\tilde u_i \\rvert "
        "\\le [[slope]] \\max_{i,j} \\lvert u_i^j \\rvert$.",
        {"a": Integers(1, step=2)},
        {"wave": REPAIRED, "relation": AT_LEAST, "slope": 4 * a},
    ),
    sources=(
        printed(
            "equation (6)",
            "corrects",
            "With psi itself the factor is 4a + 2, and c must be bounded. " + UNREAD,
        ),
    ),
    uses=("psi-repaired",),
    corrects="printed-constant-dropped",
    checks=(
        Check(
            "exact",
            "the sum of the moduli of the weights",
            _combination_weights,
            {"a": Integers(1, 199)},
            role="step",
        ),
        Check(
            "exact",
            "the wave as the only feature, 81 weights",
            _combination_line,
            {"a": Integers(1, 19)},
            role="step",
        ),
        Check(
            "interval",
            "constants are not correlated with the wave, R = 1",
            _combination_constant,
            {"a": Integers(1, 9)},
            role="step",
        ),
    ),
    planted=(
        Planted("the printed wave, not odd on the line", {"wave": PRINTED_WAVE}, True),
        Planted("even a as well", {"a": Integers(1)}, near=True),
        Planted("the 2 of the cross term lost", {"slope": 2 * a}),
        Planted("one weight short", {"slope": 4 * a - 2}, near=True),
        Planted("right for a = 1 only", {"slope": 4 * a**2}, near=True),
        Planted("the other way round", {"relation": AT_MOST}),
    ),
    weak=Check(
        "exact", "a = 1 only", _combination_weights, {"a": Integers(1, 1)}, role="step"
    ),
    spec="YS-4.2.d",
)


# --- what the two together give -------------------------------------------------------

PAIR = "[[square]]\\, \\varepsilon \\ge [[norm]] - ([[slope]])\\, U"


def answer(statement):
    """Return the bound on U that the statement gives."""
    return (statement.top - statement.cost * epsilon) / statement.below


def _ratio_symbolic(statement, domain) -> Result:
    solved = (statement.norm - statement.square * epsilon) / statement.slope
    return every_identity([("U at equality", solved, answer(statement))])


def _ratio_exact(statement, domain, shares=("0", "1/50", "1/2", "24/25")) -> Result:
    """Compare with the least U that the premise allows, at errors in the range."""

    def compare(point):
        dimension, share = point
        top = number(domain["varepsilon"].high, d=dimension)
        values = {"d": dimension, "varepsilon": share * top}
        square, slope = (
            number(part, **values) for part in (statement.square, statement.slope)
        )
        least = (number(statement.norm) - square * share * top) / slope
        bound = number(answer(statement), **values)
        return bound == least, f"least U {least} = {bound}"

    return every(product(domain["d"], map(Fraction, shares)), compare)


SIDE = 12 * d**2 + 3
THIRD = Fraction(33, 100)

WEIGHTS = Claim(
    id="weights-from-error",
    title="From a small error to large weights",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and $[[varepsilon]]$, the numbers $U$ with\n\n"
        f"$${PAIR}$$\n\n"
        "are exactly those with\n\n"
        "$$U \\ge \\frac{[[top]] - [[cost]]\\, \\varepsilon}{[[below]]}.$$",
        {
            "d": Integers(1),
            "varepsilon": Reals(0, Rational(33, 100) / SIDE**2, open_high=True),
        },
        {
            "square": SIDE**2,
            "norm": THIRD,
            "slope": 2 * SIDE,
            "top": THIRD,
            "cost": SIDE**2,
            "below": 2 * SIDE,
        },
    ),
    sources=(printed("the bound after equation (7)", "corrects", UNREAD),),
    corrects="printed-ratio",
    checks=(
        Check(
            "exact",
            "the least U at four errors",
            _ratio_exact,
            {"d": Integers(1, 60)},
            role="step",
        ),
        Check("symbolic", "solved for U, for symbolic d", _ratio_symbolic),
    ),
    planted=(
        Planted(
            "1/3 in the answer",
            {"top": Fraction(1, 3)},
            near=True,
        ),
        Planted(
            "right where the error is 0",
            {"cost": SIDE},
            near=True,
        ),
        Planted(
            "the 2 of the cross term lost",
            {"below": SIDE},
        ),
        Planted("12d^2 for 12d^2 + 3", {"slope": 24 * d**2}, near=True),
    ),
    weak=Check(
        "exact",
        "d = 1 and no error",
        lambda statement, domain: _ratio_exact(statement, domain, ("0",)),
        {"d": Integers(1, 1)},
        role="step",
    ),
    spec="YS-4.2.d",
)


# --- scaling --------------------------------------------------------------------------


def relu(value: Fraction) -> Fraction:
    """Return the larger of 0 and the value."""
    return max(Fraction(0), value)


LEFT, INNER, MIDDLE, RIGHT = (Fraction(k, 3) for k in (-7, -1, 2, 8))


def _scaling_points(statement, domain, scales=("-2", "1/3", "1", "5/2", "7")) -> Result:
    """Errors at points z = <w, x> with values v of the combination."""

    def compare(point):
        scale, z, v, bias = point
        before = (v - relu(z + bias)) ** 2
        moved = number(statement.bias, s=scale, b=bias)
        after = (scale * v - relu(scale * z + moved)) ** 2
        claimed = scale ** int(statement.power) * before
        return after == claimed, f"s, z, v, b = {words(point)}: {after} = {claimed}"

    def words(point):
        return ", ".join(map(str, point))

    points = (LEFT, INNER, MIDDLE, RIGHT)
    biases = (Fraction(0), Fraction(-1, 2), Fraction(2))
    usable = domain["s"].among(scales)
    return every(product(usable, points, points, biases), compare)


def _scaling_range(statement, domain) -> Result:
    def compare(dimension):
        reached = dimension * source_size(dimension)
        claimed = number(statement.range, d=dimension)
        return reached == claimed, f"{reached} = {claimed}"

    return every(domain["d"], compare)


SCALING = Claim(
    id="scaling-square",
    title="What scaling does to the error",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[s]]$, all $f_i$, $u_i$, $w$ and $b$,\n\n"
        "$$\\Big\\lVert \\sum_i s u_i f_i - \\big[\\langle s w, \\cdot \\rangle + "
        "[[bias]]\\big]_+ \\Big\\rVert^2 = s^{[[power]]}\\, \\Big\\lVert \\sum_i u_i "
        "f_i - \\big[\\langle w, \\cdot \\rangle + b\\big]_+ \\Big\\rVert^2.$$\n\n"
        "For every $[[d]]$, from biases up to $a = 6 d^2 + 1$ in modulus the factor "
        "$s = d$ makes biases up to $[[range]]$.",
        {"s": POSITIVE, "d": Integers(1)},
        {"bias": b * s, "power": 2, "range": 6 * d**3 + d},
    ),
    sources=(printed(f"{PROOF}, scaling at its end", "corrects", UNREAD),),
    corrects="printed-scaling",
    checks=(
        Check(
            "exact",
            "point by point, at rational points",
            _scaling_points,
            {"d": Integers(1, 1)},
            role="step",
        ),
        Check(
            "exact", "the biases", _scaling_range, {"d": Integers(1, 200)}, role="step"
        ),
    ),
    planted=(
        Planted("the error itself scales: right for s = 1", {"power": 1}, near=True),
        Planted("the bias unscaled: right for b = 0", {"bias": b}, near=True),
        Planted("factors of both signs", {"s": Reals(None, None)}, near=True),
        Planted("the printed range: right for d = 1", {"range": 6 * d**3 + 1}, True),
    ),
    weak=Check(
        "exact",
        "s = 1 only",
        lambda statement, domain: _scaling_points(statement, domain, ("1",)),
        {"d": Integers(1, 1)},
        role="step",
    ),
    spec="YS-4.2.e",
)


def _chain_symbolic(statement, domain) -> Result:
    """Solve B^2 / (50 s^2) = 1/6; expand the rest at s = d, d^2 in powers of d - 1."""
    result = every_identity(
        (
            ("s", exact_scale(statement), statement.scale),
            ("the norm", d * statement.scale, statement.norm),
            ("the bias", (6 * d**2 + 1) * statement.scale, statement.bias),
        )
    )
    if result.verdict is not Verdict.HOLDS:
        return result
    spare = [
        Poly(
            expand((statement.side**2 / 50 - statement.floor * step**2).subs(d, 1 + j)),
            j,
        )
        for step in (d, d**2)
    ]
    positive = all(value > 0 for poly in spare for value in poly.all_coeffs())
    if not positive or statement.relation.symbol not in (">", ">="):
        return unknown(f"the signs of {spare}, and {statement.relation.symbol}")
    return holds("three identities; positive coefficients in d - 1 for both s")


def exact_scale(statement):
    """Return the s at which side^2 / (50 s^2) is the level."""
    return statement.side / sqrt(50 * sympify(statement.level))


def _chain_exact(statement, domain) -> Result:
    def compare(dimension):
        scale = statement.scale.subs(d, dimension)
        side = number(statement.side, d=dimension)
        reached = number(simplify(Rational(side) ** 2 / (50 * scale**2)))
        if reached != Fraction(statement.level):
            return False, f"at s: {reached} = {statement.level}"
        least = min(side**2 / (50 * step**2) for step in (dimension, dimension**2))
        floor = Fraction(statement.floor)
        return statement.relation.exact(least, floor), f"{least} > {floor}"

    return every(domain["d"], compare)


CHAIN_SCALE = sqrt(3) * SIDE / 5

CHAIN = Claim(
    id="chain-norm",
    title="The norm that the mended chain needs",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ let $B = [[side]]$. Then $B^2 / (50 s^2) = [[level]]$ for "
        "$s = [[scale]]$, where\n\n"
        "$$s d = [[norm]], \\qquad s a = [[bias]], \\qquad a = 6 d^2 + 1,$$\n\n"
        "while $B^2 / (50 s^2) [[relation]] [[floor]]$ for $s = d$ and for $s = d^2$.",
        {"d": Integers(1)},
        {
            "side": SIDE,
            "level": Fraction(1, 6),
            "scale": CHAIN_SCALE,
            "norm": expand(d * CHAIN_SCALE),
            "bias": expand((6 * d**2 + 1) * CHAIN_SCALE),
            "relation": MORE,
            "floor": Rational(72, 25),
        },
    ),
    sources=(printed(f"{PROOF}, choice of the error 1/(50d)", "background", UNREAD),),
    uses=("summed-error", "scaling-square"),
    checks=(
        Check("symbolic", "solved for s, for symbolic d", _chain_symbolic),
        Check("exact", "one by one", _chain_exact, {"d": Integers(1, 200)}),
    ),
    planted=(
        Planted("12d^2 for 12d^2 + 3", {"scale": 12 * sqrt(3) * d**2 / 5}, near=True),
        Planted("the level 1/3", {"level": Fraction(1, 3)}),
        Planted("the floor 3: right for d = 1, 2, 3", {"floor": 3}, near=True),
        Planted("the sum of the squares", {"side": 24 * d**2 + 5}),
    ),
    weak=Check("exact", "d = 1 only", _chain_exact, {"d": Integers(1, 1)}),
    spec="YS-4.2.e",
)
