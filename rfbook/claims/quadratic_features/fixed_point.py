r"""The fixed-point equation of the random features' limit, and what its root measures.

The checks count roots with Sturm sequences and invert matrices of fractions. A *law* is
a finite law on the half-line, as a tuple of pairs (atom, weight). Here stand also the
tools that the other claims about the limit share: symbols, weights, extrapolation.
"""

from fractions import Fraction
from functools import cache
from itertools import product

import numpy as np
from sympy import (
    Expr,
    Integer,
    Poly,
    Rational,
    Symbol,
    cancel,
    diff,
    expand,
    fraction,
    lambdify,
    limit,
    oo,
    simplify,
    sqrt,
    symbols,
    together,
)

from rfbook.claims.quadratic_features.polynomials import mean
from rfbook.claims.quadratic_features.sources import CHAPTER, printed
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
    unknown,
)

rho = Symbol("rho", positive=True)
nu = Symbol("nu", positive=True)
t = Symbol("t", nonnegative=True)
d = Symbol("d", integer=True, positive=True)
N = Symbol("N", integer=True, positive=True)
chi = Symbol("chi", positive=True)
first = Symbol(r"\hat\sigma_1", positive=True)  # it only enters squared
second = Symbol(r"\hat\sigma_2", positive=True)
rest = Symbol(r"\hat\sigma_{\ge 2}", positive=True)
zero_atom = Symbol(r"\mathcal D(\{0\})", nonnegative=True)
cosine = Symbol(r"{\cos^2(\Gamma, B)}", nonnegative=True)

POSITIVE = Reals(0, None, open_low=True)
KERNEL = first**2 * t / (1 + first**2 * t * nu)

HALF = Fraction(1, 2)
LAWS = (
    ((1, 1),),
    ((HALF, HALF), (3 * HALF, HALF)),
    ((0, HALF), (2, HALF)),
    (
        (0, Fraction(1, 4)),
        (HALF, Fraction(1, 4)),
        (3 * HALF, Fraction(1, 4)),
        (2, Fraction(1, 4)),
    ),
)
"""Laws of mean 1: without and with an atom at 0."""

WIDTHS = (Fraction(1, 100), 1, 20)


def widths(domain, values=WIDTHS) -> list:
    """Return those of the values of rho that lie in the domain."""
    return [v for v in values if domain["rho"].contains(Reals(v, v))]


def averaged(kernel: Expr, law) -> Expr:
    """Average a function of t over a law."""
    return sum(Rational(weight) * kernel.subs(t, Rational(x)) for x, weight in law)


def numerator(equation: Expr) -> Poly:
    """Return the polynomial in nu whose zeros are those of a rational function."""
    return Poly(fraction(cancel(together(equation)))[0], nu)


def positive_roots(polynomial: Poly) -> int:
    """Count the different roots in (0, oo) with Sturm's theorem."""
    return polynomial.count_roots(0, oo) - (polynomial.eval(0) == 0)


# --- the fixed point ------------------------------------------------------------------

ENERGIES = ((0, 1), (1, 1), (HALF, Fraction(1, 10)), (2, 3))
"""Pairs: sigma_1 and sigma_{>= 2}."""


def _root_proof(statement, domain) -> Result:
    """See that the integral part, times nu, rises from 0 below its tangent."""
    part = nu * statement.kernel
    slope, below = (
        simplify(diff(part, nu)),
        simplify(first**2 * t * nu - part),
    )
    if not (slope.is_nonnegative and below.is_nonnegative):
        return unknown(f"the signs of {slope} and of {below}")
    tangent = rest**2 + first**2 * statement.mean
    return every_identity(
        (
            ("the left side times nu", nu * statement.left, -(rest**2) * nu),
            ("the pole times nu", nu * statement.pole, -rho),
            ("the integral part at 0", part.subs(nu, 0), 0),
            ("the lower end", statement.low * tangent, rho),
            ("the upper end", statement.high * rest**2, rho),
        )
    )


def _root_sturm(statement, domain, laws=LAWS, energies=ENERGIES, at=WIDTHS):
    """Count the roots exactly, on the half-line and between the two ends."""

    def decide(point):
        law, (one, above), width = point
        law = [(x * statement.mean, weight) for x, weight in law]
        values = {first: Rational(one), rest: Rational(above), rho: Rational(width)}
        equation = statement.left - statement.pole - averaged(statement.kernel, law)
        polynomial = numerator(equation.subs(values))
        low, high = statement.low.subs(values), statement.high.subs(values)
        inside = polynomial.count_roots(low, high) if low <= high else 0
        total = positive_roots(polynomial)
        return total == inside == 1, f"{total} roots, {inside} in [{low}, {high}]"

    return every(product(laws, energies, widths(domain, at)), decide)


FIXED_POINT = Claim(
    id="rf-fixed-point",
    title="The fixed-point equation has one root",
    chapter=CHAPTER,
    statement=Statement(
        "Let $[[rho]]$, let $\\mathcal D$ be a law on $[0, \\infty)$ of mean "
        "$[[mean]]$, "
        "and let $\\hat\\sigma_{\\ge 2} > 0$. Then the equation\n\n"
        "$$[[left]] = [[pole]] + \\int [[kernel]]\\, \\mathcal D(dt)$$\n\n"
        "has exactly one root $\\nu > 0$, and\n\n"
        "$$[[low]] \\le \\nu \\le [[high]].$$",
        {"rho": POSITIVE},
        {
            "mean": 1,
            "left": -(rest**2),
            "pole": -rho / nu,
            "kernel": KERNEL,
            "low": rho / (first**2 + rest**2),
            "high": rho / rest**2,
        },
    ),
    sources=(
        printed(
            "Equation (9)", "sharper", "the bounds of the root are not in the text"
        ),
    ),
    checks=(
        Check(
            "symbolic",
            "the integral part rises below its tangent, for all symbols",
            _root_proof,
            role="step",
        ),
        Check(
            "exact",
            "the roots counted by Sturm's theorem, for four laws",
            _root_sturm,
            role="step",
        ),
    ),
    planted=(
        Planted("the sign of the integral", {"kernel": -KERNEL}),
        Planted(
            "21/20 of the lower end: right at rho = 1",
            {"low": Rational(21, 20) * rho / (first**2 + rest**2)},
            near=True,
        ),
        Planted(
            "19/20 of the upper end",
            {"high": Rational(19, 20) * rho / rest**2},
            near=True,
        ),
        Planted("a law of mean 2", {"mean": 2}),
        Planted(
            "the linear part forgotten below", {"low": rho / (first**2 / 2 + rest**2)}
        ),
    ),
    weak=Check(
        "exact",
        "one atom, one activation, rho = 1",
        lambda statement, domain: _root_sturm(
            statement, domain, LAWS[:1], ENERGIES[1:2], (1,)
        ),
        role="step",
    ),
    spec="GM-eq9/14",
)


def _linear_proof(statement, domain) -> Result:
    """Where t > 0, nu times the integrand rises from 0 to 1; at t = 0 it is 0."""
    positive = Symbol("t", positive=True)
    part = simplify(nu * statement.kernel.subs(t, positive))
    if not simplify(diff(part, nu)).is_positive:
        return unknown(f"the sign of {diff(part, nu)}")
    return every_identity(
        (
            ("at t = 0", statement.kernel.subs(t, 0), 0),
            ("at nu = 0", part.subs(nu, 0), 0),
            ("the supremum", limit(part, nu, oo), 1),
            ("the mass beyond 0", statement.threshold, 1 - zero_atom),
        )
    )


def _linear_sturm(statement, domain, laws=LAWS) -> Result:
    def decide(point):
        law, one, width = point
        kernel = averaged(statement.kernel.subs(first, Rational(one)), law)
        count = positive_roots(numerator(Rational(width) / nu - kernel))
        atom = Rational(dict(law).get(0, 0))
        threshold = statement.threshold.subs(zero_atom, atom)
        claimed = statement.relation.exact(Rational(width), threshold)
        return (count > 0) == claimed, (
            f"{count} roots, {width} {statement.relation.symbol} {threshold}"
        )

    near = [Fraction(k, 8) for k in range(1, 10)]
    return every(product(laws, (2,), widths(domain, near)), decide)


FIXED_POINT_LINEAR = Claim(
    id="rf-fixed-point-linear",
    title="Affine activations: a root only for few features",
    chapter=CHAPTER,
    statement=Statement(
        "Let $[[rho]]$, let $\\mathcal D$ be a law on $[0, \\infty)$ of mean 1, and "
        "let "
        "$\\hat\\sigma_1 \\ne 0$. For $\\hat\\sigma_{\\ge 2} = 0$ the equation of "
        "{prf:ref}`rf-fixed-point`,\n\n"
        "$$\\frac{\\rho}{\\nu} = \\int [[kernel]]\\, \\mathcal D(dt),$$\n\n"
        "has a root $\\nu > 0$ if and only if $\\rho [[relation]] [[threshold]]$.",
        {"rho": POSITIVE},
        {
            "kernel": KERNEL,
            "relation": Relation("<"),
            "threshold": 1 - zero_atom,
        },
    ),
    sources=(printed("Equation (9)", "implied", "A1 excludes affine activations"),),
    uses=("rf-fixed-point",),
    checks=(
        Check(
            "symbolic",
            "the integrand rises from 0 to 1 where t > 0, for all symbols",
            _linear_proof,
            role="step",
        ),
        Check(
            "exact",
            "the roots counted by Sturm's theorem, with and without an atom at 0",
            _linear_sturm,
            role="step",
        ),
    ),
    planted=(
        Planted(
            "below 1: right where 0 is no atom", {"threshold": Integer(1)}, near=True
        ),
        Planted("half of the atom", {"threshold": 1 - zero_atom / 2}),
        Planted("also at the threshold", {"relation": Relation("<=")}, near=True),
        Planted("many features instead of few", {"relation": Relation(">")}),
    ),
    weak=Check(
        "exact",
        "no atom at 0",
        lambda statement, domain: _linear_sturm(statement, domain, LAWS[:2]),
        role="step",
    ),
    spec="GM-eq9/14",
)


def _isotropic_algebra(statement, domain) -> Result:
    """Clear the denominator at t = 1, and decide the sign of the root."""
    one, two = first**2, rest**2
    equation = (two + KERNEL.subs(t, 1) - rho / nu) * nu * (1 + one * nu)
    middle = two + one - rho * one
    completed = 2 * one * two * statement.root + middle
    return every_identity(
        (
            ("without denominators", equation, statement.quadratic),
            ("the root", statement.quadratic.subs(nu, statement.root), 0),
            # a nonnegative root whose square exceeds the middle's: nu > 0
            ("its sign", completed, sqrt(middle**2 + 4 * one * two * rho)),
        )
    )


def _isotropic_points(statement, domain) -> Result:
    """Exactly at points where the discriminant is a square or not."""

    def decide(point):
        (one, above), width = point
        values = {first: Rational(one), rest: Rational(above), rho: Rational(width)}
        value = statement.root.subs(values)
        equation = rest**2 + KERNEL.subs(t, 1) - rho / nu
        left = simplify(equation.subs(values).subs(nu, value))
        return bool(value > 0) and left == 0, f"root {value}: {left} = 0"

    return every(product(ENERGIES[1:], widths(domain)), decide)


MIDDLE = rest**2 + first**2 - rho * first**2
QUADRATIC = first**2 * rest**2 * nu**2 + MIDDLE * nu - rho
DISCRIMINANT = MIDDLE**2 + 4 * first**2 * rest**2 * rho

FIXED_POINT_ISOTROPIC = Claim(
    id="rf-fixed-point-isotropic",
    title="Isotropic weights: a quadratic equation",
    chapter=CHAPTER,
    statement=Statement(
        "Let $[[rho]]$, $\\hat\\sigma_1 \\ne 0$, $\\hat\\sigma_{\\ge 2} > 0$ and "
        "$\\mathcal D = \\delta_1$. The root of {prf:ref}`rf-fixed-point` is the "
        "positive root of\n\n"
        "$$[[quadratic]] = 0,$$\n\n"
        "that is\n\n"
        "$$\\nu = [[root]].$$",
        {"rho": POSITIVE},
        {
            "quadratic": QUADRATIC,
            "root": (-MIDDLE + sqrt(DISCRIMINANT)) / (2 * first**2 * rest**2),
        },
    ),
    sources=(printed("Equation (9)", "implied"),),
    uses=("rf-fixed-point",),
    checks=(
        Check("symbolic", "the algebra, for all symbols", _isotropic_algebra),
        Check(
            "exact",
            "the root at nine rational points",
            _isotropic_points,
            role="step",
        ),
    ),
    planted=(
        Planted(
            "the other root",
            {"root": (-MIDDLE - sqrt(DISCRIMINANT)) / (2 * first**2 * rest**2)},
        ),
        Planted(
            "rho in the wrong place",
            {"quadratic": QUADRATIC + rho * (first**2 - rest**2) * nu},
        ),
        Planted("the sign of rho", {"quadratic": QUADRATIC + 2 * rho}),
        Planted(
            "21/20 of the root",
            {
                "root": Rational(21, 20)
                * (-MIDDLE + sqrt(DISCRIMINANT))
                / (2 * first**2 * rest**2)
            },
            near=True,
        ),
    ),
    weak=Check(
        "symbolic",
        "the leading and the constant coefficient",
        lambda statement, domain: every_identity(
            (
                (
                    "ends",
                    Poly(statement.quadratic, nu).coeff_monomial(nu**2),
                    first**2 * rest**2,
                ),
            )
        ),
        role="step",
    ),
    spec="GM-eq9/14",
)


# --- a finite sample, and its limit by Richardson's extrapolation ---------------------

ATOMS = (0.5, 1.5)
"""Eigenvalues of d Gamma, half of them each."""


def gaussian_weights(
    size: int, count: int, atoms, rng: np.random.Generator
) -> np.ndarray:
    """Draw weights with covariance Gamma, whose d Gamma has the atoms half and half."""
    spread = np.sqrt(np.repeat(atoms, size // len(atoms)) / size)
    return spread[:, None] * rng.standard_normal((size, count))


def fixed_point(kernel: Expr, width: float, one: float, above: float, atoms) -> float:
    """Solve nu above^2 + mean of nu kernel = width by bisection.

    Whatever kernel a statement has: nu times the equation is -width at 0 and positive
    for large nu.
    """
    part = lambdify((t, nu, first), kernel, "math")

    def excess(value):
        mean = sum(part(x, value, one) for x in atoms) / len(atoms)
        return value * (above**2 + mean) - width

    low, high = 0.0, 1.0
    while excess(high) < 0:
        high *= 2
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle) < 0 else (low, middle)
    return (low + high) / 2


def extrapolated(sample, size: int, repeats: int) -> tuple[float, float]:
    """Return 2 mean(2d) - mean(d) and its standard error.

    A bias of order 1/d, which the finite size leaves, drops out; what is left is of
    order 1/d^2, far below the standard error at the sizes used.
    """
    small = np.array([sample(size) for _ in range(repeats)])
    large = np.array([sample(2 * size) for _ in range(repeats)])
    error = np.sqrt((4 * large.var(ddof=1) + small.var(ddof=1)) / repeats)
    return float(2 * large.mean() - small.mean()), float(error)


# --- the resolvent --------------------------------------------------------------------


def _small_weights(seed: int, size: int, count: int) -> list[list[Fraction]]:
    """Return a matrix of small fractions."""
    rng = np.random.default_rng(seed)
    return [
        [Fraction(int(k), 3) for k in rng.integers(-4, 5, count)] for _ in range(size)
    ]


def _resolvent_block(statement, domain) -> Result:
    """Compare the diagonal of A^-1 with the d x d inverse, in fractions."""
    from sympy import Matrix, eye

    def decide(point):
        size, count, one, above = point
        W = Matrix(size, count, lambda i, j: Rational(cells[i][j]))
        A = above**2 * eye(count) + one**2 * W.T * W
        others = W[:, 1:]
        inner = (above**2 * eye(size) + one**2 * others * others.T).inv()
        w = W[:, 0]
        values = {first: one, rest: above}
        claimed = (
            statement.ridge.subs(values)
            + statement.slope.subs(values) * ((w.T * inner * w)[0])
        )
        exact = 1 / A.inv()[0, 0]
        return exact == claimed, f"{exact} = {claimed}"

    cells = _small_weights(1, 4, 5)
    sizes = [(size, count) for size in (1, 2, 4) for count in (2, 3, 5)]
    energies = ((Integer(1), Integer(1)), (Integer(2), Rational(1, 3)))
    return every(
        [(s, n, one, above) for s, n in sizes for one, above in energies], decide
    )


@cache
def _trace_estimate(width, one: float, above: float, repeats: int, seed: int):
    """Extrapolate the mean of Tr A^-1 / d; the planted errors share the sample."""
    rng = np.random.default_rng(seed)

    def sample(size):
        count = int(width * size)
        W = gaussian_weights(size, count, ATOMS, rng)
        values = np.linalg.eigvalsh(above**2 * np.eye(count) + one**2 * W.T @ W)
        return np.sum(1 / values) / size

    return extrapolated(sample, 60, repeats)


def _resolvent_trace(statement, domain, rng, repeats=60) -> Result:
    one, above = 1.0, 0.8
    rows = []
    for width in widths(domain, (HALF, 2)):
        root = fixed_point(KERNEL, float(width), one, above, ATOMS)
        claimed = statement.limit.subs({nu: root, rho: float(width)})
        seed = int(rng.integers(2**32))
        estimate = _trace_estimate(width, one, above, repeats, seed)
        rows.append((f"rho = {width}", *estimate, float(claimed)))
    return agree(rows)


RESOLVENT = Claim(
    id="rf-resolvent",
    title="What the root measures",
    chapter=CHAPTER,
    statement=Statement(
        "Let $A = \\hat\\sigma_{\\ge 2}^2\\, I_N + \\hat\\sigma_1^2\\, W^{\\mathsf T} "
        "W$ "
        "with $\\hat\\sigma_{\\ge 2} > 0$, and let $W_{-i}$ be $W$ without its column "
        "$w_i$. For every $W$\n\n"
        "$$\\frac{1}{(A^{-1})_{ii}} = [[ridge]] + [[slope]]\\; w_i^{\\mathsf T} "
        "\\left( "
        "\\hat\\sigma_{\\ge 2}^2\\, I_d + \\hat\\sigma_1^2\\, W_{-i} W_{-i}^{\\mathsf "
        "T} "
        "\\right)^{-1} w_i.$$\n\n"
        "Let the $w_i$ be independent with law $\\mathcal N(0, \\Gamma)$, "
        "$\\operatorname{Tr} \\Gamma = 1$, $d\\, \\lVert \\Gamma "
        "\\rVert_{\\mathrm{op}}$ "
        "bounded, and let the spectral law of $d\\, \\Gamma$ converge to $\\mathcal D$ "
        "while $N, d \\to \\infty$ and $N/d \\to \\rho$, $[[rho]]$. Then, in "
        "probability,\n\n"
        "$$\\frac1d \\operatorname{Tr} A^{-1} \\to [[limit]],$$\n\n"
        "where $\\nu$ is the root of {prf:ref}`rf-fixed-point`.",
        {"rho": POSITIVE},
        {"ridge": rest**2, "slope": first**2 * rest**2, "limit": nu},
    ),
    sources=(printed("Equation (9)", "implied"),),
    uses=("rf-fixed-point", "bounded-differences"),
    checks=(
        Check(
            "exact",
            "the diagonal of the inverse, eighteen matrices of fractions",
            _resolvent_block,
            role="step",
        ),
        Check(
            "statistical",
            "the trace at d = 60 and 120, extrapolated, for rho = 1/2 and 2",
            _resolvent_trace,
            seed=20190601,
        ),
    ),
    planted=(
        Planted("divided by N instead of d", {"limit": nu / rho}),
        Planted("21/20 of the root", {"limit": Rational(21, 20) * nu}, near=True),
        Planted("the ridge missing in the slope", {"slope": first**2}, near=True),
        Planted("the slope's sign", {"slope": -(first**2) * rest**2}),
    ),
    weak=Check(
        "statistical",
        "ten samples only",
        lambda statement, domain, rng: _resolvent_trace(statement, domain, rng, 10),
    ),
    spec="GM-eq9/14",
)


# --- the squared overlaps of the weights ----------------------------------------------

powers = {
    k: Symbol(rf"\operatorname{{Tr}} \Gamma^{{{k}}}", positive=True) for k in (2, 4, 8)
}


def centred_overlap(w, v, gammas) -> Expr:
    """Return K for two weights: their squared overlap less both conditional means."""
    inner = sum(a * b for a, b in zip(w, v, strict=True)) ** 2
    means = sum(g * (a**2 + b**2) for a, b, g in zip(w, v, gammas, strict=True))
    return expand(inner - means + sum(g**2 for g in gammas))


COVARIANCES = ((1,), (HALF, HALF), (Fraction(1, 3), Fraction(2, 3)), (1, 3))


def _overlap_moments(statement, domain) -> Result:
    """Average the polynomials themselves, one weight after the other."""

    def decide(gammas):
        variances = [Rational(g) for g in gammas]
        size = len(variances)
        w, v, x = (symbols(f"{name}:{size}") for name in "wvx")
        here, there = centred_overlap(w, v, variances), centred_overlap(v, x, variances)
        square = mean(here**2, (*w, *v), variances * 2)
        # the walk of four steps: twice the same two steps, joined at both ends
        double = mean(expand(here * there), v, variances)
        cycle = mean(expand(double**2), (*w, *x), variances * 2)
        sums = {powers[k]: sum(g**k for g in variances) for k in powers}
        claimed = statement.square.subs(sums), statement.cycle.subs(sums)
        words = f"{square} = {claimed[0]}, {cycle} = {claimed[1]}"
        return (square, cycle) == claimed, words

    return every(COVARIANCES, decide)


def _overlap_walks(statement, domain) -> Result:
    """Count the closed walks of four steps that never stand still, by their shape."""

    def decide(count):
        shapes = {"distinct": 0, "pairs": 0, "same": 0}
        for i, j, k, m in product(range(count), repeat=4):
            if i != j and j != k and k != m and m != i:
                names = {0: "distinct", 1: "pairs", 2: "same"}
                shapes[names[(i == k) + (j == m)]] += 1
        claimed = {name: getattr(statement, name).subs(N, count) for name in shapes}
        return shapes == claimed, f"{shapes} = {claimed}"

    return every(domain["N"], decide)


OVERLAPS = Claim(
    id="rf-overlap-fluctuation",
    title="The squared overlaps of the weights hardly fluctuate",
    chapter=CHAPTER,
    statement=Statement(
        "Let $w_1, w_2, \\dots$ be independent with law $\\mathcal N(0, \\Gamma)$, "
        "and for "
        "$[[N]]$ let $K$ be the $N \\times N$ matrix with $K_{ii} = 0$ and\n\n"
        "$$K_{ij} = \\langle w_i, w_j \\rangle^2 - w_i^{\\mathsf T} \\Gamma w_i - "
        "w_j^{\\mathsf T} \\Gamma w_j + \\operatorname{Tr} \\Gamma^2 \\qquad (i \\ne "
        "j).$$\n\n"
        "Then $\\mathbb E K_{12}^2 = [[square]]$, $\\mathbb E K_{12} K_{23} K_{34} "
        "K_{41} "
        "= [[cycle]]$ and\n\n"
        "$$\\begin{aligned} \\mathbb E \\operatorname{Tr} K^4 ={} & [[distinct]]\\, "
        "\\mathbb E K_{12} K_{23} K_{34} K_{41} \\\\ & + [[pairs]]\\, \\mathbb E "
        "K_{12}^2 "
        "K_{13}^2 + [[same]]\\, \\mathbb E K_{12}^4. \\end{aligned}$$\n\n"
        "If $d\\, \\lVert \\Gamma \\rVert_{\\mathrm{op}}$ and $N/d$ stay bounded, then "
        "$\\mathbb E \\lVert K \\rVert_{\\mathrm{op}}^4 = O(1/d)$.",
        {"N": Integers(1)},
        {
            "square": 2 * (powers[2] ** 2 + powers[4]),
            "cycle": 8 * (powers[4] ** 2 + powers[8]),
            "distinct": N * (N - 1) * (N - 2) * (N - 3),
            "pairs": 2 * N * (N - 1) * (N - 2),
            "same": N * (N - 1),
        },
    ),
    sources=(printed("Theorem 1", "background", "a step of our proof"),),
    checks=(
        Check(
            "exact",
            "both means from the polynomials, four covariances with d <= 2",
            _overlap_moments,
            role="step",
        ),
        Check(
            "exact",
            "closed walks of four steps, counted for N <= 7",
            _overlap_walks,
            {"N": Integers(1, 7)},
            role="step",
        ),
    ),
    planted=(
        Planted(
            "the diagonal of the covariance operator forgotten",
            {"square": 2 * powers[2] ** 2},
        ),
        Planted(
            "the last trace dropped",
            {"cycle": 8 * powers[4] ** 2 + 0 * powers[8]},
            True,
        ),
        Planted("16 for 8", {"cycle": 16 * (powers[4] ** 2 + powers[8])}),
        Planted(
            "one of two shapes with a pair: right for N <= 2",
            {"pairs": N * (N - 1) * (N - 2)},
            near=True,
        ),
    ),
    weak=Check(
        "exact", "N <= 2 only", _overlap_walks, {"N": Integers(1, 2)}, role="step"
    ),
    spec="GM-T1",
)


CLAIMS = (
    FIXED_POINT,
    FIXED_POINT_LINEAR,
    FIXED_POINT_ISOTROPIC,
    RESOLVENT,
    OVERLAPS,
)
