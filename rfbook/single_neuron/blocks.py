r"""The spectrum in decreasing order: blocks of equal eigenvalues, and what they leave.

Block n consists of the harmonics of one degree, with one eigenvalue kappa and as many
eigenfunctions as the degree has harmonics. ``count(n)`` eigenfunctions lie in the
blocks before block n; ``tail(n)`` is what they leave of the second moment. All is at
norm 1. At bias 0 every block is in closed form, as far out as one likes; for other
biases the blocks come from `rfbook.single_neuron.spectrum.relu_spectrum_ball`.

Numbers are Fractions where they are known to be rational, else Arb balls at the
precision of ``flint.ctx``.
"""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import accumulate

from rfbook.single_neuron.exact import enclose
from rfbook.single_neuron.neuron import relu_second_moment_ball
from rfbook.single_neuron.spectrum import (
    DEGREE_LIMIT,
    relu_spectrum_ball,
    relu_zero_bias_ball,
)


class UndecidedError(Exception):
    """Two balls overlap: more precision is needed.

    Parameters
    ----------
    bits : int, optional
        The precision that is known to be needed.
    """

    def __init__(self, bits: int = 0) -> None:
        super().__init__(bits)
        self.bits = bits


def at_most(left, right) -> bool:
    """Decide left <= right for Fractions and balls.

    Raises
    ------
    UndecidedError
        If two balls overlap.

    Examples
    --------
    >>> at_most(Fraction(1, 2), Fraction(1, 2))
    True
    """
    if not (isinstance(left, Fraction) and isinstance(right, Fraction)):
        left, right = as_ball(left), as_ball(right)
    if left <= right:
        return True
    if left > right:
        return False
    raise UndecidedError


def as_ball(number):
    """Return a Fraction as a ball, a ball as it is."""
    return enclose(number) if isinstance(number, Fraction) else number


class ZeroBiasBlocks:
    r"""The blocks at bias 0: degrees 0, 1, 2, 4, 6, ...; odd degrees from 3 on are 0.

    Parameters
    ----------
    d : int
        Dimension, at least 2.
    rational : bool, optional
        Whether to compute in Fractions, which is possible for odd d.

    Examples
    --------
    >>> blocks = ZeroBiasBlocks(3, rational=True)
    >>> blocks.kappa(0) + 3 * blocks.kappa(1) + blocks.tail(2)
    Fraction(1, 2)
    """

    def __init__(self, d: int, *, rational: bool = False) -> None:
        self.d = d
        self.rational = rational
        self.last = 0
        self._tails: dict[int, object] = {}

    def degree(self, n: int) -> int:
        """Degree of the harmonics of block n."""
        return n if n < 2 else 2 * (n - 1)

    def count(self, n: int) -> int:
        """Count the eigenfunctions before block n: those of even polynomials."""
        if n < 2:
            return n
        return self.d + math.comb(2 * (n - 2) + self.d - 1, self.d - 1)

    def kappa(self, n: int):
        """Eigenvalue of block n."""
        if n == 1:
            return Fraction(1, 4 * self.d)
        return self._even(self.degree(n))

    def tail(self, n: int):
        """Sum of the eigenvalues from block n on, with multiplicity."""
        if n not in self._tails:
            self._tails[n] = self._tail(n)
        return self._tails[n]

    def _tail(self, n: int):
        if n == 0:
            return Fraction(1, 2)
        if n == 1:
            return self._number(Fraction(1, 2)) - self._even(0)
        degree = 2 * (n - 2)
        if degree < self.d:
            return self._number(Fraction(1, 4)) - self._sum_to(degree)
        return self._sum_beyond(degree)

    def _number(self, value: Fraction):
        return value if self.rational else as_ball(value)

    def _even(self, degree: int):
        if self.rational:
            return zero_bias_fraction(self.d, degree)
        return relu_zero_bias_ball(self.d, degree)

    def _sum_to(self, degree: int):
        """Sum the even degrees up to `degree` by the ratios of their masses."""
        d = self.d
        total = term = self._even(0)
        for k in range(0, degree, 2):
            above = (d + k - 1) * (d + k - 2) * (d + 2 * k + 2) * (k - 1) ** 2
            below = (k + 1) * (k + 2) * (d + 2 * k - 2) * (d + k + 1) ** 2
            term = term * above / below
            total = total + term
        return total

    def _sum_beyond(self, degree: int):
        r"""Sum the even degrees above `degree` by stepping down in the dimension.

        The sum T(d, L) over degrees above L obeys, by the identity of dimensions,

        .. math::
            T(d, L) = T(d - 2, L + 2)
            + \binom{L + d - 1}{d - 3} \kappa_{L+2}^{(d-2)},

        down to T(1, .) = 0 or to d = 2. All terms are positive.
        """
        d, k = self.d, degree
        term = math.comb(k + d - 1, d - 1) * self._even(k)
        total = 0 * term
        while d > 2:
            term = term * ((d - 1) * (k - 1) ** 2) / ((k + 1) * (k + 2) * d)
            total = total + term
            d, k = d - 2, k + 2
        return total if d == 1 else total + _plane_sum(k)


class BiasedBlocks:
    """The blocks of a bias other than 0, in balls, as far as they are asked for.

    Even and odd degrees decrease each among themselves; the two are merged as far as
    the next of both is known.

    Parameters
    ----------
    d : int
        Dimension, at least 2.
    bias : Fraction or sympy.Expr
        beta, not 0.
    last : int, optional
        Degree up to which to begin, at least 1.

    Examples
    --------
    >>> blocks = BiasedBlocks(4, Fraction(1, 2))
    >>> [blocks.degree(n) for n in range(6)]
    [0, 1, 2, 3, 4, 5]
    """

    def __init__(self, d: int, bias, last: int = 16) -> None:
        self.d = d
        self.bias = bias
        self.last = last
        self._total = relu_second_moment_ball(bias)
        self._merge()

    def degree(self, n: int) -> int:
        """Degree of the harmonics of block n."""
        self._reach(n)
        return self._degrees[n]

    def count(self, n: int) -> int:
        """Count the eigenfunctions before block n."""
        self._reach(n)
        return self._counts[n]

    def kappa(self, n: int):
        """Eigenvalue of block n."""
        return self._kappa[self.degree(n)]

    def tail(self, n: int):
        """Sum of the eigenvalues from block n on, with multiplicity."""
        self._reach(n)
        return self._tails[n]

    def _reach(self, n: int) -> None:
        """Enclose more degrees until block n is known."""
        while n >= len(self._degrees):
            if self.last == DEGREE_LIMIT:
                raise ValueError(
                    f"degrees beyond {DEGREE_LIMIT} are needed, the last that is "
                    "enclosed for a bias other than 0"
                )
            self.last = min(3 * self.last // 2, DEGREE_LIMIT)
            self._merge()

    def _merge(self) -> None:
        """Order the blocks, and add up their sizes and masses."""
        self._kappa = relu_spectrum_ball(self.d, self.last, self.bias)
        heads, order = [0, 1], []
        while max(heads) <= self.last:
            even, odd = (self._kappa[head] for head in heads)
            first = 0 if at_most(odd, even) else 1
            order.append(heads[first])
            heads[first] += 2
        dimensions = _harmonic_dimensions(self.d, self.last)
        sizes = [dimensions[degree] for degree in order]
        masses = [n * self._kappa[k] for n, k in zip(sizes, order, strict=True)]
        self._degrees = order
        self._counts = [0, *accumulate(sizes)][:-1]
        self._tails = list(accumulate(masses, lambda a, b: a - b, initial=self._total))


def _harmonic_dimensions(d: int, last: int) -> list[int]:
    """Dimensions of the harmonics of degrees 0, ..., last, by a ratio."""
    polynomials = [0, 0, 1]
    for degree in range(last):
        polynomials.append(polynomials[-1] * (degree + d) // (degree + 1))
    return [polynomials[k + 2] - polynomials[k] for k in range(last + 1)]


def zero_bias_fraction(d: int, degree: int) -> Fraction:
    r"""Eigenvalue of an even degree at bias 0, for odd d, as a fraction.

    .. math::
        \kappa_0 = \frac{d!!\,(d-2)!!}{2^{d+1}\, (\frac{d-1}{2})!^2}, \qquad
        \kappa_{l+2} = \Big( \frac{l-1}{d+l+1} \Big)^2 \kappa_l .

    Parameters
    ----------
    d : int
        Odd, at least 1.
    degree : int
        Even, at least 0.

    Examples
    --------
    >>> zero_bias_fraction(3, 0), zero_bias_fraction(3, 4)
    (Fraction(3, 16), Fraction(1, 3072))
    """
    double = math.prod(range(1, d - 1, 2))
    first = Fraction(double**2 * d, 2 ** (d + 1) * math.factorial((d - 1) // 2) ** 2)
    above = math.prod(range(1, degree - 2, 2))
    below = math.prod(range(d + 1, d + degree, 2))
    return first * Fraction(above, below) ** 2


def _plane_sum(degree: int):
    r"""Enclose T(2, L), L even: a trigamma function.

    In the plane :math:`\kappa_{2k} = (8 \pi^2 (k^2 - 1/4)^2)^{-1}`, twice, and
    :math:`(k^2 - 1/4)^{-2} = (k - 1/2)^{-2} + (k + 1/2)^{-2} - 2 (k^2 - 1/4)^{-1}`.
    """
    from flint import arb, fmpq

    start = fmpq(degree + 1, 2)
    squares = 2 * arb(2).zeta(arb(start)) - 1 / arb(start) ** 2
    return (squares - 2 / arb(start)) / (4 * arb.pi() ** 2)
