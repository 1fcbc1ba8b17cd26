"""The chapters in plain Markdown: nothing of MyST is left, and nothing is lost."""

import re

import pytest

from rfbook.chapters import list_chapters, to_notebooks
from rfbook.plain import (
    Box,
    Sources,
    find_equations,
    plain,
    read_authors,
    read_sources,
    resolve,
)

NONE = Sources({}, {})
CODE = re.compile(r"^```\{code-cell\}.*?^```$", re.MULTILINE | re.DOTALL)
MYST = re.compile(
    r"\{[\w:]+\}`|^(?:`{3,}|:{3,})\{|^\([\w-]+\)=$|^:label:", re.MULTILINE
)


@pytest.fixture(scope="module")
def sources(book) -> Sources:
    return read_sources(book)


@pytest.fixture(params=list_chapters())
def chapter(request, book) -> tuple[str, str]:
    """Return a chapter's name and its text, without header and code."""
    text = (book / f"{request.param}.md").read_text("utf-8")
    return request.param, CODE.sub("", text.split("\n---\n", 1)[1])


def test_no_chapter_keeps_a_trace_of_myst(chapter, sources):
    name, text = chapter
    assert MYST.search(text)
    known = to_notebooks(resolve(text, name, sources), list_chapters())
    made = plain(known, sources, find_equations([text]))
    assert MYST.findall(made) == []
    assert ".md)" not in made


def test_every_formula_of_a_chapter_stays(chapter, sources):
    name, text = chapter

    def formulas(markdown):
        markdown = re.sub(r"\n\\tag\{\d+\}", "", markdown)
        return sorted(re.findall(r"\$\$(.+?)\$\$", markdown, re.DOTALL))

    made = plain(resolve(text, name, sources), sources, find_equations([text]))
    assert formulas(made) == formulas(text)
    assert made.count(r"\tag{") == len(find_equations([text]))


def test_a_box_of_another_chapter_is_a_link_and_one_of_its_own_is_none():
    own = Sources({"here": Box("psi", "Lemma", "Here")}, {})
    assert resolve("{prf:ref}`here`", "psi", own) == "{prf:ref}`here`"
    assert resolve("{prf:ref}`here`", "tools", own) == "[Here](psi.ipynb)"
    assert resolve("{ref}`that one <here>`", "tools", own) == "[that one](psi.ipynb)"
    assert plain("{prf:ref}`here`", own, {}) == "*Here*"
    assert plain("{ref}`that one <here>`", own, {}) == "that one"


def test_a_box_without_a_title_is_named_by_its_kind():
    own = Sources({"here": Box("psi", "Remark", "")}, {})
    assert plain("{prf:ref}`here`", own, {}) == "*remark*"
    assert plain("```{prf:remark}\n1\n```", own, {}) == "**Remark.**\n\n1"


def test_a_link_within_the_page_is_its_words_as_the_target_has_gone():
    text = "(below)=\n## A\n\n[here](below)"
    known = resolve(text, "psi", NONE)
    assert known == "(below)=\n## A\n\n[here](#below)"
    assert plain(known, NONE, {}) == plain(text, NONE, {}) == "## A\n\nhere"
    kept = "[one](psi.ipynb), [two](https://example.org), $[x](y)$"
    assert plain(resolve(kept, "psi", NONE), NONE, {}) == kept


@pytest.mark.parametrize(
    ("role", "words"),
    [
        ("{cite:t}`A`", "Bo (1999)"),
        ("{cite:t}`A, B`", "Bo (1999), Co et al. (2000)"),
        ("{cite:p}`A,B`", "(Bo, 1999; Co et al., 2000)"),
        ("{cite}`A`", "(Bo, 1999)"),
        ("{cite:t}`A, unknown`", "{cite:t}`A, unknown`"),
    ],
)
def test_a_citation_is_written_out(role, words):
    entries = (
        "@misc{A,\n author = {Bo, A.},\n year = {1999}\n}\n"
        "@misc{B,\n author = {Co, B. and others},\n year = {2000},\n}\n"
    )
    assert resolve(role, "psi", Sources({}, read_authors(entries))) == words


def test_every_entry_of_the_bibliography_has_authors_and_a_year(book, sources):
    entries = (book / "references.bib").read_text("utf-8")
    assert len(sources.authors) == len(re.findall(r"^@", entries, re.MULTILINE))
    for names, year in sources.authors.values():
        assert re.fullmatch(r"[^\W\d_][\w .'-]*", names)
        assert re.fullmatch(r"\d{4}", year)


@pytest.mark.parametrize(
    ("body", "end"), [("So it is.", "So it is. ∎"), ("$$\n1\n$$", "$$\n1\n$$\n\n∎")]
)
def test_the_end_of_a_proof_stays_out_of_a_formula(body, end):
    made = plain(f"```{{prf:proof}}\n{body}\n```", NONE, {})
    assert made == f"*Proof.* {end}"


def test_a_box_with_code_in_it_keeps_the_code():
    text = "````{exercise} One\n:label: one\n\n```python\n1\n```\n````"
    assert plain(text, NONE, {}) == "**Exercise** (One)**.**\n\n```python\n1\n```"


def test_gates_of_an_exercise_become_headings_with_the_label():
    own = Sources({"ex": Box("psi", "Exercise", "Three")}, {})
    gates = "```{exercise-start} Three\n:label: ex\n```\n\n3\n\n```{exercise-end}\n```"
    assert resolve(gates, "psi", own) == "(ex)=\n**Exercise** (Three)**.**\n\n3\n\n"
    text = (
        "```{solution-start} ex\n:class: dropdown\n```\n\n3\n\n```{solution-end}\n```"
    )
    assert resolve(text, "psi", own) == "**Solution** (Three)**.**\n\n3\n\n"
    box = "```{solution} ex\n3\n```"
    assert resolve(box, "psi", own) == box
    assert plain(box, own, {}) == "**Solution** (Three)**.**\n\n3"
    assert plain(resolve(gates, "psi", own), own, {}).strip() == (
        "**Exercise** (Three)**.**\n\n3"
    )
