"""What a fit leaves over: each example's residual against what the network said."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from mlpviz.figures.colors import signed_limit
from mlpviz.figures.numbers import format_number
from mlpviz.gui.theme import SMALLEST_TEXT_PX, Theme, text_font

_REACH_PX = 14.0


class ResidualsView(QWidget):
    """A dot for each example: to the right what was said, up what it is too large by.

    A click chooses the nearest dot; left and right go from one to the next.

    Parameters
    ----------
    theme : Theme
    object_name : str
    parent : QWidget, optional
    """

    chosen = Signal(int)
    """The example that was chosen."""

    def __init__(self, theme: Theme, object_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setAccessibleName("Residuals against predictions")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFont(text_font(SMALLEST_TEXT_PX))
        self._theme = theme
        self._said: NDArray = np.zeros(0)
        self._residuals: NDArray = np.zeros(0)
        self._selected: int | None = None
        theme.changed.connect(self.update)

    def set_residuals(self, said: NDArray, residuals: NDArray) -> None:
        """Show residuals (N,) over what was said (N,)."""
        self._said, self._residuals = said, residuals
        largest = np.abs(residuals[np.isfinite(residuals)]).max(initial=0.0)
        self.setAccessibleDescription(f"{len(said)} residuals, up to {format_number(float(largest))}")
        self.update()

    def set_selected(self, example: int | None) -> None:
        """Mark an example, or none."""
        self._selected = example
        self.update()

    def place_of(self, example: int) -> QPointF:
        """Where an example's dot lies in the widget."""
        return QPointF(*(float(value) for value in self._places()[example]))

    def sizeHint(self) -> QSize:
        return QSize(420, 320)

    def minimumSizeHint(self) -> QSize:
        return QSize(220, 160)

    def _area(self) -> QRectF:
        line = self.fontMetrics().height()
        return QRectF(self.rect()).adjusted(76, 10, -14, -2 * line - 8)

    def _ranges(self) -> tuple[float, float, float]:
        """Least and largest of what was said, and the largest size of a residual."""
        said = self._said[np.isfinite(self._said)]
        low, high = (float(said.min()), float(said.max())) if len(said) else (0.0, 1.0)
        return low, high if high > low else low + 1.0, signed_limit(self._residuals)

    def _places(self) -> NDArray:
        """(N, 2) places in the widget; NaN where not finite."""
        area = self._area().adjusted(10, 0, -8, 0)
        low, high, limit = self._ranges()
        with np.errstate(all="ignore"):
            x = area.left() + (self._said - low) / (high - low) * area.width()
            y = area.center().y() - self._residuals / limit * area.height() / 2
        places = np.stack([x, y], axis=1).astype(np.float64)
        places[~np.isfinite(places).all(axis=1)] = np.nan
        return places

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        area = self._area()
        if not area.isEmpty():
            self._paint_axes(painter, area)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, len(self._said) < 5000)
            places = self._places()
            known = places[~np.isnan(places).any(axis=1)]
            pen = QPen(self._theme.color("training"), 5.0)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawPoints(QPolygonF([QPointF(x, y) for x, y in known.tolist()]))
            if self._selected is not None and self._selected < len(places):
                x, y = places[self._selected].tolist()
                if x == x:
                    painter.setPen(QPen(self._theme.color("accent"), 2.0))
                    painter.drawEllipse(QPointF(x, y), 7.0, 7.0)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._theme.color("accent"), 2.0))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)
        painter.end()

    def _paint_axes(self, painter: QPainter, area: QRectF) -> None:
        line = self.fontMetrics().height()
        low, high, limit = self._ranges()
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for value, y in ((limit, area.top()), (0.0, area.center().y()), (-limit, area.bottom())):
            painter.setPen(QPen(self._theme.color("field_line" if value == 0 else "line"), 1.0))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(self._theme.color("secondary"))
            text = format_number(value, signed=True)
            painter.drawText(QRectF(0, y - line, area.left() - 6, 2 * line), right, text)
        for value, flag in ((low, Qt.AlignmentFlag.AlignLeft), (high, Qt.AlignmentFlag.AlignRight)):
            row = QRectF(area.left(), area.bottom() + 4, area.width(), line)
            painter.drawText(row, flag, format_number(value))
        row = QRectF(area.left(), area.bottom() + 4, area.width(), line)
        painter.drawText(row, Qt.AlignmentFlag.AlignCenter, "what the network says")
        painter.save()
        painter.translate(0, area.bottom())
        painter.rotate(-90.0)
        side = QRectF(0, 0, area.height(), line + 2)
        painter.drawText(side, Qt.AlignmentFlag.AlignCenter, "too large by")
        painter.restore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        places = self._places()
        point = event.position()
        distances = np.hypot(places[:, 0] - point.x(), places[:, 1] - point.y())
        if event.button() == Qt.MouseButton.LeftButton and np.any(distances <= _REACH_PX):
            self.chosen.emit(int(np.nanargmin(distances)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if by is None or not len(self._said):
            super().keyPressEvent(event)
            return
        order = np.argsort(self._said, kind="stable")
        at = -1 if self._selected is None else int(np.flatnonzero(order == self._selected)[0])
        self.chosen.emit(int(order[min(max(at + by, 0), len(order) - 1)]))
