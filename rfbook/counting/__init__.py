"""How many features a class of functions needs: the room of the chapter on counting.

`spans` has the bounds that hold in any Hilbert space, `cube` the functions of n bits,
`lattice` the integer points that count smooth functions on a cube, `signs` matrices of
signs: their ranks and the projective planes.
"""

from rfbook.counting.cube import (
    inner_product,
    majority,
    majority_first_degree,
    parity_errors,
    parity_weights,
    relu_features,
    translate_dimension,
    walsh_transform,
)
from rfbook.counting.lattice import (
    cosine_errors,
    integer_points,
    lipschitz_lower,
    lipschitz_upper,
    orthant_points,
    sine_degree,
)
from rfbook.counting.signs import (
    forster_bound,
    projective_plane,
    sign_rank,
    sq_dimension,
    vc_dimension,
    walsh_matrix,
)
from rfbook.counting.spans import (
    coherence,
    coherence_bound,
    dimension,
    eigenvalue_bound,
    mean_error,
)

__all__ = [
    "coherence",
    "coherence_bound",
    "cosine_errors",
    "dimension",
    "eigenvalue_bound",
    "forster_bound",
    "inner_product",
    "integer_points",
    "lipschitz_lower",
    "lipschitz_upper",
    "majority",
    "majority_first_degree",
    "mean_error",
    "orthant_points",
    "parity_errors",
    "parity_weights",
    "projective_plane",
    "relu_features",
    "sign_rank",
    "sine_degree",
    "sq_dimension",
    "translate_dimension",
    "vc_dimension",
    "walsh_matrix",
    "walsh_transform",
]
