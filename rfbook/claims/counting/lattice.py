"""Integer points in balls and Lipschitz functions on the cube [-1, 1]^d.

The mean of a wave of an integer frequency is 1 at frequency 0 and 0 elsewhere, so that
inner products of waves are decided by comparing integer vectors. Points are counted by
compositions, by enumeration, and in balls by volumes.
"""

from fractions import Fraction
from functools import cache
from itertools import product
from math import isqrt

from flint import arb, ctx
from sympy import (
    Function,
    Integer,
    Rational,
    Symbol,
    binomial,
    diff,
    expand,
    integrate,
    oo,
    pi,
    simplify,
    sqrt,
    summation,
    sympify,
)
from sympy import cos as cosine
from sympy import sin as sine

from rfbook.claims.counting.known import (
    AT_LEAST,
    AT_MOST,
    CHAPTER,
    POSITIVE,
    SIZES,
    d,
    delta,
    epsilon,
    hsu,
    value,
)
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Relation,
    Result,
    Statement,
    Verdict,
    ball_at,
    every,
    every_ball,
    every_identity,
    exact_ball,
    fails,
    identity,
    unknown,
)

k = Symbol("k", positive=True)
L = Symbol("L", positive=True)
j = Symbol("j", integer=True, positive=True)
l_count = Symbol("l", integer=True, positive=True)
Q = Symbol("Q", positive=True)
s = Symbol("s", positive=True)
x, y = Symbol("x", real=True), Symbol("y", real=True)
BITS = 128


# --- waves ----------------------------------------------------------------------------


def _mean(frequency: tuple, unit) -> object:
    """Return E cos(unit <K, x>) over the cube, by integrals over single coordinates."""
    total = Integer(1)
    for entry in frequency:
        total *= integrate(cosine(unit * entry * x), (x, -1, 1)) / 2
    return simplify(total)


def _waves_exact(statement, domain, radius=2) -> Result:
    """Compare all pairs of waves with entries of modulus at most `radius`.

    cos A cos B and sin A sin B are half of cos(A - B) +- cos(A + B), sin A cos B has
    the mean 0 by symmetry.
    """

    def compare(dimension):
        means = {}

        def average(vector):
            key = tuple(sorted(map(abs, vector)))
            if key not in means:
                means[key] = _mean(key, statement.unit)
            return means[key]

        points = [
            K
            for K in product(range(-radius, radius + 1), repeat=dimension)
            if tuple(-a for a in K) < K
        ]
        for K, M in product(points, points):
            minus = average([a - b for a, b in zip(K, M, strict=True)])
            plus = average([a + b for a, b in zip(K, M, strict=True)])
            for sign in (1, -1):
                found = simplify(statement.factor**2 * (minus + sign * plus) / 2)
                if found != (1 if K == M else 0):
                    return False, f"d, K = {K}, {M}: {found} is not {int(K == M)}"
        return True, "all pairs"

    return every(domain["d"], compare)


def _waves_slope(statement, domain) -> Result:
    """Differentiate along K: the largest slope of a wave is factor times unit |K|."""
    size = Symbol("k", positive=True)
    wave = statement.factor * sine(statement.unit * size * y)
    steepest = diff(wave, y).subs(y, 0)
    return identity(steepest, statement.slope)


WAVES = Claim(
    id="cube-waves",
    title="Waves on the cube",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ let $x$ be uniform on $[-1, 1]^d$. The constant 1 and, for "
        "every $K \\in \\mathbb Z^d \\setminus \\{0\\}$ up to its sign, the functions "
        "$[[factor]] \\cos([[unit]] \\langle K, x \\rangle)$ and "
        "$[[factor]] \\sin([[unit]] \\langle K, x \\rangle)$ are orthonormal. "
        "With $\\lVert K \\rVert = k$ their best Lipschitz constant is $[[slope]]$.",
        {"d": SIZES},
        {"factor": sqrt(2), "unit": pi, "slope": sqrt(2) * pi * k},
    ),
    checks=(
        Check(
            "exact",
            "all pairs of waves with entries up to 2, d <= 2",
            _waves_exact,
            {"d": Integers(1, 2)},
            "step",
        ),
        Check("symbolic", "the steepest slope", _waves_slope, role="step"),
    ),
    planted=(
        Planted("half the frequencies", {"unit": pi / 2}),
        Planted("the factor 1", {"factor": sympify(1)}),
        Planted("7/5 for the root of 2", {"factor": Rational(7, 5)}, near=True),
        Planted("the root dropped from the slope", {"slope": pi * k}),
    ),
    weak=Check(
        "exact",
        "orthogonality of the sine of K = 1 and the constant, d = 1",
        lambda statement, domain: every(
            [1],
            lambda K: (
                integrate(sine(statement.unit * K * x), (x, -1, 1)) == 0,
                "the sine has the mean 0",
            ),
        ),
        {"d": Integers(1, 1)},
        "step",
    ),
    spec="frontier-2",
)


# --- counting points ------------------------------------------------------------------


@cache
def compositions(parts: int, square: int) -> int:
    """Count ordered tuples of positive integers with squares of a sum <= square."""
    if square < 0:
        return 0
    if parts == 0:
        return 1
    return sum(
        compositions(parts - 1, square - a * a) for a in range(1, isqrt(square) + 1)
    )


@cache
def points_by_dimension(square: int, top: int, signs: int = 2) -> tuple[int, ...]:
    """Count integer points for d = 0, ..., top: one coordinate after the other.

    With `signs` 1 those without negative entries are counted.
    """
    row = [1] + [0] * square
    totals = [1]
    for _ in range(top):
        new = list(row)
        for a in range(1, isqrt(square) + 1):
            for i in range(square + 1 - a * a):
                new[i + a * a] += signs * row[i]
        row = new
        totals.append(sum(row))
    return tuple(totals)


def listed(square: int, dimension: int) -> int:
    """Count integer points of a ball by listing them."""
    side = range(-isqrt(square), isqrt(square) + 1)
    return sum(sum(a * a for a in K) <= square for K in product(side, repeat=dimension))


def _formula_exact(statement, domain, squares=None) -> Result:
    """Compare the formula with dynamic programming, and both with a list where short.

    The number of compositions into j parts is that of `compositions`.
    """
    squares = squares or (0, 1, 2, 3, 4, 7, 9, 16, 30, 64, 144, 256)

    def compare(dimension):
        start = int(value(statement.start))
        terms = [value(statement.term, d=dimension, j=i) for i in range(dimension + 1)]
        for square in squares:
            found = points_by_dimension(square, 64)[dimension]
            if dimension <= 3 and square <= 16 and found != listed(square, dimension):
                return False, f"d, k^2 = {square}: {found} points are not listed"
            claimed = sum(
                terms[i] * compositions(i, square)
                for i in range(start, min(dimension, square) + 1)
            )
            if claimed != found:
                return False, f"d, k^2 = {square}: {claimed} = {found}"
        return True, "all radii"

    return every(domain["d"], compare)


FORMULA = Claim(
    id="integer-points-formula",
    title="How many integer points lie in a ball",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and $k \\ge 0$ let $Q_{k,d}$ be the number of "
        "$K \\in \\mathbb Z^d$ with $\\lVert K \\rVert \\le k$, and $p_j$ that of the "
        "$(a_1, \\dots, a_j)$ of positive integers with "
        "$a_1^2 + \\dots + a_j^2 \\le k^2$. Then\n\n"
        "$$Q_{k,d} = \\sum_{j = [[start]]}^{d} [[term]]\\; p_j .$$",
        {"d": SIZES},
        {"start": sympify(0), "term": 2**j * binomial(d, j)},
    ),
    sources=(hsu("the definition of Q", "background"),),
    checks=(
        Check(
            "exact",
            "every d <= 64, twelve radii up to 16: compositions against the dynamic "
            "programme, and both against a list",
            _formula_exact,
            {"d": Integers(1, 64)},
        ),
    ),
    planted=(
        Planted("the origin forgotten", {"start": sympify(1)}),
        Planted("one sign only", {"term": binomial(d, j)}),
        Planted("2 for 2^j", {"term": 2 * binomial(d, j)}),
        Planted(
            "right for d = 1: j (j + 1)/2 for j in the power",
            {"term": 2 ** (j * (j + 1) / 2) * binomial(d, j)},
            near=True,
        ),
        Planted(
            "right for k = 0: d - 1 for d", {"term": 2**j * binomial(d - 1, j)}, True
        ),
    ),
    weak=Check(
        "exact",
        "the radius 0",
        lambda statement, domain: _formula_exact(statement, domain, (0,)),
        {"d": Integers(1, 8)},
    ),
    spec="frontier-2",
)


def _volume(dimension: int):
    """Return the volume of the unit ball as an Arb ball."""
    half = arb(dimension) / 2
    return arb.pi() ** half / (half + 1).gamma()


def _volume_balls(statement, domain, squares=None) -> Result:
    """Compare Q with the volumes of two balls, d <= 24, 100 radii."""
    cases = [
        (dimension, square)
        for dimension in domain["d"]
        for square in squares or range(100)
    ]

    with ctx.workprec(BITS):
        far = {i: ball_at(statement.outer, d=i) for i in domain["d"]}
        near = {i: ball_at(statement.inner, d=i) for i in domain["d"]}

    def outer(case):
        dimension, square = case
        radius = exact_ball(square).sqrt() + far[dimension]
        count = points_by_dimension(square, 24)[dimension]
        return arb(count), _volume(dimension) * radius**dimension

    def inner(case):
        dimension, square = case
        radius = exact_ball(square).sqrt() - near[dimension]
        count = points_by_dimension(square, 24)[dimension]
        if not radius > 0:
            return arb(count), arb(0)
        return arb(count), _volume(dimension) * radius**dimension

    with ctx.workprec(BITS):
        first = every_ball(cases, outer, AT_MOST)
        if first.verdict is not Verdict.HOLDS:
            return first
        return every_ball(cases, inner, AT_LEAST)


VOLUME = Claim(
    id="integer-points-volume",
    title="Many points of one ball fill it",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and $k \\ge 0$ let $v_d$ be the volume of the unit ball of "
        "$\\mathbb R^d$. Then, with $z_+ = \\max(0, z)$,\n\n"
        "$$v_d \\bigl(k - [[inner]]\\bigr)_+^d \\le Q_{k,d} \\le "
        "v_d \\bigl(k + [[outer]]\\bigr)^d .$$",
        {"d": Integers(2)},
        {"inner": sqrt(d) / 2, "outer": sqrt(d) / 2},
    ),
    checks=(
        Check(
            "interval",
            "k^2 = 0, 1, ..., 99 and every d <= 24",
            _volume_balls,
            {"d": Integers(2, 24)},
        ),
    ),
    planted=(
        Planted(
            "the volume itself is below: right for k^2 = 0, 1", {"inner": 0 * d}, True
        ),
        Planted("the volume itself is above", {"outer": 0 * d}),
        Planted("half as far: wrong at k = 0", {"outer": sqrt(d) / 4}),
        Planted("less for more", {"inner": -sqrt(d) / 2}),
    ),
    weak=Check(
        "interval",
        "k = 1 in the plane",
        lambda statement, domain: _volume_balls(statement, domain, (1,)),
        {"d": Integers(2, 2)},
    ),
)


def _chernoff_balls(statement, domain, squares=(1, 2, 4, 9, 36, 100)):
    """Enclose both bounds; from above at two values of s."""
    cases = [
        (dimension, square, Fraction(a, 4))
        for dimension in domain["d"]
        for square in squares
        for a in (1, 6)
    ]

    def above(case):
        dimension, square, at = case
        count = points_by_dimension(square, 64)[dimension]
        theta = arb(1)
        for a in range(1, isqrt(square) + 1):
            theta += (
                exact_ball(value(statement.twice)) * (-exact_ball(at) * a * a).exp()
            )
        factor = ball_at(statement.factor, s=at, k=1) ** square
        return arb(count), factor * theta**dimension

    def below(case):
        dimension, square, _ = case
        count = points_by_dimension(square, 64)[dimension]
        taken = min(square, dimension)
        return arb(count), exact_ball(value(statement.below, d=dimension, l=taken))

    with ctx.workprec(BITS):
        first = every_ball(cases, above, Relation("<"))
        if first.verdict is not Verdict.HOLDS:
            return first
        return every_ball(cases, below, Relation(">"))


CHERNOFF = Claim(
    id="integer-points-exponential",
    title="Many dimensions: a polynomial of degree k squared",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $k \\ge 1$, $s > 0$ and every integer "
        "$l \\le \\min(k^2, d)$\n\n"
        "$$[[below]] < Q_{k,d} < [[factor]]\\, \\Bigl(1 + [[twice]] "
        "\\sum_{1 \\le a \\le k} e^{-s a^2}\\Bigr)^d .$$",
        {"d": SIZES},
        {
            "below": 2**l_count * binomial(d, l_count),
            "factor": sympify("exp(s*k**2)").subs({"s": s, "k": k}),
            "twice": sympify(2),
        },
    ),
    uses=("integer-points-formula",),
    checks=(
        Check(
            "interval",
            "every d <= 40, six radii, two values of s",
            _chernoff_balls,
            {"d": Integers(1, 40)},
            "step",
        ),
    ),
    planted=(
        Planted("one sign", {"twice": sympify(1)}),
        Planted(
            "a quarter of the exponent",
            {"factor": sympify("exp(s*k**2/4)").subs({"s": s, "k": k})},
        ),
        Planted("the factor dropped", {"factor": sympify(1) + 0 * s}),
        Planted(
            "3 for 2 below: right for l = 0",
            {"below": 3**l_count * binomial(d, l_count)},
            True,
        ),
    ),
    weak=Check(
        "interval",
        "the radius 2 on the line",
        lambda statement, domain: _chernoff_balls(statement, domain, (4,)),
        {"d": Integers(1, 1)},
        "step",
    ),
)


# --- Lipschitz functions --------------------------------------------------------------

LOWER = (1 - 2 * pi**2 * k**2 * epsilon / L**2) * Q


def _lower_proof(statement, domain) -> Result:
    """Scale the waves to the Lipschitz constant L at |K| = k.

    A sqrt(2) pi k = L, and the mean error of the Q scaled waves is A^2 (1 - N / Q).
    """
    if statement.relation != AT_LEAST:
        return unknown("the argument gives >=")
    A = L / (sqrt(2) * pi * k)
    return identity((1 - epsilon / A**2) * Q, statement.bound)


def upper_count(dimension: int, ratio: Fraction) -> int:
    """Count K >= 0 with |K|^2 <= 4 ratio / pi^2, pi from below."""
    square = int(4 * ratio / Fraction(98696, 10000))
    return points_by_dimension(square, 24, 1)[dimension]


RATIOS = tuple(Fraction(a) for a in (2, 10, 40, 80, 200, 400, 2000))
"""Values of L^2 / epsilon."""

SQUARES = (1, 2, 4, 6, 9, 100, 300)
"""Values of k^2."""


def _lower_below(statement, domain, sizes=(Fraction(1), Fraction(1, 16))) -> Result:
    """Stay below a number of cosines that is enough for all Lipschitz functions.

    Far out both numbers are volumes: a factor in the radius enters with the power d,
    and so it shows in many dimensions.
    """
    cases = product(domain["d"], RATIOS, SQUARES, sizes)

    def sides(case):
        dimension, ratio, square, size = case
        points = points_by_dimension(square, 24)[dimension]
        bound = statement.bound.subs({k: sqrt(square), L: Rational(size), Q: points})
        enough = arb(upper_count(dimension, ratio))
        return enough, ball_at(bound, varepsilon=size**2 / ratio)

    with ctx.workprec(BITS):
        return every_ball(cases, sides, statement.relation)


LIPSCHITZ_LOWER = Claim(
    id="lipschitz-lower",
    title="Lipschitz functions need many features",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[k]]$, $[[L]]$ and $[[varepsilon]]$ let $x$ be uniform "
        "on $[-1, 1]^d$ and $V$ a random space with $\\dim V \\le N$. If "
        "$\\mathbb E \\operatorname{dist}(f, V)^2 \\le \\varepsilon$ for every "
        "$L$-Lipschitz $f$, then, with $Q = Q_{k,d}$,\n\n"
        "$$N [[relation]] [[bound]].$$",
        {"d": SIZES, "k": POSITIVE, "L": POSITIVE, "varepsilon": POSITIVE},
        {"relation": AT_LEAST, "bound": LOWER},
    ),
    sources=(hsu("Theorem 10"),),
    uses=("cube-waves", "counting-average"),
    checks=(
        Check("symbolic", "the waves scaled", _lower_proof, role="step"),
        Check(
            "interval",
            "below a number of features that is enough, d <= 24, L = 1 and 1/16",
            _lower_below,
            {"d": Integers(1, 24)},
            "step",
        ),
    ),
    planted=(
        Planted("pi for its square", {"bound": LOWER.subs(pi**2, pi)}),
        Planted("2 dropped", {"bound": (1 - pi**2 * k**2 * epsilon / L**2) * Q}),
        Planted(
            "L for its square: right for L = 1",
            {"bound": (1 - 2 * pi**2 * k**2 * epsilon / L) * Q},
            near=True,
        ),
        Planted("twice the points", {"bound": 2 * LOWER}),
        Planted("at most", {"relation": AT_MOST}),
    ),
    weak=Check(
        "interval",
        "L = 1, d = 1",
        lambda statement, domain: _lower_below(statement, domain, (Fraction(1),)),
        {"d": Integers(1, 1)},
        "step",
    ),
    spec="frontier-2",
)


RADIUS = 2 * L / (pi * sqrt(epsilon))
WHOLE_WAVES = {"divisor": 1, "radius": RADIUS / 2}
THRICE = {"divisor": Rational(2, 3), "radius": RADIUS / 3}
"""Every second or third cosine only; of those left the energies are the same."""


def _upper_wave(statement, domain) -> Result:
    """Leave out one cosine at a time, scaled to the Lipschitz constant L.

    A cos(pi i (x + 1) / 2) has the slope A pi i / 2 and the energy A^2 / 2, with the
    statement's divisor for 2. Beyond the radius the energy must be at most epsilon.
    """

    def compare(case):
        index, lipschitz = case
        height = lipschitz * Rational(statement.divisor) / (pi * index)
        energy = height**2 / 2
        for factor in (Rational(99, 100), Rational(9, 10), Rational(1, 2)):
            error = factor * energy
            radius = statement.radius.subs({L: lipschitz, epsilon: error})
            gap = exact_ball(index) - exact_ball(radius)
            if gap > 0:
                return False, (
                    f"(i, L), error {factor} of that of cosine {index}: the radius "
                    f"{radius.evalf(6)} leaves it out, and this"
                )
        return True, "kept"

    return every(product((1, 2, 5), (1, 3)), compare)


def _upper_proof(statement, domain) -> Result:
    """Bound the energy beyond k: the sum of (pi |K| / 2)^2 f_K^2 is at most L^2."""
    beyond = L**2 / (pi * k / statement.divisor) ** 2
    return identity(beyond.subs(k, statement.radius), epsilon)


def _upper_slopes(statement, domain) -> Result:
    """Integrate by parts, for every f: the sine vanishes at both ends.

    So the coefficient of f' on the sine is that of f on the cosine times minus the
    rate, and the cosines are orthogonal. Their shares of the line f = x_1 must make up
    its energy 1/3: what is missing stays outside of V, however large the radius.
    """
    f, angle = Function("f")(x), pi * j * (x + statement.shift) / statement.divisor
    rate = diff(angle, x)
    inside = diff(f, x) * sine(angle) + rate * f * cosine(angle)
    line = x * sine(angle) / rate + cosine(angle) / rate**2
    share = simplify(line.subs(x, 1) - line.subs(x, -1)) / 2
    if share == 0:
        return fails("the line f = L x_1 is orthogonal to V: dist^2 is L^2/3")
    parts = every_identity(
        (
            ("the product's derivative", diff(f * sine(angle), x), inside),
            ("the line's integral", diff(line, x), x * cosine(angle)),
            ("the left end", sine(angle).subs(x, -1), 0),
            ("the right end", sine(angle).subs(x, 1), 0),
        )
    )
    if parts.verdict is not Verdict.HOLDS:
        return unknown(f"not the proof's basis: {parts.witness or parts.detail}")
    energy = summation(expand(2 * share**2), (j, 1, oo))
    return every_identity([("the energy of the line", energy, Rational(1, 3))])


LIPSCHITZ_UPPER = Claim(
    id="lipschitz-upper",
    title="And so many are enough",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[L]]$ and $[[varepsilon]]$ let $x$ be uniform on "
        "$[-1, 1]^d$, and let $V$ be spanned by the functions "
        "$\\prod_i \\cos(\\pi K_i (x_i + [[shift]]) / [[divisor]])$ with integers "
        "$K_i \\ge 0$ and\n\n"
        "$$\\lVert K \\rVert \\le [[radius]] .$$\n\n"
        "Every $L$-Lipschitz $f$ has $\\operatorname{dist}(f, V)^2 \\le \\varepsilon$.",
        {"d": SIZES, "L": POSITIVE, "varepsilon": POSITIVE},
        {"radius": RADIUS, "shift": 1, "divisor": 2},
    ),
    sources=(hsu("Theorem 6", "background", "that theorem is about random ReLUs"),),
    checks=(
        Check("symbolic", "the energy beyond the radius", _upper_proof, role="step"),
        Check(
            "symbolic",
            "integration by parts, and the energy of a line",
            _upper_slopes,
            role="step",
        ),
        Check("interval", "no cosine may be missed", _upper_wave, role="step"),
    ),
    planted=(
        Planted("half the radius", {"radius": L / (pi * sqrt(epsilon))}),
        Planted("19/20 of it", {"radius": 19 * RADIUS / 20}, near=True),
        Planted(
            "L dropped: right for L = 1", {"radius": 2 / (pi * sqrt(epsilon))}, True
        ),
        Planted("the error without its root", {"radius": 2 * L / (pi * epsilon)}),
        Planted("no shift: right up to signs for even K", {"shift": 0}, near=True),
        Planted("whole waves only, in the radius too", WHOLE_WAVES),
        Planted("three times the frequencies", THRICE),
    ),
    weak=Check("interval", "one cosine at a time", _upper_wave, role="step"),
)


def _share_proof(statement, domain) -> Result:
    """Insert A^2 = 16 epsilon and delta = 1/2 into the bound in probability."""
    A2 = (L / (sqrt(2) * pi * k)) ** 2
    radius = L / (statement.width * sqrt(epsilon))
    share = (1 - delta) * (1 - epsilon / A2)
    return every_identity(
        (
            ("the scale", A2.subs(k, radius), 16 * epsilon),
            (
                "the share",
                share.subs(k, radius).subs(delta, Rational(1, 2)),
                statement.share,
            ),
        )
    )


def _share_printed(statement, domain) -> Result:
    """Compare with the printed constants: a smaller share of a smaller ball."""
    pairs = {
        "the radius": (statement.width, statement.wider),
        "the share": (statement.part, statement.share),
    }
    with ctx.workprec(BITS):
        return every_ball(pairs, lambda name: map(exact_ball, pairs[name]), AT_MOST)


PROBABILITY = Claim(
    id="lipschitz-probability",
    title="Lipschitz functions and an even chance",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[L]]$ and $[[varepsilon]]$ let $x$ be uniform on "
        "$[-1, 1]^d$ and $V$ a random space with $\\dim V \\le N$. If every "
        "$L$-Lipschitz $f$ has $\\operatorname{dist}(f, V)^2 \\le \\varepsilon$ with "
        "probability at least $\\frac12$, then\n\n"
        "$$N \\ge [[share]]\\, Q_{k,d}, \\qquad "
        "k = \\frac{L}{[[width]] \\sqrt\\varepsilon} .$$\n\n"
        "Since $[[part]] \\le [[share]]$ and $[[wider]] \\ge [[width]]$, this implies "
        "$N \\ge [[part]]\\, Q_{k,d}$ with $k = L / ([[wider]] \\sqrt\\varepsilon)$.",
        {"d": SIZES, "L": POSITIVE, "varepsilon": POSITIVE},
        {
            "share": Rational(15, 32),
            "width": 4 * sqrt(2) * pi,
            "part": Rational(1, 4),
            "wider": 18,
        },
    ),
    sources=(
        hsu("Theorem 10", "implied", "with 1/4 and 18, and the root of the error"),
    ),
    uses=("counting-probability", "cube-waves"),
    checks=(
        Check("symbolic", "the constants inserted", _share_proof, role="step"),
        Check("interval", "the printed constants follow", _share_printed, role="step"),
    ),
    planted=(
        Planted("one half", {"share": Rational(1, 2)}),
        Planted("16/33 for 15/32", {"share": Rational(16, 33)}, near=True),
        Planted("4 pi for 4 sqrt(2) pi", {"width": 4 * pi}),
        Planted("9/2 for 4 sqrt(2)", {"width": 9 * pi / 2}),
        Planted("17.6 for 18", {"wider": Rational(88, 5)}, near=True),
        Planted("half of the points in the smaller ball", {"part": Rational(1, 2)}),
    ),
    weak=Check("interval", "the printed constants", _share_printed, role="step"),
)


# --- one explicit function ------------------------------------------------------------

TERM = L**2 / (32 * pi**2 * epsilon)


def _sine_proof(statement, domain) -> Result:
    """Compare the norm and the slope of the wave, and insert them.

    A sqrt(2) sin(pi (x_1 + ... + x_l)) has the norm A and the slope A sqrt(2) pi
    sqrt(l), and A^2 = 16 epsilon.
    """
    top = statement.height**2 / 2
    slope = statement.height * pi * sqrt(l_count)
    share = (1 - Rational(1, 2)) * (1 - epsilon / top)
    return every_identity(
        (
            ("the norm", top, 16 * epsilon),
            ("the slope", slope.subs(l_count, statement.most), L),
            ("the share", share, statement.share),
        )
    )


def _sine_orbit(statement, domain) -> Result:
    """Count the sums of l coordinates, whose waves are different and orthogonal."""

    def compare(dimension):
        for taken in range(1, dimension + 1):
            waves = {K for K in product((0, 1), repeat=dimension) if sum(K) == taken}
            if any(tuple(-a for a in K) in waves for K in waves):
                return False, f"d, l = {taken}: opposite vectors"
            claimed = value(statement.count, d=dimension, l=taken)
            if len(waves) != claimed:
                return False, f"d, l = {taken}: {len(waves)} waves, not {claimed}"
        return True, "all l"

    return every(domain["d"], compare)


SINE = Claim(
    id="symmetric-sine",
    title="One explicit function that is hard",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[L]]$, $[[varepsilon]]$ and every integer $l \\le d$ "
        "with $1 \\le l \\le [[most]]$ let $x$ be uniform on $[-1, 1]^d$. The "
        "function\n\n"
        "$$f(x) = [[height]] \\sin\\bigl(\\pi (x_1 + \\dots + x_l)\\bigr)$$\n\n"
        "is $L$-Lipschitz. If $V$ is a random space with $\\dim V \\le N$ whose "
        "law does not change when the coordinates are exchanged, and "
        "$\\operatorname{dist}(f, V)^2 \\le \\varepsilon$ with probability at least "
        "$\\frac12$, then\n\n$$N \\ge [[share]] [[count]] .$$",
        {"d": SIZES, "L": POSITIVE, "varepsilon": POSITIVE},
        {
            "most": TERM,
            "height": 4 * sqrt(2) * sqrt(epsilon),
            "share": Rational(15, 32),
            "count": binomial(d, l_count),
        },
    ),
    sources=(hsu("Theorem 13", "implied", "with 1/4, and the root of the error"),),
    uses=("counting-probability", "cube-waves"),
    checks=(
        Check("symbolic", "norm, slope and share", _sine_proof, role="step"),
        Check(
            "exact",
            "the waves that exchanges make of one, d <= 10",
            _sine_orbit,
            {"d": Integers(1, 10)},
            "step",
        ),
    ),
    planted=(
        Planted("16 for 32", {"most": L**2 / (16 * pi**2 * epsilon)}),
        Planted("4 for 4 sqrt(2)", {"height": 4 * sqrt(epsilon)}),
        Planted("16/33 for 15/32", {"share": Rational(16, 33)}, near=True),
        Planted(
            "d^l for the number of sets: right for l = 1", {"count": d**l_count}, True
        ),
    ),
    weak=Check(
        "exact",
        "the number of waves for d = 1",
        _sine_orbit,
        {"d": Integers(1, 1)},
        "step",
    ),
    spec="frontier-2",
)


CLAIMS = (
    WAVES,
    FORMULA,
    VOLUME,
    CHERNOFF,
    LIPSCHITZ_LOWER,
    LIPSCHITZ_UPPER,
    PROBABILITY,
    SINE,
)
