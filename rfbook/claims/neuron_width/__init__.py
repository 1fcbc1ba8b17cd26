"""The claims on the exact width of one neuron: statement, checks, planted errors.

`activation` and `eigenvalues` hold what is true of any activation, `spectrum` the
eigenvalues of the ReLU, `width` and `growth` the number of features that they give.
"""

from rfbook.claims.neuron_width import spectrum, width

CLAIMS = (*spectrum.CLAIMS, *width.CLAIMS)
