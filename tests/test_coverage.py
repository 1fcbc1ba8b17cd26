"""The coverage table is complete, well formed, and names only claims that exist."""

import dataclasses

import pytest

import rfbook
from rfbook.ledger.coverage import LATER, NEURIPS, Row, load, parse, summary

ROWS = load()

# What each paper prints with a number, counted in its text.
NUMBERED = {
    ("ys", "equation"): {str(n) for n in range(1, 9)},
    ("ys", "theorem"): {"1.1", "1.2", "3.1", "4.2", "4.8"},
    ("ys", "proposition"): {"4.1", "4.6"},
    ("ys", "example"): {"4.3", "4.9"},
    ("ys", "remark"): {"4.4", "4.5", "4.7"},
    ("gm", "equation"): {str(n) for n in range(1, 18)},
    ("gm", "theorem"): {str(n) for n in range(1, 7)},
    ("gm", "proposition"): {"1"},
    ("gm", "corollary"): {"1"},
    ("gm", "assumption"): {"A1", "A2", "B2", "M1", "M2"},
    ("gm", "figure"): {"1", "2"},
    ("gm", "footnote"): {"1", "2", "3"},
}
FREE_TEXT = {"definition", "section-claim"}

# Results that the book takes apart, because it decides their parts one by one.
PARTS = {
    ("ys", "proposition", "4.6"): {"display of ψ", "item 1", "item 2", "item 3"},
    ("ys", "equation", "5"): {"summed error", "sum of squares"},
    ("gm", "equation", "6"): {"equality", "GAP"},
    ("gm", "equation", "13"): {"RF", "NT", "NN"},
    ("gm", "equation", "17"): {"RF", "NT", "NN"},
    ("gm", "figure", "1"): {"left frame", "right frame"},
    ("gm", "figure", "2"): {"left frame", "right frame"},
}

CHAPTERS = {
    "random-features",
    "polynomial-learning",
    "psi",
    "linear-warmup",
    "single-neuron",
    "neuron-proof",
    "quadratic-features",
    "quadratic-gap",
    "quadratic-flow",
    "mixture-features",
    "mixture-gap",
    "mixture-training",
    "bayes-floor",
}

ENTRY = {
    "paper": "ys",
    "version": NEURIPS,
    "kind": "theorem",
    "number": "9.9",
    "part": "",
    "title": "a title",
    "chapter": "psi",
    "claims": [],
    "reason": "",
}


@pytest.mark.parametrize(("paper", "kind"), NUMBERED)
def test_every_printed_number_has_a_row_and_no_other(paper, kind):
    found = {
        row.number
        for row in ROWS
        if (row.paper, row.version, row.kind) == (paper, NEURIPS, kind)
    }
    assert found == NUMBERED[paper, kind]


def test_no_other_kind_carries_a_printed_number():
    kinds = {(row.paper, row.kind) for row in ROWS if row.version == NEURIPS}
    assert {(p, k) for p, k in kinds if k not in FREE_TEXT} == set(NUMBERED)


@pytest.mark.parametrize(("paper", "kind", "number"), PARTS)
def test_a_divided_result_has_all_its_parts(paper, kind, number):
    found = {
        row.part
        for row in ROWS
        if (row.paper, row.version) == (paper, NEURIPS)
        and (row.kind, row.number) == (kind, number)
    }
    assert found == PARTS[paper, kind, number]


def test_a_row_for_the_whole_excludes_rows_for_its_parts():
    whole = {row.key[:4] for row in ROWS if not row.part}
    divided = {row.key[:4] for row in ROWS if row.part}
    assert not whole & divided


@pytest.mark.parametrize("section", ["§2.1", "§2.2"])
def test_the_unnumbered_claims_of_section_2_have_rows(section):
    assert [
        r for r in ROWS if (r.paper, r.version, r.number) == ("ys", NEURIPS, section)
    ]


def test_the_later_text_claims_no_number_that_cannot_be_read():
    later = [row for row in ROWS if row.version == LATER]
    assert later
    assert all(r.part and (r.kind == "section-claim" or not r.number) for r in later)


def test_every_row_belongs_to_a_planned_chapter():
    assert {row.chapter for row in ROWS} == CHAPTERS


def test_every_claim_named_is_in_the_ledger():
    assert summary(ROWS, rfbook.claims()).total == len(ROWS)


def test_every_row_of_the_psi_chapter_is_covered_or_reasoned():
    waiting = [r.label for r in ROWS if r.chapter == "psi" and r.state == "not yet"]
    assert not waiting


def test_the_summary_counts_each_state():
    covered = Row("ys", NEURIPS, "remark", "1", "", "t", "psi", claims=("psi-odd",))
    reasoned = Row("ys", NEURIPS, "remark", "2", "", "t", "psi", reason="notation")
    waiting = Row("ys", NEURIPS, "remark", "3", "", "t", "psi")
    found = summary([covered, reasoned, waiting, waiting], {"psi-odd"})
    assert (found.covered, found.reasoned, found.not_yet) == (1, 1, 2)


def test_an_unknown_claim_is_refused():
    known = {name for row in ROWS for name in row.claims}
    stray = dataclasses.replace(ROWS[0], claims=("no-such-claim",), reason="")
    with pytest.raises(ValueError, match="no-such-claim"):
        summary([*ROWS[1:], stray], known)


def test_a_row_that_stands_twice_is_refused():
    with pytest.raises(ValueError, match=r"two rows for Theorem 9\.9"):
        parse([ENTRY, ENTRY | {"title": "another title"}])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"paper": "xx"}, "paper is one of"),
        ({"version": "NeurIPS 2018"}, "version is one of"),
        ({"kind": "lemma"}, "kind is one of"),
        ({"number": ""}, "number or a part"),
        ({"title": ""}, "a title and a chapter"),
        ({"chapter": ""}, "a title and a chapter"),
        ({"claims": ["psi-odd"], "reason": "none"}, "only where no claim does"),
        ({"claims": ["psi-odd", "psi-odd"]}, "named twice"),
        ({"claims": "psi-odd"}, "a list of strings"),
        ({"claims": [1]}, "is a string, got 1"),
        ({"number": 9}, "is a string, got 9"),
        ({"note": ""}, "a row has the fields"),
    ],
)
def test_a_malformed_row_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        parse([ENTRY | change])


def test_labels_read_as_in_a_reference():
    labels = {row.label for row in ROWS}
    assert {
        "Theorem 4.2",
        "Proposition 4.6, item 2",
        "Equation (13), NT",
        "Figure 1, left frame",
        "§2.1, coupling",
        "Assumption A1",
    } <= labels
