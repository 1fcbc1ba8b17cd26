r"""One neuron that is trained: what features chosen in advance cannot do.

The target is [<v, x> + c]_+, the trained neuron [<w, x> + b]_+, x ~ N(0, I_d), and

.. math:: \mathcal E(w, b) = E\big([\langle v, x \rangle + c]_+
          - [\langle w, x \rangle + b]_+\big)^2 .

The mean over x is taken exactly in `neuron_error` and `neuron_gradient`, so that
`gradient_descent` has no samples in it; `sgd_errors` sees every sample once. Vectors
w that are trained side by side are the columns of a d x m matrix W.

Source: Yehudai & Shamir, On the Power and Limitations of Random Features for
Understanding Neural Networks, NeurIPS 2019, Section 4, where a single neuron is the
target; that gradients learn it is not theirs: see the chapter.

The chapter is ``book/single-neuron.md``.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy.special import ndtr

from rfbook.matrices import columns
from rfbook.ranges import (
    finite_answers,
    finite_array,
    finite_scalar,
    flag,
    integer_from,
)
from rfbook.single_neuron.features import (
    normal_density,
    orthant_probability,
    relu_inner_product,
)


@finite_answers
def neuron_error(W, v, b=0.0, c: float = 0.0):
    r"""Squared error of neurons [<w, x> + b]_+ for the target [<v, x> + c]_+.

    With K of `relu_inner_product`, t the cosine between w and v, and relative biases,

    .. math::
        \mathcal E = |w|^2 K_{b/|w|,\,b/|w|}(1) + |v|^2 K_{c/|v|,\,c/|v|}(1)
        - 2 |w| |v| K_{b/|w|,\,c/|v|}(t) .

    Parameters
    ----------
    W : array_like of float, shape (d, m)
        Weights of m neurons, as columns, none of them 0.
    v : array_like of float, shape (d,)
        Weights of the target, not 0.
    b : float or array_like of float, shape (m,), optional
        Biases of the neurons.
    c : float, optional
        Bias of the target.

    Returns
    -------
    ndarray of float, shape (m,)
        The errors; rounding is about 1e-15 of the energy of the larger neuron.

    Raises
    ------
    ValueError
        If shapes do not fit, a value is not finite or a vector of weights is 0.

    Examples
    --------
    The error scales with the square of all weights:

    >>> W, v = np.array([[1.0, 0.0], [1.0, 3.0]]), np.array([2.0, 1.0])
    >>> small = neuron_error(W, v, 0.5, -1.0)
    >>> np.allclose(neuron_error(3 * W, 3 * v, 1.5, -3.0), 9 * small)
    True
    """
    length, norm, t, b, c = _geometry(W, v, b, c)
    own = length**2 * relu_inner_product(1.0, b, b)
    target = norm**2 * relu_inner_product(1.0, c, c)
    error = own + target - 2 * length * norm * relu_inner_product(t, b, c)
    return np.maximum(error, 0)


@finite_answers
def neuron_gradient(W, v, b=0.0, c: float = 0.0):
    r"""Exact gradient of the squared error in the weights and in the bias.

    Let A be the event that the trained neuron is active, :math:`\hat b = b / |w|`,
    :math:`\hat c = c / |v|`, t the cosine, s = sqrt(1 - t^2), P the probability that
    both neurons are active and h the trained neuron minus the target. Integration by
    parts gives

    .. math::
        E\,h\,1_A\,x &= \Phi(\hat b)\, w - P v - |v| \varphi(\hat b)\,
            E[\hat c - t \hat b + s g]_+ \, w / |w|, \\
        E\,h\,1_A &= |w| (\varphi(\hat b) + \hat b\, \Phi(\hat b))
            - |v| \Big(\hat c P + \varphi(\hat c) \Phi\big((\hat b - t \hat c)/s\big)
            + t \varphi(\hat b) \Phi\big((\hat c - t \hat b)/s\big)\Big),

    and the gradient is twice that. Without biases, with the angle gamma, the first is
    half of :math:`w - ((\pi - \gamma) v + \sin\gamma\, |v|\, w / |w|) / \pi`.

    Parameters
    ----------
    W, v, b, c
        As in `neuron_error`. At w = 0 there is no gradient.

    Returns
    -------
    in_weights : ndarray of float, shape (d, m)
    in_bias : ndarray of float, shape (m,)

    Raises
    ------
    ValueError
        If shapes do not fit, a value is not finite or a vector of weights is 0.

    Examples
    --------
    It vanishes at the target, and at -v nothing pulls towards v:

    >>> v = np.array([2.0, 1.0])
    >>> at_target, _ = neuron_gradient(v[:, None], v)
    >>> opposite, _ = neuron_gradient(-v[:, None], v)
    >>> np.allclose(at_target, 0, atol=1e-15), np.allclose(opposite[:, 0], -v)
    (True, True)
    """
    length, norm, t, b, c = _geometry(W, v, b, c)
    W, v = np.asarray(W, dtype=float), np.asarray(v, dtype=float)
    s = np.sqrt((1 - t) * (1 + t))
    both, at_b, at_c = (
        orthant_probability(t, b, c),
        normal_density(b),
        normal_density(c),
    )
    boundary = at_b * _positive_part(c - t * b, s)
    in_weights = ndtr(b) * W - both * v[:, None] - norm * boundary * (W / length)
    target = c * both + at_c * _step(b - t * c, s) + t * at_b * _step(c - t * b, s)
    in_bias = length * (at_b + b * ndtr(b)) - norm * target
    return 2 * in_weights, 2 * in_bias


@finite_answers
def gradient_descent(
    W, v, steps: int, rate: float, b=0.0, c: float = 0.0, *, train_bias=False
):
    """Follow the exact gradient of the squared error from every column of W.

    Parameters
    ----------
    W : array_like of float, shape (d, m)
        Weights at the start, as columns, none of them 0.
    v : array_like of float, shape (d,)
        Weights of the target.
    steps : int
        Number of steps, at least 0.
    rate : float
        Length of a step as a multiple of the gradient, positive.
    b : float or array_like of float, shape (m,), optional
        Biases at the start.
    c : float, optional
        Bias of the target.
    train_bias : bool, optional
        Whether the bias is trained too; otherwise it stays.

    Returns
    -------
    W : ndarray of float, shape (d, m)
        Weights at the end.
    b : ndarray of float, shape (m,)
        Biases at the end.

    Raises
    ------
    ValueError
        If an argument is out of range, or a neuron arrives at w = 0.

    Examples
    --------
    >>> v = np.array([1.0, 0.0])
    >>> W, _ = gradient_descent([[0.0], [0.1]], v, 100, 0.5)
    >>> np.allclose(W[:, 0], v)
    True
    """
    steps = integer_from("steps", steps, 0)
    rate = finite_scalar("rate", rate, 0, strict=True)
    train_bias = flag("train_bias", train_bias)
    W = np.array(columns("W", W))
    b = np.array(np.broadcast_to(finite_array("b", b), W.shape[1:]))
    for _ in range(steps):
        in_weights, in_bias = neuron_gradient(W, v, b, c)
        W -= rate * in_weights
        b -= rate * in_bias * train_bias
    return W, b


def sgd_errors(
    d: int,
    samples,
    *,
    rate: float | None = None,
    start: float = 0.1,
    runs: int = 20,
    seed: int = 0,
) -> np.ndarray:
    r"""Error of one neuron without bias after one pass over fresh samples.

    Target and starts are independent uniform directions, of norm 1 and `start`. The
    step k sees a sample that is never seen again:

    .. math::
        w \leftarrow w - 2 \eta\, \big([\langle w, x_k \rangle]_+
        - [\langle v, x_k \rangle]_+\big)\, 1\{\langle w, x_k \rangle > 0\}\, x_k .

    Near v the mean of |w - v|^2 shrinks by the factor 1 - 2 eta + 2 eta^2 (d + 2) a
    step, which is least for eta = 1 / (2 (d + 2)).

    The runs are computed together in torch, on the device of `rfbook.devices`; the
    errors are those over all x, from `neuron_error`.

    Parameters
    ----------
    d : int
        Dimension, at least 2.
    samples : sequence of int
        Numbers of samples after which to report, increasing, the first at least 0.
    rate : float, optional
        The rate eta, positive; without it, 1 / (2 (d + 2)).
    start : float, optional
        Norm of w at the start, positive.
    runs : int, optional
        Number of independent runs, at least 1.
    seed : int, optional
        Seed of the one generator.

    Returns
    -------
    ndarray of float, shape (len(samples), runs)

    Raises
    ------
    ValueError
        If an argument is out of range.
    rfbook.devices.DeviceError
        See `rfbook.devices.device`.

    Examples
    --------
    >>> errors = sgd_errors(3, [0, 2000], runs=5)
    >>> bool((errors[0] > 0.1).all() and (errors[1] < 1e-12).all())
    True
    """
    import torch

    from rfbook.devices import default_dtype, device

    d, runs = integer_from("d", d, 2), integer_from("runs", runs, 1)
    samples = [integer_from("samples", n, 0) for n in samples]
    if not samples or any(m >= n for m, n in pairwise(samples)):
        raise ValueError(f"samples must be increasing numbers, got {samples}")
    best = 1 / (2 * (d + 2))
    rate = best if rate is None else finite_scalar("rate", rate, 0, strict=True)
    start = finite_scalar("start", start, 0, strict=True)
    generator = torch.Generator(device()).manual_seed(integer_from("seed", seed, 0))
    look = {"generator": generator, "device": device(), "dtype": default_dtype()}
    w, v = torch.randn(2, runs, d, **look)
    w, v = start * w / w.norm(dim=1, keepdim=True), v / v.norm(dim=1, keepdim=True)
    reported = []
    for n in range(samples[-1] + 1):
        if n in samples:
            # The error depends on the part of w along v and the length of the rest.
            along = (w * v).sum(dim=1)
            across = (w - along[:, None] * v).norm(dim=1)
            plane = torch.stack([along, across]).cpu().numpy()
            reported.append(neuron_error(plane, [1.0, 0.0]))
        x = torch.randn(runs, d, **look)
        trained, target = (w * x).sum(dim=1), (v * x).sum(dim=1).clamp(min=0)
        slope = torch.where(trained > 0, trained - target, 0)
        w = w - 2 * rate * slope[:, None] * x
    return np.array(reported)


# --- helpers ------------------------------------------------------------------------


def _geometry(W, v, b, c):
    """Check a call; return the norms, the cosine and the relative biases."""
    W, v = finite_array("W", W), finite_array("v", v)
    if W.ndim != 2 or v.ndim != 1 or len(W) != len(v):
        raise ValueError(
            f"W must be d x m and v of length d, got shapes {W.shape} and {v.shape}"
        )
    length, norm = np.linalg.norm(W, axis=0), np.linalg.norm(v)
    if not (length > 0).all() or not norm > 0:
        raise ValueError("weights must not be 0: a neuron without them has no gradient")
    b = np.broadcast_to(finite_array("b", b), length.shape) / length
    c = np.full(length.shape, finite_scalar("c", c) / norm)
    return length, norm, np.clip(v @ W / (norm * length), -1, 1), b, c


def _step(excess, s):
    """Phi(excess / s); at s = 0 the limit, with 1/2 where both vanish."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where((s == 0) & (excess == 0), 0, excess / s)
    return ndtr(ratio)


def _positive_part(mean, s):
    """E [mean + s g]_+, also at s = 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where((s == 0) & (mean == 0), 0, mean / s)
    return mean * ndtr(ratio) + s * normal_density(ratio)
