"""The log-likelihood ratio, its laws, and the posterior mean of the label.

The checks enclose integrals in balls, in `rfbook.claims.bayes_floor.enclosures`; they
share no code with the trapezoidal rule of the room `rfbook.mixture_gap`.
"""

from fractions import Fraction
from itertools import product

import numpy as np
from flint import acb, arb
from sympy import (
    Integer,
    Matrix,
    Rational,
    Symbol,
    atanh,
    diag,
    exp,
    eye,
    integrate,
    log,
    oo,
    pi,
    simplify,
    sqrt,
    symbols,
    sympify,
    tanh,
)

from rfbook.claims.bayes_floor.enclosures import (
    alike,
    mean_over_points,
    precise,
)
from rfbook.claims.mixture_gap.sources import printed
from rfbook.ledger import (
    Check,
    Claim,
    Planted,
    Result,
    Space,
    Statement,
    Verdict,
    agree,
    ball_at,
    every,
    every_identity,
    exact_ball,
    identity,
    unknown,
)

CHAPTER = "bayes-floor"
DELTA = Space(r"\operatorname{Sym}_d,\ \lVert \Delta \rVert_{\mathrm{op}} < 1")

l = Symbol("lambda_i", real=True)  # noqa: E741 - the eigenvalue
k = Symbol("k", positive=True)
x, z = symbols("x z", real=True)
p, q = symbols("p_+ p_-", positive=True)
HALF = Rational(1, 2)

FLOOR = printed(
    "Figure 2, dotted line",
    "implied",
    "The text draws the Bayes error and gives no formula for it.",
)
ASSUMPTION = printed("Section 3", "implied")


CONSTANTS = {
    r"\operatorname{artanh} \lambda_i": atanh(l),
    r"2 \operatorname{artanh} \lambda_i": 2 * atanh(l),
    r"\lambda_i": l,
}
"""What the constants of the log-likelihood ratio, as they are printed, stand for."""

EXPONENTS = {"": 1, "^2": 2}


def value_at(formula, value: Fraction):
    """Return a formula in the eigenvalue as an exact number."""
    found = formula.subs(l, Rational(value.numerator, value.denominator))
    return Fraction(int(found.p), int(found.q))


def inside(formula):
    """Write the eigenvalue as k / (1 + k), k > 0, so that witnesses lie in (0, 1).

    Both sides of an identity are analytic for -1 < lambda < 1, where it then holds.
    """
    return sympify(formula).subs(l, k / (1 + k))


def log_density(variance, point):
    """Return the logarithm of the centred normal density."""
    return -log(2 * pi * variance) / 2 - point**2 / (2 * variance)


# --- the log-likelihood ratio ---------------------------------------------------------


def _ratio_symbolic(statement, domain) -> Result:
    """Compare the densities of one coordinate in an eigenbasis, for 0 < l < 1."""
    difference = log_density(1 - l, x) - log_density(1 + l, x)
    claimed = CONSTANTS[statement.constant] - statement.weight * x**2
    parts = (
        ("slope in x^2", difference.diff(x) / (2 * x), -statement.weight),
        (
            "constant, its derivative in lambda",
            (difference - claimed).subs(x, 0).diff(l),
            Integer(0),
        ),
        ("constant at lambda = 0", claimed.subs(x, 0).subs(l, 0), Integer(0)),
    )
    return every_identity((n, inside(simplify(b)), inside(c)) for n, b, c in parts)


def reflected(values):
    """Return the matrix with these eigenvalues, reflected along (1, 2, ..., d)."""
    size = len(values)
    axis = Matrix(range(1, size + 1))
    mirror = eye(size) - 2 * axis * axis.T / axis.dot(axis)
    return mirror * diag(*(Rational(str(v)) for v in values)) * mirror


def _ratio_matrices(statement, domain, sizes=(1, 2, 3)) -> Result:
    """Invert exact matrices that are not diagonal, and enclose their determinants."""

    def decide(size):
        values = [Fraction((-1) ** k * (k + 1), 2 * size + 1) for k in range(size)]
        Delta, one = reflected(values), eye(size)
        form = ((one - Delta).inv() - (one + Delta).inv()) / 2
        claimed = reflected([value_at(statement.weight, v) for v in values])
        if form != claimed:
            return False, f"d = {size}: {form.tolist()} = {claimed.tolist()}"
        ratio = exact_ball((one + Delta).det() / (one - Delta).det()).log() / 2
        constant = CONSTANTS[statement.constant]
        found = sum(constant_ball(constant, v) for v in values)
        words = f"d = {size}: {ratio.str(8)} = {found.str(8)}"
        return alike(ratio, found, 12), words

    return every(sizes, decide)


def constant_ball(formula, value: Fraction):
    """Enclose the constant of one coordinate at an exact eigenvalue."""
    return ball_at(formula.rewrite(log), lambda_i=value)


RATIO = Claim(
    id="likelihood-ratio",
    title="The log-likelihood ratio is a quadratic function",
    chapter=CHAPTER,
    statement=Statement(
        "Let $p_+$ and $p_-$ be the densities of $\\mathcal N(0, I - \\Delta)$ and "
        "$\\mathcal N(0, I + \\Delta)$, $[[Delta]]$, with the eigenvalues "
        "$\\lambda_i$ and orthonormal eigenvectors $e_i$ of $\\Delta$. For "
        "every $x \\in \\mathbb{R}^d$\n\n"
        "$$\\operatorname{llr}(x) = \\ln \\frac{p_+(x)}{p_-(x)} = \\sum_{i=1}^d \\Big( "
        "[[constant]] - [[weight]]\\, \\langle e_i, x \\rangle^2 \\Big).$$",
        {"Delta": DELTA},
        {
            "constant": r"\operatorname{artanh} \lambda_i",
            "weight": l / (1 - l**2),
        },
    ),
    sources=(FLOOR,),
    checks=(
        Check(
            "symbolic",
            "one coordinate of an eigenbasis, for symbolic lambda and x",
            _ratio_symbolic,
            role="step",
        ),
        Check(
            "exact",
            "inverse matrices and determinants that are not diagonal, d <= 3",
            _ratio_matrices,
            role="step",
        ),
    ),
    planted=(
        Planted("the weight of the class +1 alone", {"weight": l / (1 - l)}),
        Planted("half the weight", {"weight": l / (2 * (1 - l**2))}),
        Planted(
            "the logarithm without its half",
            {"constant": r"2 \operatorname{artanh} \lambda_i"},
        ),
        Planted(
            "lambda for artanh lambda: right to second order",
            {"constant": r"\lambda_i"},
            near=True,
        ),
        Planted("the leading weight only", {"weight": l}, near=True),
    ),
    weak=Check(
        "symbolic",
        "the constant at lambda = 0 only",
        lambda statement, domain: identity(
            CONSTANTS[statement.constant].subs(l, 0), Integer(0)
        ),
        role="step",
    ),
    spec="GM-bayes",
)


# --- its law under three measures -----------------------------------------------------

LAW_POINTS = tuple(product(("1/2", "-4/5", "1/10"), ("1/4", "1", "3")))


def _laws_symbolic(statement, domain) -> Result:
    """Scale z to the three variances; integrate e^(-t z^2) for real t > 0."""
    weight = l / (1 - l**2)
    t = Symbol("t", positive=True)
    mean = integrate(exp(-t * z**2 - z**2 / 2), (z, -oo, oo)) / sqrt(2 * pi)
    claimed = (1 + statement.slope * t) ** statement.power
    return every_identity(
        (
            ("given y = +1", inside(weight * (1 - l)), inside(statement.plus)),
            ("given y = -1", inside(weight * (1 + l)), inside(statement.minus)),
            ("in the middle", inside(weight * (1 - l**2)), inside(statement.middle)),
            ("the mean of e^(-t z^2), squared", simplify(mean**-2), claimed**-2),
        )
    )


def characteristic_ball(frequency, weight):
    """Enclose E e^(-i u w z^2) by an integral over z; it is even in z."""

    def integrand(point, _):
        phase = acb(0, 1) * frequency * weight * point * point
        return (-phase - point * point / 2).exp() / (2 * arb.pi()).sqrt()

    value = 2 * acb.integral(integrand, acb(0), acb(14))
    rest = 2 * (-arb(98)).exp()
    return value + acb((-rest).union(rest), (-rest).union(rest))


@precise
def _laws_integral(statement, domain, points=LAW_POINTS) -> Result:
    """Compare both sides for one coordinate under each of the three laws."""
    names = ("plus", "minus", "middle")

    def decide(point):
        value, frequency = map(Fraction, point)
        frequency = exact_ball(frequency)
        variances = 1 - value, 1 + value, 1 - value**2
        for name, variance in zip(names, variances, strict=True):
            weight = value / (1 - value**2) * variance
            found = characteristic_ball(frequency, exact_ball(weight))
            claimed = exact_ball(value_at(statement.parts[name], value))
            base = 1 + acb(0, 1) * exact_ball(statement.slope) * frequency * claimed
            formula = base ** acb(exact_ball(statement.power))
            sides = (v.str(6, radius=False) for v in (found, formula))
            words = f"{name}: " + " = ".join(sides)
            if not (
                alike(found.real, formula.real) and alike(found.imag, formula.imag)
            ):
                return False, words
        return True, ""

    return every(points, decide)


LAWS = Claim(
    id="llr-laws",
    title="Its law given either label, and in the middle",
    chapter=CHAPTER,
    statement=Statement(
        "Let $[[Delta]]$ and let $z_1, \\dots, z_d$ be independent standard normal "
        "variables. Then $\\operatorname{llr}(x)$ has the law of $\\sum_i ( "
        "\\operatorname{artanh} \\lambda_i - \\omega_i z_i^2)$ with\n\n"
        "$$\\omega_i = [[plus]] \\ \\text{ given } y = +1, \\qquad \\omega_i = "
        "[[minus]] \\ \\text{ given } y = -1, \\qquad \\omega_i = [[middle]] \\ "
        "\\text{ for } x \\sim \\mathcal N(0, I - \\Delta^2),$$\n\n"
        "and for real $u$\n\n"
        "$$\\mathbb{E}\\, e^{i u \\operatorname{llr}(x)} = \\prod_{i=1}^d e^{i u "
        "\\operatorname{artanh} \\lambda_i} \\big( 1 + [[slope]]\\, i u\\, \\omega_i "
        "\\big)^{[[power]]}.$$",
        {"Delta": DELTA},
        {
            "plus": l / (1 + l),
            "minus": l / (1 - l),
            "middle": l,
            "slope": Integer(2),
            "power": -HALF,
        },
    ),
    sources=(FLOOR,),
    uses=(
        "likelihood-ratio",
        "form-transform",
    ),
    checks=(
        Check(
            "symbolic",
            "the three weights, and a Gaussian integral",
            _laws_symbolic,
            role="step",
        ),
        Check(
            "interval",
            "the integral over one coordinate, three laws, three eigenvalues",
            _laws_integral,
            role="step",
        ),
    ),
    planted=(
        Planted("the classes swapped", {"plus": l / (1 - l), "minus": l / (1 + l)}),
        Planted("the middle law N(0, I)", {"middle": l / (1 - l**2)}, near=True),
        Planted("the slope 1", {"slope": Integer(1)}),
        Planted("the slope 21/10", {"slope": Rational(21, 10)}, near=True),
        Planted("the power -1, of a pair of coordinates", {"power": Integer(-1)}),
    ),
    weak=Check(
        "symbolic",
        "the weights to first order in lambda",
        lambda statement, domain: every_identity(
            (name, statement.parts[name].diff(l).subs(l, 0), Integer(1))
            for name in ("plus", "minus", "middle")
        ),
        role="step",
    ),
    spec="GM-bayes",
)


# --- mean and variance ----------------------------------------------------------------


def _moments_symbolic(statement, domain) -> Result:
    """Average z^2 and z^4, coordinate by coordinate."""
    second, fourth_moment = (
        integrate(z**power * exp(-(z**2) / 2), (z, -oo, oo)) / sqrt(2 * pi)
        for power in (2, 4)
    )
    parts = []
    for label, weight in (("plus", l / (1 + l)), ("minus", l / (1 - l))):
        shift = weight * second
        spread = weight**2 * (fourth_moment - second**2)
        parts += (
            (f"mean, {label}", shift, statement.parts[f"shift_{label}"]),
            (f"variance, {label}", spread, statement.parts[f"variance_{label}"]),
        )
    return every_identity((n, inside(b), inside(c)) for n, b, c in parts)


def _moments_sampled(statement, domain, rng) -> Result:
    """Draw points of both classes and average the logarithm of the two densities."""
    from scipy.stats import multivariate_normal

    values = np.array([0.6, 0.2, -0.4])
    rows, count = [], 200_000
    for label, name in ((1, "plus"), (-1, "minus")):
        points = rng.standard_normal((count, 3)) * np.sqrt(1 - label * values)
        both = [
            multivariate_normal(np.zeros(3), np.diag(1 - k * values)) for k in (1, -1)
        ]
        ratio = both[0].logpdf(points) - both[1].logpdf(points)
        for kind, found in (("mean", ratio), ("variance", (ratio - ratio.mean()) ** 2)):
            formula = statement.parts[f"variance_{name}"]
            if kind == "mean":
                formula = atanh(l) - statement.parts[f"shift_{name}"]
            claimed = sum(float(formula.subs(l, v)) for v in values)
            error = found.std(ddof=1) / np.sqrt(count)
            rows.append((f"{kind} given y = {label}", found.mean(), error, claimed))
    return agree(rows)


MOMENTS = Claim(
    id="llr-moments",
    title="Mean and variance of the log-likelihood ratio",
    chapter=CHAPTER,
    statement=Statement(
        "For $[[Delta]]$,\n\n"
        "$$\\mathbb{E}_+ \\operatorname{llr} = \\sum_{i=1}^d \\Big( "
        "\\operatorname{artanh} \\lambda_i - [[shift_plus]] \\Big), \\quad "
        "\\operatorname{Var}_+ \\operatorname{llr} = \\sum_{i=1}^d "
        "[[variance_plus]],$$\n\n"
        "$$\\mathbb{E}_- \\operatorname{llr} = \\sum_{i=1}^d \\Big( "
        "\\operatorname{artanh} \\lambda_i - [[shift_minus]] \\Big), \\quad "
        "\\operatorname{Var}_- \\operatorname{llr} = \\sum_{i=1}^d "
        "[[variance_minus]].$$",
        {"Delta": DELTA},
        {
            "shift_plus": l / (1 + l),
            "variance_plus": 2 * l**2 / (1 + l) ** 2,
            "shift_minus": l / (1 - l),
            "variance_minus": 2 * l**2 / (1 - l) ** 2,
        },
    ),
    sources=(FLOOR,),
    uses=("llr-laws",),
    checks=(
        Check(
            "symbolic",
            "one coordinate, for symbolic lambda",
            _moments_symbolic,
            role="step",
        ),
        Check(
            "statistical",
            "points of both classes, d = 3",
            _moments_sampled,
            role="step",
            seed=6,
        ),
    ),
    planted=(
        Planted("the variance without its 2", {"variance_plus": l**2 / (1 + l) ** 2}),
        Planted(
            "the leading variance: right to second order",
            {"variance_plus": 2 * l**2, "variance_minus": 2 * l**2},
            near=True,
        ),
        Planted("the mean to second order only", {"shift_plus": l - l**2}, near=True),
        Planted(
            "given y = -1 the weight of the other class",
            {"shift_minus": l / (1 + l)},
        ),
    ),
    weak=Check(
        "symbolic",
        "second order in lambda only",
        lambda statement, domain: identity(
            statement.variance_plus.series(l, 0, 3).removeO(), 2 * l**2
        ),
        role="step",
    ),
    spec="GM-bayes",
)


# --- the posterior mean ---------------------------------------------------------------


def _posterior_symbolic(statement, domain) -> Result:
    """Bayes' rule for two positive numbers, and a difference with the integral 0."""
    rule = (p - q) / (p + q)
    ratio = log(p / q)
    found = simplify(tanh(statement.half * ratio).rewrite(exp) - rule)
    first = identity(found, Integer(0))
    if first.verdict is not Verdict.HOLDS:
        return first
    if statement.power or statement.label != "+":
        return unknown("the difference of the two integrands is a multiple of p - q")
    # The densities p and q have the same integral, so that a multiple of p - q has 0.
    difference = p * rule - rule**2 * (p + q) / 2
    return identity(difference, (p - q) / 2)


@precise
def _posterior_integral(statement, domain, values=("1/2", "-4/5")) -> Result:
    """Average both integrands over the points, for d = 1."""
    labels = ({"+": 1, "-": -1}[statement.label],)
    half = Fraction(str(statement.half))

    def decide(value):
        value = Fraction(value)
        risk, squares, one = (
            mean_over_points(value, function, which, half)
            for function, which in (
                (lambda t, y: (y - t) ** 2 / 2, (1, -1)),
                (lambda t, _: t * t, (1, -1)),
                (lambda t, _: t ** EXPONENTS[statement.power], labels),
            )
        )
        sides = 2 * risk, 1 - squares, 1 - one
        words = " = ".join(side.str(8, radius=False) for side in sides)
        return alike(*sides[:2]) and alike(*sides[1:]), words

    return every(values, decide)


POSTERIOR = Claim(
    id="posterior-mean",
    title="The best predictor, and its risk from one class",
    chapter=CHAPTER,
    statement=Statement(
        "For $[[Delta]]$ the posterior mean is $\\mathbb{E}[y \\mid x] = \\tanh "
        "([[half]] \\operatorname{llr}(x))$, and the least risk of all predictors "
        "is\n\n"
        "$$\\mathcal{R}_{\\mathrm{Bayes}} = \\mathbb{E}\\, (y - \\mathbb{E}[y \\mid "
        "x])^2 = 1 - \\mathbb{E} \\tanh^2 ([[half]] \\operatorname{llr}(x)) = 1 - "
        "\\mathbb{E}_{[[label]]} \\tanh[[power]] ([[half]] "
        "\\operatorname{llr}(x)).$$",
        {"Delta": DELTA},
        {"half": HALF, "power": "", "label": "+"},
    ),
    sources=(FLOOR,),
    uses=("likelihood-ratio",),
    checks=(
        Check(
            "symbolic",
            "two positive densities at a point",
            _posterior_symbolic,
            role="step",
        ),
        Check(
            "interval",
            "three integrals over the points, d = 1",
            _posterior_integral,
            role="step",
        ),
    ),
    planted=(
        Planted("tanh^2 over one class only", {"power": "^2"}, near=True),
        Planted("tanh over the other class", {"label": "-"}),
        Planted("the hyperbolic tangent of llr", {"half": Integer(1)}),
        Planted("11/20 of llr", {"half": Rational(11, 20)}),
    ),
    weak=Check(
        "symbolic",
        "tanh of half of llr only",
        lambda statement, domain: identity(
            simplify(tanh(statement.half * log(p / q)).rewrite(exp)), (p - q) / (p + q)
        ),
        role="step",
    ),
    spec="GM-bayes",
)


CLAIMS = (RATIO, LAWS, MOMENTS, POSTERIOR)
