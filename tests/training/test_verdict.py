"""What counts as learnt, and what as a plateau."""

import numpy as np
import pytest

from mlpviz.nn import least_squares
from mlpviz.training import Evaluation, Trainer
from mlpviz.training.verdict import criterion, gradient_norm, stands_still

ONE_LAYER = ({"kind": "affine", "units": 1},)
NEURON = (*ONE_LAYER, {"kind": "sigmoid"})


@pytest.fixture
def xor(experiment):
    return experiment(NEURON, dataset="gate_xor", batch_size=0, validation_size=0, learning_rate=1.0)


def test_of_four_examples_all_must_be_right(xor):
    learnt = criterion(Trainer(xor))
    assert learnt.accuracy == 1.0
    assert learnt.words == "all of the training examples are right at the end"
    assert learnt.holds(Evaluation(loss=0.3, accuracy=1.0)) is True
    assert learnt.holds(Evaluation(loss=0.0, accuracy=0.75)) is False


def test_of_many_examples_95_percent_must_be_right(experiment):
    learnt = criterion(Trainer(experiment()))
    assert learnt.accuracy == 0.95
    assert learnt.words == "at least 95 % of the training examples are right at the end"


def test_another_share_can_be_asked_for(xor):
    assert criterion(Trainer(xor), 0.75).holds(Evaluation(loss=0.3, accuracy=0.75)) is True


@pytest.mark.parametrize("share", [0, -1, 1.01, float("nan")])
def test_an_impossible_share_is_refused(xor, share):
    with pytest.raises(ValueError, match="above 0 and up to 1"):
        criterion(Trainer(xor), share)


def test_one_layer_of_weights_is_compared_with_least_squares(experiment):
    trainer = Trainer(
        experiment(ONE_LAYER, dataset="plane", batch_size=0, validation_size=0, learning_rate=0.5, epochs=200)
    )
    learnt = criterion(trainer)
    assert learnt.holds(trainer.evaluate("training")) is False
    for _ in trainer.steps():
        pass
    assert learnt.holds(trainer.evaluate("training")) is True
    x, targets = trainer.splits.training.batch(slice(None))
    best = trainer.loss.value(least_squares(x, targets).forward(x)[0], targets)
    assert learnt.loss == pytest.approx(1.05 * best + 1e-6)
    assert learnt.holds_each(np.array([2 * best, best]), None).tolist() == [False, True]


def test_where_no_least_loss_is_known_there_is_no_verdict(experiment):
    layers = ({"kind": "affine", "units": 3}, {"kind": "tanh"}, *ONE_LAYER)
    learnt = criterion(Trainer(experiment(layers, dataset="plane")))
    assert learnt.holds(Evaluation(loss=0.0, accuracy=None)) is None
    assert "no verdict" in learnt.words


def test_a_share_of_right_answers_needs_classes(experiment):
    with pytest.raises(ValueError, match="'plane' has no classes"):
        criterion(Trainer(experiment(ONE_LAYER, dataset="plane")), 0.9)


def test_the_gradient_is_that_of_the_whole_training_split(experiment):
    trainer = Trainer(experiment())
    x, targets = trainer.splits.training.batch(slice(None))
    _, gradients = trainer.network.loss_and_gradients(x, targets, trainer.loss)
    everything = np.concatenate([array.ravel() for layer in gradients for array in layer.values()])
    assert gradient_norm(trainer.network, trainer.splits.training, trainer.loss) == pytest.approx(
        float(np.linalg.norm(everything)), rel=1e-6
    )


@pytest.mark.parametrize(
    ("losses", "gradient", "still"),
    [
        ([0.125] * 40, 1e-5, True),
        ([0.125] * 40, 0.1, False),  # it does not move, but the slope is steep: it oscillates
        (list(np.linspace(1, 0.5, 40)), 1e-5, False),  # it moves
        ([0.125] * 3, 1e-5, True),
        ([0.125], 1e-5, False),  # too short to tell
        ([0.125] * 40, float("nan"), False),
    ],
)
def test_a_plateau_is_flat_in_gradient_and_in_loss(losses, gradient, still):
    assert stands_still(losses, gradient) is still
