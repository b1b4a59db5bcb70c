"""Keeps a copy of the run, so that a crash or a power cut costs at most the last few seconds."""

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from mlpviz.files.autosave import Autosave, Leftover
from mlpviz.gui.keeping import Keeper, Stand, copy_between_steps, stand_of
from mlpviz.gui.training_thread import TrainingThread
from mlpviz.gui.workspace import Workspace

INTERVAL_S = 5.0
SHARE = 1 / 20
"""Of one core at most: a copy that takes long is made more seldom."""


class Autosaver(QObject):
    """Keeps a copy of the run while it holds steps that no file has.

    Parameters
    ----------
    root : Path
        The folder where all running programs keep their copies.
    interval_s : float
        How long to wait between two copies at least.
    """

    def __init__(
        self,
        workspace: Workspace,
        keeper: Keeper,
        root: Path,
        interval_s: float = INTERVAL_S,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._keeper, self._interval_s = workspace, keeper, interval_s
        self._place = Autosave(root)
        self._background = workspace.make_background()
        self._background.failed.connect(self._failed)
        self._timer = QTimer(self, singleShot=True)
        self._timer.setObjectName("autosave_timer")
        self._timer.timeout.connect(self._write)
        self._kept: tuple[TrainingThread, Stand] | None = None
        self._due_at = 0.0
        self._has_failed = False
        for signal in (workspace.refreshed, workspace.training_changed, keeper.changed):
            signal.connect(self._look)
        workspace.run_changed.connect(self._forget)
        workspace.shutting_down.connect(self._timer.stop)

    def adopt(self, leftover: Leftover) -> None:
        """The run that is open is this one: its copy is kept until it is saved."""
        self._background.ask(lambda task: self._place.adopt(leftover), lambda _: self._look())

    def close(self) -> None:
        """The window was closed on purpose: leave no copy behind. Call it when all threads have ended."""
        self._place.close()

    # ------------------------------------------------------------------ when

    def _look(self) -> None:
        """See whether there is something to write, or to take away."""
        run = self._workspace.run
        if run is None or self._background.busy:
            return
        if not self._keeper.is_unsaved:
            self._timer.stop()
            if self._place.exists:
                self._background.ask(lambda task: self._place.clear(), lambda _: self._look())
        elif self._kept != (run, stand_of(run)) and not self._timer.isActive():
            self._timer.start(round(1000 * max(self._interval_s, self._due_at - time.monotonic())))

    def _forget(self) -> None:
        """There is another run; the copy of the old one gives way to its own."""
        self._kept = None
        self._timer.stop()
        self._background.ask(lambda task: self._place.clear(), lambda _: self._look())

    # ------------------------------------------------------------------ what

    def _write(self) -> None:
        run, path = self._workspace.run, self._keeper.path
        if run is None or self._background.busy or not self._keeper.is_unsaved:
            return

        def work() -> tuple[Stand, float]:
            copy = copy_between_steps(run)
            started = time.monotonic()
            self._place.write(copy, path)
            return (copy.step, len(copy.state["changes"])), time.monotonic() - started

        self._background.ask(lambda task: _in_words(work), lambda done: self._written(run, *done))

    def _written(self, run: TrainingThread, stand: Stand, cost_s: float) -> None:
        self._has_failed = False
        self._kept = run, stand
        self._due_at = time.monotonic() + cost_s / SHARE
        self._look()

    def _failed(self, sentence: str) -> None:
        """Say so once; it is tried again all the same."""
        if not self._has_failed:
            self._has_failed = True
            self._keeper.said.emit(sentence, "warning")
        self._due_at = time.monotonic() + self._interval_s
        self._look()


def _in_words(work: Callable[[], tuple[Stand, float]]) -> tuple[Stand, float]:
    try:
        return work()
    except OSError as error:
        raise ValueError(
            f"The run is not safe from a crash, for no copy can be written ({error.strerror or error}): "
            "save it where there is room"
        ) from error
