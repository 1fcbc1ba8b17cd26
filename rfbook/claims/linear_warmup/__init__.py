"""The claims of the linear warm-up: statement, checks, planted errors, nothing else.

`distance` treats the error as a distance and its law, `tails` the probability that it
is small, `weights` what one feature sees and how large the output weights must be.
"""

from rfbook.claims.linear_warmup import distance, tails, weights

CLAIMS = (*distance.CLAIMS, *tails.CLAIMS, *weights.CLAIMS)
