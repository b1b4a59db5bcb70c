"""The landscape shows marks where they belong, and tells where the pointer or the crosshair is."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage

from mlpviz.figures.cost_picture import Levels
from mlpviz.figures.cost_scene import Marks
from mlpviz.figures.view_range import Window
from mlpviz.gui.widgets.cost_view import CostView
from mlpviz.gui.widgets.level_bar import LevelBar
from mlpviz.gui.widgets.path_painter import parts_in, thinned

WINDOW = Window(-2.0, 6.0, -1.0, 5.0)


@pytest.fixture
def view(qtbot, theme):
    view = CostView(theme, "plot_cost")
    qtbot.addWidget(view)
    view.resize(474, 348)
    view.set_window(WINDOW)
    ground = QImage(40, 30, QImage.Format.Format_RGB32)
    ground.fill(Qt.GlobalColor.white)
    view.set_map(ground, WINDOW)
    view.show()
    return view


def color_at(view, point):
    return view.grab().toImage().pixelColor(view.to_pixel(point).toPoint())


def is_like(color, other):
    """The same but for what smoothing of edges does."""
    return max(abs(a - b) for a, b in zip(color.getRgb(), other.getRgb(), strict=True)) < 40


def test_points_and_pixels(view):
    rect = view.plot_rect()
    assert view.to_pixel((-2.0, 5.0)) == rect.topLeft()
    assert view.to_pixel((6.0, -1.0)) == QPointF(rect.right(), rect.bottom())
    assert view.to_point(view.to_pixel((1.25, 2.5))) == pytest.approx((1.25, 2.5))


def test_each_mark_is_where_it_belongs(view, theme):
    path = np.array([[-1.0, 4.0], [1.0, 4.0], [1.0, 1.0]])
    view.set_marks(Marks(path, start=(-1.0, 4.0), now=(1.0, 1.0), optimum=(4.0, 0.0)))
    assert is_like(color_at(view, (1.0, 1.0)), theme.color("backward"))  # now is filled
    assert is_like(color_at(view, (-1.0, 4.0)), theme.color("card"))  # the start is hollow
    assert is_like(color_at(view, (0.2, 4.0)), theme.color("backward"))  # on the way
    assert is_like(color_at(view, (4.0, 0.0)), theme.color("validation"))  # the star
    assert color_at(view, (5.0, 4.0)).name() == "#ffffff"  # elsewhere the map itself


def test_the_star_is_to_be_seen_round_the_end_of_the_path(view, theme):
    view.set_marks(Marks(now=(4.0, 0.0), optimum=(4.0, 0.0)))
    assert is_like(color_at(view, (4.0, 0.0)), theme.color("backward"))
    picture, middle = view.grab().toImage(), view.to_pixel((4.0, 0.0)).toPoint()
    around = [picture.pixelColor(middle + QPoint(x, y)) for x in range(-12, 13) for y in range(-12, 13)]
    assert sum(is_like(color, theme.color("validation")) for color in around) > 40


def test_a_click_tells_the_point(view, qtbot):
    place = view.to_pixel((3.0, 2.0)).toPoint()
    with qtbot.waitSignal(view.placed) as placed:
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=place)
    assert placed.args == pytest.approx([3.0, 2.0], abs=0.02)


def test_a_click_beside_the_map_is_none(view, qtbot):
    with qtbot.assertNotEmitted(view.placed):
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(5, 100))
        qtbot.mouseClick(view, Qt.MouseButton.RightButton, pos=view.to_pixel((3.0, 2.0)).toPoint())


def test_the_pointer_is_read_and_leaves(view, qtbot):
    with qtbot.waitSignal(view.pointed) as pointed:
        qtbot.mouseMove(view, view.to_pixel((0.0, 0.0)).toPoint())
    assert pointed.args == pytest.approx([0.0, 0.0], abs=0.02)
    view.tell("w = 0")
    readout = view.findChild(type(view._readout), "plot_cost_readout")
    assert readout.isVisible()
    with qtbot.waitSignal(view.left):
        qtbot.mouseMove(view, QPoint(5, 5))
    assert not readout.isVisible()


def test_the_arrow_keys_move_a_crosshair_from_now_on_and_enter_places(view, qtbot):
    view.set_marks(Marks(now=(2.0, 2.0)))
    seen = []
    view.pointed.connect(lambda x, y: seen.append((x, y)))
    keys = Qt.Key
    with qtbot.assertNotEmitted(view.placed):
        qtbot.keyClick(view, keys.Key_Return)  # there is no crosshair yet
    for key in (keys.Key_Right, keys.Key_Right, keys.Key_Up):
        qtbot.keyClick(view, key)
    qtbot.keyClick(view, keys.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    per_px = 8.0 / view.plot_rect().width()
    assert seen[0] == pytest.approx((2.0, 2.0))
    assert seen[1] == pytest.approx((2.0 + 2 * per_px, 2.0))
    assert seen[2] == pytest.approx((2.0 + 2 * per_px, 2.0 + 2 * per_px))
    assert seen[3] == pytest.approx((2.0 - 18 * per_px, 2.0 + 2 * per_px))
    with qtbot.waitSignal(view.placed) as placed:
        qtbot.keyClick(view, keys.Key_Enter)
    assert tuple(placed.args) == pytest.approx(seen[3])
    with qtbot.waitSignal(view.left):
        qtbot.keyClick(view, keys.Key_Escape)


def test_the_crosshair_stays_on_the_map(view, qtbot):
    view.set_marks(Marks(now=(1e9, -1e9)))
    seen = []
    view.pointed.connect(lambda x, y: seen.append((x, y)))
    for _ in range(3):
        qtbot.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert seen[-1] == pytest.approx((6.0, -1.0))


def test_what_is_read_follows_the_view(view, qtbot):
    qtbot.mouseMove(view, view.to_pixel((0.0, 0.0)).toPoint())
    with qtbot.waitSignal(view.pointed) as pointed:
        view.set_window(Window(-4.0, 12.0, -2.0, 10.0))
    assert pointed.args == pytest.approx([0.0, 0.0], abs=0.05)
    with qtbot.waitSignal(view.left):
        view.resize(400, 300)


def test_points_far_outside_do_no_harm(view):
    path = np.array([[0.0, 0.0], [1e30, -1e30], [np.nan, 1.0], [np.inf, 0.0], [2.0, 2.0]])
    view.set_marks(
        Marks(path, [path], (0.0, 0.0), (1e30, 1e300), (1e12, 0.0), (1e25, 0.0), ((-1e9, 0), (1e9, 1)))
    )
    assert not view.grab().isNull()


def test_a_curve_and_its_ground(view, theme):
    x = np.linspace(-2, 6, 100)
    view.set_curve(np.column_stack([x, 0.25 * (x - 2) ** 2]))
    assert is_like(color_at(view, (2.0, 0.0)), theme.color("forward"))
    below, above = color_at(view, (-1.7, 1.2)), color_at(view, (2.0, 4.3))
    assert below != above


@pytest.mark.parametrize("n", [0, 1, 2])
def test_short_paths(view, n):
    view.set_marks(Marks(np.zeros((n, 2)), start=(0.0, 0.0), now=(0.0, 0.0), step_to=(0.0, 0.0)))
    assert not view.grab().isNull()


def test_a_long_path_is_thinned_to_what_can_be_seen():
    t = np.linspace(0, 60, 5000)
    spiral = 300 + np.column_stack([5 * t * np.cos(t), 5 * t * np.sin(t)])
    few = thinned(spiral)
    assert len(few) <= 250
    np.testing.assert_array_equal(few[[0, -1]], spiral[[0, -1]])
    assert len(thinned(np.full((100, 2), 7.0))) <= 2


def test_it_can_be_very_small(view):
    view.resize(60, 30)
    assert not view.grab().isNull()


def test_a_path_far_outside_is_drawn_where_it_crosses(view, theme):
    through, ahead = np.array([2.0, 2.0]), np.array([0.8, 0.6])
    view.set_marks(Marks(through + np.outer([-1e3, 3e3, -9e3, 2.7e4, -8.1e4, 1e9, -1e11], ahead)))
    for share in (-2.5, -1.0, 0.6, 2.5):
        assert is_like(color_at(view, through + share * ahead), theme.color("backward"))
    for aside in ([-0.6, 0.8], [0.6, -0.8]):
        assert color_at(view, through + 0.5 * np.array(aside)).name() == "#ffffff"


def test_legs_that_rounding_alone_places_are_left_out():
    box = (0.0, 0.0, 100.0, 100.0)
    near, far = [[50.0, 50.0], [1e9, 50.0]], [[-1e9, 20.0], [1e9, 20.0]]
    (part,) = parts_in(np.array(near + far), box)
    np.testing.assert_array_equal(part, [[50, 50], [100, 50]])
    many = np.array([[-200.0, 200.0][k % 2] for k in range(4000)])
    assert len(parts_in(np.column_stack([many, np.arange(4000) / 40]), box)) <= 60


def test_an_arrow_that_leaves_the_map_ends_at_its_frame(view, theme):
    view.set_marks(Marks(now=(2.0, 2.0), step_to=(1e6, 2.0)))
    right = view.plot_rect().right()
    edge = view.to_point(QPointF(right - 7, view.to_pixel((2.0, 2.0)).y()))
    assert is_like(color_at(view, edge), theme.color("text"))
    beside = view.to_point(QPointF(right - 9, view.to_pixel((2.0, 2.0)).y() + 3))
    assert is_like(color_at(view, beside), theme.color("text")), "this is its head"


def test_an_axis_is_named_in_the_longest_wording_that_fits(view):
    view.set_labels(["w1 · the weight of a very long name of an input", "w1"], ["loss"])
    wide, narrow = (view._fitting(view._labels[0], room) for room in (1000.0, 100.0))
    assert (wide, narrow) == ("w1 · the weight of a very long name of an input", "w1")


def test_the_legend_says_each_loss_once_in_three_digits(qtbot, theme):
    bar = LevelBar(theme, "bar_cost_levels")
    qtbot.addWidget(bar)
    bar.set_levels(Levels(1.215521e32, 1.2155213e32))
    assert bar.words() == ["1.22e+32"]
    assert not bar.grab().isNull()
    bar.set_levels(Levels(0.14502, 0.158))
    assert bar.words() == ["0.145", "0.146", "0.158"]
    assert "half as close" in bar.toolTip()
    bar.resize(200, 30)
    assert not bar.grab().isNull()


@pytest.mark.parametrize("length_px", [12, 16, 40])
def test_the_arrow_ends_where_the_next_step_does(view, theme, length_px):
    now = view.to_pixel((2.0, 2.0))
    target = now + QPointF(length_px, 0)
    view.set_marks(Marks(now=(2.0, 2.0), step_to=view.to_point(target)))
    assert is_like(color_at(view, view.to_point(target - QPointF(3, 0))), theme.color("text"))
    assert not is_like(color_at(view, view.to_point(target + QPointF(3, 0))), theme.color("text"))
