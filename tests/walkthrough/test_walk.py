"""To walk is to look: nothing is changed, and whatever network there is, it is told."""

import warnings

import numpy as np
import pytest

from mlpviz.nn import SGD, Adam, Affine, BatchNorm, Dropout, Layer, Network, ReLU, RMSProp, SquaredError, Tanh
from mlpviz.training.snapshot import freeze, frozen_optimizer
from mlpviz.walkthrough import walk
from mlpviz.walkthrough.example import choose, follow, trainer_at
from mlpviz.walkthrough.narration import narrate
from mlpviz.walkthrough.pictures import pictures


def read(walkthrough):
    """All that can be read of a walkthrough."""
    text = []
    for stage in walkthrough.stages:
        choice = choose(walkthrough, stage)
        text.append(narrate(stage, choice, len(walkthrough.stages)))
        assert pictures(walkthrough, stage, choice)
    return "\n".join(text)


@pytest.fixture
def batch():
    return np.array([[0.5, -1.0, 2.0]]), np.array([[1.0, 0.0]])


def test_the_network_and_the_example_are_as_they_were(trainer, walk_of, state_of):
    network, optimizer = state_of(trainer.network), state_of(trainer.optimizer)
    w = walk_of(trainer)
    read(w)
    assert state_of(trainer.network) == network
    assert state_of(trainer.optimizer) == optimizer
    again = walk_of(trainer)
    assert read(again) == read(w)


@pytest.mark.parametrize(
    "optimizer", [SGD(0.1, momentum=0.9), SGD(0.1), Adam(0.01), RMSProp(0.01), SGD(0.1, 0.5, True, 0.01)]
)
def test_the_optimizers_memory_is_used_and_not_changed(optimizer, net, batch, state_of):
    network = net((3, 4, 2), BatchNorm, lambda n: ReLU(), seed=2)
    x, t = batch
    for _ in range(3):
        _, gradients = network.loss_and_gradients(x, t, SquaredError())
        optimizer.updates(network.params, gradients)
    before = state_of(optimizer)
    w = walk(network, x, t, SquaredError(), optimizer)
    assert state_of(optimizer) == before
    expected = optimizer.copy().updates(network.params, w.trace.gradients)
    for i, layer in enumerate(expected):
        for name, update in layer.items():
            assert np.array_equal(w.updates[i][name], update)


def test_frozen_networks_and_optimizers_work(trainer, walk_of):
    x, t = trainer.splits.training.batch(np.array([1]))
    network, optimizer = freeze(trainer.network.copy()), frozen_optimizer(trainer.optimizer)
    frozen = walk(network, x, t, trainer.loss, optimizer)
    assert read(frozen) == read(walk_of(trainer, 1))


def test_one_row_may_come_without_its_first_axis(net, batch):
    x, t = batch
    network = net((3, 2))
    one = walk(network, x[0], t[0], SquaredError(), SGD(0.1))
    assert read(one) == read(walk(network, x, t, SquaredError(), SGD(0.1)))


def test_what_does_not_fit_is_refused_in_a_sentence(net, batch):
    x, t = batch
    network, loss = net((3, 2)), SquaredError()
    with pytest.raises(ValueError, match="one example, not 2"):
        walk(network, np.vstack([x, x]), np.vstack([t, t]), loss, SGD(0.1))
    with pytest.raises(ValueError, match=r".+"):
        walk(network, x[:, :2], t, loss, SGD(0.1))


@pytest.mark.parametrize("shape", [(1, 1), (2, 2), (1, 3)])
def test_a_target_that_does_not_fit_is_refused(shape, net, batch):
    with pytest.raises(ValueError, match=r".+"):
        walk(net((3, 2)), batch[0], np.zeros(shape), SquaredError(), SGD(0.1))


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf, 3e38])
@pytest.mark.parametrize("wide", [False, True])
def test_a_broken_network_is_told_without_a_warning(number, wide, net):
    n = 9 if wide else 3
    network = net((n, 4, 2), BatchNorm, lambda k: Tanh(), dtype=np.float32)
    network.layers[0].weight[0, 1] = network.layers[3].weight[1, 0] = number
    x, t = np.full((1, n), 1.5, np.float32), np.array([[1.0, 0.0]], np.float32)
    x[0, 1] = 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        text = read(walk(network, x, t, SquaredError(), SGD(0.1)))
    assert "\\" not in text
    if np.isnan(number):
        assert "NaN" in text or "nan" in text


def test_two_thousand_units(net):
    network = net((5, 2000, 3), lambda n: ReLU(), dtype=np.float32)
    x, t = np.ones((1, 5), np.float32), np.eye(3, dtype=np.float32)[:1]
    w = walk(network, x, t, SquaredError(), SGD(0.1))
    assert w.stages[2].result.values.shape == (2000,)
    assert "2000" in read(w)
    assert len(read(w)) < 20_000


def test_a_single_affine_layer(net, batch):
    w = walk(net((3, 2)), *batch, SquaredError(), SGD(0.1))
    assert [s.operation for s in w.stages] == [
        *("Input", "Affine 1", "Loss", "Loss"),
        *3 * ["Affine 1"],
        *2 * ["Affine 1"],
        "After",
    ]
    assert w.stages[1].formula == r"z_1 = x\,W_1 + b_1"


def test_an_activation_first_and_dropout_twice(batch):
    rng = np.random.default_rng(0)
    network = Network([Tanh(), Dropout(0.5), Affine(3, 2, rng=rng), Dropout(0.2), Dropout(0.3)])
    read(walk(network, *batch, SquaredError(), SGD(0.1)))


class Cube(Layer):
    """Cube: y = x³."""

    def forward(self, x):
        return x**3, x

    def backward(self, upstream, x):
        return upstream * 3 * x**2


class Stretch(Layer):
    """Stretch: y = s x, each unit by a factor of its own."""

    def __init__(self, n):
        super().__init__()
        self.params["stretch"] = np.linspace(0.5, 2.0, n)

    def forward(self, x):
        return self.params["stretch"] * x, x

    def backward(self, upstream, x):
        return upstream * self.params["stretch"]

    def gradients(self, upstream, x):
        return {"stretch": (upstream * x).sum(axis=0)}


def test_a_layer_of_the_users_own(net, batch):
    network = net((3, 4, 2), lambda n: Cube())
    w = walk(network, *batch, SquaredError(), SGD(0.1))
    forward, back = [s for s in w.stages if s.layer == 1]
    assert (forward.operation, forward.title, back.title) == ("Cube 1", "Cube", "Back through Cube")
    z = batch[0] @ network.layers[0].weight + network.layers[0].bias
    assert np.array_equal(forward.result.values, z[0] ** 3)
    assert np.array_equal(back.result.values, (w.trace.upstream[1] * 3 * z**2)[0])
    text = narrate(forward, choose(w, forward), 9)
    assert "Cube(z₁)" in text
    assert "Each number is transformed by itself." in text
    assert "Cube'(z₁)" in narrate(back, choose(w, back), 9)
    assert "return x**3, x" in "\n".join(forward.code.lines)
    read(w)


def test_a_layer_of_the_users_own_with_a_parameter(net, batch):
    network = net((3, 4, 2), Stretch)
    w = walk(network, *batch, SquaredError(), SGD(0.1))
    (stage,) = [s for s in w.stages if s.parameter == "stretch" and s.phase == "backward"]
    upstream, x = w.trace.upstream[1], w.trace.inputs[1]
    assert np.array_equal(stage.result.values, (upstream * x)[0])
    read(w)
    assert "normalised" not in stage.words(choose(w, stage)), "nothing is normalised here"
    left, right = stage.formula.split(" = ")
    (of_right,) = [q.values for q in stage.quantities if q.symbol == right] or [None]
    assert of_right is None or np.allclose(of_right, stage.quantity(left).values), stage.formula


def test_follow_and_trainer_at(trainer_of):
    trainer = trainer_of("toy-xor")
    example, w = follow(trainer, 2)
    assert (example.split, example.index, example.label) == ("training", 2, "1")
    assert example.answer in ("the network says 0", "the network says 1")
    assert w.x.tolist() == [[1.0, 0.0]]
    for index, split, words in (
        (4, None, "there is no training example 4: they are 0 to 3"),
        (-1, None, "there is no training example -1: they are 0 to 3"),
        (0, "test", "no test examples"),
        (0, "validation", "no validation examples"),
    ):
        with pytest.raises(ValueError, match=words):
            follow(trainer, index, split)
    with pytest.raises(ValueError, match="at least 0, not -1"):
        trainer_at(trainer, -1)


def test_follow_takes_a_test_example_where_there_is_a_test(trainer_of):
    trainer = trainer_of("digits")
    example, w = follow(trainer, 7)
    assert example.split == "test"
    assert np.array_equal(w.x, trainer.splits.test.batch(np.array([7]))[0])
    assert example.label == trainer.dataset.classes[int(trainer.splits.test.labels_at(np.array([7]))[0])]
    said = trainer.dataset.classes[int(trainer.network.predict(w.x).argmax())]
    assert example.answer == f"the network says {said}"


def test_what_is_pointed_at_tells_most(trainer, walk_of):
    w = walk_of(trainer)
    for stage in w.stages:
        choice = choose(w, stage)
        axes = stage.result.axes
        if axes and axes[-1] == w.stages[-2].quantities[0].axes[-1]:
            assert choice.unit == int(w.target[0].argmax())
        if axes and axes[0] == "inputs" and len(axes) == 2:
            assert choice.source == int(w.x[0].argmax())
        if len(axes) == 1:
            last = stage.result.values.shape[0] - 1
            assert choose(w, stage, unit=last).unit == last
            with pytest.raises(ValueError, match=f"no unit {last + 1}: they are 0 to {last}"):
                choose(w, stage, unit=last + 1)
