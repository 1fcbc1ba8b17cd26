"""Legendre products, their dual functions and cube moments, against literal twins."""

import math
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from rfbook.polynomial_learning import legendre as room


def mean(coefficients):
    """Mean of a polynomial in t, uniform on [-1, 1]."""
    return sum(Fraction(c) / (i + 1) for i, c in enumerate(coefficients) if i % 2 == 0)


def recurrence(degree):
    """Legendre coefficients by (l+1) P_(l+1) = (2l+1) t P_l - l P_(l-1)."""
    before, now = [Fraction(0)], [Fraction(1)]
    for n in range(degree):
        after = [Fraction(0), *((2 * n + 1) * c / (n + 1) for c in now)]
        for i, c in enumerate(before):
            after[i] -= n * c / (n + 1)
        before, now = now, after
    return now


def all_indices(d, K):
    return [index for index in product(range(K + 1), repeat=d) if sum(index) <= K]


def literal_dual(J, K):
    """Sum [v^J] p_L p_L over every |L| <= K, the square roots multiplied out."""
    found = {}
    for L in all_indices(len(J), K):
        rows = [[*recurrence(n), *([0] * (K + 1))] for n in L]
        weight = math.prod(
            (2 * n + 1) * row[j] for n, row, j in zip(L, rows, J, strict=True)
        )
        for powers in product(*(range(n + 1) for n in L)):
            term = weight * math.prod(r[p] for r, p in zip(rows, powers, strict=True))
            found[powers] = found.get(powers, 0) + term
    return {powers: c for powers, c in found.items() if c}


def moment(powers):
    odd = any(p % 2 for p in powers)
    return Fraction(0) if odd else Fraction(1, math.prod(p + 1 for p in powers))


def test_coefficients_satisfy_the_recurrence():
    for degree in range(20):
        row = [room.legendre_coefficient(degree, j) for j in range(degree + 1)]
        assert row == recurrence(degree)


def test_coefficients_beyond_the_degree_and_of_the_other_parity_are_zero():
    assert room.legendre_coefficient(3, 5) == room.legendre_coefficient(3, 2) == 0


def test_moments_are_those_of_the_multiplied_out_polynomial():
    for degree, power in product(range(12), repeat=2):
        expected = mean([0] * power + recurrence(degree))
        assert room.legendre_moment(degree, power) == expected


@pytest.mark.parametrize("d", [1, 2, 3, 7])
def test_the_mean_squared_norm_of_the_cube_is_a_third(d):
    squares = [tuple(2 * (i == j) for i in range(d)) for j in range(d)]
    assert sum(map(room.cube_moment, squares)) == Fraction(1, 3)


def test_cube_moments_against_a_product_rule():
    nodes, weights = np.polynomial.legendre.leggauss(6)
    for powers in product(range(5), repeat=3):
        sides = [(weights / 2) @ (nodes / math.sqrt(3)) ** p for p in powers]
        # The rule is exact to degree 11; what is left is float64 rounding.
        assert math.isclose(room.cube_moment(powers), math.prod(sides), abs_tol=1e-15)


def test_products_are_orthonormal_under_a_product_rule():
    nodes, weights = np.polynomial.legendre.leggauss(8)
    v = np.array(list(product(nodes, repeat=2)))
    mass = np.outer(weights, weights).ravel() / 4
    rows = np.array([room.legendre_product(L, v) for L in all_indices(2, 6)])
    assert np.allclose(rows * mass @ rows.T, np.eye(len(rows)), atol=1e-13, rtol=0)


@pytest.mark.parametrize(("d", "K"), [(1, 0), (1, 5), (2, 4), (3, 3)])
def test_the_dual_polynomial_is_the_literal_sum(d, K):
    for J in all_indices(d, K):
        assert room.dual_polynomial(J, K) == literal_dual(J, K)


@pytest.mark.parametrize(("d", "K"), [(1, 12), (2, 6), (3, 4), (5, 2)])
def test_the_dual_polynomial_is_dual_to_the_monomials(d, K):
    for J in all_indices(d, K):
        G = room.dual_polynomial(J, K)
        for powers in all_indices(d, K):
            found = sum(
                c * moment([a + b for a, b in zip(powers, p, strict=True)])
                for p, c in G.items()
            )
            assert found == (powers == J)


def test_a_monomial_one_degree_further_is_not_annihilated():
    G = room.dual_polynomial((0,), 1)
    assert sum(c * moment((2 + p[0],)) for p, c in G.items()) == Fraction(1, 3)


def test_the_printed_small_cases():
    assert room.dual_polynomial((2,), 2) == {(0,): -15 / 4, (2,): 45 / 4}
    assert room.dual_polynomial((3,), 3) == {(1,): -105 / 4, (3,): 175 / 4}


@pytest.mark.parametrize("J", [(0,), (3,), (1, 1), (2, 0, 1)])
def test_norm_and_bound_are_sums_over_the_coefficients(J):
    K = 7
    coefficients = room.dual_coefficients(J, K)
    squares = (c**2 / math.prod(2 * n + 1 for n in L) for L, c in coefficients.items())
    assert room.dual_norm_squared(J, K) == sum(squares)
    assert room.dual_norm_squared(J, K) == room.dual_polynomial(J, K)[J]
    assert room.dual_bound(J, K) == sum(map(abs, coefficients.values()))


def test_the_least_norms_in_dimension_one():
    squares = [room.dual_norm_squared((1,), K) for K in (1, 3, 5, 7, 9, 11)]
    shown = [round(math.sqrt(square), 2) for square in squares]
    assert squares[:2] == [3, Fraction(75, 4)]
    assert shown == [1.73, 4.33, 7.58, 11.37, 15.63, 20.32]


def test_the_bound_is_a_polynomial_in_the_dimension():
    """For x_1 and K = 3: P_1 with 3, P_3 with 7 * 3/2, and d - 1 pairs P_1 P_2."""
    for d in (1, 4, 20, 80):
        J = (1,) + (0,) * (d - 1)
        assert room.dual_bound(J, 3) == 3 + Fraction(21, 2) + (d - 1) * Fraction(15, 2)


def test_the_supremum_is_attained_at_the_corner_when_K_is_the_degree():
    for J in [(3,), (1, 2), (2, 1, 1)]:
        corner = sum(room.dual_polynomial(J, sum(J)).values())
        assert corner == room.dual_bound(J, sum(J))


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: room.dual_coefficients((1, 1), 1), "K must be >= the degree 2"),
        (lambda: room.dual_coefficients((1, 1), 2.0), "K must be an integer >= 0"),
        (lambda: room.dual_coefficients((1.5,), 2), "J must be an integer >= 0"),
        (lambda: room.dual_coefficients((), 2), "J must have at least one entry"),
        (lambda: room.dual_coefficients("12", 2), "J must be a sequence of integers"),
        (lambda: room.cube_moment((2, -1)), "exponents must be an integer >= 0"),
        (lambda: room.multi_indices(0, 2), "d must be an integer >= 1"),
        (lambda: room.legendre_product((1, 2), [0.5]), "v must have d = 2 entries"),
        (lambda: room.monomials({}), "at least one product"),
        (lambda: room.legendre_coefficient(-1, 0), "degree must be an integer >= 0"),
    ],
)
def test_bad_input_is_named(call, word):
    with pytest.raises(ValueError, match=word.replace("(", r"\(")):
        call()
