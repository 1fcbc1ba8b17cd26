"""The public names are frozen: what is added, removed or changed is seen and said."""

import doctest
from importlib import import_module

import pytest
from bs4 import BeautifulSoup
from sphinx.application import Sphinx

from rfbook import api
from rfbook.claims import CHAPTERS
from rfbook.ledger import claims
from rfbook.ledger.digest import imports, module_path
from rfbook.sphinxext.api import anchor, defines

# The calls that notebooks and programs of others make, by positions and keywords.
PROMISED = {
    "special": ["harmonic_dimension(3, 2)"],
    "psi": [
        "psi(0.5, 5)",
        "psi_relu_sum(0.5, 5)",
        "triangle_wave(0.5)",
        "second_moment(1.5)",
        "second_moment(1.5, 5)",
        "correlation_bound(4, 1.5)",
        "correlation_bound_log(4, 1.5)",
        "triangle_spectrum_log(4, 1.5, 3)",
    ],
    "linear_warmup": [
        "distance_law(4, 2)",
        "success_probability(4, 2)",
        "success_probability(4, 2, threshold=0.25)",
    ],
    "single_neuron": [
        "relu_spectrum(4, 3, bias=0.0)",
        "relu_spectrum_log(4, 3, bias=0.0)",
        "best_error(4, 2, norm=1.0, bias=0.0)",
        "width_needed(4, '0.1', norm=1.0, bias=0.0)",
    ],
    "quadratic_gap": [
        "rf_risk(W, B, activation='quadratic', offset=False)",
        "nt_risk(W, B)",
        "nt_risk_mean(B, 1)",
        "nn_risk(B, 1, second_layer='ones')",
        "rf_risk_limit(1.0, B, Gamma=None, activation='quadratic')",
        "nt_risk_limit(1.0, B)",
        "nn_risk_limit(1.0, B)",
        "gradient_flow(B, W, 1.0, offset='slaved')",
    ],
    "mixture_gap": [
        "whiten(Sigma, Delta, W)",
        "rf_risk(W, Delta, activation='quadratic', offset=False)",
        "nt_risk(W, Delta)",
        "nt_risk_bounds(W, Delta)",
        "nn_risk(Delta, 1)",
        "bayes_risk(Delta)",
        "rf_risk_limit(1.0, Delta)",
        "nt_risk_limit(1.0, Delta)",
        "nn_risk_limit(1.0, Delta)",
        "bayes_risk_limit(0.5)",
        "classification_error(M, 0.0, Delta)",
        "bayes_error(Delta)",
    ],
}
CALLS = [(room, call) for room, calls in PROMISED.items() for call in calls]
GIVEN = {
    "W": [[1.0], [0.5]],
    "B": [2.0, 1.0],
    "M": [0.5, -0.5],
    "Delta": [0.5, -0.25],
    "Sigma": [1.0, 1.0],
}


@pytest.fixture(scope="module")
def now():
    return api.current()


def test_the_names_are_those_that_are_frozen(now):
    found = [str(difference) for difference in api.differences(api.frozen(), now)]
    assert found == [], (
        f"{api.RECORD}; what breaks callers needs a word in CHANGELOG.md"
    )


def test_the_file_is_what_the_module_writes(now):
    text = module_path("rfbook.api").with_name(api.FILE).read_text("utf-8")
    assert text == api.dumps(now)


@pytest.mark.parametrize(("room", "call"), CALLS)
def test_the_calls_of_others_work(room, call):
    module = import_module(f"rfbook.{room}")
    assert eval(f"m.{call}", {"m": module, **GIVEN}) is not None
    assert call.split("(")[0] in api.frozen()[f"rfbook.{room}"]


def test_the_front_is_public_too():
    assert list(api.frozen()["rfbook"]) == ["cite", "claims", "verify"]


def test_every_public_name_says_in_a_line_what_it_is():
    mute = [
        f"{module}.{name}: {row.says!r}"
        for module, name, row in api.lines(api.frozen())
        if not row.says.endswith(".")
    ]
    assert mute == []


def test_the_claims_that_docstrings_name_exist():
    named = {
        (name, claim)
        for _, name, row in api.lines(api.frozen())
        for claim in row.claims
    }
    assert {pair for pair in named if pair[1] not in claims()} == set()


def test_the_room_of_every_chapter_is_public():
    own = {name.split(".")[1] for name in api.MODULES if "." in name}
    private = {"claims", "ledger"}
    used = set()
    for chapter in CHAPTERS:
        package = module_path(f"rfbook.claims.{chapter}")
        parts = package.parent.glob("*.py") if package.stem == "__init__" else [package]
        for part in parts:
            stem = "" if part.stem == "__init__" else f".{part.stem}"
            for name in imports(f"rfbook.claims.{chapter}{stem}"):
                used.add(name.partition("rfbook.")[2].split(".")[0])
    assert used - own - private - {""} == set(), "name them in rfbook.api.ROOMS"


def test_a_difference_is_named_by_what_happened():
    def row(signature, says="One."):
        return api.Name(signature, says, "m")

    was = {"m": {"a": row("(x)"), "b": row("(x)"), "c": row("(x)")}}
    now = {"m": {"b": row("(x, y)"), "c": row("(x)", "Two."), "d": row("()")}}
    found = api.differences(was, now)
    assert [(d.kind, d.name, d.breaks) for d in found] == [
        ("removed", "m.a", True),
        ("changed", "m.b", True),
        ("words", "m.c", False),
        ("added", "m.d", False),
    ]


def test_a_method_that_goes_is_a_difference():
    def row(**methods):
        return api.Name("()", "One.", "m", methods=methods)

    found = api.differences({"m": {"C": row(f="(self)")}}, {"m": {"C": row()}})
    assert [str(d) for d in found] == ["removed: m.C.f(self)"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("## [Unreleased]\n\n- `psi.old` is gone.\n", True),
        ("## [Unreleased]\n\n- `old(x)` is gone.\n", True),
        ("## [Unreleased]\n\n- old is gone.\n", False),
        ("## [Unreleased]\n\n- `older` is gone.\n", False),
        ("## [Unreleased]\n\n## [0.1.0]\n\n- `psi.old` is new.\n", False),
        ("", False),
    ],
)
def test_what_breaks_must_stand_in_the_changelog(text, said):
    gone = api.Difference("removed", "rfbook.psi.old", was="(x)")
    assert (api.unsaid([gone], text) == []) is said
    assert api.unsaid([api.Difference("added", "rfbook.psi.old")], text) == []


def test_the_command_refuses_a_removal_that_nothing_says(tmp_path, monkeypatch, capsys):
    folder = tmp_path / "rfbook"
    folder.mkdir()
    (tmp_path / api.CHANGELOG).write_text("## [Unreleased]\n", encoding="utf-8")
    row = api.Name("(x)", "One.", "rfbook.psi")
    (folder / api.FILE).write_text(api.dumps({"rfbook.psi": {"old": row}}), "utf-8")
    monkeypatch.setattr(api, "frozen", lambda: {"rfbook.psi": {"old": row}})
    monkeypatch.setattr(api, "current", lambda: {"rfbook.psi": {}})
    monkeypatch.setattr(api, "__file__", str(folder / "api.py"))
    assert api.main([]) == 1
    assert "rfbook.psi.old" in capsys.readouterr().err
    (tmp_path / api.CHANGELOG).write_text("## [Unreleased]\n- `psi.old`\n", "utf-8")
    assert api.main([]) == 0
    assert (folder / api.FILE).read_text("utf-8") == api.dumps({"rfbook.psi": {}})


def test_a_signature_is_written_the_same_way_everywhere():
    def function(a: int, b=0.5, *, c: "str | None" = None, d=object()) -> float: ...  # noqa: B008

    assert api.signature(function) == (
        "(a: int, b=0.5, *, c: str | None = None, d=...) -> float"
    )


# --- the page -----------------------------------------------------------------------


def test_the_page_s_examples_hold(book):
    found = doctest.testfile(
        str(book / "api.md"), module_relative=False, optionflags=doctest.ELLIPSIS
    )
    assert found.attempted >= 8
    assert found.failed == 0


def test_every_function_of_the_page_has_an_anchor_in_its_source():
    shown = {
        (row.home, name)
        for _, name, row in api.lines(api.frozen())
        if row.signature and name != "claims"
    }
    assert {place for place in shown if not defines(*place)} == set()


@pytest.mark.slow
def test_the_page_has_a_row_for_every_name(tmp_path, book):
    (tmp_path / "conf.py").write_text(
        'extensions = ["myst_parser", "rfbook.sphinxext.api"]\n'
        'suppress_warnings = ["myst"]\n',
        "utf-8",
    )
    (tmp_path / "index.md").write_text((book / "api.md").read_text("utf-8"), "utf-8")
    app = Sphinx(
        *[str(tmp_path)] * 2, *[str(tmp_path / "out")] * 2, "html", status=None
    )
    app.build()
    page = BeautifulSoup(
        (tmp_path / "out" / "index.html").read_text("utf-8"), "html.parser"
    )
    rows = {
        (module, name): page.find(id=anchor(module, name))
        for module, name, _ in api.lines(api.frozen())
    }
    assert [place for place, row in rows.items() if row is None] == []
    row = rows["rfbook.quadratic_gap", "nt_risk"]
    assert row.a["href"].endswith("sources/rfbook.quadratic_gap.tangent.html#nt_risk")
    assert "nt-quadratic-exact" in row.text
    assert "(W, B) -> float" in row.text
