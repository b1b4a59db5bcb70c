"""Which file the current run belongs to, whether it is saved there, and saving it while training goes on."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from mlpviz.gui.opening import FromFile
from mlpviz.gui.workspace import Workspace

if TYPE_CHECKING:
    from mlpviz.files import RunCopy
    from mlpviz.gui.training_thread import TrainingThread

Stand = tuple[int, int]
"""How many steps a run has made, and how many changes of settings."""

AT_THE_START: Stand = (0, 0)


def stand_of(run: "TrainingThread") -> Stand:
    """Where a run stands now."""
    return run.trainer.index, len(run.trainer.changes)


def copy_between_steps(run: "TrainingThread") -> "RunCopy":
    """A copy of a run; waits for the step under way, and holds up the next one only while it copies."""
    from mlpviz.files import copy_run

    made: list[RunCopy] = []
    run.between_steps(lambda: made.append(copy_run(run.trainer, run.history, run.seconds)))
    return made[0]


@dataclass(frozen=True, slots=True)
class _Job:
    """Something to be done off the window's thread, one after the other."""

    work: Callable[[], Any]
    then: Callable[[Any], None]
    saves: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class _Replaced:
    """The run before the current one."""

    copy: "RunCopy"
    path: Path | None
    is_saved: bool


class Keeper(QObject):
    """Knows where the current run is saved, saves it, and keeps the one before it until the next.

    Attributes
    ----------
    path
        Where the run was saved or opened last; None for a new one.
    """

    changed = Signal()
    """The path, whether the run is saved, or whether there is one to bring back."""
    said = Signal(str, str)
    """A sentence for the state line, and how serious it is."""
    saved = Signal(object)
    """The run was saved to this Path."""
    settled = Signal(bool)
    """Nothing is left to be written; whether all of it was."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._background = workspace.make_background()
        self._background.failed.connect(self._failed)
        self._jobs: deque[_Job] = deque()
        self._job: _Job | None = None
        self.path: Path | None = None
        self._run: TrainingThread | None = None
        self._saved: Stand = AT_THE_START
        self._saved_seconds = 0.0
        self._replaced: _Replaced | None = None
        self._told: tuple[bool, Path | None] = (False, None)
        workspace.run_changed.connect(self._take_over)
        for signal in (workspace.refreshed, workspace.training_changed, workspace.settings_changed):
            signal.connect(self._look)

    # ------------------------------------------------------------------ what there is

    @property
    def name(self) -> str:
        """What the run is called: its file, or else its experiment's title."""
        return self.path.name if self.path is not None else self._workspace.experiment.title

    @property
    def is_unsaved(self) -> bool:
        """Whether the run holds steps or changes that no file has."""
        run = self._workspace.run
        return run is not None and stand_of(run) != self._saved

    @property
    def seconds_unsaved(self) -> float:
        """How long it has trained since it was saved."""
        run = self._workspace.run
        return run.seconds - self._saved_seconds if run is not None and self.is_unsaved else 0.0

    @property
    def is_saving(self) -> bool:
        """Whether something is still to be written."""
        return any(job.saves for job in (self._job, *self._jobs) if job is not None)

    @property
    def can_bring_back(self) -> bool:
        """Whether there is a run before this one."""
        return self._replaced is not None

    # ------------------------------------------------------------------ verbs

    def save(self, path: Path) -> None:
        """Save the run as it stands; `saved` or `said` tells when it is done."""
        run = self._workspace.run
        if run is None:
            return

        def work() -> "RunCopy":
            from mlpviz.files import save_run

            copy = copy_between_steps(run)
            try:
                save_run(path, copy)
            except OSError as error:
                raise ValueError(
                    f"{path} could not be written ({error.strerror or error}): what was there is as it was; "
                    "save the run in another place"
                ) from error
            return copy

        self.said.emit("Saving the run …", "good")
        self._do(_Job(work, lambda copy: self._has_saved(run, path, copy), saves=True))

    def bring_back(self) -> None:
        """Go on with the run before this one; the two change places."""
        before = self._replaced
        if before is not None:
            maker = FromFile(before.copy.revive, before.path, is_run=True, is_saved=before.is_saved)
            self._workspace.open(maker)

    # ------------------------------------------------------------------ what happens

    def _take_over(self) -> None:
        """There is a new run: what of the old one would be lost is kept for a while."""
        old, run = self._run, self._workspace.run
        if run is None:
            return
        if old is not None and old is not run and old.trainer.index:
            path, is_saved = self.path, stand_of(old) == self._saved
            self._do(_Job(lambda: _Replaced(copy_between_steps(old), path, is_saved), self._keep))
        self._run = run
        source = run.source if isinstance(run.source, FromFile) else FromFile(run.source, None)
        self.path = source.path if source.is_run else None
        if self.path is None and source.is_run:
            self.path = run.saved_as
        self._saved = stand_of(run) if source.is_saved else AT_THE_START
        self._saved_seconds = run.seconds if source.is_saved else 0.0
        self._look()
        self.changed.emit()

    def _keep(self, replaced: _Replaced) -> None:
        self._replaced = replaced
        self.changed.emit()

    def _has_saved(self, run: "TrainingThread", path: Path, copy: "RunCopy") -> None:
        if run is self._workspace.run:
            self.path = path
            self._saved = copy.step, len(copy.state["changes"])
            self._saved_seconds = copy.seconds
        self.said.emit(f"Saved the run to {path}", "good")
        self.saved.emit(path)
        self._look()

    def _look(self) -> None:
        """Tell if anything is other than it was told before."""
        now = self.is_unsaved, self.path
        if now != self._told:
            self._told = now
            self.changed.emit()

    # ------------------------------------------------------------------ one after the other

    def _do(self, job: _Job) -> None:
        self._jobs.append(job)
        if self._job is None:
            self._next()

    def _next(self) -> None:
        self._job = self._jobs.popleft() if self._jobs else None
        if (job := self._job) is not None:
            self._background.ask(lambda task: job.work(), lambda answer: self._done(job, answer))

    def _done(self, job: _Job, answer: Any) -> None:
        self._next()
        job.then(answer)
        if job.saves and not self.is_saving:
            self.settled.emit(True)

    def _failed(self, sentence: str) -> None:
        self._next()
        self.said.emit(sentence, "error")
        self._look()
        self.settled.emit(False)
