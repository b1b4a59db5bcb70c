"""The field and the fit: what they show, what the pointer and the keys read."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage

from mlpviz.figures.fields import Area
from mlpviz.gui.theme import Theme
from mlpviz.gui.widgets.field_view import MOST_RINGS, Contour, FieldView, Look
from mlpviz.gui.widgets.fit_view import FitView

BLUE, GOLD = QColor("#2060ff"), QColor("#907000")


@pytest.fixture
def theme(qapp) -> Theme:
    return Theme("light")


@pytest.fixture
def field(qtbot, theme) -> FieldView:
    """Blue left, gold right, a boundary between, and two points."""
    view = FieldView(theme, "field_test", "a field")
    qtbot.addWidget(view)
    view.resize(500, 400)
    view.set_area(Area(-1.0, 3.0, 0.0, 2.0))
    view.set_names("left to right", "up")
    image = QImage(2, 2, QImage.Format.Format_RGBA8888)
    for column, color in enumerate((BLUE, GOLD)):
        for row in range(2):
            image.setPixelColor(column, row, color)
    view.set_points(
        np.array([[0.0, 1.0], [2.0, 0.5]]),
        np.array([0, 1]),
        {0: Look("circle", GOLD), 1: Look("square", BLUE, hollow=True)},
    )
    view.set_field(image, [Contour(np.array([[[0.5, 0.0], [0.5, 1.0]]]))], np.zeros(0, np.int64))
    with qtbot.waitExposed(view):
        view.show()
    view.clearFocus()
    return view


@pytest.fixture
def fit(qtbot, theme) -> FitView:
    view = FitView(theme, "fit_test", "a fit")
    qtbot.addWidget(view)
    view.resize(500, 400)
    view.set_area(Area(0.0, 4.0, -2.0, 2.0))
    view.set_names("x", "")
    view.set_points(np.array([1.0, 3.0, 2.0]), np.array([1.0, -1.0, 0.0]), 2)
    curve = np.array([[0.0, 0.5], [4.0, 0.5]])
    view.set_curve(curve, np.zeros((0, 2)), np.array([0.5, 0.5, 0.5]))
    with qtbot.waitExposed(view):
        view.show()
    view.clearFocus()
    return view


def px(view, x: float, y: float) -> QPointF:
    (left,), (top,) = view.to_px(np.array([x]), np.array([y]))
    return QPointF(float(left), float(top))


def color_at(view, x: float, y: float, offset: float = 0.0) -> QColor:
    place = px(view, x, y) + QPointF(offset, 0.0)
    return view.grab().toImage().pixelColor(place.toPoint())


def nearest_lightness(view, x: float, y: float) -> int:
    """How far the line near a place is from the colour of lines: one between two pixels colours both."""
    found = [color_at(view, x, y, offset).lightness() for offset in (-1.0, 0.0, 1.0)]
    return min(abs(each - view.theme.color("text").lightness()) for each in found)


def point_at(qtbot, view, x: float, y: float) -> None:
    qtbot.mouseMove(view, px(view, x, y).toPoint())


# ---------------------------------------------------------------------- what is painted where


def test_the_map_fills_the_area_and_places_go_there_and_back(field):
    assert color_at(field, -0.9, 0.3) == BLUE
    assert color_at(field, 2.9, 1.7) == GOLD
    rect = field.plot_rect()
    assert px(field, -1.0, 2.0) == rect.topLeft()
    assert field.from_px(rect.center()) == pytest.approx((1.0, 1.0))


def test_the_boundary_and_the_points_lie_on_the_map(field):
    assert nearest_lightness(field, 1.0, 1.0) < 15, "the boundary"
    assert color_at(field, 0.0, 1.0) == GOLD, "a gold point on the blue side"
    assert color_at(field, 2.0, 0.5) != GOLD, "a hollow one on the gold side"
    assert color_at(field, 2.0, 0.5) != BLUE


def test_points_told_wrongly_are_ringed_unless_very_many_are(field):
    plain = field.grab().toImage()
    field.set_field(field._image, field.contours, np.array([0]))
    assert field.grab().toImage() != plain
    assert field.rings.tolist() == [0]
    ring = field._point_px / 2 + 3.5
    assert color_at(field, 0.0, 1.0, ring - 0.5).red() > color_at(field, 0.0, 1.0, ring - 0.5).blue() + 50
    field.set_field(field._image, field.contours, np.zeros(MOST_RINGS + 1, np.int64))
    assert len(field.rings) == 0


def test_it_follows_the_theme(field):
    dark_line = nearest_lightness(field, 1.0, 1.0)
    field.theme.set_mode("dark")
    assert nearest_lightness(field, 1.0, 1.0) < 15
    assert field.theme.color("text").lightness() > dark_line + 100


def test_residuals_reach_from_the_training_points_to_the_curve(fit):
    np.testing.assert_allclose(fit.residuals, [0.5, -1.5])
    ground = fit.theme.color("card")
    assert color_at(fit, 1.0, 0.75) != ground
    assert color_at(fit, 3.0, 0.0) != ground
    assert color_at(fit, 2.0, 0.25) == ground, "a held-out point has none"
    assert color_at(fit, 1.0, 0.75) != color_at(fit, 3.0, -0.1), "above and below differ"
    assert color_at(fit, 3.5, 0.5) == fit.theme.color("accent"), "the curve"


def test_a_curve_that_is_not_finite_is_no_trouble(fit):
    fit.set_curve(np.array([[0.0, np.nan], [2.0, np.inf], [4.0, 1e30]]), np.zeros((0, 2)), np.full(3, np.nan))
    fit.grab()


# ---------------------------------------------------------------------- pointer and keys


def test_the_pointer_reads_its_place_and_leaves(qtbot, field):
    places: list = []
    field.pointed.connect(places.append)
    point_at(qtbot, field, 2.0, 1.5)
    assert places[-1] == pytest.approx((2.0, 1.5), abs=0.02)
    field.say("what is there")
    assert field.readout == "what is there"
    qtbot.mouseMove(field, QPointF(2, 2).toPoint())  # beside the picture
    assert places[-1] is None
    assert field.readout == ""
    assert field.crosshair is None


def test_the_readout_keeps_out_of_the_pointers_way(qtbot, field):
    box = field.findChild(type(field._readout), "field_test_readout")
    for x, y in ((-0.8, 0.2), (2.8, 1.8), (-0.8, 1.8), (2.8, 0.2)):
        point_at(qtbot, field, x, y)
        field.say("one<br>two")
        assert not box.geometry().contains(px(field, x, y).toPoint())
        assert field.rect().contains(box.geometry())


def test_a_place_near_a_point_is_on_it(field, fit):
    assert field.nearest((0.02, 1.02)) == 0
    assert field.nearest((2.0, 0.5)) == 1
    assert field.nearest((1.0, 1.8)) is None
    assert fit.nearest((3.02, -1.02)) == 1
    assert fit.nearest((0.2, -1.5)) is None


@pytest.mark.parametrize("name", ["field", "fit"])
def test_arrow_keys_move_the_crosshair_from_the_middle_and_escape_hides_it(qtbot, request, name):
    view = request.getfixturevalue(name)
    view.setFocus()
    area = view.area
    middle = (area.left + area.right) / 2, (area.bottom + area.top) / 2
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.crosshair == pytest.approx(middle)
    qtbot.keyClick(view, Qt.Key.Key_Up)
    qtbot.keyClick(view, Qt.Key.Key_Left)
    x, y = view.crosshair
    assert x < middle[0]
    assert y > middle[1]
    for _ in range(100):
        qtbot.keyClick(view, Qt.Key.Key_Down)
    assert view.crosshair[1] == pytest.approx(area.bottom)
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert view.crosshair is None


def test_keys_that_mean_something_to_the_window_are_left_to_it(qtbot, field):
    field.setFocus()
    with qtbot.assertNotEmitted(field.pointed):
        qtbot.keyClick(field, Qt.Key.Key_Space)
        qtbot.keyClick(field, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)


def test_the_focus_can_be_seen(qtbot, field):
    before = field.grab().toImage()
    field.setFocus()
    assert field.grab().toImage() != before


@pytest.mark.parametrize("size", [(160, 110), (900, 200), (200, 700)])
def test_any_room_will_do(field, size):
    field.resize(*size)
    rect = field.plot_rect()
    assert field.rect().contains(rect.toRect())
    field.grab()


def test_an_empty_view_can_be_painted(qtbot, theme):
    for kind in (FieldView, FitView):
        view = kind(theme, "empty", "nothing")
        qtbot.addWidget(view)
        view.grab()
        assert view.nearest((0.5, 0.5)) is None
