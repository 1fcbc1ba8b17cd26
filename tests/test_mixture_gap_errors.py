"""Classification errors on the mixture, exact, in the limit, and of real digits."""

import numpy as np
import pytest
from scipy.stats import chi2, ortho_group

from rfbook.features import isotropic_weights
from rfbook.gaussian import tail
from rfbook.mixture_gap import (
    affinity,
    bayes_error,
    best_network,
    best_quadratic,
    captured_snr,
    classification_error,
    difference_spectrum,
    digits_experiment,
    error_limit,
    figure_difference,
    fit_classes,
    form_weights,
    log_hellinger,
    model_errors,
    rf_predictor,
    sampled_error,
    snr,
)

SPECTRA = ([0.5], [0.9, -0.3], [0.5, -0.2, 0.1], [0.99, 0.98], [-0.4] * 6)


def bayes_integral(Delta) -> float:
    """Integrate the Hellinger transform over (u^2 + 1/4), u = sinh v."""
    v = np.linspace(-25, 25, 2_000_001)
    u = np.sinh(v)
    values = affinity(Delta) * np.exp(log_hellinger(u, Delta)).real
    return np.trapezoid(values * np.cosh(v) / (u**2 + 0.25), v) / (4 * np.pi)


def flat(d, delta, level):
    """Error of deciding for y = +1 where |x|^2 < level, Delta = delta I."""
    wrong = chi2.sf(level / (1 - delta), d), chi2.cdf(level / (1 + delta), d)
    return sum(wrong) / 2


# --- exact ----------------------------------------------------------------------------


@pytest.mark.parametrize("Delta", SPECTRA)
def test_bayes_error_by_the_other_integral(Delta):
    # at d = 1 the integrand decays like |u|^-2.5 and oscillates: a few digits are lost
    assert bayes_error(Delta) == pytest.approx(bayes_integral(Delta), abs=2e-8)


@pytest.mark.parametrize(("d", "delta"), [(1, 0.5), (3, 0.9), (40, 0.2), (450, 0.05)])
def test_multiples_of_the_identity(d, delta):
    Delta = np.full(d, delta)
    level = d * np.arctanh(delta) * (1 - delta**2) / delta
    assert bayes_error(Delta) == pytest.approx(flat(d, delta, level), rel=1e-11, abs=0)
    M, c = best_quadratic(Delta)
    found = classification_error(M, c, Delta)
    assert found == pytest.approx(flat(d, delta, d), rel=1e-11, abs=0)
    assert found >= bayes_error(Delta)


@pytest.mark.parametrize("seed", range(3))
def test_sampled_mistakes_of_a_general_predictor(seed):
    rng = np.random.default_rng(seed)
    turn = ortho_group.rvs(4, random_state=rng)
    Delta = turn @ np.diag([0.8, 0.1, -0.5, 0.3]) @ turn.T
    Delta = (Delta + Delta.T) / 2
    M = rng.standard_normal((4, 4))
    M = (M + M.T) / 2
    share, error = sampled_error(M, 0.4, Delta, 100_000, rng)
    assert abs(share - classification_error(M, 0.4, Delta)) < 4.5 * error


def test_bayes_is_the_least():
    rng = np.random.default_rng(4)
    Delta = np.array([0.7, 0.2, -0.5])
    least = bayes_error(Delta)
    for _ in range(50):
        M, c = rng.standard_normal(3), rng.standard_normal()
        assert classification_error(M, c, Delta) > least


def test_rotations_change_nothing():
    turn = ortho_group.rvs(3, random_state=5)
    Delta, M = np.array([0.7, 0.2, -0.5]), np.array([-1.0, 0.3, 2.0])
    turned = [turn @ np.diag(A) @ turn.T for A in (Delta, M)]
    turned = [(A + A.T) / 2 for A in turned]
    plain = classification_error(M, 0.1, Delta)
    assert classification_error(turned[1], 0.1, turned[0]) == pytest.approx(plain)
    assert bayes_error(turned[0]) == pytest.approx(bayes_error(Delta))


def test_a_vector_and_a_matrix_may_be_mixed():
    Delta, M = np.array([0.7, -0.5]), np.array([-1.0, 2.0])
    plain = classification_error(M, 0.1, Delta)
    for A, B in ((np.diag(M), Delta), (M, np.diag(Delta))):
        assert classification_error(A, 0.1, B) == pytest.approx(plain)
    assert sampled_error(np.diag(M), 0.1, Delta, 50, 0) == sampled_error(
        M, 0.1, Delta, 50, 0
    )


def test_equal_classes_and_constant_decisions():
    assert bayes_error([0.0, 0.0]) == 0.5
    assert classification_error([0.0], 3.0, [0.5]) == 0.5
    plus, minus = form_weights([1.0, -1.0], [0.0, 0.0])
    assert plus.tolist() == minus.tolist() == [1.0, -1.0]


# --- limits ---------------------------------------------------------------------------


def test_half_of_each_sign_decides_like_bayes():
    Delta = difference_spectrum("balanced", 30, 1.2)
    M, c = best_network(Delta, 30)
    exact = bayes_error(Delta)
    assert classification_error(M, c, Delta) == pytest.approx(exact, rel=1e-12, abs=0)
    # 31 eigenvalues cannot be balanced, and the constants differ
    odd = difference_spectrum("balanced", 31, 1.2)
    M, c = best_network(odd, 31)
    assert classification_error(M, c, odd) > bayes_error(odd) * (1 + 1e-9)


@pytest.mark.parametrize("kind", ["flat", "figure"])
def test_the_wide_network_comes_closer_to_bayes(kind):
    def excess(d):
        Delta = difference_spectrum(kind, d, 1.0)
        M, c = best_network(Delta, d)
        return classification_error(M, c, Delta) - bayes_error(Delta)

    small, large = excess(50), excess(800)
    # the largest eigenvalue is divided by 4, and the proved bound nearly by 4
    assert 0 < large < small / 4


@pytest.mark.parametrize("seed", range(2))
def test_one_number_gives_risk_and_error(seed):
    """The bound of the claim, for all three models at d = 120."""
    Delta = figure_difference(120, seed)
    size = np.abs(Delta).max()
    W = isotropic_weights(120, 80, seed)
    slack = np.log((1 + size**2) / (1 - size) ** 2) / 8
    for M, c in (best_network(Delta, 80), rf_predictor(W, Delta, offset=True)):
        values = M if M.ndim == 1 else np.linalg.eigvalsh(M)
        ratio = np.abs(values).max() / np.sqrt(np.sum(values**2))
        bound = 7 / 4 * (1 + size) / (1 - size) * ratio + slack
        gap = classification_error(M, c, Delta) - error_limit(captured_snr(M, Delta))
        assert abs(gap) <= bound
        assert (
            abs(gap) < 0.01
        )  # observed: far smaller, as the classes' skewness cancels


def test_the_bayes_error_tends_to_its_limit():
    gaps = []
    for d in (200, 800, 3200):
        Delta = difference_spectrum("figure", d, 1.2)
        gaps.append(abs(bayes_error(Delta) - error_limit(snr(Delta))))
    # like 1 / d: each step divides by about 4
    assert gaps[1] == pytest.approx(gaps[0] / 4, rel=0.1, abs=0)
    assert gaps[2] == pytest.approx(gaps[1] / 4, rel=0.1, abs=0)


def test_error_limit_is_a_tail():
    assert error_limit([0.0, 1.0]) == pytest.approx([0.5, tail(1.0)])


def test_model_errors_order_and_samples():
    Delta = difference_spectrum("figure", 40, 1.2)
    found = model_errors(Delta, [10, 40], seed=0, n=20_000)
    for column in (0, 1):
        values = [found[model][0, column] for model in ("RF", "NT", "NN")]
        assert values == sorted(values, reverse=True)
    assert found["NT"][1] == pytest.approx(found["NN"][1], abs=0.02)
    for rows in found.values():
        assert np.all(np.abs(rows[:, 2] - rows[:, 1]) < 4.5 * rows[:, 3])
    assert model_errors(Delta, [10], seed=0)["NN"].shape == (1, 2)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: classification_error([1.0], 0.0, [1.0]), "positive definite"),
        (lambda: classification_error([1.0, 1.0], 0.0, [0.5]), "size 1"),
        (lambda: classification_error([1.0], np.nan, [0.5]), "c must be finite"),
        (lambda: classification_error([[0, 1], [0, 0]], 0, [0.5, 0]), "symmetric"),
        (lambda: sampled_error([1.0, 1.0], 0.0, [0.5], 5, 0), "size 1"),
        (lambda: sampled_error([1.0], 0.0, [0.5], 0, 0), "n must be"),
        (lambda: error_limit(-1.0), "captured must be"),
        (lambda: model_errors([0.5], [0], 0), "widths must be"),
    ],
)
def test_what_is_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()


# --- digits ---------------------------------------------------------------------------


def test_fit_classes_whitens_and_makes_diagonal():
    rng = np.random.default_rng(0)
    first = rng.standard_normal((200, 4)) @ rng.standard_normal((4, 4))
    second = rng.standard_normal((300, 4)) @ rng.standard_normal((4, 4))
    A, Delta = fit_classes(first, second)
    # sums of up to 300 products; whitening multiplies by the condition of the mean
    plus, minus = first.T @ first / 200, second.T @ second / 300
    rounding = 300 * np.finfo(float).eps * np.linalg.cond(plus + minus)
    for covariance, share in ((plus, 1 - Delta), (minus, 1 + Delta)):
        white = A.T @ covariance @ A
        assert np.allclose(white, np.diag(share), rtol=0, atol=rounding)
    with pytest.raises(ValueError, match="second sample must span"):
        fit_classes(first, second[:2])
    for one, two in ((first, second[:, :3]), (first[0], second), (first[:0], second)):
        with pytest.raises(ValueError, match=r"must have shapes \(n, d\) and \(m, d\)"):
            fit_classes(one, two)


def test_gaussian_twins_are_predicted_and_digits_have_their_order():
    pytest.importorskip("sklearn")
    twin = digits_experiment(splits=6, twin=True)
    # the variance within a class is Gaussian; its own error is a few per cent
    assert twin.spread == pytest.approx(1, abs=0.1)
    # the fitted covariances cost a little, and never gain much
    excess = twin.measured_risk - twin.predicted_risk
    assert np.all(excess > -3 * twin.risk_error)
    real = digits_experiment(splits=6)
    assert real.spread < 0.8
    for values in (real.predicted_risk, real.measured_risk, real.measured_error):
        assert np.all(np.diff(values) < 0)
    again = digits_experiment(splits=6)
    assert np.array_equal(real.measured_risk, again.measured_risk)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"first": (1,), "second": (1, 2)}, "disjoint"),
        ({"first": (), "second": (2,)}, "disjoint"),
        ({"first": (10,), "second": (2,)}, "digits 0 to 9"),
        ({"dimension": 33}, "at most 32"),
        ({"dimension": 0}, "dimension must be"),
        ({"projection": "none"}, "projection must be"),
        ({"splits": 1}, "splits must be"),
        ({"widths": (0,)}, "widths must be"),
    ],
)
def test_digits_that_are_refused(options, words):
    pytest.importorskip("sklearn")
    with pytest.raises(ValueError, match=words):
        digits_experiment(**options)
