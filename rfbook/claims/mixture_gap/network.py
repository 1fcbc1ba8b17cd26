"""The network on the mixture: the least risk of N neurons, exactly and as printed.

Risks are found here by least squares among quadratic functions, in Fractions, with the
means under the two classes by Wick's formula. Nothing calls the room
`rfbook.mixture_gap`.
"""

from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from itertools import combinations, product

import numpy as np
from sympy import Matrix, Min, Rational, Symbol, diag, sqrt, symbols

from rfbook.claims.mixture_gap.sources import CHAPTER, printed
from rfbook.claims.quadratic_gap.spans import (
    AT_LEAST,
    AT_MOST,
    DIMENSIONS,
    WIDTHS,
    N,
    constant,
    d,
    draws,
    every_case,
    exact_matrix,
    quadratic,
    rational,
    shown,
    spectra,
)
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Result,
    Space,
    Statement,
    every_identity,
)

z = Symbol("z", real=True)
norm = Symbol(r"\lVert \Delta \rVert_{\mathrm{op}}", nonnegative=True)

DIFFERENCES = Space(
    r"\operatorname{Sym}_d \text{ with } \lVert \Delta \rVert_{\mathrm{op}} < 1"
)
SMALL = Integers(1, 3)
QUARTERS, TENTHS = 4, 10
ABSOLUTE, EIGENVALUES = r"\lvert\lambda\rvert_{(i)}(\Delta)", r"\lambda_i(\Delta)"
POSITIVE_PART = r"\max(\lambda_i(\Delta), 0)"
SHARE = z**2 / (1 + z**2)
LAST = Min(N, d)
THEOREM_6 = "Theorem 6"


# --- least squares under the two classes ----------------------------------------------


def difference(spectrum, scale: int = QUARTERS) -> np.ndarray:
    """Return the diagonal matrix of the spectrum, divided by ``scale``.

    Examples
    --------
    >>> difference((2, -1)).tolist()[1]
    [Fraction(0, 1), Fraction(-1, 4)]
    """
    return exact_matrix(np.diag([int(v) for v in spectrum]).tolist()) / Fraction(scale)


@cache
def class_means(covariances) -> tuple:
    """Return E f g and E y f for the functions x_i x_j and 1, by Wick's formula.

    The covariances are those of y = 1 and y = -1, as tuples of rows.
    """
    from flint import fmpq, fmpq_mat

    side = len(covariances[0])
    pairs = list(product(range(side), repeat=2))
    form = [[Fraction(0)] * (len(pairs) + 1) for _ in range(len(pairs) + 1)]
    label = [Fraction(0)] * (len(pairs) + 1)
    form[-1][-1] = Fraction(1)
    for y, S in zip((1, -1), covariances, strict=True):
        for r, (i, j) in enumerate(pairs):
            label[r] += y * S[i][j] / 2
            form[r][-1] += S[i][j] / 2
            form[-1][r] += S[i][j] / 2
            for s, (k, m) in enumerate(pairs):
                wick = S[i][j] * S[k][m] + S[i][k] * S[j][m] + S[i][m] * S[j][k]
                form[r][s] += wick / 2

    def rows(table):
        return [[fmpq(v.numerator, v.denominator) for v in row] for row in table]

    return fmpq_mat(rows(form)), fmpq_mat(rows([[v] for v in label]))


def fit(functions, Delta) -> tuple[list[Fraction], Fraction]:
    """Return coefficients of the least E (y - f)^2 over a span, and its value.

    Where the functions are dependent some coefficients are 0.

    Examples
    --------
    A constant, and the square of one coordinate: 1 / (1 + 0.1) for the value 1/2.

    >>> square = quadratic(exact_matrix([[1]]))
    >>> fit([constant(1), square], difference((2,)))
    ([Fraction(2, 11), Fraction(-2, 11)], Fraction(10, 11))
    """
    from flint import fmpq, fmpq_mat

    identity = exact_matrix(np.eye(len(Delta), dtype=int).tolist())
    covariances = (identity - Delta, identity + Delta)
    form, label = class_means(tuple(tuple(map(tuple, S.tolist())) for S in covariances))
    rows = [[Fraction(v) for v in f] for f in functions]
    rows = [[fmpq(v.numerator, v.denominator) for v in row] for row in rows]
    table = fmpq_mat(rows)
    gram, signal = table * form * table.transpose(), (table * label).tolist()
    joined = [[*row, *end] for row, end in zip(gram.tolist(), signal, strict=True)]
    reduced, pivots = fmpq_mat(joined).rref()
    values, rest = [Fraction(0)] * len(rows), Fraction(1)
    for row in reduced.tolist()[:pivots]:
        place = next(c for c, value in enumerate(row) if value != 0)
        values[place] = Fraction(int(row[-1].p), int(row[-1].q))
        product_ = signal[place][0] * row[-1]
        rest -= Fraction(int(product_.p), int(product_.q))
    return values, rest


def least_risk(functions, Delta) -> Fraction:
    """Return the least E (y - f)^2 over the span of the functions."""
    return fit(functions, Delta)[1]


def forms(W) -> list[np.ndarray]:
    """Return 1 and <w_i, x><w_j, x> for every pair: all networks in the span of W."""
    pairs = ((i, j) for i in range(W.shape[1]) for j in range(i + 1))
    products = [quadratic(np.outer(W[:, i], W[:, j])) for i, j in pairs]
    return [constant(len(W)), *products]


def axes(side: int, chosen) -> np.ndarray:
    """Return the chosen coordinate vectors as columns."""
    columns = np.eye(side, dtype=int)[:, list(chosen)]
    return exact_matrix(columns.tolist())


def choices(side: int, width: int) -> Iterator[tuple[int, ...]]:
    """Yield the sets of at most ``width`` coordinates, the empty one last."""
    for size in range(min(width, side), -1, -1):
        yield from combinations(range(side), size)


@cache
def network_risk(spectrum, width: int, scale: int = QUARTERS) -> Fraction:
    """Return the least risk of the networks along ``width`` eigenvectors or fewer."""
    Delta, side = difference(spectrum, scale), len(spectrum)
    return min(
        least_risk(forms(axes(side, chosen)), Delta)
        for chosen in combinations(range(side), min(width, side))
    )


# --- the least risk -------------------------------------------------------------------


def used(spectrum, letter: str, scale: int = QUARTERS) -> list[Fraction]:
    """Return the numbers that the letter names, for i = 1, ..., d."""
    if letter == ABSOLUTE:
        spectrum = sorted((abs(v) for v in spectrum), reverse=True)
    if letter == POSITIVE_PART:
        spectrum = [max(v, 0) for v in spectrum]
    return [Fraction(v, scale) for v in spectrum]


def claimed_risk(statement, spectrum, width: int, scale: int = QUARTERS) -> Fraction:
    """Evaluate the formula of the box."""
    term = rational(statement.term, "z")
    last = int(rational(statement.last, "N", "d")(width, len(spectrum)))
    values = used(spectrum, statement.letter, scale)[:last]
    captured = Fraction(statement.factor) * sum(map(term, values))
    return 1 / (1 + captured)


def described(spectrum, scale: int = QUARTERS) -> str:
    """Write a spectrum divided by its scale, repetitions counted."""
    parts = (
        f"{v}/{scale} x {spectrum.count(v)}"
        if spectrum.count(v) > 1
        else f"{v}/{scale}"
        for v in dict.fromkeys(spectrum)
    )
    return f"spectrum {', '.join(parts)}"


def _attained(statement, domain) -> Result:
    """Take the best of the networks along N eigenvectors, for every choice of them."""

    def compare(case):
        spectrum, width = case
        found = network_risk(spectrum, width)
        claimed = claimed_risk(statement, spectrum, width)
        words = f"{described(spectrum)}, N = {width}: {found} = {claimed}"
        return found == claimed, words

    cases = (
        (spectrum, width)
        for side, width in product(domain["d"], domain["N"])
        for spectrum in spectra(side, -2, 2)
    )
    return every_case(cases, compare)


def _not_below(statement, domain) -> Result:
    """No network whose neurons lie in the span of a drawn W is below the formula."""

    def compare(case):
        spectrum, W = case
        found = least_risk(forms(W), difference(spectrum))
        claimed = claimed_risk(statement, spectrum, W.shape[1])
        words = f"{described(spectrum)}, W = {shown(W)}: {found} >= {claimed}"
        return found >= claimed, words

    cases = (
        (spectrum, W)
        for side, width in product(domain["d"], domain["N"])
        for W in draws(side, width, 6)
        for spectrum in ((3, *[1] * (side - 1)), (2, *[-3] * (side - 1)))
    )
    return every_case(cases, compare)


def _compressed(statement, domain) -> Result:
    """Follow the proof: the noise in the eigenbasis, its best diagonal, its growth."""
    alpha = symbols("alpha_1:4", real=True)
    entries = symbols("s_11 s_12 s_13 s_22 s_23 s_33", real=True)
    S = Matrix(3, 3, lambda i, j: entries[min(i, j) * (5 - min(i, j)) // 2 + max(i, j)])
    A = diag(*alpha)
    noise = 2 * (S * S).trace() + 2 * (S * A * S * A).trace()
    weighted = sum(
        2 * (1 + alpha[i] * alpha[j]) * S[i, j] ** 2 for i in range(3) for j in range(3)
    )
    best = diag(*(a / (1 + a**2) for a in alpha))
    signal = (best * A).trace()
    cost = 2 * (best * best).trace() + 2 * (best * A * best * A).trace()
    shares = sum(statement.term.subs(z, a) for a in alpha)
    return every_identity(
        (
            ("the noise", noise, weighted),
            ("the best diagonal", signal**2 / cost, statement.factor * shares),
            ("the slope", statement.term.diff(z), 2 * z / (1 + z**2) ** 2),
        )
    )


NETWORK = Claim(
    id="mixture-network",
    title="The least risk of a network, exactly",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[N]]$ and $[[Delta]]$ let $\\operatorname{cap}(z) = "
        "[[term]]$. Then\n\n"
        "$$\\min_{w_i \\in \\mathbb{R}^d,\\, u_i, c \\in \\mathbb{R}} \\mathbb{E} "
        "\\Big( y - c - \\sum_{i=1}^N u_i \\langle w_i, x \\rangle^2 \\Big)^2 = "
        "\\frac{1}{1 + \\operatorname{snr}_{\\mathrm{NN}}}, \\qquad "
        "\\operatorname{snr}_{\\mathrm{NN}} = [[factor]] \\sum_{i=1}^{[[last]]} "
        "\\operatorname{cap}\\bigl( [[letter]] \\bigr).$$",
        {"d": DIMENSIONS, "N": WIDTHS, "Delta": DIFFERENCES},
        {"factor": Rational(1, 2), "last": LAST, "term": SHARE, "letter": ABSOLUTE},
    ),
    sources=(
        printed(THEOREM_6, "sharper", "The theorem has the leading term, up to o(1)."),
    ),
    uses=("mixture-captured",),
    checks=(
        Check(
            "exact",
            "least squares along every choice of N eigenvectors, d <= 3",
            _attained,
            {"d": SMALL, "N": Integers(1, 4)},
            role="step",
        ),
        Check(
            "exact",
            "no network in the span of a drawn W is below",
            _not_below,
            {"d": Integers(2, 4), "N": SMALL},
            role="step",
        ),
        Check(
            "symbolic",
            "the noise of a compression and its best diagonal, for N = 3",
            _compressed,
            {"d": Integers(3), "N": Integers(3, 3)},
            role="step",
        ),
    ),
    planted=(
        Planted("the leading term", {"term": z**2}),
        Planted("one neuron forgotten", {"last": Min(N, d) - 1}),
        Planted("eigenvalues with their sign", {"letter": EIGENVALUES}, near=True),
        Planted("21/40 for 1/2", {"factor": Rational(21, 40)}, near=True),
        Planted("the other sign below", {"term": z**2 / (1 - z**2)}),
    ),
    weak=Check(
        "exact",
        "d = 1 only",
        _attained,
        {"d": Integers(1, 1), "N": Integers(1, 4)},
        role="step",
    ),
    spec="GM-T6",
)


# --- fixed output weights -------------------------------------------------------------


def fixed_risk(spectrum, width: int, weight: int) -> Fraction:
    """Return the least risk of at most ``width`` squares x_i^2, coefficients >= 0.

    The coefficients are multiplied by the weight. The least is the free optimum of the
    squares that have a coefficient, so that every set of squares is tried.
    """
    fits = (squares_fit(spectrum, chosen) for chosen in choices(len(spectrum), width))
    return min(
        risk for values, risk in fits if all(weight * value >= 0 for value in values)
    )


@cache
def squares_fit(spectrum, chosen) -> tuple[list[Fraction], Fraction]:
    """Return the coefficients of the chosen squares x_i^2 and their least risk."""
    squares = [quadratic(np.outer(e, e)) for e in axes(len(spectrum), chosen).T]
    values, risk = fit([constant(len(spectrum)), *squares], difference(spectrum))
    return values[1:], risk


def _fixed_attained(statement, domain) -> Result:
    """Take the best squares of coordinates whose coefficients have the sign."""

    def compare(case):
        spectrum, width = case
        found = fixed_risk(spectrum, width, statement.weight)
        claimed = claimed_risk(statement, spectrum, width)
        words = f"{described(spectrum)}, N = {width}: {found} = {claimed}"
        return found == claimed, words

    cases = (
        (spectrum, width)
        for side, width in product(domain["d"], domain["N"])
        for spectrum in spectra(side, -2, 2)
    )
    return every_case(cases, compare)


def _fixed_not_below(statement, domain) -> Result:
    """Scale a drawn network to its best size: it is not below the formula."""

    def compare(case):
        spectrum, W = case
        Delta = difference(spectrum)
        network = quadratic(W @ W.T)
        (_, value), risk = fit([constant(len(W)), network], Delta)
        found = risk if statement.weight * value > 0 else Fraction(1)
        claimed = claimed_risk(statement, spectrum, W.shape[1])
        words = f"{described(spectrum)}, W = {shown(W)}: {found} >= {claimed}"
        return found >= claimed, words

    cases = (
        (spectrum, W)
        for side, width in product(domain["d"], domain["N"])
        for W in draws(side, width, 8)
        if np.any(W)
        for spectrum in ((3, *[1] * (side - 1)), (2, *[-3] * (side - 1)))
    )
    return every_case(cases, compare)


SIGNS = Claim(
    id="mixture-network-signs",
    title="Output weights of one sign",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[N]]$ and $[[Delta]]$ let $\\operatorname{cap}(z) = "
        "[[term]]$. Then\n\n"
        "$$\\min_{w_i \\in \\mathbb{R}^d,\\, c \\in \\mathbb{R}} \\mathbb{E} \\Big( y "
        "- c - ([[weight]]) \\sum_{i=1}^N \\langle w_i, x \\rangle^2 \\Big)^2 = \\Big( "
        "1 + [[factor]] \\sum_{i=1}^{[[last]]} \\operatorname{cap}\\bigl( [[letter]] "
        "\\bigr) "
        "\\Big)^{-1}.$$\n\n"
        "With the other sign of the output weights the same holds for $-\\Delta$.",
        {"d": DIMENSIONS, "N": WIDTHS, "Delta": DIFFERENCES},
        {
            "weight": -1,
            "factor": Rational(1, 2),
            "last": LAST,
            "term": SHARE,
            "letter": POSITIVE_PART,
        },
    ),
    sources=(
        printed(
            THEOREM_6,
            "background",
            "The theorem optimises the output weights; training with a fixed second "
            "layer reaches this risk at best.",
        ),
    ),
    uses=("mixture-captured", "mixture-network"),
    checks=(
        Check(
            "exact",
            "least squares with coefficients of one sign, every choice, d <= 3",
            _fixed_attained,
            {"d": SMALL, "N": Integers(1, 4)},
            role="step",
        ),
        Check(
            "exact",
            "no drawn network is below",
            _fixed_not_below,
            {"d": Integers(2, 4), "N": SMALL},
            role="step",
        ),
    ),
    planted=(
        Planted("output weights +1", {"weight": 1}),
        Planted("absolute values", {"letter": ABSOLUTE}, near=True),
        Planted("negative ones too", {"letter": EIGENVALUES}, near=True),
        Planted("the leading term", {"term": z**2}),
        Planted("21/40 for 1/2", {"factor": Rational(21, 40)}, near=True),
    ),
    weak=Check(
        "exact",
        "drawn networks alone",
        _fixed_not_below,
        {"d": Integers(2, 2), "N": Integers(1, 1)},
        role="step",
    ),
    spec="GM-mg-exact",
)


# --- Theorem 6 as printed -------------------------------------------------------------


def exact_risk(values, width: int) -> Fraction:
    """Return the network's least risk from the absolute eigenvalues."""
    shares = (v**2 / (1 + v**2) for v in values[:width])
    return 1 / (1 + Fraction(1, 2) * sum(shares, Fraction(0)))


def leading_cases(domain) -> Iterator[tuple[tuple[int, ...], int, int]]:
    """Yield spectra with widths and scales: all small ones, and flat ones of snr 1."""
    for side, width in product(domain["d"], domain["N"]):
        if side <= 4 and width <= 4:
            for spectrum in spectra(side, -2, 2):
                yield spectrum, width, QUARTERS
        elif side == width and side == 2 * int((side // 2) ** 0.5) ** 2:
            yield (1,) * side, width, int((side // 2) ** 0.5)


def _leading(statement, domain) -> Result:
    """Compare the printed formula with the exact one."""
    bound = rational(statement.bound, norm.name)
    last = rational(statement.last, "N", "d")

    def compare(case):
        spectrum, width, scale = case
        values = used(spectrum, ABSOLUTE, scale)
        kept = values[: int(last(width, len(spectrum)))]
        captured = Fraction(statement.factor) * sum(v**statement.power for v in kept)
        rest = exact_risk(values, width) - 1 / (1 + captured)
        limit = bound(values[0])
        true = statement.low.exact(0, rest) and statement.high.exact(rest, limit)
        words = f"0 {statement.low.symbol} {rest} {statement.high.symbol} {limit}"
        return true, f"{described(spectrum, scale)}, N = {width}: {words}"

    return every_case(leading_cases(domain), compare)


def _leading_symbolic(statement, domain) -> Result:
    """Take the least h that the leading term s allows, and the worst s."""
    s, q = symbols("s q", nonnegative=True)
    bound = statement.bound.subs(norm, sqrt(q))
    rest = 1 / (1 + s / (1 + q)) - 1 / (1 + s)
    spare = ((1 - s) ** 2 + q * (1 + s)) * q / (4 * (1 + s) * (1 + q + s))
    return every_identity((("the remainder", bound - rest, spare),))


LEADING = Claim(
    id="mixture-network-leading",
    title="The printed risk of the network, with its remainder",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[N]]$ and $[[Delta]]$ the least risk $\\mathcal "
        "R_{\\mathrm{NN}, N}$ of networks with free output weights satisfies\n\n"
        "$$0 [[low]] \\mathcal R_{\\mathrm{NN}, N} - \\frac{1}{1 + [[factor]] "
        "\\sum_{i=1}^{[[last]]} \\lvert\\lambda\\rvert_{(i)}(\\Delta)^{[[power]]}} "
        "[[high]] [[bound]].$$",
        {"d": DIMENSIONS, "N": WIDTHS, "Delta": DIFFERENCES},
        {
            "low": AT_MOST,
            "factor": Rational(1, 2),
            "last": LAST,
            "power": 2,
            "high": AT_MOST,
            "bound": norm**2 / 4,
        },
    ),
    sources=(
        printed(
            THEOREM_6,
            "sharper",
            "The theorem's o(1) is at most a quarter of the square of the operator "
            "norm, which is of order 1/d under its condition M2.",
        ),
        printed("Equation (17), third row", "sharper"),
    ),
    uses=("mixture-network",),
    checks=(
        Check(
            "exact",
            "all spectra of -2, ..., 2 by quarters for d <= 4",
            _leading,
            {"d": Integers(1, 4), "N": Integers(1, 4)},
            given=("mixture-network",),
            role="step",
        ),
        Check(
            "exact",
            "flat spectra of snr 1, d = N = 8, 18, ..., 200",
            _leading,
            {"d": Integers(5, 200), "N": Integers(5, 200)},
            given=("mixture-network",),
            role="step",
        ),
        Check(
            "symbolic",
            "the worst case, for every leading term and norm",
            _leading_symbolic,
            given=("mixture-network",),
            role="step",
        ),
    ),
    planted=(
        Planted(
            "19/80 for 1/4: wrong from d = 32 on", {"bound": 19 * norm**2 / 80}, True
        ),
        Planted("the fourth power", {"bound": norm**4 / 4}),
        Planted("below the printed value", {"low": AT_LEAST}),
        Planted("19/40 for 1/2", {"factor": Rational(19, 40)}, near=True),
        Planted("one neuron more", {"last": Min(N + 1, d)}),
    ),
    weak=Check(
        "exact",
        "d = 1 only",
        _leading,
        {"d": Integers(1, 1), "N": Integers(1, 4)},
        given=("mixture-network",),
        role="step",
    ),
    spec="GM-T6",
)


CLAIMS = (NETWORK, SIGNS, LEADING)
