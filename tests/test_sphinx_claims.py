"""The build refuses stale verdicts and edited boxes, and shows the status it read."""

import shutil
from types import SimpleNamespace

import pytest
from sphinx.errors import ExtensionError

from rfbook.ledger import claims
from rfbook.ledger.runner import load_verdicts, save_verdicts, verify
from rfbook.sphinxext import claims as extension


@pytest.fixture
def app(book, tmp_path, monkeypatch):
    """A stand-in for Sphinx's application over a copy of the chapters."""
    verify()
    path = tmp_path / "verdicts.json"
    save_verdicts(load_verdicts()["claims"], path)
    monkeypatch.setenv("RFBOOK_VERDICTS", str(path))
    shutil.copytree(book, tmp_path / "book", ignore=shutil.ignore_patterns("_static"))
    return SimpleNamespace(srcdir=str(tmp_path))


@pytest.fixture
def warnings(monkeypatch):
    """Collect what the extension warns of (a strict build fails on any)."""
    seen = []
    log = SimpleNamespace(
        warning=lambda text, *a, **k: seen.append(text % a if a else text)
    )
    monkeypatch.setattr(extension, "LOGGER", log)
    return seen


def test_the_book_as_it_is_passes(app, warnings):
    extension.check_ledger(app)
    assert warnings == []


def test_a_missing_verdict_file_stops_the_build(app, tmp_path):
    (tmp_path / "verdicts.json").unlink()
    with pytest.raises(ExtensionError, match="no verdict of this code for"):
        extension.check_ledger(app)


def test_a_stale_verdict_stops_the_build(app, tmp_path):
    rows = load_verdicts()["claims"]
    rows["psi-odd"]["digest"] = "of another tree"
    save_verdicts(rows)
    with pytest.raises(ExtensionError, match="psi-odd"):
        extension.check_ledger(app)


def test_a_red_claim_is_a_warning(app, warnings):
    rows = load_verdicts()["claims"]
    rows["psi-odd"]["problems"] = ["it broke"]
    save_verdicts(rows)
    extension.check_ledger(app)
    assert warnings == ["the claim psi-odd is red: it broke"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (r"\psi_a(-x) = ", r"\psi_a(-x) = -"),
        (r"$- a \le x \le a$", r"$- a < x \le a$"),
        (":label: psi-odd\n", ":label: psi-odder\n"),
    ],
)
def test_an_edited_page_is_a_warning(app, tmp_path, warnings, old, new):
    page = tmp_path / "book" / "psi.md"
    text = page.read_text(encoding="utf-8")
    assert old in text
    page.write_text(text.replace(old, new, 1), encoding="utf-8")
    extension.check_ledger(app)
    assert warnings


@pytest.mark.parametrize(
    ("changes", "colour", "words"),
    [
        ({}, "ok", "checked, whole"),
        ({"ok": False, "problems": ["it broke"]}, "no", "RED: it broke"),
    ],
)
def test_the_status_line_says_what_the_row_says(changes, colour, words):
    row = verify("psi-odd").rows["psi-odd"] | changes
    line = extension.status_line(claims()["psi-odd"], row)
    assert line["classes"] == ["claim-status", colour]
    assert words in line.astext()
    assert "4 of 4 planted errors caught" in line.astext()


def test_a_status_line_without_a_row_is_not_green():
    line = extension.status_line(claims()["psi-odd"], None)
    assert line["classes"] == ["claim-status", "no"]
    assert "UNKNOWN" in line.astext()


def test_every_claim_has_a_line_in_its_source_page():
    for claim in claims().values():
        name = extension.claim_module(claim)
        text = extension.highlight(extension.module_path(name))
        assert f'<span id="{claim.id}">' in text
