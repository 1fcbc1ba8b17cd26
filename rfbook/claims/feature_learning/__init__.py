"""The claims on feature learning: one step, the features after it, flow, staircase."""

from rfbook.claims.feature_learning import (
    batch,
    flow,
    staircase,
    step,
    stepped,
    taken,
    times,
)

CLAIMS = (
    *step.CLAIMS,
    *batch.CLAIMS,
    *stepped.CLAIMS,
    *flow.CLAIMS,
    *times.CLAIMS,
    *staircase.CLAIMS,
    *taken.CLAIMS,
)
