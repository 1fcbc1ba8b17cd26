"""The index of terms: every place exists, and every term is spoken of there."""

import json

import pytest

from rfbook import terms as module
from rfbook.ledger import claims
from rfbook.places import Place, read_places
from rfbook.sphinxext.exercises import chapters_in_order
from rfbook.terms import Term, by_letter, faults, load, loose, occurs

HERE = Place("x", "page", "lemma", "Hinge losses", "They are *convex*.", ("Losses",))


@pytest.fixture(scope="module")
def found(book):
    return read_places(book)


def test_each_place_of_each_term_exists_and_speaks_of_it(found):
    assert faults(load(), found) == []


def test_no_place_is_told_by_a_word_that_stands_everywhere(found):
    assert loose(load(), found) == []


@pytest.mark.parametrize(
    ("word", "common"),
    [("They", True), ("b", True), ("linear", False), ("x", True), ("z", False)],
)
def test_a_word_that_stands_everywhere_is_seen(word, common):
    many = {str(k): Place(str(k), "page", "lemma", "", "They b x") for k in range(10)}
    term = Term("bias", (), ("0",), (word,))
    assert loose([term], many) == ([f"bias: {word}"] if common else [])
    assert loose([Term(f"{word}-like", (), ("0",), (word,))], many) == (
        [f"{word}-like: {word}"] if common and len(word) < 3 else []
    )


def test_the_command_of_a_letter_may_be_common():
    places = {"x": Place("x", "page", "lemma", "", "\\psi")}
    assert loose([Term("ψ (psi)", (), ("x",), ("\\psi",))], places) == []
    assert loose([Term("wave", (), ("x",), ("\\psi",))], places) == ["wave: \\psi"]


def test_every_chapter_has_terms(found):
    pages = {found[label].page for term in load() for label in term.at}
    assert set(chapters_in_order(claims())) <= pages
    assert 120 <= len(load()) <= 250


def test_no_place_stands_twice_under_a_term():
    for term in load():
        assert len(set(term.at)) == len(term.at), term.term


def test_greek_letters_stand_under_their_names():
    psi = next(term for term in load() if term.term.startswith("ψ"))
    assert (psi.name, psi.letter) == ("psi", "P")
    assert psi in by_letter(load())["P"]


def test_the_index_is_in_order():
    names = [term.name for term in load()]
    assert names == sorted(names)
    assert list(by_letter(load())) == sorted({term.letter for term in load()})


@pytest.mark.parametrize(
    ("term", "there"),
    [
        (Term("hinge loss", (), ("x",)), True),
        (Term("loss, convex", (), ("x",)), True),
        (Term("convex hinge", (), ("x",)), True),
        (Term("square loss", (), ("x",)), False),
        (Term("margin", (), ("x",), ("convex",)), True),
        (Term("hinge", (), ("x",), ("Convex",)), False),
    ],
)
def test_a_term_occurs_by_all_its_words_or_by_one_of_those_given(term, there):
    assert occurs(term, HERE) is there


def test_what_is_wrong_is_said():
    terms = [Term("margin", (), ("x", "y"))]
    assert faults(terms, {"x": HERE}) == [
        "margin: not a word of it at x",
        "margin: there is no place y",
    ]


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([{"term": "a", "also": [], "at": ["x"], "see": "b"}], r"\['see'\] of 'a'"),
        ([{"term": "a", "also": [], "at": ["x"]}] * 2, r"twice: \['a'\]"),
    ],
)
def test_a_damaged_file_is_refused(tmp_path, monkeypatch, rows, fault):
    (tmp_path / module.FILE).write_text(json.dumps(rows), encoding="utf-8")
    monkeypatch.setattr(module, "files", lambda package: tmp_path)
    with pytest.raises(ValueError, match=fault):
        load()
