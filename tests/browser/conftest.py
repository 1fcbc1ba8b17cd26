"""The built book in Chromium: one server, one browser, what to look for in a page."""

import contextlib
import functools
import html
import http.server
import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, Response, sync_playwright

from rfbook.doctor import CHROMIUM_ARGUMENTS, find_chromium

SITE = Path(__file__).resolve().parents[2] / "_build" / "html"
NO_BOOK = f"{SITE} holds no book: run `make book` first"
DESK = {"width": 1280, "height": 900}

# The rules of axe that look at colours; what they find depends on the theme.
CONTRAST = ["color-contrast", "link-in-text-block"]
ASKED_FOR = {"target-size": {"enabled": True}}

FILE_NAME = re.compile(
    r"\.(png|svg|jpe?g|gif|webp)$|^[\w./-]*/[\w./-]*$|^[0-9a-f]{16,}$"
)

UNTYPESET = r"""(lowest = Infinity) => [...document.querySelectorAll(".math")]
    .filter((e) => lowest > e.getBoundingClientRect().top)
    .filter((e) => !e.querySelector("mjx-container > mjx-math"))
    .map((e) => e.textContent)"""
RAW_TEX = r"""() => {
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walk.nextNode()) {
    const parent = walk.currentNode.parentElement;
    if (parent.closest("pre, code, script, style, mjx-container")) continue;
    const hit = /\\[()[\]]|\$[^$]+\$/.exec(walk.currentNode.data);
    if (hit) found.push(walk.currentNode.data.trim().slice(0, 80));
  }
  return found;
}"""
TEX_ERRORS = r"""() => [...document.querySelectorAll("mjx-merror")]
    .map((e) => e.getAttribute("data-mjx-error") || e.textContent)"""
BARE_TABLES = r"""() => [...document.querySelectorAll(".bd-article p")]
    .map((e) => e.textContent.trim())
    .filter((text) => /^\|[^]*\|$/.test(text) && /\|\s*:?[-—–]+:?\s*\|/.test(text))"""
PICTURES = r"""() => [...document.querySelectorAll("img")]
    .map((e) => [e.getAttribute("src"), e.getAttribute("alt"), e.naturalWidth])"""
# A character of an icon font is in Unicode's private area: it has no name to be read.
BARE_ICONS = r"""() => [...document.querySelectorAll("body *")]
    .filter((e) => /[\uE000-\uF8FF]/.test(getComputedStyle(e, "::before").content))
    .filter((e) => !e.closest("[aria-hidden=true]"))
    .map((e) => `${e.tagName} ${e.className}`)"""
DOUBLE_IDS = r"""() => {
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  return [...new Set(ids.filter((id, at) => ids.indexOf(id) !== at))];
}"""
UNREACHABLE = r"""() => [...document.querySelectorAll(
    "div.math, span.math.wide, mjx-container, pre")]
    .filter((e) => getComputedStyle(e).overflowX !== "visible")
    .filter((e) => e.scrollWidth > e.clientWidth && e.tabIndex !== 0)
    .map((e) => e.textContent.slice(0, 60))"""
TOO_WIDE = r"""() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const scrolls = (e) => e && e !== document.body &&
    (getComputedStyle(e).overflowX !== "visible" || scrolls(e.parentElement));
  return [...document.body.querySelectorAll("*")]
    .filter((e) => e.getBoundingClientRect().right > width + 1 && !scrolls(e))
    .map((e) => `${e.tagName} ${e.className}`.slice(0, 80))
    .concat(`page ${document.documentElement.scrollWidth} px wide`);
}"""

# Beside a formula lies its text for screen readers, which takes room and is not seen;
# a solution that is shut hides its text on purpose.
CUT_OFF = r"""() => {
  const cuts = (e, way) => /hidden|clip/.test(getComputedStyle(e)[`overflow${way}`]);
  const formula = (e) => {
    const box = e.querySelector("mjx-container");
    const drawn = box?.querySelector("mjx-math");
    const wide = drawn && drawn.getBoundingClientRect().width > e.clientWidth + 2;
    return wide && cuts(e, "X") && getComputedStyle(box).overflowX === "visible";
  };
  const words = (e) => e.textContent.trim() && !e.querySelector("mjx-container") &&
    (cuts(e, "X") && e.scrollWidth > e.clientWidth + 2 ||
      cuts(e, "Y") && e.scrollHeight > e.clientHeight + 2);
  return [...document.body.querySelectorAll("*")]
    .filter((e) => e.checkVisibility() && e.clientWidth > 1 && e.clientHeight > 1)
    .filter((e) => !e.closest("mjx-container") && !e.matches(".toggle-hidden"))
    .filter((e) => (e.matches(".math") ? formula(e) : words(e)))
    .map((e) => `${e.tagName} ${e.className}: ${e.textContent.trim().slice(0, 60)}`);
}"""

# Of all elements with words of their own, the first of each kind. An element's kind is
# all that decides the contrast of its words: the colours, grounds and sizes that the
# browser computed for it and for every element around it. Formulas have their words'
# colour, and their glyphs are no text to axe.
FIRST_OF_KIND = r"""() => {
  const read = ["color", "backgroundColor", "backgroundImage", "opacity", "filter",
    "fontSize", "fontWeight", "textShadow", "position"];
  const numbers = new Map(), kinds = new Map(), first = new Map();
  const kind = (e) => {
    if (!kinds.has(e)) {
      const style = getComputedStyle(e);
      const above = e.parentElement ? kind(e.parentElement) : "";
      const key = [above, ...read.map((name) => style[name])].join("|");
      if (!numbers.has(key)) numbers.set(key, numbers.size);
      kinds.set(e, numbers.get(key));
    }
    return kinds.get(e);
  };
  const speaks = (e) => e.matches("input, select, textarea") ||
    [...e.childNodes].some((c) => c.nodeType === Node.TEXT_NODE && c.data.trim());
  for (const e of document.body.querySelectorAll("*")) {
    if (!speaks(e) || e.closest("mjx-container") || !e.checkVisibility()) continue;
    if (!first.has(kind(e))) first.set(kind(e), e);
  }
  return [...first.values()];
}"""

# Nine tenths of a chapter's elements are the insides of formulas, all set by the same
# MathJax. axe sees the first twenty, and all that give something its name; the others
# leave a space of their size while it runs.
WITHOUT_FORMULAS = r"""() => {
  const named = "a, button, caption, summary, th, h1, h2, h3, h4, h5, h6";
  const others = [...document.querySelectorAll("mjx-container")].slice(20)
    .filter((e) => e.firstElementChild && !e.closest(named));
  const sizes = others.map((e) => e.firstElementChild.getBoundingClientRect());
  window.formulas = others.map((e) => [e, [...e.childNodes]]);
  others.forEach((e, i) => {
    const space = document.createElement("span");
    space.style.display = "inline-block";
    space.style.width = `${sizes[i].width}px`;
    space.style.height = `${sizes[i].height}px`;
    e.replaceChildren(space);
  });
}"""
WITH_FORMULAS = r"""() => {
  for (const [e, children] of window.formulas) e.replaceChildren(...children);
}"""


@dataclass
class OpenPage:
    """A page in the browser, the record of its loading, and what is wrong with it."""

    page: Page
    base: str
    messages: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._note_console)
        self.page.on("pageerror", lambda e: self.messages.append(f"uncaught: {e}"))
        self.page.on("request", lambda r: self.requests.append(r.url))
        self.page.on("requestfailed", self._note_failure)
        self.page.on("response", self._note_response)

    def _note_console(self, message) -> None:
        if message.type in {"error", "warning"}:
            self.messages.append(f"{message.type}: {message.text}")

    def _note_failure(self, request: Request) -> None:
        # Leaving a page cancels what it was still loading: no fault of the page.
        if "ERR_ABORTED" not in (request.failure or ""):
            self.messages.append(f"failed: {request.url} ({request.failure})")

    def _note_response(self, response: Response) -> None:
        if response.status >= 400:
            self.messages.append(f"{response.status}: {response.url}")

    def goto(self, address: str) -> None:
        """Open an address of the book and wait until its first formulas stand."""
        self.page.goto(self.base + address)
        self.settle()

    def typeset(self) -> None:
        """Have every formula of the page set, those far from the window too."""
        self.page.evaluate(
            """async () => {
              await window.MathJax?.startup?.promise;
              await window.MathJax?.startup?.document.lazyTypesetAll();
            }"""
        )
        self.settle()

    def settle(self) -> None:
        """Wait for the fonts, for MathJax, and for two frames to be drawn."""
        self.page.evaluate(
            """async () => {
              await window.MathJax?.startup?.promise;
              await document.fonts.ready;
              for (const _ of [1, 2]) await new Promise(requestAnimationFrame);
            }"""
        )

    def resize(self, size: dict[str, int]) -> None:
        """Change the window's size and wait for the layout, and for scroll.js."""
        if self.page.viewport_size == size:
            return
        self.page.set_viewport_size(size)
        self.page.wait_for_timeout(150)
        self.settle()

    def set_theme(self, theme: str) -> None:
        """Show the page in the light or the dark theme, without transitions."""
        self.page.evaluate(
            """(theme) => {
              document.documentElement.dataset.theme = theme;
              document.documentElement.dataset.mode = theme;
            }""",
            theme,
        )
        self.settle()

    def outside_requests(self) -> list[str]:
        """Return the requests that left the book."""
        own = urlsplit(self.base)
        local = {"data", "blob"}
        parts = [(url, urlsplit(url)) for url in self.requests]
        return [
            url
            for url, p in parts
            if p.scheme not in local
            and (p.scheme, p.netloc) != (own.scheme, own.netloc)
        ]

    def formula_faults(self) -> list[str]:
        """Return formulas left as TeX, TeX outside formulas, and TeX errors."""
        self.typeset()
        wrong = []
        for script in (UNTYPESET, RAW_TEX, TEX_ERRORS):
            wrong += self.page.evaluate(script)
        return wrong

    def wait_for_formulas(self, everywhere: bool = False) -> None:
        """Wait until those in the window stand, or all, with none of them asked for."""
        lowest = "Infinity" if everywhere else "window.innerHeight"
        self.page.wait_for_function(f"() => ({UNTYPESET})({lowest}).length === 0")

    def picture_faults(self) -> list[str]:
        """Return pictures without words for those who do not see, or not there."""
        wrong = []
        for source, alt, width in self.page.evaluate(PICTURES):
            if not (alt or "").strip() or FILE_NAME.search(alt.strip()):
                wrong.append(f"{source}: alt is {alt!r}")
            if not width:
                wrong.append(f"{source}: not shown")
        return wrong

    def bare_tables(self) -> list[str]:
        """Return tables of Markdown that were left as text."""
        return self.page.evaluate(BARE_TABLES)

    def bare_icons(self) -> list[str]:
        """Return the icons of a font that a screen reader would try to read."""
        return self.page.evaluate(BARE_ICONS)

    def double_ids(self) -> list[str]:
        """Return the ids that stand on more than one element."""
        return self.page.evaluate(DOUBLE_IDS)

    def overflow(self) -> list[str]:
        """Return what makes the page wider than the window."""
        return self.page.evaluate(TOO_WIDE)

    def cut_off(self) -> list[str]:
        """Return words and formulas that their box cuts off, with no way to scroll."""
        return self.page.evaluate(CUT_OFF)

    def unreachable_scrollers(self) -> list[str]:
        """Return what scrolls sideways and is no stop of the keyboard."""
        return self.page.evaluate(UNREACHABLE)

    def contrast_violations(self) -> list[str]:
        """Return what axe-core finds too faint: a text of each kind, and every link.

        Both rules run at once: to know what lies behind a word axe lays out the whole
        page anew in every run, which takes longer than all the rest.
        """
        chosen = f'[...({FIRST_OF_KIND})(), ...document.querySelectorAll("a[href]")]'
        with self.without_formulas():
            return self._violations({"runOnly": CONTRAST}, f"{{include: {chosen}}}")

    def other_violations(self) -> list[str]:
        """Return the findings of all other rules of axe-core; nothing is excused.

        The size of what is pressed (WCAG 2.2, 2.5.8) is a rule that axe leaves out
        unless it is asked for.
        """
        chosen = {rule: {"enabled": False} for rule in CONTRAST} | ASKED_FOR
        with self.without_formulas():
            return self._violations({"rules": chosen})

    @contextlib.contextmanager
    def without_formulas(self) -> Iterator[None]:
        """Take the insides of most formulas out of the page for a while."""
        self.page.evaluate(WITHOUT_FORMULAS)
        try:
            yield
        finally:
            self.page.evaluate(WITH_FORMULAS)

    def axe(self, options: dict, context: str = "document") -> dict:
        """Run axe-core on a part of the page, a JavaScript expression; report."""
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.evaluate(axe_source())
        return self.page.evaluate(f"(o) => axe.run({context}, o)", options)

    def _violations(self, options: dict, context: str = "document") -> list[str]:
        found = self.axe({"resultTypes": ["violations"]} | options, context)
        lines = []
        for violation in found["violations"]:
            for node in violation["nodes"]:
                target = " ".join(map(str, node["target"]))
                detail = node.get("failureSummary", "").split("\n")[-1].strip()
                lines.append(f"{violation['id']}: {target}: {detail}")
        return lines


@functools.cache
def axe_source() -> str:
    """Return axe-core's script, from its PyPI package."""
    package = resources.files("axe_playwright_python")
    return (package / "axe.min.js").read_text(encoding="utf-8")


# What a parser would find of a written page in these respects (test_links.py compares
# the two): a parser needs a minute and a half for all pages.
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
UNREAD = re.compile(r"(<(script|style)\b[^>]*>).*?</\2\s*>", re.DOTALL | re.IGNORECASE)
COLOURED = r'(?!span class="[a-z0-9]*">)'  # a word of a listing: it has no other marks
TAG = re.compile(
    rf"""<{COLOURED}([a-z][\w-]*)((?:[^<>"']|"[^"]*"|'[^']*')*)>""", re.IGNORECASE
)
ATTRIBUTE = re.compile(r"""([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)


@dataclass(frozen=True)
class Outline:
    """The ids, the links, the language and the title of a written page."""

    ids: tuple[str, ...]
    links: tuple[str, ...]
    language: str
    title: str


def read_outline(text: str) -> Outline:
    """Read a page's outline from its HTML, in the order of the page."""
    ids, links, language = [], [], ""
    for tag, attributes in TAG.findall(UNREAD.sub(r"\1", COMMENT.sub("", text))):
        for name, *values in ATTRIBUTE.findall(attributes):
            value, key = html.unescape("".join(values)), (tag.lower(), name.lower())
            if key[1] == "id":
                ids.append(value)
            elif key == ("a", "href"):
                links.append(value)
            elif key == ("html", "lang"):
                language = value
    title = TITLE.search(text)
    words = html.unescape(title[1]).strip() if title else ""
    return Outline(tuple(ids), tuple(links), language, words)


@functools.cache
def pages() -> list[str]:
    """Return the addresses of the built pages, templates and redirects left out."""
    found = sorted(p.relative_to(SITE) for p in SITE.rglob("*.html"))
    return [
        p.as_posix()
        for p in found
        if p.parts[0] != "_static" and p.as_posix() != "index.html"
    ]


def kinds(address: str) -> set[tuple[str, ...]]:
    """Return the kinds of elements on a page: tag, role and classes."""
    text = (SITE / address).read_text(encoding="utf-8")
    return {
        (tag, *re.findall(r'(?:class|role)="[^"]*"', attributes))
        for tag, attributes in set(re.findall(r"<([a-z]\w*)([^>]*)>", text))
    }


@functools.cache
def repeated() -> frozenset[str]:
    """Return the listings of sources that show no kind of element for the first time.

    The listings come from one template and one highlighter: in the order of their
    addresses each is left out if those before it have shown every kind of its elements
    already. The listing with the longest title stays, for it is the widest.
    """
    listings = [page for page in pages() if page.startswith("sources/")]
    seen, left_out = set(), set()
    for page in listings:
        found = kinds(page)
        if found <= seen:
            left_out.add(page)
        seen |= found
    return frozenset(left_out - {max(listings, key=len, default="")})


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Leave out the listings that show nothing new; report how many tests that is."""
    dropped = [
        item
        for item in items
        if hasattr(item, "callspec")
        and item.callspec.params.get("opened") in repeated()
    ]
    config.hook.pytest_deselected(items=dropped)
    items[:] = [item for item in items if item not in set(dropped)]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give `opened` every page; without a book one case, which fails and says why."""
    if "opened" in metafunc.fixturenames:
        metafunc.parametrize("opened", pages() or ["(no book)"], indirect=True)


@pytest.fixture(scope="session")
def site() -> Path:
    """Return the folder of the built book."""
    if not (SITE / "index.html").is_file():
        pytest.fail(NO_BOOK)
    return SITE


@pytest.fixture(scope="session")
def outline() -> Callable[[str], Outline]:
    """Return the reader of outlines."""
    return read_outline


@pytest.fixture(scope="session")
def outlines(site) -> dict[Path, Outline]:
    """Return the outline of every written page, redirects included."""
    found = [p for p in site.rglob("*.html") if site / "_static" not in p.parents]
    return {p.resolve(): read_outline(p.read_text(encoding="utf-8")) for p in found}


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Serves files and keeps no log."""

    def log_message(self, *arguments) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def http_base(site) -> Iterator[str]:
    """Serve the book on a free port of this machine."""
    handler = functools.partial(QuietHandler, directory=site)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture(params=["http", "file"])
def base(request, site) -> str:
    """Return the book's address, over http and as plain files."""
    if request.param == "file":
        return site.as_uri() + "/"
    return request.getfixturevalue("http_base")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start the machine's own Chromium."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=find_chromium(), args=CHROMIUM_ARGUMENTS
        )
        yield chromium
        chromium.close()


@contextlib.contextmanager
def open_page(browser: Browser, base: str, **options) -> Iterator[OpenPage]:
    """Open an empty page in a context of its own, in the light theme."""
    context = browser.new_context(
        **{"viewport": DESK, "reduced_motion": "reduce", "color_scheme": "light"}
        | options
    )
    # A slow machine is no fault of the page.
    context.set_default_navigation_timeout(180_000)
    yield OpenPage(context.new_page(), base)
    context.close()


@pytest.fixture(scope="session")
def opening(browser) -> Callable[..., contextlib.AbstractContextManager[OpenPage]]:
    """Return the opener of pages, for those who keep one or want other settings."""
    return functools.partial(open_page, browser)


@pytest.fixture(scope="module")
def opened(request, browser, http_base) -> Iterator[OpenPage]:
    """Open the page that the parameter names, at a desk's width, over http."""
    with open_page(browser, http_base) as page:
        page.goto(request.param)
        page.typeset()
        yield page


@pytest.fixture
def visitor(browser, base) -> Iterator[OpenPage]:
    """Return a new page of the browser, over http and from plain files."""
    with open_page(browser, base) as page:
        yield page


@pytest.fixture
def http_visitor(browser, http_base) -> Iterator[OpenPage]:
    """Return a new page of the browser, over http."""
    with open_page(browser, http_base) as page:
        yield page


@pytest.fixture(scope="session")
def cards(site) -> dict[str, str]:
    """Return the hover cards that the build wrote: ``page#id`` to HTML."""
    text = (site / "_static" / "cards-data.js").read_text(encoding="utf-8")
    return json.loads(text.partition("=")[2].strip().removesuffix(";"))
