"""The tangent model on the mixture in the mean over W, and in the limit.

Means over W come from the Beta law of a projection and are exact; drawn W give the
others. Nothing here calls the room `rfbook.mixture_gap`.
"""

from fractions import Fraction
from itertools import product

import numpy as np
import sympy
from sympy import Max, Rational, Symbol, limit, oo, symbols

from rfbook.claims.mixture_gap.sources import CHAPTER, printed
from rfbook.claims.mixture_gap.tangent import DIFFERENCES, ISOTROPIC, norm
from rfbook.claims.quadratic_gap.concentration import rank_one_rate
from rfbook.claims.quadratic_gap.spans import (
    AT_MOST,
    WIDTHS,
    N,
    beta_moment,
    chi,
    compression_mean,
    d,
    every_case,
    m,
    rational,
    rho,
    spectra,
    trace_ratio,
)
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Result,
    Statement,
    Verdict,
    agree,
    every,
    every_identity,
    fails,
    holds,
    identity,
    unknown,
)
from rfbook.ledger.deciders import standard_errors

# --- the exact mean of the leading term -----------------------------------------------

TRACE = m / d
TRACELESS = m * (d * (m + 1) - 2) / (d * (d + 2) * (d - 1))
CUT_OFF, UNCUT = "(d - N)_+", "d - N"
LEFT = {CUT_OFF: Max(0, d - N), UNCUT: d - N}
FACTOR = Rational(1, 2)


def mean_leading(values, width: int) -> Fraction:
    """Return the exact mean over W of half of |Delta|^2 - |P Delta P|^2."""
    whole = sum(v * v for v in values)
    rank = max(len(values) - width, 0)
    return Fraction(whole - compression_mean(values, rank)) / 2


def mean_at(statement):
    """Return the claimed mean as a function of the eigenvalues and N."""
    rank = rational(LEFT[statement.left], "d", "N")
    trace, traceless = (
        rational(part, "d", "m") for part in (statement.trace, statement.traceless)
    )

    def at(values, width):
        side, share = len(values), trace_ratio(values)
        kept = rank(side, width)
        lost = share * trace(side, kept) + (1 - share) * traceless(side, kept)
        return Fraction(statement.factor) * sum(v * v for v in values) * (1 - lost)

    return at


def _mean_beta(statement, domain) -> Result:
    mean = mean_at(statement)

    def compare(case):
        values, width = case
        found, claimed = mean_leading(values, width), mean(values, width)
        words = f"eigenvalues {values} times a constant, N = {width}"
        return found == claimed, f"{words}: {found} = {claimed}"

    cases = (
        (values, width)
        for side, width in product(domain["d"], domain["N"])
        for values in spectra(side, -1, 2)
    )
    return every_case(cases, compare)


def _mean_plane(statement, domain) -> Result:
    """Average over the angle of one neuron in the plane, for any two eigenvalues."""
    a, b, angle = symbols("a b theta", real=True)
    z = sympy.Matrix([-sympy.sin(angle), sympy.cos(angle)])
    lost = sympy.expand((z.T * sympy.diag(a, b) * z)[0] ** 2)
    turn = (angle, 0, 2 * sympy.pi)
    found = (a**2 + b**2 - sympy.integrate(lost, turn) / (2 * sympy.pi)) / 2
    share = (a + b) ** 2 / (2 * (a**2 + b**2))
    trace, traceless = (
        part.subs({d: 2, m: 1}) for part in (statement.trace, statement.traceless)
    )
    claimed = (1 - share * trace - (1 - share) * traceless) * (a**2 + b**2)
    return identity(found, statement.factor * claimed)


MEAN_CASES = ((3, 1), (5, 2), (7, 3), (8, 6))


def sampled_leading(values, width: int, count: int, rng):
    """Draw W with normal entries and return half of |Delta|^2 - |P Delta P|^2."""
    values = np.asarray(values, dtype=float)
    side = len(values)
    frame, _ = np.linalg.qr(rng.standard_normal((count, side, min(width, side))))
    cross = np.einsum("nik,i->n", frame**2, values**2)
    block = frame.transpose(0, 2, 1) @ (values[:, None] * frame)
    return cross - (block**2).sum(axis=(1, 2)) / 2


def _mean_sampled(statement, domain, rng) -> Result:
    mean, rows, count = mean_at(statement), [], 4_000
    for side, width in MEAN_CASES:
        if side not in domain["d"] or width not in domain["N"]:
            continue
        for values in ((2,) + (1,) * (side - 1), (1, -1) + (0,) * (side - 2)):
            found = sampled_leading(values, width, count, rng)
            error = found.std(ddof=1) / np.sqrt(count)
            claimed = float(mean(values, width))
            name = f"d = {side}, N = {width}, eigenvalues {values}"
            rows.append((name, found.mean(), error, claimed))
    return agree(rows)


MEAN = Claim(
    id="nt-mixture-mean",
    title="The exact mean of the leading term",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[N]]$ and $[[Delta]]$, $\\Delta \\ne 0$, let the columns "
        "of $W$ be independent $\\mathcal N(0, I_d / d)$, $m = [[left]]$ and $\\chi = "
        "\\chi(\\Delta)$. For $s(W) = \\tfrac12 ( \\lVert \\Delta \\rVert_F^2 - "
        "\\lVert P_\\perp \\Delta P_\\perp \\rVert_F^2 )$,\n\n"
        "$$\\mathbb{E}_W\\, s(W) = [[factor]]\\, \\lVert \\Delta \\rVert_F^2\\, "
        "\\Bigl( 1 - \\chi\\, [[trace]] - (1 - \\chi)\\, [[traceless]] \\Bigr).$$",
        {"d": Integers(2), "N": WIDTHS, "Delta": DIFFERENCES},
        {
            "left": CUT_OFF,
            "factor": FACTOR,
            "trace": TRACE,
            "traceless": TRACELESS,
        },
    ),
    sources=(printed(ISOTROPIC, "sharper", "At finite size, with no remainder."),),
    uses=("nt-quadratic-mean",),
    checks=(
        Check(
            "exact",
            "the mean from the Beta law, all spectra of -1, ..., 2 for d <= 5",
            _mean_beta,
            {"d": Integers(2, 5), "N": Integers(1, 6)},
            role="step",
        ),
        Check(
            "symbolic",
            "one neuron in the plane: the mean over its angle",
            _mean_plane,
            {"d": Integers(2, 2), "N": Integers(1, 1)},
            role="step",
        ),
        Check(
            "statistical",
            "drawn W for four pairs (d, N) and two spectra",
            _mean_sampled,
            {"d": Integers(2, 8), "N": Integers(1, 8)},
            role="step",
            seed=5,
        ),
    ),
    planted=(
        Planted("the limit of the second factor", {"traceless": (m / d) ** 2}),
        Planted("N beyond d not cut off: right for N <= d", {"left": UNCUT}, near=True),
        Planted("the signal twice", {"factor": 1}),
        Planted("21/40 for 1/2", {"factor": Rational(21, 40)}, near=True),
        Planted("the trace part squared as well", {"trace": (m / d) ** 2}),
    ),
    weak=Check(
        "exact",
        "d = 2, N = 2 only",
        _mean_beta,
        {"d": Integers(2, 2), "N": Integers(2, 2)},
        role="step",
    ),
    spec="GM-T5",
)


# --- how much it varies ---------------------------------------------------------------

SIGNAL = Symbol(r"{\lVert \Delta \rVert_F^2}", nonnegative=True)
VARIANCE = norm * SIGNAL / d


def _variance_gradient(statement, domain) -> Result:
    """Differentiate Tr(P D P D) along K P - P K: its gradient is X Y - (X Y)'.

    With the spectral gap d of `nt-concentration` it gives the bound. For Delta of rank
    one and large d the variance is as large as this gradient allows.
    """
    D, P = (Symbol(name, commutative=False) for name in ("D", "P"))
    X, Y = P * D * P, P * D * (1 - P)
    derivative = P * D * P * D - D * P * D * P
    rest = sympy.expand(derivative - (X * Y - (1 - P) * D * P * X))
    if sympy.expand(rest.subs(P**2, P)) != 0:
        return unknown(f"{rest} is left")
    size = Rational(1, 4)  # of Delta = e e' / 2, where s is half of size (1 - |P e|^4)
    needed = rank_one_rate(Rational(3, 4)) * size**2 / 4
    allowed = limit(d * statement.bound.subs({norm: size, SIGNAL: size}), d, oo)
    if needed != allowed and not statement.relation.exact(needed, allowed):
        words = "Delta = e e'/2, N = d/4, d to infinity: d times the variance tends to"
        return fails(f"{words} {needed}, d times the bound to {allowed}")
    if statement.relation != AT_MOST:
        return unknown("the spectral gap bounds the variance from above")
    # |gradient|^2 = 2 |XY|^2 <= norm * 2 |Y|^2 <= norm * signal
    return proved(statement.bound, norm * SIGNAL / d)


def proved(stated, shown) -> Result:
    """Compare a stated bound with the one that a proof gives; it may know no other."""
    result = identity(stated, shown)
    if result.verdict is Verdict.FAILS:
        return unknown(f"the proof gives another bound: {result.witness}")
    return result


def _variance_beta(statement, domain) -> Result:
    """For Delta = e e' the leading term is half of 1 minus a Beta variable's square."""
    bound = statement.bound.subs({norm: 1, SIGNAL: 1})
    bound = rational(bound, "d")

    def compare(case):
        side, width = case
        rank = max(side - width, 0)
        second, fourth = (beta_moment(rank, side, k) for k in (2, 4))
        found = (fourth - second**2) / 4
        words = f"{float(found):.6g} {statement.relation.symbol} "
        words = f"d = {side}, N = {width}: {words}{float(bound(side)):.6g}"
        return statement.relation.exact(found, bound(side)), words

    return every(product(domain["d"], domain["N"]), compare)


def _variance_signs(statement, domain, rng) -> Result:
    """Draw W for eigenvalues 1 and -1: compare the sample variance with the bound."""
    sides = [side for side in (20, 40) if side in domain["d"]]
    count, quantile = 4_000, standard_errors(len(sides))
    for side in sides:
        found = sampled_leading(named("signs", side), side // 2, count, rng)
        squares = (found - found.mean()) ** 2
        value, error = squares.mean(), squares.std() / np.sqrt(count)
        bound = float(statement.bound.subs({norm: 1, SIGNAL: side, d: side}))
        words = f"d = {side}, N = {side // 2}: {value:.4f} +- {error:.4f}"
        if value - quantile * error > bound:
            return fails(f"{words} is above {bound:.4f}")
        if value + quantile * error > bound:
            return unknown(f"{words} is too near {bound:.4f}")
    return holds(f"{len(sides)} sample variances below the bound")


VARIANCE_CLAIM = Claim(
    id="nt-mixture-variance",
    title="How little the leading term varies",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[N]]$ and $[[Delta]]$ let the columns of $W$ be "
        "independent $\\mathcal N(0, I_d / d)$. For $s(W) = \\tfrac12 ( \\lVert "
        "\\Delta \\rVert_F^2 - \\lVert P_\\perp \\Delta P_\\perp \\rVert_F^2 )$,"
        "\n\n"
        "$$\\operatorname{Var}_W s(W) [[relation]] [[bound]].$$\n\n"
        "As $\\lVert \\Delta \\rVert_F^2 \\le d\\, \\lVert \\Delta "
        "\\rVert_{\\mathrm{op}}^2$, the standard deviation is at most "
        "$\\lVert \\Delta \\rVert_{\\mathrm{op}}^2$.",
        {"d": Integers(2), "N": WIDTHS, "Delta": DIFFERENCES},
        {"relation": AT_MOST, "bound": VARIANCE},
    ),
    sources=(printed(ISOTROPIC, "sharper", "With a rate for the fluctuations."),),
    uses=("nt-concentration",),
    checks=(
        Check(
            "exact",
            "Delta of rank one: moments of the Beta law, d <= 60",
            _variance_beta,
            {"d": Integers(2, 60), "N": Integers(1, 60)},
            role="step",
        ),
        Check(
            "statistical",
            "eigenvalues of both signs: drawn W in dimensions 20 and 40",
            _variance_signs,
            {"d": Integers(2, 40)},
            role="step",
            seed=11,
        ),
        Check(
            "symbolic",
            "the gradient, in letters that do not commute; rank one for large d",
            _variance_gradient,
            given=("nt-concentration",),
            role="step",
        ),
    ),
    planted=(
        Planted("one eighth: right up to d = 6", {"bound": VARIANCE / 8}, near=True),
        Planted("one fifth: right up to d = 78", {"bound": VARIANCE / 5}, near=True),
        Planted("right for rank one only", {"bound": norm**2 / d}, near=True),
        Planted("the square of d", {"bound": VARIANCE / d}),
    ),
    weak=Check(
        "exact",
        "d = 2 only",
        _variance_beta,
        {"d": Integers(2, 2), "N": Integers(1, 2)},
        role="step",
    ),
    spec="GM-T5",
)


# --- the share kappa ------------------------------------------------------------------

CUT = Symbol(r"{(1 - \rho)_+}", nonnegative=True)
KAPPA = 1 - CUT**2 * (1 - chi) - CUT * chi
SHARE_REST = rho * CUT * (1 - chi) / d


def cut_off(formula):
    """Put in the positive part of 1 - rho."""
    return sympy.sympify(formula).subs(CUT, Max(0, 1 - rho))


def named(name: str, side: int):
    """Return a spectrum of the given kind, largest first."""
    if name == "one":
        return (1,) + (0,) * (side - 1)
    if name == "signs":
        return (1,) * (side // 2) + (0,) * (side % 2) + (-1,) * (side // 2)
    if name == "flat":
        return (1,) * side
    return tuple(range(side, 0, -1))


KINDS = ("one", "signs", "flat", "steps")


def _share_beta(statement, domain) -> Result:
    kappa = rational(cut_off(statement.kappa), "rho", "chi")
    rest = rational(cut_off(statement.rest), "d", "rho", "chi")

    def compare(case):
        values, width = case
        density, share = Fraction(width, len(values)), trace_ratio(values)
        found = 2 * mean_leading(values, width) / sum(v * v for v in values)
        gap = kappa(density, share) - found
        bound = rest(len(values), density, share)
        words = f"0 <= {float(gap):.6g} {statement.relation.symbol} {float(bound):.6g}"
        true = gap >= 0 and statement.relation.exact(gap, bound)
        return true, f"d = {len(values)}, {short(values)}, N = {width}: {words}"

    cases = (
        (named(name, side), width)
        for side, width in product(domain["d"], domain["N"])
        for name in KINDS
    )
    return every_case(cases, compare)


def short(values) -> str:
    """Write a spectrum with repetitions, up to a constant."""
    parts = [f"{v} x {values.count(v)}" for v in dict.fromkeys(values)]
    return ", ".join(parts) if len(parts) < 5 else f"{values[0]}, ..., {values[-1]}"


def _share_symbolic(statement, domain) -> Result:
    """Let d grow at fixed rho < 1 in the exact mean; beyond 1 nothing is lost."""
    mean = 1 - chi * TRACE - (1 - chi) * TRACELESS
    grown = limit(mean.subs(m, d * (1 - rho)), d, oo)
    return every_identity(
        (
            ("rho < 1", statement.kappa.subs(CUT, 1 - rho), grown),
            ("rho >= 1", statement.kappa.subs(CUT, 0), sympy.Integer(1)),
        )
    )


SHARE = Claim(
    id="nt-mixture-share",
    title="The share of the signal that the tangent model captures",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[N]]$ and $[[Delta]]$, $\\Delta \\ne 0$, let $\\rho = "
        "N / d$, $\\chi = \\chi(\\Delta)$,\n\n"
        "$$\\kappa(\\rho, \\Delta) = [[kappa]],$$\n\n"
        "and $s(W) = \\tfrac12 ( \\lVert \\Delta \\rVert_F^2 - \\lVert P_\\perp "
        "\\Delta P_\\perp \\rVert_F^2 )$ with isotropic neurons. Then\n\n"
        "$$0 \\le \\kappa(\\rho, \\Delta) - \\frac{\\mathbb{E}_W\\, s(W)}{\\lVert "
        "\\Delta \\rVert_F^2 / 2} [[relation]] [[rest]].$$",
        {"d": Integers(2), "N": WIDTHS, "Delta": DIFFERENCES},
        {"kappa": KAPPA, "relation": AT_MOST, "rest": SHARE_REST},
    ),
    sources=(printed(ISOTROPIC, "sharper", "Its share at finite size."),),
    uses=("nt-mixture-mean", "nt-limit"),
    checks=(
        Check(
            "exact",
            "the mean from the Beta law for d <= 24 and four spectra",
            _share_beta,
            {"d": Integers(2, 24), "N": Integers(1, 26)},
            role="step",
        ),
        Check(
            "symbolic",
            "the limit of the exact mean, for symbolic rho and chi",
            _share_symbolic,
            given=("nt-mixture-mean",),
            role="step",
        ),
    ),
    planted=(
        Planted("plus (1 - rho) chi", {"kappa": KAPPA + 2 * CUT * chi}),
        Planted(
            "plus (1 - rho)^2 (1 - chi)", {"kappa": KAPPA + 2 * CUT**2 * (1 - chi)}
        ),
        Planted("chi and 1 - chi exchanged", {"kappa": KAPPA.subs(chi, 1 - chi)}),
        Planted(
            "not cut off: right for rho <= 1",
            {"kappa": KAPPA.subs(CUT, 1 - rho)},
            near=True,
        ),
        Planted(
            "3/5 of the remainder: right up to d = 6",
            {"rest": 3 * SHARE_REST / 5},
            near=True,
        ),
    ),
    weak=Check(
        "exact",
        "d = 2 and 3 only",
        _share_beta,
        {"d": Integers(2, 3), "N": Integers(1, 3)},
        role="step",
    ),
    spec="GM-T5",
)


# --- Theorem 5, second display, and the table -----------------------------------------

ALIKE = Symbol(r"{\kappa(\rho, \Delta)}", nonnegative=True)
LIMIT = 1 / (1 + ALIKE * SIGNAL / 2)
LIMIT_REST = norm / (4 - 3 * norm) + 9 * norm / 8
LIMIT_SIDES, LIMIT_COUNT = (200,), 20


def _limit_sampled(statement, domain, rng) -> Result:
    """Enclose each risk by its two bounds, and compare the mean distance."""
    rows = [
        (side, width, name)
        for side in LIMIT_SIDES
        for width in (side // 4, side // 2, 3 * side // 4, 2 * side)
        for name in ("signs", "flat", "steps")
        if side in domain["d"] and width in domain["N"]
    ]
    quantile, worst = standard_errors(len(rows)), 0.0
    for side, width, name in rows:
        claimed, rest, near, far = _distances(statement, side, width, name, rng)
        slack = quantile / np.sqrt(LIMIT_COUNT)
        least = near.mean() - slack * near.std(ddof=1)
        most = far.mean() + slack * far.std(ddof=1)
        words = f"d = {side}, N = {width}, {name}: mean distance from {claimed:.5f}"
        if least > rest:
            return fails(f"{words} at least {least:.4f} > {rest:.4f}")
        if most > rest:
            return unknown(f"{words} at most {most:.4f}, not within {rest:.4f}")
        worst = max(worst, most / rest)
    return holds(f"{len(rows)} means, the largest at most {worst:.2f} of the bound")


def _distances(statement, side, width, name, rng):
    """Return claimed limit, bound, and the least and largest distance for drawn W."""
    values = np.array(named(name, side), dtype=float)
    values *= np.sqrt(2 / np.sum(values**2))  # |Delta|^2 = 2
    share = float(trace_ratio(named(name, side)))
    at = {SIGNAL: 2, chi: share, d: side, norm: np.max(values**2), N: width}
    point = {rho: Rational(width, side), chi: share}
    kappa = float(cut_off(statement.kappa).subs(point))
    claimed = float(statement.limit.subs({ALIKE: kappa, **at}))
    rest = float(statement.rest.subs(at))
    lead = np.concatenate(
        [sampled_leading(values, width, 1, rng) for _ in range(LIMIT_COUNT)]
    )
    cross = max(0.0, -values.max() * values.min())
    ends = 1 / (1 + lead / (1 - cross)), 1 / (1 + lead / (1 + np.max(values**2)))
    off = np.abs(np.array(ends) - claimed)
    inside = (ends[0] <= claimed) & (claimed <= ends[1])
    return claimed, rest, np.where(inside, 0.0, off.min(axis=0)), off.max(axis=0)


def _limit_rows(statement, domain) -> Result:
    """Compare the row of the table with the display of the theorem."""
    display = 2 / (2 + ALIKE * SIGNAL)
    return identity(statement.limit, display)


LIMIT_CLAIM = Claim(
    id="nt-mixture-limit",
    title="Theorem 5 for isotropic neurons, with its rate",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[N]]$ and $[[Delta]]$, $\\Delta \\ne 0$, let the columns "
        "of $W$ be independent $\\mathcal N(0, I_d / d)$, $\\rho = N / d$, $\\chi = "
        "\\chi(\\Delta)$ and "
        "$\\kappa(\\rho, \\Delta) = [[kappa]]$. Then\n\n"
        "$$\\mathbb{E}_W\\, \\Bigl\\lvert \\mathcal R_{\\mathrm{NT}}(W) - [[limit]] "
        "\\Bigr\\rvert [[relation]] [[rest]].$$",
        {"d": Integers(2), "N": WIDTHS, "Delta": DIFFERENCES},
        {
            "kappa": KAPPA,
            "limit": LIMIT,
            "relation": AT_MOST,
            "rest": LIMIT_REST,
        },
    ),
    sources=(
        printed(ISOTROPIC, "sharper", "With a rate in place of the remainder."),
        printed("Equation (17), second row", "sharper", "The same formula."),
    ),
    uses=("nt-mixture-leading", "nt-mixture-share", "nt-mixture-variance"),
    checks=(
        Check(
            "statistical",
            "drawn W between their bounds, d = 200, four widths, three spectra",
            _limit_sampled,
            {"d": Integers(2, 200), "N": Integers(1, 400)},
            role="step",
            seed=7,
        ),
        Check(
            "symbolic",
            "the display of the theorem and the row of the table",
            _limit_rows,
            role="step",
        ),
    ),
    planted=(
        Planted("the signal without 1/2", {"limit": 1 / (1 + ALIKE * SIGNAL)}),
        Planted("plus (1 - rho) chi", {"kappa": KAPPA + 2 * CUT * chi}),
        Planted("the square lost", {"kappa": 1 - CUT}),
        Planted(
            "not cut off: right for rho <= 1",
            {"kappa": KAPPA.subs(CUT, 1 - rho)},
            near=True,
        ),
        Planted(
            "the whole signal: right for rho >= 1", {"kappa": 1 + 0 * rho}, near=True
        ),
        Planted("1 - kappa for kappa", {"limit": LIMIT.subs(ALIKE, 1 - ALIKE)}),
    ),
    weak=Check(
        "statistical",
        "N = 400 only",
        _limit_sampled,
        {"d": Integers(2, 200), "N": Integers(400, 400)},
        role="step",
        seed=7,
    ),
    spec="GM-T5",
)


CLAIMS = (MEAN, VARIANCE_CLAIM, SHARE, LIMIT_CLAIM)
