"""The exercises of the chapter on psi whose answers `rfbook.exercises.check` judges.

Importing the module registers them. Each judge computes in another way than the
solution that the chapter gives.
"""

from __future__ import annotations

import math

from rfbook.exercises import Exercise, Function, Mistake, Numeric, register
from rfbook.psi import second_moment_ball


def deficit(R: float) -> float:
    r"""Return 1/3 - E tri(R g)^2, from balls at 128 bits.

    Examples
    --------
    >>> 0 < deficit(1.0) < 4 / math.pi**2 * math.exp(-(math.pi**2) / 2)
    True
    """
    return float((1 - 3 * second_moment_ball(R)) / 3)


def linear_share(d: int, R: float) -> float:
    r"""Return E_w <f, tri_w>^2 for f(x) = x_1 and w uniform on the sphere of radius R.

    It is (E g tri(R g))^2 / d, and the inner mean is, by Gaussian integration by parts,

    .. math:: R\, E \operatorname{tri}'(R g)
        = R \Big( 1 + 4 \sum_{k \ge 0} (-1)^{k+1} Q\Big(\frac{2k+1}{R}\Big) \Big),

    since tri' is 1, -1, 1, ... between odd integers.

    Parameters
    ----------
    d : int
    R : float
        Positive, at most 2: from the kink 61 on the tails are left out.

    Examples
    --------
    For small R the wave is the identity, of which x_1 sees R^2 / d:

    >>> math.isclose(linear_share(5, 0.1), 0.01 / 5)
    True
    """
    tails = (math.erfc((2 * k + 1) / (R * math.sqrt(2))) for k in range(30))
    slope = 1 + 2 * sum((-1) ** (k + 1) * tail for k, tail in enumerate(tails))
    return (R * slope) ** 2 / d


_S_LEAST = -math.log(2 * math.exp(-0.5) - 1) / 2
"""Where (1 + exp(-2 s)) / 2 = exp(-1/2)."""

register(
    Exercise(
        "ex-psi-deficit",
        "function",
        "1/3 - E tri(R g)^2 for R >= 1/2.",
        Function(
            deficit,
            [(0.5,), (0.75,), (1.0,), (1.5,)],
            mistakes=[
                Mistake(
                    lambda R: 1 / 3 - deficit(R),
                    "That is the mean square itself, not what is missing.",
                ),
                Mistake(
                    lambda R: 4 / math.pi**2 * math.exp(-((math.pi * R) ** 2) / 2),
                    "That is the first term of the series: it is not enough.",
                ),
                Mistake(
                    lambda R: deficit(math.sqrt(2) * R),
                    "The exponent has a half, as in the mean of a cosine.",
                ),
            ],
            hint="The series of the square has cosines, whose means are known.",
        ),
    )
)
register(
    Exercise(
        "ex-psi-dimension-one",
        "numeric",
        "The least R with Lambda_1(pi^2 R^2 / 4) <= exp(-1/2).",
        Numeric(
            2 / math.pi * math.sqrt(_S_LEAST),
            rtol=1e-4,
            mistakes=[
                Mistake(_S_LEAST, "That is s, not R."),
                Mistake(2 / math.pi * _S_LEAST, "A square root is missing: s has R^2."),
                Mistake(2 / math.pi, "That is the corollary's bound, not the least R."),
            ],
            hint="The product of two points takes two values only.",
        ),
    )
)
register(
    Exercise(
        "ex-psi-linear",
        "function",
        "E_w <f, tri_w>^2 for f(x) = x_1 and |w| = R.",
        Function(
            linear_share,
            [(1, 0.5), (4, 0.5), (4, 1.0), (9, 1.5)],
            mistakes=[
                Mistake(
                    lambda d, R: d * linear_share(d, R),
                    "The mean over the direction gives a factor that is missing.",
                ),
                Mistake(
                    lambda d, R: math.sqrt(linear_share(d, R) / d),
                    "The mean square is asked for: c is not squared.",
                ),
                Mistake(
                    lambda d, R: R**2 / d, "That is what x_1 sees of the identity."
                ),
            ],
            hint="The function sees the linear part of the wave in one direction.",
        ),
    )
)
