"""The line below the page tells the step and how the run is doing, with evidence and advice."""

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from mlpviz.gui.panels.state_line import MARKS
from mlpviz.training import Experiment
from mlpviz.training.presets import load_preset


def popup_words(screen) -> list[str]:
    """Press on the health, read what opens, and close it."""
    screen.click("button_health")
    (popup,) = [w for w in QApplication.topLevelWidgets() if w.objectName() == "popup_health"]
    assert popup.isVisible()
    words = [label.text() for label in popup.findChildren(QLabel)]
    for label in popup.findChildren(QLabel):
        assert label.height() >= label.heightForWidth(label.width()) - 1, "words are cut off"
    assert screen.window.screen().virtualGeometry().top() <= popup.y()
    popup.close()
    screen.settle()
    return words


def test_before_the_first_step_there_is_nothing_to_say(screen):
    assert screen.text("label_step") == "Step 0"
    assert screen.health == ""


def test_the_step_is_the_one_on_show(screen):
    screen.step(2)
    assert screen.text("label_step") == "Step 2"
    screen.click("button_train")
    screen.wait_for_rest()
    assert screen.text("label_step") == "Step 36"


def test_a_good_run_is_called_healthy_with_its_evidence(open_window, digits):
    screen = open_window(digits.with_settings({"learning_rate": 0.05}))
    screen.click("button_epoch")
    screen.wait_for_rest()
    assert screen.health.startswith(f"{MARKS['good']} Healthy: a step moves the weights by ")
    words = popup_words(screen)
    assert len(words) == 2
    assert words[1] == "Nothing in the measurements points to trouble."


def test_dead_units_are_told_with_their_layer_and_what_helps(open_window, digits):
    settings = {"layers.0.bias_initializer": "normal(5)", "epochs": 12}
    screen = open_window(digits.with_settings(settings))
    screen.click("button_train")
    screen.wait_for_rest()
    finding, shown = screen.workspace.findings()
    assert finding.text.startswith("Layer 1: 50")
    assert "never fired in the last 100 steps" in finding.text
    assert "test examples are right" in shown.text
    assert screen.health == f"{MARKS['warning']} {finding.text}  (+1 more)"
    assert popup_words(screen)[:2] == [f"{MARKS['warning']} {finding.text}", finding.advice]


@pytest.fixture
def diverged(open_window, plane):
    screen = open_window(plane.with_settings({"learning_rate": 1e6, "epochs": 100}))
    screen.click("button_train")
    screen.wait_for_rest()
    return screen


def test_a_run_that_diverges_stops_with_a_sentence(diverged):
    divergence = diverged.workspace.divergence
    assert divergence is not None
    assert diverged.health.startswith(MARKS["error"])
    words = popup_words(diverged)
    assert f"at step {divergence.step}; learning rate 1e+06 is the likely cause" in words[0]
    assert "The last good network is kept" in words[0]
    assert "ten times smaller" in words[1]


def test_the_last_good_network_is_on_show(diverged):
    params = diverged.workspace.snapshot.network.layers[0].params
    assert all(np.isfinite(array).all() for array in params.values())
    diverged.click("choice_view_weights")
    matrix = diverged.find("matrix_weights")
    assert matrix.isVisible()
    np.testing.assert_array_equal(matrix.array, params["weight"])
    assert np.isfinite(matrix.array).all()
    assert np.isfinite(diverged.find("color_bar_weights").limit)


@pytest.mark.parametrize("quantity", ["gradient", "update", "change"])
def test_after_a_divergence_every_picture_is_true_to_its_word(diverged, quantity):
    diverged.click("choice_view_weights")
    diverged.click(f"choice_{quantity}")
    for label in diverged.find("card_weights").findChildren(QLabel):
        if label.isVisible():
            assert "before the first step" not in label.text(), "steps were made"


def test_a_reset_after_a_divergence_is_a_fresh_start(diverged):
    diverged.wait_for_new_run(lambda: diverged.click("button_reset"))
    assert diverged.health == ""
    diverged.wait_for_new_run(lambda: diverged.type("field_learning_rate", "0.001"))
    diverged.click("button_epoch")
    diverged.wait_for_rest()
    assert diverged.health.startswith(MARKS["good"])


def test_what_was_refused_stays_until_the_next_run(screen, digits):
    with screen.qtbot.waitSignal(screen.workspace.refused):
        screen.workspace.open_experiment(digits.with_settings({"layers.2.units": 12}))
    screen.settle()
    assert screen.health.startswith(f"{MARKS['error']} layers: the network ends with 12 outputs")
    assert "units = 10" in popup_words(screen)[0]
    screen.step()
    assert screen.health.startswith(MARKS["error"])
    assert screen.health.endswith("(+1 more)")
    finding = screen.workspace.findings()[0]
    assert popup_words(screen)[2:] == [f"{MARKS[finding.severity]} {finding.text}", finding.advice]
    screen.wait_for_new_run(lambda: screen.click("button_reset"))
    assert screen.health == ""


def test_what_went_wrong_before_the_first_run_is_told_too(open_window):
    screen = open_window(experiment=None)

    def fail() -> None:
        raise FileNotFoundError("train-images-idx3-ubyte.gz is missing")

    with screen.qtbot.waitSignal(screen.workspace.refused):
        screen.workspace.open(fail)
    screen.settle()
    assert screen.health == f"{MARKS['error']} train-images-idx3-ubyte.gz is missing"
    assert screen.text("label_epoch") != "Loading …", "nothing loads any more"


def test_words_too_long_for_the_line_end_in_dots_and_are_whole_in_the_list(open_window, digits):
    screen = open_window(digits, size=(1024, 700))
    sentence = "the experiment cannot be made because of " + "very " * 60 + "many reasons"
    screen.window.state_line.say(sentence)
    screen.settle()
    assert "…" in screen.health
    button, line = screen.find("button_health"), screen.find("state_line")
    assert button.mapTo(line, button.rect().topRight()).x() <= line.width()
    assert button.mapTo(line, button.rect().topLeft()).x() > screen.find("label_moment").x()
    assert popup_words(screen)[0].endswith("many reasons")


def test_the_colour_of_the_words_follows_the_theme(screen, theme):
    screen.step()
    for mode in ("light", "dark"):
        theme.set_mode(mode)
        screen.settle()
        severity = screen.workspace.findings()[0].severity
        assert getattr(theme.palette, severity) in screen.find("button_health").styleSheet()


def test_layers_that_vanish_are_found(open_window):
    layers = [{"kind": "affine", "units": 6}, {"kind": "sigmoid"}] * 5 + [{"kind": "affine", "units": 1}]
    experiment = Experiment.from_table(
        {
            "dataset": "moons",
            "loss": "binary_cross_entropy",
            "learning_rate": 0.01,
            "batch_size": 20,
            "layers": layers,
        }
    )
    screen = open_window(experiment)
    screen.click("button_epoch")
    screen.wait_for_rest()
    titles = popup_words(screen)[0::2]
    assert any("gradient of layer 1" in title and "layer 6" in title for title in titles)
    assert screen.window.findChild(QWidget, "popup_health") is None


def test_at_rest_it_tells_what_the_run_shows(open_window):
    screen = open_window(load_preset("gate-and"))
    screen.click("button_train")
    screen.wait_for_rest()
    assert screen.health.startswith(f"{MARKS['good']} 4 of 4 cases are right.")
    assert "Nothing in the measurements points to trouble." in popup_words(screen)


def test_what_is_odd_is_said_before_the_first_step(open_window, digits):
    screen = open_window(digits.with_settings({"dataset": "digits_blank"}))
    assert screen.health == f"{MARKS['warning']} Every training example has the same inputs."
    assert "by its biases" in popup_words(screen)[1]
