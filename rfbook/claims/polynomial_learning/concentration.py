"""Random features near their mean: the mean of the supremum, its tail, the constant.

The checks evaluate laws that are known exactly: sums of uniform numbers, of signs, and
of both.
"""

import math
from fractions import Fraction
from functools import lru_cache

import numpy as np
from flint import ctx
from sympy import Rational, Symbol, integrate, log, simplify, sqrt, symbols

from rfbook.claims.polynomial_learning.sources import CHAPTER, later
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Reals,
    Relation,
    Result,
    Statement,
    Verdict,
    every,
    exact_ball,
    fails,
    holds,
    unknown,
)
from rfbook.ledger.deciders import standard_errors

C, H, L, d = symbols("C H L d", positive=True)
N = Symbol("N", integer=True, positive=True)
delta = Symbol("delta", positive=True)

AT_MOST, AT_LEAST = Relation("<="), Relation(">=")
POSITIVE = Reals(0, open_low=True)
OPEN_UNIT = Reals(0, 1, open_low=True, open_high=True)
BITS = 256

PRINTED = later(
    "the theorem on concentration, second step",
    "sharper",
    "One formula can be read in part: LC/sqrt(r) (4 + sqrt(2 log(1/delta))), "
    "reconstructed from a text without its signs of division and roots.",
)


# --- the mean of the supremum ---------------------------------------------------------


def mean_modulus(count: int) -> Fraction:
    """Return E |v_1 + ... + v_n| for independent v_i, uniform on [-1, 1].

    It is 4 E (I - n/2)_+ for the sum I of n uniform numbers of [0, 1], whose density is
    a sum of powers (x - j)_+^(n-1).
    """
    half = Fraction(count, 2)
    total = sum(
        (-1) ** j * math.comb(count, j) * (half - j) ** (count + 1)
        for j in range(count // 2 + 1)
    )
    return 4 * total / math.factorial(count + 1)


def _mean_exact(statement, domain) -> Result:
    """Take sigma(z) = L z and g = C in dimension 1: the supremum is L C |mean of w|.

    Weights that need not be independent are equal.
    """

    def decide(count):
        different = 1 if statement.law == EQUAL else count
        found = mean_modulus(different) / different
        ratio = simplify(statement.bound.subs(N, count) / (C * L)) ** 2
        true = statement.relation.exact(Rational(found) ** 2, ratio)
        return bool(true), f"{float(found):.6g} (C L) against {float(sqrt(ratio)):.6g}"

    return every(domain["N"], decide)


def _mean_proof(statement, domain) -> Result:
    """Twice (symmetrisation) C L (contraction) times the root of E |w|^2 / N.

    Of the other laws on the cube that on the corners is taken.
    """
    if statement.law == EQUAL:
        return unknown("symmetrisation is for independent weights")
    v = Symbol("v", real=True)
    coordinate = integrate(v**2 / 2, (v, -1, 1)) / d
    second = d * coordinate if statement.law == CUBE else d * (1 / d)
    if simplify(second - statement.square) != 0:
        return fails(f"E |w|^2 = {second}")
    proved = 2 * C * L * sqrt(second / N)
    spare = simplify(statement.bound / proved)
    if statement.relation != AT_MOST or not (spare - 1).is_nonnegative:
        return unknown(f"whether {spare} is at least 1")
    return holds(f"{spare} times 2 C L sqrt(E |w|^2 / N)")


CUBE = "independent and uniform on"
EQUAL = "uniform, independent or not, on"
ANY_LAW = "independent, of one law on"

MEAN = Claim(
    id="concentration-mean",
    title="How far random features are from their mean, on average",
    chapter=CHAPTER,
    statement=Statement(
        "Let $w, w_1, \\dots, w_N$ be [[law]] $[-1/\\sqrt d, "
        "1/\\sqrt d]^d$, let $\\lvert g \\rvert \\le C$ there, and let $\\sigma$ have "
        "the Lipschitz constant $L$ on $[-1, 1]$. Then $\\mathbb E\\, \\lVert w "
        "\\rVert^2 = [[square]]$, and for every $[[N]]$\n\n"
        "$$\\mathbb E \\sup_{\\lVert x \\rVert \\le 1} \\Bigl( \\frac1N \\sum_{i=1}^N "
        "g(w_i)\\, \\sigma(\\langle w_i, x \\rangle) - \\mathbb E\\, g(w)\\, "
        "\\sigma(\\langle w, x \\rangle) \\Bigr) [[relation]] [[bound]].$$",
        {"N": Integers(1)},
        {
            "law": CUBE,
            "square": Rational(1, 3),
            "relation": AT_MOST,
            "bound": 2 * C * L / sqrt(3 * N),
        },
    ),
    sources=(PRINTED,),
    uses=("cube-moments", "rademacher-contraction"),
    checks=(
        Check(
            "symbolic",
            "the constant, from symmetrisation, contraction and E |w|^2",
            _mean_proof,
            role="step",
        ),
        Check(
            "exact",
            "linear neurons in dimension 1, N <= 40, in fractions",
            _mean_exact,
            {"N": Integers(1, 40)},
            role="step",
        ),
    ),
    planted=(
        Planted(
            "1/N for the root: right for N = 1",
            {"bound": 2 * C * L / (sqrt(3) * N)},
            near=True,
        ),
        Planted("two fifths", {"bound": 2 * C * L / (5 * sqrt(N))}),
        Planted(
            "E |w|^2 = 1/(3d): right for d = 1", {"square": 1 / (3 * d)}, near=True
        ),
        Planted("weights that may be equal: right up to N = 5", {"law": EQUAL}, True),
        Planted("another law on the cube", {"law": ANY_LAW}, near=True),
        Planted("the other way round", {"relation": AT_LEAST}),
    ),
    weak=Check("exact", "N = 1 only", _mean_exact, {"N": Integers(1, 1)}, role="step"),
    spec="YS-3.3",
)


# --- with high probability ------------------------------------------------------------


def sign_tail(count: int, level: int) -> Fraction:
    """Return P(|s_1 + ... + s_n| > level) for independent signs, level >= 0."""
    least = (count + level) // 2 + 1  # plus signs of a sum above the level
    term = math.comb(count, least) if least <= count else 0
    total = 0
    for plus in range(least, count + 1):
        total += term
        term = term * (count - plus) // (plus + 1)
    return Fraction(2 * total, 2**count)


def floor_of(ball) -> int:
    """Return the integer part of a ball that determines it."""
    return int(ball.floor().unique_fmpz())


def _threshold(statement, point):
    """Evaluate the bound in balls, in units of C."""
    return exact_ball(statement.bound.subs(point | {C: 1}))


FAILURES = (1, 10, 60, 130)
"""Logarithms of 1/delta to base 2."""


NEARLY_FLAT = {H: 1, L: Rational(1, 10**9)}


def _constant_neurons(statement, domain, sizes=NEARLY_FLAT) -> Result:
    """Take sigma = 1, which has every L > 0, and g = C on half of the cube, else -C.

    The supremum is then C times the modulus of a mean of signs.
    """

    def decide(name):
        count, failure = cases[name]
        point = {N: count, delta: failure} | sizes
        with ctx.workprec(BITS):
            level = floor_of(_threshold(statement, point) * count)
        tail = sign_tail(count, level)
        words = f"P(supremum > bound) = {float(tail):.4g} "
        words += f"{statement.relation.symbol} {float(failure):.4g}"
        return statement.relation.exact(tail, Fraction(1, failure.q)), words

    cases = _cases(domain)
    return every(cases, decide)


def _cases(domain) -> dict[str, tuple[int, Rational]]:
    """Name the widths within the domain, with each of the probabilities."""
    low, high = domain["N"].low, domain["N"].high
    return {
        f"N = {count}, delta = 2^-{bits}": (count, Rational(1, 2**bits))
        for count in (4, 100, 10_000)
        for bits in FAILURES
        if low <= count <= (high or count)
    }


FREQUENCY, WIDTH, RUNS = 100, 64, 400


def _waves(statement, domain, rng) -> Result:
    """Take sigma(z) = sin(100 z), g the sign of w, d = 1: the supremum on a grid.

    The grid gives less than the supremum, so that too many failures refute the bound.
    """
    places = np.linspace(0.01, 1, 200)
    mean = (1 - np.cos(FREQUENCY * places)) / (FREQUENCY * places)
    failure = 0.5
    point = {N: WIDTH, H: 1, L: FREQUENCY, delta: Rational(1, 2)}
    bound = float(_threshold(statement, point))
    failed = 0
    for _ in range(RUNS):
        w = rng.uniform(-1, 1, WIDTH)
        values = np.sign(w) @ np.sin(FREQUENCY * np.outer(w, places)) / WIDTH
        failed += np.abs(values - mean).max() > bound
    error = math.sqrt(failure * (1 - failure) / RUNS)
    limit = failure + standard_errors(1) * error
    words = f"{failed} of {RUNS} above the bound, delta = {failure}, limit {limit:.3f}"
    if statement.relation != AT_MOST:
        return unknown("more failures than delta cannot be seen here")
    return holds(words) if failed <= limit * RUNS else fails(words)


def _tail_proof(statement, domain) -> Result:
    """Solve exp(-2 s^2 / sum of squared ranges) = delta/2 and add the mean."""
    s = Symbol("s", positive=True)
    spread = statement.bound - MEAN.statement.bound
    exponent = 2 * s**2 / (N * (2 * C * H / N) ** 2)
    chance = simplify(exponent.subs(s, spread) - log(2 / delta))
    if statement.relation != AT_MOST or chance != 0:
        return unknown(f"the exponent differs from ln(2/delta) by {chance}")
    return holds("two sides, each fails with probability delta/2 at most")


BOUND = C / sqrt(N) * (2 * L / sqrt(3) + H * sqrt(2 * log(2 / delta)))

FEATURES = Claim(
    id="concentration-features",
    title="Random features near their mean, uniformly",
    chapter=CHAPTER,
    statement=Statement(
        "Let $w, w_1, \\dots, w_N$ be independent and uniform on $[-1/\\sqrt d, "
        "1/\\sqrt d]^d$, let $\\lvert g \\rvert \\le C$ there, and let $\\sigma$ have "
        "the Lipschitz constant $L$ and $\\lvert \\sigma \\rvert \\le H$ on $[-1, 1]$. "
        "For every $[[N]]$ and $[[delta]]$ the probability that\n\n"
        "$$\\sup_{\\lVert x \\rVert \\le 1} \\Bigl\\lvert \\frac1N \\sum_{i=1}^N "
        "g(w_i)\\, \\sigma(\\langle w_i, x \\rangle) - \\mathbb E\\, g(w)\\, "
        "\\sigma(\\langle w, x \\rangle) \\Bigr\\rvert > [[bound]]$$\n\n"
        "is $[[relation]] \\delta$.",
        {"N": Integers(1), "delta": OPEN_UNIT},
        {"bound": BOUND, "relation": AT_MOST},
    ),
    sources=(PRINTED,),
    uses=("concentration-mean", "bounded-differences"),
    checks=(
        Check(
            "symbolic",
            "the mean and the deviation at probability delta/2",
            _tail_proof,
            given=("concentration-mean",),
            role="step",
        ),
        Check(
            "exact",
            "constant neurons, N = 4, 100, 10000, delta down to 2^-130",
            _constant_neurons,
            {"N": Integers(1, 10_000)},
            role="step",
        ),
        Check(
            "statistical",
            "neurons that oscillate, 400 draws of 64",
            _waves,
            role="step",
            seed=33,
        ),
    ),
    planted=(
        Planted(
            "19/10 for the 2 beside the logarithm",
            {
                "bound": C
                / sqrt(N)
                * (2 * L / sqrt(3) + H * sqrt(19 * log(2 / delta) / 10))
            },
            near=True,
        ),
        Planted(
            "1/N for the root: right for N = 1", {"bound": BOUND / sqrt(N)}, near=True
        ),
        Planted(
            "no term with L", {"bound": C / sqrt(N) * H * sqrt(2 * log(2 / delta))}
        ),
        Planted(
            "no term with H",
            {"bound": C / sqrt(N) * (2 * L / sqrt(3))},
        ),
        Planted("the other way round", {"relation": AT_LEAST}),
    ),
    weak=Check(
        "exact",
        "N = 4 only",
        _constant_neurons,
        {"N": Integers(1, 4)},
        role="step",
    ),
    spec="YS-3.3",
)


# --- the constant as it can be read ---------------------------------------------------


@lru_cache(maxsize=4)
def uniform_cells(count: int) -> tuple[int, ...]:
    """Return n! P(k <= I < k + 1), k = 0, ..., n - 1, for a sum I of n uniform numbers.

    They are the Eulerian numbers.
    """
    row = [1]
    for size in range(2, count + 1):
        row = [
            (k + 1) * (row[k] if k < size - 1 else 0)
            + (size - k) * (row[k - 1] if k else 0)
            for k in range(size)
        ]
    return tuple(row)


def mixed_tail(count: int, level: int) -> Fraction:
    """Return P(|X_1 + ... + X_n| >= level), X_i = s_i (1 + v_i), level >= 1.

    The s_i are signs and the v_i uniform on [0, 1]. With m plus signs the sum has the
    law of I + 3 m - 2 n, since -v and v - 1 have the same law.
    """
    cells = uniform_cells(count)
    beyond = [0] * (count + 1)
    for k in reversed(range(count)):
        beyond[k] = beyond[k + 1] + cells[k]
    total = 0
    for plus in range(count + 1):
        least = min(max(level - 3 * plus + 2 * count, 0), count)
        total += math.comb(count, plus) * beyond[least]
    return Fraction(2 * total, math.factorial(count) * 2**count)


HEIGHTS = ((400, 72), (400, 50), (100, 1), (100, 4), (400, 3))
"""Widths N and logarithms of 1/delta to base 2."""


def _height_runs(statement, domain) -> Result:
    """Take sigma(z) = L (1 + |z|) height/2 and g the sign of w, d = 1, at x = 1.

    The tail is taken from the next integer on, so that the probability is larger.
    """

    def decide(name):
        count, bits = inside[name]
        point = {N: count, L: 1, delta: Rational(1, 2**bits)}
        with ctx.workprec(BITS):
            scale = exact_ball(Rational(statement.height / L)) / 2
            level = exact_ball(statement.bound.subs(point | {C: 1})) * count / scale
            level = floor_of(level) + 1
        tail = mixed_tail(count, level)
        words = f"P(supremum > bound) = {float(tail):.3g} "
        words += f"{statement.relation.symbol} {2.0**-bits:.3g}"
        return statement.relation.exact(tail, Fraction(1, 2**bits)), words

    window, limits = domain["N"], domain["delta"]
    inside = {
        f"N = {count}, delta = 2^-{bits}": (count, bits)
        for count, bits in HEIGHTS
        if count in window and limits.low <= Fraction(1, 2**bits) < limits.high
    }
    return every(inside, decide)


READ = L * C / sqrt(N) * (4 + sqrt(2 * log(1 / delta)))

HEIGHT = Claim(
    id="concentration-height",
    title="The constant as read, with a bound at zero only, which is false",
    chapter=CHAPTER,
    statement=Statement(
        "Let $w, w_1, \\dots, w_N$ be independent and uniform on $[-1/\\sqrt d, "
        "1/\\sqrt d]^d$, let $\\lvert g \\rvert \\le C$ there, and let $\\sigma$ have "
        "the Lipschitz constant $L$, $\\lvert \\sigma(0) \\rvert \\le L$ and "
        "$\\lvert \\sigma \\rvert \\le [[height]]$ on $[-1, 1]$. "
        "For every $[[N]]$ and $[[delta]]$ the probability that\n\n"
        "$$\\sup_{\\lVert x \\rVert \\le 1} \\Bigl\\lvert \\frac1N \\sum_{i=1}^N "
        "g(w_i)\\, \\sigma(\\langle w_i, x \\rangle) - \\mathbb E\\, g(w)\\, "
        "\\sigma(\\langle w, x \\rangle) \\Bigr\\rvert > [[bound]]$$\n\n"
        "is $[[relation]] \\delta$.",
        {"N": Integers(1), "delta": OPEN_UNIT},
        {"height": 2 * L, "bound": READ, "relation": AT_MOST},
    ),
    sources=(
        later(
            "the theorem on concentration, second step",
            "background",
            "A reading: the constant is reconstructed and the hypothesis on sigma is "
            "lost. With |sigma| <= L the bound is true.",
        ),
    ),
    expects=Verdict.FAILS,
    checks=(
        Check(
            "exact",
            "sigma = L (1 + |z|), g the sign of w, d = 1, in fractions",
            _height_runs,
            {"N": Integers(1, 400)},
            role="step",
        ),
    ),
    planted=(
        Planted("the bound L on all of [-1, 1]", {"height": L}, near=True),
        Planted(
            "twice the root",
            {"bound": L * C / sqrt(N) * (4 + 2 * sqrt(2 * log(1 / delta)))},
        ),
        Planted(
            "delta not below 1/10",
            {"delta": Reals(Rational(1, 10), 1, open_high=True)},
            near=True,
        ),
    ),
    spec="YS-3.3",
)


def _implied_proof(statement, domain) -> Result:
    """Reduce to sqrt(x + ln 2) <= sqrt(x) + sqrt(ln 2) with x = ln(1/delta)."""
    ours = FEATURES.statement.bound.subs(H, statement.height)
    x = Symbol("x", nonnegative=True)
    scale = L * C / sqrt(N)
    root = statement.height / L * sqrt(2)
    rest = simplify(ours / scale).subs(log(2 / delta), x + log(2))
    rest = simplify(rest - root * sqrt(x + log(2)))
    theirs = simplify(statement.bound / scale).subs(log(1 / delta), x)
    theirs = simplify(theirs.subs(log(delta), -x) - root * sqrt(x))
    if rest.free_symbols or theirs.free_symbols or statement.relation != AT_MOST:
        return unknown(f"the constants {rest} and {theirs}")
    with ctx.workprec(BITS):
        spare = exact_ball(theirs) - exact_ball(rest + root * sqrt(log(2)))
    if not spare > 0:
        return unknown(f"the constant {theirs} against {rest + root * sqrt(log(2))}")
    return holds(f"the constants leave {spare.str(6, radius=False)} L C / sqrt(N)")


READING = Claim(
    id="concentration-reading",
    title="The constant as read, with a bound on the whole interval",
    chapter=CHAPTER,
    statement=HEIGHT.statement.changed(height=L),
    sources=(PRINTED,),
    uses=("concentration-features",),
    checks=(
        Check(
            "symbolic",
            "the constant is above ours, for symbolic delta",
            _implied_proof,
            given=("concentration-features",),
            role="step",
        ),
        Check(
            "exact",
            "sigma = L (1 + |z|)/2, g the sign of w, d = 1, in fractions",
            _height_runs,
            {"N": Integers(1, 400)},
            role="step",
        ),
        Check(
            "exact",
            "constant neurons, N = 4, 100, 10000, delta down to 2^-130",
            lambda statement, domain: _constant_neurons(statement, domain, {L: 1}),
            {"N": Integers(1, 10_000)},
            role="step",
        ),
    ),
    planted=(
        Planted("the bound L at zero only", {"height": 2 * L}, near=True),
        Planted(
            "half of the root",
            {"bound": L * C / sqrt(N) * (4 + sqrt(2 * log(1 / delta)) / 2)},
        ),
        Planted("1/N for the root", {"bound": READ / sqrt(N)}),
        Planted("the other way round", {"relation": AT_LEAST}),
    ),
    weak=Check(
        "exact", "N = 100 only", _height_runs, {"N": Integers(100, 100)}, role="step"
    ),
    spec="YS-3.3",
)


CLAIMS = (MEAN, FEATURES, HEIGHT, READING)
