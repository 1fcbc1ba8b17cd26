"""Exact algebra for the claims on training: networks, flows, words.

None of it comes from `rfbook.quadratic_gap`, which works in floating point.
"""

from collections.abc import Iterable
from fractions import Fraction
from functools import cache

from sympy import (
    Expr,
    Matrix,
    Rational,
    Symbol,
    expand,
    eye,
    symbols,
    zeros,
)

from rfbook.claims.quadratic_flow.moments import gaussian_mean, square_norm, symmetric
from rfbook.ledger import Relation, Result, fails, holds, unknown

AT_MOST, AT_LEAST = Relation("<="), Relation(">=")
tau = Symbol("tau", positive=True)
c, b_0, g = symbols("c b_0 g", real=True)
TRACE = Symbol(r"\operatorname{Tr} B", real=True)
SQUARE = Symbol(r"\lVert W \rVert_F^2", nonnegative=True)


def same(cases: Iterable[tuple[str, object, object]]) -> Result:
    """Decide identities of polynomials ``(name, left, right)``, entry by entry.

    A polynomial that is not 0 differs from 0 at one of a few rational points, which is
    then the witness.
    """
    count = 0
    for name, left, right in cases:
        difference = Matrix([left]) - Matrix([right])
        for entry in difference:
            entry = expand(entry)
            if entry == 0:
                continue
            names = sorted(entry.free_symbols, key=str)
            for start in range(1, 6):
                point = {s: Rational(k + start, 2) for k, s in enumerate(names)}
                if (gap := entry.subs(point)) != 0:
                    at = ", ".join(f"{s} = {v}" for s, v in point.items()) or "always"
                    return fails(f"{name}: the sides differ by {gap} at {at}")
            return unknown(f"{name}: {entry} was not reduced")
        count += 1
    return holds(f"{count} identities of polynomials") if count else unknown("none")


def rectangle(letter: str, rows: int, columns: int) -> Matrix:
    """Return a matrix of real symbols."""
    return Matrix(rows, columns, lambda i, j: Symbol(f"{letter}{i}{j}", real=True))


def inputs(size: int) -> Matrix:
    """Return a column of input symbols."""
    return Matrix(symbols(f"x1:{size + 1}", real=True))


@cache
def mean_square(d: int, N: int, centred: bool = False) -> tuple[Matrix, Matrix, Expr]:
    """Take the mean squared error from its definition: B, W and the polynomial.

    The residual is ``<x, A x> + e``; its mean square in A and e comes first, and then
    the network is put in. Centred features are ``<w, x>^2 - |w|^2``.
    """
    x, form, level = inputs(d), symmetric("a", d), Symbol("e", real=True)
    mean = gaussian_mean(((x.T * form * x)[0] + level) ** 2, list(x))
    B, W = symmetric("B", d), rectangle("W", d, N)
    offset = (W.T * W).trace() if centred else 0
    values = dict(zip(form, B - W * W.T, strict=True)) | {level: b_0 - c + offset}
    return B, W, expand(mean.subs(values, simultaneous=True))


# --- rational networks ----------------------------------------------------------------


def reflection(size: int, turn: int = 1) -> Matrix:
    """Return a rational orthogonal matrix, I - 2 u u' / |u|^2."""
    u = Matrix([turn + k for k in range(size)])
    return eye(size) - 2 * u * u.T / square_norm(u)


def excess(B: Matrix, W: Matrix, offset=0) -> Expr:
    """Return 2 |B - W W'|^2 + g^2 for the gap g of the means."""
    return 2 * square_norm(B - W * W.T) + offset**2


def curvature(B: Matrix, W: Matrix, ways: tuple) -> Expr:
    """Second derivative of the error along two ways (H, h) at a point with g = 0.

    The gap of the means moves by ``-2 <W, H> - h`` to first order and by ``-<H, H'>``
    to second order, where it meets g = 0.
    """
    (H, h), (J, j) = ways
    K, L = W * H.T + H * W.T, W * J.T + J * W.T
    second = H * J.T + J * H.T
    form = 4 * (K.T * L).trace() - 4 * ((B - W * W.T) * second).trace()
    slopes = [2 * (W.T * way).trace() + step for way, step in ((H, h), (J, j))]
    return form + 2 * slopes[0] * slopes[1]


def hessian(B: Matrix, W: Matrix) -> Matrix:
    """Return the matrix of second derivatives in (W, c) at a point with g = 0."""
    d, N = W.shape
    ways = []
    for k in range(d * N):
        unit = zeros(d, N)
        unit[k] = 1
        ways.append((unit, 0))
    ways.append((zeros(d, N), 1))
    size = len(ways)
    entries = {
        (i, j): curvature(B, W, (ways[i], ways[j]))
        for i in range(size)
        for j in range(i, size)
    }
    return Matrix(size, size, lambda i, j: entries[min(i, j), max(i, j)])


def nonnegative(matrix: Matrix) -> bool:
    """Tell whether a rational symmetric matrix is positive semidefinite."""
    rows = [[Fraction(int(v.p), int(v.q)) for v in row] for row in matrix.tolist()]
    while rows:
        if any(row[k] < 0 for k, row in enumerate(rows)):
            return False
        pivot = next((k for k, row in enumerate(rows) if row[k] > 0), None)
        if pivot is None:
            return not any(value for row in rows for value in row)
        head = rows.pop(pivot)
        lead = head.pop(pivot)
        factors = [row.pop(pivot) / lead for row in rows]
        rows = [
            [value - factor * top for value, top in zip(row, head, strict=True)]
            for row, factor in zip(rows, factors, strict=True)
        ]
    return True


# --- words ----------------------------------------------------------------------------

_EPS = Symbol("_eps")


def derive(word: Expr, rules: dict) -> Expr:
    """Differentiate a word in letters that do not commute, by Leibniz' rule."""
    moved = word.subs({s: s + _EPS * r for s, r in rules.items()}, simultaneous=True)
    return expand(moved).coeff(_EPS, 1)


def words_agree(cases: Iterable[tuple[str, Expr, Expr]]) -> Result:
    """Decide identities of words: they hold for matrices of every size, or not."""
    names = []
    for name, left, right in cases:
        gap = expand(left - right)
        if gap != 0:
            return fails(f"{name}: the difference is {gap}")
        names.append(name)
    return holds("; ".join(names)) if names else unknown("none")
