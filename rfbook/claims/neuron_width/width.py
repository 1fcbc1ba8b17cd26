"""How many features one ReLU needs if they are chosen without it.

The numbers come from `rfbook.claims.neuron_width.blocks` and from explicit features,
not from the room `rfbook.single_neuron`.
"""

from fractions import Fraction
from functools import cache
from itertools import product
from math import comb, factorial, prod

import numpy as np
from flint import arb, ctx, fmpq, fmpq_mat
from sympy import (
    Function,
    Integer,
    Max,
    Rational,
    Symbol,
    binomial,
    erfc,
    exp,
    gamma,
    integrate,
    oo,
    pi,
    simplify,
    sqrt,
)

from rfbook.claims.neuron_width import growth
from rfbook.claims.neuron_width.blocks import (
    best_error,
    kappa_zero,
    multiplicity,
    projection,
)
from rfbook.claims.neuron_width.series import eigenvalue_exact
from rfbook.claims.neuron_width.sources import CHAPTER, printed
from rfbook.claims.neuron_width.spectrum import RATIO
from rfbook.claims.tools.sphere import ell, monomials, sphere_mean
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Reals,
    Relation,
    Result,
    Statement,
    agree,
    every,
    every_identity,
    exact_ball,
    fails,
    holds,
    identity,
    unknown,
)
from rfbook.ledger.deciders import standard_errors

b = Symbol("b", real=True)
d = Symbol("d", integer=True, positive=True)
epsilon = Symbol("varepsilon", positive=True)
kappa = Symbol(r"\kappa_{>L}", positive=True)
L = Symbol("L", integer=True, nonnegative=True)
m = Symbol("m", integer=True, positive=True)
N = Symbol("N", integer=True, nonnegative=True)
square = Symbol(r"\lVert \sigma \rVert^2", positive=True)
R = Symbol("R", positive=True)
tail = Symbol("t_L", positive=True)
x = Symbol("x", real=True)
Q = Function("Q")
varphi = Function("varphi")

AT_LEAST, LESS = Relation(">="), Relation("<")
POSITIVE = Reals(0, open_low=True)
HEADLINE = printed("Theorems 4.2 and 4.8", "sharper", "exact, for bias 0 and any norm")
BITS = 192
TINY = Fraction(1, 10**40)


def ball_of(formula, **values) -> arb:
    """Enclose a formula at exact values of its symbols."""
    names = {symbol.name: symbol for symbol in formula.free_symbols}
    point = {
        names[key]: Rational(Fraction(value).numerator, Fraction(value).denominator)
        for key, value in values.items()
        if key in names
    }
    return exact_ball(formula.subs(point))


def whole_of(formula, **values) -> int:
    """Evaluate an integer formula."""
    names = {symbol.name: symbol for symbol in formula.free_symbols}
    return int(formula.subs({names[k]: v for k, v in values.items() if k in names}))


# --- the eigenvalues from half the sphere ---------------------------------------------

HALF, MODULUS = "[t]_+", r"\lvert t \rvert"


def _half_sphere_mean(d: int, degree: int, part: str):
    """Return the mean of [t]_+ P_l or |t| P_l under mu_d, exactly.

    For odd degrees [t]_+ is t/2, which only P_1 = t sees: E t^2 = 1/d.
    """
    if degree % 2:
        return Rational(int(part == HALF and degree == 1), 2 * d)
    ratio = projection(d, degree)
    modulus = gamma(Rational(d, 2)) / (sqrt(pi) * gamma(Rational(d + 1, 2)))
    whole = Rational(int(ratio.p), int(ratio.q)) * modulus
    return whole / 2 if part == HALF else whole


def _half_sphere_exact(statement, domain) -> Result:
    """Compare with exact integrals of the arc-cosine kernel."""

    def compare(case):
        mean = _half_sphere_mean(*case, statement.part)
        claimed = statement.factor.subs(d, case[0]) * mean**2
        found = eigenvalue_exact(*case)
        return simplify(claimed - found) == 0, f"(d, l): {found} = {claimed}"

    return every(product(domain["d"], domain["ell"]), compare)


def _half_sphere_steps(statement, domain) -> Result:
    """Find the quotient of consecutive means for even l.

    By the equation of P_l the mean of t P_l over t > 0 is a constant times P_l(0),
    divided by d - 1 - l (l + d - 2); and P_(l+2)(0) = -(l + 1)/(l + d - 1) P_l(0).
    """
    if statement.factor != d or statement.part != HALF:
        return unknown("homogeneity gives E rho^2 = d and the mean of [t]_+ P_l")
    here = d - 1 - ell * (ell + d - 2)
    quotient = -(ell + 1) / (ell + d - 1) * here / here.subs(ell, ell + 2)
    return every_identity(
        [
            ("the quotient", quotient, -(ell - 1) / (d + ell + 1)),
            ("its square", quotient**2, RATIO.statement.ratio),
        ]
    )


HALF_SPHERE = Claim(
    id="kappa-half-sphere",
    title="The eigenvalues from half the sphere",
    chapter=CHAPTER,
    statement=Statement(
        "Let $\\sigma(z) = [z]_+$. For every $[[d]]$ and $[[ell]]$\n\n"
        "$$\\kappa_\\ell = [[factor]] \\, \\Bigl( \\mathbb E_{t \\sim \\mu_d}\\, "
        "[[part]]\\, P_\\ell^{(d)}(t) \\Bigr)^2.$$",
        {"d": Integers(2), "ell": Integers(0)},
        {"factor": d, "part": HALF},
    ),
    uses=("funk-hecke", "oblivious-spectrum"),
    checks=(
        Check(
            "exact",
            "integrals of the arc-cosine kernel",
            _half_sphere_exact,
            {"d": Integers(2, 8), "ell": Integers(0, 8)},
        ),
        Check(
            "symbolic",
            "the quotient of consecutive means, for symbolic d and l",
            _half_sphere_steps,
            role="step",
        ),
    ),
    planted=(
        Planted("E rho^2 left out", {"factor": Integer(1)}),
        Planted("20/21 of it", {"factor": 20 * d / 21}, near=True),
        Planted("d + 1 for d", {"factor": d + 1}),
        Planted(
            "a quarter of d and |t|: right for even degrees",
            {"factor": d / 4, "part": MODULUS},
            near=True,
        ),
    ),
    weak=Check(
        "exact",
        "degree 0 only",
        lambda statement, domain: _half_sphere_exact(
            statement, {"d": Integers(2, 8), "ell": Integers(0, 0)}
        ),
        role="step",
    ),
    spec="YS-4.6.3",
)


# --- explicit features ----------------------------------------------------------------


def half_moment(powers: tuple[int, ...]) -> Fraction:
    """Return the mean of [v_1]_+ v^powers over the sphere in units of that of [v_1]_+.

    For an even sum of powers; by Gaussian moments in polar coordinates.
    """
    if any(power % 2 for power in powers):
        return Fraction(0)
    dimension, half = len(powers), powers[0] // 2
    gaussian = 2**half * factorial(half) * prod(gaussian_moment(p) for p in powers[1:])
    steps = range(dimension + 1, dimension + 1 + sum(powers), 2)
    return Fraction(gaussian, prod(steps))


def gaussian_moment(power: int) -> int:
    """Return E g^power for an even power, an odd factorial."""
    return prod(range(1, power, 2))


COSINE, SINE = Fraction(3, 5), Fraction(4, 5)


def turned_half_moment(powers: tuple[int, ...]) -> Fraction:
    """Return the same for the target (3 v_1 + 4 v_2)/5, by turning the monomial.

    With v_1 = (3 y_1 - 4 y_2)/5 and v_2 = (4 y_1 + 3 y_2)/5 the target is y_1.
    """
    total, (first, second, *rest) = Fraction(0), powers
    for i, j in product(range(first + 1), range(second + 1)):
        weight = comb(first, i) * COSINE**i * (-SINE) ** (first - i)
        weight *= comb(second, j) * SINE**j * COSINE ** (second - j)
        total += weight * half_moment((i + j, first + second - i - j, *rest))
    return total


@cache
def held_by_monomials(d: int, degree: int) -> tuple[Fraction, Fraction]:
    """Return what |x|^(1-L) x^a, |a| = L even, hold of a ReLU, in units of kappa_0.

    For the directions e_1 and (3/5, 4/5, 0, ...): the projection's squared length is
    k^T G^-1 k, with the overlaps k and the Gram matrix G on the sphere.
    """
    powers = monomials(d, degree)
    gram = [
        _fmpq(sphere_mean(tuple(sorted(p + q for p, q in zip(a, b, strict=True)))))
        for a, b in product(powers, repeat=2)
    ]
    gram = fmpq_mat(len(powers), len(powers), gram)
    found = []
    for overlap in (half_moment, turned_half_moment):
        column = fmpq_mat(len(powers), 1, [_fmpq(overlap(a)) for a in powers])
        value = (column.transpose() * gram.solve(column))[0, 0]
        found.append(Fraction(int(value.p), int(value.q)))
    return tuple(found)


def _fmpq(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)


def radius_moment(d: int, power: int) -> arb:
    """Enclose E |x|^power for x ~ N(0, I_d)."""
    return (
        arb(2) ** (arb(power) / 2) * (arb(d + power) / 2).gamma() / (arb(d) / 2).gamma()
    )


def explicit_errors(d: int, degree: int, power: int) -> list[arb]:
    """Enclose the least errors of the x_j and |x|^power x^a, |a| = L, for two targets.

    The x_j are odd in x and hold 1/4; the others are even. A radial part of degree
    h = power + L holds (E rho^(h+1))^2 / (E rho^(2h) E rho^2) of what degree 1 holds.
    """
    h = power + degree
    share = radius_moment(d, h + 1) ** 2 / (radius_moment(d, 2 * h) * d)
    return [
        arb(1) / 4 - share * kappa_zero(d) * exact_ball(held)
        for held in held_by_monomials(d, degree)
    ]


def blocks_up_to(d: int, degree: int, step: int) -> arb:
    """Enclose the sum of dim H_l kappa_l over l = 0, step, 2 step, ... up to a degree.

    Among the odd degrees only 1 has an eigenvalue, 1/(4d).
    """
    total = arb(0)
    for this in range(0, degree + 1, step):
        if this % 2 == 0:
            share = multiplicity(d, this) * projection(d, this) ** 2
            total += kappa_zero(d) * arb(share)
        elif this == 1:
            total += arb(1) / 4
    return total


# --- the best error -------------------------------------------------------------------

BEFORE, AFTER = "chosen without", "chosen after"
MOMENT = (1 + b**2) * Q(-b) + b * varphi(b)


def special(formula):
    """Insert the Gaussian tail and density for Q and varphi."""
    formula = formula.replace(Q, lambda h: erfc(h / sqrt(2)) / 2)
    return formula.replace(varphi, lambda h: exp(-(h**2) / 2) / sqrt(2 * pi))


def _second_moment(statement, domain) -> Result:
    """Integrate (x + b)^2 over x > -b."""
    density = exp(-(x**2) / 2) / sqrt(2 * pi)
    exact = integrate((x + b) ** 2 * density, (x, -b, oo))
    return identity(exact, special(statement.moment))


@ctx.workprec(BITS)
def _oblivious_explicit(statement, domain) -> Result:
    """Blocks of degree 0, ..., L: what N explicit features reach is what is claimed."""

    def compare(case):
        dimension, degree, norm = case
        count = dimension + len(monomials(dimension, degree))
        found = norm**2 * explicit_errors(dimension, degree, 1 - degree)[0]
        if statement.order == AFTER:
            found = arb(0)  # sigma_w itself is among the features
        kept = best_error(dimension, whole_of(statement.count, N=count))
        moment = exact_ball(special(statement.moment).subs(b, 0))
        claimed = ball_of(statement.scale, R=norm) * (moment - arb(1) / 2 + kept)
        words = f"(d, L, R), N = {count}: {found.str(8)} = {claimed.str(8)}"
        if statement.relation != AT_LEAST:
            return False, f"{words}, and {statement.relation.symbol}"
        return abs(found - claimed) < exact_ball(TINY), words

    cases = product(domain["d"], (0, 2, 4), (1, 2))
    return every(cases, compare)


def _kernel(t: np.ndarray) -> np.ndarray:
    """Return E [g]_+ [g']_+ for correlation t, in floating point."""
    t = np.clip(t, -1, 1)
    return (np.sqrt(1 - t * t) + t * (np.pi - np.arccos(t))) / (2 * np.pi)


def _directions(rng, count: int, dimension: int) -> np.ndarray:
    points = rng.standard_normal((count, dimension))
    return points / np.linalg.norm(points, axis=1, keepdims=True)


def _oblivious_sampled(statement, domain, rng) -> Result:
    """ReLUs in random directions are not better, on average over 4000 targets."""
    cases = [(size, n) for size in domain["d"] for n in (2, 5, 10)]
    limit, margins = standard_errors(len(cases)), []
    for size, number in cases:
        features = _directions(rng, number, size)
        targets = _directions(rng, 4000, size)
        overlaps = _kernel(targets @ features.T)
        weights = np.linalg.solve(_kernel(features @ features.T), overlaps.T)
        errors = 0.5 - np.einsum("ij,ji->i", overlaps, weights)
        found, spread = errors.mean(), errors.std(ddof=1) / np.sqrt(len(errors))
        count = whole_of(statement.count, N=number)
        moment = float(special(statement.moment).subs(b, 0)) - 0.5
        claimed = moment + float(best_error(size, count))
        if found + limit * spread < claimed:
            return fails(
                f"d = {size}, N = {number}: {found:.5f} +- {spread:.1g} is "
                f"below {claimed:.5f}"
            )
        margins.append((found - claimed) / spread)
    return holds(
        f"{len(cases)} sets of features, margins {min(margins):.1f} to "
        f"{max(margins):.1f} standard errors"
    )


OBLIVIOUS = Claim(
    id="oblivious-error",
    title="The least error of features that do not know the target",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[N]]$, $[[R]]$ and $[[b]]$ let "
        "$\\sigma_w(x) = [\\langle w, x \\rangle + R b]_+$ with $w$ uniform on "
        "the sphere of radius $R$, and let $\\lambda_1 \\ge \\lambda_2 \\ge \\dots$ be "
        "the numbers $\\kappa_0, \\kappa_1, \\kappa_2, \\dots$ of "
        "$R = 1$, each $\\kappa_\\ell$ repeated $\\dim \\mathcal H_\\ell^d$ times. For "
        "all features $f_1, \\dots, f_N$ in $L^2(\\gamma_d)$ that are [[order]] "
        "$w$,\n\n"
        "$$\\mathbb E_w \\min_{u \\in \\mathbb R^N} \\Bigl\\lVert "
        "\\sum_{i=1}^N u_i f_i - \\sigma_w \\Bigr\\rVert^2 [[relation]] "
        "\\mathcal E_N, \\qquad "
        "\\mathcal E_N = [[scale]] \\Bigl( \\lVert \\sigma \\rVert^2 - "
        "\\sum_{i=1}^{[[count]]} \\lambda_i \\Bigr), \\qquad "
        "\\lVert \\sigma \\rVert^2 = [[moment]],$$\n\n"
        "and there is equality where the features span eigenfunctions of "
        "$\\lambda_1, \\dots, \\lambda_N$.",
        {"d": Integers(2), "N": Integers(0), "R": POSITIVE, "b": Reals()},
        {
            "order": BEFORE,
            "relation": AT_LEAST,
            "scale": R**2,
            "moment": MOMENT,
            "count": N,
        },
    ),
    sources=(HEADLINE,),
    uses=("dimension-argument", "oblivious-spectrum"),
    checks=(
        Check(
            "interval",
            "explicit features that close the blocks up to L = 0, 2, 4, without bias",
            _oblivious_explicit,
            {"d": Integers(2, 5)},
            role="step",
        ),
        Check(
            "symbolic",
            "the second moment, for symbolic bias",
            _second_moment,
            role="step",
        ),
        Check(
            "statistical",
            "ReLUs in 2, 5 and 10 random directions, d = 2, ..., 5",
            _oblivious_sampled,
            {"d": Integers(2, 5)},
            role="step",
            seed=17,
        ),
    ),
    planted=(
        Planted("features that may know w", {"order": AFTER}, near=True),
        Planted("one eigenvalue less", {"count": N - 1}),
        Planted("one eigenvalue more: a bound, but never reached", {"count": N + 1}),
        Planted("R for its square: right for R = 1", {"scale": R}, near=True),
        Planted(
            "a term of the second moment dropped: right without bias",
            {"moment": (1 + b**2) * Q(-b)},
            near=True,
        ),
        Planted("the other way round", {"relation": LESS}),
    ),
    weak=Check(
        "interval",
        "the second moment at R = 1, without bias",
        lambda statement, domain: every(
            [1],
            lambda norm: (
                exact_ball(special(statement.moment).subs(b, 0)).overlaps(
                    ball_of(statement.scale, R=norm) / 2
                ),
                "1/2 = 1/2",
            ),
        ),
        role="step",
    ),
    spec="width-1.2",
)


# --- closed blocks: every target alike ------------------------------------------------


@ctx.workprec(BITS)
def _block_exact(statement, domain) -> Result:
    """Compare explicit errors for two directions with the sum over the blocks."""

    def compare(case):
        dimension, degree, norm = case
        count = dimension + len(monomials(dimension, degree))
        claimed = whole_of(statement.width, d=dimension, L=degree)
        if count != claimed:
            return False, f"(d, L, R): {count} = {claimed}"
        power = whole_of(statement.power, L=degree)
        found = explicit_errors(dimension, degree, power)
        kept = exact_ball(statement.odd) - blocks_up_to(
            dimension, degree, statement.step
        )
        claimed = ball_of(statement.scale, R=norm) * kept
        for which, error in zip(("e_1", "(3 e_1 + 4 e_2)/5"), found, strict=True):
            error = norm**2 * error
            words = f"(d, L, R), w/R = {which}: {error.str(8)} = {claimed.str(8)}"
            if not abs(error - claimed) < exact_ball(TINY):
                return False, words
        return True, words

    return every(product(domain["d"], domain["L"], (1, 2)), compare)


def _block_regression(statement, domain, rng) -> Result:
    """Fit the features to 60000 samples, for a fixed w in general position."""
    rows, count = [], 60_000
    for dimension, degree in product(domain["d"], domain["L"]):
        inputs = rng.standard_normal((count, dimension))
        target = np.maximum(inputs @ _directions(rng, 1, dimension)[0], 0)
        radius = np.linalg.norm(inputs, axis=1)
        power = whole_of(statement.power, L=degree)
        columns = [
            radius**power * np.prod(inputs ** np.array(a), axis=1)
            for a in monomials(dimension, degree)
        ]
        columns = np.column_stack([inputs, *columns])
        weights = np.linalg.lstsq(columns, target, rcond=None)[0]
        squares = (target - columns @ weights) ** 2
        blocks = blocks_up_to(dimension, degree, statement.step)
        claimed = float(exact_ball(statement.odd) - blocks)
        scale = count / (count - columns.shape[1])
        error = squares.std(ddof=1) / np.sqrt(count)
        name = f"d = {dimension}, L = {degree}"
        rows.append((name, scale * squares.mean(), error, claimed))
    return agree(rows)


WIDTH = d + binomial(d + L - 1, L)

BLOCK = Claim(
    id="block-worst-case",
    title="Where a block closes, every target is alike",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[L]]$ and $[[R]]$ take the $N = [[width]]$ functions\n\n"
        "$$x_1, \\dots, x_d \\quad \\text{and} \\quad \\lVert x \\rVert^{[[power]]} "
        "x_1^{a_1} \\cdots x_d^{a_d}, \\qquad a_1 + \\dots + a_d = L.$$\n\n"
        "For **every** $w$ with $\\lVert w \\rVert = R$ their best combination misses "
        "$[\\langle w, x \\rangle]_+$ by the same mean squared error\n\n"
        "$$\\mathcal E_N = [[scale]] \\Bigl( [[odd]] - \\kappa_0 - "
        "\\kappa_{[[step]]} \\dim \\mathcal H_{[[step]]}^d - \\dots - "
        "\\kappa_L \\dim \\mathcal H_L^d \\Bigr),$$\n\n"
        "with the eigenvalues $\\kappa_\\ell$ of $R = 1$. No $N$ functions do "
        "better for their worst $w$.",
        {"d": Integers(2), "L": Integers(0, step=2), "R": POSITIVE},
        {
            "width": WIDTH,
            "power": 1 - L,
            "scale": R**2,
            "odd": Fraction(1, 4),
            "step": 2,
        },
    ),
    sources=(HEADLINE,),
    uses=(
        "oblivious-error",
        "oblivious-spectrum",
        "kappa-closed-form",
        "kappa-first-blocks",
        "kappa-parity-monotone",
        "harmonic-dimension",
    ),
    checks=(
        Check(
            "interval",
            "two directions, L = 0, 2, 4, to 40 digits",
            _block_exact,
            {"d": Integers(2, 5), "L": Integers(0, 4, step=2)},
            role="step",
        ),
        Check(
            "statistical",
            "least squares on samples, for a random direction",
            _block_regression,
            {"d": Integers(3, 3), "L": Integers(0, 4, step=2)},
            role="step",
            seed=23,
        ),
    ),
    planted=(
        Planted("features of degree 0 for 1", {"power": -L}),
        Planted("every degree: right for L = 0", {"step": 1}, near=True),
        Planted("6/25 for 1/4", {"odd": Fraction(6, 25)}, near=True),
        Planted("R for its square: right for R = 1", {"scale": R}, near=True),
        Planted("one feature less", {"width": WIDTH - 1}),
    ),
    weak=Check(
        "interval",
        "|x| and the x_j only",
        _block_exact,
        {"d": Integers(2, 3), "L": Integers(0, 0, step=2)},
        role="step",
    ),
    spec="width-1.3",
)


# --- in probability -------------------------------------------------------------------


def _probability_exact(statement, domain) -> Result:
    """Take (+-c, e_w) with w uniform on n axes: one low direction, n high ones.

    The high eigenvalues are 1/n and t_L = 1. The features are N axes, or the low one
    and N - 1 axes.
    """

    def compare(case):
        size, number, low, error, with_low = case
        axes = number - 1 if with_low else number
        missed = Fraction(0) if with_low else low
        reached = [k for k in range(size) if missed + int(k >= axes) <= error]
        chance = Rational(len(reached), size)
        values = {N: number, kappa: Rational(1, size), tail: 1, square: 1 + low}
        bound = statement.bound.subs(values).subs(epsilon, error)
        words = f"(n, N, c^2, error, low): {chance} <= {bound}"
        return bool(chance <= bound), words

    low, errors = (Rational(1, 10**6), Rational(1, 2)), (0, Rational(1, 2))
    cases = product((5, 9), domain["N"], low, (*errors, Rational(1, 10**6)), (0, 1))
    return every((case for case in cases if case[1] <= case[0]), compare)


def _probability_steps(statement, domain) -> Result:
    """Read Markov's inequality at s = t_L - epsilon for N kappa_{>L}."""
    difference = simplify(statement.bound - N * kappa / (tail - epsilon))
    if difference != 0:
        return unknown(f"Markov's inequality gives another bound: {difference}")
    share = Symbol("delta", positive=True)
    return every_identity(
        [
            (
                "the least N at probability delta",
                statement.bound.subs(N, share * (tail - epsilon) / kappa),
                share,
            )
        ]
    )


PROBABILITY = Claim(
    id="oblivious-probability",
    title="How many directions N features reach",
    chapter=CHAPTER,
    statement=Statement(
        "In the setting of the least error let $R = 1$. For every $[[N]]$, all "
        "features $f_1, \\dots, f_N$ chosen without $w$ and every degree $L$ put\n\n"
        "$$t_L = \\sum_{\\ell > L} \\kappa_\\ell \\dim \\mathcal H_\\ell^d, "
        "\\qquad \\kappa_{>L} = \\max_{\\ell > L} \\kappa_\\ell.$$\n\n"
        "If $0 \\le \\varepsilon < t_L$, then\n\n"
        "$$\\mathbb P_w\\Bigl( \\min_u \\Bigl\\lVert \\sum_{i=1}^N u_i f_i - "
        "\\sigma_w \\Bigr\\rVert^2 \\le \\varepsilon \\Bigr) \\le [[bound]].$$",
        {"N": Integers(1)},
        {"bound": N * kappa / (tail - epsilon)},
    ),
    sources=(printed("Theorem 4.8", "sharper"),),
    uses=("dimension-markov", "oblivious-error", "oblivious-spectrum"),
    checks=(
        Check(
            "exact",
            "one low direction and 5 or 9 high ones",
            _probability_exact,
            {"N": Integers(1, 9)},
            role="step",
        ),
        Check(
            "symbolic",
            "Markov's inequality beyond degree L",
            _probability_steps,
            role="step",
        ),
    ),
    planted=(
        Planted(
            "19/20 of the bound",
            {"bound": 19 * N * kappa / (20 * (tail - epsilon))},
            near=True,
        ),
        Planted("the error added", {"bound": N * kappa / (tail + epsilon)}, near=True),
        Planted("one feature less", {"bound": (N - 1) * kappa / (tail - epsilon)}),
        Planted(
            "the low degrees counted too: right where they hold nothing",
            {"bound": N * kappa / (square - epsilon)},
            near=True,
        ),
    ),
    weak=Check(
        "exact",
        "N = n: probability at most 1",
        lambda statement, domain: every(
            [5],
            lambda n: (
                statement.bound.subs({N: n, kappa: Rational(1, n), tail: 1, epsilon: 0})
                >= Rational(9, 10),
                "9/10 <= the bound",
            ),
        ),
        role="step",
    ),
    spec="width-1.5",
)


# --- the sign of the bias -------------------------------------------------------------

BIASES = (Rational(1, 2), Rational(1), Rational(2))
TERMS = 120


def _energy(k: int, value: Rational, tails: arb, density: arb) -> arb:
    """Enclose the squared Hermite coefficient of [t + b]_+."""
    bias_ball = exact_ball(value)
    if k == 0:
        return (bias_ball * tails + density) ** 2
    if k == 1:
        return tails**2
    return density**2 * exact_ball(_squared_hermite(k, value))


def _squared_hermite(k: int, value: Rational) -> Fraction:
    """Return he_(k-2)(b)^2 / (k (k - 1)), with the orthonormal he."""
    point = Fraction(int(value.p), int(value.q))
    return _monic_hermite(k - 2, point) ** 2 / (factorial(k - 2) * k * (k - 1))


@cache
def _monic_hermite(n: int, point: Fraction) -> Fraction:
    """Return He_n by its recurrence."""
    if n < 2:
        return point**n
    return point * _monic_hermite(n - 1, point) - (n - 1) * _monic_hermite(n - 2, point)


@cache
def low_eigenvalues(d: int, value: Rational) -> tuple[arb, arb, arb]:
    """Enclose |sigma|^2, kappa_0 and kappa_1 at a bias: a positive series and its rest.

    kappa_0 and kappa_1 are sums of c_k^2 E t^k over even, and c_k^2 E t^(k+1) over odd
    k. The moments decrease, and the c_k^2 sum to |sigma|^2.
    """
    bias_ball = exact_ball(value)
    tails = (-bias_ball / arb(2).sqrt()).erfc() / 2
    density = (-(bias_ball**2) / 2).exp() / (2 * arb.pi()).sqrt()
    energy = (1 + bias_ball**2) * tails + bias_ball * density
    energies = [_energy(k, value, tails, density) for k in range(TERMS)]
    spare = energy - sum(energies, arb(0))
    found = []
    for parity in (0, 1):
        moment, total = arb(1) / d**parity, arb(0)
        for k in range(parity, TERMS, 2):
            total += energies[k] * moment
            moment *= arb(k + parity + 1) / (d + k + parity)
        found.append(total + moment * spare * arb(0.5, 0.5))
    return energy, *found


def _bias_energies(statement, domain) -> Result:
    """Compare c_k^2 at both biases for k >= 2: the same blocks from degree 2 on."""

    def compare(case):
        k, value = case
        other = statement.other.subs(b, value)
        left, right = (_squared_hermite(k, v) for v in (value, other))
        factor = exp(-(value**2)), exp(-(other**2))
        true = left == right and (left == 0 or factor[0] == factor[1])
        return true, f"(k, b): {left} {factor[0]} = {right} {factor[1]}"

    return every(product(range(2, 40), BIASES), compare)


@ctx.workprec(BITS)
def _bias_low(statement, domain) -> Result:
    """Compare the error that so many features leave, for both biases.

    If it differs, then for an error in between one bias needs more features than the
    threshold and the other does not.
    """

    def compare(case):
        dimension, value = case
        threshold = whole_of(statement.threshold, d=dimension)
        errors = []
        for bias in (value, statement.other.subs(b, value)):
            energy, zero, one = low_eigenvalues(dimension, Rational(bias))
            if not zero > one:
                return None, "the order of kappa_0 and kappa_1"
            kept = [zero] * (threshold > 0) + [one] * min(dimension, threshold - 1)
            errors.append(energy - sum(kept, arb(0)))
        words = f"(d, b): the errors of {threshold} features: "
        words += " = ".join(error.str(10, radius=False) for error in errors)
        return errors[0].overlaps(errors[1]), words

    return every(product(domain["d"], BIASES), compare)


def _bias_algebra(statement, domain) -> Result:
    """[z + b]_+ - [-z - b]_+ = z + b, on both sides of the kink."""
    distance = Symbol("y", positive=True)
    if statement.other != -b or statement.threshold != d + 1:
        return unknown("the identity reflects the bias and frees degrees 0 and 1")
    right, left = Max(distance, 0), Max(-distance, 0)
    return every_identity(
        [
            ("right of the kink", right - left, distance),
            ("left of the kink", left - right, -distance),
        ]
    )


BIAS = Claim(
    id="bias-sign-width",
    title="The sign of the bias costs nothing",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and $[[b]]$ let $N_*(\\varepsilon; b)$ be the least "
        "$N$ with $\\mathcal E_N \\le \\varepsilon$ at the relative bias $b$. If "
        "$N_*(\\varepsilon; b) > [[threshold]]$, then\n\n"
        "$$N_*(\\varepsilon; [[other]]) = N_*(\\varepsilon; b).$$",
        {"d": Integers(2), "b": Reals()},
        {"threshold": d + 1, "other": -b},
    ),
    sources=(printed("Theorem 4.2", "background"),),
    uses=(
        "oblivious-error",
        "neuron-hermite",
        "kappa-bias-sign",
        "kappa-first-blocks",
        "kappa-parity-monotone",
    ),
    checks=(
        Check(
            "exact",
            "Hermite energies of degree 2 to 39 at three biases",
            _bias_energies,
            role="step",
        ),
        Check(
            "interval",
            "the error of d + 1 features, d = 4, ..., 8, at three biases",
            _bias_low,
            {"d": Integers(4, 8)},
            role="step",
        ),
        Check("symbolic", "an affine difference", _bias_algebra, role="step"),
    ),
    planted=(
        Planted("d features are enough", {"threshold": d}, near=True),
        Planted("from the second feature on", {"threshold": Integer(1)}),
        Planted("19/20 of the bias", {"other": -19 * b / 20}, near=True),
        Planted("no bias at all", {"other": Integer(0)}),
    ),
    weak=Check(
        "exact",
        "degree 2 without its density",
        lambda statement, domain: every(
            [2],
            lambda k: (
                _squared_hermite(k, Rational(1))
                == _squared_hermite(k, statement.other.subs(b, 1)),
                "1/2 = 1/2",
            ),
        ),
        role="step",
    ),
    spec="width-2",
)

CLAIMS = (HALF_SPHERE, OBLIVIOUS, BLOCK, PROBABILITY, BIAS, *growth.CLAIMS)
