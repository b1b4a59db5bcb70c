"""The maps of a layer's units in one picture, each with the sign of its part in the output."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap

from mlpviz.figures.map_grid import map_grid
from mlpviz.gui.theme import SMALLEST_TEXT_PX, Theme, text_font
from mlpviz.gui.widgets.glyphs import paint_glyph
from mlpviz.gui.widgets.mosaic_view import MosaicView

_BADGE_PX = 15.0
_SMALL_BADGE_PX = 12.0
_SMALLEST_PX = 20.0  # of a map that a badge would not hide
_MOST_NAMED = 16
_NAME_PART = 0.6  # of a map's width: a longer name would hide too much


class Badge(NamedTuple):
    """A sign in a map's corner: a character, or the shape of a class; on its colour."""

    text: str
    color: QColor
    shape: str = ""


class UnitMosaic(MosaicView):
    """A mosaic whose cells can carry a badge, and whose selection a second click takes back.

    Its pictures are maps of the plane, which may be stretched a little to fill the room. Their frames and
    names, which hold still, are kept as one picture.
    """

    dropped = Signal()
    """The chosen cell was clicked again."""

    smooth = True
    _badges: Sequence[Badge] = ()
    _stretch = 1.0  # how much wider than high a pixel of a map is
    _cells: Sequence[QRectF] = ()
    _still: QPixmap | None = None
    _is_picture = False

    def __init__(self, theme: Theme, *args: Any, **settings: Any) -> None:
        super().__init__(theme, *args, **settings)
        theme.changed.connect(self._forget_still)

    @property
    def badges(self) -> Sequence[Badge]:
        """The sign of each cell; none where there are none."""
        return self._badges

    def set_badges(self, badges: Sequence[Badge]) -> None:
        """Give each cell a sign, or none to any."""
        self._badges = badges
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        i = self.cell_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and i >= 0 and i == self.selection:
            self.set_selected(None)
            self.dropped.emit()
        else:
            super().mousePressEvent(event)

    def cell_rect(self, i: int) -> QRectF:
        rect = super().cell_rect(i)
        left = self._origin().x()
        return QRectF(
            left + (rect.left() - left) * self._stretch,
            rect.top(),
            rect.width() * self._stretch,
            rect.height(),
        )

    def place_at(self, point: QPointF) -> tuple[int, int, int] | None:
        left = self._origin().x()
        return super().place_at(QPointF(left + (point.x() - left) / self._stretch, point.y()))

    def become_picture(self) -> None:
        super().become_picture()
        self._is_picture = True

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self._forget_still()
        super().scrollContentsBy(dx, dy)

    def _forget_still(self) -> None:
        self._still, self._cells = None, ()

    def _arrange(self) -> None:
        super()._arrange()
        self._forget_still()
        self._stretch = 1.0
        if not self._images.size or self.verticalScrollBar().maximum() > 0:
            return
        grid, full, margin = self.grid, self.maximumViewportSize(), self._origin()
        room = max(1.0, full.width() - 2 * margin.x()), max(1.0, full.height() - 2 * margin.y())
        self._grid, (across, down) = map_grid(grid.n, (grid.cell_height, grid.cell_width), grid.gap, room)
        self._pixels_per_px, self._stretch = 1.0 / down, across / down

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), self.theme.color("card"))
        if self._images.size:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            height, width = (side / self._pixels_per_px for side in self.grid.shape)
            painter.drawImage(QRectF(self._origin(), QSizeF(width * self._stretch, height)), self._colored())
            self._cells = self._cells or [self.cell_rect(i) for i in range(self.grid.n)]
            if self._is_picture:
                self._paint_still(painter)
            else:
                painter.drawPixmap(0, 0, self._kept_still())
            self._paint_outlines(painter)
            self._paint_badges(painter)
        if self.hasFocus() and self.selection is None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self.theme.color("accent"), 2.0))
            painter.drawRoundedRect(QRectF(self.viewport().rect()).adjusted(1, 1, -1, -1), 2, 2)
        painter.end()

    def _kept_still(self) -> QPixmap:
        ratio = self.theme.pixel_ratio(self)
        if self._still is None or self._still.devicePixelRatio() != ratio:
            self._still = QPixmap(self.viewport().size() * ratio)
            self._still.setDevicePixelRatio(ratio)
            self._still.fill(Qt.GlobalColor.transparent)
            painter = QPainter(self._still)
            self._paint_still(painter)
            painter.end()
        return self._still

    def _paint_still(self, painter: QPainter) -> None:
        """A line around each map, and its name."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self.theme.color("line"), 1.0))
        painter.drawRects(self._cells)
        self._paint_names(painter)

    def _paint_outlines(self, painter: QPainter) -> None:
        """A strong line around the map pointed at or chosen."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        chosen = -1 if self.selection is None else self.selection
        for i, role, width in (
            (self._hovered, "text", 2.0),
            (chosen, "accent", 3.0 if self.hasFocus() else 2.0),
        ):
            if i >= 0:
                painter.setPen(QPen(self.theme.color(role), width))
                painter.drawRect(self.cell_rect(i))

    def names(self) -> dict[str, QRectF]:
        """Where the name of each map stands, in its upper left corner; none where they would hide much."""
        if not 0 < self.grid.n <= _MOST_NAMED:
            return {}
        metrics, cell = QFontMetricsF(text_font(SMALLEST_TEXT_PX)), self.cell_rect(0)
        names = [f"{self._noun} {i}" for i in range(self.grid.n)]
        width, height = max(map(metrics.horizontalAdvance, names)) + 8.0, metrics.height()
        if width > _NAME_PART * cell.width() or height > cell.height() / 3:
            return {}
        size = QSizeF(width, height)
        return {
            name: QRectF(self.cell_rect(i).topLeft() + QPointF(2.0, 2.0), size)
            for i, name in enumerate(names)
        }

    def _paint_names(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(text_font(SMALLEST_TEXT_PX))
        for name, place in self.names().items():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.theme.color("card"))
            painter.drawRoundedRect(place, 3.0, 3.0)
            painter.setPen(self.theme.color("text"))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, name)

    def _paint_badges(self, painter: QPainter) -> None:
        cell = self._cells[0]
        if len(self._badges) != self.grid.n or min(cell.width(), cell.height()) < _SMALLEST_PX:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(text_font(SMALLEST_TEXT_PX, bold=True))
        side = _BADGE_PX if cell.height() > 3 * _BADGE_PX else _SMALL_BADGE_PX
        ground, ink = self.theme.color("card"), self.theme.color("text")
        for rect, badge in zip(self._cells, self._badges, strict=True):
            place = QRectF(rect.left() + 2, rect.bottom() - side - 2, side, side)
            if badge.shape:
                middle = QPointF(place.center())
                paint_glyph(painter, badge.shape, middle, 0.6 * side, badge.color, ground, hollow=False)
                continue
            painter.setPen(QPen(badge.color, 2.0))
            painter.setBrush(ground)
            painter.drawEllipse(place)
            painter.setPen(ink)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, badge.text)
