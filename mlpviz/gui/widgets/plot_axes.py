"""The axes of a curve plot: few, round, readable numbers."""

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPen

from mlpviz.figures.ticks import axis_ticks
from mlpviz.gui.theme import SMALLEST_TEXT_PX, Theme, text_font

LEFT_PX = 52


class PlotAxis(pg.AxisItem):
    """An axis with the ticks of :mod:`mlpviz.figures.ticks`.

    Parameters
    ----------
    theme : Theme
    side : "left" or "bottom"
        The left axis carries the lines across the plot.
    whole : bool
        Only integers: steps.
    percent : bool
        The values are parts of one, shown as percentages.
    """

    def __init__(self, theme: Theme, side: str, whole: bool = False, percent: bool = False) -> None:
        self._labels: dict[float, str] = {}
        self._whole, self._percent, self._log = whole, percent, False
        super().__init__(side, showValues=True, maxTickLength=0)
        self.enableAutoSIPrefix(False)
        self.setStyle(
            tickFont=text_font(SMALLEST_TEXT_PX + 1),
            autoExpandTextSpace=False,
            tickTextOffset=6,
            hideOverlappingLabels=False,
        )
        self._theme = theme
        if side == "left":
            self.setWidth(LEFT_PX)
            self.setGrid(255)
        else:
            self.setHeight(22)
        self.restyle()

    def set_log(self, log: bool) -> None:
        """Say whether positions on this axis are decimal logarithms of the values."""
        self._log = log
        self.picture = None
        self.update()

    @property
    def whole(self) -> bool:
        """Whether it shows integers only."""
        return self._whole

    def set_whole(self, whole: bool) -> None:
        """Say whether it shows integers only."""
        self._whole = whole
        self.picture = None
        self.update()

    def restyle(self) -> None:
        """Take the colours of the theme."""
        self.setTextPen(self._theme.color("secondary"))
        self.setTickPen(pg.mkPen(self._theme.color("line")))
        bottom = self.orientation == "bottom"
        self.setPen(pg.mkPen(self._theme.color("line")) if bottom else QPen(Qt.PenStyle.NoPen))

    def boundingRect(self) -> QRectF:
        # Half a line more, or the labels at both ends would be left out.
        return super().boundingRect().adjusted(0.0, -12.0, 0.0, 12.0)

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:
        per_tick_px = 90.0 if self.orientation == "bottom" else 36.0
        most = max(2, int(size / per_tick_px))
        self._labels = dict(axis_ticks(minVal, maxVal, most, self._log, self._whole, self._percent))
        return [(1.0, list(self._labels))]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        return [self._labels.get(value, "") for value in values]
