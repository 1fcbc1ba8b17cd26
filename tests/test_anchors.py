"""Every anchor that was ever published still leads somewhere.

``anchors.txt`` is the list. It only grows: after adding a claim, run this file as a
script (``python tests/test_anchors.py``), which adds what is new and keeps the rest.
"""

import re
from pathlib import Path

import pytest
from docutils.nodes import make_id

from rfbook.ledger import claims
from rfbook.sphinxext.moved import MOVED

ROOT = Path(__file__).resolve().parents[1]
LIST = ROOT / "tests" / "anchors.txt"
TARGET = re.compile(r"^\(([\w-]+)\)=\s*$", re.MULTILINE)
BOX = re.compile(r"^`{3,}\{[\w:-]+\}.*\n(?::[\w-]+:.*\n)*?:label: *([\w-]+)", re.M)
EQUATION = re.compile(r"^\$\$ \(([\w-]+)\)", re.MULTILINE)


def page_anchors(name: str, text: str) -> set[str]:
    """Return the anchors that the source of a page names, as ``page#place``."""
    places = {make_id(label) for label in TARGET.findall(text)}
    places |= set(BOX.findall(text))
    places |= {f"equation-{label}" for label in EQUATION.findall(text)}
    return {f"book/{name}.html#{place}" for place in places}


def listed() -> list[str]:
    """Return the lines of the list: ``page#place``, or ``chapter claim``."""
    lines = LIST.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def in_pages() -> set[str]:
    """Return the anchors of all pages as they are."""
    texts = {p.stem: p.read_text("utf-8") for p in (ROOT / "book").glob("*.md")}
    return {a for name, text in texts.items() for a in page_anchors(name, text)}


def of_claims() -> set[str]:
    """Return the lines of all claims, on the pages where they are and once were."""
    now = {f"{claim.chapter} {claim.id}" for claim in claims().values()}
    return now | {f"{page} {name}" for page, names in MOVED.items() for name in names}


def test_every_listed_anchor_is_there():
    there = in_pages() | of_claims()
    assert [line for line in listed() if line not in there] == []


def test_every_claim_is_listed():
    assert sorted(of_claims() - set(listed())) == [], "run this file as a script"


def test_the_list_has_every_line_once_and_in_order():
    assert listed() == sorted(set(listed()))


def test_what_has_moved_is_no_longer_on_its_old_page():
    for page, names in MOVED.items():
        assert page in {claim.chapter for claim in claims().values()}
        assert [name for name in names if claims()[name].chapter == page] == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("(old-place)=\n## Old\n", "old-place"),
        ("```{prf:lemma} One\n:label: one-two\n\n$1 < 2$\n```\n", "one-two"),
        ("```{exercise} One\n:class: x\n:label: ex-one\nText\n```\n", "ex-one"),
        ("$$\n1\n$$ (eq-one)\n", "equation-eq-one"),
    ],
)
def test_the_anchors_of_a_source(text, place):
    assert page_anchors("psi", text) == {f"book/psi.html#{place}"}
    assert page_anchors("psi", text.replace("one", "none").replace("old", "new")) != {
        f"book/psi.html#{place}"
    }


HEADER = """\
# Every anchor ever published. Lines are added (python tests/test_anchors.py), never
# taken away: a link that someone has made must lead somewhere. A line is an address,
# PAGE#PLACE, or CHAPTER CLAIM, which stands for the four addresses of a claim:
#   book/ledger.html#claim-CLAIM      book/ledger.html#cite-CLAIM
#   records/CHAPTER.html#claim-CLAIM  records/CHAPTER.html#cite-CLAIM
"""

if __name__ == "__main__":
    old = set(listed()) if LIST.exists() else set()
    lines = sorted(old | in_pages() | of_claims())
    LIST.write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")
