r"""Training on the mixture: gradient, critical points, gradient flow, and samples.

Either model is a quadratic function with a symmetric matrix M. The network has fixed
output weights u_i and trains W; the tangent model keeps W and trains the directions
v_i. Features are centred, so that the constant is the best one at every moment:

.. math:: f_{NN}(x) = \sum_i u_i \big( \langle w_i, x \rangle^2
              - \lVert w_i \rVert^2 \big), \qquad
          f_{NT}(x) = 2 \sum_i \big( \langle w_i, x \rangle \langle v_i, x \rangle
              - \langle w_i, v_i \rangle \big) .

The label +1 belongs to the covariance I - Delta. Where :math:`\Delta \succeq 0` its
points are the shorter ones, and the network needs negative output weights; -1 is the
default here.

`Mixture` is the problem for `rfbook.descent.descend`, which takes the steps on samples.
The chapter is ``book/mixture-training.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from scipy.integrate import solve_ivp
from scipy.sparse.linalg import ArpackError, LinearOperator, eigsh

from rfbook.descent import MODELS, one_of
from rfbook.matrices import columns, eigenvalues, inner, symmetric
from rfbook.mixture_gap.mixture import (
    captured_risk,
    class_roots,
    difference,
    mixture_risk,
)
from rfbook.ranges import finite_answers, finite_array, finite_scalar, integer_from

if TYPE_CHECKING:
    import torch

_FINEST = 100 * np.finfo(float).eps
"""The finest relative accuracy of SciPy's integrators."""


# --- the gradient ---------------------------------------------------------------------


@finite_answers
def mixture_gradient(M, c: float, Delta) -> tuple[np.ndarray, float]:
    r"""Gradient of the risk of :math:`\langle x, M x \rangle + c` in M and in c.

    .. math:: G = 2 \big( 1 + \langle M, \Delta \rangle \big) \Delta
              + 2 (c + \operatorname{Tr} M) I + 4 M + 4 \Delta M \Delta, \qquad
              \partial_c \mathcal R = 2 (c + \operatorname{Tr} M) .

    A network :math:`M = W \operatorname{diag}(u) W^{\mathsf T}` has the gradient
    :math:`2 G W \operatorname{diag}(u)` in W and :math:`\langle w_i, G w_i \rangle` in
    u_i, the tangent model :math:`M = W V^{\mathsf T} + V W^{\mathsf T}` the gradient
    :math:`2 G W` in V.

    Parameters
    ----------
    M : array_like of float, shape (d, d)
        Symmetric; may be 0.
    c : float
    Delta : array_like of float, shape (d, d) or (d,)

    Returns
    -------
    G : ndarray of float, shape (d, d)
    float
        The derivative in c.

    Raises
    ------
    ValueError
        See `difference`; and if M is not a symmetric matrix of the size of Delta, or c
        is not finite.

    Notes
    -----
    Claim: `mixture-gradient`.

    Examples
    --------
    At M = 0 and c = 0 only the correlation with the label counts:

    >>> mixture_gradient(np.zeros((2, 2)), 0, [0.5, -0.5])[0]
    array([[ 1.,  0.],
           [ 0., -1.]])
    """
    Delta, M = difference(Delta), symmetric(M, "M", zero=True)
    if M.shape != (len(Delta), len(Delta)):
        raise ValueError(
            f"M must be a {len(Delta)} x {len(Delta)} matrix, got shape {M.shape}"
        )
    gap = 2 * (finite_scalar("c", c) + np.trace(M))
    return _slope(M, Delta) + gap * np.eye(len(M)), float(gap)


def _slope(M: np.ndarray, Delta: np.ndarray) -> np.ndarray:
    """Return the gradient in M for the best constant, without any check."""
    if Delta.ndim == 1:
        slope = 4 * M * (1 + np.outer(Delta, Delta))
        slope[np.diag_indices(len(M))] += 2 * (1 + M.diagonal() @ Delta) * Delta
        return slope
    signal = 1 + np.sum(M * Delta)
    return 2 * signal * Delta + 4 * M + 4 * Delta @ M @ Delta


# --- critical points ------------------------------------------------------------------


def critical_risk(Delta, chosen: Sequence[int]) -> float:
    r"""Risk of the critical points that belong to a set of eigenvectors.

    .. math:: \mathcal R = \Big( 1 + \tfrac12 \sum_{i \in \mathcal I}
              \frac{\lambda_i^2}{1 + \lambda_i^2} \Big)^{-1}

    Parameters
    ----------
    Delta : array_like of float, shape (d, d) or (d,)
        Not 0.
    chosen : sequence of int
        The set, as places from 0 on in the order of `rfbook.matrices.eigenvalues`; may
        be empty.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        See `difference`; and if a place is out of range or named twice.

    Notes
    -----
    Claim: `mixture-critical-points`.

    Examples
    --------
    >>> critical_risk([0.5, -0.5], []), round(1 / critical_risk([0.5, -0.5], [0]), 12)
    (1.0, 1.1)
    """
    values = _eigenvalues(Delta)
    squares = values[_places(chosen, len(values))] ** 2
    return captured_risk(float(np.sum(squares / (1 + squares)) / 2))


def critical_escape(Delta, chosen: Sequence[int], N: int) -> float:
    r"""Most negative second derivative on the known ways out of a critical point.

    The network has N neurons of output weight -1, and its critical points belong to
    sets of positive eigenvalues. With the risk R there, the ways are to spend a neuron
    that is 0 on a positive eigenvalue, and to exchange an eigenvalue for a larger one:

    .. math:: -4 \mathcal R\, \lambda_j \quad (\lvert \mathcal I \rvert < N), \qquad
              -4 \mathcal R\, \frac{\lambda_j - \lambda_i}{1 + \lambda_i^2},
              \qquad i \in \mathcal I, \ j \notin \mathcal I .

    Parameters
    ----------
    Delta : array_like of float, shape (d, d) or (d,)
        Not 0.
    chosen : sequence of int
        See `critical_risk`; positive eigenvalues, at most N of them.
    N : int
        At least 1.

    Returns
    -------
    float
        0 where there is no way out: there the risk is the least one.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    Claim: `mixture-saddles`.

    Examples
    --------
    >>> critical_escape([0.5, 0.2], [0], N=1)
    0.0
    >>> round(critical_escape([0.5, 0.2], [], N=1), 12)
    -2.0
    """
    values, N = _eigenvalues(Delta), integer_from("N", N, 1)
    places = _places(chosen, len(values))
    if len(places) > N or (values[places] <= 0).any():
        raise ValueError(
            f"chosen must be at most {N} positive eigenvalues, got {values[places]}"
        )
    left = np.delete(values, places).max(initial=0.0)
    depths = [0.0]
    if len(places) < N:
        depths.append(left)
    if len(places):
        kept = values[places]
        depths.append(np.max((left - kept) / (1 + kept**2)))
    return -4 * critical_risk(Delta, chosen) * float(max(depths)) + 0.0


def layer_risk(Delta, layer) -> float:
    r"""Least risk of a network with these output weights, which are not trained.

    A neuron of negative weight can serve a positive eigenvalue, one of positive weight
    a negative eigenvalue; the largest come first.

    Parameters
    ----------
    Delta : array_like of float, shape (d, d) or (d,)
        Not 0.
    layer : array_like of float, shape (N,)
        None of them 0.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        See `difference`; and if an output weight is 0 or not finite.

    Notes
    -----
    Claim: `mixture-critical-points`.

    Examples
    --------
    Four neurons of the wrong sign learn nothing, one of the right sign does:

    >>> layer_risk([0.5, 0.25], [1, 1, 1, 1]), round(1 / layer_risk([0.5], [-1]), 12)
    (1.0, 1.1)
    """
    values, layer = _eigenvalues(Delta), finite_array("layer", layer)
    if layer.ndim != 1 or not layer.size or not layer.all():
        raise ValueError(f"layer must be a vector of numbers not 0, got {layer}")
    d, count = len(values), int(np.sum(layer < 0))
    top = [i for i in range(min(count, d)) if values[i] > 0]
    bottom = [d - 1 - i for i in range(min(len(layer) - count, d))]
    return critical_risk(Delta, top + [i for i in bottom if values[i] < 0])


def _eigenvalues(Delta) -> np.ndarray:
    return eigenvalues(difference(Delta))


def _places(chosen, d: int) -> np.ndarray:
    places = [integer_from("place", place, 0) for place in chosen]
    if len(set(places)) < len(places) or max(places, default=0) >= d:
        raise ValueError(f"chosen must be different places below {d}, got {places}")
    return np.array(places, dtype=int)


# --- gradient flow --------------------------------------------------------------------


@finite_answers
def flow_matrices(
    model: str, Delta, W0, times: Sequence[float], *, layer=-1.0, accuracy: float = 1e-9
) -> np.ndarray:
    r"""Follow gradient flow of the exact risk, with centred features.

    .. math:: \frac{dW}{d\tau} = -2 G W \operatorname{diag}(u) \quad (NN), \qquad
              \frac{dV}{d\tau} = -2 G W, \quad V(0) = 0 \quad (NT),

    with the G of `mixture_gradient`. The equations are solved by an explicit method of
    order 8 with a step size of its own.

    Parameters
    ----------
    model : {"NT", "NN"}
    Delta : array_like of float, shape (d, d) or (d,)
    W0 : array_like of float, shape (d, N)
        The start of the network; the weights that the tangent model keeps.
    times : sequence of float
        Times tau, increasing, the first at least 0.
    layer : float or array_like of float, shape (N,)
        Output weights of the network.
    accuracy : float
        Relative accuracy of each step, at least 100 units of float64's rounding.

    Returns
    -------
    ndarray of float, shape (len(times), d, d)
        The matrices M.

    Raises
    ------
    ValueError
        If an argument is out of range, or the flow could not be followed.

    Notes
    -----
    Claim: `mixture-gradient`.

    Examples
    --------
    One neuron in one dimension goes to :math:`M = -\lambda / (2 + 3 \lambda^2)`:

    >>> M = flow_matrices("NN", [0.5], [[1.0]], [100.0])
    >>> bool(np.isclose(M[0, 0, 0], -0.5 / 2.75))
    True
    """
    one_of("model", model, MODELS)
    Delta = difference(Delta)
    W0 = columns("W0", W0, len(Delta))
    times = finite_array("times", times, 0)
    if times.ndim != 1 or not times.size or (np.diff(times) <= 0).any():
        raise ValueError(f"times must be increasing, at least one, got {times}")
    accuracy, N = finite_scalar("accuracy", accuracy, _FINEST), W0.shape[1]
    layer = finite_array("layer", layer)
    if layer.shape not in ((), (1,), (N,)):
        raise ValueError(
            f"layer must be a number or have shape ({N},), got {layer.shape}"
        )
    layer = np.broadcast_to(layer, N)
    tangent = model == "NT"

    def matrix(state):
        V = state.reshape(W0.shape)
        M = W0 @ V.T if tangent else (V * layer) @ V.T
        return M + M.T if tangent else M

    def speed(_, state):
        moved = W0 if tangent else layer * state.reshape(W0.shape)
        return -2 * (_slope(matrix(state), Delta) @ moved).ravel()

    start = np.zeros(W0.size) if tangent else W0.ravel()
    if times[-1] == 0:
        return matrix(start)[None]
    found = solve_ivp(
        speed,
        (0.0, times[-1]),
        start,
        method="DOP853",
        t_eval=times,
        rtol=accuracy,
        atol=1e-3 * accuracy,
    )
    if not found.success:
        raise ValueError(f"the flow was lost at {found.t[-1:]}: {found.message}")
    return np.stack([matrix(state) for state in found.y.T])


@finite_answers
def flow_risk(model: str, Delta, W0, times: Sequence[float], **options) -> np.ndarray:
    """Risk along gradient flow; see `flow_matrices` for the arguments.

    Returns
    -------
    ndarray of float, shape (len(times),)

    Raises
    ------
    ValueError
        See `flow_matrices`.

    Examples
    --------
    It descends:

    >>> risks = flow_risk("NT", [0.5, 0.25], [[1.0], [1.0]], [0, 0.1, 0.2])
    >>> bool((np.diff(risks) < 0).all())
    True
    """
    path = flow_matrices(model, Delta, W0, times, **options)
    return np.array([mixture_risk(M, -np.trace(M), Delta) for M in path])


@finite_answers
def nt_gradient_limit(W, Delta) -> float:
    r"""Step size below which gradient descent of the tangent model converges.

    The risk is a quadratic function of V. Along V + s K its second derivative is

    .. math:: 2 \langle H, \Delta \rangle^2 + 4 \lVert H \rVert_F^2
              + 4 \operatorname{Tr} H \Delta H \Delta, \qquad
              H = W K^{\mathsf T} + K W^{\mathsf T} .

    If mu is the largest value of this form on the unit sphere, then descent on the
    exact risk reaches the least risk from every start if and only if the step size is
    below 2 / mu.

    Parameters
    ----------
    W : array_like of float, shape (d, N)
        Not 0.
    Delta : array_like of float, shape (d, d) or (d,)

    Returns
    -------
    float
        The bound 2 / mu; noise of samples makes the true limit smaller.

    Raises
    ------
    ValueError
        See `difference`; and if W is not a finite d x N matrix, or is 0.

    Examples
    --------
    In one dimension the form is 8 (1 + 3 lambda^2 / 2) w^2 times 2:

    >>> round(nt_gradient_limit([[1.0]], [0.5]) * 8 * (1 + 1.5 * 0.25), 12)
    1.0
    """
    Delta = difference(Delta)
    W = columns("W", W, len(Delta))
    if not W.any():
        raise ValueError("W must not be 0")

    def apply(flat):
        K = flat.reshape(W.shape)
        H = W @ K.T
        H = H + H.T
        image = 4 * H + 4 * _sandwich(H, Delta)
        pull = 2 * inner(H, Delta)
        image += pull * (np.diag(Delta) if Delta.ndim == 1 else Delta)
        return 2 * (image @ W).ravel()

    if W.size == 1:
        return 2 / float(apply(np.ones(1))[0])
    form = LinearOperator((W.size, W.size), matvec=apply, dtype=float)
    start = np.random.default_rng(0).standard_normal(W.size)
    try:
        top = eigsh(form, k=1, which="LA", v0=start, return_eigenvectors=False)
    except ArpackError:
        raise ValueError(
            f"W must not be so close to 0, got {np.abs(W).max()}"
        ) from None
    return 2 / float(top[0])


def _sandwich(H, Delta) -> np.ndarray:
    """Return Delta H Delta."""
    if Delta.ndim == 1:
        return H * np.outer(Delta, Delta)
    return Delta @ H @ Delta


# --- samples --------------------------------------------------------------------------


class Mixture:
    r"""The problem of the mixture, for `rfbook.descent.descend`.

    Parameters
    ----------
    Delta : array_like of float, shape (d, d) or (d,)

    Raises
    ------
    ValueError
        See `difference`.

    Examples
    --------
    >>> from rfbook.descent import descend
    >>> run = descend(
    ...     "NN", Mixture([0.9, 0.0]), W=[[1.0], [0.0]], layer=[-1.0], seeds=[0, 1],
    ...     looks=[0, 400], step=0.01, batch=50)
    >>> bool((run.risk[:, 1] < run.risk[:, 0]).all())
    True
    """

    def __init__(self, Delta) -> None:
        self.Delta = difference(Delta)
        self.d, self.size = len(self.Delta), 1.0
        self._roots = class_roots(self.Delta)

    def examples(self, streams, count):
        """Draw points and their labels +-1; see `rfbook.descent.Problem`."""
        import torch

        signs, normal = [], []
        for g in streams:
            signs.append(torch.randint(0, 2, (count,), generator=g))
            normal.append(torch.randn(count, self.d, generator=g, dtype=torch.float64))
        y = 2.0 * torch.stack(signs).double() - 1
        x = torch.stack(normal)
        plus, minus = (torch.as_tensor(root) for root in self._roots)
        if self.Delta.ndim == 1:
            return torch.where(y[..., None] > 0, plus, minus) * x, y
        return torch.where(y[..., None] > 0, x @ plus, x @ minus), y

    def risk(self, M: torch.Tensor, mean: torch.Tensor) -> torch.Tensor:
        """Return exact risks; see `rfbook.descent.Problem`."""
        import torch

        Delta = torch.as_tensor(self.Delta).to(M)
        if Delta.ndim == 1:
            signal = 1 + M.diagonal(dim1=1, dim2=2) @ Delta
            noise = (M.square() * (1 + torch.outer(Delta, Delta))).sum((1, 2))
        else:
            product = M @ Delta
            signal = 1 + product.diagonal(dim1=1, dim2=2).sum(1)
            noise = M.square().sum((1, 2)) + (product * product.mT).sum((1, 2))
        return signal.square() + mean.square() + 2 * noise
