"""What the window works on: the current run, the snapshot on show, and the verbs that change them."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoGroup, QUndoStack

from mlpviz.figures.numbers import format_number
from mlpviz.gui.background import Background
from mlpviz.gui.driver import BarWords, Progress
from mlpviz.gui.refresher import Refresher
from mlpviz.gui.stretch_thread import Stretch

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlpviz.data import Dataset
    from mlpviz.gui.training_thread import Made, TrainingThread
    from mlpviz.training import Change, Divergence, Experiment, History, Snapshot, Trainer
    from mlpviz.training.health import Finding

WORDS_PER_SECOND = 4.0  # numbers that change faster cannot be read


@dataclass(frozen=True, slots=True, eq=False)
class WantedExample:
    """An example to be stepped through: its split and place there, and the network that it is for.

    `drawn` is set for a drawing, (n_in,) as stored; `index` is then the class it is meant as.
    """

    split: str
    index: int
    snapshot: "Snapshot"
    drawn: "NDArray | None" = None


UNTRAINED_TIP = "This network is looked at as it starts: to train it, raise Epochs in the experiment"
END_TIP = "The run is over. To go on, raise Epochs in the experiment; or Reset to begin again"
DIVERGED_TIP = "The run diverged and stopped: Reset, and try a smaller learning rate"
Maker: TypeAlias = "Callable[[], Made]"
"""Makes a trainer; with its history, or a `mlpviz.files.LoadedRun`, if it has a past."""


class Stoppable(Protocol):
    """A thread that ends by itself once it was told to."""

    def stop(self) -> None:
        """End soon. Does not wait."""

    def wait(self) -> bool:
        """Wait until it has ended."""


class Workspace(QObject):
    """The model behind the window. Pages and panels read it and call its verbs; it knows no widget.

    Attributes
    ----------
    run
        The current run; None until the first one is ready.
    snapshot
        The network on show.
    undo_stack
        The edits of the experiment.
    """

    is_still = False
    """Whether nothing here will ever move: no time is to be saved then, and none to be measured."""
    words = BarWords(
        train="Train",
        train_tip="Train until you pause, or all epochs are done",
        batch_tip="Train on one mini-batch: forward, backward, update",
        epoch_tip="Train to the end of this pass through the training examples",
        reset_tip="Start again from the same initial weights",
        new_seed_tip="Start again from other initial weights",
    )
    loading = Signal()
    """An experiment is being made ready."""
    run_changed = Signal()
    """There is a new run, at its first step."""
    training_changed = Signal()
    """It started or came to rest."""
    settings_changed = Signal()
    """Live settings of the run were changed."""
    refreshed = Signal()
    """There is something new to tell in words; sent a few times a second while training."""
    example_wanted = Signal(object)
    """A WantedExample is to be stepped through."""
    shutting_down = Signal()
    """The window closes."""
    refused = Signal(str)
    """An experiment could not be made; the sentence says why. The current run goes on."""
    lesson_wanted = Signal(str)
    """A lesson is to begin: its name."""
    page_wanted = Signal(str)
    """A page leads to another one: its key."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.run: TrainingThread | None = None
        self.snapshot: Snapshot | None = None
        self.undo_group = QUndoGroup(self)
        self.undo_stack = QUndoStack(self.undo_group)
        self.undo_stack.setActive(True)
        self.refresher = Refresher(self.fetch, self, self._hold_training, self._release_training)
        self._pending: TrainingThread | None = None
        self._train_when_ready = Stretch.NONE, 1
        self._edit_when_ready: QUndoCommand | None = None
        self._retiring: set[TrainingThread] = set()
        self._others: list[Stoppable] = []
        self._steps_per_second: float | None = None
        self._told_at = 0.0

    # ------------------------------------------------------------------ what there is

    @property
    def experiment(self) -> "Experiment":
        """The current run's experiment, with the changes made while it trained."""
        return self._need_run().experiment

    @property
    def history(self) -> "History":
        """The current run's scalars."""
        return self._need_run().history

    @property
    def initial(self) -> "Snapshot":
        """The current run's network before its first step."""
        return self._need_run().initial

    @property
    def dataset(self) -> "Dataset":
        """The current run's examples."""
        return self._need_run().trainer.dataset

    @property
    def changes(self) -> "list[Change]":
        """The settings changed while training, with their steps."""
        return list(self._need_run().trainer.changes)

    @property
    def divergence(self) -> "Divergence | None":
        """Why the run stopped by itself, if it did."""
        return self._need_run().trainer.divergence

    @property
    def training(self) -> bool:
        """Whether the run is training now."""
        return self.run is not None and self.run.training

    @property
    def finished(self) -> bool:
        """Whether there is nothing left to train."""
        return self.run is not None and self.run.trainer.finished

    @property
    def busy(self) -> bool:
        """Whether work in the background is still to be answered."""
        return any(other.busy for other in self._others if isinstance(other, Background))

    @property
    def is_loading(self) -> bool:
        """Whether an experiment is being made ready."""
        return self._pending is not None

    @property
    def ready(self) -> bool:
        """Whether there is a run."""
        return self.run is not None

    @property
    def can_take_new_seed(self) -> bool:
        """Whether there is a run to begin again."""
        return self.ready

    @property
    def steps_per_second(self) -> float | None:
        """The pace it trains at; None for as fast as it goes."""
        return self._steps_per_second

    def findings(self) -> "list[Finding]":
        """How the run is doing, in words: what is wrong, what is odd, and at rest what the run shows."""
        from mlpviz.training.health import Finding, findings

        run = self._need_run()
        health = findings(self.experiment, self.history, self.divergence)
        wrong = [finding for finding in health if finding.severity != "good"]
        facts = [] if run.training else run.facts
        bad = [Finding("warning", fact.sentence, "") for fact in facts if not fact.is_good]
        good = [Finding("good", fact.sentence, "") for fact in facts if fact.is_good]
        healthy = [] if bad else [finding for finding in health if finding not in wrong]
        return [*wrong, *run.cautions, *bad, *good, *healthy]

    def step_words(self) -> str:
        """The step on show."""
        return f"Step {format_number(self.snapshot.step if self.snapshot else 0)}"

    def over_tip(self) -> str:
        """Why there is nothing left to train."""
        if not self.experiment.epochs:
            return UNTRAINED_TIP
        return END_TIP if self.divergence is None else DIVERGED_TIP

    def progress(self) -> Progress | None:
        """How far the run has come."""
        if self.run is None:
            return None
        done, epochs, steps = self.run.trainer.progress, self.experiment.epochs, len(self.history)
        accuracy = self.history.last("validation_accuracy")
        return Progress(
            words=f"Epoch {max(1, math.ceil(done))} of {epochs}" if epochs else "Not to be trained",
            part=done / epochs if epochs else 0.0,
            steps=steps,
            steps_left=steps * (epochs - done) / done if done else None,
            rest=self._rest_words(),
            badge="" if accuracy is None or math.isnan(accuracy) else f"{100 * accuracy:.1f} %",
        )

    def _rest_words(self) -> str:
        run = self._need_run()
        if self.divergence is not None:
            return "stopped"
        if self.finished:
            words = f"finished in {run.seconds:.1f} s" if run.seconds else "finished"
            return words if self.experiment.epochs else ""
        return "training" if self.training else ("paused" if run.trainer.progress else "ready")

    # ------------------------------------------------------------------ verbs

    def open(self, make_trainer: Maker, then: Stretch = Stretch.NONE, seconds: float = 0.0) -> None:
        """Make a new run ready off this thread; it takes the current one's place once it is.

        `seconds` is how long it has trained, where that is known.
        """
        from mlpviz.gui.training_thread import TrainingThread  # the window opens without the engine

        if self._pending is not None:
            self._retire(self._pending)
        self._pending = TrainingThread(make_trainer, self)
        self._pending.seconds = seconds
        self._train_when_ready = then, 1
        self._edit_when_ready = None
        self._pending.set_steps_per_second(self._steps_per_second)
        self._pending.ready.connect(self._take_over)
        self._pending.failed.connect(self._failed)
        self._pending.start()
        self.loading.emit()

    def open_experiment(self, experiment: "Experiment", then: Stretch = Stretch.NONE) -> None:
        """Make a run of an experiment ready."""
        self.open(lambda: _trainer(experiment), then)

    def edit_experiment(self, experiment: "Experiment", words: str, then: Stretch = Stretch.NONE) -> None:
        """Start anew with an edited experiment, and train; can be undone once it is ready."""
        edit = _Edit(self, self.experiment, experiment, words)
        self.open_experiment(experiment, then)
        self._edit_when_ready = edit

    def train(self, stretch: Stretch = Stretch.ALL, steps: int = 1) -> None:
        """Train for a stretch, a run that is being made ready once it is; `steps` is for Stretch.STEPS."""
        if self._pending is not None:
            self._train_when_ready = stretch, steps
            return
        if self.run is None or self.finished:
            return
        self.run.go(stretch, steps)
        self.refresher.start()
        self.training_changed.emit()

    def pause(self) -> None:
        """Come to rest after the step under way."""
        if self.run is not None:
            self.run.pause()
            self.training_changed.emit()

    def reset(self) -> None:
        """Go back to the very weights that the run started from."""
        dataset, experiment = self.dataset, self.experiment
        self.open(lambda: _trainer(experiment, dataset))

    def new_seed(self) -> None:
        """Start anew with the next seed; can be undone."""
        seed = self.experiment.seed + 1
        self.edit_experiment(self.experiment.with_settings({"seed": seed}), f"seed {seed}")

    def set_steps_per_second(self, rate: float | None) -> None:
        """Train at a pace; None for as fast as it goes."""
        self._steps_per_second = rate
        if self.run is not None:
            self.run.set_steps_per_second(rate)

    def change_setting(self, setting: str, value: Any) -> None:
        """Change a live setting from the next step on; can be undone.

        Raises
        ------
        ValueError
            If the value is impossible; nothing is changed.
        """
        trainer = self._need_run().trainer
        trainer.check_change(setting, value)
        before = getattr(trainer.experiment, setting)
        self.undo_stack.push(_LiveChange(self, setting, before, value))

    def apply_change(self, setting: str, value: Any) -> None:
        """Hand a change that was found good to the run."""
        self._need_run().change(setting, value)

    def make_background(self) -> Background:
        """A thread for work that takes longer than a blink; it ends when the workspace is shut down."""
        background = Background(self)
        self.look_after(background)
        return background

    def look_after(self, thread: Stoppable) -> None:
        """Stop a thread, and wait for it, when the workspace is shut down."""
        self._others.append(thread)

    def shut_down(self) -> None:
        """Stop all threads and wait for them; a step is over within milliseconds."""
        self.refresher.stop()
        self.shutting_down.emit()
        threads: list[Stoppable] = [
            *self._others,
            *self._retiring,
            *filter(None, (self._pending, self.run)),
        ]
        self._retiring.clear()
        self._pending = self.run = None
        for thread in threads:
            thread.stop()
        for thread in threads:
            thread.wait()

    # ------------------------------------------------------------------ behind the verbs

    def fetch(self) -> None:
        """Take the newest snapshot, if there is one."""
        if self.run is None:
            return
        self.snapshot = self.run.mailbox.take() or self.snapshot
        now = time.monotonic()
        if not self.training or now - self._told_at > 1 / WORDS_PER_SECOND:
            self._told_at = now
            self.refreshed.emit()

    def _hold_training(self) -> None:
        if self.run is not None:
            self.run.courtesy.hold()

    def _release_training(self, due_at: float) -> None:
        if self.run is not None:
            self.run.courtesy.release(due_at)

    def _take_over(self) -> None:
        if self._pending is None or self.sender() is not self._pending:
            return  # it was overtaken by a later one
        if self.run is not None:
            self._retire(self.run)
        self.run, self._pending = self._pending, None
        self.run.set_steps_per_second(self._steps_per_second)
        self.run.rested.connect(self._rested)
        self.run.changed.connect(self.settings_changed)
        self.snapshot = self.run.mailbox.take() or self.run.initial
        if self._edit_when_ready is not None:
            self.undo_stack.push(self._edit_when_ready)
            self._edit_when_ready = None
        self.run_changed.emit()
        self.fetch()
        self.refresher.refresh_all()
        stretch, steps = self._train_when_ready
        if stretch is not Stretch.NONE:
            self.train(stretch, steps)

    def _failed(self, sentence: str) -> None:
        if self.sender() is self._pending and self._pending is not None:
            self._retire(self._pending)
            self._pending = None
        elif self.sender() is self.run:
            self._rested()
        else:
            return
        self.refused.emit(sentence)

    def _rested(self) -> None:
        if self.run is None or self.training:
            return  # another stretch has begun since
        self.refresher.stop()
        self.fetch()
        self.refresher.refresh_all()
        self.training_changed.emit()

    def _retire(self, thread: "TrainingThread") -> None:
        """Let a thread end by itself; nobody listens to it any more."""
        self._retiring.add(thread)
        thread.finished.connect(self._forget_retired)
        thread.stop()

    def _forget_retired(self) -> None:
        for thread in [thread for thread in self._retiring if thread.isFinished()]:
            self._retiring.discard(thread)
            thread.deleteLater()

    def _need_run(self) -> "TrainingThread":
        if self.run is None:
            raise RuntimeError("there is no run yet")
        return self.run


def _trainer(experiment: "Experiment", dataset: "Dataset | None" = None) -> "Trainer":
    from mlpviz.training import Trainer

    return Trainer(experiment, dataset)


class _Edit(QUndoCommand):
    """One edit of the experiment: done again and undone by starting a run of the one or the other."""

    def __init__(self, workspace: Workspace, before: "Experiment", after: "Experiment", words: str) -> None:
        super().__init__(words)
        self._workspace, self._before, self._after = workspace, before, after
        self._is_done = True  # the run was ready before the edit went on the stack

    def redo(self) -> None:
        if not self._is_done:
            self._workspace.open_experiment(self._after)

    def undo(self) -> None:
        self._is_done = False
        self._workspace.open_experiment(self._before)


class _LiveChange(QUndoCommand):
    """One change of a setting while training: undone by changing it back."""

    def __init__(self, workspace: Workspace, setting: str, before: Any, after: Any) -> None:
        from mlpviz.training import SETTINGS

        super().__init__(f"{SETTINGS[setting].metadata['label'].lower()} {after}")
        self._workspace, self._setting, self._before, self._after = workspace, setting, before, after

    def redo(self) -> None:
        self._workspace.apply_change(self._setting, self._after)

    def undo(self) -> None:
        self._workspace.apply_change(self._setting, self._before)
