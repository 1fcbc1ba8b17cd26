"""The index of terms: where each is defined, and where else it matters.

``rfbook/terms.json`` has one object for each term: the word, other words for it, the
labels of its places in the book, the first of them the one that says what it is, and
parts of words one of which must occur at each place, and which must not occur at too
many others. The page of the index and the search are made from it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from importlib.resources import files

from rfbook.places import Place

FILE = "terms.json"
STEM = 6  # letters by which two forms of a word are taken for one
SHORT = 3  # letters of a word that is not looked for
COMMON = 0.05  # the share of all places from which on a word says little

_NAMED = re.compile(r"^[^\x00-\x7f]\S* \((.+)\)$")


@dataclass(frozen=True)
class Term:
    """An entry of the index.

    Parameters
    ----------
    term : str
        The word; a Greek letter is followed by its name: ``ψ (psi)``.
    also : tuple of str
        Other words by which a reader may look for it.
    at : tuple of str
        Labels of places, at least one.
    words : tuple of str
        What must occur at each place, one of them; if empty, the term itself.
    """

    term: str
    also: tuple[str, ...]
    at: tuple[str, ...]
    words: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The word under which it is sorted: a Greek letter's is its name.

        Examples
        --------
        >>> Term("ψ (psi)", (), ("def-psi",)).name, Term("Hinge", (), ("x",)).name
        ('psi', 'hinge')
        """
        named = _NAMED.match(self.term)
        return (named[1] if named else self.term).lower()

    @property
    def letter(self) -> str:
        """The letter under which it stands, a capital."""
        return self.name[0].upper()


def load() -> list[Term]:
    """Return the terms in the order of the index.

    Raises
    ------
    ValueError
        If the file holds a field that a term does not have, or a term twice.
    """
    rows = json.loads((files("rfbook") / FILE).read_text(encoding="utf-8"))
    known = {field.name for field in fields(Term)}
    for row in rows:
        if extra := set(row) - known:
            raise ValueError(f"unknown fields {sorted(extra)} of {row.get('term')!r}")
    terms = [Term(**{key: _frozen(value) for key, value in r.items()}) for r in rows]
    if twice := {t.term for t in terms if sum(t.term == u.term for u in terms) > 1}:
        raise ValueError(f"terms that stand there twice: {sorted(twice)}")
    return sorted(terms, key=lambda term: (term.name, term.term))


def _frozen(value: str | list[str]) -> str | tuple[str, ...]:
    return tuple(value) if isinstance(value, list) else value


def by_letter(terms: Iterable[Term]) -> dict[str, list[Term]]:
    """Return the terms under each letter that has one, in order.

    Examples
    --------
    >>> list(by_letter([Term("tri", (), ("x",)), Term("χ (chi)", (), ("x",))]))
    ['T', 'C']
    """
    found: dict[str, list[Term]] = {}
    for term in terms:
        found.setdefault(term.letter, []).append(term)
    return found


def faults(terms: Iterable[Term], places: Mapping[str, Place]) -> list[str]:
    """Return what is wrong with an index: labels without a place, places without words.

    Parameters
    ----------
    terms : iterable of Term
    places : mapping of label to Place
        See `rfbook.places.read_places`.

    Returns
    -------
    list of str
        Empty when every term occurs at each of its places.
    """
    found = []
    for term in terms:
        for label in term.at:
            place = places.get(label)
            if place is None:
                found.append(f"{term.term}: there is no place {label}")
            elif not occurs(term, place):
                found.append(f"{term.term}: not a word of it at {label}")
    return found


def loose(terms: Iterable[Term], places: Mapping[str, Place]) -> list[str]:
    """Return the parts of words that are so common that they show nothing of a term.

    A part of a word is that occurs at more than one place in twenty, unless a word of
    the term begins with it, or it is the command of a term that is a letter.

    Parameters
    ----------
    terms : iterable of Term
    places : mapping of label to Place

    Returns
    -------
    list of str
        Empty when every part of a word tells its term from others.

    Examples
    --------
    >>> here = Place("x", "page", "lemma", "", "A number and a hinge.")
    >>> loose([Term("hinge loss", (), ("x",), ("number", "hinge"))], {"x": here})
    ['hinge loss: number']
    """
    said = [_said(place) for place in places.values()]
    found = []
    for term in terms:
        for word in term.words:
            symbol = word.startswith("\\") and _NAMED.match(term.term)
            own = re.search(rf"\b{re.escape(word)}", term.term, re.IGNORECASE)
            if symbol or (own and len(word) >= SHORT):
                continue
            if sum(word in text for text in said) > COMMON * len(said):
                found.append(f"{term.term}: {word}")
    return found


def _said(place: Place) -> str:
    return " ".join([*place.under, place.title, place.text])


def occurs(term: Term, place: Place) -> bool:
    """Tell whether a term is spoken of at a place.

    It is if one of its `words` stands there as it is. Without `words`, the beginnings
    of all words before the term's first comma must stand there, in any order. The
    titles of the sections around the place count as well.

    Examples
    --------
    >>> here = Place("x", "page", "lemma", "Losses", "The hinge is convex.")
    >>> occurs(Term("hinge loss", (), ("x",)), here)
    True
    >>> occurs(Term("square loss", (), ("x",)), here)
    False
    """
    said = _said(place)
    if term.words:
        return any(word in said for word in term.words)
    plain = re.sub(r"[\s*_]+", " ", said).lower()
    head = re.findall(r"\w+", term.term.split(",")[0].lower())
    return all(word[:STEM] in plain for word in head if len(word) > SHORT)
