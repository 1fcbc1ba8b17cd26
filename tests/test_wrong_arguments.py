"""Wrong arguments are never silent: every public function, each argument in turn.

For every public function there is a call that is right. Each argument of it is replaced
by what may come by mistake. Either the function refuses with a ValueError or TypeError
that says what, or it returns finite numbers without a warning; where the replacement
stands for the same numbers, the same result.
"""

import cmath
import inspect
import math
import re
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from fractions import Fraction
from functools import partial
from importlib import import_module
from itertools import islice

import numpy as np
import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy

from rfbook import api

# --- a right call of every function ---------------------------------------------------


@dataclass(frozen=True)
class Made:
    """An argument that is made when it is first needed."""

    make: Callable


def made(path: str, *arguments) -> Made:
    """Return an argument that a function of rfbook makes."""
    module, _, name = path.rpartition(".")
    return Made(lambda: getattr(import_module(f"rfbook.{module}"), name)(*arguments))


def array(*values) -> np.ndarray:
    return np.array(values, dtype=float)


B = array([2.0, 0.5, 0.0], [0.5, 1.0, 0.25], [0.0, 0.25, -0.5])
PSD = array([2.0, 0.5, 0.0], [0.5, 1.0, 0.25], [0.0, 0.25, 1.5])
GAMMA = array([0.5, 0.125, 0.0], [0.125, 0.25, 0.0], [0.0, 0.0, 0.25])
DELTA = array([0.5, 0.125, 0.0], [0.125, -0.25, 0.0], [0.0, 0.0, 0.25])
W = array([0.5, -1.0], [1.0, 0.25], [0.25, 0.75])
WIDE = array([0.5, -1.0, 0.25, 1.5], [1.0, 0.25, -0.5, 0.5], [0.25, 0.75, 1.0, -1.0])
X = array([0.5, -1.0, 2.0], [1.5, 0.25, -0.5])
UNIT = array([0.5, 1.0], [0.5, 0.0], [0.5, 0.0], [0.5, 0.0])
GRAM = array([2.0, 0.5], [0.5, 1.0])
CORRELATIONS = array([1.0, 0.5], [0.5, 1.0])
SIGNS = array([1.0, 1.0], [1.0, -1.0])
TIMES = array(0.0, 0.25, 1.0)
RHO = array(0.5, 2.0)
LINK = array(0.0, 1.0, 0.5)
NEURON = array(0.5, 1.0, -0.25, 0.5, 0.125)
STEPS = array(2.0, -2.0, 0.0, 0.0)
P = {(1, 1): 4, (0, 0): -1}
QUADRATIC = made("activations.activation", "quadratic")
TARGET = made("quadratic_gap.QuadraticTarget", [2.0, 1.0, -0.5])
WEIGHT = made("polynomial_learning.weight_function", P, "exp", 3)
HALF = Fraction(1, 2)
SMALL = {
    "seeds": [0, 1],
    "steps": 4,
    "rate": 0.5,
    "looks": 2,
    "test_points": 10,
    "batch": 2,
}

FILES = "its arguments are files and records: tests/test_records.py"
RESULT = "what comes out of functions, or a row of a table: no argument is checked"

DECORATOR = "it takes a function, which is tested with it"
ABSTRACT = "a kind of thing, not a thing: its own kinds are tested"

FIXED = {"minimum", "maximum", "choices", "kind"}
"""Arguments of the guards, which the programmer writes and no reader."""

SAMPLES: dict[str, dict | str] = {
    "activations.Activation": ABSTRACT,
    "descent.Problem": ABSTRACT,
    "random_features.FeatureMap": ABSTRACT,
    "descent.Descent": RESULT,
    "fits.Fit": RESULT,
    "mixture_gap.DigitsExperiment": RESULT,
    "mixture_gap.RiskBound": RESULT,
    "polynomial_learning.Sizes": RESULT,
    "random_features.Sample": RESULT,
    "training.Training": RESULT,
    "records.Record": FILES,
    # the package's front
    "claims.claims": {},
    "ledger.cite": "it looks words up, a KeyError: tests/test_citation.py",
    "ledger.verify": "its arguments are ids and files: tests/test_ledger.py",
    # ground floor
    "ranges.integer_from": {"name": "d", "value": 3, "minimum": 1},
    "ranges.finite_array": {"name": "x", "values": X, "minimum": -5.0, "strict": False},
    "ranges.finite_scalar": {
        "name": "x",
        "value": 0.5,
        "minimum": -5.0,
        "strict": False,
    },
    "ranges.no_underflow": "it takes results, not arguments",
    "ranges.ball": {"value": HALF},
    "ranges.flag": {"name": "offset", "value": True},
    "ranges.instance_of": {"name": "law", "value": "zero", "kind": str},
    "ranges.no_lost_square": "it takes results, not arguments",
    "ranges.real_array": "it lets infinities and NaN pass",
    "ranges.list_from": "it asks for a sequence, of anything",
    "ranges.generator_from": {"seed": 0},
    "ranges.finite_answers": DECORATOR,
    "special.harmonic_dimension": {"d": 3, "degree": 2},
    "special.hermite_coefficients": {"k": 3},
    "special.hermite": {"k": 3, "x": array(0.5, -1.0)},
    "special.gegenbauer": {"d": 3, "degree": 4, "t": array(0.5, -1.0)},
    "special.gegenbauer_coefficients": {"d": 3, "degree": 4},
    "special.sphere_moment": {"d": 3, "k": 4},
    "special.sphere_overlap": {"d": 3, "k": 4, "degree": 2},
    "special.log_scaled_hyp0f1": {"b": 1.5, "kappa": array(0.5, 80.0)},
    "special.scaled_hyp0f1_ball": {"b": Fraction(3, 2), "kappa": HALF},
    "gaussian.phi": {"h": array(0.5, -1.0)},
    "gaussian.log_phi": {"h": array(0.5, -1.0)},
    "gaussian.tail": {"h": array(0.5, -1.0)},
    "gaussian.log_tail": {"h": array(0.5, -1.0)},
    "gaussian.truncated_moment": {"h": array(0.5, 3.0), "k": 2},
    "gaussian.expect": {"f": np.cos, "nodes": 20},
    "gaussian.phi_ball": {"h": HALF},
    "gaussian.tail_ball": {"h": HALF},
    "gaussian.truncated_moment_ball": {"h": HALF, "k": 2},
    "devices.choice": {},
    "devices.device": {},
    "devices.describe": {},
    "devices.cpu_model": {},
    "devices.default_dtype": {},
    "devices.seed_everything": {"seed": 3},
    "records.data_folder": {},
    "records.provenance": FILES,
    "records.read_record": FILES,
    "records.write_record": FILES,
    "records.write_whole": FILES,
    # first floor
    "matrices.symmetric": {"B": B, "name": "B", "zero": False},
    "matrices.in_range": {"B": B},
    "matrices.dense": {"B": B},
    "matrices.eigenvalues": {"B": B},
    "matrices.positive_eigenvalues": {"B": PSD},
    "matrices.trace": {"B": B},
    "matrices.square_norm": {"B": B},
    "matrices.trace_ratio": {"B": B},
    "matrices.inner": {"A": B, "B": PSD},
    "matrices.quadratic_values": {"x": W, "B": B},
    "matrices.columns": {"name": "W", "x": W, "d": 3},
    "matrices.ratio": {"rho": RHO},
    "matrices.complement": {"W": W},
    "matrices.explained": {"U": GRAM, "V": array(1.0, 0.5)},
    "matrices.explained_path": {"U": GRAM, "V": array(1.0, 0.5)},
    "features.isotropic_weights": {"d": 3, "N": 2, "seed": 0},
    "features.gaussian_weights": {"Gamma": GAMMA, "N": 2, "seed": 0},
    "features.covariance": {"Gamma": GAMMA, "d": 3},
    "features.rf_moments": {"W": W, "sigma": QUADRATIC, "offset": False},
    "features.fixed_point": {
        "rho": 0.5,
        "linear": 0.5,
        "beyond": 1.5,
        "spectrum": array(1.0, 2.0),
    },
    "features.limit_coefficients": {"sigma": QUADRATIC},
    "activations.arc_cosine": {"t": array(0.5, -1.0)},
    "activations.activation": {"sigma": "relu"},
    "activations.Centred": {"activation": made("activations.Relu")},
    "activations.Quadrature": {"function": np.cos, "name": "cos", "parity": "even"},
    "activations.Quadratic": {},
    "activations.Relu": {},
    "activations.Erf": {},
    "forms.form_logtransform": {"s": array(0.0, 0.125), "weights": array(1.0, -2.0)},
    "forms.contour_integral": {
        "log_integrand": lambda s: -s - np.log(s) - np.log(1 - s),
        "centre": 0.5,
        "radius": 0.5,
        "slope": 1.0,
        "accuracy": 2.0**-40,
    },
    "forms.form_tail": {"t": array(0.5, 3.0), "weights": array(1.0, -2.0)},
    "forms.form_cdf": {"t": array(0.5, 3.0), "weights": array(1.0, -2.0)},
    "descent.Setting": {"model": "NN", "N": 2, "step": 0.125},
    "descent.descend": {
        "model": "NN",
        "problem": TARGET,
        "step": 2.0**-7,
        "W": W,
        "seeds": [0, 1],
        "looks": [0, 2],
        "batch": 2,
        "offset": "slaved",
        "c0": 0.5,
        "limit": 100.0,
    },
    "descent.descend_all": {
        "problem": TARGET,
        "settings": Made(
            lambda: [import_module("rfbook.descent").Setting("NN", 2, 0.125)]
        ),
        "seeds": [0, 1],
        "looks": [0, 2],
        "batch": 2,
    },
    "descent.increasing": {"looks": [0, 3, 5]},
    "descent.initial_weights": {"d": 3, "N": 2, "seed": 0},
    "ranges.one_of": {
        "name": "offset",
        "value": "flow",
        "choices": ("slaved", "flow"),
    },
    "fits.fit_features": {
        "W": W,
        "problem": TARGET,
        "widths": [1, 2],
        "samples": 20,
        "test": 4,
        "batch": 7,
        "seed": 0,
    },
    "training.generators": {"seed": 0},
    "training.cube_weights": {"d": 3, "width": 2, "generator": Made(lambda: _stream())},
    "training.sphere_points": {
        "count": 2,
        "d": 3,
        "generator": Made(lambda: _stream()),
    },
    "training.labels": {"target": lambda x: x[..., 0], "x": Made(lambda: _points())},
    "training.train": dict(
        target=lambda x: x[..., 0],
        d=3,
        width=4,
        **SMALL,
        layers="both",
        activation="exp",
        limit=100.0,
    ),
    "training.join": {"parts": Made(lambda: [_trained(0), _trained(1)])},
    "training.Networks": {"start": Made(lambda: _points()[None]), "activation": "exp"},
    # random features
    "random_features.ArcCosineFeatures": {"order": 1},
    "random_features.FourierFeatures": {"scale": 1.5, "pairs": False},
    "random_features.TangentFeatures": {"layers": "both"},
    "random_features.angle": {"x": X, "y": X[:1]},
    "random_features.average_error": {
        "second_moment": 3.0,
        "norm_squared": 1.0,
        "N": 4,
    },
    "random_features.best_linear_weights": {"W": UNIT},
    "random_features.coupled_descent": {
        "N": 4,
        "d": 3,
        "n": 2,
        "rate": 0.5,
        "steps": 2,
        "signs": "balanced",
        "runs": 2,
        "seed": 0,
    },
    "random_features.coupling_bound": {"S": 2.0, "N": 100, "n": 2, "delta": 0.25},
    "random_features.directions": {"d": 3, "N": 2, "seed": 0},
    "random_features.drift_bound": {"rate": 0.5, "steps": 2, "residual": 1.5, "N": 25},
    "random_features.error_bound": {"C": 3.0, "N": 9, "delta": 0.25},
    "random_features.first_step_mean": {"S": 1.5, "N": 100},
    "random_features.fit": {
        "features": X.T,
        "values": array(1.0, 2.0, 0.5),
        "ridge": 0.25,
    },
    "random_features.flip_bound": {"q": 0.25, "N": 50, "n": 2, "delta": 0.25},
    "random_features.flip_probability": {"q": array(0.25, 2.0)},
    "random_features.inner_drift_bound": {"time": 2.0, "N": 10, "B": 1.5, "L": 2.5},
    "random_features.kernel_error_bound": {"B": 2.0, "N": 100, "delta": 0.25},
    "random_features.kernel_error_uniform": {
        "d": 4,
        "distance": 2.0,
        "N": 256,
        "delta": 0.25,
    },
    "random_features.layer_drift_bound": {"time": 2.0, "N": 10, "B": 1.5, "L": 2.5},
    "random_features.layered_descent": {
        "N": 4,
        "time": 0.5,
        "steps": 2,
        "d": 3,
        "runs": 2,
        "fresh": 5,
        "seed": 0,
    },
    "random_features.linear_error": {"W": UNIT, "u": array(0.5, 1.0)},
    "random_features.linear_weights": {"W": UNIT},
    "random_features.mean_excess": {"q": array(0.25, 2.0)},
    "random_features.rate_experiment": {
        "d": 3,
        "widths": [2, 4],
        "seeds": 2,
        "seed": 0,
    },
    "random_features.sign_vector": {"N": 4, "signs": "balanced"},
    # learning polynomials
    "polynomial_learning.Activation": RESULT,
    "polynomial_learning.WeightFunction": RESULT,
    "polynomial_learning.activation": {"given": "tanh"},
    "polynomial_learning.activation_bounds": {"sigma": "exp", "radius": HALF},
    "polynomial_learning.concentration_bound": {
        "C": 2.0,
        "L": 1.5,
        "H": 1.5,
        "N": 50,
        "delta": 0.25,
    },
    "polynomial_learning.concentration_width": {
        "C": 2.0,
        "L": 1.5,
        "H": 1.5,
        "eps": 0.5,
        "delta": 0.25,
    },
    "polynomial_learning.cube_moment": {"exponents": [2, 0, 4]},
    "polynomial_learning.degree": {"P": P},
    "polynomial_learning.descent_step": {"C": 2.0, "N": 5, "T": 10, "eps": 0.5},
    "polynomial_learning.descent_terms": {
        "C": 2.0,
        "H": 1.5,
        "L": 2.5,
        "N": 5,
        "T": 10,
        "eta": 0.5,
    },
    "polynomial_learning.descent_time": {"C": 2.0, "H": 1.5, "eps": 0.5},
    "polynomial_learning.descent_width": {"C": 2.0, "H": 1.5, "L": 2.5, "eps": 0.5},
    "polynomial_learning.drift_bound": {"eta": 0.125, "t": 2, "H": 2.0, "L": 1.5},
    "polynomial_learning.dual_bound": {"index": (1, 1), "K": 4},
    "polynomial_learning.dual_coefficients": {"index": (1, 1), "K": 4},
    "polynomial_learning.dual_norm_squared": {"index": (1, 1), "K": 4},
    "polynomial_learning.dual_polynomial": {"index": (1, 1), "K": 4},
    "polynomial_learning.error_bound": {"g": WEIGHT, "M": 3},
    "polynomial_learning.evaluate": {"P": P, "x": array([0.5, 0.25], [1.0, -0.5])},
    "polynomial_learning.homogeneous_indices": {"d": 2, "degree": 2},
    "polynomial_learning.least_power": {"P": {(1, 0): 1}, "sigma": "exp", "eps": 0.5},
    "polynomial_learning.legendre_coefficient": {"degree": 4, "power": 2},
    "polynomial_learning.legendre_moment": {"degree": 2, "power": 4},
    "polynomial_learning.legendre_product": {"index": (1, 2), "v": array(0.5, 0.25)},
    "polynomial_learning.multi_indices": {"d": 2, "degree": 2},
    "polynomial_learning.polynomial": {"given": P},
    "polynomial_learning.power_mean": {"g": WEIGHT, "n": 2},
    "polynomial_learning.power_means": {"g": WEIGHT, "x": array([0.5, 0.25]), "M": 3},
    "polynomial_learning.representation_error": {"g": WEIGHT, "x": array([0.5, 0.25])},
    "polynomial_learning.sampled_error": {"g": WEIGHT, "count": 5, "seed": 0},
    "polynomial_learning.theorem_sizes": {
        "P": {(1, 0): 1},
        "sigma": "exp",
        "K": 3,
        "eps": 0.5,
        "delta": 0.25,
    },
    "polynomial_learning.truncated_mean": {"g": WEIGHT, "M": 3},
    "polynomial_learning.weight_bound": {"g": WEIGHT},
    "polynomial_learning.weight_ceiling": {"g": WEIGHT},
    "polynomial_learning.weight_function": {"P": P, "sigma": "exp", "K": 3},
    "polynomial_learning.weight_monomials": {"g": WEIGHT},
    "polynomial_learning.weight_norm": {"g": WEIGHT},
    "polynomial_learning.weight_sample_max": {"g": WEIGHT, "count": 5, "seed": 0},
    # psi
    "psi.triangle_wave": {"x": array(0.5, -1.5)},
    "psi.psi": {"x": array(0.5, -1.5), "a": 5},
    "psi.psi_weights": {"a": 5},
    "psi.psi_relu_sum": {"x": array(0.5, -1.5), "a": 5},
    "psi.psi_repaired": {"x": array(0.5, -1.5), "a": 5},
    "psi.second_moment": {"R": array(0.5, 3.0), "a": 5},
    "psi.second_moment_ball": {"R": HALF, "a": 5, "prec": 64},
    "psi.correlation_bound_log": {"d": 4, "R": array(0.5, 3.0)},
    "psi.correlation_bound": {"d": 4, "R": array(0.5, 3.0)},
    "psi.correlation_bound_ball": {"d": 4, "R": HALF},
    "psi.correlation_rate": {"beta": array(0.5, 3.0)},
    "psi.psi_tail_norm_bound_log": {"a": 5, "R": array(0.5, 3.0)},
    "psi.psi_tail_norm_bound_ball": {"a": 5, "R": HALF},
    "psi.triangle_spectrum_log": {"d": 4, "R": 1.5, "lmax": 5},
    "psi.correlation_supremum_log": {"d": 4, "R": 1.5},
    "psi.correlation_supremum_ball": {"d": 4, "R": HALF},
    # the linear warm-up
    "linear_warmup.distance_law": {"d": 4, "r": 2},
    "linear_warmup.success_probability": {
        "d": 4,
        "r": 2,
        "threshold": array(0.25, 0.5),
    },
    "linear_warmup.success_probability_log": {
        "d": 4,
        "r": 2,
        "threshold": array(0.25, 0.5),
    },
    "linear_warmup.success_probability_exact": {"d": 4, "r": 2, "threshold": HALF},
    "linear_warmup.success_probability_ball": {"d": 4, "r": 2, "threshold": HALF},
    "linear_warmup.divergence": {"p": array(0.5, 0.75), "x": array(0.25, 0.5)},
    "linear_warmup.chernoff_exponent": {"ratio": array(0.25, 0.5), "threshold": 0.25},
    "linear_warmup.success_bounds_log": {"d": 8, "r": 2, "threshold": 0.25},
    "linear_warmup.distance_squared": {"W": W, "target": array(1.0, 0.5, 0.25)},
    "linear_warmup.least_weights": {
        "W": W,
        "target": array(1.0, 0.5, 0.25),
        "error": 2.0,
    },
    "linear_warmup.sample_features": {
        "d": 4,
        "r": 2,
        "law": "gaussian",
        "size": 2,
        "seed": 0,
    },
    "linear_warmup.sample_distance": {
        "d": 4,
        "r": 2,
        "law": "gaussian",
        "size": 2,
        "seed": 0,
        "target": array(1.0, 0.5, 0.25, 0.0),
    },
    # a single neuron
    "single_neuron.Threshold": RESULT,
    "single_neuron.best_combination_errors": {
        "gram": GRAM,
        "products": array([0.5], [0.25]),
        "energy": 1.5,
    },
    "single_neuron.best_error": {"d": 5, "r": 3, "norm": 1.5, "bias": 0.5},
    "single_neuron.best_error_ball": {"d": 5, "r": 3, "norm": HALF, "bias": HALF},
    "single_neuron.direct_error_floor": {"d": 40, "norm": 1.5},
    "single_neuron.direct_least_features": {"d": 30, "probability": HALF},
    "single_neuron.direct_success_bound": {"d": 12, "N": 512},
    "single_neuron.energy_tail": {"m": 4},
    "single_neuron.energy_tail_ball": {"m": 4},
    "single_neuron.fixed_bias_least_features": {"d": 80, "R": 6.0, "probability": HALF},
    "single_neuron.gradient_descent": {
        "W": W,
        "v": array(1.0, 0.5, 0.25),
        "steps": 3,
        "rate": 0.25,
        "b": 0.5,
        "c": 0.25,
        "train_bias": False,
    },
    "single_neuron.neuron_error": {
        "W": W,
        "v": array(1.0, 0.5, 0.25),
        "b": 0.5,
        "c": 0.25,
    },
    "single_neuron.neuron_gradient": {
        "W": W,
        "v": array(1.0, 0.5, 0.25),
        "b": 0.5,
        "c": 0.25,
    },
    "single_neuron.normal_density": {"z": array(0.5, -1.0)},
    "single_neuron.orthant_probability": {"t": array(0.5, -0.25), "b": 0.5, "c": 0.25},
    "single_neuron.printed_weight_bound_log": {"d": 50, "rate": 0.25},
    "single_neuron.proved_weight_bound_log": {"d": 60},
    "single_neuron.radius": {"d": 16, "power": HALF},
    "single_neuron.random_directions": {"d": 3, "N": 2, "seed": 0},
    "single_neuron.random_feature_errors": {
        "d": 3,
        "N": 2,
        "bias": 0.5,
        "law": "gaussian",
        "draws": 2,
        "targets": 2,
        "seed": 0,
    },
    "single_neuron.relu_coefficients": {"kmax": 4, "bias": 0.5},
    "single_neuron.relu_gram": {"W": UNIT, "biases": 0.5},
    "single_neuron.relu_inner_product": {"t": array(0.5, -0.25), "b": 0.5, "c": 0.25},
    "single_neuron.relu_kernel": {"t": array(0.5, -0.25), "bias": 0.5},
    "single_neuron.relu_products": {
        "W": UNIT,
        "V": UNIT[:, 1:],
        "biases": 0.5,
        "bias": 0.25,
    },
    "single_neuron.relu_second_moment": {"bias": 0.5},
    "single_neuron.relu_second_moment_ball": {"bias": HALF},
    "single_neuron.relu_spectrum": {"d": 4, "lmax": 5, "bias": 0.5},
    "single_neuron.relu_spectrum_ball": {"d": 4, "lmax": 5, "bias": HALF},
    "single_neuron.relu_spectrum_log": {"d": 4, "lmax": 5, "bias": 0.5},
    "single_neuron.relu_spectrum_series": {
        "d": 4,
        "lmax": 5,
        "bias": 0.5,
        "terms": 100,
    },
    "single_neuron.relu_variance_ball": {"bias": HALF},
    "single_neuron.relu_zero_bias_ball": {"d": 4, "degree": 2},
    "single_neuron.sgd_errors": {
        "d": 3,
        "samples": [0, 4],
        "rate": 0.0625,
        "start": 0.25,
        "runs": 2,
        "seed": 0,
    },
    "single_neuron.tangent_feature_errors": {
        "d": 3,
        "N": 2,
        "draws": 2,
        "targets": 2,
        "seed": 0,
    },
    "single_neuron.tangent_gram": {"W": UNIT},
    "single_neuron.tangent_products": {"W": UNIT, "V": UNIT[:, 1:]},
    "single_neuron.wave_error_floor": {"R": 1.5},
    "single_neuron.wave_kinks": {"R": 1.5},
    "single_neuron.wave_least_features": {"d": 40, "probability": HALF},
    "single_neuron.wave_least_norm": {"d": 25},
    "single_neuron.wave_success_bound": {"d": 40, "N": 7},
    "single_neuron.width_for_share": {"d": 10, "share": HALF, "norm": 1.5, "bias": 0.0},
    "single_neuron.width_needed": {"d": 10, "error": HALF, "norm": 2.5, "bias": 0.0},
    "single_neuron.width_table": {
        "dims": [10, 20],
        "thresholds": Made(
            lambda: import_module("rfbook.single_neuron").THRESHOLDS[:2]
        ),
        "progress": False,
    },
    "single_neuron.zero_bias_floor": {"d": 5, "bias": 0.5, "nodes": 40},
    # the quadratic target
    "quadratic_gap.QuadraticTarget": {"B": B},
    "quadratic_gap.best_covariance": {"rho": 0.5, "B": PSD},
    "quadratic_gap.descend": {
        "model": "NT",
        "B": B,
        "step": 2.0**-7,
        "W": W,
        "seeds": [0, 1],
        "looks": [0, 2],
        "batch": 2,
    },
    "quadratic_gap.exponential_limits": {"rho": RHO},
    "quadratic_gap.exponential_target": {"d": 3, "seed": 0},
    "quadratic_gap.fitted_diagonal": {"rho": 0.5, "B": array(2.0, 1.0, 0.5)},
    "quadratic_gap.flow_constant": {
        "B": B,
        "W0": W,
        "t": TIMES,
        "offset": "flow",
        "c0": 0.5,
    },
    "quadratic_gap.flow_diagonal": {
        "B": array(2.0, 1.0, 0.5),
        "W0": W,
        "t": TIMES,
        "offset": "flow",
        "c0": 0.5,
    },
    "quadratic_gap.flow_limit": {"B": B, "N": 2},
    "quadratic_gap.flow_rate": {"B": B, "N": 1},
    "quadratic_gap.flow_risk": {
        "B": B,
        "W0": W,
        "t": TIMES,
        "offset": "flow",
        "c0": 0.5,
    },
    "quadratic_gap.gap_bound": {"rho": RHO, "B": PSD},
    "quadratic_gap.gradient_flow": {
        "B": B,
        "W0": W,
        "t": TIMES,
        "offset": "flow",
        "c0": 0.5,
    },
    "quadratic_gap.mean_square": {"A": B, "a": 0.5},
    "quadratic_gap.min_norm_mean": {"B": B, "n": 2, "share": 0.25},
    "quadratic_gap.min_norm_risk": {"B": B, "n": 2, "seed": 0, "S": GAMMA},
    "quadratic_gap.mp_laplace": {"u": TIMES, "rho": 0.5},
    "quadratic_gap.nn_risk": {"B": B, "N": 2, "second_layer": "free"},
    "quadratic_gap.nn_risk_limit": {
        "rho": RHO,
        "spectrum": array(2.0, 1.0, 0.5),
        "second_layer": "free",
    },
    "quadratic_gap.nn_risk_path": {"B": B, "N": 2, "second_layer": "free"},
    "quadratic_gap.nn_sgd_floor": {"B": PSD, "N": 2, "step": 2.0**-10, "batch": 4},
    "quadratic_gap.nt_flow": {"W": W, "B": B, "t": TIMES},
    "quadratic_gap.nt_flow_limit": {"rho": 0.5, "B": B, "t": TIMES},
    "quadratic_gap.nt_flow_mean": {"s": array(0.5, 1.0, 0.0), "B": B, "t": TIMES},
    "quadratic_gap.nt_noise_gain": {
        "s": array(0.5, 1.0),
        "step": 2.0**-10,
        "batch": 4,
        "closure": "exact",
    },
    "quadratic_gap.nt_risk": {"W": W, "B": B},
    "quadratic_gap.nt_risk_limit": {"rho": RHO, "B": B},
    "quadratic_gap.nt_risk_mean": {"B": B, "N": 2},
    "quadratic_gap.nt_risk_path": {"W": W, "B": B},
    "quadratic_gap.nt_sgd_floor": {
        "W": W,
        "B": B,
        "step": 2.0**-10,
        "batch": 4,
        "closure": "exact",
    },
    "quadratic_gap.nt_sgd_risk": {
        "W": W,
        "B": B,
        "step": 2.0**-10,
        "batch": 4,
        "looks": [0, 3],
        "closure": "exact",
    },
    "quadratic_gap.nt_step_limit": {
        "s": array(0.5, 1.0),
        "batch": 4,
        "closure": "exact",
    },
    "quadratic_gap.rf_products": {"W": W, "B": B, "sigma": QUADRATIC},
    "quadratic_gap.rf_risk": {
        "W": W,
        "B": B,
        "activation": "quadratic",
        "offset": False,
    },
    "quadratic_gap.rf_risk_limit": {
        "rho": RHO,
        "B": B,
        "Gamma": GAMMA,
        "activation": "quadratic",
    },
    "quadratic_gap.rf_risk_mean": {"B": B, "N": 2, "alpha": 0.5},
    "quadratic_gap.rf_risk_path": {
        "W": W,
        "B": B,
        "activation": "quadratic",
        "offset": False,
    },
    "quadratic_gap.risk": {"M": B, "c": 0.5, "B": PSD},
    "quadratic_gap.sample_share": {"d": 3, "n": 2, "draws": 2, "seed": 0},
    "quadratic_gap.spectrum": {"kind": "power", "d": 4, "parameter": 0.5},
    "quadratic_gap.trace_share": {"d": 3, "N": 2},
    # the mixture
    "mixture_gap.Mixture": {"Delta": DELTA},
    "mixture_gap.absolute_eigenvalues": {"Delta": DELTA},
    "mixture_gap.affinity": {"Delta": DELTA},
    "mixture_gap.bayes_error": {"Delta": DELTA},
    "mixture_gap.bayes_limit_bound": {"Delta": DELTA},
    "mixture_gap.bayes_risk": {"Delta": DELTA},
    "mixture_gap.bayes_risk_bound": {"Delta": DELTA},
    "mixture_gap.bayes_risk_expansion": {"Delta": DELTA},
    "mixture_gap.bayes_risk_limit": {"snr": RHO},
    "mixture_gap.bayes_risk_sampled": {"Delta": DELTA, "n": 5, "seed": 0},
    "mixture_gap.best_network": {"Delta": DELTA, "N": 2, "second_layer": "free"},
    "mixture_gap.best_quadratic": {"Delta": DELTA},
    "mixture_gap.captured_risk": {"captured": RHO},
    "mixture_gap.captured_snr": {"M": B, "Delta": DELTA},
    "mixture_gap.class_roots": {"Delta": DELTA},
    "mixture_gap.classification_error": {"M": B, "c": 0.5, "Delta": DELTA},
    "mixture_gap.critical_escape": {"Delta": DELTA, "chosen": [0], "N": 2},
    "mixture_gap.critical_risk": {"Delta": DELTA, "chosen": [0]},
    "mixture_gap.difference": {"Delta": DELTA, "name": "Delta"},
    "mixture_gap.difference_spectrum": {
        "kind": "power",
        "d": 4,
        "snr": 0.25,
        "parameter": 0.5,
    },
    "mixture_gap.digits_experiment": {
        "first": (0, 2),
        "second": (1, 3),
        "dimension": 3,
        "projection": "principal",
        "widths": (1, 2),
        "splits": 2,
        "twin": False,
        "seed": 0,
    },
    "mixture_gap.error_limit": {"captured": RHO},
    "mixture_gap.figure_difference": {"d": 6, "seed": 0},
    "mixture_gap.fit_classes": {
        "first": array([1.0, 0.5], [-1.0, 0.25], [0.5, -2.0]),
        "second": array([0.5, 0.5], [-2.0, 0.25], [0.25, -1.0]),
    },
    "mixture_gap.flow_matrices": {
        "model": "NN",
        "Delta": DELTA,
        "W0": W,
        "times": [0.0, 0.25],
        "layer": -1.0,
        "accuracy": 2.0**-20,
    },
    "mixture_gap.flow_risk": {
        "model": "NN",
        "Delta": DELTA,
        "W0": W,
        "times": [0.0, 0.25],
        "layer": -1.0,
        "accuracy": 2.0**-20,
    },
    "mixture_gap.form_weights": {"M": B, "Delta": DELTA},
    "mixture_gap.gap_bound": {"rho": RHO, "Delta": GAMMA},
    "mixture_gap.layer_risk": {"Delta": DELTA, "layer": array(-1.0, 1.0)},
    "mixture_gap.linear_mmse": {"snr": RHO},
    "mixture_gap.llr_moments": {"Delta": DELTA, "label": -1},
    "mixture_gap.log_hellinger": {"u": TIMES, "Delta": DELTA},
    "mixture_gap.log_likelihood_ratio": {"x": W, "Delta": DELTA},
    "mixture_gap.mixture_gradient": {"M": B, "c": 0.5, "Delta": DELTA},
    "mixture_gap.mixture_risk": {"M": B, "c": 0.5, "Delta": DELTA},
    "mixture_gap.model_errors": {"Delta": DELTA, "widths": [1, 2], "seed": 0, "n": 5},
    "mixture_gap.nn_risk": {"Delta": DELTA, "N": 2, "second_layer": "free"},
    "mixture_gap.nn_risk_limit": {"rho": RHO, "Delta": DELTA, "second_layer": "free"},
    "mixture_gap.nn_risk_path": {"Delta": DELTA, "N": 2, "second_layer": "free"},
    "mixture_gap.nn_snr": {"Delta": DELTA, "N": 2, "second_layer": "free"},
    "mixture_gap.nt_gradient_limit": {"W": W, "Delta": DELTA},
    "mixture_gap.nt_kappa": {"rho": RHO, "Delta": DELTA},
    "mixture_gap.nt_leading": {"W": W, "Delta": DELTA},
    "mixture_gap.nt_leading_mean": {"Delta": DELTA, "N": 2},
    "mixture_gap.nt_leading_snr": {"W": W, "Delta": DELTA},
    "mixture_gap.nt_predictor": {"W": W, "Delta": DELTA},
    "mixture_gap.nt_risk": {"W": W, "Delta": DELTA},
    "mixture_gap.nt_risk_bounds": {"W": W, "Delta": DELTA},
    "mixture_gap.nt_risk_limit": {"rho": RHO, "Delta": DELTA},
    "mixture_gap.nt_risk_path": {"W": W, "Delta": DELTA, "widths": [1, 2]},
    "mixture_gap.posterior_mean": {"x": W, "Delta": DELTA},
    "mixture_gap.quadratic_snr": {"Delta": DELTA},
    "mixture_gap.rf_means": {"W": W, "Delta": DELTA, "sigma": QUADRATIC},
    "mixture_gap.rf_predictor": {"W": W, "Delta": DELTA, "offset": False},
    "mixture_gap.rf_risk": {
        "W": W,
        "Delta": DELTA,
        "activation": "quadratic",
        "offset": False,
    },
    "mixture_gap.rf_risk_limit": {
        "rho": RHO,
        "Delta": DELTA,
        "Gamma": GAMMA,
        "activation": "quadratic",
    },
    "mixture_gap.rf_risk_path": {
        "W": W,
        "Delta": DELTA,
        "activation": "quadratic",
        "offset": False,
    },
    "mixture_gap.rf_spread": {"W": W, "Delta": DELTA, "sigma": QUADRATIC},
    "mixture_gap.sample": {"Delta": DELTA, "n": 3, "seed": 0},
    "mixture_gap.sampled_error": {"M": B, "c": 0.5, "Delta": DELTA, "n": 5, "seed": 0},
    "mixture_gap.snr": {"Delta": DELTA},
    "mixture_gap.whiten": {"Sigma": PSD, "Delta": DELTA, "W": W},
    # counting
    "counting.coherence": {"gram": CORRELATIONS},
    "counting.coherence_bound": {"m": 16, "N": 4, "kappa": 0.25},
    "counting.cosine_errors": {"d": 3, "N": 4, "degree": 2, "seed": 0, "scale": 2.5},
    "counting.dimension": {"energies": array(4.0, 1.0, 1.0), "error": HALF},
    "counting.eigenvalue_bound": {"m": 32, "least": HALF, "error": Fraction(1, 4)},
    "counting.forster_bound": {"matrix": SIGNS},
    "counting.inner_product": {"n": 4},
    "counting.integer_points": {"square": 5, "d": 3},
    "counting.lipschitz_lower": {"d": 2, "L": 1, "error": Fraction(1, 8), "most": 40},
    "counting.lipschitz_upper": {"d": 3, "L": 1, "error": HALF},
    "counting.majority": {"n": 3},
    "counting.majority_first_degree": {"n": 3},
    "counting.mean_error": {"gram": CORRELATIONS, "N": 1},
    "counting.orthant_points": {"square": 5, "d": 3},
    "counting.parity_errors": {"features": array([1.0], [0.5], [0.0], [-1.0])},
    "counting.parity_weights": {"s": 3},
    "counting.projective_plane": {"q": 2},
    "counting.relu_features": {"n": 2, "N": 3, "seed": 0},
    "counting.sign_rank": {"matrix": SIGNS},
    "counting.sine_degree": {"d": 3, "L": 2.0, "error": HALF},
    "counting.sq_dimension": {"gram": CORRELATIONS},
    "counting.translate_dimension": {"values": [1, -1, -1, 1], "error": HALF},
    "counting.vc_dimension": {"matrix": SIGNS, "most": 2},
    "counting.walsh_matrix": {"n": 2},
    "counting.walsh_transform": {"values": array(3.0, 1.0, -2.0, 0.0)},
    # feature learning
    "feature_learning.batch_direction": {
        "link": LINK,
        "d": 3,
        "n": 4,
        "noise": 0.25,
    },
    "feature_learning.captured_shares": {"W": UNIT, "lmax": 4},
    "feature_learning.class_gram": {"d": 5, "overlaps": array(0.75, -0.5)},
    "feature_learning.class_risk": {
        "d": 5,
        "overlaps": array(0.75, -0.5),
        "link": LINK,
        "neurons": 4,
    },
    "feature_learning.correlation": {
        "link": LINK,
        "neuron": NEURON,
        "t": array(0.5, -0.25),
    },
    "feature_learning.degree_floor": {"d": 5, "N": 8, "k": 2},
    "feature_learning.fit_errors": {
        "W": UNIT,
        "theta": array(0.5, 0.5, 0.5, 0.5),
        "link": LINK,
    },
    "feature_learning.flow": {
        "link": LINK,
        "neuron": NEURON,
        "start": 0.25,
        "times": TIMES,
    },
    "feature_learning.flow_time": {"k": 3, "rate": 1.5, "start": 0.25, "end": 0.5},
    "feature_learning.information_exponent": {
        "link": array(0.5, 0.0, 2.0),
        "tolerance": 0.25,
    },
    "feature_learning.link_floor": {"d": 5, "N": 8, "squares": array(0.5, 0.0, 2.0)},
    "feature_learning.link_spectrum": {"d": 5, "squares": array(0.5, 0.0, 2.0)},
    "feature_learning.mean_signal": {"d": 5, "k": 2},
    "feature_learning.noisy_flow": {
        "link": LINK,
        "neuron": NEURON,
        "start": 0.25,
        "times": TIMES,
        "shrink": lambda t: 0.5 + t**2,
    },
    "feature_learning.online_overlaps": {
        "link_function": np.cos,
        "slope_function": np.cos,
        "d": 5,
        "step": 0.125,
        "start": 0.25,
        "looks": [0, 3],
        "seeds": 2,
    },
    "feature_learning.population_step": {
        "link": LINK,
        "neuron": NEURON,
        "W": UNIT,
        "theta": array(0.5, 0.5, 0.5, 0.5),
    },
    "feature_learning.relu_batch_size": {"d": 5, "k": 2, "neuron_square": HALF},
    "feature_learning.slope_coefficients": {"values": LINK},
    "feature_learning.square_coefficients": {"values": LINK},
    "feature_learning.step_parts": {
        "link": LINK,
        "neuron": NEURON,
        "t": array(0.5, -0.25),
    },
    "feature_learning.stepped_weights": {
        "W": UNIT,
        "direction": array(0.5, 1.0, -0.25, 2.0),
        "sizes": array(0.5, -1.0),
    },
    "feature_learning.tangent_energy": {
        "link": LINK,
        "neuron_slope_square": NEURON,
        "t": array(0.5, -0.25),
        "d": 5,
    },
    "feature_learning.velocity": {
        "link": LINK,
        "neuron": NEURON,
        "t": array(0.5, -0.25),
    },
    # staircases
    "staircases.Path": RESULT,
    "staircases.census": {"P": 2},
    "staircases.characters": {"P": 2},
    "staircases.cube": {"P": 2},
    "staircases.escape_time": {"k": 3, "start": 0.25},
    "staircases.families": {"P": 3, "jump": 2},
    "staircases.flow": {
        "values": STEPS,
        "u": array(2.0, -2.0),
        "b": array(0.5, 0.5),
        "times": TIMES,
        "second_layer": True,
    },
    "staircases.full_families": {"P": 3, "jump": 2},
    "staircases.hermite_leap": {"indices": [(1, 0), (1, 2)]},
    "staircases.kernel_error": {
        "d": 3,
        "n": 5,
        "mu": 1.5,
        "seed": 0,
        "ridges": array(0.5, 1.0),
        "test": 4,
    },
    "staircases.leading_weight": {"k": 3, "u": 2.0, "b": 0.5, "tau": TIMES},
    "staircases.leap": {"supports": [(0,), (0, 1)]},
    "staircases.majority_coefficient": {"d": 5, "t": 3},
    "staircases.network": {
        "u": array(2.0, -1.0, 0.5),
        "w": W,
        "b": array(0.5, -0.5, 0.25),
        "x": array([1.0, -1.0], [0.5, 2.0]),
    },
    "staircases.network_errors": {
        "d": 3,
        "marks": [0, 4],
        "mu": 1.5,
        "seed": 0,
        "N": 2,
        "rate": 0.125,
        "batch": 2,
        "test": 4,
    },
    "staircases.one_step_samples": {"d": 7, "k": 2, "failure": 0.25},
    "staircases.paired_start": {"N": 4, "seed": 0, "size": 2.0, "bias": 0.5},
    "staircases.parity_gap": {"d": 7, "k": 2},
    "staircases.parity_gradient": {"d": 7, "k": 2},
    "staircases.sampled_gradient": {"d": 5, "k": 2, "n": 10, "seed": 0},
    "staircases.staircase": {"P": 2},
    "staircases.step_succeeds": {"gradient": array(0.5, -0.25, 0.125), "k": 2},
    "staircases.supports_of": {"values": [1, 1, 1, -1]},
    "staircases.target": {"P": 2, "coefficients": {(0,): 1.0, (0, 1): 0.5}},
    "staircases.threshold_coefficient": {"d": 5, "m": 2, "t": 3},
    "staircases.train": {
        "values": STEPS,
        "u": array(2.0, -2.0),
        "b": array(0.5, 0.5),
        "times": array(0.0, 0.25),
        "d": 4,
        "rate": 0.125,
        "batch": 2,
        "seed": 0,
        "probes": 3,
    },
    "staircases.xor_bayes_error": {"mu": 1.5},
    "staircases.xor_features_bound": {"d": 20, "N": 3, "mu": 1.5},
    "staircases.xor_features_risk": {"W": W, "mu": 1.5},
    "staircases.xor_quadratic_bound": {"d": 20, "N": 3, "mu": 1.5},
    "staircases.xor_quadratic_risk": {"mu": 1.5},
    "staircases.xor_sample": {"d": 3, "n": 2, "mu": 1.5, "seed": 0},
}


def _stream():
    from rfbook.training import generators

    return generators(0)[0]


def _points():
    import torch

    return torch.tensor([[0.5, 0.25], [1.0, -0.5], [0.0, 0.75]], dtype=torch.float64)


def _trained(seed: int):
    from rfbook.training import train

    return train(lambda x: x[..., 0], 3, 4, **{**SMALL, "seeds": [seed]})


# --- what may come by mistake ---------------------------------------------------------

HUGE, TINY = 1e300, 1e-300


def replacements(value, parameter: inspect.Parameter) -> Iterable[tuple[str, object]]:
    """Yield what replaces a right argument, with a word for it.

    A word that begins with ``=`` marks what stands for the same numbers.
    """
    if isinstance(value, Made):
        value = value.make()
    yield "a word", "a word"
    yield "a complex number", 0.5 + 0.5j
    if parameter.default is not None:
        yield "None", None
    if isinstance(value, bool):
        yield from flags(value)
    elif isinstance(value, int):
        yield from integers(value, parameter.name)
    elif isinstance(value, float | Fraction):
        yield from reals(value)
    elif isinstance(value, np.ndarray):
        yield from arrays(value)
    elif isinstance(value, list | tuple):
        yield from sequences(value)
    else:
        yield from [("a number", 0.5), ("NaN", math.nan), ("an empty list", [])]


def flags(value: bool):
    yield from [("no", "no"), ("two", 2), ("half", 0.5), ("NaN", math.nan)]
    yield from [("an empty list", []), ("an array", array(0.0, 1.0))]
    yield "=NumPy's", np.bool_(value)


def integers(value: int, name: str):
    yield from [
        ("zero", 0),
        ("a negative", -1),
        ("a half", value + 0.5),
        ("true", True),
    ]
    yield from [("NaN", math.nan), ("infinity", math.inf), ("1e300", HUGE)]
    yield from [("an empty list", []), ("an array", array(1.0, 2.0))]
    yield "2**70", 2**70
    for kind in (np.int64, np.int32, np.int16):
        yield f"={kind.__name__}", kind(value)


def reals(value):
    yield from [("zero", 0.0), ("a negative", -0.5), ("1e300", HUGE), ("1e-300", TINY)]
    yield from [("NaN", math.nan), ("infinity", math.inf), ("-infinity", -math.inf)]
    yield from [("2**70", 2**70), ("an empty list", []), ("true", True)]
    yield from [("an empty array", np.empty(0)), ("an array", array(0.5, math.nan))]
    yield "=float64", np.float64(value) if isinstance(value, float) else value
    yield "=float32", np.float32(value)


def arrays(value: np.ndarray):
    import torch

    last = (-1,) * value.ndim
    for word, number in (("NaN", math.nan), ("inf", math.inf), ("-inf", -math.inf)):
        wrong = value.copy()
        wrong[last] = number
        yield f"one entry {word}", wrong
    yield from [("1e300 times", value * HUGE), ("1e-300 times", value * TINY)]
    yield from [("empty", np.empty(0)), ("no rows", value[:0]), ("a scalar", 0.5)]
    yield from [("one less", value[:-1]), ("an axis more", value[None])]
    yield from [("zeros", 0 * value), ("2**70", value.astype(object) * 2**70)]
    yield from [("words", value.astype(str)), ("complex", value + 0.5j)]
    yield from [("ragged", [[1.0, 2.0], [3.0]]), ("None inside", [None, 1.0])]
    if value.ndim == 2:
        yield from [("no columns", value[:, :0]), ("one column less", value[:, :-1])]
        if value.shape[0] == value.shape[1]:
            skew = value.copy()
            skew[0, 1] += 0.25
            yield "not symmetric", skew
    yield "=list", value.tolist()
    yield "=Fortran's order", np.asfortranarray(value)
    yield "=float32", value.astype(np.float32)
    yield "=torch", torch.tensor(value)
    yield "=objects", value.astype(object)
    if (value == np.round(value)).all():
        yield "=integers", value.astype(int)


def sequences(value):
    yield from [("empty", []), ("a number", 0.5), ("NaN", [math.nan])]
    yield from [("negative", [-1, 0]), ("halves", [0.5, 1.5]), ("words", ["a", "b"])]
    yield from [
        ("twice the same", [1, 1]),
        ("nested", [[1, 2], [3]]),
        ("2**70", [2**70]),
    ]
    if all(isinstance(part, int) for part in value):
        yield "=tuple", tuple(value)
        yield "=NumPy's", np.array(value)


def seeds(value):
    yield from [("None", None), ("a negative", -1), ("a half", 0.5), ("NaN", math.nan)]
    yield from [("true", True), ("a word", "a word"), ("a list", [1, 2])]
    yield from [("an empty list", []), ("complex", 1j)]
    yield "=NumPy's", np.int64(value)


# --- what must come out ---------------------------------------------------------------


class SilentError(AssertionError):
    """A function that took a wrong argument without a word."""


@dataclass(frozen=True)
class Refusal:
    """The message of an error that is allowed."""

    message: str


def outcome(call: Callable[[], object], names: tuple[str, ...], value, key: str):
    """Return numbers or a refusal; raise for what is silent or says nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            result = call()
            if isinstance(result, Iterable) and not isinstance(result, SIZED):
                result = list(islice(result, 1000))
        except (ValueError, TypeError) as error:
            if isinstance(error, np.linalg.LinAlgError | IndexError | UnicodeError):
                raise SilentError(f"a bare {error!r}") from None
            if not says(str(error), names, value):
                raise SilentError(f"says neither value nor rule: {error!r}") from None
            return Refusal(str(error))
        except Exception as error:
            raise SilentError(f"a bare {type(error).__name__}: {error}") from None
    found = numbers(result)
    allowed = INFINITE.get(key, ())
    if not all(finite(x) or x in allowed for x in found):
        raise SilentError(f"returns {result!r:.120}")
    return found


INFINITE = {
    key: (complex(-math.inf),)
    for key in (
        "psi.triangle_spectrum_log",
        "single_neuron.relu_spectrum_log",
        "linear_warmup.success_probability_log",
    )
} | {
    "linear_warmup.least_weights": (complex(math.inf),),
    "quadratic_gap.nt_sgd_risk": (math.inf,),
    "single_neuron.relu_spectrum_series": (-math.inf,),
}
"""Infinities that are values: the logarithm of 0, weights
that reach no target, a descent that diverges."""

SIZED = (np.ndarray, str, Mapping, list, tuple)


RULE = re.compile(
    r"(must|need|at (most|least)|below|flows|cannot|leaves|lost|has|large).*"
    r"(\bgot\b|: )"
    r"|broadcast|inhomogeneous shape|Overflow when unpacking",
    re.DOTALL,
)
"""The words of the book's own errors: what is needed, and what was given."""


def says(message: str, names: tuple[str, ...], value) -> bool:
    """Tell whether a message names the argument, or shows its value."""
    named = any(re.search(rf"\b{name}\b", message) for name in names)
    typed = f"'{type(value).__name__}'" in message  # "'float' object is not iterable"
    return named or typed or repr(value) in message or bool(RULE.search(message))


def finite(value) -> bool:
    return isinstance(value, int | Fraction) or cmath.isfinite(value)


def numbers(result) -> list[complex]:
    """Return the numbers that a result holds, in order."""
    import torch

    if isinstance(result, torch.Tensor):
        result = result.detach().cpu().numpy()
    if isinstance(result, np.ndarray | np.generic):
        if result.dtype.kind not in "biufc":
            return []
        return np.ravel(result).tolist()
    if isinstance(result, arb):
        if not result.is_finite():
            return [math.nan]
        return [
            int(part) for part in (*result.mid().man_exp(), *result.rad().man_exp())
        ]
    if isinstance(result, bool | int | float | complex | Fraction):
        return [_number(result)]
    if isinstance(result, Mapping):
        return [x for key in result for x in (*numbers(key), *numbers(result[key]))]
    if isinstance(result, list | tuple):
        return [x for part in result for x in numbers(part)]
    if is_dataclass(result):
        kept = [f.name for f in fields(result) if f.name != "seconds"]
        if np.max(getattr(result, "diverged", -1)) >= 0:
            kept = ["steps", "diverged"]  # what is behind a divergence is marked NaN
        return [x for name in kept for x in numbers(getattr(result, name))]
    return []


def _number(value):
    """Return a number that may be compared: exact ones as they are."""
    return value if isinstance(value, int | Fraction) else complex(value)


# --- the tests ------------------------------------------------------------------------

LIMIT = 20
"""Seconds that one call may take: what asks for endless work is to be refused."""

ANSWERS = {"=torch", "=objects", "=float32"}
"""Stand-ins that may be refused; where they are taken the numbers must be the same."""

WORK = {
    "single_neuron.width_needed": ("norm",),
    "counting.lipschitz_upper": ("L", "error"),
    "counting.orthant_points": ("square",),
    "descent.descend": ("looks",),
    "counting.integer_points": ("square",),
    "counting.parity_weights": ("s",),
    "descent.descend_all": ("looks",),
    "feature_learning.mean_signal": ("k",),
    "feature_learning.online_overlaps": ("looks", "seeds"),
    "feature_learning.relu_batch_size": ("k",),
    "fits.fit_features": ("samples", "test"),
    "linear_warmup.sample_distance": ("size",),
    "linear_warmup.success_probability_exact": ("d",),
    "mixture_gap.digits_experiment": ("splits",),
    "mixture_gap.flow_matrices": ("times",),
    "mixture_gap.flow_risk": ("times",),
    "polynomial_learning.dual_coefficients": ("K",),
    "polynomial_learning.dual_polynomial": ("K",),
    "polynomial_learning.error_bound": ("M",),
    "polynomial_learning.homogeneous_indices": ("d", "degree"),
    "polynomial_learning.legendre_moment": ("power",),
    "polynomial_learning.multi_indices": ("d", "degree"),
    "polynomial_learning.power_mean": ("n",),
    "polynomial_learning.theorem_sizes": ("K",),
    "polynomial_learning.truncated_mean": ("M",),
    "polynomial_learning.weight_function": ("K",),
    "psi.correlation_supremum_ball": ("d",),
    "psi.triangle_spectrum_log": ("lmax",),
    "quadratic_gap.descend": ("looks",),
    "quadratic_gap.nt_sgd_risk": ("looks",),
    "quadratic_gap.sample_share": ("draws",),
    "random_features.coupled_descent": ("steps",),
    "random_features.layered_descent": ("steps",),
    "single_neuron.best_error": ("d", "r"),
    "single_neuron.best_error_ball": ("d", "r"),
    "single_neuron.direct_least_features": ("d",),
    "single_neuron.direct_success_bound": ("d",),
    "single_neuron.gradient_descent": ("steps",),
    "single_neuron.relu_spectrum": ("d",),
    "single_neuron.relu_spectrum_ball": ("d",),
    "single_neuron.relu_spectrum_log": ("d",),
    "single_neuron.sgd_errors": ("samples",),
    "single_neuron.width_table": ("dims",),
    "special.gegenbauer": ("degree",),
    "special.gegenbauer_coefficients": ("degree",),
    "special.hermite": ("k",),
    "special.hermite_coefficients": ("k",),
    "special.sphere_moment": ("k",),
    "special.sphere_overlap": ("k",),
    "staircases.network_errors": ("marks",),
    "training.train": ("steps",),
}
"""Sizes that are the work itself: 2**70 of it is begun, and would not end."""

ZEROS = {
    "counting.eigenvalue_bound": ("least",),  # a bound that says nothing
    "forms.contour_integral": ("accuracy",),  # the error that is left
    "forms.form_logtransform": ("s", "weights"),
    "linear_warmup.distance_squared": ("target",),
    "linear_warmup.sample_distance": ("target",),
    "matrices.explained": ("V",),
    "matrices.explained_path": ("V",),
    "matrices.quadratic_values": ("x",),
    "mixture_gap.bayes_limit_bound": ("Delta",),
    "mixture_gap.bayes_risk_sampled": ("Delta",),
    "mixture_gap.captured_snr": ("Delta",),
    "mixture_gap.flow_matrices": ("W0",),
    "mixture_gap.llr_moments": ("Delta",),
    "mixture_gap.log_hellinger": ("Delta",),
    "mixture_gap.mixture_gradient": ("Delta",),
    "mixture_gap.model_errors": ("Delta",),
    "mixture_gap.nn_snr": ("Delta",),
    "mixture_gap.nt_kappa": ("rho",),
    "mixture_gap.nt_leading_snr": ("Delta",),
    "mixture_gap.nt_predictor": ("Delta",),
    "mixture_gap.rf_means": ("W",),
    "mixture_gap.rf_predictor": ("W",),
    "mixture_gap.rf_spread": ("W",),
    "polynomial_learning.power_means": ("x",),
    "polynomial_learning.representation_error": ("x",),
    "psi.correlation_bound_ball": ("R",),
    "psi.correlation_bound_log": ("R",),
    "psi.psi_relu_sum": ("x",),
    "quadratic_gap.fitted_diagonal": ("rho",),
    "quadratic_gap.flow_diagonal": ("W0",),
    "quadratic_gap.gap_bound": ("rho",),
    "quadratic_gap.gradient_flow": ("W0",),
    "quadratic_gap.nt_noise_gain": ("s", "step"),
    "quadratic_gap.rf_products": ("W",),
    "random_features.coupled_descent": ("rate",),
    "random_features.first_step_mean": ("S",),
    "random_features.fit": ("features",),
    "random_features.inner_drift_bound": ("time",),
    "random_features.layer_drift_bound": ("time", "B", "L"),
    "random_features.layered_descent": ("time",),
    "random_features.mean_excess": ("q",),
    "single_neuron.width_needed": ("norm",),  # a neuron that small needs no feature
    "special.scaled_hyp0f1_ball": ("kappa",),
    "staircases.flow": ("u", "b", "times"),  # what has hardly moved, and roundings
    "staircases.leading_weight": ("u", "tau"),  # their higher powers
    "staircases.network_errors": ("mu",),  # a share of four labels
    "staircases.train": ("times",),
    "training.train": ("rate",),
}
"""What may be 0 for numbers of 1e-300: differences, and bounds of the second order."""

ROUNDING = 1e-12
"""A few hundred roundings of float64: another layout sums in another order."""


def resolve(key: str):
    """Return the function of a key."""
    for module, name, row in api.lines(NAMES):
        if key == key_of(name, row):
            return getattr(import_module(module), name)
    raise LookupError(key)


def key_of(name: str, row: api.Name) -> str:
    """Return the key of a public name: the room that defines it, and the name."""
    return f"{row.home.split('.')[1] if '.' in row.home else row.home}.{name}"


NAMES = api.frozen()
KEYS = sorted(key for key, sample in SAMPLES.items() if isinstance(sample, dict))


def call(function: Callable, sample: Mapping):
    """Call a function with fresh arguments."""
    return function(
        **{k: v.make() if isinstance(v, Made) else v for k, v in sample.items()}
    )


def faults(key: str) -> list[str]:
    """Return what is silent about a function, in words."""
    function, sample = resolve(key), SAMPLES[key]
    right = outcome(lambda: call(function, sample), (), None, key)
    if isinstance(right, Refusal):
        return [f"the right call is refused: {right.message}"]
    found, parameters = [], inspect.signature(function).parameters
    for name, value in sample.items():
        parameter = parameters.get(name, parameters.get("options"))
        if key.startswith("ranges.") and name in FIXED:
            continue
        made = seeds(value) if name == "seed" else replacements(value, parameter)
        for word, wrong in made:
            if word.split(" ")[0] in ("2**70", "1e300", "1e-300") and name in WORK.get(
                key, ()
            ):
                continue
            try:
                got = outcome(
                    partial(call, function, {**sample, name: wrong}),
                    (name,),
                    wrong,
                    key,
                )
                compare(word, right, got, name in ZEROS.get(key, ()))
            except SilentError as fault:
                found.append(f"{name} = {word}: {fault}")
    return found


def compare(word: str, right: list, got, may_vanish: bool) -> None:
    """Raise if numbers that should be the same differ, or if a small one is lost."""
    if isinstance(got, Refusal):
        if word.startswith("=") and word not in ANSWERS:
            raise SilentError(f"refused: {got.message}")
    elif word.startswith("="):
        if len(got) != len(right) or not all(map(close, right, got)):
            raise SilentError(f"{got!r:.80} instead of {right!r:.80}")
    elif (
        word.startswith("1e-300")
        and not may_vanish
        and len(got) == len(right)
        and any(a and not b for a, b in zip(right, got, strict=True))
    ):
        raise SilentError(f"a silent zero: {got!r:.80} after {right!r:.80}")


def close(a, b) -> bool:
    return a == b or abs(a - b) <= ROUNDING * max(abs(a), abs(b), 1)


def test_every_public_function_has_a_sample_call():
    public = {key_of(name, row) for _, name, row in api.lines(NAMES) if row.signature}
    assert public - set(SAMPLES) == set(), "give them a sample call in SAMPLES"
    assert set(SAMPLES) - public == set(), "these are not public any more"


@pytest.mark.parametrize("key", KEYS)
def test_a_wrong_argument_is_never_silent(key):
    assert faults(key) == []


# --- numbers of every size, drawn -----------------------------------------------------

ANY = st.floats() | st.integers(-(2**70), 2**70) | st.sampled_from([HUGE, TINY, -0.0])
FEW = st.integers(-2, 12) | st.sampled_from([0, 1, 2])
DIMENSION = FEW | st.sampled_from([2**31, 2**63, 2**70])
FINITE = st.floats(allow_nan=False, allow_infinity=False)
MODEST = st.floats(-4, 4) | ANY
DIAGONAL = numpy.arrays(float, st.sampled_from([1, 3, 3, 3]), elements=MODEST)
NEURONS = numpy.arrays(float, st.sampled_from([(3, 1), (3, 4)]), elements=MODEST)
SMALL_DELTA = numpy.arrays(float, 3, elements=st.floats(-1.25, 1.25) | ANY)


def between(low: float, high: float) -> Callable[[list], bool]:
    """Return a test that real numbers lie in an interval, up to rounding."""
    slack = 1e-9 * max(abs(low), abs(high), 1)
    return lambda found: all(low - slack <= x.real <= high + slack for x in found)


UNIT_INTERVAL, POSITIVE = between(0, 1), between(0, math.inf)

DRAWN = {
    "special.harmonic_dimension": ({"d": DIMENSION, "degree": FEW}, POSITIVE),
    "psi.psi": ({"x": ANY, "a": DIMENSION}, None),
    "psi.psi_relu_sum": ({"x": ANY, "a": FEW}, None),
    "psi.triangle_wave": ({"x": ANY}, between(-1, 1)),
    "psi.second_moment": ({"R": ANY}, UNIT_INTERVAL),
    "psi.correlation_bound": ({"d": DIMENSION, "R": ANY}, UNIT_INTERVAL),
    "psi.correlation_bound_log": ({"d": DIMENSION, "R": ANY}, between(-math.inf, 0)),
    "psi.triangle_spectrum_log": ({"d": FEW, "R": ANY, "lmax": FEW}, None),
    "linear_warmup.success_probability": (
        {"d": FEW, "r": FEW, "threshold": ANY | st.floats(0, 1)},
        UNIT_INTERVAL,
    ),
    "single_neuron.relu_spectrum": ({"d": FEW, "lmax": FEW, "bias": MODEST}, POSITIVE),
    "single_neuron.relu_spectrum_log": ({"d": FEW, "lmax": FEW, "bias": MODEST}, None),
    "single_neuron.best_error": (
        {"d": FEW, "r": FEW, "norm": MODEST, "bias": MODEST},
        POSITIVE,
    ),
    "single_neuron.width_needed": (
        {"d": FEW, "error": st.floats(0.01, 1) | ANY, "norm": MODEST},
        POSITIVE,
    ),
    "quadratic_gap.rf_risk": ({"W": NEURONS, "B": DIAGONAL}, UNIT_INTERVAL),
    "quadratic_gap.nt_risk": ({"W": NEURONS, "B": DIAGONAL}, UNIT_INTERVAL),
    "quadratic_gap.nt_risk_mean": ({"B": DIAGONAL, "N": DIMENSION}, UNIT_INTERVAL),
    "quadratic_gap.nn_risk": ({"B": DIAGONAL, "N": DIMENSION}, UNIT_INTERVAL),
    "quadratic_gap.rf_risk_limit": ({"rho": MODEST, "B": DIAGONAL}, UNIT_INTERVAL),
    "quadratic_gap.nt_risk_limit": ({"rho": MODEST, "B": DIAGONAL}, UNIT_INTERVAL),
    "quadratic_gap.nn_risk_limit": (
        {"rho": MODEST, "spectrum": DIAGONAL},
        UNIT_INTERVAL,
    ),
    "quadratic_gap.gradient_flow": ({"B": DIAGONAL, "W0": NEURONS, "t": MODEST}, None),
    "mixture_gap.whiten": (
        {"Sigma": DIAGONAL, "Delta": SMALL_DELTA, "W": NEURONS},
        None,
    ),
    "mixture_gap.rf_risk": ({"W": NEURONS, "Delta": SMALL_DELTA}, UNIT_INTERVAL),
    "mixture_gap.nt_risk": ({"W": NEURONS, "Delta": SMALL_DELTA}, UNIT_INTERVAL),
    "mixture_gap.nt_risk_bounds": ({"W": NEURONS, "Delta": SMALL_DELTA}, UNIT_INTERVAL),
    "mixture_gap.nn_risk": ({"Delta": SMALL_DELTA, "N": DIMENSION}, UNIT_INTERVAL),
    "mixture_gap.bayes_risk": ({"Delta": SMALL_DELTA}, UNIT_INTERVAL),
    "mixture_gap.rf_risk_limit": ({"rho": MODEST, "Delta": SMALL_DELTA}, UNIT_INTERVAL),
    "mixture_gap.nt_risk_limit": ({"rho": MODEST, "Delta": SMALL_DELTA}, UNIT_INTERVAL),
    "mixture_gap.nn_risk_limit": ({"rho": MODEST, "Delta": SMALL_DELTA}, UNIT_INTERVAL),
    "mixture_gap.bayes_risk_limit": ({"snr": MODEST}, UNIT_INTERVAL),
    "mixture_gap.classification_error": (
        {"M": DIAGONAL, "c": MODEST, "Delta": SMALL_DELTA},
        UNIT_INTERVAL,
    ),
    "mixture_gap.bayes_error": ({"Delta": SMALL_DELTA}, between(0, 0.5)),
}
"""What is drawn for each argument, and the interval in which the result must lie."""


@pytest.mark.parametrize("key", sorted(DRAWN))
@settings(max_examples=40, derandomize=True, deadline=None, database=None)
@given(data=st.data())
def test_numbers_of_any_size_are_refused_or_give_what_is_possible(key, data):
    strategies, holds = DRAWN[key]
    arguments = {name: data.draw(s, name) for name, s in strategies.items()}
    found = outcome(lambda: resolve(key)(**arguments), tuple(arguments), None, key)
    assert isinstance(found, Refusal) or holds is None or holds(found), found


# Risks are shares of the target, whatever its unit.
SHARES = [
    ("quadratic_gap.rf_risk", "B"),
    ("quadratic_gap.rf_risk_path", "B"),
    ("quadratic_gap.rf_risk_limit", "B"),
    ("quadratic_gap.rf_risk_mean", "B"),
    ("quadratic_gap.nt_risk", "B"),
    ("quadratic_gap.nt_risk_path", "B"),
    ("quadratic_gap.nt_risk_limit", "B"),
    ("quadratic_gap.nt_risk_mean", "B"),
    ("quadratic_gap.nn_risk", "B"),
    ("quadratic_gap.nn_risk_path", "B"),
    ("quadratic_gap.nn_risk_limit", "spectrum"),
    ("matrices.trace_ratio", "B"),
]


@pytest.mark.parametrize(("key", "name"), SHARES)
@pytest.mark.parametrize("unit", [1e-150, 1e-8, 1e8, 1e150])
def test_a_share_does_not_depend_on_the_unit(key, name, unit):
    sample = SAMPLES[key]
    right = numbers(call(resolve(key), sample))
    got = numbers(call(resolve(key), {**sample, name: sample[name] * unit}))
    assert all(map(close, right, got)), (right, got)
