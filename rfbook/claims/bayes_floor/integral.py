"""The Bayes risk as one integral over the line: exact, computed, and in the limit.

The integrals are enclosed in balls by `rfbook.claims.bayes_floor.enclosures`, over the
points where that is possible, and else over the frequencies.
"""

from fractions import Fraction
from functools import lru_cache
from itertools import product

from flint import acb, arb
from sympy import (
    Integer,
    Poly,
    Rational,
    Symbol,
    atanh,
    cos,
    euler,
    exp,
    expand,
    log,
    pi,
    series,
    simplify,
    sqrt,
    symbols,
)

from rfbook.claims.bayes_floor.enclosures import (
    AT_MOST,
    SPECTRA,
    WIDE,
    affinity,
    alike,
    bayes_fourier,
    bayes_space,
    integral,
    largest,
    limit_ball,
    mean_over_points,
    power_sum,
    precise,
    sech,
    snr,
    transform,
)
from rfbook.claims.bayes_floor.posterior import (
    CHAPTER,
    DELTA,
    FLOOR,
    inside,
    k,
    l,
    log_density,
    p,
    q,
    value_at,
    x,
)
from rfbook.ledger import (
    Check,
    Claim,
    Planted,
    Reals,
    Result,
    Statement,
    ball_at,
    every,
    every_identity,
    exact_ball,
    holds,
    unknown,
)

u, s, a, h = symbols("u s a h", positive=True)
ell, fourth = symbols("ell S_4", positive=True)
HALF, QUARTER = Rational(1, 2), Rational(1, 4)


# --- the law in the middle ------------------------------------------------------------


def _middle_symbolic(statement, domain) -> Result:
    """Compare 2pq/(p+q), the integrand of the risk, and the root of two densities."""
    square = (p / q) ** (2 * statement.half)
    rewritten = sqrt(p * q) * 2 * sqrt(square) / (1 + square)
    points = {p: 4 * k**2, q: 1}  # only the quotient of the densities counts
    root = (log_density(1 - l, x) + log_density(1 + l, x)) / 2
    density = log_density(statement.variance, x)
    mass = root - density - statement.power * log(1 - l**2)
    return every_identity(
        (
            (
                "the risk at a point",
                simplify(rewritten.subs(points)),
                (2 * p * q / (p + q)).subs(points),
            ),
            ("the root: slope in x^2", inside(mass.diff(x)), Integer(0)),
            (
                "the root: constant",
                simplify(inside(mass.subs(x, 0).diff(l))),
                Integer(0),
            ),
        )
    )


@precise
def _middle_integral(
    statement, domain, values=("1/2", "-4/5", "99/100", "1/10")
) -> Result:
    """Compare the mean of the posterior variance with the mean in the middle, d = 1."""

    def decide(value):
        value = Fraction(value)
        lam = exact_ball(value)
        variance = exact_ball(value_at(statement.variance, value))
        half = exact_ball(statement.half)

        def integrand(point, _):
            square = variance * point * point
            llr = lam.atanh() - lam / (1 - lam * lam) * square
            normal = (-point * point / 2).exp() / (2 * arb.pi()).sqrt()
            return sech(half * llr) * normal

        rest = 2 * (-arb(98)).exp()
        mean = 2 * integral(integrand, 0, 14) + arb(0).union(rest)
        mass = exact_ball(1 - value**2) ** exact_ball(statement.power)
        risk = mean_over_points(value, lambda t, _: 1 - t * t)
        bound = (-exact_ball(statement.exponent) * lam * lam).exp()
        words = " = ".join(side.str(8, radius=False) for side in (risk, mass * mean))
        words += f" <= {mass.str(8, radius=False)} <= {bound.str(8, radius=False)}"
        order = AT_MOST.ball(risk, mass), AT_MOST.ball(mass, bound)
        return alike(risk, mass * mean) and all(order), words

    return every(values, decide)


MIDDLE = Claim(
    id="bayes-middle",
    title="The Bayes risk as a mean between the classes",
    chapter=CHAPTER,
    statement=Statement(
        "For $[[Delta]]$ let $\\mathbb{E}_0$ be the mean over $x \\sim \\mathcal N(0, "
        "\\Sigma_0)$, where $\\Sigma_0$ has the eigenvectors of $\\Delta$ and the "
        "eigenvalues $[[variance]]$. Then\n\n"
        "$$\\mathcal{R}_{\\mathrm{Bayes}} = A\\; \\mathbb{E}_0 \\operatorname{sech} "
        "([[half]] \\operatorname{llr}(x)), \\qquad A = \\int \\sqrt{p_+ p_-} = "
        "\\prod_{i=1}^d (1 - \\lambda_i^2)^{[[power]]},$$\n\n"
        "and so $\\mathcal{R}_{\\mathrm{Bayes}} \\le A \\le \\exp(-[[exponent]] "
        "\\lVert \\Delta \\rVert_F^2)$.",
        {"Delta": DELTA},
        {"variance": 1 - l**2, "half": HALF, "power": QUARTER, "exponent": QUARTER},
    ),
    sources=(FLOOR,),
    uses=("likelihood-ratio", "mixture-affinity", "posterior-mean"),
    checks=(
        Check(
            "symbolic",
            "the risk at a point, and the root of two normal densities",
            _middle_symbolic,
            role="step",
        ),
        Check(
            "interval",
            "two integrals over the points and both bounds, d = 1",
            _middle_integral,
            role="step",
        ),
    ),
    planted=(
        Planted("the variance 1", {"variance": Integer(1) + 0 * l}),
        Planted("the power 1/2", {"power": HALF}),
        Planted("sech of llr", {"half": Integer(1)}),
        Planted("the exponent 1/2", {"exponent": HALF}),
        Planted(
            "the exponent 21/80: false for small eigenvalues only",
            {"exponent": Rational(21, 80)},
            near=True,
        ),
    ),
    weak=Check(
        "interval",
        "lambda = 99/100 only",
        lambda statement, domain: _middle_integral(statement, domain, ("99/100",)),
        role="step",
    ),
    spec="GM-bayes",
)


# --- one integral over the line -------------------------------------------------------


@precise
def _kernel_integral(statement, domain, points=("0", "1", "5")) -> Result:
    """Enclose the Fourier integral of the hyperbolic secant."""

    def decide(point):
        frequency = exact_ball(Fraction(point))
        scale = exact_ball(statement.scale)

        def integrand(v, _):
            return sech(scale * v) * (frequency * v).cos()

        rest = 4 * (-arb(48)).exp()
        found = 2 * integral(integrand, 0, 16) + (-rest).union(rest)
        claimed = sech(frequency / 2)
        words = f"{found.str(8, radius=False)} = {claimed.str(8, radius=False)}"
        return alike(found, claimed), words

    return every(points, decide)


@precise
def _fourier_balls(statement, domain, names=tuple(SPECTRA)) -> Result:
    """Compare the integral over u with integrals over the points."""

    def decide(name):
        spectrum = SPECTRA[name]
        found = line_integral(statement, spectrum)
        space = bayes_space(spectrum)
        words = f"{space.str(8, radius=False)} = {found.str(8, radius=False)}"
        return alike(found, space), words

    return every(names, decide)


def line_integral(statement, spectrum) -> arb:
    """Enclose the claimed integral over u."""
    scale, slope = exact_ball(statement.scale), exact_ball(statement.slope)

    def integrand(v, analytic):
        weights = transform(spectrum, v * slope / 2, abs_free, analytic)
        shift = sum(c * exact_ball(w).atanh() for w, c in spectrum.items())
        turn = acb(0, 1) * v * shift * (1 - slope / 2)
        return sech(scale * v) * weights * turn.exp()

    inside_ = integral(integrand, -16, 0) + integral(integrand, 0, 16)
    rest = 4 * (-arb(48)).exp()
    mass = affinity(spectrum) ** (4 * exact_ball(statement.power))
    return mass * (inside_ + (-rest).union(rest))


def abs_free(value):
    """Return the weight of an eigenvalue under the middle law: itself."""
    return value


FOURIER = Claim(
    id="bayes-fourier",
    title="The Bayes risk as one integral over the line",
    chapter=CHAPTER,
    statement=Statement(
        "For $[[Delta]]$,\n\n"
        "$$\\mathcal{R}_{\\mathrm{Bayes}} = \\prod_{i=1}^d (1 - "
        "\\lambda_i^2)^{[[power]]} \\int_{-\\infty}^{\\infty} "
        "\\operatorname{sech}([[scale]]\\, u) \\prod_{i=1}^d "
        "\\frac{e^{i u \\operatorname{artanh} \\lambda_i}}{(1 + [[slope]]\\, i u "
        "\\lambda_i)^{1/2}}\\, du .$$",
        {"Delta": DELTA},
        {"power": QUARTER, "scale": pi, "slope": Integer(2)},
    ),
    sources=(FLOOR,),
    uses=("bayes-middle", "llr-laws"),
    checks=(
        Check(
            "interval",
            "the transform of the hyperbolic secant at three points",
            _kernel_integral,
            role="step",
        ),
        Check(
            "interval",
            "against integrals over the points, for five spectra up to d = 6",
            _fourier_balls,
            role="step",
        ),
    ),
    planted=(
        Planted("sech u for sech(pi u)", {"scale": Integer(1)}),
        Planted("the slope 1", {"slope": Integer(1)}),
        Planted("the slope 41/20", {"slope": Rational(41, 20)}, near=True),
        Planted("the power 1/2", {"power": HALF}),
        Planted("the power 13/50", {"power": Rational(13, 50)}, near=True),
    ),
    weak=Check(
        "interval",
        "the transform at 0 only",
        lambda statement, domain: _kernel_integral(statement, domain, ("0",)),
        role="step",
    ),
    spec="GM-bayes",
)


# --- the trapezoidal rule -------------------------------------------------------------

STEPS = ("1/2", "1/4", "1/6")
TILTS = ("1/10", "1/4", "2/5", "49/100", "3/5")


@precise
def _trapezoid(statement, domain, steps=STEPS) -> Result:
    """Compare the sum over the nodes with the integral, for three steps and tilts."""

    def decide(point):
        name, step, tilt = point
        spectrum, step = SPECTRA[name], Fraction(step)
        nodes = int(16 / step)
        total = arb(0)
        for index in range(-nodes, nodes + 1):
            node = acb(exact_ball(index * step))
            term = transform(spectrum, node, abs_free).real
            total += term * sech((arb.pi() * node).real)
        mass = affinity(spectrum)
        distance = abs(exact_ball(step) * mass * total - exact_risk(name))
        moments = sum(
            transform(spectrum, acb(0, exact_ball(sign * tilt)), abs_free).real
            for sign in (1, -1)
        )
        factor = ball_at(statement.bound, a=tilt, h=step)
        bound = mass * moments * factor
        words = f"{distance.str(5)} <= {bound.str(5)}"
        return AT_MOST.ball(distance, bound), words

    tilts = domain["a"].among(TILTS)
    return every(product(SPECTRA, steps, tilts), decide)


@lru_cache
def exact_risk(name: str) -> arb:
    """Enclose the Bayes risk of one of the spectra, over the points."""
    return bayes_space(SPECTRA[name])


TRAPEZOID_BOUND = 1 / (cos(pi * a) * (exp(2 * pi * a / h) - 1))

TRAPEZOID = Claim(
    id="bayes-trapezoid",
    title="Equally spaced nodes compute it, with a bound known in advance",
    chapter=CHAPTER,
    statement=Statement(
        "For $[[Delta]]$ and a step $[[h]]$ let $R_h$ be the sum $h \\sum_{k \\in "
        "\\mathbb{Z}}$ of the values at $u = k h$ of the integrand of the Bayes risk, "
        "the factor $A$ included. For every $[[a]]$\n\n"
        "$$\\lvert R_h - \\mathcal{R}_{\\mathrm{Bayes}} \\rvert \\le A\\, \\big( "
        "\\mathbb{E}_0\\, e^{a \\operatorname{llr}} + \\mathbb{E}_0\\, e^{-a "
        "\\operatorname{llr}} \\big)\\, [[bound]].$$",
        {
            "Delta": DELTA,
            "h": Reals(0, open_low=True),
            "a": Reals(0, Fraction(1, 2), open_low=True, open_high=True),
        },
        {"bound": TRAPEZOID_BOUND},
    ),
    uses=("bayes-fourier",),
    checks=(
        Check(
            "interval",
            "five spectra, three steps, four tilts, sums up to |u| = 16",
            _trapezoid,
            role="step",
        ),
    ),
    planted=(
        Planted("the cosine dropped", {"bound": TRAPEZOID_BOUND * cos(pi * a)}),
        Planted(
            "tilts beyond the pole at 1/2",
            {"a": Reals(0, Fraction(3, 4), open_low=True, open_high=True)},
            near=True,
        ),
        Planted(
            "twice the exponent: right for small tilts",
            {"bound": 1 / (cos(pi * a) * (exp(4 * pi * a / h) - 1))},
            near=True,
        ),
    ),
    weak=Check(
        "interval",
        "the tilt 1/10 only",
        _trapezoid,
        {"a": Reals(Fraction(1, 10), Fraction(1, 10))},
        role="step",
    ),
    spec="GM-bayes",
)


# --- a Gaussian law in the limit ------------------------------------------------------


def normal_transform(statement, spectrum, frequency):
    """Enclose the characteristic function of the claimed normal law."""
    ratio = snr(spectrum)
    mean, variance = (
        exact_ball(Fraction(str(part.subs(s, 1))) * ratio)
        for part in (statement.mean, statement.variance)
    )
    return (acb(0, 1) * frequency * mean - frequency**2 * variance / 2).exp()


def plus_weight(value):
    """Return the weight of an eigenvalue given y = +1."""
    return value / (1 + value)


@precise
def _normal_balls(statement, domain, names=tuple(WIDE)) -> Result:
    """Compare the two characteristic functions at several frequencies."""
    points = domain["u"].among(("1/100", "1/2", "1", "2", "4"))

    def decide(point):
        name, frequency = point
        spectrum = WIDE[name]
        node = acb(exact_ball(frequency))
        exact = transform(spectrum, node, plus_weight)
        distance = abs(exact - normal_transform(statement, spectrum, node))
        bound = ball_at(
            statement.bound, u=abs(frequency), s=snr(spectrum), ell=largest(spectrum)
        )
        words = f"{distance.str(5)} <= {bound.str(5)}"
        return AT_MOST.ball(distance, bound), words

    return every(product(names, points), decide)


def _normal_symbolic(statement, domain) -> Result:
    """Expand mean and variance of one coordinate, and bound the variance's error.

    Sums of squares are 2s. For lambda = - t < 0 the error of the variance is the larger
    one; its distance from t^3 / (1 - t)^3 is written as a product of positive factors.
    """
    t = Symbol("t", positive=True)
    mean = (statement.mean / (2 * s)).subs(s, 1) * l**2
    spread = (statement.variance / (2 * s)).subs(s, 1) * l**2
    weight = l / (1 + l)
    error = (weight**2 - l**2).subs(l, -t)
    spare = 2 * t**3 / (1 - t) ** 3 - error
    return every_identity(
        (
            ("mean", series(atanh(l) - weight, l, 0, 3).removeO(), mean),
            ("variance", series(2 * weight**2, l, 0, 3).removeO(), spread),
            ("error of the variance", spare, t**4 * (3 - t) / (1 - t) ** 3),
        )
    )


NORMAL_BOUND = 2 * s * ell * (u + 2 * u**2 + Rational(4, 3) * u**3) / (1 - ell) ** 3

NORMAL = Claim(
    id="llr-normal",
    title="The log-likelihood ratio is nearly normal",
    chapter=CHAPTER,
    statement=Statement(
        "For $[[Delta]]$ let $s = \\frac12 \\lVert \\Delta \\rVert_F^2$ and $\\ell = "
        "\\lVert \\Delta \\rVert_{\\mathrm{op}}$, and let $g$ have the law "
        "$\\mathcal N([[mean]], [[variance]])$. For every $[[u]]$\n\n"
        "$$\\Big\\lvert \\mathbb{E}_+ e^{i u \\operatorname{llr}(x)} - \\mathbb{E}\\, "
        "e^{i u g} \\Big\\rvert \\le [[bound]] .$$\n\n"
        "So if $s$ converges and $\\ell \\to 0$, then $\\operatorname{llr}(x)$ given "
        "$y = +1$ converges in law to $g$, and given $y = -1$ to $-g$.",
        {"Delta": DELTA, "u": Reals(0)},
        {"mean": 2 * s, "variance": 4 * s, "bound": NORMAL_BOUND},
    ),
    sources=(FLOOR,),
    uses=("llr-laws", "llr-moments"),
    checks=(
        Check(
            "interval",
            "both characteristic functions, seven spectra up to d = 2 * 10^6",
            _normal_balls,
            role="step",
        ),
        Check(
            "symbolic",
            "mean and variance of one coordinate, to second order and beyond",
            _normal_symbolic,
            role="step",
        ),
    ),
    planted=(
        Planted("the variance 2s", {"variance": 2 * s}),
        Planted("the mean s", {"mean": s}),
        Planted(
            "the variance 21/5 s: seen in high dimension only",
            {"variance": Rational(21, 5) * s},
            near=True,
        ),
        Planted(
            "the square of the norm: right for few coordinates",
            {"bound": NORMAL_BOUND * ell},
            near=True,
        ),
    ),
    weak=Check(
        "interval",
        "one coordinate only",
        lambda statement, domain: _normal_balls(statement, domain, ("1/2 once",)),
        role="step",
    ),
    spec="GM-bayes",
)


# --- the limit of the risk, with its rate ---------------------------------------------


def secant_moment(power: int):
    """Return E u^power for the density sech(pi u): Euler's number over 2^power."""
    return abs(euler(power)) / Integer(2) ** power


def _limit_symbolic(statement, domain) -> Result:
    """Collect the two terms of the transform and the one of the affinity.

    The modulus gives 2 u^4 S_4, the phase s S_4 (u / 3 + 4 u^3 / 3)^2 where the first
    summand may be divided by 1 - l^2, and the affinity S_4 / 8.
    """
    at_zero = statement.bound.subs(ell, 0).subs(fourth, 1) * exp(s / 2)
    phase = expand((u / 3 + 4 * u**3 / 3) ** 2)
    mean = sum(
        coefficient * secant_moment(power)
        for (power,), coefficient in Poly(phase, u).terms()
    )
    needed = 2 * secant_moment(4) + QUARTER / 2 + mean * s
    spare = Poly(expand(at_zero - needed), s).all_coeffs()
    if all(value >= 0 for value in spare):
        return holds(f"the bound has {at_zero}, the terms need {needed}")
    return unknown(f"whether {at_zero} is enough: the terms need {needed}")


@precise
def _limit_balls(statement, domain, names=tuple(WIDE)) -> Result:
    """Compare the exact risk with the limit, in dimensions from 1 to 2 * 10^6."""

    def decide(name):
        spectrum = WIDE[name]
        at = Fraction(str(statement.at.subs(s, 1))) * snr(spectrum)
        distance = abs(wide_risk(name) - limit_ball(at))
        size = power_sum(spectrum, int(statement.power))
        sizes = {"S_4": size, "s": snr(spectrum), "ell": largest(spectrum)}
        bound = ball_at(statement.bound, **sizes)
        words = f"{distance.str(5)} <= {bound.str(5)}"
        return AT_MOST.ball(distance, bound), words

    return every(names, decide)


@lru_cache
def wide_risk(name: str) -> arb:
    """Enclose the Bayes risk of one of the wide spectra, over the frequencies."""
    return bayes_fourier(WIDE[name])


LIMIT_BOUND = fourth * (Rational(3, 4) + 2 * s) * exp(-s / 2) / (1 - ell**2) ** 2

LIMIT = Claim(
    id="bayes-limit",
    title="The limit of the Bayes risk, at the rate of the fourth powers",
    chapter=CHAPTER,
    statement=Statement(
        "For $[[Delta]]$ let $s = \\frac12 \\lVert \\Delta \\rVert_F^2$, $\\ell = "
        "\\lVert \\Delta \\rVert_{\\mathrm{op}}$ and $S_4 = \\sum_i \\lvert \\lambda_i "
        "\\rvert^{[[power]]}$, and let\n\n"
        "$$\\mathcal{R}_{\\mathrm{Bayes}}(t) = e^{-t/2} \\int_{-\\infty}^{\\infty} "
        "\\operatorname{sech}(\\pi u)\\, e^{-2 t u^2}\\, du .$$\n\n"
        "Then\n\n"
        "$$\\big\\lvert \\mathcal{R}_{\\mathrm{Bayes}} - \\mathcal{R}_{\\mathrm{Bayes}}"
        "([[at]]) \\big\\rvert \\le [[bound]] .$$",
        {"Delta": DELTA},
        {"power": Integer(4), "at": s, "bound": LIMIT_BOUND},
    ),
    sources=(FLOOR,),
    uses=("bayes-fourier",),
    checks=(
        Check(
            "symbolic",
            "the moments of the hyperbolic secant, and the three terms",
            _limit_symbolic,
            role="step",
        ),
        Check(
            "interval",
            "exact risk against the limit, seven spectra up to d = 2 * 10^6",
            _limit_balls,
            role="step",
        ),
    ),
    planted=(
        Planted("the whole square of the norm for s", {"at": 2 * s}),
        Planted(
            "21/20 of the signal: seen in high dimension only",
            {"at": Rational(21, 20) * s},
            near=True,
        ),
        Planted("fifth powers: right for d = 1", {"power": Integer(5)}, near=True),
        Planted("sixth powers", {"power": Integer(6)}),
        Planted(
            "2/5 for 3/4: seen for weak signals only",
            {
                "bound": LIMIT_BOUND
                * (Rational(2, 5) + 2 * s)
                / (Rational(3, 4) + 2 * s)
            },
            near=True,
        ),
    ),
    weak=Check(
        "interval",
        "one coordinate only",
        lambda statement, domain: _limit_balls(statement, domain, ("1/2 once",)),
        role="step",
    ),
    spec="GM-bayes",
)


CLAIMS = (MIDDLE, FOURIER, TRAPEZOID, NORMAL, LIMIT)
