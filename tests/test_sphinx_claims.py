"""The build refuses stale verdicts and edited boxes, and shows the status it read."""

import shutil
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from docutils import nodes
from docutils.utils import new_document
from sphinx.errors import ExtensionError
from sphinx.util.osutil import relative_uri

from rfbook.ledger import claims
from rfbook.ledger.runner import load_verdicts, save_verdicts, verify
from rfbook.sphinxext import claims as extension
from rfbook.sphinxext import records


@pytest.fixture
def app(book, tmp_path, monkeypatch):
    """A stand-in for Sphinx's application over a copy of the chapters."""
    verify()
    path = tmp_path / "verdicts.json"
    save_verdicts(load_verdicts()["claims"], path)
    monkeypatch.setenv("RFBOOK_VERDICTS", str(path))
    shutil.copytree(book, tmp_path / "book", ignore=shutil.ignore_patterns("_static"))
    return SimpleNamespace(srcdir=str(tmp_path))


@pytest.fixture
def warnings(monkeypatch):
    """Collect what the extension warns of (a strict build fails on any)."""
    seen = []
    log = SimpleNamespace(
        warning=lambda text, *a, **k: seen.append(text % a if a else text)
    )
    monkeypatch.setattr(extension, "LOGGER", log)
    return seen


def test_the_book_as_it_is_passes(app, warnings):
    extension.check_ledger(app)
    assert warnings == []


def test_a_missing_verdict_file_stops_the_build(app, tmp_path):
    (tmp_path / "verdicts.json").unlink()
    with pytest.raises(ExtensionError, match="no verdict of this code for"):
        extension.check_ledger(app)


def test_a_stale_verdict_stops_the_build(app, tmp_path):
    rows = load_verdicts()["claims"]
    rows["psi-odd"]["digest"] = "of another tree"
    save_verdicts(rows)
    with pytest.raises(ExtensionError, match="psi-odd"):
        extension.check_ledger(app)


def test_a_red_claim_is_a_warning(app, warnings):
    rows = load_verdicts()["claims"]
    rows["psi-odd"]["problems"] = ["it broke"]
    save_verdicts(rows)
    extension.check_ledger(app)
    assert warnings == ["the claim psi-odd is red: it broke"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (r"\psi_a(-x) = ", r"\psi_a(-x) = -"),
        (r"$- a \le x \le a$", r"$- a < x \le a$"),
        (":label: psi-odd\n", ":label: psi-odder\n"),
    ],
)
def test_an_edited_page_is_a_warning(app, tmp_path, warnings, old, new):
    page = tmp_path / "book" / "psi.md"
    text = page.read_text(encoding="utf-8")
    assert old in text
    page.write_text(text.replace(old, new, 1), encoding="utf-8")
    extension.check_ledger(app)
    assert warnings


@pytest.mark.parametrize(
    ("changes", "colour", "words"),
    [
        ({}, "ok", "checked, whole"),
        ({"ok": False, "problems": ["it broke"]}, "no", "RED: it broke"),
    ],
)
def test_the_status_line_says_what_the_row_says(changes, colour, words):
    row = verify("psi-odd").rows["psi-odd"] | changes
    line = extension.status_line(claims()["psi-odd"], row)
    assert line["classes"] == ["claim-status", colour]
    assert words in line.astext()
    assert "4 of 4 planted errors caught" in line.astext()


def test_a_status_line_without_a_row_is_not_green():
    line = extension.status_line(claims()["psi-odd"], None)
    assert line["classes"] == ["claim-status", "no"]
    assert "UNKNOWN" in line.astext()


def test_every_claim_has_a_line_in_its_source_page():
    for claim in claims().values():
        name = extension.claim_module(claim)
        text = extension.highlight(extension.module_path(name))
        assert f'<span id="{claim.id}">' in text


def writes(form):
    """Return a stand-in for an application that writes pages, or something else."""

    def uri(source, target):
        return relative_uri(f"{source}.html", f"{target}.html")

    return SimpleNamespace(builder=SimpleNamespace(format=form, get_relative_uri=uri))


def test_links_to_a_claim_lead_to_its_record():
    app, claim = writes("html"), claims()["psi-odd"]
    targets = [
        link["refuri"]
        for link in extension.links(app, "book/psi", claim)
        if isinstance(link, nodes.reference)
    ]
    assert targets[1:] == [
        "../records/psi.html#claim-psi-odd",
        "../records/psi.html#cite-psi-odd",
    ]
    links = extension.id_links(app, "records/psi", ["psi-odd", "hoeffding-lemma"])
    assert links[0]["refuri"] == "#claim-psi-odd"
    assert links[2]["refuri"] == "random-features.html#claim-hoeffding-lemma"


def test_outside_html_the_records_stay_on_the_ledger_page():
    link = extension.record_link(writes("latex"), "book/psi", claims()["psi-odd"], "x")
    assert link["refid"] == "claim-psi-odd"
    assert "refuri" not in link


def test_the_records_name_what_a_claim_rests_on_and_carries():
    app = writes("html")
    for claim in claims().values():
        found = records.facts(app, claim)
        fields = {f[0].astext(): f[1] for f in found if f[0].astext() != "source"}
        rests = [link.astext() for link in fields["rests on"].findall(nodes.reference)]
        assert rests == list(claim.uses)
        for name in rests:
            below = records.facts(app, claims()[name])
            assert claim.id in [r.astext() for r in below.findall(nodes.reference)]


@pytest.fixture
def ledger():
    """A ledger page with the records of two chapters."""
    document = new_document("ledger")
    box = nodes.container(classes=["records"])
    for chapter in ("one", "two"):
        section = nodes.section(ids=[f"claims-{chapter}"], chapter=chapter)
        section += nodes.title("", f"Chapter {chapter}")
        section += nodes.section("", nodes.title("", "A"), ids=[f"claim-{chapter}-a"])
        box += section
    document += [nodes.paragraph("", "kept"), box]
    return document


@pytest.mark.parametrize(
    ("form", "docname", "left"),
    [("html", "book/ledger", 0), ("html", "book/psi", 2), ("latex", "book/ledger", 2)],
)
def test_the_records_are_taken_off_the_written_ledger_page(ledger, form, docname, left):
    records.take_out(writes(form), ledger, docname)
    assert len(records.chapters(ledger)) == left
    assert "kept" in ledger.astext()


def test_the_margin_lists_a_page_s_claims(ledger):
    soup = BeautifulSoup(records.contents(records.chapters(ledger)[1]), "html.parser")
    assert [(a["href"], a.get_text()) for a in soup.find_all("a")] == [
        ("#", "Chapter two"),
        ("#claim-two-a", "two-a"),
    ]
