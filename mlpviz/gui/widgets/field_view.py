"""A function of two inputs as a map over the plane, with the examples and lines of equal output."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from mlpviz.gui.theme import Theme
from mlpviz.gui.widgets.data_view import DataView
from mlpviz.gui.widgets.glyphs import paint_glyph
from mlpviz.gui.widgets.polygons import segments

POINT_SIZES_PX = ((8, 16.0), (40, 11.0), (150, 9.0), (500, 7.5), (10**9, 6.0))
"""Up to so many points, of such a size."""
NEAR_PX = 12.0
MOST_RINGS = 150
"""Points told wrongly are ringed where no more are wrong; more would hide the picture."""

_STAMP_PX = 28  # the largest ring and its ground


class Look(NamedTuple):
    """How some points are drawn."""

    shape: str
    color: QColor
    hollow: bool = False
    outline: QColor | None = None


class Contour(NamedTuple):
    """A line of the map: its pieces, (n, 2, 2) as (column, row) of the grid; is it the main one?"""

    pieces: NDArray
    is_main: bool = True


class FieldView(DataView):
    """Shows a map as one smoothly scaled image, with points and lines over it."""

    def __init__(self, theme: Theme, object_name: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, object_name, name, parent)
        self._image = QImage()
        self._contours: Sequence[Contour] = ()
        self._points: NDArray = np.zeros((0, 2), np.float32)
        self._kinds: NDArray = np.zeros(0, np.int64)
        self._looks: Mapping[int, Look] = {}
        self._rings: NDArray = np.zeros(0, np.int64)
        self._ring_stamps: Sequence[QPixmap] = ()
        self._point_px = POINT_SIZES_PX[0][1]

    @property
    def contours(self) -> Sequence[Contour]:
        """The lines on show."""
        return self._contours

    @property
    def rings(self) -> NDArray:
        """Which points are ringed."""
        return self._rings

    def set_points(self, points: NDArray, kinds: NDArray, looks: Mapping[int, Look]) -> None:
        """Show points.

        Parameters
        ----------
        points : (P, 2)
            In the data's units; the first ones are painted last, and so lie on top.
        kinds : (P,) int
        looks
            How each kind is drawn.
        """
        self._points, self._kinds, self._looks = points, kinds, looks
        self._point_px = next(px for most, px in POINT_SIZES_PX if len(points) <= most)
        self._rings = np.zeros(0, np.int64)
        self.forget_still()

    def set_field(self, image: QImage, contours: Sequence[Contour], rings: NDArray) -> None:
        """Show a map over the area; its first row is at the top.

        Parameters
        ----------
        rings : (n,) int
            Which points to ring.
        """
        self._image, self._contours = image, contours
        self._rings = rings if len(rings) <= MOST_RINGS else rings[:0]
        self.update()

    def nearest(self, place: tuple[float, float]) -> int | None:
        """The point that a place in the data's units is on, if any."""
        if not len(self._points):
            return None
        (x,), (y,) = self.to_px(np.array([place[0]]), np.array([place[1]]))
        xs, ys = self.to_px(self._points[:, 0], self._points[:, 1])
        distances = np.hypot(xs - x, ys - y)
        best = int(distances.argmin())
        return best if distances[best] <= NEAR_PX else None

    def paint_below(self, painter: QPainter, rect: QRectF) -> None:
        if self._image.isNull():
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(rect, self._image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground, line = self.theme.color("card"), self.theme.color("text")
        thin = QColor(line)
        thin.setAlphaF(0.55)
        for contour in self._contours:
            path = self._path(contour.pieces, rect)
            if contour.is_main:
                painter.strokePath(path, QPen(ground, 4.0))
            painter.strokePath(path, QPen(line if contour.is_main else thin, 2.0 if contour.is_main else 1.0))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _path(self, pieces: NDArray, rect: QRectF) -> QPainterPath:
        scale = np.array([rect.width() / self._image.width(), rect.height() / self._image.height()])
        return segments((pieces + 0.5) * scale + np.array([rect.left(), rect.top()]))

    def forget_still(self) -> None:
        self._ring_stamps = ()
        super().forget_still()

    def paint_points(self, painter: QPainter, rect: QRectF) -> None:
        xs, ys = self.to_px(self._points[:, 0], self._points[:, 1])
        ratio, halo = self.theme.pixel_ratio(self), self.theme.color("card")
        stamps = {kind: _stamp(look, halo, self._point_px, ratio) for kind, look in self._looks.items()}
        half = _STAMP_PX / 2
        for x, y, kind in zip(xs[::-1].tolist(), ys[::-1].tolist(), self._kinds[::-1].tolist(), strict=True):
            if self.is_picture:
                _paint_look(painter, QPointF(x, y), self._looks[kind], halo, self._point_px)
                continue
            painter.drawPixmap(QPointF(x - half, y - half), stamps[kind])

    def paint_above(self, painter: QPainter, rect: QRectF) -> None:
        if not len(self._rings):
            return
        xs, ys = self.to_px(self._points[self._rings, 0], self._points[self._rings, 1])
        is_large = self._point_px > 9.0
        radius = self._point_px / 2 + (3.5 if is_large else 2.5)
        widths = (3.5, 1.8) if is_large else (2.6, 1.5)
        pens = [QPen(self.theme.color(role), px) for role, px in zip(("card", "error"), widths, strict=True)]
        if self.is_picture:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for pen in pens:
                painter.setPen(pen)
                for x, y in zip(xs.tolist(), ys.tolist(), strict=True):
                    painter.drawEllipse(QPointF(x, y), radius, radius)
            return
        if not self._ring_stamps:
            self._ring_stamps = [_ring(pen, radius, self.theme.pixel_ratio(self)) for pen in pens]
        half = _STAMP_PX / 2
        places = [QPointF(x, y) for x, y in zip((xs - half).tolist(), (ys - half).tolist(), strict=True)]
        for stamp in self._ring_stamps:  # all grounds below all rings
            for place in places:
                painter.drawPixmap(place, stamp)


def _stamp(look: Look, halo: QColor, size_px: float, ratio: float) -> QPixmap:
    """One point as a picture."""
    stamp = _empty_stamp(ratio)
    painter = QPainter(stamp)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _paint_look(painter, QPointF(_STAMP_PX / 2, _STAMP_PX / 2), look, halo, size_px)
    painter.end()
    return stamp


def _paint_look(painter: QPainter, place: QPointF, look: Look, halo: QColor, size_px: float) -> None:
    paint_glyph(painter, look.shape, place, size_px, look.color, look.outline or halo, look.hollow)


def _ring(pen: QPen, radius: float, ratio: float) -> QPixmap:
    """A ring about a point as a picture."""
    stamp = _empty_stamp(ratio)
    painter = QPainter(stamp)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(pen)
    painter.drawEllipse(QPointF(_STAMP_PX / 2, _STAMP_PX / 2), radius, radius)
    painter.end()
    return stamp


def _empty_stamp(ratio: float) -> QPixmap:
    stamp = QPixmap(round(_STAMP_PX * ratio), round(_STAMP_PX * ratio))
    stamp.setDevicePixelRatio(ratio)
    stamp.fill(Qt.GlobalColor.transparent)
    return stamp
