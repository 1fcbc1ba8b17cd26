"""The book opened from a disk: its formulas, its weight, the time to its first text.

Every chapter and every page of records is opened as a file until its scripts have run.
All formulas are waited for on the smallest page of each kind. What MathJax loads for a
formula depends on its words and signs alone: a few formulas that have among them all
those of the book are set in one page.
"""

import html
import re
import subprocess
import sys
from pathlib import Path

import pytest

from rfbook.weights import FIRST_TEXT, SOON, is_light, own_bytes

FORMULA = re.compile(
    r'<(?:span|div) class="math [^"]*">[^\\]*(\\[(\[].*?\\[)\]])</', re.DOTALL
)
# A command, with the letter that a font's command is applied to, or a sign.
WORD = re.compile(r"\\math[a-z]+\s*\{?\w|\\[A-Za-z]+|\\.|[^\sA-Za-z0-9]")


def formulas(page: Path) -> list[str]:
    """Return the formulas of a written page, in TeX."""
    found = FORMULA.findall(page.read_text(encoding="utf-8"))
    return [html.unescape(tex) for tex in found]


def words(formula: str) -> set[str]:
    """Return the commands and signs of a formula."""
    return set(WORD.findall(formula))


def sample(every: list[str]) -> list[str]:
    """Return a few formulas that have among them all words of all."""
    left = {tex: words(tex) for tex in every}
    chosen = []
    while any(left.values()):
        best = max(left, key=lambda tex: (len(left[tex]), -len(tex)))
        chosen.append(best)
        gained = left.pop(best)
        left = {tex: more - gained for tex, more in left.items() if more - gained}
    return chosen


@pytest.fixture(scope="module")
def written(site) -> list[Path]:
    """Return the files of the chapters and of the records."""
    return sorted([*site.glob("book/*.html"), *site.glob("records/*.html")])


@pytest.fixture
def base(site) -> str:
    """Return the book's address on the disk."""
    return site.as_uri() + "/"


def test_every_page_opens_from_a_disk_and_shows_its_text_soon(visitor, site, written):
    """Every page shows text within a second, in the fastest of a few loads.

    The tests run beside others, two processors for two browsers: what else the machine
    does can only add to a load's time, so the least is nearest to the page's own.
    """
    slow = {}
    for path in written:
        address = path.relative_to(site).as_posix()
        for _ in range(6):
            visitor.page.goto(visitor.base + address, wait_until="domcontentloaded")
            slow[address] = visitor.page.evaluate(FIRST_TEXT) / 1000
            if slow[address] < SOON:
                del slow[address]
                break
    assert visitor.messages == []
    assert visitor.outside_requests() == []
    assert slow == {}


@pytest.mark.parametrize("folder", ["book", "records"])
def test_all_formulas_of_a_page_opened_from_a_disk_are_set(
    visitor, site, written, folder
):
    pages = [p for p in written if p.parent.name == folder and len(formulas(p)) > 50]
    path = min(pages, key=lambda p: p.stat().st_size)
    visitor.goto(path.relative_to(site).as_posix())
    visitor.wait_for_formulas(everywhere=True)
    assert visitor.formula_faults() == []
    assert visitor.messages == []
    assert visitor.outside_requests() == []


def set_in(visitor, chosen: list[str]) -> None:
    """Put formulas into an open page and have them set."""
    visitor.page.evaluate(
        """async (formulas) => {
          await MathJax.startup.promise;
          const box = document.createElement("div");
          for (const tex of formulas) {
            const place = document.createElement("p");
            place.className = "math notranslate nohighlight";
            place.textContent = tex;
            box.append(place);
          }
          document.querySelector("main").append(box);
          await MathJax.typesetPromise([box]);
        }""",
        chosen,
    )


def test_every_word_of_tex_is_set_in_a_page_opened_from_a_disk(visitor, written):
    every = sorted({tex for path in written for tex in formulas(path)})
    chosen = sample(every)
    assert set().union(*map(words, chosen)) == set().union(*map(words, every))
    visitor.goto("book/references.html")
    before = visitor.page.locator("mjx-container").count()
    set_in(visitor, chosen)
    assert visitor.formula_faults() == []
    assert visitor.page.locator("mjx-container").count() == before + len(chosen)
    assert visitor.messages == []
    assert visitor.outside_requests() == []


def test_a_word_that_cannot_be_set_is_chosen_and_seen(visitor):
    every = [r"\(x + y\)", r"\(x\)", r"\(\mathbb R\)", r"\(\nosuchmacro x\)"]
    chosen = sample(every)
    assert sorted(chosen) == sorted(set(every) - {r"\(x\)"})
    visitor.goto("book/references.html")
    set_in(visitor, chosen)
    assert visitor.formula_faults()


def test_no_page_loads_what_only_the_search_needs(written):
    needless = re.compile(r"<script[^>]*(?:searchindex|fontawesome)\.js")
    found = [p.name for p in written if needless.search(p.read_text(encoding="utf-8"))]
    assert found == []


def test_a_chapter_weighs_little(site):
    chapters = list(site.glob("book/*.html"))
    assert chapters
    assert [page.name for page in chapters if not is_light(page)] == []


@pytest.mark.parametrize("size", [400_000, 1_100_000])
def test_a_heavy_page_is_seen(tmp_path, size):
    (tmp_path / "_images").mkdir()
    (tmp_path / "_images" / "a b.png").write_bytes(bytes(size))
    page = tmp_path / "page.html"
    page.write_text(
        '<img alt="x" src="_images/a%20b.png"><img src="_images/a%20b.png">'
    )
    assert own_bytes(page)[0] == size + page.stat().st_size
    assert own_bytes(page)[1] > size
    assert is_light(page) == (size < 1_000_000)


def test_the_pages_of_a_folder_are_weighed(tmp_path):
    pages = tmp_path / "book"
    pages.mkdir()
    for name, size in (("one", 10), ("two", 400_000)):
        text = f'<link rel="stylesheet" href="../all.css"><p>{"a" * size}</p>'
        (pages / f"{name}.html").write_text(text, encoding="utf-8")
    (tmp_path / "all.css").write_bytes(b" " * 300_001)
    command = [sys.executable, "-m", "rfbook.weights", "--only-print", "--site"]
    told = subprocess.run(
        [*command, tmp_path], capture_output=True, text=True, check=True
    )
    first, second, shared = told.stdout.splitlines()
    assert re.fullmatch(r"two: 0\.5 MB, first text \d\.\d\d s", first)
    assert second.startswith("one: 0.1 MB")
    assert shared == "shared by all: 0.4 MB"
