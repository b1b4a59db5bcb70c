"""One line of a curve plot: its data, its pens, and what of it is drawn."""

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter

from mlpviz.gui.theme import DASHES, Theme, mix
from mlpviz.gui.widgets.legend import line_pen
from mlpviz.gui.widgets.plot_canvas import PlotCanvas
from mlpviz.gui.widgets.plot_line import Line, paint_line

if TYPE_CHECKING:
    from mlpviz.figures.curve_data import CurveData
    from mlpviz.figures.curves import Floats

_PALE = 0.42
_MOST_MARKERS = 60
_DOT_PX = 3.0
_MOST_WIDE, _MOST_SWINGS = 400, 20
"""A line of more points that swings more often than that is thin: a wide one would be slow, and a blot."""

_AVERAGE_PX = 4
"""Screen pixels between two points of a moving average, which has no finer detail; wide pens are slow."""


class PlotSeries:
    """A growing line, drawn pale with its moving average on top while smoothing is on.

    Parameters
    ----------
    theme : Theme
    name : str
    color : str or int
        A colour of the palette by name, or by the number of a layer.
    dash : bool
        Broken instead of solid; with the number of a layer its own pattern, of which the first is solid.
    smooth : bool
        Whether smoothing applies to it.
    markers : bool
        Show each point as a dot while there are few.
    pale : bool
        Whether the values themselves show behind their moving average.
    joined : bool
        Whether dots are joined by a line while there are few.
    reach : float
        By how much longer than others the moving average is; batches of one example need a longer one.
    """

    def __init__(
        self,
        theme: Theme,
        name: str,
        color: str | int,
        dash: bool = False,
        smooth: bool = True,
        markers: bool = False,
        pale: bool = True,
        joined: bool = True,
        reach: float = 1.0,
    ) -> None:
        self.pale, self._joined, self._reach = pale, joined, reach
        self.name, self.color, self.smooth = name, color, smooth
        self.dashes = DASHES[color % len(DASHES) if isinstance(color, int) else 1] if dash else ()
        self.visible = True
        self._theme, self._markers = theme, markers
        self.line: Line = None
        self.average: Line = None
        self.dots: Line = None
        self._smoothed, self._wide, self._ratio = False, False, 1.0
        self.restyle()

    @cached_property
    def data(self) -> "CurveData":
        """Its points."""
        from mlpviz.figures.curve_data import CurveData  # the window opens without NumPy

        return CurveData()

    @property
    def is_empty(self) -> bool:
        """Whether it has no points yet."""
        return "data" not in self.__dict__ or not len(self.data)

    def restyle(self) -> None:
        """Take the colours of the theme."""
        color = self._theme.color(self.color)
        if self._smoothed:
            pale = line_pen(self._theme, self.color, (), 1.0)
            pale.setColor(mix(color, self._theme.color("card"), _PALE))
            self._line_pen = pale
        else:
            width = 2.0 if self._wide else 1.0
            self._line_pen = line_pen(self._theme, self.color, self.dashes, width * self._ratio)
        self._average_pen = line_pen(self._theme, self.color, self.dashes, 2.0 * self._ratio)
        self._dot_color = color

    def weight(self, smoothing: float) -> float:
        """The weight of the past in its moving average, 0 for none, where that of the plot is `smoothing`."""
        if not self.smooth or smoothing <= 0.0:
            return 0.0
        return max(0.0, 1.0 - (1.0 - smoothing) / self._reach)

    def bounds(self, log: bool, smoothing: float) -> tuple[float, float] | None:
        """The smallest and the largest value that is drawn, None if there is none."""
        return self.data.bounds(log, 0.0 if self.pale else self.weight(smoothing))

    def choose(self, low: float, high: float, bins: int, log: bool, smoothing: float, ratio: float) -> None:
        """Choose what to draw between two abscissas, about `bins` pixels wide, `ratio` screen pixels each."""
        self.line = self.average = self.dots = None
        if not self.visible or self.is_empty:
            return
        weight = self.weight(smoothing)
        smoothed = weight > 0.0
        if self.pale or not smoothed:
            self.line = self.data.line(low, high, bins // 2 if smoothed else bins, log)
        wide = not smoothed and self.line is not None and _is_quiet(self.line[1])
        if (smoothed, wide, ratio) != (self._smoothed, self._wide, self._ratio):
            self._smoothed, self._wide, self._ratio = smoothed, wide, ratio
            self.restyle()
        if smoothed:
            self.average = self.data.line(low, high, max(1, bins // _AVERAGE_PX), log, weight)
        if self.line is not None and (self._markers or len(self.data) == 1):
            x, y = self.line
            is_there = y == y  # not NaN
            if len(y) <= _MOST_MARKERS and is_there.any():
                self.dots = x[is_there], y[is_there]
                if not self._joined:
                    self.line = None

    def paint_behind(self, painter: QPainter, canvas: PlotCanvas) -> None:
        """The values themselves."""
        paint_line(painter, canvas, self.line, self._line_pen, antialias=self._wide)

    def paint_before(self, painter: QPainter, canvas: PlotCanvas) -> None:
        """Their average, and dots."""
        paint_line(painter, canvas, self.average, self._average_pen, antialias=True)
        if self.dots is not None:
            whole_at_the_ends = canvas.inside.adjusted(-_DOT_PX, -_DOT_PX, _DOT_PX, _DOT_PX)
            painter.setClipRect(whole_at_the_ends)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._dot_color)
            for place in canvas.polylines(*self.dots)[0].toList():
                painter.drawEllipse(place, _DOT_PX, _DOT_PX)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setClipRect(canvas.inside)


def _is_quiet(y: "Floats") -> bool:
    from mlpviz.figures.curves import swings  # the window opens without NumPy

    return len(y) <= _MOST_WIDE or swings(y) <= _MOST_SWINGS
