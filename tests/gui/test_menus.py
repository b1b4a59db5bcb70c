"""The menus: every verb with its key; files are opened and saved, and what cannot be is told."""

import os
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QMessageBox

from mlpviz.training import Experiment


@pytest.fixture
def answer(monkeypatch):
    """Let the file dialogs answer with a name, as if the user had chosen it; empty for Cancel."""

    def answer_with(name: str) -> None:
        for dialog in ("getOpenFileName", "getSaveFileName"):
            monkeypatch.setattr(QFileDialog, dialog, staticmethod(lambda *_: (name, "")))
        monkeypatch.setattr(QFileDialog, "getExistingDirectory", staticmethod(lambda *_: name))

    return answer_with


def message_of(screen, do) -> str:
    """Do something that opens a message, and read it."""
    words: list[str] = []

    def read() -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            words.append(box.text())
            box.close()

    timer = QTimer(screen.window, interval=10)
    timer.timeout.connect(read)
    timer.start()
    do()
    timer.stop()
    timer.deleteLater()
    assert len(words) == 1, "there was no message"
    return words[0]


def titles(menu: QMenu) -> list[str]:
    return [action.text().replace("&", "") for action in menu.actions() if not action.isSeparator()]


def test_the_menus_hold_every_verb(screen):
    bar = screen.find("menu_bar")
    menus = {action.text().replace("&", ""): action.menu() for action in bar.actions()}
    assert list(menus) == ["File", "Edit", "Run", "View", "Help"]
    assert titles(menus["File"]) == [
        "Open …",
        "Open folder …",
        "Open data …",
        "Open model …",
        "Open recent",
        "Save run",
        "Save run as …",
        "Save experiment as …",
        "Ask to save when closing",
        "Export picture …",
        "Export model …",
        "Quit",
    ]
    more = ["Bring back the run before", "Fork for comparison"]
    assert titles(menus["Run"]) == ["Train", "Batch", "Epoch", "Reset", "New seed", *more]
    pages = ["Train", "Step through", "Evaluate", "Compare", "Seeds", "Learn"]
    more = ["Experiment", "Theme", "Present the lesson", "Full screen"]
    assert titles(menus["View"]) == [*pages, *more]
    assert titles(menus["Help"]) == ["Glossary\tF1", "About mlpviz"]


def test_the_menu_and_the_tool_bar_are_the_same_verbs(open_window, digits):
    screen = open_window(digits.with_settings({"epochs": 1_000_000}))
    screen.choose_action("action_epoch")
    screen.wait_for_rest()
    assert screen.steps == 12
    screen.choose_action("action_train")
    assert screen.text("button_train") == "Pause"
    assert screen.action("action_train").text() == "Pause"
    screen.choose_action("action_train")
    screen.wait_for_rest()
    assert screen.text("button_train") == "Train"


def test_an_experiment_is_saved_and_opened_again(screen, answer, tmp_path, digits):
    screen.step()
    screen.type("field_learning_rate", "0.25")
    screen.wait(lambda: screen.workspace.experiment.learning_rate == 0.25)
    answer(str(tmp_path / "mine.toml"))
    screen.choose_action("action_save_experiment")
    saved = Experiment.read(tmp_path / "mine.toml")
    assert saved == digits.with_settings({"learning_rate": 0.25})
    assert os.listdir(tmp_path) == ["mine.toml"]
    screen.wait_for_new_run(lambda: screen.click("button_new_seed"))
    screen.wait_for_new_run(lambda: screen.choose_action("action_open"))
    assert screen.workspace.experiment == saved


def test_the_key_opens_the_dialog(screen, answer, tmp_path, moons):
    (tmp_path / "moons.toml").write_text(moons.to_toml())
    answer(str(tmp_path / "moons.toml"))
    control = Qt.KeyboardModifier.ControlModifier
    screen.wait_for_new_run(lambda: screen.press(Qt.Key.Key_O, control))
    assert screen.window.windowTitle() == "Moons – mlpviz"


def test_cancel_does_nothing(screen, answer):
    answer("")
    run = screen.workspace.run
    for verb in ("open", "open_folder", "save_run", "save_run_as", "save_experiment"):
        screen.choose_action(f"action_{verb}")
    assert screen.workspace.run is run
    assert not screen.workspace.is_loading
    assert not screen.window.keeper.is_saving


def test_a_file_that_is_no_experiment_is_told_with_its_name(screen, answer, tmp_path):
    path = tmp_path / "mine.toml"
    answer(str(path))
    run = screen.workspace.run
    for text, words in (
        ("not TOML at all [", "not valid TOML"),
        ("learning_rat = 1", "did you mean 'learning_rate'"),
        ("learning_rate = -1\n[[layers]]\nkind = 'relu'", "learning_rate must be greater than 0"),
        ('dataset = "no such"\n[[layers]]\nkind = "relu"', "no such"),
    ):
        path.write_text(text)
        with screen.qtbot.waitSignal(screen.workspace.refused) as refused:
            screen.choose_action("action_open")
        screen.settle()
        assert "mine.toml" in refused.args[0]
        assert words in refused.args[0]
        assert "mine.toml" in screen.health
        assert screen.workspace.run is run
        assert screen.find("button_train").isEnabled()


def test_an_experiment_that_cannot_be_written_is_told(screen, answer, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    answer(str(Path("no such folder", "mine.toml")))
    screen.choose_action("action_save_experiment")
    assert "mine.toml could not be written (No such file or directory)" in screen.health


def test_saving_before_the_first_run_asks_nothing(open_window, monkeypatch):
    asked: list[str] = []
    monkeypatch.setattr(QFileDialog, "getSaveFileName", staticmethod(lambda *_: asked.append("") or ("", "")))
    screen = open_window(experiment=None)
    for verb in ("save_run", "save_run_as", "save_experiment"):
        screen.choose_action(f"action_{verb}")
    assert asked == []


def test_full_screen_and_back(screen):
    screen.choose_action("action_full_screen")
    assert screen.window.isFullScreen()
    assert screen.action("action_full_screen").isChecked()
    screen.choose_action("action_full_screen")
    assert not screen.window.isFullScreen()


def test_one_theme_is_checked(screen, theme):
    for mode in ("dark", "system", "light"):
        screen.choose_action(f"action_theme_{mode}")
        assert theme.mode == mode
        checked = [m for m in ("system", "light", "dark") if screen.action(f"action_theme_{m}").isChecked()]
        assert checked == [mode]


def test_undo_says_what_it_undoes_and_is_off_with_nothing_to_undo(screen):
    assert not screen.action("action_undo").isEnabled()
    assert not screen.action("action_redo").isEnabled()
    screen.wait_for_new_run(lambda: screen.click("button_new_seed"))
    assert screen.action("action_undo").text() == "Undo seed 1"
    screen.wait_for_new_run(lambda: screen.choose_action("action_undo"))
    assert not screen.action("action_undo").isEnabled()
    assert screen.action("action_redo").text() == "Redo seed 1"


def test_about_tells_versions_and_whose_digits_they_are(screen):
    words = message_of(screen, lambda: screen.choose_action("action_about"))
    assert "mlpviz" in words
    assert "LeCun" in words
    assert np.__version__ in words


def test_quit_closes_the_window(screen):
    screen.press(Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    assert not screen.window.isVisible()
    assert screen.workspace.run is None


def test_the_page_is_chosen_by_key_and_rail(screen):
    screen.press(Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    screen.click("button_page_train")
    assert screen.window.page.key == "train"
    assert screen.find("button_page_train").isChecked()
    with pytest.raises(ValueError, match="unknown page 'nowhere'; known are: train"):
        screen.window.show_page("nowhere")


def test_a_presented_lesson_is_left_by_the_key_that_began_it_though_the_menus_are_hidden(screen):
    screen.workspace.lesson_wanted.emit("01-a-line-through-points")
    teaching = screen.window.teaching
    screen.wait(lambda: not teaching.tutor.is_busy)
    screen.press(Qt.Key.Key_F5)
    assert teaching.is_presenting
    assert not screen.shows("menu_bar")
    screen.press(Qt.Key.Key_F1)
    assert screen.window.glossary.isVisible()
    screen.window.glossary.close()
    screen.window.activateWindow()
    screen.wait(screen.window.isActiveWindow)
    screen.press(Qt.Key.Key_F5)
    assert not teaching.is_presenting
    assert screen.shows("menu_bar")
    screen.press(Qt.Key.Key_F5)
    screen.press(Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    assert not screen.window.isVisible()
