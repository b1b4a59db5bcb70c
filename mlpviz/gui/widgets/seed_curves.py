"""The loss curves of many seeds in one plot, with their median and the band of the middle half."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton, QWidget

from mlpviz.gui.theme import Theme, mix, set_role
from mlpviz.gui.widgets.legend import line_pen
from mlpviz.gui.widgets.seed_plot import LOOKS, REACH_PX, SeedPlot
from mlpviz.training.sweep_summary import Spread

_QUIET = 0.5
"""How much of their colour the many lines keep, so that those in front of them can be seen."""


class SeedCurves(SeedPlot):
    """All curves: one item a verdict, so that hundreds are as cheap to draw as a few."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self._items = {verdict: pg.PlotCurveItem() for verdict in LOOKS}
        self._low, self._high = pg.PlotCurveItem(), pg.PlotCurveItem()
        self._band = pg.FillBetweenItem(self._low, self._high)
        self._median, self._chosen = pg.PlotCurveItem(), pg.PlotCurveItem()
        self._spread: Spread | None = None
        super().__init__(theme, "Loss", "plot_seed_curves", "step", parent)
        self._add_entry("median", "text", ())
        self._entries["median"].setToolTip(
            "Hide or show the median of all runs, and the band of their middle half"
        )
        for z, item in enumerate((self._band, *self._items.values(), self._median, self._chosen)):
            item.setZValue(z)
            if isinstance(item, pg.PlotCurveItem):
                item.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
            self._view.addItem(item, ignoreBounds=True)
        self._add_log_button()
        self._restyle()

    def _add_log_button(self) -> None:
        button = QToolButton()
        button.setText("log")
        button.setObjectName(f"{self.objectName()}_log")
        button.setCheckable(True)
        button.setChecked(True)
        button.setToolTip("Logarithmic axes: losses of very different size can all be seen")
        button.setAccessibleName("logarithmic axes")
        set_role(button, "flat")
        button.clicked.connect(self.set_log)
        self.log_changed.connect(button.setChecked)
        self.add_header_widget(button)

    def set_spread(self, spread: Spread | None) -> None:
        """The quantiles to draw, None for none."""
        self._spread = spread
        self._draw()

    def _draw(self) -> None:
        self.set_title("Loss, mean of an epoch" if self.lines.smooth else "Loss")
        for verdict, item in self._items.items():
            x, y = self.lines.joined(verdict)
            item.setVisible(bool(len(x)) and self._shows(verdict))
            item.setData(x, y, connect="finite", antialias=False)
        shown = self._spread is not None and "median" in self._entries and self._shows("median")
        if self._spread is not None:
            middle, low, high = (
                self.lines.heights(row)
                for row in (self._spread.median, self._spread.lower_quartile, self._spread.upper_quartile)
            )
            self._median.setData(self._spread.steps, middle, antialias=True)
            self._low.setData(self._spread.steps, low)
            self._high.setData(self._spread.steps, high)
        self._median.setVisible(shown)
        self._band.setVisible(shown)
        self._draw_chosen()

    def _draw_chosen(self) -> None:
        x, y = self.lines.curve(self.seed) if self.seed is not None else (np.empty(0), np.empty(0))
        self._chosen.setData(x, y, antialias=True)
        self._chosen.setVisible(len(x) > 0)

    def _restyle(self) -> None:
        ratio, ground = self.theme.pixel_ratio(self), self.theme.color("card")
        for verdict, item in self._items.items():
            color, dashes, _ = LOOKS[verdict]
            pen = line_pen(self.theme, color, dashes, 1.0)
            pen.setColor(mix(pen.color(), ground, _QUIET if not dashes else 0.85))
            item.setPen(pen)
        self._median.setPen(line_pen(self.theme, "text", (), 2.0 * ratio))
        self._chosen.setPen(line_pen(self.theme, "accent", (), 2.5 * ratio))
        band = self.theme.color("text")
        band.setAlphaF(0.10)
        self._band.setBrush(pg.mkBrush(band))
        super()._restyle()

    def _x_range(self) -> tuple[float, float]:
        last, _, _ = self.lines.bounds()
        return 0.0, max(last, 2.0)

    def _nearest(self, x: float, y: float, px_x: float, px_y: float) -> int | None:
        return self.lines.nearest_curve(x, y, REACH_PX * px_y)

    def _place_of(self, seed: int, x: float) -> tuple[float, float] | None:
        steps, heights = self.lines.curve(seed)
        return (x, float(np.interp(x, steps, heights))) if len(steps) else None
