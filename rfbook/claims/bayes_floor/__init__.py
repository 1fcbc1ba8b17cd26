"""The claims of the chapter on the Bayes risk of two Gaussians."""

from rfbook.claims.bayes_floor import channel, decisions, errors, integral, posterior

CLAIMS = (
    *posterior.CLAIMS,
    *integral.CLAIMS,
    *channel.CLAIMS,
    *errors.CLAIMS,
    *decisions.CLAIMS,
)
