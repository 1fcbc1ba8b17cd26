"""Rigorous numbers for the claims on correlation, apart from the room `rfbook.psi`.

`bound_ball` sums a hypergeometric series where the room evaluates a Bessel function;
`supremum_ball` encloses the largest eigenvalue by Minkowski's inequality and by the
slopes of the wave; `rest_norm_ball` integrates the literal sum of ReLUs piece by piece.
Norms are exact SymPy numbers.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

import numpy as np
from flint import arb
from sympy import Symbol, pi, sqrt

from rfbook.claims.psi.wave import twice_psi, twice_triangle
from rfbook.ledger import Integers, Relation, Result, every, exact_ball

d = Symbol("d", integer=True, positive=True)
R = Symbol("R", positive=True)

FREQUENCY = pi**2 * R**2 / 4
"""The frequency parameter of the first harmonic of tri, at the norm R."""

NORMS = (2 * sqrt(d) / pi, sqrt(d), d)
"""The norms at which the bound, the supremum and each other claim are compared."""

BITS = 128
AT_MOST, AT_LEAST = Relation("<="), Relation(">=")


def integer_at(formula, dimension: int) -> int:
    """Evaluate a formula in d at an integer, where it is an integer."""
    return int(formula.subs(d, dimension))


def scheduled(dimensions: Integers, norms=NORMS) -> list[dict]:
    """List the points (d, R) for each dimension and each norm, a formula in d."""
    return [
        {"d": value, "R": (norm + 0 * d).subs(d, value)}
        for value in dimensions
        for norm in norms
    ]


def compare(points: Iterable[Mapping], sides: Callable, relation: Relation) -> Result:
    """Decide ``left relation right`` at each point; a witness shows both enclosures."""
    named = {
        ", ".join(f"{k} = {v}" for k, v in point.items()): point for point in points
    }

    def decide(name):
        left, right = sides(**named[name])
        words = f"{interval(left)} {relation.symbol} {interval(right)}"
        return relation.ball(left, right), words

    return every(named, decide)


def interval(ball) -> str:
    """Write a ball with six digits, or its two ends where they differ."""
    ends = [end.str(6, radius=False) for end in (ball.lower(), ball.upper())]
    return ends[0] if ends[0] == ends[1] else f"[{ends[0]}, {ends[1]}]"


def bound_ball(dimension, frequency):
    """Enclose Lambda_d(s) = e^-s 0F1(; d/2; s^2/4) by the hypergeometric series."""
    z = exact_ball(frequency)
    return (-z).exp() * (z * z / 4).hypgeom_0f1(arb(int(dimension)) / 2)


@lru_cache(maxsize=4096)
def eigenvalue_ball(dimension: int, norm, degree: int = 1):
    """Enclose the eigenvalue of odd degree of E_w tri_w (x) tri_w.

    The harmonics up to m give sums of E sinh(c t) P_l(t) with c = m m' s under mu_d;
    those beyond change the root of the eigenvalue by at most sum |b_m| times
    sqrt(Lambda_d(m^2 s)). In dimension 1 the eigenvalue is the second moment.
    """
    if dimension == 1 and degree == 1:
        reach = 4 + 16 * int(float(norm) + 1)
        heights = twice_triangle(2 * np.arange(-reach, reach + 1)) // 2
        return piecewise_square_ball(heights, exact_ball(norm))
    z = exact_ball(FREQUENCY.subs(R, norm))
    odd = range(1, 6 if dimension >= 8 else 24, 2)
    weight = {m: (-1) ** (m // 2) * 8 / (arb.pi() * m) ** 2 for m in odd}
    half = arb(dimension) / 2
    total = arb(0)
    for one in odd:
        for two in odd[: odd.index(one) + 1]:
            c = one * two * z
            overlap = (c / 2) ** degree / half.rising(degree)
            overlap *= (-c).exp() * (c * c / 4).hypgeom_0f1(half + degree)
            term = overlap * (-((one - two) ** 2) * z / 2).exp()
            total += weight[one] * weight[two] * term * (1 if one == two else 2)
    rest = 1 - sum(abs(value) for value in weight.values())
    rest *= bound_ball(dimension, (odd[-1] + 2) ** 2 * z).sqrt()
    root = total.max(arb(0)).sqrt()
    return (root - rest).max(arb(0)).union(root + rest) ** 2


def supremum_ball(dimension: int, norm):
    """Enclose the supremum of E_w <f, tri_w>^2 over f of norm 1.

    Besides `eigenvalue_ball`: from below (E g tri(R g))^2 / d, at f = <v, .>; from
    above R^2 / d, since d functions of degree 1 share the mean square of the wave, at
    most that of R g.
    """
    ball = eigenvalue_ball(dimension, norm)
    low = ball.lower().max((slope_ball(norm) ** 2 / dimension).lower())
    high = ball.upper().min((exact_ball(norm) ** 2 / dimension).upper())
    return low.union(high)


@lru_cache(maxsize=512)
def slope_ball(norm):
    """Enclose E g tri(R g) = R E tri'(R g) > 0: the slope is 1, -1, 1, ... by turns."""
    radius = exact_ball(norm)
    if radius > 3:
        return arb(0).union(radius)
    tails = [tail_ball((2 * i + 1) / radius) for i in range(40)]
    signed = sum(4 * (-1) ** (i + 1) * tail for i, tail in enumerate(tails))
    return radius * (1 + signed - arb(0).union(4 * tails[-1]))


def tail_ball(h):
    """Enclose Q(h), the standard normal's upper tail."""
    return (h / arb(2).sqrt()).erfc() / 2


def density_ball(h):
    """Enclose the standard normal density."""
    return (-h * h / 2).exp() / (2 * arb.pi()).sqrt()


@lru_cache(maxsize=256)
def rest_norm_ball(size: int, norm, sign: int):
    """Enclose E (psi_a(R g) - sign tri(R g))^2 from the values at the integers."""
    reach = size + 4 + 16 * int(float(norm) + 1)
    points = 2 * np.arange(-reach, reach + 1)
    heights = (twice_psi(size, points) - sign * twice_triangle(points)) // 2
    return piecewise_square_ball(heights, exact_ball(norm))


def piecewise_square_ball(heights: np.ndarray, radius):
    """Enclose E F(R g)^2 for F linear between the integers, |F(x)| <= 4|x| beyond.

    ``heights`` are the values of F at -m, ..., m.
    """
    reach = len(heights) // 2
    total = arb(0)
    for i in np.flatnonzero((heights[:-1] != 0) | (heights[1:] != 0)):
        start, slope = int(i) - reach, int(heights[i + 1] - heights[i])
        constant = int(heights[i]) - slope * start
        total += _linear_square(slope * radius, constant, start / radius, 1 / radius)
    end = arb(reach) / radius
    beyond = 32 * radius**2 * (tail_ball(end) + end * density_ball(end))
    return total + arb(0).union(beyond)


def _linear_square(slope, constant: int, low, width):
    """Enclose E (slope g + constant)^2 over low < g < low + width."""
    high = low + width
    flip = low < 0
    mass = tail_ball(-high if flip else low) - tail_ball(-low if flip else high)
    left, right = density_ball(low), density_ball(high)
    first, second = left - right, mass + low * left - high * right
    return slope**2 * second + 2 * slope * constant * first + constant**2 * mass
