"""Projective planes: few features for one law, many without a law.

Points and lines are directions of vectors of three residues modulo a prime q, and a
point lies on a line if their product is 0. All numbers are integers.
"""

from fractions import Fraction
from functools import cache
from itertools import combinations

import numpy as np
from sympy import Symbol, expand, sqrt

from rfbook.claims.counting.known import AT_LEAST, CHAPTER, value
from rfbook.ledger import (
    Check,
    Claim,
    Planted,
    Result,
    Source,
    Statement,
    Verdict,
    every,
    every_identity,
    identity,
)

N = Symbol("N", integer=True, positive=True)
q = Symbol("q", integer=True, positive=True)
r = Symbol("r", integer=True, nonnegative=True)

PRIMES = (2, 3, 5, 7, 11)
SIGN_RANK = Source(
    "AlonMoranYehudayoff2016",
    "COLT 2016",
    "the theorem on regular graphs and the projective planes",
    "implied",
    "read in the abstract",
)


@cache
def incidence(order: int) -> np.ndarray:
    """Return the incidences of the plane: directions scaled to a first entry 1."""
    points = [
        (a, b, c)
        for a in range(order)
        for b in range(order)
        for c in range(order)
        if next((t for t in (a, b, c) if t), 0) == 1
    ]
    P = np.array(points)
    return ((P @ P.T) % order == 0).astype(np.int64)


# --- the Gram matrix ------------------------------------------------------------------


def _gram_exact(statement, domain, primes=PRIMES) -> Result:
    """Multiply the matrices."""

    def compare(order):
        M = incidence(order)
        size = int(value(statement.size, q=order))
        if len(M) != size:
            return False, f"q: {len(M)} points, not {size}"
        S = 2 * M - 1
        diagonal = int(value(statement.own, q=order, N=size))
        common = int(value(statement.common, q=order, N=size))
        found = S @ S.T
        claimed = diagonal * np.eye(size, dtype=int) + common
        return bool((found == claimed).all()), (
            f"q: S S^T has {found[0, 0]} and {found[0, 1]}, claimed are "
            f"{claimed[0, 0]} and {claimed[0, 1]}"
        )

    return every(primes, compare)


def _gram_proof(statement, domain) -> Result:
    """Expand 4 M M^T - 2 M J - 2 J M^T + J J with M M^T = q I + J, M J = (q + 1) J."""
    own, common = 4 * q, 4 - 4 * (q + 1) + N
    return every_identity(
        (("I", own, statement.own), ("J", expand(common), statement.common))
    )


GRAM = Claim(
    id="plane-gram",
    title="The lines of a projective plane",
    chapter=CHAPTER,
    statement=Statement(
        "For every prime $q$ let $M$ be the matrix of incidences of the "
        "$N = [[size]]$ points and lines of the projective plane over $q$ elements, "
        "$J$ the matrix of ones and $S = 2M - J$. Then\n\n"
        "$$S S^{\\mathsf T} = [[own]]\\, I + ([[common]])\\, J .$$",
        {},
        {"size": q**2 + q + 1, "own": 4 * q, "common": N - 4 * q},
    ),
    checks=(
        Check("exact", "q = 2, 3, 5, 7, 11", _gram_exact, role="step"),
        Check("symbolic", "from M M' and M J", _gram_proof, role="step"),
    ),
    planted=(
        Planted("right for q = 2: 2 q + 4", {"own": 2 * q + 4}, near=True),
        Planted("right for q = 2 and 3: q^2 - q + 6", {"own": q**2 - q + 6}, near=True),
        Planted("a sign", {"common": N + 4 * q}),
        Planted("one point fewer", {"size": q**2 + q}),
        Planted("4 q + 1", {"own": 4 * q + 1}),
    ),
    weak=Check(
        "exact",
        "q = 2 only",
        lambda statement, domain: _gram_exact(statement, domain, (2,)),
        role="step",
    ),
    spec="frontier-2",
)


# --- shattering -----------------------------------------------------------------------


def _shatter_exact(statement, domain, primes=PRIMES[:4]) -> Result:
    """List which subsets of 1, 2 and 3 points are cut out by lines."""

    def shattered(M, size) -> bool:
        weights = 2 ** np.arange(size)
        return any(
            len(np.unique(M[:, chosen] @ weights)) == 2**size
            for chosen in combinations(range(len(M)), size)
        )

    def compare(order):
        M = incidence(order)
        found = max(t for t in (1, 2, 3) if shattered(M, t))
        joint = {int(a) for a in np.unique((M.T @ M)[~np.eye(len(M), dtype=bool)])}
        if joint != {statement.common}:
            return False, f"q: two points have {joint} common lines"
        return found == statement.size, f"q: {found} = {statement.size}"

    return every(primes, compare)


SHATTER = Claim(
    id="plane-shattering",
    title="Lines shatter two points and no three",
    chapter=CHAPTER,
    statement=Statement(
        "For every prime $q$ two points of the plane over $q$ elements have exactly "
        "$[[common]]$ common line, and the class of its lines has the "
        "Vapnik-Chervonenkis dimension $[[size]]$.",
        {},
        {"common": 1, "size": 2},
    ),
    checks=(
        Check(
            "exact",
            "all sets of up to three points, q = 2, 3, 5, 7",
            _shatter_exact,
            role="step",
        ),
    ),
    planted=(
        Planted("three", {"size": 3}, near=True),
        Planted("one", {"size": 1}),
        Planted("two common lines", {"common": 2}),
    ),
    weak=Check(
        "exact",
        "that two points have a common line",
        lambda statement, domain: every(
            PRIMES,
            lambda order: (
                bool((incidence(order).T @ incidence(order) > 0).all())
                and statement.common == 1,
                "two points have a common line",
            ),
        ),
        role="step",
    ),
    spec="frontier-2",
)


# --- features for the uniform law -----------------------------------------------------


def _features_exact(statement, domain, primes=PRIMES, first=False) -> Result:
    """Sort the eigenvalues, which two integer eigenvectors decide, and leave the first.

    S S^T 1 is the square of a row's sum times 1, and on the complement it is 4 q; the
    lines are moved to each other by a group, so that the mean error is every line's.
    """

    def compare(order):
        if order < statement.least:
            return True, ""
        S = 2 * incidence(order) - 1
        size = len(S)
        square = S @ S.T
        row = int(square[0].sum())
        split = np.zeros(size, dtype=np.int64)
        split[:2] = 1, -1
        other = int((square @ split)[0])
        values = sorted([row, *[other] * (size - 1)], reverse=True)
        for count in (1,) if first else range(1, size + 1):
            found = Fraction(sum(values[count:]), size * size)
            claimed = value(statement.left, q=order, N=size, r=count)
            if found != claimed:
                return False, f"q, {count} features leave {found}, claimed {claimed}"
        return True, "every number of features"

    return every(primes, compare)


FEATURES = Claim(
    id="plane-features",
    title="For the uniform law one feature nearly does",
    chapter=CHAPTER,
    statement=Statement(
        "For every prime $q \\ge [[least]]$ let $x$ be uniform on the $N$ points of "
        "the plane over $q$ elements, and let the class be its lines as functions with "
        "values 1 and -1. The best random space of dimension $r$, $1 \\le r \\le N$, "
        "leaves of every line the mean squared error\n\n$$[[left]] .$$\n\n"
        "At $r = 1$ the space is that of the constants, and the error falls as "
        "$\\frac4q$.",
        {},
        {"least": 3, "left": 4 * q * (N - r) / N**2},
    ),
    uses=("plane-gram", "counting-transitive"),
    checks=(
        Check("exact", "q = 2, 3, 5, 7, 11, every r", _features_exact, role="step"),
    ),
    planted=(
        Planted("q = 2 too: there the constant is the last", {"least": 2}, near=True),
        Planted("4 for 4 q", {"left": 4 * (N - r) / N**2}),
        Planted(
            "right for r = 1: no gain", {"left": 4 * q * (N - 1) / N**2}, near=True
        ),
        Planted("N for N^2", {"left": 4 * q * (N - r) / N}),
    ),
    weak=Check(
        "exact",
        "one feature, q = 3 and 5",
        lambda statement, domain: _features_exact(statement, domain, (3, 5), True),
        role="step",
    ),
)


# --- sign-rank ------------------------------------------------------------------------


def _rank_exact(statement, domain, primes=PRIMES) -> Result:
    """Weight the incidences and multiply: A A^T, its norm and its least entry."""

    def compare(order):
        M = incidence(order)
        size = len(M)
        on, off = (int(value(w, q=order)) for w in (statement.on, statement.off))
        A = on * M - off * (1 - M)
        square = A @ A.T
        if not (A @ np.ones(size, dtype=np.int64) == 0).all():
            return False, f"q: the rows of A sum to {A[0].sum()}, not to 0"
        split = np.zeros(size, dtype=np.int64)
        split[:2] = 1, -1
        top = Fraction(int((square @ split)[0]))  # the rest of the spectrum
        found = Fraction(size**2 * min(on, off) ** 2) / top
        claimed = value(statement.bound**2, q=order)
        return found == claimed, f"q: the squared bound {found} = {claimed}"

    return every(primes, compare)


def _rank_proof(statement, domain) -> Result:
    """With N = q^2 + q + 1: A = N M - (q + 1) J, A A^T = N^2 q I - N q J."""
    whole = q**2 + q + 1
    found = every_identity(
        (
            ("the weight on the lines", whole - (q + 1), statement.on),
            ("the weight off the lines", q + 1, statement.off),
        )
    )
    if found.verdict is not Verdict.HOLDS:
        return found
    return identity(whole * (q + 1) / sqrt(whole**2 * q), statement.bound)


RANK = Claim(
    id="plane-sign-rank",
    title="Without a law of the inputs the lines are hard",
    chapter=CHAPTER,
    statement=Statement(
        "For every prime $q$ let $A$ have the entry $[[on]]$ where a point lies on a "
        "line of the plane over $q$ elements, and $-([[off]])$ elsewhere. Its rows sum "
        "to 0, and {prf:ref}`forster-argument` gives for the sign-rank $k$ of the "
        "incidences\n\n$$k [[relation]] [[bound]].$$",
        {},
        {
            "on": q**2,
            "off": q + 1,
            "relation": AT_LEAST,
            "bound": (q + 1) / sqrt(q),
        },
    ),
    sources=(SIGN_RANK,),
    uses=("forster-argument", "plane-gram"),
    checks=(
        Check("exact", "q = 2, 3, 5, 7, 11", _rank_exact, role="step"),
        Check("symbolic", "for every q", _rank_proof, role="step"),
    ),
    planted=(
        Planted("q for its root", {"bound": (q + 1) / q}),
        Planted("the root of q alone", {"bound": sqrt(q)}, near=True),
        Planted("q for q + 1", {"off": q}),
        Planted("equal weights", {"on": q + 1}),
    ),
    weak=Check(
        "exact",
        "only that the squared bound lies between q and q + 3",
        lambda statement, domain: every(
            PRIMES,
            lambda order: (
                order <= value(statement.bound**2, q=order) <= order + 3,
                "q <= bound^2 <= q + 3",
            ),
        ),
        role="step",
    ),
    spec="frontier-2",
)


CLAIMS = (GRAM, SHATTER, FEATURES, RANK)
