"""The maps of a layer's units in one picture, each with the sign of its part in the output."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen

from mlpviz.gui.theme import SMALLEST_TEXT_PX, text_font
from mlpviz.gui.widgets.glyphs import paint_glyph
from mlpviz.gui.widgets.mosaic_view import MosaicView

_BADGE_PX = 15.0
_SMALL_BADGE_PX = 12.0
_SMALLEST_PX = 20.0  # of a map that a badge would not hide


class Badge(NamedTuple):
    """A sign in a map's corner: a character, or the shape of a class; on its colour."""

    text: str
    color: QColor
    shape: str = ""


class UnitMosaic(MosaicView):
    """A mosaic whose cells can carry a badge, and whose selection a second click takes back."""

    dropped = Signal()
    """The chosen cell was clicked again."""

    smooth = True
    _badges: Sequence[Badge] = ()

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

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.grid.n:
            return
        painter = QPainter(self.viewport())
        painter.setPen(QPen(self.theme.color("line"), 1.0))
        painter.drawRects([self.cell_rect(i) for i in range(self.grid.n) if i != self.selection])
        cell = self.cell_rect(0)
        if len(self._badges) != self.grid.n or min(cell.width(), cell.height()) < _SMALLEST_PX:
            painter.end()
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
        painter.end()
