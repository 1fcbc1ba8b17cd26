"""The book for reading devices: its pieces, and a small book packed as the whole is."""

import base64
import importlib.util
import shutil
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup

from rfbook import epub, pdf
from rfbook.epub import MATHML, SVG, XHTML
from rfbook.sphinxext.site import MATHJAX_PACKAGE

pytestmark = pytest.mark.slow

IMPRINT = pdf.Imprint(
    "A & B", "Its authors", "0.1", "commit abc", datetime(2026, 1, 2, tzinfo=UTC)
)
PARTS = [pdf.Part("", ("book/index",)), pdf.Part("Chapters", ("book/one", "book/two"))]
# One pixel.
DATA = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    "AABJRU5ErkJggg=="
)
PAGES = {
    "index": """<h1>A &amp; B</h1><img class="cover" alt="A cover."
        src="../_images/cover.png"><p>Read <a href="one.html">one</a>,
        <a href="two.html#t">two</a>.</p>""",
    "one": """<section id="one"><h1>1. One<a class="headerlink" href="#one">#</a></h1>
        <button>copy</button><details><summary>more</summary><p>folded</p></details>
        <section id="s/1"><h2>1.1. A section</h2><p><a href="#s/1">here</a></p>
        <h3>Afterwards</h3></section>
        <div class="exercise admonition" id="ex"><p class="admonition-title">E</p></div>
        <div class="solution admonition" id="sol"><p class="admonition-title">
        <a href="#ex">E</a></p></div></section>""",
    "two": f"""<section id="t"><h1>2. Two</h1><p><a href="one.html#ex">E</a>,
        <a href="https://a.org/">a.org</a></p><img alt="A dot."
        src="../_images/dot.png"><img alt="Another."
        src="data:image/png;base64,{DATA}"><script>gone()</script></section>""",
}
FORMULAS = r"""<section id="t"><h1>2. Two</h1>
    <p>For <span class="math">\(a &lt; \mathbb R\)</span><br>and
    <span class="math">\(\mathsf{RF} \in \mathcal N\)</span></p>
    <div class="math" id="sum"><span class="eqno">(1)</span>\[\sum_{n=1}^\infty n^{-2}
    = \frac{\pi^2}6\]</div><svg viewBox="0 0 9 9" role="group"><a
    href="one.html"><text>One</text></a></svg>
    </section>"""


def write_page(site: Path, name: str, body: str) -> None:
    """Write a page as the theme would, as far as the EPUB looks at it."""
    settings = '{"tex": {"packages": {"[-]": ["noundefined", "noerrors"]}}}'
    (site / "book" / f"{name}.html").write_text(
        "<html><head><script>window.MathJax = " + settings + "</script></head><body>"
        f'<button>menu</button><article class="bd-article">{body}</article></body>',
        encoding="utf-8",
    )


@pytest.fixture
def site(tmp_path) -> Path:
    """A built book of three pages, without MathJax."""
    folder = tmp_path / "html"
    for name in ("book", "_images"):
        (folder / name).mkdir(parents=True)
    for name, body in PAGES.items():
        write_page(folder, name, body)
    for picture in ("dot.png", "cover.png"):
        (folder / "_images" / picture).write_bytes(base64.b64decode(DATA))
    return folder


@pytest.fixture
def formulas(site) -> Path:
    """The same with formulas and MathJax, for a browser."""
    write_page(site, "two", FORMULAS)
    spec = importlib.util.find_spec(MATHJAX_PACKAGE)
    script = Path(spec.origin).parent / "static" / "mathjax" / "tex-chtml.js"
    (site / "_static" / "mathjax").mkdir(parents=True)
    shutil.copyfile(script, site / "_static" / "mathjax" / script.name)
    return site


class NoBrowser:
    """Stands for Chromium where a page has no formulas and is XML already."""

    def on(self, *arguments, **named) -> None:
        """Take what would listen."""

    route = goto = on

    def evaluate(self, script, argument=None) -> list:
        return [argument[0], []] if argument else []


@pytest.fixture
def no_browser(monkeypatch) -> None:
    monkeypatch.setattr(epub, "in_chromium", lambda work: work(NoBrowser()))


def pack(site: Path, target: Path) -> zipfile.ZipFile:
    epub.make_epub(site, PARTS, IMPRINT, target, say=lambda line: None)
    return zipfile.ZipFile(target)


def read(packed: zipfile.ZipFile, name: str) -> ElementTree.Element:
    return ElementTree.fromstring(packed.read(f"book/{name}"))


# The pieces


@pytest.mark.parametrize("style", sorted(set(epub.STYLES.values())))
def test_a_style_has_all_letters_but_those_that_nobody_has(style):
    letters = epub.styled_letters()[style]
    capitals = {chr(n) for n in range(ord("A"), ord("Z") + 1)}
    assert capitals | {c.lower() for c in capitals} <= set(letters)
    assert len(set(letters.values())) == len(letters)


def test_links_between_pages_lead_to_files():
    html = (
        '<a href="#one--ex">E</a><a href="#one">1</a><a href="https://a.org/#b">a</a>'
    )
    article = BeautifulSoup(html, "html.parser")
    epub.move_links(article)
    assert [a["href"] for a in article.select("a")] == [
        "one.xhtml#one--ex",
        "one.xhtml",
        "https://a.org/#b",
    ]


def test_contents_nest_and_the_opening_page_stands_before_the_parts():
    entries = [
        pdf.Entry(1, "Opening", "index"),
        pdf.Entry(2, "Why", "index--why"),
        pdf.Entry(0, "Chapters", "one"),
        pdf.Entry(1, "One", "one"),
        pdf.Entry(2, "First", "one--f"),
        pdf.Entry(1, "Two", "two"),
    ]
    tree = BeautifulSoup(epub.nested(entries), "html.parser")

    def outline(items):
        return [
            (next(item.stripped_strings), outline(item.select_one("ol") or []))
            for item in items
            if item.name == "li"
        ]

    assert outline(tree.ol) == [
        ("Opening", [("Why", [])]),
        ("Chapters", [("One", [("First", [])]), ("Two", [])]),
    ]


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("<p>", "a.xhtml is not XML: mismatched tag"),
        ('<a href="b.xhtml">b</a>', "b.xhtml is not there"),
        ('<a href="#gone">b</a>', "#gone is not there"),
        ('<p id="p"/><p id="p"/>', "a.xhtml: id twice: p"),
        ('<img src="dot.png" alt=" "/>', "picture without words: dot.png"),
        ('<img src="gone.png" alt="x"/>', "gone.png is not there"),
        ("<script/>", "a script"),
        (
            '<math xmlns="http://www.w3.org/1998/Math/MathML"/>',
            "formula without its TeX",
        ),
    ],
)
def test_what_is_not_whole_is_named(body, fault):
    files = {
        "a.xhtml": epub.document("A", body).encode(),
        "dot.png": b"",
        "book.css": b"",
    }
    assert any(fault in said for said in epub.faults(files))
    whole = '<p id="p"><a href="#p">b</a><a href="a.xhtml#p">c</a></p>'
    assert not epub.faults({**files, "a.xhtml": epub.document("A", whole).encode()})


# A small book, without a browser


def test_the_package_is_an_epub(site, tmp_path, no_browser):
    with pack(site, tmp_path / "book.epub") as packed:
        first = packed.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        assert packed.read("mimetype") == b"application/epub+zip"
        assert (tmp_path / "book.epub").read_bytes()[30:58] == (
            b"mimetypeapplication/epub+zip"
        )
        container = ElementTree.fromstring(packed.read("META-INF/container.xml"))
        root = container.find(".//{*}rootfile").get("full-path")
        package = ElementTree.fromstring(packed.read(root))
        items = {item.get("id"): item for item in package.findall(".//{*}item")}
        names = {f"book/{item.get('href')}" for item in items.values()}
        rest = {"mimetype", "META-INF/container.xml", "book/package.opf"}
        assert names | rest == set(packed.namelist())
    order = [i.get("idref") for i in package.findall(".//{*}itemref")]
    assert [items[name].get("href") for name in order] == [
        "title.xhtml",
        "nav.xhtml",
        "index.xhtml",
        "one.xhtml",
        "two.xhtml",
    ]
    special = {i.get("properties"): i.get("href") for i in items.values()}
    assert special["nav"] == "nav.xhtml"
    assert special["cover-image"] == "images/cover.png"
    said = {tag.tag.partition("}")[2]: tag.text for tag in package[0]}
    assert (said["title"], said["creator"]) == ("A & B", "Its authors")
    times = package.findall(".//{*}meta[@property='dcterms:modified']")
    assert [time.text for time in times] == ["2026-01-02T00:00:00Z"]


def test_pages_are_whole_and_without_controls(site, tmp_path, no_browser):
    with pack(site, tmp_path / "book.epub") as packed:
        one, two = (read(packed, f"{name}.xhtml") for name in ("one", "two"))
        pictures = [p.get("src") for p in two.iter(f"{XHTML}img")]
        data = [packed.read(f"book/{name}") for name in pictures]
    assert pictures == ["images/dot.png", "images/two-1.png"]
    assert data == [base64.b64decode(DATA)] * 2
    assert not list(one.iter(f"{XHTML}button"))
    assert one.find(f".//{XHTML}details").get("open") is not None
    links = [a.get("href") for a in two.iter(f"{XHTML}a")]
    assert links == ["one.xhtml#one--ex", "https://a.org/"]
    assert [h.text for h in one.iter(f"{XHTML}h2")] == ["1.1. A section", "Solutions"]


def test_the_same_book_gives_the_same_bytes(site, tmp_path, no_browser):
    pack(site, tmp_path / "a.epub").close()
    pack(site, tmp_path / "b.epub").close()
    assert (tmp_path / "a.epub").read_bytes() == (tmp_path / "b.epub").read_bytes()


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('<h1>A</h1><img src="../_images/dot.png">', "picture without words"),
        ('<h1>A</h1><img alt="x" src="../_images/gone.png">', "which is not there"),
        ('<h1>A</h1><img alt="x" src="https://a.org/b.png">', "which is not there"),
        ('<h1>A</h1><p id="p">a</p><p id="p">b</p>', "id twice: two--p"),
    ],
)
def test_what_is_not_whole_is_not_packed(site, tmp_path, no_browser, body, fault):
    write_page(site, "two", body)
    write_page(site, "index", "<h1>A</h1>")
    target = tmp_path / "book.epub"
    target.write_bytes(b"the last good one")
    with pytest.raises(pdf.PrintError, match=fault):
        pack(site, target)
    assert target.read_bytes() == b"the last good one"
    assert not target.with_suffix(".new").exists()


# A small book, in Chromium


@pytest.mark.browser
def test_formulas_are_mathml_with_their_tex(formulas, tmp_path):
    with pack(formulas, tmp_path / "book.epub") as packed:
        two = read(packed, "two.xhtml")
        package = read(packed, "package.opf")
    maths = list(two.iter(f"{MATHML}math"))
    assert [math.get("alttext") for math in maths] == [
        r"a < \mathbb R",
        r"\mathsf{RF} \in \mathcal N",
        r"\sum_{n=1}^\infty n^{-2} = \frac{\pi^2}6",
    ]
    assert [math.get("display") for math in maths] == [None, None, "block"]
    words = ["".join("".join(math.itertext()).split()) for math in maths]
    assert words[:2] == ["a<ℝ", "𝖱𝖥∈𝒩"]
    attributes = {name for math in maths for tag in math.iter() for name in tag.attrib}
    assert not {name for name in attributes if name.startswith("data-")}
    drawing = two.find(f".//{SVG}svg")
    assert drawing.attrib == {"viewBox": "0 0 9 9"}
    assert drawing.find(f"{SVG}a/{SVG}title").text == "One"
    assert drawing.find(f"{SVG}a").get("href") == "one.xhtml"
    held = package.find(".//{*}item[@href='two.xhtml']").get("properties")
    assert held == "mathml svg"


@pytest.mark.browser
def test_signs_and_bars_are_told_from_differences_and_quotients(formulas, tmp_path):
    tex = r"f(-1) - \lvert x \rvert = -2 \mid (a) - b"
    write_page(formulas, "two", f'<h1 id="t">2</h1><p class="math">\\({tex}\\)</p>')
    with pack(formulas, tmp_path / "book.epub") as packed:
        signs = list(read(packed, "two.xhtml").iter(f"{MATHML}mo"))
    told = [(mo.text, mo.get("form")) for mo in signs if mo.text in ("−", "|", "∣")]
    assert told == [
        ("−", "prefix"),
        ("−", None),
        ("|", "prefix"),
        ("|", "postfix"),
        ("−", "prefix"),
        ("∣", None),
        ("−", None),
    ]


@pytest.mark.browser
@pytest.mark.parametrize(
    ("formula", "fault"),
    [
        (r'<span class="math">\(\gone\)</span>', "formula not set"),
        (r'<span class="math">gone</span>', "no formula: gone"),
    ],
)
def test_a_formula_that_is_not_set_stops_the_work(formulas, tmp_path, formula, fault):
    write_page(formulas, "two", f'<h1 id="t">A</h1>{formula}')
    with pytest.raises(pdf.PrintError, match=fault):
        pack(formulas, tmp_path / "book.epub")
