"""A reliability diagram: how often a network is right, by how certain it is."""

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from mlpviz.figures.numbers import format_number, format_percent
from mlpviz.gui.theme import SMALLEST_TEXT_PX, Theme, mix, text_font
from mlpviz.training.calibration import Calibration

_COUNTS_PX = 46  # the strip of counts below the diagram
_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


class CalibrationView(QWidget):
    """A bar for each bin of certainty, as high as the part that is right, against the diagonal.

    Below it are the counts. Left and right point at bins.

    Parameters
    ----------
    theme : Theme
    object_name : str
    parent : QWidget, optional
    """

    hovered = Signal(str)
    """The bin pointed at in words, empty when the pointer left."""

    def __init__(self, theme: Theme, object_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setAccessibleName("Calibration: accuracy by certainty")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFont(text_font(SMALLEST_TEXT_PX))
        self._theme = theme
        self._found: Calibration | None = None
        self._pointed = -1
        theme.changed.connect(self.update)

    def set_calibration(self, found: Calibration | None) -> None:
        """Show a calibration, or none."""
        self._found = found
        self._point(min(self._pointed, -1 if found is None else len(found.counts) - 1))
        self.update()

    def words(self, b: int) -> str:
        """A bin in words."""
        found = self._found
        if found is None or not 0 <= b < len(found.counts):
            return ""
        low, high = (format_percent(edge) for edge in found.edges[b : b + 2])
        count = int(found.counts[b])
        if not count:
            return f"certain by {low} to {high}: no example"
        examples = "1 example" if count == 1 else f"{format_number(count)} examples"
        return (
            f"certain by {low} to {high}: {examples}, {format_percent(found.certainty[b])} certain on "
            f"average, {format_percent(found.accuracy[b])} right"
        )

    def sizeHint(self) -> QSize:
        return QSize(360, 360)

    def minimumSizeHint(self) -> QSize:
        return QSize(220, 200)

    def _area(self) -> QRectF:
        """Where the diagram lies, the counts below it left out."""
        line = self.fontMetrics().height()
        left = self.fontMetrics().horizontalAdvance("100 %") + 12 + line
        return QRectF(self.rect()).adjusted(left, 8, -22, -_COUNTS_PX - 2 * line - 12)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        area = self._area()
        if not area.isEmpty():
            self._paint_axes(painter, area)
            if self._found is not None:
                self._paint_bins(painter, area, self._found)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._theme.color("accent"), 2.0))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)
        painter.end()

    def _paint_axes(self, painter: QPainter, area: QRectF) -> None:
        line = self.fontMetrics().height()
        bottom = area.bottom() + _COUNTS_PX
        for part in _TICKS:
            x, y = area.left() + part * area.width(), area.bottom() - part * area.height()
            painter.setPen(QPen(self._theme.color("line"), 1.0))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(self._theme.color("secondary"))
            text = format_percent(part)
            painter.drawText(
                QRectF(area.left() - 60, y - line, 54, 2 * line),
                Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
                text,
            )
            painter.drawText(QRectF(x - 30, bottom + 3, 60, line), Qt.AlignmentFlag.AlignCenter, text)
        words = QRectF(area.left(), bottom + 3 + line, area.width(), line + 2)
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, "certainty (below the bars: how many examples)")
        painter.save()
        painter.translate(0, area.bottom())
        painter.rotate(-90.0)
        painter.drawText(QRectF(0, 0, area.height(), line + 2), Qt.AlignmentFlag.AlignCenter, "accuracy")
        painter.restore()

    def _paint_bins(self, painter: QPainter, area: QRectF, found: Calibration) -> None:
        n, most = len(found.counts), max(1, int(found.counts.max()))
        pitch, card = area.width() / n, self._theme.color("card")
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for b in range(n):
            x = area.left() + b * pitch
            if b == self._pointed:
                painter.fillRect(
                    QRectF(x, area.top(), pitch, area.height() + _COUNTS_PX), self._theme.color("hover")
                )
            if not found.counts[b]:
                continue
            height = float(found.accuracy[b]) * area.height()
            bar = QRectF(x + 2, area.bottom() - height, pitch - 4, height)
            painter.fillRect(bar, mix(self._theme.color("accent"), card, 0.45))
            count = float(found.counts[b]) / most * (_COUNTS_PX - 6)
            painter.fillRect(
                QRectF(x + 2, area.bottom() + 3, pitch - 4, max(1.0, count)), self._theme.color("secondary")
            )
        painter.setPen(QPen(self._theme.color("field_line"), 1.0))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.color("secondary"), 1.5, Qt.PenStyle.DashLine))
        painter.drawLine(area.bottomLeft(), area.topRight())
        painter.setPen(QPen(card, 1.5))
        painter.setBrush(self._theme.color("accent"))
        for b in np.flatnonzero(found.counts).tolist():
            x = area.left() + float(found.certainty[b]) * area.width()
            y = area.bottom() - float(found.accuracy[b]) * area.height()
            painter.drawEllipse(QPointF(x, y), 4.5, 4.5)

    def _bin_at(self, point: QPointF) -> int:
        area = self._area()
        if self._found is None or not area.left() <= point.x() < area.right():
            return -1
        return int((point.x() - area.left()) / area.width() * len(self._found.counts))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(self._bin_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if by is None or self._found is None:
            super().keyPressEvent(event)
            return
        last = len(self._found.counts) - 1
        self._point(last if self._pointed < 0 else min(max(self._pointed + by, 0), last))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._point(-1)
        self.update()

    def _point(self, b: int) -> None:
        if b != self._pointed:
            self._pointed = b
            self.setAccessibleDescription(self.words(b))
            self.hovered.emit(self.words(b))
            self.update()
