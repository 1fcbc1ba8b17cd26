"""The claims of the chapter on staircases: statement, checks, planted errors.

`leap` counts new coordinates, `flow` says what training from zero reaches, `parity`
treats the first gradient, `xor` four Gaussian clouds, `taken` is taken over.
"""

from rfbook.claims.staircases import flow, leap, parity, taken, xor

CLAIMS = (
    *leap.CLAIMS,
    *flow.CLAIMS,
    *parity.CLAIMS,
    *xor.CLAIMS,
    *taken.CLAIMS,
)
