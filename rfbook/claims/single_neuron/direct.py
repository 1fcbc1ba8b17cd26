"""One ReLU neuron without a bias, straight from its Hermite series.

Statements about every choice of features are put to the test by the choices of `known`,
whose errors are known exactly.
"""

from fractions import Fraction
from functools import cache
from itertools import product

from flint import arb, ctx, fmpq, fmpq_mat
from sympy import Integer, Rational, gamma, gammasimp, pi, simplify, sqrt

from rfbook.claims.single_neuron import theorems
from rfbook.claims.single_neuron.known import (
    ARBITRARY,
    AT_LEAST,
    AT_MOST,
    BITS,
    BLIND,
    CONSTANT,
    COUNTS,
    DIMENSIONS,
    FAR,
    INVARIANT,
    POSITIVE,
    SEEING,
    N,
    R,
    absolute_moment,
    best_error_ball,
    d,
    energy_ball,
    even_moment,
    m,
    n,
    shown,
    sure_hits,
    t,
    v,
)
from rfbook.claims.single_neuron.sources import CHAPTER, later, printed
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Result,
    Statement,
    ball_at,
    every,
    every_identity,
    exact_ball,
    fails,
    holds,
    unknown,
)

# --- one moment on the sphere ---------------------------------------------------------


def _moment_symbolic(statement, domain) -> Result:
    """Substitute v = t^2 in both Beta integrals, then use the doubled Gamma."""
    power, ends = statement.power, (statement.power + 1) / 2
    before = t**power * (1 - t**2) ** ((d - 3) / 2)
    after = v ** (ends - 1) * (1 - v) ** ((d - 1) / 2 - 1)
    ratio = gamma(ends) / gamma(ends + (d - 1) / 2)
    beta = ratio * gamma(d / 2) / gamma(Rational(1, 2))
    return every_identity(
        (
            ("v = t^2", before / after.subs(v, t**2), t),
            ("the quotient of two Beta integrals", gammasimp(beta), statement.value),
        )
    )


def _moment_exact(statement, domain) -> Result:
    def compare(dimension):
        power = int(statement.power.subs(d, dimension))
        value = Rational(statement.value.subs(d, dimension))
        found = absolute_moment(dimension, power)
        return found == Fraction(int(value.p), int(value.q)), f"{found} = {value}"

    return every(domain["d"], compare)


MOMENT = Claim(
    id="sphere-absolute-moment",
    title="The d-th absolute moment of a coordinate",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$,\n\n"
        "$$\\mathbb{E}_{t \\sim \\mu_d} \\lvert t \\rvert^{[[power]]} = [[value]].$$",
        {"d": DIMENSIONS},
        {"power": d, "value": 2 ** (1 - d)},
    ),
    checks=(
        Check(
            "exact",
            "polynomial densities and Gaussian moments, d = 2, ..., 31",
            _moment_exact,
            {"d": Integers(2, 31)},
        ),
        Check("symbolic", "two Beta integrals and duplication", _moment_symbolic),
    ),
    planted=(
        Planted("1/d: right for d = 2", {"value": 1 / d}, near=True),
        Planted(
            "right for d = 2 and 3: 1/(2 d - 2)", {"value": 1 / (2 * d - 2)}, near=True
        ),
        Planted("2^(-d)", {"value": 2 ** (-d)}),
        Planted("the moment of degree d + 2", {"power": d + 2}),
        Planted("the first moment", {"power": Integer(1)}),
    ),
    weak=Check("exact", "d = 2 only", _moment_exact, {"d": Integers(2, 2)}),
    spec="YS-4.5",
)


# --- the energy of high degrees -------------------------------------------------------


BINOMIAL = gamma(n + Rational(1, 2)) / (sqrt(pi) * gamma(n + 1))
"""binom(2n, n) / 4^n."""


def _energy_formula(statement) -> tuple:
    """Give the energy of degree 2n by double factorials and by a binomial."""
    odd = 2 ** (n - 1) * gamma(n - Rational(1, 2)) / sqrt(pi)
    energy = odd**2 / (2 * pi * gamma(2 * n + 1))
    return "the energy", gammasimp(energy * 2 * pi * (2 * n - 1) ** 2 / BINOMIAL), 1


def _scaled(statement, shift: int):
    """Return the constant of a bound c (m - shift)^(-3/2), divided by `CONSTANT`."""
    constant = simplify(statement.bound * (m - shift) ** Rational(3, 2))
    return simplify(constant / CONSTANT)


def _below_steps(statement, domain) -> Result:
    """Bound binom by (pi (n + 1/2))^(-1/2) (Cauchy, Schwarz); each term telescopes."""
    if statement.relation != AT_LEAST or domain["m"] != Integers(2, step=2):
        return unknown("the argument gives >= for even m >= 2")
    quotient = _scaled(statement, 1)
    if not (quotient.is_number and (1 - quotient).is_nonnegative):
        return unknown(f"the bound is {quotient} times what telescopes")
    schwarz = gammasimp(gamma(v + 1) / gamma(v)).subs(v, n + Rational(1, 2))
    power = (m + 1) ** 2 * (m**2 - (m - 1) * (m + 1))
    room = 3 * (m + 1) - (m * (m + 1) - (m - 1) ** 2)
    return every_identity(
        (
            _energy_formula(statement),
            ("Cauchy and Schwarz", schwarz, n + Rational(1, 2)),
            ("the root", power, (m + 1) ** 2),
            ("the constant", sqrt(2 / pi) / (2 * pi) / 3, CONSTANT),
            ("what is left", room.expand(), 4),
        )
    )


def _above_steps(statement, domain) -> Result:
    """Bound binom by (pi n)^(-1/2), and the mean of a convex power by its midpoint."""
    if statement.relation != AT_MOST or domain["m"] != Integers(4, step=2):
        return unknown("the argument gives <= for even m >= 4")
    quotient = _scaled(statement, 2)
    if not (quotient.is_number and (quotient - 1).is_nonnegative):
        return unknown(f"the bound is {quotient} times what telescopes")
    schwarz = gammasimp(gamma(v + 1) / gamma(v)).subs(v, n)
    curvature = (v ** Rational(-5, 2)).diff(v, 2)
    if not curvature.is_positive:
        return unknown(f"the sign of {curvature}")
    primitive = (-(v ** Rational(-3, 2))).diff(v)
    return every_identity(
        (
            _energy_formula(statement),
            ("Cauchy and Schwarz", schwarz, n),
            ("the primitive", primitive, 3 * v ** Rational(-5, 2) / 2),
            ("the constant", sqrt(2 / pi) / (2 * pi) / 3, CONSTANT),
        )
    )


def _energy_balls(statement, domain) -> Result:
    def compare(start):
        left, right = energy_ball(start), ball_at(statement.bound, m=start)
        words = f"{shown(left)} {statement.relation.symbol} {shown(right)}"
        return statement.relation.ball(left, right), words

    with ctx.workprec(BITS):
        return every(domain["m"], compare)


ENERGY = "$$\\hat\\sigma_{\\ge m}^2 [[relation]] [[bound]].$$"
LOWER = CONSTANT * (m - 1) ** Rational(-3, 2)
UPPER = CONSTANT * (m - 2) ** Rational(-3, 2)

BELOW = Claim(
    id="relu-energy-tail",
    title="The energy of high degrees, from below",
    chapter=CHAPTER,
    statement=Statement(
        "Let $\\sigma(z) = [z]_+$. For every $[[m]]$,\n\n" + ENERGY,
        {"m": Integers(2, step=2)},
        {"relation": AT_LEAST, "bound": LOWER},
    ),
    sources=(printed("Remark 4.5", "background"),),
    uses=("relu-energies",),
    checks=(
        Check(
            "interval",
            "the energies summed, m = 2, 4, ..., 400",
            _energy_balls,
            {"m": Integers(2, 400)},
        ),
        Check(
            "symbolic",
            "each degree against one step of the bound, for symbolic degree",
            _below_steps,
            role="step",
        ),
    ),
    planted=(
        Planted(
            "1.04 of the constant: right up to m = 26", {"bound": 26 * LOWER / 25}, True
        ),
        Planted("1.6 of the constant: right for m = 2", {"bound": 8 * LOWER / 5}, True),
        Planted(
            "the power -1: right for m = 2",
            {"bound": CONSTANT / (m - 1)},
            near=True,
        ),
        Planted("the other way round", {"relation": AT_MOST}),
    ),
    weak=Check("interval", "m = 2 only", _energy_balls, {"m": Integers(2, 2)}),
    spec="YS-4.5",
)

ABOVE = Claim(
    id="relu-energy-tail-above",
    title="The energy of high degrees, from above",
    chapter=CHAPTER,
    statement=Statement(
        "Let $\\sigma(z) = [z]_+$. For every $[[m]]$,\n\n" + ENERGY,
        {"m": Integers(4, step=2)},
        {"relation": AT_MOST, "bound": UPPER},
    ),
    sources=(printed("Remark 4.5", "background"),),
    uses=("relu-energies",),
    checks=(
        Check(
            "interval",
            "the energies summed, m = 4, 6, ..., 400",
            _energy_balls,
            {"m": Integers(4, 400)},
        ),
        Check(
            "symbolic",
            "each degree against one step of the bound, for symbolic degree",
            _above_steps,
            role="step",
        ),
    ),
    planted=(
        Planted(
            "0.97 of the constant: right up to m = 16",
            {"bound": 97 * UPPER / 100},
            near=True,
        ),
        Planted("m - 1 for m - 2", {"bound": LOWER}),
        Planted(
            "the power -2: right for m = 4",
            {"bound": 3 * CONSTANT / (2 * (m - 2) ** 2)},
            near=True,
        ),
        Planted("the other way round", {"relation": AT_LEAST}),
    ),
    weak=Check("interval", "m = 4 only", _energy_balls, {"m": Integers(4, 4)}),
    spec="YS-4.5",
)


# --- the mean error -------------------------------------------------------------------


def _mean_compare(statement, points, norms) -> Result:
    """Compare with the exact optimum, the error of the best V of each dimension."""

    def decide(point):
        dimension, start, count = point
        free = int(statement.free.subs(m, start))
        if statement.chosen != BLIND and count:
            best, how = arb(0), "V contains the target"
        else:
            best, how = best_error_ball(dimension, count, free), "the best V"
        power = ball_at(statement.power, m=start)
        half, ends = arb(dimension) / 2, (power + 1) / 2
        moment = half.gamma() * ends.gamma()
        moment /= arb.pi().sqrt() * ((power + dimension) / 2).gamma()
        loss = ball_at(statement.loss, N=count)
        right = energy_ball(start + start % 2) * (1 - loss * moment)
        for norm in norms:
            sides = best * exact_ball(norm**2), right * ball_at(statement.scale, R=norm)
            true = statement.relation.ball(*sides)
            if not true:
                words = " against ".join(shown(side) for side in sides)
                return true, f"R = {norm}, {how}: {words}"
        return True, ""

    return every(points, decide)


def _mean_balls(statement, domain) -> Result:
    with ctx.workprec(BITS):
        points = product(domain["d"], domain["m"], domain["N"])
        return _mean_compare(statement, points, (Integer(1), Rational(1, 3)))


def _mean_first(statement, domain) -> Result:
    """One feature, and polynomials below the even one of d and d + 1."""
    with ctx.workprec(4 * BITS):
        points = [(value, value + value % 2, 1) for value in domain["d"]]
        return _mean_compare(statement, points, (Integer(1),))


MEAN = Claim(
    id="direct-error",
    title="What features that do not look must leave out",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[R]]$, $[[m]]$ and $[[N]]$ let $w$ be uniform on the "
        "sphere of radius $R$, and let $V \\subset L^2(\\gamma_d)$ be a subspace of "
        "dimension at most $N$, [[chosen]] $w$. Let $\\mathcal P_{<k}$ be the "
        "polynomials of degree below $k$. Then\n\n"
        "$$\\mathbb{E}_w \\operatorname{dist}^2\\big([\\langle w, \\cdot "
        "\\rangle]_+,\\, V + \\mathcal P_{<[[free]]}\\big) [[relation]] [[scale]]\\, "
        "\\hat\\sigma_{\\ge m}^2 \\Big(1 - [[loss]]\\, \\mathbb{E}_{t \\sim \\mu_d} "
        "\\lvert t \\rvert^{[[power]]}\\Big).$$",
        {"d": DIMENSIONS, "R": POSITIVE, "m": Integers(2), "N": COUNTS},
        {
            "chosen": BLIND,
            "free": m,
            "relation": AT_LEAST,
            "scale": R**2,
            "loss": N,
            "power": m,
        },
    ),
    sources=(printed("Remark 4.5", "implied"),),
    uses=(
        "dimension-argument",
        "hermite-mehler",
        "schur-test",
        "relu-energies",
        "kappa-closed-form",
        "kappa-ratio",
        "kappa-parity-monotone",
    ),
    checks=(
        Check(
            "interval",
            "the exact optimum, d <= 7, m <= 7, 1 <= N <= 30",
            _mean_balls,
            {"d": Integers(2, 7), "m": Integers(2, 7), "N": Integers(1, 30)},
            role="step",
        ),
        Check(
            "interval",
            "the exact optimum for N = 1 and degree d or d + 1, d = 2, ..., 200",
            _mean_first,
            {"d": FAR},
            role="step",
        ),
    ),
    planted=(
        Planted("V may depend on w", {"chosen": SEEING}, near=True),
        Planted("the root of N: right for N = 1", {"loss": sqrt(N)}, near=True),
        Planted("one degree more in the moment", {"power": m + 1}),
        Planted("two degrees more are free", {"free": m + 2}),
        Planted("R for its square: right for R = 1", {"scale": R}, near=True),
    ),
    weak=Check(
        "interval",
        "d = 2, m = 2, N = 1 only",
        lambda statement, domain: _mean_compare(statement, [(2, 2, 1)], (Integer(1),)),
        role="step",
    ),
    spec="YS-4.5",
)


# --- with high probability ------------------------------------------------------------


def _probability_instances(statement, domain) -> Result:
    """Ask that the bound allow probability 1 wherever every w is reached."""

    def decide(dimension):
        free = int(statement.free.subs(d, dimension))
        for norm in (Rational(1, 10), Integer(1), Integer(10)):
            error = ball_at(statement.floor, d=dimension, R=norm) / exact_ball(norm**2)
            for count, how in sure_hits(dimension, error, free, statement.chosen):
                bound = ball_at(statement.bound, d=dimension, N=count)
                if not bound >= 1:
                    return False, f"R = {norm}, {how}: 1 <= {shown(bound)}"
        return True, ""

    with ctx.workprec(BITS):
        return every(domain["d"], decide)


def _probability_numbers(statement, domain) -> Result:
    """Markov: half the energy as the floor, twice the moment of even degree m >= d."""
    if statement.chosen != BLIND:
        return unknown("V must be independent of w")

    def decide(dimension):
        even = dimension + dimension % 2
        if int(statement.free.subs(d, dimension)) > even:
            return None, "polynomials of higher degree are free"
        half = energy_ball(even) / 2
        floor = ball_at(statement.floor, d=dimension, R=1)
        moment = exact_ball(2 * even_moment(dimension, even))
        bound = ball_at(statement.bound, d=dimension, N=1)
        words = f"{shown(floor)} <= {shown(half)} and {shown(moment)} <= {shown(bound)}"
        return True if floor <= half and moment <= bound else None, words

    with ctx.workprec(BITS):
        return every(domain["d"], decide)


FLOOR = Rational(211, 10000)

PROBABILITY = Claim(
    id="direct-probability",
    title="Few directions are reached",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[R]]$ and $[[N]]$ let $w$ be uniform on the sphere of "
        "radius $R$, and let $V \\subset L^2(\\gamma_d)$ be a subspace of dimension "
        "at most $N$, [[chosen]] $w$. Then\n\n"
        "$$\\mathbb{P}_w \\Big( \\operatorname{dist}^2\\big([\\langle w, \\cdot "
        "\\rangle]_+,\\, V + \\mathcal P_{<[[free]]}\\big) \\le [[floor]] \\Big) \\le "
        "[[bound]].$$",
        {"d": DIMENSIONS, "R": POSITIVE, "N": COUNTS},
        {
            "chosen": BLIND,
            "free": d,
            "floor": FLOOR * R**2 * d ** Rational(-3, 2),
            "bound": N * 2 ** (2 - d),
        },
    ),
    sources=(printed("Remark 4.5", "implied"),),
    uses=(
        "sphere-absolute-moment",
        "relu-energy-tail",
        "direct-error",
        "dimension-markov",
    ),
    checks=(
        Check(
            "interval",
            "spaces that reach every w, d = 2, ..., 40",
            _probability_instances,
            {"d": Integers(2, 40)},
            role="step",
        ),
        Check(
            "interval",
            "floor and moment with the exact energies, d = 2, ..., 200",
            _probability_numbers,
            {"d": FAR},
            role="step",
        ),
    ),
    planted=(
        Planted("V may depend on w", {"chosen": SEEING}, near=True),
        Planted(
            "the power -1: right for d = 2 to 4",
            {"floor": FLOOR * R**2 / d},
            near=True,
        ),
        Planted("4^(2 - d)", {"bound": N * 4 ** (2 - d)}),
        Planted("all polynomials of degree below 2d", {"free": 2 * d}),
        Planted("R for its square", {"floor": FLOOR * R * d ** Rational(-3, 2)}),
    ),
    weak=Check(
        "interval",
        "d = 2 only",
        _probability_instances,
        {"d": Integers(2, 2)},
        role="step",
    ),
    spec="YS-4.5",
)


# --- norm d^(3/4) ---------------------------------------------------------------------


def _quarters_instances(statement, domain) -> Result:
    """Ask that the bound allow probability 1 where every direction is reached."""

    def decide(dimension):
        error = ball_at(statement.error / statement.norm**2, d=dimension)
        free = int(statement.free.subs(d, dimension))
        chosen = BLIND if statement.law == INVARIANT else SEEING
        for count, how in sure_hits(dimension, error, free, chosen):
            bound = ball_at(statement.bound, d=dimension, N=count)
            if not bound >= 1:
                return False, f"{how}: 1 <= {shown(bound)}"
        return True, ""

    with ctx.workprec(BITS):
        return every(domain["d"], decide)


def _quarters_numbers(statement, domain) -> Result:
    """Put the norm into the floor and the bound of `direct-probability`."""
    source = PROBABILITY.statement
    gap = simplify(statement.bound - source.bound)
    same = statement.free == source.free and gap == 0
    if statement.law != INVARIANT or not same:
        return unknown("the bound is that of direct-probability, for invariant laws")
    floor = simplify(source.floor.subs(R, statement.norm))
    if not simplify(floor - statement.error).is_nonnegative:
        return unknown(f"whether {floor} >= {statement.error}")
    return holds(f"{floor} >= {statement.error}")


QUARTERS = Claim(
    id="neuron-three-quarters",
    title="One neuron of norm d^(3/4), without a bias",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[N]]$ and every $w_* \\in \\mathbb{R}^d$ with $\\lVert "
        "w_* \\rVert = [[norm]]$ let $f_1, \\dots, f_N \\in L^2(\\gamma_d)$ be random "
        "features [[law]]. Then\n\n"
        "$$\\mathbb{P}\\Big( \\min_{u, p}\\, \\mathbb{E}_x \\Big( \\sum_{i=1}^N u_i "
        "f_i(x) + p(x) - [\\langle w_*, x \\rangle]_+ \\Big)^2 \\le [[error]] \\Big) "
        "\\le [[bound]],$$\n\n"
        "where $u \\in \\mathbb{R}^N$ is free, and $p$ is any polynomial of degree "
        "below $[[free]]$. For features of any other law the same holds for at least "
        "one $w_*$ of this norm, which does not depend on the draw.",
        {"d": DIMENSIONS, "N": COUNTS},
        {
            "norm": d ** Rational(3, 4),
            "law": INVARIANT,
            "error": Rational(1, 50),
            "bound": N * 2 ** (2 - d),
            "free": d,
        },
    ),
    sources=(
        printed(
            "Remark 4.5",
            "implied",
            "Printed as a conjecture: no restriction on the output weights.",
        ),
        later("remark on the output weights", "implied"),
    ),
    uses=("direct-probability", "rotation-invariant-features"),
    checks=(
        Check(
            "interval",
            "spaces that reach every direction, d = 2, ..., 100",
            _quarters_instances,
            {"d": Integers(2, 100)},
            role="step",
        ),
        Check(
            "symbolic",
            "the norm in the floor of direct-probability",
            _quarters_numbers,
            given=("direct-probability",),
            role="step",
        ),
    ),
    planted=(
        Planted("for every w and features of any law", {"law": ARBITRARY}, near=True),
        Planted("the norm sqrt d: right up to d = 6", {"norm": sqrt(d)}, near=True),
        Planted("the error 1/4", {"error": Rational(1, 4)}),
        Planted("4^(2 - d)", {"bound": N * 4 ** (2 - d)}),
    ),
    weak=Check(
        "interval",
        "d = 2 only",
        _quarters_instances,
        {"d": Integers(2, 2)},
        role="step",
    ),
    spec="YS-4.5",
)


# --- the linearised network -----------------------------------------------------------


@cache
def tangent_rank(dimension: int, neurons: int) -> int:
    """Return the rank of the values of 1{<w_i, x> > 0} x_j at small integer points."""
    directions = [
        tuple((i + 1) ** (j + 1) * (-1) ** (i * j) for j in range(dimension))
        for i in range(neurons)
    ]
    points = list(product((-2, -1, 1, 3), repeat=dimension))
    rows = [
        [
            fmpq(x_j if sum(a * b for a, b in zip(w, x, strict=True)) > 0 else 0)
            for w in directions
            for x_j in x
        ]
        for x in points
    ]
    return fmpq_mat(rows).rank()


def _tangent_rank(statement, domain) -> Result:
    def compare(point):
        dimension, neurons = point
        claimed = statement.dimension.subs({d: dimension, N: neurons})
        found = tangent_rank(dimension, neurons)
        return found == claimed, f"(d, N): {found} = {claimed}"

    return every(product(domain["d"], domain["N"]), compare)


ROTATION = ((Fraction(3, 5), Fraction(4, 5)), (Fraction(-4, 5), Fraction(3, 5)))


def _tangent_rotation(statement, domain) -> Result:
    """Write the feature (M^T w, j) at x as the sum of M_kj times (w, k) at Mx."""
    if statement.law != INVARIANT_JOINTLY:
        words = "N = 1, w_1 = w_*: the target lies in V, 1 <= "
        for dimension in domain["d"]:
            bound = Rational(statement.bound.subs({d: dimension, N: 1}))
            if bound < 1:
                return fails(f"d = {dimension}, {words}{bound}")
        return unknown("the bound is at least 1 on this window")

    def feature(w, x, j):
        return x[j] if sum(a * b for a, b in zip(w, x, strict=True)) > 0 else 0

    def compare(point):
        w, x = point[:2], point[2:]
        back = [sum(ROTATION[k][j] * w[k] for k in (0, 1)) for j in (0, 1)]
        there = [sum(ROTATION[k][j] * x[j] for j in (0, 1)) for k in (0, 1)]
        for j in (0, 1):
            left = feature(back, x, j)
            right = sum(ROTATION[k][j] * feature(w, there, k) for k in (0, 1))
            if left != right:
                return False, f"{left} = {right}"
        return True, ""

    return every(product((-2, -1, 1, 2), repeat=4), compare)


def _tangent_bound(statement, domain) -> Result:
    source = QUARTERS.statement
    proved = source.bound.subs(N, statement.dimension)
    same = statement.norm == source.norm and statement.error == source.error
    if statement.law != INVARIANT_JOINTLY or not same:
        return unknown("the bound is known for this norm, error and kind of law")
    if not simplify(statement.bound / proved - 1).is_nonnegative:
        return unknown(f"whether {statement.bound} >= {proved}")
    return holds("the bound for that many features")


INVARIANT_JOINTLY = "whose joint law rotations leave as it is"

TANGENT = Claim(
    id="tangent-span",
    title="The linearised network is no way out",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and $[[N]]$ let $w_1, \\dots, w_N$ be random vectors "
        "[[law]], almost surely not zero and not parallel in pairs, and let $V$ be "
        "the span of the functions $\\sigma'(\\langle w_i, x \\rangle)\\, x_j$, $i "
        "\\le N$, $j \\le d$, with $\\sigma'(z) = 1$ for $z > 0$ and $0$ otherwise. "
        "Then $\\dim V = [[dimension]]$ almost surely, the law of $V$ is invariant "
        "under rotations, and for every $w_* \\in \\mathbb{R}^d$ with $\\lVert w_* "
        "\\rVert = [[norm]]$\n\n"
        "$$\\mathbb{P}\\Big( \\operatorname{dist}^2\\big([\\langle w_*, \\cdot "
        "\\rangle]_+,\\, V\\big) \\le [[error]] \\Big) \\le [[bound]].$$",
        {"d": DIMENSIONS, "N": Integers(1)},
        {
            "law": INVARIANT_JOINTLY,
            "dimension": N * d,
            "norm": d ** Rational(3, 4),
            "error": Rational(1, 50),
            "bound": N * d * 2 ** (2 - d),
        },
    ),
    sources=(printed("Example 4.9", "sharper"),),
    uses=("neuron-three-quarters", "rotation-invariant-features"),
    checks=(
        Check(
            "exact",
            "the rank of the values at integer points",
            _tangent_rank,
            {"d": Integers(2, 4), "N": Integers(1, 3)},
            role="step",
        ),
        Check(
            "exact",
            "a rational rotation mixes the features of one neuron",
            _tangent_rotation,
            {"d": Integers(2, 40)},
            role="step",
        ),
        Check(
            "symbolic",
            "the bound of neuron-three-quarters",
            _tangent_bound,
            given=("neuron-three-quarters",),
            role="step",
        ),
    ),
    planted=(
        Planted(
            "directions of any law: the bound fails from d = 5 on",
            {"law": "of any joint law"},
            near=True,
        ),
        Planted("one dimension a neuron", {"dimension": N}),
        Planted("N + d: right for d = N = 2", {"dimension": N + d}, near=True),
        Planted("d - 1 a neuron", {"dimension": N * (d - 1)}),
    ),
    weak=Check(
        "exact",
        "d = N = 2 only",
        _tangent_rank,
        {"d": Integers(2, 2), "N": Integers(2, 2)},
        role="step",
    ),
    spec="YS-4.8",
)


CLAIMS = (
    MOMENT,
    BELOW,
    ABOVE,
    MEAN,
    PROBABILITY,
    QUARTERS,
    *theorems.CLAIMS,
    TANGENT,
)
