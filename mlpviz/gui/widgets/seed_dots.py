"""The final loss of each seed as a dot: who learnt, and at which level the others stand."""

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtWidgets import QWidget

from mlpviz.gui.theme import Theme, mix
from mlpviz.gui.widgets.seed_plot import LOOKS, REACH_PX, SeedPlot


class SeedDots(SeedPlot):
    """Seeds from left to right, each at the height of its training loss at the end."""

    with_marks = True

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self._items = {verdict: pg.ScatterPlotItem(size=7, pxMode=True) for verdict in LOOKS}
        self._chosen = pg.ScatterPlotItem(size=13, pxMode=True)
        super().__init__(theme, "At the end", "plot_seed_dots", "seed", parent)
        for z, item in enumerate((*self._items.values(), self._chosen)):
            item.setZValue(z)
            self._view.addItem(item, ignoreBounds=True)
        self._restyle()

    def numbers(self) -> dict[str, NDArray]:
        """The training loss that each seed ended with."""
        runs = self.lines.runs
        return {
            "seed": np.array([run.seed for run in runs], np.int64),
            "train_loss": np.array([run.train_loss for run in runs]),
        }

    def _draw(self) -> None:
        for verdict, item in self._items.items():
            seeds, heights = self.lines.ends(verdict)
            finite = np.isfinite(heights)
            item.setData(seeds[finite], heights[finite], symbol=LOOKS[verdict][2])
            item.setVisible(self._shows(verdict))
        self._draw_chosen()

    def _draw_chosen(self) -> None:
        place = None if self.seed is None else self._place_of(self.seed, 0.0)
        self._chosen.setData([] if place is None else [place[0]], [] if place is None else [place[1]])

    def _restyle(self) -> None:
        ground = self.theme.color("card")
        for verdict, item in self._items.items():
            color = self.theme.color(LOOKS[verdict][0])
            item.setPen(pg.mkPen(color, width=1))
            item.setBrush(pg.mkBrush(mix(color, ground, 0.6)))
        self._chosen.setPen(pg.mkPen(self.theme.color("accent"), width=2))
        self._chosen.setBrush(pg.mkBrush(None))
        super()._restyle()

    def _fit_range(self) -> None:
        ends = np.concatenate([self.lines.ends(verdict)[1] for verdict in LOOKS])
        ends = ends[np.isfinite(ends)]
        low, high = (float(ends.min()), float(ends.max())) if len(ends) else (-1.0, 0.0)
        room = max(0.15 * (high - low), 0.1 * abs(high), 1e-6)  # so that no dot is cut
        self._view.setRange(xRange=self._x_range(), yRange=(low - room, high + room), padding=0.0)

    def _x_range(self) -> tuple[float, float]:
        seeds = [run.seed for run in self.lines.runs] or [0, 1]
        room = max(1.0, 0.02 * (max(seeds) - min(seeds)))
        return min(seeds) - room, max(seeds) + room

    def _nearest(self, x: float, y: float, px_x: float, px_y: float) -> int | None:
        return self.lines.nearest_end(x, y, REACH_PX * px_x, REACH_PX * px_y)

    def _place_of(self, seed: int, x: float) -> tuple[float, float] | None:
        height = self.lines.end(seed)
        return (float(seed), height) if np.isfinite(height) else None
