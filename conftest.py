"""Collect the book's chapters as tests: every cell runs, its output is compared.

``pytest book`` runs each chapter in a fresh kernel of this Python and compares
with ``tests/golden``; ``--nbval-lax`` compares only the cells tagged
``nbval-check-output``, which must agree on any device. With pytest-xdist use
``--dist loadfile``.
"""

from __future__ import annotations

import os
from collections import defaultdict
from unittest import mock

import pytest
from nbval.plugin import IPyNbCell, IPyNbFile, find_metadata_tags, nocolors

from rfbook import golden
from rfbook.chapters import is_chapter

CHAPTER_BUDGET = 60
"""Seconds a chapter may take before the summary warns."""

collect_ignore_glob = ["tests/golden/*"]


def pytest_configure(config):
    """Run chapters in this Python, with a limit that a stuck cell meets."""
    config.addinivalue_line("markers", "notebook: an item made from a chapter")
    config.option.nbval_current_env = True
    config.option.nbval_cell_timeout = min(
        config.option.nbval_cell_timeout, golden.CELL_TIMEOUT
    )


def pytest_collect_file(file_path, parent):
    """Collect the pages of ``book/`` that run."""
    if file_path.suffix != ".md" or file_path.parent != parent.config.rootpath / "book":
        return None
    if not is_chapter(file_path.read_text("utf-8")):
        return None
    return ChapterFile.from_parent(parent, path=file_path)


class ChapterFile(IPyNbFile):
    """A chapter: nbval's notebook, its outputs taken from the reference."""

    done = 0

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        pictures = ("image/png", "image/jpeg")
        self.skip_compare = tuple(k for k in self.skip_compare if k not in pictures)
        self.add_marker("notebook")

    def collect(self):
        """Yield the rules as one item, then the cells if there is a reference."""
        chapter = golden.read_chapter(self.path)
        root = self.config.rootpath
        reference = golden.read_reference(golden.reference_path(root, self.path.stem))
        if reference is None:
            faults = [f"the chapter has no reference: {golden.REMAKE}"]
        else:
            faults = golden.chapter_faults(chapter, reference)
        yield RulesItem.from_parent(self, name="reference", faults=faults)
        cells = golden.code_cells(chapter)
        kept = golden.code_cells(reference) if reference else []
        if [cell.source for cell in cells] != [cell.source for cell in kept]:
            return
        for number, (cell, ref) in enumerate(zip(cells, kept, strict=True)):
            options = defaultdict(bool, find_metadata_tags(cell.metadata))
            options.setdefault("check", self.compare_outputs)
            yield ChapterCell.from_parent(
                self, name=f"Cell {number}", cell_num=number, cell=ref, options=options
            )

    def setup(self):
        """Start the kernel in the chapters' environment."""
        env = golden.kernel_environment(os.environ)
        with mock.patch.dict(os.environ, env, clear=True):
            super().setup()


class RulesItem(pytest.Item):
    """Whether the reference is fresh and enough of the chapter is compared."""

    def __init__(self, *, faults, **kwargs):
        super().__init__(**kwargs)
        self.faults = faults

    def runtest(self):
        """Fail with every rule that is broken."""
        if self.faults:
            raise golden.GoldenError("\n".join(self.faults))

    def repr_failure(self, excinfo, style=None):
        """Show the rules, not a traceback."""
        if excinfo.errisinstance(golden.GoldenError):
            return f"{self.path.stem}: {excinfo.value}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self):
        """Name the item where it fails."""
        return self.path, None, f"{self.path.stem}: {self.name}"


class ChapterCell(IPyNbCell):
    """A cell: nbval's, with pictures stripped and stderr forbidden."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.output_timeout = 30
        if self.config.option.color != "yes":
            self.colors = nocolors

    def reportinfo(self):
        """Name the item where it fails."""
        return self.path, None, f"{self.path.stem}: {self.name}"

    def runtest(self):
        """Run the cell after the cells before it, and compare."""
        if self.parent.done != self.cell_num:
            self.raise_cell_error(
                "the cells of a chapter run in order in one process: "
                "run the whole chapter, under pytest-xdist with --dist loadfile"
            )
        self.parent.done += 1
        super().runtest()
        if text := golden.stderr_text(self.test_outputs):
            self.raise_cell_error(f"the cell wrote to stderr: {text}")

    def compare_outputs(self, test, ref, skip_compare=None):
        """Compare as nbval does, the pictures' contents left out."""
        return super().compare_outputs(golden.strip_outputs(test), ref, skip_compare)


def pytest_terminal_summary(terminalreporter):
    """Print how long each chapter took, and warn over the budget."""
    seconds = defaultdict(float)
    for reports in terminalreporter.stats.values():
        for item in reports:
            path, _, name = getattr(item, "nodeid", "").partition("::")
            if path.startswith("book/") and name:
                seconds[path] += getattr(item, "duration", 0.0)
    if seconds:
        terminalreporter.section("chapters")
    for path, total in sorted(seconds.items()):
        late = f"  WARNING: over {CHAPTER_BUDGET} s" if total > CHAPTER_BUDGET else ""
        terminalreporter.write_line(f"{path}: {total:.1f} s{late}")
