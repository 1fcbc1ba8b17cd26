"""The order of the three models on the mixture, and where the printed one fails.

For semidefinite Delta the network is behind the tangent model for no W, and for N < d
ahead for almost every one. For eigenvalues a and -a it is the other way round.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import product

import numpy as np
from sympy import Rational, Symbol

from rfbook.claims.mixture_gap.network import (
    DIFFERENCES,
    QUARTERS,
    described,
    difference,
    exact_risk,
    least_risk,
    network_risk,
)
from rfbook.claims.mixture_gap.sources import CHAPTER, printed
from rfbook.claims.quadratic_gap.spans import (
    AT_LEAST,
    AT_MOST,
    DIMENSIONS,
    EQUAL,
    LESS,
    MORE,
    WEIGHTS,
    WIDTHS,
    N,
    complement,
    constant,
    d,
    draws,
    every_case,
    exact_matrix,
    feature_functions,
    general,
    orthogonal_basis,
    rational,
    shown,
    spectra,
    tangent_functions,
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
    every,
    identity,
    unknown,
)

INTRODUCTION = "Section 1.1, paragraph on the mixture of Gaussians"
COMPARISON = "Equation (17)"
SEMIDEFINITE, SYMMETRIC = "semidefinite", "symmetric"
SMALL = Integers(2, 3)
k = Symbol("k", integer=True, nonnegative=True)
a = Symbol("a", positive=True)


# --- the three risks for given neurons ------------------------------------------------


def tangent_risk(W, Delta) -> Fraction:
    """Return the least risk of the tangent model with a constant."""
    return least_risk([constant(len(W)), *tangent_functions(W)], Delta)


def features_risk(W, Delta) -> Fraction:
    """Return the least risk of the features with a constant."""
    return least_risk([constant(len(W)), *feature_functions(W)], Delta)


def captured(risk) -> Fraction:
    """Return the signal-to-noise ratio that a risk stands for."""
    return 1 / risk - 1


def rank(W) -> int:
    """Return the number of independent columns."""
    return len(orthogonal_basis(W.T, np.dot))


def neurons(side: int, width: int) -> Iterator[np.ndarray]:
    """Yield three drawn matrices and the first coordinate vectors."""
    yield from draws(side, width, 3)
    rows = [[int(i == j % side) for j in range(width)] for i in range(side)]
    yield exact_matrix(rows)


def examples(side: int, hypothesis: str) -> Iterator[tuple[int, ...]]:
    """Yield flat spectra, a spike, a projection, three levels; then mixed signs."""
    yield (2,) * side
    yield (3, *[1] * (side - 1))
    yield (*[1] * (side - 1), 0)
    yield tuple(range(3, 3 - side, -1)) if side <= 4 else (3, *[0] * (side - 1))
    if hypothesis != SEMIDEFINITE:
        yield (2, *[-2] * (side - 1))
        yield (3, *[-2] * (side - 1))


# --- one class in the other -----------------------------------------------------------


def _chain(statement, domain) -> Result:
    """Compare least squares for drawn W with the best eigenvectors."""
    double, single = (rational(n, "N") for n in (statement.neurons, statement.alone))

    def compare(case):
        spectrum, W = case
        Delta, width = difference(spectrum), W.shape[1]
        tangent, features = tangent_risk(W, Delta), features_risk(W, Delta)
        wide = network_risk(spectrum, int(double(width)))
        narrow = network_risk(spectrum, int(single(width)))
        rows = (
            (statement.first, wide, tangent),
            (statement.second, tangent, features),
            (statement.third, narrow, features),
        )
        words = ", ".join(f"{left} {r.symbol} {right}" for r, left, right in rows)
        true = all(r.exact(left, right) for r, left, right in rows)
        return true, f"{described(spectrum)}, W = {shown(W)}: {words}"

    cases = (
        (spectrum, W)
        for side, width in product(domain["d"], domain["N"])
        for W in neurons(side, width)
        for spectrum in examples(side, SYMMETRIC)
    )
    return every_case(cases, compare)


CHAIN = Claim(
    id="mixture-chain",
    title="The order that inclusion gives",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[N]]$, $[[W]]$ and $[[Delta]]$, with the activation "
        "$\\sigma(z) = z^2 + c_0$,\n\n"
        "$$\\mathcal R_{\\mathrm{NN}, [[neurons]]} [[first]] \\mathcal "
        "R_{\\mathrm{NT}, N}(W) [[second]] \\mathcal R_{\\mathrm{RF}, N}(W), \\qquad "
        "\\mathcal R_{\\mathrm{NN}, [[alone]]} [[third]] \\mathcal R_{\\mathrm{RF}, "
        "N}(W),$$\n\n"
        "where the features may have a constant or not.",
        {"d": DIMENSIONS, "N": WIDTHS, "W": WEIGHTS, "Delta": DIFFERENCES},
        {
            "neurons": 2 * N,
            "alone": N,
            "first": AT_MOST,
            "second": AT_MOST,
            "third": AT_MOST,
        },
    ),
    sources=(printed("Section 1, list after equation (3)", "implied"),),
    uses=("regimes-inclusion", "mixture-network"),
    checks=(
        Check(
            "exact",
            "least squares under the two classes, d <= 3",
            _chain,
            {"d": SMALL, "N": SMALL},
            role="step",
        ),
        Check(
            "exact",
            "one neuron, d <= 4",
            _chain,
            {"d": Integers(1, 4), "N": Integers(1, 1)},
            role="step",
        ),
    ),
    planted=(
        Planted("N neurons: right for semidefinite Delta", {"neurons": N}, near=True),
        Planted("strictly", {"first": LESS}),
        Planted("features below the tangent model", {"second": MORE}),
        Planted("N - 1 neurons against the features", {"alone": N - 1}),
    ),
    weak=Check(
        "exact",
        "d = 1 only",
        _chain,
        {"d": Integers(1, 1), "N": Integers(1, 2)},
        role="step",
    ),
    spec="GM-incl",
)


# --- a lemma on products --------------------------------------------------------------

x, y = Symbol("a", nonnegative=True), Symbol("b", nonnegative=True)
UNIT = Reals(0, 1)


def _product_identity(statement, domain) -> Result:
    """Factor the difference; its factors are not negative where ab is at most 1."""
    if statement.factor != Rational(1, 2) or statement.relation != AT_LEAST:
        return unknown("the factorisation is for half the sum, from below")
    difference_ = (statement.term.subs(x, x**2) + statement.term.subs(x, y**2)) / 2
    difference_ -= statement.term.subs(x, x * y)
    factors = (x - y) ** 2 * (1 - x * y)
    factors /= 2 * (1 + x**2) * (1 + y**2) * (1 + x * y)
    result = identity(difference_, factors)
    within = all(UNIT.contains(domain[name]) for name in "ab")
    if result.verdict is Verdict.HOLDS and not within:
        return unknown("the factor 1 - ab may be negative")
    return result


def _product_grid(statement, domain) -> Result:
    """Compare both sides at rational points of the domain."""
    term = rational(statement.term, "a")

    def compare(point):
        left, right = point
        mean = Fraction(statement.factor) * (term(left**2) + term(right**2))
        share = term(left * right)
        words = f"{mean} {statement.relation.symbol} {share}"
        return statement.relation.exact(mean, share), words

    values = [Fraction(i, 10) for i in range(31)]
    points = product(*(domain[name].among(values) for name in "ab"))
    return every(points, compare)


PRODUCT = Claim(
    id="share-of-product",
    title="Two directions share less than each alone, on average",
    chapter=CHAPTER,
    statement=Statement(
        "Let $\\operatorname{sh}(a) = [[term]]$. For all $[[a]]$ and $[[b]]$,\n\n"
        "$$[[factor]] \\bigl( \\operatorname{sh}(a^2) + "
        "\\operatorname{sh}(b^2) \\bigr) [[relation]] "
        "\\operatorname{sh}(a b).$$",
        {"a": UNIT, "b": UNIT},
        {"term": x / (1 + x), "factor": Rational(1, 2), "relation": AT_LEAST},
    ),
    checks=(
        Check("symbolic", "the difference, factored", _product_identity),
        Check("exact", "rational points, step 1/10", _product_grid, role="step"),
    ),
    planted=(
        Planted("a and b up to 2", {"a": Reals(0, 2), "b": Reals(0, 2)}, near=True),
        Planted("19/40 for 1/2", {"factor": Rational(19, 40)}, near=True),
        Planted("strictly", {"relation": MORE}),
        Planted("a share of a^2", {"term": x / (1 + x) ** 2}),
    ),
    weak=Check(
        "exact",
        "a = 0 only",
        _product_grid,
        {"a": Reals(0, 0)},
        role="step",
    ),
)


# --- semidefinite Delta: the network is never behind ----------------------------------


def _order(statement, domain) -> Result:
    """Compare least squares for drawn W with the best eigenvectors."""
    count = rational(statement.neurons, "N")

    def compare(case):
        spectrum, W = case
        tangent = tangent_risk(W, difference(spectrum))
        network = network_risk(spectrum, int(count(W.shape[1])))
        words = f"{network} {statement.relation.symbol} {tangent}"
        true = statement.relation.exact(network, tangent)
        return true, f"{described(spectrum)}, W = {shown(W)}: {words}"

    cases = (
        (spectrum, W)
        for side, width in product(domain["d"], domain["N"])
        for W in neurons(side, width)
        for spectrum in examples(side, statement.hypothesis)
    )
    return every_case(cases, compare)


def _order_proof(statement, domain) -> Result:
    """Follow the proof: what vanishes on W, the projection, and its two bounds.

    The eigenvalues are squares, so that the root of Delta is rational.
    """
    count = rational(statement.neurons, "N")

    def compare(case):
        roots, W = case
        root = difference(roots)
        Delta = root @ root
        onto = exact_matrix(np.eye(len(W), dtype=int).tolist()) - complement(root @ W)
        rest = Delta - root @ onto @ root
        values = [Fraction(r, QUARTERS) ** 2 for r in roots]
        bound = Fraction(0)
        for (i, first), (j, second) in product(enumerate(values), repeat=2):
            share = first * second / (1 + first * second)
            bound += share * onto[i, j] ** 2 / 2
        tangent = captured(tangent_risk(W, Delta))
        network = captured(exact_risk(values, int(count(W.shape[1]))))
        true = not np.any(rest @ W) and tangent <= bound
        true = true and statement.relation.exact(1 / (1 + network), 1 / (1 + bound))
        words = f"{tangent} <= {bound} against {network}"
        return true, f"roots {described(roots)}, W = {shown(W)}: {words}"

    cases = (
        (roots, W)
        for side, width in product(domain["d"], domain["N"])
        for W in neurons(side, width)
        for roots in examples(side, SEMIDEFINITE)
    )
    return every_case(cases, compare)


ORDER_TEXT = (
    "For every $[[d]]$, $[[N]]$, $[[W]]$ and every [[hypothesis]] $[[Delta]]$,\n\n"
    "$$\\mathcal R_{\\mathrm{NN}, [[neurons]]} [[relation]] \\mathcal R_{\\mathrm{NT}, "
    "N}(W),$$\n\n"
    "where $\\mathcal R_{\\mathrm{NN}}$ is the least risk of a network with free "
    "output weights."
)

ORDER = Claim(
    id="mixture-order",
    title="For semidefinite Delta the network is never behind",
    chapter=CHAPTER,
    statement=Statement(
        ORDER_TEXT,
        {"d": DIMENSIONS, "N": WIDTHS, "W": WEIGHTS, "Delta": DIFFERENCES},
        {"hypothesis": SEMIDEFINITE, "neurons": N, "relation": AT_MOST},
    ),
    sources=(
        printed(INTRODUCTION, "sharper", "The order without strictness, for every W."),
    ),
    uses=("mixture-captured", "mixture-network", "share-of-product"),
    checks=(
        Check(
            "exact",
            "least squares for drawn W, d <= 3",
            _order,
            {"d": SMALL, "N": Integers(1, 3)},
            role="step",
        ),
        Check(
            "exact",
            "the projection of the proof and its bounds, d <= 3",
            _order_proof,
            {"d": SMALL, "N": Integers(1, 3)},
            role="step",
        ),
    ),
    planted=(
        Planted("the hypothesis dropped", {"hypothesis": SYMMETRIC}, near=True),
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
    spec="GM-intro-mg",
)


# --- strictly ahead -------------------------------------------------------------------

MULTIPLE, ZERO = "a multiple of the identity", "zero"
LOW_RANK = "a multiple of the identity or of rank below $N$"


def excepted(spectrum, width: int, exception: str) -> bool:
    """Return whether the exception names this spectrum."""
    if exception == ZERO:
        return not any(spectrum)
    flat = len(set(spectrum)) == 1
    return flat or (exception == LOW_RANK and sum(map(bool, spectrum)) < width)


def _strict(statement, domain) -> Result:
    """Take columns in general position, for which both sides are rational numbers.

    The difference of the risks is a rational function of W: where it is not zero at
    one W, it is zero on a set of measure zero only.
    """

    def compare(case):
        spectrum, width = case
        W = general(len(spectrum), width)
        network = network_risk(spectrum, width)
        tangent = tangent_risk(W, difference(spectrum))
        within = statement.limit.exact(width, len(spectrum))
        should = within and not excepted(spectrum, width, statement.exception)
        relation = LESS if should else EQUAL
        words = f"{network} {relation.symbol} {tangent}"
        name = f"{described(spectrum)}, W = {shown(W)}"
        return relation.exact(network, tangent), f"{name}: {words}"

    low = 0 if statement.hypothesis == SEMIDEFINITE else -2
    cases = (
        (spectrum, width)
        for side, width in product(domain["d"], domain["N"])
        for spectrum in spectra(side, low, 2)
    )
    return every_case(cases, compare)


STRICT = Claim(
    id="mixture-order-strict",
    title="Strictly ahead, for almost every W",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[N]]$ and every [[hypothesis]] $[[Delta]]$,\n\n"
        "$$\\mathcal R_{\\mathrm{NN}, N} < \\mathcal R_{\\mathrm{NT}, N}(W) \\le "
        "\\mathcal R_{\\mathrm{RF}, N}(W) \\quad \\text{for almost every } W \\in "
        "\\mathbb{R}^{d \\times N}$$\n\n"
        "if and only if $N [[limit]] d$ and $\\Delta$ is not [[exception]]. Otherwise "
        "the first two risks are equal for almost every $W$.",
        {"d": DIMENSIONS, "N": WIDTHS, "Delta": DIFFERENCES},
        {"hypothesis": SEMIDEFINITE, "limit": LESS, "exception": MULTIPLE},
    ),
    sources=(printed(INTRODUCTION, "corrects"),),
    corrects="mixture-strict-printed",
    uses=(
        "mixture-order",
        "mixture-chain",
        "nt-mixture-wide",
        "nt-mixture-scalar",
    ),
    checks=(
        Check(
            "exact",
            "one W in general position, all spectra of 0, 1, 2 by quarters, d <= 4",
            _strict,
            {"d": Integers(1, 4), "N": Integers(1, 4)},
            role="step",
        ),
    ),
    planted=(
        Planted("N = d too", {"limit": AT_MOST}),
        Planted("the hypothesis dropped", {"hypothesis": SYMMETRIC}, near=True),
        Planted("only zero excepted", {"exception": ZERO}),
        Planted(
            "low rank excepted: right for N = 1", {"exception": LOW_RANK}, near=True
        ),
    ),
    weak=Check(
        "exact",
        "d = 2 and N = 1 only",
        _strict,
        {"d": Integers(2, 2), "N": Integers(1, 1)},
        role="step",
    ),
    spec="GM-intro-mg",
)


# --- eigenvalues a and -a: the network is never ahead ---------------------------------

FULL, ANY = "of rank $N$", "of any rank"


def _reversed(statement, domain) -> Result:
    """Compare for drawn W, and for one in general position where it must be strict."""
    count = rational(statement.neurons, "N")
    other = int(rational(statement.other, "a")(2))

    def compare(case):
        spectrum, W, generic = case
        tangent = tangent_risk(W, difference(spectrum))
        network = network_risk(spectrum, int(count(W.shape[1])))
        relation = LESS if generic else statement.relation
        words = f"{tangent} {relation.symbol} {network}"
        name = f"{described(spectrum)}, W = {shown(W)}"
        return relation.exact(tangent, network), f"{name}: {words}"

    def cases():
        for side, width, up in product(domain["d"], domain["N"], domain["k"]):
            if width > side or up > side:
                continue
            spectrum = (2,) * up + (other,) * (side - up)
            for W in neurons(side, width):
                if statement.rank == ANY or rank(W) == width:
                    yield spectrum, W, False
            if 0 < up < side and width < side:
                yield spectrum, general(side, width), True

    return every_case(cases(), compare)


REVERSED = Claim(
    id="mixture-signs-reversed",
    title="With eigenvalues a and -a the network is never ahead",
    chapter=CHAPTER,
    statement=Statement(
        "For $0 < a < 1$ and every $[[d]]$, $[[N]]$ and $[[k]]$ with $N, k \\le d$ let "
        "$\\Delta$ have $k$ eigenvalues $a$ and $d - k$ eigenvalues $[[other]]$. For "
        "every $W \\in \\mathbb{R}^{d \\times N}$ [[rank]],\n\n"
        "$$\\mathcal R_{\\mathrm{NT}, N}(W) [[relation]] \\mathcal R_{\\mathrm{NN}, "
        "[[neurons]]},$$\n\n"
        "and for almost every $W$ it is strictly smaller if $0 < k < d$ and $N < d$.",
        {"d": DIMENSIONS, "N": WIDTHS, "k": Integers(0)},
        {"other": -a, "rank": FULL, "relation": AT_MOST, "neurons": N},
    ),
    sources=(
        printed(
            COMPARISON,
            "background",
            "The rows NT and NN have this order for such eigenvalues.",
        ),
    ),
    uses=("mixture-network", "nt-mixture-bounds"),
    checks=(
        Check(
            "exact",
            "least squares for a = 1/2, drawn W and one in general position, d <= 4",
            _reversed,
            {"d": Integers(1, 4), "N": Integers(1, 3), "k": Integers(0, 4)},
            role="step",
        ),
    ),
    planted=(
        Planted("eigenvalues a and a", {"other": a}),
        Planted("eigenvalues a and -a/2", {"other": -a / 2}),
        Planted("the rank dropped", {"rank": ANY}, near=True),
        Planted("strictly for every W", {"relation": LESS}),
        Planted("N + 1 neurons in the network", {"neurons": N + 1}),
    ),
    weak=Check(
        "exact",
        "d = 1 only",
        _reversed,
        {"d": Integers(1, 1), "N": Integers(1, 1), "k": Integers(0, 1)},
        role="step",
    ),
    spec="GM-intro-mg",
)


# --- the printed sentence -------------------------------------------------------------

EVERY, TRUE_FOR = "every $\\Delta$", "every semidefinite $\\Delta$"
FEATURES = r"\mathcal R_{\mathrm{RF}, N}(W)"
BOTH = rf"\min\bigl( {FEATURES},\, \mathcal R_{{\mathrm{{NT}}, N}}(W) \bigr)"


def _printed(statement, domain) -> Result:
    """Take one W in general position: the risks are rational functions of W."""
    count = rational(statement.neurons, "N")
    limit = rational(statement.width, "d")

    def compare(case):
        spectrum, width = case
        W, Delta = general(len(spectrum), width), difference(spectrum)
        least = features_risk(W, Delta)
        if statement.models == BOTH:
            least = min(least, tangent_risk(W, Delta))
        network = network_risk(spectrum, int(count(width)))
        words = f"{network} {statement.relation.symbol} {least}"
        true = statement.relation.exact(network, least)
        return true, f"{described(spectrum)}, W = {shown(W)}: {words}"

    cases = (
        (spectrum, width)
        for side, width in product(domain["d"], domain["N"])
        for spectrum in spectra(side, 0 if statement.hypothesis == TRUE_FOR else -2, 2)
        if width <= limit(side) and len(set(spectrum)) > 1
    )
    return every_case(cases, compare)


PRINTED = Claim(
    id="mixture-strict-printed",
    title="The network strictly below features and tangent model, which is false",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[N]]$ with $N \\le [[width]]$, [[hypothesis]] with "
        "$\\lVert \\Delta \\rVert_{\\mathrm{op}} < 1$ that is no multiple of the "
        "identity, and almost every $W \\in \\mathbb{R}^{d \\times N}$,\n\n"
        "$$\\mathcal R_{\\mathrm{NN}, [[neurons]]} [[relation]] [[models]].$$",
        {"d": Integers(2), "N": WIDTHS},
        {
            "width": d - 1,
            "hypothesis": EVERY,
            "neurons": N,
            "relation": LESS,
            "models": BOTH,
        },
    ),
    sources=(
        printed(
            INTRODUCTION,
            "refutes",
            "The sentence announces, without a condition, that the least risk of "
            "networks is strictly smaller than that of both lazy models. It is taken "
            "here without the cases in which the two risks are equal for simple "
            "reasons: N at least d, and multiples of the identity. Theorems 4 to 6 do "
            "not repeat it, and for eigenvalues of both signs equation (17) can give "
            "the other order.",
        ),
    ),
    expects=Verdict.FAILS,
    checks=(
        Check(
            "exact",
            "one W in general position, d <= 3, all spectra of -2, ..., 2 by quarters",
            _printed,
            {"d": SMALL, "N": Integers(1, 3)},
        ),
    ),
    planted=(
        Planted("semidefinite Delta", {"hypothesis": TRUE_FOR}, near=True),
        Planted("2N neurons, at most", {"neurons": 2 * N, "relation": AT_MOST}),
        Planted(
            "features alone, at most", {"models": FEATURES, "relation": AT_MOST}, True
        ),
    ),
    spec="GM-intro-mg",
)


CLAIMS = (CHAIN, PRODUCT, ORDER, STRICT, REVERSED, PRINTED)
