"""The maps of a layer's units in one picture, each with the sign of its part in the output."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen

from mlpviz.figures.map_grid import map_grid
from mlpviz.gui.theme import SMALLEST_TEXT_PX, text_font
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

    Its pictures are maps of the plane, which may be stretched a little to fill the room.
    """

    dropped = Signal()
    """The chosen cell was clicked again."""

    smooth = True
    _badges: Sequence[Badge] = ()
    _stretch = 1.0  # how much wider than high a pixel of a map is

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

    def _arrange(self) -> None:
        super()._arrange()
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
            self._paint_frames(painter)
            self._paint_badges(painter)
            self._paint_names(painter)
        if self.hasFocus() and self.selection is None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self.theme.color("accent"), 2.0))
            painter.drawRoundedRect(QRectF(self.viewport().rect()).adjusted(1, 1, -1, -1), 2, 2)
        painter.end()

    def _paint_frames(self, painter: QPainter) -> None:
        """A line around each map; a strong one, over the others, around the one pointed at or chosen."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self.theme.color("line"), 1.0))
        painter.drawRects([self.cell_rect(i) for i in range(self.grid.n)])
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
        painter.setFont(text_font(SMALLEST_TEXT_PX))
        for name, place in self.names().items():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.theme.color("card"))
            painter.drawRoundedRect(place, 3.0, 3.0)
            painter.setPen(self.theme.color("text"))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, name)

    def _paint_badges(self, painter: QPainter) -> None:
        cell = self.cell_rect(0)
        if len(self._badges) != self.grid.n or min(cell.width(), cell.height()) < _SMALLEST_PX:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(text_font(SMALLEST_TEXT_PX, bold=True))
        side = _BADGE_PX if cell.height() > 3 * _BADGE_PX else _SMALL_BADGE_PX
        ground, ink = self.theme.color("card"), self.theme.color("text")
        for i, badge in enumerate(self._badges):
            rect = self.cell_rect(i)
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
