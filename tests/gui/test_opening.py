"""What is opened, by the menu, by name or by dropping it: what it is, is seen from the file itself."""

import os
import subprocess
import sys

import pytest
from PySide6.QtCore import QCoreApplication, QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QLabel

from mlpviz.files import save_checkpoint
from mlpviz.gui.opening import KINDS, dialog_filters, kind_of, open_path
from mlpviz.gui.pages import PAGES
from mlpviz.training import History, Trainer

NOTHING = " is none of the files that mlpviz opens: experiments (*.toml), runs (*.mlpviz)"


@pytest.fixture
def run(tmp_path, moons):
    """A function that saves a run, five steps old, under a name."""

    def run(name):
        trainer, history = Trainer(moons), History()
        for step in trainer.steps():
            history.append(step)
            if step.index == 5:
                break
        save_checkpoint(tmp_path / name, trainer, history)
        return tmp_path / name

    return run


class TestKind:
    @pytest.mark.parametrize(
        ("name", "words"), [("run", "run"), ("run.mlpviz", "run"), ("my.run.MLPVIZ", "run")]
    )
    def test_of_a_run(self, run, name, words):
        assert kind_of(run(name)).words == words

    def test_of_a_run_under_another_name(self, run, tmp_path):
        run("run.mlpviz").rename(tmp_path / "run.zip")
        assert kind_of(tmp_path / "run.zip").words == "run"

    def test_of_an_experiment(self, tmp_path, moons):
        for name in ("moons.toml", "moons.txt", "MOONS.TOML", "moons"):
            (tmp_path / name).write_text(moons.to_toml())
            assert kind_of(tmp_path / name).words == "experiment"

    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            (b"", " is empty"),
            (b"\x7fELF" + bytes(range(256)), NOTHING),
            (b"Dear diary, today I trained", NOTHING),
            (b"a = 1\n", NOTHING),
            (b"\xff\xfe", NOTHING),
            (b"PK\3\4" + bytes(100), NOTHING),
        ],
    )
    def test_of_what_is_none_is_a_sentence(self, tmp_path, content, sentence):
        (tmp_path / "x").write_bytes(content)
        with pytest.raises(ValueError, match=r".") as raised:
            kind_of(tmp_path / "x")
        assert str(raised.value).startswith(f"{tmp_path / 'x'}{sentence}")

    def test_of_folders_with_nothing_known(self, tmp_path):
        (tmp_path / "empty").mkdir()
        (tmp_path / "other" / "deep").mkdir(parents=True)
        for name, words in (("empty", "is empty"), ("other", "holds nothing that mlpviz opens")):
            with pytest.raises(ValueError, match=words):
                kind_of(tmp_path / name)

    def test_of_what_is_not_there(self, tmp_path):
        with pytest.raises(ValueError, match="none is not there"):
            kind_of(tmp_path / "none")

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
    def test_of_a_pipe_is_not_waited_for(self, tmp_path):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(ValueError, match="neither a file nor a folder"):
            kind_of(tmp_path / "pipe")

    def test_every_kind_is_in_the_dialog(self):
        lines = dialog_filters().split(";;")
        assert lines[0].startswith("All that mlpviz opens (*.toml *.mlpviz")
        for kind in KINDS:
            assert not kind.patterns or any(line.startswith(f"{kind.title} (") for line in lines)
        assert lines[-1] == "All files (*)"

    def test_is_told_without_qt(self, run):
        source = f"""
import sys, pathlib
sys.modules["PySide6"] = None
from mlpviz.gui.opening import kind_of
print(kind_of(pathlib.Path({str(run("run.mlpviz"))!r})).words)
"""
        done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True)
        assert (done.stdout, done.stderr) == ("run\n", "")


class TestOpening:
    @pytest.mark.parametrize("name", ["run", "run.mlpviz"])
    def test_by_the_menu(self, screen, run, name, monkeypatch):
        path = run(name)
        monkeypatch.setattr(QFileDialog, "getOpenFileName", staticmethod(lambda *_: (str(path), "")))
        monkeypatch.setattr(QFileDialog, "getExistingDirectory", staticmethod(lambda *_: str(path)))
        verb = "action_open_folder" if path.is_dir() else "action_open"
        screen.wait_for_new_run(lambda: screen.choose_action(verb))
        assert screen.steps == 5
        assert screen.window.windowTitle() == f"{name} – mlpviz"
        assert screen.window.recent.paths == [path]

    def test_refused_leaves_the_run_and_says_why(self, screen, tmp_path):
        (tmp_path / "x.bin").write_bytes(bytes(10))
        run_before = screen.workspace.run
        assert not open_path(screen.window, tmp_path / "x.bin")
        assert "x.bin is none of the files that mlpviz opens" in screen.health
        assert screen.workspace.run is run_before

    def test_a_damaged_run_is_told(self, screen, run):
        path = run("run.mlpviz")
        path.write_bytes(path.read_bytes()[:1000])
        with screen.qtbot.waitSignal(screen.workspace.refused):
            open_path(screen.window, path)
        screen.settle()
        assert "run.mlpviz: cut off" in screen.health


class Hand:
    """Drags files over a window, as the system tells it: to the window as a whole."""

    def __init__(self, screen, urls, text=None):
        self.screen, self.handle = screen, screen.window.windowHandle()
        self.mime = QMimeData()
        if urls is not None:
            self.mime.setUrls([QUrl.fromLocalFile(str(u)) if not isinstance(u, QUrl) else u for u in urls])
        if text is not None:
            self.mime.setText(text)

    def send(self, event):
        QCoreApplication.sendEvent(self.handle, event)
        self.screen.settle()
        return event

    def arguments(self, widget, kind):
        place = widget.mapTo(self.screen.window, widget.rect().center())
        point = place if kind is not QDropEvent else QPointF(place)
        actions = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
        return point, actions, self.mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier

    def enter(self, widget):
        return self.send(QDragEnterEvent(*self.arguments(widget, QDragEnterEvent)))

    def move(self, widget):
        return self.send(QDragMoveEvent(*self.arguments(widget, QDragMoveEvent)))

    def drop(self, widget):
        return self.send(QDropEvent(*self.arguments(widget, QDropEvent)))

    def leave(self):
        return self.send(QDragLeaveEvent())


def hint(screen):
    label = screen.window.findChild(QLabel, "label_drop")
    return label.text() if label is not None and label.isVisible() else ""


class TestDropping:
    @pytest.mark.parametrize(
        "over", ["mosaic_weights", "plot_loss_plot", "field_learning_rate", "menu_bar", "state_line", "rail"]
    )
    def test_over_any_part_of_the_window(self, screen, run, over):
        path = run("run.mlpviz")
        widget = screen.find(over)
        hand = Hand(screen, [path], text=str(path))
        assert hand.enter(widget).isAccepted()
        assert hint(screen) == "Drop to open the run “run.mlpviz”"
        moved = hand.move(widget)
        assert moved.isAccepted()
        assert moved.dropAction() == Qt.DropAction.CopyAction, "who moves a file would delete it afterwards"
        screen.wait_for_new_run(lambda: hand.drop(widget))
        assert screen.steps == 5
        assert hint(screen) == ""

    @pytest.mark.parametrize("page", [entry.key for entry in PAGES])
    def test_over_every_page(self, screen, run, page):
        screen.window.show_page(page)
        hand = Hand(screen, [run("run")])
        hand.enter(screen.window.page)
        assert hint(screen) == "Drop to open the run “run”"
        screen.wait_for_new_run(lambda: hand.drop(screen.window.page))
        assert screen.steps == 5

    def test_that_thinks_better_of_it(self, screen, run):
        hand = Hand(screen, [run("run")])
        hand.enter(screen.window.page)
        hand.leave()
        assert hint(screen) == ""
        assert not screen.workspace.is_loading

    def test_of_which_nothing_is_heard_any_more_is_forgotten(self, screen, run):
        """The program that the file comes from may die: then no one says that it has left."""
        Hand(screen, [run("run")]).enter(screen.window.page)
        assert hint(screen)
        screen.qtbot.mouseMove(screen.window.windowHandle(), screen.window.rect().center())
        screen.settle()
        assert hint(screen) == ""

    def test_of_several_takes_the_first_and_says_so(self, screen, run, tmp_path):
        hand = Hand(screen, [run("one"), run("two"), tmp_path])
        hand.enter(screen.window.page)
        assert hint(screen) == "Drop to open the run “one”\n(the first of 3)"
        screen.wait_for_new_run(lambda: hand.drop(screen.window.page))
        screen.wait(lambda: "Opened one, the first of the 3 that were dropped" in screen.health)

    @pytest.mark.parametrize(
        ("urls", "words"),
        [
            ([QUrl("https://example.org/run.mlpviz")], "is not a file on this computer"),
            (["x.bin"], "x.bin is none of the files that mlpviz opens"),
            (["gone.mlpviz"], "gone.mlpviz is not there"),
        ],
    )
    def test_of_what_cannot_be_opened_says_why_at_once_and_after(self, screen, tmp_path, urls, words):
        (tmp_path / "x.bin").write_bytes(bytes(10))
        run_before = screen.workspace.run
        hand = Hand(screen, [url if isinstance(url, QUrl) else tmp_path / url for url in urls])
        hand.enter(screen.window.page)
        assert words in hint(screen)
        hand.drop(screen.window.page)
        assert words in screen.health
        assert screen.workspace.run is run_before
        assert not screen.workspace.is_loading

    def test_of_text_goes_to_the_field_below(self, screen):
        field = screen.find("field_learning_rate")
        hand = Hand(screen, None, text="0.25")
        hand.enter(field)
        assert hint(screen) == ""
        hand.drop(field)
        assert "0.25" in field.text()

    def test_of_an_empty_list_is_nothing(self, screen):
        hand = Hand(screen, [])
        hand.enter(screen.window.page)
        hand.drop(screen.window.page)
        assert hint(screen) == ""
