"""The ReLU's eigenvalues without bias, block by block, for the claims about widths.

They come from an integral over half the sphere, not from the room
`rfbook.single_neuron`. The ReLU is homogeneous: with x = rho theta, against
f = rho Y(theta) it gives E rho^2 = d times the mean of [t]_+ P_l(t). So

    kappa_l = d (E_mu [t]_+ P_l)^2 = kappa_0 r_l^2,   kappa_0 = d (E |t|)^2 / 4,

for even l, where r_l is rational, kappa_1 = 1/(4d), and kappa_l = 0 for the other odd
l, as there [t]_+ may be replaced by t/2.
"""

from collections.abc import Iterator
from functools import cache
from math import comb

from flint import arb, ctx, fmpq

from rfbook.ledger import exact_ball

MOST_BITS = 1 << 15


def multiplicity(d: int, degree: int) -> int:
    """Return dim H_l^d: all monomials less those that |x|^2 divides."""
    taken = comb(d + degree - 3, degree - 2) if degree > 1 else 0
    return comb(d + degree - 1, degree) - taken


@cache
def projection(d: int, degree: int) -> fmpq:
    """Return r_l = E [t]_+ P_l / E [t]_+ under mu_d for even l, an exact fraction.

    The coefficients of P_l follow from its equation, lowest power first, and from one
    even power to the next E |t|^(p + 1) gains the factor (p + 2)/(d + 1 + p).

    >>> projection(3, 2)
    1/4
    """
    here = held = value = total = fmpq(1)
    for p in range(0, degree, 2):
        here *= fmpq(-(degree - p) * (degree + p + d - 2), (p + 1) * (p + 2))
        held *= fmpq(p + 2, d + 1 + p)
        value += here * held
        total += here
    return value / total


def mean_modulus(d: int) -> arb:
    """Enclose E |t| under mu_d."""
    d = arb(d)
    return (d / 2).gamma() / (arb.pi().sqrt() * ((d + 1) / 2).gamma())


def kappa_zero(d: int) -> arb:
    """Enclose kappa_0 = d (E |t|)^2 / 4."""
    return d * mean_modulus(d) ** 2 / 4


def eigenvalues(d: int, recurrence: bool = False) -> Iterator[tuple[int, int, arb]]:
    """Yield (degree, multiplicity, eigenvalue) by decreasing eigenvalue.

    The numbers r_l are `projection`, or come from r_(l+2) = -(l - 1)/(d + l + 1) r_l,
    which is faster for high degrees.

    Raises
    ------
    ArithmeticError
        If the balls do not show that the eigenvalues decrease.
    """
    start = kappa_zero(d)
    blocks = [(0, 1, start), (1, d, 1 / (4 * arb(d)))]
    yield from blocks
    degree, ratio, last = 0, arb(1), blocks[1][2]
    while True:
        if recurrence:
            ratio *= arb(1 - degree) / (d + degree + 1)
        else:
            ratio = arb(projection(d, degree + 2))
        degree += 2
        value = start * ratio**2
        if not last >= value:
            raise ArithmeticError(f"the order of the eigenvalues, at degree {degree}")
        last = value
        yield degree, multiplicity(d, degree), value


class UndecidedError(ArithmeticError):
    """Balls of this precision leave the count open; so many bits may do."""

    def __init__(self, bits: int) -> None:
        super().__init__(f"{bits} bits may decide it")
        self.bits = bits


def _count(d: int, ratio: arb, recurrence: bool) -> int:
    """Count at the current precision."""
    rest, count = arb(1) / 2, 0
    for _, size, value in eigenvalues(d, recurrence):
        if rest <= ratio:
            return count
        after = rest - size * value
        if after > ratio:
            rest, count = after, count + size
            continue
        needed = ((rest - ratio) / value).ceil().unique_fmpz()
        if needed is None or not after <= ratio:
            raise UndecidedError(max(2 * ctx.prec, (count + size).bit_length() + 128))
        return count + int(needed)
    raise AssertionError("the eigenvalues have no end")


@cache
def width(d: int, ratio, recurrence: bool = False) -> int:
    """Return the least N with 1/2 - (lambda_1 + ... + lambda_N) <= ratio.

    The ratio, error / norm^2, is an exact SymPy number; the precision is raised until
    every comparison and the count are decided.
    """
    bits = 128
    while bits <= MOST_BITS:
        with ctx.workprec(bits):
            try:
                return _count(d, exact_ball(ratio), recurrence)
            except UndecidedError as error:
                bits = error.bits
    raise ArithmeticError(f"d = {d} is not decided by {MOST_BITS} bits")


def best_error(d: int, count: int) -> arb:
    """Enclose 1/2 less the first ``count`` eigenvalues."""
    rest, left = arb(1) / 2, count
    for _, size, value in eigenvalues(d):
        taken = min(size, left)
        rest, left = rest - taken * value, left - taken
        if not left:
            return rest
    raise AssertionError("the eigenvalues have no end")
