"""What the Learn page and the lesson panel work on: the lesson under way, its stage, tasks and answers."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QAbstractButton

from mlpviz.files import LoadedRun
from mlpviz.gui.compared_run import ComparedRun
from mlpviz.gui.doing import Doer
from mlpviz.gui.list_edit import ListState
from mlpviz.gui.panels.cost_card import CostCard
from mlpviz.gui.staging import Stager
from mlpviz.gui.training_thread import Made
from mlpviz.lessons.answers import Verdict, right_answer, verdict
from mlpviz.lessons.lesson import Lesson, LessonStep, Stage
from mlpviz.lessons.quantities import Live, names_of
from mlpviz.lessons.verbs import MAKES_STEPS, check_verb

if TYPE_CHECKING:
    from mlpviz.gui.main_window import MainWindow

LOOK_EVERY_MS = 150


class Tutor(QObject):
    """Leads through one lesson at a time in a window.

    Attributes
    ----------
    lesson
        The one under way; None where there is none.
    index
        Its step on show.
    task_done, answered
        Whether what the step asks for is done, and its question answered rightly.
    is_away
        Whether the picture that the step speaks of was left for another page, example or stage.
    """

    changed = Signal()
    """Another lesson or step is on show, or what it asks for is done."""
    stage_ready = Signal()
    """The program is set up for the step on show."""
    finished = Signal(str)
    """A lesson was gone through to its end: its name."""
    verdict_outdated = Signal()
    """An answer was wrong, and may be right now: the run moved on, or the task was done."""
    refused = Signal(str)
    """The stage could not be set; the sentence says why."""

    def __init__(self, window: "MainWindow", parent: QObject | None = None) -> None:
        super().__init__(parent or window)
        self._window = window
        self.lesson: Lesson | None = None
        self.index = 0
        self.task_done = self.answered = False
        self._begins = False  # until the stage is set for the first time
        self._kept: tuple[Callable[[], Made], str] | None = None
        self._kept_list: ListState | None = None
        self._done: dict[int, tuple[bool, bool]] = {}
        self._judged: object = None  # the moment of the last wrong answer
        self._home: Stage | None = None
        self.is_away = False
        self.stager = Stager(window, self)
        self._ahead: list[Stage | tuple[str, ...]] = []  # what comes before the stage of the step on show
        self.stager.ready.connect(self._go_on)
        self.stager.refused.connect(self._refused)
        self._doer = Doer(window, self.stager, self)
        self._doer.done.connect(self._go_on)
        self._doer.refused.connect(self._refused)
        self._timer = QTimer(self)
        self._timer.setObjectName("tutor_timer")
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look)
        window.workspace.shutting_down.connect(self._timer.stop)

    # ------------------------------------------------------------------ what there is

    @property
    def step(self) -> LessonStep:
        """The step on show."""
        assert self.lesson is not None
        return self.lesson.steps[self.index]

    @property
    def at_end(self) -> bool:
        """Whether it is the last step."""
        return self.lesson is not None and self.index == len(self.lesson.steps) - 1

    @property
    def can_go_on(self) -> bool:
        """Whether all that the step asks for is done."""
        step = self.step
        return (step.task is None or self.task_done) and (step.question is None or self.answered)

    @property
    def is_busy(self) -> bool:
        """Whether the stage is being set, or something is being done for the learner."""
        return self.stager.busy or self._doer.busy or bool(self._ahead)

    def names(self) -> dict[str, Any]:
        """What formulas may speak of, now."""
        return names_of(self.live())

    def live(self) -> Live:
        """The run on show, and where in the window one is."""
        workspace, window = self._window.workspace, self._window
        run = workspace.run
        assert run is not None
        assert workspace.snapshot is not None
        places: dict[str, Any] = {"page": window.page.key, "checked": self._is_checked}
        follower = getattr(window.page, "follower", None)
        if follower is not None and follower.walkthrough is not None:
            places |= {
                "stage": follower.cursor.index,
                "example": -1 if follower.index is None else follower.index,
                "operation": follower.stage.operation,
                "phase": follower.stage.phase,
                "unit": follower.choice.unit,
                "source": follower.choice.source,
                "asked": window.page.words.asked,  # type: ignore[attr-defined]
            }
        weights = getattr(window.page, "weights", None)
        if weights is not None:
            places["unit"] = weights.unit
        if window.page.key == "evaluate":
            places |= _on_evaluate(window.page)
        if window.page.key == "many_seeds":
            results = window.page.results  # type: ignore[attr-defined]
            places |= {"seeds_trained": len(results), "seeds_learnt": sum(bool(r.learnt) for r in results)}
        trainer = run.trainer
        return Live(
            workspace.experiment,
            workspace.snapshot,
            workspace.initial,
            workspace.history,
            trainer.splits,
            trainer.loss,
            trainer.threshold,
            trainer.dataset.input_names,
            places,
            self._compared(),
        )

    def _is_checked(self, name: str) -> bool:
        """Whether a box or button of the page on show is checked."""
        button = self._window.page.findChild(QAbstractButton, name)
        if button is None:
            raise KeyError(f"there is no {name} on this page")
        return button.isChecked()

    def _compared(self) -> tuple[Live, ...]:
        """The runs in the list of the Compare page."""
        page = self._window.pages.get("compare")
        return () if page is None else tuple(map(_live_of, page.comparison.runs))  # type: ignore[attr-defined]

    # ------------------------------------------------------------------ verbs

    def begin(self, lesson: Lesson, index: int = 0) -> None:
        """Start a lesson; the learner's own run is kept for the end."""
        if self.lesson is None:
            self._kept_speed = self._window.training_bar.speed_choice
            self._keep()
        self.lesson, self._done = lesson, {}
        self._begins = True
        self._ask_nothing()
        self._timer.start()
        self._go(index, anew=True)

    def leave(self) -> None:
        """End the lesson, and bring the learner's own run and page back."""
        if self.lesson is None:
            return
        self._timer.stop()
        self._stop()
        self.lesson = None
        self._window.training_bar.restore_speed(self._kept_speed)
        kept, self._kept = self._kept, None
        if kept is not None:
            make, page = kept
            self._window.workspace.open(make)
            self._window.show_page(page)
        self._bring_list_back()
        self.changed.emit()

    def next(self) -> None:
        """The next step; at the end the lesson is done."""
        if self.lesson is None:
            return
        if self.at_end:
            self.finished.emit(self.lesson.name)
            return
        self._go(self.index + 1)

    def back(self) -> None:
        """The step before."""
        if self.lesson is not None and self.index > 0:
            left = self.step.stage
            self._go(self.index - 1, anew=left.makes_run or bool(left.changes))

    def return_to_picture(self) -> None:
        """Show the picture that the step speaks of again; the run stays as it is."""
        if self._home is not None and not self.is_busy:
            self.stager.set_up(self._home)

    def do_it(self) -> None:
        """Do the step's task for the learner."""
        if self.lesson is not None and self.step.task is not None and not self._ahead:
            self._doer.do(self.step.task.do)

    def answer(self, answer: float, decimals: int | None = None) -> Verdict:
        """Judge an answer to the step's question."""
        question = self.step.question
        assert question is not None
        found = verdict(question, answer, self.names(), decimals)
        self._judged = None if found.is_right else self._moment()
        if found.is_right and not self.answered:
            self.answered = True
            self._note()
        return found

    def right_answer(self) -> float:
        """The right answer, as things stand."""
        question = self.step.question
        assert question is not None
        return right_answer(question, self.names())

    # ------------------------------------------------------------------ behind the verbs

    def _keep(self) -> None:
        """Remember the learner's own run as it stands, and the page."""
        from mlpviz.training.fork import fork

        workspace = self._window.workspace
        page = self._window.pages.get("compare")
        if page is not None:
            page.driver.pause()
            self._kept_list = page.driver.state(with_measure=True)  # type: ignore[attr-defined]
        run = workspace.run
        if run is None:
            return
        workspace.pause()
        found: list[Any] = []
        run.between_steps(lambda: found.append(fork(run.trainer, run.history)))
        trainer, history = found[0]
        kept = LoadedRun(trainer, history, run.seconds, run.saved_as, run.path)
        self._kept = (lambda: kept), self._window.page.key

    def _ask_nothing(self) -> None:
        """Switch off what was asked of a stage, so that a task can be to ask it."""
        page = self._window.pages.get("step_through")
        if page is not None:
            page.words.ask(None)  # type: ignore[attr-defined]

    def _bring_list_back(self) -> None:
        """Let the list of the Compare page be what it was before the lesson: empty, if nobody had seen it."""
        page = self._window.pages.get("compare")
        kept, self._kept_list = self._kept_list, None
        if page is not None:
            page.driver.pause()
            page.driver.restore(kept or ListState((), None, "steps"))  # type: ignore[attr-defined]

    def _go(self, index: int, anew: bool = False) -> None:
        """Show a step; `anew` sets the program up from where the step's run begins, whatever is on show."""
        assert self.lesson is not None
        self._stop()
        self.index, self._home, self.is_away, self._judged = index, None, False, None
        self.task_done, self.answered = self._done.get(index, (False, False))
        if self.step.task is not None and self.step.task.asks and not self.task_done:
            self._ask_nothing()
        self.changed.emit()
        for step in self.lesson.steps[self.lesson.origin(index) : index] if anew else ():
            self._ahead.append(step.stage)
            if step.task is not None:
                verbs = tuple(verb for verb in step.task.do if check_verb(verb).name in MAKES_STEPS)
                self._ahead += [verbs] if verbs else []
        self._ahead.append(self.step.stage)
        self._go_on()

    def _go_on(self) -> None:
        """One thing more of what leads to the step on show; the last is its own stage."""
        if self.lesson is None:
            return
        if not self._ahead:
            if self._begins:
                self._forget_earlier_runs()
            self._home = self._here()
            self.stage_ready.emit()
            self._look()
            return
        what = self._ahead.pop(0)
        if isinstance(what, Stage):
            self.stager.set_up(what)
        else:
            self._doer.do(what)

    def _forget_earlier_runs(self) -> None:
        self._begins = False
        for card in self._window.findChildren(CostCard):
            card.forget_earlier()

    def _refused(self, sentence: str) -> None:
        self._ahead = []
        self.refused.emit(sentence)

    def _stop(self) -> None:
        self._ahead = []
        self._doer.stop()
        self.stager.stop()

    def _look(self) -> None:
        """Is the task done?"""
        if self.lesson is None or self.stager.busy or self._ahead or self._window.workspace.run is None:
            return
        if self._judged is not None and self._judged != self._moment():
            self._judged = None
            self.verdict_outdated.emit()
        task = self.step.task
        if task is None or self.task_done:
            self._see_whether_away()
            return
        try:
            self.task_done = bool(task.until.value(self.names()))
        except ValueError:
            return  # nothing to be measured yet
        if self.task_done:
            self._home = self._here()
            self._note()

    def _moment(self) -> object:
        """The run as it stands, and whether the task is done."""
        workspace = self._window.workspace
        step = None if workspace.snapshot is None else workspace.snapshot.step
        return workspace.run, step, self.task_done

    def _here(self) -> Stage:
        """Where in the window one is, as a stage that leads there."""
        page = self._window.page
        here = Stage(page=page.key, view=self.step.stage.view)
        follower = getattr(page, "follower", None)
        if follower is None or follower.walkthrough is None or follower.index is None:
            return here
        return replace(here, example=follower.index, split=follower.split_name, stage=follower.cursor.index)

    def _see_whether_away(self) -> None:
        away = self._home is not None and self._here() != self._home
        if away != self.is_away:
            self.is_away = away
            self.changed.emit()

    def _note(self) -> None:
        self._done[self.index] = self.task_done, self.answered
        self.changed.emit()


def _live_of(run: ComparedRun) -> Live:
    """A run of the Compare page as lessons look at it."""
    trainer = run.trainer
    return Live(
        run.experiment,
        run.snapshot,
        run.lane.initial,
        run.history,
        trainer.splits,
        trainer.loss,
        trainer.threshold,
        trainer.dataset.input_names,
    )


def _on_evaluate(page: Any) -> dict[str, int]:
    """What is chosen on the Evaluate page, −1 where nothing is."""
    place, example = page.gallery.place, page.assessor.example
    row, column = place if place is not None and page.gallery.list_name == "cell" else (None, None)
    n = len(page.workspace.dataset.classes)
    return {
        "example": -1 if example is None else example,
        "cell": -1 if row is None or column is None else row * n + column,
        "drawing_said": page.draw.said,
    }
