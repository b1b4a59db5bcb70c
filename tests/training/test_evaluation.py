"""Loss and accuracy over a whole split, in pieces, as if it had been one batch."""

import math

import numpy as np
import pytest

from mlpviz.data import Examples, Split
from mlpviz.nn import Affine, BinaryCrossEntropy, Dropout, Network, Sigmoid, SoftmaxCrossEntropy, SquaredError
from mlpviz.training import Trainer, evaluate

# One, a few, exactly one piece, one more than that, and several.
SIZES = pytest.mark.parametrize("n", [1, 7, 1000, 1001, 3456])


def points(n, n_in, targets):
    x = np.random.default_rng(1).normal(size=(n, n_in)).astype(np.float32)
    return Split(Examples(x, targets.astype(np.float32)), np.arange(n), np.float32(0), np.float32(1))


def classes(n, k=3):
    return np.eye(k)[np.random.default_rng(2).integers(0, k, n)]


def network(n_in, n_out):
    rng = np.random.default_rng(0)
    return Network([Affine(n_in, 8, rng), Sigmoid(), Affine(8, n_out, rng, bias_initializer="normal")])


@SIZES
@pytest.mark.parametrize(
    "loss",
    [
        *map(SquaredError, SquaredError.scalings),
        SoftmaxCrossEntropy(),
        BinaryCrossEntropy(),
    ],
    ids=lambda loss: f"{type(loss).__name__}-{getattr(loss, 'scaling', '')}",
)
def test_agrees_with_one_big_batch(n, loss):
    split, net = points(n, 4, classes(n)), network(4, 3)
    x, targets = split.batch(slice(None))
    y = net.predict(x)
    found = evaluate(net, split, loss, 0.5)
    assert found.loss == pytest.approx(loss.value(y.astype(float), targets.astype(float)), rel=1e-5)
    assert found.accuracy == pytest.approx(np.mean(y.argmax(axis=1) == targets.argmax(axis=1)), abs=1e-12)


@SIZES
@pytest.mark.parametrize(("low", "threshold"), [(0, 0.5), (-1, 0), (0, 0)])
def test_one_output_is_a_yes_above_the_threshold(n, low, threshold):
    yes = np.random.default_rng(3).random((n, 1)) < 0.4
    split, net = points(n, 2, np.where(yes, 1, low)), Network([Affine(2, 1, np.random.default_rng(0))])
    net.layers[0].params["bias"][...] = threshold  # so that about half of the outputs lie above it
    y = net.predict(split.batch(slice(None))[0])
    found = evaluate(net, split, SquaredError(), threshold)
    assert found.accuracy == pytest.approx(np.mean((y > threshold) == yes), abs=1e-12)


def test_without_a_threshold_there_is_no_accuracy():
    found = evaluate(network(2, 1), points(20, 2, np.ones((20, 1))), SquaredError(), None)
    assert found.accuracy is None
    assert math.isfinite(found.loss)


def test_dropout_is_switched_off():
    rng = np.random.default_rng(0)
    affine = Affine(4, 3, rng)
    split = points(50, 4, classes(50))
    with_dropout = evaluate(Network([Dropout(0.9), affine]), split, SquaredError(), 0.5)
    assert with_dropout == evaluate(Network([affine]), split, SquaredError(), 0.5)


def test_counts_the_examples_of_a_small_last_piece_as_much_as_the_others():
    """1,000 examples of loss 0 and one of loss 1001."""
    net = Network([Affine(1, 1, initializer="zeros", dtype=np.float64)])
    targets = np.zeros((1001, 1))
    targets[-1] = math.sqrt(1001)
    assert evaluate(net, points(1001, 1, targets), SquaredError(), None).loss == pytest.approx(1, rel=1e-6)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e38])
@pytest.mark.parametrize("loss", [SquaredError(), SoftmaxCrossEntropy(), BinaryCrossEntropy()])
def test_of_a_diverged_network_is_not_finite_and_warns_of_nothing(value, loss):
    net = network(4, 3)
    net.layers[2].params["weight"][...] = value
    net.layers[2].params["weight"][0, 0] *= -1
    found = evaluate(net, points(1500, 4, classes(1500)), loss, 0.5)
    if value != 1e38 or isinstance(loss, SquaredError):
        assert not math.isfinite(found.loss)
    assert 0 <= found.accuracy <= 1


def test_of_a_run(experiment):
    trainer = Trainer(experiment())
    list(trainer.steps())
    for which, split in (
        ("training", trainer.splits.training),
        ("validation", trainer.splits.validation),
        ("test", trainer.splits.test),
    ):
        assert trainer.evaluate(which) == evaluate(trainer.network, split, trainer.loss, trainer.threshold)
    assert len({trainer.evaluate(which).loss for which in ("training", "validation", "test")}) == 3
