"""The exercises on one neuron: right answers, and the word for each usual slip."""

import math

import numpy as np
import pytest

import rfbook.single_neuron_exercises  # noqa: F401
from rfbook.exercises import check, exercises
from rfbook.single_neuron.descent import neuron_error


def atoms(c, N):
    """Compute what the eigenvalues of the second moment leave."""
    moment = np.diag(np.array(c, dtype=float) ** 2) / len(c)
    return float(np.sum(np.linalg.eigvalsh(moment)[: len(c) - N]))


def energy(m):
    """Add two million terms and an integral, the binomials by Stirling's series."""
    k = np.arange(m, m + 4_000_000, 2, dtype=float)
    binomial = np.exp(
        -np.log(np.pi * k / 2) / 2 - 1 / (4 * k) + 1 / (24 * k**3) - 1 / (20 * k**5)
    )
    terms = binomial / (2 * np.pi * (k - 1) ** 2)
    small = [
        math.comb(int(n), int(n) // 2) / 2**n / (2 * np.pi * (n - 1) ** 2)
        for n in k[k < 40]
    ]
    terms[: len(small)] = small
    beyond = math.sqrt(2) / (6 * math.pi**1.5) * (k[-1] + 1) ** -1.5
    return float(np.sum(terms[::-1]) + beyond)


def error(r, angle):
    v = np.eye(2)[0]
    if r == 0:
        return 0.5
    w = r * np.array([[math.cos(angle)], [math.sin(angle)]])
    return float(neuron_error(w, v)[0])


RIGHT = {
    "ex-neuron-atoms": atoms,
    "ex-neuron-energy": energy,
    "ex-neuron-error": error,
}


def test_the_module_registers_the_chapter_s_exercises():
    assert {*RIGHT, "ex-neuron-rate"} <= set(exercises())


@pytest.mark.parametrize("name", RIGHT)
def test_an_independent_solution_is_right(name):
    reply = check(name, RIGHT[name])
    assert reply.ok, reply.word


@pytest.mark.parametrize("name", RIGHT)
def test_a_wrong_sign_has_its_word(name):
    reply = check(name, lambda *call: -RIGHT[name](*call))
    assert (reply.ok, reply.word) == (False, "The sign is wrong.")


@pytest.mark.parametrize("name", RIGHT)
def test_a_lost_half_has_its_word(name):
    reply = check(name, lambda *call: RIGHT[name](*call) / 2)
    assert reply.word.startswith("The constant factor is wrong: it is 1/2 times")


def test_the_bound_on_the_energy_is_not_the_energy():
    assert not check("ex-neuron-energy", lambda m: 0.0423 * (m - 1) ** -1.5).ok


@pytest.mark.parametrize("formula", ["1/(2*(d+2))", "1/(2*d + 4)"])
def test_the_step_size_is_right_in_any_form(formula):
    assert check("ex-neuron-rate", formula).ok


@pytest.mark.parametrize("formula", ["1/(2*d)", "1/(d + 2)", "-1/(2*(d + 2))"])
def test_another_step_size_is_not(formula):
    assert not check("ex-neuron-rate", formula).ok


def test_the_step_size_is_the_best_of_the_factor():
    d = 7
    steps = np.linspace(0.001, 0.2, 2001)
    factor = 1 - 2 * steps + 2 * (d + 2) * steps**2
    assert steps[factor.argmin()] == pytest.approx(1 / (2 * (d + 2)), abs=1e-4)
