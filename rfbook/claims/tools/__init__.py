"""The claims of the chapter of tools: statement, checks, planted errors, nothing else.

`gaussian` holds expectations over one normal number and the Hermite polynomials,
`fourier` two Fourier series, `sphere` kernels, moments and harmonics on the sphere.
"""

from rfbook.claims.tools import fourier, gaussian, sphere

CLAIMS = (*gaussian.CLAIMS, *fourier.CLAIMS, *sphere.CLAIMS)
