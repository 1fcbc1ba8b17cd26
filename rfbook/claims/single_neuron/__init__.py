"""The claims of the chapter on one neuron: statement, checks, planted errors.

`dimension` holds the dimension argument, `direct` the lower bound straight from the
ReLU's Hermite series, `theorems` what it makes of the printed theorems.
"""

from rfbook.claims.single_neuron import dimension, direct

CLAIMS = (*dimension.CLAIMS, *direct.CLAIMS)
