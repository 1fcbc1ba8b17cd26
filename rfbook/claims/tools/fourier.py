"""Fourier series of the triangle wave and of the square on [-1, 1].

The coefficients are SymPy's integrals for a symbolic index; partial sums with a
rigorous bound of what is left out test the series itself at rational points.
"""

from functools import cache

import sympy
from flint import arb, fmpq
from sympy import Abs, Integer, Rational, Symbol, oo, pi

from rfbook.claims.tools.gaussian import CHAPTER
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Reals,
    Result,
    Source,
    Statement,
    every,
    every_identity,
    exact_ball,
    unknown,
)

k = Symbol("k", integer=True, nonnegative=True)
n = Symbol("n", integer=True, positive=True)
t = Symbol("t", real=True)
x = Symbol("x", real=True)

TERMS = 100


def enclosed(point, value, series, left_out) -> tuple[bool, str]:
    """Say whether an exact value lies within a partial sum and what it leaves out."""
    wide = abs(series - exact_ball(value)) <= left_out
    return wide, f"{value} is {series.str(8, radius=False)} +- {_shown(left_out)}"


def _shown(ball) -> str:
    return ball.str(2, radius=False)


def _point(value) -> arb:
    return arb(fmpq(int(value.p), int(value.q)))


# --- the triangle wave ----------------------------------------------------------------


def triangle(point):
    """Return tri at a rational point, from its pieces x on [-1, 1] and 2 - x."""
    reduced = (point + 1) % 4 - 1
    return reduced if reduced <= 1 else 2 - reduced


@cache
def _triangle_coefficient(index):
    """Return the integral of tri(x) sin(index pi x / 2) over [0, 2], half a period.

    Both factors are odd, so that half the integral over [-2, 2] is this one.
    """
    m = Symbol("m", positive=True)
    sine = sympy.sin(m * pi * x / 2)
    pieces = [(x, (x, 0, 1)), (2 - x, (x, 1, 2))]
    integral = sum(sympy.integrate(f * sine, piece) for f, piece in pieces)
    return sympy.simplify(integral.subs(m, index))


def _triangle_integrals(statement, domain) -> Result:
    """Every frequency pi m / 2: even m have 0, odd m = 2k + 1 the coefficient."""
    angle, index = statement.angle, 2 * k + 1
    absolute = sympy.simplify(Abs(statement.coefficient))
    return every_identity(
        [
            ("m = 2n", _triangle_coefficient(2 * n), Integer(0)),
            ("m = 2k + 1", _triangle_coefficient(index), statement.coefficient),
            ("its angle", index * pi * x / 2, angle),
            ("sum of moduli", sympy.summation(absolute, (k, 0, oo)), statement.total),
        ]
    )


def _triangle_partial(statement, domain) -> Result:
    """Sum K terms; those left out come to at most 4 / (pi^2 (2K - 1)).

    For 1 / (2k + 1)^2 is below half of 1 / (2k - 1) - 1 / (2k + 1).
    """
    rest = 4 / (arb.pi() ** 2 * (2 * TERMS - 1))
    weights = [exact_ball(statement.coefficient.subs(k, i)) for i in range(TERMS)]
    turn = sympy.expand(statement.angle / (pi * x))
    turns = [turn.subs(k, i) for i in range(TERMS)]

    def compare(point):
        angles = (_point(turn * point) for turn in turns)
        series = sum(
            (b * a.sin_pi() for b, a in zip(weights, angles, strict=True)), arb()
        )
        return enclosed(point, triangle(point), series, rest)

    return every([Rational(i, 7) for i in range(-15, 40, 3)], compare)


def _triangle_first(statement, domain) -> Result:
    """Compare the first coefficient, 8 / pi^2, with 0.81, to two digits."""
    first = exact_ball(statement.coefficient.subs(k, 0))
    return every(
        [1],
        lambda m: (
            abs(first - exact_ball(Rational(81, 100))) < exact_ball(Rational(1, 200)),
            f"{first.str(8)} is 0.81",
        ),
    )


B = 8 * (-1) ** k / (pi**2 * (2 * k + 1) ** 2)

UNIQUENESS = Claim(
    id="fourier-uniqueness",
    title="Fourier coefficients determine a continuous function",
    chapter=CHAPTER,
    statement=Statement(
        "Two continuous functions on $\\mathbb{R}$ with the same period and the same "
        "Fourier coefficients are equal."
    ),
    sources=(
        Source("Fejer1904", "Mathematische Annalen 58", "pp. 51-69", "background"),
    ),
    status="cited",
    reference="Fejér, Mathematische Annalen 58 (1904), 51-69",
)


TRIANGLE_SERIES = Claim(
    id="triangle-fourier",
    title="The Fourier series of the triangle wave",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[x]]$,\n\n"
        "$$\\operatorname{tri}(x) = \\sum_{k=0}^{\\infty} b_{2k+1} "
        "\\sin\\Bigl([[angle]]\\Bigr), \\qquad b_{2k+1} = [[coefficient]]$$\n\n"
        "for $[[k]]$, and $\\sum_{k=0}^\\infty \\lvert b_{2k+1} \\rvert = [[total]]$.",
        {"x": Reals(), "k": Integers(0)},
        {"angle": pi * x * (2 * k + 1) / 2, "coefficient": B, "total": 1},
    ),
    uses=("fourier-uniqueness",),
    checks=(
        Check(
            "interval",
            "100 terms and the bound of the rest, at 19 rational points",
            _triangle_partial,
            {"k": Integers(0, TERMS - 1)},
            role="step",
        ),
        Check(
            "symbolic",
            "the integrals, for symbolic m",
            _triangle_integrals,
            role="step",
        ),
    ),
    planted=(
        Planted("the signs do not alternate", {"coefficient": B * (-1) ** k}, True),
        Planted("half the height", {"coefficient": B / 2}),
        Planted(
            "0.81 for 8/pi^2", {"coefficient": Rational(81, 800) * pi**2 * B}, True
        ),
        Planted("a power too many", {"coefficient": B / (2 * k + 1)}, near=True),
        Planted("twice the frequency", {"angle": pi * x * (2 * k + 1)}),
        Planted("the sum of the moduli", {"total": Rational(8) / pi**2}),
    ),
    weak=Check("interval", "two digits of b_1", _triangle_first, role="step"),
)


# --- the square -----------------------------------------------------------------------


@cache
def _square_coefficient(index):
    """Return the integral of t^2 cos(index pi t) over [-1, 1]."""
    return sympy.simplify(sympy.integrate(t**2 * sympy.cos(index * pi * t), (t, -1, 1)))


def _square_integrals(statement, domain) -> Result:
    """Compare coefficients; their sum converges, the extension is continuous."""
    constant = sympy.integrate(t**2, (t, -1, 1)) / 2
    bound = sympy.summation(Abs(statement.coefficient), (n, 1, oo))
    if not Reals(-1, 1).contains(domain["t"]) or not bound.is_finite:
        return unknown("beyond [-1, 1] the series is the extension with period 2")
    return every_identity(
        [
            ("the constant", constant, statement.constant),
            ("n", _square_coefficient(n), statement.coefficient),
        ]
    )


def _square_partial(statement, domain) -> Result:
    """Sum N terms; those left out come to less than 4 / (pi^2 N)."""
    rest = 4 / (arb.pi() ** 2 * TERMS)
    weights = [exact_ball(statement.coefficient.subs(n, i + 1)) for i in range(TERMS)]

    def compare(point):
        turns = (_point((i + 1) * point) for i in range(TERMS))
        terms = (c * a.cos_pi() for c, a in zip(weights, turns, strict=True))
        series = sum(terms, exact_ball(statement.constant))
        return enclosed(point, point**2, series, rest)

    values = domain["t"]
    points = [
        Rational(i, 7) for i in range(int(7 * values.low), int(7 * values.high) + 1)
    ]
    return every(points, compare)


C = 4 * (-1) ** n / (pi**2 * n**2)

SQUARE_SERIES = Claim(
    id="square-fourier",
    title="The Fourier series of the square",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[t]]$,\n\n"
        "$$t^2 = [[constant]] + \\sum_{n=1}^{\\infty} c_n \\cos(n \\pi t), "
        "\\qquad c_n = [[coefficient]],$$\n\n"
        "where $[[n]]$.",
        {"t": Reals(-1, 1), "n": Integers(1)},
        {"constant": Rational(1, 3), "coefficient": C},
    ),
    uses=("fourier-uniqueness",),
    checks=(
        Check(
            "interval",
            "100 terms and the bound of the rest, at the multiples of 1/7",
            _square_partial,
            {"n": Integers(1, TERMS), "t": Reals(-3, 3)},
            role="step",
        ),
        Check(
            "symbolic", "the integrals, for symbolic n", _square_integrals, role="step"
        ),
    ),
    planted=(
        Planted("the constant 0.34", {"constant": Rational(17, 50)}, near=True),
        Planted("the signs do not alternate", {"coefficient": C * (-1) ** n}),
        Planted("right for n = 1 only", {"coefficient": -4 / (pi**2 * n**2)}, True),
        Planted("2 for 4", {"coefficient": C / 2}),
        Planted("on a longer interval", {"t": Reals(-2, 2)}, near=True),
    ),
    weak=Check(
        "exact",
        "the coefficient of cos(pi t) only",
        lambda statement, domain: every(
            [1],
            lambda i: (
                statement.coefficient.subs(n, i) == _square_coefficient(i),
                "the first coefficient",
            ),
        ),
        role="step",
    ),
)

CLAIMS = (UNIQUENESS, TRIANGLE_SERIES, SQUARE_SERIES)
