"""Where the first source says what, for the claims of the chapter on its proof."""

from rfbook.claims.single_neuron.sources import later, printed

__all__ = ["CHAPTER", "later", "printed"]

CHAPTER = "neuron-proof"
