r"""One-pass stochastic gradient descent on a quadratic target, and its noise.

`descend` trains the models of `rfbook.descent` on the target. For the tangent model the
mean of the risk over the draws obeys an exact recursion, `nt_sgd_risk`; for the network
`nn_sgd_floor` says where it settles, to first order in the step size.

Torch is imported by the functions that need it, not by this module. The chapter is
``book/quadratic-flow.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq

from rfbook import descent
from rfbook.descent import Descent, increasing, one_of
from rfbook.matrices import (
    columns,
    dense,
    in_range,
    positive_eigenvalues,
    square_norm,
    symmetric,
)
from rfbook.quadratic_gap.flow import weight_spectrum
from rfbook.ranges import finite_answers, finite_array, finite_scalar, integer_from

if TYPE_CHECKING:
    import torch

CLOSURES = ("exact", "leading")

_LARGEST_STEP = 1e50
"""Its powers up to the fourth, in the first step, stay in range."""


# --- training -------------------------------------------------------------------------


class QuadraticTarget:
    r"""The problem :math:`y = \langle x, B x \rangle - \operatorname{Tr} B`, x normal.

    Parameters
    ----------
    B : array_like of float, shape (d, d) or (d,)
        Symmetric, not 0.

    Raises
    ------
    ValueError
        See `rfbook.matrices.symmetric`.

    Examples
    --------
    >>> import torch
    >>> target = QuadraticTarget([2.0, 1.0])
    >>> target.risk(torch.zeros(1, 2, 2), torch.zeros(1)).tolist()
    [1.0]
    """

    def __init__(self, B) -> None:
        self.B = symmetric(B)
        self.d, self.size = len(self.B), 2 * square_norm(self.B)

    def examples(self, streams, count):
        """Draw normal points and their labels; see `rfbook.descent.Problem`."""
        import torch

        B = torch.as_tensor(self.B)
        x = torch.stack(
            [torch.randn(count, self.d, generator=g, dtype=B.dtype) for g in streams]
        )
        if B.ndim == 1:
            return x, (x.square() - 1) @ B
        return x, (x @ B * x).sum(2) - B.trace()

    def risk(self, M: torch.Tensor, mean: torch.Tensor) -> torch.Tensor:
        """Return exact risks; see `rfbook.descent.Problem`."""
        import torch

        B = torch.as_tensor(dense(self.B)).to(M)
        error = 2 * (B - M).square().sum((1, 2)) + mean.square()
        return error / (2 * B.square().sum())


def descend(model: str, B, N: int | None = None, **options) -> Descent:
    r"""Train models of `rfbook.descent.descend` on a quadratic target.

    Parameters
    ----------
    model : {"NT", "NN"}
    B : array_like of float, shape (d, d) or (d,)
        The target is :math:`\langle x, B x \rangle - \operatorname{Tr} B`.
    N : int, optional
        Number of neurons.
    **options
        ``seeds``, ``looks``, ``step`` and ``batch``, and whatever else
        `rfbook.descent.descend` takes.

    Returns
    -------
    rfbook.descent.Descent

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
    return descent.descend(model, QuadraticTarget(B), N, **options)


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
    >>> bool(np.allclose(found, [1.0, hand], rtol=1e-14, atol=0))
    True
    """
    one_of("closure", closure, CLOSURES)
    B = dense(in_range(B))
    step = finite_scalar("step", step, 0, strict=True)
    batch, looks = integer_from("batch", batch, 1), increasing(looks)
    s, E = _in_weight_basis(W, B)
    if step * s.max() > _LARGEST_STEP:
        raise ValueError(
            f"step times the square of W must be at most {_LARGEST_STEP}, got {step}"
        )
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
    one_of("closure", closure, CLOSURES)
    s = _positive_spectrum(s)
    step = finite_scalar("step", step, 0, strict=True)
    batch = integer_from("batch", batch, 1)
    if closure == "exact" and step > (1 + 1e-12) / (16 * s.max()):
        raise ValueError(f"step must be at most 1 / (16 max s), got {step}")
    feedback = _feedback(s, step, batch, closure)
    if feedback is None:
        return np.inf
    return float(np.abs(np.linalg.eigvals(feedback)).max())


@finite_answers
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
    one_of("closure", closure, CLOSURES)
    s, batch = _positive_spectrum(s), integer_from("batch", batch, 1)
    edge = 1 / ((16 if closure == "exact" else 8) * s.max())

    def excess(share: float) -> float:
        return 1 - 1 / nt_noise_gain(s, share * edge, batch, closure)

    if excess(1.0) < 0:
        return float(edge)
    return float(edge * brentq(excess, 1e-9, 1.0, rtol=1e-12))


@finite_answers
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


@finite_answers
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


@finite_answers
def _in_weight_basis(W, B: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues of S, and B in its eigenbasis, of Frobenius norm 1."""
    s, Q = weight_spectrum(columns("W", W, len(B)))
    return s, Q.T @ B @ Q / np.sqrt(square_norm(B))


def _positive_spectrum(s) -> np.ndarray:
    s = finite_array("s", s, 0)
    if s.ndim != 1 or not s.any():
        raise ValueError(f"s must be eigenvalues, not all 0, got {s}")
    return s
