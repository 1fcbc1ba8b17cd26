r"""The correlation operator of one neuron with any activation: its eigenvalues.

`oblivious-spectrum` names them. The claims after it are about the sums themselves,
kappa_l = sum_j w_{l+2j} q(d; l+2j, l): each is an identity, or an inequality, between
the overlaps q, so that algebra decides it for all weights w at once.
"""

from fractions import Fraction
from itertools import product
from math import factorial, prod

import numpy as np
import sympy
from sympy import Function, Integer, Rational, Symbol, binomial

from rfbook.claims.neuron_width.series import half_line_energy
from rfbook.claims.neuron_width.sources import CHAPTER
from rfbook.claims.tools.gaussian import (
    correlated_mean,
    hermite_recurrence,
    moment,
    product_mean,
)
from rfbook.claims.tools.sphere import (
    UNIT,
    d,
    ell,
    evaluate,
    exact,
    half,
    isotropic,
    j,
    linear_power,
    monomials,
    overlap,
    sphere_mean,
)
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Reals,
    Relation,
    Result,
    Space,
    Statement,
    agree,
    every,
    every_identity,
    holds,
    identity,
    unknown,
)

k = Symbol("k", integer=True, nonnegative=True)
m = Symbol("m", integer=True, nonnegative=True)
t = Symbol("t", real=True)
K = Function("K")

OVERLAP = overlap(ell + j, sympy.factorial(j))
"""q(d; l + 2j, l), the overlap of t^(l+2j) with P_l."""

ALL, TAKEN = binomial(d + ell - 1, ell), binomial(d + ell - 3, ell - 2)
AT_MOST = Relation("<=")

RISING = "With $x^{(n)} = x (x + 1) \\cdots (x + n - 1)$, "
SUMS = (
    "let $w_0, w_1, \\dots$ be numbers with a finite sum, each $[[w]]$, and\n\n"
    "$$\\kappa_\\ell^{(d)} = \\sum_{j \\ge 0} w_{\\ell + 2j}\\, q_j, \\qquad "
    "q_j = [[overlap]].$$\n\n"
)
WEIGHTS = Reals(0)


def overlap_at(formula, dimension: int, power: int, degree: int) -> Fraction:
    """Evaluate q(d; k, l) by a formula in d, l, j; 0 where t^k does not meet P_l."""
    if power < degree or (power - degree) % 2:
        return Fraction(0)
    values = {d: dimension, ell: degree, j: (power - degree) // 2}
    return exact(sympy.sympify(formula).subs(values))


def multiplicity(statement, dimension: int, degree: int) -> int:
    """Evaluate the dimension of the harmonics that a statement gives."""
    difference = statement.all - statement.taken
    return int(difference.subs({d: dimension, ell: degree}))


def ratio_of(after, before):
    """Return the quotient of two overlaps as a rational function."""
    quotient = sympy.gammasimp(after.rewrite(sympy.gamma) / before.rewrite(sympy.gamma))
    return sympy.simplify(sympy.expand_func(sympy.gammasimp(quotient)))


# --- the operator ---------------------------------------------------------------------

ACTIVATIONS = ((0, 1, 2), (3, 0, 0, 1), (1, -2, 0, 0, 1), (0, 0, -3, 1, 0, 1))
"""Polynomials, coefficients lowest first."""


def energy(activation: tuple, degree: int) -> Fraction:
    """Return the squared Hermite coefficient of a polynomial, by the moments of g."""
    hermite = hermite_recurrence(max(degree, 1))[degree]
    return Fraction(product_mean(activation, hermite) ** 2, factorial(degree))


def averaged(harmonic: dict, activation: tuple) -> dict:
    """Return x -> E Y(theta) sigma(<theta, x>) as a polynomial."""
    dimension = len(next(iter(harmonic)))
    found = {}
    for power, c in enumerate(activation):
        for powers in monomials(dimension, power) if c else ():
            count = factorial(power) // prod(map(factorial, powers))
            mean = sum(
                y * sphere_mean(tuple(a + b for a, b in zip(powers, at, strict=True)))
                for at, y in harmonic.items()
            )
            found[powers] = found.get(powers, 0) + c * count * mean
    return found


def seen_by(function: dict, activation: tuple, u: tuple) -> Fraction:
    """Return E f(x) sigma(<u, x>) over Gaussian x, monomial by monomial."""
    total = Fraction(0)
    for power, c in enumerate(activation):
        for powers, weight in linear_power(u, power).items() if c else ():
            for at, value in function.items():
                mean = prod(moment(a + b) for a, b in zip(powers, at, strict=True))
                total += c * weight * value * mean
    return total


def _spectrum_gaussian(statement, domain) -> Result:
    """Apply the operator: f = E Y(theta) sigma_theta is seen at u as kappa Y(u).

    Polynomial activations, Y isotropic powers, u a rational unit vector.
    """

    def compare(case):
        dimension, degree, activation = case
        kappa = sum(
            energy(activation, power)
            * overlap_at(statement.overlap, dimension, power, degree)
            for power in range(len(activation))
        )
        u = UNIT[dimension]
        for harmonic in isotropic(dimension, degree):
            found = seen_by(averaged(harmonic, activation), activation, u)
            claimed = kappa * evaluate(harmonic, u)
            if found != claimed:
                return False, f"<f, sigma_u>: {found} = {claimed}"
        return True, "the eigenvalue"

    return every(product(domain["d"], domain["ell"], ACTIVATIONS), compare)


def _spectrum_trace(statement, domain) -> Result:
    """Compare the sum over all multiplicities with the trace E sigma(g)^2."""

    def compare(case):
        dimension, activation = case
        total = sum(
            multiplicity(statement, dimension, degree)
            * energy(activation, power)
            * overlap_at(statement.overlap, dimension, power, degree)
            for power in range(len(activation))
            for degree in range(power + 1)
        )
        found = product_mean(activation, activation)
        return found == total, f"E sigma(g)^2: {found} = {total}"

    return every(product(domain["d"], ACTIVATIONS), compare)


def _spectrum_kernel(statement, domain) -> Result:
    """Compare the kernel with its power series at rational correlations."""

    def compare(case):
        activation, point = case
        found = correlated_mean(activation, activation, point)
        power = sympy.sympify(statement.power)
        claimed = sum(
            energy(activation, degree) * exact(power.subs({k: degree, t: point}))
            for degree in range(len(activation))
        )
        return found == claimed, f"K(t): {found} = {claimed}"

    points = [Rational(i, 4) for i in range(-4, 5)]
    cases = [(a, Fraction(int(p.p), int(p.q))) for a, p in product(ACTIVATIONS, points)]
    return every(cases, compare)


def _spectrum_sampled(statement, domain, rng) -> Result:
    """Sample E sigma_theta(x) sigma_theta'(x) P_l(<theta, theta'>) for the ReLU."""
    count, rows = 400_000, []
    for dimension, degree in product(domain["d"], domain["ell"]):
        left, right, inputs = rng.standard_normal((3, count, dimension))
        left, right = (
            v / np.linalg.norm(v, axis=1, keepdims=True) for v in (left, right)
        )
        cosine = np.einsum("ij,ij->i", left, right)
        zonal = (np.ones(count), cosine, (dimension * cosine**2 - 1) / (dimension - 1))
        values = zonal[degree]
        for w in (left, right):
            values = values * np.maximum(np.einsum("ij,ij->i", w, inputs), 0)
        claimed = sum(
            float(half_line_energy(power))
            * float(overlap_at(statement.overlap, dimension, power, degree))
            for power in range(60)
        )
        error = values.std(ddof=1) / np.sqrt(count)
        rows.append((f"d = {dimension}, l = {degree}", values.mean(), error, claimed))
    return agree(rows)


SPECTRUM = Claim(
    id="oblivious-spectrum",
    title="The spectrum of the correlation operator",
    chapter=CHAPTER,
    statement=Statement(
        "Let $[[sigma]]$, let $\\theta$ be uniform on $S^{d-1}$, "
        "$\\sigma_\\theta(x) = \\sigma(\\langle \\theta, x \\rangle)$, and\n\n"
        "$$\\mathcal T f = \\mathbb E_\\theta\\, "
        "\\langle f, \\sigma_\\theta \\rangle\\, \\sigma_\\theta \\quad "
        "(f \\in L^2(\\gamma_d)), \\qquad "
        "K(t) = \\mathbb E\\, \\sigma(g)\\, \\sigma(g_t) = "
        "\\sum_{k \\ge 0} \\hat\\sigma_k^2\\, [[power]].$$\n\n"
        "For every $[[d]]$ the operator has an eigenvalue for each $[[ell]]$,\n\n"
        "$$\\kappa_\\ell = \\int_{-1}^1 K P_\\ell^{(d)}\\, d\\mu_d = "
        "\\sum_{j \\ge 0} \\hat\\sigma_{\\ell + 2j}^2\\, [[overlap]], \\qquad "
        "x^{(n)} = x (x + 1) \\cdots (x + n - 1),$$\n\n"
        "of multiplicity $\\dim \\mathcal H_\\ell^d = [[all]] - [[taken]]$. Equal ones "
        "add up, and besides these there is only 0.",
        {
            "sigma": Space("L^2(\\gamma_1)"),
            "d": Integers(2),
            "ell": Integers(0),
        },
        {"power": t**k, "overlap": OVERLAP, "all": ALL, "taken": TAKEN},
    ),
    uses=("hermite-mehler", "funk-hecke", "sphere-overlap", "harmonic-dimension"),
    checks=(
        Check(
            "exact",
            "polynomial activations: the operator applied to harmonics",
            _spectrum_gaussian,
            {"d": Integers(2, 4), "ell": Integers(0, 3)},
            role="step",
        ),
        Check(
            "exact",
            "polynomial activations: the trace",
            _spectrum_trace,
            {"d": Integers(2, 8)},
            role="step",
        ),
        Check(
            "exact",
            "polynomial activations: the kernel",
            _spectrum_kernel,
            role="step",
        ),
        Check(
            "statistical",
            "the ReLU, by sampling two directions and an input",
            _spectrum_sampled,
            {"d": Integers(3, 4), "ell": Integers(0, 2)},
            seed=31,
        ),
    ),
    planted=(
        Planted(
            "j! is lost: right for j < 2", {"overlap": overlap(ell + j)}, near=True
        ),
        Planted(
            "a rising power too short: right for l = 0",
            {"overlap": overlap(j, sympy.factorial(j))},
            near=True,
        ),
        Planted(
            "all polynomials for the harmonics: right for l < 2",
            {"taken": Integer(0)},
            near=True,
        ),
        Planted(
            "the harmonics of three dimensions",
            {"all": 2 * ell + 1, "taken": Integer(0)},
        ),
        Planted("the square of the correlation", {"power": t ** (2 * k)}),
        Planted("one dimension more", {"overlap": OVERLAP.subs(d, d + 1)}),
    ),
    weak=Check(
        "exact",
        "degree 0 alone",
        lambda statement, domain: _spectrum_gaussian(
            statement, {"d": Integers(2, 2), "ell": Integers(0, 0)}
        ),
        role="step",
    ),
    spec="NW-1",
)


# --- each parity falls ----------------------------------------------------------------


def samples(values: Reals) -> list[int]:
    """Return those of -1, 0, 1 that a domain of weights contains."""
    return [int(w) for w in values.among((1, 0, -1))]


def _parity_terms(statement, domain) -> Result:
    """q(l + 2) / q(l) for one power is j / (d/2 + l + j), in [0, 1): term by term."""
    if (statement.shift, statement.relation) != (2, AT_MOST):
        return unknown("the terms are compared two degrees on, by at most")
    if domain["w"] != WEIGHTS or not Integers(1).contains(domain["d"]):
        return unknown("the terms must not be negative")
    after = statement.overlap.subs({ell: ell + 2, j: j - 1}, simultaneous=True)
    ratio = ratio_of(after, statement.overlap)
    left = sympy.factor(1 - ratio)
    if not (ratio.is_nonnegative and left.is_positive):
        return unknown(f"whether {ratio} lies in [0, 1)")
    return holds(f"the ratio of the terms is {ratio}")


def _parity_exact(statement, domain) -> Result:
    """One weight w_k at a time: both sides are multiples of an overlap."""

    def compare(case):
        dimension, degree, power, weight = case
        after, before = (
            weight * overlap_at(statement.overlap, dimension, power, at)
            for at in (degree + statement.shift, degree)
        )
        true = statement.relation.exact(after, before)
        true = true and (after != before or before == 0)
        return true, f"(d, l, k, w_k): {after} {statement.relation.symbol} {before}"

    cases = product(domain["d"], domain["ell"], range(13), samples(domain["w"]))
    return every(cases, compare)


PARITY = Claim(
    id="kappa-parity-monotone",
    title="Even and odd degrees fall",
    chapter=CHAPTER,
    statement=Statement(
        RISING + SUMS + "For every $[[d]]$ and $[[ell]]$\n\n"
        "$$\\kappa_{\\ell + [[shift]]}^{(d)} [[relation]] \\kappa_\\ell^{(d)},$$\n\n"
        "with equality only if both are 0.",
        {"w": WEIGHTS, "d": Integers(2), "ell": Integers(0)},
        {"overlap": OVERLAP, "shift": 2, "relation": AT_MOST},
    ),
    uses=("oblivious-spectrum",),
    checks=(
        Check("symbolic", "term by term, for symbolic d, l and j", _parity_terms),
        Check(
            "exact",
            "one weight at a time",
            _parity_exact,
            {"d": Integers(2, 6), "ell": Integers(0, 8)},
            role="step",
        ),
    ),
    planted=(
        Planted("from each degree to the next", {"shift": 1}),
        Planted("never equal", {"relation": Relation("<")}, near=True),
        Planted("weights of any sign", {"w": Reals()}, near=True),
        Planted("the other way", {"relation": Relation(">=")}),
        Planted(
            "a rising power too short: right for l = 0",
            {"overlap": overlap(j, sympy.factorial(j))},
            near=True,
        ),
    ),
    weak=Check(
        "exact",
        "d = 2, l = 0 and w_2 = 1 only",
        lambda statement, domain: every(
            [2],
            lambda power: (
                overlap_at(statement.overlap, 2, 2, statement.shift)
                <= overlap_at(statement.overlap, 2, 2, 0),
                "kappa at d = 2",
            ),
        ),
        role="step",
    ),
    spec="NW-1.3",
)


# --- from one dimension to another ----------------------------------------------------


def _shift_terms(statement, domain) -> Result:
    """Divide by q(d; k, l): each power of t on its own."""
    value = statement.overlap
    lower = ratio_of(value.subs({ell: ell + 2, j: j - 1}, simultaneous=True), value)
    higher = ratio_of(value.subs(d, d + 2), value)
    return identity(1 - lower, statement.factor * higher)


def _shift_exact(statement, domain) -> Result:
    def compare(case):
        dimension, degree, power = case
        value = statement.overlap
        left = overlap_at(value, dimension, power, degree)
        left -= overlap_at(value, dimension, power, degree + 2)
        factor = sympy.sympify(statement.factor).subs({d: dimension, ell: degree})
        right = exact(factor) * overlap_at(value, dimension + 2, power, degree)
        return left == right, f"(d, l, k): {left} = {right}"

    return every(product(domain["d"], domain["ell"], range(13)), compare)


SHIFT = Claim(
    id="kappa-dimension-shift",
    title="Two dimensions on",
    chapter=CHAPTER,
    statement=Statement(
        RISING + SUMS + "For every $[[d]]$ and $[[ell]]$\n\n"
        "$$\\kappa_\\ell^{(d)} - \\kappa_{\\ell + 2}^{(d)} = "
        "[[factor]]\\, \\kappa_\\ell^{(d + 2)}.$$",
        {"w": WEIGHTS, "d": Integers(2), "ell": Integers(0)},
        {"overlap": OVERLAP, "factor": (d + 2 * ell) / d},
    ),
    uses=("oblivious-spectrum",),
    checks=(
        Check(
            "exact",
            "one weight at a time",
            _shift_exact,
            {"d": Integers(2, 6), "ell": Integers(0, 8)},
            role="step",
        ),
        Check("symbolic", "term by term, for symbolic d, l and j", _shift_terms),
    ),
    planted=(
        Planted("right for l = 0", {"factor": (d + ell) / d}, near=True),
        Planted("the inverse", {"factor": d / (d + 2 * ell)}),
        Planted("right for d = 2", {"factor": 1 + ell}, near=True),
        Planted("20/21 of it", {"factor": 20 * (d + 2 * ell) / (21 * d)}, near=True),
        Planted("the sign", {"factor": -(d + 2 * ell) / d}),
    ),
    weak=Check(
        "exact",
        "l = 0 only",
        lambda statement, domain: _shift_exact(
            statement, {"d": Integers(2, 6), "ell": Integers(0, 0)}
        ),
        role="step",
    ),
    spec="NW-1.4",
)


def _derivative_terms(statement, domain) -> Result:
    """Compare both sides for the power k + m = l + m + 2j, for symbolic m."""
    value = statement.overlap
    left = value.subs(ell, ell + m)
    right = statement.factor * statement.derived.subs(k, ell + 2 * j)
    right *= value.subs(d, d + 2 * m)
    return identity(ratio_of(right, left), Integer(1))


def _derivative_exact(statement, domain) -> Result:
    """Differentiate t^n m times: its coefficient is n (n - 1) ... (n - m + 1)."""

    def compare(case):
        dimension, degree, times, power = case
        left = overlap_at(statement.overlap, dimension, power, degree + times)
        down = power - times
        coefficient = sympy.sympify(statement.derived).subs({k: down, m: times})
        found = prod(range(down + 1, power + 1))
        if coefficient != found:
            return False, f"(d, l, m, n): coefficient {coefficient} = {found}"
        factor = sympy.sympify(statement.factor).subs({d: dimension, m: times})
        right = exact(factor * coefficient)
        right *= overlap_at(statement.overlap, dimension + 2 * times, down, degree)
        return left == right, f"(d, l, m, n): {left} = {right}"

    cases = product(domain["d"], domain["ell"], domain["m"], range(13))
    return every([case for case in cases if case[3] >= case[2]], compare)


DERIVATIVE = Claim(
    id="kappa-derivative-shift",
    title="The eigenvalues of a derivative",
    chapter=CHAPTER,
    statement=Statement(
        RISING + SUMS + "For $K(t) = \\sum_k w_k t^k$ the $m$-th derivative has the "
        "coefficients $w'_k = [[derived]]\\, w_{k + m}$. For every $[[d]]$, $[[ell]]$ "
        "and $[[m]]$\n\n"
        "$$\\kappa_{\\ell + m}^{(d)} = [[factor]]\\, "
        "\\kappa_\\ell'^{\\,(d + 2m)},$$\n\n"
        "where $\\kappa'$ is the sum with the weights $w'$.",
        {"w": WEIGHTS, "d": Integers(2), "ell": Integers(0), "m": Integers(0)},
        {
            "overlap": OVERLAP,
            "derived": sympy.factorial(k + m) / sympy.factorial(k),
            "factor": 1 / (2**m * sympy.RisingFactorial(d / 2, m)),
        },
    ),
    uses=("oblivious-spectrum",),
    checks=(
        Check(
            "exact",
            "one weight at a time",
            _derivative_exact,
            {"d": Integers(2, 5), "ell": Integers(0, 5), "m": Integers(0, 4)},
            role="step",
        ),
        Check(
            "symbolic", "term by term, for symbolic d, l, m and j", _derivative_terms
        ),
    ),
    planted=(
        Planted("d^m: right for m < 2", {"factor": d ** (-m)}, near=True),
        Planted("2^m is lost", {"factor": 1 / sympy.RisingFactorial(d / 2, m)}),
        Planted(
            "one dimension more",
            {"factor": 1 / (2**m * sympy.RisingFactorial((d + 1) / 2, m))},
        ),
        Planted(
            "Taylor's coefficients: right for m < 2",
            {"derived": binomial(k + m, m)},
            near=True,
        ),
    ),
    weak=Check(
        "exact",
        "m = 1 only",
        lambda statement, domain: _derivative_exact(
            statement, domain | {"m": Integers(1, 1)}
        ),
        {"d": Integers(2, 5), "ell": Integers(0, 5)},
        role="step",
    ),
    spec="NW-1.4",
)


# --- where a Hermite polynomial sits --------------------------------------------------


def masses(statement, dimension: int, power: int) -> dict[int, Fraction]:
    """Return dim H_l q(d; k, l) for the degrees l = k, k - 2, ... by the statement."""
    return {
        degree: multiplicity(statement, dimension, degree)
        * overlap_at(statement.overlap, dimension, power, degree)
        for degree in range(power % 2, power + 1, 2)
    }


def _mean_exact(statement, domain) -> Result:
    def compare(case):
        dimension, power = case
        shares = masses(statement, *case)
        values = {d: dimension, k: power}
        mean = sum(
            share * exact(sympy.sympify(statement.spin).subs({d: dimension, ell: at}))
            for at, share in shares.items()
        )
        total, claimed = sum(shares.values()), exact(statement.mean.subs(values))
        true = total == statement.total and mean == claimed
        return true, f"(d, k): sum {total}, mean {mean} = {claimed}"

    return every(product(domain["d"], domain["k"]), compare)


def _mean_laplacian(statement, domain) -> Result:
    """-L t^k at t = 1, where L f = (1 - t^2) f'' - (d - 1) t f' and -L P = spin P."""
    z = Symbol("z", positive=True)
    power = z**k
    laplacian = (1 - z**2) * power.diff(z, 2) - (d - 1) * z * power.diff(z)
    return every_identity(
        [
            ("the spin", statement.spin, ell * (ell + d - 2)),
            ("at t = 1", -sympy.simplify(laplacian.subs(z, 1)), statement.mean),
        ]
    )


DEGREE_MEAN = Claim(
    id="hermite-degree-mean",
    title="Where a Hermite polynomial sits",
    chapter=CHAPTER,
    statement=Statement(
        RISING + "let\n\n"
        "$$p_\\ell = \\dim \\mathcal H_\\ell^d \\cdot [[overlap]], \\qquad "
        "j = \\tfrac{k - \\ell}2, \\qquad "
        "\\dim \\mathcal H_\\ell^d = [[all]] - [[taken]].$$\n\n"
        "For every $[[d]]$ and $[[k]]$, where $\\ell$ runs over "
        "$k, k - 2, \\dots$ down to 0 or 1,\n\n"
        "$$\\sum_\\ell p_\\ell = [[total]], \\qquad "
        "\\sum_\\ell p_\\ell\\, [[spin]] = [[mean]].$$",
        {"d": Integers(2), "k": Integers(0)},
        {
            "overlap": OVERLAP,
            "all": ALL,
            "taken": TAKEN,
            "total": 1,
            "spin": ell * (ell + d - 2),
            "mean": k * (d - 1),
        },
    ),
    uses=("sphere-overlap", "harmonic-dimension", "funk-hecke"),
    checks=(
        Check(
            "exact",
            "both sums",
            _mean_exact,
            {"d": Integers(2, 12), "k": Integers(0, 20)},
        ),
        Check(
            "symbolic",
            "the Laplacian of a power at t = 1, for symbolic d and k",
            _mean_laplacian,
            given=("funk-hecke",),
            role="step",
        ),
    ),
    planted=(
        Planted("as if l = k: right for k < 2", {"mean": k * (k + d - 2)}, near=True),
        Planted("kd", {"mean": k * d}),
        Planted("right for d = 2", {"mean": k + 0 * d}, near=True),
        Planted("the dimension of R^3", {"spin": ell * (ell + 1)}),
        Planted("all polynomials", {"taken": Integer(0)}, True),
        Planted("a mass of 19/20", {"total": Fraction(19, 20)}, near=True),
    ),
    weak=Check(
        "exact",
        "k < 2 only",
        _mean_exact,
        {"d": Integers(2, 12), "k": Integers(0, 1)},
    ),
    spec="NW-1.4",
)


# --- traces ---------------------------------------------------------------------------


def _traces_exact(statement, domain, powers=range(16)) -> Result:
    """One weight at a time: for K = t^k, K(1) = 1 and K(-1) = (-1)^k."""

    def compare(case):
        power = case[1]
        found = [Fraction(0), Fraction(0)]
        for degree, share in masses(statement, *case).items():
            found[degree % 2] += share
        ends = {K(1): 1, K(-1): (-1) ** power}
        sides = (statement.even, statement.odd)
        claimed = [exact(side.subs(ends)) for side in sides]
        return found == claimed, (
            f"(d, k): even {found[0]}, odd {found[1]} = {claimed[0]}, {claimed[1]}"
        )

    return every(product(domain["d"], powers), compare)


def _traces_parity(statement, domain) -> Result:
    """Add and subtract the halves: odd powers change their sign with t."""
    halves = statement.even + statement.odd, statement.even - statement.odd
    return every_identity(
        [("both", halves[0], K(1)), ("their difference", halves[1], K(-1))]
    )


TRACES = Claim(
    id="kappa-traces",
    title="What the eigenvalues sum to",
    chapter=CHAPTER,
    statement=Statement(
        RISING + SUMS + "For every $[[d]]$, with $K(t) = \\sum_k w_k t^k$ and "
        "$\\dim \\mathcal H_\\ell^d = [[all]] - [[taken]]$,\n\n"
        "$$\\sum_{\\ell\\ \\text{even}} \\dim \\mathcal H_\\ell^d\\, "
        "\\kappa_\\ell^{(d)} = [[even]], \\qquad "
        "\\sum_{\\ell\\ \\text{odd}} \\dim \\mathcal H_\\ell^d\\, "
        "\\kappa_\\ell^{(d)} = [[odd]].$$",
        {"w": WEIGHTS, "d": Integers(2)},
        {
            "overlap": OVERLAP,
            "all": ALL,
            "taken": TAKEN,
            "even": half(K(1) + K(-1)),
            "odd": half(K(1) - K(-1)),
        },
    ),
    uses=("oblivious-spectrum", "hermite-degree-mean"),
    checks=(
        Check(
            "exact",
            "one weight at a time",
            _traces_exact,
            {"d": Integers(2, 10)},
            role="step",
        ),
        Check("symbolic", "the two halves", _traces_parity, role="step"),
    ),
    planted=(
        Planted("no half", {"even": K(1) + K(-1)}),
        Planted("all in the even degrees", {"even": K(1)}),
        Planted("the odd half: right for even K", {"odd": K(1) - K(-1)}, near=True),
        Planted("19/20 of K(-1)", {"odd": (K(1) - 19 * K(-1) / 20) / 2}, near=True),
        Planted(
            "all polynomials: right for l < 2",
            {"taken": Integer(0)},
            near=True,
        ),
    ),
    weak=Check(
        "exact",
        "w_0 alone",
        lambda statement, domain: _traces_exact(statement, domain, range(1)),
        {"d": Integers(2, 10)},
        role="step",
    ),
    spec="NW-1.4",
)

CLAIMS = (SPECTRUM, PARITY, SHIFT, DERIVATIVE, DEGREE_MEAN, TRACES)
