"""The claims of the chapter on random features for a quadratic target.

`target` holds the quadratic target and the paper's assumptions, `features` random
features at finite size, `rotation` their mean over isotropic weights, `centring` what
they need of the activation, `fixed_point` the equation of their limit, `limits` the
limit itself, `covariance` the best covariance of the weights. `polynomials` has the
Gaussian means of polynomials that several of them use.
"""

from rfbook.claims.quadratic_features import (
    centring,
    covariance,
    features,
    fixed_point,
    limits,
    rotation,
    target,
)

CLAIMS = (
    *target.CLAIMS,
    *features.CLAIMS,
    *rotation.CLAIMS,
    *centring.CLAIMS,
    *fixed_point.CLAIMS,
    *limits.CLAIMS,
    *covariance.CLAIMS,
)
