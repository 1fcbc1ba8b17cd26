"""Reference outputs of the chapters: made, stripped, compared.

Each chapter ``book/NAME.md`` has a reference notebook ``tests/golden/NAME.ipynb``
with the code cells and what they put out on a CPU, pictures taken out. The test
run executes the chapter and compares; ``python -m rfbook.golden`` makes the
references again and prints the numbers that change.

A cell whose output cannot be repeated carries the tag ``nbval-ignore-output``
and says why in its metadata, ``nbval_reason``. A cell whose output must be the
same on every device carries ``nbval-check-output``.
"""

from __future__ import annotations

import argparse
import difflib
import math
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rfbook.chapters import checkout, is_chapter, list_chapters

if TYPE_CHECKING:
    from nbformat import NotebookNode

IGNORE = "nbval-ignore-output"
CHECK = "nbval-check-output"
RAISES = {"raises-exception", "nbval-raises-exception"}
REASON = "nbval_reason"
REMAKE = "run `make golden` and look at the differences it prints"
CELL_TIMEOUT = 120
"""Seconds a cell may take: twice the time a whole chapter is meant to."""

_STRIPPED = "(picture, not kept)"
_INLINE_PICTURE = re.compile(r"data:image/[^\s\"')]+|<svg\b.*?</svg>", re.DOTALL)
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")
_NBVAL_COMMENT = re.compile(r"^\s*#\s*(?:NBVAL|PYTEST_VALIDATE)_\w+", re.MULTILINE)
_NUMBER = re.compile(
    r"(?<![\w.])[-+\N{MINUS SIGN}]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
)


class GoldenError(ValueError):
    """A chapter whose output cannot be made or used as a reference."""


def reference_path(root: Path, name: str) -> Path:
    """Return where the reference notebook of a chapter lies."""
    return root / "tests" / "golden" / f"{name}.ipynb"


def read_chapter(path: Path) -> NotebookNode | None:
    """Read a page of the book as a notebook.

    Parameters
    ----------
    path : pathlib.Path
        A MyST page.

    Returns
    -------
    nbformat.NotebookNode or None
        The notebook; None for a page that does not run.
    """
    text = path.read_text("utf-8")
    if not is_chapter(text):
        return None
    import jupytext

    return jupytext.reads(text, fmt="md:myst")


def read_reference(path: Path) -> NotebookNode | None:
    """Read a reference notebook; None where there is no such file."""
    import nbformat

    return nbformat.read(path, as_version=4) if path.is_file() else None


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the code cells of a notebook, in order."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def tags(cell: NotebookNode) -> frozenset[str]:
    """Return the tags of a cell."""
    return frozenset(cell.metadata.get("tags", ()))


# ---- outputs ---------------------------------------------------------------


def strip_outputs(outputs: Sequence[Mapping[str, Any]]) -> list[NotebookNode]:
    """Return outputs without pictures, counters, and addresses of this run.

    The type of a picture stays as a key with a fixed text for its value, so a
    comparison still sees that a figure was made. Neighbouring pieces of one
    stream become one, as where the kernel cuts them is chance.

    Parameters
    ----------
    outputs : sequence of mapping
        Outputs of a code cell in the notebook format 4.

    Returns
    -------
    list of nbformat.NotebookNode

    Examples
    --------
    >>> png = {"image/png": "iVBORw0", "text/plain": "<Figure>"}
    >>> out = {"output_type": "display_data", "data": png, "metadata": {}}
    >>> strip_outputs([out])[0].data["image/png"]
    '(picture, not kept)'
    >>> strip_outputs(strip_outputs([out])) == strip_outputs([out])
    True
    """
    from nbformat import from_dict

    stripped: list[NotebookNode] = []
    for raw in outputs:
        out = from_dict(dict(raw))
        if "data" in out:
            out.data = from_dict(
                {mime: _strip_data(mime, value) for mime, value in out.data.items()}
            )
            out.metadata = from_dict({})
        if "execution_count" in out:
            out.execution_count = None
        if "traceback" in out:
            out.traceback = []
        before = stripped[-1] if stripped else None
        if out.output_type == "stream" and before and before.get("name") == out.name:
            before.text += out.text
        else:
            stripped.append(out)
    return stripped


def _strip_data(mime: str, value: Any) -> Any:
    if "image/" in mime:
        return _STRIPPED
    if mime == "text/html":
        return _INLINE_PICTURE.sub(_STRIPPED, value)
    return value


def stderr_text(outputs: Sequence[Mapping[str, Any]]) -> str:
    """Return what a cell wrote to its error stream."""
    return "".join(
        out["text"]
        for out in outputs
        if out["output_type"] == "stream" and out["name"] == "stderr"
    )


def output_texts(outputs: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Return the texts of outputs, each with the name of its kind."""
    texts = []
    for out in outputs:
        if out["output_type"] == "stream":
            texts.append((out["name"], out["text"]))
        elif out["output_type"] == "error":
            texts.append(("error", f"{out['ename']}: {out['evalue']}"))
        else:
            texts += [(mime, str(value)) for mime, value in sorted(out["data"].items())]
    return texts


# ---- rules -----------------------------------------------------------------


def cell_faults(cell: NotebookNode) -> list[str]:
    """Return which rules on tags a code cell breaks, in words."""
    faults = []
    marked, reason = tags(cell), cell.metadata.get(REASON, "")
    if _NBVAL_COMMENT.search(cell.source):
        faults.append("marks itself in a comment: use a tag")
    if "nbval-skip" in marked:
        faults.append("is skipped: every cell of a chapter runs")
    if IGNORE in marked and not str(reason).strip():
        faults.append(f"has the tag {IGNORE} and no {REASON}")
    if reason and IGNORE not in marked:
        faults.append(f"has a {REASON} and no tag {IGNORE}")
    if {IGNORE, CHECK} <= marked:
        faults.append(f"has both tags {IGNORE} and {CHECK}")
    return faults


def chapter_faults(chapter: NotebookNode, reference: NotebookNode) -> list[str]:
    """Return which rules a chapter with its reference breaks, in words.

    The reference has the chapter's code; its cells are marked as run and hold no
    address of an object in memory; of the cells with output at least four in
    five are compared, and one at least on every device.

    Parameters
    ----------
    chapter, reference : nbformat.NotebookNode
        What `read_chapter` and `read_reference` give.

    Returns
    -------
    list of str
        Empty when all is well.
    """
    cells, kept = code_cells(chapter), code_cells(reference)
    if [cell.source for cell in cells] != [cell.source for cell in kept]:
        return [f"the reference is stale, its code is not the chapter's: {REMAKE}"]
    faults = [f"code cell {i} {f}" for i, c in enumerate(cells) for f in cell_faults(c)]
    for i, (cell, ref) in enumerate(zip(cells, kept, strict=True)):
        # nbval compares nothing, in silence, where the count is missing.
        if ref.execution_count is None:
            faults.append(f"code cell {i} of the reference was never run: {REMAKE}")
        faults += [f"code cell {i} {f}" for f in output_faults(cell, ref.outputs)]
    ignored = sum(IGNORE in tags(cell) for cell in cells)
    compared = sum(
        bool(ref.outputs) and IGNORE not in tags(cell)
        for cell, ref in zip(cells, kept, strict=True)
    )
    if compared < 4 * ignored or not compared:
        faults.append(
            f"{compared} of {compared + ignored} cells with output are compared: "
            "four in five at least must be"
        )
    checked = [r for c, r in zip(cells, kept, strict=True) if CHECK in tags(c)]
    if not any(ref.outputs for ref in checked):
        faults.append(
            f"no cell with output is {CHECK}: a device run would compare none"
        )
    return faults


def output_faults(
    cell: NotebookNode, outputs: Sequence[Mapping[str, Any]]
) -> list[str]:
    """Return what makes a cell's outputs unfit for a reference, in words.

    Parameters
    ----------
    cell : nbformat.NotebookNode
        The chapter's code cell: its tags say what is allowed.
    outputs : sequence of mapping
        What it put out.

    Returns
    -------
    list of str
        Empty when the outputs are fit.
    """
    faults = []
    if text := stderr_text(outputs):
        faults.append(f"writes to stderr: {_short(text)}")
    for kind, text in output_texts(outputs):
        # An error while an object is shown does not make the cell fail by itself.
        if kind == "error" and not tags(cell) & RAISES:
            faults.append(f"ends in an error: {_short(text)}")
        match = _ADDRESS.search(text)
        if match and IGNORE not in tags(cell):
            faults.append(f"puts out an address in memory ({kind}): {match.group()}")
    return faults


# ---- execution -------------------------------------------------------------


def kernel_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for a chapter's kernel.

    It is the caller's, with this ``rfbook`` first on the path, without a choice
    of a matplotlib backend (one without display would drop every figure), and on
    the CPU unless a device is named: the references are made there.

    Parameters
    ----------
    environ : mapping of str to str
        Usually ``os.environ``.

    Examples
    --------
    >>> kernel_environment({"MPLBACKEND": "Agg"})["RFBOOK_DEVICE"]
    'cpu'
    >>> kernel_environment({"RFBOOK_DEVICE": "cuda"})["RFBOOK_DEVICE"]
    'cuda'
    """
    env = {"RFBOOK_DEVICE": "cpu", **environ}
    env.pop("MPLBACKEND", None)
    home = str(Path(__file__).resolve().parents[1])
    paths = [home, *filter(None, env.get("PYTHONPATH", "").split(os.pathsep))]
    env["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(paths))
    return env


def execute(chapter: NotebookNode, folder: Path) -> NotebookNode:
    """Run a chapter in a fresh kernel of this Python; return its reference.

    Parameters
    ----------
    chapter : nbformat.NotebookNode
        What `read_chapter` gives; it is not changed.
    folder : pathlib.Path
        The kernel's working directory.

    Returns
    -------
    nbformat.NotebookNode
        The code cells with stripped outputs; those of ignored cells are empty.

    Raises
    ------
    GoldenError
        If a cell fails, is out of time or breaks a rule of `output_faults`.
    """
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError
    from nbformat.v4 import new_notebook
    from nbval.kernel import CURRENT_ENV_KERNEL_NAME, NbvalKernelspecManager

    notebook = new_notebook(cells=[_bare(cell) for cell in code_cells(chapter)])
    manager = AsyncKernelManager(
        kernel_name=CURRENT_ENV_KERNEL_NAME,
        kernel_spec_manager=NbvalKernelspecManager(),
    )
    client = NotebookClient(
        notebook, km=manager, timeout=CELL_TIMEOUT, coalesce_streams=True
    )
    env = {**kernel_environment(os.environ), "RFBOOK_DEVICE": "cpu"}
    try:
        # What a cell writes to stderr is still seen: it comes as an output.
        client.execute(
            env=env, cwd=str(folder), stderr=subprocess.DEVNULL, cleanup_kc=True
        )
    except (CellExecutionError, CellTimeoutError) as error:
        raise GoldenError(str(error)) from error
    return _as_reference(notebook, code_cells(chapter))


def _bare(cell: NotebookNode) -> NotebookNode:
    from nbformat.v4 import new_code_cell

    return new_code_cell(cell.source, metadata={"tags": sorted(tags(cell))})


def _as_reference(
    notebook: NotebookNode, cells: Sequence[NotebookNode]
) -> NotebookNode:
    faults = []
    for number, (cell, source) in enumerate(zip(notebook.cells, cells, strict=True)):
        found = cell_faults(source) + output_faults(source, cell.outputs)
        faults += [f"code cell {number} {fault}" for fault in found]
        cell.outputs = [] if IGNORE in tags(source) else strip_outputs(cell.outputs)
        cell.execution_count = number + 1
        cell.metadata = {}
        del cell["id"]
    if faults:
        raise GoldenError("; ".join(faults))
    # Format 4.4 is the last without cell ids, which would be new in every run.
    notebook.nbformat_minor = 4
    notebook.metadata = {
        "kernelspec": {
            "display_name": "Python 3",
            "language": "python",
            "name": "python3",
        }
    }
    return notebook


def dumps(reference: NotebookNode) -> str:
    """Return the text of a reference notebook's file."""
    import nbformat

    return nbformat.writes(reference).rstrip("\n") + "\n"


# ---- differences -----------------------------------------------------------


@dataclass(frozen=True)
class Difference:
    """One change between two references of a chapter.

    Parameters
    ----------
    cell : int
        Number of the code cell in the new reference.
    words : str
        What changed, for a reader.
    size : float
        Absolute difference of the numbers; NaN where the change is no number's.
    """

    cell: int
    words: str
    size: float = float("nan")


def differences(old: NotebookNode, new: NotebookNode) -> list[Difference]:
    """Compare two references, cell by cell with the same code.

    Parameters
    ----------
    old, new : nbformat.NotebookNode
        What `read_reference` or `execute` gives.

    Returns
    -------
    list of Difference
        Numbers that changed each by itself; other changes one for each output.
    """
    before, after = code_cells(old), code_cells(new)
    matcher = difflib.SequenceMatcher(
        a=[cell.source for cell in before],
        b=[cell.source for cell in after],
        autojunk=False,
    )
    found: list[Difference] = []
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        if kind == "equal":
            for i, j in zip(range(i1, i2), range(j1, j2), strict=True):
                found += _output_differences(j, before[i].outputs, after[j].outputs)
        else:
            words = f"code changed: {i2 - i1} cells before, {j2 - j1} now"
            found.append(Difference(j1, words))
    return found


def _output_differences(
    cell: int, old: Sequence[Any], new: Sequence[Any]
) -> list[Difference]:
    before, after = output_texts(old), output_texts(new)
    if [kind for kind, _ in before] != [kind for kind, _ in after]:
        kinds = [", ".join(kind for kind, _ in x) or "nothing" for x in (before, after)]
        return [Difference(cell, f"outputs: {kinds[0]} -> {kinds[1]}")]
    found: list[Difference] = []
    for (kind, text), (_, other) in zip(before, after, strict=True):
        found += _text_differences(cell, kind, text, other)
    return found


def _text_differences(cell: int, kind: str, old: str, new: str) -> list[Difference]:
    if old == new:
        return []
    if _NUMBER.sub("#", old) != _NUMBER.sub("#", new):
        return [Difference(cell, f"{kind}: {_short(old)} -> {_short(new)}")]
    found = []
    for a, b in zip(_NUMBER.findall(old), _NUMBER.findall(new), strict=True):
        if a != b:
            size = abs(_value(b) - _value(a))
            found.append(Difference(cell, f"{kind}: {a} -> {b}", size))
    return found


def _value(number: str) -> float:
    return float(number.replace("\N{MINUS SIGN}", "-"))


def _short(text: str, width: int = 60) -> str:
    flat = " ".join(text.split())
    return repr(
        flat if len(flat) <= width else flat[: width - 1] + "\N{HORIZONTAL ELLIPSIS}"
    )


def report(name: str, found: Sequence[Difference], limit: int = 40) -> Iterator[str]:
    """Yield the lines that tell a reader what changed in a chapter.

    Parameters
    ----------
    name : str
        The chapter.
    found : sequence of Difference
        What `differences` gives.
    limit : int
        How many changes to print in full.
    """
    if not found:
        yield f"{name}: no difference"
        return
    sizes = [change.size for change in found if not math.isnan(change.size)]
    largest = f", largest change of a number {max(sizes):.3g}" if sizes else ""
    yield f"{name}: {len(found)} differences{largest}"
    for change in found[:limit]:
        size = "" if math.isnan(change.size) else f"  (by {change.size:.3g})"
        yield f"  code cell {change.cell}: {change.words}{size}"
    if len(found) > limit:
        yield f"  and {len(found) - limit} more"


# ---- the command -----------------------------------------------------------


def orphans(root: Path) -> list[Path]:
    """Return the reference notebooks that belong to no chapter of a book."""
    names = set(list_chapters(root / "book"))
    kept = sorted((root / "tests" / "golden").glob("*.ipynb"))
    return [path for path in kept if path.stem not in names]


def remake(root: Path, name: str, *, write: bool) -> bool:
    """Run one chapter, print what changes, and write its reference.

    Parameters
    ----------
    root : pathlib.Path
        The checkout.
    name : str
        The chapter.
    write : bool
        Whether to write the file; otherwise it is only compared.

    Returns
    -------
    bool
        Whether the new reference is the old one.

    Raises
    ------
    GoldenError
        If the chapter cannot be run, see `execute`.
    """
    chapter = read_chapter(root / "book" / f"{name}.md")
    if chapter is None:
        raise GoldenError(f"{name} is no chapter: it has no kernel or no code")
    path = reference_path(root, name)
    old = read_reference(path)
    start = time.perf_counter()
    new = execute(chapter, root / "book")
    seconds = time.perf_counter() - start
    if old is None:
        lines: Sequence[str] = [f"{name}: no reference before, {len(new.cells)} cells"]
    else:
        lines = list(report(name, differences(old, new)))
    print(*lines, f"  ran in {seconds:.1f} s", sep="\n", flush=True)
    text = dumps(new)
    same = path.is_file() and path.read_text("utf-8") == text
    if write and not same:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    for fault in chapter_faults(chapter, new):
        print(f"  rule broken: {fault}")
    return same


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m rfbook.golden",
        description="Make the chapters' reference outputs; print what changes.",
    )
    parser.add_argument("names", nargs="*", metavar="CHAPTER", help="default: all")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; 1 on any difference"
    )
    return parser


def main(argv: Sequence[str] | None = None, *, root: Path | None = None) -> int:
    """Run ``python -m rfbook.golden``; return its exit status.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments; the process's own by default.
    root : pathlib.Path, optional
        The checkout; the one this package runs from by default.

    Returns
    -------
    int
        0; 1 for a chapter that fails or, with ``--check``, differs; 2 on a wrong
        call.
    """
    args = _parser().parse_args(argv)
    root = root or checkout()
    if root is None:
        print("rfbook.golden: not in a checkout of the book", file=sys.stderr)
        return 2
    known = list_chapters(root / "book")
    if unknown := sorted(set(args.names) - set(known)):
        there = ", ".join(known)
        print(f"no chapter {', '.join(unknown)}; there are: {there}", file=sys.stderr)
        return 2
    good = True
    for name in args.names or known:
        try:
            same = remake(root, name, write=not args.check)
        except GoldenError as error:
            print(f"{name}: {error}", file=sys.stderr)
            good = False
        else:
            good = good and (same or not args.check)
    if not args.names:
        good = _handle_orphans(root, write=not args.check) and good
    return 0 if good else 1


def _handle_orphans(root: Path, *, write: bool) -> bool:
    extra = orphans(root)
    for path in extra:
        print(f"{path.stem}: reference without a chapter{', removed' if write else ''}")
        if write:
            path.unlink()
    return write or not extra


if __name__ == "__main__":
    sys.exit(main())
