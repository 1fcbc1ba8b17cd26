"""One step away from random features: the room of the chapter on feature learning.

`step` has one gradient step on one neuron exactly, its signal and its noise; `stepped`
what a linear fit on stepped neurons leaves; `flow` the overlap under flow and online
descent; `staircase` what features without training leave of each degree; `spike` the
recorded gradient of many neurons at once. The chapter is ``book/feature-learning.md``.
"""

from rfbook.feature_learning.flow import (
    flow,
    flow_time,
    noisy_flow,
    online_overlaps,
    velocity,
)
from rfbook.feature_learning.staircase import (
    captured_shares,
    degree_floor,
    link_floor,
    link_spectrum,
)
from rfbook.feature_learning.step import (
    batch_direction,
    correlation,
    information_exponent,
    mean_signal,
    population_step,
    relu_batch_size,
    slope_coefficients,
    square_coefficients,
    step_parts,
    tangent_energy,
)
from rfbook.feature_learning.stepped import (
    class_gram,
    class_risk,
    fit_errors,
    stepped_weights,
)

__all__ = [
    "batch_direction",
    "captured_shares",
    "class_gram",
    "class_risk",
    "correlation",
    "degree_floor",
    "fit_errors",
    "flow",
    "flow_time",
    "information_exponent",
    "link_floor",
    "link_spectrum",
    "mean_signal",
    "noisy_flow",
    "online_overlaps",
    "population_step",
    "relu_batch_size",
    "slope_coefficients",
    "square_coefficients",
    "step_parts",
    "stepped_weights",
    "tangent_energy",
    "velocity",
]
