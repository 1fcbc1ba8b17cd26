"""The exercises of the chapter on training on the mixture that `check` judges.

Importing the module registers them. The judge computes in another way than the solution
that the chapter gives.
"""

from __future__ import annotations

from itertools import combinations

from rfbook.exercises import Exercise, Function, Mistake, register
from rfbook.mixture_gap.training import critical_risk


def safe_level(values, N: int) -> float:
    """Return the least risk of a critical point that is not a global minimum.

    All index sets are tried.

    Parameters
    ----------
    values : sequence of float
        Positive eigenvalues of Delta, different from each other.
    N : int
        Number of neurons with output weight -1.

    Examples
    --------
    >>> safe_level([0.5], 3)
    1.0
    """
    most = min(N, len(values))
    sets = (S for k in range(most + 1) for S in combinations(range(len(values)), k))
    return sorted(critical_risk(values, S) for S in sets)[1]


register(
    Exercise(
        "ex-training-safe",
        "function",
        "The least risk of a critical point that is not a global minimum.",
        Function(
            safe_level,
            [
                ([0.5, 0.25], 1),
                ([0.5, 0.25], 2),
                ([0.8, 0.6, 0.1], 2),
                ([0.3, 0.2], 4),
            ],
            mistakes=[
                Mistake(
                    lambda values, N: critical_risk(values, range(min(N, len(values)))),
                    "That is the least risk. The level is the next critical value.",
                ),
                Mistake(
                    lambda values, N: critical_risk(
                        values, range(min(N, len(values)) - 1)
                    ),
                    "With fewer neurons than eigenvalues the neuron that lost its "
                    "eigenvalue may take the next one.",
                ),
            ],
            hint="Which set of eigenvalues is the second best for N neurons?",
        ),
    )
)
