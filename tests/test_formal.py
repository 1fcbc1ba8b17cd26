"""The formal proofs, their records, and that Coq refuses what is not true."""

import json
import re
import shutil
from fractions import Fraction
from pathlib import Path

import pytest

from rfbook import prove
from rfbook.ledger import Proved, Statement, Verdict, claims, digest, formal
from rfbook.psi import psi

pytestmark = pytest.mark.slow

PROOFS = sorted(formal.FOLDER.glob("*.v"))
DECIDERS = [
    pytest.param(claim, check, id=f"{claim.id}-{check.decide.theorem}")
    for claim in claims().values()
    for check in claim.checks
    if isinstance(check.decide, Proved)
]


# --- what the checks read -------------------------------------------------------------


@pytest.mark.parametrize(("claim", "check"), DECIDERS)
def test_the_theorem_decides_the_claim_and_no_changed_one(claim, check):
    assert check.kind == "formal"
    result = check.run(claim.statement)
    assert result.verdict is Verdict.HOLDS, result
    assert f"{check.decide.theorem} : forall " in result.detail
    for planted in claim.planted:
        changed = check.run(claim.statement.changed(**planted.changes))
        assert changed.verdict is Verdict.UNKNOWN, planted.what
        assert "was not read beside this text" in changed.detail


def test_the_five_statements_on_psi_and_the_dimension_argument_are_formal():
    names = {param.values[0].id for param in DECIDERS}
    on_psi = {f"psi-{word}" for word in ("pieces", "triangle", "odd", "period", "sign")}
    assert names == on_psi | {"dimension-argument"}


@pytest.mark.parametrize("proof", PROOFS, ids=lambda path: path.name)
def test_the_record_is_of_the_file_and_of_all_its_theorems(proof):
    record = formal.read_record(proof)
    assert record["sha256"] == formal.file_digest(proof)
    assert list(record["theorems"]) == prove.theorems(proof.read_text())
    assert set(record["axioms"]) <= formal.REAL_NUMBERS


@pytest.fixture
def copies(tmp_path, monkeypatch) -> Path:
    """Return a copy of the proofs and their records, which the checks then read."""
    place = tmp_path / "formal"
    shutil.copytree(formal.FOLDER, place)
    monkeypatch.setattr(formal, "FOLDER", place)
    return place


def decide(theorem="psi_odd"):
    statement = claims()["psi-odd"].statement
    read = formal.text_digest(statement)
    return Proved("psi.v", theorem, read)(statement, statement.domain)


def rewrite(path: Path, **changes) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_a_changed_file_is_not_decided(copies):
    assert decide().verdict is Verdict.HOLDS
    with (copies / "psi.v").open("a") as proof:
        proof.write("(* one more word *)\n")
    assert decide().verdict is Verdict.UNKNOWN
    assert decide().detail == "psi.v is not the file that Coq has checked"


def test_without_a_record_nothing_is_decided(copies):
    (copies / "psi.json").unlink()
    assert decide().verdict is Verdict.UNKNOWN


def test_a_theorem_that_coq_has_not_checked_is_not_decided(copies):
    result = decide("psi_even")
    assert result.verdict is Verdict.UNKNOWN
    assert result.detail == "Coq has checked no theorem psi_even of psi.v"


def test_an_axiom_beyond_the_real_numbers_decides_nothing(copies):
    axiom = "Classical_Prop.classic"
    rewrite(copies / "psi.json", axioms=[*sorted(formal.REAL_NUMBERS), axiom])
    result = decide()
    assert result.verdict is Verdict.UNKNOWN
    assert result.detail == f"psi.v takes for true: {axiom}"


@pytest.mark.parametrize("text", ["{", '{"format": 0}'])
def test_a_damaged_record_is_an_error_that_names_it(copies, text):
    (copies / "psi.json").write_text(text)
    with pytest.raises(ValueError, match=r"psi\.json (is damaged|has the format 0)"):
        decide()


def test_the_text_that_was_read_is_words_ranges_and_parts():
    one = Statement("$1 = [[c]]$", parts={"c": 1})
    two = Statement("$1 = [[c]]$.", parts={"c": 1})
    digests = {formal.text_digest(s) for s in (one, two, one.changed(c=2))}
    assert len(digests) == 3
    odd = claims()["psi-odd"].statement
    assert formal.text_digest(odd.changed(x=odd.domain["a"])) != formal.text_digest(odd)


def test_the_verdicts_of_a_module_depend_on_the_proofs_it_names_and_their_records():
    wave = digest.module_path("rfbook.claims.psi.wave")
    names = [path.name for path in digest.data_files(wave)]
    assert names == ["psi.json", "psi.v"]


# --- without Coq ----------------------------------------------------------------------


def test_without_coq_the_packages_are_named(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(prove.ProveError, match=r"apt install .* coq libcoq-mathcomp-"):
        prove.find_coq()


def test_continuous_integration_installs_these_packages():
    text = Path(__file__).parents[1].joinpath(".ci", "run").read_text()
    assert f"install {prove.PACKAGES} ||" in text


def fake_coq(folder: Path, script: str) -> Path:
    path = folder / "coqc"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def test_without_mathcomp_the_packages_are_named(tmp_path):
    words = "Cannot find a physical path bound to logical path mathcomp.all_algebra."
    coqc = fake_coq(tmp_path, f"echo '{words}' >&2; exit 1")
    with pytest.raises(prove.ProveError, match="MathComp is missing; on Debian"):
        prove.check(coqc, "x.v", "")


def test_an_axiom_beyond_the_real_numbers_is_refused(tmp_path, monkeypatch):
    (tmp_path / "x.v").write_text("Theorem t : True.")
    said = {"theorems": {"t": "True"}, "axioms": ["t"]}
    monkeypatch.setattr(prove, "find_coq", lambda: "coqc")
    monkeypatch.setattr(prove, "coq_version", lambda coqc: "8.16.1")
    monkeypatch.setattr(prove, "check", lambda *args: said)
    with pytest.raises(prove.ProveError, match=r"x\.v rests on t"):
        prove.prove(tmp_path)
    assert not (tmp_path / "x.json").exists()


def test_the_record_is_written_anew_only_if_more_than_the_day_has_changed(
    copies, monkeypatch, capsys
):
    record = json.loads((copies / "psi.json").read_text())
    (copies / "dimension.v").unlink()
    monkeypatch.setattr(prove, "find_coq", lambda: "coqc")
    monkeypatch.setattr(prove, "coq_version", lambda coqc: record["coq"])
    said = {name: record[name] for name in ("theorems", "axioms")}
    monkeypatch.setattr(prove, "check", lambda *args: said)
    rewrite(copies / "psi.json", date="2000-01-01")
    prove.prove(copies)
    assert "recorded" not in capsys.readouterr().out
    assert formal.read_record(copies / "psi.v")["date"] == "2000-01-01"
    monkeypatch.setattr(prove, "coq_version", lambda coqc: "9.0")
    prove.prove(copies)
    assert "recorded in psi.json" in capsys.readouterr().out
    assert formal.read_record(copies / "psi.v")["date"] != "2000-01-01"


# --- with Coq -------------------------------------------------------------------------


@pytest.mark.coq
@pytest.mark.parametrize("proof", PROOFS, ids=lambda path: path.name)
def test_coq_accepts_the_proofs_and_says_what_the_record_says(proof):
    coqc, record = prove.find_coq(), formal.read_record(proof)
    said = prove.check(coqc, proof.name, proof.read_text())
    assert set(said["axioms"]) <= formal.REAL_NUMBERS
    assert list(said["theorems"]) == list(record["theorems"])
    if prove.coq_version(coqc) == record["coq"]:
        assert said == {name: record[name] for name in ("theorems", "axioms")}


SUM = "+ 2 * sum (fun n => (-1) ^ n * relu"
ARGUMENT = r"m%:R - (\rank V)%:R <= squares (E - W).", "squares (E - W)."
# File, text, its change, and the theorem or lemma whose proof must then break.
PLANTED = {
    "the opposite weights": ("psi.v", SUM, SUM.replace("+", "-"), "psi_piece"),
    "the weights 1 instead of 2": ("psi.v", SUM, SUM.replace("2", "1"), "psi_piece"),
    "one ReLU less": (
        "psi.v",
        "relu (x + INR a - 2 * INR n)) a\n",
        "relu (x + INR a - 2 * INR n)) (pred a)\n",
        "psi_piece",
    ),
    "the zeros of the pieces moved by 1": (
        "psi.v",
        "= (-1) ^ n * (s - 2 * INR n - 1).",
        "= (-1) ^ n * (s - 2 * INR n).",
        "psi_pieces",
    ),
    "the shift loses its 1": (
        "psi.v",
        "psi a x = tri (x + (INR a - 1)).",
        "psi a x = tri (x + INR a).",
        "psi_triangle",
    ),
    "odd for every a": (
        "psi.v",
        "psi a (- x) = (-1) ^ a * psi a x.",
        "psi a (- x) = -1 * psi a x.",
        "psi_odd",
    ),
    "period 2": (
        "psi.v",
        "psi a (x + 2) = -1 * psi a x.",
        "psi a (x + 2) = psi a x.",
        "psi_period",
    ),
    "x + 2 beyond a + 2": (
        "psi.v",
        "x <= INR a - 2 ->\n  psi a (x + 2) = -1",
        "x <= INR a + 1 ->\n  psi a (x + 2) = -1",
        "psi_period",
    ),
    "4 for 6": ("psi.v", "(6 * d ^ 2 + 1)", "(4 * d ^ 2 + 1)", "psi_sign"),
    "N - r + 1": (
        "dimension.v",
        ARGUMENT[0],
        ARGUMENT[0].replace("R <=", "R + 1 <="),
        "dimension_argument",
    ),
    "points outside the subspace": (
        "dimension.v",
        f"orthonormal E -> (W <= V)%MS ->\n  {ARGUMENT[0]}",
        f"orthonormal E -> (V <= W)%MS ->\n  {ARGUMENT[0]}",
        "dimension_argument",
    ),
    "eigenvalues in any order": (
        "dimension.v",
        "(forall i j : 'I_n, (i <= j)%N -> l 0 j <= l 0 i) ->\n  (\\rank",
        "(forall i j : 'I_n, (i <= j)%N -> l 0 j <= l 0 j) ->\n  (\\rank",
        "dimension_argument_mean",
    ),
    "one eigenvalue less": (
        "dimension.v",
        "mean_square p X - leading N l <= mean_square p (X - W).",
        "mean_square p X - leading N.-1 l <= mean_square p (X - W).",
        "dimension_argument_mean",
    ),
}


def broken_proof(text: str, error: str) -> str:
    """Return the statement in whose proof, and not in whose words, Coq stopped."""
    line = int(re.search(r"line (\d+)", error[error.rindex("File ") :])[1])
    before = "\n".join(text.split("\n")[:line])
    start = list(re.finditer(r"^(?:Theorem|Corollary|Lemma)\s+(\w+)", before, re.M))[-1]
    return start[1] if "\nProof." in before[start.end() :] else f"words of {start[1]}"


@pytest.mark.coq
@pytest.mark.parametrize("name", PLANTED)
def test_coq_refuses_a_planted_error_where_it_matters(name):
    file, old, new, where = PLANTED[name]
    text = (formal.FOLDER / file).read_text()
    assert text.count(old) == 1
    changed = text.replace(old, new)
    with pytest.raises(prove.ProveError) as caught:
        prove.check(prove.find_coq(), file, changed)
    error = str(caught.value)
    assert broken_proof(changed, error) == where, error
    assert not re.search(r"Syntax error|was not found", error), error


@pytest.mark.coq
def test_what_is_left_without_proof_is_found_among_the_axioms():
    text = "Lemma gap : 1 = 2.\nAdmitted.\nTheorem t : 2 = 1.\n"
    text += "Proof. symmetry. exact gap. Qed.\n"
    said = prove.check(prove.find_coq(), "gap.v", text)
    assert said == {"theorems": {"t": "2 = 1"}, "axioms": ["gap"]}


@pytest.mark.coq
def test_the_formal_psi_is_the_psi_of_the_book():
    """At points up to 2 beyond [-a, a], on either side of every kink."""
    text = (formal.FOLDER / "psi.v").read_text()
    goals = []
    for a in (1, 2):
        for thirds in range(-3 * a - 6, 3 * a + 7, 4):
            value = psi(Fraction(thirds, 3), a)
            goals.append(
                f"Goal psi {a} ({thirds} / 3) = {value.numerator} / "
                f"{value.denominator}.\nProof. unfold psi, relu, Rmax; simpl; "
                "repeat destruct (Rle_dec _ _); lra. Qed."
            )
    prove.check(prove.find_coq(), "points.v", "\n".join([text, *goals]))
