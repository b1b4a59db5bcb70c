"""On the Compare page runs are added, forked, raced, laid side by side, renamed and taken away."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from mlpviz.gui.pages.compare import ComparePage
from mlpviz.training import Trainer
from mlpviz.training.comparisons import comparison_names
from mlpviz.training.presets import preset_names


@pytest.fixture
def compare(screen):
    """The window on the Compare page, its list still empty."""
    screen.click("button_page_compare")
    return screen


def page(screen) -> ComparePage:
    assert isinstance(screen.window.page, ComparePage)
    return screen.window.page


def runs(screen):
    return page(screen).comparison.runs


def steps(screen) -> list[int]:
    return [run.trainer.index for run in runs(screen)]


def names(screen) -> list[str]:
    return [run.name for run in runs(screen)]


def wait_for_runs(screen, n: int) -> None:
    comparison = page(screen).comparison
    screen.wait(lambda: len(comparison.runs) == n and not comparison.is_loading)
    screen.settle()


def rest(screen) -> None:
    comparison = page(screen).comparison
    screen.wait(lambda: not comparison.training)
    screen.settle()


def add_current(screen) -> None:
    screen.press(Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    wait_for_runs(screen, len(page(screen).comparison.runs) + 1)


@pytest.fixture
def pair(screen):
    """The current run after five steps, and a fork of it with a tenth of its learning rate."""
    screen.step(5)
    add_current(screen)
    screen.click("button_fork")
    screen.click("button_fork_here")
    wait_for_runs(screen, 2)
    return screen


def bits(network):
    return [array.tobytes() for params in network.params for array in params.values()]


def line(plot, slot: int, part: str = ""):
    return plot._series[f"run_{slot}{part}"].data


# ---------------------------------------------------------------------- the empty page


def test_an_empty_page_says_what_it_is_for_and_offers_what_is_ready_made(compare):
    assert compare.shows("card_start")
    assert not compare.shows("card_runs")
    for name in comparison_names():
        assert compare.find(f"button_ready_made_{name}").isVisible()
    assert not compare.find("button_train").isEnabled()
    assert compare.text("button_train") == "Race"


def test_a_ready_made_comparison_is_two_presses_away_from_its_point(compare):
    """A teacher chooses it, and presses Space."""
    compare.click("button_ready_made_depth")
    wait_for_runs(compare, 2)
    assert names(compare) == ["Sigmoid", "ReLU"]
    assert compare.shows("card_depth")
    assert "Five hidden layers" in compare.text("label_about_comparison")
    compare.press(Qt.Key.Key_Space)
    compare.wait(lambda: min(steps(compare)) > 2)
    assert compare.text("button_train") == "Pause"
    compare.press(Qt.Key.Key_Space)
    rest(compare)
    deep = page(compare).deep
    compare.wait(lambda: len(deep.gradients.bars) == 2 and not deep._background.busy)
    sigmoid, relu = (row.values for row in deep.gradients.bars)
    assert sigmoid[5] / sigmoid[0] > 100
    assert relu[5] / relu[0] < 10
    told = compare.text("label_depth")
    assert "Sigmoid" in told
    assert "smaller than layer 6" in told
    pale, full = deep.factors.bars[:2]
    assert (pale.pale, full.pale) == (True, False)
    assert max(full.values) <= 0.25
    assert deep.factors.accessibleDescription().startswith("layer 1: Sigmoid")


def test_another_ready_made_one_takes_its_place(compare):
    compare.click("button_ready_made_depth")
    compare.choose_action("action_ready_made_scaling")
    wait_for_runs(compare, 2)
    assert names(compare) == ["Pixels 0 to 255", "Pixels 0 to 1"]


def test_runs_that_have_trained_are_not_lost_without_a_question(compare):
    compare.click("button_ready_made_scaling")
    wait_for_runs(compare, 2)
    compare.click("button_batch")
    rest(compare)
    compare.choose_action("action_ready_made_depth")
    assert "takes the place of the 2 runs" in compare.text("label_replace_runs")
    compare.click("button_cancel_replacing")
    assert not compare.shows("notice_replace_runs")
    assert len(runs(compare)) == 2
    compare.choose_action("action_ready_made_depth")
    compare.click("button_keep_runs")
    wait_for_runs(compare, 4)
    compare.choose_action("action_ready_made_depth")
    compare.click("button_replace_runs")
    wait_for_runs(compare, 2)
    assert names(compare) == ["Sigmoid", "ReLU"]


def replaced_by_ready_made(screen, name: str) -> None:
    screen.choose_action(f"action_ready_made_{name}")
    screen.click("button_replace_runs")
    wait_for_runs(screen, 2)


@pytest.mark.parametrize("do", ["nothing", "reset"])
def test_what_was_made_by_hand_is_not_lost_without_a_question(pair, do):
    """A run that came with its steps, and a fork: neither can be had again with a click."""
    if do == "reset":
        pair.click("button_reset")
        pair.settle()
    before = names(pair)
    pair.choose_action("action_ready_made_depth")
    assert "takes the place of the 2 runs" in pair.text("label_replace_runs")
    assert names(pair) == before


def test_a_fork_before_the_first_step_is_not_lost_either(compare):
    compare.click("button_add_current")
    wait_for_runs(compare, 1)
    fork_to(compare, "Learning rate")
    compare.click("button_fork_start")
    wait_for_runs(compare, 2)
    compare.choose_action("action_ready_made_depth")
    assert compare.shows("notice_replace_runs")


def test_undo_gives_back_the_list_that_a_ready_made_one_replaced(pair):
    before = [(run, run.slot) for run in runs(pair)]
    replaced_by_ready_made(pair, "depth")
    assert page(pair).comparison.about is not None
    pair.choose_action("action_undo")
    pair.settle()
    assert [(run, run.slot) for run in runs(pair)] == before
    assert page(pair).comparison.about is None
    assert "the others are compared with it" in pair.find("button_run_0").accessibleName()
    assert not pair.shows("label_about_comparison")
    pair.click("button_batch")
    rest(pair)
    assert steps(pair) == [6, 6]
    pair.choose_action("action_redo")
    assert names(pair) == ["Sigmoid", "ReLU"]
    assert "Five hidden layers" in pair.text("label_about_comparison")


def test_undo_of_a_removal_keeps_what_was_there_and_nothing_else(pair):
    before = [(run, run.slot) for run in runs(pair)]
    pair.choose_action("action_remove_all_runs")
    pair.click("button_ready_made_depth")
    wait_for_runs(pair, 2)
    pair.choose_action("action_undo")
    assert not runs(pair)
    pair.choose_action("action_undo")
    assert [(run, run.slot) for run in runs(pair)] == before


def test_rows_stand_in_the_order_of_the_list_after_undo(pair):
    pair.click("button_run_0")
    pair.click("button_remove_run")
    pair.choose_action("action_undo")
    pair.settle()
    rows = [pair.find(f"button_run_{slot}") for slot in (0, 1)]
    assert rows[0].mapToGlobal(rows[0].pos()).y() < rows[1].mapToGlobal(rows[1].pos()).y()


# ---------------------------------------------------------------------- fork, race, compare


def test_fork_race_and_look(pair):
    """What the page is for, from end to end."""
    assert names(pair) == ["Digits", "learning rate 0.5 → 0.05"]
    assert "joined at step 5" in pair.find("button_run_1").accessibleName()
    for _ in range(20):
        pair.click("button_batch")
    rest(pair)
    assert steps(pair) == [25, 25]
    first, other = runs(pair)
    assert bits(first.snapshot.network) != bits(other.snapshot.network)
    assert first.history.view("loss")[1][:5].tolist() == other.history.view("loss")[1][:5].tolist()
    for run in (0, 1):
        assert line(page(pair).loss, run).x.tolist() == list(range(1, 26))
    assert [c.value for c in other.trainer.changes] == [0.05]


def test_a_run_added_as_it_stands_goes_on_as_the_original(pair, headless, digits):
    pair.click("button_epoch")
    rest(pair)
    assert steps(pair) == [12, 12]
    assert bits(runs(pair)[0].snapshot.network) == bits(headless(digits, 12).network)
    assert pair.steps == 5  # the run of the Train page stayed where it was
    pair.click("button_page_train")
    pair.step(7)
    assert bits(pair.workspace.snapshot.network) == bits(headless(digits, 12).network)


def test_both_see_the_same_batches(pair):
    pair.click("button_batch")
    rest(pair)
    first, other = (run.snapshot.batch.tolist() for run in runs(pair))
    assert first == other


def test_reset_puts_each_back_to_where_it_joined(pair):
    before = [bits(run.snapshot.network) for run in runs(pair)]
    pair.click("button_batch")
    rest(pair)
    pair.click("button_reset")
    pair.wait(lambda: steps(pair) == [5, 5])
    pair.settle()
    assert [bits(run.snapshot.network) for run in runs(pair)] == before
    assert line(page(pair).loss, 0).x.tolist() == [1, 2, 3, 4, 5]


def test_what_joined_with_a_past_takes_no_new_seed(pair):
    assert not pair.find("button_new_seed").isEnabled()


def test_runs_from_the_beginning_take_a_new_seed_together(compare):
    compare.click("button_add_current")
    wait_for_runs(compare, 1)
    compare.click("button_new_seed")
    wait_for_runs(compare, 1)
    assert runs(compare)[0].experiment.seed == 1


def test_the_run_of_the_train_page_pauses_while_a_race_is_on(pair, digits):
    pair.wait_for_new_run(
        lambda: pair.workspace.open(lambda: Trainer(digits.with_settings({"epochs": 10**6})))
    )
    pair.workspace.train()
    pair.wait(lambda: pair.steps > 2)
    pair.click("button_batch")
    rest(pair)
    assert not pair.workspace.training
    assert steps(pair) == [6, 6]


def test_training_elsewhere_pauses_the_race(compare, digits):
    endless = digits.with_settings({"epochs": 10**6})
    compare.wait_for_new_run(lambda: compare.workspace.open(lambda: Trainer(endless)))
    page(compare).comparison.add_experiment("endless", endless)
    wait_for_runs(compare, 1)
    compare.click("button_train")
    compare.wait(lambda: steps(compare)[0] > 1)
    comparison = page(compare).comparison
    compare.click("button_page_train")
    assert compare.text("button_train") == "Train"
    compare.click("button_train")
    assert compare.workspace.training
    compare.wait(lambda: not comparison.training)
    compare.click("button_train")
    compare.wait_for_rest()


# ---------------------------------------------------------------------- the form


def fork_to(screen, setting: str) -> None:
    if not screen.shows("form_fork"):
        screen.click("button_fork")
    screen.choose("field_fork_setting", setting)


def test_a_wrong_value_is_answered_beside_it(pair):
    fork_to(pair, "Learning rate")
    pair.type("field_fork_value", "-1", end=Qt.Key.Key_Tab)
    pair.click("button_fork_here")
    assert pair.text("error_fork") == "Learning rate must be greater than 0, not -1.0"
    pair.type("field_fork_value", "2")  # Enter forks as well
    wait_for_runs(pair, 3)
    assert not pair.shows("form_fork")
    assert runs(pair)[2].experiment.learning_rate == 2


def test_another_optimizer_comes_with_a_learning_rate_of_its_own(pair):
    fork_to(pair, "Optimizer")
    pair.choose("field_fork_value", "adam")
    assert pair.find("field_fork_rate").text() == "0.001"
    pair.click("button_fork_here")
    wait_for_runs(pair, 3)
    assert "Forked at step 5" in runs(pair)[2].trainer.original.description
    pair.click("button_batch")
    rest(pair)
    assert steps(pair) == [6, 6, 6]


def test_another_activation_keeps_the_weights(pair):
    fork_to(pair, "Activation")
    pair.choose("field_fork_value", "tanh")
    pair.click("button_fork_here")
    wait_for_runs(pair, 3)
    assert bits(runs(pair)[2].snapshot.network) == bits(runs(pair)[1].snapshot.network)


@pytest.mark.parametrize("setting", ["Seed", "Input scaling", "Units of layer 1"])
def test_what_decides_the_beginning_starts_beside_it(pair, setting):
    fork_to(pair, setting)
    assert not pair.shows("button_fork_here")
    assert "starts beside it from the beginning" in pair.text("label_fork_hint")
    pair.click("button_fork_start")
    wait_for_runs(pair, 3)
    assert steps(pair) == [5, 5, 0]


def test_before_the_first_step_the_same_run_again_is_refused(compare):
    compare.click("button_add_current")
    wait_for_runs(compare, 1)
    fork_to(compare, "Learning rate")
    compare.type("field_fork_value", "0.5")
    assert "the same run twice" in compare.text("error_fork")


def test_a_run_that_cannot_be_made_is_refused_in_words(pair):
    fork_to(pair, "Batch size")
    pair.type("field_fork_value", "5000")
    pair.wait(lambda: "batch_size must be at most 600" in pair.health)
    assert len(runs(pair)) == 2
    assert not page(pair).comparison.is_loading


def test_more_than_eight_lines_are_refused(pair):
    comparison = page(pair).comparison
    for _ in range(6):
        comparison.fork(comparison.runs[0], {"learning_rate": 0.2})
    wait_for_runs(pair, 8)
    assert len({run.slot for run in runs(pair)}) == 8
    assert len(set(names(pair))) == 8
    add = comparison.add_current
    add()
    assert "There are 8 runs already" in pair.health


def test_a_wrong_value_is_forgiven_while_it_is_corrected(pair):
    fork_to(pair, "Learning rate")
    button = pair.find("button_fork_here")
    place = button.mapTo(page(pair).list._form, button.rect().topLeft())
    pair.type("field_fork_value", "-1", end=Qt.Key.Key_Tab)
    pair.click("button_fork_here")
    pair.settle()
    assert pair.shows("error_fork")
    assert button.mapTo(page(pair).list._form, button.rect().topLeft()) == place
    pair.type("field_fork_value", "0.2", end=Qt.Key.Key_Tab)
    assert not pair.shows("error_fork")


def test_undo_takes_a_fork_away_again(pair):
    assert pair.action("action_undo").text() == "Undo fork learning rate 0.5 → 0.05"
    pair.choose_action("action_undo")
    assert names(pair) == ["Digits"]
    pair.choose_action("action_redo")
    assert names(pair) == ["Digits", "learning rate 0.5 → 0.05"]


def test_a_fork_of_a_finished_run_has_something_to_do(pair):
    pair.click("button_train")
    rest(pair)
    fork_to(pair, "Momentum")
    assert "This run is over" in pair.text("label_fork_hint")
    assert pair.find("button_fork_start").property("role") == "primary"
    epochs = runs(pair)[0].experiment.epochs
    pair.click("button_fork_here")
    wait_for_runs(pair, 3)
    assert runs(pair)[2].experiment.epochs == 2 * epochs
    assert pair.find("button_train").isEnabled()
    fork_to(pair, "Epochs")
    assert "It stands at step" in pair.text("label_fork_hint")


# ---------------------------------------------------------------------- the list


def test_a_run_can_be_renamed_hidden_and_removed(pair):
    pair.click("button_run_0")
    pair.type("field_run_name", "  My   run ")
    assert names(pair)[0] == "My run"
    assert pair.find("plot_compared_loss_legend_run_0").text() == "My run"
    pair.click("field_run_0_shown")
    assert not page(pair).loss.series_keys() or "run_0" not in page(pair).loss.series_keys()
    pair.click("button_remove_run")
    assert names(pair) == ["learning rate 0.5 → 0.05"]
    pair.click("button_remove_run")
    assert pair.shows("card_start")


def test_the_arrow_keys_choose_a_run(pair):
    pair.click("button_run_1")
    pair.find("button_run_1").setFocus()
    pair.press(Qt.Key.Key_Up)
    assert page(pair).list.chosen is runs(pair)[0]
    assert pair.text("field_run_name") == "Digits"
    pair.press(Qt.Key.Key_Down)
    assert page(pair).list.chosen is runs(pair)[1]


def test_a_removal_can_be_undone(pair):
    pair.click("button_batch")
    rest(pair)
    before = [(run.name, run.slot, run.trainer.index) for run in runs(pair)]
    pair.click("button_run_0")
    pair.click("button_remove_run")
    pair.choose_action("action_undo")
    assert [(run.name, run.slot, run.trainer.index) for run in runs(pair)] == before
    pair.choose_action("action_remove_all_runs")
    assert pair.shows("card_start")
    assert pair.action("action_undo").text() == "Undo removal of all runs"
    pair.choose_action("action_undo")
    pair.click("button_batch")
    rest(pair)
    assert steps(pair) == [7, 7]
    pair.choose_action("action_redo")
    assert pair.shows("card_start")


def test_undo_elsewhere_leaves_the_list_alone(pair):
    pair.click("button_remove_run")
    pair.click("button_page_train")
    assert not pair.action("action_undo").isEnabled()
    pair.click("button_page_compare")
    assert pair.action("action_undo").isEnabled()


def test_a_colour_that_is_free_is_given_again(pair):
    pair.click("button_run_0")
    pair.click("button_remove_run")
    add_current(pair)
    assert sorted(run.slot for run in runs(pair)) == [0, 1]


def test_a_run_opens_on_the_train_page_as_it_stands(pair, headless):
    pair.click("button_batch")
    rest(pair)
    other = runs(pair)[1]
    pair.click("button_run_1")
    pair.wait_for_new_run(lambda: pair.click("button_open_on_train"))
    assert pair.window.page.key == "train"
    assert pair.workspace.experiment.title == other.name
    assert pair.steps == 6
    assert bits(pair.workspace.snapshot.network) == bits(other.snapshot.network)
    assert [change.step for change in pair.workspace.changes] == [5]
    pair.step()
    assert other.trainer.index == 6


def test_a_run_of_the_train_page_is_not_lost_without_a_question(pair):
    pair.click("button_page_train")
    pair.step()
    pair.click("button_page_compare")
    pair.click("button_run_1")
    pair.click("button_open_on_train")
    assert "“Digits”, has trained and is not in this list" in pair.text("label_open_on_train")
    pair.wait_for_new_run(lambda: pair.click("button_keep_and_open"))
    assert pair.steps == 5
    assert pair.window.page.key == "train"
    pair.click("button_page_compare")
    assert steps(pair) == [5, 5, 6]


def test_a_run_keeps_its_seconds_wherever_it_is_opened(pair):
    brought = runs(pair)[0].lane.contender.seconds
    assert brought == pair.workspace.run.seconds > 0
    pair.wait_for_new_run(lambda: pair.click("button_open_on_train"))
    assert pair.workspace.run.seconds == brought


def test_a_run_without_known_seconds_says_so(pair):
    pair.workspace.run.seconds = 0.0
    add_current(pair)
    row = pair.find("button_run_2")
    assert "seconds" not in row.accessibleName()
    pair.choose("choice_race_measure", "seconds of training")
    assert "its seconds are not known: it was trained before it joined" in row.accessibleName()


def test_the_state_line_tells_from_where_to_where_the_runs_have_come(pair, moons):
    page(pair).comparison.add_experiment("Moons", moons)
    wait_for_runs(pair, 3)
    assert page(pair).comparison.step_words() == "Steps 0 to 5"


def test_the_list_tells_step_loss_and_state(pair):
    pair.click("button_train")
    rest(pair)
    for run in (0, 1):
        assert "step 36 · loss" in pair.find(f"button_run_{run}").accessibleName()
        assert pair.find(f"button_run_{run}").accessibleName().endswith("finished")
    assert not pair.find("button_train").isEnabled()
    assert pair.text("label_rate") == "all finished"


def test_every_preset_can_be_added(pair):
    presets = pair.find("menu_add_preset")
    presets.aboutToShow.emit()
    for name in preset_names():
        assert pair.action(f"action_add_preset_{name}").isEnabled()
    pair.choose_action("action_add_preset_xor")
    wait_for_runs(pair, 3)
    assert runs(pair)[2].experiment.dataset == "gate_xor"
    pair.choose_action("action_remove_all_runs")
    assert pair.shows("card_start")


# ---------------------------------------------------------------------- what is drawn


def test_curves_go_over_steps_examples_or_seconds(pair):
    pair.click("button_batch")
    rest(pair)
    plot = page(pair).loss
    pair.choose("choice_race_measure", "examples seen")
    assert line(plot, 0).x.tolist() == [50, 100, 150, 200, 250, 300]
    pair.choose("choice_race_measure", "seconds of training")
    seconds = line(plot, 0).x
    assert len(seconds) == 2  # from where it joined, with the seconds that it brought along
    assert 0 < seconds[0] < seconds[1] < 60
    assert "known only from where it joined" in pair.find("button_run_0").accessibleName()
    assert "over seconds" in plot.accessibleDescription()


def test_a_mean_takes_as_many_examples_of_each_run(compare, digits):
    comparison = page(compare).comparison
    for name, size in (("small", 10), ("large", 300)):
        comparison.add_experiment(name, digits.with_settings({"batch_size": size}))
    wait_for_runs(compare, 2)
    small, large = (page(compare).loss._series[f"run_{slot}"] for slot in (0, 1))
    assert 1 / (1 - small.weight(0.9)) == pytest.approx(100)  # times 10 examples
    assert 1 / (1 - large.weight(0.9)) == pytest.approx(10 / 3)


def test_the_gradient_of_a_layer_can_be_chosen(pair):
    pair.click("choice_compare_gradients")
    plot = page(pair).gradients
    pair.choose("choice_gradient_layer", "Gradient norm of layer 2")
    wanted = runs(pair)[0].history.view("gradient_norm.2.weight")[1]
    assert line(plot, 0).y.tolist() == wanted.tolist()


def test_weights_lie_side_by_side_on_one_scale(pair):
    pair.click("button_batch")
    rest(pair)
    pair.click("choice_compare_weights")
    beside = page(pair).beside
    first, second = (run.snapshot.network.layers[0].params["weight"] for run in runs(pair))
    shown = [mosaic._images for mosaic in beside.mosaics]
    assert np.array_equal(shown[2], (second - first).T.reshape(-1, 28, 28))
    assert {float(mosaic._limits) for mosaic in beside.mosaics} == {beside._bar.limit}
    pair.choose("choice_second_run", "Digits")
    assert not beside.mosaics[2]._images.any()


def test_a_unit_is_framed_on_all_sides(pair):
    pair.click("choice_compare_weights")
    mosaics = page(pair).beside.mosaics
    pair.settle()
    mosaics[1].setFocus()
    pair.press(Qt.Key.Key_Home)
    pair.press(Qt.Key.Key_Right)
    assert [mosaic.selection for mosaic in mosaics] == [1, 1, 1]
    assert pair.text("label_beside_told").startswith("unit 1 differs by")


def test_in_a_single_layer_each_picture_is_a_class(compare):
    compare.click("button_ready_made_classes")
    wait_for_runs(compare, 2)
    compare.click("choice_compare_weights")
    mosaics = page(compare).beside.mosaics
    compare.settle()
    mosaics[2].setFocus()
    compare.press(Qt.Key.Key_Home)
    assert compare.text("label_beside_told").startswith("class 0 differs by")
    assert mosaics[0].label(3).startswith("class 3")


def test_weights_of_different_data_are_not_subtracted(pair, moons):
    page(pair).comparison.add_experiment("Moons", moons)
    wait_for_runs(pair, 3)
    pair.click("choice_compare_weights")
    pair.choose("choice_second_run", "Moons")
    assert pair.text("label_beside_refusal").endswith("their weights cannot be subtracted.")
    assert not pair.shows("mosaic_difference")
    assert "different data (digits, moons)" in pair.text("label_remarks")
    pair.choose("choice_second_run", "learning rate 0.5 → 0.05")
    assert pair.shows("mosaic_difference")
    assert not pair.shows("label_beside_refusal")


def test_data_without_images_show_matrices(compare, moons, plane):
    comparison = page(compare).comparison
    comparison.add_experiment("a", moons)
    comparison.add_experiment("b", moons.with_settings({"seed": 1}))
    wait_for_runs(compare, 2)
    compare.click("choice_compare_weights")
    assert compare.shows("matrix_difference")
    assert "different seeds" in compare.text("label_remarks")


def test_a_task_without_classes_has_no_accuracy(compare, plane):
    page(compare).comparison.add_experiment("Plane", plane)
    wait_for_runs(compare, 1)
    assert not compare.shows("plot_compared_accuracy")
    compare.click("button_batch")
    rest(compare)
    assert "%" not in compare.find("button_run_0").accessibleName()
    compare.wait(lambda: "no gradient can shrink" in compare.text("label_depth"))
    deep = page(compare).deep
    compare.wait(lambda: len(deep.gradients.bars) == 1)
    assert deep.gradients.lines(0)[0].startswith("Plane ")


def test_a_diverged_run_says_so_and_the_others_go_on(compare, plane):
    comparison = page(compare).comparison
    comparison.add_experiment("wild", plane.with_settings({"learning_rate": 1e20}))
    comparison.add_experiment("tame", plane)
    wait_for_runs(compare, 2)
    compare.click("button_train")
    rest(compare)
    assert compare.find("button_run_0").accessibleName().endswith("diverged")
    assert compare.health.startswith("■ wild: ")
    assert runs(compare)[1].trainer.progress == 3


def test_it_looks_right_in_the_dark(pair, theme):
    theme.set_mode("dark")
    pair.settle()
    theme.set_mode("light")
    pair.settle()
    assert page(pair).deep.gradients.isVisible()


def test_the_bars_can_be_read_from_the_keyboard(pair):
    pair.wait(lambda: len(page(pair).deep.gradients.bars) == 2)
    pair.find("bars_gradients").setFocus()
    pair.press(Qt.Key.Key_Left)
    assert pair.text("label_depth_told").startswith("layer 2: Digits ")
    pair.press(Qt.Key.Key_Left)
    pair.press(Qt.Key.Key_Left)
    assert pair.text("label_depth_told").startswith("layer 1: Digits ")


def test_in_a_narrow_place_the_list_is_one_of_the_views(pair):
    assert not pair.shows("choice_compare_runs")
    page(pair).setMaximumWidth(640)
    pair.wait(lambda: pair.shows("choice_compare_runs"))
    assert not pair.shows("button_run_0")
    pair.click("choice_compare_runs")
    assert pair.shows("button_run_0")
    page(pair).setMaximumWidth(2000)
    pair.wait(lambda: not pair.shows("choice_compare_runs"))
    assert pair.shows("button_run_0")
    assert pair.shows("bars_gradients")
