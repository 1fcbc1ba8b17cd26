"""How much of a random function a space chosen beforehand can hold.

The checks live in small Euclidean spaces, where every mean is a finite sum of
fractions: a random vector with a known second moment against many subspaces.
"""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import permutations, product

import numpy as np
from sympy import Expr, Integer, Rational, Symbol, simplify, symbols

from rfbook.claims.single_neuron.sources import CHAPTER, printed
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Proved,
    Reals,
    Relation,
    Result,
    Statement,
    every,
    every_identity,
    unknown,
)

d = Symbol("d", integer=True, positive=True)
epsilon = Symbol("varepsilon", positive=True)
first = Symbol("lambda_1", positive=True)
last = Symbol("lambda_N", positive=True)
m = Symbol("m", positive=True)
N = Symbol("N", integer=True, positive=True)
s = Symbol("s", positive=True)
total = Symbol("S_N", positive=True)

Vector = tuple[Fraction, ...]
AT_MOST, AT_LEAST = Relation("<="), Relation(">=")
POSITIVE = Reals(0, open_low=True)
FEATURES = printed("Theorems 4.2 and 4.8", "sharper", "no bound on the weights")


# --- exact geometry -------------------------------------------------------------------


def dot(left: Vector, right: Vector) -> Fraction:
    """Return the inner product of two vectors."""
    return sum((a * b for a, b in zip(left, right, strict=True)), Fraction(0))


def orthogonal(basis: Sequence[Vector]) -> list[Vector]:
    """Return an orthogonal basis of the span, by Gram and Schmidt without roots."""
    found: list[Vector] = []
    for vector in basis:
        for axis in found:
            share = dot(vector, axis) / dot(axis, axis)
            vector = tuple(v - share * a for v, a in zip(vector, axis, strict=True))
        if any(vector):
            found.append(vector)
    return found


def held(vector: Vector, basis: Sequence[Vector]) -> Fraction:
    """Return the squared length of the projection on the span."""
    return sum(
        (dot(vector, axis) ** 2 / dot(axis, axis) for axis in orthogonal(basis)),
        Fraction(0),
    )


def distance(vector: Vector, basis: Sequence[Vector]) -> Fraction:
    """Return the squared distance from the span."""
    return dot(vector, vector) - held(vector, basis)


def vectors_of(entries: np.ndarray) -> list[Vector]:
    """Return the rows of an integer matrix as vectors of fractions."""
    return [tuple(Fraction(int(entry)) for entry in row) for row in entries]


def words_for(basis: Sequence[Vector]) -> str:
    """Write a list of vectors for a witness."""
    rows = ("(" + ", ".join(str(entry) for entry in row) + ")" for row in basis)
    return "span of " + ", ".join(rows)


def mean(values: Sequence[Fraction]) -> Fraction:
    """Return the mean."""
    return sum(values, Fraction(0)) / len(values)


def turned(vector: Vector) -> Vector:
    """Apply a fixed rational rotation in four dimensions: three planes, 3-4-5."""
    v = list(vector)
    for a, b in ((0, 1), (1, 2), (2, 3)):
        v[a], v[b] = (3 * v[a] - 4 * v[b]) / 5, (4 * v[a] + 3 * v[b]) / 5
    return tuple(v)


LENGTHS = (Fraction(3), Fraction(2), Fraction(1), Fraction(1, 2))
SQUARES = [length**2 for length in LENGTHS]
AXES = [turned(tuple(Fraction(i == k) for i in range(4))) for k in range(4)]


def sample(centred: bool) -> list[Vector]:
    """Return the values of a random vector in four dimensions, all equally likely.

    In the basis `AXES` it is (3, +-2, +-1, +-1/2), and the 3 has a sign too if it is to
    be centred. In both cases E v v^T has the eigenvalues 9, 4, 1 and 1/4.
    """
    leading = (1, -1) if centred else (1,)
    return [
        turned(tuple(x * y for x, y in zip(signs, LENGTHS, strict=True)))
        for signs in product(leading, (1, -1), (1, -1), (1, -1))
    ]


def spaces(count: int) -> Iterator[list[Vector]]:
    """Yield spans of ``count`` vectors: of the eigenvectors, and of random integers."""
    yield AXES[:count]
    yield AXES[4 - count :]
    for entries in np.random.default_rng(5).integers(-3, 4, (20, count, 4)):
        yield vectors_of(entries)


# --- the dimension argument -----------------------------------------------------------

SECOND = r"\mathbb E\, \sigma_w \otimes \sigma_w"
COVARIANCE = (
    r"\mathbb E\, (\sigma_w - \mathbb E \sigma_w) \otimes "
    r"(\sigma_w - \mathbb E \sigma_w)"
)
BEFORE, AFTER = "chosen independently of", "chosen after"
SPECTRA = {SECOND: SQUARES, COVARIANCE: [*SQUARES[1:], Fraction(0)]}


def _leading(values: Sequence[Fraction], count: Expr, dimension: int) -> Fraction:
    """Sum as many eigenvalues as the statement says."""
    return sum(values[: int(count.subs(N, dimension))], Fraction(0))


def _argument_exact(statement, domain) -> Result:
    """Compare with every test space, and ask for equality at the eigenvectors only."""
    vectors = sample(centred=False)
    average = mean([dot(v, v) for v in vectors])

    def compare(name):
        dimension, number, basis = cases[name]
        if statement.order == AFTER:
            found = mean([distance(v, [v]) for v in vectors])
        else:
            found = mean([distance(v, basis) for v in vectors])
        spectrum = SPECTRA[statement.operator]
        bound = average - _leading(spectrum, statement.count, dimension)
        words = f"{found} {statement.relation.symbol} {bound}"
        if not statement.relation.exact(found, bound):
            return False, words
        if (number == 0) != (found == bound):
            return False, f"equality at the eigenvectors only: {found}, {bound}"
        return True, words

    cases = {}
    for dimension in domain["N"]:
        size = 4 if statement.size.symbol == ">=" else dimension
        for number, basis in enumerate(spaces(size)):
            name = f"N = {dimension}, V = {words_for(basis)}"
            cases[name] = dimension, number, basis
    return every(cases, compare)


def _ky_fan(statement, domain) -> Result:
    """With p_i = |Pi e_i|^2, in [0, 1] and of sum at most N, split what is missing.

    The sum of the first N eigenvalues less the sum of all lambda_i p_i is a sum of
    three parts that are visibly not negative.
    """
    if statement.count != N or statement.relation != AT_LEAST:
        return unknown("the identity is for the first N eigenvalues")
    if statement.size != AT_MOST or statement.order != BEFORE:
        return unknown("the projection must not depend on w")
    size = 6
    values, shares = symbols(f"lambda_1:{size + 1}"), symbols(f"p_1:{size + 1}")

    def parts(n):
        edge = values[n - 1]
        above = zip(values[:n], shares[:n], strict=True)
        below = zip(values[n:], shares[n:], strict=True)
        missing = sum(values[:n]) - sum(
            v * p for v, p in zip(values, shares, strict=True)
        )
        split = sum((v - edge) * (1 - p) for v, p in above)
        split += sum((edge - v) * p for v, p in below)
        return f"N = {n}", missing, split + edge * (n - sum(shares))

    return every_identity(parts(n) for n in range(1, size))


def _argument_weak(statement, domain) -> Result:
    """Take one axis of the plane, w uniform on the four unit vectors +-e_i."""
    vectors = [
        (Fraction(x), Fraction(y)) for x, y in ((1, 0), (-1, 0), (0, 1), (0, -1))
    ]
    found = mean([distance(v, [vectors[0]]) for v in vectors])
    spectrum = [Fraction(1, 2), Fraction(1, 2)]
    bound = 1 - _leading(spectrum, statement.count, 1)
    return every([1], lambda _: (statement.relation.exact(found, bound), "one axis"))


ARGUMENT = Claim(
    id="dimension-argument",
    title="The dimension argument",
    chapter=CHAPTER,
    statement=Statement(
        "Let $\\sigma_w$ be a random element of a Hilbert space with "
        "$\\mathbb E \\lVert \\sigma_w \\rVert^2 < \\infty$, and let "
        "$\\lambda_1 \\ge \\lambda_2 \\ge \\dots$ be the eigenvalues of "
        "$\\mathcal T = [[operator]]$, each as often as its multiplicity. For every "
        "$[[N]]$ and every subspace $V$ with $\\dim V [[size]] N$ that is [[order]] "
        "$w$,\n\n"
        "$$\\mathbb E\\, \\operatorname{dist}(\\sigma_w, V)^2 [[relation]] "
        "\\mathbb E \\lVert \\sigma_w \\rVert^2 - \\sum_{i=1}^{[[count]]} "
        "\\lambda_i.$$\n\n"
        "Equality holds if $V$ is spanned by eigenvectors of "
        "$\\lambda_1, \\dots, \\lambda_N$, and only then if "
        "$\\lambda_N > \\lambda_{N+1}$.",
        {"N": Integers(1)},
        {
            "operator": SECOND,
            "size": AT_MOST,
            "order": BEFORE,
            "relation": AT_LEAST,
            "count": N,
        },
    ),
    sources=(FEATURES,),
    checks=(
        Check(
            "exact",
            "a random vector in dimension 4 against 22 spaces for each N",
            _argument_exact,
            {"N": Integers(1, 3)},
            role="step",
        ),
        Check(
            "symbolic",
            "what the first N eigenvalues leave, in six dimensions",
            _ky_fan,
            role="step",
        ),
        Check(
            "formal",
            "in Coq: the bound for finitely many values in R^n",
            Proved("dimension.v", "dimension_argument_mean", read="b5150ab475a6"),
            role="step",
        ),
        Check(
            "formal",
            "in Coq: that leading eigenvectors reach it there",
            Proved("dimension.v", "dimension_argument_reached", read="b5150ab475a6"),
            role="step",
        ),
    ),
    planted=(
        Planted(
            "the covariance, right for centred vectors", {"operator": COVARIANCE}, True
        ),
        Planted("V may depend on w", {"order": AFTER}, near=True),
        Planted("one eigenvalue less", {"count": N - 1}),
        Planted("one eigenvalue more: a bound, but never reached", {"count": N + 1}),
        Planted("dimension at least N", {"size": AT_LEAST}),
        Planted("the other way round", {"relation": AT_MOST}),
    ),
    weak=Check("exact", "one axis of the plane", _argument_weak, role="step"),
    spec="YS-4.5",
)


# --- in probability -------------------------------------------------------------------

ATOMS = ((1, 1, 1, 1, 1), (2, 2, 2, 2), (2, 1, 1, 1), (3, 2, 1, 1, 1, 1))


def _axis(k: int, size: int) -> Vector:
    return tuple(Fraction(i == k) for i in range(size))


def _value(formula: Expr, **values) -> Fraction:
    """Insert fractions for the named symbols of `total`, `first`, ..."""
    names = {symbol.name: symbol for symbol in (total, first, last, m, N, s, epsilon)}
    point = {
        names[key]: Rational(Fraction(value).numerator, Fraction(value).denominator)
        for key, value in values.items()
    }
    found = formula.subs(point)
    return Fraction(int(found.p), int(found.q))


def _markov_exact(statement, domain) -> Result:
    """sigma_w = c_w e_w with w uniform: the eigenvalues are c_w^2 / n, V of axes.

    Where all c_w are equal the bound is reached, and the length is constant.
    """

    def compare(case):
        lengths, dimension = case
        size, smallest = len(lengths), Fraction(lengths[dimension - 1]) ** 2
        basis = [_axis(k, size) for k in range(dimension)]
        spectrum = [Fraction(c) ** 2 / size for c in lengths]
        point = {
            "S_N": sum(spectrum[:dimension]),
            "lambda_1": spectrum[0],
            "lambda_N": spectrum[dimension - 1],
            "N": dimension,
        }
        vectors = [tuple(c * x for x in _axis(k, size)) for k, c in enumerate(lengths)]
        chance = mean([Fraction(held(v, basis) >= smallest) for v in vectors])
        sharp = _value(statement.sharp, s=smallest, **point)
        crude = _value(statement.crude, s=smallest, **point)
        words = f"(c, N), s = {smallest}: {chance} <= {sharp} <= {crude}"
        if not chance <= sharp <= crude:
            return False, words
        if len(set(lengths)) == 1:
            for error in (Fraction(0), smallest / 3):
                near = mean([Fraction(distance(v, basis) <= error) for v in vectors])
                bound = _limit(statement, error, smallest, point)
                if not near <= bound:
                    return False, f"(c, N), error {error}: {near} <= {bound}"
        return True, words

    pairs = [pair for pair in product(ATOMS, domain["N"]) if pair[1] <= len(pair[0])]
    return every(pairs, compare)


def _limit(statement, error: Fraction, square: Fraction, point: dict) -> Fraction:
    """Return the bound for a distance; the error 0 is a limit of positive ones."""
    formula = statement.reach.subs(
        epsilon, Rational(error.numerator, error.denominator)
    )
    return _value(formula, m=square, **point)


def _markov_steps(statement, domain) -> Result:
    """Markov's inequality for |Pi sigma_w|^2, at s and at m - epsilon."""
    proved = (
        ("sharp", statement.sharp, total / s),
        ("crude", statement.crude, N * first / s),
        ("reach", statement.reach, N * first / (m - epsilon)),
    )
    for name, claimed, bound in proved:
        if simplify(claimed - bound) != 0:
            return unknown(f"{name}: {claimed} is not {bound}")
    rest = Symbol("t", nonnegative=True)
    return every_identity(
        [
            (
                "dist^2 <= epsilon means |Pi|^2 >= s",
                m - epsilon,
                (m - rest) - (epsilon - rest),
            ),
            ("s = m - epsilon", statement.crude.subs(s, m - epsilon), statement.reach),
        ]
    )


MARKOV = Claim(
    id="dimension-markov",
    title="The dimension argument, in probability",
    chapter=CHAPTER,
    statement=Statement(
        "In the setting of the dimension argument let $S_N = \\lambda_1 + \\dots + "
        "\\lambda_N$. For every $[[N]]$ and $[[s]]$, every $V$ with $\\dim V \\le N$ "
        "that is independent of $w$, and its orthogonal projection $\\Pi_V$,\n\n"
        "$$\\mathbb P\\bigl(\\lVert \\Pi_V \\sigma_w \\rVert^2 \\ge s\\bigr) \\le "
        "[[sharp]] \\le [[crude]].$$\n\n"
        "If $\\lVert \\sigma_w \\rVert^2 = m$ for every $w$ and "
        "$0 \\le \\varepsilon < m$, then\n\n"
        "$$\\mathbb P\\bigl(\\operatorname{dist}(\\sigma_w, V)^2 \\le "
        "\\varepsilon\\bigr) \\le [[reach]].$$",
        {"N": Integers(1), "s": POSITIVE},
        {
            "sharp": total / s,
            "crude": N * first / s,
            "reach": N * first / (m - epsilon),
        },
    ),
    sources=(FEATURES,),
    uses=("dimension-argument",),
    checks=(
        Check(
            "exact",
            "multiples of the axes in dimensions 4, 5 and 6",
            _markov_exact,
            {"N": Integers(1, 4)},
            role="step",
        ),
        Check(
            "symbolic",
            "Markov's inequality at s and at m - epsilon",
            _markov_steps,
            role="step",
        ),
    ),
    planted=(
        Planted(
            "19/20 of the sharp bound", {"sharp": 19 * total / (20 * s)}, near=True
        ),
        Planted("s squared: right for s = 1", {"sharp": total / s**2}, near=True),
        Planted("the smallest eigenvalue for the largest", {"crude": N * last / s}),
        Planted(
            "the error added: right for error 0",
            {"reach": N * first / (m + epsilon)},
            near=True,
        ),
        Planted("one space less", {"reach": (N - 1) * first / (m - epsilon)}),
    ),
    weak=Check(
        "exact",
        "N = 1 at s = 1 only",
        lambda statement, domain: every(
            [1],
            lambda one: (
                _value(statement.sharp, S_N=Fraction(1, 5), s=one) >= Fraction(1, 5),
                "1/5 <= S_1",
            ),
        ),
        role="step",
    ),
    spec="YS-4.5",
)


# --- features that do not know the axes -----------------------------------------------

JOINT = "the joint law of $f_1, \\dots, f_N$"
SINGLE = "the law of each $f_i$"


def signed_permutations(size: int) -> list[Callable[[Vector], Vector]]:
    """Return the rotations and reflections that permute the axes and change signs."""

    def act(order, signs):
        return lambda v: tuple(
            sign * v[k] for sign, k in zip(signs, order, strict=True)
        )

    return [
        act(order, signs)
        for order in permutations(range(size))
        for signs in product((1, -1), repeat=size)
    ]


def _start(size: int, count: int) -> list[Vector]:
    """Return vectors in general position that the group then moves together."""
    return vectors_of(np.random.default_rng(11).integers(1, 10, (count, size)))


def _mirrored(vector: Vector, target: Vector) -> Vector:
    """Reflect a vector in the line of the target, a unit vector."""
    share = 2 * dot(vector, target)
    return tuple(share * t - v for v, t in zip(vector, target, strict=True))


def _draws(statement, size: int, count: int, target: Vector) -> list[list[Vector]]:
    """List the equally likely draws of the features.

    If only each law must be invariant, the second vector may be the first, reflected in
    the line of the target.
    """
    start, group = _start(size, count), signed_permutations(size)
    rows = [[move(v) for v in start] for move in group]
    if statement.law == JOINT:
        return rows
    mirrored = ([row[0], _mirrored(row[0], target), *row[2:]] for row in rows)
    return [row[:count] for row in mirrored]


def _rotation_exact(statement, domain) -> Result:
    """Linear neurons <w, x>: T = I/d, so that N features leave at least 1 - N/d.

    The average over the finite group replaces that over all rotations: both give I/d.
    """

    def compare(case):
        size, count = case
        levels = set()
        for k in (0, size - 1):
            target = _axis(k, size)
            draws = _draws(statement, size, count, target)
            found = mean([distance(target, draw) for draw in draws])
            leading = min(int(statement.count.subs(N, count)), size)
            bound = 1 - Fraction(leading, size)
            words = (
                f"(d, N), w = e_{k + 1}: {found} {statement.relation.symbol} {bound}"
            )
            if not statement.relation.exact(found, bound):
                return False, words
            levels.add(found)
        if len(levels) != 1:
            return False, f"(d, N): the same mean for both w: {sorted(levels)}"
        return True, words

    pairs = product(domain["d"], domain["N"])
    return every((pair for pair in pairs if pair[1] < pair[0]), compare)


ROTATION = Claim(
    id="rotation-invariant-features",
    title="Features without a preferred direction",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$ and $[[N]]$ let $f_1, \\dots, f_N$ be random features, and "
        "let [[law]] stay the same when $x$ is replaced by $M x$, for every "
        "orthogonal $M$. Then for $\\sigma_w(x) = \\sigma(\\langle w, x \\rangle)$ and "
        "**every fixed** $w$ with $\\lVert w \\rVert = R$, the mean now being over "
        "the features,\n\n"
        "$$\\mathbb E_f \\min_u \\Bigl\\lVert \\sum_{i=1}^N u_i f_i - \\sigma_w "
        "\\Bigr\\rVert^2 [[relation]] \\lVert \\sigma_w \\rVert^2 - "
        "\\sum_{i=1}^{[[count]]} \\lambda_i,$$\n\n"
        "where $\\lambda_1 \\ge \\lambda_2 \\ge \\dots$ are the eigenvalues of "
        "$\\mathbb E_w\\, \\sigma_w \\otimes \\sigma_w$ for $w$ uniform on the sphere "
        "of radius $R$; the left side does not depend on the direction of $w$.",
        {"d": Integers(2), "N": Integers(1)},
        {"law": JOINT, "relation": AT_LEAST, "count": N},
    ),
    sources=(printed("Theorem 4.2", "sharper", "features f_i(W x)"),),
    uses=("dimension-argument",),
    checks=(
        Check(
            "exact",
            "linear neurons, every signed permutation of the axes, d = 3 and 4",
            _rotation_exact,
            {"d": Integers(3, 4), "N": Integers(1, 3)},
            role="step",
        ),
    ),
    planted=(
        Planted("each feature by itself invariant", {"law": SINGLE}, near=True),
        Planted("one eigenvalue less", {"count": N - 1}),
        Planted(
            "one eigenvalue whatever N: right for N = 1", {"count": Integer(1)}, True
        ),
        Planted("the other way round", {"relation": Relation("<")}),
    ),
    weak=Check(
        "exact",
        "one feature only",
        _rotation_exact,
        {"d": Integers(3, 4), "N": Integers(1, 1)},
        role="step",
    ),
    spec="YS-4.2.b",
)


CLAIMS = (ARGUMENT, MARKOV, ROTATION)
