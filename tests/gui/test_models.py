"""Models in the window: looked at before they are taken, opened in place of the run, and written."""

import itertools
import sys

import numpy as np
import pytest
import safetensors.numpy
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QFileDialog, QMessageBox

from mlpviz.data import Dataset, Examples, load_dataset
from mlpviz.gui.models import open_model
from mlpviz.gui.panels.model_dialog import ModelDialog, Offer
from mlpviz.training.imported import read_weights, the_reading


def digits_weights(widths=(784, 16, 10), seed=0):
    """Weights as PyTorch stores them."""
    rng = np.random.default_rng(seed)
    arrays = {}
    for i, (n_in, n_out) in enumerate(itertools.pairwise(widths)):
        arrays[f"{2 * i}.weight"] = rng.normal(0, 0.1, (n_out, n_in)).astype(np.float32)
        arrays[f"{2 * i}.bias"] = np.zeros(n_out, np.float32)
    return arrays


@pytest.fixture
def weights(tmp_path):
    path = tmp_path / "net.safetensors"
    path.write_bytes(safetensors.numpy.save(digits_weights()))
    return path


@pytest.fixture
def dialog_of(screen):
    """Opens a file and waits for the dialog that shows what was understood."""

    def dialog_of(path) -> QDialog:
        open_model(screen.window, path)
        screen.wait(lambda: screen.window.findChild(QDialog, "dialog_model") is not None)
        screen.settle()
        return screen.window.findChild(QDialog, "dialog_model")

    return dialog_of


def message_of(screen, do) -> str:
    """Do something that ends with a message, and read it."""
    words: list[str] = []

    def read() -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            words.append(box.text())
            box.close()

    timer = QTimer(screen.window, interval=10)  # for the message has an event loop of its own
    timer.timeout.connect(read)
    timer.start()
    do()
    screen.wait(lambda: bool(words))
    timer.stop()
    timer.deleteLater()
    return words[0]


def values(screen, name) -> list[str]:
    field = screen.find(name)
    assert isinstance(field, QComboBox)
    return [field.itemData(i) for i in range(field.count())]


class TestTheDialog:
    def test_shows_what_was_understood_layer_by_layer(self, screen, dialog_of, weights):
        dialog_of(weights)
        table = screen.find("table_model_layers")
        assert table.text(0, 0) == "0.weight (16, 784) transposed to (784, 16); 0.bias (16,)"
        assert table.text(0, 1) == "affine 784 → 16"
        assert table.text(1, 1) == "affine 16 → 10"
        assert screen.text("label_model") == "net.safetensors: 784 – 16 – 10"
        assert "not known yet" in screen.text("label_model_accuracy")
        assert "relu" in screen.text("label_model_assumed")

    def test_offers_what_no_file_tells_and_says_what_is_chosen(self, screen, dialog_of, weights):
        dialog = dialog_of(weights)
        assert screen.text("field_model_dataset") == load_dataset("digits").title
        assert values(screen, "field_model_activation") == ["relu", "leaky_relu", "sigmoid", "tanh"]
        screen.choose("field_model_activation", "tanh")
        screen.choose("field_model_output", "sigmoid")
        screen.choose("field_model_loss", "squared error")
        screen.choose("field_model_loss_scaling", "half")
        screen.choose(
            "field_model_input_scaling", "signed: the value range of the data set mapped to -1 to 1"
        )
        assert "tanh" in screen.text("label_model_assumed")
        experiment = dialog.experiment()
        assert [layer.kind for layer in experiment.layers] == ["affine", "tanh", "affine", "sigmoid"]
        assert (experiment.loss, experiment.loss_scaling) == ("squared_error", "half")
        assert experiment.input_scaling == "signed"

    def test_asks_how_squares_lie_and_only_then(self, screen, dialog_of, weights, tmp_path, theme):
        dialog_of(weights)
        assert not screen.shows("field_model_layout")
        screen.click("button_cancel_model")
        screen.settle()
        np.savez(tmp_path / "square.npz", W1=[[1.0, 2.0], [3.0, 4.0]])
        examples = Examples(np.eye(2, dtype=np.float32), np.eye(2, dtype=np.float32), np.array([0, 1]))
        mine = Dataset("mine", "Mine", "", examples, classes=("a", "b"))
        offer = Offer(read_weights(tmp_path / "square.npz"), {"digits": mine}, "digits")
        dialog = ModelDialog(theme, offer, parent=screen.window)
        dialog.open()
        screen.settle()
        assert screen.shows("field_model_layout")
        hashes = set()
        for layout in values(screen, "field_model_layout"):
            field = screen.find("field_model_layout")
            screen.choose("field_model_layout", field.itemText(field.findData(layout)))
            assert dialog.weights.layout == layout
            hashes.add(dialog.experiment().initial_weights_sha256)
        assert len(hashes) == 2
        dialog.close()
        dialog.deleteLater()

    def test_cancel_leaves_everything(self, screen, dialog_of, weights):
        run = screen.workspace.run
        dialog_of(weights)
        screen.press(Qt.Key.Key_Escape)
        screen.settle()
        assert screen.workspace.run is run
        assert not screen.workspace.is_loading
        assert not screen.shows("dialog_model")

    def test_says_what_would_be_lost(self, screen, dialog_of, weights):
        dialog_of(weights)
        assert not screen.shows("label_model_loses")
        screen.click("button_cancel_model")
        screen.step(2)
        dialog_of(weights)
        assert "2 steps" in screen.text("label_model_loses")

    def test_of_a_file_that_mlpviz_wrote_takes_all_from_it(self, screen, dialog_of, tmp_path, monkeypatch):
        answer(monkeypatch, tmp_path / "mine.npz")
        screen.choose_action("action_export_model")
        screen.wait(lambda: (tmp_path / "mine.npz").exists())
        dialog = dialog_of(tmp_path / "mine.npz")
        assert screen.text("field_model_activation") == "as in the file"
        assert not screen.shows("field_model_output")
        experiment, now = dialog.experiment(), screen.workspace.experiment
        assert [layer.kind for layer in experiment.layers] == [layer.kind for layer in now.layers]
        assert (experiment.loss, experiment.input_scaling) == (now.loss, now.input_scaling)
        screen.choose("field_model_activation", "tanh")
        assert [layer.kind for layer in dialog.experiment().layers] == ["affine", "tanh", "affine"]


class TestOpening:
    @pytest.fixture
    def opened(self, screen, dialog_of, weights):
        dialog_of(weights)
        screen.wait_for_new_run(lambda: screen.click("button_open_model"))
        return weights

    def test_takes_the_place_of_the_run(self, screen, opened):
        assert not screen.shows("dialog_model")
        found, given = screen.workspace.snapshot.network.layers, the_reading(opened).layers
        np.testing.assert_array_equal(found[0].params["weight"], given[0].params["weight"])
        np.testing.assert_array_equal(found[2].params["weight"], given[1].params["weight"])
        assert screen.window.windowTitle() == "net – mlpviz"
        assert "from net.safetensors" in screen.text("caption_network")
        assert screen.text("button_layer_0").endswith("784 → 16 · from file")
        assert screen.workspace.experiment.validation_size == 200  # as in the run before

    def test_is_trained_on_and_reset_to_the_weights(self, screen, opened):
        start = screen.workspace.initial.network.layers[0].params["weight"]
        screen.step(3)
        assert screen.steps == 3
        assert (screen.workspace.snapshot.network.layers[0].params["weight"] != start).any()
        opened.unlink()  # and the file may have gone
        screen.wait_for_new_run(lambda: screen.click("button_reset"))
        np.testing.assert_array_equal(screen.workspace.snapshot.network.layers[0].params["weight"], start)

    def test_is_undone(self, screen, opened, digits):
        assert screen.action("action_undo").text() == "Undo model net.safetensors"
        screen.wait_for_new_run(lambda: screen.choose_action("action_undo"))
        assert screen.workspace.experiment == digits

    def test_is_stepped_through(self, screen, opened):
        screen.window.show_page("step_through")
        screen.wait(lambda: screen.shows("page_step_through") and not screen.workspace.busy)
        screen.settle()

    def test_other_sizes_draw_their_weights_anew(self, screen, opened):
        experiment = screen.workspace.experiment
        table = [dict(layer.as_table()) for layer in experiment.layers]
        table[0]["units"] = 20
        form = screen.window.experiment_panel.form
        screen.wait_for_new_run(lambda: form.layers.edited.emit(table, "20 units"))
        assert screen.workspace.experiment.initial_weights == ""
        assert "from net" not in screen.text("caption_network")
        assert screen.action("action_undo").text() == "Undo 20 units, its weights drawn"

    def test_another_activation_keeps_them(self, screen, opened):
        table = [dict(layer.as_table()) for layer in screen.workspace.experiment.layers]
        table[1] = {"kind": "tanh"}
        form = screen.window.experiment_panel.form
        screen.wait_for_new_run(lambda: form.layers.edited.emit(table, "tanh"))
        assert screen.workspace.experiment.initial_weights == str(opened)

    def test_what_cannot_be_made_is_told_in_the_dialog(self, screen, dialog_of, weights):
        run = screen.workspace.run
        weights.write_bytes(safetensors.numpy.save(digits_weights(seed=2)))
        dialog_of(weights)
        weights.write_bytes(safetensors.numpy.save(digits_weights(seed=1)))  # behind its back
        with screen.qtbot.waitSignal(screen.workspace.refused):
            screen.click("button_open_model")
        screen.settle()
        assert "holds other weights" in screen.error("model")
        assert screen.find("button_open_model").isEnabled()
        assert screen.workspace.run is run
        screen.click("button_cancel_model")

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"", "is empty"),
            (b"\x80\x02.", "pickle"),
            ((10 * 2**30).to_bytes(8, "little") + b"{}", "header"),
            (safetensors.numpy.save({"0.weight": np.float32([[np.nan, 1]])}), "0.weight[0, 0] is nan"),
            (safetensors.numpy.save(digits_weights((7, 3))), "7 inputs and 3 outputs fits none"),
        ],
    )
    def test_a_file_that_cannot_be_used_is_told_and_the_run_goes_on(self, screen, tmp_path, content, words):
        run = screen.workspace.run
        (tmp_path / "bad.safetensors").write_bytes(content)
        said = message_of(screen, lambda: open_model(screen.window, tmp_path / "bad.safetensors"))
        assert "bad.safetensors" in said
        assert words in said
        assert screen.workspace.run is run
        screen.step()

    def test_from_the_menu(self, screen, weights, monkeypatch):
        answer(monkeypatch, weights)
        screen.choose_action("action_open_model")
        screen.wait(lambda: screen.shows("dialog_model"))
        screen.click("button_cancel_model")
        answer(monkeypatch, "")
        screen.choose_action("action_open_model")
        screen.settle()
        assert not screen.shows("dialog_model")


def answer(monkeypatch, name, chosen="") -> None:
    """Let the file dialogs answer with a name, as if the user had chosen it; empty for Cancel."""
    for dialog in ("getOpenFileName", "getSaveFileName"):
        monkeypatch.setattr(QFileDialog, dialog, staticmethod(lambda *_: (str(name), chosen)))


class TestExporting:
    @pytest.mark.parametrize("name", ["net.safetensors", "net.npz", "net.py"])
    def test_writes_the_network_as_it_is_now(self, screen, tmp_path, monkeypatch, name):
        screen.step(2)
        answer(monkeypatch, tmp_path / name)
        screen.choose_action("action_export_model")
        screen.wait(lambda: name in screen.health)
        assert screen.health.startswith("● Wrote")
        file = tmp_path / (name if not name.endswith(".py") else "net_weights.npz")
        weight = screen.workspace.snapshot.network.layers[0].params["weight"]
        if name.endswith(".py"):
            with np.load(file) as arrays:
                np.testing.assert_array_equal(arrays["W1"], weight)
        else:
            np.testing.assert_array_equal(the_reading(file).layers[0].params["weight"], weight)

    def test_adds_the_ending_of_the_chosen_kind(self, screen, tmp_path, monkeypatch):
        answer(monkeypatch, tmp_path / "net.v2", "NumPy: arrays by name (*.npz)")
        screen.choose_action("action_export_model")
        screen.wait(lambda: (tmp_path / "net.v2.npz").exists())

    def test_while_it_trains(self, open_window, digits, tmp_path, monkeypatch):
        screen = open_window(digits.with_settings({"epochs": 1_000_000}))
        screen.click("button_train")
        screen.wait(lambda: screen.steps > 3)
        answer(monkeypatch, tmp_path / "net.npz")
        screen.choose_action("action_export_model")
        assert screen.workspace.training
        screen.wait(lambda: (tmp_path / "net.npz").exists())
        the_reading(tmp_path / "net.npz")

    def test_onnx_without_the_package_says_how_to_get_it(self, screen, tmp_path, monkeypatch):
        monkeypatch.setitem(sys.modules, "onnx", None)
        answer(monkeypatch, tmp_path / "net.onnx")
        said = message_of(screen, lambda: screen.choose_action("action_export_model"))
        assert "pip install onnx" in said

    def test_a_place_that_cannot_be_written_is_told(self, screen, tmp_path, monkeypatch):
        answer(monkeypatch, tmp_path / "none" / "net.npz")
        said = message_of(screen, lambda: screen.choose_action("action_export_model"))
        assert "net.npz could not be written" in said

    def test_nothing_is_asked_before_the_first_run_and_cancel_writes_nothing(
        self, screen, open_window, tmp_path, monkeypatch
    ):
        answer(monkeypatch, "")
        screen.choose_action("action_export_model")
        answer(monkeypatch, tmp_path / "net.npz")
        open_window(experiment=None).choose_action("action_export_model")
        assert list(tmp_path.iterdir()) == []
