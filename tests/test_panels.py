"""The interactive figures: their numbers, and what stands where no script runs."""

import base64
import json
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from bs4 import BeautifulSoup
from scipy.stats import norm

from rfbook.panels import (
    Control,
    CountPanel,
    CurvePanel,
    Curves,
    Frame,
    LinePanel,
    Lines,
    Panel,
    Picture,
    learning_panel,
    mixture_panel,
    power_of_ten,
    relu_panel,
    risk_panel,
    weight_panel,
)
from rfbook.psi import psi_relu_sum
from rfbook.sphinxext.offline import is_external, page_addresses

A = 5


@pytest.fixture(scope="module")
def panel():
    return relu_panel(A, start=2)


@pytest.fixture(scope="module")
def bundle(panel):
    return panel._repr_mimebundle_()


@pytest.fixture(scope="module")
def html(bundle):
    return BeautifulSoup(bundle["text/html"], "html.parser")


def on(line, x):
    """Evaluate a polyline."""
    return np.interp(x, *np.array(line).T)


def test_frame_n_is_the_sum_of_the_first_n_relus(panel):
    x = np.linspace(-A - 2, A + 3, 1001)
    total = np.full_like(x, -1.0)
    for n, frame in enumerate(panel.frames):
        if n:
            weight = 1 if n == 1 else 2 * (-1) ** (n - 1)
            total += weight * np.maximum(x - (2 * (n - 1) - A), 0)
        assert np.allclose(on(frame.line, x), total, atol=1e-12, rtol=0)
        assert [x for x, _ in frame.dots] == [2 * j - A for j in range(n)]
    assert len(panel.frames) == A + 2


def test_the_last_frame_and_the_goal_are_psi(panel):
    x = np.linspace(-A - 2, A + 3, 1001)
    for line in (panel.frames[-1].line, panel.goal):
        assert np.allclose(on(line, x), psi_relu_sum(x, A), atol=1e-12, rtol=0)


def test_the_table_counts_the_weights(panel):
    assert panel.columns == ("n", "term added", "last slope", "sum of |weights|")
    assert panel.frames[0].cells == ["0", "−1", "0", "0"]
    assert panel.frames[2].cells == ["2", "−2 [x + 3]₊", "−1", "3"]
    assert panel.frames[-1].cells == ["6", "−2 [x − 5]₊", "−1", str(2 * A + 1)]


def test_the_page_has_the_numbers_the_picture_and_the_table(panel, bundle, html):
    figure = html.select_one("figure.rf-panel")
    assert json.loads(figure.select_one("script").string) == panel.data()
    picture = figure.select_one(".rf-panel-static img")
    assert picture["alt"] == panel.alt
    assert picture["src"] == "data:image/png;base64," + bundle["image/png"]
    rows = [[td.text for td in tr("td")] for tr in figure.select("tbody tr")]
    assert rows == [frame.cells for frame in panel.frames]
    assert figure.select_one("details").has_attr("open")
    assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")


def test_nothing_is_loaded(bundle):
    addresses = list(page_addresses(bundle["text/html"]))
    assert addresses
    assert not any(map(is_external, addresses))


def test_a_text_cannot_end_the_script_or_the_markup(panel):
    text = "</script><b>&"
    page = replace(panel, control=text, caption=text, alt=text)
    soup = BeautifulSoup(page._repr_mimebundle_()["text/html"], "html.parser")
    assert soup.b is None
    assert json.loads(soup.script.string)["control"] == text
    assert soup.figcaption.text == soup.img["alt"] == text


def test_the_text_form_is_the_table(panel, bundle):
    lines = bundle["text/plain"].splitlines()
    assert lines[0] == f"Panel of {A + 2} frames"
    assert lines[2].split() == ["0", "−1", "0", "0"]
    assert len(lines) == A + 4


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"start": 7}, "one of 7 frames, got 7"),
        ({"start": -1}, "one of 7 frames, got -1"),
        ({"frames": ()}, "one of 0 frames"),
        ({"columns": ("n",)}, r"a row has 1 cells, got \['0', "),
        ({"goal": [(0, np.nan)]}, "must be finite, got nan"),
        ({"limits": (0, 1, 0, np.inf)}, "must be finite, got inf"),
        ({"limits": (1, 0, 0, 1)}, r"must be increasing, got \(1, 0, 0, 1\)"),
    ],
)
def test_a_malformed_panel_is_refused(panel, change, message):
    with pytest.raises(ValueError, match=message):
        replace(panel, **change)


@pytest.mark.parametrize(("a", "start"), [(0, None), (16, None), (7, 9), (2.5, None)])
def test_a_panel_out_of_range_is_refused(a, start):
    with pytest.raises(ValueError, match=r"got (0|16|9|2\.5)"):
        relu_panel(a, start)


def test_every_frame_has_its_picture():
    frames = [Frame([(0, 0), (1, n)], [], [str(n)]) for n in range(4)]
    panel = Panel("n", "lines", "Lines.", ["n"], frames, [(0, 0), (1, 1)], (0, 1, 0, 3))
    drawn = [axes for axes in panel.figure().axes if axes.axison]
    assert [axes.get_title(loc="left") for axes in drawn] == ["0", "1", "2", "3"]


# ---- counts on a grid ------------------------------------------------------


@pytest.fixture(scope="module")
def counts():
    controls = [
        Control("d", ["2", "5", "9"], 1),
        Control("norm", ["1", "d^{3/4}"], 1),
        Control("error", ["1/10", "1/50"], 1),
    ]
    slow, fast = ["1", "2", "3"], ["12345", "1.234e57", "9.999e400"]
    cells = [[fast, slow], [slow, fast]]
    return CountPanel("width", controls, cells, [("atoms", 80.0)], "A.", "B.")


def test_the_counts_come_back_from_the_page(counts):
    soup = BeautifulSoup(counts._repr_mimebundle_()["text/html"], "html.parser")
    data = json.loads(soup.select_one("figure.rf-panel script").string)
    assert data == counts.data()
    assert [[row.split() for row in block] for block in data["counts"]] == counts.counts
    assert [c["start"] for c in data["controls"]] == [1, 1, 1]


def test_without_a_script_the_choice_shown_first_stands_in_a_table(counts):
    soup = BeautifulSoup(counts._repr_mimebundle_()["text/html"], "html.parser")
    heads = [th.decode_contents() for th in soup.select("th")]
    assert heads == ["d", "1", "d<sup>3/4</sup>"]
    rows = [[td.decode_contents() for td in tr("td")] for tr in soup.select("tbody tr")]
    assert rows == [
        ["2", "1", "12\u202f345"],
        ["5", "2", "1.234 \u00d7 10<sup>57</sup>"],
        ["9", "3", "9.999 \u00d7 10<sup>400</sup>"],
    ]
    assert soup.summary.text == "width, for each d and norm, error = 1/50"
    assert soup.img["alt"] == "A."


def test_the_picture_has_the_powers_of_ten(counts):
    axes = counts.figure().axes[0]
    slow, fast, mark = [line.get_ydata() for line in axes.lines]
    assert np.allclose(10 ** np.array(slow), [1, 2, 3])
    assert np.allclose(fast, [4.09149, 57.0913, 400.99996], atol=1e-4, rtol=0)
    assert list(mark) == [80, 80]


def test_the_text_form_of_counts_is_the_table(counts):
    lines = repr(counts).splitlines()
    assert lines[0] == "CountPanel of 3 x 2 x 2 counts"
    assert [line.split() for line in lines[2:]] == [
        ["2", "1", "12345"],
        ["5", "2", "1.234e57"],
        ["9", "3", "9.999e400"],
    ]


@pytest.mark.parametrize("text", ["", "00", "-3", "1.5", "12.3e4", "0.1e4", "1e5"])
def test_what_is_no_count_is_refused(text):
    with pytest.raises(ValueError, match="must look like 12 or"):
        power_of_ten(text)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"counts": [[["1"]]]}, r"shape \(2, 2, 3\), got \(1, 1, 1\)"),
        ({"counts": [[["1", "2", "x"]] * 2] * 2}, "got 'x'"),
        ({"controls": [Control("d", ["1"], 1)]}, "d: start must name one of 1 labels"),
        ({"controls": [Control("d", [])]}, "one of 0 labels, got 0"),
    ],
)
def test_malformed_counts_are_refused(counts, change, message):
    with pytest.raises(ValueError, match=message):
        replace(counts, **change)


def test_no_features_at_all_are_drawn_at_the_foot():
    assert power_of_ten("0") == power_of_ten("1") == 0


def test_labels_of_close_curves_do_not_cover_each_other(counts):
    close = replace(counts, counts=[[["1", "2", "5"], ["1", "2", "4"]]] * 2)
    axes = close.figure().axes[0]
    ends = sorted(text.get_position()[1] for text in axes.texts)
    assert ends[1] - ends[0] >= 0.049 * np.log10(5)


# ---- curves on a grid ------------------------------------------------------


@pytest.fixture(scope="module")
def weights():
    return weight_panel(3, 2)


def test_the_average_is_the_integral_of_the_neurons(weights):
    """Integrate exp(w x) g(w) over [-1, 1] by a rule that knows no Legendre sums."""
    x = np.array(weights.x)
    nodes, masses = np.polynomial.legendre.leggauss(40)
    for place, frame in enumerate(weights.frames):
        degree = 1 + place // 2
        g = np.polynomial.Polynomial.fit(x, frame.curves[0], degree + 2)(nodes)
        average = np.exp(np.outer(x, nodes)) @ (masses / 2 * g)
        assert np.allclose(average, frame.curves[1], atol=1e-10, rtol=0)
        assert np.allclose(frame.goals[1], x**degree, atol=0)
        assert len(frame.goals[0]) == 0


def test_the_curves_come_back_from_the_page(weights):
    soup = BeautifulSoup(weights._repr_mimebundle_()["text/html"], "html.parser")
    data = json.loads(soup.select_one("figure.rf-panel script").string)
    assert data == weights.data()
    for shown, frame in zip(data["frames"], weights.frames, strict=True):
        for line, curve in zip(shown["curves"], frame.curves, strict=True):
            assert np.allclose(line, curve, rtol=1e-4, atol=0)
    rows = [[td.text for td in tr("td")] for tr in soup.select("tbody tr")]
    assert [row[:2] for row in rows] == [[n, k] for n in "123" for k in ("k", "k + 2")]
    assert rows[0][2:] == ["3.00", "0.104"]  # 3 w, and 3/e - 1
    assert [th.text for th in soup.select("th")][:2] == ["degree k", "K"]


def test_the_picture_has_the_choices_of_the_first_slider(weights):
    axes = weights.figure().axes
    assert len(axes) == 4
    for column in range(2):
        frame = weights.frames[2 + column]
        assert np.array_equal(axes[column].lines[0].get_ydata(), frame.curves[0])
        goal, average = axes[2 + column].lines
        assert np.array_equal(average.get_ydata(), frame.curves[1])
        assert np.array_equal(goal.get_ydata(), frame.goals[1])
    assert axes[1].get_title(loc="left") == "degree k = 2, K = k + 2"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"frames": []}, "6 choices need as many frames, got 2 and 0"),
        ({"controls": [Control("k", list("123456"))]}, "two controls .* got 1 and 6"),
        ({"x": [0, 1]}, "a curve has 2 values"),
        ({"controls": [Control("k", ["1"], 1)]}, "k: start must name one of 1 labels"),
        ({"frames": [Curves([[np.nan] * 81], [[]], [])] * 6}, "must be finite"),
    ],
)
def test_malformed_curves_are_refused(weights, change, message):
    with pytest.raises(ValueError, match=message):
        replace(weights, **change)


@pytest.mark.parametrize(("degrees", "extras"), [(0, 1), (9, 1), (1, 0), (1, 7)])
def test_a_weight_panel_out_of_range_is_refused(degrees, extras):
    with pytest.raises(ValueError, match="got"):
        weight_panel(degrees, extras)


def test_one_degree_makes_a_panel_too():
    assert isinstance(weight_panel(1, 1), CurvePanel)


# ---- several lines in a picture --------------------------------------------


@pytest.fixture(scope="module")
def risks():
    return risk_panel(8)


def test_the_lines_are_the_risks_of_the_chosen_spectrum(risks):
    """Recompute some by hand: identity, and the rank d/4 at d = 8."""
    count = len(risks.controls[1].labels)
    identity, rank = risks.frames[:count], risks.frames[2 * count : 3 * count]
    rho = np.array(risks.pictures[0].x)
    rest = np.maximum(1 - rho, 0)
    for frame in identity:
        rf, nt, nn = frame.lines[0]
        assert np.allclose(rf, 1 / (1 + rho))
        assert np.allclose(nt, rest, atol=0)
        assert np.allclose(nn, rest, atol=0)
    rf, nt, nn = rank[0].lines[0]
    assert np.allclose(rf, 1 - rho / (1 + rho) / 4)
    assert np.allclose(nt, 3 / 4 * rest**2 + rest / 4, atol=0)
    assert np.allclose(nn, np.maximum(1 - 4 * rho, 0), atol=0)


def test_the_mark_and_the_row_belong_to_the_chosen_ratio(risks):
    for place, frame in enumerate(risks.frames):
        rho = float(risks.controls[1].labels[place % len(risks.controls[1].labels)])
        assert frame.marks == [rho, None]
        for line, cell in zip(frame.lines[0], frame.cells[1:], strict=True):
            shown = np.interp(rho, risks.pictures[0].x, line)
            assert float(cell) == pytest.approx(shown, abs=6e-4)


def test_a_network_fits_the_first_directions_and_the_goal_is_the_spectrum(risks):
    for place, frame in enumerate(risks.frames):
        rho = float(risks.controls[1].labels[place % len(risks.controls[1].labels)])
        network, goal = np.array(frame.lines[1][2]), np.array(frame.goals[1])
        whole = int(rho * 8 + 1e-9)
        assert np.allclose(network[:whole], goal[:whole], atol=0)
        assert not network[whole + 1 :].any()
        assert len(frame.goals[0]) == 0
        if rho >= 1:  # the tangent model fits everything
            assert np.allclose(frame.lines[1][1], goal, atol=0)


def test_the_lines_come_back_from_the_page(risks):
    soup = BeautifulSoup(risks._repr_mimebundle_()["text/html"], "html.parser")
    data = json.loads(soup.select_one("figure.rf-panel script").string)
    assert data == risks.data()
    assert data["kind"] == "lines"
    rows = [[td.text for td in tr("td")] for tr in soup.select("tbody tr")]
    assert len(rows) == len(risks.frames)
    assert rows[0][:3] == ["identity", "0.1", "1.000"]
    assert [th.text for th in soup.select("th")][3:] == ["RF", "NT", "NN"]


def test_the_picture_of_lines_has_a_column_for_each_spectrum(risks):
    figure = risks.figure()
    axes = np.array(figure.axes).reshape(2, 4)
    shown = [axis.get_title(loc="left") for axis in axes[0]]
    assert shown == list(risks.controls[0].labels)
    for column, frame in enumerate(risks.shown_first()):
        above, below = axes[:, column]
        drawn = [line.get_ydata() for line in above.lines[:3]]
        assert np.array_equal(drawn, frame.lines[0])
        goal, *drawn = [line.get_ydata() for line in below.lines]
        assert np.array_equal(goal, frame.goals[1])
        assert np.array_equal(drawn, frame.lines[1])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"frames": []}, "48 choices need as many frames, got 2 and 0"),
        ({"names": ("RF",)}, "risk has 1 lines, got 3"),
        ({"pictures": [Picture("p", "x", [0])] * 2}, r"a line of p has 1 values"),
        ({"controls": [Control("k", ["1"], 1)]}, "k: start must name one of 1 labels"),
        (
            {
                "frames": [Lines([[[np.nan] * 41] * 3] * 2, [[], []], [None] * 2, [])]
                * 48
            },
            "the numbers of risk must be finite",
        ),
    ],
)
def test_malformed_lines_are_refused(risks, change, message):
    with pytest.raises(ValueError, match=message):
        replace(risks, **change)


@pytest.mark.parametrize("d", [3, 101, 7.5])
def test_a_risk_panel_out_of_range_is_refused(d):
    with pytest.raises(ValueError, match="d must be"):
        risk_panel(d)


def test_a_panel_of_lines_says_its_kind(risks):
    assert isinstance(risks, LinePanel)
    assert repr(risks).splitlines()[0] == "LinePanel of 4 x 12 choices"


def test_the_learning_panel_ends_at_the_best_network_of_its_size():
    panel = learning_panel(10, 4)
    goal = np.array(panel.goal)[:, 1]
    first, *_, last = (np.array(frame.line)[:, 1] for frame in panel.frames)
    assert goal.tolist() == sorted(goal, reverse=True)
    assert (first > 0).all()
    # 16 times the gap of the fourth and fifth eigenvalue times tau = 5 is 20
    np.testing.assert_allclose(last, [*goal[:4], *[0] * 6], atol=1e-6, rtol=0)
    least = np.sum(goal[4:] ** 2) / np.sum(goal**2)
    assert panel.frames[-1].cells == ["5", f"{least:.3f}", "4 of 4"]
    risks = [float(frame.cells[1]) for frame in panel.frames]
    assert risks == sorted(risks, reverse=True)
    drawn = [axes for axes in panel.figure().axes if axes.axison]
    assert len(drawn) == len(panel.frames) == 9


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((1,), "d must be an integer >= 2, got 1"),
        ((101,), "d must be at most 100 in a panel, got 101"),
        ((4, 0), "N must be an integer >= 1, got 0"),
        ((4, 2, 9), "one of 9 frames, got 9"),
    ],
)
def test_a_learning_panel_out_of_range_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        learning_panel(*arguments)


# ---- the mixture and its Bayes floor ---------------------------------------


@pytest.fixture(scope="module")
def mixtures():
    return mixture_panel()


def by_choice(panel):
    """Return the frames of a panel by the labels of its two controls."""
    places = product(*(control.labels for control in panel.controls))
    return dict(zip(places, panel.frames, strict=True))


def test_the_risks_on_the_mixture_are_the_closed_forms(mixtures):
    """Equal eigenvalues, both signs, and rank d/10, with the signal 1."""
    frames, rho = by_choice(mixtures), np.array(mixtures.pictures[0].x)
    kept = np.minimum(rho, 1)
    rf, nt, nn = frames["equal", "1"].lines[0]
    assert np.allclose(rf, 1 / (1 + rho / (1 + rho)))
    assert np.allclose(nt, 1 / (1 + kept))
    assert np.allclose(nn, 1 / (1 + kept))
    rf, nt, nn = frames["both signs", "1"].lines[0]
    assert np.allclose(rf, 1)
    assert np.allclose(nt, 1 / (1 + 1 - (1 - kept) ** 2))
    assert np.allclose(nn, 1 / (1 + kept))
    nn = frames["rank d/10", "1"].lines[0][2]
    assert np.allclose(nn, 1 / (1 + np.minimum(10 * rho, 1)))


def test_the_errors_on_the_mixture_belong_to_the_risks(mixtures):
    for frame in mixtures.frames:
        risks, errors = np.array(frame.lines)
        assert np.allclose(errors, norm.sf(np.sqrt(np.maximum(1 / risks - 1, 0))))


def test_wide_models_reach_the_error_of_bayes_but_not_its_risk(mixtures):
    for (_, signal), frame in by_choice(mixtures).items():
        (_, nt, nn), errors = frame.lines[0], frame.lines[1]
        assert nt[-1] == pytest.approx(1 / (1 + float(signal)))
        assert nn[-1] == pytest.approx(nt[-1])
        assert frame.goals[0][0] < nn[-1] - 0.003
        assert errors[2][-1] == pytest.approx(frame.goals[1][0])


def test_the_row_of_a_mixture_has_the_risks_at_the_mark(mixtures):
    for frame in mixtures.frames:
        chi, *risks, wide, floor = map(float, frame.cells)
        assert 0 <= chi <= 1
        assert floor < wide <= min(risks) + 1e-9
        for line, cell in zip(frame.lines[0], risks, strict=True):
            shown = np.interp(frame.marks[0], mixtures.pictures[0].x, line)
            assert cell == pytest.approx(shown, abs=6e-4)


def test_the_mixture_comes_back_from_the_page(mixtures):
    soup = BeautifulSoup(mixtures._repr_mimebundle_()["text/html"], "html.parser")
    data = json.loads(soup.select_one("figure.rf-panel script").string)
    assert data == mixtures.data()
    assert data["goal"] == "Bayes"
    assert len(soup.select("tbody tr")) == len(mixtures.frames)
