"""What is odd about data and network is said before the first step; what cannot be meant is refused."""

import numpy as np
import pytest

from mlpviz.data import Dataset, one_hot
from mlpviz.data.dataset import Examples
from mlpviz.training import Trainer
from mlpviz.training.cautions import cautions

THREE = ({"kind": "affine", "units": 3},)
ONE = ({"kind": "affine", "units": 1},)


def points(inputs, labels, classes=("a", "b", "c"), **more):
    labels = np.asarray(labels, np.int64)
    examples = Examples(np.asarray(inputs, np.float32), one_hot(labels, len(classes)), labels)
    return Dataset("points", "Points", "Points.", examples, classes=classes, **more)


@pytest.fixture
def said(experiment):
    """The sentences on a data set, and a function that gives them."""

    def said(data, layers=THREE, **settings):
        trainer = Trainer(experiment(layers, validation_size=0, batch_size=0, **settings), data)
        found = cautions(trainer.dataset, trainer.splits, trainer.network)
        assert all(finding.severity == "warning" and finding.advice for finding in found)
        return [finding.text for finding in found]

    return said


def test_nothing_is_said_where_nothing_is_odd(experiment):
    trainer = Trainer(experiment())
    assert cautions(trainer.dataset, trainer.splits, trainer.network) == []


def test_one_class_only(said):
    assert said(points([[1, 2], [3, 4], [5, 7]], [1, 1, 1])) == ["All 3 training examples are of class b."]


def test_an_empty_class(said):
    assert said(points([[1, 2], [3, 4], [5, 7]], [0, 2, 2])) == ["No training example is of class b."]


def test_a_constant_input_is_named(said):
    data = points([[1, 2], [1, 4], [1, 7]], [0, 1, 2], input_names=("size", "colour"))
    assert said(data) == ["The input size is the same in every training example."]


def test_constant_edges_of_pictures_are_as_they_should_be(said):
    inputs = [[0, 1, 0, 3], [0, 4, 0, 6], [0, 2, 0, 2]]
    assert said(points(inputs, [0, 1, 2], image_shape=(2, 2))) == []
    assert said(points([[5, 5]] * 3, [0, 1, 2], image_shape=(1, 2))) == [
        "Every training example has the same inputs."
    ]


def test_many_rows_that_differ_late(said):
    inputs = np.zeros((3000, 2))
    assert said(points(inputs, np.arange(3000) % 3)) == ["Every training example has the same inputs."]
    inputs[2999] = 1
    assert said(points(inputs, np.arange(3000) % 3)) == []


def test_targets_out_of_reach(experiment):
    trainer = Trainer(experiment((*ONE, {"kind": "sigmoid"}), dataset="iris_two", validation_size=0))
    (finding,) = cautions(trainer.dataset, trainer.splits, trainer.network)
    assert finding.text == "The targets go from -1 to 1, but the last layer gives only 0 to 1."


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (
            {"dataset": "iris_two", "loss": "binary_cross_entropy"},
            "binary_cross_entropy needs targets from 0 to 1, but those of dataset 'iris_two' go from -1 to 1",
        ),
        (
            {"dataset": "plane", "loss": "binary_cross_entropy"},
            "needs targets from 0 to 1, but those of dataset 'plane'",
        ),
    ],
)
def test_targets_outside_the_losss_range_are_refused(experiment, settings, sentence):
    with pytest.raises(ValueError, match=sentence):
        Trainer(experiment(ONE, validation_size=0, **settings))


def test_a_softmax_needs_classes(experiment):
    values = np.arange(6, dtype=np.float32).reshape(3, 2)
    data = Dataset("pairs", "Pairs", "Pairs.", Examples(values, values))
    two = ({"kind": "affine", "units": 2},)
    with pytest.raises(ValueError, match="softmax_cross_entropy needs classes"):
        Trainer(experiment(two, loss="softmax_cross_entropy", validation_size=0, batch_size=0), data)


class TestTemplates:
    TEMPLATES = ({"kind": "linear", "units": 3, "initializer": "templates"},)

    def test_are_the_standardised_mean_of_each_class(self, experiment):
        inputs = np.array([[0, 2, 4], [2, 2, 2], [4, 2, 0], [1, 0, 0]])
        data = points(inputs, [0, 0, 1, 2])
        trainer = Trainer(experiment(self.TEMPLATES, validation_size=0, batch_size=0), data)
        # class 0: mean image (1, 2, 3), less 2, over √(2/3)
        expected = np.array([-1, 0, 1]) / np.sqrt(2 / 3)
        np.testing.assert_allclose(trainer.network.layers[0].weight[:, 0], expected, rtol=1e-6)
        np.testing.assert_array_equal(
            trainer.initial_snapshot().network.layers[0].weight, trainer.network.layers[0].weight
        )

    def test_need_an_example_of_each_class(self, experiment):
        data = points([[1, 2], [3, 5]], [0, 2])
        with pytest.raises(ValueError, match=r"layers\.0\.initializer: class 1 has no example"):
            Trainer(experiment(self.TEMPLATES, validation_size=0, batch_size=0), data)

    def test_need_a_unit_for_each_class_right_after_the_inputs(self, experiment):
        layers = ({"kind": "affine", "units": 4, "initializer": "templates"}, *THREE)
        with pytest.raises(ValueError, match=r"layers\.0\.initializer: templates .*\(2 x 3\), not 2 x 4"):
            Trainer(experiment(layers, validation_size=0))

    def test_are_none_of_a_regression(self, experiment):
        layers = ({"kind": "affine", "units": 1, "initializer": "templates"},)
        with pytest.raises(ValueError, match="templates are one mean image a class"):
            Trainer(experiment(layers, dataset="plane", validation_size=0))


def test_no_epochs_leave_the_network_as_it_starts(experiment):
    trainer = Trainer(experiment(epochs=0))
    assert trainer.finished
    assert list(trainer.steps()) == []
    trainer.change("epochs", 1)
    assert len(list(trainer.steps())) == 5  # 120 examples in batches of 25
