"""Bars stand above zero or hang below it, as tall as their numbers, with their labels."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent, QImage
from PySide6.QtWidgets import QApplication, QToolTip

from mlpviz.gui.theme import Theme
from mlpviz.gui.widgets.bars import Bars

WIDTH, HEIGHT = 240, 140


@pytest.fixture
def theme(qapp) -> Theme:
    return Theme("light")


@pytest.fixture
def bars(qtbot, theme) -> Bars:
    bars = Bars(theme, "bars_test", "Votes")
    qtbot.addWidget(bars)
    bars.resize(WIDTH, HEIGHT)
    with qtbot.waitExposed(bars):
        bars.show()
    return bars


def heights(bars: Bars, n: int) -> list[tuple[int, int]]:
    """The pixels above and below zero of each bar: those that are neither grey nor background."""
    image: QImage = bars.grab().toImage()
    room = HEIGHT - bars.fontMetrics().height() - 2
    zero = (2 + room) / 2
    found = []
    for i in range(n):
        x = round(4 + (i + 0.5) * (WIDTH - 8) / n)
        lit = [y for y in range(int(room)) if image.pixelColor(x, y).hslSaturationF() > 0.3]
        found.append((sum(y < zero for y in lit), sum(y > zero for y in lit)))
    return found


def test_positive_bars_stand_and_negative_ones_hang(bars):
    bars.set_values([1.0, -1.0, 0.5, 0.0], list("abcd"))
    (up, none), (also_none, down), (half, _), (zero, below) = heights(bars, 4)
    assert up > 40
    assert down > 40
    assert abs(up - down) <= 2
    assert half == pytest.approx(up / 2, abs=2)
    assert max(none, also_none, zero, below) <= 1


def test_the_signs_have_different_colours_on_light_and_dark(bars, theme):
    bars.set_values([1.0, -1.0], ["for", "against"])
    for mode in ("light", "dark"):
        theme.set_mode(mode)
        image = bars.grab().toImage()
        up, down = image.pixelColor(62, 20), image.pixelColor(178, 90)
        assert 30 < up.hslHue() < 90, "gold above zero"
        assert 200 < down.hslHue() < 290, "blue below"


def test_the_tallest_bar_fills_the_room_whatever_its_number(bars):
    bars.set_values([1e-6, -5e-7], ["a", "b"])
    small = heights(bars, 2)
    bars.set_values([1e6, -5e5], ["a", "b"])
    assert heights(bars, 2) == small


def test_every_label_is_written_where_there_is_room(bars, theme):
    def inked() -> int:
        image = bars.grab().toImage()
        top = HEIGHT - bars.fontMetrics().height()
        background = image.pixelColor(0, HEIGHT - 1)
        return sum(image.pixelColor(x, y) != background for x in range(WIDTH) for y in range(top, HEIGHT))

    bars.set_values(np.ones(4), ["", "", "", ""])
    empty = inked()
    bars.set_values(np.ones(4), ["0", "1", "2", "3"])
    four = inked()
    bars.set_values(np.ones(4), ["0", "", "", ""])
    one = inked()
    assert empty < one < four
    bars.set_values(np.ones(100), [f"class {i}" for i in range(100)])
    assert inked() > four, "of many labels some are left out, not all"


def test_what_is_not_finite_is_left_out_and_the_others_stay(bars):
    bars.set_values([1.0, np.nan, -1.0, np.inf], list("abcd"))
    (up, _), missing, (_, down), infinite = heights(bars, 4)
    assert up > 40
    assert down > 40
    assert max(*missing, *infinite) <= 1


def test_no_numbers_and_only_zeros(bars):
    bars.set_values([], [])
    bars.grab()
    bars.set_values(np.zeros(10), [str(i) for i in range(10)])
    assert all(max(pair) <= 1 for pair in heights(bars, 10))


@pytest.mark.parametrize(("i", "words"), [(0, "zero: +0.2500"), (1, "one: −1.500"), (2, "two: 0")])
def test_a_tool_tip_tells_the_number_under_the_pointer(bars, i, words):
    bars.set_values([0.25, -1.5, 0.0], ["zero", "one", "two"])
    place = QPoint(round((i + 0.5) * WIDTH / 3), 30)
    event = QHelpEvent(QEvent.Type.ToolTip, place, bars.mapToGlobal(place))
    QApplication.sendEvent(bars, event)
    assert QToolTip.text() == words
    QToolTip.showText(QPoint(), "")  # hides it at once


@pytest.mark.parametrize("x", [5, WIDTH - 6])
def test_the_edges_belong_to_the_outer_bars(bars, x):
    bars.set_values([1.0, 2.0], ["first", "last"])
    place = QPoint(x, 10)
    QApplication.sendEvent(bars, QHelpEvent(QEvent.Type.ToolTip, place, bars.mapToGlobal(place)))
    assert QToolTip.text().startswith("first" if x == 5 else "last")
    QToolTip.showText(QPoint(), "")  # hides it at once


def test_screen_readers_are_told_what_the_bars_are(bars):
    assert bars.accessibleName() == "Votes"


def test_marks_stand_where_their_numbers_are(bars):
    bars.set_values([1.0, -1.0], ["a", "b"])
    bars.set_marks([2.0, -1.0], "wanted:")
    image = bars.grab().toImage()
    text = bars._theme.color("text").name()
    dark = [y for y in range(HEIGHT) if image.pixelColor(round(4 + 0.25 * (WIDTH - 8)), y).name() == text]
    assert dark, "the mark of the first bar is to be seen"
    (up, _), _ = heights(bars, 2)
    room = HEIGHT - bars.fontMetrics().height() - 2
    assert min(dark) <= 4, "twice the bar is the end of the scale"
    assert up == pytest.approx((room - 2) / 4, abs=3), "so the bar itself takes half of its side"


def test_marks_must_be_as_many_as_bars_and_go_with_them(bars):
    bars.set_values([1.0, -1.0], ["a", "b"])
    with pytest.raises(ValueError, match="2 bars need as many marks"):
        bars.set_marks([1.0], "wanted:")
    bars.set_marks([1.0, 1.0], "wanted:")
    bars.set_values([1.0, -1.0, 0.0], ["a", "b", "c"])
    assert not bars.grab().isNull()
