"""Bars above and below zero, in the colours of the signed scale."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from mlpviz.figures.colors import signed_limit, signed_scale
from mlpviz.figures.numbers import format_number
from mlpviz.gui.theme import SMALLEST_TEXT_PX, Theme, text_font


class Bars(QWidget):
    """A bar for each number: up for positive, down for negative, its label below.

    Parameters
    ----------
    theme : Theme
    object_name : str
    name : str
        For screen readers: what the numbers are.
    """

    def __init__(self, theme: Theme, object_name: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFont(text_font(SMALLEST_TEXT_PX))
        self._theme = theme
        self._values: NDArray = np.zeros(0)
        self._labels: Sequence[str] = ()
        theme.changed.connect(self.update)

    def set_values(self, values: ArrayLike, labels: Sequence[str]) -> None:
        """Show numbers, each with its label."""
        self._values, self._labels = np.asarray(values, dtype=np.float64), labels
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(180, 90)

    def minimumSizeHint(self) -> QSize:
        return QSize(90, 56)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and len(self._values):
            i = min(
                len(self._values) - 1,
                max(0, int((event.pos().x() - 4) / ((self.width() - 8) / len(self._values)))),
            )
            words = f"{self._labels[i]}: {format_number(self._values[i], 4, signed=True)}"
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        n = len(self._values)
        if n == 0:
            return
        painter = QPainter(self)
        line_px = self.fontMetrics().height()
        room = QRectF(self.rect()).adjusted(4, 2, -4, -line_px - 2)
        zero = room.center().y()
        scale = room.height() / 2 / signed_limit(self._values)
        colors = signed_scale(self._theme.dark)
        pitch = room.width() / n
        width = max(1.0, min(28.0, 0.62 * pitch))
        for i, value in enumerate(self._values):
            if np.isfinite(value):
                color = QColor(*map(int, colors[-16 if value > 0 else 16][:3]))
                x = room.left() + (i + 0.5) * pitch - width / 2
                painter.fillRect(QRectF(x, zero, width, -value * scale).normalized(), color)
        painter.setPen(self._theme.color("field_line"))
        painter.drawLine(int(room.left()), int(zero), int(room.right()), int(zero))
        painter.setPen(self._theme.color("secondary"))
        widest = max(self.fontMetrics().horizontalAdvance(label) for label in self._labels) + 4
        every = max(1, int(np.ceil(widest / pitch)))
        for i in range(0, n, every):
            place = QRectF(room.left() + (i + 0.5) * pitch - widest, room.bottom() + 2, 2 * widest, line_px)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, self._labels[i])
        painter.end()
