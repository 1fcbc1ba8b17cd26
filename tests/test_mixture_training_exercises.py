"""The exercise of the chapter on training on the mixture."""

import rfbook.mixture_training_exercises  # noqa: F401 - registers it
from rfbook.exercises import check


def safe_level(values, N):
    """Exchange the weakest direction that is learned for the next one."""
    shares = [v**2 / (2 + 2 * v**2) for v in values]
    kept = shares[: N - 1] + shares[N : N + 1] if len(values) > N else shares[:-1]
    return 1 / (1 + sum(kept))


def test_an_independent_solution_is_right():
    assert check("ex-training-safe", safe_level).ok


def test_the_least_risk_itself_is_no_answer():
    def least(values, N):
        return 1 / (1 + sum(v**2 / (2 + 2 * v**2) for v in values[:N]))

    assert not check("ex-training-safe", least).ok
