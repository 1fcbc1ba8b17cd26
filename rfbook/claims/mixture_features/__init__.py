"""The claims of the chapter on the mixture and its random features."""

from rfbook.claims.mixture_features import (
    conditions,
    features,
    isotropic,
    limits,
    model,
)

CLAIMS = (
    *model.CLAIMS,
    *conditions.CLAIMS,
    *features.CLAIMS,
    *limits.CLAIMS,
    *isotropic.CLAIMS,
)
