"""Every page of the built book, looked at in a browser."""

import pytest

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


def test_a_page_loads_without_complaint_and_without_the_network(opened):
    assert opened.messages == []
    assert opened.outside_requests() == []


def test_every_formula_is_typeset(opened):
    assert opened.formula_faults() == []


def test_every_picture_is_there_and_described(opened):
    assert opened.picture_faults() == []


def test_an_id_stands_once(opened):
    assert opened.double_ids() == []


def test_a_page_fits_a_phone(opened):
    opened.resize(PHONE)
    try:
        assert opened.overflow() == []
    finally:
        opened.resize(DESK)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(opened, theme):
    opened.set_theme(theme)
    assert opened.axe_violations() == []


def test_axe_finds_nothing_on_a_phone(opened):
    opened.set_theme("light")
    opened.resize(PHONE)
    try:
        assert opened.axe_violations() == []
    finally:
        opened.resize(DESK)
