"""What networks can represent: the three classes, and the least error with N neurons.

A network with quadratic activation is a matrix M of rank at most N, positive
semidefinite where all output weights are 1. At a critical point (B - M) M = 0, so that
M keeps some eigenvalues of B, as they are, and drops the others: the least error is
found here by trying every choice.
"""

from fractions import Fraction
from itertools import combinations, product

from sympy import Min, Rational, symbols

from rfbook.claims.quadratic_gap.sources import CHAPTER, printed
from rfbook.claims.quadratic_gap.spans import (
    AT_MOST,
    DIMENSIONS,
    LESS,
    MORE,
    SYMMETRIC,
    WEIGHTS,
    WIDTHS,
    N,
    centred,
    constant,
    d,
    distance,
    draws,
    every_case,
    exact_matrix,
    feature_functions,
    general,
    rational,
    rotated,
    shown,
    spectra,
    square,
    tangent_error,
)
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Reals,
    Result,
    Statement,
    every,
    every_identity,
)

p, q, u, c0 = symbols("p q u c_0", real=True)
LINE = Reals()
SMALL = Integers(1, 4)
FREE, ONES = r"u_i \in \mathbb{R}", "u_i = 1"
POSITIVE, ANY = r"symmetric $B \succeq 0$", "symmetric $B$"
EIGENVALUES, ABSOLUTE = r"\lambda_i(B)", r"\lvert\lambda\rvert_{(i)}(B)"
AT_LEAST_ZERO, ABOVE_ZERO = r"\ge", ">"
CLASSES = "Section 1, list after equation (3)"
THEOREM_3 = "Theorem 3"


# --- one class in the other -----------------------------------------------------------


def _inclusion_symbolic(statement, domain) -> Result:
    """Write p = <w, x>, q = <v, x>, for which <w + v, x> = p + q."""

    def sigma(z):
        return z**2 + c0

    slope = sigma(p).diff(p)
    pair = statement.half * (sigma(p + q) + statement.sign * sigma(p - q))
    feature = u * sigma(p) - slope * statement.step * p
    return every_identity(
        (
            ("two neurons", slope * q, pair),
            ("a feature is a tangent direction and a constant", feature, u * c0),
        )
    )


def _inclusion_rank(statement, domain) -> Result:
    """Take the rank of a tangent function whose w_i and v_i are in general position."""
    from flint import fmpz_mat

    neurons = rational(statement.neurons, "N")

    def compare(case):
        side, width = case
        columns = general(side, 2 * width)
        W, A = columns[:, :width], columns[:, width:]
        rows = (W @ A.T + A @ W.T).tolist()
        rank = fmpz_mat([[int(v) for v in row] for row in rows]).rank()
        needed = neurons(width)
        return rank == needed, f"d = {side}, N = {width}: rank {rank} = {needed}"

    cases = product(domain["d"], domain["N"])
    return every((c for c in cases if neurons(c[1]) <= c[0]), compare)


INCLUSION = Claim(
    id="regimes-inclusion",
    title="Features in the tangent model, the tangent model in the network",
    chapter=CHAPTER,
    statement=Statement(
        "Let $\\sigma(z) = z^2 + c_0$ and $[[d]]$, $[[N]]$. For all real $p = \\langle "
        "w, x \\rangle$, $q = \\langle v, x \\rangle$ and $u$,\n\n"
        "$$\\sigma'(p)\\, q = [[half]] \\bigl( \\sigma(p + q) + ([[sign]])\\, "
        "\\sigma(p - q) \\bigr), \\qquad u\\, \\sigma(p) = \\sigma'(p)\\, [[step]]\\, "
        "p + u\\, c_0.$$\n\n"
        "So every function of the tangent model with $N$ neurons is a network with "
        "$[[neurons]]$ neurons, and for $[[neurons]] \\le d$ some of them need as "
        "many. Every combination of the $N$ features is in the tangent model.",
        {"d": DIMENSIONS, "N": WIDTHS},
        {"half": Rational(1, 2), "sign": -1, "step": u / 2, "neurons": 2 * N},
    ),
    sources=(
        printed(
            CLASSES,
            "sharper",
            "The text takes a closure, for general activations; none is needed here.",
        ),
    ),
    checks=(
        Check(
            "symbolic",
            "both identities, for all p, q, u and c_0",
            _inclusion_symbolic,
            role="step",
        ),
        Check(
            "exact",
            "the rank of one tangent function, for d <= 8",
            _inclusion_rank,
            {"d": Integers(1, 8), "N": Integers(1, 7)},
            role="step",
        ),
    ),
    planted=(
        Planted("equal signs", {"sign": 1}),
        Planted("the factor 1", {"half": 1}),
        Planted("N neurons: right for d = 1", {"neurons": N}, near=True),
        Planted("N + 1 neurons: right for N = 1", {"neurons": N + 1}, near=True),
        Planted("the direction u w", {"step": u}),
    ),
    weak=Check(
        "exact",
        "N = 1 only",
        _inclusion_rank,
        {"d": Integers(1, 8), "N": Integers(1, 1)},
        role="step",
    ),
    spec="GM-incl",
)


# --- the three risks in a row ---------------------------------------------------------


def kept_least(spectrum, width: int, weights: str) -> int:
    """Return the least sum of squares that ``width`` kept eigenvalues leave over.

    With output weights 1 only positive eigenvalues can be kept.
    """
    usable = [v for v in spectrum if weights == FREE or v > 0]
    total = sum(v * v for v in spectrum)
    return min(
        total - sum(v * v for v in kept)
        for size in range(min(width, len(usable)) + 1)
        for kept in combinations(usable, size)
    )


def _chain(statement, domain) -> Result:
    """Compare least squares in Fractions with the choice of eigenvalues."""
    neurons = rational(statement.neurons, "N")

    def compare(case):
        spectrum, W = case
        matrix = rotated(spectrum, 1)
        width = W.shape[1]
        network = 2 * kept_least(spectrum, int(neurons(width)), statement.weights)
        tangent = tangent_error(W, matrix)
        functions = [constant(len(W)), *feature_functions(W, -1)]
        features = distance(centred(matrix), functions)
        sides = (network, tangent), (tangent, features)
        relations = statement.first, statement.second
        true = all(r.exact(*s) for r, s in zip(relations, sides, strict=True))
        words = f"{network} {statement.first.symbol} {tangent}"
        words += f" {statement.second.symbol} {features}"
        return true, f"spectrum {spectrum}, W = {shown(W)}: {words}"

    cases = (
        (spectrum, W)
        for side, width in product(domain["d"], domain["N"])
        for W in draws(side, width, 3)
        for spectrum in ((3, *[1] * (side - 1)), (1, *[-1] * (side - 1)))
    )
    return every_case(cases, compare)


CHAIN = Claim(
    id="regimes-chain",
    title="Twice as many neurons beat the tangent model, and it beats features",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[N]]$, $[[W]]$ and $[[B]]$, with $\\sigma(z) = z^2 + "
        "c_0$, output weights $[[weights]]$ and a free constant in the network and in "
        "the tangent model,\n\n"
        "$$\\mathcal R_{\\mathrm{NN}, [[neurons]]} [[first]] \\mathcal "
        "R_{\\mathrm{NT}, N}(W) [[second]] \\mathcal R_{\\mathrm{RF}, N}(W),$$\n\n"
        "where the features may have a constant or not.",
        {"d": DIMENSIONS, "N": WIDTHS, "W": WEIGHTS, "B": SYMMETRIC},
        {
            "weights": FREE,
            "neurons": 2 * N,
            "first": AT_MOST,
            "second": AT_MOST,
        },
    ),
    sources=(printed(CLASSES, "implied", "The network is the class of equation (1)."),),
    uses=("regimes-inclusion", "nt-quadratic-exact", "nn-infimum-free"),
    checks=(
        Check(
            "exact",
            "least squares for drawn W and two spectra, features with a constant",
            _chain,
            {"d": SMALL, "N": Integers(1, 3)},
            role="step",
        ),
    ),
    planted=(
        Planted("N neurons: right for d = 1", {"neurons": N}, near=True),
        Planted("output weights 1", {"weights": ONES}),
        Planted("strictly less", {"first": LESS}),
        Planted("features below the tangent model", {"second": MORE}),
    ),
    weak=Check(
        "exact",
        "d = 1 only",
        _chain,
        {"d": Integers(1, 1), "N": Integers(1, 3)},
        role="step",
    ),
    spec="GM-incl",
)


# --- the least error ------------------------------------------------------------------


def tail(statement, spectrum, width: int):
    """Return the claimed sum of squares from the index ``start`` on."""
    if statement.letter == ABSOLUTE:
        spectrum = sorted((abs(v) for v in spectrum), reverse=True)
    start = rational(statement.start, "N")(width)
    return statement.factor * sum(v * v for v in spectrum[int(start) - 1 :])


def lowest(hypothesis: str) -> int:
    """Return the least eigenvalue to try under the hypothesis on B."""
    return 0 if hypothesis == POSITIVE else -2


def _least_kept(statement, domain, weights=ONES) -> Result:
    """Try every choice of at most N kept eigenvalues, the critical points of the risk.

    Positive semidefinite matrices M have none but positive ones to keep.
    """

    def compare(case):
        spectrum, width = case
        found = 2 * kept_least(spectrum, width, weights)
        claimed = tail(statement, spectrum, width)
        words = f"spectrum {spectrum}, N = {width}: {found} = {claimed}"
        return found == claimed, words

    cases = (
        (spectrum, width)
        for side, width in product(domain["d"], domain["N"])
        for spectrum in spectra(side, lowest(statement.hypothesis), 3)
    )
    return every_case(cases, compare)


def _least_drawn(statement, domain, signs=(1,)) -> Result:
    """No drawn network is below the claimed infimum."""

    def compare(case):
        spectrum, W, pattern = case
        weights = exact_matrix([[pattern[i % len(pattern)] for i in range(W.shape[1])]])
        rest = rotated(spectrum, 1) - (W * weights[0]) @ W.T
        bound = tail(statement, spectrum, W.shape[1])
        error = 2 * square(rest)
        words = f"spectrum {spectrum}, W = {shown(W)}: {error} >= {bound}"
        return error >= bound, words

    cases = (
        (spectrum, W / Fraction(scale), (1, sign))
        for side, width in product(domain["d"], domain["N"])
        for W in draws(side, width, 8)
        for scale, sign in product((1, 2), signs)
        for spectrum in ((3, *[1] * (side - 1)), (2, *[0] * (side - 1)))
    )
    return every_case(cases, compare)


INFIMUM_TEXT = (
    "For every $[[d]]$, $[[N]]$ and [[hypothesis]],\n\n"
    "$$\\min_{w_1, \\dots, w_N \\in \\mathbb{R}^d,\\, c \\in \\mathbb{R}} "
    "\\mathbb{E} \\Big( f_*(x) - c - \\sum_{i=1}^N \\langle w_i, x \\rangle^2 "
    "\\Big)^2 = [[factor]] \\sum_{i = [[start]]}^d \\bigl( [[letter]] \\bigr)^2.$$"
)

INFIMUM = Claim(
    id="nn-infimum",
    title="The least error of a network with output weights 1",
    chapter=CHAPTER,
    statement=Statement(
        INFIMUM_TEXT,
        {"d": DIMENSIONS, "N": WIDTHS},
        {"hypothesis": POSITIVE, "factor": 2, "start": N + 1} | {"letter": EIGENVALUES},
    ),
    sources=(
        printed(f"{THEOREM_3}, the value of the infimum"),
        printed("Equation (13), third row"),
    ),
    uses=("quadratic-risk",),
    checks=(
        Check(
            "exact",
            "every choice of kept eigenvalues, all spectra of 0, ..., 3 for d <= 4",
            _least_kept,
            {"d": SMALL, "N": Integers(1, 5)},
            role="step",
        ),
        Check(
            "exact",
            "drawn networks are not below",
            _least_drawn,
            {"d": SMALL, "N": Integers(1, 3)},
            role="step",
        ),
    ),
    planted=(
        Planted("the sum starts at N", {"start": N}),
        Planted("the sign hypothesis dropped", {"hypothesis": ANY}, near=True),
        Planted("the factor 2 lost", {"factor": 1}),
        Planted("21/10 for 2", {"factor": Fraction(21, 10)}, near=True),
        Planted("one neuron forgotten", {"start": N + 2}),
    ),
    weak=Check(
        "exact",
        "d = 2, N = 2 only",
        _least_kept,
        {"d": Integers(2, 2), "N": Integers(2, 2)},
        role="step",
    ),
    spec="GM-T3-inf",
)


# --- indefinite B ---------------------------------------------------------------------


def _ones_kept(statement, domain) -> Result:
    """Try every choice of kept eigenvalues, and compare with the printed sum."""
    neurons = rational(statement.neurons, "d", "N")

    def compare(case):
        spectrum, width = case
        found = 2 * kept_least(spectrum, width, ONES)
        below = sum(v * v for v in spectrum if v < 0)
        above = sum(v * v for v in spectrum[width:] if v > 0)
        claimed = statement.below * below + statement.above * above
        name = f"spectrum {spectrum}, N = {width}"
        if found != claimed:
            return False, f"{name}: {found} = {claimed}"
        same = found == 2 * sum(v * v for v in spectrum[width:])
        zeros = statement.kept == AT_LEAST_ZERO
        count = sum(v > 0 or (zeros and v == 0) for v in spectrum)
        few = neurons(len(spectrum), width) <= count
        return same == few, f"{name}: (printed sum right: {same}) = (few: {few})"

    cases = (
        (spectrum, width)
        for side, width in product(domain["d"], domain["N"])
        for spectrum in spectra(side, -2, 2)
    )
    return every_case(cases, compare)


INFIMUM_ONES = Claim(
    id="nn-infimum-ones",
    title="Output weights 1 and a target of any sign",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[N]]$ and $[[B]]$,\n\n"
        "$$\\min_{w_1, \\dots, w_N \\in \\mathbb{R}^d,\\, c \\in \\mathbb{R}} "
        "\\mathbb{E} \\Big( f_*(x) - c - \\sum_{i=1}^N \\langle w_i, x \\rangle^2 "
        "\\Big)^2 = [[below]] \\sum_{i:\\, \\lambda_i(B) < 0} \\lambda_i(B)^2 + "
        "[[above]] \\sum_{i > N:\\, \\lambda_i(B) > 0} \\lambda_i(B)^2.$$\n\n"
        "This is $2 \\sum_{i > N} \\lambda_i(B)^2$ if and only if $[[neurons]] \\le "
        "\\# \\{ i : \\lambda_i(B) [[kept]] 0 \\}$.",
        {"d": DIMENSIONS, "N": WIDTHS, "B": SYMMETRIC},
        {"below": 2, "above": 2, "neurons": Min(N, d), "kept": AT_LEAST_ZERO},
    ),
    sources=(
        printed(
            f"{THEOREM_3}, the value of the infimum",
            "background",
            "The theorem assumes that B is positive semidefinite; here is the case "
            "that its hypothesis leaves out.",
        ),
    ),
    uses=("nn-infimum",),
    checks=(
        Check(
            "exact",
            "every choice of kept eigenvalues, all spectra of -2, ..., 2 for d <= 4",
            _ones_kept,
            {"d": SMALL, "N": Integers(1, 5)},
            role="step",
        ),
    ),
    planted=(
        Planted("the negative part forgotten", {"below": 0}),
        Planted("zeros not counted", {"kept": ABOVE_ZERO}, near=True),
        Planted("N beyond d: right for N <= d", {"neurons": N}, near=True),
        Planted("the factor 1 above", {"above": 1}),
    ),
    weak=Check(
        "exact",
        "d = 1, N = 1 only",
        _ones_kept,
        {"d": Integers(1, 1), "N": Integers(1, 1)},
        role="step",
    ),
    spec="GM-T3-inf",
)


def _free_kept(statement, domain) -> Result:
    return _least_kept(statement, domain, FREE)


def _free_drawn(statement, domain) -> Result:
    return _least_drawn(statement, domain, (1, -1))


INFIMUM_FREE = Claim(
    id="nn-infimum-free",
    title="The least error with free output weights",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[N]]$ and [[hypothesis]],\n\n"
        "$$\\min_{w_i \\in \\mathbb{R}^d,\\, u_i, c \\in \\mathbb{R}} "
        "\\mathbb{E} \\Big( f_*(x) - c - \\sum_{i=1}^N u_i \\langle w_i, x "
        "\\rangle^2 \\Big)^2 = [[factor]] \\sum_{i = [[start]]}^d \\bigl( [[letter]] "
        "\\bigr)^2.$$",
        {"d": DIMENSIONS, "N": WIDTHS},
        {"hypothesis": ANY, "factor": 2, "start": N + 1, "letter": ABSOLUTE},
    ),
    sources=(
        printed(
            "Equation (13), third row",
            "implied",
            "The row is stated for positive semidefinite B, where both letters agree.",
        ),
    ),
    uses=("nn-infimum",),
    checks=(
        Check(
            "exact",
            "every choice of kept eigenvalues, all spectra of -2, ..., 3 for d <= 4",
            _free_kept,
            {"d": SMALL, "N": Integers(1, 5)},
            role="step",
        ),
        Check(
            "exact",
            "drawn networks are not below",
            _free_drawn,
            {"d": SMALL, "N": Integers(1, 3)},
            role="step",
        ),
    ),
    planted=(
        Planted("eigenvalues with their sign", {"letter": EIGENVALUES}, near=True),
        Planted("the sum starts at N", {"start": N}),
        Planted("2N eigenvalues", {"start": 2 * N + 1}),
        Planted("21/10 for 2", {"factor": Fraction(21, 10)}, near=True),
    ),
    weak=Check(
        "exact",
        "d = 1 only",
        _free_kept,
        {"d": Integers(1, 1), "N": Integers(1, 5)},
        role="step",
    ),
    spec="GM-T3-inf",
)


CLAIMS = (INCLUSION, CHAIN, INFIMUM, INFIMUM_ONES, INFIMUM_FREE)
