"""The curves of the mixture's figure, the fit on samples, and the recorded fits."""

import math

import numpy as np
import pytest
import torch

from rfbook.features import isotropic_weights
from rfbook.ledger.deciders import standard_errors
from rfbook.mixture_gap import (
    bayes_risk,
    figure_difference,
    mixture_risk,
    nn_risk,
    nt_risk,
    rf_risk,
    runs,
)
from rfbook.mixture_gap import figure as fig
from rfbook.mixture_gap.training import Mixture
from rfbook.records import RecordError

DELTA = np.array([0.5, 0.4, 0.3, 0.2, -0.1])


@pytest.fixture(scope="module")
def recorded():
    return runs.recorded_fits()


# --- the curves -----------------------------------------------------------------------


def test_the_curves_are_the_exact_risks():
    widths = [1, 3, 5, 9]
    curves = fig.exact_curves(DELTA, widths, seed=3)
    W = isotropic_weights(5, 9, 3)
    expected = {
        "RF": [rf_risk(W[:, :N], DELTA) for N in widths],
        "NT": [nt_risk(W[:, :N], DELTA) for N in widths],
        "NN": [nn_risk(DELTA, N) for N in widths],
        "Bayes": [bayes_risk(DELTA)] * 4,
    }
    assert list(curves) == list(fig.MODELS)
    for model, values in expected.items():
        assert np.allclose(curves[model], values, atol=1e-10, rtol=0)


def test_one_curve_can_be_asked_for():
    only = fig.exact_curves(DELTA, [4], 1, ["NT"])
    assert list(only) == ["NT"]


@pytest.mark.parametrize(
    ("widths", "models", "message"),
    [
        ([], ["NT"], "widths not empty"),
        ([2], ["SVM"], r"got \['SVM'\]"),
        ([0], ["NT"], "width must be an integer >= 1"),
    ],
)
def test_bad_arguments_are_refused(widths, models, message):
    with pytest.raises(ValueError, match=message):
        fig.exact_curves(DELTA, widths, 0, models)


def test_the_limits_end_in_their_order():
    Delta = figure_difference(200, seed=1)
    limits = fig.limit_curves([0.5, 1.0, 50.0], Delta)
    assert (limits["NN"] <= limits["NT"] + 1e-12).all()
    assert (limits["NT"] < limits["RF"]).all()
    assert (limits["Bayes"] < limits["NN"]).all()


def test_the_printed_row_is_above_the_limit_and_stays_there():
    """It has 1 + 2 rho for 1 + rho: half of the captured ratio, as rho grows."""
    rho = np.array([0.01, 1.0, 1e6])
    printed = fig.printed_limit(rho, DELTA)
    limit = fig.limit_curves(rho, DELTA)["RF"]
    assert np.allclose((1 / limit - 1) / (1 / printed - 1), (1 + 2 * rho) / (1 + rho))


# --- the fit --------------------------------------------------------------------------


def test_the_fit_solves_the_normal_equations():
    """Draw the same samples again, and solve by least squares in NumPy."""
    W = isotropic_weights(5, 6, 1)
    options = {"samples": 50, "test": 40, "batch": 16, "seed": 5}
    fit = fig.fit_features(W, DELTA, widths=[3, 6], **options)
    streams = [torch.Generator().manual_seed(5)]
    drawn = [Mixture(DELTA).examples(streams, n) for n in (16, 16, 16, 2, 16, 16, 8)]
    x, y = (torch.cat([part[k][0] for part in drawn]).numpy() for k in (0, 1))
    for place, N in enumerate((3, 6)):
        features = (x @ W[:, :N]) ** 2 - 1
        u = np.linalg.lstsq(features[:50], y[:50], rcond=None)[0]
        error = features[50:] @ u - y[50:]
        assert fit.test[place] == pytest.approx(np.mean(error**2), rel=1e-9, abs=0)
        expected = np.std(error**2, ddof=1) / math.sqrt(40)
        assert fit.test_error[place] == pytest.approx(expected, rel=1e-9, abs=0)
        M = (W[:, :N] * u) @ W[:, :N].T
        risk = mixture_risk((M + M.T) / 2, -u.sum(), DELTA)
        assert fit.population[place] == pytest.approx(risk, rel=1e-9, abs=0)


def test_a_fit_is_never_better_than_the_best_features():
    W = isotropic_weights(5, 8, 2)
    fit = fig.fit_features(W, DELTA, widths=[1, 4, 8], samples=400, seed=2)
    exact = [rf_risk(W[:, :N], DELTA) for N in (1, 4, 8)]
    assert (fit.population >= np.array(exact) - 1e-12).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"widths": [4]}, "widths must be from 1 to 3"),
        ({"widths": []}, "widths must be from 1 to 3"),
        ({"samples": 2}, "samples must be an integer >= 3"),
        ({"test": 1}, "test must be an integer >= 2"),
        ({"batch": 0}, "batch must be an integer >= 1"),
        ({"seed": -1}, "seed must be an integer >= 0"),
    ],
)
def test_a_fit_refuses_bad_arguments(change, message):
    options = {"widths": [3], "samples": 9} | change
    with pytest.raises(ValueError, match=message):
        fig.fit_features(isotropic_weights(5, 3, 0), DELTA, **options)


def test_a_cell_has_the_fit_and_the_least_risks_of_its_neurons(monkeypatch):
    widths, samples = (1, 2, 4), 100
    monkeypatch.setattr(fig, "DIMENSION", 5)
    monkeypatch.setattr(fig, "WIDTHS", widths)
    monkeypatch.setattr(fig, "SAMPLES", samples)
    W, Delta = isotropic_weights(5, 4, 7), figure_difference(5, fig.DELTA_SEED)
    cell = fig.fit_cell(7)
    exact = [rf_risk(W[:, :N], Delta) for N in widths]
    assert cell["exact"] == pytest.approx(exact, rel=1e-10, abs=0)
    fit = fig.fit_features(W, Delta, widths=widths, samples=samples, seed=7)
    for name in ("population", "test", "test_error"):
        assert cell[name] == getattr(fit, name).tolist()


# --- the record -----------------------------------------------------------------------


def test_the_recorded_fits_are_complete(recorded):
    for values in recorded.values():
        assert values.shape == (len(runs.SEEDS), len(fig.WIDTHS))
        assert np.isfinite(values).all()


def test_the_recorded_exact_risks_come_out_again(recorded):
    Delta = figure_difference(fig.DIMENSION, fig.DELTA_SEED)
    W = isotropic_weights(fig.DIMENSION, 180, runs.SEEDS[0])
    exact = recorded["exact"][0]
    for N, expected in zip(fig.WIDTHS[:3], exact[:3], strict=True):
        assert rf_risk(W[:, :N], Delta) == pytest.approx(expected, rel=1e-9, abs=0)


def test_recorded_test_errors_agree_with_the_exact_risk_of_the_fit(recorded):
    """The test points of a seed are the same for all widths: a seed counts once."""
    deviation = (recorded["test"] - recorded["population"]) / recorded["test_error"]
    # a mean of standardised deviations varies by at most 1
    assert (np.abs(deviation.mean(1)) < standard_errors(len(deviation))).all()


def test_recorded_fits_pay_for_their_samples(recorded):
    """The excess is near N / (n - N), the formula for Gaussian residuals.

    The label is no Gaussian: half and twice the formula are asked for.
    """
    N = np.array(fig.WIDTHS)
    price = N / (fig.SAMPLES - N)
    excess = (recorded["population"] / recorded["exact"] - 1).mean(0)
    assert (0.5 * price < excess).all()
    assert (excess < 2 * price).all()


def test_the_fits_agree_with_the_limit_and_reject_the_printed_row(recorded):
    """Of the printed row they are as far as standard errors can tell."""
    Delta = figure_difference(fig.DIMENSION, fig.DELTA_SEED)
    N = np.array(fig.WIDTHS)
    mean = recorded["test"].mean(0)
    error = recorded["test"].std(0, ddof=1) / math.sqrt(len(recorded["test"]))
    price = 1 + N / (fig.SAMPLES - N)
    limit = fig.limit_curves(N / fig.DIMENSION, Delta)["RF"]
    assert (np.abs(mean - limit * price) < standard_errors(len(N)) * error).all()
    printed = fig.printed_limit(N / fig.DIMENSION, Delta)
    assert ((printed - mean)[N >= 450] > 20 * error[N >= 450]).all()


def test_a_record_without_a_seed_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(runs, "fit_cell", lambda seed, progress: {"test": [seed]})
    path = tmp_path / "fits.json"
    runs.record_fits(path, runs.SEEDS[:1])
    with pytest.raises(RecordError, match="5 cells are missing"):
        runs.recorded_fits(path)
    runs.record_fits(path)
    assert runs.recorded_fits(path)["test"][:, 0].tolist() == list(runs.SEEDS)
