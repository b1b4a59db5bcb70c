"""Why gradients vanish, worked out by hand and on the two deep networks."""

import math

import numpy as np
import pytest

from mlpviz.nn import Affine, Dropout, Network, ReLU, Sigmoid, SquaredError
from mlpviz.training.shrinking import operation_factors, shrinking


def affine(*rows):
    layer = Affine(len(rows), len(rows[0]), rng=np.random.default_rng(0), dtype=np.float64)
    layer.params["weight"] = np.array(rows, np.float64)
    return layer


ONE = np.array([[1.0]])


def test_by_hand():
    """x = 1, w₁ = 0, so z₁ = 0 and σ = ½, σ' = ¼; w₂ = 3, so y = 1.5; with t = 1 and (y − t)², δ₂ = 1.

    On the way down W₂ᵀ multiplies it by 3 and σ' by ¼: δ₁ = ¾. ∂L/∂w₂ = σ·δ₂ = ½, ∂L/∂w₁ = x·δ₁ = ¾.
    """
    network = Network([affine([0.0]), Sigmoid(), affine([3.0])])
    found = shrinking(network, ONE, ONE, SquaredError())
    assert found.deltas == (0.75, 1.0)
    assert found.gradients == (0.75, 0.5)
    assert found.by_weights == (3.0,)
    assert found.by_slopes == (0.25,)
    assert found.factors == (0.75,)
    assert operation_factors(network.trace(ONE, ONE, SquaredError())) == (0.0, 0.25, 3.0)


def test_what_follows_the_last_affine_layer_belongs_to_no_layer_below():
    network = Network([affine([1.0]), ReLU(), affine([1.0]), Sigmoid()])
    found = shrinking(network, ONE, 0 * ONE, SquaredError())
    y = 1 / (1 + math.exp(-1))
    assert found.deltas == pytest.approx((2 * y * y * (1 - y),) * 2)
    assert found.by_weights == found.by_slopes == (1.0,)


def test_all_that_stands_between_two_layers_counts_as_slope():
    network = Network([affine([0.0]), Sigmoid(), Dropout(0.5), Sigmoid(), affine([1.0])])
    found = shrinking(network, ONE, ONE, SquaredError())
    middle = 1 / (1 + math.exp(-0.5))
    assert found.by_slopes == pytest.approx((middle * (1 - middle) * 0.25,))


def test_the_factors_multiply_to_the_whole_way():
    rng = np.random.default_rng(3)
    layers = [Affine(5, 5, rng=rng, dtype=np.float64) for _ in range(4)]
    network = Network([each for layer in layers for each in (layer, Sigmoid())])
    x, targets = rng.normal(size=(20, 5)), rng.random((20, 5))
    found = shrinking(network, x, targets, SquaredError())
    assert math.prod(found.factors) == pytest.approx(found.deltas[0] / found.deltas[-1])
    assert max(found.by_slopes) <= 0.25


def test_where_nothing_arrives_there_is_no_factor():
    network = Network([affine([-1.0]), ReLU(), affine([1.0])])
    found = shrinking(network, ONE, 0 * ONE, SquaredError())  # the output is right already
    assert found.deltas == (0.0, 0.0)
    assert all(map(math.isnan, (*found.by_weights, *found.by_slopes, *found.factors)))


def test_one_layer_has_nothing_below_it():
    found = shrinking(Network([affine([2.0])]), ONE, ONE, SquaredError())
    assert found.gradients == (2.0,)
    assert found.factors == ()
