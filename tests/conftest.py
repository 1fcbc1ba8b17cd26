"""What all tests share: browser, proof assistant, device; what to say without them."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from rfbook.doctor import find_chromium

collect_ignore_glob = ["golden/*.ipynb"]

BROWSER_TESTS = Path(__file__).parent / "browser"
NEEDS = {
    "browser": "Chromium is not installed (or set RFBOOK_CHROMIUM to its path)",
    "coq": "coqc is not installed (`make prove` names the packages)",
    "gpu": "torch sees no CUDA device",
}
# With one of these set a test that cannot run is an error.
REQUIRED = {"browser": "RFBOOK_REQUIRE_BROWSER", "coq": "RFBOOK_REQUIRE_COQ"}


@pytest.fixture(scope="session")
def book() -> Path:
    """Return the folder of the chapters."""
    return Path(__file__).parent.parent / "book"


def cuda_is_here() -> bool:
    """Tell whether torch sees a CUDA device."""
    import torch

    return torch.cuda.is_available()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the browser tests; skip, or refuse to skip, what this machine cannot run."""
    for item in items:
        if BROWSER_TESTS in item.path.parents:
            item.add_marker("browser")
    absent = set()
    if find_chromium() is None:
        absent.add("browser")
    if shutil.which("coqc") is None:
        absent.add("coq")
    if any(item.get_closest_marker("gpu") for item in items) and not cuda_is_here():
        absent.add("gpu")
    for name in absent:
        chosen = [item for item in items if item.get_closest_marker(name)]
        variable = REQUIRED.get(name, "")
        if chosen and variable and os.environ.get(variable):
            raise pytest.UsageError(f"{variable} is set: {NEEDS[name]}")
        for item in chosen:
            item.add_marker(pytest.mark.skip(reason=NEEDS[name]))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log):
    """With ``--dist loadfile``, share the book's pages among the processes too.

    A file's tests stay together, and so do those of one page in the browser.
    """
    if config.getvalue("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class ByFileAndPage(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file, _, test = nodeid.partition("::")
            page = test.partition("[")[2]
            return f"{file}[{page}" if page.endswith(".html]") else file

    return ByFileAndPage(config, log)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter,
) -> Iterator[None]:
    """End with what was not run for want of a browser, Coq or a device.

    As the outermost wrapper it writes after pytest's own list of skips and failures.
    """
    yield
    skipped = terminalreporter.stats.get("skipped", [])
    for name, reason in NEEDS.items():
        count = sum(name in r.keywords and reason in str(r.longrepr) for r in skipped)
        if count:
            terminalreporter.write_line(f"NOT RUN: {name} ({count} tests)", yellow=True)
