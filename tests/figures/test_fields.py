"""What a network of one or two inputs is as a function, and how it is read."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpviz.data.toys import line
from mlpviz.figures.colors import HIGHEST, LOWEST
from mlpviz.figures.fields import (
    CLASS_COLORS,
    FEW,
    MOST_POINTS,
    Area,
    best_line,
    class_indices,
    class_scale,
    constant,
    data_area,
    grid_inputs,
    grid_shape,
    hidden_ends,
    loss_of_nothing,
    margins,
    next_weight,
    part_limit,
    points_of,
    reach,
    right,
    scaled_grid,
    survey,
    task_of,
    unit_scale,
)
from mlpviz.nn import (
    Affine,
    BinaryCrossEntropy,
    Dropout,
    LeakyReLU,
    Network,
    ReLU,
    Sigmoid,
    SoftmaxCrossEntropy,
    SquaredError,
    Tanh,
)
from mlpviz.training import Experiment, Trainer

ONE_AFFINE = [{"kind": "affine", "units": 1}]


def trainer(dataset: str, loss: str = "squared_error", layers=ONE_AFFINE, **settings) -> Trainer:
    table = {"dataset": dataset, "loss": loss, "layers": layers, "batch_size": 0, **settings}
    return Trainer(Experiment.from_table(table))


def task_and_points(made: Trainer):
    return task_of(made.dataset, made.loss, made.threshold), points_of(made.splits)


# ---------------------------------------------------------------------- where


def test_the_area_holds_all_examples_with_a_margin_on_each_side():
    inputs = np.array([[0.0, -2.0], [10.0, 2.0]] * FEW, np.float32)
    area = data_area(inputs)
    assert area == Area(pytest.approx(-0.8), pytest.approx(10.8), pytest.approx(-2.32), pytest.approx(2.32))


def test_the_large_signs_of_few_examples_keep_clear_of_the_frame():
    corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
    few, many = data_area(corners), data_area(np.tile(corners, (FEW, 1)))
    assert few.left < many.left < 0.0
    assert few.top > many.top > 1.0


@pytest.mark.parametrize("value", [0.0, 5.0, -1e6])
def test_a_constant_input_lies_in_the_middle_of_its_axis(value):
    low, high = reach(np.full(7, value))
    assert low < value < high
    assert (low + high) / 2 == pytest.approx(value)


@given(st.floats(0.76, 1.32), st.floats(1.0, 4.0))
def test_in_a_room_of_about_its_proportions_the_area_grows_until_circles_are_round(change, height):
    before = Area(-1.0, 1.0, 3.0, 3.0 + height)
    aspect = change * before.width / before.height
    after = before.filling(aspect)
    assert after.width / after.height == pytest.approx(aspect)


@given(st.floats(0.2, 5), st.floats(0.6, 2))
def test_however_wide_or_high_the_room_the_data_fill_most_of_it(aspect, height):
    before = Area(-1.0, 1.0, 3.0, 3.0 + height)
    after = before.filling(aspect)
    assert before.width >= 0.74 * after.width
    assert before.height >= 0.74 * after.height
    assert after.left <= before.left + 1e-9
    assert after.right >= before.right - 1e-9
    assert after.bottom <= before.bottom + 1e-9
    assert after.top >= before.top - 1e-9
    assert after.width == pytest.approx(before.width) or after.height == pytest.approx(before.height)


def test_inputs_that_measure_different_things_each_fill_their_side():
    area = Area(0.0, 1.0, 0.0, 1000.0)
    assert area.filling(1.5) == area


def test_the_grid_begins_at_the_top_left_with_the_middles_of_its_cells():
    x = grid_inputs(Area(0.0, 3.0, 10.0, 12.0), (2, 3))
    assert x.dtype == np.float32
    assert x.tolist() == [[0.5, 11.5], [1.5, 11.5], [2.5, 11.5], [0.5, 10.5], [1.5, 10.5], [2.5, 10.5]]


@given(st.integers(100, 20_000), st.floats(0.3, 4))
def test_a_grid_has_about_as_many_nearly_square_cells_as_wanted(cells, aspect):
    rows, columns = grid_shape(cells, aspect)
    assert rows * columns == pytest.approx(cells, rel=0.15)
    assert columns / rows == pytest.approx(aspect, rel=0.35)


def test_the_network_is_asked_in_its_own_scale():
    made = trainer("iris_two", input_scaling="standard")
    area = data_area(made.dataset.training.inputs)
    x = scaled_grid(area, (4, 5), made.splits.training, 2)
    np.testing.assert_allclose(x, made.splits.training.scaled(grid_inputs(area, (4, 5))))
    assert abs(x.mean()) < 0.7, "centred, unlike the centimetres"


# ---------------------------------------------------------------------- which task


@pytest.mark.parametrize(
    ("dataset", "loss", "units", "kind", "center", "limit"),
    [
        ("line", "squared_error", 1, "value", 0.0, None),
        ("plane", "squared_error", 1, "value", 0.0, None),
        ("gate_xor", "squared_error", 1, "threshold", 0.5, 0.5),
        ("gate_or", "binary_cross_entropy", 1, "threshold", 0.5, 0.5),
        ("iris_two", "squared_error", 1, "threshold", 0.0, 1.0),
        ("moons", "binary_cross_entropy", 1, "threshold", 0.5, 0.5),
        ("blobs", "softmax_cross_entropy", 3, "classes", 0.5, 0.5),
    ],
)
def test_the_data_decide_how_the_output_is_read(dataset, loss, units, kind, center, limit):
    made = trainer(dataset, loss, [{"kind": "affine", "units": units}])
    task, _ = task_and_points(made)
    assert (task.kind, task.center) == (kind, center)
    largest = np.abs(made.dataset.training.targets).max()
    assert task.limit == pytest.approx(largest if limit is None else limit)


def test_more_than_two_inputs_are_no_field():
    made = trainer("iris", "softmax_cross_entropy", [{"kind": "affine", "units": 3}])
    assert task_of(made.dataset, made.loss, made.threshold) is None


def test_the_boundary_is_where_the_rule_of_accuracy_changes_over():
    made = trainer("moons", "binary_cross_entropy")
    task, _ = task_and_points(made)
    scores = np.array([[-1e-3], [1e-3]])
    below, above = task.answers(scores)
    assert below < task.center < above
    assert made.threshold == 0.0, "a score, whose probability is a half"


def test_of_several_outputs_the_largest_decides_by_its_lead():
    task, _ = task_and_points(trainer("blobs", "softmax_cross_entropy", [{"kind": "affine", "units": 3}]))
    winner, certainty = task.decided(np.log([[0.7, 0.2, 0.1], [0.25, 0.25, 0.5], [0.45, 0.1, 0.45]]))
    assert winner[:2].tolist() == [0, 2]
    np.testing.assert_allclose(certainty, [0.5, 0.25, 0.0], atol=1e-6)


# ---------------------------------------------------------------------- the examples


def test_the_training_examples_come_first():
    made = trainer("blobs", "softmax_cross_entropy", [{"kind": "affine", "units": 3}], validation_size=30)
    _, points = task_and_points(made)
    splits = made.splits
    assert (points.n_training, points.n_examples, len(points)) == (120, 120, 120 + 30 + 150)
    np.testing.assert_array_equal(points.inputs[:120], splits.training.inputs_at(slice(None)))
    np.testing.assert_array_equal(points.inputs[120:150], splits.validation.inputs_at(slice(None)))
    np.testing.assert_array_equal(points.labels[150:], splits.test.labels_at(slice(None)))


def test_of_very_many_examples_only_some_are_shown():
    made = Trainer(
        Experiment.from_table({"dataset": "line", "layers": ONE_AFFINE, "batch_size": 0}),
        line(n=10 * MOST_POINTS),
    )
    _, points = task_and_points(made)
    assert (points.n_training, points.n_examples) == (MOST_POINTS, 10 * MOST_POINTS)
    assert len(np.unique(points.inputs)) == MOST_POINTS


def test_right_is_what_accuracy_counts():
    made = trainer("iris_two", input_scaling="standard", learning_rate=0.05, epochs=3)
    for _ in made.steps():
        pass
    task, points = task_and_points(made)
    told = right(task, points, made.network.predict(points.scaled))
    assert told.mean() == pytest.approx(made.evaluate("training").accuracy)
    assert 0 < told.sum() < len(told)


# ---------------------------------------------------------------------- the pass


def deep() -> Network:
    rng = np.random.default_rng(3)
    return Network(
        [Affine(2, 4, rng), Tanh(), Dropout(0.5), Affine(4, 3, rng), ReLU(), Affine(3, 1, rng), Sigmoid()]
    )


def test_one_pass_gives_the_output_and_every_units_own_map():
    network, shape = deep(), (5, 6)
    x = np.concatenate([grid_inputs(Area(-1, 1, -1, 1), shape), np.ones((2, 2), np.float32)])
    seen = survey(network, x, shape)
    np.testing.assert_array_equal(seen.outputs, network.predict(x)[:30])
    np.testing.assert_array_equal(seen.at_points, network.predict(x)[30:])
    outputs, _ = network.forward(x)
    assert [maps.shape for maps in (seen.maps(0), seen.maps(1))] == [(4, 5, 6), (3, 5, 6)]
    assert seen.maps(0)[2, 4, 1] == outputs[2][4 * 6 + 1, 2]
    assert seen.maps(1)[1, 0, 5] == outputs[4][5, 1]
    assert seen.maps(0, every=2).shape == (4, 2, 3)


def test_a_hidden_layer_ends_before_the_next_weight():
    network = deep()
    assert hidden_ends(network) == [2, 4]
    assert hidden_ends(Network([Affine(2, 1, initializer="zeros"), Sigmoid()])) == []
    assert next_weight(network, 2) is network.layers[3].params["weight"]


@pytest.mark.parametrize(
    ("activation", "signed", "level", "limit"),
    [
        (Tanh(), True, 0.0, 1.0),
        (Sigmoid(), False, 0.5, 1.0),
        (ReLU(), False, 0.0, None),
        (LeakyReLU(), True, 0.0, None),
        (Dropout(0.1), True, 0.0, None),
    ],
)
def test_the_activation_decides_the_scale_of_its_units(activation, signed, level, limit):
    network = Network([Affine(2, 3, np.random.default_rng(0)), activation, Affine(3, 1, initializer="zeros")])
    scale = unit_scale(network, 1)
    assert (scale.signed, scale.level, scale.limit) == (signed, level, limit)


def test_parts_of_units_are_drawn_to_the_scale_of_the_largest_one():
    maps = np.array([[[0.5, -1.0]], [[2.0, 0.0]]])
    assert part_limit(maps, np.array([-3.0, 1.0])) == 3.0
    assert part_limit(maps, np.array([0.5, -4.0])) == 8.0


def test_what_varies_by_less_than_a_thousandth_of_its_scale_is_constant():
    noise = 1e-7 * np.random.default_rng(0).normal(size=100)
    assert constant(0.5 + noise, 0.5) == pytest.approx(0.5)
    assert constant(np.linspace(0.5, 0.6, 100), 0.5) is None
    assert constant(np.array([0.5, np.nan]), 0.5) is None, "a network that diverged"


def test_a_network_that_diverged_can_be_looked_at():
    network = deep()
    network.layers[0].params["weight"][:] = np.inf
    seen = survey(network, np.zeros((4, 2), np.float32), (2, 2))
    assert not np.isfinite(seen.outputs).all()


# ---------------------------------------------------------------------- against what


@pytest.mark.parametrize("dataset", ["line_bias", "plane"])
def test_training_comes_close_to_the_best_line_and_never_below_it(dataset):
    made = trainer(dataset, learning_rate=0.1, epochs=300)
    task, points = task_and_points(made)
    weight, bias = best_line(made.network, task, points)
    best = task.loss.value(points.scaled @ weight + bias, points.targets)
    start = made.evaluate("training").loss
    for _ in made.steps():
        pass
    assert best - 1e-7 < made.evaluate("training").loss < best + 1e-4 < start


def test_the_best_line_is_for_one_linear_layer_and_a_squared_error_only():
    for made in (
        trainer("plane", layers=[{"kind": "affine", "units": 2}, {"kind": "tanh"}, *ONE_AFFINE]),
        trainer("moons", "binary_cross_entropy"),
    ):
        assert best_line(made.network, *task_and_points(made)) is None


def test_without_a_bias_the_best_line_goes_through_the_origin():
    made = trainer("line")
    task, points = task_and_points(made)
    without = made.network.copy()
    del without.layers[0].params["bias"]
    weight, bias = best_line(without, task, points)
    x, targets = points.inputs[:, 0].astype(float), points.targets[:, 0].astype(float)
    assert weight[0, 0] == pytest.approx((x * targets).sum() / (x * x).sum(), rel=1e-5)
    assert bias == [0.0]


def test_saying_the_mean_costs_the_variance_of_the_targets():
    made = trainer("plane")
    task, points = task_and_points(made)
    assert loss_of_nothing(task, points) == pytest.approx(float(points.targets.var()), rel=1e-5)


# ---------------------------------------------------------------------- colours


def test_each_class_goes_from_the_ground_to_its_colour():
    colors = [(10 * k, 200, 255 - 10 * k) for k in range(CLASS_COLORS)]
    lut = class_scale(colors, (255, 255, 255), 1.0)
    for k in range(CLASS_COLORS):
        unsure, sure = class_indices(np.array([k, k]), np.array([0.0, 1.0]))
        assert LOWEST <= unsure < sure <= HIGHEST
        assert lut[sure].tolist() == [*colors[k], 255]
        assert lut[unsure, :3].min() > lut[sure, :3].min(), "paler"
    assert class_indices(np.array([0]), np.array([np.nan]))[0] == LOWEST


def test_between_two_classes_the_margin_is_zero():
    said = np.array([[0.5, 0.3, 0.2], [0.4, 0.4, 0.2], [0.1, 0.2, 0.7], [0.1, 0.8, 0.1]])
    first, second = margins(said, (2, 2))
    np.testing.assert_allclose(first, [[0.2, 0.0], [-0.6, -0.7]], atol=1e-9)
    np.testing.assert_allclose(second, [[-0.2, 0.0], [-0.5, 0.7]], atol=1e-9)


def test_probabilities_are_shown_where_the_loss_makes_them():
    for loss, said in ((BinaryCrossEntropy(), 0.5), (SquaredError(), 0.0), (SoftmaxCrossEntropy(), 1.0)):
        made = trainer("moons", "binary_cross_entropy")
        task = task_of(made.dataset, loss, 0.0)
        assert task.answers(np.zeros((1, 1)))[0] == pytest.approx(said)
