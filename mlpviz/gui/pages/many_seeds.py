"""The Seeds page: one experiment from many seeds; how many learnt it, and where the others stand."""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QPushButton, QSplitter, QVBoxLayout, QWidget

from mlpviz.gui.background import Task
from mlpviz.gui.courtesy import Courtesy
from mlpviz.gui.figures.contents import SeedRuns
from mlpviz.gui.pages.page import Page
from mlpviz.gui.painting import paint_now
from mlpviz.gui.panels.seeds_bar import SeedsBar
from mlpviz.gui.stretch_thread import Stretch
from mlpviz.gui.theme import Theme, set_role, text_font
from mlpviz.gui.widgets.card import Card
from mlpviz.gui.widgets.seed_curves import SeedCurves
from mlpviz.gui.widgets.seed_dots import SeedDots
from mlpviz.gui.widgets.seed_plot import told
from mlpviz.gui.widgets.seed_table import SeedTable
from mlpviz.gui.workspace import Workspace
from mlpviz.training import Experiment
from mlpviz.training.seed_result import SeedResult
from mlpviz.training.sweep import seeds_of, sweep
from mlpviz.training.sweep_summary import summary
from mlpviz.training.verdict import criterion

LOOK_EVERY_MS = 100
DRAWING_SHARE = 0.01  # of the time, at most, for each part while results come in

INVITATION = (
    "A run begins with weights drawn at random, and its luck can decide how it ends. Train the experiment "
    "from many seeds: here will be the loss of each run over its steps and at its end, how many learnt it, "
    "and at which loss the others stand still."
)


@dataclass(slots=True)
class Sweep:
    """What was asked for, and the results so far: the thread appends, the window reads."""

    experiment: Experiment
    seeds: range
    share: float | None
    jobs: int | None
    words: str
    results: list[SeedResult] = field(default_factory=list)
    started_s: float = field(default_factory=time.monotonic)
    courtesy: Courtesy = field(default_factory=Courtesy)

    def work(self, task: Task) -> None:
        """Train them all; runs on the background's thread."""

        def cancelled() -> bool:
            self.courtesy.made(1)
            return task.cancelled

        for result in sweep(self.experiment, self.seeds, self.share, self.jobs, cancelled):
            self.results.append(result)

    @property
    def progress(self) -> str:
        """How far it is and how long it may still take."""
        done, count, seconds = len(self.results), len(self.seeds), time.monotonic() - self.started_s
        if not done:
            return f"seed {self.seeds[0]}, the first of {count} …"
        left_s = seconds / done * (count - done)
        left = f"{left_s:.0f} s" if left_s < 100 else f"{left_s / 60:.0f} min"
        return f"{done} of {count}, about {left} left"


class _Part:
    """A part of the page, which is shown anew for a bounded share of the time."""

    def __init__(self, show: Callable[[list[SeedResult]], None]) -> None:
        self._show = show
        self._count, self._cost_s = -1, 0.0
        self.shown_at = 0.0

    def is_due(self, count: int) -> bool:
        """Whether there are other results than last time, and it was long enough ago."""
        return count != self._count and time.monotonic() - self.shown_at > self._cost_s / DRAWING_SHARE

    def show_runs(self, runs: list[SeedResult]) -> None:
        """Show these."""
        self._count, self.shown_at = len(runs), time.monotonic()
        self._show(runs)

    def painted(self) -> None:
        """What was shown last has been painted."""
        self._cost_s = time.monotonic() - self.shown_at


class ManySeedsPage(Page):
    """Controls, the answer in one sentence, the curves and ends of all runs, and a table of them."""

    key = "many_seeds"
    ended = Signal()
    """All seeds that were asked for are trained, or no more are wanted."""

    def __init__(self, workspace: Workspace, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(workspace, theme, parent)
        self._background = workspace.make_background()
        self._background.failed.connect(self._failed)
        self._sweep: Sweep | None = None
        self._parts = [_Part(show) for show in (self._show_answer, self._show_dots, self._show_table)]
        self._chosen: int | None = None
        self._timer = QTimer(self)
        self._timer.setObjectName("seeds_timer")
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)  # training makes room when it is due
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look)
        self._after = QTimer(self)  # comes after those by which a table puts off a part of its layout
        self._after.setObjectName("after_painting_timer")
        self._after.setSingleShot(True)
        self._after.setInterval(0)
        self._after.timeout.connect(self._painted)
        self._shown: _Part | None = None
        self.bar = SeedsBar(theme)
        self.bar.start_wanted.connect(self.start)
        self.bar.stop_wanted.connect(self.stop)
        self.curves, self.dots, self.table = SeedCurves(theme), SeedDots(theme), SeedTable()
        for plot in (self.curves, self.dots):
            plot.chosen.connect(self.choose)
            plot.stepped.connect(self._step)
        self.curves.log_changed.connect(self.dots.set_log)
        self.table.chosen.connect(self.choose)
        self.table.opened.connect(self._open)
        self._sentence = _label("label_seeds_sentence")
        self._sentence.setFont(text_font(20, bold=True))
        self._about = _label("label_seeds_about")
        set_role(self._about, "subtitle")
        self._build()
        workspace.run_changed.connect(self._run_changed)
        workspace.settings_changed.connect(self._run_changed)
        if workspace.run is not None:
            self._run_changed()
        self._show_results()

    def _build(self) -> None:
        self._detail = _label("label_seed")
        self._open_button = QPushButton()
        self._open_button.setObjectName("button_open_seed")
        self._open_button.clicked.connect(lambda: self._open(self._chosen))
        list_card = Card(self.theme, "Seeds", "card_seeds")
        list_card.body.addWidget(self.table, 1)
        list_card.body.addWidget(self._detail)
        list_card.body.addWidget(self._open_button)
        list_card.setMinimumWidth(250)
        plots = QSplitter(Qt.Orientation.Vertical)
        plots.setObjectName("splitter_seed_plots")
        columns = QSplitter(Qt.Orientation.Horizontal)
        columns.setObjectName("splitter_seeds")
        for splitter in (plots, columns):
            splitter.setHandleWidth(14)
            splitter.setChildrenCollapsible(False)
        plots.addWidget(self.curves)
        plots.addWidget(self.dots)
        plots.setSizes([560, 440])
        columns.addWidget(plots)
        columns.addWidget(list_card)
        columns.setSizes([520, 480])
        self._columns = columns
        self._nothing = self._build_invitation()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 14, 14, 14)
        layout.setSpacing(10)
        layout.addWidget(self.bar)
        layout.addWidget(self._sentence)
        layout.addWidget(self._about)
        layout.addWidget(columns, 1)
        layout.addWidget(self._nothing, 1)

    def _build_invitation(self) -> Card:
        """What stands here while there is nothing to see."""
        title, words = _label("label_seeds_title"), _label("label_seeds_invitation")
        title.setText("Was it luck?")
        title.setFont(text_font(20, bold=True))
        words.setText(INVITATION)
        words.setContentsMargins(80, 0, 80, 0)
        set_role(words, "subtitle")
        card = Card(self.theme, "", "card_seeds_invitation")
        card.body.addStretch(2)
        for label in (title, words):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            card.body.addWidget(label)
        card.body.addStretch(3)
        return card

    @property
    def results(self) -> list[SeedResult]:
        """What came of the seeds so far, in the order in which they ended."""
        return [] if self._sweep is None else list(self._sweep.results)

    # ------------------------------------------------------------------ verbs

    def start(self) -> None:
        """Train the experiment on show from each seed; the run on the Train page pauses."""
        if self.workspace.run is None:
            return
        self.workspace.pause()
        experiment, share = self.workspace.experiment, self.bar.asked_share
        words = criterion(self.workspace.run.trainer, share).words
        seeds = seeds_of(experiment, self.bar.count)
        self._sweep = Sweep(experiment, seeds, share, self.bar.jobs, words)
        self._chosen = None
        self._sweep.courtesy.hold()  # until the page is painted: see `_look`
        self.bar.refuse("")
        self.bar.set_running(True)
        self._background.ask(self._sweep.work, lambda _: self._ended())
        self._show_results()
        self._timer.start()
        self._look()

    def stop(self) -> None:
        """Drop the runs under way, and keep what is done."""
        self._background.cancel()
        self._ended()

    def choose(self, seed: int) -> None:
        """Put one run in front, everywhere."""
        self._chosen = seed
        for plot in (self.curves, self.dots):
            plot.set_seed(seed)
        self.table.show_seed(seed)
        self._show_chosen()

    def _step(self, direction: int) -> None:
        """Choose the next seed or the one before, in the order of the table."""
        seeds = self.table.seeds
        if seeds:
            at = seeds.index(self._chosen) + direction if self._chosen in seeds else 0
            self.choose(seeds[min(max(at, 0), len(seeds) - 1)])

    def _open(self, seed: int | None) -> None:
        if self._sweep is None or seed is None:
            return
        experiment = self._sweep.experiment.with_settings({"seed": seed})
        self.workspace.edit_experiment(experiment, f"seed {seed}", Stretch.ALL)  # the same bits once more
        self.workspace.page_wanted.emit("train")

    # ------------------------------------------------------------------ pictures of it

    def take_content(self) -> SeedRuns | None:
        """The results so far, in the order of their seeds."""
        made = self._sweep
        if made is None:
            return None
        results = tuple(sorted(made.results, key=lambda result: result.seed))
        return SeedRuns(made.experiment, made.seeds, made.share, made.words, results)

    def show_content(self, content: SeedRuns) -> None:
        """Show results that were taken."""
        self._sweep = Sweep(
            content.experiment, content.seeds, content.share, None, content.words, list(content.results)
        )
        self._show_results()

    def view_state(self) -> dict[str, Any]:
        """The seed that is in front, and the axis."""
        return {"seed": self._chosen, "log": self.curves.log}

    def set_view_state(self, state: Mapping[str, Any]) -> None:
        """Put a seed in front again; ValueError if there is none of that number."""
        seed, known = state.get("seed"), [run.seed for run in (self._sweep.results if self._sweep else ())]
        if seed is not None and seed not in known:
            raise ValueError(f"there is no run of seed {seed!r:.20} on the Seeds page")
        self.curves.set_log(state.get("log") is True)
        self.dots.set_log(state.get("log") is True)
        if seed is not None:
            self.choose(seed)

    def caption_of_picture(self) -> str:
        """What the pictures of this page show, in words."""
        if self._sweep is None or not self._sweep.results:
            return "no seeds"
        seeds = sorted(result.seed for result in self._sweep.results)
        which = (
            f"seed {seeds[0]}" if len(seeds) == 1 else f"{len(seeds)} seeds from {seeds[0]} to {seeds[-1]}"
        )
        return f"{self._sweep.experiment.title} · {which}"

    # ------------------------------------------------------------------ what is on show

    def _look(self) -> None:
        """Show what is new, a few times a second while seeds are being trained; they wait for it."""
        if self._sweep is None or not self._background.busy:
            self._timer.stop()
            return
        self._sweep.courtesy.hold()
        runs = list(self._sweep.results)
        due = [part for part in self._parts if part.is_due(len(runs))] if self.isVisible() else []
        self.bar.set_progress(len(runs), len(self._sweep.seeds), self._sweep.progress)
        self._shown = min(due, key=lambda part: part.shown_at, default=None)  # all would hold the window up
        if self._shown is not None:
            self._shown.show_runs(runs)
        paint_now(self)
        self._after.start()

    def _painted(self) -> None:
        """The sweep goes on; what was drawn has its price."""
        paint_now(self)
        if self._shown is not None:
            self._shown.painted()
        if self._sweep is not None:
            due_s = 0.001 * self._timer.remainingTime() if self._timer.isActive() else math.inf
            self._sweep.courtesy.release(time.perf_counter() + due_s)

    def _ended(self) -> None:
        self._timer.stop()
        self.bar.set_running(False)
        self._show_results()
        self.ended.emit()

    def _failed(self, sentence: str) -> None:
        self._ended()
        self.bar.refuse(sentence)

    def _show_results(self) -> None:
        self._show_about()
        if self.isVisible():
            runs = [] if self._sweep is None else list(self._sweep.results)
            for part in self._parts:
                part.show_runs(runs)

    def _show_answer(self, runs: list[SeedResult]) -> None:
        """The sentence and the curves."""
        self._columns.setVisible(bool(runs))
        for label in (self._sentence, self._about):
            label.setVisible(bool(runs))
        self._nothing.setVisible(not runs)
        together = summary(runs) if runs else None
        self._sentence.setText(together.sentence if together else "")
        self.curves.set_runs(runs)
        self.curves.set_spread(together.loss_curve if together and len(runs) > 1 else None)

    def _show_dots(self, runs: list[SeedResult]) -> None:
        self.dots.set_runs(runs)

    def _show_table(self, runs: list[SeedResult]) -> None:
        self.table.set_runs(runs)
        self._show_chosen()

    def _show_about(self) -> None:
        """Which experiment this was, and what learnt means."""
        if self._sweep is None:
            self._about.setText("")
            return
        words = [f"{self._sweep.experiment.title}. Learnt: {self._sweep.words}."]
        if not self._background.busy and len(self._sweep.results) < len(self._sweep.seeds):
            words.append(f"Stopped after {len(self._sweep.results)} of {len(self._sweep.seeds)} seeds.")
        run = self.workspace.run
        if run is not None and _but_for_seed(run.experiment) != _but_for_seed(self._sweep.experiment):
            words.append("The experiment was changed since: train all seeds again to see what that does.")
        self._about.setText(" ".join(words))

    def _show_chosen(self) -> None:
        runs = [] if self._sweep is None else self._sweep.results
        run = next((run for run in runs if run.seed == self._chosen), None)
        self._open_button.setEnabled(run is not None)
        if run is None:
            self._open_button.setText("Open a seed on the Train page")
            self._detail.setText("Choose a seed here, or point at a line or dot.")
            return
        self._open_button.setText(f"Open seed {run.seed} on the Train page")
        words = run.message or told(run)
        self._detail.setText(words[:1].upper() + words[1:])

    def _run_changed(self) -> None:
        run = self.workspace.run
        if run is None:
            return
        self.bar.set_ready(True)
        self.bar.set_usual_share(criterion(run.trainer).accuracy)
        self._show_about()

    def showEvent(self, event: QShowEvent) -> None:
        """Show what came while nobody looked."""
        super().showEvent(event)
        self._show_results()


def _label(name: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setWordWrap(True)
    return label


def _but_for_seed(experiment: Experiment) -> Experiment:
    return experiment.with_settings({"seed": 0})


PAGE = ManySeedsPage
