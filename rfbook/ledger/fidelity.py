"""How much of a claim its checks decide: computed from domains, never typed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from rfbook.ledger.claim import Check, Claim
from rfbook.ledger.domain import Integers, covers
from rfbook.ledger.verdict import Verdict

DECIDING = ("symbolic", "exact", "interval", "formal")


@dataclass(frozen=True)
class Fidelity:
    """The grade and the words that justify it.

    ``whole``: the checks' domain is the claim's, or an induction or a list of cases
    completes it. ``instances``: the stated range. ``steps``: steps of the text's proof.
    ``illustrated``: an experiment only. ``refuted``: a printed statement and its
    counterexample. ``cited``, ``open``: not checked here. ``none``: not as expected.
    """

    grade: str
    why: str


def fidelity(
    claim: Claim, registry: Mapping[str, Claim], confirmed: Collection[int | str]
) -> Fidelity:
    """Grade a claim.

    Parameters
    ----------
    claim : Claim
    registry : mapping of id to Claim
        Where the claims of its case list are found.
    confirmed : collection of int or str
        Positions of this claim's checks that came out as expected, and the ids of the
        claims that are whole.
    """
    if claim.status != "checked":
        return Fidelity(claim.status, claim.reference or "open")
    good = [check for i, check in enumerate(claim.checks) if i in confirmed]
    free = [c for c in good if all(given in confirmed for given in c.given)]
    if claim.expects is Verdict.FAILS:
        return Fidelity("refuted", "a counterexample") if good else Fidelity("none", "")
    target = claim.statement.domain
    pieces = [
        (check, check.domain(claim.statement))
        for check in free
        if check.kind in DECIDING and check.role == "statement"
    ]
    domains = [domain for _, domain in pieces]
    if pieces and (not target or covers(domains, target)):
        return Fidelity("whole", _kinds(pieces))
    induction = _induction_over(claim, free)
    if induction:
        return Fidelity("whole", f"induction over {induction}, base and step checked")
    cases = [i for i in claim.cases if i in confirmed]
    if cases and len(cases) == len(claim.cases):
        tails = [registry[i].statement.domain for i in cases]
        if covers(domains + tails, target):
            return Fidelity(
                "whole", f"{_kinds(pieces)}; the rest by {', '.join(cases)}"
            )
    steps = [check for check in good if check.role != "statement" or check not in free]
    if pieces:
        why = _kinds(pieces) + ("; steps of the proof" if steps else "")
        return Fidelity("instances", why)
    if steps:
        return Fidelity("steps", "; ".join(check.title for check in steps))
    if good:
        return Fidelity("illustrated", "an experiment")
    return Fidelity("none", "")


def _induction_over(claim: Claim, good: list[Check]) -> str:
    """Name the variable of a complete induction: a base and a step, both confirmed.

    The base is checked at the first value of the variable, and the step for a symbol
    that stands for every value; both leave the other variables uncut.
    """
    for step in good:
        if step.role != "induction" or step.kind != "symbolic" or step.window:
            continue
        values = claim.statement.domain.get(step.over)
        for base in good:
            if base.role == "base" and base.over == step.over:
                at = base.domain(claim.statement).get(step.over)
                first = isinstance(values, Integers) and at == Integers(
                    values.low, values.low, values.step
                )
                if first and set(base.window) == {step.over}:
                    return step.over
    return ""


def _kinds(pieces: list) -> str:
    return "; ".join(
        f"{check.kind} for {_domain(check, domain)}" for check, domain in pieces
    )


def _domain(check: Check, domain: Mapping) -> str:
    if not domain:
        return "the statement"
    if not check.window:
        return "all " + ", ".join(domain)
    return ", ".join(f"{name} in {values}" for name, values in domain.items())
