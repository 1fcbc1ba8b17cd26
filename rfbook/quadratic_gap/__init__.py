"""Quadratic targets: the risks of features, tangent model and network, and training.

`target` has the target and its norm, `features`, `tangent` and `network` the risks of
the three models at finite size and in the limit, `flow` the gradient flows in closed
form, `descent` stochastic gradient descent, `samples` interpolation of few samples,
`runs` the recorded experiments on training, and `figure` those of the figure.
The chapters are ``book/quadratic-features.md``, ``book/quadratic-gap.md`` and
``book/quadratic-flow.md``.
"""

from rfbook.descent import Descent, initial_weights
from rfbook.features import fixed_point, gaussian_weights, isotropic_weights, rf_moments
from rfbook.matrices import (
    complement,
    eigenvalues,
    quadratic_values,
    square_norm,
    trace_ratio,
)
from rfbook.quadratic_gap.descent import (
    QuadraticTarget,
    descend,
    nn_sgd_floor,
    nt_noise_gain,
    nt_sgd_floor,
    nt_sgd_risk,
    nt_step_limit,
)
from rfbook.quadratic_gap.features import (
    best_covariance,
    exponential_limits,
    rf_products,
    rf_risk,
    rf_risk_limit,
    rf_risk_mean,
    rf_risk_path,
    trace_share,
)
from rfbook.quadratic_gap.flow import (
    flow_constant,
    flow_diagonal,
    flow_limit,
    flow_rate,
    flow_risk,
    gradient_flow,
    mp_laplace,
    nt_flow,
    nt_flow_limit,
    nt_flow_mean,
)
from rfbook.quadratic_gap.network import (
    fitted_diagonal,
    nn_risk,
    nn_risk_limit,
    nn_risk_path,
)
from rfbook.quadratic_gap.samples import (
    min_norm_mean,
    min_norm_risk,
    sample_share,
)
from rfbook.quadratic_gap.tangent import (
    gap_bound,
    nt_risk,
    nt_risk_limit,
    nt_risk_mean,
    nt_risk_path,
)
from rfbook.quadratic_gap.target import exponential_target, mean_square, risk, spectrum

__all__ = [
    "Descent",
    "QuadraticTarget",
    "best_covariance",
    "complement",
    "descend",
    "eigenvalues",
    "exponential_limits",
    "exponential_target",
    "fitted_diagonal",
    "fixed_point",
    "flow_constant",
    "flow_diagonal",
    "flow_limit",
    "flow_rate",
    "flow_risk",
    "gap_bound",
    "gaussian_weights",
    "gradient_flow",
    "initial_weights",
    "isotropic_weights",
    "mean_square",
    "min_norm_mean",
    "min_norm_risk",
    "mp_laplace",
    "nn_risk",
    "nn_risk_limit",
    "nn_risk_path",
    "nn_sgd_floor",
    "nt_flow",
    "nt_flow_limit",
    "nt_flow_mean",
    "nt_noise_gain",
    "nt_risk",
    "nt_risk_limit",
    "nt_risk_mean",
    "nt_risk_path",
    "nt_sgd_floor",
    "nt_sgd_risk",
    "nt_step_limit",
    "quadratic_values",
    "rf_moments",
    "rf_products",
    "rf_risk",
    "rf_risk_limit",
    "rf_risk_mean",
    "rf_risk_path",
    "risk",
    "sample_share",
    "spectrum",
    "square_norm",
    "trace_ratio",
    "trace_share",
]
