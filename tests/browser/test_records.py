"""The ledger's filters and the claims' records, over http and from plain files."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from rfbook.ledger import claims
from rfbook.ledger.citation import cite
from rfbook.sphinxext.moved import MOVED
from rfbook.sphinxext.records import facets

PHONE = {"width": 390, "height": 844}
PAGE = "records/psi.html"
ANCHORS = Path(__file__).resolve().parents[1] / "anchors.txt"


@pytest.fixture(scope="module", params=["http", "file"])
def ledger(request, opening, site):
    """Open the ledger, once over http and once from a plain file."""
    base = site.as_uri() + "/"
    if request.param == "http":
        base = request.getfixturevalue("http_base")
    with opening(base) as opened:
        opened.goto("book/ledger.html")
        yield opened.page
        assert opened.messages == []


@pytest.fixture
def shown(ledger):
    """Return a function that sets filters and says which claims are then shown."""
    bar = ledger.locator(".ledger-filters").first
    rows = ledger.locator("tr[id^='claim-']")

    def choose(**values: str) -> set[str]:
        bar.get_by_role("searchbox").fill(values.pop("word", ""))
        bar.locator("select").evaluate_all("all => all.forEach((s) => s.value = '')")
        for name, value in values.items():
            label = bar.locator("label").filter(has_text=f"Only {name}")
            label.locator("select").select_option(value)
        ids = rows.evaluate_all("rows => rows.filter(r => !r.hidden).map(r => r.id)")
        return {i.removeprefix("claim-") for i in ids}

    return choose


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kind", "interval"),
        ("source", "Yehudai and Shamir"),
        ("source", "this book alone"),
        ("print", "false as printed"),
        ("print", "true as printed"),
    ],
)
def test_the_ledger_can_be_filtered(shown, name, value):
    expected = {i for i, claim in claims().items() if value in facets(claim)[name]}
    assert expected
    assert shown(**{name: value}) == expected
    assert shown(**{name: ""}) == set(claims())


def test_filters_of_the_ledger_work_together_and_tell_the_count(ledger, shown):
    expected = {
        i
        for i, claim in claims().items()
        if claim.chapter == "psi" and "exact" in facets(claim)["kind"]
    }
    assert shown(chapter="psi", kind="exact") == expected
    # An element of this role is read aloud when it changes.
    count = ledger.get_by_role("status").first
    expect(count).to_have_text(f"{len(expected)} of {len(claims())} rows")
    refuted = shown(chapter="psi", kind="exact", outcome="refuted")
    assert refuted
    for name in refuted:
        assert name in expected
        assert claims()[name].expects.value == "FAILS"


def test_a_link_to_a_citation_opens_its_box(visitor):
    visitor.goto(f"{PAGE}#cite-psi-odd")
    boxes = visitor.page.locator("details.cite[open]")
    expect(boxes).to_have_count(1)
    expect(boxes.locator("summary")).to_have_text("Cite psi-odd")
    expect(boxes.locator("pre").first).to_contain_text("@misc{rfbook:psi-odd,")


def pasted(visitor) -> str:
    """Return what the keyboard pastes into a new field."""
    visitor.page.evaluate(
        """() => {
          const field = document.createElement("textarea");
          field.id = "pasted";
          document.body.append(field);
          field.focus();
        }"""
    )
    visitor.page.keyboard.press("Control+V")
    return visitor.page.evaluate(
        """() => {
          const field = document.getElementById("pasted");
          field.remove();
          return field.value;
        }"""
    )


def without_status(text: str) -> str:
    """Return a citation without the digest and the verdict, which the build read."""
    return re.sub(r"code [0-9a-f]{12}.*", "", text)


def test_every_format_can_be_copied(visitor):
    visitor.goto(PAGE)
    visitor.page.get_by_text("Cite psi-odd", exact=True).click()
    box = visitor.page.locator("details.cite[open]")
    forms = {"BibTeX": "bibtex", "CSL-JSON": "csl-json", "Text": "text"}
    for word, form in forms.items():
        box.get_by_role("button", name=f"Copy {word} of psi-odd").click()
        expect(box.get_by_role("status")).to_have_text(f"{word} copied")
        found = pasted(visitor)
        assert without_status(found) == without_status(cite("psi-odd", form))
        if form == "csl-json":
            assert json.loads(found)[0]["id"] == "rfbook:psi-odd"
    assert visitor.messages == []


def test_a_citation_opens_and_copies_by_keyboard(visitor):
    visitor.goto(PAGE)
    visitor.page.get_by_text("Cite psi-odd", exact=True).focus()
    for key in ("Enter", "Tab", "Enter"):
        visitor.page.keyboard.press(key)
        visitor.settle()
    box = visitor.page.locator("details.cite[open]")
    expect(box.get_by_role("status")).to_have_text("BibTeX copied")
    expect(box.get_by_text("Copied", exact=True)).to_be_in_viewport()
    assert pasted(visitor).startswith("@misc{rfbook:psi-odd,")


def test_open_citations_and_pictures_are_accessible_on_a_phone(http_visitor):
    http_visitor.goto(PAGE)
    http_visitor.page.evaluate(
        "() => document.querySelectorAll('details.cite').forEach((d) => d.open = true)"
    )
    http_visitor.settle()
    http_visitor.resize(PHONE)
    labels = http_visitor.page.locator("details.cite button").evaluate_all(
        "buttons => buttons.map((b) => b.getAttribute('aria-label'))"
    )
    count = http_visitor.page.locator("details.cite").count()
    assert len(labels) == len(set(labels)) == 3 * count
    assert http_visitor.double_ids() == []
    assert http_visitor.overflow() == []
    assert http_visitor.other_violations() == []
    for theme in ("light", "dark"):
        http_visitor.set_theme(theme)
        assert http_visitor.contrast_violations() == []


def test_the_words_of_a_picture_stay_inside_it(http_visitor):
    http_visitor.goto("records/neuron-width.html")
    outside = http_visitor.page.locator("svg.claim-graph").evaluate_all(
        """pictures => pictures.flatMap((svg) => {
          const right = svg.getBoundingClientRect().right;
          return [...svg.querySelectorAll("text")]
            .filter((t) => t.getBoundingClientRect().right > right)
            .map((t) => t.textContent);
        })"""
    )
    assert outside == []


def test_the_words_of_a_picture_follow_the_theme(http_visitor):
    http_visitor.goto(PAGE)
    fill = "t => getComputedStyle(t).fill"
    seen = set()
    for theme in ("light", "dark"):
        http_visitor.set_theme(theme)
        words = http_visitor.page.locator("svg.claim-graph text.own").first
        seen.add(words.evaluate(fill))
    assert len(seen) == 2


def test_a_link_of_a_picture_leads_to_a_record(visitor):
    visitor.goto(f"{PAGE}#claim-psi-triangle")
    picture = visitor.page.get_by_role(
        "group", name="What psi-triangle rests on, and what uses it"
    )
    picture.get_by_role("link", name="psi-pieces").click()
    visitor.page.wait_for_url(re.compile("#claim-psi-pieces$"))


@pytest.mark.parametrize("kind", ["claim", "cite"])
def test_the_old_address_of_a_record_leads_to_the_new_one(visitor, kind):
    for page, names in MOVED.items():
        name = names[0]
        visitor.goto(f"records/{page}.html#{kind}-{name}")
        new = f"/records/{claims()[name].chapter}.html#{kind}-{name}"
        visitor.page.wait_for_url(lambda url, new=new: url.endswith(new))


def addresses(line: str) -> list[str]:
    """Return the addresses for which a line of the list of anchors stands."""
    if " " not in line:
        return [line]
    chapter, name = line.split()
    pages = ("book/ledger.html", f"records/{chapter}.html")
    return [f"{page}#{kind}-{name}" for page in pages for kind in ("claim", "cite")]


def test_every_anchor_ever_published_is_there(site, outlines):
    lines = ANCHORS.read_text(encoding="utf-8").splitlines()
    listed = [a for x in lines if x and x[0] != "#" for a in addresses(x)]
    assert len(listed) > len(claims())
    pages = {address.partition("#")[0] for address in listed}
    ids = {page: set(outlines[(site / page).resolve()].ids) for page in pages}
    gone = [a for a in listed if a.partition("#")[2] not in ids[a.partition("#")[0]]]
    assert gone == []
