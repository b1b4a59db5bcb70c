"""The canvas: strokes by mouse and keys, shown at once, taken back."""

import gc
import weakref

import numpy as np
import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtGui import QAction, QColor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mlpviz.data.drawing import PEN, prepare
from mlpviz.figures.colors import HIGHEST, LOWEST, pixel_scale
from mlpviz.gui.theme import Theme
from mlpviz.gui.widgets.draw_pad import KEY_STEP, DrawPad

SHIFT = Qt.KeyboardModifier.ShiftModifier
LINE = np.array([[0.2, 0.2], [0.5, 0.5], [0.8, 0.2]])


@pytest.fixture
def pad(qtbot, theme) -> DrawPad:
    pad = DrawPad(theme, "draw_pad", "Your digit")
    qtbot.addWidget(pad)
    pad.resize(300, 340)
    pad.show()
    pad.activateWindow()
    qtbot.waitUntil(pad.isActiveWindow)
    return pad


def at(pad: DrawPad, x: float, y: float) -> QPoint:
    return pad.to_widget(x, y).toPoint()


def draw(qtbot, pad: DrawPad, *points: tuple[float, float]) -> None:
    """Press at the first point, move over the others, release at the last."""
    qtbot.mousePress(pad, Qt.MouseButton.LeftButton, pos=at(pad, *points[0]))
    for point in points[1:]:
        qtbot.mouseMove(pad, at(pad, *point))
    qtbot.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=at(pad, *points[-1]))


def color_at(pad: DrawPad, x: float, y: float) -> QColor:
    return pad.grab().toImage().pixelColor(at(pad, x, y))


def ink(dark: bool = False) -> QColor:
    return QColor(*map(int, pixel_scale(dark)[HIGHEST]))


def paper(dark: bool = False) -> QColor:
    return QColor(*map(int, pixel_scale(dark)[LOWEST]))


@pytest.fixture
def changes(pad) -> list[int]:
    """The number of strokes at each change."""
    seen: list[int] = []
    pad.changed.connect(lambda: seen.append(len(pad.strokes)))
    return seen


def test_press_move_and_release_make_a_stroke(qtbot, pad, changes):
    draw(qtbot, pad, (0.2, 0.3), (0.5, 0.3), (0.8, 0.6))
    assert len(pad.strokes) == 1
    stroke = pad.strokes[0]
    np.testing.assert_allclose(stroke[[0, -1]], [[0.2, 0.3], [0.8, 0.6]], atol=0.004)
    assert np.hypot(*(stroke - [0.5, 0.3]).T).min() < 0.02
    assert changes == [1, 1, 1]
    draw(qtbot, pad, (0.1, 0.9), (0.2, 0.9))
    assert len(pad.strokes) == 2


def test_the_stroke_is_seen_while_it_is_drawn(qtbot, pad, theme):
    assert color_at(pad, 0.4, 0.3) == paper()
    qtbot.mousePress(pad, Qt.MouseButton.LeftButton, pos=at(pad, 0.2, 0.3))
    assert color_at(pad, 0.2, 0.3) == ink()
    qtbot.mouseMove(pad, at(pad, 0.6, 0.3))
    assert color_at(pad, 0.4, 0.3) == ink()
    assert color_at(pad, 0.4, 0.3 + 0.4 * PEN) == ink()
    assert color_at(pad, 0.4, 0.3 + 0.6 * PEN) == paper()
    theme.set_mode("dark")
    assert color_at(pad, 0.4, 0.3) == ink(dark=True)
    assert color_at(pad, 0.4, 0.42) == paper(dark=True)
    qtbot.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=at(pad, 0.6, 0.3))


def test_what_is_seen_is_what_is_prepared(qtbot, pad):
    draw(qtbot, pad, (0.3, 0.2), (0.7, 0.2), (0.4, 0.8))
    area = pad.canvas_rect().toAlignedRect()
    seen = (
        pad.grab(area)
        .toImage()
        .scaled(28, 28, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
    )
    grey = np.array([[255 - seen.pixelColor(x, y).value() for x in range(28)] for y in range(28)])
    stroke = prepare(pad.strokes).stroke
    assert np.corrcoef(grey.ravel(), stroke.ravel())[0, 1] > 0.97


def test_a_click_is_a_dot(qtbot, pad):
    qtbot.mouseClick(pad, Qt.MouseButton.LeftButton, pos=at(pad, 0.7, 0.3))
    assert [len(stroke) for stroke in pad.strokes] == [1]
    assert color_at(pad, 0.7, 0.3) == ink()


def test_only_the_left_button_on_the_canvas_draws(qtbot, pad, changes):
    qtbot.mousePress(pad, Qt.MouseButton.RightButton, pos=at(pad, 0.3, 0.3))
    qtbot.mouseMove(pad, at(pad, 0.5, 0.5))
    qtbot.mouseRelease(pad, Qt.MouseButton.RightButton, pos=at(pad, 0.5, 0.5))
    qtbot.mouseMove(pad, at(pad, 0.6, 0.5))
    qtbot.mouseClick(pad, Qt.MouseButton.LeftButton, pos=QPoint(150, 5))
    assert pad.strokes == []
    assert changes == []


def test_a_stroke_may_leave_the_canvas_and_is_shown_to_its_edge(qtbot, pad):
    draw(qtbot, pad, (0.5, 0.8), (0.5, 1.05))
    assert pad.strokes[0][-1, 1] > 1.0
    outside = pad.to_widget(0.5, 1.0).toPoint() + QPoint(0, 6)
    assert pad.grab().toImage().pixelColor(outside) != ink()


def test_the_last_stroke_is_undone_first(qtbot, pad, changes):
    draw(qtbot, pad, (0.2, 0.2), (0.4, 0.2))
    draw(qtbot, pad, (0.2, 0.8), (0.4, 0.8))
    changes.clear()
    qtbot.keyClick(pad, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(pad.strokes) == 1
    assert pad.strokes[0][0, 1] < 0.5
    assert color_at(pad, 0.3, 0.8) == paper()
    pad.undo()
    pad.undo()
    assert pad.strokes == []
    assert changes == [1, 0]


def test_a_stroke_under_way_can_be_undone(qtbot, pad):
    qtbot.mousePress(pad, Qt.MouseButton.LeftButton, pos=at(pad, 0.2, 0.2))
    pad.undo()
    qtbot.mouseMove(pad, at(pad, 0.6, 0.2))
    qtbot.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=at(pad, 0.6, 0.2))
    assert pad.strokes == []


@pytest.mark.parametrize("key", [Qt.Key.Key_Delete, Qt.Key.Key_Backspace])
def test_delete_clears(qtbot, pad, changes, key):
    pad.set_strokes([LINE, LINE / 2])
    qtbot.keyClick(pad, key)
    assert pad.strokes == []
    pad.clear()
    assert changes == [2, 0]


def test_strokes_can_be_set_and_are_kept_as_they_are(pad):
    given = LINE.copy()
    pad.set_strokes([given])
    given[:] = 0.0
    np.testing.assert_array_equal(pad.strokes[0], LINE)
    assert not pad.strokes[0].flags.writeable
    assert color_at(pad, 0.5, 0.5) == ink()
    with pytest.raises(ValueError, match=r"stroke 0 .*\(n, 2\)"):
        pad.set_strokes([np.zeros(3)])
    np.testing.assert_array_equal(pad.strokes[0], LINE)


def test_long_and_empty_strokes_are_shown_whole(pad):
    x = np.linspace(0.1, 0.9, 1000)
    pad.set_strokes([np.zeros((0, 2)), np.column_stack([x, np.full(1000, 0.3)])])
    row = pad.to_widget(0.0, 0.3).toPoint().y()
    seen = pad.grab().toImage()
    left, right = at(pad, 0.1, 0.3).x(), at(pad, 0.9, 0.3).x()
    assert all(seen.pixelColor(k, row) == ink() for k in range(left, right))


def test_arrow_keys_move_the_pen_and_draw_with_shift(qtbot, pad):
    for _ in range(3):
        qtbot.keyClick(pad, Qt.Key.Key_Up)
    assert pad.strokes == []
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down):
        qtbot.keyPress(pad, key, SHIFT)
    assert len(pad.strokes) == 1
    top = 0.5 - 3 * KEY_STEP
    ends = [[0.5, top], [0.5 + 2 * KEY_STEP, top + KEY_STEP]]
    np.testing.assert_allclose(pad.strokes[0][[0, -1]], ends, atol=1e-9)
    qtbot.keyClick(pad, Qt.Key.Key_Left)
    qtbot.keyClick(pad, Qt.Key.Key_Left, SHIFT)
    assert len(pad.strokes) == 2


def test_letting_shift_go_or_leaving_ends_a_stroke(qtbot, pad):
    qtbot.keyClick(pad, Qt.Key.Key_Right, SHIFT)
    qtbot.keyRelease(pad, Qt.Key.Key_Shift)
    qtbot.keyPress(pad, Qt.Key.Key_Right, SHIFT)
    pad.clearFocus()
    pad.setFocus()
    qtbot.keyClick(pad, Qt.Key.Key_Right, SHIFT)
    assert len(pad.strokes) == 3


def test_the_pen_stays_on_the_canvas(qtbot, pad):
    for _ in range(40):
        qtbot.keyPress(pad, Qt.Key.Key_Left, SHIFT)
    assert pad.strokes[0][:, 0].min() == pytest.approx(0.0, abs=1e-9)


def test_keys_that_the_pad_uses_are_its_own(qtbot, theme):
    window = QWidget()
    qtbot.addWidget(window)
    pad = DrawPad(theme, "draw_pad")
    QVBoxLayout(window).addWidget(pad)
    taken: list[str] = []
    for shortcut in ("Ctrl+Z", "Left", "Delete", "Space"):
        action = QAction(shortcut, window)
        action.setShortcut(shortcut)
        action.triggered.connect(lambda _checked, shortcut=shortcut: taken.append(shortcut))
        window.addAction(action)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    pad.setFocus()
    pad.set_strokes([LINE])
    qtbot.keyClick(window.windowHandle(), Qt.Key.Key_Left)
    qtbot.keyClick(window.windowHandle(), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(window.windowHandle(), Qt.Key.Key_Space)
    assert taken == ["Space"]
    assert pad.strokes == []


def test_it_says_what_it_is_and_how_it_is_used(qtbot, pad, theme):
    assert (pad.objectName(), pad.accessibleName()) == ("draw_pad", "Your digit")
    assert pad.accessibleDescription().startswith("empty; arrow keys")
    pad.set_strokes([LINE])
    assert pad.accessibleDescription().startswith("1 stroke;")
    pad.set_strokes([LINE, LINE])
    assert pad.accessibleDescription().startswith("2 strokes;")


def test_focus_is_seen(pad, theme):
    pad.setFocus()
    assert pad.focusPolicy() == Qt.FocusPolicy.StrongFocus
    edge = pad.canvas_rect().topLeft().toPoint() + QPoint(60, -1)
    assert pad.grab().toImage().pixelColor(edge) == theme.color("accent")
    pad.clearFocus()
    assert pad.grab().toImage().pixelColor(edge) != theme.color("accent")


def test_the_middle_is_marked_faintly(pad):
    assert color_at(pad, 0.5, 0.5) not in (ink(), paper())


def test_the_canvas_is_square_at_any_size(pad):
    for size in ((300, 200), (200, 400), (500, 500)):
        pad.resize(*size)
        area = pad.canvas_rect()
        assert area.width() == area.height() == min(size) - 6
        assert pad.rect().toRectF().contains(area)


def test_a_deleted_pad_is_gone(qapp):
    theme = Theme("light")
    pad = DrawPad(theme, "draw_pad")
    pad.set_strokes([LINE])
    pad.grab()
    wrapper = weakref.ref(pad)
    pad.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not shiboken6.isValid(pad)
    theme.set_mode("dark")
    del pad
    gc.collect()
    assert wrapper() is None
