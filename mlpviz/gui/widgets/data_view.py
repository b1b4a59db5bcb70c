"""The ground of a picture over the range of some data: axes, cached points, a crosshair and what it reads."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from mlpviz.figures.fields import Area
from mlpviz.figures.ticks import linear_ticks, tick_labels
from mlpviz.gui.theme import SMALLEST_TEXT_PX, Theme, text_font
from mlpviz.gui.widgets.names import in_words

_TICK_PX = 4
_PAD_PX = 6
_KEY_STEPS = 40  # of the arrow keys, across the picture
_X_TICK_PX, _Y_TICK_PX = 70, 34
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}


class DataView(QWidget):
    """Shows something over an area, with axes in the data's own units.

    What moves is painted by :meth:`paint_below` and :meth:`paint_above`; axes and points, which hold still,
    are kept as one picture in between.

    Parameters
    ----------
    theme : Theme
    object_name : str
    name : str
        For screen readers: what it shows.
    parent : QWidget, optional
    """

    pointed = Signal(object)
    """(x, y) where the crosshair is, in the data's units, or None when it left: say what is read there."""
    resized = Signal()
    """The room for the picture has changed."""

    def __init__(self, theme: Theme, object_name: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setAccessibleName(name)
        self.setAccessibleDescription("The arrow keys move a crosshair that reads the values; Esc hides it.")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFont(text_font(SMALLEST_TEXT_PX))
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.theme = theme
        self._area = Area(0.0, 1.0, 0.0, 1.0)
        self._names = ("", "")
        self._still: QPixmap | None = None
        self.is_picture = False
        self._room: int | None = None
        self._cross: tuple[float, float] | None = None
        self._readout = QLabel(self)
        self._readout.setObjectName(f"{object_name}_readout")
        self._readout.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._readout.setTextFormat(Qt.TextFormat.RichText)
        self._readout.hide()
        theme.changed.connect(self._restyle)
        self._restyle()

    # ------------------------------------------------------------------ what the owner says

    @property
    def area(self) -> Area:
        """What the picture covers."""
        return self._area

    @property
    def readout(self) -> str:
        """What the crosshair reads, as it stands there; empty without a crosshair."""
        return self._readout.text() if self._cross is not None else ""

    @property
    def crosshair(self) -> tuple[float, float] | None:
        """Where the crosshair is, in the data's units."""
        return self._cross

    def set_area(self, area: Area) -> None:
        """Say what the picture covers."""
        if area != self._area:
            self._area = area
            self.forget_still()

    def set_names(self, x_name: str, y_name: str) -> None:
        """Name the axes."""
        if (x_name, y_name) != self._names:
            self._names = (x_name, y_name)
            self.forget_still()

    def say(self, text: str) -> None:
        """Write what the crosshair reads; nothing hides the box."""
        self._readout.setText(text)
        self._readout.setVisible(bool(text))
        self._place_readout()

    def drop_crosshair(self) -> None:
        """Take the crosshair away."""
        self._move_cross(None)

    # ------------------------------------------------------------------ places

    def plot_rect(self) -> QRectF:
        """Where the picture lies in the widget."""
        line = self.fontMetrics().height()
        left = self._tick_room() + 2 * _TICK_PX + 2 + (line + 4 if self._names[1] else 0)
        bottom = 2 * line + _TICK_PX + 2
        room = QRectF(self.rect()).adjusted(left, 2, -_PAD_PX, -bottom)
        return QRectF(room.left(), room.top(), max(8.0, room.width()), max(8.0, room.height()))

    def to_px(self, x: NDArray, y: NDArray) -> tuple[NDArray, NDArray]:
        """Where points lie in the widget."""
        rect, area = self.plot_rect(), self._area
        return (
            rect.left() + (np.asarray(x) - area.left) / area.width * rect.width(),
            rect.top() + (area.top - np.asarray(y)) / area.height * rect.height(),
        )

    def from_px(self, point: QPointF) -> tuple[float, float]:
        """The place in the data's units under a point of the widget."""
        rect, area = self.plot_rect(), self._area
        return (
            area.left + (point.x() - rect.left()) / rect.width() * area.width,
            area.top - (point.y() - rect.top()) / rect.height() * area.height,
        )

    def sizeHint(self) -> QSize:
        return QSize(420, 300)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 110)

    def _tick_room(self) -> int:
        if self._room is None:
            texts = [text for _, text in self._ticks(vertical=True)]
            widest = max((self.fontMetrics().horizontalAdvance(text) for text in texts), default=0)
            self._room = -(-max(widest, 14) // 8) * 8  # in steps, so that the picture does not twitch
        return self._room

    def _ticks(self, vertical: bool) -> list[tuple[float, str]]:
        area = self._area
        low, high = (area.bottom, area.top) if vertical else (area.left, area.right)
        room, each = (self.height(), _Y_TICK_PX) if vertical else (self.width(), _X_TICK_PX)
        values = linear_ticks(low, high, min(6, max(2, room // each)))
        return list(zip(values, tick_labels(values), strict=True))

    # ------------------------------------------------------------------ painting

    def paint_below(self, painter: QPainter, rect: QRectF) -> None:
        """Paint what moves and lies under the points."""

    def paint_points(self, painter: QPainter, rect: QRectF) -> None:
        """Paint what holds still: it is done once and kept."""

    def paint_above(self, painter: QPainter, rect: QRectF) -> None:
        """Paint what moves and lies over the points."""

    def become_picture(self) -> None:
        """Paint words and points as such: nothing moves that would have to be quick."""
        self.is_picture = True
        self.forget_still()

    def forget_still(self) -> None:
        """What was kept is no longer right."""
        self._still = self._room = None
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.theme.color("card"))
        rect = self.plot_rect()
        painter.setClipRect(rect)
        self.paint_below(painter, rect)
        painter.setClipping(False)
        if self.is_picture:
            self._paint_still(painter, rect)
        else:
            painter.drawPixmap(0, 0, self._kept_still(rect))
        painter.setClipRect(rect)
        self.paint_above(painter, rect)
        if self._cross is not None:
            self._paint_cross(painter, rect, self._cross)
        painter.setClipping(False)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self.theme.color("accent"), 2.0))
            painter.drawRect(rect)
        painter.end()

    def _kept_still(self, rect: QRectF) -> QPixmap:
        if self._still is None:
            ratio = self.theme.pixel_ratio(self)
            self._still = QPixmap(self.size() * ratio)
            self._still.setDevicePixelRatio(ratio)
            self._still.fill(Qt.GlobalColor.transparent)
            painter = QPainter(self._still)
            painter.setFont(self.font())
            self._paint_still(painter, rect)
            painter.end()
        return self._still

    def _paint_still(self, painter: QPainter, rect: QRectF) -> None:
        self._paint_axes(painter, rect)
        painter.setClipRect(rect)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_points(painter, rect)

    def _paint_axes(self, painter: QPainter, rect: QRectF) -> None:
        line = self.fontMetrics().height()
        painter.setPen(QPen(self.theme.color("field_line"), 1.0))
        painter.drawRect(rect.adjusted(-0.5, -0.5, 0.5, 0.5))
        x_ticks, y_ticks = self._ticks(vertical=False), self._ticks(vertical=True)
        xs, _ = self.to_px(np.array([v for v, _ in x_ticks]), np.zeros(len(x_ticks)))
        _, ys = self.to_px(np.zeros(len(y_ticks)), np.array([v for v, _ in y_ticks]))
        bottom, left = rect.bottom() + 1, rect.left() - 1
        painter.drawLines([QLineF(x, bottom, x, bottom + _TICK_PX) for x in xs])
        painter.drawLines([QLineF(left - _TICK_PX, y, left, y) for y in ys])
        painter.setPen(self.theme.color("secondary"))
        for x, (_, text) in zip(xs, x_ticks, strict=True):
            place = QRectF(x - 40, bottom + _TICK_PX, 80, line)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
        align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for y, (_, text) in zip(ys, y_ticks, strict=True):
            painter.drawText(QRectF(left - _TICK_PX - 84, y - line / 2, 80, line), align, text)
        painter.setPen(self.theme.color("text"))
        below = QRectF(rect.left(), bottom + _TICK_PX + line - 1, rect.width(), line)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, self._names[0])
        if self._names[1]:
            painter.save()
            painter.translate(0.0, rect.bottom())
            painter.rotate(-90.0)
            place = QRectF(0.0, 0.0, rect.height(), line)
            name = self.fontMetrics().elidedText(
                self._names[1], Qt.TextElideMode.ElideRight, int(rect.height())
            )
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, name)
            painter.restore()

    def _paint_cross(self, painter: QPainter, rect: QRectF, cross: tuple[float, float]) -> None:
        (x,), (y,) = self.to_px(np.array([cross[0]]), np.array([cross[1]]))
        pen = QPen(self.theme.color("text"), 1.0)
        pen.setDashPattern([3.0, 3.0])
        painter.setPen(pen)
        painter.drawLines([QLineF(x, rect.top(), x, rect.bottom()), QLineF(rect.left(), y, rect.right(), y)])

    def _restyle(self) -> None:
        colors = self.theme.palette
        self._readout.setStyleSheet(
            f"background: {colors.card}; color: {colors.text}; border: 1px solid {colors.field_line};"
            "border-radius: 6px; padding: 3px 6px;"
        )
        self.forget_still()

    # ------------------------------------------------------------------ pointer and keys

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        inside = self.plot_rect().contains(event.position())
        self._move_cross(self.from_px(event.position()) if inside else None)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._move_cross(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain and event.key() in _ARROWS:
            self.step_cross(*_ARROWS[Qt.Key(event.key())])
        elif plain and event.key() == Qt.Key.Key_Escape and self._cross is not None:
            self._move_cross(None)
        else:
            event.ignore()

    def step_cross(self, right: int, up: int) -> None:
        """Move the crosshair a little; it begins in the middle."""
        area = self._area
        if self._cross is None:
            self._move_cross(((area.left + area.right) / 2, (area.bottom + area.top) / 2))
            return
        x = self._cross[0] + right * area.width / _KEY_STEPS
        y = self._cross[1] + up * area.height / _KEY_STEPS
        self._move_cross((min(max(x, area.left), area.right), min(max(y, area.bottom), area.top)))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if not self.underMouse():
            self._move_cross(None)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.forget_still()
        self._place_readout()
        self.resized.emit()

    def _move_cross(self, cross: tuple[float, float] | None) -> None:
        if cross == self._cross:
            return
        self._cross = cross
        if cross is None:
            self.say("")
        self.update()
        self.pointed.emit(cross)

    def _place_readout(self) -> None:
        """In the corner away from the crosshair."""
        if self._cross is None or not self._readout.isVisible():
            return
        self._readout.adjustSize()
        rect = self.plot_rect()
        (x,), (y,) = self.to_px(np.array([self._cross[0]]), np.array([self._cross[1]]))
        at_left, at_top = x > rect.center().x(), y > rect.center().y()
        self._readout.move(
            int(rect.left() + 4 if at_left else rect.right() - self._readout.width() - 4),
            int(rect.top() + 4 if at_top else rect.bottom() - self._readout.height() - 4),
        )


def table(rows: Sequence[tuple[str, str]]) -> str:
    """Names and values as the rich text of a readout."""
    lines = "".join(
        f"<tr><td>{in_words(name)}&nbsp;&nbsp;</td><td align='right'><b>{in_words(value)}</b></td></tr>"
        for name, value in rows
    )
    return f"<table cellspacing='1'>{lines}</table>"
