"""Running the book elsewhere: Binder, Colab, a notebook taken along, JupyterLab."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

from rfbook import dev
from rfbook.launch import binder_url, colab_url, first_cell, repository_parts

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]
GITHUB = "https://github.com/owner/name"

# An IPython in which %pip writes down what it was asked for. A module that is None in
# sys.modules is one that is not installed.
SHELL = """
import sys
from IPython.core.interactiveshell import InteractiveShell

if not {installed}:
    sys.modules["rfbook"] = None
shell = InteractiveShell()
shell.register_magic_function(lambda line: print("pip", line), "line", "pip")
result = shell.run_cell({cell!r})
error = result.error_before_exec or result.error_in_exec
print("end:", type(error).__name__, error)
"""


def run_cell(cell: str, folder: Path, *, installed: bool) -> list[str]:
    """Run a cell in an IPython of its own, with or without the package; its lines."""
    result = subprocess.run(
        [sys.executable, "-c", SHELL.format(cell=cell, installed=installed)],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), "IPYTHONDIR": str(folder / "own")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.splitlines()


# The first cell


@pytest.mark.parametrize("repository", ["", GITHUB])
def test_the_first_cell_does_nothing_where_the_package_is(tmp_path, repository):
    cell = first_cell(repository)
    assert run_cell(cell, tmp_path, installed=True) == ["end: NoneType None"]


def test_the_first_cell_installs_the_package_from_the_repository(tmp_path):
    lines = run_cell(first_cell(GITHUB, "v1"), tmp_path, installed=False)
    assert lines == [f"pip install --quiet git+{GITHUB}@v1", "end: NoneType None"]


def test_without_a_repository_the_first_cell_stops_with_a_word(tmp_path):
    *_, end = run_cell(first_cell(), tmp_path, installed=False)
    assert end.startswith(
        "end: ModuleNotFoundError The package rfbook is not installed"
    )
    assert "wheel" in end


def test_the_first_cell_brings_the_data_and_replaces_none(tmp_path):
    data = tmp_path / "_static" / "data"
    data.mkdir(parents=True)
    own = data / "benchmarks.json"
    own.write_text("mine")
    cell = first_cell(data=True)
    assert run_cell(cell, tmp_path, installed=True) == ["end: NoneType None"]
    source = ROOT / "book" / "_static" / "data"
    wanted = {p.relative_to(source) for p in source.rglob("*") if p.is_file()}
    assert {p.relative_to(data) for p in data.rglob("*") if p.is_file()} == wanted
    assert own.read_text() == "mine"


# Addresses


@pytest.mark.parametrize(
    ("repository", "address"),
    [
        (GITHUB, "https://mybinder.org/v2/gh/owner/name/HEAD"),
        (f"{GITHUB}.git", "https://mybinder.org/v2/gh/owner/name/HEAD"),
        ("https://gitlab.com/a/b/c", "https://mybinder.org/v2/gl/a%2Fb%2Fc/HEAD"),
        (
            "https://git.example.org/a/b",
            "https://mybinder.org/v2/git/https%3A%2F%2Fgit.example.org%2Fa%2Fb/HEAD",
        ),
    ],
)
def test_binder_is_told_repository_and_page(repository, address):
    assert binder_url(repository, "psi") == f"{address}?urlpath=lab/tree/book/psi.md"


def test_a_branch_with_a_slash_stays_one_part_of_the_address():
    assert "/name/new%2Fidea?" in binder_url(GITHUB, "psi", "new/idea")


def test_colab_is_told_a_notebook_of_the_published_branch():
    assert colab_url(f"{GITHUB}/", "psi", "pages") == (
        "https://colab.research.google.com/github/owner/name/blob/pages/"
        "notebooks/plain/psi.ipynb"
    )
    assert colab_url(GITHUB, "psi", "") == ""
    assert colab_url("https://gitlab.com/owner/name", "psi") == ""


@pytest.mark.parametrize(
    "wrong", ["", "owner/name", "https://github.com/owner", "git@h"]
)
def test_what_is_no_repository_is_refused(wrong):
    with pytest.raises(ValueError, match="https://HOST/OWNER/NAME"):
        repository_parts(wrong)


# Binder


def test_binder_finds_what_a_chapter_needs_in_environment_yml():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    *pins, package = environment["dependencies"][-1]["pip"]
    names = {Requirement(pin).name for pin in pins}
    assert {"jupyterlab", "jupyterlab-myst", "jupytext", "ipykernel"} <= names
    assert package == "-e ."
    # Binder would leave the root's environment.yml aside for a folder of these names.
    assert not [n for n in ("binder", ".binder") if (ROOT / n).exists()]


def test_binder_s_last_step_has_chapters_open_as_notebooks(tmp_path):
    script = ROOT / "postBuild"
    assert os.access(script, os.X_OK)
    tools = str(Path(sys.executable).parent)
    own = {"HOME": str(tmp_path), "JUPYTER_CONFIG_DIR": str(tmp_path / "config")}
    subprocess.run(
        ["bash", script],
        cwd=tmp_path,
        env=os.environ | own | {"PATH": os.pathsep.join([tools, os.environ["PATH"]])},
        check=True,
        capture_output=True,
    )
    (written,) = (tmp_path / "config").rglob("*.json")
    assert re.search(r'"markdown": "Jupytext Notebook"', written.read_text())


# JupyterLab by one command, and a machine without POSIX


def test_make_lab_opens_copies_and_keeps_what_the_reader_changed(tmp_path, monkeypatch):
    calls = []
    monkeypatch.setattr(dev, "prepare", lambda: "environment")
    monkeypatch.setattr(dev, "run", lambda env, *arguments: calls.append(arguments))
    monkeypatch.setattr(dev, "BUILD", tmp_path)
    assert dev.main(["lab", "--port=9999"]) == 0
    copy, serve = calls
    folder = tmp_path / "lab"
    assert copy == (
        "-m", "rfbook", "chapters", "--copy", folder, "--format", "ipynb", "--keep",
    )  # fmt: skip
    assert serve == (
        "-m", "jupyterlab", f"--ServerApp.root_dir={folder}", "--port=9999",
    )  # fmt: skip


@pytest.mark.parametrize("arguments", [["verify", "psi-counts"], ["chapters"]])
def test_the_commands_do_without_the_modules_that_windows_lacks(tmp_path, arguments):
    script = (
        "import runpy, sys\n"
        "for name in ('fcntl', 'grp', 'pwd', 'resource', 'termios'):\n"
        "    sys.modules[name] = None\n"
        "sys.argv = ['rfbook', *sys.argv[1:]]\n"
        "runpy.run_module('rfbook', run_name='__main__')\n"
    )
    own = {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "cp1252"}
    result = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=tmp_path,
        env=os.environ | own | {"RFBOOK_VERDICTS": str(tmp_path / "verdicts.json")},
        capture_output=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr.decode("cp1252")
    assert result.stdout
