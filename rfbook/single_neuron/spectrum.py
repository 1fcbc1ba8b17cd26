r"""The spectrum of one ReLU neuron, seen from a random direction.

For a weight vector of norm 1 and a bias beta the neuron is
:math:`\sigma_w(x) = [\langle w, x\rangle + \beta]_+`, w uniform on the unit sphere of
R^d, x ~ N(0, I_d). Everything that features chosen without knowledge of w can see of it
is in the operator :math:`\mathcal T = E_w\, \sigma_w \otimes \sigma_w`. Its eigenvalue
on the harmonics of degree l is

.. math::
    \kappa_l = E_{t \sim \mu_d} K(t) P_l(t) = \sum_{j \ge 0} c_{l+2j}^2\, q(d; l+2j, l),

where K(t) is the inner product of two neurons whose directions have inner product t,
c_k are the orthonormal Hermite coefficients of the neuron, and q is
`rfbook.special.sphere_overlap`. A neuron of norm R and bias b is R times the neuron of
norm 1 and bias beta = b / R.

K and c_k are in `rfbook.single_neuron.neuron`.

The chapter is ``book/single-neuron.md``.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from scipy.special import gammaln, logsumexp

from rfbook.gaussian import tail_ball, truncated_moment_ball
from rfbook.ranges import LONGEST, integer_from, no_underflow
from rfbook.single_neuron.exact import enclose, exact, square
from rfbook.single_neuron.neuron import (
    relu_coefficients,
    relu_second_moment_ball,
)

DEGREE_LIMIT = 60_000
"""The last degree that is enclosed for a bias other than 0."""

BIAS_RANGE = (-100, 1000)
"""The bias / norm for which the spectrum is enclosed; what lies below takes long."""

# --- the eigenvalues ----------------------------------------------------------------


def relu_spectrum(d: int, lmax: int, bias=0.0) -> np.ndarray:
    r"""Eigenvalues kappa_0, ..., kappa_lmax of T = E_w sigma_w (x) sigma_w.

    At bias 0

    .. math::
        \kappa_l = \frac{1}{8\pi} \big( (\tfrac12)_{l/2-1} \big)^2
        \frac{\Gamma(\frac d2) \Gamma(\frac d2 + 1)}{\Gamma(\frac{d+l+1}{2})^2}
        \ (l\ \text{even}), \qquad \kappa_1 = \frac{1}{4d},

    and 0 for odd l >= 3. For other biases they are the midpoints of
    `relu_spectrum_ball`. The multiplicity of kappa_l is
    ``rfbook.special.harmonic_dimension(d, l)``.

    Parameters
    ----------
    d : int
        Dimension, at least 2.
    lmax : int
        Last degree, at least 0; at most 60000 for a bias other than 0.
    bias : int, Fraction, decimal string, float or SymPy number
        beta, from -100 to 1000.

    Returns
    -------
    ndarray of float, shape (lmax + 1,)
        kappa_l at norm 1, with a relative error of at most 2e-16 (lmax + 4) at bias 0
        and 2e-16 at others. At norm R they are R^2 times those of beta = b / R.

    Raises
    ------
    ValueError
        If an argument is out of range, or an eigenvalue underflows:
        `relu_spectrum_log`.

    Examples
    --------
    The trace of T is the second moment, here up to the degrees above 400:

    >>> from rfbook.special import harmonic_dimension
    >>> kappa = relu_spectrum(3, 400, bias=-0.5)
    >>> mass = sum(harmonic_dimension(3, l) * k for l, k in enumerate(kappa))
    >>> from rfbook.single_neuron.neuron import relu_second_moment
    >>> bool(0 < relu_second_moment(-0.5) - mass < 1e-8)
    True
    """
    d, lmax, beta = _arguments(d, lmax, bias)
    if beta != 0:
        kappa = np.array([float(k) for k in _spectrum_float(d, lmax, beta)])
        return no_underflow("relu_spectrum", kappa, "relu_spectrum_log")
    kappa = np.zeros(lmax + 1)
    first = float(_at(60, relu_zero_bias_ball, d, 0))
    even = np.arange(0, lmax - 1, 2)
    ratios = ((even - 1) / (d + even + 1)) ** 2
    kappa[::2] = first * np.concatenate([[1.0], np.cumprod(ratios)])
    kappa[1:2] = 1 / (4 * d)
    kept = np.concatenate([kappa[:2], kappa[2::2]])
    no_underflow("relu_spectrum", kept, "relu_spectrum_log")
    return kappa


def relu_spectrum_log(d: int, lmax: int, bias=0.0) -> np.ndarray:
    r"""Natural logarithms of `relu_spectrum`.

    Parameters
    ----------
    d : int
        Dimension, at least 2.
    lmax : int
        Last degree, at least 0; at most 60000 for a bias other than 0.
    bias : int, Fraction, decimal string, float or SymPy number
        beta, from -100 to 1000.

    Returns
    -------
    ndarray of float, shape (lmax + 1,)
        -inf for the odd degrees from 3 on at bias 0, where the eigenvalue is 0.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> logs = relu_spectrum_log(5, 6, bias=0.3)
    >>> plain = relu_spectrum(5, 6, bias=0.3)
    >>> bool(np.allclose(np.exp(logs), plain, rtol=1e-14, atol=0))
    True
    """
    d, lmax, beta = _arguments(d, lmax, bias)
    if beta != 0:
        return np.array([float(k.log()) for k in _spectrum_float(d, lmax, beta)])
    logs = np.full(lmax + 1, -np.inf)
    even = np.arange(0, lmax - 1, 2)
    ratios = 2 * np.log(np.abs(even - 1) / (d + even + 1))
    logs[::2] = float(_at(60, relu_zero_bias_ball, d, 0).log())
    logs[2::2] += np.cumsum(ratios)
    logs[1:2] = -math.log(4 * d)
    return logs


def relu_spectrum_series(
    d: int, lmax: int, bias: float = 0.0, terms: int = 2000
) -> tuple[np.ndarray, np.ndarray]:
    r"""Bracket the logarithms of the eigenvalues by their positive series.

    .. math::
        \sum_{j < J} c_{l+2j}^2\, q(d; l+2j, l) \le \kappa_l \le
        \sum_{j < J} c_{l+2j}^2\, q(d; l+2j, l)
        + \max_{j \ge J} q(d; l+2j, l) \sum_{j \ge J} c_{l+2j}^2

    For given l, q decreases in j once
    (l + 2j + 2)(l + 2j + 1) <= (2j + 2)(2j + d + 2l). By Cramer's inequality,
    :math:`he_m(\beta)^2 \le 1.181\, e^{\beta^2/2}`, the last sum is at most
    :math:`1.181\, e^{-\beta^2/2} / (4 \pi (l + 2J - 2))`.

    Parameters
    ----------
    d : int
        Dimension, at least 2.
    lmax : int
        Last degree, at least 0.
    bias : float
        beta, of modulus at most 37.
    terms : int
        Number J of terms, at least 2 and past the largest q of every degree: of the
        order lmax^2 / d. The bracket closes like J^(-(d+1)/2), slowly for small d.

    Returns
    -------
    low, high : ndarray of float, shape (lmax + 1,)
        Natural logarithms; rounding adds some 1e-12 on either side, more for large
        lmax.

    Raises
    ------
    ValueError
        If an argument is out of range, or the terms stop before the largest q.

    Examples
    --------
    >>> low, high = relu_spectrum_series(20, 9, bias=0.5)
    >>> logs = relu_spectrum_log(20, 9, bias=0.5)
    >>> bool(np.all(low - 1e-12 < logs) and np.all(logs < high + 1e-12))
    True
    """
    d, lmax = integer_from("d", d, 2, LONGEST), integer_from("lmax", lmax, 0, LONGEST)
    terms = integer_from("terms", terms, 2, LONGEST)
    with np.errstate(divide="ignore"):
        squares = 2 * np.log(np.abs(relu_coefficients(lmax + 2 * terms, bias)))
    rows = [_series_row(d, degree, squares, terms) for degree in range(lmax + 1)]
    low, last = np.array(rows).T
    energy = math.log(1.181 / (4 * math.pi)) - float(bias) ** 2 / 2
    first_left_out = np.arange(lmax + 1) + 2 * terms
    return low, np.logaddexp(low, last + energy - np.log(first_left_out - 2))


def relu_spectrum_ball(d: int, lmax: int, bias=0) -> list:
    r"""Enclose kappa_0, ..., kappa_lmax in Arb balls.

    At bias 0 the closed form and its ratio :math:`((l-1)/(d+l+1))^2`. At other biases

    .. math::
        \kappa_l = \frac{\Gamma(d/2)}{8 \pi^{3/2}\, \Gamma((d+3)/2)} \int_{-1}^{1}
        e^{-\beta^2/(1+t)} (1-t^2)^{d/2} P_{l-2}^{(d+4)}(t)\, dt \qquad (l \ge 2),

    for l = 2, 3 confluent hypergeometric functions U. The other degrees follow by a
    recurrence of order four, see `_next_eigenvalue`, and l = 0, 1 by a sum over
    dimensions, see `_lowest_pair`. Precision is raised until every ball is as sharp as
    ``flint.ctx`` asks.

    Parameters
    ----------
    d : int
        Dimension, at least 2.
    lmax : int
        Last degree, at least 0; at most 60000 for a bias other than 0.
    bias : int, Fraction, decimal string, float, SymPy number
        beta, from -100 to 1000.

    Returns
    -------
    list of flint.arb, length lmax + 1
        The relative accuracy is that of the current precision of ``flint.ctx``.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    Funk-Hecke with K'' as density, integrated by parts twice. The identity of
    dimensions is :math:`\kappa_l^{(d)} - \kappa_{l+2}^{(d)} = (1 + 2l/d)
    \kappa_l^{(d+2)}`.

    Examples
    --------
    >>> kappa = relu_spectrum_ball(5, 8, bias="0.3")
    >>> shifted = relu_spectrum_ball(7, 6, bias="0.3")
    >>> all((5 * (kappa[l] - kappa[l + 2])).overlaps((5 + 2 * l) * shifted[l])
    ...     for l in range(7))
    True
    """
    from flint import ctx

    d, lmax, beta = _arguments(d, lmax, bias)
    if beta == 0:
        with ctx.extraprec(20 + lmax.bit_length()):
            kappa = _zero_bias_spectrum(d, lmax)
    else:
        kappa = list(_sharpened(_lowest_pair, d, beta))[: lmax + 1]
        if lmax >= 2:
            extra = _bits_of_recurrence(d, lmax)
            kappa += _sharpened(_high_degrees, d, beta, lmax, extra=extra)
    return [+k for k in kappa]


def relu_zero_bias_ball(d: int, degree: int):
    r"""Enclose one eigenvalue at bias 0, of any even degree, by the closed form.

    Parameters
    ----------
    d : int
        Dimension, at least 1: the closed form goes on where there are no harmonics.
    degree : int
        Even, at least 0.

    Returns
    -------
    flint.arb
        At the current precision of ``flint.ctx``.

    Raises
    ------
    ValueError
        If d < 1, or the degree is negative or odd.

    Examples
    --------
    >>> ratio = relu_zero_bias_ball(10, 4) / relu_zero_bias_ball(10, 2)
    >>> bool((169 * ratio).contains(1))
    True
    """
    from flint import arb, fmpq

    d, degree = integer_from("d", d, 1), integer_from("degree", degree, 0)
    if degree % 2:
        raise ValueError(f"degree must be even, got {degree}")
    half = fmpq(d, 2)
    # (1/2)_(l/2 - 1) = Gamma((l - 1)/2) / Gamma(1/2)
    rising = arb.gamma_fmpq(fmpq(degree - 1, 2)) / arb.pi().sqrt()
    ratio = rising / arb.gamma_fmpq(fmpq(d + degree + 1, 2))
    return ratio**2 * arb.gamma_fmpq(half) * arb.gamma_fmpq(half + 1) / (8 * arb.pi())


# --- private: arguments -------------------------------------------------------------


def _arguments(d, lmax, bias):
    """Check the arguments of the spectrum; the bias comes back exact."""
    d, lmax = integer_from("d", d, 2), integer_from("lmax", lmax, 0)
    beta = exact("bias", bias)
    if beta != 0 and lmax > DEGREE_LIMIT:
        raise ValueError(
            f"for a bias other than 0 the degree is at most {DEGREE_LIMIT}, got {lmax}"
        )
    check_bias(beta, bias)
    return d, lmax, beta


def check_bias(beta, shown) -> None:
    """Refuse an exact relative bias outside `BIAS_RANGE`.

    Examples
    --------
    >>> check_bias(Fraction(2000), "2/0.001")
    Traceback (most recent call last):
        ...
    ValueError: bias / norm must lie in [-100, 1000], got 2/0.001
    """
    low, high = BIAS_RANGE
    if not low <= enclose(beta) <= high:
        raise ValueError(f"bias / norm must lie in [{low}, {high}], got {shown}")


def _at(prec: int, function, *arguments):
    """Call a function of balls at a precision of its own."""
    from flint import ctx

    with ctx.workprec(prec):
        return function(*arguments)


def _spectrum_float(d: int, lmax: int, beta) -> list:
    """Enclose the spectrum sharply enough for float64."""
    return _at(60, relu_spectrum_ball, d, lmax, beta)


# --- private: bias 0 ----------------------------------------------------------------


def _zero_bias_spectrum(d: int, lmax: int) -> list:
    """Enclose the spectrum at bias 0 by the ratios of the closed form."""
    from flint import arb

    kappa = [arb(0)] * (lmax + 1)
    kappa[0] = relu_zero_bias_ball(d, 0)
    for degree in range(0, lmax - 1, 2):
        ratio = kappa[degree] * (degree - 1) ** 2
        kappa[degree + 2] = ratio / (d + degree + 1) ** 2
    if lmax:
        kappa[1] = arb(1) / (4 * d)
    return kappa


# --- private: any bias, in balls ----------------------------------------------------


def _sharpened(function, *arguments, extra: int = 0) -> list:
    """Call with more and more precision until all balls are relatively sharp."""
    from flint import ctx

    goal = ctx.prec
    extra += 30
    while extra < 10**6:
        with ctx.workprec(goal + extra):
            values = function(*arguments)
            missing = goal + 4 - min(value.rel_accuracy_bits() for value in values)
        if missing <= 0:
            return values
        # a ball around 0 has no relative accuracy that one could measure
        extra += min(max(missing + 10, 30), goal + extra)
    raise ValueError(f"no sharp enclosure with {extra} further bits for {arguments}")


def _squared_bias(beta):
    """Return beta^2 as a quotient of two numbers, integers where it is rational."""
    squared = square(beta)
    if isinstance(squared, Fraction):
        return squared.numerator, squared.denominator
    return enclose(squared), 1


def _second_pair(d: int, c):
    r"""Enclose kappa_2 and kappa_3, where c = beta^2 / 2.

    With t = (1 - u)/(1 + u) and x = (1 - t)/2 the integral over (1-t^2)^{d/2} x^i is
    :math:`2^{d+1} e^{-c}\, \Gamma(a) U(a, -d/2, c)` with a = d/2 + 1 + i, and t = 1-2x.
    """
    from flint import arb, fmpq

    b = -arb(fmpq(d, 2))
    first, second = (
        arb.gamma_fmpq(fmpq(d, 2) + 1 + i) * c.hypgeom_u(1 - b + i, b) for i in (0, 1)
    )
    scale = arb(2) ** (d + 1) * (-c).exp() * arb.gamma_fmpq(fmpq(d, 2))
    scale /= 8 * arb.pi() * arb.pi().sqrt() * arb.gamma_fmpq(fmpq(d + 3, 2))
    return scale * first, scale * (first - 2 * second)


def _next_eigenvalue(d: int, m: int, p, q, four):
    r"""Return kappa_{m+4} from kappa_m, ..., kappa_{m+3}, where beta^2 = p / q.

    The integral over :math:`\frac{d}{dt}[(1+t)^2 (1-t) w P_m]` vanishes, for the weight
    :math:`w = e^{-\beta^2/(1+t)} (1-t^2)^{d/2}` and :math:`P_m` of dimension d + 4.
    With :math:`t P_m` and :math:`(1-t^2) P_m'` in Gegenbauer polynomials, n_m = 2m+d+2,
    it is a relation of five neighbours, multiplied here by q and by n_{m-1} n_m n_{m+1}
    so that the coefficients are integers.
    """
    before, now, after = 2 * m + d, 2 * m + d + 2, 2 * m + d + 4
    e = m + d + 2
    diagonal = (
        (q + p) * (before * now * after)
        + q * ((m - 1) * m * (e - 1) * after)
        - q * ((e + 1) * e * (m + 1) * before)
    )
    total = four[0] * (q * (m * (m - 1) ** 2 * after))
    total += four[1] * ((m * q - p) * (m * after * before))
    total += four[2] * diagonal
    total -= four[3] * ((q * e + p) * (e * after * before))
    return total / (q * (e * (e + 1) ** 2 * before))


def _high_degrees(d: int, beta, lmax: int) -> list:
    """Enclose kappa_2, ..., kappa_lmax; the relations for m = 0, 1 need only these."""
    from flint import arb

    p, q = _squared_bias(beta)
    kappa = [arb(0), arb(0), *_second_pair(d, arb(p) / (2 * q))]
    for m in range(lmax - 3):
        kappa.append(_next_eigenvalue(d, m, p, q, kappa[-4:]))
    return kappa[2 : lmax + 1]


def _bits_of_recurrence(d: int, lmax: int) -> int:
    """Estimate the bits that `_high_degrees` loses: a guess, which is checked.

    The balls widen by the factor 1 + sqrt(2) a step, while the eigenvalues shrink,
    about as they do at bias 0.
    """
    decay = math.lgamma((d + lmax + 1) / 2) - math.lgamma((d + 3) / 2)
    decay -= math.lgamma((lmax + 1) / 2)
    return math.ceil(1.28 * lmax + 2 * decay / math.log(2)) + 20


def _lowest_pair(d: int, beta) -> list:
    r"""Enclose kappa_0 and kappa_1.

    The identity of dimensions gives, summed from d to a larger top of equal parity,

    .. math::
        \kappa_0^{(d)} = \kappa_0^{(top)} + \sum_D \kappa_2^{(D)}, \qquad
        d\, \kappa_1^{(d)} = top\, \kappa_1^{(top)} + \sum_D D\, \kappa_3^{(D)},

    over D = d, d + 2, ..., top - 2; at the top the series converges like a geometric
    one. kappa_2 and kappa_3 climb in D by the same identity.
    """
    from flint import arb, ctx

    terms = ctx.prec
    steps = max(0, terms - d + 1) // 2
    top = d + 2 * steps
    size = abs(float(enclose(beta)))
    # the balls of He_k widen like |He_k| at an imaginary point, exp(|beta| sqrt(k)),
    # and those of a step in D like its coefficients
    with ctx.extraprec(math.ceil(1.5 * size * math.sqrt(2 * terms))):
        even, odd = _lowest_series(top, beta, terms)
    odd *= top
    widening = math.ceil(steps * (4 + 2 * math.log2(1 + size * size))) + 30
    with ctx.extraprec(widening):
        p, q = _squared_bias(beta)
        two, three = _second_pair(d, arb(p) / (2 * q)) if steps else (0, 0)
    for dimension in range(d, top, 2):
        even += two
        odd += dimension * three
        with ctx.extraprec(widening):
            two, three = _next_dimension(dimension, p, q, two, three)
    return [even, odd / d]


def _next_dimension(d: int, p, q, two, three):
    """Return kappa_2 and kappa_3 of dimension d + 2 from those of dimension d."""
    four = _next_eigenvalue(d, 0, p, q, [0, 0, two, three])
    five = _next_eigenvalue(d, 1, p, q, [0, two, three, four])
    return (two - four) * d / (d + 4), (three - five) * d / (d + 6)


def _lowest_series(d: int, beta, terms: int):
    r"""Enclose kappa_0 and kappa_1 by the positive series, for a large dimension.

    .. math::
        \kappa_l = c_l^2\, q(d; l, l) + \varphi(\beta)^2 \sum_{j \ge 1}
        \frac{He_{l+2j-2}(\beta)^2}{2^{l+2j}\, j!\, (d/2)_{l+j}}, \quad l = 0, 1.

    For l = 0, 1 the overlaps q decrease in j, and the c_k^2 sum to the second moment.
    """
    from flint import arb, fmpq

    beta = enclose(beta)
    density = (-beta * beta).exp() / (2 * arb.pi())
    sums = [truncated_moment_ball(-beta, 1) ** 2, tail_ball(-beta) ** 2 / d]
    overlaps = [arb(1), arb(1) / d]
    # density / (2^(l+2j) j! (d/2)_(l+j)), for j = 0
    weights = [density, density / d]
    now, after = arb(1), beta
    for j in range(1, terms):
        for degree, value in enumerate((now, after)):
            overlaps[degree] *= fmpq(2 * (j + degree) - 1, d + 2 * (j + degree) - 2)
            weights[degree] /= 2 * j * (d + 2 * (j + degree) - 2)
            sums[degree] += weights[degree] * value * value
        now = beta * after - (2 * j - 1) * now
        after = beta * now - 2 * j * after
    rest = relu_second_moment_ball(beta) * arb(0.5, 0.5)
    # the overlap of the first term left out is smaller than the last one's
    return [total + last * rest for total, last in zip(sums, overlaps, strict=True)]


# --- private: the series in float64 -------------------------------------------------


def _series_row(d: int, degree: int, squares, terms: int):
    """Logarithms of a partial sum and of the first overlap that it leaves out."""
    j = np.arange(terms)
    k = degree + 2 * j
    last = degree + 2 * terms
    if (last + 2) * (last + 1) > (2 * terms + 2) * (2 * terms + d + 2 * degree):
        raise ValueError(
            f"terms must reach the largest overlap of degree {degree}, got {terms}"
        )
    overlaps = np.log(((k + 2.0) * (k + 1)) / ((2 * j + 2.0) * (2 * (degree + j) + d)))
    first = gammaln(degree + 1) - degree * math.log(2)
    first += gammaln(d / 2) - gammaln(d / 2 + degree)
    overlaps = first + np.concatenate([[0.0], np.cumsum(overlaps)])
    return logsumexp(squares[k] + overlaps[:-1]), overlaps[-1]
