r"""Random features and tangent features in front of one ReLU neuron.

A feature is chosen without the target: f_i(x) = [<w_i, x> + b_i]_+ with w_i uniform on
the unit sphere of R^d, or 1{<w_i, x> > 0} x_j. The target is [<v, x> + b]_+ with a unit
vector v; a target of norm R and bias R b is R times this one, and its errors are R^2
times those computed here. x ~ N(0, I_d) throughout.

For two unit vectors the pair (<v, x>, <w, x>) is normal with correlation t = <v, w>, so
that every inner product is a function of t and the two biases in closed form. What is
left to chance is the draw of the w_i, the b_i and the target v.

The best coefficients for N features solve G u = k, with G_ij = <f_i, f_j> and
k_i = <f_i, f_*>, and the error is ||f_*||^2 - k^T G^{-1} k. Matrices of directions are
d x N, a direction a column.

Source: Yehudai & Shamir, On the Power and Limitations of Random Features for
Understanding Neural Networks, NeurIPS 2019, Examples 4.3 and 4.9, equation (8).

The chapter is ``book/single-neuron.md``.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.special import gammaincc, gammaln, ndtr, owens_t

from rfbook.activations import arc_cosine
from rfbook.ranges import (
    finite_answers,
    finite_array,
    finite_scalar,
    generator_from,
    integer_from,
    real_array,
)

BIAS_LAWS = ("zero", "gaussian", "own")
"""Biases of the features: none, standard normal, or that of the target."""

_TINY = 1e-150
"""Biases below it are taken as 0."""

_ROUNDING = 1e-12
"""How far the squared length of a given unit vector may be from 1."""


# --- two neurons --------------------------------------------------------------------


@finite_answers
def orthant_probability(t, b=0.0, c=0.0):
    r"""Probability that two neurons are active at once, P(g + b > 0, h + c > 0).

    g and h are standard normal with correlation t. With Owen's function T,

    .. math::
        P = \tfrac12 (\Phi(b) + \Phi(c)) - T(b, a_b) - T(c, a_c) - \tfrac12 \delta,
        \qquad a_b = \frac{c - t b}{b \sqrt{1 - t^2}}, \quad
        a_c = \frac{b - t c}{c \sqrt{1 - t^2}},

    where delta is 1 if b c < 0, or if b c = 0 and b + c < 0, and 0 otherwise.

    Parameters
    ----------
    t : array_like of float
        Correlations in [-1, 1].
    b, c : array_like of float, optional
        Biases, finite. The three shapes are broadcast.

    Returns
    -------
    float or ndarray
        The probability, with an absolute error of about 1e-16; where 0 < 1 - t < 1e-8
        the rounding of t itself weighs more.

    Raises
    ------
    ValueError
        If a correlation is outside [-1, 1] or an argument is not finite.

    Source: Owen, Ann. Math. Statist. 27 (1956), equation (2.1).

    Examples
    --------
    Opposite neurons are never active at once, two at 60 degrees with chance 1/3:

    >>> bool(orthant_probability(-1.0, 0.5, -0.5) == 0)
    True
    >>> bool(np.isclose(orthant_probability(0.5), 1 / 3, rtol=1e-15, atol=0))
    True
    """
    t, b, c = _pair(t, b, c)
    # Smaller biases change nothing, and their products with s would lose digits.
    b, c = np.where(np.abs(b) < _TINY, 0, b), np.where(np.abs(c) < _TINY, 0, c)
    with np.errstate(divide="ignore", invalid="ignore"):
        s = np.sqrt((1 - t) * (1 + t))
        opposite = (b * c < 0) | ((b * c == 0) & (b + c < 0))
        inside = (ndtr(b) + ndtr(c) - opposite) / 2
        inside = (
            inside - owens_t(b, _slope(b, c, t, s)) - owens_t(c, _slope(c, b, t, s))
        )
    same = ndtr(np.minimum(b, c))
    against = np.maximum(ndtr(b) - ndtr(-c), 0)
    return np.where(t == 1, same, np.where(t == -1, against, inside))[()]


@finite_answers
def relu_inner_product(t, b=0.0, c=0.0):
    r"""Inner product K_{b,c}(t) = E [g + b]_+ [h + c]_+ of two ReLU neurons.

    g and h are standard normal with correlation t. With P of `orthant_probability`
    and s = sqrt(1 - t^2),

    .. math::
        K_{b,c}(t) = (t + bc) P + b\,\varphi(c)\,\Phi\Big(\frac{b - tc}{s}\Big)
        + c\,\varphi(b)\,\Phi\Big(\frac{c - tb}{s}\Big)
        + s\,\varphi(b)\,\varphi\Big(\frac{c - tb}{s}\Big),

    by three integrations by parts; at b = c = 0 it is the arc-cosine kernel

    .. math:: K_{0,0}(t) = \frac{s + t\,(\pi - \arccos t)}{2 \pi} .

    Parameters
    ----------
    t : array_like of float
        Correlations in [-1, 1].
    b, c : array_like of float, optional
        Biases, finite. The three shapes are broadcast.

    Returns
    -------
    float or ndarray
        The inner product, with an absolute error of about 1e-16 (1 + b^2 + c^2).

    Raises
    ------
    ValueError
        If a correlation is outside [-1, 1] or an argument is not finite.

    Source: Cho & Saul, NIPS 2009, for b = c = 0.

    Examples
    --------
    [z]_+ - [-z]_+ = z, so that K(t) - K(-t) = t / 2:

    >>> t = np.linspace(-1, 1, 9)
    >>> np.allclose(relu_inner_product(t) - relu_inner_product(-t), t / 2, atol=1e-16)
    True
    """
    if not (np.any(b) or np.any(c)):
        t, *_ = _pair(t, b, c)
        return arc_cosine(t)
    t, b, c = _pair(t, b, c)
    both = orthant_probability(t, b, c)
    at_b, at_c = _density(b), _density(c)
    with np.errstate(divide="ignore", invalid="ignore"):
        s = np.sqrt((1 - t) * (1 + t))
        of_b, of_c = _excess(b, c, t) / s, _excess(c, b, t) / s
        inside = (t + b * c) * both + s * at_b * _density(of_c)
        inside = inside + b * at_c * ndtr(of_b) + c * at_b * ndtr(of_c)
    low, high = np.minimum(b, c), np.maximum(b, c)
    same = (1 + b * c) * both + high * _density(low)
    against = np.where(b + c > 0, (b * c - 1) * both + b * at_c + c * at_b, 0)
    return np.where(t == 1, same, np.where(t == -1, against, inside))[()]


def normal_density(z):
    """Evaluate the standard normal density, to an absolute error.

    `rfbook.gaussian.phi` is for small values that count by themselves; here they are
    added to larger ones, so that beyond 38 the density is 0, as it is at infinity.

    Parameters
    ----------
    z : array_like of float
        Any shape, infinities allowed; where z is not a number, the density is neither.

    Returns
    -------
    float or ndarray

    Examples
    --------
    >>> float(normal_density(np.inf)), bool(2 * np.pi * normal_density(0) ** 2 == 1)
    (0.0, True)
    """
    z = real_array("z", z)
    if np.isnan(z).any():
        raise ValueError(f"z must be numbers or infinities, got {z}")
    return _density(z)


@finite_answers
def random_directions(d: int, N: int, seed) -> np.ndarray:
    """Draw N independent uniform points of the unit sphere of R^d, as columns.

    Parameters
    ----------
    d : int
        Dimension, at least 2.
    N : int
        Number of directions, at least 1.
    seed : int or numpy.random.Generator

    Returns
    -------
    ndarray of float, shape (d, N)

    Raises
    ------
    ValueError
        If d or N is out of range.

    Examples
    --------
    >>> W = random_directions(3, 5, seed=0)
    >>> W.shape, np.allclose(np.linalg.norm(W, axis=0), 1)
    ((3, 5), True)
    """
    d, N = integer_from("d", d, 2), integer_from("N", N, 1)
    W = generator_from(seed).standard_normal((N, d)).T
    return W / np.linalg.norm(W, axis=0)


# --- Gram matrices ------------------------------------------------------------------


@finite_answers
def relu_gram(W, biases=0.0) -> np.ndarray:
    """Gram matrix of the features [<w_i, x> + b_i]_+.

    Parameters
    ----------
    W : array_like of float, shape (d, N)
        Unit vectors, as columns.
    biases : float or array_like of float, shape (N,), optional

    Returns
    -------
    ndarray of float, shape (N, N)
        G_ij = K_{b_i, b_j}(<w_i, w_j>), see `relu_inner_product`.

    Raises
    ------
    ValueError
        If a column is not a unit vector or a bias is not finite.

    Examples
    --------
    >>> G = relu_gram([[1.0, -1.0], [0.0, 0.0]])
    >>> np.allclose(G, [[0.5, 0], [0, 0.5]])
    True
    """
    W = _unit_columns("W", W)
    b = np.broadcast_to(finite_array("biases", biases), W.shape[1:])
    cosines = _cosines(W, W)
    np.fill_diagonal(cosines, 1)
    return relu_inner_product(cosines, b[:, None], b)


@finite_answers
def relu_products(W, V, biases=0.0, bias: float = 0.0) -> np.ndarray:
    """Inner products of the features [<w_i, x> + b_i]_+ and targets [<v, x> + b]_+.

    Parameters
    ----------
    W : array_like of float, shape (d, N)
        Directions of the features, unit vectors as columns.
    V : array_like of float, shape (d, m)
        Directions of the targets, unit vectors as columns.
    biases : float or array_like of float, shape (N,), optional
        Biases of the features.
    bias : float, optional
        Bias of the targets.

    Returns
    -------
    ndarray of float, shape (N, m)

    Raises
    ------
    ValueError
        If a column is not a unit vector, the dimensions differ, or a bias is not
        finite.

    Examples
    --------
    >>> W = random_directions(4, 6, seed=0)
    >>> np.allclose(relu_products(W, W, 0.5, 0.5), relu_gram(W, 0.5))
    True
    """
    W, V = _unit_columns("W", W), _unit_columns("V", V)
    b = np.broadcast_to(finite_array("biases", biases), W.shape[1:])
    return relu_inner_product(_cosines(W, V), b[:, None], finite_scalar("bias", bias))


@finite_answers
def tangent_gram(W) -> np.ndarray:
    r"""Gram matrix of the N d tangent features f_ij(x) = 1{<w_i, x> > 0} x_j.

    For unit vectors v, w at the angle gamma, the d x d block of the two neurons is

    .. math::
        E\, 1_v 1_w\, x x^{\mathsf T} = \frac{\pi - \gamma}{2 \pi} I
        + \frac{v w^{\mathsf T} + w v^{\mathsf T}
        - \cos\gamma\, (v v^{\mathsf T} + w w^{\mathsf T})}{2 \pi \sin\gamma},

    and I / 2 for v = w, 0 for v = -w.

    Parameters
    ----------
    W : array_like of float, shape (d, N)
        Unit vectors, as columns.

    Returns
    -------
    ndarray of float, shape (N d, N d)
        Feature (i, j) has the place i d + j.

    Raises
    ------
    ValueError
        If a column is not a unit vector.

    Source: The features are those of Example 4.9, equation (8) (NeurIPS text).

    Examples
    --------
    w_i^T (block) w_k is the inner product of the neurons themselves:

    >>> W = random_directions(3, 4, seed=0)
    >>> blocks = tangent_gram(W).reshape(4, 3, 4, 3)
    >>> seen = np.einsum("ji,ijkl,lk->ik", W, blocks, W)
    >>> np.allclose(seen, relu_gram(W))
    True
    """
    W = _unit_columns("W", W)
    d, N = W.shape
    t = _cosines(W, W)
    np.fill_diagonal(t, 1)
    s = np.sqrt((1 - t) * (1 + t))
    over = np.divide(1, 2 * np.pi * s, out=np.zeros_like(s), where=s > 0)
    rows = W.T
    outer = np.einsum("ij,kl->ijkl", rows, rows)
    blocks = outer + outer.transpose(2, 1, 0, 3)
    own = np.einsum("ij,il->ijl", rows, rows)
    blocks -= t[:, None, :, None] * (own[:, :, None, :] + own.transpose(1, 0, 2))
    blocks *= over[:, None, :, None]
    active = (np.pi - np.arccos(t)) / (2 * np.pi)
    blocks += active[:, None, :, None] * np.eye(d)[:, None, :]
    return blocks.reshape(N * d, N * d)


@finite_answers
def tangent_products(W, V) -> np.ndarray:
    r"""Inner products of the tangent features with targets [<v, x>]_+.

    .. math::
        E\, 1_w\, [\langle v, x \rangle]_+\, x
        = \frac{(\pi - \gamma)\, v + \sin\gamma\, w}{2 \pi}

    Parameters
    ----------
    W : array_like of float, shape (d, N)
        Directions of the features, unit vectors as columns.
    V : array_like of float, shape (d, m)
        Directions of the targets, unit vectors as columns.

    Returns
    -------
    ndarray of float, shape (N d, m)
        Feature (i, j) has the place i d + j.

    Raises
    ------
    ValueError
        If a column is not a unit vector or the dimensions differ.

    Examples
    --------
    The target w_0 itself is a combination of the features of its neuron:

    >>> W = random_directions(3, 4, seed=0)
    >>> seen = tangent_gram(W)[:, :3] @ W[:, 0]
    >>> np.allclose(tangent_products(W, W[:, :1])[:, 0], seen)
    True
    """
    W, V = _unit_columns("W", W), _unit_columns("V", V)
    t = _cosines(W, V)
    active = np.pi - np.arccos(t)
    s = np.sqrt((1 - t) * (1 + t))
    parts = active[:, None, :] * V + s[:, None, :] * W.T[:, :, None]
    return parts.reshape(W.size, V.shape[1]) / (2 * np.pi)


# --- the best combination -----------------------------------------------------------


@finite_answers
def best_combination_errors(gram, products, energy: float) -> np.ndarray:
    r"""Squared error of the best combination of the first n features, for every n.

    With the Cholesky factor G = L L^T, z = L^{-1} k has in its entry i what feature i
    adds to those before it (Gram and Schmidt), so that one factorisation gives every n:

    .. math:: \mathcal E_n = \|f_*\|^2 - \sum_{i \le n} z_i^2 .

    G may be nearly singular. Before it is factored, its diagonal is raised by
    delta = 2 eps (N + 1) Tr G, where eps = 2.2e-16 is the spacing of float64 at 1. The
    rounding errors of factorisation and solution act like a change of G by at most
    3 delta / 4 (Higham, Accuracy and Stability, Theorems 8.5 and 10.3). So the values
    returned are, for some matrix D between 0 and 2 delta,

    .. math::
        \min_u \Big( \Big\| f_* - \sum_i u_i f_i \Big\|^2 + u^{\mathsf T} D u \Big) :

    never below the least error, and above it by at most 2 delta times the squared
    length of its coefficients u, but for 1e-15 N times the energy from the last sums.

    Parameters
    ----------
    gram : array_like of float, shape (N, N)
        Inner products of the features, symmetric.
    products : array_like of float, shape (N, m)
        Inner products of the features with m targets.
    energy : float
        Squared norm of each target, positive.

    Returns
    -------
    ndarray of float, shape (N + 1, m)
        Row n has the errors with the first n features; row 0 is the energy.

    Raises
    ------
    ValueError
        If the shapes do not fit, the matrix is not symmetric or a value is not finite.

    Examples
    --------
    A feature that repeats another adds nothing:

    >>> best_combination_errors([[1, 1], [1, 1]], [[0.5], [0.5]], 1.0).round(6)
    array([[1.  ],
           [0.75],
           [0.75]])
    """
    from scipy.linalg import cholesky, solve_triangular

    gram, products = finite_array("gram", gram), finite_array("products", products)
    energy = finite_scalar("energy", energy, 0, strict=True)
    N = len(gram) if gram.ndim else 0
    if gram.shape != (N, N) or products.ndim != 2 or len(products) != N:
        raise ValueError(
            "gram must be N x N and products N x m, "
            f"got shapes {gram.shape} and {products.shape}"
        )
    if np.abs(gram - gram.T).max() > 1e-14 * np.trace(gram):
        raise ValueError("gram must be symmetric")
    raised = np.array(gram, order="F")  # as LAPACK wants it
    raised[np.diag_indices(N)] += _ridge(gram)
    factor = cholesky(raised, lower=True, overwrite_a=True, check_finite=False)
    added = solve_triangular(factor, products, lower=True, check_finite=False)
    start = np.full((1, products.shape[1]), energy)
    return np.concatenate([start, energy - np.cumsum(added**2, axis=0)])


@finite_answers
def random_feature_errors(
    d: int,
    N: int,
    bias: float = 0.0,
    law: str = "zero",
    *,
    draws: int = 20,
    targets: int = 100,
    seed=0,
) -> np.ndarray:
    """Mean over targets of the least error of N random ReLU features, for many draws.

    Each draw has features and targets of its own; the directions of both are uniform.
    x is not sampled.

    Parameters
    ----------
    d : int
        Dimension, at least 2.
    N : int
        Number of features, at least 1. The time grows like N^3: 1/2 s a draw at 2048.
    bias : float, optional
        Bias of the targets, whose weights have norm 1.
    law : {"zero", "gaussian", "own"}, optional
        Biases of the features: none, standard normal, or `bias`.
    draws, targets : int, optional
        Number of draws, and of targets in each, both at least 1.
    seed : int or numpy.random.Generator, optional

    Returns
    -------
    ndarray of float, shape (draws, N + 1)
        Entry [i, n]: draw i with its first n features.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    One feature sees, on average over its direction, the mean of K(t)^2 / K(1):

    >>> errors = random_feature_errors(3, 1, draws=40, targets=500)
    >>> t, weights = np.polynomial.legendre.leggauss(60)
    >>> seen = weights @ relu_inner_product(t) ** 2 / 2 / relu_inner_product(1)
    >>> spread = errors[:, 1].std(ddof=1) / np.sqrt(40)
    >>> bool(abs(errors[:, 1].mean() - (1 / 2 - seen)) < 4 * spread)
    True
    """
    draws, targets = (
        integer_from("draws", draws, 1),
        integer_from("targets", targets, 1),
    )
    bias = finite_scalar("bias", bias)
    if law not in BIAS_LAWS:
        raise ValueError(f"law must be one of {', '.join(BIAS_LAWS)}, got {law!r}")
    energy = relu_inner_product(1.0, bias, bias)
    rng = generator_from(seed)
    errors = np.empty((draws, integer_from("N", N, 1) + 1))
    for row in errors:
        W, V = random_directions(d, N, rng), random_directions(d, targets, rng)
        b = {"zero": 0.0, "own": bias}.get(law)
        b = rng.standard_normal(N) if b is None else b
        products = relu_products(W, V, b, bias)
        row[:] = best_combination_errors(relu_gram(W, b), products, energy).mean(axis=1)
    return errors


@finite_answers
def tangent_feature_errors(
    d: int, N: int, *, draws: int = 20, targets: int = 100, seed=0
) -> np.ndarray:
    """Mean over targets of the least error of N d tangent features, for many draws.

    The features are 1{<w_i, x> > 0} x_j; the targets have no bias. See
    `random_feature_errors`.

    Parameters
    ----------
    d : int
        Dimension, at least 2.
    N : int
        Number of neurons, at least 1; each has d features.
    draws, targets : int, optional
        Number of draws, and of targets in each, both at least 1.
    seed : int or numpy.random.Generator, optional

    Returns
    -------
    ndarray of float, shape (draws, N + 1)
        Entry [i, n]: draw i with the n d features of its first n neurons.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    With no neuron nothing is seen, and the error is E [g]_+^2 = 1/2:

    >>> tangent_feature_errors(3, 2, draws=1)[0, 0]
    np.float64(0.5)
    """
    draws, targets = (
        integer_from("draws", draws, 1),
        integer_from("targets", targets, 1),
    )
    rng = generator_from(seed)
    errors = np.empty((draws, integer_from("N", N, 1) + 1))
    for row in errors:
        W, V = random_directions(d, N, rng), random_directions(d, targets, rng)
        every = best_combination_errors(tangent_gram(W), tangent_products(W, V), 0.5)
        row[:] = every[::d].mean(axis=1)
    return errors


@finite_answers
def zero_bias_floor(d: int, bias: float, nodes: int = 400) -> float:
    r"""Error that features [<w, x>]_+ without bias cannot go below, however many.

    Their combinations are dense in the functions of x that are linear, or even and
    homogeneous of degree 1. For the target F(<v, x>) = [<v, x> + b]_+ the projection on
    those is explicit: with r = |x|, u = <v, x> / r ~ mu_d and g(u) = E_r r F(r u),

    .. math::
        \mathcal E_\infty = \|F\|^2 - \Phi(b)^2
        - \frac1d\, E_u \Big( \frac{g(u) + g(-u)}{2} \Big)^2 .

    Parameters
    ----------
    d : int
        Dimension, at least 2.
    bias : float
        The target's b, finite.
    nodes : int, optional
        Nodes of the quadrature in the angle arccos u, at least 2.

    Returns
    -------
    float
        The infimum of the error, at least 0; it is 0 at b = 0 up to rounding.

    Raises
    ------
    ValueError
        If d, bias or nodes is out of range.

    Examples
    --------
    >>> bool(abs(zero_bias_floor(5, 0.0)) < 1e-14)
    True
    >>> bool(zero_bias_floor(5, 1.0) > 0.08)
    True
    """
    d, nodes = integer_from("d", d, 2), integer_from("nodes", nodes, 2)
    bias = finite_scalar("bias", bias)
    place, weights = np.polynomial.legendre.leggauss(nodes)
    angle = np.pi / 4 * (place + 1)
    log_density = gammaln(d / 2) - gammaln((d - 1) / 2) + math.log(2 / math.sqrt(np.pi))
    density = np.exp(log_density) * np.sin(angle) ** (d - 2) * np.pi / 4
    u = np.cos(angle)
    even = (_radial_mean(d, u, bias) + _radial_mean(d, -u, bias)) / 2
    seen = weights @ (density * even**2) / d + ndtr(bias) ** 2
    return float(relu_inner_product(1.0, bias, bias) - seen)


# --- helpers ------------------------------------------------------------------------


def _density(z):
    """Return the normal density, without checks; 0 where the square overflows."""
    with np.errstate(over="ignore"):
        return np.exp(-(np.asarray(z) ** 2) / 2) / math.sqrt(2 * np.pi)


def _pair(t, b, c):
    """Check and broadcast a correlation and two biases."""
    t = finite_array("t", t)
    if (outside := np.abs(t) > 1).any():
        got = float(t[outside].flat[0])
        raise ValueError(f"t must lie in [-1, 1], got {got}")
    return np.broadcast_arrays(t, finite_array("b", b), finite_array("c", c))


def _excess(h, k, t):
    """Return h - t k, without cancellation where t is near 1 or -1."""
    return np.where(t > 0, (h - k) + (1 - t) * k, (h + k) - (1 + t) * k)


def _slope(h, k, t, s):
    """Return Owen's second argument (k - t h) / (h s), or its limit at h = 0."""
    ratio = np.where(h == 0, np.copysign(np.inf, k), _excess(k, h, t) / (h * s))
    return np.where(h == k, np.sqrt((1 - t) / (1 + t)), ratio)


def _unit_columns(name: str, W):
    """Check a d x N matrix of unit columns."""
    W = finite_array(name, W)
    if W.ndim != 2 or W.size == 0:
        raise ValueError(f"{name} must be a d x N matrix, got shape {W.shape}")
    squares = (W**2).sum(axis=0)
    if (wrong := np.abs(squares - 1) > _ROUNDING).any():
        got = float(np.sqrt(squares[wrong][0]))
        raise ValueError(f"{name} must have unit columns, got one of length {got}")
    return W


def _cosines(W, V):
    """Inner products of unit columns, kept in [-1, 1] against rounding."""
    if len(W) != len(V):
        raise ValueError(
            f"W and V must have rows of one dimension, got {len(W)} and {len(V)}"
        )
    return np.clip(W.T @ V, -1, 1)


def _ridge(gram) -> float:
    """Return what the diagonal is raised by: more than rounding can take away."""
    return 2 * np.finfo(np.float64).eps * (len(gram) + 1) * float(np.trace(gram))


def _radial_mean(d: int, u, bias: float):
    r"""E r [r u + b]_+ for r of the chi law with d degrees of freedom, u != 0.

    It is u M_2 + b M_1 with the moments M_k of r^k over the r where r u + b > 0: those
    beyond -b / u for u > 0, those before it for u < 0.
    """
    edge = np.maximum(-bias / u, 0) ** 2 / 2
    one = math.sqrt(2) * math.exp(math.lgamma((d + 1) / 2) - math.lgamma(d / 2))
    moments = []
    for k, whole in ((1, one), (2, float(d))):
        beyond = whole * gammaincc((d + k) / 2, edge)
        moments.append(np.where(u > 0, beyond, whole - beyond))
    return u * moments[1] + bias * moments[0]
