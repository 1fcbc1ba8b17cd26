"""The source's proof of its lower bound for one neuron, step by step.

A printed step that is false as it stands is a claim of its own, with a counterexample
and with the forms that mend it; the claims that replace it are in `averages` and
`sums`. The theorem itself is true: `direct` proves it. Where a step is a conclusion
rather than a formula, the claim is the rule that would lead to it.
"""

from fractions import Fraction
from itertools import product

from flint import arb, ctx
from sympy import Rational, sqrt, sympify

from rfbook.claims.neuron_proof import averages, sums
from rfbook.claims.neuron_proof.averages import (
    disjoint_failures,
    events_on_atoms,
    least_over_directions,
    rotating,
)
from rfbook.claims.neuron_proof.sources import CHAPTER, later, printed
from rfbook.claims.neuron_proof.steps import (
    AT_LEAST,
    AT_MOST,
    LINEAR,
    MORE,
    POSITIVE,
    POWERS,
    PROOF,
    SQUARE,
    N,
    R,
    a,
    c,
    d,
    delta,
    number,
    p,
    psi_mean,
    q,
    source_size,
)
from rfbook.claims.neuron_proof.sums import PRINTED_WAVE, REPAIRED
from rfbook.claims.psi.moments import ball, beyond, relu_moment
from rfbook.claims.psi.wave import literal_weights
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Reals,
    Relation,
    Result,
    Statement,
    Verdict,
    every,
    exact_ball,
)

DIMENSIONS = Integers(41)
WINDOW = {"d": Integers(41, 44)}
EQUAL = Relation("=")
LOST = "The formulas of the later text could not be read."


# --- the first moment -----------------------------------------------------------------


def _first_moment(statement, domain) -> Result:
    """Try constants f = q: E_w |<f, psi_w>| is q |E psi(dg)|, for every w.

    A rate with a free c > 0 is judged by e^(-cd) < 1: if that fails, every c does.
    """

    def compare(point):
        dimension, norm = point
        left = norm * psi_mean(source_size(dimension), dimension)
        rate = sympify(statement.rate).subs(d, dimension)
        decay = arb(1) if rate.free_symbols else (-exact_ball(rate)).exp()
        factor = exact_ball(sympify(statement.factor))
        right = factor * norm ** POWERS[statement.size] * decay
        true = AT_MOST.ball(left, right)
        words = f"{left.str(4, radius=False)} <= {right.str(4, radius=False)}"
        return (None if true and rate.free_symbols else true), words

    def norms(dimension):
        """Yield 1, 10, and a norm at which the square is lost against the norm."""
        small = psi_mean(source_size(dimension), dimension) / 40
        digits = -int((small.log() / arb(10).log()).floor().unique_fmpz())
        for norm in domain["q"].among((Fraction(1, 10**digits), 1, 10)):
            yield f"d = {dimension}, f = 10^{-digits if norm < 1 else norm // 10}", norm

    with ctx.workprec(128):
        points = {
            name: (dimension, ball(norm))
            for dimension in domain["d"]
            for name, norm in norms(dimension)
        }
        return every(points, lambda name: compare(points[name]))


FIRST_MOMENT = Claim(
    id="printed-first-moment",
    title="The first moment as printed, which is false",
    chapter=CHAPTER,
    statement=Statement(
        "There is a number $c > 0$ such that for every $[[d]]$ and $[[q]]$, with "
        "$a = 6 d^2 + 1$ and $w$ uniform on the sphere of radius $d$, every $f$ of "
        "norm $\\lVert f \\rVert = q$ satisfies\n\n"
        "$$\\mathbb E_w \\lvert \\langle f, \\psi_{a,w} \\rangle \\rvert \\le "
        "[[factor]]\\, [[size]]\\, e^{-[[rate]]}.$$",
        {"d": DIMENSIONS, "q": POSITIVE},
        {"factor": 20, "size": SQUARE, "rate": c * d},
    ),
    sources=(
        printed(
            f"{PROOF}, first display",
            "refutes",
            "A slip without consequences: the right side is meant for norms up to "
            "exp(d/40), and for norms of at least 1 the line is true.",
        ),
        later("proof of the theorem on random linear maps", "refutes", "Same display."),
    ),
    expects=Verdict.FAILS,
    checks=(Check("interval", "constant functions f", _first_moment, WINDOW),),
    planted=(
        Planted("the norm without its square", {"size": LINEAR, "rate": d / 4}),
        Planted("norms of at least 1", {"q": Reals(1), "rate": d / 4}, near=True),
        Planted(
            "the norm, and the root of 1.01 for 20",
            {"size": LINEAR, "rate": d / 4, "factor": Rational(201, 200)},
        ),
    ),
    spec="YS-4.2.a",
)


# --- the modulus ----------------------------------------------------------------------

OUTSIDE = "\\mathbb E_W \\lvert \\langle f_W, \\psi_{a,w} \\rangle \\rvert"
INSIDE = "\\mathbb E_W\\, \\mathbb E_x \\lvert f_W(x)\\, \\psi_{a,w}(x) \\rvert"


def mean_modulus(size: int, radius: int) -> arb:
    """Enclose E |psi_a(Rg)|, which lies between E [psi^2; Rg <= a] and its root.

    Beyond a the square is at most 1 + (Rg - a)^2, and E [(g - h)^2; g > h] <= Q(h).
    """
    square = relu_moment(Fraction(radius), size)
    rest = (1 + radius**2) * beyond(ball(Fraction(size, radius)))
    return (square - rest).union(square.sqrt())


def _modulus(statement, domain) -> Result:
    """Take the feature f = 1: |E psi| on one side, E |psi| on the other."""
    values = {OUTSIDE: psi_mean, INSIDE: mean_modulus}

    def compare(dimension):
        size = source_size(dimension)
        left, right = (
            values[side](size, dimension) for side in (statement.left, statement.right)
        )
        words = f"{_short(left)} {statement.relation.symbol} {_short(right)}"
        if statement.left == statement.right:
            return statement.relation.symbol in ("=", "<=", ">="), words
        return statement.relation.ball(left, right), words

    with ctx.workprec(64):
        return every(domain["d"], compare)


def _short(value: arb) -> str:
    """Write a number, or of a wide ball its lower end."""
    if value.rad() > 1e-3:
        return f"(at least {value.lower().str(3, radius=False)})"
    return value.str(4, radius=False)


MODULUS = Claim(
    id="printed-modulus",
    title="The modulus as printed, which is false",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, with $a = 6 d^2 + 1$, $\\lVert w \\rVert = d$, a random "
        "matrix $W$ whose columns are independent and uniform on the unit sphere, and "
        "every $f$ such that $f_W(x) = f(W^{\\mathsf T} x)$ has $\\lVert f_W \\rVert "
        "\\le e^{d/40}$,\n\n$$[[left]] [[relation]] [[right]].$$",
        {"d": DIMENSIONS},
        {"left": INSIDE, "relation": EQUAL, "right": OUTSIDE},
    ),
    sources=(
        printed(
            f"{PROOF}, the display before equation (4)",
            "refutes",
            "The last equality of the display; the modulus stands inside the mean over "
            "x in all its middle terms. The later text replaces the step.",
        ),
    ),
    expects=Verdict.FAILS,
    checks=(Check("interval", "the feature f = 1", _modulus, WINDOW),),
    planted=(
        Planted("at least", {"relation": AT_LEAST}, near=True),
        Planted("outside on both sides", {"left": OUTSIDE}),
        Planted("inside on both sides", {"right": INSIDE}),
    ),
    spec="YS-4.2.b",
)


# --- the probability ------------------------------------------------------------------


def _probability(statement, domain) -> Result:
    """Try events whose complements are disjoint and barely less likely than q."""

    def compare(point):
        count, level = point
        miss = min(level * Fraction(99, 100), Fraction(1, count))
        both, bound = 1 - count * miss, 1 - number(statement.lost, N=count, q=level)
        words = f"{both} {statement.relation.symbol} {bound}"
        return statement.relation.exact(both, bound), words

    return every(product(domain["N"], domain["q"].among(("1/100", "1/3"))), compare)


PROBABILITY = Claim(
    id="printed-probability",
    title="The union bound without its factor, which is false",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[N]]$ and $[[q]]$, and for events $A_1, \\dots, A_N$ with "
        "$\\mathbb P(A_i) > 1 - q$,\n\n"
        "$$\\mathbb P(A_1 \\cap \\dots \\cap A_N) [[relation]] 1 - [[lost]].$$",
        {"N": Integers(1), "q": Reals(0, 1, open_low=True, open_high=True)},
        {"relation": MORE, "lost": q},
    ),
    sources=(
        printed(
            "Theorem 4.2 and its proof",
            "gap",
            "The theorem says 1 - exp(-cd), its proof ends with 1 - r exp(-cd); this "
            "rule would lead from one to the other. Theorem 4.8 is printed with the "
            "factor r. " + LOST,
        ),
    ),
    expects=Verdict.FAILS,
    checks=(
        Check("exact", "disjoint complements", _probability, {"N": Integers(1, 6)}),
    ),
    planted=(
        Planted("the factor N", {"lost": N * q}),
        Planted("one event only", {"N": Integers(1, 1)}, near=True),
        Planted("the factor N, not strictly", {"lost": N * q, "relation": AT_LEAST}),
    ),
    spec="YS-4.2.h",
)


# --- a direction found for one feature ------------------------------------------------

LARGEST = "\\max_i X_i(w)"
AVERAGE = "\\frac1N \\sum_{i=1}^N X_i(w)"


def _reused(statement, domain) -> Result:
    """Try X_i that are N delta on the i-th of N equally likely atoms, else 0."""

    def compare(point):
        count, small = point
        average, largest = least_over_directions(rotating(count, small))
        least = {LARGEST: largest, AVERAGE: average}[statement.quantity]
        bound = number(statement.bound, N=count, delta=small)
        return least <= bound, f"least over w {least} <= {bound}"

    return every(product(domain["N"], domain["delta"].among(("1/7", "1"))), compare)


REUSED = Claim(
    id="later-reused-direction",
    title="One direction found for one feature, used for all, which is false",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[N]]$ and $[[delta]]$, and for functions $X_1, \\dots, X_N \\ge "
        "0$ of a random $w$ with $\\mathbb E_w X_i(w) \\le \\delta$, some $w$ has "
        "$[[quantity]] \\le [[bound]]$.",
        {"N": Integers(1), "delta": POSITIVE},
        {"quantity": LARGEST, "bound": delta},
    ),
    sources=(
        later(
            "proof of the theorem on random linear maps",
            "refutes",
            "A direction is found by averaging for one f, and the direction 'found "
            "above' then serves f_1, ..., f_r. The words can be read, the formulas "
            "not. There the mean over W is the same for every w, so that nothing is "
            "lost.",
        ),
    ),
    expects=Verdict.FAILS,
    checks=(
        Check("exact", "each X_i on its own atom", _reused, {"N": Integers(1, 6)}),
    ),
    planted=(
        Planted("the average over i", {"quantity": AVERAGE}),
        Planted("N delta", {"bound": N * delta}),
        Planted("one feature only", {"N": Integers(1, 1)}, near=True),
    ),
    spec="YS-4.2.i",
)


# --- equation (5) ---------------------------------------------------------------------

ANY_ERRORS, ORTHOGONAL_ERRORS = "of any kind", "that are pairwise orthogonal"


def _summed(statement, domain) -> Result:
    """Try errors of one shape with the signs of the weights, and orthogonal ones."""

    def compare(dimension):
        size = int(statement.size.subs(d, dimension))
        weights = [int(value) for value in literal_weights(size)[1]]
        found = {"orthogonal": sum(value**2 for value in weights)}
        if statement.errors == ANY_ERRORS:
            found["of one shape"] = sum(map(abs, weights)) ** 2
        name = max(found, key=found.get)
        bound = number(statement.bound, a=size)
        return found[name] <= bound, f"errors {name}: {found[name]} <= {bound}"

    return every(domain["d"], compare)


SUMMED = Claim(
    id="printed-summed-error",
    title="The error of the sum as printed, which is false",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, with $a = [[size]]$ and the output weights $\\alpha_j$ of "
        "$\\psi_a$, of which $\\sum_j \\alpha_j^2 = 4 a + 1$, and for functions $h_j$ "
        "[[errors]] with $\\lVert h_j \\rVert^2 \\le \\varepsilon$,\n\n"
        "$$\\Big\\lVert \\sum_j \\alpha_j h_j \\Big\\rVert^2 \\le ([[bound]])\\, "
        "\\varepsilon.$$",
        {"d": DIMENSIONS},
        {"size": 6 * d**2 + 1, "errors": ANY_ERRORS, "bound": 4 * a + 1},
    ),
    sources=(
        printed(
            "equation (5), first inequality",
            "refutes",
            "Printed as the sum of |a_j|^2 times epsilon. " + LOST,
        ),
    ),
    expects=Verdict.FAILS,
    checks=(Check("exact", "errors of one shape", _summed, WINDOW),),
    planted=(
        Planted("the square of the sum", {"bound": (2 * a + 1) ** 2}),
        Planted("Cauchy and Schwarz", {"bound": (a + 1) * (4 * a + 1)}),
        Planted("orthogonal errors", {"errors": ORTHOGONAL_ERRORS}, near=True),
    ),
    spec="YS-4.2.c",
)


# --- equation (6) ---------------------------------------------------------------------

EVERY_J = "\\max_i \\lvert u_i^j \\rvert \\quad \\text{for every } j"
ALL_J = "\\max_{i, j} \\lvert u_i^j \\rvert"


def _tilde(statement, domain) -> Result:
    """Try weights with the signs of alpha_j, and the same with those of one j zero."""

    def compare(point):
        dimension, zero = point
        size = source_size(dimension)
        last = int(number(statement.last, a=size))
        weights = [int(value) for value in literal_weights(size)[1][: last + 1]]
        signs = [1 if value > 0 else -1 for value in weights]
        if zero:
            signs[0] = 0
        total = sum(v * u for v, u in zip(weights, signs, strict=True))
        sizes = [abs(u) for u in signs]
        measure = {EVERY_J: min(sizes), ALL_J: max(sizes)}[statement.measure]
        bound = number(statement.factor, a=size) * measure
        return total <= bound, f"{total} <= {bound}"

    return every(product(domain["d"], (False, True)), compare)


TILDE = Claim(
    id="printed-tilde-weights",
    title="The combined weights as printed, which is false",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, with $a = 6 d^2 + 1$, the output weights $\\alpha_j$ of "
        "$\\psi_a$, real numbers $u_i^j$ and $\\tilde u_i = \\sum_{j=0}^{[[last]]} "
        "\\alpha_j u_i^j$,\n\n"
        "$$\\max_i \\lvert \\tilde u_i \\rvert \\le [[factor]]\\, [[measure]].$$",
        {"d": DIMENSIONS},
        {"last": a, "factor": 2 * a, "measure": EVERY_J},
    ),
    sources=(
        printed(
            "equation (6), last inequality",
            "refutes",
            "Printed for weights counted as a with modulus at most 2, which is right "
            "without the last ReLU, and said to hold for every j. " + LOST,
        ),
    ),
    expects=Verdict.FAILS,
    checks=(Check("exact", "weights with the signs of alpha_j", _tilde, WINDOW),),
    planted=(
        Planted("2a + 1, over all j", {"factor": 2 * a + 1, "measure": ALL_J}),
        Planted("2a + 2, over all j", {"factor": 2 * a + 2, "measure": ALL_J}),
        Planted(
            "without the last ReLU, over all j",
            {"last": a - 1, "measure": ALL_J},
            near=True,
        ),
    ),
    spec="YS-4.2.d",
)


def _constant(statement, domain) -> Result:
    """Take c = u~_0 = 1, u~_1 = 0 and f_1(x) = <v, x> with v orthogonal to w.

    Then <f_1, psi_w> = E <v, x> E psi_w = 0, and what is left is |E psi_w|.
    """

    def compare(point):
        dimension, _ = point
        left, right = (first == 0 for first in (statement.start, statement.first))
        if statement.wave == REPAIRED:
            return True, "the repaired wave is odd on the line: 0 <= 0"
        mean = psi_mean(source_size(dimension), dimension).str(4, radius=False)
        sides = (mean if side else "0" for side in (left, right))
        return left <= right, " <= ".join(sides)

    with ctx.workprec(128):
        return every(product(domain["d"], domain["N"]), compare)


CONSTANT = Claim(
    id="printed-constant-dropped",
    title="The constant dropped in print, which is false",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and $[[N]]$, with $a = 6 d^2 + 1$, $\\lVert w \\rVert = d$, "
        "$f_0 = 1$, functions $f_1, \\dots, f_N$ and reals $\\tilde u_0, \\dots, "
        "\\tilde u_N$,\n\n"
        "$$\\Big\\lvert \\Big\\langle \\sum_{i = [[start]]}^N \\tilde u_i f_i, "
        "[[wave]] \\Big\\rangle \\Big\\rvert \\le \\max_{i \\ge 0} \\lvert \\tilde u_i "
        "\\rvert \\sum_{i = [[first]]}^N \\lvert \\langle f_i, [[wave]] \\rangle "
        "\\rvert.$$",
        {"d": DIMENSIONS, "N": Integers(1)},
        {"start": 0, "wave": PRINTED_WAVE, "first": 1},
    ),
    sources=(
        printed(
            "equation (6), second inequality",
            "refutes",
            "The sum starts with i = 0 on one side and with i = 1 on the other. "
            + LOST,
        ),
    ),
    expects=Verdict.FAILS,
    checks=(
        Check(
            "interval",
            "the constant 1 and a feature orthogonal to w",
            _constant,
            {**WINDOW, "N": Integers(1, 1)},
        ),
    ),
    planted=(
        Planted("the repaired wave, odd on the line", {"wave": REPAIRED}, near=True),
        Planted("from i = 0 on both sides", {"first": 0}),
        Planted("no constant", {"start": 1}),
    ),
    spec="YS-4.2.d",
)


# --- after equation (7) ---------------------------------------------------------------


def _ratio(statement, domain) -> Result:
    """Compare with the least U that the premise allows."""

    def compare(point):
        dimension, share = point
        error = share * number(domain["varepsilon"].high, d=dimension)
        size = source_size(dimension)
        slope, rate, scale = (
            number(part, d=dimension, a=size)
            for part in (statement.slope, statement.rate, statement.scale)
        )
        bound = (1 - rate * error) * scale
        least = (dimension - 24 * dimension**2 * error) / slope
        return least >= bound, f"least U {least} >= {bound}"

    shares = [Fraction(0), Fraction(12, 25), Fraction(24, 25)]
    return every(product(domain["d"], shares), compare)


RATIO = Claim(
    id="printed-ratio",
    title="The bound after equation (7) as printed, which is false",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and $[[varepsilon]]$, with $a = 6 d^2 + 1$, every number "
        "$U$ with $24 d^2 \\varepsilon \\ge d - ([[slope]])\\, U$ satisfies\n\n"
        "$$U \\ge (1 - [[rate]]\\, \\varepsilon)\\, [[scale]].$$",
        {"d": DIMENSIONS, "varepsilon": Reals(0, 1 / (24 * d), open_high=True)},
        {"slope": 4 * a, "rate": 24 * d, "scale": 1 / (24 * d)},
    ),
    sources=(
        printed(
            "the bound after equation (7)",
            "refutes",
            "U stands for r max|u_i| exp(-cd), and the premise is what the printed (5) "
            "and (6) say together. The line is read as (1 - 24 d eps) exp(cd) / (24 "
            "d): the fraction is broken in the text that we read. A slightly smaller c "
            "makes up for it, and the final 1/(48 d^2) follows as well. " + LOST,
        ),
    ),
    expects=Verdict.FAILS,
    checks=(Check("exact", "the least U", _ratio, WINDOW),),
    planted=(
        Planted("what follows", {"scale": d / (24 * d**2 + 4)}),
        Planted("6d^2 ReLUs for 6d^2 + 1", {"slope": 24 * d**2}, near=True),
        Planted("25 below", {"scale": 1 / (25 * d)}, near=True),
    ),
    spec="YS-4.2.f",
)


def _scaled(statement, domain) -> Result:
    """Compare the square of the multiple with the factor."""

    def compare(dimension):
        left = number(sympify(statement.multiple) ** 2, d=dimension)
        right = number(statement.factor, d=dimension)
        words = f"{left} {statement.relation.symbol} {right}"
        return statement.relation.exact(left, right), words

    return every(domain["d"], compare)


SCALED = Claim(
    id="printed-scaling",
    title="The scaling as printed, which is false",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and every $h \\in L^2(\\gamma_d)$,\n\n"
        "$$\\lVert [[multiple]]\\, h \\rVert^2 [[relation]] [[factor]]\\, "
        "\\lVert h \\rVert^2.$$",
        {"d": DIMENSIONS},
        {"multiple": d, "relation": EQUAL, "factor": d},
    ),
    sources=(
        printed(
            f"{PROOF}, scaling at its end",
            "refutes",
            "Equation (7) multiplied 'by d', with the error 1/(50d) turned into 1/50, "
            "while the weight vector grows from norm d to d^2. Harmless in the "
            "direction that is needed: 1/(50 d^2) <= 1/(50 d). " + LOST,
        ),
    ),
    expects=Verdict.FAILS,
    checks=(Check("exact", "the squares of the multiples", _scaled, WINDOW),),
    planted=(
        Planted("the factor d^2", {"factor": d**2}),
        Planted("at least", {"relation": AT_LEAST}, near=True),
        Planted("the multiple sqrt d", {"multiple": sqrt(d)}),
    ),
    spec="YS-4.2.e",
)


def _range(statement, domain) -> Result:
    def compare(dimension):
        largest = dimension * number(statement.reach, a=source_size(dimension))
        bound = number(statement.bound, d=dimension)
        return largest <= bound, f"{largest} <= {bound}"

    return every(domain["d"], compare)


RANGE = Claim(
    id="printed-bias-range",
    title="The range of the bias as printed, which is false",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, with $a = 6 d^2 + 1$, every $b$ with $\\lvert b \\rvert "
        "\\le [[reach]]$ satisfies $\\lvert d\\, b \\rvert \\le [[bound]]$.",
        {"d": DIMENSIONS},
        {"reach": a, "bound": 6 * d**3 + 1},
    ),
    sources=(
        printed(
            f"{PROOF}, and Theorem 4.2",
            "refutes",
            "Only the two outermost ReLUs of psi leave the printed range: the others "
            "have |b| <= a - 2. " + LOST,
        ),
    ),
    expects=Verdict.FAILS,
    checks=(Check("exact", "the outermost bias", _range, WINDOW),),
    planted=(
        Planted("6d^3 + d", {"bound": 6 * d**3 + d}, near=True),
        Planted("all biases but the outermost", {"reach": a - 2}, near=True),
        Planted("7d^3", {"bound": 7 * d**3}),
    ),
    spec="YS-4.2.f",
)


# --- the fixed bias -------------------------------------------------------------------


def _one_bias(statement, domain) -> Result:
    """Try disjoint complements of one probability, then all events on four atoms."""

    def compare(case):
        least, size, level = case
        bound = number(statement.bound, a=size, p=level)
        words = f"a = {size}, p = {level}: least P(A_j) {least} <= {bound}"
        return least <= bound, words

    levels = domain["p"].among(("0", "1/4", "9/10"))
    cases = [
        (min(disjoint_failures(size, level)), size, level)
        for size, level in product(domain["a"], levels)
    ]
    cases += [
        case for size in domain["a"] if size <= 2 for case in events_on_atoms(size)
    ]
    names = {f"case {index}": case for index, case in enumerate(cases)}
    return every(names, lambda name: compare(names[name]))


ONE_BIAS = Claim(
    id="printed-one-bias",
    title="One bias for all features as printed, which is false",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[a]]$ and $[[p]]$, and for events $A_0, \\dots, A_a$ with "
        "$\\mathbb P(A_0 \\cap \\dots \\cap A_a) \\le p$,\n\n"
        "$$\\min_j \\mathbb P(A_j) \\le [[bound]].$$",
        {"a": Integers(1), "p": Reals(0, 1, open_high=True)},
        {"bound": p},
    ),
    sources=(
        printed(
            f"{PROOF}, the line before equation (7)",
            "gap",
            "A_j says that small weights approximate the ReLU with bias c_j. The proof "
            "bounds the probability that all A_j happen, and takes one bias for which "
            "the bound holds. This rule would be needed. " + LOST,
        ),
    ),
    expects=Verdict.FAILS,
    checks=(Check("exact", "disjoint complements", _one_bias, {"a": Integers(0, 6)}),),
    planted=(
        Planted("what follows", {"bound": 1 - (1 - p) / (a + 1)}),
        Planted("a weaker bound", {"bound": 1 - (1 - p) / (a + 2)}),
        Planted("a single event", {"a": Integers(0, 0)}, near=True),
    ),
    spec="YS-4.2.g",
)


# --- the trade-off --------------------------------------------------------------------


def _tradeoff(statement, domain) -> Result:
    """Let the class of features contain the constant 1, and take N = 1.

    At every bias the best multiple is m = E [Rg + b]_+ <= R + |b|, and the error is the
    variance, at most R^2: the ReLU does not increase distances. So where R^2 is at most
    half of the range, the error (range / 2) is reached with a weight of at most
    R + 6Rd + 1. At the bias 0 the error is R^2 (1/2 - 1/(2 pi)) exactly.
    """

    def compare(point):
        dimension, radius = point
        top, weight = (
            part.subs({d: dimension, R: radius})
            for part in (statement.range, statement.weight)
        )
        used, needed = radius + 6 * radius * dimension + 1, weight / 2
        words = f"error <= R^2 <= {top / 2}, and weight {used} >= {needed}"
        if radius**2 <= top / 2 and used < needed:
            return False, words
        at_zero = exact_ball(radius) ** 2 * (1 - 1 / arb.pi()) / 2
        return (True if at_zero > exact_ball(top) else None), words

    def radii(dimension):
        small = Fraction(1, 10 * dimension**2)
        return domain["R"].among((small, small / 10, 2, 10))

    points = [
        (dimension, Rational(radius.numerator, radius.denominator))
        for dimension in domain["d"]
        for radius in radii(dimension)
    ]
    return every(points, compare)


TRADEOFF = Claim(
    id="printed-tradeoff",
    title="Norm against accuracy as printed, which is false",
    chapter=CHAPTER,
    statement=Statement(
        "There is a number $c > 0$ such that for every $[[d]]$ and $[[R]]$, under the "
        "assumptions of Theorem 4.2: for every $w_*$ with $\\lVert w_* \\rVert = R$ "
        "there is a $b_*$ with $\\lvert b_* \\rvert \\le 6 R d + 1$ such that for all "
        "positive $\\varepsilon \\le [[range]]$ and all $f_1, \\dots, f_N$, with high "
        "probability\n\n"
        "$$\\Big\\lVert \\sum_{i=1}^N u_i f_i - \\big[\\langle w_*, \\cdot \\rangle + "
        "b_* \\big]_+ \\Big\\rVert^2 \\le \\varepsilon \\quad \\text{implies} \\quad "
        "N \\max_i \\lvert u_i \\rvert \\ge \\Big(1 - \\varepsilon \\Big/ [[range]] "
        "\\Big)\\, [[weight]]\\; e^{c d}.$$",
        {"d": DIMENSIONS, "R": POSITIVE},
        {"range": R / (5 * d**2), "weight": 1 / (8 * R)},
    ),
    sources=(
        printed(
            "Remark 4.7",
            "refutes",
            "The fractions are broken in the text that we read: taken as epsilon up to "
            "alpha/(5d^2) and (1 - 5 d^2 eps/alpha) exp(c_3 d)/(8 alpha), with alpha "
            "for our R and (7) multiplied by alpha/d. Refuted for R <= 1/(10 d^2). "
            "The later text has the remark too; its formulas could not be read.",
        ),
    ),
    expects=Verdict.FAILS,
    checks=(
        Check(
            "interval", "the constant feature, four norms for each d", _tradeoff, WINDOW
        ),
    ),
    planted=(
        Planted("norms of at least 2", {"R": Reals(2)}, near=True),
        Planted(
            "the square of the norm, and weights that scale with it",
            {"range": R**2 / (24 * d ** Rational(3, 2)), "weight": R / 8},
        ),
        Planted(
            "the square of the norm over 25 d^2",
            {"range": R**2 / (25 * d**2), "weight": R / 8},
        ),
    ),
    spec="YS-4.7",
)


CLAIMS = (
    FIRST_MOMENT,
    averages.FIRST_MOMENT,
    MODULUS,
    averages.JOINT_ROTATION,
    PROBABILITY,
    averages.MARKOV,
    REUSED,
    averages.ONE_DIRECTION,
    SUMMED,
    sums.SUMMED,
    TILDE,
    CONSTANT,
    sums.COMBINATIONS,
    RATIO,
    sums.WEIGHTS,
    SCALED,
    sums.SCALING,
    sums.CHAIN,
    RANGE,
    ONE_BIAS,
    averages.ONE_BIAS,
    TRADEOFF,
)
