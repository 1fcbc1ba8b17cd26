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


def test_a_missing_picture_is_seen(victim):
    plant(victim, '<img src="nothing.png" alt="A picture that is not there.">')
    victim.page.wait_for_timeout(200)
    assert victim.picture_faults()
    assert victim.messages


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


@pytest.mark.parametrize(
    "html",
    ['<p style="color: #999; background: #fff">faint</p>', '<input type="text">'],
)
def test_axe_is_heard(victim, html):
    plant(victim, html)
    assert victim.axe_violations()
