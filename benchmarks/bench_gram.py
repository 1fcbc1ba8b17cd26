r"""Matrices of kernels at n points: the book's, scikit-learn's, and neural-tangents'.

Four kernels of two points:

arc-cosine   mean of the product of two ReLU neurons
tangent      kernel of the tangent model of both layers of a ReLU network
gaussian     limit of random Fourier features, the width being the root of d
quadratic    covariance of <w, x>^2 and <w, y>^2

neural-tangents has the first two, for networks of any depth; it runs in a process of
its own, see ``neural_tangents_worker.py``, in float64 and in its usual float32.
scikit-learn has the last two. It has no arc-cosine kernel: for the first two stands
what one writes with its cosine_similarity and NumPy. The book has the arc-cosine kernel
twice, from angles that are accurate for neighbours too (`rfbook.random_features`), and
from products of matrices (`rfbook.activations`).

The points are standard normal, but for the last three: two are close to another point
and to the opposite of one, and one is twice another. Their angles are badly conditioned
functions of their inner products, and the tangent kernel has a kink there.

The gap is in units of what rounding explains, entry by entry (`rounding`), so that the
tolerance is 1. Beside it stands the error of some entries against Arb balls.
"""

from __future__ import annotations

import contextlib
import json
import os
import statistics
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics.pairwise import cosine_similarity, polynomial_kernel, rbf_kernel
from suite import HERE, QUICK, cases

from rfbook.activations import QUADRATIC, RELU
from rfbook.random_features.kernels import (
    ArcCosineFeatures,
    FourierFeatures,
    TangentFeatures,
)

NUMBERS, DIMENSIONS = (500, 1000, 2000, 4000), (10, 450)
if QUICK:
    NUMBERS, DIMENSIONS = (60,), (10, 450)

CLOSE = 1e-7
"""How far a close point is from its neighbour, in each coordinate."""

SWITCH = "RFBOOK_NEURAL_TANGENTS"
"""The Python in whose environment neural-tangents is; unset, its rows are left out."""

UNIT = {"float64": 2.0**-53, "float32": 2.0**-24}


# --- the ways -------------------------------------------------------------------------


@lru_cache(1)
def points(n: int, d: int) -> np.ndarray:
    """Draw the points, shape (n, d)."""
    rng = np.random.default_rng([n, d])
    x = rng.standard_normal((n, d))
    close = CLOSE * rng.standard_normal((2, d))
    x[-3:] = x[0] + close[0], close[1] - x[1], 2 * x[2]
    return x


def sklearn_arc_cosine(x: np.ndarray) -> np.ndarray:
    """Write the arc-cosine kernel with scikit-learn and NumPy."""
    t = np.clip(cosine_similarity(x), -1, 1)
    norms = np.linalg.norm(x, axis=1)
    sine = np.sqrt(1 - t * t) + t * (np.pi - np.arccos(t))
    return np.outer(norms, norms) * sine / (2 * np.pi)


def sklearn_tangent(x: np.ndarray) -> np.ndarray:
    """Write the tangent kernel of both layers with scikit-learn and NumPy."""
    t = np.clip(cosine_similarity(x), -1, 1)
    norms = np.linalg.norm(x, axis=1)
    rest = np.sqrt(1 - t * t) + 2 * t * (np.pi - np.arccos(t))
    return np.outer(norms, norms) * rest / (2 * np.pi)


WAYS = {
    "arc-cosine": {
        "rfbook": lambda x: ArcCosineFeatures(1).kernel(x, x),
        "rfbook, products": lambda x: RELU.kernel(x.T),
        "scikit-learn": sklearn_arc_cosine,
    },
    "tangent": {
        "rfbook": lambda x: TangentFeatures("both").kernel(x, x),
        "scikit-learn": sklearn_tangent,
    },
    "gaussian": {
        "rfbook": lambda x: FourierFeatures(x.shape[1] ** 0.5).kernel(x, x),
        "scikit-learn": lambda x: rbf_kernel(x, gamma=0.5 / x.shape[1]),
    },
    "quadratic": {
        "rfbook": lambda x: QUADRATIC.covariance(x.T),
        "scikit-learn": lambda x: 2 * polynomial_kernel(x, degree=2, gamma=1, coef0=0),
    },
}


# --- neural-tangents ------------------------------------------------------------------


class Worker:
    """A process that has neural-tangents; see ``neural_tangents_worker.py``."""

    def __init__(self, python: str) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.process = subprocess.Popen(
            [python, HERE / "neural_tangents_worker.py"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            # An environment of its own: not with this one's extra packages.
            env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"},
        )

    def ask(self, do: str, **request):
        """Send a request and wait for the answer."""
        answer = ""
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write(json.dumps({"do": do, **request}) + "\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"neural-tangents stopped at {do}, {request}")
        return json.loads(answer)

    def load(self, x: np.ndarray, dtype: str) -> dict[str, str]:
        """Hand over the points; return the versions."""
        path = Path(self.folder.name) / "points.npy"
        np.save(path, x)
        return self.ask("load", points=str(path), dtype=dtype)

    def result(self) -> np.ndarray:
        """Fetch the last result."""
        path = Path(self.folder.name) / "result.npy"
        self.ask("save", to=str(path))
        return np.load(path)

    def close(self) -> None:
        """End the process and remove the files."""
        # what was not sent cannot be once the process has stopped
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
        self.folder.cleanup()


def matrix(found) -> np.ndarray:
    """Return what a way found; a worker keeps it until it is asked."""
    return found.result() if isinstance(found, Worker) else found


@pytest.fixture(scope="module")
def worker():
    """Start neural-tangents, or skip."""
    python = os.environ.get(SWITCH)
    if not python:
        pytest.skip(f"{SWITCH} is not set: neural-tangents is left out")
    worker = Worker(python)
    yield worker
    worker.close()


# --- the checks -----------------------------------------------------------------------


def rounding(kernel: str, x: np.ndarray, unit: float) -> np.ndarray:
    r"""Bound of the difference of two ways, which round with this unit, entry by entry.

    An inner product is off by at most (d + 2) u |x| |y|, hence a cosine by at most
    delta = 4 (d + 4) u, with the norms and a few more operations. The arc-cosine kernel
    has slopes of at most 1/2 in the cosine. An angle is off by at most
    2 delta / sin(angle), and by 3/2 sqrt(delta) where the cosine is within 2 delta of
    1 or -1: that is what the tangent kernel has too. A squared distance that is put
    together from norms is off by at most (d + 4) u (|x| + |y|)^2.
    """
    d = x.shape[1]
    norms = np.linalg.norm(x, axis=1)
    both = np.outer(norms, norms)
    delta = 4 * (d + 4) * unit
    if kernel == "gaussian":
        return np.add.outer(norms, norms) ** 2 * ((d + 4) * unit / d) + 8 * unit
    if kernel == "quadratic":
        return 2 * delta * both**2
    if kernel == "arc-cosine":
        return 2 * delta * both
    cosine = np.abs(x @ x.T) / both
    smooth = 2 * delta / np.sqrt(np.maximum(1 - cosine**2, delta))
    turn = np.where(1 - cosine > 2 * delta, smooth, 1.5 * delta**0.5)
    return 2 * both * (delta + turn / (2 * np.pi))


def gap_in_roundings(kernel: str, x: np.ndarray):
    """Return the comparison of a way with the first one: the largest ratio."""

    def gap(found, first) -> float:
        found = matrix(found)
        bound = rounding(kernel, x, UNIT[found.dtype.name])
        return float((np.abs(found - first) / bound).max())

    return gap


def exact_entry(kernel: str, x: np.ndarray, y: np.ndarray):
    """Evaluate a kernel at two points in Arb balls."""
    from flint import arb

    def inner(a, b):
        return sum((arb(p) * arb(q) for p, q in zip(a, b, strict=True)), arb(0))

    dot, xx, yy = inner(x, y), inner(x, x), inner(y, y)
    if kernel == "gaussian":
        return (-(xx + yy - 2 * dot) / (2 * len(x))).exp()
    if kernel == "quadratic":
        return 2 * dot**2
    # Cauchy and Schwarz: a ball that reaches below 0 belongs to parallel points
    sine = (xx * yy - dot**2).max(arb(0)).sqrt()
    turn = arb.pi() - arb.atan2(sine, dot)
    times = 2 if kernel == "tangent" else 1
    return (sine + times * dot * turn) / (2 * arb.pi())


@lru_cache(1)
def exact_corner(kernel: str, n: int, d: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the places that are compared with Arb balls, and the values there."""
    from flint import ctx

    x = points(n, d)
    places = np.array([0, 1, 2, 3, 4, 5, n - 3, n - 2, n - 1])
    lists = x[places].tolist()
    with ctx.workprec(400):
        rows = [[float(exact_entry(kernel, a, b)) for b in lists] for a in lists]
    return places, np.array(rows)


def errors(kernel: str, K: np.ndarray, n: int, d: int) -> dict[str, float]:
    """Return the largest errors over |x| |y|, of neighbours and of the others."""
    places, exact = exact_corner(kernel, n, d)
    x = points(n, d)[places]
    norms = np.linalg.norm(x, axis=1)
    size = np.ones_like(exact) if kernel == "gaussian" else np.outer(norms, norms)
    if kernel == "quadratic":
        size = size**2
    error = np.abs(K[np.ix_(places, places)] - exact) / size
    close = np.abs(x @ x.T) > 0.999999 * np.outer(norms, norms)
    return {
        "error": error[~close].max().item(),
        "error_close": error[close].max().item(),
    }


# --- the tests ------------------------------------------------------------------------

OTHERS = ("neural-tangents float64", "neural-tangents float32")


def sizes(kernel: str) -> list[dict]:
    """Return the cases of a kernel."""
    return [{"kernel": kernel, "n": n, "d": d} for d in DIMENSIONS for n in NUMBERS]


def measure(race, request, case: dict, way: str) -> None:
    """Time one way of one case, check it, and add its errors."""
    kernel, x = case["kernel"], points(case["n"], case["d"])
    extra, seconds = {}, []
    if way in OTHERS:
        worker = request.getfixturevalue("worker")
        extra = {"versions": worker.load(x, way.split()[1])}

        def call():
            seconds.append(worker.ask("run", kernel=kernel))
            return worker

    else:

        def call():
            return WAYS[kernel][way](x)

    gap = gap_in_roundings(kernel, x)
    K = matrix(race(case, way, call, gap=gap, tolerance=1.0, **extra))
    told = race.benchmark.extra_info["extra"]
    told |= errors(K=K, **case)
    if seconds:
        # the first call compiles; the others tell what the way to the process costs
        first, *rest = seconds
        told |= {"first_seconds": first}
        told |= {"own_seconds": statistics.median(rest)} if rest else {}


@cases(sizes("arc-cosine"), [*WAYS["arc-cosine"], *OTHERS])
def test_arc_cosine(race, request, case, way):
    """Evaluate the kernel of random ReLU features."""
    measure(race, request, case, way)


@cases(sizes("tangent"), [*WAYS["tangent"], *OTHERS])
def test_tangent(race, request, case, way):
    """Evaluate the kernel of the tangent model."""
    measure(race, request, case, way)


@cases(sizes("gaussian"), WAYS["gaussian"])
def test_gaussian(race, request, case, way):
    """Evaluate the kernel of random Fourier features."""
    measure(race, request, case, way)


@cases(sizes("quadratic"), WAYS["quadratic"])
def test_quadratic(race, request, case, way):
    """Evaluate the kernel of the features <w, x>^2 - 1."""
    measure(race, request, case, way)
