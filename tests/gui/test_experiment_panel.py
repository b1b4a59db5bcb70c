"""The experiment can be read and changed: at once where that is possible, with a warning where not."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit

from mlpviz.training import LIVE_SETTINGS, SETTINGS
from mlpviz.training.experiment import OWN_DATA
from mlpviz.training.presets import load_preset, preset_names

NOTICE = "notice_new_network"


@pytest.fixture
def endless(open_window, digits):
    return open_window(digits.with_settings({"epochs": 1_000_000}))


def parameters(network) -> list[np.ndarray]:
    return [array for layer in network.layers for _, array in sorted(layer.params.items())]


def same(left, right) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(parameters(left), parameters(right), strict=True))


def notice(screen) -> str:
    """The warning, empty where there is none."""
    if not screen.shows(NOTICE):
        return ""
    return " ".join(
        label.text() for label in screen.find(NOTICE).findChildren(type(screen.find("label_step")))
    )


def marks(screen, plot: str = "plot_loss") -> list[tuple[float, str]]:
    return list(screen.find(plot)._plot.marks)


# ---------------------------------------------------------------------- reading


def test_every_setting_has_a_field_that_shows_it(screen, digits):
    table = digits.as_table()
    for name, setting in SETTINGS.items():
        is_left_out = setting.metadata["optional"] or setting.metadata["group"] == OWN_DATA
        if name in ("title", "description", "layers") or is_left_out:
            continue
        field = screen.find(f"field_{name}")
        if isinstance(field, QComboBox):
            assert field.currentData() == table[name]
        elif isinstance(field, QCheckBox):
            assert field.isChecked() == table[name]
        else:
            assert float(field.text()) == table[name]
        assert setting.metadata["help"] in field.toolTip()
    assert screen.text("label_description") == digits.description


def test_it_says_what_there_is_to_learn_from_and_with(screen):
    assert screen.text("caption_data") == "Data · 600 training, 200 validation, 10\u202f000 test"
    assert screen.text("caption_network") == f"Network · {784 * 16 + 16 + 16 * 10 + 10:,} parameters".replace(
        ",", "\u202f"
    )


def test_only_what_applies_is_shown(screen, digits):
    assert screen.shows("field_loss_scaling")
    assert screen.shows("field_momentum")
    other = digits.with_settings({"loss": "softmax_cross_entropy", "optimizer": "adam"})
    layers = [layer for layer in other.as_table()["layers"] if layer["kind"] != "sigmoid"]
    other = other.with_settings({"layers": layers})
    screen.wait_for_new_run(lambda: screen.workspace.open_experiment(other))
    for name in ("loss_scaling", "momentum", "nesterov"):
        assert not screen.shows(f"field_{name}")


def test_the_panel_can_be_hidden_and_shown(screen):
    width = screen.find("page_train").width()
    screen.click("button_collapse_experiment")
    assert not screen.shows("panel_experiment")
    screen.settle()
    assert screen.find("page_train").width() > width
    screen.press(Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    assert screen.shows("panel_experiment")


# ---------------------------------------------------------------------- live settings


def test_a_live_change_while_it_trains(endless):
    endless.click("button_train")
    endless.wait(lambda: endless.steps > 20)
    endless.type("field_learning_rate", "0.125")
    endless.wait(lambda: endless.workspace.experiment.learning_rate == 0.125)
    assert endless.workspace.training
    endless.settle()
    (change,) = endless.workspace.changes
    assert (change.setting, change.value) == ("learning_rate", 0.125)
    assert 20 < change.step <= endless.steps
    for plot in ("plot_loss", "plot_accuracy", "plot_measures"):
        assert marks(endless, plot) == [(change.step, "learning rate 0.125")]
    assert endless.text("field_learning_rate") == "0.125"
    assert notice(endless) == ""
    endless.choose_action("action_undo")
    endless.wait(lambda: endless.workspace.experiment.learning_rate == 0.5)
    endless.settle()
    assert endless.text("field_learning_rate") == "0.5"
    assert [text for _, text in marks(endless)] == ["learning rate 0.125", "learning rate 0.5"]


def test_a_live_change_counts_from_the_next_step(screen):
    screen.step(3)
    screen.type("field_learning_rate", "0.125")
    screen.wait(lambda: screen.workspace.experiment.learning_rate == 0.125)
    screen.settle()
    assert marks(screen) == [(3, "learning rate 0.125")]
    screen.step()
    snapshot = screen.workspace.snapshot
    np.testing.assert_allclose(
        snapshot.updates[0]["weight"], -0.125 * snapshot.gradients[0]["weight"], rtol=1e-6
    )


def test_every_live_number_can_be_changed_and_undone(screen, digits):
    screen.step(2)
    for name, typed, value in (
        ("learning_rate", "1e-3", 0.001),
        ("momentum", "0.9", 0.9),
        ("weight_decay", "0.0001", 0.0001),
        ("batch_size", "20", 20),
        ("epochs", "7", 7),
    ):
        assert name in LIVE_SETTINGS
        before = screen.text(f"field_{name}")
        screen.type(f"field_{name}", typed)
        screen.wait(lambda name=name, value=value: getattr(screen.workspace.experiment, name) == value)
        assert screen.steps == 2
        screen.choose_action("action_undo")
        screen.wait(lambda: screen.workspace.experiment == digits)
        screen.settle()
        assert screen.text(f"field_{name}") == before
        screen.choose_action("action_redo")
        screen.wait(lambda name=name, value=value: getattr(screen.workspace.experiment, name) == value)
        screen.choose_action("action_undo")
        screen.wait(lambda: screen.workspace.experiment == digits)


def test_nesterov_can_be_switched_while_it_trains(screen):
    screen.step()
    screen.click("field_nesterov")
    screen.settle()
    assert "momentum above 0" in screen.error("nesterov")
    assert not screen.workspace.experiment.nesterov
    screen.type("field_momentum", "0.9")
    screen.wait(lambda: screen.workspace.experiment.momentum == 0.9)
    screen.settle()
    screen.click("field_nesterov")
    screen.wait(lambda: screen.workspace.experiment.nesterov)
    screen.settle()
    assert screen.find("field_nesterov").isChecked()
    assert screen.error("nesterov") == ""


def test_the_arrow_keys_change_a_number(screen):
    screen.step()
    screen.find("field_learning_rate").setFocus()
    screen.press(Qt.Key.Key_Up)
    screen.wait(lambda: screen.workspace.experiment.learning_rate == 1.0)
    screen.settle()
    assert screen.text("field_learning_rate") == "1"
    screen.press(Qt.Key.Key_Down)
    screen.wait(lambda: screen.workspace.experiment.learning_rate == 0.5)
    screen.find("field_batch_size").setFocus()
    screen.press(Qt.Key.Key_Down)
    screen.wait(lambda: screen.workspace.experiment.batch_size == 49)


def test_leaving_a_field_takes_what_was_typed(screen):
    screen.step()
    field = screen.find("field_learning_rate")
    field.setFocus()
    field.selectAll()
    screen.qtbot.keyClicks(field, "0.25")
    assert screen.workspace.experiment.learning_rate == 0.5
    screen.press(Qt.Key.Key_Tab)
    screen.wait(lambda: screen.workspace.experiment.learning_rate == 0.25)
    screen.settle()
    assert len(screen.workspace.changes) == 1


# ---------------------------------------------------------------------- what cannot be


BAD = [
    ("learning_rate", "-1", "learning_rate must be greater than 0"),
    ("learning_rate", "0", "learning_rate must be greater than 0"),
    ("learning_rate", "nan", "learning_rate must be a finite number"),
    ("learning_rate", "fast", "learning_rate must be a number, not 'fast'"),
    ("learning_rate", "1e999", "learning_rate must be a finite number"),
    ("learning_rate", "", "learning_rate must be a number"),
    ("momentum", "-1", "momentum must be at least 0"),
    ("momentum", "1", "momentum must be less than 1"),
    ("momentum", "nan", "momentum must be a finite number"),
    ("weight_decay", "-1", "weight_decay must be at least 0"),
    ("weight_decay", "1e999", "weight_decay must be a finite number"),
    ("batch_size", "-1", "batch_size must be at least 0"),
    ("batch_size", "601", "batch_size must be at most 600, the number of training examples, not 601"),
    ("batch_size", "2.5", "batch_size must be a whole number"),
    ("batch_size", "fast", "batch_size must be a whole number"),
    ("epochs", "-1", "epochs must be at least 0"),
    ("epochs", "nan", "epochs must be a whole number"),
    ("epochs", "1e999", "epochs must be a whole number"),
    ("seed", "-1", "seed must be at least 0"),
    ("seed", "fast", "seed must be a whole number"),
    ("training_size", "-1", "training_size must be at least 0"),
    ("validation_size", "fast", "validation_size must be a whole number"),
]


@pytest.mark.parametrize("begun", [False, True], ids=["ready", "begun"])
def test_what_cannot_be_is_told_beside_the_field_and_changes_nothing(screen, digits, begun):
    if begun:
        screen.step(2)
    run = screen.workspace.run
    for name, typed, words in BAD:
        changes, edits = screen.workspace.changes, screen.workspace.undo_stack.count()
        good = screen.workspace.experiment.as_table()[name]
        screen.type(f"field_{name}", typed)
        if name == "batch_size" and typed == "601":
            screen.wait(lambda: screen.error("batch_size") != "")
        screen.settle()
        case = f"{name} = {typed!r}"
        assert words in screen.error(name), case
        field, error = screen.find(f"field_{name}"), screen.find(f"error_{name}")
        assert field.property("invalid") is True, case
        assert field.text() == typed, case
        assert (
            0
            < error.mapToGlobal(error.rect().topLeft()).y() - field.mapToGlobal(field.rect().topLeft()).y()
            < 2 * field.height()
        ), case
        assert screen.workspace.experiment == digits, case
        assert screen.workspace.run is run, case
        assert screen.workspace.changes == changes, case
        assert screen.workspace.undo_stack.count() == edits, case
        assert notice(screen) == "", case
        screen.type(f"field_{name}", f"{good:g}")
        screen.settle()
        assert screen.error(name) == "", case
        assert field.property("invalid") is False, case


def test_typing_the_old_number_again_is_no_change(screen):
    """After a wrong one: there is nothing to mark on the curves, and nothing to undo."""
    screen.step(2)
    screen.type("field_learning_rate", "-1")
    screen.type("field_learning_rate", "0.5")
    screen.workspace.run.between_steps(lambda: None)
    screen.settle()
    assert screen.workspace.changes == []
    assert marks(screen) == []
    assert screen.workspace.undo_stack.count() == 0


def test_more_examples_than_there_are(screen, digits):
    screen.type("field_training_size", "60001")
    screen.wait(lambda: screen.error("training_size") != "")
    assert screen.workspace.experiment == digits
    assert "from 1 to 59800" in screen.error("training_size")


def test_a_wrong_number_is_forgotten_together_with_its_sentence(screen):
    """Another change shows the form anew: the field and the words below it must still agree."""
    screen.step()
    screen.type("field_learning_rate", "-1")
    assert screen.error("learning_rate")
    screen.type("field_momentum", "0.5")
    screen.wait(lambda: screen.workspace.experiment.momentum == 0.5)
    screen.settle()
    assert (screen.text("field_learning_rate") == "-1") == bool(screen.error("learning_rate"))
    assert screen.find("field_learning_rate").property("invalid") == bool(screen.error("learning_rate"))


def test_escape_brings_back_what_stood_in_a_field(screen):
    screen.step()
    field = screen.find("field_learning_rate")
    field.setFocus()
    field.selectAll()
    screen.qtbot.keyClicks(field, "0.1")
    screen.press(Qt.Key.Key_Escape)
    assert field.text() == "0.5"
    screen.press(Qt.Key.Key_Tab)
    screen.settle()
    assert screen.workspace.changes == []


def test_what_is_being_typed_is_not_overwritten(endless):
    endless.click("button_train")
    field = endless.find("field_learning_rate")
    field.setFocus()
    field.selectAll()
    endless.qtbot.keyClicks(field, "0.1")
    endless.workspace.change_setting("momentum", 0.5)
    endless.wait(lambda: endless.workspace.experiment.momentum == 0.5)
    endless.settle()
    assert field.text() == "0.1"


# ---------------------------------------------------------------------- a new network


def test_before_the_first_step_every_setting_applies_at_once(screen):
    screen.wait_for_new_run(lambda: screen.type("field_seed", "5"))
    assert screen.workspace.experiment.seed == 5
    screen.wait_for_new_run(lambda: screen.choose("field_optimizer", "adam"))
    assert screen.workspace.experiment.optimizer == "adam"
    screen.wait_for_new_run(lambda: screen.type("field_learning_rate", "0.001"))
    assert screen.workspace.changes == []
    assert notice(screen) == ""
    assert screen.workspace.undo_stack.count() == 3


def test_after_it_a_notice_says_what_would_be_lost(screen, digits):
    screen.step(3)
    before, weights = screen.workspace.run, screen.workspace.snapshot.network
    screen.type("field_seed", "5")
    screen.settle()
    assert "seed 5" in notice(screen)
    assert "new network" in notice(screen)
    assert "3 steps" in notice(screen)
    assert screen.workspace.run is before
    assert screen.workspace.experiment == digits
    assert same(screen.workspace.snapshot.network, weights)
    assert screen.text("field_seed") == "5"


def test_the_notice_counts_on_while_it_trains(screen):
    screen.step(3)
    screen.type("field_seed", "5")
    screen.step(2)
    assert "5 steps" in notice(screen)


def test_start_anew_takes_all_changes_together(screen, digits):
    screen.step(3)
    screen.type("field_seed", "5")
    screen.choose("field_loss_scaling", "mean")
    assert "seed 5" in notice(screen)
    assert "mean" in notice(screen)
    screen.wait_for_new_run(lambda: screen.click("button_start_anew"))
    expected = digits.with_settings({"seed": 5, "loss_scaling": "mean"})
    assert screen.workspace.experiment == expected
    assert screen.steps == 0
    assert notice(screen) == ""
    assert screen.workspace.undo_stack.count() == 1
    screen.wait_for_new_run(lambda: screen.choose_action("action_undo"))
    assert screen.workspace.experiment == digits
    assert screen.text("field_seed") == "0"
    screen.wait_for_new_run(lambda: screen.choose_action("action_redo"))
    assert screen.workspace.experiment == expected


def test_discard_forgets_the_changes(screen, digits):
    screen.step(3)
    screen.type("field_seed", "5")
    screen.choose("field_optimizer", "adam")
    screen.click("button_discard_changes")
    screen.settle()
    assert notice(screen) == ""
    assert (screen.text("field_seed"), screen.text("field_optimizer")) == ("0", "sgd")
    assert screen.shows("field_momentum")
    assert screen.workspace.experiment == digits
    assert screen.steps == 3


def test_changing_it_back_by_hand_is_a_discard_too(screen):
    screen.step(3)
    screen.type("field_seed", "5")
    assert notice(screen)
    screen.type("field_seed", "0")
    screen.settle()
    assert notice(screen) == ""


def test_one_change_back_keeps_the_other(screen):
    screen.step(3)
    screen.type("field_seed", "5")
    screen.choose("field_loss_scaling", "mean")
    screen.type("field_seed", "0")
    screen.settle()
    assert "mean" in notice(screen)
    assert "seed" not in notice(screen), "the notice tells of a change that was taken back"


def test_a_live_setting_is_live_beside_a_change_that_waits(screen):
    screen.step(3)
    screen.type("field_seed", "5")
    screen.type("field_learning_rate", "0.25")
    screen.wait(lambda: screen.workspace.experiment.learning_rate == 0.25)
    screen.settle()
    assert screen.text("field_seed") == "5"
    assert "seed 5" in notice(screen)
    screen.wait_for_new_run(lambda: screen.click("button_start_anew"))
    assert (screen.workspace.experiment.seed, screen.workspace.experiment.learning_rate) == (5, 0.25)


def test_another_optimizer_leaves_no_momentum_behind(screen):
    screen.wait_for_new_run(lambda: screen.type("field_momentum", "0.9"))
    screen.step()
    screen.choose("field_optimizer", "adam")
    screen.settle()
    assert screen.error("optimizer") == ""
    assert not screen.shows("field_momentum")
    screen.wait_for_new_run(lambda: screen.click("button_start_anew"))
    assert screen.workspace.experiment.optimizer == "adam"
    assert screen.workspace.experiment.momentum == 0


# ---------------------------------------------------------------------- refused


def make_12_outputs(screen) -> None:
    screen.click("button_layer_2")
    screen.settle()
    screen.type("field_layers_2_units", "12")


@pytest.mark.parametrize("begun", [False, True], ids=["ready", "begun"])
def test_an_experiment_that_cannot_be_is_refused(screen, digits, begun):
    if begun:
        screen.step(3)
    run, weights = screen.workspace.run, screen.workspace.snapshot.network
    with screen.qtbot.waitSignal(screen.workspace.refused):
        make_12_outputs(screen)
        if begun:
            screen.click("button_start_anew")
    screen.settle()
    assert "the network ends with 12 outputs" in screen.error("layers")
    assert "units = 10" in screen.error("layers")
    assert screen.workspace.run is run
    assert screen.workspace.experiment == digits
    assert same(screen.workspace.snapshot.network, weights)
    assert screen.workspace.undo_stack.count() == 0
    screen.step()
    assert screen.steps == (4 if begun else 1)


def test_a_refused_experiment_can_be_mended(screen):
    with screen.qtbot.waitSignal(screen.workspace.refused):
        make_12_outputs(screen)
    screen.settle()
    screen.type("field_layers_2_units", "10")
    screen.settle()
    assert screen.error("layers") == ""
    screen.wait_for_new_run(lambda: screen.type("field_seed", "3"))
    assert screen.workspace.experiment.seed == 3
    assert screen.health == ""


def test_a_change_after_a_refused_one_is_not_refused_for_the_old_reason_without_a_word(screen):
    """What was refused waits in the form: the next change is tried with it, and told again."""
    with screen.qtbot.waitSignal(screen.workspace.refused):
        make_12_outputs(screen)
    with screen.qtbot.waitSignal(screen.workspace.refused):
        screen.type("field_seed", "3")
    screen.settle()
    assert "12 outputs" in screen.error("layers")
    assert screen.text("field_seed") == "3"


# ---------------------------------------------------------------------- presets


def test_a_preset_is_an_experiment_to_choose(screen):
    box = screen.find("field_preset")
    offered = [box.itemData(i) for i in range(box.count()) if box.model().item(i).isEnabled()]
    assert sorted(offered) == sorted(preset_names())
    assert offered[0] == "digits"
    name = "digits-book"
    preset = load_preset(name)
    screen.step(2)
    screen.choose("field_preset", preset.title)
    assert preset.title in notice(screen)
    assert screen.workspace.experiment.title == "Digits", "nothing is replaced without a word"
    screen.wait_for_new_run(lambda: screen.click("button_start_anew"))
    assert screen.workspace.experiment == preset
    assert screen.text("field_preset") == preset.title
    assert screen.window.windowTitle() == f"{preset.title} – mlpviz"
    assert float(screen.text("field_learning_rate")) == preset.learning_rate
    assert screen.steps == 0
    screen.wait_for_new_run(lambda: screen.choose_action("action_undo"))
    assert screen.workspace.experiment.title == "Digits"
    assert screen.workspace.experiment.training_size == 600


def test_a_changed_preset_says_so(open_window):
    screen = open_window(load_preset("digits"))
    box = screen.find("field_preset")
    assert box.currentText() == "Digits"
    screen.wait_for_new_run(lambda: screen.type("field_seed", "9"))
    assert box.currentIndex() == -1
    assert box.placeholderText() == "Digits, changed"
    screen.wait_for_new_run(lambda: screen.type("field_seed", "0"))
    assert box.currentText() == "Digits"


def test_an_experiment_of_ones_own_goes_by_its_title(open_window, moons):
    box = open_window(moons).find("field_preset")
    assert (box.currentIndex(), box.placeholderText()) == (-1, "Moons")


def test_choosing_a_preset_forgets_changes_that_wait(screen):
    screen.step()
    screen.type("field_seed", "5")
    title = load_preset("digits-book").title
    screen.choose("field_preset", title)
    assert "seed" not in notice(screen)
    screen.wait_for_new_run(lambda: screen.click("button_start_anew"))
    assert notice(screen) == ""
    assert screen.workspace.experiment == load_preset("digits-book")


# ---------------------------------------------------------------------- undo


def test_undo_and_redo_go_through_edits_of_all_kinds_in_order(screen, digits):
    screen.wait_for_new_run(lambda: screen.type("field_seed", "1"))
    screen.step(2)
    screen.type("field_learning_rate", "0.25")
    screen.wait(lambda: screen.workspace.experiment.learning_rate == 0.25)
    screen.wait_for_new_run(lambda: screen.click("button_new_seed"))
    seen = []
    undo = screen.action("action_undo")
    while undo.isEnabled():
        seen.append(undo.text())
        count = screen.workspace.undo_stack.index()
        experiment = screen.workspace.experiment
        undo.trigger()
        screen.wait(lambda experiment=experiment: screen.workspace.experiment != experiment)
        screen.wait(lambda: not screen.workspace.is_loading)
        screen.settle()
        assert screen.workspace.undo_stack.index() == count - 1
    assert seen == ["Undo seed 2", "Undo learning rate 0.25", "Undo seed 1"]
    assert screen.workspace.experiment == digits
    assert screen.text("field_seed") == "0"
    assert screen.text("field_learning_rate") == "0.5"


def test_undo_in_a_field_belongs_to_the_field(screen):
    screen.wait_for_new_run(lambda: screen.type("field_seed", "1"))
    field = screen.find("field_epochs")
    assert isinstance(field, QLineEdit)
    field.setFocus()
    field.selectAll()
    screen.qtbot.keyClicks(field, "77")
    screen.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    screen.settle()
    assert screen.workspace.experiment.seed == 1
    assert field.text() != "77"


@pytest.mark.parametrize("begun", [False, True])
@pytest.mark.parametrize("by_key", [False, True])
def test_a_step_is_made_with_the_number_that_was_typed_last(open_window, plane, begun, by_key):
    screen = open_window(plane, size=(1440, 900))
    if begun:
        screen.step()
    screen.type("field_learning_rate", "0.07", end=Qt.Key.Key_Shift)  # no Return
    if by_key:
        screen.press(Qt.Key.Key_B)
    else:
        screen.click("button_batch")
    screen.wait(lambda: screen.steps == 1 + begun and not screen.workspace.training)
    assert screen.workspace.experiment.learning_rate == 0.07
    changed_at = [(change.step, change.value) for change in screen.workspace.changes]
    assert changed_at == ([(1, 0.07)] if begun else [])
