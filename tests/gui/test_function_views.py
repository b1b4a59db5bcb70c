"""The views that fit the problem: chosen by the data's shape, true to the snapshot, shared by all inputs."""

import itertools
import re

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt

from mlpviz.figures.fields import data_area
from mlpviz.figures.numbers import format_number
from mlpviz.gui.panels.lower_views import LOWER_VIEWS
from mlpviz.gui.stretch_thread import Stretch
from mlpviz.gui.widgets.field_view import MOST_RINGS
from mlpviz.gui.widgets.mosaic_view import cell_center
from mlpviz.training import Experiment

AFFINE_1 = {"kind": "affine", "units": 1, "initializer": "glorot"}


def experiment(dataset: str, layers=(AFFINE_1,), **settings) -> Experiment:
    table = {"dataset": dataset, "layers": list(layers), "batch_size": 0, "learning_rate": 0.1, **settings}
    return Experiment.from_table(table)


def hidden(n: int, kind: str = "tanh", units: int = 1) -> list[dict]:
    last = AFFINE_1 | {"units": units}
    return [AFFINE_1 | {"units": n}, {"kind": kind}, last]


XOR = experiment("gate_xor", [*hidden(2, "sigmoid"), {"kind": "sigmoid"}], epochs=3000, learning_rate=2.0)
BLOBS = experiment("blobs", hidden(4, "tanh", 3), loss="softmax_cross_entropy", epochs=30)
IRIS = experiment("iris", hidden(4, "tanh", 3), loss="softmax_cross_entropy")
LINE = experiment("line", epochs=20)
ADALINE = experiment("iris_two", input_scaling="standard", epochs=10)


def px(view, x: float, y: float):
    (left,), (top,) = view.to_px(np.array([x]), np.array([y]))
    return QPointF(float(left), float(top)).toPoint()


def point_at(screen, name: str, x: float, y: float) -> str:
    """Move the pointer to a place in the data's units; returns what is read there."""
    view = screen.find(name)
    screen.qtbot.mouseMove(view, px(view, x, y))
    screen.settle()
    return view.readout


def subtitle(screen) -> str:
    return screen.text("label_function")


# ---------------------------------------------------------------------- which view


@pytest.mark.parametrize(
    ("made", "function", "views", "below"),
    [
        (LINE, "fit_output", ["cost", "network", "weights", "biases"], "card_cost"),
        (ADALINE, "field_output", ["cost", "network", "weights", "biases"], "card_cost"),
        (XOR, "field_output", ["units", "cost", "network", "weights", "biases"], "card_units"),
        (BLOBS, "field_output", ["units", "cost", "network", "weights", "biases"], "card_units"),
        (IRIS, None, ["cost", "network", "weights", "biases"], "card_weights"),
    ],
    ids=["line", "adaline", "xor", "blobs", "iris"],
)
def test_the_shape_of_the_data_decides(open_window, made, function, views, below):
    screen = open_window(made)
    for name in ("fit_output", "field_output"):
        assert screen.shows(name) == (name == function)
    known = [view.key for view in LOWER_VIEWS]
    assert [key for key in known if screen.shows(f"choice_view_{key}")] == views
    assert screen.shows(below)


def test_images_are_shown_by_their_weights(screen):
    assert not screen.shows("card_function")
    assert screen.shows("card_weights")
    assert not screen.shows("choice_view_units")
    assert not screen.shows("choice_view_collapsed")


def test_layers_that_are_one_are_shown_as_one(open_window, digits):
    two = [{"kind": "affine", "units": 12}, {"kind": "affine", "units": 10}]
    screen = open_window(digits.with_settings({"layers": two, "loss": "softmax_cross_entropy"}))
    assert screen.shows("card_collapsed")
    space = "\N{NO-BREAK SPACE}"
    words = screen.text("label_collapsed")
    assert "W = W₁W₂, b = b₁W₂ + b₂" in words.replace(space, " ")
    assert " + " not in words, "a formula is not broken"
    assert screen.find("mosaic_collapsed").names == tuple("0123456789")
    screen.step(2)
    told = re.search(r"On (\d+) examples the outputs of both differ by at most (\S+)\.", with_spaces(screen))
    assert int(told[1]) > 100
    assert 0.0 <= float(told[2].replace("\N{MINUS SIGN}", "-")) < 1e-4
    first, second = screen.workspace.snapshot.network.layers
    shown = screen.find("mosaic_collapsed")._images.reshape(10, -1).T
    np.testing.assert_allclose(shown, first.weight.astype(float) @ second.weight, rtol=1e-6)
    screen.wait_for_new_run(lambda: screen.workspace.open_experiment(digits))
    assert screen.shows("card_weights")
    assert not screen.shows("choice_view_collapsed")


def with_spaces(screen) -> str:
    return screen.text("label_collapsed").replace("\N{NO-BREAK SPACE}", " ")


def test_where_classes_come_unevenly_often_the_biases_stand_beside_the_frequencies(open_window, digits):
    softmax = {"layers": [{"kind": "affine", "units": 10}], "loss": "softmax_cross_entropy"}
    uneven = digits.with_settings({**softmax, "dataset": "digits_imbalanced", "training_size": 3000})
    screen = open_window(uneven)
    assert screen.shows("card_weights"), "there are pictures to see"
    screen.click("choice_view_biases")
    assert "the logarithm of how often it comes" in screen.text("label_biases")
    screen.step(2)
    bars = screen.find("bars_biases")
    bias = screen.workspace.snapshot.network.layers[0].bias.astype(float)
    np.testing.assert_allclose(bars.values, bias - bias.mean(), atol=1e-12)
    counts = np.bincount(screen.workspace.run.trainer.splits.training.labels_at(slice(None)))
    expected = np.log(counts) - np.log(counts).mean()
    np.testing.assert_allclose(bars._marks, expected, atol=1e-9)
    screen.wait_for_new_run(lambda: screen.workspace.open_experiment(digits.with_settings(softmax)))
    assert screen.text("label_biases").startswith("What each unit adds"), "all come about equally often"


def test_where_there_is_nothing_but_frequencies_the_biases_lead(open_window, digits):
    softmax = {"layers": [{"kind": "affine", "units": 10}], "loss": "softmax_cross_entropy"}
    screen = open_window(digits.with_settings({**softmax, "dataset": "digits_blank", "training_size": 3000}))
    assert screen.shows("card_biases")


def test_in_a_low_window_the_curves_are_one_of_the_views(open_window):
    screen = open_window(XOR, size=(1024, 700))
    assert screen.shows("card_function")
    assert screen.shows("card_units")
    assert not screen.shows("plot_loss")
    screen.click("choice_view_curves")
    assert screen.shows("plot_loss")
    assert not screen.shows("card_units")
    screen.step(3)
    screen.window.resize(1440, 900)
    screen.settle()
    assert screen.shows("plot_loss")
    assert screen.shows("card_units")
    assert not screen.shows("choice_view_curves")


def test_runs_of_other_shapes_follow_each_other(open_window, digits):
    screen = open_window(LINE)
    for made in (XOR, digits, BLOBS, LINE, ADALINE, IRIS, XOR):
        screen.wait_for_new_run(lambda made=made: screen.workspace.open_experiment(made))
        screen.step()
        assert screen.shows("card_function") == (made.dataset not in ("digits", "iris"))


def test_the_choice_below_is_kept_while_it_applies(open_window):
    screen = open_window(XOR)
    screen.click("choice_view_network")
    assert screen.shows("card_network")
    screen.wait_for_new_run(screen.workspace.reset)
    assert screen.shows("card_network")
    screen.click("choice_view_units")
    screen.wait_for_new_run(lambda: screen.workspace.open_experiment(LINE))
    assert screen.shows("card_cost"), "a line has no hidden units"
    screen.wait_for_new_run(lambda: screen.workspace.open_experiment(XOR))
    assert screen.shows("card_units")


@pytest.mark.parametrize("made", [LINE, ADALINE, XOR, BLOBS], ids=lambda made: made.dataset)
def test_every_view_can_be_opened_before_and_after_a_step(open_window, made):
    screen = open_window(made)
    for key in ("units", "cost", "network", "weights", "biases") * 2:
        if screen.shows(f"choice_view_{key}"):
            screen.click(f"choice_view_{key}")
            assert screen.shows(f"card_{key}")
        screen.step()


# ---------------------------------------------------------------------- the field


def test_the_sentence_counts_the_training_examples_told_rightly(open_window):
    screen = open_window(XOR)
    screen.workspace.train(Stretch.STEPS, 40)
    screen.wait_for_rest()
    right = screen.workspace.run.trainer.evaluate("training").accuracy
    assert subtitle(screen) == f"{round(4 * right)} of 4 right"


def test_where_the_output_is_the_same_everywhere_there_is_no_boundary(open_window):
    flat = [AFFINE_1 | {"initializer": "normal(0.00000001)"}, {"kind": "sigmoid"}]
    screen = open_window(experiment("gate_xor", flat))
    assert subtitle(screen) == "0.500 everywhere: no boundary"
    assert screen.find("field_output").contours == []
    screen.wait_for_new_run(lambda: screen.workspace.open_experiment(XOR))
    assert subtitle(screen).endswith("of 4 right")
    assert len(screen.find("field_output").contours) == 1


def test_where_very_many_are_told_wrongly_that_is_said(open_window):
    screen = open_window(experiment("spirals", hidden(3), loss="binary_cross_entropy"), size=(1500, 900))
    field, points = screen.find("field_output"), screen.window.page.surveyor.points
    n_right = int(subtitle(screen).split(" of ")[0])
    n_wrong = points.n_training - n_right
    assert n_wrong > MOST_RINGS
    assert subtitle(screen).endswith("; too many wrong to ring")
    assert len(field.rings) == 0


def test_the_boundary_runs_where_the_network_is_undecided(open_window):
    screen = open_window(ADALINE)
    screen.workspace.train(Stretch.STEPS, 10)
    screen.wait_for_rest()
    field, run = screen.find("field_output"), screen.workspace.run
    rows, columns = screen.window.page.surveyor.survey().shape
    pieces = field.contours[0].pieces.reshape(-1, 2)
    assert len(pieces) > 10
    area = field.area
    x = area.left + (pieces[:, 0] + 0.5) / columns * area.width
    y = area.top - (pieces[:, 1] + 0.5) / rows * area.height
    scaled = run.trainer.splits.training.scaled(np.stack([x, y], axis=1).astype(np.float32))
    np.testing.assert_allclose(screen.workspace.snapshot.network.predict(scaled), 0.0, atol=1e-4)


def test_the_axes_are_in_the_datas_own_units(open_window):
    screen = open_window(ADALINE)
    area, data = screen.find("field_output").area, data_area(screen.workspace.dataset.training.inputs)
    assert area.left <= data.left < data.right <= area.right
    assert area.bottom <= data.bottom < data.top <= area.top
    assert "sepal length (cm)" in point_at(screen, "field_output", 5.0, 3.0)


def test_the_pointer_reads_the_networks_answer(open_window):
    screen = open_window(XOR)
    read = point_at(screen, "field_output", 0.5, 0.25)
    x = screen.find("field_output").crosshair
    expected = screen.workspace.snapshot.network.predict(np.array([x], np.float32))[0, 0]
    assert format_number(float(expected)) in read
    assert "the point" not in read


def test_on_a_point_it_reads_its_class_and_the_verdict(open_window):
    screen = open_window(XOR)
    read = point_at(screen, "field_output", 1.0, 0.0)
    answer = screen.workspace.snapshot.network.predict(np.array([[1, 0]], np.float32))[0, 0]
    assert "the point" in read
    assert ("✓" in read) == bool(answer > 0.5)
    assert ("✗" in read) == bool(answer <= 0.5)


def test_what_is_read_follows_the_training(open_window):
    screen = open_window(XOR)
    before = point_at(screen, "field_output", 0.0, 0.0)
    screen.workspace.train(Stretch.STEPS, 200)
    screen.wait_for_rest()
    assert screen.find("field_output").readout != before


def test_held_out_points_are_in_the_legend_only_where_there_are_any(open_window):
    screen = open_window(XOR)
    card = screen.find("card_function")
    assert card.legend == ("0", "1", "told wrongly", "boundary")
    screen.wait_for_new_run(lambda: screen.workspace.open_experiment(BLOBS))
    assert card.legend == ("top", "left", "right", "held out", "told wrongly", "boundary")
    assert not screen.shows("color_bar_function"), "classes have no scale"
    assert "held out" in held_out_point(screen)


def held_out_point(screen) -> str:
    points = screen.window.page.surveyor.points
    alone = [i for i in range(points.n_training, len(points)) if is_alone(points.inputs, i)]
    return point_at(screen, "field_output", *points.inputs[alone[0]].tolist())


def is_alone(inputs: np.ndarray, i: int) -> bool:
    distances = np.hypot(*(inputs - inputs[i]).T)
    distances[i] = np.inf
    return bool(distances.min() > 0.4)


def test_a_regression_is_shown_by_its_value_and_beside_the_best(open_window, plane):
    screen = open_window(plane)
    assert screen.find("color_bar_function").limit == pytest.approx(
        float(np.abs(screen.workspace.dataset.training.targets).max())
    )
    assert subtitle(screen).startswith("loss ")
    assert "best 0.0" in subtitle(screen)
    assert "prediction" in point_at(screen, "field_output", 0.0, 0.0)
    assert len(screen.find("field_output").contours) > 3


# ---------------------------------------------------------------------- the fit


def test_the_fit_is_the_networks_line_with_the_residuals_of_the_points(open_window):
    screen = open_window(LINE)
    screen.step(3)
    fit, trainer = screen.find("fit_output"), screen.workspace.run.trainer
    network = screen.workspace.snapshot.network
    x, y = fit.curve.T
    np.testing.assert_allclose(network.predict(x[:, None].astype(np.float32))[:, 0], y, atol=1e-5)
    inputs, targets = trainer.splits.training.batch(slice(None))
    np.testing.assert_allclose(fit.residuals, (targets - network.predict(inputs))[:, 0], atol=1e-6)
    assert screen.find("card_function").legend == ("training", "the network", "least squares")


def test_on_a_point_the_fit_reads_target_prediction_and_residual(open_window):
    screen = open_window(LINE)
    points = screen.window.page.surveyor.points
    i = int(np.argmax(points.inputs[:, 0]))
    read = point_at(screen, "fit_output", float(points.inputs[i, 0]), float(points.targets[i, 0]))
    for word in ("target", "prediction", "residual"):
        assert word in read


def test_a_fit_with_hidden_units_shows_each_as_a_stripe_and_large_as_a_curve(open_window):
    screen = open_window(experiment("line_bias", hidden(3)))
    assert screen.shows("card_units")
    output = screen.find("fit_output").curve
    hover_unit(screen, 1)
    curve = screen.find("fit_output").curve
    assert not np.array_equal(curve, output)
    assert np.abs(curve[:, 1]).max() <= 1.0
    leave_units(screen)
    np.testing.assert_array_equal(screen.find("fit_output").curve, output)


# ---------------------------------------------------------------------- the units


def hover_unit(screen, i: int) -> None:
    view = screen.find("mosaic_units")
    screen.qtbot.mouseMove(view.viewport(), cell_center(view, i))
    screen.settle()


def leave_units(screen) -> None:
    view = screen.find("mosaic_units")
    screen.qtbot.mouseMove(view.viewport(), view.viewport().rect().bottomRight())
    screen.settle()


def click_unit(screen, i: int) -> None:
    view = screen.find("mosaic_units")
    screen.qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=cell_center(view, i))
    screen.settle()


@pytest.fixture
def two_layers(open_window):
    """Two inputs, two layers of 3 units."""
    layers = [*hidden(3)[:2], *hidden(3)]
    return open_window(experiment("moons", layers, loss="binary_cross_entropy", epochs=50))


def test_the_maps_are_the_units_outputs_over_the_area(two_layers):
    survey = two_layers.window.page.surveyor.survey()
    view = two_layers.find("mosaic_units")
    np.testing.assert_array_equal(view._images, survey.maps(1))
    two_layers.choose("choice_units_layer", "Layer 1")
    np.testing.assert_array_equal(view._images, survey.maps(0))
    assert two_layers.find("color_bar_units").limit == 1.0


def test_the_maps_follow_the_room_of_the_large_picture(two_layers):
    two_layers.window.resize(1500, 700)
    two_layers.settle()
    survey = two_layers.window.page.surveyor.survey()
    assert two_layers.find("mosaic_units")._images.shape[1:] == survey.shape


def test_the_pointer_on_a_unit_shows_it_large_and_leaving_restores(two_layers):
    card = two_layers.find("card_function")
    hover_unit(two_layers, 2)
    assert card.title == "Unit 2 of layer 2"
    weight = two_layers.workspace.snapshot.network.layers[4].params["weight"][2, 0]
    assert format_number(float(weight), signed=True) in two_layers.text("label_unit_hover")
    leave_units(two_layers)
    assert card.title == "Decision boundary"
    assert two_layers.text("label_unit_hover") == "3 units, tanh"


def test_a_unit_times_its_weight_is_also_large_what_it_is_small(two_layers):
    card, field = two_layers.find("card_function"), two_layers.find("field_output")
    two_layers.click("choice_unit_parts")
    hover_unit(two_layers, 2)
    assert card.title in ("Unit 2 of layer 2, times its weight into the output", "Unit 2 of layer 2 × weight")
    bar, small_bar = two_layers.find("color_bar_function"), two_layers.find("color_bar_units")
    assert bar.limit == small_bar.limit
    surveyor = two_layers.window.page.surveyor
    weight = two_layers.workspace.snapshot.network.layers[4].params["weight"][2, 0]
    assert surveyor.part_weight == pytest.approx(float(weight))
    two_layers.qtbot.mouseClick(  # pinned, so that the large picture can be pointed at
        two_layers.find("mosaic_units").viewport(),
        Qt.MouseButton.LeftButton,
        pos=cell_center(two_layers.find("mosaic_units"), 2),
    )
    leave_units(two_layers)
    area = field.area
    read = point_at(two_layers, "field_output", area.left + 0.05 * area.width, area.top - 0.05 * area.height)
    outputs, _ = two_layers.workspace.snapshot.network.forward(np.array([field.crosshair], np.float32))
    assert format_number(float(outputs[3][0, 2] * weight)) in read
    two_layers.click("choice_unit_outputs")
    assert card.title == "Unit 2 of layer 2"
    assert bar.limit == 1.0


def test_pointing_at_things_moves_nothing(two_layers):
    before = two_layers.find("field_output").rect()
    hover_unit(two_layers, 0)
    assert two_layers.find("field_output").rect() == before
    click_unit(two_layers, 0)
    assert two_layers.find("field_output").rect() == before
    leave_units(two_layers)
    point_at(two_layers, "field_output", 0.0, 0.0)
    assert two_layers.find("field_output").rect() == before


def test_a_click_pins_a_unit_and_escape_lets_it_go(two_layers):
    card = two_layers.find("card_function")
    click_unit(two_layers, 1)
    leave_units(two_layers)
    assert card.title == "Unit 1 of layer 2"
    area = two_layers.find("field_output").area
    read = point_at(two_layers, "field_output", area.left + 0.05 * area.width, area.top - 0.05 * area.height)
    x = np.array([two_layers.find("field_output").crosshair], np.float32)
    outputs, _ = two_layers.workspace.snapshot.network.forward(x)
    assert format_number(float(outputs[3][0, 1])) in read
    two_layers.find("mosaic_units").setFocus()
    two_layers.press(Qt.Key.Key_Escape)
    assert card.title == "Decision boundary"
    assert two_layers.find("mosaic_units").selection is None


@pytest.mark.parametrize("way", ["button", "second click", "escape in the picture"])
def test_other_ways_back_to_the_output(two_layers, way):
    click_unit(two_layers, 0)
    leave_units(two_layers)
    assert two_layers.shows("button_show_output")
    if way == "button":
        two_layers.click("button_show_output")
    elif way == "second click":
        click_unit(two_layers, 0)
        leave_units(two_layers)
    else:
        two_layers.find("field_output").setFocus()
        two_layers.press(Qt.Key.Key_Escape)
    assert two_layers.find("card_function").title == "Decision boundary"
    assert not two_layers.shows("button_show_output")


def test_keys_go_through_the_units(two_layers):
    two_layers.find("mosaic_units").setFocus()
    two_layers.press(Qt.Key.Key_Right)
    two_layers.press(Qt.Key.Key_Right)
    assert two_layers.find("card_function").title == "Unit 1 of layer 2"


def test_a_new_run_shows_its_output(two_layers):
    click_unit(two_layers, 1)
    two_layers.wait_for_new_run(two_layers.workspace.reset)
    assert two_layers.find("card_function").title == "Decision boundary"
    assert two_layers.find("mosaic_units").selection is None


def test_signs_tell_each_units_part_in_the_one_output(two_layers):
    weight = two_layers.workspace.snapshot.network.layers[4].params["weight"][:, 0]
    badges = two_layers.find("mosaic_units").badges
    assert [badge.text for badge in badges] == ["+" if w > 0 else "−" for w in weight]
    two_layers.choose("choice_units_layer", "Layer 1")
    assert not two_layers.find("mosaic_units").badges, "they lead to other units, not to the output"
    assert not two_layers.shows("choice_unit_parts")


def test_the_parts_of_all_units_add_up_to_the_output(two_layers):
    two_layers.click("choice_unit_parts")
    maps = two_layers.find("mosaic_units")._images
    survey = two_layers.window.page.surveyor.survey()
    bias = two_layers.workspace.snapshot.network.layers[4].params["bias"][0]
    np.testing.assert_allclose(maps.sum(axis=0) + bias, survey.outputs.reshape(survey.shape), atol=1e-5)


def test_with_classes_the_sign_is_that_of_the_class_a_unit_speaks_for(open_window):
    screen = open_window(BLOBS)
    badges = screen.find("mosaic_units").badges
    weight = screen.workspace.snapshot.network.layers[2].params["weight"]
    shapes = ("circle", "square", "triangle")
    assert [badge.shape for badge in badges] == [shapes[k] for k in weight.argmax(axis=1)]


def test_one_pass_serves_all_views(two_layers, monkeypatch):
    passes: list[int] = []
    network = two_layers.workspace.snapshot.network
    forward = type(network.layers[0]).forward
    monkeypatch.setattr(
        type(network.layers[0]), "forward", lambda layer, x: (passes.append(len(x)), forward(layer, x))[1]
    )
    two_layers.workspace.refresher.refresh_all()
    hover_unit(two_layers, 1)
    assert passes == [], "the snapshot was surveyed already"


# ---------------------------------------------------------------------- the network


def test_the_edges_are_the_weights_on_show_and_on_request_their_gradients(open_window):
    screen = open_window(XOR)
    screen.click("choice_view_network")
    screen.click("choice_edge_gradients")
    assert screen.shows("label_no_gradient")
    screen.step()
    assert not screen.shows("label_no_gradient")
    largest = max(np.abs(layer["weight"]).max() for layer in screen.workspace.snapshot.gradients if layer)
    assert screen.find("color_bar_network").limit == pytest.approx(float(largest))
    screen.click("choice_edge_weights")
    params = screen.workspace.snapshot.network.params
    largest = max(np.abs(layer["weight"]).max() for layer in params if layer)
    assert screen.find("color_bar_network").limit == pytest.approx(float(largest))
    assert screen.find("graph_train").values == ()


# ---------------------------------------------------------------------- training, and tiny data sets


def test_while_training_only_what_can_be_seen_is_refreshed(open_window, monkeypatch):
    screen = open_window(XOR)
    screen.click("choice_view_network")
    drawn: list[int] = []
    mosaic = screen.find("mosaic_units")
    monkeypatch.setattr(mosaic, "set_images", lambda *_args: drawn.append(1))
    screen.workspace.train(Stretch.STEPS, 300)
    screen.wait_for_rest()
    assert drawn == []


def test_without_validation_examples_no_legend_speaks_of_them(open_window):
    screen = open_window(XOR, size=(1440, 900))
    assert not screen.shows("plot_loss_legend_validation_loss")
    assert screen.shows("plot_loss_legend_loss")
    with_some = BLOBS.with_settings({"validation_size": 30})
    screen.wait_for_new_run(lambda: screen.workspace.open_experiment(with_some))
    assert screen.shows("plot_loss_legend_validation_loss")
    assert screen.shows("plot_accuracy_legend_validation_accuracy")
    screen.workspace.train(Stretch.EPOCH)
    screen.wait_for_rest()
    screen.wait_for_new_run(lambda: screen.workspace.open_experiment(LINE))
    assert not screen.shows("plot_loss_legend_validation_loss")
    screen.step()


def test_a_run_that_diverges_leaves_a_picture(open_window):
    screen = open_window(experiment("plane", learning_rate=1e6, epochs=500))
    screen.workspace.train(Stretch.ALL)
    screen.wait_for_rest()
    assert screen.workspace.divergence is not None
    screen.find("field_output").grab()
    assert subtitle(screen).startswith("loss ")


def test_both_themes_and_any_size(open_window, theme):
    screen = open_window(BLOBS)
    for size, mode in itertools.product(((1024, 700), (1400, 900)), ("dark", "light")):
        theme.set_mode(mode)
        screen.window.resize(*size)
        screen.settle()
        field = screen.find("field_output")
        assert field.width() > 200
        assert field.height() > 120
        assert (screen.window.width(), screen.window.height()) == size


# ---------------------------------------------------------------------- what is measured


def saturated(scale: float) -> Experiment:
    """Sigmoids on inputs so large that they saturate, or small enough that they don't."""
    layers = hidden(8, "sigmoid")
    layers[0] = layers[0] | {"initializer": f"normal({scale})"}
    return experiment("plane", layers)


def test_where_most_units_are_saturated_at_first_that_is_shown(open_window):
    screen = open_window(saturated(100.0))
    assert screen.text("choice_measure") == "Gradient norm"
    screen.step()
    assert screen.text("choice_measure") == "Saturated"
    screen.wait_for_new_run(lambda: screen.workspace.open_experiment(saturated(0.1)))
    screen.step()
    assert screen.text("choice_measure") == "Gradient norm"


def test_what_the_user_chose_to_measure_stays(open_window):
    screen = open_window(saturated(100.0), size=(1440, 900))
    screen.choose("choice_measure", "Update ratio")
    screen.step()
    assert screen.text("choice_measure") == "Update ratio"
    screen.wait_for_new_run(lambda: screen.workspace.open_experiment(saturated(50.0)))
    screen.step()
    assert screen.text("choice_measure") == "Update ratio"
