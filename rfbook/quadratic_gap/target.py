r"""The quadratic target: its matrix, its norm, and the spectra that the chapter uses.

The target is :math:`f_*(x) = \langle x, B x\rangle - \operatorname{Tr} B` for
x ~ N(0, I_d) and a symmetric matrix B, not 0. Its mean is 0 and its mean square
:math:`\lVert f_* \rVert^2 = 2 \lVert B \rVert_F^2`, by which every risk of this room is
divided: the trivial predictor 0 has risk 1. B is a symmetric d x d matrix, or a vector,
which stands for the diagonal matrix with these entries.

The chapters are ``book/quadratic-features.md`` and ``book/quadratic-gap.md``.
"""

from __future__ import annotations

import numpy as np

from rfbook.matrices import dense, square_norm, symmetric, trace
from rfbook.ranges import (
    finite_answers,
    finite_array,
    finite_scalar,
    generator_from,
    integer_from,
)

SPECTRA = ("identity", "exponential", "rank", "power")


@finite_answers
def mean_square(A, a: float = 0.0) -> float:
    r"""Mean square of a quadratic function, by Wick's formula.

    .. math:: E \big( \langle x, A x \rangle + a \big)^2
              = 2 \lVert A \rVert_F^2 + (\operatorname{Tr} A + a)^2

    Claim: `quadratic-risk`.

    Parameters
    ----------
    A : array_like of float, shape (d, d) or (d,)
        Symmetric, not 0.
    a : float
        The constant.

    Raises
    ------
    ValueError
        See `symmetric`; and if `a` is not finite.

    Examples
    --------
    E g^4 = 3:

    >>> mean_square([1.0])
    3.0
    """
    return 2 * square_norm(A) + (trace(A) + finite_scalar("a", a)) ** 2


@finite_answers
def risk(M, c: float, B) -> float:
    r"""Risk of the quadratic function :math:`\langle x, M x \rangle + c`.

    .. math:: \mathcal R = \frac{2 \lVert B - M \rVert_F^2
              + (c + \operatorname{Tr} M)^2}{2 \lVert B \rVert_F^2}

    Claim: `quadratic-risk`.

    Parameters
    ----------
    M : array_like of float, shape (d, d)
        Symmetric; may be 0.
    c : float
    B : array_like of float, shape (d, d) or (d,)

    Returns
    -------
    float
        At least 0; 0 for M = B and c = - Tr B.

    Raises
    ------
    ValueError
        See `symmetric`; and if the shapes of M and B do not fit.

    Examples
    --------
    >>> risk([[0, 0], [0, 0]], 0.0, [2, 1]), risk([[2, 0], [0, 1]], -3.0, [2, 1])
    (1.0, 0.0)
    """
    B = dense(B)
    M = finite_array("M", M)
    if M.shape != B.shape:
        raise ValueError(f"M must have shape {B.shape}, got {M.shape}")
    if M.any():
        M = symmetric(M, "M")
    gap = finite_scalar("c", c) + np.trace(M)
    return float((2 * np.sum((B - M) ** 2) + gap**2) / (2 * np.sum(B * B)))


@finite_answers
def exponential_target(d: int, seed) -> np.ndarray:
    """Draw the diagonal of the target of Figure 1: independent, exponential, mean 1.

    Parameters
    ----------
    d : int
        Dimension, at least 1.
    seed : int or numpy.random.Generator

    Returns
    -------
    ndarray of float, shape (d,)
        In the order of the draws, not sorted.

    Raises
    ------
    ValueError
        If d is out of range.

    Notes
    -----
    Source: Ghorbani et al., NeurIPS 2019, Section 4.

    Examples
    --------
    >>> b = exponential_target(4, seed=0)
    >>> b.shape, bool((b > 0).all())
    ((4,), True)
    """
    d = integer_from("d", d, 1)
    return generator_from(seed).standard_exponential(d)


@finite_answers
def spectrum(kind: str, d: int, parameter: float = 1.0) -> np.ndarray:
    r"""Eigenvalues of a model target, largest first, without chance.

    ``identity``
        all 1;
    ``exponential``
        the quantiles :math:`\ln \frac{d}{i - 1/2}` of the exponential law;
    ``rank``
        1 for the first `parameter` d of them (rounded up), 0 for the others;
    ``power``
        :math:`i^{-a}` with the exponent a = `parameter`.

    Parameters
    ----------
    kind : {"identity", "exponential", "rank", "power"}
    d : int
        Dimension, at least 1.
    parameter : float
        For ``rank`` in (0, 1], for ``power`` at least 0; not read by the others.

    Returns
    -------
    ndarray of float, shape (d,)

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> spectrum("rank", 4, 0.5), spectrum("power", 2, 1)
    (array([1., 1., 0., 0.]), array([1. , 0.5]))
    """
    if kind not in SPECTRA:
        raise ValueError(f"kind must be one of {', '.join(SPECTRA)}, got {kind!r}")
    i = np.arange(1, integer_from("d", d, 1) + 1)
    a = finite_scalar("parameter", parameter, 0, strict=kind == "rank")
    if kind == "rank":
        if a > 1:
            raise ValueError(f"parameter must lie in (0, 1], got {a}")
        return (i <= np.ceil(a * d)).astype(float)
    if kind == "exponential":
        return np.log(d / (i - 0.5))
    return np.ones(d) if kind == "identity" else i**-a
