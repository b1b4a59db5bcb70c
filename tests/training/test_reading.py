"""Three ways to read a digit: what each is made of, and that its parts add up to its scores."""

import itertools

import numpy as np
import pytest

from mlpviz.data import Dataset, Examples, Split
from mlpviz.data.dataset import one_hot
from mlpviz.nn import Affine, Network, ReLU, Sigmoid
from mlpviz.training import Experiment, Trainer
from mlpviz.training.presets import load_preset
from mlpviz.training.reading import (
    class_scores,
    linear_experiment,
    linear_reader,
    standardized,
    telling_units,
    template_reader,
)

SMALL = {"training_size": 1000, "validation_size": 300, "epochs": 1}


@pytest.fixture(scope="module")
def digits():
    return Trainer(load_preset("digits").with_settings(SMALL))


def pictures(labels, n_classes=2):
    """Pictures of 2 x 2 pixels: the first pixel is inked for class 0, the last for class 1."""
    labels = np.array(labels)
    inputs = np.zeros((len(labels), 4), np.uint8)
    inputs[np.arange(len(labels)), np.where(labels == 0, 0, 3)] = 200
    return Examples(inputs, one_hot(labels, n_classes), labels)


def whole(examples):
    return Split(examples, np.arange(len(examples)), np.float32(0), np.float32(1 / 255))


def test_templates_by_hand():
    split = whole(pictures([0, 0, 1]))
    reader = template_reader(split, split, 2, largest=255.0)
    assert reader.accuracy == 1.0
    # Mean image of class 0: (200, 0, 0, 0), mean 50, standard deviation 86.6: template (1.73, −0.577, …).
    assert reader.layer.weight[:, 0] == pytest.approx([3**0.5, *[-(3**-0.5)] * 3], rel=1e-5)
    scores = reader.scores(split, np.array([255, 0, 0, 0], np.uint8))
    assert scores == pytest.approx([3**0.5, -(3**-0.5)], rel=1e-5)


def test_templates_need_an_example_of_each_class():
    split = whole(pictures([0, 0], 2))
    with pytest.raises(ValueError, match="class 1 has no example"):
        template_reader(split, split, 2)


def test_templates_on_the_digits(digits):
    """Some four in five, without any training."""
    reader = template_reader(digits.splits.training, digits.splits.test, 10, 255.0)
    assert 0.74 < reader.accuracy < 0.84
    assert "not trained" in reader.words
    assert "1\u202f000" in reader.words


def test_a_linear_layer_is_trained_on_the_same_data(digits):
    experiment = linear_experiment(digits.experiment, digits.dataset)
    assert [layer.kind for layer in experiment.layers] == ["affine"]
    assert experiment.loss == "softmax_cross_entropy"
    for name in ("dataset", "seed", "input_scaling", "training_size", "validation_size"):
        assert getattr(experiment, name) == getattr(digits.experiment, name)
    assert (Trainer(experiment).splits.training.rows == digits.splits.training.rows).all()
    reader = linear_reader(digits.experiment, digits.dataset, "test")
    assert 0.82 < reader.accuracy < 0.92
    stored = digits.splits.test.inputs_at([0])[0]
    x, _ = digits.splits.test.batch([0])
    assert reader.scores(digits.splits.test, stored) == pytest.approx(reader.layer.forward(x)[0][0])


@pytest.mark.parametrize("scaling", ["natural", "signed", "raw", "standard"])
def test_its_learning_rate_suits_every_scaling(digits, scaling):
    experiment = digits.experiment.with_settings({"input_scaling": scaling})
    assert linear_reader(experiment, digits.dataset, "validation").accuracy > 0.8


def test_it_can_be_cancelled(digits):
    assert linear_reader(digits.experiment, digits.dataset, "test", lambda: True) is None


def test_two_classes_of_one_target_become_two_scores():
    labels = np.arange(40) % 2
    both = pictures(labels)
    single = Examples(both.inputs, labels[:, None].astype(np.float32), both.labels)
    dataset = Dataset("dots", "Dots", "", single, classes=("first", "last"), image_shape=(2, 2))
    experiment = Experiment.from_table(
        {"title": "Dots", "dataset": "digits", "layers": [{"kind": "affine", "units": 1}]}
    )
    reader = linear_reader(experiment, dataset, "training")
    assert reader.layer.weight.shape == (4, 2)
    assert reader.accuracy == 1.0


def network(*widths):
    rng = np.random.default_rng(0)
    layers = []
    for n_in, n_out in itertools.pairwise(widths):
        layers += [Affine(n_in, n_out, rng, bias_initializer="normal", dtype=np.float64), ReLU()]
    return Network([*layers[:-1], Sigmoid()])


X = np.random.default_rng(1).random((1, 6))


def test_votes_are_the_weights_into_the_answer_and_add_up_to_its_score():
    net = network(6, 8, 3)
    found = telling_units(net, X, 2, most=8)
    hidden = np.maximum(0, X @ net.layers[0].weight + net.layers[0].bias)[0]
    assert found.activations == pytest.approx(hidden[found.units])
    assert found.votes == pytest.approx(net.layers[2].weight[found.units, 2])
    assert found.shares.sum() + net.layers[2].bias[2] == pytest.approx(class_scores(net, X)[2])
    assert (np.diff(np.abs(found.shares)) <= 1e-12).all()
    assert telling_units(net, X, 2, most=3).units.tolist() == found.units[:3].tolist()


def test_with_more_layers_a_vote_is_how_the_score_changes_with_the_unit():
    net = network(6, 8, 5, 3)
    found = telling_units(net, X, 1, most=8)
    hidden = np.maximum(0, X @ net.layers[0].weight + net.layers[0].bias)

    def score(a):
        above = np.maximum(0, a @ net.layers[2].weight + net.layers[2].bias)
        return (above @ net.layers[4].weight + net.layers[4].bias)[0, 1]

    for unit, vote in zip(found.units, found.votes, strict=True):
        nudged = hidden.copy()
        nudged[0, unit] += 1e-6
        assert vote == pytest.approx((score(nudged) - score(hidden)) / 1e-6, abs=1e-5)


def test_one_output_votes_for_yes_or_for_no():
    net = network(6, 4, 1)
    yes, no = (telling_units(net, X, answer, most=4) for answer in (1, 0))
    assert yes.votes == pytest.approx(-no.votes)
    z = class_scores(net, X)
    assert z[0] == -z[1]


def test_a_network_without_hidden_units_has_none():
    assert telling_units(network(6, 3), X, 0, most=5) is None


def test_standardized():
    assert standardized(np.array([1.0, 2.0, 3.0])) == pytest.approx([-(1.5**0.5), 0, 1.5**0.5])
    assert standardized(np.array([4.0, 4.0])).tolist() == [0, 0]
