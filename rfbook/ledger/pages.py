"""The chapters' theorem boxes, compared with the statements of the claims."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rfbook.ledger.claim import Claim

THEOREMS = ("theorem", "lemma", "proposition", "corollary", "conjecture")
_FENCE = re.compile(
    r"^(?P<fence>`{3,}|:{3,})\{prf:(?P<kind>[\w-]+)\}(?P<title>[^\n]*)\n"
    r"(?P<body>.*?)^(?P=fence)[ \t]*$",
    re.MULTILINE | re.DOTALL,
)
_OPTION = re.compile(r"^:(\w+):[ \t]*(.*)$")


@dataclass(frozen=True)
class Box:
    """A theorem's box as it stands in the source of a page."""

    page: str
    line: int
    kind: str
    title: str
    label: str
    body: str


def boxes(text: str, page: str = "") -> list[Box]:
    r"""Return the theorem boxes of a page.

    Examples
    --------
    >>> text = "```{prf:theorem} Two\n:label: one-two\n\n$1 < 2$\n```\n"
    >>> boxes(text)[0].label, boxes(text)[0].body.strip()
    ('one-two', '$1 < 2$')
    """
    found = []
    for match in _FENCE.finditer(text):
        if match["kind"] not in THEOREMS:
            continue
        options, body = _split(match["body"])
        line = text.count("\n", 0, match.start()) + 1
        label = options.get("label", "")
        found.append(
            Box(page, line, match["kind"], match["title"].strip(), label, body)
        )
    return found


def _split(text: str) -> tuple[dict[str, str], str]:
    lines = text.splitlines()
    options: dict[str, str] = {}
    while lines and (option := _OPTION.match(lines[0])):
        options[option[1]] = option[2].strip()
        lines.pop(0)
    return options, "\n".join(lines)


def squeeze(text: str) -> str:
    """Drop all white space, the one difference that does not count."""
    return re.sub(r"\s+", "", text)


def differences(
    found: Iterable[Box], registry: Mapping[str, Claim], pages: Iterable[str] = ()
) -> list[tuple[Box | None, str]]:
    """Compare boxes with claims, both ways.

    Parameters
    ----------
    found : iterable of Box
    registry : mapping of id to Claim
    pages : iterable of str
        The pages that were read: a claim of such a chapter must have its box there.

    Returns
    -------
    list of (Box or None, str)
        The faults: a box without label, a label without claim, a label used twice, a
        box that differs from its claim's statement, a claim without a box.
    """
    found, faults = list(found), []
    seen: dict[str, Box] = {}
    for box in found:
        if box.label in seen:
            faults.append((box, f"the label {box.label} is used twice"))
        seen[box.label] = box
        if not box.label:
            faults.append((box, f"a {box.kind} without a label: {box.title!r}"))
        elif box.label not in registry:
            faults.append((box, f"the label {box.label} is no claim"))
        else:
            claim = registry[box.label]
            if squeeze(box.body) != squeeze(claim.statement.latex()):
                faults.append((box, _differs(box, claim)))
            if box.page and box.page != claim.chapter:
                faults.append((box, f"{box.label} belongs to chapter {claim.chapter}"))
    for claim in registry.values():
        if claim.id not in seen and claim.chapter in pages:
            faults.append((None, f"the claim {claim.id} has no box on its page"))
    return faults


def _differs(box: Box, claim: Claim) -> str:
    page, ledger = squeeze(box.body), squeeze(claim.statement.latex())
    same = next(
        (i for i, (a, b) in enumerate(zip(page, ledger, strict=False)) if a != b), None
    )
    at = min(len(page), len(ledger)) if same is None else same
    show = slice(max(0, at - 20), at + 20)
    return (
        f"the box of {claim.id} is not the claim's statement: the page has "
        f"...{page[show]}... where the ledger has ...{ledger[show]}... "
        f"(rfbook show {claim.id} prints the box)"
    )


def read_pages(folder: Path) -> dict[str, list[Box]]:
    """Return the boxes of every page in the book's folder, by page name."""
    return {
        path.stem: boxes(path.read_text(encoding="utf-8"), path.stem)
        for path in sorted(folder.glob("*.md"))
    }


def box_text(claim: Claim, kind: str = "theorem") -> str:
    """Return the box that a chapter shows for a claim, ready to paste."""
    body = claim.statement.latex()
    return f"```{{prf:{kind}}} {claim.title}\n:label: {claim.id}\n\n{body}\n```"
