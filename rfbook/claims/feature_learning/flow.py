"""The overlap of one neuron: its flow on the sphere, and online descent by steps."""

import numpy as np
from sympy import (
    Function,
    Symbol,
    expand,
    series,
    solve,
    sqrt,
    symbols,
)

from rfbook.claims.feature_learning.known import CHAPTER, c, d, eta, k, t
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

z = Function("z")


def _sphere_velocity(statement, domain) -> Result:
    """Move w = (t, sqrt(1 - t^2)) along z' (theta - t w), theta = (1, 0)."""
    side = sqrt(1 - t**2)
    slope = Symbol("z'", real=True)
    move = (slope * (1 - t**2), -slope * t * side)
    return every_identity(
        (
            ("the overlap", move[0], statement.share * slope),
            ("the norm", t * move[0] + side * move[1], 0),
        )
    )


FLOW = Claim(
    id="sphere-flow",
    title="The flow of the overlap",
    chapter=CHAPTER,
    statement=Statement(
        "Let $w(\\tau)$ with $\\lVert w(0) \\rVert = 1$ follow the part of the "
        "gradient of $\\mathbb E\\, H(\\langle \\theta, x \\rangle)\\, "
        "\\sigma(\\langle w, x \\rangle)$ tangent to the sphere, and $t = \\langle "
        "\\theta, w \\rangle$, $z(t) = \\sum_k \\hat H_k \\hat\\sigma_k\\, t^k$. Then "
        "$\\lVert w \\rVert = 1$ and\n\n"
        "$$\\frac{dt}{d\\tau} = \\left([[share]]\\right) z'(t) .$$",
        {},
        {"share": 1 - t**2},
    ),
    uses=("step-gradient", "step-tangent"),
    checks=(
        Check(
            "symbolic", "in the plane of the two vectors", _sphere_velocity, role="step"
        ),
    ),
    planted=(
        Planted("1 - t: right at t = 0", {"share": 1 - t}, True),
        Planted("not on the sphere", {"share": 1 + 0 * t}),
        Planted("the root", {"share": sqrt(1 - t**2)}),
    ),
    weak=Check(
        "exact",
        "t = 0 alone",
        lambda statement, domain: identity(statement.share.subs(t, 0), 1),
        role="step",
    ),
    spec="frontier-3",
)


# --- one sample a step ----------------------------------------------------------------

a, b = symbols("a b", real=True)
other = Symbol("b'", real=True)
force, square = symbols("s G", real=True)


def _chain_plane(statement, domain, at=None) -> Result:
    """Take theta = (1, 0), w = (t, sqrt(1 - t^2)), and x = (a, b') in their plane."""
    side = sqrt(1 - t**2)
    b_value = t * a + side * other
    u = side * a - t * other
    rows = [
        ("along theta", a - t * b_value, statement.along.subs(b, b_value)),
        ("the square", a**2 + other**2 - b_value**2, u**2),
        ("u", statement.across, u),
    ]
    if at is not None:
        rows = [(name, x.subs(t, at), y.subs(t, at)) for name, x, y in rows]
    return every_identity((name, expand(x), expand(y)) for name, x, y in rows)


def _chain_simulated(statement, domain, rng) -> Result:
    """Compare two moments of one step: vectors in six dimensions, and the chain."""
    draws, size, cosine, step = 200_000, 6, 0.4, 0.3
    x = rng.standard_normal((draws, size))
    w = np.zeros(size)
    w[:2] = cosine, (1 - cosine**2) ** 0.5
    b_value = x @ w
    pull = step * (x[:, 0] ** 2 - 1) * (b_value > 0)
    moved = w + pull[:, None] * (x - b_value[:, None] * w)
    vectors = moved[:, 0] / np.linalg.norm(moved, axis=1)
    first, second = rng.standard_normal((2, draws))
    at = {t: cosine}
    u = float(statement.across.subs({**at, a: 1, other: 0})) * first
    u += float(statement.across.subs({**at, a: 0, other: 1})) * second
    b_value = cosine * first + (1 - cosine**2) ** 0.5 * second
    pull = step * (first**2 - 1) * (b_value > 0)
    along = float(statement.along.subs({**at, a: 1, b: 0})) * first
    along += float(statement.along.subs({**at, a: 0, b: 1})) * b_value
    freedom = int(statement.freedom.subs(d, size))
    rest = rng.chisquare(freedom, draws)
    chain = (cosine + pull * along) / np.sqrt(1 + pull**2 * (u**2 + rest))
    rows = []
    for power in (1, 2):
        gap = vectors**power - chain**power
        rows.append((f"moment {power}", gap.mean(), gap.std() / draws**0.5, 0.0))
    return agree(rows)


CHAIN = Claim(
    id="overlap-chain",
    title="The overlap alone is a Markov chain",
    chapter=CHAPTER,
    statement=Statement(
        "Let $w$ be a unit vector, $t = \\langle \\theta, w \\rangle$, $x \\sim "
        "\\mathcal N(0, I_d)$, $d \\ge 3$, $a = \\langle \\theta, x \\rangle$, $b = "
        "\\langle w, x \\rangle = t a + \\sqrt{1 - t^2}\\, b'$, $r = \\eta\\, H(a)\\, "
        "\\sigma'(b)$, and let $w$ change to the direction of $w + r\\, (x - b w)$. "
        "The overlap changes to\n\n"
        "$$\\frac{t + r\\, ([[along]])}{\\sqrt{1 + r^2 (u^2 + q)}}, \\qquad u = "
        "[[across]],$$\n\n"
        "with independent normal $a, b'$ and a number $q$, independent of them, that "
        "has the law of the sum of $[[freedom]]$ squares of normal numbers.",
        {},
        {
            "along": a - t * b,
            "across": sqrt(1 - t**2) * a - t * other,
            "freedom": d - 2,
        },
    ),
    checks=(
        Check("symbolic", "in the plane of the two vectors", _chain_plane, role="step"),
        Check("statistical", "one step in six dimensions", _chain_simulated, seed=11),
    ),
    planted=(
        Planted("t dropped: right at t = 0", {"along": a + 0 * t * b}, True),
        Planted("the sign in u", {"across": sqrt(1 - t**2) * a + t * other}),
        Planted("one square more", {"freedom": d + 1}),
    ),
    weak=Check(
        "exact",
        "t = 0 alone",
        lambda statement, domain: _chain_plane(statement, domain, 0),
        role="step",
    ),
    spec="frontier-3",
)


def _second_series(statement, domain) -> Result:
    """Expand the quotient in the step size."""
    quotient = (t + eta * force) / sqrt(1 + eta**2 * square)
    found = series(quotient, eta, 0, 3).removeO()
    claimed = t + eta * force + statement.second * eta**2
    return identity(found, claimed)


SECOND = Claim(
    id="step-second-order",
    title="Going back to the sphere costs overlap",
    chapter=CHAPTER,
    statement=Statement(
        "Let a step of size $\\eta$ change the overlap to $\\frac{t + \\eta\\, "
        "s}{\\sqrt{1 + \\eta^2 G}}$ with the numbers $s$ and $G \\ge 0$. To second "
        "order in $\\eta$ this is\n\n"
        "$$t + \\eta\\, s + \\eta^2 \\left([[second]]\\right) .$$",
        {},
        {"second": -t * square / 2},
    ),
    checks=(Check("symbolic", "the series in the step size", _second_series),),
    planted=(
        Planted("not halved", {"second": -t * square}),
        Planted("the sign", {"second": t * square / 2}),
        Planted("without t: right at t = 1", {"second": -square / 2}, True),
    ),
    weak=Check(
        "exact",
        "t = 1 alone",
        lambda statement, domain: identity(statement.second.subs(t, 1), -square / 2),
        role="step",
    ),
    spec="frontier-3",
)

LIMIT = 4 * c * k * t ** (k - 2) * (1 - t**2) / (d - 1 + 2 * k * (1 - t**2))


def _size_solved(statement, domain, degrees=(1, 2, 3, 4, 5)) -> Result:
    """Solve eta (1 - t^2) z' = eta^2 t G / 2 for eta, degree by degree."""
    rows, overlap = [], Symbol("t", positive=True)
    for degree in degrees:
        drift = (1 - overlap**2) * degree * c * overlap ** (degree - 1)
        noise = ((d - 1) / 2 + degree * (1 - overlap**2)) * overlap / 2
        (found,) = solve(drift - eta * noise, eta)
        claimed = statement.limit.subs({k: degree, t: overlap})
        rows.append((f"degree {degree}", found, claimed))
    return every_identity(rows)


SIZE = Claim(
    id="step-size-limit",
    title="Which steps are small enough",
    chapter=CHAPTER,
    statement=Statement(
        "Let $H = \\operatorname{he}_k$, $k \\ge 1$, $\\sigma$ the ReLU with $c = "
        "\\hat\\sigma_k > 0$, and $0 < t < 1$. To second order in the step size the "
        "overlap grows on average in one step of {prf:ref}`overlap-chain` exactly "
        "if\n\n"
        "$$\\eta < [[limit]] .$$",
        {},
        {"limit": LIMIT},
    ),
    uses=("sphere-flow", "relu-step-noise", "step-second-order", "overlap-chain"),
    checks=(
        Check(
            "symbolic",
            "gain and loss compared, k = 1, ..., 5",
            _size_solved,
            role="step",
        ),
    ),
    planted=(
        Planted("2 for 4", {"limit": LIMIT / 2}),
        Planted("k for its square: right for k = 1", {"limit": LIMIT * k}, True),
        Planted("one power of t more", {"limit": LIMIT * t}),
    ),
    weak=Check(
        "symbolic",
        "degree 1 alone",
        lambda statement, domain: _size_solved(statement, domain, (1,)),
        role="step",
    ),
    spec="frontier-3",
)

CLAIMS = (FLOW, CHAIN, SECOND, SIZE)
