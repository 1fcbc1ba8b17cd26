"""The claims of the chapter on the Bayes risk of two Gaussians."""

CLAIMS = ()
