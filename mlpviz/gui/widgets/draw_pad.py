"""A square canvas to draw on with mouse, pen, finger or keys."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from mlpviz.data.dataset import read_only
from mlpviz.data.drawing import PEN, smooth_stroke
from mlpviz.figures.colors import HIGHEST, LOWEST
from mlpviz.gui.theme import Theme
from mlpviz.gui.widgets.color_scales import lut_of

KEY_STEP = 1 / 28
"""How far an arrow key moves the pen, as a part of the canvas: one pixel of a digit."""

_ARROWS = {
    Qt.Key.Key_Up: (0.0, -KEY_STEP),
    Qt.Key.Key_Down: (0.0, KEY_STEP),
    Qt.Key.Key_Left: (-KEY_STEP, 0.0),
    Qt.Key.Key_Right: (KEY_STEP, 0.0),
}
_ERASERS = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
_MARGIN_PX = 3
_SHORTEST_MOVE_PX = 0.5
_PIECE = 64  # points: Qt's time for one wide line grows with the square of its crossings


class DrawPad(QWidget):
    """Takes pen strokes, and shows them at once.

    Arrow keys move the pen and draw with Shift held; Ctrl+Z takes the last stroke back, Delete all of them.

    Parameters
    ----------
    theme : Theme
    object_name : str
    name : str
        For screen readers: what is drawn here.
    parent : QWidget, optional
    """

    changed = Signal()
    """The strokes are others: at each new point, and when strokes go."""

    def __init__(self, theme: Theme, object_name: str, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setAccessibleName(name or "Canvas to draw on")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._theme = theme
        self._strokes: list[NDArray[np.float64]] = []
        self._points: list[tuple[float, float]] = []  # of the stroke under way
        self._line: NDArray[np.float64] = np.zeros((0, 2))  # the same, smooth
        self._key_pen: tuple[float, float] | None = None  # where it stands once keys move it
        theme.changed.connect(self.update)
        self._describe()

    @property
    def strokes(self) -> list[NDArray[np.float64]]:
        """What is drawn, as :func:`mlpviz.data.drawing.prepare` takes it, the stroke under way included.

        Polylines (n, 2), read-only: x to the right, y down, the canvas from 0 to 1.
        """
        return [*self._strokes, read_only(self._line)] if self._points else list(self._strokes)

    def set_strokes(self, strokes: Sequence[ArrayLike]) -> None:
        """Show other strokes, as they are."""
        lines = [np.array(stroke, np.float64) for stroke in strokes]
        for k, line in enumerate(lines):
            if line.ndim != 2 or line.shape[1] != 2:
                raise ValueError(f"stroke {k} has the shape {line.shape}: give points (x, y), shape (n, 2)")
        self._points.clear()
        self._strokes = [read_only(line) for line in lines]
        self._tell()

    def clear(self) -> None:
        """Take all strokes away."""
        if self._strokes or self._points:
            self.set_strokes([])

    def undo(self) -> None:
        """Take the last stroke away, the one under way first."""
        if self._points:
            self._points.clear()
        elif self._strokes:
            self._strokes.pop()
        else:
            return
        self._tell()

    def canvas_rect(self) -> QRectF:
        """Return where the canvas lies in the widget: the largest square in its middle."""
        room = QRectF(self.rect()).adjusted(_MARGIN_PX, _MARGIN_PX, -_MARGIN_PX, -_MARGIN_PX)
        side = max(0.0, min(room.width(), room.height()))
        pixel = 1.0 / self._theme.pixel_ratio(self)
        left, top = room.center().x() - side / 2, room.center().y() - side / 2
        return QRectF(left // pixel * pixel, top // pixel * pixel, side, side)

    def to_widget(self, x: float, y: float) -> QPointF:
        """Return the point of the widget at a place of the canvas, 0 to 1."""
        area = self.canvas_rect()
        return QPointF(area.left() + x * area.width(), area.top() + y * area.height())

    def sizeHint(self) -> QSize:
        return QSize(336 + 2 * _MARGIN_PX, 336 + 2 * _MARGIN_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(168, 168)

    def paintEvent(self, _event: QPaintEvent) -> None:
        area = self.canvas_rect()
        paper, ink = (
            QColor(*map(int, lut_of("pixel", self._theme)[level][:3])) for level in (LOWEST, HIGHEST)
        )
        painter = QPainter(self)
        painter.fillRect(area, paper)
        rim = area.width() * 4 / 28
        paint_guide(painter, area.adjusted(rim, rim, -rim, -rim), area.width() / 28, self._theme)
        painter.save()
        painter.setClipRect(area)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(area.topLeft())
        painter.scale(area.width(), area.height())
        painter.setPen(
            QPen(ink, PEN, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        )
        for stroke in self.strokes:
            points = [QPointF(x, y) for x, y in stroke.tolist()]
            for start in range(0, max(1, len(points) - 1), _PIECE):
                piece = points[start : start + _PIECE + 1]
                painter.drawPolyline(piece) if len(piece) > 1 else painter.drawPoints(piece)
        if self._key_pen is not None and self.hasFocus():
            painter.setPen(QPen(self._theme.color("accent"), PEN / 5))
            painter.drawEllipse(QPointF(*self._key_pen), PEN / 2, PEN / 2)
        painter.restore()
        focus = self.hasFocus()
        painter.setPen(QPen(self._theme.color("accent" if focus else "field_line"), 2.0 if focus else 1.0))
        grown = 1.5 if focus else 0.5
        painter.drawRect(area.adjusted(-grown, -grown, grown, grown))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or not self.canvas_rect().contains(event.position()):
            event.ignore()
            return
        self._key_pen = None
        self._lift()
        self._move_to(*self._place(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._points and event.buttons() & Qt.MouseButton.LeftButton:
            self._move_to(*self._place(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._points and event.button() == Qt.MouseButton.LeftButton:
            self._move_to(*self._place(event.position()))
            self._lift()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _is_ours(event):
            event.accept()  # these keys are for the pad, whatever they do in the window around it
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Undo):
            self.undo()
        elif event.key() in _ERASERS:
            self.clear()
        elif _is_ours(event):
            draw = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._step_pen(*_ARROWS[Qt.Key(event.key())], draw)
        else:
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Shift and self._key_pen is not None:
            self._lift()
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self._key_pen is not None:
            self._lift()
        self.update()

    def _place(self, point: QPointF) -> tuple[float, float]:
        area = self.canvas_rect()
        return (point.x() - area.left()) / area.width(), (point.y() - area.top()) / area.height()

    def _step_pen(self, right: float, down: float, draw: bool) -> None:
        x, y = self._key_pen or (0.5, 0.5)
        self._key_pen = (min(max(x + right, 0.0), 1.0), min(max(y + down, 0.0), 1.0))
        if not draw:
            self._lift()
            self.update()
            return
        if not self._points:
            self._move_to(x, y)
        self._move_to(*self._key_pen)

    def _move_to(self, x: float, y: float) -> None:
        """Put the pen down, or draw on with it."""
        if self._points:
            last_x, last_y = self._points[-1]
            if max(abs(x - last_x), abs(y - last_y)) * self.canvas_rect().width() < _SHORTEST_MOVE_PX:
                return
        self._points.append((x, y))
        self._line = smooth_stroke(self._points)
        self._tell()

    def _lift(self) -> None:
        if self._points:
            self._strokes.append(read_only(self._line))
            self._points.clear()
            self._describe()

    def _tell(self) -> None:
        self._describe()
        self.update()
        self.changed.emit()

    def _describe(self) -> None:
        n = len(self._strokes) + bool(self._points)
        drawn = "empty" if n == 0 else f"{n} stroke{'s' if n > 1 else ''}"
        words = f"{drawn}; arrow keys move the pen, with Shift they draw, Ctrl+Z undoes, Delete clears"
        if words != self.accessibleDescription():
            self.setAccessibleDescription(words)


def paint_guide(painter: QPainter, box: QRectF, arm: float, theme: Theme) -> None:
    """Paint dashes around the part that a digit of MNIST fills, and a cross in its middle, faint."""
    color = QColor(theme.color("secondary"))
    color.setAlphaF(0.45)
    painter.setPen(QPen(color, 1.0))
    middle = box.center()
    painter.drawLine(middle - QPointF(arm, 0), middle + QPointF(arm, 0))
    painter.drawLine(middle - QPointF(0, arm), middle + QPointF(0, arm))
    painter.setPen(QPen(color, 1.0, Qt.PenStyle.DotLine))
    painter.drawRect(box)


def _is_ours(event: QKeyEvent) -> bool:
    if event.matches(QKeySequence.StandardKey.Undo):
        return True
    quiet = Qt.KeyboardModifier.KeypadModifier
    if event.key() in _ARROWS:
        quiet |= Qt.KeyboardModifier.ShiftModifier
    return event.key() in (*_ARROWS, *_ERASERS) and not event.modifiers() & ~quiet
