"""The numbers of every stage are the network's own, to the last bit, and every gradient passes its check."""

import numpy as np
import pytest

from mlpviz.nn import SGD, Affine, BinaryCrossEntropy, Network, ReLU, SoftmaxCrossEntropy, SquaredError
from mlpviz.walkthrough import walk
from mlpviz.walkthrough.checking import check_parameter, check_value
from mlpviz.walkthrough.example import choose


def same(a, b):
    """Equal to the last bit, of one shape and precision."""
    a, b = np.asarray(a), np.asarray(b)
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


def the(walkthrough, phase, layer, parameter=None):
    """The one stage of a phase for a layer, or for one of its parameters."""
    found = [
        s
        for s in walkthrough.stages
        if (s.phase, s.layer, s.parameter) == (phase, layer, parameter) and s.operation != "Loss"
    ]
    assert len(found) == 1
    return found[0]


def test_parameter_gradients_and_loss_are_those_of_the_network(trainer, walk_of):
    w = walk_of(trainer)
    loss, gradients = trainer.network.loss_and_gradients(w.x, w.target, trainer.loss)
    assert w.trace.loss == loss
    (stage,) = [s for s in w.stages if s.phase == "loss" and s.operation == "Loss"]
    assert float(stage.result.values) == loss
    n = 0
    for i, layer_gradients in enumerate(gradients):
        for name, gradient in layer_gradients.items():
            assert same(the(w, "backward", i, name).result.values, gradient), (i, name)
            n += 1
    assert n == sum(len(params) for params in trainer.network.params)
    assert n == sum(s.phase == "backward" and s.parameter is not None for s in w.stages)


def test_every_layers_output_and_gradients_of_values(trainer, walk_of):
    w = walk_of(trainer)
    y = w.x
    assert same(w.stages[0].result.values, w.x[0])
    for i, layer in enumerate(trainer.network.layers):
        stage = the(w, "forward", i)
        assert same(stage.quantities[0].values, y[0])
        y, _ = layer.forward(y)
        assert same(stage.result.values, y[0])
        for name, array in layer.params.items():
            assert any(same(q.values, array) for q in stage.quantities), name
    assert same(y, trainer.network.predict(w.x))
    first = next(s for s in w.stages if s.phase == "backward")
    upstream = trainer.loss.gradient(y, w.target)
    assert same(first.result.values, upstream[0])
    caches = trainer.network.forward(w.x)[1]
    for i in reversed(range(len(trainer.network.layers))):
        upstream = trainer.network.layers[i].backward(upstream, caches[i])
        assert same(the(w, "backward", i).result.values, upstream[0])


def test_updates_are_the_optimizers_for_this_example_alone(trainer, walk_of):
    w = walk_of(trainer)
    _, gradients = trainer.network.loss_and_gradients(w.x, w.target, trainer.loss)
    expected = trainer.optimizer.copy().updates(trainer.network.params, gradients)
    for i, updates in enumerate(expected):
        for name, update in updates.items():
            stage = the(w, "update", i, name)
            assert same(stage.result.values, update)
            assert same(w.updates[i][name], update)
            assert same(stage.quantities[0].values, trainer.network.layers[i].params[name])
    before, promised, measured = (float(q.values) for q in w.stages[-1].quantities)
    assert before == w.trace.loss
    exact = trainer.network.astype(np.float64)
    x, target = w.x.astype(np.float64), w.target.astype(np.float64)
    value, gradients = exact.loss_and_gradients(x, target, trainer.loss)
    slope = sum(float((g[n] * u[n]).sum()) for g, u in zip(gradients, w.updates, strict=True) for n in u)
    for layer, update in zip(exact.layers, w.updates, strict=True):
        for name in update:
            layer.params[name] += update[name]
    assert promised == pytest.approx(slope, rel=1e-9, abs=1e-12)
    assert measured == pytest.approx(exact.loss_and_gradients(x, target, trainer.loss)[0] - value, abs=1e-12)


def test_stages_come_in_order(trainer, walk_of):
    stages = walk_of(trainer).stages
    assert [s.index for s in stages] == list(range(len(stages)))
    phases = ["forward", "loss", "backward", "update", "after"]
    assert sorted(stages, key=lambda s: phases.index(s.phase)) == list(stages)
    layers = [s.layer for s in stages if s.phase == "forward"]
    assert layers == [None, *range(len(trainer.network.layers))]
    back = [s.layer for s in stages if s.phase == "backward" and s.parameter is None]
    assert back == [None, *reversed(range(len(trainer.network.layers)))]
    assert stages[-1].phase == "after"


def test_one_symbol_is_one_array(trainer, walk_of):
    arrays = {}
    for stage in walk_of(trainer).stages:
        for q in stage.quantities:
            assert same(arrays.setdefault(q.symbol, q.values), q.values), q.symbol
            assert len(q.axes) == q.values.ndim
            assert q.symbol not in ("", "_")


def test_one_symbol_is_one_array_with_two_activations_in_a_row():
    network = Network([Affine(3, 3, rng=np.random.default_rng(0)), ReLU(), ReLU(), ReLU()])
    network.layers[0].bias[:] = [1, 2, 3]
    w = walk(network, np.ones((1, 3)), np.ones((1, 3)), SquaredError(), SGD(0.1))
    arrays = {}
    for stage in w.stages:
        for q in stage.quantities:
            assert same(arrays.setdefault(q.symbol, q.values), q.values), f"{q.symbol} is two things"


def assert_passes(check, words):
    assert check.kink or check.passed, (words, check)


def test_every_displayed_gradient_passes_its_check(trainer, walk_of):
    w = walk_of(trainer, 3)
    rng = np.random.default_rng(0)
    compared = 0
    for stage in w.stages:
        if stage.phase != "backward":
            continue
        choice, values = choose(w, stage), stage.result.values
        chosen = (choice.source, choice.unit)[-values.ndim :]
        largest = np.unravel_index(np.abs(values).argmax(), values.shape)
        drawn = [tuple(int(rng.integers(n)) for n in values.shape)]
        for index in [chosen, tuple(map(int, largest)), *drawn]:
            if stage.parameter is not None:
                check = check_parameter(w.network, w.x, w.target, w.loss, stage.layer, stage.parameter, index)
            else:
                layer = len(w.network.layers) if stage.layer is None else stage.layer
                check = check_value(w.network, w.x, w.target, w.loss, layer, index[0])
            assert_passes(check, (stage.title, index))
            assert check.analytic == pytest.approx(
                float(values[index]), rel=1e-3, abs=1e-4 * float(np.abs(values).max()) + 1e-11
            )
            compared += not check.kink
    assert compared


def test_a_check_changes_nothing(trainer, walk_of, state_of):
    w = walk_of(trainer)
    before = state_of(trainer.network)
    layer = next(i for i, params in enumerate(trainer.network.params) if params)
    check_parameter(w.network, w.x, w.target, w.loss, layer, "weight", (0, 0))
    check_value(w.network, w.x, w.target, w.loss, layer, 0)
    assert state_of(trainer.network) == before


def test_a_kink_is_named():
    layer = Affine(1, 1, initializer="zeros", dtype=np.float64)
    layer.weight[:] = 1.0
    network = Network([layer, ReLU()])
    x, t = np.array([[1e-6]]), np.array([[1.0]])  # closer to the kink than h = 1e-5
    assert check_parameter(network, x, t, SquaredError(), 0, "bias", (0,)).kink
    assert check_value(network, x, t, SquaredError(), 1, 0).kink
    far = check_parameter(network, x + 1, t, SquaredError(), 0, "bias", (0,))
    assert not far.kink
    # 2 (1.000001 − 1) = 2e-6
    assert far.analytic == pytest.approx(2e-6, rel=1e-6)


@pytest.mark.parametrize("loss", [SoftmaxCrossEntropy(), BinaryCrossEntropy()])
@pytest.mark.parametrize("score", [5.0, 8.0, 11.0, 14.0])
def test_a_right_gradient_passes_where_the_network_is_sure(loss, score):
    """Small gradients drown in the rounding of the difference, which must not be told as a fault."""
    layer = Affine(2, 2, initializer="zeros", dtype=np.float64)
    layer.weight[:] = [[score, -score], [0.3, 0.7]]
    network, x, t = Network([layer]), np.array([[1.3, 0.7]]), np.array([[1.0, 0.0]])
    for index in np.ndindex(2, 2):
        assert_passes(check_parameter(network, x, t, loss, 0, "weight", index), index)
