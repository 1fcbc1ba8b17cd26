r"""What features that were not trained leave of each degree, at finite d and N."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from rfbook.activations import arc_cosine
from rfbook.feature_learning.step import unit_columns
from rfbook.ranges import finite_answers, finite_array, integer_from
from rfbook.single_neuron import relu_spectrum
from rfbook.special import gegenbauer, harmonic_dimension, sphere_overlap


def link_spectrum(d: int, squares) -> list:
    r"""Eigenvalues of the targets :math:`H(\langle \theta, x \rangle)`, by degree.

    .. math:: \kappa_\ell = \sum_{j \ge 0} \hat H_{\ell + 2j}^2\, q(d; \ell + 2j, \ell)

    Parameters
    ----------
    d : int
        Dimension, at least 2.
    squares : sequence of int, Fraction or float
        Squares of all Hermite coefficients of a polynomial H, at least 0.

    Returns
    -------
    list
        Of as many entries as the squares, of their type; the eigenvalue of degree l
        has the multiplicity ``harmonic_dimension(d, l)``.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    Claim: ``oblivious-spectrum``; the overlaps q are `rfbook.special.sphere_overlap`.

    Examples
    --------
    The quadratic target of the pure degree 2 has a radial part of 1 / d:

    >>> link_spectrum(5, [0, 0, 1])
    [Fraction(1, 5), Fraction(0, 1), Fraction(2, 35)]
    """
    d, squares = integer_from("d", d, 2), _squares(squares)
    degrees = range(len(squares))
    return [
        sum(squares[k] * sphere_overlap(d, k, degree) for k in degrees)
        for degree in degrees
    ]


def _squares(squares) -> list:
    """Return squares as they are where they are exact, and else in float64."""
    shape = finite_array("squares", squares, 0).shape
    if len(shape) != 1:
        raise ValueError(f"squares must be a vector of numbers, got shape {shape}")
    return [s if isinstance(s, int | Fraction) else _number(s) for s in squares]


def _number(value) -> int | float:
    return int(value) if isinstance(value, np.integer) else float(value)


def link_floor(d: int, N: int, squares):
    r"""Least mean squared error of N features that do not know theta.

    .. math:: \mathcal E_N = \lVert H \rVert^2 - \sum_{i \le N} \lambda_i

    with the eigenvalues of `link_spectrum`, largest first.

    Parameters
    ----------
    d : int
        Dimension, at least 2.
    N : int
        Features, at least 0.
    squares : sequence of int, Fraction or float
        Squares of all Hermite coefficients of a polynomial H.

    Returns
    -------
    Fraction or float

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    Claim: ``link-floor``.

    Examples
    --------
    All quadratic forms in five variables leave nothing:

    >>> [str(link_floor(5, N, [0, 0, 1])) for N in (0, 1, 8, 15)]
    ['1', '4/5', '2/5', '0']
    """
    left, squares = integer_from("N", N, 0), _squares(squares)
    rest = sum(squares)
    spectrum = link_spectrum(d, squares)
    order = sorted(range(len(spectrum)), key=lambda degree: -spectrum[degree])
    for degree in order:
        taken = min(left, harmonic_dimension(d, degree))
        rest, left = rest - taken * spectrum[degree], left - taken
    return rest


@finite_answers
def degree_floor(d: int, N: int, k: int) -> Fraction:
    r"""Bound from below what N features leave of a target of the pure degree k.

    .. math:: \mathcal E_N \ge \Bigl( \binom{d+k-1}{k} - N \Bigr)\,
              \frac{k!}{d (d+2) \cdots (d+2k-2)}

    Parameters
    ----------
    d : int
        Dimension, at least 2.
    N : int
        Features, at least 0.
    k : int
        Degree, at least 0.

    Returns
    -------
    Fraction
        At least 0.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    Claim: ``degree-floor``.

    Examples
    --------
    After the radial function each quadratic form holds as much as any other:

    >>> degree_floor(5, 8, 2), link_floor(5, 8, [0, 0, 1])
    (Fraction(2, 5), Fraction(2, 5))
    """
    d, N, k = integer_from("d", d, 2), integer_from("N", N, 0), integer_from("k", k, 0)
    value = Fraction(math.factorial(k), math.prod(range(d, d + 2 * k, 2)))
    return max(Fraction(0), math.comb(d + k - 1, k) - N) * value


@finite_answers
def captured_shares(W, lmax: int) -> np.ndarray:
    r"""Shares of each degree that ReLU neurons hold, on average over the direction.

    .. math:: s_\ell = \kappa_\ell \operatorname{Tr} \bigl( U^{-1}\,
              P_\ell(W^{\mathsf T} W) \bigr), \qquad
              \sum_\ell s_\ell\, \dim \mathcal H_\ell^d = N

    for targets that are the part of degree l of a ReLU neuron in a random direction.

    Parameters
    ----------
    W : array_like of float, shape (d, N)
        Unit vectors as columns, d >= 2, no two equal.
    lmax : int
        Last degree, at least 0.

    Returns
    -------
    ndarray of float, shape (lmax + 1,)
        Between 0 and 1; 0 for the odd degrees from 3 on, which the ReLU does not have.

    Raises
    ------
    ValueError
        If an argument is out of range or the neurons are linearly dependent in float64.

    Notes
    -----
    Claim: ``feature-budget``.

    Examples
    --------
    One neuron in the plane: its shares times 1, 2, 2, ... sum to 1:

    >>> shares = captured_shares([[1.0], [0.0]], 60)
    >>> bool(np.isclose(shares[0] + 2 * shares[1:].sum(), 1, atol=1e-5))
    True
    """
    W = unit_columns("W", W)
    if W.ndim != 2:
        raise ValueError(f"W must be a d x N matrix, got shape {W.shape}")
    lmax = integer_from("lmax", lmax, 0)
    T = np.clip(W.T @ W, -1, 1)
    np.fill_diagonal(T, 1.0)
    try:
        factor = cho_factor(arc_cosine(T), lower=True)
        least = np.diag(factor[0]).min() ** 2
    except np.linalg.LinAlgError:
        least = 0.0
    if least < len(T) * np.finfo(float).eps:
        raise ValueError(
            f"W must have linearly independent neurons, got a pivot of {least}"
        )
    kappa = relu_spectrum(len(W), lmax)
    inverse = cho_solve(factor, np.eye(len(T)))
    return np.array(
        [
            kappa[degree] * np.sum(inverse * gegenbauer(len(W), degree, T))
            if kappa[degree]
            else 0.0
            for degree in range(lmax + 1)
        ]
    )
