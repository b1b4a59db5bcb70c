"""How each verdict on a run looks: its colour, dashes and mark."""

from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath, QPolygonF, QTransform


class Look(NamedTuple):
    """Of the lines and marks of one verdict; `mark` is a key of what `marks` returns."""

    color: str
    dashes: tuple[float, ...]
    mark: str


LOOKS = {
    "learnt": Look("training", (), "circle"),
    "trained": Look("training", (), "circle"),
    "not learnt": Look("secondary", (5, 1.5, 1, 1.5), "triangle"),
    "plateau": Look("validation", (4, 2), "square"),
    "diverged": Look("error", (1.5, 1.5), "cross"),
}
"""For each verdict; what is drawn later lies on top."""


def mark(verdict: str) -> QPainterPath:
    """The mark of a verdict, about the origin and one pixel wide."""
    path, whole = QPainterPath(), QRectF(-0.5, -0.5, 1.0, 1.0)
    match LOOKS[verdict].mark:
        case "circle":
            path.addEllipse(whole)
        case "square":
            path.addRect(whole)
        case "triangle":
            path.addPolygon(QPolygonF([whole.topLeft(), QPointF(0.0, 0.5), whole.topRight()]))
            path.closeSubpath()
        case "cross":
            bar = whole.adjusted(0.0, 0.4, 0.0, -0.4)
            path.addRect(bar)
            upright = QPainterPath()
            upright.addRect(bar.transposed())
            path = QTransform().rotate(45.0).map(path.united(upright))
    return path
