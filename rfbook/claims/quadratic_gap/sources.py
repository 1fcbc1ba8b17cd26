"""Where the second source says what, for the claims about the gap."""

from rfbook.claims.quadratic_features.sources import printed

__all__ = ["CHAPTER", "printed"]

CHAPTER = "quadratic-gap"
