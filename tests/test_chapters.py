"""Finding the chapters and copying them."""

from __future__ import annotations

import nbformat
import pytest

from rfbook import chapters

HEADER = "---\nkernelspec:\n  name: python3\n  display_name: Python 3\n---\n"
CELL = "```{code-cell} ipython3\n1 + 1\n```\n"


@pytest.fixture
def book(tmp_path, monkeypatch):
    folder = tmp_path / "source"
    (folder / "_static" / "data").mkdir(parents=True)
    (folder / "one.md").write_text(f"{HEADER}# One\n\n{CELL}")
    (folder / "two.md").write_text(f"{HEADER}# Two\n\n{CELL}")
    (folder / "page.md").write_text("# No code\n")
    (folder / "header.md").write_text(f"{HEADER}# No code either\n")
    (folder / "_static" / "data" / "run.json").write_text("{}\n")
    (folder / "_static" / "data" / "cells").mkdir()
    (folder / "_static" / "data" / "cells" / "one.json").write_text("{}\n")
    monkeypatch.setattr(chapters, "source_folder", lambda: folder)
    return folder


def test_pages_without_code_are_not_chapters(book):
    assert chapters.list_chapters() == ("one", "two")


def test_a_copy_is_the_chapter_with_its_data(book, tmp_path):
    dest = tmp_path / "deep" / "copy"
    made = chapters.copy_chapters(dest)
    data = ["_static/data/cells/one.json", "_static/data/run.json"]
    assert [p.relative_to(dest).as_posix() for p in made] == ["one.md", "two.md", *data]
    for path in made:
        assert path.read_bytes() == (book / path.relative_to(dest)).read_bytes()


def test_a_notebook_has_the_chapter_s_cells(book, tmp_path):
    made = chapters.copy_chapters(tmp_path / "copy", ["one"], format="ipynb")
    notebook = nbformat.read(made[0], as_version=4)
    nbformat.validate(notebook)
    assert [c.source for c in notebook.cells] == ["# One", "1 + 1"]


def test_nothing_is_written_when_one_file_is_in_the_way(book, tmp_path):
    dest = tmp_path / "copy"
    dest.mkdir()
    (dest / "two.md").write_text("mine")
    with pytest.raises(FileExistsError, match=r"--force.*two\.md"):
        chapters.copy_chapters(dest)
    assert [p.name for p in dest.iterdir()] == ["two.md"]
    chapters.copy_chapters(dest, force=True)
    assert (dest / "two.md").read_text() != "mine"


def test_what_is_there_can_be_kept(book, tmp_path):
    dest = tmp_path / "copy"
    dest.mkdir()
    (dest / "two.md").write_text("mine")
    made = chapters.copy_chapters(dest, keep=True)
    assert dest / "two.md" not in made
    assert (dest / "two.md").read_text() == "mine"
    assert (dest / "one.md").is_file()
    assert chapters.copy_chapters(dest, keep=True) == ()
    assert chapters.main(["one", "two", "--copy", str(dest), "--keep"]) == 0
    with pytest.raises(SystemExit, match="2"):
        chapters.main(["--copy", str(dest), "--keep", "--force"])


def test_the_data_come_alone_and_replace_nothing(book, tmp_path):
    own = tmp_path / "_static" / "data" / "run.json"
    own.parent.mkdir(parents=True)
    own.write_text("mine")
    made = chapters.copy_data(tmp_path)
    assert made == (tmp_path / "_static" / "data" / "cells" / "one.json",)
    assert own.read_text() == "mine"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ({"names": ["three"]}, "no chapter 'three'; there are: one, two"),
        ({"names": ["page"]}, "no chapter 'page'"),
        ({"format": "py"}, "got 'py'"),
        ({"force": True, "keep": True}, "exclude each other"),
    ],
)
def test_a_wrong_call_names_what_is_wrong(book, tmp_path, call, message):
    with pytest.raises(ValueError, match=message):
        chapters.copy_chapters(tmp_path / "copy", **call)
    assert not (tmp_path / "copy").exists()


def test_the_command_lists_copies_and_refuses(book, tmp_path, capsys):
    dest = tmp_path / "copy"
    assert chapters.main([]) == 0
    assert capsys.readouterr().out == "one\ntwo\n"
    assert chapters.main(["one", "--copy", str(dest)]) == 0
    assert capsys.readouterr().out.splitlines()[0] == str(dest / "one.md")
    assert chapters.main(["one", "--copy", str(dest)]) == 1
    assert "already there" in capsys.readouterr().err
    assert chapters.main(["one", "--copy", str(dest), "--force"]) == 0
    assert chapters.main(["three", "--copy", str(dest)]) == 2
    with pytest.raises(SystemExit) as stopped:
        chapters.main(["one"])
    assert stopped.value.code == 2


def test_a_wheel_s_chapters_are_taken_without_a_checkout(tmp_path, monkeypatch):
    package = tmp_path / "site" / "rfbook"
    monkeypatch.setattr(chapters, "_PACKAGE", package)
    with pytest.raises(FileNotFoundError, match="carries no chapters"):
        chapters.source_folder()
    (package / "_book").mkdir(parents=True)
    assert chapters.source_folder() == package / "_book"
    (tmp_path / "site" / "book").mkdir()
    (tmp_path / "site" / "pyproject.toml").write_text("")
    assert chapters.source_folder() == tmp_path / "site" / "book"
