"""The exercises on the exact width: right answers, and the word for usual slips."""

from fractions import Fraction
from math import ceil, comb

import numpy as np
import pytest

import rfbook.neuron_width_exercises  # noqa: F401
from rfbook.exercises import check, exercises
from rfbook.single_neuron import relu_spectrum


def share(d, ell):
    """Multiply the room's eigenvalue by the dimension."""
    size = comb(d + ell - 1, ell) - (comb(d + ell - 3, ell - 2) if ell > 1 else 0)
    return float(2 * size * relu_spectrum(d, ell)[ell])


def features(d, ratio):
    """Sort a long spectrum, one entry for each eigenfunction, and count."""
    kappa = relu_spectrum(d, 40)
    sizes = [1, d] + [
        comb(d + k - 1, k) - comb(d + k - 3, k - 2) if k % 2 == 0 else 0
        for k in range(2, 41)
    ]
    kept, needed = 0.0, 0
    for place in np.argsort(-kappa):
        missing = 0.5 - ratio - kept
        if sizes[place] * kappa[place] >= missing:
            return needed + ceil(missing / kappa[place])
        kept += sizes[place] * kappa[place]
        needed += sizes[place]
    raise AssertionError("the spectrum is too short")


RIGHT = {"ex-neuron-share": share, "ex-neuron-count": features}


def test_the_module_registers_the_chapter_s_exercises():
    assert set(RIGHT) <= set(exercises())


@pytest.mark.parametrize("name", RIGHT)
def test_an_independent_solution_is_right(name):
    reply = check(name, RIGHT[name])
    assert reply.ok, reply.word


@pytest.mark.parametrize("name", RIGHT)
def test_a_wrong_sign_has_its_word(name):
    reply = check(name, lambda *call: -RIGHT[name](*call))
    assert (reply.ok, reply.word) == (False, "The sign is wrong.")


def test_the_share_of_the_second_moment_is_not_the_mass():
    reply = check("ex-neuron-share", lambda d, ell: share(d, ell) / 2)
    assert reply.word.startswith("The constant factor is wrong: it is 1/2 times")


def test_whole_blocks_are_too_many():
    def blocks(d, ratio):
        left, needed, degree = 0.25 - relu_spectrum(d, 0)[0], 1 + d, 2
        while left > ratio:
            size = comb(d + degree - 1, degree) - comb(d + degree - 3, degree - 2)
            left -= size * relu_spectrum(d, degree)[degree]
            needed, degree = needed + size, degree + 2
        return needed

    assert not check("ex-neuron-count", blocks).ok


def test_the_first_value_can_be_found_by_hand():
    """In dimension 3 all is rational: kappa_0 = 3/16, and 1/4 is left to degree 2."""
    rest = Fraction(1, 4) - Fraction(3, 16)
    assert features(3, float(rest)) == 4
