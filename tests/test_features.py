"""What the proportional limit reads off an activation: no unit, and the tolerances."""

import numpy as np
import pytest

from rfbook.activations import Quadrature
from rfbook.features import fixed_point, limit_coefficients


def coefficients(function):
    return limit_coefficients(Quadrature(function, "drawn up here"))


@pytest.mark.parametrize("scale", [1e-12, 1e-8, 1.0, 1e10])
def test_the_coefficients_are_squares_in_the_activation_s_unit(scale):
    found = coefficients(lambda u: scale * (u * u - 1 + 3 * u))
    np.testing.assert_allclose(np.array(found) / scale**2, [9, 2, 2], rtol=1e-9)


@pytest.mark.parametrize("scale", [1e-8, 1.0, 1e10])
def test_a_linear_activation_is_refused_in_every_unit(scale):
    with pytest.raises(ValueError, match="must not be linear"):
        coefficients(lambda u: scale * u)


@pytest.mark.parametrize("scale", [1e-8, 1.0, 1e10])
def test_a_mean_is_refused_from_a_share_of_the_norm_on(scale):
    norm = np.sqrt(2)
    with pytest.raises(ValueError, match="mean 0 at radius 1"):
        coefficients(lambda u: scale * (u * u - 1 + 1.5e-9 * norm))
    coefficients(lambda u: scale * (u * u - 1 + 0.5e-9 * norm))


@pytest.mark.parametrize("power", [-80, 80])
def test_the_root_of_energies_in_another_unit_is_that_root_in_it(power):
    unit, law = 2.0**power, [0.5, 1.5]
    found = fixed_point(0.7, 0.5 * unit, 0.3 * unit, law) * unit
    # either search for the root stops within 1e-14 of it
    np.testing.assert_allclose(found, fixed_point(0.7, 0.5, 0.3, law), rtol=3e-14)
