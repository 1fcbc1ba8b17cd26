r"""Feature maps and the kernels that they approximate.

A random feature is a function x -> phi(w, x) with random parameters w that nobody
trains. The features of N independent draws, divided by the root of N, have the kernel

.. math:: k_N(x, y) = \frac1N \sum_{i=1}^N \varphi(w_i, x)\, \varphi(w_i, y) ,
          \qquad E\, k_N = k .

Every map here has three methods: ``sample`` draws the parameters, ``features``
evaluates the features, ``kernel`` is the exact mean k. Points are the rows of an array
of shape (n, d), the weights are the columns of W.

Sources: Rahimi & Recht 2007 (Fourier features), Cho & Saul 2009 (arc-cosine kernels).
The chapter is ``book/random-features.md``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from rfbook.ranges import (
    finite_answers,
    finite_array,
    finite_scalar,
    flag,
    generator_from,
    integer_from,
)

_ALIGNED = 0.9
"""The cosine from which on an angle is taken from a distance."""

_NUMBERS = 2**17
"""Coordinates that are held at once where points are subtracted: 1 MiB."""


@dataclass(frozen=True)
class Sample:
    """The parameters of N random features, drawn once and then frozen.

    Parameters
    ----------
    W : ndarray, shape (d, N)
        Weights, one column a draw.
    b : ndarray, shape (N,), optional
        Phases.
    u : ndarray, shape (N,), optional
        Output weights at the start, for tangent features.
    """

    W: np.ndarray
    b: np.ndarray | None = None
    u: np.ndarray | None = None


class FeatureMap(ABC):
    """A random feature map beside its exact kernel."""

    @abstractmethod
    def sample(self, d: int, N: int, seed) -> Sample:
        """Draw the parameters of N features of points in R^d.

        Parameters
        ----------
        d, N : int
            At least 1.
        seed : int or numpy.random.Generator

        Raises
        ------
        ValueError
            If d or N is not a positive integer.
        """

    @abstractmethod
    def features(self, sample: Sample, x) -> np.ndarray:
        """Evaluate the features, so that ``features @ features.T`` is k_N.

        Parameters
        ----------
        sample : Sample
            From this map's ``sample``.
        x : array_like, shape (n, d)

        Returns
        -------
        ndarray, shape (n, columns)
            A draw may give several columns.

        Raises
        ------
        ValueError
            If x is not a finite array of shape (n, d).
        """

    @abstractmethod
    def kernel(self, x, y) -> np.ndarray:
        """Evaluate the exact kernel.

        Parameters
        ----------
        x, y : array_like, shapes (n, d) and (m, d)

        Returns
        -------
        ndarray, shape (n, m)

        Raises
        ------
        ValueError
            If x or y is not finite or their shapes do not fit.
        """

    def approximate(self, sample: Sample, x, y) -> np.ndarray:
        """Evaluate k_N, the kernel of finitely many features; shape (n, m)."""
        return self.features(sample, x) @ self.features(sample, y).T


# --- the maps -------------------------------------------------------------------------


@dataclass(frozen=True)
class FourierFeatures(FeatureMap):
    r"""Cosines of random frequencies, whose kernel is Gaussian.

    .. math:: \sqrt 2 \cos(\langle w, x \rangle + b), \quad w \sim N(0, I_d / s^2),
              \ b \sim U[0, 2\pi]; \qquad k(x, y) = e^{-|x - y|^2 / (2 s^2)} .

    With ``pairs`` a draw gives the two features cos<w, x> and sin<w, x> and no phase.
    The kernel is the same.

    Parameters
    ----------
    scale : float
        s, the width of the kernel, positive.
    pairs : bool

    Raises
    ------
    ValueError
        If the scale is not positive and finite.

    Notes
    -----
    Source: Rahimi & Recht 2007, Section 3.

    Examples
    --------
    With pairs every point has norm 1, for every draw:

    >>> fourier = FourierFeatures(pairs=True)
    >>> draw = fourier.sample(3, 5, seed=1)
    >>> phi = fourier.features(draw, [[0.3, -1.0, 2.0]])
    >>> bool(np.isclose(np.sum(phi**2), 1))
    True
    """

    scale: float = 1.0
    pairs: bool = False

    def __post_init__(self) -> None:
        finite_scalar("scale", self.scale, 0, strict=True)
        flag("pairs", self.pairs)

    def sample(self, d: int, N: int, seed) -> Sample:
        """Draw frequencies, and phases unless the features come in pairs."""
        rng = generator_from(seed)
        W = _normal(d, N, rng) / self.scale
        return Sample(W, None if self.pairs else rng.uniform(0, 2 * np.pi, N))

    def features(self, sample: Sample, x) -> np.ndarray:
        """Evaluate the cosines, and the sines if they come in pairs."""
        z = _rows("x", x, len(sample.W)) @ sample.W
        N = z.shape[1]
        if self.pairs:
            return np.hstack([np.cos(z), np.sin(z)]) / np.sqrt(N)
        return np.sqrt(2 / N) * np.cos(z + sample.b)

    def kernel(self, x, y) -> np.ndarray:
        """Evaluate exp(-|x - y|^2 / (2 s^2))."""
        return np.exp(-squared_distance(x, y) / (2 * self.scale**2))

    def variance(self, x, y) -> np.ndarray:
        r"""Evaluate the variance of k_1, N times that of k_N.

        .. math:: 1 + \tfrac12 e^{-2q} - e^{-q} \quad \text{with a phase}, \qquad
                  \tfrac12 (1 - e^{-q})^2 \quad \text{with pairs}, \quad
                  q = |x - y|^2 / s^2 .

        Returns
        -------
        ndarray, shape (n, m)

        Examples
        --------
        >>> float(FourierFeatures(pairs=True).variance([[1.0]], [[1.0]])[0, 0])
        0.0
        """
        q = squared_distance(x, y) / self.scale**2
        if self.pairs:
            return np.expm1(-q) ** 2 / 2
        return 1 + np.exp(-2 * q) / 2 - np.exp(-q)


@dataclass(frozen=True)
class ArcCosineFeatures(FeatureMap):
    r"""Steps (order 0) or ReLUs (order 1) of random directions, w ~ N(0, I_d).

    With the angle :math:`\vartheta` between x and y,

    .. math::
        E\, 1\{\langle w, x \rangle > 0\}\, 1\{\langle w, y \rangle > 0\}
            &= \frac{\pi - \vartheta}{2 \pi} , \\
        E\, [\langle w, x \rangle]_+ [\langle w, y \rangle]_+
            &= |x|\, |y|\, \frac{\sin \vartheta + (\pi - \vartheta) \cos \vartheta}
            {2 \pi} .

    These are half of the kernels of the source, which multiplies each by 2. A point
    that is 0 has the kernel 0 with every other.

    Parameters
    ----------
    order : {0, 1}

    Raises
    ------
    ValueError
        If the order is another one.

    Notes
    -----
    Source: Cho & Saul 2009, Section 2. For unit vectors and order 1
    the kernel is `rfbook.activations.arc_cosine`.

    Examples
    --------
    Orthogonal points: a quarter of all directions lie on the positive side of both.

    >>> float(ArcCosineFeatures(0).kernel([[1.0, 0.0]], [[0.0, 2.0]])[0, 0])
    0.25
    """

    order: int

    def __post_init__(self) -> None:
        if integer_from("order", self.order, 0) > 1:
            raise ValueError(f"order must be 0 or 1, got {self.order}")

    def sample(self, d: int, N: int, seed) -> Sample:
        """Draw standard normal directions."""
        return Sample(_normal(d, N, generator_from(seed)))

    def features(self, sample: Sample, x) -> np.ndarray:
        """Evaluate the steps or the ReLUs."""
        z = _rows("x", x, len(sample.W)) @ sample.W
        values = np.maximum(z, 0) if self.order else (z > 0).astype(np.float64)
        return values / np.sqrt(z.shape[1])

    def kernel(self, x, y) -> np.ndarray:
        """Evaluate the closed form."""
        x, y = _pair(x, y)
        return self._of_angle(np.outer(_norms(x), _norms(y)), *_turn(x, y))

    def _of_angle(self, norms, cosine, sine, turn) -> np.ndarray:
        """Evaluate the closed form where the angles are known."""
        if self.order:
            return norms * (sine + (np.pi - turn) * cosine) / (2 * np.pi)
        return np.where(norms > 0, (np.pi - turn) / (2 * np.pi), 0)


@dataclass(frozen=True)
class TangentFeatures(FeatureMap):
    r"""Gradients of a network with one hidden ReLU layer at its random start.

    The network is :math:`\hat f(x) = N^{-1/2} \sum_i u_i [\langle w_i, x \rangle]_+`
    with w_i ~ N(0, I_d) and signs u_i. Its derivatives by w_i and by u_i are

    .. math:: N^{-1/2} u_i\, 1\{\langle w_i, x \rangle > 0\}\, x , \qquad
              N^{-1/2} [\langle w_i, x \rangle]_+ .

    The kernel of the first is <x, y> times the arc-cosine kernel of order 0, and the
    second adds that of order 1.

    Parameters
    ----------
    layers : {"first", "both"}
        Whose derivatives are the features.

    Raises
    ------
    ValueError
        If `layers` is another word.

    Notes
    -----
    Source: Ghorbani et al. 2019, equations (3) and (7).

    Examples
    --------
    On the diagonal the first layer has |x|^2 / 2, and the second as much again:

    >>> x = [[1.0, -2.0, 2.0]]
    >>> [float(TangentFeatures(k).kernel(x, x)[0, 0]) for k in ("first", "both")]
    [4.5, 9.0]
    """

    layers: str = "first"

    def __post_init__(self) -> None:
        if self.layers not in ("first", "both"):
            raise ValueError(f"layers must be 'first' or 'both', got {self.layers!r}")

    def sample(self, d: int, N: int, seed) -> Sample:
        """Draw standard normal directions and fair signs."""
        rng = generator_from(seed)
        W = _normal(d, N, rng)
        return Sample(W, u=rng.choice([-1.0, 1.0], N))

    def features(self, sample: Sample, x) -> np.ndarray:
        """Evaluate the derivatives; d columns for each w_i, then one for each u_i."""
        x = _rows("x", x, len(sample.W))
        z = x @ sample.W
        N = z.shape[1]
        gates = sample.u * (z > 0)
        first = (gates[:, :, None] * x[:, None, :]).reshape(len(x), -1)
        if self.layers == "both":
            first = np.hstack([first, np.maximum(z, 0)])
        return first / np.sqrt(N)

    def kernel(self, x, y) -> np.ndarray:
        """Evaluate the closed form."""
        x, y = _pair(x, y)
        known = np.outer(_norms(x), _norms(y)), *_turn(x, y)
        first = (x @ y.T) * ArcCosineFeatures(0)._of_angle(*known)
        if self.layers == "first":
            return first
        return first + ArcCosineFeatures(1)._of_angle(*known)


MAPS = {
    "Fourier, random phase": FourierFeatures(),
    "Fourier, pairs": FourierFeatures(pairs=True),
    "arc-cosine, order 0": ArcCosineFeatures(0),
    "arc-cosine, order 1": ArcCosineFeatures(1),
    "tangent, first layer": TangentFeatures("first"),
    "tangent, both layers": TangentFeatures("both"),
}
"""The maps of the chapter, by name."""


# --- shared ---------------------------------------------------------------------------


@finite_answers
def angle(x, y) -> np.ndarray:
    r"""Evaluate the angle between points, without cancellation.

    .. math:: \vartheta = \arccos \frac{\langle x, y \rangle}{|x|\, |y|}, \qquad
              \sin \frac{\vartheta}{2} = \frac12 \Big| \frac{x}{|x|} - \frac{y}{|y|}
              \Big| ,

    the second where the cosine is above 0.9, and likewise for x and -y where it is
    below -0.9: there the arc cosine would lose digits.

    Parameters
    ----------
    x, y : array_like, shapes (n, d) and (m, d)

    Returns
    -------
    ndarray, shape (n, m)
        In [0, pi]; pi / 2 where a point is 0.

    Raises
    ------
    ValueError
        If x or y is not finite or their shapes do not fit.

    Examples
    --------
    >>> x = np.array([[1.0, 1e-12]])
    >>> bool(np.isclose(angle(x, [[2.0, 0.0]])[0, 0], 1e-12, rtol=1e-10, atol=0))
    True
    """
    return _turn(*_pair(x, y))[2]


def squared_distance(x, y) -> np.ndarray:
    r"""Evaluate |x - y|^2, to a small relative error for neighbours too.

    .. math:: |x|^2 + |y|^2 - 2 \langle x, y \rangle

    as a product of matrices, and the difference itself where less than a tenth is left.

    Parameters
    ----------
    x, y : array_like, shapes (n, d) and (m, d)

    Returns
    -------
    ndarray, shape (n, m)

    Raises
    ------
    ValueError
        If x or y is not finite or their shapes do not fit.

    Examples
    --------
    >>> squared_distance([[1e8, 0.0]], [[1e8 + 1, 0.0], [0.0, 0.0]])
    array([[1.e+00, 1.e+16]])
    """
    x, y = _pair(x, y)
    sizes = np.add.outer(_norms(x) ** 2, _norms(y) ** 2)
    squares = sizes - 2 * (x @ y.T)
    for i, j in _neighbours(squares < 0.1 * sizes, x.shape[1]):
        squares[i, j] = np.sum((x[i] - y[j]) ** 2, axis=1)
    return squares


def _turn(x, y) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return cosines and sines of the angles between points, and these; see `angle`."""
    x, y = (points / np.maximum(_norms(points), 1e-300)[:, None] for points in (x, y))
    cosine = np.clip(x @ y.T, -1, 1)
    sine, turn = np.sqrt((1 - cosine) * (1 + cosine)), np.arccos(cosine)
    for i, j in _neighbours(np.abs(cosine) > _ALIGNED, x.shape[1]):
        side = np.sign(cosine[i, j])
        chord = np.linalg.norm(x[i] - side[:, None] * y[j], axis=1)
        small = 2 * np.arcsin(chord / 2)
        sine[i, j], turn[i, j] = np.sin(small), np.where(side > 0, small, np.pi - small)
    return cosine, sine, turn


def _neighbours(near, d: int):
    """Yield the places of the true entries of a table, some at a time."""
    places, step = np.argwhere(near), max(1, _NUMBERS // d)
    for start in range(0, len(places), step):
        yield tuple(places[start : start + step].T)


def _normal(d: int, N: int, rng) -> np.ndarray:
    """Draw a standard normal d x N matrix."""
    return rng.standard_normal((integer_from("d", d, 1), integer_from("N", N, 1)))


def _norms(points) -> np.ndarray:
    """Return the Euclidean norms of the rows."""
    return np.linalg.norm(points, axis=1)


def _rows(name: str, points, d: int | None = None) -> np.ndarray:
    """Check points, one a row, in R^d."""
    points = finite_array(name, points)
    if points.ndim != 2 or (d is not None and points.shape[1] != d):
        wanted = f"(n, {d})" if d is not None else "(n, d)"
        raise ValueError(f"{name} must have shape {wanted}, got {points.shape}")
    return points


def _pair(x, y) -> tuple[np.ndarray, np.ndarray]:
    """Check two sets of points of one dimension."""
    x = _rows("x", x)
    return x, _rows("y", y, x.shape[1])
