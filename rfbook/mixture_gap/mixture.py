r"""The mixture of two Gaussians: its covariances, samples, and quadratic predictors.

The label is y = +1 or -1 with probability 1/2 each, and given y the point x is Gaussian
with mean 0 and covariance :math:`I - y \Delta`. Delta is a symmetric matrix with
eigenvalues :math:`\lvert \lambda_i(\Delta) \rvert < 1`, or a vector, which stands for
the diagonal matrix with these entries; the matrix 0 is allowed. A common covariance
Sigma of the two classes is brought to I by `whiten`. As :math:`\mathbb E\, y^2 = 1`,
mean squared errors need no division: the trivial predictor 0 has risk 1.

The chapter is ``book/mixture-features.md``.
"""

from __future__ import annotations

import numpy as np

from rfbook.matrices import columns, inner, symmetric
from rfbook.ranges import (
    finite_answers,
    finite_array,
    finite_scalar,
    generator_from,
    integer_from,
    no_lost_square,
)

DIFFERENCES = ("flat", "balanced", "figure", "spike", "rank", "power")

FIGURE_VALUES = (1.0, 1.5, 2.0)
"""The eigenvalues of Figure 2, times the square root of d."""

_DEFAULTS = {"rank": 0.1, "power": 0.5}
"""The parameter of `difference_spectrum` for the kinds that have one."""


# --- the model ------------------------------------------------------------------------


def difference(Delta, name: str = "Delta") -> np.ndarray:
    r"""Check half the difference of the two covariances; a vector stays a vector.

    The classes have the covariances :math:`I - \Delta` and :math:`I + \Delta`. Both
    are positive definite where :math:`\lvert \lambda_i(\Delta) \rvert < 1` for every i.

    Parameters
    ----------
    Delta : array_like of float, shape (d, d) or (d,)
        Symmetric, or the diagonal; may be 0.
    name : str
        The argument, for the error.

    Returns
    -------
    ndarray of float, shape (d, d) or (d,)

    Raises
    ------
    ValueError
        If Delta is not a finite symmetric matrix, or has an eigenvalue that is not
        between -1 and 1.

    Notes
    -----
    Source: Ghorbani et al., NeurIPS 2019, Section 3.

    Examples
    --------
    >>> difference([0.5, -0.5])
    array([ 0.5, -0.5])
    >>> difference([0.5, -1.5])
    Traceback (most recent call last):
        ...
    ValueError: I + Delta must be positive definite, got the eigenvalue -1.5 of Delta
    """
    Delta = symmetric(Delta, name, zero=True)
    _within_one(Delta, "I", name, name)
    return Delta


def _within_one(Delta, common: str, printed: str, measured: str) -> None:
    """Refuse the eigenvalue of largest size that is not between -1 and 1."""
    values = Delta if Delta.ndim == 1 else np.linalg.eigvalsh(Delta)
    worst = float(values[np.abs(values).argmax()])
    if abs(worst) >= 1:
        sign = "-" if worst > 0 else "+"
        raise ValueError(
            f"{common} {sign} {printed} must be positive definite, "
            f"got the eigenvalue {worst} of {measured}"
        )


def absolute_eigenvalues(Delta) -> np.ndarray:
    r"""Absolute values :math:`\lvert\lambda\rvert_{(i)}(\Delta)`, largest first.

    Raises
    ------
    ValueError
        See `difference`.

    Examples
    --------
    >>> absolute_eigenvalues([0.1, -0.5])
    array([0.5, 0.1])
    """
    Delta = difference(Delta)
    values = Delta if Delta.ndim == 1 else np.linalg.eigvalsh(Delta)
    return np.sort(np.abs(values))[::-1]


@finite_answers
def whiten(Sigma, Delta, W=None):
    r"""Bring classes of covariances :math:`\Sigma \mp \Delta` to :math:`I \mp \Delta`.

    .. math:: \widetilde\Delta = \Sigma^{-1/2} \Delta\, \Sigma^{-1/2}, \qquad
              \widetilde W = \Sigma^{1/2} W ,

    so that :math:`\langle w, x \rangle = \langle \widetilde w, \Sigma^{-1/2} x
    \rangle`: every model has the same predictors, and the same risk, before and after.

    Claim: `mixture-whitening`.

    Parameters
    ----------
    Sigma : array_like of float, shape (d, d) or (d,)
        Positive definite.
    Delta : array_like of float, shape (d, d) or (d,)
        With Sigma - Delta and Sigma + Delta positive definite.
    W : array_like of float, shape (d, N), optional
        Neurons, the columns.

    Returns
    -------
    Delta : ndarray of float, shape (d, d) or (d,)
        A vector where Sigma and Delta are vectors.
    W : ndarray of float, shape (d, N), or None

    Raises
    ------
    ValueError
        If Sigma or Delta is not symmetric, the shapes do not fit, or one of the three
        matrices is not positive definite; the eigenvalue at fault is named.

    Notes
    -----
    Source: Ghorbani et al., NeurIPS 2019, Theorems 5 and 6.

    Examples
    --------
    >>> whiten([4.0, 1.0], [2.0, 0.5], [[1.0], [1.0]])
    (array([0.5, 0.5]), array([[2.],
           [1.]]))
    """
    Sigma = symmetric(Sigma, "Sigma", zero=True)
    Delta = symmetric(Delta, "Delta", zero=True)
    if len(Delta) != len(Sigma):
        raise ValueError(
            f"Sigma and Delta must have the same size, got {len(Sigma)} and "
            f"{len(Delta)}"
        )
    values, basis = (Sigma, None) if Sigma.ndim == 1 else np.linalg.eigh(Sigma)
    if values.min() <= 0:
        raise ValueError(
            f"Sigma must be positive definite, got the eigenvalue {values.min()}"
        )
    root = _function(values, basis, np.sqrt)
    inverse = _function(values, basis, lambda v: 1 / np.sqrt(v))
    Delta = _congruent(inverse, Delta)
    _within_one(Delta, "Sigma", "Delta", "Sigma^{-1/2} Delta Sigma^{-1/2}")
    if W is not None:
        W = columns("W", W, len(Sigma))
        W = root[:, None] * W if root.ndim == 1 else root @ W
    return Delta, W


def _function(values, basis, function) -> np.ndarray:
    """Apply a function to the eigenvalues; without a basis the matrix is diagonal."""
    return function(values) if basis is None else (basis * function(values)) @ basis.T


def _congruent(root, Delta) -> np.ndarray:
    """Return root Delta root, a vector where both are vectors."""
    if root.ndim == 1 and Delta.ndim == 1:
        return root * Delta * root
    if root.ndim == 1:
        return root[:, None] * Delta * root
    Delta = np.diag(Delta) if Delta.ndim == 1 else Delta
    product = root @ Delta @ root
    return (product + product.T) / 2


def class_roots(Delta) -> tuple[np.ndarray, np.ndarray]:
    r"""Square roots :math:`(I - \Delta)^{1/2}` and :math:`(I + \Delta)^{1/2}`.

    Parameters
    ----------
    Delta : array_like of float, shape (d, d) or (d,)

    Returns
    -------
    plus, minus : ndarray of float, shape (d, d) or (d,)
        Of the covariances of the classes y = +1 and y = -1, symmetric.

    Raises
    ------
    ValueError
        See `difference`.

    Examples
    --------
    >>> plus, minus = class_roots([0.19, -0.19])
    >>> bool(np.allclose(plus, [0.9, 1.19**0.5])), bool(np.allclose(plus, minus[::-1]))
    (True, True)
    """
    Delta = difference(Delta)
    values, basis = (Delta, None) if Delta.ndim == 1 else np.linalg.eigh(Delta)
    return (
        _function(values, basis, lambda v: np.sqrt(1 - v)),
        _function(values, basis, lambda v: np.sqrt(1 + v)),
    )


@finite_answers
def snr(Delta) -> float:
    r"""Signal-to-noise ratio :math:`\lVert \Delta \rVert_F^2 / 2` of the two classes.

    Parameters
    ----------
    Delta : array_like of float, shape (d, d) or (d,)

    Raises
    ------
    ValueError
        See `difference`.

    Examples
    --------
    >>> snr([0.5, -0.5])
    0.25
    """
    Delta = difference(Delta)
    return no_lost_square("snr", float(np.sum(Delta**2) / 2), Delta)


@finite_answers
def sample(Delta, n: int, seed) -> tuple[np.ndarray, np.ndarray]:
    r"""Draw n labelled points: y is a fair sign, x is N(0, I - y Delta).

    Parameters
    ----------
    Delta : array_like of float, shape (d, d) or (d,)
    n : int
        At least 1.
    seed : int or numpy.random.Generator

    Returns
    -------
    x : ndarray of float, shape (d, n)
        The points, the columns.
    y : ndarray of float, shape (n,)
        +1 or -1.

    Raises
    ------
    ValueError
        See `difference`; and if n is out of range.

    Examples
    --------
    >>> x, y = sample([0.5, 0.0, -0.5], 4, seed=0)
    >>> x.shape, bool((np.abs(y) == 1).all())
    ((3, 4), True)
    """
    n = integer_from("n", n, 1)
    plus, minus = class_roots(Delta)
    rng = generator_from(seed)
    y = rng.choice([-1.0, 1.0], n)
    x = rng.standard_normal((len(plus), n))
    for root, label in ((plus, 1), (minus, -1)):
        chosen = x[:, y == label]
        x[:, y == label] = root[:, None] * chosen if root.ndim == 1 else root @ chosen
    return x, y


# --- quadratic predictors -------------------------------------------------------------


@finite_answers
def mixture_risk(M, c: float, Delta) -> float:
    r"""Risk of the predictor :math:`\langle x, M x \rangle + c` of the label.

    .. math:: \mathcal R = \big( 1 + \langle M, \Delta \rangle \big)^2
              + (c + \operatorname{Tr} M)^2 + 2 \lVert M \rVert_F^2
              + 2 \operatorname{Tr} M \Delta M \Delta

    Claim: `mixture-risk`.

    Parameters
    ----------
    M : array_like of float, shape (d, d) or (d,)
        Symmetric, or the diagonal; may be 0.
    c : float
    Delta : array_like of float, shape (d, d) or (d,)

    Returns
    -------
    float

    Raises
    ------
    ValueError
        See `difference`; if M is not symmetric or not of the size of Delta; and if c
        is not finite.

    Examples
    --------
    >>> mixture_risk([0.0, 0.0], 0.0, [0.5, -0.5])
    1.0
    >>> mixture_risk([-0.2], 0.2, [0.5])
    0.91
    """
    Delta, M = difference(Delta), symmetric(M, "M", zero=True)
    if len(M) != len(Delta):
        raise ValueError(f"M must have the size {len(Delta)} of Delta, got {len(M)}")
    trace = M.sum() if M.ndim == 1 else np.trace(M)
    gap = finite_scalar("c", c) + trace
    signal = 1 + inner(M, Delta)
    return float(signal**2 + gap**2 + 2 * _noise(M, Delta))


def _noise(M, Delta) -> float:
    r"""Evaluate |M|_F^2 + Tr M Delta M Delta, vectors where possible."""
    if M.ndim == 1 and Delta.ndim == 1:
        return np.sum(M**2 * (1 + Delta**2))
    M = np.diag(M) if M.ndim == 1 else M
    product = M * Delta if Delta.ndim == 1 else M @ Delta
    return np.sum(M**2) + np.sum(product * product.T)


@finite_answers
def captured_snr(M, Delta) -> float:
    r"""Signal-to-noise ratio that the best predictor in the direction M captures.

    .. math:: \operatorname{snr}(M) = \frac{\langle M, \Delta \rangle^2}
              {2 \lVert M \rVert_F^2 + 2 \operatorname{Tr} M \Delta M \Delta}

    The best s and c in :math:`s \langle x, M x \rangle + c` have the risk
    :math:`1 / (1 + \operatorname{snr}(M))`.

    Claim: `mixture-captured`.

    Parameters
    ----------
    M : array_like of float, shape (d, d) or (d,)
        Symmetric, not 0.
    Delta : array_like of float, shape (d, d) or (d,)

    Raises
    ------
    ValueError
        See `difference`; and if M is 0, not symmetric, or of another size.

    Examples
    --------
    >>> captured_snr([7.0], [0.5]) == 0.5 * 0.5**2 / (1 + 0.5**2)
    True
    """
    Delta, M = difference(Delta), symmetric(M, "M")
    if len(M) != len(Delta):
        raise ValueError(f"M must have the size {len(Delta)} of Delta, got {len(M)}")
    M = M / np.abs(M).max()  # so that no square leaves the range of float64
    return float(inner(M, Delta) ** 2 / (2 * _noise(M, Delta)))


def captured_risk(captured):
    r"""Risk :math:`1 / (1 + s)` of a model that captures the signal-to-noise ratio s.

    Claim: `mixture-captured`.

    Parameters
    ----------
    captured : float or array_like of float
        At least 0.

    Returns
    -------
    float or ndarray of float

    Raises
    ------
    ValueError
        If a number is negative or not finite.

    Examples
    --------
    >>> captured_risk(1), captured_risk([0, 3])
    (0.5, array([1.  , 0.25]))
    """
    risk = 1 / (1 + finite_array("captured", captured, 0))
    return float(risk) if risk.ndim == 0 else risk


def quadratic_snr(Delta) -> float:
    r"""Signal-to-noise ratio that the best quadratic predictor captures.

    .. math:: \frac12 \sum_{i=1}^d \frac{\lambda_i(\Delta)^2}{1 + \lambda_i(\Delta)^2}

    Claim: `mixture-quadratic`.

    Parameters
    ----------
    Delta : array_like of float, shape (d, d) or (d,)

    Returns
    -------
    float
        At most `snr` of Delta.

    Raises
    ------
    ValueError
        See `difference`.

    Examples
    --------
    >>> quadratic_snr([0.5, -0.5])
    0.2
    """
    sizes = absolute_eigenvalues(Delta)
    squares = sizes**2
    value = float(np.sum(squares / (1 + squares)) / 2)
    return no_lost_square("quadratic_snr", value, sizes)


@finite_answers
def best_quadratic(Delta) -> tuple[np.ndarray, float]:
    r"""Quadratic predictor of least risk, among all.

    .. math:: M = - \frac{1}{1 + s}\, \tfrac12\, \Delta (I + \Delta^2)^{-1}, \qquad
              c = - \operatorname{Tr} M ,

    where s is `quadratic_snr`.

    Claim: `mixture-quadratic`.

    Parameters
    ----------
    Delta : array_like of float, shape (d, d) or (d,)

    Returns
    -------
    M : ndarray of float, shape (d, d) or (d,)
        A vector where Delta is one.
    c : float

    Raises
    ------
    ValueError
        See `difference`.

    Examples
    --------
    >>> Delta = [0.5, -0.2]
    >>> M, c = best_quadratic(Delta)
    >>> bool(np.isclose(mixture_risk(M, c, Delta), captured_risk(quadratic_snr(Delta))))
    True
    """
    Delta = difference(Delta)
    values, basis = (Delta, None) if Delta.ndim == 1 else np.linalg.eigh(Delta)
    scale = -1 / (2 * (1 + quadratic_snr(Delta)))
    entries = scale * values / (1 + values**2)
    M = _function(values, basis, lambda v: scale * v / (1 + v**2))
    return M, float(-entries.sum())


def affinity(Delta) -> float:
    r"""Hellinger affinity of the two classes, the integral of :math:`\sqrt{p_+ p_-}`.

    .. math:: A = \prod_{i=1}^d \big( 1 - \lambda_i(\Delta)^2 \big)^{1/4}

    1 for equal classes and only for them; near 0 where they hardly overlap.

    Claim: `mixture-affinity`.

    Parameters
    ----------
    Delta : array_like of float, shape (d, d) or (d,)

    Raises
    ------
    ValueError
        See `difference`.

    Examples
    --------
    >>> affinity([0.0, 0.0]), bool(np.isclose(affinity([0.6, 0.0]), 0.8**0.5))
    (1.0, True)
    """
    return float(np.exp(np.sum(np.log1p(-(absolute_eigenvalues(Delta) ** 2))) / 4))


# --- differences for the figures and panels -------------------------------------------


@finite_answers
def figure_difference(d: int, seed) -> np.ndarray:
    r"""Draw the diagonal of Figure 2: uniform on :math:`\{1, 3/2, 2\} / \sqrt d`.

    Parameters
    ----------
    d : int
        Dimension, at least 5, so that the eigenvalues are below 1.
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
    Source: Ghorbani et al., NeurIPS 2019, Section 4. As d grows, `snr` tends to 29/24.

    Examples
    --------
    >>> sorted({float(v) for v in 10 * figure_difference(100, seed=0)})
    [1.0, 1.5, 2.0]
    """
    d = integer_from("d", d, 5)
    return generator_from(seed).choice(FIGURE_VALUES, d) / np.sqrt(d)


@finite_answers
def difference_spectrum(
    kind: str, d: int, snr: float, parameter: float | None = None
) -> np.ndarray:
    r"""Eigenvalues of a model difference of a given `snr`, largest first.

    ``flat``
        all equal and positive;
    ``balanced``
        one size, the first half (rounded up) positive, the others negative;
    ``figure``
        2, 1.5 and 1 in three parts as equal as possible;
    ``spike``
        one eigenvalue, the others 0;
    ``rank``
        the first `parameter` d (rounded up) equal, the others 0;
    ``power``
        :math:`i^{-a}` with the exponent a = `parameter`;

    each times the factor that makes :math:`\lVert \Delta \rVert_F^2 / 2` the given one.

    Parameters
    ----------
    kind : {"flat", "balanced", "figure", "spike", "rank", "power"}
    d : int
        Dimension, at least 1.
    snr : float
        At least 0.
    parameter : float, optional
        For ``rank`` in (0, 1], 0.1 by default; for ``power`` at least 0, 0.5 by
        default; not read by the others.

    Returns
    -------
    ndarray of float, shape (d,)

    Raises
    ------
    ValueError
        If an argument is out of range, or the largest eigenvalue would not be below 1.

    Examples
    --------
    >>> difference_spectrum("balanced", 2, 0.25)
    array([ 0.5, -0.5])
    >>> difference_spectrum("spike", 3, 2)
    Traceback (most recent call last):
        ...
    ValueError: snr must be below 0.5 for spike and d = 3 (eigenvalues < 1), got 2.0
    """
    if kind not in DIFFERENCES:
        raise ValueError(f"kind must be one of {', '.join(DIFFERENCES)}, got {kind!r}")
    d = integer_from("d", d, 1)
    ratio = finite_scalar("snr", snr, 0)
    shape = _shape(kind, d, parameter)
    size = np.sum(shape**2) / (2 * shape.max() ** 2)  # the snr at which it reaches 1
    values = shape * np.sqrt(2 * ratio / np.sum(shape**2))
    if values.max() >= 1:
        raise ValueError(
            f"snr must be below {size:.6g} for {kind} and d = {d} (eigenvalues < 1), "
            f"got {ratio}"
        )
    return values


def _shape(kind: str, d: int, parameter: float | None) -> np.ndarray:
    """Return the eigenvalues of a kind up to a factor."""
    i = np.arange(1, d + 1)
    if kind == "flat":
        return np.ones(d)
    if kind == "balanced":
        return np.where(2 * i <= d + 1, 1.0, -1.0)
    if kind == "figure":
        return np.sort(np.resize(FIGURE_VALUES, d))[::-1]
    if kind == "spike":
        return (i == 1).astype(float)
    value = _DEFAULTS[kind] if parameter is None else parameter
    a = finite_scalar("parameter", value, 0, strict=kind == "rank")
    if kind == "power":
        return i**-a
    if a > 1:
        raise ValueError(f"parameter must lie in (0, 1], got {a}")
    return (i <= np.ceil(a * d)).astype(float)
