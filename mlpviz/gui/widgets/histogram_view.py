"""How a layer's numbers are spread: a histogram about zero."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from mlpviz.figures.numbers import format_number
from mlpviz.figures.weights import histogram
from mlpviz.gui.theme import SMALLEST_TEXT_PX, Theme, text_font


class HistogramView(QWidget):
    """Counts of numbers in equal bins from −limit to limit, with the limits written below."""

    def __init__(self, theme: Theme, object_name: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFont(text_font(SMALLEST_TEXT_PX))
        self._theme = theme
        self._counts: NDArray = np.zeros(0, np.int64)
        self._limit = 1.0
        theme.changed.connect(self.update)

    def set_values(self, values: NDArray) -> None:
        """Show how the entries of an array of any shape are spread."""
        self._counts, self._limit = histogram(values)
        self.setAccessibleDescription(
            f"{values.size} numbers from {format_number(float(values.min()))} "
            f"to {format_number(float(values.max()))}, root mean square "
            f"{format_number(float(np.sqrt(np.mean(np.square(values)))))}"
        )
        self.setToolTip(self.accessibleDescription())
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(300, 200)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 80)

    def paintEvent(self, _event: QPaintEvent) -> None:
        n = len(self._counts)
        if n == 0 or self._counts.max() == 0:
            return
        painter = QPainter(self)
        line_px = self.fontMetrics().height()
        room = QRectF(self.rect()).adjusted(4, line_px + 6, -4, -line_px - 6)
        pitch = room.width() / n
        scale = room.height() / float(self._counts.max())
        color = self._theme.color("accent")
        for i, count in enumerate(self._counts):
            painter.fillRect(
                QRectF(
                    room.left() + i * pitch, room.bottom(), max(1.0, pitch - 1), -count * scale
                ).normalized(),
                color,
            )
        painter.setPen(self._theme.color("field_line"))
        painter.drawLine(room.bottomLeft(), room.bottomRight())
        painter.setPen(self._theme.color("secondary"))
        below = QRectF(room.left(), room.bottom() + 4, room.width(), line_px)
        for words, place in (
            (format_number(-self._limit), Qt.AlignmentFlag.AlignLeft),
            ("0", Qt.AlignmentFlag.AlignHCenter),
            (format_number(self._limit), Qt.AlignmentFlag.AlignRight),
        ):
            painter.drawText(below, place, words)
        above = QRectF(room.left(), 0, room.width(), line_px)
        most = format_number(int(self._counts.max()))
        painter.drawText(above, Qt.AlignmentFlag.AlignLeft, f"tallest bar: {most} numbers")
        painter.end()
