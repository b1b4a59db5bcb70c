"""Trains off the window's thread: pulls steps, keeps their scalars, leaves snapshots."""

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from mlpviz.gui.stretch_thread import Stretch, StretchThread
from mlpviz.training import Experiment, History, Mailbox, Snapshot, Trainer
from mlpviz.training.cautions import cautions
from mlpviz.training.facts import Fact, facts, shown_by
from mlpviz.training.health import Finding
from mlpviz.training.parameters import ParameterPath

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 0.0005
"""So often, at full speed, it looks at what the window wants; after each step cost tiny networks 1.5 %."""

Made = Trainer | tuple[Any, ...]
"""A trainer; with its history, or a `mlpviz.files.LoadedRun`, if it has a past."""


class TrainingThread(StretchThread):
    """A run: it makes the trainer, then trains in stretches until it is told to stop.

    Signals say only that something happened; arrays are fetched from `history` and `mailbox`.

    Attributes
    ----------
    trainer
        Belongs to this thread once it runs; others may look at what never changes: dataset, splits, loss.
    history, mailbox
        Safe to read from the window's thread.
    initial
        The snapshot before the first step.
    cautions
        What is odd about data and network.
    facts
        What the run shows, as it stood when it last came to rest.
    path
        Where the parameters were at each step; None for a large network. Safe to read from any thread.
    path_from
        The first step of the path.
    source
        What made the trainer.
    saved_as
        Where its user saved it, if it was recovered after a crash.
    """

    ready = Signal()
    """The data is loaded and the network made."""
    changed = Signal()
    """Settings were changed; `trainer.experiment` tells."""

    trainer: Trainer
    initial: Snapshot
    cautions: list[Finding]
    facts: list[Fact]

    def __init__(self, make_trainer: Callable[[], Made], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("training_thread")
        self.history = History()
        self.mailbox = Mailbox()
        self.path: ParameterPath | None = None
        self.path_from = 0
        self.source = make_trainer
        self.saved_as: Path | None = None
        self._trained: tuple[float, float | None] = 0.0, None  # seconds until then, and since when more

    # ------------------------------------------------------------------ called from the window's thread

    @property
    def experiment(self) -> Experiment:
        """The experiment with all changes made so far."""
        return self.trainer.experiment

    @property
    def seconds(self) -> float:
        """How long it has trained, pauses left out."""
        seconds, since = self._trained
        return seconds if since is None else seconds + time.monotonic() - since

    @seconds.setter
    def seconds(self, seconds: float) -> None:
        self._trained = seconds, None

    def go(self, stretch: Stretch, steps: int = 1) -> None:
        """Train for a stretch, which replaces the one under way; single steps add up.

        `steps` is for Stretch.STEPS.
        """
        with self._condition:
            waiting = self._orders.steps_left if self._orders.stretch is stretch is Stretch.STEPS else 0
            self._orders.stretch, self._orders.steps_left = stretch, waiting + steps
            self._owes_rest = True
            self._condition.notify()

    def pause(self) -> None:
        """Come to rest after the step under way; of a tiny network after the few of half a millisecond."""
        self.go(Stretch.NONE)

    def change(self, setting: str, value: object) -> None:
        """Change a live setting between two steps, to a value that was found good."""

        def errand() -> None:
            self.trainer.change(setting, value)
            self.changed.emit()

        self._send(errand)

    # ------------------------------------------------------------------ the thread itself

    def run(self) -> None:
        """Make the trainer, then train whenever there is a stretch to go."""
        try:
            self._take(self.source())
            now = self.trainer.snapshot()
            self.initial = self.trainer.initial_snapshot() if now.step else now
            self.cautions = cautions(self.trainer.dataset, self.trainer.splits, self.trainer.network)
            begun = now.step > 0 or self.trainer.finished
            self.facts = facts(shown_by(self.trainer, self.history)) if begun else []
            if self.path is None:
                self.path = ParameterPath.of(self.trainer.network)
                if self.path is not None:
                    self.path.append(now.step, self.trainer.network)
            if self.path is not None:
                self.path_from = int(self.path.view()[0][0])
            self.mailbox.put(now)
            self.ready.emit()
            while self._wait_for_work():
                self._train()
        except (ValueError, OSError) as error:  # bad input: the message is meant for people
            self._give_up(str(error))
        except MemoryError:
            self._give_up("There is not enough memory for this experiment: try fewer units or examples.")
        except Exception:  # a defect of ours: the log gets the details
            logger.exception("training stopped")
            self._give_up("Training stopped because of a defect in mlpviz; the log file has the details.")
        finally:
            self._ended = True  # who waits for something between two steps has to do it himself

    def _take(self, made: Made) -> None:
        """A trainer, with its history, and what else is known of its past."""
        if not isinstance(made, tuple):
            self.trainer = made
            return
        self.trainer, self.history, *past = made
        if past:
            self.seconds, self.saved_as, self.path = past

    def _train(self) -> None:
        self._trained = self.seconds, time.monotonic()
        try:
            self._make_steps()
        finally:
            self._trained = self.seconds, None
        self.facts = facts(shown_by(self.trainer, self.history))
        self.mailbox.put(self.trainer.snapshot())
        self._rest()

    def _make_steps(self) -> None:
        orders, trainer, history, path = self._orders, self.trainer, self.history, self.path
        clock, started = time.perf_counter, time.monotonic()
        looked_after, look_at = trainer.index, 0.0
        for step in trainer.steps():
            history.append(step)
            if path is not None and step.index % path.every == 0:
                path.append(step.index, trainer.network)
            if clock() < look_at:
                continue
            orders.steps_left -= 1
            if self.mailbox.empty:
                self.mailbox.put(trainer.snapshot())
            if orders.errands:
                self._run_errands()
            if orders.interval_s:
                self._wait_until_due(started)
                started = time.monotonic()
            if self._come_to_rest():
                return
            self.courtesy.made(step.index - looked_after)
            looked_after = step.index
            look_at = clock() + LOOK_EVERY_S if orders.at_full_speed else 0.0
        self.pause()  # all epochs are done, or the run diverged

    def _is_over(self) -> bool:
        if self._orders.stretch is Stretch.EPOCH:
            return self._orders.stopping or self.trainer.at_epoch_end
        if self._orders.stretch is Stretch.STEPS:
            return self._orders.stopping or self._orders.steps_left <= 0
        return self._orders.stopping or self._orders.stretch is Stretch.NONE

    def _come_to_rest(self) -> bool:
        if not self._is_over():  # which costs less than the lock
            return False
        with self._condition:  # a stretch asked for from now on counts as a new one
            if self._is_over():
                self._orders.stretch = Stretch.NONE
                return True
        return False

    def _wait_until_due(self, started: float) -> None:
        with self._condition:
            while not self._is_over() and (left := started + self._orders.interval_s - time.monotonic()) > 0:
                self._condition.wait(left)
