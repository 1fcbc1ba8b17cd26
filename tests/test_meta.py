"""The tags in a page's head: what reference managers and previews of links read."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from rfbook.ledger.citation import AUTHOR, BOOK, YEAR
from rfbook.sphinxext import PARTS, meta

ROOT = Path(__file__).resolve().parents[1]
ADDRESS = "https://book.example"
CONF = """
extensions = ["myst_parser", "rfbook.sphinxext.meta"]
myst_enable_extensions = ["dollarmath"]
root_doc = "book/index"
html_theme = "basic"
smartquotes = False
"""
LANDING = f"""# {BOOK}

A book with "quotes" & signs.

```{{toctree}}
wave
```
"""
WAVE = r"""# The wave $\psi$

*You need:* time.

A wave turns its averages to nothing. It is fixed: $f_1, \dots, f_N$ are not.
"""
IN_PLACE = {
    "citation_author": AUTHOR,
    "citation_publication_date": str(YEAR),
    "citation_language": "en",
    "DC.creator": AUTHOR,
    "DC.date": str(YEAR),
    "DC.type": "Text",
    "og:site_name": BOOK,
}


def build(folder: Path, address: str) -> dict[str, dict[str, str]]:
    """Build two pages and return the tags of each, by its name."""
    (folder / "book").mkdir()
    (folder / "conf.py").write_text(CONF, encoding="utf-8")
    (folder / "book" / "index.md").write_text(LANDING, encoding="utf-8")
    (folder / "book" / "wave.md").write_text(WAVE, encoding="utf-8")
    subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", "-q", folder, folder / "o"],
        env=os.environ | {"PYTHONPATH": str(ROOT), "RFBOOK_BOOK_URL": address},
        check=True,
    )
    found = {}
    for name in ("index", "wave", "genindex"):
        path = folder / "o" / ("book" if name != "genindex" else "") / f"{name}.html"
        tags = BeautifulSoup(path.read_text("utf-8"), "html.parser").head.find_all(
            "meta", content=True
        )
        keys = [tag.get("name") or tag.get("property") for tag in tags]
        ours = [key for key in keys if key != "viewport"]
        assert len(set(ours)) == len(ours)
        found[name] = dict(zip(keys, [tag["content"] for tag in tags], strict=True))
    return found


@pytest.fixture(scope="module")
def unpublished(tmp_path_factory):
    return build(tmp_path_factory.mktemp("unpublished"), "")


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    return build(tmp_path_factory.mktemp("published"), f"{ADDRESS}/")


def test_the_tags_are_a_part_of_the_build():
    assert meta.__name__ in PARTS


@pytest.mark.slow
def test_a_chapter_names_itself_and_the_book(unpublished):
    tags = unpublished["wave"]
    assert tags.items() >= IN_PLACE.items()
    for key in ("citation_title", "DC.title", "og:title"):
        assert tags[key] == "The wave psi"
    for key in ("citation_inbook_title", "DC.relation.isPartOf"):
        assert tags[key] == BOOK
    assert tags["og:type"] == "article"


def test_the_landing_page_is_the_book(unpublished):
    tags = unpublished["index"]
    assert tags.items() >= IN_PLACE.items()
    assert tags["citation_title"] == tags["og:title"] == BOOK
    assert "citation_inbook_title" not in tags
    assert tags["og:type"] == "website"


def test_the_description_is_the_first_text(unpublished):
    for key in ("description", "og:description", "DC.description"):
        assert unpublished["index"][key] == 'A book with "quotes" & signs.'
        assert unpublished["wave"][key] == "A wave turns its averages to nothing."


def test_without_an_address_no_tag_claims_one(unpublished):
    for tags in unpublished.values():
        assert not {"citation_public_url", "DC.identifier", "og:url"} & set(tags)
        assert not any("://" in content for content in tags.values())
    assert unpublished["wave"]["og:image"] == "../_static/cover.png"


def test_the_picture_of_a_preview_is_in_the_book(book):
    assert (book / meta.COVER).is_file()


@pytest.mark.slow
def test_with_an_address_the_tags_give_it(published):
    for name in ("index", "wave"):
        tags = published[name]
        for key in ("citation_public_url", "DC.identifier", "og:url"):
            assert tags[key] == f"{ADDRESS}/book/{name}.html"
        assert tags["og:image"] == f"{ADDRESS}/_static/cover.png"


def test_pages_without_a_source_have_no_tags(unpublished):
    assert not any(key.startswith("citation_") for key in unpublished["genindex"])


def test_a_page_of_records_names_itself_and_the_book(monkeypatch):
    monkeypatch.setenv("RFBOOK_BOOK_URL", ADDRESS)
    context = {"title": "Claims of the chapter psi"}
    meta.add_tags(None, "records/psi", "page.html", context, None)
    tags = BeautifulSoup(context["metatags"], "html.parser").find_all("meta")
    found = {tag.get("name") or tag["property"]: tag["content"] for tag in tags}
    assert found.items() >= IN_PLACE.items()
    assert found["citation_title"] == context["title"]
    assert found["citation_inbook_title"] == BOOK
    assert found["citation_public_url"] == f"{ADDRESS}/records/psi.html"


def test_a_long_first_sentence_is_cut_at_a_word():
    from docutils.core import publish_doctree

    words = meta.description(publish_doctree("word " * 100))
    assert len(words) <= meta.LONGEST
    assert words.endswith("word …")
