"""The exercises on the printed proof: right answers, and the word for usual slips."""

import math

import mpmath
import pytest

import rfbook.neuron_proof_exercises
from rfbook.exercises import check, exercises


def log_mean(d):
    """Integrate the ramp beyond the last kink, with 40 digits."""
    with mpmath.workdps(40):
        a = mpmath.mpf(6 * d**2 + 1)
        h = a / d
        # g = h + s/h: the density is then e^(-h^2/2) times a tame function
        ramp = mpmath.quad(
            lambda s: d * s / h * mpmath.exp(-s - (s / h) ** 2 / 2) / h,
            [0, 1, 10, 100],
        )
        return float(mpmath.log(ramp) - h**2 / 2 - mpmath.log(2 * mpmath.pi) / 2)


def pool(d, counts):
    """Count copy by copy, in floating point."""
    biases, total = len(counts), 0
    goal = math.log(4 * biases)
    for N in counts:
        q = 16 * biases * N * (goal + 1) * math.exp(-d / 2)
        copies = 0
        while copies * q < goal:
            copies += 1
        total += N * copies
    return total


def test_the_module_registers_the_chapter_s_exercises():
    assert {"ex-neuron-psi-mean", "ex-neuron-pool"} <= set(exercises())


def test_an_independent_mean_is_right():
    assert check("ex-neuron-psi-mean", log_mean).ok


def test_a_mean_with_the_wrong_kink_is_not():
    assert not check("ex-neuron-psi-mean", lambda d: log_mean(d) + 6).ok
    assert not check("ex-neuron-psi-mean", lambda d: -log_mean(d)).ok


@pytest.mark.parametrize(("d", "counts"), [(20, [3] * 6), (30, [5700] * 8)])
def test_the_judge_of_the_pool_counts_as_a_loop_does(d, counts):
    assert rfbook.neuron_proof_exercises.pooled_features(d, counts) == pool(d, counts)


def test_a_pool_without_rounding_up_is_wrong():
    def real(d, counts):
        goal = math.log(4 * len(counts))
        size = 16 * len(counts) * (goal + 1) * math.exp(-d / 2)
        return len(counts) * goal / size

    assert not check("ex-neuron-pool", real).ok


def test_a_pool_too_large_for_the_dimension_is_refused():
    with pytest.raises(ValueError, match="q must be below 1"):
        rfbook.neuron_proof_exercises.pooled_features(2, [1])
