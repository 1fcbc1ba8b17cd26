r"""One-pass stochastic gradient descent on a quadratic target, and its noise.

Each step draws `batch` fresh points x ~ N(0, I_d) and moves against the gradient of the
mean of :math:`r^2`, :math:`r = f_*(x) - f(x)`. The network (NN) has the output weights
1 and trains W; the tangent model (NT) keeps W and trains the directions v_i:

.. math:: f_{NN}(x) = \sum_i \langle w_i, x \rangle^2 + c , \qquad
          f_{NT}(x) = 2 \sum_i \langle w_i, x \rangle \langle v_i, x \rangle + c .

With ``offset="slaved"`` the features are centred,
:math:`\langle w_i, x \rangle^2 - \lVert w_i \rVert^2` and
:math:`\langle w_i, x \rangle \langle v_i, x \rangle - \langle w_i, v_i \rangle`, and
there is no constant to train; with ``offset="flow"`` they are as above and c is trained
with the same step size. Either model is a quadratic function with a matrix M, and its
risk is evaluated exactly from M: there is no test noise.

For the tangent model the mean of the risk over the draws obeys an exact recursion,
`nt_sgd_risk`; for the network `nn_sgd_floor` says where it settles, to first order in
the step size.

Torch is imported by the functions that need it, not by this module. The chapter is
``book/quadratic-flow.md``.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq

from rfbook.devices import default_dtype, device
from rfbook.matrices import columns, dense, positive_eigenvalues, square_norm, symmetric
from rfbook.quadratic_gap.flow import OFFSETS, weight_spectrum
from rfbook.ranges import finite_array, finite_scalar, integer_from
from rfbook.training import generators

if TYPE_CHECKING:
    import torch

MODELS = ("NT", "NN")
CLOSURES = ("exact", "leading")

_SHARD = 200_000
"""Normal numbers that one seed draws at once, about."""


# --- what came out --------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Descent:
    """What one-pass descent gave, for each seed.

    Parameters
    ----------
    model : {"NT", "NN"}
    offset : {"slaved", "flow"}
    d, N, batch : int
    step : float
        The step size.
    seeds : tuple of int
    steps : ndarray of int, shape (k,)
        The numbers of steps after which the models were looked at.
    risk : ndarray, shape (seeds, k)
        Exact risks; NaN from where a seed has diverged.
    diverged : ndarray of int, shape (seeds,)
        Of `steps`, the first at which the risk was not finite or above the limit; -1
        for a seed that did not diverge.
    seconds : float
        Wall time.
    """

    model: str
    offset: str
    d: int
    N: int
    batch: int
    step: float
    seeds: tuple[int, ...]
    steps: np.ndarray
    risk: np.ndarray
    diverged: np.ndarray
    seconds: float

    @property
    def samples(self) -> np.ndarray:
        """Numbers of samples n seen, one for each look."""
        return self.batch * self.steps

    @property
    def times(self) -> np.ndarray:
        """Times tau of the gradient flow: step size times steps."""
        return self.step * self.steps

    def summary(self) -> tuple[np.ndarray, np.ndarray, int]:
        """Return mean, standard error and number of the seeds that did not diverge.

        Returns
        -------
        mean, error : ndarray, shape (k,)
        count : int

        Raises
        ------
        ValueError
            If fewer than two seeds are left.
        """
        kept = self.risk[self.diverged < 0]
        if len(kept) < 2:
            raise ValueError(
                f"a standard error needs 2 seeds that did not diverge, "
                f"got {len(kept)} of {len(self.seeds)}"
            )
        return kept.mean(0), kept.std(0, ddof=1) / np.sqrt(len(kept)), len(kept)


def initial_weights(d: int, N: int, seed: int) -> np.ndarray:
    """Draw the neurons that `descend` starts with: columns N(0, I / d).

    Parameters
    ----------
    d, N : int
        Dimension and number of neurons, at least 1.
    seed : int
        At least 0.

    Returns
    -------
    ndarray of float, shape (d, N)
        The same on every device.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> initial_weights(3, 2, seed=0).shape
    (3, 2)
    """
    import torch

    d, N = integer_from("d", d, 1), integer_from("N", N, 1)
    drawn = torch.randn(d, N, generator=generators(seed)[0], dtype=torch.float64)
    return drawn.numpy() / np.sqrt(d)


# --- the models -----------------------------------------------------------------------


class _Models:
    r"""One model for each seed, in one set of tensors.

    Both kinds take the same step from the residuals r_j: with z_j = W^T x_j at the
    weights W that are kept (NT) or reached so far (NN),

    .. math:: V \leftarrow V + 4 \eta \Big[ \frac1b \sum_j r_j\, x_j z_j^{\mathsf T}
              - \bar r\, W \Big], \qquad c \leftarrow c + 2 \eta\, \bar r,

    V being what is trained; the term with the mean residual belongs to centred
    features, the step of c to the others.
    """

    def __init__(self, model: str, W: torch.Tensor, offset: str, c0: float) -> None:
        self.tangent, self.centred = model == "NT", offset == "slaved"
        self.W = W.clone()
        self.V = W.new_zeros(W.shape) if self.tangent else self.W
        self.c = W.new_full((len(W),), 0.0 if self.centred else c0)

    def step(self, x: torch.Tensor, y: torch.Tensor, step: float) -> None:
        """Take one step; `x` has the shape (seeds, b, d), `y` (seeds, b)."""
        import torch

        z = torch.bmm(x, self.W)
        if self.tangent:
            values = 2 * (z * torch.bmm(x, self.V)).sum(2)
        else:
            values = z.square().sum(2)
        shift = -self.trace() if self.centred else self.c
        r = y - values - shift[:, None]
        mean = r.mean(1)
        move = torch.bmm(x.mT, r[..., None] * z) / x.shape[1]
        if self.centred:
            move -= mean[:, None, None] * self.W
        else:
            self.c += 2 * step * mean
        self.V += 4 * step * move

    def trace(self) -> torch.Tensor:
        """Return Tr M for each seed."""
        factor = 2 if self.tangent else 1
        return factor * (self.W * self.V).sum((1, 2))

    def risk(self, B: torch.Tensor) -> torch.Tensor:
        """Return the exact risks, (seeds,)."""
        import torch

        M = torch.bmm(self.W, self.V.mT)
        if self.tangent:
            M = M + M.mT
        error = 2 * (B - M).square().sum((1, 2))
        if not self.centred:
            error = error + (self.c + self.trace()).square()
        return error / (2 * B.square().sum())


def descend(
    model: str,
    B,
    N: int | None = None,
    *,
    seeds: Sequence[int],
    looks: Sequence[int],
    step: float,
    batch: int,
    W=None,
    offset: str = "slaved",
    c0: float = 0.0,
    limit: float = 100.0,
    dtype: torch.dtype | None = None,
    progress: bool = False,
) -> Descent:
    r"""Train one model for each seed by one-pass descent, all of them at once.

    Parameters
    ----------
    model : {"NT", "NN"}
    B : array_like of float, shape (d, d) or (d,)
        The target is :math:`\langle x, B x \rangle - \operatorname{Tr} B`.
    N : int, optional
        Number of neurons, at least 1; the weights are `initial_weights` of each seed.
        Not needed where `W` is given.
    seeds : sequence of int
        Different from each other, at least one.
    looks : sequence of int
        The numbers of steps after which the risk is evaluated, increasing, the first at
        least 0; the last one is the number of steps taken.
    step : float
        The step size, positive. It times the number of steps is the time tau of
        `rfbook.quadratic_gap.flow`.
    batch : int
        Fresh points for each step, at least 1.
    W : array_like of float, shape (d, N), optional
        The same start for every seed.
    offset : {"slaved", "flow"}
        Centred features, or the constant trained from c0.
    c0 : float
        Read with ``offset="flow"`` only.
    limit : float
        A risk above it counts as divergence; positive.
    dtype : torch.dtype, optional
        `rfbook.devices.default_dtype` by default. The draws are the same in all.
    progress : bool
        Show a bar.

    Returns
    -------
    Descent

    Raises
    ------
    ValueError
        If an argument is out of its range.
    rfbook.devices.DeviceError
        See `rfbook.devices.device`.

    Examples
    --------
    Where nothing is left to learn nothing moves:

    >>> run = descend("NN", [4.0], W=[[2.0]], seeds=[0], looks=[0, 9], step=1, batch=2)
    >>> run.risk.tolist()
    [[0.0, 0.0]]
    """
    from tqdm import tqdm

    _one_of("model", model, MODELS)
    _one_of("offset", offset, OFFSETS)
    B = symmetric(B)
    seeds, looks = _seeds(seeds), _looks(looks)
    step = finite_scalar("step", step, 0, strict=True)
    limit = finite_scalar("limit", limit, 0, strict=True)
    batch, c0 = integer_from("batch", batch, 1), finite_scalar("c0", c0)
    if (N is None) == (W is None):
        raise ValueError(f"one of N and W is needed, got N = {N!r} and W = {W!r}")

    begin = time.perf_counter()
    if W is None:
        starts = np.stack([initial_weights(len(B), N, seed) for seed in seeds])
    else:
        starts = np.stack([columns("W", W, len(B))] * len(seeds))
    place, dtype = device(), dtype or default_dtype()
    models = _Models(model, _tensor(starts, place, dtype), offset, c0)
    target = _tensor(dense(B), place, dtype)
    examples = _examples(B, seeds, looks[-1], batch, place, dtype)
    risks, done = [], 0
    with tqdm(total=int(looks[-1]), disable=not progress, desc=model) as bar:
        for look in looks:
            for _ in range(look - done):
                models.step(*next(examples), step)
                bar.update()
            done = look
            risks.append(models.risk(target).double().cpu().numpy())
    risk, diverged = _divergence(np.stack(risks, axis=1), looks, limit)
    took = time.perf_counter() - begin
    d, N = starts.shape[1:]
    return Descent(model, offset, d, N, batch, step, seeds, looks, risk, diverged, took)


def _examples(B, seeds, steps, batch, place, dtype) -> Iterator[tuple]:
    """Yield minibatches with their labels, drawn on the CPU in shards."""
    import torch

    d = len(B)
    streams = [generators(seed)[1] for seed in seeds]
    weights = torch.as_tensor(B)
    shard = max(1, _SHARD // (batch * d))
    for first in range(0, steps, shard):
        count = min(shard, steps - first) * batch
        x = torch.stack(
            [torch.randn(count, d, generator=g, dtype=torch.float64) for g in streams]
        )
        if B.ndim == 1:
            y = (x.square() - 1) @ weights
        else:
            y = (x @ weights * x).sum(2) - weights.trace()
        x, y = x.to(place, dtype), y.to(place, dtype)
        yield from zip(x.split(batch, 1), y.split(batch, 1), strict=True)


def _divergence(risk, looks, limit) -> tuple[np.ndarray, np.ndarray]:
    """Blank what follows a divergence; say after how many steps it was seen."""
    good = np.isfinite(risk) & (risk <= limit)
    diverged = np.where(good.all(1), -1, looks[np.argmin(good, axis=1)])
    risk[~np.logical_and.accumulate(good, axis=1)] = np.nan
    return risk, diverged


# --- the tangent model's mean risk ----------------------------------------------------


def nt_sgd_risk(
    W, B, *, step: float, batch: int, looks: Sequence[int], closure: str = "exact"
) -> np.ndarray:
    r"""Mean risk of the tangent model in one-pass descent with centred features.

    In the eigenbasis of :math:`S = W W^{\mathsf T}` the error E = B - M moves by
    :math:`E_{ab} \leftarrow E_{ab} - 4 \eta (s_a + s_b)\, \hat G_{ab}`, where
    :math:`\hat G` is the mean over the batch of :math:`r\, (x x^{\mathsf T} - I)`. Its
    mean is 2 E and, by Wick's formula, with :math:`R = 2 \lVert E \rVert_F^2`,

    .. math:: \mathbb E\, r^2 (x_a x_b - \delta_{ab})^2
              = (1 + \delta_{ab}) \big( R + 8 (E^2)_{aa} + 8 (E^2)_{bb} \big)
              + 16 E_{ab}^2 + 8 E_{aa} E_{bb} ,

    .. math:: \mathbb E\, r^2 (x_a^2 - 1)(x_b^2 - 1)
              = 8 E_{aa} E_{bb} + 16 E_{ab}^2 \qquad (a \ne b) .

    So the means of :math:`E_{ab}^2` and of :math:`E_{aa} E_{bb}` determine those of the
    next step: the recursion is closed and exact, for every d, W, batch and step size.

    Parameters
    ----------
    W : array_like of float, shape (d, N)
        The weights, which are not trained.
    B : array_like of float, shape (d, d) or (d,)
    step : float
        The step size, positive.
    batch : int
        At least 1.
    looks : sequence of int
        Numbers of steps, increasing, the first at least 0.
    closure : {"exact", "leading"}
        ``leading`` keeps only :math:`(1 + \delta_{ab}) R`, what is left in high
        dimension:
        :math:`\overline{E_{ab}^2} \leftarrow (1 - 8 \eta (s_a + s_b))^2\,
        \overline{E_{ab}^2} + \frac{16 \eta^2}{b} (s_a + s_b)^2 (1 + \delta_{ab}) R`.

    Returns
    -------
    ndarray of float, shape (len(looks),)
        Mean risks over the draws of x; infinite where the recursion has left the range
        of float64.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    Claim: `noise-recursion`.
    Source: derived in the chapter.

    Examples
    --------
    One step in one dimension, by hand: r = E (x^2 - 1) and
    E' = E (1 - 8 eta s (x^2 - 1)^2).

    >>> eta, s = 0.01, 1.0
    >>> hand = 1 - 2 * 8 * eta * s * 2 + (8 * eta * s) ** 2 * 60
    >>> found = nt_sgd_risk([[1.0]], [3.0], step=eta, batch=1, looks=[0, 1])
    >>> bool(np.allclose(found, [1.0, hand], rtol=1e-14))
    True
    """
    _one_of("closure", closure, CLOSURES)
    B = dense(B)
    step = finite_scalar("step", step, 0, strict=True)
    batch, looks = integer_from("batch", batch, 1), _looks(looks)
    s, E = _in_weight_basis(W, B)
    moments = _Moments(s, step, batch, closure)
    state, done, risks = (E * E, np.outer(E.diagonal(), E.diagonal())), 0, []
    with np.errstate(over="ignore", invalid="ignore"):
        for look in looks:
            for _ in range(look - done):
                state = moments.step(*state)
            done = look
            risks.append(state[0].sum())
    risks = np.array(risks)
    return np.where(np.isfinite(risks), risks, np.inf)


class _Moments:
    r"""The linear map of the means of E_ab^2 (X) and of E_aa E_bb (C) by one step."""

    def __init__(self, s: np.ndarray, step: float, batch: int, closure: str) -> None:
        self.exact = closure == "exact"
        self.same = np.eye(len(s))
        pair = np.add.outer(s, s)
        self.noise = 16 * step**2 / batch * pair**2
        # What a step loses of X: by the mean gradient, whose square is no noise; of C.
        self.loss = 16 * step * pair * (1 - 4 * step * pair)
        self.loss += 4 * self.noise * self.exact
        product = 64 * step**2 * np.outer(s, s)
        self.loss_both = 16 * step * pair - product * (4 + 4 / batch)
        self.mix = 16 * product / batch

    def step(self, X: np.ndarray, C: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return X and C after one more step."""
        total = 2 * X.sum()
        if not self.exact:
            return (1 - self.loss) * X + self.noise * (1 + self.same) * total, C
        row = X.sum(axis=1)
        square = (1 + self.same) * (total + 8 * np.add.outer(row, row))
        after = (1 - self.loss) * X + self.noise * (square + 16 * X + 8 * C)
        both = (1 - self.loss_both) * C + self.mix * X
        np.fill_diagonal(both, after.diagonal())
        return after, both


def nt_noise_gain(s, step: float, batch: int, closure: str = "exact") -> float:
    r"""Factor by which the noise of one-pass descent feeds itself.

    The recursion of `nt_sgd_risk` is stable if and only if the gain is below 1. For the
    leading recursion it is the sum over all ordered pairs of indices

    .. math:: \Sigma = \frac{2 \eta}{b} \sum_{a, a'}
              \frac{(s_a + s_{a'}) (1 + \delta_{a a'})}{1 - 4 \eta (s_a + s_{a'})} ,

    provided that :math:`4 \eta \max (s_a + s_{a'}) < 1`. For the exact one it is the
    spectral radius of a d x d matrix with entries of at least 0: where the row sums of
    the mean of :math:`E_{ab}^2` are given, each pair of indices settles by itself.

    Parameters
    ----------
    s : array_like of float, shape (d,)
        Eigenvalues of S, at least 0, not all 0.
    step : float
        Positive; with the exact closure at most 1 / (16 max s), because beyond it the
        recursion has negative coefficients.
    batch : int
        At least 1.
    closure : {"exact", "leading"}

    Returns
    -------
    float
        Infinite where a pair of indices does not settle by itself.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    Claim: `noise-stability`.

    Examples
    --------
    >>> nt_noise_gain([1.0, 0.0], 0.125, 7, "leading")
    inf

    In one dimension and at batch 1 the mean of E^2 is multiplied by
    1 - 32 eta s + 3840 eta^2 s^2, which is 1 at eta s = 1 / 120:

    >>> round(nt_noise_gain([2.0], 1 / 240, 1), 12)
    1.0
    """
    _one_of("closure", closure, CLOSURES)
    s = _positive_spectrum(s)
    step = finite_scalar("step", step, 0, strict=True)
    batch = integer_from("batch", batch, 1)
    if closure == "exact" and step > (1 + 1e-12) / (16 * s.max()):
        raise ValueError(f"step must be at most 1 / (16 max s), got {step}")
    feedback = _feedback(s, step, batch, closure)
    if feedback is None:
        return np.inf
    return float(np.abs(np.linalg.eigvals(feedback)).max())


def nt_step_limit(s, batch: int, closure: str = "exact") -> float:
    r"""Largest step size with which the mean risk of `nt_sgd_risk` stays bounded.

    Parameters
    ----------
    s : array_like of float, shape (d,)
        Eigenvalues of S, at least 0, not all 0.
    batch : int
        At least 1.
    closure : {"exact", "leading"}

    Returns
    -------
    float
        Where the gain of `nt_noise_gain` is 1. With the exact closure at most
        1 / (16 max s): larger steps are not looked at.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    Claim: `noise-stability`.

    Examples
    --------
    >>> round(120 * nt_step_limit([2.0], 1), 12)
    0.5
    """
    _one_of("closure", closure, CLOSURES)
    s, batch = _positive_spectrum(s), integer_from("batch", batch, 1)
    edge = 1 / ((16 if closure == "exact" else 8) * s.max())

    def excess(share: float) -> float:
        return 1 - 1 / nt_noise_gain(s, share * edge, batch, closure)

    if excess(1.0) < 0:
        return float(edge)
    return float(edge * brentq(excess, 1e-9, 1.0, rtol=1e-12))


def nt_sgd_floor(W, B, *, step: float, batch: int, closure: str = "exact") -> float:
    r"""Mean risk of the tangent model after endlessly many steps of one-pass descent.

    With the leading closure it is the least risk of the tangent model divided by
    :math:`1 - \Sigma`, where Sigma is `nt_noise_gain`.

    Parameters
    ----------
    W, B, step, batch, closure
        See `nt_sgd_risk`.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If an argument is out of range, or the step size is not below `nt_step_limit`.

    Notes
    -----
    Claim: `noise-floor`.

    Examples
    --------
    Where the least risk is 0 no noise is left:

    >>> nt_sgd_floor([[1.0]], [3.0], step=0.001, batch=1)
    0.0
    """
    gain_of = (finite_scalar("step", step), batch, closure)
    B = dense(B)
    s, E = _in_weight_basis(W, B)
    gain = nt_noise_gain(s, *gain_of)
    if gain >= 1:
        raise ValueError(f"step must be below nt_step_limit, got {step}: gain {gain}")
    still = np.add.outer(s, s) == 0
    source = np.sum(E * E * still, axis=1)
    feedback = _feedback(s, *gain_of)
    return float(np.linalg.solve(np.eye(len(s)) - feedback, source).sum())


def nn_sgd_floor(B, N: int, *, step: float, batch: int) -> float:
    r"""Risk at which one-pass descent of the network settles, to first order in eta.

    .. math:: \mathcal R_\infty \approx \frac{\mathcal R_*}{1 - \Sigma}, \qquad
              \Sigma = \frac{4 \eta (d + 5)}{b} \sum_{i \le N} \lambda_i(B),

    with the least risk R_* and centred features. Near the limit the excess risk is
    :math:`2 \sum_{i, k \le N} (M - M_*)_{ik}^2 + 4 \sum_{i \le N < j} (1 - \lambda_j /
    \lambda_i) M_{ji}^2`. An entry of the first kind decays at the rate
    :math:`8 (\lambda_i + \lambda_k)` and gets noise through
    :math:`4 \eta (\lambda_i + \lambda_k) \hat G_{ik}`, one of the second kind decays at
    :math:`8 (\lambda_i - \lambda_j)` and gets :math:`4 \eta \lambda_i \hat G_{ji}`; the
    variances of :math:`\hat G` are those of `nt_sgd_risk` with E = B - M_*. All
    differences of eigenvalues cancel.

    Parameters
    ----------
    B : array_like of float, shape (d, d) or (d,)
        Positive semidefinite.
    N : int
        Number of neurons, at least 1.
    step : float
        Positive.
    batch : int
        At least 1.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If an argument is out of range, an eigenvalue is negative, or Sigma >= 1.

    Notes
    -----
    Source: derived in the chapter. It is a linearisation: terms of order eta^2 are
    dropped.

    Examples
    --------
    Where the least risk is 0 no noise is left:

    >>> nn_sgd_floor([2.0, 1.0], 2, step=0.001, batch=1)
    0.0
    """
    step = finite_scalar("step", step, 0, strict=True)
    batch, N = integer_from("batch", batch, 1), integer_from("N", N, 1)
    values = positive_eigenvalues(B)
    gain = float(4 * step * (len(values) + 5) / batch * values[:N].sum())
    if gain >= 1:
        raise ValueError(f"step must make Sigma < 1, got {step}: Sigma {gain}")
    return float(np.sum(values[N:] ** 2) / np.sum(values**2) / (1 - gain))


def _feedback(s: np.ndarray, step: float, batch: int, closure: str):
    """Matrix K with u -> K u + source for the row sums u of X; None if not settling."""
    moments = _Moments(s, step, batch, closure)
    left = moments.loss
    if moments.exact:
        # Each pair settles at C = mix X / loss_both; on the diagonal C is X.
        coupled = (moments.mix > 0) & ~np.eye(len(s), dtype=bool)
        if (moments.loss_both[coupled] <= 0).any():
            return None
        both = np.eye(len(s))
        both[coupled] = moments.mix[coupled] / moments.loss_both[coupled]
        left = left - moments.noise * (16 + 8 * both)
    moving = np.add.outer(s, s) > 0
    if (left[moving] <= 0).any():
        return None
    with np.errstate(invalid="ignore"):
        share = np.where(moving, moments.noise * (1 + moments.same) / left, 0)
    rows = share.sum(axis=1)
    feedback = np.repeat(2 * rows[:, None], len(s), axis=1)
    if moments.exact:
        feedback += 8 * (np.diag(rows) + share)
    return feedback


def _in_weight_basis(W, B: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues of S, and B in its eigenbasis, of Frobenius norm 1."""
    s, Q = weight_spectrum(columns("W", W, len(B)))
    return s, Q.T @ B @ Q / np.sqrt(square_norm(B))


# --- checks ---------------------------------------------------------------------------


def _one_of(name: str, value: str, choices) -> None:
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(choices)}, got {value!r}")


def _seeds(seeds) -> tuple[int, ...]:
    seeds = tuple(integer_from("seed", seed, 0) for seed in seeds)
    if not seeds or len(set(seeds)) < len(seeds):
        raise ValueError(f"seeds must be one or more, all different, got {seeds}")
    return seeds


def _looks(looks) -> np.ndarray:
    looks = np.array([integer_from("look", look, 0) for look in looks])
    if not looks.size or (np.diff(looks) <= 0).any():
        raise ValueError(f"looks must be increasing, at least one, got {looks}")
    return looks


def _positive_spectrum(s) -> np.ndarray:
    s = finite_array("s", s, 0)
    if s.ndim != 1 or not s.any():
        raise ValueError(f"s must be eigenvalues, not all 0, got {s}")
    return s


def _tensor(values, place, dtype) -> torch.Tensor:
    import torch

    return torch.as_tensor(values).to(place, dtype)
