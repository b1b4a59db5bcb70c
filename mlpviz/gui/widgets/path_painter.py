"""Paints the path of training on a landscape: line, steps, direction, start, end and optimum."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from mlpviz.figures.cost_clip import Box, clipped
from mlpviz.gui.theme import Theme
from mlpviz.gui.widgets import polygons

LINE_PX = 1.8
_HALO_PX = 2.2  # on either side
_DOT_PX = 2.4
_DOTS_APART_PX = 7.0
_HEADS_APART_PX = 90.0
_HEAD_PX = 8.0
_NEAR_PX = 0.6
SHORTEST_STEP_PX = 10.0  # the dot would hide the arrow of a shorter step
STAR_PX = 12.0
_MOST_POINTS = 250
_FINE_POINTS = 100
_MOST_PARTS = 60
_MARGIN_PX = 24.0  # beyond the frame: what is cut there ends out of sight
_FARTHEST_PX = 1e6  # where parameters in float32 are this far away, rounding decides where a leg goes through

Pixels = NDArray[np.float64]


class PathPainter:
    """Paints marks at places in pixels, each with a halo that lifts it off what lies below.

    Parameters
    ----------
    painter : QPainter
    theme : Theme
    frame : QRectF
        What is in view: Qt is given nothing far outside, for its painter loses precision there.
    """

    def __init__(self, painter: QPainter, theme: Theme, frame: QRectF) -> None:
        self._painter, self._frame = painter, frame
        self._wide = frame.adjusted(-_MARGIN_PX, -_MARGIN_PX, _MARGIN_PX, _MARGIN_PX)
        self._color, self._ground = theme.color("backward"), theme.color("card")
        self._quiet, self._text, self._gold = (
            theme.color(role) for role in ("secondary", "text", "validation")
        )

    def path(self, pixels: Pixels, faint: bool = False) -> None:
        """A line through places (n, 2), with a dot for each step that can be told from the next."""
        parts = parts_in(pixels, _box(self._wide))
        if not parts:
            return
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        lines = [polygon(part) for part in parts]
        if faint:
            for pen in (_pen(self._halo(), 3.6), QPen(self._quiet, 1.6, Qt.PenStyle.DashLine)):
                self._painter.setPen(pen)
                for line in lines:
                    self._painter.drawPolyline(line)
            self.start(QPointF(*pixels[0]), faint=True)
            return
        many = sum(map(len, parts)) > _FINE_POINTS
        for color, width in ((self._halo(), LINE_PX + 2 * _HALO_PX), (self._color, LINE_PX)):
            pen = _pen(color, width)
            if many:  # what is finer costs more than a millisecond
                pen.setJoinStyle(Qt.PenJoinStyle.BevelJoin)
                pen.setCapStyle(Qt.PenCapStyle.FlatCap)
                self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, width == LINE_PX)
            self._painter.setPen(pen)
            for line in lines:
                self._painter.drawPolyline(line)
        for part in parts:
            self._dots(part)
        self._heads(parts)

    def start(self, place: QPointF, faint: bool = False) -> None:
        """A hollow circle."""
        if not self._is_near(place):
            return
        if faint:
            self._circle(place, self._ground, self._quiet, 3.5)
        else:
            self._circle(place, self._ground, self._color)

    def candidate(self, place: QPointF) -> None:
        """A broken circle, for a start that is not decided yet."""
        if not self._is_near(place):
            return
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.setPen(_pen(self._ground, 5.0))
        self._painter.drawEllipse(place, 8.0, 8.0)
        pen = QPen(self._color, 2.2)
        pen.setDashPattern([1.6, 1.2])
        self._painter.setPen(pen)
        self._painter.drawEllipse(place, 8.0, 8.0)

    def now(self, place: QPointF, small: bool = False) -> None:
        """A filled circle; a small one where it would hide the star."""
        if not self._is_near(place):
            return
        if small:
            self._painter.setPen(_pen(self._ground, 2.0))
            self._painter.setBrush(self._color)
            self._painter.drawEllipse(place, 3.4, 3.4)
        else:
            self._circle(place, self._color, self._ground)

    def star(self, place: QPointF) -> None:
        """A star with five points."""
        if not self._is_near(place):
            return
        corners = [
            place + QPointF(math.sin(k * math.pi / 5), -math.cos(k * math.pi / 5)) * radius
            for k in range(10)
            for radius in ((STAR_PX, 0.45 * STAR_PX)[k % 2],)
        ]
        self._painter.setPen(_pen(self._ground, 4.0))
        self._painter.setBrush(self._gold)
        self._painter.drawPolygon(QPolygonF(corners))
        self._painter.setPen(_pen(self._text, 1.2))
        self._painter.drawPolygon(QPolygonF(corners))

    def arrow(self, place: QPointF, target: QPointF) -> None:
        """From where training is to where the next step would lead; its head is at most half of it."""
        step = target - place
        length = math.hypot(step.x(), step.y())
        if not math.isfinite(length) or length < SHORTEST_STEP_PX:
            return
        ahead = step / length
        head_px = min(_HEAD_PX, length / 2)
        inside = clipped(np.array([_xy(place), _xy(target)]), _box(self._frame.adjusted(2, 2, -2, -2)))
        if not inside:
            return
        end = QPointF(*inside[0][-1])
        for color, extra in ((self._halo(), 2 * _HALO_PX), (self._text, 0.0)):
            self._painter.setPen(_pen(color, 2.0 + extra))
            self._painter.setBrush(color)
            self._painter.drawLine(place, end - ahead * head_px / 2)
            self._painter.drawPolygon(_head(end, ahead, head_px))

    def valley(self, start: QPointF, end: QPointF) -> None:
        """A line of places that are all equally low."""
        inside = clipped(np.array([_xy(start), _xy(end)]), _box(self._wide))
        if not inside:
            return
        start, end = (QPointF(*place) for place in inside[0])
        self._painter.setPen(_pen(self._halo(), 4.0))
        self._painter.drawLine(start, end)
        pen = QPen(self._gold, 2.0)
        pen.setDashPattern([4, 2])
        self._painter.setPen(pen)
        self._painter.drawLine(start, end)

    def _dots(self, places: Pixels) -> None:
        kept, last = [], places[0]
        for i in range(1, len(places)):
            if abs(places[i] - last).max() >= _DOTS_APART_PX:
                kept.append(i)
                last = places[i]
        if not kept:
            return
        self._painter.setPen(_pen(self._color, 2 * _DOT_PX))  # a point of a round pen is a dot
        self._painter.drawPoints(polygon(places[kept]))

    def _heads(self, parts: Sequence[Pixels]) -> None:
        """Arrow heads along the line, each beyond the middle of a leg, so that there and back differ."""
        tails, steps = (np.concatenate([f(part) for part in parts]) for f in (_tails, _steps))
        lengths = np.hypot(steps[:, 0], steps[:, 1])
        travelled = np.cumsum(lengths)
        if travelled[-1] < 24.0:
            return
        heads = QPainterPath()
        heads.setFillRule(Qt.FillRule.WindingFill)
        apart = max(_HEADS_APART_PX, travelled[-1] / 12)
        due = np.arange(min(apart, travelled[-1]) / 2, travelled[-1], apart)
        for leg in np.unique(np.searchsorted(travelled, due)):
            if lengths[leg] > 0:
                ahead = QPointF(*(steps[leg] / lengths[leg]))
                beyond = QPointF(*(tails[leg] + 0.6 * steps[leg]))
                heads.addPolygon(_head(beyond + ahead * 5, ahead, 9.0))
        self._painter.fillPath(heads, self._color)

    def _is_near(self, place: QPointF) -> bool:
        return self._wide.contains(place)

    def _circle(self, place: QPointF, fill: QColor, edge: QColor, radius: float = 5.5) -> None:
        self._painter.setBrush(fill)
        self._painter.setPen(_pen(self._ground, 5.0))
        self._painter.drawEllipse(place, radius, radius)
        self._painter.setPen(_pen(edge, 2.2))
        self._painter.drawEllipse(place, radius, radius)

    def _halo(self) -> QColor:
        color = QColor(self._ground)
        color.setAlphaF(0.72)
        return color


def parts_in(pixels: Pixels, box: Box) -> list[Pixels]:
    """The parts of a path that lie in a box, as few and as short as can be told apart.

    Legs between places both so far away that only rounding decides where they cross the box are left out.
    """
    far = np.abs(pixels).max(axis=1, initial=0.0) > _FARTHEST_PX
    breaks = np.flatnonzero(far[:-1] & far[1:]) + 1
    parts = clipped(np.insert(pixels, breaks, np.nan, axis=0), box)
    if len(parts) > _MOST_PARTS:
        parts = [parts[i] for i in np.linspace(0, len(parts) - 1, _MOST_PARTS).round().astype(int)]
    return [thinned(part) for part in parts]


def thinned(pixels: Pixels) -> Pixels:
    """Without places that the eye cannot tell from the one before; 250 at most, first and last kept."""
    moved = np.ones(len(pixels), bool)
    cells = np.round(pixels / _NEAR_PX)
    moved[1:] = (cells[1:] != cells[:-1]).any(axis=1)
    moved[-1] = True
    places = pixels[moved]
    if len(places) > _MOST_POINTS:
        places = places[np.linspace(0, len(places) - 1, _MOST_POINTS).round().astype(int)]
    return places


def polygon(places: Pixels) -> QPolygonF:
    """Places (n, 2) as Qt's points, without a call for each."""
    return polygons.polygon(places[:, 0], places[:, 1])


def _box(rect: QRectF) -> Box:
    return rect.left(), rect.top(), rect.right(), rect.bottom()


def _xy(place: QPointF) -> tuple[float, float]:
    return place.x(), place.y()


def _tails(part: Pixels) -> Pixels:
    return part[:-1]


def _steps(part: Pixels) -> Pixels:
    return np.diff(part, axis=0)


def _head(tip: QPointF, ahead: QPointF, size: float) -> QPolygonF:
    aside = QPointF(-ahead.y(), ahead.x()) * (size / 2)
    back = tip - ahead * size
    return QPolygonF([tip, back + aside, back - aside])


def _pen(color: QColor, width: float) -> QPen:
    pen = QPen(color, width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen
