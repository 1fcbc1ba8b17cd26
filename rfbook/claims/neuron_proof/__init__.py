"""The claims on the source's proof: statement, checks, planted errors, nothing else.

`printed` holds the steps that are false as they stand, `averages` and `sums` what
replaces them, `wave` the source's route repaired.
"""

from rfbook.claims.neuron_proof import printed, wave

CLAIMS = (*printed.CLAIMS, *wave.CLAIMS)
