"""Every link inside the built book leads to a page and a place that are there.

The written pages are read without a browser, all of them: also the listings of sources
that are not opened there.
"""

from collections import Counter
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup, Tag

from rfbook.ledger import claims


def dead_links(outlines: dict) -> list[str]:
    """Return the links that lead nowhere, as ``page: address``."""
    ids = {page: set(outline.ids) for page, outline in outlines.items()}
    dead = []
    for page, outline in outlines.items():
        for link in outline.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (
                (page.parent / unquote(parts.path)).resolve() if parts.path else page
            )
            place = unquote(parts.fragment)
            there = not place or target not in ids or place in ids[target]
            if not (target.is_file() and there):
                dead.append(f"{page.name}: {link}")
    return dead


def double_ids(outlines: dict) -> list[str]:
    """Return the ids that stand on more than one element, as ``page: id``."""
    return [
        f"{page.name}: {name}"
        for page, outline in outlines.items()
        for name, count in Counter(outline.ids).items()
        if count > 1
    ]


def without_language(outlines: dict) -> list[str]:
    """Return the pages that do not say that they are in English."""
    return [p.name for p, o in outlines.items() if o.language != "en" and o.ids]


def shared_titles(outlines: dict) -> list[str]:
    """Return the titles of pages that are empty or stand on more than one page."""
    titles = Counter(o.title for o in outlines.values() if o.ids)
    return [title for title, count in titles.items() if count > 1 or not title]


def test_every_link_leads_somewhere(outlines):
    assert dead_links(outlines) == []


def test_an_id_stands_once_on_every_page(outlines):
    assert double_ids(outlines) == []


def test_every_page_names_its_language(outlines):
    assert without_language(outlines) == []


def test_every_page_has_a_title_of_its_own(outlines):
    assert shared_titles(outlines) == []


@pytest.mark.parametrize("address", ["nowhere.html", "#no-such-place"])
def test_a_dead_link_is_seen(outlines, outline, address):
    page = next(iter(outlines))
    spoilt = outlines | {page: outline(f"<p><a class='x' href={address!r}>x</a>")}
    assert f"{page.name}: {address}" in dead_links(spoilt)


def test_other_faults_of_a_written_page_are_seen(outline):
    page = Path("page.html")
    spoilt = '<html><title>T</title><p id="a">x</p><svg ID=b id=a><g id="c"/></svg>'
    spoilt = {page: outline(spoilt), Path("other.html"): outline(spoilt)}
    assert double_ids(spoilt) == ["page.html: a", "other.html: a"]
    assert without_language(spoilt) == ["page.html", "other.html"]
    assert shared_titles(spoilt) == ["T"]


@pytest.mark.parametrize(
    "text",
    [
        '<!-- <p id="a"> --><a href="x?a=1&amp;b=2" id=\'i"\'>&lt;b id="c"&gt;</a>',
        '<script id="s">"<p id=\'a\'>"</script><style id=t>/* <p id="a"> */</style>',
        '<a\n  title="a > b"\n  href="#1"></a><a name="n"></a><link href="y" id=z>',
        '<span class="n"><span class="n" id="line"></span></span><DIV ID="d"></DIV>',
    ],
)
def test_an_outline_is_what_a_parser_finds(outline, text):
    found, soup = outline(text), BeautifulSoup(text, "html.parser")
    assert list(found.ids) == [tag["id"] for tag in soup.find_all(id=True)]
    assert list(found.links) == [tag["href"] for tag in soup.find_all("a", href=True)]


@pytest.mark.parametrize(
    "name", ["book/neuron-width.html", "records/tools.html", "search.html"]
)
def test_an_outline_of_a_page_is_what_a_parser_finds(site, outlines, name):
    found = outlines[(site / name).resolve()]
    soup = BeautifulSoup((site / name).read_text(encoding="utf-8"), "html.parser")
    assert list(found.ids) == [tag["id"] for tag in soup.find_all(id=True)]
    assert list(found.links) == [tag["href"] for tag in soup.find_all("a", href=True)]
    assert (found.language, found.title) == (soup.html["lang"], soup.title.text.strip())


@pytest.fixture(scope="module")
def places(site) -> dict[Path, dict[str, Tag]]:
    """Return the ledger and the records, parsed: page, id, element."""
    found = {}
    for path in [site / "book" / "ledger.html", *site.glob("records/*.html")]:
        soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        found[path.resolve()] = {tag["id"]: tag for tag in soup.find_all(id=True)}
    return found


def record_of(places, ledger, link):
    """Return the place in a record to which a link of the ledger leads."""
    parts = urlsplit(link["href"])
    page = (ledger.parent / parts.path).resolve()
    assert page.parent.name == "records"
    return places[page][parts.fragment]


@pytest.mark.parametrize("name", claims())
def test_a_permalink_leads_to_the_record(places, site, name):
    page = (site / "book" / "ledger.html").resolve()
    ledger = places[page]
    record = record_of(places, page, ledger[f"claim-{name}"].a)
    assert record.name == "section"
    assert record.select_one("dd code").get_text() == name
    assert record.select_one("table.checks, .claim-status.grey") is not None
    citation = record_of(places, page, ledger[f"cite-{name}"])
    assert f"rfbook:{name}," in citation.find_next("pre").get_text()
