"""A confusion matrix to look at and to choose from: counts in cells, mistakes in colour."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from mlpviz.figures.confusion_words import counted, read_as
from mlpviz.gui.theme import SMALLEST_TEXT_PX, TEXT_PX, Theme, mix, text_font

Place = tuple[int | None, int | None]
"""Row and column of a cell; None for a whole row or column."""

_ARROWS = {
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
}
_PALEST, _STRONGEST = 0.10, 0.70
_LONGEST_NAME_PX = 90


class ConfusionMap(QWidget):
    """Rows are the true classes, columns the classes said; a click, or arrows and Enter, choose.

    The diagonal is grey, so that mistakes, the darker the more frequent, stand out. The heads of rows and
    columns choose a whole row or column.

    Parameters
    ----------
    theme : Theme
    object_name : str
    parent : QWidget, optional
    """

    chosen = Signal(object)
    """A `Place`, or None if the choice was taken back."""
    hovered = Signal(str)
    """What is pointed at in words, empty when the pointer left."""

    def __init__(self, theme: Theme, object_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setAccessibleName("Confusion matrix")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._theme = theme
        self._matrix: NDArray[np.int64] = np.zeros((0, 0), np.int64)
        self._support: NDArray[np.int64] = np.zeros(0, np.int64)
        self._names: Sequence[str] = ()
        self._widest_px = 0
        self._pointed: Place | None = None
        self._selected: Place | None = None
        theme.changed.connect(self.update)

    @property
    def matrix(self) -> NDArray[np.int64]:
        """The counts on show."""
        return self._matrix

    def set_matrix(self, matrix: NDArray[np.int64], support: NDArray[np.int64], names: Sequence[str]) -> None:
        """Show counts (n, n), for classes with so many examples each (n,) and these names."""
        if matrix.shape != self._matrix.shape:
            self._pointed = self._selected = None
        self._matrix, self._support, self._names = matrix, support, names
        self._widest_px = max(map(self.fontMetrics().horizontalAdvance, names), default=0)
        self._tell()
        self.update()

    def set_selected(self, place: Place | None) -> None:
        """Mark a cell, row or column without telling anybody, or none."""
        self._selected = place
        self.update()

    def words(self, place: Place | None) -> str:
        """What a place means."""
        n = len(self._matrix)
        if place is None or n == 0:
            return ""
        row, column = place
        if row is not None and column is not None:
            count, of = int(self._matrix[row, column]), int(self._support[row])
            return read_as(count, self._names[row], self._names[column], of)
        if row is not None:
            wrong = int(self._matrix[row].sum() - self._matrix[row, row])
            return f"{counted(int(self._support[row]), self._names[row])} in all, {wrong} of them misread"
        assert column is not None
        total = int(self._matrix[:, column].sum())
        wrong = total - int(self._matrix[column, column])
        times = "once" if total == 1 else f"{total} times"
        return (
            f"“{self._names[column]}” was said {times}, {wrong} of them wrongly"
            if total
            else (f"“{self._names[column]}” was never said")
        )

    def cell_rect(self, row: int | None, column: int | None) -> QRectF:
        """Where a cell lies in the widget, or the head of a row or column."""
        area, n = self._area(), max(1, len(self._matrix))
        width, height = area.width() / n, area.height() / n
        left, top = self._heads()
        x = area.left() - left if column is None else area.left() + column * width
        y = area.top() - top if row is None else area.top() + row * height
        return QRectF(x, y, left if column is None else width, top if row is None else height)

    def place_at(self, point: QPointF) -> Place | None:
        """The cell, or the head of a row or column, under a point."""
        n, area = len(self._matrix), self._area()
        if n == 0 or area.isEmpty():
            return None
        left, top = self._heads()
        column = int((point.x() - area.left()) // (area.width() / n))
        row = int((point.y() - area.top()) // (area.height() / n))
        over_heads = area.top() - top <= point.y() < area.top()
        over_rows = area.left() - left <= point.x() < area.left()
        if 0 <= row < n and 0 <= column < n:
            return row, column
        if over_heads and 0 <= column < n:
            return None, column
        return (row, None) if over_rows and 0 <= row < n else None

    def sizeHint(self) -> QSize:
        return QSize(420, 420)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 220)

    # ------------------------------------------------------------------ painting

    def _heads(self) -> tuple[float, float]:
        """Room for the names left of the rows and above the columns."""
        return min(self._widest_px, _LONGEST_NAME_PX) + 14.0, self.fontMetrics().height() + 6.0

    def _area(self) -> QRectF:
        """Where the cells lie: as square as the room allows, below and right of the captions."""
        line = self.fontMetrics().height() + 4.0
        left, top = self._heads()
        room = QRectF(self.rect()).adjusted(line + left, line + top, -3, -3)
        n = max(1, len(self._matrix))
        side = min(room.width(), room.height()) // n * n
        wide = min(room.width(), 1.5 * room.height()) // n * n
        return QRectF(room.left(), room.top(), max(side, wide), side) if side > 0 else QRectF()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        n = len(self._matrix)
        area = self._area()
        if n and not area.isEmpty():
            self._paint_captions(painter, area)
            font = text_font(TEXT_PX if area.width() / n >= 40 else SMALLEST_TEXT_PX)
            painter.setFont(font)
            mistakes = self._matrix - np.diag(np.diag(self._matrix))
            most = max(1, int(mistakes.max()))
            for row in range(n):
                for column in range(n):
                    self._paint_cell(painter, row, column, most)
            for place, role, width in ((self._pointed, "text", 1.0), (self._selected, "accent", 2.0)):
                if place is not None:
                    painter.setBrush(Qt.BrushStyle.NoBrush)
                    painter.setPen(QPen(self._theme.color(role), width))
                    painter.drawRect(self._outline(place))
        if self.hasFocus():
            painter.setPen(QPen(self._theme.color("accent"), 2.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)
        painter.end()

    def _outline(self, place: Place) -> QRectF:
        row, column = place
        n = len(self._matrix)
        if row is not None and column is not None:
            return self.cell_rect(row, column).adjusted(0.5, 0.5, -0.5, -0.5)
        if row is not None:
            return self.cell_rect(row, None).united(self.cell_rect(row, n - 1))
        return self.cell_rect(None, column).united(self.cell_rect(n - 1, column))

    def _paint_cell(self, painter: QPainter, row: int, column: int, most: int) -> None:
        rect = self.cell_rect(row, column).adjusted(0.5, 0.5, -0.5, -0.5)
        count, card = int(self._matrix[row, column]), self._theme.color("card")
        right = row == column
        if right:
            ground, ink = self._theme.color("hover"), self._theme.color("secondary")
        elif count:
            part = _PALEST + (_STRONGEST - _PALEST) * (count / most) ** 0.5
            ground = mix(self._theme.color("error"), card, part)
            ink = _readable_on(ground)
        else:
            ground, ink = card, self._theme.color("secondary")
        painter.fillRect(rect, ground)
        painter.setPen(QPen(self._theme.color("line"), 1.0))
        painter.drawRect(rect)
        text = str(count)
        if count and painter.fontMetrics().horizontalAdvance(text) <= rect.width():
            painter.setPen(ink)
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_captions(self, painter: QPainter, area: QRectF) -> None:
        left, top = self._heads()
        line, metrics = self.fontMetrics().height() + 4.0, self.fontMetrics()
        painter.setPen(self._theme.color("text"))
        for k, name in enumerate(self._names):
            for rect, flag in (
                (self.cell_rect(k, None).adjusted(0, 0, -7, 0), Qt.AlignmentFlag.AlignRight),
                (self.cell_rect(None, k), Qt.AlignmentFlag.AlignHCenter),
            ):
                shown = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, int(rect.width()))
                if shown == "…":
                    shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(rect.width()))
                painter.drawText(rect, flag | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.setPen(self._theme.color("secondary"))
        head = QRectF(area.left(), area.top() - top - line, area.width(), line)
        painter.drawText(head, Qt.AlignmentFlag.AlignCenter, "said")
        painter.save()
        painter.translate(area.left() - left - line, area.bottom())
        painter.rotate(-90.0)
        painter.drawText(QRectF(0, 0, area.height(), line), Qt.AlignmentFlag.AlignCenter, "true")
        painter.restore()

    # ------------------------------------------------------------------ mouse and keys

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(self.place_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and place is not None:
            self._choose(place)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        n = len(self._matrix)
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if n and plain and event.key() in _ARROWS:
            down, right = _ARROWS[Qt.Key(event.key())]
            self._point(self._moved(down, right))
        elif plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._pointed is not None:
            self._choose(self._pointed)
        elif event.key() == Qt.Key.Key_Escape and self._selected is not None:
            self._choose(self._selected)
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if not self.underMouse():
            self._point(None)
        self.update()

    def _moved(self, down: int, right: int) -> Place:
        """The next place; the heads lie before the first row and column."""
        if self._pointed is None:
            return self._selected or (0, 0)
        n = len(self._matrix)
        row = -1 if self._pointed[0] is None else self._pointed[0]
        column = -1 if self._pointed[1] is None else self._pointed[1]
        row, column = min(max(row + down, -1), n - 1), min(max(column + right, -1), n - 1)
        if row < 0 and column < 0:
            return self._pointed
        return (None if row < 0 else row), (None if column < 0 else column)

    def _choose(self, place: Place) -> None:
        self._selected = None if place == self._selected else place
        self.update()
        self.chosen.emit(self._selected)

    def _point(self, place: Place | None) -> None:
        if place != self._pointed:
            self._pointed = place
            self._tell()
            self.update()

    def _tell(self) -> None:
        words = self.words(self._pointed)
        self.setAccessibleDescription(words or "Arrows point at a cell, Enter shows its examples")
        self.hovered.emit(words)


def _readable_on(ground: QColor) -> QColor:
    """Black or white, whichever is read better on a colour."""
    channels = (ground.redF(), ground.greenF(), ground.blueF())
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return QColor("#FFFFFF") if luminance < 0.18 else QColor("#000000")
