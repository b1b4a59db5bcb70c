"""Sets the program up for a step of a lesson: run, page, view, controls, and what is lit."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from mlpviz.gui.figures.choices import choose
from mlpviz.gui.panels.lower_views import LowerViews
from mlpviz.gui.stretch_thread import Stretch
from mlpviz.lessons.lesson import Stage
from mlpviz.training.presets import load_preset

if TYPE_CHECKING:
    from mlpviz.gui.main_window import MainWindow

LOOK_EVERY_MS = 30


class Stager(QObject):
    """Does what a stage asks for, one thing after the other: making a run ready and training take time.

    Attributes
    ----------
    stage
        The one that was set up last.
    """

    ready = Signal()
    """All of it is done."""
    refused = Signal(str)
    """It cannot be done; the sentence says why."""

    def __init__(self, window: "MainWindow", parent: QObject) -> None:
        super().__init__(parent)
        self._window = window
        self.stage = Stage()
        self._todo: list[Any] = []
        self._timer = QTimer(self)
        self._timer.setObjectName("staging_timer")
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self._go_on)
        window.workspace.refused.connect(self._refused)
        window.workspace.shutting_down.connect(self.stop)

    @property
    def busy(self) -> bool:
        """Whether there is something left to do."""
        return self._timer.isActive()

    def set_up(self, stage: Stage) -> None:
        """Begin; `ready` or `refused` follows."""
        self.stage = stage
        self._todo = [
            do
            for wanted, do in (
                (stage.experiment, self._open),
                (stage.changes, self._change),
                (stage.page, self._show_page),
                (stage.train_to, self._train),
                (stage.comparison, self._compare),
                (True, self._show),
            )
            if wanted
        ]
        self._timer.start()

    def stop(self) -> None:
        """Do no more of it."""
        if self._slow_down in self._todo:
            self._slow_down()
        self._timer.stop()
        self._todo = []

    def wait_for_run(self) -> bool:
        """Whether the run is ready and at rest, so that something can be done with it."""
        workspace = self._window.workspace
        driver = self._window.page.driver
        return (
            workspace.ready
            and not workspace.is_loading
            and not workspace.training
            and not (driver is not workspace and (driver.is_loading or driver.training))
            and not self._is_judging()
        )

    def _is_judging(self) -> bool:
        """Whether the Evaluate page is on show and has nothing to show yet."""
        assessor = getattr(self._window.page, "assessor", None)
        return assessor is not None and bool(assessor.split_name) and assessor.assessment is None

    def _go_on(self) -> None:
        if not self.wait_for_run() and self._todo and self._todo[0] != self._open:
            return
        if not self._todo:
            self._timer.stop()
            self.ready.emit()
            return
        try:
            self._todo.pop(0)()
        except ValueError as error:
            self.stop()
            self.refused.emit(str(error))

    def _refused(self, sentence: str) -> None:
        if self.busy:
            self.stop()
            self.refused.emit(sentence)

    # ------------------------------------------------------------------ one thing each

    def _open(self) -> None:
        experiment = load_preset(self.stage.experiment).with_settings(self.stage.settings)
        workspace = self._window.workspace
        at_start = workspace.ready and workspace.snapshot is not None and workspace.snapshot.step == 0
        if at_start and not workspace.is_loading and workspace.experiment == experiment:
            return  # it stands there already
        workspace.open_experiment(experiment)

    def _change(self) -> None:
        for setting, value in self.stage.changes.items():
            self._window.workspace.change_setting(setting, value)

    def _show_page(self) -> None:
        self._window.show_page(self.stage.page)

    def _train(self) -> None:
        workspace = self._window.workspace
        left = self.stage.train_to - workspace.run.trainer.index if workspace.run is not None else 0
        if left > 0 and workspace.run is not None:
            workspace.run.set_steps_per_second(None)  # the slider's speed is for what is to be watched
            workspace.train(Stretch.STEPS, left)
            self._todo.insert(0, self._slow_down)

    def _slow_down(self) -> None:
        workspace = self._window.workspace
        workspace.set_steps_per_second(workspace.steps_per_second)

    def _compare(self) -> None:
        comparison = getattr(self._window.page, "comparison", None)
        if comparison is None:
            raise ValueError('a comparison is shown on the page compare: say page = "compare"')
        comparison.add_ready_made(self.stage.comparison)

    def _show(self) -> None:
        """View, example and controls, once the run stands."""
        page, stage = self._window.page, self.stage
        if stage.view:
            for views in page.findChildren(LowerViews):
                views.show_card(f"card_{stage.view}")
        follower = getattr(page, "follower", None)
        if follower is not None and (stage.example is not None or stage.stage is not None or stage.split):
            follower.pin()
            if stage.example is not None:
                follower.show_example(stage.example, stage.split or None)
            if stage.stage is not None:
                follower.jump(stage.stage)
        if stage.choices:
            choose(page, stage.choices)
