"""How likely a short distance is: the Beta law's tails, and the proposition they give.

X stands for the squared distance, whose law is the claim ``linear-distance-law``. The
probabilities come from finite sums in `rfbook.claims.linear_warmup.enclosures`, not
from the room.
"""

from fractions import Fraction

from flint import ctx
from sympy import (
    Integer,
    Rational,
    Symbol,
    beta,
    cancel,
    diff,
    exp,
    expand,
    gamma,
    gammasimp,
    integrate,
    log,
    oo,
    pi,
    simplify,
    sqrt,
    summation,
    symbols,
)

from rfbook.claims.linear_warmup.enclosures import (
    AT_LEAST,
    AT_MOST,
    BITS,
    N,
    beta_ball,
    compare,
    d,
    divergence_ball,
    pairs,
    rational,
)
from rfbook.claims.linear_warmup.sources import CHAPTER, later, printed
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Reals,
    Result,
    Statement,
    Verdict,
    every_identity,
    exact_ball,
    fails,
    holds,
    unknown,
)

a, b, x = symbols("a b x", positive=True)
g, t = symbols("g t", real=True)
n = Symbol("n", integer=True, nonnegative=True)

PROPOSITION = printed("Proposition 4.1", "implied")
LATER = later("the proposition on linear features", "implied", "formulas not readable")
DIMENSIONS, COUNTS = Integers(2, 200), Integers(1, 199)
OPEN = Reals(0, 1, open_low=True, open_high=True)
LAW = "let $X \\sim \\mathrm{Beta}(\\frac{d - N}{2}, \\frac{N}{2})$"
THRESHOLDS = tuple(Fraction(*q) for q in ((1, 4), (1, 1000), (1, 2), (9, 10)))


def scheduled(domain, thresholds):
    """Yield (d, N, x): the first threshold for every d, the others up to d = 60."""
    for place, threshold in enumerate(thresholds):
        for dimension, count in pairs(domain):
            if place == 0 or dimension <= 60:
                yield dimension, count, threshold


def success(dimension: int, count: int, threshold):
    """Enclose P(X <= x) for the law of the squared distance."""
    return beta_ball(dimension - count, count, threshold)


# --- Chernoff's bound -----------------------------------------------------------------


def _chernoff_proof(statement, domain) -> Result:
    """X = A / (A + B): bound E exp(lambda (x B - (1 - x) A)), 2 lambda = theta.

    With p in place of (d - N)/d the two logarithms of KL are symbols of their own.
    """
    p, first, second = symbols("p L_1 L_2", positive=True)
    theta = (p - x) / (x * (1 - x))
    whole = integrate(exp(-(a + Rational(1, 2)) * g**2), (g, -oo, oo))
    exponent = p * d / 2 * first + (1 - p) * d / 2 * second
    result = every_identity(
        (
            ("p", statement.p, (d - N) / d),
            ("the transform of g^2", whole / sqrt(2 * pi), 1 / sqrt(1 + 2 * a)),
            ("the factor of A", 1 + theta * (1 - x), p / x),
            ("the factor of B", 1 - theta * x, (1 - p) / (1 - x)),
            (
                "the exponent",
                exponent,
                statement.rate * (p * first + (1 - p) * second),
            ),
        )
    )
    if result.verdict is Verdict.HOLDS and statement.relation != AT_MOST:
        return unknown("the argument gives <=")
    return result


def _chernoff_balls(statement, domain, thresholds=THRESHOLDS) -> Result:
    """Compare P(X <= x) or, for x > p, P(X >= x) with the bound."""
    share, rate = rational(statement.p), rational(statement.rate)

    def sides(dimension, count, threshold):
        p = share(dimension, count)
        if threshold <= p:
            chance = success(dimension, count, threshold)
        else:  # 1 - X has the law with the two parameters exchanged
            chance = success(dimension, dimension - count, 1 - threshold)
        if not 0 < p < 1:
            raise ValueError(f"p = {p} at d = {dimension}, N = {count}")
        exponent = exact_ball(rate(dimension, count)) * divergence_ball(p, threshold)
        return chance, (-exponent).exp()

    points = scheduled(domain, thresholds)
    with ctx.workprec(BITS):
        return compare(points, sides, statement.relation)


CHERNOFF = Claim(
    id="linear-chernoff",
    title="Short distances are exponentially rare",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and $[[N]]$ with $N < d$ " + LAW + ", $p = [[p]]$ and "
        "$[[varepsilon]]$. Then\n\n"
        "$$\\mathbb P(X \\le \\varepsilon) [[relation]] \\exp\\Bigl(-[[rate]]\\, "
        "\\operatorname{KL}(p \\,\\Vert\\, \\varepsilon)\\Bigr) "
        "\\quad \\text{if } \\varepsilon \\le p,$$\n\n"
        "and $\\mathbb P(X \\ge \\varepsilon)$ has the same bound if "
        "$\\varepsilon \\ge p$.",
        {"d": Integers(2), "N": Integers(1), "varepsilon": OPEN},
        {"p": (d - N) / d, "relation": AT_MOST, "rate": d / 2},
    ),
    sources=(PROPOSITION,),
    uses=("linear-distance-law",),
    checks=(
        Check(
            "interval",
            "both tails, x = 1/4, N < d <= 200; x = 1/1000, 1/2, 9/10, d <= 60",
            _chernoff_balls,
            {"d": DIMENSIONS, "N": COUNTS},
            role="step",
        ),
        Check(
            "symbolic",
            "the exponential moment at its best point, for symbolic d, p and x",
            _chernoff_proof,
            role="step",
        ),
    ),
    planted=(
        Planted("the rate d", {"rate": d}),
        Planted("21/20 of the rate", {"rate": 21 * d / 40}, near=True),
        Planted("half a unit more in the rate", {"rate": (d + 1) / 2}),
        Planted("p for one feature too few", {"p": (d - N + 1) / (d + 1)}),
        Planted("p and 1 - p exchanged: right for N = d/2", {"p": N / d}, near=True),
        Planted("the other way round", {"relation": AT_LEAST}),
    ),
    weak=Check(
        "interval",
        "x = 1/4 for d = 2, 3, 4 only",
        lambda statement, domain: _chernoff_balls(statement, domain, (Fraction(1, 4),)),
        {"d": Integers(2, 4), "N": COUNTS},
        role="step",
    ),
    spec="YS-4.1",
)


# --- and no rarer ---------------------------------------------------------------------


def _reversed_proof(statement, domain) -> Result:
    """x^a (1-x)^b <= a B(a, b) P(X <= x), and B(a+1, b+1) <= p^a q^b."""
    p = a / (a + b)
    peak = diff(a * log(t) + b * log(1 - t), t).subs(t, p)
    quotient = gammasimp((beta(a + 1, b + 1) / beta(a, b)).rewrite(gamma))
    at_sizes = {a: (d - N) / 2, b: N / 2}
    result = every_identity(
        (
            ("the peak of t^a (1-t)^b", peak, 0),
            ("the share p", p.subs(at_sizes), (d - N) / d),
            ("the factor", (quotient / a).subs(at_sizes), statement.factor),
            ("the exponent", (a + b).subs(at_sizes), statement.rate),
        )
    )
    if result.verdict is Verdict.HOLDS and statement.relation != AT_LEAST:
        return unknown("the argument gives >=")
    return result


def _reversed_balls(statement, domain, thresholds=THRESHOLDS) -> Result:
    factor, rate = rational(statement.factor), rational(statement.rate)

    def sides(dimension, count, threshold):
        p = Fraction(dimension - count, dimension)
        exponent = exact_ball(rate(dimension, count)) * divergence_ball(p, threshold)
        low = exact_ball(factor(dimension, count)) * (-exponent).exp()
        return success(dimension, count, threshold), low

    points = scheduled(domain, thresholds)
    with ctx.workprec(BITS):
        return compare(points, sides, statement.relation)


FACTOR = 2 * N / (d * (d + 2))

REVERSED = Claim(
    id="linear-chernoff-reversed",
    title="And not much rarer",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and $[[N]]$ with $N < d$ " + LAW + ", "
        "$p = \\frac{d - N}{d}$ and $[[varepsilon]]$. Then\n\n"
        "$$\\mathbb P(X \\le \\varepsilon) [[relation]] [[factor]]\\, "
        "\\exp\\Bigl(-[[rate]]\\, "
        "\\operatorname{KL}(p \\,\\Vert\\, \\varepsilon)\\Bigr).$$",
        {"d": Integers(2), "N": Integers(1), "varepsilon": OPEN},
        {"relation": AT_LEAST, "factor": FACTOR, "rate": d / 2},
    ),
    sources=(PROPOSITION,),
    uses=("linear-distance-law",),
    checks=(
        Check(
            "interval",
            "at x = 1/4, N < d <= 200; at x = 1/1000, 1/2, 9/10, d <= 60",
            _reversed_balls,
            {"d": DIMENSIONS, "N": COUNTS},
            role="step",
        ),
        Check(
            "symbolic",
            "the Beta integral at its peak, for symbolic d and N",
            _reversed_proof,
            role="step",
        ),
    ),
    planted=(
        Planted("3 for 2 in the factor", {"factor": 3 * N / (d * (d + 2))}),
        Planted("right for d = 2 only", {"factor": N / (2 * d)}, near=True),
        Planted("d^2 for d (d + 2)", {"factor": 2 * N / d**2}),
        Planted("the rate (d - 1)/4", {"rate": (d - 1) / 4}),
        Planted("the other way round", {"relation": AT_MOST}),
    ),
    weak=Check(
        "interval",
        "x = 1/4 for d = 2, 3 only",
        lambda statement, domain: _reversed_balls(statement, domain, (Fraction(1, 4),)),
        {"d": Integers(2, 3), "N": COUNTS},
        role="step",
    ),
    spec="YS-4.1",
)


# --- how many features are needed -----------------------------------------------------


def _needed_proof(statement, domain) -> Result:
    """Show that KL(p || x) - 2 (p - x)^2 vanishes twice at x and is convex in p."""
    p = Symbol("p", positive=True)
    gap = p * log(p / x) + (1 - p) * log((1 - p) / (1 - x)) - 2 * (p - x) ** 2
    bend = (1 - 2 * p) ** 2 / (p * (1 - p))
    result = every_identity(
        (
            ("p", statement.p, (d - N) / d),
            ("the gap at x", gap.subs(p, x), 0),
            ("its slope at x", diff(gap, p).subs(p, x), 0),
            ("its second derivative", diff(gap, p, 2), bend),
            ("half of it, d times", 2 * d / 2, statement.rate),
        )
    )
    if result.verdict is Verdict.HOLDS and statement.relation != AT_MOST:
        return unknown("the argument gives <=")
    return result


def _needed_balls(statement, domain, thresholds=THRESHOLDS) -> Result:
    share, rate = rational(statement.p), rational(statement.rate)

    def sides(dimension, count, threshold):
        square = (share(dimension, count) - threshold) ** 2
        exponent = exact_ball(rate(dimension, count) * square)
        return success(dimension, count, threshold), (-exponent).exp()

    points = (
        (dimension, count, threshold)
        for dimension, count, threshold in scheduled(domain, thresholds)
        if threshold <= share(dimension, count)
    )
    with ctx.workprec(BITS):
        return compare(points, sides, statement.relation)


NEEDED = Claim(
    id="linear-features-needed",
    title="Short of the mean by a multiple of the root",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and $[[N]]$ with $N < d$ " + LAW + ", $p = [[p]]$ and "
        "$[[varepsilon]]$. If $\\varepsilon \\le p$, then\n\n"
        "$$\\mathbb P(X \\le \\varepsilon) [[relation]] "
        "e^{-[[rate]] (p - \\varepsilon)^2}.$$",
        {"d": Integers(2), "N": Integers(1), "varepsilon": OPEN},
        {"p": (d - N) / d, "relation": AT_MOST, "rate": d},
    ),
    sources=(printed("equation (3)", "sharper"),),
    uses=("linear-distance-law", "linear-chernoff"),
    checks=(
        Check(
            "interval",
            "at x = 1/4, N < d <= 200; at x = 1/1000, 1/2, 9/10, d <= 60",
            _needed_balls,
            {"d": DIMENSIONS, "N": COUNTS},
            role="step",
        ),
        Check(
            "symbolic",
            "Pinsker's inequality for two coins, for symbolic p and x",
            _needed_proof,
            role="step",
            given=("linear-chernoff",),
        ),
    ),
    planted=(
        Planted("the rate 2d", {"rate": 2 * d}),
        Planted("the rate 3d/2", {"rate": 3 * d / 2}),
        Planted("p and 1 - p exchanged: right for N = d/2", {"p": N / d}, near=True),
        Planted("p for one feature fewer", {"p": (d - N + 1) / d}),
        Planted("the other way round", {"relation": AT_LEAST}),
    ),
    weak=Check(
        "interval",
        "x = 1/4 for d = 2, 3 only",
        lambda statement, domain: _needed_balls(statement, domain, (Fraction(1, 4),)),
        {"d": Integers(2, 3), "N": COUNTS},
        role="step",
    ),
    spec="YS-4.1",
)


# --- the proposition ------------------------------------------------------------------


def _warmup_proof(statement, domain) -> Result:
    """KL(p || x) grows with p > x; at p = 1/2 it gives the constant."""
    p, threshold = Symbol("p", positive=True), Rational(statement.threshold)
    divergence = p * log(p / x) + (1 - p) * log((1 - p) / (1 - x))
    slope = diff(divergence, p) - log(p / x) + log((1 - p) / (1 - x))
    least = cancel(1 - statement.most / d)
    if not (least.is_number and threshold < least):
        return unknown(f"whether 1 - N/d >= {least} is above {threshold}")
    value = divergence.subs({p: least, x: threshold})
    result = every_identity(
        (
            ("the slope of KL is ln(p/x) - ln((1-p)/(1-x))", slope, 0),
            ("the constant", value / 2, log(statement.odds) / 4),
            ("the two forms", statement.base * statement.odds, 1),
        )
    )
    if result.verdict is Verdict.HOLDS and statement.relation != AT_MOST:
        return unknown("the argument gives <=")
    return result


def _warmup_balls(statement, domain) -> Result:
    most, threshold = rational(statement.most), Fraction(statement.threshold)

    def sides(dimension, count):
        bound = exact_ball(statement.base) ** exact_ball(Fraction(dimension, 4))
        return success(dimension, count, threshold), bound

    points = ((i, j) for i, j in pairs(domain) if j <= most(i, j))
    with ctx.workprec(BITS):
        if statement.base * statement.odds != 1:
            return fails(f"{statement.base} is not 1 over {statement.odds}")
        return compare(points, sides, statement.relation)


WARMUP = Claim(
    id="linear-warmup-bound",
    title="Half as many features as dimensions miss",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and $[[N]]$ with $N \\le [[most]]$ let "
        "$w_1, \\dots, w_N$ be independent random vectors in $\\mathbb R^d$, each with "
        "a law that is invariant under rotations. Let $V$ be their span and $w_*$ a "
        "unit vector. Then\n\n"
        "$$\\mathbb P\\Bigl(\\operatorname{dist}(w_*, V)^2 < [[threshold]]\\Bigr) "
        "[[relation]] \\Bigl([[base]]\\Bigr)^{d/4} = e^{-c d}, \\qquad "
        "c = \\frac14 \\ln [[odds]].$$",
        {"d": Integers(2), "N": Integers(1)},
        {
            "most": d / 2,
            "threshold": Fraction(1, 4),
            "relation": AT_MOST,
            "base": Rational(3, 4),
            "odds": Rational(4, 3),
        },
    ),
    sources=(
        printed("Proposition 4.1", "sharper"),
        printed("equation (3)", "implied"),
        later("the proposition on linear features", "implied", "formulas not readable"),
    ),
    uses=("linear-distance", "linear-distance-law", "linear-chernoff"),
    checks=(
        Check(
            "interval",
            "the exact probability, every N <= d/2 and d <= 200",
            _warmup_balls,
            {"d": DIMENSIONS, "N": COUNTS},
            role="step",
            given=("linear-distance-law",),
        ),
        Check(
            "symbolic",
            "the constant from the divergence at N = d/2",
            _warmup_proof,
            role="step",
            given=("linear-chernoff",),
        ),
    ),
    planted=(
        Planted("the threshold 1/2", {"threshold": Fraction(1, 2)}),
        Planted("21/20 as many features", {"most": 21 * d / 40}, near=True),
        Planted("any N < d", {"most": d}, near=True),
        Planted("three quarters as many features", {"most": 3 * d / 4}),
        Planted(
            "the base 2/3",
            {"base": Rational(2, 3), "odds": Rational(3, 2)},
        ),
    ),
    weak=Check(
        "interval",
        "d <= 10 only",
        _warmup_balls,
        {"d": Integers(2, 10), "N": COUNTS},
        role="step",
    ),
    spec="YS-4.1",
)


# --- its constant is the best ---------------------------------------------------------


def _sharp_proof(statement, domain) -> Result:
    """P(X <= x) = x^a (1-x)^a S / (a B(a, a)) at x = 1/4 and a = d/4.

    S is a power series with coefficients c_0 = 1 and
    c_(n+1) / c_n = (2a + n)/(a + 1 + n) <= 2, so that S <= 2 and sum n c_n x^n <= 2.
    The quotient also gives (1 - 2x) S = 1 - (1 - x) sum n c_n x^n / a. The quotient
    Gamma(a + 1/2) / Gamma(a) lies between the roots of a - 1/2 and a.
    """
    quarter, size = Rational(1, 4), d / 4
    spare = 2 * (a + 1 + n) - (2 * a + n)
    whole = summation((2 * quarter) ** n, (n, 0, oo))
    first = summation(n * (2 * quarter) ** n, (n, 0, oo))
    low = (1 - (1 - quarter) * first / a) / (1 - 2 * quarter)
    doubling = 4**a * gamma(a) * gamma(a + Rational(1, 2)) / (2 * sqrt(pi))
    upper = (4 * quarter * (1 - quarter)) ** size / (2 * sqrt(pi) * size)
    proved = (low / whole).subs(a, size) * (1 - 2 / d)
    result = every_identity(
        (
            ("duplication", gammasimp(gamma(2 * a) / doubling), 1),
            ("the upper bound", upper * whole * sqrt(size), statement.main),
            ("the lower factor", proved, (1 - 6 / d) * (1 - 2 / d)),
        )
    )
    if result.verdict is not Verdict.HOLDS:
        return result
    margin = expand((proved - statement.correction) * d**2)
    if not (expand(spare).is_positive and margin.is_positive):
        return unknown(f"the signs of {spare} and {margin}")
    return holds(f"the factor from below with a margin of {margin} over d^2")


def _sharp_balls(statement, domain) -> Result:
    """Decide both inequalities; the first that fails is the witness."""

    def lower(dimension):
        at = {d: dimension}
        low = exact_ball(statement.correction.subs(at) * statement.main.subs(at))
        return low, success(dimension, dimension // 2, quarter)

    def upper(dimension):
        main = exact_ball(statement.main.subs(d, dimension))
        return success(dimension, dimension // 2, quarter), main

    quarter = Fraction(1, 4)
    points = [(dimension,) for dimension in domain["d"]]
    with ctx.workprec(BITS):
        below = compare(points, lower, AT_MOST)
        if below.verdict is not Verdict.HOLDS:
            return below
        return compare(points, upper, AT_MOST)


MAIN = 2 / sqrt(pi * d) * Rational(3, 4) ** (d / 4)

SHARP = Claim(
    id="linear-rate-sharp",
    title="The probability at the edge",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ let $X \\sim \\mathrm{Beta}(\\frac d4, \\frac d4)$, the law "
        "of the squared distance for $N = d/2$, and $m_d = [[main]]$. Then\n\n"
        "$$\\Bigl([[correction]]\\Bigr)\\, m_d \\le "
        "\\mathbb P\\bigl(X \\le \\tfrac14\\bigr) \\le m_d.$$",
        {"d": Integers(2, step=2)},
        {"main": MAIN, "correction": 1 - 8 / d},
    ),
    sources=(printed("Proposition 4.1", "sharper"),),
    uses=("linear-distance-law",),
    checks=(
        Check(
            "interval",
            "both sides, every even d <= 200",
            _sharp_balls,
            {"d": Integers(2, 200, 2)},
        ),
        Check(
            "symbolic",
            "the series, the duplication formula and the factors, for symbolic d",
            _sharp_proof,
            role="step",
        ),
    ),
    planted=(
        Planted("19/20 of the main term", {"main": 19 * MAIN / 20}, near=True),
        Planted("21/20 of the main term", {"main": 21 * MAIN / 20}, near=True),
        Planted("half the main term", {"main": MAIN / 2}),
        Planted("d for its root", {"main": MAIN / sqrt(d)}),
        Planted("the base 4/5", {"main": MAIN * Rational(16, 15) ** (d / 4)}),
        Planted("the correction 1 - 4/d", {"correction": 1 - 4 / d}),
    ),
    weak=Check(
        "interval", "d <= 10 only", _sharp_balls, {"d": Integers(2, 10, 2)}, role="step"
    ),
    spec="YS-4.1",
)


# --- the threshold that N features can reach ------------------------------------------


def _threshold_proof(statement, domain) -> Result:
    """Compare the density at p - s and p + s, through its logarithm.

    The slope of the difference in s has the sign of a linear function of y = s^2, which
    is not negative at 0 and does not rise; so the difference changes sign once at most.
    """
    q, y, size = symbols("q y m", positive=True)
    p = 1 - q
    first, second = p * size, q * size
    slope = 2 * (second - 1) * q / (q**2 - y) - 2 * (first - 1) * p / (p**2 - y)
    sign = expand(simplify(slope * (q**2 - y) * (p**2 - y) / 2))
    return every_identity(
        (
            ("the mean", (d - N) / d, statement.level),
            ("the sign at 0", sign.coeff(y, 0), p * q * (q - p)),
            ("its slope", sign.coeff(y, 1), (q - p) * (1 - size)),
            ("no higher power", sign.coeff(y, 2), 0),
            ("where p <= 1/2", 1 - statement.least / d, Rational(1, 2)),
            ("where p <= x", 1 - statement.share / d, statement.threshold),
            ("the median at p = 1/2", statement.chance, Rational(1, 2)),
        )
    )


def _threshold_balls(statement, domain) -> Result:
    """Decide both inequalities; at N = d/2 the law is symmetric about 1/2."""
    least, share, level = (
        rational(part) for part in (statement.least, statement.share, statement.level)
    )

    def at_mean(dimension, count):
        point = level(dimension, count)
        if 2 * count == dimension and 2 * point == 1:
            return exact_ball(Fraction(1, 2)), exact_ball(statement.chance)
        chance = success(dimension, count, point)
        return chance, exact_ball(statement.chance)

    def at_threshold(dimension, count):
        chance = success(dimension, count, Fraction(statement.threshold))
        return chance, exact_ball(statement.chance)

    with ctx.workprec(BITS):
        wide = [point for point in pairs(domain) if point[1] >= least(*point)]
        mean = compare(wide, at_mean, AT_LEAST)
        if mean.verdict is not Verdict.HOLDS:
            return mean
        many = [point for point in pairs(domain) if point[1] >= share(*point)]
        return compare(many, at_threshold, AT_LEAST)


THRESHOLD = Claim(
    id="linear-threshold",
    title="From the mean on, success is likely",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and $[[N]]$ with $N < d$ "
        + LAW
        + ". If $N \\ge [[least]]$, "
        "then\n\n$$\\mathbb P\\Bigl(X \\le [[level]]\\Bigr) \\ge [[chance]].$$\n\n"
        "In particular $\\mathbb P(X \\le [[threshold]]) \\ge [[chance]]$ if "
        "$N \\ge [[share]]$.",
        {"d": Integers(2), "N": Integers(1)},
        {
            "least": d / 2,
            "level": (d - N) / d,
            "chance": Fraction(1, 2),
            "threshold": Fraction(1, 4),
            "share": 3 * d / 4,
        },
    ),
    sources=(PROPOSITION, printed("equation (3)", "implied")),
    uses=("linear-distance-law",),
    checks=(
        Check(
            "interval",
            "the exact probabilities, every N < d <= 120",
            _threshold_balls,
            {"d": Integers(2, 120), "N": Integers(1, 119)},
        ),
        Check(
            "symbolic",
            "the density on both sides of the mean, for symbolic d and N",
            _threshold_proof,
            role="step",
        ),
    ),
    planted=(
        Planted("19/20 of d/2", {"least": 19 * d / 40}, near=True),
        Planted("any N", {"least": Integer(1)}, near=True),
        Planted("the chance 21/40", {"chance": Fraction(21, 40)}, near=True),
        Planted("a level below the mean", {"level": (d - N) / (d + 1)}),
        Planted("19/20 of 3d/4", {"share": 57 * d / 80}, near=True),
        Planted("the threshold 1/5", {"threshold": Fraction(1, 5)}),
    ),
    weak=Check(
        "interval",
        "d = 2, 3, 4 only",
        _threshold_balls,
        {"d": Integers(2, 4), "N": Integers(1, 119)},
        role="step",
    ),
    spec="YS-4.1",
)


CLAIMS = (CHERNOFF, REVERSED, NEEDED, WARMUP, SHARP, THRESHOLD)
