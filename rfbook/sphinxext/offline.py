"""A written page may use nothing from another host.

After the build every written page and style sheet is read again. A script, a
style sheet, a font, a picture or a frame that would come from elsewhere is a
warning, and so is one that should be local and is not there; with ``-W`` both
fail the build. Links that a reader may follow are not resources and are free.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Tag
from sphinx.util import logging

if TYPE_CHECKING:
    from sphinx.application import Sphinx

LOGGER = logging.getLogger(__name__)

# Elements and the attribute by which they load something.
LOADERS = {
    "audio": "src",
    "embed": "src",
    "iframe": "src",
    "img": "src",
    "input": "src",
    "link": "href",
    "object": "data",
    "script": "src",
    "source": "src",
    "track": "src",
    "video": "src",
}
# Links of these kinds name a page and load nothing.
NAMING_RELATIONS = {"author", "canonical", "index", "license", "next", "prev", "search"}
STYLE_ADDRESS = re.compile(
    r"""url\(\s*["']?([^"')]+)|@import\s+["']([^"']+)""", re.IGNORECASE
)
STYLE_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def style_addresses(css: str) -> Iterator[str]:
    """Yield the addresses that a style sheet loads.

    Examples
    --------
    >>> list(style_addresses('@import "a.css"; b {src: url(c.woff2)} /* url(d) */'))
    ['a.css', 'c.woff2']
    """
    for match in STYLE_ADDRESS.finditer(STYLE_COMMENT.sub("", css)):
        yield (match[1] or match[2]).strip()


def _loads(tag: Tag) -> bool:
    relations = {str(r).lower() for r in tag.get("rel") or []}
    return tag.name != "link" or not relations or bool(relations - NAMING_RELATIONS)


def page_addresses(html: str) -> Iterator[str]:
    """Yield the addresses of everything that a page loads by itself.

    Examples
    --------
    >>> page = '<script src="a.js"></script><a href="https://b.org">b</a>'
    >>> list(page_addresses(page + '<p style="background: url(c.png)">'))
    ['a.js', 'c.png']
    """
    for tag in BeautifulSoup(html, "html.parser").find_all(True):
        address = tag.get(LOADERS.get(tag.name, ""))
        if isinstance(address, str) and _loads(tag):
            yield address
        for candidate in str(tag.get("srcset", "")).split(","):
            if candidate.strip():
                yield candidate.split()[0]
        yield from style_addresses(str(tag.get("style", "")))
        if tag.name == "style":
            yield from style_addresses(tag.get_text())


def is_external(address: str) -> bool:
    """Return whether an address names another host.

    Examples
    --------
    >>> [is_external(a) for a in ("https://a.org/b.js", "//a.org/b", "../b.js")]
    [True, True, False]
    >>> is_external("data:image/png;base64,AAAA")
    False
    """
    parts = urlsplit(address)
    return bool(parts.netloc) or parts.scheme in {"http", "https", "ftp"}


def faults(path: Path, root: Path) -> Iterator[str]:
    """Yield what a written file loads that it must not or cannot.

    Parameters
    ----------
    path : pathlib.Path
        A page or a style sheet.
    root : pathlib.Path
        The folder of the built site.

    Yields
    ------
    str
        One sentence a fault.
    """
    text = path.read_text(encoding="utf-8")
    read = style_addresses if path.suffix == ".css" else page_addresses
    name = path.relative_to(root).as_posix()
    for address in dict.fromkeys(read(text)):
        parts = urlsplit(address)
        local = parts.path if not parts.scheme else ""
        if is_external(address):
            yield f"{name} loads {address} from another host"
        elif local and not (path.parent / unquote(local)).exists():
            yield f"{name} loads {address}, which is not there"


def check_site(app: Sphinx, exception: Exception | None) -> None:
    """Warn of each fault in the written site."""
    if exception is not None or app.builder.format != "html":
        return
    root = Path(app.outdir)
    # HTML under _static is the themes' templates, no page.
    pages = [p for p in root.rglob("*.html") if root / "_static" not in p.parents]
    for path in sorted([*pages, *root.rglob("*.css")]):
        for fault in faults(path, root):
            LOGGER.warning(fault, type="rfbook", subtype="offline")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the check, after everything else has been written."""
    app.connect("build-finished", check_site, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
