"""How fast averages over independent features converge: exact mean squares.

Small laws are enumerated in Fractions, the rest is symbolic; nothing here calls the
room `rfbook.random_features`.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from math import prod

import numpy as np
import sympy
from sympy import Integer, Symbol, symbols

from rfbook.claims.random_features.sources import CHAPTER
from rfbook.claims.tools.sphere import MOMENTS, i
from rfbook.claims.tools.sphere import d as dimension
from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Result,
    Source,
    Statement,
    agree,
    every,
    every_identity,
)

N, d = symbols("N d", integer=True, positive=True)
k = Symbol("k", real=True)
m, p = symbols("m p", positive=True)

BARRON = Source("Barron1993", "IEEE Trans. Inf. Theory 39", "Lemma 1", "implied")

Vector = tuple[int, ...]
Law = Sequence[tuple[Fraction, Vector]]
LAWS: dict[str, Law] = {
    "1 or -1": ((Fraction(1, 2), (1,)), (Fraction(1, 2), (-1,))),
    "3 with 1/4, else -2": ((Fraction(1, 4), (3,)), (Fraction(3, 4), (-2,))),
    "2, 0, -1 with 1/5, 1/2, 3/10": (
        (Fraction(1, 5), (2,)),
        (Fraction(1, 2), (0,)),
        (Fraction(3, 10), (-1,)),
    ),
    "(2, -1), (0, 3), (1, 1) with 1/5, 1/2, 3/10": (
        (Fraction(1, 5), (2, -1)),
        (Fraction(1, 2), (0, 3)),
        (Fraction(3, 10), (1, 1)),
    ),
}
"""Laws of random vectors: the probability and the value of each atom."""


def average(law: Law, function):
    """Return the mean of a function of the random vector."""
    return sum(probability * function(v) for probability, v in law)


def square(v: Vector):
    """Return the squared length of a vector."""
    return sum(c * c for c in v)


def centre(law: Law) -> Vector:
    """Return the mean vector."""
    return tuple(average(law, lambda v, j=j: v[j]) for j in range(len(law[0][1])))


def averages(law: Law, size: int):
    """Yield the probability and the average of each tuple of so many draws."""
    for draws in product(law, repeat=size):
        columns = zip(*(v for _, v in draws), strict=True)
        yield (
            prod((probability for probability, _ in draws), start=Fraction(1)),
            tuple(Fraction(sum(column), size) for column in columns),
        )


def pairs_of_draws(diagonal, other):
    """Return the mean square of an average of N draws, pair by pair.

    N pairs (i, i) contribute the second moment, N (N - 1) the product of the means.
    """
    return (N * diagonal + N * (N - 1) * other) / N**2


# --- the kernel of finitely many features ---------------------------------------------


def variance(statement):
    """Return the claimed variance."""
    return (statement.second - statement.square) / statement.draws


def _product_pairs(statement, domain) -> Result:
    square_mean = pairs_of_draws(m, k**2)
    return every_identity(
        [
            ("the mean of N equal terms", N * k / N, statement.mean),
            ("the variance", square_mean - k**2, variance(statement)),
        ]
    )


def _product_tuples(statement, domain) -> Result:
    """Take the products of features themselves as the random numbers."""

    def compare(case):
        name, size = case
        law = LAWS[name]
        mean = average(law, lambda v: v[0])
        at = {k: mean, m: average(law, square), N: size}
        first = sum(q * a for q, (a,) in averages(law, size))
        second = sum(q * (a - mean) ** 2 for q, (a,) in averages(law, size))
        parts = statement.mean, variance(statement)
        claimed = [sympy.sympify(part).subs(at) for part in parts]
        same = [first, second] == [Fraction(int(c.p), int(c.q)) for c in claimed]
        words = f"mean {first} = {claimed[0]}, variance {second} = {claimed[1]}"
        return same, f"{size} draws: {words}"

    numbers = [name for name, law in LAWS.items() if len(law[0][1]) == 1]
    return every(product(numbers, domain["N"]), compare)


UNBIASED = Claim(
    id="features-unbiased",
    title="Finitely many features have the kernel in the mean",
    chapter=CHAPTER,
    statement=Statement(
        "Let $w_1, \\dots, w_N$ be independent with one law, $[[N]]$, and let $k = "
        "\\mathbb E\\, \\varphi(w, x) \\varphi(w, y)$ and $m = \\mathbb E\\, "
        "\\varphi(w, x)^2 \\varphi(w, y)^2$ be finite. Then $k_N(x, y) = \\frac1N "
        "\\sum_{i=1}^N \\varphi(w_i, x) \\varphi(w_i, y)$ has\n\n"
        "$$\\mathbb E\\, k_N(x, y) = [[mean]], \\qquad "
        "\\mathbb E\\, \\bigl( k_N(x, y) - k \\bigr)^2 = "
        "\\frac{[[second]] - [[square]]}{[[draws]]}.$$",
        {"N": Integers(1)},
        {"mean": k, "second": m, "square": k**2, "draws": N},
    ),
    sources=(Source("RahimiRecht2007", "NIPS 2007", "Section 3", "implied"),),
    checks=(
        Check(
            "exact",
            "all tuples of up to 5 draws of three laws",
            _product_tuples,
            {"N": Integers(1, 5)},
            role="step",
        ),
        Check(
            "symbolic", "pairs of draws, for symbolic N", _product_pairs, role="step"
        ),
    ),
    planted=(
        Planted("the mean not subtracted", {"square": Integer(0)}),
        Planted("right for one draw", {"draws": N**2}, near=True),
        Planted("the mean falls with N", {"mean": k / N}),
        Planted("21/20 of the second moment", {"second": 21 * m / 20}, near=True),
        Planted("the mean not squared: right for mean 1", {"square": k}, near=True),
    ),
    weak=Check(
        "exact", "one draw only", _product_tuples, {"N": Integers(1, 1)}, role="step"
    ),
)


# --- averages of functions ------------------------------------------------------------


def _rate_pairs(statement, domain) -> Result:
    """Expand the squared norm: <v_i, v_j> has the mean p for i != j, m for i = j."""
    cross, exact = p, p
    found = pairs_of_draws(m, p) - 2 * cross + exact
    return every_identity([("the expanded square", found, statement.error)])


def _rate_tuples(statement, domain) -> Result:
    def compare(case):
        name, size = case
        law = LAWS[name]
        mean = centre(law)
        found = sum(
            q * square(tuple(a - b for a, b in zip(v, mean, strict=True)))
            for q, v in averages(law, size)
        )
        at = {m: average(law, square), p: square(mean), N: size}
        claimed = sympy.sympify(statement.error).subs(at)
        same = found == Fraction(int(claimed.p), int(claimed.q))
        return same, f"{size} draws: {found} = {claimed}"

    return every(product(LAWS, domain["N"]), compare)


RATE = Claim(
    id="features-rate",
    title="The exact error of an average over features",
    chapter=CHAPTER,
    statement=Statement(
        "Let $f = \\mathbb E_w\\, g(w) f_w$ with $m = \\mathbb E_w\\, g(w)^2 \\lVert "
        "f_w \\rVert^2$ finite, and let $p = \\lVert f \\rVert^2$. For $[[N]]$ "
        "independent draws, the average $\\hat f_N = \\frac1N \\sum_{i=1}^N g(w_i) "
        "f_{w_i}$ has\n\n"
        "$$\\mathbb E\\, \\lVert \\hat f_N - f \\rVert^2 = [[error]].$$",
        {"N": Integers(1)},
        {"error": (m - p) / N},
    ),
    sources=(BARRON,),
    checks=(
        Check(
            "exact",
            "all tuples of up to 4 draws of four laws",
            _rate_tuples,
            {"N": Integers(1, 4)},
            role="step",
        ),
        Check("symbolic", "pairs of draws, for symbolic N", _rate_pairs, role="step"),
    ),
    planted=(
        Planted("the norm of f not subtracted", {"error": m / N}),
        Planted("right for one draw", {"error": (m - p) / N**2}, near=True),
        Planted("20/21 of it", {"error": 20 * (m - p) / (21 * N)}, near=True),
        Planted("the sign", {"error": (m + p) / N}),
    ),
    weak=Check(
        "exact", "one draw only", _rate_tuples, {"N": Integers(1, 1)}, role="step"
    ),
)


# --- a linear function from ReLUs -----------------------------------------------------


def _linear_moments(statement, domain) -> Result:
    """Take [z]_+ = (z + |z|)/2, of which w -> -w keeps z/2; and E w_1^2 = 1/d."""
    second = MOMENTS.statement.factor.subs(i, 0).subs(dimension, d)
    energy = statement.weight**2 * second / 2
    return every_identity(
        [
            ("the mean over w", statement.weight * second / 2, Integer(1)),
            ("the error", (energy - 1) / N, statement.error),
        ]
    )


def _linear_signs(statement, domain) -> Result:
    """Enumerate all signs in dimension 1: the network is a x for x > 0, b x below."""

    def compare(size):
        weight = sympy.sympify(statement.weight).subs(d, 1)
        found = Fraction(0)
        for signs in product((1, -1), repeat=size):
            up = weight * sum(1 for sign in signs if sign > 0) / size
            down = weight * sum(1 for sign in signs if sign < 0) / size
            found += ((1 - up) ** 2 + (1 - down) ** 2) / 2
        found = sympy.Rational(found) / 2**size
        claimed = sympy.sympify(statement.error).subs({d: 1, N: size})
        return found == claimed, f"d = 1, {size} draws: {found} = {claimed}"

    return every(domain["N"], compare)


def _linear_sampled(statement, domain, rng) -> Result:
    """Sample directions and inputs together."""
    rows, count = [], 40_000
    for size, width in product(domain["d"], domain["N"]):
        W = rng.standard_normal((count, width, size))
        W /= np.linalg.norm(W, axis=2, keepdims=True)
        x = rng.standard_normal((count, size))
        gates = np.maximum(np.einsum("sid,sd->si", W, x), 0)
        weight = float(sympy.sympify(statement.weight).subs(d, size))
        values = np.mean(weight * W[:, :, 0] * gates, axis=1)
        squares = (values - x[:, 0]) ** 2
        error = squares.std(ddof=1) / count**0.5
        claimed = float(sympy.sympify(statement.error).subs({d: size, N: width}))
        rows.append((f"d = {size}, N = {width}", squares.mean(), error, claimed))
    return agree(rows)


LINEAR = Claim(
    id="linear-from-relus",
    title="A linear function as an average of ReLUs",
    chapter=CHAPTER,
    statement=Statement(
        "Let $w, w_1, \\dots, w_N$ be independent and uniform on $S^{d-1}$, $[[d]]$ "
        "and $[[N]]$. For every $x \\in \\mathbb R^d$\n\n"
        "$$x_1 = \\mathbb E_w\\, [[weight]]\\, \\langle w, e_1 \\rangle [\\langle w, x "
        "\\rangle]_+,$$\n\n"
        "and for $x \\sim \\gamma_d$ the average of $N$ draws has the error\n\n"
        "$$\\mathbb E\\, \\Bigl( x_1 - \\frac1N \\sum_{i=1}^N [[weight]]\\, \\langle "
        "w_i, e_1 \\rangle [\\langle w_i, x \\rangle]_+ \\Bigr)^2 = [[error]].$$",
        {"d": Integers(1), "N": Integers(1)},
        {"weight": 2 * d, "error": (2 * d - 1) / N},
    ),
    uses=("features-rate", "sphere-moments"),
    checks=(
        Check(
            "symbolic",
            "the moments, for symbolic d and N",
            _linear_moments,
            given=("features-rate", "sphere-moments"),
            role="step",
        ),
        Check(
            "exact",
            "all signs in dimension 1",
            _linear_signs,
            {"N": Integers(1, 8), "d": Integers(1, 1)},
            role="step",
        ),
        Check(
            "statistical",
            "directions and inputs together",
            _linear_sampled,
            {"d": Integers(2, 5), "N": Integers(1, 4, 3)},
            seed=31,
        ),
    ),
    planted=(
        Planted("half the weight", {"weight": d}),
        Planted("the norm of x_1 not subtracted", {"error": 2 * d / N}),
        Planted("right in dimension 1", {"error": (3 * d - 2) / N}, near=True),
        Planted("right for one draw", {"error": (2 * d - 1) / N**2}, near=True),
        Planted("the weight of dimension 2", {"weight": Integer(4)}),
    ),
    weak=Check(
        "exact",
        "dimension 1 only",
        _linear_signs,
        {"N": Integers(1, 4), "d": Integers(1, 1)},
        role="step",
    ),
)

CLAIMS = (UNBIASED, RATE, LINEAR)
