"""The Train page shows the right numbers: weights, gradients, updates and curves of the snapshot on show."""

import itertools

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication

from mlpviz.figures.colors import signed_limit, signed_limits
from mlpviz.gui.stretch_thread import Stretch
from mlpviz.gui.widgets.mosaic_view import MosaicView, cell_center
from mlpviz.training import Experiment

LAYER_1, LAYER_2 = 0, 2  # positions in the network
ROOMY = (1440, 900)  # where functions and curves have places of their own


@pytest.fixture
def trained(screen):
    """After 15 steps."""
    screen.workspace.train(Stretch.STEPS, 15)
    screen.wait_for_rest()
    return screen


def weight(screen, layer: int) -> np.ndarray:
    return screen.workspace.snapshot.network.layers[layer].params["weight"]


def mosaic(screen) -> MosaicView:
    view = screen.find("mosaic_weights")
    assert view.isVisible()
    return view


def held(screen) -> np.ndarray:
    """What the mosaic shows, a row for each image."""
    view = mosaic(screen)
    return view._images.reshape(len(view._images), -1)


def order_on_show(screen) -> list[int]:
    view = mosaic(screen)
    return [int(view.label(i).split()[1]) for i in range(len(view._images))]


def choose_layer_2(screen) -> None:
    screen.choose("choice_layer", "layer 2: 16 → 10")
    screen.settle()


def double_click(screen, view: MosaicView, i: int) -> None:
    """As the mouse sends it: two presses, of which the second one is double."""
    place = cell_center(view, i)
    screen.qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    screen.qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    screen.settle()


def hover(screen, view: MosaicView, i: int) -> None:
    screen.qtbot.mouseMove(view.viewport(), cell_center(view, i))
    screen.settle()


# ---------------------------------------------------------------------- which numbers


def test_before_the_first_step_it_shows_the_initial_weights(screen):
    np.testing.assert_array_equal(held(screen), screen.workspace.initial.network.layers[0].params["weight"].T)
    assert screen.find("card_weights").title == "Weights of layer 1"


def test_each_quantity_is_what_it_says(trained):
    snapshot, initial = trained.workspace.snapshot, trained.workspace.initial
    assert snapshot.step == 15
    for quantity, expected in (
        ("gradient", snapshot.gradients[LAYER_1]["weight"]),
        ("update", snapshot.updates[LAYER_1]["weight"]),
        ("change", weight(trained, LAYER_1) - initial.network.layers[LAYER_1].params["weight"]),
        ("weights", weight(trained, LAYER_1)),
    ):
        trained.click(f"choice_{quantity}")
        assert np.abs(expected).max() > 0
        np.testing.assert_array_equal(held(trained), expected.T)
        assert trained.find("card_weights").title == f"{quantity.capitalize()} of layer 1"
        assert trained.find("color_bar_weights").limit == pytest.approx(np.abs(expected).max())
        assert quantity in trained.find("color_bar_weights").toolTip()
        column = trained.find("image_unit_weights").array.reshape(-1)
        np.testing.assert_array_equal(column, expected[:, 0])


def test_the_gradient_is_that_of_the_last_step_and_the_update_goes_against_it(trained):
    before = weight(trained, LAYER_1).copy()
    trained.step()
    trained.click("choice_gradient")
    gradient = held(trained).copy()
    trained.click("choice_update")
    update = held(trained)
    np.testing.assert_allclose(update, -0.5 * gradient, rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(update, (weight(trained, LAYER_1) - before).T, atol=1e-6)


@pytest.mark.parametrize("quantity", ["gradient", "update"])
def test_before_the_first_step_it_says_that_there_is_none(screen, quantity):
    screen.click(f"choice_{quantity}")
    assert not screen.find("mosaic_weights").isVisible()
    assert not screen.shows("color_bar_weights")
    words = [
        label.text() for label in screen.find("card_weights").findChildren(type(screen.find("label_unit")))
    ]
    assert any("none before the first step" in text for text in words)
    screen.step()
    assert screen.shows("mosaic_weights")
    assert screen.shows("color_bar_weights")


def test_before_the_first_step_nothing_has_changed(screen):
    screen.click("choice_change")
    assert np.all(held(screen) == 0)
    assert screen.shows("color_bar_weights")


def test_every_step_is_shown(screen):
    for step in (1, 2, 3):
        screen.step()
        assert screen.workspace.snapshot.step == step
        np.testing.assert_array_equal(held(screen), weight(screen, LAYER_1).T)


# ---------------------------------------------------------------------- layers and views


def test_the_second_layer_is_a_matrix(trained):
    choose_layer_2(trained)
    matrix = trained.find("matrix_weights")
    assert matrix.isVisible()
    np.testing.assert_array_equal(matrix.array, weight(trained, LAYER_2))
    assert trained.find("color_bar_weights").limit == pytest.approx(np.abs(weight(trained, LAYER_2)).max())
    assert trained.find("card_weights").title == "Weights of layer 2"
    trained.click("choice_gradient")
    np.testing.assert_array_equal(matrix.array, trained.workspace.snapshot.gradients[LAYER_2]["weight"])


def test_the_second_layer_can_be_seen_from_the_input(trained):
    choose_layer_2(trained)
    trained.choose("choice_view", "images")
    seen = weight(trained, LAYER_1) @ weight(trained, LAYER_2)
    np.testing.assert_allclose(held(trained), seen.T, rtol=1e-6)
    assert trained.find("color_bar_weights").limit == pytest.approx(np.abs(seen).max(), rel=1e-6)
    trained.click("choice_gradient")
    gradient = trained.workspace.snapshot.gradients[LAYER_2]["weight"]
    np.testing.assert_allclose(held(trained), (weight(trained, LAYER_1) @ gradient).T, rtol=1e-5, atol=1e-9)


def test_the_view_comes_back_with_the_first_layer(trained):
    choose_layer_2(trained)
    trained.choose("choice_layer", "layer 1: 784 → 16")
    assert trained.shows("mosaic_weights")
    assert trained.text("choice_view") == "images"


def test_a_histogram_of_all_numbers(trained):
    trained.choose("choice_view", "histogram")
    view = trained.find("histogram_weights")
    assert view.isVisible()
    values = weight(trained, LAYER_1)
    assert f"{values.size} numbers" in view.accessibleDescription()
    assert view._counts.sum() == values.size
    for name in ("color_bar_weights", "choice_order", "choice_scale"):
        assert not trained.shows(name)
    trained.choose("choice_view", "images")
    for name in ("color_bar_weights", "choice_order", "choice_scale"):
        assert trained.shows(name)


def test_choices_are_kept_when_the_run_begins_again(trained):
    choose_layer_2(trained)
    trained.choose("choice_view", "images")
    trained.wait_for_new_run(lambda: trained.click("button_reset"))
    assert trained.text("choice_layer") == "layer 2: 16 → 10"
    assert trained.text("choice_view") == "images"


# ---------------------------------------------------------------------- order and scale


def test_units_in_order_of_their_norms(trained):
    trained.choose("choice_order", "by norm")
    norms = np.linalg.norm(held(trained), axis=1)
    assert np.all(np.diff(norms) <= 0)
    expected = np.argsort(-np.linalg.norm(weight(trained, LAYER_1), axis=0), kind="stable")
    assert order_on_show(trained) == expected.tolist()
    assert order_on_show(trained) != sorted(expected.tolist())


def test_units_in_order_of_the_class_they_speak_for(trained):
    trained.choose("choice_order", "by vote")
    votes = weight(trained, LAYER_2)
    order = order_on_show(trained)
    classes = [int(votes[unit].argmax()) for unit in order]
    assert classes == sorted(classes)
    for a, b in itertools.pairwise(order):
        if votes[a].argmax() == votes[b].argmax():
            assert votes[a].max() >= votes[b].max()
    np.testing.assert_array_equal(held(trained), weight(trained, LAYER_1).T[order])


def test_the_order_goes_by_the_weights_whatever_is_on_show(trained):
    trained.choose("choice_order", "by norm")
    order = order_on_show(trained)
    trained.click("choice_gradient")
    assert order_on_show(trained) == order
    gradient = trained.workspace.snapshot.gradients[LAYER_1]["weight"]
    np.testing.assert_array_equal(held(trained), gradient.T[order])


def test_one_scale_for_all_or_one_for_each(trained):
    view, bar = mosaic(trained), trained.find("color_bar_weights")
    images = weight(trained, LAYER_1).T.reshape(-1, 28, 28)
    assert view._limits == pytest.approx(signed_limit(images))
    assert bar.limit == pytest.approx(np.abs(images).max())
    trained.choose("choice_scale", "one each")
    np.testing.assert_allclose(np.ravel(view._limits), signed_limits(images), rtol=1e-6)
    assert bar.limit is None
    assert bar.ends() == ("−max", "+max")
    assert trained.find("image_unit_weights").limit == pytest.approx(np.abs(images[0]).max())
    trained.choose("choice_scale", "one scale")
    assert bar.limit == pytest.approx(np.abs(images).max())


def test_the_scale_of_each_follows_the_order(trained):
    trained.choose("choice_scale", "one each")
    trained.choose("choice_order", "by norm")
    limits = signed_limits(held(trained).reshape(-1, 28, 28))
    np.testing.assert_allclose(np.ravel(mosaic(trained)._limits), limits, rtol=1e-6)


# ---------------------------------------------------------------------- pointing and choosing


def test_hovering_a_unit_tells_its_norm_and_bias(trained):
    view = mosaic(trained)
    hover(trained, view, 5)
    params = trained.workspace.snapshot.network.layers[0].params
    words = trained.text("label_weights_hover").replace("−", "-")
    assert words.startswith("unit 5 · ")
    numbers = [float(part.split()[-1]) for part in words.split(" · ")[1:3]]
    norm, bias = float(np.linalg.norm(params["weight"][:, 5])), float(params["bias"][5])
    assert numbers == pytest.approx([norm, bias], rel=0.006)
    QApplication.sendEvent(view.viewport(), QEvent(QEvent.Type.Leave))
    assert trained.text("label_weights_hover") == ""


def test_hovering_a_cell_of_the_matrix_tells_its_value(trained):
    choose_layer_2(trained)
    matrix = trained.find("matrix_weights")
    trained.qtbot.mouseMove(matrix, matrix.cell_rect(3, 7).center().toPoint())
    trained.settle()
    words = trained.text("label_weights_hover").replace("−", "-")
    assert words.startswith("input 3 into unit 7: ")
    assert float(words.split(": ")[1]) == pytest.approx(float(weight(trained, LAYER_2)[3, 7]), rel=1e-3)


def test_a_click_opens_a_unit(trained):
    view = mosaic(trained)
    trained.qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=cell_center(view, 11))
    assert "<b>Unit 11</b>" in trained.text("label_unit")
    assert view.selection == 11
    column = trained.find("image_unit_weights").array
    np.testing.assert_array_equal(column.reshape(-1), weight(trained, LAYER_1)[:, 11])
    votes = trained.find("bars_unit_votes")
    np.testing.assert_allclose(votes._values, weight(trained, LAYER_2)[11])
    assert list(votes._labels) == [str(digit) for digit in range(10)]
    best, worst = weight(trained, LAYER_2)[11].argmax(), weight(trained, LAYER_2)[11].argmin()
    assert f"votes most for <b>{best}</b>, against <b>{worst}</b>" in trained.text("label_unit")


def test_a_click_on_a_sorted_mosaic_opens_the_unit_that_is_there(trained):
    trained.choose("choice_order", "by norm")
    place = 4
    unit = order_on_show(trained)[place]
    assert unit != place
    view = mosaic(trained)
    trained.qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=cell_center(view, place))
    assert f"<b>Unit {unit}</b>" in trained.text("label_unit")
    trained.choose("choice_order", "by number")
    assert view.selection == unit


def test_a_click_in_the_matrix_opens_the_unit_of_its_column(trained):
    choose_layer_2(trained)
    matrix = trained.find("matrix_weights")
    place = matrix.cell_rect(3, 7).center().toPoint()
    trained.qtbot.mouseClick(matrix, Qt.MouseButton.LeftButton, pos=place)
    assert "<b>Unit 7</b>" in trained.text("label_unit")
    assert "the output for <b>7</b>" in trained.text("label_unit")
    assert not trained.shows("bars_unit_votes")


def test_the_examples_that_excite_a_unit_most(trained):
    splits = trained.workspace.run.trainer.splits
    inputs, _ = splits.validation.batch(slice(0, 2000))
    params = trained.workspace.snapshot.network.layers[0].params
    sums = inputs @ params["weight"][:, 0]
    best = np.argsort(-sums, kind="stable")[:9]
    excited = trained.find("mosaic_excited")
    stored = splits.validation.inputs_at(best).reshape(-1, 28, 28)
    np.testing.assert_array_equal(excited._images, stored)
    label = trained.workspace.dataset.classes[splits.validation.labels_at(best)[0]]
    assert excited.label(0).startswith(f"a {label}: weighted sum")
    told = float(excited.label(0).split()[-1].replace("−", "-"))
    assert told == pytest.approx(float(sums.max() + params["bias"][0]), rel=0.006)


def test_another_run_has_other_examples(screen):
    before = screen.find("mosaic_excited")._images.copy()
    screen.wait_for_new_run(lambda: screen.click("button_new_seed"))
    splits = screen.workspace.run.trainer.splits
    inputs, _ = splits.validation.batch(slice(0, 2000))
    best = np.argsort(-(inputs @ weight(screen, LAYER_1)[:, 0]), kind="stable")[:9]
    shown = screen.find("mosaic_excited")._images
    np.testing.assert_array_equal(shown, splits.validation.inputs_at(best).reshape(-1, 28, 28))
    assert not np.array_equal(shown, before)


def test_a_unit_of_the_second_layer_is_excited_through_the_first(trained):
    choose_layer_2(trained)
    trained.find("card_weights").choose_unit(6)
    splits = trained.workspace.run.trainer.splits
    inputs, _ = splits.validation.batch(slice(0, 2000))
    y = inputs
    for layer in trained.workspace.snapshot.network.layers[:2]:
        y, _ = layer.forward(y)
    best = np.argsort(-(y @ weight(trained, LAYER_2)[:, 6]), kind="stable")[:9]
    stored = splits.validation.inputs_at(best).reshape(-1, 28, 28)
    np.testing.assert_array_equal(trained.find("mosaic_excited")._images, stored)


@pytest.mark.parametrize("way", ["double click", "enter"])
def test_a_unit_can_be_enlarged_and_escape_leads_back(trained, way):
    view = mosaic(trained)
    small = trained.find("image_unit_weights").size()
    if way == "enter":
        view.setFocus()
        trained.press(Qt.Key.Key_Right)
        trained.press(Qt.Key.Key_Return)
    else:
        double_click(trained, view, 9)
        assert "<b>Unit 9</b>" in trained.text("label_unit")
    trained.settle()
    assert not view.isVisible()
    large = trained.find("image_unit_weights").size()
    assert large.width() > small.width()
    assert large.height() > 1.5 * small.height()
    assert trained.shows("button_all_units")
    trained.press(Qt.Key.Key_Escape)
    trained.wait(view.isVisible)
    assert view.hasFocus()
    assert trained.find("image_unit_weights").size() == small
    assert not trained.shows("button_all_units")


def test_an_enlarged_unit_keeps_up_with_training(trained):
    view = mosaic(trained)
    double_click(trained, view, 2)
    trained.step(3)
    column = trained.find("image_unit_weights").array
    np.testing.assert_array_equal(column.reshape(-1), weight(trained, LAYER_1)[:, 2])
    trained.click("button_all_units")
    np.testing.assert_array_equal(held(trained), weight(trained, LAYER_1).T)


def test_hovering_a_weight_of_the_unit_tells_its_value(trained):
    image = trained.find("image_unit_weights")
    trained.qtbot.mouseMove(image, image.cell_rect(14, 15).center().toPoint())
    trained.settle()
    words = trained.text("label_unit").replace("−", "-")
    assert "(14, 15): " in words
    value = float(words.split("(14, 15): ")[1])
    assert value == pytest.approx(float(image.array[14, 15]), rel=1e-3)


# ---------------------------------------------------------------------- other data


def test_data_without_images_are_shown_as_a_matrix(open_window, moons):
    screen = open_window(moons, size=ROOMY)
    screen.click("choice_view_weights")
    assert screen.find("matrix_weights").isVisible()
    np.testing.assert_array_equal(screen.find("matrix_weights").array, weight(screen, 0))
    view = screen.find("choice_view")
    assert not view.model().item(0).isEnabled()
    screen.choose("choice_view", "images")
    assert screen.text("choice_view") != "images"
    assert not screen.shows("mosaic_excited")
    screen.step(2)
    np.testing.assert_array_equal(screen.find("matrix_weights").array, weight(screen, 0))
    assert screen.shows("plot_accuracy")


def test_beside_a_function_a_unit_is_shown_in_place_of_the_others(open_window, moons):
    screen = open_window(moons)
    screen.click("choice_view_weights")
    assert not screen.shows("panel_unit")
    matrix = screen.find("matrix_weights")
    screen.qtbot.mouseClick(matrix, Qt.MouseButton.LeftButton, pos=matrix.cell_rect(0, 3).center().toPoint())
    assert "<b>Unit 3</b>" in screen.text("label_unit")
    assert not matrix.isVisible()
    screen.click("button_all_units")
    assert matrix.isVisible()
    assert not screen.shows("panel_unit")


def test_regression_has_no_accuracy_plot(open_window, plane, digits):
    screen = open_window(plane, size=ROOMY)
    assert not screen.shows("plot_accuracy")
    assert screen.shows("plot_loss")
    screen.step(2)
    screen.wait_for_new_run(lambda: screen.workspace.open_experiment(digits))
    assert screen.shows("plot_accuracy")
    assert screen.shows("mosaic_weights")
    assert screen.find("choice_view").model().item(0).isEnabled()


def test_networks_of_other_shapes_follow_each_other(screen, moons, plane, digits):
    for experiment in (moons, plane, digits, plane, moons):
        screen.wait_for_new_run(lambda experiment=experiment: screen.workspace.open_experiment(experiment))
        screen.step()
        affine = sum(layer.kind == "affine" for layer in experiment.layers)
        assert screen.find("choice_layer").count() == affine


# ---------------------------------------------------------------------- curves


def drawn(plot, key: str) -> tuple[np.ndarray, np.ndarray]:
    data = plot._series[key].data
    return data.x, data.y


def test_the_curves_hold_the_history(trained):
    for plot, keys in (
        ("plot_loss", ("loss", "validation_loss")),
        ("plot_accuracy", ("accuracy", "validation_accuracy")),
        ("plot_measures", ("gradient_norm.0.weight", "gradient_norm.2.weight")),
    ):
        view = trained.find(plot)
        assert view.series_keys() == keys
        for key in keys:
            steps, values = trained.workspace.history.view(key)
            assert len(steps) == (1 if "validation" in key else 15)
            np.testing.assert_array_equal(drawn(view, key), (steps, values))


def test_the_curves_are_empty_again_after_a_reset(trained):
    trained.wait_for_new_run(lambda: trained.click("button_reset"))
    for plot in ("plot_loss", "plot_accuracy", "plot_measures"):
        for key in trained.find(plot).series_keys():
            assert len(drawn(trained.find(plot), key)[0]) == 0
    trained.step(2)
    np.testing.assert_array_equal(drawn(trained.find("plot_loss"), "loss")[0], [1, 2])


def test_the_curves_keep_up_while_it_trains(open_window, digits):
    screen = open_window(digits.with_settings({"epochs": 1_000_000}))
    screen.click("button_train")
    plot = screen.find("plot_loss")
    lengths = []
    for _ in range(3):
        before = lengths[-1] if lengths else 0
        screen.wait(lambda before=before: len(drawn(plot, "loss")[0]) > before)
        lengths.append(len(drawn(plot, "loss")[0]))
    assert lengths == sorted(set(lengths))


def test_other_measures_can_be_chosen(trained):
    plot = trained.find("plot_measures")
    for title, key, layers in (
        ("Largest gradient", "gradient_largest.{}.weight", (0, 2)),
        ("Update ratio", "update_ratio.{}.weight", (0, 2)),
        ("Dead ReLUs", "dead_share.{}", (1,)),
        ("Saturated", "saturated_share.{}", (3,)),
    ):
        trained.choose("choice_measure", title)
        assert plot.title == title
        assert plot.series_keys() == tuple(key.format(i) for i in layers)
        for name in plot.series_keys():
            steps, values = trained.workspace.history.view(name)
            assert steps.tolist() == [1, 11]
            np.testing.assert_array_equal(drawn(plot, name), (steps, values))


def test_the_rms_is_the_norm_over_the_root_of_the_size(trained):
    trained.choose("choice_measure", "Gradient RMS")
    plot = trained.find("plot_measures")
    _, norms = trained.workspace.history.view("gradient_norm.0.weight")
    np.testing.assert_allclose(drawn(plot, "gradient_norm.0.weight")[1], norms / np.sqrt(784 * 16))
    gradient = trained.workspace.snapshot.gradients[0]["weight"]
    assert drawn(plot, "gradient_norm.0.weight")[1][-1] == pytest.approx(
        np.sqrt(np.mean(np.square(gradient))), rel=1e-4
    )
    trained.step()
    assert len(drawn(plot, "gradient_norm.0.weight")[0]) == 16


def test_measures_that_do_not_apply_cannot_be_chosen(open_window, digits, plane):
    screen = open_window(digits)
    menu = screen.find("choice_measure")

    def enabled() -> set[str]:
        return {menu.itemText(i) for i in range(menu.count()) if menu.model().item(i).isEnabled()}

    everything = {menu.itemText(i) for i in range(menu.count())}
    assert enabled() == everything
    screen.choose("choice_measure", "Dead ReLUs")
    screen.wait_for_new_run(lambda: screen.workspace.open_experiment(plane))
    assert enabled() == everything - {"Dead ReLUs", "Saturated"}
    assert screen.text("choice_measure") == "Gradient norm"
    screen.step()
    assert screen.find("plot_measures").series_keys() == ("gradient_norm.0.weight",)


def test_the_number_of_a_layer_is_the_same_everywhere(open_window):
    """Batch normalisation and activations belong to the affine layer before them."""
    experiment = Experiment.from_table(
        {
            "dataset": "moons",
            "loss": "binary_cross_entropy",
            "batch_size": 20,
            "layers": [
                {"kind": "affine", "units": 4},
                {"kind": "batch_norm"},
                {"kind": "relu"},
                {"kind": "affine", "units": 3},
                {"kind": "relu"},
                {"kind": "affine", "units": 1},
            ],
        }
    )
    screen = open_window(experiment, size=ROOMY)
    screen.step(3)
    plot = screen.find("plot_measures")
    names = {key: plot._series[key].name for key in plot.series_keys()}
    assert names == {
        "gradient_norm.0.weight": "layer 1",
        "gradient_norm.3.weight": "layer 2",
        "gradient_norm.5.weight": "layer 3",
    }
    screen.choose("choice_measure", "Dead ReLUs")
    names = {key: plot._series[key].name for key in plot.series_keys()}
    assert names == {"dead_share.2": "layer 1", "dead_share.4": "layer 2"}
    assert screen.find("choice_layer").itemText(2) == "layer 3: 3 → 1"


@pytest.mark.parametrize(("n_layers", "shows_values"), [(2, True), (8, False)])
def test_of_many_layers_only_the_averages_are_drawn(open_window, n_layers, shows_values):
    """The values behind them would hide one another."""
    hidden = [{"kind": "affine", "units": 4}, {"kind": "tanh"}] * (n_layers - 1)
    table = {"dataset": "moons", "loss": "binary_cross_entropy", "batch_size": 20}
    layers = [*hidden, {"kind": "affine", "units": 1}]
    screen = open_window(Experiment.from_table({**table, "layers": layers}), size=ROOMY)
    screen.step(3)
    plot = screen.find("plot_measures")
    lines = [plot._series[key] for key in plot.series_keys()]
    assert len(lines) == n_layers
    assert all(line.average is not None for line in lines)
    assert all((line.line is not None) == shows_values for line in lines)
    plot.set_smoothing("off")
    assert all(line.line is not None for line in lines)


def test_a_value_can_be_read_from_the_curve(trained):
    plot = trained.find("plot_loss")
    plot._plot.setFocus()
    trained.press(Qt.Key.Key_Left)
    trained.settle()
    steps, values = trained.workspace.history.view("loss")
    words = trained.text("plot_loss_readout")
    assert f"step {int(steps[-1])}" in words
    assert f"{values[-1]:.4g}"[:5] in words
    QApplication.sendEvent(plot._plot, QEvent(QEvent.Type.Leave))


def test_a_line_can_be_hidden_by_its_legend(trained):
    entry = trained.find("plot_loss_legend_validation_loss")
    assert entry.isChecked()
    trained.qtbot.mouseClick(entry, Qt.MouseButton.LeftButton)
    assert not entry.isChecked()
    assert not trained.find("plot_loss")._series["validation_loss"].visible
