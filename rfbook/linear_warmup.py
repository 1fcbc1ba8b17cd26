r"""The linear warm-up: how near a random span comes to a fixed linear function.

Features x -> <w_i, x>, i = 1, ..., N, are drawn without looking at the target
x -> <w_*, x>, |w_*| = 1. For x ~ N(0, I_d) the mean squared error of a combination is

.. math:: E\Big(\sum_i u_i \langle w_i, x\rangle - \langle w_*, x\rangle\Big)^2
          = \|W u - w_*\|^2,

so that the best one has the error dist(w_*, V)^2, where V is the span of the columns
w_i of W. If the w_i are independent, with laws that are invariant under rotations and
have no atom at 0, that squared distance has the law Beta((d - N)/2, N/2).

The number N of features is the argument ``r``, the letter of the paper.

Source: Yehudai & Shamir, On the Power and Limitations of Random Features for
Understanding Neural Networks, NeurIPS 2019, Section 4.1, equation (3) and
Proposition 4.1.

The chapter is ``book/linear-warmup.md``.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from scipy.special import betainc, betaincc, betaln, xlog1py, xlogy

from rfbook.ranges import (
    ball,
    finite_answers,
    finite_array,
    finite_scalar,
    generator_from,
    integer_from,
    no_underflow,
)

LAWS = ("gaussian", "sphere", "cauchy", "entries")
"""Feature laws of `sample_distance`; all but the last are invariant under rotations."""

_BLOCK = 2**20
"""Entries of the feature matrices that are held at once: 8 MiB."""

_SAFE = 1e-280
"""Below this a probability is computed from its logarithm."""


# --- the law of the distance --------------------------------------------------------


def distance_law(d: int, r: int):
    r"""Law of dist(w_*, V)^2 for the span V of r random directions in R^d.

    .. math:: \operatorname{dist}(w_*, V)^2 \sim
              \operatorname{Beta}\Big(\frac{d - r}{2}, \frac{r}{2}\Big)

    Parameters
    ----------
    d : int
        Dimension, at least 2.
    r : int
        Number N of features, 1 <= r < d.

    Returns
    -------
    scipy.stats.rv_frozen

    Raises
    ------
    ValueError
        If d or r is out of range.

    Notes
    -----
    Source: behind Proposition 4.1 of the paper; claim ``linear-distance-law``.

    Examples
    --------
    The mean is 1 - r/d:

    >>> math.isclose(distance_law(12, 3).mean(), 1 - 3 / 12)
    True
    """
    from scipy.stats import beta

    d, r = _sizes(d, r, inside=True)
    return beta((d - r) / 2, r / 2)


@finite_answers
def success_probability(d: int, r: int, threshold=0.25):
    r"""Probability that the best of r random linear features has error <= threshold.

    .. math:: P(\operatorname{dist}(w_*, V)^2 \le x) = I_x\Big(\frac{d-r}{2},
              \frac{r}{2}\Big), \qquad \|w_*\| = 1

    the regularised incomplete Beta function.

    Parameters
    ----------
    d : int
        Dimension, at least 1.
    r : int
        Number N of features, at least 0. Without features the error is 1; with r >= d
        it is 0.
    threshold : array_like of float, optional
        Mean squared error x allowed, finite, at least 0, any shape.

    Returns
    -------
    float or ndarray
        The probability, in the shape of `threshold`.

    Raises
    ------
    ValueError
        If an argument is out of range, or the probability underflows:
        `success_probability_log`.

    Notes
    -----
    Source: the event of Proposition 4.1 of the paper, whose threshold is 1/4.

    Examples
    --------
    >>> math.isclose(success_probability(4, 2), 1 / 4)
    True
    >>> bool(np.isclose(success_probability(40, 20, 0.5), 1 / 2))
    True
    """
    d, r = _sizes(d, r)
    x = finite_array("threshold", threshold, 0)
    if r == 0 or r >= d:
        return np.where(x >= (1.0 if r == 0 else 0.0), 1.0, 0.0)[()]
    values = np.asarray(betainc((d - r) / 2, r / 2, np.minimum(x, 1.0)))
    lost = (values < _SAFE) & (x > 0)
    if lost.any():
        logs = np.array([_success_log(d, r, point) for point in x[lost]])
        exact = no_underflow(
            "success_probability", np.exp(logs), "success_probability_log"
        )
        values = values.copy()
        values[lost] = exact
    return values[()]


def success_probability_log(d: int, r: int, threshold=0.25):
    r"""Natural logarithm of `success_probability`.

    Where the probability is small it is the sum of positive terms

    .. math:: I_x(a, b) = \frac{x^a (1-x)^b}{a B(a, b)} \sum_{n \ge 0}
              \frac{(a+b)_n}{(a+1)_n} x^n .

    Parameters
    ----------
    d : int
        Dimension, at least 1.
    r : int
        Number N of features, at least 0.
    threshold : array_like of float, optional
        Mean squared error allowed, finite, at least 0, any shape.

    Returns
    -------
    float or ndarray
        Logarithms, at most 0, in the shape of `threshold`; -inf for probability 0. The
        absolute error is about 1e-15 d.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> value = success_probability_log(10**5, 5 * 10**4)
    >>> bool(abs(value / 10**5 + math.log(4 / 3) / 4) < 1e-4)
    True
    """
    d, r = _sizes(d, r)
    x = finite_array("threshold", threshold, 0)
    if r == 0 or r >= d:
        return np.where(x >= (1.0 if r == 0 else 0.0), 0.0, -np.inf)[()]
    logs = [_success_log(d, r, point) for point in x.ravel()]
    return np.array(logs).reshape(x.shape)[()]


def success_probability_exact(d: int, r: int, threshold=Fraction(1, 4)) -> Fraction:
    r"""Exact `success_probability` for even d and even r.

    .. math:: P(\operatorname{dist}(w_*, V)^2 \le x) =
              \sum_{k = (d - r)/2}^{d/2 - 1} \binom{d/2 - 1}{k} x^k (1-x)^{d/2 - 1 - k},

    the chance of at least (d - r)/2 heads in d/2 - 1 throws of a coin.

    Parameters
    ----------
    d : int
        Dimension, even, at least 2.
    r : int
        Number N of features, even, 0 <= r <= d.
    threshold : int or Fraction, optional
        Mean squared error x allowed, 0 <= x <= 1.

    Returns
    -------
    Fraction

    Raises
    ------
    ValueError
        If an argument is out of range or odd.

    Examples
    --------
    >>> success_probability_exact(8, 4)
    Fraction(5, 32)
    """
    d, r = _sizes(d, r)
    if d % 2 or r % 2 or r > d:
        raise ValueError(f"d and r <= d must be even, got d = {d} and r = {r}")
    if isinstance(threshold, bool) or not isinstance(threshold, int | Fraction):
        raise ValueError(f"threshold must be an int or a Fraction, got {threshold!r}")
    if not 0 <= threshold <= 1:
        raise ValueError(f"threshold must lie in [0, 1], got {threshold}")
    x, throws = Fraction(threshold), d // 2 - 1
    if r == 0:
        return Fraction(int(x == 1))
    return sum(
        math.comb(throws, k) * x**k * (1 - x) ** (throws - k)
        for k in range((d - r) // 2, throws + 1)
    )


def success_probability_ball(d: int, r: int, threshold=Fraction(1, 4)):
    """Enclose `success_probability` in an Arb ball at the current precision.

    Parameters
    ----------
    d : int
        Dimension, at least 1.
    r : int
        Number N of features, at least 0.
    threshold : int, Fraction, float, flint.fmpq or flint.arb, optional
        Mean squared error allowed, at least 0; a float stands for its binary value.

    Returns
    -------
    flint.arb

    Raises
    ------
    ValueError
        If d or r is out of range, or 0 <= threshold <= 1 is not certain.

    Examples
    --------
    >>> success_probability_ball(2, 1).overlaps(ball(Fraction(1, 3)))
    True
    """
    from flint import arb

    d, r = _sizes(d, r)
    x = ball(threshold)
    if not (x >= 0 and x <= 1):
        raise ValueError(f"threshold must lie in [0, 1], got {x}")
    if r >= d or x == 1:
        return arb(1)
    if r == 0:
        if not x < 1:
            raise ValueError(f"threshold must be 1 or certainly less, got {x}")
        return arb(0)
    return x.beta_lower(ball(Fraction(d - r, 2)), ball(Fraction(r, 2)), regularized=1)


# --- its exponent -------------------------------------------------------------------


@finite_answers
def divergence(p, x):
    r"""Divergence KL(p || x) of one coin from another, in nats.

    .. math:: \operatorname{KL}(p \,\|\, x) = p \ln \frac{p}{x}
              + (1 - p) \ln \frac{1 - p}{1 - x}

    Parameters
    ----------
    p : array_like of float
        Probability of heads, 0 <= p <= 1, any shape.
    x : array_like of float
        The other coin's, 0 < x < 1, of a shape that broadcasts with p.

    Returns
    -------
    float or ndarray
        At least 0, and 0 exactly where p = x.

    Raises
    ------
    ValueError
        If a probability is out of range.

    Examples
    --------
    >>> bool(np.isclose(divergence(0.5, 0.25), math.log(4 / 3) / 2))
    True
    """
    p, x = finite_array("p", p, 0), finite_array("x", x, 0, strict=True)
    for name, values, beyond in (("p", p, p > 1), ("x", x, x >= 1)):
        if beyond.any():
            raise ValueError(f"{name} is too large: {float(values[beyond].flat[0])}")
    # x = p (1 - gap / p): the logarithms are small where p is near x
    with np.errstate(divide="ignore", invalid="ignore"):
        value = -xlog1py(p, (x - p) / p) - xlog1py(1 - p, (p - x) / (1 - p))
    ends = np.where(p == 0, -np.log1p(-x), -np.log(x))
    inside = (p > 0) & (p < 1)
    return np.maximum(np.where(inside, value, ends), 0.0)[()]


@finite_answers
def chernoff_exponent(ratio, threshold=0.25):
    r"""Exponential rate of `success_probability` in d, at N = ratio * d.

    .. math:: \tfrac12 \operatorname{KL}(1 - \varrho \,\|\, x)
              \text{ for } x < 1 - \varrho, \qquad 0 \text{ otherwise,}

    where rho is the ratio. exp(-d rate) bounds the probability for every d, and no
    larger rate does for all large d.

    Parameters
    ----------
    ratio : array_like of float
        Number of features over dimension, finite, at least 0, any shape.
    threshold : array_like of float, optional
        Mean squared error x allowed, 0 < x < 1, of a shape that broadcasts.

    Returns
    -------
    float or ndarray

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    Source: the constant c of Proposition 4.1 is not given there; here it is the value
    at ratio 1/2.

    Examples
    --------
    >>> bool(np.isclose(chernoff_exponent(0.5), math.log(4 / 3) / 4))
    True
    """
    ratio = finite_array("ratio", ratio, 0)
    x = finite_array("threshold", threshold, 0, strict=True)
    rate = divergence(np.maximum(1 - ratio, 0.0), x) / 2
    return np.where(x < 1 - ratio, rate, 0.0)[()]


@finite_answers
def success_bounds_log(d: int, r: int, threshold=0.25):
    r"""Logarithms of a lower and an upper bound on `success_probability`.

    .. math:: \frac{2 r}{d (d + 2)}\, e^{-\frac d2 \operatorname{KL}} \le
              P(\operatorname{dist}(w_*, V)^2 \le x) \le
              e^{-\frac d2 \operatorname{KL}}, \qquad
              \operatorname{KL} = \operatorname{KL}\Big(1 - \frac rd \,\Big\|\, x\Big)

    Parameters
    ----------
    d : int
        Dimension, at least 2.
    r : int
        Number N of features, 1 <= r < d.
    threshold : float, optional
        Mean squared error x allowed, 0 < x <= 1 - r/d.

    Returns
    -------
    lower, upper : float

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> lower, upper = success_bounds_log(40, 20)
    >>> bool(lower <= success_probability_log(40, 20) <= upper)
    True
    """
    d, r = _sizes(d, r, inside=True)
    x = finite_scalar("threshold", threshold, 0, strict=True)
    if x > 1 - r / d:
        raise ValueError(f"threshold must be at most 1 - r/d = {1 - r / d}, got {x}")
    upper = -d / 2 * float(divergence(1 - r / d, x))
    return math.log(2 * r / (d * (d + 2))) + upper, upper


# --- given features -----------------------------------------------------------------


@finite_answers
def distance_squared(W, target):
    r"""Squared distance of a vector from the span of the columns of a matrix.

    .. math:: \min_u \|W u - w_*\|^2

    The columns are scaled to length 1 first, which leaves the span as it is; columns of
    zeros stay. Directions of relative size below max(d, N) times 2e-16 count as none.

    Parameters
    ----------
    W : array_like of float, shape (..., d, N)
        Features as columns, finite, d and N at least 1.
    target : array_like of float, shape (d,)
        The vector w_*, finite.

    Returns
    -------
    float or ndarray, shape (...)

    Raises
    ------
    ValueError
        If an entry is not finite or the shapes do not fit.

    Examples
    --------
    >>> W = [[1, 1], [0, 1e-3], [0, 0]]
    >>> bool(np.isclose(distance_squared(W, [3, 4, 5]), 25))
    True
    """
    W, target = _features(W, target)
    scale = np.abs(W).max(axis=-2, keepdims=True)
    scaled = W / np.where(scale > 0, scale, 1.0)
    length = np.linalg.norm(scaled, axis=-2, keepdims=True)
    scaled = (scaled / np.where(length > 0, length, 1.0)).reshape(-1, *W.shape[-2:])
    basis, triangle = np.linalg.qr(scaled)
    # a column in the span of those before it leaves no diagonal entry
    diagonal = np.abs(np.diagonal(triangle, axis1=-2, axis2=-1))
    for place in np.flatnonzero(diagonal.min(axis=-1) < 1e-6):
        basis[place] = _independent(scaled[place], basis.shape[-1])
    along = np.einsum("adk,d->ak", basis, target)
    rest = target - np.einsum("adk,ak->ad", basis, along)
    return np.sum(rest**2, axis=-1).reshape(W.shape[:-2])[()]


def least_weights(W, target, error=0.0) -> float:
    r"""Least sum of squares of output weights that reach a mean squared error.

    .. math:: \min \Big\{ \sum_i u_i^2 : \|W u - w_*\|^2 \le \varepsilon \Big\}

    reached by u = W^T (W W^T + lambda I)^{-1} w_* for the lambda >= 0 at which the
    error is epsilon.

    Parameters
    ----------
    W : array_like of float, shape (d, N)
        Features as columns, finite.
    target : array_like of float, shape (d,)
        The vector w_*, finite.
    error : float, optional
        Mean squared error epsilon allowed, at least 0.

    Returns
    -------
    float
        infinity where no weights reach the error.

    Raises
    ------
    ValueError
        If an argument is out of range or the shapes do not fit.

    Examples
    --------
    With an orthonormal basis the weights are shares of the target's coordinates:

    >>> bool(np.isclose(least_weights(np.eye(3), [0.6, 0.8, 0], 0.25), 0.25))
    True
    """
    from scipy.optimize import brentq

    W, target = _features(W, target)
    if W.ndim != 2:
        raise ValueError(f"W must have shape (d, N), got {W.shape}")
    error = finite_scalar("error", error, 0)
    with np.errstate(over="ignore"):
        square = target @ target
    if not np.isfinite(square):
        raise ValueError(f"target must have a finite square, got {target}")
    if square <= error:
        return 0.0
    left, sizes, _ = np.linalg.svd(W, full_matrices=False)
    kept = sizes > max(W.shape) * np.finfo(float).eps * sizes[:1].max(initial=0)
    power, squares = (left.T @ target)[kept] ** 2, sizes[kept] ** 2
    rest = target - left[:, kept] @ (left[:, kept].T @ target)
    out_of_reach = rest @ rest
    if out_of_reach > error + 1e-12 * (target @ target):
        return math.inf

    def excess(log_penalty):
        share = 1 / (1 + squares / math.exp(log_penalty))
        return out_of_reach + share**2 @ power - error

    low = math.log(squares.min()) - 40
    high = math.log(squares.max()) + 40
    if excess(low) >= 0:
        return float(np.sum(power / squares))
    penalty = math.exp(brentq(excess, low, high, xtol=1e-13))
    return float(np.sum(squares * power / (squares + penalty) ** 2))


@finite_answers
def sample_features(d: int, r: int, law="gaussian", size=1, seed=0):
    """Draw matrices of r independent features in R^d.

    ======== ===================================================================
    gaussian N(0, I_d / d), the paper's choice
    sphere   uniform on the unit sphere
    cauchy   uniform direction times the modulus of a Cauchy number: no mean
    entries  independent Cauchy coordinates: **not** invariant under rotations
    ======== ===================================================================

    Parameters
    ----------
    d, r : int
        Dimension and number of features, both at least 1.
    law : {"gaussian", "sphere", "cauchy", "entries"}, optional
    size : int, optional
        Number of matrices, at least 1.
    seed : int or numpy.random.Generator, optional

    Returns
    -------
    ndarray, shape (size, d, r)
        Features as columns.

    Raises
    ------
    ValueError
        If a size or the law is out of range.

    Examples
    --------
    >>> W = sample_features(5, 3, "sphere", size=2)
    >>> W.shape, bool(np.allclose(np.sum(W**2, axis=1), 1))
    ((2, 5, 3), True)
    """
    d, r = integer_from("d", d, 1), integer_from("r", r, 1)
    size = integer_from("size", size, 1)
    if law not in LAWS:
        raise ValueError(f"law must be one of {LAWS}, got {law!r}")
    rng = generator_from(seed)
    if law == "entries":
        return rng.standard_cauchy((size, d, r))
    W = rng.standard_normal((size, d, r))
    if law == "gaussian":
        return W / math.sqrt(d)
    W /= np.linalg.norm(W, axis=1, keepdims=True)
    if law == "sphere":
        return W
    return W * np.abs(rng.standard_cauchy((size, 1, r)))


def sample_distance(d: int, r: int, law="gaussian", size=1000, seed=0, target=None):
    """Sample dist(w_*, V)^2 for the span V of r random features in R^d.

    Parameters
    ----------
    d, r : int
        Dimension and number of features, both at least 1.
    law : {"gaussian", "sphere", "cauchy", "entries"}, optional
        See `sample_features`.
    size : int, optional
        Number of independent spans, at least 1.
    seed : int or numpy.random.Generator, optional
    target : array_like of float, shape (d,), optional
        The vector w_*; without it, the first unit vector.

    Returns
    -------
    ndarray, shape (size,)

    Raises
    ------
    ValueError
        If an argument is out of range or the shapes do not fit.

    Examples
    --------
    As many features as dimensions reach every target:

    >>> bool(np.allclose(sample_distance(6, 6, "cauchy", size=20), 0))
    True
    """
    d, r = integer_from("d", d, 1), integer_from("r", r, 1)
    size = integer_from("size", size, 1)
    rng = generator_from(seed)
    target = np.eye(d)[0] if target is None else target
    step = max(1, _BLOCK // (d * r))
    found = [
        distance_squared(
            sample_features(d, r, law, min(step, size - start), rng), target
        )
        for start in range(0, size, step)
    ]
    return np.concatenate(found)


# --- inside -------------------------------------------------------------------------


def _sizes(d: int, r: int, *, inside: bool = False) -> tuple[int, int]:
    d = integer_from("d", d, 2 if inside else 1)
    r = integer_from("r", r, 1 if inside else 0)
    if inside and r >= d:
        raise ValueError(f"r must be less than d = {d}, got {r}")
    return d, r


def _features(W, target) -> tuple[np.ndarray, np.ndarray]:
    W, target = finite_array("W", W), finite_array("target", target)
    if W.ndim < 2 or 0 in W.shape:
        raise ValueError(f"W must have shape (..., d, N), got {W.shape}")
    if target.shape != W.shape[-2:-1]:
        raise ValueError(f"target must have shape {W.shape[-2:-1]}, got {target.shape}")
    return W, target


def _independent(matrix: np.ndarray, columns: int) -> np.ndarray:
    """Return an orthonormal basis of the column space, filled up with zeros."""
    left, sizes, _ = np.linalg.svd(matrix, full_matrices=False)
    least = max(matrix.shape) * np.finfo(float).eps * sizes[0]
    return (left * (sizes > least))[:, :columns]


def _success_log(d: int, r: int, x: float) -> float:
    """Return ln I_x((d - r)/2, r/2) for 1 <= r < d."""
    a, b = (d - r) / 2, r / 2
    if x == 0:
        return -math.inf
    direct = float(betainc(a, b, min(x, 1.0)))
    if direct > 0.5:
        return math.log1p(-float(betaincc(a, b, min(x, 1.0))))
    if direct >= _SAFE:
        return math.log(direct)
    prefactor = float(xlogy(a, x) + xlog1py(b, -x) - math.log(a) - betaln(a, b))
    term, total, n = 1.0, 1.0, 0
    # far below the mean (a + b) x / (a + 1) < 1, and the later quotients are less
    while term > 1e-17 * total:
        term *= (a + b + n) / (a + 1 + n) * x
        total += term
        n += 1
    return prefactor + math.log(total)
