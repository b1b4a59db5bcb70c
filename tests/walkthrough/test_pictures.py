"""The row of pictures of a stage: what stands beside what adds up to what is told."""

import numpy as np
import pytest

from mlpviz.nn import SGD, Affine, Linear, Network, Sigmoid, SquaredError
from mlpviz.walkthrough import Choice, walk
from mlpviz.walkthrough.example import choose
from mlpviz.walkthrough.pictures import pictures


def rows(w):
    for stage in w.stages:
        choice = choose(w, stage)
        yield stage, choice, pictures(w, stage, choice)


def test_every_row_is_well_made(trainer, walk_of):
    w = walk_of(trainer)
    axes = {axis for stage in w.stages for q in stage.quantities for axis in q.axes}
    for stage, _, row in rows(w):
        assert 1 <= len(row) <= 4, stage.title
        if stage.operation != "Loss" or stage.phase != "loss":
            assert sum(p.is_result for p in row) == 1, stage.title
        for picture in row:
            assert picture.values.ndim == 1
            assert picture.axis is None or picture.axis in axes
            assert picture.caption
            assert picture.meaning
            assert picture.scale in ("signed", "pixel")
            if picture.scale == "pixel":
                assert (picture.values >= 0).all()
            assert len(picture.labels) in (0, len(picture.values))
        lengths = {}
        for picture in row:
            if picture.axis is not None:
                assert lengths.setdefault(picture.axis, len(picture.values)) == len(picture.values)


def test_sums(trainer, walk_of):
    w = walk_of(trainer)
    seen = 0
    for i, layer in enumerate(w.network.layers):
        if not isinstance(layer, Linear):
            continue
        bias = layer.params.get("bias", np.zeros(layer.n_out))
        forward, back = [s for s in w.stages if s.layer == i and s.parameter is None]
        for unit in {0, layer.n_out - 1}:
            x, column, products, z = pictures(w, forward, Choice(unit))
            assert np.array_equal(x.values, w.trace.inputs[i][0])
            assert np.array_equal(column.values, layer.weight[:, unit])
            assert np.array_equal(products.values, x.values * column.values)
            total = products.values.sum(dtype=np.float64) + float(bias[unit])
            assert z.values[unit] == pytest.approx(total, rel=1e-4, abs=1e-5)
            assert (x.axis, column.axis, products.axis) == 3 * forward.quantities[0].axes
            assert f"[:, {unit}]" in column.caption
        for unit in {0, layer.weight.shape[0] - 1}:
            upstream, row, products, down = pictures(w, back, Choice(unit))
            assert np.array_equal(row.values, layer.weight[unit])
            assert np.array_equal(products.values, upstream.values * row.values)
            total = products.values.sum(dtype=np.float64)
            assert down.values[unit] == pytest.approx(total, rel=1e-4, abs=1e-6)
            assert upstream.axis == row.axis == products.axis
            assert down.axis == forward.quantities[0].axes[0]
        seen += 1
    assert seen


def test_gradients_and_updates(trainer, walk_of):
    w = walk_of(trainer)
    for stage, choice, row in rows(w):
        if stage.parameter is None:
            continue
        (result,) = [p for p in row if p.is_result]
        if stage.phase == "update":
            before, update, after = row
            assert np.array_equal(after.values, before.values + update.values)
            expected = w.network.layers[stage.layer].params[stage.parameter]
            expected = expected[:, choice.unit] if expected.ndim == 2 else expected
            assert np.array_equal(before.values, expected)
        elif stage.parameter == "weight":
            x, upstream, _, weights = row
            assert np.allclose(result.values, x.values * upstream.values[choice.unit], rtol=1e-6)
            assert np.array_equal(
                weights.values, w.network.layers[stage.layer].params["weight"][:, choice.unit]
            )
            assert result.axis == x.axis == weights.axis
        else:
            assert np.array_equal(result.values, stage.result.values)


def test_slopes(trainer, walk_of):
    w = walk_of(trainer)
    for stage, _, row in rows(w):
        if stage.phase != "backward" or stage.layer is None or stage.parameter is not None:
            continue
        layer = w.network.layers[stage.layer]
        if isinstance(layer, Linear):
            continue
        x, upstream, slope, down = row
        y, cache = layer.forward(x.values[None])
        true = layer.backward(np.ones_like(y), cache)[0]
        assert np.allclose(slope.values, true, rtol=1e-4, atol=1e-6)
        assert np.allclose(upstream.values * slope.values, down.values, rtol=1e-4, atol=1e-7)


def test_the_slope_is_shown_where_no_gradient_arrives_too():
    """Where the answer is exactly right nothing comes back, but the sigmoid is as steep as it is."""
    layer = Affine(1, 2, initializer="zeros", dtype=np.float64)
    network = Network([layer, Sigmoid()])
    w = walk(network, np.ones((1, 1)), np.array([[0.5, 1.0]]), SquaredError(), SGD(0.1))
    (stage,) = [s for s in w.stages if s.phase == "backward" and s.layer == 1]
    slope = pictures(w, stage, Choice(0))[2]
    assert "slope 0.25." in stage.words(Choice(0))
    assert slope.caption == "slope at z₁"
    assert slope.values.tolist() == [0.25, 0.25]


def test_the_loss(trainer_of, walk_of):
    w = walk_of(trainer_of("digits"))
    (stage,) = [s for s in w.stages if s.phase == "loss"]
    y, t, squares = pictures(w, stage, Choice(0))
    assert np.array_equal(squares.values, (y.values - t.values) ** 2)
    assert squares.values.sum() == pytest.approx(w.trace.loss, rel=1e-5)
    (stage,) = [s for s in w.stages if s.phase == "backward" and s.operation == "Loss"]
    y, t, gradient = pictures(w, stage, Choice(0))
    assert np.allclose(gradient.values, 2 * (y.values - t.values))


def test_probabilities(trainer_of, walk_of):
    w = walk_of(trainer_of("toy-iris"))
    (stage,) = [s for s in w.stages if s.operation == "Softmax"]
    z, p = pictures(w, stage, Choice(0))
    e = np.exp(z.values.astype(np.float64))
    assert np.allclose(p.values, e / e.sum())
    assert p.scale == "pixel"
    (first,) = [s for s in w.stages if s.phase == "backward" and s.operation == "Loss"]
    assert [q.symbol for q in first.quantities][:2] == ["p", "t"]


def test_before_promised_measured(hand):
    (picture,) = pictures(hand, hand.stages[-1], Choice())
    assert [label.split()[0] for label in picture.labels] == ["before", "promised", "measured"]
    assert picture.values == pytest.approx([0.144063, 0.117735, 0.119365], abs=1e-6)
    assert picture.axis is None


def test_the_row_by_hand(hand):
    x, column, products, z = pictures(hand, hand.stages[3], Choice(0))
    assert [p.caption for p in (x, column, products, z)] == ["a₁", "W₂[:, 0]", "a₁ ∘ W₂[:, 0]", "z₂"]
    assert [p.sign for p in (x, column, products, z)] == ["", "∘", "=", "Σ + b₂"]
    assert products.values == pytest.approx([0.451959, -0.160525], abs=1e-6)
    assert z.values == pytest.approx([0.491434], abs=1e-6)
    _, _, gradient, weights = pictures(hand, hand.stages[12], Choice(1, 0))
    assert (gradient.caption, weights.caption) == ("∂L/∂W₁[:, 1]", "W₁[:, 1]")
    assert gradient.values == pytest.approx([0.017180, 0], abs=1e-6)
