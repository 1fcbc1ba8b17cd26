"""The doctor answers on a bare Python, and sees each part that is out of order."""

import subprocess
import sys

import pytest

from rfbook import doctor
from rfbook.doctor import Pin


def marks(found):
    return {finding.part: finding.mark for finding in found}


def test_a_bare_python_is_answered_with_the_command_that_mends_it():
    result = subprocess.run(
        [sys.executable, "-S", "-m", "rfbook", "doctor"],
        cwd=doctor.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    assert result.stderr == ""
    assert "torch" in result.stdout
    assert "NO  packages" in result.stdout
    assert "TORCH_ARGS" in result.stdout


def test_every_part_is_looked_at():
    parts = marks(doctor.findings())
    assert {"Python", "packages", "torch", "MathJax", "fonts", "verdicts"} <= set(parts)
    assert {"page", "Chromium"} <= set(parts)


def test_the_status_is_1_only_when_something_is_to_be_mended(capsys):
    fine = [doctor.Finding("ok", "a", "there"), doctor.Finding("--", "b", "absent")]
    assert doctor.report(fine) == 0
    assert doctor.report([*fine, doctor.Finding("NO", "c", "broken")]) == 1
    assert "NO  c" in capsys.readouterr().out


def test_an_old_python_is_to_be_mended(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 0, "final", 0))
    finding = next(doctor.findings())
    assert finding.mark == "NO"
    assert "3.11 or later" in finding.text


@pytest.fixture
def checkout(tmp_path):
    """A checkout whose lock asks for one package that is there and in this version."""
    (tmp_path / "requirements").mkdir()
    lock = tmp_path / "requirements" / "lock.txt"
    lock.write_text(f"pytest=={pytest.__version__} \\\n    --hash=sha256:00\n")
    static = tmp_path / "book" / "_static"
    static.mkdir(parents=True)
    (static / "fonts.css").write_text('src: url("fonts/a.woff2") format("woff2");')
    return tmp_path


def test_packages_as_locked_are_in_order(checkout):
    assert marks(doctor.findings(checkout))["packages"] == "ok"


def test_a_missing_package_is_to_be_mended(checkout):
    with (checkout / "requirements" / "lock.txt").open("a") as lock:
        lock.write("no-such-project==1.0\n")
    assert marks(doctor.findings(checkout))["packages"] == "NO"


def test_another_version_is_told_but_tolerated(checkout):
    (checkout / "requirements" / "lock.txt").write_text("pytest==0.1\n")
    found = {finding.part: finding for finding in doctor.findings(checkout)}
    assert found["packages"].mark == "--"
    assert f"pytest {pytest.__version__} (lock: 0.1)" in found["packages"].text


def test_a_missing_font_is_named(checkout):
    found = {finding.part: finding for finding in doctor.findings(checkout)}
    assert found["fonts"].mark == "NO"
    assert "fonts/a.woff2" in found["fonts"].text
    (checkout / "book" / "_static" / "fonts").mkdir()
    (checkout / "book" / "_static" / "fonts" / "a.woff2").touch()
    assert marks(doctor.findings(checkout))["fonts"] == "ok"


def test_a_page_that_is_not_built_is_told(checkout):
    assert marks(doctor.findings(checkout))["page"] == "--"


def test_an_installed_wheel_needs_nothing_that_builds_pages(tmp_path, monkeypatch):
    monkeypatch.setattr(doctor, "MATHJAX", "no-such-package")
    found = {finding.part: finding for finding in doctor.findings(tmp_path)}
    for part in ("packages", "MathJax", "fonts", "page"):
        assert found[part].mark == "--"
        assert found[part].text.startswith("not a checkout")
    assert not any("make" in finding.text for finding in found.values())


def test_a_checkout_without_mathjax_is_to_be_mended(checkout, monkeypatch):
    monkeypatch.setattr(doctor, "MATHJAX", "no-such-package")
    (checkout / "pyproject.toml").touch()
    assert marks(doctor.findings(checkout))["MathJax"] == "NO"


def test_a_damaged_verdict_file_is_to_be_mended(tmp_path, monkeypatch):
    damaged = tmp_path / "verdicts.json"
    damaged.write_text('{"format": 1, "claims"')
    monkeypatch.setenv("RFBOOK_VERDICTS", str(damaged))
    assert marks(doctor.findings())["verdicts"] == "NO"


def test_verdicts_of_another_state_are_told(tmp_path, monkeypatch):
    stale = tmp_path / "verdicts.json"
    stale.write_text('{"format": 1, "claims": {"psi-counts": {"digest": "0"}}}')
    monkeypatch.setenv("RFBOOK_VERDICTS", str(stale))
    found = {finding.part: finding for finding in doctor.findings()}
    assert found["verdicts"].mark == "--"
    assert found["verdicts"].text.startswith("0 of ")


def test_chromium_is_taken_from_the_variable_first(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("RFBOOK_CHROMIUM", raising=False)
    assert doctor.find_chromium() is None
    browser = tmp_path / "chromium"
    browser.touch(mode=0o755)
    assert doctor.find_chromium() == str(browser)
    monkeypatch.setenv("RFBOOK_CHROMIUM", sys.executable)
    assert doctor.find_chromium() == sys.executable


def test_pins_are_read_with_their_markers_and_without_hashes():
    text = (
        "# a comment\n"
        "Sphinx_Design==0.8.0 \\\n    --hash=sha256:00 \\\n    --hash=sha256:01\n"
        "    # via -r book.in\n"
        "appnope==1.0 ; sys_platform == 'darwin' \\\n    --hash=sha256:02\n"
        "ranged>=1\n"
    )
    assert doctor.read_pins(text) == [
        Pin("sphinx-design", "0.8.0"),
        Pin("appnope", "1.0", "sys_platform == 'darwin'"),
    ]


def test_a_pin_for_another_system_does_not_apply():
    assert doctor.applies(Pin("a", "1"))
    assert doctor.applies(Pin("a", "1", f"sys_platform == '{sys.platform}'"))
    assert not doctor.applies(Pin("a", "1", "sys_platform == 'none'"))
