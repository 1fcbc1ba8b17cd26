"""Run the checks and the planted errors, and keep the verdicts in one file."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from multiprocessing import get_context
from pathlib import Path

from rfbook.ledger.claim import ENDLESS, Claim
from rfbook.ledger.digest import PACKAGE, claim_digest, tree_digest, versions
from rfbook.ledger.fidelity import fidelity
from rfbook.ledger.registry import claims
from rfbook.ledger.verdict import Verdict
from rfbook.records import write_whole

FORMAT = 1


def run_claim(claim: Claim) -> dict:
    """Run everything a claim carries and return the outcome as plain data.

    The outcome is ``ok`` only if every check gives the expected verdict, every planted
    change the opposite one, and at least one planted error gets past the weak check.
    """
    # The processor's time: the clock on the wall tells how busy the machine is, too.
    started = time.process_time()
    checks = [_run_check(check, claim.statement) for check in claim.checks]
    planted = [_run_planted(claim, change) for change in claim.planted]
    problems = [
        f"{row['title']}: {row['verdict']}, expected {claim.expects}: "
        f"{row['witness'] or row['detail']}"
        for row in checks
        if row["verdict"] != claim.expects.value
    ]
    problems += [
        f"planted change not told apart: {row['what']}: {row['verdict']}"
        for row in planted
        if not row["caught"]
    ]
    if (
        claim.weak is not None
        and claim.planted
        and not any(r["fools"] for r in planted)
    ):
        problems.append("straw men: the weak check tells every planted error apart")
    return {
        "id": claim.id,
        "ok": not problems,
        "problems": problems,
        "expects": claim.expects.value,
        "status": claim.status,
        "checks": checks,
        "planted": planted,
        "seconds": round(time.process_time() - started, 3),
    }


def _run_check(check, statement) -> dict:
    result = check.run(statement)
    return {
        "kind": check.kind,
        "title": check.title,
        "role": check.role,
        "verdict": result.verdict.value,
        "witness": result.witness,
        "detail": result.detail,
    }


def _run_planted(claim: Claim, change) -> dict:
    """Run the checks on a changed statement until one tells it from the true one."""
    statement = claim.statement.changed(**change.changes)
    if claim.expects is Verdict.FAILS:
        results = [(check, check.run(statement)) for check in claim.checks]
        held = all(result.verdict is Verdict.HOLDS for _, result in results)
        row = {"caught": held, "by": "", "verdict": results[0][1].verdict.value}
        row |= {"witness": results[0][1].detail, "fools": False}
        return {"what": change.what, "near": change.near, **row}
    results = _until_caught(claim, statement)
    row = {"caught": False, "by": "", "verdict": "HOLDS", "witness": "", "unsound": ""}
    for check, result in results:
        if result.verdict is not Verdict.HOLDS and not row["caught"]:
            row |= {"verdict": result.verdict.value, "by": check.title}
            row |= {"witness": result.witness or result.detail}
            row["caught"] = result.verdict is Verdict.FAILS
        elif result.verdict is Verdict.HOLDS and decides_all(check):
            row["unsound"] = check.title
    weak = claim.weak.run(statement).verdict if claim.weak else Verdict.FAILS
    fools = weak is Verdict.HOLDS
    return {"what": change.what, "near": change.near, **row, "fools": fools}


def decides_all(check) -> bool:
    """Whether a check claims the whole statement: a HOLDS of a false one is unsound."""
    return check.role == "statement" and check.kind in ENDLESS and not check.window


def _until_caught(claim: Claim, statement) -> list:
    """Run the checks until one fails, and those that claim the whole in any case."""
    results, caught = [], False
    for check in claim.checks:
        if not caught or decides_all(check):
            result = check.run(statement)
            results.append((check, result))
            caught = caught or result.verdict is Verdict.FAILS
    return results


def verdict_path() -> Path:
    """Return where the verdicts are kept.

    In a checkout it is ``build/verdicts.json``; an installed rfbook keeps its own runs
    in the user's cache folder.
    """
    if os.environ.get("RFBOOK_VERDICTS"):
        return Path(os.environ["RFBOOK_VERDICTS"])
    root = PACKAGE.parent
    if (root / "_config.yml").is_file():
        return root / "build" / "verdicts.json"
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    return cache / "rfbook" / "verdicts.json"


def load_verdicts(path: Path | None = None) -> dict:
    """Read the verdict file; by default over the one that a wheel carries.

    Returns
    -------
    dict
        With the key ``claims``, empty if there is no file.

    Raises
    ------
    ValueError
        If a file is damaged, naming it.
    """
    found = {"format": FORMAT, "claims": {}}
    for place in [path] if path else [PACKAGE / "_verdicts.json", verdict_path()]:
        if place.is_file():
            try:
                data = json.loads(place.read_text(encoding="utf-8"))
            except json.JSONDecodeError as error:
                raise ValueError(f"{place} is damaged: {error}") from error
            if data.get("format") == FORMAT:
                found["claims"] |= data["claims"]
    return found


def current(claim: Claim, verdicts: Mapping) -> dict | None:
    """Return a claim's recorded outcome if it is of this very code, else None."""
    row = verdicts["claims"].get(claim.id)
    return row if row and row["digest"] == digest_of(claim) else None


def digest_of(claim: Claim) -> str:
    """Return the digest of a claim's module: its closure, data and versions."""
    return claim_digest("rfbook.claims." + claim.chapter.replace("-", "_"))


def save_verdicts(rows: Mapping[str, dict], path: Path | None = None) -> None:
    """Write the verdict file in one step, so that a killed run leaves the old one."""
    path = path or verdict_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    data = {"format": FORMAT, "tree": tree_digest(), "versions": versions()}
    data["claims"] = dict(sorted(rows.items()))
    write_whole(path, (json.dumps(data, indent=1) + "\n").encode())


def record(new: Mapping[str, dict], path: Path | None = None) -> None:
    """Add outcomes to the verdict file, and grade what it then holds.

    Runs side by side add to one file: each reads it again under a lock, and keeps what
    the others found, as far as it is of this very code.
    """
    path = path or verdict_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    with locked(path.with_name(f"{path.name}.lock")):
        held = load_verdicts(path)
        rows = {c.id: row for c in claims().values() if (row := current(c, held))}
        rows |= {name: dict(row) for name, row in new.items()}
        grade(rows, claims())
        save_verdicts(rows, path)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a file's lock; where the system has none, go on without."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    with path.open("w", encoding="utf-8") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def verify(
    ids: str | Iterable[str] | None = None,
    *,
    cache: bool = True,
    progress: bool = False,
) -> Report:
    """Run the checks of the named claims (all by default) and keep their verdicts.

    Parameters
    ----------
    ids : str or iterable of str, optional
        Ids of claims; unknown ones raise KeyError with the nearest known ids.
    cache : bool
        Whether a recorded verdict of this very code may stand.
    progress : bool
        Show a bar on standard error.
    """
    registry = claims()
    names = list(registry) if ids is None else [ids] if isinstance(ids, str) else [*ids]
    wanted = [find(name) for name in names]
    recorded = load_verdicts()
    rows = {c.id: row for c in registry.values() if (row := current(c, recorded))}
    for row in _run_all(_to_run(wanted, rows, cache), progress):
        rows[row["id"]] = row | {"digest": digest_of(registry[row["id"]])}
        record({row["id"]: rows[row["id"]]})
    grade(rows, registry)
    if rows != recorded["claims"]:
        record(rows)
    return Report(tuple(wanted), {c.id: rows[c.id] for c in wanted if c.id in rows})


def _to_run(wanted: list[Claim], rows: Mapping, cache: bool) -> list[Claim]:
    """List what must run: the wanted, and what their fidelity takes for true."""
    chosen, todo = {}, [(claim, cache) for claim in wanted]
    while todo:
        claim, kept = todo.pop(0)
        if claim.status == "checked" and claim.id not in chosen:
            if not (kept and claim.id in rows):
                chosen[claim.id] = claim
            taken = {*claim.cases, *(i for check in claim.checks for i in check.given)}
            todo += [(claims()[i], True) for i in sorted(taken)]
    return list(chosen.values())


def find(name: str) -> Claim:
    """Return a claim by id, or raise KeyError with the nearest ids."""
    from difflib import get_close_matches

    if name not in claims():
        near = get_close_matches(name, claims(), n=3, cutoff=0.3)
        raise KeyError(f"no claim {name!r}; near: {', '.join(near) or 'none'}")
    return claims()[name]


def _run_all(todo: list[Claim], progress: bool) -> Iterable[dict]:
    from tqdm import tqdm

    quiet = 0.1 if sys.stderr.isatty() else 30.0
    bar = tqdm(
        total=len(todo),
        unit="claim",
        disable=not progress or not todo,
        mininterval=quiet,
    )
    with bar:
        if len(todo) <= 2:
            for claim in todo:
                bar.set_postfix_str(claim.id)
                yield run_claim(claim)
                bar.update()
            return
        workers = min(len(todo), os.cpu_count() or 1)
        spawn = get_context("spawn")
        with one_thread(), ProcessPoolExecutor(workers, mp_context=spawn) as pool:
            jobs = {pool.submit(_run_by_id, claim.id): claim.id for claim in todo}
            for job in as_completed(jobs):
                bar.set_postfix_str(jobs[job])
                yield job.result()
                bar.update()


THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@contextmanager
def one_thread() -> Iterator[None]:
    """Give one thread to the linear algebra of processes that are started meanwhile.

    There is a worker for each core: with more threads they would wait for each other.

    Examples
    --------
    >>> with one_thread():
    ...     print(os.environ["OMP_NUM_THREADS"])
    1
    """
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _run_by_id(name: str) -> dict:
    return run_claim(claims()[name])


def grade(rows: dict[str, dict], registry: Mapping[str, Claim]) -> None:
    """Compute the fidelity of every recorded claim, those with cases last."""
    whole: set[str] = set()
    pending = [registry[i] for i in rows]
    for _ in range(len(pending) + 1):
        before = len(whole)
        for claim in pending:
            row = rows[claim.id]
            good = {
                i
                for i, check in enumerate(row["checks"])
                if check["verdict"] == row["expects"]
            }
            grade = fidelity(claim, registry, good | whole if row["ok"] else set())
            row["fidelity"], row["why"] = grade.grade, grade.why
            if grade.grade == "whole":
                whole.add(claim.id)
        if len(whole) == before:
            return


@dataclass(frozen=True)
class Report:
    """What a run of `verify` found; shown as a table, without times."""

    claims: tuple[Claim, ...]
    rows: Mapping[str, dict]

    @property
    def ok(self) -> bool:
        """Whether every checked claim came out as expected."""
        return all(
            c.status != "checked" or self.rows.get(c.id, {}).get("ok")
            for c in self.claims
        )

    def lines(self) -> list[tuple[str, str, str, str]]:
        """Return id, outcome, fidelity and planted errors caught, claim by claim."""
        found = []
        for claim in self.claims:
            row = self.rows.get(claim.id)
            if row is None:
                found.append((claim.id, claim.status, claim.status, ""))
                continue
            caught = sum(p["caught"] for p in row["planted"])
            told = f"{caught} of {len(row['planted'])}"
            found.append((claim.id, outcome_word(row), row["fidelity"], told))
        return found

    def __str__(self) -> str:
        head = ("claim", "outcome", "fidelity", "planted errors caught")
        table = [head, *self.lines()]
        widths = [max(len(row[i]) for row in table) for i in range(4)]
        text = [
            "  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True))
            for row in table
        ]
        for claim in self.claims:
            text += [f"  {p}" for p in self.rows.get(claim.id, {}).get("problems", [])]
        return "\n".join(line.rstrip() for line in text)

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        """Show every check of every claim, for notebooks."""
        body, names = [], ["claim", "kind", "what", "verdict", "evidence"]
        for claim in self.claims:
            row = self.rows.get(claim.id, {"checks": [], "planted": []})
            for check in row["checks"]:
                cells = (claim.id, check["kind"], check["title"], check["verdict"])
                body.append((*cells, check["witness"] or check["detail"]))
            for planted in row["planted"]:
                cells = (claim.id, "planted", planted["what"], planted["verdict"])
                body.append((*cells, planted["witness"]))
        alone = len(self.claims) == 1
        head = "".join(f"<th>{name}</th>" for name in names[alone:])
        rows = "".join(
            "<tr>"
            + "".join(f"<td>{escape(str(cell))}</td>" for cell in line[alone:])
            + "</tr>"
            for line in body
        )
        return f'<table class="checks"><thead><tr>{head}</tr></thead>{rows}</table>'


def outcome_word(row: Mapping) -> str:
    """Return the word for a recorded outcome: checked, refuted, or RED."""
    if not row["ok"]:
        return "RED"
    return "refuted" if row["expects"] == Verdict.FAILS.value else "checked"
