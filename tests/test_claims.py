"""The book's claims: run, as expected, and with planted errors worth planting."""

import pytest

from rfbook.ledger import Verdict, claims
from rfbook.ledger.runner import verify

IDS = list(claims())
CHECKED = [i for i in IDS if claims()[i].status == "checked"]


@pytest.fixture(scope="module")
def rows():
    """Verdicts of this very code: recorded ones where they are current."""
    return verify().rows


@pytest.mark.parametrize("name", CHECKED)
def test_claim_is_as_expected(name, rows):
    row = rows[name]
    assert not row["problems"], "; ".join(row["problems"])
    assert row["ok"]
    assert row["fidelity"] in {"whole", "instances", "steps", "illustrated", "refuted"}


@pytest.mark.parametrize("name", CHECKED)
def test_every_planted_change_is_told_apart_with_a_witness(name, rows):
    claim, row = claims()[name], rows[name]
    assert len(row["planted"]) >= 3
    for planted in row["planted"]:
        assert planted["caught"], planted["what"]
        assert planted["witness"], planted["what"]
    if claim.expects is Verdict.HOLDS:
        assert any(planted["fools"] for planted in row["planted"]), "straw men"


@pytest.mark.parametrize("name", CHECKED)
def test_every_planted_change_is_seen_on_the_page(name):
    claim = claims()[name]
    for planted in claim.planted:
        changed = claim.statement.changed(**planted.changes)
        assert changed.latex() != claim.statement.latex(), planted.what


@pytest.mark.parametrize("name", CHECKED)
def test_a_claim_takes_less_than_twenty_seconds(name, rows):
    assert rows[name]["seconds"] < 20


@pytest.mark.parametrize("name", IDS)
def test_what_is_said_of_a_source_needs_no_typesetting(name):
    for source in claims()[name].sources:
        assert not set("$\\") & set(f"{source.where} {source.relation} {source.note}")


@pytest.mark.parametrize("name", IDS)
def test_sources_are_in_the_bibliography(name, book):
    known = (book / "references.bib").read_text(encoding="utf-8")
    for source in claims()[name].sources:
        assert f"{{{source.key}," in known
