"""The loss curves of many seeds in one plot, with their median and the band of the middle half."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QToolButton, QWidget

from mlpviz.gui.theme import Theme, mix, set_role
from mlpviz.gui.widgets.legend import line_pen
from mlpviz.gui.widgets.plot_canvas import PlotCanvas
from mlpviz.gui.widgets.plot_line import paint_line
from mlpviz.gui.widgets.seed_plot import Place, SeedPlot
from mlpviz.gui.widgets.verdict_looks import LOOKS
from mlpviz.training.seed_result import SeedResult
from mlpviz.training.sweep_summary import Spread

_QUIET, _QUIET_DASHED = 0.5, 0.85
"""How much of their colour the many lines keep, so that those in front of them can be seen."""


class SeedCurves(SeedPlot):
    """All curves: one line a verdict, so that hundreds are as cheap to draw as a few."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self._spread: Spread | None = None
        super().__init__(theme, "Loss", "plot_seed_curves", "step", parent)
        self._add_entry("median", "text", ())
        self._entries["median"].setToolTip(
            "Hide or show the median of all runs, and the band of their middle half"
        )
        self._add_log_button()

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

    def set_runs(self, runs: Sequence[SeedResult]) -> None:
        super().set_runs(runs)
        self.set_title("Loss, mean of an epoch" if self.lines.smooth else "Loss")

    def set_spread(self, spread: Spread | None) -> None:
        """The quantiles to draw, None for none."""
        self._spread = spread
        self._plot.update()

    def numbers(self) -> dict[str, NDArray]:
        """A row for each point of each seed's curve: step, loss of the batch, and mean of an epoch."""
        curves = [(run.seed, run.curve) for run in self.lines.runs]
        return {
            "seed": np.array([seed for seed, curve in curves for _ in curve.steps], np.int64),
            "step": np.array([step for _, curve in curves for step in curve.steps], np.int64),
            "loss": np.array([loss for _, curve in curves for loss in curve.loss]),
            "mean_loss": np.array([loss for _, curve in curves for loss in curve.mean_loss]),
        }

    def paint_behind(self, painter: QPainter, canvas: PlotCanvas) -> None:
        """The band, and the curves."""
        self._paint_band(painter, canvas)
        ground = self.theme.color("card")
        for verdict, look in LOOKS.items():
            if self._shows(verdict):
                pen = line_pen(self.theme, look.color, look.dashes, 1.0)
                pen.setColor(mix(pen.color(), ground, _QUIET_DASHED if look.dashes else _QUIET))
                paint_line(painter, canvas, self.lines.joined(verdict), pen, antialias=False)

    def paint_before(self, painter: QPainter, canvas: PlotCanvas) -> None:
        """The median, and the run that was chosen."""
        ratio = canvas.pixel_ratio
        if self._spread is not None and self._shows("median"):
            median = self._spread.steps, self.lines.heights(self._spread.median)
            paint_line(painter, canvas, median, line_pen(self.theme, "text", (), 2.0 * ratio), antialias=True)
        if self.seed is not None:
            pen = line_pen(self.theme, "accent", (), 2.5 * ratio)
            paint_line(painter, canvas, self.lines.curve(self.seed), pen, antialias=True)
        super().paint_before(painter, canvas)

    def _paint_band(self, painter: QPainter, canvas: PlotCanvas) -> None:
        if self._spread is None or not self._shows("median"):
            return
        low, high = map(self.lines.heights, (self._spread.lower_quartile, self._spread.upper_quartile))
        there = ~np.isnan(low + high)
        x = self._spread.steps[there]
        around = np.concatenate([x, x[::-1]]), np.concatenate([low[there], high[there][::-1]])
        color = self.theme.color("text")
        color.setAlphaF(0.10)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        for outline in canvas.polylines(*around):
            painter.drawPolygon(outline)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _x_range(self) -> tuple[float, float]:
        last, _, _ = self.lines.bounds()
        return 0.0, max(last, 2.0)

    def _nearest(self, x: float, y: float, reach_x: float, reach_y: float) -> int | None:
        return self.lines.nearest_curve(x, y, reach_y)

    def _place_of(self, seed: int, x: float) -> Place | None:
        steps, heights = self.lines.curve(seed)
        return (x, float(np.interp(x, steps, heights))) if len(steps) else None
