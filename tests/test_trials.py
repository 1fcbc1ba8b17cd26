"""Records of what is too long for every run: counts, two books compared, UNKNOWN."""

import json
import zipfile

import pytest

from rfbook.trials import (
    TRIALS,
    TrialError,
    audited,
    count_outcomes,
    differences,
    failed_tests,
    main,
    outcome_words,
    recorded_trials,
    trials_table,
)

JUNIT = """<testsuites>
<testsuite tests="5" failures="1" errors="1" skipped="1" time="2">
<testcase classname="tests.test_a" name="test_one"/>
<testcase classname="tests.test_a" name="test_two"><failure/></testcase>
<testcase classname="tests.test_a" name="test_three"><error/></testcase>
<testcase classname="tests.test_a" name="test_four"><skipped/></testcase>
<testcase classname="tests.test_a" name="test_five"/>
</testsuite></testsuites>"""


def book(folder, **pages):
    """Write a book of pages named by their words."""
    for name, text in {"index": "start", **pages}.items():
        path = folder / f"{name}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


@pytest.fixture
def junit(tmp_path):
    path = tmp_path / "result.xml"
    path.write_text(JUNIT)
    return path


@pytest.fixture
def checkout(tmp_path):
    (tmp_path / "book" / "_static" / "data").mkdir(parents=True)
    return tmp_path


def test_errors_count_as_failures_and_skips_not_as_passes(junit):
    assert count_outcomes(junit) == {"passed": 2, "failed": 2, "skipped": 1}
    assert failed_tests(junit) == [
        "tests.test_a::test_three",
        "tests.test_a::test_two",
    ]


@pytest.mark.parametrize("text", ["", "<testsuites/>", "<a", '<testsuite tests="x"/>'])
def test_a_file_without_a_test_is_no_result(tmp_path, text):
    path = tmp_path / "result.xml"
    path.write_text(text)
    with pytest.raises(TrialError, match=r"result\.xml"):
        count_outcomes(path)


def test_equal_books_have_no_differences(tmp_path):
    pair = [book(tmp_path / name, a="x") for name in ("one", "two")]
    assert differences(*pair) == {"missing": [], "differing": [], "expected": []}


def test_times_of_the_run_are_expected_other_numbers_are_not(tmp_path):
    one = book(tmp_path / "one", time="took 1.25 s", number="0.125", more="x")
    two = book(tmp_path / "two", time="took 1.5 s", number="0.126")
    found = differences(one, two)
    assert found["missing"] == ["more.html"]
    assert found["expected"] == ["time.html"]
    assert [line.partition(":")[0] for line in found["differing"]] == ["number.html"]
    assert "0.125" in found["differing"][0]


def test_a_zip_is_compared_part_by_part_and_the_index_without_its_numbers(tmp_path):
    pair = []
    for name, seconds, value in (("one", "1.25 s", "x"), ("two", "2.5 s", "y")):
        folder = book(tmp_path / name)
        for archive, text in (("same.zip", f"took {seconds}"), ("other.zip", value)):
            with zipfile.ZipFile(folder / archive, "w") as made:
                made.writestr("part.ipynb", text)
        index = f'Search.setIndex({{"terms": {{"{len(seconds)}": [1, 2], "word": 3}}}})'
        (folder / "searchindex.js").write_text(index)
        pair.append(folder)
    found = differences(*pair)
    assert found["expected"] == ["same.zip", "searchindex.js"]
    assert [line.partition(":")[0] for line in found["differing"]] == ["other.zip"]


def test_a_folder_without_a_book_is_told(tmp_path):
    with pytest.raises(TrialError, match="holds no book"):
        differences(book(tmp_path / "one"), tmp_path)


def test_what_was_never_tried_is_unknown(tmp_path):
    assert set(recorded_trials(tmp_path)) == set(TRIALS)
    assert outcome_words(None).startswith("UNKNOWN")
    assert trials_table(tmp_path).count("UNKNOWN") == len(TRIALS)


def test_a_red_outcome_is_recorded_as_red(checkout, junit, capsys):
    assert main(["oldest", str(junit), "--selection=-k psi"], root=checkout) == 0
    record = recorded_trials(checkout / "book" / "_static" / "data" / "trials")[
        "oldest"
    ]
    assert record.results["green"] is False
    assert record.seconds == 2
    assert outcome_words(record) == "2 passed, 2 failed, 1 skipped (-k psi)"
    assert "2 failed" in capsys.readouterr().out


def test_two_books_are_recorded_with_their_wall_time(checkout):
    pair = [str(book(checkout / name, a=name)) for name in ("one", "two")]
    assert main(["twice", *pair, "--seconds=7"], root=checkout) == 0
    record = recorded_trials(checkout / "book" / "_static" / "data" / "trials")["twice"]
    assert record.results["green"] is False
    assert record.seconds == 7
    assert "1 different" in outcome_words(record)


SOUND = {"name": "a", "version": "1.0", "vulns": []}
FAULTY = {"name": "b", "version": "2.0", "vulns": [{"id": "X-1"}, {"id": "X-2"}]}
ABSENT = {"name": "c", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("rows", "green", "words"),
    [
        ([SOUND, SOUND], True, "2 packages, no report"),
        ([SOUND, FAULTY], False, "2 packages, b 2.0: X-1, X-2"),
        ([SOUND, ABSENT], False, "1 packages, c: not looked up"),
    ],
)
def test_an_audit_is_green_only_if_all_is_looked_up_and_sound(
    checkout, rows, green, words
):
    path = checkout / "audit.json"
    path.write_text(json.dumps({"dependencies": rows, "fixes": []}))
    assert main(["audit", str(path), "--seconds=3"], root=checkout) == 0
    record = recorded_trials(checkout / "book/_static/data/trials")["audit"]
    assert record.results["green"] is green
    assert outcome_words(record) == words


@pytest.mark.parametrize("text", ["", "{}", '{"dependencies": []}', "[1]"])
def test_an_audit_of_nothing_is_no_result(tmp_path, text):
    path = tmp_path / "audit.json"
    path.write_text(text)
    with pytest.raises(TrialError):
        audited(path)


@pytest.mark.parametrize("files", [["nothing.xml"], ["one.xml", "two.xml"]])
def test_no_result_is_no_record(checkout, files, capsys):
    assert main(["latest", *files], root=checkout) == 1
    assert "rfbook.trials:" in capsys.readouterr().err
    assert not (checkout / "book" / "_static" / "data" / "trials").exists()


def test_the_books_own_records_are_whole():
    for name, record in recorded_trials().items():
        assert record is None or record.parameters["name"] == name
