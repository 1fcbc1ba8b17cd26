"""When the two classes can be told apart: the conditions on Delta, with constants.

Assumption M2 fixes the largest eigenvalue of Delta; how well the classes can be told
apart depends on the sum of the squares. The Hellinger affinity of the classes bounds
the total variation and the Bayes risk from both sides.
"""

from fractions import Fraction
from itertools import permutations, product

from sympy import (
    Integer,
    Matrix,
    Rational,
    Symbol,
    ceiling,
    diag,
    exp,
    eye,
    integrate,
    limit,
    log,
    ones,
    oo,
    pi,
    simplify,
    sqrt,
    sympify,
)

from rfbook.claims.mixture_features.sources import CHAPTER, printed
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
    every_ball,
    every_identity,
    exact_ball,
    fails,
    holds,
    unknown,
)

MATRICES = Space(r"\mathbb{R}^{d \times d}")
POSITIVE = Reals(0, open_low=True)
ONE_SIDE = Relation("<=")

d = Symbol("d", integer=True, positive=True)
k = Symbol("k", integer=True, positive=True)
x = Symbol("x", real=True)
lam = Symbol("lambda_i", real=True)
a, b, s = (Symbol(name, positive=True) for name in "abs")
c1, c2 = Symbol("c_1", positive=True), Symbol("c_2", positive=True)
t = Symbol("t", positive=True)
NORM = Symbol(r"{\lVert \Delta \rVert_{\mathrm{op}}^2}", positive=True)
snr = Symbol(r"{\operatorname{snr}}", positive=True)
AFF = Symbol(r"{\operatorname{aff}}", positive=True)

M2 = "Section 3, assumption M2"
AFTER_M2 = "Section 3, the paragraph after assumption M2"


def derived(pairs) -> Result:
    """Compare the claimed constants with those of the proof in the text.

    A constant that differs may still be right: this step does not decide it.
    """
    result = every_identity(pairs)
    if result.verdict is Verdict.FAILS:
        return unknown(f"the proof gives another constant: {result.witness}")
    return result


# --- the assumptions before and after whitening ---------------------------------------


def _rotated(values) -> Matrix:
    """Return a matrix with these eigenvalues, turned by a rational reflection."""
    side = len(values)
    turn = eye(side) - Rational(2, side) * ones(side, side)
    return turn * diag(*values) * turn


def _operator_at_most(matrix: Matrix, bound) -> bool:
    """Decide |matrix|_op <= bound in fractions, from principal minors."""
    gap = bound**2 * eye(matrix.rows) - matrix**2
    return gap.is_positive_semidefinite


def _whitened(statement, domain) -> Result:
    """Take Sigma with rational eigenvalues and roots, and Delta in another basis."""
    roots = (Integer(1), Rational(3, 2), Integer(2))

    def compare(case):
        side, spectrum = case
        back = diag(*(1 / r for r in roots[:side]))
        Delta = _rotated(spectrum)
        ends = {c1: roots[0] ** 2, c2: roots[side - 1] ** 2}
        low, high = (sympify(v).subs(ends) for v in (statement.low, statement.high))
        found = back * Delta * back
        size = max(abs(v) for v in spectrum)
        # below means: strictly below, which the statement excludes
        below = (low * size) ** 2 * eye(side) - found**2
        above = _operator_at_most(found, high * size)
        square, whitened = (sum(v**2 for v in m) for m in (Delta, found))
        fits = low**2 * square <= whitened <= high**2 * square
        words = f"{low} <= ratio of the norms <= {high}, squares {square}, {whitened}"
        return above and not below.is_positive_definite and fits, words

    spectra = ((1, 0, 0), (1, 1, 1), (1, -2, 3), (0, 0, -1), (2, -1, 0))
    cases = ((side, v[:side]) for side in domain["d"] for v in spectra if any(v[:side]))
    return every(cases, compare)


def _whitened_symbolic(statement, domain) -> Result:
    """Use |A B|_F <= |A|_op |B|_F twice, with the largest eigenvalue of each root."""
    return derived(
        (
            ("two roots to the right", statement.high, sqrt(1 / c1) ** 2),
            ("two roots back", 1 / statement.low, sqrt(c2) ** 2),
        )
    )


WHITENED = Claim(
    id="whitening-bounds",
    title="The assumptions M1 and M2 pass through whitening",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, symmetric $[[Delta]]$ and $[[Sigma]]$ with eigenvalues in "
        "$[c_1, c_2]$, $c_1 > 0$, and $\\widetilde\\Delta = \\Sigma^{-1/2} \\Delta\\, "
        "\\Sigma^{-1/2}$,\n\n"
        "$$[[low]]\\, \\lVert \\Delta \\rVert \\le \\lVert \\widetilde\\Delta \\rVert "
        "\\le [[high]]\\, \\lVert \\Delta \\rVert,$$\n\n"
        "in the operator norm and in the Frobenius norm.",
        {"d": Integers(1), "Delta": MATRICES, "Sigma": MATRICES},
        {"low": 1 / c2, "high": 1 / c1},
    ),
    sources=(printed("Section 3, assumptions M1 and M2", "implied"),),
    checks=(
        Check(
            "exact",
            "both norms in fractions for several Sigma and Delta, d <= 3",
            _whitened,
            {"d": Integers(1, 3)},
            role="step",
        ),
        Check(
            "symbolic", "the norms of the two roots", _whitened_symbolic, role="step"
        ),
    ),
    planted=(
        Planted("the two ends swapped", {"low": 1 / c1, "high": 1 / c2}),
        Planted("the middle: right for d = 1", {"high": 2 / (c1 + c2)}, near=True),
        Planted("one root only", {"high": 1 / sqrt(c1), "low": 1 / sqrt(c2)}),
        Planted("21/20 of the lower end", {"low": 21 / (20 * c2)}, near=True),
    ),
    weak=Check("exact", "d = 1 only", _whitened, {"d": Integers(1, 1)}, role="step"),
    spec="GM-M2",
)


# --- what M2 says about the signal-to-noise ratio -------------------------------------

SIZE = a**2 / (2 * d)
"""What one eigenvalue a / sqrt(d) adds to |Delta|_F^2 / 2."""


def _order_one(statement, domain) -> Result:
    """Put the eigenvalues that are not counted to 0, and let d grow."""
    count, lower = sympify(statement.count), sympify(statement.lower)
    if simplify(statement.upper - b**2 / 2) != 0:
        return unknown("the upper bound is attained by b^2 / 2")
    if s not in lower.free_symbols:
        gap = simplify(count * SIZE - lower)
        return (
            holds("lower bound of the counted eigenvalues")
            if gap == 0 or (gap.is_nonnegative)
            else unknown(f"the sign of {gap}")
        )
    share = limit(count / (2 * d), d, oo)
    if share.is_positive:
        return holds(f"s = {share} or less will do")
    small = Rational(1, 1000)
    at = next(n for n in (10**k for k in range(1, 9)) if _least(count, n) < small)
    return fails(
        f"s = {small}: for d = {at} and Delta = diag(a / sqrt(d), 0, ..., 0) the ratio "
        f"is {_least(count, at)} a^2 < {small} a^2; for smaller s take a larger d"
    )


def _least(count, side: int) -> Rational:
    """Return the least ratio over a^2: as few eigenvalues as allowed."""
    return ceiling(count.subs(d, side)) / Rational(2 * side)


ORDER_TEXT = (
    "Let $[[a]]$ and $[[b]]$. There is a constant $s > 0$ with the following property "
    "for every $[[d]]$ with $d > b^2$ and every symmetric $\\Delta$: if $a / \\sqrt d "
    "\\le \\lVert \\Delta \\rVert_{\\mathrm{op}} \\le b / \\sqrt d$, and at least "
    "$[[count]]$ of the eigenvalues have absolute value at least $a / \\sqrt d$, "
    "then\n\n"
    "$$[[lower]] \\le \\tfrac12 \\lVert \\Delta \\rVert_F^2 \\le [[upper]] .$$"
)

ORDER_PRINTED = Claim(
    id="order-one-printed",
    title="M2 makes the signal-to-noise ratio of order one, which is false",
    chapter=CHAPTER,
    statement=Statement(
        ORDER_TEXT,
        {"a": POSITIVE, "b": POSITIVE, "d": Integers(1)},
        {"count": Integer(1), "lower": s * a**2, "upper": b**2 / 2},
    ),
    sources=(
        printed(
            AFTER_M2,
            "refutes",
            "Read as two bounds by constants: M2 gives the upper bound alone.",
        ),
    ),
    checks=(Check("symbolic", "one eigenvalue, and d grows", _order_one, role="step"),),
    planted=(
        Planted("at most of order one", {"lower": Integer(0)}, near=True),
        Planted("at least half of the eigenvalues are counted", {"count": d / 2}),
        Planted("one in a hundred of them is", {"count": d / 100}, near=True),
        Planted("a lower bound that falls with d", {"lower": SIZE}),
    ),
    expects=Verdict.FAILS,
    spec="GM-M2",
)


def _order_exact(statement, domain) -> Result:
    """Take every spectrum with entries in {-2, ..., 2}, and count the large ones."""

    def compare(spectrum):
        side, size = len(spectrum), max(abs(v) for v in spectrum)
        ratio = Fraction(sum(v * v for v in spectrum), 2)
        at = {NORM: size**2, d: side}
        low, high = (sympify(v).subs(at) for v in (statement.low, statement.high))
        words = f"{low} <= {ratio} <= {high}"
        if not low <= ratio <= high:
            return False, words
        for least in range(1, size + 1):
            count = sum(abs(v) >= least for v in spectrum)
            at = {k: count, a: least * sqrt(side), d: side}
            bound = sympify(statement.many).subs(at)
            if not bound <= ratio:
                return False, f"{count} of size {least} or more: {bound} <= {ratio}"
        return True, words

    return every(
        (
            spectrum
            for side in domain["d"]
            for spectrum in product(range(-2, 3), repeat=side)
            if any(spectrum)
        ),
        compare,
    )


def _order_attained(statement, domain) -> Result:
    """One eigenvalue, and d of the same size."""
    return derived(
        (
            ("one eigenvalue", statement.low, NORM / 2),
            ("all of one size", statement.high, d * NORM / 2),
            ("k eigenvalues", statement.many, k * (a / sqrt(d)) ** 2 / 2),
        )
    )


ORDER = Claim(
    id="order-one-condition",
    title="When the signal-to-noise ratio is of order one",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and every symmetric $[[Delta]]$,\n\n"
        "$$[[low]] \\le \\tfrac12 \\lVert \\Delta \\rVert_F^2 \\le [[high]],$$\n\n"
        "where both bounds are attained. If at least $k$ eigenvalues have "
        "absolute value at least $a / \\sqrt d$, then $\\tfrac12 \\lVert \\Delta "
        "\\rVert_F^2 \\ge [[many]]$.",
        {"d": Integers(1), "Delta": MATRICES},
        {"low": NORM / 2, "high": d * NORM / 2, "many": k * a**2 / (2 * d)},
    ),
    sources=(printed(AFTER_M2, "corrects"),),
    checks=(
        Check(
            "exact",
            "every spectrum in {-2, ..., 2}, d <= 4",
            _order_exact,
            {"d": Integers(1, 4)},
            role="step",
        ),
        Check("symbolic", "the spectra that attain them", _order_attained, role="step"),
    ),
    planted=(
        Planted("of order one: right for d = 1", {"low": d * NORM / 2}, near=True),
        Planted("21/20 at the lower end", {"low": 21 * NORM / 40}, near=True),
        Planted("no half", {"many": k * a**2 / d}),
        Planted("a third at the upper end", {"high": d * NORM / 3}),
    ),
    weak=Check("exact", "d = 1 only", _order_exact, {"d": Integers(1, 1)}, role="step"),
    corrects="order-one-printed",
    spec="GM-M2",
)


# --- affinity, total variation and Bayes risk -----------------------------------------

VECTORS = ((3, 4), (5, 12), (1, 2, 2), (2, 3, 6), (3, 4, 0), (1, 0, 0), (1, 1, 1, 1))
"""Vectors of integers of integer length: square roots of probabilities."""


def _roots():
    """Yield pairs of unit vectors of fractions, whose squares are two laws."""
    units = []
    for vector in VECTORS:
        length = sqrt(sum(v * v for v in vector))
        units += [
            tuple(v / length for v in order)
            for order in sorted(set(permutations(vector)))
        ]
    return ((f, g) for f, g in product(units, repeat=2) if len(f) == len(g) and f <= g)


def _affinity_exact(statement, domain) -> Result:
    """Take laws on two to four points whose roots are fractions."""

    def compare(case):
        f, g = case
        p, q = [v**2 for v in f], [v**2 for v in g]
        at = {AFF: sum(u * v for u, v in zip(f, g, strict=True))}
        pairs = list(zip(p, q, strict=True))
        distance = sum(abs(u - v) for u, v in pairs) / 2
        risk = sum(2 * u * v / (u + v) for u, v in pairs if u + v)
        low, high, least, most = (
            sympify(v).subs(at)
            for v in (statement.low, statement.high, statement.least, statement.most)
        )
        words = f"{low} <= {distance} <= {high}, {least} <= {risk} <= {most}"
        true = high.is_real and low <= distance <= high and least <= risk <= most
        return bool(true), f"p = {p}, q = {q}: {words}"

    return every(_roots(), compare)


def _affinity_symbolic(statement, domain) -> Result:
    """Follow the proof with f = sqrt(p) and g = sqrt(q)."""
    f, g = Symbol("f", positive=True), Symbol("g", positive=True)
    gap = f * g - 2 * f**2 * g**2 / (f**2 + g**2)
    difference, total = 2 - 2 * AFF, 2 + 2 * AFF  # of the squares of f - g and f + g
    return derived(
        (
            ("|p - q| >= (f - g)^2", f**2 - g**2 - (f - g) ** 2, 2 * g * (f - g)),
            ("the lower bound", statement.low, difference / 2),
            ("Cauchy and Schwarz", statement.high**2, difference * total / 4),
            ("two means", gap, f * g * (f - g) ** 2 / (f**2 + g**2)),
            ("the upper bound of the risk", statement.most, AFF),
            ("Cauchy and Schwarz again", statement.least, AFF**2),
        )
    )


AFFINITY_BOUNDS = Claim(
    id="affinity-bounds",
    title="The affinity of two classes bounds what can be learned",
    chapter=CHAPTER,
    statement=Statement(
        "For any two probability densities $p_+$ and $p_-$ let\n\n"
        "$$\\operatorname{aff} = \\int \\sqrt{p_+ p_-}, \\qquad \\operatorname{TV} = "
        "\\tfrac12 \\int \\lvert p_+ - p_- \\rvert, \\qquad \\mathcal "
        "R_{\\mathrm{Bayes}} = \\int \\frac{2\\, p_+ p_-}{p_+ + p_-} .$$\n\n"
        "Then $[[low]] \\le \\operatorname{TV} \\le [[high]]$ and $[[least]] \\le "
        "\\mathcal R_{\\mathrm{Bayes}} \\le [[most]]$.",
        {},
        {"low": 1 - AFF, "high": sqrt(1 - AFF**2), "least": AFF**2, "most": AFF},
    ),
    sources=(printed(AFTER_M2, "background"),),
    checks=(
        Check("exact", "laws on two to four points", _affinity_exact, role="step"),
        Check("symbolic", "the steps of the proof", _affinity_symbolic, role="step"),
    ),
    planted=(
        Planted("the square below too", {"low": 1 - AFF**2}),
        Planted("no square above", {"high": sqrt(1 - AFF)}),
        Planted("21/20 of the square", {"high": sqrt(1 - 21 * AFF**2 / 20)}, near=True),
        Planted("the risk is at most the square", {"most": AFF**2}),
        Planted("21/20 of the lower end", {"low": 21 * (1 - AFF) / 20}, near=True),
        Planted("the risk is the affinity", {"least": AFF}),
    ),
    weak=Check(
        "exact",
        "equal laws only",
        lambda statement, domain: every(
            ((statement.low, statement.high, statement.least, statement.most),),
            lambda parts: (
                [sympify(v).subs(AFF, 1) for v in parts] == [0, 0, 1, 1],
                "0, 0, 1, 1 at affinity 1",
            ),
        ),
        role="step",
    ),
    spec="GM-M2",
)


# --- the affinity of the two Gaussians ------------------------------------------------


def _gaussian_integral(statement, domain) -> Result:
    """Integrate the root of the product in one coordinate."""
    g = Symbol("g", positive=True)  # 1 - lambda^2
    weight = exp(-(x**2) / (2 * g)) / sqrt(2 * pi * sqrt(g))
    found = integrate(weight, (x, -oo, oo)).subs(g, 1 - lam**2)
    exponent = (1 / (1 - lam) + 1 / (1 + lam)) / 4 - 1 / (2 * (1 - lam**2))
    if simplify(exponent) != 0:
        return unknown("the exponent of the product")
    if simplify(found - statement.factor) == 0:
        return holds("the integral of one coordinate")
    at = {lam: Rational(1, 2)}
    values = [sympify(v).subs(at).evalf(10) for v in (found, statement.factor)]
    if values[0] != values[1]:
        return fails(f"lambda = 1/2: {values[0]} is not {values[1]}")
    return unknown("one point does not tell the formulas apart")


def _determinants(statement, domain) -> Result:
    """Compare fourth powers, from the determinants of three covariances."""
    spectra = (
        (Rational(1, 2), Rational(-1, 3), Rational(3, 4), Rational(1, 5)),
        (Rational(1, 2), Rational(1, 2), Rational(-1, 2), Rational(2, 3)),
    )

    def compare(spectrum):
        Delta, unit = _rotated(spectrum), eye(len(spectrum))
        plus, minus = unit - Delta, unit + Delta
        middle = (plus.inv() + minus.inv()) / 2
        found = 1 / (plus.det() * minus.det() * middle.det() ** 2)
        claimed = Integer(1)
        for value in spectrum:
            claimed *= simplify(statement.factor.subs(lam, value) ** 4)
        return simplify(found - claimed) == 0, f"{found} = {claimed}"

    return every((v[:side] for side in domain["d"] for v in spectra), compare)


AFFINITY = Claim(
    id="mixture-affinity",
    title="The affinity of the two Gaussian classes",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and every symmetric $[[Delta]]$ with eigenvalues "
        "$\\lambda_1, \\dots, \\lambda_d$ between $-1$ and $1$, the densities $p_+$ of "
        "$\\mathcal N(0, I - \\Delta)$ and $p_-$ of $\\mathcal N(0, I + \\Delta)$ "
        "satisfy\n\n"
        "$$\\int_{\\mathbb R^d} \\sqrt{p_+ p_-} = \\prod_{i=1}^d [[factor]] .$$",
        {"d": Integers(1), "Delta": MATRICES},
        {"factor": (1 - lam**2) ** Rational(1, 4)},
    ),
    sources=(printed(AFTER_M2, "implied"),),
    checks=(
        Check("symbolic", "one coordinate", _gaussian_integral, role="step"),
        Check(
            "exact",
            "fourth powers from determinants of rotated matrices, d <= 4",
            _determinants,
            {"d": Integers(1, 4)},
            role="step",
        ),
    ),
    planted=(
        Planted("the square root", {"factor": sqrt(1 - lam**2)}),
        Planted("the leading order", {"factor": exp(-(lam**2) / 4)}, near=True),
        Planted("one class only", {"factor": (1 - lam) ** Rational(1, 4)}),
        Planted(
            "1/4 less 5 %", {"factor": (1 - lam**2) ** Rational(19, 80)}, near=True
        ),
    ),
    weak=Check(
        "exact",
        "Delta = 0 only",
        lambda statement, domain: every(
            (0,), lambda at: (statement.factor.subs(lam, at) == 1, "the factor is 1")
        ),
        role="step",
    ),
    spec="GM-M2",
)


# --- rigorous numbers for a multiple of the identity ----------------------------------


def flat_distance(side: int, value: Fraction):
    """Return a ball for the total variation at Delta = value I.

    The ratio of the densities falls with u = |x|^2 and is 1 where
    u = d (1 - value^2) artanh(value) / value; u has the law of Gamma(d/2).
    """
    level = exact_ball(value)
    half = exact_ball(Fraction(side, 2))
    cut = side * (1 - level**2) * level.atanh() / level

    def below(variance):
        return 1 - (cut / (2 * variance)).gamma_upper(half, regularized=1)

    return below(1 - level) - below(1 + level)


def flat_risk(side: int, value: Fraction):
    """Return a ball for the Bayes risk at Delta = value I, for even d.

    The integral over u = |x|^2 up to a bound beyond which 2 p_+ has little mass.
    """
    from flint import acb, arb

    level, half = exact_ball(value), side // 2
    plus, minus = 2 * (1 - level), 2 * (1 + level)
    norm = half * minus.log() + exact_ball(half).lgamma()
    gap = half * (plus.log() - minus.log())

    def integrand(u, _):
        density = u ** (half - 1) * (-u / minus - norm).exp()
        return 2 * density / (1 + (gap + u / plus - u / minus).exp())

    end = (40 + 2 * side) * plus
    tail = 2 * (end / plus).gamma_upper(exact_ball(half), regularized=1)
    body = acb.integral(integrand, acb(0), acb(end)).real
    return body + arb(0).union(tail)


FLAT = ((1, "9/10"), (2, "1/10"), (2, "9/10"), (4, "1/2"), (100, "1/10"))
FLAT += ((100, "1/5"), (400, "1/100"), (400, "1/10"), (2000, "1/20"))


def _ratio(side: int, value: Fraction) -> Fraction:
    """Return |Delta|_F^2 / 2."""
    return side * value**2 / 2


def _flat_cases(domain):
    for side, text in FLAT:
        if side in domain["d"]:
            yield side, Fraction(text)


def _separated(statement, domain) -> Result:
    """Enclose the total variation and the Bayes risk for multiples of the identity."""

    def side_of(formula, side, value):
        return exact_ball(
            sympify(formula).subs(
                {snr: Rational(_ratio(side, value)), NORM: Rational(value**2)}
            )
        )

    def sides(case):
        name, side, value = case
        low, high = {
            "distance": (statement.low, statement.high),
            "risk": (statement.least, statement.most),
        }[name[0]]
        found = (flat_distance if name[0] == "distance" else flat_risk)(side, value)
        if name[1] == "below":
            return side_of(low, side, value), found
        return found, side_of(high, side, value)

    def cases():
        for side, value in _flat_cases(domain):
            for end in ("below", "above"):
                yield ("distance", end), side, value
                if side % 2 == 0:
                    yield ("risk", end), side, value

    return every_ball(cases(), sides, ONE_SIDE)


def _separated_symbolic(statement, domain) -> Result:
    """Bound -x / (1 - x) <= ln(1 - x) <= -x, and put the affinity into its bounds.

    With x = lambda_i^2 the logarithm of the affinity is the sum of ln(1 - x) / 4.
    """
    y = Symbol("y", positive=True)
    upper, lower = log(1 - y) + y, log(1 - y) + y / (1 - y)
    most = exp(-2 * snr / 4)
    least = exp(-2 * snr / (4 * (1 - NORM))) ** 2
    return derived(
        (
            ("falls", upper.diff(y), -y / (1 - y)),
            ("rises", lower.diff(y), y / (1 - y) ** 2),
            ("total variation, below", statement.low, 1 - most),
            ("total variation, above", statement.high**2, 1 - least),
            ("risk, below", statement.least, least),
            ("risk, above", statement.most, most),
        )
    )


RATE = exp(-snr / 2)
FLOOR = exp(-snr / (1 - NORM))

SEPARATED = Claim(
    id="mixture-separation",
    title="The classes part exactly when the Frobenius norm grows",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and every symmetric $[[Delta]]$ with $\\lVert \\Delta "
        "\\rVert_{\\mathrm{op}} < 1$, with $\\operatorname{snr} = \\lVert \\Delta "
        "\\rVert_F^2 / 2$, the total variation and the Bayes risk of the two classes "
        "satisfy\n\n"
        "$$[[low]] \\le \\operatorname{TV} \\le [[high]], \\qquad [[least]] \\le "
        "\\mathcal R_{\\mathrm{Bayes}} \\le [[most]] .$$\n\n"
        "So along any sequence with $\\lVert \\Delta \\rVert_{\\mathrm{op}}$ bounded "
        "below $1$ the classes become mutually singular if and only if $\\lVert "
        "\\Delta \\rVert_F \\to \\infty$, and equal in total variation if and only if "
        "$\\lVert \\Delta \\rVert_F \\to 0$.",
        {"d": Integers(1), "Delta": MATRICES},
        {"low": 1 - RATE, "high": sqrt(1 - FLOOR), "least": FLOOR, "most": RATE},
    ),
    sources=(
        printed(
            AFTER_M2,
            "sharper",
            "The text speaks of eigenvalues much larger than the root of 1/d, in the "
            "plural. If that means all, or a fixed share of them, it is right; a "
            "single one that tends to 0 does not part the classes.",
        ),
    ),
    uses=("affinity-bounds", "mixture-affinity"),
    checks=(
        Check(
            "interval",
            "multiples of the identity, total variation and risk in balls",
            _separated,
            {"d": Integers(1, 2000)},
            role="step",
        ),
        Check(
            "symbolic",
            "two logarithms, and the affinity",
            _separated_symbolic,
            role="step",
        ),
    ),
    planted=(
        Planted("twice the exponent", {"low": 1 - exp(-snr)}),
        Planted("the denominator dropped", {"high": sqrt(1 - exp(-snr))}, near=True),
        Planted("dropped for the risk too", {"least": exp(-snr)}, near=True),
        Planted("half the exponent", {"high": sqrt(1 - exp(-snr / 2))}),
        Planted("the risk falls twice as fast", {"most": exp(-snr)}),
    ),
    weak=Check(
        "interval",
        "Delta = I / 100 in dimension 400 only",
        _separated,
        {"d": Integers(400, 400)},
        role="step",
    ),
    spec="GM-M2",
)


# --- differences below the scale of M2 ------------------------------------------------


def _small(statement, domain) -> Result:
    """Enclose both sides at Delta = (t / sqrt(d)) I."""

    def sides(case):
        name, side, value = case
        at = {t: sqrt(side) * Rational(value), d: side}
        if name == "distance":
            limit_ = exact_ball(sympify(statement.square).subs(at)).sqrt()
            return flat_distance(side, value), limit_
        return exact_ball(1 - sympify(statement.loss).subs(at)), flat_risk(side, value)

    def cases():
        for side, value in _flat_cases(domain):
            if side * value**2 < 1:
                yield "distance", side, value
                if side % 2 == 0:
                    yield "risk", side, value

    return every_ball(cases(), sides, ONE_SIDE)


def _small_symbolic(statement, domain) -> Result:
    """Put the largest norms into 1 - e^(-y) <= y."""
    exponent = (t**2 / 2) / (1 - t**2 / d)
    return derived(
        (
            ("total variation", statement.square, exponent),
            ("risk", statement.loss, exponent),
        )
    )


LOSS = d * t**2 / (2 * (d - t**2))

SMALL = Claim(
    id="small-difference",
    title="Below the scale of M2 no classifier does better than a coin",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[t]]$ and symmetric $\\Delta$ with $\\lVert \\Delta "
        "\\rVert_{\\mathrm{op}} \\le t / \\sqrt d$, the total variation of the two "
        "classes and the Bayes risk satisfy\n\n"
        "$$\\operatorname{TV}^2 \\le [[square]], \\qquad \\mathcal R_{\\mathrm{Bayes}} "
        "\\ge 1 - [[loss]] .$$\n\n"
        "Every classifier errs with probability at least $(1 - \\operatorname{TV}) / "
        "2$.",
        {"d": Integers(1), "t": Reals(0, 1, open_low=True, open_high=True)},
        {"square": LOSS, "loss": LOSS},
    ),
    sources=(printed(AFTER_M2, "sharper", "The text has the limit."),),
    uses=("mixture-separation", "order-one-condition", "affinity-bounds"),
    checks=(
        Check(
            "interval",
            "multiples of the identity, in balls",
            _small,
            {"d": Integers(1, 2000)},
            role="step",
        ),
        Check("symbolic", "the largest norms", _small_symbolic, role="step"),
    ),
    planted=(
        Planted("half of the square root", {"square": t**2 / 4}),
        Planted("19/20 of the loss", {"loss": 19 * LOSS / 20}, near=True),
        Planted("the fourth power", {"loss": t**4}),
        Planted("two thirds of the loss", {"loss": 2 * LOSS / 3}),
    ),
    weak=Check(
        "interval",
        "d = 1 only",
        _small,
        {"d": Integers(1, 1)},
        role="step",
    ),
    spec="GM-M2",
)


CLAIMS = (
    WHITENED,
    ORDER_PRINTED,
    ORDER,
    AFFINITY_BOUNDS,
    AFFINITY,
    SEPARATED,
    SMALL,
)
