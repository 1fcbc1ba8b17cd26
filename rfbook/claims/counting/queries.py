"""What statistical queries see of a class, and what few features hold of it.

Two sides of one measure: many functions that are nearly orthogonal need many features,
and a largest such set is itself a small set of features that holds a little of all.
"""

from fractions import Fraction
from itertools import combinations, product

from sympy import simplify, symbols

from rfbook.claims.counting.known import (
    AT_LEAST,
    AT_MOST,
    BELOW,
    CHAPTER,
    FEATURES,
    SHARE,
    SIZES,
    epsilon,
    equal_angles,
    kamath,
    left_out,
    m,
    value,
)
from rfbook.claims.single_neuron.dimension import distance, dot
from rfbook.ledger import (
    Check,
    Claim,
    Planted,
    Reals,
    Result,
    Statement,
    every,
    identity,
    unknown,
)

tau = symbols("t", positive=True)

BOTH, ONE_SIDED = (
    r"\lvert \langle f_i, f_j \rangle \rvert \le \frac1m",
    r"\langle f_i, f_j \rangle \le \frac1m",
)


# --- many functions that are nearly orthogonal ----------------------------------------


def _classes(condition: str) -> list[tuple[int, Fraction]]:
    """Return sizes and mutual cosines that the condition allows."""
    shares = [Fraction(a, 6) for a in (-6, -3, 0, 2, 4, 6)]
    rows = [(size, share / size) for size in range(1, 9) for share in shares]
    if condition == ONE_SIDED:
        rows += [(2, Fraction(-1))]
    return [row for row in rows if 1 + (row[0] - 1) * row[1] >= 0]


def _lower_exact(statement, domain, rows=None) -> Result:
    """Take equal angles: the least error for each N is known, and the same for all."""

    def compare(case):
        (size, cosine), count = case
        error = left_out(equal_angles(size, cosine), count)
        bound = value(statement.bound, m=size, varepsilon=error)
        words = f"(m, cosine), N with error {error}: {count}"
        true = statement.relation.exact(Fraction(count), bound)
        return true, f"{words} {statement.relation.symbol} {bound}"

    pairs = product(rows or _classes(statement.condition), range(9))
    return every(((r, c) for r, c in pairs if c <= r[0]), compare)


def _lower_proof(statement, domain) -> Result:
    """Insert kappa = (m - 1) / m into 1 - N (1 + kappa) / m = epsilon."""
    if statement.condition != BOTH or statement.relation != AT_LEAST:
        return unknown("the coherence needs the moduli, and gives >=")
    held = (1 + (m - 1) / m) / m
    return identity(simplify((1 - epsilon) / held), statement.bound)


LOWER = Claim(
    id="query-lower",
    title="Hard for statistical queries, hard for features",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[m]]$, $[[N]]$ and $[[varepsilon]]$ let $f_1, \\dots, f_m$ have "
        "norm 1 and $[[condition]]$ for $i \\ne j$. If a random space $V$ with "
        "$\\dim V \\le N$ has $\\mathbb E \\operatorname{dist}(f_i, V)^2 \\le "
        "\\varepsilon$ for every $i$, then\n\n$$N [[relation]] [[bound]].$$",
        {"m": SIZES, "N": FEATURES, "varepsilon": SHARE},
        {
            "condition": BOTH,
            "relation": AT_LEAST,
            "bound": (1 - epsilon) * m**2 / (2 * m - 1),
        },
    ),
    sources=(kamath("Definition 16, Proposition 18 and Theorem 19", "implied"),),
    uses=("counting-coherence",),
    checks=(
        Check(
            "exact",
            "vectors of equal angles up to the allowed one, m <= 8",
            _lower_exact,
            role="step",
        ),
        Check("symbolic", "the coherence inserted", _lower_proof, role="step"),
    ),
    planted=(
        Planted("without the modulus: f and -f", {"condition": ONE_SIDED}, near=True),
        Planted("as if orthonormal", {"bound": (1 - epsilon) * m}),
        Planted(
            "2 m - 2 for 2 m - 1", {"bound": (1 - epsilon) * (m**2 + 1) / (2 * m - 1)}
        ),
        Planted(
            "error forgotten: right for error 0", {"bound": m**2 / (2 * m - 1)}, True
        ),
        Planted("the other way round", {"relation": BELOW}),
    ),
    weak=Check(
        "exact",
        "orthonormal functions, all of them kept",
        lambda statement, domain: every(
            range(1, 6),
            lambda size: (
                statement.relation.exact(
                    Fraction(size), value(statement.bound, m=size, varepsilon=0)
                ),
                "N = m",
            ),
        ),
        role="step",
    ),
    spec="frontier-2",
)


# --- a largest set of them ------------------------------------------------------------

MAXIMAL, ANY = "that is not part of a larger one", "of any size, but not empty"


def _vectors(number: int) -> list[tuple[Fraction, ...]]:
    """Return rational unit vectors of the plane or of space."""
    angles = {
        0: ((3, 4, 5), (4, 3, 5), (5, 12, 13), (1, 0, 1), (0, 1, 1)),
        1: ((1, 0, 1), (4, 3, 5), (-4, 3, 5), (0, 1, 1), (24, 7, 25)),
        2: ((1, 0, 1), (20, 21, 29), (21, 20, 29), (12, 35, 37)),
    }
    return [(Fraction(a, c), Fraction(b, c)) for a, b, c in angles[number]]


def _packings(vectors, level: Fraction, kind: str):
    """Yield the sets of mutual |products| below the level, the maximal ones or all."""

    def apart(f, g) -> bool:
        return abs(dot(f, g)) < level

    for size in range(1, len(vectors) + 1):
        for chosen in combinations(vectors, size):
            if all(apart(f, g) for f, g in combinations(chosen, 2)):
                others = [f for f in vectors if f not in chosen]
                larger = any(all(apart(f, g) for g in chosen) for f in others)
                if kind == ANY or not larger:
                    yield chosen


THRESHOLDS = tuple(Fraction(a, 40) for a in (4, 12, 20, 25, 33, 39))


def _upper_exact(statement, domain, thresholds=THRESHOLDS) -> Result:
    """List the sets in three classes of plane vectors, and all distances from them."""

    def compare(case):
        number, level = case
        vectors = _vectors(number)
        bound = value(statement.bound, t=level)
        for chosen in _packings(vectors, level, statement.kind):
            worst = max(distance(f, chosen) for f in vectors)
            if not statement.relation.exact(worst, bound):
                words = f"class {number}, t = {level}, {len(chosen)} functions"
                return False, f"{words}: {worst} {statement.relation.symbol} {bound}"
        return True, "all sets"

    return every(product(range(3), thresholds), compare)


UPPER = Claim(
    id="query-upper",
    title="Easy for statistical queries, a little held by few features",
    chapter=CHAPTER,
    statement=Statement(
        "Let $\\mathcal F$ be a class of functions of norm 1, $[[t]]$, and let "
        "$f_1, \\dots, f_N$ be a set of functions of the class with "
        "$\\lvert \\langle f_i, f_j \\rangle \\rvert < t$ for $i \\ne j$ [[kind]]. "
        "Their span $V$ has, for every $f \\in \\mathcal F$,\n\n"
        "$$\\operatorname{dist}(f, V)^2 [[relation]] [[bound]].$$",
        {"t": Reals(0, 1, open_low=True)},
        {"kind": MAXIMAL, "relation": AT_MOST, "bound": 1 - tau**2},
    ),
    checks=(
        Check(
            "exact",
            "all such sets in three classes of plane vectors, six thresholds",
            _upper_exact,
            role="step",
        ),
    ),
    planted=(
        Planted("any such set", {"kind": ANY}, near=True),
        Planted("t for its square: right at t = 1", {"bound": 1 - tau}, near=True),
        Planted("twice as much", {"bound": 1 - 2 * tau**2}),
        Planted("the other way round", {"relation": AT_LEAST}),
    ),
    weak=Check(
        "exact",
        "t = 1/10 only, and only that little is held",
        lambda statement, domain: (
            _upper_exact(statement, domain, (Fraction(1, 10),))
            if statement.kind == MAXIMAL
            else every([1], lambda _: (True, ""))
        ),
        role="step",
    ),
)


CLAIMS = (LOWER, UPPER)
