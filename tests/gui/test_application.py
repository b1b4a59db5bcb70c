"""How the program begins: with a file, a preset, or what there was last time; something is always on show."""

import pytest
from PySide6.QtCore import QSettings

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
