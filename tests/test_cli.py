"""The command: what it prints, and its exit status."""

import json
import subprocess
import sys

import pytest

from rfbook import cite
from rfbook.cli import main
from rfbook.ledger import citation, claims, runner

pytestmark = pytest.mark.slow


def test_verify_prints_a_table_and_succeeds(capsys):
    assert main(["verify", "psi-counts"]) == 0
    out = capsys.readouterr().out
    assert "psi-counts" in out
    assert "whole" in out


def test_verify_details_and_json(capsys):
    assert main(["verify", "psi-odd", "--details"]) == 0
    assert "near miss" in capsys.readouterr().out
    assert main(["verify", "psi-odd", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["psi-odd"]["ok"] is True


def test_a_red_claim_gives_status_one(monkeypatch, capsys):
    broken = runner.run_claim(claims()["psi-counts"]) | {"ok": False}
    monkeypatch.setattr(runner, "run_claim", lambda claim: broken)
    monkeypatch.setattr(runner, "record", lambda rows, path=None: None)
    assert main(["verify", "psi-counts", "--no-cache"]) == 1
    assert "RED" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["verify", "show", "cite"])
def test_an_unknown_id_gives_status_two_and_near_ids(command, capsys):
    assert main([command, "psi-count"]) == 2
    assert "psi-counts" in capsys.readouterr().err


def test_a_wrong_call_gives_status_two():
    with pytest.raises(SystemExit) as stopped:
        main(["no-such-command"])
    assert stopped.value.code == 2
    assert main(["cite", "psi-odd", "--format", "word"]) == 2


def test_list_show_and_graph(capsys):
    assert main(["list", "--chapter", "psi"]) == 0
    assert "psi-triangle" in capsys.readouterr().out
    assert main(["show", "psi-triangle"]) == 0
    assert ":label: psi-triangle" in capsys.readouterr().out
    assert main(["graph", "psi-triangle"]) == 0
    assert '"psi-triangle" -> "psi-pieces";' in capsys.readouterr().out
    assert main(["graph", "psi-pieces", "--up"]) == 0
    assert '"psi-odd" -> "psi-pieces";' in capsys.readouterr().out


def test_the_columns_of_the_list_stand_apart(capsys):
    assert main(["list"]) == 0
    for line, claim in zip(
        capsys.readouterr().out.splitlines(), claims().values(), strict=True
    ):
        assert line.split()[:2] == [claim.id, claim.chapter]


def test_a_chapter_that_is_not_there_is_named(capsys):
    assert main(["list", "--chapter", "nowhere"]) == 2
    told = capsys.readouterr().err
    assert "got 'nowhere'" in told
    assert "linear-warmup" in told


def test_a_reader_who_stops_early_sees_no_traceback():
    command = [sys.executable, "-m", "rfbook", "list"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as listing:
        listing.stdout.close()
        assert listing.stderr.read() == b""
    assert listing.returncode == 1


@pytest.mark.parametrize("name", list(claims()))
@pytest.mark.parametrize("form", citation.FORMATS)
def test_every_claim_can_be_cited(name, form):
    assert name in cite(name, form)


def test_a_citation_says_unknown_for_other_code(monkeypatch):
    monkeypatch.setattr(citation, "load_verdicts", lambda: {"claims": {}})
    assert "UNKNOWN" in cite("psi-odd")
    stale = {"claims": {"psi-odd": {"digest": "of another tree", "ok": True}}}
    monkeypatch.setattr(citation, "load_verdicts", lambda: stale)
    assert "UNKNOWN" in cite("psi-odd", "text")


def test_links_appear_only_with_an_address(monkeypatch):
    monkeypatch.delenv("RFBOOK_BOOK_URL", raising=False)
    assert "http" not in cite("psi-odd")
    monkeypatch.setenv("RFBOOK_BOOK_URL", "https://book.example/")
    address = "https://book.example/book/ledger.html#claim-psi-odd"
    assert address in cite("psi-odd")


def test_csl_is_json():
    item = json.loads(cite("psi-odd", "csl"))[0]
    assert item["id"] == "rfbook:psi-odd"


def test_importing_rfbook_is_light():
    script = (
        "import sys, rfbook; heavy = {'torch', 'flint', 'matplotlib', 'numpy', "
        "'sympy', 'scipy'}; print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
