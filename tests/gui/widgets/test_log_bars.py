"""Bars on a logarithmic axis stand on their foot, in groups, and tell their numbers."""

import math

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent, QImage
from PySide6.QtWidgets import QApplication, QToolTip

from mlpviz.gui.theme import Theme
from mlpviz.gui.widgets.log_bars import BarRow, LogBars, MarkRow


@pytest.fixture
def theme(qapp) -> Theme:
    return Theme("light")


@pytest.fixture
def make(qtbot, theme):
    def make(base=None) -> LogBars:
        bars = LogBars(theme, "bars_test", "Gradients", base)
        qtbot.addWidget(bars)
        bars.words_told = []
        bars.told.connect(bars.words_told.append)
        bars.resize(360, 240)
        with qtbot.waitExposed(bars):
            bars.show()
        return bars

    return make


def extents(bars: LogBars, theme: Theme, color: int) -> list[tuple[int, int]]:
    """Top and bottom of each bar of a colour, from left to right, from the full colour of its frame."""
    image: QImage = bars.grab().toImage()
    wanted = theme.color(color).name()
    columns = {
        x: [y for y in range(16, image.height() - 20) if image.pixelColor(x, y).name() == wanted]
        for x in range(57, image.width())
    }
    found, inside = [], False
    for _, lit in sorted(columns.items()):
        if len(lit) > 4 and not inside:
            found.append((min(lit), max(lit)))
        inside = bool(lit)
    return found


def test_ten_times_as_much_is_always_as_much_higher(make, theme):
    bars = make()
    bars.set_bars(["layer 1", "layer 2", "layer 3"], [BarRow("a", 0, [0.001, 0.01, 0.1])])
    tops = [top for top, _ in extents(bars, theme, 0)]
    assert len(tops) == 3
    assert tops[0] - tops[1] == pytest.approx(tops[1] - tops[2], abs=1.5)
    assert tops[0] > tops[1]


def test_factors_go_up_and_down_from_one(make, theme):
    bars = make(base=1.0)
    bars.set_bars(["layer 1", "layer 2"], [BarRow("a", 0, [2.0, 0.5])])
    (up_top, up_bottom), (down_top, down_bottom) = extents(bars, theme, 0)
    assert up_bottom == pytest.approx(down_top, abs=3)
    assert up_bottom - up_top == pytest.approx(down_bottom - down_top, abs=3)


def test_what_has_no_logarithm_leaves_its_place_empty(make, theme):
    bars = make()
    bars.set_bars(["layer 1", "layer 2"], [BarRow("a", 0, [0.0, math.nan]), BarRow("b", 2, [1.0, 2.0])])
    assert extents(bars, theme, 0) == []
    assert "a 0, b 1.00" in bars.words(0)
    assert "a –" in bars.words(1)


def test_nothing_to_show_is_no_error(make):
    bars = make()
    bars.set_bars([], [])
    bars.grab()
    assert bars.group_at(200) == -1


def test_pointer_and_arrow_keys_tell_a_group(qtbot, make):
    bars = make()
    bars.set_bars(["layer 1", "layer 2"], [BarRow("a", 0, [1.0, 2.0])], [MarkRow("both", 0, [3.0, 4.0])])
    assert bars.group_at(10) == -1
    qtbot.mouseMove(bars, QPoint(100, 100))
    qtbot.keyClick(bars, Qt.Key.Key_Right)
    qtbot.keyClick(bars, Qt.Key.Key_Right)
    assert bars.words_told[-1] == "layer 2: a 2.00, both 4.00"
    qtbot.keyClick(bars, Qt.Key.Key_Left)
    assert bars.words_told[-1] == "layer 1: a 1.00, both 3.00"
    bars.set_bars(["layer 1", "layer 2"], [BarRow("a", 0, [5.0, 2.0])])
    assert bars.words_told[-1] == "layer 1: a 5.00"
    QApplication.sendEvent(bars, QEvent(QEvent.Type.Leave))
    assert bars.words_told[-1] == ""
    assert bars.accessibleDescription() == "layer 1: a 5.00; layer 2: a 2.00"


def test_the_tip_holds_a_line_a_number(make):
    bars = make()
    bars.set_bars(["layer 1"], [BarRow("a", 0, [1.0]), BarRow("b", 1, [2.0])])
    place = QPoint(200, 100)
    QApplication.sendEvent(bars, QHelpEvent(QEvent.Type.ToolTip, place, bars.mapToGlobal(place)))
    assert QToolTip.text() == "layer 1\na 1.00\nb 2.00"
    QToolTip.hideText()


def test_many_runs_in_a_small_place_and_in_the_dark(make, theme):
    bars = make(base=1.0)
    bars.resize(180, 110)
    rows = [BarRow(f"run {k}", k, [0.5] * 9, pale=k % 2 == 0) for k in range(8)]
    bars.set_bars([f"layer {i + 1}" for i in range(9)], rows)
    light = bars.grab().toImage()
    theme.set_mode("dark")
    assert bars.grab().toImage() != light


def test_a_row_may_have_no_value_in_the_last_groups(make, theme):
    """A network with fewer layers than the others has no such layer: it is not spoken of."""
    bars = make()
    rows = [BarRow("tanh, wide", 0, [1.0]), BarRow("deep", 2, [1.0, 2.0])]
    bars.set_bars(["layer 1", "layer 2"], rows, [MarkRow("both", 0, [1.0])])
    assert bars.lines(0) == ["tanh, wide 1.00", "deep 1.00", "both 1.00"]
    assert bars.lines(1) == ["deep 2.00"]
