"""One vector is an image, a grid or bars; what is pointed at is told, and what is chosen is marked."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from mlpviz.gui.theme import Theme
from mlpviz.gui.widgets.vector_view import MOST_BARS, VectorView, grid_shape


@pytest.fixture
def view(qtbot, qapp) -> VectorView:
    view = VectorView(Theme("light"), "picture_test")
    qtbot.addWidget(view)
    view.resize(240, 280)
    with qtbot.waitExposed(view):
        view.show()
    return view


def number(view: VectorView) -> str:
    return view.findChild(QLabel, "picture_test_number").text()


def words(view: VectorView) -> list[str]:
    return [label.text() for label in view.findChildren(QLabel) if label.isVisible()]


def test_few_numbers_are_bars(view):
    view.set_vector("z₁", np.linspace(-1, 1, MOST_BARS), "signed", "sums")
    assert view.bars.isVisible()
    assert not view.image.isVisible()
    assert "z₁" in words(view)


def test_many_numbers_are_a_grid(view):
    values = np.linspace(-2, 1, 100, dtype=np.float32)
    view.set_vector("a₁", values, "signed", "outputs")
    assert view.image.isVisible()
    assert view.image.array.shape == (10, 10)
    assert np.array_equal(view.image.array.ravel(), values)
    assert np.array_equal(view.values, values)
    assert view.image.limit == 2
    assert "±2.00" in words(view)


def test_an_image_stays_an_image_even_if_it_is_small(view):
    view.set_vector("x", np.arange(12.0), "pixel", "the example", image_shape=(3, 4))
    assert view.image.isVisible()
    assert view.image.array.shape == (3, 4)
    assert "0 … 11.0" in words(view)


def test_it_is_named_for_screen_readers(view):
    view.set_vector("W₁[:, 3]", np.zeros(4), "signed", "the weights into unit 3")
    assert view.accessibleName() == "W₁[:, 3]"
    assert view.accessibleDescription() == "the weights into unit 3"
    assert "the weights into unit 3" in view.toolTip()


def test_the_chosen_number_is_written_in_full(view):
    view.set_vector("z", np.array([1.23456, -0.5]), "signed", "")
    assert number(view) == ""
    view.set_marked(1, None)
    assert number(view) == "[1]  <b>−0.5000</b>"
    view.set_marked(1, 0)  # what is under the pointer, for as long as it is
    assert number(view) == "[0]  <b>1.235</b>"
    view.set_marked(1, None)
    assert number(view) == "[1]  <b>−0.5000</b>"


def test_labels_stand_for_numbers(view):
    view.set_vector("y", np.array([0.1, 0.9]), "pixel", "", labels=("cat", "dog"))
    view.set_marked(1, None)
    assert number(view).startswith("[dog]")


@pytest.mark.parametrize("entry", [-1, 2, 99])
def test_what_is_not_there_is_not_marked(view, entry):
    view.set_vector("y", np.array([0.1, 0.9]), "signed", "")
    view.set_marked(entry, None)
    assert number(view) == ""


def test_a_mark_lies_at_its_row_and_column(view):
    view.set_vector("x", np.arange(12.0), "pixel", "", image_shape=(3, 4))
    view.set_marked(6, None)
    assert view.image._highlighted == (1, 2)
    view.set_marked(None, None)
    assert view.image._highlighted is None


def test_pointing_at_an_image(view, qtbot):
    view.set_vector("x", np.arange(12.0), "pixel", "", image_shape=(3, 4))
    hovered, clicked = [], []
    view.hovered.connect(hovered.append)
    view.clicked.connect(clicked.append)
    place = view.image.cell_rect(1, 2).center().toPoint()
    QTest.mouseMove(view.image, QPoint(0, 0))
    QTest.mouseMove(view.image, place)
    qtbot.waitUntil(lambda: hovered[-1:] == [6])
    qtbot.mouseClick(view.image, Qt.MouseButton.LeftButton, pos=place)
    assert clicked == [6]


def test_pointing_at_bars(view, qtbot):
    view.set_vector("z", np.array([1.0, -1.0, 0.5]), "signed", "")
    hovered, clicked = [], []
    view.hovered.connect(hovered.append)
    view.clicked.connect(clicked.append)
    place = QPoint(view.bars.width() - 8, 20)
    QTest.mouseMove(view.bars, QPoint(8, 20))
    QTest.mouseMove(view.bars, place)
    qtbot.waitUntil(lambda: hovered[-1:] == [2])
    qtbot.mouseClick(view.bars, Qt.MouseButton.LeftButton, pos=place)
    assert clicked == [2]


def test_covered_shows_nothing_of_the_numbers(view):
    values = np.array([1.5, -2.5])
    view.set_vector("z", values, "signed", "")
    view.set_marked(0, None)
    view.set_covered(True)
    assert not view.bars.isVisible()
    assert not view.image.isVisible()
    assert "?" in words(view)
    view.set_marked(1, 0)
    assert number(view) == ""
    view.set_vector("z", values, "signed", "")
    view.set_covered(False)
    view.set_marked(0, None)
    assert view.bars.isVisible()
    assert number(view) == "[0]  <b>1.500</b>"


def test_what_was_covered_can_be_shown_again(view):
    view.set_vector("z", np.array([1.5, -2.5]), "signed", "")
    view.set_covered(True)
    view.set_covered(False)
    assert view.bars.isVisible()


@pytest.mark.parametrize("n", [1, 5, 100])
@pytest.mark.parametrize("value", [np.nan, np.inf, 0.0])
def test_any_number_is_painted(view, n, value):
    view.set_vector("z", np.full(n, value), "signed", "")
    view.set_marked(n - 1, None)
    view.grab()
    assert number(view)


@given(st.integers(1, 3000))
def test_a_grid_is_as_near_to_a_square_as_divisors_allow(n):
    rows, columns = grid_shape(n)
    assert rows * columns == n
    assert rows <= columns
    assert not any(n % r == 0 for r in range(rows + 1, int(n**0.5) + 1))


@pytest.mark.parametrize("width", [56, 64, 80, 96, 110, 160])
def test_a_number_is_never_cut_and_keeps_its_sign(view, width):
    view.setMinimumSize(1, 1)
    view.resize(width, 280)
    view.set_vector("∂L/∂W₁[:, 1]", np.array([-0.006373, 1.0]), "signed", "")
    view.set_marked(0, None)
    label = view.findChild(QLabel, "picture_test_number")
    assert label.sizeHint().width() <= label.width()
    assert "−0.006" in label.text()
    assert width < 96 or "[0]" in label.text()
