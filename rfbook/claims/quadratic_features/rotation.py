"""Quadratic features of isotropic neurons, averaged over rotations.

The check projects on the invariants of the orthogonal group in four indices, and a
simulation projects matrices; neither calls the room.
"""

import numpy as np
from sympy import (
    Matrix,
    Poly,
    Symbol,
    expand,
    sqrt,
    symbols,
)

from rfbook.claims.quadratic_features.sources import CHAPTER, printed
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Result,
    Statement,
    agree,
    identity,
)

alpha, chi, p, N = symbols("alpha chi p N", real=True)
d = Symbol("d", integer=True, positive=True)


def _rotation_mean(matrix, target_):
    """Return E <Q M Q^T, B>^2 from (Tr, squared norm) of M and of B, for Haar Q.

    The mean of Q^(x)4 projects on the span of the three pairings of the indices, whose
    Gram matrix has d^2 on and d off the diagonal.
    """
    gram = Matrix(3, 3, lambda i, j: d**2 if i == j else d)
    left, right = (Matrix([trace**2, size, size]) for trace, size in (matrix, target_))
    return (left.T * gram.inv() * right)[0]


def _mean_symbolic(statement, domain) -> Result:
    """Sum over an orthonormal basis of the span: traces d alpha, squared norms N."""
    traces, count, trace, size = symbols("T n t F", positive=True)
    one = _rotation_mean((sqrt(traces), count), (trace, size))
    # linear in (T, n), so that the sum over the basis puts T = d alpha and n = N
    total = expand(one).subs({traces: d * alpha, count: N})
    found = 1 - total / size
    claimed = statement.mean.subs(p, statement.dimension)
    return identity(found, claimed.subs(chi, trace**2 / (d * size)))


def _mean_one(statement, domain) -> Result:
    """Take one feature, of norm 1: E <w, B w>^2 = (Tr^2 + 2 |B|^2)/(d (d + 2))."""
    claimed = statement.mean.subs(p, statement.dimension).subs({N: 1, alpha: 1 / d})
    found = 1 - (d * chi + 2) / (d * (d + 2))
    return identity(found, claimed)


def _projections(rng, dimension: int, count: int, samples: int, targets):
    """Return the squared norms of P(B) for each target, P onto span{w w^T}."""
    weights = rng.standard_normal((samples, count, dimension))
    products = np.einsum("sni,snj->sijn", weights, weights)
    products = products.reshape(samples, dimension**2, count)
    basis = np.linalg.qr(products)[0]
    return [
        (np.einsum("sin,i->sn", basis, goal.ravel()) ** 2).sum(axis=1)
        for goal in targets
    ]


def _mean_sampled(statement, domain, rng) -> Result:
    """Sample projections: the claim is affine in alpha, so its own sample may stand."""
    rows, samples = [], 20_000
    for dimension in domain["d"]:
        diagonal = np.diag(np.arange(1.0, dimension + 1))
        rank_one = np.zeros((dimension, dimension))
        rank_one[0, 0] = 1.0
        identity_ = np.eye(dimension)
        size = dimension * (dimension + 1) // 2
        for count in sorted({2, 3, size - 1} & set(range(2, size))):
            found = _projections(
                rng, dimension, count, samples, (identity_, diagonal, rank_one)
            )
            shares = found[0] / dimension
            for name, goal, kept in (
                ("1, ..., d", diagonal, found[1]),
                ("1, 0, ..., 0", rank_one, found[2]),
            ):
                square = (goal**2).sum()
                values = {
                    chi: np.trace(goal) ** 2 / (dimension * square),
                    N: count,
                    p: statement.dimension.subs(d, dimension),
                    d: dimension,
                }
                slope, level = Poly(statement.mean.subs(values), alpha).all_coeffs()
                gaps = 1 - kept / square - float(slope) * shares - float(level)
                error = gaps.std(ddof=1) / np.sqrt(samples)
                words = f"d = {dimension}, N = {count}, B = diag({name})"
                rows.append((words, gaps.mean(), error, 0.0))
    return agree(rows)


MEAN = chi * (1 - alpha) + (1 - chi) * (1 - (N - alpha) / p)

AVERAGE = Claim(
    id="rf-mean-exact",
    title="The mean over rotations has one unknown number",
    chapter=CHAPTER,
    statement=Statement(
        "Let $[[d]]$, let $Q W$ have the law of $W$ for every orthogonal matrix "
        "$Q$, let the $N$ matrices $w_i w_i^{\\mathsf T}$ be almost "
        "surely independent, and let $\\alpha = \\frac1d\\, \\mathbb E\\, \\lVert P(I) "
        "\\rVert_F^2$ with the orthogonal projection $P$ on their span. For every "
        "symmetric $B \\ne 0$ random features with a quadratic activation and a free "
        "constant have\n\n"
        "$$\\mathbb E\\, \\mathcal R_{\\mathrm{RF}} = [[mean]], \\qquad "
        "p = [[dimension]],$$\n\n"
        "where $\\chi = \\chi(B)$.",
        {"d": Integers(2)},
        {"mean": MEAN, "dimension": d * (d + 1) / 2 - 1},
    ),
    sources=(printed("Corollary 1, equation (12)", "sharper", "At finite size."),),
    uses=("rf-quadratic-offset", "sphere-moments"),
    checks=(
        Check(
            "symbolic",
            "fourth moments of a rotation, for symbolic d, traces and norms",
            _mean_symbolic,
            role="step",
        ),
        Check(
            "symbolic",
            "one feature, from the sphere's moments, for symbolic d",
            _mean_one,
            given=("sphere-moments",),
            role="step",
        ),
        Check(
            "statistical",
            "2 * 10^4 projections each, d = 2, 3, 4",
            _mean_sampled,
            {"d": Integers(2, 4)},
            seed=11,
        ),
    ),
    planted=(
        Planted(
            "the trace counted among the others",
            {"dimension": d * (d + 1) / 2},
            near=True,
        ),
        Planted(
            "N for N - alpha",
            {"mean": chi * (1 - alpha) + (1 - chi) * (1 - N / p)},
            near=True,
        ),
        Planted("shares exchanged", {"mean": MEAN.subs(chi, 1 - chi)}),
        Planted(
            "the trace fully learned: right for alpha = 1",
            {"mean": chi * (1 - alpha) + (1 - chi) * (1 - (N - 1) / p)},
            near=True,
        ),
        Planted("the trace alone", {"mean": 1 - chi * alpha}),
    ),
    weak=Check(
        "symbolic",
        "B = I only",
        lambda statement, domain: identity(
            statement.mean.subs(p, statement.dimension).subs(chi, 1), 1 - alpha
        ),
        role="step",
    ),
    spec="GM-RF-Schur",
)


CLAIMS = (AVERAGE,)
