"""The theorem on polynomials, put together, with its constants and their sizes."""

import math
from fractions import Fraction
from functools import lru_cache
from itertools import islice, product

from flint import arb, ctx
from sympy import (
    Integer,
    Max,
    Poly,
    Rational,
    Symbol,
    ceiling,
    legendre,
    log,
    sqrt,
    symbols,
)

from rfbook.claims.polynomial_learning.concentration import FEATURES, delta
from rfbook.claims.polynomial_learning.concentration import H as HEIGHT
from rfbook.claims.polynomial_learning.concentration import L as SLOPE
from rfbook.claims.polynomial_learning.concentration import N as COUNT
from rfbook.claims.polynomial_learning.descent import (
    AT_LEAST,
    AT_MOST,
    SCALES,
    C,
    H,
    L,
    N,
    T,
    at_most,
    eps,
    eta,
    least_sizes,
    named,
)
from rfbook.claims.polynomial_learning.sources import CHAPTER, later, printed
from rfbook.ledger import (
    Check,
    Claim,
    Planted,
    Reals,
    Result,
    Statement,
    every,
    exact_ball,
    holds,
    unknown,
)

H_1, L_1 = symbols("H_1 L_1", positive=True)
BITS = 256

WHOLE = later(
    "the main theorem on polynomials",
    "implied",
    "Width, time and step size are not in the text that could be read.",
)


# --- the sizes ------------------------------------------------------------------------

DEVIATION = C / sqrt(N) * (2 * L_1 / sqrt(3) + H_1 * sqrt(2 * log(2 / delta)))
THIRDS = tuple(low.subs(eps, eps / 3) for low in SCALES.statement.domain["N"].low.args)
SPREAD = 9 * C**2 / eps**2 * (2 * L_1 / sqrt(3) + H_1 * sqrt(2 * log(2 / delta))) ** 2
LEAST_STEPS = SCALES.statement.domain["T"].low.subs(eps, eps / 3)
RATE = SCALES.statement.rate.subs(eps, eps / 3)

SIZES = {"N": Reals(Max(*THIRDS, SPREAD)), "T": Reals(LEAST_STEPS)}

POINTS = named(
    {
        **dict(zip((C, H, L, H_1, L_1), map(Rational, sizes), strict=True)),
        eps: Rational(allowed),
        delta: Rational(failure),
    }
    for sizes, allowed, failure in (
        *product(
            (("1/2", 1, "1/4", 1, "1/4"), (3, 7, 7, 2, 2), (10, 1, 2, 1, 1)),
            (1, "1/10"),
            ("1/2", "1/1000"),
        ),
        (("1/2", 10_000, "1/4", 1, "1/4"), 1, "1/2"),
    )
)
"""Numbers at which the inequality is evaluated at the least width and time."""


def _numbers_proof(statement, domain) -> Result:
    """Bound each term of descent by a ninth, and the deviation by a third."""
    lows = {name: domain[name].low for name in ("N", "T")}
    root = Symbol("y", positive=True)  # of 2 ln(2/delta)
    lows = {name: low.subs(log(2 / delta), root**2 / 2) for name, low in lows.items()}
    terms = (
        (statement.start, statement.share * eps / 3),
        (statement.steps, statement.share * eps / 3),
        (statement.drift, statement.share * eps / 3),
        (statement.deviation, statement.share * eps),
        (statement.weights, Integer(1)),
    )
    if statement.relation != AT_MOST:
        return unknown("upper bounds only")
    for part, bound in terms:
        formula = part.subs(eta, statement.rate).subs(log(2 / delta), root**2 / 2)
        if not at_most(formula, bound, lows):
            return unknown(f"whether {part} is at most {bound}")
    return holds("three ninths for descent, a third for the deviation")


def _numbers_balls(statement, domain, points=POINTS) -> Result:
    """Evaluate both inequalities at the least integers N and T, in balls."""

    def decide(name):
        point = points[name]
        full = point | least_sizes(domain, point)
        full[eta] = statement.rate.subs(full)
        descent = statement.start + statement.steps + statement.drift
        share = statement.share * full[eps]
        with ctx.workprec(BITS):
            ratios = [
                exact_ball(part.subs(full) / bound)
                for part, bound in (
                    (descent, share),
                    (statement.deviation, share),
                    (statement.weights, 1),
                )
            ]
            true = [statement.relation.ball(ratio, arb(1)) for ratio in ratios]
        shown = ", ".join(f"{float(ratio):.6g}" for ratio in ratios)
        words = f"each of {shown} {statement.relation.symbol} 1"
        return False if False in true else all(true) or None, words

    return every(points, decide)


def _numbers_once(statement, domain) -> Result:
    """Evaluate at the first of the points only."""
    return _numbers_balls(statement, domain, dict(islice(POINTS.items(), 1)))


NUMBERS = Claim(
    id="theorem-numbers",
    title="Width, time and step size for the whole theorem",
    chapter=CHAPTER,
    statement=Statement(
        "For all positive $C$, $H$, $L$, $H_1$, $L_1$, $\\varepsilon$, for $0 < "
        "\\delta < 1$, every\n\n"
        "$$[[N]],$$\n\n"
        "$$[[T]], \\qquad\\text{and}\\quad \\eta = [[rate]],$$\n\n"
        "$$[[start]] + [[steps]] + [[drift]] [[relation]] [[share]]\\, \\varepsilon, "
        "\\qquad [[weights]] [[relation]] 1,$$\n\n"
        "$$[[deviation]] [[relation]] [[share]]\\, \\varepsilon.$$",
        SIZES,
        {
            "rate": RATE,
            "start": SCALES.statement.start,
            "steps": SCALES.statement.steps,
            "drift": SCALES.statement.drift,
            "weights": SCALES.statement.weights,
            "deviation": DEVIATION,
            "share": Rational(1, 3),
            "relation": AT_MOST,
        },
    ),
    sources=(WHOLE,),
    checks=(
        Check(
            "symbolic",
            "each term at most its share, for symbolic sizes",
            _numbers_proof,
        ),
        Check(
            "interval",
            "thirteen choices of the sizes at the least integers N and T",
            _numbers_balls,
            role="step",
        ),
    ),
    planted=(
        Planted(
            "26 for 27 in the first width",
            {"N": Reals(Max(*(w * sqrt(Rational(26, 27)) for w in THIRDS), SPREAD))},
            near=True,
        ),
        Planted(
            "the width of concentration dropped", {"N": Reals(Max(*THIRDS))}, near=True
        ),
        Planted(
            "epsilon for its square in the time: right for epsilon = 1",
            {"T": Reals(LEAST_STEPS * eps)},
            near=True,
        ),
        Planted("thirds forgotten in the step size", {"rate": RATE / 3}),
        Planted("the other way round", {"relation": AT_LEAST}),
    ),
    weak=Check(
        "interval",
        "the first choice only",
        _numbers_once,
        role="step",
    ),
    spec="YS-3.1",
)


# --- the theorem ----------------------------------------------------------------------


def _thirds(statement, domain) -> Result:
    """Add up representation, concentration and descent."""
    if statement.draw != FRESH:
        return unknown("the regret is that of examples which are drawn afresh")
    numbers = NUMBERS.statement
    ours = FEATURES.statement.bound.subs(
        {HEIGHT: H_1, SLOPE: L_1, COUNT: N}, simultaneous=True
    )
    if ours - DEVIATION != 0 or any(
        getattr(numbers, name) != getattr(SCALES.statement, name)
        for name in ("start", "steps", "drift", "weights")
    ):
        return unknown("the terms are not those of concentration and descent")
    if statement.rate != numbers.rate or dict(domain) != dict(numbers.domain):
        return unknown("the sizes are not those of the balance")
    spare = statement.excess - statement.error - 2 * numbers.share * eps
    if statement.relation != AT_MOST or not spare.is_nonnegative:
        return unknown(f"the sign of {spare}")
    return holds("a third of epsilon each")


FLAT = named(
    {
        C: 1 / h,
        H: h,
        L: Rational(1, 10**9),
        H_1: h,
        L_1: Rational(1, 10**9),
        eps: e,
        delta: Rational(1, 2),
    }
    for h in (Rational(1, 10), Integer(1), Integer(10))
    for e in (Rational(1, 10), Rational(1, 2), Integer(2))
)
"""Constant neurons sigma = H with g = C = 1/H, whose mean is the polynomial P = 1."""

FRESH, SAME = "one fresh example a step", "the same random example in every step"
WRONG = Rational(1, 4)
"""The chance of the label -1 where one example is drawn for all steps."""


def _same_example(found, rise):
    """Return the mean loss beyond that of P = 1 where the first label is kept.

    The mean of (1 - y f)_+ along the steps is ``found``, that of y f is ``rise``; at
    the label y the loss of f is P(y' = y) (1 - y f)_+ + P(y' = -y) (1 + y f).
    """
    kept = (1 - WRONG) ** 2 + WRONG**2
    return kept * found + 2 * WRONG * (1 - WRONG) * (1 + rise) - 2 * WRONG


def _constant_task(statement, domain, points=FLAT) -> Result:
    """Train constant neurons on the label 1, where P = 1 has no loss, exactly.

    Each neuron makes the same steps, f = eta N H^2 t after t steps while that is below
    1, and none afterwards. If one example serves for all steps, its label may be -1.
    """

    def decide(name):
        point = points[name]
        full = point | least_sizes(domain, point)
        step = statement.rate.subs(full) * full[N] * full[H] ** 2
        count = min(int(full[T]), int(ceiling(1 / step)))
        climb = step * Rational(count * (count - 1), 2)
        found = (count - climb) / full[T]
        if statement.draw == SAME:
            rise = (climb + (full[T] - count) * count * step) / full[T]
            found = _same_example(found, rise)
        right = statement.excess.subs(full)
        words = f"{float(found):.6g} {statement.relation.symbol} {float(right):.6g}"
        return bool(statement.relation.exact(found, right)), words

    return every(points, decide)


def _constant_easy(statement, domain) -> Result:
    """Allow an excess loss of 2, more than the loss at the start."""
    easy = {name: point for name, point in FLAT.items() if point[eps] == 2}
    return _constant_task(statement, domain, easy)


POLYNOMIALS = Claim(
    id="theorem-polynomials",
    title="Descent on both layers competes with a polynomial",
    chapter=CHAPTER,
    statement=Statement(
        "Let $\\sigma$ be differentiable, $\\lvert \\sigma \\rvert \\le H$ and "
        "$\\lvert \\sigma' \\rvert \\le L$ on $[-2, 2]$, $\\lvert \\sigma \\rvert "
        "\\le H_1$ and $\\lvert \\sigma' \\rvert \\le L_1$ on $[-1, 1]$. Let $P$ be a "
        "polynomial and $g$ a function on the cube $[-1/\\sqrt d, 1/\\sqrt d]^d$ with "
        "$\\lvert g \\rvert \\le C$ and, for $w$ uniform on the cube,\n\n"
        "$$\\bigl\\lvert \\mathbb E\\, g(w)\\, \\sigma(\\langle w, x \\rangle) - P(x) "
        "\\bigr\\rvert \\le [[error]] \\qquad (\\lVert x \\rVert \\le 1).$$\n\n"
        "Let $\\lVert x \\rVert \\le 1$ and $y = \\pm 1$ for all examples, "
        "$\\varepsilon > 0$ and $0 < \\delta < 1$. For all integers\n\n"
        "$$[[N]],$$\n\n"
        "$$[[T]], \\qquad\\text{and}\\quad \\eta = [[rate]],$$\n\n"
        "stochastic gradient descent on both layers from $w_i^{(0)}$ uniform on the "
        "cube and $u^{(0)} = 0$, with [[draw]], has with a probability "
        "of at least $1 - \\delta$ over $W^{(0)}$\n\n"
        "$$\\frac1T \\sum_{t=0}^{T-1} \\mathbb E\\, \\mathcal L(W^{(t)}, u^{(t)}) "
        "[[relation]] \\mathcal L(P) + [[excess]].$$",
        SIZES,
        {
            "error": eps / 3,
            "rate": RATE,
            "draw": FRESH,
            "relation": AT_MOST,
            "excess": eps,
        },
    ),
    sources=(
        printed(
            "Theorem 3.1, informal",
            "implied",
            "Printed with width and time as unspecified polynomials.",
        ),
        WHOLE,
    ),
    uses=("descent-theorem", "concentration-features", "theorem-numbers"),
    checks=(
        Check(
            "symbolic",
            "representation, concentration and descent, a third each",
            _thirds,
            given=("descent-theorem", "concentration-features", "theorem-numbers"),
            role="step",
        ),
        Check(
            "exact",
            "constant neurons and P = 1 at the least N and T",
            _constant_task,
            role="step",
        ),
    ),
    planted=(
        Planted("a tenth of epsilon", {"excess": eps / 10}),
        Planted("no condition on the time", {"T": Reals(Integer(1))}, near=True),
        Planted("T^2 for T in the step size", {"rate": RATE / T}),
        Planted("one example for all steps", {"draw": SAME}, near=True),
        Planted("the other way round", {"relation": AT_LEAST}),
    ),
    weak=Check(
        "exact",
        "epsilon = 2 only",
        _constant_easy,
        role="step",
    ),
    spec="YS-3.1",
)


# --- an example -----------------------------------------------------------------------

TARGET = {(1, 1): 4, (2, 0): 4, (0, 0): Rational(-4, 5)}
"""4 (x_1 x_2 + x_3^2 - 1/5), its monomials by the powers of two variables."""

t = Symbol("t")


@lru_cache(maxsize=64)
def dual_row(power: int, K: int) -> tuple:
    """Return (2 l + 1) [t^j] P_l for l = 0, ..., K, by SymPy."""
    rows = (Poly(legendre(n, t), t).coeff_monomial(t**power) for n in range(K + 1))
    return tuple((2 * n + 1) * value for n, value in enumerate(rows))


def legendre_coefficients(d: int, K: int) -> dict:
    """Return the coefficients of g in products of Legendre polynomials: exp, TARGET.

    The exponential has n! a_n = 1, so that a monomial x^J enters with b_J J! d^(n/2).
    The squared variable is the third one.
    """
    found: dict = {}
    for (one, two), b in TARGET.items():
        powers = ((1, 1, 0) if (one, two) == (1, 1) else (0, 0, one)) + (0,) * (d - 3)
        scale = b * math.factorial(one) * math.factorial(two)
        scale *= d ** ((one + two) // 2)
        for degrees in product(range(K + 1), repeat=d):
            if sum(degrees) <= K:
                value = scale
                for degree, power in zip(degrees, powers, strict=True):
                    value *= dual_row(power, K)[degree]
                if value:
                    found[degrees] = found.get(degrees, 0) + value
    return found


def remainder_ball(coefficients: dict, d: int, K: int):
    """Enclose |g| sum_{n > K} min(1, sqrt((2n-1)!!/(3d)^n))/n!, up to n = 60, and more.

    The rest of the series is at most e/61!.
    """
    squares = (
        value**2 / math.prod(2 * n + 1 for n in degrees)
        for degrees, value in coefficients.items()
    )
    norm = exact_ball(sum(squares)).sqrt()
    total, power = arb(0), Fraction(1)
    for n in range(1, 61):
        power *= Fraction(2 * n - 1, 3 * d)
        if n > K:
            total += exact_ball(min(power, Fraction(1))).sqrt() / math.factorial(n)
    return norm * (total + arb(0).union(arb(1).exp() / math.factorial(61)))


def _example(statement, domain) -> Result:
    """Compute g again, then the least integers in the two inequalities, in balls."""
    d, K = statement.d, statement.K
    coefficients = legendre_coefficients(d, K)
    size = sum(abs(value) for value in coefficients.values())
    with ctx.workprec(BITS):
        two, one = arb(2).exp(), arb(1).exp()
        allowed, failure = exact_ball(statement.eps), exact_ball(statement.delta)
        c = exact_ball(Rational(statement.C))
        widths = (
            (729 * c**5 * two**3 / (8 * allowed**3)).sqrt(),
            9 * c**2 / (2 * allowed) * (two**2 / 2).sqrt(),
            9
            * c**2
            / allowed**2
            * one**2
            * (2 / arb(3).sqrt() + (2 * (2 / failure).log()).sqrt()) ** 2,
        )
        steps = 81 * c**2 * two**2 / (4 * allowed**2)
        error = remainder_ball(coefficients, d, K)
    rows = {
        "C": (size == statement.C, f"{size} = {statement.C}"),
        "the error": _below(error, statement),
        "N": _least(max(widths, key=float), statement.N),
        "T": _least(steps, statement.T),
    }
    return every(rows, rows.get)


def _below(error, statement) -> tuple:
    bound = exact_ball(statement.error)
    true = statement.relation.ball(error, bound)
    if statement.error > statement.eps / 3:
        true = False
    return true, f"{float(error):.6g} {statement.relation.symbol} {float(bound):.6g}"


def _least(size, value: int) -> tuple:
    """Decide whether an integer is the least that is not below a ball."""
    if size <= value and size > value - 1:
        return True, f"{value}"
    true = False if size > value or size <= value - 1 else None
    return true, f"{value} the least integer above {size.str(20, radius=False)}"


def _three_digits(statement, domain) -> Result:
    """Compare N and T with floats, to three digits."""
    C, eps = float(statement.C), float(statement.eps)
    width = math.sqrt(729 * C**5 * math.exp(6) / 8 / eps**3)
    steps = 81 * C**2 * math.exp(4) / 4 / eps**2
    pairs = {"N": (width, statement.N), "T": (steps, statement.T)}
    return every(
        pairs,
        lambda name: (
            f"{pairs[name][0]:.2e}" == f"{pairs[name][1]:.2e}",
            f"{pairs[name]}",
        ),
    )


SIZES_EXAMPLE = Claim(
    id="theorem-sizes",
    title="The theorem's sizes for one polynomial",
    chapter=CHAPTER,
    statement=Statement(
        "Let $d = [[d]]$, $P(x) = 4 (x_1 x_2 + x_3^2 - \\tfrac15)$, $\\sigma = \\exp$, "
        "$\\varepsilon = [[eps]]$, $\\delta = [[delta]]$, and let $g$ be the weight "
        "function for $K = [[K]]$. The moduli of its Legendre coefficients have the "
        "sum $C = [[C]]$, and its error bound is $[[relation]] [[error]]$, at most "
        "$\\varepsilon/3$. The least integers in the theorem are\n\n"
        "$$N = [[N]], \\qquad T = [[T]].$$",
        {},
        {
            "d": 5,
            "K": 5,
            "eps": Fraction(1, 10),
            "delta": Fraction(1, 100),
            "C": Fraction(75143, 10),
            "relation": AT_MOST,
            "error": Fraction(3, 100),
            "N": 29677242186885,
            "T": 6242808524828,
        },
    ),
    sources=(WHOLE,),
    uses=("theorem-numbers", "representation-approximate"),
    checks=(
        Check(
            "interval",
            "g again with SymPy's Legendre polynomials, then balls of 256 bits",
            _example,
        ),
    ),
    planted=(
        Planted("a neuron less", {"N": 29677242186884}, near=True),
        Planted("a step more", {"T": 6242808524829}, near=True),
        Planted("29/1000 for the error", {"error": Fraction(29, 1000)}, near=True),
        Planted("K = 6 with the same C", {"K": 6}),
    ),
    weak=Check("interval", "N and T to three digits", _three_digits),
    spec="YS-3.1",
)


CLAIMS = (NUMBERS, POLYNOMIALS, SIZES_EXAMPLE)
