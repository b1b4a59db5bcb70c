"""Paints on behalf of a painter with all clipping: Qt does not tell its writer of PDF where a widget ends."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPaintEngine, QPainter, QPainterPath, QPolygonF

from mlpviz.gui.figures.engine import PictureDevice, PictureEngine


class ClippedPainting(PictureDevice):
    """What a QPainter paints to, to be painted by another one.

    Parameters
    ----------
    width, height
        In pixels.
    painter
        Active as long as this is painted to.
    """

    def __init__(self, width: int, height: int, painter: QPainter) -> None:
        super().__init__(width, height)
        self._engine = _ForwardingEngine(painter)

    def paintEngine(self) -> QPaintEngine:
        return self._engine


class _ForwardingEngine(PictureEngine):
    """Hands each call on, in the state in which it came."""

    def __init__(self, painter: QPainter) -> None:
        super().__init__()
        self._painter = painter

    def _ready(self) -> QPainter | None:
        """The other painter in the present state; None if nothing can be seen."""
        painter, clip = self._painter, self.whole_clip()
        if clip is not None and clip.isEmpty():
            return None
        painter.resetTransform()
        painter.setClipping(False)
        if clip is not None:
            painter.setClipPath(clip)
        painter.setTransform(self.transform)
        painter.setPen(self.pen)
        painter.setBrush(self.brush)
        painter.setOpacity(self.opacity)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, self.antialiases)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self.smooth)
        return painter

    def drawPath(self, path: QPainterPath) -> None:
        if painter := self._ready():
            painter.drawPath(path)

    def drawPolygon(self, points, mode: QPaintEngine.PolygonDrawMode) -> None:
        painter, polygon = self._ready(), QPolygonF([QPointF(point) for point in points])
        if painter is None:
            return
        if mode == QPaintEngine.PolygonDrawMode.PolylineMode:
            painter.drawPolyline(polygon)
        else:
            winds = mode == QPaintEngine.PolygonDrawMode.WindingMode
            painter.drawPolygon(polygon, Qt.FillRule.WindingFill if winds else Qt.FillRule.OddEvenFill)

    def drawLines(self, lines) -> None:
        if painter := self._ready():
            for line in lines:
                painter.drawLine(line)

    def drawRects(self, rects) -> None:
        if painter := self._ready():
            for rect in rects:
                painter.drawRect(rect)

    def drawEllipse(self, rect) -> None:
        if painter := self._ready():
            painter.drawEllipse(rect)

    def drawPoints(self, points) -> None:
        if painter := self._ready():
            for point in points:
                painter.drawPoint(point)

    def drawPixmap(self, target, pixmap, source) -> None:
        if painter := self._ready():
            painter.drawPixmap(QRectF(target), pixmap, QRectF(source))

    def drawImage(self, target, image, source, flags=Qt.ImageConversionFlag.AutoColor) -> None:
        if painter := self._ready():
            painter.drawImage(QRectF(target), image, QRectF(source), flags)

    def drawTextItem(self, place, item) -> None:
        if painter := self._ready():
            font = item.font()
            font.setFamilies([font.family()])  # the one it was found in; it would be sought anew
            painter.setFont(font)
            painter.drawText(QPointF(place), item.text().rstrip("\0"))
