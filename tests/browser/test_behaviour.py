"""What a reader does with the book: over http, and from plain files."""

import re

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import expect


@pytest.fixture(scope="module")
def link_to_theorem(site, cards):
    """Return a page, and the address on it, of a link that has a card."""
    for path in sorted(site.glob("book/*.html")):
        soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for link in soup.select(".bd-article a.reference[href*='#']"):
            href = link["href"]
            key = f"book/{path.name}{href}" if href[0] == "#" else f"book/{href}"
            if key in cards and not link.find_parent(class_="toggle"):
                return f"book/{path.name}", href
    pytest.fail("no page of the book links to a theorem")


def test_the_search_finds_a_word(visitor):
    visitor.goto("search.html?q=exponentially")
    results = visitor.page.locator("#search-results ul.search li")
    expect(results.locator("a[href*='book/index.html']").first).to_be_visible()
    assert visitor.messages == []


def test_the_search_field_leads_to_the_results(visitor):
    visitor.goto("book/index.html")
    visitor.page.keyboard.press("Control+k")
    visitor.page.keyboard.type("triangle")
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_url(re.compile(r"search\.html\?q=triangle"))
    expect(visitor.page.locator("#search-results")).to_be_visible()


def test_the_theme_changes_and_stays_changed(visitor):
    visitor.goto("book/index.html")
    html = visitor.page.locator("html")
    ground = "() => getComputedStyle(document.body).backgroundColor"
    seen = set()
    for _ in range(3):
        visitor.page.locator("button.theme-switch-button").first.click()
        visitor.settle()
        seen.add((html.get_attribute("data-theme"), visitor.page.evaluate(ground)))
    assert {theme for theme, _ in seen} == {"light", "dark"}
    assert len({colour for _, colour in seen}) == 2
    before = html.get_attribute("data-mode")
    visitor.goto("book/ledger.html")
    assert html.get_attribute("data-mode") == before


@pytest.mark.parametrize("how", ["pointer", "keyboard"])
def test_a_link_to_a_theorem_shows_the_theorem(visitor, link_to_theorem, how):
    page_name, href = link_to_theorem
    visitor.goto(page_name)
    link = visitor.page.locator(f".bd-article a.reference[href='{href}']").first
    link.scroll_into_view_if_needed()
    if how == "pointer":
        link.hover()
    else:
        visitor.page.keyboard.press("Tab")
        link.focus()
    card = visitor.page.locator("#theorem-card")
    expect(card).to_be_visible()
    expect(card.locator("p.admonition-title")).not_to_be_empty()
    assert link.get_attribute("aria-describedby") == "theorem-card"
    visitor.settle()
    visitor.page.wait_for_timeout(300)
    assert visitor.formula_faults() == []
    assert visitor.double_ids() == []
    box = card.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= visitor.page.viewport_size["width"]
    visitor.page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    assert link.get_attribute("aria-describedby") is None
    assert visitor.messages == []


def test_a_card_goes_when_the_pointer_goes(visitor, link_to_theorem):
    page_name, href = link_to_theorem
    visitor.goto(page_name)
    visitor.page.locator(f".bd-article a.reference[href='{href}']").first.hover()
    card = visitor.page.locator("#theorem-card")
    expect(card).to_be_visible()
    card.hover()
    visitor.page.wait_for_timeout(400)
    expect(card).to_be_visible()
    visitor.page.mouse.move(2, 2)
    expect(card).to_have_count(0)


def test_all_formulas_are_set_without_being_looked_at(visitor):
    visitor.goto("book/tools.html")
    assert visitor.page.locator(".math").count() > 100
    visitor.wait_for_formulas(everywhere=True)
    assert visitor.page.locator("mjx-container > mjx-math").count() > 100
