r"""The exact price of not looking at the target: errors and widths of one neuron.

The target is :math:`x \mapsto [\langle w, x\rangle + b]_+` with w uniform on the sphere
of radius R in R^d and x ~ N(0, I_d). Features chosen without knowledge of w span a
space V of dimension at most N, and the error is the mean over x and w of the squared
distance of the target from V. The least error of all such V is

.. math:: \mathcal E_N = R^2 \Big( \|\sigma\|^2 - \sum_{i \le N} \lambda_i \Big),

where :math:`\lambda_1 \ge \lambda_2 \ge \dots` are the eigenvalues of
`rfbook.single_neuron.spectrum` at beta = b / R with their multiplicities. It is an
absolute mean squared error: norm and error enter only through error / R^2 and b / R.

Results are decided by ball arithmetic whose precision is raised until they are certain;
widths are exact integers. Arguments are exact, see `rfbook.single_neuron.exact.exact`:
0.02 is a binary fraction, "0.02" is 1/50, and ``radius(40, "3/4")`` is 40^(3/4).

The chapter is ``book/single-neuron.md``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from rfbook.ranges import flag, instance_of, integer_from, list_from
from rfbook.single_neuron.blocks import (
    BiasedBlocks,
    UndecidedError,
    ZeroBiasBlocks,
    as_ball,
    at_most,
)
from rfbook.single_neuron.exact import enclose, exact, positive, quotient, square
from rfbook.single_neuron.neuron import relu_variance_ball
from rfbook.single_neuron.spectrum import check_bias

_MOST_BITS = 2**13
"""Where raising the precision stops, unless more is known to be needed."""

_MOST_POWER = 1000
"""The largest exponent of a norm: d^1000 is written out."""


def radius(d: int, power):
    """Return d^power exactly, as an argument `norm`.

    Parameters
    ----------
    d : int
        At least 1.
    power : int, Fraction, str or float
        A rational exponent.

    Returns
    -------
    sympy.Expr

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> radius(16, "3/4"), radius(40, "3/4") ** 4
    (8, 64000)
    """
    import sympy

    d, power = integer_from("d", d, 1), exact("power", power)
    if not isinstance(power, Fraction) or abs(power) > _MOST_POWER:
        raise ValueError(
            f"power must be rational and at most {_MOST_POWER} in size, got {power}"
        )
    return sympy.Integer(d) ** sympy.Rational(power.numerator, power.denominator)


# --- errors -------------------------------------------------------------------------


def best_error(d: int, r: int, norm=1.0, bias=0.0) -> float:
    r"""Least mean squared error of r features that are chosen without knowing w.

    .. math::
        \mathcal E_r = R^2 \Big( \|\sigma\|^2 - \sum_{i \le r} \lambda_i \Big)

    the mean over w and x; attained by the span of the first r eigenfunctions. The book
    writes N for r.

    Parameters
    ----------
    d : int
        Dimension, at least 2.
    r : int
        Number of features, at least 0, of any size.
    norm : int, Fraction, decimal string, float or SymPy number
        R = |w|, positive.
    bias : int, Fraction, decimal string, float or SymPy number
        The neuron's own b; b / R lies in [-100, 1000].

    Returns
    -------
    float
        Not normalised, rounded from a ball that is sharper than float64.

    Raises
    ------
    ValueError
        If an argument is out of range, if the error leaves the range of float64
        (`best_error_ball`), or if a bias other than 0 needs degrees beyond 60000.

    Examples
    --------
    No feature, then all polynomials of degree 1:

    >>> best_error(5, 0), best_error(5, 0, norm=3)
    (0.5, 4.5)
    >>> from rfbook.single_neuron.spectrum import relu_spectrum
    >>> bool(abs(best_error(5, 6) - (1 / 4 - relu_spectrum(5, 0)[0])) < 1e-16)
    True
    """
    from flint import ctx

    with ctx.workprec(64):
        value = float(best_error_ball(d, r, norm, bias))
    if not 2.0**-1022 <= value < math.inf:
        raise ValueError(
            f"best_error leaves the range of float64 (got {value}): use best_error_ball"
        )
    return value


def best_error_ball(d: int, r: int, norm=1, bias=0):
    """Enclose `best_error` in an Arb ball.

    Parameters
    ----------
    d, r, norm, bias
        As in `best_error`.

    Returns
    -------
    flint.arb
        With the relative accuracy of the current precision of ``flint.ctx``.

    Raises
    ------
    ValueError
        If an argument is out of range, or a bias other than 0 needs degrees beyond
        60000.

    Examples
    --------
    In dimension 3 the first eigenvalue is 3/16:

    >>> bool((16 * best_error_ball(3, 1)).contains(5))
    True
    """
    from flint import ctx

    r = integer_from("r", r, 0)
    neuron = _Neuron.of(d, norm, bias)
    goal = ctx.prec

    def sharp(blocks):
        error = _error(blocks, r) * enclose(square(neuron.norm))
        missing = goal + 4 - error.rel_accuracy_bits()
        if missing > 0:
            raise UndecidedError(ctx.prec + min(missing + 10, ctx.prec))
        return error

    # far out in the plane the sum loses three times the digits of r
    most = _MOST_BITS + 8 * r.bit_length()
    return +_decide(neuron, sharp, goal + 30, most)


# --- widths -------------------------------------------------------------------------


def width_needed(d: int, error, norm=1.0, bias=0.0) -> int:
    r"""Least r with `best_error` (d, r, norm, bias) <= error, an exact integer.

    Parameters
    ----------
    d : int
        Dimension, at least 2.
    error : int, Fraction, decimal string, float or SymPy number
        Absolute mean squared error, positive. A float is its exact binary value.
    norm : int, Fraction, decimal string, float or SymPy number
        R = |w|, positive; for a power of d that is irrational, `radius`.
    bias : int, Fraction, decimal string, float or SymPy number
        The neuron's own b; b / R lies in [-100, 1000].

    Returns
    -------
    int
        0 where no feature at all is needed.

    Raises
    ------
    ValueError
        If an argument is out of range; if a bias other than 0 needs degrees beyond
        60000; or if the error seems to equal a best error without being seen to.

    Examples
    --------
    A fixed error costs little for a fixed norm and much for the norm d^(3/4):

    >>> width_needed(40, "0.02"), width_needed(40, "0.02", radius(40, "3/4"))
    (760, 1664743536238143967955)

    It is the least number, for any bias:

    >>> r = width_needed(10, "0.02", norm=10, bias=3)
    >>> best_error(10, r, 10, 3) <= 0.02 < best_error(10, r - 1, 10, 3)
    True
    """
    neuron = _Neuron.of(d, norm, bias)
    level = quotient(positive("error", error), square(neuron.norm))

    def width(blocks):
        rational = isinstance(level, Fraction)
        return _width(blocks, level if rational else enclose(level))

    return _decide(neuron, width, 128)


def width_for_share(d: int, share, norm=1.0, bias=0.0) -> int:
    r"""Least r whose best error is at most a share of the neuron's variance.

    The variance is :math:`R^2 (\|\sigma\|^2 - c_0^2)`, the error of the best constant;
    at bias 0 it is R^2 (1/2 - 1/(2 pi)). A fixed share needs a number of features that
    is polynomial in d, and the norm enters through b / R alone.

    Parameters
    ----------
    d : int
        Dimension, at least 2.
    share : int, Fraction, decimal string, float or SymPy number
        Positive.
    norm, bias
        As in `width_needed`.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        As in `width_needed`.

    Examples
    --------
    >>> width_for_share(10, "0.5", norm=1000) == width_for_share(10, "0.5") == 8
    True
    """
    neuron = _Neuron.of(d, norm, bias)
    part = positive("share", share)

    def width(blocks):
        return _width(blocks, enclose(part) * relu_variance_ball(neuron.beta))

    return _decide(neuron, width, 128)


@dataclass(frozen=True)
class Threshold:
    """One column of the table of widths: how good, and for which norm.

    Parameters
    ----------
    label : str
        The column's name.
    error : str
        Mean squared error, or share of the variance.
    power : str, optional
        The norm is d^power and the error absolute; without it, the error is a share of
        the variance.

    Examples
    --------
    >>> Threshold("norm d", "1/50", "1").width(40) == width_needed(40, "1/50", 40)
    True
    """

    label: str
    error: str
    power: str | None = None

    def width(self, d: int) -> int:
        """Return the exact width at bias 0 in dimension d."""
        if self.power is None:
            return width_for_share(d, self.error)
        return width_needed(d, self.error, radius(d, self.power))


THRESHOLDS = (
    Threshold("norm 1", "1/50", "0"),
    Threshold("norm d^(1/2)", "1/50", "1/2"),
    Threshold("norm d^(3/4)", "1/50", "3/4"),
    Threshold("norm d", "1/50", "1"),
    Threshold("norm d^2", "1/50", "2"),
    Threshold("50 %", "1/2"),
    Threshold("10 %", "1/10"),
    Threshold("1 %", "1/100"),
    Threshold("0.1 %", "1/1000"),
)
"""Mean squared error 1/50 at five norms, and four shares of the variance."""


def width_table(
    dims: Iterable[int],
    thresholds: Iterable[Threshold] = THRESHOLDS,
    *,
    progress: bool = False,
) -> dict[str, list[int]]:
    """Exact widths at bias 0, a column for each threshold.

    Parameters
    ----------
    dims : iterable of int
        Dimensions, each at least 2.
    thresholds : iterable of Threshold, optional
        The columns.
    progress : bool, optional
        Whether to show a progress bar.

    Returns
    -------
    dict of str to list of int
        The column "d", then one for the label of each threshold.

    Raises
    ------
    ValueError
        If a dimension or a threshold is out of range.

    Examples
    --------
    >>> table = width_table([10, 20], THRESHOLDS[:2])
    >>> list(table), table["norm 1"]
    (['d', 'norm 1', 'norm d^(1/2)'], [57, 202])
    """
    from tqdm import tqdm

    dims = [integer_from("d", d, 2) for d in dims]
    thresholds = [
        instance_of("thresholds", threshold, Threshold)
        for threshold in list_from("thresholds", thresholds)
    ]
    progress = flag("progress", progress)
    table = {"d": dims} | {threshold.label: [] for threshold in thresholds}
    for d in tqdm(dims, unit="dimension", disable=not progress):
        for threshold in thresholds:
            table[threshold.label].append(threshold.width(d))
    return table


# --- private ------------------------------------------------------------------------


@dataclass(frozen=True)
class _Neuron:
    """A neuron's dimension, norm and relative bias, exact."""

    d: int
    norm: object
    beta: object

    @classmethod
    def of(cls, d, norm, bias) -> _Neuron:
        """Check the arguments."""
        d, length = integer_from("d", d, 2), positive("norm", norm)
        beta = quotient(exact("bias", bias), length)
        check_bias(beta, f"{bias} / {norm}")
        return cls(d, length, beta)

    def blocks(self, last: int):
        """Return the blocks of the spectrum, at the current precision."""
        if self.beta == 0:
            return ZeroBiasBlocks(self.d)
        return BiasedBlocks(self.d, self.beta, last)


def _decide(neuron: _Neuron, question, bits: int, most: int = _MOST_BITS):
    """Answer a question about the blocks with as much precision as it takes.

    Where balls keep overlapping, the two sides may be equal. At bias 0 and for odd d
    the spectrum is rational, and a rational question is then decided in fractions.
    """
    from flint import ctx

    last = 16
    while bits <= most:
        with ctx.workprec(bits):
            blocks = neuron.blocks(last)
            try:
                return question(blocks)
            except UndecidedError as undecided:
                last = blocks.last
                most = max(most, 4 * undecided.bits)
                bits = max(2 * bits, undecided.bits)
    if neuron.beta == 0 and neuron.d % 2:
        with ctx.workprec(_MOST_BITS):
            try:
                return question(ZeroBiasBlocks(neuron.d, rational=True))
            except UndecidedError:
                pass
    raise ValueError(
        f"not decided with {most} bits: the error seems to equal a best error"
    )


def _block_of(blocks, passed) -> int:
    """Return the first n from 1 on with passed(n), where passed is monotone."""
    high = 1
    while not passed(high):
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if passed(middle) else (middle, high)
    return high


def _error(blocks, r: int):
    """Enclose what is left of the second moment after r eigenfunctions, at norm 1."""
    n = _block_of(blocks, lambda n: blocks.count(n) > r)
    left = blocks.count(n) - r
    return as_ball(blocks.tail(n)) + left * as_ball(blocks.kappa(n - 1))


def _width(blocks, level) -> int:
    """Return the least number of eigenfunctions that leave at most `level`."""
    if at_most(blocks.tail(0), level):
        return 0
    n = _block_of(blocks, lambda n: at_most(blocks.tail(n), level))
    return blocks.count(n) - _whole_part(level, blocks.tail(n), blocks.kappa(n - 1))


def _whole_part(level, tail, kappa) -> int:
    """Return how many of the last block's eigenfunctions are not needed."""
    from flint import ctx

    if all(isinstance(x, Fraction) for x in (level, tail, kappa)):
        return math.floor((level - tail) / kappa)
    spare = (as_ball(level) - as_ball(tail)) / as_ball(kappa)
    whole = spare.floor().unique_fmpz()
    if whole is None:
        # the radius in bits; below 1 the ball contains an integer, and bits are unknown
        excess = math.ceil(float(spare.rad().log()) / math.log(2))
        raise UndecidedError(ctx.prec + excess + 40 if excess > 0 else 0)
    return int(whole)
