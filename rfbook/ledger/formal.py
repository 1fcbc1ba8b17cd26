"""Proofs in the proof assistant Coq, and the record that a check reads of them.

``rfbook/formal`` holds them: ``psi.v`` the theorems with their proofs, and ``psi.json``
what Coq said of this very file when `rfbook.prove` last had it compiled: its version,
the day, each theorem as Coq prints it, and the axioms that the proofs rest on. So a
verdict needs no Coq, and a file changed since is not decided.

Coq knows nothing of the claim: that its theorem says the same is for a reader to judge.
The check carries the digest of the claim's text as it was read beside the theorem.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from rfbook.ledger.digest import PACKAGE
from rfbook.ledger.statement import Statement
from rfbook.ledger.verdict import Result, holds, unknown

FOLDER = PACKAGE / "formal"
FORMAT = 1

# What the standard library's real numbers are built on: classical logic for statements
# on natural numbers and for negations, and that functions with equal values are equal.
REAL_NUMBERS = frozenset(
    {
        "ClassicalDedekindReals.sig_forall_dec",
        "ClassicalDedekindReals.sig_not_dec",
        "FunctionalExtensionality.functional_extensionality_dep",
    }
)


@dataclass(frozen=True)
class Proved:
    """Decide a statement by a theorem that Coq has accepted.

    Parameters
    ----------
    file : str
        Name of the file with the proof: ``psi.v``.
    theorem : str
        Its name there.
    read : str
        `text_digest` of the claim's statement as it was compared with the theorem.

    Examples
    --------
    >>> other = Statement("$1 = 1$")
    >>> Proved("psi.v", "psi_odd", read="of psi-odd")(other, {}).verdict.value
    'UNKNOWN'
    """

    file: str
    theorem: str
    read: str

    @property
    def path(self) -> Path:
        """The file with the proof."""
        return FOLDER / self.file

    def __call__(self, statement: Statement, domain: object) -> Result:
        """Return HOLDS if Coq's record is of this file, theorem and text, else UNKNOWN.

        The theorem quantifies over the whole domain, so that the check has no window.
        """
        name = f"{self.theorem} of {self.file}"
        found = text_digest(statement)
        if found != self.read:
            return unknown(
                f"{name} was not read beside this text, whose digest is {found}"
            )
        record = read_record(self.path)
        if record.get("sha256") != file_digest(self.path):
            return unknown(f"{self.file} is not the file that Coq has checked")
        if self.theorem not in record["theorems"]:
            return unknown(f"Coq has checked no theorem {name}")
        strange = sorted(set(record["axioms"]) - REAL_NUMBERS)
        if strange:
            return unknown(f"{self.file} takes for true: {', '.join(strange)}")
        return holds(
            f"Coq {record['coq']}, {record['date']}, the file unchanged since: "
            f"{self.theorem} : {record['theorems'][self.theorem]} "
            f"({axiom_words(record['axioms'])})"
        )


def axiom_words(axioms: Collection[str]) -> str:
    """Say what a file with proofs rests on.

    Examples
    --------
    >>> axiom_words([])
    'no axioms'
    """
    if not axioms:
        return "no axioms"
    names = (axiom.rpartition(".")[2] for axiom in axioms)
    return f"axioms of Coq's real numbers: {', '.join(names)}"


def text_digest(statement: Statement) -> str:
    """Return 12 hexadecimal digits that stand for a statement: words, ranges, parts.

    They are made of what the printed text is made of, and not of that text: how SymPy
    sets a formula differs between its versions.

    Examples
    --------
    >>> one = Statement("$1 = [[c]]$", parts={"c": 1})
    >>> text_digest(one.changed(c=2)) == text_digest(one)
    False
    """
    lines = [statement.template]
    for values in (statement.domain, statement.parts):
        lines += [f"{name} {values[name]}" for name in sorted(values)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_record(proof: Path) -> dict:
    """Return what Coq said of a file with proofs; empty if it has not been asked.

    Raises
    ------
    ValueError
        If the record is damaged or of another format, naming it.
    """
    path = proof.with_suffix(".json")
    if not path.is_file():
        return {}
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise ValueError(f"{path} is damaged: {error}") from error
    if record.get("format") != FORMAT:
        raise ValueError(f"{path} has the format {record.get('format')}, not {FORMAT}")
    return record
