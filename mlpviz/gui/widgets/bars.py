"""Bars above and below zero, in the colours of the signed scale."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QEvent, QLineF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from mlpviz.figures.colors import signed_limit, signed_scale
from mlpviz.figures.numbers import format_number
from mlpviz.gui.theme import SMALLEST_TEXT_PX, Theme, text_font

_SIDE_PX = 4
_WIDEST_LABEL = 0.3  # of the room, where a bar has less
_READABLE_PX = 72  # of a name: rather leave out the next one than cut this one shorter


class Bars(QWidget):
    """A bar for each number: up for positive, down for negative, its label below.

    Parameters
    ----------
    theme : Theme
    object_name : str
    name : str
        For screen readers: what the numbers are.
    """

    bar_hovered = Signal(int)
    """The bar under the pointer, -1 when it left."""
    bar_clicked = Signal(int)
    """The bar that was clicked, or chosen with the arrow keys."""

    def __init__(self, theme: Theme, object_name: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFont(text_font(SMALLEST_TEXT_PX))
        self.setMouseTracking(True)
        self._theme = theme
        self._values: NDArray = np.zeros(0)
        self._limit = 1.0
        self._labels: Sequence[str] = ()
        self._marks: NDArray | None = None
        self._marks_name = ""
        self._hovered = -1
        self._highlighted: int | None = None
        self._has_numbers = False
        theme.changed.connect(self.update)

    @property
    def values(self) -> NDArray:
        """The numbers on show."""
        return self._values

    def set_values(self, values: ArrayLike, labels: Sequence[str], limit: float | None = None) -> None:
        """Show numbers, each with its label; the tallest bar stands for `limit`, or the largest."""
        self._values, self._labels = np.asarray(values, dtype=np.float64), labels
        self._limit = limit or signed_limit(self._values)
        self._marks = None
        self._hovered = -1
        self.update()

    def set_marks(self, marks: ArrayLike, name: str) -> None:
        """Draw a line across each bar where another number stands; `name` says in tooltips what it is."""
        marks = np.asarray(marks, dtype=np.float64)
        if marks.shape != self._values.shape:
            raise ValueError(f"{len(self._values)} bars need as many marks, not {marks.shape}")
        self._marks, self._marks_name = marks, name
        self._limit = max(self._limit, signed_limit(marks))
        self.update()

    def show_numbers(self) -> None:
        """Write its number at the end of each bar, or where bars are narrow the ends of their scale."""
        self._has_numbers = True
        self.update()

    def set_highlighted(self, index: int | None) -> None:
        """Mark a bar, or none."""
        if index != self._highlighted:
            self._highlighted = index
            self.update()

    def bar_at(self, x: float) -> int:
        """The bar at a place in the widget, -1 for none."""
        n = len(self._values)
        if n == 0 or not 0 <= x < self.width():
            return -1
        return min(n - 1, max(0, int((x - _SIDE_PX) / ((self.width() - 2 * _SIDE_PX) / n))))

    def sizeHint(self) -> QSize:
        return QSize(180, 90)

    def minimumSizeHint(self) -> QSize:
        return QSize(90, 56)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and (i := self.bar_at(event.pos().x())) >= 0:
            words = f"{self._labels[i]}: {format_number(self._values[i], 4, signed=True)}"
            if self._marks is not None:
                words += f"\n{self._marks_name} {format_number(self._marks[i], 4, signed=True)}"
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.bar_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and (i := self.bar_at(event.position().x())) >= 0:
            self.bar_clicked.emit(i)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if by is None or not len(self._values):
            super().keyPressEvent(event)
            return
        at = self._highlighted if self._highlighted is not None else -1
        self.bar_clicked.emit(min(len(self._values) - 1, max(0, at + by)))

    def _hover(self, i: int) -> None:
        if i != self._hovered:
            self._hovered = i
            self.bar_hovered.emit(i)
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        n = len(self._values)
        if n == 0:
            return
        painter = QPainter(self)
        line_px = self.fontMetrics().height()
        room = QRectF(self.rect()).adjusted(_SIDE_PX, 2, -_SIDE_PX, -line_px - 2)
        pitch = room.width() / n
        if self._has_numbers:
            room.adjust(0, line_px, 0, -line_px)
        for i, width in ((self._highlighted, 2.0), (self._hovered, 1.0)):
            if i is not None and 0 <= i < n:
                painter.setPen(QPen(self._theme.color("accent" if width > 1 else "secondary"), width))
                painter.setBrush(self._theme.color("accent_soft" if width > 1 else "hover"))
                painter.drawRoundedRect(QRectF(room.left() + i * pitch, 1, pitch, self.height() - 2), 3, 3)
        zero = self._paint_bars(painter, room, pitch)
        painter.setPen(self._theme.color("field_line"))
        painter.drawLine(int(room.left()), int(zero), int(room.right()), int(zero))
        if self._has_numbers:
            self._paint_numbers(painter, room, pitch, zero)
            room.adjust(0, -line_px, 0, line_px)
        self._paint_labels(painter, room, pitch, line_px)
        if self.hasFocus():
            painter.setPen(QPen(self._theme.color("accent"), 2.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()

    def _paint_bars(self, painter: QPainter, room: QRectF, pitch: float) -> float:
        """Paint the bars; returns where zero lies: in the middle, or below where nothing is negative."""
        only_positive = bool(np.all(np.nan_to_num(self._values) >= 0)) and self._marks is None
        zero = room.bottom() if only_positive else room.center().y()
        scale = (room.height() if only_positive else room.height() / 2) / self._limit
        colors = signed_scale(self._theme.dark)
        width = max(1.0, min(28.0, 0.62 * pitch))
        for i, value in enumerate(self._values):
            if np.isfinite(value):
                color = QColor(*map(int, colors[-16 if value > 0 else 16][:3]))
                x = room.left() + (i + 0.5) * pitch - width / 2
                painter.fillRect(QRectF(x, zero, width, -value * scale).normalized(), color)
        if self._marks is not None:
            painter.setPen(QPen(self._theme.color("text"), 2.0))
            for i, mark in enumerate(self._marks):
                x, y = room.left() + (i + 0.5) * pitch, zero - mark * scale
                painter.drawLine(QLineF(x - 0.8 * width, y, x + 0.8 * width, y))
        return zero

    def _paint_numbers(self, painter: QPainter, room: QRectF, pitch: float, zero: float) -> None:
        """Beyond the end of each bar what it stands for; of narrow ones only what the longest can be."""
        metrics = self.fontMetrics()
        words = [format_number(value, signed=True) for value in self._values]
        painter.setPen(self._theme.color("text"))
        if max(map(metrics.horizontalAdvance, words)) > pitch:
            flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextDontClip
            painter.drawText(room, flags, format_number(self._limit, signed=True))
            if zero < room.bottom():
                flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom | Qt.TextFlag.TextDontClip
                painter.drawText(room, flags, format_number(-self._limit, signed=True))
            return
        whole = room.bottom() if zero == room.bottom() else room.center().y()
        scale = (whole - room.top()) / self._limit
        for i, (value, text) in enumerate(zip(self._values, words, strict=True)):
            if not np.isfinite(value):
                continue
            end = zero - value * scale
            top = end - metrics.height() if value >= 0 else end
            place = QRectF(room.left() + i * pitch, top, pitch, metrics.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_labels(self, painter: QPainter, room: QRectF, pitch: float, line_px: int) -> None:
        painter.setPen(self._theme.color("secondary"))
        metrics, most = self.fontMetrics(), int(max(pitch, room.width() * _WIDEST_LABEL, _READABLE_PX)) - 4
        labels = [metrics.elidedText(label, Qt.TextElideMode.ElideMiddle, most) for label in self._labels]
        widest = max(map(metrics.horizontalAdvance, labels)) + 4
        every = max(1, int(np.ceil(widest / pitch)))
        end = -1.0
        for i in range(0, len(self._values), every):
            width = metrics.horizontalAdvance(labels[i]) + 2
            left = room.left() + (i + 0.5) * pitch - width / 2
            left = max(0.0, min(left, self.width() - width))  # the names at the ends stay whole
            if left < end:
                continue
            end = left + width + 2
            place = QRectF(left, room.bottom() + 2, width, line_px)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, labels[i])
