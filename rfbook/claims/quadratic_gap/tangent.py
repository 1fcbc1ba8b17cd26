"""The tangent model with quadratic activation: its error, exactly and in the mean.

Its least error is computed here by Gram-Schmidt among quadratic functions, its mean
from the Beta law of a projection: see `rfbook.claims.quadratic_gap.spans`.
"""

from fractions import Fraction
from itertools import product

import numpy as np
import sympy
from sympy import Max, Symbol, expand, limit, oo, sympify

from rfbook.claims.quadratic_gap.sources import CHAPTER, printed
from rfbook.claims.quadratic_gap.spans import (
    AT_MOST,
    DIMENSIONS,
    SYMMETRIC,
    WEIGHTS,
    WIDTHS,
    N,
    centred,
    chi,
    complement,
    constant,
    d,
    distance,
    draws,
    every_case,
    exact_matrix,
    general,
    m,
    rational,
    rho,
    rotated,
    shown,
    spectra,
    square,
    tangent_error,
    tangent_functions,
    tangent_mean,
    trace_ratio,
)
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Reals,
    Result,
    Statement,
    Verdict,
    agree,
    every,
    every_identity,
    holds,
    identity,
    unknown,
)

B, P, Q = (Symbol(name, commutative=False) for name in ("B", "P", r"P_\perp"))
THEOREM_2 = printed("Theorem 2", "sharper")
AFTER = "text after Theorem 2"
OFFSET, NO_OFFSET = r"c \in \mathbb{R}", "c = 0"
SQUARES, EVERY_SIGMA = r"$\sigma(u) = u^2 + c_0$", r"every differentiable $\sigma$"
ALMOST, EVERY = "almost every", "every"
SMALL = Integers(1, 4)


# --- the error, for every W and B -----------------------------------------------------


def _error_algebra(statement, domain) -> Result:
    """B - P' B P' lies in the class, and P' B P' is orthogonal to it (P' = I - P).

    P = W W^+, so that P Z + Z' P is a member of the class for every Z.
    """
    if statement.activation != SQUARES:
        return unknown("the class is that of the squares")
    rest = statement.compression.subs(Q, 1 - P)
    member = P * B * (1 - P / 2) + (1 - P / 2) * B * P
    if expand(B - rest - member) != 0:
        return unknown(f"B - {statement.compression} is another matrix")
    if expand(rest * P).subs(P**2, P) != 0:
        return unknown(f"{statement.compression} is not orthogonal to the columns")
    return holds("the splitting, and orthogonality by P P = P")


def _error_exact(statement, domain) -> Result:
    """Project the target on the span of all <w_i, x> x_k by Gram-Schmidt.

    For every sigma there is also sigma(u) = u, whose functions x_k no quadratic form
    sees.
    """

    def compare(case):
        W, target = case
        free = [constant(len(W))] if statement.offset == OFFSET else []
        if statement.activation == SQUARES:
            free += tangent_functions(W)
        left = distance(centred(target), free)
        letters = {B: target, Q: complement(W)}
        matrix = exact_matrix(np.eye(len(W), dtype=int).tolist())
        for letter in _letters(statement.compression):
            matrix = matrix @ letters[letter]
        right = statement.factor * square(matrix)
        name = f"W = {shown(W)}, B = {shown(target)}"
        return left == right, f"{name}: {left} = {right}"

    cases = (
        (W, A + A.T)
        for side, width in product(domain["d"], domain["N"])
        for W in draws(side, width, 3)
        for A in draws(side, side, 2)
    )
    return every_case(cases, compare)


def _letters(word):
    """Split a product of matrices into its letters."""
    for base in sympify(word).args or (word,):
        name, power = base.as_base_exp()
        yield from [name] * int(power)


EXACT = Claim(
    id="nt-quadratic-exact",
    title="The tangent model's error, exactly",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[N]]$, $[[W]]$ and $[[B]]$, and [[activation]],\n\n"
        "$$\\min_{v_1, \\dots, v_N \\in \\mathbb{R}^d,\\; [[offset]]} \\mathbb{E} "
        "\\Big( f_*(x) - c - \\sum_{i=1}^N \\sigma'(\\langle w_i, x \\rangle) "
        "\\langle v_i, x \\rangle \\Big)^2 = [[factor]]\\, \\lVert [[compression]] "
        "\\rVert_F^2.$$\n\n"
        "So $\\mathcal R_{\\mathrm{NT}} = \\lVert P_\\perp B P_\\perp \\rVert_F^2 / "
        "\\lVert B \\rVert_F^2$.",
        {"d": DIMENSIONS, "N": WIDTHS, "W": WEIGHTS, "B": SYMMETRIC},
        {
            "activation": SQUARES,
            "offset": OFFSET,
            "factor": 2,
            "compression": Q * B * Q,
        },
    ),
    sources=(printed("Theorem 2", "sharper", "Exact for every W, without a mean."),),
    uses=("quadratic-risk",),
    checks=(
        Check(
            "symbolic",
            "the splitting of B in letters that do not commute",
            _error_algebra,
            given=("quadratic-risk",),
            role="step",
        ),
        Check(
            "exact",
            "least squares in Fractions for drawn W (some singular) and B",
            _error_exact,
            {"d": SMALL, "N": SMALL},
            role="step",
        ),
    ),
    planted=(
        Planted("one side only: right for d = 1", {"compression": Q * B}, near=True),
        Planted("the factor 2 lost", {"factor": 1}),
        Planted("without the constant", {"offset": NO_OFFSET}),
        Planted("every activation: right for W = 0", {"activation": EVERY_SIGMA}),
        Planted("21/10 for 2", {"factor": Fraction(21, 10)}, near=True),
    ),
    weak=Check(
        "exact",
        "d = 1 only",
        _error_exact,
        {"d": Integers(1, 1), "N": Integers(1, 2)},
        role="step",
    ),
    spec="GM-NT-exact",
)


# --- how many parameters --------------------------------------------------------------


def _parameters_count(statement, domain) -> Result:
    """Count the entries on or above the diagonal in the first N rows."""
    rows = Symbol("N", integer=True, positive=True)
    kept = d * (d + 1) / 2 - (d - rows) * (d - rows + 1) / 2
    return identity(kept, statement.dimension)


def _parameters_exact(statement, domain) -> Result:
    """Take the rank of all w_i e_k' + e_k w_i', for columns in general position."""
    from flint import fmpz_mat

    value, most = rational(statement.dimension, "d", "N"), rational(statement.most, "d")

    def compare(case):
        side, width = case
        rows = [f[:-1] * 2 for f in tangent_functions(general(side, width))]
        rank = fmpz_mat([[int(v) for v in row] for row in rows]).rank()
        claimed = value(side, width)
        return rank == claimed, f"d = {side}, N = {width}: {rank} = {claimed}"

    cases = (
        (side, width)
        for side, width in product(domain["d"], domain["N"])
        if width <= most(side)
    )
    return every(cases, compare)


PARAMETERS = Claim(
    id="nt-parameters",
    title="How many parameters the tangent model really has",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[N]]$ with $N \\le [[most]]$, and every $W \\in "
        "\\mathbb{R}^{d \\times N}$ with independent columns,\n\n"
        "$$\\dim \\{ W A^{\\mathsf T} + A W^{\\mathsf T} : A \\in "
        "\\mathbb{R}^{d \\times N} \\} = [[dimension]].$$",
        {"d": DIMENSIONS, "N": WIDTHS},
        {"most": d, "dimension": N * d - N * (N - 1) / 2},
    ),
    sources=(
        printed(
            AFTER,
            "sharper",
            "The text counts the Nd numbers that are fitted; N(N-1)/2 of them do not "
            "change the function.",
        ),
    ),
    checks=(
        Check(
            "exact",
            "the rank of the generators for d <= 7",
            _parameters_exact,
            {"d": Integers(1, 7), "N": Integers(1, 9)},
            role="step",
        ),
        Check(
            "symbolic",
            "the entries of a symmetric matrix in N rows, counted for symbolic d and N",
            _parameters_count,
            role="step",
        ),
    ),
    planted=(
        Planted("Nd: right for N = 1", {"dimension": N * d}, near=True),
        Planted("N(N+1)/2 for N(N-1)/2", {"dimension": N * d - N * (N + 1) / 2}),
        Planted("N up to d + 2", {"most": d + 2}, near=True),
        Planted("all symmetric matrices", {"dimension": d * (d + 1) / 2}),
    ),
    weak=Check(
        "exact",
        "N = 1 only",
        _parameters_exact,
        {"d": Integers(1, 7), "N": Integers(1, 1)},
        role="step",
    ),
    spec="GM-NT-params",
)


# --- zero from N = d on ---------------------------------------------------------------


def _full_width(statement, domain) -> Result:
    """Fit the identity, whose error is twice the dimension of the complement."""
    least = rational(statement.least, "d")

    def weights(side, width):
        yield general(side, width)
        if statement.which == EVERY:
            yield exact_matrix([[1] * width] * side)

    def compare(W):
        error = tangent_error(W, rotated([1] * len(W)))
        return error == 0, f"W = {shown(W)}, B = I: {error} = 0"

    cases = (
        W
        for side, width in product(domain["d"], domain["N"])
        if width >= least(side)
        for W in weights(side, width)
    )
    return every_case(cases, compare)


FULL_WIDTH = Claim(
    id="nt-full-width",
    title="No error from N = d on",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[B]]$ and $[[N]]$ with $N \\ge [[least]]$, "
        "$\\mathcal R_{\\mathrm{NT}}(W) = 0$ for [[which]] $W \\in \\mathbb{R}^{d "
        "\\times N}$.",
        {"d": DIMENSIONS, "N": WIDTHS, "B": SYMMETRIC},
        {"least": d, "which": ALMOST},
    ),
    sources=(printed("Section 1.1 and the text after Theorem 2", "sharper"),),
    uses=("nt-quadratic-exact",),
    checks=(
        Check(
            "exact",
            "least squares in Fractions for B = I, the widths up to 6",
            _full_width,
            {"d": SMALL, "N": Integers(1, 6)},
            role="step",
        ),
    ),
    planted=(
        Planted("one neuron fewer", {"least": d - 1}, near=True),
        Planted("every W: right for d = 1", {"which": EVERY}, near=True),
        Planted("half the width: right for d = 1", {"least": d / 2}),
    ),
    weak=Check(
        "exact",
        "d = 1 only",
        _full_width,
        {"d": Integers(1, 1), "N": Integers(1, 6)},
        role="step",
    ),
    spec="GM-NT-exact",
)


# --- the exact mean -------------------------------------------------------------------

TRACE = m / d
TRACELESS = m * (d * (m + 1) - 2) / (d * (d + 2) * (d - 1))
ISOTROPIC = "independent $\\mathcal N(0, I_d / d)$"
DEPENDENT = "$\\mathcal N(0, I_d / d)$, independent or not"
TRACE_ONE = "independent and Gaussian with mean 0 and a covariance of trace 1"
DRAWN = "the columns are drawn independent and isotropic"
CUT_OFF, UNCUT = "(d - N)_+", "d - N"
LEFT = {CUT_OFF: Max(0, d - N), UNCUT: d - N}


def mean_at(statement):
    """Return the claimed mean as a function of d, N and chi."""
    rank = rational(LEFT[statement.left], "d", "N")
    parts = [rational(f, "d", "m") for f in (statement.trace, statement.traceless)]

    def at(side, width, ratio):
        values = [part(side, rank(side, width)) for part in parts]
        return ratio * values[0] + (1 - ratio) * values[1]

    return at


def _mean_symbolic(statement, domain) -> Result:
    """Sum b_i b_j E P_ij^2 from the Beta law of P_ii and P^2 = P, for symbolic d, m."""
    if statement.law != ISOTROPIC:
        return unknown(DRAWN)
    diagonal = m * (m + 2) / (d * (d + 2))
    other = (m / d - diagonal) / (d - 1)
    squares = Symbol("s", positive=True)
    found = diagonal * squares + other * (chi * d * squares - squares)
    claimed = chi * statement.trace + (1 - chi) * statement.traceless
    moments = 3 / (d * (d + 2)), 1 / (d * (d + 2))
    return every_identity(
        (
            ("E P_ii^2", m * moments[0] + m * (m - 1) * moments[1], diagonal),
            ("the mean", found / squares, claimed),
        )
    )


def _mean_sphere(statement, domain) -> Result:
    """Average over one direction u: P' = u u' for m = 1, P' = I - u u' for N = 1.

    Columns that need not be independent are equal here; those of another covariance are
    multiples of the first axis.
    """
    from rfbook.claims.tools.sphere import sphere_mean

    mean = mean_at(statement)

    def sphere(powers, side):
        return sphere_mean(tuple(powers[i] for i in range(side)))

    def fourth(spectrum):
        side = len(spectrum)
        return sum(
            spectrum[i]
            * spectrum[j]
            * sphere([2 * (k == i) + 2 * (k == j) for k in range(side)], side)
            for i, j in product(range(side), repeat=2)
        )

    def compare(spectrum):
        side, total = len(spectrum), sum(v * v for v in spectrum)
        quartic, ratio = fourth(spectrum), trace_ratio(spectrum)
        found = {
            1: 1 - Fraction(2, side) + quartic / total,
            side - 1: quartic / total,
            side: Fraction(0),
            side + 1: Fraction(0),
        }
        if statement.law != ISOTROPIC:
            first = Fraction(spectrum[0] ** 2, total)
            same = {DEPENDENT: found[1], TRACE_ONE: 1 - first}[statement.law]
            found = dict.fromkeys(found, same)
        for width in set(found) & set(domain["N"]):
            claimed = mean(side, width, ratio)
            if found[width] != claimed:
                words = f"spectrum {spectrum}, N = {width}"
                return False, f"{words}: {found[width]} = {claimed}"
        return True, ""

    cases = (values for side in domain["d"] for values in spectra(side, -1, 2))
    return every_case(cases, compare)


MEAN_CASES = ((2, 1), (3, 1), (4, 2), (5, 3), (6, 2), (8, 3))
MEAN_SPECTRA = ("rank one", "trace zero", "increasing")


def spectrum_named(name: str, side: int):
    """Return a spectrum of the given kind, largest first."""
    if name == "rank one":
        return [1] + [0] * (side - 1)
    if name == "trace zero":
        return [1] * (side // 2) + [0] * (side % 2) + [-1] * (side // 2)
    return list(range(side, 0, -1))


def sampled_risk(spectrum, width: int, count: int, rng):
    """Draw W with normal entries and return |P' B P'|^2 / |B|^2 for each."""
    side = len(spectrum)
    values = np.array(spectrum, dtype=float)
    q, _ = np.linalg.qr(rng.standard_normal((count, side, width)))
    rest = np.eye(side) - q @ q.transpose(0, 2, 1)
    weighted = rest * np.sqrt(np.abs(values))
    signs = np.sign(values)
    middle = np.einsum("nij,j,nkj->nik", weighted, signs, weighted)
    return (middle**2).sum(axis=(1, 2)) / (values**2).sum()


def _mean_sampled(statement, domain, rng) -> Result:
    if statement.law != ISOTROPIC:
        return unknown(DRAWN)
    mean, rows, count = mean_at(statement), [], 4_000
    for (side, width), name in product(MEAN_CASES, MEAN_SPECTRA):
        if side not in domain["d"] or width not in domain["N"]:
            continue
        spectrum = spectrum_named(name, side)
        values = sampled_risk(spectrum, width, count, rng)
        claimed = float(mean(side, width, trace_ratio(spectrum)))
        error = values.std(ddof=1) / np.sqrt(count)
        rows.append((f"d = {side}, N = {width}, {name}", values.mean(), error, claimed))
    return agree(rows)


MEAN = Claim(
    id="nt-quadratic-mean",
    title="The tangent model's mean risk, exactly",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[N]]$ and $[[B]]$ let the columns of $W$ be [[law]], and "
        "$m = [[left]]$. Then\n\n"
        "$$\\mathbb{E}_W\\, \\mathcal R_{\\mathrm{NT}}(W) = \\chi(B)\\, [[trace]] + "
        "\\bigl( 1 - \\chi(B) \\bigr)\\, [[traceless]].$$",
        {"d": Integers(2), "N": WIDTHS, "B": SYMMETRIC},
        {"law": ISOTROPIC, "left": CUT_OFF, "trace": TRACE, "traceless": TRACELESS},
    ),
    sources=(printed("Theorem 2", "sharper", "The mean without its remainder."),),
    uses=("nt-quadratic-exact", "sphere-moments"),
    checks=(
        Check(
            "exact",
            "one direction on the sphere (N = 1 and m = 1), and N >= d, for d <= 5",
            _mean_sphere,
            {"d": Integers(2, 5), "N": Integers(1, 6)},
            role="step",
        ),
        Check(
            "symbolic",
            "the sum over b_i b_j E P_ij^2 for symbolic d, m and chi",
            _mean_symbolic,
            given=("nt-quadratic-exact", "sphere-moments"),
            role="step",
        ),
        Check(
            "statistical",
            "drawn W for six pairs (d, N) and three spectra",
            _mean_sampled,
            {"d": Integers(2, 8), "N": Integers(1, 8)},
            seed=3,
        ),
    ),
    planted=(
        Planted("the limit of the second factor", {"traceless": (m / d) ** 2}),
        Planted("N beyond d not cut off: right for N <= d", {"left": UNCUT}, near=True),
        Planted(
            "d(m+1) - 1 for d(m+1) - 2",
            {"traceless": m * (d * (m + 1) - 1) / (d * (d + 2) * (d - 1))},
            near=True,
        ),
        Planted("the trace part squared as well", {"trace": (m / d) ** 2}),
        Planted(
            "d - 1 lost: right for d = 2",
            {"traceless": m * (d * (m + 1) - 2) / (d * (d + 2))},
            near=True,
        ),
        Planted("columns that may be equal: right for N = 1", {"law": DEPENDENT}, True),
        Planted("any covariance: right for B = I, N = 1", {"law": TRACE_ONE}, True),
    ),
    weak=Check(
        "exact",
        "d = 2, N = 1 only",
        _mean_sphere,
        {"d": Integers(2, 2), "N": Integers(1, 1)},
        role="step",
    ),
    spec="GM-T2",
)


# --- Theorem 2 ------------------------------------------------------------------------

CUT = Symbol(r"{(1 - \rho)_+}", nonnegative=True)
LIMIT = CUT**2 * (1 - chi) + CUT * chi
REMAINDER = rho * CUT * (1 - chi) / d


def cut_off(formula):
    """Put in the positive part of 1 - rho."""
    return formula.subs(CUT, Max(0, 1 - rho))


def _limit_symbolic(statement, domain) -> Result:
    """Subtract the limit from the exact mean, at N = d - m; let d grow at fixed rho."""
    mean = chi * TRACE + (1 - chi) * TRACELESS
    at = {rho: 1 - m / d}
    left = [f.subs(CUT, 1 - rho) for f in (statement.limit, statement.rest)]
    difference = mean - left[0].subs(at)
    claimed = (1 - chi) * m * (d - m) * (d - 2) / (d**2 * (d + 2) * (d - 1))
    result = identity(difference, claimed)
    if result.verdict is not Verdict.HOLDS:
        return result
    quotient = sympy.simplify(claimed / left[1].subs(at))
    spare = sympy.simplify(1 - quotient)
    # d = 2 + j makes every coefficient of the numerator's spare positive.
    j = Symbol("j", integer=True, nonnegative=True)
    if not sympy.factor(spare.subs(d, j + 2)).is_nonnegative:
        return unknown(f"the sign of {spare}")
    if statement.relation != AT_MOST:
        return unknown("the proof bounds from above")
    grown = limit((mean.subs(m, d * (1 - rho))), d, oo)
    return identity(grown, left[0])


def _limit_exact(statement, domain) -> Result:
    lim = rational(cut_off(statement.limit), "rho", "chi")
    rest = rational(cut_off(statement.rest), "d", "rho", "chi")

    def compare(case):
        side, width, spectrum = case
        ratio, density = trace_ratio(spectrum), Fraction(width, side)
        gap = tangent_mean(spectrum, width) - lim(density, ratio)
        bound = rest(side, density, ratio)
        words = f"0 <= {gap} {statement.relation.symbol} {bound}"
        true = gap >= 0 and statement.relation.exact(gap, bound)
        return true, f"spectrum {spectrum}, N = {width}: {words}"

    cases = (
        (side, width, spectrum_named(name, side))
        for side, width in product(domain["d"], domain["N"])
        for name in MEAN_SPECTRA
    )
    return every_case(cases, compare)


LIMIT_CLAIM = Claim(
    id="nt-limit",
    title="The limit, with its remainder",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[N]]$ and $[[B]]$, with $\\rho = N / d$ and $\\chi = "
        "\\chi(B)$,\n\n"
        "$$0 \\le \\mathbb{E}_W\\, \\mathcal R_{\\mathrm{NT}}(W) - \\Bigl( [[limit]] "
        "\\Bigr) [[relation]] [[rest]].$$",
        {"d": Integers(2), "N": WIDTHS, "B": SYMMETRIC},
        {"limit": LIMIT, "relation": AT_MOST, "rest": REMAINDER},
    ),
    sources=(printed("Theorem 2", "sharper", "Its remainder is at most 1/(4d)."),),
    uses=("nt-quadratic-mean",),
    checks=(
        Check(
            "exact",
            "the mean from the Beta law, for d <= 30",
            _limit_exact,
            {"d": Integers(2, 30), "N": Integers(1, 32)},
            role="step",
        ),
        Check(
            "symbolic",
            "the difference for symbolic d, m and chi, and the limit",
            _limit_symbolic,
            given=("nt-quadratic-mean",),
            role="step",
        ),
    ),
    planted=(
        Planted(
            "the square lost",
            {"limit": CUT * (1 - chi) + CUT * chi + 0 * rho},
        ),
        Planted(
            "not cut off at rho = 1",
            {"limit": (1 - rho) ** 2 * (1 - chi) + (1 - rho) * chi},
            near=True,
        ),
        Planted(
            "3/5 of the remainder: right up to d = 6",
            {"rest": 3 * REMAINDER / 5},
            near=True,
        ),
        Planted("the remainder of order 1/d^2", {"rest": REMAINDER / d}),
        Planted("chi and 1 - chi exchanged", {"limit": LIMIT.subs(chi, 1 - chi)}),
    ),
    weak=Check(
        "exact",
        "d = 2 and 3 only",
        _limit_exact,
        {"d": Integers(2, 3), "N": Integers(1, 3)},
        role="step",
    ),
    spec="GM-T2",
)


# --- the worst case -------------------------------------------------------------------

BOUND = m / d
SLACK = N * m / ((d + 2) * (d - 1))


def _worst_symbolic(statement, domain) -> Result:
    """Subtract the exact mean from the bound, at N = d - m."""
    mean = chi * TRACE + (1 - chi) * TRACELESS
    bound, slack = (f.subs(N, d - m) for f in (statement.bound, statement.slack))
    return identity(bound - (1 - chi) * slack, mean)


def _worst_exact(statement, domain) -> Result:
    rank = rational(LEFT[statement.left], "d", "N")
    bound, slack = (
        rational(part, "d", "N", "m") for part in (statement.bound, statement.slack)
    )

    def compare(case):
        spectrum, width = case
        side, ratio = len(spectrum), trace_ratio(spectrum)
        found = tangent_mean(spectrum, width)
        point = side, width, rank(side, width)
        claimed = bound(*point) - (1 - ratio) * slack(*point)
        words = f"spectrum {spectrum}, N = {width}: {found} = {claimed}"
        return found == claimed, words

    cases = (
        (spectrum, width)
        for side, width in product(domain["d"], domain["N"])
        for spectrum in spectra(side, -1, 2)
    )
    return every_case(cases, compare)


WORST = Claim(
    id="nt-worst-case",
    title="The identity is the worst target",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[N]]$ and $[[B]]$, with $m = [[left]]$,\n\n"
        "$$\\mathbb{E}_W\\, \\mathcal R_{\\mathrm{NT}}(W) = [[bound]] - \\bigl( 1 - "
        "\\chi(B) \\bigr)\\, [[slack]].$$\n\n"
        "So the mean risk is at most $(1 - N/d)_+$, and for $N < d$ this value is "
        "attained by the multiples of the identity only.",
        {"d": Integers(2), "N": WIDTHS, "B": SYMMETRIC},
        {"left": CUT_OFF, "bound": BOUND, "slack": SLACK},
    ),
    sources=(
        printed(AFTER, "sharper", "There with a remainder; here exact, with equality."),
    ),
    uses=("nt-quadratic-mean",),
    checks=(
        Check(
            "exact",
            "all spectra of -1, ..., 2 for d <= 5",
            _worst_exact,
            {"d": Integers(2, 5), "N": Integers(1, 6)},
            role="step",
        ),
        Check(
            "symbolic",
            "the difference for symbolic d, m and chi",
            _worst_symbolic,
            given=("nt-quadratic-mean",),
            role="step",
        ),
    ),
    planted=(
        Planted("the limit's slack", {"slack": N * m / d**2}, near=True),
        Planted("not cut off at N = d", {"left": UNCUT}, near=True),
        Planted("the square", {"bound": BOUND**2}),
        Planted("one neuron more", {"bound": (m - 1) / d}),
    ),
    weak=Check(
        "exact",
        "d = 2, N <= 2 only",
        _worst_exact,
        {"d": Integers(2, 2), "N": Integers(1, 2)},
        role="step",
    ),
    spec="GM-T2",
)


# --- the table ------------------------------------------------------------------------

PRINTED_ROW = CUT**2 + rho * CUT + chi
ROW = CUT**2 + rho * CUT * chi
DENSITIES = Reals(0, open_low=True)
RATIOS = Reals(0, 1)
POINTS = tuple(Fraction(k, 4) for k in range(1, 7))


def _table_exact(statement, domain) -> Result:
    """Let d grow in the exact mean, at rational rho and chi."""
    row = rational(cut_off(statement.row), "rho", "chi")

    def limiting(density, ratio):
        if density >= 1:
            return Fraction(0)
        kept = sympy.Rational(*(1 - density).as_integer_ratio())
        share = sympy.Rational(*ratio.as_integer_ratio())
        mean = share * TRACE + (1 - share) * TRACELESS
        found = limit(mean.subs(m, kept * d), d, oo)
        return Fraction(int(found.p), int(found.q))

    def compare(case):
        density, ratio = (Fraction(v) for v in case)
        found, claimed = limiting(density, ratio), row(density, ratio)
        words = f"rho = {density}, chi = {ratio}: {found} = {claimed}"
        return found == claimed, words

    ratios = domain["chi"].among((0, Fraction(1, 3), 1))
    cases = list(product(domain["rho"].among(POINTS), ratios))
    return every_case(cases, compare)


def _table_symbolic(statement, domain) -> Result:
    """Compare with the limit of the exact mean below 1, and with 0 beyond."""
    below = statement.row.subs(CUT, 1 - rho)
    beyond = statement.row.subs(CUT, 0)
    mean = (chi * TRACE + (1 - chi) * TRACELESS).subs(m, d * (1 - rho))
    return every_identity(
        (("rho < 1", limit(mean, d, oo), below), ("rho >= 1", beyond, sympify(0)))
    )


TABLE_TEXT = (
    "For every $[[rho]]$ and $[[chi]]$, the limit of $\\mathbb{E}_W\\, \\mathcal "
    "R_{\\mathrm{NT}}(W)$ as $N, d \\to \\infty$, $N / d \\to \\rho$ and "
    "$\\chi(B) \\to \\chi$ is\n\n$$[[row]].$$"
)

TABLE_PRINTED = Claim(
    id="nt-table-printed",
    title="The tangent row of the table as printed, which is false",
    chapter=CHAPTER,
    statement=Statement(
        TABLE_TEXT, {"rho": DENSITIES, "chi": RATIOS}, {"row": PRINTED_ROW}
    ),
    sources=(
        printed(
            "Equation (13), second row",
            "refutes",
            "A plus sign stands before the last fraction where a product is meant. "
            "Theorem 2 itself is right: possibly a slip of the text that we read.",
        ),
    ),
    uses=("nt-quadratic-mean",),
    expects=Verdict.FAILS,
    checks=(
        Check("exact", "the limit of the exact mean at rational points", _table_exact),
    ),
    planted=(
        Planted("a product for the sum", {"row": ROW}, near=True),
        Planted("the form of Theorem 2", {"row": CUT**2 * (1 - chi) + CUT * chi}),
        Planted("one factor taken out", {"row": CUT * (CUT + rho * chi)}),
    ),
    spec="GM-eq13-NT",
)

TABLE = Claim(
    id="nt-table",
    title="The tangent row of the table",
    chapter=CHAPTER,
    statement=Statement(TABLE_TEXT, {"rho": DENSITIES, "chi": RATIOS}, {"row": ROW}),
    sources=(printed("Equation (13), second row", "corrects"),),
    corrects="nt-table-printed",
    uses=("nt-quadratic-mean",),
    checks=(
        Check(
            "symbolic",
            "the limit of the exact mean, for symbolic rho and chi",
            _table_symbolic,
            given=("nt-quadratic-mean",),
            role="step",
        ),
        Check(
            "exact",
            "the limit of the exact mean at rational points",
            _table_exact,
            role="step",
        ),
    ),
    planted=(
        Planted("the printed sum", {"row": PRINTED_ROW}),
        Planted("1 - chi for chi", {"row": CUT**2 + rho * CUT * (1 - chi)}),
        Planted(
            "not cut off: right for rho <= 1",
            {"row": (1 - rho) ** 2 + rho * (1 - rho) * chi},
            near=True,
        ),
        Planted("rho lost", {"row": CUT**2 + CUT * chi}),
    ),
    weak=Check(
        "exact",
        "rho in [1/4, 1/2] only",
        _table_exact,
        {"rho": Reals(Fraction(1, 4), Fraction(1, 2))},
        role="step",
    ),
    spec="GM-eq13-NT",
)


CLAIMS = (
    EXACT,
    PARAMETERS,
    FULL_WIDTH,
    MEAN,
    LIMIT_CLAIM,
    WORST,
    TABLE_PRINTED,
    TABLE,
)
