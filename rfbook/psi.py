r"""The periodic function psi of Yehudai & Shamir, and what features can see of it.

Proposition 4.6 of the paper builds, from a + 1 ReLUs with integer kinks,

.. math:: \psi_a(x) = [x+a]_+ + 2 \sum_{n=1}^{a} (-1)^n [x+a-2n]_+ - 1 .

On [-a, a] it is a triangle wave of period 4 and amplitude 1: odd for odd a, even for
even a. ``tri`` is the odd wave on all of R with tri(x) = x on [-1, 1]; g ~ N(0, 1); R
is the norm of the weight vector; w is uniform on the sphere of radius R in R^d and
x ~ N(0, I_d), so that <w, x> has the law of R g for each w.

Source: Yehudai & Shamir, On the Power and Limitations of Random Features for
Understanding Neural Networks, NeurIPS 2019, Section 4.

The chapter is ``book/psi.md``.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from scipy.special import bernoulli, eval_hermitenorm, gammaln, logsumexp

from rfbook.gaussian import (
    log_tail,
    tail_ball,
    truncated_moment,
    truncated_moment_ball,
)
from rfbook.ranges import (
    ball,
    finite_answers,
    finite_array,
    finite_scalar,
    integer_from,
    no_underflow,
)
from rfbook.special import log_scaled_hyp0f1, scaled_hyp0f1_ball

_LARGEST_A = 2**52
"""Up to here a + 1 and the kinks are exact in float64."""

_BLOCK = 2**18
"""Entries of the table of ReLUs that is held at once: 2 MiB."""

_FAR = 36.0
"""Threshold beyond which a truncated moment, below 1e-283, no longer counts."""

_LAST_FREQUENCY = 1200
"""Where the rigorous sum over frequencies stops if its goal is not reached (d <= 5)."""


# --- the function -------------------------------------------------------------------


def triangle_wave(x):
    r"""Odd triangle wave of period 4 and amplitude 1, with tri(x) = x on [-1, 1].

    .. math::
        \operatorname{tri}(x) = \frac{8}{\pi^2} \sum_{m\ \mathrm{odd}}
        \frac{(-1)^{(m-1)/2}}{m^2} \sin \frac{\pi m x}{2}

    Parameters
    ----------
    x : array_like of float, or Fraction
        Points, finite, any shape. A Fraction gives a Fraction.

    Returns
    -------
    float, ndarray or Fraction
        The exact value: the reduction modulo 4 and each branch are exact in float64.

    Raises
    ------
    ValueError
        If a point is not finite.

    Examples
    --------
    >>> x = np.linspace(-9, 9, 37)
    >>> bool(np.all(triangle_wave(x + 2) == -triangle_wave(x)))
    True
    """
    if isinstance(x, Fraction):
        return _odd_wave_exact(x)
    return _odd_wave(finite_array("x", x))[()]


def psi(x, a: int):
    r"""Evaluate psi_a at each point in constant time.

    With the triangle waves of the module's page,

    .. math::
        \psi_a(x) = \begin{cases}
            -1 & x < -a \\
            \operatorname{tri}(x + a - 1) & -a \le x \le a \\
            (-1)^a (x - a - 1) & x > a
        \end{cases}

    Parameters
    ----------
    x : array_like of float, or Fraction
        Points, finite, any shape. A Fraction gives a Fraction.
    a : int
        Number of kinks after the first, 1 to 2^52 (any size with a Fraction). The
        paper's is 6 d^2 + 1.

    Returns
    -------
    float, ndarray or Fraction
        psi_a(x), in the shape of x, rounded once.

    Raises
    ------
    ValueError
        If a is not an integer or out of range, or a point is not finite.

    See Also
    --------
    psi_relu_sum : the sum itself.

    Examples
    --------
    >>> x = np.linspace(-9, 9, 73)
    >>> bool(np.all(psi(x, 7) == psi_relu_sum(x, 7)))
    True
    >>> psi(Fraction(1, 3), 5) == -psi(Fraction(-1, 3), 5)
    True
    """
    a = integer_from("a", a, 1)
    sign = -1 if a % 2 else 1
    if isinstance(x, Fraction):
        if abs(x) <= a:
            return _odd_wave_exact(x + a - 1)
        return sign * (x - a - 1) if x > 0 else Fraction(-1)
    _check_kinks(a)
    x = finite_array("x", x)
    outside = np.where(x < 0, -1.0, sign * (x - (a + 1)))
    return np.where(np.abs(x) <= a, _wave(x, a), outside)[()]


def psi_weights(a: int) -> tuple[np.ndarray, np.ndarray, int]:
    """Kinks, outer weights and constant of psi_a as a sum of ReLUs.

    psi_a(x) = sum_n weights[n] * max(x - kinks[n], 0) + constant.

    Parameters
    ----------
    a : int
        At least 1 and at most 2^52.

    Returns
    -------
    kinks : ndarray of int64, shape (a + 1,)
        -a, -a + 2, ..., a.
    weights : ndarray of int64, shape (a + 1,)
        1, -2, 2, -2, ...
    constant : int
        -1.

    Raises
    ------
    ValueError
        If a is not an integer or out of range.

    Examples
    --------
    >>> kinks, weights, constant = psi_weights(7)
    >>> int(np.abs(weights).sum()) == 1 + 2 * 7 and int((weights**2).sum()) == 1 + 4 * 7
    True
    """
    a = integer_from("a", a, 1)
    _check_kinks(a)
    n = np.arange(a + 1)
    weights = 2 - 4 * (n % 2)
    weights[0] = 1
    return 2 * n - a, weights, -1


@finite_answers
def psi_relu_sum(x, a: int):
    """Evaluate psi_a literally: the sum of a + 1 ReLUs minus 1.

    The points are taken in blocks, so that memory stays bounded; the time is a + 1
    operations a point. In float64 the partial sums reach 2a, and an absolute error of
    that size times 1e-16 times a is possible.

    Parameters
    ----------
    x : array_like of float, or Fraction
        Points, finite, any shape. A Fraction gives a Fraction, exactly.
    a : int
        At least 1 and at most 2^52.

    Returns
    -------
    float, ndarray or Fraction
        psi_a(x), in the shape of x.

    Raises
    ------
    ValueError
        If a is not an integer or out of range, or a point is not finite.

    Examples
    --------
    >>> psi_relu_sum(Fraction(1, 2), 3) == -psi_relu_sum(Fraction(-1, 2), 3)
    True
    """
    kinks, weights, constant = psi_weights(a)
    if isinstance(x, Fraction):
        pairs = zip(weights.tolist(), kinks.tolist(), strict=True)
        return sum((w * max(x - k, 0) for w, k in pairs), Fraction(constant))
    x = finite_array("x", x)
    points = x.ravel()
    values = np.empty_like(points)
    kinks, weights = kinks.astype(np.float64), weights.astype(np.float64)
    step = max(1, _BLOCK // len(kinks))
    for start in range(0, len(points), step):
        block = points[start : start + step, None] - kinks
        np.maximum(block, 0, out=block)
        values[start : start + step] = block @ weights
    return (values + constant).reshape(x.shape)[()]


def psi_repaired(x, a: int):
    r"""Evaluate psi_a with its last outer weight halved, bounded on all of R.

    The last kink gets the weight (-1)^a instead of 2 (-1)^a; the function is then the
    constant psi_a(a) = -(-1)^a to the right of a:

    .. math:: \tilde\psi_a(x) = \psi_a(\min(\max(x, -a), a)), \qquad
              |\tilde\psi_a| \le 1,

    odd on all of R for odd a, even for even a.

    Parameters
    ----------
    x : array_like of float, or Fraction
        Points, finite, any shape. A Fraction gives a Fraction.
    a : int
        At least 1 and, unless x is a Fraction, at most 2^52.

    Returns
    -------
    float, ndarray or Fraction
        The value, in the shape of x, rounded once.

    Raises
    ------
    ValueError
        If a is not an integer or out of range, or a point is not finite.

    Examples
    --------
    >>> x = np.linspace(-20, 20, 81)
    >>> bool(np.all(psi_repaired(-x, 7) == -psi_repaired(x, 7)))
    True
    """
    a = integer_from("a", a, 1)
    if isinstance(x, Fraction):
        return psi(min(max(x, Fraction(-a)), Fraction(a)), a)
    return psi(np.clip(finite_array("x", x), -float(a), float(a)), a)


# --- the second moment --------------------------------------------------------------


def second_moment(R, a: int | None = None):
    r"""Second moment E tri(R g)^2 of the wave, or E psi_a(R g)^2 of the ReLU sum.

    .. math::
        E\operatorname{tri}(Rg)^2 = \frac13 + \frac{4}{\pi^2} \sum_{n \ge 1}
        \frac{(-1)^n}{n^2} e^{-\pi^2 n^2 R^2 / 2}

    The square of psi_a has on [-a, a] the same series, with the sign (-1)^n for odd a
    and +1 for even a. Outside, for either parity, with h = a / R and
    M_k(h) = E (g - h)_+^k,

    .. math::
        E\psi_a(Rg)^2 = S + 2R M_1(h) - R^2 M_2(h)
        + 8R \sum_{k \ge 1} M_1\Big(\frac{a + 2k}{R}\Big),

    where S is the series. Both follow from psi^2 being piecewise quadratic.

    Parameters
    ----------
    R : array_like of float
        Norm of the weight vector, finite, at least 0, any shape.
    a : int, optional
        Parameter of psi_a, 1 to 2^52; without it, the triangle wave.

    Returns
    -------
    float or ndarray
        The second moment, in the shape of R, to about 1e-13 of its value.

    Raises
    ------
    ValueError
        If R is negative or not finite, a is out of range, or the moment leaves the
        range of float64 (0 < R < 1e-150 unless a is even; R > 1e150 with a).

    Examples
    --------
    For small R the wave is the identity, for large R its mean square is 1/3:

    >>> bool(np.isclose(second_moment(0.05), 0.05**2))
    True
    >>> bool(np.isclose(second_moment(10.0), 1 / 3, rtol=1e-15, atol=0))
    True
    """
    R = finite_array("R", R, 0)
    a = None if a is None else integer_from("a", a, 1)
    outside = np.zeros(R.shape, bool) if a is None else R > 1e150
    if a is None or a % 2:  # of an even a the function is not 0 at 0
        outside |= (R > 0) & (R < 1e-150)
    if outside.any():
        got = float(R[outside].flat[0])
        raise ValueError(f"the moment leaves float64's range at R = {got}")
    if a is None:
        return _wave_moment(R, odd=True)[()]
    _check_kinks(a)
    return (_wave_moment(R, odd=a % 2 == 1) + _outside_moment(R, a))[()]


@finite_answers
def second_moment_ball(R, a: int | None = None, prec: int = 128):
    """Enclose `second_moment` in an Arb ball.

    The series and the sums over kinks are cut with rigorous remainders: the series by a
    geometric one, the kinks by M_1(h + s) <= exp(-h s) M_1(h).

    Parameters
    ----------
    R : int, Fraction, float, flint.fmpq or flint.arb
        Norm of the weight vector, at least 0 and at most 10^4; a float stands for its
        exact binary value.
    a : int, optional
        Parameter of psi_a, at least 1; without it, the triangle wave.
    prec : int, optional
        Working precision in bits, at least 2. The ball's radius is some ten units of
        2^-prec for 0.01 <= R <= min(a, 10); beyond it grows with R.

    Returns
    -------
    flint.arb

    Raises
    ------
    ValueError
        If R or a is out of range.

    Examples
    --------
    >>> abs(float(second_moment_ball(2, 25)) - float(second_moment(2.0, 25))) < 1e-15
    True
    """
    from flint import arb, ctx

    a = None if a is None else integer_from("a", a, 1)
    odd = a is None or a % 2 == 1
    with ctx.workprec(integer_from("prec", prec, 2) + 10):
        R = ball(R)
        if not (R >= 0 and R <= 10**4):
            raise ValueError(f"R must lie in [0, 10^4], got {R}")
        if R == 0:
            moment = arb(0 if odd else 1)
        else:
            if not R > 0:
                raise ValueError(f"R must be 0 or certainly positive, got {R}")
            moment = _wave_moment_ball(R, odd)
            moment += 0 if a is None else _outside_moment_ball(R, a)
    with ctx.workprec(prec):
        return +moment


# --- the correlation with one direction ---------------------------------------------


@finite_answers
def correlation_bound_log(d: int, R):
    r"""Logarithm of `correlation_bound`.

    Parameters
    ----------
    d : int
        Dimension, at least 1.
    R : array_like of float
        Norm of the weight vectors, finite, 0 to 1e150, any shape.

    Returns
    -------
    float or ndarray
        Natural logarithms, in the shape of R, at most 0.

    Raises
    ------
    ValueError
        If d or R is out of range.

    Examples
    --------
    In dimension 1, E exp(-kappa (1 - t)) = (1 + exp(-2 kappa)) / 2:

    >>> bool(np.isclose(correlation_bound_log(1, 40.0), -math.log(2)))
    True
    """
    d = integer_from("d", d, 1)
    return log_scaled_hyp0f1(d / 2, (math.pi / 2 * _norms(R)) ** 2)


@finite_answers
def correlation_bound(d: int, R):
    r"""Bound Lambda_d(pi^2 R^2 / 4) on E_w <f, tri_w>^2 / ||f||^2 for every f.

    .. math::
        \Lambda_d(\kappa) = E_{t \sim \mu_d} e^{-\kappa (1 - t)}
        = e^{-\kappa}\, {}_0F_1\Big(; \frac d2; \frac{\kappa^2}{4}\Big)

    It is the exact norm of the operator of one complex frequency, and at most
    exp(-d/2) from R = (2/pi) sqrt(d) on.

    Parameters
    ----------
    d : int
        Dimension, at least 1.
    R : array_like of float
        Norm of the weight vectors, finite, 0 to 1e150, any shape.

    Returns
    -------
    float or ndarray
        The bound, in the shape of R, in (0, 1].

    Raises
    ------
    ValueError
        If d or R is out of range, or the bound underflows: `correlation_bound_log`.

    Examples
    --------
    >>> bool(correlation_bound(40, 2 / math.pi * math.sqrt(40)) <= math.exp(-20))
    True
    """
    logs = np.asarray(correlation_bound_log(d, R))
    return no_underflow("correlation_bound", np.exp(logs), "correlation_bound_log")


@finite_answers
def correlation_bound_ball(d: int, R):
    """Enclose `correlation_bound` in an Arb ball at the current precision.

    Parameters
    ----------
    d : int
        Dimension, at least 1.
    R : int, Fraction, float, flint.fmpq or flint.arb
        Norm of the weight vectors, at least 0; a float stands for its binary value.

    Returns
    -------
    flint.arb

    Raises
    ------
    ValueError
        If d is out of range or R >= 0 is not certain.

    Examples
    --------
    >>> bool(correlation_bound_ball(200, 200) < ball(-100).exp())
    True
    """
    d = integer_from("d", d, 1)
    return scaled_hyp0f1_ball(Fraction(d, 2), _frequency_ball(R))


def correlation_rate(beta):
    r"""Exponential rate of `correlation_bound`: -(1/d) ln Lambda_d(beta d) as d grows.

    .. math::
        \beta (1 - t) - \tfrac12 \ln(1 - t^2), \qquad
        t = \frac{\sqrt{1 + 4 \beta^2} - 1}{2 \beta}

    the minimum over t in [0, 1) of the exponent of the integral (Laplace).

    Parameters
    ----------
    beta : array_like of float
        kappa / d = pi^2 R^2 / (4 d), finite, 0 to 1e150, any shape.

    Returns
    -------
    float or ndarray
        The rate, in the shape of beta, at least 0.

    Raises
    ------
    ValueError
        If beta is out of range.

    Examples
    --------
    >>> d = 10**5
    >>> R = 2 / math.pi * math.sqrt(d)
    >>> rate = -correlation_bound_log(d, R) / d
    >>> bool(abs(rate - correlation_rate(1.0)) < 1e-5)
    True
    """
    beta = _norms(beta, "beta")
    root = np.hypot(1, 2 * beta)
    excess = 4 * beta * (beta / (1 + root))
    return ((2 * beta + excess) / (2 * beta + root) + np.log1p(excess / 2))[()] / 2


def psi_tail_norm_bound_log(a: int, R):
    r"""Logarithm of a bound on ||psi_a(R g) -+ tri(R g)|| for odd a.

    On [-a, a] the two agree up to the sign (-1)^((a-1)/2); outside they differ by at
    most (|x| - a)_+, so that with h = a / R

    .. math:: \|\tau\|^2 \le 2 R^2 E (g - h)_+^2
              \le 2 R^2 \min(1, 2 / h^2)\, Q(h) .

    Parameters
    ----------
    a : int
        Parameter of psi_a, odd, at least 1.
    R : array_like of float
        Norm of the weight vectors, finite, positive, any shape; a / R and R at most
        1e150.

    Returns
    -------
    float or ndarray
        Natural logarithm of the bound on the norm (not its square), in the shape of R.

    Raises
    ------
    ValueError
        If a or R is out of range.

    Examples
    --------
    At R = d, a = 6 d^2 + 1 the squared norm is below exp(-18 d^2) / 18:

    >>> bool(2 * psi_tail_norm_bound_log(6 * 40**2 + 1, 40.0) < -18 * 40**2)
    True
    """
    a = _odd(a)
    R = finite_array("R", _norms(R), 0, strict=True)
    with np.errstate(over="ignore"):
        h = a / R
    shrink = np.minimum(0, math.log(2) - 2 * np.log(h))
    return ((math.log(2) + 2 * np.log(R) + shrink + log_tail(h)) / 2)[()]


@finite_answers
def psi_tail_norm_bound_ball(a: int, R):
    """Enclose the bound of `psi_tail_norm_bound_log` in an Arb ball.

    Parameters
    ----------
    a : int
        Parameter of psi_a, odd, at least 1.
    R : int, Fraction, float, flint.fmpq or flint.arb
        Norm of the weight vectors, positive.

    Returns
    -------
    flint.arb
        The bound on the norm, at the current precision.

    Raises
    ------
    ValueError
        If a is out of range or R > 0 is not certain.

    Examples
    --------
    >>> bool(psi_tail_norm_bound_ball(25, 2) ** 2 < ball(-72).exp() / 18)
    True
    """
    a, R = _odd(a), ball(R)
    if not R > 0:
        raise ValueError(f"R must be certainly positive, got {R}")
    h = a / R
    return R * (2 * (2 / h**2).min(ball(1)) * tail_ball(h)).sqrt()


# --- the exact spectrum -------------------------------------------------------------


def triangle_spectrum_log(d: int, R: float, lmax: int) -> np.ndarray:
    r"""Logarithms of the eigenvalues of T = E_w tri_w (x) tri_w, by degree.

    With tau = pi R / 2 and b_n = (8 / pi^2) (-1)^((n-1)/2) / n^2, for odd l

    .. math::
        \kappa_l = \sum_{n, m\ \mathrm{odd}} b_n b_m e^{-(n-m)^2 \tau^2 / 2}
        B_l(n m \tau^2), \qquad
        B_l(z) = \Gamma(d/2) (2/z)^{d/2-1} e^{-z} I_{l+d/2-1}(z)

    with multiplicity ``harmonic_dimension(d, l)``; for even l, kappa_l = 0. The sum is
    grouped by |n - m| = 2p into alternating sums of positive terms; each is summed up
    to some n and integrated beyond.

    Parameters
    ----------
    d : int
        Dimension, at least 1.
    R : float
        Norm of the weight vectors, finite, at least 0.05, at most 1e6.
    lmax : int
        Largest degree, at least 0.

    Returns
    -------
    ndarray of float, shape (lmax + 1,)
        ln kappa_l for l = 0..lmax; -inf for even l, and for l > 1 when d = 1, where
        there are no harmonics.

    Raises
    ------
    ValueError
        If an argument is out of range, or if more than six digits of an eigenvalue
        cancel in the alternating sum (R below about 1/2 and l > 1).

    Notes
    -----
    Funk-Hecke: kappa_l is the integral of the kernel <tri_w, tri_w'> times P_l under
    mu_d. The odd kappa_l decrease in l.

    Examples
    --------
    In dimension 1 only degree 1 is left, and it carries the whole second moment:

    >>> kappa = np.exp(triangle_spectrum_log(1, 0.7, 3))
    >>> bool(np.isclose(kappa[1], second_moment(0.7))), kappa[[0, 2, 3]].tolist()
    (True, [0.0, 0.0, 0.0])
    """
    d, lmax = integer_from("d", d, 1), integer_from("lmax", lmax, 0)
    R = finite_scalar("R", R, 0.05)
    if R > 1e6:
        raise ValueError(f"R must be at most 1e6, got {R}")
    logs = np.full(lmax + 1, -np.inf)
    for degree in range(1, lmax + 1 if d > 1 else min(lmax, 1) + 1, 2):
        logs[degree] = _eigenvalue_log(d, R, degree)
    return logs


def correlation_supremum_log(d: int, R: float) -> float:
    """Logarithm of the exact supremum of E_w <f, tri_w>^2 / ||f||^2 over f.

    The supremum is kappa_1, the largest eigenvalue of `triangle_spectrum_log`, attained
    by a function x -> h(|x|) x_1 / |x|.

    Parameters
    ----------
    d : int
        Dimension, 1 to 10^6.
    R : float
        Norm of the weight vectors, finite, positive, at most 1e6.

    Returns
    -------
    float
        ln kappa_1.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> bool(correlation_supremum_log(40, 10.0) < correlation_bound_log(40, 10.0))
    True
    """
    d = integer_from("d", d, 1)
    if d > 10**6:
        raise ValueError(f"d must be at most 10^6, got {d}")
    R = finite_scalar("R", R, 0, strict=True)
    if R < 0.1:
        # tri(R g) = R g but for an event of probability 2 Q(10), where it is smaller
        return 2 * math.log(R) - math.log(d)
    return float(triangle_spectrum_log(d, R, 1)[1])


def correlation_supremum_ball(d: int, R):
    """Enclose kappa_1, the supremum of E_w <f, tri_w>^2 / ||f||^2, in an Arb ball.

    Pairs of frequencies beyond N, or further apart than 2P, are bounded by
    e^{-z} I_mu(z) <= 1 / sqrt(2 pi z) for mu >= 1/2; d = 1 is the second moment.

    Parameters
    ----------
    d : int
        Dimension, at least 1.
    R : int, Fraction, float, flint.fmpq or flint.arb
        Norm of the weight vectors, at least 1/4 (at most 10^4 for d = 1).

    Returns
    -------
    flint.arb
        At the current precision of ``flint.ctx``. With 128 bits and an exact R >= 1/2
        the relative radius is below 1e-11 for d = 2 and 1e-14 from d = 3 on.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> bool(correlation_supremum_ball(200, 200) < correlation_bound_ball(200, 200))
    True
    """
    from flint import arb, ctx

    d, R = integer_from("d", d, 1), ball(R)
    if not 4 * R >= 1:
        raise ValueError(f"R must be certainly at least 1/4, got {R}")
    if d == 1:
        return second_moment_ball(R, prec=ctx.prec)
    z = _frequency_ball(R)
    goal = arb(2) ** (-ctx.prec)
    ratio = _envelope_ball(d, z) / _first_degree_ball(d, z)
    if ratio.rel_accuracy_bits() <= 0:
        raise ValueError(f"R must be smaller for {ctx.prec} bits, got {R}")
    pairs = 0
    while not (-2 * (pairs + 1) ** 2 * z).exp() * ratio < goal:
        pairs += 1
    total, last = arb(0), -1
    while True:
        last += 2
        total += _row_ball(d, z, last, pairs)
        rest = _rest_ball(d, z, last, pairs)
        if rest < goal * total or last > _LAST_FREQUENCY:
            return total + rest * arb(0, 1)


# --- private: the wave --------------------------------------------------------------


def _check_kinks(a: int) -> None:
    """Refuse an a whose kinks are not float64 numbers."""
    if a > _LARGEST_A:
        raise ValueError(f"a must be at most 2^52 in float64, got {a}")


def _odd(a) -> int:
    """Check an odd parameter of psi_a."""
    a = integer_from("a", a, 1)
    if a % 2 == 0:
        raise ValueError(f"a must be odd, got {a}")
    return a


def _norms(values, name: str = "R"):
    """Check numbers of [0, 1e150], whose squares are finite."""
    values = finite_array(name, values, 0)
    if (values > 1e150).any():
        raise ValueError(f"{name} must be at most 1e150, got {values.max()}")
    return values


def _remainder(x):
    """Reduce modulo 4 to [-2, 2], without rounding for every finite float."""
    return x - 4 * np.rint(x / 4)


def _odd_wave(x):
    """Evaluate tri: 2 - |r| is exact for 1 <= |r| <= 2."""
    r = _remainder(x)
    size = np.abs(r)
    return np.where(size <= 1, r, np.copysign(2 - size, r))


def _even_wave(x):
    """Evaluate tri(x - 1), the even wave with value -1 at 0, rounded once."""
    return np.abs(_remainder(x)) - 1


def _wave(x, a: int):
    """Evaluate tri(x + a - 1) without forming the sum."""
    wave = _odd_wave(x) if a % 2 else _even_wave(x)
    return wave if a % 4 < 2 else -wave


def _odd_wave_exact(x: Fraction) -> Fraction:
    """Evaluate tri at a rational point."""
    return 1 - abs((x + 1) % 4 - 2)


# --- private: the second moment -----------------------------------------------------


def _moment_or_zero(h, k: int):
    """Evaluate a truncated moment, or 0 from `_FAR` on."""
    h = np.asarray(h)
    values = np.zeros_like(h)
    near = h < _FAR
    values[near] = truncated_moment(h[near], k)
    return values


def _wave_moment(R, *, odd: bool):
    """Mean square of the odd or even wave: Fourier from R = 1/2 on, kinks below."""
    result = np.empty_like(R)
    small = R < 0.5
    result[small] = _wave_moment_kinks(R[small], odd)
    # beyond R = 40 every term of the series is below the smallest float
    result[~small] = _wave_moment_series(np.minimum(R[~small], 40.0), odd)
    return result


def _wave_moment_series(R, odd: bool):
    """Sum the Fourier series; eight terms leave 1e-43 at R = 1/2."""
    n = np.arange(1, 9)
    signs = (-1.0) ** n if odd else np.ones(len(n))
    decay = np.exp(-((np.pi * n * R[..., None]) ** 2) / 2)
    return 1 / 3 + 4 / np.pi**2 * (decay @ (signs / n**2))


def _wave_moment_kinks(R, odd: bool):
    """Mean square through the kinks of the squared wave, for R < 1/2.

    tri(x)^2 = x^2 - 4 sum_{k >= 0} (|x| - 2k - 1)_+ for the odd wave, and
    1 - 2|x| + x^2 - 4 sum_{k >= 1} (|x| - 2k)_+ for the even one.
    """
    first = 1 if odd else 2
    with np.errstate(divide="ignore"):
        kinks = sum(_moment_or_zero((first + 2 * k) / R, 1) for k in range(5))
    smooth = R * R if odd else 1 - 2 * R * math.sqrt(2 / math.pi) + R * R
    return smooth - 8 * R * kinks


def _outside_moment(R, a: int):
    """Mean square of psi_a minus that of its wave: see `second_moment`.

    From R = 20 on the sum over kinks is replaced by Euler and Maclaurin's expansion.
    """
    change = np.zeros_like(R)
    reached = a < _FAR * R
    near, far = reached & (R < 20), reached & (R >= 20)
    r, h = R[near], a / R[near]
    linear = 2 * r * _moment_or_zero(h, 1) - r * r * _moment_or_zero(h, 2)
    last = math.ceil((_FAR * r.max(initial=0.0) - a) / 2)
    kinks = sum(_moment_or_zero((a + 2 * k) / r, 1) for k in range(1, last + 1))
    change[near] = linear + 8 * r * kinks
    r, h = R[far], a / R[far]
    linear = r * r * _moment_or_zero(h, 2) - 2 * r * _moment_or_zero(h, 1)
    change[far] = linear + 8 * r * _euler_maclaurin(h, 2 / r)
    return change


def _euler_maclaurin(h, step):
    """Sum over k >= 1 of M_1(h + k step), less M_2(h) / (2 step) - M_1(h) / 2.

    The derivatives are M_1' = -Q and M_1^(2m-1) = -He_{2m-3} phi. The first term left
    out is below 1e-16 for step <= 1/10.
    """
    total = step / 12 * _moment_or_zero(h, 0)
    density = np.exp(-h * h / 2) / math.sqrt(2 * math.pi)
    for m in range(2, 7):
        coefficient = bernoulli(2 * m)[-1] / math.factorial(2 * m)
        derivative = eval_hermitenorm(2 * m - 3, h) * density
        total += coefficient * step ** (2 * m - 1) * derivative
    return total


def _wave_moment_ball(R, odd: bool):
    """Enclose the mean square of the odd or even wave at R > 0."""
    from flint import arb, ctx

    if not 2 * R > 1:
        smooth = R * R if odd else 1 - 2 * R * (2 / arb.pi()).sqrt() + R * R
        return smooth - 8 * R * _kink_sum_ball(1 if odd else 2, R)
    base = (-((arb.pi() * R) ** 2) / 2).exp()
    total, n, term = arb(0), 1, base
    while not term < arb(2) ** (-ctx.prec):
        total += -term if odd and n % 2 else term
        n += 1
        term = base ** (n * n) / n**2
    total += term / (1 - base) * arb(0, 1)
    return arb(1) / 3 + 4 / arb.pi() ** 2 * total


def _outside_moment_ball(R, a: int):
    """Enclose the mean square of psi_a minus that of its wave at R > 0."""
    h = a / R
    first, second = (truncated_moment_ball(h, k) for k in (1, 2))
    return 2 * R * first - R * R * second + 8 * R * _kink_sum_ball(a + 2, R)


def _kink_sum_ball(first: int, R):
    """Enclose the sum over k >= 0 of M_1((first + 2k) / R)."""
    from flint import arb, ctx

    total, kink = arb(0), first
    while True:
        h = kink / R
        term = truncated_moment_ball(h, 1)
        rest = term / (1 - (-2 * h / R).exp())
        if rest < R * arb(2) ** (-ctx.prec):
            return total + rest * arb(0.5, 0.5)
        total += term
        kink += 2


# --- private: the spectrum ----------------------------------------------------------


def _eigenvalue_log(d: int, R: float, degree: int) -> float:
    """Logarithm of kappa_l for odd l: an alternating sum over p = |n - m| / 2."""
    n, weights = _frequencies(d, R, degree)
    log_first = _offset_log(d, R, degree, 0, n, weights)
    value, p, change = 1.0, 0, 1.0
    while abs(change) > 1e-17:
        p += 1
        log_term = _offset_log(d, R, degree, p, n, weights)
        change = 2 * (-1) ** p * math.exp(log_term - log_first)
        value += change
    if value < 1e-6:
        raise ValueError(
            f"degree {degree} is out of reach at R = {R}: too many digits cancel"
        )
    return log_first + math.log(value)


def _offset_log(d: int, R: float, degree: int, p: int, n, weights) -> float:
    """Logarithm of the sum over n of |b_n b_m| exp(-2 p^2 tau^2) B_l(n m tau^2)."""
    square = (math.pi * R / 2) ** 2
    m = n + 2 * p
    z = n * m * square
    bessel = (
        gammaln(d / 2)
        - gammaln(d / 2 + degree)
        + degree * np.log(z / 2)
        + log_scaled_hyp0f1(d / 2 + degree, z)
    )
    amplitudes = 2 * math.log(8 / math.pi**2) - 2 * np.log(n * m)
    return float(logsumexp(amplitudes + bessel - 2 * p * p * square, b=weights))


def _frequencies(d: int, R: float, degree: int):
    """Nodes and weights for a sum over odd n >= 1 of a smooth algebraic sequence.

    Up to N the terms themselves; beyond it the midpoint rule read backwards: half the
    integral from M = N + 1 on, plus F'(M) / 12 as a difference. The integral is Gauss
    and Legendre's in s = M / n, where F(M / s) is s^(d+3) times a smooth function.
    """
    last = 2 * math.ceil(max(200, 3 * degree / R)) + 1
    terms = np.arange(1, last + 3, 2, dtype=np.float64)
    counts = np.ones_like(terms)
    counts[-2:] = 1 - 1 / 24, 1 / 24
    s, lengths = np.polynomial.legendre.leggauss(40)
    s, lengths = (s + 1) / 2, lengths / 2
    middle = last + 1
    nodes = np.concatenate([terms, middle / s])
    return nodes, np.concatenate([counts, lengths * middle / (2 * s * s)])


def _frequency_ball(R):
    """Enclose pi^2 R^2 / 4 for R >= 0."""
    from flint import arb

    R = ball(R)
    if not R >= 0:
        raise ValueError(f"R must be certainly at least 0, got {R}")
    return (arb.pi() * R / 2) ** 2


def _first_degree_ball(d: int, z):
    """Enclose B_1(z) = (z / d) exp(-z) 0F1(; d/2 + 1; z^2/4)."""
    return z / d * scaled_hyp0f1_ball(Fraction(d, 2) + 1, z)


def _row_ball(d: int, z, n: int, pairs: int):
    """Enclose the part of kappa_1 with smaller frequency n, up to distance 2 pairs."""
    from flint import arb

    total = arb(0)
    for p in range(pairs + 1):
        m = n + 2 * p
        term = (-2 * p * p * z).exp() * _first_degree_ball(d, n * m * z) / (n * m) ** 2
        total += term if p == 0 else 2 * (-1) ** p * term
    return (8 / arb.pi() ** 2) ** 2 * total


def _envelope_ball(d: int, z):
    """Enclose A with |b_n b_m| B_1(n m z) <= A (n m)^(-2 - (d-1)/2)."""
    from flint import arb

    largest = (arb(d) / 2).gamma() / (2 * arb.pi().sqrt())
    return (8 / arb.pi() ** 2) ** 2 * largest * (2 / z) ** ((arb(d) - 1) / 2)


def _rest_ball(d: int, z, last: int, pairs: int):
    """Bound what the rows n <= last leave of kappa_1: see `correlation_supremum_ball`.

    With A of `_envelope_ball` and n <= m, (n m)^(-s) <= n^(-2s), 2s = d + 3; sums over
    odd n beyond `last` are at most half the integral.
    """
    from flint import arb

    near = 1 + 2 * (-2 * z).exp() / (1 - (-6 * z).exp())
    far = (-2 * (pairs + 1) ** 2 * z).exp() * 2 / (1 - (-2 * (2 * pairs + 3) * z).exp())
    beyond = arb(last) ** (-d - 2) / (2 * (d + 2))
    return _envelope_ball(d, z) * (near * beyond + far * (1 + arb(1) / (2 * (d + 2))))
