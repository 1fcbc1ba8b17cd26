"""Random features: maps and their kernels, the rate of convergence, and lazy training.

`kernels` has the feature maps beside their exact kernels, `rate` how fast averages over
features converge, `coupling` and `drift` how far training moves the features of a
network, and `widths` runs these experiments over the width. The chapter is
``book/random-features.md``.
"""

from rfbook.random_features.coupling import (
    coupled_descent,
    coupling_bound,
    drift_bound,
    first_step_mean,
    flip_bound,
    flip_probability,
    mean_excess,
    sign_vector,
)
from rfbook.random_features.drift import (
    inner_drift_bound,
    layer_drift_bound,
    layered_descent,
)
from rfbook.random_features.kernels import (
    MAPS,
    ArcCosineFeatures,
    FeatureMap,
    FourierFeatures,
    Sample,
    TangentFeatures,
    angle,
)
from rfbook.random_features.rate import (
    average_error,
    best_linear_weights,
    directions,
    error_bound,
    fit,
    kernel_error_bound,
    kernel_error_uniform,
    linear_error,
    linear_weights,
    rate_experiment,
)

__all__ = [
    "MAPS",
    "ArcCosineFeatures",
    "FeatureMap",
    "FourierFeatures",
    "Sample",
    "TangentFeatures",
    "angle",
    "average_error",
    "best_linear_weights",
    "coupled_descent",
    "coupling_bound",
    "directions",
    "drift_bound",
    "error_bound",
    "first_step_mean",
    "fit",
    "flip_bound",
    "flip_probability",
    "inner_drift_bound",
    "kernel_error_bound",
    "kernel_error_uniform",
    "layer_drift_bound",
    "layered_descent",
    "linear_error",
    "linear_weights",
    "mean_excess",
    "rate_experiment",
    "sign_vector",
]
