"""The build refuses stale verdicts and edited boxes, and shows the status it read."""

import json
import re
import shutil
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from docutils import nodes
from docutils.utils import new_document
from sphinx.errors import ExtensionError
from sphinx.util.osutil import relative_uri

from rfbook.ledger import ancestors, claims
from rfbook.ledger.citation import FORMATS, cite
from rfbook.ledger.runner import load_verdicts, save_verdicts, verify
from rfbook.sphinxext import ancestry, moved, records
from rfbook.sphinxext import claims as extension

pytestmark = pytest.mark.slow


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


# --- what a record adds: fields, picture, citation, what has moved --------------------


def fields(claim, row=None):
    """Return the fields of a claim's record by name."""
    return {f[0].astext(): f[1] for f in records.facts(writes("html"), claim, row)}


def test_a_record_leads_to_the_proof():
    link = next(fields(claims()["psi-odd"])["proof"].findall(nodes.reference))
    assert link["refuri"] == "../book/psi.html#psi-odd"
    cited = next(c for c in claims().values() if c.status == "cited")
    assert fields(cited)["proof"].astext() == cited.reference


def test_a_record_names_corrections_from_both_sides():
    pairs = [(c.corrects, c.id) for c in claims().values() if c.corrects]
    assert pairs
    for false, true in pairs:
        assert true in fields(claims()[false])["corrected by"].astext()
        assert false in fields(claims()[true])["corrects"].astext()


def test_a_record_says_what_its_checks_take_for_true_and_how_long_they_took():
    claim = claims()["psi-triangle"]
    found = fields(claim, {"seconds": 0.1234})
    assert found["taken for true"].astext() == "psi-pieces"
    assert found["processor time"].astext() == "0.12 s"
    assert "processor time" not in fields(claim)


def drawn(name):
    """Return the picture of a claim, read again; None where there is none."""
    svg = ancestry.picture(claims(), name, lambda other: f"#claim-{other}")
    return BeautifulSoup(svg, "html.parser").svg


def heights(svg):
    """Return the height of each claim's dot, in the order of the rows."""
    names = [t for t in svg.find_all("text") if "words" not in t.get("class", [])]
    dots = [int(dot["cy"]) for dot in svg.find_all("circle")]
    return {t.get_text(): y for t, y in zip(names, dots, strict=True)}


@pytest.mark.parametrize("name", claims())
def test_the_picture_shows_what_a_claim_rests_on_and_what_uses_it(name):
    svg, own = drawn(name), claims()[name]
    below = ancestry.users(claims(), name)
    if not own.uses and not below:
        assert svg is None
        return
    at, above = heights(svg), ancestors(claims(), name)
    assert set(own.uses) <= set(at)
    assert [a["href"] for a in svg.find_all("a")] == [
        f"#claim-{other}" for other in at if other != name
    ]
    higher = {other for other, y in at.items() if y < at[name]}
    lower = {other for other, y in at.items() if y > at[name]}
    assert higher <= above
    assert len(higher) == min(len(above), ancestry.MOST_ABOVE)
    assert lower <= set(below)
    assert all(name in claims()[other].uses for other in below)
    assert len(lower) == min(len(below), ancestry.MOST_BELOW)
    ends = [re.findall(r"-?\d+", p["d"]) for p in svg.find_all("path")]
    arcs = [(int(numbers[1]), int(numbers[-1])) for numbers in ends]
    edges = [
        (at[use], at[other])
        for other in (*higher, name)
        for use in claims()[other].uses
        if use in at
    ]
    edges += [(at[name], at[other]) for other in lower]
    assert sorted(arcs) == sorted(edges)
    assert all(top < bottom for top, bottom in arcs)


def test_the_picture_has_a_name_and_words():
    svg = drawn("psi-triangle")
    assert svg["aria-labelledby"] == svg.title["id"] == "graph-psi-triangle"
    assert "Rests directly on psi-pieces" in svg.desc.get_text()
    assert "rests on 1" in svg.get_text()


def test_the_picture_says_how_many_it_leaves_out():
    counts = {name: len(ancestors(claims(), name)) for name in claims()}
    name = max(counts, key=counts.get)
    words = f"rests on the nearest {ancestry.MOST_ABOVE} of {counts[name]}"
    assert words in drawn(name).get_text()


def test_every_claim_has_its_facets_for_the_filters():
    script = BeautifulSoup(records.facets_script(), "html.parser").script
    data = json.loads(script.get_text())
    assert list(data["claims"]) == list(claims())
    for name, places in data["claims"].items():
        read = {
            facet: [known[place] for place in mine]
            for (facet, known), mine in zip(data["values"].items(), places, strict=True)
        }
        assert read == records.facets(claims()[name])
        assert all(read.values())


def test_the_facet_of_the_print_is_that_of_the_sources():
    for claim in claims().values():
        (printed,) = records.facets(claim)["print"]
        relations = {source.relation for source in claim.sources}
        false = bool(claim.corrects or relations & {"refutes", "corrects"})
        assert (printed == "false as printed") == false
        if printed == "true as printed":
            assert "as printed" in relations


@pytest.mark.parametrize(
    ("form", "formats"), [("html", FORMATS), ("latex", FORMATS[:1])]
)
def test_the_citation_stands_in_every_format(form, formats):
    app = writes(form)
    app.rfbook_verdicts = load_verdicts()["claims"]
    block = records.cite_block(app, "psi-odd")
    texts = [n.astext() for n in block if isinstance(n, nodes.literal_block)]
    assert texts == [cite("psi-odd", name) for name in formats]
    ids = [i for n in block if isinstance(n, nodes.paragraph) for i in n["ids"]]
    assert ids == ["cite-psi-odd"]


def test_a_moved_record_leads_to_its_page():
    (page, names), *_ = moved.MOVED.items()
    (section,) = moved.moved_section(writes("html"), page)
    items = list(section.findall(nodes.list_item))
    assert [item["ids"] for item in items] == [
        [f"claim-{name}", f"cite-{name}"] for name in names
    ]
    for name, item in zip(names, items, strict=True):
        link = next(item.findall(nodes.reference))
        assert link["refuri"] == f"{claims()[name].chapter}.html#claim-{name}"
    assert moved.moved_section(writes("latex"), page) == []
    assert moved.moved_section(writes("html"), "psi") == []
