"""The chapters' theorem boxes are the claims' statements, both ways."""

import re
from collections.abc import Iterator

import pytest
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from rfbook.ledger import claims
from rfbook.ledger.pages import THEOREMS, boxes, differences, read_pages


def test_every_box_is_a_claim_and_every_claim_has_its_box(book):
    pages = read_pages(book)
    found = [box for page in pages.values() for box in page]
    faults = differences(
        found, claims(), {claim.chapter for claim in claims().values()}
    )
    assert [fault for _, fault in faults] == []


BOX = re.compile(rf"^`{{3,}}\{{prf:({'|'.join(THEOREMS)})\}}.*?^`{{3,}}$", re.M | re.S)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (r"\left(-1\right)^{a}", r"- \left(-1\right)^{a}"),
        (r"\{1, 2, 3, \dots\}", r"\{0, 1, 2, \dots\}"),
        (r"\le x \le", r"< x \le"),
        (r" \le ", " < "),
        (r"\operatorname{tri}(x", r"\operatorname{tri}(-x"),
    ],
)
def test_an_edit_of_a_real_page_is_seen(book, old, new):
    """Edit one box after the other: a sign, a range, an inequality, an argument."""
    text = (book / "psi.md").read_text(encoding="utf-8")
    spans = [match.span() for match in BOX.finditer(text) if old in match[0]]
    assert spans, f"no box of the page holds {old}"
    for start, end in spans:
        page = text[:start] + text[start:end].replace(old, new, 1) + text[end:]
        faults = [fault for _, fault in differences(boxes(page, "psi"), claims())]
        assert any("not the claim's statement" in fault for fault in faults)


def test_uses_name_claims_that_stand_on_pages(book):
    labels = {box.label for page in read_pages(book).values() for box in page}
    for claim in claims().values():
        assert set(claim.uses) <= labels


def empty_headers(text: str) -> list[str]:
    """Return the heads of tables in which a cell is empty; screen readers need it."""
    head = re.compile(r"^\|(.*)\|[ ]*\n\|[ :|-]+\|[ ]*$", re.M)
    return [
        match[1]
        for match in head.finditer(text)
        if not all(cell.strip() for cell in match[1].split("|"))
    ]


def test_every_column_of_a_table_has_a_head(book):
    for path in sorted(book.glob("*.md")):
        assert empty_headers(path.read_text(encoding="utf-8")) == [], path.name


def test_an_empty_head_is_seen():
    assert empty_headers("| | b |\n| --- | ---: |\n| 1 | 2 |\n") == [" | b "]
    assert empty_headers("| a | b |\n| --- | ---: |\n| 1 | |\n") == []


MARKDOWN = MarkdownIt("commonmark").use(dollarmath_plugin)


def torn_formulas(text: str) -> Iterator[str]:
    """Yield the words with a dollar that opens or closes no formula.

    A line of a formula that begins with a minus and a blank is a list's to Markdown.
    """
    for token in MARKDOWN.parse(text):
        if token.type == "fence" and re.match(r"\{(?!code-cell|math)", token.info):
            yield from torn_formulas(token.content)
        words = [child for child in token.children or [] if child.type == "text"]
        yield from (word.content for word in words if "$" in word.content)


def test_no_formula_is_torn_by_a_list(book):
    for path in sorted(book.glob("*.md")):
        assert list(torn_formulas(path.read_text(encoding="utf-8"))) == [], path.name


@pytest.mark.parametrize("sign", "+-*")
def test_a_torn_formula_is_seen(sign):
    assert list(torn_formulas(f"If $a\n{sign} b$, then"))
    assert list(torn_formulas(f"```{{prf:proof}}\nIf $a\n{sign} b$, then\n```\n"))
    assert not list(torn_formulas(f"If $a {sign}\nb$, then\n\n$$\na\n{sign} b\n$$\n"))
