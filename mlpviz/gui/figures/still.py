"""A run held still: what every page can show, and nothing that moves."""

from collections.abc import Callable
from typing import Any

from mlpviz.gui.background import Background, Task, Work
from mlpviz.gui.courtesy import Courtesy
from mlpviz.gui.figures.contents import Content
from mlpviz.gui.stretch_thread import Stretch
from mlpviz.gui.workspace import Workspace
from mlpviz.training import Experiment, History, Mailbox, Snapshot, Trainer
from mlpviz.training.cautions import cautions
from mlpviz.training.facts import facts, shown_by
from mlpviz.training.parameters import ParameterPath
from mlpviz.training.trainer import Change


class StillRun:
    """A run at one step, with the names that a training thread has, and nobody to train it.

    Parameters
    ----------
    trainer, history
        Of its own: nobody may go on with them.
    path
        Where the parameters were at each step, if that was recorded.
    path_from
        The first step of the path.
    moment
        An earlier one that it is to stand at; by default where the trainer stands.

    Attributes
    ----------
    content
        What a page of several runs shows beside it.
    """

    training = False
    seconds = 0.0
    source = saved_as = None  # it comes from no file, and is kept in none

    def __init__(
        self,
        trainer: Trainer,
        history: History,
        path: ParameterPath | None = None,
        path_from: int = 0,
        moment: Snapshot | None = None,
    ) -> None:
        self.trainer, self.path, self.path_from = trainer, path, path_from
        self.content: Content | None = None
        self.mailbox, self.courtesy = Mailbox(), Courtesy()
        self.now: Snapshot = moment or trainer.snapshot()
        self.history = history.copy(until=self.now.step)  # a step that was taken back is in it still
        self.initial = trainer.initial_snapshot() if self.now.step else self.now
        self.cautions = cautions(trainer.dataset, trainer.splits, trainer.network)
        begun = self.now.step > 0 or trainer.finished
        self.facts = facts(shown_by(trainer, self.history)) if begun else []

    @property
    def is_newest(self) -> bool:
        """Whether it stands where its trainer does."""
        return self.now.step == self.trainer.index

    @property
    def changes(self) -> tuple[Change, ...]:
        """The changes made on the way to where it stands."""
        changes = self.trainer.changes
        return tuple(each for each in changes if self.is_newest or each.step < self.now.step)

    @property
    def experiment(self) -> Experiment:
        """The experiment with all changes made so far."""
        return self.trainer.experiment


class StillWorkspace(Workspace):
    """A workspace whose run stands still: pages show it as they show any other, and all at once."""

    is_still = True

    def show_run(self, run: StillRun) -> None:
        """Let the pages show a run; they are to be made before."""
        self.loading.emit()
        self.run = run  # type: ignore[assignment]
        self.snapshot = run.now
        self.run_changed.emit()
        self.refreshed.emit()

    @property
    def training(self) -> bool:
        """It never trains."""
        return False

    def fetch(self) -> None:
        """There is nothing newer."""

    def train(self, stretch: Stretch = Stretch.ALL, steps: int = 1) -> None:
        """It cannot be trained."""

    def make_background(self) -> Background:
        """No thread: what takes long is done at once."""
        return _AtOnce(self)

    def shut_down(self) -> None:
        """There is no thread to stop."""
        self.run = None


class _AtOnce(Background):
    """Does the work when it is asked for, so that there is no thread."""

    def ask(self, work: Work, then: Callable[[Any], None]) -> Task:
        task = Task(work, then)
        try:
            task.answer = work(task)
        except (ValueError, OSError) as error:
            self.failed.emit(str(error))
            return task
        then(task.answer)
        return task
