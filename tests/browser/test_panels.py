"""The interactive figures in Chromium: by key, by pointer, and without scripts."""

from importlib import resources
from pathlib import Path

import pytest
from playwright.sync_api import expect

from rfbook.panels import relu_panel

STATIC = Path(__file__).resolve().parents[2] / "book" / "_static"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Write a page that holds a panel and nothing of the book's theme."""
    page = tmp_path_factory.mktemp("panel") / "page.html"
    panel = relu_panel(5, start=2)._repr_mimebundle_()["text/html"]
    page.write_text(
        "<!doctype html><html lang='en'><head><meta charset='utf-8'><title>A panel"
        "</title><meta name='viewport' content='width=device-width'>"
        f"<link rel='stylesheet' href='{STATIC.as_uri()}/panels.css'>"
        f"<script defer src='{STATIC.as_uri()}/panels.js'></script></head>"
        "<body style='margin: 0'><main><h1>A panel</h1>"
        f"{panel}</main></body></html>"
    )
    return page.as_uri()


@pytest.fixture
def page(browser, address):
    """Open the page; whatever its console says is a fault."""
    opened = browser.new_page(viewport={"width": 900, "height": 800})
    said = []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("requestfailed", lambda request: said.append(request.url))
    opened.goto(address)
    yield opened
    opened.close()
    assert said == []


def test_the_slider_answers_the_keys(page):
    readout = page.locator(".rf-panel-readout")
    expect(readout).to_contain_text("−2 [x + 3]₊")
    slider = page.get_by_role("slider", name="ReLUs in the sum")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(readout).to_contain_text("2 [x + 1]₊")
    assert page.locator("svg circle").count() == 3
    assert slider.get_attribute("aria-valuetext").startswith("3; term added: 2 [x + 1]")
    page.keyboard.press("End")
    expect(readout).to_contain_text("sum of |weights|: 11")
    page.keyboard.press("Home")
    expect(readout).to_contain_text("term added: −1")


def test_the_buttons_step_and_stop_at_the_ends(page):
    back, on = page.get_by_label("one step back"), page.get_by_label("one step on")
    back.click()
    back.click()
    expect(back).to_be_disabled()
    expect(page.locator("tbody tr.now td").first).to_have_text("0")
    for _ in range(6):
        on.click()
    expect(on).to_be_disabled()
    expect(page.locator("output")).to_have_text("6")


def test_the_drawing_is_the_frame(page):
    """Read the curve back from the SVG: the frame's, up to the axes' scales."""
    corners = page.eval_on_selector(
        "svg polyline.current", "(e) => [...e.points].map((p) => [p.x, p.y])"
    )
    line = relu_panel(5, start=2).frames[2].line
    (x0, y0), (x1, y1) = corners[0], corners[2]
    (u0, v0), (u1, v1) = line[0], line[2]
    for (x, y), (u, v) in zip(corners, line, strict=True):
        assert (x - x0) / (x1 - x0) == pytest.approx((u - u0) / (u1 - u0), abs=1e-3)
        assert (y - y0) / (y1 - y0) == pytest.approx((v - v0) / (v1 - v0), abs=1e-3)
    assert y1 < y0


def test_a_phone_shows_it_whole(page):
    page.set_viewport_size({"width": 390, "height": 844})
    width = page.locator("svg").bounding_box()["width"]
    expect(page.locator(f"svg[viewBox^='0 0 {round(width)} ']")).to_be_visible()
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390


def test_axe_finds_nothing(page):
    package = resources.files("axe_playwright_python")
    page.evaluate((package / "axe.min.js").read_text(encoding="utf-8"))
    run = "async () => (await axe.run({preload: false})).violations.map((v) => v.id)"
    assert page.evaluate(run) == []


def test_without_scripts_the_picture_and_the_table_stand(browser, address):
    page = browser.new_page(java_script_enabled=False)
    page.goto(address)
    expect(page.locator(".rf-panel-static img")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(7)
    expect(page.locator("tbody tr").last).to_be_visible()
    assert page.locator("svg").count() == 0
    page.close()
