"""One measurement of every layer over the steps: gradient sizes, update ratio, dead and saturated units."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mlpviz.gui.theme import set_role, text_font
from mlpviz.gui.widgets.choice import Choice
from mlpviz.gui.widgets.curve_plot import CurvePlot
from mlpviz.gui.workspace import Workspace
from mlpviz.training.health import layer_number
from mlpviz.training.history import Column
from mlpviz.training.probes import PROBES, can_saturate, column

MOST_PALE = 4
"""Of more layers only the moving averages are drawn: the values behind them would hide one another."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A choice of the menu: which column it reads, and what it makes of the values."""

    title: str
    help: str
    probe: str
    share: bool
    derive: Callable[[Column, int], Column] = lambda values, size: values


MEASURES: tuple[Measure, ...] = (
    *(
        Measure(probe.title, probe.help, name, share=not probe.per_parameter)
        for name, probe in PROBES.items()
    ),
    Measure(
        "Gradient RMS",
        "The root of the mean squared entry of the gradient: its norm over √n, "
        "so that layers of different size compare.",
        "gradient_norm",
        share=False,
        derive=lambda values, size: values / np.sqrt(size),
    ),
)


class MeasureChoice(Choice):
    """The menu in the title of a plot: the plot shows the chosen measurement, a line a layer."""

    def __init__(self, workspace: Workspace, plot: CurvePlot) -> None:
        super().__init__()
        self._workspace, self._plot = workspace, plot
        self._columns: dict[str, tuple[str, int]] = {}
        self._is_users, self._has_looked = False, False
        self.setObjectName("choice_measure")
        self.setAccessibleName("What is measured of each layer")
        set_role(self, "title")
        self.view().setFont(text_font())
        for i, measure in enumerate(MEASURES):
            self.addItem(measure.title)
            self.setItemData(i, measure.help, 3)  # Qt.ItemDataRole.ToolTipRole
        self.currentIndexChanged.connect(self._chosen)
        self.activated.connect(self._user_chose)
        plot.set_title_widget(self)

    @property
    def measure(self) -> Measure:
        """The measurement on show."""
        return MEASURES[self.currentIndex()]

    def set_run(self) -> None:
        """Offer the measurements that the new run's layers have, and draw a line for each."""
        for i, measure in enumerate(MEASURES):
            applies = any(PROBES[measure.probe].applies(layer) for layer in self._layers)
            self.model().item(i).setEnabled(applies)  # type: ignore[attr-defined]
        self._has_looked = False
        if not self._is_users or not any(PROBES[self.measure.probe].applies(layer) for layer in self._layers):
            self.setCurrentIndex(0)
        self._chosen()

    @property
    def _layers(self) -> list:
        return self._workspace.initial.network.layers

    def _chosen(self) -> None:
        measure, plot = self.measure, self._plot
        self.setToolTip(measure.help)
        plot.set_title(measure.title)
        plot.clear_series()
        self._columns.clear()
        numbers: dict[str, int] = {}
        experiment = self._workspace.experiment
        for i, layer in enumerate(self._layers):
            if not PROBES[measure.probe].applies(layer) or experiment.layers[i].kind == "batch_norm":
                continue
            name = "weight" if PROBES[measure.probe].per_parameter else ""
            key = column(measure.probe, i, name)
            numbers[key] = layer_number(experiment, i)
            self._columns[key] = (key, layer.params[name].size if name else 1)
        for key, number in numbers.items():
            plot.add_series(key, f"layer {number}", number - 1, dash=True, pale=len(numbers) <= MOST_PALE)
        plot.set_log(not measure.share)
        self.hand_over()
        plot.fit()

    def _user_chose(self) -> None:
        self._is_users = True

    def _look(self) -> None:
        """At the first step: where most of a hidden layer is saturated, that is the thing to see."""
        self._has_looked = True
        history, hidden = self._workspace.history, range(len(self._layers) - 1)
        shares = [
            history.view(column("saturated_share", i))[1][:1] for i in hidden if can_saturate(self._layers[i])
        ]
        if not self._is_users and any(len(share) and share[0] > 0.5 for share in shares):
            titles = [measure.probe for measure in MEASURES]
            self.setCurrentIndex(titles.index("saturated_share"))

    def hand_over(self) -> None:
        """Give the plot what was measured since."""
        if not self._has_looked and len(self._workspace.history):
            self._look()
        for key, (name, size) in self._columns.items():
            steps, values = self._workspace.history.view(name)
            self._plot.set_data(key, steps, self.measure.derive(values, size))
