"""What the source of a page holds: labelled sections, boxes, exercises with gates."""

from rfbook.places import headings, page_title, page_titles, places, read_places

PAGE = """---
kernelspec: x
---

# A page

(here)=
## Here

```{prf:theorem} One is one
:label: one
$1 = 1$
```

```{code-cell}
# Not a heading
```

### Below

```{exercise-start} Two
:label: ex-two
```

What is two?

```{exercise-end}
```

````{exercise} Three
:label: ex-three

```{math}
3
```
````

## There
"""


def test_places_come_in_the_order_of_the_page_with_their_kinds():
    found = places(PAGE, "page")
    kinds = [(place.label, place.kind, place.title) for place in found]
    assert kinds == [
        ("here", "section", "Here"),
        ("one", "theorem", "One is one"),
        ("ex-two", "exercise", "Two"),
        ("ex-three", "exercise", "Three"),
    ]
    assert {place.page for place in found} == {"page"}


def test_a_section_ends_where_the_next_of_its_level_begins():
    here = places(PAGE, "page")[0]
    assert "What is two?" in here.text
    assert "There" not in here.text


def test_an_exercise_with_a_gate_has_the_text_between_the_gates():
    two, three = places(PAGE, "page")[2:]
    assert two.text.strip() == "What is two?"
    assert "{math}" in three.text


def test_a_place_knows_the_titles_above_it():
    assert places(PAGE, "page")[1].under == ("A page", "Here")
    assert places(PAGE, "page")[3].under == ("A page", "Here", "Below")


def test_a_comment_in_code_is_no_heading():
    assert page_title(PAGE) == "A page"
    titles = [heading["title"] for heading in headings(PAGE)]
    assert titles == ["A page", "Here", "Below", "There"]


def test_a_folder_is_read_whole(tmp_path):
    (tmp_path / "page.md").write_text(PAGE, encoding="utf-8")
    (tmp_path / "empty.md").write_text("", encoding="utf-8")
    assert set(read_places(tmp_path)) == {"here", "one", "ex-two", "ex-three"}
    assert page_titles(tmp_path) == {"page": "A page", "empty": ""}
