"""A batch of samples: where the first gradient of all neurons points."""

import numpy as np
from sympy import Symbol, limit, oo, sqrt, symbols

from rfbook.claims.feature_learning.known import CHAPTER, d, n
from rfbook.ledger import (
    Check,
    Claim,
    Planted,
    Result,
    Statement,
    agree,
    every_identity,
    identity,
)

first = Symbol(r"\hat{H}_1", real=True)
energy, weighted = symbols("p_0 p_2", positive=True)
ratio = Symbol("xi", positive=True)


def _direction_sums(statement, domain, samples=None) -> Result:
    """Count the pairs of samples: n equal ones and n (n - 1) independent ones.

    Equal ones give p_2 along theta and p_0 along each of the other d - 1 axes;
    independent ones give H_1^2 along theta and 0 elsewhere.
    """
    size = n if samples is None else samples
    along = (size * weighted + size * (size - 1) * first**2) / size**2
    across = (d - 1) * size * energy / size**2
    return every_identity(
        (
            ("along theta", along, statement.along.subs(n, size)),
            ("in all", along + across, statement.total.subs(n, size)),
        )
    )


def _direction_simulated(statement, domain, rng) -> Result:
    """Draw batches of 6 in four dimensions for H = he_1 + he_2: H_1 = 1, p_0 = 2.

    p_2 = E (a + (a^2 - 1) / sqrt(2))^2 a^2 = 3 + (15 - 6 + 1) / 2 = 8.
    """
    draws = 60_000
    x = rng.standard_normal((draws, 6, 4))
    a = x[:, :, 0]
    y = a + (a**2 - 1) / 2**0.5
    v = np.einsum("ij,ijk->ik", y, x) / 6
    at = {d: 4, n: 6, first: 1, energy: 2, weighted: 8}
    rows = (
        ("along theta", v[:, 0] ** 2, statement.along.subs(at)),
        ("in all", (v**2).sum(1), statement.total.subs(at)),
    )
    return agree(
        (name, found.mean(), found.std() / draws**0.5, float(claimed))
        for name, found, claimed in rows
    )


ALONG = first**2 + (weighted - first**2) / n

DIRECTION = Claim(
    id="batch-direction",
    title="The direction of a batch",
    chapter=CHAPTER,
    statement=Statement(
        "Let $x_1, \\dots, x_n$ be independent, $x_j \\sim \\mathcal N(0, I_d)$, $a_j "
        "= \\langle \\theta, x_j \\rangle$, $y_j$ a function of $a_j$ and independent "
        "noise, and $v = \\frac1n \\sum_j y_j x_j$. With $\\hat H_1 = \\mathbb E\\, "
        "y_1 a_1$, $p_0 = \\mathbb E\\, y_1^2$ and $p_2 = \\mathbb E\\, y_1^2 "
        "a_1^2$\n\n"
        "$$\\mathbb E \\langle v, \\theta \\rangle^2 = [[along]], \\qquad \\mathbb E "
        "\\lVert v \\rVert^2 = [[total]] .$$",
        {},
        {"along": ALONG, "total": ALONG + (d - 1) * energy / n},
    ),
    checks=(
        Check("symbolic", "the pairs of samples", _direction_sums, role="step"),
        Check("statistical", "batches of six", _direction_simulated, seed=5),
    ),
    planted=(
        Planted("d for d - 1", {"total": ALONG + d * energy / n}),
        Planted(
            "H_1^2 not taken off: right for H_1 = 0",
            {
                "along": first**2 + weighted / n,
                "total": first**2 + weighted / n + (d - 1) * energy / n,
            },
            True,
        ),
        Planted(
            "n^2 for n: right for n = 1",
            {"total": ALONG + (d - 1) * energy / n**2},
            True,
        ),
    ),
    weak=Check(
        "symbolic",
        "one sample",
        lambda statement, domain: _direction_sums(statement, domain, 1),
        role="step",
    ),
    spec="frontier-3",
)


def _alignment_limit(statement, domain) -> Result:
    """Put d = n / xi and let n grow in the quotient of the two means."""
    total = ALONG + (d - 1) * energy / n
    quotient = (ALONG / total).subs(d, n / ratio)
    return identity(limit(quotient.together(), n, oo), statement.value)


def _alignment_simulated(statement, domain, rng) -> Result:
    """Draw 20 batches of 800 in 400 dimensions for H = (he_1 + he_2) / sqrt(2).

    The squared cosine differs from its limit by a number of order n^(-1/2) = 0.035,
    and its mean by one of order 1 / n, which the standard error, 0.01, covers.
    """
    claimed = float(
        statement.value.subs({ratio: 2, first: sqrt(0.5), energy: 1}).evalf()
    )
    cosines = np.empty(20)
    for i in range(20):
        x = rng.standard_normal((800, 400))
        a = x[:, 0]
        v = x.T @ (a + (a**2 - 1) / 2**0.5) / 2**0.5
        cosines[i] = v[0] ** 2 / (v @ v)
    error = cosines.std(ddof=1) / 20**0.5
    return agree([("squared cosine", cosines.mean(), error, claimed)])


ALIGNMENT = Claim(
    id="batch-alignment",
    title="What part of the direction is the target's",
    chapter=CHAPTER,
    statement=Statement(
        "In {prf:ref}`batch-direction` let $n, d \\to \\infty$ with $n / d \\to \\xi > "
        "0$. The squared cosine between $v$ and $\\theta$ tends in probability to\n\n"
        "$$[[value]] .$$",
        {},
        {"value": ratio * first**2 / (ratio * first**2 + energy)},
    ),
    uses=("batch-direction",),
    checks=(
        Check(
            "symbolic", "the quotient of the two means", _alignment_limit, role="step"
        ),
        Check(
            "statistical",
            "twenty batches in 400 dimensions",
            _alignment_simulated,
            seed=7,
        ),
    ),
    planted=(
        Planted(
            "its square: right for xi = 1",
            {"value": ratio**2 * first**2 / (ratio**2 * first**2 + energy)},
            True,
        ),
        Planted(
            "the cosine, not squared",
            {"value": sqrt(ratio * first**2 / (ratio * first**2 + energy))},
        ),
        Planted(
            "only the noise of degrees beyond 1",
            {"value": ratio * first**2 / (ratio * first**2 + energy - first**2)},
        ),
    ),
    weak=Check(
        "symbolic",
        "as many samples as dimensions",
        lambda statement, domain: identity(
            statement.value.subs(ratio, 1), first**2 / (first**2 + energy)
        ),
        role="step",
    ),
    spec="frontier-3",
)

CLAIMS = (DIRECTION, ALIGNMENT)
