r"""How often a quadratic predictor mistakes the label, and the best decision of all.

Within a class the predictor is a quadratic form of a Gaussian vector. The checks find
its law by other means than the room `rfbook.forms`: residues, chi-square tails in
balls, moments, and labelled points.
"""

from fractions import Fraction
from itertools import product
from math import factorial

import numpy as np
from flint import acb, arb, ctx
from sympy import (
    I,
    Integer,
    Poly,
    Rational,
    Symbol,
    cancel,
    cos,
    diag,
    exp,
    expand,
    integrate,
    oo,
    pi,
    residue,
    simplify,
    sin,
    sqrt,
    symbols,
)

from rfbook.claims.mixture_gap.sources import printed
from rfbook.claims.quadratic_features.polynomials import form, mean, vector
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Reals,
    Relation,
    Result,
    Space,
    Statement,
    agree,
    every,
    every_identity,
    exact_ball,
    identity,
)

CHAPTER = "bayes-floor"
BITS = 128
AT_MOST, AT_LEAST = Relation("<="), Relation(">=")
MORE, LESS = Relation(">"), Relation("<")
SYMMETRIC = Space(r"\operatorname{Sym}_d")
DIFFERENCES = Space(r"\operatorname{Sym}_d,\ \lVert \Delta \rVert_{\mathrm{op}} < 1")
SIGNS = {"+": 1, "-": -1}

a = Symbol("a_i", real=True)
s, u, t = symbols("s u t", real=True)
lam = Symbol("lambda_i", real=True)
llr, z = symbols("ell z", real=True)
d, delta, nu, rho, chi = symbols("d delta nu rho chi", positive=True)
ratio = Symbol("r", positive=True)
snr = Symbol(r"\operatorname{snr}", positive=True)

BAYES = printed(
    "Figure 2, dotted line",
    "implied",
    "The text draws the Bayes error and gives no formula for it.",
)
MODELS = printed("Section 3", "implied", "The text speaks of the squared risk only.")


# --- the transform of a form ----------------------------------------------------------


def _weight_factor(statement):
    """Return the factor of one weight."""
    return (1 - statement.two * a * s) ** statement.power


def _one_weight(statement, domain) -> Result:
    """Integrate e^(s a z^2) against the density; with 2 s a = 1 - p for a p > 0."""
    p = Symbol("p", positive=True)
    density = exp(-(z**2) / 2) / sqrt(2 * pi)
    integrand = exp((1 - p) / 2 * z**2) * density
    found = integrate(simplify(integrand), (z, -oo, oo))
    claimed = (_weight_factor(statement)).subs(a, (1 - p) / (2 * s))
    return identity(found, simplify(claimed))


def _moments(statement, domain) -> Result:
    """Compare the Taylor coefficients in s with E q^k / k!, weights of both signs."""

    def coefficients(case):
        dimension, order = case
        weights = [Rational((-1) ** i * (i + 2), i + 1) for i in range(dimension)]
        x = vector(dimension)
        rows = diag(*weights).tolist()
        left = mean(expand(form(rows, x) ** order), x) / factorial(order)
        value = Integer(1)
        for weight in weights:
            factor = (_weight_factor(statement)).subs(a, weight)
            value *= factor.series(s, 0, order + 1).removeO()
        right = Poly(expand(value), s).coeff_monomial(s**order)
        return left == right, f"E q^{order} / {order}! = {left} = {right}"

    return every(product(domain["d"], range(1, 5)), coefficients)


TRANSFORM = Claim(
    id="form-transform",
    title="The transform of a Gaussian quadratic form",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, real $a_1, \\dots, a_d$, independent standard normal "
        "$z_i$, and complex $s$ with $2 a_i \\operatorname{Re} s < 1$ for all $i$, the "
        "form $q = \\sum_i a_i z_i^2$ satisfies\n\n"
        "$$\\mathbb{E}\\, e^{s q} = \\prod_{i=1}^d \\big( 1 - [[two]] a_i s "
        "\\big)^{[[power]]},$$\n\n"
        "with principal powers.",
        {"d": Integers(1)},
        {"two": Integer(2), "power": Rational(-1, 2)},
    ),
    sources=(BAYES,),
    checks=(
        Check(
            "symbolic",
            "one weight, as a Gaussian integral",
            _one_weight,
            role="step",
        ),
        Check(
            "exact",
            "four moments against Taylor coefficients, d = 1, 2, 3",
            _moments,
            {"d": Integers(1, 3)},
            role="step",
        ),
    ),
    planted=(
        Planted("the 2 dropped", {"two": Integer(1)}),
        Planted("the power 1/2", {"power": Rational(1, 2)}),
        Planted("the other sign of s", {"two": Integer(-2)}),
        Planted("the power -10/21", {"power": Rational(-10, 21)}, near=True),
        Planted(
            "right to first order",
            {"two": Integer(1), "power": Integer(-1)},
            near=True,
        ),
    ),
    weak=Check(
        "exact",
        "the mean only",
        lambda statement, domain: identity(
            (_weight_factor(statement)).diff(s).subs(s, 0), a
        ),
        role="step",
    ),
    spec="GM-bayes",
)


# --- its inversion --------------------------------------------------------------------


def _twin_weights(values, point):
    """P(q > t) for weights that come twice: q = sum 2 b_j E_j, E_j exponential."""
    total = Integer(0)
    for b in values:
        if (b > 0) == (point >= 0):
            share = Integer(1)
            for other in values:
                if other != b:
                    share *= b / (b - other)
            total += share * exp(-point / (2 * b))
    return total if point >= 0 else 1 - total


def _residues(statement, domain) -> Result:
    """Close the path around the poles on the side where the integrand decays."""
    spectra = [
        [Rational(b) for b in row]
        for row in (("1",), (2, 1), ("3/2", "-1/2"), (1, 2, -3))
    ]

    def compare(case):
        values, point = case
        transform = Integer(1)
        for b in values:
            transform /= 1 - 2 * b * s
        kernel = statement.kernel.subs(t, point)
        whole = transform * kernel * 2 * pi / statement.period
        top = min((Rational(1, 2) / b for b in values if b > 0), default=Integer(2))
        bottom = max((Rational(1, 2) / b for b in values if b < 0), default=Integer(-2))
        crossing = top / 2 if statement.side == MORE else bottom / 2
        poles = {Rational(1, 2) / b for b in values} | {Integer(0)}
        right = [pole for pole in poles if (pole > crossing) == (point > 0)]
        sign = -1 if point > 0 else 1
        parts = [cancel((s - pole) * whole).subs(s, pole) for pole in right]
        found = sign * sum(parts)
        wanted = _twin_weights(values, point)
        same = expand(found - wanted) == 0
        return same, f"P(q > {point}) = {wanted.evalf(8)} = {found.evalf(8)}"

    points = (Rational(1, 2), Integer(3), Integer(-1))
    return every(product(spectra, points), compare)


INVERSION = Claim(
    id="form-inversion",
    title="The tail of a quadratic form as one integral",
    chapter=CHAPTER,
    statement=Statement(
        "Let $q = \\sum_i a_i z_i^2$ be a form with weights that are not all 0, $t$ a "
        "real number, and $c [[side]] 0$ with $2 a_i c < 1$ for all $i$. Then\n\n"
        "$$\\mathbb{P}(q > t) = \\frac{1}{[[period]]\\, i} \\int_{c - i \\infty}^{c "
        "+ i \\infty} [[kernel]]\\; \\mathbb{E}\\, e^{s q}\\, ds,$$\n\n"
        "the limit of the integrals from $c - iT$ to $c + iT$.",
        {},
        {"side": MORE, "period": 2 * pi, "kernel": exp(-s * t) / s},
    ),
    sources=(BAYES,),
    uses=("form-transform",),
    checks=(
        Check(
            "exact",
            "residues, weights that come twice, of one and of both signs",
            _residues,
            role="step",
        ),
    ),
    planted=(
        Planted("the path left of the pole at 0", {"side": LESS}),
        Planted("the factor of a half turn", {"period": pi}),
        Planted("e^(st)", {"kernel": exp(s * t) / s}),
        Planted("the density instead of the tail", {"kernel": exp(-s * t)}),
        Planted("41/20 for 2", {"period": 41 * pi / 20}, near=True),
    ),
    weak=Check(
        "exact",
        "the residue at 0 only, up to 5 %",
        lambda statement, domain: every(
            [1],
            lambda _: (
                bool(
                    abs(residue(2 * pi / statement.period * statement.kernel, s, 0))
                    > Rational(19, 20)
                ),
                "the residue at 0",
            ),
        ),
        role="step",
    ),
    spec="GM-bayes",
)


# --- the Hellinger transform ----------------------------------------------------------


def _hellinger_logs(statement, domain) -> Result:
    """Complete the square: one coordinate, logarithms of 1 - lambda and 1 + lambda."""
    p, m = symbols("p m", real=True)  # ln(1 - lambda), ln(1 + lambda)
    width, power = 1 - statement.two * I * u * lam, statement.power
    left, right = Rational(1, 2) - I * u, Rational(1, 2) + I * u
    precision = left / (1 - lam) + right / (1 + lam)
    big = Symbol("L")  # ln(1 - 2 i u lambda)
    exact = -(left * p + right * m + big - p - m) / 2
    claimed = (
        statement.root * (p + m)
        + I * u * SIGNS[statement.turn] * (m - p) / 2
        + power * big
    )
    return every_identity(
        (
            ("(1 - lambda^2) times the precision", precision * (1 - lam**2), width),
            ("the logarithm", expand(exact), expand(claimed)),
        )
    )


def _hellinger_balls(statement, domain) -> Result:
    """Enclose the integral over one coordinate, and compare to 25 digits."""
    points = product((Fraction(1, 2), Fraction(-4, 5)), (Fraction(0), Fraction(3, 2)))

    def compare(point):
        value, at = point
        left = acb(1) / 2 - acb(0, exact_ball(at))
        spreads = exact_ball(1 - value), exact_ball(1 + value)

        def density(x, _):
            plus, minus = (
                -x * x / (2 * C) - (2 * arb.pi() * C).log() / 2 for C in spreads
            )
            return (left * plus + (1 - left) * minus).exp()

        found = acb.integral(density, acb(-30), acb(30))
        turns = acb(0, exact_ball(at) * SIGNS[statement.turn] * _artanh(value))
        width = exact_ball(1), -exact_ball(statement.two) * exact_ball(at * value)
        claimed = (
            exact_ball(1 - value**2) ** exact_ball(statement.root)
            * turns.exp()
            * acb(*width) ** acb(exact_ball(statement.power))
        )
        close = abs(found - claimed) < arb("1e-25")
        return bool(close), f"{found.str(10)} = {claimed.str(10)}"

    with ctx.workprec(BITS):
        return every(points, compare)


def _artanh(value: Fraction):
    """Return artanh of a fraction as a ball."""
    return exact_ball((1 + value) / (1 - value)).log() / 2


HELLINGER = Claim(
    id="hellinger-transform",
    title="The Hellinger transform of the two classes",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[Delta]]$ and $[[u]]$ the densities $p_\\pm$ of the two "
        "classes satisfy\n\n"
        "$$\\mathcal{H}(u) = \\int p_+^{1/2 - iu}\\, p_-^{1/2 + iu}\\, dx = "
        "\\prod_{i=1}^d \\big( 1 - \\lambda_i^2 \\big)^{[[root]]}\\; "
        "e^{[[turn]] i u \\operatorname{artanh} \\lambda_i}\\, "
        "\\big( 1 - [[two]] i u \\lambda_i \\big)^{[[power]]},$$\n\n"
        "with $\\lambda_i = \\lambda_i(\\Delta)$ and principal powers.",
        {"d": Integers(1), "Delta": DIFFERENCES, "u": Reals()},
        {
            "root": Rational(1, 4),
            "turn": "-",
            "two": Integer(2),
            "power": Rational(-1, 2),
        },
    ),
    sources=(BAYES,),
    uses=("form-transform", "llr-laws", "mixture-affinity"),
    checks=(
        Check(
            "symbolic",
            "one coordinate: the square is completed, for symbolic lambda and u",
            _hellinger_logs,
            role="step",
        ),
        Check(
            "interval",
            "one coordinate, the integral in balls, two eigenvalues, two u",
            _hellinger_balls,
            role="step",
        ),
    ),
    planted=(
        Planted("the root 1/2, the affinity's square", {"root": Rational(1, 2)}),
        Planted("the other phase: right at u = 0", {"turn": "+"}, near=True),
        Planted(
            "the conjugate width: right at u = 0",
            {"two": Integer(-2)},
            near=True,
        ),
        Planted("the root 5/21", {"root": Rational(5, 21)}, near=True),
        Planted("the 2 dropped", {"two": Integer(1)}),
    ),
    weak=Check(
        "exact",
        "u = 0 only",
        lambda statement, domain: every_identity(
            (("the root", statement.root, Rational(1, 4)),)
        ),
        role="step",
    ),
    spec="GM-bayes",
)


# --- the Bayes error ------------------------------------------------------------------


def _bayes_kernel(statement, domain) -> Result:
    """Find the Fourier transform of e^(-|l|/2), and what it is in the error."""
    l = Symbol("l", positive=True)  # noqa: E741 - the log-likelihood ratio
    damped = exp(-l / 2)
    primitive = damped * (u * sin(u * l) - cos(u * l) / 2) * statement.kernel
    return every_identity(
        (
            ("the primitive", primitive.diff(l), damped * cos(u * l)),
            ("its value at 0", -2 * primitive.subs(l, 0), statement.kernel),
            ("half of 1/(2 pi)", statement.factor, 1 / (4 * pi)),
            ("min(1, e^(-l)), l > 0", exp(-l) * exp(l / 2), damped),
        )
    )


def _bayes_sampled(statement, domain, rng) -> Result:
    """Count the mistakes of the larger density, on labelled points."""
    spectra = {1: [0.8], 2: [0.7, -0.5], 5: [0.6, 0.5, -0.4, 0.3, 0.6]}
    rows, count = [], 400_000
    nodes = np.sinh(np.linspace(-14, 14, 200_001))
    kernel = _evaluated(statement.kernel, nodes)
    factor = float(statement.factor)
    for values in map(np.array, spectra.values()):
        y = rng.choice([-1.0, 1.0], count)
        x = rng.standard_normal((count, len(values))) * np.sqrt(1 - y[:, None] * values)
        logs = [
            -np.sum(x**2 / (2 * C) + np.log(C) / 2, axis=1)
            for C in (1 - values, 1 + values)
        ]
        wrong = (logs[0] > logs[1]) != (y > 0)
        transform = np.ones(len(nodes), complex)
        for value in values:
            transform *= (
                (1 - value**2) ** 0.25
                * np.exp(-1j * nodes * np.arctanh(value))
                / np.sqrt(1 - 2j * nodes * value)
            )
        claimed = factor * np.trapezoid(kernel * transform.real, nodes)
        error = wrong.std(ddof=1) / np.sqrt(count)
        rows.append((f"d = {len(values)}", wrong.mean(), error, claimed))
    return agree(rows)


def _evaluated(formula, nodes):
    """Evaluate a formula in u at many points."""
    from sympy import lambdify

    return lambdify(u, formula, "numpy")(nodes)


KERNEL = 1 / (u**2 + Rational(1, 4))

BAYES_ERROR = Claim(
    id="bayes-error-integral",
    title="The least classification error as one integral",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and $[[Delta]]$ the sign of $\\operatorname{llr}(x)$ has "
        "the least classification error of all decisions, and with the Hellinger "
        "transform $\\mathcal{H}$ it is\n\n"
        "$$\\frac12 \\int \\min(p_+, p_-)\\, dx = [[factor]] "
        "\\int_{-\\infty}^{\\infty} [[kernel]]\\; \\mathcal{H}(u)\\, du.$$",
        {"d": Integers(1), "Delta": DIFFERENCES},
        {"factor": 1 / (4 * pi), "kernel": KERNEL},
    ),
    sources=(BAYES,),
    uses=("hellinger-transform", "likelihood-ratio"),
    checks=(
        Check(
            "symbolic",
            "the Fourier transform of the kernel",
            _bayes_kernel,
            role="step",
        ),
        Check(
            "statistical",
            "mistakes of the larger density, d = 1, 2, 5",
            _bayes_sampled,
            role="step",
            seed=61,
        ),
    ),
    planted=(
        Planted("the factor 1/(2 pi)", {"factor": 1 / (2 * pi)}),
        Planted("the kernel of e^(-|l|)", {"kernel": 1 / (u**2 + 1)}),
        Planted(
            "the factor 1/(4 pi) times 21/20", {"factor": 21 / (80 * pi)}, near=True
        ),
        Planted(
            "the kernel of the Bayes risk: right at Delta = 0 up to the factor",
            {"kernel": 4 * exp(-(u**2))},
        ),
    ),
    weak=Check(
        "exact",
        "Delta = 0, to one digit",
        lambda statement, domain: every(
            [0],
            lambda _: (
                round(float(statement.factor * 2 * pi), 1) == 0.5
                and bool(statement.kernel.subs(u, 0) == 4),
                "1/2 = 1/2",
            ),
        ),
        role="step",
    ),
    spec="GM-bayes",
)


CLAIMS = (TRANSFORM, INVERSION, HELLINGER, BAYES_ERROR)
