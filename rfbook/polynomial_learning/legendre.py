r"""Legendre products on the cube, and the basis dual to the monomials.

The weights of a neuron are drawn as ``w = v / sqrt(d)`` with ``v`` uniform on
[-1, 1]^d. With the Legendre polynomials P_l, normalised by P_l(1) = 1, the products
``p_L(v) = prod_i sqrt(2 l_i + 1) P_{l_i}(v_i)`` are orthonormal there. All numbers are
exact unless the docstring says float.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache

import numpy as np

from rfbook.ranges import finite_answers, finite_array, integer_from

Index = tuple[int, ...]
Polynomial = dict[Index, Fraction]


def multi_index(name: str, values) -> Index:
    """Return a multi-index as a tuple of non-negative integers, at least one.

    Raises
    ------
    ValueError
        If it is empty or an entry is not an integer >= 0.

    Examples
    --------
    >>> multi_index("J", [2, 0, 1])
    (2, 0, 1)
    >>> multi_index("J", (1, 0.5))
    Traceback (most recent call last):
        ...
    ValueError: J must be an integer >= 0, got 0.5
    """
    if not isinstance(values, Sequence | np.ndarray) or isinstance(values, str):
        raise ValueError(f"{name} must be a sequence of integers, got {values!r}")
    if not len(values):
        raise ValueError(f"{name} must have at least one entry, got {values!r}")
    return tuple(integer_from(name, value, 0) for value in values)


def multi_indices(d: int, degree: int) -> Iterator[Index]:
    """Yield all multi-indices of length d with sum at most `degree`, in order.

    There are binom(d + degree, degree) of them.

    Parameters
    ----------
    d : int
        At least 1.
    degree : int
        At least 0.

    Raises
    ------
    ValueError
        If an argument is not an integer in its range.

    Examples
    --------
    >>> list(multi_indices(2, 1))
    [(0, 0), (0, 1), (1, 0)]
    >>> sum(1 for _ in multi_indices(5, 6)) == math.comb(11, 6)
    True
    """
    d = integer_from("d", d, 1)
    degree = integer_from("degree", degree, 0)
    return _multi_indices(d, degree)


def _multi_indices(d: int, degree: int) -> Iterator[Index]:
    if d == 0:
        yield ()
        return
    for first in range(degree + 1):
        for rest in _multi_indices(d - 1, degree - first):
            yield (first, *rest)


def homogeneous_indices(d: int, degree: int) -> Iterator[Index]:
    """Yield all multi-indices of length d with sum equal to `degree`, in order.

    There are binom(d + degree - 1, degree) of them.

    Parameters
    ----------
    d : int
        At least 1.
    degree : int
        At least 0.

    Raises
    ------
    ValueError
        If an argument is not an integer in its range.

    Examples
    --------
    >>> list(homogeneous_indices(2, 2))
    [(0, 2), (1, 1), (2, 0)]
    """
    d = integer_from("d", d, 1)
    degree = integer_from("degree", degree, 0)
    for rest in _multi_indices(d - 1, degree):
        yield (*rest, degree - sum(rest))


@lru_cache(maxsize=4096)
@finite_answers
def legendre_coefficient(degree: int, power: int) -> Fraction:
    r"""Coefficient of t^j in the Legendre polynomial P_l, exactly.

    .. math:: [t^j] P_l = (-1)^m\, 2^{-l} \binom{l}{m} \binom{l + j}{l},
        \qquad m = \frac{l - j}{2},

    and 0 where l - j is odd or negative.

    Parameters
    ----------
    degree, power : int
        l and j, both at least 0.

    Raises
    ------
    ValueError
        If one of them is not an integer or is negative.

    Examples
    --------
    The sum over j is P_l(1) = 1:

    >>> sum(legendre_coefficient(7, j) for j in range(8)) == 1
    True
    """
    degree = integer_from("degree", degree, 0)
    power = integer_from("power", power, 0)
    m, odd = divmod(degree - power, 2)
    if odd or m < 0:
        return Fraction(0)
    size = math.comb(degree, m) * math.comb(degree + power, degree)
    return Fraction((-1) ** m * size, 2**degree)


@lru_cache(maxsize=4096)
def legendre_moment(degree: int, power: int) -> Fraction:
    r"""Mean of t^n P_l(t), t uniform on [-1, 1], exactly.

    .. math:: E\, t^n P_l(t) = \frac{n!}{(n - l)!!\, (n + l + 1)!!}

    if n >= l and n - l is even, else 0.

    Parameters
    ----------
    degree, power : int
        l and n, both at least 0.

    Raises
    ------
    ValueError
        If one of them is not an integer or is negative.

    Examples
    --------
    The monomial t^4 is the sum of (2 l + 1) E t^4 P_l times P_l; at t = 1:

    >>> sum((2 * l + 1) * legendre_moment(l, 4) for l in range(5)) == 1
    True
    """
    degree = integer_from("degree", degree, 0)
    power = integer_from("power", power, 0)
    gap = power - degree
    if gap < 0 or gap % 2:
        return Fraction(0)
    below = _double_factorial(gap) * _double_factorial(power + degree + 1)
    return Fraction(math.factorial(power), below)


def _double_factorial(n: int) -> int:
    return math.prod(range(n, 0, -2))


def cube_moment(exponents: Sequence[int]) -> Fraction:
    r"""Mean of a monomial of w, uniform on [-1/sqrt(d), 1/sqrt(d)]^d, exactly.

    .. math:: E \prod_{i=1}^d w_i^{n_i}
        = d^{-(n_1 + \dots + n_d)/2} \prod_{i=1}^d \frac{1}{n_i + 1}

    if all the exponents are even, else 0.

    Parameters
    ----------
    exponents : sequence of int
        The n_i, all at least 0; d is their number.

    Raises
    ------
    ValueError
        If the sequence is empty or an entry is not an integer >= 0.

    Examples
    --------
    The mean of the squared norm is 1/3 in every dimension:

    >>> 3 * cube_moment((2, 0, 0)) == cube_moment((2,)) == Fraction(1, 3)
    True
    """
    exponents = multi_index("exponents", exponents)
    if any(n % 2 for n in exponents):
        return Fraction(0)
    sides = math.prod(n + 1 for n in exponents)
    return Fraction(1, sides * len(exponents) ** (sum(exponents) // 2))


@finite_answers
def legendre_product(index: Sequence[int], v):
    r"""Value of the orthonormal Legendre product p_L, in float64.

    .. math:: p_L(v) = \prod_{i=1}^d \sqrt{2 l_i + 1}\, P_{l_i}(v_i)

    Parameters
    ----------
    index : sequence of int
        L, of length d.
    v : array_like, shape (..., d)
        Finite.

    Returns
    -------
    float or ndarray, shape (...)

    Raises
    ------
    ValueError
        If the last axis of `v` has not the length of `index`, or `index` is not a
        multi-index.

    Examples
    --------
    At the corner every factor is sqrt(2 l + 1):

    >>> math.isclose(legendre_product((1, 2), (1, 1)) ** 2, 3 * 5)
    True
    """
    index = multi_index("index", index)
    v = points("v", v, len(index))
    value = np.ones(v.shape[:-1])
    for i, degree in enumerate(index):
        basis = [0.0] * degree + [math.sqrt(2 * degree + 1)]
        value = value * np.polynomial.legendre.legval(v[..., i], basis)
    return float(value) if value.ndim == 0 else value


def points(name: str, values, d: int) -> np.ndarray:
    """Return finite points of R^d as an array of shape (..., d).

    Raises
    ------
    ValueError
        If the last axis has not length d.

    Examples
    --------
    >>> points("x", [[0, 1], [1, 0]], 2).shape
    (2, 2)
    >>> points("x", 0.5, 2)
    Traceback (most recent call last):
        ...
    ValueError: x must have d = 2 entries along its last axis, got shape ()
    """
    array = finite_array(name, values)
    if not array.ndim or array.shape[-1] != d:
        raise ValueError(
            f"{name} must have d = {d} entries along its last axis, "
            f"got shape {array.shape}"
        )
    return array


def _degree(index: Index, K) -> int:
    """Return K, which must be an integer not below the degree |J|."""
    K = integer_from("K", K, 0)
    if sum(index) > K:
        raise ValueError(f"K must be >= the degree {sum(index)} of {index}, got {K}")
    return K


def dual_coefficients(index: Sequence[int], K: int) -> Polynomial:
    r"""Coefficients of the dual function G_J in products of Legendre polynomials.

    .. math:: G_J(v) = \sum_{|L| \le K} [v^J] p_L\; p_L(v)
        = \sum_{|L| \le K} \prod_{i=1}^d (2 l_i + 1)\, [t^{j_i}] P_{l_i}\,
          P_{l_i}(v_i).

    Only L = J + 2 M with |M| <= (K - |J|)/2 have a coefficient other than 0.

    Parameters
    ----------
    index : sequence of int
        J, of length d.
    K : int
        At least |J|.

    Returns
    -------
    dict from L to Fraction
        The coefficient of prod P_{l_i}(v_i), where it is not 0.

    Raises
    ------
    ValueError
        If K < |J|, or K or an entry of J is not an integer >= 0.

    Notes
    -----
    Source: Yehudai & Shamir 2019, later arXiv text, third step of the section on
    polynomials, takes a finite sum of Legendre polynomials; its formulas could not be
    read.

    Examples
    --------
    In dimension 1 with K = 3, G_1 = 3 P_1 - (21/2) P_3:

    >>> for L, value in dual_coefficients((1,), 3).items():
    ...     print(L, value)
    (1,) 3
    (3,) -21/2
    """
    index = multi_index("J", index)
    K = _degree(index, K)
    found = {}
    for half in _multi_indices(len(index), (K - sum(index)) // 2):
        degrees = tuple(j + 2 * m for j, m in zip(index, half, strict=True))
        found[degrees] = math.prod(
            (2 * n + 1) * legendre_coefficient(n, j)
            for n, j in zip(degrees, index, strict=True)
        )
    return found


def dual_polynomial(index: Sequence[int], K: int) -> Polynomial:
    r"""Coefficients of the dual function G_J in the monomials of v.

    E v^I G_J(v) = 1 if I = J, else 0, for all |I| <= K.

    Parameters
    ----------
    index : sequence of int
        J, of length d.
    K : int
        At least |J|.

    Returns
    -------
    dict from multi-index to Fraction

    Raises
    ------
    ValueError
        As `dual_coefficients`.

    Examples
    --------
    >>> for power, value in dual_polynomial((1,), 3).items():
    ...     print(power, value)
    (1,) 75/4
    (3,) -105/4
    >>> Fraction(75, 4) / 3 - Fraction(105, 4) / 5  # E v G_1(v)
    Fraction(1, 1)
    """
    return monomials(dual_coefficients(index, K))


def monomials(legendre: Polynomial) -> Polynomial:
    """Expand a sum of products of Legendre polynomials into monomials.

    Parameters
    ----------
    legendre : dict from multi-index L to Fraction
        The coefficients of prod P_{l_i}(v_i), at least one.

    Returns
    -------
    dict from multi-index to Fraction
        The coefficients of the monomials, where they are not 0, in increasing order.

    Raises
    ------
    ValueError
        If the sum is empty.

    Examples
    --------
    >>> monomials({(2, 1): Fraction(2)})  # (3 v_1^2 - 1) v_2
    {(0, 1): Fraction(-1, 1), (2, 1): Fraction(3, 1)}
    """
    if not legendre:
        raise ValueError("a sum of at least one product is needed, got {}")
    found = dict(legendre)
    for i in range(len(next(iter(legendre)))):
        powers: Polynomial = {}
        for index, value in found.items():
            for j in range(index[i] % 2, index[i] + 1, 2):
                key = (*index[:i], j, *index[i + 1 :])
                term = value * legendre_coefficient(index[i], j)
                powers[key] = powers.get(key, Fraction(0)) + term
        found = powers
    return {key: found[key] for key in sorted(found) if found[key]}


@finite_answers
def dual_norm_squared(index: Sequence[int], K: int) -> Fraction:
    r"""Second moment of the dual function G_J, exactly.

    .. math:: E\, G_J(v)^2 = [v^J]\, G_J
        = \sum_{|L| \le K} \prod_{i=1}^d (2 l_i + 1) \big([t^{j_i}] P_{l_i}\big)^2

    It is the least of E g^2 over all g with E v^I g(v) = 1 for I = J and 0 for the
    other |I| <= K. The sum is read off a product of d power series, so that large d
    cost little.

    Parameters
    ----------
    index : sequence of int
        J, of length d.
    K : int
        At least |J|.

    Raises
    ------
    ValueError
        As `dual_coefficients`.

    Examples
    --------
    >>> dual_norm_squared((1, 1), 4) == dual_polynomial((1, 1), 4)[1, 1]
    True
    """
    return _sum_to_degree(
        index, K, lambda n, j: (2 * n + 1) * legendre_coefficient(n, j) ** 2
    )


@finite_answers
def dual_bound(index: Sequence[int], K: int) -> Fraction:
    r"""Upper bound of sup |G_J| over the cube, exactly.

    .. math:: \sup |G_J| \le \sum_{|L| \le K} \prod_{i=1}^d (2 l_i + 1)
        \big|[t^{j_i}] P_{l_i}\big|,

    since |P_l| <= 1 on [-1, 1]. For K = |J| there is one term and equality. The sum is
    read off a product of d power series, so that large d cost little.

    Parameters
    ----------
    index : sequence of int
        J, of length d.
    K : int
        At least |J|.

    Raises
    ------
    ValueError
        As `dual_coefficients`.

    Examples
    --------
    >>> dual_bound((1, 1), 4) == sum(map(abs, dual_coefficients((1, 1), 4).values()))
    True
    """
    return _sum_to_degree(
        index, K, lambda n, j: (2 * n + 1) * abs(legendre_coefficient(n, j))
    )


def _sum_to_degree(index: Sequence[int], K: int, factor) -> Fraction:
    """Sum prod_i factor(l_i, j_i) over |L| <= K, coordinate by coordinate."""
    index = multi_index("J", index)
    K = _degree(index, K)
    total = [Fraction(1)] + [Fraction(0)] * K
    for j in index:
        series = [factor(n, j) for n in range(K + 1)]
        total = [
            sum((total[i] * series[n - i] for i in range(n + 1)), Fraction(0))
            for n in range(K + 1)
        ]
    return sum(total, Fraction(0))
