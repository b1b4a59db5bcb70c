"""Residuals against predictions: dots to choose from."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from mlpviz.gui.widgets.residuals_view import ResidualsView

SAID = np.array([3.0, 1.0, 2.0, np.nan])
RESIDUALS = np.array([0.5, -1.0, 0.0, np.nan])


@pytest.fixture
def view(qtbot, theme):
    widget = ResidualsView(theme, "plot_residuals")
    qtbot.addWidget(widget)
    widget.resize(400, 300)
    widget.set_residuals(SAID, RESIDUALS)
    widget.show()
    widget.activateWindow()
    widget.setFocus()
    qtbot.waitUntil(widget.hasFocus)
    return widget


def test_right_is_what_was_said_and_up_is_too_large(view):
    places = [view.place_of(i) for i in range(3)]
    assert places[1].x() < places[2].x() < places[0].x()
    assert places[0].y() < places[2].y() < places[1].y()
    assert all(view.rect().contains(place.toPoint()) for place in places)


def test_a_click_near_a_dot_chooses_it(qtbot, view):
    chosen = []
    view.chosen.connect(chosen.append)
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.place_of(2).toPoint() + QPoint(4, 3))
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
    assert chosen == [2]


def test_keys_go_from_the_least_said_on(qtbot, view):
    chosen = []
    view.chosen.connect(chosen.append)
    view.chosen.connect(view.set_selected)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left):
        qtbot.keyClick(view, key)
    assert chosen == [1, 2, 1]


@pytest.mark.parametrize("said", [np.zeros(0), np.full(3, np.nan), np.full(3, 2.0)])
def test_nothing_not_finite_and_all_the_same(view, said):
    view.set_selected(0 if len(said) else None)
    view.set_residuals(said, said)
    view.grab()
