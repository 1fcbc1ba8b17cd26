"""The commands that make, test and build the book: ``python3 -m rfbook.dev help``.

The Makefile is a thin front of this module, which needs the standard library alone: it
makes the environment and runs every tool in it. Environment variables:

RFBOOK_ENV
    unset: the locked packages, in ``.venv``; ``latest``: the newest releases that
    ``requirements/book.in`` allows, in ``.venv-latest``; ``oldest``: the oldest, in
    ``.venv-oldest``; ``current``: the packages of the running Python, nothing
    installed (containers, GPU machines).
RFBOOK_TORCH_ARGS
    pip's arguments for torch, the choice of its CPU or CUDA build. Remembered.
RFBOOK_VERIFY_ARGS
    arguments for ``rfbook verify``, for example ``--no-cache``.
RFBOOK_JOBS
    processes of the tests and of the build (2).
RFBOOK_REQUIRE_BROWSER
    1: the tests fail where Chromium is missing, instead of leaving the browser out.
RFBOOK_REQUIRE_COQ
    1: the same for the proof assistant Coq.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import http.server
import json
import os
import shlex
import shutil
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rfbook.doctor import (
    MINIMUM_PYTHON,
    ROOT,
    TORCH_CHOICE,
    find_chromium,
    read_pins,
)

REQUIREMENTS = ROOT / "requirements"
BUILD = ROOT / "build"
PAGE = ROOT / "_build" / "html"

REQUIRE_CUDA = """
import sys, torch
if not torch.cuda.is_available():
    sys.exit("rfbook: torch sees no CUDA device (make doctor tells what it sees)")
"""

AUDITOR = "pip-audit==2.10.1"

Command = Callable[[list[str]], None]
COMMANDS: dict[str, Command] = {}


class DevError(Exception):
    """A reason to stop, told to the reader in one line."""


def command(name: str) -> Callable[[Command], Command]:
    """Register a function under the name that the reader types."""

    def register(function: Command) -> Command:
        COMMANDS[name] = function
        return function

    return register


# The environment


@dataclass(frozen=True)
class Environment:
    """Where the book's packages are.

    Attributes
    ----------
    kind : {"locked", "latest", "oldest", "current", "benchmarks"}
        What is installed, as the module's docstring says; for the benchmarks the locked
        packages and those of ``requirements/benchmarks.txt``.
    prefix : pathlib.Path
        Its directory.
    """

    kind: str
    prefix: Path

    @property
    def python(self) -> Path:
        """The environment's interpreter."""
        if self.kind == "current":
            return Path(sys.executable)
        return self.prefix / "bin" / "python"

    @property
    def stamp(self) -> Path:
        """The file that is written when the environment is complete."""
        return self.prefix / "rfbook-stamp.json"


def environment() -> Environment:
    """Return the environment that ``RFBOOK_ENV`` names."""
    kind = os.environ.get("RFBOOK_ENV") or "locked"
    if kind == "current":
        return Environment(kind, Path(sys.prefix))
    if kind == "locked":
        return Environment(kind, ROOT / ".venv")
    if kind in {"latest", "oldest"}:
        return Environment(kind, ROOT / f".venv-{kind}")
    raise DevError(
        f"RFBOOK_ENV is {kind!r}: it must be unset, latest, oldest or current"
    )


def check_machine() -> None:
    """Stop early where the book cannot be built.

    Raises
    ------
    DevError
        On Windows, on a Python before 3.11, without git or the module venv, or outside
        a checkout.
    """
    wanted = ".".join(map(str, MINIMUM_PYTHON))
    if os.name != "posix":
        raise DevError("these commands are for Linux and macOS; on Windows use WSL")
    if sys.version_info < MINIMUM_PYTHON:
        have = ".".join(map(str, sys.version_info[:3]))
        raise DevError(
            f"{sys.executable} is Python {have}: the book needs {wanted} or later; "
            "name one with `make PYTHON=/path/to/python3 ...`"
        )
    if not (ROOT / "pyproject.toml").is_file():
        raise DevError(f"{ROOT} is no checkout of the book: clone it with git")
    if shutil.which("git") is None:
        raise DevError("git is missing: install it with the system's packages")
    try:
        import ensurepip
        import venv  # noqa: F401
    except ModuleNotFoundError as error:
        raise DevError(
            f"Python's module {error.name} is missing: on Debian and Ubuntu, "
            "apt install python3-venv"
        ) from None
    ensurepip.version()


@contextlib.contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold a file lock, so that two runs of a command wait for each other."""
    import fcntl

    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"waiting for another run ({path.name})")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def fingerprint(env: Environment) -> str:
    """Return a digest of all that decides what an environment holds."""
    digest = hashlib.sha256(str(ROOT).encode())
    for path in (
        REQUIREMENTS / "torch.txt",
        *requirements(env),
        ROOT / "pyproject.toml",
    ):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def requirements(env: Environment) -> list[Path]:
    """Return the files that say what is installed beside torch and the package."""
    names = {
        "latest": ["book.in"],
        "oldest": ["oldest.txt"],
        "benchmarks": ["lock.txt", "benchmarks.txt"],
    }.get(env.kind, ["lock.txt"])
    return [REQUIREMENTS / name for name in names]


def read_stamp(env: Environment) -> dict[str, str]:
    """Return what the environment was made from, empty when it is incomplete."""
    try:
        return json.loads(env.stamp.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def wanted_stamp(env: Environment) -> dict[str, str]:
    """Return what the environment should be made from.

    The arguments for torch are remembered: a later run that names none keeps them.
    """
    torch_args = os.environ.get("RFBOOK_TORCH_ARGS") or read_stamp(env).get("torch", "")
    return {"digest": fingerprint(env), "torch": torch_args, "root": str(ROOT)}


def is_ready(env: Environment) -> bool:
    """Tell whether an environment is complete and up to date."""
    if env.kind == "current":
        return True
    return env.python.is_file() and read_stamp(env) == wanted_stamp(env)


def prepare(env: Environment | None = None) -> Environment:
    """Make the environment, by default `environment`, if need be, and return it."""
    check_machine()
    env = env or environment()
    if is_ready(env):
        return env
    with exclusive(env.prefix.with_name(env.prefix.name + ".lock")):
        if not is_ready(env):
            install(env)
    return env


def install(env: Environment) -> None:
    """Create an environment if need be and install torch, the rest, and the package."""
    stamp, old = wanted_stamp(env), read_stamp(env)
    moved = old.get("root", str(ROOT)) != str(ROOT)
    if moved or not env.python.is_file():
        say(f"making {env.prefix.name} with {sys.executable}")
        call([sys.executable, "-m", "venv", "--clear", env.prefix])
    env.stamp.unlink(missing_ok=True)
    pip = [env.python, "-m", "pip", "--disable-pip-version-check", "install"]
    call([*pip, *torch_requirement(env, old, stamp["torch"])])
    files = requirements(env)
    rest = ["--upgrade" if env.kind == "latest" else "--require-hashes"]
    for path in files:
        rest += ["-r", path]
    names = " and ".join(f"requirements/{path.name}" for path in files)
    say(f"installing the rest from {names} (some two minutes)")
    call([*pip, "--quiet", *rest])
    call([*pip, "--quiet", "--no-deps", "--no-build-isolation", "-e", ROOT])
    env.stamp.write_text(json.dumps(stamp), encoding="utf-8")


def torch_requirement(
    env: Environment, old: dict[str, str], torch_args: str
) -> list[str | Path]:
    """Return pip's arguments that install torch, after telling how to choose its build.

    A version with another build's label satisfies the pin, so a changed choice has to
    be forced.
    """
    present = any(env.prefix.glob("lib/python*/site-packages/torch"))
    if sys.platform == "linux" and not (torch_args or present):
        say(TORCH_CHOICE)
    forced = ["--force-reinstall"] if old and old.get("torch", "") != torch_args else []
    torch = ["torch"] if env.kind == "latest" else ["-r", REQUIREMENTS / "torch.txt"]
    say("installing torch")
    return [*forced, *torch, *shlex.split(torch_args)]


# Running


def say(text: str) -> None:
    """Tell the reader what happens, in order with the output of the tools."""
    print(text, flush=True)


def call(arguments: list[str | Path], **variables: str) -> None:
    """Run a program in the checkout; stop with its exit status when it fails.

    Parameters
    ----------
    arguments : list of str or pathlib.Path
        The program and its arguments.
    **variables : str
        Environment variables to add.
    """
    result = subprocess.run(
        [str(argument) for argument in arguments],
        cwd=ROOT,
        env={**os.environ, **variables},
        check=False,
    )
    if result.returncode:
        raise SystemExit(result.returncode)


def run(env: Environment, *arguments: str | Path, **variables: str) -> None:
    """Run the environment's Python: ``run(env, "-m", "pytest", "-q")``."""
    # Kernels start in the chapters' directory; where the package is not installed they
    # find it on the path.
    if env.kind == "current":
        path = [str(ROOT), os.environ.get("PYTHONPATH", "")]
        variables["PYTHONPATH"] = os.pathsep.join(filter(None, path))
    call([env.python, *arguments], **variables)


def pytest(env: Environment, *arguments: str, **variables: str) -> None:
    """Run the tests on as many processes as ``RFBOOK_JOBS`` says."""
    variables = one_thread() | variables
    run(
        env, "-m", "pytest", "-n", jobs(), "--dist", "loadfile", *arguments, **variables
    )


def jobs() -> str:
    """Return how many processes run side by side."""
    return os.environ.get("RFBOOK_JOBS") or "2"


def one_thread() -> dict[str, str]:
    """Return the variable that gives each process and its kernels one thread.

    Many small products on more threads than cores wait for one another.
    """
    return {"OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS") or "1"}


# The commands


@command("help")
def show_help(arguments: list[str]) -> None:
    """Show this list."""
    say("usage: make COMMAND, or python3 -m rfbook.dev COMMAND [ARGUMENTS]\n")
    for name, function in COMMANDS.items():
        say(f"  {name:<16}{summary(function)}")
    say("\nThe arguments go to the command's own tool: test -k psi, serve 8080.")
    variables = (__doc__ or "").partition("Environment variables:\n\n")[2]
    say("Environment variables:\n\n" + textwrap.indent(variables.strip(), "  "))


def summary(function: Command) -> str:
    """Return the first line of a command's docstring."""
    return (function.__doc__ or "").splitlines()[0]


@command("setup")
def setup(arguments: list[str]) -> None:
    """Make the environment .venv; every command that needs it does so."""
    env = prepare()
    say(f"the environment is ready: {env.prefix}")


@command("doctor")
def doctor(arguments: list[str]) -> None:
    """Say whether the book's parts are in order on this machine."""
    env = environment()
    if not env.python.is_file():
        env = Environment("current", Path(sys.prefix))
    run(env, "-m", "rfbook", "doctor", *arguments)


@command("verify")
def verify(arguments: list[str]) -> None:
    """Check every claim of the book, or those named (cached)."""
    options = shlex.split(os.environ.get("RFBOOK_VERIFY_ARGS", ""))
    run(prepare(), "-m", "rfbook", "verify", *options, *arguments)


@command("book")
def book(arguments: list[str]) -> None:
    """Verify, build the book with warnings as errors, say where it is."""
    env = prepare()
    verify([])
    with exclusive(BUILD / "book.lock"):
        publish(build(env, arguments))
    say(f"\nThe book is at {PAGE / 'index.html'}")


def build(env: Environment, arguments: list[str]) -> Path:
    """Build the book aside and return the directory of its pages.

    A finished build writes down what shaped its pages. The next one starts afresh if
    that has changed, or if the build before it failed or was killed: an incremental
    build keeps pages that left the book, takes half-written ones as they are, and does
    not repeat the warnings of pages that it does not read again.
    """
    stage = BUILD / "book"
    made_from = stage / "made-from"
    shape = book_shape()
    if not made_from.is_file() or made_from.read_text(encoding="utf-8") != shape:
        for leftover in ("html", ".doctrees"):
            shutil.rmtree(stage / "_build" / leftover, ignore_errors=True)
    stage.mkdir(parents=True, exist_ok=True)
    made_from.unlink(missing_ok=True)
    strict = ["-W", "-n", "--keep-going", "--path-output", stage]
    jupyter_book = "from jupyter_book.cli.main import main; main()"
    run(env, "-c", jupyter_book, "build", ".", *strict, *arguments, **one_thread())
    made_from.write_text(shape, encoding="utf-8")
    return stage / "_build" / "html"


def book_shape() -> str:
    """Return the digest of what shapes every page: settings, contents, extension."""
    digest = hashlib.sha256()
    settings = [ROOT / "_config.yml", ROOT / "_toc.yml", REQUIREMENTS / "lock.txt"]
    extension = sorted((ROOT / "rfbook" / "sphinxext").glob("*.py"))
    for path in [
        *settings,
        *extension,
        *sorted((ROOT / "book" / "_templates").glob("*")),
    ]:
        if path.is_file():
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def publish(pages: Path) -> None:
    """Put finished pages in the place of the old ones, in one rename."""
    fresh, stale = PAGE.with_name("html.new"), PAGE.with_name("html.old")
    for leftover in (fresh, stale):
        shutil.rmtree(leftover, ignore_errors=True)
    shutil.copytree(pages, fresh)
    if PAGE.exists():
        PAGE.rename(stale)
    fresh.rename(PAGE)
    shutil.rmtree(stale, ignore_errors=True)


@command("serve")
def serve(arguments: list[str]) -> None:
    """Show the built book on localhost; an argument names the port (8000)."""
    if not (PAGE / "index.html").is_file():
        raise DevError(f"{PAGE} holds no book yet: make book")
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=PAGE)
    port = int(arguments[0]) if arguments else 8000
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        say(f"The book is at http://127.0.0.1:{server.server_port}/ (Ctrl-C ends it)")
        server.serve_forever()


@command("lab")
def lab(arguments: list[str]) -> None:
    """Open JupyterLab on copies of the chapters, in build/lab."""
    env = prepare()
    folder = BUILD / "lab"
    # A reader's changes stay; `make clean` removes them.
    copy = ["chapters", "--copy", folder, "--format", "ipynb", "--keep"]
    run(env, "-m", "rfbook", *copy)
    run(env, "-m", "jupyterlab", f"--ServerApp.root_dir={folder}", *arguments)


@command("pdf")
def pdf(arguments: list[str]) -> None:
    """Build the book and print it whole: _build/pdf/rfbook.pdf."""
    book([])
    run(prepare(), "-m", "rfbook.pdf", *arguments)


@command("epub")
def epub(arguments: list[str]) -> None:
    """Build the book and pack it for reading devices: _build/epub/rfbook.epub."""
    book([])
    run(prepare(), "-m", "rfbook.epub", *arguments)


@command("test")
def run_tests(arguments: list[str]) -> None:
    """Run lint, unit tests, doctests, claims, notebooks, browser tests."""
    env = prepare()
    lint([])
    book([])
    pytest(env, *arguments)


@command("test-unit")
def run_unit_tests(arguments: list[str]) -> None:
    """Run the fast tests: no notebook, no browser, nothing marked slow."""
    # What is left out as a whole is not collected either, which takes its seconds too.
    whole = ["--ignore=book", "--ignore=tests/browser"]
    slow = "notebook or browser or slow"
    pytest(prepare(), *whole, "-m", f"not ({slow})", *arguments)


@command("test-notebooks")
def run_notebook_tests(arguments: list[str]) -> None:
    """Execute every chapter and compare its outputs with the references."""
    pytest(prepare(), "-m", "notebook", *arguments)


@command("test-gpu")
def run_gpu_tests(arguments: list[str]) -> None:
    """Run on a CUDA device what must agree on any device."""
    env = prepare()
    # Without this a suite that never asks for the device would pass on the CPU.
    run(env, "-c", REQUIRE_CUDA)
    selection = ["--nbval-lax", "-m", "gpu or notebook"]
    # One device: one process, which also spares the machine pytest-xdist.
    run(env, "-m", "pytest", *selection, *arguments, RFBOOK_DEVICE="cuda")


@command("test-latest")
def run_tests_on_latest(arguments: list[str]) -> None:
    """Run all tests on the newest releases, and record how it went."""
    try_releases("latest", arguments)


@command("test-oldest")
def run_tests_on_oldest(arguments: list[str]) -> None:
    """Run all tests on the oldest releases allowed, and record how it went."""
    try_releases("oldest", arguments)


def try_releases(kind: str, arguments: list[str]) -> None:
    """Build the book and run the tests with other releases; record how it went."""
    os.environ["RFBOOK_ENV"] = kind
    # Lint is left out: another ruff has another format, which is no fault of ours.
    book([])
    trial(prepare(), kind, arguments)


@command("test-threads")
def run_notebooks_on_two_threads(arguments: list[str]) -> None:
    """Run the notebooks with two threads each, and record how it went."""
    trial(prepare(), "threads", ["-m", "notebook", *arguments], OMP_NUM_THREADS="2")


def trial(env: Environment, name: str, arguments: list[str], **variables: str) -> None:
    """Run tests and record their outcome, green or red, as a trial of this name."""
    result = BUILD / f"{name}.xml"
    result.unlink(missing_ok=True)
    try:
        pytest(env, f"--junitxml={result}", *arguments, **variables)
    finally:
        if result.is_file():
            words = f"--selection={shlex.join(arguments)}"
            run(env, "-m", "rfbook.trials", name, result, words)


@command("twice")
def twice(arguments: list[str]) -> None:
    """Build the last commit in two fresh clones, compare the pages, record it."""
    env, aside = prepare(), BUILD / "twice"
    shutil.rmtree(aside, ignore_errors=True)
    start, books = time.monotonic(), []
    for name in ("first", "second"):
        clone = aside / name
        call(["git", "clone", "--quiet", ROOT, clone])
        make = [env.python, "-m", "rfbook.dev", "book"]
        call(["env", "-C", clone, *make], RFBOOK_ENV="current", PYTHONPATH=str(clone))
        books.append(clone / PAGE.relative_to(ROOT))
    seconds = f"--seconds={time.monotonic() - start:.0f}"
    run(env, "-m", "rfbook.trials", "twice", *books, seconds)


@command("audit")
def audit(arguments: list[str]) -> None:
    """Look up the locked packages among known vulnerabilities, record it (network)."""
    env, result, start = prepare(), BUILD / "audit.json", time.monotonic()
    result.parent.mkdir(parents=True, exist_ok=True)
    result.unlink(missing_ok=True)
    # Strict: a package that could not be looked up is no package without a fault.
    tool = ["-m", "uv", "tool", "run", "--from", AUDITOR, "pip-audit", "--strict"]
    locked = ["--disable-pip", "--require-hashes", "-r", REQUIREMENTS / "lock.txt"]
    written = ["--format", "json", "--output", result]
    try:
        run(env, *tool, *locked, *written, *arguments)
    finally:
        if result.is_file():
            seconds = f"--seconds={time.monotonic() - start:.0f}"
            run(env, "-m", "rfbook.trials", "audit", result, seconds)


@command("lint")
def lint(arguments: list[str]) -> None:
    """Check the formatting and the code."""
    env = prepare()
    run(env, "-m", "ruff", "format", "--check", ".")
    run(env, "-m", "ruff", "check", ".", *arguments)


@command("format")
def format_code(arguments: list[str]) -> None:
    """Format the code and mend what can be mended without a thought."""
    env = prepare()
    run(env, "-m", "ruff", "format", ".")
    run(env, "-m", "ruff", "check", "--fix-only", ".", *arguments)


@command("lock")
def lock(arguments: list[str]) -> None:
    """Renew lock and environment.yml; --upgrade takes the newest releases."""
    env = prepare()
    compile_options = [
        "--generate-hashes",
        "--no-emit-index-url",
        "--quiet",
        "--python-version=" + ".".join(map(str, MINIMUM_PYTHON)),
        "--custom-compile-command=make lock",
        *arguments,
    ]
    # What the benchmarks need besides must agree with the lock.
    agree = ["--universal", "--constraints=requirements/lock.txt"]
    # The oldest releases are tried on one machine and one Python only. An extra of a
    # package that is not the newest has to be named, or pip looks for the newest.
    lowest = ["--resolution=lowest-direct", "--python-platform=linux"]
    lowest += ["--no-strip-extras"]
    for source, made, more in (
        ("book.in", "lock.txt", ["--universal"]),
        ("book.in", "oldest.txt", lowest),
        ("benchmarks.in", "benchmarks.txt", agree),
    ):
        files = [f"requirements/{source}", f"--output-file=requirements/{made}"]
        run(env, "-m", "uv", "pip", "compile", *files, *more, *compile_options)
    (ROOT / "environment.yml").write_text(environment_yml(), encoding="utf-8")


def environment_yml() -> str:
    """Return the file that conda and Binder read, with torch's pin and the lock's."""
    pins = [
        str(pin)
        for name in ("torch.txt", "lock.txt")
        for pin in read_pins((REQUIREMENTS / name).read_text(encoding="utf-8"))
    ]
    head = [
        "# Made by `make lock` from requirements/torch.txt and requirements/lock.txt.",
        "# Torch is pip's own build for the platform; for the CPU or a CUDA build,",
        "# install it with pip before the rest (CONTRIBUTING.md says how).",
        "name: rfbook",
        "channels:",
        "  - conda-forge",
        "dependencies:",
        "  - python=" + ".".join(map(str, MINIMUM_PYTHON)),
        "  - pip",
        "  - pip:",
    ]
    return "\n".join([*head, *(f"    - {pin}" for pin in [*pins, "-e ."]), ""])


@command("golden")
def golden(arguments: list[str]) -> None:
    """Renew the chapters' reference outputs and print the differences."""
    run(prepare(), "-m", "rfbook.golden", *arguments, **one_thread())


@command("prove")
def prove(arguments: list[str]) -> None:
    """Have Coq check the formal proofs, and record what it says."""
    run(prepare(), "-m", "rfbook.prove")


@command("mutants")
def mutants(arguments: list[str]) -> None:
    """Change formulas one place at a time, see what the tests notice (hours)."""
    run(prepare(), "-m", "rfbook.mutants", *arguments)


@command("benchmarks")
def benchmarks(arguments: list[str]) -> None:
    """Time the book against the alternatives and record it (hours); --resume."""
    env = environment()
    if env.kind != "current":
        env = Environment("benchmarks", ROOT / ".venv-benchmarks")
    run(prepare(env), "benchmarks/run.py", *arguments)


@command("wheel")
def wheel(arguments: list[str]) -> None:
    """Verify, then build into dist/ the wheel with chapters and verdicts."""
    env = prepare()
    verify([])
    run(env, "-m", "build", "--wheel", "--no-isolation", "--outdir", "dist", *arguments)


@command("release")
def release(arguments: list[str]) -> None:
    """Make dist/VERSION from a tag: wheel, book, PDF, EPUB, checksums; --dry-run."""
    check_machine()
    from rfbook import release as work

    wrong = work.disagreements(ROOT)
    if find_chromium() is None:
        wrong.append("Chromium is missing: the PDF and the EPUB need it")
    say("\n".join(work.plan(ROOT)))
    if "--dry-run" in arguments:
        say("\n".join(wrong or ["everything that can be seen beforehand agrees"]))
        return
    if wrong:
        raise DevError("no release: " + "; ".join(wrong))
    env, aside = prepare(), BUILD / "release"
    verify([])
    run(env, "-m", "rfbook", "history", "--released")
    pdf([])
    run(env, "-m", "rfbook.epub")
    shutil.rmtree(aside, ignore_errors=True)
    # Both from the checkout: an archive of sources has no verdicts for the wheel.
    made = ["-m", "build", "--sdist", "--wheel", "--no-isolation", "--outdir", aside]
    run(env, *made, SOURCE_DATE_EPOCH=str(work.commit_time(ROOT)))
    made_of_all = {
        kind: PAGE.parent / kind.lower() / f"rfbook.{kind.lower()}"
        for kind in ("PDF", "EPUB")
    }
    try:
        folder = work.finish(ROOT, aside, PAGE, made_of_all)
    except work.ReleaseError as error:
        raise DevError(str(error)) from None
    say(f"\nThe release is in {folder}")


@command("clean")
def clean(arguments: list[str]) -> None:
    """Remove what the commands made; with --all the environments too."""
    made = ["build", "_build", "dist", ".pytest_cache", ".ruff_cache", ".hypothesis"]
    if "--all" in arguments:
        made += [".venv", ".venv-latest", ".venv-oldest", ".venv-benchmarks"]
    for name in made:
        shutil.rmtree(ROOT / name, ignore_errors=True)
    for package in ("rfbook", "tests", "benchmarks"):
        for cache in (ROOT / package).rglob("__pycache__"):
            shutil.rmtree(cache, ignore_errors=True)


def main(argv: list[str] | None = None) -> int:
    """Run one command and return the exit status.

    Parameters
    ----------
    argv : list of str, optional
        The command and its arguments; by default those of the process.

    Returns
    -------
    int
        0, the failing tool's status, 2 when there is no such command or the machine
        lacks something, 130 when interrupted.
    """
    name, *arguments = (sys.argv[1:] if argv is None else argv) or ["help"]
    try:
        if name not in COMMANDS:
            raise DevError(f"no command {name!r}; there are: {', '.join(COMMANDS)}")
        COMMANDS[name](arguments)
    except DevError as error:
        print(f"rfbook: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        # A full disk, a checkout that may not be written, a program that is missing.
        print(f"rfbook: {error.filename or name}: {error.strerror}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
