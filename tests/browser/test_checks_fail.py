"""The checks of pages see the faults they are there for: each is planted in a page."""

import pytest


@pytest.fixture
def victim(http_visitor):
    """Return a page of the book to be spoilt."""
    http_visitor.goto("book/index.html")
    return http_visitor


def plant(victim, html: str) -> None:
    """Put HTML into the text and let MathJax see it."""
    victim.page.evaluate(
        """async (html) => {
          const box = document.createElement("div");
          box.innerHTML = html;
          document.querySelector(".bd-article").append(box);
          await MathJax.typesetPromise([box]);
        }""",
        html,
    )
    victim.settle()


def test_the_unspoilt_page_is_clean(victim):
    assert victim.formula_faults() == []
    assert victim.picture_faults() == []
    assert victim.double_ids() == []
    assert victim.bare_icons() == []
    assert victim.bare_tables() == []


@pytest.mark.parametrize(
    "tex", [r"\(\nosuchmacro{x}\)", r"\(\frac{1}{\)", r"\[\begin{aligned} x\]"]
)
def test_bad_tex_is_seen(victim, tex):
    plant(victim, f'<span class="math notranslate nohighlight">{tex}</span>')
    assert victim.formula_faults()


def test_tex_left_as_text_is_seen(victim):
    plant(victim, r'<p class="mathjax_ignore">here \(x^2\) stays</p>')
    assert victim.formula_faults()


@pytest.mark.parametrize(
    "attributes",
    [
        "",
        'alt=""',
        'alt="cover.png"',
        'alt="_images/0a1b2c.svg"',
        'alt="0123456789abcdef"',
    ],
)
def test_a_picture_without_words_is_seen(victim, attributes):
    source = victim.page.locator("img").first.get_attribute("src")
    plant(victim, f'<img src="{source}" {attributes}>')
    assert len(victim.picture_faults()) == 1


@pytest.mark.parametrize(("hidden", "found"), [("", 1), ("aria-hidden='true'", 0)])
def test_an_icon_that_is_read_aloud_is_seen(victim, hidden, found):
    plant(victim, f"<p {hidden}><i class='fas fa-download'></i></p>")
    assert len(victim.bare_icons()) == found


def test_a_missing_picture_is_seen(victim):
    plant(victim, '<img src="nothing.png" alt="A picture that is not there.">')
    victim.page.wait_for_timeout(200)
    assert victim.picture_faults()
    assert victim.messages


def test_a_table_left_as_text_is_seen(victim):
    plant(victim, "<p>| N | time |\n| — | —: |\n| 45 | 3 ms |</p>")
    assert len(victim.bare_tables()) == 1


def test_a_double_id_is_seen(victim):
    plant(victim, '<p id="main-content">again</p>')
    assert victim.double_ids() == ["main-content"]


def test_a_wide_page_is_seen(victim):
    victim.resize({"width": 390, "height": 844})
    assert victim.overflow() == []
    victim.page.evaluate(
        """() => document.body.insertAdjacentHTML(
            "beforeend", '<p style="width: 700px">wide</p>')"""
    )
    assert victim.overflow()


def test_a_scroller_out_of_the_keyboards_reach_is_seen(victim):
    assert victim.unreachable_scrollers() == []
    plant(victim, f"<pre style='overflow-x: auto'>{'long ' * 90}</pre>")
    assert victim.unreachable_scrollers()


def test_console_messages_and_uncaught_errors_are_seen(victim):
    assert victim.messages == []
    victim.page.evaluate("() => console.error('planted')")
    victim.page.evaluate("() => { setTimeout(() => { throw new Error('thrown'); }); }")
    victim.page.wait_for_timeout(100)
    assert len(victim.messages) == 2


def test_a_request_to_another_host_is_seen(victim):
    # 127.0.0.2 is this machine under another name: no packet leaves it.
    plant(
        victim, '<img src="http://127.0.0.2:9/x.png" alt="A picture from elsewhere.">'
    )
    victim.page.wait_for_timeout(200)
    assert victim.outside_requests() == ["http://127.0.0.2:9/x.png"]


FAINT = "color: #999; background: #aaa"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    "html",
    [
        f'<p style="{FAINT}">faint</p>',
        f'<p>words</p><p style="{FAINT}"><b>faint</b></p>',
        f'<pre><b>words</b><b style="{FAINT}">faint</b></pre>',
        f"<style>i:nth-child(3) {{ {FAINT} }}</style><i>words</i><i>faint</i>",
        f'<label>x <input value="faint" style="{FAINT}"></label>',
        '<p style="opacity: 0.2"><b>faint</b></p>',
    ],
)
def test_what_is_too_faint_is_seen(victim, html, theme):
    victim.set_theme(theme)
    assert victim.contrast_violations() == []
    plant(victim, html)
    assert len(victim.contrast_violations()) == 1
    assert victim.other_violations() == []


def test_what_is_too_faint_in_one_theme_is_seen_there(victim):
    plant(victim, '<p style="color: #eee">pale</p>')
    assert victim.contrast_violations()
    victim.set_theme("dark")
    assert victim.contrast_violations() == []


def test_a_link_that_looks_like_the_words_around_it_is_seen(victim):
    style = "color: #444; text-decoration: none; border: 0"
    plant(victim, f'<p>See <a href="#x" style="{style}">this word</a> and that.</p>')
    (line,) = victim.contrast_violations()
    assert line.startswith("link-in-text-block")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(
    "html",
    [
        '<input type="text">',
        '<button type="button"></button>',
        '<div role="checkbox" aria-chequed="true">x</div>',
        "<ul><p>no item</p></ul>",
    ],
)
def test_other_faults_are_seen_at_any_width(victim, html, width):
    victim.resize({"width": width, "height": 900})
    assert victim.other_violations() == []
    plant(victim, html)
    assert victim.other_violations()


def rules(report: dict) -> set[str]:
    """Return the rules of which axe reports anything."""
    kinds = ("violations", "passes", "incomplete", "inapplicable")
    return {row["id"] for kind in kinds for row in report[kind]}


def test_both_sets_together_are_all_rules_of_axe(victim):
    """All that axe runs by itself, and the size of what is pressed."""
    whole = rules(victim.axe({})) | {"target-size"}
    asked = []
    victim.axe = lambda *arguments: asked.append(arguments) or {"violations": []}
    victim.contrast_violations()
    victim.other_violations()
    del victim.axe
    # Without this option the report holds every rule that was run.
    for options, _ in asked:
        del options["resultTypes"]
    contrast, others = (rules(victim.axe(*arguments)) for arguments in asked)
    assert contrast | others == whole
    assert not contrast & others
    names = "() => axe.getRules(['cat.color']).map((rule) => rule.ruleId)"
    assert contrast == set(victim.page.evaluate(names)) & whole


def test_one_text_of_each_kind_is_looked_at(victim):
    """Whatever axe calls faint has the kind of a text that it looks at."""
    faint = f'<p style="{FAINT}">faint</p>'
    plant(victim, faint + faint + f"<div>{faint}</div><small>{faint}</small>")
    assert (
        len(victim.axe({"runOnly": ["color-contrast"]})["violations"][0]["nodes"]) == 4
    )
    assert len(victim.contrast_violations()) == 3
