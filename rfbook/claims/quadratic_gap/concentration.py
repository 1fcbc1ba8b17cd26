"""How little the tangent model's risk depends on the drawn directions."""

from fractions import Fraction
from itertools import combinations, product
from math import prod

import numpy as np
from sympy import Rational, Symbol, expand, limit, oo, simplify, symbols

from rfbook.claims.quadratic_gap.sources import CHAPTER, printed
from rfbook.claims.quadratic_gap.spans import (
    SYMMETRIC,
    WIDTHS,
    beta_moment,
    d,
    rational,
)
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Result,
    Statement,
    Verdict,
    every,
    every_identity,
    fails,
    unknown,
)

B, P = (Symbol(name, commutative=False) for name in ("B", "P"))


def _gradient(statement, domain) -> Result:
    """|gradient|^2 = 8 |XY|^2 <= 8 |X|^2 |Y|^2 <= (|X|^2 + 2 |Y|^2)^2 <= 1.

    For B = e e' it is 8 s^3 (1 - s) with s = |P e|^2, and at N = d/4 nothing is lost.
    """
    x, y, s = symbols("x y s", positive=True)
    X = P * B * P
    derivative = P * B * P * B - B * P * B * P
    blocks = X * B * (1 - P) - (1 - P) * B * X
    off = expand(derivative - blocks).subs(P**2, P)
    if off != 0:
        return unknown(f"the commutator: {off} is left")
    rate = rank_one_rate(s)
    length = 8 * x * y
    result = every_identity(
        (
            ("the length", (x + 2 * y) ** 2 - length, (x - 2 * y) ** 2),
            ("rank one", length.subs({x: s**2, y: s * (1 - s)}), rate),
        )
    )
    if result.verdict is not Verdict.HOLDS:
        return result
    needed, allowed = rate.subs(s, Rational(3, 4)), limit(d * statement.bound, d, oo)
    if allowed < needed:
        words = "B = e e', N = d/4 and d to infinity: d times the variance tends to"
        return fails(f"{words} {needed}, d times the bound to {allowed}")
    if d * statement.bound != 1:
        return unknown("the length 1 and the spectral gap d give the bound 1/d only")
    return result


def rank_one_rate(share):
    """Return the limit of d Var |P e|^4 for a projection P of rank x d, x the share.

    The moments of |P e|^2 are those of its Beta law, for symbolic d.

    Examples
    --------
    >>> rank_one_rate(Rational(3, 4))
    27/32
    """

    def moment(power: int):
        steps = range(power)
        return prod((share * d + 2 * j) / (d + 2 * j) for j in steps)

    return limit(simplify(d * (moment(4) - moment(2) ** 2)), d, oo)


def laplacian(side: int):
    """Return -2 times the Laplacian of O(d) on products P_ij P_kl, and the symmetriser.

    The basis A = E_ij - E_ji of the skew matrices has squared length 2 and acts on
    symmetric matrices by S -> A S - S A, on products by Leibniz's rule.
    """
    pairs = [(i, j) for i in range(side) for j in range(i, side)]
    size = len(pairs)
    units = np.zeros((size, side, side), dtype=np.int64)
    for k, (i, j) in enumerate(pairs):
        units[k, i, j] = units[k, j, i] = 1
    rows, columns = np.array(pairs).T
    total = np.zeros((size**2, size**2), dtype=np.int64)
    eye = np.eye(size, dtype=np.int64)
    for i, j in combinations(range(side), 2):
        skew = np.zeros((side, side), dtype=np.int64)
        skew[i, j], skew[j, i] = 1, -1
        action = (skew @ units - units @ skew)[:, rows, columns].T
        both = np.kron(action, eye) + np.kron(eye, action)
        total -= both @ both
    swap = np.eye(size**2, dtype=np.int64).reshape((size,) * 4).swapaxes(0, 1)
    return total, np.eye(size**2, dtype=np.int64) + swap.reshape(size**2, size**2)


def _spectral_gap(statement, domain) -> Result:
    """All eigenvalues on polynomials of degree 2 in P are 0, d, 2d - 2 or 2d + 4."""
    bound = rational(statement.bound, "d")

    def compare(side):
        matrix, symmetric = laplacian(side)
        eye = np.eye(len(matrix), dtype=np.int64)
        rest = symmetric
        for value in (0, side, 2 * side - 2, 2 * side + 4):
            rest = (matrix - 2 * value * eye) @ rest
        if rest.any():
            return None, f"another eigenvalue in dimension {side}"
        if bound(side) < Fraction(1, side):
            return None, f"{bound(side)} is below 1/{side}, the proof's bound"
        return True, ""

    return every(domain["d"], compare)


def _rank_one_variance(statement, domain) -> Result:
    """For B = e e' the risk is the square of a Beta variable."""
    bound = rational(statement.bound, "d")

    def compare(case):
        side, width = case
        rank = max(side - width, 0)
        second, fourth = (beta_moment(rank, side, k) for k in (2, 4))
        variance = fourth - second**2
        words = f"{float(variance):.6g} <= {float(bound(side)):.6g}"
        return variance <= bound(side), f"d = {side}, N = {width}: {words}"

    return every(product(domain["d"], domain["N"]), compare)


CONCENTRATION = Claim(
    id="nt-concentration",
    title="The tangent model's risk hardly depends on W",
    chapter=CHAPTER,
    statement=Statement(
        "For every $[[d]]$, $[[N]]$ and $[[B]]$, with independent columns $w_i \\sim "
        "\\mathcal N(0, I_d / d)$,\n\n"
        "$$\\operatorname{Var}_W \\mathcal R_{\\mathrm{NT}}(W) \\le [[bound]].$$",
        {"d": Integers(2), "N": WIDTHS, "B": SYMMETRIC},
        {"bound": 1 / d},
    ),
    sources=(printed("Theorem 2", "sharper", "The theorem gives the mean only."),),
    uses=("nt-quadratic-exact",),
    checks=(
        Check(
            "symbolic",
            "the gradient's length, in letters that do not commute; rank one, d large",
            _gradient,
            role="step",
        ),
        Check(
            "exact",
            "the Laplacian's eigenvalues on polynomials of degree 2 in P, d <= 5",
            _spectral_gap,
            {"d": Integers(2, 5)},
            role="step",
        ),
        Check(
            "exact",
            "B of rank one: moments of the Beta law, d <= 80",
            _rank_one_variance,
            {"d": Integers(2, 80), "N": Integers(1, 80)},
            role="step",
        ),
    ),
    planted=(
        Planted("4/5 of the bound: right up to d = 78", {"bound": 4 / (5 * d)}, True),
        Planted("2/d^2: right up to d = 4", {"bound": 2 / d**2}, near=True),
        Planted("half the bound: right up to d = 6", {"bound": 1 / (2 * d)}),
        Planted("5/6 of the bound: right up to d = 346", {"bound": 5 / (6 * d)}, True),
    ),
    weak=Check(
        "exact",
        "d = 2 only",
        _rank_one_variance,
        {"d": Integers(2, 2), "N": Integers(1, 2)},
        role="step",
    ),
    spec="GM-T2",
)


CLAIMS = (CONCENTRATION,)
