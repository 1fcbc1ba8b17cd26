"""The recorded widths of the chapter's panel: recomputed, and consistent."""

import json
import math
from fractions import Fraction
from itertools import pairwise, product

import numpy as np
import pytest

from rfbook.chapters import source_folder
from rfbook.panels import power_of_ten, width_panel
from rfbook.records import read_record
from rfbook.single_neuron import grid

PLACES = list(
    product(
        range(len(grid.ERRORS)),
        range(len(grid.BIASES)),
        range(len(grid.EXPONENTS)),
        range(len(grid.DIMENSIONS)),
    )
)


@pytest.fixture(scope="module")
def widths():
    path = source_folder() / "_static" / "data" / f"{grid.KIND}.json"
    record = read_record(path, kind=grid.KIND, expect=grid.parameters())
    return np.array(record.results["widths"], dtype=object)


def recomputed(place):
    """Compute one cell anew."""
    error, bias, exponent, dimension = place
    return grid.width_cell(
        grid.DIMENSIONS[dimension],
        grid.EXPONENTS[exponent],
        grid.BIASES[bias],
        grid.ERRORS[error],
    )


def cheap(place):
    """Tell the cells that take well under a second."""
    _, bias, exponent, dimension = place
    size = grid.EXPONENTS[exponent], grid.DIMENSIONS[dimension]
    return grid.BIASES[bias] == 0 or size[0] <= 1 or size[1] <= 20


def test_the_record_has_every_cell(widths):
    assert widths.shape == (4, 7, 7, 14)
    assert {place for place in PLACES if not cheap(place)}


def test_a_random_part_of_the_cells_is_what_the_room_computes(widths):
    rng = np.random.default_rng(20190412)
    inexpensive = [place for place in PLACES if cheap(place)]
    for index in rng.choice(len(inexpensive), size=60, replace=False):
        place = inexpensive[index]
        assert widths[place] == recomputed(place), place


def test_a_cell_with_a_bias_and_a_large_norm_is_what_the_room_computes(widths):
    place = (1, 5, 5, 10)
    assert not cheap(place)
    assert widths[place] == recomputed(place)


def test_a_smaller_error_and_a_longer_neuron_need_more(widths):
    powers = np.vectorize(power_of_ten, otypes=[float])(widths)
    for axis in (0, 2):
        assert (np.diff(powers, axis=axis) >= 0).all()
    assert all(a > b for a, b in pairwise(grid.ERRORS))
    assert all(a < b for a, b in pairwise(grid.EXPONENTS))


def test_only_error_over_squared_norm_matters(widths):
    """At d = 100 the norm d^(1/2) at error 1/10 is the norm 1 at error 1/1000."""
    place = (0, 4, 2, grid.DIMENSIONS.index(100))
    alone = grid.width_cell(100, Fraction(0), grid.BIASES[4], Fraction(1, 1000))
    assert widths[place] == alone


def test_the_sign_of_the_bias_is_not_seen_beyond_degree_one(widths):
    mirrored = widths[:, ::-1]
    assert tuple(-b for b in reversed(grid.BIASES)) == grid.BIASES
    seen = 0
    for *front, dimension in PLACES:
        here, there = widths[*front, dimension], mirrored[*front, dimension]
        if min(power_of_ten(here), power_of_ten(there)) > np.log10(
            grid.DIMENSIONS[dimension] + 1
        ):
            assert here == there
            seen += 1
    assert seen > len(PLACES) / 2


def test_the_panel_shows_the_record_and_is_small(widths):
    panel = width_panel()
    assert (np.array(panel.counts, dtype=object) == widths).all()
    assert len(json.dumps(panel.data())) < 60_000
    shown = {control.name: control.labels[control.start] for control in panel.controls}
    assert shown == {"d": "30", "norm R": "d^{3/4}", "b / R": "0", "error": "1/50"}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ((1, Fraction(0), Fraction(0), Fraction(1, 50)), "d must be an integer >= 2"),
        ((2, Fraction(0), Fraction(0), Fraction(0)), "error must be > 0"),
        ((2, Fraction(0), Fraction(2000), Fraction(1, 50)), "2000"),
    ],
)
def test_a_cell_out_of_range_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        grid.width_cell(*call)


def test_the_command_writes_what_is_read(tmp_path, monkeypatch):
    for name, few in (("DIMENSIONS", (2, 5)), ("EXPONENTS", (Fraction(1),))):
        monkeypatch.setattr(grid, name, few)
    monkeypatch.setattr(grid, "BIASES", (Fraction(0), Fraction(1)))
    path = tmp_path / "widths.json"
    assert grid.main([str(path)]) == 0
    record = read_record(path, kind=grid.KIND, expect=grid.parameters())
    assert record.sizes == {"cells": 16}
    assert record.results["widths"][2][1] == [
        [grid.width_cell(d, Fraction(1), Fraction(1), Fraction(1, 50)) for d in (2, 5)]
    ]


def test_the_atoms_of_the_universe_to_a_power_of_ten():
    volume = 4 / 3 * math.pi * 4.4e26**3
    assert dict(grid.EVERYDAY)["the atoms of the visible universe"] == 10 ** round(
        math.log10(0.25 * volume)
    )
