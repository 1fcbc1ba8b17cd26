"""The claims of the chapter on counting: statement, checks, planted errors.

`spans` holds in any Hilbert space, `cube` treats functions of n bits, `queries` what
statistical queries see, `lattice` integer points and Lipschitz functions, `signs` the
ranks of sign matrices, `planes` the projective planes, `taken` what is taken over.
"""

from rfbook.claims.counting import cube, lattice, planes, queries, signs, spans, taken

CLAIMS = (
    *spans.CLAIMS,
    *cube.CLAIMS,
    *queries.CLAIMS,
    *lattice.CLAIMS,
    *signs.CLAIMS,
    *planes.CLAIMS,
    *taken.CLAIMS,
)
