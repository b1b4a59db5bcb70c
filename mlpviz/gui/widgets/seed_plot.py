"""What the two pictures of many seeds share: axes, legend, zoom, and the run under the pointer."""

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from pyqtgraph.graphicsItems.ScatterPlotItem import Symbols
from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QPainterPath
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from mlpviz.figures.numbers import format_number, format_percent
from mlpviz.figures.seed_lines import SeedLines
from mlpviz.figures.ticks import axis_range
from mlpviz.gui.theme import SMALLEST_TEXT_PX, Theme, set_role, text_font
from mlpviz.gui.widgets.card import Card
from mlpviz.gui.widgets.flow_layout import FlowLayout
from mlpviz.gui.widgets.legend import LegendEntry
from mlpviz.gui.widgets.plot_area import PlotArea
from mlpviz.gui.widgets.plot_axes import LEFT_PX, PlotAxis
from mlpviz.training.seed_result import SeedResult

REACH_PX = 14.0

LOOKS: dict[str, tuple[str, tuple[float, ...], str]] = {
    "learnt": ("training", (), "o"),
    "trained": ("training", (), "o"),
    "not learnt": ("secondary", (5, 1.5, 1, 1.5), "t"),
    "plateau": ("validation", (4, 2), "s"),
    "diverged": ("error", (1.5, 1.5), "x"),
}
"""For each verdict its colour, dashes, and mark; what is drawn later lies on top."""


class SeedPlot(Card):
    """A plot in which each run is something to point at.

    Parameters
    ----------
    theme : Theme
    title : str
    object_name : str
    x_label : str
    parent : QWidget, optional
    """

    with_marks = False
    """Whether the legend shows marks instead of lines."""
    log_changed = Signal(bool)
    """The axis of losses was switched to logarithmic or back."""
    chosen = Signal(int)
    """A run was clicked: its seed."""
    stepped = Signal(int)
    """Left or right was pressed: −1 or 1, to the run before or the next."""

    def __init__(
        self, theme: Theme, title: str, object_name: str, x_label: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, title, object_name, parent=parent)
        self.lines = SeedLines([], log=True)
        self.log = True
        self.seed: int | None = None
        self._entries: dict[str, LegendEntry] = {}
        self._following = True
        self._by_seed: dict[int, SeedResult] = {}
        self._build_plot(x_label)
        self._build_header()
        self.setAccessibleDescription(
            f"{title} of many seeds. In the plot, left and right go from seed to seed, F fits the axes."
        )
        self.setMinimumSize(220, 120)
        theme.changed.connect(self._restyle)

    # What the owner says

    def set_runs(self, runs: Sequence[SeedResult]) -> None:
        """Draw these runs."""
        self._by_seed = {run.seed: run for run in runs}
        self.lines = SeedLines(runs, self.log)
        verdicts = {run.verdict for run in runs}
        for verdict, entry in self._entries.items():
            if verdict in LOOKS:
                entry.setVisible(verdict in verdicts)
        self._draw()
        if self._following:
            self._fit_range()

    def numbers(self) -> dict[str, NDArray]:
        """A row for each point of each seed's curve: step, loss of the batch, and mean of an epoch."""
        curves = [(run.seed, run.curve) for run in self.lines.runs]
        return {
            "seed": np.array([seed for seed, curve in curves for _ in curve.steps], np.int64),
            "step": np.array([step for _, curve in curves for step in curve.steps], np.int64),
            "loss": np.array([loss for _, curve in curves for loss in curve.loss]),
            "mean_loss": np.array([loss for _, curve in curves for loss in curve.mean_loss]),
        }

    def set_log(self, log: bool) -> None:
        """Switch the axis of losses to logarithmic or back, and fit it."""
        self.log = log
        self._left.set_log(log)
        self._following = True
        self.set_runs(self.lines.runs)
        self.log_changed.emit(log)

    def set_seed(self, seed: int | None) -> None:
        """Put one run in front of the others."""
        self.seed = seed
        self._draw_chosen()

    def fit(self) -> None:
        """Show everything, and follow the runs from now on."""
        self._following = True
        self._fit_range()

    # What a kind of plot draws

    def _draw(self) -> None:
        raise NotImplementedError

    def _draw_chosen(self) -> None:
        raise NotImplementedError

    def _x_range(self) -> tuple[float, float]:
        raise NotImplementedError

    def _nearest(self, x: float, y: float, px_x: float, px_y: float) -> int | None:
        """The seed near a place; `px_x` and `px_y` are the size of a pixel there."""
        raise NotImplementedError

    def _place_of(self, seed: int, x: float) -> tuple[float, float] | None:
        """Where the run of a seed is to be marked, when the pointer is at x."""
        raise NotImplementedError

    def _shows(self, verdict: str) -> bool:
        return self._entries[verdict].isChecked()

    # How it is built

    def _build_plot(self, x_label: str) -> None:
        name = self.objectName()
        axes = {"left": PlotAxis(self.theme, "left"), "bottom": PlotAxis(self.theme, "bottom", whole=True)}
        self._left, self._bottom = axes["left"], axes["bottom"]
        self._left.set_log(True)
        self._plot = PlotArea(self.theme, axes)
        self._plot.setObjectName(f"{name}_plot")
        self._plot.setAccessibleName(f"plot of {self.title}")
        item = self._plot.getPlotItem()
        item.hideButtons()
        item.layout.setContentsMargins(0, 4, 14, 0)
        self._view = item.getViewBox()
        self._left.setZValue(-1000)  # its lines across the plot lie under the curves
        self._view.setDefaultPadding(0.0)
        self._view.disableAutoRange()
        self._view.sigRangeChangedManually.connect(self._user_zoomed)
        self._mark = pg.ScatterPlotItem(size=11, pxMode=True)
        self._mark.setZValue(60)
        self._view.addItem(self._mark, ignoreBounds=True)
        self._plot.pointed.connect(self._point_at)
        self._plot.left.connect(self._point_nowhere)
        self._plot.fit_wanted.connect(self.fit)
        self._plot.stepped.connect(self.stepped)
        self._plot.scene().sigMouseClicked.connect(self._clicked)
        self._told = QLabel(self._plot)
        self._told.setObjectName(f"{name}_readout")
        self._told.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._told.hide()
        corner = QLabel(x_label, self._plot)
        set_role(corner, "subtitle")
        corner.setFont(text_font(SMALLEST_TEXT_PX + 1))
        corner.setFixedWidth(LEFT_PX - 10)
        corner.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        corner.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._plot.resized.connect(lambda: corner.move(0, self._plot.height() - 19))
        self.body.addWidget(self._plot, 1)

    def _build_header(self) -> None:
        legend = QWidget()
        self._flow = FlowLayout(legend)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        legend.setSizePolicy(policy)
        self.set_header_middle(legend)
        for verdict, (color, dashes, mark) in LOOKS.items():
            self._add_entry(verdict, color, dashes, Symbols[mark] if self.with_marks else None)
            self._entries[verdict].hide()

    def _add_entry(
        self, verdict: str, color: str, dashes: tuple[float, ...], mark: QPainterPath | None = None
    ) -> None:
        name = f"{self.objectName()}_legend_{verdict.replace(' ', '_')}"
        entry = LegendEntry(self.theme, verdict, color, dashes, name, mark=mark)
        entry.toggled.connect(self._draw)
        self._entries[verdict] = entry
        self._flow.addWidget(entry)

    def _restyle(self) -> None:
        self._plot.setBackground(self.theme.color("card"))
        self._left.restyle()
        self._bottom.restyle()
        colors = self.theme.palette
        self._mark.setPen(pg.mkPen(self.theme.color("text"), width=2))
        self._mark.setBrush(pg.mkBrush(None))
        self._told.setStyleSheet(
            f"background: {colors.card}; color: {colors.text}; border: 1px solid {colors.field_line};"
            "border-radius: 6px; padding: 3px 6px;"
        )
        self._draw()

    def _fit_range(self) -> None:
        _, low, high = self.lines.bounds()
        self._view.setRange(xRange=self._x_range(), yRange=axis_range(low, high, self.log), padding=0.0)

    def _user_zoomed(self) -> None:
        self._following = False

    # The run under the pointer

    def _seed_at(self, place: QPointF) -> tuple[int | None, float]:
        if not self._view.sceneBoundingRect().contains(place):
            return None, 0.0
        point = self._view.mapSceneToView(place)
        px_x, px_y = self._view.viewPixelSize()
        return self._nearest(point.x(), point.y(), px_x, px_y), point.x()

    def _point_at(self, place: QPointF) -> None:
        seed, x = self._seed_at(place)
        marked = None if seed is None else self._place_of(seed, x)
        if seed is None or marked is None:
            self._point_nowhere()
            return
        self._mark.setData([marked[0]], [marked[1]])
        self._told.setText(told(self._by_seed[seed]))
        self._told.adjustSize()
        area = self._plot.rect().adjusted(LEFT_PX + 4, 6, -18, -26)
        on_left = place.x() > area.center().x()
        self._told.move(area.left() if on_left else area.right() - self._told.width(), area.top())
        self._told.show()

    def _point_nowhere(self) -> None:
        self._mark.clear()
        self._told.hide()

    def _clicked(self, event: MouseClickEvent) -> None:
        seed, _ = self._seed_at(event.scenePos())
        if seed is not None and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(seed)


def told(run: SeedResult) -> str:
    """One run in a line."""
    parts = [f"seed {run.seed}", run.verdict, f"loss {format_number(run.train_loss)}"]
    if run.train_accuracy is not None:
        parts.append(f"accuracy {format_percent(run.train_accuracy)}")
    if run.learnt_step is not None:
        parts.append(f"learnt at step {format_number(run.learnt_step)}")
    return " · ".join(parts)
