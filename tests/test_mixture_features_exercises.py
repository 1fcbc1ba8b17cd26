"""The exercises on two classes: right answers, and the words for usual slips."""

import numpy as np
import pytest

import rfbook.mixture_features_exercises  # noqa: F401 - registers them
from rfbook.exercises import check, exercises


def span_risk(matrices, Delta):
    """Maximise the captured ratio over the span."""
    A, D = np.array(matrices, dtype=float), np.array(Delta, dtype=float)
    moved = A @ D
    Q = 2 * np.einsum("iab,jba->ij", A, A) + 2 * np.einsum("iab,jba->ij", moved, moved)
    b = np.einsum("iab,ba->i", A, D)
    return 1 / (1 + b @ np.linalg.solve(Q, b))


def cosine_risk(W, lam):
    """Take class means and covariances from characteristic functions."""
    W, lam = np.asarray(W, float), np.asarray(lam, float)
    means, spread = [], 0
    for y in (1, -1):
        K = W.T @ ((1 - y * lam)[:, None] * W)
        mean = np.exp(-np.diag(K) / 2)
        means.append(mean)
        spread = spread + np.outer(mean, mean) * (np.cosh(K) - 1) / 2
    z = (means[0] - means[1]) / 2
    return 1 / (1 + z @ np.linalg.solve(spread, z))


RIGHT = {"ex-mixture-span": span_risk, "ex-mixture-rf-cosine": cosine_risk}


def test_the_module_registers_the_chapter_s_exercises():
    assert set(RIGHT) <= set(exercises())


@pytest.mark.parametrize("name", RIGHT)
def test_an_independent_solution_is_right(name):
    assert check(name, RIGHT[name]).ok


@pytest.mark.parametrize("name", RIGHT)
def test_a_wrong_constant_has_its_word(name):
    reply = check(name, lambda *call: 2 * RIGHT[name](*call))
    assert reply.word.startswith("The constant factor is wrong: it is 2 times")


def test_the_second_term_of_the_noise_counts():
    def without_it(matrices, Delta):
        A, D = np.array(matrices, dtype=float), np.array(Delta, dtype=float)
        Q = 2 * np.einsum("iab,jba->ij", A, A)
        b = np.einsum("iab,ba->i", A, D)
        return 1 / (1 + b @ np.linalg.solve(Q, b))

    assert not check("ex-mixture-span", without_it).ok


def test_the_mean_of_the_cosine_counts():
    def without_a_constant(W, lam):
        W, lam = np.asarray(W, float), np.asarray(lam, float)
        gram, z = 0, 0
        for y in (1, -1):
            K = W.T @ ((1 - y * lam)[:, None] * W)
            mean = np.exp(-np.diag(K) / 2)
            gram = gram + np.outer(mean, mean) * np.cosh(K) / 2
            z = z + y * mean / 2
        return 1 - z @ np.linalg.solve(gram, z)

    assert not check("ex-mixture-rf-cosine", without_a_constant).ok
