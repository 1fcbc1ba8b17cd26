"""The sign-rank: by enumeration where it is small, by norms where it is large.

Rank, dimension and shattering without a law of the inputs: a space of dimension k whose
elements have the right signs at every point.
"""

from fractions import Fraction
from itertools import pairwise, permutations, product

import numpy as np
import sympy
from sympy import Matrix, Symbol, solve, sqrt

from rfbook.claims.counting.cube import parities
from rfbook.claims.counting.known import (
    AT_LEAST,
    AT_MOST,
    CHAPTER,
    SIZES,
    n,
    value,
)
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Result,
    Source,
    Statement,
    every,
    identity,
)

FORSTER = Source(
    "Forster2002", "J. Comput. System Sci. 65", "the lower bound", "implied"
)


def classes(rows) -> set[tuple[int, ...]]:
    """Return the rows up to their sign, the first entry 1."""
    return {tuple(row[0] * a for a in row) for row in rows}


def changes(row) -> int:
    """Count the changes of sign along a row."""
    return sum(a != b for a, b in pairwise(row))


# --- full rank ------------------------------------------------------------------------


def _missed(size: int) -> set[int]:
    """Return how many classes n vectors of R^(n-1) do not produce.

    The vectors are e_1, ..., e_(n-1) and the sum of +-e_i, for all signs. Up to a
    linear map and lengths these are all vectors in general position.
    """
    found = set()
    for signs in product((1, -1), repeat=size - 1):
        rows = []
        for u in product((1, -1, 2 * size, -2 * size), repeat=size - 1):
            last = sum(a * b for a, b in zip(u, signs, strict=True))
            if last:
                rows.append([1 if a > 0 else -1 for a in (*u, last)])
        found.add(2 ** (size - 1) - len(classes(rows)))
    return found


def _full_exact(statement, domain) -> Result:
    """Compare with one more class than n vectors of R^(n-1) can produce."""

    def compare(size):
        missed = _missed(size)
        claimed = value(statement.classes, n=size)
        needed = {2 ** (size - 1) - a + 1 for a in missed}
        return needed == {claimed}, f"n: {needed} classes are {claimed}"

    return every(domain["n"], compare)


FULL = Claim(
    id="sign-rank-full",
    title="When the sign-rank is as large as it can be",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[n]]$ a matrix of signs with $n$ columns has the sign-rank $n$ if "
        "and only if its rows, up to their sign, are at least $[[classes]]$ different "
        "ones.",
        {"n": Integers(2)},
        {"classes": 2 ** (n - 1)},
    ),
    checks=(
        Check(
            "exact",
            "the signs that n vectors of one dimension less produce, n <= 6",
            _full_exact,
            {"n": Integers(2, 6)},
            "step",
        ),
    ),
    planted=(
        Planted("right for n = 2: n", {"classes": n}, near=True),
        Planted("one fewer", {"classes": 2 ** (n - 1) - 1}),
        Planted("without taking signs together", {"classes": 2**n}),
    ),
    weak=Check("exact", "n = 2 only", _full_exact, {"n": Integers(2, 2)}, "step"),
)


# --- rank two -------------------------------------------------------------------------


def _arranged(rows, most: int, turn: bool, order: bool) -> bool:
    """Decide whether signs and an order leave every row at most so many changes."""
    size = len(rows[0])
    signs = product((1, -1), repeat=size) if turn else [(1,) * size]
    orders = list(permutations(range(size))) if order else [tuple(range(size))]
    return any(
        all(changes([row[i] * s[i] for i in o]) <= most for row in rows)
        for s in signs
        for o in orders
    )


def _two_exact(statement, domain) -> Result:
    """Take signs of random integer matrices of rank 2, and all rows of three columns.

    The first must be arranged; the second, of sign-rank 3 by counting, must not.
    """
    turn = statement.turned == TURNED
    order = statement.ordered == ORDERED
    most = int(value(statement.most))

    def compare(number):
        if number == 0:
            every_row = [row for row in product((1, -1), repeat=3) if row[0] == 1]
            found = _arranged(every_row, most, turn, order)
            return not found, "all rows of three columns, of rank 3, are not arranged"
        rng = np.random.default_rng(number)
        left, right = rng.integers(-20, 21, (5, 2)), rng.integers(-20, 21, (2, 4))
        matrix = left @ right
        if not matrix.all():
            return True, "a zero"
        rows = [[1 if a > 0 else -1 for a in row] for row in matrix]
        found = _arranged(rows, most, turn, order)
        return found, f"the signs of the matrix number {number} of rank 2 are arranged"

    return every(range(13), compare)


TURNED, GIVEN = "some columns change their sign and", "no column changes its sign but"
ORDERED, FIXED = "the columns are put in some order", "the columns stay in their order"

TWO = Claim(
    id="sign-rank-two",
    title="When the sign-rank is at most two",
    chapter=CHAPTER,
    statement=Statement(
        "A matrix of signs has a sign-rank of at most 2 if and only if [[turned]] "
        "[[ordered]] in such a way that then every row changes its sign at most "
        "[[most]] times along the row.",
        {},
        {"turned": TURNED, "ordered": ORDERED, "most": 1},
    ),
    checks=(
        Check(
            "exact",
            "twelve matrices of rank 2, and one of sign-rank 3",
            _two_exact,
            role="step",
        ),
    ),
    planted=(
        Planted("the columns keep their signs", {"turned": GIVEN}, near=True),
        Planted("the columns keep their places", {"ordered": FIXED}, near=True),
        Planted("two changes", {"most": 2}),
        Planted("no change", {"most": 0}),
    ),
    weak=Check(
        "exact",
        "two columns",
        lambda statement, domain: every(
            [1],
            lambda _: (
                _arranged([[1, 1], [1, -1]], int(value(statement.most)), False, False),
                "both rows of two columns are arranged",
            ),
        ),
        role="step",
    ),
)


REALISED = Matrix([[1, 1, 1, 3], [1, -3, 1, -1], [1, 1, -3, -1], [3, -1, -1, 1]])


def _four_enumerate(statement, domain) -> Result:
    """List all 24 orders and 16 signs of four columns: some row changes sign twice."""
    rows = [list(row) for row in parities(2)]
    two = _arranged(rows, 1, True, True)
    least = 2 if two else 3
    return every(
        [1],
        lambda _: (
            least <= statement.rank,
            f"384 arrangements: the sign-rank is at least {least}, claimed "
            f"{statement.rank}",
        ),
    )


def _four_matrix(statement, domain) -> Result:
    """Compare the signs of the matrix, and find its rank by elimination."""
    rows = parities(2)

    def compare(index):
        found = [sympy.sign(a) for a in statement.matrix.row(index)]
        return found == list(rows[index]), f"row {index}: signs {found}"

    signs = every(range(4), compare)
    if signs.witness:
        return signs
    found = statement.matrix.rank()
    return every(
        [1], lambda _: (found == statement.rank, f"rank {found} = {statement.rank}")
    )


def _changed(row: int, column: int, entry: int) -> Matrix:
    """Return the matrix with one entry changed."""
    matrix = REALISED.copy()
    matrix[row, column] = entry
    return sympy.ImmutableMatrix(matrix)


FOUR = Claim(
    id="walsh-four",
    title="Two bits: the sign-rank is three",
    chapter=CHAPTER,
    statement=Statement(
        "The matrix of the four parities of two bits has the sign-rank $[[rank]]$. A "
        "matrix of this rank with the same signs is\n\n$$[[matrix]] .$$",
        {},
        {"rank": 3, "matrix": sympy.ImmutableMatrix(REALISED)},
    ),
    uses=("sign-rank-two",),
    checks=(
        Check("exact", "all arrangements of four columns", _four_enumerate),
        Check("exact", "the matrix, its signs and its rank", _four_matrix, role="step"),
    ),
    planted=(
        Planted("2 for 3 in the first row", {"matrix": _changed(0, 3, 2)}, near=True),
        Planted("one sign", {"matrix": _changed(1, 1, 3)}),
        Planted("rank two", {"rank": 2}),
        Planted("rank four", {"rank": 4}),
    ),
    weak=Check("exact", "only that it is more than two", _four_enumerate),
    spec="frontier-2",
)


# --- Forster's bound ------------------------------------------------------------------

a = Symbol("a", positive=True)
k = Symbol("k", integer=True, positive=True)
m = Symbol("m", integer=True, positive=True)
norm = Symbol("z", positive=True)


def _frames(dimension: int) -> list[list[tuple[Fraction, ...]]]:
    """Return frames of rational unit vectors with sum v v^T = (n / k) I."""
    axes = [tuple(Fraction(i == j) for j in range(dimension)) for i in range(dimension)]

    def turn(v):
        v = list(v)
        v[0], v[1] = (3 * v[0] - 4 * v[1]) / 5, (4 * v[0] + 3 * v[1]) / 5
        return tuple(v)

    turned = [turn(v) for v in axes]
    return [axes, axes + turned, turned + axes + [turn(v) for v in turned]]


def _forster_exact(statement, domain, dimensions=(2, 3, 4)) -> Result:
    """Sum |<u_i, v_j>| over frames v and rational unit vectors u."""

    def compare(dimension):
        for frame in _frames(dimension):
            for unit in _frames(dimension)[2]:
                found = sum(
                    abs(sum(p * q for p, q in zip(unit, v, strict=True))) for v in frame
                )
                bound = value(statement.sum, m=1, n=len(frame), k=dimension)
                if not statement.relation.exact(found, bound):
                    words = f"k, {len(frame)} vectors: {found}"
                    return False, f"{words} {statement.relation.symbol} {bound}"
        return True, "all sums"

    return every(dimensions, compare)


def _forster_proof(statement, domain) -> Result:
    """Solve a m n / k = norm (m n)^(1/2) for k."""
    (found,) = solve(a * statement.sum - norm * sqrt(m * n), k)
    return identity(found, statement.bound)


ARGUMENT = Claim(
    id="forster-argument",
    title="From a small norm to a large sign-rank",
    chapter=CHAPTER,
    statement=Statement(
        "Let $u_1, \\dots, u_m$ and $v_1, \\dots, v_n$ be unit vectors of "
        "$\\mathbb R^k$ with $\\sum_j v_j v_j^{\\mathsf T} = \\frac nk I$. Then\n\n"
        "$$\\sum_{i,j} \\lvert \\langle u_i, v_j \\rangle \\rvert [[relation]] "
        "[[sum]].$$\n\n"
        "If $A_{ij} \\langle u_i, v_j \\rangle > 0$ and "
        "$\\lvert A_{ij} \\rvert \\ge a$ for all $i, j$, and "
        "$z = \\lVert A \\rVert_{\\mathrm{op}}$, it follows that "
        "$k \\ge [[bound]]$. So this is a lower bound of the sign-rank of every matrix "
        "with the signs of $A$.",
        {},
        {
            "relation": AT_LEAST,
            "sum": m * n / k,
            "bound": a * sqrt(m * n) / norm,
        },
    ),
    sources=(FORSTER,),
    uses=("forster-position",),
    checks=(
        Check(
            "exact",
            "frames of rational vectors, k = 2, 3, 4",
            _forster_exact,
            role="step",
        ),
        Check("symbolic", "the two bounds compared", _forster_proof, role="step"),
    ),
    planted=(
        Planted("k dropped: right for k = 1", {"sum": m * n}),
        Planted("21/20 of the sum", {"sum": 21 * m * n / (20 * k)}, near=True),
        Planted(
            "41/40 of the sum, and of the rank that follows",
            {
                "sum": 41 * m * n / (40 * k),
                "bound": 41 * a * sqrt(m * n) / (40 * norm),
            },
            near=True,
        ),
        Planted("n for its root", {"bound": a * n * sqrt(m) / norm}),
        Planted("the other way round", {"relation": AT_MOST}),
    ),
    weak=Check("symbolic", "the two bounds compared", _forster_proof, role="step"),
)


def _walsh_exact(statement, domain) -> Result:
    """Compare with the known sign-ranks 2 and 3, and with the norm of the matrix.

    A A^T = 2^n I, so that the norm is 2^(n/2): compare squares, which are integers.
    """
    known = {1: 2, 2: 3}

    def compare(bits):
        rows = parities(bits)
        size = 2**bits
        gram = {
            (i == j, sum(p * q for p, q in zip(rows[i], rows[j], strict=True)))
            for i in range(size)
            for j in range(i + 1)
        }
        square = value(statement.square, n=bits)
        if not {(True, size)} <= gram <= {(True, size), (False, 0)}:
            return False, f"n: the products are {sorted(gram)}"
        if square != Fraction(size * size, size):
            return False, f"n: the squared bound {square} is not {size}"
        if bits in known and square > known[bits] ** 2:
            return False, f"n: the sign-rank {known[bits]} is smaller"
        return True, "the norm"

    return every(domain["n"], compare)


WALSH = Claim(
    id="walsh-sign-rank",
    title="Parities without a law of the inputs",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[n]]$ let $A$ be the matrix of all parities of $n$ bits at all "
        "points. If functions $g_1, \\dots, g_k$ on $\\{1, -1\\}^n$ have, for every "
        "parity, a linear combination with its signs at all points, then\n\n"
        "$$k^2 [[relation]] [[square]].$$",
        {"n": SIZES},
        {"relation": AT_LEAST, "square": 2**n},
    ),
    sources=(FORSTER,),
    uses=("forster-argument", "walsh-orthogonal"),
    checks=(
        Check(
            "exact",
            "the norm, n <= 6, and the sign-ranks for n = 1, 2",
            _walsh_exact,
            {"n": Integers(1, 6)},
            "step",
        ),
    ),
    planted=(
        Planted("without the root: the rank itself", {"square": 4**n}),
        Planted("right for n = 1: 2 n", {"square": 2 * n}, near=True),
        Planted("a factor 2", {"square": 2 ** (n + 1)}),
    ),
    weak=Check("exact", "one bit", _walsh_exact, {"n": Integers(1, 1)}, "step"),
    spec="frontier-2",
)


CLAIMS = (FULL, TWO, FOUR, ARGUMENT, WALSH)
