"""The menu of downloads, by keyboard and on a phone, and what it gives."""

import nbformat
import pytest
from playwright.sync_api import expect

PAGE = "book/psi.html"
PHONE = {"width": 390, "height": 844}


def open_menu(visitor):
    """Open the menu by keyboard; return it."""
    button = visitor.page.get_by_role("button", name="Download this page")
    button.focus()
    visitor.page.keyboard.press("Enter")
    menu = visitor.page.locator(".dropdown-download-buttons .dropdown-menu")
    expect(menu).to_be_visible()
    return menu


@pytest.mark.parametrize(
    "name", ["Notebook (.ipynb)", "Notebook with outputs", "Notebook, plain Markdown"]
)
def test_a_notebook_is_downloaded_by_keyboard(http_visitor, tmp_path, name):
    http_visitor.goto(PAGE)
    # The icon before the words is a letter of a font.
    link = open_menu(http_visitor).get_by_role("link").filter(has_text=name)
    while not link.evaluate("e => e === document.activeElement"):
        http_visitor.page.keyboard.press("ArrowDown")
        inside = "() => !!document.activeElement.closest('.dropdown-download-buttons')"
        assert http_visitor.page.evaluate(inside)
    # The theme's link opens a tab, which the download closes before it can be heard.
    link.evaluate("e => e.removeAttribute('target')")
    with http_visitor.page.expect_download() as started:
        http_visitor.page.keyboard.press("Enter")
    download = started.value
    assert download.suggested_filename == "psi.ipynb"
    download.save_as(tmp_path / "psi.ipynb")
    notebook = nbformat.read(tmp_path / "psi.ipynb", as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    outputs = any(c.outputs for c in notebook.cells if c.cell_type == "code")
    assert outputs == (name == "Notebook with outputs")


def test_the_menu_of_a_book_on_disk_leads_to_files_of_the_book(visitor, site):
    visitor.goto(PAGE)
    for link in open_menu(visitor).get_by_role("link").all():
        address = link.evaluate("e => e.href").removeprefix(visitor.base)
        assert (site / address).is_file()


def test_the_open_menu_stays_on_a_phone(http_visitor):
    http_visitor.goto(PAGE)
    http_visitor.resize(PHONE)
    box = open_menu(http_visitor).bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]
    assert http_visitor.overflow() == []
