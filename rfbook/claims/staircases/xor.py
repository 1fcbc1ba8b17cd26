"""Two classes in four Gaussian clouds: who can tell them apart.

The clouds are +-mu e_1 + g with the label 1 and +-mu e_2 + g with the label -1. Means
over the clouds are means of Gaussian moments, as polynomials in mu.
"""

from fractions import Fraction
from functools import cache
from itertools import combinations_with_replacement
from math import erfc

import numpy as np
from sympy import (
    Matrix,
    Poly,
    Rational,
    Symbol,
    binomial,
    cosh,
    erf,
    exp,
    expand,
    factorial,
    factorial2,
    simplify,
    sinh,
    sqrt,
    sympify,
)

from rfbook.claims.staircases.known import (
    CHAPTER,
    N,
    d,
    k,
    mu,
)
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Reals,
    Result,
    Source,
    Statement,
    agree,
    every,
    every_identity,
    fails,
    holds,
)

DIMENSIONS, LENGTHS = Integers(2), Reals(0)
p = Symbol("p", positive=True)
SETTING = (
    "let $e_1, e_2 \\in \\mathbb R^d$ be orthonormal, $y$ a fair sign, and "
    "$x = \\pm \\mu e_1 + g$ for $y = 1$, $x = \\pm \\mu e_2 + g$ for $y = -1$, "
    "with a fair sign and $g \\sim \\mathcal N(0, I_d)$."
)
CLOUDS = f"For $d \\ge 2$ and $\\mu \\ge 0$ {SETTING}"
DIRECTIONS = (
    "Let $e_1, e_2$ be uniformly random, independent of the rest, and let $V$ be"
)


def refinetti(relation: str = "background") -> Source:
    """Name the paper on Gaussian mixtures of the kind of the exclusive or."""
    return Source("Refinetti2021", "ICML 2021", "abstract", relation)


# --- the best classifier, and half-spaces ---------------------------------------------


def _bayes_symbolic(statement, domain) -> Result:
    """Turn by 45 degrees: the difference of the densities is a product."""
    a, b = Symbol("v_1", real=True), Symbol("v_2", real=True)
    step = mu / statement.root
    turned = cosh(mu * (a + b) / sqrt(2)) - cosh(mu * (a - b) / sqrt(2))
    return every_identity(
        (
            ("the mean", mu * sqrt(2) / 2, step),
            (
                "the densities",
                turned.rewrite(exp),
                (2 * sinh(step * a) * sinh(step * b)).rewrite(exp),
            ),
            ("one of two signs wrong", 1 - p**2 - (1 - p) ** 2, statement.value),
        )
    )


def _bayes_samples(statement, domain, rng) -> Result:
    """Draw points and take the sign of x_1^2 - x_2^2."""
    rows, n = [], 200_000
    for length in (0.5, 1.0, 2.0, 3.0):
        x, second = rng.standard_normal((n, 2)), rng.integers(0, 2, n)
        x[np.arange(n), second] += length * rng.choice([-1, 1], n)
        wrong = (abs(x[:, 0]) > abs(x[:, 1])) == (second == 1)
        tail = erfc(length / float(statement.root) / 2**0.5) / 2
        claimed = float(statement.value.subs(p, tail))
        rows.append((f"mu = {length}", wrong.mean(), wrong.std() / n**0.5, claimed))
    return agree(rows)


BAYES = Claim(
    id="xor-bayes-error",
    title="The least error on four clouds",
    chapter=CHAPTER,
    statement=Statement(
        f"{CLOUDS} The least probability of a wrong label is\n\n"
        "$$[[value]], \\qquad p = Q\\Bigl( \\frac{\\mu}{[[root]]} \\Bigr),$$\n\n"
        "reached by the sign of $\\langle e_1, x \\rangle^2 - "
        "\\langle e_2, x \\rangle^2$.",
        {},
        {"value": 2 * p * (1 - p), "root": sqrt(2)},
    ),
    sources=(refinetti(),),
    checks=(
        Check(
            "symbolic",
            "the densities in turned coordinates, and two signs",
            _bayes_symbolic,
            role="step",
        ),
        Check(
            "statistical",
            "200,000 points at four lengths",
            _bayes_samples,
            role="step",
            seed=5,
        ),
    ),
    planted=(
        Planted("7/5 for the root of 2", {"root": Rational(7, 5)}, near=True),
        Planted("the means as they are", {"root": sympify(1)}),
        Planted("one sign", {"value": p}),
        Planted("the second order forgotten", {"value": 2 * p}),
    ),
    weak=Check(
        "symbolic",
        "p = 0 and p = 1/2",
        lambda statement, domain: every(
            (0, Fraction(1, 2)),
            lambda a: (
                statement.value.subs(p, Rational(a)) == Rational(a),
                "the value",
            ),
        ),
        role="step",
    ),
    spec="frontier-3",
)


def _normal(z):
    """Return the distribution function of the standard normal law."""
    return (1 + erf(z / sqrt(2))) / 2


inner = Symbol("\\langle w, x \\rangle", real=True)


def _half_space(statement, domain) -> Result:
    """Write the error with the projections of the means, m_1 and m_2."""
    first, second = Symbol("m_1", positive=True), Symbol("m_2", positive=True)
    b = statement.score - inner

    def right(mean):
        return (_normal(b + mean) + _normal(b - mean)) / 2

    error = (1 - right(first)) / 2 + right(second) / 2
    rows = [("half-spaces", error, sympify(statement.error))]
    for name, power in (("constant", 0), ("linear", 1)):
        rows.append((name, 1 - cloud_moment((power,), True) ** 2, statement.risk))
    return every_identity(rows)


@cache
def gauss(power: int) -> Rational:
    """Return E g^power."""
    return sympify(0) if power % 2 else sympify(factorial2(power - 1))


@cache
def shifted(power: int, length) -> object:
    """Return E (length + g)^power."""
    return expand(
        sum(
            binomial(power, i) * length ** (power - i) * gauss(i)
            for i in range(power + 1)
        )
    )


@cache
def cloud_moment(powers: tuple[int, ...], labelled: bool = False):
    """Return E x_1^a x_2^b ..., or E y x_1^a x_2^b ..., over the four clouds."""
    powers = (*powers, 0, 0)
    others = sympify(1)
    for power in powers[2:]:
        others *= gauss(power)
    total = sympify(0)
    for sign in (1, -1):
        total += shifted(powers[0], sign * mu) * gauss(powers[1])
        second = gauss(powers[0]) * shifted(powers[1], sign * mu)
        total += -second if labelled else second
    return expand(total * others / 4)


LINEAR = Claim(
    id="xor-linear-chance",
    title="Linear predictors are at chance",
    chapter=CHAPTER,
    statement=Statement(
        f"{CLOUDS} Every classifier that takes the sign of "
        "$[[score]]$, $\\lVert w \\rVert = 1$, errs with the probability $[[error]]$. "
        "The best affine predictor of $y$ has the risk $[[risk]]$.",
        {},
        {"score": inner, "error": Rational(1, 2), "risk": sympify(1)},
    ),
    sources=(refinetti(),),
    checks=(
        Check(
            "symbolic",
            "the error in the projections of the means; correlations with 1 and x",
            _half_space,
            role="step",
        ),
    ),
    planted=(
        Planted("a small offset", {"score": inner + Rational(1, 100)}, near=True),
        Planted("a large offset", {"score": inner + 1}),
        Planted("a quarter", {"error": Rational(1, 4)}),
        Planted("half of the risk", {"risk": Rational(1, 2)}),
    ),
    weak=Check(
        "symbolic",
        "the correlations only",
        lambda statement, domain: every(
            (0, 1),
            lambda power: (
                1 - cloud_moment((power,), True) ** 2 == statement.risk,
                "the correlation is 0",
            ),
        ),
        role="step",
    ),
)


# --- quadratic predictors -------------------------------------------------------------


def _quadratic_symbolic(statement, domain, lengths=None) -> Result:
    """Solve the normal equations in all monomials of degree at most 2."""

    def compare(size):
        rows = [(), *((i,) for i in range(size))]
        rows += list(combinations_with_replacement(range(size), 2))

        def moment(indices, labelled=False):
            return cloud_moment(tuple(indices.count(i) for i in range(size)), labelled)

        gram = Matrix([[moment(a + b) for b in rows] for a in rows])
        right = Matrix([moment(a, True) for a in rows])
        if lengths is not None:
            gram, right = gram.subs(mu, lengths), right.subs(mu, lengths)
        found = simplify(1 - (right.T * gram.LUsolve(right))[0])
        claimed = (
            statement.risk if lengths is None else statement.risk.subs(mu, lengths)
        )
        return simplify(found - claimed) == 0, f"d: {found} = {claimed}"

    return every(domain["d"], compare)


QUADRATIC = Claim(
    id="xor-quadratic-risk",
    title="The best quadratic predictor",
    chapter=CHAPTER,
    statement=Statement(
        f"For every $[[d]]$ and $[[mu]]$ {SETTING} The least risk of a polynomial of "
        "degree 2 in $x$ is\n\n$$[[risk]] .$$",
        {"d": DIMENSIONS, "mu": LENGTHS},
        {"risk": 1 - (mu**2 / (mu**2 + 2)) ** 2},
    ),
    checks=(
        Check(
            "symbolic",
            "the normal equations in all monomials, d = 2, 3",
            _quadratic_symbolic,
            {"d": Integers(2, 3)},
        ),
    ),
    planted=(
        Planted("one square only", {"risk": 1 - mu**2 / (mu**2 + 2)}),
        Planted(
            "the noise of one coordinate", {"risk": 1 - (mu**2 / (mu**2 + 1)) ** 2}
        ),
        Planted(
            "right for mu = 1: 8/9",
            {"risk": 1 - (mu**2 / (2 * mu**2 + 1)) ** 2},
            near=True,
        ),
    ),
    weak=Check(
        "symbolic",
        "d = 2, mu = 1",
        lambda statement, domain: _quadratic_symbolic(statement, domain, 1),
        {"d": Integers(2, 2)},
    ),
)


# --- fixed features -------------------------------------------------------------------


def _likelihood(statement, domain) -> Result:
    """Square the sum of exponentials; each has a Gaussian mean."""
    terms = [((mu, 0), 1), ((-mu, 0), 1), ((0, mu), -1), ((0, -mu), -1)]
    total = sum(
        a * b * exp(((u[0] + v[0]) ** 2 + (u[1] + v[1]) ** 2) / 2)
        for u, a in terms
        for v, b in terms
    )
    found = total / 4 * statement.weight**2
    return every_identity(
        (("the square", expand(found), expand(statement.square.rewrite(exp))),)
    )


def monic(degree: int, z) -> object:
    """Return the monic Hermite polynomial."""
    before, now = sympify(0), sympify(1)
    for j in range(degree):
        before, now = now, expand(z * now - j * before)
    return now


def _degrees(statement, domain) -> Result:
    """Project on the Hermite polynomials of each even degree, exactly.

    E e^{mu g} h(g) = e^{mu^2 / 2} E h(g + mu).
    """
    z = Symbol("z")

    def compare(degree):
        poly = Poly(monic(degree, z + mu), z)
        mean = sum(c * gauss(power) for (power,), c in poly.terms())
        coefficient = statement.weight * exp(mu**2 / 2) * mean / sqrt(factorial(degree))
        found = 2 * coefficient**2
        gap = simplify(found - statement.part.subs(k, degree))
        return gap == 0, f"k: {simplify(found)} is the squared norm"

    return every(domain["k"], compare)


LIKELIHOOD = Claim(
    id="xor-likelihood-norm",
    title="How much one label changes the density",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[k]]$ and $\\mu > 0$ let $\\Lambda(x) = [[weight]] \\bigl( "
        "\\cosh(\\mu x_1) - \\cosh(\\mu x_2) \\bigr)$, half the difference of the "
        "densities of the two classes divided by that of $\\gamma_d$. Then "
        "$\\lVert \\Lambda \\rVert^2 = [[square]]$, and the part of degree $k$ in "
        "Hermite polynomials has the squared norm $[[part]]$. Parts of odd degree "
        "are 0.",
        {"k": Integers(2, step=2)},
        {
            "weight": exp(-(mu**2) / 2) / 2,
            "square": (cosh(mu**2) - 1) / 2,
            "part": mu ** (2 * k) / (2 * factorial(k)),
        },
    ),
    checks=(
        Check("symbolic", "the square, by exponentials", _likelihood, role="step"),
        Check(
            "exact",
            "every even k <= 12, by moments",
            _degrees,
            {"k": Integers(2, 12, 2)},
            "step",
        ),
    ),
    planted=(
        Planted("both classes whole", {"weight": exp(-(mu**2) / 2)}),
        Planted("the constant left in", {"square": cosh(mu**2) / 2}),
        Planted("right for k = 2: k for k!", {"part": mu ** (2 * k) / (2 * k)}, True),
    ),
    weak=Check(
        "exact",
        "degree 2",
        _degrees,
        {"k": Integers(2, 2, 2)},
        "step",
    ),
)


def _harmonics(statement, domain) -> Result:
    """Compare the dimension of degree 2 with the count of monomials, and with others.

    The harmonics of degree l are as many as monomials of degree l less those of l - 2.
    """

    def compare(size):
        def count(degree):
            low = binomial(size + degree - 3, degree - 2)
            return binomial(size + degree - 1, degree) - low

        least = statement.dimension.subs(d, size)
        ok = count(2) == least and all(count(a) >= least for a in range(2, 31))
        return ok, f"d: {count(2)} harmonics of degree 2, {least} the least"

    return every(range(2, 25), compare)


def _features_product(statement, domain) -> Result:
    """Put the three factors together; the density is least where both x are 0."""
    square = (cosh(mu**2) - 1) / 2
    held = square / statement.dimension / statement.density
    a, b = Symbol("x_1", real=True), Symbol("x_2", real=True)
    density = exp(-(mu**2) / 2) * (cosh(mu * a) + cosh(mu * b)) / 2
    rows = [
        ("the bound", statement.bound, 1 - N * held),
        ("the least density", density.subs({a: 0, b: 0}), statement.density),
    ]
    return every_identity(rows)


FEATURES = Claim(
    id="xor-features-bound",
    title="Fixed features need a number of the order d squared",
    chapter=CHAPTER,
    statement=Statement(
        f"For every $[[d]]$ and $[[mu]]$ {SETTING} "
        f"{DIRECTIONS} a space of functions with $\\dim V \\le N$ that does not "
        "depend on them. The mean over the directions of the least risk in $V$ is at "
        "least\n\n$$[[bound]] .$$\n\n"
        "The density of $x$ is at least $[[density]]$ times that of $\\gamma_d$, and "
        "$[[dimension]]$ is the dimension of the spherical harmonics of degree 2.",
        {"d": DIMENSIONS, "mu": LENGTHS},
        {
            "bound": 1 - N * exp(mu**2 / 2) * (cosh(mu**2) - 1) / ((d - 1) * (d + 2)),
            "density": exp(-(mu**2) / 2),
            "dimension": (d - 1) * (d + 2) / 2,
        },
    ),
    sources=(refinetti(),),
    uses=("xor-likelihood-norm", "dimension-argument"),
    checks=(
        Check("symbolic", "the product of the factors", _features_product, role="step"),
        Check(
            "exact",
            "harmonics of degree 2 to 30 for d <= 24",
            _harmonics,
            role="step",
        ),
    ),
    planted=(
        Planted(
            "all symmetric matrices",
            {
                "bound": 1 - N * exp(mu**2 / 2) * (cosh(mu**2) - 1) / (d * (d + 1)),
                "dimension": d * (d + 1) / 2,
            },
        ),
        Planted("the density of the sum", {"density": 2 * exp(-(mu**2) / 2)}),
        Planted(
            "right for d = 2: the dimension d",
            {
                "bound": 1 - N * exp(mu**2 / 2) * (cosh(mu**2) - 1) / (2 * d),
                "dimension": d,
            },
            near=True,
        ),
        Planted(
            "the density taken to be that of the noise",
            {"bound": 1 - N * (cosh(mu**2) - 1) / ((d - 1) * (d + 2))},
        ),
    ),
    weak=Check(
        "symbolic",
        "the product, whatever the dimension",
        _features_product,
        role="step",
    ),
    spec="frontier-3",
)

# Means of products of squared entries of two orthonormal vectors a, b, uniformly drawn.
FOURTH = 3 / (d * (d + 2))
SECOND = 1 / (d * (d + 2))
CROSS = (d + 1) / (d * (d - 1) * (d + 2))


def _quadratic_share(statement, domain) -> Result:
    """Average <M, aa' - bb'>^2 for a diagonal M of trace 0 and norm 1.

    The sum of m_i m_j over i != j is -1. The correlation is mu^2 / 2 times the product,
    the variance of the feature at least 2.
    """
    diagonal = 2 * FOURTH - 2 * SECOND
    mixed = 2 * SECOND - 2 * CROSS
    mean = diagonal - mixed
    share = (mu**2 / 2) ** 2 * mean / 2
    return every_identity(
        (
            ("rows of an orthogonal matrix", d * SECOND + 2 * SECOND, 1 / d),
            ("orthogonal rows", SECOND + (d - 1) * CROSS, 1 / d),
            ("the bound", 1 - N * share, statement.bound),
        )
    )


def _quadratic_samples(statement, domain, rng) -> Result:
    """Draw directions for one feature of trace 0: its mean share must not be more.

    The feature's second moment has the terms of the means as well, so that the share is
    below the bound. With unit directions and the entries m they are at most
    4 mu^2 max m^2 + mu^4 max m^2, against 2: this is how far below it can be.
    """
    size, length, runs = 6, Rational(1, 10), 40_000
    entries = np.arange(size) - (size - 1) / 2
    entries /= np.linalg.norm(entries)
    frame = np.linalg.qr(rng.standard_normal((runs, size, 2)))[0]
    first, second = frame[..., 0], frame[..., 1]
    a, b = (float(length**2) * (v**2 @ entries) for v in (first, second))
    extra = 2 * float(length**2) * ((first**2 + second**2) @ entries**2)
    share = ((a - b) / 2) ** 2 / (2 + extra + ((a - b) / 2) ** 2)
    claimed = 1 - float(statement.bound.subs({d: size, N: 1, mu: length}))
    error = share.std() / runs**0.5
    words = f"the mean share {share.mean():.4g} +- {error:.2g} against {claimed:.4g}"
    most = float(4 * length**2 + length**4) * (entries**2).max()
    low, high = claimed * 2 / (2 + most) - 4 * error, claimed + 4 * error
    return holds(words) if low <= share.mean() <= high else fails(words)


QUADRATICS = Claim(
    id="xor-quadratic-bound",
    title="Fixed quadratic features",
    chapter=CHAPTER,
    statement=Statement(
        f"For every $[[d]]$ and $[[mu]]$ {SETTING} "
        f"{DIRECTIONS} spanned by all affine functions and $N$ polynomials of degree 2 "
        "that do not depend on them. The mean over the directions of the least risk in "
        "$V$ is at least\n\n$$[[bound]] .$$",
        {"d": DIMENSIONS, "mu": LENGTHS},
        {"bound": 1 - N * mu**4 / (2 * (d - 1) * (d + 2))},
    ),
    sources=(refinetti(),),
    checks=(
        Check(
            "symbolic",
            "fourth moments of two orthonormal vectors",
            _quadratic_share,
            role="step",
        ),
        Check(
            "statistical",
            "one feature in six dimensions, 40,000 directions: not far from the bound",
            _quadratic_samples,
            role="step",
            seed=11,
        ),
    ),
    planted=(
        Planted(
            "all symmetric matrices",
            {"bound": 1 - N * mu**4 / (2 * d * (d + 1))},
            near=True,
        ),
        Planted("half of it", {"bound": 1 - N * mu**4 / (4 * (d - 1) * (d + 2))}),
        Planted("d features", {"bound": 1 - N * mu**4 / (2 * d)}),
    ),
    weak=Check(
        "symbolic",
        "no feature",
        lambda statement, domain: every(
            (0,), lambda a: (statement.bound.subs(N, a) == 1, "risk 1")
        ),
        role="step",
    ),
    spec="frontier-3",
)

CLAIMS = (BAYES, LINEAR, QUADRATIC, LIKELIHOOD, FEATURES, QUADRATICS)
