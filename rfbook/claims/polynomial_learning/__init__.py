"""The claims of the chapter on polynomials: statement, checks, planted errors.

`descent` compares gradient descent with frozen features, `concentration` sampled
features with their mean; `legendre` treats the Legendre products and their dual
functions, `weight` how large the weights must be, `representation` polynomials as
averages of neurons; `theorem` joins them. The numbers that the checks of the last steps
compare come from `exact`, not from the room.
"""

from rfbook.claims.polynomial_learning import (
    concentration,
    descent,
    legendre,
    representation,
    theorem,
    weight,
)

CLAIMS = (
    *descent.CLAIMS,
    *concentration.CLAIMS,
    *legendre.CLAIMS,
    *weight.CLAIMS,
    *representation.CLAIMS,
    *theorem.CLAIMS,
)
