"""What a reader needs who has no pointer, sees little or bears no motion (WCAG 2.2).

The rules of axe run on every page elsewhere. Here is what axe cannot tell: where the
keyboard is and goes, and what becomes of a page whose reader sets spacing and motion.
One page of each kind is looked at, for all pages of a kind have the same controls. How
a page sounds in a screen reader only a person can tell.
"""

import pytest
from playwright.sync_api import expect

# A chapter with exercises and a panel, the ledger, records, tables.
KINDS = [
    "book/index.html",
    "book/psi.html",
    "book/ledger.html",
    "records/psi.html",
    "book/benchmarks.html",
]
NARROW = {"width": 320, "height": 640}  # 1280 px at 400 %

# Going backwards, a control comes to the top, where the header might hide it.
UNSEEN = r"""(back) => {
  const controls = [...document.querySelectorAll(
    'a[href], button, input, select, textarea, summary, [tabindex="0"]')]
    .filter((e) => !e.disabled && e.tabIndex >= 0 && !e.closest("dialog:not([open])"))
    .filter((e) => e.checkVisibility({visibilityProperty: true}));
  const look = (e) => {
    const s = getComputedStyle(e);
    const outline = s.outlineStyle === "none" ? 0 : s.outlineWidth;
    const { boxShadow, borderColor, backgroundColor, textDecoration } = s;
    return [outline, boxShadow, borderColor, backgroundColor, textDecoration].join();
  };
  const shown = (e) => {
    const r = e.getClientRects()[0];
    const x = Math.max(0, Math.min(innerWidth - 1, r.left + Math.min(r.width / 2, 8)));
    const at = document.elementFromPoint(x, r.top + Math.min(r.height / 2, 8));
    return at && (e.contains(at) || at.contains(e));
  };
  const wrong = [];
  for (const e of back ? controls.reverse() : controls) {
    const name = e.outerHTML.slice(0, 80);
    const before = look(e);
    e.focus({focusVisible: true});
    if (document.activeElement !== e) wrong.push(`takes no focus: ${name}`);
    else if (!shown(e)) wrong.push(`hidden: ${name}`);
    else if (look(e) === before) wrong.push(`looks the same: ${name}`);
    e.blur();
  }
  return controls.length ? wrong : ["no controls"];
}"""
MOVING = r"""() => [...document.querySelectorAll("*")].flatMap((e) =>
  [null, "::before", "::after"].filter((part) => {
    const s = getComputedStyle(e, part);
    const times = `${s.transitionDuration}, ${s.animationDuration}`.split(",");
    return s.scrollBehavior === "smooth" || times.some((t) => parseFloat(t) > 0.001);
  }).map((part) => `${e.tagName} ${e.className} ${part ?? ""}`))"""
IDLE_STOPS = r"""() => [...document.querySelectorAll('[tabindex="0"]')]
    .filter((e) => e.matches(".math, mjx-container, pre, .output"))
    .filter((e) => !/auto|scroll/.test(getComputedStyle(e).overflowX))
    .map((e) => e.textContent.slice(0, 60))"""
SPACED = """
  * {
    line-height: 1.5 !important;
    letter-spacing: 0.12em !important;
    word-spacing: 0.16em !important;
  }
  p { margin-bottom: 2em !important; }
"""


@pytest.fixture(scope="module", params=KINDS)
def kind(request, opening, http_base):
    """Open a page of each kind once, with all its formulas."""
    with opening(http_base) as opened:
        opened.goto(request.param)
        opened.typeset()
        yield opened


@pytest.fixture
def page(kind):
    """Return the page at a desk's width, with the book's own spacing."""
    kind.resize({"width": 1280, "height": 900})
    return kind


@pytest.fixture
def spaced(page):
    """Return a page that is narrow, with a reader's own spacing of the text."""
    page.resize(NARROW)
    style = page.page.add_style_tag(content=SPACED)
    page.settle()
    yield page
    style.evaluate("style => style.remove()")


@pytest.mark.parametrize("back", [False, True])
def test_where_the_keyboard_is_can_be_seen(page, back):
    assert page.page.evaluate(UNSEEN, back) == []


def test_the_keyboard_goes_in_the_order_of_the_page(page):
    elsewhere = "[tabindex]:not([tabindex='0'], [tabindex='-1'])"
    expect(page.page.locator(elsewhere)).to_have_count(0)


def test_the_keyboard_stops_at_no_formula_that_needs_no_scrolling(page):
    # scroll.js waits a tenth of a second for the last formula.
    page.page.wait_for_function(f"() => ({IDLE_STOPS})().length === 0", timeout=5_000)


def test_nothing_moves_for_those_who_ask_for_rest(page):
    assert page.page.evaluate(MOVING) == []


def test_text_may_be_set_apart(spaced):
    assert spaced.overflow() == []
    assert spaced.cut_off() == []


# ---- by keyboard alone ----------------------------------------------------


@pytest.fixture
def chapter(http_visitor):
    """Return a chapter."""
    http_visitor.goto("book/psi.html")
    return http_visitor


def test_the_first_stop_leads_past_the_menus(chapter):
    chapter.page.keyboard.press("Tab")
    link = chapter.page.get_by_role("link", name="Skip to main content")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport(ratio=1)
    chapter.page.keyboard.press("Enter")
    chapter.page.keyboard.press("Tab")
    inside = "() => document.activeElement.closest('main, #main-content') !== null"
    assert chapter.page.evaluate(inside)


def test_a_solution_opens_and_closes_by_keyboard(chapter):
    button = chapter.page.locator("div.solution button.toggle-button").first
    words = chapter.page.locator("div.solution p:not(.admonition-title)").first
    expect(words).to_be_hidden()
    button.focus()
    for key, opened in (("Enter", True), ("Space", False), ("Enter", True)):
        chapter.page.keyboard.press(key)
        expect(words).to_be_visible(visible=opened)
        expect(button).to_be_focused()


def test_a_theorem_stays_while_its_link_has_the_keyboard(chapter, cards):
    found = chapter.page.locator(".bd-article p > a.reference[href^='#']")
    places = found.evaluate_all("all => all.map((a) => a.getAttribute('href'))")
    with_card = [i for i, at in enumerate(places) if f"book/psi.html{at}" in cards]
    link = found.nth(with_card[0])
    chapter.page.keyboard.press("Tab")
    link.focus()
    card = chapter.page.locator("#theorem-card[role='tooltip']")
    expect(card).to_be_visible(timeout=30_000)
    chapter.page.wait_for_timeout(500)
    expect(card).to_be_visible()
    chapter.page.keyboard.press("Tab")
    expect(link).not_to_have_attribute("aria-describedby", "theorem-card")


# ---- the checks see what they are there for ---------------------------------


@pytest.fixture
def plain(http_visitor):
    """Return a page to be spoilt."""
    http_visitor.goto("book/references.html")
    return http_visitor


def plant(visitor, html: str) -> None:
    """Put HTML at the end of the text."""
    visitor.page.evaluate(
        """(html) => document.querySelector(".bd-article")
            .insertAdjacentHTML("beforeend", html)""",
        html,
    )


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ('<a href="#x" style="outline: 0">x</a>', "looks the same"),
        (
            '<p style="position: relative"><button>x</button><b style="position: '
            'absolute; inset: 0; background: red"></b></p>',
            "hidden",
        ),
    ],
)
def test_a_control_that_hides_the_keyboard_is_seen(plain, html, fault):
    plant(plain, html)
    found = plain.page.evaluate(UNSEEN, False)
    assert [line.partition(":")[0] for line in found] == [fault]


@pytest.mark.parametrize(
    "style",
    [
        "transition: color 1s !important",
        "animation: x 0.2s !important",
        "scroll-behavior: smooth !important",
    ],
)
def test_what_moves_is_seen(plain, style):
    assert plain.page.evaluate(MOVING) == []
    plant(plain, f'<p class="moves" style="{style}">x</p>')
    assert len(plain.page.evaluate(MOVING)) == 1


def test_a_stop_for_nothing_is_seen(plain):
    assert plain.page.evaluate(IDLE_STOPS) == []
    plant(plain, '<p><span class="math" tabindex="0">x</span></p>')
    assert plain.page.evaluate(IDLE_STOPS) == ["x"]


def test_what_is_cut_off_is_seen(plain):
    assert plain.cut_off() == []
    plant(plain, '<p style="overflow: hidden; height: 1em"><b>one<br>two</b></p>')
    assert len(plain.cut_off()) == 1


def test_a_formula_that_is_cut_off_is_seen(plain):
    plant(
        plain,
        '<p style="width: 3em"><span class="math">\\(a + b + c + d + e\\)</span></p>'
        "<style>p span.math { overflow-x: clip !important }</style>",
    )
    plain.page.evaluate("() => MathJax.typesetPromise()")
    plain.typeset()
    assert len(plain.cut_off()) == 1
