"""A matrix as a picture: colours, cells under the pointer, keys."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from mlpviz.figures.colors import HIGHEST, LOWEST, NOT_FINITE_COLOR, pixel_scale, signed_scale
from mlpviz.gui.theme import Theme
from mlpviz.gui.widgets.tensor_image import Cell, HeatMap, TensorImage


@pytest.fixture
def theme(qapp) -> Theme:
    return Theme("light")


@pytest.fixture
def image(qtbot, theme) -> TensorImage:
    image = TensorImage(theme, "image_test", "test")
    qtbot.addWidget(image)
    image.resize(120, 100)
    image.set_array(np.array([[-2.0, 0.0, 2.0], [1.0, np.nan, -1.0]]))
    with qtbot.waitExposed(image):
        image.show()
    return image


def middle(image: TensorImage, row: int, column: int):
    return image.cell_rect(row, column).center().toPoint()


def color_at(image: TensorImage, row: int, column: int) -> tuple[int, ...]:
    return image.grab().toImage().pixelColor(middle(image, row, column)).getRgb()


def test_entries_are_squares_in_the_colours_of_the_scale(image):
    assert image.limit == 2.0
    assert image.cell_rect(0, 0).width() == image.cell_rect(0, 0).height() == 40
    assert color_at(image, 0, 0) == tuple(signed_scale(False)[LOWEST])
    assert color_at(image, 0, 2) == tuple(signed_scale(False)[HIGHEST])
    assert color_at(image, 1, 1) == NOT_FINITE_COLOR


def test_the_scale_can_be_chosen(image, theme):
    image.set_scale("pixel")
    image.set_array(np.array([[0.0, 1.0]]), 1.0)
    theme.set_mode("dark")
    assert color_at(image, 0, 1) == tuple(pixel_scale(True)[HIGHEST])


def test_hovering_tells_row_column_and_value(image, qtbot):
    with qtbot.waitSignal(image.cell_hovered, check_params_cb=lambda cell: cell == Cell(1, 2, -1.0)):
        qtbot.mouseMove(image, middle(image, 1, 2))
    assert image.accessibleDescription() == "row 1, column 2: −1.000"
    with qtbot.waitSignal(image.cell_hovered, check_params_cb=lambda cell: cell is None):
        QApplication.sendEvent(image, QEvent(QEvent.Type.Leave))


def test_a_click_tells_the_cell(image, qtbot):
    with qtbot.waitSignal(image.cell_clicked, check_params_cb=lambda cell: cell == Cell(0, 2, 2.0)):
        qtbot.mouseClick(image, Qt.MouseButton.LeftButton, pos=middle(image, 0, 2))


def test_keys_walk_over_the_cells(image, qtbot):
    cells: list[Cell] = []
    image.cell_hovered.connect(cells.append)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Left):
        qtbot.keyClick(image, key)
    assert [cell[:2] for cell in cells] == [(0, 0), (0, 1), (1, 1), (1, 0)]
    with qtbot.waitSignal(image.cell_clicked, check_params_cb=lambda cell: cell == Cell(1, 0, 1.0)):
        qtbot.keyClick(image, Qt.Key.Key_Return)


def test_a_highlighted_cell_is_outlined(image):
    before = image.grab().toImage()
    image.set_highlighted((0, 1))
    after = image.grab().toImage()
    edge = image.cell_rect(0, 1).topLeft().toPoint()
    assert before.pixelColor(edge) != after.pixelColor(edge)
    image.set_array(np.zeros((1, 1)))
    image.grab()


def test_there_is_no_cell_outside(image):
    assert image.cell_at(QPointF(-1, 5)) is None
    assert image.cell_at(QPointF(5, 2)) is None
    image.set_array(np.zeros((0, 0)))
    assert image.cell_at(QPointF(50, 50)) is None
    image.grab()


def test_a_row_counts_as_a_matrix(image):
    image.set_array(np.arange(3.0))
    assert image.array.shape == (1, 3)
    with pytest.raises(ValueError, match="matrix"):
        image.set_array(np.zeros((2, 2, 2)))


def test_more_entries_than_pixels_still_draw(image):
    image.set_array(np.ones((300, 500)), 1.0)
    assert QColor(*color_at(image, 150, 250)) == QColor(*map(int, signed_scale(False)[HIGHEST]))


def test_a_heat_map_leaves_room_for_its_captions(qtbot, theme):
    heat = HeatMap(theme, "heat_test", "input", "unit")
    qtbot.addWidget(heat)
    heat.resize(200, 120)
    heat.set_array(np.zeros((50, 10)), 1.0)
    area = heat.image_rect()
    assert area.left() > 10
    assert area.top() > 10
    ink = heat.grab().toImage()
    above = {ink.pixelColor(x, y).name() for x in range(60, 160) for y in range(2, int(area.top()) - 2)}
    assert len(above) > 2
