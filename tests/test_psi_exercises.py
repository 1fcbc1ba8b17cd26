"""The psi chapter's exercises: right answers, and the word for each usual slip."""

import math

import numpy as np
import pytest

import rfbook.psi_exercises as room
from rfbook.exercises import check, exercises
from rfbook.psi import correlation_bound, triangle_wave


def deficit(R):
    """Sum the Fourier series, as the chapter's solution does."""
    n = np.arange(1, 4)
    terms = np.exp(-((np.pi * n * R) ** 2) / 2) / n**2
    return 4 / np.pi**2 * np.sum((-1.0) ** (n + 1) * terms)


def linear(d, R):
    """Integrate E g tri(R g), which is smooth between the kinks, piece by piece."""
    x, weights = np.polynomial.legendre.leggauss(40)
    ends = np.append(np.arange(1, 12 * R, 2) / R, 12)
    starts = np.append(0, ends[:-1])
    half = (ends - starts)[:, None] / 2
    g = starts[:, None] + half * (x + 1)
    density = np.exp(-(g**2) / 2) / math.sqrt(2 * math.pi)
    mean = 2 * np.sum(half * weights * g * triangle_wave(R * g) * density)
    return mean**2 / d


RIGHT = {"ex-psi-deficit": deficit, "ex-psi-linear": linear}


def test_the_module_registers_the_chapter_s_exercises():
    assert {*RIGHT, "ex-psi-dimension-one"} <= set(exercises())


@pytest.mark.parametrize("name", RIGHT)
def test_an_independent_solution_is_right(name):
    assert check(name, RIGHT[name]).ok


@pytest.mark.parametrize("name", RIGHT)
def test_a_wrong_sign_has_its_word(name):
    reply = check(name, lambda *call: -RIGHT[name](*call))
    assert (reply.ok, reply.word) == (False, "The sign is wrong.")


@pytest.mark.parametrize("name", RIGHT)
@pytest.mark.parametrize(("factor", "word"), [(math.pi**2, "π²"), (1 / 2, "1/2")])
def test_a_wrong_constant_has_its_word(name, factor, word):
    reply = check(name, lambda *call: factor * RIGHT[name](*call))
    assert reply.word.startswith(f"The constant factor is wrong: it is {word} times")


def test_two_terms_are_too_few_for_the_deficit():
    def two_terms(R):
        decay = math.exp(-(math.pi**2) * R**2 / 2)
        return 4 / math.pi**2 * (decay - decay**4 / 4)

    assert check("ex-psi-deficit", two_terms).word.startswith("At (0.5) it gives")


def test_the_least_norm_in_dimension_one_solves_its_equation():
    R = 2 / math.pi * math.sqrt(room._S_LEAST)
    assert math.isclose(correlation_bound(1, R), math.exp(-0.5), rel_tol=1e-14)
    assert check("ex-psi-dimension-one", round(R, 5)).ok
    assert check("ex-psi-dimension-one", room._S_LEAST).word == "That is s, not R."
    assert not check("ex-psi-dimension-one", 2 / math.pi).ok
