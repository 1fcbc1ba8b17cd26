"""The checks of the chapter of tools against the rooms that they do not call."""

from fractions import Fraction
from itertools import product

import pytest
import sympy
from flint import arb

from rfbook import gaussian as room
from rfbook import special
from rfbook.claims.tools import gaussian, sphere
from rfbook.ledger import Reals, Relation, Verdict


def part(claim, name, **values):
    """Return a part of a claim's statement at the given values."""
    symbols = {getattr(sphere, symbol): value for symbol, value in values.items()}
    return sympy.sympify(getattr(claim.statement, name)).subs(symbols)


def test_the_moments_of_the_room_are_those_of_the_claim():
    for d, n in product(range(1, 8), range(8)):
        factors = [part(sphere.MOMENTS, "factor", d=d, i=i) for i in range(n)]
        assert special.sphere_moment(d, 2 * n) == sphere.exact(sympy.prod(factors))
        assert special.sphere_moment(d, 2 * n + 1) == 0


def test_the_overlaps_of_the_room_are_those_of_the_claim():
    for d, degree, extra in product(range(2, 7), range(6), range(5)):
        claimed = part(sphere.OVERLAP, "value", d=d, ell=degree, j=extra)
        found = special.sphere_overlap(d, degree + 2 * extra, degree)
        assert found == sphere.exact(claimed)


def test_the_dimensions_of_the_room_are_those_of_the_claim():
    for d, degree in product(range(2, 9), range(9)):
        values = {"d": d, "ell": degree}
        claimed = part(sphere.DIMENSION, "all", **values) - part(
            sphere.DIMENSION, "taken", **values
        )
        assert special.harmonic_dimension(d, degree) == claimed


def test_the_polynomials_of_the_room_solve_the_equation_of_the_claim():
    for d, degree in product(range(2, 7), range(7)):
        eigenvalue = sphere.exact(
            part(sphere.FUNK_HECKE, "eigenvalue", d=d, ell=degree)
        )
        claimed = sphere.zonal(d, degree, eigenvalue, Fraction(1))
        assert special.gegenbauer_coefficients(d, degree) == claimed


def test_the_hermite_polynomials_agree():
    generated = gaussian.hermite_generated(gaussian.ORTHONORMAL.statement.generating, 9)
    for k, coefficients in enumerate(gaussian.hermite_recurrence(9)):
        assert special.hermite_coefficients(k) == coefficients == generated[k]


@pytest.mark.parametrize("h", [Fraction(1, 64), Fraction(3), Fraction(40)])
def test_the_balls_of_the_room_overlap_those_of_the_claims(h):
    assert room.tail_ball(h).overlaps(gaussian.tail(h))
    assert room.truncated_moment_ball(h, 2).overlaps(gaussian.excess(h))


def test_isotropic_powers_are_harmonic():
    for d, degree in product(range(2, 6), range(1, 6)):
        for harmonic in sphere.isotropic(d, degree):
            variables = sympy.symbols(f"v:{d}")
            polynomial = sum(
                sympy.Rational(str(c)) * sympy.prod(map(sympy.Pow, variables, powers))
                for powers, c in harmonic.items()
            )
            laplacian = sum(sympy.diff(polynomial, v, 2) for v in variables)
            assert sympy.expand(polynomial) != 0 == sympy.expand(laplacian)


def test_boxes_out_of_order_decide_nothing():
    def sides(low, high):
        return arb(1), arb(0)

    result = gaussian.cover(Reals(0, 1), sides, Relation("<="), 3)
    assert result.verdict is Verdict.UNKNOWN
    assert gaussian.cover(Reals(0, 1), sides, Relation(">="), 3).verdict is (
        Verdict.UNKNOWN
    )
