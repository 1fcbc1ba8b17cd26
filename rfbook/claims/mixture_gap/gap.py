"""How far the network is ahead of the tangent model on the mixture, on average.

The mean over isotropic neurons of what the tangent model captures is enclosed by
multiples of its leading term, whose mean is known exactly.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import product

import sympy
from sympy import Min

from rfbook.claims.mixture_gap.network import (
    DIFFERENCES,
    described,
    difference,
    exact_risk,
    norm,
)
from rfbook.claims.mixture_gap.order import (
    COMPARISON,
    INTRODUCTION,
    SEMIDEFINITE,
    SMALL,
    SYMMETRIC,
    captured,
    neurons,
    tangent_risk,
)
from rfbook.claims.mixture_gap.sources import CHAPTER, printed
from rfbook.claims.quadratic_gap.spans import (
    AT_LEAST,
    AT_MOST,
    WIDTHS,
    N,
    beta_moment,
    chi,
    complement,
    d,
    m,
    rational,
    rho,
    shown,
    spectra,
    tangent_mean,
    trace_ratio,
)
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Result,
    Statement,
    fails,
    holds,
    unknown,
)

KAPPA = Min(rho, 1 - rho) ** 2
LOSS = norm**2 / (1 + norm**2)


# --- means over isotropic neurons -----------------------------------------------------


def spread(side: int, hypothesis: str) -> Iterator[tuple[tuple[int, ...], int]]:
    """Yield spectra with scales, some with eigenvalues near 1, some with small ones."""
    low = 0 if hypothesis == SEMIDEFINITE else -2
    if side <= 3:
        for spectrum in spectra(side, low, 2):
            yield from ((spectrum, 3), (spectrum, 200))
        return
    half = side // 2
    yield from (((9, *[0] * (side - 1)), scale) for scale in (10, 10**4))
    yield from (((1,) * (side - 1) + (0,), scale) for scale in (3, 10**4))
    yield (101,) * half + (100,) * (side - half), 10**8
    if hypothesis == SYMMETRIC:
        yield (1,) * half + (-1,) * (side - half), 100


class Means:
    """What is known exactly for one spectrum and width, without sampling W.

    Attributes
    ----------
    snr, norm, chi, density : Fraction
        Half the squared norm, the operator norm, the trace ratio, and N/d.
    share : Fraction
        The part of the squared norm in the N largest squares.
    kappa : Fraction
        The mean part of the squared norm that the tangent model fits.
    network : Fraction
        What the network captures, exactly.
    """

    def __init__(self, spectrum, width: int, scale: int) -> None:
        values = sorted((abs(Fraction(v, scale)) for v in spectrum), reverse=True)
        total = sum(v * v for v in values)
        self.snr, self.norm = total / 2, values[0]
        self.chi, self.density = trace_ratio(spectrum), Fraction(width, len(spectrum))
        self.share = sum(v * v for v in values[:width]) / total
        self.kappa = 1 - tangent_mean(spectrum, width)
        self.network = captured(exact_risk(values, width))
        # for semidefinite Delta the noise of every M is at least 2 |M|^2
        definite = min(spectrum) >= 0
        most = self.snr * self.kappa
        self.most = most if definite else most / (1 - self.norm**2)
        self.least = most / (1 + self.norm**2)


def instances(domain, hypothesis: str):
    """Yield spectra with widths N <= d of the domain, and scales."""
    for side, width in product(domain["d"], domain["N"]):
        if width <= side:
            for spectrum, scale in spread(side, hypothesis):
                yield spectrum, width, scale


def between(low, high, bound, relation) -> bool | None:
    """Decide whether a number of [low, high] is at least a bound; None if unclear."""
    if relation.exact(low, bound) and relation.exact(high, bound):
        return True
    if not (relation.exact(low, bound) or relation.exact(high, bound)):
        return False
    return None


def decided(cases, compare) -> Result:
    """Decide like `every`, but look for a failure behind instances left open."""
    count, unclear = 0, ""
    for case in cases:
        true, words = compare(case)
        if true is False:
            return fails(f"{words} is false")
        unclear = unclear or ("" if true else f"{words} was not decided")
        count += 1
    if unclear or not count:
        return unknown(unclear or "no instance in the domain")
    return holds(f"{count} instances")


def _gap(statement, domain) -> Result:
    """Enclose the mean by the two bounds on what the tangent model captures."""
    constant_ = rational(statement.constant, "rho")
    loss = rational(statement.loss, norm.name)

    def compare(case):
        spectrum, width, scale = case
        known = Means(spectrum, width, scale)
        bound = constant_(known.density) * (1 - known.chi) - loss(known.norm)
        bound *= known.snr
        low, high = known.network - known.most, known.network - known.least
        words = f"[{low}, {high}] {statement.relation.symbol} {bound}"
        true = between(low, high, bound, statement.relation)
        return true, f"{described(spectrum, scale)}, N = {width}: {words}"

    return decided(instances(domain, statement.hypothesis), compare)


def captured_of_one(size, left):
    """Return what the tangent model captures for Delta = a e e', by a^2 and |P e|^2.

    It is half of y / (1 + y) with y = a^2 (1 - |P e|^4): the form of the noise is
    |M|^2 + a^2 <e, M e>^2, and the best M has its part Z = P M P taken off along P e.

    Examples
    --------
    Nothing is captured if all neurons are orthogonal to e, and all if e is in their
    span.

    >>> captured_of_one(Fraction(1, 4), 1), captured_of_one(Fraction(1, 4), 0)
    (Fraction(0, 1), Fraction(1, 10))
    """
    seen = size * (1 - left**2)
    return Fraction(seen / (1 + seen)) / 2


def mean_of_one(size, rank: int, side: int, terms: int = 12):
    """Enclose the mean of `captured_of_one` by the moments of |P e|^2, a Beta law.

    With q = a^2 / (1 + a^2) and x = |P e|^2 it is half of 1 minus the mean of
    (1 - q) (1 + q x^2 + q^2 x^4 + ...), and the moments decrease.
    """
    ratio = size / (1 + size)
    weighted = [ratio**k * beta_moment(rank, side, 2 * k) for k in range(terms + 1)]
    known = (1 - ratio) * sum(weighted[:-1])
    return (1 - known - weighted[-1]) / 2, (1 - known) / 2


def _rank_one(statement, domain) -> Result:
    """Decide the statement for Delta of rank one, by the exact mean.

    What is captured for given W is compared with least squares for drawn W first.
    """
    for side, width in product(range(2, 4), range(1, 4)):
        for W in neurons(side, width):
            Delta = difference((3, *[0] * (side - 1)))
            found = captured(tangent_risk(W, Delta))
            if found != captured_of_one(Delta[0, 0] ** 2, complement(W)[0, 0]):
                return unknown(f"W = {shown(W)}: {found} is captured")
    constant_ = rational(statement.constant, "rho")
    loss = rational(statement.loss, norm.name)

    def compare(case):
        side, width, value = case
        least, most = mean_of_one(value**2, side - width, side)
        network = captured(exact_risk([value], width))
        bound = constant_(Fraction(width, side)) * (1 - Fraction(1, side)) - loss(value)
        bound *= value**2 / 2
        low, high = network - most, network - least
        words = f"{float(high):.6g} {statement.relation.symbol} {float(bound):.6g}"
        true = between(low, high, bound, statement.relation)
        return true, f"d = {side}, N = {width}, one eigenvalue {value}: {words}"

    sizes = product(domain["d"], domain["N"], (Fraction(1, 2), Fraction(9, 10)))
    return decided((case for case in sizes if case[1] <= case[0]), compare)


def windowed(sides, widths):
    """Return a window for d and one for N."""
    return {"d": sides, "N": widths}


GAP = Claim(
    id="mixture-gap-finite",
    title="How far the network is ahead, at every size",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[N]]$ with $N \\le d$, and every [[hypothesis]] "
        "$[[Delta]]$, $\\Delta \\ne 0$, with $\\rho = N/d$ and "
        "$\\operatorname{snr} = \\lVert \\Delta \\rVert_F^2 / 2$,\n\n"
        "$$\\operatorname{snr}_{\\mathrm{NN}, N} - \\mathbb{E}_W \\operatorname{snr}_{"
        "\\mathrm{NT}, N}(W) [[relation]] \\operatorname{snr} \\cdot \\Bigl( "
        "[[constant]]\\, \\bigl( 1 - \\chi(\\Delta) \\bigr) - [[loss]] \\Bigr).$$",
        {"d": Integers(2), "N": WIDTHS, "Delta": DIFFERENCES},
        {
            "hypothesis": SEMIDEFINITE,
            "relation": AT_LEAST,
            "constant": KAPPA,
            "loss": LOSS,
        },
    ),
    sources=(printed(INTRODUCTION, "corrects"),),
    uses=(
        "gap-finite",
        "nn-infimum-free",
        "nt-quadratic-mean",
        "nt-mixture-bounds",
        "mixture-network",
    ),
    checks=(
        Check(
            "exact",
            "small spectra, eigenvalues up to 2/3 and up to 1/100, d <= 3",
            _gap,
            windowed(SMALL, Integers(1, 3)),
            given=("nt-quadratic-mean",),
            role="step",
        ),
        Check(
            "exact",
            "spikes, projections, near the identity: d = 60",
            _gap,
            windowed(Integers(60, 60), Integers(1, 60)),
            given=("nt-quadratic-mean",),
            role="step",
        ),
        Check(
            "exact",
            "Delta of rank one: the mean by the Beta law, d <= 20, and drawn W, d <= 3",
            _rank_one,
            windowed(Integers(2, 20), Integers(1, 20)),
            role="step",
        ),
    ),
    planted=(
        Planted("without the loss", {"loss": sympy.Integer(0)}),
        Planted(
            "3/10 of the loss: between the two bounds of the mean",
            {"loss": 3 * LOSS / 10},
        ),
        Planted("21/20 of the constant", {"constant": 21 * KAPPA / 20}, near=True),
        Planted("the minimum without its square", {"constant": Min(rho, 1 - rho)}),
        Planted("the hypothesis dropped", {"hypothesis": SYMMETRIC}, near=True),
        Planted("the other way round", {"relation": AT_MOST}),
    ),
    weak=Check(
        "exact",
        "d = 2 and N = 1 only",
        _gap,
        windowed(Integers(2, 2), Integers(1, 1)),
        given=("nt-quadratic-mean",),
        role="step",
    ),
    spec="GM-intro-mg",
)


# --- the criterion for any signs ------------------------------------------------------

THRESHOLD = N / d + (1 - chi) * N * m / ((d + 2) * (d - 1))


def _criterion(statement, domain) -> Result:
    """Enclose the difference from the leading terms, and compare it with the error."""
    threshold = rational(statement.threshold, "d", "N", "m", "chi")
    error = rational(statement.error, norm.name)

    def compare(case):
        spectrum, width, scale = case
        known, side = Means(spectrum, width, scale), len(spectrum)
        claimed = known.share - threshold(side, width, side - width, known.chi)
        most = known.snr * error(known.norm)
        shift = known.network - known.snr * claimed
        low, high = shift - known.most, shift - known.least
        inside = -most <= low and high <= most
        outside = low > most or high < -most
        words = f"[{low}, {high}] within {most}"
        true = True if inside else (False if outside else None)
        return true, f"{described(spectrum, scale)}, N = {width}: {words}"

    return decided(instances(domain, SYMMETRIC), compare)


CRITERION = Claim(
    id="mixture-gap-criterion",
    title="Which of the two is ahead, up to a small error",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[N]]$ with $N \\le d$, and every $[[Delta]]$, $\\Delta "
        "\\ne 0$, with "
        "$\\operatorname{snr} = \\lVert \\Delta \\rVert_F^2 / 2$, $\\chi = "
        "\\chi(\\Delta)$ and $m = d - N$,\n\n"
        "$$\\Bigl\\lvert \\operatorname{snr}_{\\mathrm{NN}, N} - \\mathbb{E}_W "
        "\\operatorname{snr}_{\\mathrm{NT}, N}(W) - \\operatorname{snr} \\cdot \\Bigl( "
        "\\frac{\\sum_{i \\le N} \\lvert\\lambda\\rvert_{(i)}(\\Delta)^2}{\\lVert "
        "\\Delta \\rVert_F^2} - \\Bigl( [[threshold]] \\Bigr) \\Bigr) \\Bigr\\rvert "
        "\\le \\operatorname{snr} \\cdot [[error]].$$",
        {"d": Integers(2), "N": WIDTHS, "Delta": DIFFERENCES},
        {"threshold": THRESHOLD, "error": 2 * norm**2 / (1 - norm**4)},
    ),
    sources=(printed(COMPARISON, "sharper", "Rows NT and NN, at every size."),),
    uses=(
        "nt-quadratic-mean",
        "nt-mixture-bounds",
        "mixture-network",
        "gap-criterion",
    ),
    checks=(
        Check(
            "exact",
            "small spectra of both signs, d <= 3",
            _criterion,
            windowed(SMALL, Integers(1, 3)),
            given=("nt-quadratic-mean",),
            role="step",
        ),
        Check(
            "exact",
            "spikes, projections, both signs: d = 20",
            _criterion,
            windowed(Integers(20, 20), Integers(1, 20)),
            given=("nt-quadratic-mean",),
            role="step",
        ),
    ),
    planted=(
        Planted("the share N/d", {"threshold": N / d}),
        Planted(
            "the limit", {"threshold": N / d + (1 - chi) * N * m / d**2}, near=True
        ),
        Planted("no error", {"error": sympy.Integer(0)}),
        Planted("the fourth power", {"error": 2 * norm**4 / (1 - norm**4)}),
        Planted("chi for 1 - chi", {"threshold": THRESHOLD.subs(chi, 1 - chi)}),
    ),
    weak=Check(
        "exact",
        "N = d only",
        _criterion,
        windowed(Integers(2, 2), Integers(2, 2)),
        given=("nt-quadratic-mean",),
        role="step",
    ),
    spec="GM-intro-mg",
)


CLAIMS = (GAP, CRITERION)
