"""Mutants: what is changed, what a run notices, and what the counts say."""

import ast
import json
import os
import re
import shutil
import textwrap
import time

import pytest
from scipy.stats import binom

from rfbook.doctor import ROOT
from rfbook.mutants import report, server, work
from rfbook.mutants.__main__ import main
from rfbook.mutants.operators import cached_functions, mutants
from rfbook.mutants.rooms import ROOMS, Room
from rfbook.records import Record, provenance, read_record


def kinds(text):
    return [(m.operator, m.before, m.after) for m in mutants(text, "a.py")]


# The operators


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = 3", [("number", "3", "4"), ("number", "3", "2")]),
        ("x = 0.5", [("number", "0.5", "1.0")]),
        ("x = 0.0", [("number", "0.0", "1.0")]),
        ("x = True", [("number", "True", "False")]),
        ("x = a - b", [("operator", "a - b", "a + b"), ("dropped", "a - b", "a")]),
        (
            "x = a * b",
            [
                ("operator", "a * b", "a / b"),
                ("dropped", "a * b", "a"),
                ("dropped", "a * b", "b"),
            ],
        ),
        ("x = a**b", [("operator", "a ** b", "a * b"), ("dropped", "a ** b", "a")]),
        ("x += y", [("step", "x += y", "x -= y")]),
        (
            "x = a < b <= c",
            [
                ("comparison", "a < b <= c", "a <= b <= c"),
                ("comparison", "a < b <= c", "a < b < c"),
            ],
        ),
        ("x = a == b", [("comparison", "a == b", "a != b")]),
        ("x = a and b", [("logic", "a and b", "a or b")]),
        ("x = not a", [("sign", "not a", "a")]),
        ("x = f(a, b, c)", [("arguments", "f(a, b, c)", "f(b, a, c)")]),
        ("x = f(a, a)", []),
        ("x = f(*a, b)", []),
        ("x = 'one' | y", []),
    ],
)
def test_each_operator_changes_what_it_says(text, expected):
    assert kinds(text) == expected


def test_words_and_guards_for_other_programs_are_left_alone():
    text = '''
        """Doc 1 + 1."""
        from __future__ import annotations
        if TYPE_CHECKING:
            y = 1

        def f(x: Literal[3], n: int) -> Tuple[4]:
            """Return 2 * x."""
            z: Annotated[int, 5]
            if n:
                raise ValueError(f"n must be >= {1 + 1}, got {n}" + str(6))
            assert n != 7
            return f"{n + 8}"

        if __name__ == "__main__":
            f(9, 10)
    '''
    assert kinds(textwrap.dedent(text)) == []


def test_defaults_and_guards_are_changed():
    text = "def f(x, n=2, *, k=3):\n    if n < 1:\n        raise ValueError(n)\n"
    assert {before for _, before, _ in kinds(text)} == {"2", "3", "n < 1", "1"}


def all_mutants():
    return {
        file: (text, mutants(text, file))
        for room in ROOMS.values()
        for file in room.files(ROOT)
        if (text := (ROOT / file).read_text(encoding="utf-8"))
    }


def test_every_mutant_of_the_book_has_a_name_of_its_own():
    found = [m.name for _, some in all_mutants().values() for m in some]
    assert len(found) > 5000
    assert len(set(found)) == len(found)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["rfbook/forms.py", "rfbook/matrices.py"])
def test_every_mutant_is_another_program(name):
    text, found = all_mutants()[name]
    plain = ast.dump(ast.parse(text))
    assert found
    for mutant in found:
        assert ast.dump(ast.parse(mutant.apply(text))) != plain, mutant.name


def test_a_mutant_changes_its_own_place_between_letters_of_several_bytes():
    text = 'α = "ψ²" + (\n    1\n)  # ½\nβ = α * 2\n'
    changed = [m.apply(text) for m in mutants(text, "a.py")]
    assert 'α = "ψ²" + (\n    2\n)  # ½\nβ = α * 2\n' in changed
    assert 'α = "ψ²" + (\n    1\n)  # ½\nβ = (α / 2)\n' in changed


def test_a_name_outlives_lines_written_above():
    text = "def f(x):\n    return x + 1\n"
    later = "import math\n\n\n" + text
    assert [m.name for m in mutants(text, "a")] == [m.name for m in mutants(later, "a")]


def test_cached_functions_are_known():
    text = "@lru_cache(maxsize=4)\ndef f(): ...\n\n@property\ndef g(): ...\n"
    assert cached_functions(text) == {"f"}


# Rooms


def test_every_room_has_its_files():
    assert len(ROOMS) >= 16
    for room in ROOMS.values():
        assert set(room.files(ROOT)) < set(room.suite(ROOT))


def test_a_room_without_files_is_refused():
    with pytest.raises(ValueError, match=r"must fit a file, got 'rfbook/attic.py'"):
        Room("attic", ("rfbook/attic.py",), ()).files(ROOT)


def test_a_sample_is_drawn_without_replacement_and_grows_at_its_end():
    found = mutants("x = " + " + ".join(map(str, range(50))), "a.py")
    small, large = (work.draw(found, n, 0, "room") for n in (10, len(found) + 5))
    assert large[:10] == small
    assert sorted(m.name for m in large) == sorted(m.name for m in found)
    assert work.draw(found, 10, 1, "room") != small
    assert work.draw(found, 10, 0, "other") != small


# The process that runs tests


def test_a_job_answers_from_a_child():
    found = server.in_child(lambda request: {"twice": 2 * request["n"]}, job(n=4))
    assert found["twice"] == 8


def test_a_job_without_end_is_ended():
    started = time.monotonic()
    found = server.in_child(lambda request: time.sleep(60), job(limit=0.3))
    assert found["died"] == "timeout"
    assert time.monotonic() - started < 30


def test_a_job_that_raises_or_dies_says_so():
    assert "ZeroDivisionError" in server.in_child(lambda request: 1 / 0, job())["error"]
    large = server.in_child(lambda request: bytes(server.MEMORY), job())
    assert "MemoryError" in large["error"]
    assert server.in_child(lambda request: os._exit(3), job())["died"] == "status 3"


def job(limit=30.0, **request):
    return {**request, "limit": limit}


# A room of its own, small enough to be run here

TOY = '''
"""A room."""


def area(width, height):
    """Return an area.

    >>> area(2, 3)
    6
    """
    return width * height


def positive(n):
    return n > 0


def unheard(x):
    return x + 1
'''

TOY_TEST = """
from rfbook import toy


def test_area():
    assert toy.area(3, 5) == 15


def test_positive():
    assert toy.positive(1)
    assert not toy.positive(0)
"""

HEARD = "\n\ndef test_unheard():\n    assert toy.unheard(1) == 2\n"


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A checkout with one room, and what runs its tests."""
    package = tmp_path / "rfbook" / "mutants"
    package.mkdir(parents=True)
    for name in ("__init__.py", "mutants/__init__.py", "mutants/server.py"):
        shutil.copy(ROOT / "rfbook" / name, tmp_path / "rfbook" / name)
    # This room needs no more than pytest.
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    part = package / "server.py"
    text = part.read_text()
    part.write_text(re.sub(r"PRELOADED = \([^)]*\)", 'PRELOADED = ("pytest",)', text))
    (tmp_path / "rfbook" / "toy.py").write_text(TOY)
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_toy.py").write_text(TOY_TEST)
    options = '["--doctest-modules", "--import-mode=importlib"]'
    marks = '["notebook", "browser", "coq", "gpu"]'
    (tmp_path / "pyproject.toml").write_text(
        f"[tool.pytest.ini_options]\naddopts = {options}\nmarkers = {marks}\n"
    )
    return tmp_path


ROOM = Room("toy", ("rfbook/toy.py",), ("tests/test_toy.py",))


def outcomes(record, key="outcome"):
    return {row["name"].partition("::")[2]: row[key] for row in record.results["rows"]}


@pytest.mark.slow
def test_a_run_tells_what_is_noticed_and_goes_on_where_it_was(tree):
    text = (tree / "rfbook" / "toy.py").read_text()
    part = work.run_room(ROOM, tree, count=5)
    assert len(part.results["rows"]) == 5
    record = work.run_room(ROOM, tree, count=100)
    found = outcomes(record)
    assert len(found) == record.sizes["sampled"] == record.sizes["possible"] == 10
    assert record.results["rows"][:5] == part.results["rows"]
    for name, outcome in found.items():
        expected = "survived" if name.startswith("unheard") else "killed"
        assert outcome == expected, name
    rows = {row["name"].partition("::")[2]: row for row in record.results["rows"]}
    killer = rows["area::operator: width * height -> width / height"]
    assert killer["reached"] == 2
    assert killer["by"] in ("rfbook/toy.py::rfbook.toy.area", TEST)
    assert rows["unheard::dropped: x + 1 -> x"]["reached"] == 0
    # The tree itself is as it was.
    assert (tree / "rfbook" / "toy.py").read_text() == text

    path = work.record_path(tree, "toy")
    before = path.read_bytes()
    work.run_room(ROOM, tree, count=100)
    assert path.read_bytes() == before

    with (tree / "tests" / "test_toy.py").open("a") as file:
        file.write(HEARD)
    again = work.run_room(ROOM, tree, count=100)
    assert "survived" not in outcomes(again).values()
    assert outcomes(again, "first") == found
    counted = report.count([again], {})
    alive = sum(outcome == "survived" for outcome in found.values())
    assert counted.first == 10 - alive == counted.killed + counted.timeout - alive


TEST = "tests/test_toy.py::test_area"


def test_a_run_without_end_or_that_dies_is_noticed():
    mutant = mutants("x = 1", "a.py")[0]
    for died, outcome in (("timeout", "timeout"), ("status -9", "killed")):
        row = work._row(mutant, {"died": died, "seconds": 1.0}, 3)
        assert (row["outcome"], row["by"]) == (outcome, died)
    alive = {"by": "", "why": "", "ran": 5, "seconds": 1.0}
    assert work._row(mutant, alive, 3)["outcome"] == "survived"


def test_a_changed_room_is_run_anew(tree):
    work.run_room(ROOM, tree, count=2)
    with (tree / "rfbook" / "toy.py").open("a") as file:
        file.write("\n\nTEN = 10\n")
    sources = work.digests(tree, ROOM.files(tree))
    assert work.kept_rows(work.record_path(tree, "toy"), sources) == {}


def test_tests_that_fail_without_a_change_are_refused(tree):
    with (tree / "tests" / "test_toy.py").open("a") as file:
        file.write("\n\ndef test_wrong():\n    assert toy.area(1, 1) == 2\n")
    with pytest.raises(work.WorkError, match="the unchanged tree does not pass"):
        work.run_room(ROOM, tree, count=1)
    assert not work.record_path(tree, "toy").exists()


def test_another_seed_is_another_sample_with_a_record_of_its_own(tree):
    work.run_room(ROOM, tree, count=2)
    kept = work.record_path(tree, "toy").read_bytes()
    second = work.run_room(ROOM, tree, count=1, share=0.35, seed=1)
    assert len(second.results["rows"]) == 4
    assert work.record_path(tree, "toy").read_bytes() == kept
    names = sorted(path.name for path in (tree / work.FOLDER).iterdir())
    assert names == ["toy-seed-1.json", "toy.json"]


@pytest.mark.parametrize("wrong", [-0.01, 1.01, float("nan")])
def test_no_share_beyond_0_and_1(wrong, capsys):
    with pytest.raises(ValueError, match="share must be >= 0 and <= 1"):
        work.proportion(10, wrong)
    with pytest.raises(SystemExit):
        main(["psi", f"--share={wrong}"])
    assert "--share must be >= 0 and <= 1" in capsys.readouterr().err


PARTS = {
    "rfbook/pack/__init__.py": "from rfbook.pack.part import size\n",
    "rfbook/pack/part.py": """
SIZE = 5


def size():
    '''
    >>> size() > 0
    True
    '''
    return SIZE - 0
""",
    "tests/test_pack.py": """
from rfbook.pack import part, size


def test_size(monkeypatch):
    monkeypatch.setattr(part, "SIZE", 7)
    assert size() == 7
""",
}


def test_a_module_with_doctests_is_imported_once(tree):
    (tree / "rfbook" / "pack").mkdir()
    for name, text in PARTS.items():
        (tree / name).write_text(text)
    room = Room("pack", ("rfbook/pack/*.py",), ("tests/test_pack.py",))
    found = outcomes(work.run_room(room, tree, count=100))
    assert found["size::number: 0 -> 1"] == "killed"
    assert found["module::number: 5 -> 6"] == "survived"


def test_the_command_refuses_an_unknown_room(capsys):
    with pytest.raises(SystemExit):
        main(["attic"])
    assert "no room attic; there are: special" in capsys.readouterr().err


# Which tests are run


def baseline():
    seconds = {"a::slow": 9.0, "a::fast": 1.0, "b::one": 2.0, "c::hour": 3600.0}
    lines = {"m.py": {"1": ["a::slow", "c::hour"], "2": [""], "3": []}}
    return work.Baseline(seconds, lines)


def place(line):
    return next(m for m in mutants("\n" * (line - 1) + "x = 1", "m.py"))


def test_tests_of_the_line_come_first_then_those_of_their_files():
    assert baseline().choose(place(1), cached=False) == ["a::slow", "a::fast"]
    assert baseline().choose(place(1), cached=True) == ["a::slow", "a::fast", "b::one"]


def test_a_line_of_the_import_is_for_all_tests_and_an_unused_one_for_none():
    assert baseline().choose(place(2), cached=False) == ["a::fast", "b::one", "a::slow"]
    assert baseline().choose(place(3), cached=False) == []


def test_slow_tests_are_left_out_and_counted():
    assert baseline().left_out == ["c::hour"]


# The counts


@pytest.mark.parametrize(("hits", "tries"), [(0, 5), (3, 10), (29, 30), (30, 30)])
def test_the_interval_is_where_the_binomial_tails_say(hits, tries):
    low, high = report.clopper_pearson(hits, tries)
    assert 0 <= low <= hits / tries <= high <= 1
    if hits:
        assert binom.sf(hits - 1, tries, low) == pytest.approx(0.025)
    if hits < tries:
        assert binom.cdf(hits, tries, high) == pytest.approx(0.025)


@pytest.mark.parametrize("wrong", [(-1, 3), (4, 3), (0, 0)])
def test_the_interval_refuses_impossible_counts(wrong):
    with pytest.raises(ValueError, match="0 <= hits <= tries"):
        report.clopper_pearson(*wrong)


def sample(*outcomes):
    """A record of mutants with these outcomes, at first and now."""
    rows = [
        {
            "name": f"rfbook/a.py::f::number: {i} -> {i + 1}",
            "first": first,
            "outcome": now,
        }
        for i, (first, now) in enumerate(outcomes)
    ]
    made = provenance(0, seconds=1.0, source_digest="0" * 64, packages=())
    return Record(
        kind=work.KIND,
        parameters={"room": "a", "date": "2020-02-02"},
        sizes={"possible": 70},
        results={"rows": rows},
        **made,
    )


K, T, S = "killed", "timeout", "survived"
MIXED = sample((K, K), (T, T), (S, K), (S, S), (S, S))
ARGUED = {"rfbook/a.py::f::number: 3 -> 4": "a wider margin | of nothing"}


def test_what_is_equivalent_is_not_counted_and_what_came_later_is_counted_apart():
    found = report.count([MIXED], ARGUED)
    assert (found.sampled, found.possible, found.equivalent) == (5, 70, 1)
    assert (found.first, found.killed, found.timeout) == (2, 2, 1)
    assert found.alive == ("rfbook/a.py::f::number: 4 -> 5",)
    assert found.interval == report.clopper_pearson(2, 4)


def test_a_share_of_each_room_is_counted_as_one_sample():
    two = {"a": MIXED, "b": sample((K, K), (S, S), (K, K))}
    found = report.in_proportion(two.values(), ARGUED, 2 / 70)
    assert (found.possible, found.sampled, found.first) == (140, 4, 3)
    assert found.interval == report.clopper_pearson(3, 4)
    with pytest.raises(ValueError, match=r"share 0\.05 of 70 needs 4: 3"):
        report.in_proportion(two.values(), ARGUED, 0.05)
    text = report.rooms_table(two, ARGUED, 2 / 70).splitlines()
    assert text[-2].startswith("| **all** | 140 | 8 |")
    line = "| **3~% of each room** | 140 | 4 | 0 | 3~(75~%) |"
    assert text[-1].startswith(line.replace("~", "\N{NO-BREAK SPACE}"))


def test_the_tables_say_what_was_counted():
    text = report.rooms_table({"a": MIXED}, ARGUED)
    low, high = (round(100 * end) for end in report.clopper_pearson(2, 4))
    share, interval = "2~(50~%)", f"{low}^–^{high}~%"
    line = f"| a | 70 | 5 | 1 | {share} | {interval} | 3 | 1 | 1 |"
    line = line.replace("~", "\N{NO-BREAK SPACE}").replace("^", "\N{WORD JOINER}")
    assert line in text.splitlines()
    assert text.splitlines()[-1].startswith("| **all** | 70 | 5 |")
    alive = "- `a.py::f::number: 4 -> 5`"
    assert report.alive_list([MIXED, MIXED], ARGUED) == alive
    assert report.alive_list([sample((K, K))], {}) == "None."
    listed = report.arguments_list(ARGUED)
    assert listed.startswith("- `a.py::f::number: 3 -> 4`: a wider margin")
    assert report.days_words({"a": MIXED}) == "The samples were run on 2020-02-02."


# What is recorded


@pytest.mark.parametrize("path", sorted((ROOT / work.FOLDER).glob("*.json")), ids=str)
def test_a_record_is_of_a_room_and_a_fair_sample(path):
    record = read_record(path, kind=work.KIND)
    room = record.parameters["room"]
    assert path.name == work.record_name(room, *record.seeds)
    assert room in ROOMS
    rows = record.results["rows"]
    assert len(rows) == record.sizes["sampled"] <= record.sizes["possible"]
    assert len({row["name"] for row in rows}) == len(rows)
    assert {row["outcome"] for row in rows} <= {"killed", "timeout", "survived"}


def test_only_survivors_are_argued_away():
    outcome = {
        row["name"]: row["outcome"]
        for seed in report.SEEDS
        for record in report.recorded_rooms(seed=seed).values()
        for row in record.results["rows"]
    }
    wrong = {
        n: outcome.get(n) for n in report.arguments() if outcome.get(n) != "survived"
    }
    assert not wrong


def test_the_arguments_are_in_order():
    text = (ROOT / "rfbook" / "mutants" / "equivalent.json").read_text("utf-8")
    found = json.loads(text)
    assert list(found) == sorted(found)
