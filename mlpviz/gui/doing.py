"""Does the task of a lesson's step for the learner: what a person would do, one thing after the other."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QAbstractButton, QComboBox, QWidget

from mlpviz.gui.staging import LOOK_EVERY_MS, Stager
from mlpviz.gui.stretch_thread import Stretch
from mlpviz.gui.widgets.confusion_map import ConfusionMap
from mlpviz.gui.widgets.draw_pad import DrawPad
from mlpviz.gui.widgets.mosaic_view import MosaicView
from mlpviz.gui.widgets.vector_view import VectorView
from mlpviz.lessons.verbs import Verb, check_verb, stroke_of
from mlpviz.training.experiment import LIVE_SETTINGS, parse_assignment
from mlpviz.training.presets import load_preset

if TYPE_CHECKING:
    from mlpviz.gui.main_window import MainWindow


class Doer(QObject):
    """Carries out verbs; each waits until the run is at rest."""

    done = Signal()
    """All of it is done."""
    refused = Signal(str)
    """It cannot be done; the sentence says why."""

    def __init__(self, window: "MainWindow", stager: Stager, parent: QObject) -> None:
        super().__init__(parent)
        self._window, self._stager = window, stager
        self._todo: list[Verb] = []
        self._timer = QTimer(self)
        self._timer.setObjectName("doing_timer")
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self._go_on)
        window.workspace.shutting_down.connect(self.stop)

    @property
    def busy(self) -> bool:
        """Whether there is something left to do."""
        return self._timer.isActive()

    def do(self, verbs: tuple[str, ...]) -> None:
        """Begin with verbs, one after the other."""
        self._todo = [check_verb(verb) for verb in verbs]
        self._timer.start()

    def stop(self) -> None:
        """Do no more of them."""
        self._timer.stop()
        self._todo = []

    def _go_on(self) -> None:
        if not self._stager.wait_for_run():
            return
        if not self._todo:
            self._timer.stop()
            self.done.emit()
            return
        verb = self._todo.pop(0)
        try:
            getattr(self, f"_{verb.name}")(verb)
        except ValueError as error:
            self.stop()
            self.refused.emit(str(error))

    # ------------------------------------------------------------------ the verbs

    def _batch(self, verb: Verb) -> None:
        self._window.workspace.train(Stretch.STEPS, verb.count)

    def _epoch(self, _verb: Verb) -> None:
        self._window.page.driver.train(Stretch.EPOCH)

    def _train(self, _verb: Verb) -> None:
        self._window.workspace.train()

    def _train_to(self, verb: Verb) -> None:
        run = self._window.workspace.run
        left = verb.count - run.trainer.index if run is not None else 0
        if left > 0:
            self._window.workspace.train(Stretch.STEPS, left)

    def _reset(self, _verb: Verb) -> None:
        self._window.workspace.reset()

    def _new_seed(self, _verb: Verb) -> None:
        self._window.workspace.new_seed()

    def _set(self, verb: Verb) -> None:
        name, value = parse_assignment("=".join(verb.words))
        workspace = self._window.workspace
        if name in LIVE_SETTINGS:
            workspace.change_setting(name, value)
        else:
            workspace.edit_experiment(workspace.experiment.with_settings({name: value}), f"{name} {value}")

    def _preset(self, verb: Verb) -> None:
        self._window.workspace.open_experiment(load_preset(verb.words[0]))

    def _click(self, verb: Verb) -> None:
        button = self._find(verb.words[0])
        if not isinstance(button, QAbstractButton):
            raise ValueError(f"{verb.words[0]} is no button")
        button.click()

    def _choose(self, verb: Verb) -> None:
        name, text = verb.words
        menu = self._find(name)
        if not isinstance(menu, QComboBox) or menu.findText(text) < 0:
            raise ValueError(f"{name} has no entry {text!r}")
        menu.setCurrentIndex(menu.findText(text))
        menu.activated.emit(menu.currentIndex())

    def _pick(self, verb: Verb) -> None:
        view = self._find(verb.words[0])
        if isinstance(view, VectorView):
            last = len(view.values) - 1
            if verb.count > last:
                raise ValueError(f"{verb.words[0]} has no entry {verb.count}: they are 0 to {last}")
            view.clicked.emit(verb.count)
            return
        if isinstance(view, ConfusionMap):
            view.chosen.emit(divmod(verb.count, len(self._window.workspace.dataset.classes)))
            return
        if not isinstance(view, MosaicView):
            raise ValueError(f"{verb.words[0]} has nothing to pick")
        view.set_selected(verb.count)
        view.selected.emit(verb.count)

    def _draw(self, verb: Verb) -> None:
        pad = self._find("draw_pad")
        assert isinstance(pad, DrawPad)
        pad.set_strokes([*pad.strokes, stroke_of(verb.words[0])])

    def _page(self, verb: Verb) -> None:
        self._window.show_page(verb.words[0])

    def _stage(self, verb: Verb) -> None:
        follower = getattr(self._window.page, "follower", None)
        if follower is None:
            raise ValueError("stages are on the page step_through")
        follower.jump(verb.count)

    def _race(self, verb: Verb) -> None:
        comparison = getattr(self._window.page, "comparison", None)
        if comparison is None:
            raise ValueError("races are on the page compare")
        comparison.train(Stretch.STEPS, verb.count)

    def _find(self, name: str) -> QWidget:
        found = self._window.findChildren(QWidget, name)
        seen = [widget for widget in found if widget.isVisible()]
        if not seen:
            raise ValueError(f"there is no {name} to be seen")
        return seen[0]
