"""The final loss of each seed as a dot: who learnt, and at which level the others stand."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QPainter, QPen, QTransform
from PySide6.QtWidgets import QWidget

from mlpviz.gui.theme import Theme, mix
from mlpviz.gui.widgets.plot_canvas import PlotCanvas
from mlpviz.gui.widgets.seed_plot import Place, SeedPlot
from mlpviz.gui.widgets.verdict_looks import LOOKS, mark

_DOT_PX, _CHOSEN_PX = 7.0, 13.0


class SeedDots(SeedPlot):
    """Seeds from left to right, each at the height of its training loss at the end."""

    with_marks = True

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "At the end", "plot_seed_dots", "seed", parent)

    def numbers(self) -> dict[str, NDArray]:
        """The training loss that each seed ended with."""
        runs = self.lines.runs
        return {
            "seed": np.array([run.seed for run in runs], np.int64),
            "train_loss": np.array([run.train_loss for run in runs]),
        }

    def paint_behind(self, painter: QPainter, canvas: PlotCanvas) -> None:
        """The dots."""
        ground, size = self.theme.color("card"), QTransform.fromScale(_DOT_PX, _DOT_PX)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for verdict in filter(self._shows, LOOKS):
            color, dot = self.theme.color(LOOKS[verdict].color), size.map(mark(verdict))
            painter.setPen(QPen(color, 1.0))
            painter.setBrush(mix(color, ground, 0.6))
            seeds, heights = self.lines.ends(verdict)
            there = np.isfinite(heights)
            for place in canvas.polylines(seeds[there], heights[there])[0].toList():
                painter.drawPath(dot.translated(place))

    def paint_before(self, painter: QPainter, canvas: PlotCanvas) -> None:
        """A ring about the one that was chosen."""
        chosen = None if self.seed is None else self._place_of(self.seed, 0.0)
        if chosen is not None:
            self._paint_ring(painter, chosen, _CHOSEN_PX, "accent")
        super().paint_before(painter, canvas)

    def _fit_range(self) -> None:
        ends = np.concatenate([self.lines.ends(verdict)[1] for verdict in LOOKS])
        ends = ends[np.isfinite(ends)]
        low, high = (float(ends.min()), float(ends.max())) if len(ends) else (-1.0, 0.0)
        room = max(0.15 * (high - low), 0.1 * abs(high), 1e-6)  # so that no dot is cut
        self._plot.set_ranges(self._x_range(), (low - room, high + room))

    def _x_range(self) -> tuple[float, float]:
        seeds = [run.seed for run in self.lines.runs] or [0, 1]
        room = max(1.0, 0.02 * (max(seeds) - min(seeds)))
        return min(seeds) - room, max(seeds) + room

    def _nearest(self, x: float, y: float, reach_x: float, reach_y: float) -> int | None:
        return self.lines.nearest_end(x, y, reach_x, reach_y)

    def _place_of(self, seed: int, x: float) -> Place | None:
        height = self.lines.end(seed)
        return (float(seed), height) if np.isfinite(height) else None
