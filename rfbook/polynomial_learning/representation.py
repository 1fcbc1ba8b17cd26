r"""Polynomials as averages of neurons: the weight function g and its error.

For an activation ``sigma(t) = sum_n a_n t^n`` and ``w = v / sqrt(d)``, v uniform on
[-1, 1]^d, the weight function of the polynomial ``P(x) = sum_J b_J x^J`` is

.. math:: g(w) = \sum_J b_J\, \frac{J!}{a_n\, n!}\, d^{n/2}\, G_J(\sqrt d\, w),
    \qquad n = |J|,

with the dual functions G_J of `rfbook.polynomial_learning.legendre`. Up to the power K
of the activation, ``E sigma(<w, x>) g(w) = P(x)`` exactly.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache

import numpy as np

from rfbook.polynomial_learning.legendre import (
    Index,
    Polynomial,
    dual_coefficients,
    homogeneous_indices,
    legendre_moment,
    monomials,
    multi_index,
    points,
)
from rfbook.ranges import finite_answers, generator_from, instance_of, integer_from

SERIES_TERMS = 60
"""Powers beyond K that float64 sums keep; those left out enter through a bound."""


# --- activations ----------------------------------------------------------------------


@dataclass(frozen=True)
class Activation:
    """An activation with its Taylor series at 0, which converges on [-1, 1].

    ``sigma(t) = factor * sum_n coefficient(n) t^n``.

    Parameters
    ----------
    name : str
    coefficient : callable
        Maps n >= 0 to a Fraction.
    value : callable
        The function itself, on float arrays.
    tail : callable
        Maps M to an upper bound of ``sum_{n > M} |coefficient(n)|``.
    factor : float
        What is left when the coefficients are made rational: 2/sqrt(pi) for erf.
    """

    name: str
    coefficient: Callable[[int], Fraction]
    value: Callable[[np.ndarray], np.ndarray]
    tail: Callable[[int], float]
    factor: float = 1.0

    def coefficients(self, degree: int) -> list[Fraction]:
        """Return the coefficients 0, ..., degree, without the factor."""
        degree = integer_from("degree", degree, 0)
        return [self.coefficient(n) for n in range(degree + 1)]


@lru_cache(maxsize=512)
def _tanh(n: int) -> Fraction:
    """Taylor coefficient of tanh, from tanh' = 1 - tanh^2."""
    if n % 2 == 0:
        return Fraction(0)
    squares = sum((_tanh(i) * _tanh(n - 1 - i) for i in range(1, n - 1, 2)), Fraction())
    return (int(n == 1) - squares) / n


def _sigmoid(n: int) -> Fraction:
    """Taylor coefficient of 1/(1 + exp(-t)) = 1/2 + tanh(t/2)/2."""
    return Fraction(1, 2) if n == 0 else _tanh(n) / 2 ** (n + 1)


def _erf(n: int) -> Fraction:
    """Taylor coefficient of sqrt(pi)/2 erf(t), the integral of exp(-t^2)."""
    m, odd = divmod(n, 2)
    return Fraction((-1) ** m, math.factorial(m) * n) if odd else Fraction(0)


def _exponential_value(t):
    return np.exp(t)


def _sigmoid_value(t):
    return (1 + np.tanh(np.asarray(t) / 2)) / 2


def _erf_value(t):
    from scipy.special import erf

    return erf(t)


# The tails: sum_{n > M} 1/n! <= e/(M + 1)!. The coefficients of tanh are
# 2 (2/pi)^(n+1) sum_k (2k-1)^-(n+1) in size, at most (2/pi)^(n-1), those of the sigmoid
# 2^(n+1) times smaller. For erf, with the least p such that 2p + 1 > M, they sum to at
# most e / (p! (2p + 1)).
_NAMED = {
    "exp": Activation(
        "exp",
        lambda n: Fraction(1, math.factorial(n)),
        _exponential_value,
        lambda M: math.e / math.factorial(M + 1),
    ),
    "sigmoid": Activation(
        "sigmoid",
        _sigmoid,
        _sigmoid_value,
        lambda M: math.pi**-M / (1 - math.pi**-2) / 4 if M else 0.3,
    ),
    "tanh": Activation(
        "tanh",
        _tanh,
        np.tanh,
        lambda M: (2 / math.pi) ** M / (1 - (2 / math.pi) ** 2),
    ),
    "erf": Activation(
        "erf",
        _erf,
        _erf_value,
        lambda M: math.e / math.factorial(p := (M + 1) // 2) / (2 * p + 1),
        2 / math.sqrt(math.pi),
    ),
}
ACTIVATIONS = tuple(_NAMED)
"""The activations known by name."""


def activation(given: str | Activation | Sequence) -> Activation:
    """Return an activation: by its name, from its coefficients, or as it is.

    Parameters
    ----------
    given : str, Activation or sequence of rational numbers
        ``exp``, ``sigmoid``, ``tanh``, ``erf``; or the Taylor coefficients a_0, a_1,
        ... of a polynomial, not all 0. An `Activation` is returned as it is.

    Raises
    ------
    ValueError
        For another name, or for coefficients that are empty, all 0 or not finite.

    Examples
    --------
    The sigmoid is 1/2 plus an odd function:

    >>> [str(a) for a in activation("sigmoid").coefficients(5)]
    ['1/2', '1/4', '0', '-1/48', '0', '1/480']
    >>> float(activation([0, 1, "1/2"]).value(2.0)) == 2 + 2**2 / 2
    True
    """
    if isinstance(given, Activation):
        return given
    if isinstance(given, str):
        if given not in _NAMED:
            raise ValueError(
                f"no activation {given!r}: a name among {list(_NAMED)}, or the "
                "coefficients of a polynomial"
            )
        return _NAMED[given]
    series = [rational("a Taylor coefficient", a) for a in given]
    if not any(series):
        raise ValueError(f"the activation has no coefficient other than 0: {given!r}")
    floats = [float(a) for a in series]
    return Activation(
        "polynomial",
        lambda n: series[n] if n < len(series) else Fraction(0),
        lambda t: np.polynomial.polynomial.polyval(t, floats),
        lambda M: sum(map(abs, floats[M + 1 :])),
    )


def rational(name: str, value) -> Fraction:
    """Return an exact number; a float stands for its binary value.

    Raises
    ------
    ValueError
        If the value is not a finite rational number.

    Examples
    --------
    >>> rational("b", "0.2") == Fraction(1, 5)
    True
    """
    try:
        if hasattr(value, "is_Rational") and value.is_Rational:
            return Fraction(int(value.p), int(value.q))
        return Fraction(value)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"{name} must be a rational number, got {value!r}") from None


# --- polynomials ----------------------------------------------------------------------


def polynomial(given) -> Polynomial:
    """Return a polynomial as a dictionary from multi-index to a Fraction other than 0.

    Parameters
    ----------
    given : mapping from multi-index to number, or sympy.Poly
        The coefficients. All multi-indices have one length d, the number of variables.

    Raises
    ------
    ValueError
        If no coefficient differs from 0, the multi-indices differ in length or hold
        something else than integers >= 0, or a coefficient is not rational.

    Examples
    --------
    >>> from sympy import Poly
    >>> from sympy.abc import x, y
    >>> polynomial(Poly(4 * x * y - 1, x, y)) == {(1, 1): 4, (0, 0): -1}
    True
    """
    if hasattr(given, "as_dict"):
        given = given.as_dict()
    if not isinstance(given, Mapping):
        raise ValueError(f"a polynomial is a mapping or a sympy.Poly, got {given!r}")
    found = {
        multi_index("J", J): rational("a coefficient", b) for J, b in given.items()
    }
    found = {J: b for J, b in found.items() if b}
    if not found:
        raise ValueError(f"the polynomial has no monomial: {given!r}")
    if len({len(J) for J in found}) > 1:
        raise ValueError(f"multi-indices of one length are needed, got {list(found)}")
    return found


def degree(P) -> int:
    """Return the degree k of a polynomial.

    Examples
    --------
    >>> degree({(1, 1): 4, (0, 0): -1})
    2
    """
    return max(map(sum, polynomial(P)))


@finite_answers
def evaluate(P, x) -> np.ndarray:
    """Return the values of a polynomial, in float64.

    Parameters
    ----------
    P : mapping or sympy.Poly
        See `polynomial`.
    x : array_like, shape (..., d)

    Returns
    -------
    ndarray, shape (...)

    Raises
    ------
    ValueError
        If the last axis of `x` has not length d.

    Examples
    --------
    >>> float(evaluate({(1, 1): 4, (0, 0): -1}, (0.5, 0.25)))
    -0.5
    """
    P = polynomial(P)
    x = points("x", x, len(next(iter(P))))
    return sum(float(b) * np.prod(x ** np.array(J), axis=-1) for J, b in P.items())


# --- the weight function --------------------------------------------------------------


@dataclass(frozen=True)
class WeightFunction:
    r"""The function g with E sigma_K(<w, x>) g(w) = P(x); made by `weight_function`.

    .. math:: g(w) = \frac{1}{\mathrm{factor}} \sum_L \gamma_L\, d^{e_L/2}
        \prod_{i=1}^d P_{l_i}(\sqrt d\, w_i), \qquad e_L = |L| \bmod 2.

    Parameters
    ----------
    target : dict
        The polynomial P.
    activation : Activation
    K : int
        Degree up to which powers of the activation are treated exactly.
    legendre : dict from L to Fraction
        The gamma_L.
    """

    target: Polynomial
    activation: Activation
    K: int
    legendre: Polynomial = field(repr=False)

    @property
    def d(self) -> int:
        """Number of variables."""
        return len(next(iter(self.target)))

    def coefficients(self) -> dict[Index, float]:
        """Return the coefficients of prod P_{l_i}(v_i) as floats, factor included."""
        root = math.sqrt(self.d)
        return {
            L: float(value) * (root if sum(L) % 2 else 1.0) / self.activation.factor
            for L, value in self.legendre.items()
        }

    def __call__(self, w):
        """Return g at the points `w`, shape (..., d), entries within 1/sqrt(d).

        Raises
        ------
        ValueError
            If a point lies outside of the cube or has not d entries.
        """
        w = points("w", w, self.d)
        v = w * math.sqrt(self.d)
        if (np.abs(v) > 1 + 1e-12).any():
            raise ValueError(
                f"w must lie in the cube |w_i| <= 1/sqrt({self.d}), "
                f"got {w.flat[np.abs(w).argmax()]}"
            )
        basis = np.polynomial.legendre.legvander(v, self.K)
        total = np.zeros(v.shape[:-1])
        for L, value in self.coefficients().items():
            term = np.full(v.shape[:-1], value)
            for i, n in enumerate(L):
                if n:
                    term = term * basis[..., i, n]
            total += term
        return float(total) if total.ndim == 0 else total


def weight_function(P, sigma, K: int) -> WeightFunction:
    r"""Return the weight function of a polynomial and an activation.

    .. math:: g(w) = \sum_J b_J\, \frac{J!}{a_n\, n!}\, d^{n/2}\, G_J(\sqrt d\, w),
        \qquad n = |J|.

    Parameters
    ----------
    P : mapping or sympy.Poly
        The polynomial, with coefficients b_J; see `polynomial`.
    sigma : str, Activation or sequence
        See `activation`; its a_n must not be 0 where P has a monomial of degree n.
    K : int
        At least the degree of P.

    Returns
    -------
    WeightFunction

    Raises
    ------
    ValueError
        If P has no monomial, K is not an integer or below the degree of P, or a Taylor
        coefficient that is needed is 0.

    Notes
    -----
    Exact. A monomial of degree k in d variables costs binom(d + m, m) fractions, with m
    the integer part of (K - k)/2: d = 14 with K = 8, or d = 60 with K = 6, take about
    a second.
    Source: Yehudai & Shamir 2019, later arXiv text, third step of the section on
    polynomials; its formulas could not be read.

    Examples
    --------
    For P = x in dimension 1 and the exponential, g = G_1:

    >>> g = weight_function({(1,): 1}, "exp", 1)
    >>> g([0.5])
    1.5
    >>> weight_function({(2,): 1}, "tanh", 4)
    Traceback (most recent call last):
        ...
    ValueError: tanh has the Taylor coefficient a_2 = 0, needed for (2,)
    """
    P, sigma = polynomial(P), activation(sigma)
    K = integer_from("K", K, 0)
    if degree(P) > K:
        raise ValueError(f"K must be >= the degree {degree(P)} of P, got {K}")
    found: Polynomial = {}
    for J, b in P.items():
        n, d = sum(J), len(J)
        a = sigma.coefficient(n)
        if not a:
            raise ValueError(
                f"{sigma.name} has the Taylor coefficient a_{n} = 0, needed for {J}"
            )
        orders = Fraction(math.prod(map(math.factorial, J)), math.factorial(n))
        scale = b * orders / a * d ** (n // 2)
        for L, value in dual_coefficients(J, K).items():
            found[L] = found.get(L, Fraction(0)) + scale * value
    return WeightFunction(P, sigma, K, {L: c for L, c in found.items() if c})


def weight_monomials(g: WeightFunction) -> Polynomial:
    """Return the coefficients of factor * g in the monomials of w, exactly.

    Examples
    --------
    >>> g = weight_function({(1,): 1}, "exp", 3)
    >>> weight_monomials(g) == {(1,): Fraction(75, 4), (3,): Fraction(-105, 4)}
    True
    """
    g = instance_of("g", g, WeightFunction)
    return {
        J: c * g.d ** ((sum(J) + sum(J) % 2) // 2)
        for J, c in monomials(g.legendre).items()
    }


def weight_norm(g: WeightFunction) -> float:
    r"""Norm of g in L^2 of the cube, from an exact sum.

    .. math:: (E\, g(w)^2)^{1/2} = \frac{1}{\mathrm{factor}}
        \Big( \sum_L \gamma_L^2\, d^{e_L} \prod_i \frac{1}{2 l_i + 1} \Big)^{1/2}

    Examples
    --------
    >>> round(weight_norm(weight_function({(1,): 1}, "exp", 3)) ** 2, 10)
    18.75
    """
    g = instance_of("g", g, WeightFunction)
    total = sum(
        c**2 * g.d ** (sum(L) % 2) / math.prod(2 * n + 1 for n in L)
        for L, c in g.legendre.items()
    )
    return math.sqrt(total) / g.activation.factor


def weight_bound(g: WeightFunction) -> float:
    """Upper bound of sup |g|: the sum of the moduli of its Legendre coefficients.

    It is the supremum itself where one product of Legendre polynomials is left, as for
    a monomial of degree K.

    Examples
    --------
    For the product of two variables and the exponential, 9 d:

    >>> weight_bound(weight_function({(1, 1, 0): 1}, "exp", 2))
    27.0
    """
    g = instance_of("g", g, WeightFunction)
    return math.fsum(map(abs, g.coefficients().values()))


@finite_answers
def weight_sample_max(g: WeightFunction, count: int = 2000, seed=0) -> float:
    """Largest |g| at sampled points: a lower bound of sup |g|.

    Half of the points are uniform on the cube, half have all their coordinates at the
    ends or the middle of their interval, where the Legendre polynomials are largest.

    Parameters
    ----------
    g : WeightFunction
    count : int
        Number of points of each half, at least 1.
    seed : int or numpy.random.Generator

    Raises
    ------
    ValueError
        If `count` is not an integer >= 1.

    Examples
    --------
    >>> g = weight_function({(1,): 1}, "exp", 7)
    >>> weight_sample_max(g) <= weight_bound(g)
    True
    """
    g = instance_of("g", g, WeightFunction)
    count = integer_from("count", count, 1)
    rng = generator_from(seed)
    inside = rng.uniform(-1, 1, (count, g.d))
    ends = rng.integers(-1, 2, (count, g.d))
    return float(np.abs(g(np.concatenate([inside, ends]) / math.sqrt(g.d))).max())


# --- what the average is --------------------------------------------------------------


def power_mean(g: WeightFunction, n: int) -> Polynomial:
    r"""Mean of factor * <w, x>^n g(w) over w, as a polynomial in x, exactly.

    .. math:: E \langle w, x \rangle^n g(w)
        = \sum_{|I| = n} \frac{n!}{I!}\, x^I\, E\, w^I g(w)

    Parameters
    ----------
    g : WeightFunction
    n : int
        At least 0. There are binom(d + n - 1, n) monomials.

    Returns
    -------
    dict from multi-index to Fraction
        Without the monomials that have the coefficient 0.

    Raises
    ------
    ValueError
        If n is not an integer or is negative.

    Examples
    --------
    For n <= K it is the part of P of degree n, divided by a_n:

    >>> g = weight_function({(1, 1): 4, (0, 0): -1}, "exp", 4)
    >>> power_mean(g, 2) == {(1, 1): 8}, power_mean(g, 3), power_mean(g, 0)
    (True, {}, {(0, 0): Fraction(-1, 1)})
    """
    g = instance_of("g", g, WeightFunction)
    n = integer_from("n", n, 0)
    found = {}
    for powers in homogeneous_indices(g.d, n):
        mean = sum(
            (
                c * math.prod(map(legendre_moment, L, powers))
                for L, c in g.legendre.items()
            ),
            Fraction(0),
        )
        if mean:
            many = math.factorial(n) // math.prod(map(math.factorial, powers))
            found[powers] = many * mean / Fraction(g.d) ** (n // 2)
    return found


def truncated_mean(g: WeightFunction, M: int) -> Polynomial:
    r"""Mean E sigma_M(<w, x>) g(w) with the activation cut after t^M, exactly.

    Parameters
    ----------
    g : WeightFunction
    M : int
        At least 0. For M = K the result is P.

    Returns
    -------
    dict from multi-index to Fraction
        A polynomial in x.

    Raises
    ------
    ValueError
        If M is not an integer or is negative.

    Examples
    --------
    >>> g = weight_function({(1, 1): 4, (1, 0): -1}, "sigmoid", 3)
    Traceback (most recent call last):
        ...
    ValueError: sigmoid has the Taylor coefficient a_2 = 0, needed for (1, 1)
    >>> P = {(2, 1): 4, (1, 0): -1}
    >>> truncated_mean(weight_function(P, "tanh", 4), 4) == P
    True
    """
    g = instance_of("g", g, WeightFunction)
    M = integer_from("M", M, 0)
    found: Polynomial = {}
    for n in range(M + 1):
        a = g.activation.coefficient(n)
        for powers, value in power_mean(g, n).items() if a else ():
            found[powers] = found.get(powers, Fraction(0)) + a * value
    return {powers: value for powers, value in found.items() if value}


@finite_answers
def power_means(g: WeightFunction, x, M: int) -> np.ndarray:
    r"""Means E <w, x>^n g(w) for n = 0, ..., M at given points, in float64.

    .. math:: \sum_n \frac{s^n}{n!}\, E \langle w, x \rangle^n \prod_i P_{l_i}(v_i)
        = \prod_{i=1}^d \sum_m \frac{(s\, x_i / \sqrt d)^m}{m!}\, E\, t^m P_{l_i}(t)

    Parameters
    ----------
    g : WeightFunction
    x : array_like, shape (n, d)
    M : int
        At least 0, at most 170, where factorials leave float64.

    Returns
    -------
    ndarray, shape (n, M + 1)

    Raises
    ------
    ValueError
        If M is out of range or `x` has another shape.

    Examples
    --------
    >>> g = weight_function({(1, 1): 4, (0, 0): -1}, "exp", 4)
    >>> power_means(g, [[0.5, 0.5]], 3).round(12).tolist()
    [[-1.0, 0.0, 2.0, 0.0]]
    """
    g = instance_of("g", g, WeightFunction)
    x = points("x", x, g.d)
    M = integer_from("M", M, 0)
    if x.ndim != 2 or M > 170:
        raise ValueError(f"x must have shape (n, d) and M <= 170, got {x.shape}, {M}")
    factorials = np.array([float(math.factorial(n)) for n in range(M + 1)])
    moments = np.array(
        [[float(legendre_moment(n, m)) for m in range(M + 1)] for n in range(g.K + 1)]
    )
    powers = (x / math.sqrt(g.d))[..., None] ** np.arange(M + 1) / factorials
    sums: dict[Index, np.ndarray] = {
        L: np.full((1, 1), value) for L, value in g.coefficients().items()
    }
    for i in reversed(range(g.d)):  # sum over the last degree, then drop it
        shorter: dict[Index, np.ndarray] = {}
        for L, series in sums.items():
            term = _multiply(powers[:, i] * moments[L[-1]], series)
            shorter[L[:-1]] = shorter[L[:-1]] + term if L[:-1] in shorter else term
        sums = shorter
    return sums[()] * factorials


def _multiply(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Multiply power series row by row, cut to the length of the left one."""
    if right.shape[-1] == 1:
        return left * right
    product = np.zeros_like(left)
    for n in np.flatnonzero(left.any(axis=0)):
        product[:, n:] += left[:, n : n + 1] * right[:, : left.shape[-1] - n]
    return product


@finite_answers
def representation_error(g: WeightFunction, x) -> np.ndarray:
    r"""Error E sigma(<w, x>) g(w) - P(x) at points of the unit ball, in float64.

    It is :math:`\sum_{n > K} a_n\, E \langle w, x \rangle^n g(w)`, summed up to
    n = K + 60; what is left out is at most `error_bound` (g, K + 60).

    Parameters
    ----------
    g : WeightFunction
    x : array_like, shape (n, d)
        Points with norm at most 1.

    Returns
    -------
    ndarray, shape (n,)

    Raises
    ------
    ValueError
        If a point lies outside of the unit ball.

    Examples
    --------
    In dimension 1 with K = 1, E exp(w x) 3 w - x at x = 1 is 3/e - 1:

    >>> g = weight_function({(1,): 1}, "exp", 1)
    >>> bool(np.isclose(representation_error(g, [[1.0]])[0], 3 / math.e - 1))
    True
    """
    g = instance_of("g", g, WeightFunction)
    x = points("x", x, g.d)
    norms = np.linalg.norm(x, axis=-1)
    if (norms > 1 + 1e-12).any():
        raise ValueError(f"x must lie in the unit ball, got norm {norms.max()}")
    means = power_means(g, x, g.K + SERIES_TERMS)
    series = g.activation.coefficients(g.K + SERIES_TERMS)
    beyond = np.array([float(a) for a in series[g.K + 1 :]]) * g.activation.factor
    return means[:, g.K + 1 :] @ beyond


@finite_answers
def sampled_error(g: WeightFunction, count: int = 500, seed=0) -> float:
    """Largest error at sampled points of the unit sphere: a lower bound of the sup.

    Half of the points are uniform, half have one or two coordinates other than 0.

    Parameters
    ----------
    g : WeightFunction
    count : int
        Number of points of each half, at least 1.
    seed : int or numpy.random.Generator

    Raises
    ------
    ValueError
        If `count` is not an integer >= 1.

    Examples
    --------
    >>> g = weight_function({(1,): 1}, "exp", 1)
    >>> abs(sampled_error(g) - (3 / math.e - 1)) < 1e-12
    True
    """
    g = instance_of("g", g, WeightFunction)
    count = integer_from("count", count, 1)
    rng = generator_from(seed)
    x = rng.standard_normal((2 * count, g.d))
    kept = rng.random((count, g.d)).argsort(axis=1) < 2
    x[count:] *= kept
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    return float(np.abs(representation_error(g, x)).max())


def error_bound(g: WeightFunction, M: int | None = None) -> float:
    r"""Bound of the error beyond the power M (by default K), uniform for |x| <= 1.

    .. math:: \lVert g \rVert \sum_{n > M} |a_n|
        \min\Big\{1, \sqrt{(2n - 1)!!\, (3 d)^{-n}}\Big\}

    For M = K it bounds |E sigma(<w, x>) g(w) - P(x)|. Sixty terms are summed; the
    minimum is replaced by 1 in the others, where `Activation.tail` bounds the sum.

    Parameters
    ----------
    g : WeightFunction
    M : int, optional
        At least K.

    Raises
    ------
    ValueError
        If M is not an integer >= K.

    Examples
    --------
    >>> g = weight_function({(1,): 1}, "exp", 1)
    >>> sampled_error(g) <= error_bound(g)
    True
    """
    g = instance_of("g", g, WeightFunction)
    M = integer_from("M", g.K if M is None else M, g.K)
    last = M + SERIES_TERMS
    ratio = total = 0.0
    for n in range(1, last + 1):
        ratio += math.log((2 * n - 1) / (3 * g.d))
        if n > M:
            size = abs(float(g.activation.coefficient(n)))
            total += size * math.exp(min(0.0, ratio / 2))
    return weight_norm(g) * g.activation.factor * (total + g.activation.tail(last))
