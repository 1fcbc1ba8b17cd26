"""The claims of the chapter on classifying two Gaussians."""

from rfbook.claims.mixture_gap import (
    gap,
    network,
    order,
    tangent,
    tangent_mean,
)

CLAIMS = (
    *tangent.CLAIMS,
    *tangent_mean.CLAIMS,
    *network.CLAIMS,
    *order.CLAIMS,
    *gap.CLAIMS,
)
