r"""Random features on the mixture at finite size, and what they need of a mean.

The checks fit the label by least squares over polynomials, with the moments of the two
classes in fractions; the formulas of the room are not called.
"""

from itertools import product

from sympy import (
    Integer,
    Mul,
    Poly,
    Rational,
    Symbol,
    diff,
    simplify,
    solve,
    sqrt,
    symbols,
)

from rfbook.claims.mixture_features.sources import CHAPTER, printed
from rfbook.claims.quadratic_features.features import explained
from rfbook.claims.quadratic_features.polynomials import mean, vector
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
    Verdict,
    every,
    every_identity,
    fails,
    identity,
    unknown,
)

u, x, K = symbols("u x K", real=True)
r = Symbol("r", positive=True)

SNR = Symbol(r"{\operatorname{snr}_{\mathrm{RF}}}", nonnegative=True)
PLUS = Symbol(r"{\hat\sigma_0(r_i^+)}", real=True)
MINUS = Symbol(r"{\hat\sigma_0(r_i^-)}", real=True)
COVARIANCES = symbols(r"{C^+_{ij}} {C^-_{ij}}", real=True)
SPREAD = Symbol(r"{C_{ij}}", real=True)
MIDDLE = symbols("m_i m_j", real=True)
LABEL = symbols("z_i z_j", real=True)
INNER = Symbol(r"{\langle w_i, w_j \rangle}", real=True)
CROSS = Symbol(r"{\langle w_i, \Delta w_j \rangle}", real=True)
SQUARE = Symbol(r"{\lVert w_i \rVert^2}", nonnegative=True)
FORM = Symbol(r"{\langle w_i, \Delta w_i \rangle}", real=True)

MATRICES = Space(r"\mathbb{R}^{d \times N}")
SYMMETRIC = Space(r"\mathbb{R}^{d \times d}")
UNIT = Reals(0, 1, open_low=True, open_high=True)
HALF = Rational(1, 2)
AT_LEAST, AT_MOST = Relation(">="), Relation("<=")


def half(first, second):
    """Return the mean of two formulas, printed as one fraction."""
    return Mul(HALF, first + second, evaluate=False)


# --- the two classes, and least squares in fractions ----------------------------------


def variances(lambdas, y: int) -> list:
    """Return the variances of the coordinates in the class y, for a diagonal Delta."""
    return [1 - y * value for value in lambdas]


def inner(first, second, weights=None):
    """Return the inner product of two vectors, with weights on the coordinates."""
    weights = weights or [1] * len(first)
    return sum(
        weight * one * other
        for weight, one, other in zip(weights, first, second, strict=True)
    )


class Features:
    """Moments of polynomial features of the two classes, for a diagonal Delta.

    Parameters
    ----------
    sigma : SymPy formula in u
    weights : sequence of sequences
        The neurons.
    lambdas : sequence
        The eigenvalues of Delta.
    """

    def __init__(self, sigma, weights, lambdas):
        variables = vector(len(lambdas))
        self.found = [
            Poly(sigma.subs(u, inner(w, variables)), *variables) for w in weights
        ]
        self.laws = [(variables, variances(lambdas, y)) for y in (1, -1)]

    def means(self, i: int) -> list:
        """Return the mean of a feature in the classes +1 and -1."""
        return [mean(self.found[i], *law) for law in self.laws]

    def moments(self, i: int, j: int) -> list:
        """Return the second moment of two features in the classes +1 and -1."""
        return [mean(self.found[i] * self.found[j], *law) for law in self.laws]

    def covariances(self, i: int, j: int) -> list:
        """Return the covariance of two features in the classes +1 and -1."""
        rows = zip(self.moments(i, j), self.means(i), self.means(j), strict=True)
        return [moment - one * other for moment, one, other in rows]

    def risk(self, constant: bool):
        """Return the least mean squared error of a fit of the label."""
        count = len(self.found)
        gram = [
            [sum(self.moments(i, j)) / Integer(2) for j in range(count)]
            for i in range(count)
        ]
        means = [self.means(i) for i in range(count)]
        labels = [(plus - minus) / Integer(2) for plus, minus in means]
        if constant:
            middle = [(plus + minus) / Integer(2) for plus, minus in means]
            gram = [[*row, m] for row, m in zip(gram, middle, strict=True)]
            gram.append([*middle, Integer(1)])
            labels.append(Integer(0))  # E y = 0
        return 1 - explained(gram, labels)


def drawn(d: int, count: int, repeated: bool = True):
    """Return eigenvalues of Delta between -1 and 1, and neurons, some repeated."""
    lambdas = [Rational((-1) ** i * (2 + i), 5 + i) for i in range(d)]
    weights = [
        [Rational((3 * i + 5 * k + 2 * i * k) % 7 - 3, 2) for k in range(d)]
        for i in range(count)
    ]
    weights[0] = [Integer(1), *[Integer(1)] * (d - 1)]
    if repeated and count > 2:
        weights[-1] = [2 * entry for entry in weights[0]]
    return lambdas, weights


# --- any activation -------------------------------------------------------------------

POLYNOMIALS = (u**2 - 1, u**2 + u, u**3 + u**2 - 1, u**4)


def claimed_snr(statement, gram, labels, constant: bool):
    """Return z^T G^+ z of the statement, from C, the m_i and the z_i."""
    spread, middle, products = gram
    rule = statement.free if constant else statement.plain
    count = len(labels)
    table = [
        [
            rule.subs(
                {
                    SPREAD: spread[i][j],
                    MIDDLE[0]: middle[i],
                    MIDDLE[1]: middle[j],
                    LABEL[0]: products[i],
                    LABEL[1]: products[j],
                }
            )
            for j in range(count)
        ]
        for i in range(count)
    ]
    return explained(table, labels)


def _activation_claimed(statement, features: Features, constant: bool):
    """Return the statement's risk, from the conditional moments alone."""
    count = range(len(features.found))
    means = [dict(zip((PLUS, MINUS), features.means(i), strict=True)) for i in count]
    middle = [statement.middle.subs(at) for at in means]
    labels = [statement.label.subs(at) for at in means]
    spread = [
        [
            statement.spread.subs(
                dict(zip(COVARIANCES, features.covariances(i, j), strict=True))
            )
            for j in count
        ]
        for i in count
    ]
    captured = claimed_snr(statement, (spread, middle, labels), labels, constant)
    return None if captured is None else statement.risk.subs(SNR, captured)


def _activation_exact(statement, domain, activations=POLYNOMIALS) -> Result:
    """Least squares over polynomials, in fractions, with and without a constant."""

    def compare(point):
        d, count, sigma, constant = point
        lambdas, weights = drawn(d, count)
        features = Features(sigma, weights, lambdas)
        found = features.risk(constant)
        claimed = _activation_claimed(statement, features, constant)
        words = f"Delta = diag{tuple(lambdas)}, W^T = {weights}: {claimed} = {found}"
        return claimed == found, words

    return every(product(domain["d"], domain["N"], activations, (False, True)), compare)


def _activation_scale(statement, domain) -> Result:
    """Find the best multiple t of u = G^+ z: E (y - f)^2 = 1 - 2 t s + t^2 (s + s^2).

    For G = C + m m^T the second moments are G + z z^T. With a constant, which removes
    the mean, they are C + z z^T.
    """
    t, s = Symbol("t", real=True), Symbol("s", nonnegative=True)
    error = 1 - 2 * t * s + t**2 * (s + s**2)
    (best,) = solve(diff(error, t) / s, t)
    return identity(simplify(error.subs(t, best)), statement.risk.subs(SNR, s))


def _activation_weak(statement, domain) -> Result:
    """Take one unit neuron of mean 0 on the line."""
    features = Features(u**2 - 1, [[Integer(1)]], [HALF])
    found = features.risk(False)
    return identity(_activation_claimed(statement, features, False), found)


ACTIVATION = Claim(
    id="mixture-rf-activation",
    title="Random features on the mixture, exactly",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[N]]$ and $[[W]]$, every symmetric $[[Delta]]$ with "
        "$-I \\prec \\Delta \\prec I$, and every $\\sigma$ with "
        "$\\mathbb E\\, \\sigma(r_i^\\pm g)^2 < \\infty$, where $(r_i^\\pm)^2 = "
        "\\langle w_i, (I \\mp \\Delta) w_i \\rangle$, let $C^\\pm$ be the covariance "
        "matrix of the features $\\sigma(\\langle w_i, x \\rangle)$ given "
        "$y = \\pm 1$. Their means $m_i = \\mathbb E\\, "
        "\\sigma(\\langle w_i, x \\rangle)$ and products with the label "
        "$z_i = \\mathbb E\\, y\\, \\sigma(\\langle w_i, x \\rangle)$ are\n\n"
        "$$m_i = [[middle]], \\qquad z_i = [[label]], \\qquad "
        "\\hat\\sigma_0(r) = \\mathbb E\\, \\sigma(r g).$$\n\n"
        "With $C_{ij} = [[spread]]$ the risk of random features is\n\n"
        "$$\\mathcal R_{\\mathrm{RF}} = [[risk]], \\qquad "
        "\\operatorname{snr}_{\\mathrm{RF}} = z^{\\mathsf T} G^+ z,$$\n\n"
        "where $G_{ij} = [[plain]]$ without a constant and $G_{ij} = [[free]]$ with "
        "one.",
        {"d": Integers(1), "N": Integers(1), "W": MATRICES, "Delta": SYMMETRIC},
        {
            "middle": half(PLUS, MINUS),
            "label": half(PLUS, -MINUS),
            "spread": half(*COVARIANCES),
            "risk": 1 / (1 + SNR),
            "plain": SPREAD + MIDDLE[0] * MIDDLE[1],
            "free": SPREAD,
        },
    ),
    sources=(printed("Theorem 4", "implied", "Exact, at finite size."),),
    checks=(
        Check(
            "symbolic",
            "the best multiple of the best direction",
            _activation_scale,
            role="step",
        ),
        Check(
            "exact",
            "least squares of the label over polynomials, four activations, d <= 2",
            _activation_exact,
            {"d": Integers(1, 2), "N": Integers(1, 3)},
            role="step",
        ),
    ),
    planted=(
        Planted(
            "no means without a constant: right where they are 0",
            {"plain": SPREAD + 0 * MIDDLE[0]},
            near=True,
        ),
        Planted(
            "the spread of all features, not within the classes",
            {"free": SPREAD + LABEL[0] * LABEL[1]},
        ),
        Planted(
            "the means with a constant too", {"free": SPREAD + MIDDLE[0] * MIDDLE[1]}
        ),
        Planted("the whole difference of the means", {"label": PLUS - MINUS}),
        Planted("what is captured, subtracted", {"risk": 1 - SNR}),
        Planted("20/21 of it", {"risk": 1 / (1 + 20 * SNR / 21)}, near=True),
    ),
    weak=Check("exact", "one feature of mean 0", _activation_weak, role="step"),
    spec="GM-T4",
)


# --- the quadratic activation ---------------------------------------------------------


def _quadratic_at(v, w, lambdas) -> dict:
    """Return the values of the symbols for two neurons."""
    return {
        INNER: inner(v, w),
        CROSS: inner(v, w, lambdas),
        SQUARE: inner(v, v),
        FORM: inner(v, v, lambdas),
    }


def _quadratic_moments(statement, domain) -> Result:
    """Average within both classes, for symbolic neurons and Delta, d = 2."""
    v, w = symbols("v1:3", real=True), symbols("w1:3", real=True)
    lambdas = symbols("l1:3", real=True)
    features = Features(u**2 - 1, (v, w), lambdas)
    plus, minus = features.means(0)
    spread = sum(features.covariances(0, 1)) / 2
    at = _quadratic_at(v, w, lambdas)
    return every_identity(
        (
            ("m", (plus + minus) / 2, statement.middle.subs(at)),
            ("z", (plus - minus) / 2, statement.label.subs(at)),
            ("C", spread, statement.spread.subs(at)),
        )
    )


def _quadratic_exact(statement, domain, unit: bool = False) -> Result:
    """Least squares over polynomials, in fractions; some columns are repeated."""

    def compare(point):
        d, count, constant = point
        lambdas, weights = drawn(d, count)
        if unit:
            weights = [[Integer(1), *[Integer(0)] * (d - 1)] for _ in weights]
        at = [[_quadratic_at(v, w, lambdas) for w in weights] for v in weights]
        middle = [statement.middle.subs(row[0]) for row in at]
        labels = [statement.label.subs(row[0]) for row in at]
        means = [0] * count if constant else middle
        gram = [
            [
                statement.spread.subs(at[i][j]) + means[i] * means[j]
                for j in range(count)
            ]
            for i in range(count)
        ]
        captured = explained(gram, labels)
        claimed = None if captured is None else statement.risk.subs(SNR, captured)
        found = Features(u**2 - 1, weights, lambdas).risk(constant)
        words = f"Delta = diag{tuple(lambdas)}, W^T = {weights}: {claimed} = {found}"
        return claimed == found, words

    return every(product(domain["d"], domain["N"], (False, True)), compare)


QUADRATIC = Claim(
    id="mixture-rf-quadratic",
    title="Quadratic random features on the mixture, exactly",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[N]]$ and $[[W]]$ and every symmetric $[[Delta]]$ with "
        "$-I \\prec \\Delta \\prec I$ the features $\\langle w_i, x \\rangle^2 - 1$ "
        "have\n\n"
        "$$m_i = [[middle]], \\qquad z_i = [[label]], \\qquad C_{ij} = [[spread]],$$"
        "\n\nand the risk\n\n"
        "$$\\mathcal R_{\\mathrm{RF}} = [[risk]], \\qquad "
        "\\operatorname{snr}_{\\mathrm{RF}} = "
        "z^{\\mathsf T} (C + m m^{\\mathsf T})^+ z.$$\n\n"
        "With a free constant $m m^{\\mathsf T}$ is absent.",
        {"d": Integers(1), "N": Integers(1), "W": MATRICES, "Delta": SYMMETRIC},
        {
            "middle": SQUARE - 1,
            "label": -FORM,
            "spread": 2 * INNER**2 + 2 * CROSS**2,
            "risk": 1 / (1 + SNR),
        },
    ),
    sources=(printed("equation (17), the RF row", "sharper", "At finite size."),),
    uses=("mixture-rf-activation",),
    checks=(
        Check(
            "symbolic",
            "m, z and C, for symbolic neurons and Delta, d = 2",
            _quadratic_moments,
            role="step",
        ),
        Check(
            "exact",
            "least squares of the label over polynomials, d <= 3, N <= 4",
            _quadratic_exact,
            {"d": Integers(1, 3), "N": Integers(1, 4)},
            role="step",
        ),
    ),
    planted=(
        Planted(
            "the means forgotten: right for unit vectors",
            {"middle": Integer(0) * SQUARE},
            near=True,
        ),
        Planted(
            "the term with Delta dropped, as in the limit",
            {"spread": 2 * INNER**2 + 0 * CROSS},
        ),
        Planted("the classes swapped", {"label": FORM}),
        Planted("the sign of the second term", {"spread": 2 * INNER**2 - 2 * CROSS**2}),
        Planted("21/20 in the risk", {"risk": 1 / (1 + 21 * SNR / 20)}, near=True),
    ),
    weak=Check(
        "exact",
        "equal unit vectors only",
        lambda statement, domain: _quadratic_exact(statement, domain, unit=True),
        {"d": Integers(1, 2), "N": Integers(1, 2)},
        role="step",
    ),
    spec="GM-T4",
)


# --- odd activations ------------------------------------------------------------------


def _odd_labels(statement, domain, radius=None) -> Result:
    """Average odd powers, and half the even part, in both classes, d = 2."""
    direction = (Rational(3, 5), Rational(4, 5))
    w = [(radius or r) * entry for entry in direction]
    lambdas = symbols("l1:3", real=True)
    pairs = []
    for name, sigma in (
        *((f"u^{power}", u**power) for power in (1, 3, 5, 7)),
        ("the even part", statement.even / 2),
    ):
        plus, minus = Features(sigma, [w], lambdas).means(0)
        pairs.append((name, (plus - minus) / 2, Integer(0)))
    result = every_identity(pairs)
    if result.verdict is Verdict.HOLDS and simplify(statement.risk - 1) != 0:
        return fails(
            f"no product with the label, so every fit has risk at least 1, "
            f"not {statement.risk}"
        )
    return result


ZETA = symbols("zeta_1 zeta_2", positive=True)

ODD = Claim(
    id="mixture-rf-odd",
    title="Odd activations cannot tell the classes apart",
    chapter=CHAPTER,
    statement=Statement(
        "Let $\\sigma(u) + \\sigma(-u) = [[even]]$ for every $u$, with a number $K$, "
        "and $\\mathbb E\\, \\sigma(r g)^2 < \\infty$ for every $r$. Then for every "
        "$[[d]]$, $[[N]]$ and $[[W]]$ and every symmetric $[[Delta]]$ with "
        "$-I \\prec \\Delta \\prec I$\n\n"
        "$$\\mathbb E\\, y\\, \\sigma(\\langle w_i, x \\rangle) = 0 "
        "\\quad (i = 1, \\dots, N), \\qquad \\mathcal R_{\\mathrm{RF}} = [[risk]].$$",
        {"d": Integers(1), "N": Integers(1), "W": MATRICES, "Delta": SYMMETRIC},
        {"even": K + 0 * u, "risk": Integer(1)},
    ),
    sources=(
        printed(
            "equation (16)",
            "implied",
            "There the second coefficient must not vanish.",
        ),
    ),
    uses=("mixture-rf-activation",),
    checks=(
        Check(
            "symbolic",
            "odd powers and the even part, for symbolic Delta and radius, d = 2",
            _odd_labels,
            role="step",
        ),
    ),
    planted=(
        Planted("an even part u^2", {"even": K + u**2}),
        Planted(
            "an even part that tells nothing at unit vectors",
            {"even": K + u**4 - 6 * u**2 + 3},
            near=True,
        ),
        Planted(
            "the limit of many neurons as printed", {"risk": ZETA[0] / (sum(ZETA))}
        ),
        Planted("an even part u^4", {"even": K + u**4}),
    ),
    weak=Check(
        "symbolic",
        "unit vectors only",
        lambda statement, domain: _odd_labels(statement, domain, Integer(1)),
        role="step",
    ),
    spec="GM-eq11",
)


# --- what a mean costs ----------------------------------------------------------------

MEAN, PRODUCT = symbols("m z", real=True)
lam = Symbol("lambda", positive=True)


def _centring_symbolic(statement, domain) -> Result:
    """Keep the mean of the fit and its product with y: least over the sum t.

    E f = m t and E y f = z t. The constant and y are orthonormal, so by Bessel the
    error is at least (m t)^2 + (1 - z t)^2.
    """
    t = Symbol("t", real=True)
    least = (MEAN * t) ** 2 + (1 - PRODUCT * t) ** 2
    (best,) = solve(diff(least, t), t)
    k = Symbol("k", positive=True)
    inside = {lam: 1 / (1 + k)}  # every number between 0 and 1
    plus, minus = sqrt(1 - lam), sqrt(1 + lam)  # of the mean |w| / sqrt(2 pi)
    at = {MEAN: (plus + minus) / 2, PRODUCT: (plus - minus) / 2}
    relu = simplify(statement.bound.subs(at))
    result = every_identity(
        (
            ("any activation", simplify(least.subs(t, best)), statement.bound),
            ("the ReLU", relu.subs(inside), statement.relu.subs(inside)),
        )
    )
    if result.verdict is Verdict.HOLDS and statement.relation != AT_LEAST:
        return unknown("Bessel's inequality bounds from below")
    return result


def _columns(d: int, count: int):
    """Return unit columns: axes first, then (3, 4)/5 in pairs of axes."""
    columns = []
    for index in range(count):
        column = [Integer(0)] * d
        first = index % d
        if index < d or d == 1:
            column[first] = Integer(1)
        else:
            column[first], column[first - 1] = Rational(3, 5), Rational(4, 5)
        columns.append(column)
    return columns


def _centring_exact(statement, domain, activations=(u**2, u**4, u**2 + u + 1)):
    """Fit by features with a mean, in fractions."""

    def compare(point):
        d, count, value, sigma = point
        features = Features(sigma, _columns(d, count), [value] * d)
        plus, minus = features.means(0)
        at = {MEAN: (plus + minus) / 2, PRODUCT: (plus - minus) / 2}
        found, bound = features.risk(False), statement.bound.subs(at)
        true = statement.relation.exact(found, bound)
        words = f"sigma = {sigma}, d = {d}, N = {count}, lambda = {value}: "
        return true, words + f"risk {found} {statement.relation.symbol} {bound}"

    values = domain["lambda"].among(("1/10", "1/2"))
    values = [Rational(v.numerator, v.denominator) for v in values]
    return every(product(domain["d"], domain["N"], values, activations), compare)


CENTRING = Claim(
    id="mixture-rf-centring",
    title="Features with a mean cannot tell the classes apart",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[N]]$ and $[[lambda]]$ let $\\Delta = \\lambda I$. If "
        "all columns of $W$ have the same norm $r$, so that all features have the same "
        "mean $m$ and product with the label $z$, and if $m \\ne 0$, then random "
        "features without a constant have\n\n"
        "$$\\mathcal R_{\\mathrm{RF}} [[relation]] [[bound]].$$\n\n"
        "For $\\sigma(u) = [u]_+$ the columns may have any norms, and the bound is "
        "$\\displaystyle [[relu]]$.",
        {"d": Integers(1), "N": Integers(1), "lambda": UNIT},
        {
            "relation": AT_LEAST,
            "bound": MEAN**2 / (MEAN**2 + PRODUCT**2),
            "relu": (1 + sqrt(1 - lam**2)) / 2,
        },
    ),
    sources=(
        printed(
            "Theorem 4, the mean of the activation",
            "implied",
            "There the mean is taken to be zero without loss of generality.",
        ),
    ),
    uses=("mixture-rf-activation",),
    checks=(
        Check(
            "symbolic",
            "least over the sum of the output weights; the ReLU",
            _centring_symbolic,
            role="step",
        ),
        Check(
            "exact",
            "three polynomials in fractions, d <= 2, N <= 4",
            _centring_exact,
            {"d": Integers(1, 2), "N": Integers(1, 4)},
            role="step",
        ),
    ),
    planted=(
        Planted("the other way round", {"relation": AT_MOST}),
        Planted("the first power of the product", {"relu": 1 - lam / 2}),
        Planted("nothing at all is learned", {"bound": Integer(1) + 0 * MEAN}),
        Planted(
            "half of the product",
            {"bound": MEAN**2 / (MEAN**2 + PRODUCT**2 / 4)},
        ),
        Planted(
            "20/21 of the product's square",
            {"bound": MEAN**2 / (MEAN**2 + 20 * PRODUCT**2 / 21)},
            near=True,
        ),
    ),
    weak=Check(
        "exact",
        "one feature on the line",
        lambda statement, domain: _centring_exact(statement, domain, (u**2,)),
        {"d": Integers(1, 1), "N": Integers(1, 1)},
        role="step",
    ),
    spec="GM-offset",
)


CLAIMS = (ACTIVATION, QUADRATIC, ODD, CENTRING)
