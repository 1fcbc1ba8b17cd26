"""Say whether this machine can run the book, and what to do where it cannot.

``python3 -m rfbook doctor`` needs the standard library alone, so that it also answers
on a Python with nothing installed. Each line is one part of the book with a mark: ok;
-- (absent or different, and the book does without it); NO (to be mended, with the
command that mends it).
"""

from __future__ import annotations

import argparse
import importlib.metadata
import importlib.util
import os
import platform
import re
import shutil
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The checkout, or the directory that the package is installed in."""

MINIMUM_PYTHON = (3, 11)

TORCH_CHOICE = """\
torch: on Linux pip's own choice is the CUDA build, several GB. For CPU or another CUDA:
make setup TORCH_ARGS='...', the option shown by https://pytorch.org/get-started/locally"""
"""How a reader chooses torch's CPU or CUDA build before a download of several GB."""

MATHJAX = "sphinx-mathjax-offline"
"""The project, and the odd module name, of MathJax's local copy."""

_PIN = re.compile(
    r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)\s*(;\s*(?P<marker>[^\\]+?)\s*)?\\?$"
)


@dataclass(frozen=True)
class Pin:
    """One exact requirement: a name, a version, and the machines it is for.

    Attributes
    ----------
    name : str
        The project's name, normalised (lower case, hyphens).
    version : str
        The exact version.
    marker : str
        The environment marker, or the empty string.
    """

    name: str
    version: str
    marker: str = ""

    def __str__(self) -> str:
        """Return the requirement as pip reads it, without hashes."""
        return f"{self.name}=={self.version}" + (self.marker and f" ; {self.marker}")


@dataclass(frozen=True)
class Finding:
    """One line of the report.

    Attributes
    ----------
    mark : {"ok", "--", "NO"}
        In order; absent but dispensable; to be mended.
    part : str
        What was looked at.
    text : str
        What was found, and the remedy where there is one to apply.
    """

    mark: str
    part: str
    text: str


def normalise(name: str) -> str:
    """Return a project's name as registries compare it.

    >>> normalise("Sphinx_Design") == normalise("sphinx-design")
    True
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def read_pins(text: str) -> list[Pin]:
    """Read the exact requirements of a requirements file, without hashes and comments.

    >>> [str(pin) for pin in read_pins("a_b==1.0 ; os_name == 'nt'")]
    ["a-b==1.0 ; os_name == 'nt'"]
    """
    found = (_PIN.match(line) for line in text.splitlines())
    return [
        Pin(normalise(match["name"]), match["version"], match["marker"] or "")
        for match in found
        if match
    ]


def applies(pin: Pin) -> bool:
    """Tell whether a pin is meant for this machine.

    Reading a marker takes the package `packaging`; without it a pin that has a marker
    counts as meant for others.
    """
    if not pin.marker:
        return True
    try:
        from packaging.markers import Marker
    except ModuleNotFoundError:
        return False
    return Marker(pin.marker).evaluate()


NO_PAGES = "not a checkout: no page is built here"
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
]
"""How Chromium is started without a screen: it asks for nothing by itself."""


def find_chromium() -> str | None:
    """Return the path of a Chromium or Chrome browser, or None.

    The environment variable ``RFBOOK_CHROMIUM`` goes first.
    """
    candidates = [
        os.environ.get("RFBOOK_CHROMIUM", ""),
        "chromium",
        "chromium-browser",
        "google-chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ]
    return next(filter(None, (shutil.which(c) for c in candidates if c)), None)


def installed_version(name: str) -> str | None:
    """Return the installed version of a project, local label included, or None."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _python() -> Finding:
    version = platform.python_version()
    where = f"{version}, {sys.executable}"
    if sys.version_info < MINIMUM_PYTHON:
        rule = ".".join(map(str, MINIMUM_PYTHON))
        return Finding("NO", "Python", f"{where}: the book needs {rule} or later")
    return Finding("ok", "Python", where)


def _lock(root: Path) -> Finding:
    part = "packages"
    lock = root / "requirements" / "lock.txt"
    if not lock.is_file():
        return Finding("--", part, "not a checkout: no lock to compare with")
    pins = [pin for pin in read_pins(lock.read_text(encoding="utf-8")) if applies(pin)]
    missing = [pin.name for pin in pins if installed_version(pin.name) is None]
    other = [
        f"{pin.name} {installed_version(pin.name)} (lock: {pin.version})"
        for pin in pins
        if installed_version(pin.name) not in (None, pin.version)
    ]
    if not missing and not other:
        return Finding("ok", part, f"{len(pins)} of {len(pins)} as locked")
    if missing:
        remedy = _environment_hint(root)
        return Finding(
            "NO", part, f"{len(missing)} of {len(pins)} missing here; {remedy}"
        )
    return Finding("--", part, f"not as locked: {_few(other)}; make setup")


def _environment_hint(root: Path) -> str:
    python = root / ".venv" / "bin" / "python"
    if python.is_file() and Path(sys.prefix) != root / ".venv":
        return "the book's environment is .venv: make doctor"
    return "make setup"


def _few(items: list[str], limit: int = 4) -> str:
    shown = ", ".join(items[:limit])
    rest = len(items) - limit
    return f"{shown} and {rest} more" if rest > 0 else shown


def _torch() -> Iterator[Finding]:
    if importlib.util.find_spec("torch") is None:
        yield Finding("NO", "torch", "not installed; make setup")
        return
    try:
        import torch
    except Exception as error:  # a broken build raises anything: report, go on
        yield Finding("NO", "torch", f"does not import: {error}")
        return
    yield Finding("ok", "torch", torch.__version__)
    if torch.cuda.is_available():
        name = torch.cuda.get_device_name()
        yield Finding("ok", "device", f"cuda: {name} (CUDA {torch.version.cuda})")
    else:
        yield Finding("ok", "device", "cpu (no CUDA device is seen; none is needed)")


def _is_checkout(root: Path) -> bool:
    return (root / "pyproject.toml").is_file() and (root / "book").is_dir()


def _verdicts(root: Path) -> Finding:
    part = "verdicts"
    remedy = "make verify" if _is_checkout(root) else "rfbook verify"
    try:
        from rfbook.ledger.registry import claims
        from rfbook.ledger.runner import current, load_verdicts

        recorded = load_verdicts()
        checked = [c for c in claims().values() if c.status == "checked"]
        fresh = [c for c in checked if current(c, recorded)]
    except ModuleNotFoundError as error:
        return Finding("--", part, f"cannot be compared without {error.name}")
    except ValueError as error:
        return Finding("NO", part, f"{error}; rfbook verify --no-cache")
    if not recorded["claims"]:
        return Finding("--", part, f"no claim was verified yet; {remedy}")
    count = f"{len(fresh)} of {len(checked)} claims"
    if len(fresh) < len(checked):
        return Finding("--", part, f"{count} verified in this very state; {remedy}")
    return Finding("ok", part, f"{count} verified in this very state")


def _mathjax(root: Path) -> Finding:
    version = installed_version(MATHJAX)
    spec = importlib.util.find_spec(MATHJAX)
    static = Path(spec.origin).parent / "static" if spec and spec.origin else None
    if static is None or not any(static.rglob("*.woff")):
        if not _is_checkout(root):
            return Finding("--", "MathJax", NO_PAGES)
        return Finding("NO", "MathJax", "its local copy is missing; make setup")
    return Finding("ok", "MathJax", f"local copy, fonts included ({MATHJAX} {version})")


def _fonts(root: Path) -> Finding:
    folder = root / "book" / "_static"
    if not folder.is_dir():
        return Finding("--", "fonts", NO_PAGES)
    named = re.findall(r"[\w./-]+\.woff2", (folder / "fonts.css").read_text())
    missing = [name for name in named if not (folder / name).is_file()]
    if missing:
        return Finding("NO", "fonts", f"missing: {_few(missing)}; git checkout book")
    return Finding("ok", "fonts", f"{len(named)} of {len(named)} local")


def _page(root: Path) -> Finding:
    page = root / "_build" / "html" / "index.html"
    if not page.is_file():
        built = _is_checkout(root)
        return Finding("--", "page", "not built; make book" if built else NO_PAGES)
    return Finding("ok", "page", str(page))


def _chromium() -> Finding:
    path = find_chromium()
    if path is None:
        return Finding("--", "Chromium", "absent: the browser tests will not run")
    return Finding("ok", "Chromium", path)


def findings(root: Path = ROOT) -> Iterator[Finding]:
    """Look at every part of the book, one `Finding` after the other."""
    yield _python()
    yield Finding("ok", "system", platform.platform())
    yield _lock(root)
    yield from _torch()
    yield _mathjax(root)
    yield _fonts(root)
    yield _verdicts(root)
    yield _page(root)
    yield _chromium()


def report(found: Iterable[Finding]) -> int:
    """Print findings as they come; return 1 when one of them is to be mended."""
    failed = False
    for finding in found:
        print(f"  {finding.mark}  {finding.part:<10} {finding.text}", flush=True)
        failed |= finding.mark == "NO"
    return int(failed)


def main(argv: list[str] | None = None) -> int:
    """Print the report; return 0 when all is in order, else 1.

    Parameters
    ----------
    argv : list of str, optional
        The arguments after ``doctor``; by default those of the process.
    """
    parser = argparse.ArgumentParser(prog="rfbook doctor", description=__doc__)
    parser.parse_args(argv)
    print(f"rfbook {installed_version('rfbook') or '(not installed)'} in {ROOT}")
    status = report(findings())
    if _is_checkout(ROOT):
        print(f"\n{TORCH_CHOICE}")
    return status


if __name__ == "__main__":
    sys.exit(main())
