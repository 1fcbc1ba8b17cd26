"""The page of explicit constants: its tables are complete, its bounds hold."""

import math
import re

import numpy as np
import pytest

from rfbook import constants
from rfbook.constants import Comparison, scientific, table
from rfbook.ledger import claims
from rfbook.ledger.coverage import LATER, NEURIPS, load
from rfbook.linear_warmup import success_probability
from rfbook.quadratic_gap.features import rf_risk
from rfbook.quadratic_gap.network import nn_risk
from rfbook.quadratic_gap.tangent import nt_risk
from rfbook.quadratic_gap.target import spectrum
from rfbook.single_neuron.width import width_needed

SECTIONS = {
    "Yehudai and Shamir, NeurIPS 2019": ("ys", NEURIPS),
    "Yehudai and Shamir, later arXiv version": ("ys", LATER),
    "Ghorbani et al., NeurIPS 2019": ("gm", NEURIPS),
}
REFERENCE = re.compile(r"\{prf:ref\}`([^`]+)`")

# Rows of the coverage table whose place in print has no constant left open, no error
# term and no probability without a number. Read by hand, in the papers' text.
NOTHING_OPEN = {
    ("ys", NEURIPS): {
        "§2.1, gate form",
        "§2.1, fixed output layer",
        "§4, tractable target",
        "Example 4.3",
        "Proposition 4.6, display of ψ",
        "Proposition 4.6, item 1",
        "Proposition 4.6, item 2",
        "proof of 4.2, rotation",
        "proof of 4.2, weights of ψ",
        "Equation (5), summed error",
        "Equation (5), sum of squares",
        "proof of 4.2, scaling",
        "Example 4.9",
    },
    ("ys", LATER): {
        "§3, activations",
        "§4.2, examples",
        "proposition, display of ψ",
        "proposition, ψ, item 1",
        "proposition, ψ, item 2",
        "equation, upper bound for ψ",
        "proof for random linear maps, rotation",
        "equation, coupled network",
        "§4.3, kernel methods",
    },
    ("gm", NEURIPS): {
        "Footnote 1",
        "Footnote 2",
        "§1, weights of unit variance",
        "§1, RF inside NN",
        "Figure 1, left frame",
        "Figure 1, right frame",
        "§1.2, earlier landscape results",
        "Equation (9)",
        "§2.2, parameters",
        "§2.3, population risk",
        "Theorem 3, least risk",
        "Figure 2, left frame",
        "Figure 2, right frame",
        "Theorem 4, no loss of generality",
        "Equation (14)",
        "§3.3, expectation",
        "§4, protocol",
        "§4, other activations",
    },
}


def place(row):
    """Name a row of the coverage table as the page does."""
    if row.kind == "section-claim":
        name = row.number
    elif not row.number:
        name = row.kind
    elif row.kind == "equation":
        name = f"Equation ({row.number})"
    else:
        name = f"{row.kind.capitalize()} {row.number}"
    return f"{name}, {row.part}" if row.part else name


@pytest.fixture(scope="module")
def text(book):
    return (book / "constants.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def tables(text):
    """Return the rows of each table: places, printed, here, claims."""
    found = {}
    for name, source in SECTIONS.items():
        section = text.partition(f"\n### {name}\n")[2].partition("\n### ")[0]
        lines = [line for line in section.splitlines() if line.startswith("| ")]
        cells = [[c.strip() for c in line.strip("| ").split(" | ")] for line in lines]
        assert all(len(row) == 4 for row in cells), name
        found[source] = [(r[0].split("; "), *r[1:]) for r in cells[2:]]
    return found


# --- the tables -----------------------------------------------------------------------


@pytest.mark.parametrize("source", SECTIONS.values())
def test_every_place_is_listed_or_has_nothing_open(tables, source):
    """Each row of coverage is a definition, on the page, or read and found complete."""
    rows = [row for row in load() if (row.paper, row.version) == source]
    stated = {place(r) for r in rows if r.reason != "definition, used as notation"}
    listed = [name for row in tables[source] for name in row[0]]
    assert len(listed) == len(set(listed))
    assert set(listed) & NOTHING_OPEN[source] == set()
    assert set(listed) | NOTHING_OPEN[source] == stated


@pytest.mark.parametrize("source", SECTIONS.values())
def test_each_row_names_results_of_its_place_or_says_that_there_are_none(
    tables, source
):
    known = {
        place(row): set(row.claims)
        for row in load()
        if (row.paper, row.version) == source
    }
    for places, _, here, results in tables[source]:
        named = set(REFERENCE.findall(results))
        expected = set().union(*(known[name] for name in places))
        assert named & expected or not expected, places
        assert named or "no number here" in here, places


def test_every_result_named_on_the_page_exists(text):
    named = set(REFERENCE.findall(text))
    assert len(named) > 100
    assert named <= set(claims())


def test_a_false_statement_never_stands_alone(tables):
    """A row may name what is false as printed, but its number comes from a true one."""
    registry = claims()
    for rows in tables.values():
        for places, _, _, results in rows:
            named = REFERENCE.findall(results)
            true = [i for i in named if registry[i].expects.name == "HOLDS"]
            assert true or not named, places


# --- comparisons ----------------------------------------------------------------------

COMPARED = [
    *((constants.warm_up, d, 1000) for d in (2, 5, 12)),
    *((constants.wave, d) for d in (1, 5, 60)),
    *((constants.neuron, d) for d in (2, 5, 10, 30)),
    *((constants.average, d, 20, 60) for d in (1, 5, 20)),
    *((constants.layers, N) for N in (128, 16384)),
    *((constants.tangent_mean, d, 60) for d in (3, 5, 20)),
    *((constants.tangent_spread, d, 60) for d in (5, 20)),
    *((constants.gap, d, k) for d in (3, 5, 40) for k in ("exponential", "spike")),
    *((constants.mixture_tangent, d, 10) for d in (5, 20)),
    *((constants.mixture_network, d) for d in (5, 40)),
    *((constants.bayes_floor, d, 20000) for d in (5, 20)),
]


@pytest.mark.parametrize(
    "case", COMPARED, ids=lambda case: "-".join([case[0].__name__, *map(str, case[1:])])
)
def test_bounds_hold_and_measurements_agree_with_exact_values(case):
    compare, *arguments = case
    row = compare(*arguments)
    assert row.slack > 0
    if row.measured is not None and row.exact is not None:
        assert abs(row.measured - 10**row.exact) < 4 * row.error


def test_the_warm_up_against_its_formulas():
    row = constants.warm_up(12, draws=500)
    assert math.isclose(10**row.bound, 0.75**3)
    assert math.isclose(10**row.exact, success_probability(12, 6))
    assert constants.warm_up(60, draws=500).measured is None


def test_the_wave_and_the_neuron_against_their_formulas():
    assert math.isclose(10 ** constants.wave(8).bound, 1.01 * math.exp(-4))
    row = constants.neuron(16)
    assert math.isclose(10**row.bound, 2**14)
    assert math.isclose(10**row.exact, width_needed(16, "0.02", 8))


def test_the_gap_is_the_mean_of_drawn_gaps():
    d, N, B = 9, 4, np.append(4.0, np.ones(8))
    rng = np.random.default_rng(3)
    gaps = [nt_risk(rng.normal(size=(d, N)), B) - nn_risk(B, N) for _ in range(2000)]
    error = np.std(gaps, ddof=1) / math.sqrt(2000)
    assert abs(np.mean(gaps) - 10 ** constants.gap(d, "spike").exact) < 4 * error


def test_the_distance_of_random_features_from_their_limit():
    d, B = 12, spectrum("exponential", 12)
    limit, distance, error = constants.features_limit(d, draws=60)
    rho = 6 / 12
    assert math.isclose(limit, 1 - rho / (1 + rho) * B.sum() ** 2 / (d * (B @ B)))
    rng = np.random.default_rng(1)
    risks = [rf_risk(rng.normal(size=(d, 6)) / math.sqrt(d), B) for _ in range(200)]
    apart = np.mean(risks) - limit - distance
    assert abs(apart) < 4 * math.hypot(error, np.std(risks, ddof=1) / math.sqrt(200))


def test_a_violated_bound_is_seen():
    assert Comparison(5, bound=-1.0, exact=-0.9).slack < 0
    assert Comparison(5, bound=-1.0, exact=-1.1, lower=True).slack < 0
    assert Comparison(5, bound=-1.0, measured=0.2, error=0.1).slack < 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Comparison(5, bound=-1.0), "exact or a measured"),
        (lambda: constants.warm_up(1), "d must be"),
        (lambda: constants.warm_up(5, draws=0), "draws must be"),
        (lambda: constants.neuron(1001), "at most 1000, got 1001"),
        (lambda: constants.average(5, draws=1), "draws must be"),
        (lambda: constants.layers(100), "one of 128, .*, got 100"),
        (lambda: constants.gap(5, "flat"), "kind must be .*, got 'flat'"),
        (lambda: constants.tangent_mean(5, draws=1), "draws must be"),
        (lambda: constants.tangent_mean(2), "d must be"),
        (lambda: scientific(math.inf), "log must be finite"),
    ],
)
def test_bad_arguments_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_numbers_are_written_at_every_size():
    assert scientific(math.log10(9.996), 2) == "1.00e+01"
    assert scientific(math.log10(9.994), 2) == "9.99e+00"
    for exponent in (-782, -5, 0, 3, 251):
        assert scientific(exponent + math.log10(2.5), 1) == f"2.5e{exponent:+03d}"
    rows = [Comparison(5, -1.0, -500.0), Comparison(50, -1.0, measured=0.01, error=0.1)]
    lines = table(rows, "N").splitlines()
    assert lines[0].split() == ["N", "bound", "exact", "times", "measured", "(s.e.)"]
    assert lines[1].split() == ["5", "1.00e-01", "1.00e-500", "1e+499", "-"]
    assert lines[2].split() == ["50", "1.00e-01", "-", "10", "1.00e-02", "(1e-01)"]


# --- what the page says of the tables -------------------------------------------------


def test_the_words_beside_the_tables():
    """The orders and signs that the prose reads off its tables."""
    warm = constants.warm_up(450)
    assert math.isclose(10**warm.slack, math.sqrt(450 * math.pi) / 2, rel_tol=8 / 450)
    assert constants.tangent_mean(450, draws=2).slack < 0.01
    ratios = [constants.average(d, draws=2).slack - math.log10(d) for d in (50, 450)]
    assert abs(ratios[0] - ratios[1]) < 0.02
    drift = [constants.layers(N).slack for N in (128, 8192)]
    assert abs(drift[0] - drift[1]) < 0.1
    assert constants.gap(10**6, "spike").slack < 0.01
    assert constants.bayes_floor(20, points=10).bound > math.log10(0.39)
    assert constants.bayes_floor(50, points=10).bound < math.log10(0.389)
