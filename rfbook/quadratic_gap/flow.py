r"""Training solved: the gradient flow of the network and of the tangent model.

The target is :math:`f_*(x) = \langle x, B x \rangle - \operatorname{Tr} B`, the network
:math:`f(x) = \sum_i \langle w_i, x \rangle^2 + c` with the mean squared error

.. math:: \mathcal E(W, c) = 2 \lVert B - M \rVert_F^2 + g^2, \qquad
          M = W W^{\mathsf T}, \quad g = - c - \operatorname{Tr} M ,

and tau is the step size times the number of steps. Along
:math:`\dot W = - \nabla_W \mathcal E` the matrix M solves an equation of Riccati's
type, and so M(tau) is known in closed form. The constant is either *slaved*, the best
one at every time (what centred features
:math:`\langle w_i, x \rangle^2 - \lVert w_i \rVert^2` do by themselves), or it *flows*,
:math:`\dot c = - \partial_c \mathcal E`, and then one scalar equation is left.

In the tangent model the weights W stay and
:math:`M = W V^{\mathsf T} + V W^{\mathsf T}` is linear in what is trained: its flow is
elementary.

The chapter is ``book/quadratic-flow.md``.
"""

from __future__ import annotations

import numpy as np
from scipy.integrate import solve_ivp
from scipy.linalg import solve_triangular

from rfbook.descent import OFFSETS
from rfbook.matrices import (
    columns,
    dense,
    eigenvalues,
    square_norm,
    symmetric,
    trace_ratio,
)
from rfbook.ranges import finite_answers, finite_array, finite_scalar, integer_from

_RTOL, _ATOL = 1e-9, 1e-11
"""Tolerances of the solver that finds the flowing constant."""

_LARGEST = 16.0
"""Bound of the entries of a graded basis; 1 would ask for a new basis at each time."""

_EARLIEST = 1e-100
"""The first time at which the integrator of the flow can look."""

_FARTHEST = 1e20
"""The largest offset from which it finds back."""


# --- the network ----------------------------------------------------------------------


@finite_answers
def gradient_flow(B, W0, t, offset: str = "slaved", *, c0: float = 0.0) -> np.ndarray:
    r"""Matrix M(tau) of the trained network.

    With the slaved constant M solves :math:`\dot M = 8 (B M + M B - 2 M^2)`, and

    .. math:: M(\tau) = e^{8 B \tau} W_0 \Big[ I + W_0^{\mathsf T}
              \frac{e^{16 B \tau} - I}{B} W_0 \Big]^{-1} W_0^{\mathsf T} e^{8 B \tau}

    for every symmetric B; on an eigenvalue 0 the fraction is 16 tau. With the constant
    flowing, :math:`\dot c = 2 g`,

    .. math:: M(\tau) = e^{8 B \tau + 2 (c(\tau) - c_0)} W_0 \Big[ I + 16
              \int_0^\tau e^{4 (c(s) - c_0)} W_0^{\mathsf T} e^{16 B s} W_0\, ds
              \Big]^{-1} W_0^{\mathsf T} e^{8 B \tau + 2 (c(\tau) - c_0)} .

    Parameters
    ----------
    B : array_like of float, shape (d, d) or (d,)
        Symmetric, not 0, or the diagonal of such a matrix; of any sign.
    W0 : array_like of float, shape (d, N)
        The neurons at time 0, as columns.
    t : float or array_like of float
        Times tau >= 0, any shape, as large as one likes.
    offset : {"slaved", "flow"}
    c0 : float
        Where the constant starts, read with ``offset="flow"`` only. The target's own
        constant is - Tr B.

    Returns
    -------
    ndarray of float, shape t.shape + (d, d)
        Symmetric, without negative eigenvalues but for rounding.

    Raises
    ------
    ValueError
        If a number is not finite, a time is negative, a shape is wrong, B is not
        symmetric or 0, `offset` is another word, or with ``offset="flow"`` a time lies
        between 0 and 1e-100 or c0 beyond 1e20.

    Notes
    -----
    Claim: `flow-closed-form`, `flow-offset`.
    Source: Ghorbani et al., NeurIPS 2019, Section 2.3, for the loss and its stochastic
    gradient descent; the solution is derived in the chapter.

    The formula as it stands overflows from :math:`16 \lambda_1 \tau = 710` on, and long
    before that the bracket loses the small eigenvalues. The rows of W_0 are therefore
    weighted by logarithms and reduced to a graded basis (`_Graded`), which is stable at
    any time: the answer is that of a start within rounding of W_0. Neurons that span
    less than the whole space lose that property in the rounding, and the flow can blow
    up what they get of another eigenvector.

    Examples
    --------
    One neuron in one dimension, started at its limit, stays there:

    >>> M = gradient_flow([4.0], [[2.0]], [0, 0.1, 1e6])
    >>> bool(np.abs(M - 4).max() < 1e-14)
    True

    The flow may be cut anywhere: M(s + tau) is M(tau) started at M(s).

    >>> rng = np.random.default_rng(0)
    >>> B, W0 = np.array([3.0, 1.0, -1.0]), rng.standard_normal((3, 2))
    >>> middle = np.linalg.cholesky(gradient_flow(B, W0, 0.02) + 1e-15 * np.eye(3))
    >>> ends = gradient_flow(B, W0, 0.05), gradient_flow(B, middle, 0.03)
    >>> bool(np.abs(ends[0] - ends[1]).max() < 1e-12)
    True
    """
    path = _Path(B, W0, t, offset, c0)
    return path.shaped(path.basis @ M @ path.basis.T for M in path.matrices())


@finite_answers
def flow_constant(B, W0, t, offset: str = "slaved", *, c0: float = 0.0) -> np.ndarray:
    r"""Constant c(tau) of the trained network.

    Slaved it is :math:`- \operatorname{Tr} M(\tau)`; flowing it solves
    :math:`\dot c = 2 (- c - \operatorname{Tr} M)`.

    Parameters
    ----------
    B, W0, t, offset, c0
        See `gradient_flow`.

    Returns
    -------
    ndarray of float, shape t.shape

    Raises
    ------
    ValueError
        See `gradient_flow`.

    Examples
    --------
    >>> flow_constant([4.0], [[2.0]], 0.0), flow_constant([4.0], [[2.0]], 0.0, "flow")
    (array(-4.), array(0.))
    """
    path = _Path(B, W0, t, offset, c0)
    return path.shaped(path.constants())


@finite_answers
def flow_risk(B, W0, t, offset: str = "slaved", *, c0: float = 0.0) -> np.ndarray:
    r"""Risk of the trained network along the flow.

    .. math:: \mathcal R(\tau) = \frac{2 \lVert B - M(\tau) \rVert_F^2 + g(\tau)^2}
              {2 \lVert B \rVert_F^2}, \qquad g = - c - \operatorname{Tr} M,

    and g = 0 with the slaved constant.

    Parameters
    ----------
    B, W0, t, offset, c0
        See `gradient_flow`.

    Returns
    -------
    ndarray of float, shape t.shape

    Raises
    ------
    ValueError
        See `gradient_flow`.

    Notes
    -----
    Claim: `population-risk`.

    Examples
    --------
    In the end one neuron of two has learned the larger eigenvalue:

    >>> risk = flow_risk([2.0, 1.0], [[0.1], [0.1]], [0.0, 50.0])
    >>> bool(np.isclose(risk[1], 1 / 5))
    True
    """
    path = _Path(B, W0, t, offset, c0)
    B = np.diag(path.values)
    both = zip(path.constants(), path.matrices(), strict=True)
    errors = [2 * np.sum((B - M) ** 2) + (c + np.trace(M)) ** 2 for c, M in both]
    return path.shaped(errors) / (2 * np.sum(path.values**2))


@finite_answers
def flow_diagonal(
    B, W0, t, offset: str = "slaved", *, c0: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    r"""How much of each eigendirection of B the network has learned.

    Parameters
    ----------
    B, W0, t, offset, c0
        See `gradient_flow`.

    Returns
    -------
    eigenvalues : ndarray of float, shape (d,)
        Of B, largest first.
    diagonal : ndarray of float, shape t.shape + (d,)
        :math:`\langle b_i, M(\tau)\, b_i \rangle` for the eigenvectors b_i of B.

    Raises
    ------
    ValueError
        See `gradient_flow`.

    Examples
    --------
    >>> flow_diagonal([1.0, 3.0], [[0.1], [0.2]], 0.0)[1].round(9).tolist()
    [0.04, 0.01]
    """
    path = _Path(B, W0, t, offset, c0)
    return path.values, path.shaped(np.diagonal(M) for M in path.matrices())


def flow_limit(B, N: int) -> np.ndarray:
    r"""Where the flow ends from almost every start: the best M of N neurons.

    .. math:: M_* = \sum_{i \le N} \lambda_i(B)_+\, b_i b_i^{\mathsf T}

    with the eigenvectors b_i.

    Parameters
    ----------
    B : array_like of float, shape (d, d) or (d,)
    N : int
        Number of neurons, at least 1.

    Returns
    -------
    ndarray of float, shape (d, d)

    Raises
    ------
    ValueError
        If N is out of range, B is not a symmetric matrix other than 0, or
        :math:`\lambda_N = \lambda_{N+1} > 0`: then the limit depends on the start.

    Notes
    -----
    Claim: `flow-limit`.

    Examples
    --------
    >>> flow_limit([3, -1, 2, 1], 2).diagonal()
    array([3., 0., 2., 0.])
    """
    N = integer_from("N", N, 1)
    values, basis = _eigen(B)
    if len(values) > N and values[N - 1] == values[N] > 0:
        raise ValueError(
            f"the limit is not unique: eigenvalues {N} and {N + 1} are both {values[N]}"
        )
    kept = np.where(np.arange(len(values)) < N, np.maximum(values, 0), 0)
    return basis * kept @ basis.T


def flow_rate(B, N: int) -> float:
    r"""Rate at which M approaches its limit; the risk approaches its own twice as fast.

    :math:`\lVert M - M_* \rVert_F` is of order :math:`e^{-\kappa \tau}` and the excess
    risk of order :math:`e^{-2 \kappa \tau}` from almost every start, where

    .. math:: \kappa = \begin{cases} \min \{ 8 (\lambda_N - \lambda_{N+1}),
              16 \lambda_N \} & N < d, \\ 16 \lambda_d & N \ge d . \end{cases}

    For :math:`\lambda_{N+1} \ge 0` the minimum is the first of the two.

    Parameters
    ----------
    B : array_like of float, shape (d, d) or (d,)
    N : int
        Number of neurons, at least 1.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If N is out of range, B is not a symmetric matrix other than 0, or the last
        eigenvalue that is learned is not positive or not simple: then the approach is
        slower than every exponential or has another rate.

    Notes
    -----
    Claim: `flow-rates`.

    Examples
    --------
    >>> flow_rate([3, 1, 0.5], 2), flow_rate([3, 1, 0.5], 7)
    (4.0, 8.0)
    """
    N = integer_from("N", N, 1)
    values = eigenvalues(B)
    last = values[min(N, len(values)) - 1]
    following = values[N] if len(values) > N else -np.inf
    if last <= max(following, 0):
        raise ValueError(
            f"the last eigenvalue learned must be positive and larger than the next, "
            f"got {last} and {following}"
        )
    return float(min(8 * (last - following), 16 * last))


# --- the tangent model ----------------------------------------------------------------


@finite_answers
def nt_flow(W, B, t) -> np.ndarray:
    r"""Risk of the tangent model along its gradient flow from 0, centred features.

    .. math:: \mathcal R(\tau) = \frac{\lVert e^{-8 S \tau} B e^{-8 S \tau} \rVert_F^2}
              {\lVert B \rVert_F^2}, \qquad S = W W^{\mathsf T} .

    Parameters
    ----------
    W : array_like of float, shape (d, N)
        The weights, which are not trained.
    B : array_like of float, shape (d, d) or (d,)
    t : float or array_like of float
        Times tau >= 0, any shape.

    Returns
    -------
    ndarray of float, shape t.shape

    Raises
    ------
    ValueError
        If a number is not finite, a time is negative, a shape is wrong, or B is not
        symmetric or 0.

    Notes
    -----
    Claim: `nt-flow`.

    Examples
    --------
    >>> left = nt_flow([[2.0]], [1.0], 0.1)
    >>> bool(np.isclose(left, np.exp(-16 * 4 * 0.1) ** 2, rtol=1e-12, atol=0))
    True
    """
    B = dense(B)
    t = _times(t)
    s, Q = weight_spectrum(columns("W", W, len(B)))
    squares = (Q.T @ B @ Q) ** 2 / square_norm(B)
    decay = np.exp(-16 * s * t[..., None])
    return np.einsum("...a,ab,...b->...", decay, squares, decay)


@finite_answers
def nt_flow_mean(s, B, t) -> np.ndarray:
    r"""Mean of `nt_flow` when the eigenbasis of S is uniformly distributed.

    .. math:: \mathbb E\, \mathcal R(\tau) = \chi\, h(32 \tau) + (1 - \chi)\,
              \frac{d^2 h(16 \tau)^2 / 2 + (d / 2 - 1)\, h(32 \tau)}
              {d (d + 1) / 2 - 1}, \qquad
              h(u) = \frac1d \sum_a e^{- u s_a} ,

    with :math:`\chi = \chi(B)`. The eigenvalues s_a of S are given: columns of W that
    are normal with covariance I / d have this law of the basis whatever they are.

    Parameters
    ----------
    s : array_like of float, shape (d,)
        Eigenvalues of S, at least 0.
    B : array_like of float, shape (d, d) or (d,)
    t : float or array_like of float
        Times tau >= 0, any shape.

    Returns
    -------
    ndarray of float, shape t.shape

    Raises
    ------
    ValueError
        If a number is not finite, an eigenvalue or a time is negative, the lengths of
        s and B differ, or B is not symmetric or 0.

    Notes
    -----
    Claim: `nt-flow-mean`.

    Examples
    --------
    The target <x, x> - d has the same risk in every basis:

    >>> s = [0.5, 1.0, 2.0]
    >>> W = np.diag(np.sqrt(s))
    >>> bool(np.isclose(nt_flow_mean(s, np.ones(3), 0.1), nt_flow(W, np.ones(3), 0.1)))
    True
    """
    B = symmetric(B)
    s, t, d = finite_array("s", s, 0), _times(t), len(B)
    if s.shape != (d,):
        raise ValueError(f"s must have shape ({d},), got {s.shape}")
    chi = trace_ratio(B)
    once = np.exp(-16 * s * t[..., None]).mean(-1)
    twice = np.exp(-32 * s * t[..., None]).mean(-1)
    if d == 1:
        return twice  # there is no traceless part
    rest = (d * d * once**2 / 2 + (d / 2 - 1) * twice) / (d * (d + 1) / 2 - 1)
    return chi * twice + (1 - chi) * rest


def nt_flow_limit(rho: float, B, t) -> np.ndarray:
    r"""Limit of `nt_flow` for d and N to infinity, N / d = rho and weights N(0, I / d).

    .. math:: \mathcal R(\tau) \to \chi\, h(32 \tau) + (1 - \chi)\, h(16 \tau)^2

    with the transform h of the law of Marchenko and Pastur, `mp_laplace`.

    Parameters
    ----------
    rho : float
        Neurons per dimension, positive.
    B : array_like of float, shape (d, d) or (d,)
        Only :math:`\chi(B)` is read.
    t : float or array_like of float
        Times tau >= 0, any shape.

    Returns
    -------
    ndarray of float, shape t.shape

    Raises
    ------
    ValueError
        If an argument is out of range, or B is not symmetric or 0.

    Notes
    -----
    Claim: `nt-flow-limit`.

    Examples
    --------
    Late on it is the limit of the tangent model's least risk, here for rho = 1/2:

    >>> B = [1.0, 0.0]
    >>> bool(np.isclose(nt_flow_limit(0.5, B, 1e4), 0.5 * 0.5 + 0.5 * 0.5**2))
    True
    """
    chi, t = trace_ratio(B), _times(t)
    return chi * mp_laplace(32 * t, rho) + (1 - chi) * mp_laplace(16 * t, rho) ** 2


def mp_laplace(u, rho: float) -> np.ndarray:
    r"""Laplace transform of the Marchenko-Pastur law of S.

    .. math:: h(u) = (1 - \rho)_+ + \int_{(1 - \sqrt\rho)^2}^{(1 + \sqrt\rho)^2}
              e^{-u s}\, \frac{\sqrt{(s_+ - s)(s - s_-)}}{2 \pi s}\, ds ,

    :math:`s_\pm = (1 \pm \sqrt\rho)^2`: the limit of :math:`\operatorname{Tr} e^{-u S}
    / d` for :math:`S = W W^{\mathsf T}` and N = rho d independent columns N(0, I / d).
    At rho = 1 it decays like :math:`1 / \sqrt{\pi u}` only.

    Parameters
    ----------
    u : float or array_like of float
        At least 0, any shape.
    rho : float
        Positive.

    Returns
    -------
    ndarray of float, shape u.shape
        Absolute error about 1e-14.

    Raises
    ------
    ValueError
        If an argument is out of range, or u rho above 1e10.

    Notes
    -----
    With :math:`s = 1 + \rho + 2 \sqrt\rho \cos\theta` the integral is
    :math:`\frac{2 \rho}{\pi} \int_0^\pi \sin^2\theta\, e^{-u s} / s\, d\theta`. Its
    value at u = 0 is min(1, rho), and :math:`(1 - e^{-u s}) / s` is entire: the
    trapezoidal rule for the difference converges faster than every power.

    Examples
    --------
    >>> mp_laplace([0.0, 1e6], 0.25).tolist()
    [1.0, 0.75]

    At rho = 1 there is a closed form with Bessel functions:

    >>> from scipy.special import ive
    >>> bool(np.isclose(mp_laplace(3.0, 1), ive(0, 6.0) + ive(1, 6.0), atol=1e-14))
    True
    """
    u, rho = finite_array("u", u, 0), finite_scalar("rho", rho, 0, strict=True)
    if u.size and u.max() * max(rho, 1.0) > 1e10:
        raise ValueError(f"u times max(rho, 1) must be at most 1e10, got u = {u.max()}")
    values = np.empty_like(u)
    for place in np.ndindex(u.shape):
        values[place] = _mp_laplace(float(u[place]), rho)
    return values


def _mp_laplace(u: float, rho: float) -> float:
    # On the circle the integrand is band-limited to about this many frequencies.
    nodes = 64 + int(16 * np.sqrt(u * np.sqrt(rho)))
    theta = np.pi * (np.arange(nodes) + 0.5) / nodes
    # 1 + rho + 2 sqrt(rho) cos(theta) as a sum of squares: no digits lost near 0.
    s = (1 - np.sqrt(rho)) ** 2 + 4 * np.sqrt(rho) * np.cos(theta / 2) ** 2
    lost = 2 * rho * np.mean(np.sin(theta) ** 2 * -np.expm1(-u * s) / s)
    return float(1 - lost)


# --- helpers --------------------------------------------------------------------------


class _Path:
    """A flow in the eigenbasis of B, at the times asked for, one after the other."""

    def __init__(self, B, W0, t, offset: str, c0: float) -> None:
        if offset not in OFFSETS:
            raise ValueError(f"offset must be slaved or flow, got {offset!r}")
        self.values, self.basis = _eigen(B)
        rows = self.basis.T @ columns("W0", W0, len(self.values))
        if rows.shape[1] > rows.shape[0]:
            # M = W W^T does not see a rotation of the neurons: d of them suffice.
            rows = np.linalg.qr(rows.T, mode="r").T
        self.rows, self.times = rows, _times(t)
        c0, self.slaved = finite_scalar("c0", c0), offset == "slaved"
        if abs(c0) > _FARTHEST:
            raise ValueError(f"c0 must be at most {_FARTHEST} in size, got {c0}")
        flat = self.times.ravel()
        if self.slaved:
            self.scales = [_slaved_scales(self.values, tau) for tau in flat]
        else:
            self.scales, self.flowed = _flowing_scales(self.values, rows, flat, c0)
        self._matrices: list[np.ndarray] | None = None

    def matrices(self) -> list[np.ndarray]:
        """Return M in the eigenbasis for each time."""
        if self._matrices is None:
            graded = _Graded(self.rows)
            factors = (graded.factor(*scale) for scale in self.scales)
            self._matrices = [F @ F.T for F in factors]
        return self._matrices

    def constants(self) -> list[float]:
        """Return c for each time."""
        if self.slaved:
            return [-float(np.trace(M)) for M in self.matrices()]
        return self.flowed

    def shaped(self, values) -> np.ndarray:
        """Stack one array for each time to the shape of the times."""
        stacked = np.array(list(values), dtype=float)
        return stacked.reshape(self.times.shape + stacked.shape[1:])


def _eigen(B) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues, largest first, and eigenvectors; exact where B is a diagonal."""
    B = symmetric(B)
    if B.ndim == 1:
        order = np.argsort(-B, kind="stable")
        return B[order], np.eye(len(B))[:, order]
    values, basis = np.linalg.eigh(B)
    return values[::-1], basis[:, ::-1]


def _times(t) -> np.ndarray:
    return finite_array("t", t, 0)


def weight_spectrum(W: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues and eigenvectors of S = W W^T, all d of them, largest first."""
    Q, root, _ = np.linalg.svd(W)
    s = np.zeros(len(W))
    s[: len(root)] = root**2
    return s, Q


def _slaved_scales(values: np.ndarray, tau: float) -> tuple[np.ndarray, np.ndarray]:
    r"""Logarithms of :math:`X = e^{8 \lambda \tau}` and of the root of D / X^2.

    :math:`D = (e^{16 \lambda \tau} - 1) / \lambda`, so that D / X^2 is
    :math:`16 \tau (1 - e^{-2 y}) / (2 y)` with :math:`y = 8 \lambda \tau`.
    """
    y = 8 * values * tau
    size = np.abs(y)
    with np.errstate(divide="ignore", invalid="ignore"):
        # ln (1 - e^{-2y}) / (2y) for y > 0; for y < 0 there is 2 |y| to add.
        log_mean = np.log(-np.expm1(-2 * size) / (2 * size)) + (size - y)
        return y, (np.log(16 * tau) + np.where(size > 0, log_mean, 0)) / 2


class _Graded:
    r"""Factors F of M = F F^T from logarithms, whatever their size.

    With X = e^growth and D = X^2 e^(2 root), both diagonal, M is
    X W_0 [I + W_0^T D W_0]^{-1} W_0^T X. A change of basis C of the neurons' space
    leaves M as it is if I becomes C^T C. C is found by eliminating columns of the stack
    of W_0 (row weights D^(1/2)) and I (row weights 1), each time with the largest
    weighted entry as the pivot. Scaled to pivots 1, the columns L have no weighted
    entry above 1, and the bracket C^T (I + W_0^T D W_0) C = L^T L is well conditioned.
    Elimination does not mix rows, so the weights stay outside of it, and its result is
    kept until the weights have changed so much that an entry exceeds `_LARGEST`.
    """

    def __init__(self, rows: np.ndarray) -> None:
        self.rows = rows
        self.pivots: np.ndarray | None = None

    def factor(self, growth: np.ndarray, root: np.ndarray) -> np.ndarray:
        """Return F, (d, N), for the two logarithms, (d,) each."""
        d, N = self.rows.shape
        growth, root = (np.append(v, np.zeros(N))[:, None] for v in (growth, root))
        if self.pivots is None:
            self._eliminate(growth + root)
        size = self._sizes(growth, root)
        if (size + root).max() > np.log(_LARGEST):
            self._eliminate(growth + root)
            size = self._sizes(growth, root)
        L = self.signs * np.exp(size + root)
        top = self.signs[:d] * np.exp(size[:d])
        R = np.linalg.qr(L, mode="r")
        return solve_triangular(R, top.T, trans="T").T

    def _sizes(self, growth, root) -> np.ndarray:
        # Differences of growths first: late on they are huge and nearly equal.
        shift = (growth - growth[self.pivots].T) - root[self.pivots].T
        return self.logs + shift

    def _eliminate(self, weight: np.ndarray) -> None:
        N = self.rows.shape[1]
        stack = np.vstack([self.rows, np.eye(N)])
        self.pivots = np.empty(N, dtype=int)
        for j in range(N):
            rest = stack[:, j:]
            size = np.abs(rest)
            most = weight[size.any(axis=1)].max()
            size *= np.exp(np.minimum(weight - most, 0))
            p, q = np.unravel_index(size.argmax(), size.shape)
            rest[:, [0, q]] = rest[:, [q, 0]]
            rest[:, 0] /= rest[p, 0]
            rest[:, 1:] -= np.outer(rest[:, 0], rest[p, 1:])
            rest[p, 1:] = 0
            self.pivots[j] = p
        with np.errstate(divide="ignore"):
            self.signs, self.logs = np.sign(stack), np.log(np.abs(stack))


def _flowing_scales(values, rows, times, c0):
    r"""Scales and constants of the flow whose constant starts at c0.

    The unknowns are k = c - c_0 and, for each eigenvalue, z = ln(1 + r) for
    :math:`r = D e^{-16 \lambda \tau - 4 k}`, D being the integral
    :math:`16 \int e^{16 \lambda s + 4 k(s)} ds`. They solve

    .. math:: \dot z = 16 e^{-z} - (16 \lambda + 8 g)(1 - e^{-z}), \qquad
              \dot k = 2 g, \quad g = - c_0 - k - \operatorname{Tr} M ,

    in which nothing overflows.
    """
    d, graded = len(values), _Graded(rows)

    def scales(tau, z, k):
        growth = 8 * values * tau + 2 * k
        with np.errstate(divide="ignore"):
            return growth, (z + np.log(-np.expm1(-z))) / 2

    def matrix(tau, state):
        # Rounding may leave a z below 0 in the first steps.
        z, k = np.maximum(state[:d], 0), state[d]
        F = graded.factor(*scales(tau, z, k))
        return F @ F.T

    def slope(tau, state):
        decay = np.exp(-np.maximum(state[:d], 0))
        g = -c0 - state[d] - np.trace(matrix(tau, state))
        return np.append(16 * decay - (16 * values + 8 * g) * (1 - decay), 2 * g)

    def jacobian(tau, state):
        z, M = np.maximum(state[:d], 0), matrix(tau, state)
        decay = np.exp(-z)
        g = -c0 - state[d] - np.trace(M)
        square = np.sum(M * M, axis=0)
        # d g / d z_j = (M^2)_jj dr_j / dz_j, and r_j = e^(z_j) - 1.
        by_z = square * np.exp(np.minimum(z, 700))
        r_square = square * np.expm1(np.minimum(z, 700))
        by_k = -1 - 4 * np.trace(M) + 4 * np.sum(r_square)
        J = np.empty((d + 1, d + 1))
        gradient = np.append(by_z, by_k)
        J[:d] = -8 * (1 - decay)[:, None] * gradient
        J[range(d), range(d)] -= (16 + 16 * values + 8 * g) * decay
        J[d] = 2 * gradient
        return J

    wanted = np.unique(np.append(times, 0.0))
    if len(wanted) > 1 and wanted[1] < _EARLIEST:
        raise ValueError(
            f"t must be 0 or at least {_EARLIEST} for offset flow, got {wanted[1]}"
        )
    if wanted[-1] == 0:
        states = np.zeros((d + 1, 1))
    else:
        solution = solve_ivp(
            slope,
            (0, wanted[-1]),
            np.zeros(d + 1),
            "LSODA",
            wanted,
            jac=jacobian,
            rtol=_RTOL,
            atol=_ATOL,
        )
        if not solution.success:
            raise ValueError(f"the flow was not solved: {solution.message}")
        states = solution.y
    places = np.searchsorted(wanted, times)
    z, k = np.maximum(states[:d], 0), states[d]
    found = [scales(wanted[i], z[:, i], k[i]) for i in places]
    return found, [float(c0 + k[i]) for i in places]
