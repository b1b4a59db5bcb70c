"""Many small images in one picture: the weights of a layer's units."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QSizePolicy, QToolTip, QWidget

from mlpviz.figures.colors import Indices, colorize, signed_limit
from mlpviz.figures.mosaic import Grid, best_columns, tile
from mlpviz.gui.theme import Theme
from mlpviz.gui.widgets.color_scales import Scale, checked_scale, indices_of, lut_of
from mlpviz.gui.widgets.qimages import to_qimage

SMALLEST_CELL_PX = 12
_SMALLEST_SIDE = 24
_MARGIN_PX = 2
Labels = Sequence[str] | Callable[[int], str]


class MosaicView(QAbstractScrollArea):
    """Shows n images of one size in rows, as large as the room allows, and lets one be chosen.

    Arrow keys, Home and End choose a cell, Enter opens it. Mouse events arrive at ``viewport()``.

    Parameters
    ----------
    theme : Theme
    object_name : str
    name : str
        For screen readers: what the images are.
    scale : "signed" or "pixel"
    noun : str
        What one image stands for, in the default labels: "unit 61".
    parent : QWidget, optional
    """

    smallest_cell_px = SMALLEST_CELL_PX
    """Where more cells than fit would be smaller, the mosaic scrolls."""
    largest_cell_px: int | None = None
    """Few cells grow no larger than this; None for as large as the room allows."""

    hovered = Signal(int)
    """The cell under the pointer, -1 when it left."""
    selected = Signal(int)
    """The cell the user chose."""
    activated = Signal(int)
    """The cell the user opened: double click or Enter."""

    smooth = False  # whether enlarged images are smoothed: theirs are samples of something smooth

    def __init__(
        self,
        theme: Theme,
        object_name: str,
        name: str = "",
        scale: Scale = "signed",
        noun: str = "unit",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setAccessibleName(name or object_name.replace("_", " "))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # spare what lies below
        self.theme, self._scale, self._noun = theme, checked_scale(scale), noun
        self._images: NDArray = np.zeros((0, 1, 1), np.float32)
        self._limits: NDArray | float = 1.0
        self._labels: Labels | None = None
        self._grid, self._zoom, self._pixels_per_px = Grid(0, 1, 1, 1, 1), 1, 1.0
        self._indices: Indices | None = None
        self._image: QImage | None = None
        self._hovered, self._selection = -1, -1
        theme.changed.connect(self._recolor)

    @property
    def selection(self) -> int | None:
        """The chosen cell."""
        return self._selection if self._selection >= 0 else None

    @property
    def grid(self) -> Grid:
        """How the cells lie, in pixels of the tiled image."""
        return self._grid

    def set_images(
        self, images: ArrayLike, limits: float | ArrayLike | None = None, labels: Labels | None = None
    ) -> None:
        """Show images.

        Parameters
        ----------
        images : (n, h, w) array
            Not copied before it is painted: it must not change afterwards.
        limits : float or (n,) array, optional
            The end of the colour scale, for all or for each; by default the largest absolute entry of all.
        labels : sequence of n str, or function of a cell, optional
            Told on hover and to screen readers; "unit 0", "unit 1", … by default.
        """
        images = np.asarray(images)
        if images.ndim != 3:
            raise ValueError(f"a mosaic needs images in an array (n, h, w), not of shape {images.shape}")
        n = len(images)
        if limits is None:
            self._limits = signed_limit(images)
        else:
            given = np.asarray(limits, dtype=np.float64)
            if given.ndim and given.shape != (n,):
                raise ValueError(f"{n} images need one limit or {n}, not {given.shape}")
            self._limits = given[:, None, None] if given.ndim else float(given)
        if isinstance(labels, Sequence) and len(labels) != n:
            raise ValueError(f"{n} images need {n} labels, not {len(labels)}")
        moved = images.shape != self._images.shape
        self._images, self._labels = images, labels
        self._indices = self._image = None
        if moved:
            self._selection = self._selection if self._selection < n else -1
            self._hover(-1)
            self._arrange()
        self.viewport().update()

    def set_scale(self, scale: Scale) -> None:
        """Choose the signed or the pixel scale."""
        self._scale = checked_scale(scale)
        self._indices = None
        self._recolor()

    def set_selected(self, i: int | None) -> None:
        """Choose a cell without telling anybody, or none."""
        i = -1 if i is None else i
        if not -1 <= i < len(self._images):
            raise IndexError(f"there is no cell {i} among {len(self._images)}")
        if i == self._selection:
            return
        self._selection = i
        if i >= 0:
            self.setAccessibleDescription(f"{self.label(i)}, {i + 1} of {len(self._images)}")
            self._scroll_to(i)
        self.viewport().update()

    def label(self, i: int) -> str:
        """Return what cell `i` is called."""
        if self._labels is None:
            return f"{self._noun} {i}"
        return self._labels[i] if isinstance(self._labels, Sequence) else self._labels(i)

    def cell_at(self, point: QPointF) -> int:
        """Return the cell under a point of the viewport, -1 for none."""
        place = self.place_at(point)
        return -1 if place is None else place[0]

    def place_at(self, point: QPointF) -> tuple[int, int, int] | None:
        """Return the cell under a point of the viewport and the row and column inside its image."""
        origin = self._origin()
        x, y = (point.x() - origin.x()) * self._pixels_per_px, (point.y() - origin.y()) * self._pixels_per_px
        place = self._grid.cell_at(x, y)
        return None if place is None else (place[0], place[1] // self._zoom, place[2] // self._zoom)

    def cell_rect(self, i: int) -> QRectF:
        """Return where cell `i` lies in the viewport."""
        left, top, width, height = (side / self._pixels_per_px for side in self._grid.cell_rect(i))
        return QRectF(left, top, width, height).translated(self._origin())

    def become_picture(self) -> None:
        """Where it scrolls, grow no higher than the rows that are seen from top to bottom."""
        if self.verticalScrollBar().maximum() > 0:
            self.setMaximumHeight(int(self._whole_rows() * self._pitch()) + 2 * _MARGIN_PX)
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    @property
    def n_seen(self) -> int:
        """How many cells are seen from top to bottom before anything is scrolled."""
        return min(len(self._images), self._whole_rows() * self._grid.columns)

    def _pitch(self) -> float:
        """From one row to the next."""
        return self._grid.shape[0] / self._grid.rows / self._pixels_per_px if self._grid.rows else 1.0

    def _whole_rows(self) -> int:
        return max(1, int((self.height() - 2 * _MARGIN_PX + 1) / self._pitch()))

    def sizeHint(self) -> QSize:
        return QSize(360, 360)

    def minimumSizeHint(self) -> QSize:
        return QSize(96, 96)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), self.theme.color("card"))
        if self._images.size:
            height, width = self._grid.shape
            target = QRectF(self._origin(), QSize(1, 1))
            target.setSize(QRectF(0, 0, width / self._pixels_per_px, height / self._pixels_per_px).size())
            shrunk = self._pixels_per_px > self.theme.pixel_ratio(self)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, shrunk or self.smooth)
            painter.drawImage(target, self._colored())
            if self._hovered >= 0:
                self._outline(painter, self._hovered, "text", 1.0)
            if self._selection >= 0:
                self._outline(painter, self._selection, "accent", 2.0)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self.theme.color("accent"), 3.0 if self._selection >= 0 else 2.0))
            area = QRectF(self.viewport().rect()).adjusted(1, 1, -1, -1)
            painter.drawRoundedRect(self.cell_rect(self._selection) if self._selection >= 0 else area, 2, 2)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.cell_at(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        i = self.cell_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and i >= 0:
            self._choose(i)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        i = self.cell_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and i >= 0:
            self.activated.emit(i)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        n, columns = len(self._images), self._grid.columns
        i = self._selection
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        steps = {
            Qt.Key.Key_Left: i - 1,
            Qt.Key.Key_Right: i + 1,
            Qt.Key.Key_Up: i - columns,
            Qt.Key.Key_Down: i + columns,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: n - 1,
        }
        if n and plain and event.key() in steps:
            wanted = steps[Qt.Key(event.key())]
            if i < 0:
                self._choose(n - 1 if event.key() == Qt.Key.Key_End else 0)
            elif 0 <= wanted < n:
                self._choose(wanted)
        elif plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and i >= 0:
            self.activated.emit(i)
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._hover(-1)
        elif event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            i = self.cell_at(QPointF(event.pos()))
            if i >= 0:
                QToolTip.showText(
                    event.globalPos(), self.label(i), self.viewport(), self.cell_rect(i).toRect()
                )
                return True
        return super().viewportEvent(event)

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:
        self.viewport().update()

    def _origin(self) -> QPointF:
        return QPointF(_MARGIN_PX, _MARGIN_PX - self.verticalScrollBar().value())

    def _arrange(self) -> None:
        """Choose columns and size for the room there is."""
        n, height, width = self._images.shape
        self._indices = self._image = None
        if not self._images.size:
            self.verticalScrollBar().setRange(0, 0)
            return
        self._zoom = max(
            1, round(_SMALLEST_SIDE / max(height, width))
        )  # so that a gap is thin beside a tiny image
        height, width = height * self._zoom, width * self._zoom
        gap = max(1, round(0.07 * max(height, width)))
        # As wide as without the scroll bar even while it shows, so that showing it cannot make it needless.
        full = self.maximumViewportSize()
        room_x, room_y = max(1, full.width() - 2 * _MARGIN_PX), max(1, full.height() - 2 * _MARGIN_PX)
        cell = (height + gap, width + gap)
        grid = Grid.of(n, best_columns(n, cell, room_x / room_y), (height, width), gap)
        px = min(room_x / grid.shape[1], room_y / grid.shape[0])
        if self.largest_cell_px is not None and px * min(height, width) > self.largest_cell_px:
            px = self.largest_cell_px / min(height, width)
            columns = min(n, max(1, int((room_x / px + gap) / (width + gap))))
            grid = Grid.of(n, columns, (height, width), gap)
        if px * min(height, width) < self.smallest_cell_px:
            px = self.smallest_cell_px / min(height, width)
            room_x = max(1, room_x - self.verticalScrollBar().sizeHint().width())
            columns = min(n, max(1, int((room_x / px + gap) / (width + gap))))
            grid = Grid.of(n, columns, (height, width), gap)
            px = min(px, room_x / grid.shape[1]) if columns == 1 else room_x / grid.shape[1]
        device = px * self.theme.pixel_ratio(self)
        if int(device) >= 1 and device - int(device) < 0.08 * device:
            px *= int(device) / device  # whole pixels of the screen where that costs little room
        self._grid, self._pixels_per_px = grid, 1.0 / px
        self.verticalScrollBar().setRange(0, max(0, round(grid.shape[0] * px - room_y)))
        self.verticalScrollBar().setPageStep(room_y)
        self.verticalScrollBar().setSingleStep(max(1, round(cell[0] * px)))

    def _scroll_to(self, i: int) -> None:
        rect, bar = self.cell_rect(i), self.verticalScrollBar()
        if rect.top() < _MARGIN_PX:
            bar.setValue(bar.value() + int(rect.top()) - _MARGIN_PX)
        elif rect.bottom() > self.viewport().height() - _MARGIN_PX:
            bar.setValue(bar.value() + int(rect.bottom() - self.viewport().height()) + _MARGIN_PX + 1)

    def _choose(self, i: int) -> None:
        if i != self._selection:
            self.set_selected(i)
            self.selected.emit(i)

    def _hover(self, i: int) -> None:
        if i != self._hovered:
            self._hovered = i
            self.viewport().update()
            self.hovered.emit(i)

    def _outline(self, painter: QPainter, i: int, role: str, width: float) -> None:
        rect = self.cell_rect(i)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self.theme.color(role), width))
        painter.drawRect(rect.adjusted(-width / 2, -width / 2, width / 2, width / 2))

    def _colored(self) -> QImage:
        if self._indices is None:
            indices = indices_of(self._scale, self._images, self._limits)
            if self._zoom > 1:
                indices = indices.repeat(self._zoom, axis=1).repeat(self._zoom, axis=2)
            self._indices = tile(indices, self._grid)
            self._image = None
        if self._image is None:
            self._image = to_qimage(colorize(self._indices, lut_of(self._scale, self.theme)))
        return self._image

    def _recolor(self) -> None:
        self._image = None
        self.viewport().update()


def cell_center(view: MosaicView, i: int) -> QPoint:
    """Return the middle of a cell in the viewport: where to click it."""
    return view.cell_rect(i).center().toPoint()
