"""The first gradient towards a parity: Fourier coefficients of thresholds, exactly."""

from fractions import Fraction
from functools import cache
from math import comb, prod

import numpy as np
from flint import ctx
from sympy import Rational, Symbol, binomial, exp, log, pi, sympify

from rfbook.claims.staircases.known import (
    ABOVE,
    BELOW,
    CHAPTER,
    d,
    exact,
    k,
    mean,
    parity,
    points,
    t,
)
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Result,
    Statement,
    Verdict,
    ball_at,
    every,
    every_ball,
    exact_ball,
    identity,
)

ODD = Integers(1, step=2)
ODD_3 = Integers(3, step=2)
BITS = 128


@cache
def grouped(bits: int, most: int, size: int) -> Fraction:
    """Return the coefficient of the event, points grouped by their bits -1.

    a of them inside the set and b outside: their parity is (-1)^a.
    """
    within = [comb(bits - size, b) for b in range(most + 1)]
    for b in range(1, most + 1):
        within[b] += within[b - 1]
    total = sum(
        (-1) ** a * comb(size, a) * within[most - a] for a in range(min(size, most) + 1)
    )
    return Fraction(total, 2**bits)


def listed(bits: int, most: int, size: int) -> Fraction:
    """Return the coefficient of the event, point by point."""
    S = 2**size - 1
    return mean((x.count(-1) <= most) * parity(S, x) for x in points(bits))


# --- coefficients ---------------------------------------------------------------------


def _threshold_exact(statement, domain, tops=None) -> Result:
    """Compare the sum with the coefficients, all thresholds and all sizes."""
    top, other = (exact(f, "d", "t") for f in (statement.top, statement.rest))

    def compare(bits):
        for most in range(bits + 1) if tops is None else tops:
            for size in range(1, bits + 1):
                a, b = int(top(bits, size)), int(other(bits, size))
                found = grouped(bits, most, size)
                if bits <= 6 and found != listed(bits, most, size):
                    return False, f"d, m, t = {most}, {size}: the points, grouped"
                claimed = Fraction(
                    sum(
                        statement.sign**i * comb(a, i) * comb(b, most - i)
                        for i in range(most + 1)
                        if a >= 0 and b >= 0
                    ),
                    2**bits,
                )
                if found != claimed:
                    return False, f"d, m, t = {most}, {size}: {found} = {claimed}"
        return True, "all thresholds"

    return every(domain["d"], compare)


THRESHOLD = Claim(
    id="threshold-coefficients",
    title="Fourier coefficients of a threshold",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $0 \\le m \\le d$ and every set $S$ of $1 \\le t \\le d$ "
        "coordinates let $x$ be uniform on $\\{1, -1\\}^d$ and $A$ the event that at "
        "most $m$ entries are $-1$. Then\n\n"
        "$$\\mathbb E\\, 1_A\\, \\chi_S(x) = 2^{-d} \\sum_{i=0}^m ([[sign]])^i "
        "\\binom{[[top]]}{i} \\binom{[[rest]]}{m - i} .$$",
        {"d": Integers(1)},
        {"sign": -1, "top": t - 1, "rest": d - t},
    ),
    checks=(
        Check(
            "exact",
            "every d <= 24, m and t; point by point up to d = 6",
            _threshold_exact,
            {"d": Integers(1, 24)},
        ),
    ),
    planted=(
        Planted("t for t - 1", {"top": t}),
        Planted("right for m = 0: no signs", {"sign": 1}, near=True),
        Planted("one coordinate less outside", {"rest": d - t - 1}),
    ),
    weak=Check(
        "exact",
        "m = 0: one point",
        lambda statement, domain: _threshold_exact(statement, domain, (0,)),
        {"d": Integers(1, 6)},
    ),
    spec="frontier-3",
)

h = Symbol("h", integer=True, nonnegative=True)
i_half = Symbol("i", integer=True, nonnegative=True)
LEAD = binomial(2 * h, h) / 4**h
CLOSED = (-1) ** i_half * LEAD * binomial(h, i_half) / binomial(2 * h, 2 * i_half)


def majority(bits: int, size: int) -> Fraction:
    """Return the coefficient of the majority: twice that of the event, for size > 0."""
    return 2 * grouped(bits, (bits - 1) // 2, size)


def _majority_exact(statement, domain, sizes=None) -> Result:
    """Compare for all sets of odd and of even size."""
    odd, even = (exact(f, "h", "i") for f in (statement.odd, statement.even))

    def compare(bits):
        for size in sizes or range(1, bits + 1):
            found = majority(bits, size)
            claimed = (odd if size % 2 else even)((bits - 1) // 2, (size - 1) // 2)
            if found != claimed:
                return False, f"d, t = {size}: {found} = {claimed}"
        return True, "all sizes"

    return every(domain["d"], compare)


MAJORITY = Claim(
    id="majority-coefficients",
    title="Fourier coefficients of the majority",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and every set of $t \\ge 1$ coordinates the Fourier "
        "coefficient $\\xi_t$ of the majority of $d$ bits is $[[even]]$ for even $t$, "
        "and for odd $t$\n\n$$\\xi_t = [[odd]], \\qquad h = \\frac{d - 1}{2}, \\quad "
        "i = \\frac{t - 1}{2} .$$",
        {"d": ODD},
        {"odd": CLOSED, "even": sympify(0)},
    ),
    uses=("threshold-coefficients",),
    checks=(
        Check(
            "exact",
            "every odd d <= 101 and every t, as integers over a power of 2",
            _majority_exact,
            {"d": Integers(1, 101, 2)},
        ),
    ),
    planted=(
        Planted("no sign: right for t = 1", {"odd": CLOSED / (-1) ** i_half}, True),
        Planted("half of it", {"odd": CLOSED / 2}),
        Planted(
            "t below",
            {
                "odd": CLOSED
                * binomial(2 * h, 2 * i_half)
                / binomial(2 * h + 1, 2 * i_half + 1)
            },
        ),
        Planted("even sets, too", {"even": LEAD / (2 * h + 1)}),
    ),
    weak=Check(
        "exact",
        "single coordinates",
        lambda statement, domain: _majority_exact(statement, domain, (1,)),
        {"d": Integers(1, 21, 2)},
    ),
    spec="frontier-3",
)


def _gradient_exact(statement, domain, sizes=None) -> Result:
    """Sum the gradient over all points, for each even k."""
    inside, outside = exact(statement.inside, "k"), exact(statement.outside, "k")

    def compare(bits):
        for size in sizes or range(2, bits, 2):
            S, half = 2**size - 1, statement.half
            for j, index in ((0, inside(size)), (bits - 1, outside(size))):
                found = mean((sum(x) > 0) * parity(S, x) * x[j] for x in points(bits))
                claimed = half * majority(bits, int(index))
                if found != claimed:
                    return False, f"d, k = {size}, j = {j + 1}: {found} = {claimed}"
        return True, "every even k"

    return every(domain["d"], compare)


GRADIENT = Claim(
    id="parity-gradient",
    title="The first gradient towards a parity",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and every set $S$ of $k$ coordinates, $k$ even and "
        "$2 \\le k < d$, let $x$ be uniform on $\\{1, -1\\}^d$. The gradient of "
        "$\\mathbb E\\, \\chi_S(x) [\\langle w, x \\rangle]_+$ in $w$ at "
        "$w = (1, \\dots, 1)$ has the coordinates $[[half]]\\, \\xi_{[[inside]]}$ for "
        "$j \\in S$ and $[[half]]\\, \\xi_{[[outside]]}$ for $j \\notin S$.",
        {"d": ODD_3},
        {"half": Fraction(1, 2), "inside": k - 1, "outside": k + 1},
    ),
    uses=("majority-coefficients",),
    checks=(
        Check(
            "exact",
            "every odd d <= 11 and every even k, point by point",
            _gradient_exact,
            {"d": Integers(3, 11, 2)},
        ),
    ),
    planted=(
        Planted("the majority itself", {"half": Fraction(1)}),
        Planted("the same coefficient outside", {"outside": k - 1}),
        Planted("k inside", {"inside": k}),
        Planted("right for k = 2: k / 2 inside", {"inside": k / 2}, near=True),
    ),
    weak=Check(
        "exact",
        "parities of two bits",
        lambda statement, domain: _gradient_exact(statement, domain, (2,)),
        {"d": Integers(3, 7, 2)},
    ),
    spec="frontier-3",
)


def _gap_exact(statement, domain, sizes=None) -> Result:
    """Compare the gap and its sign for all even k."""
    share, edge = exact(statement.share, "d", "k"), exact(statement.edge, "d")

    def compare(bits):
        for size in sizes or range(2, bits, 2):
            first, second = (abs(majority(bits, size + a)) for a in (-1, 1))
            found, claimed = first - second, share(bits, size) * first
            if found != claimed:
                return False, f"d, k = {size}: {found} = {claimed}"
            if (found > 0) != statement.relation.exact(Fraction(2 * size), edge(bits)):
                return False, f"d, k = {size}: the sign of {found}"
        return True, "every even k"

    return every(domain["d"], compare)


GAP = Claim(
    id="parity-gap",
    title="The gap between the parity's bits and the others",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and every even $k$ with $2 \\le k < d$\n\n"
        "$$\\lvert \\xi_{k-1} \\rvert - \\lvert \\xi_{k+1} \\rvert = [[share]]\\, "
        "\\lvert \\xi_{k-1} \\rvert ,$$\n\n"
        "which is positive if and only if $2k [[relation]] [[edge]]$.",
        {"d": ODD_3},
        {"share": (d + 1 - 2 * k) / (d - k), "relation": BELOW, "edge": d + 1},
    ),
    uses=("majority-coefficients",),
    checks=(
        Check(
            "exact",
            "every odd d <= 101 and every even k",
            _gap_exact,
            {"d": Integers(3, 101, 2)},
        ),
    ),
    planted=(
        Planted("d for d + 1", {"share": (d - 2 * k) / (d - k)}),
        Planted(
            "right for k = 2: (d - 3) / (d - 2)",
            {"share": (d - 3) / (d - 2)},
            near=True,
        ),
        Planted("up to half of the bits, one more", {"edge": d + 2}),
        Planted("the other side", {"relation": ABOVE}),
    ),
    weak=Check(
        "exact",
        "parities of two bits, d >= 5",
        lambda statement, domain: _gap_exact(statement, domain, (2,)),
        {"d": Integers(5, 21, 2)},
    ),
)


def _order_balls(statement, domain, sizes=None) -> Result:
    """Compare squares with balls around pi; the double factorial literally."""
    power = exact(statement.power, "k")
    with ctx.workprec(BITS):
        constant = ball_at(statement.constant)
        cases = [
            (bits, size) for bits in domain["d"] for size in sizes or range(2, bits, 2)
        ]

        def squares(case):
            bits, size = case
            odd = prod(range(size - 3, 1, -2))
            low = constant * exact_ball(Fraction(odd**2, bits ** int(power(size))))
            return low, exact_ball(majority(bits, size - 1) ** 2)

        below = every_ball(cases, squares, BELOW)
        if below.verdict is not Verdict.HOLDS:
            return below
        loss = exact(statement.loss, "d", "k")

        def upper(case):
            low, found = squares(case)
            bits, size = case
            return found, low * exact_ball(loss(bits, size)) ** (size - 1)

        return every_ball(cases, upper, BELOW)


ORDER = Claim(
    id="majority-order",
    title="The order of the gradient",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and every even $k$ with $2 \\le k < d$, with "
        "$(-1)!! = 1$,\n\n"
        "$$B < \\xi_{k-1}^2 < B \\Bigl( [[loss]] \\Bigr)^{k-1}, \\qquad "
        "B = [[constant]]\\, \\frac{((k - 3)!!)^2}{d^{[[power]]}} .$$",
        {"d": ODD_3},
        {"constant": 2 / pi, "power": k - 1, "loss": d / (d - k)},
    ),
    uses=("majority-coefficients",),
    checks=(
        Check(
            "interval",
            "every odd d <= 101 and every even k",
            _order_balls,
            {"d": Integers(3, 101, 2)},
        ),
    ),
    planted=(
        Planted("16/25 for 2 / pi", {"constant": Rational(16, 25)}, near=True),
        Planted("one power less", {"power": k - 2}),
        Planted("right for k = 2: the power 1", {"power": sympify(1) + 0 * k}, True),
        Planted("no correction", {"loss": sympify(1)}),
    ),
    weak=Check(
        "interval",
        "parities of two bits",
        lambda statement, domain: _order_balls(statement, domain, (2,)),
        {"d": Integers(3, 21, 2)},
    ),
    spec="frontier-3",
)

n_samples = Symbol("n", positive=True)
gap, chance = (
    Symbol(r"\operatorname{gap}", positive=True),
    Symbol("delta", positive=True),
)


def _hoeffding(statement, domain) -> Result:
    """Insert n into the bound for d means of numbers in [-1, 1], each off by g / 2."""
    failure = 2 * d * exp(-n_samples * (gap / 2) ** 2 / 2)
    return identity(failure.subs(n_samples, statement.samples), chance)


def _drawn_steps(statement, domain, rng, cases=((5, 2), (9, 4))) -> Result:
    """Draw how often each point of the cube occurs: failures are no more than allowed.

    The limit is four standard errors above the allowed share, the gap is that of the
    gradient over all points.
    """
    level, runs = Rational(1, 20), 400
    limit = float(level) + 4 * (float(level * (1 - level)) / runs) ** 0.5

    def compare(case):
        bits, size = case
        cube = np.array(points(bits))
        terms = (cube[:, :size].prod(1) * (cube.sum(1) > 0))[:, None] * cube
        inside, *_, outside = abs(terms.sum(0)).tolist()
        values = {d: bits, gap: Rational(inside - outside, 2**bits), chance: level}
        count = int(sympify(statement.samples).subs(values).evalf()) + 1
        drawn = rng.multinomial(count, np.full(2**bits, 0.5**bits), runs)
        moduli = abs(drawn @ terms)
        least, most = moduli[:, :size].min(1), moduli[:, size:].max(1)
        share = np.mean(least <= most)
        words = f"{count} samples, the share of failures {share} <= {limit:.3f}"
        return share <= limit, f"(d, k), {words}"

    return every(cases, compare)


ONE_STEP = Claim(
    id="parity-one-step",
    title="One step finds the parity",
    chapter=CHAPTER,
    statement=Statement(
        "Let $d$ be odd, $k$ even, $2 \\le k < \\frac{d+1}{2}$, $0 < \\delta < 1$ and "
        "$\\operatorname{gap} = \\frac12 (\\lvert \\xi_{k-1} \\rvert - "
        "\\lvert \\xi_{k+1} \\rvert)$. Take the gradient of "
        "{prf:ref}`parity-gradient` with the mean over $n$ independent samples in "
        "place of the expectation. If\n\n"
        "$$n \\ge [[samples]] ,$$\n\n"
        "then with probability at least $1 - \\delta$ its $k$ largest coordinates in "
        "modulus are those of the parity.",
        {},
        {"samples": 8 * log(2 * d / chance) / gap**2},
    ),
    uses=("parity-gradient", "parity-gap"),
    checks=(
        Check("symbolic", "Hoeffding's bound is delta", _hoeffding, role="step"),
        Check(
            "statistical",
            "400 runs each: five bits, a parity of two, and nine, of four",
            _drawn_steps,
            role="step",
            seed=17,
        ),
    ),
    planted=(
        Planted(
            "numbers between 0 and 1", {"samples": 2 * log(2 * d / chance) / gap**2}
        ),
        Planted("one coordinate", {"samples": 8 * log(2 / chance) / gap**2}),
        Planted("one side: d for 2 d", {"samples": 8 * log(d / chance) / gap**2}),
        Planted(
            "2 % less",
            {"samples": Rational(196, 25) * log(2 * d / chance) / gap**2},
            near=True,
        ),
        Planted(
            "numbers between 0 and 1, and the whole gap",
            {"samples": log(2 * d / chance) / (2 * gap**2)},
        ),
        Planted(
            "64 for 8 / gap: right for five bits",
            {"samples": 64 * log(2 * d / chance) / gap},
            near=True,
        ),
    ),
    weak=Check(
        "statistical",
        "the experiment with five bits alone",
        lambda statement, domain, rng: _drawn_steps(statement, domain, rng, ((5, 2),)),
        role="step",
        seed=17,
    ),
    spec="frontier-3",
)

CLAIMS = (THRESHOLD, MAJORITY, GRADIENT, GAP, ORDER, ONE_STEP)
