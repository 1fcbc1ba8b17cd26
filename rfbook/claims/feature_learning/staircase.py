"""What features chosen without the target leave of each degree.

The eigenvalues are recomputed from the moments of a coordinate of the sphere and the
coefficients of Gegenbauer's polynomials, as fractions.
"""

from fractions import Fraction
from itertools import product
from math import comb

from sympy import Rational, Symbol, binomial, factorial, rf, sympify

from rfbook.claims.feature_learning.known import (
    AT_LEAST,
    CHAPTER,
    SIZES,
    N,
    d,
    k,
)
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Relation,
    Result,
    Statement,
    every,
)
from rfbook.special import gegenbauer_coefficients, harmonic_dimension, sphere_moment

ell = Symbol("ell", integer=True, nonnegative=True)
j = Symbol("j", integer=True, nonnegative=True)


def _eigenvalue(size: int, power: int, degree: int) -> Fraction:
    """Return E t^power P_degree(t), coefficient by coefficient."""
    row = gegenbauer_coefficients(size, degree)
    parts = (x * sphere_moment(size, power + i) for i, x in enumerate(row))
    return sum(parts, Fraction(0))


def _fraction(value) -> Fraction:
    value = sympify(value)
    return Fraction(int(value.p), int(value.q))


# --- any features ---------------------------------------------------------------------

SQUARES = (
    (0, 1),
    (0, 0, 1),
    (0, 0, 0, 1),
    (0, Fraction(1, 2), Fraction(1, 3), 0, Fraction(1, 6)),
    (1, 2, 3, 4, 5),
)
"""Squared Hermite coefficients of the targets that are tried."""


def _floor_exact(statement, domain, most=60) -> Result:
    """Compare with the sorted eigenvalues, and the trace, for five targets."""

    def compare(case):
        size, squares = case
        degrees = range(len(squares))
        kappa = [
            sum(squares[p] * _eigenvalue(size, p, degree) for p in degrees)
            for degree in degrees
        ]
        claimed, many = [], []
        for degree in degrees:
            value = Fraction(0)
            for i in range((len(squares) - 1 - degree) // 2 + 1):
                term = statement.term.subs({d: size, ell: degree, j: i}).doit()
                value += squares[degree + 2 * i] * _fraction(term)
            claimed.append(value)
            many.append(int(statement.many.subs({d: size, ell: degree})))
        energy = sum(squares, Fraction(0))
        row = sorted(
            (
                x
                for x, m in zip(claimed, many, strict=True)
                for _ in range(min(m, most))
            ),
            reverse=True,
        )
        true = sorted(
            (
                x
                for degree, x in enumerate(kappa)
                for _ in range(min(harmonic_dimension(size, degree), most))
            ),
            reverse=True,
        )
        whole = sum(x * m for x, m in zip(claimed, many, strict=True))
        words = f"d, squares: eigenvalues {row[:3]} ... of sum {whole}, not {energy}"
        return row[:most] == true[:most] and whole == energy, words

    return every(product(domain["d"], SQUARES), compare)


TERM = factorial(ell + 2 * j) / (2 ** (ell + 2 * j) * factorial(j) * rf(d / 2, ell + j))
MANY = binomial(ell + d - 1, ell) - binomial(ell + d - 3, ell - 2)

FLOOR = Claim(
    id="link-floor",
    title="The least error for a function of one direction",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ let $f_*(x) = H(\\langle \\theta, x \\rangle)$ with $H \\in "
        "L^2(\\gamma_1)$ and $\\theta$ uniform on the sphere. With $x^{(n)} = x (x+1) "
        "\\cdots (x + n - 1)$ let\n\n"
        "$$\\kappa_\\ell = \\sum_{j \\ge 0} \\hat H_{\\ell + 2j}^2\\, [[term]]$$\n\n"
        "and $\\lambda_1 \\ge \\lambda_2 \\ge \\dots$ be the numbers $\\kappa_0, "
        "\\kappa_1, \\dots$, each $\\kappa_\\ell$ repeated $[[many]]$ times. The least "
        "mean of $\\operatorname{dist}(f_*, V)^2$ over $\\theta$, of all spaces $V$ of "
        "at most $N$ features that are chosen without $\\theta$, is\n\n"
        "$$\\mathcal E_N = \\lVert H \\rVert^2 - \\sum_{i=1}^N \\lambda_i .$$",
        {"d": SIZES},
        {"term": TERM, "many": MANY},
    ),
    uses=("oblivious-spectrum", "dimension-argument"),
    checks=(
        Check(
            "exact",
            "five polynomials, d <= 8: eigenvalues from moments, and their sum",
            _floor_exact,
            {"d": Integers(2, 8)},
            role="step",
        ),
    ),
    planted=(
        Planted(
            "all polynomials of a degree: right for degrees 0 and 1",
            {"many": binomial(ell + d - 1, ell)},
            True,
        ),
        Planted("j! dropped: right for j = 0, 1", {"term": TERM * factorial(j)}, True),
        Planted("one factor less", {"term": TERM * (d / 2 + ell + j - 1)}),
    ),
    weak=Check(
        "exact",
        "the linear target",
        lambda statement, domain: _linear(statement, domain),
        {"d": Integers(2, 4)},
        role="step",
    ),
    spec="frontier-3",
)


def _linear(statement, domain) -> Result:
    """Sum the eigenvalues of the linear target: d of the value 1 / d."""

    def compare(size):
        at = {d: size, ell: 1, j: 0}
        whole = statement.term.subs(at).doit() * statement.many.subs(at)
        return whole == 1, f"the sum {whole} = 1"

    return every(domain["d"], compare)


def _degree_exact(statement, domain, degrees=range(1, 6)) -> Result:
    """Compare with the least error, for every number of features."""

    def compare(case):
        size, degree = case
        values = []
        for low in range(degree, -1, -2):
            copies = harmonic_dimension(size, low)
            values += [_eigenvalue(size, degree, low)] * copies
        values.sort(reverse=True)
        left = Fraction(1)
        for count in range(comb(size + degree - 1, degree) + 1):
            at = {d: size, k: degree, N: count}
            claimed = _fraction(statement.bound.subs(at).doit())
            words = f"(d, k), N = {count}: {left} {statement.relation.symbol} {claimed}"
            if not statement.relation.exact(left, claimed):
                return False, words
            left -= values[count] if count < len(values) else 0
        return True, "all N"

    return every(product(domain["d"], degrees), compare)


VALUE = factorial(k) / (2**k * rf(d / 2, k))
FORMS = binomial(k + d - 1, k)

DEGREE = Claim(
    id="degree-floor",
    title="A pure degree needs as many features as it has monomials",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ let $f_*(x) = \\operatorname{he}_k(\\langle \\theta, x "
        "\\rangle)$ with $k \\ge 1$ and $\\theta$ uniform on the sphere. Every $N \\le "
        "\\binom{d+k-1}{k}$ features that are chosen without $\\theta$ leave on "
        "average over $\\theta$, with $x^{(n)} = x (x+1) \\cdots (x + n - 1)$,\n\n"
        "$$\\mathcal E_N [[relation]] [[bound]] .$$",
        {"d": SIZES},
        {"relation": AT_LEAST, "bound": (FORMS - N) * VALUE},
    ),
    uses=("link-floor",),
    checks=(
        Check(
            "exact",
            "every number of features, d <= 6 and k <= 5",
            _degree_exact,
            {"d": Integers(2, 6)},
            role="step",
        ),
    ),
    planted=(
        Planted(
            "d^k for the number of monomials: right for k = 1",
            {"bound": (d**k - N) * VALUE},
            True,
        ),
        Planted("21/20 of it", {"bound": 21 * (FORMS - N) * VALUE / 20}, True),
        Planted("strictly more", {"relation": Relation(">")}),
        Planted("one factor less", {"bound": (FORMS - N) * VALUE * (d + 2 * k - 2)}),
    ),
    weak=Check(
        "exact",
        "k = 1 alone",
        lambda statement, domain: _degree_exact(statement, domain, (1,)),
        {"d": Integers(2, 4)},
        role="step",
    ),
    spec="frontier-3",
)


# --- what N given features hold -------------------------------------------------------

POINTS = {
    2: [
        (1, 0),
        (0, 1),
        (Fraction(3, 5), Fraction(4, 5)),
        (Fraction(5, 13), Fraction(-12, 13)),
    ],
    3: [
        (1, 0, 0),
        (Fraction(1, 3), Fraction(2, 3), Fraction(2, 3)),
        (Fraction(2, 7), Fraction(3, 7), Fraction(6, 7)),
        (0, Fraction(3, 5), Fraction(-4, 5)),
    ],
}
"""Unit vectors with rational entries."""
KAPPAS = (
    Fraction(1, 2),
    Fraction(1, 3),
    Fraction(1, 5),
    Fraction(1, 11),
    Fraction(1, 17),
)


def _inverse(matrix: list) -> list:
    """Invert a matrix of fractions."""
    size = len(matrix)
    rows = [
        [*row, *(Fraction(int(i == j)) for j in range(size))]
        for i, row in enumerate(matrix)
    ]
    for i in range(size):
        pivot = next(r for r in range(i, size) if rows[r][i])
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [x / rows[i][i] for x in rows[i]]
        for r in range(size):
            if r != i:
                rows[r] = [
                    x - rows[r][i] * y for x, y in zip(rows[r], rows[i], strict=True)
                ]
    return [row[size:] for row in rows]


def _shares(size: int, count: int, weight) -> list[Fraction]:
    """Return weight(kappa, dim) Tr(U^-1 P) for each degree, exactly."""
    points = POINTS[size][:count]
    cosines = [
        [sum(x * y for x, y in zip(u, v, strict=True)) for v in points] for u in points
    ]
    dims = [harmonic_dimension(size, i) for i in range(len(KAPPAS))]

    def polynomial(degree, t):
        row = gegenbauer_coefficients(size, degree)
        return sum((c * t**i for i, c in enumerate(row)), Fraction(0))

    zonal = [
        [[polynomial(i, t) for t in row] for row in cosines] for i in range(len(KAPPAS))
    ]
    U = [
        [
            sum(KAPPAS[i] * dims[i] * zonal[i][a][b] for i in range(len(KAPPAS)))
            for b in range(count)
        ]
        for a in range(count)
    ]
    inverse = _inverse(U)
    return [
        weight(KAPPAS[i], dims[i])
        * sum(
            inverse[a][b] * zonal[i][b][a] for a in range(count) for b in range(count)
        )
        for i in range(len(KAPPAS))
    ]


kappa = Symbol("kappa", positive=True)
dim = Symbol(r"\dim \mathcal{H}_\ell^d", positive=True)


def _budget_exact(statement, domain, cases=None) -> Result:
    """Take up to four rational points and a kernel of degree 4."""

    def weight(value, count):
        at = {
            kappa: Rational(value.numerator, value.denominator),
            dim: count,
        }
        return _fraction(statement.weight.subs(at))

    def compare(case):
        size, count = case
        shares = _shares(size, count, weight)
        dims = [harmonic_dimension(size, i) for i in range(len(shares))]
        total = sum(s * m for s, m in zip(shares, dims, strict=True))
        claimed = _fraction(statement.total.subs(N, count))
        inside = all(0 <= s <= 1 for s in shares)
        words = f"d, N: the sum {total} = {claimed}, shares up to {max(shares)} <= 1"
        return inside and total == claimed, words

    return every(cases or product((2, 3), (1, 2, 3, 4)), compare)


BUDGET = Claim(
    id="feature-budget",
    title="N features have N dimensions to give away",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ let $\\sigma_{w_1}, \\dots, \\sigma_{w_N}$, with unit "
        "vectors $w_i$, be linearly independent, $U$ their Gram matrix, and let the "
        "target be the part of degree $\\ell$ of $\\sigma_\\theta$ with uniform "
        "$\\theta$, where the eigenvalue $\\kappa = \\kappa_\\ell$ of "
        "{prf:ref}`oblivious-spectrum` is not 0. The share of its mean square that the "
        "features hold on average is\n\n"
        "$$s_\\ell = [[weight]]\\, \\operatorname{Tr} \\bigl( U^{-1} "
        "P_\\ell^{(d)}(W^{\\mathsf T} W) \\bigr), \\qquad 0 \\le s_\\ell \\le 1, "
        "\\qquad \\sum_\\ell s_\\ell \\dim \\mathcal H_\\ell^d = [[total]] ,$$\n\n"
        "with $P_\\ell^{(d)}$ entry by entry.",
        {"d": SIZES},
        {"weight": kappa + 0 * dim, "total": N},
    ),
    uses=("oblivious-spectrum", "funk-hecke"),
    checks=(
        Check(
            "exact",
            "rational points in the plane and in space, a kernel of degree 4",
            _budget_exact,
            role="step",
        ),
    ),
    planted=(
        Planted("times the dimension", {"weight": kappa * dim}),
        Planted("one dimension for the constants", {"total": N - 1}),
        Planted("N^2: right for N = 1", {"total": N**2}, True),
    ),
    weak=Check(
        "exact",
        "one neuron",
        lambda statement, domain: _budget_exact(statement, domain, ((2, 1), (3, 1))),
        role="step",
    ),
    spec="frontier-3",
)

CLAIMS = (FLOOR, DEGREE, BUDGET)
