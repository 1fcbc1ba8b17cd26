"""Fonts with quadratic curves in the place of cubic ones: the same signs and widths."""

import importlib.util
from io import BytesIO
from pathlib import Path

import pytest
from fontTools.pens.areaPen import AreaPen
from fontTools.pens.boundsPen import BoundsPen
from fontTools.ttLib import TTFont

from rfbook.sphinxext.site import MATHJAX_PACKAGE
from rfbook.truetype import ERROR, truetype

FONTS = Path(importlib.util.find_spec(MATHJAX_PACKAGE).origin).parent / (
    "static/mathjax/output/chtml/fonts/woff-v2"
)


@pytest.mark.parametrize("name", ["Math-Italic", "AMS-Regular", "Size4-Regular"])
def test_signs_keep_their_codes_widths_and_shapes(name):
    data = (FONTS / f"MathJax_{name}.woff").read_bytes()
    before, after = TTFont(BytesIO(data)), TTFont(BytesIO(truetype(data)))
    assert "glyf" in after
    assert "CFF " not in after
    assert after.getBestCmap().keys() == before.getBestCmap().keys()
    signs = list(zip(before.getGlyphOrder(), after.getGlyphOrder(), strict=True))
    assert len(signs) == after["maxp"].numGlyphs
    for old, new in signs:
        assert after["hmtx"][new][0] == before["hmtx"][old][0]
        one, two = box_and_area(before, old), box_and_area(after, new)
        if one[0] is None:
            assert two[0] is None
            continue
        # Points are rounded to whole units besides.
        far = max(abs(a - b) for a, b in zip(one[0], two[0], strict=True))
        assert far <= ERROR + 1
        # The same ink, filled from the other side.
        assert -two[1] == pytest.approx(one[1], rel=0.02, abs=200)


def box_and_area(font: TTFont, name: str) -> tuple:
    """Return the box around a sign and its area, with the sign of its direction."""
    signs = font.getGlyphSet()
    box, area = BoundsPen(signs), AreaPen(signs)
    signs[name].draw(box)
    signs[name].draw(area)
    return box.bounds, area.value


def test_a_font_of_quadratic_curves_is_left_alone():
    data = truetype((FONTS / "MathJax_Size1-Regular.woff").read_bytes())
    assert truetype(data) == data
