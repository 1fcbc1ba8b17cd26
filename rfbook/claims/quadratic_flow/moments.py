"""Exact means over Gaussian vectors and rotations, monomial by monomial.

They serve the checks of this chapter: nothing here knows a formula of a claim.
"""

from functools import cache
from itertools import combinations_with_replacement
from math import prod

from sympy import (
    QQ,
    Expr,
    Matrix,
    Rational,
    Symbol,
    expand,
    factorial2,
    ring,
    symbols,
    sympify,
)

from rfbook.ledger import Result, Verdict, fails, holds, identity


def gaussian_mean(value, variables) -> Expr:
    r"""Average a polynomial over independent standard Gaussian variables.

    Each monomial has the mean :math:`\prod_i (k_i - 1)!!`, or 0 at an odd power.

    Examples
    --------
    >>> x, y = symbols("x y")
    >>> gaussian_mean(x**4 * y**2 + 5 * x**3, (x, y))
    3
    """
    return _mean(value, variables, lambda powers: 1)


def sphere_mean(value, variables) -> Expr:
    r"""Average a polynomial over the unit sphere, with the first power sum 1.

    A monomial of degree k has the Gaussian mean over m (m + 2) ... (m + k - 2).

    Examples
    --------
    >>> x, y, z = symbols("x y z")
    >>> sphere_mean(x**2 + y**2 + z**2, (x, y, z)), sphere_mean(x**4, (x, y, z))
    (1, 1/5)
    """
    size = len(variables)

    def radius(powers):
        return prod(size + step for step in range(0, sum(powers), 2))

    return _mean(value, variables, radius)


def _mean(value, variables, weight) -> Expr:
    value = sympify(value)
    others = sorted(value.free_symbols - set(variables), key=str)
    # A sparse ring multiplies out without SymPy's slower expand.
    terms = ring([*variables, *others], QQ)[0].from_expr(value).terms()
    kept, size = {}, len(variables)
    for powers, coefficient in terms:
        inner, outer = powers[:size], powers[size:]
        if not any(power % 2 for power in inner):
            moment = prod(int(factorial2(power - 1)) for power in inner)
            term = coefficient * moment * QQ(1, weight(inner))
            kept[outer] = kept.get(outer, QQ(0)) + term
    if not others:
        return sympify(sum(kept.values(), QQ(0)))
    return ring(others, QQ)[0].from_dict(kept).as_expr()


def symmetric(name: str, d: int) -> Matrix:
    """Return a symmetric d x d matrix of symbols ``name_ij``.

    Examples
    --------
    >>> symmetric("B", 2)
    Matrix([
    [B11, B12],
    [B12, B22]])
    """
    return Matrix(
        d, d, lambda i, j: Symbol(f"{name}{min(i, j) + 1}{max(i, j) + 1}", real=True)
    )


def square_norm(matrix: Matrix) -> Expr:
    """Return the square of the Frobenius norm.

    Examples
    --------
    >>> square_norm(Matrix([[1, 2], [2, 3]]))
    18
    """
    return expand(sum(entry**2 for entry in matrix))


def centred_form(matrix: Matrix, x) -> Expr:
    """Return <x, A x> - Tr A as a polynomial in the symbols x.

    Examples
    --------
    >>> x = symbols("x:2")
    >>> gaussian_mean(centred_form(symmetric("A", 2), x), x)
    0
    """
    vector = Matrix(x)
    return expand((vector.T * matrix * vector)[0] - matrix.trace())


@cache
def rotation(d: int) -> tuple[Matrix, tuple]:
    """Return a rotation as a polynomial in the coordinates of a point on a sphere.

    In dimension 2 the point is (cos, sin), in dimension 3 a unit quaternion; the
    uniform law on the sphere gives the uniform law on the rotations.

    Examples
    --------
    >>> turn, q = rotation(3)
    >>> sphere_mean((turn * turn.T)[0, 0], q)
    1
    """
    if d == 2:
        c, s = q = symbols("q:2", real=True)
        return Matrix([[c, -s], [s, c]]), q
    if d != 3:
        raise ValueError(f"rotations are written out for d = 2 and 3, not d = {d}")
    r, i, j, k = q = symbols("q:4", real=True)
    # The diagonal is homogeneous of degree 2, so that only even degrees appear.
    turn = [
        [r**2 + i**2 - j**2 - k**2, 2 * (i * j - k * r), 2 * (i * k + j * r)],
        [2 * (i * j + k * r), r**2 - i**2 + j**2 - k**2, 2 * (j * k - i * r)],
        [2 * (i * k - j * r), 2 * (j * k + i * r), r**2 - i**2 - j**2 + k**2],
    ]
    return Matrix(turn), q


@cache
def rotated_squares(d: int) -> dict[tuple[int, int], Expr]:
    """Return E (O' B O)_ab (O' B O)_cd for a = c, b = d, and for a = b, c = d.

    The keys are (a, b) for the squares and (a, a, c, c) for the products of two
    diagonal entries; B is ``symmetric("B", d)``.

    Examples
    --------
    The squares of all entries sum to the norm, which no rotation changes:

    >>> squares = rotated_squares(2)
    >>> whole = squares[0, 0] + 2 * squares[0, 1] + squares[1, 1]
    >>> expand(whole - square_norm(symmetric("B", 2)))
    0
    """
    turn, q = rotation(d)
    turned = turn.T * symmetric("B", d) * turn
    means = {}
    for a, b in combinations_with_replacement(range(d), 2):
        means[a, b] = sphere_mean(turned[a, b] ** 2, q)
        if a < b:
            means[a, a, b, b] = sphere_mean(turned[a, a] * turned[b, b], q)
    return means


def sides_of(a: int, b: int, d: int) -> Matrix:
    """Return the symmetric matrix A with <x, A x> = x_a x_b.

    Examples
    --------
    >>> sides_of(0, 1, 2)
    Matrix([
    [  0, 1/2],
    [1/2,   0]])
    """
    unit = Matrix.zeros(d, d)
    unit[a, b] += Rational(1, 2)
    unit[b, a] += Rational(1, 2)
    return unit


def polynomials_agree(pairs) -> Result:
    """Decide whether the named pairs (name, left, right) of polynomials are equal."""
    count = 0
    for name, left, right in pairs:
        if expand(left - right) != 0:
            result = identity(left, right)
            if result.verdict is Verdict.FAILS:
                return fails(f"{name}: {result.witness}")
            return result
        count += 1
    return holds(f"{count} polynomial identities")
