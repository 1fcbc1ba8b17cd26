"""The notebooks that a built book hands out, and the menus that offer them."""

import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from bs4 import BeautifulSoup

from rfbook.launch import binder_url, colab_url
from rfbook.plain import Sources
from rfbook.sphinxext import downloads

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]
REPOSITORY = "https://github.com/owner/name"

CONF = """
extensions = ["myst_nb", "sphinx_book_theme", "sphinx_proof", "rfbook.sphinxext.site",
              "rfbook.sphinxext.downloads"]
html_theme = "sphinx_book_theme"
nb_execution_mode = "cache"
root_doc = "book/index"
"""
INDEX = """# A book

```{rfbook-notebooks}
```

```{toctree}
one
notes
```
"""
PAGE = r"""---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

# One

[Notes](notes.md), [this](one.md).

```{prf:theorem} Six times seven
:label: six-seven

$6 \cdot 7 = 42$.
```

```{code-cell} ipython3
:tags: [kept]

print("once")
print("twice")
6 * 7
```

```{code-cell} ipython3
import json
from pathlib import Path

json.loads(Path("_static/data/run.json").read_text())
```
"""


def build(source: Path, output: Path, *options: str) -> str:
    """Build a book strictly; return what the build warned of."""
    command = ["-m", "sphinx", "-W", "--keep-going", "-q", *options]
    result = subprocess.run(
        [sys.executable, *command, source, output],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stderr


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Path:
    """Return the folder of a book with one chapter and one page without code."""
    folder = tmp_path_factory.mktemp("source")
    data = folder / "book" / "_static" / "data"
    data.mkdir(parents=True)
    (data / "run.json").write_text("[1, 2]")
    (folder / "conf.py").write_text(CONF)
    for name, text in {"index": INDEX, "one": PAGE, "notes": "# Notes\n"}.items():
        (folder / "book" / f"{name}.md").write_text(text)
    return folder


@pytest.fixture(scope="module")
def built(source, tmp_path_factory) -> Path:
    """Return the book, built without the address of a repository."""
    folder = tmp_path_factory.mktemp("built") / "html"
    build(source, folder)
    return folder


@pytest.fixture(scope="module")
def launched(source, built, tmp_path_factory) -> Path:
    """Return the same book with an address, from the outputs of the first build."""
    folder = built.with_name("launched")
    build(source, folder, "-D", f"rfbook_repository_url={REPOSITORY}")
    return folder


def read(folder: Path, name: str):
    """Return a notebook of the book, after nbformat has found it in order."""
    path = folder / "notebooks" / f"{name}.ipynb"
    notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    return notebook


def menu(folder: Path, page: str, label: str) -> dict[str, str]:
    """Return the entries of a menu of a page: words to addresses."""
    soup = BeautifulSoup((folder / "book" / page).read_text("utf-8"), "html.parser")
    links = soup.select(f".dropdown-{label} a")
    return {link.get_text(strip=True): link["href"] for link in links}


def test_a_clean_notebook_has_a_first_cell_and_no_outputs(built):
    first, title, *code = read(built, "one").cells
    assert "import importlib.util" in first.source
    assert "rfbook.chapters import copy_data" in first.source
    assert title.source.startswith("# One\n\nNotes, [this](one.ipynb).\n\n```{prf:")
    assert [cell.execution_count for cell in code] == [None, None]
    assert [cell.outputs for cell in code] == [[], []]


def test_a_plain_notebook_has_the_same_cells_without_myst(built):
    clean, bare = (read(built, name).cells for name in ("one", "plain/one"))
    code = [[c for c in cells if c.cell_type == "code"] for cells in (clean, bare)]
    assert code[0] == code[1]
    assert bare[1].source.endswith(
        "**Theorem** (Six times seven)**.**\n\n$6 \\cdot 7 = 42$."
    )


def test_an_executed_notebook_has_the_outputs_of_the_build(built):
    title, one, two = read(built, "executed/one").cells
    assert title.source.startswith("# One")
    stream, result = one.outputs
    assert stream.text == "once\ntwice\n"
    assert result.data["text/plain"] == "42"
    assert two.outputs[0].data["text/plain"] == "[1, 2]"
    assert [one.execution_count, two.execution_count] == [1, 2]


def test_a_notebook_says_nothing_of_where_and_when_it_ran(built, source):
    for name in ("one", "executed/one"):
        notebook = read(built, name)
        assert set(notebook.metadata) <= {"kernelspec", "language_info"}
        assert all(set(c.metadata) <= {"tags"} for c in notebook.cells)
        text = json.dumps(notebook)
        assert str(source) not in text
        assert str(Path.home()) not in text


def test_times_of_execution_and_split_streams_do_not_reach_a_notebook():
    def ran(*pieces):
        outputs = [nbformat.v4.new_output("stream", text=text) for text in pieces]
        cell = nbformat.v4.new_code_cell("print(1)", outputs=outputs)
        cell.metadata["execution"] = {"iopub.status.busy": str(pieces)}
        return nbformat.v4.new_notebook(cells=[cell])

    one, two = (
        downloads.dump(downloads.tidy(notebook, "one", [], Sources({}, {})))
        for notebook in (ran("a\n", "b\n"), ran("a\nb\n"))
    )
    assert one == two


def test_the_same_book_gives_the_same_bytes(built, launched):
    for name in ("notebooks/executed/one.ipynb", "notebooks/one.ipynb"):
        one, two = ((folder / name).read_text() for folder in (built, launched))
        one, two = (json.loads(text)["cells"] for text in (one, two))
        assert [c for c in one if c["id"] != "install-rfbook"] == [
            c for c in two if c["id"] != "install-rfbook"
        ]
    old = (built / "notebooks" / downloads.ARCHIVE).read_bytes()
    with zipfile.ZipFile(io.BytesIO(old)) as archive:
        members = {name: archive.read(name) for name in reversed(archive.namelist())}
        assert {info.date_time for info in archive.infolist()} == {downloads.EPOCH}
    assert downloads.pack(members) == old


def test_the_zip_holds_notebooks_data_and_a_word_on_how_to_run_them(built):
    with zipfile.ZipFile(built / "notebooks" / downloads.ARCHIVE) as archive:
        top = "rfbook-notebooks/"
        assert archive.namelist() == [
            top + name
            for name in (
                "README.txt",
                "_static/data/run.json",
                "executed/one.ipynb",
                "one.ipynb",
                "plain/one.ipynb",
            )
        ]
        assert (
            archive.read(top + "one.ipynb")
            == (built / "notebooks" / "one.ipynb").read_bytes()
        )
        assert b"jupyterlab" in archive.read(top + "README.txt")


def test_the_menu_of_a_chapter_offers_it_in_four_forms(built):
    found = menu(built, "one.html", "download-buttons")
    addresses = {words: found[words] for words in list(found)[:4]}
    notebooks = ["Notebook (.ipynb)", "Notebook with outputs"]
    assert list(addresses) == [*notebooks, "Notebook, plain Markdown", ".md"]
    for address in addresses.values():
        assert (built / "book" / address).resolve().is_file()


def test_a_page_without_code_offers_no_notebook(built, launched):
    for page in ("notes.html", "index.html"):
        found = menu(built, page, "download-buttons")
        assert not [address for address in found.values() if "notebooks/" in address]
        assert menu(launched, page, "launch-buttons") == {}


def test_the_list_of_notebooks_leads_to_each(built):
    soup = BeautifulSoup((built / "book/index.html").read_text("utf-8"), "html.parser")
    found = [a["href"] for a in soup.select("article a[href*='notebooks/']")]
    names = ("one.ipynb", "plain/one.ipynb", "executed/one.ipynb")
    assert found == [f"../notebooks/{name}" for name in (downloads.ARCHIVE, *names)]
    for address in found:
        assert (built / "book" / address).resolve().is_file()


def test_the_list_has_the_order_of_the_contents(monkeypatch):
    monkeypatch.setattr(downloads, "chapters", lambda env: ["a", "b", "c", "lost"])
    contents = {"root": ["c", "part"], "part": ["b", "a", "root"]}
    config = SimpleNamespace(root_doc="root")
    env = SimpleNamespace(toctree_includes=contents, config=config)
    assert downloads.in_order(env) == ["c", "b", "a", "lost"]


def test_launches_are_offered_when_there_is_a_repository(built, launched):
    assert menu(built, "one.html", "launch-buttons") == {}
    assert menu(launched, "one.html", "launch-buttons") == {
        "Binder": binder_url(REPOSITORY, "one"),
        "Colab": colab_url(REPOSITORY, "one"),
    }
    assert f"git+{REPOSITORY}@HEAD" in read(launched, "one").cells[0].source


def test_the_pictures_of_the_launches_are_files_of_the_book(launched):
    soup = BeautifulSoup((launched / "book/one.html").read_text("utf-8"), "html.parser")
    pictures = [img["src"] for img in soup.select(".dropdown-launch-buttons img")]
    assert len(pictures) == 2
    for address in pictures:
        assert (launched / "book" / address).resolve().is_file()


def test_without_a_branch_of_pages_colab_is_not_offered():
    config = SimpleNamespace(
        rfbook_repository_url=REPOSITORY,
        rfbook_repository_ref="v1",
        rfbook_pages_branch="",
    )
    (entry,) = downloads.launch_links(SimpleNamespace(config=config), "one")
    assert entry["url"] == binder_url(REPOSITORY, "one", "v1")


@pytest.mark.parametrize(
    ("outputs", "warning"),
    [
        (None, "no outputs of this page to hand out"),
        ("/machine/source", "an output names a path of this machine"),
    ],
)
def test_the_build_warns_of_a_notebook_it_should_not_hand_out(
    monkeypatch, outputs, warning
):
    page = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")])
    full = nbformat.from_dict(page)

    def executed(env, notebook):
        if outputs is None:
            raise KeyError
        full.cells[0].outputs = [nbformat.v4.new_output("stream", text=outputs)]
        return full

    seen = []
    log = SimpleNamespace(warning=lambda text, location: seen.append((text, location)))
    monkeypatch.setattr(downloads, "LOGGER", log)
    monkeypatch.setattr(downloads, "chapters", lambda env: ["book/one"])
    monkeypatch.setattr(downloads, "read", lambda env, docname: page)
    monkeypatch.setattr(downloads, "executed", executed)
    env = SimpleNamespace(
        mystnb_config=SimpleNamespace(execution_mode="cache"), srcdir="/machine/source"
    )
    downloads.notebooks(env)
    assert seen == [(warning, "book/one")]
