"""Requirements, lock, environment.yml, citation and workflows say the same thing."""

import importlib.metadata
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.markers import Marker, default_environment
from packaging.requirements import Requirement
from packaging.version import Version

from rfbook import dev
from rfbook.doctor import ROOT, normalise, read_pins

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCK = (ROOT / "requirements" / "lock.txt").read_text()
TORCH = (ROOT / "requirements" / "torch.txt").read_text()
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))

PYTHONS = ["3.11.2", "3.11.9", "3.12.3"]
SYSTEMS = ["linux", "darwin"]


def requirements(text):
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return [Requirement(line) for line in lines if line]


def locked(python="3.11.9", system="linux"):
    """The versions that the lock gives one machine, as a list of (name, version)."""
    machine = default_environment() | {
        "python_full_version": python,
        "python_version": ".".join(python.split(".")[:2]),
        "sys_platform": system,
        "os_name": "posix",
        "implementation_name": "cpython",
    }
    return [
        (pin.name, pin.version)
        for pin in read_pins(LOCK)
        if not pin.marker or Marker(pin.marker).evaluate(machine)
    ]


# The lock


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("python", PYTHONS)
def test_the_lock_gives_every_machine_one_version_of_each_package(python, system):
    names = [name for name, _ in locked(python, system)]
    assert len(names) == len(set(names))
    wanted = requirements((ROOT / "requirements" / "book.in").read_text())
    assert {normalise(r.name) for r in wanted} <= set(names)


def test_every_locked_package_has_its_hashes():
    blocks = re.split(r"\n(?=[a-z0-9])", LOCK)[1:]
    assert len(blocks) == len(read_pins(LOCK))
    for block in blocks:
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", block), block.splitlines()[0]


def test_the_lock_leaves_torch_and_cuda_out_and_names_no_index():
    names = {pin.name for pin in read_pins(LOCK)}
    assert not [n for n in names if n.startswith(("torch", "nvidia", "cuda", "triton"))]
    assert "://" not in LOCK
    assert "--index" not in LOCK
    assert "--find-links" not in LOCK


def test_the_lock_is_within_the_ranges_of_book_in_and_pyproject():
    versions = dict(locked())
    wanted = requirements((ROOT / "requirements" / "book.in").read_text())
    wanted += [Requirement(text) for text in PYPROJECT["project"]["dependencies"]]
    for extra in PYPROJECT["project"]["optional-dependencies"].values():
        wanted += [Requirement(text) for text in extra]
    (torch,) = read_pins(TORCH)
    versions[torch.name] = torch.version
    for requirement in wanted:
        version = versions[normalise(requirement.name)]
        assert requirement.specifier.contains(version), (requirement, version)


def test_the_oldest_releases_are_the_floors_of_book_in():
    text = (ROOT / "requirements" / "oldest.txt").read_text()
    assert "://" not in text
    blocks = re.split(r"\n(?=[a-z0-9])", text)[1:]
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}", block) for block in blocks)
    plain = re.sub(r"\[\w+(-\w+)*\]==", "==", text)
    pins = {pin.name: Requirement(str(pin)) for pin in read_pins(plain)}
    wanted = requirements((ROOT / "requirements" / "book.in").read_text())
    above = []
    for requirement in wanted:
        (version,) = {s.version for s in pins[normalise(requirement.name)].specifier}
        assert requirement.specifier.contains(version), (requirement, version)
        floors = [s.version for s in requirement.specifier if s.operator == ">="]
        assert floors, f"{requirement} has no floor: its oldest release may be any"
        if Version(version) != Version(floors[0]):
            above.append(normalise(requirement.name))
    # What another package needs newer than we do.
    assert len(above) <= len(wanted) // 4, above


def test_the_lock_pins_what_torch_rests_on():
    rests_on = [Requirement(text) for text in importlib.metadata.requires("torch")]
    plain = [
        r for r in rests_on if r.marker is None or r.marker.evaluate({"extra": ""})
    ]
    names = {normalise(r.name) for r in plain}
    names = {n for n in names if not n.startswith(("nvidia", "cuda", "triton"))}
    assert {"sympy", "filelock"} <= names
    assert names <= {name for name, _ in locked()}


# conda and Binder


def test_environment_yml_is_made_from_the_lock():
    assert (ROOT / "environment.yml").read_text() == dev.environment_yml()


def test_environment_yml_holds_every_pin_and_the_package():
    *conda, pip = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    assert conda == ["python=3.11", "pip"]
    *pins, package = pip["pip"]
    assert package == "-e ."
    expected = [*read_pins(TORCH), *read_pins(LOCK)]
    assert [str(Requirement(pin)) for pin in pins] == [
        str(Requirement(str(pin))) for pin in expected
    ]


def test_a_version_changed_in_the_lock_alone_is_drift(tmp_path, monkeypatch):
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    lock = tmp_path / "requirements" / "lock.txt"
    lock.write_text(LOCK.replace("sympy==1.14.0", "sympy==1.13.3"))
    monkeypatch.setattr(dev, "REQUIREMENTS", lock.parent)
    assert (ROOT / "environment.yml").read_text() != dev.environment_yml()


# Citation and licence


def test_the_citation_file_names_the_entity_and_the_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert str(citation["cff-version"]) == "1.2.0"
    assert citation["authors"] == [{"name": "The rfbook authors"}]
    assert str(citation["version"]) == PYPROJECT["project"]["version"]
    assert citation["license"] == PYPROJECT["project"]["license"].split(" AND ")
    assert {"message", "title", "type"} <= set(citation)


def test_the_package_has_the_version_of_the_project():
    import rfbook

    assert rfbook.__version__ == PYPROJECT["project"]["version"]


# Workflows


def audit(*paths):
    """Run the workflow linter without the network."""
    zizmor = Path(sys.executable).with_name("zizmor")
    return subprocess.run(
        [zizmor, "--offline", "--no-config", "--persona=auditor", *map(str, paths)],
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_workflows_pass_their_linter():
    assert len(WORKFLOWS) == 3
    result = audit(*WORKFLOWS)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("good", "bad", "finding"),
    [
        (r"@[0-9a-f]{40} # v5.0.0", "@v5", "unpinned-uses"),
        ("contents: read", "contents: write", "excessive-permissions"),
        ("persist-credentials: false", "persist-credentials: true", "artipacked"),
        ("runs-on:", "run-on:", "failed to validate"),
    ],
)
def test_the_linter_sees_a_planted_fault(tmp_path, good, bad, finding):
    text, count = re.subn(good, bad, (WORKFLOWS[1]).read_text())
    assert count
    (tmp_path / "planted.yml").write_text(text)
    result = audit(tmp_path / "planted.yml")
    assert result.returncode != 0
    assert finding in result.stdout + result.stderr


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_only_calls_make_targets(path):
    workflow = yaml.safe_load(path.read_text())
    assert workflow["permissions"] == {"contents": "read"}
    for job in workflow["jobs"].values():
        for step in job["steps"]:
            if "uses" in step:
                assert re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", step["uses"])
            else:
                make, target = step["run"].split()
                assert make == "make"
                assert target in dev.COMMANDS
