"""What the pages weigh and when they show text, as recorded and as counted."""

import re

import pytest

from rfbook import weights as module
from rfbook.chapters import list_chapters
from rfbook.sphinxext.path import weight_rows
from rfbook.weights import (
    HEAVIEST,
    HEAVIEST_SENT,
    SOON,
    Weight,
    WeightError,
    main,
    make_record,
    measure,
    own_bytes,
    recorded_weights,
    shared_bytes,
    size_words,
    weights,
)


def test_the_recorded_pages_keep_the_rule(book):
    found = weights(recorded_weights())
    assert len(set(list_chapters(book)) & set(found)) > 15
    for name, one in found.items():
        assert 10_000 < one.plain <= HEAVIEST, name
        assert one.sent <= min(one.plain, HEAVIEST_SENT), name
        assert 0 < one.first_text < SOON, name


def test_the_record_says_where_it_is_from():
    record = recorded_weights()
    words = module.provenance_words(record)
    assert re.fullmatch(r"[0-9a-f]{40}", record.parameters["commit"])
    assert record.parameters["browser"].startswith("Chromium ")
    for part in (record.parameters["browser"], record.device, "5 loads"):
        assert part in words


def test_a_record_comes_back(tmp_path):
    given = {"psi": Weight(9, 5, (0.3, 0.1, 0.2)), "x": Weight(1, 1, (0.5, 0.7, 0.6))}
    record = make_record(given, 7, browser="B 1", seconds=2.0, revision="a" * 40)
    module.write_record(tmp_path / "w.json", record)
    again = recorded_weights(tmp_path / "w.json")
    back = weights(again)
    assert {name: one.first_text for name, one in back.items()} == {
        "psi": 0.2,
        "x": 0.6,
    }
    assert (back["psi"].plain, back["psi"].sent) == (9, 5)
    assert (again.sizes["loads"], again.results["shared"]) == (3, 7)


def test_a_picture_counts_once_and_is_not_compressed(tmp_path):
    (tmp_path / "_images").mkdir()
    (tmp_path / "_images" / "a.png").write_bytes(bytes(5000))
    page = tmp_path / "page.html"
    page.write_text('<img src="_images/a.png"><img src="_images/a.png">' + "x" * 3000)
    plain, sent = own_bytes(page)
    assert plain == 5000 + page.stat().st_size
    assert 5000 < sent < 5200


def test_what_every_page_loads_is_shared(tmp_path):
    files = [tmp_path / name for name in ("a b.css", "c.js")]
    for size, path in enumerate(files, 3):
        path.write_bytes(bytes(size))
    both, one = {f.as_uri() for f in files}, {files[0].as_uri(), "data:,x"}
    assert shared_bytes([both, both]) == 7
    assert shared_bytes([both, one]) == 3


@pytest.mark.parametrize(
    ("size", "words"), [(0, "0.0 MB"), (1, "0.1 MB"), (100_000, "0.1 MB")]
)
def test_sizes_are_rounded_up(size, words):
    assert size_words(size) == words


def test_the_middle_of_an_odd_number_of_pages_is_the_middle():
    found = {k: Weight(n, n, (n / 10,)) for n, k in enumerate("abc", 1)}
    rows = weight_rows(found, 100_001, {"b": "Two"})
    assert [row[2] for row in rows] == ["c", "Two", "–", "c", "Two"]
    assert rows[2][1] == "0.2 MB"
    assert rows[3][1] == "0.30 s"


def test_a_folder_without_a_book_is_told(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(module, "find_chromium", lambda: "chromium")
    assert main(["--site", str(tmp_path)], root=tmp_path) == 1
    assert "run `make book` first" in capsys.readouterr().err


def test_a_missing_browser_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "find_chromium", lambda: None)
    with pytest.raises(WeightError, match="no Chromium"):
        measure(tmp_path)
