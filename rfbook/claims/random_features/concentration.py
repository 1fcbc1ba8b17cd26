"""Averages over features with high probability, at one point and at all points at once.

Fair coins are where the exponents are nearly attained: their tails are exact binomial
sums, or enclosed by their first term. Nothing here calls the room
`rfbook.random_features`.
"""

from fractions import Fraction
from functools import partial
from itertools import product
from math import comb

import numpy as np
import sympy
from flint import ctx
from sympy import Integer, Rational, diff, exp, log, simplify, sqrt, symbols

from rfbook.claims.random_features.enclosures import (
    AT_LEAST,
    AT_MOST,
    BITS,
    at_most,
    closed,
    enclose,
    heads_tail,
    ln,
    whole_part,
)
from rfbook.claims.random_features.rate import RATE, m
from rfbook.claims.random_features.sources import CHAPTER
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Reals,
    Relation,
    Result,
    Source,
    Statement,
    Verdict,
    every,
    every_ball,
    every_identity,
    exact_ball,
    holds,
    unknown,
)

N, d = symbols("N d", integer=True, positive=True)
B, C, D, L, S, c, delta, p, s, t = symbols("B C D L S c delta p s t", positive=True)
lamda, z = symbols("lambda z", real=True)

POSITIVE = Reals(0, open_low=True)
PROBABILITY = Reals(0, 1, open_low=True, open_high=True)
LESS = Relation("<")

UNIFORM = Source(
    "RahimiRecht2007",
    "NIPS 2007",
    "Claim 1",
    "implied",
    "another bound, of the same kind",
)


# --- Hoeffding's lemma ----------------------------------------------------------------


def _two_points(statement, domain) -> Result:
    """Bound ln(1 - p + p e^z) - pz by z^2/8: its second derivative is q (1 - q) <= 1/4.

    A convex function lies below its chord: among the laws on [a, b] with mean 0 the one
    on the two ends, with p = -a / (b - a), has the largest mean. z is lambda (b - a),
    with b - a = c.
    """
    if statement.relation != AT_MOST:
        return unknown("the argument bounds from above")
    growth = log(1 - p + p * exp(z)) - p * z
    share = p * exp(z) / (1 - p + p * exp(z))
    parts = every_identity(
        [
            ("L(0)", growth.subs(z, 0), Integer(0)),
            ("L'(0)", diff(growth, z).subs(z, 0), Integer(0)),
            ("L''", diff(growth, z, 2), share * (1 - share)),
            ("1/4 - q(1 - q)", Rational(1, 4) - p * (1 - p), (p - Rational(1, 2)) ** 2),
        ]
    )
    if parts.verdict is not Verdict.HOLDS:
        return parts
    spare = simplify(statement.exponent.subs(lamda, z / c) - z**2 / 8)
    if not spare.is_nonnegative:
        return unknown(f"the sign of {spare}, the difference of the exponents")
    return holds("L(z) <= z^2 / 8 by Taylor")


def _two_point_balls(statement, domain) -> Result:
    """Compare the two-point laws with p = 1/2, 1/3, 1/10, on lengths 1 and 3.

    At lambda = 0 both sides are 1, which balls decide for p = 1/2 only.
    """

    def sides(case):
        share, length, rate = case
        low, high = -share * length, (1 - share) * length
        exponent = enclose(statement.exponent, {lamda: rate, c: length})
        left = exact_ball(1 - share) * exact_ball(rate * low).exp()
        return left + exact_ball(share) * exact_ball(rate * high).exp(), exponent.exp()

    shares = [Fraction(1, 2), Fraction(1, 3), Fraction(1, 10)]
    rates = domain["lambda"].among(Fraction(k, 10) for k in (-40, -5, 0, 1, 5, 40))
    with ctx.workprec(BITS):
        cases = product(shares, (1, 3), rates)
        cases = [case for case in cases if case[2] or case[0] == shares[0]]
        return every_ball(cases, sides, statement.relation)


HOEFFDING = Claim(
    id="hoeffding-lemma",
    title="The exponential moment of a bounded number",
    chapter=CHAPTER,
    statement=Statement(
        "Let $X$ be a random number with $\\mathbb E X = 0$ and values in an interval "
        "of length $c$, $[[c]]$. For every $[[lambda]]$\n\n"
        "$$\\mathbb E\\, e^{\\lambda X} [[relation]] "
        "\\exp\\Bigl([[exponent]]\\Bigr).$$",
        {"lambda": Reals(), "c": POSITIVE},
        {"relation": AT_MOST, "exponent": lamda**2 * c**2 / 8},
    ),
    checks=(
        Check(
            "interval",
            "laws on two points",
            _two_point_balls,
            role="step",
        ),
        Check(
            "symbolic",
            "the second derivative of the logarithm, for symbolic p and z",
            _two_points,
            role="step",
        ),
    ),
    planted=(
        Planted("5/42 for 1/8", {"exponent": 5 * lamda**2 * c**2 / 42}, near=True),
        Planted(
            "the length not squared: right for length 1",
            {"exponent": lamda**2 * c / 8},
            near=True,
        ),
        Planted("1/16 for 1/8", {"exponent": lamda**2 * c**2 / 16}),
        Planted("strictly, which fails at 0", {"relation": LESS}, near=True),
    ),
    weak=Check(
        "interval",
        "a fair coin at lambda = 4 only",
        lambda statement, domain: every_ball(
            [4],
            lambda rate: (
                (exact_ball(Fraction(rate, 2)).exp() + (-exact_ball(2)).exp()) / 2,
                enclose(
                    statement.exponent,
                    {lamda: rate, c: 1},
                ).exp(),
            ),
            statement.relation,
        ),
        role="step",
    ),
)


# --- bounded differences --------------------------------------------------------------


def _best_rate(statement, domain) -> Result:
    """Minimise -lambda t + lambda^2 S / 8 over lambda."""
    if statement.relation != AT_MOST:
        return unknown("the argument bounds from above")
    rate = 4 * t / S
    bound = lamda * t - lamda**2 * S / 8
    least = every_identity(
        [("the best rate", diff(bound, lamda).subs(lamda, rate), Integer(0))]
    )
    spare = simplify(bound.subs(lamda, rate) - statement.exponent)
    if least.verdict is not Verdict.HOLDS or not spare.is_nonnegative:
        return unknown(f"the sign of {spare}, the difference of the exponents")
    return holds("the exponent at lambda = 4t/S")


def _coins(statement, domain) -> Result:
    """Count heads, each worth c: a deviation by t = c (k - N/2) is at least k heads."""

    def sides(case):
        size, worth, share = case
        heads = size // 2 + max(1, int(share * size))
        deviation = worth * (Fraction(heads) - Fraction(size, 2))
        exponent = enclose(statement.exponent, {t: deviation, S: size * worth**2})
        return heads_tail(size, heads), (-exponent).exp()

    sizes = [size for size in (1, 2, 10, 100, 4000) if size in domain["N"]]
    shares = [Fraction(1, 20), Fraction(3, 20), Fraction(2, 5)]
    with ctx.workprec(BITS):
        cases = product(sizes, (1, 2, Fraction(1, 3)), shares)
        return every_ball(cases, sides, statement.relation)


def occupied(balls: int, boxes: int) -> list[Fraction]:
    """Return the law of the number of occupied boxes: surjections, counted."""
    law = [Fraction(0)]
    for k in range(1, boxes + 1):
        onto = sum((-1) ** j * comb(k, j) * (k - j) ** balls for j in range(k + 1))
        law.append(Fraction(comb(boxes, k) * onto, boxes**balls))
    return law


def _boxes(statement, domain) -> Result:
    """Throw N balls into boxes: moving one changes the occupied ones by at most 1."""

    def sides(case):
        size, boxes, count = case
        law = occupied(size, boxes)
        mean = sum(k * q for k, q in enumerate(law))
        exponent = enclose(statement.exponent, {t: count - mean, S: size})
        return exact_ball(sum(law[count:])), (-exponent).exp()

    cases = [
        (size, boxes, count)
        for size, boxes in ((2, 2), (5, 4), (12, 9))
        for count in range(1, boxes + 1)
        if size in domain["N"] and count > boxes * (1 - (1 - 1 / boxes) ** size)
    ]
    return every_ball(cases, sides, statement.relation)


MCDIARMID = Claim(
    id="bounded-differences",
    title="Functions of many independent arguments",
    chapter=CHAPTER,
    statement=Statement(
        "Let $X_1, \\dots, X_N$ be independent, $[[N]]$, and let $F(X_1, \\dots, X_N)$ "
        "change by at most $c_i$ when its $i$-th argument alone is changed. With "
        "$S = \\sum_{i=1}^N c_i^2$, for every $[[t]]$\n\n"
        "$$\\mathbb P(F - \\mathbb E F \\ge t) [[relation]] "
        "\\exp\\Bigl(-[[exponent]]\\Bigr).$$",
        {"N": Integers(1), "t": POSITIVE},
        {"relation": AT_MOST, "exponent": 2 * t**2 / S},
    ),
    uses=("hoeffding-lemma",),
    checks=(
        Check(
            "interval",
            "heads of up to 4000 coins",
            _coins,
            {"N": Integers(1, 4000)},
            role="step",
        ),
        Check(
            "interval",
            "occupied boxes",
            _boxes,
            {"N": Integers(1, 12)},
            role="step",
        ),
        Check(
            "symbolic",
            "the best rate, for symbolic t and S",
            _best_rate,
            given=("hoeffding-lemma",),
            role="step",
        ),
    ),
    planted=(
        Planted("21/10 for 2", {"exponent": 21 * t**2 / (10 * S)}, near=True),
        Planted("the deviation not squared", {"exponent": 2 * t / S}),
        Planted("S not divided by", {"exponent": 2 * t**2}, near=True),
        Planted("four times as much", {"exponent": 8 * t**2 / S}),
    ),
    weak=Check("interval", "one coin only", _coins, {"N": Integers(1, 1)}, role="step"),
)


# --- averages of functions ------------------------------------------------------------


def spare_exponent(deviation, squares):
    """Return by how much the exponent at a deviation exceeds ln(1 / delta)."""
    exponent = MCDIARMID.statement.exponent.subs({t: deviation, S: squares})
    return simplify(sympy.expand(sympy.expand_log(exponent + log(delta), force=True)))


def norm_bound(statement):
    """Return the claimed bound of the norm."""
    factor = statement.size / statement.draws
    return closed(factor * (statement.mean + sqrt(statement.square)))


def _norm_deviation(statement, domain) -> Result:
    """Take the root of the mean square, at most C / sqrt N, from the bound.

    A change of one draw changes the norm by at most 2C / N, so that S = 4 C^2 / N.
    """
    mean = sqrt(RATE.statement.error.subs({m: C**2, p: 0}))
    deviation = simplify(norm_bound(statement) - mean)
    spare = spare_exponent(deviation, 4 * C**2 / N)
    if deviation.subs({C: 1, N: 1, delta: Rational(1, 2)}) < 0 or spare != 0:
        return unknown(f"the exponent is off by {spare}")
    return holds("the failure probability at the bound is delta")


COINS = {
    **{
        f"N = {size}, delta = {share}/1000": (size, Fraction(share, 1000))
        for size in (1, 2, 10, 1000)
        for share in (1, 990)
    },
    "N = 1000000, delta = 1/2^3000": (10**6, Fraction(1, 2**3000)),
}
"""Numbers of draws and probabilities of failure."""


def _norm_coins(statement, domain) -> Result:
    """Average N numbers +-C: the norm exceeds the bound at |2 heads - N| C / N."""

    def sides(case):
        name, norm = case
        size, level = COINS[name]
        at = {C: norm, N: size, delta: level}
        heads = (enclose(norm_bound(statement), at) / exact_ball(norm) + 1) * size / 2
        return 2 * heads_tail(size, whole_part(heads) + 1), exact_ball(level)

    with ctx.workprec(2 * BITS):
        names = [name for name, (size, _) in COINS.items() if size in domain["N"]]
        return every_ball(product(names, (1, 2)), sides, AT_MOST)


SQUARE = 2 * ln(1 / delta)

RATE_PROBABILITY = Claim(
    id="features-rate-probability",
    title="The rate with high probability",
    chapter=CHAPTER,
    statement=Statement(
        "Let $f = \\mathbb E_w\\, g(w) f_w$ with $\\lVert g(w) f_w \\rVert \\le C$ for "
        "every $w$, $[[C]]$. For $[[N]]$ independent draws and $[[delta]]$, with "
        "probability at least $1 - \\delta$\n\n"
        "$$\\lVert \\hat f_N - f \\rVert \\le \\frac{[[size]]}{[[draws]]} "
        "\\Bigl( [[mean]] + \\sqrt{[[square]]} \\Bigr).$$",
        {"C": POSITIVE, "N": Integers(1), "delta": PROBABILITY},
        {"size": C, "draws": sqrt(N), "mean": Integer(1), "square": SQUARE},
    ),
    uses=("features-rate", "bounded-differences"),
    checks=(
        Check(
            "interval",
            "averages of up to a million signs",
            _norm_coins,
            {"N": Integers(1, 10**6)},
            role="step",
        ),
        Check(
            "symbolic",
            "the failure probability at the bound",
            _norm_deviation,
            given=("features-rate", "bounded-differences"),
            role="step",
        ),
    ),
    planted=(
        Planted("right for one draw", {"draws": N}, near=True),
        Planted(
            "19/10 for 2 under the root",
            {"square": 19 * ln(1 / delta) / 10},
            near=True,
        ),
        Planted("without the mean", {"mean": Integer(0)}),
        Planted("right for C = 1", {"size": Integer(1)}, near=True),
    ),
    weak=Check(
        "interval", "one draw only", _norm_coins, {"N": Integers(1, 1)}, role="step"
    ),
)


# --- the kernel at one pair of points -------------------------------------------------


def _point_deviation(statement, domain) -> Result:
    """Use both sides of the average, where one draw moves it by at most 2B / N."""
    exponent = MCDIARMID.statement.exponent.subs(S, 4 * B**2 / N)
    spare = simplify(statement.bound / (2 * exp(-exponent)) - 1)
    if not spare.is_nonnegative:
        return unknown(f"the sign of {spare}")
    return holds("both sides of the average")


def _point_coins(statement, domain) -> Result:
    """Take products +-B with mean 0: |k_N| = B |2 heads - N| / N."""

    def sides(case):
        size, heads, norm = case
        deviation = norm * Fraction(2 * heads - size, size)
        at = {B: norm, N: size, t: deviation}
        return 2 * heads_tail(size, heads), enclose(statement.bound, at)

    pairs = [(1, 1), (2, 2), (10, 8), (1000, 560), (10**6, 532_000)]
    with ctx.workprec(2 * BITS):
        cases = [(n, k, norm) for (n, k), norm in product(pairs, (1, 2))]
        cases = [case for case in cases if case[0] in domain["N"]]
        return every_ball(cases, sides, AT_MOST)


POINT = Claim(
    id="kernel-error-point",
    title="The error of the kernel at one pair of points",
    chapter=CHAPTER,
    statement=Statement(
        "Let $\\lvert \\varphi(w, x) \\varphi(w, y) \\rvert \\le B$ for every $w$, "
        "$[[B]]$. For $[[N]]$ independent draws and $[[t]]$\n\n"
        "$$\\mathbb P\\bigl( \\lvert k_N(x, y) - k(x, y) \\rvert \\ge t \\bigr) \\le "
        "[[bound]].$$",
        {"B": POSITIVE, "N": Integers(1), "t": POSITIVE},
        {"bound": 2 * exp(-N * t**2 / (2 * B**2))},
    ),
    uses=("bounded-differences",),
    checks=(
        Check(
            "interval",
            "products that are signs",
            _point_coins,
            {"N": Integers(1, 10**6)},
            role="step",
        ),
        Check(
            "symbolic",
            "both sides of the average",
            _point_deviation,
            given=("bounded-differences",),
            role="step",
        ),
    ),
    planted=(
        Planted("one side only", {"bound": exp(-N * t**2 / (2 * B**2))}),
        Planted(
            "21/40 for a half", {"bound": 2 * exp(-21 * N * t**2 / (40 * B**2))}, True
        ),
        Planted("right for B = 1", {"bound": 2 * exp(-N * t**2 / 2)}, near=True),
        Planted("twice the exponent", {"bound": 2 * exp(-N * t**2 / B**2)}),
    ),
    weak=Check(
        "interval", "ten draws at most", _point_coins, {"N": Integers(1, 10)}, "step"
    ),
)


# --- all points at once ---------------------------------------------------------------

SHAPES = {
    "t": lambda value: value,
    "-t": lambda value: -value,
    "|t|": abs,
    "[t]_+": lambda value: max(value, Fraction(0)),
    "t cut to [-1, 1]": lambda value: max(min(value, Fraction(1)), Fraction(-1)),
}
"""Functions of one rational number that change by no more than their argument."""


def rational_points(count: int, size: int, seed: int) -> list[tuple[Fraction, ...]]:
    """Return points of R^size with random coordinates of denominator 4."""
    values = np.random.default_rng(seed).integers(-12, 12, (count, size), endpoint=True)
    return [tuple(Fraction(int(c), 4) for c in point) for point in values]


def largest_sums(points, shapes, factor) -> Fraction:
    """Return E max over the points of sum_i e_i phi_i(t_i), over all signs e."""
    total = Fraction(0)
    for signs in product((1, -1), repeat=len(shapes)):
        total += max(
            sum(e * factor * f(c) for e, f, c in zip(signs, shapes, point, strict=True))
            for point in points
        )
    return total / 2 ** len(shapes)


def _contraction_exact(statement, domain, counts=(1, 2, 5)) -> Result:
    """Enumerate signs for random finite sets, with functions of every shape."""

    def compare(case):
        size, count, seed, steepness = case
        points = rational_points(count, size, seed)
        names = [list(SHAPES)[(seed + j) % len(SHAPES)] for j in range(size)]
        shapes = [SHAPES[name] for name in names]
        left = largest_sums(points, shapes, steepness)
        right = largest_sums(points, [SHAPES["t"]] * size, Fraction(1))
        factor = sympy.sympify(statement.factor).subs(L, sympy.Rational(steepness))
        right *= Fraction(int(factor.p), int(factor.q))
        shown = ", ".join(f"({', '.join(map(str, point))})" for point in points)
        functions = ", ".join(f"{steepness} {name}" for name in names)
        words = f"{left} {statement.relation.symbol} {right}"
        words = f"T = {{{shown}}}, phi = {functions}: {words}"
        return statement.relation.exact(left, right), words

    slopes = (1, 3)
    return every(product(domain["N"], counts, range(5), slopes), compare)


CONTRACTION = Claim(
    id="rademacher-contraction",
    title="Signs and Lipschitz functions",
    chapter=CHAPTER,
    statement=Statement(
        "Let $T \\subset \\mathbb R^N$ be finite, $[[N]]$, let $e_1, \\dots, e_N$ be "
        "independent fair signs, and let $\\lvert \\varphi_i(a) - \\varphi_i(b) "
        "\\rvert \\le L \\lvert a - b \\rvert$ for all $a, b$, with $[[L]]$. Then\n\n"
        "$$\\mathbb E \\max_{t \\in T} \\sum_{i=1}^N e_i\\, \\varphi_i(t_i) "
        "[[relation]] [[factor]] \\cdot \\mathbb E \\max_{t \\in T} \\sum_{i=1}^N "
        "e_i\\, t_i.$$",
        {"N": Integers(1), "L": POSITIVE},
        {"relation": AT_MOST, "factor": L},
    ),
    checks=(
        Check(
            "exact",
            "all signs, for sets of rational points",
            _contraction_exact,
            {"N": Integers(1, 5)},
            role="step",
        ),
    ),
    planted=(
        Planted("20/21 of it", {"factor": 20 * L / 21}, near=True),
        Planted("right for L = 1", {"factor": Integer(1)}, near=True),
        Planted("the other way round", {"relation": AT_LEAST}),
        Planted("half of it", {"factor": L / 2}),
    ),
    weak=Check(
        "exact",
        "sets of one point, where both sides are 0",
        partial(_contraction_exact, counts=(1,)),
        {"N": Integers(1, 3)},
        role="step",
    ),
)


def uniform_bound(statement):
    """Return the claimed bound of the supremum."""
    return closed((statement.reach + sqrt(statement.square)) / statement.draws)


def _uniform_steps(statement, domain) -> Result:
    """Follow the constants: signs, two sides, the length of a random walk.

    E |sum e_i w_i|^2 = N d / s^2, so that the largest sum over |z| <= D has a mean of
    at most D sqrt(N d) / s; twice for the signs and twice for the modulus. A change of
    one frequency changes the supremum by at most 2 / N.
    """
    walk = sqrt(N * d / s**2)
    mean = 2 * 2 * D * walk / N
    deviation = simplify(uniform_bound(statement) - mean)
    spare = spare_exponent(deviation, N * (2 / N) ** 2)
    if deviation.has(D) or spare != 0:
        return unknown(f"the exponent is off by {spare}")
    return holds("the failure probability at the bound is delta")


def reached(W, scale: float, distance: float, rng) -> float:
    """Return a value that the supremum reaches, along random sums of frequencies."""
    ways = rng.choice([-1.0, 1.0], (3, len(W))) @ W
    ways /= np.linalg.norm(ways, axis=1, keepdims=True)
    lengths = np.linspace(0, distance, 41)[1:]
    sums = np.cos(lengths[:, None, None] * (ways @ W.T)).mean(axis=2)
    kernel = np.exp(-(lengths**2) / (2 * scale**2))
    return float(np.abs(sums - kernel[:, None]).max())


UNIFORM_CASES = (
    (1, 1, 1.0, 3.0, Fraction(1, 2)),
    (1, 900, 1.0, 3.0, Fraction(1, 2)),
    (400, 1, 1.0, 0.17, Fraction(9, 10)),
    (2, 30, 1.0, 1.0, Fraction(1, 10)),
    (5, 1, 0.01, 0.05, Fraction(9, 10)),
)
"""Dimension, number of frequencies, scale, distance and probability of failure."""


def _uniform_sampled(statement, domain, rng) -> Result:
    """Count how often a value that is reached already exceeds the bound."""
    rows, trials = [], 200
    for size, width, scale, distance, level in UNIFORM_CASES:
        if size not in domain["d"] or width not in domain["N"]:
            continue
        at = {d: size, N: width, s: scale, D: distance, delta: float(level)}
        bound = float(uniform_bound(statement).subs(at))
        frequencies = (
            rng.standard_normal((width, size)) / scale for _ in range(trials)
        )
        count = sum(reached(W, scale, distance, rng) > bound for W in frequencies)
        rows.append((f"d = {size}, N = {width}, D = {distance}", count, trials, level))
    return at_most(rows)


REACH = 4 * D * sqrt(d) / s

UNIFORM_ERROR = Claim(
    id="kernel-error-uniform",
    title="The error of the Gaussian kernel at all points at once",
    chapter=CHAPTER,
    statement=Statement(
        "Let $k_N(x, y) = \\frac1N \\sum_{i=1}^N \\cos\\langle w_i, x - y \\rangle$ "
        "with independent $w_i \\sim \\mathcal N(0, I_d / s^2)$, $[[d]]$, $[[N]]$ and "
        "$[[s]]$. For every distance $[[D]]$ and $[[delta]]$, with probability at "
        "least $1 - \\delta$\n\n"
        "$$\\sup_{\\lVert x - y \\rVert \\le D} \\Bigl\\lvert k_N(x, y) - e^{-\\lVert "
        "x - y \\rVert^2 / (2 s^2)} \\Bigr\\rvert \\le \\frac{1}{[[draws]]} "
        "\\Bigl( [[reach]] + \\sqrt{[[square]]} \\Bigr).$$",
        {
            "d": Integers(1),
            "N": Integers(1),
            "s": POSITIVE,
            "D": POSITIVE,
            "delta": PROBABILITY,
        },
        {"draws": sqrt(N), "reach": REACH, "square": SQUARE},
    ),
    sources=(UNIFORM,),
    uses=("fourier-kernel", "rademacher-contraction", "bounded-differences"),
    checks=(
        Check(
            "symbolic",
            "the constants, for symbolic d, N, s, D and delta",
            _uniform_steps,
            given=("rademacher-contraction", "bounded-differences"),
            role="step",
        ),
        Check(
            "statistical",
            "values that the supremum reaches, 200 draws of each of 5 cases",
            _uniform_sampled,
            {"d": Integers(1, 400), "N": Integers(1, 900)},
            seed=36,
        ),
    ),
    planted=(
        Planted("right for one frequency", {"draws": N}, near=True),
        Planted("right in dimension 1", {"reach": 4 * D / s}, near=True),
        Planted("right at scale 1", {"reach": 4 * D * sqrt(d)}, near=True),
        Planted("without the distance", {"reach": Integer(0)}),
    ),
    weak=Check(
        "statistical",
        "one frequency in dimension 1",
        _uniform_sampled,
        {"d": Integers(1, 1), "N": Integers(1, 1)},
        seed=37,
    ),
)

CLAIMS = (HOEFFDING, MCDIARMID, RATE_PROBABILITY, POINT, CONTRACTION, UNIFORM_ERROR)
