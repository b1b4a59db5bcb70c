"""While a run is not saved a copy is kept; after a crash it is offered, and gone on with bit for bit."""

import errno
import itertools
import time

import numpy as np
import pytest
from PySide6.QtCore import Qt, QTimer

from mlpviz.files import autosave, copy_run, load_run
from mlpviz.files.autosave import RUN, Autosave, leftovers
from mlpviz.gui.panels.recovery_bar import ago
from mlpviz.gui.recovery import keep_safe
from mlpviz.training import History, Trainer


@pytest.fixture
def root(tmp_path):
    return tmp_path / "autosave"


@pytest.fixture
def open_safe(open_window, root):
    """Opens a window that keeps copies, and quickly."""

    def open_safe(*arguments, **options):
        screen = open_window(*arguments, **options)
        keep_safe(screen.window, root, 0.02)
        screen.settle()
        return screen

    return open_safe


@pytest.fixture
def crashed(root):
    """A function that leaves what a program leaves that is killed while it trains."""

    def crashed(experiment, steps, saved_as=None):
        trainer, history = Trainer(experiment), History()
        for step in itertools.islice(trainer.steps(), steps):
            history.append(step)
        place = Autosave(root)
        place.write(copy_run(trainer, history, 7.5), saved_as)
        autosave.os.close(place._lock)  # as the system does when a process ends
        return trainer

    return crashed


def copies(root):
    return list(root.glob(f"*/{RUN}"))


class TestCopies:
    def test_are_kept_while_it_trains(self, open_safe, digits, root):
        screen = open_safe(digits.with_settings({"epochs": 1_000_000}))
        screen.settle()
        assert copies(root) == []
        screen.click("button_train")
        screen.wait(lambda: copies(root) != [])
        (copy,) = copies(root)
        first = load_run(copy).trainer.index
        screen.wait(lambda: load_run(copy).trainer.index > first)
        assert screen.workspace.training

    def test_hold_the_last_step_when_it_rests(self, open_safe, root):
        screen = open_safe()
        screen.step(3)
        screen.wait(lambda: copies(root) != [] and load_run(copies(root)[0]).trainer.index == 3)

    def test_go_when_the_run_is_saved(self, open_safe, root, tmp_path):
        screen = open_safe()
        screen.step(3)
        screen.wait(lambda: copies(root) != [])
        screen.window.keeper.save(tmp_path / "mine.mlpviz")
        screen.wait(lambda: copies(root) == [])
        screen.step()
        screen.wait(lambda: copies(root) != [])
        assert load_run(copies(root)[0]).saved_as == tmp_path / "mine.mlpviz"

    def test_go_when_the_run_is_replaced(self, open_safe, root):
        screen = open_safe()
        screen.step(3)
        screen.wait(lambda: copies(root) != [])
        screen.wait_for_new_run(lambda: screen.click("button_reset"))
        screen.wait(lambda: copies(root) == [])

    def test_go_when_the_window_is_closed(self, open_safe, root, digits):
        screen = open_safe(digits.with_settings({"epochs": 1_000_000}))
        screen.click("button_train")
        screen.wait(lambda: copies(root) != [])
        screen.window.close()
        assert list(root.iterdir()) == []

    def test_are_made_less_often_when_they_take_long(self, open_safe, root, monkeypatch, digits):
        """At most one twentieth of the time: half a second of writing is followed by ten of peace."""
        made = []
        write = Autosave.write

        def slow_write(place, *arguments):
            made.append(0)
            time.sleep(0.5)
            write(place, *arguments)

        monkeypatch.setattr(Autosave, "write", slow_write)
        screen = open_safe(digits.with_settings({"epochs": 1_000_000}))
        screen.click("button_train")
        screen.wait(lambda: copies(root) != [])
        timer = screen.window.autosaver.findChild(QTimer, "autosave_timer")
        screen.wait(timer.isActive)
        assert 9_000 < timer.interval() < 15_000
        assert len(made) == 1

    def test_that_cannot_be_written_are_told_once(self, open_safe, root, monkeypatch, digits):
        def full(*_):
            tries.append(0)
            raise OSError(errno.ENOSPC, "No space left on device")

        tries, said = [], []
        monkeypatch.setattr(Autosave, "write", full)
        screen = open_safe(digits.with_settings({"epochs": 1_000_000}))
        screen.window.keeper.said.connect(lambda sentence, severity: said.append(sentence))
        screen.click("button_train")
        screen.wait(lambda: len(tries) > 2)
        assert len(said) == 1
        assert "not safe from a crash" in said[0]
        assert "(No space left on device)" in said[0]
        assert "No space left on device" in screen.health
        assert screen.workspace.training

    def test_change_no_bit_of_the_run(self, open_safe, headless, digits, root):
        screen = open_safe(digits)
        screen.click("button_train")
        screen.wait_for_rest()
        screen.wait(lambda: copies(root) != [])
        expected = headless(digits).network
        for layer, other in zip(screen.workspace.snapshot.network.layers, expected.layers, strict=True):
            for name, array in layer.params.items():
                np.testing.assert_array_equal(array, other.params[name])


class TestAfterACrash:
    def test_an_ordinary_start_asks_nothing(self, open_safe):
        assert not open_safe().shows("bar_recovery")

    def test_the_run_is_offered_and_gone_on_with(self, open_safe, crashed, root, digits, headless, moons):
        crashed(digits, 20)
        screen = open_safe(moons)
        words = screen.text("label_recovery")
        assert words.startswith("mlpviz ended unexpectedly while training “Digits” (step 20, ")
        assert words.endswith(" s ago).")
        assert screen.text("label_step") == "Step 0"
        screen.wait_for_new_run(lambda: screen.click("button_go_on"))
        assert not screen.shows("bar_recovery")
        assert screen.text("label_step") == "Step 20"
        assert screen.workspace.run.seconds == 7.5
        assert screen.window.isWindowModified()
        assert len(copies(root)) == 1
        screen.click("button_train")
        screen.wait_for_rest()
        expected = headless(digits).network
        for layer, other in zip(screen.workspace.snapshot.network.layers, expected.layers, strict=True):
            for name, array in layer.params.items():
                np.testing.assert_array_equal(array, other.params[name])
        screen.window.close()
        assert list(root.iterdir()) == []

    def test_it_still_knows_its_file(self, open_safe, crashed, digits, tmp_path):
        crashed(digits, 2, saved_as=tmp_path / "mine.mlpviz")
        screen = open_safe()
        screen.wait_for_new_run(lambda: screen.click("button_go_on"))
        assert screen.window.keeper.path == tmp_path / "mine.mlpviz"
        assert screen.window.isWindowModified()

    def test_a_second_crash_leaves_it_too(self, open_safe, crashed, digits, root):
        """There is a copy from the moment it is open, not only after some seconds."""
        crashed(digits, 20)
        screen = open_safe()
        screen.window.autosaver._interval_s = 1000
        screen.wait_for_new_run(lambda: screen.click("button_go_on"))
        screen.wait(lambda: not screen.window.autosaver._background.busy)
        assert load_run(copies(root)[0]).trainer.index == 20

    def test_what_is_discarded_is_gone_and_the_next_is_offered(self, open_safe, crashed, digits, moons, root):
        crashed(moons, 3)
        time.sleep(0.02)
        crashed(digits, 5)
        screen = open_safe()
        assert "“Digits” (step 5" in screen.text("label_recovery")
        assert "There is one more." in screen.text("label_recovery")
        screen.click("button_discard_leftover")
        assert "“Moons” (step 3" in screen.text("label_recovery")
        screen.click("button_discard_leftover")
        assert not screen.shows("bar_recovery")
        assert copies(root) == []

    def test_later_asks_at_the_next_start(self, open_safe, crashed, digits, root):
        crashed(digits, 5)
        for _ in range(2):
            screen = open_safe()
            screen.find("button_later").setFocus()
            screen.press(Qt.Key.Key_Escape)
            assert not screen.shows("bar_recovery")
            screen.window.close()
        assert len(copies(root)) == 1

    def test_closing_without_an_answer_is_later(self, open_safe, crashed, digits, root):
        crashed(digits, 5)
        open_safe().window.close()
        (left,) = leftovers(root)
        left.release()

    def test_one_that_is_damaged_is_told_and_left(self, open_safe, crashed, digits, root):
        crashed(digits, 5)
        screen = open_safe()
        (copy,) = copies(root)
        content = bytearray(copy.read_bytes())
        content[len(content) // 2] ^= 255
        copy.write_bytes(content)
        with screen.qtbot.waitSignal(screen.workspace.refused):
            screen.click("button_go_on")
        screen.settle()
        assert "damaged" in screen.health
        assert screen.text("label_step") == "Step 0"
        assert copies(root) == [copy]

    def test_every_button_can_be_reached_by_key(self, open_safe, crashed, digits):
        crashed(digits, 5)
        screen = open_safe()
        for name in ("go_on", "discard_leftover", "later"):
            button = screen.find(f"button_{name}")
            assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
            assert "&" in button.text()
            assert button.toolTip()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-3, "0 s ago"),
        (40, "40 s ago"),
        (90, "2 min ago"),
        (3 * 60, "3 min ago"),
        (3 * 3600, "3 h ago"),
        (30 * 3600, "30 h ago"),
        (49 * 3600, "2 days ago"),
    ],
)
def test_how_long_ago(seconds, words):
    assert ago(seconds) == words
