"""Conventions of the benchmarks.

- One module ``bench_NAME.py`` is one comparison, called NAME (hyphens for underscores).
  ``python benchmarks/run.py`` runs each in a process of its own and puts the results
  together in one record; ``pytest benchmarks/bench_NAME.py`` runs one by hand.
- One test is one way of doing one case. The decorator ``suite.cases(cases, ways)``
  gives it ``case`` (a dict of JSON values: ``{"d": 450, "N": 45}``) and ``way``; the
  ways of a case follow each other, ours first. It draws its data (an ``lru_cache(1)``
  on the case's values keeps them for the next way), and calls the fixture ``race``
  once, whose parameters `suite.Race.__call__` explains::

      @cases([{"d": d} for d in SIZES], WAYS)
      def test_products(race, case, way):
          data = draws(**case)
          race(case, way, lambda: WAYS[way](*data), gap=relative_gap, tolerance=1e-12)

- What a way returns is compared with what the first way returned, within a tolerance
  that the module derives. A way that is there as a bound of the cost has ``gap=None``.
- Small cases with ``suite.QUICK``: the module in a few seconds.
- A package that the book does not need is asked for with ``pytest.importorskip`` inside
  the test: no row then, and the page says so.
- Where pytest-benchmark is not installed, each way is called once and compared, not
  timed: so the book's own tests see that the suite runs.
- No host's name and no path goes into the results.
"""

from __future__ import annotations

import importlib.util

import pytest
from suite import Once, Race, module_state, surroundings

if importlib.util.find_spec("pytest_benchmark") is None:

    @pytest.fixture
    def benchmark():
        return Once()

else:

    @pytest.hookimpl
    def pytest_benchmark_update_machine_info(config, machine_info):
        """Say what a reader needs to know of the machine, and nothing else."""
        machine_info.clear()
        machine_info.update(surroundings())

    @pytest.hookimpl
    def pytest_benchmark_generate_commit_info(config):
        """Leave out the checkout's; the digest of the sources says more."""
        return {}

    @pytest.hookimpl
    def pytest_benchmark_update_json(config, benchmarks, output_json):
        """Add the digest of what was measured."""
        paths = {item.path for item in config.rfbook_items}
        output_json["states"] = {name_of(path): module_state(path) for path in paths}


def pytest_collection_finish(session):
    """Keep the chosen tests for the digests."""
    session.config.rfbook_items = session.items


def name_of(path) -> str:
    """Return the name of a module's comparison."""
    return path.stem.removeprefix("bench_").replace("_", "-")


@pytest.fixture(scope="session")
def firsts():
    """What the first way of the case in hand returned."""
    return {}


@pytest.fixture
def race(benchmark, request, firsts):
    """The race of a case's ways: see `suite.Race.__call__`."""
    return Race(benchmark, name_of(request.path), firsts)
