"""The claims of the book, one module a chapter; calling the package lists them all.

Examples
--------
>>> import rfbook
>>> rfbook.claims()["psi-counts"].chapter
'psi'
"""

import sys
from types import ModuleType

CHAPTERS = (
    "tools",
    "random_features",
    "polynomial_learning",
    "psi",
    "linear_warmup",
    "single_neuron",
    "neuron_proof",
    "neuron_width",
    "quadratic_features",
    "quadratic_gap",
    "quadratic_flow",
    "mixture_features",
    "mixture_gap",
    "mixture_training",
    "bayes_floor",
    "counting",
    "feature_learning",
    "staircases",
)
"""The modules, in the order of the book."""


class _Claims(ModuleType):
    """Both the package of claim modules and the function that readers call."""

    def __call__(self):
        """Return the mapping from id to claim."""
        from rfbook.ledger.registry import claims

        return claims()


sys.modules[__name__].__class__ = _Claims
