"""Fonts that a PDF can hold as fonts.

MathJax's fonts have outlines of cubic curves (CFF). Chromium does not put such a font
into a PDF: it draws each sign anew as a picture, a font of type 3, which many viewers
show uneven in small sizes. The same outlines as quadratic curves (TrueType) it puts in
whole.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

ERROR = 0.5
"""How far a curve may be from the original, in units: 1000 are the font's size."""


def truetype(data: bytes) -> bytes:
    """Return a font with quadratic curves in the place of its cubic ones.

    Parameters
    ----------
    data : bytes
        A font file, also one packed as WOFF.

    Returns
    -------
    bytes
        An unpacked TrueType font with the same signs, widths and names; the same bytes
        where the font has no cubic curves.
    """
    from fontTools.ttLib import TTFont, newTable

    # Without the time of the making: the same book is the same file.
    font = TTFont(BytesIO(data), recalcTimestamp=False)
    if "CFF " not in font:
        return data
    outlines = quadratic(font)
    del font["CFF "]
    font["loca"], font["glyf"] = newTable("loca"), newTable("glyf")
    font["glyf"].glyphOrder = font.getGlyphOrder()
    font["glyf"].glyphs = outlines
    # The table of maxima has more entries; what is not counted on saving is hinting,
    # of which there is none. Nor are there names of signs to be kept.
    font["maxp"].tableVersion = 0x00010000
    vars(font["maxp"]).update(dict.fromkeys(HINTING, 0), maxZones=1)
    font["post"].formatType = 3.0
    font.sfntVersion, font.flavor = "\0\1\0\0", None
    made = BytesIO()
    font.save(made)
    return made.getvalue()


HINTING = (
    "maxTwilightPoints",
    "maxStorage",
    "maxFunctionDefs",
    "maxInstructionDefs",
    "maxStackElements",
    "maxSizeOfInstructions",
    "maxComponentElements",
)


def quadratic(font: TTFont) -> dict[str, object]:
    """Return the font's outlines as quadratic curves, by the names of the signs."""
    from fontTools.pens.cu2quPen import Cu2QuPen
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    drawn, outlines = font.getGlyphSet(), {}
    for name in font.getGlyphOrder():
        pen = TTGlyphPen(drawn)
        # TrueType fills what lies to the other side of a curve.
        drawn[name].draw(Cu2QuPen(pen, ERROR, reverse_direction=True))
        outlines[name] = pen.glyph()
    return outlines
