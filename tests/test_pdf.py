"""The printed book: its pieces, and a small book printed by the same code."""

import base64
import importlib.util
import re
import shutil
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from pypdf import PageObject, PdfReader
from pypdf.generic import DictionaryObject

from rfbook import pdf
from rfbook.chapters import list_chapters
from rfbook.sphinxext.site import MATHJAX_FILES, MATHJAX_PACKAGE

pytestmark = pytest.mark.slow

IMPRINT = pdf.Imprint(
    "A small book", "Its authors", "0.1", "commit abc", datetime(2026, 1, 2, tzinfo=UTC)
)
PARTS = [pdf.Part("", ("book/index",)), pdf.Part("Chapters", ("book/one", "book/two"))]
# One pixel.
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    "AABJRU5ErkJggg=="
)
# A quarter wider than the text, and more.
WIDE = "+".join(["x^2"] * 22)
LISTING = "a" * 120
PAGES = {
    "index": """<section id="book"><h1>A small book</h1>
        <img class="cover" alt="A cover." src="../_images/cover.png"><p>Read
        <a href="one.html">one</a>, <a href="two.html#t">two</a>.</p></section>""",
    "one": r"""<section id="one"><h1>1. One <span class="math">\(x\)</span>
        <a class="headerlink" href="#one">#</a></h1>
        <button>copy</button><details><summary>more</summary><p>folded</p></details>
        <section id="s"><h2>1.1. Formulas</h2>
        <div class="proof admonition" id="a-claim"><p class="admonition-title">T</p>
        <p><span class="math">\(a^2\)</span></p></div>
        <div class="claim-status"><p>checked ·
        <a href="../sources/a.html#b">check</a> ·
        <a href="../records/one.html#claim-a-claim">ledger</a> ·
        <a href="../records/one.html#cite-a-claim">cite</a></p></div>
        <div class="math">\[\sum_{n=1}^\infty n^{-2} = \frac{\pi^2}6\]</div>
        <div class="exercise admonition" id="ex"><p class="admonition-title">E</p></div>
        <div class="solution dropdown admonition" id="book/one-solution-1">
        <p class="admonition-title">Solution to <a href="#ex">E</a></p></div>
        <h3>Afterwards</h3></section></section>""",
    "two": r"""<section id="t"><h1>2. Two</h1>
        <p><a href="one.html#a-claim">a claim</a>, <a href="https://a.org/">a.org</a></p>
        <img alt="A dot." src="../_images/dot.png">
        <div class="math">\[WIDE\]</div>
        <p>Or <span class="math">\(WIDE\)</span></p>
        <div class="highlight"><pre>LISTING</pre></div></section>""",
}


def write_page(site: Path, name: str, body: str) -> None:
    """Write a page as the theme would, as far as the print looks at it."""
    settings = '{"tex": {"packages": {"[-]": ["noundefined", "noerrors"]}}}'
    (site / "book" / f"{name}.html").write_text(
        "<html><head><script>window.MathJax = " + settings + "</script></head><body>"
        f'<button>menu</button><article class="bd-article">{body}</article></body>',
        encoding="utf-8",
    )


@pytest.fixture(scope="session")
def mathjax() -> Path:
    """Return the folder of MathJax in its package."""
    spec = importlib.util.find_spec(MATHJAX_PACKAGE)
    return Path(spec.origin).parent / "static" / "mathjax"


def make_site(folder: Path, mathjax: Path) -> Path:
    """Write a built book of three pages."""
    for name in ("book", "_images", "_static/mathjax"):
        (folder / name).mkdir(parents=True)
    for name, body in PAGES.items():
        body = body.replace("WIDE", WIDE).replace("LISTING", LISTING)
        write_page(folder, name, body)
    for picture in ("_images/dot.png", "_images/cover.png"):
        (folder / picture).write_bytes(PICTURE)
    for pattern in MATHJAX_FILES:
        for path in mathjax.glob(pattern):
            target = folder / "_static/mathjax" / path.relative_to(mathjax)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    return folder


@pytest.fixture
def site(tmp_path, mathjax) -> Path:
    return make_site(tmp_path / "html", mathjax)


def assembled(site: Path, imprint: pdf.Imprint = IMPRINT) -> BeautifulSoup:
    return BeautifulSoup(pdf.assemble(site, PARTS, imprint).html, "html.parser")


# The pieces


def test_every_chapter_is_printed_once():
    parts = pdf.read_parts((pdf.ROOT / "_toc.yml").read_text("utf-8"))
    pages = [page for part in parts for page in part.pages]
    assert len(set(pages)) == len(pages)
    assert {f"book/{name}" for name in list_chapters()} <= set(pages)
    assert all((pdf.ROOT / f"{page}.md").is_file() for page in pages)


def test_the_imprint_is_the_books_own():
    imprint = pdf.read_imprint()
    config = (pdf.ROOT / "_config.yml").read_text("utf-8")
    assert imprint.title in config
    assert imprint.author in config
    assert imprint.state == "working tree" or imprint.state.startswith("commit ")


def test_a_folder_without_git_is_a_working_tree(tmp_path):
    assert pdf.read_state(tmp_path)[0] == "working tree"


def test_links_stay_inside_and_find_their_places(site):
    book = assembled(site)
    ids = [tag["id"] for tag in book.find_all(id=True)]
    assert len(set(ids)) == len(ids)
    inside = [a["href"] for a in book.select("a[href]") if a["href"][0] == "#"]
    assert {href[1:] for href in inside} <= set(ids)
    assert {"#one", "#two--t", "#one--a-claim"} <= set(inside)
    others = {a["href"] for a in book.select("a[href]")} - set(inside)
    assert others == {"https://a.org/"}


def test_a_record_is_its_statement_and_what_is_not_printed_is_no_link(site):
    line = assembled(site).select_one(".claim-status")
    assert " ".join(line.get_text().split()) == "checked · ledger"
    assert line.a["href"] == "#one--a-claim"


def test_with_an_address_links_to_what_is_not_printed_lead_there(site):
    write_page(site, "two", '<h1>Two</h1><a href="../sources/a.html#b">s</a>')
    write_page(site, "index", "<h1>A</h1>")
    plain = assembled(site).find(id="two")
    assert plain.a is None
    assert plain.span.get_text() == "s"
    imprint = pdf.Imprint(**{**vars(IMPRINT), "address": "https://b.org/"})
    there = assembled(site, imprint).find(id="two").a["href"]
    assert there == "https://b.org/sources/a.html#b"


def test_a_link_to_a_missing_place_stops_the_print(site):
    write_page(site, "two", '<h1 id="t">Two</h1><a href="one.html#gone">x</a>')
    with pytest.raises(pdf.PrintError, match=r"book/two leads to one\.html#gone"):
        assembled(site)


def test_a_missing_page_stops_the_print(site):
    (site / "book" / "two.html").unlink()
    with pytest.raises(pdf.PrintError, match=r"two\.html is not there"):
        assembled(site)


def test_solutions_stand_at_the_end_and_their_exercises_lead_there(site):
    book = assembled(site)
    solutions = book.find(id="one--one-solutions")
    assert solutions.h2.get_text() == "Solutions"
    solution = solutions.select_one("div.solution")
    assert book.find(id="one--ex").select_one("a.to-solution")["href"] == (
        "#" + solution["id"]
    )
    assert solutions.find_next_sibling() is None


def test_controls_are_left_out_and_what_is_folded_is_open(site):
    book = assembled(site)
    assert not book.select("button, a.headerlink, article script")
    assert book.details.has_attr("open")


def test_a_folded_output_is_printed_without_its_label():
    page = "<details class='hide below-input'><summary>Hide</summary><p>1</p></details>"
    article = BeautifulSoup(page, "html.parser")
    pdf.strip(article)
    assert article.get_text() == "1"
    assert not article.select("details")


def test_the_contents_hold_parts_chapters_and_sections(site):
    entries = pdf.assemble(site, PARTS, IMPRINT).entries
    assert [(e.level, e.title) for e in entries] == [
        (1, "A small book"),
        (0, "Chapters"),
        (1, "1. One x"),
        (2, "1.1. Formulas"),
        (3, "Afterwards"),
        (2, "Solutions"),
        (1, "2. Two"),
    ]


# The whole, in Chromium


@pytest.fixture(scope="module")
def printed(tmp_path_factory, mathjax) -> PdfReader:
    """Print the small book once for the tests that only read it."""
    folder = tmp_path_factory.mktemp("printed")
    target = folder / "book.pdf"
    site = make_site(folder / "html", mathjax)
    pdf.make_pdf(site, PARTS, IMPRINT, target, say=lambda line: None)
    return PdfReader(BytesIO(target.read_bytes()))


def objects(reader: PdfReader) -> list[DictionaryObject]:
    """Return all dictionaries of a PDF."""
    count = int(reader.trailer["/Size"])
    found = [reader.get_object(n) for n in range(1, count)]
    return [item for item in found if isinstance(item, DictionaryObject)]


def outline(reader: PdfReader) -> list:
    """Return titles, with the titles below them, and their pages' numbers."""

    def read(items: list) -> list:
        return [
            read(item)
            if isinstance(item, list)
            else (item.title, reader.get_destination_page_number(item) + 1)
            for item in items
        ]

    return read(reader.outline)


@pytest.mark.browser
def test_the_outline_leads_to_chapters_and_sections(printed):
    assert outline(printed) == [
        ("A small book", 4),
        ("Chapters", 5),
        [
            ("1. One x", 5),
            [("1.1. Formulas", 5), [("Afterwards", 5)], ("Solutions", 5)],
            ("2. Two", 6),
        ],
    ]
    assert len(printed.pages) == 6


@pytest.mark.browser
def test_the_contents_have_the_numbers_of_the_pages(printed):
    words = printed.pages[2].extract_text().split()
    assert words[0] == "Contents"
    assert "000" not in words
    text = " ".join(words)
    assert "1.1. Formulas 5" in text
    assert "2. Two 6" in text


def foot(page: PageObject) -> str:
    """Return the words in the lower margin of a page."""
    words = []

    def note(text, cm, tm, font, size):
        if cm[3] * tm[5] + cm[5] < 22 * 72 / 25.4:
            words.append(text)

    page.extract_text(visitor_text=note)
    return "".join(words).strip()


@pytest.mark.browser
def test_pages_after_the_title_have_their_number_in_the_foot(printed):
    assert [foot(page) for page in printed.pages] == ["", "", "3", "4", "5", "6"]


@pytest.mark.browser
def test_every_link_is_a_place_in_the_file_or_of_the_web(printed):
    places = set(printed.named_destinations)
    inside, outside = [], []
    for page in printed.pages:
        for item in page.get("/Annots", []):
            link = item.get_object()
            if "/Dest" in link:
                inside.append(str(link["/Dest"]))
            else:
                outside.append(str(link["/A"]["/URI"]))
    assert outside == ["https://a.org/"]
    assert set(inside) <= places
    assert "/one--a-claim" in inside


@pytest.mark.browser
def test_every_font_is_in_the_file(printed):
    fonts = [item for item in objects(printed) if item.get("/Type") == "/Font"]
    assert fonts
    names = " ".join(str(font.get("/BaseFont")) for font in fonts)
    assert "MathJax_Math-Italic" in names
    for font in fonts:
        # Type 3 are drawings, one for each sign.
        assert font["/Subtype"] != "/Type3"
        if font["/Subtype"] != "/Type0":
            names = font["/FontDescriptor"].keys()
            assert names & {"/FontFile", "/FontFile2", "/FontFile3"}


@pytest.mark.browser
def test_the_file_is_tagged_and_pictures_have_words(printed):
    root = printed.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    words = {"/Figure": [], "/H1": [], "/H2": []}
    for item in objects(printed):
        if item.get("/S") in words:
            words[item["/S"]].append(item.get("/Alt"))
    assert words["/Figure"] == ["A cover.", "A dot."]
    assert len(words["/H1"]) == 4
    assert len(words["/H2"]) == 2


@pytest.mark.browser
def test_formulas_are_tagged_with_their_tex_around_their_signs(printed):
    root = printed.trailer["/Root"]["/StructTreeRoot"]
    found = [tag for tag in pdf.tags(root) if tag["/S"] == "/Formula"]
    assert [tag["/Alt"] for tag in found] == [
        "x",
        "a^2",
        r"\sum_{n=1}^\infty n^{-2} = \frac{\pi^2}6",
        WIDE,
        WIDE,
    ]
    contents = {
        page.indirect_reference.idnum: page.get_contents().get_data()
        for page in printed.pages
    }
    for tag, signs in zip(found, (1, 2, 12, 65, 65), strict=True):
        drawn = []
        for page, number in (m for blank in pdf.tags(tag) for m in pdf.marks(blank)):
            piece = contents[page].split(b"<</MCID %d >>BDC" % number)[1].split(b"EMC")
            # Four digits, or two, are a sign.
            codes = re.findall(rb"<([0-9A-F]{2}|(?:[0-9A-F]{4})+)> Tj", piece[0])
            drawn.append(sum(max(len(code) // 4, 1) for code in codes))
        # The blank, then the signs; the page before may have a mark without signs.
        *others, most = sorted(drawn)
        assert most == 1 + signs, tag["/Alt"]
        assert set(others) <= {0, 1}


@pytest.mark.browser
def test_a_formula_is_drawn_in_its_place_in_the_text(printed):
    words = printed.pages[4].extract_text()
    assert words.index("π") < words.index("Afterwards")


@pytest.mark.browser
def test_the_metadata_name_title_author_version_and_the_commits_time(printed):
    data = printed.metadata
    assert data.title == "A small book"
    assert data.author == "Its authors"
    assert data.subject == "Version 0.1, commit abc"
    assert data.creation_date == IMPRINT.moment
    assert printed.viewer_preferences.display_doctitle


@pytest.mark.browser
def test_the_same_book_gives_the_same_bytes(printed, tmp_path, mathjax):
    again = tmp_path / "again.pdf"
    site = make_site(tmp_path / "html", mathjax)
    pdf.make_pdf(site, PARTS, IMPRINT, again, say=lambda line: None)
    assert again.read_bytes() == printed.stream.getvalue()


@pytest.mark.browser
def test_wide_formulas_and_listings_are_made_to_fit(printed):
    # The fixture would have refused to print them if they were still too wide.
    text = printed.pages[-1].extract_text().replace("\n", "")
    assert LISTING in text


@pytest.mark.browser
def test_what_is_not_whole_is_not_printed(site, tmp_path):
    body = r"""<h1>A</h1><span class="math">\(\gone\)</span>
        <img alt="x" src="../_images/gone.png">
        <img src="../_images/dot.png">
        <img alt="x" src="https://a.org/b.png">
        <div style="width: 900px">x</div>
        """
    write_page(site, "two", body)
    write_page(site, "index", "<h1>A</h1>")
    target = tmp_path / "book.pdf"
    target.write_bytes(b"the last good one")
    with pytest.raises(pdf.PrintError) as refused:
        pdf.make_pdf(site, PARTS[1:], IMPRINT, target, say=lambda line: None)
    said = str(refused.value)
    for reason in (
        r"Undefined control sequence \gone",
        "asked for http://book.invalid/_images/gone.png",
        "picture missing: two: img",
        "picture without words: two: img",
        "asked for https://a.org/b.png",
        "too wide: two: div x",
    ):
        assert reason in said
    assert target.read_bytes() == b"the last good one"
    assert not target.with_suffix(".new").exists()
