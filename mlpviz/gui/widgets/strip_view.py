"""A walkthrough at a glance: operations from left to right, forwards, backwards, and the update."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from mlpviz.figures.colors import colorize, signed_limit
from mlpviz.figures.numbers import format_number
from mlpviz.gui.theme import SMALLEST_TEXT_PX, Theme, text_font
from mlpviz.gui.widgets.color_scales import indices_of, lut_of
from mlpviz.gui.widgets.qimages import to_qimage
from mlpviz.gui.widgets.vector_view import MOST_BARS, grid_shape
from mlpviz.walkthrough import Stage, Walkthrough

ROWS = ("forward", "backward", "update")
ROW_COLORS = {"forward": "forward", "backward": "backward", "update": "accent"}
GAP_PX = 8
_SIDE_PX = 74  # for the names of the rows


@dataclass(frozen=True, slots=True)
class StripCell:
    """The stages of one operation in one direction."""

    row: int
    column: int
    stages: tuple[Stage, ...]


class StripView(QWidget):
    """A row of operations for each direction; a click shows the stage, and the one on show is lit."""

    stage_clicked = Signal(int)

    def __init__(self, theme: Theme, object_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setAccessibleName("Stages of the walkthrough")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setFont(text_font(SMALLEST_TEXT_PX))
        self._theme = theme
        self._cells: list[StripCell] = []
        self._columns: list[str] = []
        self._pictures: dict[tuple[int, int], QImage] = {}
        self._walkthrough: Walkthrough | None = None
        self._image_shape: tuple[int, int] | None = None
        self._current = 0
        self._is_low = False
        self._covered_from: int | None = None
        self._hovered: StripCell | None = None
        theme.changed.connect(self._recolor)

    @property
    def cells(self) -> list[StripCell]:
        """What lies where."""
        return self._cells

    def set_walkthrough(self, walkthrough: Walkthrough, image_shape: tuple[int, int] | None) -> None:
        """Show the stages of a walkthrough."""
        self._walkthrough, self._image_shape = walkthrough, image_shape
        self._cells, self._columns = lay_out(walkthrough)
        self._hovered = None
        self._recolor()

    def set_covered_from(self, index: int | None) -> None:
        """Hide what comes of this stage and all later ones, while the learner guesses."""
        if index != self._covered_from:
            self._covered_from = index
            self.update()

    def set_low(self, low: bool) -> None:
        """Only names, without pictures, where there is little height."""
        self._is_low = low
        self.updateGeometry()
        self.update()

    def set_current(self, index: int) -> None:
        """Light the cell of a stage."""
        self._current = index
        self.setAccessibleDescription(f"stage {index}")
        self.update()

    def cell_rect(self, cell: StripCell) -> QRectF:
        """Where a cell lies in the widget."""
        height = (self.height() - GAP_PX * (len(ROWS) - 1)) / len(ROWS)
        width = (self.width() - _SIDE_PX) / max(1, len(self._columns))
        return QRectF(
            _SIDE_PX + cell.column * width, cell.row * (height + GAP_PX), width - GAP_PX, height
        ).adjusted(1, 1, -1, -1)

    def sizeHint(self) -> QSize:
        return QSize(600, 82 if self._is_low else 138)

    def minimumSizeHint(self) -> QSize:
        return QSize(300, 82 if self._is_low else 138)

    # ------------------------------------------------------------------ pointing

    def _cell_at(self, event: QMouseEvent | QHelpEvent) -> StripCell | None:
        place = event.position() if isinstance(event, QMouseEvent) else event.pos().toPointF()
        return next((cell for cell in self._cells if self.cell_rect(cell).contains(place)), None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        cell = self._cell_at(event)
        if cell is not self._hovered:
            self._hovered = cell
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = None
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        cell = self._cell_at(event)
        if cell is None or event.button() != Qt.MouseButton.LeftButton:
            return
        indices = [stage.index for stage in cell.stages]
        at = indices.index(self._current) + 1 if self._current in indices else 0
        self.stage_clicked.emit(indices[at % len(indices)])  # again: the next stage of the same cell

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and (cell := self._cell_at(event)) is not None:
            words = [f"{stage.index}  {stage.operation}: {stage.title}" for stage in cell.stages]
            result = cell.stages[0].result
            if result.values.ndim == 2 and not self._is_low:
                words.append(
                    f"The picture: {result.name} of unit {strongest_unit(result.values)}, the largest"
                )
            QToolTip.showText(event.globalPos(), "\n".join(words), self)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()  # the page steps

    # ------------------------------------------------------------------ painting

    def _recolor(self) -> None:
        self._pictures.clear()
        if self._walkthrough is not None:
            for cell in self._cells:
                self._pictures[cell.row, cell.column] = self._thumbnail(cell.stages[0])
        self.update()

    def _thumbnail(self, stage: Stage) -> QImage:
        values = stage.result.values
        if values.ndim == 2:
            values = values[:, strongest_unit(values)]
        values = np.atleast_1d(values)
        shape = (1, len(values)) if len(values) <= MOST_BARS else grid_shape(len(values))
        if self._image_shape is not None and stage.result.axes[:1] == ("inputs",):
            shape = self._image_shape
        never_negative = stage.result.role == "value" and bool(np.all(values >= 0))
        scale = "pixel" if never_negative else "signed"
        indices = indices_of(scale, values.reshape(shape), signed_limit(values))  # type: ignore[arg-type]
        return to_qimage(colorize(indices, lut_of(scale, self._theme)))  # type: ignore[arg-type]

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for row, name in enumerate(ROWS):
            cells = [cell for cell in self._cells if cell.row == row]
            if not cells:
                continue
            rect = self.cell_rect(cells[0])
            painter.setPen(self._theme.color(ROW_COLORS[name]))
            arrow = {"forward": " →", "backward": " ←"}.get(name, "")
            side = QRectF(0, rect.top(), _SIDE_PX - 6, rect.height())
            painter.drawText(side, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name + arrow)
        for cell in self._cells:
            self._paint_cell(painter, cell)
        painter.end()

    def _paint_cell(self, painter: QPainter, cell: StripCell) -> None:
        rect, theme = self.cell_rect(cell), self._theme
        role = ROW_COLORS[ROWS[cell.row]]
        indices = [stage.index for stage in cell.stages]
        lit = self._current in indices
        painter.setPen(QPen(theme.color(role if lit else "line"), 2.0 if lit else 1.0))
        painter.setBrush(
            theme.color("accent_soft" if lit else ("hover" if cell is self._hovered else "card"))
        )
        painter.drawRoundedRect(rect, 6, 6)
        line_px = self.fontMetrics().height()
        text = QRectF(rect.left() + 4, rect.bottom() - line_px - 2, rect.width() - 8, line_px)
        if self._is_low:
            text.moveCenter(rect.center())
        words = self._words(cell, indices)
        painter.setPen(theme.color("text" if lit else "secondary"))
        elided = self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, int(text.width()))
        painter.drawText(text, Qt.AlignmentFlag.AlignCenter, elided)
        if self._is_low:
            return
        if self._covered_from is not None and indices[-1] >= self._covered_from:
            painter.drawText(rect.adjusted(0, 2, 0, -line_px), Qt.AlignmentFlag.AlignCenter, "?")
            return
        room = QRectF(rect.left() + 4, rect.top() + 4, rect.width() - 8, rect.height() - line_px - 10)
        if cell.stages[-1].result.values.ndim == 0:  # a number needs no picture
            painter.setPen(theme.color("text"))
            number = format_number(float(cell.stages[-1].result.values))
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, number)
            return
        picture = self._pictures[cell.row, cell.column]
        size = picture.size().toSizeF().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        target = QRectF(0, 0, size.width(), size.height())
        if picture.height() == 1:  # a row of numbers: as wide as there is room
            target = QRectF(0, 0, min(room.width(), 14.0 * picture.width()), min(room.height(), 14.0))
        target.moveCenter(room.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, picture.width() > target.width())
        painter.drawImage(target, picture)

    def _words(self, cell: StripCell, indices: list[int]) -> str:
        if cell.row == 0:
            return self._columns[cell.column]
        names = [stage.result.name for stage in cell.stages]
        if self._current in indices and len(names) > 1:
            return f"{names[indices.index(self._current)]}  ({indices.index(self._current) + 1}/{len(names)})"
        return ", ".join(names)


def lay_out(walkthrough: Walkthrough) -> tuple[list[StripCell], list[str]]:
    """The cells of the strip, and the names of its columns.

    Each gradient stands under the operation that it belongs to, and each update under its parameter.
    """
    columns: list[str] = []
    column_of_layer: dict[int, int] = {}
    places: dict[tuple[int, int], list[Stage]] = {}
    for stage in walkthrough.stages:
        if stage.phase in ("forward", "loss"):
            if stage.layer is not None:
                column_of_layer[stage.layer] = len(columns)
            place = (0, len(columns))
            columns.append(stage.operation)
        elif stage.phase == "after" or stage.layer is None:
            place = (2 if stage.phase == "after" else 1, len(columns) - 1)
        else:
            place = (1 if stage.phase == "backward" else 2, column_of_layer[stage.layer])
        places.setdefault(place, []).append(stage)
    return [StripCell(row, column, tuple(stages)) for (row, column), stages in places.items()], columns


def strongest_unit(values: NDArray) -> int:
    """The unit, a column of a matrix, that holds the largest number."""
    return int(np.nan_to_num(np.abs(values)).max(axis=0).argmax())
