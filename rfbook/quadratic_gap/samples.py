r"""What the tangent model needs to see: the least-norm interpolant of n samples.

Given n noiseless samples of :math:`f_*(x) = \langle x, B x \rangle - \operatorname{Tr}
B`, the tangent model with centred features, trained to the end from 0, is the
interpolant with the least norm of what is trained. With many more neurons than
dimensions S is nearly a multiple of I, and then M is the projection of B onto the span
of the matrices :math:`x_j x_j^{\mathsf T} - I`. These are n of the d (d + 1) / 2
dimensions of the symmetric matrices: about d^2 / 2 samples are needed.

The chapter is ``book/quadratic-flow.md``.
"""

from __future__ import annotations

import numpy as np

from rfbook.matrices import dense, square_norm, symmetric, trace_ratio
from rfbook.ranges import finite_answers, finite_scalar, generator_from, integer_from

_RANK = 1e-11
"""Eigenvalues of a kernel matrix below this share of the largest count as 0."""


@finite_answers
def min_norm_risk(B, n: int, *, seed, S=None) -> float:
    r"""Risk of the least-norm interpolant of n samples, by simulation.

    Among the directions v_i with :math:`f(x_j) = f_*(x_j)`, j = 1, ..., n, those with
    the least :math:`\sum_i \lVert v_i \rVert^2`, found through the kernel matrix

    .. math:: K_{jk} = \operatorname{Tr} \Phi_j \Phi_k S, \qquad
              \Phi_j = x_j x_j^{\mathsf T} - I, \quad S = W W^{\mathsf T} .

    Parameters
    ----------
    B : array_like of float, shape (d, d) or (d,)
    n : int
        Number of samples, at least 1.
    seed : int or numpy.random.Generator
        Of the samples.
    S : array_like of float, shape (d, d) or (d,), optional
        Positive semidefinite; I by default, the limit of many neurons up to a factor,
        which does not matter.

    Returns
    -------
    float
        The exact risk of the one interpolant found.

    Raises
    ------
    ValueError
        If an argument is out of range, or S is not symmetric of the size of B.

    Notes
    -----
    Claim: `nt-interpolant`.

    Examples
    --------
    From d (d + 1) / 2 samples on nothing is left:

    >>> min_norm_risk([3.0, 2.0, 1.0], 6, seed=0) < 1e-12
    True
    """
    B, n = dense(B), integer_from("n", n, 1)
    d = len(B)
    S = np.eye(d) if S is None else dense(S)
    if S.shape != B.shape:
        raise ValueError(f"S must have shape {B.shape}, got {S.shape}")
    x = generator_from(seed).standard_normal((n, d))
    y = np.einsum("ja,ab,jb->j", x, B, x, optimize=True) - np.trace(B)
    xS = x @ S
    own = np.einsum("ja,ja->j", x, xS)
    K = (x @ x.T) * (xS @ x.T) - np.add.outer(own, own) + np.trace(S)
    weights = _least_norm(K, y)
    # sum_j a_j Phi_j, and M = (that) S + S (that), halved as K was.
    Phi = (x.T * weights) @ x - weights.sum() * np.eye(d)
    M = (Phi @ S + S @ Phi) / 2
    return float(np.sum((B - M) ** 2) / square_norm(B))


def _least_norm(K: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Solution of K a = y on the range of the positive semidefinite matrix K."""
    values, basis = np.linalg.eigh((K + K.T) / 2)
    kept = values > _RANK * values[-1]
    return basis[:, kept] @ ((basis[:, kept].T @ y) / values[kept])


@finite_answers
def sample_share(d: int, n: int, *, draws: int, seed) -> tuple[float, float]:
    r"""Share alpha of the direction I that n samples span, on average, by simulation.

    .. math:: \alpha(n, d) = 1 - \mathbb E\, \mathcal R_{B = I}

    for the projection onto n independent matrices :math:`x x^{\mathsf T} - I`.

    Parameters
    ----------
    d, n : int
        At least 1.
    draws : int
        At least 2.
    seed : int or numpy.random.Generator

    Returns
    -------
    share, error : float
        Mean and standard error.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    In two dimensions three samples span every direction:

    >>> round(sample_share(2, 3, draws=2, seed=0)[0], 9)
    1.0
    """
    d, draws = integer_from("d", d, 1), integer_from("draws", draws, 2)
    rng = generator_from(seed)
    risks = np.array([min_norm_risk(np.ones(d), n, seed=rng) for _ in range(draws)])
    return float(1 - risks.mean()), float(risks.std(ddof=1) / np.sqrt(draws))


def min_norm_mean(B, n: int, share: float) -> float:
    r"""Mean risk of the least-norm interpolant of n samples, for S = I.

    .. math:: \mathbb E\, \mathcal R = \chi (1 - \alpha) + (1 - \chi) \Big( 1 -
              \frac{n - \alpha}{p} \Big), \qquad p = \frac{d (d + 1)}{2} - 1 ,

    by Schur's lemma: the law of the span is invariant under rotations, the symmetric
    matrices are the sum of two irreducible parts, and the projection has the trace n.

    Parameters
    ----------
    B : array_like of float, shape (d, d) or (d,)
    n : int
        Number of samples, 1 to p + 1.
    share : float
        The number alpha = alpha(n, d) in [0, 1]; `sample_share` estimates it.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    Claim: `nt-samples`.

    Examples
    --------
    A target without trace loses a share of about n / p:

    >>> bool(np.isclose(min_norm_mean([1.0, -1.0], 1, 0.0), 1 - 1 / 2))
    True
    """
    B, n = symmetric(B), integer_from("n", n, 1)
    share, d = finite_scalar("share", share, 0), len(B)
    full = d * (d + 1) // 2
    if n > full:
        raise ValueError(f"n must be at most d (d + 1) / 2 = {full}, got {n}")
    if share > 1:
        raise ValueError(f"share must be at most 1, got {share}")
    chi = trace_ratio(B)
    traceless = 1 - (n - share) / (full - 1) if full > 1 else 0.0
    return chi * (1 - share) + (1 - chi) * traceless
