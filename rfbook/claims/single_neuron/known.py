"""What is known exactly about one ReLU neuron, for the checks of this chapter's bounds.

Energies are exact rationals over pi, eigenvalues are balls from their closed form, and
neither comes from the room `rfbook.single_neuron`. With them come choices of features
whose errors are known: no features at all, the whole blocks of eigenfunctions, the
target itself, directions spread over a circle. A bound for all features must allow
them.
"""

from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from math import comb, factorial, prod

from flint import arb, ctx
from sympy import Rational, Symbol, pi, sqrt

from rfbook.claims.psi.enclosures import density_ball, tail_ball
from rfbook.claims.tools.sphere import sphere_mean
from rfbook.ledger import Integers, Reals, Relation, exact_ball

d = Symbol("d", integer=True, positive=True)
m = Symbol("m", integer=True, positive=True)
n = Symbol("n", integer=True, positive=True)
N = Symbol("N", integer=True, nonnegative=True)
R = Symbol("R", positive=True)
c = Symbol("c", positive=True)
delta = Symbol("delta", nonnegative=True)
t = Symbol("t", positive=True)
v = Symbol("v", positive=True)
y = Symbol("y", nonnegative=True)

AT_MOST, AT_LEAST = Relation("<="), Relation(">=")
BITS = 192
POSITIVE = Reals(0, open_low=True)
DIMENSIONS = Integers(2)
FAR = Integers(2, 200)
COUNTS = Integers(0)
CONSTANT = sqrt(2) / (6 * pi ** Rational(3, 2))
"""The limit of m^(3/2) times the energy from degree m on."""

BLIND = "independent of"
SEEING = "that may depend on"
EVERY, SOME = "every", "some"
BEFORE = "before"
AFTER = "after"
INVARIANT = "whose span has a law that rotations leave as it is"
ARBITRARY = "of any law"


def shown(ball) -> str:
    """Write a ball with six digits."""
    return ball.str(6, radius=False)


def absolute_moment(dimension: int, power: int) -> Fraction:
    """Return E |t|^power under mu_d exactly, for an odd dimension or an even power.

    In odd dimension the density is a polynomial on [0, 1].
    """
    if power % 2 == 0:
        return sphere_mean((power,) + (0,) * (dimension - 1))
    if dimension % 2 == 0:
        raise ValueError(f"E |t|^{power} is irrational in dimension {dimension}")
    half = (dimension - 3) // 2
    above, below = (
        sum(Fraction((-1) ** i * comb(half, i), p + 2 * i + 1) for i in range(half + 1))
        for p in (power, 0)
    )
    return above / below


def even_moment(dimension: int, power: int) -> Fraction:
    """Return E t^power under mu_d for an even power."""
    half = range(power // 2)
    return prod(
        (Fraction(2 * i + 1, dimension + 2 * i) for i in half), start=Fraction(1)
    )


@cache
def partial_energies(top: int) -> tuple[Fraction, ...]:
    """Return pi times the energies of degrees 2, ..., m - 1 summed, for m up to top."""
    sums = [Fraction(0)] * 3
    for k in range(2, top):
        odd = prod(range(1, k - 2, 2))
        term = Fraction(odd**2, 2 * factorial(k)) if k % 2 == 0 else 0
        sums.append(sums[-1] + term)
    return tuple(sums)


def energy_ball(start: int):
    """Enclose the ReLU's energy from a degree >= 2 on: 1/4 - (1/2 + sum) / pi."""
    below = Fraction(1, 2) + partial_energies(512)[start]
    return arb(1) / 4 - exact_ball(below) / arb.pi()


@cache
def harmonics(dimension: int, degree: int) -> int:
    """Return the dimension of the spherical harmonics of one degree."""
    taken = comb(dimension + degree - 3, degree - 2) if degree > 1 else 0
    return comb(dimension + degree - 1, degree) - taken


def overlap(dimension: int, power: int, degree: int) -> Fraction:
    """Return E t^power P_degree(t) under mu_d, where power - degree is even."""
    steps = (power - degree) // 2
    rising = prod(dimension + 2 * i for i in range(degree + steps))
    below = 2 ** (power - degree - steps) * factorial(steps) * rising
    return Fraction(factorial(power), below)


@cache
def _eigenvalue(dimension: int, degree: int, prec: int):
    """Enclose kappa of an even degree, from Gamma at 0 and the ratio of neighbours."""
    half = arb(dimension) / 2
    first = half.gamma() * (half + 1).gamma() / ((half + arb(1) / 2).gamma() ** 2)
    factors = (Fraction(k - 1, dimension + k + 1) ** 2 for k in range(0, degree, 2))
    return first / (2 * arb.pi()) * exact_ball(prod(factors, start=Fraction(1)))


def eigenvalue_ball(dimension: int, degree: int, start: int = 0):
    """Enclose the eigenvalue of an even degree for the part of degree >= start."""
    value = _eigenvalue(dimension, degree, ctx.prec)
    if start <= degree:
        return value
    lower = Fraction(1, 2) * overlap(dimension, 0, 0) if degree == 0 else Fraction(0)
    for k in range(max(degree, 2), start, 2):
        odd = prod(range(1, k - 2, 2))
        lower += Fraction(odd**2, 2 * factorial(k)) * overlap(dimension, k, degree)
    return value - exact_ball(lower) / arb.pi()


def best_error_ball(dimension: int, count: int, start: int):
    """Enclose the least mean squared error of count features and P_{<start}, R = 1.

    The eigenvalues of even degree decrease, and those of odd degree vanish from 2 on.
    """
    error, degree = energy_ball(start + start % 2), 0
    while count:
        used = min(count, harmonics(dimension, degree))
        error -= used * eigenvalue_ball(dimension, degree, start + start % 2)
        count, degree = count - used, degree + 2
    return error


def closing_blocks(dimension: int, error) -> tuple[int, int]:
    """Return a number of features that reach an error for every w, at R = 1.

    They are the eigenfunctions of all degrees up to some degree, which is returned too:
    their span is the same in every direction, so that the mean is every value.
    """
    degree = 0
    count, rest = 1 + dimension, arb(1) / 4 - eigenvalue_ball(dimension, 0)
    while not rest <= error:
        degree += 2
        count += harmonics(dimension, degree)
        rest -= harmonics(dimension, degree) * eigenvalue_ball(dimension, degree)
    return count, degree


def sure_hits(dimension: int, error, free: int, chosen: str) -> Iterator[tuple]:
    """Give numbers of features that reach an error at R = 1 with certainty, and how."""
    if free >= 2 and not error < energy_ball(free + free % 2):
        yield 0, f"no features but all polynomials of degree < {free}"
    if chosen != BLIND:
        yield 1, "the target itself as the one feature"
    count, degree = closing_blocks(dimension, error)
    yield count, f"the eigenfunctions of degree <= {degree}"


def _circle(error, angle):
    """Enclose the error of [<v, .>]_+ for [<w, .>]_+ in the plane, at this angle.

    |relu_v - relu_w|^2 = 1 - 2 K, K = (sin + cos (pi - angle)) / (2 pi).
    """
    kernel = (angle.sin() + angle.cos() * (arb.pi() - angle)) / (2 * arb.pi())
    return 1 - 2 * kernel


def circle_weights(norm, error, size, miss, spread: bool) -> tuple:
    """Return a number of directions in the plane and N max |u|, where they suffice.

    The features are size sqrt(2) relu_v, of norm size; one direction within the angle
    of w is enough. Spread evenly they never miss; random ones miss with probability
    (1 - angle / pi)^N, which is made at most ``miss``.
    """
    angle = arb(1) / 5
    while not _circle(error, angle) * norm**2 <= error:
        angle /= 2
    if spread:
        count = int(float((arb.pi() / angle).upper())) + 1
    else:
        hit = -(1 - angle / arb.pi()).log()
        count = int(float((-miss.log() / hit).upper())) + 1
    return count, count * norm / (size * arb(2).sqrt())


def least_odd(bound) -> int:
    """Return the least odd integer that is at least an exact number > 0."""
    size = int(float(exact_ball(bound).lower()))
    size += 1 - size % 2
    while exact_ball(bound) > size:
        size += 2
    if not exact_ball(bound) <= size:
        raise ValueError(f"{bound} against {size} was not decided")
    return size


def neuron_energies(bias) -> tuple:
    """Enclose E f^2, (E f)^2 and (E f(g) g)^2 for f(z) = [z + bias]_+."""
    mass, density = tail_ball(-bias), density_ball(bias)
    mean = bias * mass + density
    return (1 + bias * bias) * mass + bias * density, mean**2, mass**2


def wave_hits(dimension: int, norm, size: int, error, quantifier: str, chosen: str):
    """Give numbers of features that reach the neurons of the wave, and how.

    ``norm`` is R and ``error`` what every bias (or some) has to meet, both balls.
    """
    pick = all if quantifier == EVERY else any
    constant, linear = [], []
    for b in range(-size, size + 1, 2):
        second, mean, slope = neuron_energies(b / norm)
        constant.append(bool(norm**2 * (second - mean) <= error))
        linear.append(bool(norm**2 * (second - mean - slope) <= error))
    if pick(constant):
        yield 0, "constants"
    if pick(linear):
        yield dimension, "the coordinates"
    if chosen != BLIND:
        yield size + 1, "the neurons themselves"
