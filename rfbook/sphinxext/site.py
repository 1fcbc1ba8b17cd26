"""The site's settings that a configuration file cannot hold.

Local MathJax, an execution cache that cannot go stale, the running
environment's own kernel, unique ids in theorem boxes, icons that screen
readers leave out, the two optional addresses, and the data of the hover cards.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from docutils import nodes
from sphinx.transforms import SphinxTransform

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

SOURCES = ("rfbook/**/*.py", "requirements/*.txt", "book/_static/data/**/*")
MATHJAX_PACKAGE = "sphinx-mathjax-offline"
MATHJAX_FILES = ("tex-chtml.js", "ui/lazy.js", "output/chtml/fonts/woff-v2/*.woff")
CARDS_FILE = "cards-data.js"
OPENING = re.compile(r"[(\[“‘]+$")
CLOSING = re.compile(r"^[.,;:!?)\]”’…]+")
ICON = re.compile(
    r'<(?:i|span)(?![^>]*\baria-hidden)(?=[^>]*\sclass="(?:[^"]*\s)?fa-)[^>]*(?=>)'
)
BODY_IDS = {"proof-content", "exercise-content", "solution-content"}


def sources_digest(root: Path, patterns: Iterable[str] = SOURCES) -> str:
    """Return the SHA-256 of the files that a chapter's outputs depend on.

    Parameters
    ----------
    root : pathlib.Path
        The book's root folder.
    patterns : iterable of str
        Glob patterns below `root`.

    Returns
    -------
    str
        64 hexadecimal digits; names and contents both enter.
    """
    digest = hashlib.sha256()
    for path in sorted({p for glob in patterns for p in root.glob(glob)}):
        if path.is_file():
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            digest.update(f"{path.relative_to(root).as_posix()} {content}\n".encode())
    return digest.hexdigest()


def configure(app: Sphinx, config: Config) -> None:
    """Set the cache's folder, the kernel's home, MathJax and the addresses."""
    # jupyter-cache knows a notebook by its cells alone: without a folder for each
    # state of the package it would show the outputs of older code.
    root = Path(app.confdir)
    digest = sources_digest(root)
    cache = Path(app.outdir).parent / ".jupyter_cache" / digest[:16]
    config.nb_execution_cache_path = str(cache)
    # A reader may have a `python3` kernel of their own: this environment's wins.
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
    # The kernels import the package that the digest describes, not an installed copy.
    paths = [str(root), *filter(None, [os.environ.get("PYTHONPATH")])]
    os.environ["PYTHONPATH"] = os.pathsep.join(paths)
    config.mathjax_path = "mathjax/tex-chtml.js"
    if config.rfbook_book_url:
        config.html_baseurl = config.rfbook_book_url
    if config.rfbook_repository_url:
        config.html_theme_options["repository_url"] = config.rfbook_repository_url
        config.html_theme_options["use_repository_button"] = True


def copy_mathjax(app: Sphinx) -> None:
    """Copy the part of MathJax that the pages use, from its PyPI package.

    Raises
    ------
    FileNotFoundError
        If the package is not installed or lacks one of the files.
    """
    if app.builder.format != "html":
        return
    # A card may bring mathematics to a page that has none of its own.
    app.set_html_assets_policy("always")
    spec = importlib.util.find_spec(MATHJAX_PACKAGE)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"{MATHJAX_PACKAGE} is not installed")
    source = Path(spec.origin).parent / "static" / "mathjax"
    for pattern in MATHJAX_FILES:
        found = sorted(source.glob(pattern))
        if not found:
            raise FileNotFoundError(f"{source} holds no {pattern}")
        for path in found:
            target = Path(app.outdir, "_static/mathjax") / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)


class Boxes(SphinxTransform):
    """Mend the boxes of sphinx-proof 0.4.0 and sphinx-exercise 1.2.1.

    They write one and the same id into the body of every box and into every proof,
    and HTML forbids an id twice; a box's label may also be the id that docutils made
    of a heading. The word "Proof." is plain text.
    """

    default_priority = 700

    def apply(self, **kwargs: Any) -> None:
        """Make the ids unique, a label's own before all; mend the proofs."""
        labels = set()
        for body in self.document.findall(nodes.section):
            if len(body["ids"]) == 1 and body["ids"][0] in BODY_IDS:
                label = body.parent["label"]
                labels.add(label)
                body["ids"] = [f"{label}-content"]
        for section in self.document.findall(nodes.section):
            section["ids"] = [f"on-{i}" if i in labels else i for i in section["ids"]]
        for proof in self.document.findall(nodes.admonition):
            if proof["ids"] == ["proof"]:
                proof["ids"] = []
                proof["classes"].append("proof-text")
                self.emphasise(proof)

    @staticmethod
    def emphasise(proof: nodes.admonition) -> None:
        """Set the word that opens a proof apart from its text."""
        word = "Proof."
        text = next(proof.findall(nodes.Text), None)
        if text is not None and text.startswith(word):
            rest = nodes.Text(text.removeprefix(word))
            text.parent.replace(text, [nodes.emphasis(word, word), rest])


class JoinedPunctuation(SphinxTransform):
    """Keep an inline formula on one line with the comma or bracket that touches it.

    A browser may break a line on either side of a typeset formula, and would let a
    line begin with the comma that follows one.
    """

    default_priority = 710

    def apply(self, **kwargs: Any) -> None:
        """Wrap each such formula and its marks into one unbreakable part."""
        for formula in list(self.document.findall(nodes.math)):
            parent = formula.parent
            at = parent.index(formula)
            before, opening = self.cut(parent, at - 1, OPENING)
            after, closing = self.cut(parent, at + 1, CLOSING)
            if opening or closing:
                marks = [nodes.Text(opening), formula, nodes.Text(closing)]
                joined = nodes.inline("", "", *marks, classes=["joined"])
                first, last = at - (before is not None), at + 1 + (after is not None)
                rest = [nodes.Text(t) for t in (before, after) if t]
                parent[first:last] = [
                    *rest[: bool(before)],
                    joined,
                    *rest[bool(before) :],
                ]

    @staticmethod
    def cut(
        parent: nodes.Element, at: int, marks: re.Pattern
    ) -> tuple[str | None, str]:
        """Split the text beside a formula into its rest and the marks that touch it."""
        beside = parent[at] if 0 <= at < len(parent) else None
        if not isinstance(beside, nodes.Text):
            return None, ""
        found = marks.search(beside)
        touching = found[0] if found else ""
        return marks.sub("", beside, count=1), touching


def mend_roles(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Make the bibliography's entries items of its list.

    docutils gives them ``doc-biblioentry``, a role that DPUB-ARIA 1.1 withdrew and
    that a list may not hold.
    """
    if "body" in context:
        body = context["body"]
        context["body"] = body.replace('role="doc-biblioentry"', 'role="listitem"')


def hide_icons(html: str) -> str:
    """Return a page whose icons screen readers leave out.

    The themes draw them with a font: a character of its own that has no name, beside
    words or on a button that has a label.

    Examples
    --------
    >>> hide_icons('<i class="fas fa-code"></i><i class="fame">a</i>')
    '<i class="fas fa-code" aria-hidden="true"></i><i class="fame">a</i>'
    """
    return ICON.sub(lambda tag: f'{tag[0]} aria-hidden="true"', html)


def mend_icons(app: Sphinx, exception: Exception | None) -> None:
    """Hide the icons of all written pages from screen readers."""
    if exception is not None or app.builder.format != "html":
        return
    root = Path(app.outdir)
    for path in root.rglob("*.html"):
        # HTML under _static is the themes' templates, no page.
        if root / "_static" not in path.parents:
            text = path.read_text(encoding="utf-8")
            mended = hide_icons(text)
            if mended != text:
                path.write_text(mended, encoding="utf-8")


def card_of(box: Tag, page: str) -> str:
    """Return the HTML of a theorem's hover card.

    Parameters
    ----------
    box : bs4.Tag
        The theorem's ``div`` in the written page; it is not changed.
    page : str
        The page's address from the book's root, ``book/psi.html``.

    Returns
    -------
    str
        The box and the status line that follows it, without ids and header
        links, its addresses taken from the book's root.
    """
    parts = [box]
    status = box.find_next_sibling()
    if isinstance(status, Tag) and "claim-status" in (status.get("class") or []):
        parts.append(status)
    card = BeautifulSoup("".join(map(str, parts)), "html.parser")
    for link in card.select("a.headerlink"):
        link.decompose()
    for tag in card.find_all(True):
        tag.attrs.pop("id", None)
        for attribute in ("href", "src"):
            value = tag.get(attribute)
            if isinstance(value, str) and not urlsplit(value).scheme:
                tag[attribute] = urljoin(page, value)
    return str(card)


def cards_of(html: str, page: str) -> dict[str, str]:
    """Return the hover cards of a page: ``page#id`` to HTML.

    Examples
    --------
    >>> page = '<div class="proof theorem" id="a-b"><p id="x">1 = 1</p></div>'
    >>> cards_of(page, "book/psi.html")
    {'book/psi.html#a-b': '<div class="proof theorem"><p>1 = 1</p></div>'}
    """
    boxes = BeautifulSoup(html, "html.parser").select("div.proof[id]")
    return {f"{page}#{box['id']}": card_of(box, page) for box in boxes}


def write_cards(app: Sphinx, exception: Exception | None) -> None:
    """Write the hover cards of all pages into one script.

    A script and not JSON, because pages opened from ``file://`` may load the
    one but not fetch the other.
    """
    if exception is not None or app.builder.format != "html":
        return
    cards: dict[str, str] = {}
    for name in sorted(app.env.all_docs):
        page = app.builder.get_target_uri(name)
        path = Path(app.outdir, page)
        if path.is_file():
            cards |= cards_of(path.read_text(encoding="utf-8"), page)
    data = json.dumps(cards, ensure_ascii=False, indent=0).replace("</", "<\\/")
    target = Path(app.outdir, "_static", CARDS_FILE)
    target.write_text(f"window.rfbookCards = {data};\n", encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the settings and the steps of the build."""
    app.add_config_value("rfbook_book_url", "", "html", [str])
    app.add_config_value("rfbook_repository_url", "", "html", [str])
    app.add_transform(Boxes)
    app.add_transform(JoinedPunctuation)
    app.connect("config-inited", configure, priority=400)
    app.connect("builder-inited", copy_mathjax)
    app.connect("html-page-context", mend_roles)
    app.connect("build-finished", write_cards, priority=600)
    app.connect("build-finished", mend_icons, priority=650)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
