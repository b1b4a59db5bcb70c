"""A mosaic shows every image, tells which is under the pointer, and lets one be chosen."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from mlpviz.figures.colors import HIGHEST, LOWEST, ZERO, signed_scale
from mlpviz.gui.theme import Theme
from mlpviz.gui.widgets.mosaic_view import SMALLEST_CELL_PX, MosaicView, cell_center

LIGHT_SCALE = [QColor(*map(int, color)) for color in signed_scale(False)]


@pytest.fixture
def theme(qapp) -> Theme:
    return Theme("light")


@pytest.fixture
def view(qtbot, theme) -> MosaicView:
    """Nine images of 4 by 4; image i is filled with (i - 4) / 4."""
    view = MosaicView(theme, "mosaic_test")
    qtbot.addWidget(view)
    view.resize(300, 300)
    view.set_images(np.repeat(np.linspace(-1, 1, 9), 16).reshape(9, 4, 4), 1.0)
    with qtbot.waitExposed(view):
        view.show()
    return view


def color_of(view: MosaicView, i: int) -> QColor:
    return view.viewport().grab().toImage().pixelColor(cell_center(view, i))


def test_every_image_is_painted_at_its_place(view):
    assert (view.grid.rows, view.grid.columns) == (3, 3)
    assert [color_of(view, i) for i in (0, 4, 8)] == [LIGHT_SCALE[i] for i in (LOWEST, ZERO, HIGHEST)]


def test_the_theme_changes_the_colours(view, theme):
    theme.set_mode("dark")
    assert color_of(view, 4) == QColor(*map(int, signed_scale(True)[ZERO]))


def test_one_limit_for_each_image(view):
    images = np.array([np.full((4, 4), 1.0), np.full((4, 4), 10.0)])
    view.set_images(images, [1.0, 10.0])
    assert color_of(view, 0) == color_of(view, 1) == LIGHT_SCALE[HIGHEST]
    view.set_images(images, 10.0)
    assert color_of(view, 0) != color_of(view, 1)


def test_hovering_tells_the_cell(view, qtbot):
    with qtbot.waitSignal(view.hovered, check_params_cb=lambda i: i == 5):
        qtbot.mouseMove(view.viewport(), cell_center(view, 5))
    with qtbot.waitSignal(view.hovered, check_params_cb=lambda i: i == -1):
        QApplication.sendEvent(view.viewport(), QEvent(QEvent.Type.Leave))


def test_a_click_chooses_and_a_double_click_opens(view, qtbot):
    with qtbot.waitSignal(view.selected, check_params_cb=lambda i: i == 3):
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=cell_center(view, 3))
    assert view.selection == 3
    with qtbot.waitSignal(view.activated, check_params_cb=lambda i: i == 7):
        qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=cell_center(view, 7))


def test_keys_move_the_choice_and_enter_opens(view, qtbot):
    chosen: list[int] = []
    view.selected.connect(chosen.append)
    key = Qt.Key
    for press in (key.Key_Right, key.Key_Right, key.Key_Down, key.Key_Left, key.Key_Up, key.Key_Up):
        qtbot.keyClick(view, press)
    assert chosen == [0, 1, 4, 3, 0]
    qtbot.keyClick(view, key.Key_End)
    with qtbot.waitSignal(view.activated, check_params_cb=lambda i: i == 8):
        qtbot.keyClick(view, key.Key_Return)
    assert view.accessibleDescription() == "unit 8, 9 of 9"


def test_other_keys_are_left_to_the_window(view, qtbot):
    with qtbot.assertNotEmitted(view.selected):
        qtbot.keyClick(view, Qt.Key.Key_Space)
        qtbot.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)


def test_the_chosen_cell_and_the_focus_can_be_seen(view):
    before = view.viewport().grab().toImage()
    view.set_selected(4)
    after = view.viewport().grab().toImage()
    corner = view.cell_rect(4).topLeft().toPoint()
    assert before.pixelColor(corner) != after.pixelColor(corner)
    view.set_selected(None)
    assert view.selection is None
    view.clearFocus()
    unfocused = view.viewport().grab().toImage()
    view.setFocus()
    assert view.viewport().grab().toImage() != unfocused


def test_programs_choose_silently(view, qtbot):
    with qtbot.assertNotEmitted(view.selected):
        view.set_selected(2)
    with pytest.raises(IndexError, match="no cell 9 among 9"):
        view.set_selected(9)


def test_labels_and_places_inside_an_image(view):
    assert view.label(3) == "unit 3"
    view.set_images(np.zeros((2, 4, 4)), 1.0, ["a", "b"])
    assert view.label(1) == "b"
    rect = view.cell_rect(1)
    inside = QPointF(rect.left() + 0.9 * rect.width(), rect.top() + 0.1 * rect.height())
    assert view.place_at(inside) == (1, 0, 3)
    assert view.cell_at(QPointF(-5, -5)) == -1


@pytest.mark.parametrize("n", [1, 2, 100, 800, 2000])
def test_up_to_2000_cells_are_usable(qtbot, theme, n):
    view = MosaicView(theme, "mosaic_many")
    qtbot.addWidget(view)
    view.resize(480, 480)
    view.set_images(np.random.default_rng(0).normal(size=(n, 28, 28)).astype(np.float32))
    with qtbot.waitExposed(view):
        view.show()
    rect = view.cell_rect(n - 1)
    assert min(rect.width(), rect.height()) >= SMALLEST_CELL_PX - 0.01
    assert view.cell_rect(view.grid.columns - 1 if n > view.grid.columns else n - 1).right() <= 480
    view.set_selected(n - 1)
    assert view.viewport().rect().contains(cell_center(view, n - 1))
    assert view.cell_at(QPointF(cell_center(view, n - 1))) == n - 1
    assert (view.verticalScrollBar().maximum() > 0) == (n == 2000)


def test_an_empty_mosaic_is_empty(view, qtbot):
    view.set_selected(3)
    view.set_images(np.zeros((0, 4, 4)))
    assert view.selection is None
    qtbot.keyClick(view, Qt.Key.Key_Right)
    view.viewport().grab()


def test_what_does_not_fit_is_refused(view):
    with pytest.raises(ValueError, match="n, h, w"):
        view.set_images(np.zeros((4, 4)))
    with pytest.raises(ValueError, match="one limit or 2"):
        view.set_images(np.zeros((2, 4, 4)), [1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="2 labels"):
        view.set_images(np.zeros((2, 4, 4)), 1.0, ["a"])
    with pytest.raises(ValueError, match="signed, pixel"):
        view.set_scale("rainbow")
