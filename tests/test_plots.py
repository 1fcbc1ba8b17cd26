"""The look of figures, the cover and the favicon."""

import itertools

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from rfbook import cover, headlines, plots
from rfbook.psi import psi_relu_sum

# Full dichromacy in linear RGB: Machado, Oliveira & Fernandes 2009, severity 1.
DICHROMACY = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
TO_XYZ = np.array(
    [
        [0.412391, 0.357584, 0.180481],
        [0.212639, 0.715169, 0.072192],
        [0.019331, 0.119195, 0.950532],
    ]
)
# A just noticeable difference in CIELAB is about 2.3 (Mahy et al. 1994).
NOTICEABLE = 2.3


def linear_rgb(colour: str) -> np.ndarray:
    """Return the linear RGB components of ``#rrggbb``."""
    rgb = np.array(mpl.colors.to_rgb(colour))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def cielab(linear: np.ndarray) -> np.ndarray:
    """Return CIELAB coordinates for the white point of sRGB."""
    t = TO_XYZ @ np.clip(linear, 0, 1) / TO_XYZ.sum(axis=1)
    f = np.where(t > (6 / 29) ** 3, np.cbrt(t), t / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(one: str, other: str) -> float:
    """Return WCAG's contrast of two colours."""
    weights = np.array([0.2126, 0.7152, 0.0722])
    a, b = sorted(weights @ linear_rgb(c) for c in (one, other))
    return (b + 0.05) / (a + 0.05)


@pytest.mark.parametrize("name", plots.COLOURS)
def test_a_colour_stands_out_from_the_ground(name):
    assert contrast(plots.colour(name), plots.PANEL) >= 3


def test_text_is_readable_on_the_ground():
    assert contrast(plots.INK, plots.PANEL) >= 7


@pytest.mark.parametrize("group", [plots.MODELS, plots.KINDS], ids=["models", "kinds"])
@pytest.mark.parametrize("vision", DICHROMACY)
def test_colours_differ_for_every_kind_of_vision(group, vision):
    seen = {
        n: cielab(np.array(DICHROMACY[vision]) @ linear_rgb(c))
        for n, c in group.items()
    }
    for one, other in itertools.combinations(seen, 2):
        # Four times noticeable: curves are thin and lie apart.
        assert np.linalg.norm(seen[one] - seen[other]) >= 4 * NOTICEABLE, (one, other)


def test_a_figure_can_be_read_without_colour():
    assert len(set(plots.MARKERS.values())) == len(plots.MODELS)
    assert len(set(plots.LINES.values())) == len(plots.LINES)
    assert set(plots.MARKERS) == set(plots.MODELS)


def test_the_style_ends_with_its_block():
    before = dict(mpl.rcParams)
    with plots.style():
        assert mpl.rcParams["axes.facecolor"] == plots.PANEL
    assert dict(mpl.rcParams) == before


def test_use_style_stays_and_needs_no_notebook():
    with mpl.rc_context():
        plots.use_style()
        assert mpl.rcParams["axes.facecolor"] == plots.PANEL


@pytest.fixture
def axes():
    """Return axes of a figure that is closed afterwards."""
    with plots.style():
        figure, axes = plots.subplots()
        yield axes
        plt.close(figure)


def test_theory_and_simulation_of_a_model_share_its_colour(axes):
    line = plots.curve(axes, "theory", [0, 1], [0, 1], model="NT")
    bars = plots.points(axes, [0, 1], [0, 1], [0.1, 0.1], model="NT")
    assert line.get_color() == bars.lines[0].get_color() == plots.colour("NT")


def test_bars_are_two_standard_errors(axes):
    bars = plots.points(axes, [1.0, 2.0], [3.0, 4.0], [0.25, 0.5])
    (segments,) = (c.get_segments() for c in bars.lines[2])
    lengths = [float(s[1, 1] - s[0, 1]) for s in segments]
    assert lengths == [1.0, 2.0]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda a: plots.colour("SVM"), "SVM"),
        (lambda a: plots.curve(a, "simulation", [0], [0]), "simulation"),
        (lambda a: plots.curve(a, "theory", [0, 1], [0]), "one length"),
        (lambda a: plots.curve(a, "theory", [[0]], [[0]]), "one length"),
        (lambda a: plots.curve(a, "theory", [0, 1], [0, np.nan]), "y must be finite"),
        (lambda a: plots.curve(a, "theory", [0], [0], model="SVM"), "SVM"),
        (lambda a: plots.points(a, [0], [0], [-1]), "negative"),
        (lambda a: plots.points(a, [0], [np.inf], [1]), "mean must be finite"),
        (lambda a: plots.subplots(0), "at least 1"),
        (lambda a: plots.subplots(height=float("nan")), "height"),
        (lambda a: cover.partial_sum(0, 3, 4), "count"),
        (lambda a: cover.partial_sum(0, 0, 0), "a >= 1"),
    ],
)
def test_wrong_arguments_are_named(axes, call, words):
    with pytest.raises(ValueError, match=words):
        call(axes)


@pytest.mark.parametrize("a", [1, 2, 9])
def test_the_cover_shows_the_function_of_the_psi_chapter(a):
    x = np.linspace(-a - 2, a + 2, 400)
    np.testing.assert_allclose(
        cover.partial_sum(x, a, a), psi_relu_sum(x, a), rtol=0, atol=1e-12
    )


def pixels(path) -> np.ndarray:
    """Return a picture's grey levels as integers."""
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"), dtype=int)


def test_the_cover_and_the_favicon_are_what_the_code_draws(tmp_path):
    cover.main(tmp_path)
    kept = (cover.STATIC / "favicon.svg").read_text("utf-8")
    assert (tmp_path / "favicon.svg").read_text("utf-8") == kept
    drawn, tracked = pixels(tmp_path / "cover.png"), pixels(cover.STATIC / "cover.png")
    assert drawn.shape == tracked.shape
    # Room for another release's antialiasing: on average one grey level of 255.
    assert np.abs(drawn - tracked).mean() <= 1


def test_another_cover_is_told_apart(tmp_path, monkeypatch):
    monkeypatch.setattr(cover, "CORNERS", cover.CORNERS + 2)
    cover.main(tmp_path)
    drawn, tracked = pixels(tmp_path / "cover.png"), pixels(cover.STATIC / "cover.png")
    assert np.abs(drawn - tracked).mean() > 1


def test_the_headline_pictures_are_what_the_code_draws(tmp_path):
    headlines.main(tmp_path)
    for name in headlines.PICTURES:
        drawn, tracked = pixels(tmp_path / name), pixels(cover.STATIC / name)
        assert drawn.shape == tracked.shape
        assert np.abs(drawn - tracked).mean() <= 1


def test_another_headline_is_told_apart(tmp_path, monkeypatch):
    monkeypatch.setattr(headlines, "ERROR", "0.001")
    headlines.main(tmp_path)
    name = "headline-neuron.png"
    assert np.abs(pixels(tmp_path / name) - pixels(cover.STATIC / name)).mean() > 1
