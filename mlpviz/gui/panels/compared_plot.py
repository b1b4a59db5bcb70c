"""One measurement of all compared runs over steps, examples or seconds: a line a run."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from mlpviz.figures.numbers import format_number
from mlpviz.gui.compared_run import ComparedRun
from mlpviz.gui.comparison import Comparison
from mlpviz.gui.theme import Theme, set_role, text_font
from mlpviz.gui.widgets.choice import Choice
from mlpviz.gui.widgets.curve_plot import SMOOTHING, CurvePlot
from mlpviz.training.health import affine_layers
from mlpviz.training.probes import PROBES, column

LEFT_PX = 72  # for "examples" in the corner
EXAMPLES_A_STEP = 100
"""Moving averages take as many examples of each run; this many stand for a step of other plots."""

X_LABELS = {"steps": "step", "examples": "examples", "seconds": "seconds"}


class ComparedPlot(CurvePlot):
    """A line for each run that is shown, in its colour and dash; what validation measured as dots.

    Parameters
    ----------
    comparison : Comparison
    theme : Theme
    title, object_name : str
    columns : function of a run
        The columns of its history: that of the line, and, if there is one, that of the dots.
    log, percent
        As in `CurvePlot`.
    """

    legend_share = 0.2  # for the list of runs is a legend as well

    def __init__(
        self,
        comparison: Comparison,
        theme: Theme,
        title: str,
        object_name: str,
        columns: Callable[[ComparedRun], list[str]],
        log: bool = False,
        percent: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, title, object_name, log=log, percent=percent, parent=parent)
        self._comparison, self._columns = comparison, columns
        self.set_left_px(LEFT_PX)
        self._sources: dict[str, tuple[ComparedRun, str]] = {}
        for name, action in self._smoothing_actions.items():
            if weight := SMOOTHING[name]:
                examples = format_number(round(EXAMPLES_A_STEP / (1 - weight)))
                action.setText(f"{name}: mean of about {examples} examples")

    def set_runs(self) -> None:
        """Draw a line for each run that is shown."""
        measure = self._comparison.measure
        self.set_x_label(X_LABELS[measure], whole=measure != "seconds")
        self.clear_series()
        self._sources.clear()
        for run in self._comparison.shown:
            line, *dots = self._columns(run)
            key = f"run_{run.slot}"
            self.add_series(key, run.name, run.slot, dash=True, pale=False, reach=_reach(run))
            self._sources[key] = run, line
            if dots:
                self.set_subtitle("● validation")
            for name in dots:
                self.add_series(
                    f"{key}_validation",
                    f"{run.name}, validation",
                    run.slot,
                    dash=True,
                    smooth=False,
                    markers=True,
                    joined=False,
                    with_entry_of=key,
                )
                self._sources[f"{key}_validation"] = run, name
        self._mark_forks()
        self.show_new()
        self.fit()

    def show_new(self) -> None:
        """Draw what was measured since."""
        for key, (run, name) in self._sources.items():
            self.set_data(key, *run.lane.contender.curve(name, self._comparison.measure))
        self.refresh()

    def _mark_forks(self) -> None:
        """Where runs joined that had a past, once there are two to tell apart."""
        names: dict[float, list[str]] = {}
        for run in self._comparison.shown if len(self._comparison.shown) > 1 else ():
            start = run.lane.start.started_at
            place = run.lane.contender.place_of(start, self._comparison.measure) if start else None
            if place is not None:
                names.setdefault(place, []).append(run.name)
        self.set_marks([(x, each[0] if len(each) == 1 else "forks") for x, each in names.items()])


def _reach(run: ComparedRun) -> float:
    """A mean over so many examples is one over many small batches, or over few large ones."""
    return EXAMPLES_A_STEP / (run.experiment.batch_size or len(run.trainer.splits.training))


class GradientPlot(ComparedPlot):
    """The norm of one layer's gradient for all runs, with a menu to choose the layer."""

    def __init__(self, comparison: Comparison, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(
            comparison,
            theme,
            "Gradient norm",
            "plot_compared_gradients",
            self._column_of,
            log=True,
            parent=parent,
        )
        self.choice = Choice()
        self.choice.setObjectName("choice_gradient_layer")
        self.choice.setAccessibleName("The layer whose gradient is drawn")
        self.choice.setToolTip(f"{PROBES['gradient_norm'].help} Choose the layer")
        self.choice.view().setFont(text_font())
        set_role(self.choice, "title")
        self.choice.activated.connect(lambda _row: self.set_runs())
        self.set_title_widget(self.choice)

    def set_runs(self) -> None:
        """Offer the layers that there are, and draw a line for each run."""
        most = max((len(affine_layers(run.experiment)) for run in self._comparison.shown), default=1)
        if self.choice.count() != most:
            chosen = min(max(0, self.choice.currentIndex()), most - 1)
            self.choice.clear()
            self.choice.addItems([f"Gradient norm of layer {i + 1}" for i in range(most)])
            self.choice.setCurrentIndex(chosen)
        super().set_runs()

    def _column_of(self, run: ComparedRun) -> list[str]:
        layers = affine_layers(run.experiment)
        at = self.choice.currentIndex()
        return [column("gradient_norm", layers[at], "weight") if at < len(layers) else ""]
