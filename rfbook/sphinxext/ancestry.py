"""A claim's place among the others, as a small picture: inline SVG, one row a claim.

Above the claim stand those it rests on, so that every arc runs downwards; below it
those that use it. The colours are the page's own: the picture follows its theme.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sized
from html import escape

from rfbook.ledger import Claim

MOST_ABOVE = 12
MOST_BELOW = 6
ROW = 24
LEFT = 52
WIDTH = 290


def nearest(registry: Mapping[str, Claim], start: str) -> dict[str, int]:
    """Return the distances of all that a claim rests on, the nearest first.

    Examples
    --------
    >>> from rfbook.ledger import claims
    >>> nearest(claims(), "psi-triangle")
    {'psi-pieces': 1}
    """
    found: dict[str, int] = {}
    ring = list(registry[start].uses)
    while ring:
        distance = 1 + max(found.values(), default=0)
        found |= {name: distance for name in ring if name not in found}
        below = [use for name in ring for use in registry[name].uses]
        ring = [name for name in dict.fromkeys(below) if name not in found]
    return found


def layered(registry: Mapping[str, Claim], names: Iterable[str]) -> list[str]:
    """Return the names in an order in which each stands below all it rests on.

    A claim's layer is the length of the longest chain, among the names, down to it.

    Examples
    --------
    >>> from rfbook.ledger import claims
    >>> layered(claims(), ["psi-triangle", "psi-pieces"])
    ['psi-pieces', 'psi-triangle']
    """
    chosen = list(names)
    layer: dict[str, int] = {}

    def deep(name: str) -> int:
        if name not in layer:
            above = [deep(use) for use in registry[name].uses if use in chosen]
            layer[name] = 1 + max(above, default=0)
        return layer[name]

    return sorted(chosen, key=deep)


def users(registry: Mapping[str, Claim], name: str) -> list[str]:
    """Return the claims that use a claim directly."""
    return [claim.id for claim in registry.values() if name in claim.uses]


def picture(
    registry: Mapping[str, Claim], name: str, address: Callable[[str], str]
) -> str:
    """Return the picture of what a claim rests on and of what uses it, as SVG.

    Parameters
    ----------
    registry : mapping of id to Claim
    name : str
        The claim's id.
    address : callable
        From an id to the address of its record.

    Returns
    -------
    str
        One ``svg`` element; '' for a claim that stands alone. Of the claims it rests on
        the nearest `MOST_ABOVE` are shown, of those that use it `MOST_BELOW`; a line of
        words says of how many.
    """
    far, below = nearest(registry, name), users(registry, name)
    if not far and not below:
        return ""
    above = layered(registry, list(far)[:MOST_ABOVE])
    shown = below[:MOST_BELOW]
    rows: list[tuple[str, str]] = []
    rows += [("", f"rests on {_share(above, far, 'the nearest ')}")] if above else []
    rows += [(i, i) for i in above] + [(name, name)]
    rows += [("", f"used by {_share(shown, below)}")] if shown else []
    rows += [(i, i) for i in shown]
    at = {i: ROW * k + ROW // 2 for k, (i, _) in enumerate(rows) if i}
    arcs = [
        _arc(at[use], at[i], "own" if i == name else "")
        for i in (*above, name)
        for use in registry[i].uses
        if use in at
    ]
    arcs += [_arc(at[name], at[i], "own") for i in shown]
    words = [
        _row(ROW * k + ROW // 2, i, text, "" if i == name else address(i) if i else "")
        for k, (i, text) in enumerate(rows)
    ]
    height = ROW * len(rows)
    return (
        f'<svg class="claim-graph" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" role="group" aria-labelledby="graph-{name}">'
        f'<title id="graph-{name}">What {name} rests on, and what uses it</title>'
        f"<desc>{_description(registry[name], below)}</desc>"
        f"{''.join(arcs)}{''.join(words)}</svg>"
    )


def _share(shown: Sized, all_of_them: Sized, which: str = "") -> str:
    count, whole = len(shown), len(all_of_them)
    return f"{which}{count} of {whole}" if count < whole else str(whole)


def _arc(top: int, bottom: int, kind: str) -> str:
    bulge = min(10 + (bottom - top) // 6, LEFT - 6)
    bend = f"M{LEFT} {top}C{LEFT - bulge} {top} {LEFT - bulge} {bottom} {LEFT} {bottom}"
    return f'<path d="{bend}"{_class(kind)}/>'


def _row(y: int, name: str, text: str, link: str) -> str:
    place = f'x="{LEFT + 10}" y="{y + 5}"'
    if not name:
        return f'<text {place} class="words">{text}</text>'
    dot = f'<circle cx="{LEFT}" cy="{y}" r="{3 if link else 5}"/>'
    if not link:
        return f'{dot}<text {place} class="own">{text}</text>'
    return f'{dot}<a href="{escape(link)}"><text {place}>{text}</text></a>'


def _class(kind: str) -> str:
    return f' class="{kind}"' if kind else ""


def _description(claim: Claim, below: Iterable[str]) -> str:
    rests, used = ", ".join(claim.uses), ", ".join(below)
    return f"Rests directly on {rests or 'nothing'}; used directly by {used or 'none'}."
