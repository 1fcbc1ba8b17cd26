"""Where the first source says what, for the claims of the chapter on the width."""

from rfbook.claims.single_neuron.sources import later, printed

__all__ = ["CHAPTER", "later", "printed"]

CHAPTER = "neuron-width"
