"""The tool bar trains, pauses, steps and begins again, and tells how far it has come."""

import threading
import time

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QSlider

from mlpviz.gui.panels.training_bar import SPEEDS, TrainingBar, watchable_speed
from mlpviz.training import Trainer
from mlpviz.training.presets import load_preset

PROMPT_S = 0.5  # a person takes this for at once, and a busy machine still keeps to it


@pytest.fixture
def endless(open_window, digits):
    """A window on an experiment that does not end during a test."""
    return open_window(digits.with_settings({"epochs": 1_000_000}))


def parameters(network) -> list[np.ndarray]:
    return [array for layer in network.layers for _, array in sorted(layer.params.items())]


def same(left, right) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(parameters(left), parameters(right), strict=True))


# ---------------------------------------------------------------------- train and pause


@pytest.mark.parametrize("way", ["button", "space"])
def test_train_and_pause_are_one_button(endless, way):
    def press() -> None:
        if way == "button":
            endless.click("button_train")
        else:
            endless.press(Qt.Key.Key_Space)

    assert endless.text("button_train") == "Train"
    assert endless.text("label_rate") == "ready"
    press()
    assert endless.text("button_train") == "Pause"
    endless.wait(lambda: endless.steps > 3)
    started = time.monotonic()
    press()
    endless.wait_for_rest()
    assert time.monotonic() - started < PROMPT_S
    assert endless.text("button_train") == "Train"
    assert endless.text("label_rate") == "paused"
    steps = endless.steps
    endless.qtbot.wait(50)
    assert endless.steps == steps
    press()
    endless.wait(lambda: endless.steps > steps)


def test_the_space_bar_trains_wherever_the_focus_is(endless):
    for name in ("mosaic_weights", "choice_gradient", "slider_speed", "field_optimizer", "button_reset"):
        endless.find(name).setFocus()
        assert endless.find(name).hasFocus()
        endless.press(Qt.Key.Key_Space)
        assert endless.workspace.training, f"with the focus on {name}"
        steps = endless.steps
        endless.wait(lambda before=steps: endless.steps > before)
        endless.press(Qt.Key.Key_Space)
        endless.wait_for_rest()


def test_pausing_before_the_first_step_leaves_nothing_under_way(endless):
    """Two presses, faster than the thread wakes up."""
    for _ in range(20):
        endless.click("button_train")
        endless.click("button_train")
        endless.qtbot.waitUntil(lambda: endless.text("button_train") == "Train", timeout=2_000)


def test_in_a_number_field_the_space_bar_trains_too_and_types_nothing(endless):
    endless.find("field_learning_rate").setFocus()
    text = endless.find("field_learning_rate").text()
    endless.press(Qt.Key.Key_Space)
    assert endless.workspace.training
    assert endless.find("field_learning_rate").text() == text
    endless.wait(lambda: endless.steps > 0)
    endless.press(Qt.Key.Key_Space)
    endless.wait_for_rest()


@pytest.mark.parametrize("name", ["choice_gradient", "button_layer_0", "button_reset", "field_nesterov"])
def test_what_has_the_focus_can_be_pressed_from_the_keyboard(screen, name):
    """The space bar always trains, so another key has to press."""
    button = screen.find(name)
    pressed: list[bool] = []
    button.setFocus()
    button.clicked.connect(lambda: pressed.append(True))
    screen.press(Qt.Key.Key_Return)
    assert pressed, f"Enter does nothing on {name}, and Space trains"


# ---------------------------------------------------------------------- steps


def test_batch_makes_exactly_one_step(screen, headless, digits):
    screen.step()
    assert screen.steps == 1
    assert screen.text("label_step") == "Step 1"
    assert same(screen.workspace.snapshot.network, headless(digits, 1).network)
    screen.step(3)
    assert screen.steps == 4
    assert same(screen.workspace.snapshot.network, headless(digits, 4).network)


def test_each_press_of_batch_counts(screen):
    """However fast they come."""
    for _ in range(5):
        screen.click("button_batch")
    screen.wait_for_rest()
    assert screen.steps == 5


def test_batch_while_it_trains_is_the_last_step(endless):
    endless.click("button_train")
    endless.wait(lambda: endless.steps > 3)
    endless.click("button_batch")
    endless.wait_for_rest()
    assert endless.text("button_train") == "Train"


def test_epoch_goes_exactly_to_the_end_of_the_epoch(screen):
    screen.step(5)
    screen.click("button_epoch")
    screen.wait_for_rest()
    assert screen.steps == 12
    assert screen.text("label_epoch") == "Epoch 1 of 3"
    screen.press(Qt.Key.Key_E)
    screen.wait_for_rest()
    assert screen.steps == 24


def test_the_end_of_an_epoch_brings_the_validation_accuracy(screen):
    assert not screen.shows("label_validation_accuracy")
    screen.click("button_epoch")
    screen.wait_for_rest()
    accuracy = screen.workspace.history.last("validation_accuracy")
    assert screen.text("label_validation_accuracy") == f"validation {100 * accuracy:.1f} %"


def test_in_a_narrow_window_every_control_keeps_its_size(screen):
    """While it trains the rate takes room; the button at the end must not pay for it."""
    screen.window.resize(1024, 700)
    screen.click("button_epoch")
    screen.wait_for_rest()
    screen.settle()
    button = screen.find("button_show_experiment")
    assert button.width() >= button.sizeHint().width()
    assert button.geometry().right() <= button.parentWidget().width()
    badge = screen.find("label_validation_accuracy")
    assert badge.width() >= badge.sizeHint().width()
    accuracy = screen.workspace.history.last("validation_accuracy")
    assert screen.text("label_validation_accuracy") == f"{100 * accuracy:.1f} %"
    assert "validation" in badge.toolTip()


def test_regression_has_no_accuracy_to_show(open_window, plane):
    screen = open_window(plane.with_settings({"validation_size": 50}))
    screen.click("button_epoch")
    screen.wait_for_rest()
    assert not screen.shows("label_validation_accuracy")


# ---------------------------------------------------------------------- beginning again


def test_reset_returns_to_the_same_weights(screen):
    first = screen.workspace.initial.network
    screen.step(3)
    screen.wait_for_new_run(lambda: screen.click("button_reset"))
    assert screen.steps == 0
    assert screen.text("label_step") == "Step 0"
    assert same(screen.workspace.initial.network, first)
    assert same(screen.workspace.snapshot.network, first)


def test_reset_while_it_trains(endless):
    first = endless.workspace.initial.network
    endless.click("button_train")
    endless.wait(lambda: endless.steps > 3)
    endless.wait_for_new_run(lambda: endless.press(Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier))
    assert endless.text("button_train") == "Train"
    assert endless.steps == 0
    assert same(endless.workspace.initial.network, first)


def test_a_new_seed_gives_other_weights_and_can_be_undone(screen):
    first = screen.workspace.initial.network
    screen.wait_for_new_run(lambda: screen.click("button_new_seed"))
    assert screen.text("field_seed") == "1"
    assert not same(screen.workspace.initial.network, first)
    screen.wait_for_new_run(lambda: screen.choose_action("action_undo"))
    assert screen.text("field_seed") == "0"
    assert same(screen.workspace.initial.network, first)


# ---------------------------------------------------------------------- speed


def set_speed(screen, rate: float | None) -> None:
    """With the arrow keys, from one end."""
    screen.find("slider_speed").setFocus()
    screen.press(Qt.Key.Key_Home)
    for _ in range(SPEEDS.index(rate)):
        screen.press(Qt.Key.Key_Right)


def test_at_five_steps_a_second_it_makes_only_a_few(endless):
    set_speed(endless, 5)
    endless.click("button_train")
    endless.wait(lambda: endless.steps == 1)
    endless.qtbot.wait(700)
    assert 3 <= endless.steps <= 5


def test_at_a_step_a_second_a_pause_is_still_immediate(endless):
    set_speed(endless, 1)
    endless.click("button_train")
    endless.wait(lambda: endless.steps == 1)
    started = time.monotonic()
    endless.click("button_train")
    endless.wait_for_rest()
    assert time.monotonic() - started < PROMPT_S
    assert endless.steps == 1


def test_full_speed_again_is_immediate_too(screen):
    set_speed(screen, 1)
    screen.click("button_train")
    screen.wait(lambda: screen.steps == 1)
    started = time.monotonic()
    screen.find("slider_speed").setFocus()
    screen.press(Qt.Key.Key_End)
    screen.wait_for_rest()
    assert time.monotonic() - started < 0.9
    assert screen.steps == 36


def test_the_speed_is_told_in_words(screen):
    words = {}
    for rate in (1, 50, 1000, None):
        set_speed(screen, rate)
        slider = screen.find("slider_speed")
        labels = slider.parent().findChildren(type(screen.find("label_epoch")))
        words[rate] = [label.text() for label in labels]
    assert "1 /s" in words[1]
    assert "50 /s" in words[50]
    assert "1\u202f000 /s" in words[1000]
    assert "full" in words[None]


def test_the_speed_holds_for_the_next_run(endless):
    set_speed(endless, 1)
    endless.wait_for_new_run(lambda: endless.click("button_reset"))
    endless.click("button_train")
    endless.wait(lambda: endless.steps == 1)
    endless.qtbot.wait(100)
    assert endless.steps == 1


# ---------------------------------------------------------------------- the end


def test_at_the_end_it_says_how_to_go_on(screen):
    screen.click("button_train")
    screen.wait_for_rest()
    assert screen.steps == 36
    for name in ("button_train", "button_batch", "button_epoch"):
        assert not screen.find(name).isEnabled()
    assert "raise Epochs" in screen.find("button_train").toolTip()
    assert screen.text("label_rate").startswith("finished")
    assert screen.text("label_epoch") == "Epoch 3 of 3"
    assert screen.find("progress_epochs").value() == screen.find("progress_epochs").maximum()
    assert screen.find("button_reset").isEnabled()


def test_more_epochs_let_it_go_on(screen, headless, digits):
    screen.click("button_train")
    screen.wait_for_rest()
    screen.type("field_epochs", "5")
    screen.wait(lambda: screen.text("label_epoch") == "Epoch 3 of 5")
    assert screen.find("button_train").isEnabled()
    assert "Space" in screen.find("button_train").toolTip()
    assert "raise Epochs" not in screen.find("button_train").toolTip()
    screen.click("button_train")
    screen.wait_for_rest()
    assert screen.steps == 60
    assert same(screen.workspace.snapshot.network, headless(digits.with_settings({"epochs": 5})).network)


def test_a_run_that_diverged_does_not_promise_that_more_epochs_help(open_window, plane):
    screen = open_window(plane.with_settings({"learning_rate": 1e6, "epochs": 100}))
    screen.click("button_train")
    screen.wait_for_rest()
    assert screen.text("label_rate") == "stopped"
    assert not screen.find("button_train").isEnabled()
    assert "raise Epochs" not in screen.find("button_train").toolTip()
    assert "Reset" in screen.find("button_train").toolTip()


def test_nothing_can_be_pressed_before_the_first_run(open_window, moons):
    screen = open_window(experiment=None)
    go_on = threading.Event()
    screen.workspace.open(lambda: go_on.wait(5) and Trainer(moons))
    for name in ("train", "batch", "epoch", "reset", "new_seed"):
        assert not screen.find(f"button_{name}").isEnabled()
    assert screen.text("label_epoch") == "Loading …"
    screen.press(Qt.Key.Key_Space)
    screen.press(Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert screen.workspace.is_loading
    screen.wait_for_new_run(go_on.set)
    assert screen.find("button_train").isEnabled()
    assert not screen.workspace.training


# ---------------------------------------------------------------------- progress


def test_progress_is_told_while_it_trains(endless):
    endless.click("button_train")
    endless.wait(lambda: "batches/s" in endless.text("label_rate"))
    assert "left" in endless.text("label_rate")
    shown = int(endless.text("label_rate").split(" batches/s")[0].replace("\u202f", ""))
    assert shown > 10
    first = endless.text("label_step")
    endless.wait(lambda: endless.text("label_step") != first)


def test_the_speed_stays_under_the_pointer_whatever_is_told_beside_it(endless):
    endless.window.resize(1440, 700)
    endless.settle()
    slider = endless.find("slider_speed")
    at_rest = slider.mapTo(endless.window, QPoint())
    endless.click("button_train")
    endless.wait(lambda: "left" in endless.text("label_rate"))
    endless.settle()
    assert slider.mapTo(endless.window, QPoint()) == at_rest


def test_every_button_says_what_it_does_and_by_which_key(screen):
    for name, key in (("train", "Space"), ("batch", "B"), ("epoch", "E"), ("reset", "Ctrl+R")):
        assert key in screen.find(f"button_{name}").toolTip()
        assert screen.find(f"button_{name}").text()


# ---------------------------------------------------------------------- a race


def test_on_the_compare_page_the_bar_drives_the_race(screen):
    screen.find("slider_speed").setValue(SPEEDS.index(10))
    screen.click("button_page_compare")
    assert screen.text("button_train") == "Race"
    assert "One mini-batch of each run" in screen.find("button_batch").toolTip()
    assert SPEEDS[screen.find("slider_speed").value()] is None
    assert not screen.find("button_train").isEnabled()
    screen.find("slider_speed").setValue(SPEEDS.index(100))
    screen.click("button_page_train")
    assert screen.text("button_train") == "Train"
    assert SPEEDS[screen.find("slider_speed").value()] == 10
    screen.step()
    assert screen.steps == 1
    screen.click("button_page_compare")
    assert SPEEDS[screen.find("slider_speed").value()] == 100


# ---------------------------------------------------------------------- small networks


@pytest.mark.parametrize(
    ("preset", "speed"),
    [
        ("line", 20),  # 60 steps, which takes three seconds
        ("gate-and", 500),
        ("xor", 1000),
        ("spiral", None),  # its 20,000 steps take some seconds by themselves
        ("digits", None),
        ("templates", None),
    ],
)
def test_a_small_network_trains_slowly_enough_to_be_watched(preset, speed):
    assert watchable_speed(Trainer(load_preset(preset))) == speed


def test_until_the_user_chooses_a_speed(qtbot, theme, make_workspace):
    workspace = make_workspace(load_preset("line"))
    bar = TrainingBar(workspace, theme, slows_small=True)
    qtbot.addWidget(bar)
    speeds = []

    def next_run(name):
        with qtbot.waitSignal(workspace.run_changed):
            workspace.open_experiment(load_preset(name))
        speeds.append(workspace.steps_per_second)

    next_run("line")
    next_run("spiral")
    bar.speed.triggerAction(QSlider.SliderAction.SliderSingleStepSub)
    next_run("line")
    assert speeds == [20, None, 1000]
