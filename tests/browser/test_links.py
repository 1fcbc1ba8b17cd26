"""Every link inside the built book leads to a page and a place that are there."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup

from rfbook.ledger import claims


@pytest.fixture(scope="module")
def soups(site) -> dict[Path, BeautifulSoup]:
    """Return the parsed pages of the book."""
    found = [p for p in site.rglob("*.html") if site / "_static" not in p.parents]
    return {
        p.resolve(): BeautifulSoup(p.read_text(encoding="utf-8"), "html.parser")
        for p in found
    }


def dead_links(soups: dict[Path, BeautifulSoup]) -> list[str]:
    """Return the links that lead nowhere, as ``page: address``."""
    ids = {page: {t["id"] for t in s.find_all(id=True)} for page, s in soups.items()}
    dead = []
    for page, soup in soups.items():
        for link in soup.find_all("a", href=True):
            parts = urlsplit(link["href"])
            if parts.scheme or parts.netloc:
                continue
            target = (
                (page.parent / unquote(parts.path)).resolve() if parts.path else page
            )
            place = unquote(parts.fragment)
            there = not place or target not in ids or place in ids[target]
            if not (target.is_file() and there):
                dead.append(f"{page.name}: {link['href']}")
    return dead


def test_every_link_leads_somewhere(soups):
    assert dead_links(soups) == []


def test_a_dead_link_is_seen(soups):
    page = next(iter(soups))
    for address in ("nowhere.html", "#no-such-place"):
        html = f'<a href="{address}">x</a>'
        spoilt = soups | {page: BeautifulSoup(html, "html.parser")}
        assert f"{page.name}: {address}" in dead_links(spoilt)


def record_of(soups, ledger, link):
    """Return the place in a record to which a link of the ledger leads."""
    parts = urlsplit(link["href"])
    page = (ledger.parent / parts.path).resolve()
    assert page.parent.name == "records"
    return soups[page].find(id=parts.fragment)


@pytest.mark.parametrize("name", claims())
def test_a_permalink_leads_to_the_record(soups, site, name):
    page = (site / "book" / "ledger.html").resolve()
    ledger = soups[page]
    record = record_of(soups, page, ledger.find(id=f"claim-{name}").a)
    assert record.name == "section"
    assert record.select_one("dd code").get_text() == name
    assert record.select_one("table.checks, .claim-status.grey") is not None
    citation = record_of(soups, page, ledger.find(id=f"cite-{name}"))
    assert f"rfbook:{name}," in citation.find_next("pre").get_text()
