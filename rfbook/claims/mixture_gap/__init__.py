"""The claims of the chapter on classifying two Gaussians."""

CLAIMS = ()
