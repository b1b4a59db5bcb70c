"""The confusion matrix: cells and heads to point at and choose, by mouse and by keys."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from mlpviz.gui.theme import Theme
from mlpviz.gui.widgets.confusion_map import ConfusionMap

MATRIX = np.array([[90, 4, 0], [7, 80, 1], [0, 12, 0]])
NAMES = ("0", "1", "2")


@pytest.fixture
def view(qtbot, theme):
    widget = ConfusionMap(theme, "plot_confusion")
    qtbot.addWidget(widget)
    widget.resize(400, 380)
    widget.set_matrix(MATRIX, MATRIX.sum(axis=1), NAMES)
    widget.show()
    widget.activateWindow()
    widget.setFocus()
    qtbot.waitUntil(widget.hasFocus)
    return widget


@pytest.fixture
def chosen(view):
    found = []
    view.chosen.connect(found.append)
    return found


def middle(view, row, column) -> QPoint:
    return view.cell_rect(row, column).center().toPoint()


def test_a_click_chooses_a_cell_and_again_takes_it_back(qtbot, view, chosen):
    for _ in range(2):
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=middle(view, 1, 0))
    assert chosen == [(1, 0), None]


def test_the_heads_choose_whole_rows_and_columns(qtbot, view, chosen):
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=middle(view, 2, None))
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=middle(view, None, 1))
    assert chosen == [(2, None), (None, 1)]


def test_a_click_beside_the_cells_chooses_nothing(qtbot, view, chosen):
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    qtbot.mouseClick(view, Qt.MouseButton.RightButton, pos=middle(view, 0, 1))
    assert chosen == []


def test_keys(qtbot, view, chosen):
    keys = Qt.Key
    for key in (keys.Key_Down, keys.Key_Right, keys.Key_Return):  # the first only points at the first cell
        qtbot.keyClick(view, key)
    assert chosen == [(0, 1)]
    for key in (keys.Key_Up, keys.Key_Return):  # to the head of the column
        qtbot.keyClick(view, key)
    assert chosen[-1] == (None, 1)
    for key in (keys.Key_Down, keys.Key_Left, keys.Key_Left, keys.Key_Left, keys.Key_Enter):
        qtbot.keyClick(view, key)
    assert chosen[-1] == (0, None)  # the head of the row is where it ends
    qtbot.keyClick(view, keys.Key_Escape)
    assert chosen[-1] is None


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ((1, 0), "7 examples of 1 were read as 0, 7.95\u202f% of them all"),
        ((2, 0), "no example of 2 was read as 0"),
        ((0, 0), "90 examples of 0 were rightly read as 0, 95.7\u202f% of them all"),
        ((1, None), "88 examples of 1 in all, 8 of them misread"),
        ((None, 1), "“1” was said 96 times, 16 of them wrongly"),
        (None, ""),
    ],
)
def test_what_a_place_means(view, place, words):
    assert view.words(place) == words


def test_what_is_pointed_at_is_told(qtbot, view):
    with qtbot.waitSignal(view.hovered) as told:
        QTest.mouseMove(view, middle(view, 0, 1))
    assert told.args == ["4 examples of 0 were read as 1, 4.26\u202f% of them all"]
    assert view.accessibleDescription() == told.args[0]


def test_a_class_never_said(view):
    view.set_matrix(np.array([[3, 0], [2, 0]]), np.array([3, 2]), NAMES[:2])
    assert view.words((None, 1)) == "“1” was never said"


def test_mistakes_stand_out_and_the_diagonal_is_quiet(view):
    def strength(row, column):
        """How far the cell's ground is from the card's."""
        place = view.cell_rect(row, column).topLeft() + QPoint(4, 4)
        color, card = image.pixelColor(place.toPoint()), view._theme.color("card")
        return sum(abs(a - b) for a, b in zip(color.getRgb()[:3], card.getRgb()[:3], strict=True))

    image = view.grab().toImage()
    assert strength(0, 2) == 0  # nobody made that mistake
    assert 0 < strength(0, 0) < strength(1, 2) < strength(0, 1) < strength(2, 1)


def test_light_and_dark(view):
    light = view.grab().toImage()
    view._theme.set_mode("dark")
    assert view.grab().toImage() != light
    view._theme.set_mode("light")
    assert view.grab().toImage() == light


@pytest.mark.parametrize("n", [1, 2, 26])
def test_any_number_of_classes(qtbot, n):
    widget = ConfusionMap(Theme("light"), "plot_confusion")
    qtbot.addWidget(widget)
    widget.resize(widget.minimumSizeHint())
    widget.set_matrix(np.eye(n, dtype=int), np.ones(n, int), [f"class {k}" for k in range(n)])
    widget.grab()
    for k in range(n):
        assert widget.place_at(widget.cell_rect(k, k).center()) == (k, k)
    assert widget.rect().contains(widget.cell_rect(n - 1, n - 1).toRect())


def test_nothing_to_show(qtbot):
    widget = ConfusionMap(Theme("light"), "plot_confusion")
    qtbot.addWidget(widget)
    widget.grab()
    qtbot.keyClick(widget, Qt.Key.Key_Down)
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)
    assert widget.words((0, 0)) == ""
