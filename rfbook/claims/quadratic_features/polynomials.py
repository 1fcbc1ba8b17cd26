"""Means of polynomials of a standard normal vector, term by term.

Nothing here knows the formula of a risk: the claims compare theirs with what these
functions find.
"""

from sympy import Integer, Poly, factorial2, prod, symbols

from rfbook.ranges import integer_from


def vector(d: int):
    """Return the coordinates x1, ..., xd of the input."""
    return symbols(f"x1:{integer_from('d', d, 1) + 1}", real=True)


def moment(power: int) -> Integer:
    """Return E g^k = (k - 1)!! for even k and 0 for odd k.

    Examples
    --------
    >>> [int(moment(power)) for power in range(7)]
    [1, 0, 1, 0, 3, 0, 15]
    """
    return Integer(0) if power % 2 else Integer(factorial2(power - 1))


def mean(polynomial, variables, variances=None):
    """Return the mean of a polynomial of independent centred normal variables.

    Their variances are 1 where none are given.

    Examples
    --------
    >>> x, y = vector(2)
    >>> mean((x + y) ** 4, (x, y)), mean(x**2 * y**4, (x, y), (2, 3))
    (12, 54)
    """
    variances = variances or [1] * len(variables)
    total = Integer(0)
    for powers, value in Poly(polynomial, *variables).terms():
        if not any(power % 2 for power in powers):
            spread = zip(powers, variances, strict=True)
            total += value * prod(moment(k) * v ** (k // 2) for k, v in spread)
    return total


def form(matrix, variables):
    """Return <x, A x> for a symmetric matrix, given as a sequence of rows."""
    return sum(
        matrix[i][j] * first * second
        for i, first in enumerate(variables)
        for j, second in enumerate(variables)
    )


def squared_distance(target, features, variables):
    """Return the squared distance of a polynomial from a span, by Gram and Schmidt.

    Examples
    --------
    >>> x, y = vector(2)
    >>> squared_distance(x**2 - 1, [x**2 - y**2, y], (x, y))
    1
    """
    rest = Poly(target, *variables)
    basis = []
    for feature in features:
        new = _remove(Poly(feature, *variables), basis, variables)
        if not new.is_zero:
            basis.append((new, mean(new * new, variables)))
    rest = _remove(rest, basis, variables)
    return mean(rest * rest, variables)


def _remove(polynomial, basis, variables):
    """Subtract the projections on orthogonal polynomials of known square norm."""
    for direction, size in basis:
        share = mean(polynomial * direction, variables) / size
        polynomial = polynomial - share * direction
    return polynomial
