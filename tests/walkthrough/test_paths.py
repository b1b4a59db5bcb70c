"""A weight's gradient as a sum over paths: all of them add up to it, and the largest are the largest."""

from itertools import pairwise
from math import prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlpviz.nn import (
    Affine,
    BatchNorm,
    Dropout,
    LeakyReLU,
    Network,
    ReLU,
    Sigmoid,
    SoftmaxCrossEntropy,
    SquaredError,
    Tanh,
)
from mlpviz.walkthrough.paths import paths_of_weight

BETWEEN = [
    lambda n: ReLU(),
    lambda n: LeakyReLU(0.1),
    lambda n: Sigmoid(),
    lambda n: Tanh(),
    lambda n: Dropout(0.5),
    lambda n: BatchNorm(n, np.float64),
]
ALL = 10_000


@st.composite
def traced(draw, shallowest=1, deepest=4):
    """A random network, a trace of a random example, and one of its weights."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    widths = [draw(st.integers(1, 4)) for _ in range(draw(st.integers(shallowest, deepest)) + 1)]
    layers, affine = [], []
    for n, k in pairwise(widths):
        affine.append(len(layers))
        layers.append(Affine(n, k, rng=rng, bias_initializer="normal(0.5)", dtype=np.float64))
        for make in draw(st.lists(st.sampled_from(BETWEEN), max_size=2)):
            layers.append(make(k))
            for array in (*layers[-1].params.values(), *layers[-1].statistics.values()):
                array += 0.3 * rng.random(array.shape)
    network = Network(layers)
    x, t = rng.normal(size=(1, widths[0])), rng.random((1, widths[-1]))
    loss = draw(st.sampled_from([SquaredError(), SquaredError("mean"), SoftmaxCrossEntropy()]))
    layer = draw(st.sampled_from(affine))
    n, k = layers[layer].weight.shape
    weight = layer, draw(st.integers(0, n - 1)), draw(st.integers(0, k - 1))
    later = [layers[i].weight.shape[1] for i in affine if i > layer]
    return network, network.trace(x, t, loss), weight, prod(later)


def rounding(found):
    return 1e-12 * (1 + sum(abs(path.value) for path in found.paths))


@given(traced(), st.integers(1, 9))
def test_paths_and_remainder_are_the_gradient(case, most):
    network, trace, (layer, source, unit), count = case
    found = paths_of_weight(network, trace, layer, source, unit, most)
    gradient = trace.gradients[layer]["weight"][source, unit]
    assert found.total == pytest.approx(gradient, rel=1e-12, abs=1e-15)
    assert abs(sum(p.value for p in found.paths) + found.remainder - gradient) <= rounding(found)
    assert found.count == count
    assert len(found.paths) == min(most, count)


@given(traced())
def test_all_of_them_where_there_is_room(case):
    network, trace, (layer, source, unit), count = case
    found = paths_of_weight(network, trace, layer, source, unit, most=ALL)
    assert len(found.paths) == found.count == count
    assert len({path.units for path in found.paths}) == count
    assert found.remainder == 0
    gradient = trace.gradients[layer]["weight"][source, unit]
    assert abs(sum(p.value for p in found.paths) - gradient) <= rounding(found)


@given(traced())
def test_the_product_of_the_factors_is_the_value(case):
    network, trace, (layer, source, unit), _ = case
    for path in paths_of_weight(network, trace, layer, source, unit, most=ALL).paths:
        assert path.value == pytest.approx(prod(f.value for f in path.factors), rel=1e-12, abs=1e-300)
        assert path.units[0] == unit
        first, last = path.factors[0], path.factors[-1]
        assert (first.kind, last.kind) == ("loss", "input")
        assert first.value == trace.upstream[-1][0, path.units[-1]]
        assert last.value == trace.inputs[layer][0, source]
        for factor in path.factors:
            if factor.kind == "weight":
                assert factor.value == network.layers[factor.layer].weight[factor.indices]


@given(traced(1, 2))
def test_the_largest_come_first(case):
    network, trace, weight, _ = case
    assert_largest_first(network, trace, weight)


@given(traced(3, 4))
def test_the_largest_come_first_in_a_deep_network(case):
    network, trace, weight, _ = case
    assert_largest_first(network, trace, weight)


def assert_largest_first(network, trace, weight):
    every = paths_of_weight(network, trace, *weight, most=ALL)
    sizes = [abs(path.value) for path in every.paths]
    tolerance = 1e-12 * max(sizes)
    assert all(a >= b - tolerance for a, b in pairwise(sizes)), sizes
    few = paths_of_weight(network, trace, *weight, most=3)
    largest = sorted(sizes, reverse=True)[:3]
    assert [abs(path.value) for path in few.paths] == pytest.approx(largest, rel=1e-9, abs=1e-12)


def test_paths_that_cancel_are_still_the_largest():
    """From unit 0 two paths of +1 and −1 cancel; one of 0.1 through unit 1 must not hide them."""
    layers = [Affine(n, k, initializer="zeros", dtype=np.float64) for n, k in ((1, 1), (1, 2), (2, 2))]
    layers[0].weight[:] = 1
    layers[1].weight[:] = [[1, 1]]
    layers[2].weight[:] = [[1, -1], [0.1, 0]]
    network = Network(layers)
    x = np.array([[1.0]])
    trace = network.trace(x, network.predict(x) - 0.5, SquaredError())  # ∂L/∂y = (1, 1)
    found = paths_of_weight(network, trace, 0, 0, 0, most=2)
    assert [p.units for p in found.paths] == [(0, 0, 0), (0, 0, 1)]
    assert [p.value for p in found.paths] == pytest.approx([1, -1])
    assert found.remainder == pytest.approx(0.1)


def test_by_hand(hand):
    # W2[0, 0]: ∂L/∂a2 · slope of a2 · a1[0] = -0.759111·0.235493·0.645656 = -0.115421
    found = paths_of_weight(hand.network, hand.trace, 2, 0, 0)
    (path,) = found.paths
    assert (found.count, found.remainder) == (1, 0)
    assert [f.kind for f in path.factors] == ["loss", "slope", "input"]
    assert [f.value for f in path.factors] == pytest.approx([-0.759111, 0.235493, 0.645656], abs=1e-6)
    assert path.value == pytest.approx(-0.115421, abs=1e-6)
    # W1[0, 1]: -0.759111·0.235493·(-0.4)·0.240261·1 = 0.017180
    (path,) = paths_of_weight(hand.network, hand.trace, 0, 0, 1).paths
    assert [f.kind for f in path.factors] == ["loss", "slope", "weight", "slope", "input"]
    expected = [-0.759111, 0.235493, -0.4, 0.240261, 1]
    assert [f.value for f in path.factors] == pytest.approx(expected, abs=1e-6)
    assert path.value == pytest.approx(0.017180, abs=1e-6)
    assert path.units == (1, 0)


def test_two_outputs_two_paths():
    """The second hidden unit reaches both outputs: 2·1·3·5 + 2·(−2)·4·5 = 30 − 80."""
    layers = [Affine(1, 2, initializer="zeros", dtype=np.float64) for _ in "a"]
    layers.append(Affine(2, 2, initializer="zeros", dtype=np.float64))
    layers[1].weight[:] = [[0, 0], [3, 4]]
    network = Network(layers)
    trace = network.trace(np.array([[5.0]]), np.array([[-1.0, 2.0]]), SquaredError())
    found = paths_of_weight(network, trace, 0, 0, 1)
    assert [(p.units, p.value) for p in found.paths] == [((1, 1), -80), ((1, 0), 30)]
    assert (found.total, found.remainder, found.count) == (-50, 0, 2)


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ((1, 0, 0), "layer 1 is not an affine layer, so it has no weights with paths"),
        ((4, 0, 0), "layer 4 is not an affine layer"),
        ((-1, 0, 0), "layer -1 is not an affine layer"),
        ((0, 2, 0), r"there is no weight \[2, 0\]: the layer is 2 x 2"),
        ((0, 0, 2), r"there is no weight \[0, 2\]: the layer is 2 x 2"),
        ((0, -1, 0), r"there is no weight \[-1, 0\]: the layer is 2 x 2"),
    ],
)
def test_no_such_weight(hand, place, words):
    with pytest.raises(ValueError, match=words):
        paths_of_weight(hand.network, hand.trace, *place)


def test_more_paths_than_a_machine_word_counts(net):
    network = net((3, *33 * (4,), 2), lambda n: Sigmoid(), dtype=np.float32)
    trace = network.trace(np.ones((1, 3), np.float32), np.ones((1, 2), np.float32), SquaredError())
    found = paths_of_weight(network, trace, 0, 0, 0, most=5)
    assert found.count == 4**32 * 2


def test_every_weight_of_every_system(trainer, walk_of):
    w = walk_of(trainer)
    layer = next(i for i, params in enumerate(trainer.network.params) if "weight" in params)
    gradient = w.trace.gradients[layer]["weight"]
    index = np.unravel_index(np.abs(gradient).argmax(), gradient.shape)
    found = paths_of_weight(w.network, w.trace, layer, *map(int, index), most=ALL)
    assert found.total == pytest.approx(float(gradient[index]), rel=1e-5)
    total = sum(p.value for p in found.paths) + found.remainder
    assert total == pytest.approx(float(gradient[index]), rel=1e-4)
    if found.count <= ALL:  # a deep network has millions
        assert abs(found.remainder) <= 1e-3 * sum(abs(p.value) for p in found.paths)
