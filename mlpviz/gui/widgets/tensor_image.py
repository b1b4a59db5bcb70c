"""One matrix as a picture, each entry a square of colour."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from mlpviz.figures.colors import colorize, signed_limit
from mlpviz.figures.numbers import format_number
from mlpviz.gui.theme import Theme
from mlpviz.gui.widgets.color_scales import Scale, checked_scale, indices_of, lut_of
from mlpviz.gui.widgets.qimages import to_qimage

_ARROWS = {
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
}


class Cell(NamedTuple):
    """One entry of a matrix on show."""

    row: int
    column: int
    value: float


class TensorImage(QWidget):
    """Shows a matrix with nearest-neighbour pixels, and tells which entry is under the pointer.

    Parameters
    ----------
    theme : Theme
    object_name : str
    name : str
        For screen readers: what the matrix is.
    scale : "signed" or "pixel"
        The signed scale for weights, gradients and scores; the pixel scale for pixels and activations.
    keep_aspect : bool
        Entries are squares; otherwise the matrix fills the widget.
    parent : QWidget, optional
    """

    cell_hovered = Signal(object)
    """A :class:`Cell`, or None when the pointer left."""
    cell_clicked = Signal(object)
    """A :class:`Cell` that was clicked, or chosen with Enter."""

    def __init__(
        self,
        theme: Theme,
        object_name: str,
        name: str = "",
        scale: Scale = "signed",
        keep_aspect: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setAccessibleName(name or object_name.replace("_", " "))
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.theme, self._scale, self._keep_aspect = theme, checked_scale(scale), keep_aspect
        self._array: NDArray = np.zeros((0, 0), np.float32)
        self._limit = 1.0
        self._image: QImage | None = None
        self._hovered: tuple[int, int] | None = None
        self._highlighted: tuple[int, int] | None = None
        theme.changed.connect(self._recolor)

    @property
    def array(self) -> NDArray:
        """The matrix on show."""
        return self._array

    @property
    def limit(self) -> float:
        """The end of the colour scale."""
        return self._limit

    def set_array(self, array: ArrayLike, limit: float | None = None) -> None:
        """Show a matrix.

        Parameters
        ----------
        array : (rows, columns) or (columns,) array
            Not copied: it must not change afterwards.
        limit : float, optional
            The end of the colour scale; by default the largest absolute entry.
        """
        array = np.atleast_2d(np.asarray(array))
        if array.ndim != 2:
            raise ValueError(f"a picture needs a matrix, not an array of shape {array.shape}")
        if array.shape != self._array.shape:
            self._hovered = self._highlighted = None
            self.updateGeometry()
        self._array = array
        self._limit = signed_limit(array) if limit is None else float(limit)
        self._recolor()

    def set_scale(self, scale: Scale) -> None:
        """Choose the signed or the pixel scale."""
        self._scale = checked_scale(scale)
        self._recolor()

    def set_highlighted(self, cell: tuple[int, int] | None) -> None:
        """Outline the entry at a row and column, or none."""
        if cell != self._highlighted:
            self._highlighted = cell
            self.update()

    def cell_at(self, point: QPointF) -> Cell | None:
        """Return the entry under a point of the widget."""
        rows, columns = self._array.shape
        area = self.image_rect()
        if not rows or not columns or not area.contains(point):
            return None
        row = min(rows - 1, int((point.y() - area.top()) / area.height() * rows))
        column = min(columns - 1, int((point.x() - area.left()) / area.width() * columns))
        return self._cell(row, column)

    def cell_rect(self, row: int, column: int) -> QRectF:
        """Return where an entry lies in the widget."""
        rows, columns = self._array.shape
        area = self.image_rect()
        width, height = area.width() / columns, area.height() / rows
        return QRectF(area.left() + column * width, area.top() + row * height, width, height)

    def image_rect(self) -> QRectF:
        """Return where the matrix lies in the widget: as large as fits, in its middle."""
        rows, columns = self._array.shape
        room = self.room()
        if not rows or not columns or room.isEmpty():
            return QRectF(room.center(), room.center())
        if not self._keep_aspect:
            return room
        side = min(room.width() / columns, room.height() / rows)
        pixel = 1.0 / self.theme.pixel_ratio(self)
        if side >= 8.0 * pixel:  # whole pixels of the screen for each entry where that costs little room
            side = side // pixel * pixel
        area = QRectF(0.0, 0.0, side * columns, side * rows)
        area.moveCenter(room.center())
        area.moveTo(round(area.left() / pixel) * pixel, round(area.top() / pixel) * pixel)
        return area

    def room(self) -> QRectF:
        """Return the part of the widget that is for the matrix."""
        return QRectF(self.rect())

    def sizeHint(self) -> QSize:
        rows, columns = self._array.shape
        zoom = max(1, 160 // max(rows, columns, 1))
        return QSize(max(24, columns * zoom), max(24, rows * zoom))

    def minimumSizeHint(self) -> QSize:
        return QSize(24, 24)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._array.size:
            area = self.image_rect()
            shrunk = area.width() * self.theme.pixel_ratio(self) < self._array.shape[1]
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, shrunk)
            painter.drawImage(area, self._colored())
            if self._hovered is not None:
                self._outline(painter, self._hovered, "text", 1.0)
            if self._highlighted is not None:
                self._outline(painter, self._highlighted, "accent", 2.0)
        if self.hasFocus():
            painter.setPen(QPen(self.theme.color("accent"), 2.0))
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.cell_at(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and cell is not None:
            self.cell_clicked.emit(cell)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(None)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if not self.underMouse():
            self._hover(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        rows, columns = self._array.shape
        if not self._array.size or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            event.ignore()
        elif event.key() in _ARROWS:
            down, right = _ARROWS[Qt.Key(event.key())]
            row, column = self._hovered or (0, 0)
            moved = self._hovered is not None
            row = min(max(row + moved * down, 0), rows - 1)
            column = min(max(column + moved * right, 0), columns - 1)
            self._hover(self._cell(row, column))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._hovered is not None:
            self.cell_clicked.emit(self._cell(*self._hovered))
        else:
            event.ignore()

    def _cell(self, row: int, column: int) -> Cell:
        return Cell(row, column, float(self._array[row, column]))

    def _hover(self, cell: Cell | None) -> None:
        place = None if cell is None else (cell.row, cell.column)
        if place == self._hovered:
            return
        self._hovered = place
        if cell is not None:
            self.setAccessibleDescription(
                f"row {cell.row}, column {cell.column}: {format_number(cell.value, 4)}"
            )
        self.update()
        self.cell_hovered.emit(cell)

    def _outline(self, painter: QPainter, place: tuple[int, int], role: str, width: float) -> None:
        rows, columns = self._array.shape
        if place[0] >= rows or place[1] >= columns:
            return
        rect = self.cell_rect(*place)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self.theme.color("card"), width + 2.0))
        painter.drawRect(rect)
        painter.setPen(QPen(self.theme.color(role), width))
        painter.drawRect(rect)

    def _colored(self) -> QImage:
        if self._image is None:
            indices = indices_of(self._scale, self._array, self._limit)
            self._image = to_qimage(colorize(indices, lut_of(self._scale, self.theme)))
        return self._image

    def _recolor(self) -> None:
        self._image = None
        self.update()


class HeatMap(TensorImage):
    """A matrix as a picture with a word along each side: what its rows and its columns are.

    Parameters
    ----------
    theme, object_name, name, scale, keep_aspect, parent
        As in :class:`TensorImage`; entries fill the room by default.
    rows_caption, columns_caption : str
        Such as "input" and "unit".
    """

    def __init__(
        self,
        theme: Theme,
        object_name: str,
        rows_caption: str,
        columns_caption: str,
        name: str = "",
        scale: Scale = "signed",
        keep_aspect: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, object_name, name, scale, keep_aspect, parent)
        self._captions = (rows_caption, columns_caption)

    def room(self) -> QRectF:
        line = self.fontMetrics().height() + 4
        return QRectF(self.rect()).adjusted(line, line, -2, -2)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        rows, columns = self._array.shape
        if not self._array.size:
            return
        painter = QPainter(self)
        painter.setPen(self.theme.color("secondary"))
        area, line = self.image_rect(), self.fontMetrics().height() + 4
        top = QRectF(area.left(), area.top() - line, area.width(), line)
        self._caption(painter, top, self._captions[1], columns)
        painter.translate(area.left() - line, area.bottom())
        painter.rotate(-90.0)
        self._caption(painter, QRectF(0.0, 0.0, area.height(), line), self._captions[0], rows)
        painter.end()

    def _caption(self, painter: QPainter, rect: QRectF, word: str, n: int) -> None:
        text = f"{n} {word}" if n == 1 else f"{word} 0 to {n - 1}"
        text = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(rect.width()))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
