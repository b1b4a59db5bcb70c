"""Each picture in each kind of file: another reader opens it, its words are words, and nothing is cut off."""

import base64
import io
import re
import subprocess
from shutil import which
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QByteArray
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractScrollArea, QScrollBar, QWidget

from mlpviz.files.pictures import read_recipe
from mlpviz.gui.figures.catalogue import FIGURES, figure_entry, figure_of
from mlpviz.gui.figures.exporting import numbers_of, picture_file
from mlpviz.gui.figures.frame import caption_of, picture_of
from mlpviz.gui.pages import PAGES
from mlpviz.gui.theme import DARK, LIGHT

SHOWN = {
    "digits": "weights curves loss accuracy gradients cost biases "
    "confusion mistakes classes calibration verdict ways stage",
    "one layer": "collapsed",
    "moons": "boundary units network cost mistakes stage",
    "plane": "boundary cost confusion mistakes curves",
    "line": "boundary cost confusion network stage",
    "xor": "boundary units network weights",
    "three": "boundary units network confusion classes calibration",
    "imbalanced": "biases confusion classes",
    "several": "compared-loss compared-accuracy compared-gradients depth differences",
    "seeds": "seed-curves seed-ends",
}
CASES = [(run, figure) for run, figures in SHOWN.items() for figure in figures.split()]
each_case = pytest.mark.parametrize(("run", "figure"), CASES, ids=lambda name: name.replace(" ", "-"))
each_kind = pytest.mark.parametrize(("figure", "run"), {figure: run for run, figure in CASES[::-1]}.items())
"""Of each picture one: the first that is listed."""
LEGENDS = {
    ("digits", "curves"): ["training", "validation", "step"],
    ("digits", "gradients"): ["Gradient norm", "layer 1", "layer 2"],
    ("digits", "confusion"): ["said", "true", *"0123456789"],
    ("digits", "calibration"): ["accuracy", "100\N{NARROW NO-BREAK SPACE}%"],
    ("moons", "boundary"): ["upper", "lower", "held out", "boundary", "x1", "x2", "1.5"],
    ("moons", "units"): ["Units of layer 1", "8 units, tanh", "+1.00"],
    ("moons", "network"): ["inputs", "layer 1", "layer 2", "x1", "x2"],
    ("plane", "boundary"): ["target above 0", "below", "prediction 0"],
    ("line", "boundary"): ["Fit", "training", "the network", "least squares"],
    ("three", "boundary"): ["top", "left", "right"],
    ("imbalanced", "biases"): ["Biases of layer 1"],
}
CAPTIONS = {"several": "Sigmoid, ReLU", "seeds": "3 seeds from 0 to 2"}
CONTROLS = re.compile(r"[Cc]lick|[Pp]ress |[Hh]over|[Dd]rag|[▾▴‹›✕]|Show more|Forget|^(log|linear|Code)$")
SLACK_PX = 1.5


def test_each_picture_is_of_widgets_that_there_are_on_its_page(qtbot, run_of, view_of):
    keys = {entry.key for entry in PAGES}
    for entry in FIGURES:
        assert not entry.page or entry.page in keys
        assert figure_entry(entry.name) is entry
        if len(entry.parts) == 1:
            assert figure_of(entry.parts[0]) is entry
    assert {figure for _, figure in CASES} == {entry.name for entry in FIGURES if entry.page}


def test_a_picture_that_is_none_is_told_with_those_that_there_are():
    with pytest.raises(
        ValueError, match=r"unknown picture 'weight'; known are: weights, .*did you mean 'weights'"
    ):
        figure_entry("weight")


@each_case
class TestInAnyRun:
    def test_opens_as_an_svg_and_has_its_title_legend_and_caption_in_words(
        self, run, figure, run_of, view_of, svg_of, words_of
    ):
        content = svg_of(view_of(figure), run)
        renderer = QSvgRenderer(QByteArray(content))
        assert renderer.isValid()
        size = renderer.defaultSize()
        assert (size.width(), size.height()) == figure_entry(figure).size
        image = QImage(size, QImage.Format.Format_RGB32)
        image.fill(0xFF00FF)
        painter = QPainter(image)
        renderer.render(painter)
        painter.end()
        assert image.pixelColor(2, 2).name().upper() == LIGHT.card
        said = [words.text for words in words_of(content)]
        caption = CAPTIONS.get(run, run_of(run).experiment.title)
        assert any(caption in text for text in said)
        missing = [word for word in LEGENDS.get((run, figure), ()) if word not in said]
        assert not missing, f"{missing} are not among {said}"

    def test_has_no_word_that_belongs_to_a_control(self, run, figure, view_of, svg_of, words_of):
        said = [words.text for words in words_of(svg_of(view_of(figure), run))]
        assert [text for text in said if CONTROLS.search(text)] == []

    def test_cuts_no_word_off(self, run, figure, view_of, svg_of, words_of):
        view = view_of(figure)
        for words in words_of(svg_of(view, run)):
            assert words.size >= 11
            for room in ((0, 0, view.width, view.height), words.clip):
                inside = (
                    words.box[0] >= room[0] - SLACK_PX
                    and words.box[1] >= room[1] - SLACK_PX
                    and words.box[2] <= room[2] + SLACK_PX
                    and words.box[3] <= room[3] + SLACK_PX
                )
                assert inside, f"{words} is cut off by {room}"


@each_kind
class TestEachKind:
    def test_opens_as_a_png_in_its_size_with_more_than_its_ground(self, run, figure, run_of, view_of, qtbot):
        view = view_of(figure)
        with Image.open(io.BytesIO(picture_file(view, run_of(run), ".png"))) as image:
            image.load()
            assert image.size == (view.width, view.height)
            colors = np.unique(np.array(image.convert("RGB")).reshape(-1, 3), axis=0)
        assert len(colors) > 20

    def test_has_every_widget_inside_the_one_that_holds_it_and_nothing_to_scroll(
        self, run, figure, run_of, view_of, qtbot
    ):
        with picture_of(view_of(figure), run_of(run), 1.0) as picture:
            for widget in picture.findChildren(QWidget):
                if not widget.isVisible() or isinstance(widget.parentWidget(), QAbstractScrollArea):
                    continue
                assert not isinstance(widget, QScrollBar), widget.parentWidget()
                parent = widget.parentWidget()
                inside = parent.rect().contains(widget.geometry()) or widget.geometry().isEmpty()
                assert inside, f"{widget} {widget.geometry()} in {parent} {parent.rect()}"

    def test_is_in_the_colours_of_the_dark_palette_too(
        self, run, figure, run_of, view_of, svg_of, words_of, qtbot
    ):
        view = view_of(figure, theme="dark")
        content = svg_of(view, run)
        colors = {words.color.upper() for words in words_of(content)}
        assert {DARK.text, DARK.secondary} <= colors
        assert not {LIGHT.text, LIGHT.secondary} & colors
        grounds = re.findall(rb'<path [^>]*fill="(#\w+)"', content)[:2]
        assert {color.decode().upper() for color in grounds} <= {DARK.ground, DARK.card}

    def test_opens_as_a_pdf_of_one_page_with_its_words_and_fonts(
        self, run, figure, run_of, view_of, tmp_path, qtbot
    ):
        view, held = view_of(figure), run_of(run)
        content = picture_file(view, held, ".pdf")
        (tmp_path / "x.pdf").write_bytes(content)
        assert read_recipe(tmp_path / "x.pdf").view == view
        assert content.count(b"/Type /Page\n") == 1
        box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", content).groups()
        assert [float(side) for side in box] == pytest.approx(
            [0.75 * view.width, 0.75 * view.height], abs=0.5
        )
        assert b"DejaVuSans" in content
        if which("pdftotext") is not None:
            told = subprocess.run(
                ["pdftotext", tmp_path / "x.pdf", "-"], check=True, capture_output=True, text=True
            )
            assert told.stderr == ""
            assert CAPTIONS.get(run, held.experiment.title) in told.stdout.replace("\n", " ")

    def test_has_numbers_behind_it(self, run, figure, run_of, view_of, qtbot):
        numbers = numbers_of(view_of(figure), run_of(run))
        assert numbers
        assert all(isinstance(array, np.ndarray) and array.size for array in numbers.values())


NOT_SHOWN = [
    ("digits", "boundary", "one or two inputs"),
    ("digits", "units", "one or two inputs"),
    ("digits", "network", "too many units"),
    ("digits", "collapsed", "no two layers with nothing between"),
    ("plane", "units", "hidden layer"),
    ("plane", "accuracy", "no classes"),
    ("line", "biases", "no biases"),
    ("line", "classes", "no classes"),
    ("line", "calibration", "no classes"),
]


@pytest.mark.parametrize(("run", "figure", "why"), NOT_SHOWN)
def test_what_a_run_has_no_picture_of_is_told_with_the_reason(qtbot, run_of, view_of, run, figure, why):
    with pytest.raises(ValueError, match=f"there is no picture '{figure}' of '.*': .*{why}"):
        picture_file(view_of(figure), run_of(run), ".svg")


class TestCaption:
    def test_says_what_is_on_show_and_when_and_from_which_seed(self, run_of):
        assert caption_of(run_of("digits")) == "Digits · step 20 · epoch 2 of 3 · seed 0"

    def test_says_which_examples_the_picture_speaks_of(self, view_of, svg_of, words_of):
        said = [words.text for words in words_of(svg_of(view_of("confusion"), "digits"))]
        assert "Digits · step 20 · epoch 2 of 3 · seed 0 · test examples" in said

    def test_may_be_others_words_or_none(self, view_of, svg_of, words_of):
        own = [
            w.text for w in words_of(svg_of(view_of("loss", caption="Figure 3. <The> loss & more"), "digits"))
        ]
        assert own[-1] == "Figure 3. <The> loss & more"
        none = [words.text for words in words_of(svg_of(view_of("loss", caption=""), "digits"))]
        assert len(none) == len(own) - 1

    def test_that_is_long_takes_more_lines(self, view_of, svg_of, words_of):
        caption = "A long caption that says much about the loss. " * 8
        lines = [
            w
            for w in words_of(svg_of(view_of("loss", caption=caption), "digits"))
            if "caption" in w.text or "loss" in w.text
        ]
        assert "".join(line.text for line in lines).count("caption") == 8
        assert len({line.box[1] for line in lines}) > 3


class TestSvgFile:
    def test_says_in_its_title_and_description_what_it_is(self, view_of, svg_of):
        root = ElementTree.fromstring(svg_of(view_of("loss", caption="Mine"), "digits"))
        texts = {element.tag.partition("}")[2]: element.text for element in root}
        assert texts["title"] == "Loss: Digits · step 20 · epoch 2 of 3 · seed 0"
        assert texts["desc"] == "Mine"

    def test_draws_curves_as_lines_and_not_as_pixels(self, view_of, svg_of):
        content = svg_of(view_of("curves"), "digits")
        assert b"<image" not in content
        assert content.count(b"<path") > 50

    def test_keeps_the_pixels_of_weights_sharp(self, view_of, svg_of):
        root = ElementTree.fromstring(svg_of(view_of("weights"), "digits"))
        images = list(root.iter("{http://www.w3.org/2000/svg}image"))
        assert images
        assert images[0].get("style") == "image-rendering:pixelated"
        data = images[0].get("{http://www.w3.org/1999/xlink}href").partition("base64,")[2]
        with Image.open(io.BytesIO(base64.b64decode(data))) as embedded:
            # For readers that smooth what they enlarge: nothing has to be enlarged.
            assert embedded.width >= 2 * float(images[0].get("width")) * 0.9
