"""A batch's gradient is the mean of its examples'; a step keeps its promise as far as slopes go."""

import numpy as np
import pytest

from mlpviz.nn import SGD, Adam, Affine, BatchNorm, Linear, Network, ReLU, SquaredError, Tanh
from mlpviz.walkthrough import Choice, loss_change, walk
from mlpviz.walkthrough.pulls import pulls_on_weight


def test_the_mean_of_the_pulls_is_the_batchs_gradient(trainer):
    x, t = trainer.splits.training.batch(slice(0, 4))
    _, gradients = trainer.network.loss_and_gradients(x, t, trainer.loss)
    rng = np.random.default_rng(0)
    for i, layer in enumerate(trainer.network.layers):
        if not isinstance(layer, Linear):
            continue
        weight = gradients[i]["weight"]
        largest = np.unravel_index(np.abs(weight).argmax(), weight.shape)
        for source, unit in [largest, *rng.integers(weight.shape, size=(2, 2))]:
            pulls = pulls_on_weight(trainer.network, x, t, trainer.loss, i, int(source), int(unit))
            scale = float(np.abs(weight).max())
            assert pulls.mean == pytest.approx(float(weight[source, unit]), rel=1e-4, abs=1e-6 * scale)
            assert pulls.mean == pytest.approx(float(pulls.gradients.mean()))
            for k, gradient in enumerate(pulls.gradients):  # each is the example's own
                _, own = trainer.network.loss_and_gradients(x[k : k + 1], t[k : k + 1], trainer.loss)
                assert gradient == pytest.approx(
                    float(own[i]["weight"][source, unit]), rel=1e-3, abs=1e-5 * scale
                )
        if "bias" not in gradients[i]:
            continue
        bias = pulls_on_weight(trainer.network, x, t, trainer.loss, i, None, int(largest[1]))
        scale = float(np.abs(gradients[i]["bias"]).max())
        assert bias.mean == pytest.approx(float(gradients[i]["bias"][largest[1]]), rel=1e-4, abs=1e-6 * scale)


def test_pulls_by_hand():
    """y = w x with w = 1: the examples (1, t=3) and (2, t=1) give 2(1−3)·1 = −4 and 2(2−1)·2 = 4."""
    layer = Affine(1, 1, initializer="zeros", dtype=np.float64)
    layer.weight[:] = 1
    x, t = np.array([[1.0], [2.0]]), np.array([[3.0], [1.0]])
    pulls = pulls_on_weight(Network([layer]), x, t, SquaredError(), 0, 0, 0)
    assert pulls.gradients.tolist() == [-4, 4]
    assert pulls.mean == 0
    bias = pulls_on_weight(Network([layer]), x, t, SquaredError(), 0, None, 0)
    assert (bias.gradients.tolist(), bias.mean) == ([-4, 2], -1)


@pytest.fixture
def case(net):
    network = net((3, 4, 2), BatchNorm, lambda n: Tanh(), seed=5)
    return network, np.array([[0.3, -1.0, 2.0]]), np.array([[1.0, 0.0]])


def test_gradient_descent_promises_minus_rate_times_norm_squared(case):
    network, x, t = case
    _, gradients = network.loss_and_gradients(x, t, SquaredError())
    updates = SGD(0.01).updates(network.params, gradients)
    promised, measured = loss_change(network, updates, x, t, SquaredError())
    squares = sum(float((g**2).sum()) for layer in gradients for g in layer.values())
    assert promised == pytest.approx(-0.01 * squares, rel=1e-12)
    after = network.copy()
    for layer, change in zip(after.layers, updates, strict=True):
        for name in change:
            layer.params[name] += change[name]
    difference = SquaredError().value(after.predict(x), t) - SquaredError().value(network.predict(x), t)
    assert measured == pytest.approx(difference, rel=1e-10)
    assert measured < 0


def test_the_shorter_the_step_the_closer_the_promise(case):
    network, x, t = case
    _, gradients = network.loss_and_gradients(x, t, SquaredError())
    off = []
    for rate in (1e-2, 1e-3, 1e-4):
        updates = SGD(rate).updates(network.params, gradients)
        promised, measured = loss_change(network, updates, x, t, SquaredError())
        off.append(abs(measured - promised) / abs(promised))
    assert off[0] / off[1] == pytest.approx(10, rel=0.1)
    assert off[1] / off[2] == pytest.approx(10, rel=0.1)


def test_loss_change_leaves_the_network_alone(case, state_of):
    network, x, t = case
    before = state_of(network)
    _, gradients = network.loss_and_gradients(x, t, SquaredError())
    loss_change(network, Adam(0.1).updates(network.params, gradients), x, t, SquaredError())
    assert state_of(network) == before


def test_a_small_change_does_not_drown_in_single_precision(net):
    network = net((3, 4, 2), lambda n: ReLU(), seed=1, dtype=np.float32)
    x, t = np.ones((1, 3), np.float32), np.array([[1, 0]], np.float32)
    _, gradients = network.loss_and_gradients(x, t, SquaredError())
    promised, measured = loss_change(
        network, SGD(1e-9).updates(network.params, gradients), x, t, SquaredError()
    )
    assert promised < 0
    assert measured == pytest.approx(promised, rel=1e-3)


def after_words(w):
    return w.stages[-1].words(Choice())


def test_a_step_too_long_is_told(case):
    network, x, t = case
    w = walk(network, x, t, SquaredError(), SGD(50.0))
    _, promised, measured = (float(q.values) for q in w.stages[-1].quantities)
    assert promised < 0 < measured
    assert "the loss rose by" in after_words(w)


def test_no_gradient_no_step(case):
    network, x, _ = case
    w = walk(network, x, network.predict(x), SquaredError(), SGD(0.1))
    assert after_words(w) == "The gradient is zero, so no step was made."


def gathered(network, x, target):
    """A momentum that was gathered while the target was another."""
    optimizer = SGD(0.1, momentum=0.9)
    _, gradients = network.loss_and_gradients(x, target, SquaredError())
    optimizer.updates(network.params, gradients)
    return optimizer


def test_a_momentum_that_goes_on_is_not_told_as_no_step(case):
    network, x, t = case
    w = walk(network, x, network.predict(x), SquaredError(), gathered(network, x, t))
    assert max(float(np.abs(u).max()) for layer in w.updates for u in layer.values()) > 0
    assert float(w.stages[-1].result.values) != 0
    assert "no step was made" not in after_words(w)


def test_a_learning_rate_of_zero_is_not_told_as_a_gradient_of_zero(case):
    network, x, t = case
    w = walk(network, x, t, SquaredError(), SGD(0.0))
    assert "gradient is zero" not in after_words(w)


def test_an_update_along_the_gradient_is_not_told_as_against_it(case):
    network, x, t = case
    y = network.predict(x)
    w = walk(network, x, y + 0.01 * (y - t), SquaredError(), gathered(network, x, t))
    (stage,) = [s for s in w.stages if (s.phase, s.layer, s.parameter) == ("update", 3, "bias")]
    along = stage.quantities[1].values * stage.result.values > 0
    unit = int(along.argmax())
    assert along[unit]
    assert "Against the gradient" not in stage.words(Choice(unit, unit))
