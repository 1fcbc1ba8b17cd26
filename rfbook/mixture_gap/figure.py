r"""The experiment of Figure 2, left: theory, exact values, and the fit on samples.

Delta is diagonal with entries drawn from 1, 1.5 and 2 over the square root of d, and
d = 450. There are three curves over the number N of neurons, for random features, the
tangent model and the trained network, and the constant level of Bayes.

`exact_curves` has the exact risks. `fit_features` is the text's own way with random
features: the normal equations on samples, then the error on fresh ones; `fit_cell` is
what ``python -m rfbook.mixture_gap.runs`` records of it.

The chapter is ``book/mixture-gap.md``.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rfbook import fits
from rfbook.experiments import DIMENSION
from rfbook.features import isotropic_weights
from rfbook.fits import Fit
from rfbook.matrices import ratio, trace
from rfbook.mixture_gap.bayes import bayes_risk, bayes_risk_limit
from rfbook.mixture_gap.features import (
    rf_risk_limit,
    rf_risk_path,
)
from rfbook.mixture_gap.mixture import (
    captured_risk,
    difference,
    figure_difference,
    snr,
)
from rfbook.mixture_gap.network import nn_risk_limit, nn_risk_path
from rfbook.mixture_gap.tangent import nt_risk_limit, nt_risk_path
from rfbook.mixture_gap.training import Mixture
from rfbook.ranges import integer_from

MODELS = ("RF", "NT", "NN", "Bayes")
DELTA_SEED = 0

WIDTHS = (45, 90, 180, 270, 450, 675, 900)
SAMPLES = 50_000


# --- theory and exact values ----------------------------------------------------------


def limit_curves(rho, Delta) -> dict[str, np.ndarray]:
    """Limits of the risks, with the trace ratio and the spectrum of this Delta.

    Parameters
    ----------
    rho : array_like of float
        Neurons per dimension, at least 0.
    Delta : array_like of float, shape (d, d) or (d,)
        Not 0.

    Returns
    -------
    dict of str to ndarray
        For each of `MODELS`, in the shape of rho.

    Raises
    ------
    ValueError
        If an argument is refused.

    Examples
    --------
    >>> limits = limit_curves([0.0, 5.0], [0.5, 0.5])
    >>> [limits[name].round(2).tolist() for name in ("NT", "NN")]
    [[1.0, 0.8], [1.0, 0.8]]
    """
    rho = ratio(rho)
    return {
        "RF": rf_risk_limit(rho, Delta),
        "NT": nt_risk_limit(rho, Delta),
        "NN": nn_risk_limit(rho, Delta),
        "Bayes": np.full(rho.shape, bayes_risk_limit(snr(Delta))),
    }


def printed_limit(rho, Delta) -> np.ndarray:
    r"""First row of equation (17) as it stands in the text, which is refuted.

    .. math:: \Big( 1 + \frac{\rho}{1 + 2 \rho}
              \cdot \frac{\operatorname{tr}(\Delta)^2}{2 d} \Big)^{-1}

    Parameters
    ----------
    rho : array_like of float
        Neurons per dimension, at least 0.
    Delta : array_like of float, shape (d, d) or (d,)
        Not 0.

    Returns
    -------
    ndarray
        In the shape of rho.

    Raises
    ------
    ValueError
        If an argument is refused.

    Notes
    -----
    Source: Ghorbani et al., NeurIPS 2019, equation (17).

    Examples
    --------
    >>> float(printed_limit(1.0, [0.6, 0.6]).round(12)) == round(1 / 1.12, 12)
    True
    """
    rho, Delta = ratio(rho), difference(Delta)
    share = rho / (1 + 2 * rho)
    return np.asarray(captured_risk(share * trace(Delta) ** 2 / (2 * len(Delta))))


def exact_curves(
    Delta, widths: Sequence[int], seed: int, models: Sequence[str] = MODELS
) -> dict[str, np.ndarray]:
    """Exact risks at several numbers of neurons.

    Random features are those of u^2 - 1 without an offset, as in the text. They and
    the tangent model have the same neurons: the first N that the seed draws.

    Parameters
    ----------
    Delta : array_like of float, shape (d, d) or (d,)
        Not 0.
    widths : sequence of int
        From 1 to d (d + 1) / 2, the number of linearly independent features.
    seed : int
        Of the neurons.
    models : sequence of str, optional
        Some of `MODELS`.

    Returns
    -------
    dict of str to ndarray of shape (len(widths),)

    Raises
    ------
    ValueError
        If an argument is refused.

    Examples
    --------
    >>> curves = exact_curves([0.4, 0.3, 0.2, 0.1], [1, 2, 4], seed=0)
    >>> bool((curves["NN"] <= curves["NT"] + 1e-12).all())
    True
    >>> bool((curves["Bayes"] < curves["NN"]).all())
    True
    """
    Delta = difference(Delta)
    widths = [integer_from("width", N, 1) for N in widths]
    unknown = [model for model in models if model not in MODELS]
    if unknown or not widths:
        raise ValueError(
            f"models must be some of {MODELS} and widths not empty, got {unknown} "
            f"and {widths}"
        )
    most, places = max(widths), np.array(widths) - 1
    W = isotropic_weights(len(Delta), most, seed)
    found = {
        "RF": lambda: rf_risk_path(W, Delta)[places],
        "NT": lambda: nt_risk_path(W, Delta, widths),
        "NN": lambda: nn_risk_path(Delta, most)[places],
        "Bayes": lambda: np.full(len(widths), bayes_risk(Delta)),
    }
    return {model: found[model]() for model in models}


# --- the fit on samples ---------------------------------------------------------------


def fit_features(W, Delta, **options) -> Fit:
    r"""Fit random features of u^2 - 1 to labelled samples of the mixture.

    Parameters
    ----------
    W : array_like of float, shape (d, N)
        The frozen neurons.
    Delta : array_like of float, shape (d, d) or (d,)
    **options
        ``widths`` and ``samples``, and whatever else `rfbook.fits.fit_features` takes.

    Returns
    -------
    rfbook.fits.Fit

    Raises
    ------
    ValueError
        If an argument is out of range.
    rfbook.devices.DeviceError
        See `rfbook.devices.device`.

    Examples
    --------
    The exact risk is never below the least one, and many samples come near it:

    >>> W, Delta = [[1.0, 0.6], [0.0, 0.8]], [0.9, -0.5]
    >>> fit = fit_features(W, Delta, widths=[1, 2], samples=4000, test=10)
    >>> excess = fit.population - rf_risk_path(W, Delta)
    >>> bool((excess >= 0).all() and excess[1] < 0.01)
    True
    """
    return fits.fit_features(W, Mixture(Delta), **options)


def fit_cell(seed: int, progress: bool = False) -> dict[str, list[float]]:
    """Fit random features of one seed at the recorded size.

    Parameters
    ----------
    seed : int
        Of the neurons and of the samples.
    progress : bool

    Returns
    -------
    dict of str to list of float
        ``exact`` (the best risk of these neurons), ``population``, ``test`` and
        ``test_error``, a number for each of `WIDTHS`.

    Raises
    ------
    ValueError
        If the seed is out of range.
    """
    Delta = figure_difference(DIMENSION, DELTA_SEED)
    W = isotropic_weights(DIMENSION, max(WIDTHS), seed)
    fit = fit_features(
        W, Delta, widths=WIDTHS, samples=SAMPLES, seed=seed, progress=progress
    )
    return {
        "exact": rf_risk_path(W, Delta)[np.array(WIDTHS) - 1].tolist(),
        "population": fit.population.tolist(),
        "test": fit.test.tolist(),
        "test_error": fit.test_error.tolist(),
    }
