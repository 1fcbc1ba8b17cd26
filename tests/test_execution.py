"""Notebooks are executed before their pages are read."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest
from jupyter_cache import get_cache
from myst_nb.core.config import NbParserConfig
from myst_nb.core.read import read_myst_markdown_notebook
from myst_parser.config.main import MdParserConfig

from rfbook.sphinxext.execution import execute

pytestmark = pytest.mark.slow

HEAD = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

# A page

"""
PAGES = {
    "first": HEAD + "```{code-cell} ipython3\nprint(6 * 7)\n```\n",
    "second": HEAD + "```{code-cell} ipython3\nprint(6 * 8)\n```\n",
    "wrong": HEAD + "```{code-cell} ipython3\n1 / 0\n```\n",
    "words": HEAD + "No cell at all.\n",
    "plain": "# No notebook\n",
}


@pytest.fixture
def book(tmp_path) -> SimpleNamespace:
    """Return what the extension reads of a book's environment."""
    for name, text in PAGES.items():
        (tmp_path / f"{name}.md").write_text(text, encoding="utf-8")
    config = NbParserConfig(
        execution_mode="cache", execution_cache_path=str(tmp_path / "cache")
    )
    return SimpleNamespace(
        doc2path=lambda name: str(tmp_path / f"{name}.md"),
        myst_config=MdParserConfig(),
        mystnb_config=config,
    )


def outputs(book, name: str) -> list[str]:
    """Return what the cache holds for a page, as its reading would find it."""
    path = Path(book.doc2path(name))
    notebook = read_myst_markdown_notebook(
        path.read_text("utf-8"), config=book.myst_config, add_source_map=True
    )
    cache = get_cache(book.mystnb_config.execution_cache_path)
    _, merged = cache.merge_match_into_notebook(notebook)
    return [
        output["text"]
        for cell in merged.cells
        if cell.cell_type == "code"
        for output in cell.outputs
    ]


@pytest.fixture
def own_kernel(monkeypatch):
    """Take this environment's kernel, as the build does."""
    monkeypatch.setitem(os.environ, "JUPYTER_PREFER_ENV_PATH", "1")


# The executor forks its processes, and later Pythons warn of a fork beside threads.
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
@pytest.mark.usefixtures("own_kernel")
def test_the_cache_holds_what_did_not_fail(book):
    execute(None, book, list(PAGES))
    assert outputs(book, "first") == ["42\n"]
    assert outputs(book, "second") == ["48\n"]
    with pytest.raises(KeyError):
        outputs(book, "wrong")
    cache = get_cache(book.mystnb_config.execution_cache_path)
    staged = {Path(record.uri).stem for record in cache.list_project_records()}
    assert staged == {"first", "second", "wrong"}
    assert len(cache.list_cache_records()) == 2


def test_nothing_is_executed_where_the_cache_is_not_used(book, tmp_path):
    book.mystnb_config = NbParserConfig(execution_mode="off")
    execute(None, book, list(PAGES))
    assert not (tmp_path / "cache").exists()
