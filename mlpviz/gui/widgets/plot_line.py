"""A line in a plot, painted fast: a wide one as thin strokes side by side."""

import math
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtGui import QPaintEngine, QPainter, QPen

from mlpviz.gui.widgets.plot_canvas import PlotCanvas

if TYPE_CHECKING:
    from mlpviz.figures.curves import Floats

Line: TypeAlias = "tuple[Floats, Floats] | None"
"""Its abscissas and ordinates, (n,) each."""


def paint_line(painter: QPainter, canvas: PlotCanvas, line: Line, pen: QPen, antialias: bool) -> None:
    """Paint a line, broken where its ordinates are NaN, in any width; a width needs `antialias`."""
    if line is None or len(line[0]) < 2:
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, antialias)
    pieces = canvas.polylines(*line)
    if not antialias or painter.paintEngine().type() != QPaintEngine.Type.Raster:
        painter.setPen(pen)
        for piece in pieces:
            painter.drawPolyline(piece)
        return
    painter.setPen(_thin(pen))
    place, ratio = painter.transform(), canvas.pixel_ratio
    for across, down in _strokes(pen.widthF()):
        painter.translate(across / ratio, down / ratio)
        for piece in pieces:
            painter.drawPolyline(piece)
        painter.setTransform(place)


def _thin(pen: QPen) -> QPen:
    """The same, one pixel wide: Qt draws that twenty times as fast as any other line without jags."""
    thin, width = QPen(pen), pen.widthF()
    thin.setWidthF(1.0)
    if dashes := pen.dashPattern():  # they are told in widths
        thin.setDashPattern([width * dash for dash in dashes])
    return thin


@cache
def _strokes(width: float) -> list[tuple[float, float]]:
    """Where thin lines lie, in pixels of the screen, that together make one so wide."""
    strokes, radius = [(0.0, 0.0)], (width - 1.0) / 2.0
    while radius > 0.25:
        n = max(4, math.ceil(2.0 * math.pi * radius))
        turns = (2.0 * math.pi * i / n for i in range(n))
        strokes += [(radius * math.cos(turn), radius * math.sin(turn)) for turn in turns]
        radius -= 1.0
    return strokes
