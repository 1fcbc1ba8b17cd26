"""All claims of the book, gathered from `rfbook.claims` and held to the rules."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType

from rfbook.ledger.claim import Claim
from rfbook.ledger.verdict import Verdict

LEAST_PLANTED = 3


@cache
def claims() -> Mapping[str, Claim]:
    """Return every claim of the book by id, in the order of the chapters."""
    import rfbook.claims as package

    present = {module.name for module in pkgutil.iter_modules(package.__path__)}
    if present != set(package.CHAPTERS):
        raise ValueError(f"claims of {present}, chapters {package.CHAPTERS}")
    found: list[Claim] = []
    for name in package.CHAPTERS:
        room = importlib.import_module(f"rfbook.claims.{name}")
        for claim in room.CLAIMS:
            if claim.chapter.replace("-", "_") != name:
                raise ValueError(f"{claim.id} says chapter {claim.chapter}: {name}")
            found.append(claim)
    return gather(found)


def gather(found: Iterable[Claim]) -> Mapping[str, Claim]:
    """Build the mapping and refuse what breaks a rule of the ledger.

    Raises
    ------
    ValueError
        Naming every broken rule: an id used twice, a missing or circular ``uses``,
        too few planted errors, no near miss, no weak check.
    """
    found = list(found)
    registry = {claim.id: claim for claim in found}
    problems = [
        f"the id {i} is used twice"
        for i in sorted({c.id for c in found if sum(o.id == c.id for o in found) > 1})
    ]
    for claim in found:
        problems += _problems(claim, registry)
    if not problems:
        problems += [f"{i} rests on itself" for i in circular(registry)]
    if problems:
        raise ValueError("; ".join(problems))
    return MappingProxyType(registry)


def _problems(claim: Claim, registry: Mapping[str, Claim]) -> list[str]:
    wanted = [*claim.uses, *([claim.corrects] if claim.corrects else [])]
    problems = [
        f"{claim.id} uses {i}, which is no claim" for i in wanted if i not in registry
    ]
    if claim.corrects in registry and registry[claim.corrects].expects is Verdict.HOLDS:
        problems.append(f"{claim.id} corrects {claim.corrects}, which is not refuted")
    if claim.status == "checked":
        if len(claim.planted) < LEAST_PLANTED:
            problems.append(f"{claim.id} plants {len(claim.planted)} errors")
        if not any(planted.near for planted in claim.planted):
            problems.append(f"{claim.id} plants no near miss")
        if claim.weak is None and claim.expects is Verdict.HOLDS:
            problems.append(f"{claim.id} has no weak check")
    return problems


def circular(registry: Mapping[str, Claim]) -> list[str]:
    """Return the ids of claims that rest on themselves."""
    return [i for i in registry if i in ancestors(registry, i)]


def ancestors(registry: Mapping[str, Claim], start: str) -> set[str]:
    """Return everything that the claim ``start`` rests on, directly or not."""
    seen: set[str] = set()
    todo = list(registry[start].uses)
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo += registry[name].uses
    return seen


def descendants(registry: Mapping[str, Claim], start: str) -> set[str]:
    """Return everything that rests on the claim ``start``."""
    return {i for i in registry if start in ancestors(registry, i)}
