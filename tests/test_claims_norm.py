"""The norm's independent evaluators and the room's enclosures agree."""

from fractions import Fraction

import pytest
from flint import ctx

from rfbook.claims.psi.moments import relu_moment, wave_moment
from rfbook.psi import second_moment_ball
from rfbook.ranges import ball


@pytest.mark.parametrize("a", [1, 2, 3, 4, 7, 25])
@pytest.mark.parametrize("radius", ["1/3", "1", "2", "7"])
def test_kinks_and_series_enclose_the_same_moment_of_psi(a, radius):
    with ctx.workprec(128):
        kinks = relu_moment(Fraction(radius), a)
        series = second_moment_ball(Fraction(radius), a)
        assert kinks.overlaps(series)
        assert kinks.rad() + series.rad() < 1e-25


@pytest.mark.parametrize("radius", ["1/64", "1/3", "1", "3", "10"])
def test_kinks_and_series_enclose_the_same_moment_of_the_wave(radius):
    with ctx.workprec(128):
        kinks = wave_moment(ball(Fraction(radius)))
        series = second_moment_ball(Fraction(radius))
        assert kinks.overlaps(series)
        assert kinks.rad() + series.rad() < 1e-25
