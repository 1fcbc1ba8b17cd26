"""Claims, their checks and planted errors, and the fidelity computed from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from rfbook.ledger.domain import Domain, Integers, cut
from rfbook.ledger.statement import Statement
from rfbook.ledger.verdict import Result, Verdict, unknown

KINDS = ("symbolic", "exact", "interval", "statistical", "formal")
# What decides infinitely many instances at once; the other kinds need a window.
ENDLESS = ("symbolic", "formal")
ROLES = ("statement", "base", "induction", "step")
STATUSES = ("checked", "cited", "open")


@dataclass(frozen=True)
class Source:
    """Where a result stands in print.

    Parameters
    ----------
    key : str
        Key of the reference in the book's bibliography.
    version : str
        Which text: ``NeurIPS 2019``, ``arXiv v3``, ...
    where : str
        The number in the source: ``Proposition 4.6, item 2``.
    relation : str
        How the claim stands to the print: ``as printed``, ``sharper``, ``implied``,
        ``corrects``, ``refutes``, ``background``.
    note : str
        What could not be read, or what a later version mends.
    """

    key: str
    version: str
    where: str
    relation: str = "as printed"
    note: str = ""


@dataclass(frozen=True)
class Check:
    """One way to decide a statement on a stated domain.

    Parameters
    ----------
    kind : {"symbolic", "exact", "interval", "statistical", "formal"}
    title : str
        What is decided, in words.
    decide : callable
        ``decide(statement, domain)``, or with a third argument, a
        `numpy.random.Generator`, for statistical checks; returns a `Result`.
    window : mapping, optional
        The variables' windows: the check's domain is the statement's cut to them.
    role : {"statement", "base", "induction", "step"}
        Whether the statement itself is decided, or the base or the step of an induction
        over ``over``, or another algebraic step of the proof in the text.
    over : str
        The variable of the induction.
    given : tuple of str
        Ids of claims that the check takes for true: unless they are whole, the check
        counts as a step of the proof only.
    seed : int
        Seed of a statistical check.
    """

    kind: str
    title: str
    decide: Callable[..., Result]
    window: Domain = field(default_factory=dict)
    role: str = "statement"
    over: str = ""
    given: tuple[str, ...] = ()
    seed: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS or self.role not in ROLES:
            raise ValueError(f"unknown kind or role: {self.kind}, {self.role}")

    def domain(self, statement: Statement) -> dict:
        """Return the statement's domain, cut to the check's windows."""
        return cut(statement.domain, self.window)

    def run(self, statement: Statement) -> Result:
        """Decide the statement; whatever goes wrong on the way is UNKNOWN."""
        try:
            domain = self.domain(statement)
            if self.kind == "statistical":
                from numpy.random import default_rng

                result = self.decide(statement, domain, default_rng(self.seed))
            else:
                result = self.decide(statement, domain)
        except Exception as error:  # whatever it was, nothing was decided
            return unknown(f"{type(error).__name__}: {error}")
        if not isinstance(result, Result):
            return unknown(f"the check returned {type(result).__name__}, not a Result")
        if result.verdict is Verdict.FAILS and not result.witness:
            return unknown("FAILS without a witness")
        return result


@dataclass(frozen=True)
class Planted:
    """A changed statement that every sound check must tell from the true one.

    Parameters
    ----------
    what : str
        The change in words.
    changes : mapping
        The parts or variables that differ.
    near : bool
        Whether it is a near miss: a constant within 5 %, right on the first tested
        instance, or a dropped hypothesis.
    """

    what: str
    changes: Mapping[str, object]
    near: bool = False


@dataclass(frozen=True)
class Claim:
    """A result, stated once, with what decides it and what it rests on.

    Parameters
    ----------
    id : str
        Two to four words, never reused, never renamed.
    title : str
    chapter : str
        The chapter that states and proves it.
    statement : Statement
    sources : tuple of Source
    checks : tuple of Check
    planted : tuple of Planted
        Changed statements. Where the claim is expected to hold each must FAIL; where a
        printed statement is expected to fail, each is a mended form that must HOLD.
    weak : Check, optional
        A deliberately weak check; at least one planted error must get past it.
    uses : tuple of str
        Ids that the proof rests on.
    cases : tuple of str
        Ids, among ``uses``, of claims that prove the statement on parts of its domain.
    expects : Verdict
        FAILS for a statement that is false as printed.
    corrects : str
        Id of the refuted printed statement that this claim corrects.
    status : {"checked", "cited", "open"}
    reference : str
        For a cited claim: where the proof stands.
    spec : str
        Number in the working notes.
    """

    id: str
    title: str
    chapter: str
    statement: Statement
    sources: tuple[Source, ...] = ()
    checks: tuple[Check, ...] = ()
    planted: tuple[Planted, ...] = ()
    weak: Check | None = None
    uses: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    expects: Verdict = Verdict.HOLDS
    corrects: str = ""
    status: str = "checked"
    reference: str = ""
    spec: str = ""

    def __post_init__(self) -> None:
        words = self.id.split("-")
        if not 2 <= len(words) <= 4 or not all(w.isalnum() for w in words):
            raise ValueError(f"an id has two to four words: {self.id!r}")
        if self.status not in STATUSES:
            raise ValueError(f"{self.id}: status is one of {STATUSES}: {self.status}")
        if self.status == "checked" and not self.checks:
            raise ValueError(f"{self.id}: a checked claim needs a check")
        if self.status == "cited" and not self.reference:
            raise ValueError(f"{self.id}: a cited claim names its reference")
        if not set(self.cases) <= set(self.uses):
            raise ValueError(f"{self.id}: its cases must be among what it uses")
        for check in self.checks:
            self._refuse_endless(check)
            if not set(check.given) <= set(self.uses):
                raise ValueError(f"{self.id}: {check.given} must be among its uses")

    def _refuse_endless(self, check: Check) -> None:
        """Refuse a check of infinitely many instances, one by one, without a window."""
        if check.kind in ENDLESS or check.role != "statement":
            return
        for name, values in check.domain(self.statement).items():
            if isinstance(values, Integers) and not values.finite:
                raise ValueError(
                    f"{self.id}: {check.title!r} needs a window for {name}"
                )
