"""How little any one function correlates with the triangle wave, and how much.

The numbers that the checks compare come from `rfbook.claims.psi.enclosures`, not from
the room `rfbook.psi`.
"""

from itertools import product

import numpy as np
from flint import arb, ctx
from sympy import (
    Integer,
    Rational,
    Symbol,
    exp,
    factorial,
    gamma,
    gammasimp,
    integrate,
    limit,
    log,
    oo,
    pi,
    powsimp,
    rf,
    simplify,
    sqrt,
    summation,
    symbols,
)

from rfbook.claims.psi.enclosures import (
    AT_LEAST,
    AT_MOST,
    BITS,
    FREQUENCY,
    R,
    bound_ball,
    compare,
    d,
    eigenvalue_ball,
    integer_at,
    interval,
    scheduled,
    supremum_ball,
)
from rfbook.claims.psi.sources import CHAPTER, printed
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
    agree,
    ball_at,
    every,
    every_identity,
    fails,
    holds,
    identity,
    unknown,
)
from rfbook.special import gegenbauer_coefficients, sphere_moment

j = Symbol("j", integer=True, nonnegative=True)
ell = Symbol("ell", integer=True, nonnegative=True)
n = Symbol("n", integer=True, nonnegative=True)
omega, s, beta, p, v = symbols("omega s beta p v", positive=True)
t = Symbol("t", real=True)
y = Symbol("y", nonnegative=True)

ITEM_3 = printed("Proposition 4.6, item 3", "implied")
FUNCTIONS = Space(r"L^2(\gamma_d)")
DIMENSIONS = Integers(1, 200)
POSITIVE = Reals(0, open_low=True)


# --- one frequency --------------------------------------------------------------------


def _one_frequency(statement, domain) -> Result:
    """Compare the kernel, and its integral term by term; Schur's test does the rest."""
    distance = 2 * R**2 * (1 - t)
    kernel = exp(-(omega**2) * distance / 2)
    moments = s**2 * (n + Rational(1, 2)) / (n + d / 2) / (2 * n + 1) / (2 * n + 2)
    series = statement.argument / ((n + 1) * (statement.bottom + n))
    return every_identity(
        (
            ("kernel", kernel, exp(-statement.frequency * (1 - t))),
            ("successive terms of the row integral", moments, series),
        )
    )


def _one_frequency_sampled(statement, domain, rng) -> Result:
    """Sample E cos omega <w - w', x>: the value at the constant on the sphere."""
    from scipy.special import hyp0f1

    rows, count = [], 200_000
    for dimension, norm in product(domain["d"], (0.6, 1.1)):
        w, other = (
            norm * v / np.linalg.norm(v, axis=1, keepdims=True)
            for v in rng.standard_normal((2, count, dimension))
        )
        inputs = rng.standard_normal((count, dimension))
        values = np.cos(1.5 * np.einsum("ij,ij->i", w - other, inputs))
        at_point = {omega: 1.5, R: norm, d: dimension}
        z = float(statement.frequency.subs(at_point))
        bottom = float(statement.bottom.subs(at_point))
        argument = float(statement.argument.subs({s: z, **at_point}))
        claimed = np.exp(-z) * hyp0f1(bottom, argument)
        error = values.std(ddof=1) / np.sqrt(count)
        rows.append((f"d = {dimension}, R = {norm}", values.mean(), error, claimed))
    return agree(rows)


def _one_frequency_weak(statement, domain) -> Result:
    """Compare two decimals of E e^(st) = sinh(s)/s in dimension 3, at s = 1."""
    bottom, argument = (
        ball_at(statement.bottom, d=3),
        ball_at(statement.argument, s=1, d=3),
    )
    found = f"{float(argument.hypgeom_0f1(bottom)):.2f}"
    right = f"{float(arb(1).sinh()):.2f}"
    return every([3], lambda _: (found == right, f"{found} = {right}"))


ONE_FREQUENCY = Claim(
    id="one-frequency",
    title="One frequency, seen by any function",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[R]]$ and $[[omega]]$ let $w$ be uniform on the sphere "
        "of radius $R$ in $\\mathbb{R}^d$ and $e_w(x) = e^{i \\omega \\langle w, x "
        "\\rangle}$. Then\n\n"
        "$$\\sup_{\\lVert f \\rVert = 1} \\mathbb{E}_w \\lvert \\langle f, e_w "
        "\\rangle \\rvert^2 = \\Lambda_d(s), \\qquad s = [[frequency]],$$\n\n"
        "$$\\Lambda_d(s) = \\mathbb{E}_{t \\sim \\mu_d}\\, e^{-s (1 - t)} = "
        "e^{-s}\\, {}_0F_1\\Big(; [[bottom]]; [[argument]]\\Big),$$\n\n"
        "and the supremum is attained at a multiple of "
        "$f(x) = \\mathbb{E}_w \\cos(\\omega \\langle w, x \\rangle)$.",
        {"d": Integers(1), "R": POSITIVE, "omega": POSITIVE},
        {"frequency": omega**2 * R**2, "bottom": d / 2, "argument": s**2 / 4},
    ),
    sources=(ITEM_3,),
    uses=("gaussian-cosine", "schur-test", "sphere-moments", "sphere-exponential"),
    checks=(
        Check(
            "symbolic",
            "the kernel, and its integral term by term, for symbolic d, R, omega",
            _one_frequency,
            given=("gaussian-cosine", "schur-test", "sphere-moments"),
            role="step",
        ),
        Check(
            "statistical",
            "the value at the constant function on the sphere",
            _one_frequency_sampled,
            {"d": Integers(1, 5)},
            seed=41,
        ),
    ),
    planted=(
        Planted("one dimension more", {"bottom": (d + 1) / 2}),
        Planted("the norm of omega w not squared", {"frequency": omega * R}),
        Planted("13/50 for 1/4", {"argument": 13 * s**2 / 50}, near=True),
        Planted("the Bessel function of the next order", {"bottom": d / 2 + 1}),
    ),
    weak=Check(
        "interval", "d = 3, s = 1, two digits", _one_frequency_weak, role="step"
    ),
    spec="YS-4.6.3",
)


# --- the triangle wave ----------------------------------------------------------------


def _decreasing() -> bool:
    """Tell whether e^(-s (1 - t)), hence Lambda_d, decreases in s: y = 1 - t >= 0."""
    return bool(exp(-s * y).diff(s).is_nonpositive)


def _minkowski(statement, domain) -> Result:
    """Sum the weights |b_m| to 1, and see that Lambda_d decreases."""
    moduli = summation(8 / (pi**2 * (2 * n + 1) ** 2), (n, 0, oo))
    if simplify(moduli - 1) != 0:
        return fails(f"sum |b_m| = {moduli} is not 1")
    if not _decreasing():
        return unknown("the sign of the derivative of e^(-s y)")
    if statement.index != d or statement.relation != AT_MOST:
        return unknown("Minkowski's inequality bounds by Lambda_d from above")
    spare = simplify(FREQUENCY - statement.frequency)
    if not spare.is_nonnegative:
        return unknown(f"the sign of {spare}, the difference of the arguments")
    return holds("the bound is at least (sum |b_m|)^2 Lambda_d(pi^2 R^2 / 4)")


def _supremum_below(statement, domain) -> Result:
    """Take every f at once: the exact supremum against the bound."""

    def sides(d, R):
        index = integer_at(statement.index, d)
        return supremum_ball(d, R), bound_ball(index, ball_at(statement.frequency, R=R))

    with ctx.workprec(BITS):
        return compare(scheduled(domain["d"]), sides, statement.relation)


CORRELATION = Claim(
    id="psi-correlation",
    title="No function sees the triangle wave",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[R]]$ and $[[f]]$, with $w$ uniform on the sphere of "
        "radius $R$,\n\n"
        "$$\\mathbb{E}_w \\langle f, \\operatorname{tri}_w \\rangle^2 [[relation]] "
        "\\Lambda_{[[index]]}\\Big([[frequency]]\\Big)\\, \\lVert f \\rVert^2.$$",
        {"d": Integers(1), "R": POSITIVE, "f": FUNCTIONS},
        {"relation": AT_MOST, "index": d, "frequency": FREQUENCY},
    ),
    sources=(ITEM_3,),
    uses=("one-frequency", "triangle-fourier", "funk-hecke", "psi-degree-one"),
    checks=(
        Check(
            "symbolic",
            "the weights sum to 1 and the bound decreases, for symbolic d and R",
            _minkowski,
            given=("one-frequency", "triangle-fourier"),
            role="step",
        ),
        Check(
            "interval",
            "the exact supremum at R = (2/pi) sqrt d, sqrt d, d for d <= 200",
            _supremum_below,
            {"d": DIMENSIONS},
            role="step",
        ),
    ),
    planted=(
        Planted("the frequency pi for pi/2", {"frequency": pi**2 * R**2}),
        Planted("21/20 in the argument", {"frequency": FREQUENCY * 21 / 20}, near=True),
        Planted("one dimension more", {"index": d + 1}),
        Planted("the other way round", {"relation": AT_LEAST}),
    ),
    weak=Check(
        "interval", "d = 1 only", _supremum_below, {"d": Integers(1, 1)}, role="step"
    ),
    spec="YS-4.6.3",
)


# --- from which norm on it is exponentially small -------------------------------------


def _decay_proof(statement, domain) -> Result:
    """(d/2)_n >= (d/2)^n, so Lambda_d(s) <= exp(-s + s^2/(2d)), least at s = d."""
    growth = gammasimp(rf(d / 2, n + 1) / rf(d / 2, n)) - d / 2
    if not simplify(growth).is_nonnegative:
        return unknown(f"the sign of {growth}")
    ratio = identity(s**2 / 4 / (d / 2), s**2 / (2 * d))
    if ratio.verdict is not Verdict.HOLDS or not _decreasing():
        return unknown("the exponential series, or the sign of the derivative")
    start = simplify(FREQUENCY.subs(R, domain["R"].low))
    best = d if simplify(start - d).is_nonnegative else start
    spare = simplify(best - best**2 / (2 * d) - statement.exponent)
    if statement.relation != AT_MOST or not spare.is_nonnegative:
        return unknown(f"the sign of {spare}, the difference of the exponents")
    return holds("exp(-s + s^2/(2d)) at the least s, and Lambda_d decreases")


def _decay_balls(statement, domain) -> Result:
    """Compare at the smallest R: Lambda_d decreases, so that the others follow."""

    def sides(d, R):
        left = bound_ball(d, ball_at(FREQUENCY, R=R))
        return left, (-ball_at(statement.exponent, d=d)).exp()

    with ctx.workprec(BITS):
        points = scheduled(domain["d"], (domain["R"].low,))
        return compare(points, sides, statement.relation)


DECAY = Claim(
    id="correlation-decay",
    title="Exponentially small for large norms",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and $[[R]]$,\n\n"
        "$$\\Lambda_d\\Big(\\frac{\\pi^2 R^2}{4}\\Big) [[relation]] "
        "\\exp\\Big(-[[exponent]]\\Big).$$",
        {"d": Integers(1), "R": Reals(2 * sqrt(d) / pi)},
        {"relation": AT_MOST, "exponent": d / 2},
    ),
    sources=(ITEM_3,),
    uses=("one-frequency",),
    checks=(
        Check(
            "symbolic",
            "term by term, for symbolic d",
            _decay_proof,
            given=("one-frequency",),
            role="step",
        ),
        Check(
            "interval",
            "the bound at the smallest R, from where it decreases, for d <= 200",
            _decay_balls,
            {"d": DIMENSIONS},
            "step",
        ),
    ),
    planted=(
        Planted(
            "7/8 of the norm: false for d = 1 only",
            {"R": Reals(7 * sqrt(d) / (4 * pi))},
            near=True,
        ),
        Planted("right up to d = 19", {"exponent": (5 * d - 1) / 8}, near=True),
        Planted("false for d = 1 only", {"exponent": 17 * d / 30}, near=True),
        Planted(
            "the square root of d dropped: right for d = 1",
            {"R": Reals(2 / pi)},
            near=True,
        ),
        Planted("the other way round", {"relation": AT_LEAST}),
    ),
    weak=Check("interval", "d = 2 only", _decay_balls, {"d": Integers(2, 2)}),
    spec="YS-4.6.3",
)


# --- a power of the frequency ---------------------------------------------------------


def _power_proof(statement, domain) -> Result:
    """With v = 1 - t the weight is (v (2 - v))^((d-3)/2) <= (2 v)^((d-3)/2)."""
    if not Integers(3).contains(domain["d"]):
        return unknown("the power (d - 3)/2 must not be negative")
    parts = (
        ("2v - v(2 - v)", 2 * v - v * (2 - v), v**2),
        (
            "the integral of v^(p-1) e^(-s v)",
            integrate(v ** (p - 1) * exp(-s * v), (v, 0, oo)),
            gamma(p) / s**p,
        ),
        (
            "the mass of (1 - t^2)^(p-1), a Beta integral",
            gammasimp(2 ** (2 * p - 1) * gamma(p) ** 2 / gamma(2 * p)),
            sqrt(pi) * gamma(p) / gamma(p + Rational(1, 2)),
        ),
    )
    result = every_identity(parts)
    if result.verdict is not Verdict.HOLDS:
        return result
    half = (d - 1) / 2
    mass = sqrt(pi) * gamma(half) / gamma(d / 2)
    proved = 2 ** (half - 1) * gamma(half) / s**half / mass
    quotient = simplify(powsimp(gammasimp(statement.bound / proved), force=True))
    if statement.relation != AT_MOST or not (quotient - 1).is_nonnegative:
        return unknown(f"whether {quotient} is at least 1")
    return holds(f"{quotient} times the bound that the integral gives")


def _power_balls(statement, domain) -> Result:
    def sides(d, s):
        return bound_ball(d, s), ball_at(statement.bound, d=d, s=s)

    points = [
        {"d": value, "s": frequency}
        for value in domain["d"]
        for frequency in (Rational(1, 8), value, 4 * value**2)
    ]
    with ctx.workprec(4 * BITS):
        return compare(points, sides, statement.relation)


POWER = Claim(
    id="correlation-power",
    title="Faster than exponentially for larger norms",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and $[[s]]$,\n\n$$\\Lambda_d(s) [[relation]] [[bound]].$$",
        {"d": Integers(3), "s": POSITIVE},
        {
            "relation": AT_MOST,
            "bound": gamma(d / 2) / (2 * sqrt(pi)) * (2 / s) ** ((d - 1) / 2),
        },
    ),
    sources=(ITEM_3,),
    uses=("one-frequency",),
    checks=(
        Check(
            "symbolic",
            "a Gamma integral, for symbolic d and s",
            _power_proof,
            given=("one-frequency",),
            role="step",
        ),
        Check(
            "interval",
            "both sides at s = 1/8, d and 4d^2, for d <= 200",
            _power_balls,
            {"d": DIMENSIONS},
            role="step",
        ),
    ),
    planted=(
        Planted("d = 2 as well", {"d": Integers(2)}, near=True),
        Planted(
            "19/20 of the constant",
            {"bound": 19 * gamma(d / 2) / (40 * sqrt(pi)) * (2 / s) ** ((d - 1) / 2)},
            near=True,
        ),
        Planted(
            "the power d/2",
            {"bound": gamma(d / 2) / (2 * sqrt(pi)) * (2 / s) ** (d / 2)},
        ),
        Planted(
            "Gamma at (d - 1)/2",
            {"bound": gamma((d - 1) / 2) / (2 * sqrt(pi)) * (2 / s) ** ((d - 1) / 2)},
        ),
    ),
    weak=Check(
        "interval",
        "d = 4, s = 1/8",
        lambda statement, domain: compare(
            [{"d": 4, "s": Rational(1, 8)}],
            lambda d, s: (bound_ball(d, s), ball_at(statement.bound, d=d, s=s)),
            statement.relation,
        ),
        role="step",
    ),
    spec="YS-4.6.3",
)


# --- the exact rate -------------------------------------------------------------------

LIMIT_POINTS = (Integer(10) ** 12, Rational(1, 100), Rational(1, 4), 1, 4)
POINT = (sqrt(1 + 4 * beta**2) - 1) / (2 * beta)


def _limit_proof(statement, domain) -> Result:
    """Slope of the rate, and the curve x / (a + sqrt(a^2 + x^2)) as a barrier."""
    point = statement.point
    rate = statement.rate.subs(t, point)
    slope = 2 * beta * point**2 / (1 + 2 * beta * point)
    second = (2 * n + 2) * (2 * n + 1) + (d - 1) * (2 * n + 2)
    result = every_identity(
        (
            ("the equation of t", beta * point**2 + point, beta),
            ("the slope of the rate", rate.diff(beta), 1 - point),
            ("the slope of t", point - beta * point.diff(beta), slope),
            ("y'' + (d-1) y'/s = y", 1 / second, 1 / (4 * (n + 1) * (d / 2 + n))),
        )
    )
    if result.verdict is not Verdict.HOLDS:
        return result
    if limit(rate, beta, 0, "+") != 0:
        return fails(f"beta -> 0: the rate tends to {limit(rate, beta, 0, '+')}, not 0")
    spare = (d - 1 - statement.low, statement.high - d)
    if not all(simplify(value).is_nonnegative for value in spare):
        return unknown(f"the signs of {spare}, the margins of the factors")
    return holds("slopes, start and barriers for symbolic d and beta")


def _limit_balls(statement, domain, values=LIMIT_POINTS) -> Result:
    def decide(name):
        dimension, value = points[name]
        exact = -bound_ball(dimension, value * dimension).log()
        low, high = (ball_at(f, d=dimension) * rates[value] for f in factors)
        sides = AT_MOST.ball(low, exact), AT_MOST.ball(exact, high)
        true = None if None in sides else all(sides)
        return true, " <= ".join(interval(ball) for ball in (low, exact, high))

    factors = statement.low, statement.high
    points = {f"d = {v}, beta = {b}": (v, b) for v, b in product(domain["d"], values)}
    with ctx.workprec(2 * BITS):
        rate = statement.rate.subs(t, statement.point)
        rates = {value: ball_at(rate, beta=value) for value in values}
        return every(points, decide)


LIMIT = Claim(
    id="correlation-limit",
    title="The exact exponential rate",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and $[[beta]]$,\n\n"
        "$$([[low]])\\, r(\\beta) \\le -\\ln \\Lambda_d(\\beta d) \\le [[high]]\\, "
        "r(\\beta),$$\n\n"
        "$$r(\\beta) = [[rate]], \\qquad t = [[point]].$$\n\n"
        "So $-\\frac{1}{d} \\ln \\Lambda_d(\\beta d) \\to r(\\beta)$ as "
        "$d \\to \\infty$.",
        {"d": Integers(1), "beta": POSITIVE},
        {
            "low": d - 1,
            "high": d,
            "rate": beta * (1 - t) - log(1 - t**2) / 2,
            "point": POINT,
        },
    ),
    sources=(ITEM_3,),
    uses=("one-frequency",),
    checks=(
        Check(
            "symbolic",
            "slopes and barriers, for symbolic d and beta",
            _limit_proof,
            given=("one-frequency",),
            role="step",
        ),
        Check(
            "interval",
            "both sides at beta = 1/100, 1/4, 1, 4 and 10^12, for d = 1, ..., 200",
            _limit_balls,
            {"d": DIMENSIONS},
            role="step",
        ),
    ),
    planted=(
        Planted(
            "d - 1/20 above: right for beta = 1", {"high": d - Rational(1, 20)}, True
        ),
        Planted(
            "d - 19/20 below: false for huge beta only",
            {"low": d - Rational(19, 20)},
            True,
        ),
        Planted("the logarithm undivided", {"rate": beta * (1 - t) - log(1 - t**2)}),
        Planted("the logarithm's sign", {"rate": beta * (1 - t) + log(1 - t**2) / 2}),
        Planted(
            "2 for 4 below the root", {"point": (sqrt(1 + 2 * beta**2) - 1) / beta}
        ),
    ),
    weak=Check(
        "interval",
        "beta = 1, d = 10 only",
        lambda statement, domain: _limit_balls(statement, domain, (1,)),
        {"d": Integers(10, 10)},
        role="step",
    ),
    spec="YS-4.6.3",
)


# --- the norm must grow as sqrt d -----------------------------------------------------


def _necessity_proof(statement, domain) -> Result:
    """E g tri(R g) through two terms of an alternating series, at f = <v, .>."""
    harmonics = {m: m * pi * R / 2 for m in (1, 3)}
    terms = {
        m: 8 / (pi * m) ** 2 * value * exp(-(value**2) / 2)
        for m, value in harmonics.items()
    }
    decay = ((2 * n + 3) ** 2 - (2 * n + 1) ** 2) * s / 2
    if not simplify(decay).is_positive:
        return unknown(f"the sign of {decay}")
    proved = (terms[1] - terms[3]) ** 2 / d
    quotient = simplify(statement.bound.subs(s, statement.frequency) / proved)
    if statement.relation != AT_LEAST or not (1 - quotient).is_nonnegative:
        return unknown(f"whether {quotient} is at most 1")
    return holds(f"{quotient} times the square of the first two terms over d")


SMALL_NORMS = (Rational(1, 8), Rational(1, 4), Rational(1, 2), Integer(1), sqrt(d))


def _necessity_balls(statement, domain) -> Result:
    def sides(d, R):
        bound = statement.bound.subs(s, statement.frequency)
        return supremum_ball(d, R), ball_at(bound, d=d, R=R)

    with ctx.workprec(BITS):
        points = scheduled(domain["d"], SMALL_NORMS)
        return compare(points, sides, statement.relation)


NECESSITY_BOUND = 64 * s / (pi**4 * d) * exp(-s) * (1 - exp(-4 * s) / 3) ** 2

NECESSITY = Claim(
    id="correlation-necessity",
    title="Smaller norms are seen",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and $[[R]]$, with $s = [[frequency]]$ and $w$ uniform on "
        "the sphere of radius $R$,\n\n"
        "$$\\sup_{\\lVert f \\rVert = 1} \\mathbb{E}_w \\langle f, "
        "\\operatorname{tri}_w \\rangle^2 [[relation]] [[bound]].$$",
        {"d": Integers(1), "R": POSITIVE},
        {"relation": AT_LEAST, "frequency": FREQUENCY, "bound": NECESSITY_BOUND},
    ),
    sources=(ITEM_3,),
    uses=("triangle-fourier", "gaussian-sine", "sphere-moments"),
    checks=(
        Check(
            "symbolic",
            "a linear f and two terms of the series, for symbolic d and R",
            _necessity_proof,
            given=("triangle-fourier", "gaussian-sine", "sphere-moments"),
            role="step",
        ),
        Check(
            "interval",
            "the exact supremum at R = 1/8, 1/4, 1/2, 1, sqrt d for d <= 200",
            _necessity_balls,
            {"d": DIMENSIONS},
            role="step",
        ),
    ),
    planted=(
        Planted(
            "21/20 of the constant", {"bound": NECESSITY_BOUND * 21 / 20}, near=True
        ),
        Planted(
            "the correction without its square",
            {"bound": NECESSITY_BOUND / (1 - exp(-4 * s) / 3)},
        ),
        Planted(
            "d dropped: right for d = 1", {"bound": NECESSITY_BOUND * d}, near=True
        ),
        Planted(
            "the square of e^(-s/2) forgotten", {"bound": NECESSITY_BOUND * exp(s / 2)}
        ),
        Planted("the other way round", {"relation": AT_MOST}),
    ),
    weak=Check(
        "interval", "d = 1 only", _necessity_balls, {"d": Integers(1, 1)}, role="step"
    ),
    spec="YS-4.6.3",
)


# --- degree one is the maximiser ------------------------------------------------------


def _overlap(power, degree, steps):
    """Return k! / (2^k i! (d/2)_{l+i}) for k = l + 2i."""
    rising = gamma(d / 2 + degree + steps) / gamma(d / 2)
    return factorial(power) / (2**power * factorial(steps) * rising)


def _degree_proof(statement, domain) -> Result:
    """Reduce the quotient of two overlaps, and see that it is below 1."""
    steps = Symbol("j", integer=True, positive=True)
    power = ell + 2 * steps
    exact = _overlap(power, ell + 2, steps - 1) / _overlap(power, ell, steps)
    claimed = statement.ratio.subs(j, steps)
    result = identity(gammasimp(exact), claimed)
    if result.verdict is not Verdict.HOLDS:
        return result
    if statement.ratio.subs(j, 0) != 0:
        return fails(f"j = 0: 0 is not {statement.ratio.subs(j, 0)}")
    if not simplify(1 - claimed).is_positive:
        return unknown(f"the sign of 1 - {claimed}")
    if statement.step != 2 or statement.relation != AT_MOST:
        return unknown("the quotient compares the degrees l + 2 and l")
    return holds("the quotient, which lies in [0, 1)")


def _project(dimension: int, power: int, degree: int):
    """E t^k P_l(t) under mu_d, from the coefficients of P_l and the moments of mu_d."""
    coefficients = gegenbauer_coefficients(dimension, degree)
    return sum(
        c * sphere_moment(dimension, power + i) for i, c in enumerate(coefficients)
    )


def _degree_exact(statement, domain) -> Result:
    """For phi = he_k the eigenvalue kappa_l is the overlap of t^k with P_l."""

    def compare_overlaps(point):
        dimension, degree, steps = point
        power = degree + 2 * steps
        ratio = statement.ratio.subs({d: dimension, ell: degree, j: steps})
        above = _project(dimension, power, degree + 2)
        here = ratio * _project(dimension, power, degree)
        if above != here:
            return False, f"k = {power}: {above} = {here}"
        for k in (power, power + 1):
            above = _project(dimension, k, degree + statement.step)
            here = _project(dimension, k, degree)
            if not statement.relation.exact(above, here):
                return False, f"k = {k}: {above} {statement.relation.symbol} {here}"
        return True, ""

    return every(product(domain["d"], domain["ell"], domain["j"]), compare_overlaps)


def _degree_balls(statement, domain) -> Result:
    """Compare eigenvalues of the wave itself, of odd degree, at R = sqrt d."""

    def sides(d, degree):
        norm = sqrt(Integer(d))
        above = degree + statement.step
        if above % 2 == 0:
            return arb(0), eigenvalue_ball(d, norm, degree)
        return eigenvalue_ball(d, norm, above), eigenvalue_ball(d, norm, degree)

    odd = [degree for degree in domain["ell"] if degree % 2]
    points = [
        {"d": value, "degree": degree} for value, degree in product(domain["d"], odd)
    ]
    with ctx.workprec(BITS):
        return compare(points, sides, statement.relation)


DEGREE_ONE = Claim(
    id="psi-degree-one",
    title="Degree one sees most",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[ell]]$ and $[[j]]$ the overlaps "
        "$q(d; k, \\ell) = \\mathbb{E}_{t \\sim \\mu_d}\\, t^k P_\\ell^{(d)}(t)$ "
        "satisfy\n\n"
        "$$q(d; \\ell + 2j, \\ell + 2) = [[ratio]]\\; q(d; \\ell + 2j, \\ell).$$\n\n"
        "So for every $\\phi$ with $\\mathbb{E}\\, \\phi(R g)^2 < \\infty$ the "
        "eigenvalues $\\kappa_\\ell$ of $\\mathbb{E}_w\\, \\phi_w \\otimes \\phi_w$ "
        "satisfy $\\kappa_{\\ell + [[step]]} [[relation]] \\kappa_\\ell$, and "
        "$\\sup_{\\lVert f \\rVert = 1} \\mathbb{E}_w \\langle f, "
        "\\operatorname{tri}_w \\rangle^2 = \\kappa_1$.",
        {"d": Integers(2), "ell": Integers(0), "j": Integers(0)},
        {"ratio": j / (d / 2 + ell + j), "step": 2, "relation": AT_MOST},
    ),
    sources=(ITEM_3,),
    uses=("sphere-overlap", "hermite-mehler", "funk-hecke"),
    checks=(
        Check(
            "symbolic",
            "the quotient of two overlaps, for symbolic d, l and j",
            _degree_proof,
            given=("sphere-overlap", "hermite-mehler", "funk-hecke"),
            role="step",
        ),
        Check(
            "exact",
            "Gegenbauer polynomials against moments, d = 2, ..., 6",
            _degree_exact,
            {"d": Integers(2, 6), "ell": Integers(0, 6), "j": Integers(0, 5)},
            "step",
        ),
        Check(
            "interval",
            "the eigenvalues of tri at R = sqrt d, d = 2, ..., 40",
            _degree_balls,
            {"d": Integers(2, 40), "ell": Integers(1, 3), "j": Integers(0, 0)},
            role="step",
        ),
    ),
    planted=(
        Planted("degrees one apart", {"step": 1}),
        Planted(
            "Gegenbauer polynomials of dimension d + 1: right for j = 0",
            {"ratio": j / ((d + 1) / 2 + ell + j)},
            near=True,
        ),
        Planted(
            "the rising factorial starts 1 late: right for j = 0",
            {"ratio": j / (d / 2 + ell + j + 1)},
            near=True,
        ),
        Planted("increasing", {"relation": AT_LEAST}),
    ),
    weak=Check(
        "exact",
        "d = 3, l = 1, j = 0 only",
        _degree_exact,
        {"d": Integers(3, 3), "ell": Integers(1, 1), "j": Integers(0, 0)},
    ),
    spec="YS-4.6.3",
)


CLAIMS = (
    ONE_FREQUENCY,
    CORRELATION,
    DECAY,
    POWER,
    LIMIT,
    NECESSITY,
    DEGREE_ONE,
)
