"""Exact least squares among quadratic functions, and exact means over projections.

The function <x, A x> + a is kept as one vector: the entries of A, then a. Its inner
products are Gaussian means by Wick's formula, and distances come from Gram-Schmidt
without roots, so that every number is a Fraction. Nothing here calls the room
`rfbook.quadratic_gap`.
"""

from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from itertools import combinations_with_replacement

import numpy as np
import sympy
from sympy import Symbol

from rfbook.ledger import Integers, Relation, Result, Space, every

d = Symbol("d", integer=True, positive=True)
N = Symbol("N", integer=True, positive=True)
m = Symbol("m", integer=True, nonnegative=True)
rho = Symbol("rho", nonnegative=True)
chi = Symbol("chi", nonnegative=True)

AT_MOST, AT_LEAST = Relation("<="), Relation(">=")
LESS, MORE, EQUAL = Relation("<"), Relation(">"), Relation("=")
DIMENSIONS, WIDTHS = Integers(1), Integers(1)
WEIGHTS = Space(r"\mathbb{R}^{d \times N}")
SYMMETRIC = Space(r"\operatorname{Sym}_d \setminus \{0\}")

Matrix = np.ndarray


# --- formulas at rational points ------------------------------------------------------


@cache
def rational(formula, *names: str):
    """Return the formula as a function of Fractions, its symbols taken by name."""
    formula = sympy.sympify(formula)
    known = {s.name: s for s in formula.free_symbols}
    stray = set(known) - set(names)
    if stray:
        raise ValueError(f"the formula has other symbols: {sorted(stray)}")
    symbols = [known.get(name, Symbol(name)) for name in names]
    # Printed as Python, 3/5 would be a float: constants enter as arguments.
    fixed = {c: Symbol(f"c{i}") for i, c in enumerate(formula.atoms(sympy.Rational))}
    fixed = {c: name for c, name in fixed.items() if not c.is_Integer}
    arguments = [*symbols, *fixed.values()]
    function = sympy.lambdify(arguments, formula.xreplace(fixed), modules="sympy")

    def at(*values):
        parts = [Fraction(value) for value in values]
        exact = (sympy.Rational(v.numerator, v.denominator) for v in parts)
        found = sympy.sympify(function(*exact, *fixed))
        if not found.is_Rational:
            raise ValueError(f"{formula} at {values} is {found}, not rational")
        return Fraction(int(found.p), int(found.q))

    return at


# --- quadratic functions --------------------------------------------------------------


def exact_matrix(rows) -> Matrix:
    """Return a matrix of Fractions."""
    table = np.array([[Fraction(v) for v in row] for row in rows], dtype=object)
    return table.reshape(len(rows), -1)


def quadratic(matrix: Matrix, constant=0) -> Matrix:
    """Return <x, A x> + a for the symmetric part A of a matrix."""
    symmetric = (matrix + matrix.T) / Fraction(2)
    return np.append(symmetric.ravel(), Fraction(constant))


def centred(matrix: Matrix) -> Matrix:
    """Return the target <x, B x> - Tr B."""
    return quadratic(matrix, -np.trace(matrix))


def inner(left: Matrix, right: Matrix) -> Fraction:
    """Return E f g for standard normal x: E x_i x_j x_k x_l has three pairings."""
    side = int(np.sqrt(len(left) - 1))
    A, C = (f[:-1].reshape(side, side) for f in (left, right))
    means = (np.trace(A) + left[-1]) * (np.trace(C) + right[-1])
    return Fraction((A * C).sum() + (A * C.T).sum() + means)


def _reduce(vector, basis, product):
    for other, square in basis:
        vector = vector - other * (product(vector, other) / square)
    return vector


def orthogonal_basis(vectors, product) -> list:
    """Return an orthogonal basis of the span, each vector with its square."""
    basis = []
    for vector in vectors:
        rest = _reduce(vector, basis, product)
        square = product(rest, rest)
        if square:
            basis.append((rest, square))
    return basis


def distance(target, functions) -> Fraction:
    """Return the least E (f - g)^2 over the span of the functions g."""
    rest = _reduce(target, orthogonal_basis(functions, inner), inner)
    return inner(rest, rest)


def complement(W: Matrix) -> Matrix:
    """Return the orthogonal projection onto the complement of the columns of W."""
    identity = exact_matrix(np.eye(len(W), dtype=int).tolist())
    basis = orthogonal_basis(W.T, np.dot)
    return identity - sum(
        (np.outer(v, v) / square for v, square in basis), start=0 * identity
    )


def square(matrix: Matrix) -> Fraction:
    """Return the squared Frobenius norm."""
    return Fraction((matrix * matrix).sum())


def constant(side: int) -> Matrix:
    """Return the function 1."""
    return quadratic(exact_matrix([[0] * side] * side), 1)


def tangent_functions(W: Matrix) -> list[Matrix]:
    """Return <w_i, x> x_k for every neuron i and coordinate k."""
    identity = np.eye(len(W), dtype=int)
    return [quadratic(np.outer(w, e)) for w in W.T for e in identity]


def feature_functions(W: Matrix, shift=0) -> list[Matrix]:
    """Return <w_i, x>^2 + shift for every neuron i."""
    return [quadratic(np.outer(w, w), shift) for w in W.T]


def tangent_error(W: Matrix, B: Matrix) -> Fraction:
    """Return the least mean squared error of the tangent model with a constant."""
    return distance(centred(B), [constant(len(W)), *tangent_functions(W)])


# --- instances ------------------------------------------------------------------------


def every_case(cases, decide) -> Result:
    """Decide like `every`, for instances that are named by the words of ``decide``."""
    named = {f"instance {i}": case for i, case in enumerate(cases, 1)}
    return every(named, lambda name: decide(named[name]))


def shown(matrix: Matrix) -> str:
    """Write a matrix row by row."""
    return str([[str(v) for v in row] for row in matrix.tolist()]).replace("'", "")


def draws(rows: int, columns: int, count: int, high: int = 2) -> Iterator[Matrix]:
    """Yield integer matrices, the same ones in every run, some of them singular."""
    source = np.random.default_rng([rows, columns])
    for _ in range(count):
        yield exact_matrix(source.integers(-high, high + 1, (rows, columns)).tolist())


def general(rows: int, columns: int) -> Matrix:
    """Return columns (1, j, j^2, ...): any ``rows`` of them are independent."""
    return exact_matrix([[j**i for j in range(1, columns + 1)] for i in range(rows)])


def rotated(spectrum, turn: int = 0) -> Matrix:
    """Return a rational symmetric matrix with these eigenvalues.

    The diagonal matrix is reflected along the vector (turn, turn + 1, ...).
    """
    side = len(spectrum)
    diagonal = exact_matrix(np.diag([int(v) for v in spectrum]).tolist())
    if not turn:
        return diagonal
    axis = exact_matrix([[turn + i for i in range(side)]])[0]
    identity = exact_matrix(np.eye(side, dtype=int).tolist())
    mirror = identity - 2 * np.outer(axis, axis) / np.dot(axis, axis)
    return mirror @ diagonal @ mirror


def spectra(side: int, low: int, high: int) -> Iterator[tuple[int, ...]]:
    """Yield the integer spectra between two values, largest first, without zero."""
    for values in combinations_with_replacement(range(high, low - 1, -1), side):
        if any(values):
            yield values


def trace_ratio(spectrum) -> Fraction:
    """Return chi = (Tr B)^2 / (d |B|_F^2)."""
    return Fraction(sum(spectrum) ** 2, len(spectrum) * sum(v * v for v in spectrum))


# --- means over a uniform projection --------------------------------------------------


def beta_moment(rank: int, side: int, power: int) -> Fraction:
    """Return E P_11^k for a uniform projection P: |P e|^2 has a Beta law.

    It is the squared length of the first ``rank`` coordinates of a uniform unit vector.
    """
    found = Fraction(1)
    for j in range(power):
        found *= Fraction(rank + 2 * j, side + 2 * j)
    return found


def compression_mean(spectrum, rank: int) -> Fraction:
    """Return E |P B P|_F^2 = sum_ij b_i b_j E P_ij^2 for a uniform projection P.

    The diagonal means come from the Beta law and the others from P^2 = P.
    """
    side = len(spectrum)
    diagonal = beta_moment(rank, side, 2)
    squares = sum(v * v for v in spectrum)
    if side == 1:
        return diagonal * squares
    other = (Fraction(rank, side) - diagonal) / (side - 1)
    return diagonal * squares + other * (sum(spectrum) ** 2 - squares)


def tangent_mean(spectrum, width: int) -> Fraction:
    """Return the exact mean over W of the tangent model's risk."""
    rank = max(len(spectrum) - width, 0)
    return compression_mean(spectrum, rank) / sum(v * v for v in spectrum)


def network_risk(spectrum, width: int) -> Fraction:
    """Return the least risk with free signs: what the largest squares leave over."""
    squares = sorted((v * v for v in spectrum), reverse=True)
    return Fraction(sum(squares[width:]), sum(squares))
