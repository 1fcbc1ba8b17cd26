"""A sign in Gaussian noise: the limit of the mixture, and what linear predictors lose.

The checks enclose the integrals in balls; where a statement is about every s, the text
adds the few lines of analysis that its steps name.
"""

from fractions import Fraction
from itertools import pairwise

from flint import arb
from sympy import (
    Integer,
    Poly,
    Rational,
    Symbol,
    diff,
    exp,
    expand,
    factor_terms,
    factorial,
    fraction,
    integrate,
    oo,
    pi,
    simplify,
    sqrt,
    symbols,
    together,
)

from rfbook.claims.bayes_floor.enclosures import (
    AT_MOST,
    LESS,
    SPECTRA,
    WIDE,
    alike,
    bayes_fourier,
    fourier_integral,
    integral,
    limit_ball,
    precise,
)
from rfbook.claims.bayes_floor.integral import secant_moment
from rfbook.claims.bayes_floor.posterior import CHAPTER, DELTA, FLOOR
from rfbook.claims.mixture_gap.sources import printed
from rfbook.ledger import (
    Check,
    Claim,
    Planted,
    Reals,
    Relation,
    Result,
    Statement,
    ball_at,
    every,
    every_identity,
    exact_ball,
    fails,
    holds,
    identity,
    unknown,
)

s = Symbol("s", positive=True)
l = Symbol("lambda_i", real=True)  # noqa: E741 - the eigenvalue
a, b = symbols("a b", real=True)
HALF = Rational(1, 2)
LINE = Reals(0)
RISK = r"\mathcal{R}_{\mathrm{Bayes}}(s)"
WIDE_NETWORKS = printed(
    "Section 3, before Section 3.1",
    "sharper",
    "The text notes that the Bayes error is not achieved, without a proof.",
)


# --- the channel ----------------------------------------------------------------------


@precise
def _channel_balls(
    statement, domain, points=("0", "1/10", "1", "29/24", "8")
) -> Result:
    """Enclose the two means over the noise, and the integral over u."""

    def decide(value):
        ratio = exact_ball(value)
        mean, spread = (
            ball_at(formula, s=value) for formula in (statement.mean, statement.spread)
        )
        power = (-exact_ball(statement.exponent) * ratio).exp()

        def density(z):
            return (-z * z / 2).exp() / (2 * arb.pi()).sqrt()

        def posterior(z, _):
            return (1 - (mean + spread * z).tanh()) * density(z)

        def middle(z, _):
            return density(z) / (spread * z).cosh()

        rest = 2 * (-arb(98)).exp()
        error = (-rest).union(2 * rest)
        first = integral(posterior, -14, 0) + integral(posterior, 0, 14) + error
        second = power * (2 * integral(middle, 0, 14) + error)
        sides = first, second, limit_ball(value)
        words = " = ".join(side.str(8, radius=False) for side in sides)
        return alike(*sides[:2]) and alike(*sides[1:]), words

    return every(domain["s"].among(points), decide)


CHANNEL = Claim(
    id="channel-mmse",
    title="The limit is a sign in Gaussian noise",
    chapter=CHAPTER,
    statement=Statement(
        "For $[[s]]$ let $Y = \\sqrt{s}\\, y + g$ with a fair sign $y$ and $g \\sim "
        "\\mathcal N(0, 1)$ independent of it. Then $\\mathbb{E}[y \\mid Y] = \\tanh "
        "(\\sqrt{s}\\, Y)$ and\n\n"
        "$$\\mathbb{E}\\, (y - \\mathbb{E}[y \\mid Y])^2 = 1 - \\mathbb{E} \\tanh "
        "([[mean]] + [[spread]]\\, g) = e^{-[[exponent]] s}\\, \\mathbb{E} "
        "\\operatorname{sech}([[spread]]\\, g) = "
        f"{RISK}.$$",
        {"s": LINE},
        {"mean": s, "spread": sqrt(s), "exponent": HALF},
    ),
    sources=(FLOOR,),
    uses=(
        "bayes-limit",
        "bayes-middle",
    ),
    checks=(
        Check(
            "interval",
            "both means over the noise and the integral over u, at five s",
            _channel_balls,
            role="step",
        ),
    ),
    planted=(
        Planted("the mean 2s", {"mean": 2 * s}),
        Planted("the mean 21/20 s", {"mean": Rational(21, 20) * s}, near=True),
        Planted("the spread s: right for s = 0 and 1", {"spread": s}, near=True),
        Planted("the exponent 1", {"exponent": Integer(1)}),
    ),
    weak=Check(
        "interval",
        "s = 0 only",
        lambda statement, domain: _channel_balls(statement, domain, ("0",)),
        role="step",
    ),
    spec="GM-bayes",
)


# --- linear predictors of it ----------------------------------------------------------


def _linear_symbolic(statement, domain) -> Result:
    """Minimise E (y - a Y - b)^2 = 1 - 2 a sqrt s + a^2 (1 + s) + b^2."""
    error = 1 - 2 * a * sqrt(s) + a**2 * (1 + s) + b**2
    best = {a: statement.slope, b: 0}
    return every_identity(
        (
            ("slope in a", error.diff(a).subs(best), Integer(0)),
            ("slope in b", error.diff(b).subs(best), Integer(0)),
            ("least error", error.subs(best), statement.error),
        )
    )


LINEAR = Claim(
    id="channel-linear",
    title="The best linear predictor of the sign",
    chapter=CHAPTER,
    statement=Statement(
        "For $[[s]]$ and $Y = \\sqrt{s}\\, y + g$ as in the channel,\n\n"
        "$$\\min_{a, b}\\, \\mathbb{E}\\, (y - a Y - b)^2 = [[error]], \\qquad "
        "\\text{at } a = [[slope]], \\ b = 0.$$",
        {"s": LINE},
        {"error": 1 / (1 + s), "slope": sqrt(s) / (1 + s)},
    ),
    sources=(WIDE_NETWORKS,),
    uses=("channel-mmse",),
    checks=(
        Check(
            "symbolic",
            "a positive definite quadratic function of a and b, for symbolic s",
            _linear_symbolic,
            role="step",
        ),
    ),
    planted=(
        Planted("the error 1/(1 + 2s)", {"error": 1 / (1 + 2 * s)}),
        Planted(
            "the error e^(-s): right to first order", {"error": exp(-s)}, near=True
        ),
        Planted("the slope of small s", {"slope": sqrt(s)}, near=True),
    ),
    weak=Check(
        "symbolic",
        "s = 0 only",
        lambda statement, domain: identity(statement.error.subs(s, 0), Integer(1)),
        role="step",
    ),
    spec="GM-bayes",
)


# --- the gap is strict ----------------------------------------------------------------

MIDDLE_RANGE = Reals(Fraction(1, 8), 3)
GAP_POINTS = ("0", "1/1000", "1/8", "1", "3", "20")


def exponent_moment(power: int):
    """Return E Z^k for Z = 1/2 + 2 u^2 and u of density sech(pi u)."""
    u = Symbol("u")
    terms = Poly((HALF + 2 * u**2) ** power, u).terms()
    return sum(value * secant_moment(degree) for (degree,), value in terms)


def taylor(degree: int):
    """Return a Taylor polynomial of E e^(-s Z): above it for an even degree."""
    return sum((-s) ** k * exponent_moment(k) / factorial(k) for k in range(degree + 1))


@precise
def _gap_points(statement, domain) -> Result:
    """Enclose both sides at a few points of the domain."""

    def decide(value):
        risk, line = limit_ball(value), ball_at(statement.linear, s=value)
        if value == 0:  # both integrands are those of a density
            risk = arb(1)
        words = f"{risk.str(8)} {statement.relation.symbol} {line.str(8)}"
        return statement.relation.ball(risk, line), words

    return every(domain["s"].among(GAP_POINTS), decide)


@precise
def _gap_boxes(statement, domain) -> Result:
    """Enclose the difference on boxes: at the middle, and its slope times the rest."""
    ends = [Fraction(domain["s"].low)]
    while ends[-1] < domain["s"].high:
        ends.append(min(ends[-1] * Fraction(9, 8), domain["s"].high))
    slope = diff(statement.linear, s)

    def decide(box):
        low, high = box
        middle, whole = (low + high) / 2, exact_ball(low).union(exact_ball(high))
        gap = ball_at(statement.linear, s=middle) - limit_ball(middle)
        rise = at_ball(slope, whole) + weighted_ball(whole)
        gap += rise * (whole - exact_ball(middle))
        return statement.relation.ball(
            arb(0), gap
        ), f"0 {statement.relation.symbol} {gap.str(5)}"

    return every(pairwise(ends), decide)


def at_ball(formula, value):
    """Evaluate a rational function of s at a ball."""
    top, bottom = (Poly(part, s).all_coeffs() for part in fraction(together(formula)))
    sides = []
    for coefficients in (top, bottom):
        total = arb(0)
        for coefficient in coefficients:
            total = total * value + exact_ball(coefficient)
        sides.append(total)
    return sides[0] / sides[1]


def weighted_ball(value):
    """Enclose E Z e^(-s Z), minus the slope of the Bayes risk, for a ball s."""

    def weight(u, _):
        exponent = arb(1) / 2 + 2 * u * u
        return exponent * (-value * exponent).exp()

    # |Z e^(-s Z)| <= 1 for s >= 1/e, and below 3 for s >= 1/8
    return 3 * fourier_integral(lambda u, flag: weight(u, flag) / 3)


def _gap_small(statement, domain) -> Result:
    """Compare polynomials of degree 4 and 3 on both sides up to the window's end."""
    if simplify(statement.linear - 1 / (1 + s)) != 0 or statement.relation != LESS:
        return unknown("the polynomial 1 - s + s^2 - s^3 is below 1 / (1 + s)")
    below = 1 - s + s**2 - s**3
    rest = simplify(1 / (1 + s) - below) - s**4 / (1 + s)
    factor = factor_terms(expand(below - taylor(4))) / s**3
    least = simplify(factor).subs(s, domain["s"].high)
    if simplify(rest) != 0 or not least > 0:
        return unknown(f"the factor {factor} at the window's end is {least}")
    if Fraction(0) in domain["s"].among((0,)):
        return fails("at s = 0 both sides are 1")
    return holds(f"the gap is at least s^3 ({simplify(factor)}) > 0")


def _gap_large(statement, domain) -> Result:
    """Bound the risk by e^(-s/2), and see that (1 + s) e^(-s/2) decreases below 1."""
    if statement.relation != LESS:
        return unknown("the bound is from above")
    product = exp(-s / 2) / statement.linear
    start = domain["s"].low
    rise = simplify(diff(product, s) * exp(s / 2))
    if not simplify(rise.subs(s, s + start)).is_negative:
        return unknown(f"the sign of {rise}")
    value = ball_at(product, s=start)
    return every([start], lambda _: (value < 1, f"{value.str(5)} < 1"))


GAP = Claim(
    id="channel-gap",
    title="Linear is strictly worse, for every signal",
    chapter=CHAPTER,
    statement=Statement(
        f"For every $[[s]]$\n\n$${RISK} [[relation]] [[linear]] .$$",
        {"s": Reals(0, open_low=True)},
        {"relation": LESS, "linear": 1 / (1 + s)},
    ),
    sources=(WIDE_NETWORKS,),
    uses=("channel-mmse", "channel-linear"),
    checks=(
        Check(
            "interval",
            "boxes that fill 1/8 <= s <= 3",
            _gap_boxes,
            {"s": MIDDLE_RANGE},
        ),
        Check(
            "symbolic",
            "polynomials on either side, for s < 1/8",
            _gap_small,
            {"s": Reals(0, Fraction(1, 8))},
            role="step",
        ),
        Check(
            "symbolic",
            "an exponential bound, for s > 3",
            _gap_large,
            {"s": Reals(3)},
            role="step",
        ),
        Check("interval", "single points from 1/1000 to 20", _gap_points, role="step"),
    ),
    planted=(
        Planted("s = 0 as well", {"s": Reals(0)}, near=True),
        Planted(
            "21/20 of the signal: false for small s only",
            {"linear": 1 / (1 + Rational(21, 20) * s)},
            near=True,
        ),
        Planted("the bound 1/(1 + 2s)", {"linear": 1 / (1 + 2 * s)}),
        Planted("linear predictors better", {"relation": Relation(">")}),
    ),
    weak=Check(
        "interval",
        "s = 20 only",
        _gap_points,
        {"s": Reals(20, 20)},
        role="step",
    ),
    spec="GM-bayes",
)


# --- small and large signals ----------------------------------------------------------


def both_sides(statement):
    """Return the claimed polynomials below and above the risk."""
    return 1 - s + s**2 - statement.cube, 1 - s + statement.square


@precise
def _small_balls(statement, domain, points=("1/1000", "1/20", "1/2", "2")) -> Result:
    def decide(value):
        low, high = (ball_at(f, s=value) for f in both_sides(statement))
        risk = limit_ball(value)
        sides = AT_MOST.ball(low, risk), AT_MOST.ball(risk, high)
        words = " <= ".join(side.str(10, radius=False) for side in (low, risk, high))
        return (None if None in sides else all(sides)), words

    return every(domain["s"].among(points), decide)


def _small_symbolic(statement, domain) -> Result:
    """Take the moments of Z; e^(-x) lies between its Taylor polynomials for x >= 0."""
    gap = expand(1 - s + s**2 - s**3 - taylor(3))
    low, high = both_sides(statement)
    return every_identity(
        (
            ("below", expand(low), expand(taylor(3))),
            ("above", expand(high), expand(taylor(2))),
            ("the gap's leading term", statement.gap, gap),
        )
    )


SMALL = Claim(
    id="channel-small",
    title="For a weak signal linear is good to second order",
    chapter=CHAPTER,
    statement=Statement(
        f"For every $[[s]]$\n\n$$1 - s + s^2 - [[cube]] \\le {RISK} \\le 1 - s + "
        "[[square]],$$\n\n"
        "and as $s \\to 0$ the gap is $\\frac{1}{1 + s} - "
        f"{RISK} = [[gap]] + O(s^4)$.",
        {"s": LINE},
        {
            "cube": Rational(5, 3) * s**3,
            "square": s**2,
            "gap": Rational(2, 3) * s**3,
        },
    ),
    sources=(WIDE_NETWORKS,),
    uses=("channel-mmse", "channel-linear"),
    checks=(
        Check(
            "symbolic",
            "the first three moments of 1/2 + 2 u^2",
            _small_symbolic,
            role="step",
        ),
        Check("interval", "both bounds at four points", _small_balls, role="step"),
    ),
    planted=(
        Planted("the square's coefficient 19/20", {"square": 19 * s**2 / 20}, True),
        Planted(
            "the cube's coefficient 8/5: seen for small s only",
            {"cube": Rational(8, 5) * s**3},
            True,
        ),
        Planted("the cube of 1/(1 + s)", {"cube": s**3}),
        Planted("the gap s^3", {"gap": s**3}),
    ),
    weak=Check(
        "interval",
        "s = 2 only",
        lambda statement, domain: _small_balls(statement, domain, ("2",)),
        role="step",
    ),
    spec="GM-bayes",
)


def leading_term(statement):
    """Return the claimed beta(s)."""
    return sqrt(pi / (statement.width * s)) * exp(-statement.rate * s)


@precise
def _large_balls(statement, domain, points=("1/4", "2", "20", "400")) -> Result:
    def decide(value):
        leading = ball_at(leading_term(statement), s=value)
        low = ball_at(statement.factor, s=value) * leading
        risk = limit_ball(value)
        sides = AT_MOST.ball(low, risk), AT_MOST.ball(risk, leading)
        words = " <= ".join(side.str(8, radius=False) for side in (low, risk, leading))
        return (None if None in sides else all(sides)), words

    return every(domain["s"].among(points), decide)


def _large_symbolic(statement, domain) -> Result:
    """Integrate 1 and 1 - pi^2 u^2 / 2, above and below sech(pi u), and e^(-2su^2)."""
    u, leading = Symbol("u", real=True), leading_term(statement)
    high, low = (
        integrate(weight * exp(-2 * s * u**2), (u, -oo, oo)) * exp(-s / 2)
        for weight in (1, 1 - pi**2 * u**2 / 2)
    )
    return every_identity(
        (
            ("above", leading, high),
            ("below", simplify(statement.factor * leading - low), Integer(0)),
        )
    )


LARGE = Claim(
    id="channel-large",
    title="For a strong signal the Bayes risk is exponentially small",
    chapter=CHAPTER,
    statement=Statement(
        f"For every $[[s]]$\n\n$$\\Big([[factor]]\\Big)\\, \\beta(s) \\le {RISK} \\le "
        "\\beta(s), \\qquad \\beta(s) = \\sqrt{\\frac{\\pi}{"
        "[[width]]\\, s}}\\; e^{-[[rate]] s} .$$",
        {"s": Reals(0, open_low=True)},
        {
            "factor": 1 - pi**2 / (8 * s),
            "width": Integer(2),
            "rate": HALF,
        },
    ),
    sources=(FLOOR,),
    uses=("channel-mmse",),
    checks=(
        Check("symbolic", "two Gaussian integrals", _large_symbolic, role="step"),
        Check("interval", "both bounds at four points", _large_balls, role="step"),
    ),
    planted=(
        Planted(
            "19/20 of the leading term: seen for large s only",
            {"width": Rational(800, 361)},
            True,
        ),
        Planted(
            "19/20 of the correction: seen for large s only",
            {"factor": 1 - 19 * pi**2 / (160 * s)},
            True,
        ),
        Planted("the exponent s", {"rate": Integer(1)}),
        Planted("pi / s below the root", {"width": Integer(1)}),
    ),
    weak=Check(
        "interval",
        "s = 1/4 only",
        lambda statement, domain: _large_balls(statement, domain, ("1/4",)),
        role="step",
    ),
    spec="GM-bayes",
)


# --- what no quadratic predictor reaches ----------------------------------------------


@precise
def _floor_balls(statement, domain, spectra=None) -> Result:
    """Compare the Bayes risk with that of the best quadratic predictor."""
    spectra = spectra or {**SPECTRA, **WIDE}
    nothing = "all 0"
    if statement.hypothesis == "":
        spectra = {**spectra, nothing: {Fraction(0): 1}}

    def decide(name):
        spectrum = spectra[name]
        captured = sum(
            count * fraction_at(statement.captured, value)
            for value, count in spectrum.items()
        )
        risk = arb(1) if name == nothing else bayes_fourier(spectrum)
        best = 1 / exact_ball(1 + captured)
        words = f"{risk.str(8)} {statement.relation.symbol} {best.str(8)}"
        return statement.relation.ball(risk, best), words

    return every(spectra, decide)


def fraction_at(formula, value: Fraction) -> Fraction:
    """Evaluate a rational function of the eigenvalue exactly."""
    found = formula.subs(l, Rational(value.numerator, value.denominator))
    return Fraction(int(found.p), int(found.q))


def _floor_symbolic(statement, domain) -> Result:
    """Minimise 1 + 2 l m + 2 m^2 (1 + l^2) over the coefficient m of one coordinate.

    The captured ratio is the sum of <M, Delta>^2 / (2 |M|^2 + 2 Tr M Delta M Delta)
    over the coordinates of an eigenbasis, by Cauchy and Schwarz.
    """
    weight = l / (2 * (1 + l**2))  # proportional to the best coefficient
    quotient = (weight * l) ** 2 / (2 * weight**2 * (1 + l**2))
    return identity(simplify(quotient), statement.captured)


NOT_ACHIEVED = Claim(
    id="bayes-not-achieved",
    title="No quadratic predictor reaches the Bayes risk",
    chapter=CHAPTER,
    statement=Statement(
        "For $[[Delta]]$[[hypothesis]]\n\n"
        "$$\\mathcal{R}_{\\mathrm{Bayes}} [[relation]] \\Big( 1 + \\sum_{i=1}^d "
        "[[captured]] \\Big)^{-1} = \\min_{M, c}\\, \\mathbb{E}\\, \\big( y - \\langle "
        "x, M x \\rangle - c \\big)^2 .$$\n\n"
        "So random features, tangent model and network with the activation $z^2 + c_0$ "
        "stay above the Bayes risk, whatever $N$, the weights and the constants are.",
        {"Delta": DELTA},
        {
            "hypothesis": ", $\\Delta \\ne 0$,",
            "relation": LESS,
            "captured": l**2 / (2 * (1 + l**2)),
        },
    ),
    sources=(WIDE_NETWORKS,),
    uses=("posterior-mean", "bayes-fourier", "mixture-quadratic"),
    checks=(
        Check(
            "symbolic",
            "one coordinate of the best quadratic predictor",
            _floor_symbolic,
            role="step",
        ),
        Check(
            "interval",
            "eleven spectra from d = 1 to 2 * 10^6",
            _floor_balls,
            role="step",
        ),
    ),
    planted=(
        Planted("equal classes as well", {"hypothesis": ""}, near=True),
        Planted("the other way round", {"relation": Relation(">")}),
        Planted("without the half", {"captured": l**2 / (1 + l**2)}),
        Planted(
            "the leading order, too large for large eigenvalues",
            {"captured": l**2 / 2},
            near=True,
        ),
    ),
    weak=Check(
        "interval",
        "one spectrum only",
        lambda statement, domain: _floor_balls(
            statement, domain, {"1/1000": WIDE["1/1000, 2 * 10^6 times"]}
        ),
        role="step",
    ),
    spec="GM-bayes",
)


# --- the dotted line of Figure 2 ------------------------------------------------------


@precise
def _figure_balls(statement, domain) -> Result:
    """Average the squares of 1, 3/2 and 2, and enclose the floor."""
    values = [Fraction(v) for v in ("1", "3/2", "2")]
    ratio = sum(v * v for v in values) / (2 * len(values))
    align = (sum(values) / len(values)) ** 2 / (2 * ratio)
    exact = {"ratio": ratio, "align": align, "linear": 1 / (1 + ratio)}
    for name, value in exact.items():
        claimed = Fraction(str(statement.parts[name]))
        if claimed != value:
            return fails(f"{name}: {claimed} is not {value}")
    floor = limit_ball(Fraction(str(statement.ratio)))
    low, high = (Fraction(statement.parts[name]) for name in ("low", "high"))
    sides = AT_MOST.ball(exact_ball(low), floor), AT_MOST.ball(floor, exact_ball(high))
    words = f"{float(low)} <= {floor.str(8)} <= {float(high)}"
    return every(
        ["the floor"], lambda _: (None if None in sides else all(sides), words)
    )


FIGURE = Claim(
    id="figure-floor",
    title="The dotted line of Figure 2, and the wide network's",
    chapter=CHAPTER,
    statement=Statement(
        "Let $\\Delta$ be diagonal with independent entries, uniform on $\\{1, "
        "\\frac32, 2\\} / \\sqrt{d}$. As $d \\to \\infty$, $\\operatorname{snr} "
        "\\to [[ratio]]$ and $\\chi(\\Delta) \\to [[align]]$ almost surely. The Bayes "
        "risk tends to a number "
        "between $[[low]]$ and $[[high]]$, the best quadratic predictor's to "
        "$[[linear]]$.",
        {},
        {
            "ratio": Rational(29, 24),
            "align": Rational(27, 29),
            "low": "0.38907",
            "high": "0.38908",
            "linear": Rational(24, 53),
        },
    ),
    sources=(
        printed(
            "Figure 2, left frame, dotted line",
            "sharper",
            "The text draws the line for d = 450 without giving its height.",
        ),
    ),
    uses=("bayes-limit", "channel-linear"),
    checks=(
        Check(
            "interval",
            "three means of the law, and the integral at 29/24",
            _figure_balls,
            role="step",
        ),
    ),
    planted=(
        Planted("without the half", {"ratio": Rational(29, 12)}),
        Planted(
            "the floor of the linear predictor",
            {"low": "0.45", "high": "0.46"},
        ),
        Planted("the ratio 5/4", {"ratio": Rational(5, 4)}, near=True),
        Planted("the alignment of equal entries", {"align": Integer(1)}),
        Planted(
            "the floor 0.3891",
            {"low": "0.3891", "high": "0.3892"},
            near=True,
        ),
    ),
    weak=Check(
        "exact",
        "the linear floor belongs to the ratio",
        lambda statement, domain: every(
            [statement.ratio],
            lambda ratio: (
                statement.linear == 1 / (1 + ratio),
                f"{statement.linear} = 1 / (1 + {ratio})",
            ),
        ),
        role="step",
    ),
    spec="GM-bayes",
)


CLAIMS = (CHANNEL, LINEAR, GAP, SMALL, LARGE, NOT_ACHIEVED, FIGURE)
