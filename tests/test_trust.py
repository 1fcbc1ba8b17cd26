"""The page "How to check us" counts what was recorded, and nothing else."""

import json
import re

import pytest

from rfbook import planted, trust
from rfbook.ledger import Check, Claim, Planted, Statement, claims, every
from rfbook.ledger.coverage import load, parse
from rfbook.ledger.domain import Integers
from rfbook.records import data_folder, read_record


def cells(text):
    return [
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for line in text.splitlines()
    ]


# A claim with three checks, of which one is idle


def at_most(statement, domain):
    return every(domain["n"], lambda n: (n <= statement.most, f"n = {n}"))


def at_least(statement, domain):
    return every(domain["n"], lambda n: (n >= statement.least, f"n = {n}"))


def nothing(statement, domain):
    return every(domain["n"], lambda n: (True, f"n = {n}"))


CLAIM = Claim(
    id="between-bounds",
    title="Between bounds",
    chapter="tools",
    statement=Statement(
        "For $[[n]]$, $[[least]] \\le n \\le [[most]]$.",
        {"n": Integers(2, 5)},
        {"least": 2, "most": 5},
    ),
    checks=(
        Check("exact", "above", at_most),
        Check("exact", "below", at_least),
        Check("exact", "idle", nothing),
    ),
    planted=(
        Planted("less", {"most": 4}, near=True),
        Planted("more", {"least": 3}),
        Planted("both", {"least": 3, "most": 4}),
        Planted("further", {"n": Integers(1, 6)}),
    ),
    weak=Check("exact", "n = 4", at_most, {"n": Integers(4, 4)}),
)


def test_every_check_is_asked_about_every_error():
    row = planted.tried(CLAIM)
    assert [error["caught"] for error in row["errors"]] == [[0], [1], [0, 1], [0, 1]]
    assert [error["fools"] for error in row["errors"]] == [True] * 4
    assert [error["unknown"] for error in row["errors"]] == [[]] * 4
    assert planted.blind({"between-bounds": row}) == [("between-bounds", "idle")]
    assert planted.easy({"between-bounds": row}) == []
    alone = {**row, "errors": row["errors"][:1]}
    assert planted.easy({"between-bounds": alone}) == ["between-bounds"]
    found = planted.tally({"between-bounds": row})
    assert (found.errors, found.near, found.caught, found.several) == (4, 1, 4, 2)
    counted = cells(planted.kinds_table({"between-bounds": row}))[2]
    assert counted == ["exact", "the statement", "3", "6", "0", "6", "2", "1"]


def test_a_run_is_resumed_and_a_changed_claim_is_asked_again(tmp_path, monkeypatch):
    told = []
    path = tmp_path / "planted-errors.json"
    registry = {CLAIM.id: CLAIM}
    planted.run(path, registry, tmp_path, told.append)
    assert len(told) == 1
    planted.run(path, registry, tmp_path, told.append)
    assert len(told) == 1
    monkeypatch.setattr(planted, "digest_of", lambda claim: "another")
    record = planted.run(path, registry, tmp_path, told.append)
    assert len(told) == 2
    assert read_record(path).results == record.results
    assert (
        planted.run(path, {"other": CLAIM}, tmp_path, told.append).sizes["claims"] == 1
    )


def test_only_claims_that_hold_are_asked():
    found = planted.with_errors(claims())
    assert len(found) > 200
    assert all(claim.planted and claim.status == "checked" for claim in found)


def test_no_error_passes_and_no_check_is_without_use():
    rows = planted.recorded_planted().results["claims"]
    assert set(rows) == {claim.id for claim in planted.with_errors(claims())}
    passed = {
        n for n, row in rows.items() if not all(e["caught"] for e in row["errors"])
    }
    assert passed == set()
    assert planted.blind(rows) == []
    assert planted.easy(rows) == []


# The audit of the coverage


def test_no_statement_of_the_papers_waits_for_an_audit():
    assert [row.label for row in load() if row.state == "not yet"] == []


def test_a_row_without_claim_and_reason_is_counted_as_neither():
    entry = {
        "paper": "ys",
        "version": "NeurIPS 2019",
        "kind": "theorem",
        "number": "9.9",
        "part": "",
        "title": "a title",
        "chapter": "psi",
        "claims": [],
        "reason": "",
    }
    covered = entry | {"number": "9.8", "claims": ["between-bounds"]}
    rows = parse([entry, covered, entry | {"number": "9.7", "reason": "notation"}])
    counted = cells(trust.coverage_table(rows))[2]
    assert counted[1:] == ["3", "1", "1", "1"]


# The other tables


@pytest.mark.parametrize(
    ("tolerance", "words"),
    [(0.0, "equal"), (4.0, "4 standard errors"), (1e-10, "1e-10 of it")],
)
def test_a_tolerance_is_said_in_words(tolerance, words):
    assert trust.within({"tolerance": tolerance}) == words


def test_every_second_route_is_a_line_of_the_table():
    rows = trust.second_routes()
    text = trust.routes_table(rows)
    assert len(text.splitlines()) == len(rows) + 2
    for row in rows:
        assert f"{{prf:ref}}`{row['claim']}`" in text


def test_the_table_of_proofs_has_what_coq_said(tmp_path):
    lines = cells(trust.formal_table())[2:]
    for path in sorted(trust.FOLDER.glob("*.v")):
        record = json.loads(path.with_suffix(".json").read_text())
        line = lines.pop(0)
        assert line[:2] == [f"`{path.name}`", str(len(record["theorems"]))]
        assert line[3] == record["date"]
    assert not lines


def test_every_record_is_counted_once():
    runs = trust.recorded_runs()
    files = {p for p in data_folder().rglob("*") if p.suffix in (".json", ".npz")}
    assert len(runs) == len(files)
    counts = [int(line[-1]) for line in cells(trust.runs_table(runs))[2:]]
    assert sum(counts) == len(runs)
    assert re.search("cpu", trust.runs_table(runs))
