"""Which kernel each feature map has in the mean, and what its draws vary by.

Integrals are SymPy's over angles and phases, Arb's over one Gaussian number, and
samples; none of them calls the room `rfbook.random_features`.
"""

from fractions import Fraction
from functools import cache
from itertools import product
from math import factorial, prod

import numpy as np
import sympy
from flint import acb, arb, ctx
from sympy import (
    Integer,
    Poly,
    Rational,
    Symbol,
    cos,
    diff,
    exp,
    integrate,
    pi,
    simplify,
    sin,
    sqrt,
    symbols,
)

from rfbook.claims.random_features.enclosures import (
    AT_LEAST,
    AT_MOST,
    BITS,
    arctan,
    closed,
    enclose,
)
from rfbook.claims.random_features.sources import CHAPTER, lazy
from rfbook.claims.tools.gaussian import COSINE, moment
from rfbook.claims.tools.gaussian import z as frequency
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Reals,
    Result,
    Source,
    Statement,
    agree,
    every,
    every_ball,
    every_identity,
    exact_ball,
    holds,
    identity,
    unknown,
)

alpha, b, left, right = symbols("alpha b A B", real=True)
epsilon, h, p, q, r, rho, s, R = symbols("epsilon h p q r rho s R", positive=True)
turn = Symbol("vartheta", real=True)

POSITIVE = Reals(0, open_low=True)
FOURIER = Source("RahimiRecht2007", "NIPS 2007", "Section 3", "implied")
ARC_COSINE = Source(
    "ChoSaul2009",
    "NIPS 2009",
    "Section 2",
    "implied",
    "the kernels there are twice ours",
)


def mean_cosine(factor):
    """Return E cos(factor g) by the claim on the mean of a cosine."""
    return COSINE.statement.value.subs(frequency, factor)


def phase_mean(function):
    """Return the mean over a uniform phase b in [0, 2 pi]."""
    return integrate(sympy.expand(function), (b, 0, 2 * pi)) / (2 * pi)


# --- Fourier features -----------------------------------------------------------------


def _fourier_mean(statement, domain) -> Result:
    """Average over the phase, then over <w, x - y>, which has the law of (r/s) g."""
    waves = statement.amplitude**2 * cos(left + b) * cos(right + b)
    pairs = cos(left) * cos(right) + sin(left) * sin(right)
    return every_identity(
        [
            ("the mean over the phase", phase_mean(waves), cos(left - right)),
            ("cosines and sines", pairs, cos(left - right)),
            ("the mean over w", mean_cosine(r / s), statement.value),
        ]
    )


def _gaussian_power(vector, power: int) -> int:
    """Return E <w, v>^power for standard normal w, monomial by monomial."""
    w = symbols(f"w:{len(vector)}")
    terms = Poly(sum(c * v for c, v in zip(vector, w, strict=True)) ** power, *w)
    return sum(c * prod(map(moment, exponents)) for exponents, c in terms.terms())


def _fourier_moments(statement, domain) -> Result:
    """Compare E <w, v>^2m (-1)^m / (2m)! with the Taylor coefficients in r^2."""
    v = Symbol("v", positive=True)

    def compare(case):
        vector, scale = case
        square = sum(c * c for c in vector)
        value = sympy.sympify(statement.value).subs({s: scale, r: sqrt(v * square)})
        series = Poly(sympy.series(value, v, 0, 5).removeO(), v)
        for m in range(5):
            found = Rational(
                (-1) ** m * _gaussian_power(vector, 2 * m), factorial(2 * m)
            ) / scale ** (2 * m)
            claimed = series.coeff_monomial(v**m)
            if found != claimed:
                return False, f"order {m}: {found} = {claimed}"
        return True, "orders 0 to 4"

    vectors = [(3,), (1, 2), (2, -1, 2), (1, 0, -3, 1)]
    known = [vector for vector in vectors if len(vector) in domain["d"]]
    return every(product(known, (1, Rational(2), Rational(1, 3))), compare)


def _fourier_sampled(statement, domain, rng) -> Result:
    rows, count = [], 100_000
    for d, scale in product(domain["d"], (0.7, 2.0)):
        x, y = rng.standard_normal((2, d))
        w, phase = rng.standard_normal((count, d)) / scale, rng.uniform(-3, 3, count)
        phase *= np.pi / 3
        amplitude = float(statement.amplitude)
        draws = amplitude**2 * np.cos(w @ x + phase) * np.cos(w @ y + phase)
        at = {r: float(np.linalg.norm(x - y)), s: scale}
        rows.append(
            (
                f"d = {d}, s = {scale}",
                draws.mean(),
                draws.std(ddof=1) / count**0.5,
                float(statement.value.subs(at)),
            )
        )
    return agree(rows)


def _fourier_point(statement, domain) -> Result:
    """Compare two digits at r = s = 1, where the kernel is 0.61."""
    value = enclose(statement.value, {r: 1, s: 1})
    return every([1], lambda _: (f"{float(value):.2f}" == "0.61", "0.61 at r = s = 1"))


FOURIER_KERNEL = Claim(
    id="fourier-kernel",
    title="Random cosines have the Gaussian kernel",
    chapter=CHAPTER,
    statement=Statement(
        "For $[[d]]$ and $[[s]]$ let $w \\sim \\mathcal N(0, I_d / s^2)$, and let $b$ "
        "be independent of it and uniform on $[0, 2\\pi]$. For all $x, y \\in \\mathbb "
        "R^d$, with $r = \\lVert x - y \\rVert$,\n\n"
        "$$\\mathbb E\\, \\Bigl([[amplitude]] \\cos(\\langle w, x \\rangle + b)"
        "\\Bigr) \\Bigl([[amplitude]] \\cos(\\langle w, y \\rangle + b)\\Bigr) = "
        "[[value]],$$\n\n"
        "and $\\mathbb E\\, \\bigl( \\cos\\langle w, x \\rangle \\cos\\langle w, y "
        "\\rangle + \\sin\\langle w, x \\rangle \\sin\\langle w, y \\rangle \\bigr)$ "
        "is the same.",
        {"d": Integers(1), "s": POSITIVE},
        {"amplitude": sqrt(2), "value": exp(-(r**2) / (2 * s**2))},
    ),
    sources=(FOURIER,),
    uses=("gaussian-cosine",),
    checks=(
        Check(
            "symbolic",
            "the means over phase and frequency, for symbolic r and s",
            _fourier_mean,
            given=("gaussian-cosine",),
            role="step",
        ),
        Check(
            "exact",
            "moments of frequencies in up to 4 dimensions",
            _fourier_moments,
            {"d": Integers(1, 4)},
            role="step",
        ),
        Check(
            "statistical",
            "the product of two features",
            _fourier_sampled,
            {"d": Integers(1, 4)},
            seed=21,
        ),
    ),
    planted=(
        Planted("the half is lost", {"value": exp(-(r**2) / s**2)}),
        Planted(
            "the scale not squared: right at s = 1",
            {"value": exp(-(r**2) / (2 * s))},
            near=True,
        ),
        Planted("the kernel of Laplace", {"value": exp(-r / s)}),
        Planted("amplitude 1", {"amplitude": Integer(1)}),
        Planted(
            "0.51 for a half", {"value": exp(-51 * r**2 / (100 * s**2))}, near=True
        ),
    ),
    weak=Check("interval", "two digits at r = s = 1", _fourier_point, role="step"),
)


def _variance_integrals(statement, domain) -> Result:
    """With D = <w, x - y>: one draw is cos D + cos(S + 2b), or cos D."""
    wave = (cos(left) + cos(right + 2 * b)) ** 2
    square = phase_mean(sympy.expand_trig(wave))
    half = (1 + cos(2 * left)) / 2
    mean = mean_cosine(sqrt(q))
    double = (1 + mean_cosine(2 * sqrt(q))) / 2
    return every_identity(
        [
            ("the mean over the phase", square, half + Rational(1, 2)),
            ("with a phase", double + Rational(1, 2) - mean**2, statement.phase),
            ("with pairs", double - mean**2, statement.pairs),
        ]
    )


def _variance_sampled(statement, domain, rng) -> Result:
    """Sample the square of the deviation from the kernel, in dimension 2."""
    rows, count = [], 200_000
    for length in (0.4, 1.0, 2.5):
        x, y = np.array([0.7, -0.2]), np.array([0.7, -0.2 + length])
        w = rng.standard_normal((count, 2))
        phase = rng.uniform(0, 2 * np.pi, count)
        draws = {
            "phase": 2 * np.cos(w @ x + phase) * np.cos(w @ y + phase),
            "pairs": np.cos(w @ (x - y)),
        }
        for name, values in draws.items():
            squares = (values - np.exp(-(length**2) / 2)) ** 2
            error = squares.std(ddof=1) / count**0.5
            claimed = float(getattr(statement, name).subs(q, length**2))
            rows.append((f"{name}, r = {length}", squares.mean(), error, claimed))
    return agree(rows)


def _variance_far(statement, domain) -> Result:
    """Compare one digit at q = 9: 1 with a phase, 0.5 with pairs."""
    words = [
        f"{float(enclose(getattr(statement, n), {q: 9})):.1f}"
        for n in ("phase", "pairs")
    ]
    return every([9], lambda _: (words == ["1.0", "0.5"], f"{words} at q = 9"))


VARIANCE = Claim(
    id="fourier-variance",
    title="What one Fourier draw varies by",
    chapter=CHAPTER,
    statement=Statement(
        "For $[[q]]$ let $\\lVert x - y \\rVert^2 = q s^2$. The product of two Fourier "
        "features has the variance\n\n"
        "$$[[phase]] \\quad \\text{with a random phase}, \\qquad [[pairs]] \\quad "
        "\\text{with pairs}.$$",
        {"q": Reals(0)},
        {"phase": 1 + exp(-2 * q) / 2 - exp(-q), "pairs": (1 - exp(-q)) ** 2 / 2},
    ),
    uses=("fourier-kernel", "gaussian-cosine"),
    checks=(
        Check(
            "symbolic",
            "second moments over phase and frequency, for symbolic q",
            _variance_integrals,
            given=("gaussian-cosine",),
            role="step",
        ),
        Check("statistical", "squared deviations", _variance_sampled, seed=22),
    ),
    planted=(
        Planted("the pairs without their half", {"pairs": (1 - exp(-q)) ** 2}),
        Planted(
            "right at q = 0 and far away",
            {"phase": 1 - exp(-2 * q) / 2},
            near=True,
        ),
        Planted("the sign", {"phase": 1 + exp(-2 * q) / 2 + exp(-q)}),
        Planted("20/21 of it", {"pairs": 10 * (1 - exp(-q)) ** 2 / 21}, near=True),
    ),
    weak=Check("interval", "one digit at q = 9", _variance_far, role="step"),
)


# --- steps and ReLUs ------------------------------------------------------------------


def sector(function):
    """Return E function(alpha), w at the angle alpha, over the directions open to both.

    In the plane of x and y, with x at the angle 0 and y at vartheta, both products are
    positive between vartheta - pi/2 and pi/2.
    """
    return integrate(function / (2 * pi), (alpha, turn - pi / 2, pi / 2))


SQUARE = integrate(rho**3 * exp(-(rho**2) / 2), (rho, 0, sympy.oo))
"""E |w|^2 in the plane."""


@cache
def order_means() -> tuple:
    """Integrate both products over the directions that are open to both points."""
    lengths = p * q * cos(alpha) * cos(alpha - turn)
    return sector(Integer(1)), SQUARE * sector(lengths)


def _order_integrals(statement, domain) -> Result:
    step, relu = order_means()
    return every_identity(
        [
            ("order 0", step, statement.step),
            ("order 1", relu, statement.relu),
        ]
    )


def conditional(order: int, angle: arb) -> arb:
    """Enclose the mean for unit vectors, given <w, x> = g > 0: one integral over g.

    Then <w, y> = t g + v h with t = cos, v = sin and an independent normal h: it is
    positive with probability Phi(t g / v), and its positive part has the mean
    v phi(t g / v) + t g Phi(t g / v) <= g + 1. Beyond g = 12 that leaves less than
    E [(g + 1)^2; g > 12] <= 16 phi(12).
    """
    t, v = angle.cos(), abs(angle.sin())
    root = (2 * arb.pi()).sqrt()

    def density(g):
        return (-g * g / 2).exp() / root

    def integrand(g, _):
        below = 1 - (g * t / v / arb(2).sqrt()).erfc() / 2
        if order == 0:
            return density(g) * below
        return density(g) * g * (v * density(g * t / v) + g * t * below)

    rest = 16 * density(arb(12))
    return acb.integral(integrand, 0, 12).real + rest * arb(0.5, 0.5)


def _order_conditional(statement, domain) -> Result:
    """Compare to 1e-25 at angles k/4 inside the domain, at p = 2 and q = 3."""
    end = enclose(domain["vartheta"].high, {})

    def sides(case):
        order, at = case
        angle = exact_ball(at)
        claimed = enclose(
            statement.relu if order else statement.step, {turn: angle, p: 2, q: 3}
        )
        scale = 6 if order else 1
        return abs(claimed - scale * conditional(order, angle)), arb(10) ** -25

    with ctx.workprec(BITS):
        angles = [Fraction(k, 4) for k in range(1, 26)]
        angles = [angle for angle in angles if exact_ball(angle) < end]
        return every_ball(product((0, 1), angles), sides, AT_MOST)


def _order_sampled(statement, domain, rng) -> Result:
    rows, count = [], 100_000
    for d in domain["d"]:
        x, y = rng.standard_normal((2, d))
        norms = np.linalg.norm(x), np.linalg.norm(y)
        at = {turn: float(np.arccos(x @ y / norms[0] / norms[1]))}
        at |= {p: float(norms[0]), q: float(norms[1])}
        w = rng.standard_normal((count, d))
        draws = {
            "step": (w @ x > 0) * (w @ y > 0),
            "relu": np.maximum(w @ x, 0) * np.maximum(w @ y, 0),
        }
        for name, values in draws.items():
            error = values.std(ddof=1) / count**0.5
            claimed = float(sympy.sympify(getattr(statement, name)).subs(at))
            rows.append((f"{name}, d = {d}", values.mean(), error, claimed))
    return agree(rows)


def _order_right_angle(statement, domain) -> Result:
    """Compare at the right angle: 1/4, and pq / (2 pi)."""
    wanted = {"step": Rational(1, 4), "relu": p * q / (2 * pi)}

    def compare(name):
        value = sympy.sympify(getattr(statement, name)).subs(turn, pi / 2)
        return simplify(value - wanted[name]) == 0, f"{value} = {wanted[name]}"

    return every(wanted, compare)


STEP = (pi - turn) / (2 * pi)
RELU = p * q * (sin(turn) + (pi - turn) * cos(turn)) / (2 * pi)

ORDERS = Claim(
    id="arc-cosine-orders",
    title="The kernels of random steps and random ReLUs",
    chapter=CHAPTER,
    statement=Statement(
        "Let $w \\sim \\mathcal N(0, I_d)$ with $[[d]]$, and let $x, y \\in \\mathbb "
        "R^d$ have norms $[[p]]$ and $[[q]]$ and enclose the angle $\\vartheta$, "
        "$[[vartheta]]$. Then\n\n"
        "$$\\mathbb E\\, 1\\{\\langle w, x \\rangle > 0\\}\\, "
        "1\\{\\langle w, y \\rangle > 0\\} = [[step]],$$\n\n"
        "$$\\mathbb E\\, [\\langle w, x \\rangle]_+ [\\langle w, y \\rangle]_+ = "
        "[[relu]].$$",
        {
            "d": Integers(2),
            "p": POSITIVE,
            "q": POSITIVE,
            "vartheta": Reals(0, pi),
        },
        {"step": STEP, "relu": RELU},
    ),
    sources=(ARC_COSINE,),
    checks=(
        Check(
            "symbolic",
            "integrals over a sector, for symbolic angle",
            _order_integrals,
            role="step",
        ),
        Check(
            "interval",
            "one Gaussian integral each at 12 angles",
            _order_conditional,
            role="step",
        ),
        Check(
            "statistical",
            "products of features in 2 to 6 dimensions",
            _order_sampled,
            {"d": Integers(2, 6)},
            seed=23,
        ),
    ),
    planted=(
        Planted("the angle itself", {"step": turn / (2 * pi)}),
        Planted(
            "the cosine for the angle: right at 0, pi/2 and pi",
            {"step": (1 + cos(turn)) / 4},
            near=True,
        ),
        Planted("the kernel of the source, twice ours", {"relu": 2 * RELU}),
        Planted(
            "the term with the angle is lost: right at pi/2",
            {"relu": p * q * sin(turn) / (2 * pi)},
            near=True,
        ),
        Planted("22/21 of it", {"relu": 22 * RELU / 21}, near=True),
        Planted("angles beyond pi", {"vartheta": Reals(0, 2 * pi)}, near=True),
    ),
    weak=Check("symbolic", "at the right angle only", _order_right_angle, role="step"),
)


# --- tangent features -----------------------------------------------------------------


@cache
def gradient_means() -> tuple:
    """Average the inner products of the gradients by w, and by w and u.

    A neuron whose gate is open to both points is differentiated in their plane, where
    w = rho (cos alpha, sin alpha).
    """
    w1, w2, u = symbols("w1 w2 u", real=True)
    points = ((p, Integer(0)), (q * cos(turn), q * sin(turn)))
    neurons = [u * (w1 * x1 + w2 * x2) for x1, x2 in points]
    at = {w1: rho * cos(alpha), w2: rho * sin(alpha)}
    weight = rho * exp(-(rho**2) / 2)

    def mean(names):
        terms = (diff(neurons[0], v) * diff(neurons[1], v) for v in names)
        inner = sympy.expand(sum(terms)).subs(u**2, 1).subs(at)
        angular = sympy.expand(sector(sympy.expand(inner)) * weight)
        return simplify(integrate(angular, (rho, 0, sympy.oo)))

    return mean((w1, w2)), mean((w1, w2, u))


def _gradients(statement, domain) -> Result:
    first, both = gradient_means()
    return every_identity(
        [
            ("by w", first, statement.first),
            ("by w and u", both, statement.both),
        ]
    )


def _tangent_derivative(statement, domain) -> Result:
    """With k the kernel of the ReLU, the first layer has cos(v) dk / d cos(v)."""
    kernel = ORDERS.statement.relu
    slope = -diff(kernel, turn) / sin(turn)
    return every_identity(
        [
            ("the first layer", cos(turn) * slope, statement.first),
            ("the second layer", statement.both - statement.first, kernel),
        ]
    )


def network(W, u, x):
    """Evaluate networks with weights W of shape (count, N, d) and u (count, N)."""
    return np.sum(u * np.maximum(W @ x, 0), axis=1) / u.shape[1] ** 0.5


def quotient(W, u, x, at: tuple, step: float = 1e-5):
    """Return the difference quotient by one weight: an index of W, or of u."""
    shifted = []
    for shift in (step, -step):
        V, v = W.copy(), u.copy()
        (V if len(at) == 2 else v)[(slice(None), *at)] += shift
        shifted.append(network(V, v, x))
    return (shifted[0] - shifted[1]) / (2 * step)


def _tangent_sampled(statement, domain, rng) -> Result:
    """Take difference quotients of whole networks with few neurons."""
    rows, count, N = [], 5_000, domain["N"].low
    for d in domain["d"]:
        x, y = rng.standard_normal((2, d))
        norms = np.linalg.norm(x), np.linalg.norm(y)
        point = {turn: float(np.arccos(x @ y / norms[0] / norms[1]))}
        point |= {p: float(norms[0]), q: float(norms[1])}
        W = rng.standard_normal((count, N, d))
        u = rng.choice([-1.0, 1.0], (count, N))
        first = list(product(range(N), range(d)))
        names = {"first": first, "both": [*first, *((i,) for i in range(N))]}
        for name, weights in names.items():
            values = sum(
                quotient(W, u, x, at) * quotient(W, u, y, at) for at in weights
            )
            error = values.std(ddof=1) / count**0.5
            claimed = float(sympy.sympify(getattr(statement, name)).subs(point))
            rows.append((f"{name}, d = {d}", values.mean(), error, claimed))
    return agree(rows)


def _tangent_parallel(statement, domain) -> Result:
    """Compare at angle 0: pq/2 and pq."""
    wanted = {"first": p * q / 2, "both": p * q}

    def compare(name):
        value = sympy.sympify(getattr(statement, name)).subs(turn, 0)
        return simplify(value - wanted[name]) == 0, f"{value} = {wanted[name]}"

    return every(wanted, compare)


FIRST = p * q * (pi - turn) * cos(turn) / (2 * pi)
BOTH = p * q * ((pi - turn) * cos(turn) / pi + sin(turn) / (2 * pi))

TANGENT = Claim(
    id="tangent-kernel",
    title="The tangent kernel of one hidden layer",
    chapter=CHAPTER,
    statement=Statement(
        "Let $\\hat f(x) = N^{-1/2} \\sum_{i=1}^N u_i [\\langle w_i, x \\rangle]_+$ "
        "with $[[N]]$, independent $w_i \\sim \\mathcal N(0, I_d)$, $[[d]]$, and signs "
        "$u_i = \\pm 1$. For points of norms $[[p]]$ and $[[q]]$ at the angle "
        "$\\vartheta$, $[[vartheta]]$, the gradients by the first layer have the mean "
        "inner product\n\n"
        "$$\\mathbb E\\, \\langle \\nabla_W \\hat f(x), \\nabla_W \\hat f(y) "
        "\\rangle = [[first]],$$\n\n"
        "and the gradients by all weights\n\n"
        "$$\\mathbb E\\, \\langle \\nabla_{W,u} \\hat f(x), \\nabla_{W,u} \\hat f(y) "
        "\\rangle = [[both]].$$",
        {
            "N": Integers(1),
            "d": Integers(2),
            "p": POSITIVE,
            "q": POSITIVE,
            "vartheta": Reals(0, pi),
        },
        {"first": FIRST, "both": BOTH},
    ),
    sources=(lazy("equation (7)", "implied"),),
    uses=("arc-cosine-orders",),
    checks=(
        Check(
            "symbolic",
            "the gradients, integrated over a sector",
            _gradients,
            role="step",
        ),
        Check(
            "symbolic",
            "the derivative of the kernel of order 1",
            _tangent_derivative,
            given=("arc-cosine-orders",),
            role="step",
        ),
        Check(
            "statistical",
            "difference quotients of networks",
            _tangent_sampled,
            {"d": Integers(2, 3), "N": Integers(2, 2)},
            seed=24,
        ),
    ),
    planted=(
        Planted("the gate without the inner product", {"first": p * q * STEP}, True),
        Planted("the angle itself", {"first": p * q * turn * cos(turn) / (2 * pi)}),
        Planted("the first layer twice", {"both": 2 * FIRST}, near=True),
        Planted("the second layer forgotten", {"both": FIRST}),
        Planted("21/20 of it", {"both": 21 * BOTH / 20}, near=True),
    ),
    weak=Check("symbolic", "parallel points only", _tangent_parallel, role="step"),
)


# --- a tangent feature from two neurons -----------------------------------------------


def _two_neurons_integral(statement, domain) -> Result:
    """Integrate over the two wedges between the old and the new gate.

    In the plane of w and v, at the angle alpha from w, the difference is R rho /
    epsilon times |cos + h sin| = sqrt(1 + h^2) |sin(distance to the new edge)| on
    wedges of angle atan(h), and 0 elsewhere; epsilon = h R / s.
    """
    wedge = sympy.atan(h)
    scale = (R / epsilon) ** 2 * (1 + h**2) * SQUARE / (2 * pi)
    value = 2 * scale * integrate(sin(alpha) ** 2, (alpha, 0, wedge))
    value = simplify(sympy.expand_trig(value.subs(epsilon, h * R / s)))
    return identity(value, closed(statement.value))


def _two_neurons_bound(statement, domain) -> Result:
    """See that the gap G has G(0) = 0 and G' = 2 h (h - atan h), not negative."""
    if statement.relation != AT_MOST or domain["h"] != POSITIVE:
        return unknown("the argument bounds from above, for every h > 0")
    gap = pi * h**2 / s**2 * (closed(statement.bound) - closed(statement.value))
    start = sympy.limit(gap, h, 0)
    slope = simplify(diff(gap, h) - 2 * h * (h - sympy.atan(h)))
    inner = simplify(diff(h - sympy.atan(h), h))
    if start != 0 or slope != 0 or not inner.is_nonnegative:
        return unknown(f"G(0) = {start}, G' = 2h(h - atan h) + {slope}")
    return holds("the gap starts at 0 and grows")


def _two_neurons_balls(statement, domain) -> Result:
    def sides(case):
        step, size = case
        at = {h: step, s: size}
        return enclose(statement.value, at), enclose(statement.bound, at)

    with ctx.workprec(2 * BITS):
        steps = domain["h"].among(("1/1000", "1/10", 1, 20))
        cases = product(steps, map(Fraction, ("1/2", "1", "3")))
        return every_ball(cases, sides, statement.relation)


def _two_neurons_sampled(statement, domain, rng) -> Result:
    """Sample the quotient in three dimensions, at R = 1.5 and |v| = 0.8."""
    rows, count, norm, size = [], 200_000, 1.5, 0.8
    for tilt in (0.2, 1.0):
        step = tilt * norm / size
        w, v = np.array([norm, 0.0, 0.0]), np.array([0.0, 0.0, size])
        x = rng.standard_normal((count, 3))
        quotient = (np.maximum(x @ (w + step * v), 0) - np.maximum(x @ w, 0)) / step
        squares = (quotient - (x @ v) * (x @ w > 0)) ** 2
        error = squares.std(ddof=1) / count**0.5
        claimed = float(closed(statement.value).subs({h: tilt, s: size, R: norm}))
        rows.append((f"h = {tilt}", squares.mean(), error, claimed))
    return agree(rows)


VALUE = s**2 * ((1 + 1 / h**2) * arctan(h) - 1 / h) / pi
BOUND = 2 * h * s**2 / (3 * pi)

TWO_NEURONS = Claim(
    id="tangent-two-neurons",
    title="A tangent feature is a limit of two neurons",
    chapter=CHAPTER,
    statement=Statement(
        "Let $w, v \\in \\mathbb R^d$ be orthogonal with $[[d]]$ and norms $[[R]]$ and "
        "$[[s]]$, let $\\epsilon > 0$, and let $h = \\epsilon s / R$, $[[h]]$. "
        "Then\n\n"
        "$$\\mathbb E_x \\Bigl( \\frac{[\\langle w + \\epsilon v, x \\rangle]_+ - "
        "[\\langle w, x \\rangle]_+}{\\epsilon} - \\langle v, x \\rangle\\, "
        "1\\{\\langle w, x \\rangle > 0\\} \\Bigr)^2 = [[value]] [[relation]] "
        "[[bound]].$$",
        {"d": Integers(2), "R": POSITIVE, "s": POSITIVE, "h": POSITIVE},
        {"value": VALUE, "relation": AT_MOST, "bound": BOUND},
    ),
    sources=(lazy("Section 1, the inner bound of NT", "sharper"),),
    checks=(
        Check(
            "symbolic",
            "the integral over two wedges, for symbolic h, R and s",
            _two_neurons_integral,
            role="step",
        ),
        Check(
            "symbolic",
            "the bound, through a derivative",
            _two_neurons_bound,
            role="step",
        ),
        Check("interval", "the bound at 12 points", _two_neurons_balls, role="step"),
        Check(
            "statistical",
            "difference quotients at Gaussian inputs",
            _two_neurons_sampled,
            {"d": Integers(3, 3)},
            seed=25,
        ),
    ),
    planted=(
        Planted("one wedge only", {"value": VALUE / 2}),
        Planted(
            "19/20 of the bound, right for h = 1", {"bound": 19 * BOUND / 20}, near=True
        ),
        Planted("quadratic in h", {"bound": 2 * h**2 * s**2 / (3 * pi)}, near=True),
        Planted("the norm of v not squared", {"bound": 2 * h * s / (3 * pi)}),
        Planted("the other way round", {"relation": AT_LEAST}),
    ),
    weak=Check(
        "interval",
        "h = 1 and s = 1 only",
        lambda statement, domain: every_ball(
            [1],
            lambda one: (
                enclose(statement.value, {h: one, s: one}),
                enclose(statement.bound, {h: one, s: one}),
            ),
            statement.relation,
        ),
        role="step",
    ),
)

CLAIMS = (FOURIER_KERNEL, VARIANCE, ORDERS, TANGENT, TWO_NEURONS)
