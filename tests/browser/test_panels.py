"""The interactive figures in Chromium: by key, by pointer, and without scripts."""

from contextlib import contextmanager
from importlib import resources
from math import log10
from pathlib import Path

import pytest
from playwright.sync_api import expect

from rfbook.panels import Control, CountPanel, relu_panel, risk_panel, weight_panel

STATIC = Path(__file__).resolve().parents[2] / "book" / "_static"


def write_page(folder, panel):
    """Write a page that holds a panel and nothing of the book's theme."""
    page = folder / "page.html"
    page.write_text(
        "<!doctype html><html lang='en'><head><meta charset='utf-8'><title>A panel"
        "</title><meta name='viewport' content='width=device-width'>"
        f"<link rel='stylesheet' href='{STATIC.as_uri()}/panels.css'>"
        f"<script defer src='{STATIC.as_uri()}/panels.js'></script></head>"
        "<body style='margin: 0'><main><h1>A panel</h1>"
        f"{panel._repr_mimebundle_()['text/html']}</main></body></html>"
    )
    return page.as_uri()


@contextmanager
def opened(browser, address):
    """Open a page; whatever its console says is a fault."""
    page = browser.new_page(viewport={"width": 900, "height": 800})
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("requestfailed", lambda request: said.append(request.url))
    page.goto(address)
    yield page
    page.close()
    assert said == []


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Write the page of a ReLU sum."""
    return write_page(tmp_path_factory.mktemp("panel"), relu_panel(5, start=2))


@pytest.fixture(scope="module")
def count_address(tmp_path_factory):
    """Write the page of counts that tell their place in the grid."""
    controls = [
        Control("d", ["2", "5", "9"], 1),
        Control("norm", ["1", "d^{3/4}"], 0),
        Control("error", ["1/10", "1/50"], 1),
    ]
    cells = [
        [
            [f"{i + 1}.{j}{k}0e{20 * (j + 1) * i + 2}" for i in range(3)]
            for j in range(2)
        ]
        for k in range(2)
    ]
    cells[1][0][1] = "1234567"
    marks = [("weights", 5.0), ("atoms", 80.0)]
    panel = CountPanel("features", controls, cells, marks, "Alt.", "Caption.")
    return write_page(tmp_path_factory.mktemp("counts"), panel)


@pytest.fixture(scope="module")
def curve_address(tmp_path_factory):
    """Write the page of weight functions."""
    return write_page(tmp_path_factory.mktemp("curves"), weight_panel(3, 2))


@pytest.fixture(scope="module")
def line_address(tmp_path_factory):
    """Write the page of three risks."""
    return write_page(tmp_path_factory.mktemp("lines"), risk_panel(8))


@pytest.fixture
def page(browser, address):
    """Open the page of a ReLU sum."""
    with opened(browser, address) as page:
        yield page


@pytest.fixture
def counts(browser, count_address):
    """Open the page of counts."""
    with opened(browser, count_address) as page:
        yield page


@pytest.fixture
def curves(browser, curve_address):
    """Open the page of weight functions."""
    with opened(browser, curve_address) as page:
        yield page


@pytest.fixture
def lines(browser, line_address):
    """Open the page of three risks."""
    with opened(browser, line_address) as page:
        yield page


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


@pytest.mark.parametrize("panel", ["page", "counts", "curves", "lines"])
def test_a_phone_shows_it_whole(panel, request):
    page = request.getfixturevalue(panel)
    page.set_viewport_size({"width": 390, "height": 844})
    width = page.locator("svg").first.bounding_box()["width"]
    drawn = page.locator(f"svg[viewBox^='0 0 {round(width)} ']")
    expect(drawn.first).to_be_visible()
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("panel", ["page", "counts", "curves", "lines"])
def test_axe_finds_nothing(panel, request):
    page = request.getfixturevalue(panel)
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


# ---- counts on a grid ------------------------------------------------------


def test_each_slider_answers_the_keys(counts):
    readout = counts.locator(".rf-panel-readout")
    expect(readout).to_contain_text("features: 1\u202f234\u202f567")
    counts.get_by_role("slider", name="d", exact=True).focus()
    counts.keyboard.press("End")
    expect(readout).to_contain_text("features: 3.010 \u00d7 1042")
    expect(readout).to_contain_text("more than weights, fewer than atoms")
    norm = counts.get_by_role("slider", name="norm")
    norm.focus()
    counts.keyboard.press("ArrowRight")
    assert norm.get_attribute("aria-valuetext") == "d to the power 3/4"
    expect(readout).to_contain_text("features: 3.110 \u00d7 1082")
    expect(readout).to_contain_text("more than atoms")
    counts.get_by_role("slider", name="error").focus()
    counts.keyboard.press("Home")
    expect(readout).to_contain_text("features: 3.100 \u00d7 1082")
    assert counts.locator(".rf-panel-readout sup").inner_text() == "82"


def test_the_table_follows_the_sliders(counts):
    counts.get_by_role("slider", name="error").focus()
    counts.keyboard.press("Home")
    summary = counts.locator("summary")
    expect(summary).to_have_text("features, for each d and norm, error = 1/10")
    summary.click()
    expect(counts.locator("tbody tr.now td.now")).to_have_text("2.000 \u00d7 1022")
    expect(counts.locator("tbody td").last).to_have_text("3.100 \u00d7 1082")


def test_the_drawn_curve_is_the_chosen_one(counts):
    """The powers of ten at d = 2, 5, 9 are 2, 42, 82, almost on a line in d."""
    counts.get_by_role("slider", name="norm").focus()
    counts.keyboard.press("End")
    corners = counts.eval_on_selector(
        "svg polyline.current", "(e) => [...e.points].map((p) => [p.x, p.y])"
    )
    (x0, y0), (x1, y1), (x2, y2) = corners
    assert (x1 - x0) / (x2 - x0) == pytest.approx(3 / 7, abs=1e-3)
    powers = [log10(1.11) + 2, log10(2.11) + 42, log10(3.11) + 82]
    share = (powers[1] - powers[0]) / (powers[2] - powers[0])
    assert (y1 - y0) / (y2 - y0) == pytest.approx(share, abs=1e-3)
    assert y2 < y0
    expect(counts.locator("svg text.mark")).to_have_text(["weights", "atoms"])


def test_without_scripts_the_counts_stand_in_a_table(browser, count_address):
    page = browser.new_page(java_script_enabled=False)
    page.goto(count_address)
    expect(page.locator(".rf-panel-static img")).to_be_visible()
    expect(page.locator("tbody td").nth(4)).to_have_text("1\u202f234\u202f567")
    assert page.locator("input").count() == 0
    page.close()


# ---- curves on a grid ------------------------------------------------------


def test_both_sliders_choose_the_curves(curves):
    readout = curves.locator(".rf-panel-readout")
    expect(readout).to_contain_text("largest |g|: 15.0")
    degree = curves.get_by_role("slider", name="degree k")
    degree.focus()
    curves.keyboard.press("Home")
    expect(readout).to_contain_text("largest |g|: 3.00")
    power = curves.get_by_role("slider", name="K", exact=True)
    power.focus()
    curves.keyboard.press("End")
    expect(readout).to_contain_text("largest error: 0.00205")
    assert power.get_attribute("aria-valuetext") == "k + 2"
    expect(curves.locator("tbody tr.now td").first).to_have_text("1")
    label = curves.locator("svg").first.get_attribute("aria-label")
    assert label.startswith("g(w); degree k: 1, K: k + 2")


def test_the_drawn_weight_function_is_the_chosen_one(curves):
    """At k = K = 1 it is the straight line 3 w."""
    curves.get_by_role("slider", name="degree k").focus()
    curves.keyboard.press("Home")
    corners = curves.eval_on_selector(
        "svg polyline.current", "(e) => [...e.points].map((p) => [p.x, p.y])"
    )
    assert len(corners) == 81
    (x0, y0), (x1, y1), (x2, y2) = corners[0], corners[20], corners[80]
    assert (x1 - x0) / (x2 - x0) == pytest.approx(0.25, abs=1e-3)
    assert (y1 - y0) / (y2 - y0) == pytest.approx(0.25, abs=1e-3)
    assert y2 < y0
    assert curves.locator("svg polyline.goal").count() == 1


# ---- several lines in a picture --------------------------------------------


def test_spectrum_and_ratio_choose_the_lines(lines):
    readout = lines.locator(".rf-panel-readout")
    lines.get_by_role("slider", name="spectrum").focus()
    lines.keyboard.press("Home")
    expect(readout).to_contain_text("NT: 0.700")
    ratio = lines.get_by_role("slider", name="N / d")
    ratio.focus()
    for _ in range(2):
        lines.keyboard.press("ArrowRight")
    assert ratio.get_attribute("aria-valuetext") == "0.5"
    expect(readout).to_contain_text("NN: 0.500")
    label = lines.locator(".rf-panel-stage svg").first.get_attribute("aria-label")
    assert label.startswith("risk against N / d; spectrum: identity, N / d: 0.5")
    expect(lines.locator(".rf-panel-legend span")).to_have_text(
        ["RF", "NT", "NN", "eigenvalue"]
    )


def test_the_drawn_lines_are_the_chosen_ones(lines):
    """The spectrum of rank d/4 at d = 8: the network's risk falls to 0 at 1/4."""
    lines.get_by_role("slider", name="spectrum").focus()
    lines.keyboard.press("Home")
    for _ in range(2):
        lines.keyboard.press("ArrowRight")
    first, second = lines.locator(".rf-panel-stage svg").all()

    def corners(picture, name):
        read = "(e) => [...e.points].map((p) => [p.x, p.y])"
        return picture.locator(f"polyline.{name}").evaluate(read)

    network = corners(first, "NN")
    heights = [y for _, y in network]
    assert heights[5:] == pytest.approx([heights[5]] * 36)
    assert heights[1] - heights[0] == pytest.approx((heights[5] - heights[0]) / 5)
    mark = first.locator("line.place")
    at = float(mark.get_attribute("x1"))
    share = (at - network[0][0]) / (network[-1][0] - network[0][0])
    assert share == pytest.approx(0.3 / 2, abs=1e-3)
    assert second.locator("line.place").count() == 0
    goal = [y for _, y in corners(second, "goal")]
    assert goal[:2] == [goal[0]] * 2
    assert goal[2:] == [goal[2]] * 6
    assert first.locator("polyline.goal").count() == 0
