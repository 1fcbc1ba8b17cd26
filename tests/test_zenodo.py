"""``.zenodo.json``: of the form that Zenodo takes, and in agreement with CITATION.cff.

The schema is ours, written from the list of fields in Zenodo's documentation of its
deposits; Zenodo publishes none for this file.
"""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft7Validator

ROOT = Path(__file__).resolve().parents[1]
TEXT = {"type": "string", "minLength": 1}
PERSON = {
    "type": "object",
    "required": ["name"],
    "additionalProperties": False,
    "properties": {
        "name": TEXT,
        "affiliation": TEXT,
        "orcid": {"type": "string", "pattern": r"^(\d{4}-){3}\d{3}[\dX]$"},
    },
}
RELATED = {
    "type": "object",
    "required": ["identifier", "relation"],
    "additionalProperties": False,
    "properties": {
        "identifier": {
            "type": "string",
            "pattern": r"^(arXiv:\d{4}\.\d{4,5}|10\.\S+)$",
        },
        "relation": {
            "enum": ["references", "isSupplementTo", "cites", "isDerivedFrom"]
        },
        "resource_type": {"enum": ["publication-preprint", "publication-article"]},
    },
}
SCHEMA = {
    "type": "object",
    "required": ["title", "upload_type", "description", "creators", "license"],
    "additionalProperties": False,
    "properties": {
        "title": TEXT,
        "upload_type": {"enum": ["software", "publication", "dataset"]},
        "access_right": {"enum": ["open"]},
        "description": TEXT,
        "creators": {"type": "array", "minItems": 1, "items": PERSON},
        "license": {"enum": ["MIT", "CC-BY-4.0"]},
        "notes": TEXT,
        "keywords": {
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": TEXT,
        },
        "language": {"type": "string", "pattern": "^[a-z]{3}$"},
        "related_identifiers": {"type": "array", "items": RELATED},
    },
}
# What Zenodo keeps of HTML in a description, as far as we use it.
TAGS = {"p", "em", "a"}


@pytest.fixture(scope="module")
def zenodo():
    return json.loads((ROOT / ".zenodo.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def cff():
    return yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))


def test_the_file_is_of_the_form(zenodo):
    found = Draft7Validator(SCHEMA).iter_errors(zenodo)
    assert [error.message for error in found] == []


@pytest.mark.parametrize(
    "change",
    [
        {"creators": []},
        {"creators": [{"name": "A", "orcid": "1"}]},
        {"license": "free"},
        {"upload_type": "book"},
        {"doi": ""},
        {"related_identifiers": [{"identifier": "1904.00687", "relation": "cites"}]},
    ],
)
def test_a_broken_file_is_refused(zenodo, change):
    assert list(Draft7Validator(SCHEMA).iter_errors(zenodo | change))


def test_it_says_what_the_citation_file_says(zenodo, cff):
    assert zenodo["title"] == cff["title"]
    assert zenodo["upload_type"] == cff["type"]
    assert zenodo["creators"] == cff["authors"]
    assert zenodo["keywords"] == cff["keywords"]
    # Zenodo takes one licence; the other one stands in the notes.
    assert zenodo["license"] == cff["license"][0]
    assert cff["license"][1:] == ["CC-BY-4.0"]
    assert "CC BY 4.0" in zenodo["notes"]


def test_the_papers_are_named_in_the_description(zenodo, cff):
    for paper in cff["references"]:
        assert paper["title"] in zenodo["description"]
        for author in paper["authors"]:
            assert author["family-names"] in zenodo["description"]


def test_the_description_is_plain_html(zenodo):
    class Tags(HTMLParser):
        found: list

        def handle_starttag(self, tag, attrs):
            self.found.append(tag)

        def handle_endtag(self, tag):
            assert self.found.pop() == tag
            assert tag in TAGS

    parser = Tags()
    parser.found = []
    parser.feed(zenodo["description"])
    parser.close()
    assert parser.found == []


def test_an_identifier_is_one_that_the_bibliography_has(zenodo):
    known = (ROOT / "book" / "references.bib").read_text(encoding="utf-8")
    for related in zenodo["related_identifiers"]:
        assert re.search(rf"\b{re.escape(related['identifier'])}\b", known)
