"""What the order of a target's parts does to training: the room of the staircases.

`leap` counts how many coordinates a function adds at once, `flow` trains a network from
first weights zero, `parity` has the first gradient towards a parity, `xor` two classes
in four Gaussian clouds. `runs` computes what the chapter shows at larger sizes.
"""

from rfbook.staircases.flow import (
    Path,
    characters,
    cube,
    escape_time,
    flow,
    leading_weight,
    network,
    paired_start,
    staircase,
    target,
    train,
)
from rfbook.staircases.leap import (
    census,
    families,
    full_families,
    hermite_leap,
    leap,
    supports_of,
)
from rfbook.staircases.parity import (
    majority_coefficient,
    one_step_samples,
    parity_gap,
    parity_gradient,
    sampled_gradient,
    step_succeeds,
    threshold_coefficient,
)
from rfbook.staircases.xor import (
    kernel_error,
    network_errors,
    xor_bayes_error,
    xor_features_bound,
    xor_features_risk,
    xor_quadratic_bound,
    xor_quadratic_risk,
    xor_sample,
)

__all__ = [
    "Path",
    "census",
    "characters",
    "cube",
    "escape_time",
    "families",
    "flow",
    "full_families",
    "hermite_leap",
    "kernel_error",
    "leading_weight",
    "leap",
    "majority_coefficient",
    "network",
    "network_errors",
    "one_step_samples",
    "paired_start",
    "parity_gap",
    "parity_gradient",
    "sampled_gradient",
    "staircase",
    "step_succeeds",
    "supports_of",
    "target",
    "threshold_coefficient",
    "train",
    "xor_bayes_error",
    "xor_features_bound",
    "xor_features_risk",
    "xor_quadratic_bound",
    "xor_quadratic_risk",
    "xor_sample",
]
