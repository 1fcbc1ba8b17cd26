"""Kernels by neural-tangents, for bench_gram.py, in a process of its own.

It runs in an environment of its own (requirements/neural-tangents.txt), because the
package needs an older JAX than the rest, and knows nothing of the book. A request is a
line of JSON on the standard input, and so is the answer on the standard output:

{"do": "load", "points": "x.npy", "dtype": "float64"}  the versions
{"do": "run", "kernel": "tangent"}                     the seconds that it took
{"do": "save", "to": "K.npy"}                          nothing; saves the last result

The network is one hidden layer of ReLUs without biases in the package's own
parametrisation, with weights N(0, 1) of the first layer and of the second. A kernel is
compiled at its first run, once for each number of points.
"""

from __future__ import annotations

import json
import os
import sys
import time

os.environ["JAX_PLATFORMS"] = "cpu"
if os.environ.get("OMP_NUM_THREADS") == "1":
    os.environ["XLA_FLAGS"] = (
        "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    )

import jax
import neural_tangents
import numpy as np
from neural_tangents import stax

GET = {"arc-cosine": "nngp", "tangent": "ntk"}


class Kernels:
    """The points, the compiled kernels, and the last result."""

    def load(self, points: str, dtype: str) -> dict[str, str]:
        """Read the points and compose the network."""
        jax.config.update("jax_enable_x64", dtype == "float64")
        x = np.load(points).astype(dtype)
        _, _, kernel = stax.serial(
            stax.Dense(1, W_std=x.shape[1] ** 0.5, b_std=0),
            stax.Relu(),
            stax.Dense(1, W_std=1, b_std=0),
        )
        self.points, self.last = jax.numpy.asarray(x), None
        self.compiled = {
            name: jax.jit(lambda x, get=get: kernel(x, None, get))
            for name, get in GET.items()
        }
        return {
            "neural-tangents": neural_tangents.__version__,
            "jax": jax.__version__,
            "numpy": np.__version__,
        }

    def run(self, kernel: str) -> float:
        """Evaluate a kernel at all pairs of points."""
        begin = time.perf_counter()
        self.last = self.compiled[kernel](self.points).block_until_ready()
        return time.perf_counter() - begin

    def save(self, to: str) -> None:
        """Write the last result, in its own precision."""
        np.save(to, np.asarray(self.last))


def main() -> None:
    """Answer one request after the other until the input ends."""
    kernels = Kernels()
    for line in sys.stdin:
        request = json.loads(line)
        answer = getattr(kernels, request.pop("do"))(**request)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
