"""The claims of the chapter on psi: statement, checks, planted errors, nothing else.

`wave` treats psi as a function on the line, `norm` its second moment, `correlation` how
little any one function correlates with it.
"""

from rfbook.claims.psi import wave

CLAIMS = (*wave.CLAIMS,)
