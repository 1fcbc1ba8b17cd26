"""Every hypothesis of the papers is held by something, and what is said of it is so."""

import dataclasses

import pytest

from rfbook import trust
from rfbook.claims.quadratic_flow.landscape import MATRICES
from rfbook.ledger import Check, Claim, Planted, Statement, Verdict, claims, every
from rfbook.ledger.coverage import load as coverage
from rfbook.ledger.coverage import parse as rows_of
from rfbook.ledger.domain import Integers
from rfbook.ledger.hypotheses import (
    NEEDED,
    NOT_NEEDED,
    PLANTED,
    REASON,
    STATEMENTS,
    WAYS,
    Hypothesis,
    faults,
    load,
    parse,
)
from rfbook.planted import recorded_planted

HYPOTHESES = load()
ROWS = coverage()


@pytest.fixture(scope="module")
def refuted():
    """For each claim the planted errors that some check was seen to refute."""
    recorded = recorded_planted().results["claims"]
    return {
        name: {error["what"] for error in row["errors"] if error["caught"]}
        for name, row in recorded.items()
    }


# --- the file as it is ----------------------------------------------------------------


def test_what_is_said_of_every_hypothesis_is_so(refuted):
    assert list(faults(HYPOTHESES, ROWS, claims(), refuted)) == []


def test_every_hypothesis_is_held():
    assert [one for one in HYPOTHESES if one.held not in WAYS] == []


def test_a_reason_is_the_exception():
    reasons = sum(one.held == REASON for one in HYPOTHESES)
    assert reasons <= len(HYPOTHESES) // 8


def test_no_statement_lists_a_hypothesis_twice():
    named = [(one.key, one.what) for one in HYPOTHESES]
    assert len(named) == len(set(named))


def test_words_need_no_escape_in_a_page():
    for one in HYPOTHESES:
        assert not set("<|*$\\`") & set(f"{one.what}{one.note}"), one


def test_dimensions_up_to_40_are_in_the_claims_that_do_without_the_condition():
    found = [one for one in HYPOTHESES if one.what == "d > 40"]
    assert {one.held for one in found} == {NOT_NEEDED}
    for one in found:
        domain = claims()[one.claim].statement.domain
        assert "d" not in domain or domain["d"].low <= 2


def test_strict_saddles_need_no_sign_of_the_target():
    """The note on Proposition 1: its ways down go through for indefinite B."""
    claim = claims()["strict-saddle"]
    statement = claim.statement.changed(B=MATRICES["B"])
    found = claim.checks[0].run(statement)
    fewer = claim.checks[0].run(claim.statement)
    assert found.verdict is fewer.verdict is Verdict.HOLDS
    assert found.detail != fewer.detail  # more spectra were tried


# --- a made-up statement --------------------------------------------------------------


def at_most(statement, domain):
    return every(domain["n"], lambda n: (n <= statement.most, f"n = {n}"))


CLAIM = Claim(
    id="between-bounds",
    title="Between bounds",
    chapter="tools",
    statement=Statement(
        "For $[[n]]$, $n \\le [[most]]$.", {"n": Integers(2, 5)}, {"most": 5}
    ),
    checks=(Check("exact", "one by one", at_most),),
    planted=(Planted("further", {"n": Integers(1, 6)}), Planted("less", {"most": 4})),
)
FALSE = dataclasses.replace(CLAIM, id="no-bounds", expects=Verdict.FAILS)
REGISTRY = {claim.id: claim for claim in (CLAIM, FALSE)}
REFUTED = {"between-bounds": {"further"}}
ROW = {
    "paper": "ys",
    "version": "NeurIPS 2019",
    "kind": "theorem",
    "number": "9.9",
    "part": "",
    "title": "a title",
    "chapter": "psi",
    "claims": ["between-bounds"],
    "reason": "",
}
KEY = {name: ROW[name] for name in ("paper", "version", "kind", "number", "part")}
RANGE = {
    "what": "n up to 5",
    "held": PLANTED,
    "claim": "between-bounds",
    "error": "further",
    "place": "n",
}


def faults_of(*hypotheses, rows=(ROW,)):
    """List the faults of a made-up theorem with these hypotheses."""
    entries = [KEY | {"hypotheses": list(hypotheses)}] if hypotheses else []
    return list(faults(parse(entries), rows_of(rows), REGISTRY, REFUTED))


def test_a_planted_error_that_is_there_is_no_fault():
    assert faults_of(RANGE) == []


def test_a_theorem_without_hypotheses_is_seen():
    assert faults_of() == ["Theorem 9.9 (NeurIPS 2019): no hypotheses"]
    second = ROW | {"number": "9.8"}
    assert faults_of(RANGE, rows=(ROW, second)) == [
        "Theorem 9.8 (NeurIPS 2019): no hypotheses"
    ]


@pytest.mark.parametrize("kind", STATEMENTS)
def test_every_kind_of_statement_is_asked_for(kind):
    row = ROW | {"kind": kind}
    assert len(faults_of(rows=(row,))) == 1
    assert faults_of(rows=(row | {"kind": "equation"},)) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"claim": "no-such-claim"}, "no such claim"),
        ({"claim": "no-bounds"}, "it can show a need and no more"),
        ({"error": "furthest"}, "has no planted error 'furthest'"),
        ({"place": "most"}, "'further' does not change 'most'"),
        ({"error": "less", "place": "most"}, "was seen to refute 'less'"),
    ],
)
def test_a_wrong_word_on_a_planted_error_is_a_fault(change, said):
    found = faults_of(RANGE | change | {"note": "why this claim"})
    assert any(said in fault for fault in found)


def test_a_claim_of_another_statement_needs_a_note():
    other = ROW | {"claims": [], "reason": "none"}
    assert "no note says why" in faults_of(RANGE, rows=(other,))[0]
    assert faults_of(RANGE | {"note": "the same range"}, rows=(other,)) == []


def test_a_refuted_claim_shows_a_need_and_no_more():
    short = {"what": "n up to 5", "claim": "no-bounds", "note": "the printed one"}
    assert faults_of(short | {"held": NEEDED}) == []
    assert "a need and no more" in faults_of(short | {"held": NOT_NEEDED})[0]


def test_a_hypothesis_of_no_row_is_a_fault():
    equation = ROW | {"kind": "equation"}
    assert "no such row" in faults_of(RANGE, rows=(equation,))[0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"what": ""}, "not ''"),
        ({"held": "known"}, "is held by"),
        ({"held": NEEDED}, "needed goes with claim, got claim, error and place"),
        ({"held": REASON}, "reason goes with none of these"),
        ({"place": 1}, "got 1"),
        ({"width": "a"}, r"unknown fields \['width'\]"),
    ],
)
def test_a_malformed_hypothesis_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        faults_of(RANGE | change)


def test_a_reason_is_given_in_words():
    with pytest.raises(ValueError, match="given in the note"):
        Hypothesis("n up to 5", REASON)


def test_a_statement_stands_once_and_has_a_hypothesis():
    entry = KEY | {"hypotheses": [RANGE]}
    with pytest.raises(ValueError, match="stands twice"):
        parse([entry, entry])
    with pytest.raises(ValueError, match="without a hypothesis"):
        parse([KEY | {"hypotheses": []}])


# --- the table and the list -----------------------------------------------------------

FOUR = (
    RANGE,
    {"what": "n positive", "held": NOT_NEEDED, "claim": "between-bounds"},
    {"what": "n whole", "held": REASON, "note": "a convention"},
    {"what": "n even"},
)


def test_the_table_counts_each_way_and_what_nothing_holds():
    found = parse([KEY | {"hypotheses": list(FOUR)}])
    last = trust.hypotheses_table(found).splitlines()[-1]
    cells = [cell.strip() for cell in last.strip("|").split("|")]
    assert cells[1:] == ["1", "4", "1", "0", "1", "1", "1"]


def test_the_table_of_the_papers_has_every_hypothesis_in_a_way():
    lines = trust.hypotheses_table(HYPOTHESES).splitlines()[2:]
    counts = [[int(c) for c in line.strip("| ").split("|")[1:]] for line in lines]
    assert sum(row[1] for row in counts) == len(HYPOTHESES)
    for row in counts:
        assert row[1] == sum(row[2:])
        assert row[-1] == 0


def test_the_list_has_every_hypothesis_under_its_statement():
    found = parse([KEY | {"hypotheses": list(FOUR)}])
    text = trust.hypotheses_list(found, rows_of([ROW]))
    assert text.splitlines() == [
        "**Yehudai and Shamir, NeurIPS 2019**",
        "",
        "- Theorem 9.9: a title",
        "  - n up to 5: “further” is refuted in {prf:ref}`between-bounds`",
        "  - n positive: not needed in {prf:ref}`between-bounds`",
        "  - n whole: no check; a convention",
        "  - n even: held by nothing so far",
    ]
