"""How many seeds to train, how many at a time, and what counts as learnt; Start, Stop and the progress."""

import os

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from mlpviz.gui.theme import Theme, set_role
from mlpviz.gui.widgets.card import Card
from mlpviz.gui.widgets.choice import Choice
from mlpviz.gui.widgets.flow_layout import FlowLayout
from mlpviz.gui.widgets.number_field import NumberField
from mlpviz.training.sweep import USUAL_COUNT

MOST_SEEDS = 10_000


class SeedsBar(Card):
    """The controls of many seeds. It checks what is typed; whoever owns it does the work."""

    start_wanted = Signal()
    stop_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "", "card_seeds_controls", parent=parent)
        self.count, self.share = USUAL_COUNT, 0.95
        self._count_field = NumberField("field_seed_count", whole=True)
        self._share_field = NumberField("field_learnt_share", whole=False)
        self._jobs = Choice()
        self._jobs.setObjectName("choice_jobs")
        self._jobs.addItems(["Automatic", *map(str, range(1, (os.cpu_count() or 1) + 1))])
        self._usual_share = self.share
        self._running = self._ready = False
        self._errors = {"count": self._error_label("count"), "share": self._error_label("share")}
        flow = FlowLayout(spacing_px=14, line_spacing_px=6)
        first = self._captioned(
            "Seeds",
            self._count_field,
            "How many runs to train, each from a seed of its own: the experiment's, and those that follow it",
        )
        at_once = self._captioned(
            "Jobs",
            self._jobs,
            "How many runs train side by side, each in a process of its own. Automatic does so if it saves "
            "time; the results are the same, bit for bit",
        )
        learnt = self._captioned(
            "Learnt if",
            self._share_field,
            "How many per cent of the training examples must be right at the end for a run to have learnt",
            "% are right",
        )
        self._share_row = learnt
        self.button = QPushButton("Train all seeds")
        self.button.setObjectName("button_train_seeds")
        self.button.setToolTip(
            "Train the experiment once from each seed. The run on the Train page pauses; it keeps its place"
        )
        set_role(self.button, "primary")
        self.button.setFixedWidth(self.button.sizeHint().width() + 10)  # also while it says Stop
        self.button.clicked.connect(self._pressed)
        for widget in (first, at_once, learnt, self.button):
            flow.addWidget(widget)
        self.body.addLayout(flow)
        for label in self._errors.values():
            self.body.addWidget(label)
        self._progress = QProgressBar()
        self._progress.setObjectName("progress_seeds")
        self._progress.setTextVisible(False)
        self._progress.setAccessibleName("Seeds done")
        self._words = QLabel()
        self._words.setObjectName("label_seeds_progress")
        set_role(self._words, "subtitle")
        self._progress_row = QWidget()
        row = QHBoxLayout(self._progress_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._progress, 1)
        row.addWidget(self._words)
        self._progress_row.hide()
        self.body.addWidget(self._progress_row)
        self._count_field.set_value(self.count)
        self._count_field.committed.connect(self._count_given)
        self._share_field.committed.connect(self._share_given)
        self._enable()

    @property
    def jobs(self) -> int | None:
        """How many runs at a time; None to let the sweep decide."""
        return self._jobs.currentIndex() or None

    def set_jobs(self, jobs: int | None) -> None:
        """Train so many runs at a time."""
        self._jobs.setCurrentIndex(jobs or 0)

    @property
    def asked_share(self) -> float | None:
        """The share that was asked for; None where it is the usual one, or there is none."""
        return None if not self._share_row.isEnabled() or self.share == self._usual_share else self.share

    def set_usual_share(self, share: float | None) -> None:
        """What learnt means for the experiment, unless something else was typed; None without classes."""
        typed = self.asked_share
        self._share_row.setEnabled(share is not None)
        self._usual_share = self.share = 1.0 if share is None else share
        if typed is not None and share is not None:
            self.share = typed
        self._share_field.set_value(float(f"{100 * self.share:.10g}"))
        self._tell("share", "")

    def set_ready(self, ready: bool) -> None:
        """Whether there is an experiment to train."""
        self._ready = ready
        self._enable()

    def set_running(self, running: bool) -> None:
        """Whether seeds are being trained."""
        self._running = running
        self.button.setText("Stop" if running else "Train all seeds")
        self._progress_row.setVisible(running)
        self._enable()

    def set_progress(self, done: int, count: int, words: str) -> None:
        """How far it is."""
        self._progress.setRange(0, count)
        self._progress.setValue(done)
        self._words.setText(words)
        widest = self._words.sizeHint().expandedTo(self._words.minimumSize())
        self._words.setFixedSize(widest)  # what changes its size has the whole window laid out anew

    def refuse(self, sentence: str) -> None:
        """Say below the controls why nothing can be trained."""
        self._tell("count", sentence)

    def _captioned(self, caption: str, widget: QWidget, help_: str, unit: str = "") -> QWidget:
        both, label = QWidget(), QLabel(caption)
        label.setBuddy(widget)
        set_role(label, "subtitle")
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(label)
        row.addWidget(widget)
        if unit:
            row.addWidget(QLabel(unit))
        widget.setAccessibleName(f"{caption} {unit}".strip())
        widget.setAccessibleDescription(help_)
        for each in (label, widget):
            each.setToolTip(help_)
        if isinstance(widget, NumberField):
            widget.setFixedWidth(56)
        return both

    @staticmethod
    def _error_label(name: str) -> QLabel:
        label = QLabel()
        label.setObjectName(f"error_seed_{name}")
        label.setWordWrap(True)
        label.hide()
        set_role(label, "error")
        return label

    def _tell(self, name: str, sentence: str) -> None:
        self._errors[name].setText(sentence)
        self._errors[name].setVisible(bool(sentence))
        field = self._count_field if name == "count" else self._share_field
        field.set_invalid(bool(sentence))
        self._enable()

    def _count_given(self, value: object) -> None:
        self._count_field.set_value(value)
        if not isinstance(value, int) or not 1 <= value <= MOST_SEEDS:
            self._tell("count", f"The number of seeds must be from 1 to {MOST_SEEDS}, not {value}.")
            return
        self.count = value
        self._tell("count", "")

    def _share_given(self, value: object) -> None:
        self._share_field.set_value(value)
        if isinstance(value, str) or not isinstance(value, (int, float)) or not 0 < value <= 100:
            self._tell("share", f"The share of right answers must be above 0 and up to 100 %, not {value}.")
            return
        self.share = value / 100
        self._tell("share", "")

    def _pressed(self) -> None:
        (self.stop_wanted if self._running else self.start_wanted).emit()

    def _enable(self) -> None:
        good = not any(label.text() for label in self._errors.values())
        self.button.setEnabled(self._running or (self._ready and good))
        for field in (self._count_field, self._share_field, self._jobs):
            field.setEnabled(not self._running)
