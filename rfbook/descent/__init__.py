"""One-pass stochastic gradient descent for quadratic models, on any problem.

`problem` says what is learned and what comes out, `models` how the three kinds of model
take a step, `engine` trains many of them at once, with checkpoints. Torch is imported
by the functions that need it, not by these modules. They serve the chapters on
quadratic targets and on the Gaussian mixture.
"""

from rfbook.descent.engine import Setting, descend, descend_all
from rfbook.descent.problem import (
    MODELS,
    OFFSETS,
    Descent,
    Problem,
    increasing,
    initial_weights,
)
from rfbook.ranges import one_of

__all__ = [
    "MODELS",
    "OFFSETS",
    "Descent",
    "Problem",
    "Setting",
    "descend",
    "descend_all",
    "increasing",
    "initial_weights",
    "one_of",
]
