"""The history of the verdicts: it fits the present, and no flip lacks a reason."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from bs4 import BeautifulSoup
from sphinx.util.osutil import relative_uri

from rfbook import __version__
from rfbook.cli import main
from rfbook.ledger import claims
from rfbook.ledger import history as ledger_history
from rfbook.ledger.digest import tree_digest
from rfbook.ledger.history import (
    COMPARED,
    WITHDRAWN,
    Change,
    Flip,
    History,
    Release,
    State,
    dumps,
    faults,
    flips,
    lines,
    load,
    present,
    recorded,
    save,
)
from rfbook.sphinxext import history as extension

ROOT = Path(__file__).resolve().parents[1]
FORM = ROOT / ".github" / "ISSUE_TEMPLATE" / extension.FORM
REPOSITORY = "https://git.example/someone/book"
STATE = State("A", "psi", "0123", "checked", "whole", "4 of 4", "abcd")
CHANGE = Change(
    "a-b", "fidelity", "whole", "steps", "1.0.0", "2026-12-02", "", "It was a step."
)


def released(**states: State) -> Release:
    """Return a first release with claims of these names, ``_`` for ``-``."""
    found = {name.replace("_", "-"): state for name, state in states.items()}
    return Release("1.0.0", "2026-12-01", "0" * 12, {"psi": "Psi"}, found)


BEFORE = released(a_b=STATE)
LOWER = {"a-b": replace(STATE, fidelity="steps")}


# --- the file as it is ----------------------------------------------------------------


def test_every_flip_has_its_reason():
    assert faults(load(), present()) == []


def test_the_file_is_written_as_the_program_writes_it():
    kept = load()
    assert ledger_history.FILE.read_text(encoding="utf-8") == dumps(kept) + "\n"


def test_what_is_recorded_of_a_version_is_complete():
    for release in load().releases:
        assert release.claims
        assert not {s.outcome for s in release.claims.values()} & {"RED", "UNKNOWN"}


def test_the_lowered_grades_of_the_first_day_are_there():
    lowered = {c.claim for c in load().changes if c.what == "fidelity"}
    assert lowered >= {"psi-degree-one", "psi-norm-monotone"}


# --- flips ----------------------------------------------------------------------------


@pytest.mark.parametrize("what", COMPARED)
def test_a_change_of_anything_compared_is_a_flip(what):
    after = {"a-b": replace(STATE, **{what: "other"})}
    expected = Flip("a-b", what, getattr(STATE, what), "other")
    assert flips(BEFORE.claims, after) == [expected]
    assert faults(History((BEFORE,)), after) == [f"{expected}: no reason is given"]


def test_a_new_claim_is_no_flip_and_a_lost_one_is():
    assert flips(BEFORE.claims, BEFORE.claims | {"c-d": STATE}) == []
    assert flips(BEFORE.claims, {}) == [Flip("a-b", WITHDRAWN, "checked", "")]


def test_where_nothing_was_decided_nothing_changed():
    unknown = replace(STATE, outcome="UNKNOWN", fidelity="", planted="")
    assert flips(BEFORE.claims, {"a-b": unknown}) == []
    reworded = replace(unknown, statement="other")
    assert [flip.what for flip in flips(BEFORE.claims, {"a-b": reworded})] == [
        "statement"
    ]


def test_a_red_claim_is_a_flip():
    red = replace(STATE, outcome="RED", fidelity="", planted="")
    assert [f.after for f in flips(BEFORE.claims, {"a-b": red})] == ["RED", ""]


def test_a_reason_explains_a_flip():
    assert faults(History((BEFORE,), (CHANGE,)), LOWER) == []


@pytest.mark.parametrize(
    ("changes", "states", "words"),
    [
        ((replace(CHANGE, since="0.9.0"),), BEFORE.claims, "'0.9.0' is no released"),
        ((CHANGE,), BEFORE.claims, "fidelity is whole, not steps"),
        ((replace(CHANGE, before="none"),), LOWER, "fidelity is whole, not none"),
        ((CHANGE, CHANGE), LOWER, "became steps, and then was whole"),
        ((replace(CHANGE, claim="c-d"),), BEFORE.claims, "no such claim"),
        ((replace(CHANGE, what=WITHDRAWN),), BEFORE.claims, "there is such a claim"),
        ((), {}, "withdrawn checked → gone: no reason"),
    ],
)
def test_a_history_that_does_not_fit_is_told(changes, states, words):
    (fault, *_) = faults(History((BEFORE,), changes), states)
    assert words in fault


def test_two_changes_of_one_thing_make_a_chain():
    back = replace(CHANGE, before="steps", after="whole", date="2026-12-03")
    assert faults(History((BEFORE,), (CHANGE, back)), BEFORE.claims) == []


def test_between_two_releases_a_flip_needs_its_reason_too():
    later = replace(BEFORE, version="1.1.0", claims=LOWER)
    assert len(faults(History((BEFORE, later)), LOWER)) == 1
    assert faults(History((BEFORE, later), (CHANGE,)), LOWER) == []


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"reason": " "}, "needs its reason"),
        ({"after": "whole"}, "stays 'whole'"),
        ({"what": "title"}, "'title'"),
        ({"date": "yesterday"}, "yesterday"),
    ],
)
def test_a_change_that_says_nothing_is_refused(changed, words):
    with pytest.raises(ValueError, match=words):
        replace(CHANGE, **changed)


# --- releases -------------------------------------------------------------------------


def test_a_release_is_written_and_read_again(tmp_path):
    path = tmp_path / "history.json"
    made = recorded(History(), "1.0.0", "2026-12-01", {"a-b": STATE}, {"psi": "Psi"})
    save(made, path)
    assert load(path) == made
    assert made.latest == "1.0.0"
    assert made.release("1.0.0").claims["a-b"].status == STATE.status
    assert made.release("1.0.0").code == tree_digest()[:12]
    assert path.read_text(encoding="utf-8").count("\n") < 12


@pytest.mark.parametrize(
    ("version", "day", "states", "words"),
    [
        ("1.0.0", "2026-12-02", BEFORE.claims, "recorded already"),
        ("1.1.0", "tomorrow", BEFORE.claims, "tomorrow"),
        ("1.1.0", "2026-12-02", LOWER, "no reason is given"),
        ("1.1.0", "2026-12-02", {"a-b": replace(STATE, outcome="RED")}, "a-b is RED"),
        ("1.1.0", "2026-12-02", {"c-d": replace(STATE, outcome="UNKNOWN")}, "UNKNOWN"),
    ],
)
def test_what_cannot_be_released_is_refused(version, day, states, words):
    with pytest.raises(ValueError, match=words):
        recorded(History((BEFORE,)), version, day, states, {})


def test_a_release_is_compared_with_the_present():
    now = present()
    made = Release("1.0.0", "2026-12-01", tree_digest()[:12], {}, now)
    assert ledger_history.differences(made, now) == []
    assert "its code" in ledger_history.differences(replace(made, code="0"), now)[0]
    fewer = {i: s for i, s in now.items() if i != "psi-odd"}
    differ = ledger_history.differences(replace(made, claims=fewer), now)
    assert differ == ["psi-odd is not in it"]


def test_a_claim_s_lines_have_releases_and_reasons_in_order():
    kept = History((BEFORE,), (replace(CHANGE, since=""), CHANGE))
    assert lines("a-b", kept) == [
        "2026-12-02, before the first release: fidelity whole → steps. It was a step.",
        "1.0.0 (2026-12-01): checked, whole; 4 of 4 planted changes told apart",
        "2026-12-02, after 1.0.0: fidelity whole → steps. It was a step.",
    ]


@pytest.mark.parametrize(
    "text", ["{", '{"format": 2}', '{"format": 1, "releases": [], "changes": [{}]}']
)
def test_a_damaged_file_is_named(tmp_path, text):
    path = tmp_path / "history.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=re.escape(str(path))):
        load(path)


# --- the command ----------------------------------------------------------------------


def test_the_command_tells_changes_and_fails_without_a_reason(monkeypatch, capsys):
    assert main(["history", "psi-degree-one"]) == 0
    assert "instances → steps" in capsys.readouterr().out
    state = present()["psi-odd"]
    other = Release(
        "0.0.1", "2026-11-01", "", {}, {"psi-odd": replace(state, title="B")}
    )
    monkeypatch.setattr(ledger_history, "load", lambda: History((other,)))
    assert main(["history"]) == 0
    was = {"psi-odd": replace(state, statement="other")}
    changed = History((replace(other, claims=was),))
    monkeypatch.setattr(ledger_history, "load", lambda: changed)
    assert main(["history"]) == 1
    assert "no reason is given" in capsys.readouterr().err


def test_a_version_is_recorded_once(monkeypatch, tmp_path, capsys):
    path = tmp_path / "history.json"
    decided = {i: replace(s, outcome="checked") for i, s in present().items()}
    monkeypatch.setattr(ledger_history, "present", lambda: decided)
    monkeypatch.setattr(ledger_history, "load", lambda: load(path))
    real = ledger_history.save
    monkeypatch.setattr(ledger_history, "save", lambda made: real(made, path))
    real(History(), path)
    assert main(["history", "--released"]) == 2
    assert main(["history", "--record", "2026-12-01"]) == 0
    assert load(path).latest == __version__
    assert main(["history", "--released"]) == 0
    assert main(["history", "--record", "2026-12-01"]) == 2
    assert "recorded already" in capsys.readouterr().err


# --- reports --------------------------------------------------------------------------


@pytest.fixture
def app():
    """Return a stand-in for an application that writes pages."""

    def uri(source, target):
        return relative_uri(f"{source}.html", f"{target}.html")

    return SimpleNamespace(
        builder=SimpleNamespace(format="html", get_relative_uri=uri),
        config=SimpleNamespace(rfbook_repository_url=""),
        env=SimpleNamespace(found_docs={extension.PAGE}),
        rfbook_verdicts={},
    )


def test_with_a_repository_a_record_opens_the_form(app):
    app.config.rfbook_repository_url = f"{REPOSITORY}/"
    (link,) = extension.report_words(app, "records/psi", claims()["psi-odd"])
    address = urlsplit(link["refuri"])
    assert f"{address.scheme}://{address.netloc}{address.path}" == (
        f"{REPOSITORY}/issues/new"
    )
    filled = {name: value for name, (value,) in parse_qs(address.query).items()}
    assert filled["template"] == FORM.name
    assert filled["claim"] == "psi-odd"
    assert filled["version"].startswith(f"{__version__}, code ")
    form = yaml.safe_load(FORM.read_text(encoding="utf-8"))
    ids = {field["id"] for field in form["body"] if "id" in field}
    assert set(filled) - {"template", "title"} <= ids


def test_without_a_repository_a_record_says_what_to_send(app):
    found = extension.report_words(app, "records/psi", claims()["psi-odd"])
    assert __version__ in found[0].astext()
    assert found[-1]["refuri"] == "../book/history.html#report-an-error"
    app.env.found_docs = set()
    words = extension.report_words(app, "records/psi", claims()["psi-odd"])
    assert "evidence" in words[-1].astext()


def form_faults(form: dict) -> list[str]:
    """Return what GitHub refuses in a form, by its published syntax of forms."""
    found = [
        f"no {key}" for key in ("name", "description", "body") if not form.get(key)
    ]
    known = {"name", "description", "title", "labels", "assignees", "body", "projects"}
    found += [f"unknown {key}" for key in set(form) - known - {"type"}]
    fields = [item for item in form.get("body") or [] if item["type"] != "markdown"]
    found += [] if fields else ["no field to fill in"]
    for item in form.get("body") or []:
        needed = "value" if item["type"] == "markdown" else "label"
        if not item.get("attributes", {}).get(needed):
            found.append(f"a {item['type']} without {needed}")
        if item["type"] not in ("markdown", "input", "textarea", "dropdown"):
            found.append(f"unknown type {item['type']}")
        options = item.get("attributes", {}).get("options", [])
        if (item["type"] == "dropdown") != bool(options):
            found.append("options belong to a dropdown")
        if len(set(options)) < len(options) or "None" in options:
            found.append("options are distinct, and none is None")
    for key in ("id", "label"):
        values = [i.get(key) or i["attributes"].get(key) for i in fields]
        if len(set(values)) < len(values):
            found.append(f"an {key} is used twice")
    ids = [item["id"] for item in fields if "id" in item]
    found += [f"the id {i!r}" for i in ids if not re.fullmatch(r"[\w-]+", i)]
    return found


def test_the_form_is_one_that_github_accepts():
    form = yaml.safe_load(FORM.read_text(encoding="utf-8"))
    assert form_faults(form) == []
    needed = {
        item["id"]
        for item in form["body"]
        if item.get("validations", {}).get("required")
    }
    assert needed == {"claim", "version", "part", "says", "finds", "evidence"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"body": []}, "no body"),
        ({"description": ""}, "no description"),
        ({"kind": "bug"}, "unknown kind"),
        ({"body": [{"type": "input", "attributes": {}}]}, "without label"),
        (
            {"body": [{"type": "input", "id": "a b", "attributes": {"label": "A"}}]},
            "the id 'a b'",
        ),
    ],
)
def test_a_broken_form_is_seen(change, words):
    form = yaml.safe_load(FORM.read_text(encoding="utf-8"))
    assert any(words in fault for fault in form_faults(form | change))


# --- the page -------------------------------------------------------------------------

CONF = """
extensions = ["myst_parser"]
myst_enable_extensions = ["dollarmath", "colon_fence"]
html_theme = "basic"
suppress_warnings = ["myst.xref_missing"]
rfbook_repository_url = ""


def setup(app):
    from rfbook.sphinxext.history import HistoryDirective

    app.add_directive("rfbook-history", HistoryDirective)
"""


@pytest.mark.slow
def test_the_page_lists_every_change(book, tmp_path):
    (tmp_path / "book").mkdir()
    (tmp_path / "conf.py").write_text(CONF + 'root_doc = "book/history"\n')
    text = (book / "history.md").read_text(encoding="utf-8")
    (tmp_path / "book" / "history.md").write_text(text, encoding="utf-8")
    subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", "-q", tmp_path, tmp_path / "o"],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=True,
    )
    html = (tmp_path / "o" / "book" / "history.html").read_text(encoding="utf-8")
    soup = BeautifulSoup(html, "html.parser")
    rows = soup.select("ul.history > li")
    named = [link.get_text() for row in rows for link in row.find_all("a")]
    assert sorted(named) == sorted(change.claim for change in load().changes)
    addresses = {link["href"] for row in rows for link in row.find_all("a")}
    assert "../records/psi.html#claim-psi-degree-one" in addresses
    assert soup.find(id="report-an-error")


def test_the_program_s_file_is_the_one_the_page_names(book):
    text = (book / "history.md").read_text(encoding="utf-8")
    name = ledger_history.FILE.relative_to(ROOT).as_posix()
    assert f"`{name}`" in text
    assert json.loads(ledger_history.FILE.read_text(encoding="utf-8"))["format"] == 1
