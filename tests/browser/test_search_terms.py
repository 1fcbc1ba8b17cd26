"""The search finds names: letters, ids, synonyms, numbers of the papers."""

import functools
from urllib.parse import quote

import pytest

FINISHED = """() => /finished|did not/.test(
    document.querySelector('.search-summary')?.textContent)"""
FOUND = """() => [...document.querySelectorAll('#search-results ul.search li > a')]
    .map((a) => a.getAttribute('href'))"""


@pytest.fixture(scope="module", params=["http", "file"])
def search(request, opening, site):
    """Return a function that searches, over http or from a plain file."""
    base = site.as_uri() + "/"
    if request.param == "http":
        base = request.getfixturevalue("http_base")
    with opening(base) as opened:

        def ask(query: str) -> list[str]:
            opened.goto(f"search.html?q={quote(query)}")
            opened.page.wait_for_function(FINISHED)
            return opened.page.evaluate(FOUND)

        yield functools.cache(ask)
        assert opened.messages == []


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("ψ", "book/psi.html#def-psi"),
        ("psi", "book/psi.html#def-psi"),
        ("ψ_a", "book/psi.html"),
        ("psi-odd", "book/psi.html#psi-odd"),
        ("rf-limit", "book/quadratic-features.html#rf-limit"),
        ("SGD", "book/quadratic-flow.html#noise-recursion"),
        ("random Fourier features", "book/random-features.html#fourier-kernel"),
        ("ex-psi-deficit", "book/psi.html#ex-psi-deficit"),
    ],
)
def test_a_name_is_found_first(search, query, first):
    if first.endswith(".html"):
        assert first in search(query)
    else:
        assert search(query)[0] == first


def test_a_claim_s_record_is_found_by_its_id(search):
    assert search("psi-odd")[1] == "records/psi.html#claim-psi-odd"


@pytest.mark.parametrize(
    ("query", "among"),
    [
        ("Theorem 2", "book/quadratic-gap.html#nt-quadratic-exact"),
        ("Ghorbani et al. Theorem 2", "book/quadratic-gap.html#nt-quadratic-exact"),
        ("eq. (7)", "book/neuron-proof.html#printed-ratio"),
        ("equation 7", "book/neuron-proof.html#printed-ratio"),
        ("Proposition 4.6", "book/psi.html#psi-norm-printed"),
    ],
)
def test_a_number_of_a_paper_leads_to_its_claims(search, query, among):
    assert among in search(query)[:25]


def test_the_two_ways_to_write_a_letter_find_the_same_places(search):
    assert {href for href in search("psi") if "#" in href} <= set(search("ψ"))


def test_words_of_the_pages_are_still_found(search):
    assert "book/index.html" in search("exponentially")


def test_nonsense_finds_nothing(search):
    assert search("xyzzyx") == []
