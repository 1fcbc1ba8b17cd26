"""Best errors and widths against a spectrum that is sorted and summed by hand."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import chain, islice, repeat

import mpmath
import numpy as np
import pytest
import sympy
from flint import arb, ctx
from hypothesis import given, settings
from hypothesis import strategies as st

from rfbook.single_neuron import blocks as room
from rfbook.single_neuron import width as widths
from rfbook.single_neuron.exact import enclose
from rfbook.single_neuron.neuron import relu_coefficients, relu_second_moment_ball
from rfbook.single_neuron.spectrum import relu_spectrum, relu_spectrum_ball
from rfbook.single_neuron.width import (
    best_error,
    best_error_ball,
    radius,
    width_for_share,
    width_needed,
)
from rfbook.special import harmonic_dimension

quick = settings(deadline=None, max_examples=60)


def rational_spectrum(d: int, degrees: int) -> list[tuple[Fraction, int]]:
    """Eigenvalues and multiplicities at bias 0, odd d, in decreasing order.

    kappa_0 is the integral of the arc-cosine kernel; only its ratio to pi is used:
    Gamma(d/2) Gamma(d/2 + 1) / pi is rational for odd d.
    """
    n = (d - 1) // 2
    gamma_half = Fraction(math.factorial(2 * n), 4**n * math.factorial(n))
    kappa = gamma_half**2 * Fraction(d, 2) / math.factorial(n) ** 2 / 2
    rows = [(kappa, 1), (Fraction(1, 4 * d), d)]
    for degree in range(0, degrees, 2):
        kappa *= Fraction(degree - 1, d + degree + 1) ** 2
        rows.append((kappa, harmonic_dimension(d, degree + 2)))
    return sorted(rows, reverse=True)


def width_by_hand(d: int, level: Fraction, degrees: int = 80) -> int:
    """Take eigenvalues one block after the other until `level` is reached."""
    left, taken = Fraction(1, 2), 0
    for kappa, size in rational_spectrum(d, degrees):
        if left <= level:
            return taken
        needed = math.ceil((left - level) / kappa)
        if needed <= size:
            return taken + needed
        left -= kappa * size
        taken += size
    raise AssertionError("more degrees are needed")


def fraction(value) -> Fraction:
    """Return the midpoint of a ball, which is exact."""
    mantissa, exponent = value.mid().man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


# --- bias 0, by hand ----------------------------------------------------------------


@pytest.mark.parametrize("d", [3, 5, 7, 15, 41])
@pytest.mark.parametrize("level", ["1", "1/2", "0.499", "0.3", "1/4", "0.09", "0.0101"])
def test_widths_are_those_counted_by_hand(d, level):
    assert width_needed(d, level) == width_by_hand(d, Fraction(level))


@given(
    st.sampled_from([3, 5, 9]),
    st.integers(min_value=0, max_value=60),
    st.sampled_from([-1, 0, 1]),
)
@quick
def test_ties_are_decided(d, r, side):
    # the level is a best error exactly, or beside it by 1e-80
    flat = chain.from_iterable(repeat(*row) for row in rational_spectrum(d, 40))
    level = Fraction(1, 2) - sum(islice(flat, r)) + Fraction(side, 10**80)
    assert width_needed(d, level) == r + (side < 0)


def test_ties_at_zero_features_are_decided_in_every_dimension():
    for d in (2, 4, 9, 10):
        assert width_needed(d, "0.5") == 0
        assert width_needed(d, Fraction(1, 2) - Fraction(1, 10**50)) == 1


def test_an_irrational_tie_is_not_guessed():
    level = sympy.Rational(1, 2) - 2 / sympy.pi**2
    assert abs(best_error(2, 1) - float(level)) < 1e-16
    with pytest.raises(ValueError, match=r"not decided with \d+ bits"):
        width_needed(2, level)


@pytest.mark.parametrize("d", [2, 4, 10, 26])
def test_even_dimensions_against_mpmath(d):
    # kappa_l = c_l^2 q(d; l, l) 2F1((l-1)/2, (l-1)/2; l + d/2; 1), Gauss's sum
    with mpmath.workdps(50):
        left, taken = mpmath.mpf(1) / 2, 0
        level = mpmath.mpf(1) / 1000
        order = [0, 1, *range(2, 200, 2)]
        for degree in order:
            a = mpmath.mpf(degree - 1) / 2
            first = mpmath.mpf(math.prod(range(1, degree - 2, 2))) ** 2
            energy = first / (2 * mpmath.pi) if degree != 1 else mpmath.mpf(1) / 4
            half = mpmath.mpf(d) / 2
            overlap = 1 / (mpmath.mpf(2) ** degree * mpmath.rf(half, degree))
            ratio = mpmath.gammaprod(
                [degree + half, half + 1], [half + mpmath.mpf(degree + 1) / 2] * 2
            )
            assert mpmath.almosteq(ratio, mpmath.hyp2f1(a, a, degree + half, 1), 1e-30)
            kappa = energy * overlap * ratio
            size = harmonic_dimension(d, degree)
            if left - size * kappa <= level:
                break
            left -= size * kappa
            taken += size
        expected = taken + int(mpmath.ceil((left - level) / kappa))
    assert width_needed(d, "0.001") == expected


@pytest.mark.parametrize("d", [3, 5, 9, 21])
def test_the_two_sums_over_degrees_are_equal_in_fractions(d):
    blocks = room.ZeroBiasBlocks(d, rational=True)
    for degree in (0, 2, 4, 10, 40):
        below = Fraction(1, 4) - blocks._sum_to(degree)
        assert blocks._sum_beyond(degree) == below


@pytest.mark.parametrize("d", [2, 3, 4, 10, 11, 40])
def test_the_two_sums_over_degrees_overlap_in_balls(d):
    with ctx.workprec(200):
        blocks = room.ZeroBiasBlocks(d)
        for degree in (0, *range(d + d % 2, d + 9, 2))[: 1 if d == 2 else None]:
            below = arb(1) / 4 - blocks._sum_to(degree)
            beyond = blocks._sum_beyond(degree)
            assert beyond.overlaps(below)
            assert beyond.rel_accuracy_bits() > 150


def test_in_the_plane_the_sum_is_a_trigamma_function():
    with ctx.workprec(120):
        blocks = room.ZeroBiasBlocks(2)
        terms = [2 * blocks._even(degree) for degree in range(12, 4001, 2)]
        value = sum(terms, arb(0)) + blocks._sum_beyond(4000)
        assert value.overlaps(blocks._sum_beyond(10))


@pytest.mark.parametrize("d", [2, 3, 8])
def test_blocks_count_the_harmonics(d):
    blocks = room.ZeroBiasBlocks(d)
    total = 0
    for n in range(30):
        assert blocks.count(n) == total
        total += harmonic_dimension(d, blocks.degree(n))
    biased = room.BiasedBlocks(d, Fraction(1, 3))
    total = 0
    for n in range(100):
        assert biased.count(n) == total
        total += harmonic_dimension(d, biased.degree(n))
    assert sorted(biased.degree(n) for n in range(60)) == list(range(60))


# --- errors -------------------------------------------------------------------------


@pytest.mark.parametrize(("d", "bias"), [(3, 0), (4, "0.5"), (3, "-1.3"), (6, 2)])
def test_errors_are_what_the_sorted_eigenvalues_leave(d, bias):
    kappa = relu_spectrum(d, 200, bias)
    sizes = [harmonic_dimension(d, degree) for degree in range(len(kappa))]
    flat = np.sort(np.repeat(kappa[:20], sizes[:20]))[::-1]
    total = float(relu_second_moment_ball(bias))
    for r in (0, 1, 2, d, d + 1, d + 2, 30, 57):
        # both are good to some r roundings of the second moment
        left = total - flat[:r].sum()
        assert best_error(d, r, bias=bias) == pytest.approx(left, abs=1e-14 * total)


@pytest.mark.parametrize("bias", [0, "0.5", -3])
def test_errors_decrease_and_are_convex(bias):
    errors = np.array([best_error(4, r, 2, bias) for r in range(80)])
    steps = errors[:-1] - errors[1:]
    assert (steps > 0).all()
    # equal eigenvalues give steps equal up to rounding of the errors
    assert (np.diff(steps) <= 4e-16 * errors[0]).all()


@given(
    st.integers(2, 9),
    st.integers(0, 10**6),
    st.fractions(Fraction(1, 50), 50, max_denominator=60),
    st.fractions(-2, 3, max_denominator=7),
)
@quick
def test_the_width_is_the_least_number(d, r, norm, beta):
    bias = beta * norm
    r = r if beta == 0 else r % 3000
    with ctx.workprec(100):
        below, above = (best_error_ball(d, n, norm, bias) for n in (r + 1, r))
        level = fraction((below + above) / 2)
    assert width_needed(d, level, norm, bias) == r + 1


@pytest.mark.parametrize("bias", [0, 2, "-0.7"])
@pytest.mark.parametrize("d", [2, 5, 30])
def test_the_width_reaches_the_error_and_one_less_does_not(d, bias):
    r = width_needed(d, "0.001", 3, bias)
    # 200 bits tell errors apart that differ by one of r features
    with ctx.workprec(200):
        level = enclose(Fraction(1, 1000))
        assert best_error_ball(d, r, 3, bias) <= level
        assert best_error_ball(d, r - 1, 3, bias) > level


def test_norm_error_and_bias_scale_together():
    one = width_needed(12, "0.02", 5, "2.5")
    assert one == width_needed(12, "0.18", 15, "7.5")
    assert one == width_needed(12, Fraction(1, 1250), 1, "0.5")
    error = best_error(12, 100, 5, 2.5)
    assert best_error(12, 100, 15, 7.5) == pytest.approx(9 * error, rel=1e-15, abs=0)


def test_more_accuracy_or_norm_needs_more_features():
    for bias in (0, "0.5"):
        by_error = [width_needed(20, e, 4, bias) for e in ("1", "0.1", "0.01", "1e-3")]
        assert by_error == sorted(set(by_error))
        by_norm = [width_needed(20, "0.1", n) for n in (1, 2, 4, 8)]
        assert by_norm == sorted(set(by_norm))


@pytest.mark.parametrize("d", [2, 6, 25])
@pytest.mark.parametrize("beta", ["1/3", "1.5"])
def test_the_sign_of_the_bias_does_not_matter_beyond_degree_one(d, beta):
    plus = width_needed(d, "0.001", 4, 4 * Fraction(beta))
    assert plus > d + 1
    assert plus == width_needed(d, "0.001", 4, -4 * Fraction(beta))


def test_a_bias_near_zero_has_nearly_the_width_of_none():
    # the eigenvalues are continuous in the bias, and the level is no best error
    assert width_needed(9, "0.01", 2, "1e-30") == width_needed(9, "0.01", 2)


# --- exact arguments ----------------------------------------------------------------


def test_floats_count_with_their_binary_value():
    # 5/16 is the best error of one feature in dimension 3; 0.3125 is 5/16
    assert width_needed(3, Fraction(5, 16)) == width_needed(3, 0.3125) == 1
    assert width_needed(3, "0.3125") == width_needed(3, sympy.Rational(5, 16)) == 1
    assert width_needed(3, math.nextafter(0.3125, 0)) == 2
    # one tenth of it at the norm sqrt(1/10), and a binary number above one tenth
    level = Fraction(5, 160)
    norm = sympy.sqrt(sympy.Rational(1, 10))
    assert width_needed(3, level, norm) == width_needed(3, "0.03125", norm) == 1
    assert Fraction(0.1) > Fraction(1, 10)
    assert width_needed(3, 5 * Fraction(0.1) / 16, norm) == 1
    assert width_needed(3, Fraction(5, 16), math.sqrt(0.5) * math.sqrt(2)) == 2


def test_powers_of_the_dimension_are_exact():
    assert radius(16, "3/4") == 8
    assert width_needed(16, "0.02", radius(16, "3/4")) == width_needed(16, "0.02", 8)
    assert width_needed(40, "0.02", radius(40, "1/2")) == width_needed(
        40, Fraction(1, 2000)
    )
    near = width_needed(40, "0.02", 40**0.75)
    assert near == pytest.approx(
        width_needed(40, "0.02", radius(40, 0.75)), rel=1e-10, abs=0
    )
    with pytest.raises(ValueError, match="power must be rational"):
        radius(3, sympy.sqrt(2))


@pytest.mark.parametrize("share", ["0.5", "0.1", "0.001"])
def test_shares_of_the_variance(share):
    variance = sympy.Rational(1, 2) - 1 / (2 * sympy.pi)
    error = sympy.Rational(share) * variance
    for d in (2, 7, 30):
        assert width_for_share(d, share) == width_needed(d, error)
        assert width_for_share(d, share, norm=10**6) == width_for_share(d, share)
    mean = relu_coefficients(0, 0.5)[0]
    spread = float(relu_second_moment_ball("0.5")) - mean**2
    r = width_for_share(7, share, bias="0.5")
    errors = [best_error(7, n, bias="0.5") for n in (r, r - 1)]
    assert errors[0] <= float(share) * spread < errors[1]


# --- any size -----------------------------------------------------------------------


def test_numbers_of_hundreds_of_digits():
    r = width_needed(200, "0.02", 200**2)
    assert len(str(r)) == 489
    with ctx.workprec(2000):
        level = enclose(Fraction(1, 50))
        assert best_error_ball(200, r, 40000) <= level
        assert best_error_ball(200, r - 1, 40000) > level


def test_huge_numbers_of_features_in_the_plane():
    # two eigenvalues a degree, 1/(8 pi^2 k^4) at degree 2k = r: r^-3 / (12 pi^2) * ...
    for digits in (9, 100, 488):
        r = 10**digits
        scaled = best_error_ball(2, r) * r**3
        limit = 1 / (12 * arb.pi() ** 2) * 8
        assert abs(scaled / limit - 1) < arb(10) ** (1 - digits) + arb(2) ** -40


def test_huge_dimensions():
    d = 10**6
    assert width_needed(d, Fraction(1, 4) - Fraction(1, 8 * d)) < d + 1
    assert width_needed(d, "0.02") > d + 1
    assert best_error(d + 1, d + 2) == pytest.approx(0.25 - 1 / (2 * math.pi), abs=1e-6)


def test_errors_outside_float64_name_the_ball():
    for norm in ("1e-170", "1e200"):
        with pytest.raises(ValueError, match="use best_error_ball"):
            best_error(4, 3, norm)
        assert best_error_ball(4, 3, norm) > 0
    tiny = best_error_ball(200, 10**400, "1e-200")
    assert 0 < tiny < arb(10) ** -400


def test_degrees_beyond_the_limit_are_named(monkeypatch):
    monkeypatch.setattr(room, "DEGREE_LIMIT", 40)
    assert width_needed(5, "0.02", 5, 1) > 0
    with pytest.raises(ValueError, match="degrees beyond 40 are needed"):
        width_needed(5, "0.02", 10**4, 1)
    with pytest.raises(ValueError, match="degrees beyond 40 are needed"):
        best_error(5, 10**9, bias=1)
    # bias 0 has no limit
    assert width_needed(5, "0.02", 10**4) > 10**6


# --- the table ----------------------------------------------------------------------


def test_the_table_holds_the_widths():
    table = widths.width_table([2, 7, 30])
    assert list(table) == ["d", *(column.label for column in widths.THRESHOLDS)]
    assert len(widths.THRESHOLDS) == 9
    for i, d in enumerate(table["d"]):
        norms = {"norm d": d, "norm d^2": d * d, "norm 1": 1}
        for label, norm in norms.items():
            assert table[label][i] == width_needed(d, "0.02", norm)
        assert table["1 %"][i] == width_for_share(d, "0.01")
    for column in widths.THRESHOLDS:
        assert table[column.label] == sorted(table[column.label])


def test_the_table_shows_progress_when_asked(capsys):
    widths.width_table([2, 3], widths.THRESHOLDS[:1])
    assert capsys.readouterr().err == ""
    widths.width_table([2, 3], widths.THRESHOLDS[:1], progress=True)
    assert "2/2" in capsys.readouterr().err


# --- bad input ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((1, 3), "d must be an integer >= 2, got 1"),
        ((2.5, 3), "d must be an integer >= 2, got 2.5"),
        ((3, -1), "r must be an integer >= 0, got -1"),
        ((3, 1.0), "r must be an integer >= 0, got 1.0"),
        ((3, 1, 0), "norm must be > 0, got 0"),
        ((3, 1, -2.0), "norm must be > 0, got -2.0"),
        ((3, 1, math.inf), "norm must be a finite real number, got inf"),
        ((3, 1, math.nan), "norm must be a finite real number, got nan"),
        ((3, 1, 1, math.nan), "bias must be a finite real number, got nan"),
        ((3, 1, 1, 2000), "must lie in .*, got 2000 / 1"),
        ((3, 1, "0.001", 2), "must lie in .*, got 2 / 0.001"),
    ],
)
@pytest.mark.parametrize("function", [best_error, best_error_ball])
def test_bad_arguments_of_errors_are_named(function, arguments, message):
    with pytest.raises(ValueError, match=message):
        function(*arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((1, "0.1"), "d must be an integer >= 2, got 1"),
        ((3, 0), "must be > 0, got 0"),
        ((3, -0.1), "must be > 0, got -0.1"),
        ((3, math.nan), "must be a finite real number, got nan"),
        ((3, "x"), "must be a finite real number, got 'x'"),
        ((3, 1, 0), "norm must be > 0, got 0"),
        ((3, 1, math.inf), "norm must be a finite real number, got inf"),
        ((3, 1, 1, math.inf), "bias must be a finite real number, got inf"),
    ],
)
@pytest.mark.parametrize("function", [width_needed, width_for_share])
def test_bad_arguments_of_widths_are_named(function, arguments, message):
    with pytest.raises(ValueError, match=message):
        function(*arguments)


def test_bad_dimensions_of_the_table_are_named():
    with pytest.raises(ValueError, match="d must be an integer >= 2, got 1"):
        widths.width_table([5, 1])


def test_balls_have_the_precision_asked_for():
    for prec in (53, 400):
        with ctx.workprec(prec):
            for bias in (0, "0.5"):
                value = best_error_ball(6, 100, 2, bias)
                assert value.rel_accuracy_bits() >= prec - 3
    sharp = [float(x) for x in relu_spectrum_ball(6, 3, 0)]
    assert best_error(6, 7) == pytest.approx(0.25 - sharp[0], rel=1e-13, abs=0)
