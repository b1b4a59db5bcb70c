"""A trained network is judged on other data with its own scaling and classes, or a sentence says why not."""

from dataclasses import replace

import numpy as np
import pytest

from mlpviz.data import Examples, load_dataset, one_hot
from mlpviz.training import Trainer
from mlpviz.training.other_data import splits_of
from mlpviz.training.presets import load_preset
from mlpviz.training.proposal import propose_experiment


@pytest.fixture(scope="module")
def iris():
    """A trained network, on inputs scaled by their own mean and deviation."""
    dataset = load_dataset("iris")
    experiment = propose_experiment(dataset, "iris").with_settings({"epochs": 20})
    trainer = Trainer(experiment.with_settings({"dataset": "iris", "input_scaling": "standard"}), dataset)
    for _ in trainer.steps():
        pass
    return trainer


def renamed(dataset, order):
    """The same flowers with the classes in another order."""
    labels = np.argsort(order)[dataset.training.labels]
    training = Examples(dataset.training.inputs, one_hot(labels, 3), labels)
    return replace(
        dataset, name="others", training=training, classes=tuple(dataset.classes[k] for k in order)
    )


def test_the_same_data_are_judged_the_same(iris):
    split = splits_of(iris, load_dataset("iris"))["data"]
    own = iris.splits.training
    np.testing.assert_array_equal(split.batch(own.rows)[0], own.batch(slice(None))[0])
    np.testing.assert_array_equal(split.batch(own.rows)[1], own.batch(slice(None))[1])


def test_classes_are_found_by_their_names(iris):
    dataset = load_dataset("iris")
    straight, turned = (splits_of(iris, each)["data"] for each in (dataset, renamed(dataset, [2, 0, 1])))
    np.testing.assert_array_equal(straight.labels_at(slice(None)), turned.labels_at(slice(None)))
    np.testing.assert_array_equal(straight.batch(slice(None))[1], turned.batch(slice(None))[1])


def test_one_output_for_two_classes_gets_the_targets_it_was_trained_with():
    dataset = load_dataset("iris_two")
    experiment = propose_experiment(dataset, "x").with_settings(
        {"dataset": "iris_two", "loss": "squared_error", "layers.2.units": 1}
    )
    trainer = Trainer(experiment, dataset)
    two = replace(
        dataset,
        training=Examples(
            dataset.training.inputs, one_hot(dataset.training.labels, 2), dataset.training.labels
        ),
    )
    targets = splits_of(trainer, two)["data"].batch(slice(None))[1]
    np.testing.assert_array_equal(targets, dataset.training.targets)


def test_test_examples_are_judged_beside_the_others():
    digits = load_preset("digits").with_settings({"training_size": 100})
    trainer = Trainer(digits)
    assert {name: len(split) for name, split in splits_of(trainer, trainer.dataset).items()} == {
        "data": 60_000,
        "data, test": 10_000,
    }


class TestMistakes:
    def test_other_inputs(self, iris):
        with pytest.raises(
            ValueError, match="moons has 2 inputs an example, but the network was trained on 4"
        ):
            splits_of(iris, load_dataset("moons"))

    def test_columns_in_another_order(self, iris):
        dataset = load_dataset("iris")
        turned = replace(dataset, input_names=dataset.input_names[::-1])
        with pytest.raises(ValueError, match=r"input 1 is 'petal width.*' there: give the same columns"):
            splits_of(iris, turned)

    def test_an_unknown_class(self, iris):
        other = replace(load_dataset("iris"), name="others", classes=("setosa", "versicolor", "daisy"))
        with pytest.raises(ValueError, match="others has the class 'daisy', which the network does not know"):
            splits_of(iris, other)

    def test_numbers_in_place_of_classes(self, iris):
        dataset = load_dataset("iris")
        numbers = Examples(dataset.training.inputs, dataset.training.inputs[:, :1])
        with pytest.raises(ValueError, match="trained on classes, but the labels of iris are numbers"):
            splits_of(iris, replace(dataset, training=numbers, classes=()))

    def test_pictures_of_another_size_or_range(self):
        trainer = Trainer(load_preset("digits").with_settings({"training_size": 100}))
        digits = trainer.dataset
        wide = replace(digits, image_shape=(14, 56))
        with pytest.raises(ValueError, match="14 x 56 pixels, but the network was trained on 28 x 28"):
            splits_of(trainer, wide)
        with pytest.raises(ValueError, match=r"an input is from 0 to 1, but .* from 0 to 255"):
            splits_of(trainer, replace(digits, value_range=(0, 1)))
