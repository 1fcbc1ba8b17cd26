"""The shared algebra: the ends of its tolerances, units, what has little rank."""

import math

import numpy as np
import pytest

from rfbook.matrices import (
    complement,
    explained,
    explained_path,
    in_range,
    positive_eigenvalues,
    trace_ratio,
)


@pytest.mark.parametrize("seed", range(40))
def test_the_trace_ratio_is_at_most_one_however_it_is_rounded(seed):
    rng = np.random.default_rng(seed)
    B = 0.1 + 1e-16 * rng.integers(-2, 3, size=3 + seed)
    assert 1 - 1e-12 < trace_ratio(B) <= 1


def test_the_trace_ratio_of_drawn_matrices_is_that_of_their_eigenvalues():
    rng = np.random.default_rng(1)
    for size in (1, 2, 7):
        B = rng.standard_normal((size, size))
        values = np.linalg.eigvalsh(B + B.T)
        expected = values.sum() ** 2 / (size * np.sum(values**2))
        assert trace_ratio(B + B.T) == pytest.approx(expected)


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
def test_an_eigenvalue_below_zero_by_rounding_is_taken_for_zero(scale):
    assert positive_eigenvalues([scale, -1e-12 * scale])[1] == 0
    with pytest.raises(ValueError, match="positive semidefinite"):
        positive_eigenvalues([scale, -2e-12 * scale])


@pytest.mark.parametrize(("d", "N", "rank"), [(120, 60, 25), (60, 120, 25), (9, 4, 1)])
def test_the_complement_of_neurons_of_small_rank_has_all_other_directions(d, N, rank):
    rng = np.random.default_rng(rank)
    W = rng.standard_normal((d, rank)) @ rng.standard_normal((rank, N))
    Z = complement(W)
    assert Z.shape == (d, d - rank)
    np.testing.assert_allclose(Z.T @ W, 0, atol=1e-11, rtol=0)


def almost_equal(left_over):
    """Two features of norm 1; this much of the second's square is its own."""
    c = math.sqrt(1 - left_over)
    return [[1.0, c], [c, 1.0]]


def test_features_are_dependent_from_a_hundred_roundings_each_on():
    limit = 100 * 2 * np.finfo(float).eps
    first, both = explained_path(almost_equal(2 * limit), [1.0, 1.0])
    assert first == 1 <= both
    with pytest.raises(ValueError, match="linearly independent"):
        explained_path(almost_equal(limit / 2), [1.0, 1.0])


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_copies_of_features_explain_what_one_of_each_does(scale):
    rng = np.random.default_rng(2)
    features = rng.standard_normal((3, 5))
    target = features @ rng.standard_normal(5)
    many = scale * np.tile(features, 40)
    found = explained(many.T @ many, many.T @ target)
    assert found == pytest.approx(target @ target, rel=1e-9, abs=0)


def test_where_features_are_equal_up_to_rounding_the_eigenvalues_decide():
    # the lesser eigenvalue, eps, is less than N eps times the larger, 4 eps: it does
    # not count, and the second feature's own part explains nothing
    left_over = 2 * np.finfo(float).eps
    U = almost_equal(left_over)
    own = math.sqrt(left_over)
    assert explained(U, [1.0, U[0][1] + own]) == pytest.approx(1, abs=2 * own)
    # from 100 N eps on it does
    left_over *= 400
    U = almost_equal(left_over)
    found = explained(U, [1.0, U[0][1] + math.sqrt(left_over)])
    # U has the part left over to some roundings of 1
    assert found == pytest.approx(2, abs=4 * np.finfo(float).eps / left_over)


def test_numbers_up_to_the_256th_power_of_two_keep_their_unit():
    for B in ([1.5 * 2.0**255, 1.0], [2.0**-256, 0.0]):
        assert in_range(B).tolist() == B
    assert in_range([1.5 * 2.0**256, 2.0**200]).tolist() == [0.75, 2.0**-57]
    assert in_range([2.0**-258, 0.0]).tolist() == [0.5, 0.0]


def test_a_square_below_zero_by_rounding_is_a_feature_that_is_zero():
    assert explained([[1.0, 0.0], [0.0, -1e-18]], [2.0, 0.0]) == 4
