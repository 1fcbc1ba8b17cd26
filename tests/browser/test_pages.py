"""Every page of the built book, looked at in a browser.

axe-core's rules are divided by what they depend on, and none is left out. Contrast
depends on the theme and not on the width: its rules run in both themes, at a desk. All
other rules depend on the width and not on the theme: they run at a desk and on a phone.

axe takes a minute to look at every word of a listing. Of the texts to which the browser
gives the same colours, grounds and sizes, their own and those of all elements around
them, it looks at the first; all other rules see every element.

There are more than a hundred listings of sources, all made by one template. Those are
opened that show a kind of element (tag, role and classes) which no listing before has
shown, and the one with the longest title; the links of all are followed elsewhere.
"""

import pytest

# The narrowest window of WCAG 1.4.10: a small phone, or 1280 px at 400 %.
PHONE = {"width": 320, "height": 640}
DESK = {"width": 1280, "height": 900}


@pytest.fixture
def at_a_desk(opened):
    """Return the page in the light theme at a desk's width."""
    opened.set_theme("light")
    opened.resize(DESK)
    return opened


@pytest.fixture
def on_a_phone(opened):
    """Return the page in the light theme at a phone's width."""
    opened.set_theme("light")
    opened.resize(PHONE)
    return opened


@pytest.fixture
def contrast(opened):
    """Return a function that says what is too faint in a theme, at a desk's width."""

    def violations(theme: str) -> list[str]:
        opened.resize(DESK)
        opened.set_theme(theme)
        return opened.contrast_violations()

    return violations


def test_a_page_loads_without_complaint_and_without_the_network(opened):
    assert opened.messages == []
    assert opened.outside_requests() == []


def test_every_formula_is_typeset(opened):
    assert opened.formula_faults() == []


def test_every_picture_is_there_and_described(opened):
    assert opened.picture_faults() == []


def test_no_icon_is_read_aloud(opened):
    assert opened.bare_icons() == []


def test_no_table_is_left_as_text(opened):
    assert opened.bare_tables() == []


def test_an_id_stands_once(opened):
    assert opened.double_ids() == []


def test_axe_finds_no_faint_text_in_the_light_theme(contrast):
    assert contrast("light") == []


def test_axe_finds_no_faint_text_in_the_dark_theme(contrast):
    assert contrast("dark") == []


def test_axe_finds_nothing_else_at_a_desk(at_a_desk):
    assert at_a_desk.other_violations() == []


def test_axe_finds_nothing_else_on_a_phone(on_a_phone):
    assert on_a_phone.other_violations() == []


def test_a_page_fits_a_phone(on_a_phone):
    assert on_a_phone.overflow() == []


def test_nothing_is_cut_off_on_a_phone(on_a_phone):
    assert on_a_phone.cut_off() == []


def test_what_scrolls_on_a_phone_can_be_reached_by_keyboard(on_a_phone):
    assert on_a_phone.unreachable_scrollers() == []
