"""The evaluators of the claims on random features, against slower or other ones."""

from fractions import Fraction
from math import comb

import pytest
from flint import arb
from sympy import Rational, Symbol, exp, log, sqrt

from rfbook.claims.random_features.concentration import largest_sums, occupied
from rfbook.claims.random_features.enclosures import (
    arctan,
    at_most,
    enclose,
    heads_tail,
    ln,
    whole_part,
)
from rfbook.ledger import Verdict

x = Symbol("x", positive=True)


@pytest.mark.parametrize(("N", "k"), [(1, 1), (10, 3), (10, 8), (9, 5), (300, 170)])
def test_tails_of_few_coins_are_binomial_sums(N, k):
    exact = Fraction(sum(comb(N, i) for i in range(k, N + 1)), 2**N)
    found = heads_tail(N, k)
    assert abs(found * exact.denominator - exact.numerator) < arb(2) ** (N - 40)


@pytest.mark.parametrize("k", [2600, 3000, 4900])
def test_tails_of_many_coins_enclose_the_binomial_sum(k):
    N = 5000
    exact = arb(sum(comb(N, i) for i in range(k, N + 1))) / arb(2) ** N
    found = heads_tail(N, k)
    assert found.overlaps(exact)
    # the gamma functions lose four digits of fifteen
    assert found.rel_accuracy_bits() > 30


def test_certain_and_impossible_numbers_of_heads():
    assert heads_tail(7, 0) == 1
    assert heads_tail(7, 8) == 0
    assert heads_tail(7, 4).contains(arb(0.5))


def test_formulas_in_balls():
    formula = sqrt(x) * arctan(x) - exp(-x) + ln(1 / x) * Rational(1, 3)
    closed = sqrt(2.0) * 1.1071487177940904 - exp(-2.0) - log(2.0) / 3
    assert abs(enclose(formula, {x: 2}) - arb(float(closed))) < 1e-14
    assert enclose(x ** Rational(-3, 2), {x: 4}).contains(arb(0.125))
    with pytest.raises(ValueError, match="no rigorous evaluation"):
        enclose(x ** Rational(1, 3), {x: 2})


def test_the_floor_of_a_ball_is_decided_or_refused():
    assert whole_part(arb(7) / 2) == 3
    with pytest.raises(ValueError, match="not decided"):
        whole_part(arb(3, 0.5))


def test_occupied_boxes_have_a_law():
    law = occupied(5, 4)
    assert sum(law) == 1
    mean = sum(k * q for k, q in enumerate(law))
    assert mean == 4 * (1 - Fraction(3, 4) ** 5)


def test_the_largest_sum_over_one_point_and_over_two():
    point, steep = (Fraction(1, 2), Fraction(3)), Fraction(2)
    assert largest_sums([point], [abs, abs], steep) == 0
    two = [(Fraction(1),), (Fraction(-1),)]
    assert largest_sums(two, [lambda v: v], steep) == 2


def test_a_frequency_is_too_large_only_beyond_its_error():
    assert at_most([("a", 55, 100, Fraction(1, 2))]).verdict is Verdict.HOLDS
    reply = at_most([("a", 55, 100, Fraction(1, 2)), ("b", 90, 100, Fraction(1, 2))])
    assert reply.verdict is Verdict.FAILS
    assert reply.witness.startswith("b: 90 of 100")
    assert at_most([("a", 1, 10, Fraction(0))]).verdict is Verdict.UNKNOWN
