"""The claims of the chapter on random features.

`kernels` says which kernel each feature map has, `rate` how fast averages over features
converge in the mean, `concentration` with which probability. `signs` says what fixed
output weights can express, `coupling` and `drift` how little training moves a wide
network, and what follows from it.
"""

from rfbook.claims.random_features import (
    concentration,
    coupling,
    drift,
    kernels,
    rate,
    signs,
)

CLAIMS = (
    rate.UNBIASED,
    *kernels.CLAIMS,
    *rate.CLAIMS[1:],
    *concentration.CLAIMS,
    *coupling.CLAIMS[:3],
    drift.DRIFT,
    *coupling.CLAIMS[3:],
    *signs.CLAIMS,
    drift.LAYER,
)
