"""Every page of the built book, looked at in a browser."""

import pytest

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


@pytest.fixture
def on_a_phone(opened):
    """Return the page in a phone's width, and widen it again afterwards."""
    opened.set_theme("light")
    opened.resize(PHONE)
    yield opened
    opened.resize(DESK)


def test_a_page_loads_without_complaint_and_without_the_network(opened):
    assert opened.messages == []
    assert opened.outside_requests() == []


def test_every_formula_is_typeset(opened):
    assert opened.formula_faults() == []


def test_every_picture_is_there_and_described(opened):
    assert opened.picture_faults() == []


def test_an_id_stands_once(opened):
    assert opened.double_ids() == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(opened, theme):
    opened.set_theme(theme)
    assert opened.axe_violations() == []


def test_a_page_fits_a_phone(on_a_phone):
    assert on_a_phone.overflow() == []


def test_what_scrolls_on_a_phone_can_be_reached_by_keyboard(on_a_phone):
    assert on_a_phone.unreachable_scrollers() == []


def test_axe_finds_nothing_on_a_phone(on_a_phone):
    assert on_a_phone.axe_violations() == []
