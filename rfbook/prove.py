"""Have Coq check the proofs of ``rfbook/formal``: ``make prove``.

Beside each file a record is left of what Coq said: `rfbook.ledger.formal` reads it. It
is written anew only if something but the day has changed.

Written for Coq 8.16 and MathComp 1.15, which Debian 12 has.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from rfbook.ledger.formal import (
    FOLDER,
    FORMAT,
    REAL_NUMBERS,
    axiom_words,
    file_digest,
    read_record,
)

PACKAGES = "coq libcoq-mathcomp-algebra"
HINT = f"on Debian and Ubuntu: apt install --no-install-recommends {PACKAGES}"
# MathComp raises these against itself when it is loaded.
WARNINGS = "-notation-overridden,-ambiguous-paths"

_THEOREM = re.compile(r"^(?:Theorem|Corollary)\s+(\w+)", re.MULTILINE)
_AXIOM = re.compile(r"^(\S+)(?:\s+:|$)", re.MULTILINE)


class ProveError(Exception):
    """Why the proofs could not be checked, or do not hold."""


def find_coq() -> Path:
    """Return the path of Coq's compiler.

    Raises
    ------
    ProveError
        If it is not on the path; with the packages that have it.
    """
    found = shutil.which("coqc")
    if found is None:
        raise ProveError(f"coqc, the compiler of Coq, is missing; {HINT}")
    return Path(found)


def coq_version(coqc: Path) -> str:
    """Return the version of Coq."""
    return _run([coqc, "--print-version"], Path.cwd()).split()[0]


def theorems(text: str) -> list[str]:
    r"""Return the names of the theorems and corollaries of a file.

    Examples
    --------
    >>> theorems("Lemma a : True.\nTheorem b (n : nat) :\n  n = n.\nCorollary c : a.")
    ['b', 'c']
    """
    return _THEOREM.findall(text)


def check(coqc: Path, name: str, text: str) -> dict[str, dict]:
    """Have Coq check the text of a file with proofs.

    Parameters
    ----------
    coqc : pathlib.Path
        The compiler.
    name : str
        The name that the file has in Coq's messages.
    text : str
        It need not stand in any file.

    Returns
    -------
    dict
        ``theorems``, from each name to the statement as Coq prints it, and ``axioms``,
        the names of what all the proofs rest on; what was left without proof is among
        them.

    Raises
    ------
    ProveError
        If Coq refuses it, with Coq's own words.
    """
    names = theorems(text)
    asked = [f'Redirect "{theorem}" Check {theorem}.' for theorem in names]
    # Asked for each of them, Coq would walk through its real numbers every time.
    everything = ", ".join(f"@{theorem}" for theorem in names)
    asked += [
        f"Definition all_theorems := ({everything}).",
        'Redirect "axioms" Print Assumptions all_theorems.',
    ]
    with TemporaryDirectory() as folder:
        place = Path(folder)
        source = place / name
        source.write_text("\n".join([text, *asked, ""]), encoding="utf-8")
        _run([coqc, "-q", "-w", WARNINGS, name], place)

        def said(what: str) -> str:
            return (place / f"{what}.out").read_text(encoding="utf-8")

        return {
            "theorems": {theorem: _statement(said(theorem)) for theorem in names},
            "axioms": _axioms(said("axioms")),
        }


def _run(command: list, folder: Path) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        words = (done.stderr or done.stdout).strip()
        missing = "mathcomp" in words and "physical path" in words
        raise ProveError(words + (f"\nMathComp is missing; {HINT}" if missing else ""))
    return done.stdout


def _statement(said: str) -> str:
    """Return what follows the name in the answer to ``Check``, on one line."""
    return " ".join(said.split()).partition(" : ")[2]


def _axioms(said: str) -> list[str]:
    """Return the names in the answer to ``Print Assumptions``."""
    if said.startswith("Closed under the global context"):
        return []
    return sorted(_AXIOM.findall(said.partition("\n")[2]))


def record_of(coqc: Path, path: Path) -> dict:
    """Return the record of a file with proofs, as of today."""
    return {
        "format": FORMAT,
        "coq": coq_version(coqc),
        "date": datetime.now(UTC).date().isoformat(),
        "sha256": file_digest(path),
        **check(coqc, path.name, path.read_text(encoding="utf-8")),
    }


def prove(folder: Path = FOLDER) -> None:
    """Check all proofs of a folder, say what they rest on, and keep the records.

    Raises
    ------
    ProveError
        If Coq is missing or refuses a file, or one rests on an axiom beyond those of
        the real numbers: no record of that file is written then.
    """
    coqc = find_coq()
    for path in sorted(folder.glob("*.v")):
        started = time.perf_counter()
        record = record_of(coqc, path)
        seconds = time.perf_counter() - started
        print(
            f"{path.name}: {len(record['theorems'])} theorems, accepted by Coq "
            f"{record['coq']} in {seconds:.0f} s; {axiom_words(record['axioms'])}"
        )
        strange = sorted(set(record["axioms"]) - REAL_NUMBERS)
        if strange:
            raise ProveError(f"{path.name} rests on {', '.join(strange)}")
        old = read_record(path)
        if old | {"date": ""} != record | {"date": ""}:
            text = json.dumps(record, indent=1, ensure_ascii=False) + "\n"
            path.with_suffix(".json").write_text(text, encoding="utf-8", newline="\n")
            print(f"  recorded in {path.with_suffix('.json').name}")


if __name__ == "__main__":
    try:
        prove()
    except ProveError as error:
        sys.exit(f"rfbook: {error}")
