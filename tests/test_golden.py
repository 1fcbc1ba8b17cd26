"""The chapters' outputs are really compared: falsify one and see the run fail."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from rfbook import chapters, golden

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
HEADER = (
    "---\nkernelspec:\n  name: python3\n  display_name: Python 3\n---\n\n# A page\n"
)
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAA"
    "SUVORK5CYII="
)
# Three cells: one that agrees on every device, one without output, one that shows
# every kind of output.
CELLS = [
    ([golden.CHECK], "print(1.5)"),
    ([], "import os\nfrom base64 import b64decode\nfrom IPython.display import *"),
    (
        [],
        'display(HTML("<table><tr><td>0.25</td></tr></table>"), Latex("$x^2$"))\n'
        f'display(Image(data=b64decode("{PIXEL}")))\n'
        'os.environ["RFBOOK_DEVICE"], os.environ.get("RFBOOK_WORD")',
    ),
]
WARNING = ([golden.IGNORE], 'import sys\nprint("careful", file=sys.stderr)')


def page(cells=CELLS, reason="it is never twice the same") -> str:
    """Return a chapter's text from tags and sources."""
    text = HEADER
    for marked, source in cells:
        options = f":tags: [{', '.join(marked)}]\n" if marked else ""
        if golden.IGNORE in marked and reason:
            options += f":{golden.REASON}: {reason}\n"
        text += f"\n```{{code-cell}} ipython3\n{options}\n{source}\n```\n"
    return text


def parsed(text):
    import jupytext

    return jupytext.reads(text, fmt="md:myst")


@pytest.fixture(scope="module")
def right():
    """The true reference of the three cells."""
    return golden.execute(parsed(page()), ROOT)


def falsified(reference, old, new):
    changed = deepcopy(reference)
    outputs = json.dumps([cell.outputs for cell in changed.cells])
    assert old in outputs
    replaced = json.loads(outputs.replace(old, new))
    for cell, outs in zip(changed.cells, replaced, strict=True):
        cell.outputs = [nbformat.from_dict(out) for out in outs]
    return changed


def without_output(reference, cell, place):
    changed = deepcopy(reference)
    del changed.cells[cell].outputs[place]
    return changed


def write_book(root, books) -> None:
    (root / "book").mkdir()
    (root / "tests" / "golden").mkdir(parents=True)
    shutil.copy(ROOT / "conftest.py", root)
    (root / "pytest.ini").write_text("[pytest]\naddopts = --strict-markers\n")
    for name, (text, reference) in books.items():
        (root / "book" / f"{name}.md").write_text(text)
        if reference is not None:
            path = golden.reference_path(root, name)
            path.write_text(golden.dumps(reference))


def run(root, *arguments, **variables):
    """Run pytest on a book; return outcome and message of each item, and the text."""
    env = {
        k: v for k, v in os.environ.items() if not k.startswith(("RFBOOK", "PYTEST"))
    }
    env |= {"PYTHONPATH": str(ROOT), "MPLBACKEND": "Agg", **variables}
    command = [sys.executable, "-m", "pytest", "book", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, "--color=no", "--junitxml=report.xml", *arguments],
        cwd=root,
        env=env,
        capture_output=True,
        text=True,
        timeout=300,
    )
    outcomes = {}
    for case in ElementTree.parse(root / "report.xml").iter("testcase"):
        chapter = case.attrib["classname"].removesuffix(".md").rpartition(".")[2]
        failure = case.find("failure")
        message = None if failure is None else f"{failure.text}"
        outcomes[chapter, case.attrib["name"]] = message
    return outcomes, done


@pytest.fixture(scope="module")
def strict(tmp_path_factory, right):
    """A run over chapters that are each wrong in one way, and one that is right."""
    words = falsified(right, "'cpu', None", "'cpu', 'seen'")
    warned = deepcopy(right)
    warned.cells.append(
        new_code_cell(WARNING[1], execution_count=4, metadata={}, outputs=[])
    )
    del warned.cells[-1]["id"]
    books = {
        "good": (page(), words),
        "number": (page(), falsified(words, "1.5\\n", "1.6\\n")),
        "table": (page(), falsified(words, "0.25", "0.26")),
        "latex": (page(), falsified(words, "x^2", "x^3")),
        "result": (page(), falsified(words, "seen", "unseen")),
        "picture": (page(), without_output(words, 2, 2)),
        "stale": (page([([], "print(2.5)"), *CELLS[1:]]), words),
        "missing": (page(), None),
        "warned": (page([*CELLS, WARNING]), warned),
        "prose": ("# No code\n", None),
    }
    root = tmp_path_factory.mktemp("strict")
    write_book(root, books)
    return run(root, RFBOOK_WORD="seen")


ITEMS = ("reference", "Cell 0", "Cell 1", "Cell 2")


def test_a_chapter_with_its_outputs_passes(strict):
    outcomes, _ = strict
    assert {k[1]: v for k, v in outcomes.items() if k[0] == "good"} == dict.fromkeys(
        ITEMS
    )


@pytest.mark.parametrize(
    ("name", "cell", "words"),
    [
        ("number", "Cell 0", ["1.6", "1.5"]),
        ("table", "Cell 2", ["text/html", "0.26", "0.25"]),
        ("latex", "Cell 2", ["text/latex", "x^3", "x^2"]),
        ("result", "Cell 2", ["text/plain", "unseen", "seen"]),
        ("picture", "Cell 2", ["image/png"]),
    ],
)
def test_a_falsified_reference_fails_in_its_cell_alone(strict, name, cell, words):
    outcomes, done = strict
    assert done.returncode == 1
    failed = {k[1]: v for k, v in outcomes.items() if k[0] == name and v}
    assert list(failed) == [cell]
    assert "Cell outputs differ" in failed[cell] or "output fields" in failed[cell]
    for word in words:
        assert word in failed[cell]


def test_a_stale_reference_is_a_loud_error(strict):
    outcomes, _ = strict
    stale = {k[1]: v for k, v in outcomes.items() if k[0] == "stale"}
    assert list(stale) == ["reference"]
    assert "stale" in stale["reference"]
    assert "`make golden`" in stale["reference"]


def test_a_chapter_without_reference_is_an_error(strict):
    outcomes, _ = strict
    missing = {k[1]: v for k, v in outcomes.items() if k[0] == "missing"}
    assert list(missing) == ["reference"]
    assert "no reference: run `make golden`" in missing["reference"]


def test_stderr_fails_in_an_ignored_cell_too(strict):
    outcomes, _ = strict
    failed = {k[1]: v for k, v in outcomes.items() if k[0] == "warned" and v}
    assert "wrote to stderr: careful" in failed["Cell 3"]


def test_a_page_without_code_is_not_collected(strict):
    outcomes, done = strict
    assert not any(chapter == "prose" for chapter, _ in outcomes)
    assert "prose" not in done.stdout


def test_the_summary_tells_the_time_of_each_chapter(strict):
    _, done = strict
    summary = done.stdout.partition(" chapters ")[2]
    assert "book/good.md: " in summary


def test_a_device_run_compares_the_marked_cells_only(tmp_path, right):
    cuda = falsified(right, "'cpu', None", "'other', None")
    books = {
        "good": (page(), cuda),
        "number": (page(), falsified(cuda, "1.5\\n", "1.6\\n")),
    }
    write_book(tmp_path, books)
    outcomes, done = run(tmp_path, "--nbval-lax", RFBOOK_DEVICE="cuda")
    assert done.returncode == 1
    failed = [key for key, message in outcomes.items() if message]
    assert failed == [("number", "Cell 0")]
    assert len(outcomes) == 8


def test_a_cell_alone_is_refused(tmp_path, right):
    write_book(tmp_path, {"good": (page(), right)})
    outcomes, _ = run(tmp_path, "-k", "Cell and 2")
    assert "run in order" in outcomes["good", "Cell 2"]


# ---- rules -----------------------------------------------------------------


def ignoring(number, compared):
    """Return a chapter and reference with some cells ignored, others compared."""
    cells = [([golden.CHECK], "print(1.5)")] * compared
    cells += [([golden.IGNORE], "print(2.5)")] * number
    out = [new_output("stream", name="stdout", text="1.5\n")]
    kept = [new_code_cell(s, execution_count=1, outputs=out) for _, s in cells]
    return parsed(page(cells)), new_notebook(cells=kept)


def test_four_cells_in_five_are_compared():
    assert golden.chapter_faults(*ignoring(1, 4)) == []
    [fault] = golden.chapter_faults(*ignoring(1, 3))
    assert fault.startswith("3 of 4 cells with output are compared")
    assert "0 of 1 cells" in golden.chapter_faults(*ignoring(1, 0))[0]


def test_a_cell_is_compared_on_every_device():
    _, reference = ignoring(0, 1)
    plain = parsed(page([([], "print(1.5)")]))
    [fault] = golden.chapter_faults(plain, reference)
    assert "a device run would compare none" in fault


def test_a_reference_that_was_never_run_is_an_error():
    chapter, reference = ignoring(0, 1)
    reference.cells[0].execution_count = None
    [fault] = golden.chapter_faults(chapter, reference)
    assert "was never run" in fault


@pytest.mark.parametrize(
    ("marked", "source", "reason", "words"),
    [
        ([golden.IGNORE], "1", "", "no nbval_reason"),
        ([golden.IGNORE, golden.CHECK], "1", "time", "both tags"),
        (["nbval-skip"], "1", "", "every cell of a chapter runs"),
        ([], "# NBVAL_IGNORE_OUTPUT\n1", "", "in a comment"),
    ],
)
def test_a_cell_that_breaks_a_rule_on_tags_is_named(marked, source, reason, words):
    chapter = parsed(page([([golden.CHECK], "2"), (marked, source)], reason))
    [fault] = golden.cell_faults(golden.code_cells(chapter)[1])
    assert words in fault


def test_a_reason_without_its_tag_is_an_error():
    cell = new_code_cell("1", metadata={golden.REASON: "time"})
    assert golden.cell_faults(cell) == [
        "has a nbval_reason and no tag nbval-ignore-output"
    ]


def test_an_address_in_memory_is_no_reference():
    out = new_output("execute_result", {"text/plain": "<object at 0x7f3c2a5b9d10>"})
    assert golden.output_faults(new_code_cell("x"), [out]) == [
        "puts out an address in memory (text/plain): 0x7f3c2a5b9d10"
    ]


def test_pictures_inside_a_page_are_stripped():
    html = '<p>0.5</p><img src="data:image/png;base64,AA/+="/><svg a="1">\n<g/></svg>'
    out = new_output("display_data", {"text/html": html, "image/svg+xml": "<svg/>"})
    [stripped] = golden.strip_outputs([out])
    kept = "(picture, not kept)"
    assert stripped.data["text/html"] == f'<p>0.5</p><img src="{kept}"/>{kept}'
    assert stripped.data["image/svg+xml"] == kept


def test_a_stream_in_pieces_is_the_stream_whole():
    pieces = [new_output("stream", name="stdout", text=t) for t in ("a", "b\n")]
    [whole] = golden.strip_outputs(pieces)
    assert whole.text == "ab\n"
    assert pieces[0].text == "a"


# ---- making references -----------------------------------------------------


def test_a_reference_is_the_same_twice(right):
    again = golden.execute(parsed(page()), ROOT)
    assert golden.dumps(again) == golden.dumps(right)
    nbformat.validate(again)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ('import sys\n_ = sys.stderr.write("careful")', "writes to stderr: 'careful'"),
        ("object()", "address in memory"),
        (
            "class Broken:\n    def __repr__(self):\n        raise OSError\n"
            "display(Broken())",
            "ends in an error",
        ),
    ],
)
def test_a_chapter_unfit_for_a_reference_is_refused(source, words):
    with pytest.raises(golden.GoldenError, match=words):
        golden.execute(parsed(page([([], source)])), ROOT)


def numbers(text, source="print(x)"):
    out = new_output("stream", name="stdout", text=text)
    return new_notebook(cells=[new_code_cell(source, outputs=[out])])


def test_the_numbers_that_change_are_told():
    old, new = numbers("a 0.5 b 1e-3 c 7\n"), numbers("a 0.25 b 1.5e-3 c 7\n")
    found = golden.differences(old, new)
    assert [d.words for d in found] == ["stdout: 0.5 -> 0.25", "stdout: 1e-3 -> 1.5e-3"]
    lines = list(golden.report("psi", found))
    assert lines[0] == "psi: 2 differences, largest change of a number 0.25"
    assert lines[2] == "  code cell 0: stdout: 1e-3 -> 1.5e-3  (by 0.0005)"


def test_no_difference_is_said():
    same = golden.differences(numbers("0.5"), numbers("0.5"))
    assert list(golden.report("psi", same)) == ["psi: no difference"]


def test_other_changes_are_told_in_words():
    [words] = golden.differences(numbers("a 0.5"), numbers("b 0.5"))
    assert words.words == "stdout: 'a 0.5' -> 'b 0.5'"
    [code] = golden.differences(numbers("1"), numbers("1", "print(y)"))
    assert code.words == "code changed: 1 cells before, 1 now"
    empty = new_notebook(cells=[new_code_cell("print(x)")])
    [outputs] = golden.differences(numbers("1"), empty)
    assert outputs.words == "outputs: stdout -> nothing"


def test_the_command_makes_checks_and_clears_up(tmp_path, capsys):
    write_book(tmp_path, {"one": (page([([golden.CHECK], "print(1.5)")]), None)})
    path = golden.reference_path(tmp_path, "one")
    assert golden.main(["--check"], root=tmp_path) == 1
    assert not path.exists()
    assert golden.main(["one"], root=tmp_path) == 0
    assert "one: no reference before, 1 cells" in capsys.readouterr().out
    path.write_text(path.read_text().replace("1.5\\n", "1.75\\n"))
    orphan = golden.reference_path(tmp_path, "gone")
    shutil.copy(path, orphan)
    assert golden.main(["--check"], root=tmp_path) == 1
    out = capsys.readouterr().out
    assert "stdout: 1.75 -> 1.5  (by 0.25)" in out
    assert "gone: reference without a chapter\n" in out
    assert orphan.exists()
    assert golden.main([], root=tmp_path) == 0
    assert not orphan.exists()
    assert golden.main(["--check"], root=tmp_path) == 0
    assert "one: no difference" in capsys.readouterr().out
    assert golden.main(["two"], root=tmp_path) == 2
    assert "no chapter two; there are: one" in capsys.readouterr().err


# ---- this book -------------------------------------------------------------


def test_every_reference_belongs_to_a_chapter():
    assert golden.orphans(ROOT) == []


def test_every_reference_is_as_the_command_writes_it():
    for path in sorted((ROOT / "tests" / "golden").glob("*.ipynb")):
        reference = golden.read_reference(path)
        for cell in reference.cells:
            assert golden.strip_outputs(cell.outputs) == cell.outputs, path.name
        assert golden.dumps(reference) == path.read_text("utf-8"), path.name


def test_every_page_with_code_says_that_it_is_a_notebook():
    for path in sorted((ROOT / "book").glob("*.md")):
        text = path.read_text("utf-8")
        assert not chapters.has_code(text) or chapters.is_chapter(text), path.name
