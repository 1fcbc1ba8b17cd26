"""Where the chapters lie, and copies of them for a reader.

A chapter is a page of the book that runs: a text notebook (MyST Markdown, read
and written by jupytext) with a kernel in its header and at least one code
cell. In a checkout the chapters lie under ``book/``; an installed wheel carries
them inside the package.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_DATA = Path("_static") / "data"
_FENCE = re.compile(r"^\s*(?:`{3,}|:{3,})\{code-cell\}", re.MULTILINE)
_TO_PAGE = re.compile(r"\[([^\]]*)\]\(([\w-]+)\.md(#[\w-]*)?\)")
_KERNEL = re.compile(r"^(?:kernelspec|jupytext)\s*:", re.MULTILINE)


def checkout() -> Path | None:
    """Return the root of the checkout this package runs from, if it does.

    Returns
    -------
    pathlib.Path or None
        The folder that holds ``book/`` and ``pyproject.toml`` beside the
        package; None for an installed wheel.
    """
    root = _PACKAGE.parent
    whole = (root / "book").is_dir() and (root / "pyproject.toml").is_file()
    return root if whole else None


def source_folder() -> Path:
    """Return the folder of the chapters: the checkout's, else the wheel's.

    Raises
    ------
    FileNotFoundError
        If the package was installed without its chapters.
    """
    root = checkout()
    folder = root / "book" if root else _PACKAGE / "_book"
    if not folder.is_dir():
        raise FileNotFoundError(f"this installation carries no chapters: {folder}")
    return folder


def front_matter(text: str) -> str:
    r"""Return the YAML header of a page, without its fences.

    Examples
    --------
    >>> front_matter("---\nkernelspec: x\n---\n# Title\n")
    'kernelspec: x'
    >>> front_matter("# Title\n")
    ''
    """
    match = re.match(r"---\s*\n(.*?)\n---\s*(?:\n|\Z)", text, re.DOTALL)
    return match.group(1) if match else ""


def has_code(text: str) -> bool:
    r"""Tell whether a page has a code cell, with or without a notebook header.

    Examples
    --------
    >>> has_code("```{code-cell} ipython3\n1\n```\n")
    True
    """
    return _FENCE.search(text) is not None


def is_chapter(text: str) -> bool:
    r"""Tell whether a page is a notebook: a kernel in its header, and code.

    Examples
    --------
    >>> page = "# Title\n```{code-cell}\n1\n```\n"
    >>> is_chapter(page), is_chapter("---\nkernelspec: x\n---\n" + page)
    (False, True)
    """
    return _KERNEL.search(front_matter(text)) is not None and has_code(text)


def list_chapters(folder: Path | None = None) -> tuple[str, ...]:
    """Return the names of the chapters, sorted.

    Parameters
    ----------
    folder : pathlib.Path, optional
        Where to look; `source_folder` by default.

    Returns
    -------
    tuple of str
        File names without their ending.
    """
    pages = sorted((folder or source_folder()).glob("*.md"))
    return tuple(p.stem for p in pages if is_chapter(p.read_text("utf-8")))


def to_notebooks(text: str, names: Iterable[str]) -> str:
    """Lead the links between pages to the notebooks that lie beside.

    Parameters
    ----------
    text : str
        Markdown.
    names : iterable of str
        The chapters that are there as notebooks; of links to other pages the words
        stay.

    Examples
    --------
    >>> to_notebooks("[Tools](tools.md#gauss), [terms](notation.md)", ["tools"])
    '[Tools](tools.ipynb#gauss), terms'
    """
    there = set(names)

    def lead(link: re.Match) -> str:
        words, page, anchor = link.groups()
        return f"[{words}]({page}.ipynb{anchor or ''})" if page in there else words

    return _TO_PAGE.sub(lead, text)


def copy_chapters(
    dest: str | Path,
    names: Iterable[str] | None = None,
    *,
    format: str = "md",  # noqa: A002 - the keyword every caller expects
    force: bool = False,
    keep: bool = False,
) -> tuple[Path, ...]:
    """Copy chapters, with the recorded data they read, into a folder.

    Parameters
    ----------
    dest : str or pathlib.Path
        The folder to fill; made if need be.
    names : iterable of str, optional
        The chapters to copy; all by default.
    format : {"md", "ipynb"}
        ``md`` copies the text notebook, ``ipynb`` converts it by jupytext.
    force : bool
        Whether files that are there may be replaced.
    keep : bool
        Whether files that are there stay as they are and the others are written.

    Returns
    -------
    tuple of pathlib.Path
        What was written, in order.

    Raises
    ------
    ValueError
        For an unknown chapter or format, or if both `force` and `keep` are asked for.
    FileExistsError
        If a file is there and neither is; nothing is then written.
    """
    if format not in ("md", "ipynb"):
        raise ValueError(f"format must be 'md' or 'ipynb', got {format!r}")
    if force and keep:
        raise ValueError("force and keep exclude each other")
    folder = source_folder()
    known = list_chapters(folder)
    chosen = known if names is None else tuple(dict.fromkeys(names))
    for name in chosen:
        if name not in known:
            raise ValueError(f"no chapter {name!r}; there are: {', '.join(known)}")
    dest = Path(dest)
    plan = {dest / f"{name}.{format}": folder / f"{name}.md" for name in chosen}
    plan |= _data_plan(folder, dest)
    if keep:
        plan = {new: source for new, source in plan.items() if not new.exists()}
    _refuse_overwriting(plan, force)
    for target, source in plan.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.suffix == ".ipynb":
            _convert(source, target, known)
        else:
            shutil.copyfile(source, target)
    return tuple(plan)


def copy_data(dest: str | Path = ".") -> tuple[Path, ...]:
    """Copy the recorded data that chapters read into a folder; replace nothing.

    Parameters
    ----------
    dest : str or pathlib.Path
        The folder of a notebook; the data go into ``_static/data`` below it.

    Returns
    -------
    tuple of pathlib.Path
        What was written: nothing where all of it is there.
    """
    return copy_chapters(dest, (), keep=True)


def _data_plan(folder: Path, dest: Path) -> dict[Path, Path]:
    data = sorted(p for p in (folder / _DATA).rglob("*") if p.is_file())
    return {dest / p.relative_to(folder): p for p in data}


def _refuse_overwriting(targets: Iterable[Path], force: bool) -> None:
    there = [str(p) for p in targets if p.exists()]
    if there and not force:
        raise FileExistsError(f"already there (use --force): {', '.join(there)}")


def _convert(source: Path, target: Path, names: Iterable[str]) -> None:
    # jupytext is needed for this one format only: the text form has no need of it.
    try:
        import jupytext
    except ImportError as error:
        raise ValueError("format 'ipynb' needs the package jupytext") from error
    from rfbook.plain import read_sources, resolve

    sources = read_sources(source.parent)
    notebook = jupytext.reads(source.read_text("utf-8"), fmt="md:myst")
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            known = resolve(cell.source, source.stem, sources)
            cell.source = to_notebooks(known, names)
    jupytext.write(notebook, target, fmt="ipynb")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="rfbook chapters", description="List the book's chapters or copy them."
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="default: all")
    parser.add_argument("--copy", metavar="DIR", help="copy into this folder")
    parser.add_argument("--format", choices=("md", "ipynb"), default="md")
    there = parser.add_mutually_exclusive_group()
    there.add_argument("--force", action="store_true", help="replace files")
    there.add_argument("--keep", action="store_true", help="leave files as they are")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``rfbook chapters``; return its exit status.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments after ``chapters``; the process's own by default.

    Returns
    -------
    int
        0; 1 when files in the way stopped it; 2 on a wrong call.
    """
    parser = _parser()
    args = parser.parse_args(argv)
    if args.names and args.copy is None:
        parser.error("chapters are named to be copied: --copy DIR is missing")
    try:
        if args.copy is None:
            for name in list_chapters():
                print(name)
        else:
            for path in copy_chapters(
                args.copy,
                args.names or None,
                format=args.format,
                force=args.force,
                keep=args.keep,
            ):
                print(path)
    except OSError as error:
        print(f"rfbook chapters: {error}", file=sys.stderr)
        return 1
    except ValueError as error:
        print(f"rfbook chapters: {error}", file=sys.stderr)
        return 2
    return 0
