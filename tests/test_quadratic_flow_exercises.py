"""The exercises of the chapter on training: right answers and words for slips."""

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import rfbook.quadratic_flow_exercises  # noqa: F401 - registers them
from rfbook.exercises import check, exercises


def one_neuron(values, w, tau):
    """Follow the neuron with a solver of differential equations."""
    values = np.asarray(values)

    def slope(_, w):
        return 8 * (values * w - w * (w @ w))

    path = solve_ivp(slope, (0, max(tau, 1e-9)), w, rtol=1e-11, atol=1e-13)
    return float(np.sum(path.y[:, -1] ** 2)) if tau else float(np.sum(np.square(w)))


def largest_step(d, q, s):
    """Take the larger eigenvalue of the recursion for the two numbers (R, T)."""
    K = np.array([[2 * (d + 2) * (d + 7), 16], [2 * (d + 12), 4]])
    return q / (2 * s * (4 * q + np.linalg.eigvals(K).real.max()))


def price(d, N):
    """Add the parameters of the tangent model and four for each neuron."""
    return N * d - N * (N - 1) / 2 + 4 * N


RIGHT = {
    "ex-flow-one": one_neuron,
    "ex-flow-step": largest_step,
    "ex-flow-price": price,
}


def test_the_module_registers_the_chapter_s_exercises():
    assert {"ex-flow-half", *RIGHT} <= set(exercises())


@pytest.mark.parametrize("name", RIGHT)
def test_an_independent_solution_is_right(name):
    assert check(name, RIGHT[name]).ok


@pytest.mark.parametrize("name", RIGHT)
def test_a_constant_factor_is_named(name):
    reply = check(name, lambda *call: RIGHT[name](*call) / 2)
    assert reply.word.startswith("The constant factor is wrong: it is 1/2 times")


def test_a_sample_costs_more_than_its_parameters():
    assert not check("ex-flow-price", lambda d, N: N * d - N * (N - 1) / 2).ok


@pytest.mark.parametrize("factor", [2, 1 / 2])
def test_another_time_scale_is_wrong(factor):
    assert not check("ex-flow-one", lambda v, w, t: one_neuron(v, w, factor * t)).ok


def test_a_wrong_sign_has_its_word():
    reply = check("ex-flow-one", lambda *call: -one_neuron(*call))
    assert (reply.ok, reply.word) == (False, "The sign is wrong.")


def test_half_way_is_where_the_logistic_curve_says():
    assert check("ex-flow-half", math.log(99) / 16).ok


@pytest.mark.parametrize(
    ("slip", "word"),
    [(math.log(99) / 8, "e^(16 tau)"), (math.log(100) / 16, "bracket")],
)
def test_the_usual_slips_have_their_words(slip, word):
    reply = check("ex-flow-half", slip)
    assert not reply.ok
    assert word in reply.word
