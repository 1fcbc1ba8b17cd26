"""Rigorous numbers for the claims on the Bayes risk, apart from the room's quadrature.

A spectrum is a mapping from exact eigenvalues to how often they occur. Integrals are
enclosed by Arb's adaptive Gauss-Legendre rule, which bounds the integrand in the
complex plane; what lies beyond the ends is enclosed by the tail of the exponential
bound that the integrand obeys.
"""

from __future__ import annotations

from fractions import Fraction
from math import prod

from flint import acb, arb, ctx

from rfbook.ledger import Relation, exact_ball

BITS = 100
AT_MOST, LESS, EQUAL = Relation("<="), Relation("<"), Relation("=")
_TOLERANCE = arb(2) ** -60

SPECTRA = {
    "1/2 once": {Fraction(1, 2): 1},
    "-9/10 once": {Fraction(-9, 10): 1},
    "1/10 twice": {Fraction(1, 10): 2},
    "3/4 and -1/2, twice each": {Fraction(3, 4): 2, Fraction(-1, 2): 2},
    "1/3, 1/4, -1/5, twice each": {
        Fraction(1, 3): 2,
        Fraction(1, 4): 2,
        Fraction(-1, 5): 2,
    },
}
"""Spectra for which the risk is also an integral over the space of the points."""

WIDE = {
    "1/2 once": {Fraction(1, 2): 1},
    "-1/2 three times": {Fraction(-1, 2): 3},
    "1/100, 100 times": {Fraction(1, 100): 100},
    "1/10 and -1/10, 100 times each": {Fraction(1, 10): 100, Fraction(-1, 10): 100},
    "1/20, 1000 times": {Fraction(1, 20): 1000},
    "2/100, 3/200, 1/100, 3000 times each": {Fraction(k, 200): 3000 for k in (2, 3, 4)},
    "1/1000, 2 * 10^6 times": {Fraction(1, 1000): 2 * 10**6},
}
"""Spectra of many sizes: their risks are near the limit, or far from it."""


# --- integrals ------------------------------------------------------------------------


def integral(function, low, high) -> arb:
    """Enclose the real part of the integral of ``function(z, analytic)``."""
    value = acb.integral(function, acb(low), acb(high), abs_tol=_TOLERANCE)
    return value.real


def sech(z):
    """Evaluate 1 / cosh z, where cosh z is not near a zero."""
    return 1 / z.cosh()


def fourier_integral(weight, reach: int = 16) -> arb:
    """Enclose the integral of sech(pi u) weight(u, analytic) over the whole line.

    The modulus of ``weight`` must be at most 1 on the real line; the rest is then at
    most (4 / pi) e^(-pi reach).
    """

    def integrand(u, analytic):
        return sech(acb.pi() * u) * weight(u, analytic)

    inside = integral(integrand, -reach, 0) + integral(integrand, 0, reach)
    rest = 4 / arb.pi() * (-arb.pi() * reach).exp()
    return inside + (-rest).union(rest)


# --- spectra --------------------------------------------------------------------------


def snr(spectrum) -> Fraction:
    """Return half the sum of the squares."""
    return sum(count * value**2 for value, count in spectrum.items()) / Fraction(2)


def power_sum(spectrum, power: int) -> Fraction:
    """Return the sum of the absolute values to a power."""
    return sum(count * abs(value) ** power for value, count in spectrum.items())


def largest(spectrum) -> Fraction:
    """Return the operator norm."""
    return max(abs(value) for value in spectrum)


def affinity(spectrum) -> arb:
    """Enclose the affinity from the product of (1 - lambda^2) and its fourth root."""
    logs = sum(
        count * exact_ball(1 - value**2).log() for value, count in spectrum.items()
    )
    return (logs / 4).exp()


def transform(spectrum, u, weights, analytic=False):
    """Enclose prod_i e^(i u artanh l_i) (1 + 2 i u w_i)^(-1/2), u complex.

    ``weights`` maps an eigenvalue to its w, an exact number.
    """
    total = acb(0)
    for value, count in spectrum.items():
        base = 1 + 2 * acb(0, 1) * u * exact_ball(weights(value))
        root = base.log(analytic=analytic)
        total += count * (acb(0, 1) * u * exact_ball(value).atanh() - root / 2)
    return total.exp()


def bayes_fourier(spectrum) -> arb:
    """Enclose the Bayes risk by the integral over the frequencies."""
    whole = fourier_integral(
        lambda u, analytic: transform(spectrum, u, lambda v: v, analytic)
    )
    return affinity(spectrum) * whole


def bayes_space(spectrum) -> arb:
    """Enclose the Bayes risk by an integral over the points, for `SPECTRA`.

    One coordinate: the mean of 1 - tanh^2(llr / 2) over both classes. Distinct
    eigenvalues in pairs: the sum of the two squares of a pair is twice an exponential
    variable, and partial fractions give the law of their weighted sum.
    """
    if all(count == 2 for count in spectrum.values()):
        return _pairs(list(spectrum))
    ((value, _),) = spectrum.items()
    return mean_over_points(value, lambda t, label: 1 - t * t)


def mean_over_points(value, function, labels=(1, -1), scale=Fraction(1, 2)) -> arb:
    """Enclose the mean of f(tanh(scale llr), y) over the given labels, equally likely.

    For d = 1; the modulus of f must be at most 2 on the real line.
    """
    l = exact_ball(value)  # noqa: E741 - the eigenvalue
    reach, total = 14, arb(0)
    for label in labels:
        variance = 1 - label * l

        def integrand(z, _, variance=variance, label=label):
            llr = l.atanh() - l / (1 - l * l) * variance * z * z
            density = (-z * z / 2).exp() / (2 * arb.pi()).sqrt()
            return function((exact_ball(scale) * llr).tanh(), label) * density

        rest = 4 * (-(arb(reach) ** 2) / 2).exp()
        total += 2 * integral(integrand, 0, reach) + (-rest).union(rest)
    return total / len(labels)


def _pairs(values) -> arb:
    """Sum A c_i int_0^infinity e^(-t) sech((a - 2 l_i t) / 2) dt over the pairs."""
    start = 2 * sum((exact_ball(v).atanh() for v in values), arb(0))
    total, reach = arb(0), 60
    rest = (-arb(reach)).exp()
    for value in values:
        share = prod(
            (value / (value - w) for w in values if w != value), start=Fraction(1)
        )
        l = exact_ball(value)  # noqa: E741

        def integrand(t, _, l=l):  # noqa: E741
            return (-t).exp() * sech(start / 2 - l * t)

        mean = integral(integrand, 0, reach) + arb(0).union(rest)
        total += exact_ball(share) * mean
    return affinity(dict.fromkeys(values, 2)) * total


def alike(left, right, digits: int = 15) -> bool:
    """Whether two balls, both of a small radius, overlap: equal to so many digits."""
    small = arb(10) ** -digits
    for value in (left, right):
        if not value.is_finite() or not value.rad() < small:
            raise ValueError(f"no {digits} digits in {value}")
    return left.overlaps(right)


# --- the limit ------------------------------------------------------------------------


def limit_ball(s) -> arb:
    """Enclose e^(-s/2) int sech(pi u) e^(-2 s u^2) du for a ball or an exact s."""
    s = exact_ball(s)
    whole = fourier_integral(lambda u, _: (-2 * s * u * u).exp())
    return (-s / 2).exp() * whole


def precise(function):
    """Run a check at the precision of this module."""

    def run(*arguments):
        with ctx.workprec(BITS):
            return function(*arguments)

    return run
