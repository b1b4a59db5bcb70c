"""A function of one input as a curve through its examples, with what is left over of each."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from mlpviz.figures.colors import HIGHEST, LOWEST, signed_scale
from mlpviz.gui.theme import Theme, mix
from mlpviz.gui.widgets.data_view import DataView
from mlpviz.gui.widgets.glyphs import paint_glyph

POINT_PX = 7.0
NEAR_PX = 16.0


class FitView(DataView):
    """Shows points, the curve that a network makes of them, and the residual of each as a line between."""

    def __init__(self, theme: Theme, object_name: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, object_name, name, parent)
        self._x: NDArray = np.zeros(0)
        self._y: NDArray = np.zeros(0)
        self._n_training = 0
        self._curve: NDArray = np.zeros((0, 2))
        self._best: NDArray = np.zeros((0, 2))
        self._predictions: NDArray = np.zeros(0)

    @property
    def residuals(self) -> NDArray:
        """Target minus prediction of each training point on show."""
        n = min(self._n_training, len(self._predictions))
        return self._y[:n] - self._predictions[:n]

    @property
    def curve(self) -> NDArray:
        """The curve on show, (n, 2)."""
        return self._curve

    def set_points(self, x: NDArray, y: NDArray, n_training: int) -> None:
        """Show points, those of the training split first, in the data's units; they may be none."""
        if x is not self._x or y is not self._y or n_training != self._n_training:
            self._x, self._y, self._n_training = x, y, n_training
            self.forget_still()

    def set_curve(self, curve: NDArray, best: NDArray, predictions: NDArray) -> None:
        """Show what the network makes of every input.

        Parameters
        ----------
        curve, best : (n, 2)
            The network's answer, and the best one that there is, which may be empty.
        predictions : (P,)
            The network's answers for the points; empty for no residuals.
        """
        self._curve, self._best, self._predictions = curve, best, predictions
        self.update()

    def nearest(self, place: tuple[float, float]) -> int | None:
        """The point that a place in the data's units is on, if any."""
        if not len(self._x):
            return None
        (x,), (y,) = self.to_px(np.array([place[0]]), np.array([place[1]]))
        xs, ys = self.to_px(self._x, self._y)
        distances = np.hypot(xs - x, ys - y)
        best = int(distances.argmin())
        return best if distances[best] <= NEAR_PX else None

    def paint_below(self, painter: QPainter, rect: QRectF) -> None:
        left_over = self.residuals
        if not len(left_over):
            return
        n = len(left_over)
        xs, ys = self.to_px(self._x[:n], self._y[:n])
        _, ends = self.to_px(self._x[:n], self._predictions[:n])
        ends = _within(ends)
        lines = [QLineF(*four) for four in np.stack([xs, ys, xs, ends], axis=1).tolist()]
        table = signed_scale(self.theme.dark)
        card = self.theme.color("card")
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for above, entry in ((True, HIGHEST), (False, LOWEST)):
            color = card.fromRgb(*map(int, table[entry][:3]))
            pen = QPen(mix(color, card, 0.75), 2.0)
            if not above:
                pen.setDashPattern([2.0, 1.0])
            painter.setPen(pen)
            chosen = np.flatnonzero((left_over > 0) == above)
            painter.drawLines([lines[i] for i in chosen])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def paint_points(self, painter: QPainter, rect: QRectF) -> None:
        xs, ys = self.to_px(self._x, self._y)
        color, halo = self.theme.color("text"), self.theme.color("card")
        for i in reversed(range(len(xs))):
            place = QPointF(float(xs[i]), float(ys[i]))
            paint_glyph(painter, "circle", place, POINT_PX, color, halo, hollow=i >= self._n_training)

    def paint_above(self, painter: QPainter, rect: QRectF) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if len(self._best):
            pen = QPen(self.theme.color("secondary"), 2.0)
            pen.setDashPattern([3.0, 2.0])
            painter.setPen(pen)
            painter.drawPolyline(self._polygon(self._best))
        if len(self._curve):
            for role, width in (("card", 5.0), ("accent", 2.5)):
                pen = QPen(self.theme.color(role), width)
                pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
                painter.setPen(pen)
                painter.drawPolyline(self._polygon(self._curve))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _polygon(self, curve: NDArray) -> QPolygonF:
        xs, ys = self.to_px(curve[:, 0], curve[:, 1])
        return QPolygonF([QPointF(x, y) for x, y in zip(xs.tolist(), _within(ys).tolist(), strict=True)])


def _within(px: NDArray) -> NDArray:
    """Places that a painter can reach: it knows no infinity."""
    return np.nan_to_num(np.clip(px, -1e4, 1e4))
