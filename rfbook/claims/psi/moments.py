"""Second moments in balls, from kinks and by quadrature, for the checks of `norm`.

Nothing here uses the formulas that the claims state, nor the functions of `rfbook.psi`.
A squared triangle wave is a parabola plus multiples of (x - kink)_+, so that its mean
is a sum of truncated moments; and on each piece it is a parabola, which Arb integrates
against the density with a proved error. Everything is computed at the precision of
``flint.ctx``.
"""

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from itertools import pairwise
from math import ceil, log, prod, sqrt

from flint import acb, arb, ctx, fmpq
from sympy import Expr, exp

from rfbook.ledger import exact_ball

Piece = tuple[Fraction, Fraction, Fraction]
"""Where a piece starts and ends, and the centre c of its square (x - c)^2."""


def density(t: arb) -> arb:
    """Return the Gaussian density at a ball."""
    return (-t * t / 2).exp() / (2 * arb.pi()).sqrt()


def beyond(t: arb) -> arb:
    """Return P(g > t)."""
    return (t / arb(2).sqrt()).erfc() / 2


def excess(t: arb) -> arb:
    """Return E (g - t)_+."""
    return density(t) - t * beyond(t)


def up_to(bound: arb) -> arb:
    """Return a ball that contains the interval from 0 to the bound."""
    return arb(0).union(bound)


def reach() -> int:
    """Return where the density is below the working precision."""
    return ceil(sqrt(2 * ctx.prec * log(2)))


def over_kinks(value: Callable[[arb], arb], radius: arb) -> arb:
    """Sum a value between 0 and the density over the kinks (2k + 1) / R, k >= 0.

    The kinks left out start at some c; the densities at c, c + 2/R, ... sum to at most
    density(c) / (1 - e^{-2c/R}).
    """
    total, kink, count = arb(0), 1 / radius, 0
    while not kink > reach():
        total += value(kink)
        count += 1
        kink = (2 * count + 1) / radius
    return total + up_to(density(kink) / (1 - (-2 * kink / radius).exp()))


def wave_moment(radius: arb) -> arb:
    """Enclose E tri(Rg)^2 from tri(x)^2 = x^2 - 4 sum_{k >= 0} (|x| - 2k - 1)_+.

    Each kink has a truncated moment E (g - t)_+, which is at most the density at t.
    """
    return radius**2 - 8 * radius * over_kinks(excess, radius)


def wave_slope(radius: arb) -> arb:
    """Enclose d/dR E tri(Rg)^2 = 2R - 8 sum_{k >= 0} density((2k + 1) / R)."""
    return 2 * radius - 8 * over_kinks(density, radius)


def relu_moment(radius: Fraction, size: int) -> arb:
    """Enclose E psi_a(Rg)^2 from the a + 1 ReLUs, for either parity of a.

    With v = x + a the square is 1 + v_+^2 - 2 v_+ - 4 sum_{n=1}^a (v - 2n)_+. Far to
    the left E (g - t)_+ is -t, far to the right it is 0; each is off by at most the
    density at `reach`.
    """
    far, scale, start = reach(), ball(radius), ball(-size / radius)
    first, last = (size - far * radius) / 2, (size + far * radius) / 2
    low, high = max(1, ceil(first)), min(size, ceil(last) - 1)
    kinks = sum(excess(ball((2 * k - size) / radius)) for k in range(low, high + 1))
    left = sum(size - 2 * k for k in range(1, low))
    cut = up_to(size * density(arb(far)))
    square = (1 + start**2) * beyond(start) - start * density(start)
    linear = 2 * scale * excess(start)
    return 1 + scale**2 * square - linear - 4 * (left + scale * (kinks + cut))


def quadrature(pieces: Iterable[Piece], radius: Fraction) -> arb:
    """Integrate (Rg - c)^2 rigorously over pieces (from, to, c) of the line of Rg."""
    total, scale, far = arb(0), ball(radius), Fraction(reach())
    for start, end, centre in pieces:
        low, high = max(start / radius, -far), min(end / radius, far)
        if low < high:
            middle = ball(centre)

            def integrand(z, _, middle=middle):
                return (scale * z - middle) ** 2 * (-z * z / 2).exp()

            total += acb.integral(integrand, ball(low), ball(high)).real
    return total / (2 * arb.pi()).sqrt()


def outer_rest(radius: Fraction) -> arb:
    """Enclose what lies beyond `reach` of the square of anything below 1 + R|g|.

    There (1 + R|g|)^2 <= (1 + R)^2 g^2, and E [g^2; |g| > t] = 2 (t phi(t) + Q(t)).
    """
    far = arb(reach())
    moment = 2 * (far * density(far) + beyond(far))
    return up_to((1 + ball(radius)) ** 2 * moment)


def wave_pieces(end: int) -> list[Piece]:
    """List the pieces of tri^2 on [-end, end], where tri = +-(x - 2k)."""
    cuts = [-end, *range(-end + (end + 1) % 2, end, 2), end]
    cuts = sorted(set(map(Fraction, cuts)))
    return [(p, q, 2 * round((p + q) / 4)) for p, q in pairwise(cuts)]


def relu_pieces(size: int, radius: Fraction) -> list[Piece]:
    """List the pieces of psi_a^2 from -a on: psi_a = +-(x + a - 1 - 2n)."""
    end = max(Fraction(size), reach() * radius)
    inner = [(2 * k - size, 2 * k + 2 - size, 2 * k + 1 - size) for k in range(size)]
    pieces = [*inner, (size, end, size + 1)]
    return [tuple(map(Fraction, piece)) for piece in pieces]


def ball(value) -> arb:
    """Return an exact rational as a ball at the working precision."""
    value = Fraction(value)
    return arb(fmpq(value.numerator, value.denominator))


def hull(low: Fraction, high: Fraction) -> arb:
    """Return the ball over a closed interval with exact ends."""
    return ball(low).union(ball(high))


def same(left: arb, right: arb, digits: int = 25) -> tuple[bool | None, str]:
    """Compare two enclosures of what should be one number, to so many digits."""
    words = f"{left.str(12, radius=False)} = {right.str(12, radius=False)}"
    if not left.overlaps(right):
        return False, words
    return (True if abs(left - right) < arb(10) ** -digits else None), words


def evaluate(expression: Expr, point: Mapping[Expr, arb]) -> arb:
    """Evaluate an expression in balls, given those of its symbols and functions."""
    if expression in point:
        return point[expression]
    if expression.is_number:
        return exact_ball(expression)
    balls = [evaluate(argument, point) for argument in expression.args]
    if expression.is_Add:
        return sum(balls[1:], balls[0])
    if expression.is_Mul:
        return prod(balls[1:], start=balls[0])
    if expression.is_Pow and expression.exp.is_Integer:
        return balls[0] ** int(expression.exp)
    if isinstance(expression, exp):
        return balls[0].exp()
    raise ValueError(f"no rigorous evaluation for {expression}")
