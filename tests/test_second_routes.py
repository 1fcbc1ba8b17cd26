"""Each headline number comes out of a second way that shares no code with the first."""

import ast
import importlib
import json
import math
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from rfbook.ledger import claims

MODULE = Path(__file__).with_name("second_routes.py")
TABLE = json.loads(
    Path(importlib.util.find_spec("rfbook").origin)
    .with_name("second_routes.json")
    .read_text("utf-8")
)
ROWS = {row["name"]: row for row in TABLE}
OUTSIDE = {"math", "itertools", "numpy", "mpmath", "scipy"}


def load():
    spec = importlib.util.spec_from_file_location("second_routes", MODULE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SECOND = load()
ERRORS = {"linear-success": lambda p: math.sqrt(p * (1 - p) / 400_000)}


def first_routes():
    """The same numbers by the book's own functions."""
    from rfbook import counting, linear_warmup, mixture_gap, psi, quadratic_gap, special
    from rfbook.headlines import DIMENSIONS, ERROR, POWER
    from rfbook.single_neuron import radius, width_needed

    B, W, plane = SECOND.B, SECOND.neurons, [0.6, -0.3]
    # An exponential spectrum: any large number of equally likely values will do.
    spectrum = -np.log1p(-(np.arange(200_000) + 0.5) / 200_000)
    return {
        "feature-counts": lambda: [
            width_needed(d, ERROR, radius(d, POWER)) for d in DIMENSIONS
        ],
        "random-features-risk": lambda: quadratic_gap.rf_risk(W(5), B),
        "random-features-limit": lambda: quadratic_gap.rf_risk_limit(2.0, spectrum),
        "tangent-risk": lambda: quadratic_gap.nt_risk(W(2), B),
        "network-risk": lambda: quadratic_gap.nn_risk(B, 2),
        "trained-matrix": lambda: np.trace(quadratic_gap.gradient_flow(B, W(3), 0.05)),
        "mixture-tangent-risk": lambda: mixture_gap.nt_risk(W(2), SECOND.DELTA),
        "bayes": lambda: (
            mixture_gap.bayes_error(plane),
            mixture_gap.bayes_risk(plane),
        ),
        "linear-success": lambda: linear_warmup.success_probability(8, 4),
        "wave-moment": lambda: psi.second_moment(1.7),
        "correlation": lambda: psi.correlation_bound(40, 2 / math.pi * math.sqrt(40)),
        "harmonic-count": lambda: special.harmonic_dimension(4, 6),
        "lattice-count": lambda: counting.integer_points(9, 6),
    }


def agree(name, first, second):
    """Whether two values agree within the row's tolerance."""
    tolerance = ROWS[name]["tolerance"]
    if tolerance == 0:
        return first == second
    if name in ERRORS:
        return abs(first - second) <= tolerance * ERRORS[name](first)
    if name == "random-features-limit":
        second, error = second
        return abs(first - second) <= tolerance * error
    return np.allclose(first, second, rtol=tolerance, atol=0)


def test_the_table_the_ways_and_the_claims_belong_together():
    assert list(ROWS) == [row["name"] for row in TABLE]
    assert set(ROWS) == set(SECOND.ROUTES) == set(first_routes())
    for row in TABLE:
        assert row["claim"] in claims(), row["name"]
        module, _, function = row["first"].partition(",")[0].rpartition(".")
        assert callable(getattr(importlib.import_module(module), function))


@cache
def second_route(name):
    return SECOND.ROUTES[name]()


@pytest.mark.parametrize("name", ROWS)
def test_both_ways_give_the_same_number(name):
    first, second = first_routes()[name](), second_route(name)
    assert agree(name, first, second), (first, second)


@pytest.mark.parametrize("name", ROWS)
def test_a_number_that_is_off_by_a_twentieth_is_told_apart(name):
    """The tolerances are no formality: what differs by 5 % does not agree."""
    first = first_routes()[name]()
    wrong = (
        [v + 1 for v in first] if name == "feature-counts" else 1.05 * np.array(first)
    )
    assert not agree(name, wrong, second_route(name))


def test_the_second_ways_import_nothing_of_the_book():
    tree = ast.parse(MODULE.read_text("utf-8"))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            found.add(node.module)
        elif isinstance(node, ast.Call):
            assert ast.unparse(node.func) not in ("__import__", "eval", "exec", "open")
    assert {name.partition(".")[0] for name in found} == OUTSIDE


def test_the_second_ways_run_where_there_is_no_book():
    """With the book's modules refused, they give a number all the same."""
    program = f"""
import importlib.util, sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "rfbook":
            raise ImportError("the book is not here: " + name)
sys.meta_path.insert(0, Refuse())
spec = importlib.util.spec_from_file_location("second_routes", {str(MODULE)!r})
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
print(module.ROUTES["lattice-count"](), module.ROUTES["harmonic-count"]())
print([name for name in sys.modules if name.partition(".")[0] == "rfbook"])
try:
    import rfbook
except ImportError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.split("\n")[1:3] == ["[]", "the book is not here: rfbook"]
