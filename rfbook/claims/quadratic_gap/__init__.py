"""The claims of the chapter on the gap between features, tangent model and network.

`tangent` holds the tangent model, `concentration` how little it depends on the weights,
`network` the three classes and the best network, `gap` how far the one is ahead of the
other, `comparison` the closed forms of Figure 1 and where features are ahead of the
tangent model. `spans` has the exact projections that several of them use.
"""

from rfbook.claims.quadratic_gap import (
    comparison,
    concentration,
    gap,
    network,
    tangent,
)

CLAIMS = (
    *tangent.CLAIMS,
    *concentration.CLAIMS,
    *network.CLAIMS,
    *gap.CLAIMS,
    *comparison.CLAIMS,
)
