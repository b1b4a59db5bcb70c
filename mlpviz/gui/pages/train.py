"""The Train page: curves, weights and gradient sizes of the network as it learns."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QWidget

from mlpviz.gui.pages.page import Page
from mlpviz.gui.panels.measure_plot import MeasurePlot
from mlpviz.gui.panels.weights_card import WeightsCard
from mlpviz.gui.theme import Theme
from mlpviz.gui.widgets.curve_plot import CurvePlot
from mlpviz.gui.workspace import Workspace
from mlpviz.training import SETTINGS


class TrainPage(Page):
    """Weights at the left, curves at the right."""

    key = "train"

    def __init__(self, workspace: Workspace, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(workspace, theme, parent)
        self.weights = WeightsCard(workspace, theme)
        self.loss = CurvePlot(theme, "Loss", "plot_loss", log=True)
        self.loss.add_series("loss", "training", "training")
        self.loss.add_series("validation_loss", "validation", "validation", True, smooth=False, markers=True)
        self.accuracy = CurvePlot(theme, "Accuracy", "plot_accuracy", percent=True)
        self.accuracy.add_series("accuracy", "training", "training")
        self.accuracy.add_series(
            "validation_accuracy", "validation", "validation", True, smooth=False, markers=True
        )
        self.measures = MeasurePlot(workspace, theme)
        curves = QSplitter(Qt.Orientation.Vertical)
        curves.setObjectName("splitter_curves")
        for plot in (self.loss, self.accuracy, self.measures):
            curves.addWidget(plot)
        columns = QSplitter(Qt.Orientation.Horizontal)
        columns.setObjectName("splitter_train")
        for splitter in (curves, columns):
            splitter.setHandleWidth(14)
            splitter.setChildrenCollapsible(False)
        columns.addWidget(self.weights)
        columns.addWidget(curves)
        columns.setSizes([1000, 1000])
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 14, 14, 14)
        layout.addWidget(columns)
        workspace.run_changed.connect(self._run_changed)
        workspace.settings_changed.connect(self._show_marks)

    def parts(self) -> list[Callable[[], None]]:
        """Weights, then each plot."""
        return [self.weights.refresh, *(self._part(plot) for plot in self._plots)]

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
            self.measures.hand_over()
        else:
            for key in plot.series_keys():
                plot.set_data(key, *self.workspace.history.view(key))

    def _run_changed(self) -> None:
        has_classes = bool(self.workspace.dataset.classes)
        self.accuracy.setVisible(has_classes)
        for plot in self._plots:
            plot.clear_data()
        self.measures.set_run()
        self._show_marks()

    def _show_marks(self) -> None:
        if self.workspace.run is None:
            return  # what was said last before the end
        marks = [
            (change.step, f"{SETTINGS[change.setting].metadata['label'].lower()} {_told(change.value)}")
            for change in self.workspace.changes
        ]
        for plot in self._plots:
            plot.set_marks(marks)
            plot.refresh()


def _told(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


PAGE = TrainPage
