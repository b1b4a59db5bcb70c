"""What is proposed for own data learns them, and says what it does to the inputs."""

import numpy as np
import pytest

from mlpviz.data import Dataset, Examples, Reading, load_dataset, one_hot
from mlpviz.data.readers import read_data
from mlpviz.locations import resource_path
from mlpviz.training import Experiment, Trainer
from mlpviz.training.presets import load_preset
from mlpviz.training.proposal import on_data, propose_experiment, proposed_scaling, scaling_effect

IRIS = resource_path("data", "iris.csv")


def dataset_of(inputs, labels=None, targets=None, value_range=None, image_shape=None):
    if labels is None:
        return Dataset("some", "Some", "", Examples(inputs, targets))
    n_classes = int(labels.max()) + 1
    examples = Examples(inputs, one_hot(labels, n_classes), labels)
    names = tuple(map(str, range(n_classes)))
    return Dataset("some", "Some", "", examples, None, names, image_shape, value_range)


def accuracy_of(trainer, which="training"):
    for _ in trainer.steps():
        pass
    return trainer.evaluate(which).accuracy


def blurred_patterns(n_classes, n_each, shape, rng, light=False):
    """Noisy pictures of random patterns, a pattern a class."""
    patterns = rng.integers(0, 256, (n_classes, *shape))
    labels = np.repeat(np.arange(n_classes), n_each)
    noisy = patterns[labels] * 0.3 + rng.normal(0, 20, (len(labels), *shape))
    pixels = np.clip(255 - noisy if light else noisy, 0, 255).astype(np.uint8)
    return dataset_of(pixels.reshape(len(labels), -1), labels, value_range=(0, 255), image_shape=shape)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_iris_is_learnt(seed):
    experiment = propose_experiment(read_data(IRIS).dataset, IRIS).with_settings({"seed": seed})
    assert accuracy_of(Trainer(experiment)) > 0.95


@pytest.mark.parametrize("light", [False, True])
@pytest.mark.parametrize("n_classes", [2, 15])
def test_small_pictures_are_learnt_on_dark_and_on_light_paper(n_classes, light):
    dataset = blurred_patterns(n_classes, 30, (12, 20), np.random.default_rng(0), light)
    experiment = propose_experiment(dataset, "/some")
    assert experiment.input_scaling == ("signed" if light else "natural")
    assert accuracy_of(Trainer(experiment, dataset), "validation") > 0.9


def test_numbers_of_very_different_size_are_predicted():
    rng = np.random.default_rng(0)
    x = (rng.normal(size=(300, 3)) * [1, 100, 1e4]).astype(np.float32)
    y = (x @ np.float32([1, 0.01, -1e-4])).reshape(-1, 1).astype(np.float32)
    dataset = dataset_of(x, targets=y)
    experiment = propose_experiment(dataset, "/some")
    assert (experiment.loss, experiment.layers[-1].units) == ("squared_error", 1)
    trainer = Trainer(experiment, dataset)
    for _ in trainer.steps():
        pass
    assert trainer.evaluate("training").loss < 0.05 * y.var()


@pytest.mark.parametrize("n", [2, 3, 9, 19, 21, 150, 600, 6000])
def test_it_fits_data_of_any_number(n):
    labels = np.arange(n) % 2
    dataset = dataset_of(np.random.default_rng(0).normal(size=(n, 3)).astype(np.float32), labels)
    trainer = Trainer(propose_experiment(dataset, "/some"), dataset)
    next(trainer.steps())
    assert len(trainer.splits.training) + len(trainer.splits.validation) == n


@pytest.mark.parametrize(
    ("values", "value_range", "scaling"),
    [
        ((0, 255), (0, 255), "natural"),
        ((200, 255), (0, 255), "signed"),
        ((0, 3), (0, 255), "standard"),
        ((0.0, 9.5), None, "standard"),
    ],
)
def test_the_inputs_are_brought_to_about_one_and_it_says_how(values, value_range, scaling):
    kind = np.float32 if value_range is None else np.uint8
    inputs = np.resize(np.array([values[0]] * 3 + [values[1]], kind), (4, 3))
    if scaling == "signed":
        inputs = inputs.max() - inputs + inputs.min()
    dataset = dataset_of(inputs, np.array([0, 1, 0, 1]), value_range=value_range)
    assert proposed_scaling(dataset) == scaling
    assert scaling_effect(dataset, scaling) in propose_experiment(dataset, "/some").description


def test_it_keeps_how_the_data_were_found_and_read():
    reading = Reading(label_column="1", header="yes", targets="numbers")
    own = read_data(IRIS, reading)
    experiment = propose_experiment(own.dataset, IRIS, reading, "0" * 64, "Petals", "raw")
    assert (experiment.dataset, experiment.reading, experiment.dataset_sha256) == (
        str(IRIS),
        reading,
        "0" * 64,
    )
    assert (experiment.title, experiment.input_scaling) == ("Petals", "raw")
    assert Experiment.from_toml(experiment.to_toml()) == experiment


class TestAnExperimentOnOtherData:
    def test_keeps_its_own_settings(self):
        digits = load_preset("digits").with_settings({"layers.2.units": 3, "validation_size": 10})
        moved = on_data(digits, load_dataset("iris"), IRIS, Reading(), "")
        assert moved.with_settings({"dataset": "iris"}) == digits.with_settings({"dataset": "iris"})

    def test_is_refused_where_its_outputs_do_not_fit_with_what_would(self):
        with pytest.raises(
            ValueError, match=r"10 outputs, but iris has 3 classes: add --set layers\.2\.units=3"
        ):
            on_data(load_preset("digits"), load_dataset("iris"), IRIS, Reading(), "")

    def test_is_refused_where_its_splits_do_not_fit(self):
        digits = load_preset("digits").with_settings({"layers.2.units": 3})
        with pytest.raises(ValueError, match="iris has 150 training examples: add --set validation_size=15"):
            on_data(digits, load_dataset("iris"), IRIS, Reading(), "")
