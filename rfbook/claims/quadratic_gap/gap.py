"""How far the trained network is ahead of the tangent model, and when it is not.

Both risks are exact here: the tangent model's by the Beta law of a projection, or by
least squares for a given W, the network's from the eigenvalues of B.
"""

from fractions import Fraction
from functools import cache
from itertools import product

import sympy
from sympy import Min, Rational, Symbol, limit, oo, simplify, symbols

from rfbook.claims.quadratic_gap.sources import CHAPTER, printed
from rfbook.claims.quadratic_gap.spans import (
    AT_LEAST,
    AT_MOST,
    DIMENSIONS,
    LESS,
    MORE,
    SYMMETRIC,
    WEIGHTS,
    WIDTHS,
    N,
    chi,
    d,
    draws,
    every_case,
    m,
    network_risk,
    rational,
    rho,
    rotated,
    shown,
    spectra,
    tangent_error,
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
    Space,
    Statement,
    Verdict,
    every_identity,
    fails,
    identity,
    unknown,
)

EQUATION_6 = "Equation (6)"
POSITIVE, ANY = r"$B \succeq 0$", "symmetric $B$"
KAPPA = Min(rho, 1 - rho) ** 2
k = Symbol("k", integer=True, nonnegative=True)
OPEN = Reals(0, 1, open_low=True, open_high=True)
SMALL = Integers(2, 4)


def targets(side: int, hypothesis: str = POSITIVE):
    """Yield spectra: all small ones, a spike, projections, and near the identity."""
    if side <= 4:
        yield from spectra(side, 0 if hypothesis == POSITIVE else -2, 3)
        return
    for rank in (1, side // 3, side // 2, side - 1, side):
        yield (1,) * rank + (0,) * (side - rank)
    yield (side, *[1] * (side - 1))
    yield (1001,) * (side // 2) + (1000,) * (side - side // 2)
    if hypothesis == ANY:
        yield (1,) * (side // 2) + (-1,) * (side - side // 2)


def instances(domain, hypothesis: str = POSITIVE):
    """Yield spectra with widths N <= d of the domain."""
    for side in domain["d"]:
        for width in domain["N"]:
            if width <= side:
                for spectrum in targets(side, hypothesis):
                    yield spectrum, width


def mean_gap(spectrum, width: int) -> Fraction:
    """Return the tangent model's mean risk minus the network's least risk."""
    return tangent_mean(spectrum, width) - network_risk(spectrum, width)


def short(spectrum) -> str:
    """Write a spectrum with repetitions."""
    parts = [f"{v} x {spectrum.count(v)}" for v in dict.fromkeys(spectrum)]
    return ", ".join(parts)


# --- the order, for every W -----------------------------------------------------------


def _order(statement, domain) -> Result:
    """Compare least squares for drawn W with the eigenvalues of B."""
    neurons = rational(statement.neurons, "N")

    def compare(case):
        W, spectrum = case
        matrix = rotated(spectrum, 1)
        total = 2 * sum(v * v for v in spectrum)
        tangent = tangent_error(W, matrix)
        network = network_risk(spectrum, int(neurons(W.shape[1]))) * total
        words = f"{network} {statement.relation.symbol} {tangent}"
        true = statement.relation.exact(network, tangent)
        return true, f"spectrum {spectrum}, W = {shown(W)}: {words}"

    def some(side):
        yield from ((1,) * side, (3, *[1] * (side - 1)), (2, *[0] * (side - 1)))
        if statement.hypothesis == ANY:
            yield tuple([1] * (side // 2) + [-1] * (side - side // 2))

    cases = (
        (W, spectrum)
        for side, width in product(domain["d"], domain["N"])
        for W in draws(side, width, 3)
        for spectrum in some(side)
    )
    return every_case(cases, compare)


ORDER = Claim(
    id="gap-order",
    title="For a positive target the network is never behind",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[N]]$, $[[W]]$ and [[hypothesis]], $B \\ne 0$,\n\n"
        "$$\\mathcal R_{\\mathrm{NN}, [[neurons]]} [[relation]] \\mathcal "
        "R_{\\mathrm{NT}, N}(W),$$\n\n"
        "where $\\mathcal R_{\\mathrm{NN}}$ is the least risk of a network with free "
        "output weights.",
        {"d": DIMENSIONS, "N": WIDTHS, "W": WEIGHTS},
        {"hypothesis": POSITIVE, "neurons": N, "relation": AT_MOST},
    ),
    sources=(printed(EQUATION_6, "sharper", "Its order without a gap, for every W."),),
    uses=("nt-quadratic-exact", "nn-infimum", "nn-infimum-free"),
    checks=(
        Check(
            "exact",
            "least squares in Fractions for drawn W, d <= 4",
            _order,
            {"d": Integers(1, 4), "N": Integers(1, 3)},
            role="step",
        ),
    ),
    planted=(
        Planted("the sign hypothesis dropped", {"hypothesis": ANY}, near=True),
        Planted("strictly", {"relation": LESS}),
        Planted("one neuron fewer in the network", {"neurons": N - 1}),
        Planted("the other way round", {"relation": AT_LEAST}),
    ),
    weak=Check(
        "exact",
        "d = 1 only",
        _order,
        {"d": Integers(1, 1), "N": Integers(1, 2)},
        role="step",
    ),
    spec="GM-eq6",
)


# --- the bound in the limit -----------------------------------------------------------


def _bound_symbolic(statement, domain) -> Result:
    """Follow the proof: A, C are integrals of b^2 before and after rho, P, Q of b."""
    A, C, P, Q, t, q, kappa = symbols("A C P Q t q kappa", nonnegative=True)
    total = A + C
    ratio = (P + Q) ** 2 / total
    tangent = (1 - rho) ** 2 * (1 - ratio) + (1 - rho) * ratio
    gap = tangent - C / total
    spare = total * (gap - kappa * (1 - ratio))
    form = (
        ((1 - rho) ** 2 - kappa) * A
        - (rho * (2 - rho) + kappa) * C
        + (rho * (1 - rho) + kappa) * (P + Q) ** 2
    )
    share = simplify(statement.constant / KAPPA)
    if not (share.is_number and share <= 1 and statement.relation == AT_LEAST):
        return unknown("the proof needs kappa <= rho^2 and kappa <= (1 - rho)^2")
    worst = {A: P**2 / rho, C: t * Q}
    least = form.subs(worst).subs({P: rho * t, Q: q * (1 - rho) * t})
    G = sympy.expand(least / t**2)
    curved = 2 * (rho * (1 - rho) + kappa) * (1 - rho) ** 2
    return every_identity(
        (
            ("the form", spare, form),
            ("G(1)", G.subs(q, 1), sympy.Integer(0)),
            ("G'(1)", G.diff(q).subs(q, 1), (1 - rho) * (kappa - rho**2)),
            ("G''", G.diff(q, 2), curved),
        )
    )


def _bound_sharp(statement, domain) -> Result:
    """Let d grow: a spike for rho >= 1/2, and a projection of rank d - 1 below."""

    def quotient(ratio, share, side):
        constant = statement.constant.subs(Min(rho, 1 - rho), side)
        tangent = (1 - rho) ** 2 * (1 - ratio) + (1 - rho) * ratio
        found = (tangent - 1 + share) / (constant * (1 - ratio))
        return limit(simplify(found), d, oo)

    one = sympy.Integer(1)
    flat = 1 - 1 / d
    return every_identity(
        (
            ("a spike", quotient(1 / d, one, 1 - rho), one),
            ("a projection", quotient(flat, rho / flat, rho), one),
        )
    )


def _bound_exact(statement, domain) -> Result:
    """Take step functions b with integer values on intervals of length 1/d."""
    constant = rational(statement.constant, "rho")

    def compare(case):
        spectrum, width = case
        density, ratio = Fraction(width, len(spectrum)), trace_ratio(spectrum)
        rest = 1 - density
        tangent = rest**2 * (1 - ratio) + rest * ratio
        gap = tangent - network_risk(spectrum, width)
        bound = constant(density) * (1 - ratio)
        true = statement.relation.exact(gap, bound)
        words = f"{gap} {statement.relation.symbol} {bound}"
        return true, f"b = {short(spectrum)}, rho = {density}: {words}"

    def cases():
        for side in (2, 3, 4, 60, 600):
            for width in sorted({1, side // 4, side // 2, 3 * side // 4, side - 1}):
                within = domain["rho"].among((Fraction(width, side),))
                if within and width:
                    for spectrum in targets(side, statement.hypothesis):
                        yield spectrum, width

    return every_case(cases(), compare)


QUANTILES = Space(r"L^2(0, 1)")

BOUND = Claim(
    id="gap-bound",
    title="A lower bound for the gap, in the limit",
    chapter=CHAPTER,
    statement=Statement(
        "Let $[[rho]]$ and let $[[b]]$ be decreasing, not zero: the eigenvalues of "
        "[[hypothesis]] in the limit. With $\\chi = (\\int b)^2 / \\int b^2$,\n\n"
        "$$(1 - \\rho)^2 (1 - \\chi) + (1 - \\rho)\\, \\chi - \\frac{\\int_\\rho^1 "
        "b^2}{\\int_0^1 b^2} [[relation]] [[constant]]\\, (1 - \\chi).$$\n\n"
        "The left side is the limit of $\\mathbb{E}_W\\, \\mathcal R_{\\mathrm{NT}, N} "
        "- \\mathcal R_{\\mathrm{NN}, N}$. For no $\\rho$ can the constant be "
        "larger.",
        {"rho": OPEN, "b": QUANTILES},
        {"hypothesis": POSITIVE, "relation": AT_LEAST, "constant": KAPPA},
    ),
    sources=(printed(EQUATION_6, "corrects"),),
    corrects="gap-printed",
    uses=("nt-limit", "nn-infimum"),
    checks=(
        Check(
            "exact",
            "step functions: small spectra, spikes, projections, near the identity",
            _bound_exact,
            role="step",
        ),
        Check(
            "symbolic",
            "the proof's polynomial G, for symbolic rho and kappa",
            _bound_symbolic,
            role="step",
        ),
        Check(
            "symbolic",
            "both sides agree in the limit for a spike, and for a projection",
            _bound_sharp,
            role="step",
        ),
    ),
    planted=(
        Planted("21/20 of the constant", {"constant": 21 * KAPPA / 20}, near=True),
        Planted("the minimum without its square", {"constant": Min(rho, 1 - rho)}),
        Planted("rho^2 only: right for rho <= 1/2", {"constant": rho**2}, near=True),
        Planted(
            "(1 - rho)^2 only: right for rho >= 1/2",
            {"constant": (1 - rho) ** 2},
            near=True,
        ),
        Planted("b of any sign", {"hypothesis": ANY}),
        Planted("the other way round", {"relation": AT_MOST}),
    ),
    weak=Check(
        "exact",
        "rho = 1/2 only",
        _bound_exact,
        {"rho": Reals(Fraction(1, 2), Fraction(1, 2))},
        role="step",
    ),
    spec="GM-eq6",
)


# --- the bound at finite size ---------------------------------------------------------

TRACELESS = m * (d * (m + 1) - 2) / (d * (d + 2) * (d - 1))


def _finite_symbolic(statement, domain) -> Result:
    """Compare the exact mean with its limit, and the bound with two targets.

    The traceless factor of the mean is at least (m/d)^2, so that the mean is not below
    its limit, and `gap-bound` does the rest.
    """
    spare = m * (d - m) * (d - 2) / (d**2 * (d + 2) * (d - 1))
    result = identity(TRACELESS - (m / d) ** 2, spare)
    if result.verdict is not Verdict.HOLDS:
        return result
    if statement.relation not in (AT_LEAST, MORE):
        return unknown("the proof bounds the gap from below")
    constant = rational(statement.constant, "rho")
    for density in (Fraction(k, 24) for k in range(1, 24)):
        for name, largest in _largest_constants().items():
            if constant(density) > largest(density):
                words = f"{name}, N = {density} d, d to infinity: the gap over 1 - chi"
                words = f"{words} tends to {largest(density)}"
                return fails(f"{words}, which is below {constant(density)}")
    share = simplify(statement.constant / BOUND.statement.constant)
    if not (share.is_number and share <= 1):
        return unknown("gap-bound has a multiple of the square of a minimum")
    if (statement.hypothesis, statement.relation) != (POSITIVE, AT_LEAST):
        return unknown("gap-bound needs B >= 0, and is an equality for the identity")
    return result


@cache
def _largest_constants() -> dict:
    """Divide the gap of two targets by 1 - chi, for every d, and let d grow."""

    def quotient(ratio, network):
        gap = ratio * m / d + (1 - ratio) * TRACELESS - network
        by_size = (gap / (1 - ratio)).subs(m, d * (1 - rho))
        return rational(limit(simplify(by_size), d, oo), "rho")

    return {
        "rank one": quotient(1 / d, sympy.Integer(0)),
        "a projection of rank d - 1": quotient(1 - 1 / d, (m - 1) / (d - 1)),
    }


def _finite_exact(statement, domain) -> Result:
    constant = rational(statement.constant, "rho")

    def compare(case):
        spectrum, width = case
        gap = mean_gap(spectrum, width)
        bound = constant(Fraction(width, len(spectrum))) * (1 - trace_ratio(spectrum))
        words = f"{gap} {statement.relation.symbol} {bound}"
        true = statement.relation.exact(gap, bound)
        return true, f"spectrum {short(spectrum)}, N = {width}: {words}"

    return every_case(instances(domain, statement.hypothesis), compare)


def windowed(sides, widths):
    """Return a window for d and one for N."""
    return {"d": sides, "N": widths}


FINITE = Claim(
    id="gap-finite",
    title="The same bound at every size",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[N]]$ with $N \\le d$, and every [[hypothesis]], $B \\ne "
        "0$, with $\\rho = N / d$,\n\n"
        "$$\\mathbb{E}_W\\, \\mathcal R_{\\mathrm{NT}, N}(W) - \\mathcal "
        "R_{\\mathrm{NN}, N} [[relation]] [[constant]]\\, \\bigl( 1 - \\chi(B) "
        "\\bigr).$$",
        {"d": Integers(2), "N": WIDTHS},
        {"hypothesis": POSITIVE, "relation": AT_LEAST, "constant": KAPPA},
    ),
    sources=(printed(EQUATION_6, "corrects"),),
    uses=("gap-bound", "nt-quadratic-mean", "nn-infimum"),
    checks=(
        Check(
            "exact",
            "small spectra for d <= 4",
            _finite_exact,
            windowed(SMALL, Integers(1, 4)),
            role="step",
        ),
        Check(
            "exact",
            "spikes, projections, near the identity: d = 60",
            _finite_exact,
            windowed(Integers(60, 60), Integers(1, 60)),
            role="step",
        ),
        Check(
            "symbolic",
            "the factor of the exact mean is at least (m/d)^2; two targets for large d",
            _finite_symbolic,
            given=("gap-bound", "nt-quadratic-mean"),
            role="step",
        ),
    ),
    planted=(
        Planted("11/10 of the constant", {"constant": 11 * KAPPA / 10}),
        Planted("21/20 of the constant", {"constant": 21 * KAPPA / 20}, near=True),
        Planted(
            "101/100 of the constant: right at d = 60",
            {"constant": 101 * KAPPA / 100},
            near=True,
        ),
        Planted("the minimum without its square", {"constant": Min(rho, 1 - rho)}),
        Planted("B of any sign", {"hypothesis": ANY}, near=True),
        Planted("strictly: wrong for B = I only", {"relation": MORE}, near=True),
    ),
    weak=Check(
        "exact",
        "d = 2, N = 1 only",
        _finite_exact,
        windowed(Integers(2, 2), Integers(1, 1)),
        role="step",
    ),
    spec="GM-eq6",
)


# --- equation (6) as printed ----------------------------------------------------------


def _printed_gap(statement, domain) -> Result:
    """Look for a target without a gap; else take the proved number for GAP(rho).

    With chi(B) at most a number below 1 that number is min(rho, 1 - rho)^2 (1 - chi).
    """
    top = Fraction(statement.top)

    def compare(case):
        spectrum, width = case
        density = Fraction(width, len(spectrum))
        gap = mean_gap(spectrum, width)
        number = min(density, 1 - density) ** 2 * (1 - top)
        name = f"spectrum {short(spectrum)}, N = {width}"
        if statement.sign == MORE and number == 0:
            return gap > 0, f"{name}: {gap} > 0"
        return gap >= number, f"{name}: {gap} >= {number}"

    cases = (
        (spectrum, width)
        for spectrum, width in instances(domain)
        if width < len(spectrum) and trace_ratio(spectrum) <= top
    )
    return every_case(cases, compare)


PRINTED = Claim(
    id="gap-printed",
    title="A gap for every positive target, which is false",
    chapter=CHAPTER,
    statement=Statement(
        "For every $\\rho \\in (0, 1)$ there is a number $\\mathrm{GAP}(\\rho) "
        "[[sign]] 0$, independent of $N$ and $d$, such that for every $[[d]]$, $[[N]]$ "
        "with $N = \\rho d$, and every $B \\succeq 0$, $B \\ne 0$, with "
        "$\\chi(B) \\le [[top]]$,"
        "\n\n$$\\mathcal R_{\\mathrm{NN}, N} \\le \\mathbb{E}_W\\, \\mathcal "
        "R_{\\mathrm{NT}, N}(W) - \\mathrm{GAP}(\\rho).$$",
        {"d": Integers(2), "N": WIDTHS},
        {"sign": MORE, "top": 1},
    ),
    sources=(
        printed(
            EQUATION_6,
            "refutes",
            "chi(B) is at most 1 for every B, so that the condition is empty as "
            "printed. At a multiple of the identity both risks agree, for every W of "
            "full rank. The source does not divide the risks by the target's mean "
            "square; then small targets alone exclude a gap that is independent of d.",
        ),
    ),
    expects=Verdict.FAILS,
    checks=(
        Check(
            "exact",
            "small spectra for d <= 4",
            _printed_gap,
            windowed(Integers(2, 4), Integers(1, 4)),
        ),
    ),
    planted=(
        Planted("chi at most 1/2", {"top": Rational(1, 2)}),
        Planted("chi at most 19/20", {"top": Rational(19, 20)}, near=True),
        Planted("a number that may be zero", {"sign": AT_LEAST}, near=True),
    ),
    spec="GM-eq6",
)


# --- the converse ---------------------------------------------------------------------

UNDER = rho * (1 - rho) * chi * (1 - chi)


def _converse_symbolic(statement, domain) -> Result:
    """Split B = a I + E with Tr E = 0: the N largest entries of E sum to little.

    With d a^2 = chi |B|^2 and |E|^2 = (1 - chi) |B|^2 the two terms follow, and for two
    eigenvalues near each other the first cannot be smaller.
    """
    a, e = symbols("a e", positive=True)
    # Sum over i <= N of (a + e_i)^2, minus rho times the sum over all i.
    top, first = symbols("T F", positive=True)
    share = N * a**2 + 2 * a * first + top - rho * (d * a**2 + e)
    centred = N * (1 - N / d) ** 2 + (d - N) * (N / d) ** 2
    result = every_identity(
        (
            ("the share", share.subs(rho, N / d), 2 * a * first + top - N * e / d),
            ("chi", (d * a) ** 2 / (d * (d * a**2 + e)), d * a**2 / (d * a**2 + e)),
            ("the centred indicator", centred, N * (d - N) / d),
        )
    )
    if result.verdict is not Verdict.HOLDS:
        return result
    if words := _two_levels(statement):
        return fails(words)
    # F^2 <= centred |E|^2 by Cauchy and Schwarz, and T <= |E|^2
    square = simplify(4 * chi * (1 - chi) * centred.subs(N, rho * d) / d)
    if simplify(statement.factor**2 * statement.under - square) != 0:
        return unknown(f"the proof has {square} under the root")
    if simplify(statement.rest - (1 - rho) * (1 - chi)) != 0:
        return unknown("the proof has another second term")
    return result


def _two_levels(statement) -> str:
    """Take N eigenvalues 1 + t and d - N eigenvalues 1, for small t and every d.

    The mean risk is 1 - rho up to a multiple of 1 - chi (`nt-worst-case`), which is of
    the order t^2: so the gap grows like the share of the N largest squares. Where it
    grows faster than the bound, the words say so.
    """
    t = Symbol("t", positive=True)
    length = rho * (1 + t) ** 2 + 1 - rho
    ratio, share = (1 + rho * t) ** 2 / length, rho * (1 + t) ** 2 / length
    shrinking = (
        (share - rho) / t,
        statement.rest.subs(chi, ratio) / t,
        statement.factor**2 * statement.under.subs(chi, ratio) / t**2,
    )
    slopes = [limit(simplify(f), t, 0) for f in shrinking]
    for density in (Rational(k, 8) for k in range(1, 8)):
        gap, rest, square = (slope.subs(rho, density) for slope in slopes)
        if gap > rest and (gap - rest) ** 2 > square:
            words = f"eigenvalues 1 + t and 1, N = {density} d, t to 0: the gap is"
            return f"{words} {gap} t, the bound {rest + sympy.sqrt(square)} t"
    return ""


def _converse_exact(statement, domain) -> Result:
    """Compare the square of what the gap has beyond the rest, where it has any."""
    under = rational(statement.under, "rho", "chi")
    rest = rational(statement.rest, "rho", "chi")

    def compare(case):
        spectrum, width = case
        point = Fraction(width, len(spectrum)), trace_ratio(spectrum)
        over = mean_gap(spectrum, width) - rest(*point)
        root = statement.factor**2 * under(*point)
        true = over <= 0 or over**2 <= root
        words = f"gap - rest = {float(over):.6g} <= {float(root) ** 0.5:.6g}"
        return true, f"spectrum {short(spectrum)}, N = {width}: {words}"

    return every_case(instances(domain), compare)


CONVERSE = Claim(
    id="gap-converse",
    title="Near the identity there is no gap",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[N]]$ with $N \\le d$, and every $B \\succeq 0$, $B \\ne "
        "0$, with $\\rho = N / d$ and $\\chi = \\chi(B)$,\n\n"
        "$$\\mathbb{E}_W\\, \\mathcal R_{\\mathrm{NT}, N}(W) - \\mathcal "
        "R_{\\mathrm{NN}, N} \\le [[factor]] \\sqrt{[[under]]} + [[rest]].$$\n\n"
        "So the gap vanishes where $\\chi \\to 1$.",
        {"d": Integers(2), "N": WIDTHS},
        {
            "factor": 2,
            "under": UNDER,
            "rest": (1 - rho) * (1 - chi),
        },
    ),
    sources=(printed(EQUATION_6, "background"),),
    uses=("nt-worst-case", "nn-infimum"),
    checks=(
        Check(
            "exact",
            "small spectra for d <= 4",
            _converse_exact,
            windowed(SMALL, Integers(1, 4)),
            role="step",
        ),
        Check(
            "exact",
            "spikes, projections, near the identity: d = 20",
            _converse_exact,
            windowed(Integers(20, 20), Integers(1, 20)),
            role="step",
        ),
        Check(
            "symbolic",
            "the share of the largest eigenvalues, for B = aI + E, and two levels",
            _converse_symbolic,
            given=("nt-worst-case",),
            role="step",
        ),
    ),
    planted=(
        Planted("19/10 for 2", {"factor": Fraction(19, 10)}, near=True),
        Planted(
            "without the root",
            {"under": UNDER**2},
        ),
        Planted(
            "up to a twentieth less, right at rho = 1/2",
            {"under": UNDER * (1 - (1 - 2 * rho) ** 2 / 20) ** 2},
            near=True,
        ),
        Planted(
            "the indicator's mean deviation for its standard deviation",
            {"under": 4 * UNDER * rho * (1 - rho)},
            near=True,
        ),
        Planted("the second term alone", {"factor": 0}),
        Planted("the factor 1", {"factor": 1}),
    ),
    weak=Check(
        "exact",
        "d = 2, N = 1 only",
        _converse_exact,
        windowed(Integers(2, 2), Integers(1, 1)),
        role="step",
    ),
    spec="GM-eq6",
)


# --- indefinite targets ---------------------------------------------------------------

SIGNS = 4 * k * (d - k) * N * m / (d**2 * (d + 2) * (d - 1))


def _signs_exact(statement, domain) -> Result:
    value = rational(statement.difference, "d", "N", "k", "m")

    def compare(case):
        side, width, count = case
        spectrum = (1,) * count + (statement.other,) * (side - count)
        gap = -mean_gap(spectrum, width)
        claimed = value(side, width, count, side - width)
        return (
            gap == claimed,
            f"d = {side}, N = {width}, k = {count}: {gap} = {claimed}",
        )

    cases = (
        (side, width, count)
        for side, width, count in product(domain["d"], domain["N"], domain["k"])
        if width <= side and count <= side
    )
    return every_case(cases, compare)


def _signs_turned(statement, domain) -> Result:
    """Average over the angle of one neuron in the plane, for B = diag(1, -1)."""
    angle = Symbol("theta", real=True)
    w = sympy.Matrix([-sympy.sin(angle), sympy.cos(angle)])
    target = sympy.diag(1, statement.other)
    risk = (w.T * target * w)[0] ** 2 / (1 + statement.other**2)
    turn = (angle, 0, 2 * sympy.pi)
    mean = sympy.integrate(sympy.expand(risk), turn) / (2 * sympy.pi)
    network = Rational(1, 2)
    claimed = statement.difference.subs({d: 2, N: 1, k: 1, m: 1})
    return identity(network - mean, claimed)


INDEFINITE = Claim(
    id="gap-indefinite",
    title="With eigenvalues 1 and -1 the tangent model is ahead",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[N]]$ and $[[k]]$ with $N, k \\le d$ let $B$ have $k$ "
        "eigenvalues $1$ and $d - k$ eigenvalues $[[other]]$. Then\n\n"
        "$$\\mathcal R_{\\mathrm{NN}, N} - \\mathbb{E}_W\\, \\mathcal R_{\\mathrm{NT}, "
        "N}(W) = [[difference]],$$\n\n"
        "where $m = d - N$ and $\\mathcal R_{\\mathrm{NN}}$ is the least risk of a "
        "network with free output weights.",
        {"d": Integers(2), "N": WIDTHS, "k": Integers(0)},
        {"other": -1, "difference": SIGNS},
    ),
    sources=(
        printed(
            EQUATION_6, "background", "The source assumes B positive semidefinite."
        ),
    ),
    uses=("nt-worst-case", "nn-infimum-free"),
    checks=(
        Check(
            "exact",
            "the mean from the Beta law, for d <= 12",
            _signs_exact,
            {"d": Integers(2, 12), "N": Integers(1, 12), "k": Integers(0, 12)},
            role="step",
        ),
        Check(
            "symbolic",
            "d = 2, N = 1: the mean over the angle",
            _signs_turned,
            {"d": Integers(2, 2), "N": Integers(1, 1), "k": Integers(1, 1)},
            role="step",
        ),
    ),
    planted=(
        Planted("eigenvalues 1 and 1", {"other": 1}),
        Planted("the other sign", {"difference": -SIGNS}),
        Planted(
            "its limit",
            {"difference": 4 * k * (d - k) * N * m / d**4},
            near=True,
        ),
        Planted(
            "d - 1 lost: right for d = 2",
            {"difference": SIGNS * (d - 1)},
            near=True,
        ),
    ),
    weak=Check(
        "exact",
        "d = 2, N = 1 only",
        _signs_exact,
        {"d": Integers(2, 2), "N": Integers(1, 1), "k": Integers(0, 2)},
        role="step",
    ),
    spec="GM-eq6",
)


# --- the criterion --------------------------------------------------------------------

THRESHOLD = N / d + (1 - chi) * N * m / ((d + 2) * (d - 1))
LOST = N / d + (1 - chi) * N * m / (d + 2)


def _criterion(statement, domain) -> Result:
    value = rational(statement.threshold, "d", "N", "m", "chi")

    def compare(case):
        spectrum, width = case
        share = 1 - network_risk(spectrum, width)
        side = len(spectrum)
        threshold = value(side, width, side - width, trace_ratio(spectrum))
        ahead = statement.side.exact(mean_gap(spectrum, width), Fraction(0))
        below = statement.side.exact(share, threshold)
        words = f"share {share} against {threshold}"
        same = ahead == below
        return (
            same,
            f"spectrum {short(spectrum)}, N = {width}: {words}: {ahead} = {below}",
        )

    return every_case(instances(domain, ANY), compare)


CRITERION = Claim(
    id="gap-criterion",
    title="Which of the two is ahead",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[N]]$ with $N \\le d$, and $[[B]]$,\n\n"
        "$$\\mathbb{E}_W\\, \\mathcal R_{\\mathrm{NT}, N}(W) [[side]] \\mathcal "
        "R_{\\mathrm{NN}, N} \\quad \\text{if and only if} \\quad "
        "\\frac{\\sum_{i \\le N} \\lvert\\lambda\\rvert_{(i)}(B)^2}"
        "{\\lVert B \\rVert_F^2} [[side]] "
        "[[threshold]],$$\n\n"
        "with $\\chi = \\chi(B)$, $m = d - N$ and free output weights in the network.",
        {"d": Integers(2), "N": WIDTHS, "B": SYMMETRIC},
        {"side": LESS, "threshold": THRESHOLD},
    ),
    sources=(printed(EQUATION_6, "background"),),
    uses=("nt-worst-case", "nn-infimum-free"),
    checks=(
        Check(
            "exact",
            "all spectra of -2, ..., 3 for d <= 4",
            _criterion,
            windowed(SMALL, Integers(1, 4)),
            role="step",
        ),
        Check(
            "exact",
            "spikes, projections, eigenvalues 1 and -1: d = 20",
            _criterion,
            windowed(Integers(20, 20), Integers(1, 20)),
            role="step",
        ),
    ),
    planted=(
        Planted("the share N/d", {"threshold": N / d}),
        Planted("the limit", {"threshold": N / d + (1 - chi) * N * m / d**2}, True),
        Planted("chi for 1 - chi", {"threshold": THRESHOLD.subs(chi, 1 - chi)}),
        Planted("d - 1 lost: right for d = 2", {"threshold": LOST}, True),
    ),
    weak=Check(
        "exact",
        "d = 2, N = 1 only",
        _criterion,
        windowed(Integers(2, 2), Integers(1, 1)),
        role="step",
    ),
    spec="GM-eq6",
)


# --- a spike --------------------------------------------------------------------------


def _spike_symbolic(statement, domain) -> Result:
    """Let d = k^2 grow at fixed rho, with eigenvalues 1 + k and 1, ..., 1."""
    r = Symbol("r", positive=True)
    height = 1 + statement.power.subs(k, r)
    total = height**2 + r**2 - 1
    ratio = (height + r**2 - 1) ** 2 / (r**2 * total)
    share = (height**2 + rho * r**2 - 1) / total
    slack = rho * (1 - rho) * r**4 / ((r**2 + 2) * (r**2 - 1))
    gap = share - rho - (1 - ratio) * slack
    limits = [limit(simplify(f), r, oo) for f in (ratio, gap)]
    return every_identity(
        (
            ("chi", limits[0], statement.ratio),
            ("the gap", limits[1], statement.gap),
        )
    )


def _spike_exact(statement, domain) -> Result:
    """Compare the exact values at d = k^2 with the limits: they differ by at most 1/k.

    chi is off by 1/(2k), the share by (1 - rho)/(2(k + 1)).
    """
    gap = rational(statement.gap, "rho")
    ratio = Fraction(statement.ratio)

    def compare(case):
        root, quarter = case
        side = root**2
        height = int(1 + statement.power.subs(k, root))
        spectrum = (height,) + (1,) * (side - 1)
        width = side * quarter // 4
        found = mean_gap(spectrum, width), trace_ratio(spectrum)
        claimed = gap(Fraction(quarter, 4)), ratio
        off = [abs(f - c) for f, c in zip(found, claimed, strict=True)]
        words = " and ".join(
            f"{float(f):.4f} against {float(c):.4f}"
            for f, c in zip(found, claimed, strict=True)
        )
        return max(off) <= Fraction(1, root), f"d = {side}, N = {width}: {words}"

    return every_case(product((20, 40), (1, 2, 3)), compare)


SPIKE = Claim(
    id="gap-spike",
    title="One spike: a gap, though almost all eigenvalues are equal",
    chapter=CHAPTER,
    statement=Statement(
        "Let $[[rho]]$ and $d = k^2$, let $B$ have one eigenvalue $1 + [[power]]$ and "
        "$d - 1$ eigenvalues $1$, and let $k \\to \\infty$ with $N / d \\to \\rho$. "
        "Then the spectral law of $B$ tends to the point mass at $1$, while\n\n"
        "$$\\chi(B) \\to [[ratio]], \\qquad \\mathbb{E}_W\\, \\mathcal "
        "R_{\\mathrm{NT}, N}(W) - \\mathcal R_{\\mathrm{NN}, N} \\to [[gap]].$$",
        {"rho": OPEN},
        {"power": k, "ratio": Rational(1, 2), "gap": (1 - rho) ** 2 / 2},
    ),
    sources=(printed(EQUATION_6, "background"),),
    uses=("nt-worst-case", "nn-infimum"),
    checks=(
        Check(
            "exact",
            "the exact values at d = 400 and 1600",
            _spike_exact,
            role="step",
        ),
        Check(
            "symbolic",
            "the limit of the exact values, for symbolic rho",
            _spike_symbolic,
            given=("nt-worst-case", "nn-infimum"),
            role="step",
        ),
    ),
    planted=(
        Planted("a spike twice as high", {"power": 2 * k}),
        Planted("21/40 for 1/2", {"ratio": Rational(21, 40)}, near=True),
        Planted(
            "rho(1 - rho)/2: right at rho = 1/2", {"gap": rho * (1 - rho) / 2}, True
        ),
        Planted("no gap", {"gap": 0 * rho}),
    ),
    weak=Check("exact", "d = 400 and 1600", _spike_exact, role="step"),
    spec="GM-eq6",
)


CLAIMS = (
    ORDER,
    PRINTED,
    BOUND,
    FINITE,
    CONVERSE,
    INDEFINITE,
    CRITERION,
    SPIKE,
)
