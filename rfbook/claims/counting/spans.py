"""Counting in any Hilbert space: what a random space of dimension N must leave out.

The checks use vectors whose Gram matrix has rational eigenvalues, and random spaces
whose mean errors are finite sums of fractions. Nothing comes from the room.
"""

from fractions import Fraction
from itertools import product

import numpy as np
from sympy import solve

from rfbook.claims.counting.known import (
    ABOVE,
    AT_LEAST,
    AT_MOST,
    CHAPTER,
    ERRORS,
    FEATURES,
    SHARE,
    SIZES,
    N,
    delta,
    epsilon,
    equal_angles,
    families,
    hsu,
    kamath,
    kappa,
    lam,
    left_out,
    m,
    pivots,
    value,
)
from rfbook.claims.single_neuron.dimension import (
    SQUARES,
    distance,
    mean,
    sample,
    spaces,
)
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Result,
    Statement,
    every,
    every_identity,
    identity,
    unknown,
)

# --- the mean over a class ------------------------------------------------------------

GRAM = r"the matrix of the inner products $\langle f_i, f_j \rangle$"
CENTRED = (
    r"the matrix of the inner products "
    r"$\langle f_i - \bar f, f_j - \bar f \rangle$ with the mean $\bar f$"
)
SPECTRA = {GRAM: SQUARES, CENTRED: sorted([0, *SQUARES[1:]], reverse=True)}


def _average_exact(statement, domain, equality=True) -> Result:
    """Compare 8 vectors of a space of dimension 4 with 22 spaces for each N.

    Their second moment, and so G / m, has the eigenvalues 9, 4, 1 and 1/4.
    """
    vectors = sample(centred=False)
    eigenvalues = [len(vectors) * e for e in SPECTRA[statement.gram]]

    def compare(count):
        first = int(value(statement.first, N=count))
        bound = sum(eigenvalues[first - 1 :], Fraction(0)) / len(vectors)
        found = [mean([distance(v, V) for v in vectors]) for V in spaces(count)]
        words = f"the least of {len(found)} errors {min(found)}"
        true = all(statement.relation.exact(error, bound) for error in found)
        if equality and statement.relation == AT_LEAST:
            true = true and min(found) == bound
        return true, f"{words} {statement.relation.symbol} {bound}, with equality"

    return every(domain["N"], compare)


AVERAGE = Claim(
    id="counting-average",
    title="What N features leave of m functions",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[m]]$ and $[[N]]$ let $f_1, \\dots, f_m$ be elements of a Hilbert "
        "space, $G$ [[gram]], and $\\lambda_1 \\ge \\dots \\ge \\lambda_m$ its "
        "eigenvalues. For every space $V$ with $\\dim V \\le N$\n\n"
        "$$\\frac1m \\sum_{i=1}^m \\operatorname{dist}(f_i, V)^2 [[relation]] "
        "\\frac1m \\sum_{i \\ge [[first]]} \\lambda_i,$$\n\n"
        "with equality for some $V$. A random $V$ has the same bound for the mean.",
        {"m": SIZES, "N": FEATURES},
        {"gram": GRAM, "relation": AT_LEAST, "first": N + 1},
    ),
    sources=(kamath("Theorem 19", "sharper"), hsu("Theorem 29", "sharper")),
    uses=("dimension-argument",),
    checks=(
        Check(
            "exact",
            "8 vectors in dimension 4 against 22 spaces for each N",
            _average_exact,
            {"m": Integers(8, 8), "N": Integers(1, 3)},
            "step",
        ),
    ),
    planted=(
        Planted(
            "the covariance: right for functions of mean 0", {"gram": CENTRED}, True
        ),
        Planted("one eigenvalue less", {"first": N + 2}),
        Planted("one eigenvalue more", {"first": N}),
        Planted("the other way round", {"relation": AT_MOST}),
    ),
    weak=Check(
        "exact",
        "the inequality alone, for N = 2",
        lambda statement, domain: _average_exact(statement, domain, equality=False),
        {"m": Integers(8, 8), "N": Integers(2, 2)},
        "step",
    ),
    spec="frontier-2",
)


# --- least and largest eigenvalue -----------------------------------------------------

LEAST, LARGEST = "least", "largest"


def _eigenvalue_exact(statement, domain, cases=None) -> Result:
    """Take equal angles: a random permutation of the best space is the same for all."""

    def compare(case):
        (size, cosine), count = case
        values = equal_angles(size, cosine)
        edge = values[-1] if statement.which == LEAST else values[0]
        error = left_out(values, count)
        bound = value(statement.bound, m=size, varepsilon=error, **{"lambda": edge})
        words = f"(m, cosine), N with error {error}: {count}"
        true = statement.relation.exact(Fraction(count), bound)
        return true, f"{words} {statement.relation.symbol} {bound}"

    pairs = product(cases or families(), range(8))
    return every(((f, c) for f, c in pairs if c <= f[0]), compare)


def _eigenvalue_proof(statement, domain) -> Result:
    """Solve (m - N) lambda = m epsilon for N."""
    if statement.which != LEAST or statement.relation != AT_LEAST:
        return unknown("the argument is for the least eigenvalue, and gives >=")
    (found,) = solve((m - N) * lam - m * epsilon, N)
    return identity(found, statement.bound)


EIGENVALUE = Claim(
    id="counting-eigenvalue",
    title="Functions that are far from dependent",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[m]]$, $[[N]]$, $[[varepsilon]]$ and $\\lambda > 0$ let the "
        "[[which]] eigenvalue of the Gram matrix of $f_1, \\dots, f_m$ be at least "
        "$\\lambda$, and $V$ a random space with $\\dim V \\le N$. If "
        "$\\mathbb E \\operatorname{dist}(f_i, V)^2 \\le \\varepsilon$ for every $i$, "
        "then\n\n$$N [[relation]] [[bound]].$$",
        {"m": SIZES, "N": FEATURES, "varepsilon": ERRORS},
        {"which": LEAST, "relation": AT_LEAST, "bound": (1 - epsilon / lam) * m},
    ),
    sources=(kamath("Theorem 19"),),
    uses=("counting-average",),
    checks=(
        Check(
            "exact",
            "vectors of equal angles, where the least error is known, m <= 7",
            _eigenvalue_exact,
            role="step",
        ),
        Check(
            "symbolic", "the inequality solved for N", _eigenvalue_proof, role="step"
        ),
    ),
    planted=(
        Planted(
            "lambda dropped: right for orthonormal functions",
            {"bound": (1 - epsilon) * m},
            near=True,
        ),
        Planted("half the error", {"bound": (1 - epsilon / (2 * lam)) * m}),
        Planted("the largest eigenvalue", {"which": LARGEST}),
        Planted("strictly more", {"relation": ABOVE}),
        Planted("one function more", {"bound": (1 - epsilon / lam) * (m + 1)}),
    ),
    weak=Check(
        "exact",
        "orthonormal functions only",
        lambda statement, domain: _eigenvalue_exact(
            statement, domain, [(size, Fraction(0)) for size in (2, 4)]
        ),
        role="step",
    ),
    spec="frontier-2",
)


SUM = r"\sum_{j \ne i} \lvert \langle f_i, f_j \rangle \rvert"
MAXIMUM = r"\max_{j \ne i}\, \lvert \langle f_i, f_j \rangle \rvert"
SIGNED = r"\sum_{j \ne i} \langle f_i, f_j \rangle"


def _kappa(definition: str, row: list[Fraction]) -> Fraction:
    """Return one function's part of the coherence, from its other inner products."""
    if definition == MAXIMUM:
        return max((abs(a) for a in row), default=Fraction(0))
    return abs(sum((abs(a) if definition == SUM else a for a in row), Fraction(0)))


def _coherence_exact(statement, domain, cases=None) -> Result:
    """Take equal angles again; all functions have the error of the mean."""

    def compare(case):
        (size, cosine), count = case
        coherence = _kappa(statement.coherence, [cosine] * (size - 1))
        found = left_out(equal_angles(size, cosine), count)
        bound = value(statement.bound, m=size, N=count, kappa=coherence)
        words = f"(m, cosine), N: {found} {statement.relation.symbol} {bound}"
        return statement.relation.exact(found, bound), words

    pairs = product(cases or families(), range(8))
    return every(((f, c) for f, c in pairs if c <= f[0]), compare)


def _coherence_disc(statement, domain) -> Result:
    """Decide by pivots that no eigenvalue of 20 Gram matrices exceeds 1 + kappa.

    What one feature may hold by the statement is m (1 - bound) at N = 1.
    """

    def compare(number):
        size = 3 + number % 3
        G = np.random.default_rng(number).integers(-5, 6, (size, size))
        G = [[Fraction(int(a), 12) for a in row] for row in G + G.T]
        rows = [[a for j, a in enumerate(r) if j != i] for i, r in enumerate(G)]
        coherence = max(_kappa(statement.coherence, row) for row in rows)
        most = size * (1 - value(statement.bound, m=size, N=1, kappa=coherence))
        gap = [
            [(most - 1 if i == j else -G[i][j]) for j in range(size)]
            for i in range(size)
        ]
        least = min(pivots(gap))
        return least >= 0, f"matrix {number}, kappa {coherence}: pivot {least} >= 0"

    return every(range(20), compare)


COHERENCE = Claim(
    id="counting-coherence",
    title="Functions that are nearly orthogonal",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[m]]$ and $[[N]]$ let $f_1, \\dots, f_m$ have norm 1 and the "
        "coherence $\\kappa = \\max_i [[coherence]]$. For every random space $V$ with "
        "$\\dim V \\le N$ some $i$ has\n\n"
        "$$\\mathbb E \\operatorname{dist}(f_i, V)^2 [[relation]] [[bound]].$$",
        {"m": SIZES, "N": FEATURES},
        {"coherence": SUM, "relation": AT_LEAST, "bound": 1 - N * (1 + kappa) / m},
    ),
    sources=(hsu("Theorem 29", "as printed"),),
    uses=("counting-average",),
    checks=(
        Check(
            "exact",
            "vectors of equal angles, m <= 7",
            _coherence_exact,
            role="step",
        ),
        Check(
            "exact",
            "no eigenvalue beyond 1 + kappa, 20 matrices by their pivots",
            _coherence_disc,
            role="step",
        ),
    ),
    planted=(
        Planted(
            "kappa dropped: right for orthogonal functions", {"bound": 1 - N / m}, True
        ),
        Planted("half of kappa", {"bound": 1 - N * (1 + kappa / 2) / m}),
        Planted("the largest correlation for the sum", {"coherence": MAXIMUM}),
        Planted("without the modulus", {"coherence": SIGNED}, near=True),
        Planted("strictly more", {"relation": ABOVE}),
    ),
    weak=Check(
        "exact",
        "two functions of mutual cosine 0 or 1/12, N = 0, 1, 2",
        lambda statement, domain: _coherence_exact(
            statement, domain, [(2, Fraction(0)), (2, Fraction(1, 12))]
        ),
        role="step",
    ),
    spec="frontier-2",
)


# --- in probability -------------------------------------------------------------------


def _probability_exact(statement, domain, logs=(0, 1, 2, 3), parts=(1, 2, 3, 4)):
    """Fill the bound: a random block of M of the m functions, then N waves on it.

    The blocks partition m = M r functions, each is drawn with chance 1/r, and V is
    spanned by N of the M Walsh functions over the block: each function of the block is
    at the squared distance 1 - N/M, and those outside at 1.
    """

    def compare(case):
        log, blocks = case
        block = 2**log
        size = block * blocks
        for count in range(block + 1):
            point = {
                "m": size,
                "varepsilon": 1 - Fraction(count, block),
                "delta": 1 - Fraction(1, blocks),
            }
            bound = value(statement.bound, **point)
            words = f"{point}: {count} {statement.relation.symbol} {bound}"
            if not statement.relation.exact(Fraction(count), bound):
                return False, words
        return True, words

    return every(product(logs, parts), compare)


def _probability_proof(statement, domain) -> Result:
    """Split E dist^2 <= (1 - delta) epsilon + delta, and solve for N."""
    if statement.relation != AT_LEAST:
        return unknown("the argument gives >=")
    mean_square = (1 - delta) * epsilon + delta
    (found,) = solve(1 - N / m - mean_square, N)
    return identity(found, statement.bound)


PROBABILITY = Claim(
    id="counting-probability",
    title="Success with a probability",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[m]]$, $[[N]]$, $[[varepsilon]]$ and $[[delta]]$ let "
        "$f_1, \\dots, f_m$ be orthonormal and $V$ a random space with "
        "$\\dim V \\le N$. If $\\operatorname{dist}(f_i, V)^2 \\le \\varepsilon$ with "
        "probability at least $1 - \\delta$, for every $i$, then\n\n"
        "$$N [[relation]] [[bound]].$$\n\n"
        "There are $V$ for which both sides are equal.",
        {"m": SIZES, "N": FEATURES, "varepsilon": SHARE, "delta": SHARE},
        {"relation": AT_LEAST, "bound": (1 - delta) * (1 - epsilon) * m},
    ),
    sources=(hsu("Theorem 10", "background"),),
    uses=("counting-average",),
    checks=(
        Check(
            "exact",
            "blocks of Walsh functions, which fill the bound",
            _probability_exact,
            role="step",
        ),
        Check("symbolic", "the mean split in two", _probability_proof, role="step"),
    ),
    planted=(
        Planted(
            "delta dropped: right for certain success",
            {"bound": (1 - epsilon) * m},
            near=True,
        ),
        Planted("epsilon dropped: right for error 0", {"bound": (1 - delta) * m}, True),
        Planted(
            "half of delta",
            {"bound": (1 - delta / 2) * (1 - epsilon) * m},
        ),
        Planted("strictly more", {"relation": ABOVE}),
    ),
    weak=Check(
        "exact",
        "one block: V succeeds for sure",
        lambda statement, domain: _probability_exact(statement, domain, parts=(1,)),
        role="step",
    ),
)


# --- fixed against random spaces ------------------------------------------------------


def _best_pair(lengths: list[Fraction], count: int) -> tuple[Fraction, Fraction]:
    """Return the two sides of the game for orthogonal functions, by search.

    A space of axes that holds f_i with probability p_i, of sum N, leaves
    a_i (1 - p_i): the least common level v has p_i = max(0, 1 - v / a_i) of sum at
    most N. And weights 1 / a_i on the k longest leave (k - N) over their sum.
    """
    levels = []
    for k in range(len(lengths) + 1):
        top = lengths[:k]
        if top and k > count:
            levels.append((k - count) / sum(1 / a for a in top))
    below = max(levels, default=Fraction(0))
    held = sum(max(Fraction(0), 1 - below / a) for a in lengths)
    above = below if held <= count else None
    return below, above


def _orthogonal_exact(statement, domain, classes=None) -> Result:
    """Compare the formula with the weights from below and the spaces from above."""

    def compare(case):
        lengths, count = case
        values = [
            value(statement.level, k=k, N=count, s=sum(1 / a for a in lengths[:k]))
            for k in range(count + 1, len(lengths) + 1)
        ]
        found = (min if statement.pick == r"\min" else max)(values, default=Fraction(0))
        below, above = _best_pair(lengths, count)
        words = f"(a, N): {found} = {below}, reached: {above == below}"
        return found == below == above, words

    pairs = product(classes or CLASSES, range(5))
    return every(((a, c) for a, c in pairs if c < len(a)), compare)


CLASSES = [
    [Fraction(x) for x in row]
    for row in ((1, 1, 1, 1), (4, 1, 1, 1), (9, 4, 1), (5, 3, 2, 2, 1), (100, 99, 1))
]
k_symbol, s_symbol = (epsilon.func(name, positive=True) for name in ("k", "s"))

ORTHOGONAL = Claim(
    id="counting-orthogonal",
    title="Orthogonal functions of different lengths",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[m]]$ and $[[N]]$ with $N < m$ let $f_1, \\dots, f_m$ be "
        "orthogonal, with $a_i = \\lVert f_i \\rVert^2$ and "
        "$a_1 \\ge \\dots \\ge a_m > 0$. Over all random spaces $V$ with "
        "$\\dim V \\le N$ the least value of $\\max_i \\mathbb E "
        "\\operatorname{dist}(f_i, V)^2$ is\n\n"
        "$$[[pick]]_{N < k \\le m}\\; [[level]], \\qquad "
        "s = \\sum_{i \\le k} \\frac{1}{a_i}.$$",
        {"m": SIZES, "N": FEATURES},
        {"pick": r"\max", "level": (k_symbol - N) / s_symbol},
    ),
    sources=(kamath("Theorem 19", "sharper"),),
    uses=("counting-average",),
    checks=(
        Check(
            "exact",
            "five classes, from below by weights and from above by spaces of axes",
            _orthogonal_exact,
            role="step",
        ),
    ),
    planted=(
        Planted("the least over k", {"pick": r"\min"}),
        Planted("k for k - N", {"level": k_symbol / s_symbol}),
        Planted(
            "one feature less: right nowhere", {"level": (k_symbol - N + 1) / s_symbol}
        ),
        Planted(
            "the mean: right for equal lengths",
            {"level": (k_symbol - N) / k_symbol},
            near=True,
        ),
    ),
    weak=Check(
        "exact",
        "four orthonormal functions",
        lambda statement, domain: _orthogonal_exact(statement, domain, CLASSES[:1]),
        role="step",
    ),
)


def _three_lines(statement, domain) -> Result:
    """Put three lines at 0, 60 and 120 degrees; a line at the angle t leaves sin^2.

    With c = cos 2t and y = sin 2t the three errors are (1 - c) / 2 and
    (1 + c / 2 -+ y sqrt(3) / 2) / 2. Their sum is 3/2 for every t, and their maximum
    is least where two of them are equal, at the multiples of 30 degrees.
    """
    from sympy import Rational, cos, pi, sin

    angles = [pi * j / 6 for j in range(6)]
    worst = [max(sin(t - pi * k / 3) ** 2 for k in range(3)) for t in angles]
    means = [sum(sin(t - pi * k / 3) ** 2 for k in range(3)) / 3 for t in angles]
    fixed = min(worst)
    t = epsilon.func("t", real=True)
    total = sum((1 - cos(2 * t - 2 * pi * k / 3)) / 2 for k in range(3))
    rows = [
        ("the best fixed line", fixed, statement.fixed),
        ("the mean over the three", means[0], statement.random),
        ("the sum for every line", total, 3 * Rational(1) * statement.random),
    ]
    return every_identity(rows)


def _three_weak(statement, domain) -> Result:
    """Compare only that the fixed line is worse, and the random one not below 1/3."""
    true = Fraction(1, 3) <= statement.random < statement.fixed <= 1
    return every([1], lambda _: (true, "1/3 <= random < fixed <= 1"))


LINES = Claim(
    id="randomness-helps",
    title="A random space can be better than every fixed one",
    chapter=CHAPTER,
    statement=Statement(
        "Three unit vectors of the plane with mutual angles of 120 degrees have at "
        "best the maximal squared distance $[[fixed]]$ from one line. From a random "
        "line the largest mean is at best $[[random]]$.",
        {},
        {"fixed": Fraction(3, 4), "random": Fraction(1, 2)},
    ),
    uses=("counting-average",),
    checks=(
        Check(
            "symbolic", "the errors of a line at any angle", _three_lines, role="step"
        ),
    ),
    planted=(
        Planted("two thirds", {"fixed": Fraction(2, 3)}),
        Planted("51/100 for one half", {"random": Fraction(51, 100)}, near=True),
        Planted("1 - N / m", {"random": Fraction(2, 3)}),
    ),
    weak=Check("exact", "the order of the two numbers", _three_weak, role="step"),
)


# --- symmetric classes and the game ---------------------------------------------------

TRANSITIVE = (
    "some group of isometries permutes them and moves every $f_i$ to every $f_j$"
)
MOVED = "for every $i$ and $j$ some isometry moves $f_i$ to $f_j$"


def _transitive_exact(statement, domain, cases=None) -> Result:
    """Compare the formula with classes for which the least N is known.

    Equal angles: a random permutation of the best space. If only the norms are equal,
    a class of three functions e, e, e' is allowed too: one feature leaves 1/2.
    """

    def compare(case):
        values, known, error = case
        size = len(values)
        tails = [sum(values[c:], Fraction(0)) for c in range(size + 1)]
        limit = value(statement.limit, m=size, varepsilon=error)
        found = next(c for c in range(size + 1) if tails[c] <= limit)
        words = f"eigenvalues {[str(v) for v in values]}, error {error}"
        return found == known, f"{words}: {found} = {known}"

    def known(size, cosine):
        values = equal_angles(size, cosine)
        for count in range(size):
            yield values, count, left_out(values, count)
            if left_out(values, count) > left_out(values, count + 1):
                gap = left_out(values, count) - left_out(values, count + 1)
                yield values, count + 1, left_out(values, count + 1) + gap / 2

    rows = [row for family in cases or families() for row in known(*family)]
    if statement.hypothesis == MOVED:
        rows.append(([Fraction(2), Fraction(1), Fraction(0)], 2, Fraction(1, 3)))
    return every(rows, compare)


SYMMETRIC = Claim(
    id="counting-transitive",
    title="Symmetric classes: the number exactly",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[m]]$ and $[[varepsilon]]$ let $f_1, \\dots, f_m$ be such that "
        "[[hypothesis]] and their Gram matrix has the eigenvalues "
        "$\\lambda_1 \\ge \\dots \\ge \\lambda_m$. The least $N$ for which some random "
        "$V$ with $\\dim V \\le N$ has "
        "$\\mathbb E \\operatorname{dist}(f_i, V)^2 \\le \\varepsilon$ for every $i$ "
        "is the least $N$ with\n\n"
        "$$\\sum_{i > N} \\lambda_i \\le [[limit]].$$",
        {"m": SIZES, "varepsilon": ERRORS},
        {"hypothesis": TRANSITIVE, "limit": m * epsilon},
    ),
    uses=("counting-average",),
    checks=(
        Check(
            "exact",
            "vectors of equal angles, m <= 7, at and between all errors",
            _transitive_exact,
            role="step",
        ),
    ),
    planted=(
        Planted("isometries that permute nothing", {"hypothesis": MOVED}, near=True),
        Planted("m dropped", {"limit": epsilon}),
        Planted("one function less", {"limit": (m - 1) * epsilon}),
        Planted("half the error", {"limit": m * epsilon / 2}),
    ),
    weak=Check(
        "exact",
        "two functions",
        lambda statement, domain: every(
            [0], lambda c: (value(statement.limit, m=2, varepsilon=0) == 0, "error 0")
        ),
        role="step",
    ),
)


ROOTS, SQUARED = r"\sqrt{p_i p_j}\, G_{ij}", r"p_i p_j\, G_{ij}"
HALVED = r"\tfrac12 \sqrt{p_i p_j}\, G_{ij}"
WEIGHTED = {
    ROOTS: lambda p: (p, 1 - p),
    SQUARED: lambda p: (p**2, (1 - p) ** 2),
    HALVED: lambda p: (p / 2, (1 - p) / 2),
}
"""The factors of the two functions on the diagonal."""

FREE = r"over $p_1, \dots, p_m \ge 0$ with $p_1 + \dots + p_m = 1$"
EQUAL_WEIGHTS = r"over the one point $p_1 = \dots = p_m = \frac1m$"


def _pairs() -> list[tuple[Fraction, Fraction, Fraction, Fraction]]:
    """Return squared lengths 1 and a, the squared cosine, and the value of the game.

    For unit vectors of cosine c the bisector leaves (1 - |c|) / 2 of both. For
    orthogonal vectors the two axes, drawn so that both have the same mean error, leave
    1 / (1 + 1 / a).
    """
    one = Fraction(1)
    turned = [Fraction(j, 5) for j in range(-4, 5)]
    rows = [(one, one, c**2, (1 - abs(c)) / 2) for c in turned]
    return rows + [(one, a, 0 * one, 1 / (1 + 1 / a)) for a in map(Fraction, (3, 9))]


def _side(level: Fraction, trace: Fraction, det: Fraction) -> int:
    """Tell whether the smaller root of x^2 - trace x + det is at the level or where."""
    at = level**2 - trace * level + det
    if at == 0 and 2 * level <= trace:
        return 0
    return 1 if at > 0 and 2 * level < trace else -1


def _game_exact(statement, domain, cases=None) -> Result:
    """Take two vectors, N = 1, and a grid of weights that contains the worst ones.

    No weights may put the smaller eigenvalue above the value of the game, and some
    must put it there.
    """
    free = statement.weights == FREE
    grid = [Fraction(j, 20) for j in (range(1, 20) if free else (10,))]

    def compare(case):
        first, second, square, best = case
        sides = []
        for p in grid:
            left, right = WEIGHTED[statement.matrix](p)
            trace = left * first + right * second
            det = left * right * first * second * (1 - square)
            sides.append(_side(best, trace, det))
        found = max(sides) if statement.pick == r"\max" else min(sides)
        words = f"lengths^2 {first}, {second}, cosine^2 {square}"
        return found == 0, f"{words}: the {statement.pick[1:]} over p is {best}"

    return every(cases or _pairs(), compare)


GAME = Claim(
    id="counting-game",
    title="The best random space against the worst weights",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[m]]$ and $[[N]]$ and all $f_1, \\dots, f_m$ with the Gram matrix "
        "$G$, the least value over the laws of random spaces $V$, $\\dim V \\le N$, of "
        "the largest mean error is that of the worst weights:\n\n"
        "$$\\min_{V} \\max_i\\, \\mathbb E \\operatorname{dist}(f_i, V)^2 "
        "= [[pick]]_{p}\\; \\sum_{i > N} \\lambda_i\\bigl(G_p\\bigr), \\qquad "
        "(G_p)_{ij} = [[matrix]],$$\n\n[[weights]].",
        {"m": SIZES, "N": FEATURES},
        {"pick": r"\max", "matrix": ROOTS, "weights": FREE},
    ),
    uses=("counting-average",),
    checks=(
        Check(
            "exact",
            "two vectors: nine angles or different lengths, nineteen weights",
            _game_exact,
            {"m": Integers(2, 2), "N": Integers(1, 1)},
            "step",
        ),
    ),
    planted=(
        Planted(
            "equal weights: right for equal lengths", {"weights": EQUAL_WEIGHTS}, True
        ),
        Planted("the best weights", {"pick": r"\min"}),
        Planted("the weights squared", {"matrix": SQUARED}),
        Planted("half of it", {"matrix": HALVED}),
    ),
    weak=Check(
        "exact",
        "two orthonormal functions",
        lambda statement, domain: _game_exact(
            statement, domain, [(Fraction(1), Fraction(1), Fraction(0), Fraction(1, 2))]
        ),
        {"m": Integers(2, 2), "N": Integers(1, 1)},
        "step",
    ),
)


CLAIMS = (
    AVERAGE,
    EIGENVALUE,
    COHERENCE,
    PROBABILITY,
    ORTHOGONAL,
    LINES,
    GAME,
    SYMMETRIC,
)
