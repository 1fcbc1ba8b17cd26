"""Gradient descent on one neuron finds the neuron that no chosen features reach."""

from fractions import Fraction
from itertools import product

from flint import arb, ctx
from sympy import Rational, Symbol, cos, diff, expand, pi, sin

from rfbook.claims.single_neuron.known import AT_MOST, BITS, DIMENSIONS, R
from rfbook.claims.single_neuron.sources import CHAPTER, printed
from rfbook.ledger import (
    Check,
    Claim,
    Planted,
    Reals,
    Result,
    Statement,
    every,
    every_identity,
    exact_ball,
)

rho = Symbol("rho", positive=True)
vartheta = Symbol("vartheta", positive=True)

OFF_THE_RAY = "that is not a negative multiple of $w_*$"
ANY_START = "that is not zero"
STARTS = ((1, 1), (Fraction(-3, 2), Fraction(1, 10)), (0, 4), (Fraction(1, 5), 0))
OPPOSITE = (Fraction(-1), Fraction(0))
STEPS = 200
CLOSE = Fraction(1, 10**6)


def _error():
    """Return |w|^2/2 + R^2/2 - 2 K, with the arc-cosine kernel for both lengths."""
    kernel = (pi - vartheta) * cos(vartheta) + sin(vartheta)
    return rho**2 / 2 + R**2 / 2 - rho * R * kernel / pi


def _gradient(statement):
    """Return the stated gradient along w_* and across, w = rho (cos, sin)."""
    along = rho * cos(vartheta), rho * sin(vartheta)
    bent = statement.turn * R / rho
    return (
        along[0] - (statement.pull * R + bent * along[0]) / pi,
        along[1] - bent * along[1] / pi,
    )


def _derivatives(statement, domain) -> Result:
    """Differentiate the error in polar coordinates of the plane of w and w_*."""
    error = _error()
    radial, turning = diff(error, rho), diff(error, vartheta) / rho
    found = (
        cos(vartheta) * radial - sin(vartheta) * turning,
        sin(vartheta) * radial + cos(vartheta) * turning,
    )
    names = ("along w_*", "across")
    return every_identity(zip(names, found, _gradient(statement), strict=True))


def _fixed_angle(statement, domain) -> Result:
    """Compare what a limit of positive angle would need with (pi - angle) sin."""
    gradient = _gradient(statement)
    q, p = rho * cos(vartheta) - gradient[0], rho * sin(vartheta) - gradient[1]
    left = p * cos(vartheta) - q * sin(vartheta)
    right = -R * (pi - vartheta) * sin(vartheta) / pi
    return every_identity([("a fixed angle", left, right)])


def _linear(part):
    """Read a + b sin + c cos + e angle from pull or turn, as balls."""
    rest = part + Rational(0)
    found = []
    for term in (sin(vartheta), cos(vartheta), vartheta):
        coefficient = rest.coeff(term)
        found.append(exact_ball(coefficient))
        rest = expand(rest - coefficient * term)
    return exact_ball(rest), *found


def _value(coefficients, angle):
    """Evaluate what `_linear` has read at an angle."""
    constant, by_sine, by_cosine, by_angle = coefficients
    return constant + by_sine * angle.sin() + by_cosine * angle.cos() + by_angle * angle


def _one_step(pull, turn, w, rate):
    """Move a point of the plane of w and w_* = (1, 0): no difference of equals."""
    length = (w[0] ** 2 + w[1] ** 2).sqrt()
    angle = arb.atan2(w[1], w[0])
    kept = 1 - rate + rate * _value(turn, angle) / (arb.pi() * length)
    return kept * w[0] + rate * _value(pull, angle) / arb.pi(), kept * w[1]


def _descends(statement, domain) -> Result:
    """Follow the steps from several starts, in balls."""
    rates = domain["eta"].among(("1/10", "1/2", 1, "21/10"))
    starts = STARTS if statement.start == OFF_THE_RAY else (*STARTS, OPPOSITE)

    def arrives(case):
        rate, start = case
        w = tuple(exact_ball(Fraction(x)) for x in start)
        for _ in range(STEPS):
            gap = abs(w[0] - 1) + abs(w[1])
            if gap < exact_ball(CLOSE) or abs(w[0]) + abs(w[1]) < exact_ball(CLOSE):
                break
            w = _one_step(pull, turn, w, exact_ball(rate))
        words = f"distance {gap.str(3, radius=False)} < 10^-6 within {STEPS} steps"
        near = AT_MOST.ball(gap, exact_ball(CLOSE))
        return near, words

    with ctx.workprec(4 * BITS):
        pull, turn = _linear(statement.pull), _linear(statement.turn)
        return every(product(rates, starts), arrives)


def _right_angle(statement, domain) -> Result:
    """Compare pull and turn at a right angle only."""

    def compare(part):
        value = part.subs(vartheta, pi / 2)
        return value == right[part], f"{value} = {right[part]}"

    right = {statement.pull: pi / 2, statement.turn: 1}
    return every([statement.pull], compare)


DESCENT = Claim(
    id="neuron-descent",
    title="Gradient descent finds the neuron",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $w_* \\ne 0$ and $[[eta]]$ let $\\mathcal E(w) = \\lVert "
        "[\\langle w, \\cdot \\rangle]_+ - [\\langle w_*, \\cdot \\rangle]_+ "
        "\\rVert^2$, and let $\\vartheta$ be the angle between $w$ and $w_*$. For "
        "$w \\ne 0$\n\n"
        "$$\\nabla \\mathcal E(w) = w - \\frac{1}{\\pi} \\Big( ([[pull]])\\, w_* + "
        "[[turn]]\\, \\frac{\\lVert w_* \\rVert}{\\lVert w \\rVert}\\, w \\Big),$$\n\n"
        "and the steps $w^{(k+1)} = w^{(k)} - \\eta\\, \\nabla \\mathcal E(w^{(k)})$ "
        "tend to $w_*$ from every start $w^{(0)} \\ne 0$ [[start]].",
        {"d": DIMENSIONS, "eta": Reals(0, 1, open_low=True)},
        {"pull": pi - vartheta, "turn": sin(vartheta), "start": OFF_THE_RAY},
    ),
    sources=(
        printed(
            "Section 4",
            "background",
            "Says that one neuron is tractable for gradient methods, and cites others.",
        ),
    ),
    uses=("arc-cosine-kernel",),
    checks=(
        Check(
            "symbolic",
            "the gradient, from the arc-cosine kernel",
            _derivatives,
            role="step",
        ),
        Check(
            "symbolic",
            "no limit has an angle between 0 and pi",
            _fixed_angle,
            role="step",
        ),
        Check(
            "interval",
            "200 steps from four starts, eta = 1/10, 1/2, 1",
            _descends,
            role="step",
        ),
    ),
    planted=(
        Planted(
            "the angle for its supplement: right at a right angle",
            {"pull": vartheta},
            near=True,
        ),
        Planted("every start but 0", {"start": ANY_START}, near=True),
        Planted("steps up to 21/10", {"eta": Reals(0, Rational(21, 10), True)}),
        Planted("21/20 of the turn", {"turn": Rational(21, 20) * sin(vartheta)}),
        Planted("the cosine for the sine", {"turn": cos(vartheta)}),
    ),
    weak=Check("exact", "a right angle only", _right_angle, role="step"),
)

CLAIMS = (DESCENT,)
