"""The layers are a list that can be opened and edited."""

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from mlpviz.nn import INITIALIZERS, LAYERS

HIDDEN_RELU = "affine relu affine sigmoid"


def kinds(screen) -> str:
    return " ".join(layer.kind for layer in screen.workspace.experiment.layers)


def rows(screen) -> list[str]:
    """What the rows say."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    found = []
    while screen.shows(f"button_layer_{len(found)}"):
        found.append(screen.text(f"button_layer_{len(found)}"))
    return found


def open_layer(screen, i: int) -> None:
    screen.click(f"button_layer_{i}")
    screen.settle()


def add(screen, kind: str) -> None:
    """Through the menu of the button, which stays closed for it would hold the test up."""
    (action,) = [
        a for a in screen.find("button_add_layer").menu().actions() if a.objectName() == f"action_add_{kind}"
    ]
    action.trigger()
    screen.settle()


def test_a_row_a_layer_with_its_sizes(screen):
    assert rows(screen) == ["Affine  784 → 16 · he", "ReLU", "Affine  16 → 10 · he", "Sigmoid"]
    assert not screen.shows("field_layers_0_units")


def test_a_press_opens_a_layer_and_another_closes_it(screen):
    open_layer(screen, 0)
    assert screen.text("field_layers_0_units") == "16"
    assert screen.text("field_layers_0_kind") == "Affine"
    assert screen.text("field_layers_0_initializer") == "he"
    open_layer(screen, 2)
    assert not screen.shows("field_layers_0_units")
    assert screen.text("field_layers_2_units") == "10"
    open_layer(screen, 2)
    assert not screen.shows("field_layers_2_units")


def test_units(screen):
    open_layer(screen, 0)
    screen.wait_for_new_run(lambda: screen.type("field_layers_0_units", "20"))
    assert screen.workspace.initial.network.layers[0].params["weight"].shape == (784, 20)
    assert rows(screen)[0::2] == ["Affine  784 → 20 · he", "Affine  20 → 10 · he"]
    assert screen.text("choice_layer") == "layer 1: 784 → 20"
    assert screen.text("field_layers_0_units") == "20"
    assert screen.action("action_undo").text() == "Undo units 20"


def test_units_that_cannot_be(screen, digits):
    open_layer(screen, 0)
    for typed, words in (
        ("0", "layers.0.units must be from 1 to"),
        ("-3", "layers.0.units must be from 1 to"),
        ("100001", "layers.0.units must be from 1 to"),
        ("2.5", "layers.0.units must be a whole number"),
        ("many", "layers.0.units must be a whole number, not 'many'"),
        ("", "layers.0.units must be a whole number"),
    ):
        screen.type("field_layers_0_units", typed)
        screen.settle()
        assert words in screen.error("layers"), typed
        assert screen.workspace.experiment == digits
        screen.type("field_layers_0_units", "16")
        screen.settle()
        assert screen.error("layers") == "", typed
        assert screen.workspace.experiment == digits


def test_the_focus_stays_where_one_types(screen):
    """So that the next number can be tried without the mouse."""
    open_layer(screen, 0)
    screen.wait_for_new_run(lambda: screen.type("field_layers_0_units", "20"))
    assert QApplication.focusWidget() is screen.find("field_layers_0_units")


def test_another_initializer_from_the_list(screen):
    open_layer(screen, 0)
    screen.wait_for_new_run(lambda: screen.choose("field_layers_0_initializer", "zeros"))
    assert not screen.workspace.initial.network.layers[0].params["weight"].any()
    combo = screen.find("field_layers_0_initializer")
    assert {combo.itemText(i) for i in range(combo.count())} >= set(INITIALIZERS)
    assert rows(screen)[0] == "Affine  784 → 16 · zeros"


def test_an_initializer_with_a_number_of_ones_own(screen):
    open_layer(screen, 0)
    screen.wait_for_new_run(lambda: screen.type("field_layers_0_initializer", "normal(0.25)"))
    weight = screen.workspace.initial.network.layers[0].params["weight"]
    assert weight.std() == pytest.approx(0.25, rel=0.05)


def test_given_numbers_stand_in_the_list_and_can_be_edited(open_window, plane):
    screen = open_window(plane.with_settings({"layers.0.initializer": "values(1.5, -2)"}))
    assert rows(screen) == ["Affine  2 → 1 · values(…)"]
    open_layer(screen, 0)
    assert screen.text("field_layers_0_initializer") == "values(1.5, -2)"
    screen.wait_for_new_run(lambda: screen.type("field_layers_0_bias_initializer", "values(0.25)"))
    params = screen.workspace.initial.network.params[0]
    assert [*params["weight"].ravel(), *params["bias"]] == [1.5, -2, 0.25]
    screen.type("field_layers_0_initializer", "values(1.5, -2, 7)")
    screen.wait(lambda: screen.error("layers") != "")
    assert "has 3 numbers, but the weight is 2 x 1: give 2" in screen.error("layers")
    screen.wait_for_new_run(lambda: screen.type("field_layers_0_initializer", "values(3, 4)"))
    assert screen.error("layers") == ""


def test_many_given_numbers_are_told_in_short(open_window, moons):
    many = ", ".join(f"{k / 7:.3f}" for k in range(10))
    screen = open_window(moons.with_settings({"layers.0.initializer": f"values({many})"}))
    assert rows(screen)[0] == "Affine  2 → 5 · values(…)"
    open_layer(screen, 0)
    assert screen.text("field_layers_0_initializer") == f"values({many})"
    screen.wait_for_new_run(
        lambda: screen.type("field_layers_0_initializer", f"values({many.replace('0.143', '9')})")
    )
    assert screen.action("action_undo").text() == "Undo weights start values(…)"


def test_another_dataset_leaves_given_numbers_behind(open_window, plane):
    screen = open_window(plane.with_settings({"layers.0.initializer": "values(1.5, -2)"}))
    screen.wait_for_new_run(lambda: screen.choose("field_dataset", "line bias"))
    assert screen.workspace.experiment.layers[0].as_table() == {"kind": "affine", "units": 1}


def test_an_initializer_that_there_is_not(screen, digits):
    open_layer(screen, 0)
    for typed in ("henry", "normal(x)", "normal(-1)", ""):
        screen.type("field_layers_0_initializer", typed)
        screen.settle()
        assert "layers.0" in screen.error("layers"), typed
        assert screen.workspace.experiment == digits
        screen.type("field_layers_0_initializer", "he")
        screen.settle()
        assert screen.error("layers") == "", typed


def test_another_kind(screen):
    open_layer(screen, 1)
    combo = screen.find("field_layers_1_kind")
    assert [combo.itemData(i) for i in range(combo.count())] == list(LAYERS)
    screen.wait_for_new_run(lambda: screen.choose("field_layers_1_kind", "Leaky ReLU"))
    assert kinds(screen) == "affine leaky_relu affine sigmoid"
    assert screen.text("field_layers_1_slope") == "0.01"
    screen.wait_for_new_run(lambda: screen.type("field_layers_1_slope", "0.2"))
    assert screen.workspace.initial.network.layers[1].slope == 0.2


def test_a_wrong_option_of_a_kind(screen):
    screen.wait_for_new_run(lambda: add(screen, "dropout"))
    assert kinds(screen) == "affine relu dropout affine sigmoid"
    screen.type("field_layers_2_rate", "1.5")
    screen.settle()
    assert "layers.2" in screen.error("layers")
    assert "rate" in screen.error("layers")
    screen.type("field_layers_2_rate", "fast")
    screen.settle()
    assert "layers.2.rate must be a number, not 'fast'" in screen.error("layers")


def test_a_layer_is_added_before_the_last_affine_layer(screen):
    screen.wait_for_new_run(lambda: add(screen, "tanh"))
    assert kinds(screen) == "affine relu tanh affine sigmoid"
    assert screen.shows("field_layers_2_kind")


def test_a_layer_is_added_after_the_open_one(screen):
    open_layer(screen, 0)
    screen.wait_for_new_run(lambda: add(screen, "batch_norm"))
    assert kinds(screen) == "affine batch_norm relu affine sigmoid"


def test_a_hidden_layer_with_its_units(screen):
    screen.wait_for_new_run(lambda: add(screen, "affine"))
    assert kinds(screen) == "affine relu affine affine sigmoid"
    assert rows(screen)[2:4] == ["Affine  16 → 30 · he", "Affine  30 → 10 · he"]
    assert screen.find("choice_layer").count() == 3


def test_a_layer_is_moved(screen):
    open_layer(screen, 1)
    assert screen.find("button_layers_1_up").isEnabled()
    with screen.qtbot.waitSignal(screen.workspace.run_changed):
        screen.click("button_layers_1_down")
    screen.settle()
    assert kinds(screen) == "affine affine relu sigmoid"
    assert screen.text("field_layers_2_kind") == "ReLU", "the layer that was moved stays open"
    screen.wait_for_new_run(lambda: screen.click("button_layers_2_up"))
    assert kinds(screen) == HIDDEN_RELU


def test_the_ends_of_the_list_cannot_be_moved_over(screen):
    open_layer(screen, 0)
    assert not screen.find("button_layers_0_up").isEnabled()
    open_layer(screen, 3)
    assert not screen.find("button_layers_3_down").isEnabled()


def test_a_layer_is_removed(screen):
    open_layer(screen, 1)
    screen.wait_for_new_run(lambda: screen.click("button_layers_1_remove"))
    assert kinds(screen) == "affine affine sigmoid"
    screen.wait_for_new_run(lambda: screen.choose_action("action_undo"))
    assert kinds(screen) == HIDDEN_RELU
    assert len(rows(screen)) == 4


def test_the_only_layer_cannot_be_removed(open_window, plane):
    screen = open_window(plane)
    open_layer(screen, 0)
    assert not screen.find("button_layers_0_remove").isEnabled()


def test_after_the_first_step_edits_wait_for_start_anew(screen, digits):
    screen.step(2)
    open_layer(screen, 0)
    screen.type("field_layers_0_units", "20")
    screen.settle()
    assert screen.shows("notice_new_network")
    assert screen.workspace.experiment == digits
    assert rows(screen)[0] == "Affine  784 → 20 · he"
    screen.click("button_discard_changes")
    screen.settle()
    assert rows(screen)[0] == "Affine  784 → 16 · he"
    assert screen.text("field_layers_0_units") == "16"
    screen.type("field_layers_0_units", "24")
    screen.settle()
    screen.wait_for_new_run(lambda: screen.click("button_start_anew"))
    assert screen.workspace.experiment.layers[0].units == 24


def test_a_new_run_shows_its_own_layers(screen, moons):
    open_layer(screen, 3)
    screen.wait_for_new_run(lambda: screen.workspace.open_experiment(moons))
    assert rows(screen) == ["Affine  2 → 5 · glorot", "Tanh", "Affine  5 → 1 · glorot"]


def test_discarding_a_bad_edit_brings_the_layers_back(screen, digits):
    screen.step()
    open_layer(screen, 0)
    screen.type("field_seed", "4")
    screen.type("field_layers_0_units", "0")
    screen.settle()
    assert screen.error("layers")
    screen.click("button_discard_changes")
    screen.settle()
    assert rows(screen)[0] == "Affine  784 → 16 · he"
    assert screen.error("layers") == ""
    assert screen.workspace.experiment == digits
