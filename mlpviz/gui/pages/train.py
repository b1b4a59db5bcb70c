"""The Train page: curves, weights and gradient sizes of the network as it learns."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QWidget

from mlpviz.gui.pages.page import Page
from mlpviz.gui.refresher import Unhurried
from mlpviz.gui.theme import Theme
from mlpviz.gui.widgets.card import Card
from mlpviz.gui.widgets.curve_plot import CurvePlot
from mlpviz.gui.workspace import Workspace

CURVES_PER_SECOND = 3.0  # beside a function: so small a network trains in Python, which painting holds up
UNITS_PER_SECOND = 3.0
LOW_PX = 720
TINY_PX = 480


class TrainPage(Page):
    """The network at the left, first as a function if it has one or two inputs; its curves at the right."""

    key = "train"

    def __init__(self, workspace: Workspace, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(workspace, theme, parent)
        self.loss = CurvePlot(theme, "Loss", "plot_loss", log=True)
        self.loss.add_series("loss", "training", "training")
        self.accuracy = CurvePlot(theme, "Accuracy", "plot_accuracy", percent=True)
        self.accuracy.add_series("accuracy", "training", "training")
        self.measures = CurvePlot(theme, "Gradient norm", "plot_measures", log=True)
        self._curves = _splitter("splitter_curves", self.loss, self.accuracy, self.measures)
        waiting = Card(theme, "", "card_waiting")
        self._waiting: Card | None = waiting
        self._network = _splitter("splitter_network", waiting)
        self._columns = _splitter("splitter_train", self._network, self._curves)
        self._columns.setOrientation(Qt.Orientation.Horizontal)
        self._columns.setSizes([1000, 1000])
        self._sees_all = False
        self._is_built = self._is_low = False
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 14, 14, 14)
        layout.addWidget(self._columns)
        if workspace.ready or workspace.is_loading:
            self._build()
        else:
            workspace.loading.connect(self._build)

    def _build(self) -> None:
        """Make what shows the network: while the first run is made ready, so that the window opens sooner.

        Until that run is there it is hidden, for it has nothing to show.
        """
        if self._is_built:
            return
        from mlpviz.gui.panels.function_card import FunctionCard
        from mlpviz.gui.panels.lower_views import LowerViews
        from mlpviz.gui.panels.measure_choice import MeasureChoice
        from mlpviz.gui.surveyor import Surveyor

        self._is_built = True
        self.surveyor = Surveyor(self.workspace, self)
        self.function = FunctionCard(self.workspace, self.theme, self.surveyor)
        self.views = LowerViews(self.workspace, self.theme, self.surveyor)
        self.weights = self.views.weights
        self._measure = MeasureChoice(self.workspace, self.measures)
        for widget in (self.function, self.views):
            widget.hide()
            self._network.addWidget(widget)
        self.workspace.run_changed.connect(self._run_changed)
        self.workspace.settings_changed.connect(self._settings_changed)
        self.parts_changed.emit()
        if self.workspace.ready:
            self._run_changed()

    def parts(self) -> list[Callable[[], None]]:
        """What shows the network, then each plot."""
        if not self._is_built:
            return []
        plots = [self._part(plot) for plot in self._plots]
        if not self.surveyor.active:
            return [self.views.refresh, *plots]
        slow = [Unhurried(plot, CURVES_PER_SECOND) for plot in plots]
        return [self.function.refresh, Unhurried(self.views.refresh, UNITS_PER_SECOND), *slow]

    def why_not(self, part: str) -> str:
        """Why a part has nothing to show of the current run; empty where it has."""
        if part == "card_function" and not self.surveyor.active:
            return "a function can be drawn of one or two inputs with one output or classes"
        if part == "plot_accuracy" and not self.workspace.dataset.classes:
            return "its data have no classes to be right about"
        return self.views.why_not(part)

    @property
    def _plots(self) -> tuple[CurvePlot, ...]:
        return self.loss, self.accuracy, self.measures

    def _part(self, plot: CurvePlot) -> Callable[[], None]:
        def refresh() -> None:
            self._hand_over(plot)
            plot.refresh()

        return refresh

    def _hand_over(self, plot: CurvePlot) -> None:
        if plot is self.measures:
            self._measure.hand_over()
        else:
            for key in plot.series_keys():
                plot.set_data(key, *self.workspace.history.view(key))

    def _run_changed(self) -> None:
        run = self.workspace.run
        if run is None:
            return
        self._end_waiting()
        self._arrange(self.height() < LOW_PX and self.surveyor.active)
        self._make_room()
        self.weights.set_compact(self.surveyor.active)
        self.views.show_run()
        self.accuracy.setVisible(bool(self.workspace.dataset.classes))
        self._show_validation(len(run.trainer.splits.validation) > 0)
        for plot in self._plots:
            plot.clear_data()
        self._measure.set_run()
        self._smooth()
        self._show_marks()
        self._show_curves()
        self.parts_changed.emit()

    def _end_waiting(self) -> None:
        """The first run is there: what shows the network takes the place of the empty card."""
        if self._waiting is None:
            return
        self._waiting.setParent(None)  # at once, for the sizes go by what there is
        self._waiting.deleteLater()
        self._waiting = None
        self.function.show()
        self.views.show()
        self._network.setSizes([1500, 1000])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low window the function and the network's inside stand beside each other."""
        super().resizeEvent(event)
        if self._is_built:
            self._arrange(event.size().height() < LOW_PX and self.surveyor.active)
            self._make_room()

    def _make_room(self) -> None:
        """A low and narrow place, with a lesson and the experiment beside it, has room for one card."""
        is_tiny = self._is_low and self.width() < TINY_PX
        self.function.setVisible(self.surveyor.active and not is_tiny)

    def _arrange(self, low: bool) -> None:
        """Above each other, the curves beside them; in a low window side by side, curves among the views."""
        if low == self._is_low:
            return
        self._is_low = low
        if low:
            self.views.take_in(self._curves)
            self._network.setOrientation(Qt.Orientation.Horizontal)
            self._network.setSizes([1000, 1000])
        else:
            self.views.take_in(None)
            self._network.setOrientation(Qt.Orientation.Vertical)
            self._network.setSizes([1500, 1000])
            self._columns.addWidget(self._curves)
            self._columns.setSizes([1000, 1000])
            self._curves.show()
            if self.workspace.run is not None:
                self._show_curves()

    def _show_validation(self, there_is_one: bool) -> None:
        """A line for the validation examples, if there are any."""
        for plot in (self.loss, self.accuracy):
            key = "validation_loss" if plot is self.loss else "validation_accuracy"
            if there_is_one and key not in plot.series_keys():
                plot.add_series(key, "validation", "validation", True, smooth=False, markers=True)
            elif not there_is_one and key in plot.series_keys():
                plot.remove_series(key)

    def _settings_changed(self) -> None:
        if self.workspace.run is not None:  # or it is what was said last before the end
            self._show_marks()
            self._show_curves()

    def _smooth(self) -> None:
        """A moving average lags behind; where each step sees all examples there is no noise to smooth."""
        run = self.workspace.run
        assert run is not None
        n = len(run.trainer.splits.training)
        whole = (self.workspace.experiment.batch_size or n) >= n
        if whole != self._sees_all:
            self._sees_all = whole
            for plot in self._plots:
                plot.set_smoothing("off" if whole else "light")

    def _show_curves(self) -> None:
        """Where nothing is to be trained there is nothing to draw, and the network has all the room."""
        if self._is_low:
            return  # they are one of the views, which shows one at a time
        untrained = self.workspace.experiment.epochs == 0 and len(self.workspace.history) == 0
        self._curves.setVisible(not untrained)

    def _show_marks(self) -> None:
        from mlpviz.training import SETTINGS

        marks = [
            (change.step, f"{SETTINGS[change.setting].metadata['label'].lower()} {_told(change.value)}")
            for change in self.workspace.changes
        ]
        for plot in self._plots:
            plot.set_marks(marks)
            plot.refresh()


def _splitter(name: str, *widgets: QWidget) -> QSplitter:
    """Widgets above each other, between which room can be moved."""
    splitter = QSplitter(Qt.Orientation.Vertical)
    splitter.setObjectName(name)
    splitter.setHandleWidth(14)
    splitter.setChildrenCollapsible(False)
    for widget in widgets:
        splitter.addWidget(widget)
    return splitter


def _told(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


PAGE = TrainPage
