"""Exercises, index, path and search in a small build of one chapter of the book."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urldefrag

import pytest
import yaml
from bs4 import BeautifulSoup

from rfbook.footprints import footprints, recorded_footprints, run_words
from rfbook.ledger import claims
from rfbook.sphinxext import path as path_part
from rfbook.sphinxext import search
from rfbook.sphinxext.exercises import (
    NOT_JUDGED,
    chapters_in_order,
    exercises_of,
    registered,
)
from rfbook.terms import load

ROOT = Path(__file__).resolve().parents[1]
PAGES = ("psi", "exercises", "terms", "path")
CONF = f"""
extensions = ["myst_nb", "sphinx_proof", "sphinx_exercise", "sphinxcontrib.bibtex",
              "rfbook.sphinxext.exercises", "rfbook.sphinxext.terms",
              "rfbook.sphinxext.search", "rfbook.sphinxext.path"]
nb_execution_mode = "off"
myst_enable_extensions = ["dollarmath", "deflist", "colon_fence"]
bibtex_bibfiles = ["book/references.bib"]
include_patterns = ["index.md", *("book/" + name + ".md" for name in {PAGES})]
html_theme = "basic"
"""
INDEX = (
    "# Index\n\n```{toctree}\nbook/psi\nbook/exercises\nbook/terms\nbook/path\n```\n"
)


@pytest.fixture(scope="module")
def built(tmp_path_factory, book):
    """Return the folder of a small book: one chapter and the three pages."""
    folder = tmp_path_factory.mktemp("small")
    source = folder / "source"
    shutil.copytree(book, source / "book", ignore=shutil.ignore_patterns("_static"))
    (source / "conf.py").write_text(CONF, encoding="utf-8")
    (source / "index.md").write_text(INDEX, encoding="utf-8")
    result = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", source, folder / "html"],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert "no record of what running takes" not in result.stderr
    assert "index of terms" not in result.stderr
    return folder / "html"


@pytest.fixture(scope="module")
def pages(built):
    """Return the pages of the small book, parsed, by name."""
    return {
        name: BeautifulSoup(
            (built / "book" / f"{name}.html").read_text("utf-8"), "html.parser"
        )
        for name in PAGES
    }


def text_of(book, chapter):
    return (book / f"{chapter}.md").read_text(encoding="utf-8")


# ---- exercises ---------------------------------------------------------------------


def test_each_exercise_of_each_chapter_is_listed_once(book):
    every = []
    for chapter in chapters_in_order(claims()):
        text = text_of(book, chapter)
        fences = re.findall(r"^`{3,}\{exercise(?:-start)?\}", text, re.MULTILINE)
        listed = exercises_of(text, chapter, claims())
        assert len(listed) == len(fences), chapter
        every += [one.label for one in listed]
    assert len(set(every)) == len(every)
    assert set(registered()) <= set(every)
    assert len(every) > 60


def test_the_chapters_come_in_the_order_of_the_contents():
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    files = [row["file"] for part in contents["parts"] for row in part["chapters"]]
    own = [f.split("/")[-1] for f in files]
    order = chapters_in_order(claims())
    assert [name for name in own if name in order] == order


@pytest.mark.slow
def test_the_page_lists_the_exercises_with_links_that_lead_there(built, pages, book):
    listed = exercises_of(text_of(book, "psi"), "psi", claims())
    rows = pages["exercises"].select("section#exercises-psi tbody tr")
    assert len(rows) == len(listed)
    ids = {tag["id"] for tag in pages["psi"].find_all(id=True)}
    for row, one in zip(rows, listed, strict=True):
        page, label = urldefrag(row.select_one("td a")["href"])
        assert (page, label) == ("psi.html", one.label)
        assert label in ids
        judged = one.label in registered()
        assert ("judged" in row.get_text()) is judged
        needs = row.select("td")[-1].get_text()
        assert needs.count(",") + (needs != "–") == len(one.needs)
    assert any(one.needs for one in listed)


def test_an_exercise_that_nobody_judges_says_so(pages):
    for box in pages["psi"].select("div.exercise[id]"):
        says = NOT_JUDGED in " ".join(box.get_text().split())
        assert says is (box["id"] not in registered()), box["id"]


# ---- index -------------------------------------------------------------------------


def test_the_index_has_its_letters_and_all_terms(pages):
    page = pages["terms"]
    letters = [a["href"] for a in page.select("p.index-letters a")]
    assert letters == [
        f"#letter-{k.lower()}" for k in dict.fromkeys(term.letter for term in load())
    ]
    ids = {tag["id"] for tag in page.find_all(id=True)}
    assert {href[1:] for href in letters} <= ids
    # The page sets typographic apostrophes.
    shown = [dt.get_text().replace("’", "'") for dt in page.select("dl.index-terms dt")]
    assert shown == [term.term for term in load()]


def test_links_of_the_index_lead_to_what_is_built(pages):
    ids = {tag["id"] for tag in pages["psi"].find_all(id=True)}
    links = [urldefrag(a["href"]) for a in pages["terms"].select("dl.index-terms a")]
    assert links
    assert {page for page, _ in links} == {"psi.html"}
    assert {label for _, label in links} <= ids
    first = pages["terms"].find("dt", string="ψ (psi)").find_next("dd").find("a")
    assert first["href"] == "psi.html#def-psi"
    assert first.parent.name == "strong"


# ---- path --------------------------------------------------------------------------


def test_a_chapter_has_its_line_under_its_title(pages):
    line = pages["psi"].select_one("h1 + div.chapter-line")
    words = " ".join(line.get_text().split())
    running = run_words(footprints(recorded_footprints())["psi"])
    assert re.fullmatch(
        rf"Rests on Tools\. To read once: \d+ minutes\. To run: {running}\.", words
    )
    assert pages["terms"].select_one("div.chapter-line") is None


def test_the_table_has_a_row_for_every_chapter(pages, book):
    rows = pages["path"].select("table")[0].select("tbody tr")
    cells = [[td.get_text() for td in row.select("td")] for row in rows]
    order = chapters_in_order(claims())
    assert len(cells) == len(order)
    assert all(all(row) for row in cells)
    below = path_part.rests_on(claims())
    for chapter, row in zip(order, cells, strict=True):
        used = 0 if row[1] == "no other chapter" else row[1].count(",") + 1
        titles = [path_part.page_title(text_of(book, name)) for name in below[chapter]]
        assert all(title in row[1] for title in titles)
        assert used >= len(titles)


def test_what_rests_on_what_is_counted_from_the_claims():
    below = path_part.rests_on(claims())
    registry = claims()
    for chapter, used in below.items():
        own = [claim for claim in registry.values() if claim.chapter == chapter]
        uses = [registry[name].chapter for claim in own for name in claim.uses]
        assert sum(used.values()) == sum(name != chapter for name in uses)


def test_the_picture_has_an_arc_for_each_pair():
    drawn = path_part.picture(
        {"a": {"c": 1}, "b": {"a": 3}, "c": {}}, {"a": "A", "b": "B", "c": "C"}
    )
    soup = BeautifulSoup(drawn, "html.parser")
    assert len(soup.select("path")) == 2
    assert len(soup.select("path[stroke-dasharray]")) == 1
    assert [a["href"] for a in soup.select("a")] == ["a.html", "b.html", "c.html"]


def test_every_chapter_is_summed_up_on_the_path(book):
    text = text_of(book, "path")
    summaries = text.split("## What each asks and answers")[1]
    for chapter in chapters_in_order(claims()):
        assert summaries.count(f"]({chapter}.md)\n: *Asked:*") == 1, chapter
    assert summaries.count("*Answered:*") == len(chapters_in_order(claims()))


# ---- search ------------------------------------------------------------------------


def test_the_search_page_alone_loads_the_entries(built):
    for page in ("search", "index", "book/psi"):
        text = (built / f"{page}.html").read_text(encoding="utf-8")
        assert (search.FILE in text) is (page == "search")


def test_entries_lead_to_what_is_built(built, pages):
    text = (built / "_static" / search.FILE).read_text(encoding="utf-8")
    assert text.startswith(f"window.{search.VARIABLE} = ")
    found = json.loads(text.split(" = ", 1)[1].rstrip(";\n"))
    ids = {tag["id"] for tag in pages["psi"].find_all(id=True)}
    here = [entry for entry in found if entry["page"] == "book/psi"]
    assert {entry["anchor"] for entry in here} <= ids
    # Records are pages of the whole book only.
    assert {e["page"] for e in found} == {"book/psi", "records/psi"}
    own = [claim.id for claim in claims().values() if claim.chapter == "psi"]
    assert set(own) <= {entry["anchor"] for entry in here}


@pytest.mark.parametrize(
    ("where", "keys"),
    [
        ("Proposition 4.6, item 2", ["proposition 4.6"]),
        ("Theorems 4.2 and 4.8", ["theorem 4.2", "theorem 4.8"]),
        ("the bound after equation (7)", ["equation 7"]),
        (
            "Section 3, the paragraph after assumption M2",
            ["section 3", "assumption m2"],
        ),
        ("Equation (13), third row", ["equation 13"]),
        ("the main theorem on polynomials", []),
    ],
)
def test_numbered_places_of_a_paper_are_keys(where, keys):
    assert search.paper_keys(where) == keys


def test_titles_are_safe_in_a_page():
    made = search.entry("1 < 2", "book/psi", "a", "b & c", ["K"], "W")
    assert (made["title"], made["about"]) == ("1 &lt; 2", "b &amp; c")
    assert (made["keys"], made["words"]) == (["k"], "w")
