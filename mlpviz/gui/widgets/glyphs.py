"""Small signs for points, a shape for each class: painted into plots and into their legends."""

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from mlpviz.gui.theme import Theme

SHAPES = ("circle", "square", "triangle", "diamond", "down", "pentagon", "cross", "star")
"""Shape k is for class k; more classes begin again, with colours that begin again too."""

_CORNERS = {"triangle": (3, -90.0), "diamond": (4, -90.0), "down": (3, 90.0), "pentagon": (5, -90.0)}
_LEGEND_GLYPH_PX = 10.0


def glyph(shape: str, size_px: float) -> QPolygonF | QRectF:
    """The outline of a sign about the origin; a circle as the rectangle about it."""
    half = size_px / 2
    if shape == "circle":
        return QRectF(-half, -half, size_px, size_px)
    if shape == "square":
        half *= 0.88
        return QPolygonF(
            [QPointF(x, y) for x, y in ((-half, -half), (half, -half), (half, half), (-half, half))]
        )
    if shape == "star":
        radii = [1.25 * half if k % 2 == 0 else 0.55 * half for k in range(10)]
        return _polygon([-90.0 + 36.0 * k for k in range(10)], radii)
    if shape == "cross":
        a, b = 1.05 * half, 0.4 * half
        corners = ((-b, -a), (b, -a), (b, -b), (a, -b), (a, b), (b, b), (b, a), (-b, a), (-b, b), (-a, b))
        return QPolygonF([QPointF(x, y) for x, y in (*corners, (-a, -b), (-b, -b))])
    n, first = _CORNERS[shape]
    return _polygon([first + 360.0 * k / n for k in range(n)], [1.22 * half] * n)


def _polygon(degrees: list[float], radii: list[float]) -> QPolygonF:
    return QPolygonF(
        [
            QPointF(r * math.cos(math.radians(a)), r * math.sin(math.radians(a)))
            for a, r in zip(degrees, radii, strict=True)
        ]
    )


def paint_glyph(
    painter: QPainter, shape: str, place: QPointF, size_px: float, color: QColor, halo: QColor, hollow: bool
) -> None:
    """Paint a sign on a halo, filled or hollow."""
    outline = glyph(shape, size_px)
    painter.save()
    painter.translate(place)
    rings = ((4.0, halo, halo), (1.8, color, halo)) if hollow else ((2.4, halo, color), (0.0, halo, color))
    for width, line, fill in rings:
        painter.setPen(QPen(line, width) if width else Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(fill))
        if isinstance(outline, QRectF):
            painter.drawEllipse(outline)
        else:
            painter.drawPolygon(outline)
    painter.restore()


class GlyphEntry(QWidget):
    """An entry of a legend: a sign, or a piece of a line, and what it stands for.

    Parameters
    ----------
    theme : Theme
    object_name : str
    parent : QWidget, optional
    """

    def __init__(self, theme: Theme, object_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self._theme = theme
        self._name, self._shape, self._role, self._hollow = "", "circle", "secondary", False
        self._color: QColor | None = None
        theme.changed.connect(self.update)

    @property
    def text(self) -> str:
        """What the sign stands for."""
        return self._name

    def show_sign(
        self, name: str, shape: str, color: QColor | None = None, hollow: bool = False, tip: str = ""
    ) -> None:
        """Say what a sign stands for; ``"line"`` and ``"dashes"`` are shapes here too."""
        self._name, self._shape, self._color, self._hollow = name, shape, color, hollow
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.updateGeometry()
        self.update()
        self.show()

    def sizeHint(self) -> QSize:
        text = self.fontMetrics().horizontalAdvance(self._name)
        return QSize(text + self._sign_px() + 12, self.fontMetrics().height() + 4)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color = self._color or self._theme.color("secondary")
        middle, sign = self.height() / 2, self._sign_px()
        if self._shape in ("line", "dashes"):
            pen = QPen(color, 2.0)
            if self._shape == "dashes":
                pen.setDashPattern([3.0, 2.0])
            painter.setPen(pen)
            painter.drawLine(QPointF(2.0, middle), QPointF(sign, middle))
        else:
            place = QPointF(2.0 + _LEGEND_GLYPH_PX / 2, middle)
            halo = self._theme.color("card")
            paint_glyph(painter, self._shape, place, _LEGEND_GLYPH_PX, color, halo, self._hollow)
        painter.setPen(self._theme.color("secondary"))
        text = QRectF(sign + 6.0, 0.0, self.width() - sign - 6.0, self.height())
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self._name)
        painter.end()

    def _sign_px(self) -> int:
        return 22 if self._shape in ("line", "dashes") else 14
