"""The printed book: all pages of the built site in one PDF.

``python -m rfbook.pdf`` prints what lies in ``_build/html`` into
``_build/pdf/rfbook.pdf``; ``make pdf`` builds the book before. The articles of all
pages are put together into one page of HTML, in the order of ``_toc.yml``, with ids
that are unique and links that stay inside. Chromium prints it, and with that come the
tags and the places of the links. It prints twice: the first print tells on which page
everything stands, the second has the numbers in its contents. Some ten thousand
formulas take ten minutes and nine GB of memory.

The tags tell headings, paragraphs, lists, tables, links, pictures with their words, and
formulas with their TeX. Chromium has no tag for what a style sheet draws, as MathJax
has it draw a formula's signs: a blank at the formula's head gets the tag, which is then
made to reach over the signs.

Nothing is printed that is not whole. A formula that MathJax did not set, a picture that
is missing or has no words, a request to another host, a message on the console, or
anything wider than the paper ends the work with a `PrintError`; an older PDF stays.
"""

from __future__ import annotations

import argparse
import json
import logging
import mimetypes
import re
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import unquote, urljoin, urlsplit

from rfbook.doctor import CHROMIUM_ARGUMENTS, ROOT, find_chromium
from rfbook.truetype import truetype

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag
    from playwright.sync_api import Page, Route
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import DictionaryObject

Result = TypeVar("Result")

SITE = ROOT / "_build" / "html"
TARGET = ROOT / "_build" / "pdf" / "rfbook.pdf"
STYLE = Path(__file__).with_name("print.css")
HOST = "http://book.invalid/"
PRINTS = 4
"""How often the book is printed at most until the contents have the right numbers."""
TEXT_WIDTH = 642
"""The width of the text in CSS pixels: that of A4 between margins of 20 mm."""

FORMULA = "formula: "
"""Opens the words of a tag that is a formula's, until the file is finished."""

LEAST_SCALE = 0.7
"""What would have to be made smaller than this to fit the paper is a fault."""
LONG_LISTING = 24
"""Listings with more lines may go on on the next page."""

# Controls, and what only a window can use.
CONTROLS = (
    "script, noscript, button, input, select, a.headerlink, .ledger-filters, "
    ".toctree-wrapper, details.cite"
)


class PrintError(Exception):
    """A reason why there is no PDF or EPUB, told to the reader in a few lines."""


# What is printed


@dataclass(frozen=True)
class Part:
    """A part of the book: a caption and the pages under it.

    Attributes
    ----------
    caption : str
        Its name in the contents; empty for the page that opens the book.
    pages : tuple of str
        Addresses in the site without their ending, ``book/psi``.
    """

    caption: str
    pages: tuple[str, ...]


def read_parts(toc: str) -> list[Part]:
    r"""Return the parts of a ``_toc.yml``, the opening page first.

    Examples
    --------
    >>> read_parts("root: a\nparts:\n- caption: B\n  chapters:\n  - file: b/c")
    [Part(caption='', pages=('a',)), Part(caption='B', pages=('b/c',))]
    """
    import yaml

    data = yaml.safe_load(toc)
    parts = [Part("", (data["root"],))]
    for part in data.get("parts", []):
        files = tuple(chapter["file"] for chapter in part["chapters"])
        parts.append(Part(part["caption"], files))
    return parts


@dataclass(frozen=True)
class Imprint:
    """What the title page says of the book.

    Attributes
    ----------
    title, author : str
        From the book's configuration.
    version : str
        The package's.
    state : str
        The commit that the book was made from, or "working tree".
    moment : datetime.datetime
        The commit's time; for a working tree the time of the printing.
    address : str
        Where the book stands, or the empty string.
    """

    title: str
    author: str
    version: str
    state: str
    moment: datetime
    address: str = ""


def read_imprint(root: Path = ROOT) -> Imprint:
    """Return the imprint of a checkout."""
    import yaml

    import rfbook

    config = yaml.safe_load((root / "_config.yml").read_text("utf-8"))
    state, moment = read_state(root)
    return Imprint(
        config["title"],
        config["author"],
        rfbook.__version__,
        state,
        moment,
        config["sphinx"]["config"].get("rfbook_book_url", ""),
    )


def read_state(root: Path) -> tuple[str, datetime]:
    """Return the checkout's commit and its time; "working tree" if it was changed."""

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(root), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.stdout.strip() if done.returncode == 0 else "unknown"

    if git("status", "--porcelain", "--untracked-files=no"):
        return "working tree", datetime.now(UTC).replace(microsecond=0)
    name, seconds = git("log", "-1", "--format=%h %ct").split()
    return f"commit {name}", datetime.fromtimestamp(int(seconds), UTC)


# One page of all pages


def stem(page: str) -> str:
    """Return a page's name, which opens its ids: ``book/psi`` is ``psi``."""
    return PurePosixPath(page).name.removesuffix(".html")


def printed_id(page: str, fragment: str = "") -> str:
    """Return the id in print of a place in a page.

    Examples
    --------
    >>> printed_id("book/psi"), printed_id("book/psi.html", "book/a 1")
    ('psi', 'psi--book-a-1')
    """
    if not fragment:
        return stem(page)
    return f"{stem(page)}--{re.sub(r'[^A-Za-z0-9_.-]', '-', fragment)}"


@dataclass(frozen=True)
class Entry:
    """A line of the contents and of the outline.

    Attributes
    ----------
    level : int
        0 for a part, 1 for a chapter, 2 for a section, 3 for a subsection.
    title : str
        Its words, formulas as TeX.
    target : str
        The id that it leads to.
    """

    level: int
    title: str
    target: str


@dataclass
class Assembly:
    """The page to be printed, and what is known of it.

    Attributes
    ----------
    html : str
        The whole page; a number of a page in the contents is ``<!--page ID-->``.
    entries : list of Entry
        Parts, chapters, sections, in order.
    """

    html: str
    entries: list[Entry] = field(default_factory=list)


def read_article(site: Path, page: str) -> tuple[Tag, BeautifulSoup]:
    """Return the article of a built page, and the page.

    Raises
    ------
    PrintError
        If the page is not there or has no article.
    """
    from bs4 import BeautifulSoup

    path = site / f"{page}.html"
    if not path.is_file():
        raise PrintError(f"{path} is not there: make book")
    soup = BeautifulSoup(path.read_text("utf-8"), "html.parser")
    article = soup.select_one("article.bd-article")
    if article is None:
        raise PrintError(f"{path} has no article")
    return article, soup


def strip(article: Tag) -> None:
    """Take away what only a window can use, and open what can be folded."""
    for tag in article.select(CONTROLS):
        tag.decompose()
    for output in article.select("details.hide"):
        # The page folds a long output; its label offers to hide it.
        output.summary.decompose()
        output.name = "div"
    for folded in article.select("details"):
        folded["open"] = ""
    for picture in article.select("img"):
        picture.attrs.pop("loading", None)
    for figure in article.select("figure"):
        # The picture inside has the words.
        figure["role"] = "group"
    for listing in article.select("div.highlight"):
        # Shorter ones stay on one page.
        if listing.get_text().count("\n") > LONG_LISTING:
            listing["class"].append("long")
    strip_records(article)


def strip_records(article: Tag) -> None:
    """Take away links to citations and sources of checks, which are not printed."""
    for line in article.select(".claim-status"):
        for link in line.select("a[href*='sources/'], a[href*='#cite-']"):
            before = link.previous_sibling
            if isinstance(before, str):
                before.replace_with(re.sub(r"\s*·\s*$", "", before))
            link.decompose()
    for cell in article.select("table.ledger a[href*='#cite-']"):
        cell.decompose()
    for table in article.select("table.ledger"):
        rows = [row.find_all(["td", "th"]) for row in table.select("tr")]
        if all(not row[-1].get_text(strip=True) for row in rows[1:] if row):
            for row in rows:
                row[-1].decompose()


def gather_solutions(article: Tag, page: str, soup: BeautifulSoup) -> None:
    """Move the solutions of a chapter to its end, and lead to each from its exercise.

    Parameters
    ----------
    article : bs4.Tag
        The chapter, its ids still those of the site.
    page : str
        Its address.
    soup : bs4.BeautifulSoup
        What makes new tags.
    """
    solutions = article.select("div.solution")
    if not solutions:
        return
    section = soup.new_tag("section", id=f"{stem(page)}-solutions")
    title = soup.new_tag("h2")
    title.string = "Solutions"
    section.append(title)
    for solution in solutions:
        link = solution.select_one("p.admonition-title a[href^='#']")
        exercise = link and article.find(id=link["href"][1:])
        if exercise:
            lead = soup.new_tag("a", href=f"#{solution['id']}")
            lead["class"] = "to-solution"
            lead.string = "Solution"
            exercise.select_one("p.admonition-title").append(lead)
        section.append(solution.extract())
    (article.find("section") or article).append(section)


def rename(article: Tag, page: str, targets: dict[str, str], address: str) -> None:
    """Give a page's ids, links and pictures the names that they have in print.

    Parameters
    ----------
    article : bs4.Tag
        The page's article; it is changed.
    page : str
        The page's address, ``book/psi``.
    targets : dict
        From places of the site, ``book/psi.html#def-psi``, to ids in print.
    address : str
        Where the site stands; without one a link to what is not printed is plain text.
    """
    for tag in article.find_all(True):
        for name in ("id", "aria-labelledby", "aria-describedby", "headers", "for"):
            if value := tag.get(name):
                parts = value if isinstance(value, list) else value.split()
                tag[name] = " ".join(printed_id(page, part) for part in parts)
        if tag.name == "a" and tag.get("href"):
            relink(tag, page, targets, address)
        elif tag.get("src") and not urlsplit(tag["src"]).scheme:
            tag["src"] = urljoin(HOST + page, tag["src"])
    article["id"] = printed_id(page)


def relink(link: Tag, page: str, targets: dict[str, str], address: str) -> None:
    """Lead a link to its place in print; make one that has none plain text.

    Raises
    ------
    PrintError
        If it leads to a place that a printed page does not have.
    """
    href = link["href"]
    parts = urlsplit(urljoin(f"{page}.html", href))
    link.attrs.pop("title", None)
    if parts.scheme:
        return
    place = parts.path + ("#" + unquote(parts.fragment) if parts.fragment else "")
    if place in targets:
        link["href"] = "#" + targets[place]
    elif parts.path in targets:
        raise PrintError(f"{page} leads to {href}, which is not there")
    elif instead := in_place_of_record(place, page, targets):
        link["href"] = "#" + targets[instead]
    elif address:
        link["href"] = urljoin(address, place)
    else:
        link.name = "g" if link.find_parent("svg") else "span"
        del link["href"]


def in_place_of_record(place: str, page: str, targets: dict[str, str]) -> str | None:
    """Return what is printed in the place of a claim's record.

    That is the claim's row of the ledger, and from the ledger its statement.

    Examples
    --------
    >>> targets = {"book/ledger.html#claim-a": "", "book/psi.html#a": ""}
    >>> in_place_of_record("records/psi.html#claim-a", "book/psi", targets)
    'book/ledger.html#claim-a'
    >>> in_place_of_record("records/psi.html#claim-a", "book/ledger", targets)
    'book/psi.html#a'
    """
    match = re.fullmatch(r"records/([^/#]+)#(claim-(.+))", place)
    if not match:
        return None
    found = [f"book/ledger.html#{match[2]}", f"book/{match[1]}#{match[3]}"]
    if page == "book/ledger":
        found.reverse()
    return next((place for place in found if place in targets), None)


def places(article: Tag, page: str) -> dict[str, str]:
    """Return all places of a page and their ids in print."""
    found = {f"{page}.html": printed_id(page)}
    for tag in article.find_all(id=True):
        found[f"{page}.html#{tag['id']}"] = printed_id(page, tag["id"])
    return found


def heading_title(heading: Tag) -> str:
    r"""Return the words of a heading: blanks single, formulas without their brackets.

    Examples
    --------
    >>> from bs4 import BeautifulSoup
    >>> html = r'<h2><span>4.1. </span>The <span class="math">\(a\)</span></h2>'
    >>> heading_title(BeautifulSoup(html, "html.parser").h2)
    '4.1. The a'
    """
    text = heading.get_text()
    return " ".join(re.sub(r"\\\((.*?)\\\)", r"\1", text).split())


def headings(article: Tag, page: str) -> Iterator[Entry]:
    """Yield a page's entries; headings get the ids that they are found by."""
    for heading in article.select("h1, h2, h3"):
        level = int(heading.name[1])
        target = printed_id(page)
        if level > 1:
            target = heading.find_parent("section", id=True)["id"]
        yield Entry(level, heading_title(heading), target)


def running_style(titles: Mapping[str, str]) -> str:
    """Return the style that gives each page of the site its running head.

    Parameters
    ----------
    titles : mapping of str to str
        Titles by ids.
    """
    rules = []
    for name, title in titles.items():
        words = title.replace("\\", r"\\").replace('"', r"\"")
        rules.append(
            f'@page p-{name} {{ @top-right {{ content: "{words}" }} }}\n'
            f"#{name} {{ page: p-{name} }}"
        )
    return "\n".join(rules)


@dataclass
class Book:
    """The articles of all pages, with links and ids that hold for all of them.

    Attributes
    ----------
    articles : dict of str to bs4.Tag
        By the page's address, in order.
    entries : list of Entry
        Parts, chapters, sections, in order.
    cover : bs4.Tag or None
        The picture of the opening page, which is taken out of it.
    first : bs4.BeautifulSoup
        The opening page whole, for its styles and settings.
    """

    articles: dict[str, Tag]
    entries: list[Entry]
    cover: Tag | None
    first: BeautifulSoup


def gather(site: Path, parts: Sequence[Part], imprint: Imprint) -> Book:
    """Read the articles of all pages and make them parts of one whole.

    Parameters
    ----------
    site : pathlib.Path
        The built book.
    parts : sequence of Part
        What is printed, in order.
    imprint : Imprint
        For the address to which links lead out.

    Raises
    ------
    PrintError
        If a page is missing, or leads to a place that a printed page does not have.
    """
    pages = [page for part in parts for page in part.pages]
    read = {page: read_article(site, page) for page in pages}
    targets: dict[str, str] = {}
    for page, (article, soup) in read.items():
        strip(article)
        gather_solutions(article, page, soup)
        targets |= places(article, page)
    articles = {page: article for page, (article, _) in read.items()}
    entries: list[Entry] = []
    for part in parts:
        if part.caption:
            entries.append(Entry(0, part.caption, printed_id(part.pages[0])))
        for page in part.pages:
            rename(articles[page], page, targets, imprint.address)
            entries += headings(articles[page], page)
    covers = (article.select_one("img.cover") for article in articles.values())
    cover = next((cover for cover in covers if cover is not None), None)
    if cover is not None:
        cover.extract()
    return Book(articles, entries, cover, read[pages[0]][1])


def assemble(site: Path, parts: Sequence[Part], imprint: Imprint) -> Assembly:
    """Put the articles of all pages together into one page.

    Parameters and errors are those of `gather`.
    """
    book = gather(site, parts, imprint)
    titles = {e.target: e.title for e in book.entries if e.level == 1}
    html = "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en" data-theme="light" data-mode="light">',
            head(book.first, next(iter(book.articles)), imprint, titles),
            '<body><div class="bd-main"><div class="bd-content">',
            title_page(imprint, str(book.cover or "")),
            contents(book.entries),
            *map(str, book.articles.values()),
            "</div></div></body></html>",
        ]
    )
    return Assembly(html, book.entries)


def head(
    soup: BeautifulSoup, page: str, imprint: Imprint, titles: Mapping[str, str]
) -> str:
    """Return the head of the printed page: the site's styles, MathJax, the print's."""
    links = [
        f'<link rel="stylesheet" href="{urljoin(HOST + page, link["href"])}">'
        for link in soup.select('link[rel="stylesheet"]')
    ]
    settings = mathjax_settings(soup)
    return "\n".join(
        [
            "<head>",
            '<meta charset="utf-8">',
            f"<title>{escape(imprint.title)}</title>",
            *links,
            f"<style>{STYLE.read_text('utf-8')}\n{running_style(titles)}</style>",
            f"<script>window.MathJax = {json.dumps(settings)}</script>",
            f'<script defer src="{HOST}_static/mathjax/tex-chtml.js"></script>',
            "</head>",
        ]
    )


def mathjax_settings(soup: BeautifulSoup) -> dict[str, Any]:
    """Return a page's settings of MathJax, for a page that is set at once."""
    marker = "window.MathJax = "
    scripts = [s.get_text() for s in soup.select("script") if marker in s.get_text()]
    settings = json.loads(scripts[0].partition(marker)[2]) if scripts else {}
    settings.pop("loader", None)
    # The tags carry the formulas' words: see GIVE_WORDS. The hidden copies for screen
    # readers would only be more to print.
    options = settings.get("options", {})
    silent = {"enableMenu": False, "enableAssistiveMml": False}
    settings["options"] = options | silent
    return settings


def title_page(imprint: Imprint, cover: str) -> str:
    """Return the title page, with the picture of the opening page, and its back."""
    day = imprint.moment.date().isoformat()
    where = (
        f'It stands at <a href="{escape(imprint.address)}">'
        f"{escape(imprint.address)}</a>."
        if imprint.address
        else "No public address is set."
    )
    return f"""
<header class="title-page">
{cover}
<p class="title">{escape(imprint.title)}</p>
<p>A textbook that runs and checks itself</p>
<p class="author">{escape(imprint.author)}</p>
<p class="state">Version {escape(imprint.version)}, {escape(imprint.state)}, {day}</p>
</header>
<section class="imprint">
<p>This is the book’s print: every chapter and the book’s own papers, as they were
built from version {escape(imprint.version)}, {escape(imprint.state)}, of {day}. {where}
</p>
<p>The text is licensed under CC BY 4.0, the code under the MIT licence.</p>
<p>The status line under a theorem shows the result of the last run of its checks. The
evidence of each check, the planted errors it caught and the citation of each claim are
not printed, for they would be longer than the book. <code>rfbook verify ID --details
</code> and <code>rfbook cite ID</code> show them, and so do the pages that
<code>make book</code> makes.</p>
<p>Interactive figures are shown as pictures with their tables. The solutions of the
exercises stand at the end of each chapter.</p>
</section>"""


def contents(entries: Sequence[Entry]) -> str:
    """Return the contents: parts, chapters and sections, with places for numbers."""
    lines = ['<nav class="book-contents"><h1 id="contents">Contents</h1>']
    for entry in entries:
        if entry.level == 0:
            lines.append(f'<p class="part">{escape(entry.title)}</p>')
        else:
            lines.append(
                f'<p class="level-{entry.level}"><a href="#{entry.target}">'
                f'<span class="words">{escape(entry.title)}</span>'
                f'<span class="number"><!--page {entry.target}--></span></a></p>'
            )
    return "\n".join([*lines, "</nav>"])


def with_numbers(html: str, numbers: dict[str, int]) -> str:
    """Return the page with the numbers of the pages in its contents.

    Examples
    --------
    >>> with_numbers("<!--page psi-->, <!--page tools-->", {"psi": 7})
    '7, 000'
    """

    def number(match: re.Match[str]) -> str:
        return str(numbers.get(match[1], "000"))

    return re.sub(r"<!--page (\S+)-->", number, html)


# Chromium


SETTLE = r"""async () => {
  await window.MathJax.startup.promise;
  // The fonts of formulas are asked for when they are first laid out.
  for (const _ of [1, 2, 3]) {
    document.body.getBoundingClientRect();
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    await document.fonts.ready;
  }
  await Promise.all([...document.images].map((e) => e.decode().catch(() => {})));
}"""

# A formula's signs are drawn by its style sheet and have no tag. A blank at its head
# gets one, with the formula's TeX. What MathJax keeps of a formula is memory that the
# print needs.
GIVE_WORDS = r"""(mark) => {
  const formulas = [...window.MathJax.startup.document.math];
  for (const { math, typesetRoot } of formulas) {
    const words = document.createElement("span");
    words.className = "formula-words";
    words.setAttribute("role", "figure");
    words.setAttribute("aria-label", mark + math.replace(/\s+/g, " ").trim());
    words.textContent = "\u00a0";
    typesetRoot.firstElementChild.setAttribute("aria-hidden", "true");
    typesetRoot.prepend(words);
  }
  window.MathJax.startup.document.math.clear();
  return formulas.length;
}"""

# Whatever is wider than its place is made smaller; its last few per cent too, for the
# paper has no scroll bar.
FIT = r"""(least) => {
  const wide = [];
  const inner = (e) => e.matches("div.math")
    ? [...e.querySelectorAll("mjx-math")].map((m) => m.getBoundingClientRect().width)
      .reduce((a, b) => Math.max(a, b), 0) + (e.querySelector(".eqno") ? 48 : 0)
    : e.scrollWidth;
  const places = "div.math, pre, .pst-scrollable-table-container, div.output, figure";
  for (const e of document.querySelectorAll(places)) {
    const ratio = e.clientWidth / inner(e);
    if (ratio >= 1) continue;
    if (ratio < least) wide.push(`too wide to fit: ${e.textContent.slice(0, 60)}`);
    for (const c of e.matches("pre") ? [e] : e.children) c.style.zoom = ratio * 0.995;
  }
  // A formula in the text that is longer than a line, alone or with its comma.
  for (const e of document.querySelectorAll("mjx-container:not([display])")) {
    const box = e.getBoundingClientRect();
    const line = e.closest("p, li, td, th, dd, figcaption, h1, h2, h3");
    if (!line || line.closest("div.math")) continue;
    const room = line.getBoundingClientRect();
    if (box.right > room.right + 1) e.style.zoom = 0.97 * room.width / box.width;
  }
  return wide;
}"""

FAULTS = r"""() => {
  const wrong = [];
  const where = (e) =>
    `${e.closest("[id]")?.id}: ${e.localName} ${e.textContent.trim().slice(0, 70)}`;
  for (const e of document.querySelectorAll(".math"))
    if (!e.querySelector("mjx-container > mjx-math"))
      wrong.push(`formula not set: ${where(e)}`);
  for (const e of document.querySelectorAll("mjx-merror"))
    wrong.push(`formula: ${e.getAttribute("data-mjx-error")}: ${where(e)}`);
  for (const e of document.images) {
    const picture = `${where(e)} ${e.src.slice(0, 90)}`;
    if (!e.naturalWidth) wrong.push(`picture missing: ${picture}`);
    if (!e.alt.trim()) wrong.push(`picture without words: ${picture}`);
  }
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  for (const id of new Set(ids.filter((id, at) => ids.indexOf(id) !== at)))
    wrong.push(`id twice: ${id}`);
  const width = document.documentElement.clientWidth;
  for (const e of document.querySelectorAll("p, pre, table, img, div, mjx-math"))
    if (e.getBoundingClientRect().right > width + 1)
      wrong.push(`too wide: ${where(e)}`);
  return wrong;
}"""


WRITE_NUMBERS = """(numbers) => {
  for (const e of document.querySelectorAll("nav.book-contents a"))
    e.querySelector(".number").textContent = numbers[e.getAttribute("href").slice(1)];
}"""


def serve(
    route: Route, site: Path, html: Callable[[], str], messages: list[str]
) -> None:
    """Answer one request of the page from the site; note what it asks elsewhere."""
    url = route.request.url
    if url == HOST:
        route.fulfill(body=html(), content_type="text/html; charset=utf-8")
        return
    path = site / unquote(urlsplit(url).path).lstrip("/")
    if url.startswith("data:"):
        route.continue_()
    elif not url.startswith(HOST) or not path.is_file():
        messages.append(f"asked for {url[:90]}")
        route.abort()
    else:
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        content = path.read_bytes()
        body = truetype(content) if path.suffix == ".woff" else content
        route.fulfill(body=body, content_type=kind)


def in_chromium(work: Callable[[Page], Result]) -> Result:
    """Return what is done in a page of a browser of its own.

    Raises
    ------
    PrintError
        If there is no Chromium.
    """
    chromium = find_chromium()
    if chromium is None:
        raise PrintError("there is no Chromium: `make doctor` tells what to install")

    def start() -> Result:
        from playwright.sync_api import sync_playwright

        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=chromium, args=CHROMIUM_ARGUMENTS
            )
            page = browser.new_page(
                viewport={"width": TEXT_WIDTH, "height": 1000},
                color_scheme="light",
                reduced_motion="reduce",
            )
            page.set_default_timeout(600_000)
            try:
                return work(page)
            finally:
                browser.close()

    # Playwright refuses a thread that has an event loop, as a notebook's has.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(start).result()


def print_page(
    page: Page, site: Path, assembly: Assembly, say: Callable[[str], None]
) -> bytes:
    """Print the assembled page when it is whole, with numbers in its contents.

    Raises
    ------
    PrintError
        If anything is not whole.
    """
    messages: list[str] = []
    page.on("console", lambda m: messages.append(f"console: {m.text}"))
    page.on("pageerror", lambda e: messages.append(f"uncaught: {e}"))
    html = with_numbers(assembly.html, {})
    page.route("**/*", lambda route: serve(route, site, lambda: html, messages))
    page.emulate_media(media="print", color_scheme="light")
    say("  setting the formulas")
    page.goto(HOST, wait_until="load")
    page.evaluate(SETTLE)
    say(f"  {page.evaluate(GIVE_WORDS, FORMULA)} formulas are set")
    messages += page.evaluate(FIT, LEAST_SCALE)
    messages += page.evaluate(FAULTS)
    stop_if(messages)
    return print_numbered(page, assembly, say)


def stop_if(faults: Sequence[str]) -> None:
    """Stop the work where anything is not whole, and say what."""
    if faults:
        more = [f"and {len(faults) - 20} more"] if len(faults) > 20 else []
        raise PrintError("\n  ".join(["not whole:", *faults[:20], *more]))


def print_numbered(page: Page, assembly: Assembly, say: Callable[[str], None]) -> bytes:
    """Print until the contents have the numbers of the pages that they lead to.

    The first print is only read, so it goes without tags, the slowest part. Its numbers
    hardly ever move anything; where they do, they are taken anew.
    """
    from pypdf import PdfReader

    numbers: dict[str, int] = {}
    for attempt in range(PRINTS):
        pdf = page.pdf(
            prefer_css_page_size=True, print_background=True, tagged=attempt > 0
        )
        reader = PdfReader(BytesIO(pdf))
        places = destinations(reader)
        found = {entry.target: places[entry.target] for entry in assembly.entries}
        if found == numbers:
            return pdf
        numbers = found
        say(f"  {len(reader.pages)} pages; again, with their numbers in the contents")
        page.evaluate(WRITE_NUMBERS, numbers)
    raise PrintError(f"the numbers in the contents moved the pages {PRINTS} times")


# The finished file


def destinations(reader: PdfReader) -> dict[str, int]:
    """Return the number of the page, from 1, of each place that a link leads to."""
    return {
        name.removeprefix("/"): reader.get_destination_page_number(place) + 1
        for name, place in reader.named_destinations.items()
    }


def finish(pdf: bytes, assembly: Assembly, imprint: Imprint) -> PdfWriter:
    """Give a printed PDF its outline, the tags of its formulas, and its metadata."""
    from pypdf import PdfReader, PdfWriter

    # It counts its own first objects and reports that there are more than before.
    logging.getLogger("pypdf").setLevel(logging.ERROR)
    writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf)))
    writer.page_mode = "/UseOutlines"
    add_outline(writer, assembly.entries)
    tag_formulas(writer)
    stamp = imprint.moment.strftime("D:%Y%m%d%H%M%SZ")
    writer.metadata = None
    writer.add_metadata(
        {
            "/Title": imprint.title,
            "/Author": imprint.author,
            "/Subject": f"Version {imprint.version}, {imprint.state}",
            "/CreationDate": stamp,
            "/ModDate": stamp,
        }
    )
    return writer


def tag_formulas(writer: PdfWriter) -> None:
    """Make the tags of formulas what they are, around all that is drawn of each.

    Chromium gives each formula a ``Figure`` with its TeX around a blank; the formula is
    drawn after the blank, before the next tag begins.
    """
    from pypdf.generic import NameObject, TextStringObject

    blanks: dict[int, set[bytes]] = {}
    for tag in tags(writer.root_object["/StructTreeRoot"]):
        words = str(tag.get("/Alt", ""))
        if words.startswith(FORMULA):
            tag[NameObject("/S")] = NameObject("/Formula")
            tag[NameObject("/Alt")] = TextStringObject(words.removeprefix(FORMULA))
            for page, number in (mark for blank in tags(tag) for mark in marks(blank)):
                blanks.setdefault(page, set()).add(b"%d" % number)
    for page in writer.pages:
        stream = page["/Contents"]
        numbers = blanks.get(page.indirect_reference.idnum, set())
        stream.set_data(widen(stream.get_data(), numbers))


def kids(tag: DictionaryObject) -> list[Any]:
    """Return what a tag holds: tags, and marks in the content of pages."""
    held = tag.get("/K", [])
    return [kid.get_object() for kid in (held if isinstance(held, list) else [held])]


def tags(above: DictionaryObject) -> Iterator[DictionaryObject]:
    """Yield the tags below a tag, each before those below it."""
    for kid in kids(above):
        if not isinstance(kid, int) and "/S" in kid:
            yield kid
            yield from tags(kid)


def marks(tag: DictionaryObject) -> Iterator[tuple[int, int]]:
    """Yield a tag's own marks: the number of the page's object, and the mark's."""
    for kid in kids(tag):
        if isinstance(kid, int):
            yield tag.raw_get("/Pg").idnum, kid
        elif "/MCID" in kid:
            yield kid.raw_get("/Pg").idnum, kid["/MCID"]


def widen(content: bytes, numbers: set[bytes]) -> bytes:
    r"""Let the marked pieces of these numbers reach to where the next one begins.

    Examples
    --------
    >>> page = b"/P <</MCID 0 >>BDC\n1\nEMC\n2\n/P <</MCID 1 >>BDC\n3\nEMC\n4\n"
    >>> widen(page, {b"0"})
    b'/P <</MCID 0 >>BDC\n1\n2\nEMC\n/P <</MCID 1 >>BDC\n3\nEMC\n4\n'
    """
    before, *pieces = re.split(rb"(?m)^(?=/\w+ <</MCID )", content)
    for at, piece in enumerate(pieces):
        number = re.match(rb"/\w+ <</MCID (\d+)", piece)
        if number and number[1] in numbers:
            pieces[at] = piece.replace(b"EMC\n", b"", 1) + b"EMC\n"
    return before + b"".join(pieces)


def add_outline(writer: PdfWriter, entries: Sequence[Entry]) -> None:
    """Write the outline: parts, chapters, sections, subsections."""
    from pypdf.generic import Fit

    places = writer.named_destinations
    above: list[tuple[int, Any]] = []
    for entry in entries:
        while above and above[-1][0] >= entry.level:
            above.pop()
        place = places["/" + entry.target]
        item = writer.add_outline_item(
            title=entry.title,
            page_number=writer.get_destination_page_number(place),
            parent=above[-1][1] if above else None,
            fit=Fit.xyz(left=0, top=float(place.top) + 12),
            is_open=entry.level == 0,
        )
        above.append((entry.level, item))


def make_pdf(
    site: Path,
    parts: Sequence[Part],
    imprint: Imprint,
    target: Path,
    say: Callable[[str], None] = print,
) -> int:
    """Print a built book and return the number of its pages.

    The file is written aside and takes its place when it is whole.

    Raises
    ------
    PrintError
        If anything is missing or not whole; what stood at `target` is left there.
    """
    start = time.monotonic()
    pages = sum(len(part.pages) for part in parts)
    say(f"printing {pages} pages of the site")
    assembly = assemble(site, parts, imprint)
    printed = in_chromium(lambda page: print_page(page, site, assembly, say))
    writer = finish(printed, assembly, imprint)
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_suffix(".new")
    try:
        with aside.open("wb") as handle:
            writer.write(handle)
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)
    size, seconds = target.stat().st_size / 1e6, time.monotonic() - start
    say(f"{target}: {len(writer.pages)} pages, {size:.1f} MB, {seconds:.0f} s")
    return len(writer.pages)


def main(argv: Sequence[str] | None = None) -> None:
    """Print the built book; stop with the reason where that fails."""
    parser = argparse.ArgumentParser(prog="rfbook.pdf", description="print the book")
    parser.add_argument("--site", type=Path, default=SITE, help="the built book")
    parser.add_argument("--output", type=Path, default=TARGET, help="the PDF to write")
    parser.add_argument("pages", nargs="*", help="only these, for example psi ledger")
    options = parser.parse_args(argv)
    parts = read_parts((ROOT / "_toc.yml").read_text("utf-8"))
    if options.pages:
        parts = [Part("", tuple(f"book/{name}" for name in options.pages))]
    try:
        make_pdf(options.site, parts, read_imprint(), options.output)
    except PrintError as error:
        raise SystemExit(f"rfbook: {error}") from None


if __name__ == "__main__":
    main()
