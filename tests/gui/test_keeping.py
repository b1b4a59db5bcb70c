"""The run and its file: saved while it trains, opened, told in the title, and brought back after a slip."""

import errno
import os

import numpy as np
import pytest
from PySide6.QtCore import QSettings, Qt, QTimer
from PySide6.QtWidgets import QApplication, QCheckBox, QFileDialog, QMessageBox

from mlpviz.files import load_run
from mlpviz.gui import closing
from mlpviz.gui.file_menu import AS_FILE, AS_FOLDER
from mlpviz.training import Experiment

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def answer(monkeypatch):
    """Let the file dialogs answer with a name and a kind, and take down with what they were opened."""
    asked: list[tuple] = []

    def answer_with(name, chosen=AS_FILE):
        def dialog(*arguments):
            asked.append(arguments)
            return str(name), chosen

        for each in ("getOpenFileName", "getSaveFileName"):
            monkeypatch.setattr(QFileDialog, each, staticmethod(dialog))
        monkeypatch.setattr(QFileDialog, "getExistingDirectory", staticmethod(lambda *_: str(name)))
        return asked

    return answer_with


@pytest.fixture
def settings(tmp_path) -> QSettings:
    return QSettings(str(tmp_path / "mlpviz.ini"), QSettings.Format.IniFormat)


def title(screen) -> str:
    """As people see it."""
    window = screen.window
    return window.windowTitle().replace("[*]", "*" if window.isWindowModified() else "")


def save(screen, do) -> None:
    with screen.qtbot.waitSignal(screen.window.keeper.settled, timeout=10_000):
        do()
    screen.settle()


def endless(digits) -> Experiment:
    return digits.with_settings({"epochs": 1_000_000})


class TestSaving:
    def test_asks_for_a_place_the_first_time_only(self, screen, answer, tmp_path):
        asked = answer(tmp_path / "mine")
        screen.step(5)
        save(screen, lambda: screen.press(Qt.Key.Key_S, CONTROL))
        assert load_run(tmp_path / "mine.mlpviz").trainer.index == 5
        assert f"Saved the run to {tmp_path / 'mine.mlpviz'}" in screen.health
        screen.step(2)
        save(screen, lambda: screen.press(Qt.Key.Key_S, CONTROL))
        assert load_run(tmp_path / "mine.mlpviz").trainer.index == 7
        assert len(asked) == 1
        assert os.listdir(tmp_path) == ["mine.mlpviz"]

    def test_suggests_the_title_as_a_name(self, screen, answer, tmp_path):
        asked = answer("")
        screen.press(Qt.Key.Key_S, CONTROL | SHIFT)
        assert asked[0][2] == "Digits.mlpviz"
        assert not screen.window.keeper.is_saving

    def test_as_a_folder(self, screen, answer, tmp_path):
        answer(tmp_path / "mine", AS_FOLDER)
        screen.step(3)
        save(screen, lambda: screen.choose_action("action_save_run_as"))
        assert (tmp_path / "mine").is_dir()
        assert load_run(tmp_path / "mine").trainer.index == 3

    def test_goes_on_bit_for_bit_when_it_is_opened_again(self, screen, answer, tmp_path, headless, digits):
        answer(tmp_path / "mine.mlpviz")
        screen.step(5)
        seconds = screen.workspace.run.seconds
        save(screen, lambda: screen.choose_action("action_save_run"))
        screen.wait_for_new_run(lambda: screen.click("button_new_seed"))
        screen.wait_for_new_run(lambda: screen.choose_action("action_open"))
        assert screen.text("label_step") == "Step 5"
        assert screen.workspace.run.seconds == seconds
        screen.click("button_train")
        screen.wait_for_rest()
        assert screen.text("label_step") == "Step 36"
        expected = headless(digits).network
        for layer, other in zip(screen.workspace.snapshot.network.layers, expected.layers, strict=True):
            for name, array in layer.params.items():
                np.testing.assert_array_equal(array, other.params[name])

    def test_does_not_stop_training(self, open_window, digits, answer, tmp_path):
        screen = open_window(endless(digits))
        answer(tmp_path / "mine.mlpviz")
        screen.click("button_train")
        screen.wait(lambda: screen.steps > 3)
        save(screen, lambda: screen.choose_action("action_save_run"))
        assert screen.workspace.training
        saved = load_run(tmp_path / "mine.mlpviz")
        assert 3 < saved.trainer.index <= screen.steps
        assert len(saved.history) == saved.trainer.index

    def test_that_fails_is_told_and_leaves_the_old_file(self, screen, answer, tmp_path, monkeypatch):
        answer(tmp_path / "mine.mlpviz")
        screen.step(2)
        save(screen, lambda: screen.choose_action("action_save_run"))
        before = (tmp_path / "mine.mlpviz").read_bytes()
        screen.step()

        def full(*_):
            raise OSError(errno.ENOSPC, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", full)
            save(screen, lambda: screen.choose_action("action_save_run"))
        assert "mine.mlpviz could not be written (No space left on device)" in screen.health
        assert (tmp_path / "mine.mlpviz").read_bytes() == before
        assert os.listdir(tmp_path) == ["mine.mlpviz"]
        assert screen.window.isWindowModified()

    def test_to_a_folder_of_something_else_is_refused(self, screen, answer, tmp_path):
        (tmp_path / "thesis").mkdir()
        (tmp_path / "thesis" / "thesis.tex").write_text("mine")
        answer(tmp_path / "thesis", AS_FOLDER)
        save(screen, lambda: screen.choose_action("action_save_run"))
        assert "thesis.tex" in screen.health
        assert os.listdir(tmp_path / "thesis") == ["thesis.tex"]

    def test_two_after_each_other_are_both_done(self, screen, tmp_path):
        screen.step(2)
        keeper = screen.window.keeper
        keeper.save(tmp_path / "one.mlpviz")
        save(screen, lambda: keeper.save(tmp_path / "two"))
        assert load_run(tmp_path / "one.mlpviz").trainer.index == 2
        assert load_run(tmp_path / "two").trainer.index == 2
        assert keeper.path == tmp_path / "two"


class TestTitle:
    def test_tells_experiment_file_and_what_is_not_saved(self, screen, answer, tmp_path):
        assert title(screen) == "Digits – mlpviz"
        screen.step()
        assert title(screen) == "Digits* – mlpviz"
        answer(tmp_path / "mine.mlpviz")
        save(screen, lambda: screen.choose_action("action_save_run"))
        assert title(screen) == "mine.mlpviz – mlpviz"
        screen.step()
        assert title(screen) == "mine.mlpviz* – mlpviz"
        screen.wait_for_new_run(lambda: screen.click("button_reset"))
        assert title(screen) == "Digits – mlpviz"

    def test_a_run_that_was_opened_is_saved(self, screen, answer, tmp_path):
        screen.step()
        screen.window.keeper.save(tmp_path / "mine")
        screen.wait(lambda: not screen.window.keeper.is_saving)
        answer(tmp_path / "mine")
        screen.wait_for_new_run(lambda: screen.choose_action("action_open_folder"))
        assert title(screen) == "mine – mlpviz"
        screen.type("field_learning_rate", "0.25")
        screen.wait(lambda: title(screen) == "mine* – mlpviz")


class TestBringingBack:
    """Reset, New seed and Open ask nothing, for the run before is not lost."""

    def test_after_a_reset(self, screen, headless, digits):
        assert not screen.action("action_bring_back").isEnabled()
        screen.step(5)
        screen.wait_for_new_run(lambda: screen.click("button_reset"))
        assert screen.text("label_step") == "Step 0"
        screen.wait(screen.action("action_bring_back").isEnabled)
        screen.wait_for_new_run(lambda: screen.press(Qt.Key.Key_B, CONTROL))
        assert screen.text("label_step") == "Step 5"
        assert title(screen) == "Digits* – mlpviz"
        assert len(screen.workspace.history.view("loss")[1]) == 5
        screen.click("button_train")
        screen.wait_for_rest()
        expected = headless(digits).network
        for layer, other in zip(screen.workspace.snapshot.network.layers, expected.layers, strict=True):
            for name, array in layer.params.items():
                np.testing.assert_array_equal(array, other.params[name])

    def test_while_it_trained(self, open_window, digits):
        screen = open_window(endless(digits))
        screen.click("button_train")
        screen.wait(lambda: screen.steps > 20)
        screen.wait_for_new_run(lambda: screen.click("button_new_seed"))
        screen.wait(screen.action("action_bring_back").isEnabled)
        screen.wait_for_new_run(lambda: screen.choose_action("action_bring_back"))
        assert screen.steps > 20
        assert screen.workspace.experiment.seed == 0

    def test_its_file_comes_back_too(self, screen, tmp_path):
        screen.step(2)
        save(screen, lambda: screen.window.keeper.save(tmp_path / "mine.mlpviz"))
        screen.wait_for_new_run(lambda: screen.click("button_reset"))
        screen.wait(screen.action("action_bring_back").isEnabled)
        screen.wait_for_new_run(lambda: screen.choose_action("action_bring_back"))
        assert title(screen) == "mine.mlpviz – mlpviz"


class TestClosing:
    @pytest.fixture
    def worth(self, open_window, settings, monkeypatch):
        """A window with a run that is worth a question."""
        monkeypatch.setattr(closing, "WORTH_ASKING_S", 0.0001)
        screen = open_window(settings=settings)
        screen.step(5)
        yield screen
        screen.window.settings = None  # so that it closes without a question

    def question(self, screen) -> QMessageBox:
        screen.window.close()
        assert screen.window.isVisible()
        return screen.find("dialog_save_before_closing")

    def test_asks_nothing_of_a_run_that_is_soon_had_again(self, open_window, settings):
        screen = open_window(settings=settings)
        screen.step(5)
        assert screen.window.close()

    def test_asks_nothing_of_a_run_that_is_saved(self, worth, tmp_path):
        save(worth, lambda: worth.window.keeper.save(tmp_path / "mine.mlpviz"))
        assert worth.window.close()

    def test_cancel_stays_and_trains_on(self, worth):
        box = self.question(worth)
        assert "Save the run “Digits” before closing?" in box.text()
        box.button(QMessageBox.StandardButton.Cancel).click()
        worth.settle()
        assert worth.window.isVisible()
        worth.step()

    def test_do_not_save_closes(self, worth):
        self.question(worth).button(QMessageBox.StandardButton.Discard).click()
        worth.settle()
        assert not worth.window.isVisible()
        assert worth.workspace.run is None

    def test_save_saves_and_closes(self, worth, answer, tmp_path):
        answer(tmp_path / "mine.mlpviz")
        self.question(worth).button(QMessageBox.StandardButton.Save).click()
        worth.wait(lambda: not worth.window.isVisible())
        assert load_run(tmp_path / "mine.mlpviz").trainer.index == 5

    def test_save_without_a_place_stays(self, worth, answer):
        answer("")
        self.question(worth).button(QMessageBox.StandardButton.Save).click()
        worth.settle()
        assert worth.window.isVisible()

    def test_save_that_fails_stays_and_says_why(self, worth, answer, tmp_path):
        answer(tmp_path / "none" / "mine.mlpviz")
        box = self.question(worth)
        save(worth, box.button(QMessageBox.StandardButton.Save).click)
        assert worth.window.isVisible()
        assert "could not be written" in worth.health

    def test_never_again_is_remembered_and_can_be_taken_back(self, worth, settings, open_window):
        box = self.question(worth)
        box.findChild(QCheckBox, "check_do_not_ask").setChecked(True)
        box.button(QMessageBox.StandardButton.Discard).click()
        worth.settle()
        assert not worth.window.isVisible()
        again = open_window(settings=settings)
        again.step(5)
        assert not again.action("action_ask_to_save").isChecked()
        again.choose_action("action_ask_to_save")
        self.question(again).button(QMessageBox.StandardButton.Discard).click()
        again.settle()
        assert not again.window.isVisible()

    def test_what_is_being_written_is_finished_first(self, screen, tmp_path):
        screen.step(3)
        screen.window.keeper.save(tmp_path / "mine.mlpviz")
        screen.window.close()
        screen.wait(lambda: not screen.window.isVisible())
        assert load_run(tmp_path / "mine.mlpviz").trainer.index == 3

    def test_a_window_without_settings_asks_nothing(self, screen, monkeypatch):
        monkeypatch.setattr(closing, "WORTH_ASKING_S", 0.0)
        screen.step()
        assert screen.window.close()
        assert not screen.action("action_ask_to_save").isEnabled()


class TestRecent:
    def menu(self, screen):
        menu = screen.find("menu_recent")
        menu.aboutToShow.emit()
        return [action for action in menu.actions() if action.objectName().startswith("action_recent")]

    def test_holds_what_was_opened_and_saved(self, open_window, settings, answer, tmp_path, moons):
        screen = open_window(settings=settings)
        assert not screen.find("menu_recent").menuAction().isEnabled()
        screen.step()
        save(screen, lambda: screen.window.keeper.save(tmp_path / "mine.mlpviz"))
        (tmp_path / "moons.toml").write_text(moons.to_toml())
        answer(tmp_path / "moons.toml")
        screen.wait_for_new_run(lambda: screen.choose_action("action_open"))
        again = open_window(settings=settings)
        first, second = self.menu(again)
        assert "moons.toml" in first.text()
        assert "mine.mlpviz" in second.text()
        again.wait_for_new_run(second.trigger)
        assert again.steps == 1
        assert "mine.mlpviz" in self.menu(again)[0].text()

    def test_what_was_refused_is_not_in_it(self, screen, answer, tmp_path):
        (tmp_path / "bad.toml").write_text("nonsense")
        answer(tmp_path / "bad.toml")
        with screen.qtbot.waitSignal(screen.workspace.refused):
            screen.choose_action("action_open")
        assert self.menu(screen) == []

    def test_what_is_gone_is_grey_and_says_so(self, screen, tmp_path):
        screen.window.recent.add(tmp_path / "gone.mlpviz")
        (action,) = self.menu(screen)
        assert not action.isEnabled()
        assert "not there any more" in action.text()

    def test_ten_at_most_and_can_be_cleared(self, screen, tmp_path):
        for i in range(12):
            screen.window.recent.add(tmp_path / f"{i}.toml")
        assert [a.text().split("  ")[1].split(" ")[0] for a in self.menu(screen)] == [
            f"{i}.toml" for i in range(11, 1, -1)
        ]
        screen.choose_action("action_clear_recent")
        assert self.menu(screen) == []

    @pytest.mark.parametrize("kept", ["one.toml", [], 5, ["a", 3], {"a": 1}, ""])
    def test_broken_settings_do_not_keep_the_window_from_opening(self, open_window, settings, kept):
        settings.setValue("recent/paths", kept)
        assert open_window(settings=settings).window.isVisible()


def test_the_name_of_the_filter_is_added_and_nothing_replaced_unasked(screen, answer, tmp_path):
    """The dialog asked about the name as it was typed, which was another one."""
    (tmp_path / "mine.mlpviz").write_text("something else")
    answer(tmp_path / "mine")
    asked = []

    def refuse() -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            asked.append(box.text())
            box.button(QMessageBox.StandardButton.No).click()

    timer = QTimer(screen.window, interval=10)
    timer.timeout.connect(refuse)
    timer.start()
    screen.choose_action("action_save_run")
    timer.stop()
    assert asked == ["mine.mlpviz is there already. Replace it?"]
    assert (tmp_path / "mine.mlpviz").read_text() == "something else"
