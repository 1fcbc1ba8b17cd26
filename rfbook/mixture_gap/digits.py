r"""Two groups of handwritten digits that differ in their covariances only.

The theory of the mixture knows two covariances and no more. Real images have them too,
and are not Gaussian: the experiment fits the covariances on one half of the images,
predicts risks and errors as if they were Gaussian, and measures them on the other half.
A Gaussian twin with the same covariances shows how much of a difference is only the
error of covariances that were estimated.

The chapter is ``book/bayes-floor.md``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rfbook.mixture_gap.bayes import bayes_risk, posterior_mean
from rfbook.mixture_gap.errors import bayes_error, classification_error
from rfbook.mixture_gap.mixture import snr
from rfbook.mixture_gap.network import best_network, nn_risk
from rfbook.ranges import (
    finite_answers,
    finite_array,
    flag,
    generator_from,
    integer_from,
)

EVEN, ODD = (0, 2, 4, 6, 8), (1, 3, 5, 7, 9)
PROJECTIONS = ("principal", "random")
MAX_DIMENSION = 32
"""Beyond it the covariance of a half of one digit, about 89 images, is too noisy."""

_RESAMPLES = 200


@dataclass(frozen=True)
class DigitsExperiment:
    """What the Gaussian theory predicts of held-out digits, and what is measured.

    Parameters
    ----------
    models : tuple of str
        The best networks of some widths, and the likelihood ratio of two Gaussians.
    predicted_risk, measured_risk, risk_error : ndarray of float
        One number for each model: means over the splits; the standard error is of the
        measured one, from a bootstrap over the images.
    predicted_error, measured_error, error_error : ndarray of float
        The same for the classification error.
    snr : float
        Mean over the splits.
    spread : float
        Variance of the prediction of the widest network within a class, held out, over
        that of Gaussian data with the fitted covariances. It is what the risk of a
        quadratic predictor knows of the data beyond their covariances.
    """

    models: tuple[str, ...]
    predicted_risk: np.ndarray
    measured_risk: np.ndarray
    risk_error: np.ndarray
    predicted_error: np.ndarray
    measured_error: np.ndarray
    error_error: np.ndarray
    snr: float
    spread: float


@finite_answers
def fit_classes(first, second) -> tuple[np.ndarray, np.ndarray]:
    r"""Whiten the mean of two covariances, and make their difference diagonal.

    With the covariances :math:`C_\pm` of the two samples, :math:`\Sigma = (C_+ + C_-) /
    2` and the orthonormal eigenvectors Q of :math:`\Sigma^{-1/2} \frac{C_- - C_+}{2}
    \Sigma^{-1/2}`,

    .. math:: A = \Sigma^{-1/2} Q, \qquad A^{\mathsf T} C_\pm A = I \mp \Delta .

    Parameters
    ----------
    first, second : ndarray of float, shape (n, d)
        Centred samples of the classes y = +1 and y = -1, the rows.

    Returns
    -------
    A : ndarray of float, shape (d, d)
    Delta : ndarray of float, shape (d,)
        The diagonal, in increasing order.

    Raises
    ------
    ValueError
        If a sample does not span the space.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> first, second = rng.standard_normal((2, 50, 3)) * [[[1.0]], [[2.0]]]
    >>> A, Delta = fit_classes(first, second)
    >>> white = first @ A
    >>> bool(np.allclose(white.T @ white / 50, np.diag(1 - Delta)))
    True
    """
    first, second = finite_array("first", first), finite_array("second", second)
    if first.ndim != 2 or not first.size or first.shape[1:] != second.shape[1:]:
        raise ValueError(
            "first and second must have shapes (n, d) and (m, d), got "
            f"{first.shape} and {second.shape}"
        )
    plus, minus = (x.T @ x / len(x) for x in (first, second))
    for name, C in (("first", plus), ("second", minus)):
        values = np.linalg.eigvalsh(C)
        if values[0] <= 1e-12 * values[-1]:
            raise ValueError(
                f"the {name} sample must span the space, got a covariance with the "
                f"eigenvalue {values[0]:.1e}"
            )
    values, basis = np.linalg.eigh((plus + minus) / 2)
    root = basis / np.sqrt(values)
    Delta, turn = np.linalg.eigh(root.T @ (minus - plus) @ root / 2)
    return root @ turn, Delta


def digits_experiment(
    first=EVEN,
    second=ODD,
    dimension: int = 8,
    projection: str = "principal",
    *,
    widths=(1, 2, 8),
    splits: int = 20,
    twin: bool = False,
    seed=0,
) -> DigitsExperiment:
    r"""Predict risks on digits by Gaussian theory, and measure them held out.

    For each split: halve the images of each group at random, project them, subtract the
    means of the first halves, fit the covariances there (see `fit_classes`); then
    predict from Delta alone, and measure on the second halves.

    Parameters
    ----------
    first, second : tuple of int
        The digits with y = +1 and with y = -1; none in both.
    dimension : int
        Of the projection, 1 to 32.
    projection : {"principal", "random"}
        Onto the principal components of the first halves, or by a Gaussian matrix.
    widths : tuple of int
        Widths of the networks.
    splits : int
        At least 2.
    twin : bool
        Whether to put Gaussian data in the place of the images: as many points, with
        the covariances of the two groups.
    seed : int or numpy.random.Generator

    Returns
    -------
    DigitsExperiment

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    The images are the 1797 of scikit-learn, of 8 x 8 pixels. The means are taken away
    with knowledge of the held-out labels: the experiment is about covariances.

    Examples
    --------
    >>> found = digits_experiment(splits=2)
    >>> found.models
    ('N = 1', 'N = 2', 'N = 8', 'likelihood ratio')
    """
    dimension = integer_from("dimension", dimension, 1)
    if dimension > MAX_DIMENSION:
        raise ValueError(f"dimension must be at most {MAX_DIMENSION}, got {dimension}")
    if projection not in PROJECTIONS:
        raise ValueError(f"projection must be one of {PROJECTIONS}, got {projection!r}")
    widths = tuple(integer_from("widths", N, 1) for N in widths)
    splits = integer_from("splits", splits, 2)
    rng = generator_from(seed)
    classes = _groups(first, second)
    if flag("twin", twin):
        classes = [_twin(x, rng) for x in classes]
    losses = [np.zeros((2, len(widths) + 1, len(x))) for x in classes]
    counts = [np.zeros(len(x)) for x in classes]
    predicted, extras = [], []
    for _ in range(splits):
        orders = [rng.permutation(len(x)) for x in classes]
        train, held = zip(*(np.split(o, [len(o) // 2]) for o in orders), strict=True)
        halves = [x[chosen] for x, chosen in zip(classes, train, strict=True)]
        A, means, Delta = _fit(halves, dimension, projection, rng)
        points = [(x[h] - m) @ A for x, h, m in zip(classes, held, means, strict=True)]
        predicted.append(_predicted(Delta, widths))
        extras.append((snr(Delta), _spread(points, Delta)))
        for k, y in enumerate((1, -1)):
            losses[k][:, :, held[k]] += _losses(points[k].T, y, Delta, widths)
            counts[k][held[k]] += 1
    risk, error = np.stack([np.mean(predicted, 0), *_bootstrap(losses, counts, rng)], 1)
    models = (*(f"N = {N}" for N in widths), "likelihood ratio")
    return DigitsExperiment(models, *risk, *error, *map(float, np.mean(extras, axis=0)))


def _groups(first, second) -> list[np.ndarray]:
    """Return the images of the two groups of digits, as rows, centred."""
    from sklearn.datasets import load_digits

    first, second = ({*group} for group in (first, second))
    known = set(range(10))
    if not (first and second and first <= known and second <= known - first):
        raise ValueError(
            f"two disjoint groups of digits 0 to 9 are needed, got {sorted(first)} "
            f"and {sorted(second)}"
        )
    images, digits = load_digits(return_X_y=True)
    found = [images[np.isin(digits, list(group))] for group in (first, second)]
    return [x - x.mean(axis=0) for x in found]


def _twin(x, rng) -> np.ndarray:
    """Draw as many Gaussian points with the covariance of the rows."""
    values, basis = np.linalg.eigh(x.T @ x / len(x))
    z = rng.standard_normal(x.shape)
    return (z * np.sqrt(np.maximum(values, 0))) @ basis.T


def _fit(train, dimension, projection, rng):
    """Return the map to the whitened space, the means before it, and Delta."""
    means = [x.mean(axis=0) for x in train]
    centred = [x - m for x, m in zip(train, means, strict=True)]
    pixels = centred[0].shape[1]
    if projection == "random":
        P = rng.standard_normal((pixels, dimension))
    else:
        pooled = sum(x.T @ x / len(x) for x in centred)
        P = np.linalg.eigh(pooled)[1][:, -dimension:]
    A, Delta = fit_classes(*(x @ P for x in centred))
    return P @ A, means, Delta


def _predicted(Delta, widths) -> np.ndarray:
    """Return the risks and the errors of Gaussian data with this Delta."""
    risks = [nn_risk(Delta, N) for N in widths] + [bayes_risk(Delta)]
    errors = [classification_error(*best_network(Delta, N), Delta) for N in widths]
    return np.array([risks, [*errors, bayes_error(Delta)]])


def _losses(x, y, Delta, widths) -> np.ndarray:
    """Return the squared errors and the mistakes of all models at the columns of x."""
    networks = [best_network(Delta, N) for N in widths]
    rows = [M @ x**2 + c for M, c in networks]
    outputs = np.array([*rows, posterior_mean(x, Delta)])
    return np.array([(y - outputs) ** 2, y * outputs <= 0])


def _spread(points, Delta) -> float:
    """Return the variance of the widest network's prediction over the Gaussian one."""
    M, _ = best_network(Delta, len(Delta))
    ratios = [
        np.var(x**2 @ M) / (2 * np.sum((M * (1 - y * Delta)) ** 2))
        for x, y in zip(points, (1, -1), strict=True)
    ]
    return np.mean(ratios)


def _bootstrap(losses, counts, rng) -> tuple[np.ndarray, np.ndarray]:
    """Average losses over images, and find the standard errors by drawing images."""
    kept = [count > 0 for count in counts]
    means = [s[:, :, k] / c[k] for s, k, c in zip(losses, kept, counts, strict=True)]

    def balanced(draw):
        return sum(x[:, :, draw(x.shape[2])].mean(axis=2) for x in means) / 2

    repeated = [balanced(lambda n: rng.integers(n, size=n)) for _ in range(_RESAMPLES)]
    return balanced(np.arange), np.std(repeated, axis=0, ddof=1)
