"""The tool bar: train, pause, step, reset, speed, and how far it has come."""

import math
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QSizePolicy,
    QSlider,
    QToolBar,
    QToolButton,
    QWidget,
)

from mlpviz.figures.numbers import format_number
from mlpviz.gui.driver import Driver, Progress
from mlpviz.gui.icons import set_icon
from mlpviz.gui.stretch_thread import Stretch
from mlpviz.gui.theme import Theme, set_role, text_metrics
from mlpviz.gui.widgets.number_field import NumberField
from mlpviz.gui.workspace import Workspace

if TYPE_CHECKING:
    from mlpviz.training import Trainer

SPEEDS: tuple[float | None, ...] = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, None)
"""Steps per second at the stops of the speed slider; None for as fast as it goes."""

WATCHED_S = 4.0
SHORT_RUN = 10_000  # steps; more of them take some seconds by themselves
SMALL_NETWORK = 2_000  # parameters

TRAIN_PX = 96
ROOMY_PX = 1200  # below this width words give way


class TrainingBar(QToolBar):
    """The tool bar of the window: drives what the page on show trains. Its actions also stand in the menu."""

    def __init__(
        self, workspace: Workspace, theme: Theme, slows_small: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__("Training", parent)
        self.setObjectName("training_bar")
        self.setMovable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setIconSize(QSize(18, 18))
        self._driver: Driver = workspace
        self._theme = theme
        self._pace = _Pace()
        self._paces = slows_small  # until the user chooses a speed
        self._make_actions()
        self._brand = QLabel("mlpviz")
        set_role(self._brand, "title")
        self.addWidget(self._brand)
        self._buttons = [self._add_button(action) for action in self.actions_in_order]
        set_role(self._buttons[0], "primary")
        self._buttons[0].setFixedWidth(TRAIN_PX)  # "Train" and "Pause": nothing moves under the pointer
        self._add_speed()
        spacer = QWidget()
        spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(spacer)
        self._add_progress()
        self._listened_to: list[Driver] = []
        self.set_driver(workspace)

    def set_driver(self, driver: Driver) -> None:
        """Drive something else from now on, and tell how far it has come."""
        self._driver = driver
        if driver not in self._listened_to:
            self._listened_to.append(driver)
            driver.run_changed.connect(self._run_changed)
            driver.refreshed.connect(self.show_progress)
            for signal in (driver.training_changed, driver.settings_changed, driver.loading, driver.refused):
                signal.connect(self.show_state)
        words = driver.words
        for action, tip in (
            (self.action_batch, words.batch_tip),
            (self.action_epoch, words.epoch_tip),
            (self.action_reset, words.reset_tip),
            (self.action_new_seed, words.new_seed_tip),
        ):
            _set_tip(action, tip)
        stop = SPEEDS.index(driver.steps_per_second)
        if stop != self.speed.value():
            self.speed.setValue(stop)
        self._pace.restart()
        self.show_state()

    # ------------------------------------------------------------------ parts

    def _make_actions(self) -> None:
        self.action_train = self._action("action_train", "Train", "play", "Space")
        self.action_train.triggered.connect(self._train_or_pause)
        self.action_batch = self._action("action_batch", "Batch", "step", "B")
        self.action_batch.triggered.connect(lambda: self._train(Stretch.STEPS))
        self.action_epoch = self._action("action_epoch", "Epoch", "epoch", "E")
        self.action_epoch.triggered.connect(lambda: self._train(Stretch.EPOCH))
        self.action_reset = self._action("action_reset", "Reset", "reset", "Ctrl+R")
        self.action_reset.triggered.connect(lambda: self._driver.reset())
        self.action_new_seed = self._action("action_new_seed", "New seed", "dice", "Ctrl+Shift+R")
        self.action_new_seed.triggered.connect(lambda: self._driver.new_seed())
        self.actions_in_order = (
            self.action_train,
            self.action_batch,
            self.action_epoch,
            self.action_reset,
            self.action_new_seed,
        )

    def _action(self, name: str, text: str, icon: str, shortcut: str) -> QAction:
        action = QAction(text, self)
        action.setObjectName(name)
        action.setShortcut(QKeySequence(shortcut))
        set_icon(action, icon, self._theme)
        return action

    def _add_button(self, action: QAction) -> QToolButton:
        button = QToolButton()
        button.setObjectName(action.objectName().replace("action_", "button_"))
        button.setDefaultAction(action)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.addWidget(button)
        return button

    def _add_speed(self) -> None:
        self._speed_title = QLabel("Speed")
        set_role(self._speed_title, "subtitle")
        self.speed = QSlider(Qt.Orientation.Horizontal)
        self.speed.setObjectName("slider_speed")
        self.speed.setAccessibleName("Speed of training")
        self.speed.setToolTip("How many mini-batches a second: from one, to follow each step, to full speed")
        self.speed.setRange(0, len(SPEEDS) - 1)
        self.speed.setPageStep(1)
        self.speed.setValue(len(SPEEDS) - 1)
        self.speed.setFixedWidth(96)
        self.speed.valueChanged.connect(self._speed_changed)
        self.speed.actionTriggered.connect(self._speed_chosen)
        self._speed_words = QLabel("full")
        self._speed_words.setMinimumWidth(text_metrics().horizontalAdvance("1 000 /s"))
        set_role(self._speed_words, "subtitle")
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(8, 0, 0, 0)
        layout.setSpacing(8)
        for widget in (self._speed_title, self.speed, self._speed_words):
            layout.addWidget(widget)
        row.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)  # it stays where it is
        self.addWidget(row)

    def _add_progress(self) -> None:
        self._epoch = QLabel()
        self._epoch.setObjectName("label_epoch")
        self._bar = QProgressBar()
        self._bar.setObjectName("progress_epochs")
        self._bar.setAccessibleName("Progress of training")
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(120)
        self._rate = QLabel()
        self._rate.setObjectName("label_rate")
        set_role(self._epoch, "subtitle")
        set_role(self._rate, "subtitle")
        self.badge = QLabel()
        self.badge.setObjectName("label_validation_accuracy")
        self.badge.setToolTip(
            "Validation: the share of the validation examples that are read right. "
            "The network is never trained on them."
        )
        set_role(self.badge, "badge")
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        for widget in (self._epoch, self._bar, self._rate, self.badge):
            layout.addWidget(widget)
        self.addWidget(row)

    # ------------------------------------------------------------------ what happens

    def _train_or_pause(self) -> None:
        if self._driver.training:
            self._driver.pause()
        else:
            self._train(Stretch.ALL)

    def _train(self, stretch: Stretch) -> None:
        """Train with what stands in the fields, also in the one that is being typed in."""
        field = QApplication.focusWidget()
        if isinstance(field, NumberField):
            field.take_over()
        self._driver.train(stretch)

    def _speed_changed(self, stop: int) -> None:
        rate = SPEEDS[stop]
        self._speed_words.setText("full" if rate is None else f"{format_number(int(rate))} /s")
        self._driver.set_steps_per_second(rate)

    def _speed_chosen(self) -> None:
        """The user's own choice of the speed holds from now on."""
        self._paces = False

    def _run_changed(self) -> None:
        if self._paces and isinstance(self._driver, Workspace) and self._driver.run is not None:
            self.speed.setValue(SPEEDS.index(watchable_speed(self._driver.run.trainer)))
        self._pace.restart()
        self.show_state()

    @property
    def speed_choice(self) -> tuple[int, bool]:
        """The stop of the speed, and whether small networks still get one of their own."""
        return self.speed.value(), self._paces

    def restore_speed(self, choice: tuple[int, bool]) -> None:
        """Go back to an earlier `speed_choice`."""
        stop, self._paces = choice
        self.speed.setValue(stop)

    def show_state(self) -> None:
        """Show what can be done now."""
        driver = self._driver
        training, ready = driver.training, driver.ready
        self.action_train.setText("Pause" if training else driver.words.train)
        set_icon(
            self.action_train, "pause" if training else "play", self._theme, "accent_text", "accent_text"
        )
        can_train = ready and not driver.is_loading and not driver.finished
        self.action_train.setEnabled(training or can_train)
        if driver.finished:
            self.action_train.setToolTip(driver.over_tip())
        else:
            _set_tip(self.action_train, driver.words.train_tip)
        self.action_batch.setEnabled(can_train)
        self.action_epoch.setEnabled(can_train)
        self.action_reset.setEnabled(ready and not driver.is_loading)
        self.action_new_seed.setEnabled(driver.can_take_new_seed and not driver.is_loading)
        if not training:
            self._pace.restart()
        self.show_progress()

    def show_progress(self) -> None:
        """Show how far training has come, and how fast it goes."""
        progress = self._driver.progress()
        if progress is None:
            self._epoch.setText("Loading …" if self._driver.is_loading else "")
            self._rate.clear()
            self._bar.setValue(0)
            self.badge.hide()
            return
        self._epoch.setText(progress.words)
        self._bar.setValue(round(1000 * progress.part))
        self._rate.setText(self._rate_words(progress))
        self.badge.setVisible(bool(progress.badge))
        word = "validation " if self.width() >= ROOMY_PX else ""
        self.badge.setText(f"{word}{progress.badge}")

    def _rate_words(self, progress: Progress) -> str:
        rate = self._pace.steps_per_second(progress.steps) if self._driver.training else None
        if not rate:
            return progress.rest
        words = f"{format_number(round(rate))} batches/s"
        if self.width() >= ROOMY_PX and progress.steps_left is not None:
            words += f" · {_duration(progress.steps_left / rate)} left"
        return words

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let words give way in a narrow window."""
        super().resizeEvent(event)
        roomy = self.width() >= ROOMY_PX
        self._brand.setVisible(roomy)
        self._speed_title.setVisible(roomy)
        self._bar.setVisible(roomy)
        self.speed.setFixedWidth(96 if roomy else 64)
        style = (
            Qt.ToolButtonStyle.ToolButtonTextBesideIcon if roomy else Qt.ToolButtonStyle.ToolButtonIconOnly
        )
        for button in self._buttons[3:]:
            button.setToolButtonStyle(style)
        self.show_progress()


def watchable_speed(trainer: "Trainer") -> float | None:
    """Steps per second at which a small network's run takes some seconds, for it would be over at once.

    A stop of the speed slider; None, as fast as it goes, for larger networks and longer runs.
    """
    n = len(trainer.splits.training)
    steps = trainer.experiment.epochs * math.ceil(n / (trainer.experiment.batch_size or n))
    if trainer.network.n_parameters > SMALL_NETWORK or not 0 < steps <= SHORT_RUN:
        return None
    speeds = [speed for speed in SPEEDS if speed is not None]
    return next((speed for speed in speeds if steps / speed <= WATCHED_S), speeds[-1])


class _Pace:
    """Steps per second over the last second or two."""

    def __init__(self) -> None:
        self._marks: list[tuple[float, int]] = []

    def restart(self) -> None:
        self._marks.clear()

    def steps_per_second(self, steps: int) -> float | None:
        now = time.monotonic()
        self._marks.append((now, steps))
        while len(self._marks) > 2 and now - self._marks[1][0] > 1.5:
            self._marks.pop(0)
        then, steps_then = self._marks[0]
        return (steps - steps_then) / (now - then) if now - then > 0.2 else None


def _set_tip(action: QAction, tip: str) -> None:
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    action.setToolTip(f"{tip} ({keys})")


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
