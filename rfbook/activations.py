r"""Activations with their Hermite coefficients and kernels for neurons of any norm.

For an activation sigma and a neuron x -> sigma(<w, x>) with |w| = r and x ~ N(0, I_d),

.. math::
    \hat\sigma_k(r) = E\, \sigma(r g)\, \operatorname{he}_k(g), \qquad
    E\, \sigma(\langle w_i, x\rangle)\, \sigma(\langle w_j, x \rangle)
    = \sum_k \hat\sigma_k(r_i)\, \hat\sigma_k(r_j)\, t_{ij}^k ,

where t_ij is the cosine between the two and he_k the orthonormal Hermite polynomial
(Mehler's formula; claim `hermite-mehler`). The kernels of u^2 - 1, of the ReLU and of
erf are closed forms. For another function the coefficients come from quadrature, and so
do the pairs for which the series is slow; the function must be smooth apart from 0,
where it may have a kink or a jump. What quadrature does not resolve is refused.

The chapter is ``book/quadratic-features.md``.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise

import numpy as np
from scipy.special import erf

from rfbook.ranges import finite_array, instance_of, integer_from
from rfbook.special import hermite

_RESOLVED = 1e-10
"""The relative error at which quadrature counts as resolved."""

_TERMS = 160
"""Terms of Mehler's series, at most."""

_BLOCK = 16
"""Terms that are added before the rest is looked at."""

_RULES = ((13, 13.0), (24, 17.0))
"""Panels and length of each half-line, in the two rules that are compared."""

_TAIL = 1e-13
"""The part of the product of the deviations that the series may leave out."""

_PAIRS = 200
"""Pairs that are integrated at once."""


def arc_cosine(t):
    r"""Inner product of two ReLU neurons without bias whose unit weights have cosine t.

    .. math:: E\, [\langle v, x \rangle]_+ [\langle w, x \rangle]_+
              = \frac{\sin\vartheta + (\pi - \vartheta) \cos\vartheta}{2 \pi},
              \qquad \vartheta = \arccos t

    Parameters
    ----------
    t : array_like of float
        In [-1, 1], any shape.

    Returns
    -------
    float or ndarray
        In the shape of t.

    Raises
    ------
    ValueError
        If t is outside [-1, 1].

    Notes
    -----
    Source: Cho & Saul, Kernel Methods for Deep Learning, NeurIPS 2009, Section 2.1:
    half of the arc-cosine kernel of order 1. Claim: `arc-cosine-kernel`.

    Examples
    --------
    [z]_+ - [-z]_+ = z, so that K(t) - K(-t) = t / 2:

    >>> t = np.linspace(-1, 1, 9)
    >>> np.allclose(arc_cosine(t) - arc_cosine(-t), t / 2, atol=1e-15)
    True
    """
    t = _cosine(t)
    sine = np.sqrt((1 - t) * (1 + t))
    return ((sine + t * (np.pi - np.arccos(t))) / (2 * np.pi))[()]


# --- the activations ------------------------------------------------------------------


class Activation(ABC):
    """A function of one variable beside its Gaussian expectations.

    Attributes
    ----------
    name : str
    parity : {"odd", "even", None}
        Of the function, where it has one: the coefficients of the other one are 0.
    """

    name: str
    parity: str | None = None

    @abstractmethod
    def __call__(self, u):
        """Evaluate the function at points of any shape."""

    @abstractmethod
    def hermite(self, k: int, radius=1.0):
        r"""Hermite coefficient of the neuron of norm r, of one degree.

        .. math:: \hat\sigma_k(r) = E\, \sigma(r g) \operatorname{he}_k(g)

        Parameters
        ----------
        k : int
            At least 0.
        radius : array_like of float
            r, at least 0.

        Returns
        -------
        float or ndarray
            In the shape of the radius.

        Raises
        ------
        ValueError
            If an argument is out of range, or the integral is not resolved.
        """

    @abstractmethod
    def second_moment(self, radius=1.0):
        r"""Second moment :math:`E\, \sigma(r g)^2`; as `hermite`."""

    @abstractmethod
    def covariance(self, W) -> np.ndarray:
        r"""Covariances of the neurons :math:`\sigma(\langle w_i, x \rangle)`.

        Parameters
        ----------
        W : array_like of float, shape (d, N)
            Neurons as columns, of any norm.

        Returns
        -------
        ndarray of float, shape (N, N)
            Symmetric.

        Raises
        ------
        ValueError
            If W is not a finite matrix, or an integral is not resolved.
        """

    def means(self, W) -> np.ndarray:
        """Means of the neurons, shape (N,): the coefficients of degree 0."""
        return self.hermite(0, np.linalg.norm(_columns(W), axis=0))

    def kernel(self, W) -> np.ndarray:
        r"""Second moments of the neurons, shape (N, N); see `covariance`.

        .. math:: U_{ij} = E\, \sigma(\langle w_i, x\rangle)\,
                  \sigma(\langle w_j, x\rangle)
        """
        mean, moments = self.means(W), self.covariance(W)
        moments += np.outer(mean, mean)
        return moments

    def energy(self, m: int) -> float:
        r"""Energy :math:`\hat\sigma_{\ge m}^2 = \sum_{k \ge m} \hat\sigma_k^2`.

        Parameters
        ----------
        m : int
            At least 0.

        Returns
        -------
        float
            At least 0.

        Raises
        ------
        ValueError
            If m is not such an integer.

        Examples
        --------
        >>> RELU.energy(0), bool(np.isclose(RELU.energy(2), 1 / 4 - 1 / (2 * np.pi)))
        (0.5, True)
        """
        m = integer_from("m", m, 0)
        below = sum(self.hermite(k) ** 2 for k in range(m))
        return max(0.0, float(self.second_moment() - below))

    def centred(self) -> Activation:
        r"""Return :math:`\sigma - E\, \sigma(g)`, or sigma itself where that is 0."""
        return Centred(self) if self.hermite(0) else self

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name})"


class Centred(Activation):
    """An activation minus its Gaussian mean, so that its mean at radius 1 is 0.

    Parameters
    ----------
    activation : Activation

    Examples
    --------
    >>> float(Centred(RELU).hermite(0)), float(Centred(RELU).hermite(1))
    (0.0, 0.5)
    """

    def __init__(self, activation: Activation) -> None:
        self.activation = instance_of("activation", activation, Activation)
        self.shift = float(activation.hermite(0))
        self.name = f"{activation.name}, centred"
        # a constant is even: what is odd has the mean 0 already
        self.parity = activation.parity

    def __call__(self, u):
        """Evaluate the shifted function."""
        return self.activation(u) - self.shift

    def hermite(self, k, radius=1.0):
        """Shift the coefficient of degree 0."""
        value = self.activation.hermite(k, radius)
        return value if k else value - self.shift

    def second_moment(self, radius=1.0):
        """Shift the second moment."""
        mean = self.activation.hermite(0, radius)
        shift = self.shift * (self.shift - 2 * mean)
        return self.activation.second_moment(radius) + shift

    def covariance(self, W):
        """Hand on the covariances, which no constant changes."""
        return self.activation.covariance(W)


class Quadratic(Activation):
    r"""The function u^2 - 1, of mean 0 at radius 1.

    .. math:: \operatorname{Cov} = 2 \langle w_i, w_j \rangle^2, \qquad
              E = \lVert w_i \rVert^2 - 1

    Examples
    --------
    >>> QUADRATIC.covariance([[1.0, 2.0], [0.0, 1.0]])
    array([[ 2.,  8.],
           [ 8., 50.]])
    """

    name, parity = "quadratic", "even"

    def __call__(self, u):
        """Evaluate u^2 - 1."""
        return np.asarray(u) ** 2 - 1

    def hermite(self, k, radius=1.0):
        """Return r^2 - 1 for k = 0, sqrt(2) r^2 for k = 2, else 0."""
        k, r = integer_from("k", k, 0), _radius(radius)
        if k == 2:
            return math.sqrt(2) * r**2
        return (r - 1) * (r + 1) if k == 0 else 0.0 * r

    def second_moment(self, radius=1.0):
        """Return 2 r^4 + (r^2 - 1)^2."""
        square = _radius(radius) ** 2
        return 2 * square**2 + (square - 1) ** 2

    def covariance(self, W):
        """Square the inner products."""
        W = _columns(W)
        inner = W.T @ W
        inner *= inner
        inner *= 2
        return inner


class Relu(Activation):
    r"""The ReLU [u]_+.

    With the cosine t = sin(a) of the two weights,

    .. math:: \operatorname{Cov} = \frac{r_i r_j}{2\pi} \Big( t\, \big(\tfrac\pi2 + a
              \big) - \frac{t^2}{1 + \sqrt{1 - t^2}} \Big), \qquad
              E = \frac{r_i}{\sqrt{2\pi}} ,

    which is `arc_cosine` minus the product of the means, without their cancellation.

    Examples
    --------
    >>> cov = RELU.covariance([[1.0, 0.6], [0.0, 0.8]])
    >>> np.allclose(cov[0, 1], arc_cosine(0.6) - 1 / (2 * np.pi))
    True
    """

    name = "relu"

    def __call__(self, u):
        """Evaluate [u]_+."""
        return np.maximum(u, 0)

    def hermite(self, k, radius=1.0):
        """Return r times 1 / sqrt(2 pi), 1/2, and he_{k-2}(0) / sqrt(2 pi k (k-1))."""
        k, r = integer_from("k", k, 0), _radius(radius)
        if k == 1:
            return r / 2
        at_zero = 1.0 if k == 0 else hermite(k - 2, 0.0) / math.sqrt(k * (k - 1))
        return r * float(at_zero) / math.sqrt(2 * np.pi)

    def second_moment(self, radius=1.0):
        """Return r^2 / 2."""
        return _radius(radius) ** 2 / 2

    def covariance(self, W):
        """Evaluate the closed form."""
        t, r = _cosines(W)
        excess = t * (np.pi / 2 + np.arcsin(t)) - t**2 / (1 + np.sqrt(1 - t**2))
        return np.outer(r, r) * excess / (2 * np.pi)


class Erf(Activation):
    r"""The error function erf(u), odd, so that its covariances are its kernel.

    .. math:: \operatorname{Cov} = \frac2\pi \arcsin \frac{2 \langle w_i, w_j \rangle}
              {\sqrt{(1 + 2 r_i^2)(1 + 2 r_j^2)}}

    Notes
    -----
    Source: Williams, Computing with infinite networks, NIPS 1996 (the arcsine law).

    Examples
    --------
    >>> bool(np.isclose(ERF.second_moment(), 2 / np.pi * np.arcsin(2 / 3)))
    True
    """

    name, parity = "erf", "odd"

    def __call__(self, u):
        """Evaluate erf(u)."""
        return erf(u)

    def hermite(self, k, radius=1.0):
        r"""Integrate by parts: a Gaussian's derivatives at 0.

        .. math:: \hat\sigma_k(r) = \frac{2 r\, q^{k - 1}\, \operatorname{he}_{k-1}(0)}
                  {\sqrt{\pi k\, (1 + 2 r^2)}} , \qquad
                  q^2 = \frac{2 r^2}{1 + 2 r^2}
        """
        k, r = integer_from("k", k, 0), _radius(radius)
        if k % 2 == 0:
            return 0.0 * r
        scale = 1 + 2 * r**2
        power = (2 * r**2 / scale) ** ((k - 1) // 2) * float(hermite(k - 1, 0.0))
        return 2 * r * power / np.sqrt(np.pi * k * scale)

    def second_moment(self, radius=1.0):
        """Evaluate the kernel of a neuron with itself."""
        square = 2 * _radius(radius) ** 2
        return 2 / np.pi * np.arcsin(square / (1 + square))

    def covariance(self, W):
        """Evaluate the closed form."""
        W = _columns(W)
        scaled = W * np.sqrt(2 / (1 + 2 * np.sum(W * W, axis=0)))
        return 2 / np.pi * np.arcsin(np.clip(scaled.T @ scaled, -1, 1))


class Quadrature(Activation):
    r"""Any function of one variable, by quadrature.

    Parameters
    ----------
    function : callable
        Maps a float64 array to one of the same shape. Smooth apart from 0, and of a
        square that is integrable against the density of every neuron's argument.
    name : str
    parity : {"odd", "even"}, optional
        If it is known.

    Raises
    ------
    ValueError
        By its methods, if two rules of different fineness differ: a kink or jump
        outside 0, a function that is too steep or that grows too fast.

    Examples
    --------
    >>> wave = Quadrature(np.cos, "cos")
    >>> bool(np.isclose(wave.hermite(0, 2.0), np.exp(-2)))
    True
    >>> Quadrature(lambda u: np.abs(u - 0.7), "kink").hermite(0)
    Traceback (most recent call last):
        ...
    ValueError: kink: the coefficient of degree 0 is not resolved by quadrature, ...
    """

    def __init__(self, function: Callable, name: str, parity: str | None = None):
        self.function, self.name, self.parity = function, name, parity

    def __call__(self, u):
        """Evaluate the function, and refuse what is no finite number."""
        u = np.asarray(u, dtype=float)
        values = finite_array(f"{self.name}(u)", self.function(u))
        if values.shape != u.shape:
            raise ValueError(
                f"{self.name} must keep the shape {u.shape}, got {values.shape}"
            )
        return values

    def hermite(self, k, radius=1.0):
        """Integrate; exactly 0 where the parity says so."""
        k, r = integer_from("k", k, 0), _radius(radius)
        return self._degrees(np.atleast_1d(r), k, k + 1).reshape(np.shape(r))[()]

    def second_moment(self, radius=1.0):
        """Integrate the square."""
        r = np.asarray(_radius(radius))
        found = []
        for rule in _RULES:
            g, weights = _line(*rule)
            found.append(self(r[..., None] * g) ** 2 @ weights)
        self._resolved("second moment", found, found[-1])
        return found[-1][()]

    def covariance(self, W):
        """Sum Mehler's series; integrate the pairs for which it is slow."""
        t, r = _cosines(W)
        np.fill_diagonal(t, 0)
        second, mean = self.second_moment(r), self.hermite(0, r)
        variance = np.maximum(second - mean**2, 0)
        total, slow = self._series(t, r, variance)
        i, j = np.nonzero(np.triu(slow, 1))
        if len(i):
            pairs = self._pairs(r[i], r[j], t[i, j]) - mean[i] * mean[j]
            total[i, j] = total[j, i] = pairs
        np.fill_diagonal(total, variance)
        return total

    def _series(self, t, r, variance):
        """Sum the series; return it, and for which pairs too much is left out."""
        total, power, left = np.zeros_like(t), np.ones_like(t), variance
        allowed = _TAIL * np.sqrt(np.outer(variance, variance))
        for first in range(1, _TERMS, _BLOCK):
            for c in self._degrees(r, first, first + _BLOCK).T:
                power *= t
                total += np.outer(c, c) * power
                left = np.maximum(left - c * c, 0)
            # the terms behind, by Cauchy and Schwarz
            rest = np.sqrt(left)
            slow = np.abs(power * t) * np.outer(rest, rest) > allowed
            if not slow.any():
                break
        return total, slow

    def _degrees(self, r, first: int, last: int) -> np.ndarray:
        """Coefficients of the degrees from `first` to before `last`, a column each."""
        found = []
        for rule in _RULES:
            g, weights = _line(*rule)
            values = self(r[:, None] * g)
            basis = np.stack([hermite(k, g) for k in range(first, last)], axis=1)
            found.append(values @ (weights[:, None] * basis))
        size = np.sqrt(values**2 @ weights)
        degrees = f"{first}" if last == first + 1 else f"{first} to {last - 1}"
        self._resolved(f"coefficient of degree {degrees}", found, size[:, None])
        gone = [self.parity == ("even" if k % 2 else "odd") for k in range(first, last)]
        found[-1][:, gone] = 0
        return found[-1]

    def _resolved(self, what: str, found, scale) -> None:
        """Compare two rules, relative to the size of the integrand."""
        error = np.abs(found[0] - found[1])
        if not (error <= _RESOLVED * scale + np.finfo(float).tiny).all():
            raise ValueError(
                f"{self.name}: the {what} is not resolved by quadrature, which needs a "
                "function that is smooth apart from 0 and does not grow too fast; two "
                f"rules differ by {np.max(error):.1e}"
            )

    def _pairs(self, r, s, t) -> np.ndarray:
        """Second moments of pairs with norms r, s and cosines t, in polar coordinates.

        Between the two rays on which the arguments change sign the integrand is smooth.
        """
        parts = []
        for start in range(0, len(r), _PAIRS):
            cut = slice(start, start + _PAIRS)
            found = [
                self._sectors(r[cut], s[cut], np.arccos(t[cut]), rule, nodes)
                for rule, nodes in zip(_RULES, (16, 24), strict=True)
            ]
            scale = np.sqrt(self.second_moment(r[cut]) * self.second_moment(s[cut]))
            self._resolved("kernel", found, scale)
            parts.append(found[-1])
        return np.concatenate(parts)

    def _sectors(self, r, s, angle, rule, nodes: int) -> np.ndarray:
        radius, radial = _half_line(*rule)
        radial = radial * radius * np.sqrt(2 * np.pi)  # rho exp(-rho^2 / 2)
        unit, arc = _panel(nodes)
        total = np.zeros_like(angle)
        # the first argument is rho cos(phi), the second rho cos(phi - angle)
        edges = (-np.pi / 2, angle - np.pi / 2, np.pi / 2, angle + np.pi / 2)
        edges = [*edges, 3 * np.pi / 2]
        for low, high in pairwise(edges):
            width = np.broadcast_to(high - low, angle.shape)
            for u, weight in zip(unit, arc, strict=True):
                phi = low + u * width
                first = self(np.outer(r * np.cos(phi), radius))
                second = self(np.outer(s * np.cos(phi - angle), radius))
                total += weight * width * ((first * second) @ radial)
        return total / (2 * np.pi)


QUADRATIC, RELU, ERF = Quadratic(), Relu(), Erf()
TANH = Quadrature(np.tanh, "tanh", "odd")

ACTIVATIONS = {"quadratic": QUADRATIC, "relu": RELU, "erf": ERF, "tanh": TANH}
"""The activations that have a name."""


def activation(sigma) -> Activation:
    """Return a named activation with mean 0 at radius 1, or a callable as it is.

    Parameters
    ----------
    sigma : {"quadratic", "relu", "erf", "tanh"}, callable or Activation
        A name stands for the function minus its Gaussian mean. A callable and an
        `Activation` are taken as they are.

    Raises
    ------
    ValueError
        For another word, or what cannot be called.

    Examples
    --------
    >>> float(activation("relu").hermite(0)), round(activation(np.cos).hermite(0), 12)
    (0.0, np.float64(0.606530659713))
    """
    if isinstance(sigma, Activation):
        return sigma
    if isinstance(sigma, str):
        if sigma not in ACTIVATIONS:
            raise ValueError(
                f"activation must be one of {', '.join(ACTIVATIONS)}, or a callable, "
                f"got {sigma!r}"
            )
        return ACTIVATIONS[sigma].centred()
    if not callable(sigma):
        raise ValueError(f"activation must be a name or a callable, got {sigma!r}")
    return Quadrature(sigma, getattr(sigma, "__name__", "activation"))


# --- private --------------------------------------------------------------------------


def _cosine(t) -> np.ndarray:
    """Check cosines."""
    t = finite_array("t", t)
    if (np.abs(t) > 1).any():
        raise ValueError(f"t must lie in [-1, 1], got {t[np.abs(t) > 1].flat[0]}")
    return t


def _radius(radius) -> np.ndarray:
    """Check norms of weights."""
    return finite_array("radius", radius, 0)[()]


def _columns(W) -> np.ndarray:
    """Check neurons, the columns of a matrix."""
    W = finite_array("W", W)
    if W.ndim != 2 or not W.size:
        raise ValueError(
            f"W must be a d x N matrix with d, N >= 1, got shape {W.shape}"
        )
    return W


def _cosines(W) -> tuple[np.ndarray, np.ndarray]:
    """Return the cosines between neurons, 1 on the diagonal, and their norms.

    A neuron that is 0 has the cosine 0 with every other one.
    """
    W = _columns(W)
    r = np.linalg.norm(W, axis=0)
    unit = W / np.where(r > 0, r, 1)
    t = np.clip(unit.T @ unit, -1, 1)
    np.fill_diagonal(t, 1)
    return t, r


@lru_cache(maxsize=8)
def _panel(nodes: int):
    """Nodes and weights of Gauss and Legendre on [0, 1]."""
    x, weights = np.polynomial.legendre.leggauss(nodes)
    return (1 + x) / 2, weights / 2


@lru_cache(maxsize=8)
def _half_line(panels: int, reach: float):
    """Nodes on [0, reach] and weights that include the density of N(0, 1)."""
    x, weights = _panel(16)
    width = reach / panels
    nodes = (width * (np.arange(panels)[:, None] + x)).ravel()
    density = np.exp(-(nodes**2) / 2) / math.sqrt(2 * np.pi)
    return nodes, np.tile(weights * width, panels) * density


@lru_cache(maxsize=8)
def _line(panels: int, reach: float):
    """Nodes on both half-lines, and weights, so that 0 ends a panel."""
    nodes, weights = _half_line(panels, reach)
    both = np.concatenate([weights[::-1], weights])
    return np.concatenate([-nodes[::-1], nodes]), both
