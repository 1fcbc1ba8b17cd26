"""Each file that the pages carry has its origin and its licence."""

from fnmatch import fnmatch
from pathlib import PurePosixPath

from rfbook.trust import vendored


def matches(path: str) -> list[str]:
    """Return the lines of the table that name a file."""
    return [
        row["what"]
        for row in vendored()
        if any(fnmatch(path, pattern) for pattern in row["files"])
    ]


def test_every_file_of_the_built_book_is_in_one_line(site):
    folder = site / "_static"
    paths = [p.relative_to(folder) for p in folder.rglob("*") if p.is_file()]
    assert len(paths) > 100
    names = [PurePosixPath(path).as_posix() for path in paths]
    wrong = {name: found for name in names if len(found := matches(name)) != 1}
    assert not wrong


def test_a_file_of_unknown_origin_is_seen():
    assert matches("jquery.js") == []
    assert matches("mathjax/es5/tex-svg.js") == ["MathJax 3.2.2"]


def test_the_fonts_stand_beside_their_licences(site):
    fonts = site / "_static" / "fonts"
    licences = {p.stem.removeprefix("LICENSE-") for p in fonts.glob("LICENSE-*.txt")}
    for font in fonts.glob("*.woff2"):
        assert any(font.name.startswith(name) for name in licences), font.name
