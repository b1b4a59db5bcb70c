"""Small experiments, a ready workspace, a ready window, and a way to use it as a person would."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QWheelEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QCheckBox, QComboBox, QLabel, QLineEdit, QWidget

from mlpviz.data import load_dataset
from mlpviz.gui.main_window import MainWindow
from mlpviz.gui.theme import Theme
from mlpviz.gui.workspace import Workspace
from mlpviz.training import Experiment, Trainer
from mlpviz.training.presets import load_preset

STEPS_AN_EPOCH = 12
DIGITS = load_preset("digits").with_settings(
    {
        "training_size": 600,
        "validation_size": 200,
        "batch_size": 50,
        "epochs": 3,
        "layers.0.units": 16,
    }
)
MOONS = Experiment.from_table(
    {
        "title": "Moons",
        "dataset": "moons",
        "loss": "binary_cross_entropy",
        "learning_rate": 0.5,
        "batch_size": 20,
        "epochs": 3,
        "layers": [
            {"kind": "affine", "units": 5, "initializer": "glorot"},
            {"kind": "tanh"},
            {"kind": "affine", "units": 1, "initializer": "glorot"},
        ],
    }
)
PLANE = Experiment.from_table(
    {
        "title": "Plane",
        "dataset": "plane",
        "learning_rate": 0.05,
        "batch_size": 20,
        "epochs": 3,
        "layers": [{"kind": "affine", "units": 1}],
    }
)


class Screen:
    """A window in front of a person: controls are found by name, and clicked, typed into and read."""

    def __init__(self, qtbot, window: MainWindow) -> None:
        self.qtbot, self.window, self.workspace = qtbot, window, window.workspace

    # What is there

    def find(self, name: str) -> QWidget:
        """The widget of that name; of a list that is made anew, the one that stays."""
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        found = self.window.findChildren(QWidget, name)
        assert len(found) == 1, f"{len(found)} widgets are called {name}"
        return found[0]

    def action(self, name: str) -> QAction:
        found = self.window.findChildren(QAction, name)
        assert len(found) == 1, f"{len(found)} actions are called {name}"
        return found[0]

    def text(self, name: str) -> str:
        widget = self.find(name)
        if isinstance(widget, QComboBox):
            return widget.currentText()
        assert isinstance(widget, (QLabel, QLineEdit, QAbstractButton))
        return widget.text()

    def shows(self, name: str) -> bool:
        """Whether there is a widget of that name to be seen."""
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        return any(widget.isVisible() for widget in self.window.findChildren(QWidget, name))

    def error(self, name: str) -> str:
        """The sentence below a field, empty where there is none."""
        return self.text(f"error_{name}") if self.shows(f"error_{name}") else ""

    @property
    def health(self) -> str:
        return self.text("button_health") if self.shows("button_health") else ""

    @property
    def steps(self) -> int:
        return len(self.workspace.history)

    # What a person does

    def click(self, name: str) -> None:
        widget = self.find(name)
        assert widget.isVisible(), f"{name} cannot be seen"
        assert widget.isEnabled(), f"{name} cannot be pressed"
        middle = widget.rect().center()
        if isinstance(widget, QCheckBox):
            middle.setX(8)  # only the box itself takes a click
        self.qtbot.mouseClick(widget, Qt.MouseButton.LeftButton, pos=middle)

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key wherever the focus is."""
        self.qtbot.keyClick(QApplication.focusWidget() or self.window, key, modifiers)

    def type(self, name: str, text: str, end: Qt.Key = Qt.Key.Key_Return) -> None:
        """Replace what stands in a field, and press Enter."""
        field = self.find(name)
        assert field.isVisible(), f"{name} cannot be seen"
        assert field.isEnabled(), f"{name} cannot be edited"
        editor = field.lineEdit() if isinstance(field, QComboBox) else field
        field.setFocus()
        editor.selectAll()
        self.qtbot.keyClick(editor, Qt.Key.Key_Delete)
        self.qtbot.keyClicks(editor, text)
        self.qtbot.keyClick(editor, end)

    def choose(self, name: str, text: str) -> None:
        """Open a list of choices and take one."""
        combo = self.find(name)
        assert isinstance(combo, QComboBox)
        assert combo.isVisible(), f"{name} cannot be seen"
        row = combo.findText(text)
        assert row >= 0, f"{name} does not offer {text!r}"
        combo.setFocus()
        combo.showPopup()
        combo.view().setCurrentIndex(combo.model().index(row, combo.modelColumn(), combo.rootModelIndex()))
        self.qtbot.keyClick(combo.view(), Qt.Key.Key_Return)
        combo.hidePopup()

    def rest_in_lesson(self) -> None:
        """Wait until the step of the lesson is set up."""
        self.wait(lambda: not self.window.teaching.tutor.is_busy)
        self.settle()

    def next_in_lesson(self) -> None:
        self.click("button_lesson_next")
        self.rest_in_lesson()

    def choose_action(self, name: str) -> None:
        """Take an entry of a menu."""
        action = self.action(name)
        assert action.isEnabled(), f"{name} cannot be chosen"
        action.trigger()

    # What a person waits for

    def wait(self, until: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(until, timeout=10_000)

    def wait_for_rest(self) -> None:
        """Wait until training came to rest, and the last step is on show."""
        self.wait(lambda: not self.workspace.training and not self.workspace.refresher.is_on)
        self.settle()

    def wait_for_new_run(self, do: Callable[[], None]) -> None:
        """Do something that makes a new run, and wait until it is ready."""
        with self.qtbot.waitSignal(self.workspace.run_changed, timeout=10_000):
            do()
        self.settle()

    def step(self, n: int = 1) -> None:
        """Press Batch, and wait each time until the step is made and shown."""
        for _ in range(n):
            with self.qtbot.waitSignal(self.workspace.run.rested):
                self.click("button_batch")
        self.settle()

    def settle(self) -> None:
        """Let what was posted arrive."""
        for _ in range(3):
            QApplication.processEvents()


@pytest.fixture
def digits() -> Experiment:
    """Digits in a small way: 600 to train on, 12 steps an epoch, 36 in all; 200 for validation."""
    return DIGITS


@pytest.fixture
def moons() -> Experiment:
    """Two inputs, two classes, no images."""
    return MOONS


@pytest.fixture
def plane() -> Experiment:
    """Two inputs, no classes, one affine layer."""
    return PLANE


@pytest.fixture
def theme(qapp) -> Theme:
    return Theme("light")


@pytest.fixture
def make_workspace(qtbot) -> Iterator[Callable[[Experiment], Workspace]]:
    """Makes a workspace with a run that is ready; its threads end with the test."""
    made: list[Workspace] = []

    def make(experiment: Experiment) -> Workspace:
        workspace = Workspace()
        made.append(workspace)
        dataset = load_dataset(experiment.dataset)
        with qtbot.waitSignal(workspace.run_changed, timeout=10_000):
            workspace.open(lambda: Trainer(experiment, dataset))
        return workspace

    yield make
    for workspace in made:
        workspace.shut_down()


@pytest.fixture
def workspace(make_workspace, digits) -> Workspace:
    return make_workspace(digits)


@pytest.fixture
def open_window(qtbot, theme) -> Iterator[Callable[..., Screen]]:
    """Opens windows that are ready, and closes them at the end."""
    screens: list[Screen] = []

    def open_(experiment: Experiment | None = DIGITS, settings=None, size=(1240, 700)) -> Screen:
        workspace = Workspace()
        window = MainWindow(workspace, theme, settings)
        screen = Screen(qtbot, window)
        screens.append(screen)
        if size is not None:  # smaller than by default, which is quicker to paint
            window.resize(*size)
        window.show()
        window.activateWindow()
        screen.settle()
        if not window.isActiveWindow():
            qtbot.waitUntil(window.isActiveWindow, timeout=5_000)
        if experiment is not None:
            screen.wait_for_new_run(lambda: workspace.open(lambda: Trainer(experiment)))
        return screen

    yield open_
    for screen in screens:
        screen.window.close()
        screen.window.deleteLater()
        screen.workspace.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def screen(open_window) -> Screen:
    """The window with the small digits experiment, ready to train."""
    return open_window()


@pytest.fixture(scope="session")
def zoom() -> Callable[..., None]:
    """A function that turns the wheel two notches up over a place of a widget, its middle if not said."""

    def zoom(widget: QWidget, place: QPointF | None = None) -> None:
        at, none = place or QPointF(widget.rect().center()), Qt.MouseButton.NoButton
        keys, phase = Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
        turned = QWheelEvent(at, widget.mapToGlobal(at), QPoint(), QPoint(0, 240), none, keys, phase, False)
        QApplication.sendEvent(widget, turned)

    return zoom


@pytest.fixture
def headless() -> Callable[..., Trainer]:
    """Trains an experiment without a window, to its end or for some steps."""

    def train(experiment: Experiment, steps: int | None = None) -> Trainer:
        trainer = Trainer(experiment)
        for step in trainer.steps():
            if step.index == steps:
                break
        return trainer

    return train


@pytest.fixture
def begin_lesson(open_window, tmp_path, monkeypatch, plane):
    """A function that opens a window and begins a lesson of one's own, or goes on with it at a step."""

    def begin_lesson(name: str, text: str, index: int = 0, **window) -> Screen:
        (tmp_path / f"{name}.md").write_text(text, encoding="utf-8")
        monkeypatch.setattr("mlpviz.lessons.shelf.own_folder", lambda: tmp_path)
        screen = open_window(plane, **window)
        screen.window.lesson_progress.reach(name, index)
        screen.workspace.lesson_wanted.emit(name)
        screen.rest_in_lesson()
        return screen

    return begin_lesson
