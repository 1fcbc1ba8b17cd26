"""The enclosures of the claims on correlation, against the room by another route."""

from dataclasses import replace

import numpy as np
import pytest
from flint import arb, ctx
from sympy import Integer, Rational, sqrt

from rfbook.claims.psi.correlation import CORRELATION, DECAY, NECESSITY
from rfbook.claims.psi.enclosures import (
    bound_ball,
    eigenvalue_ball,
    rest_norm_ball,
    slope_ball,
    supremum_ball,
)
from rfbook.claims.psi.remainder import PAPER, PAPER_TAIL, TAIL_START
from rfbook.ledger import Integers
from rfbook.ledger.fidelity import fidelity
from rfbook.psi import (
    correlation_bound_ball,
    correlation_supremum_ball,
    psi_relu_sum,
    second_moment_ball,
    triangle_spectrum_log,
    triangle_wave,
)


@pytest.fixture(autouse=True)
def many_bits():
    with ctx.workprec(128):
        yield


@pytest.mark.parametrize("d", [1, 2, 3, 40, 200])
def test_the_bound_by_a_series_is_the_bound_by_a_bessel_function(d):
    by_series = bound_ball(d, (arb.pi() * d) ** 2 / 4)
    assert by_series.overlaps(correlation_bound_ball(d, d))


@pytest.mark.parametrize("d", [1, 2, 3, 7, 8, 40])
@pytest.mark.parametrize("norm", [Rational(1, 2), Integer(1), Integer(3)])
def test_the_enclosed_supremum_contains_the_double_series(d, norm):
    exact = correlation_supremum_ball(d, norm.p if norm.q == 1 else float(norm))
    enclosure = supremum_ball(d, norm)
    assert enclosure.overlaps(exact)
    assert enclosure.rad() < 0.02 * enclosure.mid()


def test_higher_degrees_contain_the_spectrum_of_the_room():
    logs = triangle_spectrum_log(12, np.sqrt(12), 5)
    for degree in (1, 3, 5):
        ball = eigenvalue_ball(12, sqrt(Integer(12)), degree)
        low, high = (float(end.log()) for end in (ball.lower(), ball.upper()))
        assert low - 1e-9 < logs[degree] < high + 1e-9


def test_in_dimension_one_the_eigenvalue_is_the_second_moment():
    """The sphere has two points; a linear function sees less than the best one."""
    assert eigenvalue_ball(1, Integer(2)).overlaps(second_moment_ball(2))
    best, linear = eigenvalue_ball(1, Integer(2)), slope_ball(Integer(2)) ** 2
    assert linear < best


@pytest.mark.parametrize(("a", "sign"), [(1, 1), (3, -1), (5, 1)])
def test_the_rest_integrates_the_square_of_the_difference(a, sign):
    """Against the trapezoidal rule on a grid that contains every kink."""
    R, step = 2.0, 1 / 256
    x = np.arange(-40, 40 + step, step)
    gap = psi_relu_sum(x, a) - sign * triangle_wave(x)
    density = np.exp(-((x / R) ** 2) / 2) / (R * np.sqrt(2 * np.pi))
    # with |gap| <= |x| and slopes up to 2, (gap^2 density)'' is at most
    # 8 density + 8 |x density'| + x^2 |density''| < 4 between the kinks
    error = 80 * step**2 / 12 * 4
    exact = float(rest_norm_ball(a, Integer(2), sign))
    assert abs(exact - step * gap**2 @ density) < error


@pytest.mark.parametrize("claim", [CORRELATION, DECAY, NECESSITY])
def test_without_its_proof_a_claim_is_not_whole(claim):
    """The balls alone decide a range of d, not every d."""
    balls = {i for i, check in enumerate(claim.checks) if check.kind == "interval"}
    grade = fidelity(claim, {}, balls).grade
    assert grade in {"instances", "steps"}


def test_a_later_start_of_the_tail_leaves_a_gap():
    last = max(PAPER.checks[0].window["d"])
    assert last >= TAIL_START
    registry = {PAPER_TAIL.id: PAPER_TAIL}
    confirmed = {0, *PAPER.uses}
    assert fidelity(PAPER, registry, confirmed).grade == "whole"
    late = PAPER_TAIL.statement.changed(d=Integers(last + 2))
    registry = {PAPER_TAIL.id: replace(PAPER_TAIL, statement=late)}
    assert fidelity(PAPER, registry, confirmed).grade == "instances"
