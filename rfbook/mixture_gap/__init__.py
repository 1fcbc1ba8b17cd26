"""Classifying two Gaussians: the risks of features, tangent model, network, and Bayes.

The chapters are ``book/mixture-gap.md`` and ``book/bayes-floor.md``.
"""

__all__: list[str] = []
