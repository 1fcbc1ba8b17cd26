"""The claims of the chapter on psi: statement, checks, planted errors, nothing else.

`wave` treats psi as a function on the line, `norm` its second moment, `correlation` how
little any one function correlates with the triangle wave, `remainder` what is left of
the source's psi.
"""

from rfbook.claims.psi import correlation, norm, remainder, wave

CLAIMS = (*wave.CLAIMS, *norm.CLAIMS, *correlation.CLAIMS, *remainder.CLAIMS)
