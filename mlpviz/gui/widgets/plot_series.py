"""One line of a curve plot: its data, its pens and the items that draw it."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt

from mlpviz.figures.curve_data import CurveData
from mlpviz.gui.theme import DASHES, Theme, mix
from mlpviz.gui.widgets.legend import line_pen

_PALE = 0.42
_MOST_MARKERS = 60
_MOST_WIDE = 400
"""Above that a wide pen, which is slow on many points, gives way to a thin one."""

_AVERAGE_PX = 4
"""Screen pixels between two points of a moving average, which has no finer detail; wide pens are slow."""


class PlotSeries:
    """A growing line, drawn pale with its moving average on top while smoothing is on.

    Parameters
    ----------
    theme : Theme
    view : pyqtgraph.ViewBox
        What it is drawn in.
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
        view: pg.ViewBox,
        name: str,
        color: str | int,
        dash: bool = False,
        smooth: bool = True,
        markers: bool = False,
        pale: bool = True,
        joined: bool = True,
        reach: float = 1.0,
    ) -> None:
        self.data = CurveData()
        self.pale, self._joined, self._reach = pale, joined, reach
        self.name, self.color, self.smooth = name, color, smooth
        self.dashes = DASHES[color % len(DASHES) if isinstance(color, int) else 1] if dash else ()
        self.visible = True
        self._theme, self._view, self._markers = theme, view, markers
        self._line = pg.PlotCurveItem()
        self._average = pg.PlotCurveItem()
        self._dots = pg.ScatterPlotItem(size=6, pxMode=True, pen=pg.mkPen(None))
        for z, item in enumerate((self._line, self._average, self._dots)):
            item.setZValue(10 * z)
            item.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
            view.addItem(item, ignoreBounds=True)
        self._smoothed, self._wide, self._ratio = False, False, 1.0
        self.restyle()

    def restyle(self) -> None:
        """Take the colours of the theme."""
        color = self._theme.color(self.color)
        if self._smoothed:
            pale = line_pen(self._theme, self.color, (), 1.0)
            pale.setColor(mix(color, self._theme.color("card"), _PALE))
            self._line.setPen(pale)
        else:
            width = 2.0 if self._wide else 1.0
            self._line.setPen(line_pen(self._theme, self.color, self.dashes, width * self._ratio))
        self._average.setPen(line_pen(self._theme, self.color, self.dashes, 2.0 * self._ratio))
        self._dots.setBrush(color)

    def weight(self, smoothing: float) -> float:
        """The weight of the past in its moving average, 0 for none, where that of the plot is `smoothing`."""
        if not self.smooth or smoothing <= 0.0:
            return 0.0
        return max(0.0, 1.0 - (1.0 - smoothing) / self._reach)

    def bounds(self, log: bool, smoothing: float) -> tuple[float, float] | None:
        """The smallest and the largest value that is drawn, None if there is none."""
        return self.data.bounds(log, 0.0 if self.pale else self.weight(smoothing))

    def draw(self, low: float, high: float, bins: int, log: bool, smoothing: float, ratio: float) -> None:
        """Draw the part between two abscissas, about `bins` pixels wide, `ratio` screen pixels each."""
        weight = self.weight(smoothing)
        smoothed = weight > 0.0
        items = (self._line, self._average, self._dots)
        if not self.visible:
            for item in items:
                item.setVisible(False)
            return
        x, y = self.data.line(low, high, bins, log)
        wide = not smoothed and len(x) <= _MOST_WIDE
        if (smoothed, wide, ratio) != (self._smoothed, self._wide, self._ratio):
            self._smoothed, self._wide, self._ratio = smoothed, wide, ratio
            self.restyle()
        _set_line(self._line, x, y, antialias=wide)
        if smoothed and not self.pale:
            self._line.setVisible(False)
        self._average.setVisible(smoothed)
        if smoothed:
            few = max(1, bins // _AVERAGE_PX)
            _set_line(self._average, *self.data.line(low, high, few, log, weight), antialias=True)
        finite = np.isfinite(y)
        dots = (self._markers or len(self.data) == 1) and len(y) <= _MOST_MARKERS and bool(finite.any())
        self._dots.setVisible(dots)
        if dots and not self._joined:
            self._line.setVisible(False)
        if dots:
            self._dots.setData(x[finite], y[finite])

    def remove(self) -> None:
        """Take the line out of the plot."""
        for item in (self._line, self._average, self._dots):
            self._view.removeItem(item)


def _set_line(item: pg.PlotCurveItem, x: np.ndarray, y: np.ndarray, antialias: bool) -> None:
    whole = bool(np.isfinite(y).all())
    connect = "all" if whole else "finite"
    item.setData(x, y, connect=connect, skipFiniteCheck=whole, antialias=antialias)
    item.setVisible(len(x) > 1)
