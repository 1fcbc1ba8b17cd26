"""Citations: read by the parsers of those who cite, and pinned to what was checked."""

import json
import re
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft7Validator
from pybtex.database import parse_string
from pybtex.scanner import PybtexSyntaxError

from rfbook import __version__
from rfbook.cli import main
from rfbook.ledger import citation, claims
from rfbook.ledger.citation import (
    BOOK,
    NO_ADDRESS,
    NOT_RELEASED,
    cite,
    cite_all,
    entry,
    pages,
)
from rfbook.ledger.digest import tree_digest
from rfbook.ledger.history import History, Release, State
from rfbook.ledger.runner import load_verdicts

ROOT = Path(__file__).resolve().parents[1]
ADDRESS = "https://book.example"
LEDGER = f"{ADDRESS}/book/ledger.html"
NAMES = ["book", *pages(), *claims()]
# The variables of CSL 1.0.2 that our items use.
CSL_VARIABLES = {
    "id",
    "type",
    "author",
    "title",
    "container-title",
    "version",
    "issued",
    "note",
    "URL",
}


@pytest.fixture(scope="module")
def verdicts():
    return load_verdicts()


@pytest.fixture
def no_address(monkeypatch):
    monkeypatch.setenv("RFBOOK_BOOK_URL", "")


@pytest.fixture
def address(monkeypatch):
    monkeypatch.setenv("RFBOOK_BOOK_URL", f"{ADDRESS}/")


def bibliography(verdicts):
    return parse_string(cite_all(NAMES, verdicts=verdicts), "bibtex")


# --- what is cited --------------------------------------------------------------------


def test_no_claim_page_or_book_shares_a_name():
    assert len(set(NAMES)) == len(NAMES)


def test_the_pages_have_the_titles_of_their_sources(book):
    expected = {p.stem for p in book.glob("*.md")} - {"index"}
    assert set(pages()) == expected
    assert {claim.chapter for claim in claims().values()} <= expected
    for name, title in pages().items():
        lines = (book / f"{name}.md").read_text(encoding="utf-8").splitlines()
        assert f"# {title}" in lines


def test_the_book_has_one_title():
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    landing = (ROOT / "book" / "index.md").read_text(encoding="utf-8")
    assert config["title"] == BOOK
    assert f"# {BOOK}" in landing.splitlines()


def test_the_status_is_that_of_the_verdict(verdicts):
    for name, row in verdicts["claims"].items():
        if name in claims() and citation.current(claims()[name], verdicts):
            told = sum(planted["caught"] for planted in row["planted"])
            state = entry(name, verdicts).status
            assert f"{told} of {len(row['planted'])} planted" in state
            assert ("refuted" in state) == (row["expects"] == "FAILS")


def test_without_verdicts_nothing_counts_as_checked():
    nothing = {"claims": {}}
    assert "UNKNOWN" in entry("psi-odd", nothing).status
    for name in ("book", "psi"):
        state = entry(name, nothing).status
        assert "UNKNOWN" in state
        assert "checked" not in state


def test_the_counts_add_up(verdicts):
    total, each = entry("book", verdicts).status.split(" claims: ")
    assert int(total) == len(claims())
    assert sum(map(int, re.findall(r"\d+", each))) == len(claims())


def test_other_code_has_another_digest(monkeypatch, verdicts):
    before = entry("psi-odd", verdicts).digest
    assert re.fullmatch(r"[0-9a-f]{12}", before)
    assert before in cite("psi-odd", verdicts=verdicts)
    monkeypatch.setattr(citation, "digest_of", lambda claim: "0123456789abcdef")
    assert entry("psi-odd", verdicts).digest == "0123456789ab"


# --- BibTeX ---------------------------------------------------------------------------


def test_a_parser_reads_the_bibtex_of_everything(verdicts, no_address):
    found = bibliography(verdicts).entries
    assert list(found) == ["rfbook", *(f"rfbook:{name}" for name in NAMES[1:])]
    for name, item in zip(NAMES, found.values(), strict=True):
        assert item.type == "misc"
        assert [str(a) for a in item.persons["author"]] == ["{The rfbook authors}"]
        assert item.fields["year"] == str(citation.YEAR)
        assert item.fields["version"] == __version__
        state = entry(name, verdicts).status
        assert citation.tex_title(state) in item.fields["note"]
        assert (BOOK in item.fields["title"]) == (name == "book")
        assert (BOOK in item.fields.get("howpublished", "")) == (name != "book")


def test_the_parser_refuses_broken_bibtex():
    with pytest.raises(PybtexSyntaxError):
        parse_string(cite("psi-odd").replace("}},", "},", 1), "bibtex")


def test_the_bibtex_is_ascii_and_has_nothing_that_tex_misreads(verdicts):
    assert cite_all(NAMES, verdicts=verdicts).isascii()
    for item in bibliography(verdicts).entries.values():
        for name in ("title", "note", "howpublished"):
            words = "".join(item.fields.get(name, "").split("$")[::2])
            assert not re.search(r"(?<!\\)[%&#_^]", words), words


def test_bibtex_without_an_address_says_so(verdicts, no_address):
    for item in bibliography(verdicts).entries.values():
        assert "url" not in item.fields
        assert item.fields["note"].endswith(NO_ADDRESS)


def test_bibtex_with_an_address_gives_it(verdicts, address):
    found = bibliography(verdicts).entries
    assert found["rfbook"].fields["url"] == ADDRESS
    assert found["rfbook:psi"].fields["url"] == f"{ADDRESS}/book/psi.html"
    for name in claims():
        assert found[f"rfbook:{name}"].fields["url"] == f"{LEDGER}#claim-{name}"
    assert not any(NO_ADDRESS in item.fields["note"] for item in found.values())


# --- CSL-JSON and text ----------------------------------------------------------------


def test_csl_json_is_an_array_of_items(verdicts, no_address):
    items = json.loads(cite_all(NAMES, "csl-json", verdicts=verdicts))
    assert [item["id"] for item in items[:2]] == ["rfbook", f"rfbook:{NAMES[1]}"]
    assert len({item["id"] for item in items}) == len(NAMES)
    for item in items:
        assert set(item) <= CSL_VARIABLES
        assert item["type"] in {"book", "chapter"}
        assert ("container-title" in item) == (item["type"] == "chapter")
        assert "URL" not in item
        assert item["note"].endswith(NO_ADDRESS)


def test_csl_json_and_text_give_the_address(verdicts, address):
    item = json.loads(cite("psi-odd", "csl-json", verdicts=verdicts))[0]
    assert item["URL"] == f"{LEDGER}#claim-psi-odd"
    text = cite("psi-odd", "text", verdicts=verdicts)
    assert text.endswith(f"{LEDGER}#claim-psi-odd")
    assert NO_ADDRESS not in text


def test_the_text_names_the_claim_and_its_status(verdicts, no_address):
    text = cite("psi-odd", "text", verdicts=verdicts)
    assert "claim psi-odd of Random Features" in text
    assert entry("psi-odd", verdicts).status in text


# --- the command ----------------------------------------------------------------------


def test_the_command_cites_the_book_unless_told_otherwise(capsys):
    assert main(["cite"]) == 0
    whole = capsys.readouterr().out
    assert whole.startswith("@misc{rfbook,")
    assert main(["cite", "book"]) == 0
    assert capsys.readouterr().out == whole


def test_the_command_cites_several_things_in_one_text(capsys):
    assert main(["cite", "psi", "psi-odd", "--format", "csl-json"]) == 0
    items = json.loads(capsys.readouterr().out)
    assert [item["id"] for item in items] == ["rfbook:psi", "rfbook:psi-odd"]
    assert main(["cite", "psi", "psi-odd"]) == 0
    found = parse_string(capsys.readouterr().out, "bibtex").entries
    assert list(found) == ["rfbook:psi", "rfbook:psi-odd"]


@pytest.mark.parametrize(
    ("wrong", "near"), [("quadratic-gaps", "quadratic-gap"), ("books", "book")]
)
def test_an_unknown_name_gives_status_two_and_near_names(wrong, near, capsys):
    assert main(["cite", wrong]) == 2
    words = capsys.readouterr().err.split("near: ")[1].strip().split(", ")
    assert near in words


def test_an_unknown_format_is_refused():
    with pytest.raises(ValueError, match="csl-json"):
        cite("psi-odd", "word")


# --- versions -------------------------------------------------------------------------


def test_a_citation_says_whether_its_version_is_released(verdicts):
    for form in citation.FORMATS:
        for name in ("book", "psi", "psi-odd"):
            assert f"rfbook {__version__} ({NOT_RELEASED})" in cite(name, form)


@pytest.fixture
def past(monkeypatch):
    """A history of two versions: an old one, and the present code as the second."""
    old = State(
        "An old title", "psi", "0", "checked", "steps", "3 of 4", "abcabcabcabc"
    )
    own = {"psi-odd": old, "old-claim": old}
    titles = {"psi": "The wave", "gone": "A page that is gone"}
    releases = (
        Release("0.0.1", "2025-11-01", "0" * 12, titles, own),
        Release(__version__, "2026-12-01", tree_digest()[:12], {}, {}),
    )
    monkeypatch.setattr(citation, "history", lambda: History(releases))
    citation.release_date.cache_clear()
    yield old
    citation.release_date.cache_clear()


def test_a_released_version_has_its_day(past):
    assert f"rfbook {__version__} (2026-12-01)" in cite("psi-odd", "text")


def test_code_that_went_on_after_a_release_is_not_released(past, monkeypatch):
    monkeypatch.setattr(citation, "tree_digest", lambda: "f" * 64)
    assert NOT_RELEASED in cite("psi-odd", "text")


@pytest.mark.parametrize("name", ["psi-odd", "old-claim"])
def test_a_claim_is_cited_as_it_was(past, name, address):
    item = parse_string(cite(name, at="0.0.1"), "bibtex").entries[
        f"rfbook:{name}:0.0.1"
    ]
    assert item.fields["title"] == "{An old title}"
    assert item.fields["version"] == "0.0.1"
    assert item.fields["year"] == "2025"
    assert item.fields["note"] == (
        "rfbook 0.0.1 (2025-11-01), code abcabcabcabc. Status: checked, steps; "
        "3 of 4 planted changes told apart"
    )
    assert item.fields["url"] == f"{ADDRESS}/0.0.1/book/ledger.html#claim-{name}"


@pytest.mark.parametrize(
    ("name", "title", "page"),
    [
        ("book", BOOK, ""),
        ("psi", "The wave", "/book/psi.html"),
        ("gone", "A page that is gone", "/book/gone.html"),
    ],
)
def test_book_and_pages_are_cited_as_they_were(past, name, title, page, address):
    (item,) = json.loads(cite(name, "csl-json", at="0.0.1"))
    assert item["title"] == title
    assert item["issued"] == {"date-parts": [[2025]]}
    assert item["URL"] == f"{ADDRESS}/0.0.1{page}"
    counted = "Status: 2 claims: 2 checked" in item["note"]
    assert counted == (name != "gone")


def test_an_old_citation_without_an_address_says_so(past, no_address):
    assert NO_ADDRESS in cite("psi-odd", at="0.0.1")


@pytest.mark.parametrize(
    ("name", "version", "words"),
    [
        ("psi-odd", "0.0.2", "'0.0.2' is no released version; released: 0.0.1"),
        ("psi-period", "0.0.1", "version 0.0.1 had no page or claim 'psi-period'"),
    ],
)
def test_what_a_version_did_not_have_is_refused(past, name, version, words, capsys):
    with pytest.raises(ValueError, match=re.escape(words)):
        cite(name, at=version)
    assert main(["cite", name, "--at", version]) == 2
    assert words in capsys.readouterr().err


# --- CITATION.cff ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def schema():
    path = ROOT / "tests" / "schemas" / "cff-1.2.0.json"
    return Draft7Validator(json.loads(path.read_text(encoding="utf-8")))


@pytest.fixture
def cff():
    return yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))


def test_citation_cff_is_valid(schema, cff):
    assert [error.message for error in schema.iter_errors(cff)] == []


@pytest.mark.parametrize(
    "change",
    [
        {"authors": []},
        {"type": "textbook"},
        {"licence": "MIT"},
        {"preferred-citation": {"type": "book", "title": BOOK}},
    ],
)
def test_the_schema_refuses_a_broken_citation(schema, cff, change):
    assert list(schema.iter_errors(cff | change))


def test_citation_cff_prefers_what_the_command_cites(cff):
    book = cff["preferred-citation"]
    assert book["title"] == BOOK
    assert book["authors"] == cff["authors"] == [{"name": citation.AUTHOR}]
    assert book["year"] == citation.YEAR
    assert book["version"] == cff["version"] == __version__
