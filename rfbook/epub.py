"""The book for reading devices: all pages of the built site in one EPUB.

``python -m rfbook.epub`` packs what lies in ``_build/html`` into
``_build/epub/rfbook.epub``; ``make epub`` builds the book before. Articles, links and
solutions are prepared as for the print (`rfbook.pdf`); each page is then a file of its
own. Chromium reads it as a browser would and writes it as XHTML, and the book's own
MathJax turns each formula into MathML, with its TeX beside it for who hears it. There
are no scripts: a panel with controls is its picture and its table.

MathML has letters of many styles as an attribute, which many devices do not heed;
here they are the characters that Unicode has for them.

Nothing is packed that is not whole. A formula that MathJax did not set, a picture that
is missing or has no words, a link that leads nowhere, an id twice or a file that is not
XML ends the work with a `PrintError`; an older EPUB stays.
"""

from __future__ import annotations

import argparse
import base64
import json
import mimetypes
import re
import time
import unicodedata
import uuid
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

from rfbook.doctor import ROOT
from rfbook.pdf import (
    HOST,
    SITE,
    Entry,
    Imprint,
    Part,
    PrintError,
    gather,
    in_chromium,
    mathjax_settings,
    read_imprint,
    read_parts,
    serve,
    stem,
    stop_if,
)

if TYPE_CHECKING:
    from bs4 import Tag
    from playwright.sync_api import Page

TARGET = SITE.with_name("epub") / "rfbook.epub"
STYLE = Path(__file__).with_name("epub.css")
FOLDER = "book"
"""Where all files of the book stand in the EPUB."""

XHTML = "{http://www.w3.org/1999/xhtml}"
MATHML = "{http://www.w3.org/1998/Math/MathML}"
SVG = "{http://www.w3.org/2000/svg}"

STYLES = {
    "BOLD": "bold",
    "BOLD ITALIC": "bold-italic",
    "DOUBLE-STRUCK": "double-struck",
    "SCRIPT": "script",
    "BOLD SCRIPT": "bold-script",
    "FRAKTUR": "fraktur",
    "BLACK-LETTER": "fraktur",
    "BOLD FRAKTUR": "bold-fraktur",
    "SANS-SERIF": "sans-serif",
    "SANS-SERIF BOLD": "bold-sans-serif",
    "MONOSPACE": "monospace",
}
"""Unicode's names of the styles of letters, and MathML's."""

Files = dict[str, bytes]


# Letters and links


def styled_letters() -> dict[str, dict[str, str]]:
    """Return for each style of MathML the letters that Unicode has in that style.

    Examples
    --------
    >>> letters = styled_letters()
    >>> letters["double-struck"]["R"], letters["script"]["N"], letters["bold"]["1"]
    ('ℝ', '𝒩', '𝟏')
    """
    found: dict[str, dict[str, str]] = {style: {} for style in STYLES.values()}
    name = re.compile(r"(?:MATHEMATICAL )?(.+?) (?:CAPITAL|SMALL|DIGIT) .+")
    for code in (*range(0x2100, 0x2150), *range(0x1D400, 0x1D800)):
        match = name.fullmatch(unicodedata.name(chr(code), ""))
        plain = unicodedata.normalize("NFKC", chr(code))
        if match and match[1] in STYLES and plain != chr(code):
            found[STYLES[match[1]]][plain] = chr(code)
    return found


def file_name(page: str) -> str:
    """Return the name of a page's file: ``book/psi`` is ``psi.xhtml``."""
    return f"{stem(page)}.xhtml"


def lead(target: str) -> str:
    """Return the link to a place that has this id in print.

    Examples
    --------
    >>> lead("psi--def-psi"), lead("psi")
    ('psi.xhtml#psi--def-psi', 'psi.xhtml')
    """
    name, mark, _ = target.partition("--")
    return f"{name}.xhtml#{target}" if mark else f"{name}.xhtml"


def move_links(article: Tag) -> None:
    """Lead the links of one long page to the files of the EPUB."""
    for link in article.select("a[href^='#']"):
        link["href"] = lead(link["href"][1:])


def take_pictures(pictures: Iterable[Tag], page: str, site: Path) -> Files:
    """Give a page's pictures their names in the EPUB, and return them.

    Raises
    ------
    PrintError
        If a picture is not there.
    """
    taken: Files = {}
    for number, picture in enumerate(pictures):
        source = picture["src"]
        if source.startswith("data:"):
            kind, _, data = source.removeprefix("data:").partition(";base64,")
            name = f"{stem(page)}-{number}{mimetypes.guess_extension(kind)}"
            content = base64.b64decode(data)
        else:
            path = site / unquote(urlsplit(source).path).lstrip("/")
            if not source.startswith(HOST) or not path.is_file():
                raise PrintError(f"{page} shows {source}, which is not there")
            name, content = path.name, path.read_bytes()
        picture["src"] = f"images/{name}"
        if taken.setdefault(picture["src"], content) != content:
            raise PrintError(f"{page} shows two pictures of the name {name}")
    return taken


# From the browser's HTML to XHTML with MathML


CONVERT = r"""([html, letters]) => {
  const wrong = [];
  const parsed = new DOMParser().parseFromString(html, "text/html");
  const restyle = (e) => {
    const style = letters[e.getAttribute("mathvariant")];
    if (!style) return;
    e.textContent = [...e.textContent].map((c) => style[c] ?? c).join("");
    // One letter alone would be slanted once more.
    if (e.localName === "mi" && [...e.textContent].length === 1)
      e.setAttribute("mathvariant", "normal");
    else e.removeAttribute("mathvariant");
  };
  // TeX knows a sign from a difference, and which bar opens; MathML must be told.
  const place = (e) => {
    const before = e.previousElementSibling;
    const side = { OPEN: "prefix", CLOSE: "postfix" }[e.dataset.mjxTexclass];
    const opens = before?.localName === "mo" &&
      before.getAttribute("form") !== "postfix" &&
      !/^[)\]}⟩!′]$/.test(before.textContent);
    if (side) e.setAttribute("form", side);
    else if (/^[-−+±∓]$/.test(e.textContent) && opens) e.setAttribute("form", "prefix");
  };
  const set = (tex, display) => {
    const mathml = window.MathJax.tex2mml(tex, { display });
    const math = new DOMParser().parseFromString(mathml, "text/xml").documentElement;
    if (math.localName !== "math" || math.querySelector("merror"))
      wrong.push(`formula not set: ${tex.slice(0, 90)}`);
    for (const e of [math, ...math.querySelectorAll("*")]) {
      if (e.localName === "mo") place(e);
      for (const { name } of [...e.attributes])
        if (name === "class" || name.startsWith("data-")) e.removeAttribute(name);
      restyle(e);
    }
    math.setAttribute("alttext", tex.replace(/\s+/g, " ").trim());
    return math;
  };
  for (const e of parsed.querySelectorAll(".math")) {
    const form = /^\s*\\([(\[])(.*)\\[)\]]\s*$/s;
    const words = [...e.childNodes].find((kid) => form.test(kid.nodeValue ?? ""));
    if (words) {
      const [, bracket, tex] = words.nodeValue.match(form);
      words.replaceWith(parsed.importNode(set(tex, bracket === "["), true));
    } else wrong.push(`no formula: ${e.textContent.trim().slice(0, 90)}`);
  }
  for (const drawing of parsed.querySelectorAll("svg")) {
    // A group of links, which an EPUB has no role for; it asks each for a title.
    drawing.removeAttribute("role");
    for (const link of drawing.querySelectorAll("a")) {
      const title = parsed.createElementNS(drawing.namespaceURI, "title");
      title.textContent = link.textContent;
      link.prepend(title);
    }
  }
  return [new XMLSerializer().serializeToString(parsed.body.firstElementChild), wrong];
}"""


def convert(
    page: Page, site: Path, settings: Mapping[str, object], articles: Mapping[str, str]
) -> dict[str, str]:
    """Return the articles as XHTML, their formulas as MathML.

    Parameters
    ----------
    page : playwright.sync_api.Page
        An empty page of a browser.
    site : pathlib.Path
        The built book, which has MathJax.
    settings : mapping
        MathJax's settings.
    articles : mapping of str to str
        HTML by the page's address.

    Raises
    ------
    PrintError
        If a formula cannot be set, or the page asks for anything else.
    """
    wrong: list[str] = []
    options = json.dumps({**settings, "startup": {"typeset": False}})
    html = (
        f"<!DOCTYPE html><title>MathJax</title><script>window.MathJax = {options}"
        f'</script><script src="{HOST}_static/mathjax/tex-chtml.js"></script>'
    )
    page.on("pageerror", lambda e: wrong.append(f"uncaught: {e}"))
    page.route("**/*", lambda route: serve(route, site, lambda: html, wrong))
    page.goto(HOST, wait_until="load")
    page.evaluate("() => window.MathJax.startup.promise.then(() => null)")
    letters, found = styled_letters(), {}
    for name, article in articles.items():
        found[name], faults = page.evaluate(CONVERT, [article, letters])
        wrong += [f"{name}: {fault}" for fault in faults]
    stop_if(wrong)
    return found


# The files of an EPUB


def document(title: str, body: str) -> str:
    """Return a file of XHTML."""
    return f"""<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml"
 xmlns:epub="http://www.idpf.org/2007/ops" lang="en" xml:lang="en">
<head><meta charset="utf-8"/><title>{escape(title)}</title>
<link rel="stylesheet" type="text/css" href="book.css"/></head>
<body>
{body}
</body></html>
"""


def title_page(imprint: Imprint, cover: str) -> str:
    """Return the title page, with the cover's picture and what the file is."""
    day = imprint.moment.date().isoformat()
    address = escape(imprint.address)
    where = f'<p>It stands at <a href="{address}">{address}</a>.</p>' if address else ""
    return f"""<section class="title-page" epub:type="titlepage">
{cover}
<p class="title">{escape(imprint.title)}</p>
<p>A textbook that runs and checks itself</p>
<p>{escape(imprint.author)}</p>
<p>Version {escape(imprint.version)}, {escape(imprint.state)}, {day}</p>
{where}
<p>The text is licensed under CC BY 4.0, the code under the MIT licence.</p>
<p>The status line under a theorem shows the result of the last run of its checks. The
evidence of each check, the planted errors it caught and the citation of each claim are
left out here: <code>rfbook verify ID --details</code> and <code>rfbook cite ID</code>
show them. Interactive figures are pictures with their tables. The solutions of the
exercises stand at the end of each chapter.</p>
</section>"""


def nested(entries: Sequence[Entry]) -> str:
    """Return the contents as lists in lists: parts, chapters, sections.

    Examples
    --------
    >>> nested([Entry(0, "A", "a"), Entry(1, "B", "a")])
    '<ol><li><span>A</span><ol><li><a href="a.xhtml">B</a></li></ol></li></ol>'
    """
    if not entries:
        return ""
    top = min(entry.level for entry in entries)
    heads = [n for n, entry in enumerate(entries) if entry.level == top]
    # What stands before the first of them, as the opening page does, is beside them.
    starts = heads if heads[0] == 0 else [0, *heads]
    items = []
    for start, end in zip(starts, [*starts[1:], len(entries)], strict=True):
        first = entries[start]
        words = escape(first.title)
        line = f'<a href="{lead(first.target)}">{words}</a>'
        if first.level == 0:
            line = f"<span>{words}</span>"
        items.append(f"<li>{line}{nested(entries[start + 1 : end])}</li>")
    return f"<ol>{''.join(items)}</ol>"


def navigation(entries: Sequence[Entry]) -> str:
    """Return the file of the contents, without subsections."""
    lines = nested([entry for entry in entries if entry.level < 3])
    return document(
        "Contents",
        f'<nav epub:type="toc" id="toc" role="doc-toc"><h1>Contents</h1>{lines}</nav>',
    )


@dataclass(frozen=True)
class Item:
    """A file that the package names.

    Attributes
    ----------
    name : str
        Its path from the package.
    kind : str
        Its media type.
    properties : str
        What it is or holds: ``nav``, ``cover-image``, ``mathml``, ``svg``.
    """

    name: str
    kind: str
    properties: str = ""

    @property
    def id(self) -> str:
        """The name by which the reading order calls it."""
        return "i-" + re.sub(r"[^A-Za-z0-9_.-]", "-", self.name)

    def line(self) -> str:
        """Return its line in the manifest."""
        has = f' properties="{self.properties}"' if self.properties else ""
        return (
            f'<item id="{self.id}" href="{self.name}" media-type="{self.kind}"{has}/>'
        )


def describe(files: Mapping[str, bytes], cover: str) -> Iterator[Item]:
    """Yield the manifest's items: each file, and what it holds."""
    kinds = {".xhtml": "application/xhtml+xml", ".css": "text/css"}
    for name, content in files.items():
        suffix = PurePosixPath(name).suffix
        kind = kinds.get(suffix) or mimetypes.guess_type(name)[0] or ""
        holds = []
        if suffix == ".xhtml":
            held = {"mathml": b"<math ", "svg": b"<svg "}
            holds = [word for word, tag in held.items() if tag in content]
        if name == "nav.xhtml":
            holds.append("nav")
        if name == cover:
            holds.append("cover-image")
        yield Item(name, kind, " ".join(holds))


ACCESS = {
    "accessMode": ("textual", "visual"),
    "accessModeSufficient": ("textual",),
    "accessibilityFeature": (
        "alternativeText",
        "MathML",
        "structuralNavigation",
        "tableOfContents",
    ),
    "accessibilityHazard": ("none",),
    "accessibilitySummary": (
        "Formulas are MathML with their TeX as alternative text; every picture has a "
        "description.",
    ),
}
"""What the package says of how the book can be read."""


def package(imprint: Imprint, items: Sequence[Item], order: Iterable[str]) -> str:
    """Return the package: what the book is, its files, and the order of reading."""
    # The same for every release of the book; they differ in the time.
    name = uuid.uuid5(uuid.NAMESPACE_URL, f"rfbook: {imprint.title}")
    access = [
        f'<meta property="schema:{key}">{escape(value)}</meta>'
        for key, values in ACCESS.items()
        for value in values
    ]
    ids = {item.name: item.id for item in items}
    spine = [f'<itemref idref="{ids[name]}"/>' for name in order]
    return f"""<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" xml:lang="en"
 unique-identifier="name">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="name">urn:uuid:{name}</dc:identifier>
<dc:title>{escape(imprint.title)}</dc:title>
<dc:creator>{escape(imprint.author)}</dc:creator>
<dc:language>en</dc:language>
<dc:description>Version {escape(imprint.version)}, {escape(imprint.state)}.
</dc:description>
<dc:rights>Text: CC BY 4.0. Code: MIT.</dc:rights>
<meta property="dcterms:modified">{imprint.moment:%Y-%m-%dT%H:%M:%SZ}</meta>
{"".join(line + chr(10) for line in access)}</metadata>
<manifest>
{"".join(item.line() + chr(10) for item in items)}</manifest>
<spine>
{"".join(line + chr(10) for line in spine)}</spine>
</package>
"""


CONTAINER = f"""<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="{FOLDER}/package.opf"
 media-type="application/oebps-package+xml"/></rootfiles>
</container>
"""


# Whole or not at all


def faults(files: Mapping[str, bytes]) -> list[str]:
    """Return what is wrong with the files of a book.

    Parameters
    ----------
    files : mapping of str to bytes
        Their contents by their paths from the package.
    """
    wrong, trees = [], {}
    for name, content in files.items():
        if name.endswith(".xhtml"):
            try:
                trees[name] = ElementTree.fromstring(content)  # noqa: S314, our own
            except ElementTree.ParseError as error:
                wrong.append(f"{name} is not XML: {error}")
    places = set(files)
    for name, tree in trees.items():
        ids = [tag.get("id") for tag in tree.iter() if tag.get("id")]
        wrong += [f"{name}: id twice: {i}" for i in set(ids) if ids.count(i) > 1]
        places |= {f"{name}#{i}" for i in ids}
    for name, tree in trees.items():
        wrong += [f"{name}: {fault}" for fault in faults_of(tree, name, places)]
    return wrong


def faults_of(tree: ElementTree.Element, name: str, places: set[str]) -> Iterator[str]:
    """Yield what is wrong with one file: links, pictures, scripts, formulas."""
    for tag in tree.iter():
        target = tag.get("href") or tag.get("src") or ""
        inside = target and not urlsplit(target).scheme
        if inside and (name + target if target[0] == "#" else target) not in places:
            yield f"{target} is not there"
        if tag.tag == f"{XHTML}img" and not (tag.get("alt") or "").strip():
            yield f"picture without words: {target}"
        if tag.tag == f"{XHTML}script":
            yield "a script"
        if tag.tag == f"{MATHML}math" and not tag.get("alttext"):
            yield "formula without its TeX"


def pack(files: Mapping[str, bytes], target: Path, imprint: Imprint) -> None:
    """Write the files into an EPUB that depends on them and the imprint's time alone.

    It is written aside and takes its place when it is whole.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_suffix(".new")
    date = imprint.moment.timetuple()[:6]
    try:
        with zipfile.ZipFile(aside, "w") as packed:
            for name, content in files.items():
                entry = zipfile.ZipInfo(name, date)
                entry.create_system, entry.external_attr = 3, 0o100644 << 16
                # The first file tells what all of it is, to who reads the bytes.
                stored = name == "mimetype"
                kind = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
                packed.writestr(entry, content, compress_type=kind, compresslevel=9)
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)


def make_files(site: Path, parts: Sequence[Part], imprint: Imprint) -> Files:
    """Return the files of a built book's EPUB by their paths, in order.

    Raises
    ------
    PrintError
        If anything is missing or not whole.
    """
    book = gather(site, parts, imprint)
    covers = [book.cover] if book.cover else []
    pictures = take_pictures(covers, "the title page", site)
    cover = next(iter(pictures), "")
    for page, article in book.articles.items():
        move_links(article)
        pictures |= take_pictures(article.select("img"), page, site)
    html = {page: str(article) for page, article in book.articles.items()}
    settings = mathjax_settings(book.first)
    made = in_chromium(lambda page: convert(page, site, settings, html))
    opening = title_page(imprint, "".join(map(str, covers)))
    texts = {
        "title.xhtml": document(imprint.title, opening),
        "nav.xhtml": navigation(book.entries),
    }
    titles = {entry.target: entry.title for entry in book.entries if entry.level}
    for page, article in made.items():
        texts[file_name(page)] = document(titles[stem(page)], article)
    files = {name: text.encode() for name, text in texts.items()}
    files |= {"book.css": STYLE.read_bytes(), **pictures}
    stop_if(faults(files))
    items = list(describe(files, cover))
    files["package.opf"] = package(imprint, items, texts).encode()
    return {
        "mimetype": b"application/epub+zip",
        "META-INF/container.xml": CONTAINER.encode(),
        **{f"{FOLDER}/{name}": content for name, content in files.items()},
    }


def make_epub(
    site: Path,
    parts: Sequence[Part],
    imprint: Imprint,
    target: Path,
    say: Callable[[str], None] = print,
) -> None:
    """Pack a built book.

    Raises
    ------
    PrintError
        If anything is missing or not whole; what stood at `target` is left there.
    """
    start = time.monotonic()
    say(f"packing {sum(len(part.pages) for part in parts)} pages of the site")
    files = make_files(site, parts, imprint)
    pack(files, target, imprint)
    formulas = sum(content.count(b"<math ") for content in files.values())
    size, seconds = target.stat().st_size / 1e6, time.monotonic() - start
    say(f"{target}: {formulas} formulas, {size:.1f} MB, {seconds:.0f} s")


def main(argv: Sequence[str] | None = None) -> None:
    """Pack the built book; stop with the reason where that fails."""
    parser = argparse.ArgumentParser(prog="rfbook.epub", description="pack the book")
    parser.add_argument("--site", type=Path, default=SITE, help="the built book")
    parser.add_argument("--output", type=Path, default=TARGET, help="the file to write")
    options = parser.parse_args(argv)
    parts = read_parts((ROOT / "_toc.yml").read_text("utf-8"))
    try:
        make_epub(options.site, parts, read_imprint(), options.output)
    except PrintError as error:
        raise SystemExit(f"rfbook: {error}") from None


if __name__ == "__main__":
    main()
