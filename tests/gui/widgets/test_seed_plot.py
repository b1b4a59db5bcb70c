"""The two pictures of many seeds: every run can be seen, pointed at and put in front."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel

from mlpviz.gui.theme import DARK, LIGHT, Theme, mix
from mlpviz.gui.widgets.legend import LegendEntry
from mlpviz.gui.widgets.plot_canvas import PlotCanvas
from mlpviz.gui.widgets.seed_curves import SeedCurves
from mlpviz.gui.widgets.seed_dots import SeedDots
from mlpviz.training.sweep_summary import summary

KINDS = {"curves": SeedCurves, "dots": SeedDots}


@pytest.fixture
def theme(qapp) -> Theme:
    return Theme("light")


@pytest.fixture
def runs(seed_result):
    """Falling from 1 to their ends over 200 steps."""
    ends = {0: (0.001, "learnt"), 1: (0.002, "learnt"), 2: (0.3, "plateau"), 3: (0.1, "not learnt")}
    return [seed_result(seed, loss, verdict, steps=200) for seed, (loss, verdict) in ends.items()]


@pytest.fixture
def make_plot(qtbot, theme, runs):
    def make(kind):
        plot = KINDS[kind](theme)
        qtbot.addWidget(plot)
        plot.resize(700, 300)
        plot.set_runs(runs)
        with qtbot.waitExposed(plot):
            plot.show()
        return plot

    return make


@pytest.fixture(params=KINDS)
def plot(request, make_plot):
    """Either kind."""
    return make_plot(request.param)


@pytest.fixture
def curves(make_plot):
    return make_plot("curves")


@pytest.fixture
def dots(make_plot):
    return make_plot("dots")


def part(plot, kind, name):
    return plot.findChild(kind, f"{plot.objectName()}_{name}")


def area(plot) -> PlotCanvas:
    return part(plot, PlotCanvas, "plot")


def seen(plot, color: str | QColor, off_by: int = 2) -> int:
    """The number of pixels in the plotting area of about a colour."""
    wanted, picture = QColor(color).getRgb()[:3], area(plot).grab().toImage()
    pixels = (
        picture.pixelColor(x, y).getRgb()[:3] for x in range(picture.width()) for y in range(picture.height())
    )
    return sum(all(abs(a - b) <= off_by for a, b in zip(pixel, wanted, strict=True)) for pixel in pixels)


def point(plot, place: QPoint) -> None:
    """Move the pointer."""
    at, none = QPointF(place), Qt.MouseButton.NoButton
    there = area(plot).mapToGlobal(at)
    event = QMouseEvent(QEvent.Type.MouseMove, at, there, none, none, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(area(plot), event)


def quiet(color: str, part: float, ground: str = LIGHT.card) -> QColor:
    return mix(QColor(color), QColor(ground), part)


def place_of(plot, seed: int, x: float = 190.0) -> QPoint:
    """Where a run is in the plotting area; a curve at a step."""
    at = (float(seed), plot.lines.end(seed)) if isinstance(plot, SeedDots) else plot._place_of(seed, x)
    return area(plot).place_of(*at).toPoint()


def readout(plot) -> str:
    """What it says about a place, empty where it says nothing."""
    label = part(plot, QLabel, "readout")
    return label.text() if label.isVisible() else ""


def test_each_verdict_has_its_colour(curves, dots):
    for plot, part_of_it in ((curves, 0.5), (dots, 0.6)):
        assert seen(plot, quiet(LIGHT.training, part_of_it)) > 30
    for plot, part_of_it in ((curves, 0.85), (dots, 0.6)):
        assert seen(plot, quiet(LIGHT.validation, part_of_it)) > 15
        assert seen(plot, quiet(LIGHT.secondary, part_of_it)) > 10


def test_a_change_of_theme_restyles_at_once(curves, dots, theme):
    theme.set_mode("dark")
    for plot, part_of_it in ((curves, 0.5), (dots, 0.6)):
        assert seen(plot, quiet(LIGHT.training, part_of_it)) == 0
        assert seen(plot, quiet(DARK.training, part_of_it, DARK.card)) > 30


def test_the_legend_names_the_verdicts_there_are_and_hides_their_runs(plot, qtbot):
    shown = {entry.text() for entry in plot.findChildren(LegendEntry) if entry.isVisible()}
    assert shown - {"median"} == {"learnt", "plateau", "not learnt"}
    color = quiet(LIGHT.training, 0.5 if isinstance(plot, SeedCurves) else 0.6)
    qtbot.mouseClick(part(plot, LegendEntry, "legend_learnt"), Qt.MouseButton.LeftButton)
    assert seen(plot, color) == 0
    qtbot.mouseClick(part(plot, LegendEntry, "legend_learnt"), Qt.MouseButton.LeftButton)
    assert seen(plot, color) > 30


def test_the_median_and_the_middle_half_are_shown_until_they_are_hidden(curves, runs, qtbot):
    band = quiet(LIGHT.text, 0.1)
    assert seen(curves, LIGHT.text) == 0
    assert seen(curves, band) < 50  # of words
    curves.set_spread(summary(runs).loss_curve)
    assert seen(curves, LIGHT.text) > 30
    assert seen(curves, band) > 500
    qtbot.mouseClick(part(curves, LegendEntry, "legend_median"), Qt.MouseButton.LeftButton)
    assert seen(curves, LIGHT.text) == 0
    assert seen(curves, band) < 50


def test_a_median_that_is_nowhere_leaves_the_picture_empty(curves, seed_result):
    gone = [seed_result(seed, float("inf"), "diverged", steps=0) for seed in (0, 1)]
    curves.set_runs(gone)
    curves.set_spread(summary(gone).loss_curve)
    assert seen(curves, LIGHT.text) == 0
    assert seen(curves, quiet(LIGHT.text, 0.1)) < 50


def test_the_chosen_run_is_in_front(plot):
    assert seen(plot, LIGHT.accent) == 0
    plot.set_seed(2)
    assert seen(plot, LIGHT.accent) > (100 if isinstance(plot, SeedCurves) else 10)
    plot.set_seed(9)
    assert seen(plot, LIGHT.accent) == 0


def test_the_run_under_the_pointer_is_told_and_ringed(plot):
    assert readout(plot) == ""
    point(plot, place_of(plot, 3))
    assert readout(plot) == "seed 3 · not learnt · loss 0.100 · accuracy 50.0\N{NARROW NO-BREAK SPACE}%"
    assert seen(plot, LIGHT.text) > 10
    point(plot, QPoint(60, area(plot).height() - 30))
    assert readout(plot) == ""
    assert seen(plot, LIGHT.text) == 0


@pytest.mark.parametrize("how", ["leave", "escape", "beside"])
def test_the_readout_goes(plot, qtbot, how):
    point(plot, place_of(plot, 3))
    assert readout(plot)
    if how == "leave":
        QApplication.sendEvent(area(plot), QEvent(QEvent.Type.Leave))
    elif how == "escape":
        qtbot.keyClick(area(plot), Qt.Key.Key_Escape)
    else:
        point(plot, QPoint(5, 5))
    assert readout(plot) == ""


def test_the_readout_stands_where_the_run_is_not(dots):
    label, inside = part(dots, QLabel, "readout"), area(dots).inside
    point(dots, place_of(dots, 0))
    assert label.geometry().right() == pytest.approx(inside.right(), abs=8)
    point(dots, place_of(dots, 3))
    assert label.geometry().left() == pytest.approx(inside.left(), abs=8)


def test_a_click_chooses_and_a_drag_moves(plot, qtbot):
    clicked = []
    plot.chosen.connect(clicked.append)
    place = place_of(plot, 2)
    qtbot.mouseClick(area(plot), Qt.MouseButton.LeftButton, pos=place)
    assert clicked == [2]
    qtbot.mouseClick(area(plot), Qt.MouseButton.RightButton, pos=place)
    qtbot.mouseClick(area(plot), Qt.MouseButton.LeftButton, pos=QPoint(60, area(plot).height() - 30))
    before = area(plot).ranges
    qtbot.mousePress(area(plot), Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseMove(area(plot), place - QPoint(40, 0))
    qtbot.mouseRelease(area(plot), Qt.MouseButton.LeftButton, pos=place - QPoint(40, 0))
    assert area(plot).ranges[0][0] > before[0][0]
    assert clicked == [2]


@pytest.mark.parametrize("how", ["key", "double click", "log"])
def test_it_follows_the_runs_until_somebody_zooms_and_again_after_fit(
    plot, runs, seed_result, qtbot, how, zoom
):
    zoom(area(plot))
    zoomed = area(plot).ranges
    more = [*runs, seed_result(9, 1e-6, steps=400)]
    plot.set_runs(more)
    assert area(plot).ranges == zoomed
    if how == "key":
        qtbot.keyClick(area(plot), Qt.Key.Key_F)
    elif how == "double click":
        qtbot.mouseDClick(area(plot), Qt.MouseButton.LeftButton)
    else:
        plot.set_log(True)
    (_, right), (bottom, _) = area(plot).ranges
    assert right >= (400 if isinstance(plot, SeedCurves) else 9)
    assert bottom < -6


def test_left_and_right_ask_for_other_runs(plot, qtbot):
    steps = []
    plot.stepped.connect(steps.append)
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
        qtbot.keyClick(area(plot), key)
    assert steps == [-1, 1]


def test_a_linear_axis_shows_the_same_runs(plot):
    plot.set_log(False)
    low, high = area(plot).ranges[1]
    assert low < 0.001
    assert 0.3 < high < 1.2
    point(plot, place_of(plot, 2))
    assert readout(plot).startswith("seed 2 · plateau")


def test_a_run_that_diverged_at_once_has_a_mark_above_the_others(dots, runs, seed_result):
    dots.set_runs([*runs, seed_result(4, float("inf"), "diverged", steps=0)])
    assert place_of(dots, 4).y() < min(place_of(dots, seed).y() for seed in range(4))
    assert seen(dots, LIGHT.error, off_by=60) > 3


def test_a_screen_reader_is_told_what_it_is_and_what_to_press(plot):
    assert plot.accessibleName() in ("Loss", "At the end")
    assert area(plot).accessibleName() == f"plot of {plot.accessibleName()}"
    assert "left and right go from seed to seed, F fits" in plot.accessibleDescription()


def test_no_runs_are_an_empty_picture(plot):
    plot.set_runs([])
    plot.set_seed(3)
    area(plot).grab()
    point(plot, area(plot).rect().center())
    assert readout(plot) == ""
