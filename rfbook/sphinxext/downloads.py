"""The notebooks that a reader takes along: of one chapter, and all of them in a zip.

The build has executed every page with code. This module writes each such page as a
notebook, once with the outputs and once without, offers both in the theme's download
menu, and packs all of them with the data that they read. The same book gives the same
bytes: cells have ids made of their text, the zip has one date, and nothing says where
or how long a notebook ran.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Collection, Mapping
from copy import deepcopy
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import nbformat
from docutils import nodes
from jupyter_cache import get_cache
from myst_nb.core.read import create_nb_reader
from myst_nb.core.utils import coalesce_streams
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from rfbook import __version__
from rfbook.chapters import is_chapter, to_notebooks
from rfbook.launch import NOTEBOOKS, PLAIN, binder_url, colab_url, first_cell
from rfbook.ledger.citation import plain_title
from rfbook.plain import Sources, find_equations, plain, read_sources, resolve
from rfbook.sphinxext.claims import FOLDER, table

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

LOGGER = logging.getLogger(__name__)
ARCHIVE = "rfbook-notebooks.zip"
EXECUTED = "executed"
DATA = "_static/data"
EPOCH = (1980, 1, 1, 0, 0, 0)
KEPT = ("kernelspec", "language_info")

README = """\
Random Features: Power and Limits -- the notebooks of version {version}

  NAME.ipynb           a chapter to run
  plain/NAME.ipynb     the same for programs that know no MyST: Colab, an editor
  executed/NAME.ipynb  the same with the outputs of the published book, to read
  _static/data         recorded results that some chapters read

To run them:

  1. Install Python 3.11 or later and the book's package: its wheel, or a clone of its
     repository. The page "Running the book" has the commands.
  2. Install JupyterLab and the extension that shows theorems as boxes:

       python -m pip install jupyterlab jupyterlab-myst

  3. In this folder: python -m jupyterlab

On Windows `py` may take the place of `python`, on Linux and macOS `python3`.
"""


# --- a page as a notebook -------------------------------------------------------------


def chapters(env: BuildEnvironment) -> list[str]:
    """Return the names of the pages that are notebooks, sorted."""
    return sorted(name for name in env.found_docs if is_notebook(env, name))


def in_order(env: BuildEnvironment) -> list[str]:
    """Return the pages that are notebooks in the order of the contents.

    Pages that the contents do not name come last.
    """
    seen: dict[str, None] = {}

    def walk(name: str) -> None:
        if name not in seen:
            seen[name] = None
            for below in env.toctree_includes.get(name, []):
                walk(below)

    walk(env.config.root_doc)
    places = {name: place for place, name in enumerate(seen)}
    return sorted(chapters(env), key=lambda name: places.get(name, len(places)))


def is_notebook(env: BuildEnvironment, docname: str) -> bool:
    """Tell whether a page of the book is a notebook with code."""
    if PurePosixPath(docname).parent.as_posix() != FOLDER:
        return False
    return is_chapter(Path(env.doc2path(docname)).read_text(encoding="utf-8"))


def read(env: BuildEnvironment, docname: str) -> NotebookNode:
    """Return a page as MyST-NB reads it: cells without outputs.

    Raises
    ------
    ValueError
        If MyST-NB takes it for no notebook.
    """
    path = Path(env.doc2path(docname))
    text = path.read_text(encoding="utf-8")
    reader = create_nb_reader(str(path), env.myst_config, env.mystnb_config, text)
    if reader is None:
        raise ValueError(f"{docname} needs `jupytext` in its header")
    return reader.read(text)


def executed(env: BuildEnvironment, notebook: NotebookNode) -> NotebookNode:
    """Return a notebook with the outputs that the build's cache holds.

    Raises
    ------
    KeyError
        If the cache holds no notebook with the same code.
    """
    cache = get_cache(env.mystnb_config.execution_cache_path)
    return cache.merge_match_into_notebook(notebook)[1]


def tidy(
    notebook: NotebookNode, name: str, names: Collection[str], sources: Sources
) -> NotebookNode:
    """Return a notebook as it is handed out: the same for the same text and outputs.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        It is not changed.
    name : str
        The chapter's name; it enters the cells' ids.
    names : collection of str
        The chapters that lie beside it: links lead to them. Of links to other pages
        the words stay.
    sources : rfbook.plain.Sources
        What names of boxes and of the bibliography stand for.
    """
    made = deepcopy(notebook)
    made.metadata = {key: made.metadata[key] for key in KEPT if key in made.metadata}
    made.metadata.get("language_info", {}).pop("version", None)
    made.nbformat, made.nbformat_minor = 4, 5
    for place, cell in enumerate(made.cells):
        digest = hashlib.sha256(f"{name} {place} {cell.source}".encode())
        cell.id = digest.hexdigest()[:12]
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = coalesce_streams(cell.outputs)
        else:
            cell.source = to_notebooks(resolve(cell.source, name, sources), names)
    return made


def without_myst(notebook: NotebookNode, sources: Sources) -> NotebookNode:
    """Return a notebook whose text is plain Markdown."""
    made = deepcopy(notebook)
    texts = [cell for cell in made.cells if cell.cell_type == "markdown"]
    equations = find_equations(cell.source for cell in texts)
    for cell in texts:
        cell.source = plain(cell.source, sources, equations)
    return made


def with_first_cell(notebook: NotebookNode, repository: str, ref: str) -> NotebookNode:
    """Return a notebook that begins with the cell that sees to the package."""
    made = deepcopy(notebook)
    reads = any(DATA in c.source for c in made.cells if c.cell_type == "code")
    source = first_cell(repository, ref, data=reads)
    cell = nbformat.v4.new_code_cell(source, id="install-rfbook")
    made.cells.insert(0, cell)
    return made


def notebooks(
    env: BuildEnvironment, repository: str = "", ref: str = "HEAD"
) -> dict[str, str]:
    """Return the notebooks of the book: path below the downloads' folder to JSON.

    A page whose outputs the cache does not hold is a warning, and so is the path of
    this machine in any of them.
    """
    docnames = chapters(env)
    names = [PurePosixPath(docname).name for docname in docnames]
    sources = read_sources(Path(env.srcdir, FOLDER))
    made = {}
    for docname, name in zip(docnames, names, strict=True):
        bare = read(env, docname)
        clean = with_first_cell(tidy(bare, name, names, sources), repository, ref)
        made[f"{name}.ipynb"] = dump(clean)
        made[f"{PLAIN}/{name}.ipynb"] = dump(without_myst(clean, sources))
        if env.mystnb_config.execution_mode == "off":
            continue
        try:
            full = tidy(executed(env, bare), name, names, sources)
        except KeyError:
            LOGGER.warning("no outputs of this page to hand out", location=docname)
            continue
        text = made[f"{EXECUTED}/{name}.ipynb"] = dump(full)
        if str(env.srcdir) in text:
            LOGGER.warning("an output names a path of this machine", location=docname)
    return made


def dump(notebook: NotebookNode) -> str:
    """Return a notebook as JSON.

    Raises
    ------
    nbformat.ValidationError
        If it is none.
    """
    nbformat.validate(notebook)
    return nbformat.writes(notebook) + "\n"


# --- what is written ------------------------------------------------------------------


def pack(members: Mapping[str, bytes]) -> bytes:
    """Return a zip of files: the same bytes whenever and wherever it is made.

    Examples
    --------
    >>> pack({"a": b"1", "b": b"2"}) == pack({"b": b"2", "a": b"1"})
    True
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(members):
            info = zipfile.ZipInfo(name, EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3  # else the bytes would tell Windows from the rest
            info.external_attr = 0o644 << 16
            archive.writestr(info, members[name])
    return buffer.getvalue()


def write(app: Sphinx, exception: Exception | None) -> None:
    """Write the notebooks and their zip into the finished book."""
    if exception is not None or app.builder.format != "html":
        return
    made = notebooks(app.env, *source_of(app))
    if not made:
        return
    folder = Path(app.outdir, NOTEBOOKS)
    for name, text in made.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    members = {name: text.encode() for name, text in made.items()}
    members["README.txt"] = README.format(version=__version__).encode()
    root = Path(app.srcdir, FOLDER)
    for path in (root / DATA).rglob("*"):
        if path.is_file():
            members[path.relative_to(root).as_posix()] = path.read_bytes()
    top = ARCHIVE.removesuffix(".zip")
    inside = {f"{top}/{name}": content for name, content in members.items()}
    (folder / ARCHIVE).write_bytes(pack(inside))


def source_of(app: Sphinx) -> tuple[str, str]:
    """Return the repository's address, '' where there is none, and what is taken."""
    return app.config.rfbook_repository_url, app.config.rfbook_repository_ref


# --- what a page offers ---------------------------------------------------------------


def link(url: str, text: str, tooltip: str, icon: str) -> dict[str, str]:
    """Return an entry of one of the theme's menus."""
    return {"type": "link", "url": url, "text": text, "tooltip": tooltip, "icon": icon}


def add_buttons(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Put a page's notebooks into the menu of downloads; add the menu of launches."""
    buttons = context.get("header_buttons")
    if buttons is None or doctree is None or not is_notebook(app.env, pagename):
        return
    name = PurePosixPath(pagename).name
    for menu in buttons:
        if menu.get("label") == "download-buttons":
            menu["buttons"][:0] = download_links(app, context["pathto"], name)
    launches = launch_links(app, name)
    if launches:
        buttons.insert(
            0,
            {
                "type": "group",
                "tooltip": "Run this page elsewhere",
                "icon": "fas fa-rocket",
                "buttons": launches,
                "label": "launch-buttons",
            },
        )


def download_links(app: Sphinx, pathto: Any, name: str) -> list[dict[str, str]]:
    """Return the menu's entries for the notebooks of a page."""
    entries = [(name, "Notebook (.ipynb)", "This page to run, without outputs")]
    if app.env.mystnb_config.execution_mode != "off":
        with_outputs = "This page with the outputs of the build"
        entries.append((f"{EXECUTED}/{name}", "Notebook with outputs", with_outputs))
    without = "This page for programs that show no theorem boxes"
    entries.append((f"{PLAIN}/{name}", "Notebook, plain Markdown", without))
    return [
        link(pathto(f"{NOTEBOOKS}/{path}.ipynb", 1), text, tooltip, "fas fa-code")
        for path, text, tooltip in entries
    ]


def launch_links(app: Sphinx, name: str) -> list[dict[str, str]]:
    """Return the menu's entries for services that run a page of a repository."""
    repository, ref = source_of(app)
    if not repository:
        return []
    services = {
        "Binder": (binder_url(repository, name, ref), "logo_binder.svg"),
        "Colab": (
            colab_url(repository, name, app.config.rfbook_pages_branch),
            "logo_colab.png",
        ),
    }
    return [
        link(url, text, f"Run this page on {text}", f"_static/images/{icon}")
        for text, (url, icon) in services.items()
        if url
    ]


class Placeholder(nodes.General, nodes.Element):
    """Stands for the list of downloads until all titles are known."""


class NotebooksDirective(SphinxDirective):
    """``{rfbook-notebooks}``: the zip and a table of all notebooks of the book."""

    def run(self) -> list[nodes.Node]:
        """Return what `fill_placeholders` replaces."""
        return [Placeholder()]


def fill_placeholders(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the links where the directive stands: in HTML alone, they lead to files."""
    for place in list(doctree.findall(Placeholder)):
        shown = downloads(app, docname) if app.builder.format == "html" else []
        place.replace_self(shown)


def downloads(app: Sphinx, docname: str) -> list[nodes.Node]:
    """Return the link to the zip, and the table with a row for each notebook."""
    root = "../" * docname.count("/") + NOTEBOOKS

    def to(path: str, words: str) -> nodes.reference:
        return nodes.reference("", words, internal=True, refuri=f"{root}/{path}")

    kinds = {"": "to run", f"{PLAIN}/": "in plain Markdown"}
    if app.env.mystnb_config.execution_mode != "off":
        kinds[f"{EXECUTED}/"] = "with outputs"
    body = []
    for chapter in in_order(app.env):
        name = PurePosixPath(chapter).name
        title = plain_title(app.env.titles[chapter].astext())
        body.append(
            [title, *(to(f"{k}{name}.ipynb", words) for k, words in kinds.items())]
        )
    whole = nodes.paragraph("", "", to(ARCHIVE, "All notebooks in a zip"))
    return [whole, table(["page", *kinds.values()], body, ["downloads"])]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the settings, the directive and the steps of the build."""
    app.add_config_value("rfbook_repository_ref", "HEAD", "html", [str])
    app.add_config_value("rfbook_pages_branch", "gh-pages", "html", [str])
    app.add_node(Placeholder)
    app.add_directive("rfbook-notebooks", NotebooksDirective)
    app.connect("doctree-resolved", fill_placeholders)
    # After the theme has made its menus.
    app.connect("html-page-context", add_buttons, priority=600)
    app.connect("build-finished", write, priority=550)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
