"""The ledger: a result is stated once, checked by machine, cited by one id."""

from rfbook.ledger.claim import Check, Claim, Planted, Source
from rfbook.ledger.deciders import (
    agree,
    ball_at,
    every,
    every_ball,
    every_identity,
    exact_ball,
    identity,
)
from rfbook.ledger.domain import Integers, Reals, Space
from rfbook.ledger.formal import Proved
from rfbook.ledger.registry import ancestors, claims, descendants, gather
from rfbook.ledger.statement import Relation, Statement
from rfbook.ledger.verdict import Result, Verdict, fails, holds, unknown

__all__ = [
    "Check",
    "Claim",
    "Integers",
    "Planted",
    "Proved",
    "Reals",
    "Relation",
    "Result",
    "Source",
    "Space",
    "Statement",
    "Verdict",
    "agree",
    "ancestors",
    "ball_at",
    "claims",
    "descendants",
    "every",
    "every_ball",
    "every_identity",
    "exact_ball",
    "fails",
    "gather",
    "holds",
    "identity",
    "unknown",
]
