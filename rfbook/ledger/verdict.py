"""Three-valued verdicts, each with a witness."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What a check can say. UNKNOWN is never green."""

    HOLDS = "HOLDS"
    FAILS = "FAILS"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True)
class Result:
    """A verdict and the evidence for it.

    Parameters
    ----------
    verdict : Verdict
        HOLDS, FAILS or UNKNOWN.
    witness : str
        The instance that decides a FAILS, in words a reader can recompute.
    detail : str
        What was seen otherwise: how many instances, the smallest margin, a p-value.

    Examples
    --------
    >>> fails("a = 2: 5 against 4").verdict is Verdict.FAILS
    True
    """

    verdict: Verdict
    witness: str = ""
    detail: str = ""


def holds(detail: str = "") -> Result:
    """Say that the statement holds on the whole domain of the check."""
    return Result(Verdict.HOLDS, detail=detail)


def fails(witness: str, detail: str = "") -> Result:
    """Say that the statement fails, at the named witness."""
    if not witness:
        raise ValueError("a FAILS needs a witness, got an empty string")
    return Result(Verdict.FAILS, witness, detail)


def unknown(why: str) -> Result:
    """Say that nothing was decided, and why."""
    return Result(Verdict.UNKNOWN, detail=why)
