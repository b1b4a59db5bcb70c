"""How the program begins: with a file, a preset, or what there was last time; something is always on show."""

import json
import os
import subprocess
import sys

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QWidget

from mlpviz.cli import main
from mlpviz.files import save_checkpoint
from mlpviz.gui import application
from mlpviz.training import History, Trainer
from mlpviz.training.presets import load_preset


@pytest.fixture
def started(open_window, tmp_path, moons):
    """A function that starts with an argument, where moons were open last time."""

    def started(file):
        settings = QSettings(str(tmp_path / "mlpviz.ini"), QSettings.Format.IniFormat)
        settings.setValue("experiment", moons.to_toml())
        screen = open_window(None, settings)
        kind = None if file is None else application.kind_of_argument(file)
        screen.wait_for_new_run(lambda: application.begin(screen.window, file, kind))
        return screen

    return started


@pytest.fixture
def run(tmp_path, plane):
    trainer, history = Trainer(plane), History()
    for step in trainer.steps():
        history.append(step)
    save_checkpoint(tmp_path / "run.mlpviz", trainer, history, seconds=2.5)
    return tmp_path / "run.mlpviz"


def test_without_a_file_with_what_was_open_last(started, moons):
    assert started(None).workspace.experiment == moons


def test_with_a_preset(started):
    assert started("spiral").workspace.experiment == load_preset("spiral")


def test_with_an_experiment(started, tmp_path, plane):
    (tmp_path / "plane.toml").write_text(plane.to_toml())
    screen = started(str(tmp_path / "plane.toml"))
    assert screen.workspace.experiment == plane
    assert screen.window.recent.paths == [tmp_path / "plane.toml"]


def test_with_a_run(started, run, plane):
    screen = started(str(run))
    assert screen.workspace.experiment == plane
    assert screen.workspace.finished
    assert screen.window.windowTitle() == "run.mlpviz – mlpviz"
    assert "finished in 2.5 s" in screen.text("label_rate")


def test_with_a_run_that_is_damaged_shows_the_last_one_and_says_why(started, run, moons):
    run.write_bytes(run.read_bytes()[:-30])
    screen = started(str(run))
    assert screen.workspace.experiment == moons
    assert "run.mlpviz: cut off" in screen.health


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("x.bin", "x.bin is none of the files that mlpviz opens: experiments (*.toml), runs (*.mlpviz)"),
        ("empty", "empty is empty"),
        ("gone.mlpviz", "gone.mlpviz is not there"),
        ("digitz", "did you mean 'digits'"),
    ],
)
def test_what_cannot_be_opened_is_refused_before_the_window_opens(tmp_path, monkeypatch, capsys, name, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.bin").write_bytes(bytes(10))
    (tmp_path / "empty").mkdir()
    assert main([name]) == 2
    assert words in capsys.readouterr().err


# ---------------------------------------------------------------------- the first picture


def test_an_empty_card_stands_for_the_network_until_there_is_one_to_show(open_window, moons):
    screen = open_window(None)
    names = "card_function", "lower_views"

    def open_moons():
        screen.workspace.open_experiment(moons)
        assert screen.find("card_waiting").isVisible()
        assert not any(screen.find(name).isVisible() for name in names)

    screen.wait_for_new_run(open_moons)
    assert screen.window.findChild(QWidget, "card_waiting") is None
    assert all(screen.find(name).isVisible() for name in names)


def test_the_plots_have_their_titles_before_there_is_a_run(open_window, moons):
    screen = open_window(None)
    plots = [screen.find(f"plot_{name}") for name in ("loss", "accuracy", "measures")]
    before = [plot.title for plot in plots]
    screen.wait_for_new_run(lambda: screen.workspace.open_experiment(moons))
    assert [plot.title for plot in plots] == before


LOOK = """
import json, sys
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

SEEN = "plot_loss_plot", "plot_accuracy_plot", "plot_measures_plot", "button_train", "button_page_learn"

class Watcher(QObject):
    def eventFilter(self, target, event):
        if event.type() == QEvent.Type.Paint and target in waiting:
            waiting.remove(target)
            if not waiting:
                QTimer.singleShot(0, painted)
        return False

def painted():
    told["modules"] = sorted(name for name in sys.modules if name.startswith("mlpviz."))
    told["libraries"] = sorted({name.split(".")[0] for name in sys.modules})
    told["pages"] = list(window.pages)
    told["shortcuts"] = [action.shortcut().toString() for action in window.findChildren(type(train))]
    told["can train when painted"] = train.isEnabled()

def ready():
    told["can train when loaded"] = train.isEnabled()
    print(json.dumps(told))
    window.close()

def look(application, run=QApplication.exec):
    global window, train, waiting, watcher
    window, = (each for each in QApplication.topLevelWidgets() if each.objectName() == "main_window")
    train, watcher = window.training_bar.action_train, Watcher()
    waiting = [window.findChild(QWidget, name) for name in SEEN]
    waiting = [getattr(each, "viewport", lambda each=each: each)() for each in waiting]
    for each in waiting:
        each.installEventFilter(watcher)
    window.workspace.run_changed.connect(lambda: QTimer.singleShot(0, ready))
    return run()

told = {}
QApplication.exec = look
from mlpviz.cli import main
main([])
"""


@pytest.fixture(scope="module")
def first_picture(tmp_path_factory) -> dict:
    """What a new process says of itself when the window has been painted, and when the digits are there."""
    home = str(tmp_path_factory.mktemp("home"))
    environment = {**os.environ, "HOME": home, "XDG_CONFIG_HOME": home, "XDG_STATE_HOME": home}
    done = subprocess.run(
        [sys.executable, "-c", LOOK], capture_output=True, text=True, timeout=60, env=environment
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_window_is_painted_before_the_engine_is_loaded(first_picture):
    """What knows data, networks and training takes a while to load, and the first picture does without."""
    floors = {name.split(".")[1] for name in first_picture["modules"]}
    assert floors == {"cli", "gui", "figures", "locations"}


def test_the_window_is_painted_before_numpy_is_loaded(first_picture):
    """The first picture need not wait for it."""
    assert "PySide6" in first_picture["libraries"]
    assert "numpy" not in first_picture["libraries"]


def test_no_page_is_made_before_it_is_shown(first_picture):
    assert first_picture["pages"] == ["train"]
    made = {name for name in first_picture["modules"] if name.startswith("mlpviz.gui.pages.")}
    assert made == {"mlpviz.gui.pages.page", "mlpviz.gui.pages.train"}


def test_menus_are_there_from_the_start(first_picture):
    assert {"Space", "Ctrl+2", "Ctrl+6", "Ctrl+O", "F5", "Ctrl+Q"} <= set(first_picture["shortcuts"])


def test_train_can_be_pressed_once_the_digits_are_loaded(first_picture):
    assert not first_picture["can train when painted"]
    assert first_picture["can train when loaded"]


def test_the_window_is_no_larger_than_its_screen(screen):
    room = screen.window.screen().availableSize()
    screen.window.resize(room.width() + 1000, room.height() + 300)
    application.fit_screen(screen.window)
    assert screen.window.height() == room.height()
    assert screen.window.width() == max(room.width(), screen.window.minimumWidth())
    screen.window.resize(screen.window.minimumSize())
    application.fit_screen(screen.window)
    assert screen.window.size() == screen.window.minimumSize()
