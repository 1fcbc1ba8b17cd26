"""The site's part of the build: settings, offline pages, theorem boxes, hover cards."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from bs4 import BeautifulSoup
from docutils import nodes
from docutils.utils import new_document

from rfbook.sphinxext import offline, site

ROOT = Path(__file__).resolve().parents[1]
STATIC = ROOT / "book" / "_static"
CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))

CONF = """
extensions = ["myst_parser", "sphinx_proof", "sphinx_exercise", "rfbook.sphinxext.site",
              "rfbook.sphinxext.offline"]
myst_enable_extensions = ["dollarmath"]
html_theme = "basic"
"""
PAGE = """# Title

## One is one

```{prf:theorem} One
:label: one-is-one

$1 = 1$, as in {prf:ref}`two-is-two`.
```

```{prf:proof}
By counting. Quite.
```

```{prf:lemma}
:label: two-is-two

$2 = 2$.
```

```{prf:proof}
The same.
```

```{exercise}
:label: ex-three
Three.
```

```{solution} ex-three
Three.
```

```{exercise}
:label: ex-four
Four.
```
"""


def build(folder: Path, page: str) -> subprocess.CompletedProcess:
    """Build one page strictly, with the book's extensions and a plain theme."""
    source = folder / "source"
    source.mkdir()
    (source / "conf.py").write_text(CONF, encoding="utf-8")
    (source / "index.md").write_text(page, encoding="utf-8")
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "sphinx",
            "-W",
            "--keep-going",
            "-q",
            source,
            folder / "o",
        ],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """Return the folder of a built page with two theorems."""
    folder = tmp_path_factory.mktemp("built")
    result = build(folder, PAGE)
    assert result.returncode == 0, result.stderr
    return folder / "o"


def test_ids_in_theorem_boxes_are_unique(built):
    soup = BeautifulSoup((built / "index.html").read_text("utf-8"), "html.parser")
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids))
    expected = {"one-is-one", "one-is-one-content", "on-one-is-one", "ex-four-content"}
    assert expected <= set(ids)
    assert "theorem" in soup.find(id="one-is-one")["class"]
    contents = [a["href"] for a in soup.select(".sphinxsidebar a")]
    assert "#on-one-is-one" in contents


def test_the_word_proof_is_set_apart_once(built):
    soup = BeautifulSoup((built / "index.html").read_text("utf-8"), "html.parser")
    proofs = soup.select("div.proof-text")
    assert [p.em.get_text() for p in proofs] == ["Proof.", "Proof."]
    assert proofs[0].get_text().split() == ["Proof.", "By", "counting.", "Quite."]


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("a $x$, b", ["\\(x\\),"]),
        ("a ($x$) b", ["(\\(x\\))"]),
        ("$x$.", ["\\(x\\)."]),
        ("($x$ and $y$), $z$ b", ["(\\(x\\)", "\\(y\\)),"]),
        ("a $x$ b", []),
        ("$x$", []),
        ("$x$$y$", []),
    ],
)
def test_a_formula_keeps_the_marks_that_touch_it(text, joined):
    document = new_document("page")
    paragraph = nodes.paragraph()
    for i, part in enumerate(re.split(r"\$", text)):
        if part:
            paragraph += nodes.math(part, part) if i % 2 else nodes.Text(part)
    document += paragraph
    before = document.astext()
    site.JoinedPunctuation(document).apply()
    found = [
        "".join(rf"\({c.astext()}\)" if isinstance(c, nodes.math) else c for c in n)
        for n in document.findall(nodes.inline)
    ]
    assert found == joined
    assert document.astext() == before


def test_a_page_brings_its_own_mathjax(built):
    page = (built / "index.html").read_text("utf-8")
    assert re.search(r'src="_static/mathjax/tex-chtml\.js', page)
    for script in ("tex-chtml.js", "ui/lazy.js"):
        assert (built / "_static/mathjax" / script).is_file()
    fonts = built / "_static/mathjax/output/chtml/fonts/woff-v2"
    assert (fonts / "MathJax_Main-Regular.woff").is_file()


def test_every_theorem_has_a_card_and_no_proof_has_one(built):
    text = (built / "_static" / site.CARDS_FILE).read_text("utf-8")
    cards = json.loads(text.partition("=")[2].strip().removesuffix(";"))
    assert set(cards) == {"index.html#one-is-one", "index.html#two-is-two"}
    card = BeautifulSoup(cards["index.html#one-is-one"], "html.parser")
    assert r"\(1 = 1\)" in card.get_text()
    assert card.find(id=True) is None
    assert card.a["href"] == "index.html#two-is-two"


def test_a_card_holds_the_status_line_and_addresses_from_the_root():
    page = (
        '<div class="proof theorem" id="a"><p>A<a class="headerlink" href="#a">#</a>'
        '</p><a href="../x.html#y">y</a><a href="https://b.org">b</a></div>\n'
        '<div class="claim-status ok">checked</div><p>after</p>'
    )
    (card,) = site.cards_of(page, "book/psi.html").values()
    links = [a["href"] for a in BeautifulSoup(card, "html.parser").find_all("a")]
    assert links == ["x.html#y", "https://b.org"]
    assert "checked" in card
    assert "after" not in card


@pytest.mark.parametrize(
    ("tag", "icon"),
    [
        ('<i class="fas fa-code">', True),
        ('<span class="x fa-solid  fa-bars" title="Menu">', True),
        ('<i title="Light" class="fa-solid fa-sun">', True),
        ('<i class="fa-solid fa-sun" aria-hidden="true">', False),
        ('<i aria-hidden="true" class="fa-solid fa-sun">', False),
        ('<span class="fa">', False),
        ('<i data-class="fas fa-code">', False),
        ('<button class="fas fa-code">', False),
    ],
)
def test_screen_readers_leave_icons_out(tag, icon):
    hidden = tag.replace(">", ' aria-hidden="true">')
    assert site.hide_icons(f"<p>{tag}</i>") == f"<p>{hidden if icon else tag}</i>"


def test_the_icons_of_written_pages_are_hidden(tmp_path):
    page, template = tmp_path / "a" / "b.html", tmp_path / "_static" / "c.html"
    for path in (page, template):
        path.parent.mkdir()
        path.write_text('<i class="fas fa-code"></i>', encoding="utf-8")
    app = SimpleNamespace(outdir=tmp_path, builder=SimpleNamespace(format="html"))
    site.mend_icons(app, None)
    assert "aria-hidden" in page.read_text(encoding="utf-8")
    assert "aria-hidden" not in template.read_text(encoding="utf-8")


EXTERNAL = [
    '<script src="https://cdn.example.org/a.js"></script>',
    '<link rel="stylesheet" href="//cdn.example.org/a.css">',
    '<link rel="preload" href="http://cdn.example.org/a.woff2" as="font">',
    '<img src="https://cdn.example.org/a.png" alt="a">',
    '<img srcset="a.png 1x, https://cdn.example.org/b.png 2x" src="a.png" alt="a">',
    '<iframe src="https://cdn.example.org"></iframe>',
    '<video src="https://cdn.example.org/a.mp4"></video>',
    "<style>@import 'https://cdn.example.org/a.css';</style>",
    '<p style="background: url(https://cdn.example.org/a.png)">a</p>',
]
FREE = [
    '<a href="https://example.org">a link</a>',
    '<link rel="canonical" href="https://example.org/book/">',
    '<img src="data:image/png;base64,AAAA" alt="a">',
    '<script src="a.js?v=1"></script>',
    '<link rel="search" href="https://example.org/search.html">',
]


def faults(folder: Path, html: str) -> list[str]:
    """Return the faults of a page beside the files a.js, a.png and a.css."""
    for name in ("a.js", "a.png", "a.css"):
        (folder / name).touch()
    (folder / "page.html").write_text(html, encoding="utf-8")
    return list(offline.faults(folder / "page.html", folder))


@pytest.mark.parametrize("html", EXTERNAL)
def test_what_comes_from_another_host_is_a_fault(tmp_path, html):
    assert any("another host" in fault for fault in faults(tmp_path, html))


@pytest.mark.parametrize("html", FREE)
def test_links_and_local_files_are_no_fault(tmp_path, html):
    assert faults(tmp_path, html) == []


def test_a_missing_local_file_is_a_fault(tmp_path):
    (fault,) = faults(tmp_path, '<script src="b.js?v=1"></script>')
    assert "b.js" in fault


def test_style_sheets_are_read_too(tmp_path):
    css = tmp_path / "a.css"
    css.write_text(
        "@font-face {src: url('https://fonts.example.org/a.woff2')}", "utf-8"
    )
    assert len(list(offline.faults(css, tmp_path))) == 1


@pytest.mark.parametrize("html", [EXTERNAL[0], '<img src="nothing.png" alt="none">'])
def test_a_strict_build_fails_on_a_fault(tmp_path, html):
    result = build(tmp_path, f"# Title\n\n{html}\n")
    assert result.returncode != 0
    assert "index.html loads" in result.stderr


def test_the_digest_follows_contents_and_names(tmp_path):
    module = tmp_path / "rfbook" / "deep" / "a.py"
    module.parent.mkdir(parents=True)
    module.write_text("x = 1", "utf-8")
    (tmp_path / "README.md").write_text("one", "utf-8")
    first = site.sources_digest(tmp_path)
    (tmp_path / "README.md").write_text("two", "utf-8")
    assert site.sources_digest(tmp_path) == first
    module.write_text("x = 2", "utf-8")
    second = site.sources_digest(tmp_path)
    module.rename(module.with_name("b.py"))
    assert len({first, second, site.sources_digest(tmp_path)}) == 3


def test_the_digest_sees_the_package_the_lock_and_the_data():
    tops = {p.parts[-2] for g in site.SOURCES[:2] for p in ROOT.glob(g)}
    assert {"rfbook", "sphinxext", "requirements"} <= tops


@pytest.fixture
def configured(monkeypatch):
    """Return a function that applies the site's settings to a configuration."""
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "0")

    def configure(**values):
        names = {"rfbook_book_url": "", "rfbook_repository_url": ""}
        config = SimpleNamespace(html_theme_options={}, **names | values)
        app = SimpleNamespace(confdir=str(ROOT), outdir=str(ROOT / "_build" / "html"))
        site.configure(app, config)
        return config

    return configure


def test_the_execution_cache_is_named_after_the_digest(configured):
    cache = Path(configured().nb_execution_cache_path)
    assert cache.name == site.sources_digest(ROOT)[:16]
    assert cache.parent == ROOT / "_build" / ".jupyter_cache"


def test_kernels_are_this_environments_and_import_this_tree(configured):
    configured()
    assert os.environ["JUPYTER_PREFER_ENV_PATH"] == "1"
    assert os.environ["PYTHONPATH"] == os.pathsep.join([str(ROOT), "elsewhere"])


def test_addresses_are_off_by_default_and_work_when_set(configured):
    own = CONFIG["sphinx"]["config"]
    assert own["rfbook_book_url"] == own["rfbook_repository_url"] == ""
    off = configured()
    assert off.html_theme_options == {}
    assert not hasattr(off, "html_baseurl")
    on = configured(
        rfbook_book_url="https://example.org/book/",
        rfbook_repository_url="https://example.org/repository",
    )
    assert on.html_baseurl == "https://example.org/book/"
    assert on.html_theme_options == {
        "repository_url": "https://example.org/repository",
        "use_repository_button": True,
    }


def test_the_configuration_loads_nothing_that_needs_the_network():
    extensions = set(CONFIG["sphinx"]["config"]["extensions"])
    assert not extensions & {"sphinx_thebe", "sphinx_tippy", "sphinx.ext.intersphinx"}
    assert CONFIG["launch_buttons"]["thebe"] is False
    assert CONFIG["repository"]["url"] == ""


def test_the_configured_static_files_are_there():
    own = CONFIG["sphinx"]["config"]
    scripts = [s if isinstance(s, str) else s[0] for s in own["html_js_files"]]
    for name in [*own["html_css_files"], *scripts, "favicon.svg", "cover.png"]:
        assert (STATIC / name).is_file(), name
    named = {*own["html_css_files"], *scripts}
    assert {p.name for g in ("*.css", "*.js") for p in STATIC.glob(g)} == named


def test_fonts_are_used_and_licensed():
    css = (STATIC / "fonts.css").read_text("utf-8")
    used = {Path(address).name for address in offline.style_addresses(css)}
    kept = {p.name for p in (STATIC / "fonts").glob("*.woff2")}
    assert used == kept
    families = {re.match(r"(source-\w+-\d)", name)[1] for name in kept}
    for family in families:
        text = (STATIC / "fonts" / f"LICENSE-{family}.txt").read_text("utf-8")
        assert "SIL OPEN FONT LICENSE Version 1.1" in text


CSS = (STATIC / "book.css").read_text("utf-8")
GROUNDS = {
    "--rf-ok": "--rf-ok-ground",
    "--rf-no": "--rf-no-ground",
    "--rf-grey": "--rf-grey-ground",
    "--rf-accent": "--rf-panel",
    "--rf-definition": "--rf-panel",
    "--rf-quiet": "--rf-panel",
    "--rf-open": "--rf-panel",
    "--pst-color-link": "--rf-panel",
    "--pst-color-inline-code": "--rf-panel",
    "--pst-color-text-muted": "--rf-panel",
}


def luminance(colour: str) -> float:
    """Return WCAG's relative luminance of ``#rrggbb``."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [
        p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), GROUNDS.items())
def test_colours_of_text_keep_their_contrast(theme, text, ground):
    block = re.search(rf'html\[data-theme="{theme}"\] \{{(.*?)\}}', CSS, re.DOTALL)[1]
    values = dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{6});", block))
    bright, dark = sorted((luminance(values[text]), luminance(values[ground])))[::-1]
    assert (bright + 0.05) / (dark + 0.05) >= 4.5
