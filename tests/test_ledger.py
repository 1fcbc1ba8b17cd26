"""The ledger's promises, each broken once and seen red."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from sympy import Symbol

from rfbook.ledger import (
    Check,
    Claim,
    Integers,
    Planted,
    Reals,
    Relation,
    Result,
    Statement,
    Verdict,
    agree,
    every,
    every_ball,
    exact_ball,
    fails,
    gather,
    holds,
    identity,
    unknown,
)
from rfbook.ledger.digest import PACKAGE, claim_digest, closure, imports
from rfbook.ledger.domain import contains, covers
from rfbook.ledger.fidelity import fidelity
from rfbook.ledger.pages import box_text, boxes, differences
from rfbook.ledger.registry import ancestors, circular, descendants
from rfbook.ledger.runner import (
    Report,
    current,
    grade,
    load_verdicts,
    record,
    run_claim,
    verify,
)

N = Symbol("n", integer=True, positive=True)


def compare(statement, domain) -> Result:
    """Decide the model claim: the sum of the first n odd numbers."""

    def instance(n):
        left = sum(range(1, 2 * n, 2))
        right = int(statement.total.subs(N, n))
        return statement.relation.exact(left, right), f"{left} against {right}"

    return every(domain["n"], instance)


def symbolic(statement, domain) -> Result:
    """Decide the step of the induction for symbolic n."""
    grown = statement.total.subs(N, N + 1) - statement.total
    return identity(grown.expand(), 2 * N + 1)


EXACT = Check("exact", "summed", compare, {"n": Integers(1, 30)})
BASE = Check("exact", "n = 1", compare, {"n": Integers(1, 1)}, "base", "n")
STEP = Check("symbolic", "from n to n + 1", symbolic, role="induction", over="n")
WEAK = Check("exact", "n = 1 only", compare, {"n": Integers(1, 1)})
MODEL = Claim(
    id="odd-sum",
    title="Odd numbers",
    chapter="model",
    statement=Statement(
        "For every $[[n]]$: $1 + 3 + \\dots + (2n-1) [[relation]] [[total]]$.",
        {"n": Integers(1)},
        {"relation": Relation("="), "total": N**2},
    ),
    checks=(EXACT,),
    planted=(
        Planted("off by one", {"total": N**2 + 1}),
        Planted("right at 1", {"total": N}, near=True),
        Planted("a strict sign", {"relation": Relation("<")}),
    ),
    weak=WEAK,
)


def outcome(claim: Claim) -> dict:
    """Run a claim and grade it, as `verify` does."""
    row = run_claim(claim)
    grade(rows := {claim.id: row}, {claim.id: claim})
    return rows[claim.id]


def test_the_model_claim_is_green():
    row = outcome(MODEL)
    assert row["ok"]
    assert row["fidelity"] == "instances"
    assert [p["fools"] for p in row["planted"]] == [False, True, False]
    assert all(p["witness"] for p in row["planted"])


# --- checks ---------------------------------------------------------------------------


def raising(statement, domain):
    raise ZeroDivisionError("nothing to divide")


@pytest.mark.parametrize(
    ("decide", "verdict"),
    [
        (raising, "UNKNOWN"),
        (lambda s, d: unknown("too hard"), "UNKNOWN"),
        (lambda s, d: True, "UNKNOWN"),
        (lambda s, d: Result(Verdict.FAILS), "UNKNOWN"),
        (lambda s, d: fails("at 3"), "FAILS"),
    ],
)
def test_whatever_is_not_a_holds_is_red(decide, verdict):
    row = outcome(replace(MODEL, checks=(EXACT, Check("symbolic", "bad", decide))))
    assert not row["ok"]
    assert row["checks"][1]["verdict"] == verdict
    assert row["fidelity"] == "none"


def test_a_failure_needs_a_witness():
    with pytest.raises(ValueError, match="witness"):
        fails("")


def test_a_refuted_claim_is_red_when_it_holds():
    assert not outcome(replace(MODEL, expects=Verdict.FAILS))["ok"]


def test_no_instance_is_unknown():
    empty = Check("exact", "nothing", compare, {"n": Integers(5, 4)})
    assert empty.run(MODEL.statement).verdict is Verdict.UNKNOWN


# --- planted errors -------------------------------------------------------------------


def test_a_planted_error_that_survives_is_red():
    survivor = Planted("the same square", {"total": N**2 + 0 * N})
    row = outcome(replace(MODEL, planted=(*MODEL.planted, survivor)))
    assert not row["ok"]
    assert "the same square" in row["problems"][0]


def test_a_planted_error_without_a_witness_is_red():
    mute = Check("symbolic", "mute", lambda s, d: Result(Verdict.FAILS))
    row = outcome(replace(MODEL, checks=(mute,)))
    assert not row["ok"]
    assert all(not planted["caught"] for planted in row["planted"])


def test_a_planted_error_that_is_only_unknown_is_red():
    timid = Check("symbolic", "timid", lambda s, d: unknown("who knows"))
    row = outcome(replace(MODEL, checks=(timid,)))
    assert not row["ok"]
    assert {planted["verdict"] for planted in row["planted"]} == {"UNKNOWN"}


def test_straw_men_are_red():
    row = outcome(replace(MODEL, planted=(MODEL.planted[0], MODEL.planted[2])))
    assert not row["ok"]
    assert "straw men" in row["problems"][0]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"planted": MODEL.planted[:2]}, "plants 2 errors"),
        (
            {"planted": tuple(replace(p, near=False) for p in MODEL.planted)},
            "no near miss",
        ),
        ({"weak": None}, "no weak check"),
        ({"uses": ("not-there",)}, "not-there"),
        ({"corrects": "odd-sum"}, "not refuted"),
    ],
)
def test_a_claim_that_breaks_a_rule_is_refused(changes, words):
    with pytest.raises(ValueError, match=words):
        gather([replace(MODEL, **changes)])


# --- registry -------------------------------------------------------------------------


def test_an_id_used_twice_is_refused():
    with pytest.raises(ValueError, match="odd-sum is used twice"):
        gather([MODEL, replace(MODEL, title="again")])


def test_a_circle_is_refused():
    first = replace(MODEL, uses=("even-sum",))
    second = replace(MODEL, id="even-sum", uses=("odd-sum",))
    assert circular({"odd-sum": first, "even-sum": second})
    with pytest.raises(ValueError, match="rests on itself"):
        gather([first, second])


def test_ancestors_and_descendants():
    chain = [
        MODEL,
        replace(MODEL, id="next-one", uses=("odd-sum",)),
        replace(MODEL, id="last-one", uses=("next-one",)),
    ]
    registry = gather(chain)
    assert ancestors(registry, "last-one") == {"next-one", "odd-sum"}
    assert descendants(registry, "odd-sum") == {"next-one", "last-one"}


@pytest.mark.parametrize("bad", ["one", "a-b-c-d-e", "no spaces", "trailing-"])
def test_ids_have_two_to_four_words(bad):
    with pytest.raises(ValueError, match="two to four words"):
        replace(MODEL, id=bad)


def test_a_numeric_check_of_infinitely_many_instances_is_refused():
    with pytest.raises(ValueError, match="needs a window for n"):
        replace(MODEL, checks=(Check("exact", "all of them", compare),))


def test_given_claims_must_be_among_the_uses():
    with pytest.raises(ValueError, match="must be among its uses"):
        replace(MODEL, checks=(replace(EXACT, given=("even-sum",)),))


# --- fidelity -------------------------------------------------------------------------


def graded(claim: Claim, confirmed) -> str:
    return fidelity(claim, {claim.id: claim}, confirmed).grade


def test_a_narrowed_domain_lowers_fidelity():
    finite = replace(
        MODEL, statement=replace(MODEL.statement, domain={"n": Integers(1, 30)})
    )
    assert outcome(finite)["fidelity"] == "whole"
    narrow = replace(EXACT, window={"n": Integers(1, 29)})
    assert outcome(replace(finite, checks=(narrow,)))["fidelity"] == "instances"


def test_an_induction_is_whole_and_its_parts_are_not():
    whole = replace(MODEL, checks=(BASE, STEP))
    assert graded(whole, {0, 1}) == "whole"
    assert graded(whole, {0}) == graded(whole, {1}) == "steps"
    late = replace(BASE, window={"n": Integers(2, 2)})
    assert graded(replace(MODEL, checks=(late, STEP)), {0, 1}) == "steps"
    windowed = replace(STEP, window={"n": Integers(1, 5)})
    assert graded(replace(MODEL, checks=(BASE, windowed)), {0, 1}) == "steps"


@pytest.mark.parametrize(("start", "grade_seen"), [(31, "whole"), (32, "instances")])
def test_a_tail_must_start_where_the_checks_end(start, grade_seen):
    tail = replace(
        MODEL,
        id="odd-tail",
        statement=replace(MODEL.statement, domain={"n": Integers(start)}),
        checks=(STEP,),
    )
    head = replace(MODEL, uses=("odd-tail",), cases=("odd-tail",))
    registry = {"odd-sum": head, "odd-tail": tail}
    assert fidelity(head, registry, {0, "odd-tail"}).grade == grade_seen
    assert fidelity(head, registry, {0}).grade == "instances"


def test_a_check_that_takes_a_claim_for_true_is_a_step_unless_that_is_whole():
    given = replace(STEP, role="statement", over="", given=("even-sum",))
    claim = replace(MODEL, uses=("even-sum",), checks=(given,))
    assert graded(claim, {0, "even-sum"}) == "whole"
    assert graded(claim, {0}) == "steps"


def test_an_experiment_only_illustrates():
    experiment = Check("statistical", "seen", lambda s, d, rng: holds(), EXACT.window)
    assert graded(replace(MODEL, checks=(experiment,)), {0}) == "illustrated"


def test_a_case_list_that_rests_on_more_than_it_names_is_refused():
    with pytest.raises(ValueError, match="cases must be among"):
        replace(MODEL, cases=("odd-tail",))


# --- domains --------------------------------------------------------------------------


def test_integers_contain_cut_and_cover():
    odd = Integers(1, step=2)
    assert 7 in odd
    assert 8 not in odd
    assert Integers(1).contains(odd)
    assert not odd.contains(Integers(1))
    assert odd.cut(Integers(4, 9)) == Integers(5, 9, 2)
    assert covers([{"d": Integers(1, 9)}, {"d": Integers(10)}], {"d": Integers(1)})
    assert not covers([{"d": Integers(1, 8)}, {"d": Integers(10)}], {"d": Integers(1)})
    assert not covers([{"d": Integers(1, 200)}], {"d": Integers(1)})


def test_pieces_join_along_one_variable_only():
    target = {"a": Integers(1, 4), "b": Integers(1, 4)}
    left = {"a": Integers(1, 2), "b": Integers(1, 4)}
    right = {"a": Integers(3, 4), "b": Integers(1, 4)}
    corner = {"a": Integers(3, 4), "b": Integers(1, 3)}
    assert covers([left, right], target)
    assert not covers([left, corner], target)


@pytest.mark.parametrize(
    ("pieces", "covered"),
    [
        ([Reals(0, 1), Reals(1, None)], True),
        ([Reals(0, 1, open_high=True), Reals(1, None, open_low=True)], False),
        ([Reals(0, 1, open_high=True), Reals(1, None)], True),
        ([Reals(0, 1), Reals(Fraction(11, 10), None)], False),
        ([Reals(0, 5)], False),
        ([Reals(None, None)], True),
        ([Reals(0, None, open_low=True)], True),
        ([Reals(Fraction(1, 100), None)], False),
    ],
)
def test_real_pieces_leave_no_gap(pieces, covered):
    wanted = {"R": Reals(0, None, open_low=True)}
    assert covers([{"R": piece} for piece in pieces], wanted) is covered


def test_intervals_with_symbolic_ends():
    a = Symbol("a", positive=True)
    assert Reals(-a, a + 1).contains(Reals(-a, a))
    assert not Reals(-a, a).contains(Reals(-a, a + 1))
    assert contains({"x": Reals()}, {"x": Reals(-a, a)})


# --- deciders -------------------------------------------------------------------------


def test_balls_decide_three_ways():
    third = exact_ball(Fraction(1, 3))
    assert every_ball([1], lambda v: (third, third + 1), Relation("<")).verdict.value
    for left, right, verdict in (
        (third, exact_ball(Fraction(1, 2)), Verdict.HOLDS),
        (exact_ball(Fraction(1, 2)), third, Verdict.FAILS),
        (third, third, Verdict.UNKNOWN),
    ):
        sides = (left, right)
        result = every_ball([1], lambda v, sides=sides: sides, Relation("<"))
        assert result.verdict is verdict


def test_floats_are_not_exact():
    with pytest.raises(TypeError, match="float"):
        Relation("<").exact(0.1, 1)


def test_identities_are_decided_or_left_open():
    x = Symbol("x", real=True)
    assert identity((x + 1) ** 2, x**2 + 2 * x + 1).verdict is Verdict.HOLDS
    wrong = identity((x + 1) ** 2, x**2 + 2 * x + Fraction(11, 10))
    assert wrong.verdict is Verdict.FAILS
    assert "x = " in wrong.witness


def test_statistics_use_the_stated_level():
    assert agree([("mean", 0.0, 1.0, 3.2)]).verdict is Verdict.HOLDS
    assert agree([("mean", 0.0, 1.0, 3.4)]).verdict is Verdict.FAILS
    assert agree([("mean", 0.0, 0.0, 0.0)]).verdict is Verdict.UNKNOWN
    many = [("mean", 0.0, 1.0, 0.0)] * 9 + [("last", 0.0, 1.0, 3.4)]
    assert agree(many).verdict is Verdict.HOLDS


# --- statements and pages -------------------------------------------------------------


def test_nothing_a_check_reads_is_hidden_from_the_page():
    with pytest.raises(ValueError, match="known but not placed: \\['hidden'\\]"):
        Statement("nothing here", {}, {"hidden": 1})
    with pytest.raises(ValueError, match="placed but unknown: \\['missing'\\]"):
        Statement("[[missing]]")


def test_every_planted_error_changes_the_box():
    for planted in MODEL.planted:
        changed = MODEL.statement.changed(**planted.changes)
        assert changed.latex() != MODEL.statement.latex()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("n^{2}", "- n^{2}", "not the claim's statement"),
        ("1, 2, 3,", "0, 1, 2,", "not the claim's statement"),
        ("= n^{2}", r"\le n^{2}", "not the claim's statement"),
        (":label: odd-sum", ":label: odd-summ", "is no claim"),
        (":label: odd-sum\n", "", "without a label"),
    ],
)
def test_an_edited_box_is_seen(old, new, words):
    page = box_text(MODEL)
    registry = {"odd-sum": MODEL}
    assert differences(boxes(page, "model"), registry, ["model"]) == []
    edited = page.replace(old, new)
    assert edited != page
    faults = [fault for _, fault in differences(boxes(edited, "model"), registry)]
    assert any(words in fault for fault in faults)


def test_white_space_does_not_count_and_a_missing_box_does():
    page = box_text(MODEL).replace(" ", "  ")
    assert differences(boxes(page, "model"), {"odd-sum": MODEL}, ["model"]) == []
    faults = differences([], {"odd-sum": MODEL}, ["model"])
    assert "has no box" in faults[0][1]
    twice = boxes(page + "\n\n" + page, "model")
    assert "used twice" in differences(twice, {"odd-sum": MODEL})[0][1]


# --- digests and the verdict file -----------------------------------------------------


def test_imports_are_found_wherever_they_stand(tmp_path):
    package = tmp_path / "rfbook"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "deep.py").write_text("LEVEL = 1\n")
    (package / "middle.py").write_text("def f():\n    from . import deep\n")
    (package / "top.py").write_text("import rfbook.middle\n")
    assert imports("rfbook.top", package) == {"rfbook", "rfbook.middle"} - {"rfbook"}
    assert closure("rfbook.top", package) == [
        "rfbook",
        "rfbook.deep",
        "rfbook.middle",
        "rfbook.top",
    ]
    before = claim_digest("rfbook.top", package)
    (package / "deep.py").write_text("LEVEL = 2\n")
    claim_digest.cache_clear()
    assert claim_digest("rfbook.top", package) != before


@pytest.mark.slow
def test_a_constant_two_imports_away_makes_the_claim_run_again(tmp_path):
    shutil.copytree(
        PACKAGE, tmp_path / "rfbook", ignore=shutil.ignore_patterns("__pycache__")
    )
    verdicts = tmp_path / "verdicts.json"

    def ran() -> str:
        script = "from rfbook.ledger.runner import *; from rfbook.ledger import claims;"
        script += "row = current(claims()['psi-counts'], load_verdicts());"
        script += "print('kept' if row else 'run'); print(verify('psi-counts').ok)"
        done = subprocess.run(
            [sys.executable, "-c", script],
            cwd=tmp_path,
            env={"RFBOOK_VERDICTS": str(verdicts), "PATH": "", "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.split()[0]

    assert [ran(), ran()] == ["run", "kept"]
    deciders = tmp_path / "rfbook" / "ledger" / "deciders.py"
    text = deciders.read_text()
    assert "LEVEL = 1e-3" in text
    deciders.write_text(text.replace("LEVEL = 1e-3", "LEVEL = 1e-4"))
    assert [ran(), ran()] == ["run", "kept"]


def test_a_verdict_of_other_code_does_not_stand():
    from rfbook.ledger import claims

    claim = claims()["psi-counts"]
    row = {"digest": "of another tree", "ok": True}
    assert current(claim, {"claims": {"psi-counts": row}}) is None
    assert current(claim, {"claims": {}}) is None


def test_a_damaged_verdict_file_is_named(tmp_path):
    path = tmp_path / "verdicts.json"
    path.write_text("{")
    with pytest.raises(ValueError, match=r"verdicts\.json is damaged"):
        load_verdicts(path)
    path.write_text(json.dumps({"format": -1}))
    assert load_verdicts(path)["claims"] == {}


def test_the_report_shows_no_times():
    report = Report((MODEL,), {"odd-sum": outcome(MODEL)})
    assert "seconds" not in report._repr_html_()
    assert "seconds" not in str(report)
    assert report.ok
    assert "3 of 3" in str(report)


def test_a_claim_without_a_row_is_not_ok():
    assert not Report((MODEL,), {}).ok


def test_the_digest_reaches_the_ledger_itself():
    names = closure("rfbook.claims.psi")
    assert {"rfbook.ledger.deciders", "rfbook.claims.psi.wave"} <= set(names)
    assert Path(PACKAGE, "ledger", "deciders.py").is_file()


def test_runs_side_by_side_keep_each_others_outcomes(tmp_path):
    path = tmp_path / "verdicts.json"
    rows = verify(["psi-pieces", "psi-odd"]).rows
    record({"psi-odd": rows["psi-odd"]}, path)
    # Alone, a check that takes psi-pieces for true is a step of the proof.
    alone = load_verdicts(path)["claims"]["psi-odd"]["why"]
    assert "symbolic for all a, x" not in alone
    assert "symbolic for all a, x" in rows["psi-odd"]["why"]
    record({"psi-pieces": rows["psi-pieces"]}, path)
    held = load_verdicts(path)["claims"]
    assert {name: row["fidelity"] for name, row in held.items()} == {
        "psi-odd": "whole",
        "psi-pieces": "whole",
    }
