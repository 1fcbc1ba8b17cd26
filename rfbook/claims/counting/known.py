"""Where the sources say what, and classes whose errors are known exactly."""

from fractions import Fraction

from sympy import Expr, Rational, Symbol, sympify

from rfbook.ledger import Integers, Reals, Relation, Source

CHAPTER = "counting"

d = Symbol("d", integer=True, positive=True)
m = Symbol("m", integer=True, positive=True)
n = Symbol("n", integer=True, positive=True)
N = Symbol("N", integer=True, nonnegative=True)
delta = Symbol("delta", nonnegative=True)
epsilon = Symbol("varepsilon", nonnegative=True)
kappa = Symbol("kappa", nonnegative=True)
lam = Symbol("lambda", positive=True)

AT_MOST, AT_LEAST, EQUAL = Relation("<="), Relation(">="), Relation("=")
BELOW, ABOVE = Relation("<"), Relation(">")
ERRORS = Reals(0)
POSITIVE = Reals(0, open_low=True)
SHARE = Reals(0, 1, open_high=True)
SIZES, FEATURES = Integers(1), Integers(0)

THIRD = "the loss there is half the square, so that its error is half of ours"


def kamath(where: str, relation: str = "as printed", note: str = THIRD) -> Source:
    """Name a place in Kamath, Montasser and Srebro 2020."""
    return Source("Kamath2020", "COLT 2020", where, relation, note)


def hsu(where: str, relation: str = "implied", note: str = "") -> Source:
    """Name a place in Hsu, Sanford, Servedio and Vlatakis-Gkaragkounis 2021."""
    return Source("Hsu2021", "COLT 2021", where, relation, note)


def value(formula: Expr, **point) -> Fraction:
    """Evaluate a formula at exact numbers, given by the names of its symbols."""
    formula = sympify(formula)
    numbers = {key: Fraction(number) for key, number in point.items()}
    at = {
        s: Rational(numbers[s.name].numerator, numbers[s.name].denominator)
        for s in formula.free_symbols
        if s.name in numbers
    }
    found = formula.subs(at)
    return Fraction(int(found.p), int(found.q))


def equal_angles(size: int, cosine: Fraction) -> list[Fraction]:
    """Return the eigenvalues, largest first, of m unit vectors of one mutual cosine."""
    common = [1 - cosine] * (size - 1)
    return sorted([*common, 1 + (size - 1) * cosine], reverse=True)


def left_out(values: list[Fraction], count: int) -> Fraction:
    """Return the mean of what the eigenvalues after the first `count` hold."""
    return sum(values[count:], Fraction(0)) / len(values)


def families() -> list[tuple[int, Fraction]]:
    """Return sizes and cosines of vectors that all permutations leave alike."""
    cosines = [Fraction(a, 12) for a in (-2, -1, 0, 1, 3, 6, 11)]
    return [
        (size, cosine)
        for size in (2, 3, 4, 5, 7)
        for cosine in cosines
        if 1 + (size - 1) * cosine > 0
    ]


def pivots(rows: list[list[Fraction]]) -> list[Fraction]:
    """Return the pivots of a symmetric matrix, without exchanges.

    A matrix is positive semidefinite only if none of them is negative.
    """
    rows, found = [list(row) for row in rows], []
    while rows:
        first = rows[0][0]
        found.append(first)
        if first == 0:
            rows = [row[1:] for row in rows[1:]]
            continue
        rows = [
            [a - row[0] * b / first for a, b in zip(row[1:], rows[0][1:], strict=True)]
            for row in rows[1:]
        ]
    return found
