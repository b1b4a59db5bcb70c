"""The reliability diagram: bins pointed at by mouse and keys, told in words."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from mlpviz.gui.widgets.calibration_view import CalibrationView
from mlpviz.training.calibration import calibration


@pytest.fixture
def view(qtbot, theme):
    widget = CalibrationView(theme, "plot_calibration")
    qtbot.addWidget(widget)
    widget.resize(360, 340)
    certainty = np.array([0.95, 0.97, 0.92, 0.55, 0.55])
    widget.set_calibration(calibration(certainty, np.array([True, True, False, True, False])))
    widget.show()
    widget.activateWindow()
    widget.setFocus()
    qtbot.waitUntil(widget.hasFocus)
    return widget


def test_a_bin_in_words(view):
    thin = "\u202f"
    assert view.words(9) == (
        f"certain by 90.0{thin}% to 100{thin}%: 3 examples, 94.7{thin}% certain on average, 66.7{thin}% right"
    )
    assert view.words(0) == f"certain by 0{thin}% to 10.0{thin}%: no example"
    assert view.words(-1) == ""


def test_keys_go_from_the_surest_bin_on(qtbot, view):
    told = []
    view.hovered.connect(told.append)
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Right):
        qtbot.keyClick(view, key)
    assert told == [view.words(9), view.words(8), view.words(9)]  # and there it ends
    assert view.accessibleDescription() == view.words(9)


def test_the_pointer(qtbot, view):
    told = []
    view.hovered.connect(told.append)
    for x in range(0, view.width(), 3):
        QTest.mouseMove(view, QPoint(x, 100))
    bins = [words for words in told if words]
    assert bins == [view.words(b) for b in range(10)]


def test_nothing_to_show_and_light_and_dark(view):
    light = view.grab().toImage()
    view._theme.set_mode("dark")
    assert view.grab().toImage() != light
    view.set_calibration(None)
    view.grab()
    assert view.words(3) == ""
    view.set_calibration(calibration(np.full(2, np.nan), np.zeros(2, bool)))
    view.grab()
    assert "no example" in view.words(3)
