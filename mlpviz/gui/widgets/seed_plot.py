"""What the two pictures of many seeds share: axes, legend, zoom, and the run under the pointer."""

from collections.abc import Sequence

from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QWidget

from mlpviz.figures.numbers import format_number, format_percent
from mlpviz.figures.seed_lines import SeedLines
from mlpviz.figures.ticks import axis_range
from mlpviz.gui.theme import Theme
from mlpviz.gui.widgets.card import Card
from mlpviz.gui.widgets.legend import Legend, LegendEntry
from mlpviz.gui.widgets.plot_canvas import PlotCanvas
from mlpviz.gui.widgets.readout import Readout
from mlpviz.gui.widgets.verdict_looks import LOOKS, mark
from mlpviz.training.seed_result import SeedResult

_REACH_PX = 14.0
_RING_PX = 11.0

Place = tuple[float, float]


class SeedPlot(Card):
    """A plot in which each run is something to point at; a kind of it is what its canvas draws.

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
        self._pointed: Place | None = None
        self._build_plot(x_label)
        self._build_header()
        self.setAccessibleDescription(
            f"{title} of many seeds. In the plot, left and right go from seed to seed, F fits the axes."
        )
        self.setMinimumSize(220, 120)
        theme.changed.connect(self._plot.update)

    # What the owner says

    def set_runs(self, runs: Sequence[SeedResult]) -> None:
        """Draw these runs."""
        self._by_seed = {run.seed: run for run in runs}
        self.lines = SeedLines(runs, self.log)
        verdicts = {run.verdict for run in runs}
        for verdict in LOOKS:
            self._entries[verdict].setVisible(verdict in verdicts)
        if self._following:
            self._fit_range()
        self._plot.update()

    def numbers(self) -> dict[str, NDArray]:
        """What it shows, as columns of equal length."""
        raise NotImplementedError

    def set_log(self, log: bool) -> None:
        """Switch the axis of losses to logarithmic or back, and fit it."""
        self.log = self._plot.left.log = log
        self._following = True
        self.set_runs(self.lines.runs)
        self.log_changed.emit(log)

    def set_seed(self, seed: int | None) -> None:
        """Put one run in front of the others."""
        self.seed = seed
        self._plot.update()

    def fit(self) -> None:
        """Show everything, and follow the runs from now on."""
        self._following = True
        self._fit_range()

    # What a kind of plot draws

    def paint_behind(self, painter: QPainter, canvas: PlotCanvas) -> None:
        """All runs."""
        raise NotImplementedError

    def paint_before(self, painter: QPainter, canvas: PlotCanvas) -> None:
        """What lies in front of them: here the ring about the one that is pointed at."""
        if self._pointed is not None:
            self._paint_ring(painter, self._pointed, _RING_PX, "text")

    def _x_range(self) -> tuple[float, float]:
        raise NotImplementedError

    def _nearest(self, x: float, y: float, reach_x: float, reach_y: float) -> int | None:
        """The seed near a place, at most so far away."""
        raise NotImplementedError

    def _place_of(self, seed: int, x: float) -> Place | None:
        """Where the run of a seed is to be marked, when the pointer is at x."""
        raise NotImplementedError

    def _shows(self, verdict: str) -> bool:
        return self._entries[verdict].isChecked()

    def _paint_ring(self, painter: QPainter, place: Place, width_px: float, color: str) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.theme.color(color), 2.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(self._plot.place_of(*place), width_px / 2, width_px / 2)

    # How it is built

    def _build_plot(self, x_label: str) -> None:
        name = self.objectName()
        self._plot = PlotCanvas(self.theme)
        self._plot.setObjectName(f"{name}_plot")
        self._plot.setAccessibleName(f"plot of {self.title}")
        self._plot.left.log = True
        self._plot.corner = x_label
        self._plot.drawn = (self,)
        self._plot.zoomed.connect(self._user_zoomed)
        self._plot.pointed.connect(self._point_at)
        self._plot.clicked.connect(self._clicked)
        self._plot.left_alone.connect(self._point_nowhere)
        self._plot.fit_wanted.connect(self.fit)
        self._plot.stepped.connect(self.stepped)
        self._readout = Readout(self.theme, f"{name}_readout", self._plot)
        self.body.addWidget(self._plot, 1)

    def _build_header(self) -> None:
        self._legend = Legend()
        self.set_header_middle(self._legend)
        for verdict, look in LOOKS.items():
            self._add_entry(verdict, look.color, look.dashes, mark(verdict) if self.with_marks else None)
            self._entries[verdict].hide()

    def _add_entry(
        self, name: str, color: str, dashes: tuple[float, ...], sign: QPainterPath | None = None
    ) -> None:
        object_name = f"{self.objectName()}_legend_{name.replace(' ', '_')}"
        self._entries[name] = entry = LegendEntry(self.theme, name, color, dashes, object_name, mark=sign)
        entry.toggled.connect(self._plot.update)
        self._legend.add(entry)

    def _fit_range(self) -> None:
        _, low, high = self.lines.bounds()
        self._plot.set_ranges(self._x_range(), axis_range(low, high, self.log))

    def _user_zoomed(self) -> None:
        self._following = False

    # The run under the pointer

    def _seed_at(self, place: QPointF) -> int | None:
        if not self._plot.inside.contains(place):
            return None
        x, y, corner = self._plot.x_at(place), self._plot.y_at(place), place + QPointF(_REACH_PX, -_REACH_PX)
        return self._nearest(x, y, self._plot.x_at(corner) - x, self._plot.y_at(corner) - y)

    def _point_at(self, place: QPointF) -> None:
        seed = self._seed_at(place)
        pointed = None if seed is None else self._place_of(seed, self._plot.x_at(place))
        if seed is None or pointed is None:
            self._point_nowhere()
            return
        self._readout.setText(told(self._by_seed[seed]))
        self._readout.adjustSize()
        self._readout.show_in(self._plot.readout_area, place.x())
        self._mark(pointed)

    def _point_nowhere(self) -> None:
        self._readout.hide()
        self._mark(None)

    def _mark(self, place: Place | None) -> None:
        if place != self._pointed:
            self._pointed = place
            self._plot.update()

    def _clicked(self, place: QPointF) -> None:
        seed = self._seed_at(place)
        if seed is not None:
            self.chosen.emit(seed)


def told(run: SeedResult) -> str:
    """One run in a line."""
    parts = [f"seed {run.seed}", run.verdict, f"loss {format_number(run.train_loss)}"]
    if run.train_accuracy is not None:
        parts.append(f"accuracy {format_percent(run.train_accuracy)}")
    if run.learnt_step is not None:
        parts.append(f"learnt at step {format_number(run.learnt_step)}")
    return " · ".join(parts)
