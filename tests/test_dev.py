"""The commands: what they check, install and build, and what a kill leaves behind."""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest

from rfbook import dev

pytestmark = pytest.mark.slow

ROOT = dev.ROOT
CLEAN_ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("PYTEST_", "RFBOOK_", "COV_"))
}


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """An empty checkout with the project's requirements; no program is run in it."""
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name in ("RFBOOK_ENV", "RFBOOK_TORCH_ARGS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    monkeypatch.setattr(dev, "REQUIREMENTS", tmp_path / "requirements")
    monkeypatch.setattr(dev, "BUILD", tmp_path / "build")
    monkeypatch.setattr(dev, "PAGE", tmp_path / "_build" / "html")
    return tmp_path


@pytest.fixture
def calls(monkeypatch):
    """The programs that would have been run; making a venv makes its interpreter."""
    made = []

    def record(arguments, **variables):
        arguments = [str(argument) for argument in arguments]
        made.append(arguments)
        if "venv" in arguments:
            python = Path(arguments[-1]) / "bin" / "python"
            python.parent.mkdir(parents=True)
            python.touch()

    monkeypatch.setattr(dev, "call", record)
    return made


def run_dev(*arguments, **variables):
    """Run a command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "rfbook.dev", *arguments],
        cwd=ROOT,
        env={**CLEAN_ENVIRONMENT, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


# The front


def test_make_has_a_target_for_every_command_and_no_other():
    text = (ROOT / "Makefile").read_text().replace("\\\n", " ")
    targets = re.search(r"^TARGETS := (.+)$", text, re.MULTILINE)[1].split()
    assert targets == list(dev.COMMANDS)


def test_help_lists_every_command_and_variable():
    text = run_dev("help").stdout
    for name in dev.COMMANDS:
        assert re.search(rf"^  {name} +\S", text, re.MULTILINE), name
    source = Path(dev.__file__).read_text()
    for name in set(re.findall(r'environ\.get\("(RFBOOK_\w+)"', source)):
        assert name in text


def test_the_commands_need_the_standard_library_alone():
    result = subprocess.run(
        [sys.executable, "-S", "-m", "rfbook.dev", "help"],
        cwd=ROOT,
        env=CLEAN_ENVIRONMENT,
        capture_output=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr


def test_an_unknown_command_is_a_wrong_call():
    result = run_dev("bok")
    assert result.returncode == 2
    assert "no command 'bok'" in result.stderr
    assert "book" in result.stderr


def test_an_unknown_environment_is_a_wrong_call():
    result = run_dev("setup", RFBOOK_ENV="conda")
    assert result.returncode == 2
    assert "'conda'" in result.stderr


def test_a_failing_tool_gives_its_status():
    with pytest.raises(SystemExit) as stop:
        dev.call([sys.executable, "-c", "raise SystemExit(7)"])
    assert stop.value.code == 7


def test_the_current_environment_finds_the_package_from_anywhere(monkeypatch, tmp_path):
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    (tmp_path / "only_here.py").touch()
    env = dev.Environment("current", Path(sys.prefix))
    dev.run(env, "-c", "import os; os.chdir('/'); import only_here")


def test_a_gpu_run_without_a_gpu_fails_before_any_test():
    result = run_dev("test-gpu", RFBOOK_ENV="current", CUDA_VISIBLE_DEVICES="")
    assert result.returncode == 1
    assert "torch sees no CUDA device" in result.stderr
    assert "pytest" not in result.stdout


# What the machine must have


def test_an_old_python_is_told_before_anything_is_made(checkout, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 13, "final", 0))
    with pytest.raises(dev.DevError, match=r"Python 3\.10\.13: .* 3\.11 or later"):
        dev.prepare()
    assert not (checkout / ".venv").exists()


def test_missing_git_is_told(checkout, monkeypatch):
    monkeypatch.setenv("PATH", str(checkout))
    with pytest.raises(dev.DevError, match="git is missing"):
        dev.prepare()


def test_missing_venv_is_told(checkout, monkeypatch):
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(dev.DevError, match="apt install python3-venv"):
        dev.prepare()


def test_an_installed_package_is_no_checkout(tmp_path, monkeypatch):
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    with pytest.raises(dev.DevError, match="no checkout"):
        dev.prepare()


# The environment


def test_torch_is_installed_first_then_the_lock_with_hashes_then_the_package(
    checkout, calls
):
    dev.prepare()
    venv, torch, rest, package = calls
    assert "venv" in venv
    assert torch[-2:] == ["-r", str(checkout / "requirements" / "torch.txt")]
    assert rest[-3:-1] == ["--require-hashes", "-r"]
    assert rest[-1].endswith("lock.txt")
    assert "--no-deps" in package
    assert package[-2:] == ["-e", str(checkout)]


def test_a_second_run_installs_nothing(checkout, calls):
    dev.prepare()
    calls.clear()
    dev.prepare()
    assert calls == []


@pytest.mark.parametrize("name", ["requirements/lock.txt", "requirements/torch.txt"])
def test_changed_requirements_are_installed(checkout, calls, name):
    dev.prepare()
    calls.clear()
    with (checkout / name).open("a") as file:
        file.write("# changed\n")
    dev.prepare()
    assert [call for call in calls if "venv" in call] == []
    assert len(calls) == 3


def test_an_interrupted_installation_is_taken_up_again(checkout, monkeypatch, calls):
    record = dev.call

    def fail(arguments, **variables):
        record(arguments)
        if "--require-hashes" in arguments:
            raise SystemExit(1)

    monkeypatch.setattr(dev, "call", fail)
    with pytest.raises(SystemExit):
        dev.prepare()
    assert not dev.is_ready(dev.environment())
    monkeypatch.setattr(dev, "call", record)
    calls.clear()
    dev.prepare()
    assert len(calls) == 3
    assert dev.is_ready(dev.environment())


def test_a_moved_checkout_gets_a_new_environment(checkout, calls):
    dev.prepare()
    stamp = dev.environment().stamp
    stamp.write_text(json.dumps(json.loads(stamp.read_text()) | {"root": "/elsewhere"}))
    shutil.rmtree(stamp.parent / "bin")
    calls.clear()
    dev.prepare()
    assert "--clear" in calls[0]


def test_the_choice_of_torch_is_remembered_and_forced_when_it_changes(
    checkout, calls, monkeypatch
):
    monkeypatch.setenv("RFBOOK_TORCH_ARGS", "--index-url 'file:///some where'")
    dev.prepare()
    assert calls[1][-2:] == ["--index-url", "file:///some where"]
    assert "--force-reinstall" not in calls[1]
    monkeypatch.delenv("RFBOOK_TORCH_ARGS")
    calls.clear()
    dev.prepare()
    assert calls == []
    monkeypatch.setenv("RFBOOK_TORCH_ARGS", "--no-index")
    dev.prepare()
    assert "--force-reinstall" in calls[0]
    assert calls[0][-1] == "--no-index"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere torch has one build")
def test_the_choice_of_torch_is_told_once_and_before_the_download(
    checkout, calls, capsys, monkeypatch
):
    dev.prepare()
    told = capsys.readouterr().out
    assert len(dev.TORCH_CHOICE.splitlines()) == 2
    assert told.index(dev.TORCH_CHOICE) < told.index("installing torch")
    shutil.rmtree(checkout / ".venv")
    monkeypatch.setenv("RFBOOK_TORCH_ARGS", "--no-index")
    dev.prepare()
    assert dev.TORCH_CHOICE not in capsys.readouterr().out


def test_the_newest_releases_leave_lock_and_pins_out(checkout, calls, monkeypatch):
    monkeypatch.setenv("RFBOOK_ENV", "latest")
    env = dev.prepare()
    assert env.prefix.name == ".venv-latest"
    words = [word for call in calls for word in call]
    assert "torch" in words
    assert str(checkout / "requirements" / "book.in") in words
    assert not any(word.endswith(("lock.txt", "torch.txt")) for word in words)


def test_the_oldest_releases_are_locked_with_hashes(checkout, calls, monkeypatch):
    monkeypatch.setenv("RFBOOK_ENV", "oldest")
    env = dev.prepare()
    assert env.prefix.name == ".venv-oldest"
    (last,) = [call for call in calls if "--require-hashes" in call]
    assert str(checkout / "requirements" / "oldest.txt") in last
    assert not any("lock.txt" in word or "book.in" in word for word in last)


@pytest.mark.parametrize("status", [0, 1])
def test_a_trial_is_recorded_whether_it_passes_or_fails(checkout, monkeypatch, status):
    said = []

    def run(env, *arguments, **variables):
        said.append([str(argument) for argument in arguments])
        if "pytest" in arguments:
            result = checkout / "build" / "threads.xml"
            result.parent.mkdir()
            result.touch()
            if status:
                raise SystemExit(status)

    monkeypatch.setattr(dev, "run", run)
    env = dev.Environment("current", Path(sys.prefix))
    if status:
        with pytest.raises(SystemExit):
            dev.trial(env, "threads", ["-k", "psi"])
    else:
        dev.trial(env, "threads", ["-k", "psi"])
    *words, selection = said[-1]
    assert words[:3] == ["-m", "rfbook.trials", "threads"]
    assert selection == "--selection=-k psi"


@pytest.mark.parametrize("reached", [True, False])
def test_an_audit_is_recorded_if_it_came_to_a_result(checkout, monkeypatch, reached):
    said = []

    def run(env, *arguments, **variables):
        words = [str(argument) for argument in arguments]
        said.append(words)
        if "pip-audit" in words:
            if reached:
                Path(words[words.index("--output") + 1]).touch()
            raise SystemExit(1)

    monkeypatch.setattr(dev, "run", run)
    monkeypatch.setenv("RFBOOK_ENV", "current")
    with pytest.raises(SystemExit):
        dev.audit([])
    assert "--strict" in said[0]
    recorded = [words[:3] for words in said[1:]]
    assert recorded == [["-m", "rfbook.trials", "audit"]] * reached


def test_a_trial_that_did_not_run_is_not_recorded(checkout, monkeypatch):
    said = []
    monkeypatch.setattr(dev, "run", lambda env, *words, **_: said.append(words))
    (checkout / "build").mkdir()
    (checkout / "build" / "oldest.xml").write_text("of an earlier run")
    dev.trial(dev.Environment("current", Path(sys.prefix)), "oldest", [])
    assert not any("rfbook.trials" in words for words in said)


def test_the_current_environment_is_left_alone(checkout, calls, monkeypatch):
    monkeypatch.setenv("RFBOOK_ENV", "current")
    assert dev.prepare().python == Path(sys.executable)
    assert calls == []


def test_two_runs_wait_for_each_other(tmp_path, capsys):
    events = []

    def second():
        with dev.exclusive(tmp_path / "lock"):
            events.append("second")

    with dev.exclusive(tmp_path / "lock"):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(timeout=0.2)
        assert thread.is_alive()
        events.append("first")
    thread.join(timeout=10)
    assert events == ["first", "second"]
    assert "waiting for another run" in capsys.readouterr().out


# The book


@pytest.fixture
def builder(checkout, monkeypatch):
    """A build that writes the given pages, and is killed at a page without text."""
    pages = {}

    def fake(env, *arguments, **variables):
        stage = Path(arguments[arguments.index("--path-output") + 1])
        html = stage / "_build" / "html"
        html.mkdir(parents=True, exist_ok=True)
        for name, text in pages.items():
            if text is None:
                raise KeyboardInterrupt
            (html / name).write_text(text)

    monkeypatch.setattr(dev, "run", fake)
    monkeypatch.setattr(dev, "prepare", lambda: dev.Environment("current", checkout))
    monkeypatch.setattr(dev, "verify", lambda arguments: None)
    return pages


def test_a_finished_build_says_where_the_page_is(checkout, builder, capsys):
    builder["index.html"] = "whole"
    assert dev.main(["book"]) == 0
    page = checkout / "_build" / "html" / "index.html"
    assert page.read_text() == "whole"
    assert capsys.readouterr().out.rstrip().endswith(str(page))


def test_a_killed_first_build_leaves_no_page(checkout, builder):
    builder.update({"index.html": "half", "psi.html": None})
    assert dev.main(["book"]) == 130
    assert not dev.PAGE.exists()


def test_a_killed_build_leaves_the_old_book_and_the_next_starts_afresh(
    checkout, builder
):
    builder["index.html"] = "old"
    dev.main(["book"])
    builder.update({"index.html": "half", "gone.html": "half", "psi.html": None})
    dev.main(["book"])
    assert [path.name for path in dev.PAGE.iterdir()] == ["index.html"]
    assert (dev.PAGE / "index.html").read_text() == "old"
    builder.clear()
    builder["index.html"] = "new"
    dev.main(["book"])
    assert [path.name for path in dev.PAGE.iterdir()] == ["index.html"]
    assert (dev.PAGE / "index.html").read_text() == "new"


def test_a_page_that_left_the_contents_leaves_the_book(checkout, builder):
    builder.update({"index.html": "old", "gone.html": "old"})
    assert dev.main(["book"]) == 0
    del builder["gone.html"]
    assert dev.main(["book"]) == 0
    assert (dev.PAGE / "gone.html").exists()
    (checkout / "_toc.yml").write_text("root: book/index\n")
    assert dev.main(["book"]) == 0
    assert not (dev.PAGE / "gone.html").exists()


def test_a_book_is_served_only_when_built(checkout):
    assert dev.main(["serve"]) == 2


def test_clean_keeps_the_environment_unless_asked(checkout):
    for name in (".venv", "_build", "build", "dist"):
        (checkout / name).mkdir()
    dev.main(["clean"])
    assert [path.name for path in checkout.iterdir() if path.is_dir()].count(".venv")
    assert not (checkout / "_build").exists()
    dev.main(["clean", "--all"])
    assert not (checkout / ".venv").exists()


# The wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built offline from a copy of the sources with a verdict file."""
    source = tmp_path_factory.mktemp("source")
    for name in ("rfbook", "book"):
        ignored = shutil.ignore_patterns("__pycache__", "_verdicts.json")
        shutil.copytree(ROOT / name, source / name, ignore=ignored)
    for name in ("pyproject.toml", "hatch_build.py", "README.md"):
        shutil.copy(ROOT / name, source)
    for path in ROOT.glob("LICENSE*"):
        shutil.copy(path, source)
    (source / "build").mkdir()
    (source / "build" / "verdicts.json").write_text('{"format": "a test"}')
    command = [sys.executable, "-m", "build", "--no-isolation", "--wheel"]
    result = subprocess.run(
        command, cwd=source, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return next((source / "dist").glob("*.whl"))


def test_the_wheel_carries_package_chapters_verdicts_and_licences(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        verdicts = archive.read("rfbook/_verdicts.json")
    for path in (ROOT / "rfbook").rglob("*.py"):
        assert path.relative_to(ROOT).as_posix() in names
    for page in (ROOT / "book").glob("*.md"):
        assert f"rfbook/_book/{page.name}" in names
    assert verdicts == b'{"format": "a test"}'
    licences = {Path(name).name for name in names if "/licenses/" in name}
    assert licences == {"LICENSE", "LICENSE-text"}
    assert not [name for name in names if name.startswith(("tests/", "book/"))]


def test_the_wheel_hands_out_its_chapters(wheel, tmp_path):
    site, copied = tmp_path / "site", tmp_path / "copied"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    subprocess.run(
        [sys.executable, "-m", "rfbook", "chapters", "--copy", str(copied)],
        cwd=site,
        env=CLEAN_ENVIRONMENT | {"PYTHONPATH": str(site)},
        check=True,
    )
    for page in copied.rglob("*.md"):
        assert page.read_text() == (ROOT / "book" / page.name).read_text()
    assert (copied / "psi.md").is_file()


# The tests' own last words


@pytest.fixture
def suite(tmp_path):
    """A suite of one unit test and two browser tests, with this suite's conftest."""
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    (tmp_path / "test_unit.py").write_text("def test_unit(): pass\n")
    (tmp_path / "browser").mkdir()
    pages = "def test_one(): pass\n\n\ndef test_two(): pass\n"
    (tmp_path / "browser" / "test_pages.py").write_text(pages)
    markers = "[pytest]\nmarkers =\n    browser\n    coq\n    gpu\n"
    (tmp_path / "pytest.ini").write_text(markers)

    def run(*arguments, **variables):
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments],
            cwd=tmp_path,
            env=CLEAN_ENVIRONMENT | {"PYTHONPATH": str(ROOT)} | variables,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_without_chromium_the_last_lines_say_what_was_not_run(suite, tmp_path):
    result = suite("-n", "2", "-ra", PATH=str(tmp_path))
    assert result.returncode == 0, result.stdout + result.stderr
    *_, not_run, summary = result.stdout.rstrip().splitlines()
    assert not_run == "NOT RUN: browser (2 tests)"
    assert "1 passed, 2 skipped" in summary


def test_a_required_browser_that_is_missing_is_an_error(suite, tmp_path):
    result = suite(PATH=str(tmp_path), RFBOOK_REQUIRE_BROWSER="1")
    assert result.returncode == pytest.ExitCode.USAGE_ERROR
    assert "Chromium is not installed" in result.stderr


def test_without_coq_the_last_lines_say_what_was_not_run(suite, tmp_path):
    proofs = "import pytest\n\n\n@pytest.mark.coq\ndef test_proof(): pass\n"
    (tmp_path / "test_proofs.py").write_text(proofs)
    result = suite("test_proofs.py", PATH=str(tmp_path))
    assert result.stdout.rstrip().splitlines()[-2] == "NOT RUN: coq (1 tests)"
    result = suite("test_proofs.py", PATH=str(tmp_path), RFBOOK_REQUIRE_COQ="1")
    assert result.returncode == pytest.ExitCode.USAGE_ERROR
    assert "RFBOOK_REQUIRE_COQ is set: coqc is not installed" in result.stderr


def test_with_chromium_nothing_is_left_out(suite):
    result = suite(RFBOOK_CHROMIUM=sys.executable)
    assert "3 passed" in result.stdout
    assert "NOT RUN" not in result.stdout
