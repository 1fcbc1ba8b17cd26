"""The errata agree with the ledger, are well formed, and quote no sentence."""

import json
import re
import subprocess
import sys
from dataclasses import asdict, replace
from importlib.resources import files

import pytest
from bs4 import BeautifulSoup

from rfbook import errata
from rfbook.errata import LONGEST_QUOTATION, Erratum, faults, parse, standing
from rfbook.ledger import Verdict, claims
from rfbook.ledger.coverage import Row
from rfbook.sphinxext import errata as extension

ERRATA = errata.load()
TEXTS = ("title", "place", "printed", "observation", "correction", "doubt", "later")
# Every id that was ever published; none may go.
PUBLISHED = {
    "alignment",
    "best-covariance",
    "bias-range",
    "combined-weights",
    "concentration-height",
    "constant-sign",
    "dropped-constant",
    "figure-assumption",
    "first-moment",
    "gap-identity",
    "informal-reference",
    "missing-inverse",
    "mixture-coefficient",
    "mixture-mean",
    "mixture-row",
    "mixture-strict",
    "modulus",
    "norm-tradeoff",
    "offset-footnote",
    "one-bias",
    "order-one",
    "output-signs",
    "psi-norm",
    "psi-relu-count",
    "psi-squared-weights",
    "ratio-after-seven",
    "reused-direction",
    "row-independence",
    "second-coefficient",
    "squared-scaling",
    "strict-saddle",
    "success-probability",
    "summed-error",
    "tangent-reference",
    "tangent-row",
    "weight-scale",
}


@pytest.fixture
def entry() -> dict:
    """Return a well-formed entry."""
    return asdict(next(e for e in ERRATA if e.id == "psi-norm"))


# --- the data -------------------------------------------------------------------------


def test_no_published_id_is_gone():
    assert {erratum.id for erratum in ERRATA} >= PUBLISHED


def test_the_file_is_what_is_read():
    text = files("rfbook").joinpath(errata.FILE).read_text(encoding="utf-8")
    assert [asdict(erratum) for erratum in ERRATA] == json.loads(text)


def test_the_papers_are_in_the_bibliography(book):
    bib = (book / "references.bib").read_text(encoding="utf-8")
    keys = set(re.findall(r"^@\w+\{(\w+),", bib, re.MULTILINE))
    assert {erratum.paper for erratum in ERRATA} == set(errata.VERSIONS) <= keys


@pytest.mark.parametrize("erratum", ERRATA, ids=lambda e: e.id)
def test_what_is_quoted_is_a_formula_or_a_few_words(erratum):
    texts = [getattr(erratum, name) for name in TEXTS]
    for text in texts:
        assert '"' not in text, "quotes are “curly”, so that their length is looked at"
        assert text.count("$") % 2 == 0
        for quoted in errata.quotations(text):
            assert len(quoted.split()) <= LONGEST_QUOTATION
    words = re.sub(r"\$[^$]*\$", "", erratum.printed).split()
    assert len(words) <= 16


def test_the_texts_carry_no_markup_of_the_page():
    for erratum in ERRATA:
        for name in TEXTS:
            assert not re.search(r"\{\w+:?\w*\}`|<\w+", getattr(erratum, name))


# --- against the ledger ---------------------------------------------------------------


def test_the_errata_agree_with_the_ledger():
    assert faults(ERRATA, claims()) == []


def test_every_refuted_statement_of_a_paper_is_listed_once():
    listed = [
        n for e in ERRATA for n, outcome in e.claims.items() if outcome == "FAILS"
    ]
    refuted = [
        claim.id
        for claim in claims().values()
        if claim.expects is Verdict.FAILS
        and any(source.key in errata.VERSIONS for source in claim.sources)
    ]
    assert sorted(listed) == sorted(refuted)


def test_what_an_erratum_refutes_is_of_its_paper_and_version():
    for erratum in ERRATA:
        for name, outcome in erratum.claims.items():
            if outcome == "FAILS":
                places = {(s.key, s.version) for s in claims()[name].sources}
                assert (erratum.paper, erratum.version) in places, erratum.id


def test_a_refuted_statement_comes_first_and_its_correction_with_it():
    corrections = {}
    for claim in claims().values():
        corrections.setdefault(claim.corrects, set()).add(claim.id)
    for erratum in ERRATA:
        outcomes = list(erratum.claims.values())
        assert outcomes == sorted(outcomes), "FAILS before HOLDS"
        assert not outcomes or "HOLDS" in outcomes
        for name, outcome in erratum.claims.items():
            if outcome == "FAILS" and name in corrections:
                assert corrections[name] & set(erratum.claims), erratum.id


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda e: e[1:], "in the errata []"),
        (lambda e: [e[0], replace(e[0], id="twice"), *e[1:]], "['psi-norm', 'twice']"),
        (
            lambda e: [
                replace(e[0], claims={**e[0].claims, "no-such": "HOLDS"}),
                *e[1:],
            ],
            "psi-norm: no claim no-such",
        ),
        (
            lambda e: [
                replace(e[0], claims={**e[0].claims, "psi-odd": "FAILS"}),
                *e[1:],
            ],
            "psi-norm: psi-odd does not have the outcome FAILS",
        ),
    ],
)
def test_a_disagreement_is_seen(change, fault):
    first = next(e for e in ERRATA if e.id == "psi-norm")
    rest = [e for e in ERRATA if e is not first]
    found = faults(change([first, *rest]), claims())
    assert len(found) == 1
    assert fault in found[0]


def test_a_statement_with_one_refuted_claim_is_refuted_in_part():
    def row(*names, reason=""):
        return Row("ys", "NeurIPS 2019", "remark", "1", "", "t", "psi", names, reason)

    rows = [row("psi-odd"), row("psi-odd", "psi-norm-printed"), row(reason="notation")]
    assert standing(rows, claims()) == (2, 1)


# --- what is refused ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("id", "a-b-c-d-e", "one to four words"),
        ("id", "psi norm", "one to four words"),
        ("paper", "Someone2020", "paper is one of"),
        ("version", "arXiv v1", "version is one of"),
        ("kind", "wrong", "kind is one of"),
        ("certainty", "sure", "certainty is one of"),
        ("mended", "perhaps", "mended is one of"),
        ("correction", "", "the correction is empty"),
        ("certainty", "certain", "a doubt stands exactly where"),
        ("doubt", "", "a doubt stands exactly where"),
        ("claims", {"psi-odd": "UNKNOWN"}, "HOLDS or FAILS"),
        (
            "printed",
            "“one two three four five six seven eight nine”",
            "at most 8 words",
        ),
        ("printed", 7, "wrong type for printed"),
        ("claims", ["psi-odd"], "wrong type for claims"),
    ],
)
def test_a_malformed_entry_is_refused(entry, field, value, rule):
    with pytest.raises(ValueError, match=rule):
        parse([entry | {field: value}])


def test_a_missing_and_an_unknown_field_are_refused(entry):
    with pytest.raises(ValueError, match="an erratum has the fields"):
        parse([entry | {"weight": "1"}])
    del entry["place"]
    with pytest.raises(ValueError, match="an erratum has the fields"):
        parse([entry])


def test_an_id_twice_is_refused(entry):
    with pytest.raises(ValueError, match="two errata with the id psi-norm"):
        parse([entry, entry])


# --- the page -------------------------------------------------------------------------

CONF = """
extensions = ["myst_parser", "rfbook.sphinxext.errata"]
myst_enable_extensions = ["dollarmath"]
html_theme = "basic"


def setup(app):
    from rfbook.errata import load

    app.rfbook_verdicts = {
        name: {"ok": True, "expects": outcome, "fidelity": "whole", "planted": [],
               "checks": [{"witness": "at 41: 1 = 2 is false"}]}
        for erratum in load() for name, outcome in erratum.claims.items()
    }
"""
PAGE = """# Errata

```{rfbook-errata-counts}
```

## One

```{rfbook-errata-table} YehudaiShamir2019
```

```{rfbook-errata} YehudaiShamir2019
```

## Two

```{rfbook-errata-table} Ghorbani2019
```

```{rfbook-errata} Ghorbani2019
```
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Build the page strictly, as after a run that found all as expected."""
    folder = tmp_path_factory.mktemp("errata")
    source = folder / "source"
    (source / "book").mkdir(parents=True)
    (source / "conf.py").write_text(CONF, encoding="utf-8")
    (source / "index.md").write_text("# Book\n\n```{toctree}\nbook/errata\n```\n")
    (source / "book" / "errata.md").write_text(PAGE, encoding="utf-8")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q"]
    made = subprocess.run(
        [*command, source, folder / "html"], capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr
    return folder / "html"


@pytest.fixture(scope="module")
def page(site):
    """Return the parsed page."""
    text = (site / "book" / "errata.html").read_text(encoding="utf-8")
    return BeautifulSoup(text, "html.parser")


@pytest.mark.slow
def test_every_erratum_has_its_place_and_its_row(page):
    for erratum in ERRATA:
        section = page.find(id=erratum.anchor)
        assert section.name == "section"
        assert page.select(f'table a[href="#{erratum.anchor}"]'), erratum.id
        words = section.get_text(" ", strip=True)
        for label in ("Printed.", "Observation.", "Correction.", "Evidence."):
            assert label in words
        assert len(section.select("li")) == len(erratum.claims)
        assert words.endswith(f"Id. {erratum.id}")


def test_the_evidence_says_what_the_last_run_found(page):
    items = [li.get_text(" ", strip=True) for li in page.select("#erratum-psi-norm li")]
    assert items[0].startswith("psi-norm-printed : refuted , at 41: 1 = 2 is false")
    assert items[1].startswith("psi-norm-value : checked , whole")


def test_the_counts_are_those_of_the_tables(page):
    table = page.select_one("table")
    rows = [[int(n) for n in re.findall(r"\d+", r.get_text())] for r in table("tr")[1:]]
    assert sum(row[3] for row in rows) == len(ERRATA)
    for decided, whole, refuted, _ in rows:
        assert decided == whole + refuted > 2 * refuted > 0


def test_the_file_lies_where_the_link_leads(page, site):
    link = page.select_one('a[href$=".json"]')
    copy = (site / "book" / link["href"]).resolve()
    assert copy.read_bytes() == files("rfbook").joinpath(errata.FILE).read_bytes()


@pytest.mark.parametrize(
    ("row", "word"),
    [
        (None, "UNKNOWN"),
        ({"ok": False, "expects": "HOLDS"}, "RED"),
        ({"ok": True, "expects": "FAILS"}, "RED"),
    ],
)
def test_evidence_that_was_not_found_is_never_green(monkeypatch, row, word):
    seen = []
    monkeypatch.setattr(
        extension.LOGGER, "warning", lambda text, *given: seen.append(text % given)
    )
    assert extension.evidence_words("psi-odd", row, "HOLDS") == (word, "")
    assert seen == ["errata: psi-odd was not found to be HOLDS"]


def test_a_disagreement_is_a_warning(monkeypatch):
    seen = []
    monkeypatch.setattr(
        extension.LOGGER, "warning", lambda text, *given: seen.append(text % given)
    )
    stray: Erratum = replace(ERRATA[0], claims={"no-such": "HOLDS"})
    monkeypatch.setattr(extension, "load", lambda: (stray, *ERRATA[1:]))
    extension.check_errata(None)
    assert seen == [f"errata: {stray.id}: no claim no-such"]
