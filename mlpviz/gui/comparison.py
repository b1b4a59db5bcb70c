"""What the Compare page works on: the list of runs, the race between them, and the verbs that change them."""

import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from mlpviz.gui.compared_run import ComparedRun
from mlpviz.gui.compared_words import is_among, race_progress, step_words
from mlpviz.gui.driver import BarWords, Progress
from mlpviz.gui.figures.contents import ComparedRuns, StillContender
from mlpviz.gui.list_edit import ListEdit, ListState, Ticket
from mlpviz.gui.race_thread import Lane, RaceThread
from mlpviz.gui.refresher import Refresher
from mlpviz.gui.stretch_thread import Stretch
from mlpviz.gui.workspace import WORDS_PER_SECOND, Workspace
from mlpviz.training import Experiment, History, Trainer
from mlpviz.training.comparisons import Comparison as ReadyMade
from mlpviz.training.comparisons import load_comparison
from mlpviz.training.differences import differences, remarks
from mlpviz.training.fork import fork, from_the_start
from mlpviz.training.health import Finding
from mlpviz.training.race import MEASURES, Contender

MOST_RUNS = 8
"""As many as there are colours with a dash pattern each."""

TOO_MANY = f"There are {MOST_RUNS} runs already, more lines nobody can tell apart: remove one."
EDITS_KEPT = 8


class Comparison(QObject):
    """The runs that are compared, and their race. Widgets read it and call its verbs; it knows none.

    Attributes
    ----------
    runs
        In the order of the list.
    about
        The ready-made comparison that the list began with, if it did.
    """

    words = BarWords(
        train="Race",
        train_tip="Let all runs train in turn until you pause, or all have finished",
        batch_tip="One mini-batch of each run",
        epoch_tip="Each run to the end of its pass through the training examples",
        reset_tip="Put every run back to where it joined the list",
        new_seed_tip="Begin all runs again from other initial weights, the same new seed for each",
    )
    loading = Signal()
    """A run is being made ready."""
    run_changed = Signal()
    """There are other runs in the list, or they begin again."""
    training_changed = Signal()
    """The race started or came to rest."""
    settings_changed = Signal()
    """A run was renamed, shown or hidden, or the measure was changed."""
    refreshed = Signal()
    """There is something new to tell in words."""
    refused = Signal(str)
    """A run could not be made; the sentence says why."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.workspace = workspace
        self.runs: list[ComparedRun] = []
        self.about: ReadyMade | None = None
        self.measure = "steps"
        self.steps_per_second: float | None = None
        self.refresher = Refresher(
            self.fetch,
            self,
            lambda: self._thread.courtesy.hold(),
            lambda due_at: self._thread.courtesy.release(due_at),
        )
        self.undo_stack = QUndoStack(workspace.undo_group)
        self.undo_stack.setUndoLimit(EDITS_KEPT)
        self._coming = 0
        self._list = 0  # which list is being filled: what was meant for an earlier one comes too late
        self._told_at = 0.0
        self._thread = RaceThread(self)
        self._thread.joined.connect(self._joined)
        self._thread.rested.connect(self._rested)
        self._thread.began_again.connect(self._began_again)
        self._thread.stayed_out.connect(self._stayed_out)
        self._thread.failed.connect(self._failed)
        workspace.look_after(self._thread)
        workspace.training_changed.connect(self._other_training_changed)
        workspace.shutting_down.connect(self.refresher.stop)

    # ------------------------------------------------------------------ what there is

    @property
    def shown(self) -> list[ComparedRun]:
        """The runs whose curves are drawn."""
        return [run for run in self.runs if run.shown]

    @property
    def ready(self) -> bool:
        """Whether there is a run in the list."""
        return bool(self.runs)

    @property
    def training(self) -> bool:
        """Whether the race is on."""
        return self._thread.training

    @property
    def finished(self) -> bool:
        """Whether no run has a step left to make."""
        return bool(self.runs) and all(run.trainer.finished for run in self.runs)

    @property
    def is_loading(self) -> bool:
        """Whether a run is being made ready."""
        return self._coming > 0

    @property
    def can_take_new_seed(self) -> bool:
        """Whether all runs began at their first step, so that they can begin with another seed."""
        return bool(self.runs) and all(run.lane.start.started_at == 0 for run in self.runs)

    def remarks(self) -> list[str]:
        """What cannot be compared, a sentence each."""
        return remarks({run.name: run.experiment for run in self.shown})

    def findings(self) -> list[Finding]:
        """Which runs diverged; what cannot be compared stands beside the list."""
        return [
            Finding("error", f"{run.name}: {run.trainer.divergence.sentence}", "The other runs go on.")
            for run in self.runs
            if run.trainer.divergence is not None
        ]

    def step_words(self) -> str:
        """Where the runs are, from the one behind to the one in front."""
        return step_words(self.runs)

    def over_tip(self) -> str:
        """Why there is nothing left to race."""
        return "All runs are over. Reset puts each back to where it joined"

    def progress(self) -> Progress | None:
        """How far all runs together have come."""
        return race_progress(self.runs, self.training) if self.runs else None

    # ------------------------------------------------------------------ verbs of the tool bar

    def train(self, stretch: Stretch = Stretch.ALL, steps: int = 1) -> None:
        """Race for a stretch; the run of the Train page pauses meanwhile."""
        if not self.runs or self.finished:
            return
        if self.workspace.training:
            self.workspace.pause()
        self._thread.go(stretch, steps)
        self.refresher.start()
        self.training_changed.emit()

    def pause(self) -> None:
        """Come to rest after the step under way."""
        self._thread.pause()
        self.training_changed.emit()

    def reset(self) -> None:
        """Put every run back to where it joined."""
        self._thread.begin_again()
        self.training_changed.emit()

    def new_seed(self) -> None:
        """Begin all runs again with the next seed."""
        if not self.can_take_new_seed:
            return
        runs, about = self.runs, self.about
        edit = ListEdit(self, "new seed", self.state())
        self._take_out(runs)
        self.about = about
        self._push(edit)
        for run in runs:
            experiment = run.lane.start.experiment.with_settings({"seed": run.experiment.seed + 1})
            self._add(run.name, partial(Trainer, experiment, run.trainer.dataset), edit, run.forked)

    def set_steps_per_second(self, rate: float | None) -> None:
        """Let each run make about so many steps a second; None for as fast as it goes."""
        self.steps_per_second = rate
        self._thread.set_steps_per_second(rate)

    # ------------------------------------------------------------------ verbs of the list

    def set_measure(self, measure: str) -> None:
        """Race, and draw curves, by steps, examples or seconds."""
        assert measure in MEASURES
        self.measure = measure
        self._thread.set_measure(measure)
        self.settings_changed.emit()

    def add_experiment(self, name: str, experiment: Experiment) -> None:
        """Put a run of an experiment at the end of the list."""
        self._add(name, lambda: Trainer(experiment), ListEdit(self, f"adding {name}"))

    def add_ready_made(self, name: str, replace: bool = True) -> None:
        """Put the runs of a ready-made comparison into the list, in place of what is there or at its end."""
        comparison = load_comparison(name)
        edit = ListEdit(self, f"“{comparison.title}”", self.state(with_measure=True))
        if replace:
            self._drop_coming()
            self._take_out(self.runs)
        if not self.runs:
            self.about = comparison
        self._push(edit)
        self.set_measure(comparison.measure)
        for run in comparison.runs:
            self._add(run.name, partial(Trainer, run.experiment), edit)

    @property
    def has_room(self) -> bool:
        """Whether there are colours left for another run."""
        return len(self.runs) + self._coming < MOST_RUNS

    def add_current(self, *, then: Callable[[], None] | None = None) -> None:
        """Put the run of the Train page, as it stands, into the list; both can go on by themselves.

        `then` is called once it has joined.
        """
        current = self.workspace.run
        if current is None:
            return

        def make() -> Contender:
            made: list[Contender] = []

            def copy() -> None:
                seconds = current.seconds or None
                made.append(Contender("", *fork(current.trainer, current.history), seconds=seconds))

            current.between_steps(copy)
            return made[0]

        name = current.experiment.title
        self._add(name, make, ListEdit(self, f"adding {name}"), then=then)

    def fork(self, run: ComparedRun, settings: Mapping[str, Any], from_start: bool = False) -> None:
        """Put a copy of a run with other settings into the list.

        Parameters
        ----------
        from_start
            Begin at the first step, with the same seed and batches, instead of where the run stands.
        """
        lane, settings = run.lane, dict(settings)

        def make() -> Trainer | Contender:
            if from_start:
                return from_the_start(lane.contender.trainer, settings)
            return lane.contender.fork("", settings)

        wanted = run.experiment.with_settings(settings)
        told = differences(run.experiment, wanted)
        name = ", ".join(told) or f"{run.name}, again"
        self._add(name, make, ListEdit(self, f"fork {name}"), forked=True)

    def rename(self, run: ComparedRun, name: str) -> None:
        """Call a run something else; an empty name changes nothing."""
        name = " ".join(name.split())
        if name and name != run.name:
            run.lane.contender.name = name
            self.settings_changed.emit()

    def show(self, run: ComparedRun, shown: bool) -> None:
        """Draw a run's curves, or not."""
        run.shown = shown
        self.settings_changed.emit()

    def remove(self, run: ComparedRun) -> None:
        """Take a run out of the list; can be undone."""
        edit = ListEdit(self, f"removal of {run.name}", self.state())
        self._take_out([run])
        self._push(edit)

    def remove_all(self) -> None:
        """Empty the list; can be undone."""
        self._drop_coming()
        if self.runs:
            edit = ListEdit(self, "removal of all runs", self.state())
            self._take_out(self.runs)
            self._push(edit)

    def state(self, with_measure: bool = False) -> ListState:
        """The list as it is now."""
        return ListState(tuple(self.runs), self.about, self.measure if with_measure else None)

    def restore(self, state: ListState) -> None:
        """Let the list be what it was: the same runs as they stand now, in their order, and no others."""
        self._drop_coming()
        self.runs = list(state.runs)
        self.about = state.about
        self._thread.set_lanes([run.lane for run in self.runs])
        if not self.runs:
            self.pause()
        self.run_changed.emit()
        if state.measure is not None:
            self.set_measure(state.measure)
        self._show_all()

    def _drop_coming(self) -> None:
        """Runs still being made ready were meant for another list."""
        self._list += 1
        self._coming = 0

    def _take_out(self, runs: Sequence[ComparedRun]) -> None:
        """Let runs leave list and race."""
        for run in runs:
            self._thread.remove(run.lane)
        self.runs = [run for run in self.runs if run not in runs]
        if not self.runs:
            self.pause()
            self.about = None
        self.run_changed.emit()

    def open_on_train_page(self, run: ComparedRun) -> None:
        """Make a copy of a run, as it stands, the current run of the Train page."""
        lane, thread = run.lane, self._thread

        def make() -> tuple[Trainer, History]:
            made: list[tuple[Trainer, History]] = []
            thread.between_steps(
                lambda: made.append(
                    fork(lane.contender.trainer, lane.contender.history, {"title": lane.contender.name})
                )
            )
            return made[0]

        contender = lane.contender
        known = contender.seconds_before is not None
        self.workspace.open(make, seconds=contender.seconds if known else 0.0)

    @property
    def current_is_in_list(self) -> bool:
        """Whether the run of the Train page has nothing that a run of the list does not have as well."""
        current = self.workspace.run
        return current is None or not current.trainer.index or is_among(current.trainer, self.runs)

    # ------------------------------------------------------------------ held still

    def taken(self) -> ComparedRuns:
        """All runs as they stand between two steps; they go on, and what was taken stays."""
        found: list[StillContender] = []

        def take() -> None:
            for run in self.runs:
                twin = run.lane.contender.fork(run.name)
                found.append(StillContender(twin, run.lane.start.started_at, run.slot, run.shown))

        if self.runs:
            self._thread.between_steps(take)
        return ComparedRuns(tuple(found), self.measure)

    def show_taken(self, content: ComparedRuns) -> None:
        """Show runs that were taken; they cannot race."""
        self.measure = content.measure
        self.runs = [ComparedRun.still(run) for run in content.runs]
        self.run_changed.emit()

    # ------------------------------------------------------------------ behind the verbs

    def fetch(self) -> None:
        """Take the newest snapshots."""
        for run in self.runs:
            run.snapshot = run.lane.mailbox.take() or run.snapshot
        now = time.monotonic()
        if not self.training or now - self._told_at > 1 / WORDS_PER_SECOND:
            self._told_at = now
            self.refreshed.emit()

    def _add(
        self,
        name: str,
        make: Callable[[], Any],
        edit: ListEdit,
        forked: bool = False,
        then: Callable[[], None] | None = None,
    ) -> None:
        """Make a run ready; the edit can be undone once it has joined, unless it can be already."""
        if not self.has_room:
            self.refused.emit(TOO_MANY)
            return

        def contender() -> Contender:
            made = make()
            if isinstance(made, tuple):
                return Contender(name, *made)
            if isinstance(made, Contender):
                made.name = name
                return made
            return Contender(name, made)

        self._coming += 1
        self._thread.add(contender, Ticket(self._list, edit, forked, then))
        self.loading.emit()

    def _joined(self, lane: Lane) -> None:
        ticket = lane.ticket
        assert isinstance(ticket, Ticket)
        if ticket.list != self._list:
            self._thread.remove(lane)
            return
        self._coming = max(0, self._coming - 1)
        lane.contender.name = self._own_name(lane.contender.name)
        lane.start.name = lane.contender.name
        snapshot = lane.mailbox.take()
        assert snapshot is not None
        before = self.state()
        self.runs.append(ComparedRun(lane, self._free_slot(), snapshot, forked=ticket.forked))
        if not ticket.edit.is_done:
            ticket.edit.before = before
            self._push(ticket.edit)
        self.run_changed.emit()
        self._show_all()
        if ticket.then is not None:
            ticket.then()

    def _push(self, edit: ListEdit) -> None:
        edit.is_done = True
        self.undo_stack.push(edit)

    def _free_slot(self) -> int:
        taken = {run.slot for run in self.runs}
        return next(slot for slot in range(MOST_RUNS) if slot not in taken)

    def _own_name(self, name: str) -> str:
        taken = {run.name for run in self.runs}
        numbered = (name if i == 1 else f"{name} ({i})" for i in range(1, MOST_RUNS + 2))
        return next(each for each in numbered if each not in taken)

    def _began_again(self) -> None:
        self.run_changed.emit()
        self._show_all()

    def _stayed_out(self, ticket: Ticket, sentence: str) -> None:
        if ticket.list == self._list:
            self._coming = max(0, self._coming - 1)
            self.refused.emit(sentence)

    def _failed(self, sentence: str) -> None:
        self._coming = 0
        self._rested()
        self.refused.emit(sentence)

    def _rested(self) -> None:
        if self.training:
            return  # another stretch has begun since
        self.refresher.stop()
        self._show_all()
        self.training_changed.emit()

    def _show_all(self) -> None:
        self.fetch()
        self.refresher.refresh_all()

    def _other_training_changed(self) -> None:
        """One thing trains at a time: two would slow each other down, and spoil the seconds."""
        if self.workspace.training and self.training:
            self.pause()
