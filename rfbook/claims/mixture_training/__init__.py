"""The claims of the chapter on training on two Gaussians."""

from rfbook.claims.mixture_training import flow, landscape, tangent

CLAIMS = (*landscape.CLAIMS, *flow.CLAIMS, *tangent.CLAIMS)
