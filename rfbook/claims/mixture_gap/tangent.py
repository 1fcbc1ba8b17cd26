"""The tangent model on the mixture, for every W: exactly, and between two bounds.

The least risk is computed here by Gram-Schmidt among quadratic functions, in the mean
over both classes. All of it is exact; nothing here calls the room `rfbook.mixture_gap`.
"""

from fractions import Fraction
from functools import cache
from itertools import product

import numpy as np
import sympy
from sympy import Max, Min, Rational, Symbol, symbols

from rfbook.claims.mixture_gap.sources import CHAPTER, printed
from rfbook.claims.quadratic_gap.spans import (
    AT_MOST,
    DIMENSIONS,
    EQUAL,
    LESS,
    WEIGHTS,
    WIDTHS,
    N,
    complement,
    constant,
    d,
    draws,
    every_case,
    exact_matrix,
    general,
    orthogonal_basis,
    rational,
    shown,
    square,
    tangent_functions,
)
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Reals,
    Result,
    Space,
    Statement,
    Verdict,
    every_identity,
    holds,
    identity,
    unknown,
)

THEOREM_5 = "Theorem 5, first display"
ISOTROPIC = "Theorem 5, second and third display"
INVERSE = (
    "For N > d the inverse that is printed in the definition of the projection does "
    "not exist for any W; here it is the pseudo-inverse, and the projection is 0."
)
DIFFERENCES = Space(
    r"\operatorname{Sym}_d$ with $\lVert \Delta \rVert_{\mathrm{op}} < 1"
)
SMALL = Integers(1, 3)

norm = Symbol(r"{\lVert \Delta \rVert_{\mathrm{op}}^2}", nonnegative=True)
white_norm = Symbol(
    r"{\lVert \widetilde\Delta \rVert_{\mathrm{op}}^2}", nonnegative=True
)
delta = Symbol("delta", real=True)
first, second = symbols("lambda_i lambda_j", real=True)
top, last = symbols("lambda_1 lambda_d", real=True)


# --- least squares for the label, in Fractions ----------------------------------------


def class_product(plus, minus):
    """Return E f g over both classes, for functions written as in `spans`."""
    side = len(plus)

    def mean(f, g):
        (A, a), (C, c) = ((h[:-1].reshape(side, side), h[-1]) for h in (f, g))
        total = 0
        for cov in (plus, minus):
            means = ((A * cov).sum() + a) * ((C * cov).sum() + c)
            total += means + 2 * ((cov @ A @ cov) * C).sum()
        return total / 2

    return mean


def label_mean(f, plus, minus):
    """Return E y f: half the difference of the two classes' means."""
    side = len(plus)
    return (f[:-1].reshape(side, side) * (plus - minus)).sum() / 2


def rationals(values):
    """Turn Fractions into FLINT's rationals, which are faster."""
    from flint import fmpq

    flat = [fmpq(v.numerator, v.denominator) for v in np.ravel(values)]
    return np.array(flat, dtype=object).reshape(np.shape(values))


@cache
def _least_risk(W, plus, minus, offset: bool) -> Fraction:
    """Return the least E (y - g)^2 over the tangent model with neurons W."""
    W = exact_matrix(W)
    functions = [constant(len(W))] * offset + tangent_functions(W)
    classes = [rationals(exact_matrix(rows)) for rows in (plus, minus)]
    basis = orthogonal_basis(map(rationals, functions), class_product(*classes))
    risk = 1 - sum(label_mean(f, *classes) ** 2 / size for f, size in basis)
    return Fraction(int(risk.numerator), int(risk.denominator))


def tangent_risk(W, Delta, Sigma=None, offset: bool = True) -> Fraction:
    """Return the tangent model's least risk for covariances Sigma -+ Delta."""
    Sigma = unit(len(W)) if Sigma is None else Sigma
    three = (tuple(map(tuple, X.tolist())) for X in (W, Sigma - Delta, Sigma + Delta))
    return _least_risk(*three, offset)


def unit(side: int):
    """Return the identity matrix."""
    return exact_matrix(np.eye(side, dtype=int).tolist())


def mirror(side: int):
    """Return the reflection along (1, 2, 3, ...): symmetric, orthogonal, rational."""
    axis = exact_matrix([[1 + i for i in range(side)]])[0]
    return unit(side) - 2 * np.outer(axis, axis) / np.dot(axis, axis)


def turned(values):
    """Return the matrix with these eigenvalues whose eigenvectors are `mirror`'s."""
    H = mirror(len(values))
    return H @ (np.array(values, dtype=object)[:, None] * H)


def some_spectra(side: int):
    """Yield eigenvalues in (-1, 1): flat, of both signs, spread, with zeros."""
    kinds = (
        [Fraction(4, 5)] * side,
        [Fraction((-1) ** i * 4, 5) for i in range(side)],
        [Fraction(9 - 4 * i, 10) for i in range(side)],
        [Fraction(1, 2 + i) for i in range(side)],
        [Fraction(-9, 10)] + [Fraction(1, 10)] * (side - 1),
        [Fraction(1, 2)] + [Fraction(0)] * (side - 1),
    )
    yield from dict.fromkeys(map(tuple, kinds))


def written(values) -> str:
    """Write a spectrum."""
    return "(" + ", ".join(map(str, values)) + ")"


# --- the exact risk -------------------------------------------------------------------

ENTRY = 1 / (2 * (1 + first * second))
OFFSET, NO_OFFSET = r"c \in \mathbb{R}", "c = 0"
SIGNS = {"-": -1, "+": 1}


def system(W, values, entry, sign: str) -> Fraction:
    """Evaluate <Delta, Q' Delta> -+ <b, K' b> for a diagonal Delta (' inverts).

    By Gram-Schmidt among the matrices P X P in the inner product <X, Q' Y>: the second
    term is the square of the projection of Delta, in any basis Z.
    """
    side = len(values)
    weights = exact_matrix([[entry(a, b) for b in values] for a in values])
    P, Delta = complement(W), np.diag(np.array(values, dtype=object))

    def mean(X, Y):
        return Fraction((weights * X * Y).sum())

    blocks = [
        P @ (np.outer(a, b) + np.outer(b, a)) @ P
        for i, a in enumerate(unit(side))
        for b in unit(side)[i:]
    ]
    missed = sum(mean(X, Delta) ** 2 / s for X, s in orthogonal_basis(blocks, mean))
    return mean(Delta, Delta) + SIGNS[sign] * missed


def _exact_fractions(statement, domain) -> Result:
    """Compare least squares for Delta = H D H and W with the system for D and H W."""
    entry = rational(statement.entry, "lambda_i", "lambda_j")

    def compare(case):
        W, values = case
        free = statement.offset == OFFSET
        left = tangent_risk(W, turned(values), offset=free)
        right = system(mirror(len(W)) @ W, values, entry, statement.sign)
        name = f"W = {shown(W)}, eigenvalues {written(values)}"
        return left * (1 + right) == 1, f"{name}: {left} = 1/(1 + {right})"

    cases = (
        (W, values)
        for side, width in product(domain["d"], domain["N"])
        for W in draws(side, width, 2)
        for values in some_spectra(side)
    )
    return every_case(cases, compare)


def _exact_plane(statement, domain) -> Result:
    """Solve d = 2, N = 1 with letters: w = (1, t), and two numbers in M."""
    a, b, t = symbols("a b t", real=True)
    p, r = symbols("p r", real=True)
    w, z = sympy.Matrix([1, t]), sympy.Matrix([-t, 1])
    D = sympy.diag(a, b)
    M = p * w * w.T + r * (w * z.T + z * w.T)
    noise = sympy.expand(2 * (M * M + M * D * M * D).trace())
    signal = sympy.expand((M * D).trace())
    G = sympy.hessian(noise, (p, r)) / 2
    g = sympy.Matrix([signal.diff(p), signal.diff(r)])
    found = (g.T * G.adjugate() * g)[0] / G.det()

    def entry(i, j):
        return statement.entry.subs({first: D[i, i], second: D[j, j]})

    Q = sympy.Matrix(2, 2, entry)
    block = z * z.T
    missed = sum(Q[i, i] * block[i, i] * D[i, i] for i in range(2)) ** 2
    weight = sum(Q[i, j] * block[i, j] ** 2 for i in range(2) for j in range(2))
    whole = sum(Q[i, i] * D[i, i] ** 2 for i in range(2))
    claimed = whole + SIGNS[statement.sign] * missed / weight
    if sympy.cancel(sympy.together(found - claimed)) == 0:
        return holds("the difference reduces to 0")
    return identity(found, claimed)


EXACT = Claim(
    id="nt-mixture-exact",
    title="The tangent model on the mixture, exactly",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[N]]$, $[[W]]$ and $[[Delta]]$ let $\\mathcal Q^{-1}$ "
        "multiply the entry $(i, j)$ of a symmetric matrix, in an eigenbasis of "
        "$\\Delta$, by $[[entry]]$, and let the columns of $Z$ be a basis of the "
        "orthogonal complement of the columns of $W$. For $\\sigma(u) = u^2 + c_0$,"
        "\n\n"
        "$$\\min_{v_1, \\dots, v_N \\in \\mathbb{R}^d,\\; [[offset]]} \\mathbb{E} "
        "\\Big( y - c - \\sum_{i=1}^N \\sigma'(\\langle w_i, x \\rangle) \\langle v_i, "
        "x \\rangle \\Big)^2 = \\frac{1}{1 + \\operatorname{snr}_{\\mathrm{NT}}}, "
        "\\qquad \\operatorname{snr}_{\\mathrm{NT}} = \\langle \\Delta, \\mathcal "
        "Q^{-1} \\Delta \\rangle [[sign]] \\langle b, K^{-1} b \\rangle,$$\n\n"
        "with $b = Z^{\\mathsf T} (\\mathcal Q^{-1} \\Delta) Z$ and $K(\\Lambda) = "
        "Z^{\\mathsf T} \\mathcal Q^{-1} (Z \\Lambda Z^{\\mathsf T}) Z$ on symmetric "
        "matrices $\\Lambda$.",
        {"d": DIMENSIONS, "N": WIDTHS, "W": WEIGHTS, "Delta": DIFFERENCES},
        {"entry": ENTRY, "offset": OFFSET, "sign": "-"},
    ),
    sources=(printed(THEOREM_5, "sharper", "Exact for every W, without a remainder."),),
    uses=("mixture-risk", "mixture-captured", "nt-quadratic-exact"),
    checks=(
        Check(
            "exact",
            "least squares in Fractions for drawn W (some singular), d <= 3",
            _exact_fractions,
            {"d": SMALL, "N": SMALL},
            role="step",
        ),
        Check(
            "symbolic",
            "one neuron in the plane, any direction and any two eigenvalues",
            _exact_plane,
            role="step",
        ),
    ),
    planted=(
        Planted("the leading term alone", {"entry": Rational(1, 2) + 0 * first}),
        Planted("the other sign", {"entry": 1 / (2 * (1 - first * second))}),
        Planted("the two terms added", {"sign": "+"}),
        Planted("without the constant", {"offset": NO_OFFSET}),
        Planted("20/21 of the entries", {"entry": 20 * ENTRY / 21}, near=True),
        Planted(
            "squares on the diagonal: right for d = 1",
            {"entry": 1 / (2 + first**2 + second**2)},
            near=True,
        ),
    ),
    weak=Check(
        "exact",
        "d = 1 only",
        _exact_fractions,
        {"d": Integers(1, 1), "N": Integers(1, 2)},
        role="step",
    ),
    spec="GM-T5",
)


# --- two bounds -----------------------------------------------------------------------

CROSS = Max(0, -top * last)


def leading_snr(W, Delta) -> Fraction:
    """Return half of |Delta|^2 - |P Delta P|^2."""
    P = complement(W)
    return (square(Delta) - square(P @ Delta @ P)) / 2


def _bounds_fractions(statement, domain) -> Result:
    upper = rational(statement.spread, norm.name)
    lower = rational(statement.cross, "lambda_1", "lambda_d")

    def compare(case):
        W, values = case
        Delta = turned(values)
        risk, lead = tangent_risk(W, Delta), leading_snr(W, Delta)
        high = 1 / (1 + lead / (1 + upper(max(v * v for v in values))))
        low = 1 / (1 + lead / (1 - lower(max(values), min(values))))
        sign = statement.relation
        words = f"{low} {sign.symbol} {risk} {sign.symbol} {high}"
        true = sign.exact(low, risk) and sign.exact(risk, high)
        return true, f"W = {shown(W)}, eigenvalues {written(values)}: {words}"

    cases = (
        (W, values)
        for side, width in product(domain["d"], domain["N"])
        for W in [*draws(side, width, 3), *tilted(side, width)]
        for values in some_spectra(side)
    )
    return every_case(cases, compare)


def tilted(side: int, width: int):
    """Yield one neuron in the plane of the first two eigenvectors of `turned`."""
    if side >= 2 and width == 1:
        for x, y in ((1, 1), (2, 1), (1, 2), (3, 1), (1, 3), (-2, 1)):
            yield mirror(side) @ exact_matrix([[x], [y]] + [[0]] * (side - 2))


BOUNDS = Claim(
    id="nt-mixture-bounds",
    title="The tangent model's risk between two bounds",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[N]]$, $[[W]]$ and $[[Delta]]$ let $s = \\tfrac12 ( "
        "\\lVert \\Delta \\rVert_F^2 - \\lVert P_\\perp \\Delta P_\\perp \\rVert_F^2 "
        ")$ and $\\lambda_i = \\lambda_i(\\Delta)$. Then\n\n"
        "$$\\frac{1}{1 + s / (1 - [[cross]])} [[relation]] \\mathcal "
        "R_{\\mathrm{NT}}(W) [[relation]] \\frac{1}{1 + s / (1 + [[spread]])}.$$\n\n"
        "For semidefinite $\\Delta$ the left side is $1 / (1 + s)$.",
        {"d": DIMENSIONS, "N": WIDTHS, "W": WEIGHTS, "Delta": DIFFERENCES},
        {"spread": norm, "cross": CROSS, "relation": AT_MOST},
    ),
    sources=(printed(THEOREM_5, "sharper", "Bounds in place of the remainder."),),
    uses=("nt-mixture-exact", "noise-bounds"),
    checks=(
        Check(
            "exact",
            "least squares in Fractions for drawn W, d <= 3",
            _bounds_fractions,
            {"d": SMALL, "N": SMALL},
            role="step",
        ),
    ),
    planted=(
        Planted("strictly", {"relation": LESS}),
        Planted("19/20 of the squared norm", {"spread": 19 * norm / 20}, near=True),
        Planted("its square", {"spread": norm**2}),
        Planted("1 for every Delta: right for d = 1", {"cross": 0 * top}, near=True),
        Planted("equality", {"relation": EQUAL}),
    ),
    weak=Check(
        "exact",
        "d = 1 only",
        _bounds_fractions,
        {"d": Integers(1, 1), "N": Integers(1, 2)},
        role="step",
    ),
    spec="GM-T5",
)


# --- Theorem 5, first display ---------------------------------------------------------

REST = white_norm / (4 - 3 * white_norm)
WHITE, RAW = r"\widetilde\Delta", r"\Delta"
TURNED, GIVEN = r"\Sigma^{1/2} W", "W"


def anisotropic(side: int):
    """Yield rational roots of Sigma: the identity, diagonal ones, a rotated one."""
    yield unit(side)
    yield np.diag(np.array([Fraction(2, 1 + 3 * i) for i in range(side)], dtype=object))
    yield turned([Fraction(1 + i, 2) for i in range(side)])


def whitened_cases(domain):
    """Yield a root of Sigma, W, the whitened difference and its largest square."""
    for side, width in product(domain["d"], domain["N"]):
        for root in anisotropic(side):
            for W in draws(side, width, 1):
                for values in some_spectra(side):
                    small = [v / 4 for v in values]
                    yield root, W, turned(small), max(v * v for v in small)
        if (side, width) == (2, 1):  # W almost orthogonal to Delta's eigenvector
            root, W, white = ([[16, 0], [0, 1]], [[1], [4]], [["1/8", 0], [0, 0]])
            yield *map(exact_matrix, (root, W, white)), Fraction(1, 64)


def _leading_fractions(statement, domain) -> Result:
    """Compare least squares for Sigma -+ Delta with the whitened leading term."""
    rest = rational(statement.rest, white_norm.name)

    def compare(case):
        root, W, white, largest = case
        Sigma, Delta = root @ root, root @ white @ root
        matrix = white if statement.matrix == WHITE else Delta
        neurons = root @ W if statement.neurons == TURNED else W
        risk = tangent_risk(W, Delta, Sigma)
        off = abs(risk - 1 / (1 + leading_snr(neurons, matrix)))
        bound = rest(largest)
        words = f"{float(off):.6g} {statement.relation.symbol} {float(bound):.6g}"
        name = f"Sigma = {shown(Sigma)}, Delta = {shown(Delta)}, W = {shown(W)}"
        return statement.relation.exact(off, bound), f"{name}: {words}"

    return every_case(whitened_cases(domain), compare)


def _leading_flat(statement, domain) -> Result:
    """Take Delta = I / k and N = d: the best M is a multiple of the identity.

    For Delta = delta I and M = a I + E, Tr E = 0, the signal <M, Delta> has no part in
    E, and the noise 2 (1 + delta^2) |M|^2 only grows with E.
    """
    rest = rational(statement.rest, white_norm.name)

    def compare(case):
        k, side = case
        value = Fraction(1, k)
        signal, noise = side * value, 2 * side * (1 + value**2)
        risk = 1 / (1 + signal**2 / noise)
        off = abs(risk - 1 / (1 + Fraction(side) * value**2 / 2))
        bound = rest(value**2)
        words = f"{float(off):.6g} {statement.relation.symbol} {float(bound):.6g}"
        return statement.relation.exact(off, bound), f"d = {side}, I/{k}: {words}"

    cases = [(k, side) for k in (2, 5, 10, 20) for side in (k, k * k, 2 * k * k)]
    return every_case((c for c in cases if c[1] in domain["d"]), compare)


def _leading_symbolic(statement, domain) -> Result:
    """Bound both differences by their largest value over s, then without the root."""
    s, r = symbols("s r", positive=True)  # r^2 = 1 - white_norm
    low = 1 / (1 + s) - 1 / (1 + s / r**2)
    high = 1 / (1 + s / (1 + white_norm)) - 1 / (1 + s)
    worst = (1 - r) / (1 + r)
    if identity(statement.rest, REST).verdict is not Verdict.HOLDS:
        return unknown(f"the proof ends at {REST}")
    return every_identity(
        (
            (
                "below",
                (worst - low) * (1 + r) * (1 + s) * (r**2 + s),
                (1 - r) * (s - r) ** 2,
            ),
            (
                "above",
                (white_norm / 4 - high) * 4 * (1 + s) * (1 + white_norm + s),
                white_norm * ((1 - s) ** 2 + white_norm * (1 + s)),
            ),
            (
                "without the root",
                REST.subs(white_norm, 1 - r**2) - worst,
                2 * r * (1 - r) ** 2 / ((1 + 3 * r**2) * (1 + r)),
            ),
        )
    )


LEADING = Claim(
    id="nt-mixture-leading",
    title="Theorem 5 for every W, with its remainder",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[N]]$, $[[W]]$, positive definite $\\Sigma$ and "
        "symmetric $\\Delta$ with $\\Sigma \\pm \\Delta$ positive definite let "
        "$\\widetilde\\Delta = \\Sigma^{-1/2} \\Delta \\Sigma^{-1/2}$, and let "
        "$P_\\perp$ project onto the orthogonal complement of the columns of "
        "$[[neurons]]$. Then\n\n"
        "$$\\Bigl\\lvert \\mathcal R_{\\mathrm{NT}}(W) - \\frac{2}{2 + \\lVert "
        "[[matrix]] \\rVert_F^2 - \\lVert P_\\perp [[matrix]] P_\\perp "
        "\\rVert_F^2} \\Bigr\\rvert [[relation]] [[rest]].$$",
        {"d": DIMENSIONS, "N": WIDTHS, "W": WEIGHTS},
        {"matrix": WHITE, "neurons": TURNED, "relation": AT_MOST, "rest": REST},
    ),
    sources=(
        printed(
            THEOREM_5,
            "sharper",
            "Its remainder is of order 1/d under M1 and M2. " + INVERSE,
        ),
    ),
    uses=("nt-mixture-bounds", "mixture-whitening"),
    checks=(
        Check(
            "exact",
            "least squares in Fractions for drawn W and three Sigma, d <= 3",
            _leading_fractions,
            {"d": SMALL, "N": SMALL},
            role="step",
        ),
        Check(
            "exact",
            "multiples of the identity, N = d, up to d = 800",
            _leading_flat,
            {"d": Integers(1, 800)},
            role="step",
        ),
        Check(
            "symbolic",
            "the largest difference over s, in letters",
            _leading_symbolic,
            role="step",
        ),
    ),
    planted=(
        Planted("no remainder", {"rest": 0 * white_norm}),
        Planted("19/20 of the remainder", {"rest": 19 * REST / 20}, near=True),
        Planted("the fourth power of the norm", {"rest": white_norm * REST}),
        Planted("Delta not whitened", {"matrix": RAW}, near=True),
        Planted("the neurons not turned", {"neurons": GIVEN}, near=True),
    ),
    weak=Check(
        "exact",
        "d = 1 only",
        _leading_fractions,
        {"d": Integers(1, 1), "N": Integers(1, 2)},
        role="step",
    ),
    spec="GM-T5",
)


# --- wide models ----------------------------------------------------------------------

lam = Symbol("lambda_i", real=True)
FACTOR = Rational(1, 2)
FULL, ANY_RANK = r"\operatorname{rank} W = d", r"W \ne 0"
WIDE_TERM = lam**2 / (1 + lam**2)
QUARTER = norm / 4


def _wide_fractions(statement, domain) -> Result:
    """Compare least squares for W of full rank, and some others, with the sum."""
    term, rest = (
        rational(statement.term, "lambda_i"),
        rational(statement.rest, norm.name),
    )

    def weights(side):
        yield general(side, side)
        yield general(side, side + 1)
        if statement.rank == ANY_RANK:
            yield exact_matrix([[1] * side] * side)

    def compare(case):
        W, values = case
        found = tangent_risk(W, turned(values))
        claimed = 1 / (1 + Fraction(statement.factor) * sum(map(term, values)))
        above = found - 1 / (1 + sum(v * v for v in values) / Fraction(2))
        bound = rest(max(v * v for v in values))
        true = found == claimed and 0 <= above <= bound
        words = f"{found} = {claimed} and 0 <= {above} <= {bound}"
        return true, f"W = {shown(W)}, eigenvalues {written(values)}: {words}"

    cases = (
        (W, values)
        for side in domain["d"]
        for W in weights(side)
        for values in some_spectra(side)
    )
    return every_case(cases, compare)


def _wide_many(statement, domain) -> Result:
    """Compare the two sums at Delta = I / k in high dimension."""
    term, rest = (
        rational(statement.term, "lambda_i"),
        rational(statement.rest, norm.name),
    )

    def compare(case):
        k, side = case
        value = Fraction(1, k)
        exact = 1 / (1 + Fraction(statement.factor) * side * term(value))
        above = exact - 1 / (1 + Fraction(side) * value**2 / 2)
        words = f"0 <= {float(above):.6g} <= {float(rest(value**2)):.6g}"
        return 0 <= above <= rest(value**2), f"d = {side}, Delta = I/{k}: {words}"

    cases = [(k, 2 * k * k) for k in (2, 5, 10, 20, 50)]
    return every_case((c for c in cases if c[1] in domain["d"]), compare)


WIDE = Claim(
    id="nt-mixture-wide",
    title="The tangent model from N = d on",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $N \\ge d$, $[[Delta]]$ and $W \\in \\mathbb{R}^{d \\times "
        "N}$ with $[[rank]]$ (almost every $W$),\n\n"
        "$$\\mathcal R_{\\mathrm{NT}}(W) = \\Bigl( 1 + [[factor]] \\sum_{i=1}^d "
        "[[term]] \\Bigr)^{-1}, \\qquad 0 \\le \\mathcal R_{\\mathrm{NT}}(W) - "
        "\\frac{1}{1 + \\lVert \\Delta \\rVert_F^2 / 2} \\le [[rest]],$$\n\n"
        "where $\\lambda_i = \\lambda_i(\\Delta)$. No quadratic function has a smaller "
        "risk.",
        {"d": DIMENSIONS, "Delta": DIFFERENCES},
        {"rank": FULL, "factor": FACTOR, "term": WIDE_TERM, "rest": QUARTER},
    ),
    sources=(
        printed(
            "Theorem 5, last display",
            "sharper",
            "Exact, and for every W of full rank.",
        ),
    ),
    uses=("mixture-quadratic", "nt-mixture-exact", "nt-mixture-bounds"),
    checks=(
        Check(
            "exact",
            "least squares in Fractions for N = d and d + 1, d <= 3",
            _wide_fractions,
            {"d": SMALL},
            role="step",
        ),
        Check(
            "exact",
            "the second statement for multiples of the identity up to d = 5000",
            _wide_many,
            {"d": Integers(1, 5000)},
            role="step",
        ),
    ),
    planted=(
        Planted("the leading term alone", {"term": lam**2}),
        Planted("every W: right for d = 1", {"rank": ANY_RANK}, near=True),
        Planted("19/20 of the remainder", {"rest": 19 * QUARTER / 20}, near=True),
        Planted("the sign in the denominator", {"term": lam**2 / (1 - lam**2)}),
        Planted("the sum without 1/2", {"factor": 1}),
    ),
    weak=Check(
        "exact",
        "d = 1 only",
        _wide_fractions,
        {"d": Integers(1, 1)},
        role="step",
    ),
    spec="GM-T5",
)


# --- multiples of the identity --------------------------------------------------------

ALL_EQUAL, ALL_SIZES = r"\delta I", r"\delta \operatorname{diag}(1, -1, 1, \dots)"
SCALAR = Min(N, d) * delta**2 / (2 * (1 + delta**2))
SAME, EVERY_W = r"\operatorname{rank} W = \min(N, d)", r"W \ne 0"


def low_rank(side: int, width: int):
    """Yield symmetric matrices of rank at most `width`: a projection, and others."""
    projection = unit(side) - complement(general(side, width))
    yield projection
    for W in draws(side, width, 4):
        yield W @ W.T
        yield W @ np.diag([(-1) ** i for i in range(width)]) @ W.T


def network_captured(side: int, width: int, Delta):
    """Return the most that one of these matrices of rank N captures of the signal."""

    def captured(M):
        noise = 2 * (square(M) + Fraction(np.trace(M @ Delta @ M @ Delta)))
        return Fraction((M * Delta).sum()) ** 2 / noise if noise else Fraction(0)

    return max(map(captured, low_rank(side, width)))


def _scalar_fractions(statement, domain) -> Result:
    """Least squares for the tangent model; for the network matrices of rank N."""
    claimed = rational(statement.captured, "d", "N", "delta")
    signs = [1, 1, 1] if statement.matrix == ALL_EQUAL else [1, -1, 1]

    def weights(side, width):
        yield general(side, width)
        if statement.rank == EVERY_W:
            yield exact_matrix([[1] * width] * side)

    def compare(case):
        W, size = case
        side, width = W.shape
        Delta = turned([size * sign for sign in signs[:side]])
        found = tangent_risk(W, Delta)
        network = 1 / (1 + network_captured(side, width, Delta))
        number = 1 / (1 + claimed(side, width, size))
        name = f"W = {shown(W)}, delta = {size}"
        words = f"{found} = {number} and {network} = {number}"
        return found == number and network == number, f"{name}: {words}"

    cases = (
        (W, size)
        for side, width in product(domain["d"], domain["N"])
        for W in weights(side, width)
        for size in domain["delta"].among(("1/3", "-4/5"))
    )
    return every_case(cases, compare)


def _scalar_symbolic(statement, domain) -> Result:
    """Both models by the traces of projections: of rank N, and on what it leaves."""
    value = delta**2 / (2 * (1 + delta**2))
    # NT: <Delta, Q' Delta> has the trace of I, <b, K' b> that of the complement.
    tangent = d * value - (d - N) * value
    # NN: <M, Delta>^2 / <M, Q M> for M a projection of rank N, and Tr(M)^2 <= N |M|^2.
    network = (delta * N) ** 2 / (2 * (1 + delta**2) * N)
    below = statement.captured.subs(Min(N, d), N)
    beyond = statement.captured.subs(Min(N, d), d)
    return every_identity(
        (
            ("NT, N <= d", tangent, below),
            ("NN, N <= d", network, below),
            ("N >= d", d * value, beyond),
        )
    )


SCALAR_CLAIM = Claim(
    id="nt-mixture-scalar",
    title="For a multiple of the identity the network is not ahead",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[N]]$, $[[delta]]$, $\\Delta = [[matrix]]$ and every $W "
        "\\in \\mathbb{R}^{d \\times N}$ with $[[rank]]$,\n\n"
        "$$\\mathcal R_{\\mathrm{NT}}(W) = \\mathcal R_{\\mathrm{NN}, N} = \\Bigl( 1 "
        "+ [[captured]] \\Bigr)^{-1},$$\n\n"
        "where $\\mathcal R_{\\mathrm{NN}, N}$ is the least risk of $c + \\sum_{i=1}^N "
        "u_i \\langle w_i, x \\rangle^2$ over $u$, $W$ and $c$.",
        {
            "d": DIMENSIONS,
            "N": WIDTHS,
            "delta": Reals(-1, 1, open_low=True, open_high=True),
        },
        {"matrix": ALL_EQUAL, "rank": SAME, "captured": SCALAR},
    ),
    sources=(
        printed(
            "Section 1.1",
            "background",
            "The introduction says that the network's least risk is strictly smaller.",
        ),
    ),
    uses=(
        "nt-mixture-exact",
        "mixture-captured",
    ),
    checks=(
        Check(
            "exact",
            "least squares for W, and matrices of rank N, d <= 3",
            _scalar_fractions,
            {"d": SMALL, "N": Integers(1, 4)},
            role="step",
        ),
        Check(
            "symbolic",
            "the traces of projections, for symbolic d, N and delta",
            _scalar_symbolic,
            role="step",
        ),
    ),
    planted=(
        Planted("signs that alternate", {"matrix": ALL_SIZES}, near=True),
        Planted("every W", {"rank": EVERY_W}, near=True),
        Planted("the leading term", {"captured": Min(N, d) * delta**2 / 2}),
        Planted(
            "not cut off at N = d: right for N <= d",
            {"captured": SCALAR.subs(Min(N, d), N)},
            near=True,
        ),
    ),
    weak=Check(
        "exact",
        "d = 1, N = 1 only",
        _scalar_fractions,
        {"d": Integers(1, 1), "N": Integers(1, 1)},
        role="step",
    ),
    spec="GM-intro-mg",
)


CLAIMS = (
    EXACT,
    BOUNDS,
    LEADING,
    WIDE,
    SCALAR_CLAIM,
)
