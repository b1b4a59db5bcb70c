"""One seed, many streams: what is changed for one purpose leaves all others as they were."""

from itertools import product

import numpy as np
import pytest

from mlpviz.training import Trainer
from mlpviz.training.seeds import PURPOSES, stream

DEEP = (
    {"kind": "affine", "units": 6},
    {"kind": "relu"},
    {"kind": "affine", "units": 5},
    {"kind": "relu"},
    {"kind": "affine", "units": 3},
)


def rows(trainer):
    return [trainer.splits.training.rows.tolist(), trainer.splits.validation.rows.tolist()]


def batches(trainer, n=12):
    """The examples of the first n steps, in order; more than two epochs of them."""
    found = [trainer.snapshot().batch.tolist() for _, _ in zip(range(n), trainer.steps(), strict=False)]
    assert len(found) == n
    return found


def weights(trainer):
    """The weight matrices, in order."""
    return [layer.params["weight"] for layer in trainer.network.layers if "weight" in layer.params]


def same(a, b):
    return a.shape == b.shape and np.array_equal(a, b)


@pytest.fixture
def basis(experiment):
    return experiment(DEEP, learning_rate=0.01)


@pytest.mark.parametrize(
    "changes",
    [
        {"layers.0.units": 9},
        {"layers.1.kind": "tanh"},
        {"layers": [*DEEP[:2], {"kind": "dropout", "rate": 0.5}, *DEEP[2:]]},
        {"layers": [*DEEP[:1], {"kind": "batch_norm"}, *DEEP[1:], {"kind": "sigmoid"}]},
        {"layers": [DEEP[0], DEEP[1], DEEP[4]]},
        {"layers.0.initializer": "normal"},
        {"learning_rate": 0.01, "momentum": 0.9},
        {"optimizer": "adam"},
        {"loss": "softmax_cross_entropy"},
        {"input_scaling": "standard"},
    ],
    ids=str,
)
def test_another_network_sees_the_same_examples_in_the_same_order(basis, changes):
    one, other = Trainer(basis), Trainer(basis.with_settings(changes))
    assert rows(one) == rows(other)
    assert batches(one) == batches(other)


def test_another_width_leaves_the_other_layers_initial_weights(basis):
    one, wider = Trainer(basis), Trainer(basis.with_settings({"layers.0.units": 9}))
    a, b = weights(one), weights(wider)
    assert b[0].shape == (2, 9)
    assert b[1].shape == (9, 5)
    assert same(a[2], b[2])
    a, b = weights(one), weights(Trainer(basis.with_settings({"layers.2.units": 50})))
    assert same(a[0], b[0])


@pytest.mark.parametrize("position", range(6))
@pytest.mark.parametrize("kind", ["dropout", "batch_norm", "tanh"])
def test_a_layer_put_in_between_leaves_all_initial_weights(basis, position, kind):
    layers = [*DEEP[:position], {"kind": kind}, *DEEP[position:]]
    one, other = Trainer(basis), Trainer(basis.with_settings({"layers": layers}))
    assert all(map(same, weights(one), weights(other)))


def test_another_initializer_of_one_layer_leaves_the_others(basis):
    one, other = (
        Trainer(basis),
        Trainer(
            basis.with_settings({"layers.0.initializer": "zeros", "layers.0.bias_initializer": "normal"})
        ),
    )
    assert [same(*pair) for pair in zip(weights(one), weights(other), strict=True)] == [False, True, True]


def test_layers_of_one_shape_start_differently(experiment):
    square = [{"kind": "affine", "units": 2}, {"kind": "affine", "units": 2}, {"kind": "affine", "units": 3}]
    first, second, _ = weights(Trainer(experiment(square)))
    assert not np.isclose(first, second).any()


def test_another_seed_changes_all(basis):
    one, other = Trainer(basis), Trainer(basis.with_settings({"seed": 1}))
    assert rows(one)[0] != rows(other)[0]
    assert rows(one)[1] != rows(other)[1]
    assert not any(np.isclose(a, b).any() for a, b in zip(weights(one), weights(other), strict=True))
    assert all(a != b for a, b in zip(batches(one), batches(other), strict=True))


def test_another_seed_drops_other_units(experiment):
    """With all examples in one batch and equal weights, only dropout is left to differ."""
    layers = [{"kind": "dropout"}, {"kind": "affine", "units": 3, "initializer": "zeros"}]
    basis = experiment(layers, validation_size=0, batch_size=0)
    one, again, other = (Trainer(basis.with_settings({"seed": seed})) for seed in (0, 0, 1))
    for trainer in (one, again, other):
        next(trainer.steps())
    assert same(*weights(one), *weights(again))
    assert not same(*weights(one), *weights(other))


def test_the_order_differs_from_epoch_to_epoch(basis):
    found = np.concatenate(batches(Trainer(basis), 10)).tolist()
    first, second = found[:120], found[120:]
    assert sorted(first) == sorted(second)
    assert first != second
    assert first != sorted(first)


def test_streams_of_different_purposes_epochs_and_seeds_have_nothing_in_common():
    keys = list(product((0, 1, 2), PURPOSES, (0, 1, 2)))
    drawn = [stream(*key).integers(0, 2**62, 20) for key in keys]
    assert len({number for numbers in drawn for number in numbers.tolist()}) == 20 * len(keys)
    assert np.array_equal(drawn[5], stream(*keys[5]).integers(0, 2**62, 20))


def test_all_is_the_same_at_the_next_start(basis, bits):
    one, again = Trainer(basis), Trainer(basis)
    assert rows(one) == rows(again)
    assert bits(one.network) == bits(again.network)
    assert batches(one) == batches(again)
