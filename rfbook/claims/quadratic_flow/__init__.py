"""The claims of the chapter on the trained network, solved in time.

`landscape` is about the population risk, `flow` about its gradient flow, `theorem`
about the limit of stochastic descent; `tangent` about the tangent model in time,
`noise` about its one-pass descent, `samples` about what a number of samples allows.
`exact` and `moments` hold the algebra of the checks.
"""

from rfbook.claims.quadratic_flow import (
    flow,
    landscape,
    noise,
    samples,
    tangent,
    theorem,
)

CLAIMS = (
    *landscape.CLAIMS,
    *flow.CLAIMS,
    *theorem.CLAIMS,
    *tangent.CLAIMS,
    *noise.CLAIMS,
    *samples.CLAIMS,
)
