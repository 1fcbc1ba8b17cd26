"""The benchmarks: every way is right, and their files become one record."""

import copy
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rfbook import benchmarks, dev
from rfbook.doctor import read_pins
from rfbook.records import RecordError, read_record, write_record

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "benchmarks"
LOCK, MORE = ROOT / "requirements" / "lock.txt", "benchmarks.txt"
MODULES = sorted(FOLDER.glob("bench_*.py"))


def load(name):
    """Import a file of the suite that the modules share."""
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# The suite itself


def test_every_comparison_has_a_module_and_no_other():
    names = {path.stem.removeprefix("bench_").replace("_", "-") for path in MODULES}
    assert names == set(benchmarks.COMPARISONS)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_the_ways_of_small_cases_agree(path):
    """Without pytest-benchmark each way is called once and compared."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", path.name, "-q", "-p", "no:cacheprovider"],
        cwd=FOLDER,
        env={**os.environ, "RFBOOK_BENCH_QUICK": "1", "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "passed" in done.stdout


@pytest.fixture
def race():
    suite = load("suite")
    firsts = {}

    def run(way, result, **options):
        once = suite.Once()
        race = suite.Race(once, "psi", firsts)
        race({"d": 2}, way, lambda: result, gap=suite.relative_gap, **options)
        return once.extra_info

    return run


def test_a_wrong_way_fails(race):
    race("right", [1.0, 2.0], tolerance=0.1)
    told = race("near", [1.0, 2.1], tolerance=0.1)
    assert told["against"] == "right"
    assert told["gap"] == pytest.approx(0.05)
    for wrong in ([1.0, 3.0], [1.0, np.nan], [1.0]):
        with pytest.raises(pytest.fail.Exception, match=r"wrong is .* from right"):
            race("wrong", wrong, tolerance=0.1)


def test_a_way_is_not_compared_without_a_tolerance(race):
    race("right", [1.0])
    with pytest.raises(ValueError, match="a gap needs a tolerance, got None"):
        race("other", [1.0])


def test_fewer_rounds_than_the_suite_wants_are_refused(race):
    with pytest.raises(ValueError, match="rounds must be >= 5, got 4"):
        race("right", [1.0], rounds=4)


def test_the_surroundings_name_no_host_and_no_path():
    text = json.dumps(load("suite").surroundings())
    assert os.uname().nodename not in text
    assert str(ROOT) not in text


# The command


@pytest.fixture
def runner(monkeypatch, tmp_path):
    """The suite's command, its results in an empty folder."""
    monkeypatch.syspath_prepend(FOLDER)
    monkeypatch.delitem(sys.modules, "suite", raising=False)
    run = load("run")
    monkeypatch.setattr(run, "RESULTS", tmp_path)
    yield run
    sys.modules.pop("suite")


def test_a_result_counts_if_it_is_of_these_sources_and_this_machine(runner):
    where = runner.surroundings()
    state = runner.module_state(runner.module("psi"))
    result = {"machine_info": where, "states": {"psi": state}, "benchmarks": []}
    assert not runner.is_done("psi", where)
    runner.result_of("psi").write_text(json.dumps(result))
    assert runner.is_done("psi", where)
    assert not runner.is_done("psi", where | {"threads": where["threads"] + 1})
    result["states"]["psi"] = state[::-1]
    runner.result_of("psi").write_text(json.dumps(result))
    assert not runner.is_done("psi", where)
    runner.result_of("psi").write_text("{")
    assert not runner.is_done("psi", where)


def test_a_failed_comparison_keeps_the_last_result(runner, monkeypatch):
    result = runner.result_of("psi")
    result.write_text("the last one")

    def fail(command, **options):
        Path(command[command.index("--benchmark-json") + 1]).write_text("half")
        return subprocess.CompletedProcess(command, 1)

    monkeypatch.setattr(runner.subprocess, "run", fail)
    assert runner.run("psi") == 1
    assert [path.name for path in result.parent.iterdir()] == [result.name]
    assert result.read_text() == "the last one"


def test_the_command_has_an_environment_of_its_own(monkeypatch):
    ran = []
    monkeypatch.delenv("RFBOOK_ENV", raising=False)
    monkeypatch.setattr(dev, "prepare", lambda env: env)
    monkeypatch.setattr(dev, "run", lambda env, *words: ran.append((env, words)))
    dev.benchmarks(["engine", "--resume"])
    [(env, words)] = ran
    assert env.prefix.name == ".venv-benchmarks"
    assert words == ("benchmarks/run.py", "engine", "--resume")
    files = [path.name for path in dev.requirements(env)]
    assert files == ["lock.txt", "benchmarks.txt"]


def test_the_environment_agrees_with_the_lock():
    book, more = (
        dict(str(pin).partition(" ;")[0].split("==") for pin in read_pins(text))
        for text in (LOCK.read_text("utf-8"), LOCK.with_name(MORE).read_text("utf-8"))
    )
    shared = book.keys() & more.keys()
    assert "numpy" in shared
    assert {name: more[name] for name in shared} == {n: book[n] for n in shared}


# From files to the record


def timing(comparison, way, median, scale=1.0, **case):
    stats = {"data": [0.9 * median, 1.2 * median, median, 0.8 * median, 9 * median]}
    told = {
        "comparison": comparison,
        "case": case,
        "way": way,
        "scale": scale,
        "unit": "step",
        "extra": {"operations": 7},
    }
    return {"extra_info": told, "stats": stats | {"total": 6 * median}}


WHERE = {
    "device": "cpu: some processor",
    "machine": "x86_64",
    "cores": 2,
    "threads": 2,
    "versions": {"python": "3.11.7", "torch": "2.13.0"},
    "quick": False,
}
ENGINE = {
    "machine_info": WHERE,
    "states": {"engine": "e" * 64},
    "benchmarks": [
        timing("engine", "rfbook", 2.0, 0.5, N=45),
        timing("engine", "loop", 6.0, 0.5, N=45),
        timing("engine", "rfbook", 4.0, 0.5, N=90),
    ],
}
PSI = {
    "machine_info": WHERE,
    "states": {"psi": "a" * 64},
    "benchmarks": [timing("psi", "psi", 1e-3, a=7)],
}


@pytest.fixture
def written(tmp_path):
    """Write parts; return their files."""

    def write(*parts):
        files = []
        for number, part in enumerate(parts):
            path = tmp_path / f"{number}.json"
            path.write_text(json.dumps(part))
            files.append(path)
        return files

    return write


def test_files_become_one_record_that_can_be_read_again(written, tmp_path):
    made = benchmarks.condense(written(ENGINE, PSI))
    write_record(tmp_path / "record.json", made)
    record = read_record(tmp_path / "record.json", kind=benchmarks.KIND)
    assert record.checksum == made.checksum
    assert record.sizes == {"rows": 4, "cores": 2, "threads": 2}
    assert record.results["seconds"] == {"engine": 72.0, "psi": 6e-3}
    first, loop, _ = benchmarks.rows(record, "engine")
    assert (first["median"], first["low"], first["high"]) == (1.0, 0.9, 1.2)
    assert benchmarks.ratio(first, loop) == 3.0
    [psi] = benchmarks.rows(record, "psi", a=7)
    assert psi["extra"] == {"operations": 7}
    assert benchmarks.rows(record, "engine", N=46) == []


def test_the_turns_of_a_way_are_one_row(written):
    turns = ENGINE | {"benchmarks": [*ENGINE["benchmarks"], *ENGINE["benchmarks"][:2]]}
    turns["benchmarks"][3] = timing("engine", "rfbook", 20.0, 0.5, N=45)
    first, loop, wide = benchmarks.rows(benchmarks.condense(written(turns)), "engine")
    assert [row["rounds"] for row in (first, loop, wide)] == [10, 10, 5]
    # 0.8, 0.9, 1, 1.2, 9 and ten times as much, in units of a step
    assert first["median"] == pytest.approx((8 + 9) / 2)
    assert loop["median"] == 3.0


def test_files_of_two_machines_or_modes_do_not_mix(written):
    for name, value in (("quick", True), ("device", "cpu: another"), ("threads", 1)):
        other = copy.deepcopy(PSI)
        other["machine_info"][name] = value
        with pytest.raises(RecordError, match="of one machine, one mode"):
            benchmarks.condense(written(ENGINE, other))


def test_nothing_is_no_record(written):
    with pytest.raises(RecordError, match="got no file"):
        benchmarks.condense([])
    with pytest.raises(RecordError, match="files without any"):
        benchmarks.condense(written(PSI | {"benchmarks": []}))


def test_a_comparison_that_does_not_exist_is_refused(written):
    record = benchmarks.condense(written(PSI))
    with pytest.raises(ValueError, match=r"one of exact-curves, .*, got 'nothing'"):
        benchmarks.rows(record, "nothing")


def test_a_quick_record_says_so(written):
    quick = PSI | {"machine_info": WHERE | {"quick": True}}
    assert "QUICK MODE" in benchmarks.heading(benchmarks.condense(written(quick)))
    assert "QUICK" not in benchmarks.heading(benchmarks.condense(written(PSI)))


def test_a_table_has_a_line_for_each_case_and_says_what_was_not_run(written):
    record = benchmarks.condense(written(ENGINE))
    text = benchmarks.table(benchmarks.rows(record, "engine"), "rfbook")
    assert text.splitlines() == [
        "| N | rfbook | loop |",
        "| --- | ---: | ---: |",
        "| 45 | 1.00 s (30%) | 3.00 s (30%), 3.00 × |",
        "| 90 | 2.00 s (30%) | not run |",
    ]
    with pytest.raises(ValueError, match="got none"):
        benchmarks.table([], "rfbook")


@pytest.mark.parametrize(
    ("value", "words"),
    [(999.6, "1,000"), (9.999, "10.0"), (1e-4, "0.000100"), (123456.0, "123,000")],
)
def test_three_digits_round_over_a_power_of_ten(value, words):
    assert benchmarks.three_digits(value) == words


@pytest.mark.parametrize(
    ("sizes", "costs"),
    [([1], [1]), ([1, 1], [1, 2]), ([1, 2], [1]), ([1, 2], [0, 1]), ([-1, 2], [1, 2])],
)
def test_an_exponent_needs_different_positive_sizes(sizes, costs):
    with pytest.raises(ValueError, match="got"):
        benchmarks.growth_exponent(sizes, costs)


def test_an_exponent_is_between_those_of_neighbours():
    fitted, least, most = benchmarks.growth_exponent([4, 1, 2], [40, 1, 4])
    assert least == pytest.approx(2)
    assert most == pytest.approx(np.log2(10))
    assert least < fitted < most


def row(way, median, case, **extra):
    return {
        "comparison": extra.pop("comparison"),
        "case": case,
        "way": way,
        "unit": extra.pop("unit", "step"),
        "median": median,
        "low": median,
        "high": median,
        "rounds": 5,
        "extra": extra,
    }


def record_of(written, rows):
    """A record of these rows."""
    made = benchmarks.condense(written(PSI))
    made.results["rows"][:] = rows
    return made


def test_the_growth_table_fits_the_larger_half_and_leaves_small_memory_out(written):
    made = [
        row(
            "one value",
            float(d**3),
            {"model": "NT", "grows": "d", "d": d},
            bytes=2**10 * d**2,
            comparison="growth",
            unit="value",
        )
        for d in (1, 10, 20, 40, 80, 160)
    ]
    [*_, line] = benchmarks.growth_table(record_of(written, made)).splitlines()
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    assert cells[:4] == ["NT", "value: one value", "$d$", "1 to 160"]
    assert cells[-2:] == ["3.00 (3.00 to 3.00)", "2.00 (2.00 to 2.00)"]
    short = benchmarks.growth_table(record_of(written, made[:3]))
    # 1 KiB, 100 KiB and 400 KiB: one size is left, which has no exponent
    assert short.endswith(" - |")


def test_the_summary_has_the_fraction_of_the_limit_and_the_ratios(written):
    times = {"rfbook": 2.0, "torch loop": 5.0, "torch.func": 3.0, "products": 1.5}
    case = {"model": "NN", "d": 450, "N": 45}
    made = [
        row(way, t, case, operations=8e9, comparison="engine")
        for way, t in times.items()
    ]
    text = benchmarks.summary_table(record_of(written, made))
    assert text.endswith("| NN | 45 | 75% | 4.00 | 2.50 | 1.50 | not run |")
    made += [
        row(way, t, case, comparison="engine")
        for way, t in {"JAX, scan": 4.0, "JAX, jitted step": 3.0}.items()
    ]
    assert benchmarks.summary_table(record_of(written, made)).endswith("| 1.50 |")


def test_the_curves_table_sums_over_the_numbers_of_neurons(written):
    made = []
    for N, reached in ((45, {"excess": 0.25}), (90, {})):
        case = {"figure": 1, "model": "NT", "N": N}
        made += [
            row("exact", 2.0, case, error=N * 1e-9, comparison="exact-curves"),
            row("procedure", 400.0, case, reached=reached, comparison="exact-curves"),
        ]
    text = benchmarks.curves_table(record_of(written, made))
    line = "| 1 | NT | 4.00 s | 800 s | 200 | 9e-08 | 0.2 to 0.2 |"
    assert text.endswith(line)
    case = {"figure": 1, "widths": 2}
    made.append(row("exact", 1.0, case, error=1e-9, comparison="exact-curves"))
    text = benchmarks.curves_table(record_of(written, made))
    assert text.endswith(
        f"{line}\n| 1 | all at once | 1.00 s | 800 s | 800 | 1e-09 |  |"
    )


# The book's record


def test_the_recorded_ways_agree():
    """No row was recorded whose way was further off than its tolerance."""
    found = benchmarks.recorded_benchmarks().results["rows"]
    compared = [row for row in found if "gap" in row]
    assert compared
    assert all(row["gap"] <= row["tolerance"] for row in compared)
    assert all(row["rounds"] >= 5 for row in found)
