"""Makes a film in the window: the run is trained again in the background, then painted between two events."""

from collections.abc import Iterator
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from mlpviz.files.recipes import View
from mlpviz.gui.background import Background, Task
from mlpviz.gui.figures.exporting import recipe_of
from mlpviz.gui.figures.film import Film, frame_steps, takes
from mlpviz.gui.figures.reproducing import replay_of
from mlpviz.gui.figures.still import StillRun

REPLAY_PART = 0.3  # of the whole, as the progress tells it


class Filming(QObject):
    """One film on its way.

    Parameters
    ----------
    view
        As it is on screen.
    run
        Where the film is to end.
    count
        About how many frames.
    ending
        ``".gif"`` or ``".mp4"``.
    background
        Where the run is trained again.
    """

    progressed = Signal(float)
    """The part that is done, from 0 to 1."""
    finished = Signal(bytes)
    """The content of the file."""
    failed = Signal(str)
    """There will be no film; the sentence says why."""

    def __init__(
        self,
        view: View,
        run: StillRun,
        count: int,
        ending: str,
        background: Background,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._ending, self._background = ending, background
        self._recipe = recipe_of(view, run)
        self._view = replace(view, frames=frame_steps(run.now.step, count))
        self._film: Film | None = None
        self._painting: Iterator[None] = iter(())
        self._done = 0
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._paint_one)
        self._look = QTimer(self)
        self._look.setInterval(100)
        self._look.timeout.connect(self._tell)
        self._task: Task | None = None

    def start(self) -> None:
        """Begin; `finished` or `failed` follows."""
        if self._recipe.why_not:
            self.failed.emit(f"There can be no film: {self._recipe.why_not}.")
            return
        self._background.failed.connect(self.failed)
        self._task = self._background.ask(self._train, self._trained)
        self._look.start()

    def cancel(self) -> None:
        """Make no film after all."""
        self._timer.stop()
        self._look.stop()
        self._background.cancel()

    def _train(self, task: Task) -> list[StillRun] | None:
        """The run at each frame; runs on the background's thread."""
        replay = replay_of(self._recipe)
        runs = []
        for run in takes(replay, self._view.frames):
            if task.cancelled:
                return None
            task.progress = replay.trainer.index / max(1, replay.until)
            if run is not None:
                runs.append(run)
        return runs

    def _tell(self) -> None:
        if self._task is not None:
            self.progressed.emit(REPLAY_PART * self._task.progress)

    def _trained(self, runs: list[StillRun] | None) -> None:
        self._look.stop()
        if runs is None:
            return
        self._film = Film(self._view, runs, self._ending)
        self._painting = self._film.paint()
        self._timer.start()

    def _paint_one(self) -> None:
        assert self._film is not None
        if next(self._painting, self) is self:
            self._timer.stop()
            self.finished.emit(self._film.content)
            return
        self._done += 1
        self.progressed.emit(REPLAY_PART + (1 - REPLAY_PART) * self._done / len(self._film))
