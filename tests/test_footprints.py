"""What a chapter takes: reading by a rule, running as recorded."""

import re

import pytest

from rfbook import footprints as module
from rfbook.chapters import list_chapters
from rfbook.footprints import (
    Footprint,
    FootprintError,
    commit,
    footprints,
    main,
    make_record,
    reading_minutes,
    recorded_footprints,
    run_words,
    weighted_words,
)
from rfbook.ledger import claims


def test_every_chapter_is_recorded_with_plausible_numbers(book):
    record = recorded_footprints()
    found = footprints(record)
    assert {claim.chapter for claim in claims().values()} <= set(found)
    assert set(found) <= set(list_chapters(book))
    for name, footprint in found.items():
        assert 0.5 < footprint.seconds < 600, name
        assert 50 < footprint.mebibytes < 16_000, name


def test_the_record_says_where_it_is_from():
    record = recorded_footprints()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", record.parameters["date"])
    assert re.fullmatch(r"[0-9a-f]{40}|unknown", record.parameters["commit"])
    assert record.sizes["threads"] == 1
    assert record.device in module.provenance_words(record)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("One two three.", 3),
        ("a $x$ b", 2 + module.WORDS_OF_FORMULA),
        ("a\n\n$$\nx\n$$\n\nb", 2 + module.WORDS_OF_DISPLAY),
        ("```{code-cell}\nx = 1\n\ny = 2\n```", 2 * module.WORDS_OF_CODE_LINE),
        ("```{code-cell}\n:tags: [t]\nx\n```", 2 * module.WORDS_OF_CODE_LINE),
        ("---\nkernelspec: x\n---\n# Title\n", 1),
        ("```{prf:lemma} Title\n:label: a-b\nwords\n```", 1),
    ],
)
def test_formulas_and_code_count_as_words(text, words):
    assert weighted_words(text) == words


def test_reading_is_rounded_up_to_five_minutes():
    assert reading_minutes("word") == 5
    assert reading_minutes("word " * (module.WORDS_A_MINUTE * 5 + 1)) == 10


@pytest.mark.parametrize(
    ("footprint", "words"),
    [
        (Footprint(4.9, 99.0), "5 s, 150 MB"),
        (Footprint(60.0, 900.0), "1 min 0 s, 950 MB"),
        (Footprint(61.0, 954.0), "1 min 5 s, 1.1 GB"),
    ],
)
def test_what_running_takes_is_rounded_up(footprint, words):
    assert run_words(footprint) == words


def test_a_record_comes_back(tmp_path):
    given = {"psi": Footprint(1.5, 99.0)}
    record = make_record(given, seconds=2.0, revision="a" * 40)
    module.write_record(tmp_path / "f.json", record)
    assert footprints(recorded_footprints(tmp_path / "f.json")) == given


def test_a_run_writes_the_record_of_all_chapters(tmp_path, monkeypatch, capsys):
    data = tmp_path / "book" / "_static" / "data"
    data.mkdir(parents=True)
    page = "---\nkernelspec: x\n---\n```{code-cell}\n1\n```\n"
    for name in ("one", "two"):
        (tmp_path / "book" / f"{name}.md").write_text(page, encoding="utf-8")
    monkeypatch.setattr(module, "measure", lambda root, name: Footprint(1.0, 60.0))
    assert main([], root=tmp_path) == 0
    assert capsys.readouterr().out == "one: 5 s, 100 MB\ntwo: 5 s, 100 MB\n"
    record = recorded_footprints(data / module.FILE)
    assert set(footprints(record)) == {"one", "two"}
    assert record.parameters["commit"] == commit(tmp_path)


def test_a_chapter_that_fails_stops_the_run(tmp_path, monkeypatch, capsys):
    (tmp_path / "book").mkdir()
    page = "---\nkernelspec: x\n---\n```{code-cell}\n1\n```\n"
    (tmp_path / "book" / "one.md").write_text(page, encoding="utf-8")

    def fails(root, name):
        raise FootprintError(f"{name}: ZeroDivisionError")

    monkeypatch.setattr(module, "measure", fails)
    assert main([], root=tmp_path) == 1
    assert "one: ZeroDivisionError" in capsys.readouterr().err


@pytest.mark.parametrize("names", [["psi"], ["--only-print", "nothing"]])
def test_a_wrong_call_is_refused(names, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(names)
    assert stopped.value.code == 2
    assert capsys.readouterr().err


def test_the_largest_child_has_some_memory():
    assert module.largest_child() >= 0
