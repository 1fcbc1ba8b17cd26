"""The eigenvalues of the ReLU neuron: closed form at bias zero, and any bias.

Numbers to compare with come from `rfbook.claims.neuron_width.series`: exact integrals
of the arc-cosine kernel, positive series with a rigorous rest, rigorous quadrature.
"""

from fractions import Fraction
from itertools import product

import sympy
from flint import ctx
from sympy import (
    Function,
    Integer,
    Pow,
    Rational,
    Symbol,
    exp,
    expand_func,
    factorial,
    gamma,
    gammasimp,
    pi,
    sqrt,
)

from rfbook.claims.neuron_width import activation, eigenvalues
from rfbook.claims.neuron_width.activation import b, polynomial
from rfbook.claims.neuron_width.eigenvalues import OVERLAP
from rfbook.claims.neuron_width.series import (
    eigenvalue_ball,
    eigenvalue_exact,
    energies_ball,
    integral_ball,
    normal_ball,
    projections,
)
from rfbook.claims.neuron_width.sources import CHAPTER
from rfbook.claims.tools.sphere import d, ell, half, j
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Reals,
    Relation,
    Result,
    Statement,
    every,
    every_identity,
    exact_ball,
    holds,
    identity,
    unknown,
)

k = Symbol("k", integer=True, nonnegative=True)
t = Symbol("t", real=True)
varphi = Function("varphi")

EVEN = Integers(0, step=2)
MORE = Relation(">")
BITS = 128
BIASES = tuple(map(Fraction, ("-2", "-1", "-1/2", "0", "1/2", "1", "2", "3")))


def reduced(expression):
    """Simplify a quotient of Gamma functions."""
    return sympy.simplify(expand_func(gammasimp(expression.rewrite(gamma))))


def is_zero(expression) -> bool:
    """Whether an expression without symbols, rational in pi, vanishes."""
    return sympy.simplify(expression) == 0


# --- the closed form at bias zero -----------------------------------------------------


def _closed_exact(statement, domain) -> Result:
    """Integrate the arc-cosine kernel against P, exactly."""

    def compare(case):
        dimension, degree = case
        claims = [(degree, statement.even), (degree + 3, statement.odd)]
        if degree == domain["ell"].low:
            claims.append((1, statement.one))
        for at, value in claims:
            claimed = sympy.sympify(value).subs({d: dimension, ell: degree})
            found = eigenvalue_exact(dimension, at)
            if not is_zero(found - claimed):
                return False, f"kappa of degree {at}: {found} = {claimed}"
        return True, "the eigenvalues"

    return every(product(domain["d"], domain["ell"]), compare)


def _closed_terms(statement, domain) -> Result:
    """Divide the terms by the claimed sum, and telescope from d to d + 2.

    With s_j(d) the quotient, s_j(d + 2) - s_j(d) = G_{j+1} - G_j for
    G_j = j s_j(d) / (d/2 + 1), which vanishes at both ends: the sum of the s_j is the
    same for d and d + 2. As d grows, s_0 tends to 1 and the rest to 0.
    """
    power = ell + 2 * j
    energy = 2**power * gamma(half(power - 1)) ** 2 / (8 * pi**2 * factorial(power))
    printed = activation.ENERGIES.statement.even.subs(activation.k, 2 * j + 2)
    same = printed.rewrite(gamma) / energy.subs(ell, 2)
    value = sympy.sympify(statement.even)
    share = energy * OVERLAP / value
    higher = reduced(share.subs(d, d + 2) / share)
    after = reduced(share.subs(j, j + 1) / share)
    scale = 1 / (d / 2 + 1)
    return every_identity(
        [
            ("the energies", reduced(same), Integer(1)),
            ("telescoping", higher - 1, scale * ((j + 1) * after - j)),
            ("degree 1", statement.one, Rational(1, 4) / d),
            ("odd degrees", statement.odd, Integer(0)),
        ]
    )


VALUE = (
    gamma(d / 2)
    * gamma(d / 2 + 1)
    * gamma(half(ell - 1)) ** 2
    / (8 * pi**2 * gamma(half(d + ell + 1)) ** 2)
)

CLOSED = Claim(
    id="kappa-closed-form",
    title="The eigenvalues at bias zero",
    chapter=CHAPTER,
    statement=Statement(
        "Let $\\sigma(z) = [z]_+$. For every $[[d]]$ and $[[ell]]$\n\n"
        "$$\\kappa_\\ell = [[even]],$$\n\n"
        "and $\\kappa_1 = [[one]]$, $\\kappa_{\\ell + 3} = [[odd]]$.",
        {"d": Integers(2), "ell": EVEN},
        {"even": VALUE, "one": 1 / (4 * d), "odd": 0},
    ),
    uses=("oblivious-spectrum", "relu-energies", "arc-cosine-kernel"),
    checks=(
        Check(
            "exact",
            "integrals of the arc-cosine kernel",
            _closed_exact,
            {"d": Integers(2, 10), "ell": Integers(0, 10)},
        ),
        Check(
            "symbolic",
            "the terms telescope from d to d + 2, for symbolic d, l and j",
            _closed_terms,
            given=("relu-energies",),
            role="step",
        ),
    ),
    planted=(
        Planted(
            "right for d = 2 only",
            {
                "even": gamma(half(ell - 1)) ** 2
                / (8 * pi**2 * gamma(half(d + ell + 1)) ** 2)
            },
            near=True,
        ),
        Planted("Gamma(d/2)^2: right for d = 2", {"even": VALUE * 2 / d}, near=True),
        Planted("d + l for d + l + 1", {"even": VALUE.subs(d, d - 1)}),
        Planted("20/21 of it", {"even": VALUE * 20 / 21}, near=True),
        Planted("degree 1 is 1/(2d)", {"one": 1 / (2 * d)}),
        Planted("the odd ones like the even ones", {"odd": VALUE}),
    ),
    weak=Check(
        "exact",
        "d = 2 only",
        lambda statement, domain: _closed_exact(
            statement, {"d": Integers(2, 2), "ell": Integers(0, 4, 2)}
        ),
        role="step",
    ),
    spec="NW-2",
)


def _ratio_exact(statement, domain) -> Result:
    def compare(case):
        dimension, degree = case
        ratio = sympy.sympify(statement.ratio).subs({d: dimension, ell: degree})
        before, after = (eigenvalue_exact(dimension, degree + i) for i in (0, 2))
        return is_zero(after - ratio * before), (
            f"(d, l): the quotient {sympy.simplify(after / before)} = {ratio}"
        )

    return every(product(domain["d"], domain["ell"]), compare)


RATIO = Claim(
    id="kappa-ratio",
    title="From one even degree to the next",
    chapter=CHAPTER,
    statement=Statement(
        "Let $\\sigma(z) = [z]_+$. For every $[[d]]$ and $[[ell]]$\n\n"
        "$$\\kappa_{\\ell + 2} = [[ratio]]\\, \\kappa_\\ell.$$",
        {"d": Integers(2), "ell": EVEN},
        {"ratio": Pow((ell - 1) / (d + ell + 1), 2, evaluate=False)},
    ),
    uses=("kappa-closed-form",),
    checks=(
        Check(
            "exact",
            "integrals of the arc-cosine kernel",
            _ratio_exact,
            {"d": Integers(2, 10), "ell": Integers(0, 10)},
        ),
        Check(
            "symbolic",
            "the closed form, for symbolic d and l",
            lambda statement, domain: identity(
                reduced(VALUE.subs(ell, ell + 2) / VALUE), statement.ratio
            ),
            given=("kappa-closed-form",),
            role="step",
        ),
    ),
    planted=(
        Planted("not squared", {"ratio": (ell - 1) / (d + ell + 1)}),
        Planted(
            "(l + 1)/(d + l + 1): right for l = 0",
            {"ratio": Pow((ell + 1) / (d + ell + 1), 2, evaluate=False)},
            near=True,
        ),
        Planted(
            "d = 3 throughout",
            {"ratio": Pow((ell - 1) / (ell + 4), 2, evaluate=False)},
            near=True,
        ),
        Planted(
            "d + l for d + l + 1",
            {"ratio": Pow((ell - 1) / (d + ell), 2, evaluate=False)},
        ),
    ),
    weak=Check(
        "exact",
        "l = 0 only",
        lambda statement, domain: _ratio_exact(
            statement, {"d": Integers(2, 10), "ell": Integers(0, 0)}
        ),
        role="step",
    ),
    spec="NW-2",
)


# --- the first three degrees ----------------------------------------------------------


def _first_integrals(statement, domain) -> Result:
    """Write both differences as integrals of K >= 0 and K' >= 0 with positive weights.

    With P_2 = (d t^2 - 1)/(d - 1) and the weight (1 - t^2)^((d - 3)/2),
    (t - P_2)(d - 1) is minus the slope of (1+t)^((d-1)/2) (1-t)^((d+1)/2).
    """
    degrees = (statement.first, statement.second, statement.third)
    if degrees != (0, 1, 2) or statement.relation.symbol not in (">", ">="):
        return unknown("the two differences are those of degrees 0, 1, 2")
    z = Symbol("z", real=True)
    weight = (1 + z) ** ((d - 3) / 2) * (1 - z) ** ((d - 3) / 2)
    raised = (1 + z) ** ((d - 1) / 2) * (1 - z) ** ((d + 1) / 2)
    second = (d * z**2 - 1) / (d - 1)
    slope = sympy.simplify(raised.diff(z) / raised * (1 - z**2))
    lift = sympy.simplify((1 + z) * (1 - z) ** 2 / (1 - z**2))
    equation = (1 - z**2) * second.diff(z, 2) - (d - 1) * z * second.diff(z)
    return every_identity(
        [
            ("P_2", equation + 2 * d * second, Integer(0)),
            ("P_2(1)", second.subs(z, 1), Integer(1)),
            ("the weight", sympy.powsimp(raised / weight), (1 + z) * (1 - z) ** 2),
            ("by parts", -slope * lift, (z - second) * (d - 1)),
        ]
    )


@ctx.workprec(BITS)
def _first_balls(statement, domain, biases=BIASES) -> Result:
    """Enclose the three eigenvalues by their series."""

    def compare(case):
        dimension, bias = case
        degrees = (statement.first, statement.second, statement.third)
        values = [eigenvalue_ball(dimension, at, bias) for at in degrees]
        known = [statement.relation.ball(*values[i : i + 2]) for i in (0, 1)]
        true = False if False in known else None if None in known else True
        shown = f" {statement.relation.symbol} ".join(
            value.str(6, radius=False) for value in values
        )
        return true, f"(d, b): {shown}"

    return every(product(domain["d"], domain["b"].among(biases)), compare)


FIRST = Claim(
    id="kappa-first-blocks",
    title="The first three degrees come first",
    chapter=CHAPTER,
    statement=Statement(
        "Let $\\sigma(z) = [z + b]_+$. For every $[[d]]$ and $[[b]]$\n\n"
        "$$\\kappa_{[[first]]} [[relation]] \\kappa_{[[second]]} "
        "[[relation]] \\kappa_{[[third]]}.$$",
        {"d": Integers(2), "b": Reals()},
        {"first": 0, "second": 1, "third": 2, "relation": MORE},
    ),
    uses=("oblivious-spectrum", "neuron-kernel"),
    checks=(
        Check(
            "interval",
            "the series at eight biases, for d <= 30",
            _first_balls,
            {"d": Integers(2, 30)},
            role="step",
        ),
        Check(
            "symbolic",
            "the two integrals, for symbolic d",
            _first_integrals,
            given=("neuron-kernel",),
            role="step",
        ),
    ),
    planted=(
        Planted("degree 2 before degree 1", {"second": 2, "third": 1}),
        Planted(
            "degrees 2, 3, 4: right at the first bias, -2",
            {"first": 2, "second": 3, "third": 4},
            near=True,
        ),
        Planted("the other way", {"relation": Relation("<")}),
        Planted("degree 1 before degree 0", {"first": 1, "second": 0}),
    ),
    weak=Check(
        "interval",
        "bias -2 and d = 2 only",
        lambda statement, domain: _first_balls(
            statement, {"d": Integers(2, 2), "b": Reals()}, BIASES[:1]
        ),
        role="step",
    ),
    spec="NW-1.3",
)


# --- the sign of the bias -------------------------------------------------------------


def _sign_energies(statement, domain) -> Result:
    """Compare the energies at both biases, by integrals over a half-line.

    kappa_l is a positive combination of the energies of degrees l, l + 2, ...
    """
    mass, height = sympy.symbols("Phi phi", positive=True)
    lowest = domain["ell"].low
    mirrored = sympy.sympify(statement.mirrored)

    def compare(degree):
        left, right = projections(24)[degree]
        mean = polynomial(left) * mass + polynomial(right) * height
        other = mean.subs(b, mirrored)
        if mirrored == -b:
            other = other.subs(mass, 1 - mass)
        same = sympy.expand(mean**2 - other**2) == 0
        return same, f"energies of degree k, times k!: {mean**2} = {other**2}"

    return every(range(lowest, lowest + 20), compare)


def _sign_affine(statement, domain) -> Result:
    """[z + b]_+ - [-z - b]_+ is affine: no Hermite coefficient beyond degree 1.

    So the coefficients are those of [-z - b]_+, and up to (-1)^k of [z - b]_+.
    """
    if domain["ell"].low < 2:
        return unknown("an affine function has degrees 0 and 1")
    y, size = Symbol("y", real=True), Symbol("a", positive=True)
    relu = sympy.Piecewise((y, y > 0), (0, True))
    difference = relu - relu.subs(y, -y)
    return every_identity(
        [
            ("z + b = a", difference.subs(y, size), size),
            ("z + b = -a", difference.subs(y, -size), -size),
            ("the other bias", statement.mirrored, -b),
        ]
    )


SIGN = Claim(
    id="kappa-bias-sign",
    title="The sign of the bias does not matter",
    chapter=CHAPTER,
    statement=Statement(
        "Let $\\kappa_\\ell(b)$ be the eigenvalues for $\\sigma(z) = "
        "[z + b]_+$. For every $[[d]]$, $[[b]]$ and $[[ell]]$\n\n"
        "$$\\kappa_\\ell(b) = \\kappa_\\ell\\left([[mirrored]]\\right).$$",
        {"d": Integers(2), "b": Reals(), "ell": Integers(2)},
        {"mirrored": -b},
    ),
    uses=("oblivious-spectrum", "neuron-hermite"),
    checks=(
        Check(
            "symbolic",
            "twenty energies, by integrals over a half-line, for symbolic b",
            _sign_energies,
            role="step",
        ),
        Check("symbolic", "the difference is affine", _sign_affine, role="step"),
    ),
    planted=(
        Planted("degree 1 as well", {"ell": Integers(1)}, near=True),
        Planted("all degrees", {"ell": Integers(0)}, near=True),
        Planted("any bias: right for k = 2 up to phi", {"mirrored": Integer(0)}),
        Planted("twice the bias", {"mirrored": 2 * b}),
    ),
    weak=Check(
        "symbolic",
        "at b = 0 only",
        lambda statement, domain: every(
            [0],
            lambda at: (
                sympy.sympify(statement.mirrored).subs(b, at) == at,
                "the other bias at 0",
            ),
        ),
        role="step",
    ),
    spec="NW-2",
)


# --- one integral for every bias ------------------------------------------------------


def _integral_shift(statement, domain) -> Result:
    """Shift by the second derivative, and normalise the density of mu_{d+4}."""
    z = Symbol("z", positive=True)
    shift = eigenvalues.DERIVATIVE.statement.factor.subs(eigenvalues.m, 2)
    dimension = d + 4
    # the Beta integral of (1 - t^2)^((D - 3)/2) over [-1, 1], with D = d + 4
    mass = gamma(half(dimension - 1)) * sqrt(pi) / gamma(dimension / 2)
    kernel = activation.KERNEL.statement.value.subs(activation.t, z)
    weight = (1 - z**2) ** ((dimension - 3) / 2)
    inside_integral = exp(-statement.decay.subs(t, z)) * (1 - z**2) ** statement.power
    left = sympy.simplify(sympy.powsimp(kernel * weight * 2 * pi / inside_integral))
    return every_identity(
        [
            ("the integrand, times 2 pi", left, Integer(1)),
            (
                "the factor",
                reduced(shift / mass / (2 * pi) / statement.factor),
                Integer(1),
            ),
        ]
    )


@ctx.workprec(BITS)
def _integral_balls(statement, domain, degrees=(2, 3, 4, 5, 8)) -> Result:
    """Compare the integral with the series: the balls meet, and agree to 1e-3.

    The rest of the series is largest for d = 2; where the sum is 0, 1e-9 is meant.
    """

    def compare(case):
        dimension, degree, bias = case
        factor = value_of(statement.factor, dimension)
        claimed = factor * decayed(statement, dimension, degree, bias)
        found = eigenvalue_ball(dimension, degree, bias)
        words = f"(d, l, b): {claimed.str(8)} = {found.str(8)}"
        if not claimed.overlaps(found):
            return False, words
        allowed = abs(found) / 1000 + exact_ball(Fraction(1, 10**9))
        return True if abs(claimed - found) < allowed else None, words

    biases = domain["b"].among(BIASES[1:-1])
    cases = [
        case
        for case in product(domain["d"], degrees, biases)
        if domain["ell"].low <= case[1]
    ]
    return every(cases, compare)


def value_of(factor, dimension: int):
    """Enclose a product of Gamma functions at an integer dimension."""
    value = sympy.sympify(factor).subs(d, dimension)
    return exact_ball(sympy.simplify(value))


def decayed(statement, dimension: int, degree: int, bias: Fraction):
    """Enclose the integral for the decay b^2/(1 + t) and the power (d + p)/2 it names.

    The quadrature knows this decay with any multiple of b^2, and any integer p.
    """
    scale = sympy.simplify(statement.decay * (1 + t) / b**2)
    extra = sympy.simplify(2 * statement.power - d)
    if not (scale.is_Rational and extra.is_Integer):
        raise ValueError(f"the decay {statement.decay}, the power {statement.power}")
    root = sqrt(scale) * Rational(bias.numerator, bias.denominator)
    return integral_ball(dimension, degree, root, int(extra))


FACTOR = gamma(d / 2 + 2) / (
    2 * pi ** Rational(3, 2) * d * (d + 2) * gamma(half(d + 3))
)

INTEGRAL = Claim(
    id="kappa-bias-integral",
    title="The eigenvalues for any bias",
    chapter=CHAPTER,
    statement=Statement(
        "Let $\\sigma(z) = [z + b]_+$. For every $[[d]]$, $[[b]]$ and "
        "$[[ell]]$\n\n"
        "$$\\kappa_\\ell = [[factor]] \\int_{-1}^1 "
        "\\exp\\Bigl(-[[decay]]\\Bigr)\\, (1 - t^2)^{[[power]]}\\, "
        "P_{\\ell - 2}^{(d + 4)}(t)\\, dt.$$",
        {"d": Integers(2), "b": Reals(), "ell": Integers(2)},
        {"factor": FACTOR, "decay": b**2 / (1 + t), "power": d / 2},
    ),
    uses=("kappa-derivative-shift", "neuron-kernel"),
    checks=(
        Check(
            "interval",
            "quadrature against the series, at six biases",
            _integral_balls,
            {"d": Integers(2, 9)},
            role="step",
        ),
        Check(
            "symbolic",
            "the second derivative of the kernel, for symbolic d and b",
            _integral_shift,
            given=("kappa-derivative-shift", "neuron-kernel"),
            role="step",
        ),
    ),
    planted=(
        Planted(
            "half the decay: right at bias 0",
            {"decay": b**2 / (2 * (1 + t))},
            near=True,
        ),
        Planted("d for d + 2: the power", {"power": half(d + 1)}),
        Planted("21/20 of the factor", {"factor": FACTOR * 21 / 20}, near=True),
        Planted("d^2 for d(d + 2)", {"factor": FACTOR * (d + 2) / d}),
        Planted(
            "the normaliser of dimension d + 2",
            {"factor": FACTOR * (d + 1) / (d + 2)},
        ),
    ),
    weak=Check(
        "interval",
        "bias 0, d = 8 and l = 2 only",
        lambda statement, domain: _integral_balls(
            statement,
            {"d": Integers(8, 8), "ell": Integers(2), "b": Reals(0, 0)},
            (2,),
        ),
        role="step",
    ),
    spec="NW-2",
)


# --- degree 0 -------------------------------------------------------------------------


def _radial_first(statement, domain) -> Result:
    """Take the terms j = 0 and j = 1 of kappa_0; the rest is not negative."""
    if statement.relation.symbol not in (">", ">="):
        return unknown("the terms left out are not negative")
    first = OVERLAP.subs({ell: 0, j: 1})
    energy = activation.HERMITE.statement.factor.subs(activation.k, 2) * varphi(b)
    spare = sympy.simplify(reduced(first) * energy**2 - statement.gain)
    if spare == 0:
        return holds("the second term is the gain")
    return unknown(f"the sign of {spare} and of the further terms")


@ctx.workprec(BITS)
def _radial_balls(statement, domain, points=None) -> Result:
    """Enclose kappa_0 by its series."""

    def compare(case):
        dimension, bias = case
        formula = sympy.sympify(statement.gain).subs(d, dimension)
        square, constant = (
            formula.coeff(varphi(b), 2),
            formula.coeff(varphi(b), 0),
        )
        density = normal_ball(exact_ball(bias))[1]
        gap = eigenvalue_ball(dimension, 0, bias) - energies_ball(bias, 1000)[0]
        gain = exact_ball(square) * density**2 + exact_ball(constant)
        words = f"(d, b): {gap.str(8)} {statement.relation.symbol} {gain.str(8)}"
        return statement.relation.ball(gap, gain), words

    points = points or [Fraction(i, 4) for i in range(-12, 13)]
    return every(product(domain["d"], domain["b"].among(points)), compare)


RADIAL = Claim(
    id="kappa-zero-radial",
    title="Degree 0 is radial, and more than the constant",
    chapter=CHAPTER,
    statement=Statement(
        "Let $\\sigma(z) = [z + b]_+$. For every $[[d]]$ and $[[b]]$\n\n"
        "$$\\kappa_0 - \\hat\\sigma_0^2 [[relation]] [[gain]].$$\n\n"
        "The eigenfunction $x \\mapsto \\mathbb E_\\theta\\, \\sigma(\\langle \\theta, "
        "x \\rangle)$ of degree 0 depends on $\\lVert x \\rVert$ alone and is not "
        "constant.",
        {"d": Integers(2), "b": Reals()},
        {"relation": Relation(">="), "gain": varphi(b) ** 2 / (2 * d)},
    ),
    uses=("oblivious-spectrum", "neuron-hermite"),
    checks=(
        Check(
            "interval",
            "the series at the quarters up to 3, for d <= 30",
            _radial_balls,
            {"d": Integers(2, 30)},
            role="step",
        ),
        Check(
            "symbolic",
            "the second term of the series, for symbolic d and b",
            _radial_first,
            given=("neuron-hermite",),
            role="step",
        ),
    ),
    planted=(
        Planted(
            "21/40 for 1/2: right for d = 2 at bias 0",
            {"gain": 21 * varphi(b) ** 2 / (40 * d)},
            near=True,
        ),
        Planted("twice as much", {"gain": varphi(b) ** 2 / d}),
        Planted("the density at 0", {"gain": 1 / (4 * pi * d)}),
        Planted("at most", {"relation": Relation("<=")}),
        Planted("the constant alone", {"gain": Integer(0), "relation": Relation("=")}),
    ),
    weak=Check(
        "interval",
        "d = 2 at bias 0 only",
        lambda statement, domain: _radial_balls(
            statement, {"d": Integers(2, 2), "b": Reals()}, [Fraction(0)]
        ),
        role="step",
    ),
    spec="NW-5",
)

CLAIMS = (
    *activation.CLAIMS,
    *eigenvalues.CLAIMS,
    CLOSED,
    RATIO,
    FIRST,
    SIGN,
    INTEGRAL,
    RADIAL,
)
