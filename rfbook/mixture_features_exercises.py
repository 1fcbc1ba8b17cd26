"""The exercises of the chapter on two classes that `rfbook.exercises.check` judges.

Importing the module registers them. Each judge computes in another way than the
solution that the chapter gives.
"""

from __future__ import annotations

import numpy as np

from rfbook.exercises import Exercise, Function, Mistake, register
from rfbook.mixture_gap import rf_risk


def span_risk(matrices, Delta) -> float:
    r"""Return the least risk of :math:`c + \sum_k s_k \langle x, A_k x \rangle`.

    By least squares on a grid that integrates every polynomial of degree 4 exactly:
    the points of a Gauss-Hermite rule in each coordinate, moved to both classes.

    Parameters
    ----------
    matrices : sequence of array_like of float, shape (d, d)
        Symmetric and linearly independent.
    Delta : array_like of float, shape (d, d)

    Returns
    -------
    float

    Examples
    --------
    All matrices in one dimension, with 1/2 lambda^2 / (1 + lambda^2) captured:

    >>> round(span_risk([[[2.0]]], [[0.5]]) * (1 + 0.5 * 0.25 / 1.25), 12)
    1.0
    """
    Delta = np.asarray(Delta, dtype=float)
    nodes, weights = np.polynomial.hermite_e.hermegauss(3)
    weights = weights / weights.sum()
    d = len(Delta)
    grid = np.stack(np.meshgrid(*[nodes] * d, indexing="ij")).reshape(d, -1)
    mass = np.prod(np.meshgrid(*[weights] * d, indexing="ij"), axis=0).ravel()
    rows, labels = [], []
    for y in (1.0, -1.0):
        x = np.linalg.cholesky(np.eye(d) - y * Delta) @ grid
        forms = [np.einsum("ai,ab,bi->i", x, A, x) for A in np.asarray(matrices)]
        rows.append(np.stack([np.ones_like(mass), *forms], axis=1))
        labels.append(np.full(len(mass), y))
    root = np.sqrt(np.concatenate([mass, mass]) / 2)
    design = np.concatenate(rows) * root[:, None]
    label = np.concatenate(labels) * root
    fit = np.linalg.lstsq(design, label, rcond=None)[0]
    return float(np.sum((label - design @ fit) ** 2))


def plain_noise(matrices, Delta) -> float:
    r"""Return the risk with the noise 2 Tr(A_j A_k) of Delta = 0, a usual mistake.

    Examples
    --------
    >>> plain_noise([[[1.0]]], [[0.5]]) * (1 + 0.5**2 / 2)
    1.0
    """
    A, Delta = np.asarray(matrices, float), np.asarray(Delta, float)
    Q = 2 * np.einsum("iab,jab->ij", A, A)
    b = np.einsum("iab,ab->i", A, Delta)
    return float(1 / (1 + b @ np.linalg.solve(Q, b)))


def linearised(risk: float) -> float:
    """Return 1 - s for the risk 1 / (1 + s), a usual mistake.

    Examples
    --------
    >>> linearised(0.8)
    0.75
    """
    return 2 - 1 / risk


_NOT_LINEAR = "That is one minus what is captured; the risk is a quotient."


def cosine_risk(W, lam) -> float:
    r"""Return the risk of cosine features with a constant, by quadrature.

    Parameters
    ----------
    W : array_like of float, shape (d, N)
        The neurons, as columns.
    lam : array_like of float, shape (d,)
        The diagonal of Delta, between -1 and 1.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If an argument is refused.

    Examples
    --------
    Classes without a difference:

    >>> cosine_risk([[1.0]], [0.0])
    1.0
    """
    return rf_risk(W, lam, np.cos, offset=True)


_PLANE = ([[0.5, 0.25], [0.25, -0.25]], [[0.75, 0.0], [0.0, 0.5]])
_SPACE = ([[0.5, 0.0, 0.25], [0.0, -0.5, 0.0], [0.25, 0.0, 0.125]],)

register(
    Exercise(
        "ex-mixture-span",
        "function",
        "The least risk over the span of given matrices and the constants.",
        Function(
            span_risk,
            [
                ([[[1.0]]], [[0.5]]),
                ([[[1.0, 0.0], [0.0, 0.0]]], _PLANE[0]),
                ([[[1.0, 0.5], [0.5, 0.0]], [[0.0, 1.0], [1.0, 1.0]]], _PLANE[0]),
                ([[[1.0, 0.5], [0.5, 0.0]], [[0.0, 1.0], [1.0, 1.0]]], _PLANE[1]),
                (
                    [np.diag([1.0, 2.0, 3.0]).tolist(), np.ones((3, 3)).tolist()],
                    _SPACE[0],
                ),
            ],
            mistakes=[
                Mistake(
                    plain_noise,
                    "The noise of the two classes is not that of Delta = 0.",
                ),
                Mistake(
                    lambda matrices, Delta: linearised(span_risk(matrices, Delta)),
                    _NOT_LINEAR,
                ),
            ],
            hint="Signal and noise of a combination: one linear, one quadratic in s.",
        ),
    )
)
register(
    Exercise(
        "ex-mixture-rf-cosine",
        "function",
        "The exact risk of cosine features with a constant, for a diagonal Delta.",
        Function(
            cosine_risk,
            [
                ([[1.0]], [0.5]),
                ([[0.5, 1.0]], [-0.3]),
                ([[1.0, 0.5], [0.5, -0.5]], [0.6, -0.2]),
                (
                    [[0.5, -1.0, 0.75], [0.0, 0.5, 1.0], [1.0, 0.25, -0.5]],
                    [0.7, 0.1, -0.4],
                ),
            ],
            mistakes=[
                Mistake(
                    lambda W, lam: rf_risk(W, lam, np.cos),
                    "The free constant is missing.",
                ),
                Mistake(lambda W, lam: linearised(cosine_risk(W, lam)), _NOT_LINEAR),
            ],
            hint="A product of cosines is half a sum; the mean of a cosine is known.",
        ),
    )
)
