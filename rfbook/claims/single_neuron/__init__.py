"""The claims of the chapter on one neuron: statement, checks, planted errors.

`dimension` holds the dimension argument, `direct` the lower bound straight from the
ReLU's Hermite series, `theorems` what it makes of the printed theorems, `descent` what
one neuron does that may move.
"""

from rfbook.claims.single_neuron import descent, dimension, direct

CLAIMS = (*dimension.CLAIMS, *direct.CLAIMS, *descent.CLAIMS)
