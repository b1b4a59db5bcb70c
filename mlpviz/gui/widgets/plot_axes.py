"""The axes of a curve plot: few, round, readable numbers."""

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPen

from mlpviz.figures.ticks import linear_ticks, log_ticks, tick_labels
from mlpviz.gui.theme import SMALLEST_TEXT_PX, Theme, text_font

LEFT_PX = 52
_LARGEST_EXPONENT = 300.0


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
        if self._log:
            low, high = np.clip((minVal, maxVal), -_LARGEST_EXPONENT, _LARGEST_EXPONENT)
            values = log_ticks(10.0 ** float(low), 10.0 ** float(high), most)
            places = [float(np.log10(v)) for v in values]
        else:
            values = linear_ticks(minVal, maxVal, most, whole=self._whole)
            if len(values) < 2:  # one number alone says nothing of the scale
                values = linear_ticks(minVal, maxVal, most + 2, whole=self._whole)
            if self._percent:
                values = [v for v in values if -1e-9 <= v <= 1.0 + 1e-9]
            places = values
        self._labels = dict(zip(places, tick_labels(values, self._percent), strict=True))
        return [(1.0, places)]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        return [self._labels.get(value, "") for value in values]
