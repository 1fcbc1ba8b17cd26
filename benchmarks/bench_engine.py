"""(2) A step of the descent engine, and a whole sweep, against other ways.

The models are those of both figures: the network and the tangent model at d = 450 in
single precision, batch 100, for a grid of four step sizes. Every way takes the same
steps on the same examples, drawn before the clock starts:

rfbook            rfbook.descent.models, all step sizes in one tensor
torch loop        autograd and torch's own SGD, one model after the other
torch.func        torch.func.grad under vmap over the step sizes
JAX, jitted step  value_and_grad under vmap, compiled once, called for every step
JAX, scan         the same, all steps in one compiled lax.scan
products          no training: the products of matrices that a step cannot do without,
                  on tensors of the same shapes

JAX computes on the CPU; compiling is not timed. On a CUDA device there is no JAX row.
The second test is a whole sweep, as a reader starts it: several widths, step sizes and
seeds, the examples drawn and the exact risks evaluated inside.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
import torch
from suite import QUICK, cases, relative_gap

from rfbook.descent import descend_all, initial_weights
from rfbook.descent.engine import Setting
from rfbook.descent.models import KINDS
from rfbook.devices import device
from rfbook.quadratic_gap import QuadraticTarget, exponential_target
from rfbook.training import generators

DIMENSION, BATCH = (60 if QUICK else 450), 100
WIDTHS = (30, 120) if QUICK else (45, 225, 450, 900, 2250, 4500)
FRACTIONS = (0.25, 0.5, 0.75, 1.0)
"""Step sizes, as fractions of 0.2 / (d N), which is stable for every width here."""

ROUNDS = 16
"""Timed calls of a step's way: they are short, and the ratios are the question."""


def steps_of(N: int) -> int:
    """Return the steps of one call: enough to be timed, fewer where they are long."""
    if QUICK:
        return 3
    return 20 if N < 2000 else 10


@lru_cache(1)
def draws(d: int, N: int):
    """Return start, step sizes, examples and labels on the device."""
    generator = torch.Generator().manual_seed(0)
    W = torch.randn(d, N, generator=generator) / d**0.5
    x = torch.randn(steps_of(N), BATCH, d, generator=generator)
    y = (x.square() - 1).sum(2)
    rate = torch.tensor(FRACTIONS) * 0.2 / (d * N)
    return [part.to(device()) for part in (W, rate, x, y)]


# --- the ways ---------------------------------------------------------------------


def engine(model: str, W, rate, x, y):
    """Take the steps with the engine; return what was trained."""
    layer = W.new_ones(W.shape[1])
    group = KINDS[model](W[None], len(rate), layer, True, 0.0)
    for points, labels in zip(x, y, strict=True):
        group.step(points[None], labels[None], rate[:, None])
    return (group.directions() if model == "NT" else group.neurons())[:, 0]


def mean_square(model: str, trained, W, x, y):
    """Mean square of the residual with centred features, as one writes it.

    Torch and JAX read the same formula.
    """
    if model == "NT":
        f = 2 * ((x @ W) * (x @ trained)).sum(1) - 2 * (W * trained).sum()
    else:
        f = ((x @ trained) ** 2).sum(1) - (trained**2).sum()
    return ((y - f) ** 2).mean()


def initial(model: str, W):
    """Return what is trained, at the start."""
    return torch.zeros_like(W) if model == "NT" else W.clone()


def torch_loop(model: str, W, rate, x, y):
    """Train one step size after the other with autograd and torch's SGD."""
    found = []
    for step in rate.tolist():
        trained = torch.nn.Parameter(initial(model, W))
        optimiser = torch.optim.SGD([trained], lr=step)
        for points, labels in zip(x, y, strict=True):
            optimiser.zero_grad()
            mean_square(model, trained, W, points, labels).backward()
            optimiser.step()
        found.append(trained.detach())
    return torch.stack(found)


def torch_func(model: str, W, rate, x, y):
    """Train all step sizes with a gradient that torch.func maps over them."""

    def loss(trained, points, labels):
        return mean_square(model, trained, W, points, labels)

    slope = torch.func.vmap(torch.func.grad(loss), in_dims=(0, None, None))
    trained = initial(model, W).expand(len(rate), *W.shape).clone()
    for points, labels in zip(x, y, strict=True):
        trained -= rate[:, None, None] * slope(trained, points, labels)
    return trained


def products(model: str, W, rate, x, y):
    """Multiply only: x W (and x V) forward, x' z back, added to the weights."""
    k = len(rate)
    trained = W.expand(k, *W.shape).clone()
    for points in x:
        many = points.expand(k, *points.shape).contiguous()
        z = torch.bmm(many, trained)
        if model == "NT":
            torch.mm(points, W)
        trained.baddbmm_(many.mT, z, alpha=1e-12)
    return trained


def jax_way(model: str, way: str, W, rate, x, y):
    """Return a call that trains with JAX, its arrays made and its step compiled."""
    jax = pytest.importorskip("jax")
    if W.is_cuda:
        pytest.skip("JAX is compared on the CPU")
    W, rate, x, y = (jax.numpy.asarray(part.numpy()) for part in (W, rate, x, y))

    def loss(trained, points, labels):
        return mean_square(model, trained, W, points, labels)

    slopes = jax.vmap(jax.value_and_grad(loss), in_axes=(0, None, None))

    def step(trained, example):
        value, slope = slopes(trained, *example)
        return trained - rate[:, None, None] * slope, value

    def start():
        one = jax.numpy.zeros_like(W) if model == "NT" else W
        return jax.numpy.repeat(one[None], len(rate), axis=0)

    if way == "JAX, scan":
        scan = jax.jit(lambda trained: jax.lax.scan(step, trained, (x, y))[0])
        return lambda: scan(start()).block_until_ready()
    compiled = jax.jit(step, donate_argnums=0)

    def loop():
        trained = start()
        for example in zip(x, y, strict=True):
            trained, _ = compiled(trained, example)
        return trained.block_until_ready()

    return loop


WAYS = {
    "rfbook": engine,
    "torch loop": torch_loop,
    "torch.func": torch_func,
    "JAX, jitted step": None,
    "JAX, scan": None,
    "products": products,
}


# --- one step ---------------------------------------------------------------------


def operations(model: str, d: int, N: int) -> int:
    """Return the floating-point operations of the products of one step."""
    forward, frozen = 2 * BATCH * d * N, model == "NT"
    return forward * (2 * len(FRACTIONS) + frozen)


def rounding_ratio(start, residual: float):
    r"""Return a gap: the difference over what single precision explains.

    Two ways that differ in rounding alone round every entry at every step, each by at
    most eps / 2 of its size, and their residuals y - f differ by eps times the terms
    that cancel in them, whose size is that of the Frobenius norm of the neurons,
    squared. The gap is the largest difference, over the largest movement from the
    start, over the sum of both, times 4 because the norms are those of the start.
    """
    start = np.asarray(start.cpu(), float)

    def gap(found, first) -> float:
        found, first = (
            np.asarray(part.cpu() if hasattr(part, "cpu") else part, float)
            for part in (found, first)
        )
        moved = np.abs(first - start).max()
        steps = steps_of(start.shape[1])
        eps = np.finfo(np.float32).eps
        explained = eps * steps * np.abs(first).max() / moved + eps * residual
        return float(np.abs(found - first).max() / moved / (4 * explained))

    return gap


STEP_CASES = [
    {"model": model, "d": DIMENSION, "N": N} for N in WIDTHS for model in ("NT", "NN")
]


@cases(STEP_CASES, list(WAYS))
def test_step(race, case, way):
    """One step of each way."""
    model, N = case["model"], case["N"]
    W, rate, x, y = draws(case["d"], N)
    if way.startswith("JAX"):
        call = jax_way(model, way, W, rate, x, y)
    else:
        call = lambda: WAYS[way](model, W, rate, x, y)  # noqa: E731
    cancelled = W.square().sum().item() / y.square().mean().sqrt().item()
    gap = rounding_ratio(initial(model, W), cancelled)
    race(
        case,
        way,
        call,
        gap=None if way == "products" else gap,
        tolerance=1.0,
        scale=1 / steps_of(N),
        unit="step",
        rounds=ROUNDS,
        step_sizes=len(FRACTIONS),
        batch=BATCH,
        dtype="float32",
        operations=operations(model, case["d"], N),
    )


# --- a sweep ----------------------------------------------------------------------

SWEEP_WIDTHS = (45, 90) if QUICK else (45, 90, 180, 270, 450)
SWEEP_SEEDS = 2 if QUICK else 3
SWEEP_STEPS = 4 if QUICK else 40
SHARD = max(1, 200_000 // (BATCH * DIMENSION))
"""Steps whose examples the engine draws at once."""


def sweep_settings() -> list[Setting]:
    """Return the models of the sweep."""
    return [
        Setting(model, N, fraction * 0.2 / (DIMENSION * N))
        for model in ("NT", "NN")
        for N in SWEEP_WIDTHS
        for fraction in FRACTIONS
    ]


def sweep_engine(problem):
    """Return the last risks of all settings and seeds, trained together."""
    found = descend_all(
        problem,
        sweep_settings(),
        seeds=range(SWEEP_SEEDS),
        looks=[SWEEP_STEPS],
        batch=BATCH,
        dtype=torch.float32,
    )
    return np.array([run.risk[:, -1] for run in found])


def sweep_loop(problem):
    """Return the same, one setting and one seed after the other, with autograd."""
    return np.array(
        [
            [single_risk(problem, setting, seed) for seed in range(SWEEP_SEEDS)]
            for setting in sweep_settings()
        ]
    )


def single_risk(problem, setting: Setting, seed: int) -> float:
    """Train one model on the examples of its seed; return its exact risk."""
    stream = generators(seed)[1]
    W = torch.as_tensor(initial_weights(problem.d, setting.N, seed))
    W = W.to(device(), torch.float32)
    trained = torch.nn.Parameter(initial(setting.model, W))
    optimiser = torch.optim.SGD([trained], lr=setting.step)
    for begin in range(0, SWEEP_STEPS, SHARD):
        count = BATCH * min(SHARD, SWEEP_STEPS - begin)
        x, y = (part[0].to(W) for part in problem.examples([stream], count))
        for points, labels in zip(x.split(BATCH), y.split(BATCH), strict=True):
            optimiser.zero_grad()
            mean_square(setting.model, trained, W, points, labels).backward()
            optimiser.step()
    V, W = trained.detach().double(), W.double()
    M = W @ V.T + V @ W.T if setting.model == "NT" else V @ V.T
    return problem.risk(M[None], M.new_zeros(1)).item()


SWEEP_WAYS = {"rfbook": sweep_engine, "torch loop": sweep_loop}
SWEEP_CASE = {
    "model": "NT and NN",
    "d": DIMENSION,
    "widths": len(SWEEP_WIDTHS),
    "largest N": max(SWEEP_WIDTHS),
    "step sizes": len(FRACTIONS),
    "seeds": SWEEP_SEEDS,
    "steps": SWEEP_STEPS,
}


@cases([SWEEP_CASE], list(SWEEP_WAYS))
def test_sweep(race, case, way):
    """A sweep, all at once and one after the other."""
    problem = QuadraticTarget(exponential_target(DIMENSION, 0))
    # A risk is 2 |B - M|^2 / 2 |B|^2 with float32 weights: M's entries are sums of N
    # products, wrong by eps each at most, so eps (1 + N) bounds what rounding explains.
    race(
        case,
        way,
        lambda: SWEEP_WAYS[way](problem),
        gap=relative_gap,
        tolerance=float(np.finfo(np.float32).eps) * (1 + max(SWEEP_WIDTHS)),
        unit="sweep",
        models=len(sweep_settings()) * SWEEP_SEEDS,
        batch=BATCH,
        dtype="float32",
    )
