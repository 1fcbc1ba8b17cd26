"""The claims of the chapter on the gap between features, tangent model and network.

`target` holds the quadratic target and the paper's assumptions, `features` random
features at finite size, `rotation` their mean over isotropic weights, `centring` what
they need of the activation, `fixed_point` the equation of their limit, `limits` the
limit itself, `covariance` its best covariance and the closed forms of Figure 1.
`tangent` holds the tangent model, `concentration` how little it depends on the weights,
`network` the three classes and the best network, `gap` how far the one is ahead of the
other.
"""

from rfbook.claims.quadratic_gap import (
    centring,
    concentration,
    covariance,
    features,
    fixed_point,
    gap,
    limits,
    network,
    rotation,
    tangent,
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
    *tangent.CLAIMS,
    *concentration.CLAIMS,
    *network.CLAIMS,
    *gap.CLAIMS,
)
